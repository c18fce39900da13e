"""Runs, latents, activations and steering of a running Stanscope, as pandas data frames."""

from . import edits
from .client import Stanscope
from .http import StanscopeError
from .run import Generation, Run

__all__ = ["Generation", "Run", "Stanscope", "StanscopeError", "edits"]
__version__ = "0.1.0"
