"""Makes the encoders of this folder: small, random and of unusual shapes, with what PyTorch computes of them in float64.

python make.py (torch, transformers, safetensors). Each folder has a checkpoint and `expected.safetensors`: padded batches of pairs, the
states of the first without an adapter, a STAN adapter on every linear module and a head with the scores they give, the gradients of the
first step, and losses and gradient norms of five AdamW steps (lr 5e-3, weight decay 0.01, clipping at 1). `relative-rows.json` has the
row of the table of relative positions for each distance from 0 on, by transformers' own float32 code.
"""
import json, math, os, random

import torch
from safetensors.torch import save_file
from torch.nn.functional import cross_entropy, mse_loss
from transformers import AutoModelForSequenceClassification, BertConfig, DebertaV2Config, RobertaConfig
from transformers.models.deberta_v2.modeling_deberta_v2 import make_log_bucket_position

VOCAB, ROWS, STEPS = 31, 3, 5
COMMON = dict(vocab_size=VOCAB, num_hidden_layers=2, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
DEBERTA = dict(COMMON, relative_attention=True, pooler_dropout=0.0)
CASES = {
    # A regression over three kinds of segments, GELU in its tanh form.
    "bert-regression": (BertConfig(**COMMON, hidden_size=9, intermediate_size=11, num_attention_heads=3, max_position_embeddings=13,
                                   type_vocab_size=3, hidden_act="gelu_new", num_labels=1, layer_norm_eps=1e-5), 11),
    # Padding with id 3, which real tokens have as well.
    "roberta-relu": (RobertaConfig(**COMMON, hidden_size=8, intermediate_size=7, num_attention_heads=2, max_position_embeddings=17,
                                   type_vocab_size=1, pad_token_id=3, hidden_act="relu", num_labels=2, layer_norm_eps=1e-5), 13),
    # Distances in four logarithmic buckets, projected by the content's modules.
    "deberta-buckets": (DebertaV2Config(**DEBERTA, hidden_size=9, intermediate_size=13, num_attention_heads=3, max_position_embeddings=24,
                                        position_buckets=4, norm_rel_ebd="layer_norm", share_att_key=True, pos_att_type="p2c|c2p",
                                        position_biased_input=False, type_vocab_size=0, num_labels=5, layer_norm_eps=1e-5), 17),
    # Modules of their own for positions, distances cut off at five, absolute positions and segments beside them.
    "deberta-own": (DebertaV2Config(**DEBERTA, hidden_size=8, intermediate_size=11, num_attention_heads=2, max_position_embeddings=14,
                                    max_relative_positions=5, position_buckets=-1, share_att_key=False, pos_att_type=["c2p", "p2c"],
                                    position_biased_input=True, type_vocab_size=2, num_labels=3, pooler_hidden_act="tanh",
                                    layer_norm_eps=1e-5), 11),
    # One term of positions only.
    "deberta-keys": (DebertaV2Config(**DEBERTA, hidden_size=6, intermediate_size=10, num_attention_heads=3, max_position_embeddings=12,
                                     position_buckets=6, norm_rel_ebd="none", share_att_key=True, pos_att_type=["p2c"],
                                     position_biased_input=False, type_vocab_size=0, num_labels=2, layer_norm_eps=1e-5), 7),
    # No relative positions at all.
    "deberta-absolute": (DebertaV2Config(**COMMON, hidden_size=8, intermediate_size=10, num_attention_heads=2, max_position_embeddings=12,
                                         relative_attention=False, type_vocab_size=2, num_labels=2, layer_norm_eps=1e-5), 5),
}
STAN = dict(num_latents=5, k=3, alpha=2.5)


class Stan(torch.nn.Module):
    def __init__(self, base, E, D):
        super().__init__()
        self.base, self.margin = base, math.inf
        self.E, self.D = torch.nn.Parameter(E), torch.nn.Parameter(D)

    def forward(self, x):
        z = x @ self.E.T
        top = torch.topk(z, STAN["k"] + 1, dim=-1).values
        # Padding of DeBERTa enters as zeros, where all latents tie and none matters.
        gaps = (top[..., -2] - top[..., -1])[x.abs().sum(-1) > 0]
        self.margin = min(self.margin, gaps.min().item())
        chosen = torch.topk(z, STAN["k"], dim=-1).indices
        kept = torch.zeros_like(z).scatter(-1, chosen, z.gather(-1, chosen))
        return self.base(x) + STAN["alpha"] / STAN["k"] * (kept @ self.D.T)


def fill(model, generator):
    for name, p in model.named_parameters():
        noise = torch.randn(p.shape, generator=generator)
        is_norm = p.dim() == 1 and name.endswith("weight")
        p.data.copy_(1 + 0.2 * noise if is_norm else 0.3 * noise)


def batch(config, tokens, r):
    ids = torch.full((ROWS, tokens), config.pad_token_id, dtype=torch.int32)
    mask, types = torch.zeros(ROWS, tokens, dtype=torch.int32), torch.zeros(ROWS, tokens, dtype=torch.int32)
    for row in range(ROWS):
        length = tokens if row == 1 else r.randrange(3, tokens)
        for at in range(length):
            ids[row, at], mask[row, at] = r.randrange(VOCAB), 1
            types[row, at] = r.randrange(config.type_vocab_size) if config.type_vocab_size > 1 else 0
    answers = [r.uniform(-1, 3) if config.num_labels == 1 else r.randrange(config.num_labels) for _ in range(ROWS)]
    if config.num_labels > 1 and r.random() < 0.4:
        answers[2] = -100
    return ids, mask, types, torch.tensor(answers)


def loss_of(logits, answers):
    if logits.shape[1] == 1:
        return mse_loss(logits[:, 0], answers.double())
    return cross_entropy(logits, answers, ignore_index=-100)


def make(name, config, tokens, seed):
    generator, r = torch.Generator().manual_seed(seed), random.Random(seed)
    model = AutoModelForSequenceClassification.from_config(config, attn_implementation="eager").eval()
    fill(model, generator)
    model.save_pretrained(name)
    model = model.double().requires_grad_(False)
    batches = [batch(config, tokens, r) for _ in range(STEPS)]
    run = lambda b, **more: model(input_ids=b[0].long(), attention_mask=b[1].long(), token_type_ids=b[2].long(), **more)
    with torch.no_grad():
        base = run(batches[0], output_hidden_states=True)
    out = {"base.logits": base.logits} | {f"base.hidden.{i}": h for i, h in enumerate(base.hidden_states)}
    trained, wrapped = {}, []
    for module_name, module in list(model.named_modules()):
        if not isinstance(module, torch.nn.Linear) or module_name.startswith("classifier"):
            continue
        E = (torch.randn(STAN["num_latents"], module.in_features, generator=generator) / module.in_features**0.5).float().double()
        D = (0.4 * torch.randn(module.out_features, STAN["num_latents"], generator=generator)).float().double()
        stan = Stan(module, E, D)
        parent, _, last = module_name.rpartition(".")
        setattr(model.get_submodule(parent), last, stan)
        wrapped.append(stan)
        trained |= {f"{module_name}.E": stan.E, f"{module_name}.D": stan.D}
    for n, p in model.named_parameters():
        if n.startswith("classifier"):
            trained[n] = p.requires_grad_(True)
    out |= {f"init.{n}": p.detach().clone() for n, p in trained.items()}
    with torch.no_grad():
        out["stan.logits"] = run(batches[0]).logits
    parameters = list(trained.values())
    optimizer = torch.optim.AdamW(parameters, lr=5e-3, weight_decay=0.01)
    losses, norms = [], []
    for step, b in enumerate(batches):
        optimizer.zero_grad()
        loss = loss_of(run(b).logits, b[3])
        loss.backward()
        if step == 0:
            out |= {f"grad.{n}": p.grad.clone() for n, p in trained.items()}
        norms.append(torch.nn.utils.clip_grad_norm_(parameters, 1.0).item())
        losses.append(loss.item())
        optimizer.step()
    out |= {"losses": torch.tensor(losses), "gradNorms": torch.tensor(norms)}
    ints = {key: torch.stack([b[i] for b in batches]) for i, key in enumerate(("input_ids", "attention_mask", "token_type_ids"))}
    out["answers"] = torch.stack([b[3].double() for b in batches])
    save_file({k: v.float().contiguous() for k, v in out.items()} | ints, f"{name}/expected.safetensors")
    return min(stan.margin for stan in wrapped)


for number, (name, (config, tokens)) in enumerate(CASES.items()):
    # Where a kept latent and one that is left out are near each other, float32 may choose otherwise: another seed then.
    for seed in range(number * 1000, (number + 1) * 1000):
        if make(name, config, tokens, seed) > 1e-5:
            print(name, "seed", seed)
            break

rows = []
for buckets, longest in ((256, 512), (32, 128), (4, 24), (6, 12), (7, 41), (20, 271), (3, 9), (2, 9)):
    distances = torch.arange(0, longest)
    row = make_log_bucket_position(distances, buckets, longest).long() + buckets
    rows.append(dict(buckets=buckets, maxDistance=longest, rows=row.clamp(0, 2 * buckets - 1).tolist()))
json.dump(rows, open("relative-rows.json", "w"))
