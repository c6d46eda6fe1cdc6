"""A whole run is undone as if each of its acts were, the last first; what cannot be is told, and ends nothing."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from pm_assistant.domain.actions import CreateTicket, Ignore, MoveTicket
from pm_assistant.domain.decisions import RUN_UNDONE, ActionRequest, Decision, DecisionState, Outcome
from pm_assistant.domain.errors import (
    Conflict,
    Contention,
    NotFound,
    ProductError,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.domain.events import ConversationTouched, EventEnvelope
from pm_assistant.domain.jobs import ABANDONED_AFTER, Job, JobDue, JobKind, JobState, Order
from pm_assistant.domain.tenants import ActionKind, Mode, Rule, TenantId
from pm_assistant.domain.work import Conversation
from pm_assistant.ports.unit import LEASE
from pm_assistant.workflows.jobs import run_step, start_job
from pm_assistant.workflows.pipeline import undoing
from pm_assistant.workflows.pipeline.act import act
from pm_assistant.workflows.pipeline.analyze import analyze
from pm_assistant.workflows.pipeline.backfill import backfill
from pm_assistant.workflows.pipeline.undoing import GOES_ON, take_back, undo_run
from pm_assistant.workflows.pipeline.untracked import find_untracked
from tests.builders import (
    ACME,
    DOING,
    DONE,
    ENG,
    GLOBEX,
    NOW,
    TRUSTING,
    a_comment,
    a_connection,
    a_decision,
    a_job,
    a_judgement,
    a_member,
    a_message,
    a_proposal,
    a_tenant,
    a_ticket,
    an_account,
)
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeAnalyst, FakeTracker

ADA = "account:account-ada"
APART = 600.0
"""Seconds between messages that make each a conversation of its own."""
STEPS = {
    JobKind.PROCESS: backfill,
    JobKind.MOVE_TICKETS: backfill,
    JobKind.UNTRACKED: find_untracked,
    JobKind.UNDO: take_back,
}


class MoodyTracker(FakeTracker):
    """A tracker that is away for those whose `undo` a test says so of, and notes what it was asked to undo."""

    def __init__(self) -> None:
        super().__init__(tickets=[a_ticket(1)], teams=[ENG])
        self.trouble: Callable[[Outcome], Exception | None] = lambda _: None
        self.undone: list[str] = []

    def undo(self, outcome: Outcome) -> Sequence[str]:  # type: ignore[override]
        """Take back what an action left."""
        if (error := self.trouble(outcome)) is not None:
            raise error
        self.undone.append(outcome.external_id)
        return list(super().undo(outcome))


class RunUnit(FakeUnit):
    """A unit of a trusting tenant in whose channel so many conversations were held, each about its one ticket."""

    def __init__(self, said: int) -> None:
        super().__init__()
        self.seconds = count(0)
        self.tracker = self.moody = MoodyTracker()
        self.stores.tenants.put(a_tenant(settings=TRUSTING))
        self.stores.connections.put(a_connection())
        self.stores.directory.put_members(ACME, [a_member()])
        self.stores.directory.put_teams(ACME, [ENG])
        self.stores.tickets.put(ACME, a_ticket(1))
        self.stores.accounts.put(an_account())
        self.chat.people = [a_member()]
        self.said = [a_message(-APART * (said - n)) for n in range(said)]
        for message in self.said:
            self.stores.messages.record(ACME, message, keep_days=90)
        self.analyst = FakeAnalyst(*[a_judgement(a_proposal(None, message.id)) for message in self.said])

    def now(self) -> datetime:
        """The time, which goes on by itself."""
        return NOW + timedelta(seconds=next(self.seconds))

    def run(self, kind: JobKind = JobKind.PROCESS) -> Job:
        """Have all that was said gone over, and leave what comes of it on the way."""
        order = Order(kind=kind, dry_run=False, since=NOW - timedelta(days=7))
        job = start_job(order, self, asked_by=ADA)
        self.drain(self.queues.jobs)
        return self.stores.jobs.get(ACME, job.id)

    def undo(self, run: Job, *, asked_by: str = ADA, job_id: str = "undo-1") -> Job:
        """Have a run undone, to the end."""
        job = undo_run(run.id, self, asked_by=asked_by, job_id=job_id)
        self.drain(self.queues.jobs)
        return self.stores.jobs.get(ACME, job.id)

    def drain(self, *queues: object) -> None:
        """Handle what is on the queues, and what comes of it."""
        chosen = queues or (self.queues.jobs, self.queues.events, self.queues.actions)
        while any(queue.puts for queue in chosen):  # type: ignore[attr-defined]
            for queue in chosen:
                for put in [queue.puts.pop(0) for _ in queue.puts[:]]:  # type: ignore[attr-defined]
                    self.handle(put.message)

    def handle(self, message: object) -> None:
        """Do what a message asks for."""
        match message:
            case JobDue():
                run_step(message, STEPS, self)
            case EventEnvelope():
                analyze(message, self)
            case ActionRequest():
                act(message, self)

    @property
    def log(self) -> Sequence[Decision]:
        """What was decided, by when it was said."""
        return self.stores.decisions.between(ACME, "C0ENG", "", "~")

    @property
    def states(self) -> set[DecisionState]:
        """Where what was decided stands."""
        return {decision.state for decision in self.log}


def test_all_that_a_run_did_is_undone_and_nothing_else() -> None:
    """What came of other words stays; the log says who undid it, as for one act alone."""
    unit = RunUnit(3)
    run = unit.run()
    unit.drain()
    other = a_message(APART, "The coupon vanishes in checkout again")
    unit.stores.messages.record(ACME, other, keep_days=90)
    unit.stores.decisions.save(a_decision(message=other))
    act(ActionRequest(tenant_id=ACME, decision_id=a_decision(message=other).id), unit)
    assert 4 == len(unit.tracker.comments["ticket-1"])

    undone = unit.undo(run)

    assert (JobState.DONE, ({"undone": 3, "not_undone": 0},)) == (undone.state, undone.results)
    assert 1 == len(unit.tracker.comments["ticket-1"])
    assert [(DecisionState.DONE, None)] + [(DecisionState.UNDONE, ADA)] * 3 == sorted(
        [(decision.state, decision.decided_by) for decision in unit.log], key=lambda each: each[0]
    )
    assert undone.id == unit.stores.jobs.get(ACME, run.id).undone_by


def test_the_last_act_is_undone_first() -> None:
    """A ticket that the run moved twice is where it was before the first of the two."""
    unit = RunUnit(2)
    moves = [MoveTicket(ticket_id="ticket-1", to=to) for to in (DOING, DONE)]
    unit.analyst = FakeAnalyst(
        *[a_judgement(a_proposal(move, said.id)) for move, said in zip(moves, unit.said, strict=True)]
    )
    before = unit.tracker.tickets["ticket-1"].state
    run = unit.run(JobKind.MOVE_TICKETS)
    unit.drain()
    assert DONE == unit.tracker.tickets["ticket-1"].state

    undone = unit.undo(run)

    assert before == unit.tracker.tickets["ticket-1"].state
    assert ({"undone": 2, "not_undone": 0},) == undone.results


@pytest.mark.parametrize("per_step", [1, 2, 50])
@pytest.mark.parametrize("stays", [False, True], ids=["undone", "stays"])
def test_what_was_begun_twice_is_undone_and_counted_once(
    monkeypatch: pytest.MonkeyPatch, per_step: int, stays: bool
) -> None:
    """It was withdrawn and then judged again by the same run, or tried again by a person; the last time counts."""
    monkeypatch.setattr(undoing, "PER_STEP", per_step)
    unit = RunUnit(2)
    unit.tracker.fail_next(UpstreamRejected("not today"))
    run = unit.run()
    unit.drain()
    [failed] = [each for each in unit.log if each.state is DecisionState.FAILED]
    act(ActionRequest(tenant_id=ACME, decision_id=failed.id, answer="retry", answered_by="U0ADA"), unit)
    assert ({DecisionState.DONE}, 3) == (unit.states, len(unit.stores.decisions.begun_in_run(ACME, run.id, limit=9)))
    if stays:
        unit.tracker.comments["ticket-1"] = dict.fromkeys(unit.tracker.comments["ticket-1"], "as people say it")

    *told, counts = unit.undo(run).results

    assert {"undone": 0 if stays else 2, "not_undone": 2 if stays else 0} == counts
    assert (2 if stays else 0) == len(told)


def test_what_ordinary_talk_has_done_after_the_run_had_withdrawn_it_is_none_of_the_run() -> None:
    """It was begun for the run once, and of that nothing is left."""
    unit = RunUnit(1)
    run = unit.run()
    unit.drain(unit.queues.events)
    unit.queues.actions.puts.clear()
    [queued] = unit.log
    planned = unit.tracker.planned(queued.action, id="c-1")  # type: ignore[arg-type]
    begun = unit.stores.decisions.replace(queued.begun(planned, at=unit.now()), before=queued)
    withdrawn = unit.stores.decisions.replace(begun.withdrawn("people moved on", at=unit.now()), before=begun)
    cleared = unit.stores.decisions.replace(withdrawn.cleared(at=unit.now()), before=withdrawn)
    again = queued.model_copy(update={"run": None, "revision": "2", "as_of": queued.as_of + timedelta(seconds=5)})
    unit.stores.decisions.save(again, seen={cleared.id: cleared})
    act(ActionRequest(tenant_id=ACME, decision_id=again.id), unit)
    assert {DecisionState.DONE} == unit.states

    assert ({"undone": 0, "not_undone": 0},) == unit.undo(run).results
    assert {DecisionState.DONE} == unit.states


def test_what_an_older_version_of_us_did_for_a_run_is_undone_too() -> None:
    """It does not note when that was begun, and writes rows of ours without it."""
    unit = RunUnit(1)
    run = unit.run()
    unit.drain()
    [done] = unit.log
    unit.stores.decisions.replace(done.model_copy(update={"begun_at": None}), before=done)

    assert ({"undone": 1, "not_undone": 0},) == unit.undo(run).results


def test_what_people_have_gone_on_with_stays_and_is_told_with_why_and_where() -> None:
    """The others are undone all the same."""
    unit = RunUnit(3)
    run = unit.run()
    unit.drain()
    edited = unit.log[1]
    assert edited.outcome
    unit.tracker.comments["ticket-1"][edited.outcome.external_id] = "as people say it"

    told, counts = unit.undo(run).results

    assert {"undone": 2, "not_undone": 1} == counts
    assert {
        "id": edited.id,
        "kind": "comment",
        "ticket": {"text": "ENG-1", "url": a_ticket(1).url},
        "because": "not taken back: people have changed it since (text)",
        "evidence": [edited.evidence[0].url],
    } == told
    assert ["as people say it"] == list(unit.tracker.comments["ticket-1"].values())


def test_a_private_teams_ticket_is_not_named() -> None:
    """Whoever undoes a run need not be in that team."""
    unit = RunUnit(1)
    run = unit.run()
    unit.drain()
    unit.stores.directory.put_teams(ACME, [ENG.model_copy(update={"private": True})])
    assert unit.log[0].outcome
    unit.tracker.comments["ticket-1"][unit.log[0].outcome.external_id] = "as people say it"

    told, _ = unit.undo(run).results

    assert told["ticket"] is None


def test_a_run_that_is_undone_twice_is_undone_once() -> None:
    """While it is being undone, to ask again is to ask for the same; afterwards nothing is left to do."""
    unit = RunUnit(3)
    run = unit.run()
    unit.drain()

    first, again = (undo_run(run.id, unit, asked_by=ADA, job_id=id) for id in ("undo-1", "undo-2"))
    unit.drain()
    calls = list(unit.moody.undone)
    later = unit.undo(run, job_id="undo-3")

    assert first == again
    assert (3, calls) == (len(calls), unit.moody.undone)
    assert ({"undone": 0, "not_undone": 0},) == later.results


def test_who_asks_again_has_what_stayed_tried_again() -> None:
    """People may have taken back what kept it."""
    unit = RunUnit(1)
    run = unit.run()
    unit.drain()
    assert unit.log[0].outcome
    id, ours = unit.log[0].outcome.external_id, dict(unit.tracker.comments["ticket-1"])
    unit.tracker.comments["ticket-1"][id] = "as people say it"
    assert 1 == unit.undo(run).results[-1]["not_undone"]
    unit.tracker.comments["ticket-1"] = ours

    assert ({"undone": 1, "not_undone": 0},) == unit.undo(run, job_id="undo-2").results


def test_of_very_many_that_stay_some_are_listed_and_all_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run is kept in one row."""
    unit = RunUnit(5)
    run = unit.run()
    unit.drain()
    unit.tracker.comments["ticket-1"] = dict.fromkeys(unit.tracker.comments["ticket-1"], "as people say it")
    monkeypatch.setattr(undoing, "PER_STEP", 2)
    monkeypatch.setattr(undoing, "MOST_LISTED", 3)

    *listed, counts = unit.undo(run).results

    assert (3, {"undone": 0, "not_undone": 5}) == (len(listed), counts)


