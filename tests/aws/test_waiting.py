"""Messages that come later: held back by SQS for minutes, brought by a schedule for hours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from pydantic import BaseModel

from pm_assistant.runtime import wiring
from pm_assistant.runtime.settings.act import ActSettings
from pm_assistant.runtime.unit import AwsUnit
from tests.aws.emulated import aws
from tests.builders import ACME, GLOBEX

SINCE = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
ROLE = "arn:aws:iam::123456789012:role/scheduler"
DEAD_LETTERS = "arn:aws:sqs:eu-central-1:123456789012:actions-dead"


class Note(BaseModel):
    """A message."""

    tenant_id: str = ACME
    number: int = 1


@pytest.fixture
def settings() -> Iterator[ActSettings]:
    """Of a function behind a queue of AWS's."""
    with aws():
        wiring.client.cache_clear()
        boto3.client("scheduler").create_schedule_group(Name="group")
        url = boto3.client("sqs").create_queue(QueueName="actions")["QueueUrl"]
        yield ActSettings(
            table_name="t",
            source_queue_url=url,
            actions_queue_url=url,
            reports_queue_url="https://sqs.test/reports",
            jobs_queue_url="https://sqs.test/runs",
            reports_dead_letters_arn=DEAD_LETTERS,
            jobs_dead_letters_arn=DEAD_LETTERS,
            public_url="https://api.pm.test",
            dead_letters_queue_url="https://sqs.test/dead",
            dead_letters_arn=DEAD_LETTERS,
            schedule_group="group",
            schedule_role_arn=ROLE,
            secrets_prefix="/pm",
            kms_key_id="k",
        )
    wiring.client.cache_clear()


def schedules() -> list[dict[str, Any]]:
    """What is brought later."""
    scheduler: Any = boto3.client("scheduler")
    names = [each["Name"] for each in scheduler.list_schedules(GroupName="group")["Schedules"]]
    return [scheduler.get_schedule(GroupName="group", Name=name) for name in names]


@pytest.mark.thorough
def test_a_message_that_rests_for_minutes_is_held_back_by_its_queue(settings: ActSettings) -> None:
    """It knows since when it is being tried."""
    wiring.source_queue(settings).put_again("body", group=ACME, since=SINCE, after=timedelta(0))

    received = boto3.client("sqs").receive_message(
        QueueUrl=settings.source_queue_url, WaitTimeSeconds=2, MessageAttributeNames=["All"]
    )
    [message] = received["Messages"]
    assert ("body", SINCE.isoformat()) == (message["Body"], message["MessageAttributes"]["since"]["StringValue"])
    assert [] == schedules()


def test_a_message_that_rests_for_hours_is_brought_by_a_schedule_of_its_own(settings: ActSettings) -> None:
    """Which goes once it has done so, and with its tenant; what it cannot bring lies with the queue's dead letters."""
    wiring.source_queue(settings).put_again("body", group=ACME, since=SINCE, after=timedelta(hours=3))
    wiring.source_queue(settings).put_again("body", group=GLOBEX, since=SINCE, after=timedelta(hours=3))

    made = schedules()
    request = {json.loads(each["Target"]["Input"])["MessageGroupId"]: each for each in made}[ACME]
    sent = json.loads(request["Target"]["Input"])
    assert (settings.source_queue_url, "body") == (sent["QueueUrl"], sent["MessageBody"])
    assert SINCE.isoformat() == sent["MessageAttributes"]["since"]["StringValue"]
    assert ("DELETE", DEAD_LETTERS) == (request["ActionAfterCompletion"], request["Target"]["DeadLetterConfig"]["Arn"])
    at = datetime.fromisoformat(request["ScheduleExpression"][3:-1]).replace(tzinfo=UTC)
    assert timedelta(hours=2.9) < at - datetime.now(UTC) < timedelta(hours=3.1)
    assert 2 == len({each["Name"].split(".")[0] for each in made})


def test_a_message_too_large_for_a_schedule_comes_as_late_as_its_queue_lets_it(settings: ActSettings) -> None:
    """In quotation marks, as a schedule has it, it takes more; whoever receives it too early puts it again."""
    body = json.dumps("\N{HIRAGANA LETTER A}" * 60_000, ensure_ascii=False)

    wiring.source_queue(settings).put_again(body, group=ACME, since=SINCE, after=timedelta(hours=3))

    told = boto3.client("sqs").get_queue_attributes(
        QueueUrl=settings.source_queue_url, AttributeNames=["ApproximateNumberOfMessagesDelayed"]
    )
    assert ("1", []) == (told["Attributes"]["ApproximateNumberOfMessagesDelayed"], schedules())


@pytest.mark.parametrize(("seconds", "by_schedule"), [(900, False), (901, True)])
def test_a_function_puts_on_its_own_queue_what_has_to_wait_long(
    settings: ActSettings, seconds: int, by_schedule: bool
) -> None:
    """Such as a card in quiet hours."""
    AwsUnit(settings, ACME).queues.actions.put(Note(), group=ACME, delay_seconds=seconds)

    assert by_schedule == bool(schedules())
