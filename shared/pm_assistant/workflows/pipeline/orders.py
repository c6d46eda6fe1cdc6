"""What people order in a conversation, as decisions that are carried out without asking; reads, and changes nothing.

A message is read once: what it ordered stands in the log, and what it reads as later changes that only if its words do.
Whether whoever ordered it may is looked up when it is carried out (`obey.py`), as with any other answer.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import NamedTuple, assert_never

from pm_assistant.domain.actions import Action, ChangeTicket, Comment, CreateTicket, Ignore, MoveTicket, TicketField
from pm_assistant.domain.answers import FORM
from pm_assistant.domain.bounds import cut
from pm_assistant.domain.decisions import (
    Decision,
    DecisionState,
    Evidence,
    Subject,
    bounded,
    ordered_id,
)
from pm_assistant.domain.drafts import PRIORITIES, Suggestion
from pm_assistant.domain.errors import NotConnected
from pm_assistant.domain.index import TeamIndex, TicketHead
from pm_assistant.domain.orders import GivenOrder
from pm_assistant.domain.policy import POLICY_VERSION
from pm_assistant.domain.tenants import Standing, Tenant
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.work import (
    LONGEST_BURST_SECONDS,
    Conversation,
    Message,
    MessageId,
    Team,
    Ticket,
    conversations_in,
)
from pm_assistant.language import text
from pm_assistant.language.drafting import shares_subject
from pm_assistant.language.excerpts import LONGEST_TITLE, excerpt, short_title
from pm_assistant.language.naming import MOST_NAMED, tickets_called
from pm_assistant.language.orders.models import (
    ME,
    MOST_KEYS,
    ChangeOrder,
    CreateOrder,
    DismissOrder,
    MoveOrder,
    Names,
    NoteOrder,
    Order,
    RelinkOrder,
    UnclearOrder,
    UndoOrder,
)
from pm_assistant.language.orders.reading import VERSION, Reading, read_orders
from pm_assistant.language.orders.states import state_meant
from pm_assistant.language.questions import read_question
from pm_assistant.language.ranking.pool import is_current
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation.i18n import gettext_noop
from pm_assistant.workflows.pipeline.conversations import circumstances
from pm_assistant.workflows.pipeline.drafting import ORDERED, Drafting
from pm_assistant.workflows.pipeline.ticket_keys import ticket_with_key
from pm_assistant.workflows.tenants.audience import open_to_all

GOOD_FOR = timedelta(days=1)
"""What was ordered longer ago, and was never read, nobody expects to happen any more: it was told us late."""
THIS_WITHIN = timedelta(minutes=30)
"""How long ago that may have been said in a channel which an order there calls `this`."""
LONGEST_PLAIN = 300
"""Characters of a message that may be an order without naming us: longer ones say something else as well."""
UNCLEAR = (
    "I do not understand that order. I can create a ticket, move, close, reopen, assign or label one, set its "
    "priority, add this to one, take the right one instead, and undo"
)
NOTHING_SAID = "I do not see what the ticket is to be about: say it behind a colon"
TOO_MANY = f"I do at most {MOST_KEYS} tickets at once, and have touched none of these"
WHICH_TICKET = gettext_noop("say which ticket, by its key")
NOTHING_TO_UNDO = "there is nothing that I have done here and could take back"
CANCEL_OR_UNDO = (
    "that may mean the ticket, or what I did or asked about it here: order its move to Canceled by its key, or answer "
    "on the card"
)
BEING_MADE = "a ticket for this is being made already"
NO_SUCH_STATE = "the ticket's team has no such state"


class Refused(Exception):
    """It cannot be done; the message says why, in words for people."""


class Ordered(NamedTuple):
    """What people ordered in a conversation.

    Attributes:
        decisions: all that follows from it.
        messages: the ones that are orders, or questions to us: nothing else follows from them.
        settled: these, and those before them that they dispose of.
        tickets: ids of those that were ordered about in a channel, each with who ordered: of nothing that these say
            besides is anything done there. What is said below an order in its thread is news, as is what others say.
        refused: those of them whose author may give no orders: what is answered to one is no new work.
    """

    decisions: Sequence[Decision] = ()
    messages: frozenset[MessageId] = frozenset()
    settled: frozenset[MessageId] = frozenset()
    tickets: frozenset[tuple[str, str]] = frozenset()
    refused: frozenset[MessageId] = frozenset()


def orders_in(conversation: Conversation, tenant: Tenant, index: TeamIndex, unit: Unit) -> Ordered:
    """Read what a conversation's people order, and say what follows."""
    candidates = [m for m in conversation.undeleted_messages if "<@" in m.text or (m.is_reply and _may_be_plain(m))]
    if not candidates:
        return Ordered()
    desk = _Desk(conversation, tenant, index, unit)
    decisions: list[Decision] = []
    orders: list[MessageId] = []
    settled: set[MessageId] = set()
    tickets: set[tuple[str, str]] = set()
    refused: set[MessageId] = set()
    for message in candidates:
        if (reading := desk.read(message)).orders:
            followed = [*desk.followed(message, reading)]
            decisions += [*followed, *desk.asked_before(message)]
            orders.append(message.id)
            refused |= {message.id} if desk.will_be_refused(message) else set()
            settled |= desk.settled_by(message, reading)
            tickets |= {(id, message.author) for id in desk.tickets_of(message, reading, followed)}
        elif desk.asks_us(message):
            orders.append(message.id)
            settled.add(message.id)
    return Ordered(decisions, frozenset(orders), frozenset(settled), frozenset(tickets), frozenset(refused))


