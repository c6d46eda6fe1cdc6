"""The forms that a card opens: what is filled in there before it is answered."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.answers import FormKind, Subject
from pm_assistant.domain.decisions import Decision
from pm_assistant.domain.forms import Choice, Field, Form
from pm_assistant.domain.work import Message, Team, Ticket
from pm_assistant.presentation.i18n import Texts, gettext_noop

LONGEST_TITLE = 255
"""Characters; the tracker takes more, and nobody reads them."""
LONGEST_FIELD = 3_000
"""Characters that a chat lets people write in one field; a longer text is in several."""
LONGEST_KEY = 64
LONGEST_REASON = 500
MOST_CHOICES = 10
MOST_TEAMS = 100
WAYS = {"create": gettext_noop("Make a new ticket"), "add": gettext_noop("Tell a ticket")}
LEVELS = (
    gettext_noop("None"),
    gettext_noop("Urgent"),
    gettext_noop("High"),
    gettext_noop("Medium"),
    gettext_noop("Low"),
)
"""What the tracker's priorities are called, by number."""


def form_of(kind: FormKind, decision: Decision, others: Sequence[Ticket], texts: Texts) -> Form:
    """What is to be filled in for an answer.

    Args:
        kind: the answer.
        decision: what is answered.
        others: tickets that it may be about instead, likeliest first; everybody may read them.
        texts: write in the language of whoever fills it in.
    """
    match kind:
        case "edit":
            title, send = texts.gettext("Edit first"), texts.gettext("Approve")
            fields = tuple(_words(decision, texts))
        case "relink":
            title, send = texts.gettext("Other ticket"), texts.gettext("Do it there")
            fields = tuple(_tickets(others, texts))
        case "dismiss":
            title, send = texts.gettext("Not this"), texts.gettext("Dismiss")
            fields = (Field(id="words", label=texts.gettext("Why not?"), lines=True, most=LONGEST_REASON),)
        case _:
            assert_never(kind)
    about = f"{decision.id}:{decision.revision}"
    return Form(
        kind=kind,
        answers=about,
        thread=decision.thread,
        title=title,
        send=send,
        cancel=texts.gettext("Cancel"),
        fields=fields,
    )


def tracking_form(
    message: Message, likely: Sequence[Ticket], teams: Sequence[Team], texts: Texts, *, known: bool
) -> Form:
    """What is to become of what was said.

    Args:
        message: in the thread that is meant.
        likely: tickets that it may be about, likeliest first; everybody may read them.
        teams: whose a new ticket may be.
        texts: write in the language of whoever fills it in.
        known: whether the likeliest is likelier than that none is meant.
    """
    ways = tuple(Choice(value=value, label=texts.gettext(label)) for value, label in WAYS.items())
    what = Field(id="what", label=texts.gettext("What shall I do?"), value="add" if known else "create", choices=ways)
    tickets = (each.model_copy(update={"optional": True}) for each in _tickets(likely, texts))
    first = likely[0].key if known else ""
    label = texts.gettext("In your words, instead of what was said")
    words = Field(id="words", label=label, lines=True, optional=True)
    return Form(
        kind="track",
        answers=message.ts,
        thread=Subject(channel=message.channel, root_ts=message.root_ts),
        title=texts.gettext("Track this"),
        send=texts.gettext("Do it"),
        cancel=texts.gettext("Cancel"),
        fields=(
            what,
            *(each.model_copy(update={"value": first}) if each.id == "ticket" else each for each in tickets),
            words,
            *_teams(teams, texts),
        ),
    )


def new_ticket_form(teams: Sequence[Team], texts: Texts) -> Form:
    """What a new ticket is to say, and whose it is to be."""
    words = Field(id="words", label=texts.gettext("What is to be done?"), lines=True)
    return Form(
        kind="new",
        title=texts.gettext("New ticket"),
        send=texts.gettext("Create"),
        cancel=texts.gettext("Cancel"),
        fields=(words, *_teams(teams, texts)),
    )


def _teams(teams: Sequence[Team], texts: Texts) -> Iterator[Field]:
    if len(teams) > 1:
        choices = tuple(Choice(value=team.key, label=f"{team.key} {team.name}") for team in teams[:MOST_TEAMS])
        yield Field(id="team", label=texts.gettext("Whose a new ticket is to be"), choices=choices, optional=True)


def _words(decision: Decision, texts: Texts) -> Iterator[Field]:
    action = decision.action
    if not isinstance(action, CreateTicket):
        yield from _text(texts.gettext("Comment"), action.words or "", texts, optional=False)
        return
    yield Field(id="title", label=texts.gettext("Title"), value=action.title[:LONGEST_TITLE], most=LONGEST_TITLE)
    yield from _text(texts.gettext("Description"), action.description, texts, optional=True)
    levels = tuple(Choice(value=str(level), label=texts.gettext(name)) for level, name in enumerate(LEVELS))
    yield Field(id="priority", label=texts.gettext("Priority"), value=str(action.priority), choices=levels)


def _text(label: str, text: str, texts: Texts, *, optional: bool) -> Iterator[Field]:
    parts = [text[start : start + LONGEST_FIELD] for start in range(0, len(text), LONGEST_FIELD)] or [""]
    for number, part in enumerate(parts):
        part_of = texts.gettext("{field}, part {number}", field=label, number=str(number + 1))
        name = label if number == 0 else part_of
        yield Field(
            id=f"text.{number}", label=name, value=part, lines=True, most=LONGEST_FIELD, optional=optional or number > 0
        )


def _tickets(others: Sequence[Ticket], texts: Texts) -> Iterator[Field]:
    if others:
        choices = tuple(Choice(value=t.key, label=f"{t.key} {t.title}") for t in others[:MOST_CHOICES])
        yield Field(id="ticket", label=texts.gettext("It is about"), choices=choices, optional=True)
    alone = texts.gettext("It is about the ticket with this key")
    label = texts.gettext("Or about another, by its key") if others else alone
    yield Field(id="ticket_key", label=label, most=LONGEST_KEY, optional=bool(others))
