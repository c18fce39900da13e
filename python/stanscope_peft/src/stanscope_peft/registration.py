"""Names STAN to PEFT."""

from __future__ import annotations

from peft.mapping import PEFT_TYPE_TO_CONFIG_MAPPING, PEFT_TYPE_TO_PREFIX_MAPPING, PEFT_TYPE_TO_TUNER_MAPPING
from peft.tuners.tuners_utils import BaseTuner
from peft.utils.peft_types import PeftType

from .config import StanConfig
from .model import StanModel

NAME = "STAN"


def register() -> None:
    """
    Adds STAN to PEFT's tables; doing it again changes nothing.

    Raises:
        RuntimeError: when another package has registered a method of this name.
    """
    known = PEFT_TYPE_TO_CONFIG_MAPPING.get(NAME)
    if known not in (None, StanConfig):
        raise RuntimeError(f"PEFT has a method STAN already, {known.__module__}.{known.__qualname__}: import one of the two packages")
    PEFT_TYPE_TO_CONFIG_MAPPING[NAME] = StanConfig
    PEFT_TYPE_TO_TUNER_MAPPING[NAME] = StanModel
    PEFT_TYPE_TO_PREFIX_MAPPING[NAME] = StanModel.prefix
    if not hasattr(BaseTuner, "_get_adapter_state_dict"):
        _add_to_list_of_types()


def _add_to_list_of_types() -> None:
    """PEFT up to 0.20 saves only what stands in its own enumeration."""
    if NAME in PeftType.__members__:
        return
    member = str.__new__(PeftType, NAME)
    member._name_ = NAME
    member._value_ = NAME
    PeftType._member_map_[NAME] = member
    PeftType._member_names_.append(NAME)
    PeftType._value2member_map_[NAME] = member
