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
from pm_assistant.domain.jobs import MOST_RESULT_BYTES, Order, Run, RunDue, RunKind, RunState, Step
from pm_assistant.workflows.jobs import begin, give_up, run
from tests.builders import ACME, GLOBEX, NOW, a_run
from tests.fakes.stores import FakeQueue, FakeRunLog, FakeRuns

ORDER = Order(kind=RunKind.PROCESS)


class Mill:
    """A run function whose runs count to `goal`, one result a step; `failures` come first, one by one."""

    def __init__(self, goal: int = 3) -> None:
        self.run_log, self.runs, self.queue = FakeRunLog(), FakeRuns(), FakeQueue()
        self.failures: list[Exception] = []
        self.taken: list[str | None] = []
        self.goal = goal

    def begin(self, order: Order = ORDER) -> RunDue:
        """Ask for a run."""
        asked = begin(order, tenant_id=ACME, asked_by="key:k", run_log=self.run_log, queue=self.queue, now=NOW)
        return RunDue(tenant_id=ACME, run_id=asked.id)

    def go(self, due: RunDue, clock: Callable[[], datetime] = lambda: NOW) -> Run | None:
        """Take a message's step."""
        return run(due, run_log=self.run_log, runs=self.runs, queue=self.queue, take=self._take, clock=clock)

    def work_off(self) -> None:
        """Deliver all messages there are, and those they lead to."""
        while self.queue.puts:
            due = self.queue.puts.pop(0).message
            assert isinstance(due, RunDue)
            self.go(due)

    def _take(self, known: Run) -> Step:
        self.taken.append(known.cursor)
        if self.failures:
            raise self.failures.pop(0)
        number = int(known.cursor or 0) + 1
        cursor = str(number) if number < self.goal else None
        return Step(done=number, total=self.goal, cursor=cursor, results=({"step": number},))


def results(found: Run) -> list[int]:
    """The steps that left a result."""
    return [result["step"] for result in found.results]


def test_a_run_goes_step_by_step_until_it_is_done() -> None:
    """Each step begins where the one before ended, and asks for the next."""
    mill = Mill()
    due = mill.begin()

    waiting = mill.run_log.get(ACME, due.run_id)
    mill.work_off()

    done = mill.run_log.get(ACME, due.run_id)
    assert (RunState.WAITING, RunState.DONE) == (waiting.state, done.state)
    assert (3, 3, [1, 2, 3]) == (done.done, done.total, results(done))
    assert [None, "1", "2"] == mill.taken


def test_progress_shows_while_it_goes() -> None:
    """After one step of three the row says so."""
    mill = Mill()

    shown = mill.go(mill.begin())

    assert shown is not None
    assert (RunState.RUNNING, 1, 3, [1]) == (shown.state, shown.done, shown.total, results(shown))


def test_a_finished_run_stays_as_it_is() -> None:
    """A message that comes again finds nothing to do."""
    mill = Mill(goal=1)
    due = mill.begin()
    mill.work_off()

    again = mill.go(due)

    assert again == mill.run_log.get(ACME, due.run_id)
    assert ([None], []) == (mill.taken, mill.queue.puts)


@given(st.lists(st.integers(0, 2), max_size=12))
def test_repeated_messages_double_nothing(repeats: list[int]) -> None:
    """However often each message is delivered, every step leaves one result."""
    mill = Mill(goal=4)
    due = mill.begin()

    while mill.queue.puts:
        mill.queue.puts.pop(0)
        for _ in range(1 + (repeats.pop() if repeats else 0)):
            mill.go(due)

    assert [1, 2, 3, 4] == results(mill.run_log.get(ACME, due.run_id))


def test_while_one_takes_a_step_another_waits() -> None:
    """Two deliveries at once would do the same work twice."""
    mill = Mill()
    due = mill.begin()
    mill.runs.hold(ACME, f"run|{due.run_id}", now=NOW, until=NOW + timedelta(minutes=5))

    with pytest.raises(Conflict):
        mill.go(due)

    assert [] == mill.taken


