"""What people said for their team's report, and what that says of their work: blocked today, next the day after."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from pm_assistant.domain.facts import Fact, Note, NoteKind, Person
from pm_assistant.domain.index import Known
from pm_assistant.domain.questions import Meaning, ReportAnswer, ReportAnswers
from pm_assistant.domain.reports import Audience, FactKind
from pm_assistant.language.blockers import names_nothing
from pm_assistant.language.tickets import keys_in
from pm_assistant.ports.unit import Unit

DAYS_READ = 4
"""So that what was said on a Friday is known on the Monday."""


class SaidOfWork(NamedTuple):
    """What people's words say of their work.

    Attributes:
        blocked: by the ids of the tickets they named, that these are; `planned` that they are next.
        otherwise: by the ids of the people, what is blocked or next and no ticket of theirs; their words are quoted.
    """

    blocked: Mapping[str, Note]
    planned: Mapping[str, Note]
    otherwise: Mapping[str, Sequence[Fact]]


def answers_of(people: Sequence[Person], today: date, unit: Unit) -> Mapping[str, Sequence[ReportAnswers]]:
    """What these people said lately, oldest first, by their ids; of guests and of who has left nothing is told."""
    days = [today - timedelta(days=back) for back in range(DAYS_READ)]
    wanted = [(day, person.id) for person in people if person.reads_all for day in days]
    answers: dict[str, list[ReportAnswers]] = {}
    for said in unit.stores.report_answers.some(unit.tenant_id, wanted) if wanted else ():
        answers.setdefault(said.member_id, []).append(said)
    return answers


def said_of_work(
    answers: Mapping[str, Sequence[ReportAnswers]], people: Iterable[Person], tickets: Iterable[Known], today: date
) -> SaidOfWork:
    """Take what people said to keep them today, and what they said last before today to come next, for work of theirs.

    Only tickets of one's own are blocked or next by one's word.
    """
    own = {(ticket.assignee_id, ticket.key): ticket for ticket in tickets if not ticket.state.type.closed}
    blocked: dict[str, Note] = {}
    planned: dict[str, Note] = {}
    otherwise: dict[str, list[Fact]] = {}
    for person in people:
        for of_day, answer in _counting(answers.get(person.id, ()), today):
            is_plan = answer.meaning is Meaning.PLAN
            note = Note(kind=NoteKind.SAID_PLANNED if is_plan else NoteKind.SAID_BLOCKED, at=of_day.at)
            named = [own[person.tracker_id, key] for key in keys_in(answer.text) if (person.tracker_id, key) in own]
            for ticket in named:
                (planned if is_plan else blocked)[ticket.id] = note.model_copy(update={"who": (person.name,)})
            if not named and not names_nothing(answer.text):
                kind = FactKind.NEXT if is_plan else FactKind.BLOCKED
                words = {"kind": kind, "about": (), "title": f"“{answer.text}”", "url": "", "notes": (note,)}
                otherwise.setdefault(person.id, []).append(Fact.model_validate(words | {"audience": Audience.PERSON}))
    return SaidOfWork(blocked, planned, otherwise)


def _counting(said: Sequence[ReportAnswers], today: date) -> Iterator[tuple[ReportAnswers, ReportAnswer]]:
    for of_day in said:
        if of_day.day == today:
            yield from ((of_day, answer) for answer in of_day.meaning(Meaning.BLOCKER))
    for of_day in [each for each in said if each.day < today][-1:]:
        yield from ((of_day, answer) for answer in of_day.meaning(Meaning.PLAN))
