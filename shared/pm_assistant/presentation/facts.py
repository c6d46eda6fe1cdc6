"""The words of facts: headings, and a sentence for each fact; plain text, which whoever delivers it escapes."""

from collections.abc import Iterable, Mapping, Sequence
from string import Formatter
from typing import assert_never

from pm_assistant.domain.code import ReviewState
from pm_assistant.domain.facts import Fact, Note, NoteKind
from pm_assistant.domain.reports import FactKind, Line, Section
from pm_assistant.domain.tenants import ActionKind
from pm_assistant.presentation.i18n import Texts, gettext_noop

LONGEST_SECTION = 12
"""A report that has to be scrolled is not read; what is cut off is counted."""
MOST_SAID = 160
"""What people have said is not cut off: as much as those of a team can."""
VAGUE = gettext_noop("Talk about work, but neither a known ticket nor a clear request.")
"""What talk is called that has no ticket, where nothing of it is told."""
HEADINGS: Mapping[FactKind, str] = {
    FactKind.FOCUS: gettext_noop("Focus today"),
    FactKind.DONE: gettext_noop("Done"),
    FactKind.IN_PROGRESS: gettext_noop("In progress"),
    FactKind.BLOCKED: gettext_noop("Blocked"),
    FactKind.WAITING_FOR_ME: gettext_noop("Waiting for you"),
    FactKind.WAITING_FOR_OTHERS: gettext_noop("Waiting for others"),
    FactKind.NEXT: gettext_noop("To do"),
    FactKind.UNTRACKED: gettext_noop("Conversations without a ticket"),
    FactKind.SAID: gettext_noop("In their own words"),
    FactKind.SHIPPED: gettext_noop("Shipped"),
    FactKind.CREATED: gettext_noop("New tickets from conversations"),
    FactKind.SLIPPED: gettext_noop("Slipped"),
    FactKind.OVERDUE: gettext_noop("Overdue"),
    FactKind.UNPLANNED: gettext_noop("Unplanned"),
    FactKind.HELP: gettext_noop("Worth a thank-you"),
}


def section_of(
    kind: FactKind, facts: Sequence[Fact], worded_as: Sequence[str] | None = None, *, texts: Texts
) -> Section:
    """The facts of one kind under their heading, as many as are read; `worded_as` are their words, if not our own."""
    worded = zip(facts, worded_as or [sentence(fact, texts) for fact in facts], strict=True)
    of_kind = [(fact, text) for fact, text in worded if fact.kind is kind]
    most = MOST_SAID if kind is FactKind.SAID else LONGEST_SECTION
    hidden = max(0, len(of_kind) - most)
    heading = texts.gettext(HEADINGS[kind])
    if kind is FactKind.UNPLANNED and of_kind:
        numbers = {"shown": str(len(of_kind)), "all": str(of_kind[0][0].notes[0].count)}
        heading = texts.gettext("{heading}: {shown} of {all} finished", heading=heading, **numbers)
    if hidden:
        numbers = {"shown": str(most), "all": str(len(of_kind))}
        heading = texts.gettext("{heading} ({shown} of {all})", heading=heading, **numbers)
    lines = tuple(line_of(fact, text) for fact, text in of_kind[:most])
    return Section(title=heading, lines=lines, kind=kind, hidden=hidden)


def line_of(fact: Fact, text: str) -> Line:
    """A fact as a line, in these words."""
    receipts = dict.fromkeys(note.url for note in fact.notes if note.url and note.url != fact.url)
    return Line(
        text=text,
        url=fact.url,
        receipts=tuple(receipts),
        about=fact.about,
        audience=fact.audience,
        awaits_answer=fact.awaits_answer,
    )


def sentence(fact: Fact, texts: Texts) -> str:
    """Say a fact: whose it is, what it is about, and what there is to note of that."""
    about = " ".join(filter(None, (fact.name, fact.title)))
    if fact.kind is FactKind.UNTRACKED and not about:
        about = texts.gettext(VAGUE)
    themed = f"{fact.theme}: {about}" if fact.theme else about
    whose = f"{fact.person}: {themed}" if fact.person else themed
    notes = "; ".join(filter(None, (noted(note, texts) for note in fact.notes)))
    return f"{whose} ({notes})" if notes else whose


