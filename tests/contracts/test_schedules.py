"""Reports come due at a person's own time."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import NamedTuple

import boto3
import pytest

from pm_assistant.aws.schedules import SchedulerSchedules
from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.reports import ReportDue, Subscription
from pm_assistant.ports import Schedules
from tests.aws.emulated import aws
from tests.builders import ACME, GLOBEX, NOW, a_member
from tests.fakes.stores import FakeSchedules

ADA = a_member("ada", time_zone="Asia/Kolkata")


class Subject(NamedTuple):
    """Schedules and a look at them: for whom, in which tenant and time zone."""

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
                [(key[0], key[1], member.time_zone) for key, (member, _) in fake.recurring.items()]
                + [(due.tenant_id, due.member_id, "UTC") for due, _ in fake.once]
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
            target_arn="arn:aws:lambda:eu-central-1:123456789012:function:tick",
        )

        def look() -> list[tuple[str, str, str]]:
            found = []
            for summary in client.list_schedules(GroupName="reports")["Schedules"]:
                schedule = client.get_schedule(GroupName="reports", Name=summary["Name"])
                told = schedule["Target"]["Input"].replace("<aws.scheduler.scheduled-time>", NOW.isoformat())
                due = ReportDue.model_validate_json(told)
                found.append((due.tenant_id, due.member_id, schedule["ScheduleExpressionTimezone"]))
            return sorted(found)

        yield Subject(real, look)


def test_a_new_wish_replaces_the_old_one_of_the_same_person(subject: Subject) -> None:
    """One report a day per person and kind, also after the person has moved."""
    subject.schedules.put(ACME, ADA, Subscription(member_id=ADA.id))
    moved = a_member("ada", time_zone="Europe/Berlin")
    subject.schedules.put(ACME, moved, Subscription(member_id=ADA.id, hour=8))
    assert [(ACME, ADA.id, "Europe/Berlin")] == subject.planned()


def test_tenants_with_equal_names_do_not_share_a_schedule(subject: Subject) -> None:
    """The same person's id in two tenants means two people, and `a-b` with `c` is not `a` with `b-c`."""
    subject.schedules.put(ACME, ADA, Subscription(member_id=ADA.id))
    subject.schedules.put(GLOBEX, ADA, Subscription(member_id=ADA.id))
    assert [(ACME, ADA.id, "Asia/Kolkata"), (GLOBEX, ADA.id, "Asia/Kolkata")] == subject.planned()


def test_an_extra_run_stands_beside_the_daily_one(subject: Subject) -> None:
    """Asking for a report now does not cost tomorrow's."""
    subject.schedules.put(ACME, ADA, Subscription(member_id=ADA.id))
    due = ReportDue(tenant_id=ACME, member_id=ADA.id, once="asked")
    subject.schedules.put_once(due, NOW + timedelta(minutes=1))
    assert [(ACME, ADA.id, "Asia/Kolkata"), (ACME, ADA.id, "UTC")] == subject.planned()


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "Europe"])
def test_a_time_zone_that_does_not_exist_is_refused(subject: Subject, zone: str) -> None:
    """The error names the field, and nothing is planned."""
    with pytest.raises(InvalidRequest) as refused:
        subject.schedules.put(ACME, a_member("ada", time_zone=zone), Subscription(member_id=ADA.id))
    assert "time_zone" == refused.value.field
    assert [] == subject.planned()
