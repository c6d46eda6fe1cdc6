"""Clockwork on EventBridge Scheduler.

Scheduler hands what is due, a report or a run, to `tick`; a report with the time it was due at, so that one that comes
late still belongs to its own day. It invokes asynchronously: once handed over, Lambda repeats what fails
(docs.aws.amazon.com/scheduler, managing-targets-templated).
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from botocore.exceptions import ClientError

from pm_assistant.aws.failures import code_of, translated
from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.jobs import JobDue
from pm_assistant.domain.reports import ReportDue, ReportKind, Subscription
from pm_assistant.domain.tenants import Member, TenantId

if TYPE_CHECKING:
    from mypy_boto3_scheduler.client import EventBridgeSchedulerClient
    from mypy_boto3_scheduler.literals import ActionAfterCompletionType
    from mypy_boto3_scheduler.type_defs import CreateScheduleInputTypeDef, TargetTypeDef

LATEST_SECONDS = 3_600
"""How late a report may be handed over; a standup of the morning is of no use in the afternoon."""
LATEST_RUN_SECONDS = 86_400
"""How late a run may be handed over, which is as late as Scheduler can: what was promised still has to be done."""
SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"
"""Scheduler writes the time in its place (docs.aws.amazon.com/scheduler, managing-schedule-context-attributes)."""
WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


class SchedulerSchedules:
    """Schedules (`Schedules`) in one schedule group, all with one target."""

    def __init__(self, client: EventBridgeSchedulerClient, *, group: str, role_arn: str, target_arn: str) -> None:
        self._client = client
        self._group = group
        self._role_arn = role_arn
        self._target_arn = target_arn

    def put(self, tenant_id: TenantId, member: Member, subscription: Subscription) -> None:
        """Make a report due at the subscription's local time.

        Raises:
            InvalidRequest: the member's time zone, or the subscription's time or weekday, does not exist.
        """
        _check(member, subscription)
        due = ReportDue(tenant_id=tenant_id, member_id=subscription.member_id, kind=subscription.kind)
        days = ",".join(subscription.weekdays)
        expression = f"cron({subscription.minute} {subscription.hour} ? * {days} *)"
        told = due.model_dump(mode="json") | {"due_at": SCHEDULED_TIME}
        self._put(_Timing(_name(due), expression, member.time_zone), json.dumps(told))

    def put_once(self, due: ReportDue, at: datetime) -> None:
        """Make a report due one time, to the second; a moment that has passed is due at once."""
        moment = at.astimezone(UTC)
        due = due if due.due_at else due.model_copy(update={"due_at": moment})
        self._put(_once(_name(due, due.once or moment.isoformat()), at), due.model_dump_json())

    def put_job(self, tenant_id: TenantId, job_id: str, at: datetime) -> None:
        """Have a run's next step taken at that time, to the second; a moment that has passed is due at once."""
        due = JobDue(tenant_id=tenant_id, job_id=job_id)
        name = f"{_prefix(tenant_id)}run.{_digest([tenant_id, job_id])}"
        self._put(_once(name, at), due.model_dump_json(), latest_seconds=LATEST_RUN_SECONDS)

    def remove(self, tenant_id: TenantId, member_id: str, kind: ReportKind) -> None:
        """Stop making a report due."""
        self._delete(_name(ReportDue(tenant_id=tenant_id, member_id=member_id, kind=kind)))

    def remove_all(self, tenant_id: TenantId) -> int:
        """Stop everything of a tenant."""
        with translated():
            pages = self._client.get_paginator("list_schedules").paginate(
                GroupName=self._group, NamePrefix=_prefix(tenant_id)
            )
            names = [schedule["Name"] for page in pages for schedule in page["Schedules"]]
        for name in names:
            self._delete(name)
        return len(names)

    def _put(self, timing: _Timing, told: str, *, latest_seconds: int = LATEST_SECONDS) -> None:
        target: TargetTypeDef = {
            "Arn": self._target_arn,
            "RoleArn": self._role_arn,
            "Input": told,
            "RetryPolicy": {"MaximumEventAgeInSeconds": latest_seconds},
        }
        wanted: CreateScheduleInputTypeDef = {
            "Name": timing.name,
            "GroupName": self._group,
            "ScheduleExpression": timing.expression,
            "ScheduleExpressionTimezone": timing.zone,
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": target,
            "ActionAfterCompletion": timing.afterwards,
        }
        with translated():
            try:
                self._client.create_schedule(**wanted)
            except ClientError as error:
                if code_of(error) != "ConflictException":
                    raise
                self._client.update_schedule(**wanted)

    def _delete(self, name: str) -> None:
        with translated():
            try:
                self._client.delete_schedule(GroupName=self._group, Name=name)
            except ClientError as error:
                if code_of(error) != "ResourceNotFoundException":
                    raise


class _Timing(NamedTuple):
    name: str
    expression: str
    zone: str
    afterwards: ActionAfterCompletionType = "NONE"


def _once(name: str, at: datetime) -> _Timing:
    return _Timing(name, f"at({at.astimezone(UTC):%Y-%m-%dT%H:%M:%S})", "UTC", "DELETE")


def _check(member: Member, subscription: Subscription) -> None:
    try:
        ZoneInfo(member.time_zone)
    except (KeyError, ValueError, OSError) as error:  # unknown, malformed, or the name of a folder
        raise InvalidRequest("no such time zone", field="time_zone") from error
    if not 0 <= subscription.hour <= 23:
        raise InvalidRequest("an hour is 0 to 23", field="hour")
    if not 0 <= subscription.minute <= 59:
        raise InvalidRequest("a minute is 0 to 59", field="minute")
    if not subscription.weekdays or not set(subscription.weekdays) <= set(WEEKDAYS):
        raise InvalidRequest("weekdays are MON to SUN, at least one", field="weekdays")


def _name(due: ReportDue, once: str = "") -> str:
    return f"{_prefix(due.tenant_id)}{due.kind}.{_digest([due.tenant_id, due.member_id, due.kind, once])}"


def _prefix(tenant_id: TenantId) -> str:
    """Begin the names of a tenant's schedules, and of nobody else's.

    Ids may hold characters that a name may not, and be long; the digest keeps apart what cleaning makes equal.
    """
    return f"{re.sub('[^0-9A-Za-z-]', '-', tenant_id)[:16]}.{_digest([tenant_id])}."


def _digest(parts: list[str]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
