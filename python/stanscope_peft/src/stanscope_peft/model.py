"""The tuner: puts STAN layers in the place of a model's target modules."""

from __future__ import annotations

from typing import Any

import torch
from peft.tuners.tuners_utils import BaseTuner
from peft.utils.other import get_pattern_key
from torch import nn
from transformers.pytorch_utils import Conv1D

from .config import StanConfig
from .layer import NOT_MERGEABLE, StanLinear

# The same projections as Stanscope's own default.
TARGET_MODULES = {
    "llama": ["q_proj", "v_proj"],
    "mistral": ["q_proj", "v_proj"],
    "mixtral": ["q_proj", "v_proj"],
    "qwen2": ["q_proj", "v_proj"],
    "qwen3": ["q_proj", "v_proj"],
    "qwen3_moe": ["q_proj", "v_proj"],
    "olmo2": ["q_proj", "v_proj"],
    "olmo3": ["q_proj", "v_proj"],
    "smollm3": ["q_proj", "v_proj"],
    "phi3": ["qkv_proj"],
    "gemma": ["q_proj", "v_proj"],
    "gemma2": ["q_proj", "v_proj"],
    "gemma3_text": ["q_proj", "v_proj"],
    "gpt2": ["c_attn"],
    "gpt_neox": ["query_key_value"],
    "bert": ["query", "value"],
    "roberta": ["query", "value"],
    "deberta-v2": ["query_proj", "value_proj"],
}


class StanModel(BaseTuner):
    """A model whose target modules carry STAN adapters."""

    prefix: str = "stan_"
    tuner_layer_cls = StanLinear
    target_module_mapping = TARGET_MODULES

    def _create_and_replace(
        self, stan_config: StanConfig, adapter_name: str, target: nn.Module, target_name: str, parent: nn.Module, current_key: str, **_: Any
    ) -> None:
        sizes = module_sizes(stan_config, current_key)
        if isinstance(target, StanLinear):
            target.update_layer(adapter_name, **sizes)
            return
        stan_config.fan_in_fan_out = isinstance(target, Conv1D)
        layer = StanLinear(target, adapter_name, **sizes)
        if adapter_name not in self.active_adapters:
            layer.requires_grad_(False)
        self._replace_module(parent, target_name, layer, target)

    def _check_merge_allowed(self) -> None:
        raise NotImplementedError(NOT_MERGEABLE)

    @classmethod
    def _remap_adapter_state_dict_for_load(
        cls, model: nn.Module, config: StanConfig, adapter_name: str, state_dict: dict[str, torch.Tensor]
    ) -> dict[str, torch.Tensor]:
        """As PEFT's, but a tensor that would silently not load is refused by its name."""
        mapped = super()._remap_adapter_state_dict_for_load(
            model=model, config=config, adapter_name=adapter_name, state_dict=state_dict
        )
        wanted = {key for key in model.state_dict() if ".stan_" in key and f".{adapter_name}." in f"{key}."}
        found = {key for key in mapped if ".stan_" in key}
        for key in sorted(wanted - found):
            raise KeyError(f"the adapter file lacks {key!r}: its target_modules or layers are not those of this file")
        for key in sorted(found - wanted):
            raise KeyError(f"the adapter file has {key!r}, which belongs to no target module of this model")
        return mapped


def module_sizes(config: StanConfig, module: str) -> dict[str, Any]:
    """What the configuration says of one module, patterns applied."""
    num_latents = config.latents_pattern.get(get_pattern_key(config.latents_pattern, module), config.num_latents)
    k = config.k_pattern.get(get_pattern_key(config.k_pattern, module), config.k)
    return {
        "num_latents": num_latents,
        "k": k,
        "alpha": config.stan_alpha,
        "selection": config.selection,
        "sparsity": config.sparsity,
        "inference_mode": config.inference_mode,
    }
