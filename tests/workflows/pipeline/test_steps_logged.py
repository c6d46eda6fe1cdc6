"""What acting writes into the log at each step, and what it leaves alone: the others on a thread, and other threads."""

from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.actions import CreateTicket, MoveTicket
from pm_assistant.domain.decisions import ActionRequest, Decision, DecisionState, Outcome, Waiting
from pm_assistant.domain.errors import Conflict, NotConnected, UpstreamUnavailable
from pm_assistant.domain.tenants import Provider
from pm_assistant.workflows.pipeline.act import GIVES_UP_AFTER, give_up
from tests.builders import ACME, DOING, NOW, a_comment, a_connection, a_decision, a_message, a_ticket
from tests.fakes.unit import FakeUnit
from tests.workflows.pipeline.test_intent import a_unit, acted, calls_around

MOVE = MoveTicket(ticket_id="ticket-1", to=DOING)
NEW = CreateTicket(title="Coupon vanishes", description="In the checkout")
OUTCOME = Outcome(external_id="c-1", url="", inverse='{"operation": "commentDelete", "variables": {"id": "c-1"}}')
HOUR = timedelta(hours=1)
ADA = {"answered_by": "account:1"}


def logged(decision: Decision, unit: FakeUnit) -> Decision:
    """As the log has it."""
    return unit.stores.decisions.get(ACME, decision.id)


@pytest.mark.parametrize("answer", ["undo", "approve"])
def test_who_wants_it_undone_is_in_the_log_before_the_tracker_is_called(answer: str) -> None:
    """Whoever comes after a crash knows whose word it was, and when that was given."""
    decision = a_decision(state=DecisionState.DONE, outcome=OUTCOME, undo_proposed=answer == "approve")
    unit = a_unit(decision)
    unit.at = NOW + HOUR
    seen: list[Decision] = []
    calls_around(unit, "undo", lambda: seen.append(logged(decision, unit)))

    acted(decision, unit, answer=answer, **ADA)

    assert [("account:1", NOW + HOUR)] == [(each.decided_by, each.updated_at) for each in seen]


def test_who_lets_it_stay_is_in_the_log() -> None:
    """And since when it is settled."""
    decision = a_decision(state=DecisionState.DONE, outcome=OUTCOME, undo_proposed=True)
    unit = a_unit(decision)
    unit.at = NOW + HOUR

    kept = acted(decision, unit, answer="dismiss", **ADA)

    assert ("account:1", NOW + HOUR) == (kept.decided_by, kept.updated_at)


def test_who_has_it_tried_again_is_in_the_log() -> None:
    """Where nobody had been asked before."""
    decision = a_decision(state=DecisionState.FAILED, error="locked")

    assert "account:1" == acted(decision, a_unit(decision), answer="retry", **ADA).decided_by


def test_what_was_remarked_with_a_yes_stays_in_the_log() -> None:
    """Like what was remarked with a no."""
    decision = a_decision(state=DecisionState.PROPOSED)

    done = acted(decision, a_unit(decision), answer="approve", remark="as agreed on Monday", **ADA)

    assert (DecisionState.DONE, "as agreed on Monday") == (done.state, done.remark)


def test_an_answer_to_one_is_none_to_the_others_on_its_thread() -> None:
    """Each is asked about by itself."""
    one, other = (a_decision(action=action, state=DecisionState.PROPOSED) for action in (a_comment(), MOVE))
    unit = a_unit(one, other)

    assert DecisionState.DONE is acted(one, unit, answer="approve", **ADA).state
    assert other == logged(other, unit)


# What waits, fails or is given up


@pytest.mark.parametrize(("waited_for", "fails"), [(GIVES_UP_AFTER, True), (GIVES_UP_AFTER - HOUR, False)])
def test_patience_ends_after_a_day(waited_for: timedelta, fails: bool) -> None:
    """What has waited for less goes on waiting."""
    decision = a_decision(waiting=Waiting(provider=Provider.LINEAR, since=NOW - waited_for))
    unit = a_unit(decision)

    give_up(ActionRequest(tenant_id=ACME, decision_id=decision.id), "away", unit, waited=True)

    assert fails is (logged(decision, unit).state is DecisionState.FAILED)


