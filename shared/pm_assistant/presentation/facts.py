"""The words of facts: headings, and a sentence for each fact; plain text, which whoever delivers it escapes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import assert_never

from pm_assistant.domain.code import ReviewState
from pm_assistant.domain.facts import Fact, Note, NoteKind
from pm_assistant.domain.reports import FactKind, Line, Section
from pm_assistant.domain.tenants import ActionKind
from pm_assistant.presentation.i18n import Texts, gettext_noop, texts_in

ENGLISH = texts_in(None)
LONGEST_SECTION = 12
"""A report that has to be scrolled is not read; what is cut off is counted."""
PRIVATE = "a ticket of a private team"
HEADINGS: Mapping[FactKind, str] = {
    FactKind.FOCUS: gettext_noop("Focus today"),
    FactKind.DONE: gettext_noop("Done"),
    FactKind.IN_PROGRESS: gettext_noop("In progress"),
    FactKind.BLOCKED: gettext_noop("Blocked"),
    FactKind.WAITING_FOR_ME: gettext_noop("Waiting for you"),
    FactKind.WAITING_FOR_OTHERS: gettext_noop("Waiting for others"),
    FactKind.NEXT: gettext_noop("To do"),
    FactKind.UNTRACKED: gettext_noop("Conversations without a ticket"),
    FactKind.SHIPPED: gettext_noop("Shipped"),
    FactKind.CREATED: gettext_noop("New tickets from conversations"),
    FactKind.SLIPPED: gettext_noop("Slipped"),
    FactKind.UNPLANNED: gettext_noop("Unplanned"),
    FactKind.HELP: gettext_noop("Worth a thank-you"),
}


def section_of(
    kind: FactKind, facts: Sequence[Fact], worded_as: Sequence[str] | None = None, *, texts: Texts = ENGLISH
) -> Section:
    """The facts of one kind under their heading, as many as are read; `worded_as` are their words, if not our own."""
    worded = zip(facts, worded_as or map(sentence, facts), strict=True)
    told = [(fact, text) for fact, text in worded if fact.kind is kind]
    hidden = max(0, len(told) - LONGEST_SECTION)
    heading = texts.gettext(HEADINGS[kind])
    if kind is FactKind.UNPLANNED and told:
        numbers = {"shown": str(len(told)), "all": str(told[0][0].notes[0].count)}
        heading = texts.gettext("{heading}: {shown} of {all} finished", heading=heading, **numbers)
    if hidden:
        numbers = {"shown": str(LONGEST_SECTION), "all": str(len(told))}
        heading = texts.gettext("{heading} ({shown} of {all})", heading=heading, **numbers)
    lines = tuple(line_of(fact, text) for fact, text in told[:LONGEST_SECTION])
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


def sentence(fact: Fact) -> str:
    """Say a fact: whose it is, what it is about, and what there is to note of that."""
    about = " ".join(filter(None, (fact.name, fact.title)))
    themed = f"{fact.theme}: {about}" if fact.theme else about
    whose = f"{fact.person}: {themed}" if fact.person else themed
    notes = "; ".join(_notes(fact.notes))
    return f"{whose} ({notes})" if notes else whose


def _notes(notes: Sequence[Note]) -> Iterable[str]:
    return (words for note in notes if (words := noted(note)))


def noted(note: Note) -> str:
    """Say one thing of what a fact is about; nothing where that is said by the heading."""
    return WORDS[note.kind](note)


def _asked(note: Note) -> str:
    match note.asks:
        case ActionKind.COMMENT:
            return "shall I tell it what was said?"
        case ActionKind.MOVE:
            return f"shall I move it to {note.what}?"
        case ActionKind.CLOSE:
            return "shall I close it?"
        case ActionKind.LINK:
            return "shall I link a pull request to it?"
        case ActionKind.CREATE | ActionKind.IGNORE | None:
            return "shall I?"
        case _:
            assert_never(note.asks)


_REVIEWED: Mapping[str, str] = {
    ReviewState.APPROVED: "approved",
    ReviewState.CHANGES_REQUESTED: "changes wanted",
    ReviewState.COMMENTED: "reviewed",
}


def _named(name: str, what: str) -> str:
    return f"{name} {what}" if name else what


def _by(what: str, note: Note) -> str:
    return f"{what} by {_who(note)}" if note.who else what


def _comments(count: int, who: str) -> str:
    return f"comment by {who}" if count == 1 else f"{count} comments by {who}"


def _hours(note: Note) -> str:
    hours = note.hours or 0
    return "less than a working hour" if hours < 1 else f"{hours} working hour{'s' if hours > 1 else ''}"


def _day(note: Note) -> str:
    return f"{note.day:%-d %B}"


def _who(note: Note) -> str:
    return ", ".join(note.who)


WORDS: Mapping[NoteKind, Callable[[Note], str]] = {
    NoteKind.MOVED: lambda note: f"moved to {note.what}",
    NoteKind.CREATED: lambda note: "made from a conversation",
    NoteKind.COMMENTED: lambda note: _comments(note.count, _who(note)) if note.who else "told what was said",
    NoteKind.OPENED: lambda note: _named(note.what, "opened"),
    NoteKind.MERGED: lambda note: _named(note.what, "merged"),
    NoteKind.REVIEWED: lambda note: _by(_REVIEWED.get(note.what, "reviewed"), note),
    NoteKind.DECIDED: lambda note: "as you decided",
    NoteKind.BLOCKED_BY: lambda note: ", ".join((f"blocked by {note.what or PRIVATE}", *note.who)),
    NoteKind.LABELLED: lambda note: f"labelled {note.what}",
    NoteKind.CHECKS_FAIL: lambda note: f"checks fail on {note.what}" if note.what else "checks fail",
    NoteKind.REVIEW_LATE: lambda note: _named(note.what, f"waits for review for {_hours(note)}"),
    NoteKind.SAID_BLOCKED: lambda note: f"{_who(note)} said that it is blocked" if note.who else "said to be blocked",
    NoteKind.REVIEW_AWAITED: lambda note: f"{_by('review awaited', note)} for {_hours(note)}",
    NoteKind.ANSWER_AWAITED: _asked,
    NoteKind.UNDO_AWAITED: lambda note: "that has changed: shall I take it back?",
    NoteKind.CHANGES_WANTED: lambda note: _by("changes wanted", note),
    NoteKind.READY_TO_MERGE: lambda note: f"{_by('approved', note)}, can be merged",
    NoteKind.OVERDUE: lambda note: f"was due on {_day(note)}",
    NoteKind.DUE: lambda note: f"due on {_day(note)}",
    NoteKind.URGENT: lambda note: "urgent",
    NoteKind.CYCLE_ENDS: lambda note: f"the cycle ends on {_day(note)}",
    NoteKind.CYCLE_ENDED: lambda note: f"its cycle ended on {_day(note)}",
    NoteKind.UNBLOCKS: lambda note: f"{note.what} waits for it",
    NoteKind.UNDERWAY: lambda note: "already begun",
    NoteKind.UNPLANNED: lambda note: "",
}