def noted(note: Note, texts: Texts) -> str:
    """Say one thing of what a fact is about; nothing where that is said by the heading."""
    if note.kind is NoteKind.ANSWER_AWAITED:
        return _asked(note, texts)
    if note.kind is NoteKind.COMMENTED and note.who:
        return texts.ngettext("comment by {who}", "{count} comments by {who}", note.count, who=_who(note))
    values = {"what": note.what, "who": _who(note), "hours": _hours(note, texts)}
    values["day"] = texts.day(note.day) if note.day else ""
    messages = _REVIEWED.get(note.what, _SEEN) if note.kind is NoteKind.REVIEWED else WORDS[note.kind]
    message = next((each for each in messages if all(values[name] for name in _names(each))), "")
    words = texts.gettext(message, **values) if message else ""
    return ", ".join((words, *note.who)) if note.kind is NoteKind.BLOCKED_BY else words


def _asked(note: Note, texts: Texts) -> str:
    match note.asks:
        case ActionKind.COMMENT:
            return texts.gettext("shall I tell it what was said?")
        case ActionKind.MOVE:
            return texts.gettext("shall I move it to {what}?", what=note.what)
        case ActionKind.CLOSE:
            return texts.gettext("shall I close it?")
        case ActionKind.LINK:
            return texts.gettext("shall I link a pull request to it?")
        case ActionKind.CREATE | ActionKind.CHANGE | ActionKind.IGNORE | None:
            return texts.gettext("shall I?")
        case _:
            assert_never(note.asks)


def _hours(note: Note, texts: Texts) -> str:
    if not note.hours:
        return texts.gettext("less than a working hour")
    return texts.ngettext("{count} working hour", "{count} working hours", note.hours)


def _who(note: Note) -> str:
    return ", ".join(note.who)


def _names(message: str) -> Iterable[str]:
    return (name for _, name, _, _ in Formatter().parse(message) if name)


_SEEN = (gettext_noop("reviewed by {who}"), gettext_noop("reviewed"))
_APPROVED = (gettext_noop("approved by {who}"), gettext_noop("approved"))
_CHANGES_WANTED = (gettext_noop("changes wanted by {who}"), gettext_noop("changes wanted"))
_REVIEWED: Mapping[str, Sequence[str]] = {
    ReviewState.APPROVED: _APPROVED,
    ReviewState.CHANGES_REQUESTED: _CHANGES_WANTED,
    ReviewState.COMMENTED: _SEEN,
}
WORDS: Mapping[NoteKind, Sequence[str]] = {
    NoteKind.MOVED: (gettext_noop("moved to {what}"),),
    NoteKind.CREATED: (gettext_noop("made from a conversation"),),
    NoteKind.COMMENTED: (gettext_noop("told what was said"),),
    NoteKind.OPENED: (gettext_noop("{what} opened"), gettext_noop("opened")),
    NoteKind.MERGED: (gettext_noop("{what} merged"), gettext_noop("merged")),
    NoteKind.DECIDED: (gettext_noop("as you decided"),),
    NoteKind.BLOCKED_BY: (gettext_noop("blocked by {what}"), gettext_noop("blocked by a ticket of a private team")),
    NoteKind.LABELLED: (gettext_noop("labelled {what}"),),
    NoteKind.CHECKS_FAIL: (gettext_noop("checks fail on {what}"), gettext_noop("checks fail")),
    NoteKind.REVIEW_LATE: (
        gettext_noop("{what} waits for review for {hours}"),
        gettext_noop("waits for review for {hours}"),
    ),
    NoteKind.SAID_BLOCKED: (gettext_noop("{who} said that it is blocked"), gettext_noop("said to be blocked")),
    NoteKind.REVIEW_AWAITED: (
        gettext_noop("review awaited for {hours}: {who}"),
        gettext_noop("review awaited for {hours}"),
    ),
    NoteKind.UNDO_AWAITED: (gettext_noop("that has changed: shall I take it back?"),),
    NoteKind.CHANGES_WANTED: _CHANGES_WANTED,
    NoteKind.READY_TO_MERGE: (
        gettext_noop("approved by {who}, can be merged"),
        gettext_noop("approved, can be merged"),
    ),
    NoteKind.OVERDUE: (gettext_noop("was due on {day}"),),
    NoteKind.DUE: (gettext_noop("due on {day}"),),
    NoteKind.URGENT: (gettext_noop("urgent"),),
    NoteKind.CYCLE_ENDS: (gettext_noop("the cycle ends on {day}"),),
    NoteKind.CYCLE_ENDED: (gettext_noop("its cycle ended on {day}"),),
    NoteKind.UNBLOCKS: (gettext_noop("{what} waits for it"),),
    NoteKind.SAID_PLANNED: (gettext_noop("planned, as {who} said"), gettext_noop("planned, as you said")),
    NoteKind.UNDERWAY: (gettext_noop("already begun"),),
    NoteKind.UNPLANNED: (),
}
"""What is said of each kind that no count or question makes a sentence of its own: the first whose values are known."""
