"""What is intended is noted before it is done: whatever comes between, the log tells the truth and can take it back."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.actions import Comment, CreateTicket, MoveTicket
from pm_assistant.domain.decisions import (
    ActionRequest,
    Decision,
    DecisionState,
    Outcome,
    Stake,
    Waiting,
    external_id,
    for_everybody,
    merge_evidence,
)
from pm_assistant.domain.errors import (
    AccessRevoked,
    Conflict,
    NotConnected,
    ProductError,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.domain.tenants import ActionKind, Channels, Mode, Provider, Rule, Settings
from pm_assistant.domain.work import Message
from pm_assistant.workflows.pipeline.act import act, give_up
from tests.builders import (
    ACME,
    DOING,
    ENG,
    NOW,
    TRUSTING,
    a_comment,
    a_decision,
    a_member,
    a_message,
    a_tenant,
    a_ticket,
    an_account,
)
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeTracker

NEW = CreateTicket(title="Coupon vanishes", description="In the checkout")
MOVE = MoveTicket(ticket_id="ticket-1", to=DOING)
ACTIONS: list[Comment | CreateTicket | MoveTicket] = [a_comment(), NEW, MOVE]
LATER = NOW + timedelta(hours=1)
LEFT = Outcome(external_id="comment", url="", inverse=json.dumps({"operation": "commentDelete"}))


def a_unit(*decisions: Decision, said: tuple[Message, ...] = (), settings: Settings = TRUSTING) -> FakeUnit:
    """A tenant with a ticket, in whose log the decisions are."""
    unit = FakeUnit(ACME)
    unit.tracker = FakeTracker(tickets=[a_ticket()], teams=[ENG])
    unit.stores.tenants.put(a_tenant(settings=settings))
    unit.stores.directory.put_teams(ACME, [ENG])
    unit.stores.directory.put_members(ACME, [a_member()])
    unit.stores.accounts.put(an_account(id="1"))
    unit.stores.tickets.put(ACME, a_ticket())
    for message in said:
        unit.stores.messages.record(ACME, message, keep_days=30)
    for decision in decisions:
        unit.stores.decisions.save(decision)
    return unit


def acted(decision: Decision, unit: FakeUnit, **answer: str | bool) -> Decision:
    """What has become of a decision once its request was handled."""
    act(ActionRequest.model_validate({"tenant_id": ACME, "decision_id": decision.id, **answer}), unit)
    return unit.stores.decisions.get(ACME, decision.id)


def judged_again(decision: Decision, unit: FakeUnit, **change: object) -> Decision:
    """Save a later judgement of the same work."""
    later = {"revision": "digest-2", "as_of": LATER, "updated_at": LATER, **change}
    return unit.stores.decisions.save(decision.model_copy(update=later))


def to_be_emptied(done: Decision, unit: FakeUnit) -> None:
    """Have the words of what was done taken out of the tracker, as a judgement of their deletion has it."""
    empty = done.redacted().model_copy(update={"performed_action": done.performed_action})
    redone = empty.to_be_redone(empty.action, revision="digest-2", as_of=LATER, at=LATER)
    unit.stores.decisions.replace(redone, before=done)


def as_it_was(unit: FakeUnit) -> bool:
    """Whether nothing of ours is in the tracker."""
    comments = [text for of_ticket in unit.tracker.comments.values() for text in of_ticket]
    return not comments and {"ticket-1": a_ticket().state} == {id: t.state for id, t in unit.tracker.tickets.items()}


def calls_around(unit: FakeUnit, name: str, before: Callable[[], object]) -> None:
    """Have something happen right before the tracker is asked to do something."""
    original = getattr(unit.tracker, name)

    def asked(*args: object, **kwargs: object) -> object:
        setattr(unit.tracker, name, original)
        before()
        return original(*args, **kwargs)

    setattr(unit.tracker, name, asked)


NAMES = {ActionKind.COMMENT: "comment", ActionKind.CREATE: "create", ActionKind.MOVE: "move"}


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.kind)
def test_what_takes_an_effect_back_is_in_the_log_before_the_tracker_is_called(
    action: Comment | CreateTicket | MoveTicket,
) -> None:
    """Whoever comes after a crash finds it there."""
    decision = a_decision(action=action)
    unit = a_unit(decision)
    seen: list[Decision] = []
    calls_around(unit, NAMES[action.kind], lambda: seen.append(unit.stores.decisions.get(ACME, decision.id)))

    assert DecisionState.DONE is acted(decision, unit).state

    [then] = seen
    assert DecisionState.ACTING is then.state
    assert then.intended is not None
    assert not unit.tracker.undo(then.intended)
    assert as_it_was(unit)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.kind)
def test_after_a_lost_answer_what_was_done_can_still_be_undone(action: Comment | CreateTicket | MoveTicket) -> None:
    """The repeat finds it done already, and knows from the log that it was us."""
    decision = a_decision(action=action)
    unit = a_unit(decision)
    unit.tracker.lose_next_answer()
    with pytest.raises(UpstreamUnavailable):
        acted(decision, unit)

    done = acted(decision, unit)

    assert (DecisionState.DONE, True) == (done.state, done.undoable)
    undone = acted(decision, unit, answer="undo", answered_by="account:1")
    assert (DecisionState.UNDONE, None) == (undone.state, undone.intended)
    assert as_it_was(unit)


@pytest.mark.parametrize("state", [DecisionState.PROPOSED, DecisionState.LOGGED])
@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.kind)
def test_what_is_judged_otherwise_while_it_is_under_way_is_taken_back(
    action: Comment | CreateTicket | MoveTicket, state: DecisionState
) -> None:
    """The later judgement stands, and nothing of the earlier one is left."""
    decision = a_decision(action=action)
    unit = a_unit(decision)
    calls_around(unit, NAMES[action.kind], lambda: judged_again(decision, unit, state=state))

    after = acted(decision, unit)

    assert (state, None, None) == (after.state, after.performed, after.intended)
    assert as_it_was(unit)


def test_what_is_judged_to_say_something_else_while_it_is_under_way_says_that() -> None:
    """Once, with the later words."""
    decision = a_decision()
    unit = a_unit(decision)
    calls_around(unit, "comment", lambda: judged_again(decision, unit, action=a_comment(summary="Also in the app")))

    after = acted(decision, unit)

    assert (DecisionState.DONE, "digest-2") == (after.state, after.performed)
    [body] = unit.tracker.comments["ticket-1"].values()
    assert "Also in the app" in body


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.kind)
def test_what_is_judged_again_after_its_answer_was_lost_can_still_be_undone(
    action: Comment | CreateTicket | MoveTicket,
) -> None:
    """What was noted before the tracker was called is not noted anew: by now the tracker has what we did."""
    decision = a_decision(action=action)
    unit = a_unit(decision)
    unit.tracker.lose_next_answer()
    with pytest.raises(UpstreamUnavailable):
        acted(decision, unit)
    judged_again(decision, unit)

    done = acted(decision, unit)

    assert (DecisionState.DONE, True) == (done.state, done.undoable)
    acted(decision, unit, answer="undo", answered_by="account:1")
    assert as_it_was(unit)


def test_what_is_withdrawn_after_its_answer_was_lost_is_taken_back() -> None:
    """By whoever comes next, for the log knows what there may be."""
    decision = a_decision()
    unit = a_unit(decision)
    unit.tracker.lose_next_answer()
    with pytest.raises(UpstreamUnavailable):
        acted(decision, unit)
    acting = unit.stores.decisions.get(ACME, decision.id)
    unit.stores.decisions.replace(acting.withdrawn("the conversation moved on", at=LATER), before=acting)

    after = acted(decision, unit)

    assert (DecisionState.DISMISSED, None, None) == (after.state, after.intended, after.waiting)
    assert as_it_was(unit)


def test_what_people_have_gone_on_with_is_not_taken_back_with_a_withdrawal() -> None:
    """It stands, and the log says so."""
    decision = a_decision(action=MOVE)
    unit = a_unit(decision)
    unit.tracker.lose_next_answer()
    with pytest.raises(UpstreamUnavailable):
        acted(decision, unit)
    done_state = next(state for state in ENG.states if state.type.closed)
    unit.tracker.tickets["ticket-1"] = unit.tracker.tickets["ticket-1"].model_copy(update={"state": done_state})
    acting = unit.stores.decisions.get(ACME, decision.id)
    unit.stores.decisions.replace(acting.withdrawn("the conversation moved on", at=LATER), before=acting)

    after = acted(decision, unit)

    assert (DecisionState.DONE, "not taken back: people have changed it since (state)") == (after.state, after.error)
    assert done_state == unit.tracker.tickets["ticket-1"].state


@pytest.mark.parametrize("by", [None, "U0ADA"])
def test_what_people_deleted_is_never_written_even_if_it_waited(by: str | None) -> None:
    """Whoever said yes to it before."""
    message = a_message()
    decision = a_decision(message=message, decided_by=by)
    unit = a_unit(decision, said=(message,))
    unit.stores.messages.delete(ACME, message.channel, message.root_ts, message.ts, at=LATER)

    assert DecisionState.DISMISSED is acted(decision, unit).state
    assert as_it_was(unit)


def test_what_people_said_otherwise_since_waits_for_its_new_judgement_unless_a_person_said_yes() -> None:
    """Who said yes has seen the words they said yes to."""
    message = a_message()
    [receipt] = a_decision(message=message).evidence
    evidence = (receipt.model_copy(update={"text_digest": message.text_digest, "root_ts": message.root_ts}),)
    edited = message.model_copy(update={"text": "never mind", "edited_ts": f"{float(message.ts) + 5:.6f}"})
    ours = a_decision(message=message, evidence=evidence)
    theirs = a_decision(message=message, action=MOVE, evidence=evidence, decided_by="U0ADA")
    unit = a_unit(ours, theirs, said=(message, edited))

    acted(ours, unit)

    states = {decision.id: unit.stores.decisions.get(ACME, decision.id).state for decision in (ours, theirs)}
    assert {ours.id: DecisionState.DISMISSED, theirs.id: DecisionState.DONE} == states


NO_LONGER = [
    # settings                                                    what becomes of it
    ({"channels": Channels(deny=("C0ENG",))}, DecisionState.LOGGED),
    ({"rules": {ActionKind.COMMENT: Rule(mode=Mode.OFF)}}, DecisionState.LOGGED),
    ({"rules": {ActionKind.COMMENT: Rule(mode=Mode.PROPOSE)}}, DecisionState.PROPOSED),
    ({"rules": {ActionKind.COMMENT: Rule(mode=Mode.AUTO, threshold=0.95)}}, DecisionState.PROPOSED),
]


@pytest.mark.parametrize("acting", [False, True], ids=["queued", "answer lost"])
@pytest.mark.parametrize(("change", "state"), NO_LONGER)
def test_what_the_tenant_no_longer_allows_is_not_done(
    change: dict[str, object], state: DecisionState, acting: bool
) -> None:
    """A message may have waited for days; what may have been done meanwhile is taken back."""
    decision = a_decision()
    unit = a_unit(decision)
    if acting:
        unit.tracker.lose_next_answer()
        with pytest.raises(UpstreamUnavailable):
            acted(decision, unit)
    unit.stores.tenants.put(a_tenant(settings=TRUSTING.model_copy(update=change)))

    after = acted(decision, unit)

    assert state is after.state
    assert after.error is not None
    assert as_it_was(unit)


def test_what_a_person_approved_needs_no_rule_that_lets_us_act_unasked() -> None:
    """Only one that forbids it altogether stops it."""
    approved = a_decision(decided_by="U0ADA")
    asking = TRUSTING.model_copy(update={"rules": {ActionKind.COMMENT: Rule(mode=Mode.PROPOSE)}})
    forbidding = TRUSTING.model_copy(update={"rules": {ActionKind.COMMENT: Rule(mode=Mode.OFF)}})

    assert DecisionState.DONE is acted(approved, a_unit(approved, settings=asking)).state
    assert DecisionState.LOGGED is acted(approved, a_unit(approved, settings=forbidding)).state


def test_one_request_works_off_all_that_is_open_on_its_subject() -> None:
    """And shows the card once."""
    decisions = [a_decision(action=action) for action in ACTIONS]
    unit = a_unit(*decisions)

    acted(decisions[0], unit)

    assert {DecisionState.DONE} == {unit.stores.decisions.get(ACME, decision.id).state for decision in decisions}
    [card] = unit.chat.cards.values()
    assert 3 == len(card.entries)


def test_one_that_cannot_be_done_does_not_stand_in_the_way_of_the_others() -> None:
    """What is refused for good says why; a person may have it tried again."""
    decisions = [a_decision(action=action, created_at=NOW + timedelta(seconds=n)) for n, action in enumerate(ACTIONS)]
    unit = a_unit(*decisions)
    unit.tracker.fail_next(UpstreamRejected("issue is locked"))

    acted(decisions[0], unit)

    states = [unit.stores.decisions.get(ACME, decision.id).state for decision in decisions]
    assert [DecisionState.FAILED, DecisionState.DONE, DecisionState.DONE] == states


REFUSALS = [AccessRevoked("revoked", provider=Provider.LINEAR), NotConnected("no linear")]


@pytest.mark.parametrize("error", REFUSALS, ids=["revoked", "not connected"])
def test_what_a_tracker_does_not_let_us_do_waits_and_says_so(error: ProductError) -> None:
    """A repeat would help nothing, so nothing is repeated; the card says since when."""
    decisions = [a_decision(action=action) for action in ACTIONS]
    unit = a_unit(*decisions)
    unit.failing["tracker"] = error

    acted(decisions[0], unit)

    waiting = Waiting(provider=Provider.LINEAR, since=unit.now())
    assert {waiting} == {unit.stores.decisions.get(ACME, decision.id).waiting for decision in decisions}
    [card] = unit.chat.cards.values()
    assert all(
        entry.headline.startswith(f"Waiting for Linear since {unit.now():%H:%M} UTC, 20 November.")
        for entry in card.entries
    )


def test_since_when_something_waits_stays_as_it_was() -> None:
    """However often it is tried."""
    decision = a_decision()
    unit = a_unit(decision)
    unit.failing["tracker"] = NotConnected("no linear")
    first = acted(decision, unit)
    unit.at += timedelta(hours=3)

    assert first.waiting == acted(decision, unit).waiting


def test_what_no_longer_follows_is_undone_if_a_person_wants_that() -> None:
    """The card asks; to approve is to undo it."""
    decision = a_decision()
    unit = a_unit(decision)
    done = acted(decision, unit)
    asked = done.ungrounded(revision="digest-2", as_of=LATER, at=LATER)
    unit.stores.decisions.replace(asked, before=done)
    acted(decision, unit)
    [card] = unit.chat.cards.values()
    [entry] = card.entries
    assert f"{decision.id}:digest-2" == entry.awaits_answer
    assert entry.headline.endswith("Shall I take it back? Commented on")

    undone = acted(decision, unit, answer="approve", answered_by="account:1", revision="digest-2")

    assert (DecisionState.UNDONE, False) == (undone.state, undone.undo_proposed)
    assert as_it_was(unit)


def test_what_no_longer_follows_stays_if_a_person_wants_that() -> None:
    """And is not asked about again for the same words."""
    decision = a_decision()
    unit = a_unit(decision)
    done = acted(decision, unit)
    unit.stores.decisions.replace(done.ungrounded(revision="digest-2", as_of=LATER, at=LATER), before=done)

    kept = acted(decision, unit, answer="dismiss", answered_by="account:1", revision="digest-2")

    assert (DecisionState.DONE, False, True) == (kept.state, kept.undo_proposed, kept.undoable)
    assert not as_it_was(unit)


def test_the_text_of_a_ticket_is_taken_back_unless_people_have_changed_it() -> None:
    """Whose words it was made of has deleted them; what people wrote since is theirs, who has it in hand is not."""
    untouched, written_on, assigned = (a_decision(action=NEW, message=a_message(seconds)) for seconds in (0, 600, 1200))
    unit = a_unit(untouched, written_on, assigned)
    changes = {written_on.id: {"description": "I can reproduce it"}, assigned.id: {"assignee_id": "lin-ada"}}
    for decision in (untouched, written_on, assigned):
        done = acted(decision, unit)
        assert done.outcome is not None
        id = done.outcome.external_id
        unit.tracker.tickets[id] = unit.tracker.tickets[id].model_copy(update=changes.get(decision.id, {}))
        for _ in range(2):  # Also where it is looked at again.
            to_be_emptied(unit.stores.decisions.get(ACME, decision.id), unit)
            assert DecisionState.DONE is acted(decision, unit).state

    texts = [(t.title, t.description.strip()) for id, t in unit.tracker.tickets.items() if id != "ticket-1"]
    assert [("Coupon vanishes", "I can reproduce it")] == [text for text in texts if text[0] == NEW.title]
    assert 3 == len(texts)
    assert not [text for text in texts if "In the checkout" in text[1]]


def waiting_for_long(action: Comment | CreateTicket | MoveTicket, **changes: Any) -> Decision:
    """A decision that has waited for the tracker for three days."""
    since = NOW - timedelta(days=3)
    return a_decision(action=action, waiting=Waiting(provider=Provider.LINEAR, since=since), **changes)


def test_what_was_given_up_says_why_and_can_be_tried_again() -> None:
    """Days have passed, and whoever waits for it learns what became of it."""
    decisions = [waiting_for_long(action) for action in ACTIONS]
    unit = a_unit(*decisions)
    request = ActionRequest(tenant_id=ACME, decision_id=decisions[0].id)

    give_up(request, "linear answered 503", unit, waited=True)

    failed = [unit.stores.decisions.get(ACME, decision.id) for decision in decisions]
    assert {(DecisionState.FAILED, "linear answered 503")} == {(decision.state, decision.error) for decision in failed}
    [asked] = [put.message for put in unit.queues.actions.puts]
    assert request.model_copy(update={"only_show": True}) == asked
    assert DecisionState.DONE is acted(decisions[0], unit, answer="retry", answered_by="account:1").state


@pytest.mark.parametrize("waited", [True, False])
def test_giving_up_fails_only_what_was_tried(waited: bool) -> None:
    """What has just been decided has a request of its own; so has what waits, where nobody foresaw the error."""
    old, new = waiting_for_long(a_comment()), a_decision(action=MOVE)
    unit = a_unit(old, new)

    give_up(ActionRequest(tenant_id=ACME, decision_id=old.id), "linear answered 503", unit, waited=waited)

    states = [unit.stores.decisions.get(ACME, decision.id).state for decision in (old, new)]
    assert (
        [DecisionState.FAILED, DecisionState.QUEUED] if waited else [DecisionState.QUEUED, DecisionState.FAILED]
    ) == states


def test_what_may_stand_unwanted_is_said_to_stand_when_it_is_given_up() -> None:
    """A person can take it back; nobody else will."""
    decision = a_decision()
    unit = a_unit(decision)
    unit.tracker.lose_next_answer()
    with pytest.raises(UpstreamUnavailable):
        acted(decision, unit)
    acting = unit.stores.decisions.get(ACME, decision.id)
    unit.stores.decisions.replace(acting.withdrawn("the conversation moved on", at=LATER), before=acting)
    unit.tracker.fail_next(UpstreamUnavailable("away"))
    with pytest.raises(UpstreamUnavailable):
        acted(decision, unit)
    unit.at += timedelta(days=3)

    give_up(ActionRequest(tenant_id=ACME, decision_id=decision.id), "linear answered 503", unit, waited=True)

    stands = unit.stores.decisions.get(ACME, decision.id)
    assert (DecisionState.DONE, True, "linear answered 503") == (stands.state, stands.undoable, stands.error)


def test_nothing_is_given_up_while_another_is_at_work_on_it() -> None:
    """It may be done in this very moment."""
    decision = waiting_for_long(a_comment())
    unit = a_unit(decision)

    with unit.lease(f"subject|{decision.subject.id}", lasts=timedelta(seconds=90)), pytest.raises(Conflict):
        give_up(ActionRequest(tenant_id=ACME, decision_id=decision.id), "linear answered 503", unit, waited=True)


def test_to_give_up_what_is_not_there_any_more_is_no_fault() -> None:
    """The tenant may have been deleted meanwhile."""
    unit = a_unit()

    give_up(ActionRequest(tenant_id=ACME, decision_id="gone"), "linear answered 503", unit, waited=True)

    assert [] == unit.queues.actions.puts


def test_a_card_that_is_refused_does_not_hide_that_the_tracker_is_away() -> None:
    """Else what waits for hours would be given up at once, for the card's sake."""
    decision = a_decision()
    unit = a_unit(decision)
    unit.tracker.fail_next(UpstreamUnavailable("linear is away"))
    unit.chat.fail_next(UpstreamRejected("invalid_blocks"))

    with pytest.raises(UpstreamUnavailable, match="linear is away"):
        acted(decision, unit)


