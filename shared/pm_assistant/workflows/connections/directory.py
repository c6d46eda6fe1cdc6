"""Read who there is in the chat and in the tracker, and which teams plan their work."""

from collections.abc import Sequence

from pm_assistant.domain.catch_up import Position
from pm_assistant.domain.model import Model
from pm_assistant.domain.people import Flaw, VendorPeople, matched
from pm_assistant.domain.tenants import Connection, Member, Standing
from pm_assistant.domain.vendors import Role
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.connections.leavers import Departed, departed, follow_clocks, part_with

PLACE = "directory"
"""Where it is noted when people and teams were read."""


class Directory(Model):
    """What a reading of the directory brought.

    Attributes:
        flaws: rows that were left out, or in which something had to be replaced.
        left: who has left since the reading before.
    """

    members: int
    teams: int
    flaws: tuple[Flaw, ...] = ()
    left: tuple[Departed, ...] = ()


def known_directory(chat: Connection, tracker: Connection, unit: Unit) -> Directory | None:
    """What there is, if it has been read a moment ago; None if it is to be read."""
    directory, tenant_id = unit.stores.directory, unit.tenant_id
    position = unit.stores.readings.position(tenant_id, tracker.provider, PLACE)
    if position is None or not position.is_recent(_workspaces(chat, tracker), unit.now()):
        return None
    return Directory(members=len(directory.members(tenant_id)), teams=len(directory.teams(tenant_id)))


def read_directory(chat: Connection, tracker: Connection, unit: Unit) -> Directory:
    """Read people and teams.

    A person of the chat and one of the tracker are taken for the same when a person has said so or their e-mail
    addresses are; what people have set by hand stays.
    """
    directory, tenant_id, began_at = unit.stores.directory, unit.tenant_id, unit.now()
    before = directory.members(tenant_id)
    people = _People(unit)
    members = people.matched(before)
    gone = departed(before, members, [people.chat, people.tracker], people.unread, unit)
    directory.put_members(tenant_id, members)
    follow_clocks(before, members, unit)
    left = part_with(gone, before, members, unit)
    teams = unit.tracker.teams()
    directory.put_teams(tenant_id, teams)
    workspaces = _workspaces(chat, tracker)
    position = Position(source=tracker.provider, workspace=workspaces, place=PLACE, read_to=began_at)
    unit.stores.readings.put_position(tenant_id, position)
    return Directory(members=len(members), teams=len(teams), flaws=(*people.flaws, *teams.flaws), left=tuple(left))


def _workspaces(chat: Connection, tracker: Connection) -> str:
    return f"{chat.external_id} {tracker.external_id}"


def count_directory(unit: Unit) -> Directory:
    """Say how many people and teams there are, and keep nothing."""
    people, teams = _People(unit), unit.tracker.teams()
    members = people.matched(unit.stores.directory.members(unit.tenant_id))
    return Directory(members=len(members), teams=len(teams), flaws=(*people.flaws, *teams.flaws))


class _People:
    """Everybody of whom the chat and the tracker tell."""

    def __init__(self, unit: Unit) -> None:
        listings = {Role.CHAT: unit.chat.members(), Role.TRACKER: unit.tracker.members()}
        self.chat, self.tracker = (VendorPeople(unit.provider(role), listing) for role, listing in listings.items())
        self.flaws = tuple(flaw for listing in listings.values() for flaw in listing.flaws)
        self.unread = frozenset(flaw.id for flaw in self.flaws if flaw.left_out)

    def matched(self, before: Sequence[Member]) -> Sequence[Member]:
        """Who is there, as one person each; an account that was left is none."""
        return matched(_present(self.chat), _present(self.tracker), before)


def _present(people: VendorPeople) -> VendorPeople:
    present = [m for m in people.members if m.standings.get(people.provider) is not Standing.LEFT]
    return VendorPeople(people.provider, present)
