"""A person's page in the chat; plain text, which the chat adapter escapes."""

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime, timedelta
from typing import NamedTuple

from pm_assistant.domain.decisions import Decision
from pm_assistant.domain.forms import SettingsForm
from pm_assistant.domain.home import Home, HomeButton, HomeSection
from pm_assistant.domain.languages import Language
from pm_assistant.domain.reports import Line, Report
from pm_assistant.domain.tenants import Activity, Connection
from pm_assistant.domain.work import Ticket
from pm_assistant.presentation.cards import Deciding, entry_of

MOST_WAITING, MOST_DONE = 10, 8
"""Entries that are shown; the others are counted."""
UNITS = ((1_440, "day"), (60, "hour"), (1, "minute"))
"""Of time, in minutes, the largest first."""
BUTTONS: Mapping[SettingsForm, str] = {
    "reports": "When reports come…",
    "language": "Language…",
    "quiet_hours": "Quiet hours…",
}
READS = (
    "I read the channels that I was invited to, and what your tracker and your code host tell of tickets and pull "
    "requests. I read no direct messages and no code. What is said in a private channel I quote nowhere else."
)
NEVER = (
    "I change nothing that your team has not let me change: I ask first, unless your rules or somebody's order say "
    "otherwise. What I did can be taken back, and what I say links to where I have it from."
)
QUIET = (
    "Too much? The ⋯ menu of a card ends all questions in its thread, of its kind, about its ticket, or has me read "
    "its channel no more. Remove me from a channel and I hear nothing there. In quiet hours I ask nobody."
)


class HomeFacts(NamedTuple):
    """What a page is made of, no more of it than its reader may see.

    Attributes:
        decisions: changed last first.
        tickets: those that everybody may read among what they are about, by id.
        withheld: the ids of the others.
        deciding: who has answered, and what can still be.
        said_at: where each decision was said, by its id.
        day: the reader's day; None for whom we have none.
        connections: each with the name of its vendor and what was last heard of it.
        connect_url: where connections are mended; empty for whoever may not.
        answers: whether the reader may answer.
        at: now.
        settings: what the reader has set, each in words with the form that sets it anew, if the reader may.
        language: the reader's.
    """

    decisions: Sequence[Decision]
    tickets: Mapping[str, Ticket]
    withheld: Set[str]
    deciding: Deciding
    said_at: Mapping[str, str]
    day: Report | None
    connections: Sequence[tuple[str, Connection, Activity]]
    connect_url: str
    answers: bool
    at: datetime
    settings: Sequence[tuple[str, SettingsForm | None]] = ()
    language: Language = Language.ENGLISH


def home_of(facts: HomeFacts) -> Home:
    """A page of what waits, the reader's day, what was done and why, how the vendors are, and how to be left alone.

    Who has never been asked anything reads first what this is.
    """
    asked = [decision for decision in facts.decisions if decision.awaits_answer]
    done = [decision for decision in facts.decisions if not decision.awaits_answer and decision.performed]
    sections = [
        *([_decided("Waiting for your answer", "Nothing waits.", asked, MOST_WAITING, facts)] if facts.answers else []),
        *([HomeSection(title="My day", parts=facts.day.sections)] if facts.day else []),
        *([_decided("What I did, and why", "Nothing yet.", done, MOST_DONE, facts)] if facts.answers else []),
        HomeSection(title="Connections", lines=tuple(_health(facts))),
        _settings(facts),
    ]
    about = HomeSection(title="What I read, and what I never do", lines=tuple(map(_said, (READS, NEVER, QUIET))))
    ordered = [*sections, about] if facts.decisions else [about, *sections]
    return Home(sections=tuple(ordered), language=facts.language)


def stranger_home() -> Home:
    """A page for whoever is not of the team: it says nothing of it."""
    about = "I keep a team's tickets in step with what it says. Nothing here is for you yet."
    return Home(sections=(HomeSection(title="PM Assistant", text=about),))


def _decided(title: str, otherwise: str, decisions: Sequence[Decision], most: int, facts: HomeFacts) -> HomeSection:
    found = (
        entry_of(each, facts.tickets, withheld=facts.withheld, outside=False, deciding=facts.deciding)
        for each in decisions
    )
    entries = [
        entry.model_copy(update={"said_at": facts.said_at.get(decision.id, "")})
        for entry, decision in zip(found, decisions, strict=True)
        if entry is not None
    ]
    return HomeSection(
        title=title,
        text="" if entries else otherwise,
        entries=tuple(entries[:most]),
        more=max(len(entries) - most, 0),
    )


def _settings(facts: HomeFacts) -> HomeSection:
    forms = (form for _, form in facts.settings if form is not None)
    buttons = tuple(HomeButton(label=BUTTONS[form], opens=form) for form in dict.fromkeys(forms))
    return HomeSection(title="Settings", lines=tuple(_said(text) for text, _ in facts.settings), buttons=buttons)


def _health(facts: HomeFacts) -> Iterable[Line]:
    """How each connection is, in words; whoever can mend one is led there."""
    for label, connection, activity in facts.connections:
        yield Line(text=f"{label}: {_state(connection, activity, facts.at)}", url=facts.connect_url)
    if not facts.connections:
        yield Line(text="Nothing is connected.", url=facts.connect_url)


def _state(connection: Connection, activity: Activity, at: datetime) -> str:
    lately = connection.availability
    if connection.broken_since is not None:
        because = f" ({connection.broken_reason})" if connection.broken_reason else ""
        return f"has not let us in for {_time(at - connection.broken_since)}{because}; connect it again"
    if lately.retry_at is not None and lately.failing_since is not None:
        return f"has not answered for {_time(at - lately.failing_since)}; what waits for it is tried again by itself"
    if lately.limited_until is not None and lately.limited_until > at:
        return "has asked us to slow down; what waits for it comes a little later"
    heard = activity.last_event_at
    return f"connected, last heard of {_time(at - heard)} ago" if heard else "connected, not heard of yet"


def _time(passed: timedelta) -> str:
    """How long that is, in its largest unit."""
    minutes = max(int(passed.total_seconds()) // 60, 1)
    count, unit = next((minutes // size, unit) for size, unit in UNITS if minutes >= size)
    return f"{count} {unit}{'' if count == 1 else 's'}"


def _said(text: str) -> Line:
    return Line(text=text, url="")
