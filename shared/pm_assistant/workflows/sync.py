"""Bring our own copy of a tenant's people, teams, tickets and messages up to date from the vendors."""

from collections.abc import Sequence
from datetime import datetime

from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import Member, Tenant
from pm_assistant.ports import Chat, Directory, Messages, Tickets, Tracker


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

    With `messages_since` None the chat's history is left alone. A person of the chat and one of the tracker are taken
    for the same when their e-mail addresses are.
    """
    members = matched(chat.members(), tracker.members())
    directory.put_members(tenant.id, members)
    teams = tracker.teams()
    directory.put_teams(tenant.id, teams)
    found = tracker.tickets_since(None)
    for ticket in found:
        tickets.put(tenant.id, ticket)
    said = chat.messages_since(messages_since) if messages_since else ()
    for message in said:
        messages.record(tenant.id, message, keep_days=tenant.settings.retention_days)
    return Synced(members=len(members), teams=len(teams), tickets=len(found), messages=len(said))


def matched(chat: Sequence[Member], tracker: Sequence[Member]) -> Sequence[Member]:
    """Join the people of chat and tracker by e-mail; whoever is in the chat keeps the chat's name and time zone."""
    planned = {person.email.casefold(): person for person in tracker if person.email}
    joined = []
    for person in chat:
        twin = planned.pop(person.email.casefold(), None) if person.email else None
        joined.append(person.model_copy(update={"linear_id": twin.linear_id}) if twin else person)
    return [*joined, *planned.values(), *(person for person in tracker if not person.email)]
