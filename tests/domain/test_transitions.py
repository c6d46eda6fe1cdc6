"""What a decision may become, step by step, and what each step remembers and forgets."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.actions import TAKEN_BACK
from pm_assistant.domain.decisions import (
    MOVED_ON,
    TICKET_TAKEN_BACK,
    Decision,
    DecisionState,
    Evidence,
    Outcome,
    Waiting,
)
from pm_assistant.domain.errors import Conflict
from pm_assistant.domain.events import ChannelChanged
from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.work import Message, permalink
from tests.builders import NOW, a_comment, a_decision, a_message

LATER = NOW + timedelta(hours=1)
OUTCOME = Outcome(
    external_id="comment-1", url="https://linear.app/acme/issue/ENG-1#c", inverse='{"delete": "comment-1"}'
)
WRITTEN, CHANGED = a_comment(), a_comment(summary="Only with PayPal.")
REDACTED = WRITTEN.without_words(TAKEN_BACK)
WAITING = Waiting(provider=Provider.LINEAR, since=NOW)


def a_change(**changes: Any) -> Decision:
    """A comment that stands in the tracker, and is to say something else."""
    done: dict[str, Any] = {"performed": "digest-0", "performed_action": WRITTEN, "outcome": OUTCOME}
    return a_decision(**{"action": CHANGED, "state": DecisionState.PROPOSED, **done, **changes})


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


type Step = Callable[[Decision], Decision]
STEPS: dict[str, tuple[DecisionState, Step]] = {
    "approved": (DecisionState.PROPOSED, lambda decision: decision.approved("U0ADA", at=LATER)),
    "dismissed": (DecisionState.PROPOSED, lambda decision: decision.dismissed("U0ADA", at=LATER)),
    "retried": (DecisionState.FAILED, lambda decision: decision.to_be_retried("U0ADA", at=LATER)),
    "begun": (DecisionState.QUEUED, lambda decision: decision.begun(OUTCOME, at=LATER)),
    "waiting": (DecisionState.ACTING, lambda decision: decision.waits_for(Provider.SLACK, at=LATER)),
    "carried out": (DecisionState.ACTING, lambda decision: decision.carried_out(OUTCOME, at=LATER)),
    "failed": (DecisionState.ACTING, lambda decision: decision.failed("locked", at=LATER)),
    "cleared": (DecisionState.DISMISSED, lambda decision: decision.cleared(at=LATER)),
    "being undone": (DecisionState.DONE, lambda decision: decision.being_undone("U0ADA", at=LATER)),
    "undone": (DecisionState.ACTING, lambda decision: decision.undone(at=LATER)),
    "not undone": (DecisionState.ACTING, lambda decision: decision.not_undone("locked", at=LATER)),
    "gone with its ticket": (DecisionState.DONE, lambda decision: decision.gone_with_ticket("U0ADA", at=LATER)),
    "not asked about": (DecisionState.DONE, lambda decision: decision.not_asked_about("ticket-1", at=LATER)),
    "kept": (DecisionState.DONE, lambda decision: decision.kept("U0ADA", at=LATER)),
    "withdrawn": (DecisionState.PROPOSED, lambda decision: decision.withdrawn("moved on", at=LATER)),
    "ungrounded": (
        DecisionState.QUEUED,
        lambda decision: decision.ungrounded(revision="digest-2", as_of=LATER, at=LATER),
    ),
    "to be redone": (
        DecisionState.DONE,
        lambda decision: decision.to_be_redone(CHANGED, revision="digest-2", as_of=LATER, at=LATER),
    ),
}


def taken(how: str, **changes: Any) -> Decision:
    """What becomes of a change by a step, from the state in which that is taken."""
    state, step = STEPS[how]
    return step(a_change(**{"state": state, "undo_proposed": state is DecisionState.DONE, **changes}))


@pytest.mark.parametrize("retracting", [False, True])
@pytest.mark.parametrize("how", STEPS)
def test_each_step_is_stamped_with_when_it_was_taken(how: str, retracting: bool) -> None:
    """Also where something stands in the tracker already, or words are to go out of it."""
    assert LATER == taken(how, retracting=retracting).updated_at


@pytest.mark.parametrize("performed", [None, "digest-0"])
@pytest.mark.parametrize("how", ["carried out", "failed", "cleared", "undone", "not undone", "withdrawn", "ungrounded"])
def test_what_has_come_to_an_end_waits_for_nobody(how: str, performed: str | None) -> None:
    """Nobody is told that a vendor is away for what is over."""
    assert None is taken(how, performed=performed, waiting=WAITING).waiting


def test_since_when_a_vendor_is_waited_for_stays() -> None:
    """Patience counts from the first time; another vendor's is its own."""
    waiting = a_decision(waiting=WAITING)

    assert waiting == waiting.waits_for(Provider.LINEAR, at=LATER)
    assert Waiting(provider=Provider.SLACK, since=LATER) == waiting.waits_for(Provider.SLACK, at=LATER).waiting


