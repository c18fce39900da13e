"""A frozen projection with a sparse update beside it."""

from __future__ import annotations

from typing import Any, Optional

import torch
from peft.tuners._buffer_dict import BufferDict
from peft.tuners.tuners_utils import BaseTunerLayer
from torch import nn
from torch.nn import functional
from transformers.pytorch_utils import Conv1D

NOT_MERGEABLE = (
    "A STAN adapter cannot be merged: which latents it keeps depends on the input, so that no single matrix gives its update. "
    "Keep it beside the base model."
)


def keep_top_k(pre_activations: torch.Tensor, k: int, selection: str) -> torch.Tensor:
    """
    Keeps k entries of each row and sets the others to zero; gradients reach the kept ones alone.

    Args:
        pre_activations: (..., num_latents)
        k: at least 1; rows of fewer entries are kept whole
        selection: ``signed``, ``relu`` or ``abs``

    Returns:
        (..., num_latents); of equal entries the lower index is kept, which torch.topk does not promise
    """
    rank = pre_activations.detach()
    if selection == "abs":
        rank = rank.abs()
    if k < rank.shape[-1]:
        last = torch.topk(rank, k, dim=-1).values[..., -1:]
        above, equal = rank > last, rank == last
        is_kept = above | (equal & (equal.cumsum(-1) <= k - above.sum(-1, keepdim=True)))
        pre_activations = torch.where(is_kept, pre_activations, 0.0)
    return functional.relu(pre_activations) if selection == "relu" else pre_activations


def keep_above(pre_activations: torch.Tensor, threshold: torch.Tensor, selection: str) -> torch.Tensor:
    """
    Keeps the entries above a threshold, by magnitude with ``abs``, and sets the others to zero: what BatchTopK keeps in inference.

    Args:
        pre_activations: (..., num_latents)
        threshold: one value
        selection: ``signed``, ``relu`` or ``abs``
    """
    rank = pre_activations.abs() if selection == "abs" else pre_activations
    kept = torch.where(rank > threshold.to(rank.dtype), pre_activations, 0.0)
    return functional.relu(kept) if selection == "relu" else kept


class StanLinear(nn.Module, BaseTunerLayer):
    """
    ``h = W0 x + b0 + (alpha / k) · D · TopK_k(E x)`` for nn.Linear and GPT-2's Conv1D; with BatchTopK the entries of E x above a threshold
    stand in the place of TopK_k(E x).
    """

    adapter_layer_names = ("stan_E", "stan_D")
    other_param_names = ("stan_k", "stan_scaling", "stan_selection", "stan_threshold")

    def __init__(self, base_layer: nn.Module, adapter_name: str, **sizes: Any) -> None:
        super().__init__()
        self.base_layer = base_layer
        self.stan_E = nn.ModuleDict()
        self.stan_D = nn.ModuleDict()
        self.stan_k: dict[str, int] = {}
        self.stan_scaling: dict[str, float] = {}
        self.stan_selection: dict[str, str] = {}
        # Of adapters with BatchTopK alone.
        self.stan_threshold = BufferDict({}, persistent=True)
        self._disable_adapters = False
        self.merged_adapters = []
        d_in, d_out = widths(self.get_base_layer())
        self.in_features, self.out_features = d_in, d_out
        self._active_adapter = adapter_name
        self.update_layer(adapter_name, **sizes)

    def update_layer(
        self, adapter_name: str, *, num_latents: int, k: int, alpha: float, selection: str, sparsity: Optional[str] = None, inference_mode: bool = False
    ) -> None:
        """Adds an adapter: E (num_latents, d_in) Kaiming-uniform as LoRA's A, D (d_out, num_latents) zero."""
        self.stan_k[adapter_name] = k
        self.stan_scaling[adapter_name] = alpha / k
        self.stan_selection[adapter_name] = selection
        # nn.Linear starts Kaiming-uniform with a = √5.
        self.stan_E[adapter_name] = nn.Linear(self.in_features, num_latents, bias=False)
        self.stan_D[adapter_name] = nn.Linear(num_latents, self.out_features, bias=False)
        nn.init.zeros_(self.stan_D[adapter_name].weight)
        if sparsity == "batchtopk":
            # Nothing is kept until a threshold is loaded.
            self.stan_threshold[adapter_name] = torch.full((1,), torch.finfo(torch.float32).max)
        self._move_adapter_to_device_of_base_layer(adapter_name)
        self.set_adapter(self.active_adapters, inference_mode=inference_mode)

    def forward(self, x: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
        result = self.base_layer(x, *args, **kwargs)
        if self.disable_adapters:
            return result
        for name in self.active_adapters:
            if name in self.stan_E:
                result = result + self.update(name, x).to(result.dtype)
        return result

    def update(self, adapter_name: str, x: torch.Tensor) -> torch.Tensor:
        """The adapter's part of the output, (..., d_out), computed in the adapter's dtype."""
        encoder, decoder = self.stan_E[adapter_name], self.stan_D[adapter_name]
        pre_activations, selection = encoder(x.to(encoder.weight.dtype)), self.stan_selection[adapter_name]
        if adapter_name in self.stan_threshold:
            if self.training and torch.is_grad_enabled():
                raise NotImplementedError("a STAN adapter with BatchTopK is trained in Stanscope; to run it here, call eval() on the model")
            kept = keep_above(pre_activations, self.stan_threshold[adapter_name], selection)
        else:
            kept = keep_top_k(pre_activations, self.stan_k[adapter_name], selection)
        return self.stan_scaling[adapter_name] * decoder(kept)

    def merge(self, safe_merge: bool = False, adapter_names: Optional[list[str]] = None) -> None:
        raise NotImplementedError(NOT_MERGEABLE)

    def unmerge(self) -> None:
        raise NotImplementedError(NOT_MERGEABLE)


def widths(base_layer: nn.Module) -> tuple[int, int]:
    """d_in and d_out. Raises TypeError for a module that is no linear projection."""
    if isinstance(base_layer, nn.Linear):
        return base_layer.in_features, base_layer.out_features
    if isinstance(base_layer, Conv1D):
        d_in, d_out = base_layer.weight.shape
        return d_in, d_out
    raise TypeError(f"STAN adapts nn.Linear and Conv1D, not {type(base_layer).__name__}: choose other target_modules")
