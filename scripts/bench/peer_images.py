"""The Python peer of `npm run bench -- --vision FOLDER`: training steps of an image classification, and statistics, float32 on CPU.

    python peer_images.py FOLDER image-lora|image-stan[-gather]|image-statistics THREADS REPEATS

FOLDER holds the checkpoint of a DINOv2. Prints one JSON line as `peer.py` does.
"""
import sys
import time

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForImageClassification

from peer_measure import report, time_steps
from peer_stan import add_stan
from peer_statistics import keep_statistics

TARGETS = ["q_proj", "v_proj"]
ROWS, SIDE, LABELS = 8, 224, 3
NUM_LATENTS, K = 1024, 16


def time_training(model, repeats):
    pixels, labels = torch.rand(ROWS, 3, SIDE, SIDE) * 2 - 1, torch.arange(ROWS) % LABELS
    return time_steps(model, repeats, pixel_values=pixels, labels=labels)


def time_statistics(model, repeats):
    """Patches (and class tokens) a second of a pass that keeps the statistics of all modules."""
    keep_statistics(add_stan(model, TARGETS, use_gather=False, num_latents=NUM_LATENTS, k=K), NUM_LATENTS, K)
    rates = []
    with torch.no_grad():
        for _ in range(repeats + 1):
            pixels = torch.rand(ROWS, 3, SIDE, SIDE) * 2 - 1
            start = time.perf_counter()
            states = model.dinov2(pixel_values=pixels).last_hidden_state
            rates.append(states.shape[0] * states.shape[1] / (time.perf_counter() - start))
    return rates[1:]


def main():
    folder, task, threads, repeats = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    model = AutoModelForImageClassification.from_pretrained(folder, num_labels=LABELS, dtype=torch.float32)
    unit = "s/step"
    if task == "image-lora":
        config = LoraConfig(r=16, lora_alpha=32, target_modules=TARGETS, modules_to_save=["classifier"])
        values = time_training(get_peft_model(model, config), repeats)
    elif task in ("image-stan", "image-stan-gather"):
        add_stan(model, TARGETS, use_gather=task.endswith("-gather"), num_latents=NUM_LATENTS, k=K)
        for parameter in model.classifier.parameters():
            parameter.requires_grad_(True)
        values = time_training(model, repeats)
    elif task == "image-statistics":
        values, unit = time_statistics(model, repeats), "patches/s"
    else:
        sys.exit(f"unknown task {task}")
    report(task, values, unit)


main()
