"""Queue messages: done, retried with patience, or parked with their cause; never lost."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import BaseModel

from pm_assistant.domain import errors
from pm_assistant.domain.events import EventEnvelope
from pm_assistant.domain.messages import ActionsMessage, BillingMessage, JobsMessage, ReportsMessage
from pm_assistant.domain.model import Model
from pm_assistant.runtime.batch import (
    HANDLING,
    LONGEST_WAIT,
    MOST_ATTEMPTS,
    QUICK_ATTEMPTS,
    FailureHandling,
    QueueMessage,
    RetryPolicy,
    batch_handler,
    handle_batch,
    handling_of,
    wait_before_retry,
)
from pm_assistant.runtime.settings import WorkerSettings, load
from tests.builders import NOW


class NumberMessage(BaseModel):
    """A queue message."""

    number: int


class FakeSourceQueue:
    """A queue that remembers what was postponed, and what was sent anew."""

    def __init__(self) -> None:
        self.postponed: dict[str, int] = {}
        self.anew: list[tuple[str, datetime, timedelta]] = []

    def postpone(self, receipt_handle: str, seconds: int) -> None:
        """Remember."""
        self.postponed[receipt_handle] = seconds

    def put_again(self, body: str, *, group: str, since: datetime, after: timedelta) -> None:
        """Remember."""
        assert "acme" == group
        self.anew.append((body, since, after))


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


def record(body: str, attempt: int = 1, *, since: datetime | None = None) -> dict[str, Any]:
    """An SQS record as Lambda gets it, sent right now; with `since` it was sent anew."""
    sent_at = str(int(datetime.now(UTC).timestamp() * 1000))
    times = {"SentTimestamp": sent_at, "ApproximateFirstReceiveTimestamp": sent_at}
    attributes = {"ApproximateReceiveCount": str(attempt), "MessageGroupId": "acme", **times}
    noted = {"since": {"stringValue": since.isoformat(), "dataType": "String"}} if since else {}
    return {
        "messageId": f"id {body}",
        "receiptHandle": f"handle {body}",
        "body": body,
        "attributes": attributes,
        "messageAttributes": noted,
    }


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
        retry=RetryPolicy(2),
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
    assert ['handle {"number":1}'] == list(source.postponed)
    assert [] == parking.parked


def test_an_unreadable_message_is_parked_at_once_naming_the_field() -> None:
    """Repeating cannot mend it, whatever else it may say; the batch goes on without it."""
    source, parking = FakeSourceQueue(), FakeDeadLetters()

    failed = run([record('{"number":"x"}'), record("not json")], None, source, parking)
    handle_batch(
        [record('{"only":1}')],
        Now,
        list[Now]().append,
        source=source,
        dead_letters=FakeDeadLetters(),
        retry=RetryPolicy(2),
    )
    assert {} == source.postponed

    assert [] == failed
    assert ["InvalidRequest", "InvalidRequest"] == [letter["error"] for letter in parking.parked]
    assert "unreadable message" in parking.parked[0]["cause"]
    assert "acme" == parking.parked[0]["group"]


class Now(Model):
    """A queue message as this version of us knows it."""

    number: int


class Later(Now):
    """The same as a newer version writes it, which has learned to only try."""

    dry_run: bool = False


def done_of(message: Model, kind: type[Model], *, since: datetime | None = None) -> tuple[list[Model], list[str], int]:
    """What a version does of a message, what comes again, and how many are parked."""
    done, source, parking = list[Model](), FakeSourceQueue(), FakeDeadLetters()
    records = [record(message.model_dump_json(), since=since)]
    retry = RetryPolicy(2)
    handle_batch(records, kind, done.append, source=source, dead_letters=parking, retry=retry)
    return done, [*source.postponed, *(body for body, *_ in source.anew)], len(parking.parked)


def test_what_a_newer_version_wrote_waits_for_it_and_is_done_by_no_other() -> None:
    """What it says besides may be that all else is only to be tried: who leaves it out acts where it should not."""
    message = Later(number=1, dry_run=True)

    done, again, parked = done_of(message, Now)

    assert ([], 1, 0) == (done, len(again), parked)
    assert ([message], [], 0) == done_of(message, Later)
    assert ([Now(number=1)], [], 0) == done_of(Now(number=1), Now)


@pytest.mark.parametrize(("hours", "parked"), [(1, 0), (23, 0), (25, 1)])
def test_what_no_newer_version_comes_for_is_parked_after_a_day(hours: int, parked: int) -> None:
    """A release that was taken back may come again; what is merely wrong does not lie about unseen."""
    since = datetime.now(UTC) - timedelta(hours=hours)

    assert (0 if parked else 1, parked) == (lambda found: (len(found[1]), found[2]))(
        done_of(Later(number=1), Now, since=since)
    )


MESSAGES: dict[str, tuple[type[BaseModel], dict[str, Any]]] = {
    "events": (EventEnvelope, {"tenant_id": "acme", "event": {"type": "tree_touched", "ticket_id": "t"}}),
    "actions": (ActionsMessage, {"type": "action_request", "tenant_id": "acme", "decision_id": "d-1"}),
    "jobs": (JobsMessage, {"type": "job_due", "tenant_id": "acme", "job_id": "run-1"}),
    "reports": (ReportsMessage, {"type": "report_due", "tenant_id": "acme", "member_id": "U1", "due_at": str(NOW)}),
    "billing": (BillingMessage, {"type": "billing_due", "tenant_id": "acme"}),
}


@pytest.mark.parametrize("queue", sorted(MESSAGES))
def test_whatever_is_new_in_a_message_of_any_queue_is_waited_for(queue: str) -> None:
    """A field, be it deep inside, a kind of message, or one of what it is about, that there was not."""
    kind, told = MESSAGES[queue]
    inner = told.get("event")
    newer = [{**told, "only": "x"}, {**told, "type": "x"}] if inner is None else [{**told, "only": "x"}]
    newer += [{**told, "event": {**inner, **new}} for new in ({"only": "x"}, {"type": "x"})] if inner else []
    newer += [{**told, "kind": "yearly"}] if queue == "reports" else []
    handled, source, parking = list[BaseModel](), FakeSourceQueue(), FakeDeadLetters()

    records = [record(json.dumps(body)) for body in (told, *newer)]
    handle_batch(records, kind, handled.append, source=source, dead_letters=parking, retry=RetryPolicy(2))

    assert (1, len(newer), []) == (len(handled), len(source.postponed), parking.parked)


AWAY = errors.UpstreamUnavailable("linear answered 503")
PASSING = [AWAY, errors.Conflict("held"), errors.Misconfigured("no key"), errors.Throttled("later", retry_after=9)]


def test_the_last_attempt_parks_the_cause() -> None:
    """SQS's own redrive would move the message without a word about why; what nobody foresaw is not waited for."""
    source, parking = FakeSourceQueue(), FakeDeadLetters()

    failed = run([record('{"number":1}', MOST_ATTEMPTS)], KeyError("x"), source, parking)

    assert ([], []) == (failed, source.anew)
    assert [("KeyError", "unexpected error, see the function's log")] == [
        (letter["error"], letter["cause"]) for letter in parking.parked
    ]