def test_a_step_that_was_interrupted_is_taken_again() -> None:
    """What passes is left to the queue: the run is as it was, and nobody holds it."""
    mill = Mill(goal=1)
    due = mill.begin()
    mill.failures = [UpstreamUnavailable("away"), RuntimeError("bug")]

    for kind in (UpstreamUnavailable, RuntimeError):
        with pytest.raises(kind):
            mill.go(due)
        assert RunState.WAITING is mill.run_log.get(ACME, due.run_id).state
    mill.go(due)

    assert [1] == results(mill.run_log.get(ACME, due.run_id))


def test_a_step_whose_successor_could_not_be_asked_for_is_followed_by_the_next() -> None:
    """The message comes again because enqueuing failed, and goes on from what was noted."""
    mill = Mill()
    due = mill.begin()
    mill.queue.fail_next(UpstreamUnavailable("queue away"))

    with pytest.raises(UpstreamUnavailable):
        mill.go(due)
    mill.go(due)

    assert [1, 2] == results(mill.run_log.get(ACME, due.run_id))


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
    due = mill.begin()
    mill.go(due)
    mill.queue.puts.clear()
    mill.failures = [error]

    ended = mill.go(due)

    assert ended is not None
    assert (RunState.FAILED, str(error), [1]) == (ended.state, ended.error, results(ended))
    assert [] == mill.queue.puts


def test_a_run_whose_message_was_given_up_has_failed() -> None:
    """The person who waits for it is told, without details that nobody has checked."""
    mill = Mill()
    due = mill.begin()

    give_up(due, "unexpected error, see the function's log", run_log=mill.run_log, now=NOW)

    ended = mill.run_log.get(ACME, due.run_id)
    assert (RunState.FAILED, "unexpected error, see the function's log") == (ended.state, ended.error)


def test_giving_up_changes_nothing_about_what_is_over_or_gone() -> None:
    """A late message that cannot be handled is no reason to call a finished run failed."""
    mill = Mill(goal=1)
    due = mill.begin()
    mill.work_off()

    give_up(due, "late", run_log=mill.run_log, now=NOW)
    give_up(RunDue(tenant_id=ACME, run_id="gone"), "late", run_log=mill.run_log, now=NOW)

    assert RunState.DONE is mill.run_log.get(ACME, due.run_id).state


def test_a_deletion_is_never_called_failed() -> None:
    """It stays open: sent again from the dead letters it goes on."""
    mill = Mill()
    due = mill.begin(Order(kind=RunKind.DELETE, dry_run=False))
    mill.failures = [UpstreamRejected("AWS answered DeleteObject with AccessDenied")]

    with pytest.raises(UpstreamRejected):
        mill.go(due)
    give_up(due, "AccessDenied", run_log=mill.run_log, now=NOW)

    assert not mill.run_log.get(ACME, due.run_id).finished


def test_a_run_of_another_tenant_is_not_found() -> None:
    """Runs are looked up in their own tenant only."""
    mill = Mill()
    due = mill.begin()

    with pytest.raises(NotFound):
        mill.go(due.model_copy(update={"tenant_id": GLOBEX}))


def test_ids_sort_by_time() -> None:
    """The newest run comes last, so pages can go by id."""
    run_log, queue = FakeRunLog(), FakeQueue()
    later = [NOW + timedelta(microseconds=n) for n in range(20)]

    ids = [begin(ORDER, tenant_id=ACME, asked_by="k", run_log=run_log, queue=queue, now=at).id for at in later]

    assert sorted(ids) == ids


@given(st.lists(st.lists(st.integers(0, 150_000), max_size=4), max_size=6))
def test_results_fit_into_their_row_and_the_rest_is_counted(steps: list[list[int]]) -> None:
    """However much comes of a run, it can be stored, and says what it left out."""
    known = a_run()
    for sizes in steps:
        found = tuple({"text": "ü" * (size // 2)} for size in sizes)
        known = known.after(Step(done=0, total=1, cursor="c", results=found), at=NOW)

    assert len(json.dumps(known.results, ensure_ascii=False).encode()) < MOST_RESULT_BYTES + 100 * len(known.results)
    assert sum(map(len, steps)) == len(known.results) + known.left_out
