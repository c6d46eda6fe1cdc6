"""What people order is done without asking, exactly that and nothing else, and answered in the thread."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from typing import Any
from unittest.mock import Mock

import pytest

from pm_assistant.domain.actions import ChangeTicket, Comment, CreateTicket, MoveTicket
from pm_assistant.domain.decisions import ActionRequest, Decision, DecisionState, Judgement, Proposal
from pm_assistant.domain.errors import NotConnected, UpstreamUnavailable
from pm_assistant.domain.planning import Relation, RelationType
from pm_assistant.domain.reports import CardEntry
from pm_assistant.domain.tenants import Mode, Provider, QuietHours, Rule, Settings, Standing, TenantId
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.work import Conversation, Message, StateType, Ticket, TicketState
from pm_assistant.workflows.pipeline.act import act
from pm_assistant.workflows.pipeline.orders import (
    CANCEL_OR_UNDO,
    NO_SUCH_STATE,
    NOTHING_SAID,
    NOTHING_TO_UNDO,
    TOO_MANY,
    UNCLEAR,
    WHICH_TICKET,
    orders_in,
)
from pm_assistant.workflows.pipeline.permissions import UNKNOWN
from tests.builders import (
    ACME,
    DOING,
    DONE,
    ENG,
    NOW,
    REVIEW,
    TODO,
    TRUSTING,
    a_comment,
    a_judgement,
    a_member,
    a_message,
    a_proposal,
    a_tenant,
    a_ticket,
)
from tests.fakes.vendors import FakeAnalyst, FakeTracker
from tests.workflows.pipeline.unit import AnalyzeUnit

US = "<@U0APP>"
OPS = ENG.model_copy(update={"id": "team-ops", "key": "OPS", "name": "Operations"})
SECRET = ENG.model_copy(update={"id": "team-sec", "key": "SEC", "private": True})
ASKING = TRUSTING.model_copy(update={"rules": Settings().rules})


class OrderUnit(AnalyzeUnit):
    """A team with tickets ENG-1 to ENG-4 and a private team's SEC-9; what is said is judged and done at once."""

    def __init__(self, *, settings: Settings = ASKING) -> None:
        super().__init__()
        self.judged()
        tickets = [*(a_ticket(n) for n in range(1, 4)), a_ticket(4, state=DONE)]
        self.stores.tenants.put(a_tenant(settings=settings))
        self.stores.directory.put_teams(ACME, [ENG, SECRET])
        secret = a_ticket(9, key="SEC-9", team_id=SECRET.id)
        self.tracker = FakeTracker(tickets=[*tickets, secret], teams=[ENG, SECRET])
        self.stores.tickets.put_all(ACME, [*tickets, secret])
        self.chat.people = [a_member("ada"), a_member("gus", standings={})]
        self._seconds = count(0, 30)

    def says(self, text: str, *, below: Message | None = None, **changes: Any) -> Message:
        """Somebody says something, half a minute after the last word."""
        root = {"root_ts": below.root_ts} if below is not None else {}
        message = a_message(next(self._seconds), text, **root, **changes)
        self.say(message)
        self.brought_on(message)
        return message

    def brought_on(self, message: Message) -> None:
        """A message is judged, and what is asked for then is done."""
        self.at = message.received_at + timedelta(seconds=20)
        self.touched(message)
        self.act()

    def act(self) -> None:
        """Do what waits on the queue of actions."""
        puts, self.queues.actions.puts = self.queues.actions.puts, []
        for put in puts:
            assert isinstance(put.message, ActionRequest)
            act(put.message, self)

    def edits(self, message: Message, text: str) -> None:
        """Somebody corrects what they said."""
        at = self.at + timedelta(seconds=10)
        edited = message.model_copy(update={"text": text, "edited_ts": f"{at.timestamp():.6f}", "received_at": at})
        self.say(edited)
        self.brought_on(edited)

    def conversation(self, message: Message) -> Conversation:
        """The thread of a message."""
        thread = self.stores.messages.thread(ACME, message.channel, message.root_ts)
        return Conversation(channel=message.channel, messages=tuple(thread))

    def judged(self, *judgements: Judgement) -> None:
        """What the analyst says next, before it has nothing more to say."""
        self.analyst = FakeAnalyst(*judgements, *[a_judgement()] * 20)

    @property
    def log(self) -> Sequence[Decision]:
        """All decisions."""
        return self.stores.decisions.since(ACME, NOW - timedelta(days=1))

    @property
    def ordered(self) -> Sequence[Decision]:
        """Those that were ordered."""
        return [decision for decision in self.log if decision.order is not None]

    @property
    def states(self) -> dict[str, str]:
        """Where each ticket stands."""
        return {ticket.key: ticket.state.name for ticket in self.tracker.tickets.values()}

    @property
    def made(self) -> Sequence[Ticket]:
        """Tickets that were not there before."""
        return [ticket for id, ticket in self.tracker.tickets.items() if not id.startswith("ticket-")]

    def answers_in(self, message: Message) -> Sequence[CardEntry]:
        """What stands in the messages that we have left in a thread."""
        cards = [card for place, card in self.chat.cards.items() if self.chat.threads[place] == message.root_ts]
        return [entry for card in cards for entry in card.entries]


def commented(unit: OrderUnit, root: Message) -> Message:
    """Have a comment made on ENG-1 in a thread, as the rules allow."""
    unit.stores.tenants.put(a_tenant())
    unit.judged(a_judgement(a_proposal(a_comment("ticket-1"), root.id)))
    unit.say(root)
    unit.brought_on(root)
    assert 1 == len(unit.tracker.comments["ticket-1"])
    unit.judged()
    return root


def test_a_ticket_is_created_as_ordered_and_answered_below_the_order() -> None:
    """Nobody is asked and no analyst: its title and text are the order's, its receipt the message."""
    unit = OrderUnit()

    said = unit.says(f"{US} create a ticket: Coupons vanish. Since Monday.")

    [ticket], [decision] = unit.made, unit.log
    assert "Coupons vanish" == ticket.title
    assert ticket.description.startswith("Since Monday")
    assert (DecisionState.DONE, "U0ADA", [said.id], "orders-11") == (
        decision.state,
        decision.decided_by,
        [receipt.message_id for receipt in decision.evidence],
        decision.model,
    )
    assert [("Created", f"{ticket.key} Coupons vanish", "Ada told me so.")] == [
        (entry.headline, entry.link_text, entry.detail) for entry in unit.answers_in(said)
    ]
    assert 0 == unit.analyst.calls


def test_this_is_what_the_thread_said_before() -> None:
    """Each line under its author's name; what was asked about it is not asked any more."""
    unit = OrderUnit()
    root = a_message(-60, "The export times out for Boulderwerk", author="U0GUS")
    unit.judged(a_judgement(a_proposal(a_comment("ticket-1"), root.id)))
    unit.say(root)
    unit.brought_on(root)
    unit.judged()

    said = unit.says(f"{US} please open a ticket for this", below=root)

    [ticket] = unit.made
    assert "The export times out for Boulderwerk" == ticket.title
    assert "The export times out for Boulderwerk" in ticket.description
    assert {} == unit.tracker.comments
    assert {root.id, said.id} == {receipt.message_id for receipt in unit.ordered[0].evidence}
    assert [DecisionState.DISMISSED] == [d.state for d in unit.log if d.order is None]


@pytest.mark.parametrize("name", ["OPS", "ops", "Operations"])
def test_a_ticket_is_created_in_the_team_that_was_named(name: str) -> None:
    """By its key or its name."""
    unit = OrderUnit()
    unit.stores.directory.put_teams(ACME, [ENG, SECRET, OPS])
    unit.tracker.add_team(OPS)

    unit.says(f"{US} create a ticket in {name}: The lift is stuck")

    [ticket] = unit.made
    assert ("team-ops", "The lift is stuck") == (ticket.team_id, ticket.title)


@pytest.mark.parametrize("name", ["FOO", "SEC"])
def test_a_team_that_not_everybody_sees_is_as_good_as_none(name: str) -> None:
    """That is said, and no ticket is made in another one."""
    unit = OrderUnit()

    said = unit.says(f"{US} create a ticket in {name}: The lift is stuck")

    assert [] == unit.made
    assert [("Not done", f"{name} is no team that I know")] == [
        (entry.headline, entry.detail) for entry in unit.answers_in(said)
    ]


def test_a_ticket_for_a_thread_quotes_it_and_hangs_where_it_was_said_to() -> None:
    """Who said to take it is suggested, and assigned by nobody: whoever ordered the ticket has not seen that."""
    unit = OrderUnit()
    root = unit.says("The export times out for Boulderwerk")
    unit.says("I'll take it, it is a sub-task of ENG-2", below=root)

    unit.says(f"{US} please open a ticket for this", below=root)

    [ticket] = unit.made
    assert "> **Ada:** The export times out for Boulderwerk" in ticket.description
    assert ("ticket-2", None) == (ticket.parent_id, ticket.assignee_id)
    assert "Suggested assignee: Ada" in ticket.description


