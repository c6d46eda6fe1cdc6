"""Bring our own copy of a tenant's people, teams, tickets and messages up to date from the vendors."""

from collections.abc import Sequence
from datetime import datetime

from pm_assistant.domain.model import Model
from pm_assistant.domain.people import matched, merged_away
from pm_assistant.domain.tenants import Tenant
from pm_assistant.domain.work import Message
from pm_assistant.ports.corridor import Messages, Tickets
from pm_assistant.ports.tenants import Directory
from pm_assistant.ports.vendors import Chat, Tracker


class Synced(Model):
    """How much was read."""

    members: int
    teams: int
    tickets: int
    messages: int


def sync(
    tenant: Tenant,
    *,
    chat: Chat,
    tracker: Tracker,
    directory: Directory,
    tickets: Tickets,
    messages: Messages,
    messages_since: datetime | None,
) -> Synced:
    """Read everything once and keep it; repeating changes nothing.

    With `messages_since` None the chat's history is left alone; so is a channel that the tenant does not read. A person
    of the chat and one of the tracker are taken for the same when a person has said so or their e-mail addresses are;
    what people have set by hand stays.
    """
    known = directory.members(tenant.id)
    members = matched(chat.members(), tracker.members(), known)
    directory.put_members(tenant.id, members)
    for member in merged_away(known, members):
        directory.remove_member(tenant.id, member.id)
    teams = tracker.teams()
    directory.put_teams(tenant.id, teams)
    found = tracker.tickets_since(None)
    kept = {ticket.id: ticket for ticket in tickets.all(tenant.id)}
    for ticket in found:
        # A reading that ran out of time goes on where it was when it is repeated.
        if ticket != kept.get(ticket.id):
            tickets.put(tenant.id, ticket)
    said = heard(tenant, chat, messages_since)
    for message in said:
        messages.record(tenant.id, message, keep_days=tenant.settings.retention_days)
    return Synced(members=len(members), teams=len(teams), tickets=len(found), messages=len(said))


def heard(tenant: Tenant, chat: Chat, since: datetime | None) -> Sequence[Message]:
    """What was said since then in the channels that the tenant reads; nothing without a moment."""
    said = chat.messages_since(since) if since else ()
    return [message for message in said if tenant.settings.channels.reads(message.channel)]
