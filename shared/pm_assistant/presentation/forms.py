"""The forms that a card opens: what is filled in there before it is answered."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.answers import FormKind, Subject
from pm_assistant.domain.decisions import Decision
from pm_assistant.domain.drafts import PRIORITIES
from pm_assistant.domain.forms import Choice, Field, Form
from pm_assistant.domain.work import Message, Team, Ticket

LONGEST_TITLE = 255
"""Characters; the tracker takes more, and nobody reads them."""
LONGEST_FIELD = 3_000
"""Characters that a chat lets people write in one field; a longer text is in several."""
LONGEST_KEY = 64
LONGEST_REASON = 500
MOST_CHOICES = 10
MOST_TEAMS = 100
WAYS = {"create": "Make a new ticket", "add": "Tell a ticket"}


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


def tracking_form(message: Message, likely: Sequence[Ticket], teams: Sequence[Team], *, known: bool) -> Form:
    """What is to become of what was said.

    Args:
        message: in the thread that is meant.
        likely: tickets that it may be about, likeliest first; everybody may read them.
        teams: whose a new ticket may be.
        known: whether the likeliest is likelier than that none is meant.
    """
    ways = tuple(Choice(value=value, label=label) for value, label in WAYS.items())
    what = Field(id="what", label="What shall I do?", value="add" if known else "create", choices=ways)
    tickets = (each.model_copy(update={"optional": True}) for each in _tickets(likely))
    first = likely[0].key if known else ""
    words = Field(id="words", label="In your words, instead of what was said", lines=True, optional=True)
    return Form(
        kind="track",
        answers=message.ts,
        thread=Subject(channel=message.channel, root_ts=message.root_ts),
        title="Track this",
        send="Do it",
        fields=(
            what,
            *(each.model_copy(update={"value": first}) if each.id == "ticket" else each for each in tickets),
            words,
            *_teams(teams),
        ),
    )


def new_ticket_form(teams: Sequence[Team]) -> Form:
    """What a new ticket is to say, and whose it is to be."""
    words = Field(id="words", label="What is to be done?", lines=True)
    return Form(kind="new", answers="", title="New ticket", send="Create", fields=(words, *_teams(teams)))


def _teams(teams: Sequence[Team]) -> Iterator[Field]:
    if len(teams) > 1:
        choices = tuple(Choice(value=team.key, label=f"{team.key} {team.name}") for team in teams[:MOST_TEAMS])
        yield Field(id="team", label="Whose a new ticket is to be", choices=choices, optional=True)


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
