"""Images of all kinds that Pillow reads, and what Pillow and transformers make of them.

    python tests/golden/images/make.py

Made with Pillow 13.0, transformers 5.24 (processors that work with Pillow), torch 2.15. Writes images, `pixels.safetensors` (decoded, RGB on white, resampled) and
`prepared.safetensors` (pixel values of each processor of `processors.json`).
"""

import json
import os
import struct
import zlib

import numpy as np
import torch
from PIL import Image, ImageOps
from safetensors.numpy import save_file
from transformers import BitImageProcessorPil, CLIPImageProcessorPil, SiglipImageProcessorPil, ViTImageProcessorPil
from transformers.image_transforms import convert_to_rgb

here = os.path.dirname(os.path.abspath(__file__))
random = np.random.default_rng(7)


def scene(height, width, channels):
    """Smooth colours with a sharp edge and some noise."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [127 + 120 * np.sin(x / (3 + 2 * c) + y / (5 + c)) for c in range(channels)]
    image = np.stack(planes, axis=-1) + random.normal(0, 9, (height, width, channels))
    image[(x - width / 2) ** 2 + (y - height / 3) ** 2 < (width / 5) ** 2] = 240
    return np.clip(np.round(image), 0, 255).astype(np.uint8)


colour = Image.fromarray(scene(31, 47, 3))
grey = Image.fromarray(scene(29, 18, 1)[..., 0])
clear = Image.fromarray(np.concatenate([scene(20, 33, 3), random.integers(0, 256, (20, 33, 1), dtype=np.uint8)], axis=-1), "RGBA")
grey_clear = Image.merge("LA", [grey, Image.fromarray(random.integers(0, 256, (29, 18), dtype=np.uint8))])
palette = colour.quantize(23)
clear_palette = colour.quantize(11)

upright = Image.Exif()
upright[0x0112] = 6

images = {
    "colour.png": (colour, {}),
    "grey.png": (grey, {}),
    "clear.png": (clear, {}),
    "grey-clear.png": (grey_clear, {}),
    "palette.png": (palette, {}),
    "clear-palette.png": (clear_palette, {"transparency": 3}),
    "bilevel.png": (grey.convert("1"), {}),
    "colour.jpg": (colour, {"quality": 88, "subsampling": 0}),
    "subsampled.jpg": (colour, {"quality": 75, "subsampling": 2, "progressive": True}),
    "grey.jpg": (grey, {"quality": 80}),
    "turned.jpg": (colour, {"quality": 90, "exif": upright}),
    "lossless.webp": (colour, {"lossless": True}),
    "lossy.webp": (colour, {"quality": 80}),
    "clear.webp": (clear, {"lossless": True, "exact": True}),
}
for name, (image, options) in images.items():
    image.save(os.path.join(here, name), **options)

# What is refused.
refused = {
    "cmyk.jpg": (colour.convert("CMYK"), {}),
    "sixteen-bits.png": (Image.fromarray((scene(9, 9, 1)[..., 0].astype(np.uint16)) * 257), {}),
    "one-pixel.png": (colour.crop((0, 0, 1, 1)), {}),
    "animated.png": (colour, {"save_all": True, "append_images": [ImageOps.flip(colour)]}),
    "animated.webp": (colour, {"save_all": True, "append_images": [ImageOps.flip(colour)], "lossless": True}),
    "still.gif": (palette, {}),
}
for name, (image, options) in refused.items():
    image.save(os.path.join(here, name), **options)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


# 60,000 × 60,000 pixels in two hundred bytes.
with open(os.path.join(here, "bomb.png"), "wb") as file:
    header = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100000))) + chunk(b"IEND", b""))

whole = open(os.path.join(here, "colour.png"), "rb").read()
open(os.path.join(here, "truncated.png"), "wb").write(whole[: len(whole) // 2])
whole = open(os.path.join(here, "colour.jpg"), "rb").read()
open(os.path.join(here, "truncated.jpg"), "wb").write(whole[: len(whole) // 2])

decoded = {}
for name in images:
    with Image.open(os.path.join(here, name)) as image:
        decoded[name] = convert_to_rgb(ImageOps.exif_transpose(image), return_numpy=True)
tensors = {f"decoded.{name}": values for name, values in decoded.items()}
tensors["grey.colour.png"] = np.array(Image.fromarray(decoded["colour.png"]).convert("L"))
filters = {"nearest": 0, "lanczos": 1, "bilinear": 2, "bicubic": 3, "box": 4, "hamming": 5}
sizes = [(31, 47), (62, 94), (17, 13), (5, 47), (31, 90), (1, 1)]
for name, number in filters.items():
    for height, width in sizes:
        resized = colour.resize((width, height), number)
        tensors[f"resized.{name}.{height}x{width}"] = np.array(resized)
save_file({name: np.ascontiguousarray(values) for name, values in tensors.items()}, os.path.join(here, "pixels.safetensors"))

small = {"height": 24, "width": 24}
processors = {
    "vit": ViTImageProcessorPil(size=small, do_convert_rgb=True),
    "vit-number": ViTImageProcessorPil(size=20, resample=3, do_convert_rgb=True),
    "dinov2": BitImageProcessorPil(size={"shortest_edge": 32}, crop_size=small, image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225]),
    "crop-larger-than-image": BitImageProcessorPil(do_resize=False, crop_size={"height": 40, "width": 21}),
    "clip": CLIPImageProcessorPil(size=26, crop_size=25),
    "siglip": SiglipImageProcessorPil(size=small, resample=1),
    "plain": SiglipImageProcessorPil(size=small, do_rescale=False, do_normalize=False),
}
prepared = {}
for name, processor in processors.items():
    for file in ["colour.png", "grey.jpg", "turned.jpg", "clear.png"]:
        values = processor(Image.fromarray(decoded[file]), return_tensors="pt")["pixel_values"][0]
        prepared[f"{name}.{file}"] = values.to(torch.float32).numpy()
save_file({name: np.ascontiguousarray(values) for name, values in prepared.items()}, os.path.join(here, "prepared.safetensors"))


def as_hub(name, processor):
    """The settings under the name of a published class: `…Pil` is how transformers 5 calls the form that works with Pillow."""
    settings = json.loads(processor.to_json_string())
    settings["image_processor_type"] = type(processor).__name__.removesuffix("Pil")
    return settings


with open(os.path.join(here, "processors.json"), "w") as file:
    json.dump({name: as_hub(name, processor) for name, processor in processors.items()}, file, indent=1, sort_keys=True)
    file.write("\n")
