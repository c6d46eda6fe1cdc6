"""What people see of conversations, decisions and tickets, as the whole tenant may see it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import takewhile
from typing import NamedTuple

from pydantic import AwareDatetime, Field

from pm_assistant.domain.bounds import Names
from pm_assistant.domain.decisions import Decision, DecisionState, for_everybody
from pm_assistant.domain.errors import InvalidRequest, NotFound
from pm_assistant.domain.index import TeamIndex, TicketHead
from pm_assistant.domain.listing import Placed, fitting, latest, search
from pm_assistant.domain.model import Model
from pm_assistant.domain.planning import RelationRole, named_now, plan_ids
from pm_assistant.domain.tenants import ActionKind, Channels, PrivateCode
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.work import (
    LONGEST_BURST_SECONDS,
    Conversation,
    Message,
    MessageId,
    StateType,
    Ticket,
    TicketState,
    conversations_in,
    permalink,
)
from pm_assistant.language.text import ShownNames, as_shown
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.code.queries import shown_pages
from pm_assistant.workflows.connections.queries import channel_names
from pm_assistant.workflows.pipeline.conversations import conversation_around
from pm_assistant.workflows.pipeline.relations import related_tickets
from pm_assistant.workflows.tenants.audience import open_to_all

BATCH = 100
MOST_MESSAGES = 5_000
"""Messages that one page of conversations rests on at most, the latest ones."""
MOST_ATTACHED = 100
"""Pages that are shown with a ticket, the latest ones."""
MOST_CHILDREN = 250
"""Tickets directly below one that are shown with it, the oldest ones."""
MOST_COMMENTS = 50
"""Comments that are shown with a ticket, the latest ones."""


class Unnamed(NamedTuple):
    """What those are called in what was said whose names nobody knows."""

    somebody: str
    somewhere: str


class MessageView(Model):
    """A message; `author` is what the person is called, or the chat's id where nobody knows."""

    id: str
    author: str
    at: AwareDatetime
    text: str
    edited: bool
    url: str | None


class AttachedPage(Model):
    """A page that is attached to a ticket."""

    title: str = Field(description="empty where `private_code` keeps the words of private repositories back")
    url: str


class CommentView(Model):
    """What somebody said on a ticket."""

    author: str | None
    at: AwareDatetime
    text: str
    url: str


class TicketReference(Model):
    """A ticket as another one, or a decision, shows it."""

    id: str
    key: str
    title: str
    url: str
    state: TicketState


class DecisionView(Decision):
    """One entry of the decision log, with what its ticket and its channel are called."""

    ticket: TicketReference | None = Field(
        default=None, description="that it is about or has made; none if there is none or not everybody may read it"
    )
    channel_name: str | None = Field(
        default=None, description="of where it was said or is asked, such as `#support`; none if that is private"
    )
    run: str | None = Field(default=None, description="the run that it came of, if one asked for it")
    alternatives: Names = Field(default=(), description="ids of the decisions of which none is right if it is")
    begun_at: AwareDatetime | None = Field(default=None, description="when it was begun for that run last")


class ConversationView(Model):
    """A conversation and what was decided about it; `untracked` if it is about work that has no ticket."""

    id: str
    channel: str
    began_at: AwareDatetime
    untracked: bool
    messages: tuple[MessageView, ...]
    decisions: tuple[DecisionView, ...]


class TicketRelation(Model):
    """Another ticket, and what the shown one is to it."""

    role: RelationRole
    ticket: TicketReference


class TicketView(Ticket):
    """A ticket with its place among the others, what is attached to it and what was said on it."""

    parent: TicketReference | None
    children: tuple[TicketReference, ...]
    relations: tuple[TicketRelation, ...]
    attachments: tuple[AttachedPage, ...]
    comments: tuple[CommentView, ...]


class DecisionFilter(Model):
    """Which decisions are wanted; `ticket` is an id or a key, `since` is about when they last changed."""

    state: DecisionState | None = None
    kind: ActionKind | None = None
    ticket: str | None = None
    since: datetime | None = None


class TicketFilter(Model):
    """Which tickets are wanted; `member_id` is whose they are, `words` all stand in the key or the title."""

    state: StateType | None = None
    team: str | None = None
    member_id: str | None = None
    words: str = ""


