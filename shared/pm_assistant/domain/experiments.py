"""Two ways to judge, tried side by side on a team's own conversations."""

import hashlib
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, Field

from pm_assistant.domain.kinds import ActionKind
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


class Design(Model):
    """Which conversations an experiment puts on which side, and what is done otherwise there.

    Attributes:
        kind: of action that it is about; others are judged as always.
        a: what is done otherwise on side `a`; as a rule nothing.
        b: what is done otherwise on side `b`.
        share: of the conversations, how many are on side `b`.
    """

    id: str
    kind: ActionKind
    a: Variant = Field(default_factory=Variant)
    b: Variant
    share: float = Field(default=0.5, ge=0.05, le=0.95)
    began_at: AwareDatetime
    ends_at: AwareDatetime

    def runs(self, at: datetime) -> bool:
        """Whether conversations that are judged now are in it."""
        return self.began_at <= at < self.ends_at

    def arm(self, conversation_id: str) -> Arm:
        """The side that a conversation is on."""
        return arm_of(self.id, conversation_id, share=self.share)

    def variant(self, arm: Arm) -> Variant:
        """What is done otherwise on a side."""
        return self.a if arm == "a" else self.b
