"""What tests ask of PEFT. Reads one job a line from standard input and answers each with a line, "done" or what went wrong:

{"verb": "logits", "base": FOLDER, "adapter": FOLDER, "rows": FILE, "output": FILE}
{"verb": "denoise", "base": FOLDER, "adapter": FOLDER, "rows": FILE, "output": FILE}
{"verb": "train", "base": FOLDER, "method": "stan" | "lora" | "dora" | "vera", "targets": [NAME, …], "rows": FILE, "output": FOLDER}

`rows` is a safetensors file with `input_ids` and `attention_mask`, or `pixel_values`, and `labels`; logits come as one too. The class of the base model is the one that its
config.json names, so that classifiers work as causal models do. To denoise takes a transformer of diffusers, and rows with `pixel_values`, `timesteps` and
`labels`; its `sample` comes.
"""
import json
import sys
from pathlib import Path

# This file's own folder would stand before the package of the same name.
sys.path[0] = str(Path(__file__).resolve().parents[2] / "python" / "stanscope_peft" / "src")

import stanscope_peft
import torch
import transformers
from peft import LoraConfig, PeftModel, VeraConfig, get_peft_model
from safetensors.torch import load_file, save_file

torch.set_num_threads(1)


def load_base(folder):
    config = transformers.AutoConfig.from_pretrained(folder)
    kind = getattr(transformers, config.architectures[0])
    return kind.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()


def task_of(model):
    if type(model).__name__.endswith("ImageClassification"):
        return None
    return "SEQ_CLS" if type(model).__name__.endswith("SequenceClassification") else "CAUSAL_LM"


def read(path):
    return {name: tensor if tensor.is_floating_point() else tensor.long() for name, tensor in load_file(path).items()}


def logits(base, adapter, rows, output):
    model = PeftModel.from_pretrained(load_base(base), adapter).eval()
    batch = {name: tensor for name, tensor in read(rows).items() if name != "labels"}
    with torch.no_grad():
        save_file({"logits": model(**batch).logits.contiguous()}, output)


def denoise(base, adapter, rows, output):
    from diffusers import DiTTransformer2DModel

    model = PeftModel.from_pretrained(DiTTransformer2DModel.from_pretrained(base), adapter).eval()
    batch = read(rows)
    with torch.no_grad():
        sample = model(batch["pixel_values"], timestep=batch["timesteps"], class_labels=batch["labels"]).sample
    save_file({"sample": sample.contiguous()}, output)


def train(base, method, targets, rows, output):
    torch.manual_seed(3)
    model = load_base(base)
    shared = dict(task_type=task_of(model), target_modules=targets)
    if shared["task_type"] is None:
        shared["modules_to_save"] = ["classifier"]
    dora = dict(use_dora=True, use_rslora=True, rank_pattern={targets[0]: 2}, alpha_pattern={targets[-1]: 7}, layers_to_transform=[1])
    configs = {
        "stan": lambda: stanscope_peft.StanConfig(num_latents=13, k=3, **shared),
        "lora": lambda: LoraConfig(r=3, lora_alpha=5, **shared),
        "dora": lambda: LoraConfig(r=3, lora_alpha=5, **dora, **shared),
        "vera": lambda: VeraConfig(r=11, d_initial=0.3, projection_prng_key=5, save_projection=False, **shared),
    }
    config = configs[method]()
    model = get_peft_model(model, config)
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-2)
    for _ in range(5):
        model(**read(rows)).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    model.save_pretrained(output)


for line in sys.stdin:
    job = json.loads(line)
    try:
        {"logits": logits, "denoise": denoise, "train": train}[job.pop("verb")](**job)
        print("done", flush=True)
    except Exception as error:
        print(repr(error).replace("\n", " "), flush=True)
