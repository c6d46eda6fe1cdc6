"""What whoever leads a team is to know of each of its people: what moved, what is blocked, what waits, and for whom."""

from collections.abc import Iterator, Sequence

from pm_assistant.domain.day import PersonalWork
from pm_assistant.domain.facts import Fact, Note, NoteKind, Person, Sources
from pm_assistant.domain.planned import by_urgency
from pm_assistant.domain.reports import Audience, FactKind


def overview_of(person: Person, sources: Sources) -> Sequence[Fact]:
    """All that there is to tell of a person's part; what waits for a review is told once, of whoever waits for it.

    What not everybody may know is left out where others read it.
    """
    work = PersonalWork(person, sources)
    found = (*work.done(), *work.open(), *_overdue(work, sources), *work.unplanned())
    facts = [fact for fact in found if fact is not None]
    return [fact for fact in facts if not sources.for_others or fact.audience is Audience.EVERYBODY]


def _overdue(work: PersonalWork, sources: Sources) -> Iterator[Fact]:
    """Open tickets whose date has gone, however long ago."""
    for ticket in by_urgency((ticket for ticket in work.own if not ticket.state.type.closed), sources):
        if ticket.due_date is not None and ticket.due_date < sources.today:
            yield sources.about_ticket(FactKind.OVERDUE, ticket, Note(kind=NoteKind.OVERDUE, day=ticket.due_date))
