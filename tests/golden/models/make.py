"""Makes the models of this folder: small, random and of unusual shapes, with what PyTorch computes of them in float64.

python make.py (torch, transformers, safetensors). Each folder has a checkpoint, a STAN adapter and `expected.safetensors`:
a padded batch, its logits without and with the adapter, and the losses and gradient norms of five AdamW steps (lr 5e-3,
weight decay 0.01, clipping at 1) over rows with unequal numbers of labels.
"""
import json, math, os, random

import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, GPT2Config, LlamaConfig, MistralConfig, Olmo3Config, Qwen2Config

VOCAB, TOKENS, ROWS, STEPS = 41, 9, 3, 5
COMMON = dict(vocab_size=VOCAB, num_hidden_layers=2, max_position_embeddings=12, bos_token_id=1, eos_token_id=2)
ROPE = dict(rope_type="llama3", rope_theta=500.0, factor=4.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=16)
CASES = {
    # Untied head, biases everywhere, one key head, a head size that is not hidden / heads, stretched rotary frequencies.
    "llama-odd": (
        LlamaConfig(**COMMON, hidden_size=18, intermediate_size=22, num_attention_heads=3, num_key_value_heads=1, head_dim=10,
                    attention_bias=True, mlp_bias=True, tie_word_embeddings=False, rms_norm_eps=1e-3, rope_parameters=ROPE),
        dict(selection="relu", num_latents=11, k=6, stan_alpha=3.5)),
    "mistral-linear-rope": (
        MistralConfig(**COMMON, hidden_size=20, intermediate_size=26, num_attention_heads=5, num_key_value_heads=5, head_dim=4,
                      sliding_window=None, tie_word_embeddings=False,
                      rope_parameters=dict(rope_type="linear", rope_theta=10000.0, factor=3.0)),
        dict(selection="abs", num_latents=8, k=3, stan_alpha=1.0)),
    "qwen2-tied": (
        Qwen2Config(**COMMON, hidden_size=24, intermediate_size=30, num_attention_heads=4, num_key_value_heads=2, tie_word_embeddings=True),
        dict(selection="signed", num_latents=4, k=4, stan_alpha=2.0)),
    "gpt2-narrow": (
        GPT2Config(vocab_size=VOCAB, n_positions=12, n_embd=21, n_layer=2, n_head=7, n_inner=25, bos_token_id=1, eos_token_id=2),
        dict(selection="signed", num_latents=13, k=2, stan_alpha=1.0)),
    # Windows shorter than the longest rows (transformers gives NaN where one holds padding alone), and rotary frequencies that are scaled in full layers alone.
    "olmo3-sliding": (
        Olmo3Config(**{**COMMON, "num_hidden_layers": 4}, hidden_size=24, intermediate_size=26, num_attention_heads=4, num_key_value_heads=2,
                    sliding_window=7, tie_word_embeddings=False, layer_types=["sliding_attention", "full_attention"] * 2,
                    rope_parameters=dict(
                        sliding_attention=dict(rope_type="default", rope_theta=500.0),
                        full_attention=dict(rope_type="yarn", rope_theta=500.0, factor=4.0, original_max_position_embeddings=4,
                                            attention_factor=1.3, beta_fast=8.0, beta_slow=1.0))),
        dict(selection="signed", num_latents=9, k=3, stan_alpha=2.0)),
}
TARGETS = {"gpt2": ["c_attn", "c_fc", "c_proj"]}
LLAMA_TARGETS = ["down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj"]


class Stan(torch.nn.Module):
    def __init__(self, base, E, D, k, alpha, selection):
        super().__init__()
        self.base, self.k, self.scale, self.selection = base, k, alpha / k, selection
        self.E, self.D = torch.nn.Parameter(E.double()), torch.nn.Parameter(D.double())

    def forward(self, x):
        z = x @ self.E.T
        chosen = torch.topk(z.abs() if self.selection == "abs" else z, self.k, dim=-1).indices
        kept = z.gather(-1, chosen)
        if self.selection == "relu":
            kept = kept.clamp(min=0)
        return self.base(x) + self.scale * (torch.zeros_like(z).scatter(-1, chosen, kept) @ self.D.T)