# What was done once, and is to be something else


def done_and_changed(unit: FakeUnit, decision: Decision, **change: object) -> Decision:
    """What becomes of a comment that stands, once it is judged to say something else."""
    acted(decision, unit)
    return judged_again(decision, unit, action=a_comment(summary="NEW"), **change)


def body(unit: FakeUnit) -> str:
    """What the comment says."""
    [text] = unit.tracker.comments["ticket-1"].values()
    return text


def test_a_comment_that_stands_is_not_removed_because_its_change_was_interrupted() -> None:
    """It is asked about again, with the latest words."""
    decision = a_decision(decided_by="U0ADA")
    unit = a_unit(decision)
    asked = done_and_changed(unit, decision, state=DecisionState.PROPOSED, decided_by=None)
    unit.tracker.lose_next_answer()
    with pytest.raises(UpstreamUnavailable):
        acted(asked, unit, answer="approve", answered_by="account:1", revision="digest-2")
    again = {"revision": "digest-3", "action": a_comment(summary="NEWER"), "state": DecisionState.PROPOSED}
    unit.stores.decisions.save(
        decision.model_copy(update=again | {"as_of": LATER + timedelta(hours=1), "decided_by": None})
    )

    asked = acted(decision, unit)

    assert (DecisionState.PROPOSED, a_comment(summary="NEWER")) == (asked.state, asked.action)
    assert 1 == len(unit.tracker.comments["ticket-1"])
    acted(asked, unit, answer="approve", answered_by="account:1", revision="digest-3")
    assert "NEWER" in body(unit)