def known(unit: OrderUnit, *names: str, **changes: Any) -> None:
    """These people are known in the chat and, unless that is changed, in the tracker."""
    people = [a_member(), *(a_member(name, **changes) for name in names)]
    unit.stores.directory.put_members(ACME, people)
    for person in people:
        unit.tracker.add_member(person)


@pytest.mark.parametrize("whom", ["assign it to <@U0BOB>", "assign it to Bob", "<@U0BOB> takes it"])
def test_a_ticket_has_what_was_said_that_it_is_to_have(whom: str) -> None:
    """Whom a person named has it: nobody has to see that first; none of it is in its title or text."""
    unit = OrderUnit()
    known(unit, "bob")

    said = unit.says(f"{US} create a ticket: Coupons vanish, high priority, {whom}")

    [ticket] = unit.made
    assert ("Coupons vanish", 2, "lin-bob") == (ticket.title, ticket.priority, ticket.assignee_id)
    assert "Bob" not in ticket.description
    assert ["Ada told me so."] == [entry.detail for entry in unit.answers_in(said)]


def test_whoever_orders_a_ticket_for_themselves_has_it() -> None:
    """Also one for what was said before, whoever else may take it."""
    unit = OrderUnit()
    known(unit, "gus")
    root = unit.says("The export times out for Boulderwerk", author="U0GUS")
    unit.says("I'll take it", below=root, author="U0GUS")

    unit.says(f"{US} open a ticket for this, assign it to me. Urgent.", below=root)

    [ticket] = unit.made
    assert ("The export times out for Boulderwerk", 1, "lin-ada") == (ticket.title, ticket.priority, ticket.assignee_id)


@pytest.mark.parametrize(
    ("whom", "who", "changes"),
    [
        ("<@U0BOB>", "Bob", {"linear_id": None}),
        ("<@U0BOB>", "Bob", {"standings": {Provider.SLACK: Standing.GUEST}}),
        ("<@U0NEW>", "someone", {}),
        ("Zoe", "Zoe", {}),
    ],
)
def test_nobody_has_a_ticket_of_whom_the_tracker_does_not_know(whom: str, who: str, changes: dict[str, Any]) -> None:
    """It is made all the same, and the answer says so."""
    unit = OrderUnit()
    known(unit, "bob", **changes)

    said = unit.says(f"{US} create a ticket: Coupons vanish, assign it to {whom}")

    assert [("Coupons vanish", None)] == [(ticket.title, ticket.assignee_id) for ticket in unit.made]
    assert [f"Ada told me so. Nobody has it, for I know no account of {who} in the tracker."] == [
        entry.detail for entry in unit.answers_in(said)
    ]


def test_one_of_two_people_of_a_name_is_not_guessed() -> None:
    """Whom is meant only a mention tells."""
    unit = OrderUnit()
    known(unit, "bob", "rob", name="Bob")
    unit.says(f"{US} create a ticket: Coupons vanish, assign it to Bob")
    assert [None] == [ticket.assignee_id for ticket in unit.made]


def test_a_ticket_is_labelled_with_what_the_teams_tickets_have() -> None:
    """A label that there is not is left out, and that is said."""
    unit = OrderUnit()
    labelled = a_ticket(5, labels=("Billing",), label_ids=("label-billing",))
    unit.stores.tickets.put(ACME, labelled)

    said = unit.says(f"{US} create a ticket: Coupons vanish, label it billing, label it checkout")

    [decision] = unit.ordered
    assert isinstance(decision.action, CreateTicket)
    assert ["label-billing"] == [label.id for label in decision.action.labels]
    assert ["Ada told me so. The team has no label checkout."] == [entry.detail for entry in unit.answers_in(said)]


def test_more_tickets_than_are_done_at_once_are_all_left_alone() -> None:
    """And it is said."""
    unit = OrderUnit()
    before = unit.states

    said = unit.says(f"{US} close {', '.join(f'ENG-{number}' for number in range(1, 12))}")

    assert before == unit.states
    assert [("Not done", TOO_MANY)] == [(entry.headline, entry.detail) for entry in unit.answers_in(said)]


def test_a_second_ticket_for_the_same_thread_is_refused_with_the_first() -> None:
    """One that has a title of its own is made all the same."""
    unit = OrderUnit()
    root = unit.says(f"The export times out. {US} open a ticket for this")
    [first] = unit.made

    again = unit.says(f"{US} create a ticket for this", below=root)
    unit.says(f"{US} create a ticket: The import, too", below=root)

    assert ["The export times out", "The import, too"] == [ticket.title for ticket in unit.made]
    assert f"there is a ticket for this already, {first.key}" in [entry.detail for entry in unit.answers_in(again)]


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("close ENG-1", {"ENG-1": DONE}),
        ("close ENG-1, ENG-2 and ENG-3", {"ENG-1": DONE, "ENG-2": DONE, "ENG-3": DONE}),
        ("move ENG-1 to in review", {"ENG-1": REVIEW}),
        ("start ENG-2", {"ENG-2": DOING}),
        ("reopen ENG-4", {"ENG-4": TODO}),
        ("move ENG-4 back to In Progress", {"ENG-4": DOING}),
    ],
)
def test_tickets_are_moved_as_ordered_also_back(text: str, moved: dict[str, Any]) -> None:
    """Only a person may have a ticket put back; an order is a person's word."""
    unit = OrderUnit()
    before = unit.states

    unit.says(f"{US} {text}")

    assert before | {key: state.name for key, state in moved.items()} == unit.states


def test_an_order_about_a_duplicate_is_one_about_the_ticket_with_which_people_go_on() -> None:
    """Its key leads there."""
    unit = OrderUnit()
    duplicate = TicketState(id="s-dup", name="Duplicate", type=StateType.DUPLICATE)
    unit.stores.tickets.put(ACME, a_ticket(1, state=duplicate, updated_at=NOW + timedelta(seconds=1)))
    relation = Relation(id="r-1", ticket_id="ticket-1", other_id="ticket-2", type=RelationType.DUPLICATE, at=NOW)
    unit.stores.planning.relate(ACME, relation)
    before = unit.states

    unit.says(f"{US} close ENG-1")

    assert before | {"ENG-2": DONE.name} == unit.states


def test_of_several_tickets_all_are_served_or_none() -> None:
    """Which one is not known is said."""
    unit = OrderUnit()
    before = unit.states

    said = unit.says(f"{US} close ENG-1 and ENG-99")

    assert before == unit.states
    assert [("Not done", "ENG-99 is no ticket that I know")] == [(e.headline, e.detail) for e in unit.answers_in(said)]


