"""Trains a small class-conditional DiT of pixels on images from a Parquet file, and writes it as a pipeline that Stanscope and diffusers read.

    python scripts/train-dit.py emoji/noto-32.parquet OUT --label group [--steps 6000] [--minutes M] [--seed 0]

Needs torch, diffusers, pyarrow and pillow. OUT/state.pt holds all that a training needs to continue: the same command after a stop resumes from it, and
`--minutes` stops in time. Its defaults are ours: about 2.8 M parameters over patches of 2 × 2, flow matching, the average of the weights over steps is kept.
Quiet machine: on 2 cores a step of 64 images of 32 × 32 takes seconds.
"""
import argparse
import io
import json
import math
import os
import time
from pathlib import Path

import pyarrow.parquet as parquet
import torch
from diffusers import DiTTransformer2DModel, FlowMatchEulerDiscreteScheduler
from PIL import Image

TIMESTEPS = 1000
SHOWN = 8


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="Parquet with images as {bytes} and a column of classes")
    parser.add_argument("out", type=Path)
    parser.add_argument("--image", default="image", help="column of images")
    parser.add_argument("--label", default="label", help="column of classes")
    parser.add_argument("--split", default="train", help="rows of this split alone, where there is a column split")
    parser.add_argument("--size", type=int, default=32)
    parser.add_argument("--patch", type=int, default=2)
    parser.add_argument("--heads", type=int, default=4)
    parser.add_argument("--head-dim", type=int, default=32)
    parser.add_argument("--layers", type=int, default=8)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--minutes", type=float, default=math.inf, help="stops after so long; run again to continue")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--class-dropout", type=float, default=0.1, help="share of images whose class is withheld, for guidance; a tenth as in DiT")
    parser.add_argument("--average", type=float, default=0.999, help="decay of the average of the weights")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    return parser.parse_args()


def read_images(given):
    """Images as values in −1…1, their classes by number, and the classes' names in order."""
    table = parquet.read_table(given.data)
    rows = [row for row in table.to_pylist() if row.get("split", given.split) == given.split]
    names = sorted({str(row[given.label]) for row in rows})
    if not rows or not names:
        raise SystemExit(f"{given.data}: has no images in the split {given.split}")
    pixels = []
    for row in rows:
        image = Image.open(io.BytesIO(row[given.image]["bytes"])).convert("RGB")
        if image.size != (given.size, given.size):
            image = image.resize((given.size, given.size), Image.Resampling.BILINEAR)
        pixels.append(torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8).reshape(given.size, given.size, 3).permute(2, 0, 1))
    labels = torch.tensor([names.index(str(row[given.label])) for row in rows])
    return torch.stack(pixels).float() / 127.5 - 1, labels, names


def create(given, classes):
    return DiTTransformer2DModel(
        num_attention_heads=given.heads,
        attention_head_dim=given.head_dim,
        in_channels=3,
        out_channels=3,
        num_layers=given.layers,
        sample_size=given.size,
        patch_size=given.patch,
        num_embeds_ada_norm=classes,
    )


