"""Queues on SQS: what waits for a stage, and what was given up, with its cause."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import AwareDatetime, BaseModel

from pm_assistant.aws.failures import translated
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.model import Model
from pm_assistant.ports.platform import SINCE

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient
    from mypy_boto3_sqs.type_defs import MessageAttributeValueTypeDef, MessageTypeDef

    from pm_assistant.aws.schedules import SchedulerClockwork

LONGEST_DELAY = 900
"""In seconds; SQS holds a message back no longer (docs.aws.amazon.com/AWSSimpleQueueService, API_SendMessage)."""
LONGEST_INPUT = 250_000
"""In bytes, of the request that a schedule makes (256 KB, docs.aws.amazon.com/scheduler, API_Target)."""
HIDDEN_SECONDS = 60
"""How long dead letters are hidden from others while we look at them; SQS cannot list a queue, only receive it."""
MOST_LETTERS = 1_000
CAUSE_CHARACTERS = 1_000
CRASHED = "crashed or timed out"
"""The cause of what SQS moved by itself: the function never came to say one."""
NO_GROUP = "unknown"
NO_XML = re.compile("[\ufffe\uffff]")
"""Of the characters that JSON has as they are."""


class SqsQueue:
    """A queue in front of one stage (`Queue`); the group makes a standard queue serve tenants fairly.

    Args:
        url: of the queue.
        client: of SQS.
        clockwork: makes what brings messages that wait longer than SQS holds them back; None where none does.
    """

    def __init__(self, url: str, client: SQSClient, clockwork: Callable[[], SchedulerClockwork] | None = None) -> None:
        self._url = url
        self._client = client
        self._clockwork = clockwork

    def put(self, message: BaseModel, *, group: str, delay_seconds: int = 0) -> None:
        """Enqueue; what has to wait for longer than 900 seconds comes by a schedule; too large for one, after 900."""
        self._send(message.model_dump_json(), group, delay_seconds)

    def _send(self, body: str, group: str, delay_seconds: int, **more: Any) -> None:
        # What is no character of XML, SQS does not take; in JSON it can be spelt otherwise.
        spelt = NO_XML.sub(lambda character: f"\\u{ord(character[0]):04x}", body)
        request = {"QueueUrl": self._url, "MessageBody": spelt, "MessageGroupId": group, **more}
        if delay_seconds > LONGEST_DELAY and self._clockwork is not None and len(json.dumps(request)) <= LONGEST_INPUT:
            self._clockwork().put(request, group, datetime.now(UTC) + timedelta(seconds=delay_seconds))
            return
        with translated():
            self._client.send_message(**request, DelaySeconds=min(delay_seconds, LONGEST_DELAY))


class SourceQueue(SqsQueue):
    """The queue a function reads from."""

    def postpone(self, receipt_handle: str, seconds: int) -> None:
        """Let a message that has been received come again after so many seconds."""
        with translated():
            self._client.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
            )

    def put_again(self, body: str, *, group: str, since: datetime, after: timedelta) -> None:
        """Enqueue a message anew."""
        attributes = {SINCE: {"DataType": "String", "StringValue": since.isoformat()}}
        self._send(body, group, math.ceil(after.total_seconds()), MessageAttributes=attributes)


class DeadLetter(Model):
    """A message that was given up.

    Attributes:
        id: SQS's id of it in this queue.
        group: the tenant it belongs to.
        error: name of the error's class; empty if SQS gave it up.
        attempts: how often it was tried.
        parked_at: when it was given up; for what SQS gave up, when it was first sent.
    """

    id: str
    body: str
    group: str
    error: str = ""
    cause: str = CRASHED
    attempts: int
    parked_at: AwareDatetime


class DeadLetters:
    """What one stage could not do."""

    def __init__(self, url: str, client: SQSClient) -> None:
        self._url = url
        self._client = client

    def park(self, body: str, *, group: str, error: str, cause: str, attempts: int) -> None:
        """Give a message up with the reason beside it; the caller then lets SQS delete the original.

        Args:
            body: the message as it was received.
            group: its group.
            error: name of the error's class.
            cause: the error's text, free of secrets and of what people said; its beginning is kept.
            attempts: how often it was tried.
        """
        notes = {"error": error, "cause": cause[:CAUSE_CHARACTERS], "attempts": str(attempts)}
        self._send(self._url, body, group, {name: _attribute(value) for name, value in notes.items() if value})

    def list(self) -> Sequence[DeadLetter]:
        """All that is there and not being looked at by somebody else, a thousand at most; oldest first."""
        received = self._receive()
        for _, receipt in received:
            self._show_again(receipt)
        return sorted((letter for letter, _ in received), key=lambda letter: letter.parked_at)

    def show(self, id: str) -> DeadLetter:
        """Read one.

        Raises:
            NotFound: it is not there, or somebody else is looking at it right now.
        """
        for letter in self.list():
            if letter.id == id:
                return letter
        raise NotFound("no such dead letter")

    def redrive(self, to_url: str, ids: Collection[str] | None = None) -> Sequence[DeadLetter]:
        """Send dead letters, or those of these ids, to a queue again, each in its group; returns them.

        Sent before deleted: a failure in between doubles a message, which every stage tolerates, and loses none.
        """
        sent = []
        for letter, receipt in self._receive():
            if ids is not None and letter.id not in ids:
                self._show_again(receipt)
                continue
            self._send(to_url, letter.body, letter.group, {})
            with translated():
                self._client.delete_message(QueueUrl=self._url, ReceiptHandle=receipt)
            sent.append(letter)
        return sent

    def _receive(self) -> Sequence[tuple[DeadLetter, str]]:
        letters: dict[str, tuple[DeadLetter, str]] = {}
        while len(letters) < MOST_LETTERS and (batch := self._receive_batch()):
            letters |= {message["MessageId"]: (_letter(message), message["ReceiptHandle"]) for message in batch}
        return list(letters.values())

    def _receive_batch(self) -> Sequence[MessageTypeDef]:
        with translated():
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=10,
                VisibilityTimeout=HIDDEN_SECONDS,
                WaitTimeSeconds=1,  # long polling asks all of SQS's servers, so that an empty answer means empty
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["All"],
            )
        return answer.get("Messages", [])

    def _show_again(self, receipt: str) -> None:
        with translated():
            self._client.change_message_visibility(QueueUrl=self._url, ReceiptHandle=receipt, VisibilityTimeout=0)

    def _send(self, url: str, body: str, group: str, attributes: dict[str, MessageAttributeValueTypeDef]) -> None:
        with translated():
            self._client.send_message(
                QueueUrl=url, MessageBody=body, MessageGroupId=group, MessageAttributes=attributes
            )


def _attribute(value: str) -> MessageAttributeValueTypeDef:
    # SQS refuses control characters, which an error's text may well hold.
    return {"DataType": "String", "StringValue": "".join(c if c.isprintable() else " " for c in value)}


def _letter(message: MessageTypeDef) -> DeadLetter:
    notes = {name: value["StringValue"] for name, value in message.get("MessageAttributes", {}).items()}
    system, body = message["Attributes"], message["Body"]
    group = system.get("MessageGroupId", NO_GROUP)
    if "ERROR_CODE" in notes:
        # What Scheduler could not send, as its target was told: the whole request, or, by a schedule of the template's,
        # the message alone (docs.aws.amazon.com/scheduler, configuring-schedule-dlq). EventBridge leaves the event.
        request = json.loads(body.replace("<aws.scheduler.scheduled-time>", notes.get("SCHEDULED_TIME", "")))
        body, group = request.get("MessageBody", body), request.get("MessageGroupId", group)
        notes |= {"error": notes["ERROR_CODE"], "cause": notes["ERROR_MESSAGE"]}
        notes |= {"attempts": str(int(notes.get("RETRY_ATTEMPTS", "0")) + 1)}
    return DeadLetter(
        id=message["MessageId"],
        body=body,
        group=group,
        error=notes.get("error", ""),
        cause=notes.get("cause") or (CRASHED if "error" not in notes else ""),
        attempts=int(notes.get("attempts", system["ApproximateReceiveCount"])),
        parked_at=datetime.fromtimestamp(int(system["SentTimestamp"]) / 1000, UTC),
    )
