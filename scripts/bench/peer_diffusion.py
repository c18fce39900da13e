"""The Python peer of `npm run bench -- --diffusion FOLDER`: training steps of a denoising, and sampling with guidance, float32 on CPU.

    python peer_diffusion.py FOLDER diffusion-lora|diffusion-stan[-gather]|diffusion-sample THREADS REPEATS

FOLDER holds a class-conditional DiT of pixels as diffusers stores it: a pipeline, or its transformer with a `scheduler_config.json`. Prints one JSON line as `peer.py` does.
"""
import json
import sys
import time
from pathlib import Path

import torch
from diffusers import DDIMScheduler, DiTTransformer2DModel, FlowMatchEulerDiscreteScheduler
from peft import LoraConfig, get_peft_model

from peer_measure import report, time_steps
from peer_stan import add_stan

TARGETS = ["to_q", "to_v"]
ROWS, STEPS, GUIDANCE = 8, 10, 2
NUM_LATENTS, K = 1024, 16


def load(folder):
    inner = folder / "transformer" if (folder / "transformer" / "config.json").exists() else folder
    candidates = [folder / "scheduler", inner]
    place = next(one for one in candidates if (one / "scheduler_config.json").exists())
    name = json.loads((place / "scheduler_config.json").read_text())["_class_name"]
    classes = {"DDIMScheduler": DDIMScheduler, "FlowMatchEulerDiscreteScheduler": FlowMatchEulerDiscreteScheduler}
    # The published checkpoints name the class that came before DiTTransformer2DModel.
    return DiTTransformer2DModel.from_pretrained(inner, torch_dtype=torch.float32).eval(), classes[name].from_pretrained(place)


def noisy(scheduler, clean, noise, t):
    """What the model sees, the time step it is told, and what it is to predict."""
    if isinstance(scheduler, FlowMatchEulerDiscreteScheduler):
        sigma = (t + 1) / scheduler.config.num_train_timesteps
        sigma = scheduler.config.shift * sigma / (1 + (scheduler.config.shift - 1) * sigma)
        wide = sigma[:, None, None, None]
        return (1 - wide) * clean + wide * noise, sigma * scheduler.config.num_train_timesteps, noise - clean
    target = scheduler.get_velocity(clean, noise, t) if scheduler.config.prediction_type == "v_prediction" else noise
    return scheduler.add_noise(clean, noise, t), t, target


class Denoising(torch.nn.Module):
    """A training step's loss; time steps and noise are drawn anew in each, as in ours."""

    def __init__(self, model, scheduler):
        super().__init__()
        self.model, self.scheduler = model, scheduler

    def forward(self, clean, labels):
        t = torch.randint(self.scheduler.config.num_train_timesteps, (ROWS,))
        x, told, target = noisy(self.scheduler, clean, torch.randn_like(clean), t)
        predicted = self.model(x, timestep=told, class_labels=labels).sample[:, : clean.shape[1]]
        return type("Output", (), dict(loss=torch.nn.functional.mse_loss(predicted, target)))


def time_training(model, scheduler, repeats):
    # Evaluation mode keeps diffusers from withholding classes, which takes no time of note; gradients flow all the same.
    denoising = Denoising(model, scheduler)
    denoising.train = lambda mode=True: denoising
    config = model.config if hasattr(model, "config") else model.base_model.config
    clean = torch.randn(ROWS, config["in_channels"], config["sample_size"], config["sample_size"])
    return time_steps(denoising, repeats, clean=clean, labels=torch.arange(ROWS) % config["num_embeds_ada_norm"])


def time_sampling(model, scheduler, repeats):
    """Seconds a step: each image passes with its class and without."""
    config, seconds = model.config, []
    labels = torch.arange(ROWS) % config.num_embeds_ada_norm
    told = torch.cat([labels, torch.full_like(labels, config.num_embeds_ada_norm)])
    with torch.no_grad():
        for _ in range(repeats + 1):
            scheduler.set_timesteps(STEPS)
            x = torch.randn(ROWS, config.in_channels, config.sample_size, config.sample_size)
            start = time.perf_counter()
            for t in scheduler.timesteps:
                predicted = model(torch.cat([x, x]), timestep=t.expand(2 * ROWS), class_labels=told).sample[:, : x.shape[1]]
                asked, plain = predicted.chunk(2)
                x = scheduler.step(plain + GUIDANCE * (asked - plain), t, x).prev_sample
            seconds.append((time.perf_counter() - start) / STEPS)
    return seconds[1:]


def main():
    folder, task, threads, repeats = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    model, scheduler = load(folder)
    if task == "diffusion-lora":
        model.requires_grad_(False)
        values = time_training(get_peft_model(model, LoraConfig(r=16, lora_alpha=32, target_modules=TARGETS)), scheduler, repeats)
    elif task in ("diffusion-stan", "diffusion-stan-gather"):
        add_stan(model, TARGETS, use_gather=task.endswith("-gather"), num_latents=NUM_LATENTS, k=K)
        values = time_training(model, scheduler, repeats)
    elif task == "diffusion-sample":
        values = time_sampling(model, scheduler, repeats)
    else:
        sys.exit(f"unknown task {task}")
    report(task, values, "s/step")


main()
