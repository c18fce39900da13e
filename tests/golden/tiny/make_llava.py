"""Makes `llava-*` of this folder: small, random language models that read images, with what PyTorch, transformers and PEFT compute of them.

python make_llava.py (torch, transformers, peft, safetensors). Adapters are in the vision tower, the projector and the language model. Files are laid out
as those of the reference values: see `tests/server/engine/tiny.ts`.
"""
import copy, json, os, re

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import (Dinov2WithRegistersConfig, LlamaConfig, LlavaConfig, LlavaForConditionalGeneration, MistralConfig, Qwen2Config,
                          SiglipVisionConfig, ViTConfig)

VOCAB, TOKEN, STEPS, M, K = 48, 47, 10, 12, 3
TEXT = dict(vocab_size=VOCAB, num_hidden_layers=2, hidden_size=24, intermediate_size=28, num_attention_heads=4, max_position_embeddings=64,
            bos_token_id=1, eos_token_id=2, pad_token_id=0)
TOWER = dict(hidden_size=16, num_hidden_layers=3, num_attention_heads=2, intermediate_size=20, num_channels=3)
CASES = {
    # No class token, all tokens, the last hidden state; one key head of two, biases of q, k and v, a tied head.
    "llava-siglip": (
        SiglipVisionConfig(**TOWER, image_size=8, patch_size=4),
        Qwen2Config(**TEXT, num_key_value_heads=2, tie_word_embeddings=True),
        dict(vision_feature_layer=-1, vision_feature_select_strategy="full"), 4),
    # Registers stay among the features; two hidden states side by side; no biases in the projector; a window.
    "llava-registers": (
        Dinov2WithRegistersConfig(**{**TOWER, "intermediate_size": None}, mlp_ratio=2, image_size=12, patch_size=4, num_register_tokens=2),
        MistralConfig(**TEXT, num_key_value_heads=1, head_dim=6, sliding_window=9, tie_word_embeddings=False),
        dict(vision_feature_layer=[1, 3], vision_feature_select_strategy="default", multimodal_projector_bias=False), 11),
    # The middle of the tower, with another nonlinearity.
    "llava-vit": (
        ViTConfig(**TOWER, image_size=12, patch_size=6),
        LlamaConfig(**TEXT, num_key_value_heads=4, tie_word_embeddings=False),
        dict(vision_feature_layer=2, vision_feature_select_strategy="default", projector_hidden_act="gelu_pytorch_tanh"), 4),
}
PATTERN = (r"model\.(vision_tower\..*layers?\.[01]\..*\.(q_proj|fc2)|multi_modal_projector\.linear_[12]|"
           r"language_model\.layers\.\d+\.(self_attn\.v_proj|mlp\.down_proj))")


class Stan(torch.nn.Module):
    def __init__(self, base, gen):
        super().__init__()
        d_out, d_in = base.weight.shape
        self.base = base
        self.E = torch.nn.Parameter(torch.randn(M, d_in, generator=gen) / d_in ** 0.5)
        self.D = torch.nn.Parameter(torch.randn(d_out, M, generator=gen) * 0.05)

    def forward(self, x):
        pre = x @ self.E.T
        value, index = pre.topk(K, dim=-1)
        kept = torch.zeros_like(pre).scatter(-1, index, value)
        return self.base(x) + kept @ self.D.T / K


def randomise(model, gen):
    with torch.no_grad():
        for name, p in model.named_parameters():
            p.copy_(torch.randn(p.shape, generator=gen) * (0.3 if p.dim() > 1 else 0.2) + (1.0 if p.dim() == 1 and "bias" not in name else 0.0))
    return model.eval().requires_grad_(False)


def rows(gen, features, side, images):
    """Right-padded rows with so many images each, labels on the last tokens."""
    made = []
    for count in images:
        ids = [1]
        for _ in range(count):
            ids += torch.randint(3, TOKEN, (int(torch.randint(0, 3, (1,), generator=gen)),), generator=gen).tolist() + [TOKEN] * features
        answer = torch.randint(3, TOKEN, (int(torch.randint(2, 5, (1,), generator=gen)),), generator=gen).tolist() + [2]
        made.append((ids, answer))
    width = max(len(i) + len(a) for i, a in made)
    ids, mask, labels = (torch.full((len(made), width), v) for v in (0, 0, -100))
    for r, (i, a) in enumerate(made):
        n = len(i) + len(a)
        ids[r, :n], mask[r, :n], labels[r, len(i):n] = torch.tensor(i + a), 1, torch.tensor(a)
    return dict(input_ids=ids, attention_mask=mask, labels=labels, pixel_values=torch.randn(sum(images), 3, side, side, generator=gen))


