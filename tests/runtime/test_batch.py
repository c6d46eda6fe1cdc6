"""Queue messages: done, retried with patience, or parked with their cause; never lost."""

from typing import Any

import pytest
from pydantic import BaseModel

from pm_assistant.domain import errors
from pm_assistant.runtime.batch import (
    HANDLING,
    LONGEST_WAIT,
    MOST_ATTEMPTS,
    FailureHandling,
    batch_handler,
    handle_batch,
    handling_of,
    wait_before_retry,
)
from pm_assistant.runtime.settings import WorkerSettings, load


class NumberMessage(BaseModel):
    """A queue message."""

    number: int


class FakeSourceQueue:
    """A queue that remembers what was postponed."""

    def __init__(self) -> None:
        self.postponed: dict[str, int] = {}

    def postpone(self, receipt_handle: str, seconds: int) -> None:
        """Remember."""
        self.postponed[receipt_handle] = seconds


class FakeDeadLetters:
    """Dead letters that remember what was parked, or fail."""

    def __init__(self, error: Exception | None = None) -> None:
        self.parked: list[dict[str, Any]] = []
        self.error = error

    def park(self, body: str, **about: Any) -> None:
        """Remember or fail."""
        if self.error:
            raise self.error
        self.parked.append({"body": body, **about})


def record(body: str, attempt: int = 1) -> dict[str, Any]:
    """An SQS record as Lambda gets it."""
    attributes = {"ApproximateReceiveCount": str(attempt), "MessageGroupId": "acme"}
    return {"messageId": f"id {body}", "receiptHandle": f"handle {body}", "body": body, "attributes": attributes}


def run(
    records: list[dict[str, Any]], error: Exception | None, source: FakeSourceQueue, parking: FakeDeadLetters
) -> list[str]:
    """Handle a batch with a function that raises for odd numbers; returns the ids to come again."""

    def on_job(job: NumberMessage) -> None:
        if error and job.number % 2:
            raise error

    answer = handle_batch(
        records,
        NumberMessage,
        on_job,
        source=source,
        dead_letters=parking,
        retry_base_seconds=2,
    )
    return [item["itemIdentifier"] for item in answer["batchItemFailures"]]


def kinds_of(root: type[errors.ProductError]) -> list[type[errors.ProductError]]:
    """Every class of the tree that the domain draws; an adapter's own refinements inherit their meaning."""
    below = [kind for child in root.__subclasses__() for kind in (child, *kinds_of(child))]
    return [kind for kind in below if kind.__module__ == errors.__name__]


def test_only_the_failed_messages_of_a_batch_come_again() -> None:
    """One tenant's trouble does not repeat another's work."""
    source, parking = FakeSourceQueue(), FakeDeadLetters()

    failed = run([record('{"number":1}'), record('{"number":2}')], errors.Conflict("held"), source, parking)

    assert ['id {"number":1}'] == failed
    assert {'handle {"number":1}': 2} == source.postponed
    assert [] == parking.parked


def test_an_unreadable_message_is_parked_at_once_naming_the_field() -> None:
    """Repeating cannot mend it; the batch goes on without it."""
    source, parking = FakeSourceQueue(), FakeDeadLetters()

    failed = run([record('{"number":"x"}'), record("not json")], None, source, parking)

    assert [] == failed
    assert ["InvalidRequest", "InvalidRequest"] == [letter["error"] for letter in parking.parked]
    assert "unreadable message" in parking.parked[0]["cause"]
    assert "acme" == parking.parked[0]["group"]


def test_the_last_attempt_parks_the_cause() -> None:
    """SQS's own redrive would move the message without a word about why."""
    source, parking = FakeSourceQueue(), FakeDeadLetters()
    error = errors.UpstreamUnavailable("linear answered 503")

    failed = run([record('{"number":1}', MOST_ATTEMPTS)], error, source, parking)

    assert [] == failed
    assert [("UpstreamUnavailable", "linear answered 503")] == [(p["error"], p["cause"]) for p in parking.parked]


def test_a_message_that_meets_a_mistake_in_our_own_setup_comes_again(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is wrong with it; the line that says what to mend has the level that raises an alarm, also the last."""
    source, parking = FakeSourceQueue(), FakeDeadLetters()
    error = errors.Misconfigured("not set in SSM Parameter Store: /pm/openai/api-key")

    failed = run([record('{"number":1}'), record('{"number":3}', MOST_ATTEMPTS)], error, source, parking)

    assert (['id {"number":1}'], [str(error)]) == (failed, [letter["cause"] for letter in parking.parked])
    assert [("ERROR", str(error))] * 2 == [(line.levelname, vars(line)["cause"]) for line in caplog.records]


def test_a_function_that_lacks_a_setting_takes_nothing_off_its_queue() -> None:
    """It does not know where to park either, so it fails as a whole and SQS delivers again."""

    def on_job(job: NumberMessage) -> None:
        pytest.fail("handled")

    handler = batch_handler(NumberMessage, on_job, lambda: load(WorkerSettings, {}))

    with pytest.raises(errors.Misconfigured, match="TABLE_NAME"):
        handler({"Records": [record('{"number":1}')]}, None)


@pytest.mark.parametrize(
    "error",
    [errors.UpstreamUnavailable("sqs is away"), errors.Misconfigured("no such queue")],
)
def test_a_message_that_cannot_be_parked_stays_on_its_queue(error: errors.ProductError) -> None:
    """When even the dead letters are away, the queue keeps the message."""
    source, parking = FakeSourceQueue(), FakeDeadLetters(error)

    assert ['id {"number":"x"}'] == run([record('{"number":"x"}')], None, source, parking)


def test_whoever_wants_to_is_told_of_what_is_given_up_and_only_then() -> None:
    """A failure that passes is nobody's business yet; an unreadable message says nothing that could be told."""
    source, parking, told = FakeSourceQueue(), FakeDeadLetters(), list[tuple[int, str]]()
    away = errors.UpstreamUnavailable("away")

    def on_job(job: NumberMessage) -> None:
        raise away

    handle_batch(
        [record('{"number":1}'), record('{"number":2}', MOST_ATTEMPTS), record("no job")],
        NumberMessage,
        on_job,
        source=source,
        dead_letters=parking,
        retry_base_seconds=2,
        on_given_up=lambda job, error: told.append((job.number, str(error))),
    )

    assert [(2, "away")] == told
    assert ['{"number":2}', "no job"] == [letter["body"] for letter in parking.parked]


@pytest.mark.parametrize("kind", kinds_of(errors.ProductError))
def test_every_error_is_handled_one_way(kind: type[errors.ProductError]) -> None:
    """A new error class must say whether repeating helps."""
    assert kind in HANDLING or kind is errors.UpstreamError


def test_a_fault_of_our_own_is_retried() -> None:
    """An unforeseen exception may be a passing one; the attempts are bounded."""
    assert FailureHandling.RETRY is handling_of(KeyError("x"))


def test_waiting_doubles_and_respects_the_vendor() -> None:
    """The wait grows with the attempts, is never shorter than the vendor asks and never longer than a quarter hour."""
    away = errors.UpstreamUnavailable("away")

    assert [2, 4, 8] == [wait_before_retry(away, attempt, base_seconds=2) for attempt in (1, 2, 3)]
    assert 31 == wait_before_retry(errors.RateLimited("slow", retry_after=30), 1, base_seconds=2)
    assert LONGEST_WAIT == wait_before_retry(away, 30, base_seconds=30)
