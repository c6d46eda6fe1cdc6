"""Going over what was said: a dry run keeps nothing and tells all but private words; the real one uses the pipeline."""

from datetime import datetime, timedelta
from itertools import count

import pytest

from pm_assistant.domain.actions import CreateTicket, Ignore, MoveTicket
from pm_assistant.domain.billing import Billing
from pm_assistant.domain.decisions import DecisionState
from pm_assistant.domain.events import ConversationTouched, EventEnvelope
from pm_assistant.domain.jobs import Job, JobKind, Order, Step
from pm_assistant.domain.tenants import ActionKind, Channels
from pm_assistant.domain.work import Conversation
from pm_assistant.workflows.pipeline.analyze import analyze
from pm_assistant.workflows.pipeline.backfill import JUDGED_PER_STEP, JUDGING, SENT_PER_STEP, backfill
from tests.builders import (
    ACME,
    DOING,
    ENG,
    NOW,
    TRUSTING,
    a_connection,
    a_job,
    a_judgement,
    a_member,
    a_message,
    a_proposal,
    a_tenant,
    a_ticket,
)
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeAnalyst

APART = 600.0
"""Seconds between messages that make each a conversation of its own."""


class BackfillUnit(FakeUnit):
    """A unit of a tenant with so many conversations `said`; the analyst shrugs at each unless told."""

    def __init__(self, said: int, *, private: bool = False) -> None:
        super().__init__()
        self.stores.tenants.put(a_tenant())
        self.stores.connections.put(a_connection())
        self.stores.directory.put_members(ACME, [a_member()])
        self.stores.directory.put_teams(ACME, [ENG])
        self.stores.tickets.put(ACME, a_ticket())
        self.said = [a_message(-APART * (said - n), private=private) for n in range(said)]
        for message in self.said:
            self.stores.messages.record(ACME, message, keep_days=90)
        self.analyst = FakeAnalyst(*[a_judgement(a_proposal(Ignore(), message.id)) for message in self.said])
        self.seconds = count(0, 0)

    def now(self) -> datetime:
        """The time, which goes on by itself when told to."""
        return NOW + timedelta(seconds=next(self.seconds))

    def step(self, job: Job) -> Step:
        """Take one step."""
        return backfill(job, self)

    def to_the_end(self, job: Job) -> Job:
        """Take all steps."""
        while not job.finished:
            job = job.after(self.step(job), at=NOW)
        return job

    @property
    def touches(self) -> list[ConversationTouched]:
        """What was sent down the pipeline."""
        envelopes = [put.message for put in self.queues.events.puts if isinstance(put.message, EventEnvelope)]
        return [each.event for each in envelopes if isinstance(each.event, ConversationTouched)]


def a_process(kind: JobKind = JobKind.PROCESS, *, dry_run: bool = True) -> Job:
    """A run over the last week."""
    return a_job(order=Order(kind=kind, dry_run=dry_run, since=NOW - timedelta(days=7)))


def test_a_dry_run_says_what_would_be_done_and_keeps_nothing() -> None:
    """Confidence, reason, where it was said, and the ticket by the name people use."""
    unit = BackfillUnit(1)
    unit.analyst = FakeAnalyst(
        a_judgement(
            a_proposal(None, unit.said[0].id, confidence=0.9),
            a_proposal(MoveTicket(ticket_id="ticket-1", to=DOING), unit.said[0].id, confidence=0.6),
        )
    )

    done = unit.to_the_end(a_process())

    comment, move = done.results
    assert {
        "kind": "comment",
        "would": "act",
        "ticket": "ENG-1",
        "text": "Ada saw the coupon vanish in checkout.",
        "confidence": 0.9,
        "reason": "both speak of coupon and checkout",
        "private": False,
    } == {name: value for name, value in comment.items() if name != "evidence"}
    [url] = comment["evidence"]
    assert url.startswith("https://acme.slack.com/archives/C0ENG/p")
    assert ("move", "ask", "In Progress") == (move["kind"], move["would"], move["to"])
    assert [] == unit.stores.decisions.since(ACME, NOW - timedelta(days=99))
    assert [] == unit.queues.events.puts


