"""Long work: one step at a time, shown as it goes, and nothing doubled or lost by whatever happens in between."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.errors import (
    Conflict,
    InvalidRequest,
    NotConnected,
    NotFound,
    ProductError,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.domain.jobs import MOST_RESULT_BYTES, Job, JobDue, JobKind, JobState, Order, Step
from pm_assistant.workflows.jobs import give_up, run_step, start_job
from tests.builders import ACME, GLOBEX, NOW, a_job
from tests.fakes.stores import FakeDeliveries, FakeJobs, FakeQueue

ORDER = Order(kind=JobKind.PROCESS)


class Mill:
    """A run function whose runs count to `goal`, one result a step; `failures` come first, one by one."""

    def __init__(self, goal: int = 3) -> None:
        self.jobs, self.deliveries, self.queue = FakeJobs(), FakeDeliveries(), FakeQueue()
        self.failures: list[Exception] = []
        self.taken: list[str | None] = []
        self.goal = goal

    def start_job(self, order: Order = ORDER) -> JobDue:
        """Ask for a run."""
        asked = start_job(order, tenant_id=ACME, asked_by="key:k", jobs=self.jobs, queue=self.queue, now=NOW)
        return JobDue(tenant_id=ACME, job_id=asked.id)

    def go(self, due: JobDue, clock: Callable[[], datetime] = lambda: NOW) -> Job | None:
        """Take a message's step."""
        return run_step(due, jobs=self.jobs, deliveries=self.deliveries, queue=self.queue, take=self._take, clock=clock)

    def work_off(self) -> None:
        """Deliver all messages there are, and those they lead to."""
        while self.queue.puts:
            due = self.queue.puts.pop(0).message
            assert isinstance(due, JobDue)
            self.go(due)

    def _take(self, known: Job) -> Step:
        self.taken.append(known.cursor)
        if self.failures:
            raise self.failures.pop(0)
        number = int(known.cursor or 0) + 1
        cursor = str(number) if number < self.goal else None
        return Step(done=number, total=self.goal, cursor=cursor, results=({"step": number},))


def results(found: Job) -> list[int]:
    """The steps that left a result."""
    return [result["step"] for result in found.results]


def test_a_run_goes_step_by_step_until_it_is_done() -> None:
    """Each step begins where the one before ended, and asks for the next."""
    mill = Mill()
    due = mill.start_job()

    waiting = mill.jobs.get(ACME, due.job_id)
    mill.work_off()

    done = mill.jobs.get(ACME, due.job_id)
    assert (JobState.WAITING, JobState.DONE) == (waiting.state, done.state)
    assert (3, 3, [1, 2, 3]) == (done.done, done.total, results(done))
    assert [None, "1", "2"] == mill.taken


def test_progress_shows_while_it_goes() -> None:
    """After one step of three the row says so."""
    mill = Mill()

    shown = mill.go(mill.start_job())

    assert shown is not None
    assert (JobState.RUNNING, 1, 3, [1]) == (shown.state, shown.done, shown.total, results(shown))


def test_a_finished_run_stays_as_it_is() -> None:
    """A message that comes again finds nothing to do."""
    mill = Mill(goal=1)
    due = mill.start_job()
    mill.work_off()

    again = mill.go(due)

    assert again == mill.jobs.get(ACME, due.job_id)
    assert ([None], []) == (mill.taken, mill.queue.puts)


@given(st.lists(st.integers(0, 2), max_size=12))
def test_repeated_messages_double_nothing(repeats: list[int]) -> None:
    """However often each message is delivered, every step leaves one result."""
    mill = Mill(goal=4)
    due = mill.start_job()

    while mill.queue.puts:
        mill.queue.puts.pop(0)
        for _ in range(1 + (repeats.pop() if repeats else 0)):
            mill.go(due)

    assert [1, 2, 3, 4] == results(mill.jobs.get(ACME, due.job_id))