def test_what_is_not_kept_any_more_is_none_of_it() -> None:
    """The log forgets what did not change for long, and the list of a run's acts goes later."""
    unit = RunUnit(2)
    run = unit.run()
    unit.drain()
    gone, get = unit.log[1].id, unit.stores.decisions.get

    def kept(tenant_id: TenantId, decision_id: str) -> Decision:
        if decision_id == gone:
            raise NotFound("no such decision")
        return get(tenant_id, decision_id)

    unit.stores.decisions.get = kept  # type: ignore[method-assign]

    assert ({"undone": 1, "not_undone": 0},) == unit.undo(run).results


def test_an_attempt_that_broke_off_before_it_was_sent_is_taken_up_by_the_same_request() -> None:
    """What it noted is found, and the run is on its way at last."""
    unit = RunUnit(1)
    run = unit.run()
    unit.drain()
    unit.queues.jobs.fail_next(UpstreamUnavailable("SQS is away"))
    with pytest.raises(UpstreamUnavailable):
        undo_run(run.id, unit, asked_by=ADA, job_id="undo-1")

    assert ({"undone": 1, "not_undone": 0},) == unit.undo(run, job_id="undo-1").results


def test_what_stands_still_for_too_long_is_over() -> None:
    """A run that nobody will end can be undone, and an undoing that nobody will end keeps nobody from another."""
    unit = RunUnit(1)
    run = unit.run()
    unit.drain()
    unit.stores.jobs.put(run.model_copy(update={"state": JobState.RUNNING}))
    unit.seconds = count(int(ABANDONED_AFTER.total_seconds()) + 60)
    first = undo_run(run.id, unit, asked_by=ADA, job_id="undo-1")
    unit.queues.jobs.puts.clear()
    unit.seconds = count(2 * int(ABANDONED_AFTER.total_seconds()) + 3_600)

    later = unit.undo(run, job_id="undo-2")

    assert (first.id, later.id) == ("undo-1", "undo-2")
    assert ({"undone": 1, "not_undone": 0},) == later.results


