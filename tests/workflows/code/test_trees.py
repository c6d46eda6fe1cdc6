"""A tree is closed once, as far as the team trusts us, not against anybody's word, and taken back as a whole."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pm_assistant.domain.actions import CloseTree
from pm_assistant.domain.decisions import ActionRequest, Decision, DecisionState, Outcome
from pm_assistant.domain.errors import Gone, UpstreamRejected, UpstreamUnavailable
from pm_assistant.domain.events import EventEnvelope, TreeTouched
from pm_assistant.domain.jobs import JobKind, Order
from pm_assistant.domain.tenants import ActionKind, Mode, Provider, Rule, Settings
from pm_assistant.domain.work import Team, Ticket, TicketState
from pm_assistant.workflows.code.reconcile import reconcile
from pm_assistant.workflows.code.trees import look_at_trees
from pm_assistant.workflows.pipeline.act import act
from pm_assistant.workflows.pipeline.analyze import analyze
from tests.builders import (
    ACME,
    CANCELED,
    DOING,
    DONE,
    ENG,
    NOW,
    TODO,
    a_connection,
    a_job,
    a_tenant,
    a_ticket,
    an_account,
)
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeTracker

HOUR = timedelta(hours=1)
OURS = ENG.model_copy(update={"closes_parents": False, "closes_children": False})
AUTO = {ActionKind.CLOSE: Rule(mode=Mode.AUTO, threshold=0.8)}
S = DecisionState


class Crash(BaseException):
    """The function ends here."""


class Closing(FakeUnit):
    """A tenant with a ticket in progress, one below it, and below that one that was done an hour ago."""

    def __init__(self, *, team: Team = OURS, read: bool = True, **settings: Any) -> None:
        super().__init__()
        self.tracker = FakeTracker(teams=[team])
        self.stores.tenants.put(a_tenant(settings=Settings(**settings)))
        self.stores.connections.put(a_connection(provider=Provider.LINEAR))
        if read:
            self.stores.connection_states.note(ACME, Provider.LINEAR, sync_at=NOW)
        self.stores.accounts.put(an_account(ACME, "ada"))
        self.stores.directory.put_teams(ACME, [team])
        self.put(1, DOING)
        self.put(2, TODO, below=1)
        self.put(3, DONE, below=2)

    def put(self, number: int, state: TicketState, below: int | None = None, **changes: Any) -> Ticket:
        """Have a ticket stand in the tracker, as somebody has put it there, and us know of it."""
        at = changes.pop("at", NOW - HOUR if state.type.closed else NOW - 2 * HOUR)
        before = self.tracker.tickets.get(f"ticket-{number}")
        parent_id = f"ticket-{below}" if below else before and before.parent_id
        fields = {
            "state": state,
            "parent_id": parent_id,
            "updated_at": at,
            "completed_at": at if state == DONE else None,
        }
        ticket = a_ticket(number, **{**fields, **changes})
        self.tracker.tickets[ticket.id] = ticket
        self.stores.tickets.put(ACME, ticket)
        return ticket

    def look(self) -> list[Decision]:
        """Look once at the trees, and carry out what is asked for; what the log then holds."""
        before = len(self.queues.actions.puts)
        look_at_trees(self)
        for put in self.queues.actions.puts[before:]:
            assert isinstance(put.message, ActionRequest)
            act(put.message, self)
        return self.log

    def touched(self) -> None:
        """Handle what a change of the tickets has put on the queue, when it is due, and what follows from that."""
        before = len(self.queues.actions.puts)
        look = EventEnvelope(tenant_id=ACME, event=TreeTouched(ticket_id="ticket-3"))
        for decision in analyze(look, self).decisions:
            assert ["ticket-2", "ticket-1"] == closings(decision)
        for put in self.queues.actions.puts[before:]:
            act(ActionRequest.model_validate(put.message.model_dump()), self)

    def say(self, answer: str, decision: Decision | None = None) -> Decision:
        """Have somebody answer the only decision, or this one."""
        decision = decision or self.log[0]
        request = {"decision_id": decision.id, "answer": answer, "answered_by": "account:account-ada"}
        act(ActionRequest.model_validate({"tenant_id": ACME, **request}), self)
        return self.stores.decisions.get(ACME, decision.id)

    @property
    def log(self) -> list[Decision]:
        """All decisions."""
        return [decision for _, decision in self.stores.decisions.page(ACME, limit=99)]

    def pass_time(self, span: timedelta = HOUR) -> None:
        """Let time pass."""
        self.at += span

    def states(self) -> list[str]:
        """Where the tracker says that the tickets stand."""
        return [self.tracker.tickets[f"ticket-{number}"].state.name for number in (1, 2, 3)]


def closings(decision: Decision) -> list[str]:
    """The tickets that a decision is to close."""
    assert isinstance(decision.action, CloseTree)
    return [closing.ticket_id for closing in decision.action.closings]


def test_a_tree_is_proposed_once_with_all_its_tickets_and_what_shows_that_they_are_done() -> None:
    """However often we look; nothing is moved, and no thread is written into."""
    unit = Closing()
    for _ in range(3):
        (decision,) = unit.look()
        unit.pass_time()
    assert (S.PROPOSED, "close", ["ticket-2", "ticket-1"]) == (
        decision.state,
        decision.action.kind,
        closings(decision),
    )
    assert "All that is below is closed: ENG-3" == decision.reason
    assert ["https://linear.app/acme/issue/ENG-3"] == [receipt.url for receipt in decision.evidence]
    assert ["In Progress", "Todo", "Done"] == unit.states()
    assert {} == unit.chat.cards


def test_it_is_found_by_the_event_and_by_the_hourly_comparison() -> None:
    """By either, and not twice where both do; what is taken back, too."""
    for first, second in (("touched", "look"), ("look", "touched")):
        unit = Closing(rules=AUTO)
        getattr(unit, first)()
        getattr(unit, second)()
        assert [S.DONE] == [decision.state for decision in unit.log]
        unit.put(3, TODO, at=NOW)
        getattr(unit, first)()
        assert [True] == [decision.awaits_answer for decision in unit.log]


def test_the_hourly_comparison_looks_at_trees() -> None:
    """A dry run does not: it changes nothing."""
    unit = Closing()
    for dry_run, expected in ((True, []), (False, [S.PROPOSED])):
        order = Order(kind=JobKind.RECONCILE, dry_run=dry_run)
        reconcile(a_job(ACME).model_copy(update={"order": order}), unit)
        assert expected == [decision.state for decision in unit.log]


def test_what_a_person_approves_is_closed_and_taken_back_as_a_whole() -> None:
    """Each ticket stands again where it stood."""
    unit = Closing()
    unit.look()
    done = unit.say("approve")
    assert (S.DONE, ["Done", "Done", "Done"]) == (done.state, unit.states())
    assert DONE == unit.stores.tickets.some(ACME, ["ticket-1"])[0].state
    undone = unit.say("undo")
    assert (S.UNDONE, None, ["In Progress", "Todo", "Done"]) == (undone.state, undone.error, unit.states())


@pytest.mark.parametrize(
    ("settings", "team", "state"),
    [
        ({"rules": AUTO}, OURS, S.DONE),
        ({"rules": AUTO}, ENG, S.PROPOSED),
        ({"rules": AUTO}, OURS.model_copy(update={"closes_parents": True}), None),
        ({"rules": {ActionKind.CLOSE: Rule(mode=Mode.OFF)}}, OURS, S.LOGGED),
        ({"rules": {ActionKind.CLOSE: Rule(mode=Mode.AUTO, threshold=0.95)}}, OURS, S.PROPOSED),
        ({"rules": {ActionKind.MOVE: Rule(mode=Mode.AUTO)}}, OURS, S.PROPOSED),
    ],
)
def test_a_tree_is_closed_unasked_only_where_the_team_has_said_so(
    settings: dict[str, Any], team: Team, state: DecisionState | None
) -> None:
    """And where we know that the tracker does not close it; where it does, we only look."""
    unit = Closing(team=team, **settings)
    assert ([state] if state else []) == [decision.state for decision in unit.look()]
    assert (["Done", "Done"] if state is S.DONE else ["In Progress", "Todo"]) == unit.states()[:2]


def test_a_ticket_that_somebody_touched_since_is_only_asked_about() -> None:
    """It may have been opened again on purpose."""
    unit = Closing(rules=AUTO)
    unit.put(1, DOING, at=NOW - timedelta(minutes=10))
    assert [S.PROPOSED] == [decision.state for decision in unit.look()]


def test_what_is_open_below_a_closed_ticket_is_never_closed_unasked() -> None:
    """Whatever the rules allow."""
    unit = Closing(rules={ActionKind.CLOSE: Rule(mode=Mode.AUTO, threshold=0.1)})
    unit.put(1, DONE)
    unit.put(3, TODO, at=NOW - HOUR / 2)
    (decision,) = unit.look()
    assert (S.PROPOSED, ["ticket-3", "ticket-2"]) == (decision.state, closings(decision))
    assert "Closed, with tickets below it that are open: ENG-3, ENG-2" == decision.reason
    assert ["https://linear.app/acme/issue/ENG-1"] == [receipt.url for receipt in decision.evidence]
    unit.say("approve")
    assert ["Done", "Done", "Done"] == unit.states()


def test_within_moments_a_person_or_the_tracker_may_close_the_tree() -> None:
    """That is not late, and what is older than what is remembered is not asked about any more."""
    unit = Closing(retention_days=2)
    unit.put(3, DONE, at=NOW - timedelta(minutes=13))
    assert [] == unit.look()
    unit.put(3, DONE, at=NOW - timedelta(minutes=12))
    unit.pass_time(timedelta(days=2))
    assert [] == unit.look()


def test_before_the_tracker_was_read_whole_nothing_is_known_of_what_else_is_below() -> None:
    """Though events have told of some of it."""
    unit = Closing(read=False)
    unit.stores.connection_states.note(ACME, Provider.LINEAR, event_at=NOW)
    assert [] == unit.look()


@pytest.mark.parametrize("answer", ["dismiss", "undo", "approve"])
def test_what_a_person_has_answered_is_not_asked_again(answer: str) -> None:
    """Nor as a part of a greater tree, nor once what is below was opened and closed again, or people opened it."""
    unit = Closing()
    unit.look()
    if answer == "undo":
        unit.say("approve")
    said = unit.say(answer)
    for number in (2, 1):
        unit.put(number, DOING, at=unit.now())
    unit.put(3, TODO, at=unit.now())
    unit.look()
    unit.pass_time()
    unit.put(3, DONE, at=unit.now())
    unit.put(9, DOING)
    unit.put(1, DOING, below=9, at=unit.now())
    unit.pass_time()
    assert [said.state] == [decision.state for decision in unit.look()]
    assert not unit.log[0].awaits_answer


def test_a_proposal_that_nobody_has_answered_grows_with_its_tree() -> None:
    """It is one for the topmost ticket; one that is part of a greater tree by now is not asked beside it."""
    unit = Closing()
    unit.put(4, TODO, below=1)
    (first,) = unit.look()
    assert ["ticket-2"] == closings(first)
    unit.put(5, DONE, below=4, at=NOW)
    unit.pass_time()
    unit.look()
    asked = [decision for decision in unit.log if decision.awaits_answer]
    assert [["ticket-2", "ticket-4", "ticket-1"]] == [closings(decision) for decision in asked]
    assert S.DISMISSED is unit.stores.decisions.get(ACME, first.id).state


def test_a_child_that_is_opened_again_takes_back_the_question() -> None:
    """It is asked again once that is done, too."""
    unit = Closing()
    unit.look()
    unit.put(3, TODO, at=NOW)
    assert [(S.DISMISSED, None, "the tree is not as it was")] == [(d.state, d.decided_by, d.error) for d in unit.look()]
    unit.put(3, DONE, at=NOW + HOUR)
    unit.pass_time(2 * HOUR)
    assert [S.PROPOSED] == [decision.state for decision in unit.look()]


def test_what_was_closed_for_what_is_open_again_is_asked_to_be_taken_back() -> None:
    """As a whole, once, and not if people say that it is to stay."""
    unit = Closing(rules=AUTO)
    unit.look()
    unit.put(3, TODO, at=NOW)
    for _ in range(2):
        (decision,) = unit.look()
        assert (S.DONE, True, ["Done", "Done"]) == (decision.state, decision.awaits_answer, unit.states()[:2])
    assert S.DONE is unit.say("dismiss").state
    assert [False] == [decision.awaits_answer for decision in unit.look()]
    assert ["Done", "Done", "Todo"] == unit.states()


def test_to_approve_that_is_to_open_the_tree_again() -> None:
    """Each ticket where it stood."""
    unit = Closing(rules=AUTO)
    unit.look()
    unit.put(3, TODO, at=NOW)
    unit.look()
    assert S.UNDONE is unit.say("approve").state
    assert ["In Progress", "Todo", "Todo"] == unit.states()


def test_nothing_is_asked_to_be_taken_back_that_people_have_closed_or_opened_themselves() -> None:
    """Nor once what was open again is closed."""
    unit = Closing()
    for number in (1, 2):
        unit.put(number, DONE)
    unit.put(3, TODO, at=NOW)
    assert [False] == [d.action.about_ticket == "ticket-3" for d in unit.look()]
    unit = Closing(rules=AUTO)
    unit.look()
    unit.put(3, TODO, at=NOW)
    assert [True] == [decision.awaits_answer for decision in unit.look()]
    unit.put(3, DONE, at=NOW + HOUR)
    assert [False] == [decision.awaits_answer for decision in unit.look()]
    for number in (1, 2):
        unit.put(number, DOING, at=NOW + HOUR)
    unit.put(3, TODO, at=NOW + 2 * HOUR)
    assert [False] == [decision.awaits_answer for decision in unit.look()]


def test_of_what_is_taken_back_that_stays_which_people_have_moved_since() -> None:
    """And the log names it; by its key only where everybody may read it."""
    unit = Closing(rules=AUTO)
    unit.look()
    unit.put(1, CANCELED, at=NOW)
    undone = unit.say("undo")
    assert (S.UNDONE, ["Canceled", "Todo", "Done"]) == (undone.state, unit.states())
    assert "not taken back, as people have moved it since or the tracker refuses: ENG-1" == undone.error
    unit = Closing(rules=AUTO)
    unit.look()
    unit.put(1, CANCELED, at=NOW, team_id="team-hr")
    assert "not taken back, as people have moved it since or the tracker refuses: 1 that not everybody may read" == (
        unit.say("undo").error
    )


def test_where_people_have_moved_all_of_it_nothing_is_taken_back() -> None:
    """It stays done, and says why."""
    unit = Closing(rules=AUTO)
    unit.look()
    for number in (1, 2):
        unit.put(number, CANCELED, at=NOW)
    kept = unit.say("undo")
    assert (S.DONE, ["Canceled", "Canceled", "Done"]) == (kept.state, unit.states())
    assert "not taken back, as people have moved it since or the tracker refuses: ENG-1, ENG-2" == kept.error


@pytest.mark.parametrize("refused", ["ticket-1", "ticket-2"])
def test_what_cannot_be_put_back_does_not_keep_the_others(refused: str) -> None:
    """One refusal ends nothing."""
    unit = Closing(rules=AUTO)
    unit.look()
    undo = unit.tracker.undo

    def refuses(outcome: Outcome) -> Any:
        if outcome.external_id == refused:
            raise UpstreamRejected("no")
        return undo(outcome)

    unit.tracker.undo = refuses  # type: ignore[method-assign]
    undone = unit.say("undo")
    assert (S.UNDONE, True) == (undone.state, (undone.error or "").endswith(refused.replace("ticket", "ENG")))


def interrupted(unit: Closing, on: int, raises: Callable[[], BaseException], *, after: bool = False) -> None:
    """Have the tracker's call of that number for a move fail so, before or after it came to pass."""
    move, count = unit.tracker.move, 0

    def interrupts(ticket_id: str, to: TicketState, *, backwards: bool = False) -> Any:
        nonlocal count
        count += 1
        done = move(ticket_id, to, backwards=backwards) if after or count != on else None
        if count == on:
            raise raises()
        return done

    unit.tracker.move = interrupts  # type: ignore[method-assign]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("on", [1, 2])