def test_a_private_teams_ticket_is_as_good_as_none() -> None:
    """Not even that it is there is said where everybody reads."""
    unit = OrderUnit()
    said = unit.says(f"{US} close SEC-9")
    assert "Todo" == unit.states["SEC-9"]
    assert ["SEC-9 is no ticket that I know"] == [entry.detail for entry in unit.answers_in(said)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("undo", NOTHING_TO_UNDO),
        ("close it", WHICH_TICKET),
        ("move ENG-1 to the moon", NO_SUCH_STATE),
        ("create a ticket for this", NOTHING_SAID),
        ("delete all tickets", UNCLEAR),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(text: str, reason: str) -> None:
    """And nothing is done."""
    unit = OrderUnit()
    before = unit.states

    said = unit.says(f"{US} {text}")

    assert [("Not done", reason)] == [(entry.headline, entry.detail) for entry in unit.answers_in(said)]
    assert (before, {}, []) == (unit.states, unit.tracker.comments, unit.made)


@pytest.mark.parametrize("standing", [Standing.GUEST, Standing.OUTSIDER, Standing.LEFT])
def test_who_may_not_answer_may_not_order(standing: Standing) -> None:
    """It is said in the thread, and disposes of nothing that others have said: that is judged as always."""
    unit = OrderUnit()
    root = a_message(-60, "The coupon vanishes")
    unit.say(root)
    stranger = a_member("gus", standings=dict.fromkeys(a_member("gus").accounts, standing))
    unit.chat.people = [stranger]
    unit.stores.directory.put_members(ACME, [a_member(), stranger])
    unit.judged(a_judgement(a_proposal(a_comment("ticket-1"), root.id)))

    said = unit.says(f"{US} close ENG-1", below=root, author="U0GUS")

    assert "Todo" == unit.states["ENG-1"]
    assert {"Not done. Move to Done:", "Shall I? Comment on"} == {entry.headline for entry in unit.answers_in(said)}


def test_somebody_whom_the_chat_does_not_know_orders_nothing() -> None:
    """As with a button."""
    unit = OrderUnit()
    said = unit.says(f"{US} close ENG-99", author="U0NOBODY")
    assert [UNKNOWN] == [entry.detail for entry in unit.answers_in(said)]


def test_what_the_rules_switch_off_is_not_done_on_an_order_either() -> None:
    """Off is off."""
    off = {kind: Rule(mode=Mode.OFF) for kind in TRUSTING.rules}
    unit = OrderUnit(settings=TRUSTING.model_copy(update={"rules": off}))
    said = unit.says(f"{US} close ENG-1")
    assert "Todo" == unit.states["ENG-1"]
    assert ["Not done. Move to Done:"] == [entry.headline for entry in unit.answers_in(said)]


def fields_of(unit: OrderUnit, id: str = "ticket-1") -> tuple[str | None, int, tuple[str, ...]]:
    """Whose a ticket is, how urgent it is, and what it is labelled with."""
    ticket = unit.tracker.tickets[id]
    return ticket.assignee_id, ticket.priority, ticket.labels


def a_team_that_labels() -> OrderUnit:
    """Beside the others there is ENG-5, which has labels, and Bob, who works on none."""
    unit = OrderUnit()
    known(unit, "bob")
    fifth = a_ticket(5, labels=("Billing", "Bug"), label_ids=("label-billing", "label-bug"))
    unit.tracker.tickets[fifth.id] = fifth
    unit.stores.tickets.put(ACME, fifth)
    return unit


@pytest.mark.parametrize(
    ("text", "after", "done"),
    [
        ("assign ENG-1 to Bob", ("lin-bob", 0, ()), ["Assigned to Bob:"]),
        ("give ENG-1 to <@U0BOB> please", ("lin-bob", 0, ()), ["Assigned to Bob:"]),
        ("I'll take ENG-1", ("lin-ada", 0, ()), ["Was assigned to Ada already:"]),
        ("make ENG-1 urgent", ("lin-ada", 1, ()), ["Changed to priority urgent:"]),
        ("add the label billing to ENG-1", ("lin-ada", 0, ("Billing",)), ["Labelled Billing:"]),
        ("tag ENG-1 with bug and billing", ("lin-ada", 0, ("Bug", "Billing")), ["Labelled Bug:", "Labelled Billing:"]),
    ],
)
def test_a_field_of_a_ticket_is_changed_as_ordered_and_taken_back(
    text: str, after: tuple[str, int, Sequence[str]], done: Sequence[str]
) -> None:
    """Exactly that; `undo` makes it what it was."""
    unit = a_team_that_labels()
    before = {id: fields_of(unit, id) for id in unit.tracker.tickets}

    said = unit.says(f"{US} {text}")

    found = {id: fields_of(unit, id) for id in unit.tracker.tickets}
    assert (*after[:2], set(after[2])) == (*found["ticket-1"][:2], set(found["ticket-1"][2]))
    assert before | {"ticket-1": found["ticket-1"]} == found
    assert set(done) == {entry.headline for entry in unit.answers_in(said)}
    assert all(isinstance(decision.action, ChangeTicket) for decision in unit.ordered)

    unit.says("undo", below=said)

    assert before == {id: fields_of(unit, id) for id in unit.tracker.tickets}


def test_several_tickets_are_changed_at_once_or_none() -> None:
    """One that is unknown leaves the others alone."""
    unit = a_team_that_labels()
    unit.says(f"{US} assign ENG-1 and ENG-2 to Bob")
    assert ["lin-bob", "lin-bob"] == [fields_of(unit, id)[0] for id in ("ticket-1", "ticket-2")]
    unit.says(f"{US} make ENG-1 and ENG-99 urgent")
    assert 0 == fields_of(unit)[1]


def test_the_ticket_that_a_thread_is_about_is_changed() -> None:
    """Where a thread is about one; one that is called something is found by that."""
    unit = a_team_that_labels()
    root = a_message(-60, "The coupon vanishes")
    commented(unit, root)
    unit.says(f"{US} assign it to Bob", below=root)
    assert "lin-bob" == fields_of(unit)[0]
    said = unit.says(f"{US} make this urgent")
    assert [WHICH_TICKET] == [entry.detail for entry in unit.answers_in(said)]


def test_a_field_that_people_have_changed_since_is_not_taken_back() -> None:
    """And that is said."""
    unit = a_team_that_labels()
    said = unit.says(f"{US} make ENG-1 urgent")
    unit.tracker.tickets["ticket-1"] = unit.tracker.tickets["ticket-1"].model_copy(update={"priority": 3})
    unit.says("undo", below=said)
    assert 3 == fields_of(unit)[1]
    assert any(
        "not taken back: people have changed it since (priority)" in (e.detail or "") for e in unit.answers_in(said)
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("assign ENG-1 to <@U0NEW>", "I know no account of someone in the tracker"),
        ("assign ENG-1 to <@U0GUS>", "I know no account of Gus in the tracker"),
        ("assign SEC-9 to Bob", "SEC-9 is no ticket that I know"),
        ("assign ENG-1 to Bob and make it urgent", UNCLEAR),
        ("take Bob off ENG-1", UNCLEAR),
        ("make ENG-1 due on Friday", UNCLEAR),
    ],
)
def test_what_cannot_be_changed_is_refused_in_words(text: str, reason: str) -> None:
    """A guest is given no ticket, nor is anybody whom the tracker does not know; nothing is done by halves."""
    unit = a_team_that_labels()
    guest = a_member("gus", standings={Provider.SLACK: Standing.GUEST})
    unit.stores.directory.put_members(ACME, [a_member(), a_member("bob"), guest])
    before = fields_of(unit)
    said = unit.says(f"{US} {text}")
    assert [("Not done", reason)] == [(entry.headline, entry.detail) for entry in unit.answers_in(said)]
    assert before == fields_of(unit)


def test_whoever_has_left_is_not_meant_by_a_name() -> None:
    """Of two who are called so the other one is."""
    unit = a_team_that_labels()
    gone = a_member("rob", name="Bob Old", standings={Provider.LINEAR: Standing.LEFT})
    unit.stores.directory.put_members(ACME, [a_member(), a_member("bob", name="Bob New"), gone])
    unit.says(f"{US} assign ENG-1 to Bob")
    assert "lin-bob" == fields_of(unit)[0]


def test_a_label_of_another_team_is_none_of_the_tickets() -> None:
    """It is known, and yet no ticket of this team has it."""
    unit = a_team_that_labels()
    unit.stores.directory.put_teams(ACME, [ENG, OPS])
    ops = a_ticket(7, key="OPS-7", team_id=OPS.id)
    unit.tracker.tickets[ops.id] = ops
    unit.stores.tickets.put(ACME, ops)
    said = unit.says(f"{US} add the label billing to OPS-7")
    assert ["Operations has no such label on any ticket"] == [entry.detail for entry in unit.answers_in(said)]


def test_whoever_may_give_no_orders_changes_nothing() -> None:
    """As with any other order."""
    unit = a_team_that_labels()
    unit.stores.directory.put_members(ACME, [a_member(), a_member("bob")])
    said = unit.says(f"{US} make ENG-1 urgent", author="U0NOBODY")
    assert 0 == fields_of(unit)[1]
    assert [UNKNOWN] == [entry.detail for entry in unit.answers_in(said)]


def test_undo_takes_back_what_was_done_last_in_the_thread_and_once() -> None:
    """A second reading of the same word does not go on to what was done before that."""
    unit = OrderUnit()
    root = unit.says(f"{US} close ENG-1")
    unit.says(f"{US} close ENG-2 and ENG-3", below=root)

    undo = unit.says("undo", below=root)
    for _ in range(3):
        unit.stores.conversations.forget(ACME, unit.conversation(undo))
        unit.brought_on(undo)
    unit.says("thanks all, see you on Monday", below=root)

    assert ("Done", "Todo", "Todo") == tuple(unit.states[key] for key in ("ENG-1", "ENG-2", "ENG-3"))
    assert 2 == [entry.headline for entry in unit.answers_in(undo)].count("Taken back. Moved to Done:") / 2


def test_undo_says_what_it_could_not_take_back() -> None:
    """People have moved the ticket since."""
    unit = OrderUnit()
    root = unit.says(f"{US} close ENG-1")
    unit.tracker.tickets["ticket-1"] = unit.tracker.tickets["ticket-1"].model_copy(update={"state": REVIEW})

    said = unit.says(f"{US} undo", below=root)

    assert "In Review" == unit.states["ENG-1"]
    assert any("people have changed it since" in entry.detail for entry in unit.answers_in(said))


def test_a_comment_is_taken_to_the_right_ticket() -> None:
    """It goes from the wrong one and says the same on the right one; a plain reply below our card will do."""
    unit = OrderUnit()
    root = commented(unit, a_message(-60))

    said = unit.says("not this one, ENG-2", below=root)

    assert ([], 1) == (list(unit.tracker.comments["ticket-1"]), len(unit.tracker.comments["ticket-2"]))
    [comment] = unit.tracker.comments["ticket-2"].values()
    assert "Ada saw the coupon vanish in checkout" in comment
    assert {"Commented on", "Taken back. Commented on"} == {entry.headline for entry in unit.answers_in(said)}