@pytest.mark.parametrize(("before", "after"), [(None, "U0BOB"), ("U0ADA", "U0ADA")])
def test_whoever_has_it_tried_again_does_not_decide_it_anew(before: str | None, after: str) -> None:
    """Who approved it stands there; what went wrong is forgotten until it does again."""
    failed = a_decision(state=DecisionState.FAILED, decided_by=before, error="locked")

    retried = failed.to_be_retried("U0BOB", at=LATER)

    assert (after, None) == (retried.decided_by, retried.error)


def test_a_change_that_a_person_does_not_want_leaves_what_was_written() -> None:
    """It is settled with that, whatever is said later."""
    dismissed = a_change().dismissed("U0ADA", at=LATER, remark="wrong ticket")

    answer: dict[str, Any] = {"decided_by": "U0ADA", "remark": "wrong ticket", "settled": True, "updated_at": LATER}
    assert a_change(action=WRITTEN, state=DecisionState.DONE, **answer) == dismissed


def test_of_what_is_no_longer_wanted_nothing_is_noted_once_it_is_gone() -> None:
    """But that it was taken back once more, so that the next time begins anew."""
    noted: dict[str, Any] = {"intended": OUTCOME, "intended_action": WRITTEN, "retracting": True, "waiting": WAITING}
    unwanted = a_decision(state=DecisionState.DISMISSED, withdrawals=1, **noted)

    cleared = unwanted.cleared(at=LATER)

    assert a_decision(state=DecisionState.DISMISSED, withdrawals=2, updated_at=LATER) == cleared


def test_who_wants_it_undone_is_not_asked_whether_to_undo_it() -> None:
    """What takes it back is noted before the tracker is called."""
    undoing = a_change(state=DecisionState.DONE, undo_proposed=True).being_undone("U0ADA", at=LATER)

    change: dict[str, Any] = {"undoing": True, "intended": OUTCOME, "decided_by": "U0ADA", "updated_at": LATER}
    assert a_change(state=DecisionState.ACTING, **change) == undoing


@pytest.mark.parametrize("how", ["undone", "gone with its ticket"])
def test_of_what_was_undone_nothing_stands(how: str) -> None:
    """Who had it undone is known, and so is what it had left."""
    gone = taken(how, undoing=True, decided_by="U0ADA", intended=OUTCOME, intended_action=WRITTEN)

    after: dict[str, Any] = {"performed_action": None, "decided_by": "U0ADA", "updated_at": LATER}
    assert a_change(state=DecisionState.UNDONE, **after) == gone


def test_what_had_left_nothing_on_a_ticket_that_was_taken_back_is_withdrawn() -> None:
    """Nobody decided that about it."""
    gone = a_decision(state=DecisionState.PROPOSED).gone_with_ticket("U0ADA", at=LATER)

    change: dict[str, Any] = {"state": DecisionState.DISMISSED, "error": TICKET_TAKEN_BACK, "updated_at": LATER}
    assert a_decision(**change) == gone


