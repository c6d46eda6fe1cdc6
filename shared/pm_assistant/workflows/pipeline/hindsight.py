"""What we know today of how things stood before, and of what people made of it without us."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple, cast

from pm_assistant.domain.actions import Action, Comment, CreateTicket, MoveTicket
from pm_assistant.domain.backtest import Label, answers
from pm_assistant.domain.decisions import Decision
from pm_assistant.domain.history import History
from pm_assistant.domain.index import TeamIndex, TicketHead
from pm_assistant.domain.tenants import TenantId
from pm_assistant.domain.work import Conversation, Ticket, TicketState, permalink
from pm_assistant.ports.unit import Unit
from pm_assistant.ports.vendors import Analyst
from pm_assistant.workflows.tenants.audience import open_to_all

FOLLOWED_UP = timedelta(days=7)
"""How long after a conversation what people do in the tracker may still be because of it."""
MOST_COMMENTS = 50
"""Of a ticket that are looked through for where they link to."""


class _Opened(NamedTuple):
    ticket: Ticket
    links: str


class Hindsight:
    """What became of the conversations of a stretch of time.

    Attributes:
        index: the team's work as it is today.
    """

    def __init__(self, conversations: Sequence[Conversation], unit: Unit) -> None:
        began = min(conversation.messages[0].posted_at for conversation in conversations)
        ended = max(conversation.messages[-1].posted_at for conversation in conversations)
        self._unit, self._tenant_id = unit, unit.tenant_id
        self._began, self._ended = began, ended
        self.index = unit.stores.index.read(unit.tenant_id)
        self._log = unit.stores.decisions.since(unit.tenant_id, began)
        self._ours = {left.external_id for decision in self._log if (left := decision.outcome or decision.intended)}

    @cached_property
    def _opened(self) -> Sequence[_Opened]:
        """What people have opened meanwhile, where everybody may read it."""
        readable = {team.id for team in open_to_all(self.index.teams)}
        heads = [
            head
            for head in self.index.tickets
            if self._began < head.created_at <= self._ended + FOLLOWED_UP
            and head.team_id in readable
            and head.id not in self._ours
        ]
        opened = self._unit.stores.tickets.whole(self._tenant_id, heads)
        return [_Opened(ticket, self._links(ticket)) for ticket in opened]

    def decisions_on(self, conversation: Conversation) -> Sequence[Decision]:
        """What was decided because of a conversation."""
        said = {message.id for message in conversation.messages}
        return [d for d in self._log if any(receipt.message_id in said for receipt in d.evidence)]

    def labels(self, conversation: Conversation) -> Sequence[Label]:
        """What people wanted of a conversation: what they answered, and the tickets that they opened for it."""
        return [*answers(self.decisions_on(conversation)), *self._openings(conversation)]

    def before(self, moment: datetime, conversation: Conversation, analyst: Analyst) -> Unit:
        """A unit in which it is that moment, as far as we know how things stood.

        Tickets that came later are not there, nor is one that we made because of the very conversation; one that was
        moved later, or by us because of it, stands one phase before. What people said later of any thread is not known.

        Args:
            moment: what time it is.
            conversation: is going to be judged.
            analyst: who judges.
        """
        ours = self.decisions_on(conversation)
        made = {d.outcome.external_id for d in ours if d.outcome and isinstance(d.action, CreateTicket)}
        by_us = [d for d in self._log if isinstance(d.performed_action, MoveTicket) and d.outcome and d.outcome.changed]
        moved = {d.outcome.external_id for d in by_us if d.outcome and (d in ours or d.updated_at > moment)}
        changes: dict[str, TicketHead | None] = {}
        for head in self.index.tickets:
            if head.created_at > moment or head.id in made:
                changes[head.id] = None
            elif head.id in moved or (head.completed_at is not None and head.completed_at > moment):
                changes[head.id] = head._replace(state=self._before(head), completed_at=None)
        then = self.index._replace(tickets=self.index.tickets.seen_as(changes))
        answered_later = {d.subject.id for d in self._log if d in ours or d.updated_at > moment}
        real = self._unit.stores

        def read_index(_: TenantId) -> TeamIndex:
            return then

        def whole(tenant_id: TenantId, heads: Collection[TicketHead]) -> Sequence[Ticket]:
            return [_as_in(changes.get(ticket.id), ticket) for ticket in real.tickets.whole(tenant_id, heads)]

        def read_history(tenant_id: TenantId, speakers: Collection[str]) -> History:
            history = real.history.read(tenant_id, speakers)
            known = [match for match in history.confirmed if match.conversation_id not in answered_later]
            heard = {who: [h for h in past if not h.rests_on(conversation)] for who, past in history.recent.items()}
            return history._replace(recent=heard, confirmed=known)

        index, history = _Instead(real.index, read=read_index), _Instead(real.history, read=read_history)
        stores = _Instead(real, index=index, history=history, tickets=_Instead(real.tickets, whole=whole))
        return cast("Unit", _Instead(self._unit, stores=stores, analyst=analyst, now=lambda: moment))

    def done_by_people(self, decision: Decision, conversation: Conversation) -> bool:
        """Whether people did themselves what would have been decided: closed the ticket, or linked what was said."""
        ticket = self.index.tickets.get(decision.action.about_ticket or "")
        if ticket is None:
            return False
        last = conversation.messages[-1].posted_at
        if isinstance(decision.action, MoveTicket):
            closed_at = ticket.completed_at if decision.action.to == ticket.state else None
            by_us = any(isinstance(d.action, MoveTicket) and ticket.id in d.action.tickets for d in self._performed)
            return closed_at is not None and not by_us and last < closed_at <= last + FOLLOWED_UP
        if isinstance(decision.action, Comment):
            whole = self._unit.stores.tickets.whole(self._tenant_id, [ticket])
            return any(_leads_to(conversation, self._links(each)) for each in whole)
        return False

    def keys(self, actions: Iterable[Action]) -> Mapping[str, str]:
        """The keys of the tickets that these are about, by the tickets' ids."""
        heads = (self.index.tickets.get(action.about_ticket) for action in actions if action.about_ticket)
        return {head.id: head.key for head in heads if head is not None}

    @property
    def _performed(self) -> Sequence[Decision]:
        return [decision for decision in self._log if decision.performed is not None]

    def _openings(self, conversation: Conversation) -> Sequence[Label]:
        """The tickets that people opened for a conversation: they link to it, or its thread names them afterwards."""
        labels = []
        for ticket, links in self._opened:
            said_later = "\n".join(m.text for m in conversation.undeleted_messages if m.posted_at >= ticket.created_at)
            named = conversation.threaded and re.search(rf"\b{re.escape(ticket.key)}\b", said_later, re.IGNORECASE)
            follows = conversation.messages[0].posted_at < ticket.created_at
            if follows and (named or _leads_to(conversation, links)):
                action = CreateTicket(title=ticket.title, description="")
                just_before = ticket.created_at - timedelta(seconds=1)
                labels.append(Label(action, True, frozenset(), (ticket.url,), as_of=just_before))
        return labels

    def _links(self, ticket: Ticket) -> str:
        """All the text of a ticket in which people may have put an address."""
        planning, ours = self._unit.stores.planning, self._ours
        comments = planning.comments(self._tenant_id, ticket.id, limit=MOST_COMMENTS)
        attached = planning.attachments(self._tenant_id, ticket.id)
        said = [comment.text for comment in comments if comment.id not in ours]
        return "\n".join([ticket.description, *said, *(page.url for page in attached if not page.removed)])

    def _before(self, head: TicketHead) -> TicketState:
        """Where a ticket may have stood before it was moved to where it is."""
        team = next((team for team in self.index.teams if team.id == head.team_id), None)
        earlier = [s for s in team.states if team.forwards(s, head.state)] if team else []
        return max(earlier, key=lambda state: state.type.rank, default=head.state)


def moment_of(conversation: Conversation, labels: Sequence[Label]) -> datetime:
    """When to judge it: before people opened a ticket for it, else when they were asked, else when all was said."""
    opened = [label.as_of for label in labels if not label.cited]
    asked = [label.as_of for label in labels if label.cited]
    first, last = conversation.messages[0].posted_at, conversation.messages[-1].posted_at
    return max(first, min(opened, default=max(asked, default=last)))


def _leads_to(conversation: Conversation, text: str) -> bool:
    pages = (permalink("", message).partition("?")[0] for message in conversation.messages)
    return any(page in text for page in pages)


class _Instead:
    """Something of which a part is another; all else is as in the original."""

    def __init__(self, original: object, **parts: object) -> None:
        self._original = original
        vars(self).update(parts)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)


def _as_in(head: TicketHead | None, ticket: Ticket) -> Ticket:
    return ticket.model_copy(update={"state": head.state, "completed_at": head.completed_at}) if head else ticket