def wordy(unit: OrderUnit) -> None:
    """ENG-1 to ENG-3 are called something."""
    titles = {1: "List shows buses twice", 2: "Tram inspection by mileage", 3: "Bus wash"}
    for number, title in titles.items():
        ticket = a_ticket(number, title=title, updated_at=NOW + timedelta(seconds=1))
        unit.tracker.tickets[ticket.id] = ticket
        unit.stores.tickets.put(ACME, ticket)


@pytest.mark.parametrize(
    "said",
    [
        f"{US} no, that belongs to the tram inspection, not to the buses. Move it over",
        f"{US} nein, das gehört zur Tram Inspection, nicht zu den buses. Bitte umhängen",
        f"{US} wrong ticket. That belongs to the tram one",
    ],
)
def test_a_comment_is_taken_to_the_ticket_that_is_called_something(said: str) -> None:
    """The wrong one is among those that the thread is about, whatever else is called so."""
    unit = OrderUnit()
    wordy(unit)
    root = commented(unit, a_message(-60))

    unit.says(said, below=root)

    assert [0, 1] == [len(unit.tracker.comments.get(id, {})) for id in ("ticket-1", "ticket-2")]


def test_which_ticket_is_the_right_one_is_asked_where_that_is_not_clear() -> None:
    """Nor is anything taken back where none of the thread's tickets is called what the wrong one is."""
    unit = OrderUnit()
    wordy(unit)
    root = commented(unit, a_message(-60))

    said = unit.says(f"{US} no, that belongs to the tram coupon, not to the buses", below=root)
    unit.says(f"{US} no, that belongs to the tram inspection, not to the wash", below=root)

    assert 1 == len(unit.tracker.comments["ticket-1"])
    details = [entry.detail for entry in unit.answers_in(said)]
    assert any(each.startswith("Which one: ENG-2 Tram inspection by mileage") for each in details)
    assert WHICH_TICKET in details


def test_what_is_asked_about_the_right_ticket_is_answered_by_taking_a_comment_to_it() -> None:
    """Nobody is asked to write there what is written there."""
    unit = OrderUnit()
    root = a_message(-60)
    asked(unit, root, a_proposal(a_comment("ticket-1"), root.id), a_proposal(a_comment("ticket-2"), root.id))

    unit.says(f"{US} not ENG-1 but ENG-2", below=root)

    assert {"ticket-2"} == set(unit.tracker.comments)
    assert [DecisionState.DISMISSED] * 2 == [d.state for d in unit.log if d.order is None]


def a_unit_that_asks() -> tuple[OrderUnit, Message]:
    """A thread in which a card asks whether a ticket is to be told, and what the thread began with."""
    unit = OrderUnit()
    root = a_message(-60)
    unit.judged(a_judgement(a_proposal(a_comment("ticket-1"), root.id)))
    unit.say(root)
    unit.brought_on(root)
    unit.judged()
    return unit, root


def test_a_question_about_the_wrong_ticket_ends_and_the_right_one_is_told() -> None:
    """Nobody has to press anything any more."""
    unit, root = a_unit_that_asks()

    unit.says("no, ENG-2", below=root)

    assert {"ticket-2"} == set(unit.tracker.comments)
    assert {DecisionState.DISMISSED, DecisionState.DONE} == {decision.state for decision in unit.log}


def test_a_note_says_just_what_it_is_told_to() -> None:
    """Under its author's name, or what the thread said before."""
    unit = OrderUnit()
    root = unit.says("lunch?", author="U0GUS")
    unit.says(f"{US} comment on ENG-1: it was the cache", below=root)
    unit.says(f"{US} add this to ENG-2", below=root)

    [[told], [thread]] = (list(unit.tracker.comments[id].values()) for id in ("ticket-1", "ticket-2"))
    assert told.startswith("Ada: it was the cache")
    assert "lunch?" in thread
    assert "cache" not in thread


def test_an_order_not_to_ends_the_question() -> None:
    """And what was said before it is not asked about again, whatever is said later."""
    unit = OrderUnit()
    root = a_message(-60)
    wish = a_proposal(CreateTicket(title="Coupons", description="They vanish"), root.id)
    unit.judged(a_judgement(wish))
    unit.say(root)
    unit.brought_on(root)
    unit.judged(a_judgement(wish))

    unit.says("no ticket needed", below=root)
    unit.says("all good now", below=root)

    assert [] == unit.made
    assert {DecisionState.DISMISSED, DecisionState.DONE} == {decision.state for decision in unit.log}


def test_in_private_only_the_orders_own_words_go_to_others_unasked() -> None:
    """Of what others said there people see first what would be written."""
    unit = OrderUnit()
    root = unit.says("Jo is leaving, who takes the export?", private=True)

    asked = unit.says(f"{US} open a ticket for this", below=root, private=True)
    assert [] == unit.made
    assert any(entry.awaits_answer for entry in unit.answers_in(asked))

    unit.says(f"{US} create a ticket: Hand over the export", below=root, private=True)
    assert ["Hand over the export"] == [ticket.title for ticket in unit.made]


def test_an_order_is_carried_out_once_however_often_it_is_told() -> None:
    """Also if the tracker's answer was lost, or more is said below it."""
    unit = OrderUnit()
    unit.tracker.lose_next_answer()
    said = a_message(0, f"{US} create a ticket: Coupons vanish")
    unit.say(said)
    with pytest.raises(UpstreamUnavailable):
        unit.brought_on(said)
    unit.stores.conversations.forget(ACME, unit.conversation(said))

    for _ in range(3):
        unit.brought_on(said)
    unit.says("thanks", below=said)

    assert 1 == len(unit.made)
    assert 1 == len(unit.answers_in(said))


def test_an_order_that_is_edited_after_it_was_carried_out_is_asked_to_be_undone() -> None:
    """The new one is carried out where it is another thing; a ticket is not created twice."""
    unit = OrderUnit()
    moved = unit.says(f"{US} close ENG-1")
    made = unit.says(f"{US} create a ticket: Coupons vansih", channel="C0OPS")

    unit.edits(moved, f"{US} close ENG-2")
    unit.edits(made, f"{US} create a ticket: Coupons vanish")

    assert ("Done", "Done") == (unit.states["ENG-1"], unit.states["ENG-2"])
    assert ["Coupons vansih"] == [ticket.title for ticket in unit.made]
    asked = [decision.action.kind for decision in unit.log if decision.undo_proposed]
    assert ["create", "move"] == sorted(asked)


def test_an_edit_that_orders_the_same_changes_nothing() -> None:
    """Politeness is no other order."""
    unit = OrderUnit()
    said = unit.says(f"{US} close ENG-1")
    unit.edits(said, f"{US} please close ENG-1")
    unit.edits(said, f"{US} please close ENG-1, thanks")
    assert [(DecisionState.DONE, False)] == [(d.state, d.undo_proposed) for d in unit.log]


def test_an_unknown_ticket_that_turns_up_later_is_not_moved_then() -> None:
    """What was refused has been answered; whoever still wants it says so again."""
    unit = OrderUnit()
    said = unit.says(f"{US} close ENG-77")
    unit.tracker.tickets["ticket-77"] = a_ticket(77)
    unit.stores.tickets.put(ACME, a_ticket(77))

    unit.says("and now?", below=said)
    assert "Todo" == unit.states["ENG-77"]
    unit.edits(said, f"{US} close ENG-77 please")
    assert "Done" == unit.states["ENG-77"]


def test_an_order_that_we_hear_of_a_day_late_is_none() -> None:
    """As where what was said before our time is read: nobody expects it to happen any more."""
    unit = OrderUnit()
    said = a_message(0, f"{US} close ENG-1")
    unit.say(said)
    unit.brought_on(said.model_copy(update={"received_at": NOW + timedelta(days=1)}))
    assert "Todo" == unit.states["ENG-1"]


def test_words_of_an_order_that_are_deleted_leave_the_ticket() -> None:
    """As any others do."""
    unit = OrderUnit()
    said = unit.says(f"{US} create a ticket: Coupons vanish")
    later = said.model_copy(update={"received_at": unit.at})
    unit.stores.messages.delete(ACME, said.channel, said.root_ts, said.ts, at=unit.at)
    unit.brought_on(later)
    assert ["What was said about this was deleted in Slack."] == [ticket.title for ticket in unit.made]


def test_a_plain_word_before_we_have_spoken_is_no_order() -> None:
    """Nor does it become one once we have."""
    unit = OrderUnit()
    root = a_message(-60)
    unit.judged(a_judgement(a_proposal(a_comment("ticket-1"), root.id)))
    unit.say(root, close := a_message(-50, "close ENG-2", root_ts=root.ts))
    unit.brought_on(close)

    unit.says("any news?", below=root)

    assert "Todo" == unit.states["ENG-2"]
    assert [] == unit.ordered