@pytest.mark.parametrize("kind", [JobKind.PROCESS, JobKind.MOVE_TICKETS])
def test_a_dry_run_says_of_what_is_done_that_it_would_do_nothing(kind: JobKind) -> None:
    """As the real run does, which skips what was judged; unless it is about one kind of action no model is asked."""
    unit = BackfillUnit(1)
    move = a_proposal(MoveTicket(ticket_id="ticket-1", to=DOING), unit.said[0].id)
    unit.analyst = FakeAnalyst(a_judgement(move), a_judgement(move))
    [before] = unit.step(a_job(order=Order(kind=kind, dry_run=True))).results
    message = unit.said[0]
    touch = ConversationTouched(channel=message.channel, ts=message.ts, root_ts=message.root_ts, force=True)
    [decision] = analyze(EventEnvelope(tenant_id=ACME, event=touch), unit).decisions
    unit.stores.decisions.replace(decision.model_copy(update={"state": DecisionState.DONE}), before=decision)
    asked = unit.analyst.calls
    unit.analyst = FakeAnalyst(a_judgement(move))

    [after] = unit.step(a_job(order=Order(kind=kind, dry_run=True))).results

    assert ("act", "nothing") == (before["would"], after["would"])
    assert 2 == asked
    assert (0 if kind is JobKind.PROCESS else 1) == unit.analyst.calls


@pytest.mark.parametrize("action", [None, CreateTicket(title="Fire Bob", description="secret plan")])
def test_private_words_stay_where_they_were_said(action: CreateTicket | None) -> None:
    """Whoever may run things need not be in that channel; a link asks for that itself."""
    unit = BackfillUnit(1, private=True)
    unit.analyst = FakeAnalyst(a_judgement(a_proposal(action, unit.said[0].id)))

    [found] = unit.to_the_end(a_process()).results

    assert {"kind", "would", "confidence", "evidence", "private"} == found.keys() - {"ticket"}
    assert found["private"]


def test_small_talk_is_no_result_and_work_without_a_ticket_is() -> None:
    """A list of all that means nothing would bury what does."""
    unit = BackfillUnit(2)
    unit.analyst = FakeAnalyst(
        a_judgement(a_proposal(Ignore(), unit.said[0].id)),
        a_judgement(a_proposal(Ignore(work=True), unit.said[1].id)),
    )

    [found] = unit.to_the_end(a_process()).results

    assert ("ignore", "log") == (found["kind"], found["would"])


def test_every_conversation_is_judged_once_in_bounded_steps() -> None:
    """Progress counts conversations; the total is known from the first step on."""
    said = 2 * JUDGED_PER_STEP + 3
    unit = BackfillUnit(said)

    first = a_process().after(unit.step(a_process()), at=NOW)
    done = unit.to_the_end(first)

    assert (JUDGED_PER_STEP, said) == (first.done, first.total)
    assert (said, said) == (done.done, unit.analyst.calls)
    assert [message.id for message in unit.said] == [seen.messages[0].id for seen in unit.analyst.seen]


def test_a_slow_model_makes_shorter_steps() -> None:
    """The function would be cut off otherwise, and the step begin again for ever."""
    unit = BackfillUnit(5)
    unit.seconds = count(0, int(JUDGING.total_seconds()))

    step = unit.step(a_process())

    assert (1, 5) == (step.done, step.total)


def test_a_step_taken_again_yields_the_same() -> None:
    """Its place is that of a conversation, not a count: what has grown meanwhile moves nothing."""
    unit = BackfillUnit(JUDGED_PER_STEP + 2)
    begun = a_process().after(unit.step(a_process()), at=NOW)
    last_two = [a_judgement(a_proposal(Ignore(work=True), message.id)) for message in unit.said[-2:]]
    unit.analyst = FakeAnalyst(*last_two, *last_two)

    once = unit.step(begun)
    unit.stores.messages.record(ACME, a_message(-APART * 99, root_ts=unit.said[0].ts), keep_days=90)
    again = unit.step(begun)

    assert (2, once.results) == (len(once.results), again.results)
    assert once.cursor is None
    assert again.cursor is None


