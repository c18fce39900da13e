"""Makes the adapters of this folder with PEFT, and what PyTorch computes with them in float64.

python make.py [NAME …], all without names (torch, transformers, peft, safetensors). The base models and rows are those of ../models. Each folder has the adapter that training
starts from, as PEFT saves it, and `expected.safetensors`: logits of the first batch before and after, the gradients of the first step by the adapter
file's names, and the losses and gradient norms of ten AdamW steps (lr 5e-3, weight decay 0.01, clipping at 1), the five batches taken twice.
"""
import json, os, shutil, sys

import torch
from peft import LoraConfig, VeraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

STEPS = 10
LLAMA = ["down_proj", "gate_proj", "q_proj", "v_proj"]
GPT2 = dict(target_modules=["c_attn", "c_fc", "c_proj"], fan_in_fan_out=True)
# The first key that matches counts; one is a whole name, one names no module.
RANKS = {"^model.layers.0.self_attn.q_proj": 5, "q_proj": 2, "layers.1.mlp.(gate|down)_proj": 3, "k_proj": 11}
ALPHAS = {"down_proj": 7, "self_attn.v_proj": 1}
CASES = {
    "llama-rslora": ("llama-odd", dict(target_modules=LLAMA, r=4, lora_alpha=3, use_rslora=True)),
    "llama-patterns": ("llama-odd", dict(target_modules=LLAMA, r=4, lora_alpha=6, rank_pattern=RANKS, alpha_pattern=ALPHAS)),
    "llama-dora": ("llama-odd", dict(target_modules=LLAMA, r=4, lora_alpha=6, use_dora=True)),
    "gpt2-dora": ("gpt2-narrow", dict(**GPT2, r=3, lora_alpha=2, use_dora=True, use_rslora=True, rank_pattern={"c_fc": 5})),
    "llama-vera": ("llama-odd", dict(target_modules=LLAMA, r=5, d_initial=0.3, projection_prng_key=7)),
    "gpt2-vera": ("gpt2-narrow", dict(**GPT2, r=3, projection_prng_key=2**32 + 11)),
}


def stored_names(model):
    """Trainable parameters by the names of the adapter's file."""
    named = {n: p for n, p in model.named_parameters() if p.requires_grad}
    ending = lambda n: ".weight" if "lora_A" in n or "lora_B" in n else ""
    return {n.removesuffix(".weight").removesuffix(".default") + ending(n): p for n, p in named.items()}


def config_of(name, settings):
    shared = dict(**settings, task_type="CAUSAL_LM")
    return VeraConfig(**shared, vera_dropout=0.0) if name.endswith("vera") else LoraConfig(**shared, lora_dropout=0.0)


def noisy(stored, p, noise):
    if "magnitude" in stored:
        return p * (1 + 0.2 * noise)
    return noise * (0.3 if "lora_B" in stored or "lambda" in stored else p.shape[-1] ** -0.5)


for seed, (name, (base, settings)) in enumerate(CASES.items()):
    if sys.argv[1:] and name not in sys.argv[1:]:
        continue
    generator = torch.Generator().manual_seed(seed)
    rows = load_file(f"../models/{base}/expected.safetensors")
    model = AutoModelForCausalLM.from_pretrained(f"../models/{base}", attn_implementation="eager", dtype=torch.float32)
    model = get_peft_model(model, config_of(name, settings)).eval()
    for stored, p in stored_names(model).items():
        noise = torch.randn(p.shape, generator=generator)
        p.data.copy_(noisy(stored, p.data, noise))
    shutil.rmtree(name, ignore_errors=True)
    model.save_pretrained(name)
    os.remove(f"{name}/README.md")
    config = json.load(open(f"{name}/adapter_config.json"))
    config["base_model_name_or_path"] = base
    json.dump(config, open(f"{name}/adapter_config.json", "w"), indent=2, sort_keys=True)

    model = model.double()
    parameters = stored_names(model)
    shared = {"base_model.vera_A", "base_model.vera_B"} if name.endswith("vera") else set()
    assert {*parameters} | shared == {*load_file(f"{name}/adapter_model.safetensors")}

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
            out |= {f"grad.{stored}": p.grad.clone() for stored, p in parameters.items()}
        norms.append(torch.nn.utils.clip_grad_norm_(parameters.values(), 1.0).item())
        losses.append(loss.item())
        optimizer.step()
    with torch.no_grad():
        out["logitsAfter"] = logits(0)
    out |= {"losses": torch.tensor(losses), "gradNorms": torch.tensor(norms)}
    save_file({key: value.float().contiguous() for key, value in out.items()}, f"{name}/expected.safetensors")
    print(name, [round(loss, 4) for loss in losses], [round(norm, 3) for norm in norms])
