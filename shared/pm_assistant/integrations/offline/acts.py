"""What a message does, by models trained on messages in twelve languages: reports, asks, states, chats.

One tells it by features (`data/acts.bin`, which `infra/train_acts.py` makes), the other by the words in their context
(`language/encoder.py`); infra/adr/0096 and 0100 say of what they are made, and how good they are.
"""

import math
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from pm_assistant.integrations.offline.linear import DATA
from pm_assistant.language import encoder
from pm_assistant.language.classifier import Classifier, kinds_in, softmax
from pm_assistant.language.embedding import OF_NO_TICKET
from pm_assistant.language.encoder import Task
from pm_assistant.language.ensemble import Ensemble


class Act(StrEnum):
    """What the author of a message does with it; of several what weighs most."""

    COMPLETED = "completed"
    REVIEW = "review"
    STARTED = "started"
    CANCELED = "canceled"
    REOPENED = "reopened"
    UNFINISHED = "unfinished"
    PROBLEM = "problem"
    REQUEST = "request"
    DETAIL = "detail"
    QUESTION = "question"
    LOGISTICS = "logistics"
    CHATTER = "chatter"
    REACTION = "reaction"
    KNOWN = "known"
    UNKNOWN = "unknown"


class Stage(StrEnum):
    """How a piece of work stands by what its message says."""

    TESTING = "testing"
    """It is tried out, or handed over for that."""
    BACK = "back"
    """It was further, and goes back to whoever works on it."""
    REVIEW = "review"
    DONE = "done"
    WORK = "work"
    DROPPED = "dropped"
    NONE = "none"
    """None of these is stated."""


ACTS = tuple(Act)
SMALL_TALK = (Act.CHATTER, Act.LOGISTICS, Act.REACTION)
"""What is said of nothing that is worked on."""
PROGRESS = (Act.COMPLETED, Act.REVIEW, Act.STARTED, Act.CANCELED, Act.REOPENED)
"""What says how work stands."""
TOPICS = ("ticket", *OF_NO_TICKET)
"""What a conversation is of, in the order of the encoder's labels."""
MODEL = Classifier(DATA / "acts.bin", Act, places=1 << 16, kinds=kinds_in)
_MODELS = Ensemble(MODEL, Task.ACTS, shares=(0.5, 0.7))


class Stance(NamedTuple):
    """How likely some messages do something between them, each 0 to 1.

    Attributes:
        small_talk: all of what opens them is about lives or the running of work, or is only an answer.
        wanted: a problem is reported, or something asked for.
        progress: it is stated how work stands.
        known: it is said to be known or planned.
        unknown: it is said to be new, or not there.
        detail: facts about it are told.
        question: what opens them only asks.
    """

    small_talk: float = 0.0
    wanted: float = 0.0
    progress: float = 0.0
    known: float = 0.0
    unknown: float = 0.0
    detail: float = 0.0
    question: float = 0.0

    @classmethod
    def of(cls, messages: Sequence[Mapping[Act, float]], *, small_talk: float) -> "Stance":
        """Of messages in order, each by what it likely does, and how likely the opening is small talk."""
        if not messages:
            return cls()

        def likeliest(*wanted: Act) -> float:
            return max(math.fsum(message[act] for act in wanted) for message in messages)

        return cls(
            small_talk=small_talk,
            wanted=likeliest(Act.PROBLEM, Act.REQUEST),
            progress=likeliest(*PROGRESS),
            known=likeliest(Act.KNOWN),
            unknown=likeliest(Act.UNKNOWN),
            detail=likeliest(Act.DETAIL),
            question=messages[0][Act.QUESTION],
        )


NO_STANCE = Stance()
"""Of nothing."""


@lru_cache(maxsize=500)
def acts(plain: str) -> Mapping[Act, float]:
    """How likely a plain text does each; it adds up to 1."""
    return _MODELS.likelihoods(plain)


def of_no_ticket(plain: str) -> Sequence[float]:
    """How much likelier all that was said is of each of `OF_NO_TICKET` than of a ticket, as logarithms of odds."""
    of_ticket, *others = encoder.scores(Task.TOPICS, plain)
    return [each - of_ticket for each in others]


def stages(plain: str) -> Mapping[Stage, float]:
    """How likely work stands so by a plain text; it adds up to 1."""
    return dict(zip(Stage, softmax([*encoder.scores(Task.STAGES, plain)]), strict=True))