def ordered_by_form(
    order: Order, form: str, written: Message, said: Conversation, tenant: Tenant, index: TeamIndex, unit: Unit
) -> Sequence[Decision]:
    """What follows from an order that a person gave in a form instead of a message, about what was said in a thread.

    Args:
        order: that was given.
        form: which form it was: sent off twice, it orders once.
        written: stands for the message that it is not: whose it is, when, and below which.
        said: the thread; holding nothing but `written` where the form is about no thread.
        tenant: whose.
        index: of its tickets, people and teams.
        unit: of work.

    Raises:
        Refused: it cannot be done.
    """
    return _Desk(said, tenant, index, unit).ordered_by_form(order, form, written)


def gives_order(message: Message, unit: Unit) -> bool:
    """Whether a message is an order that is said to us by name."""
    if "<@" not in message.text:
        return False
    try:
        us = unit.stores.connections.get(unit.tenant_id, unit.provider(Role.CHAT)).app_user_id
    except NotConnected:
        return False
    return bool(read_orders(message.text, assistant=us, ticket_at=lambda _: None).orders)


def _may_be_plain(message: Message) -> bool:
    if len(message.text) > LONGEST_PLAIN:
        return False
    return bool(read_orders(message.text, assistant="", ticket_at=lambda _: None, in_own_thread=True).orders)


class _Work(NamedTuple):
    """One thing that follows from an order.

    Attributes:
        what: which of the things that one message can order it is.
        cited: the messages that it rests on beside the order.
        asks: people see it before it is done, for it would carry what was said in private to others.
        assigns: whoever ordered it says who is to have the new ticket.
        reason: why it is done, where there is more to say than who ordered it.
    """

    what: str
    action: Action
    cited: Sequence[Message] = ()
    takes_back: Sequence[Decision] = ()
    dismisses: Sequence[Decision] = ()
    asks: bool = False
    assigns: bool = False
    reason: str | None = None
    refusal: str | None = None


