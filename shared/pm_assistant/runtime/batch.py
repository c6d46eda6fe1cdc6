"""How a queue-driven function treats its messages: done, tried again, or parked with the cause.

Which error means what stands in one table, `HANDLING`; a test fails for an error class that it lacks. What passes by
itself, such as a vendor that is away, is waited for in hours: after some quick attempts the message is sent anew, each
time to come later, until its patience is over. What nobody foresaw is tried as often as SQS lets us. A message that a
newer version of us wrote waits for that one (ADR 94).
"""

import random
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple, assert_never

from pydantic import BaseModel, ValidationError

from pm_assistant import ends_loading
from pm_assistant.domain import errors
from pm_assistant.domain.versions import WrittenByNewer, is_written_by_newer
from pm_assistant.ports.platform import SINCE, DeadLetters, SourceQueue
from pm_assistant.runtime import wiring
from pm_assistant.runtime.logs import logger
from pm_assistant.runtime.settings import WorkerSettings

MOST_ATTEMPTS = 6
"""Equals `maxReceiveCount` of the queues in template.yaml; on the last attempt the cause is parked with the message."""
QUICK_ATTEMPTS = 5
"""Of a message that waits for something; SQS may lose one more before it takes the message away from us."""
LONGEST_WAIT = 900
"""In seconds, between the attempts on one message."""
LONGEST_PAUSE = timedelta(hours=4)
"""Before a message that was sent anew comes."""
PATIENCE = timedelta(hours=72)
"""How long a message is tried: an outage over a weekend passes."""
UNEXPECTED = "unexpected error, see the function's log"
"""What is told of an error that is none of ours."""
NEWER_WITHIN = timedelta(hours=24)
"""How long a message that a newer version of us wrote waits for it; a release takes over within minutes."""


class FailureHandling(Enum):
    """What to do with a message whose handling failed: `wait` for what passes by itself, `retry` what may."""

    WAIT = "wait"
    RETRY = "retry"
    PARK = "park"


HANDLING: dict[type[errors.ProductError], FailureHandling] = {
    errors.InvalidRequest: FailureHandling.PARK,
    errors.Unauthenticated: FailureHandling.PARK,
    errors.Forbidden: FailureHandling.PARK,
    errors.NotFound: FailureHandling.PARK,
    errors.Conflict: FailureHandling.WAIT,
    errors.Contention: FailureHandling.WAIT,
    errors.NotConnected: FailureHandling.PARK,
    errors.Throttled: FailureHandling.WAIT,
    errors.Misconfigured: FailureHandling.WAIT,
    errors.UpstreamRejected: FailureHandling.PARK,
    errors.Gone: FailureHandling.PARK,
    errors.AccessRevoked: FailureHandling.PARK,
    errors.UpstreamUnavailable: FailureHandling.WAIT,
    errors.RateLimited: FailureHandling.WAIT,
    errors.CircuitOpen: FailureHandling.WAIT,
}


class RetryPolicy(NamedTuple):
    """How failed messages are tried again.

    Attributes:
        base_seconds: before the second attempt.
        patience: how long a message is tried that waits for something.
    """

    base_seconds: int
    patience: timedelta = PATIENCE


class QueueMessage(NamedTuple):
    """A message, the same however often it is received; what is sent anew, or again by an operator, is another.

    Attributes:
        id: as SQS calls it.
        first_received_at: when it was.
    """

    id: str
    first_received_at: datetime


type OnGivenUp[M] = Callable[[M, Exception, QueueMessage], None]
type Record = Mapping[str, Any]
type BatchAnswer = dict[str, list[dict[str, str]]]


def handling_of(error: Exception) -> FailureHandling:
    """Look up what an error means; one that is not ours may be a passing fault, so it is retried."""
    for kind in type(error).__mro__:
        if kind in HANDLING:
            return HANDLING[kind]
    return FailureHandling.RETRY


def family_of(error: Exception) -> str:
    """Name what an error counts as: the class of the table that it belongs to, however an adapter calls its own."""
    return next((kind.__name__ for kind in type(error).__mro__ if kind in HANDLING), "unexpected")


def wait_before_retry(attempt: int, *, base_seconds: int) -> int:
    """Seconds until the next attempt on the same message: doubling from the base, jittered."""
    return int(min(LONGEST_WAIT, _jittered(base_seconds << (attempt - 1))))


def pause_before_anew(error: Exception, age: timedelta, *, base_seconds: int) -> timedelta:
    """How long a message rests before it comes anew: as long as it has been tried, or as its vendor says, jittered.

    Those that are told to wait by one vendor wait apart, the longer the more: together they would only be told again.
    """
    if isinstance(error, errors.RateLimited):
        apart = random.uniform(0, max(error.retry_after, age.total_seconds() / 2))  # noqa: S311  # no secret
        return min(LONGEST_PAUSE, timedelta(seconds=error.retry_after + 1 + apart))
    shortest = base_seconds << QUICK_ATTEMPTS
    return min(LONGEST_PAUSE, timedelta(seconds=_jittered(max(shortest, age.total_seconds()))))


def _jittered(seconds: float) -> float:
    return seconds * random.uniform(0.75, 1.25)  # noqa: S311  # no secret


