"""What an earlier version left behind is brought into today's form."""

import json
from typing import Any

import boto3
import pytest

from pm_assistant.aws.rows import TicketRow
from pm_assistant.domain.reports import Subscription
from tests.aws.emulated import copy_of
from tests.builders import ACME, GLOBEX, a_member, a_tenant, a_ticket
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

    first, second = terminal.pm("operator", "migrate"), terminal.pm("operator", "migrate")

    assert ["1 schedules renewed", "0 schedules renewed"] == [run.out.splitlines()[0] for run in (first, second)]
    request = json.loads(scheduler.get_schedule(GroupName="pm", Name="morning")["Target"]["Input"])
    assert terminal.described["queues"]["reports"] == request["QueueUrl"]


def test_tickets_that_an_earlier_version_kept_can_be_looked_up(terminal: StackAndTerminal) -> None:
    """It told no index of them, also while a newer version had made one."""
    known = len(terminal.stores.index.read(ACME).tickets)
    kept = TicketRow(f"TENANT#{ACME}", "TICKET#ticket-77", version="1", data=a_ticket(77).model_dump_json())
    kept.put()
    assert f"{known + 1} tickets can be looked up" == terminal.pm("operator", "migrate").out.splitlines()[1]
    assert terminal.stores.index.read(ACME).tickets.get("ticket-77")


def test_teams_of_before_are_compared_and_caught_up_from_now_on(terminal: StackAndTerminal) -> None:
    """Those that have something connected."""
    scheduler: Any = boto3.client("scheduler")
    terminal.stores.tenants.put(a_tenant(GLOBEX))
    for _ in range(2):
        said = terminal.pm("operator", "migrate").out.splitlines()[2]
        assert "1 team is compared every hour and caught up every day" == said
    names = [each["Name"] for each in scheduler.list_schedules(GroupName="pm")["Schedules"]]
    assert ["catch-up", "comparison"] == sorted(name.rpartition(".")[2] for name in names)


def test_schedules_that_were_lost_are_made_anew_for_every_tenant(terminal: StackAndTerminal) -> None:
    """A deleted stack takes the schedule group with it; the table stays and says what was in it."""
    scheduler: Any = boto3.client("scheduler")
    terminal.stores.tenants.put(a_tenant(GLOBEX))
    terminal.stores.directory.put_members(GLOBEX, [a_member()])
    for tenant_id in (ACME, GLOBEX):
        terminal.stores.subscriptions.put(tenant_id, Subscription(member_id="U0ADA"))

    assert (
        "0 schedules renewed\n2 tickets can be looked up\n"
        "1 team is compared every hour and caught up every day\n3 made due again\n"
    ) == terminal.pm("operator", "migrate", "--rebuild").out
    assert 4 == len(scheduler.list_schedules(GroupName="pm")["Schedules"])


@pytest.mark.thorough
def test_a_tenant_that_is_gone_is_brought_back_with_what_was_due(terminal: StackAndTerminal) -> None:
    """By name, since nobody else is meant by accident."""
    terminal.stores.subscriptions.put(ACME, Subscription(member_id="U0ADA"))
    copy = copy_of(terminal.described["table"])
    terminal.stores.partition.erase(ACME)

    assert "Name the tenant" in terminal.pm("operator", "restore", "--from", copy).err
    answer = terminal.pm("operator", "restore", "--from", copy, "--tenant", ACME)

    assert (0, "2 made due again\n") == (answer.code, answer.out.partition("back, ")[2])
    assert ACME == terminal.stores.tenants.get(ACME).id