@pytest.mark.parametrize(
    ("state", "after"),
    [(DecisionState.ACTING, DecisionState.FAILED), (DecisionState.DISMISSED, DecisionState.DONE)],
    ids=["wanted", "not wanted"],
)
def test_what_is_given_up_says_since_when_and_its_card_does_at_once(state: DecisionState, after: DecisionState) -> None:
    """Nobody has to wait any longer to learn that."""
    waiting = Waiting(provider=Provider.LINEAR, since=NOW)
    decision = a_decision(state=state, intended=OUTCOME, intended_action=a_comment(), waiting=waiting)
    unit = a_unit(decision)
    unit.at = NOW + timedelta(days=3)

    give_up(ActionRequest(tenant_id=ACME, decision_id=decision.id), "away", unit, waited=True)

    assert (after, unit.at) == (logged(decision, unit).state, logged(decision, unit).updated_at)
    showing = ActionRequest(tenant_id=ACME, decision_id=decision.id, only_show=True)
    assert [(showing, ACME, 0)] == unit.queues.actions.puts


def test_what_goes_on_waiting_is_not_written_again() -> None:
    """A vendor may be away for days, and is asked again every few minutes."""
    decision = a_decision()
    unit = a_unit(decision)
    unit.failing["tracker"] = NotConnected("no linear")
    waiting = acted(decision, unit)
    unit.at += HOUR

    assert waiting == acted(decision, unit)


@pytest.mark.parametrize("by", [None, "account:1"], ids=["unasked", "approved"])
def test_what_is_not_done_because_its_ticket_is_gone_says_since_when(by: str | None) -> None:
    """Whether it has failed or is withdrawn."""
    decision = a_decision(state=DecisionState.PROPOSED if by else DecisionState.QUEUED)
    unit = a_unit(decision)
    unit.tracker.tickets.clear()
    unit.at = NOW + HOUR

    ended = acted(decision, unit, **({"answer": "approve", "answered_by": by} if by else {}))

    assert NOW + HOUR == ended.updated_at


def test_a_decision_that_never_stops_changing_is_tried_again_later() -> None:
    """A worker has no more than a minute."""
    decision = a_decision()
    unit = a_unit(decision)

    def conflicting(after: Decision, *, before: Decision) -> Decision:
        raise Conflict("somebody was faster")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unit.stores.decisions, "replace", conflicting)
        with pytest.raises(Conflict, match=r"^the decision keeps changing$"):
            acted(decision, unit)


@pytest.mark.parametrize("deleted", [False, True])
def test_a_message_of_another_thread_that_is_cited_is_looked_at_there(deleted: bool) -> None:
    """A decision may rest on several threads: deleted in any of them, it is not done."""
    root = a_message(900)
    reply = a_message(930, "with PayPal", root_ts=root.ts)
    receipt = a_decision(message=reply).evidence[0].model_copy(update={"root_ts": root.ts})
    decision = a_decision(message=a_message(), evidence=(receipt,))
    unit = a_unit(decision, said=(root, reply))
    if deleted:
        unit.stores.messages.delete(ACME, reply.channel, reply.root_ts, reply.ts, at=NOW)

    assert (DecisionState.DISMISSED if deleted else DecisionState.DONE) is acted(decision, unit).state


# What stands in the tracker


def test_a_new_ticket_says_where_it_was_said() -> None:
    """Whoever reads it can go and look."""
    decision = a_decision(action=NEW)
    unit = a_unit(decision)
    unit.stores.connections.put(a_connection())

    done = acted(decision, unit)

    assert done.outcome is not None
    assert decision.evidence[0].url in unit.tracker.tickets[done.outcome.external_id].description


def rewritten(decision: Decision, unit: FakeUnit, title: str) -> str:
    """The title of a ticket of ours in the tracker once it was to say something else."""
    done = logged(decision, unit)
    action = CreateTicket(title=title, description="")
    redone = done.to_be_redone(action, revision=f"digest of {title}", as_of=unit.at, at=unit.at)
    unit.stores.decisions.replace(redone, before=done)
    acted(decision, unit)
    assert done.outcome is not None
    return unit.tracker.tickets[done.outcome.external_id].title


