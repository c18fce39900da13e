"""Draws VeRA's frozen matrices with PEFT's own function from torch's generator.

python make.py (torch, peft). `projections.json` has for each key and each pair of shapes, A (rank, dIn) and B (dOut, rank): all entries where there are
at most 64, else the first and last eight and the sum in float64. Run it on a processor with AVX2
(`torch.backends.cpu.get_cpu_capability()`): without, the last bits differ.
"""
import json

import torch
from peft.tuners.vera.model import _kaiming_init

KEYS = [0, 1, 7, 42, 2**31 - 1, 2**32 + 11, 2**53 - 1, -3]
SHAPES = [(1, 1, 1), (2, 3, 5), (3, 5, 4), (4, 4, 4), (5, 3, 17), (8, 18, 22), (16, 160, 90), (64, 333, 1000)]


def entries(tensor):
    flat = tensor.flatten()
    if flat.numel() <= 64:
        return {"all": flat.tolist()}
    return {"first": flat[:8].tolist(), "last": flat[-8:].tolist(), "sum": flat.double().sum().item()}


cases = []
for key in KEYS:
    for rank, dIn, dOut in SHAPES:
        generator = torch.Generator(device="cpu").manual_seed(key)
        A = _kaiming_init((rank, dIn), generator=generator)
        B = _kaiming_init((dOut, rank), generator=generator)
        cases.append({"key": key, "rank": rank, "dIn": dIn, "dOut": dOut, "A": entries(A), "B": entries(B)})
with open("projections.json", "w") as file:
    json.dump({"torch": torch.__version__, "cases": cases}, file)
    file.write("\n")