def test_a_change_that_a_person_does_not_want_leaves_what_stands() -> None:
    """It is done and can be undone as before, and nobody is asked about it any more."""
    decision = a_decision(decided_by="U0ADA")
    unit = a_unit(decision)
    asked = done_and_changed(unit, decision, state=DecisionState.PROPOSED, decided_by=None)

    kept = acted(asked, unit, answer="dismiss", answered_by="account:1", revision="digest-2")

    assert (DecisionState.DONE, a_comment(), True) == (kept.state, kept.action, kept.undoable)
    later = {"revision": "digest-3", "as_of": LATER + timedelta(hours=1), "action": a_comment(summary="NEWER")}
    assert DecisionState.DONE is unit.stores.decisions.save(decision.model_copy(update=later)).state


@pytest.mark.parametrize("lost", [True, False], ids=["may have been written", "was never written"])
def test_a_change_that_is_no_longer_allowed_leaves_log_and_tracker_as_they_were(lost: bool) -> None:
    """The log says what stands; what may have been written over is written back."""
    decision = a_decision()
    unit = a_unit(decision)
    done_and_changed(unit, decision)
    if lost:
        unit.tracker.lose_next_answer()
        with pytest.raises(UpstreamUnavailable):
            acted(decision, unit)
        assert "NEW" in body(unit)
    off = TRUSTING.model_copy(update={"rules": {ActionKind.COMMENT: Rule(mode=Mode.OFF)}})
    unit.stores.tenants.put(a_tenant(settings=off))

    after = acted(decision, unit)

    assert (DecisionState.DONE, a_comment()) == (after.state, after.action)
    assert "NEW" not in body(unit)


