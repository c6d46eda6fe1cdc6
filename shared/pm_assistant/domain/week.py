"""A person's week: accomplishments by theme, what was shipped and what slipped, whom to thank, and what comes next."""

from collections.abc import Iterator, Sequence

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.day import PersonalWork, untracked
from pm_assistant.domain.decisions import DecisionState
from pm_assistant.domain.facts import Fact, Person, Sources
from pm_assistant.domain.reports import Audience, FactKind

DAYS = 5
"""Working days that the list of what comes next is for."""


def week_of(person: Person, sources: Sources) -> Sequence[Fact]:
    """All that there is to tell of a person's week; what not everybody may know is left out where others read it."""
    work = PersonalWork(person, sources)
    done = [fact for fact in work.done() if fact is not None]
    found = (
        *sorted(done, key=lambda fact: (not fact.theme, fact.theme)),
        *work.shipped(),
        *work.slipped(),
        *work.unplanned(),
        *work.helped(),
        *(fact for fact in work.open(days=DAYS) if fact and (fact.notes or fact.kind is FactKind.NEXT)),
        *_created(person, sources),
        *untracked(person, sources),
    )
    facts = [fact for fact in found if fact is not None]
    return [fact for fact in facts if not sources.for_others or fact.audience is Audience.EVERYBODY]


def _created(person: Person, sources: Sources) -> Iterator[Fact]:
    """The team's new tickets from conversations that everybody may read."""
    for decision in sources.decisions if person.reads_all else ():
        if decision.state is DecisionState.DONE and decision.outcome and isinstance(decision.action, CreateTicket):
            head = sources.head(decision.outcome.external_id)
            if head is not None and head.team_id in sources.public:
                fact = sources.about_ticket(FactKind.CREATED, head)
                yield fact.model_copy(update={"url": head.page(decision.outcome.url)})