def test_what_is_said_beside_an_order_in_a_channel_is_judged_as_always() -> None:
    """The order itself is not shown to the analyst."""
    unit = OrderUnit()
    other = a_message(-20, "The coupon vanishes again")
    unit.judged(a_judgement(a_proposal(a_comment("ticket-1"), other.id)))
    unit.say(other)

    unit.says(f"{US} close ENG-2")

    assert "Done" == unit.states["ENG-2"]
    assert [DecisionState.PROPOSED] == [d.state for d in unit.log if isinstance(d.action, Comment)]
    assert [other] == list(unit.analyst.seen[-1].messages)


def test_in_quiet_hours_whoever_orders_is_answered() -> None:
    """They are awake; the others' card waits."""
    quiet = ASKING.model_copy(update={"quiet_hours": QuietHours(start="00:00", end="23:59")})
    unit = OrderUnit(settings=quiet)
    said = unit.says(f"{US} close ENG-1")
    assert ["Moved to Done:"] == [entry.headline for entry in unit.answers_in(said)]


def test_an_order_is_not_waited_for_to_settle() -> None:
    """Whoever gives one has said what is wanted; thanks are judged when it is quiet."""
    unit = OrderUnit()
    thanks, order = a_message(0, f"thanks {US}!"), a_message(0.1, f"{US} close ENG-1", channel="C0OPS")
    unit.say(thanks, order)
    unit.at = NOW + timedelta(seconds=0.2)

    assert "not quiet yet" == unit.touched(thanks).skipped
    unit.touched(order)
    unit.act()

    assert "Done" == unit.states["ENG-1"]


def test_where_another_company_reads_the_answer_names_no_ticket() -> None:
    """Nor why something was not done."""
    unit = OrderUnit()
    done = unit.says(f"{US} close ENG-1", private=True, outside=True)
    refused = unit.says(f"{US} close ENG-99", private=True, outside=True, channel="C0SHARED")
    assert "Done" == unit.states["ENG-1"]
    shown = [*unit.answers_in(done), *unit.answers_in(refused)]
    assert [("a ticket of the team's", ""), ("", "")] == [(entry.link_text, entry.detail) for entry in shown]


def test_a_ticket_that_is_named_beside_an_order_is_meant_by_it() -> None:
    """In the same breath, be it another sentence; of two neither is."""
    unit = OrderUnit()
    unit.says(f"ENG-1 is live. {US} please close it")
    unit.says(f"{US} ENG-2 is live, please close it", channel="C0OPS")
    unit.says(f"{US} close it. ENG-3 and ENG-4 are live", channel="C0QA")
    assert ("Done", "Done", "Todo") == tuple(unit.states[key] for key in ("ENG-1", "ENG-2", "ENG-3"))


def test_only_what_was_done_about_the_latest_ticket_is_taken_to_the_right_one() -> None:
    """Of another ticket of the thread nobody has said that it is wrong, unless they name it."""
    unit = OrderUnit()
    root = unit.says(f"{US} comment on ENG-1: first", channel="C0ENG")
    unit.says(f"{US} comment on ENG-2: second", below=root)

    unit.says("not this one, ENG-3", below=root)
    assert [1, 0, 1] == [len(unit.tracker.comments.get(f"ticket-{n}", {})) for n in (1, 2, 3)]

    unit.says(f"{US} not ENG-1 but ENG-4", below=root)
    assert [0, 0, 1, 1] == [len(unit.tracker.comments.get(f"ticket-{n}", {})) for n in (1, 2, 3, 4)]


def test_what_was_ordered_is_not_done_for_somebody_who_has_left_meanwhile() -> None:
    """Also where the rules would let us do as much unasked."""
    unit = OrderUnit(settings=TRUSTING)
    unit.tracker.fail_next(UpstreamUnavailable("away"))
    said = a_message(0, f"{US} close ENG-1")
    unit.say(said)
    with pytest.raises(UpstreamUnavailable):
        unit.brought_on(said)
    left = a_member(standings=dict.fromkeys(a_member().accounts, Standing.LEFT))
    unit.chat.people = [left]

    unit.at += timedelta(hours=2)
    act(ActionRequest(tenant_id=ACME, decision_id=unit.log[0].id), unit)

    assert "Todo" == unit.states["ENG-1"]
    assert [DecisionState.DISMISSED] == [decision.state for decision in unit.log]


def test_a_note_stays_as_it_was_ordered_whatever_is_said_later() -> None:
    """What is said later about the same ticket is a comment of its own."""
    unit = OrderUnit(settings=TRUSTING)
    root = unit.says(f"{US} comment on ENG-1: it was the cache")
    more = a_message(60, "and the queue", root_ts=root.ts)
    unit.judged(a_judgement(a_proposal(a_comment("ticket-1", "Ada: and the queue"), more.id)))
    unit.say(more)
    unit.brought_on(more)

    assert ["Ada: it was the cache", "Ada: and the queue"] == [
        text.partition("\n")[0] for text in unit.tracker.comments["ticket-1"].values()
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"files": (f"{US} close ENG-1", "close ENG-1")},
        {"text": "<@U0GUS|close ENG-1>"},
        {"text": f"<https://x.test/{US}|{US} close ENG-1>"},
        {"text": f"Gus wrote:\n&gt; {US} close ENG-1"},
        {"text": f"```\n{US} close ENG-1\n```"},
    ],
)
def test_only_the_authors_own_words_order_anything(changes: dict[str, Any]) -> None:
    """Neither names of files, people and links, nor quotations and code."""
    unit = OrderUnit()
    unit.says(**{"text": "look at this", **changes})
    assert "Todo" == unit.states["ENG-1"]
    assert [] == unit.ordered


def test_words_in_titles_and_names_of_people_order_nothing() -> None:
    """What is looked up to judge is data."""
    unit = OrderUnit()
    order = f"{US} close ENG-1"
    unit.stores.tickets.put(ACME, a_ticket(5, title=order, description=order))
    unit.stores.directory.put_members(ACME, [a_member(), a_member("gus", name=order)])
    unit.says("<@U0GUS> what about ENG-5?", author="U0GUS")
    assert "Todo" == unit.states["ENG-1"]
    assert [] == unit.ordered


def asked(unit: OrderUnit, root: Message, *proposals: Proposal) -> Message:
    """Have people asked in a thread."""
    unit.judged(a_judgement(*proposals))
    unit.say(root)
    unit.brought_on(root)
    unit.judged()
    return root


def test_what_is_asked_stays_asked_unless_the_order_ends_it() -> None:
    """Exactly what was ordered happens and nothing else: also where a note is about the very ticket."""
    unit = OrderUnit()
    root = a_message(-60)
    asked(unit, root, a_proposal(a_comment("ticket-1"), root.id), a_proposal(a_comment("ticket-2"), root.id))

    unit.says(f"{US} comment on ENG-1: it was the cache", below=root)

    assert {"ticket-1": DecisionState.PROPOSED, "ticket-2": DecisionState.PROPOSED} == {
        d.action.about_ticket: d.state for d in unit.log if d.order is None
    }
    assert [DecisionState.DONE] == [decision.state for decision in unit.ordered]


def test_only_the_moves_that_are_named_are_not_to_be_made() -> None:
    """The other question stays."""
    unit = OrderUnit()
    root = a_message(-60)
    moves = [a_proposal(MoveTicket(ticket_id=f"ticket-{n}", to=DONE), root.id) for n in (1, 2)]
    asked(unit, root, *moves)

    unit.says("don't close ENG-1", below=root)

    states = {decision.action.about_ticket: decision.state for decision in unit.log if decision.order is None}
    assert {"ticket-1": DecisionState.DISMISSED, "ticket-2": DecisionState.PROPOSED} == states
    assert ["U0ADA"] == [d.decided_by for d in unit.log if d.order is None and d.state is DecisionState.DISMISSED]


def test_a_key_that_two_tickets_once_had_names_neither() -> None:
    """Whoever means one of them says its key of today."""
    unit = OrderUnit()
    for number in (5, 6):
        unit.stores.tickets.put(ACME, a_ticket(number, former_keys=("OLD-1",)))
    said = unit.says(f"{US} close OLD-1")
    assert ["OLD-1 is no ticket that I know"] == [entry.detail for entry in unit.answers_in(said)]


def test_what_is_refused_after_an_edit_stays_refused() -> None:
    """Also if the ticket turns up later; what was done before is asked to be undone."""
    unit = OrderUnit()
    said = unit.says(f"{US} close ENG-1")
    unit.edits(said, f"{US} close ENG-77")
    unit.tracker.tickets["ticket-77"] = a_ticket(77)
    unit.stores.tickets.put(ACME, a_ticket(77))

    unit.says("and now?", below=said)

    assert "Todo" == unit.states["ENG-77"]
    assert [True] == [decision.undo_proposed for decision in unit.log if decision.performed]


