"""What an earlier version left behind is brought into today's form."""

import json
from typing import Any

import boto3

from tests.cli.conftest import StackAndTerminal


def test_schedules_that_call_a_function_are_renewed(terminal: StackAndTerminal) -> None:
    """Whoever was told in the morning still is; asked again there is nothing left to do."""
    scheduler: Any = boto3.client("scheduler")
    scheduler.create_schedule(
        Name="morning",
        GroupName="pm",
        ScheduleExpression="cron(0 9 ? * MON *)",
        ScheduleExpressionTimezone="Europe/Berlin",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": "arn:aws:lambda:eu-central-1:123456789012:function:tick",
            "RoleArn": terminal.described["schedule_role_arn"],
            "Input": '{"tenant_id": "acme", "member_id": "U0ADA", "kind": "standup"}',
        },
    )

    first, second = terminal.pm("migrate"), terminal.pm("migrate")

    assert ("1 schedules renewed\n", "0 schedules renewed\n") == (first.out, second.out)
    request = json.loads(scheduler.get_schedule(GroupName="pm", Name="morning")["Target"]["Input"])
    assert terminal.described["queues"]["reports"] == request["QueueUrl"]
