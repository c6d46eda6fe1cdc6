"""Ask what a conversation means for the tickets. Reads and asks, changes nothing: the dry run is exactly this."""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from pm_assistant.domain import causes
from pm_assistant.domain.actions import CreateTicket, Ignore, MoveTicket
from pm_assistant.domain.bounds import LARGEST_ITEM, pieces
from pm_assistant.domain.decisions import (
    Decision,
    DecisionState,
    Evidence,
    Judged,
    Judgement,
    Proposal,
    Subject,
    bounded,
    decision_id,
)
from pm_assistant.domain.errors import NotConnected, NotFound
from pm_assistant.domain.grounding import LED_ASTRAY, grounded
from pm_assistant.domain.history import History, speakers_of
from pm_assistant.domain.index import TeamIndex, TicketHead
from pm_assistant.domain.model import Model
from pm_assistant.domain.people import Participant
from pm_assistant.domain.policy import POLICY_VERSION, enrolled, flaw, ruled
from pm_assistant.domain.tenants import Member, Tenant
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.work import Conversation, Message, MessageId, Team, Ticket
from pm_assistant.language.ranking.mentions import keys_named_in, named_in
from pm_assistant.language.retrieval import Ranking
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.connections.duplicates import canonical_ids
from pm_assistant.workflows.pipeline.conversations import circumstances
from pm_assistant.workflows.pipeline.corrections import TAKEN_BACK_SINCE, is_corrected
from pm_assistant.workflows.pipeline.drafting import Drafting
from pm_assistant.workflows.pipeline.orders import Ordered, orders_in
from pm_assistant.workflows.pipeline.precedents import Precedents
from pm_assistant.workflows.tenants.audience import open_to_all

LARGEST_VERDICT = LARGEST_ITEM - 100_000
"""In bytes; what was decided before may be joined to it."""
FOR_ONE_MESSAGE, FOR_ALL = 3, 8
"""Tickets that are looked for of each message of a burst, and of all that was said."""
BEGINNING_UNKNOWN = "what it answers is not known to us"
NO_ROOM = "there is no room for more"
NOTHING_USABLE = "nothing usable was proposed"
LEAST_LIKELY = 1e-9
"""No talk is about a ticket for certain: that keeps odds finite."""
MOST_PROPOSALS = 60
"""In one answer: a comment and a move for each candidate, and what else there may be. Of more none counts."""
MOST_CANDIDATES = 24
"""What a model sees at most, however many topics a burst has; a conversation about one thing gets eight."""
MOST_NAMED = 10
"""Tickets that one message may name, or be taken to be about: of more none is touched."""
TOO_MANY_NAMED = f"More than {MOST_NAMED} tickets are named at once, so none of them was touched."
TOO_MANY_MEANT = f"One message is taken to be about more than {MOST_NAMED} tickets, so none of them was touched."
TOO_MANY_PROPOSED = f"More than {MOST_PROPOSALS} things are proposed at once, so none of them was done."


class Verdict(Model):
    """What a conversation should lead to, and what the analyst said that cannot be used (with the reason)."""

    decisions: tuple[Decision, ...]
    unusable: tuple[str, ...] = ()


