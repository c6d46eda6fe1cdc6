"""A team's report: what everybody may know of its people's work, each line with whose it is; nobody is told on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from pm_assistant.domain.day import untracked
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.facts import Fact, Person, Sources
from pm_assistant.domain.index import TeamIndex
from pm_assistant.domain.reports import FactKind
from pm_assistant.domain.tenants import Member, Standing
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.work import StateType, Team
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.reports.facts import person_of
from pm_assistant.workflows.reports.kinds import ReportSpec
from pm_assistant.workflows.tenants.audience import open_to_all

MOST_PEOPLE = 40
"""Of a team who are told of: those with the most to tell of."""


def team_for(reader: Member, team_id: str, teams: Iterable[Team], unit: Unit) -> Team:
    """A team for somebody who may read of it: guests of the chat see a part of what the team may.

    Raises:
        NotFound: there is none of that id that everybody may read of, or the reader is no full member anywhere.
    """
    if not any(reader.standings.get(unit.provider(role)) is Standing.MEMBER for role in (Role.CHAT, Role.TRACKER)):
        raise NotFound("no such team")
    return team_named(team_id, teams)


def team_named(team_id: str, teams: Iterable[Team]) -> Team:
    """A team that everybody may read of.

    Raises:
        NotFound: there is none of that id.
    """
    team = next((team for team in open_to_all(teams) if team.id == team_id), None)
    if team is None:
        raise NotFound("no such team")
    return team


def people_of(team_id: str, index: TeamIndex, unit: Unit, *, since: datetime) -> Sequence[Person]:
    """Those who have something open in a team, or have finished something since."""
    tracker, counts = unit.provider(Role.TRACKER), dict[str, int]()
    for head in index.tickets:
        lately = not head.state.type.closed or (head.completed_at is not None and head.completed_at >= since)
        if head.team_id == team_id and head.assignee_id is not None and lately:
            counts[head.assignee_id] = counts.get(head.assignee_id, 0) + 1
    members = [member for member in index.people if member.accounts.get(tracker) in counts]
    busiest = sorted(members, key=lambda member: (-counts[member.accounts[tracker]], member.name))[:MOST_PEOPLE]
    return [person_of(member, unit) for member in sorted(busiest, key=lambda member: (member.name, member.id))]


def facts_of_team(
    team_id: str, people: Sequence[Person], reader: Person, spec: ReportSpec, sources: Sources
) -> Sequence[Fact]:
    """What is to be told of a team's people to a reader: of its tickets, and of what is built for these or for none."""
    of_team = replace(sources, tickets=[ticket for ticket in sources.tickets if ticket.team_id == team_id])
    talk = untracked(reader, sources) if FactKind.UNTRACKED in spec.team_kinds else ()
    return [*_of_each(team_id, people, spec, of_team), *talk]


def _of_each(team_id: str, people: Sequence[Person], spec: ReportSpec, sources: Sources) -> Iterator[Fact]:
    finished = [t for t in sources.tickets if t.state.type is StateType.COMPLETED and sources.is_new(t.completed_at)]
    for person in people:
        for fact in spec.facts(person, sources):
            tickets = [head for id in fact.about if (head := sources.head(id)) is not None]
            of_team = any(head.team_id == team_id for head in tickets) or not tickets
            if of_team and fact.kind is not FactKind.UNTRACKED:
                changes: dict[str, object] = {"person": person.name, "awaits_answer": None}
                if fact.kind is FactKind.UNPLANNED:  # It is a share of what the team has finished.
                    changes["notes"] = tuple(note.model_copy(update={"count": len(finished)}) for note in fact.notes)
                yield fact.model_copy(update=changes)