def list_decisions(
    criteria: DecisionFilter,
    unit: Unit,
    *,
    before: str | None,
    limit: int,
    fits_page: Callable[[DecisionView], bool],
    index: TeamIndex | None = None,
    history_from: datetime | None = None,
) -> tuple[Sequence[DecisionView], str | None]:
    """The decisions that are wanted, changed last first, and the place where the next page begins; it may hold fewer.

    What did not change since `history_from` is left out, as the tenant's plan does not go further back.

    `fits_page` is asked about each, and the page ends before the first that there is no room for. The `index` is read
    where whoever asks has not done so.

    Raises:
        InvalidRequest: nothing is to be found, for there is no such ticket, or not everybody may read it.
    """
    # Where everything fits, one behind the page tells that there is another.
    batch = limit + 1 if criteria == DecisionFilter() else BATCH
    with unit.side_by_side() as reads:
        found_latest = reads.submit(unit.stores.decisions.latest, unit.tenant_id, before=before, limit=batch)
        found_names = reads.submit(channel_names, unit)
        index = index or unit.stores.index.read(unit.tenant_id)
    ticket = _find_in(index, criteria.ticket, unit) if criteria.ticket else None
    if criteria.ticket and ticket is None:
        raise InvalidRequest("no such ticket", field="ticket")
    since = max(filter(None, (criteria.since, history_from)), default=None)

    def read(place: str | None, limit: int) -> Sequence[Placed[Decision]]:
        if place == before:
            return found_latest.result()
        return unit.stores.decisions.latest(unit.tenant_id, before=place, limit=limit)

    recent = takewhile(
        lambda placed: since is None or placed[1].updated_at >= since, latest(read, batch=batch, before=before)
    )
    found, following = search(recent, lambda each: _matches(each, criteria, ticket), before=before, size=limit)
    view = _decision_view(index, found_names.result())
    views = ((place, view(decision)) for place, decision in found)
    return fitting(views, fits_page, before=before, following=following)


def show_decision(decision_id: str, unit: Unit) -> DecisionView:
    """Show one decision, as the whole tenant may see it.

    Raises:
        NotFound: the log has none of that id.
    """
    with unit.side_by_side() as reads:
        found = reads.submit(unit.stores.decisions.get, unit.tenant_id, decision_id)
        view = decision_viewer(unit)
    return view(found.result())


def decision_viewer(unit: Unit) -> Callable[[Decision], DecisionView]:
    """What makes a view of a decision as the whole tenant may see it."""
    with unit.side_by_side() as reads:
        found_names = reads.submit(channel_names, unit)
        index = unit.stores.index.read(unit.tenant_id)
    return _decision_view(index, found_names.result())


def _decision_view(index: TeamIndex, channels: Mapping[str, str]) -> Callable[[Decision], DecisionView]:
    """The same, given what tickets and channels are called."""

    def view(decision: Decision) -> DecisionView:
        made = decision.outcome.external_id if decision.outcome and decision.action.wants_ticket else None
        head = index.tickets.get(decision.action.about_ticket or made or "")
        ticket = next(map(_reference, _public([head] if head else [], index)), None)
        name = channels.get(decision.thread.channel) if decision.thread and not decision.private else None
        return DecisionView(**vars(for_everybody(decision)), ticket=ticket, channel_name=name)

    return view


def find_ticket(name: str, unit: Unit) -> Ticket | None:
    """Find a ticket by its id or by its key, however that is spelt; None if the team knows none of that name."""
    return _find_in(unit.stores.index.read(unit.tenant_id), name, unit)


def _find_in(index: TeamIndex, name: str, unit: Unit) -> Ticket | None:
    return next(iter(whole_tickets(_named(name, index), index, unit)), None)


def _named(name: str, index: TeamIndex) -> Sequence[TicketHead]:
    """The ticket of that id, or else of that key; none where not everybody may read it."""
    by_id = index.tickets.get(name)
    return _public([by_id] if by_id else index.tickets.with_key(name), index)[:1]


def show_ticket(name: str, unit: Unit, *, private_code: PrivateCode) -> TicketView:
    """Show a ticket by its id or by a key, with as much of private repositories as the tenant wishes.

    Raises:
        NotFound: the team knows none of that name, or not everybody may read it.
    """
    planning, tenant_id = unit.stores.planning, unit.tenant_id
    index = unit.stores.index.read(tenant_id)
    named = _named(name, index)
    if not named:
        raise NotFound("no such ticket")
    id = named[0].id
    with unit.side_by_side() as reads:
        found_attached = reads.submit(planning.attachments, tenant_id, id)
        found_said = reads.submit(planning.comments, tenant_id, id, limit=MOST_COMMENTS)
        found_related = reads.submit(related_tickets, id, index, unit)
        found = whole_tickets(named, index, unit)
    if not found:
        raise NotFound("no such ticket")
    ticket = found[0]
    above = index.tickets.get(ticket.parent_id) if ticket.parent_id else None
    below = sorted(
        (head for head in index.tickets if head.parent_id == id), key=lambda head: (head.created_at, head.id)
    )
    shown = shown_pages(found_attached.result()[:MOST_ATTACHED], unit, private_code=private_code)
    return TicketView(
        **vars(ticket),
        parent=next(map(_reference, _public([above] if above else [], index)), None),
        children=tuple(_reference(head) for head in _public(below, index)[:MOST_CHILDREN]),
        relations=tuple(TicketRelation(role=role, ticket=_reference(head)) for role, head in found_related.result()),
        attachments=tuple(AttachedPage(title=title, url=url) for title, url in shown),
        comments=tuple(
            CommentView(author=each.author_name, at=each.created_at, text=each.text, url=ticket.page(each.url or ""))
            for each in found_said.result()
            if not each.deleted
        ),
    )