def test_a_yes_outlives_a_judgement_that_says_the_very_same() -> None:
    """Somebody has thanked in the thread meanwhile; what was approved is done."""
    decision = a_decision(decided_by="U0ADA")
    unit = a_unit(decision)

    judged_again(decision, unit, state=DecisionState.PROPOSED, decided_by=None)

    assert DecisionState.DONE is acted(decision, unit).state


def test_what_was_left_over_and_is_approved_after_all_can_be_undone() -> None:
    """What takes it back was noted before the first attempt, and is not noted anew."""
    decision = a_decision(action=MOVE)
    unit = a_unit(decision)
    unit.tracker.lose_next_answer()
    with pytest.raises(UpstreamUnavailable):
        acted(decision, unit)
    judged_again(decision, unit, state=DecisionState.PROPOSED)

    done = acted(decision, unit, answer="approve", answered_by="account:1", revision="digest-2")

    assert (DecisionState.DONE, True) == (done.state, done.undoable)


def test_what_was_taken_back_unasked_comes_again_under_an_id_of_its_own() -> None:
    """A vendor may take the one that was deleted for a second one of the same."""
    decision = a_decision(action=NEW)
    unit = a_unit(decision)
    calls_around(unit, "create", lambda: judged_again(decision, unit, state=DecisionState.LOGGED))
    taken_back = acted(decision, unit)
    assert (DecisionState.LOGGED, 1) == (taken_back.state, taken_back.withdrawals)
    unit.stores.decisions.save(
        decision.model_copy(update={"revision": "digest-3", "as_of": LATER + timedelta(hours=1)})
    )

    done = acted(decision, unit)

    assert done.outcome is not None
    assert external_id(decision.id, "ticket") != done.outcome.external_id
    assert done.outcome.external_id in unit.tracker.tickets


