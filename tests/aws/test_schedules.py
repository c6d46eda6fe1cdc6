"""What EventBridge Scheduler is told, in its own words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import boto3
import pytest

from pm_assistant.aws.schedules import Destination, SchedulerSchedules
from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.jobs import JobDue, Recurring, RecurringDue
from pm_assistant.domain.messages import JobsMessage, ReportsMessage
from pm_assistant.domain.reports import ReportDue, ReportKind, Subscription
from pm_assistant.domain.tenants import TenantId
from tests.aws.emulated import aws
from tests.builders import ACME, NOW, a_member

if TYPE_CHECKING:
    from mypy_boto3_scheduler.client import EventBridgeSchedulerClient
    from mypy_boto3_scheduler.type_defs import GetScheduleOutputTypeDef

TICK = "arn:aws:lambda:eu-central-1:123456789012:function:tick"
"""What all schedules called once."""
SEND_MESSAGE = "arn:aws:scheduler:::aws-sdk:sqs:sendMessage"
REPORTS = Destination("https://sqs.test/reports", "arn:aws:sqs:eu-central-1:123456789012:reports-dead")
JOBS = Destination("https://sqs.test/jobs", "arn:aws:sqs:eu-central-1:123456789012:jobs-dead")
ROLE = "arn:aws:iam::123456789012:role/scheduler"


class Subject(NamedTuple):
    """Schedules and the client behind them."""

    schedules: SchedulerSchedules
    client: EventBridgeSchedulerClient

    def the_one(self) -> GetScheduleOutputTypeDef:
        """The only schedule there is."""
        (summary,) = self.client.list_schedules(GroupName="reports")["Schedules"]
        return self.client.get_schedule(GroupName="reports", Name=summary["Name"])


@pytest.fixture
def subject() -> Iterator[Subject]:
    """An empty schedule group."""
    with aws():
        client = boto3.client("scheduler")
        client.create_schedule_group(Name="reports")
        yield Subject(SchedulerSchedules(client, group="reports", role_arn=ROLE, reports=REPORTS, jobs=JOBS), client)


def sent(schedule: GetScheduleOutputTypeDef, destination: Destination, group: str = ACME) -> str:
    """What a schedule puts on a queue, in a tenant's group; left with the queue's dead letters if it cannot."""
    target = schedule["Target"]
    request = json.loads(target["Input"].replace("<aws.scheduler.scheduled-time>", "2026-11-20T14:05:00Z"))
    assert (SEND_MESSAGE, ROLE) == (target["Arn"], target["RoleArn"])
    assert {"Arn": destination.dead_letters_arn} == target["DeadLetterConfig"]
    assert {"QueueUrl": destination.queue_url, "MessageGroupId": group} == {
        name: value for name, value in request.items() if name != "MessageBody"
    }
    body: str = request["MessageBody"]
    return body


def test_reports_that_are_due_in_one_minute_come_within_a_quarter_of_an_hour(subject: Subject) -> None:
    """Scheduler spreads them: a chat takes so many messages a minute. What is due once comes on time."""
    subject.schedules.put(ACME, Subscription(member_id="U0ADA"), "UTC")
    assert {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15} == subject.the_one()["FlexibleTimeWindow"]
    subject.schedules.remove_all(ACME)
    subject.schedules.put_once(ReportDue(tenant_id=ACME, member_id="U0ADA", once="asked"), NOW)
    assert {"Mode": "OFF"} == subject.the_one()["FlexibleTimeWindow"]


def test_a_subscription_is_a_cron_in_the_persons_zone(subject: Subject) -> None:
    """The time it was due at is filled in by Scheduler, in the place we leave for it."""
    ada = a_member("ada", time_zone="America/New_York")
    wish = Subscription(member_id=ada.id, hour=9, minute=5, weekdays=("MON", "FRI"))
    subject.schedules.put(ACME, wish, ada.time_zone)
    schedule = subject.the_one()
    assert "cron(5 9 ? * MON,FRI *)" == schedule["ScheduleExpression"]
    assert "America/New_York" == schedule["ScheduleExpressionTimezone"]
    due_at = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)
    due = ReportDue(tenant_id=ACME, member_id=ada.id, due_at=due_at, time_zone="America/New_York")
    assert due == ReportsMessage.model_validate_json(sent(schedule, REPORTS)).root


def test_a_single_run_is_at_its_moment_and_cleans_up(subject: Subject) -> None:
    """The moment is said in UTC and goes with the report."""
    at = datetime.fromisoformat("2026-11-20T10:00:00.7+02:00")
    due = ReportDue(tenant_id=ACME, member_id="U0ADA", once="asked")
    for _ in range(2):
        subject.schedules.put_once(due, at)
    schedule = subject.the_one()
    assert "at(2026-11-20T08:00:00)" == schedule["ScheduleExpression"]
    assert "DELETE" == schedule["ActionAfterCompletion"]
    put = ReportsMessage.model_validate_json(sent(schedule, REPORTS)).root
    assert due.model_copy(update={"due_at": at.astimezone(UTC)}) == put


def test_a_run_is_at_its_moment_and_may_be_a_day_late(subject: Subject) -> None:
    """A moment that is given later takes its place; what was promised still has to be done after an outage."""
    for day in (20, 27):
        subject.schedules.put_job(ACME, "run-1", datetime(2026, 11, day, 8, 30, 59, tzinfo=UTC))
    schedule = subject.the_one()
    assert "at(2026-11-27T08:30:59)" == schedule["ScheduleExpression"]
    assert ("UTC", "DELETE") == (schedule["ScheduleExpressionTimezone"], schedule["ActionAfterCompletion"])
    assert JobDue(tenant_id=ACME, job_id="run-1") == JobDue.model_validate_json(sent(schedule, JOBS))
    assert 86_400 == schedule["Target"]["RetryPolicy"]["MaximumEventAgeInSeconds"]


def test_what_recurs_is_a_cron_at_a_minute_of_the_tenants_own(subject: Subject) -> None:
    """Hours and days say for when they are due; an hour that cannot be handed over before the next one is let go."""
    minutes = dict[str, set[int]]()
    for number in range(40):
        tenant_id = TenantId(f"tenant-{number}")
        for _ in range(2):
            subject.schedules.put_recurring(tenant_id)
        for each in subject.client.list_schedules(GroupName="reports")["Schedules"]:
            schedule = subject.client.get_schedule(GroupName="reports", Name=each["Name"])
            due = JobsMessage.model_validate_json(sent(schedule, JOBS, tenant_id)).root
            assert isinstance(due, RecurringDue)
            assert (tenant_id, datetime(2026, 11, 20, 14, 5, tzinfo=UTC)) == (due.tenant_id, due.due_at)
            latest = schedule["Target"]["RetryPolicy"]["MaximumEventAgeInSeconds"]
            hour, latest_of_kind = ("*", 3_600) if due.kind is Recurring.COMPARISON else ("9", 86_400)
            minute, *rest = schedule["ScheduleExpression"].removeprefix("cron(").split()
            assert ([hour, "*", "*", "?", "*)"], "UTC", latest_of_kind) == (
                rest,
                schedule["ScheduleExpressionTimezone"],
                latest,
            )
            minutes.setdefault(due.kind, set()).add(int(minute))
        assert 2 == subject.schedules.remove_all(tenant_id)
    assert all(len(of_kind) > 20 and of_kind <= set(range(60)) for of_kind in minutes.values())


def test_tenants_for_whom_not_all_that_recurs_is_scheduled_are_known(subject: Subject) -> None:
    """One of two is not enough."""
    ids = [TenantId("acme"), TenantId("globex"), TenantId("initech")]
    for tenant_id in ids[:2]:
        subject.schedules.put_recurring(tenant_id)
    names = [each["Name"] for each in subject.client.list_schedules(GroupName="reports")["Schedules"]]
    subject.client.delete_schedule(GroupName="reports", Name=next(name for name in names if name.startswith("globex")))
    assert ids[1:] == subject.schedules.lacking_recurring(ids)


OLD_REPORT = '{"tenant_id": "acme", "member_id": "U0ADA", "kind": "weekly", "due_at": "<aws.scheduler.scheduled-time>"}'
OLD_JOB = '{"tenant_id": "acme", "run_id": "run-1"}'


def test_schedules_of_an_earlier_version_put_on_queues_once_they_are_renewed(subject: Subject) -> None:
    """Nothing else about them changes, those of today are left alone, and renewing again finds nothing to do."""
    for name, zone, expression, message in (
        ("weekly", "Asia/Kolkata", "cron(0 9 ? * FRI *)", OLD_REPORT),
        ("end", "UTC", "at(2027-01-01T08:00:00)", OLD_JOB),
    ):
        subject.client.create_schedule(
            Name=name,
            GroupName="reports",
            ScheduleExpression=expression,
            ScheduleExpressionTimezone=zone,
            FlexibleTimeWindow={"Mode": "OFF"},
            ActionAfterCompletion="DELETE" if name == "end" else "NONE",
            Target={"Arn": TICK, "RoleArn": ROLE, "Input": message},
        )
    subject.schedules.put(TenantId("globex"), Subscription(member_id="U0ADA"), "UTC")

    assert [2, 0] == [subject.schedules.renew(), subject.schedules.renew()]

    weekly, end = (subject.client.get_schedule(GroupName="reports", Name=name) for name in ("weekly", "end"))
    due_at = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)
    due = ReportDue(tenant_id=ACME, member_id="U0ADA", kind=ReportKind.WEEKLY, due_at=due_at)
    assert due == ReportsMessage.model_validate_json(sent(weekly, REPORTS)).root
    assert JobDue(tenant_id=ACME, job_id="run-1") == JobDue.model_validate_json(sent(end, JOBS))
    assert [("cron(0 9 ? * FRI *)", "Asia/Kolkata", "NONE"), ("at(2027-01-01T08:00:00)", "UTC", "DELETE")] == [
        (each["ScheduleExpression"], each["ScheduleExpressionTimezone"], each["ActionAfterCompletion"])
        for each in (weekly, end)
    ]


def test_more_schedules_than_a_page_are_stopped(subject: Subject) -> None:
    """AWS lists no more than a hundred at a time."""
    for number in range(120):
        subject.schedules.put_job(ACME, f"run-{number}", datetime(2026, 11, 20, tzinfo=UTC))
    assert 120 == subject.schedules.remove_all(ACME)
    assert [] == subject.client.list_schedules(GroupName="reports")["Schedules"]


def test_names_fit_whatever_ids_are_like(subject: Subject) -> None:
    """Long ids and ids of unusual characters get names of their own within 64 permitted characters."""
    ids = ["a-b", "a", "ü" * 80, "x" * 200, "x" * 199 + "y", "a/b c"]
    for tenant_id in ids:
        subject.schedules.put(TenantId(tenant_id), Subscription(member_id="b-c"), "UTC")
        subject.schedules.put_job(TenantId(tenant_id), tenant_id, datetime(2026, 11, 20, tzinfo=UTC))
        subject.schedules.put_recurring(TenantId(tenant_id))
    names = [summary["Name"] for summary in subject.client.list_schedules(GroupName="reports")["Schedules"]]
    assert 4 * len(ids) == len(names)
    assert all(re.fullmatch(r"[0-9a-zA-Z_.-]{1,64}", name) for name in names)


@pytest.mark.parametrize(
    ("field", "value"), [("hour", 24), ("hour", -1), ("minute", 60), ("weekdays", ()), ("weekdays", ("Monday",))]
)
def test_a_time_that_does_not_exist_is_refused(subject: Subject, field: str, value: object) -> None:
    """Before AWS is asked, and by the field's name."""
    wish = Subscription(member_id="U0ADA").model_copy(update={field: value})
    with pytest.raises(InvalidRequest) as refused:
        subject.schedules.put(ACME, wish, "UTC")
    assert field == refused.value.field


def test_a_schedule_keeps_the_name_that_it_has_had(subject: Subject) -> None:
    """So one that was made before is found, and no second one made beside it."""
    subject.schedules.put(ACME, Subscription(member_id="U0ADA"), "UTC")
    assert "acme.07fad54f7446269a.standup.3c4ee3b1e7d14bb7" == subject.the_one()["Name"]


def test_a_report_for_a_channel_says_so(subject: Subject) -> None:
    """And of which team it tells."""
    wish = Subscription(channel_id="C0ENG", team_id="team-eng", kind=ReportKind.WEEKLY, time_zone="Asia/Kolkata")
    subject.schedules.put(ACME, wish, "Asia/Kolkata")
    due = ReportsMessage.model_validate_json(sent(subject.the_one(), REPORTS)).root
    assert isinstance(due, ReportDue)
    assert ("C0ENG", "team-eng", "", wish.id) == (due.channel_id, due.team_id, due.member_id, due.subscription_id)
