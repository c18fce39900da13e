"""Small random diffusion transformers with what diffusers and PEFT compute of them: hidden states, predictions, losses and gradients of a LoRA adapter
for each kind of prediction, and what samplers do. python tests/golden/diffusion/make.py (torch, diffusers, peft)."""

import json
import shutil
from pathlib import Path

import torch
from diffusers import DDIMScheduler, DiTTransformer2DModel, FlowMatchEulerDiscreteScheduler
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from torch.nn import functional as F

HERE = Path(__file__).parent
DDIM = dict(num_train_timesteps=60, beta_start=0.002, beta_end=0.2)

CASES = {
    "dit-exact": (
        dict(num_attention_heads=3, attention_head_dim=8, in_channels=2, num_layers=3, sample_size=9, patch_size=3, num_embeds_ada_norm=3,
             activation_fn="gelu", attention_bias=False, norm_eps=1e-3),
        ["to_q", "to_out.0", "net.0.proj"],
        [
            DDIMScheduler(**DDIM, clip_sample=False, beta_schedule="scaled_linear", steps_offset=1, set_alpha_to_one=False),
            FlowMatchEulerDiscreteScheduler(num_train_timesteps=60, shift=3.0),
        ],
    ),
    "dit-variance": (
        dict(num_attention_heads=2, attention_head_dim=10, in_channels=3, out_channels=6, num_layers=2, sample_size=8, patch_size=2, num_embeds_ada_norm=4),
        ["to_k", "to_v", "net.2"],
        [
            DDIMScheduler(**DDIM, prediction_type="v_prediction", clip_sample=True, clip_sample_range=0.8, timestep_spacing="trailing"),
            DDIMScheduler(**DDIM, clip_sample=False, timestep_spacing="linspace"),
        ],
    ),
}


def randomise(model, generator):
    for name, parameter in model.named_parameters():
        wide = "norm1.linear" in name or "proj_out" in name
        scale = 0.1 if parameter.dim() == 1 else (0.6 if wide else 1.2) / parameter[0].numel() ** 0.5
        parameter.data = scale * torch.randn(parameter.shape, generator=generator)


def noised(scheduler, clean, noise, t):
    """What the model sees, the time step it is told, and what it must predict."""
    if isinstance(scheduler, FlowMatchEulerDiscreteScheduler):
        sigma = (t + 1) / scheduler.config.num_train_timesteps
        shift = scheduler.config.shift
        sigma = (shift * sigma / (1 + (shift - 1) * sigma))[:, None, None, None]
        return (1 - sigma) * clean + sigma * noise, sigma[:, 0, 0, 0] * scheduler.config.num_train_timesteps, noise - clean
    target = scheduler.get_velocity(clean, noise, t) if scheduler.config.prediction_type == "v_prediction" else noise
    return scheduler.add_noise(clean, noise, t), t, target


def sample(model, scheduler, steps, x, labels, guidance, values, name):
    channels, none = x.shape[1], torch.full_like(labels, model.config.num_embeds_ada_norm)
    scheduler.set_timesteps(steps)
    values[f"{name}.timesteps"], values[f"{name}.x.0"] = scheduler.timesteps.clone().float(), x
    for i, t in enumerate(scheduler.timesteps):
        out = model(x, timestep=t.expand(len(x)), class_labels=labels).sample[:, :channels]
        if guidance != 1:
            plain = model(x, timestep=t.expand(len(x)), class_labels=none).sample[:, :channels]
            out = plain + guidance * (out - plain)
        x = scheduler.step(out, t, x).prev_sample
        values[f"{name}.x.{i + 1}"] = x


def make(name, config, targets, schedulers, seed):
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    generator = torch.Generator().manual_seed(seed)
    model = DiTTransformer2DModel(**config).eval()
    randomise(model, generator)
    model.save_pretrained(folder / "transformer")
    size, channels = config["sample_size"], config["in_channels"]
    images = lambda n: torch.randn(n, channels, size, size, generator=generator)
    clean, noise = images(3).clamp(-1, 1), images(3)
    t, labels = torch.tensor([3, 58, 31]), torch.tensor([1, config["num_embeds_ada_norm"], 0])
    values = {"clean": clean, "noise": noise, "timesteps": t.int(), "class_labels": labels.int()}
    points = [model.pos_embed, *model.transformer_blocks]
    hooks = [part.register_forward_hook(lambda _, __, out, i=i: values.__setitem__(f"hidden.{i}", out.detach())) for i, part in enumerate(points)]
    with torch.no_grad():
        values["sample"] = model(noise, timestep=t, class_labels=labels).sample[:, :channels]
    for hook in hooks:
        hook.remove()
    tuned = get_peft_model(model, LoraConfig(r=3, lora_alpha=6, target_modules=targets)).eval()
    for key, parameter in tuned.named_parameters():
        if "lora_" in key:
            parameter.data = 0.2 * torch.randn(parameter.shape, generator=generator)
    for i, scheduler in enumerate(schedulers):
        scheduler.save_pretrained(folder / f"schedule-{i}")
        x, told, target = noised(scheduler, clean, noise, t)
        tuned.zero_grad()
        loss = F.mse_loss(tuned(x, timestep=told, class_labels=labels).sample[:, :channels], target)
        loss.backward()
        values[f"{i}.noisy"], values[f"{i}.target"], values[f"{i}.loss"] = x, target, loss.detach()
        for key, parameter in tuned.named_parameters():
            if parameter.grad is not None:
                values[f"{i}.grad.{key}"] = parameter.grad.clone()
        with torch.no_grad():
            sample(tuned.base_model.model, scheduler, 4, images(2), torch.tensor([2, 0]), 2.5, values, f"{i}.sample")
    tuned.save_pretrained(folder / "lora")
    (folder / "lora" / "README.md").unlink(missing_ok=True)
    save_file({key: value.contiguous().clone() for key, value in values.items()}, folder / "expected.safetensors")
    (folder / "expected.json").write_text(json.dumps({"targets": targets}) + "\n")


for seed, (name, case) in enumerate(CASES.items()):
    make(name, *case, 10 * seed + 1)