def train(model, parameters, batches):
    optimizer = torch.optim.AdamW(parameters.values(), lr=5e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)
    losses, norms, first = [], [], None
    for step in range(STEPS):
        optimizer.zero_grad()
        loss = model(**batches[step % 2]).loss
        loss.backward()
        losses.append(loss.item())
        norms.append(torch.stack([p.grad.norm() for p in parameters.values()]).norm().item())
        first = first or {n: p.grad.clone() for n, p in parameters.items()}
        optimizer.step()
    return losses, norms, first


def attach(model, gen):
    wrapped = {}
    for name, module in list(model.named_modules()):
        if not isinstance(module, torch.nn.Linear) or not re.fullmatch(PATTERN, name):
            continue
        parent, leaf = name.rsplit(".", 1)
        wrapped[name] = Stan(module, gen)
        setattr(model.get_submodule(parent), leaf, wrapped[name])
    return {f"{n}.{m}": getattr(w, m) for n, w in wrapped.items() for m in ("E", "D")}


for name, (vision, text, more, features) in CASES.items():
    gen = torch.Generator().manual_seed(7)
    config = LlavaConfig(vision_config=vision, text_config=text, image_token_index=TOKEN, **more)
    base = randomise(LlavaForConditionalGeneration(config), gen)
    if text.tie_word_embeddings:
        base.tie_weights()
    os.makedirs(name, exist_ok=True)
    base.save_pretrained(name)
    batches = [rows(gen, features, vision.image_size, images) for images in ([1, 2, 1, 1], [2, 1, 1, 3])]
    tensors = {f"train.{i}.{k}": v for i, b in enumerate(batches) for k, v in b.items()}
    expected = dict(targets=PATTERN, stan=dict(M=M, k=K), lora={}, float64={})
    with torch.no_grad():
        out = base(**batches[0])
    tensors["base.logits"] = out.logits
    drift = {}
    for method in ("stan", "lora"):
        model = copy.deepcopy(base)
        if method == "stan":
            parameters = attach(model, gen)
        else:
            model = get_peft_model(model, LoraConfig(r=4, lora_alpha=8, target_modules=PATTERN))
            parameters = {n: p for n, p in model.named_parameters() if "lora_" in n}
            with torch.no_grad():
                for p in parameters.values():
                    p.copy_(torch.randn(p.shape, generator=gen) * 0.1)
        tensors.update({f"{method}.init.{n}": p.detach().clone() for n, p in parameters.items()})
        wide = copy.deepcopy(model).double()
        with torch.no_grad():
            tensors[f"{method}.logits"] = model(**batches[0]).logits
        losses, norms, first = train(model, parameters, batches)
        expected[method].update(losses=losses, grad_norms=norms)
        tensors.update({f"{method}.grad.{n}": g for n, g in first.items()})
        of = dict(wide.named_parameters())
        # Wrapped modules register E and D under the same names.
        double = {n: of[n] for n in parameters}
        doubled = [{k: v.double() if v.is_floating_point() else v for k, v in b.items()} for b in batches]
        _, _, exact = train(wide, double, doubled[:1] * 2)
        expected["float64"][f"{method}_max_abs_drift"] = dict(grad=max((first[n] - exact[n]).abs().max().item() for n in first))
    save_file({k: (v.int() if v.dtype == torch.int64 else v).contiguous() for k, v in tensors.items()}, f"{name}/expected.safetensors")
    with open(f"{name}/expected.json", "w") as file:
        json.dump(expected, file, indent=1)
    for extra in ("generation_config.json",):
        if os.path.exists(f"{name}/{extra}"):
            os.remove(f"{name}/{extra}")
    print(name, expected["stan"]["losses"], expected["lora"]["losses"], expected["float64"])
