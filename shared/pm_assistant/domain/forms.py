"""What a person is asked to fill in before an answer is given, as any chat can show it."""

from typing import Literal

from pm_assistant.domain.answers import FormKind, Subject
from pm_assistant.domain.model import Model

type OrderForm = Literal["track", "new"]
"""What is filled in to have something done: about what was said, or out of nothing but one's own words."""

type SettingsForm = Literal["reports", "language", "quiet_hours"]
"""What people can set: what concerns themselves, and as admins what holds for the team."""

type ReportForm = Literal["report_words"]
"""What people say for their team's report."""

ANSWER = "answer."
"""Before the text of a question, what its field is known by; before nothing, that of an unasked word."""


class Choice(Model):
    """One of several values, as people read it."""

    value: str
    label: str


class Field(Model):
    """One thing to fill in or choose.

    Attributes:
        id: which it is.
        value: what stands in it at first; of choices, the chosen one.
        lines: whether it may have several.
        most: characters that it takes.
        choices: what can be chosen; empty where it is written.
        several: whether more than one of them can be; `value` names them with commas between.
        optional: whether it may stay empty.
    """

    id: str
    label: str
    value: str = ""
    lines: bool = False
    most: int = 3_000
    choices: tuple[Choice, ...] = ()
    several: bool = False
    optional: bool = False


class Form(Model):
    """What is to be filled in.

    Attributes:
        answers: what it is about: `<decision id>:<revision>`, as on the card; or when the message was said to track.
        thread: of the card, the report or that message, where whoever sends it off is told what comes of it.
    """

    kind: FormKind | OrderForm | SettingsForm | ReportForm
    answers: str = ""
    thread: Subject | None = None
    title: str
    send: str
    cancel: str = "Cancel"
    fields: tuple[Field, ...]
