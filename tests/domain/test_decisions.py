"""Decisions: one per cause, what a second judgement changes about them, and who may read their words."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pm_assistant.domain.actions import (
    LONGEST_SUMMARY,
    TAKEN_BACK,
    WITHHELD,
    Action,
    Comment,
    CreateTicket,
    Ignore,
    MoveTicket,
)
from pm_assistant.domain.decisions import (
    NOTHING_TO_UNDO,
    Decision,
    DecisionState,
    Evidence,
    Outcome,
    Proposal,
    Subject,
    decision_id,
    external_id,
    for_everybody,
    merge_evidence,
    reconcile_with_log,
    same_work,
)
from pm_assistant.domain.errors import Conflict
from pm_assistant.domain.tenants import TenantId
from pm_assistant.domain.work import MessageId
from tests.builders import ACME, DOING, DONE, GLOBEX, NOW, a_comment, a_decision, a_message, a_proposal, a_tree

THREAD = Subject(channel="C0ENG", root_ts="1795166400.000100")
COMMENT, CREATE = a_comment(), CreateTicket(title="Coupon lost", description="With PayPal")
MOVE = MoveTicket(ticket_id="ticket-1", to=DONE)
ACTIONS: tuple[Action, ...] = (COMMENT, CREATE, MOVE, a_tree(1, 2), Ignore(), Ignore(work=True))


def rests_on(*ids: str) -> tuple[Evidence, ...]:
    """Receipts for these messages."""
    return tuple(Evidence(message_id=MessageId(id), url=f"https://acme.slack.com/{id}") for id in ids)


# Causes and ids


@pytest.mark.parametrize(
    ("action", "id"),
    [
        (COMMENT, "a3166132-a816-50b9-a122-d4bdc7017dd0"),
        (CREATE, "9cfb5801-824e-56d0-9a2d-d8caab4ec3e4"),
        (MOVE, "187512f1-5805-528f-9a57-9b4c72fe8185"),
        (Ignore(), "befb34c2-1eed-52d1-97ab-a603aac1eae5"),
    ],
    ids=lambda value: value.kind if not isinstance(value, str) else "",
)
def test_ids_that_were_derived_once_are_derived_for_ever(action: Action, id: str) -> None:
    """Written down here: another id for the same cause would repeat all that was ever done."""
    assert id == decision_id(ACME, THREAD, action)


def test_a_vendors_id_is_derived_for_ever_too() -> None:
    """A repeat finds what the first attempt made by it."""
    assert "a76cc4bd-cd0e-45db-90a4-7c9da0f97d5a" == external_id("a3166132-a816-50b9-a122-d4bdc7017dd0", "comment")


IDS = st.text("abc123-", min_size=1, max_size=4)
CAUSES = st.tuples(
    IDS.map(TenantId),
    st.builds(Subject, channel=IDS, root_ts=IDS),
    st.one_of(
        st.builds(a_comment, IDS),
        st.builds(MoveTicket, ticket_id=IDS, to=st.builds(lambda id: DONE.model_copy(update={"id": id}), IDS)),
        st.sampled_from((CREATE, Ignore())),
    ),
)


@given(one=CAUSES, other=CAUSES)
def test_different_causes_are_different_decisions(
    one: tuple[TenantId, Subject, Action], other: tuple[TenantId, Subject, Action]
) -> None:
    """Another tenant, channel, thread, kind, ticket or target."""
    assert (one == other) == (decision_id(*one) == decision_id(*other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (a_comment(summary="Coupon vanishes."), a_comment(summary="Only with PayPal.")),
        (CREATE, CreateTicket(title="CSV export dies", description="", priority=1)),
        (MOVE, MOVE.model_copy(update={"to": DONE.model_copy(update={"name": "Shipped"})})),
        (Ignore(), Ignore(work=True)),
    ],
    ids=lambda action: action.kind,
)
def test_words_make_no_other_decision(one: Action, other: Action) -> None:
    """A thread has one comment per ticket, one move per ticket and target, and one new ticket."""
    assert decision_id(ACME, THREAD, one) == decision_id(ACME, THREAD, other)


def test_tenants_never_share_a_decision() -> None:
    """Though one vendor's ids might be another tenant's as well."""
    ours, theirs = ({decision_id(tenant_id, THREAD, action) for action in ACTIONS} for tenant_id in (ACME, GLOBEX))

    assert set() == ours & theirs


@given(decision=st.uuids().map(str), other=st.uuids().map(str), part=IDS, another=IDS)
def test_a_vendors_id_names_one_part_of_one_decision(decision: str, other: str, part: str, another: str) -> None:
    """In the form that Linear documents for ids of a client's choosing."""
    id = external_id(decision, part)

    assert (str(uuid.UUID(id)), 4) == (id, uuid.UUID(id).version)
    assert (decision == other) == (id == external_id(other, part))
    assert (part == another) == (id == external_id(decision, another))


