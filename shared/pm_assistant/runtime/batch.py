"""How a queue-driven function treats its messages: done, retried later, or parked with the cause.

Which error means what stands in one table, `HANDLING`; a test fails for an error class that it lacks.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any

from pydantic import BaseModel, ValidationError

from pm_assistant.domain import errors
from pm_assistant.ports.platform import DeadLetters, SourceQueue
from pm_assistant.runtime import wiring
from pm_assistant.runtime.logs import logger
from pm_assistant.runtime.settings import WorkerSettings

MOST_ATTEMPTS = 6
"""Equals `maxReceiveCount` of the queues in template.yaml; on the last attempt the cause is parked with the message."""
LONGEST_WAIT = 900


class FailureHandling(Enum):
    """What to do with a message whose handling failed."""

    RETRY = "retry"
    PARK = "park"


HANDLING: dict[type[errors.ProductError], FailureHandling] = {
    errors.InvalidRequest: FailureHandling.PARK,
    errors.Unauthenticated: FailureHandling.PARK,
    errors.Forbidden: FailureHandling.PARK,
    errors.NotFound: FailureHandling.PARK,
    errors.Conflict: FailureHandling.RETRY,
    errors.NotConnected: FailureHandling.PARK,
    errors.Throttled: FailureHandling.RETRY,
    errors.Misconfigured: FailureHandling.RETRY,
    errors.UpstreamRejected: FailureHandling.PARK,
    errors.AccessRevoked: FailureHandling.PARK,
    errors.UpstreamUnavailable: FailureHandling.RETRY,
    errors.RateLimited: FailureHandling.RETRY,
}

type Record = Mapping[str, Any]
type BatchAnswer = dict[str, list[dict[str, str]]]


def handling_of(error: Exception) -> FailureHandling:
    """Look up what an error means; one that is not ours may be a passing fault, so it is retried."""
    for kind in type(error).__mro__:
        if kind in HANDLING:
            return HANDLING[kind]
    return FailureHandling.RETRY


def wait_before_retry(error: Exception, attempt: int, *, base_seconds: int) -> int:
    """Seconds until the next attempt: doubling from the base, or longer when the vendor says so."""
    doubling = base_seconds << (attempt - 1)
    retry_after = int(error.retry_after) + 1 if isinstance(error, errors.RateLimited) else 0
    return min(LONGEST_WAIT, max(doubling, retry_after))


def batch_handler[M: BaseModel](
    kind: type[M],
    on_message: Callable[[M], None],
    settings: Callable[[], WorkerSettings],
    on_given_up: Callable[[M, Exception], None] | None = None,
) -> Callable[[Mapping[str, Any], object], BatchAnswer]:
    """Make the Lambda handler of a queue-driven function out of what it does with one message.

    Args:
        kind: what a message is.
        on_message: does what one asks for.
        settings: of the function.
        on_given_up: told of a message that is about to be parked, and why.
    """

    def handler(event: Mapping[str, Any], context: object) -> BatchAnswer:
        worker = settings()
        return handle_batch(
            event["Records"],
            kind,
            on_message,
            source=wiring.source_queue(worker.source_queue_url),
            dead_letters=wiring.dead_letters(worker.dead_letters_queue_url),
            retry_base_seconds=worker.retry_base_seconds,
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
    retry_base_seconds: int,
    on_given_up: Callable[[M, Exception], None] | None = None,
) -> BatchAnswer:
    """Handle an SQS batch and report which messages have to come again (`batchItemFailures`).

    A failed message either becomes visible again after a growing wait, or is moved to the dead-letter queue together
    with its cause. If the move itself fails, SQS keeps the message and tries again: nothing is lost.
    """
    failed = []
    for record in records:
        message: M | None = None
        try:
            message = _read(kind, record["body"])
            on_message(message)
        except Exception as error:
            try:
                if _final(record, error):
                    if on_given_up is not None and message is not None:
                        on_given_up(message, error)
                    _park(record, error, dead_letters)
                    continue
                wait = wait_before_retry(error, _attempt(record), base_seconds=retry_base_seconds)
                source.postpone(record["receiptHandle"], wait)
            except errors.ProductError:
                logger().exception("message left to the queue's own retry")
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def _read[M: BaseModel](kind: type[M], body: str) -> M:
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise errors.InvalidRequest(f"unreadable message: {field or 'body'}: {first['msg']}", field=field) from error


def _attempt(record: Record) -> int:
    return int(record["attributes"]["ApproximateReceiveCount"])


def _final(record: Record, error: Exception) -> bool:
    final = handling_of(error) is FailureHandling.PARK or _attempt(record) >= MOST_ATTEMPTS
    log = logger().error if isinstance(error, errors.Misconfigured) else logger().warning
    details = {"attempt": _attempt(record), "error": type(error).__name__, "cause": cause_of(error)}
    log(
        "message parked" if final else "message will be retried",
        extra={"message_id": record["messageId"], **details},
        exc_info=not isinstance(error, errors.ProductError),
    )
    return final


def _park(record: Record, error: Exception, dead_letters: DeadLetters) -> None:
    dead_letters.park(
        record["body"],
        group=record["attributes"].get("MessageGroupId", "unknown"),
        error=type(error).__name__,
        cause=cause_of(error),
        attempts=_attempt(record),
    )


def cause_of(error: Exception) -> str:
    """Say why, without people's words: only our own errors promise not to quote them."""
    return str(error) if isinstance(error, errors.ProductError) else "unexpected error, see the function's log"