def test_what_was_said_in_private_elsewhere_is_never_carried_out_unasked() -> None:
    """Not even where others have said the same in the open."""
    private, public = a_message(0, private=True), a_message(600)
    logged = a_decision(message=private, private=True, state=DecisionState.PROPOSED)
    judged = a_decision(message=public, revision="digest-2")

    merged = merge_evidence(logged, judged, frozenset({public.id}))

    assert (DecisionState.PROPOSED, True) == (merged.state, merged.private)


def test_words_that_are_being_taken_out_of_the_tracker_are_shown_to_nobody() -> None:
    """What stood there is remembered until it has been written over; deleted words leave that, too."""
    decision = a_decision()
    unit = a_unit(decision)
    done = acted(decision, unit)
    assert a_comment() == done.performed_action
    assert for_everybody(done).performed_action is None

    to_be_emptied(done, unit)

    assert a_comment().summary not in acted(decision, unit).model_dump_json()


def test_deleted_words_are_taken_out_of_what_could_not_be_undone() -> None:
    """They were deleted while a person had it undone, and people had gone on with it."""
    decision = a_decision(action=NEW)
    unit = a_unit(decision)
    done = acted(decision, unit)
    assert done.outcome is not None
    unit.tracker.move(done.outcome.external_id, DOING)
    undoing = unit.stores.decisions.replace(done.being_undone("account:1", at=LATER), before=done)
    kept = {"performed_action": undoing.performed_action}
    unit.stores.decisions.replace(undoing.redacted().model_copy(update=kept), before=undoing)

    after = acted(decision, unit)

    assert (DecisionState.DONE, False) == (after.state, after.undoing)
    assert NEW.title not in unit.tracker.tickets[done.outcome.external_id].title
    assert NEW.title not in after.model_dump_json()


