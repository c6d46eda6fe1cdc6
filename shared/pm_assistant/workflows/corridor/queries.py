"""Read what a tenant's people talked about and what came of it, as the whole tenant may see it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from pydantic import AwareDatetime

from pm_assistant.domain.decisions import CreateTicket, Decision, for_everybody
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.events import ConversationTouched
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import Provider, TenantId
from pm_assistant.domain.work import (
    LONGEST_BURST_SECONDS,
    Conversation,
    Message,
    MessageId,
    Ticket,
    conversations_in,
    permalink,
)
from pm_assistant.ports.connections import Connections
from pm_assistant.ports.corridor import Decisions, Messages, Tickets
from pm_assistant.ports.tenants import Directory, Tenants
from pm_assistant.workflows.corridor.analyze import conversation_at

AT_ONCE = 100
MOST_READ = 1_000
"""Decisions that one page looks through at most, however few of them fit; the next page goes on from there."""


class Said(Model):
    """A message; `author` is what the person is called, or the chat's id where nobody knows."""

    id: str
    author: str
    at: AwareDatetime
    text: str
    edited: bool
    url: str | None


class Talk(Model):
    """A conversation and what was decided about it; `untracked` if it is about work that has no ticket."""

    id: str
    channel: str
    began_at: AwareDatetime
    untracked: bool
    messages: tuple[Said, ...]
    decisions: tuple[Decision, ...]


def decisions_page(
    tenant_id: TenantId,
    fits: Callable[[Decision], bool],
    *,
    decisions: Decisions,
    since: datetime | None,
    before: str | None,
    limit: int,
    room: Callable[[Decision], bool],
) -> tuple[Sequence[Decision], str | None]:
    """The decisions that fit, updated last first, and the place where the next page begins; it may hold fewer.

    `room` is asked about each, and the page ends before the first that there is no room for.
    """
    found: list[Decision] = []
    place = before
    for read, (here, decision) in enumerate(_latest(tenant_id, decisions, before)):
        if since is not None and decision.updated_at < since:
            return found, None
        if read == MOST_READ or len(found) == limit:
            return found, place
        if fits(decision):
            shown = for_everybody(decision)
            if not room(shown):
                return found, place
            found.append(shown)
        place = here
    return found, None


def _latest(tenant_id: TenantId, decisions: Decisions, before: str | None) -> Iterator[tuple[str, Decision]]:
    while batch := decisions.latest(tenant_id, before=before, limit=AT_ONCE):
        yield from batch
        before = batch[-1][0]


def concerns(decision: Decision, ticket: Ticket | None) -> bool:
    """Whether a decision is about a ticket, or made it."""
    if ticket is None:
        return False
    if isinstance(decision.action, CreateTicket):
        return decision.outcome is not None and decision.outcome.external_id == ticket.id
    return getattr(decision.action, "ticket_id", None) == ticket.id


def ticket_named(tenant_id: TenantId, name: str, *, tickets: Tickets) -> Ticket | None:
    """Find a ticket by its id or by its key, however that is spelt; None if we know none of that name."""
    known = tickets.some(tenant_id, [name])
    if known:
        return known[0]
    return next((ticket for ticket in tickets.all(tenant_id) if ticket.key.casefold() == name.casefold()), None)


def talks(
    tenant_id: TenantId,
    *,
    since: datetime,
    messages: Messages,
    decisions: Decisions,
    directory: Directory,
    connections: Connections,
    tenants: Tenants,
    burst_gap_seconds: float,
) -> Sequence[Talk]:
    """All conversations since then that the whole workspace could listen to, latest first.

    What was said in private is left out altogether: its own people have it in the chat. So is what we know of a channel
    that the tenant no longer has us read.
    """
    channels = tenants.get(tenant_id).settings.channels
    said = (message for message in messages.since(tenant_id, since) if channels.reads(message.channel))
    found = conversations_in(said, gap_seconds=burst_gap_seconds)
    tell = _teller(tenant_id, decisions.since(tenant_id, since), directory=directory, connections=connections)
    open_ones = (conversation for conversation in found if conversation.standing and not conversation.private)
    return [tell(conversation) for conversation in open_ones][::-1]


def talk(
    tenant_id: TenantId,
    conversation_id: str,
    *,
    messages: Messages,
    decisions: Decisions,
    directory: Directory,
    connections: Connections,
    tenants: Tenants,
    burst_gap_seconds: float,
) -> Talk:
    """One conversation: the thread, or the burst around the message, that an id names.

    Raises:
        NotFound: there is none, it is private, or in a channel that is not read.
    """
    channel, _, ts = conversation_id.partition(":")
    if not tenants.get(tenant_id).settings.channels.reads(channel):
        raise NotFound("no such conversation")
    touch = ConversationTouched(channel=channel, ts=ts, root_ts=ts)
    conversation = conversation_at(tenant_id, touch, messages=messages, burst_gap_seconds=burst_gap_seconds)
    if conversation is None or conversation.private or not conversation.standing:
        raise NotFound("no such conversation")
    # What a burst adds to may stand in the thread of one before it.
    reach = f"{float(conversation.messages[0].root_ts) - LONGEST_BURST_SECONDS:.6f}"
    about = decisions.between(tenant_id, channel, reach, conversation.messages[-1].root_ts)
    return _teller(tenant_id, about, directory=directory, connections=connections)(conversation)


def _teller(
    tenant_id: TenantId, decisions: Sequence[Decision], *, directory: Directory, connections: Connections
) -> Callable[[Conversation], Talk]:
    base_url = next((tie.base_url for tie in connections.all(tenant_id) if tie.provider is Provider.SLACK), None)
    names = {person.slack_id: person.name for person in directory.members(tenant_id) if person.slack_id}
    citing: dict[MessageId, list[Decision]] = {}
    for decision in decisions:
        for receipt in decision.evidence:
            citing.setdefault(receipt.message_id, []).append(decision)

    def tell(conversation: Conversation) -> Talk:
        about = {found.id: found for message in conversation.messages for found in citing.get(message.id, ())}
        return Talk(
            id=conversation.id,
            channel=conversation.channel,
            began_at=conversation.messages[0].posted_at,
            untracked=any(decision.untracked for decision in about.values()),
            messages=tuple(_said(message, names, base_url) for message in conversation.standing),
            decisions=tuple(for_everybody(decision) for decision in about.values()),
        )

    return tell


def _said(message: Message, names: Mapping[str, str], base_url: str | None) -> Said:
    return Said(
        id=message.id,
        author=names.get(message.author, message.author),
        at=message.posted_at,
        text=message.text,
        edited=message.edited_ts is not None,
        url=permalink(base_url, message) if base_url else None,
    )