@pytest.mark.parametrize("raises", [Crash, lambda: UpstreamUnavailable("away")])
def test_what_is_interrupted_between_two_tickets_is_brought_to_its_end(
    on: int, raises: Callable[[], BaseException], after: bool
) -> None:
    """Where each stood is in the log before the first is moved; what is looked at meanwhile is not asked anew."""
    unit = Closing()
    unit.look()
    interrupted(unit, on, raises, after=after)
    with pytest.raises((Crash, UpstreamUnavailable)):
        unit.say("approve")
    (begun,) = unit.log
    assert begun.intended is not None
    assert (S.ACTING, ["ticket-2", "ticket-1"]) == (begun.state, [part.external_id for part in begun.intended.parts])
    for ticket in unit.tracker.tickets.values():
        unit.stores.tickets.put(ACME, ticket)
    unit.pass_time()
    look_at_trees(unit)
    act(ActionRequest(tenant_id=ACME, decision_id=begun.id), unit)
    (done,) = unit.log
    assert (S.DONE, ["Done", "Done", "Done"]) == (done.state, unit.states())
    assert S.UNDONE is unit.say("undo").state
    assert ["In Progress", "Todo", "Done"] == unit.states()


@pytest.mark.parametrize("gone", ["ticket-1", "ticket-2"])
def test_a_ticket_that_is_gone_is_left_out(gone: str) -> None:
    """The others are closed all the same."""
    unit = Closing()
    unit.look()
    del unit.tracker.tickets[gone]
    done = unit.say("approve")
    (left,) = [number for number in ("ticket-1", "ticket-2") if number != gone]
    assert (S.DONE, DONE) == (done.state, unit.tracker.tickets[left].state)