def test_while_one_takes_a_step_another_waits() -> None:
    """Two deliveries at once would do the same work twice."""
    mill = Mill()
    due = mill.start_job()
    mill.deliveries.hold(ACME, f"run|{due.job_id}", now=NOW, until=NOW + timedelta(minutes=5))

    with pytest.raises(Conflict):
        mill.go(due)

    assert [] == mill.taken


def test_a_step_that_was_interrupted_is_taken_again() -> None:
    """What passes is left to the queue: the run is as it was, and nobody holds it."""
    mill = Mill(goal=1)
    due = mill.start_job()
    mill.failures = [UpstreamUnavailable("away"), RuntimeError("bug")]

    for kind in (UpstreamUnavailable, RuntimeError):
        with pytest.raises(kind):
            mill.go(due)
        assert JobState.WAITING is mill.jobs.get(ACME, due.job_id).state
    mill.go(due)

    assert [1] == results(mill.jobs.get(ACME, due.job_id))


def test_a_step_whose_successor_could_not_be_asked_for_is_followed_by_the_next() -> None:
    """The message comes again because enqueuing failed, and goes on from what was noted."""
    mill = Mill()
    due = mill.start_job()
    mill.queue.fail_next(UpstreamUnavailable("queue away"))

    with pytest.raises(UpstreamUnavailable):
        mill.go(due)
    mill.go(due)

    assert [1, 2] == results(mill.jobs.get(ACME, due.job_id))


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
    mill = Mill()
    due = mill.start_job()
    mill.go(due)
    mill.queue.puts.clear()
    mill.failures = [error]

    ended = mill.go(due)

    assert ended is not None
    assert (JobState.FAILED, str(error), [1]) == (ended.state, ended.error, results(ended))
    assert [] == mill.queue.puts


def test_a_run_whose_message_was_given_up_has_failed() -> None:
    """The person who waits for it is told, without details that nobody has checked."""
    mill = Mill()
    due = mill.start_job()

    give_up(due, "unexpected error, see the function's log", jobs=mill.jobs, now=NOW)

    ended = mill.jobs.get(ACME, due.job_id)
    assert (JobState.FAILED, "unexpected error, see the function's log") == (ended.state, ended.error)


def test_giving_up_changes_nothing_about_what_is_over_or_gone() -> None:
    """A late message that cannot be handled is no reason to call a finished run failed."""
    mill = Mill(goal=1)
    due = mill.start_job()
    mill.work_off()

    give_up(due, "late", jobs=mill.jobs, now=NOW)
    give_up(JobDue(tenant_id=ACME, job_id="gone"), "late", jobs=mill.jobs, now=NOW)

    assert JobState.DONE is mill.jobs.get(ACME, due.job_id).state


def test_a_deletion_is_never_called_failed() -> None:
    """It stays open: sent again from the dead letters it goes on."""
    mill = Mill()
    due = mill.start_job(Order(kind=JobKind.DELETE, dry_run=False))
    mill.failures = [UpstreamRejected("AWS answered DeleteObject with AccessDenied")]

    with pytest.raises(UpstreamRejected):
        mill.go(due)
    give_up(due, "AccessDenied", jobs=mill.jobs, now=NOW)

    assert not mill.jobs.get(ACME, due.job_id).finished


def test_a_run_of_another_tenant_is_not_found() -> None:
    """Runs are looked up in their own tenant only."""
    mill = Mill()
    due = mill.start_job()

    with pytest.raises(NotFound):
        mill.go(due.model_copy(update={"tenant_id": GLOBEX}))


def test_ids_sort_by_time() -> None:
    """The newest run comes last, so pages can go by id."""
    jobs, queue = FakeJobs(), FakeQueue()
    later = [NOW + timedelta(microseconds=n) for n in range(20)]

    ids = [start_job(ORDER, tenant_id=ACME, asked_by="k", jobs=jobs, queue=queue, now=at).id for at in later]

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