# What an analyst may say


@pytest.mark.parametrize("confidence", [-0.01, 1.01])
def test_a_confidence_is_a_probability(confidence: float) -> None:
    """From 0 to 1."""
    with pytest.raises(ValidationError, match="confidence"):
        a_proposal(confidence=confidence)


def test_a_proposal_rests_on_something() -> None:
    """Without a message to point at there is nothing to say."""
    with pytest.raises(ValidationError, match="evidence"):
        Proposal(action=COMMENT, confidence=1, reason="I feel it", evidence=())


@pytest.mark.parametrize("priority", [-1, 5])
def test_a_priority_is_one_of_the_trackers(priority: int) -> None:
    """0 none, 1 urgent, 4 low."""
    with pytest.raises(ValidationError, match="priority"):
        CreateTicket(title="Coupon lost", description="", priority=priority)


# The same work


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (COMMENT, a_comment(summary="Only with PayPal."), True),
        (COMMENT, a_comment("ticket-2"), False),
        (MOVE, MOVE.model_copy(update={"to": DONE.model_copy(update={"name": "Shipped"})}), True),
        (MOVE, MoveTicket(ticket_id="ticket-1", to=DOING), False),
        (MOVE, MoveTicket(ticket_id="ticket-2", to=DONE), False),
        (COMMENT, MOVE, False),
        (COMMENT, CREATE, False),
        (MOVE, CREATE, False),
        (CREATE, CREATE.model_copy(update={"title": "CSV export dies"}), True),
        (Ignore(), Ignore(), False),
        (Ignore(), COMMENT, False),
    ],
)
def test_the_same_thing_on_the_same_ticket_is_the_same_work(one: Action, other: Action, same: bool) -> None:
    """Whichever comes first; doing nothing is no work."""
    left, right = a_decision(action=one), a_decision(action=other)

    assert same is same_work(left, right)
    assert same is same_work(right, left)


@pytest.mark.parametrize("action", [COMMENT, MOVE])
def test_what_it_rests_on_does_not_matter_where_there_is_a_ticket(action: Action) -> None:
    """The ticket says what it is about."""
    assert same_work(a_decision(action=action), a_decision(action=action, evidence=rests_on("C0ENG:9")))


@pytest.mark.parametrize(
    ("one", "other", "same"), [("a", "a", True), ("ab", "bc", True), ("ab", "cd", False), ("a", "b", False)]
)
def test_two_new_tickets_are_the_same_work_if_they_share_a_message(one: str, other: str, same: bool) -> None:
    """They have nothing else in common."""
    left, right = (a_decision(action=CREATE, evidence=rests_on(*ids)) for ids in (one, other))

    assert same is same_work(left, right)
    assert same is same_work(right, left)


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


# What a decision says of itself


def test_work_without_a_ticket_is_what_has_none_and_is_not_getting_one() -> None:
    """A new ticket that is only thought of, or talk about work; not what was done, queued, refused or withdrawn."""
    untracked = {
        (action, state, performed)
        for action in ACTIONS
        for state in DecisionState
        for performed in (None, "digest-1")
        if a_decision(action=action, state=state, performed=performed).untracked
    }

    assert {
        (CREATE, DecisionState.LOGGED, None),
        (CREATE, DecisionState.PROPOSED, None),
        (Ignore(work=True), DecisionState.LOGGED, None),
        (Ignore(work=True), DecisionState.PROPOSED, None),
    } == untracked


