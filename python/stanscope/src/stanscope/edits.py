"""Edits of latents, as `Run.generate` takes them. `value` is in the latent's own activation units; for `scale` it is a factor.

`where` limits an edit: `scope="prompt"` or `"generated"` or `{"from": 3, "to": 9}`, `onlyIfFiring=True`, `skipsSpecialTokens=True`, `isOn=False`.
"""


def scale(module, index, value, **where):
    """activation × value, where the latent fires"""
    return _of_latent("scale", module, index, value=value, **where)


def clamp(module, index, value, **where):
    """activation := value at every token"""
    return _of_latent("clamp", module, index, value=value, **where)


def add(module, index, value, **where):
    """activation += value, from 0 where the latent does not fire"""
    return _of_latent("add", module, index, value=value, **where)


def ablate(module, index, **where):
    """activation := 0; the latent's slot stays empty"""
    return _of_latent("ablatePost", module, index, **where)


def isolate(module, indices, **where):
    """All other latents of the module := 0"""
    return {"operation": "isolate", "module": module, "indices": [int(index) for index in indices], **where}


def module_off(module, **where):
    """The module's whole update := 0"""
    return {"operation": "moduleOff", "module": module, **where}


def _of_latent(operation, module, index, **rest):
    return {"operation": operation, "latent": {"module": module, "index": int(index)}, **rest}
