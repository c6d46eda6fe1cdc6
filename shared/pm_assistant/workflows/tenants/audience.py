"""Whose words are whose to read: a private tracker team's never reach a public place, like a private channel's.

A team that we do not know may be private, so its tickets count as such until the next reading of the teams.
"""

from collections.abc import Iterable, Sequence

from pm_assistant.domain.work import Team, Ticket
from pm_assistant.ports.unit import Unit


def open_to_all(teams: Iterable[Team]) -> Sequence[Team]:
    """Those of the tracker's teams that everybody there may see."""
    return [team for team in teams if not team.private]


def public_teams(unit: Unit) -> Sequence[Team]:
    """The tracker's teams that everybody there may see."""
    return open_to_all(unit.stores.directory.teams(unit.tenant_id))


def public_tickets(tickets: Iterable[Ticket], unit: Unit) -> Sequence[Ticket]:
    """Those of the tickets that everybody in the tracker may see."""
    team_ids = {team.id for team in public_teams(unit)}
    return [ticket for ticket in tickets if ticket.team_id in team_ids]