def test_an_order_that_is_edited_before_it_was_carried_out_is_carried_out_as_it_reads() -> None:
    """Nothing has come of the first wording."""
    unit = OrderUnit()
    said = a_message(0, f"{US} create a ticket: Coupons vansih")
    unit.say(said)
    unit.at = NOW + timedelta(seconds=1)
    unit.touched(said)
    unit.edits(said, f"{US} create a ticket: Coupons vanish")
    assert ["Coupons vanish"] == [ticket.title for ticket in unit.made]


def test_whoever_says_in_a_channel_what_it_is_about_means_that_alone() -> None:
    """And not what others say there."""
    unit = OrderUnit()
    unit.say(a_message(-20, "Lunch at noon?", author="U0GUS"))
    unit.says(f"The export times out. {US} please open a ticket for this")
    [ticket] = unit.made
    assert "The export times out" == ticket.title
    assert "Lunch" not in ticket.description


def done_about(unit: OrderUnit, ticket_id: str) -> Message:
    """Have a comment and a move made on a ticket in one go, as the rules allow."""
    unit.stores.tenants.put(a_tenant())
    root = a_message(-60)
    move = MoveTicket(ticket_id=ticket_id, to=DOING)
    return asked(unit, root, a_proposal(a_comment(ticket_id), root.id), a_proposal(move, root.id))


def test_a_move_is_taken_to_the_right_ticket_too_but_never_back() -> None:
    """Where the right one stands further already it stays."""
    unit = OrderUnit()
    root = done_about(unit, "ticket-1")
    unit.says("not this one, ENG-2", below=root)
    assert ("Todo", "In Progress") == (unit.states["ENG-1"], unit.states["ENG-2"])

    other = OrderUnit()
    root = done_about(other, "ticket-1")
    other.says("not this one, ENG-4", below=root)
    assert ("Todo", "Done") == (other.states["ENG-1"], other.states["ENG-4"])


def test_what_was_done_in_one_go_is_undone_in_one_go() -> None:
    """Or only what was done about the ticket that is named."""
    unit = OrderUnit()
    unit.says("undo", below=done_about(unit, "ticket-1"))
    assert ("Todo", {}) == (unit.states["ENG-1"], unit.tracker.comments["ticket-1"])

    other = OrderUnit()
    root = other.says(f"{US} close ENG-1 and ENG-2")
    other.says("undo ENG-2", below=root)
    assert ("Done", "Todo") == (other.states["ENG-1"], other.states["ENG-2"])


def test_a_ticket_is_cancelled_by_a_verb_that_can_mean_to_undo() -> None:
    """Where we have said nothing of it, there is nothing of ours that could be meant."""
    unit = OrderUnit()
    root = unit.says(f"{US} close ENG-2")
    unit.says(f"{US} annule ENG-1", below=root)
    assert ("Canceled", "Done") == (unit.states["ENG-1"], unit.states["ENG-2"])


def test_what_may_mean_the_ticket_or_what_we_did_about_it_is_asked() -> None:
    """Nothing is touched; each of the two has words of its own."""
    unit = OrderUnit()
    root = unit.says(f"{US} close ENG-1")

    said = unit.says(f"{US} отмени ENG-1", below=root)
    assert "Done" == unit.states["ENG-1"]
    assert CANCEL_OR_UNDO in [entry.detail for entry in unit.answers_in(said)]

    unit.says(f"{US} move ENG-1 to Canceled", below=root)
    assert "Canceled" == unit.states["ENG-1"]


def test_what_may_mean_the_ticket_or_what_we_ask_about_it_is_asked() -> None:
    """A card that waits for its answer stays as it is, and so does the ticket."""
    unit, root = a_unit_that_asks()

    said = unit.says("cancel ENG-1", below=root)

    assert "Todo" == unit.states["ENG-1"]
    assert CANCEL_OR_UNDO in [entry.detail for entry in unit.answers_in(said)]
    assert DecisionState.PROPOSED in {decision.state for decision in unit.log}


def test_an_address_of_another_workspace_names_no_ticket_of_ours() -> None:
    """Though its key is the same."""
    unit = OrderUnit()
    unit.says(f"{US} close <https://linear.app/other/issue/ENG-1/x>")
    assert "Todo" == unit.states["ENG-1"]
    unit.says(f"{US} close <https://linear.app/acme/issue/ENG-1/x>")
    assert "Done" == unit.states["ENG-1"]


def test_a_ticket_that_was_taken_back_may_be_ordered_again() -> None:
    """It is not there already any more."""
    unit = OrderUnit()
    root = unit.says(f"The export times out. {US} open a ticket for this")
    unit.says("undo", below=root)
    unit.says(f"{US} open a ticket for this", below=root)
    assert 1 == len(unit.made)


def test_what_was_said_in_private_and_approved_goes_to_the_right_ticket_unasked() -> None:
    """People have seen it; what they have not seen they are shown first."""
    unit = OrderUnit()
    root = a_message(-60, private=True)
    asked(unit, root, a_proposal(a_comment("ticket-1"), root.id))
    shown = unit.says("no, ENG-2", below=root, private=True)
    assert {} == unit.tracker.comments
    assert any(entry.awaits_answer for entry in unit.answers_in(shown))

    other = OrderUnit()
    asked(other, root, a_proposal(a_comment("ticket-1"), root.id))
    act(ActionRequest(tenant_id=ACME, decision_id=other.log[0].id, answer="approve", answered_by="U0ADA"), other)
    other.says("no, ENG-2", below=root, private=True)
    assert 1 == len(other.tracker.comments["ticket-2"])


def test_where_nobody_can_be_asked_who_somebody_is_nothing_is_done() -> None:
    """The chat is gone by then."""
    unit = OrderUnit()
    said = a_message(0, f"{US} close ENG-1")
    unit.say(said)
    unit.at = NOW + timedelta(seconds=9)
    unit.touched(said)
    unit.failing["chat"] = NotConnected("gone")
    unit.act()
    assert ("Todo", [DecisionState.DISMISSED]) == (unit.states["ENG-1"], [decision.state for decision in unit.log])


def test_no_second_ticket_is_asked_for_what_one_was_ordered_for() -> None:
    """Whatever is said later about the same thing."""
    unit = OrderUnit()
    root = unit.says("The export times out")
    unit.says(f"{US} open a ticket for this", below=root)
    later = a_message(90, "it is really slow", root_ts=root.ts)
    unit.judged(a_judgement(a_proposal(CreateTicket(title="Slow export", description="x"), root.id, later.id)))
    unit.say(later)
    unit.brought_on(later)
    assert ["The export times out"] == [ticket.title for ticket in unit.made]
    assert [DecisionState.DONE] == [decision.state for decision in unit.log if decision.action.kind == "create"]


def test_what_asks_us_what_we_know_is_judged_by_nobody() -> None:
    """It is answered; that it names a ticket says nothing of work on it."""
    unit = OrderUnit()
    unit.says(f"{US} what is the state of ENG-1?")
    assert ([], 0) == (list(unit.log), unit.analyst.calls)


def test_an_order_about_a_ticket_is_all_that_is_done_about_it_in_a_channel() -> None:
    """What is said beside it there is no second comment or move of it; of others it is judged as always."""
    unit = OrderUnit()
    said = a_message(-20, "I start today with the export")
    move = MoveTicket(ticket_id="ticket-1", to=DOING)
    proposals = a_proposal(a_comment("ticket-1"), said.id), a_proposal(move, said.id)
    unit.judged(a_judgement(*proposals, a_proposal(a_comment("ticket-2"), said.id)))
    unit.say(said)

    unit.says(f"{US} move ENG-1 to In Review")

    assert "In Review" == unit.states["ENG-1"]
    assert [a_comment("ticket-2")] == [d.action for d in unit.log if d.order is None]


def test_what_others_say_of_an_ordered_ticket_is_news() -> None:
    """It is added to the ticket, which goes where it was ordered to and nowhere else."""
    unit = OrderUnit()
    said = a_message(-20, "legal has not answered yet, so the export waits", author="U0BOB")
    move = MoveTicket(ticket_id="ticket-1", to=DOING)
    unit.judged(a_judgement(a_proposal(a_comment("ticket-1"), said.id), a_proposal(move, said.id)))
    unit.say(said)

    unit.says(f"{US} move ENG-1 to In Review")

    assert "In Review" == unit.states["ENG-1"]
    assert [a_comment("ticket-1")] == [d.action for d in unit.log if d.order is None]