@pytest.mark.parametrize("interrupted_after", [0, 1, 2])
def test_a_step_that_was_interrupted_is_taken_again_and_counts_the_same(interrupted_after: int) -> None:
    """What it undid before that is none the less undone by it."""
    unit = RunUnit(3)
    run = unit.run()
    unit.drain()
    job = undo_run(run.id, unit, asked_by=ADA, job_id="undo-1")
    calls = count()

    def die(_: Outcome) -> Exception | None:
        return KeyboardInterrupt() if next(calls) == interrupted_after else None  # type: ignore[return-value]

    unit.moody.trouble = die
    with pytest.raises(KeyboardInterrupt):
        take_back(job, unit)

    assert ({"undone": 3, "not_undone": 0},) == take_back(job, unit).results


def test_a_card_that_was_not_shown_before_an_interruption_is_shown_by_the_next_attempt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The tracker has it undone by then, and people would be offered to undo it for ever."""
    unit = RunUnit(1)
    run = unit.run()
    unit.drain()
    job = undo_run(run.id, unit, asked_by=ADA, job_id="undo-1")
    with monkeypatch.context() as patch:
        patch.setattr(unit.chat, "update", _killed)
        with pytest.raises(KeyboardInterrupt):
            take_back(job, unit)
    [before] = unit.chat.cards.values()

    take_back(job, unit)

    [after] = unit.chat.cards.values()
    assert (DecisionState.UNDONE, True) == (unit.log[0].state, before != after)


def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_a_large_run_is_undone_in_bounded_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each begins where the one before it ended, and time ends a step, too."""
    unit = RunUnit(7)
    run = unit.run()
    unit.drain()
    monkeypatch.setattr(undoing, "PER_STEP", 3)
    job = undo_run(run.id, unit, asked_by=ADA, job_id="undo-1")
    first = job.after(take_back(job, unit), at=NOW)
    unit.seconds = count(0, int(undoing.WORKS.total_seconds()))
    second = first.after(take_back(first, unit), at=NOW)

    assert [(3, JobState.RUNNING), (4, JobState.RUNNING)] == [(each.done, each.state) for each in (first, second)]
    unit.seconds = count(10_000)
    while not second.finished:
        second = second.after(take_back(second, unit), at=NOW)
    assert (7, 7, ({"undone": 7, "not_undone": 0},)) == (second.done, second.total, second.results)


