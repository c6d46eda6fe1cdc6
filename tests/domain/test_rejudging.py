"""What a second judgement changes about a decision, and what it does not."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.actions import (
    LONGEST_SUMMARY,
    Action,
    Comment,
    CreateTicket,
    MoveTicket,
)
from pm_assistant.domain.decisions import (
    MOST_EVIDENCE,
    Decision,
    DecisionState,
    Outcome,
    Subject,
    Waiting,
    bounded,
    merge_evidence,
    reconcile_with_log,
)
from pm_assistant.domain.work import MessageId
from tests.builders import DONE, NOW, a_comment, a_decision, a_message
from tests.domain.test_decisions import rests_on
from tests.domain.test_transitions import CHANGED, LATER, REDACTED, WAITING, WRITTEN, a_change

COMMENT, CREATE = a_comment(), CreateTicket(title="Coupon lost", description="With PayPal")
MOVE = MoveTicket(ticket_id="ticket-1", to=DONE)


# A judgement that joins a decision we know


@pytest.mark.parametrize("action", [COMMENT, CREATE, MOVE], ids=lambda action: action.kind)
def test_who_joins_takes_the_id_and_the_thread_and_keeps_its_own_judgement(action: Action) -> None:
    """There is one card for it, in the thread where it began."""
    known = a_decision(action=action, evidence=rests_on("a"))
    judged = a_decision(action=action, message=a_message(60), confidence=0.6, reason="said again", revision="digest-2")

    both = merge_evidence(known, judged, frozenset({MessageId("a")}))

    assert judged.model_copy(update={"id": known.id, "subject": known.subject}) == both


@pytest.mark.parametrize("action", [COMMENT, CREATE, MOVE], ids=lambda action: action.kind)
def test_what_was_said_elsewhere_still_stands_and_comes_first(action: Action) -> None:
    """What was judged anew is cited as it now is."""
    known = a_decision(action=action, evidence=rests_on("a", "b", "c"))
    judged = a_decision(action=action, evidence=rests_on("c", "d"))

    both = merge_evidence(known, judged, frozenset(map(MessageId, "bcd")))

    assert rests_on("a", "c", "d") == both.evidence


@pytest.mark.parametrize("elsewhere", [False, True])
@pytest.mark.parametrize(("known", "judged"), [(False, False), (False, True), (True, False), (True, True)])
def test_what_people_of_other_companies_can_read_stays_so(known: bool, judged: bool, elsewhere: bool) -> None:
    """What is joined was read by all who read either."""
    both = merge_evidence(
        a_decision(evidence=rests_on("a"), outside=known),
        a_decision(evidence=rests_on("b"), outside=judged),
        frozenset() if elsewhere else frozenset({MessageId("a")}),
    )

    assert (known or judged) is both.outside


@pytest.mark.parametrize("elsewhere", [False, True])
def test_what_is_joined_to_words_that_ask_first_asks_first(elsewhere: bool) -> None:
    """Those words are among what would be written; where they are judged anew, that alone counts."""
    both = merge_evidence(
        a_decision(evidence=rests_on("a"), asks_first=True, state=DecisionState.PROPOSED),
        a_decision(evidence=rests_on("b"), state=DecisionState.QUEUED),
        frozenset() if elsewhere else frozenset({MessageId("a")}),
    )

    state = DecisionState.PROPOSED if elsewhere else DecisionState.QUEUED
    assert (elsewhere, state) == (both.asks_first, both.state)


@pytest.mark.parametrize("count", [1, 2, MOST_EVIDENCE, MOST_EVIDENCE + 1, 3 * MOST_EVIDENCE])
def test_of_much_evidence_the_beginning_and_the_latest_are_kept(count: int) -> None:
    """In the order in which it was said."""
    evidence = rests_on(*(f"C0ENG:{number}" for number in range(count)))

    kept = bounded(evidence)

    assert min(count, MOST_EVIDENCE) == len(kept)
    assert (evidence[0], evidence[-1]) == (kept[0], kept[-1])
    assert kept[1:] == evidence[count - len(kept) + 1 :]


def words(before: str, now: str, *, elsewhere: bool = True) -> str:
    """What a comment says once a judgement has joined it."""
    known = a_decision(action=a_comment(summary=before), evidence=rests_on("a"))
    judged = a_decision(action=a_comment(summary=now), evidence=rests_on("b"))
    both = merge_evidence(known, judged, frozenset() if elsewhere else frozenset({MessageId("a")}))
    assert isinstance(both.action, Comment)
    return both.action.summary


def test_a_comment_says_what_was_said_elsewhere_and_here() -> None:
    """Once each, in the order in which it was said."""
    assert "With PayPal. Also Klarna." == words("With PayPal.", "Also Klarna.")
    assert "With PayPal. Also Klarna." == words("With PayPal. Also Klarna.", "Also Klarna.")


def test_a_comment_on_the_same_messages_is_replaced() -> None:
    """What was edited or deleted is not repeated."""
    assert "Also Klarna." == words("With PayPal.", "Also Klarna.", elsewhere=False)


@given(before=st.text(max_size=LONGEST_SUMMARY + 5), now=st.text(min_size=1, max_size=LONGEST_SUMMARY))
def test_a_comment_that_grows_too_long_keeps_its_latest_part(before: str, now: str) -> None:
    """All that was said last is in it."""
    both = words(before, now)

    assert now in both
    if now not in before:
        assert f"{before} {now}"[-LONGEST_SUMMARY:] == both


def test_only_a_comments_words_are_added_up() -> None:
    """A new ticket keeps the newer title, a move its target."""
    known = a_decision(action=CREATE, evidence=rests_on("a", "b"))
    later = CreateTicket(title="Coupon lost with PayPal", description="And Klarna")

    assert (
        later
        == merge_evidence(known, a_decision(action=later, evidence=rests_on("b")), frozenset({MessageId("b")})).action
    )


# A decision that is judged again

POLICYS = (DecisionState.LOGGED, DecisionState.PROPOSED, DecisionState.QUEUED)
REVISIONS = st.sampled_from(("digest-1", "digest-2"))
MOMENTS = st.integers(-1, 1).map(lambda hours: NOW + timedelta(hours=hours))
OUTCOMES = st.sampled_from(
    (None, Outcome(external_id="c-1", url="https://linear.app/c-1", inverse='{"delete": "c-1"}'))
)
IN_THE_LOG = st.builds(
    a_decision,
    state=st.sampled_from(DecisionState),
    revision=REVISIONS,
    as_of=MOMENTS,
    created_at=MOMENTS,
    performed=st.none() | REVISIONS,
    outcome=OUTCOMES,
    error=st.none() | st.just("issue is locked"),
    decided_by=st.none() | st.just("U0ADA"),
)
JUDGED = st.builds(
    a_decision,
    action=st.builds(a_comment, summary=st.sampled_from(("Coupon.", "Voucher."))),
    state=st.sampled_from(POLICYS),
    revision=REVISIONS,
    as_of=MOMENTS,
    confidence=st.sampled_from((0.6, 0.9)),
)


@given(logged=IN_THE_LOG, judged=JUDGED)
def test_judging_again_twice_is_judging_again_once(logged: Decision, judged: Decision) -> None:
    """A retry changes nothing."""
    once = reconcile_with_log(logged, judged)

    assert once == reconcile_with_log(once, judged)


@given(logged=IN_THE_LOG, judged=JUDGED)
def test_what_was_performed_is_never_forgotten(logged: Decision, judged: Decision) -> None:
    """Nor since when the decision has been in the log, nor what it did."""
    after = reconcile_with_log(logged, judged)

    assert (logged.performed, logged.outcome, logged.created_at) == (after.performed, after.outcome, after.created_at)


@given(logged=IN_THE_LOG, judged=JUDGED)
def test_an_older_judgement_changes_nothing(logged: Decision, judged: Decision) -> None:
    """What it was made of has been overtaken."""
    late = judged.model_copy(update={"as_of": logged.as_of - timedelta(microseconds=1)})

    assert logged == reconcile_with_log(logged, late)


@given(
    logged=IN_THE_LOG,
    judged=JUDGED,
    no=st.sampled_from(
        (
            {"state": DecisionState.DISMISSED, "decided_by": "U0ADA"},
            {"state": DecisionState.UNDONE, "decided_by": "U0ADA"},
            {"state": DecisionState.UNDONE, "decided_by": None},
        )
    ),
)
def test_a_persons_no_is_final(logged: Decision, judged: Decision, no: dict[str, Any]) -> None:
    """Before the deed or after it."""
    refused = logged.model_copy(update=no)

    assert refused == reconcile_with_log(refused, judged)


def test_our_own_taking_back_is_not_final() -> None:
    """Nobody said no."""
    withdrawn = a_decision(state=DecisionState.DISMISSED, error="the conversation moved on")
    judged = a_decision(state=DecisionState.PROPOSED, revision="digest-2", as_of=NOW + timedelta(hours=1))

    after = reconcile_with_log(withdrawn, judged)

    assert (DecisionState.PROPOSED, None, "digest-2") == (after.state, after.error, after.revision)


@pytest.mark.parametrize("who", [None, "U0ADA"])
@pytest.mark.parametrize(
    "state",
    [DecisionState.LOGGED, DecisionState.PROPOSED, DecisionState.QUEUED, DecisionState.DONE, DecisionState.FAILED],
)
def test_the_same_content_does_not_reset_how_far_it_has_come(state: DecisionState, who: str | None) -> None:
    """What was approved, done or refused by the tracker is so still."""
    logged = a_decision(state=state, decided_by=who, error="issue is locked")

    after = reconcile_with_log(logged, a_decision(state=DecisionState.PROPOSED, confidence=0.6))

    assert logged == after


@pytest.mark.parametrize(
    "change",
    [{"revision": "digest-2"}, {"as_of": NOW + timedelta(hours=1)}],
    ids=["other content", "changed back to what it was"],
)
def test_new_content_is_decided_anew(change: dict[str, Any]) -> None:
    """An approval of what was said before is none of what is said now."""
    logged = a_decision(state=DecisionState.FAILED, decided_by="U0ADA", error="issue is locked")
    judged = a_decision(action=a_comment(summary="Voucher."), state=DecisionState.PROPOSED, **change)

    assert judged == reconcile_with_log(logged, judged)


def test_a_ticket_that_may_have_been_created_goes_on_resting_on_what_it_says() -> None:
    """Else nobody would notice that words which it is about to say, or says, were deleted."""
    gone, kept = a_message(0), a_message(10, "the rest")
    logged = a_decision(action=CreateTicket(title="both", description="both"), message=gone).begun(
        Outcome(external_id="new", url="", inverse="{}"), at=NOW
    )
    judged = a_decision(action=CreateTicket(title="rest", description="rest"), message=kept, revision="digest-2")
    judged = judged.model_copy(update={"id": logged.id, "as_of": NOW + timedelta(seconds=20)})

    after = reconcile_with_log(logged, judged)

    assert (DecisionState.ACTING, logged.action) == (after.state, after.action)
    assert after.words_deleted([gone.model_copy(update={"deleted": True})])
    assert after.words_deleted([kept.model_copy(update={"deleted": True})])


# What was done, judged again


def judged_as_written(logged: Decision) -> Decision:
    """What becomes of a decision where people say once more what stands in the tracker."""
    judged = a_decision(action=WRITTEN, state=DecisionState.QUEUED, revision="digest-3", as_of=LATER)
    return reconcile_with_log(logged, judged)


@pytest.mark.parametrize("state", [DecisionState.PROPOSED, DecisionState.QUEUED, DecisionState.FAILED])
def test_a_change_is_dropped_where_people_say_again_what_was_written(state: DecisionState) -> None:
    """There is nothing to do and nothing to ask."""
    assert a_change(action=WRITTEN, state=DecisionState.DONE) == judged_as_written(a_change(state=state))


def test_nobody_is_asked_to_undo_what_people_say_again() -> None:
    """It follows from what they say after all."""
    done = a_change(action=WRITTEN, state=DecisionState.DONE)

    assert done == judged_as_written(done.model_copy(update={"undo_proposed": True}))


@pytest.mark.parametrize(
    "removal",
    [{"action": REDACTED}, {"retracting": True}, {"action": REDACTED, "retracting": True}],
    ids=["being written over", "to be written over", "both"],
)
def test_deleted_words_go_out_whatever_is_said_again(removal: dict[str, Any]) -> None:
    """What is about to take them out is not called off."""
    logged = a_change(state=DecisionState.QUEUED, **removal)

    assert logged == judged_as_written(logged)


@pytest.mark.parametrize(
    ("state", "waiting"),
    [(DecisionState.QUEUED, WAITING), (DecisionState.PROPOSED, None), (DecisionState.LOGGED, None)],
)
def test_only_what_is_still_to_be_done_goes_on_waiting(state: DecisionState, waiting: Waiting | None) -> None:
    """Since when is what counts, however often it is judged meanwhile."""
    judged = a_decision(action=CHANGED, state=state, revision="digest-2", as_of=LATER)

    assert waiting == reconcile_with_log(a_decision(waiting=WAITING), judged).waiting


def test_who_approved_what_was_done_is_not_forgotten_by_a_change() -> None:
    """A person who allowed the first words is to be asked about the next."""
    judged = a_decision(action=CHANGED, state=DecisionState.PROPOSED, revision="digest-2", as_of=LATER)

    after = reconcile_with_log(a_change(action=WRITTEN, state=DecisionState.DONE, decided_by="U0ADA"), judged)

    assert (DecisionState.PROPOSED, CHANGED, "U0ADA") == (after.state, after.action, after.decided_by)


@pytest.mark.parametrize(
    ("before", "now", "after"), [(None, None, None), ("a", None, "a"), (None, "b", "b"), ("a", "b", "a")]
)
def test_where_people_are_asked_stays_where_they_were_asked_first(
    before: str | None, now: str | None, after: str | None
) -> None:
    """Its card is there; only what has been asked nowhere is asked where it was judged now."""
    places = {name: Subject(channel="C0ENG", root_ts=name) for name in ("a", "b")}
    judged = a_decision(action=CHANGED, asked_in=places.get(now or ""), revision="digest-2", as_of=LATER)

    assert places.get(after or "") == reconcile_with_log(a_decision(asked_in=places.get(before or "")), judged).asked_in
