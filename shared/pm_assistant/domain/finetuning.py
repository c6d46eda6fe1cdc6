"""What a model is trained on further: what a team has answered, and how far the training is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from pydantic import AwareDatetime

from pm_assistant.domain.decisions import Proposal
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.model import Model
from pm_assistant.domain.people import Participant
from pm_assistant.domain.work import Conversation, Team, Ticket

MOST_EXAMPLES = 500
"""The latest ones: more make it neither better nor cheaper, and they have to be made within one step."""
FEWEST_EXAMPLES = 10
"""With which a model can be trained (platform.openai.com, guide "Supervised fine-tuning")."""
HELD_OUT = 0.2
"""The latest share of what was answered: it is not trained on, and tells afterwards what the training was worth."""
NO_CONSENT = Translatable("the team does not let its answers be trained on: set training_consent=true first")
CERTAIN = 0.95
"""How sure the model is to be of what people wanted."""


class Asked(NamedTuple):
    """What an analyst is asked, all of it."""

    conversation: Conversation
    candidates: Sequence[Ticket]
    teams: Sequence[Team]
    people: Sequence[Participant]
    now: datetime
    language: str | None = None


class Lesson(NamedTuple):
    """What was asked, and what people would have had answered.

    Attributes:
        at: when it was asked.
    """

    asked: Asked
    wanted: tuple[Proposal, ...]

    @property
    def at(self) -> datetime:
        """When it was asked."""
        return self.asked.now


TrainingState = Literal["waiting", "running", "succeeded", "failed", "cancelled"]


class Training(Model):
    """A training at the vendor.

    Attributes:
        id: the vendor's.
        files: ids of what was uploaded for it.
        base: the model that is trained further.
        model: what came of it, once it has succeeded.
        error: why it failed, in the vendor's words.
    """

    id: str
    files: tuple[str, ...]
    state: TrainingState
    base: str
    model: str | None = None
    trained_tokens: int | None = None
    error: str | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in {"succeeded", "failed", "cancelled"}


class FineTuneReport(Model):
    """What came of a fine-tuning, as its run shows it.

    Attributes:
        trained_on: how many conversations are in the training file; `held_out`, how many are in the other.
        held_out_since: what was asked from then on is held out; a comparison looks at that alone.
        files: what the files are called.
        training: at the vendor; None where only the files were asked for.
    """

    trained_on: int
    held_out: int
    held_out_since: AwareDatetime
    files: tuple[str, ...]
    training: Training | None = None


def parted(lessons: Sequence[Lesson]) -> tuple[Sequence[Lesson], Sequence[Lesson]]:
    """What is trained on, and what is held out: all of it was asked later."""
    ordered = sorted(lessons, key=lambda lesson: lesson.at)[-MOST_EXAMPLES:]
    trained = len(ordered) - round(len(ordered) * HELD_OUT)
    while 0 < trained < len(ordered) and ordered[trained - 1].at == ordered[trained].at:
        trained -= 1
    return ordered[:trained], ordered[trained:]