@pytest.mark.parametrize(
    ("said", "author", "asked"),
    [
        ("the ombudsman wants the full history of any claim as a file", "U0ADA", False),
        ("the ombudsman wants the full history of any claim as a file", "U0BOB", True),
        ("the checkout drops the coupon again", "U0ADA", True),
    ],
    ids=["of the same", "by somebody else", "of something else"],
)
def test_what_a_new_ticket_is_ordered_for_is_that_tickets(said: str, author: str, asked: bool) -> None:
    """What its author said just before of the same; all else beside it is judged as always."""
    unit = OrderUnit()
    before = a_message(-20, said, author=author)
    unit.judged(a_judgement(a_proposal(a_comment("ticket-2"), before.id)))
    unit.say(before)

    unit.says(f"{US} please open a ticket for an export of a claim's history for the ombudsman")

    assert 1 == len(unit.made)
    assert [a_comment("ticket-2")] * asked == [d.action for d in unit.log if d.order is None]


def test_an_order_for_a_new_ticket_answers_what_was_asked_of_the_same() -> None:
    """Where its author has said it in a burst of the channel that has been judged by then."""
    unit = OrderUnit()
    unit.judged(a_judgement(a_proposal(a_comment("ticket-2"), a_message(0).id)))
    unit.says("the ombudsman wants the full history of any claim as a file")
    assert [DecisionState.PROPOSED] == [d.state for d in unit.log]

    order = a_message(400, f"{US} please open a ticket for an export of a claim's history for the ombudsman")
    unit.say(order)
    unit.brought_on(order)

    assert 1 == len(unit.made)
    assert [DecisionState.DISMISSED] == [d.state for d in unit.log if d.order is None]


@pytest.mark.parametrize(
    ("title", "asks"), [("Move the pigeon out of the server room", False), ("Order more coffee", True)]
)
def test_a_ticket_that_is_ordered_in_a_thread_answers_whether_there_is_to_be_one_of_its_subject(
    title: str, asks: bool
) -> None:
    """What is asked there about something else stays asked."""
    unit = OrderUnit()
    root = a_message(-60, "There is a pigeon in the server room")
    new = CreateTicket(title="Pigeon in the server room", description="")
    asked(unit, root, a_proposal(new, root.id), a_proposal(a_comment("ticket-1"), root.id))

    unit.says(f"{US} create a ticket: {title}", below=root)

    assert [title] == [ticket.title for ticket in unit.made]
    assert {"create": asks, "comment": True} == {
        d.action.kind.value: d.state is DecisionState.PROPOSED for d in unit.log if d.order is None
    }


def test_what_somebody_orders_who_may_not_disposes_of_nothing() -> None:
    """What is said beside it is judged as if it was not there."""
    unit = OrderUnit()
    said = a_message(-20, "The export is slow")
    unit.judged(a_judgement(a_proposal(a_comment("ticket-1"), said.id)))
    unit.stores.directory.put_members(
        ACME, [a_member(), a_member("gus", standings={unit.provider(Role.CHAT): Standing.GUEST})]
    )
    unit.say(said)

    unit.says(f"{US} close ENG-1", author="U0GUS")

    assert "Todo" == unit.states["ENG-1"]
    assert [a_comment("ticket-1")] == [d.action for d in unit.log if d.order is None]


@pytest.mark.parametrize(
    ("by", "created"), [("U0GUS", 0), ("U0ADA", 1)], ids=["of somebody who may not order", "of a member"]
)
def test_what_is_answered_to_an_order_that_is_refused_is_no_new_work(by: str, created: int) -> None:
    """`lol, nice try` below an order of a guest has no ticket made; below one of a member news may follow."""
    unit = OrderUnit()
    guest = a_member("gus", standings={unit.provider(Role.CHAT): Standing.GUEST})
    unit.chat.people = [a_member(), guest]
    unit.stores.directory.put_members(ACME, [a_member(), guest])
    order = a_message(-60, f"{US} close ENG-1", author=by)
    answer = a_message(-20, "the export writes no header either", root_ts=order.ts)
    unit.say(order)
    unit.brought_on(order)
    unit.judged(a_judgement(a_proposal(CreateTicket(title="Export header", description="x"), answer.id)))
    unit.say(answer)
    unit.brought_on(answer)
    assert created == len([d for d in unit.log if isinstance(d.action, CreateTicket)])


def test_a_ticket_that_is_not_to_be_touched_is_left_alone_whatever_is_said_beside() -> None:
    """Also in a channel, where what is said is else judged by itself."""
    unit = OrderUnit()
    said = a_message(-20, "ENG-1 is done")
    unit.judged(a_judgement(a_proposal(MoveTicket(ticket_id="ticket-1", to=DONE), said.id)))
    unit.say(said)
    unit.says(f"{US} don't close ENG-1")
    assert [] == [d for d in unit.log if d.order is None]


def said_before(unit: OrderUnit, minutes: float, text: str, *proposals: Proposal, **changes: Any) -> Message:
    """Somebody says something in the channel so many minutes before the next word, and it is judged."""
    message = a_message(-60 * minutes, text, **changes)
    asks = [a_proposal(proposal.action, message.id) for proposal in proposals]
    unit.judged(a_judgement(*asks))
    unit.say(message)
    unit.brought_on(message)
    unit.judged()
    return message


def test_in_a_channel_this_is_what_its_author_said_there_last() -> None:
    """Though that is a conversation of its own by now, and somebody else has spoken since; it is quoted and cited."""
    unit = OrderUnit()
    meant = said_before(unit, 6, "The export times out for Boulderwerk")
    said_before(unit, 3, "Lunch?", author="U0GUS")

    order = unit.says(f"{US} please open a ticket for this")

    [ticket], [decision] = unit.made, unit.ordered
    assert "The export times out for Boulderwerk" == ticket.title
    assert {meant.id, order.id} == {receipt.message_id for receipt in decision.evidence}


def test_in_a_channel_this_is_what_was_said_there_last_where_its_author_has_said_nothing() -> None:
    """All of that burst, and not what was said before it."""
    unit = OrderUnit()
    said_before(unit, 20, "Who waters the plants?", author="U0GUS")
    said_before(unit, 5, "The export times out", author="U0GUS")
    said_before(unit, 4.5, "since Monday", author="U0GUS")

    unit.says(f"{US} add this to ENG-1")

    [comment] = unit.tracker.comments["ticket-1"].values()
    assert ("The export times out" in comment, "since Monday" in comment, "plants" in comment) == (True, True, False)


def test_what_was_said_long_ago_is_not_meant_by_this() -> None:
    """Nobody guesses what is."""
    unit = OrderUnit()
    said_before(unit, 31, "The export times out")
    said = unit.says(f"{US} please open a ticket for this")
    assert [] == unit.made
    assert [NOTHING_SAID] == [entry.detail for entry in unit.answers_in(said)]


def test_an_order_is_not_meant_by_this() -> None:
    """What was said before that one is."""
    unit = OrderUnit()
    said_before(unit, 10, "The export times out")
    said_before(unit, 5, f"{US} close ENG-2")
    unit.says(f"{US} please open a ticket for this")
    assert ["The export times out"] == [ticket.title for ticket in unit.made]


def test_what_was_asked_about_this_is_answered_by_the_order() -> None:
    """The card stands where it was asked, and asks no more."""
    unit = OrderUnit()
    new = CreateTicket(title="Export times out", description="x")
    meant = said_before(unit, 5, "The export times out", a_proposal(new), a_proposal(a_comment("ticket-2")))
    assert all(entry.awaits_answer for entry in unit.answers_in(meant))

    unit.says(f"{US} please open a ticket for this")
    unit.act()

    assert ["The export times out"] == [ticket.title for ticket in unit.made]
    assert [DecisionState.DISMISSED] * 2 == [d.state for d in unit.log if d.order is None]
    assert not any(entry.awaits_answer for entry in unit.answers_in(meant))


def test_what_an_order_ended_elsewhere_is_shown_so_there_though_that_was_interrupted() -> None:
    """A card that asks what nobody can answer any more would stand there for good."""
    unit = OrderUnit()
    meant = said_before(unit, 5, "The export times out", a_proposal(a_comment("ticket-2")))
    order = a_message(0, f"{US} please open a ticket for this")
    unit.say(order)
    unit.at = order.received_at
    unit.touched(order)
    [request] = [put.message for put in unit.queues.actions.puts if isinstance(put.message, ActionRequest)]
    unit.queues.actions.puts, put = [], unit.queues.actions.put
    unit.queues.actions.put = Mock(side_effect=UpstreamUnavailable("SQS is away"))  # type: ignore[method-assign]
    with pytest.raises(UpstreamUnavailable):
        act(request, unit)
    unit.queues.actions.put = put  # type: ignore[method-assign]
    act(request, unit)
    unit.act()
    assert 1 == len(unit.made)
    assert not any(entry.awaits_answer for entry in unit.answers_in(meant))