@pytest.mark.parametrize("error", PASSING, ids=lambda error: type(error).__name__)
def test_what_passes_by_itself_is_sent_anew_before_its_attempts_are_used_up(error: errors.ProductError) -> None:
    """SQS counts what it delivers and gives up after six; a new message is counted from the start."""
    source, parking = FakeSourceQueue(), FakeDeadLetters()

    for attempt in range(1, QUICK_ATTEMPTS):
        assert ['id {"number":1}'] == run([record('{"number":1}', attempt)], error, source, parking)
    assert [] == source.anew
    assert [] == run([record('{"number":1}', QUICK_ATTEMPTS)], error, source, parking)

    assert ['{"number":1}'] == [body for body, _, _ in source.anew]
    assert [] == parking.parked


@pytest.mark.parametrize("minutes", [10, 60, 300, 4_000])
def test_the_longer_a_message_waits_the_longer_it_rests(minutes: int) -> None:
    """About as long as it has waited, four hours at most; it knows since when."""
    source, since = FakeSourceQueue(), datetime.now(UTC) - timedelta(minutes=minutes)

    assert [] == run([record('{"number":1}', since=since)], AWAY, source, FakeDeadLetters())

    [(_, noted, pause)] = source.anew
    assert since == noted
    assert min(0.7 * minutes, 180) <= pause / timedelta(minutes=1) <= min(1.3 * minutes, 240)


def test_after_three_days_a_message_is_parked_with_its_cause() -> None:
    """An outage over a weekend has passed by then; this one is for people to look at."""
    source, parking = FakeSourceQueue(), FakeDeadLetters()
    two_days, three_days = (datetime.now(UTC) - timedelta(days=days) for days in (2, 3))

    run([record('{"number":1}', since=two_days), record('{"number":3}', since=three_days)], AWAY, source, parking)

    assert ['{"number":1}'] == [body for body, _, _ in source.anew]
    assert [('{"number":3}', str(AWAY))] == [(letter["body"], letter["cause"]) for letter in parking.parked]


