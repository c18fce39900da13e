"""Small models and rows that lie in the repository, with what PyTorch computes of them in float64."""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM
from transformers.utils import logging

PACKAGE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PACKAGE / "src"))
MODELS = PACKAGE.parents[1] / "tests" / "golden" / "models"
NAMES = ["gpt2-narrow", "llama-odd", "mistral-linear-rope", "qwen2-tied"]
torch.set_num_threads(1)
logging.disable_progress_bar()
logging.set_verbosity_error()


def load_base(name):
    return AutoModelForCausalLM.from_pretrained(MODELS / name, attn_implementation="eager", dtype=torch.float32).eval()


def load_expected(name):
    return load_file(MODELS / name / "expected.safetensors")


def first_batch(name):
    rows = load_expected(name)
    return {"input_ids": rows["input_ids"][0].long(), "attention_mask": rows["attention_mask"][0].long()}


def logits(model, name):
    """At real tokens: (tokens, vocab)."""
    batch = first_batch(name)
    with torch.no_grad():
        return model(**batch).logits[batch["attention_mask"].bool()]


def read_config(folder):
    return json.loads((Path(folder) / "adapter_config.json").read_text())
