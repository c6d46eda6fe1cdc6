"""Long work: one step at a time, shown as it goes, and nothing doubled or lost by whatever happens in between."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.actions import TAKEN_BACK
from pm_assistant.domain.errors import (
    AccessRevoked,
    Conflict,
    Contention,
    InvalidRequest,
    NotConnected,
    NotFound,
    ProductError,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.domain.jobs import MOST_RESULT_BYTES, MOST_STEPS, Job, JobDue, JobKind, JobState, Order, Step
from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.work import permalink
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.jobs import LEASE, change_dry_runs, give_up, run_step, start_job
from tests.builders import ACME, GLOBEX, NOW, a_job, a_message
from tests.fakes.unit import FakeUnit

ORDER = Order(kind=JobKind.PROCESS)


class CountingJobs(FakeUnit):
    """Work whose jobs count to `goal`, one result a step; `failures` come first, one by one."""

    def __init__(self, goal: int = 3) -> None:
        super().__init__()
        self.failures: list[Exception] = []
        self.cursors: list[str | None] = []
        self.goal = goal

    def start(self, order: Order = ORDER) -> JobDue:
        """Ask for a job."""
        return JobDue(tenant_id=ACME, job_id=start_job(order, self, asked_by="key:k").id)

    def run(self, due: JobDue) -> Job | None:
        """Take a message's step."""
        return run_step(due, dict.fromkeys(JobKind, self._count), self)

    def run_all(self) -> None:
        """Deliver all messages there are, and those they lead to."""
        while self.queues.jobs.puts:
            due = self.queues.jobs.puts.pop(0).message
            assert isinstance(due, JobDue)
            self.run(due)

    def job(self, due: JobDue) -> Job:
        """The job as it now is."""
        return self.stores.jobs.get(due.tenant_id, due.job_id)

    def _count(self, job: Job, unit: Unit) -> Step:
        assert unit is self
        self.cursors.append(job.cursor)
        if self.failures:
            raise self.failures.pop(0)
        number = int(job.cursor or 0) + 1
        cursor = str(number) if number < self.goal else None
        return Step(done=number, total=self.goal, cursor=cursor, results=({"step": number},))


def results(job: Job) -> list[int]:
    """The steps that left a result."""
    return [result["step"] for result in job.results]


def test_a_run_goes_step_by_step_until_it_is_done() -> None:
    """Each step begins where the one before ended, and asks for the next."""
    unit = CountingJobs()
    due = unit.start()

    waiting = unit.job(due)
    unit.run_all()

    done = unit.job(due)
    assert (JobState.WAITING, JobState.DONE) == (waiting.state, done.state)
    assert (3, 3, [1, 2, 3]) == (done.done, done.total, results(done))
    assert [None, "1", "2"] == unit.cursors


def test_progress_shows_while_it_goes() -> None:
    """After one step of three the row says so."""
    unit = CountingJobs()

    shown = unit.run(unit.start())

    assert shown is not None
    assert (JobState.RUNNING, 1, 3, [1]) == (shown.state, shown.done, shown.total, results(shown))


@pytest.mark.parametrize("kind", JobKind)
def test_a_run_that_does_not_come_to_an_end_fails(kind: JobKind) -> None:
    """Each step asks for the next, and nobody else would stop it; what it found so far stays."""
    unit = CountingJobs(goal=MOST_STEPS + 1)
    due = unit.start(Order(kind=kind))
    unit.stores.jobs.put(unit.job(due).model_copy(update={"steps": MOST_STEPS - 2}))

    unit.run_all()

    job = unit.job(due)
    assert (JobState.FAILED, f"it was not done after {MOST_STEPS} steps") == (job.state, job.error)
    assert [1, 2] == results(job)


def test_a_run_may_end_with_the_last_step_that_it_has() -> None:
    """It is the one more that is too many."""
    unit = CountingJobs()
    due = unit.start()
    unit.stores.jobs.put(unit.job(due).model_copy(update={"steps": MOST_STEPS - 3}))

    unit.run_all()

    assert (JobState.DONE, MOST_STEPS) == (unit.job(due).state, unit.job(due).steps)


def test_a_finished_run_stays_as_it_is() -> None:
    """A message that comes again finds nothing to do."""
    unit = CountingJobs(goal=1)
    due = unit.start()
    unit.run_all()

    again = unit.run(due)

    assert again == unit.job(due)
    assert [None] == unit.cursors
    assert [] == unit.queues.jobs.puts


@given(st.lists(st.integers(0, 2), max_size=12))
def test_repeated_messages_double_nothing(repeats: list[int]) -> None:
    """However often each message is delivered, every step leaves one result."""
    unit = CountingJobs(goal=4)
    due = unit.start()

    while unit.queues.jobs.puts:
        unit.queues.jobs.puts.pop(0)
        for _ in range(1 + (repeats.pop() if repeats else 0)):
            unit.run(due)

    assert [1, 2, 3, 4] == results(unit.job(due))


def test_while_one_takes_a_step_another_waits() -> None:
    """Two deliveries at once would do the same work twice."""
    unit = CountingJobs()
    due = unit.start()

    with unit.lease(f"job|{due.job_id}", lasts=LEASE), pytest.raises(Conflict):
        unit.run(due)

    assert [] == unit.cursors


def test_a_step_that_was_interrupted_is_taken_again() -> None:
    """What passes is left to the queue: the run is as it was, and nobody holds it."""
    unit = CountingJobs(goal=1)
    due = unit.start()
    unit.failures = [UpstreamUnavailable("away"), Contention("another is at work on it"), RuntimeError("bug")]

    for kind in (UpstreamUnavailable, Contention, RuntimeError):
        with pytest.raises(kind):
            unit.run(due)
        assert JobState.WAITING is unit.job(due).state
    unit.run(due)

    assert [1] == results(unit.job(due))