class _Desk:
    """Reads the orders of one conversation."""

    def __init__(self, conversation: Conversation, tenant: Tenant, index: TeamIndex, unit: Unit) -> None:
        self._conversation, self._tenant, self._index, self._unit = conversation, tenant, index, unit
        chat = unit.provider(Role.CHAT)
        connection = unit.stores.connections.get(tenant.id, chat)
        self._us, self._base_url = connection.app_user_id, connection.base_url
        self._names = {m.accounts[chat]: m.name for m in index.people if chat in m.accounts}
        standings = ((m.accounts.get(chat), m.standings.get(chat)) for m in index.people)
        self._standings = {account: standing for account, standing in standings if account and standing}
        self._teams: Mapping[str, Team] = {team.id: team for team in open_to_all(index.teams)}
        self._threads: dict[str, Sequence[Decision]] = {}
        self._readings: dict[MessageId, Reading] = {}
        self._said_last: dict[MessageId, Sequence[Message]] = {}
        self._decided: dict[tuple[str, str, str], Sequence[Decision]] = {}

    def read(self, message: Message) -> Reading:
        """What a message orders: said to us, or plainly in a thread where we have spoken before."""
        if message.id not in self._readings:
            self._readings[message.id] = read_orders(
                message.text,
                assistant=self._us,
                ticket_at=self._ticket_at,
                in_own_thread=message.is_reply and _may_be_plain(message) and any(self._spoke_before(message)),
                names=self._names_known if f"<@{self._us}" in message.text else self._places_known,
            )
        return self._readings[message.id]

    @cached_property
    def _places_known(self) -> Names:
        """What teams and states are called."""
        return Names(
            teams={name for team in self._teams.values() for name in (team.key, team.name)},
            states={state.name for team in self._teams.values() for state in team.states},
        )

    @cached_property
    def _names_known(self) -> Names:
        """These, people and labels, which takes to go over all tickets: only where somebody speaks to us by name."""
        return self._places_known._replace(
            people={m.name for m in self._index.people if Standing.LEFT not in m.standings.values()},
            labels={label for head in self._index.tickets for label in head.labels},
        )

    def asks_us(self, message: Message) -> bool:
        """Whether a message asks us by name what we know: it is answered, and says nothing of work."""
        return f"<@{self._us}" in message.text and read_question(message.text, assistant=self._us) is not None

    def followed(self, message: Message, reading: Reading) -> Iterator[Decision]:
        """What follows from a message's orders: what did when it was read first, unless it reads otherwise by now."""
        known = {d.id: d for d in self._thread(message) if d.order and d.order.message_id == message.id}
        obeyed = [decision for decision in known.values() if not decision.words_changed([message])]
        if len(obeyed) == len(known) and (obeyed or self._is_stale(message)):
            yield from obeyed
            return
        for work in self._all_or_none(message, reading):
            fresh = self._decision(message, work)
            before = known.get(fresh.id)
            if before is None:
                yield from () if obeyed else (fresh,)
            elif before.performed is None:
                yield fresh
            elif before.action == fresh.action:
                yield before  # What was done stays: it is ordered still. Where it is not, people are asked to undo it.
        yield from obeyed

    def ordered_by_form(self, order: Order, form: str, written: Message) -> Sequence[Decision]:
        """What follows from an order of a form."""
        if isinstance(order, CreateOrder) and not order.title and any(map(_is_being_made, self._thread(written))):
            raise Refused(BEING_MADE)
        self._readings[written.id] = reading = Reading(orders=(order,))
        return [self._decision(written, work, form=form) for work in self._work(order, written, reading)]

    def asked_before(self, message: Message) -> Sequence[Decision]:
        """What is asked in the thread stays asked; what an order ends is ended once it is known who gave it."""
        asked = [decision for decision in self._asked(message) if decision.order is None]
        return [decision for decision in asked if not decision.words_changed(self._conversation.messages)]

    def _is_stale(self, message: Message) -> bool:
        said_at = datetime.fromtimestamp(float(message.edited_ts or message.ts), UTC)
        return self._unit.now() - said_at > GOOD_FOR

    def settled_by(self, message: Message, reading: Reading) -> Set[MessageId]:
        """What is disposed of by a message's orders: in a thread all that was said before, else what they are about.

        What their author said just before of what a new ticket is ordered for is that ticket's.
        """
        if self.will_be_refused(message):
            return {message.id}
        if message.is_reply:
            return {m.id for m in self._before(message)} | {message.id}
        about_this = any(_is_about_what_was_said(order) for order in reading.orders)
        meant = self._meant(message, reading) if about_this else self._ordered_for(message, reading)
        return {m.id for m in meant} | {message.id}

    def _ordered_for(self, message: Message, reading: Reading) -> Sequence[Message]:
        """What the author of an order said in the channel just before of what a new ticket is ordered for."""
        new = (order.title for order in reading.orders if isinstance(order, CreateOrder))
        titles = [self._plain(title) for title in new if title]
        if message.is_reply or not titles:
            return ()
        own = [m for m in self._before(message) or self._last_said(message) if m.author == message.author]
        return [m for m in own if any(shares_subject(title, self._plain(m.text)) for title in titles)]

    def tickets_of(self, message: Message, reading: Reading, followed: Iterable[Decision]) -> Set[str]:
        """The ids of the tickets that a message in a channel orders something about, or that something is left."""
        if self._conversation.threaded or self.will_be_refused(message):
            return set()
        ids = {id for decision in followed for id in decision.action.tickets}
        left = (key for order in reading.orders if isinstance(order, DismissOrder | UndoOrder) for key in order.keys)
        return ids | {head.id for key in left for head in self._index.tickets.with_key(key)}

    def will_be_refused(self, message: Message) -> bool:
        """Whether whoever gives an order may not: it disposes of nothing."""
        return self._standings.get(message.author, Standing.MEMBER) is not Standing.MEMBER

    def _all_or_none(self, message: Message, reading: Reading) -> Sequence[_Work]:
        """What is to be done for all orders of a message, or why none of them is."""
        try:
            return [work for order in reading.orders for work in self._work(order, message, reading)]
        except Refused as refused:
            return [_Work(f"refused|{message.text_digest}", Ignore(), refusal=str(refused))]

    def _work(self, order: Order, message: Message, reading: Reading) -> Iterator[_Work]:
        match order:
            case CreateOrder():
                yield self._creation(order, message, reading)
            case MoveOrder():
                yield from self._moves(order, message, reading)
            case ChangeOrder():
                yield from self._changes(order, message, reading)
            case NoteOrder():
                yield from self._notes(order, message, reading)
            case RelinkOrder():
                yield from self._relink(order, message, reading)
            case UndoOrder() | DismissOrder():
                yield self._undo(order, message) if isinstance(order, UndoOrder) else self._dismissal(order, message)
            case UnclearOrder(too_many=too_many):
                raise Refused(TOO_MANY if too_many else UNCLEAR)
            case _:
                assert_never(order)

    def _creation(self, order: CreateOrder, message: Message, reading: Reading) -> _Work:
        drafting = Drafting(self._conversation, self._tenant, self._index, self._unit)
        team = self._team(order.team) if order.team else None
        if order.title:
            title, description = self._plain(order.title), self._plain(order.description)
            new = CreateTicket(title=short_title(title), description=description or title, team=team)
            work = self._as_ordered(order, message, drafting.placed(new, [message]), drafting)
            return work._replace(dismisses=self._answered_by(title, message, reading))
        cited, lines = self._meant(message, reading), self._lines(message, reading)
        before = self._decided_about(cited, message)
        if (made := self._made_of(before)) is not None:
            raise Refused(f"there is a ticket for this already, {made}")
        if not message.is_reply and any(_is_being_made(decision) for decision in before):
            raise Refused(BEING_MADE)
        if not lines:
            raise Refused(NOTHING_SAID)
        new = CreateTicket(title=short_title(lines[0][1]), description=excerpt(lines), team=team)
        new = drafting.placed(new, [*cited, message])
        action = drafting.quoted(new, cited) if cited else new
        work = self._as_ordered(order, message, action, drafting)
        dismisses, asks = self._asked_about(cited, message), self._is_private(cited)
        return work._replace(cited=cited, dismisses=dismisses, asks=asks)

    def _answered_by(self, title: str, message: Message, reading: Reading) -> Sequence[Decision]:
        """What is asked and answered by a new ticket of a title: in a thread whether there is to be one like it."""
        if message.is_reply:
            new = [(decision, decision.action) for decision in self._asked(message)]
            return [decision for decision, asked in new if _is_new_like(asked, title)]
        meant = self._ordered_for(message, reading)
        return self._asked_about(meant, message) if meant else ()

    def _as_ordered(self, order: CreateOrder, message: Message, action: CreateTicket, drafting: Drafting) -> _Work:
        """A new ticket with all that was said that it is to have; what the tracker does not know of is left out."""
        change: dict[str, object] = {"priority": order.priority} if order.priority is not None else {}
        nobody, unknown = "", ""
        if order.assignee is not None:
            whom = _whom(order.assignee, message)
            change["suggested_assignee"] = drafting.ordered_for(_account_in(whom))
            nobody = "" if change["suggested_assignee"] else self._plain(whom)
        if order.labels:
            change["labels"] = labels = drafting.labelled(order.labels, action.team)
            known = {label.name.casefold() for label in labels}
            unknown = ", ".join(label for label in order.labels if label.casefold() not in known)
        return _Work(
            "create",
            action.model_copy(update=change),
            assigns=change.get("suggested_assignee") is not None,
            reason=self._reason(message, nobody=nobody, unknown=unknown),
        )

    def _reason(self, message: Message, *, nobody: str = "", unknown: str = "") -> str:
        """Who ordered something, and what of it is not done: who is not known in the tracker, and which labels."""
        told = f"{self._name(message)} told me so"
        if nobody and unknown:
            return f"{told}. Nobody has it, for I know no account of {nobody} in the tracker, nor the label {unknown}."
        if nobody:
            return f"{told}. Nobody has it, for I know no account of {nobody} in the tracker."
        return f"{told}. The team has no label {unknown}." if unknown else f"{told}."

    def _team(self, name: str) -> Suggestion:
        """The team of that name or key; one that not everybody sees is as good as none."""
        meant = (
            team for team in self._teams.values() if name.casefold() in {team.key.casefold(), team.name.casefold()}
        )
        team = next(meant, None)
        if team is None:
            raise Refused(f"{name} is no team that I know")
        return Suggestion(id=team.id, name=team.name, because=ORDERED)

    def _moves(self, order: MoveOrder, message: Message, reading: Reading) -> Iterator[_Work]:
        tickets = self._to_be_moved(order, message, reading)
        if order.or_undo and any(d.concerns(ticket.id) for d in self._standing(message) for ticket in tickets):
            raise Refused(CANCEL_OR_UNDO)
        for ticket in tickets:
            team = self._teams[ticket.team_id]
            to = state_meant(order, team, ticket.state)
            if to is None:
                raise Refused(NO_SUCH_STATE)
            back = not team.forwards(ticket.state, to) and ticket.state.id != to.id
            yield _Work("", MoveTicket(ticket_id=ticket.id, to=to, backwards=back))

    def _changes(self, order: ChangeOrder, message: Message, reading: Reading) -> Iterator[_Work]:
        drafting = Drafting(self._conversation, self._tenant, self._index, self._unit)
        for ticket in self._tickets(order.keys or self._the_one_ticket(message, reading)):
            for field, to in self._wanted(order, ticket, message, drafting):
                yield _Work("", ChangeTicket(ticket_id=ticket.id, field=field, to=to))

    def _wanted(
        self, order: ChangeOrder, ticket: Ticket, message: Message, drafting: Drafting
    ) -> Iterator[tuple[TicketField, Suggestion]]:
        """What fields of a ticket are to be, as the tracker knows it."""
        if order.assignee is not None:
            yield TicketField.ASSIGNEE, self._account(order.assignee, message, drafting)
        if order.priority is not None:
            name = PRIORITIES[order.priority]
            yield TicketField.PRIORITY, Suggestion(id=str(order.priority), name=name, because=ORDERED)
        if order.labels:
            team = self._teams[ticket.team_id]
            labels = drafting.labelled(order.labels, Suggestion(id=team.id, name=team.name, because=ORDERED))
            if {label.casefold() for label in order.labels} - {label.name.casefold() for label in labels}:
                raise Refused(f"{team.name} has no such label on any ticket")
            yield from ((TicketField.LABEL, label) for label in labels)

    def _account(self, assignee: str, message: Message, drafting: Drafting) -> Suggestion:
        whom = _whom(assignee, message)
        account = drafting.ordered_for(_account_in(whom))
        if account is None:
            raise Refused(f"I know no account of {self._plain(whom)} in the tracker")
        return account

    def _to_be_moved(self, order: MoveOrder, message: Message, reading: Reading) -> Sequence[Ticket]:
        if order.called is not None:
            return [self._called(order.called, lambda head: self._can_be_moved(order, head))]
        return self._tickets(order.keys or self._the_one_ticket(message, reading))

    def _notes(self, order: NoteOrder, message: Message, reading: Reading) -> Iterator[_Work]:
        if order.text:
            cited: Sequence[Message] = ()
            summary = excerpt([(self._name(message), self._plain(order.text))])
        else:
            cited, summary = self._meant(message, reading), excerpt(self._lines(message, reading))
        if not summary:
            raise Refused(NOTHING_SAID)
        # What is asked in a thread stays asked there; elsewhere nobody would see that this answers it.
        asked = () if message.is_reply else self._asked_about(cited, message)
        answered = [decision for decision in asked if isinstance(decision.action, Comment | CreateTicket)]
        asks = self._is_private(cited)
        called = order.called
        tickets = self._tickets(order.keys) if called is None else [self._called(called, self._is_talked_of)]
        for ticket in tickets:
            comment = Comment(ticket_id=ticket.id, summary=summary)
            yield _Work("", comment, cited, dismisses=answered, asks=asks)

    def _relink(self, order: RelinkOrder, message: Message, reading: Reading) -> Iterator[_Work]:
        standing = self._standing(message)
        wrong_ids = self._wrong(order, standing)
        if order.right is not None:
            [right] = self._tickets([order.right])
        else:
            right = self._called(order.called or "", lambda h: self._is_talked_of(h) and h.id not in (wrong_ids or ()))
        wrong = [d for d in standing if not d.concerns(right.id)]
        if wrong_ids is None:
            wrong_ids = set(_about(max(wrong, key=lambda d: d.updated_at))) if wrong else set()
        wrong = [d for d in wrong if not wrong_ids.isdisjoint(_about(d))]
        cited, lines = self._meant(message, reading), self._lines(message, reading)
        summary = next((d.action.words for d in wrong if d.action.words), None) or excerpt(lines)
        if not summary:
            raise Refused(NOTHING_SAID)
        asks = self._is_private(cited) and not any(d.performed for d in wrong)
        answered = [d for d in self._asked(message) if isinstance(d.action, Comment) and d.concerns(right.id)]
        comment = Comment(ticket_id=right.id, summary=summary)
        yield _Work("", comment, cited, takes_back=wrong, dismisses=answered, asks=asks)
        for before in (d.action for d in wrong if isinstance(d.action, MoveTicket)):
            team = self._teams[right.team_id]
            to = state_meant(MoveOrder(goal=before.to.name), team, right.state)
            if to is not None and team.forwards(right.state, to):
                yield _Work("", MoveTicket(ticket_id=right.id, to=to), cited)

    def _wrong(self, order: RelinkOrder, standing: Sequence[Decision]) -> Set[str] | None:
        """Ids of the ticket that something was taken to by mistake; None if nobody says which one that is."""
        if order.wrong is not None:
            return {ticket.id for ticket in self._tickets([order.wrong])}
        if order.wrong_called is None:
            return None
        touched = {id for decision in standing for id in _about(decision)}
        return {self._called(order.wrong_called, lambda head: head.id in touched, loosely=True).id}

    def _undo(self, order: UndoOrder, message: Message) -> _Work:
        done = [d for d in self._thread(message) if d.undoable and self._is_earlier(d, message)]
        if order.keys:
            ids = {ticket.id for ticket in self._tickets(order.keys)}
            done = [d for d in done if any(d.concerns(id) for id in ids)]
        elif done:
            last = max(done, key=lambda d: d.updated_at)
            done = [d for d in done if _in_one_go(d, last)]
        if not done:
            raise Refused(NOTHING_TO_UNDO)
        return _Work(f"undo|{'|'.join(order.keys)}", Ignore(), takes_back=done)

    def _dismissal(self, order: DismissOrder, message: Message) -> _Work:
        ids = {ticket.id for ticket in self._tickets(order.keys)}
        asked = [d for d in self._asked(message) if not ids or any(d.concerns(id) for id in ids)]
        return _Work(f"dismiss|{'|'.join(order.keys)}", Ignore(), dismisses=asked)

    # What the orders are about

    def _tickets(self, keys: Iterable[str]) -> Sequence[Ticket]:
        """All tickets of these keys; one that not everybody may read is as good as none."""
        found: list[Ticket] = []
        for key in keys:
            if (ticket := ticket_with_key(key, self._index, self._unit)) is None:
                raise Refused(f"{key} is no ticket that I know")
            found.append(ticket)
        return found

    def _called(self, called: str, may_be: Callable[[TicketHead], bool], *, loosely: bool = False) -> Ticket:
        """The one ticket that is called so, whoever says it; where it may be another, who reads this has to say.

        Args:
            called: by which words.
            may_be: which tickets may be meant.
            loosely: the nearest will do: these are so few that one is meant.
        """
        found = tickets_called(called, self._index.tickets, may_be=lambda h: h.team_id in self._teams and may_be(h))
        meant_by_it = found.fitting or (found.near if loosely else ())
        if 0 < len(meant_by_it) <= MOST_NAMED:
            known = (ticket_with_key(head.key, self._index, self._unit) for head in meant_by_it)
            meant = {ticket.id: ticket for ticket in known if ticket is not None}
            if len(meant) == 1:
                return next(iter(meant.values()))
        near = self._unit.stores.tickets.whole(self._tenant.id, (found.fitting or found.near)[:MOST_NAMED])
        shown = [f"{t.key} {cut(t.title, most=LONGEST_TITLE)}" for t in near if t.team_id in self._teams]
        raise Refused(f"Which one: {', '.join(shown)}?" if shown else WHICH_TICKET)

    def _is_talked_of(self, head: TicketHead) -> bool:
        return is_current(head, self._unit.now())

    def _can_be_moved(self, order: MoveOrder, head: TicketHead) -> bool:
        """Whether somebody may mean it: what is closed is not closed again, nor what is open reopened."""
        to = state_meant(order, self._teams[head.team_id], head.state)
        if order.goal == "reopened":
            return head.state.type.closed
        return self._is_talked_of(head) and not (to is not None and to.type.closed and head.state.type.closed)

    def _the_one_ticket(self, message: Message, reading: Reading) -> Collection[str]:
        """The key of the ticket that is named beside an order, or that its thread is about, where that is one."""
        keys: Collection[str] = text.keys(reading.besides)
        if not keys:
            ids = {id for d in self._standing(message) for id in _about(d)}
            keys = [ticket.key for ticket in self._unit.stores.tickets.some(self._tenant.id, ids)]
        if len(keys) != 1:
            raise Refused(WHICH_TICKET)
        return keys

    def _made_of(self, decisions: Iterable[Decision]) -> str | None:
        """The key of a ticket that came of these and is there still."""
        ids = [id for d in decisions if d.state is DecisionState.DONE for id in _made(d)]
        tickets = self._unit.stores.tickets.some(self._tenant.id, ids) if ids else ()
        return next((ticket.key for ticket in tickets), None)

    def _ticket_at(self, address: str) -> str | None:
        """The key of the ticket of ours that an address leads to: it begins as the ticket's own does."""
        key = address.partition("/issue/")[2].partition("/")[0].upper()
        heads = self._index.tickets.with_key(key) if key else ()
        leads = (head for head in heads if address.startswith(head.url.partition("/issue/")[0] + "/issue/"))
        return next((head.key for head in leads), None)

    # What was said

    def _before(self, message: Message) -> Sequence[Message]:
        messages = self._conversation.undeleted_messages
        return [m for m in messages if float(m.ts) < float(message.ts)]

    def _meant(self, message: Message, reading: Reading) -> Sequence[Message]:
        """What an order means by `this`: all that was said before it, but other orders.

        Whoever says in a channel what it is about means that alone, and whoever says nothing there what was said last.
        """
        if not message.is_reply and reading.besides:
            return ()
        said = [m for m in self._before(message) if self._said(m)]
        about_this = any(_is_about_what_was_said(order) for order in reading.orders)
        return said if said or message.is_reply or not about_this else self._last_said(message)

    def _last_said(self, message: Message) -> Sequence[Message]:
        """The conversation of the channel that ended last before a message, and not long ago: its author's, if any."""
        if message.id not in self._said_last:
            least = float(message.ts) - THIS_WITHIN.total_seconds()
            first_ts, log = f"{least - LONGEST_BURST_SECONDS:.6f}", self._unit.stores.messages
            read = log.between(self._tenant.id, message.channel, first_ts, message.ts)
            before = [m for m in read if float(m.ts) < float(message.ts) and not m.deleted]
            talks = conversations_in(before, gap_seconds=self._unit.burst_gap_seconds)
            said = [[m for m in talk.messages if self._said(m)] for talk in talks]
            recent = [talk for talk in said if talk and float(talk[-1].ts) >= least]
            own = [talk for talk in recent if any(m.author == message.author for m in talk)]
            self._said_last[message.id] = max(own or recent, key=lambda talk: float(talk[-1].ts), default=())
        return self._said_last[message.id]

    def _said(self, message: Message) -> str:
        """What a message says, but for its orders."""
        reading = self.read(message)
        return reading.besides if reading.orders else message.text

    def _lines(self, message: Message, reading: Reading) -> Sequence[tuple[str, str]]:
        said = [(m, self._said(m)) for m in self._meant(message, reading)]
        said += [(message, reading.besides)] if reading.besides else []
        lines = [(self._name(m), self._plain(words)) for m, words in said]
        return [(name, words) for name, words in lines if words]

    def _is_private(self, cited: Sequence[Message]) -> bool:
        """Whether it holds others' words that not everybody may read: whoever orders it may not know which."""
        return bool(cited) and (self._conversation.private or any(m.private for m in cited))

    def _plain(self, words: str) -> str:
        return text.plain(words, self._names)

    def _name(self, message: Message) -> str:
        return self._names.get(message.author, "Somebody")

    # What we have decided in the thread before

    def _thread(self, message: Message) -> Sequence[Decision]:
        if message.root_ts not in self._threads:
            log = self._unit.stores.decisions
            where = (message.channel, message.root_ts, message.root_ts)
            self._threads[message.root_ts] = log.between(self._tenant.id, *where)
        return self._threads[message.root_ts]

    def _decided_about(self, cited: Sequence[Message], message: Message) -> Sequence[Decision]:
        """What was decided about what an order calls `this`: in its thread, in a channel wherever it is answered."""
        if message.is_reply or not cited:
            return self._thread(message)
        first_ts, ids = min((m.root_ts for m in cited), key=float), {m.id for m in cited}
        where = (message.channel, first_ts, message.root_ts)
        if where not in self._decided:
            self._decided[where] = self._unit.stores.decisions.between(self._tenant.id, *where)
        about = (d for d in self._decided[where] if not ids.isdisjoint(receipt.message_id for receipt in d.evidence))
        return [decision for decision in about if not _is_from(decision, message)]

    def _is_earlier(self, decision: Decision, message: Message) -> bool:
        return decision.created_at <= message.posted_at and not _is_from(decision, message)

    def _spoke_before(self, message: Message) -> Iterator[bool]:
        for decision in self._thread(message):
            shown = decision.awaits_answer or decision.performed is not None or decision.decided_by is not None
            yield shown and (self._is_earlier(decision, message) or _is_from(decision, message))

    def _standing(self, message: Message) -> Sequence[Decision]:
        """What was done, or is asked, when a message was said."""
        thread = (d for d in self._thread(message) if self._is_earlier(d, message))
        return [d for d in thread if d.undoable or d.awaits_answer or d.state is DecisionState.QUEUED]

    def _asked(self, message: Message) -> Sequence[Decision]:
        thread = (d for d in self._thread(message) if self._is_earlier(d, message))
        return [d for d in thread if d.state is DecisionState.PROPOSED]

    def _asked_about(self, cited: Sequence[Message], message: Message) -> Sequence[Decision]:
        """Likewise of what an order calls `this`; in a channel that may be asked elsewhere, and since."""
        if message.is_reply or not cited:
            return self._asked(message)
        return [d for d in self._decided_about(cited, message) if d.state is DecisionState.PROPOSED]

    def _decision(self, message: Message, work: _Work, *, form: str | None = None) -> Decision:
        rests_on = (*work.cited, message) if form is None else work.cited or self._before(message) or (message,)
        ordered_in = message.id if form is None else MessageId(f"{FORM}:{form}")
        cited = {m.id: m for m in rests_on}
        now = self._unit.now()
        order = GivenOrder(
            message_id=ordered_in,
            takes_back=tuple(decision.id for decision in work.takes_back),
            dismisses=tuple(decision.id for decision in work.dismisses),
            assigns=work.assigns,
            refusal=work.refusal,
        )
        return Decision(
            id=ordered_id(self._tenant.id, ordered_in, work.what or work.action.key),
            subject=Subject(channel=message.channel, root_ts=message.root_ts),
            action=work.action,
            confidence=1.0,
            reason=work.reason or self._reason(message),
            evidence=bounded(tuple(Evidence.of(m, self._base_url) for m in cited.values())),
            model=VERSION,
            state=DecisionState.PROPOSED if work.asks else DecisionState.QUEUED,
            decided_by=None if work.asks else message.author,
            order=order,
            policy=POLICY_VERSION,
            **circumstances(self._with_cited(work.cited), self._tenant, at=now),
        )

    def _with_cited(self, cited: Sequence[Message]) -> Conversation:
        """The conversation, as private as what is cited was when it was said."""
        kept = {"private": any(m.private for m in cited), "outside": any(m.outside for m in cited)}
        messages = [m.in_channel(m.channel, **kept) for m in self._conversation.messages]
        return self._conversation.model_copy(update={"messages": tuple(messages)}) if cited else self._conversation


