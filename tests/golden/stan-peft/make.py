"""Makes the STAN adapters of this folder with PEFT and the package in python/stanscope_peft, as `save_pretrained` writes them.

python make.py (torch, transformers, peft, safetensors). The base models and rows are those of ../models. Each folder has an adapter after ten AdamW
steps (lr 5e-3, the five batches taken twice), and `expected.safetensors`: the logits of the first batch with it, in float64. Adapters with BatchTopK,
which PEFT does not train, have a random D and thresholds of their own instead. `python make.py NAME` makes one of them.
"""
import json, os, shutil, sys

import torch
from peft import get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

sys.path.insert(0, "../../../python/stanscope_peft/src")
from stanscope_peft import StanConfig  # noqa: E402

PATTERNS = dict(latents_pattern={"^model.layers.0.self_attn.q_proj": 2, "v_proj": 7}, k_pattern={"down_proj": 5})
CASES = {
    "gpt2-abs": ("gpt2-narrow", dict(num_latents=11, k=3, stan_alpha=2.0, selection="abs", target_modules=["c_attn", "c_fc", "c_proj"])),
    "llama-patterns": ("llama-odd", dict(num_latents=13, k=3, target_modules=["q_proj", "v_proj", "down_proj"], **PATTERNS)),
    "qwen2-relu": ("qwen2-tied", dict(num_latents=17, k=5, selection="relu", target_modules=["q_proj", "gate_proj"], layers_to_transform=[1])),
    "llama-batchtopk": (
        "llama-odd",
        dict(num_latents=13, k=3, selection="abs", sparsity="batchtopk", target_modules=["q_proj", "v_proj", "down_proj"]),
    ),
}

for seed, (name, (base, settings)) in enumerate(CASES.items()):
    if sys.argv[1:] not in ([], [name]):
        continue
    torch.manual_seed(seed)
    rows = load_file(f"../models/{base}/expected.safetensors")
    model = AutoModelForCausalLM.from_pretrained(f"../models/{base}", attn_implementation="eager", dtype=torch.float32)
    model = get_peft_model(model, StanConfig(task_type="CAUSAL_LM", **settings)).eval()

    def logits(step):
        return model(input_ids=rows["input_ids"][step].long(), attention_mask=rows["attention_mask"][step].long()).logits

    with torch.no_grad():
        before = logits(0)
    is_trained = settings.get("sparsity") != "batchtopk"
    for place, (key, value) in enumerate(model.state_dict().items()):
        if not is_trained and "stan_D" in key:
            value.normal_(std=0.2)
        if not is_trained and "stan_threshold" in key:
            value.fill_(0.2 + place / 100)
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=5e-3)
    for step in range(10 if is_trained else 0):
        labels = rows["labels"][step % 5, :, 1:].flatten().long()
        torch.nn.functional.cross_entropy(logits(step % 5)[:, :-1].flatten(0, 1), labels, ignore_index=-100).backward()
        optimizer.step()
        optimizer.zero_grad()
    shutil.rmtree(name, ignore_errors=True)
    model.save_pretrained(name)
    os.remove(f"{name}/README.md")
    config = json.load(open(f"{name}/adapter_config.json"))
    config["base_model_name_or_path"] = base
    json.dump(config, open(f"{name}/adapter_config.json", "w"), indent=2, sort_keys=True)
    model = model.double()
    with torch.no_grad():
        after = logits(0)
    save_file({"logits": after.float().contiguous()}, f"{name}/expected.safetensors")
    print(name, "logits moved by", (after - before).abs().max().item())
