"""Decisions: one per cause, what they say of themselves, and who may read their words."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pm_assistant.domain.actions import (
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
    DecisionState,
    Evidence,
    Outcome,
    Proposal,
    Subject,
    decision_id,
    external_id,
    for_everybody,
    percent,
    same_work,
)
from pm_assistant.domain.tenants import TenantId
from pm_assistant.domain.work import MessageId
from tests.builders import ACME, DOING, DONE, GLOBEX, a_comment, a_decision, a_message, a_proposal, a_tree

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


@pytest.mark.parametrize(
    ("confidence", "shown"), [(0, "0%"), (0.29, "29%"), (0.796, "79%"), (0.7999, "79%"), (0.8, "80%"), (1, "100%")]
)
def test_a_confidence_is_never_shown_as_more_than_it_is(confidence: float, shown: str) -> None:
    """Else what was only asked would look as sure as what is done unasked; nor as less, as 0.29 times 100 is."""
    assert shown == percent(confidence)


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


@pytest.mark.parametrize("private", [False, True])
def test_what_stood_in_the_tracker_before_is_our_own_affair(private: bool) -> None:
    """It may hold words that are being taken out of there."""
    before = a_comment(summary=SECRET)
    decision = a_decision(private=private, performed_action=before, intended_action=before)

    public = for_everybody(decision)

    assert (None, None) == (public.performed_action, public.intended_action)
    assert SECRET not in public.model_dump_json()


# What is deleted


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


def test_what_is_redacted_does_not_know_what_was_said_either() -> None:
    """A fingerprint of few words tells them to whoever tries all."""
    message = a_message()
    receipt = Evidence(message_id=message.id, url="", root_ts=message.root_ts, text_digest=message.text_digest)

    assert (receipt.model_copy(update={"text_digest": None}),) == a_decision(evidence=(receipt,)).redacted().evidence


def test_a_decision_without_a_remark_gets_none() -> None:
    """Nobody said anything."""
    assert a_decision().redacted().remark is None


def test_what_is_said_anew_is_not_added_to_what_was_deleted() -> None:
    """A comment begins afresh."""
    gone = a_comment(summary="Ada saw it.").without_words(TAKEN_BACK)

    assert a_comment(summary="Bob saw it.") == a_comment(summary="Bob saw it.").joined_to(gone)


def test_keys_that_were_said_are_words_of_whoever_said_them() -> None:
    """What is private shows none of them, and what was deleted has none any more."""
    said = a_decision(awaits=("ENG-9",))

    assert ("ENG-9",) == for_everybody(said).awaits
    assert ((), ()) == (for_everybody(said.model_copy(update={"private": True})).awaits, said.redacted().awaits)