def _whom(assignee: str, message: Message) -> str:
    """Whom an order names, whoever gives it for `ME`."""
    return f"<@{message.author}>" if assignee == ME else assignee


def _account_in(mention: str) -> str:
    """The account in the chat that a mention names; a name as it is."""
    return mention.removeprefix("<@").removesuffix(">").partition("|")[0]


def _is_from(decision: Decision, message: Message) -> bool:
    return decision.order is not None and decision.order.message_id == message.id


def _is_new_like(asked: Action, title: str) -> bool:
    """Whether a new ticket is asked about that has the subject of a title."""
    return isinstance(asked, CreateTicket) and shares_subject(title, f"{asked.title} {asked.description}")


def _is_being_made(decision: Decision) -> bool:
    on_the_way = decision.state in {DecisionState.QUEUED, DecisionState.ACTING} and not decision.undoing
    return on_the_way and isinstance(decision.action, CreateTicket)


def _is_about_what_was_said(order: Order) -> bool:
    return (isinstance(order, CreateOrder) and not order.title) or (isinstance(order, NoteOrder) and not order.text)


def _made(decision: Decision) -> Sequence[str]:
    """The ticket that a decision has made, if it has made one."""
    left = decision.outcome
    return (left.external_id,) if left is not None and isinstance(decision.action, CreateTicket) else ()


def _about(decision: Decision) -> Sequence[str]:
    """Ids of the tickets that a decision is about, or has made; a new one that is only asked about has none yet."""
    return (*decision.action.tickets, *_made(decision)) or ("",)


def _in_one_go(one: Decision, last: Decision) -> bool:
    """Whether both were done because of the same words."""
    if last.order is not None or one.order is not None:
        return one.order is not None and last.order is not None and one.order.message_id == last.order.message_id
    return one.performed == last.performed