def fill(model, generator):
    for name, p in model.named_parameters():
        noise = torch.randn(p.shape, generator=generator)
        is_norm = p.dim() == 1 and name.endswith("weight")
        p.data.copy_(1 + 0.2 * noise if is_norm else 0.3 * noise if p.dim() == 1 else noise * 0.3)


def batch(seed, step):
    r = random.Random(seed * 100 + step)
    ids, mask = torch.zeros(ROWS, TOKENS, dtype=torch.int32), torch.zeros(ROWS, TOKENS, dtype=torch.int32)
    labels = torch.full((ROWS, TOKENS), -100, dtype=torch.int32)
    for row in range(ROWS):
        length = r.randrange(3, TOKENS + 1)
        for at in range(length):
            ids[row, at], mask[row, at] = r.randrange(VOCAB), 1
            if r.random() < (0.3, 0.6, 1.0)[row] or at == length - 1:
                labels[row, at] = ids[row, at]
    return ids, mask, labels


for seed, (name, (config, stan)) in enumerate(CASES.items()):
    generator = torch.Generator().manual_seed(seed)
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").eval()
    fill(model, generator)
    model.tie_weights()
    model.save_pretrained(name)
    os.remove(f"{name}/generation_config.json")
    targets = TARGETS.get(config.model_type, LLAMA_TARGETS)
    model = model.double().requires_grad_(False)
    batches = [batch(seed, step) for step in range(STEPS)]
    ids, mask, _ = batches[0]
    out = {"base.logits": model(input_ids=ids.long(), attention_mask=mask.long()).logits}
    tensors = {}
    for module_name, base in list(model.named_modules()):
        if module_name.rsplit(".", 1)[-1] not in targets:
            continue
        d_in, d_out = base.weight.shape if config.model_type == "gpt2" else reversed(base.weight.shape)
        E = torch.randn(stan["num_latents"], d_in, generator=generator) / math.sqrt(d_in)
        D = torch.randn(d_out, stan["num_latents"], generator=generator) * 0.5
        tensors[f"base_model.model.{module_name}.stan_E.weight"], tensors[f"base_model.model.{module_name}.stan_D.weight"] = E, D
        parent, last = module_name.rsplit(".", 1)
        setattr(model.get_submodule(parent), last, Stan(base, E, D, stan["k"], stan["stan_alpha"], stan["selection"]))
    os.makedirs(f"{name}/stan", exist_ok=True)
    save_file(tensors, f"{name}/stan/adapter_model.safetensors", metadata={"format": "pt"})
    file = dict(peft_type="STAN", task_type="CAUSAL_LM", target_modules=targets, **stan)
    json.dump(file, open(f"{name}/stan/adapter_config.json", "w"), indent=2, sort_keys=True)
    with torch.no_grad():
        out["stan.logits"] = model(input_ids=ids.long(), attention_mask=mask.long()).logits
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=5e-3, weight_decay=0.01)
    losses, norms = [], []
    for x, attention, y in batches:
        optimizer.zero_grad()
        logits = model(input_ids=x.long(), attention_mask=attention.long()).logits
        loss = torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), y[:, 1:].flatten().long(), ignore_index=-100)
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(parameters, 1.0).item())
        losses.append(loss.item())
        optimizer.step()
    out |= {"losses": torch.tensor(losses), "gradNorms": torch.tensor(norms)}
    ints = {key: torch.stack([b[i] for b in batches]) for i, key in enumerate(("input_ids", "attention_mask", "labels"))}
    save_file({k: v.float().contiguous() for k, v in out.items()} | ints, f"{name}/expected.safetensors")
