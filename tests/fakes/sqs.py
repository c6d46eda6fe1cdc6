"""SQS and Lambda's poller in virtual time, as far as one stage needs them; `tests/chaos` has the whole machine.

As in AWS a message that was received is invisible until its time is over or it is postponed, comes again with a higher
receive count, and goes to the dead letters when it has been received too often.
"""

import heapq
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from pm_assistant.ports.platform import SINCE, DeadLetters, Queue, SourceQueue

MOST_RECEIVES = 6
VISIBILITY = timedelta(seconds=180)
"""As the queues of template.yaml have it."""

type Handle = Callable[[Mapping[str, Any]], dict[str, list[dict[str, str]]]]
"""Handles one batch of records, as a Lambda function does."""


@dataclass
class _Held:
    body: str
    group: str
    sent_at: datetime
    since: datetime | None = None
    receives: int = 0


class FakeSqs(Queue, SourceQueue, DeadLetters):
    """One queue with its dead letters.

    Args:
        now: tells the time.
        set_time: has it be a later one.

    Attributes:
        dead: bodies of the messages that were given up, each with the error's name.
    """

    def __init__(self, now: Callable[[], datetime], set_time: Callable[[datetime], None]) -> None:
        self.dead: list[tuple[str, str]] = []
        self._now = now
        self._set_time = set_time
        self._numbers = itertools.count()
        self._held: dict[str, _Held] = {}
        self._visible_at: dict[str, datetime] = {}
        self._due: list[tuple[datetime, int, str]] = []

    def put(self, message: BaseModel, *, group: str, delay_seconds: int = 0) -> None:
        """Enqueue; what is to wait for longer than SQS holds it back comes by a schedule."""
        self._add(_Held(message.model_dump_json(), group, self._now()), delay_seconds)

    def put_again(self, body: str, *, group: str, since: datetime, after: timedelta) -> None:
        """Enqueue a message anew."""
        self._add(_Held(body, group, self._now(), since), after.total_seconds())

    def postpone(self, receipt_handle: str, seconds: int) -> None:
        """Let a message that has been received come again after so many seconds."""
        self._show(receipt_handle, seconds)

    def park(self, body: str, *, group: str, error: str, cause: str, attempts: int) -> None:
        """Give a message up."""
        self.dead.append((body, error))

    def drain(self, handle: Handle, *, takes: timedelta = timedelta(0)) -> None:
        """Let time pass and hand over one message at a time as it becomes visible, until there are none."""
        while self._due:
            at, _, id = heapq.heappop(self._due)
            held = self._held.get(id)
            if held is None or self._visible_at[id] != at:
                continue
            self._set_time(max(at, self._now()))
            if held.receives == MOST_RECEIVES:
                del self._held[id]
                self.dead.append((held.body, "received too often"))
                continue
            held.receives += 1
            self._show(id, int(VISIBILITY.total_seconds()))
            attributes = {"ApproximateReceiveCount": str(held.receives), "MessageGroupId": held.group}
            attributes["SentTimestamp"] = str(int(held.sent_at.timestamp() * 1000))
            record = {"messageId": id, "receiptHandle": id, "body": held.body, "attributes": attributes}
            noted = {SINCE: {"stringValue": held.since.isoformat(), "dataType": "String"}} if held.since else {}
            answer = handle({"Records": [record | {"messageAttributes": noted}]})
            self._set_time(self._now() + takes)
            if not answer["batchItemFailures"]:
                del self._held[id]

    def _add(self, held: _Held, seconds: float) -> None:
        id = f"message-{next(self._numbers)}"
        self._held[id] = held
        self._show(id, seconds)

    def _show(self, id: str, seconds: float) -> None:
        self._visible_at[id] = at = self._now() + timedelta(seconds=seconds)
        heapq.heappush(self._due, (at, next(self._numbers), id))
