"""STAN for PEFT. Importing it registers the method."""

from .config import StanConfig
from .layer import StanLinear, keep_above, keep_top_k
from .model import StanModel
from .registration import register

register()

__all__ = ["StanConfig", "StanLinear", "StanModel", "keep_above", "keep_top_k"]