# The others on the same thread


def test_a_fault_that_nobody_foresaw_costs_only_the_decision_that_met_it() -> None:
    """It is raised once the others are done, so that the message comes again."""
    decisions = [a_decision(action=action, created_at=NOW + timedelta(seconds=n)) for n, action in enumerate(ACTIONS)]
    unit = a_unit(*decisions)

    def bug() -> None:
        raise RuntimeError

    calls_around(unit, "comment", bug)

    with pytest.raises(RuntimeError):
        acted(decisions[0], unit)

    states = [unit.stores.decisions.get(ACME, decision.id).state for decision in decisions]
    assert [DecisionState.ACTING, DecisionState.DONE, DecisionState.DONE] == states


def test_a_tracker_that_is_away_is_not_asked_for_each_decision() -> None:
    """Each question may take as long as the function has."""
    decisions = [a_decision(action=a_comment(), created_at=NOW), a_decision(action=NEW, created_at=LATER)]
    unit = a_unit(*decisions)
    asked: list[str] = []
    calls_around(unit, "create", lambda: asked.append("create"))
    unit.tracker.fail_next(UpstreamUnavailable("away"))

    with pytest.raises(UpstreamUnavailable):
        acted(decisions[0], unit)

    assert [] == asked
    assert all(unit.stores.decisions.get(ACME, decision.id).waiting for decision in decisions)


