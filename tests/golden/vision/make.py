"""Small random vision encoders with what transformers and PEFT compute of them: hidden states, scores, those of an image of another
size, and the gradients of a LoRA adapter and its classifier. python tests/golden/vision/make.py (torch, transformers, peft)."""

import json
import shutil
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import (
    CLIPConfig, CLIPForImageClassification, CLIPModel, Dinov2Config, Dinov2ForImageClassification, Dinov2WithRegistersConfig,
    Dinov2WithRegistersForImageClassification, SiglipConfig, SiglipForImageClassification, SiglipModel, ViTConfig, ViTForImageClassification,
)

HERE = Path(__file__).parent
SIZES = dict(hidden_size=24, num_hidden_layers=2, num_attention_heads=3)
LABELS = dict(num_labels=4)
VISION = dict(**SIZES, intermediate_size=20, image_size=18, patch_size=6)
TEXT = dict(hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=2, vocab_size=9, max_position_embeddings=5)

CASES = {
    "vit-grey": (
        ViTForImageClassification,
        ViTConfig(**SIZES, **LABELS, intermediate_size=36, image_size=[12, 20], patch_size=4, num_channels=1, qkv_bias=False, hidden_act="quick_gelu",
                  layer_norm_eps=1e-3),
        ["q_proj", "o_proj"], None,
    ),
    "vit-silu": (
        ViTForImageClassification,
        ViTConfig(**SIZES, **LABELS, intermediate_size=16, image_size=15, patch_size=5, hidden_act="silu"), ["v_proj", "fc1"], (23, 31),
    ),
    "dinov2-gated": (
        Dinov2ForImageClassification,
        Dinov2Config(**SIZES, **LABELS, mlp_ratio=2, image_size=21, patch_size=7, use_swiglu_ffn=True, layerscale_value=0.7),
        ["q_proj", "gate_proj", "down_proj"], (35, 16),
    ),
    "dinov2-registers": (
        Dinov2WithRegistersForImageClassification,
        Dinov2WithRegistersConfig(**SIZES, **LABELS, mlp_ratio=2, image_size=24, patch_size=6, num_register_tokens=3, qkv_bias=False),
        ["v_proj", "fc2"], (13, 38),
    ),
    "clip": (
        CLIPForImageClassification, CLIPConfig(vision_config=VISION, text_config=TEXT, projection_dim=8, **LABELS), ["q_proj", "v_proj"], None,
    ),
    "siglip": (
        SiglipForImageClassification, SiglipConfig(vision_config=VISION, text_config=TEXT, **LABELS), ["q_proj", "k_proj"], (12, 30),
    ),
}
WHOLE = {"clip": CLIPModel, "siglip": SiglipModel}


def randomise(model, seed):
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        scale = 0.3 if parameter.dim() > 1 else 0.2
        values = scale * torch.randn(parameter.shape, generator=generator)
        centre = 1.0 if "norm" in name and name.endswith("weight") else 0.5 if "lambda1" in name else 0.0
        parameter.data = values + centre


def make(name, kind, config, targets, other, seed):
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    config._attn_implementation = "eager"
    model = kind(config).eval()
    randomise(model, seed)
    model.save_pretrained(folder)
    generator = torch.Generator().manual_seed(seed + 1)
    vision = getattr(config, "vision_config", config)
    side = vision.image_size if isinstance(vision.image_size, list) else [vision.image_size] * 2
    pixels = torch.randn(3, vision.num_channels, *side, generator=generator)
    values = {"pixel_values": pixels}
    with torch.no_grad():
        out = model(pixels, output_hidden_states=True)
        values["logits"] = out.logits
        for i, state in enumerate(out.hidden_states):
            values[f"hidden.{i}"] = state
        if other is not None:
            values["other.pixel_values"] = torch.randn(2, vision.num_channels, *other, generator=generator)
            told = {} if name.startswith("dinov2") else {"interpolate_pos_encoding": True}
            values["other.logits"] = model(values["other.pixel_values"], **told).logits
        if name in WHOLE:
            whole = WHOLE[name](config).eval()
            randomise(whole, seed + 2)
            whole.vision_model.load_state_dict(model.vision_model.state_dict())
            whole.save_pretrained(folder / "whole")
    labels = torch.tensor([2, 0, 3])
    values["labels"] = labels.int()
    tuned = get_peft_model(model, LoraConfig(r=3, lora_alpha=6, target_modules=targets, modules_to_save=["classifier"])).eval()
    for key, parameter in tuned.named_parameters():
        if "lora_" in key:
            parameter.data = 0.2 * torch.randn(parameter.shape, generator=generator)
    out = tuned(pixel_values=pixels, labels=labels)
    out.loss.backward()
    values["lora.logits"] = out.logits.detach()
    values["lora.loss"] = out.loss.detach()
    for key, parameter in tuned.named_parameters():
        if parameter.grad is not None:
            values[f"lora.grad.{key}"] = parameter.grad
    tuned.save_pretrained(folder / "lora")
    (folder / "lora" / "README.md").unlink(missing_ok=True)
    save_file({key: value.contiguous().clone() for key, value in values.items()}, folder / "expected.safetensors")
    (folder / "expected.json").write_text(json.dumps({"targets": targets}) + "\n")


for seed, (name, (kind, config, targets, other)) in enumerate(CASES.items()):
    make(name, kind, config, targets, other, 10 * seed)
