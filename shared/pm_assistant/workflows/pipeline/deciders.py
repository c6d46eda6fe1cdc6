"""Who has answered what, by names that people know."""

from collections.abc import Iterable, Mapping, Sequence

from pm_assistant.domain.decisions import CALLERS, OPERATOR, Decision
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.people import known_by
from pm_assistant.domain.tenants import Member
from pm_assistant.domain.vendors import Role
from pm_assistant.ports.unit import Unit

UNNAMED, PROGRAM = "somebody of the team", "a program of the team's"


def names_of_deciders(
    decisions: Iterable[Decision], unit: Unit, members: Sequence[Member] | None = None
) -> Mapping[str, str]:
    """The names of all who have answered any of these, by how they signed; reads nothing where nobody has.

    Args:
        decisions: what was answered.
        unit: of work.
        members: the team's people, where they have been read.
    """
    return names_of({decision.decided_by for decision in decisions if decision.decided_by}, unit, members)


def names_of(actors: Iterable[str], unit: Unit, members: Sequence[Member] | None = None) -> Mapping[str, str]:
    """The names of whoever signs so; the team's people are read unless they are given."""
    signed = set(actors)
    if members is None:
        members = unit.stores.directory.members(unit.tenant_id) if signed else ()
    return {actor: _name(actor, members, unit) for actor in signed}


def _name(actor: str, members: Sequence[Member], unit: Unit) -> str:
    kind, _, id = actor.partition(":")
    if actor.startswith(OPERATOR):
        return f"{id}, who operates this"
    if not actor.startswith(CALLERS):
        chat = unit.provider(Role.CHAT)
        return next((member.name for member in members if member.accounts.get(chat) == actor), UNNAMED)
    if kind == "key":
        return PROGRAM
    try:
        member = known_by(unit.stores.accounts.get(unit.tenant_id, id).email, members)
    except NotFound:
        member = None
    return member.name if member else UNNAMED