def test_a_ticket_says_something_else_as_often_as_it_is_to() -> None:
    """It still reads as we left it last."""
    decision = a_decision(action=NEW)
    unit = a_unit(decision)
    acted(decision, unit)

    assert ["Voucher", "Discount"] == [rewritten(decision, unit, title) for title in ("Voucher", "Discount")]


def test_a_ticket_that_people_have_written_on_since_stays_theirs() -> None:
    """Though it was ours to rewrite once."""
    decision = a_decision(action=NEW)
    unit = a_unit(decision)
    done = acted(decision, unit)
    rewritten(decision, unit, "Voucher")
    assert done.outcome is not None
    ticket = unit.tracker.tickets[done.outcome.external_id]
    unit.tracker.tickets[ticket.id] = ticket.model_copy(update={"title": "Voucher vanishes on Android"})

    assert ["Voucher vanishes on Android"] * 2 == [rewritten(decision, unit, title) for title in ("A", "B")]


def noted_elsewhere(unit: FakeUnit) -> Decision:
    """A comment on the ticket that is there, said in another thread."""
    elsewhere = a_decision(message=a_message(900), created_at=NOW + HOUR, state=DecisionState.DONE, outcome=OUTCOME)
    return unit.stores.decisions.save(elsewhere)


def test_what_others_have_noted_on_a_ticket_does_not_hold_it_where_it_was_moved_to() -> None:
    """Nothing of theirs is lost where only its state is put back."""
    decision = a_decision(action=MOVE)
    unit = a_unit(decision)
    acted(decision, unit)
    noted_elsewhere(unit)

    assert DecisionState.UNDONE is acted(decision, unit, answer="undo", **ADA).state
    assert a_ticket().state == unit.tracker.tickets["ticket-1"].state


def test_that_a_ticket_is_moved_again_changes_no_card_of_another_thread() -> None:
    """They name it as before."""
    decision = a_decision(action=MOVE, performed="digest-0", performed_action=MOVE, outcome=OUTCOME)
    unit = a_unit(decision)
    noted_elsewhere(unit)

    assert DecisionState.DONE is acted(decision, unit).state
    assert [] == unit.queues.actions.puts


def test_what_goes_with_its_ticket_says_since_when() -> None:
    """As the ticket itself does."""
    ticket = a_decision(action=NEW)
    unit = a_unit(ticket)
    made = acted(ticket, unit)
    assert made.outcome is not None
    asked = a_decision(id="asked", action=a_comment(made.outcome.external_id), state=DecisionState.PROPOSED)
    unit.stores.decisions.save(asked)
    unit.at = NOW + HOUR

    acted(ticket, unit, answer="undo", **ADA)

    assert (DecisionState.DISMISSED, NOW + HOUR) == (logged(asked, unit).state, logged(asked, unit).updated_at)


def test_that_a_ticket_was_taken_back_is_said_wherever_it_is_named() -> None:
    """Also where nothing was asked about it any more: the card is to name it no longer."""
    ticket = a_decision(action=NEW)
    unit = a_unit(ticket)
    made = acted(ticket, unit)
    assert made.outcome is not None
    failed = a_decision(
        action=a_comment(made.outcome.external_id), message=a_message(900), state=DecisionState.FAILED, created_at=NOW
    )
    unit.stores.decisions.save(failed)

    assert DecisionState.UNDONE is acted(ticket, unit, answer="undo", **ADA).state

    showing = ActionRequest(tenant_id=ACME, decision_id=failed.id, only_show=True)
    assert [showing] == [put.message for put in unit.queues.actions.puts]


def test_a_tenant_without_a_chat_has_nothing_done_on_the_word_of_whom_nobody_can_vouch_for() -> None:
    """It was said before the tracker went away; by the time that is there again nobody knows who that is."""
    decision = a_decision(state=DecisionState.PROPOSED, confidence=0.6)
    unit = a_unit(decision)
    unit.tracker.fail_next(UpstreamUnavailable("away"))
    approved: dict[str, Any] = {"state": DecisionState.QUEUED, "decided_by": "U0ADA"}
    unit.stores.decisions.replace(decision.model_copy(update=approved), before=decision)
    with pytest.raises(UpstreamUnavailable):
        acted(decision, unit)
    unit.failing["chat"] = NotConnected("no chat")

    assert DecisionState.PROPOSED is acted(decision, unit).state
    assert {} == unit.tracker.comments
