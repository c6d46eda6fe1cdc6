"""Deleted words leave no trace: in dry runs, in what was under way, and in what other conversations share."""

from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.actions import TAKEN_BACK
from pm_assistant.domain.decisions import ActionRequest, DecisionState, Outcome
from pm_assistant.domain.errors import UpstreamRejected, UpstreamUnavailable
from pm_assistant.domain.events import ConversationTouched, EventEnvelope
from pm_assistant.domain.jobs import JobKind, Order
from pm_assistant.domain.work import permalink
from pm_assistant.workflows.pipeline.act import act, give_up
from tests.builders import (
    ACME,
    NOW,
    a_comment,
    a_decision,
    a_job,
    a_judgement,
    a_message,
    a_proposal,
    a_tenant,
    a_ticket,
)
from tests.workflows.pipeline.test_deleted_words import (
    BESIDE,
    BOTH,
    REPLY,
    REST,
    ROOT,
    SECRET,
    UNREAD,
    a_unit,
    acted,
    commented,
    delete,
    gone,
    saying,
    texts,
    the_comment,
)
from tests.workflows.pipeline.unit import AnalyzeUnit

DRY_RUN = Order(kind=JobKind.PROCESS, dry_run=True)
BASE = "https://acme.slack.com/"


def shown_by_a_dry_run(unit: AnalyzeUnit) -> list[str]:
    """What a dry run's results say."""
    return [result["text"] for result in unit.stores.jobs.get(ACME, a_job().id).results]


@pytest.mark.parametrize("settings", [None, UNREAD], ids=["read", "not read any more"])
def test_a_dry_run_quotes_deleted_words_no_longer(settings: Any) -> None:
    """By their own address, or by that of the comment which was made of them; what others said stays quoted."""
    unit = a_unit(saying(BOTH, ROOT), a_judgement())
    done = commented(unit, ROOT)
    assert done.outcome is not None
    addresses = (permalink(BASE, ROOT), done.outcome.url, permalink(BASE, BESIDE), "https://linear.app/acme/issue/X-1")
    results = tuple({"text": f"{SECRET} {number}", "evidence": [url]} for number, url in enumerate(addresses))
    unit.stores.jobs.put(a_job(order=DRY_RUN, results=results))
    if settings is not None:
        unit.stores.tenants.put(a_tenant(settings=settings))

    delete(unit, ROOT)

    assert [TAKEN_BACK, TAKEN_BACK, f"{SECRET} 2", f"{SECRET} 3"] == shown_by_a_dry_run(unit)


def test_what_is_forgotten_where_nothing_is_read_is_said() -> None:
    """The log shows what has become of what rested on it, and of nothing else."""
    unit = a_unit(saying(BOTH, ROOT), a_judgement())
    commented(unit, ROOT)
    unit.say(REPLY)
    unit.stores.tenants.put(a_tenant(settings=UNREAD))
    unit.stores.messages.delete(ACME, *ROOT.place, at=unit.at)

    analysis = unit.touched(ROOT, force=True)

    assert ("channel is not read", (the_comment(unit),)) == (analysis.skipped, analysis.decisions)


def under_way(unit: AnalyzeUnit, *, answer: str | None = None) -> None:
    """Have what is to be done begun, and its answer lost."""
    unit.tracker.lose_next_answer()
    request = ActionRequest.model_validate(
        {"tenant_id": ACME, "decision_id": the_comment(unit).id, "answer": answer, "answered_by": "U0ADA"}
    )
    with pytest.raises(UpstreamUnavailable):
        act(request, unit)


def refused(unit: AnalyzeUnit) -> None:
    """Have the tracker refuse to have it taken back, and then let us write again."""
    unit.tracker.fail_next(UpstreamRejected("locked"))
    act(ActionRequest(tenant_id=ACME, decision_id=the_comment(unit).id), unit)
    acted(unit)


def test_deleted_words_that_may_have_been_written_are_written_over_where_they_cannot_be_taken_away() -> None:
    """What was about to be written is known until it is known what became of it."""
    unit = a_unit(saying(BOTH, ROOT), a_judgement())
    unit.say(ROOT)
    unit.touched(ROOT, force=True)
    under_way(unit)
    delete(unit, ROOT)
    assert SECRET in str(texts(unit))

    refused(unit)

    assert gone(unit)
    assert 1 == len(texts(unit))


def being_undone(unit: AnalyzeUnit) -> None:
    """Have the comment written, and somebody ask for it to be undone while the tracker is away."""
    commented(unit, ROOT)
    unit.tracker.fail_next(UpstreamUnavailable("away"))
    undo = ActionRequest(tenant_id=ACME, decision_id=the_comment(unit).id, answer="undo", answered_by="U0ADA")
    with pytest.raises(UpstreamUnavailable):
        act(undo, unit)


def test_deleted_words_that_are_being_undone_are_written_over_where_they_cannot_be() -> None:
    """What stands in the tracker is known until it is gone."""
    unit = a_unit(saying(BOTH, ROOT), a_judgement())
    being_undone(unit)
    delete(unit, ROOT)
    assert the_comment(unit).undoing

    refused(unit)

    assert gone(unit)
    assert 1 == len(texts(unit))