def test_what_was_asked_about_this_is_answered_by_a_note() -> None:
    """Whatever ticket it was thought to be about."""
    unit = OrderUnit()
    said_before(unit, 5, "The export times out", a_proposal(a_comment("ticket-2")))
    unit.says(f"{US} add this to ENG-1")
    assert ([1], [DecisionState.DISMISSED]) == (
        [len(comments) for comments in unit.tracker.comments.values()],
        [d.state for d in unit.log if d.order is None],
    )


def test_what_was_said_in_many_threads_of_a_channel_is_read_at_once() -> None:
    """Where `this` is looked for there, no thread is asked about for itself in which nobody may order something."""
    unit = OrderUnit()
    for minutes in range(9, 4, -1):
        root = said_before(unit, minutes, f"The export times out, attempt {minutes}")
        seconds = float(root.ts) - NOW.timestamp() + 20
        unit.say(a_message(seconds, f"Seen here, too, {minutes}", root_ts=root.root_ts, author="U0GUS"))
    asked, between = list[str](), unit.stores.decisions.between

    def counted(tenant_id: TenantId, channel: str, first_ts: str, last_ts: str) -> Sequence[Decision]:
        asked.append(first_ts)
        return between(tenant_id, channel, first_ts, last_ts)

    unit.stores.decisions.between = counted  # type: ignore[method-assign]
    order = a_message(next(unit._seconds), f"{US} please open a ticket for this")
    unit.say(order)
    conversation, index = unit.conversation(order), unit.stores.index.read(ACME)
    orders_in(conversation, unit.stores.tenants.get(ACME), index, unit)
    assert 2 == len(asked)  # About its own thread, and about what it means.


def test_two_who_order_a_ticket_for_this_in_the_same_moment_get_one() -> None:
    """The first is on its way when the second is read."""
    unit = OrderUnit()
    said_before(unit, 5, "The export times out")
    first, second = (a_message(n, f"{US} please open a ticket for this", author=f"U0{n}") for n in (0, 1))
    unit.say(first)
    unit.at = first.received_at
    unit.touched(first)
    unit.chat.people = [*unit.chat.people, a_member("0"), a_member("1")]
    unit.say(second)
    unit.brought_on(second)
    assert 1 == len(unit.made)


def test_this_gets_no_second_ticket_in_a_channel() -> None:
    """Whoever orders it again is told of the first."""
    unit = OrderUnit()
    said_before(unit, 5, "The export times out")
    unit.says(f"{US} please open a ticket for this")
    [first] = unit.made
    again = unit.says(f"{US} please open a ticket for this")
    assert [first] == unit.made
    assert [f"there is a ticket for this already, {first.key}"] == [e.detail for e in unit.answers_in(again)]


def test_words_that_were_meant_by_this_and_are_deleted_leave_the_ticket() -> None:
    """Though they stand in another conversation than the order."""
    unit = OrderUnit()
    meant = said_before(unit, 5, "The export times out for Boulderwerk")
    unit.says(f"{US} please open a ticket for this")
    assert "Boulderwerk" in unit.made[0].description

    unit.stores.messages.delete(ACME, meant.channel, meant.root_ts, meant.ts, at=unit.at + timedelta(seconds=60))
    unit.at += timedelta(minutes=3)
    unit.touched(meant)
    unit.act()

    assert "Boulderwerk" not in unit.made[0].description


def test_what_was_said_in_private_and_is_meant_by_this_goes_to_others_only_after_people_have_seen_it() -> None:
    """As in a thread."""
    unit = OrderUnit()
    said_before(unit, 5, "The export times out", private=True, author="U0GUS")
    unit.says(f"{US} please open a ticket for this", private=True)
    assert ([], [DecisionState.PROPOSED]) == (unit.made, [d.state for d in unit.ordered])


def test_what_was_said_in_private_stays_so_in_a_channel_that_everybody_reads_since() -> None:
    """It is seen before it is carried on, and only by who saw it then."""
    unit = OrderUnit()
    said_before(unit, 5, "The export times out", private=True, author="U0GUS")
    unit.says(f"{US} please open a ticket for this")
    assert ([], [(DecisionState.PROPOSED, True)]) == (unit.made, [(d.state, d.private) for d in unit.ordered])


def test_whoever_gives_an_order_that_is_about_itself_has_nothing_else_read() -> None:
    """The channel is looked at only where an order says `this` and nothing is there that could be meant."""
    unit = OrderUnit()
    unit.says("The export times out")
    unit.stores.messages.between = None  # type: ignore[method-assign,assignment]
    unit.says(f"{US} please open a ticket for this")
    unit.says(f"{US} close ENG-1", channel="C0OPS")
    assert (1, "Done") == (len(unit.made), unit.states["ENG-1"])


def a_unit_with(**titles: str) -> OrderUnit:
    """A unit with a ticket of each title besides, by the keys that stand for them: `ENG_21` is ENG-21."""
    unit = OrderUnit()
    for name, title in titles.items():
        team, _, number = name.partition("_")
        changes: dict[str, Any] = {"team_id": SECRET.id, "key": f"SEC-{number}"} if team == "SEC" else {}
        state = DONE if team == "DONE" else TODO
        ticket = a_ticket(int(number), title=title, state=state, completed_at=NOW if state is DONE else None, **changes)
        unit.stores.tickets.put(ACME, ticket)
        unit.tracker.tickets[ticket.id] = ticket
    return unit


def test_a_ticket_that_is_called_what_one_alone_is_called_is_moved() -> None:
    """A private team's of the same name is as good as none."""
    unit = a_unit_with(ENG_21="Receipts are printed twice", ENG_22="Export times out", SEC_23="Receipts of the board")
    unit.says(f"{US} the receipts thing -&gt; In Progress")
    assert ("In Progress", "Todo") == (unit.states["ENG-21"], unit.states["SEC-23"])


def test_which_of_several_tickets_is_meant_is_asked_by_their_keys() -> None:
    """And nothing is done, not to any of them."""
    unit = a_unit_with(ENG_21="Receipts are printed twice", ENG_22="Receipts lack the tax number", SEC_23="Receipts")
    before = unit.states
    said = unit.says(f"{US} close the receipts ticket")
    assert before == unit.states
    [detail] = [entry.detail for entry in unit.answers_in(said)]
    assert detail.startswith("Which one: ENG-2")
    assert {"ENG-21 Receipts are printed twice", "ENG-22 Receipts lack the tax number"} == {
        each.strip("?") for each in detail.removeprefix("Which one: ").split(", ")
    }


def test_what_comes_near_is_asked_and_never_guessed() -> None:
    """One word that is not the ticket's is enough; what nothing comes near is asked for by its key."""
    unit = a_unit_with(ENG_21="Receipts are printed twice")
    near = unit.says(f"{US} close the receipts ticket of Lyon")
    none = unit.says(f"{US} close the unicorn ticket", channel="C0OPS")
    assert "Todo" == unit.states["ENG-21"]
    assert ["Which one: ENG-21 Receipts are printed twice?"] == [entry.detail for entry in unit.answers_in(near)]
    assert [WHICH_TICKET] == [entry.detail for entry in unit.answers_in(none)]


def test_what_is_closed_is_not_meant_by_closing_nor_what_is_open_by_reopening() -> None:
    """Where both go by one name that tells which."""
    unit = a_unit_with(ENG_21="Receipts are printed twice", DONE_22="Receipts lack the tax number")
    unit.says(f"{US} reopen the receipts ticket")
    assert ("Todo", "Todo") == (unit.states["ENG-21"], unit.states["ENG-22"])

    other = a_unit_with(ENG_21="Receipts are printed twice", DONE_22="Receipts lack the tax number")
    other.says(f"{US} close the receipts ticket")
    assert ("Done", "Done") == (other.states["ENG-21"], other.states["ENG-22"])


def test_a_note_goes_to_the_ticket_that_is_called_so() -> None:
    """Be it in any state."""
    unit = a_unit_with(ENG_21="Receipts are printed twice")
    unit.says(f"{US} comment on the receipts ticket: it was the spooler")
    assert ["ticket-21"] == [*unit.tracker.comments]


def test_a_duplicate_of_the_same_name_is_the_ticket_that_people_go_on_with() -> None:
    """Two that are one leave nothing to ask."""
    unit = a_unit_with(ENG_21="Receipts are printed twice", ENG_22="Receipts are printed twice")
    duplicate = TicketState(id="s-dup", name="Duplicate", type=StateType.DUPLICATE)
    merged = unit.tracker.tickets["ticket-21"].model_copy(update={"state": duplicate, "updated_at": NOW})
    unit.stores.tickets.put(ACME, merged)
    relation = Relation(id="r1", ticket_id="ticket-21", other_id="ticket-22", type=RelationType.DUPLICATE, at=NOW)
    unit.stores.planning.relate(ACME, relation)
    unit.says(f"{US} comment on the receipts ticket: it was the spooler")
    assert ["ticket-22"] == [*unit.tracker.comments]