def test_only_what_is_done_and_left_something_can_be_taken_back() -> None:
    """A move that found its work done has left nothing; what failed may have left something all the same."""
    something, nothing = (
        Outcome(external_id="c-1", url="https://linear.app/c-1", inverse=inverse)
        for inverse in ('{"delete": "c-1"}', NOTHING_TO_UNDO)
    )
    in_part = nothing.model_copy(update={"parts": (nothing, something)})
    nowhere = nothing.model_copy(update={"parts": (nothing,)})
    undoable = [
        (state, outcome)
        for state in DecisionState
        for outcome in (something, nothing, in_part, nowhere, None)
        if a_decision(state=state, outcome=outcome).undoable
    ]

    standing = (DecisionState.DONE, DecisionState.FAILED)
    assert [(state, outcome) for state in standing for outcome in (something, in_part)] == undoable


# Who may read the words

SECRET = "severance"


@pytest.mark.parametrize("action", ACTIONS, ids=["comment", "create", "move", "close", "chatter", "work"])
def test_what_was_said_in_public_may_be_read(action: Action) -> None:
    """Every word."""
    decision = a_decision(action=action)

    assert decision == for_everybody(decision)


@pytest.mark.parametrize(
    ("action", "shown"),
    [
        (a_comment(summary=SECRET), a_comment(summary=WITHHELD)),
        (
            CreateTicket(title=SECRET, description=SECRET, priority=2),
            CreateTicket(title=WITHHELD, description="", priority=2),
        ),
        (MOVE, MOVE),
        (Ignore(work=True), Ignore(work=True)),
    ],
    ids=["comment", "create", "move", "ignore"],
)
def test_of_what_was_said_in_private_the_words_are_withheld(action: Action, shown: Action) -> None:
    """What would be done, where and how sure we are stays, and so does the link, which the chat guards."""
    decision = a_decision(action=action, private=True, reason=f"they speak of {SECRET}")

    public = for_everybody(decision)

    assert decision.model_copy(update={"action": shown, "reason": WITHHELD}) == public
    assert SECRET not in public.model_dump_json()


# What a decision may become


AFTERWARDS = {
    "approved": DecisionState.QUEUED,
    "dismissed": DecisionState.DISMISSED,
    "to_be_retried": DecisionState.QUEUED,
    "begun": DecisionState.ACTING,
    "being_undone": DecisionState.ACTING,
    "carried_out": DecisionState.DONE,
    "failed": DecisionState.FAILED,
    "undone": DecisionState.UNDONE,
    "not_undone": DecisionState.DONE,
    "withdrawn": DecisionState.DISMISSED,
}
ALLOWED = {
    "approved": {DecisionState.PROPOSED},
    "dismissed": {DecisionState.PROPOSED},
    "to_be_retried": {DecisionState.FAILED},
    "begun": {DecisionState.QUEUED},
    "being_undone": {DecisionState.DONE, DecisionState.FAILED},
    "carried_out": {DecisionState.ACTING},
    "failed": {DecisionState.QUEUED, DecisionState.ACTING},
    "undone": {DecisionState.ACTING},
    "not_undone": {DecisionState.ACTING, DecisionState.LOGGED, DecisionState.PROPOSED, DecisionState.DISMISSED},
    "withdrawn": {*DecisionState} - {DecisionState.DONE, DecisionState.UNDONE},
}
LATER = NOW + timedelta(hours=1)
OUTCOME = Outcome(
    external_id="comment-1", url="https://linear.app/acme/issue/ENG-1#c", inverse='{"delete": "comment-1"}'
)