def test_a_tree_of_which_nothing_is_there_any_more_fails() -> None:
    """And says so."""
    unit = Closing()
    unit.look()
    del unit.tracker.tickets["ticket-1"], unit.tracker.tickets["ticket-2"]
    failed = unit.say("approve")
    assert (S.FAILED, "none of the tickets is there any more") == (failed.state, failed.error)


@pytest.mark.parametrize("error", [UpstreamRejected("no"), Gone("in the trash")])
def test_one_refusal_does_not_keep_the_others_open(error: Exception) -> None:
    """What was refused fails, and what was done can be taken back."""
    unit = Closing()
    unit.look()
    interrupted(unit, 1, lambda: error)
    said = unit.say("approve")
    assert (S.DONE if isinstance(error, Gone) else S.FAILED, ["Done", "Todo", "Done"]) == (said.state, unit.states())
    assert S.UNDONE is unit.say("undo").state
    assert ["In Progress", "Todo", "Done"] == unit.states()


def test_what_is_approved_while_a_child_is_opened_again_is_not_done() -> None:
    """The question may come again: nobody has refused it."""
    unit = Closing()
    unit.look()
    unit.put(3, TODO, at=NOW)
    said = unit.say("approve")
    assert (S.DISMISSED, None, ["In Progress", "Todo", "Todo"]) == (said.state, said.decided_by, unit.states())
    assert "not all of what shows it is closed any more" == said.error
    unit.put(3, DONE, at=NOW + HOUR)
    unit.pass_time(2 * HOUR)
    assert [S.PROPOSED] == [decision.state for decision in unit.look()]