@pytest.mark.parametrize(("performed", "known"), [(None, "digest-1"), ("digest-0", "digest-0")])
def test_what_cannot_be_undone_is_known_to_be_done(performed: str | None, known: str) -> None:
    """Also where we had never heard whether it was: from then on it is what stands in the tracker."""
    noted: dict[str, Any] = {"intended": OUTCOME, "intended_action": WRITTEN, "undoing": True, "performed": performed}
    before: dict[str, Any] = {"action": CHANGED, "state": DecisionState.ACTING, **noted}

    kept = a_decision(**before).not_undone("locked", at=LATER)

    done: dict[str, Any] = {"action": WRITTEN, "performed": known, "performed_action": WRITTEN, "outcome": OUTCOME}
    assert a_decision(state=DecisionState.DONE, error="locked", updated_at=LATER, **done) == kept


def test_what_is_refused_to_be_undone_has_failed_where_nobody_knows_that_it_is_there() -> None:
    """It can be undone, or tried, again; what is known to be there stays done."""
    noted: dict[str, Any] = {"intended": OUTCOME, "intended_action": WRITTEN, "undoing": True}
    unknown = a_decision(state=DecisionState.ACTING, **noted)
    known = unknown.model_copy(update={"performed": "digest-0"})

    refused = unknown.undo_refused("locked", at=LATER)

    failed: dict[str, Any] = {"state": DecisionState.FAILED, "error": "locked", "updated_at": LATER, "undoing": False}
    assert unknown.model_copy(update=failed) == refused
    assert refused.undoable
    assert known.not_undone("locked", at=LATER) == known.undo_refused("locked", at=LATER)


def test_deleted_words_of_what_is_refused_to_be_undone_go_all_the_same() -> None:
    """Whether they are there or not."""
    undoing = a_change(state=DecisionState.ACTING, undoing=True, retracting=True, performed=None)

    assert undoing.not_undone("locked", at=LATER) == undoing.undo_refused("locked", at=LATER)


def test_deleted_words_that_cannot_be_undone_are_written_over() -> None:
    """On the same content as before: nobody has said anything new."""
    undoing = a_change(state=DecisionState.ACTING, undoing=True, retracting=True, revision="digest-1")

    kept = undoing.not_undone("locked", at=LATER)

    change: dict[str, Any] = {"action": REDACTED, "state": DecisionState.QUEUED, "error": "locked", "updated_at": LATER}
    assert a_change(**change) == kept


def test_who_lets_it_stay_has_settled_it() -> None:
    """Nobody is asked again."""
    kept = a_change(state=DecisionState.DONE, undo_proposed=True).kept("U0ADA", at=LATER)

    assert a_change(state=DecisionState.DONE, decided_by="U0ADA", settled=True, updated_at=LATER) == kept


def test_only_what_was_asked_about_can_be_let_stay() -> None:
    """An answer to nothing changes nothing."""
    with pytest.raises(Conflict, match=r"^nobody is asked whether to undo it$"):
        a_change(state=DecisionState.DONE).kept("U0ADA", at=LATER)


def test_a_change_that_is_withdrawn_leaves_what_was_written_and_says_why() -> None:
    """No person decided that."""
    withdrawn = a_change().withdrawn("the team is leaving us", at=LATER)

    change: dict[str, Any] = {"action": WRITTEN, "error": "the team is leaving us", "updated_at": LATER}
    assert a_change(state=DecisionState.DONE, **change) == withdrawn


def test_what_was_not_done_and_rests_on_nothing_any_more_is_withdrawn() -> None:
    """As of the content that no longer says so, which may have reached us before."""
    ungrounded = a_decision(as_of=LATER).ungrounded(revision="digest-2", as_of=NOW, at=LATER)

    change: dict[str, Any] = {"revision": "digest-2", "as_of": LATER, "error": MOVED_ON, "updated_at": LATER}
    assert a_decision(state=DecisionState.DISMISSED, **change) == ungrounded