def test_deleted_words_go_though_undoing_them_was_given_up() -> None:
    """They stand there still, and nobody undoes them any more."""
    unit = a_unit(saying(BOTH, ROOT), a_judgement())
    being_undone(unit)
    unit.at += timedelta(days=4)
    give_up(ActionRequest(tenant_id=ACME, decision_id=the_comment(unit).id), "away", unit, waited=True)
    assert DecisionState.FAILED is the_comment(unit).state

    delete(unit, ROOT)
    acted(unit)

    assert gone(unit)


def test_deleted_words_go_though_a_change_of_them_is_under_way() -> None:
    """Whichever of both stands there by now."""
    unit = a_unit(saying(BOTH, ROOT), saying(f"{BOTH} Again.", ROOT, REPLY), a_judgement())
    commented(unit, ROOT)
    unit.say(REPLY)
    unit.touched(REPLY, force=True)
    under_way(unit)
    assert DecisionState.ACTING is the_comment(unit).state

    delete(unit, ROOT)
    acted(unit)

    assert gone(unit)
    assert 1 == len(texts(unit))


def test_what_the_others_say_just_the_same_rests_on_them_from_then_on() -> None:
    """It stays written, and the deleted message is cited no longer."""
    unit = a_unit(saying(REST, ROOT, REPLY), saying(REST, REPLY))
    written = commented(unit, ROOT, REPLY)
    assert [ROOT.id, REPLY.id] == [receipt.message_id for receipt in written.evidence]

    delete(unit, ROOT)

    after = acted(unit)
    assert (DecisionState.DONE, REST) == (after.state, after.action.words)
    assert [REPLY.id] == [receipt.message_id for receipt in after.evidence]


def test_what_was_asked_and_is_deleted_is_withdrawn_as_of_its_deletion() -> None:
    """What was judged before that, and comes late, changes nothing."""
    unit = a_unit(a_judgement(a_proposal(a_comment(summary=BOTH), ROOT.id, confidence=0.7)), a_judgement())
    unit.say(ROOT, REPLY)
    unit.touched(REPLY, force=True)
    before = the_comment(unit)

    delete(unit, ROOT)

    after = the_comment(unit)
    ignored = next(d for d in unit.stores.decisions.since(ACME, NOW) if d.id != after.id)
    assert (DecisionState.DISMISSED, ignored.revision) == (after.state, after.revision)
    assert before.revision != after.revision
    assert gone(unit)


@pytest.mark.parametrize("noted", [True, False], ids=["its thread is noted", "it was cited before that was noted"])
def test_a_thread_elsewhere_that_shares_what_is_deleted_is_looked_at_again_as_a_whole(noted: bool) -> None:
    """Once what was deleted is out, quiet or not."""
    reply = a_message(930, "with PayPal", root_ts=a_message(900).ts)
    elsewhere = a_message(900, "any news of the coupon?") if noted else reply.model_copy(update={"root_ts": reply.ts})
    said = reply if noted else elsewhere
    receipts = [a_decision(message=message).evidence[0] for message in (ROOT, said)]
    receipts[1] = receipts[1].model_copy(update={"root_ts": said.root_ts if noted else None})
    unit = a_unit(a_judgement())
    unit.say(ROOT, elsewhere, *([reply] if noted else []))
    outcome = Outcome(external_id="c-1", url="", inverse='{"operation": "commentDelete", "variables": {"id": "c-1"}}')
    done: dict[str, Any] = {"state": DecisionState.DONE, "performed": "digest-1", "outcome": outcome}
    unit.stores.decisions.save(a_decision(message=ROOT, evidence=tuple(receipts), **done))

    delete(unit, ROOT)

    touch = ConversationTouched(channel=said.channel, ts=said.ts, root_ts=said.root_ts, force=True)
    assert [(EventEnvelope(tenant_id=ACME, event=touch), ACME, 5)] == unit.queues.events.puts


def test_a_dry_run_quotes_what_stands_on_a_ticket_that_has_moved_since_no_longer() -> None:
    """By the comment's address as it was when it was written, and as it is now."""
    unit = a_unit(saying(BOTH, ROOT), a_judgement())
    done = commented(unit, ROOT)
    assert done.outcome is not None
    moved = a_ticket().model_copy(update={"key": "OPS-3", "url": "https://linear.app/acme/issue/OPS-3/now"})
    unit.stores.tickets.put(ACME, moved)
    addresses = (done.outcome.url, moved.page(done.outcome.url), moved.url)
    results = tuple({"text": f"{SECRET} {number}", "url": url} for number, url in enumerate(addresses))
    unit.stores.jobs.put(a_job(order=DRY_RUN, results=results))

    delete(unit, ROOT)

    assert [TAKEN_BACK, TAKEN_BACK, f"{SECRET} 2"] == shown_by_a_dry_run(unit)
