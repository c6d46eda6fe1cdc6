"""Two ways to judge, tried side by side on a team's own conversations."""

import hashlib
from typing import Literal

from pydantic import Field

from pm_assistant.domain.model import Model

Arm = Literal["a", "b"]
"""One side of an experiment: `a` is what there is, `b` what may be better."""


class Variant(Model):
    """What is done otherwise than a tenant's settings say; what is None is as they say.

    Attributes:
        threshold: from this confidence upwards what is `auto` is done unasked.
        ask_from: below this confidence nobody is asked.
        prompt: version of the prompt that the model is given.
        model: which model is asked.
    """

    threshold: float | None = Field(default=None, ge=0, le=1)
    ask_from: float | None = Field(default=None, ge=0, le=1)
    prompt: str | None = Field(default=None, min_length=1, max_length=64)
    model: str | None = Field(default=None, min_length=1, max_length=100)


def arm_of(experiment_id: str, unit: str, *, share: float) -> Arm:
    """Which side a unit is on: the same for ever, and of another experiment's sides independent.

    Args:
        experiment_id: the experiment.
        unit: what is assigned as a whole, such as a conversation.
        share: of the units, how many are to be on side `b`, 0 to 1.
    """
    digest = hashlib.sha256(f"{experiment_id}:{unit}".encode()).digest()
    return "b" if int.from_bytes(digest[:8]) < share * 2**64 else "a"