@pytest.mark.parametrize("noted", [True, False], ids=["its thread is noted", "it was cited before that was noted"])
def test_a_cited_message_is_found_in_its_thread(noted: bool) -> None:
    """Deleted there, it is not written."""
    root = a_message()
    reply = a_message(30, "with PayPal", root_ts=root.ts)
    receipt = a_decision(message=reply).evidence[0].model_copy(update={"root_ts": root.ts if noted else None})
    decision = a_decision(message=root, evidence=(receipt,))
    unit = a_unit(decision, said=(root, reply))
    unit.stores.messages.delete(ACME, reply.channel, reply.root_ts, reply.ts, at=LATER)

    assert DecisionState.DISMISSED is acted(decision, unit).state


def test_words_are_taken_out_of_the_tracker_whatever_the_rules_say() -> None:
    """Nobody has to allow that."""
    decision = a_decision()
    unit = a_unit(decision)
    done = acted(decision, unit)
    to_be_emptied(done, unit)
    unread = TRUSTING.model_copy(update={"channels": Channels(deny=("C0ENG",))})
    unit.stores.tenants.put(a_tenant(settings=unread))

    assert DecisionState.DONE is acted(decision, unit).state
    assert a_comment().summary not in body(unit)


def test_what_a_person_is_having_undone_is_undone_whatever_is_judged_meanwhile() -> None:
    """Their word was the last one."""
    decision = a_decision()
    unit = a_unit(decision)
    done = acted(decision, unit)
    unit.stores.decisions.replace(done.being_undone("account:1", at=LATER), before=done)

    judged_again(decision, unit, action=a_comment(summary="NEW"))

    assert DecisionState.UNDONE is acted(decision, unit).state
    assert as_it_was(unit)


def test_a_ticket_that_may_have_been_created_keeps_its_first_words() -> None:
    """People may have gone on with it; the log says what it says."""
    decision = a_decision(action=NEW)
    unit = a_unit(decision)
    unit.tracker.lose_next_answer()
    with pytest.raises(UpstreamUnavailable):
        acted(decision, unit)

    judged_again(decision, unit, action=NEW.model_copy(update={"title": "Coupon gone"}))

    assert NEW == acted(decision, unit).action


def test_what_two_conversations_were_made_into_cites_no_more_than_can_be_kept() -> None:
    """How it began, and the latest."""
    said = [a_message(number) for number in range(40)]
    receipts = [a_decision(message=message).evidence[0] for message in said]
    logged, judged = a_decision(evidence=tuple(receipts[:20])), a_decision(evidence=tuple(receipts[20:]))

    merged = merge_evidence(logged, judged, frozenset(message.id for message in said[20:]))

    assert [receipts[0], *receipts[21:]] == list(merged.evidence)


@pytest.fixture
def made() -> tuple[Decision, FakeUnit]:
    """A decision whose ticket was made."""
    decision = a_decision(action=NEW)
    unit = a_unit(decision)
    return acted(decision, unit), unit


def noted_on(ticket: Decision, unit: FakeUnit, *, message: Message | None = None, **change: Any) -> Decision:
    """A comment on a ticket of ours, said in that message's thread."""
    assert ticket.outcome is not None
    action = a_comment(ticket.outcome.external_id, "Also on Android")
    decision = unit.stores.decisions.save(a_decision(action=action, message=message, created_at=LATER, **change))
    return acted(decision, unit)


def test_a_ticket_taken_back_takes_along_what_its_own_thread_had_noted_on_it(made: tuple[Decision, FakeUnit]) -> None:
    """The log does not say that anything stands on it, and nothing is asked about it any more; who did it is known."""
    ticket, unit = made
    comment = noted_on(ticket, unit)
    asked = noted_on(ticket, unit, id="asked", state=DecisionState.PROPOSED)

    assert DecisionState.UNDONE is acted(ticket, unit, answer="undo", answered_by="account:1").state

    comment, asked = (unit.stores.decisions.get(ACME, each.id) for each in (comment, asked))
    assert (DecisionState.UNDONE, "account:1", False) == (comment.state, comment.decided_by, comment.undoable)
    assert (DecisionState.DISMISSED, "the ticket was taken back") == (asked.state, asked.error)
    assert as_it_was(unit)


def test_a_ticket_on_which_other_threads_are_noted_is_not_taken_back(made: tuple[Decision, FakeUnit]) -> None:
    """What these people said would be lost with it; once it is taken back, or was never written, the ticket goes."""
    ticket, unit = made
    elsewhere = a_message(900, "Android, too")
    comment = noted_on(ticket, unit, message=elsewhere)
    assert DecisionState.DONE is comment.state

    kept = acted(ticket, unit, answer="undo", answered_by="account:1")

    assert (DecisionState.DONE, "not taken back: what was said elsewhere is noted on it") == (kept.state, kept.error)
    assert [comment.id] == [d.id for d in unit.stores.decisions.since(ACME, NOW) if d.subject == comment.subject]
    assert DecisionState.UNDONE is acted(comment, unit, answer="undo", answered_by="account:1").state
    assert DecisionState.UNDONE is acted(kept, unit, answer="undo", answered_by="account:1").state
    assert as_it_was(unit)