def test_another_teams_tickets_are_none_of_it() -> None:
    """A private team's tickets are neither read out nor moved."""
    unit = Closing()
    unit.put(4, TODO, below=1, team_id="team-hr")
    (decision,) = unit.look()
    assert ["ticket-2"] == closings(decision)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([TODO, DOING, DONE, CANCELED]), st.none() | st.integers(1, 9)), max_size=9),
    st.randoms(),
)
def test_in_any_forest_what_is_closed_and_taken_back_leaves_the_tracker_as_it_was(
    forest: list[tuple[TicketState, int | None]], random: Any
) -> None:
    """In whatever order people approve, and though a look comes in between; nothing that was closed is moved."""
    unit = Closing()
    for number, (state, below) in enumerate(forest, start=1):
        unit.put(number, state, below=below, at=NOW - HOUR / 2)
    before = {id: ticket.state for id, ticket in unit.tracker.tickets.items()}
    for _ in range(9):
        questions = [decision for decision in unit.look() if decision.awaits_answer]
        for question in random.sample(questions, len(questions)):
            assert S.DONE is unit.say("approve", question).state
        unit.pass_time()
    assert [] == [decision for decision in unit.look() if decision.awaits_answer]
    moved = {id for id, ticket in unit.tracker.tickets.items() if ticket.state != before[id]}
    assert moved == {id for decision in unit.log if decision.state is S.DONE for id in closings(decision)}
    assert not any(before[id].type.closed for id in moved)
    for decision in random.sample(unit.log, len(unit.log)):
        if decision.undoable:
            assert S.UNDONE is unit.say("undo", decision).state
    assert before == {id: ticket.state for id, ticket in unit.tracker.tickets.items()}