def judge(conversation: Conversation, tenant: Tenant, unit: Unit) -> Verdict:
    """Take the orders that people gave; of all else ask the analyst once, and apply the tenant's policy to its answer.

    A conversation in which nothing is left standing leads to nothing and costs nothing. Tickets of a private team are
    no candidates: wherever the conversation is, not all who are there may read them.
    """
    if not conversation.undeleted_messages:
        return Verdict(decisions=())
    now = unit.now()
    shown = conversation.model_copy(update={"messages": conversation.shown_messages})
    index = unit.stores.index.read(tenant.id)
    people, teams = _participants(index.people, unit), open_to_all(index.teams)
    ordered = orders_in(conversation, tenant, index, unit)
    if {message.id for message in shown.messages} <= ordered.settled:
        return Verdict(decisions=_that_fit(_one_per_id(ordered.decisions)))
    shown = shown.model_copy(update={"messages": tuple(m for m in shown.messages if m.id not in ordered.messages)})
    named = _named_by_message(shown, index, teams)
    lists = frozenset(id for id, ticket_ids in named.items() if len(ticket_ids) > MOST_NAMED)
    candidate_tickets, odds = _candidates(shown, index, people=people, teams=teams, unit=unit, named=named)
    judgement = unit.analyst.judge(
        shown,
        candidates=candidate_tickets,
        teams=teams,
        people=people,
        now=now,
        language=tenant.settings.language,
        odds=odds,
    )
    tickets, workflows = {ticket.id: ticket for ticket in candidate_tickets}, {team.id: team for team in teams}
    sources = partial(_sources, shown, tickets=candidate_tickets, teams=teams, people=people)

    def examined(proposal: Proposal) -> Proposal | str:
        problem = flaw(proposal, conversation=shown, tickets=tickets, teams=workflows)
        problem = problem or _objection(proposal, shown, lists, unit) or _unfounded(proposal, shown, named)
        return problem or grounded(proposal, sources(proposal)) or LED_ASTRAY

    # What is to become of what is settled, a person has said.
    proposals = [
        each
        for each in judgement.proposals
        if not ordered.settled.issuperset(each.evidence)
        and not _is_ordered(each, ordered, shown)
        and not _answers_refused(each, ordered, conversation)
    ]
    sifted = _sifted(proposals, shown, examined)
    complete = partial(_completed, tenant=tenant, index=index, unit=unit)
    usable = [each for proposal in sifted.sound for each in complete(proposal, shown, candidate_tickets)]
    for because, message_ids in {TOO_MANY_NAMED: lists, **sifted.left_alone}.items():
        usable += _left_alone(message_ids, shown, because=because)
    chat = unit.provider(Role.CHAT)
    if chat not in index.base_urls:
        raise NotConnected(causes.is_not_connected(chat.label))
    decisions = [
        _decision(
            proposal, judgement, conversation, tenant=tenant, tickets=tickets, base_url=index.base_urls[chat], now=now
        )
        for proposal in usable or ([] if ordered.decisions else [_nothing_usable(conversation)])
    ]
    exclusive = [each for each, proposal in zip(decisions, usable, strict=False) if proposal.exclusive]
    decisions = [_with_alternatives(each, exclusive) if each in exclusive else each for each in decisions]
    if awaited := _awaited(shown, index):
        decisions = [decision.model_copy(update={"awaits": awaited}) for decision in decisions]
    decided = _one_per_id([*ordered.decisions, *decisions])
    fitting = _that_fit(decided)
    without_room = (f"{decision.action.kind}: {NO_ROOM}" for decision in decided if decision not in fitting)
    return Verdict(decisions=fitting, unusable=(*sifted.unusable, *without_room))


def _objection(proposal: Proposal, shown: Conversation, lists: Set[MessageId], unit: Unit) -> str | None:
    """Why nothing is to come of a proposal that is one, if so."""
    if is_corrected(proposal.action, proposal.evidence, shown, unit):
        return TAKEN_BACK_SINCE
    return None if lists.isdisjoint(proposal.evidence) else TOO_MANY_NAMED


def _unfounded(proposal: Proposal, shown: Conversation, named: Mapping[MessageId, Set[str]]) -> str | None:
    """Whether a ticket would be moved by the answers to what we have not read, and that is named in none of them."""
    begins_later = bool(shown.messages) and shown.messages[0].is_reply
    if not begins_later or not isinstance(proposal.action, MoveTicket):
        return None
    return None if any(proposal.action.ticket_id in ids for ids in named.values()) else BEGINNING_UNKNOWN


class _Sifted(NamedTuple):
    """What of an answer can be used, why each of the rest cannot, and the messages of which nothing comes, by why."""

    sound: Sequence[Proposal]
    unusable: Sequence[str]
    left_alone: Mapping[str, Set[MessageId]] = MappingProxyType({})


def _sifted(
    proposals: Sequence[Proposal], shown: Conversation, examined: Callable[[Proposal], Proposal | str]
) -> _Sifted:
    """Sift an answer: all that it does with a message counts, or none; and all of it or none, if it is a flood.

    Args:
        proposals: what it holds.
        shown: what it was asked about.
        examined: says of each what it is worth by itself: the proposal as it can be used, or why it cannot.
    """
    if len(proposals) > MOST_PROPOSALS:
        last = {message.id for message in shown.undeleted_messages[-1:]}
        return _Sifted((), [TOO_MANY_PROPOSED], {TOO_MANY_PROPOSED: last})
    found = [(proposal, examined(proposal)) for proposal in proposals]
    crowded = _about_too_many([each for _, each in found if isinstance(each, Proposal)])
    sound, unusable = list[Proposal](), list[str]()
    for proposal, each in found:
        if isinstance(each, Proposal) and crowded.isdisjoint(proposal.evidence):
            sound.append(each)
        else:
            unusable.append(f"{proposal.action.kind}: {each if isinstance(each, str) else TOO_MANY_MEANT}")
    return _Sifted(sound, unusable, {TOO_MANY_MEANT: crowded})


