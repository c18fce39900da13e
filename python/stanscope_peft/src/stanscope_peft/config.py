"""The configuration of a STAN adapter: the keys of its ``adapter_config.json``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Optional, Union

from peft import PeftConfig

SELECTIONS = ("signed", "relu", "abs")
SPARSITIES = ("topk", "batchtopk")

# Written only where they are set: Stanscope's own files do not have them.
_OPTIONAL_KEYS = ("auto_mapping", "exclude_modules", "layers_pattern", "sparsity")


@dataclass
class StanConfig(PeftConfig):
    """
    What a STAN adapter is.

    Args:
        num_latents: latents of a module.
        k: latents kept at a token.
        stan_alpha: scaling is ``stan_alpha / k``.
        selection: which latents are kept: ``signed`` (the largest values), ``relu`` (the same, negative ones set to 0) or ``abs`` (by magnitude).
        sparsity: ``topk`` (k latents at each token; also when None) or ``batchtopk`` (those above a stored threshold, k on average).
            Adapters with ``batchtopk`` are trained in Stanscope; here they run.
        target_modules: last parts of module names, or one regular expression for whole names.
        layers_to_transform: indices of the layers to adapt; all when None.
        k_pattern, latents_pattern: other values for modules whose name ends in a match of the key, as PEFT's ``rank_pattern``.
        fan_in_fan_out: set by the model: whether base weights are stored (d_in, d_out), as GPT-2's are.
        modules_to_save: modules that are trained and saved in full.

    Raises:
        ValueError: for a size, a selection or a version of the format that is not known.
    """

    num_latents: int = 256
    k: int = 16
    stan_alpha: float = 1.0
    selection: str = "signed"
    sparsity: Optional[str] = None
    target_modules: Optional[Union[list[str], set[str], str]] = None
    exclude_modules: Optional[Union[list[str], set[str], str]] = None
    layers_to_transform: Optional[Union[list[int], int]] = None
    layers_pattern: Optional[Union[list[str], str]] = None
    k_pattern: dict[str, int] = field(default_factory=dict)
    latents_pattern: dict[str, int] = field(default_factory=dict)
    fan_in_fan_out: bool = False
    center_inputs: bool = False
    modules_to_save: Optional[list[str]] = None
    stan_format_version: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        self.peft_type = "STAN"
        for name in ("num_latents", "k"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be at least 1")
        if self.selection not in SELECTIONS:
            raise ValueError(f"selection is {self.selection!r}; it must be one of {', '.join(SELECTIONS)}")
        if self.sparsity not in (None, *SPARSITIES):
            raise ValueError(f"sparsity is {self.sparsity!r}; it must be one of {', '.join(SPARSITIES)}")
        if self.sparsity == "batchtopk":
            # Version 1 has no sparsity, so that its readers refuse such a file.
            self.stan_format_version = max(self.stan_format_version, 2)
        if self.center_inputs:
            raise ValueError("center_inputs is true, which is not supported")
        if self.stan_format_version not in (1, 2):
            raise ValueError(f"stan_format_version is {self.stan_format_version}; only 1 and 2 are known: take a newer stanscope-peft")
        if isinstance(self.target_modules, str) and (self.layers_to_transform is not None or self.layers_pattern is not None):
            # PEFT looks at the layers only where target_modules is a list.
            raise ValueError("layers_to_transform and layers_pattern need target_modules as a list: name the layers in the expression")
        for name in ("target_modules", "exclude_modules"):
            if isinstance(getattr(self, name), list):
                setattr(self, name, set(getattr(self, name)))

    def to_dict(self) -> dict[str, Any]:
        """The file's keys: PEFT's own bookkeeping is left out, sets are sorted lists."""
        keys = super().to_dict()
        keys.pop("peft_version", None)
        for name in _OPTIONAL_KEYS:
            if keys.get(name) is None:
                keys.pop(name, None)
        return {name: sorted(value) if isinstance(value, set) else value for name, value in keys.items()}
