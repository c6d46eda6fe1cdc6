"""A person's page in the chat; plain text, which the chat adapter escapes."""

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from typing import NamedTuple

from pm_assistant.domain.decisions import Decision
from pm_assistant.domain.due import Due
from pm_assistant.domain.forms import ReportForm, SettingsForm
from pm_assistant.domain.home import Home, HomeButton, HomeSection
from pm_assistant.domain.languages import Language
from pm_assistant.domain.reports import Line, Report
from pm_assistant.domain.tenants import Activity, Connection
from pm_assistant.domain.work import Ticket
from pm_assistant.presentation.cards import Deciding, entry_of
from pm_assistant.presentation.due import words_of
from pm_assistant.presentation.i18n import Texts, gettext_noop, texts_in
from pm_assistant.presentation.reasons import reason_in
from pm_assistant.presentation.replies import beyond_plan

MOST_WAITING, MOST_DONE = 10, 8
"""Entries that are shown; the others are counted."""
BUTTONS: Mapping[SettingsForm | ReportForm, str] = {
    "report_words": gettext_noop("Tell the team…"),
    "reports": gettext_noop("When reports come…"),
    "language": gettext_noop("Language…"),
    "quiet_hours": gettext_noop("Quiet hours…"),
}
READS = gettext_noop(
    "I read the channels that I was invited to, and what your tracker and your code host tell of tickets and pull "
    "requests. I read no direct messages and no code. What is said in a private channel I quote nowhere else."
)
NEVER = gettext_noop(
    "I change nothing that your team has not let me change: I ask first, unless your rules or somebody's order say "
    "otherwise. What I did can be taken back, and what I say links to where I have it from."
)
OLDER = gettext_noop("I looked through the latest decisions only; /pm waiting looks through more.")
QUIET = gettext_noop(
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
        more_may_wait: whether more may be asked than is among the decisions.
        shown_since: from when on decisions are shown, where the team's plan leaves older ones out.
        settings: what the reader has set, each in words with the form that sets it anew, if the reader may.
        language: the reader's.
        due: what is to be seen to over money, by whoever can; None where nothing is, or the reader cannot.
        billing_url: where.
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
    more_may_wait: bool = False
    shown_since: datetime | None = None
    settings: Sequence[tuple[str, SettingsForm | None]] = ()
    language: Language = Language.ENGLISH
    due: Due | None = None
    billing_url: str = ""


def home_of(facts: HomeFacts) -> Home:
    """A page of what waits, the reader's day, what was done and why, how the vendors are, and how to be left alone.

    Who has never been asked anything reads first what this is.
    """
    texts = texts_in(facts.language)
    asked = [decision for decision in facts.decisions if decision.awaits_answer]
    done = [decision for decision in facts.decisions if not decision.awaits_answer and decision.performed]
    waiting = _decided(
        texts.gettext("Waiting for your answer"), texts.gettext("Nothing waits."), asked, MOST_WAITING, facts, texts
    )
    if facts.more_may_wait:
        waiting = waiting.model_copy(update={"text": texts.gettext(OLDER)})
    did = _decided(texts.gettext("What I did, and why"), texts.gettext("Nothing yet."), done, MOST_DONE, facts, texts)
    if facts.shown_since is not None:
        did = did.model_copy(update={"text": beyond_plan(facts.shown_since.date(), texts)})
    sections = [
        *([waiting] if facts.answers else []),
        *([_day(facts.day, texts)] if facts.day else []),
        *([did] if facts.answers else []),
        HomeSection(title=texts.gettext("Connections"), lines=tuple(_health(facts, texts))),
        _settings(facts, texts),
    ]
    principles = tuple(_said(texts.gettext(words)) for words in (READS, NEVER, QUIET))
    about = HomeSection(title=texts.gettext("What I read, and what I never do"), lines=principles)
    ordered = [*sections, about] if facts.decisions else [about, *sections]
    if facts.due is not None:
        ordered.insert(0, _due(facts.due, facts.billing_url, texts))
    return Home(sections=tuple(ordered), language=facts.language)


def stranger_home() -> Home:
    """A page for whoever is not of the team: it says nothing of it."""
    about = "I keep a team's tickets in step with what it says. Nothing here is for you yet."
    return Home(sections=(HomeSection(title="PM Assistant", text=about),))


def _decided(
    title: str, otherwise: str, decisions: Sequence[Decision], most: int, facts: HomeFacts, texts: Texts
) -> HomeSection:
    found = (
        entry_of(each, facts.tickets, texts, withheld=facts.withheld, outside=False, deciding=facts.deciding)
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


def _due(due: Due, url: str, texts: Texts) -> HomeSection:
    words = words_of(due, texts)
    return HomeSection(title=words.title, text=words.text, lines=(Line(text=words.button, url=url),))


def _day(day: Report, texts: Texts) -> HomeSection:
    words = (_button("report_words", texts),) if day.reader_speaks else ()
    return HomeSection(title=texts.gettext("My day"), parts=day.sections, buttons=words)


def _button(form: SettingsForm | ReportForm, texts: Texts) -> HomeButton:
    return HomeButton(label=texts.gettext(BUTTONS[form]), opens=form)


def _settings(facts: HomeFacts, texts: Texts) -> HomeSection:
    forms = (form for _, form in facts.settings if form is not None)
    buttons = tuple(_button(form, texts) for form in dict.fromkeys(forms))
    lines = tuple(_said(text) for text, _ in facts.settings)
    return HomeSection(title=texts.gettext("Settings"), lines=lines, buttons=buttons)


def _health(facts: HomeFacts, texts: Texts) -> Iterable[Line]:
    """How each connection is, in words; whoever can mend one is led there."""
    for label, connection, activity in facts.connections:
        yield Line(text=f"{label}: {connection_state(connection, activity, facts.at, texts)}", url=facts.connect_url)
    if not facts.connections:
        yield Line(text=texts.gettext("Nothing is connected."), url=facts.connect_url)


def connection_state(connection: Connection, activity: Activity, at: datetime, texts: Texts) -> str:
    """How a connection is, in words; what its vendor is called stands before them."""
    lately = connection.availability
    if (broken := connection.broken_since) is not None:
        because = f" ({reason_in(connection.broken_reason, texts)})" if connection.broken_reason else ""
        return texts.gettext("stopped letting us in {ago}; connect it again", ago=texts.ago(at - broken)) + because
    if lately.retry_at is not None and (failing := lately.failing_since) is not None:
        ago = texts.ago(at - failing)
        return texts.gettext("stopped answering {ago}; what waits for it is tried again by itself", ago=ago)
    if lately.limited_until is not None and lately.limited_until > at:
        return texts.gettext("has asked us to slow down; what waits for it comes a little later")
    if (heard := activity.last_event_at) is not None:
        return texts.gettext("connected, last heard of {ago}", ago=texts.ago(at - heard))
    return texts.gettext("connected, not heard of yet")


def _said(text: str) -> Line:
    return Line(text=text, url="")