def _about_too_many(proposals: Iterable[Proposal]) -> Set[MessageId]:
    """The messages that are taken to be about more tickets than one can be meant to be about."""
    about: dict[MessageId, set[str]] = {}
    for proposal in proposals:
        if (ticket_id := proposal.action.about_ticket) is not None:
            for id in proposal.evidence:
                about.setdefault(id, set()).add(ticket_id)
    return {id for id, ticket_ids in about.items() if len(ticket_ids) > MOST_NAMED}


def _left_alone(message_ids: Set[MessageId], shown: Conversation, *, because: str) -> Sequence[Proposal]:
    """That nothing came of what these messages say, and why, for the log."""
    evidence = tuple(message.id for message in shown.messages if message.id in message_ids)
    if not evidence:
        return ()
    return [Proposal(action=Ignore(work=True), confidence=1.0, reason=because, evidence=evidence)]


def _completed(
    proposal: Proposal,
    conversation: Conversation,
    candidates: Sequence[Ticket],
    *,
    tenant: Tenant,
    index: TeamIndex,
    unit: Unit,
) -> Sequence[Proposal]:
    """What follows once it is known whether there was such work before, new tickets with all that is known of them."""
    cited = [message for message in conversation.messages if message.id in proposal.evidence]
    drafting = Drafting(conversation, tenant, index, unit, near=candidates)
    precedents = Precedents(candidates, open_to_all(index.teams), drafting.names, now=unit.now())
    is_made = _is_made(proposal, cited, unit)
    return [
        each.model_copy(update={"action": drafting.filled(each.action, cited)})
        if isinstance(each.action, CreateTicket)
        else each
        for each in ([proposal] if is_made else precedents.applied(proposal, cited))
    ]


def _is_ordered(proposal: Proposal, ordered: Ordered, conversation: Conversation) -> bool:
    """Whether it is about a ticket that was ordered about: a move of it, or what whoever gave the order says of it.

    What others tell of it is news beside the order.
    """
    authors = {author for ticket_id, author in ordered.tickets if ticket_id == proposal.action.about_ticket}
    said_by = {message.author for message in conversation.messages if message.id in proposal.evidence}
    return bool(authors) and (isinstance(proposal.action, MoveTicket) or said_by <= authors)


def _answers_refused(proposal: Proposal, ordered: Ordered, conversation: Conversation) -> bool:
    """Whether it is a new ticket for nothing but what people answer to an order that its author may not give."""
    if not isinstance(proposal.action, CreateTicket):
        return False
    refused = {m.root_ts for m in conversation.messages if m.id in ordered.refused and not m.is_reply}
    return refused.issuperset(m.root_ts for m in conversation.messages if m.id in proposal.evidence)


def _is_made(proposal: Proposal, cited: Sequence[Message], unit: Unit) -> bool:
    """Whether it is the new ticket of its thread that we have made already: it is no precedent of itself."""
    if not isinstance(proposal.action, CreateTicket) or proposal.action.regression_of is not None:
        return False
    subject = Subject(channel=cited[0].channel, root_ts=cited[0].root_ts)
    try:
        made = unit.stores.decisions.get(unit.tenant_id, decision_id(unit.tenant_id, subject, proposal.action))
    except NotFound:
        return False
    return made.effect is not None


def _participants(members: Iterable[Member], unit: Unit) -> Sequence[Participant]:
    chat, tracker = unit.provider(Role.CHAT), unit.provider(Role.TRACKER)
    return [Participant(name=m.name, chat_id=m.accounts.get(chat), tracker_id=m.accounts.get(tracker)) for m in members]


def _named_by_message(
    conversation: Conversation, index: TeamIndex, teams: Iterable[Team]
) -> Mapping[MessageId, Set[str]]:
    """The ids of the tickets that each message names, if everybody may read them."""
    readable, workspace = {team.id for team in teams}, index.tickets.workspace
    heads = {
        message.id: [
            index.tickets.heads[number] for number in named_in(message.text, index.tickets, workspace=workspace)
        ]
        for message in conversation.undeleted_messages
    }
    return {id: {head.id for head in named if head.team_id in readable} for id, named in heads.items()}


