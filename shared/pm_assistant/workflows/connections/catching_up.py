"""A reading of all vendors that somebody asked for, or that follows a new connection."""

from collections.abc import Callable, Sequence
from datetime import datetime

from pm_assistant.domain.jobs import Job, Step
from pm_assistant.domain.people import matched
from pm_assistant.domain.tenants import Member, Provider, Tenant
from pm_assistant.ports.connections import Connections, ConnectionStates
from pm_assistant.ports.corridor import Messages, Tickets
from pm_assistant.ports.tenants import Directory, Tenants
from pm_assistant.ports.vendors import Chat, Tracker
from pm_assistant.workflows.connections.sync import Synced, heard, sync

READ = (Provider.SLACK, Provider.LINEAR)


def catch_up(
    job: Job,
    *,
    tenants: Tenants,
    connections: Connections,
    states: ConnectionStates,
    chat: Callable[[], Chat],
    tracker: Callable[[], Tracker],
    directory: Directory,
    tickets: Tickets,
    messages: Messages,
    now: datetime,
) -> Step:
    """Read all vendors and keep it, or in a dry run say how much that would be.

    People of the chat and of the tracker are read together, so while one of the two is missing there is nothing to do
    yet: the result names it, and connecting it asks for the next reading.

    Raises:
        AccessRevoked: a vendor no longer accepts our credentials.
        UpstreamUnavailable: a vendor did not answer; repeat.
    """
    connected = {connection.provider for connection in connections.all(job.tenant_id)}
    missing = [provider.value for provider in READ if provider not in connected]
    if missing:
        return Step(done=0, total=0, results=({"missing": missing},))
    tenant, since = tenants.get(job.tenant_id), job.order.since
    if job.order.dry_run:
        read = _counted(tenant, chat(), tracker(), directory.members(job.tenant_id), since)
    else:
        read = sync(
            tenant,
            chat=chat(),
            tracker=tracker(),
            directory=directory,
            tickets=tickets,
            messages=messages,
            messages_since=since,
        )
        for provider in READ:
            states.note(job.tenant_id, provider, sync_at=now)
    return Step(done=1, total=1, results=(read.model_dump(mode="json"),))


def _counted(tenant: Tenant, chat: Chat, tracker: Tracker, known: Sequence[Member], since: datetime | None) -> Synced:
    return Synced(
        members=len(matched(chat.members(), tracker.members(), known)),
        teams=len(tracker.teams()),
        tickets=len(tracker.tickets_since(None)),
        messages=len(heard(tenant, chat, since)),
    )
