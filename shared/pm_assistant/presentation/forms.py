"""The forms that a card opens: what is filled in there before it is answered."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.answers import FormKind
from pm_assistant.domain.decisions import Decision
from pm_assistant.domain.drafts import PRIORITIES
from pm_assistant.domain.forms import Choice, Field, Form
from pm_assistant.domain.work import Ticket

LONGEST_TITLE = 255
"""Characters; the tracker takes more, and nobody reads them."""
LONGEST_FIELD = 3_000
"""Characters that a chat lets people write in one field; a longer text is in several."""
LONGEST_KEY = 64
LONGEST_REASON = 500
MOST_CHOICES = 10


def form_of(kind: FormKind, decision: Decision, others: Sequence[Ticket]) -> Form:
    """What is to be filled in for an answer.

    Args:
        kind: the answer.
        decision: what is answered.
        others: tickets that it may be about instead, likeliest first; everybody may read them.
    """
    match kind:
        case "edit":
            title, send, fields = "Edit first", "Approve", tuple(_words(decision))
        case "relink":
            title, send, fields = "Other ticket", "Do it there", tuple(_tickets(others))
        case "dismiss":
            reason = Field(id="words", label="Why not?", lines=True, most=LONGEST_REASON)
            title, send, fields = "Not this", "Dismiss", (reason,)
        case _:
            assert_never(kind)
    about = f"{decision.id}:{decision.revision}"
    return Form(kind=kind, answers=about, thread=decision.thread, title=title, send=send, fields=fields)


def _words(decision: Decision) -> Iterator[Field]:
    action = decision.action
    if not isinstance(action, CreateTicket):
        yield from _text("Comment", action.words or "", optional=False)
        return
    yield Field(id="title", label="Title", value=action.title[:LONGEST_TITLE], most=LONGEST_TITLE)
    yield from _text("Description", action.description, optional=True)
    levels = tuple(Choice(value=str(level), label=name.title()) for level, name in enumerate(PRIORITIES))
    yield Field(id="priority", label="Priority", value=str(action.priority), choices=levels)


def _text(label: str, text: str, *, optional: bool) -> Iterator[Field]:
    parts = [text[start : start + LONGEST_FIELD] for start in range(0, len(text), LONGEST_FIELD)] or [""]
    for number, part in enumerate(parts):
        name = label if number == 0 else f"{label}, part {number + 1}"
        yield Field(
            id=f"text.{number}", label=name, value=part, lines=True, most=LONGEST_FIELD, optional=optional or number > 0
        )


def _tickets(others: Sequence[Ticket]) -> Iterator[Field]:
    if others:
        choices = tuple(Choice(value=t.key, label=f"{t.key} {t.title}") for t in others[:MOST_CHOICES])
        yield Field(id="ticket", label="It is about", choices=choices, optional=True)
    label = "Or about another, by its key" if others else "It is about the ticket with this key"
    yield Field(id="ticket_key", label=label, most=LONGEST_KEY, optional=bool(others))