def ticket_references(ticket_ids: Iterable[str], index: TeamIndex) -> Mapping[str, TicketReference]:
    """Those of these tickets that there are and that everybody may read, by id."""
    heads = [head for id in ticket_ids if (head := index.tickets.get(id)) is not None]
    return {head.id: _reference(head) for head in _public(heads, index)}


def _reference(head: TicketHead) -> TicketReference:
    return TicketReference(id=head.id, key=head.key, title=head.title, url=head.url, state=head.state)


def whole_tickets(heads: Sequence[TicketHead], index: TeamIndex, unit: Unit) -> Sequence[Ticket]:
    """The tickets of these heads, in their order; without those that not everybody may read, or that are gone.

    Their projects, cycles and labels are called what they are now.
    """
    found = _public(unit.stores.tickets.whole(unit.tenant_id, heads), index)
    names = unit.stores.planning.names(unit.tenant_id, plan_ids(found))
    by_id = {ticket.id: named_now(ticket, names) for ticket in found}
    return [by_id[head.id] for head in heads if head.id in by_id]


def _public[T: (Ticket, TicketHead)](tickets: Iterable[T], index: TeamIndex) -> Sequence[T]:
    readable = {team.id for team in open_to_all(index.teams)}
    return [ticket for ticket in tickets if ticket.team_id in readable]


def list_tickets(
    criteria: TicketFilter, unit: Unit, *, before: str | None, limit: int, fits_page: Callable[[Ticket], bool]
) -> tuple[Sequence[Ticket], str | None]:
    """The tickets that are wanted and that everybody may read, changed last first; and where the next page begins.

    `fits_page` is asked about each, and the page ends before the first that there is no room for.

    Raises:
        InvalidRequest: nothing is to be found, for there is no such person, or no such team that everybody may read of.
    """
    index = unit.stores.index.read(unit.tenant_id)
    wanted = {_place(head): head for head in _public(_wanted(criteria, index, unit), index)}
    if not wanted:
        _check_named(criteria, index)
    places = sorted((place for place in wanted if before is None or place < before), reverse=True)
    whole = {t.id: t for t in whole_tickets([wanted[place] for place in places[:limit]], index, unit)}
    page = [(place, whole[wanted[place].id]) for place in places[:limit] if wanted[place].id in whole]
    return fitting(page, fits_page, before=before, following=places[limit - 1] if len(places) > limit else None)


def _check_named(criteria: TicketFilter, index: TeamIndex) -> None:
    if criteria.member_id is not None and all(each.id != criteria.member_id for each in index.people):
        raise InvalidRequest("no such member", field="member_id")
    if criteria.team is not None and all(team.private or team.id != criteria.team for team in index.teams):
        raise InvalidRequest("no such team", field="team")


def _wanted(criteria: TicketFilter, index: TeamIndex, unit: Unit) -> Iterable[TicketHead]:
    words = criteria.words.casefold().split()
    heads: Iterable[TicketHead] = index.tickets
    if criteria.member_id is not None:
        tracker = unit.provider(Role.TRACKER)
        account = next((m.accounts.get(tracker) for m in index.people if m.id == criteria.member_id), None)
        heads = index.tickets.of_assignee(account) if account is not None else ()
    return (
        head
        for head in heads
        if (criteria.state is None or head.state.type is criteria.state)
        and (criteria.team is None or head.team_id == criteria.team)
        and all(word in f"{head.key} {' '.join(head.former_keys)} {head.title}".casefold() for word in words)
    )


def _place(head: TicketHead) -> str:
    return f"{head.updated_at.timestamp():017.6f} {head.id}"


