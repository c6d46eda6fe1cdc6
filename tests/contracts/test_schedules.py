"""Reports come due at a person's own time, runs at theirs."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import NamedTuple

import boto3
import pytest

from pm_assistant.aws.schedules import Destination, SchedulerSchedules
from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.jobs import Recurring
from pm_assistant.domain.reports import ReportDue, ReportKind, Subscription
from pm_assistant.domain.tenants import TenantId
from pm_assistant.ports.reports import Schedules
from tests.aws.emulated import aws
from tests.builders import ACME, GLOBEX, NOW, a_member
from tests.fakes.stores import FakeSchedules

ADA = a_member("ada", time_zone="Asia/Kolkata")


class Subject(NamedTuple):
    """Schedules and a look at them: in which tenant, for whom or for which run, and in which time zone."""

    schedules: Schedules
    planned: Callable[[], list[tuple[str, str, str]]]


@pytest.fixture(params=["fake", "scheduler"])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """The fake, and the real one on an emulated EventBridge Scheduler."""
    if request.param == "fake":
        fake = FakeSchedules()
        yield Subject(
            fake,
            lambda: sorted(
                [(tenant_id, wish.member_id, zone) for (tenant_id, _), (zone, wish) in fake.recurring.items()]
                + [(due.tenant_id, due.member_id, "UTC") for due, _ in fake.once]
                + [(tenant_id, job_id, "UTC") for tenant_id, job_id in fake.jobs]
                + [(tenant_id, kind, "UTC") for tenant_id in fake.recurring_tenants for kind in Recurring]
            ),
        )
        return
    with aws():
        client = boto3.client("scheduler")
        client.create_schedule_group(Name="reports")
        real = SchedulerSchedules(
            client,
            group="reports",
            role_arn="arn:aws:iam::123456789012:role/scheduler",
            reports=Destination("https://sqs.test/reports", "arn:aws:sqs:eu-central-1:123456789012:reports-dead"),
            jobs=Destination("https://sqs.test/jobs", "arn:aws:sqs:eu-central-1:123456789012:jobs-dead"),
        )

        def look() -> list[tuple[str, str, str]]:
            found = []
            for summary in client.list_schedules(GroupName="reports")["Schedules"]:
                schedule = client.get_schedule(GroupName="reports", Name=summary["Name"])
                due = json.loads(json.loads(schedule["Target"]["Input"])["MessageBody"])
                who = due["member_id"] if "member_id" in due else due.get("job_id") or due["kind"]
                found.append((due["tenant_id"], who, schedule["ScheduleExpressionTimezone"]))
            return sorted(found)

        yield Subject(real, look)


def test_a_new_wish_replaces_the_old_one_of_the_same_person(subject: Subject) -> None:
    """One report a day per person and kind, also after the person has moved."""
    subject.schedules.put(ACME, Subscription(member_id=ADA.id), ADA.time_zone)
    subject.schedules.put(ACME, Subscription(member_id=ADA.id, hour=8), "Europe/Berlin")
    assert [(ACME, ADA.id, "Europe/Berlin")] == subject.planned()


def test_tenants_with_equal_names_do_not_share_a_schedule(subject: Subject) -> None:
    """The same person's id in two tenants means two people, and `a-b` with `c` is not `a` with `b-c`."""
    subject.schedules.put(ACME, Subscription(member_id=ADA.id), ADA.time_zone)
    subject.schedules.put(GLOBEX, Subscription(member_id=ADA.id), ADA.time_zone)
    assert [(ACME, ADA.id, "Asia/Kolkata"), (GLOBEX, ADA.id, "Asia/Kolkata")] == subject.planned()


def test_an_extra_run_stands_beside_the_daily_one(subject: Subject) -> None:
    """Asking for a report now does not cost tomorrow's."""
    subject.schedules.put(ACME, Subscription(member_id=ADA.id), ADA.time_zone)
    due = ReportDue(tenant_id=ACME, member_id=ADA.id, once="asked")
    subject.schedules.put_once(due, NOW + timedelta(minutes=1))
    assert [(ACME, ADA.id, "Asia/Kolkata"), (ACME, ADA.id, "UTC")] == subject.planned()


