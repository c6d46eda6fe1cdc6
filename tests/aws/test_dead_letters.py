"""What could not be done is kept with its cause, can be looked at, and gets another chance."""

import json
from collections.abc import Iterator
from typing import NamedTuple

import boto3
import pytest

from pm_assistant.aws.queues import CAUSE_CHARACTERS, CRASHED, DeadLetters, SourceQueue
from pm_assistant.domain.errors import Misconfigured, NotFound
from tests.aws.emulated import aws


class QueueWithDeadLetters(NamedTuple):
    """A queue and its dead letters."""

    url: str
    dead_url: str
    letters: DeadLetters


@pytest.fixture
def queue() -> Iterator[QueueWithDeadLetters]:
    """Both, empty, on an emulated SQS."""
    with aws():
        client = boto3.client("sqs")
        url = client.create_queue(QueueName="events")["QueueUrl"]
        dead_url = client.create_queue(QueueName="events-dead")["QueueUrl"]
        yield QueueWithDeadLetters(url, dead_url, DeadLetters(dead_url, client))


def waiting(url: str) -> list[tuple[str, str]]:
    """Body and group of what is ready in a queue."""
    messages = boto3.client("sqs").receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["MessageGroupId"]
    )
    return sorted((m["Body"], m["Attributes"]["MessageGroupId"]) for m in messages.get("Messages", []))


def park(queue: QueueWithDeadLetters, body: str, group: str = "acme", cause: str = "gone wrong") -> None:
    """Park a message."""
    queue.letters.park(body, group=group, error="UpstreamRejected", cause=cause, attempts=3)


def test_a_parked_message_tells_what_happened(queue: QueueWithDeadLetters) -> None:
    """Looking changes nothing: it can be looked at again at once."""
    park(queue, "body")
    (letter,) = queue.letters.list()
    assert ("body", "acme", "UpstreamRejected", "gone wrong", 3) == (
        letter.body,
        letter.group,
        letter.error,
        letter.cause,
        letter.attempts,
    )
    assert letter == queue.letters.show(letter.id)
    with pytest.raises(NotFound):
        queue.letters.show("unknown")


@pytest.mark.parametrize("cause", ["", "x" * 5_000, "line\nline\x00\x1b[31m", "ünïcödé \ud83d"[:-1]])
def test_any_cause_can_be_parked(queue: QueueWithDeadLetters, cause: str) -> None:
    """SQS refuses empty texts and control characters; neither loses a message."""
    park(queue, "body", cause=cause)
    (letter,) = queue.letters.list()
    assert cause[:CAUSE_CHARACTERS].replace("\n", " ").replace("\x00", " ").replace("\x1b", " ") == letter.cause


def test_what_sqs_gave_up_by_itself_has_crashed(queue: QueueWithDeadLetters) -> None:
    """Nobody was left to say why."""
    boto3.client("sqs").send_message(QueueUrl=queue.dead_url, MessageBody="body", MessageGroupId="acme")
    (letter,) = queue.letters.list()
    assert ("body", "acme", "", CRASHED) == (letter.body, letter.group, letter.error, letter.cause)


def test_what_scheduler_could_not_put_is_told_and_sent_again_as_the_message_it_was(queue: QueueWithDeadLetters) -> None:
    """It leaves its whole request there, with what went wrong as attributes."""
    request = {"QueueUrl": queue.url, "MessageBody": '{"due_at": "<aws.scheduler.scheduled-time>"}'}
    notes = {
        "SCHEDULE_ARN": "arn:aws:scheduler:eu-central-1:123456789012:schedule/pm/a",
        "SCHEDULED_TIME": "2026-11-20T09:00:00Z",
        "ERROR_CODE": "KMS.DisabledException",
        "ERROR_MESSAGE": "the key is disabled",
        "RETRY_ATTEMPTS": "185",
    }
    boto3.client("sqs").send_message(
        QueueUrl=queue.dead_url,
        MessageBody=json.dumps(request | {"MessageGroupId": "acme"}),
        MessageAttributes={name: {"DataType": "String", "StringValue": value} for name, value in notes.items()},
    )

    (letter,) = queue.letters.redrive(queue.url)

    assert ("KMS.DisabledException", "the key is disabled", 186) == (letter.error, letter.cause, letter.attempts)
    assert [('{"due_at": "2026-11-20T09:00:00Z"}', "acme")] == waiting(queue.url)


@pytest.mark.parametrize("by", ["SCHEDULE_ARN", "RULE_ARN"])
def test_what_aws_could_not_put_as_it_stands_is_told_too(queue: QueueWithDeadLetters, by: str) -> None:
    """A schedule of the template's is given the message itself, and a rule an event: both in no tenant's name."""
    body = '{"type": "job_due", "tenant_id": "app", "job_id": "stage"}'
    notes = {by: "arn", "ERROR_CODE": "NO_PERMISSIONS", "ERROR_MESSAGE": "not allowed", "RETRY_ATTEMPTS": "0"}
    boto3.client("sqs").send_message(
        QueueUrl=queue.dead_url,
        MessageBody=body,
        MessageAttributes={name: {"DataType": "String", "StringValue": value} for name, value in notes.items()},
    )

    (letter,) = queue.letters.redrive(queue.url)

    assert ("NO_PERMISSIONS", "not allowed", 1) == (letter.error, letter.cause, letter.attempts)
    assert [body] == [each for each, _ in waiting(queue.url)]


def test_redriving_sends_every_letter_back_in_its_own_group(queue: QueueWithDeadLetters) -> None:
    """More than one batch of them, each once; none is left."""
    for number in range(25):
        park(queue, f"body {number:02}", group=f"tenant-{number % 2}")
    redriven = queue.letters.redrive(queue.url)
    arrived = [letter for _ in range(5) for letter in waiting(queue.url)]
    assert [(f"body {number:02}", f"tenant-{number % 2}") for number in range(25)] == sorted(arrived)
    assert 25 == len(redriven)
    assert [] == list(queue.letters.list())


def test_redriving_some_leaves_the_others_where_they_are(queue: QueueWithDeadLetters) -> None:
    """They can be looked at again at once."""
    park(queue, "one")
    park(queue, "two", group="globex")
    chosen = next(letter for letter in queue.letters.list() if letter.body == "two")
    assert [chosen.id] == [letter.id for letter in queue.letters.redrive(queue.url, {chosen.id})]
    assert [("two", "globex")] == waiting(queue.url)
    assert ["one"] == [letter.body for letter in queue.letters.list()]


def test_a_letter_that_cannot_be_sent_stays(queue: QueueWithDeadLetters) -> None:
    """A wrong address loses nothing: the letter shows again when its time hidden is over."""
    park(queue, "body")
    with pytest.raises(Misconfigured):
        queue.letters.redrive(f"{queue.url}-unknown")
    attributes = boto3.client("sqs").get_queue_attributes(QueueUrl=queue.dead_url, AttributeNames=["All"])
    assert "1" == attributes["Attributes"]["ApproximateNumberOfMessagesNotVisible"]


def test_a_postponed_message_comes_again_when_its_time_is_up(queue: QueueWithDeadLetters) -> None:
    """Zero seconds is at once, more is not yet."""
    client = boto3.client("sqs")
    client.send_message(QueueUrl=queue.url, MessageBody="body", MessageGroupId="acme")
    for seconds, expected in ((0, 1), (600, 0)):
        (received,) = client.receive_message(QueueUrl=queue.url)["Messages"]
        SourceQueue(queue.url, client).postpone(received["ReceiptHandle"], seconds)
        if not expected:
            assert [] == waiting(queue.url)