def test_a_step_whose_successor_could_not_be_asked_for_is_followed_by_the_next() -> None:
    """The message comes again because enqueuing failed, and goes on from what was noted."""
    unit = CountingJobs()
    due = unit.start()
    unit.queues.jobs.fail_next(UpstreamUnavailable("queue away"))

    with pytest.raises(UpstreamUnavailable):
        unit.run(due)
    unit.run(due)

    assert [1, 2] == results(unit.job(due))


@pytest.mark.parametrize(
    "error",
    [
        InvalidRequest("line 3 is no good"),
        NotConnected("slack is not connected"),
        UpstreamRejected("no"),
        Conflict("not fresh"),
        NotFound("no member"),
    ],
)
def test_what_cannot_be_done_ends_the_run_with_its_reason(error: ProductError) -> None:
    """Nobody waits for what no repetition would mend; what came of it before stays."""
    unit = CountingJobs()
    due = unit.start()
    unit.run(due)
    unit.queues.jobs.puts.clear()
    unit.failures = [error]

    ended = unit.run(due)

    assert ended is not None
    assert (JobState.FAILED, str(error), [1]) == (ended.state, ended.error, results(ended))
    assert [] == unit.queues.jobs.puts


def test_a_lost_access_ends_the_job_and_marks_the_connection() -> None:
    """Whoever waits for the job is told, and the loss is noticed although nothing is raised."""
    unit = CountingJobs()
    due = unit.start()
    lost = AccessRevoked("Slack no longer accepts our token", provider=Provider.SLACK)
    unit.failures = [lost]

    ended = unit.run(due)

    assert ended is not None
    assert (JobState.FAILED, [lost]) == (ended.state, unit.losses)


def test_a_run_whose_message_was_given_up_has_failed() -> None:
    """The person who waits for it is told, without details that nobody has checked."""
    unit = CountingJobs()
    due = unit.start()

    give_up(due, "unexpected error, see the function's log", unit)

    ended = unit.job(due)
    assert (JobState.FAILED, "unexpected error, see the function's log") == (ended.state, ended.error)


def test_giving_up_changes_nothing_about_what_is_over_or_gone() -> None:
    """A late message that cannot be handled is no reason to call a finished run failed."""
    unit = CountingJobs(goal=1)
    due = unit.start()
    unit.run_all()

    give_up(due, "late", unit)
    give_up(JobDue(tenant_id=ACME, job_id="gone"), "late", unit)

    assert JobState.DONE is unit.job(due).state


def test_a_deletion_is_never_called_failed() -> None:
    """It stays open: sent again from the dead letters it goes on."""
    unit = CountingJobs()
    due = unit.start(Order(kind=JobKind.DELETE, dry_run=False))
    unit.failures = [UpstreamRejected("AWS answered DeleteObject with AccessDenied")]

    with pytest.raises(UpstreamRejected):
        unit.run(due)
    give_up(due, "AccessDenied", unit)

    assert not unit.job(due).finished


def test_a_run_of_another_tenant_is_not_found() -> None:
    """Runs are looked up in their own tenant only."""
    unit = CountingJobs()
    due = unit.start()

    with pytest.raises(NotFound):
        run_step(due, {}, unit.unit(GLOBEX))


def test_ids_sort_by_time() -> None:
    """The newest run comes last, so pages can go by id."""
    moments = [NOW + timedelta(microseconds=n) for n in range(20)]

    ids = [start_job(ORDER, FakeUnit(at=moment), asked_by="k").id for moment in moments]

    assert sorted(ids) == ids


@given(st.lists(st.lists(st.integers(0, 150_000), max_size=4), max_size=6))
def test_results_fit_into_their_row_and_the_rest_is_counted(steps: list[list[int]]) -> None:
    """However much comes of a run, it can be stored, and says what it left out."""
    known = a_job()
    for sizes in steps:
        found = tuple({"text": "ü" * (size // 2)} for size in sizes)
        known = known.after(Step(done=0, total=1, cursor="c", results=found), at=NOW)

    assert len(json.dumps(known.results, ensure_ascii=False).encode()) < MOST_RESULT_BYTES + 100 * len(known.results)
    assert sum(map(len, steps)) == len(known.results) + known.left_out


def quoting(unit: FakeUnit, deleted_while: str) -> Job:
    """Take the second step of a dry run, while the message that both steps quote is deleted `before` or `after` it."""
    message = a_message()
    unit.stores.messages.record(ACME, message, keep_days=9)
    address = permalink("https://acme.slack.com/", message)
    due = JobDue(tenant_id=ACME, job_id=start_job(ORDER, unit, asked_by="key:k").id)

    def step(job: Job, unit: Unit) -> Step:
        if job.cursor is not None:
            unit.stores.messages.delete(ACME, *message.place, at=NOW)
        if job.cursor is not None and deleted_while == "forgotten before the step is noted":
            change_dry_runs(lambda dry: dry.without_words(lambda url: url == address), unit)
        return Step(done=1, total=2, cursor="1", results=({"text": message.text, "evidence": [address]},))

    for _ in range(2):
        run_step(due, {JobKind.PROCESS: step}, unit)
    return unit.stores.jobs.get(ACME, due.job_id)


@pytest.mark.parametrize("deleted_while", ["forgotten before the step is noted", "not forgotten yet"])
def test_words_that_are_deleted_while_a_dry_run_quotes_them_are_not_kept(deleted_while: str) -> None:
    """Neither those of earlier steps, which the step has read before, nor its own; all else of it stays."""
    job = quoting(FakeUnit(), deleted_while)

    assert [TAKEN_BACK] * 2 == [result["text"] for result in job.results]
    assert (2, 1) == (job.steps, len(job.addresses()))
