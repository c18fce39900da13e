"""The Python peer of `npm run bench -- --encoder FOLDER`: a training step of a sequence classification over BERT, float32 on CPU.

    python peer_encoder.py FOLDER encoder-lora|encoder-stan[-gather] THREADS REPEATS

FOLDER holds the checkpoint (all-MiniLM-L6-v2). Prints one JSON line as `peer.py` does.
"""
import sys

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForSequenceClassification

from peer_measure import report, time_steps
from peer_stan import add_stan

TARGETS = ["query", "value"]
ROWS, TOKENS, LABELS = 16, 48, 3


def main():
    folder, task, threads, repeats = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    model = AutoModelForSequenceClassification.from_pretrained(folder, num_labels=LABELS, dtype=torch.float32)
    if task == "encoder-lora":
        config = LoraConfig(r=16, lora_alpha=32, target_modules=TARGETS, task_type="SEQ_CLS")
        model = get_peft_model(model, config)
    elif task in ("encoder-stan", "encoder-stan-gather"):
        add_stan(model, TARGETS, use_gather=task.endswith("-gather"), num_latents=1024, k=16)
        for parameter in model.classifier.parameters():
            parameter.requires_grad_(True)
    else:
        sys.exit(f"unknown task {task}")
    ids = torch.randint(1000, 29000, (ROWS, TOKENS))
    labels = torch.arange(ROWS) % LABELS
    report(task, time_steps(model, repeats, input_ids=ids, labels=labels), "s/step")


main()
