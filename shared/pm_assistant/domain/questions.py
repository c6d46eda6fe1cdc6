"""What a team asks its people for its report, and what these answer, or say beside it: for the team, in their name."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from pm_assistant.domain.model import Model

MOST_QUESTIONS = 3
LONGEST_QUESTION = 75
LONGEST_ANSWER = 200
"""Characters; with a name and the question it is one line of a report, which quotes it whole."""


class Meaning(StrEnum):
    """What an answer counts as."""

    FREE = "free"
    BLOCKER = "blocker"
    """It says what keeps the person from going on."""
    PLAN = "plan"
    """It says what the person does next."""


class ReportQuestion(Model):
    """What each of a team's people is asked."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_QUESTION)]
    meaning: Meaning = Field(default=Meaning.FREE, description="what an answer counts as: `free`, `blocker` or `plan`")


def all_differ(questions: tuple[ReportQuestion, ...]) -> tuple[ReportQuestion, ...]:
    """The questions, each of which is known by its text.

    Raises:
        ValueError: two are the same.
    """
    if len({question.text for question in questions}) < len(questions):
        raise ValueError("two questions are the same")
    return questions


class ReportAnswer(Model):
    """What somebody said, in their own words.

    Attributes:
        question: as it was asked; empty for what was said unasked.
    """

    question: str = ""
    meaning: Meaning = Meaning.FREE
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_ANSWER)]


class ReportAnswers(Model):
    """All that a person said on a local day of their own.

    Attributes:
        at: when it was last changed.
    """

    member_id: str
    day: date
    answers: tuple[ReportAnswer, ...] = ()
    at: AwareDatetime | None = None

    @property
    def key(self) -> str:
        """Its place among a tenant's, oldest first."""
        return f"{self.day.isoformat()}#{self.member_id}"

    def meaning(self, meaning: Meaning) -> Iterable[ReportAnswer]:
        """Those answers that count as that."""
        return (answer for answer in self.answers if answer.meaning is meaning)
