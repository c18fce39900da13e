"""What edits of an encoder's latents do, computed by PyTorch in float64.

python make.py FIXTURES (torch, transformers, safetensors). For each tiny encoder of the fixtures, with its STAN adapter and head after
ten steps and the first training batch, `expected.json` has lists of edits as the API takes them, the scores (rows, classes) under each,
and attributions of the first row without padding: -a dL/da of each latent over its tokens, L the cross-entropy of class 1.
Relative positions, which DeBERTa's query_proj reads too, are no tokens: edits and attributions leave them out.
"""
import json, os, sys

import torch
from safetensors.torch import load_file
from torch.nn.functional import cross_entropy
from transformers import AutoModelForSequenceClassification

FIXTURES = sys.argv[1]
K = 4


class EditedStan(torch.nn.Module):
    """A frozen linear layer with a STAN update whose kept latents can be edited, token by token."""

    def __init__(self, name, base, E, D):
        super().__init__()
        self.name, self.base, self.E, self.D = name, base, E, D
        self.edits, self.rows, self.tokens, self.seen, self.activations = [], 0, 0, {}, None

    def forward(self, x):
        base = self.base(x)
        z = x @ self.E.T
        values, index = torch.topk(z, K, dim=-1)
        kept = torch.zeros_like(z).scatter(-1, index, 1.0).bool()
        plain = torch.where(kept, z, 0.0)
        if x.shape[1] != self.tokens:  # relative positions, of which there are more
            off = any(edit["operation"] in ("moduleOff", "adapterOff") and edit["scope"] == "all" for edit in self.edits)
            return base if off else base + plain @ self.D.T / K
        self.seen[self.name] = plain
        if not self.edits:
            if plain.requires_grad:
                plain.retain_grad()
            self.activations = plain
            return base + plain @ self.D.T / K
        a, on = plain.clone(), torch.ones(x.shape[:2], dtype=torch.bool)
        reach = {id(edit): self.reach(edit, x.shape[1]) for edit in self.edits}
        masked = z.clone()
        for edit in self.edits:
            if edit["operation"] == "ablatePre":
                i = edit["latent"]["index"]
                masked[..., i] = torch.where(reach[id(edit)], -torch.inf, masked[..., i])
        if not torch.equal(masked, z):
            _, index = torch.topk(masked, K, dim=-1)
            a = torch.where(torch.zeros_like(z).scatter(-1, index, 1.0).bool(), z, 0.0)
        for edit in self.edits:
            here, operation = reach[id(edit)], edit["operation"]
            if operation in ("moduleOff", "adapterOff"):
                on &= ~here
            elif operation == "isolate":
                others = torch.ones(a.shape[-1], dtype=torch.bool)
                others[edit["indices"]] = False
                a[here[..., None] & others] = 0.0
            elif operation != "ablatePre":
                i = edit["latent"]["index"]
                old = a[..., i]
                new = {
                    "scale": lambda: old * edit["value"],
                    "clamp": lambda: torch.full_like(old, edit["value"]),
                    "minClamp": lambda: torch.clamp(old, min=edit["value"]),
                    "add": lambda: old + edit["value"],
                    "ablatePost": lambda: torch.zeros_like(old),
                }[operation]()
                a[..., i] = torch.where(here, new, old)
        return base + torch.where(on[..., None], a @ self.D.T / K, 0.0)

    def reach(self, edit, tokens):
        here = torch.ones(self.rows, tokens, dtype=torch.bool)
        if isinstance(edit["scope"], dict):
            at = torch.arange(tokens)
            here &= (at >= edit["scope"]["from"]) & (at <= edit["scope"]["to"])
        if edit["scope"] == "generated":
            here[:] = False
        if edit.get("onlyIfFiring"):
            here &= self.seen[self.name][..., edit["latent"]["index"]] != 0
        if "onlyIf" in edit:
            other = edit["onlyIf"]["latent"]
            here &= self.seen[other["module"]][..., other["index"]] > edit["onlyIf"]["above"]
        return here