def _awaited(conversation: Conversation, index: TeamIndex) -> tuple[str, ...]:
    """The keys of our teams that are said and that no ticket has, or had: it may be in the trash, or not told of."""
    team_keys, tickets = {team.key for team in index.teams}, index.tickets

    def is_awaited(key: str) -> bool:
        return key.partition("-")[0] in team_keys and not tickets.with_key(key)

    said = (message.text for message in conversation.undeleted_messages)
    keys = (key for text in said for key in keys_named_in(text, is_awaited, workspace=tickets.workspace))
    return tuple(dict.fromkeys(keys))[:MOST_NAMED]


def likely_tickets(conversation: Conversation, index: TeamIndex, unit: Unit) -> Sequence[tuple[Ticket, float]]:
    """The tickets that a conversation may be about, likeliest first, each with its odds against its being none."""
    people, teams = _participants(index.people, unit), open_to_all(index.teams)
    named = _named_by_message(conversation, index, teams)
    tickets, odds = _candidates(conversation, index, people=people, teams=teams, unit=unit, named=named)
    return sorted(((ticket, odds[ticket.id]) for ticket in tickets), key=lambda found: found[1], reverse=True)


def _candidates(
    conversation: Conversation,
    index: TeamIndex,
    *,
    people: Iterable[Participant],
    teams: Iterable[Team],
    unit: Unit,
    named: Mapping[MessageId, Set[str]],
) -> tuple[Sequence[Ticket], Mapping[str, float]]:
    """Find what the conversation may be about, and by which odds; in a burst each message may be about another."""
    readable = {team.id for team in teams}
    ranking = Ranking(
        index.tickets,
        now=unit.now(),
        authors={person.chat_id: person.tracker_id for person in people if person.chat_id and person.tracker_id},
        names={person.chat_id: person.name for person in people if person.chat_id},
        readable=lambda head: head.team_id in readable,
        history=_history(conversation, unit),
        workspace=index.tickets.workspace,
    )
    # Half of the places are others': so all that are named have one.
    places = [2 * len(ticket_ids) for ticket_ids in named.values() if len(ticket_ids) <= MOST_NAMED]
    shortlists = [ranking.shortlist(conversation, limit=max([FOR_ALL, *places]))]
    if not conversation.threaded:
        for message in conversation.undeleted_messages:
            single_message = conversation.model_copy(update={"messages": (message,)})
            shortlists.append(ranking.shortlist(single_message, limit=FOR_ONE_MESSAGE))
    odds: dict[str, float] = {}
    heads: dict[str, TicketHead] = {}
    for shortlist in shortlists:
        for head, probability in shortlist.candidates:
            heads.setdefault(head.id, head)
            odds[head.id] = max(odds.get(head.id, 0.0), probability / max(shortlist.none, LEAST_LIKELY))
    shown = list(heads.values())[:MOST_CANDIDATES]
    # What has moved to a private team meanwhile is as little for everybody as what was there before.
    whole = {t.id: t for t in unit.stores.tickets.whole(unit.tenant_id, shown) if t.team_id in readable}
    found = [whole[head.id] for head in shown if head.id in whole]
    return _without_duplicates(found, odds, index, readable=readable, unit=unit)


def _history(conversation: Conversation, unit: Unit) -> History:
    """What those who listen here may know of what its speakers have been talking about, and of what talk was about."""
    history = unit.stores.history.read(unit.tenant_id, speakers_of(conversation.undeleted_messages))
    return history.as_known_in(conversation.channel, at=unit.now())


def _without_duplicates(
    tickets: Sequence[Ticket], odds: Mapping[str, float], index: TeamIndex, *, readable: Set[str], unit: Unit
) -> tuple[Sequence[Ticket], Mapping[str, float]]:
    """In place of each duplicate the ticket with which people go on, which goes by its keys, too."""
    ids = canonical_ids(tickets, index, unit)
    heads = [head for id in {*ids.values()} if (head := index.tickets.get(id)) is not None and head.team_id in readable]
    canonical = {t.id: t for t in unit.stores.tickets.whole(unit.tenant_id, heads) if t.team_id in readable}
    shown: dict[str, Ticket] = {}
    joined: dict[str, float] = {}
    for ticket in tickets:
        other = canonical.get(ids.get(ticket.id, ""), ticket)
        known = shown.get(other.id, other)
        keys = (*known.former_keys, ticket.key, *ticket.former_keys) if other is not ticket else known.former_keys
        shown[other.id] = known.model_copy(update={"former_keys": keys})
        joined[other.id] = max(joined.get(other.id, 0.0), odds[ticket.id])
    return list(shown.values()), joined