def list_conversations(
    since: datetime, unit: Unit, *, channels: Channels, history_from: datetime | None = None
) -> tuple[Sequence[ConversationView], datetime | None]:
    """All conversations since then that the whole workspace could listen to, latest first.

    What was said in private is left out altogether: its own people have it in the chat. So is what we know of a channel
    that is none of `channels`, the tenant's own choice, and what is from before `history_from`, for the tenant's plan
    does not go further back. Where there are too many to be read, the second is the moment before which they were left
    out.
    """
    stores, tenant_id = unit.stores, unit.tenant_id
    since = max(since, history_from or since)
    with unit.side_by_side() as reads:
        found_messages = reads.submit(stores.messages.since, tenant_id, since, latest=MOST_MESSAGES)
        found_decisions = reads.submit(stores.decisions.since, tenant_id, since)
        found_channels = reads.submit(channel_names, unit)
        index = stores.index.read(tenant_id)
    said = found_messages.result()
    cut_at = said[0].posted_at if len(said) == MOST_MESSAGES else None
    messages = (message for message in said if channels.reads(message.channel))
    conversations = conversations_in(messages, gap_seconds=unit.burst_gap_seconds)
    view = _viewer(found_decisions.result(), found_channels.result(), index, unit)
    public = (talk for talk in conversations if talk.undeleted_messages and not talk.private)
    return [view(conversation) for conversation in public][::-1], cut_at


def show_conversation(
    conversation_id: str,
    unit: Unit,
    *,
    channels: Channels,
    index: TeamIndex | None = None,
    history_from: datetime | None = None,
    unnamed: Unnamed | None = None,
) -> ConversationView:
    """One conversation: the thread, or the burst around the message, that an id names.

    The `index` is read where whoever asks has not done so. Texts are as they were written; or as the chat shows them,
    where it is said what the `unnamed` are called.

    Raises:
        NotFound: there is none, it is private, in a channel that is not read, or it ended before `history_from`.
    """
    channel, _, ts = conversation_id.partition(":")
    if not channels.reads(channel):
        raise NotFound("no such conversation")
    index = index or unit.stores.index.read(unit.tenant_id)
    with unit.side_by_side() as reads:
        found_channels = reads.submit(channel_names, unit)
        conversation = conversation_around(channel, ts, ts, unit)
    if conversation is None or conversation.private or not conversation.undeleted_messages:
        raise NotFound("no such conversation")
    if history_from is not None and conversation.latest.posted_at < history_from:
        raise NotFound("no such conversation")
    # What a burst adds to may stand in the thread of one before it.
    earliest = f"{float(conversation.messages[0].root_ts) - LONGEST_BURST_SECONDS:.6f}"
    decisions = unit.stores.decisions.between(unit.tenant_id, channel, earliest, conversation.messages[-1].root_ts)
    return _viewer(decisions, found_channels.result(), index, unit, unnamed)(conversation)


def _matches(decision: Decision, criteria: DecisionFilter, ticket: Ticket | None) -> bool:
    return (
        (criteria.state is None or decision.state is criteria.state)
        and (criteria.kind is None or decision.action.kind is criteria.kind)
        and (criteria.ticket is None or (ticket is not None and decision.concerns(ticket.id)))
    )


def _viewer(
    decisions: Sequence[Decision],
    channels: Mapping[str, str],
    index: TeamIndex,
    unit: Unit,
    unnamed: Unnamed | None = None,
) -> Callable[[Conversation], ConversationView]:
    """What makes a view of a conversation, given all decisions that may cite it, and what channels are called."""
    chat, shown_to_all = unit.provider(Role.CHAT), _decision_view(index, channels)
    names = {member.accounts[chat]: member.name for member in index.people if chat in member.accounts}
    base_url = index.base_urls.get(chat)
    shown = ShownNames(names, channels, *unnamed) if unnamed else None
    decisions_by_message: dict[MessageId, list[Decision]] = {}
    for decision in decisions:
        for receipt in decision.evidence:
            decisions_by_message.setdefault(receipt.message_id, []).append(decision)

    def view(conversation: Conversation) -> ConversationView:
        cited_decisions = {
            decision.id: decision
            for message in conversation.messages
            for decision in decisions_by_message.get(message.id, ())
        }
        return ConversationView(
            id=conversation.id,
            channel=conversation.channel,
            began_at=conversation.messages[0].posted_at,
            untracked=any(decision.untracked for decision in cited_decisions.values()),
            messages=tuple(
                _message_view(message, names, base_url, shown) for message in conversation.undeleted_messages
            ),
            decisions=tuple(shown_to_all(decision) for decision in cited_decisions.values()),
        )

    return view


def _message_view(
    message: Message, names: Mapping[str, str], base_url: str | None, shown: ShownNames | None
) -> MessageView:
    return MessageView(
        id=message.id,
        author=names.get(message.author, shown.somebody if shown else message.author),
        at=message.posted_at,
        text=as_shown(message.text, shown) if shown else message.text,
        edited=message.edited_ts is not None,
        url=permalink(base_url, message) if base_url else None,
    )