def lists_of(first, last, often):
    """Lists of edits of a module of the first layer and one of the last; `often` are latents that each keeps often."""
    at = lambda module, rank: {"module": module, "index": often[module][rank]}
    on = lambda operation, **more: {"operation": operation, "isOn": True, "scope": "all", **more}
    return [
        [on("ablatePost", latent=at(first, 0))],
        [on("clamp", latent=at(first, 0), value=0)],
        [on("ablatePre", latent=at(first, 0))],
        [on("scale", latent=at(first, 1), value=-7)],
        [on("clamp", latent=at(last, 0), value=5)],
        [on("minClamp", latent=at(last, 1), value=3)],
        [on("add", latent=at(first, 2), value=6, onlyIfFiring=True)],
        [on("isolate", module=last, indices=sorted(often[last][:2]))],
        [on("moduleOff", module=first)],
        [on("adapterOff")],
        [on("clamp", latent=at(first, 0), value=9) | {"scope": {"from": 2, "to": 4}}],
        [on("clamp", latent=at(last, 0), value=8, onlyIf={"latent": at(first, 0), "above": 0})],
        [on("clamp", latent=at(last, 0), value=8) | {"scope": "generated"}],
        [on("ablatePre", latent=at(first, 0)), on("add", latent=at(first, 3), value=4), on("scale", latent=at(first, 3), value=-2)],
    ]


def case_of(architecture):
    folder = os.path.join(FIXTURES, "tiny", architecture)
    model = AutoModelForSequenceClassification.from_pretrained(folder).double().eval()
    held = load_file(os.path.join(folder, "stan-m64-k4", "adapter_model.safetensors"))
    held = {name.removeprefix("base_model.model."): value.double() for name, value in held.items()}
    data = load_file(os.path.join(folder, "expected.safetensors"))
    modules = {}
    for name, module in list(model.named_modules()):
        if f"{name}.stan_E.weight" in held:
            stan = EditedStan(name, module, held[f"{name}.stan_E.weight"], held[f"{name}.stan_D.weight"])
            modules[name] = stan
            model.get_submodule(name.rsplit(".", 1)[0])._modules[name.rsplit(".", 1)[1]] = stan
    for name, value in held.items():
        if name.startswith("classifier"):
            model.get_parameter(name).data.copy_(value)
    names, seen = list(modules), {}
    for stan in modules.values():
        stan.seen = seen

    def scores(ids, mask, edits):
        for name, stan in modules.items():
            stan.rows, stan.tokens = ids.shape
            stan.edits = [e for e in edits if e["operation"] == "adapterOff" or e.get("module", e.get("latent", {}).get("module")) == name]
        return model(input_ids=ids, attention_mask=mask).logits

    ids, mask = data["train.input_ids"][0].long(), data["train.attention_mask"][0].long()
    with torch.no_grad():
        plain = scores(ids, mask, [])
        real = mask.bool()
        often = {name: (seen[name][real] != 0).sum(0).argsort(descending=True, stable=True)[:4].tolist() for name in names}
        lists = lists_of(names[0], names[-1], often)
        edited = [scores(ids, mask, edits).tolist() for edits in lists]
    length = int(mask[0].sum())
    model.zero_grad()
    for stan in modules.values():
        stan.E.requires_grad_(True)
    one = scores(ids[:1, :length], mask[:1, :length], [])
    activations = {name: stan.activations for name, stan in modules.items()}
    loss = cross_entropy(one, torch.tensor([1]))
    loss.backward()
    attributions = {}
    for name, a in activations.items():
        attributions[name] = (-a.detach() * a.grad).sum((0, 1)).tolist()
    return {
        "scores": plain.tolist(),
        "edits": [{"edits": edits, "scores": found} for edits, found in zip(lists, edited)],
        "first": {"length": length, "scores": one.tolist()[0], "class": 1, "attributions": attributions},
    }


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, list):
        return [rounded(one) for one in value]
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    return value


if __name__ == "__main__":
    expected = {name: rounded(case_of(name)) for name in ("bert", "roberta", "deberta-v2")}
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "expected.json"), "w") as file:
        json.dump(expected, file)
        file.write("\n")