def test_people_are_asked_to_undo_what_rests_on_nothing_any_more() -> None:
    """Until then it stays as it was written."""
    ungrounded = a_change(state=DecisionState.QUEUED).ungrounded(revision="digest-2", as_of=LATER, at=LATER)

    change: dict[str, Any] = {
        "action": WRITTEN,
        "revision": "digest-2",
        "as_of": LATER,
        "undo_proposed": True,
        "updated_at": LATER,
    }
    assert a_change(state=DecisionState.DONE, **change) == ungrounded


@pytest.mark.parametrize("known", [{"settled": True}, {"outcome": None}], ids=["settled", "left nothing"])
def test_nobody_is_asked_to_undo_what_is_settled_or_has_left_nothing(known: dict[str, Any]) -> None:
    """There is nothing to decide."""
    done = a_change(state=DecisionState.DONE, **known)

    assert done == done.ungrounded(revision="digest-2", as_of=LATER, at=LATER)


# In another channel

BASE = "https://acme.slack.com/"
SAID = (a_message(0), a_message(10, root_ts=a_message(0).ts))


def cited(*messages: Message, digests: bool = True) -> tuple[Evidence, ...]:
    """Receipts for these messages."""
    return tuple(
        Evidence(
            message_id=message.id,
            url=permalink(BASE, message),
            root_ts=message.root_ts,
            text_digest=message.text_digest if digests else None,
        )
        for message in messages
    )


def in_new_channel(message: Message) -> Message:
    """The same message by the id that its channel has from now on."""
    return message.model_copy(update={"channel": "C0NEW"})


RENAMED = ChannelChanged(channel="C0ENG", now="C0NEW")
RENAMED_SAID = tuple(map(in_new_channel, SAID))


@pytest.mark.parametrize("kept_as", [SAID, RENAMED_SAID], ids=["by its old id", "by its new id"])
def test_what_a_decision_cites_is_found_in_a_channel_that_has_another_id(kept_as: tuple[Message, ...]) -> None:
    """By id, address and what it said, whichever id the messages are kept under; following twice changes nothing."""
    decision = a_decision(evidence=cited(*SAID))

    followed = decision.in_channel(RENAMED, kept_as)

    subject = decision.subject.model_copy(update={"channel": "C0NEW"})
    assert decision.model_copy(update={"subject": subject, "evidence": cited(*RENAMED_SAID)}) == followed
    assert followed == followed.in_channel(RENAMED, kept_as)


def test_what_was_edited_since_reads_as_edited_in_a_channel_that_has_another_id_too() -> None:
    """Else whoever said yes would have said yes to other words."""
    edited = [message.model_copy(update={"text": "Never mind"}) for message in SAID]

    followed = a_decision(evidence=cited(*SAID)).in_channel(RENAMED, edited)

    assert cited(*SAID)[0].text_digest == followed.evidence[0].text_digest
    assert followed.words_changed([in_new_channel(edited[0])])


@pytest.mark.parametrize("kept", [(), SAID], ids=["not kept", "cited before we noted what was said"])
def test_whose_words_are_not_known_is_cited_by_its_new_address_all_the_same(kept: tuple[Message, ...]) -> None:
    """There is no fingerprint to translate."""
    followed = a_decision(evidence=cited(*SAID, digests=False)).in_channel(RENAMED, kept)

    assert cited(*RENAMED_SAID, digests=False) == followed.evidence


@pytest.mark.parametrize("who", ["private", "outside"])
@pytest.mark.parametrize(("before", "change", "after"), [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 1)])
def test_what_was_said_to_few_is_never_said_to_have_been_said_to_more(
    who: str, before: int, change: int, after: int
) -> None:
    """A channel may become private or shared with others; what was said there before is then treated like the rest."""
    changed = ChannelChanged.model_validate({"channel": "C0ENG", who: bool(change)})
    decision = a_decision(evidence=cited(*SAID)).model_copy(update={who: bool(before)})

    assert decision.model_copy(update={who: bool(after)}) == decision.in_channel(changed, SAID)