def test_who_is_told_to_wait_uses_up_no_attempt_and_waits_as_long() -> None:
    """And apart from others that were told so, or all would come at once and be told again."""
    source, parking = FakeSourceQueue(), FakeDeadLetters()
    limited = errors.RateLimited("one a minute", retry_after=60)

    for _ in range(50):
        assert [] == run([record('{"number":1}')], limited, source, parking)

    pauses = {pause for _, _, pause in source.anew}
    assert ({}, []) == (source.postponed, parking.parked)
    assert timedelta(seconds=60) < min(pauses) < max(pauses) <= timedelta(seconds=122)
    assert 40 < len(pauses)


def test_a_message_that_meets_a_mistake_in_our_own_setup_comes_again(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is wrong with it; the line that says what to mend has the level that raises an alarm, also the last."""
    source, parking = FakeSourceQueue(), FakeDeadLetters()
    error = errors.Misconfigured("not set in SSM Parameter Store: /pm/openai/api-key")

    old = datetime.now(UTC) - timedelta(days=4)
    failed = run([record('{"number":1}'), record('{"number":3}', since=old)], error, source, parking)

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
    source, parking, told = FakeSourceQueue(), FakeDeadLetters(), list[tuple[int, str, QueueMessage]]()
    away = errors.UpstreamUnavailable("away")

    def on_job(job: NumberMessage) -> None:
        raise away

    old = record('{"number":2}', since=datetime.now(UTC) - timedelta(days=4))
    old["attributes"]["ApproximateFirstReceiveTimestamp"] = str(int(NOW.timestamp() * 1000))
    handle_batch(
        [record('{"number":1}'), old, record("no job")],
        NumberMessage,
        on_job,
        source=source,
        dead_letters=parking,
        retry=RetryPolicy(2),
        on_given_up=lambda job, error, sent: told.append((job.number, str(error), sent)),
    )

    assert [(2, "away", QueueMessage('id {"number":2}', NOW))] == told
    assert ['{"number":2}', "no job"] == [letter["body"] for letter in parking.parked]


def test_a_fault_in_seeing_to_a_failed_message_ends_no_batch() -> None:
    """The queue keeps that one; the others are handled, and only it comes again."""
    source, parking, handled = FakeSourceQueue(), FakeDeadLetters(), list[int]()
    unreadable = record('{"number":1}')
    unreadable["messageAttributes"] = {"since": {"stringValue": "yesterday", "dataType": "String"}}

    def on_job(job: NumberMessage) -> None:
        handled.append(job.number)
        if job.number == 1:
            raise AWAY
        if job.number == 2:
            raise errors.NotFound("gone")

    def bug(*_: object) -> None:
        raise RuntimeError("a bug")

    answer = handle_batch(
        [unreadable, record('{"number":2}'), record('{"number":3}')],
        NumberMessage,
        on_job,
        source=source,
        dead_letters=parking,
        retry=RetryPolicy(2),
        on_given_up=bug,
    )

    assert [1, 2, 3] == handled
    failed = [item["itemIdentifier"] for item in answer["batchItemFailures"]]
    assert ['id {"number":1}', 'id {"number":2}'] == failed


@pytest.mark.parametrize("kind", kinds_of(errors.ProductError))
def test_every_error_is_handled_one_way(kind: type[errors.ProductError]) -> None:
    """A new error class must say whether repeating helps."""
    assert kind in HANDLING or kind is errors.UpstreamError


def test_a_fault_of_our_own_is_retried() -> None:
    """An unforeseen exception may be a passing one; the attempts are bounded."""
    assert FailureHandling.RETRY is handling_of(KeyError("x"))


def test_nobody_rests_for_longer_than_four_hours_whoever_says_so() -> None:
    """A vendor's number may be nonsense."""
    source = FakeSourceQueue()

    run([record('{"number":1}')], errors.RateLimited("later", retry_after=10**9), source, FakeDeadLetters())

    assert [timedelta(hours=4)] == [pause for _, _, pause in source.anew]


def test_even_an_old_message_has_its_quick_attempts() -> None:
    """Its queue may have been stuck for days: that says nothing of what it waits for now."""
    source, parking = FakeSourceQueue(), FakeDeadLetters()
    old = record('{"number":1}')
    old["attributes"]["SentTimestamp"] = str(int((datetime.now(UTC) - timedelta(days=4)).timestamp() * 1000))

    assert ['id {"number":1}'] == run([old], AWAY, source, parking)
    assert [] == parking.parked


def test_waiting_doubles_apart_from_others() -> None:
    """The wait grows with the attempts, differs from one message to the next, and is a quarter hour at most."""
    for attempt, seconds in ((1, 40), (2, 80), (3, 160)):
        waits = {wait_before_retry(attempt, base_seconds=40) for _ in range(200)}
        assert seconds * 0.75 <= min(waits) < max(waits) <= seconds * 1.25
        assert 10 < len(waits)
    assert LONGEST_WAIT == wait_before_retry(30, base_seconds=30)