def test_what_is_undone_of_a_run_counts_as_said_when_that_was_asked_for() -> None:
    """However long it took to get there: soon after the deed it says that it was wrong."""
    unit = RunUnit(2)
    run = unit.run()
    unit.drain()

    undone = unit.undo(run)

    grades = [grade for record in unit.stores.track_records.all(ACME) for grade in record.grades]
    assert [(False, undone.created_at)] * 2 == [(grade.right, grade.at) for grade in grades]


def test_a_last_page_that_there_was_no_time_for_is_not_the_end() -> None:
    """What is left of it is undone by the next step."""
    unit = RunUnit(2)
    run = unit.run()
    unit.drain()
    job = undo_run(run.id, unit, asked_by=ADA, job_id="undo-1")
    unit.seconds = count(0, int(undoing.WORKS.total_seconds()))
    first = job.after(take_back(job, unit), at=NOW)

    assert (1, False) == (first.done, first.finished)
    unit.seconds = count(10_000)
    assert ({"undone": 2, "not_undone": 0},) == first.after(take_back(first, unit), at=NOW).results


def test_one_that_the_tracker_does_not_answer_for_goes_on_by_itself() -> None:
    """It is undone later on the way of an answer to it alone, and keeps nobody from the others."""
    unit = RunUnit(3)
    run = unit.run()
    unit.drain()
    assert unit.log[2].outcome
    bad = unit.log[2].outcome.external_id
    unit.moody.trouble = lambda outcome: UpstreamUnavailable("away") if outcome.external_id == bad else None

    told, counts = unit.undo(run).results

    assert ({"undone": 2, "not_undone": 1}, unit.log[2].id, GOES_ON) == (counts, told["id"], told["because"])
    unit.moody.trouble = lambda _: None
    unit.drain()
    assert {DecisionState.UNDONE} == unit.states


