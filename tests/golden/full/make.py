"""What PyTorch computes in float64 when some linear modules of the models of ../models are trained whole, biases included.

python make.py (torch, transformers, safetensors). One file a model: logits of the first batch before and after, the gradients of the first step by the
checkpoint's names, the losses and gradient norms of ten AdamW steps (lr 5e-3, weight decay 0.01, clipping at 1), the five batches taken twice, and the
weights after them.
"""
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

STEPS = 10
CASES = {"llama-odd": ["down_proj", "q_proj", "v_proj"], "gpt2-narrow": ["c_attn", "mlp.c_proj"]}

for name, targets in CASES.items():
    rows = load_file(f"../models/{name}/expected.safetensors")
    model = AutoModelForCausalLM.from_pretrained(f"../models/{name}", attn_implementation="eager", dtype=torch.float64).eval().requires_grad_(False)
    parameters = {n: p for n, p in model.named_parameters() if n.rpartition(".")[0].endswith(tuple("." + target for target in targets))}
    for p in parameters.values():
        p.requires_grad_(True)

    def logits(step):
        return model(input_ids=rows["input_ids"][step].long(), attention_mask=rows["attention_mask"][step].long()).logits

    with torch.no_grad():
        out = {"logits": logits(0)}
    optimizer = torch.optim.AdamW(parameters.values(), lr=5e-3, weight_decay=0.01)
    losses, norms = [], []
    for step in range(STEPS):
        optimizer.zero_grad()
        labels = rows["labels"][step % 5, :, 1:].flatten().long()
        loss = torch.nn.functional.cross_entropy(logits(step % 5)[:, :-1].flatten(0, 1), labels, ignore_index=-100)
        loss.backward()
        if step == 0:
            out |= {f"grad.{n}": p.grad.clone() for n, p in parameters.items()}
        norms.append(torch.nn.utils.clip_grad_norm_(parameters.values(), 1.0).item())
        losses.append(loss.item())
        optimizer.step()
    with torch.no_grad():
        out["logitsAfter"] = logits(0)
    out |= {"losses": torch.tensor(losses), "gradNorms": torch.tensor(norms)} | {f"after.{n}": p.detach() for n, p in parameters.items()}
    save_file({key: value.float().contiguous() for key, value in out.items()}, f"{name}.safetensors")
    print(name, len(parameters), [round(loss, 4) for loss in losses])