def test_what_is_noted_elsewhere_counts_though_that_functions_clock_was_behind(made: tuple[Decision, FakeUnit]) -> None:
    """By its time it was noted before the ticket was made."""
    ticket, unit = made
    assert ticket.outcome is not None
    behind = ticket.created_at - timedelta(seconds=45)
    action = a_comment(ticket.outcome.external_id, "Also on Android")
    times: dict[str, Any] = {"created_at": behind, "updated_at": behind}
    noted = a_decision(action=action, message=a_message(900), state=DecisionState.DONE, outcome=LEFT, **times)
    unit.stores.decisions.save(noted)

    assert DecisionState.DONE is acted(ticket, unit, answer="undo", answered_by="account:1").state
    assert ticket.outcome.external_id in unit.tracker.tickets


def test_a_ticket_on_which_people_have_put_something_is_not_taken_back_and_log_and_card_say_what(
    made: tuple[Decision, FakeUnit],
) -> None:
    """What is theirs is theirs."""
    ticket, unit = made
    assert ticket.outcome is not None
    id = ticket.outcome.external_id
    unit.tracker.taken_up[id] = {Stake.COMMENTS}
    unit.tracker.tickets[id] = unit.tracker.tickets[id].model_copy(update={"title": "Ours now", "labels": ("Bug",)})

    kept = acted(ticket, unit, answer="undo", answered_by="account:1")

    why = "not taken back: people have changed it since (title, labels, comments)"
    assert (DecisionState.DONE, why) == (kept.state, kept.error)
    assert "Ours now" == unit.tracker.tickets[id].title
    [card] = unit.chat.cards.values()
    assert card.entries[0].detail.startswith(why)


@pytest.mark.parametrize("by", [None, "account:1"], ids=["unasked", "approved"])
@pytest.mark.parametrize("action", [a_comment(), MOVE], ids=lambda action: action.kind)
def test_nothing_is_asked_any_more_about_a_ticket_that_the_tracker_says_is_gone(
    action: Comment | MoveTicket, by: str | None
) -> None:
    """Its own message has not come: all threads' cards say so; what nobody was asked has failed, and says why."""
    wanted = a_decision(action=action, state=DecisionState.PROPOSED if by else DecisionState.QUEUED)
    beside = a_decision(id="beside", action=a_comment(), state=DecisionState.PROPOSED)
    elsewhere = a_decision(id="elsewhere", action=MOVE, message=a_message(900), state=DecisionState.PROPOSED)
    unit = a_unit(wanted, beside, elsewhere)
    unit.stores.tickets.put(ACME, a_ticket())
    unit.tracker.tickets.clear()

    ended = acted(wanted, unit, **({"answer": "approve", "answered_by": by} if by else {}))
    acted(elsewhere, unit, only_show=True)

    gone = (DecisionState.DISMISSED, "the ticket is not there any more")
    now = [unit.stores.decisions.get(ACME, decision.id) for decision in (beside, elsewhere)]
    assert [gone, gone] == [(each.state, each.error) for each in now]
    assert (ended.state, ended.error) == (gone if by else (DecisionState.FAILED, "Entity not found: Issue"))
    entries = [entry for card in unit.chat.cards.values() for entry in card.entries]
    said = [entry for entry in entries if entry.headline.startswith("Not done, the ticket is not there any more.")]
    assert (3 if by else 2, 3) == (len(said), len(entries))
    assert {("retry",)} | {()} >= {entry.answers for entry in entries}
    assert "elsewhere" in [put.message.decision_id for put in unit.queues.actions.puts]  # type: ignore[attr-defined]
    assert [] == list(unit.stores.tickets.all(ACME))


def test_a_ticket_that_comes_back_may_be_asked_about_again() -> None:
    """Also by who had approved it: that it was gone was nobody's no."""
    wanted = a_decision(state=DecisionState.PROPOSED)
    unit = a_unit(wanted)
    unit.tracker.tickets.clear()
    gone = acted(wanted, unit, answer="approve", answered_by="account:1")
    assert gone.gone

    again = unit.stores.decisions.save(wanted.model_copy(update={"revision": "digest-2", "as_of": LATER}))

    assert DecisionState.PROPOSED is again.state


def test_what_was_done_on_a_ticket_that_is_gone_cannot_be_changed_and_stays_known() -> None:
    """What was to be changed has failed, for it stands there as it was."""
    decision = a_decision()
    unit = a_unit(decision)
    done = acted(decision, unit)
    changed = done.to_be_redone(a_comment(summary="Ada fixed it."), revision="digest-2", as_of=LATER, at=LATER)
    unit.stores.decisions.replace(changed, before=done)
    unit.tracker.tickets.clear()

    failed = acted(decision, unit)

    assert (DecisionState.FAILED, done.outcome) == (failed.state, failed.outcome)