def test_a_fault_of_ours_with_one_keeps_nobody_from_the_others() -> None:
    """Whoever deals with it alone says what it was."""
    unit = RunUnit(3)
    run = unit.run()
    unit.drain()
    assert unit.log[1].outcome
    bad = unit.log[1].outcome.external_id
    unit.moody.trouble = lambda outcome: KeyError("bug") if outcome.external_id == bad else None

    told, counts = unit.undo(run).results

    assert ({"undone": 2, "not_undone": 1}, GOES_ON) == (counts, told["because"])
    assert [unit.log[1].id] == [put.message.decision_id for put in unit.queues.actions.puts]  # type: ignore[attr-defined]


def test_one_that_is_undone_counts_though_its_card_broke(monkeypatch: pytest.MonkeyPatch) -> None:
    """The card is brought up to date on the way of an answer to it alone."""
    unit = RunUnit(1)
    run = unit.run()
    unit.drain()
    with monkeypatch.context() as patch:
        patch.setattr(unit.chat, "update", _broken)
        assert ({"undone": 1, "not_undone": 0},) == unit.undo(run).results

    assert [unit.log[0].id] == [put.message.decision_id for put in unit.queues.actions.puts]  # type: ignore[attr-defined]


def _broken(*_: object, **__: object) -> None:
    raise KeyError("bug")


