"""What the Python peers of the bench share: timed training steps, and the line that `bench.mjs` reads."""
import json
import resource
import statistics
import time

import torch


def time_steps(model, repeats, **batch):
    """Seconds a step: forward, backward, AdamW; the first step warms up and is not counted."""
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-4)
    seconds = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        loss = model.train()(**batch).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        seconds.append(time.perf_counter() - start)
    return seconds[1:]


def report(task, values, unit):
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(dict(task=task, median=statistics.median(values), all=values, unit=unit, peakMemoryMb=peak, version=f"torch {torch.__version__}")))
