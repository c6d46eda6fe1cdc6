"""Clockwork on EventBridge Scheduler.

Scheduler hands a due report to `tick` with the time it was due at, so that one that comes late still belongs to its own
day. It invokes asynchronously: once handed over, Lambda repeats what fails (docs.aws.amazon.com/scheduler,
managing-targets-templated).
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from botocore.exceptions import ClientError

from pm_assistant.aws.failures import code_of, translated
from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.reports import ReportDue, Subscription
from pm_assistant.domain.tenants import Member, TenantId

if TYPE_CHECKING:
    from mypy_boto3_scheduler.client import EventBridgeSchedulerClient
    from mypy_boto3_scheduler.literals import ActionAfterCompletionType
    from mypy_boto3_scheduler.type_defs import CreateScheduleInputTypeDef, TargetTypeDef

LATEST_SECONDS = 3_600
"""How late a report may be handed over; a standup of the morning is of no use in the afternoon."""
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
        self._put(_name(due), json.dumps(told), expression, member.time_zone, "NONE")

    def put_once(self, due: ReportDue, at: datetime) -> None:
        """Make a report due one time, to the second; a moment that has passed is due at once."""
        moment = at.astimezone(UTC)
        due = due if due.due_at else due.model_copy(update={"due_at": moment})
        name = _name(due, due.once or moment.isoformat())
        self._put(name, due.model_dump_json(), f"at({moment:%Y-%m-%dT%H:%M:%S})", "UTC", "DELETE")

    def _put(self, name: str, told: str, expression: str, zone: str, after: ActionAfterCompletionType) -> None:
        target: TargetTypeDef = {
            "Arn": self._target_arn,
            "RoleArn": self._role_arn,
            "Input": told,
            "RetryPolicy": {"MaximumEventAgeInSeconds": LATEST_SECONDS},
        }
        wanted: CreateScheduleInputTypeDef = {
            "Name": name,
            "GroupName": self._group,
            "ScheduleExpression": expression,
            "ScheduleExpressionTimezone": zone,
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": target,
            "ActionAfterCompletion": after,
        }
        with translated():
            try:
                self._client.create_schedule(**wanted)
            except ClientError as error:
                if code_of(error) != "ConflictException":
                    raise
                self._client.update_schedule(**wanted)


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
    # Ids may hold characters that a name may not, and be long; the digest keeps apart what cleaning makes equal.
    digest = hashlib.sha256(json.dumps([due.tenant_id, due.member_id, due.kind, once]).encode()).hexdigest()
    return f"{due.kind}.{re.sub('[^0-9A-Za-z-]', '-', due.tenant_id)[:20]}.{digest[:24]}"