def rate_at(step, given):
    """Warms up over a fiftieth of the steps, then falls to a tenth along a cosine."""
    warm = max(1, given.steps // 50)
    if step < warm:
        return given.rate * (step + 1) / warm
    share = (step - warm) / max(1, given.steps - warm)
    return given.rate * (0.1 + 0.45 * (1 + math.cos(math.pi * share)))


def loss_of(model, images, labels, given, generator):
    """Flow matching (Lipman et al. 2023) as Stanscope trains it: σ = (t + 1) / 1000, the model is told 1000 σ and predicts noise − image."""
    rows = len(images)
    t = torch.randint(TIMESTEPS, (rows,), generator=generator)
    sigma = (t + 1) / TIMESTEPS
    noise = torch.randn(images.shape, generator=generator)
    wide = sigma[:, None, None, None]
    # Withheld here, once for all blocks: in training mode diffusers withholds classes block by block.
    withheld = torch.rand(rows, generator=generator) < given.class_dropout
    told = torch.where(withheld, torch.full_like(labels, model.config.num_embeds_ada_norm), labels)
    predicted = model((1 - wide) * images + wide * noise, timestep=sigma * TIMESTEPS, class_labels=told).sample
    return torch.nn.functional.mse_loss(predicted, noise - images)


def draw(model, scheduler, classes, guidance=2.0, steps=40):
    """A picture of each class, all from the noise of one seed."""
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(min(SHOWN, classes))
    x = torch.randn(1, 3, model.config.sample_size, model.config.sample_size, generator=generator).repeat(len(labels), 1, 1, 1)
    none = torch.full_like(labels, classes)
    scheduler.set_timesteps(steps)
    with torch.no_grad():
        for t in scheduler.timesteps:
            both = model(torch.cat([x, x]), timestep=t.expand(2 * len(x)), class_labels=torch.cat([labels, none])).sample
            asked, plain = both.chunk(2)
            x = scheduler.step(plain + guidance * (asked - plain), t, x).prev_sample
    pixels = ((x.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).permute(0, 2, 3, 1)
    return Image.fromarray(torch.cat(list(pixels), dim=1).numpy())


def write(given, average, names, losses, parameters):
    model = create(given, len(names)).eval()
    model.load_state_dict(average)
    scheduler = FlowMatchEulerDiscreteScheduler(num_train_timesteps=TIMESTEPS)
    model.save_pretrained(given.out / "transformer")
    scheduler.save_pretrained(given.out / "scheduler")
    index = {"_class_name": "DiTPipeline", "id2label": {str(number): name for number, name in enumerate(names)}}
    (given.out / "model_index.json").write_text(json.dumps(index, indent=2) + "\n")
    record = {"data": given.data.name, "label": given.label, "steps": len(losses), "batch": given.batch, "seed": given.seed, "parameters": parameters}
    record["loss"] = sum(losses[-100:]) / max(1, len(losses[-100:]))
    (given.out / "pretraining.json").write_text(json.dumps(record, indent=2) + "\n")
    draw(model, scheduler, len(names)).save(given.out / "samples.png")
    print(json.dumps(record), flush=True)


def main():
    given = arguments()
    started = time.monotonic()
    torch.set_num_threads(given.threads)
    torch.manual_seed(given.seed)
    given.out.mkdir(parents=True, exist_ok=True)
    images, labels, names = read_images(given)
    # Evaluation mode: see `loss_of`.
    model = create(given, len(names)).eval()
    parameters = sum(one.numel() for one in model.parameters())
    optimizer = torch.optim.AdamW(model.parameters(), lr=given.rate, betas=(0.9, 0.99), weight_decay=0.01)
    generator = torch.Generator().manual_seed(given.seed)
    average = {name: value.clone() for name, value in model.state_dict().items()}
    losses = []
    state = given.out / "state.pt"
    if state.exists():
        saved = torch.load(state, weights_only=True)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        generator.set_state(saved["generator"])
        average, losses = saved["average"], saved["losses"]
    print(f"{parameters} parameters, {len(images)} images of {len(names)} classes, from step {len(losses)}", flush=True)

    def save():
        held = dict(model=model.state_dict(), optimizer=optimizer.state_dict(), generator=generator.get_state(), average=average, losses=losses)
        torch.save(held, state.with_suffix(".tmp"))
        os.replace(state.with_suffix(".tmp"), state)

    while len(losses) < given.steps and time.monotonic() - started < 60 * given.minutes:
        step = len(losses)
        rows = torch.randint(len(images), (given.batch,), generator=generator)
        for group in optimizer.param_groups:
            group["lr"] = rate_at(step, given)
        loss = loss_of(model, images[rows], labels[rows], given, generator)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
        # Early on the average would be of the first weights: it grows with the steps that there were.
        decay = min(given.average, (step + 1) / (step + 10))
        with torch.no_grad():
            for name, value in model.state_dict().items():
                average[name].mul_(decay).add_(value, alpha=1 - decay) if value.is_floating_point() else average[name].copy_(value)
        if (step + 1) % 50 == 0:
            print(f"step {step + 1}: loss {sum(losses[-50:]) / 50:.4f}, {(time.monotonic() - started) / 60:.1f} min", flush=True)
        if (step + 1) % 500 == 0:
            save()
    save()
    write(given, average, names, losses, parameters)


main()