def test_while_the_tracker_is_away_it_is_waited_for() -> None:
    """All of them would be asked for in vain, and in another order afterwards."""
    unit = RunUnit(4)
    run = unit.run()
    unit.drain()
    unit.moody.trouble = lambda _: UpstreamUnavailable("away")
    job = undo_run(run.id, unit, asked_by=ADA, job_id="undo-1")

    with pytest.raises(UpstreamUnavailable):
        take_back(job, unit)
    assert [] == unit.queues.actions.puts
    assert 2 == len([each for each in unit.log if each.waiting])

    unit.moody.trouble = lambda _: None
    assert ({"undone": 4, "not_undone": 0},) == take_back(job, unit).results


def test_what_somebody_else_is_at_work_on_is_waited_for() -> None:
    """It is neither undone by two at once nor said to stay."""
    unit = RunUnit(1)
    run = unit.run()
    unit.drain()
    job = undo_run(run.id, unit, asked_by=ADA, job_id="undo-1")

    with unit.lease(f"subject|{unit.log[0].subject.id}", lasts=LEASE), pytest.raises(Contention):
        take_back(job, unit)

    assert ([], {DecisionState.DONE}) == (unit.queues.actions.puts, unit.states)
    assert ({"undone": 1, "not_undone": 0},) == take_back(job, unit).results


def test_where_only_the_chat_is_away_the_run_is_undone_and_cards_follow() -> None:
    """What they show is asked for by itself."""
    unit = RunUnit(2)
    run = unit.run()
    unit.drain()
    unit.chat.fail_next(UpstreamUnavailable("Slack is away"))

    assert ({"undone": 2, "not_undone": 0},) == unit.undo(run).results

    [showing] = [put.message for put in unit.queues.actions.puts]
    assert isinstance(showing, ActionRequest)
    assert showing.only_show


def test_what_the_run_has_on_the_way_is_not_done_any_more() -> None:
    """Neither what was not judged yet nor what was decided and not carried out."""
    unit = RunUnit(2)
    run = unit.run()
    first, second = (put.message for put in unit.queues.events.puts)
    unit.queues.events.puts.clear()
    unit.handle(first)

    undone = unit.undo(run)
    unit.handle(second)
    unit.drain()

    assert ({"undone": 0, "not_undone": 0},) == undone.results
    assert [(DecisionState.DISMISSED, RUN_UNDONE, None)] == [(d.state, d.error, d.decided_by) for d in unit.log]
    assert ({}, 1) == (unit.tracker.comments, unit.analyst.calls)


def test_what_is_being_done_at_that_moment_is_done_or_called_off_and_then_undone() -> None:
    """Whoever was at it had noted that before they called the tracker."""
    unit = RunUnit(1)
    run = unit.run()
    unit.drain(unit.queues.events)
    [queued] = unit.log
    begun = queued.begun(unit.tracker.planned(queued.action, id="c-1"), at=unit.now())  # type: ignore[arg-type]
    unit.stores.decisions.replace(begun, before=queued)

    assert ({"undone": 0, "not_undone": 0},) == unit.undo(run).results
    assert (DecisionState.DISMISSED, {}) == (unit.log[0].state, unit.tracker.comments)