def test_a_dry_run_does_not_judge_again_what_was_only_acknowledged_since() -> None:
    """As the real run would not; as soon as somebody has said something it does."""
    unit = BackfillUnit(1)
    root = unit.said[0]
    judged = Conversation(channel=root.channel, messages=(root,))
    unit.stores.conversations.save_verdict(ACME, judged, (), at=NOW)
    unit.stores.conversations.mark_judged(ACME, judged, at=NOW)

    for seconds, said, calls in ((60, "ok", 0), (120, "it is gone since the release", 1)):
        reply = a_message(seconds - APART, said, root_ts=root.ts, author="U0GUS")
        unit.stores.messages.record(ACME, reply, keep_days=90)
        unit.to_the_end(a_process())
        assert calls == unit.analyst.calls


def test_what_is_said_after_the_run_was_asked_for_is_not_its_business() -> None:
    """Webhooks bring it anyway, and a busy channel would keep the run from ending."""
    unit = BackfillUnit(1)
    unit.stores.messages.record(ACME, a_message(3600), keep_days=90)

    done = unit.to_the_end(a_process())

    assert (1, 1) == (done.done, done.total)


def test_channels_that_are_not_read_are_left_alone() -> None:
    """Not even a dry run looks into them."""
    unit = BackfillUnit(2)
    settings = TRUSTING.model_copy(update={"channels": Channels(deny=("C0ENG",))})
    unit.stores.tenants.put(a_tenant(settings=settings))

    done = unit.to_the_end(a_process())

    assert (0, 0, 0) == (done.done, done.total, unit.analyst.calls)


def test_nothing_said_is_done_at_once() -> None:
    """The model is not even asked for."""
    done = BackfillUnit(0).to_the_end(a_process())

    assert (0, 0, ()) == (done.done, done.total, done.results)


def test_a_real_run_sends_each_conversation_down_the_pipeline() -> None:
    """There it is judged, logged and acted on like everything else."""
    unit = BackfillUnit(SENT_PER_STEP + 5)

    done = unit.to_the_end(a_process(dry_run=False))

    assert [message.ts for message in unit.said] == [touch.ts for touch in unit.touches]
    assert {(True, None)} == {(touch.force, touch.only) for touch in unit.touches}
    assert (SENT_PER_STEP + 5, ()) == (done.done, done.results)


def test_moving_tickets_is_about_moves_alone() -> None:
    """In a dry run only they count, and for real the pipeline is told to leave the rest."""
    unit = BackfillUnit(1)
    unit.analyst = FakeAnalyst(
        a_judgement(
            a_proposal(None, unit.said[0].id),
            a_proposal(MoveTicket(ticket_id="ticket-1", to=DOING), unit.said[0].id),
        )
    )

    dry = unit.to_the_end(a_process(JobKind.MOVE_TICKETS))
    unit.to_the_end(a_process(JobKind.MOVE_TICKETS, dry_run=False))

    assert ["move"] == [found["kind"] for found in dry.results]
    assert [ActionKind.MOVE] == [touch.only for touch in unit.touches]


def test_what_is_older_than_the_plan_goes_back_is_not_judged_anew() -> None:
    """On the free plan two weeks, whatever is asked for; it is kept, and another plan goes further back."""
    unit = BackfillUnit(1)
    unit.stores.messages.record(ACME, a_message(-15 * 86_400), keep_days=90)
    job = a_job(order=Order(kind=JobKind.PROCESS, dry_run=False, since=NOW - timedelta(days=60)))

    for billing, sent in ((Billing(trial_ends_at=NOW - timedelta(days=1)), 1), (Billing(), 2)):
        unit.stores.tenants.put(a_tenant(billing=billing))
        assert sent == unit.step(job).total