def _sources(
    conversation: Conversation,
    proposal: Proposal,
    *,
    tickets: Iterable[Ticket],
    teams: Iterable[Team],
    people: Iterable[Participant],
) -> Sequence[str]:
    """What the words of a proposal may rest on: what it cites, those who say it, and the tickets that may be meant."""
    cited = [message for message in conversation.messages if message.id in proposal.evidence]
    said = [part for message in cited for part in (message.text, *message.files)]
    heard = " ".join((*said, *(message.author for message in cited)))
    names = [person.name for person in people if person.chat_id and person.chat_id in heard]
    planned = [
        part for t in tickets
        for part in (t.key, *t.former_keys, t.title, t.description, *t.labels, t.assignee_name or "", t.state.name)
    ]  # fmt: skip
    return [*said, *names, *planned, *(part for t in teams for part in (t.name, *(state.name for state in t.states)))]


def _nothing_usable(conversation: Conversation) -> Proposal:
    return Proposal(
        action=Ignore(),
        confidence=0.0,
        reason=NOTHING_USABLE,
        evidence=(conversation.undeleted_messages[-1].id,),
    )


def _one_per_id(decisions: Sequence[Decision]) -> Sequence[Decision]:
    """Keep the surest decision of each id; an analyst may name the same ticket twice."""
    surest: dict[str, Decision] = {}
    for decision in decisions:
        best_so_far = surest.get(decision.id)
        if best_so_far is None or decision.confidence > best_so_far.confidence:
            surest[decision.id] = decision
    return list(surest.values())


def _with_alternatives(decision: Decision, exclusive: Iterable[Decision]) -> Decision:
    """An exclusive decision with those of the same words that are about another ticket, or a new one."""
    words = {receipt.message_id for receipt in decision.evidence}
    others = (
        other.id
        for other in exclusive
        if other.id != decision.id
        and other.action.about_ticket != decision.action.about_ticket
        and words == {receipt.message_id for receipt in other.evidence}
    )
    return decision.model_copy(update={"alternatives": tuple(dict.fromkeys(others))})


def _that_fit(decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """The surest of them, as many as the row of a verdict holds: nothing else says how much an analyst may propose."""
    surest_first = sorted(decisions, key=lambda decision: decision.confidence, reverse=True)
    sized = ((decision, len(decision.model_dump_json().encode())) for decision in surest_first)
    fitting = {decision.id for decision in next(pieces(sized, most=LARGEST_VERDICT), ())}
    return tuple(decision for decision in decisions if decision.id in fitting)


def _decision(
    proposal: Proposal,
    judgement: Judgement,
    conversation: Conversation,
    *,
    tenant: Tenant,
    tickets: Mapping[str, Ticket],
    base_url: str,
    now: datetime,
) -> Decision:
    cited = set(proposal.evidence)
    evidence = [message for message in conversation.messages if message.id in cited]
    # The thread below the first message cited, not the burst it stood in: a later thread there is the same subject.
    subject = Subject(channel=conversation.channel, root_ts=evidence[0].root_ts)
    decision = Decision(
        id=decision_id(tenant.id, subject, proposal.action),
        subject=subject,
        action=proposal.action,
        confidence=proposal.confidence,
        reason=proposal.reason,
        evidence=bounded(tuple(Evidence.of(message, base_url) for message in evidence)),
        runners_up=tuple(runner_up for runner_up in proposal.runners_up if runner_up.ticket_id in tickets),
        asks_first=proposal.asks_first,
        **{name: getattr(judgement, name) for name in Judged.model_fields},
        state=DecisionState.LOGGED,
        policy=POLICY_VERSION,
        **circumstances(conversation, tenant, at=now),
    )
    decision = enrolled(decision, conversation.id, tenant, at=now)
    ticket = tickets.get(proposal.action.about_ticket or "")
    labels = ticket.labels if ticket is not None else ()
    return ruled(decision, tenant=tenant, private=conversation.private, labels=labels)