def test_what_it_asked_stays_asked_and_what_people_say_afterwards_counts() -> None:
    """Nothing of a question stands in the tracker, and a yes is a person's own word; asked again, that goes as well."""
    unit = RunUnit(1)
    unit.stores.tenants.put(a_tenant(settings=TRUSTING.model_copy(update={"rules": PROPOSING})))
    run = unit.run()
    unit.drain()
    [asked] = unit.log

    assert ({"undone": 0, "not_undone": 0},) == unit.undo(run).results
    assert {DecisionState.PROPOSED} == unit.states
    act(ActionRequest(tenant_id=ACME, decision_id=asked.id, answer="approve", answered_by="U0ADA"), unit)
    assert {DecisionState.DONE} == unit.states

    assert ({"undone": 1, "not_undone": 0},) == unit.undo(run, job_id="undo-2").results


PROPOSING = {kind: Rule(mode=Mode.PROPOSE) for kind in (ActionKind.COMMENT, ActionKind.CREATE, ActionKind.MOVE)}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"state": JobState.WAITING}, Conflict),
        ({"state": JobState.RUNNING}, Conflict),
        ({"order": Order(kind=JobKind.PROCESS, dry_run=True)}, Conflict),
        ({"order": Order(kind=JobKind.SYNC, dry_run=False)}, Conflict),
        ({"order": Order(kind=JobKind.UNDO, dry_run=False, undoes="run")}, Conflict),
        ({"tenant_id": GLOBEX}, NotFound),
    ],
    ids=["waits", "is going", "only tried", "has no acts", "undoes another", "another tenant's"],
)
def test_only_a_run_that_is_over_and_did_something_is_undone(change: dict[str, Any], error: type[ProductError]) -> None:
    """Of any other nothing is noted."""
    unit = RunUnit(0)
    order = Order(kind=JobKind.PROCESS, dry_run=False)
    run = a_job(**{"state": JobState.DONE, "order": order, **change})
    unit.stores.jobs.put(run)

    with pytest.raises(error):
        undo_run(run.id, unit, asked_by=ADA, job_id="undo-1")

    assert [] == unit.queues.jobs.puts
    assert unit.stores.jobs.get(run.tenant_id, run.id).undone_by is None


def test_a_run_that_failed_half_way_is_undone_as_far_as_it_got() -> None:
    """It has done something, and will do no more."""
    unit = RunUnit(2)
    run = unit.run()
    unit.drain()
    unit.stores.jobs.put(run.failed("it broke off", at=unit.now()))

    assert ({"undone": 2, "not_undone": 0},) == unit.undo(run).results


def test_who_may_not_answer_any_more_undoes_nothing() -> None:
    """Each act is undone by the right that they have by then."""
    unit = RunUnit(2)
    run = unit.run()
    unit.drain()
    job = undo_run(run.id, unit, asked_by=ADA, job_id="undo-1")
    unit.stores.accounts.remove(ACME, an_account().id)

    unit.drain(unit.queues.jobs)

    assert (JobState.FAILED, {DecisionState.DONE}) == (unit.stores.jobs.get(ACME, job.id).state, unit.states)


def test_a_decision_judged_again_by_other_words_belongs_to_the_run_that_carried_it_out() -> None:
    """And to no run where a later judgement had it done, or nothing was done yet."""
    logged = a_decision(run="run-1", state=DecisionState.PROPOSED)
    left = {"outcome": Outcome(external_id="c-1", url="", inverse='{"delete": "c-1"}'), "performed_action": a_comment()}
    done = {"state": DecisionState.DONE, "performed": "digest-1", **left}
    begun = {"state": DecisionState.ACTING, "intended": left["outcome"], "intended_action": a_comment()}
    begun["begun_at"] = NOW
    later = a_comment("ticket-1").model_copy(update={"summary": "Ada saw it twice."})
    judged = a_decision(id=logged.id, action=later, revision="digest-2", as_of=NOW + timedelta(seconds=5))
    for change, run in (({}, None), (done, "run-1"), (begun, "run-1")):
        unit = FakeUnit()
        unit.stores.decisions.save(logged.model_copy(update=change))
        after = unit.stores.decisions.save(judged)
        assert (run, later, change.get("begun_at")) == (after.run, after.action, after.begun_at)


