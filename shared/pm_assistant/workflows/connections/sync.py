"""Bring our own copy of a tenant's people, teams, tickets and messages up to date from the vendors."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from pm_assistant.domain.jobs import Job, Step
from pm_assistant.domain.model import Model
from pm_assistant.domain.people import Flaw, VendorPeople, matched
from pm_assistant.domain.tenants import Member, Standing, Tenant
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.work import Message
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.connections.leavers import Departed, departed, part_with


class Findings(Model):
    """What a person should look at after a reading.

    Attributes:
        flaws: rows that were left out, or in which something had to be replaced.
        left: who has left since the reading before.
    """

    flaws: tuple[Flaw, ...] = ()
    left: tuple[Departed, ...] = ()


class Synced(Model):
    """How much was read, and what a person should look at."""

    members: int
    teams: int
    tickets: int
    messages: int
    findings: Findings = Field(default=Findings(), exclude=True)


def sync(job: Job, unit: Unit) -> Step:
    """Read all vendors and keep it, or in a dry run say how much that would be.

    People of the chat and of the tracker are read together, so while one of the two is missing there is nothing to do
    yet: the result names it, and connecting it asks for the next reading. One bad row costs that row, which is named in
    a result of its own; so is who has left.

    Raises:
        AccessRevoked: a vendor no longer accepts our credentials.
        UpstreamUnavailable: a vendor did not answer; repeat.
    """
    providers = [unit.provider(role) for role in (Role.CHAT, Role.TRACKER)]
    connected = {connection.provider for connection in unit.stores.connections.all(unit.tenant_id)}
    missing = [provider.value for provider in providers if provider not in connected]
    if missing:
        return Step(done=0, total=0, results=({"missing": missing},))
    tenant = unit.stores.tenants.get(unit.tenant_id)
    if job.order.dry_run:
        synced = _count(tenant, unit, messages_since=job.order.since)
    else:
        synced = sync_tenant(tenant, unit, messages_since=job.order.since)
        for provider in providers:
            unit.stores.connection_states.note(unit.tenant_id, provider, sync_at=unit.now())
    findings = [synced.findings] if synced.findings != Findings() else []
    return Step(done=1, total=1, results=tuple(part.model_dump(mode="json") for part in (synced, *findings)))


def sync_tenant(tenant: Tenant, unit: Unit, *, messages_since: datetime | None) -> Synced:
    """Read everything once and keep it; repeating changes nothing.

    With `messages_since` None the chat's history is left alone; so is a channel that the tenant does not read. A person
    of the chat and one of the tracker are taken for the same when a person has said so or their e-mail addresses are;
    what people have set by hand stays.
    """
    stores = unit.stores
    before = stores.directory.members(tenant.id)
    people = _People(unit)
    members = people.matched(before)
    gone = departed(before, members, [people.chat, people.tracker], people.unread, unit)
    stores.directory.put_members(tenant.id, members)
    left = part_with(gone, before, members, unit)
    teams = unit.tracker.teams()
    stores.directory.put_teams(tenant.id, teams)
    tickets = unit.tracker.tickets_since(None)
    stored = {ticket.id: ticket for ticket in stores.tickets.all(tenant.id)}
    for ticket in tickets:
        # A reading that ran out of time goes on where it was when it is repeated.
        if ticket != stored.get(ticket.id):
            stores.tickets.put(tenant.id, ticket)
    messages = _read_messages(tenant, unit, messages_since)
    for message in messages:
        stores.messages.record(tenant.id, message, keep_days=tenant.settings.retention_days)
    return Synced(
        members=len(members),
        teams=len(teams),
        tickets=len(tickets),
        messages=len(messages),
        findings=Findings(flaws=(*people.flaws, *teams.flaws, *tickets.flaws), left=tuple(left)),
    )


def _count(tenant: Tenant, unit: Unit, *, messages_since: datetime | None) -> Synced:
    people, teams, tickets = _People(unit), unit.tracker.teams(), unit.tracker.tickets_since(None)
    return Synced(
        members=len(people.matched(unit.stores.directory.members(tenant.id))),
        teams=len(teams),
        tickets=len(tickets),
        messages=len(_read_messages(tenant, unit, messages_since)),
        findings=Findings(flaws=(*people.flaws, *teams.flaws, *tickets.flaws)),
    )


class _People:
    """Everybody of whom the chat and the tracker tell."""

    def __init__(self, unit: Unit) -> None:
        listings = {role: unit.chat.members() if role is Role.CHAT else unit.tracker.members() for role in _ROLES}
        self.chat, self.tracker = (VendorPeople(unit.provider(role), listings[role]) for role in _ROLES)
        self.flaws = tuple(flaw for listing in listings.values() for flaw in listing.flaws)
        self.unread = frozenset(flaw.id for flaw in self.flaws if flaw.left_out)

    def matched(self, before: Sequence[Member]) -> Sequence[Member]:
        """Who is there, as one person each; an account that was left is none."""
        return matched(_present(self.chat), _present(self.tracker), before)


_ROLES = (Role.CHAT, Role.TRACKER)


def _present(people: VendorPeople) -> VendorPeople:
    present = [m for m in people.members if m.standings.get(people.provider) is not Standing.LEFT]
    return VendorPeople(people.provider, present)


def _read_messages(tenant: Tenant, unit: Unit, since: datetime | None) -> Sequence[Message]:
    """What was said since then in the channels that the tenant reads; nothing without a moment."""
    messages = unit.chat.messages_since(since) if since else ()
    return [message for message in messages if tenant.settings.channels.reads(message.channel)]
