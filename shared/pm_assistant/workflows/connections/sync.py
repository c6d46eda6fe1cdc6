"""Bring our own copy of a tenant's people, teams, tickets and messages up to date from the vendors."""

from collections.abc import Sequence
from datetime import datetime

from pm_assistant.domain.jobs import Job, Step
from pm_assistant.domain.model import Model
from pm_assistant.domain.people import VendorPeople, matched, merged_away
from pm_assistant.domain.tenants import Member, Tenant
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.work import Message
from pm_assistant.ports.unit import Unit


class Synced(Model):
    """How much was read."""

    members: int
    teams: int
    tickets: int
    messages: int


def sync(job: Job, unit: Unit) -> Step:
    """Read all vendors and keep it, or in a dry run say how much that would be.

    People of the chat and of the tracker are read together, so while one of the two is missing there is nothing to do
    yet: the result names it, and connecting it asks for the next reading.

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
    return Step(done=1, total=1, results=(synced.model_dump(mode="json"),))


def sync_tenant(tenant: Tenant, unit: Unit, *, messages_since: datetime | None) -> Synced:
    """Read everything once and keep it; repeating changes nothing.

    With `messages_since` None the chat's history is left alone; so is a channel that the tenant does not read. A person
    of the chat and one of the tracker are taken for the same when a person has said so or their e-mail addresses are;
    what people have set by hand stays.
    """
    stores = unit.stores
    before = stores.directory.members(tenant.id)
    members = _matched(unit, before)
    stores.directory.put_members(tenant.id, members)
    for member in merged_away(before, members):
        stores.directory.remove_member(tenant.id, member.id)
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
    return Synced(members=len(members), teams=len(teams), tickets=len(tickets), messages=len(messages))


def _count(tenant: Tenant, unit: Unit, *, messages_since: datetime | None) -> Synced:
    members = _matched(unit, unit.stores.directory.members(tenant.id))
    return Synced(
        members=len(members),
        teams=len(unit.tracker.teams()),
        tickets=len(unit.tracker.tickets_since(None)),
        messages=len(_read_messages(tenant, unit, messages_since)),
    )


def _matched(unit: Unit, before: Sequence[Member]) -> Sequence[Member]:
    chat = VendorPeople(unit.provider(Role.CHAT), unit.chat.members())
    tracker = VendorPeople(unit.provider(Role.TRACKER), unit.tracker.members())
    return matched(chat, tracker, before)


def _read_messages(tenant: Tenant, unit: Unit, since: datetime | None) -> Sequence[Message]:
    """What was said since then in the channels that the tenant reads; nothing without a moment."""
    messages = unit.chat.messages_since(since) if since else ()
    return [message for message in messages if tenant.settings.channels.reads(message.channel)]