def test_where_no_run_asked_nothing_is_written_that_an_older_version_refuses() -> None:
    """Nor in what was judged for one, which whoever carries on with it reads as strictly."""
    unit = RunUnit(1)
    [said] = unit.said
    touch = ConversationTouched(channel=said.channel, ts=said.ts, root_ts=said.root_ts)
    assert "run" not in json.loads(touch.model_dump_json())
    assert "run" not in json.loads(a_decision().model_dump_json())

    run = unit.run()
    unit.drain()

    conversation = Conversation(channel=said.channel, messages=(said,))
    assert [None] == [each.run for each in unit.stores.conversations.progress(ACME, conversation).verdict or ()]
    assert [run.id] == [each.run for each in unit.log]


def test_what_was_ordered_in_a_run_is_saved_without_it_when_it_is_judged_again() -> None:
    """An order is taken from the log as it stands there, with its run; a saved verdict is read strictly by others."""
    unit = RunUnit(1)
    unit.analyst = FakeAnalyst(a_judgement(), a_judgement(a_proposal(CreateTicket(title="Coupon", description=""))))
    root = unit.said[0]
    order = a_message(-APART + 1, f"<@{a_connection().app_user_id}> please create a ticket for this", root_ts=root.ts)
    unit.stores.messages.record(ACME, order, keep_days=90)
    run = unit.run()
    unit.drain()
    [made] = [each for each in unit.log if each.order is not None]
    assert (run.id, True) == (made.run, made.begun_at is not None)
    reply = a_message(-APART + 2, "The coupon vanishes in the app, too", root_ts=root.ts)
    unit.stores.messages.record(ACME, reply, keep_days=90)
    unit.analyst = FakeAnalyst(a_judgement(a_proposal(CreateTicket(title="Coupon", description=""), reply.id)))

    touch = ConversationTouched(channel="C0ENG", ts=reply.ts, root_ts=root.ts, force=True)
    unit.handle(EventEnvelope(tenant_id=ACME, event=touch))

    talk = Conversation(channel="C0ENG", messages=(root, order, reply))
    saved = unit.stores.conversations.progress(ACME, talk).verdict or ()
    assert made.id in {each.id for each in saved}
    assert {(None, None)} == {(each.run, each.begun_at) for each in saved}
    assert made.run == unit.stores.decisions.get(ACME, made.id).run


def test_what_is_to_be_said_otherwise_of_an_act_is_so_though_its_run_is_undone() -> None:
    """It stands in the tracker until it is undone, and may hold words that people have taken back."""
    unit = RunUnit(1)
    run = unit.run()
    unit.drain()
    [done] = unit.log
    later = a_comment(summary="Ada saw the coupon vanish twice.")
    changed = done.to_be_redone(later, revision="2", as_of=done.as_of + timedelta(seconds=5), at=unit.now())
    unit.stores.decisions.replace(changed, before=done)
    undo_run(run.id, unit, asked_by=ADA, job_id="undo-1")

    act(ActionRequest(tenant_id=ACME, decision_id=done.id), unit)

    [body] = unit.tracker.comments["ticket-1"].values()
    assert (DecisionState.DONE, True) == (unit.log[0].state, "twice" in body)


def test_what_people_approved_of_a_run_that_offers_tickets_is_undone_with_it() -> None:
    """It wrote nothing itself; what came of its questions is its work."""
    unit = RunUnit(1)
    unit.analyst = FakeAnalyst(a_judgement(a_proposal(Ignore(work=True), unit.said[0].id)))
    touch = ConversationTouched(channel="C0ENG", ts=unit.said[0].ts, root_ts=unit.said[0].root_ts, force=True)
    unit.handle(EventEnvelope(tenant_id=ACME, event=touch))
    run = unit.run(JobKind.UNTRACKED)
    [offered] = [each for each in unit.log if each.state is DecisionState.PROPOSED]
    act(ActionRequest(tenant_id=ACME, decision_id=offered.id, answer="approve", answered_by="U0ADA"), unit)
    assert 2 == len(unit.tracker.tickets)

    assert ({"undone": 1, "not_undone": 0},) == unit.undo(run).results
    assert ["ticket-1"] == list(unit.tracker.tickets)