def batch_handler[M: BaseModel](
    kind: type[M],
    on_message: Callable[[M], None],
    settings: Callable[[], WorkerSettings],
    on_given_up: OnGivenUp[M] | None = None,
    *,
    patience: timedelta = PATIENCE,
) -> Callable[[Mapping[str, Any], object], BatchAnswer]:
    """Make the Lambda handler of a queue-driven function out of what it does with one message.

    Args:
        kind: what a message is.
        on_message: does what one asks for.
        settings: of the function.
        on_given_up: told of a message that is about to be parked, and why; told again of the same where parking fails.
            Told afterwards, what it could not note would be parked a second time.
        patience: how long a message is tried that waits for something.
    """

    @ends_loading
    def handler(event: Mapping[str, Any], context: object) -> BatchAnswer:
        worker = settings()
        return handle_batch(
            event["Records"],
            kind,
            on_message,
            source=wiring.source_queue(worker),
            dead_letters=wiring.dead_letters(worker.dead_letters_queue_url),
            retry=RetryPolicy(worker.retry_base_seconds, patience),
            on_given_up=on_given_up,
        )

    return handler


def handle_batch[M: BaseModel](
    records: Iterable[Record],
    kind: type[M],
    on_message: Callable[[M], None],
    *,
    source: SourceQueue,
    dead_letters: DeadLetters,
    retry: RetryPolicy,
    on_given_up: OnGivenUp[M] | None = None,
) -> BatchAnswer:
    """Handle an SQS batch and report which messages have to come again (`batchItemFailures`).

    A failed message becomes visible again after a growing wait, is sent anew to come after a longer one, or is moved to
    the dead-letter queue together with its cause. If that itself fails, SQS keeps the message and tries again: nothing
    is lost.
    """
    failed = []
    for record in records:
        message: M | None = None
        try:
            message = _read(kind, record["body"])
            on_message(message)
        except Exception as error:
            try:
                since = _since(record)
                age = wiring.now() - since
                match _next(record, error, age, retry.patience):
                    case Next.PARK:
                        if on_given_up is not None and message is not None:
                            on_given_up(message, error, _queue_message(record))
                        _park(record, error, dead_letters)
                        continue
                    case Next.ANEW:
                        pause = pause_before_anew(error, age, base_seconds=retry.base_seconds)
                        source.put_again(record["body"], group=_group(record), since=since, after=pause)
                        continue
                    case Next.AGAIN:
                        wait = wait_before_retry(_attempt(record), base_seconds=retry.base_seconds)
                        source.postpone(record["receiptHandle"], wait)
                    case unreachable:
                        assert_never(unreachable)
            except Exception:  # of seeing to this message: it is no reason to handle the others once more
                logger().exception("message left to the queue's own retry")
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def _read[M: BaseModel](kind: type[M], body: str) -> M:
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        found = error.errors()
        field = ".".join(str(part) for part in found[0]["loc"])
        cause = f"unreadable message: {field or 'body'}: {found[0]['msg']}"
        if is_written_by_newer(error):
            raise WrittenByNewer(f"{cause} (a newer version of us wrote it, or it is broken)") from error
        raise errors.InvalidRequest(cause, field=field) from error


def _attempt(record: Record) -> int:
    return int(record["attributes"]["ApproximateReceiveCount"])


def _group(record: Record) -> str:
    return str(record["attributes"].get("MessageGroupId", "unknown"))


def _since(record: Record) -> datetime:
    """Since when a message is being tried, however often it was sent."""
    if (noted := record.get("messageAttributes", {}).get(SINCE)) is not None:
        return datetime.fromisoformat(noted["stringValue"])
    return _noted_at(record, "SentTimestamp")


def _queue_message(record: Record) -> QueueMessage:
    return QueueMessage(record["messageId"], _noted_at(record, "ApproximateFirstReceiveTimestamp"))


def _noted_at(record: Record, name: str) -> datetime:
    noted = record["attributes"].get(name)
    return datetime.fromtimestamp(int(noted) / 1000, UTC) if noted else wiring.now()


class Next(Enum):
    """What becomes of a message whose handling failed."""

    AGAIN = "message will be retried"
    ANEW = "message will be sent anew"
    PARK = "message parked"


def _next(record: Record, error: Exception, age: timedelta, patience: timedelta) -> Next:
    attempt = _attempt(record)
    patience = min(patience, NEWER_WITHIN) if isinstance(error, WrittenByNewer) else patience
    match handling_of(error):
        case FailureHandling.PARK:
            after = Next.PARK
        case FailureHandling.RETRY:
            after = Next.PARK if attempt >= MOST_ATTEMPTS else Next.AGAIN
        case FailureHandling.WAIT:
            quick = SINCE not in record.get("messageAttributes", {}) and attempt < QUICK_ATTEMPTS
            if quick and not isinstance(error, errors.RateLimited):
                after = Next.AGAIN
            else:
                after = Next.PARK if age >= patience else Next.ANEW
        case unreachable:
            assert_never(unreachable)
    log = logger().error if isinstance(error, errors.Misconfigured) else logger().warning
    waited = "hours" if age >= timedelta(hours=1) else "minutes"
    named = {"error": type(error).__name__, "family": family_of(error)}
    details = {"attempt": attempt, "waited": waited, **named, "cause": cause_of(error)}
    log(
        after.value,
        extra={"message_id": record["messageId"], **details},
        exc_info=not isinstance(error, errors.ProductError),
    )
    return after


def _park(record: Record, error: Exception, dead_letters: DeadLetters) -> None:
    dead_letters.park(
        record["body"],
        group=_group(record),
        error=type(error).__name__,
        cause=cause_of(error),
        attempts=_attempt(record),
    )


def cause_of(error: Exception) -> str:
    """Say why, without people's words: only our own errors promise not to quote them."""
    return str(error) if isinstance(error, errors.ProductError) else UNEXPECTED