def moved(decision: Decision, how: str) -> Decision:
    """Have a decision become something."""
    arguments: dict[str, tuple[Any, ...]] = {"carried_out": (OUTCOME,), "begun": (OUTCOME,), "undone": ()}
    after: Decision = getattr(decision, how)(*arguments.get(how, ("because",)), at=LATER)
    return after


@pytest.mark.parametrize("how", AFTERWARDS)
@pytest.mark.parametrize("state", DecisionState)
def test_a_decision_becomes_only_what_its_state_allows(how: str, state: DecisionState) -> None:
    """Anything else is a conflict, and changes nothing."""
    decision = a_decision(state=state)
    if state in ALLOWED[how]:
        after = moved(decision, how)
        assert AFTERWARDS[how] is after.state
        assert LATER == after.updated_at
        assert (decision.id, decision.action, decision.revision) == (after.id, after.action, after.revision)
    else:
        with pytest.raises(Conflict, match=f"a decision that is {state} does not become {AFTERWARDS[how]}"):
            moved(decision, how)


@pytest.mark.parametrize("how", ["approved", "dismissed"])
def test_an_answer_keeps_who_gave_it_and_what_they_remarked(how: str) -> None:
    """For whoever asks later why."""
    answered = getattr(a_decision(state=DecisionState.PROPOSED), how)("U0ADA", at=LATER, remark="as agreed on Monday")

    assert ("U0ADA", "as agreed on Monday") == (answered.decided_by, answered.remark)


def test_what_was_done_is_remembered_with_its_outcome_and_forgets_its_failure() -> None:
    """`performed` says at which revision; an error of before is over."""
    done = a_decision(state=DecisionState.ACTING, error="locked").carried_out(OUTCOME, at=LATER)
    assert (done.revision, OUTCOME, None) == (done.performed, done.outcome, done.error)


def test_who_decided_stands_in_the_decision() -> None:
    """And why, in that person's words; what nobody decided names nobody."""
    proposed = a_decision(state=DecisionState.PROPOSED)
    no = proposed.dismissed("U0ADA", at=LATER, remark="wrong ticket")
    assert ("U0ADA", "wrong ticket") == (no.decided_by, no.remark)
    assert proposed.withdrawn("moved on", at=LATER).decided_by is None
    undone = a_decision(state=DecisionState.DONE, outcome=OUTCOME).being_undone("account:1", at=LATER).undone(at=LATER)
    assert ("account:1", None) == (undone.decided_by, undone.error)


def test_what_could_not_be_taken_back_stays_done_and_says_why() -> None:
    """Nobody is told that it was undone."""
    kept = a_decision(state=DecisionState.ACTING, undoing=True, decided_by="U0ADA").not_undone(
        "changed since", at=LATER
    )
    assert (DecisionState.DONE, "changed since", "U0ADA") == (kept.state, kept.error, kept.decided_by)


@pytest.mark.parametrize("action", [a_comment(), CreateTicket(title="secret", description="secret")])
@pytest.mark.parametrize("state", DecisionState)
def test_what_is_redacted_holds_nobodys_words(action: Comment | CreateTicket, state: DecisionState) -> None:
    """What it is about, how far it came, who decided and where that was said stay; redacting again changes nothing."""
    decision = a_decision(action=action, reason="secret coupon", remark="secret", state=state, decided_by="U0ADA")
    redacted = decision.redacted()

    assert not any(word in redacted.model_dump_json() for word in ("secret", "coupon"))
    kept = {"action": decision.action, "reason": decision.reason, "remark": decision.remark}
    assert decision == redacted.model_copy(update=kept)
    assert (decision.action.key, redacted) == (redacted.action.key, redacted.redacted())


def test_a_decision_without_a_remark_gets_none() -> None:
    """Nobody said anything."""
    assert a_decision().redacted().remark is None


def test_what_is_said_anew_is_not_added_to_what_was_deleted() -> None:
    """A comment begins afresh."""
    gone = a_comment(summary="Ada saw it.").without_words(TAKEN_BACK)

    assert a_comment(summary="Bob saw it.") == a_comment(summary="Bob saw it.").joined_to(gone)


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