def test_a_run_is_due_once_at_the_time_it_was_given_last(subject: Subject) -> None:
    """The same run's id in another tenant is another run."""
    for tenant_id, days in ((ACME, 7), (ACME, 8), (GLOBEX, 7)):
        subject.schedules.put_job(tenant_id, "run-1", NOW + timedelta(days=days))
    assert [(ACME, "run-1", "UTC"), (GLOBEX, "run-1", "UTC")] == subject.planned()


def test_what_recurs_is_scheduled_once_for_each_tenant(subject: Subject) -> None:
    """However often it is asked for."""
    for tenant_id in (ACME, GLOBEX, ACME):
        subject.schedules.put_recurring(tenant_id)
    assert [(id, kind, "UTC") for id in (ACME, GLOBEX) for kind in ("catch-up", "comparison")] == subject.planned()


def test_a_wish_that_is_withdrawn_is_one_persons_of_one_kind(subject: Subject) -> None:
    """Withdrawing twice, or what was never wished, is fine."""
    weekly = Subscription(member_id=ADA.id, kind=ReportKind.WEEKLY)
    for tenant_id, wish in ((ACME, Subscription(member_id=ADA.id)), (ACME, weekly), (GLOBEX, weekly)):
        subject.schedules.put(tenant_id, wish, ADA.time_zone)
    for _ in range(2):
        subject.schedules.remove(ACME, weekly.id)
    assert [(ACME, ADA.id, "Asia/Kolkata"), (GLOBEX, ADA.id, "Asia/Kolkata")] == subject.planned()


def test_a_tenant_stops_all_of_its_own_and_nobody_elses(subject: Subject) -> None:
    """Also where one tenant's id begins with the other's, or reads the same once it is cleaned for a name."""
    neighbours = [TenantId("acme-2"), TenantId("acme."), TenantId("ac"), TenantId("acme?")]
    for tenant_id in (ACME, *neighbours):
        subject.schedules.put(tenant_id, Subscription(member_id=ADA.id), ADA.time_zone)
        subject.schedules.put_job(tenant_id, "run-1", NOW)
        subject.schedules.put_recurring(tenant_id)
    subject.schedules.put_once(ReportDue(tenant_id=ACME, member_id=ADA.id, once="asked"), NOW)
    assert 5 == subject.schedules.remove_all(ACME)
    assert 0 == subject.schedules.remove_all(ACME)
    assert {*neighbours} == {tenant_id for tenant_id, _, _ in subject.planned()}
    assert 4 * len(neighbours) == len(subject.planned())


def test_reports_are_set_right_all_at_once(subject: Subject) -> None:
    """What is lost is made again and what nobody wishes for goes; what cannot be put costs that one alone."""
    schedules, daily = subject.schedules, Subscription(member_id=ADA.id)
    for tenant_id, wish in ((ACME, daily), (ACME, Subscription(member_id="U0GONE")), (GLOBEX, daily)):
        schedules.put(tenant_id, wish, "UTC")
    schedules.put_once(ReportDue(tenant_id=ACME, member_id=ADA.id, once="snoozed"), NOW)
    schedules.put_job(ACME, "run-1", NOW)
    bad, channel = Subscription(member_id="U0BAD"), Subscription(channel_id="C0ENG", time_zone="Asia/Tokyo")

    for _ in range(2):
        assert 2 == schedules.put_reports(
            ACME, [(daily, "Europe/Berlin"), (bad, "Mars/Olympus"), (channel, "Asia/Tokyo")]
        )

    assert [
        (ACME, "", "Asia/Tokyo"),
        (ACME, ADA.id, "Europe/Berlin"),
        (ACME, ADA.id, "UTC"),
        (ACME, "run-1", "UTC"),
        (GLOBEX, ADA.id, "UTC"),
    ] == subject.planned()


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "Europe"])
def test_a_time_zone_that_does_not_exist_is_refused(subject: Subject, zone: str) -> None:
    """The error names the field, and nothing is planned."""
    with pytest.raises(InvalidRequest) as refused:
        subject.schedules.put(ACME, Subscription(member_id=ADA.id), zone)
    assert "time_zone" == refused.value.field
    assert [] == subject.planned()
