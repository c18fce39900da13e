"""Makes the adapters of this folder with PEFT, and what PyTorch computes with them: of the architectures, heads and layouts that ../peft and
../stan-peft do not have.

python make.py [NAME …], all without names (torch, transformers, peft, safetensors, and the package in python/stanscope_peft). The base models and rows are those of ../models and
../encoders. Each folder has an adapter after ten AdamW steps (lr 1e-2, the five batches taken twice) as `save_pretrained` writes it, and
`expected.safetensors`: the logits of the first batch with it, in float64.
"""
import json, os, shutil, sys

import torch
from peft import LoraConfig, VeraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification

sys.path.insert(0, "../../../python/stanscope_peft/src")
from stanscope_peft import StanConfig  # noqa: E402

lora = lambda base, **settings: (base, LoraConfig, dict(lora_alpha=5, **settings))
stan = lambda base, **settings: (base, StanConfig, settings)
vera = lambda base, **settings: (base, VeraConfig, settings)
CASES = {
    "mistral-lora": lora("models/mistral-linear-rope", r=3, target_modules=["q_proj", "o_proj", "up_proj"], layers_to_transform=[1]),
    "mistral-stan": stan("models/mistral-linear-rope", num_latents=7, k=2, target_modules=["k_proj", "down_proj"]),
    "qwen2-lora": lora("models/qwen2-tied", r=2, target_modules=r".*\.(self_attn\.[kv]_proj|1\.mlp\.up_proj)", rank_pattern={"k_proj": 5}),
    "gpt2-lora": lora("models/gpt2-narrow", r=3, target_modules=["c_attn", "mlp.c_proj"], fan_in_fan_out=True, use_rslora=True),
    # A regression; "dense" means the pooler too.
    "bert-lora": lora("encoders/bert-regression", r=2, target_modules=["query", "value", "dense"]),
    # The pooler is trained in full.
    "bert-stan": stan("encoders/bert-regression", num_latents=7, k=3, target_modules=["query", "output.dense"], modules_to_save=["pooler"]),
    # PEFT writes the list of whole names, those in the head too, which it does not adapt.
    "roberta-all-linear": lora("encoders/roberta-relu", r=2, target_modules="all-linear", use_rslora=True),
    "roberta-stan": stan("encoders/roberta-relu", num_latents=11, k=3, selection="relu", target_modules=["query", "value"]),
    # Modules of their own for relative positions.
    "deberta-dora": lora("encoders/deberta-own", r=3, target_modules=["query_proj", "pos_key_proj", "intermediate.dense"], use_dora=True),
    # Relative positions in buckets, through the content's own modules.
    "deberta-lora": lora("encoders/deberta-buckets", r=2, target_modules=["query_proj", "value_proj", "dense"], layers_to_transform=[0]),
    "deberta-stan": stan("encoders/deberta-buckets", num_latents=7, k=2, selection="abs", target_modules=["query_proj", "value_proj"]),
    # Modules of several widths share one pair of matrices.
    "roberta-vera": vera("encoders/roberta-relu", r=6, d_initial=1.0, target_modules=["query", "value", "dense"], projection_prng_key=3),
}


def make(name, base, kind, settings):
    folder = f"../{base}"
    rows = load_file(f"{folder}/expected.safetensors")
    is_encoder = base.startswith("encoders")
    auto = AutoModelForSequenceClassification if is_encoder else AutoModelForCausalLM
    model = auto.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32)
    model = get_peft_model(model, kind(task_type="SEQ_CLS" if is_encoder else "CAUSAL_LM", **settings)).eval()

    def logits(step):
        names = ["input_ids", "attention_mask", *(["token_type_ids"] if is_encoder else [])]
        return model(**{key: rows[key][step].long() for key in names}).logits

    def loss(step):
        if not is_encoder:
            return torch.nn.functional.cross_entropy(logits(step)[:, :-1].flatten(0, 1), rows["labels"][step, :, 1:].flatten().long(), ignore_index=-100)
        answers = rows["answers"][step]
        if model.config.num_labels == 1:
            return torch.nn.functional.mse_loss(logits(step)[:, 0], answers)
        return torch.nn.functional.cross_entropy(logits(step), answers.long(), ignore_index=-100)

    with torch.no_grad():
        before = logits(0)
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-2)
    for step in range(10):
        loss(step % 5).backward()
        optimizer.step()
        optimizer.zero_grad()
    shutil.rmtree(name, ignore_errors=True)
    model.save_pretrained(name)
    os.remove(f"{name}/README.md")
    config = json.load(open(f"{name}/adapter_config.json"))
    config["base_model_name_or_path"] = base.split("/")[1]
    if isinstance(config["target_modules"], list):
        config["target_modules"].sort()
    json.dump(config, open(f"{name}/adapter_config.json", "w"), indent=2, sort_keys=True)
    model = model.double()
    with torch.no_grad():
        after = logits(0)
    save_file({"logits": after.float().contiguous()}, f"{name}/expected.safetensors")
    print(name, "logits moved by", (after - before).abs().max().item())


for seed, (name, (base, kind, settings)) in enumerate(CASES.items()):
    if sys.argv[1:] and name not in sys.argv[1:]:
        continue
    torch.manual_seed(seed)
    make(name, base, kind, settings)
