"""What PyTorch computes in float64 when linear modules of the encoders of ../encoders are trained whole with their head, and when the head is trained alone.

python make_encoders.py (torch, transformers, safetensors). One file a model: of `full` and `head`, the losses and gradient norms of five AdamW steps
(lr 5e-3, weight decay 0.01, clipping at 1), the scores of the first batch after them, and what was trained then, by the checkpoint's names.
"""
import torch
from safetensors.torch import load_file, save_file
from torch.nn.functional import cross_entropy, mse_loss
from transformers import AutoModelForSequenceClassification

CASES = ["bert-regression", "roberta-relu", "deberta-buckets"]


def is_head(name):
    return name.startswith("classifier")


for case in CASES:
    rows = load_file(f"../encoders/{case}/expected.safetensors")
    out = {}
    for mode in ["full", "head"]:
        model = AutoModelForSequenceClassification.from_pretrained(
            f"../encoders/{case}", attn_implementation="eager", dtype=torch.float64
        ).eval().requires_grad_(False)
        linear = {n for n, m in model.named_modules() if isinstance(m, torch.nn.Linear)}
        trained = {
            n: p for n, p in model.named_parameters() if n.rpartition(".")[0] in linear and (mode == "full" or is_head(n))
        }
        for p in trained.values():
            p.requires_grad_(True)

        def scores(step):
            types = {} if case.startswith("roberta") else {"token_type_ids": rows["token_type_ids"][step].long()}
            return model(input_ids=rows["input_ids"][step].long(), attention_mask=rows["attention_mask"][step].long(), **types).logits

        optimizer = torch.optim.AdamW(trained.values(), lr=5e-3, weight_decay=0.01)
        losses, norms = [], []
        for step in range(len(rows["input_ids"])):
            optimizer.zero_grad()
            given, answers = scores(step), rows["answers"][step]
            regression = given.shape[1] == 1
            loss = mse_loss(given[:, 0], answers.double()) if regression else cross_entropy(given, answers.long(), ignore_index=-100)
            loss.backward()
            norms.append(torch.nn.utils.clip_grad_norm_(trained.values(), 1.0).item())
            losses.append(loss.item())
            optimizer.step()
        with torch.no_grad():
            out[f"{mode}.scoresAfter"] = scores(0)
        out |= {f"{mode}.losses": torch.tensor(losses), f"{mode}.gradNorms": torch.tensor(norms)}
        out |= {f"{mode}.after.{n}": p.detach() for n, p in trained.items()}
        print(case, mode, len(trained), [round(loss, 4) for loss in losses])
    save_file({key: value.float().contiguous() for key, value in out.items()}, f"{case}.safetensors")
