"""Clockwork on EventBridge Scheduler.

Scheduler puts what is due, a report or a job, on the queue of its stage by itself; a report with the time it was due
at, so that one that comes late still belongs to its own day. It calls SendMessage as a universal target, whose input
is the whole request: the template for queues knows message groups of FIFO queues only
(docs.aws.amazon.com/scheduler, managing-targets-universal and API_SqsParameters).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from botocore.exceptions import ClientError

from pm_assistant.aws.failures import code_of, translated
from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.jobs import JobDue, Recurring
from pm_assistant.domain.reports import ReportDue, ReportKind, Subscription
from pm_assistant.domain.tenants import TenantId

if TYPE_CHECKING:
    from mypy_boto3_scheduler.client import EventBridgeSchedulerClient
    from mypy_boto3_scheduler.literals import ActionAfterCompletionType
    from mypy_boto3_scheduler.type_defs import CreateScheduleInputTypeDef, TargetTypeDef

LATEST_SECONDS = 3_600
"""How late a report may be handed over; a standup of the morning is of no use in the afternoon."""
LATEST_JOB_SECONDS = 86_400
"""How late a job may be handed over, which is as late as Scheduler can: what was promised still has to be done."""
WINDOW_MINUTES = 15
"""Over how long the reports of one minute come due: a chat takes so many messages a minute from us."""
AT_A_TIME = 8
"""Requests; botocore keeps ten connections open."""
SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"
"""Scheduler writes the time in its place (docs.aws.amazon.com/scheduler, managing-schedule-context-attributes)."""
MINUTES = 60
"""Over which tenants are spread, each at a minute of its own."""
RECURRENCE = {Recurring.COMPARISON: "cron({minute} * * * ? *)", Recurring.CATCH_UP: "cron({minute} 9 * * ? *)"}
"""When each is due, in UTC."""
WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


class Destination(NamedTuple):
    """A queue that schedules put messages on, and where Scheduler leaves what it cannot put."""

    queue_url: str
    dead_letters_arn: str


class Scheduler:
    """One schedule group, whose schedules send messages."""

    def __init__(self, client: EventBridgeSchedulerClient, *, group: str, role_arn: str) -> None:
        self._client = client
        self._group = group
        self._role_arn = role_arn

    def _sending(self, request: dict[str, Any], dead_letters_arn: str, latest_seconds: int) -> TargetTypeDef:
        partition = self._role_arn.split(":")[1]
        return {
            "Arn": f"arn:{partition}:scheduler:::aws-sdk:sqs:sendMessage",
            "RoleArn": self._role_arn,
            "Input": json.dumps(request),
            "RetryPolicy": {"MaximumEventAgeInSeconds": latest_seconds},
            "DeadLetterConfig": {"Arn": dead_letters_arn},
        }

    def _put(self, timing: _Timing, target: TargetTypeDef) -> None:
        schedule: CreateScheduleInputTypeDef = {
            "Name": timing.name,
            "GroupName": self._group,
            "ScheduleExpression": timing.expression,
            "ScheduleExpressionTimezone": timing.zone,
            "FlexibleTimeWindow": (
                {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": timing.window_minutes}
                if timing.window_minutes
                else {"Mode": "OFF"}
            ),
            "Target": target,
            "ActionAfterCompletion": timing.afterwards,
        }
        with translated():
            try:
                self._client.create_schedule(**schedule)
            except ClientError as error:
                if code_of(error) != "ConflictException":
                    raise
                self._client.update_schedule(**schedule)


class SchedulerClockwork(Scheduler):
    """Brings single messages that have to wait for longer than a queue can hold them back.

    Args:
        client: of the Scheduler.
        group: of the schedules.
        role_arn: as whom Scheduler sends.
        dead_letters_arn: where Scheduler leaves what it cannot send.
    """

    def __init__(self, client: EventBridgeSchedulerClient, *, group: str, role_arn: str, dead_letters_arn: str) -> None:
        super().__init__(client, group=group, role_arn=role_arn)
        self._dead_letters_arn = dead_letters_arn

    def put(self, request: dict[str, Any], tenant_id: str, at: datetime) -> None:
        """Have a request of SendMessage made at that time; it ends with its tenant's other schedules."""
        name = f"{_prefix(TenantId(tenant_id))}wait.{_digest([json.dumps(request), at.isoformat()])}"
        self._put(_once(name, at), self._sending(request, self._dead_letters_arn, LATEST_JOB_SECONDS))


class SchedulerSchedules(Scheduler):
    """Schedules (`Schedules`) in one schedule group."""

    def __init__(
        self,
        client: EventBridgeSchedulerClient,
        *,
        group: str,
        role_arn: str,
        reports: Destination,
        jobs: Destination,
    ) -> None:
        super().__init__(client, group=group, role_arn=role_arn)
        self._reports = reports
        self._jobs = jobs

    def put(self, tenant_id: TenantId, subscription: Subscription, time_zone: str) -> None:
        """Make a report due at the subscription's local time, or within `WINDOW_MINUTES` after it.

        The message says by which zone it was due: the person may be in another when it is read.

        Raises:
            InvalidRequest: the zone, or the subscription's time or weekday, does not exist.
        """
        _check(subscription, time_zone)
        due = ReportDue(tenant_id=tenant_id, time_zone=time_zone, **subscription.target_fields)
        days = ",".join(subscription.weekdays)
        expression = f"cron({subscription.minute} {subscription.hour} ? * {days} *)"
        message = due.model_dump(mode="json") | {"due_at": SCHEDULED_TIME}
        timing = _Timing(_name(tenant_id, subscription.id), expression, time_zone, window_minutes=WINDOW_MINUTES)
        self._put(timing, self._report(message))

    def put_reports(self, tenant_id: TenantId, wanted: Sequence[tuple[Subscription, str]]) -> int:
        """Have these reports and no others be what recurs; several at a time, for a person's costs two requests."""
        names = {_name(tenant_id, subscription.id) for subscription, _ in wanted}
        prefixes = tuple(f"{_prefix(tenant_id)}{kind}." for kind in ReportKind)
        for name in self._names(_prefix(tenant_id)):
            if name.startswith(prefixes) and name not in names:
                self._delete(name)
        with ThreadPoolExecutor(AT_A_TIME) as puts:
            return sum(puts.map(lambda each: self._was_put(tenant_id, *each), wanted))

    def _was_put(self, tenant_id: TenantId, subscription: Subscription, time_zone: str) -> bool:
        try:
            self.put(tenant_id, subscription, time_zone)
        except InvalidRequest:
            return False
        return True

    def put_once(self, due: ReportDue, at: datetime) -> None:
        """Make a report due one time, to the second; a moment that has passed is due at once."""
        moment = at.astimezone(UTC)
        due = due if due.due_at else due.model_copy(update={"due_at": moment})
        # Not named by its kind: what is named so recurs, and goes where nobody wishes for it.
        name = f"{_prefix(due.tenant_id)}once.{_digest([due.subscription_id, due.once or moment.isoformat()])}"
        self._put(_once(name, at), self._report(due.model_dump(mode="json")))

    def put_job(self, tenant_id: TenantId, job_id: str, at: datetime) -> None:
        """Have a job's next step taken at that time, to the second; a moment that has passed is due at once."""
        due = JobDue(tenant_id=tenant_id, job_id=job_id)
        name = f"{_prefix(tenant_id)}run.{_digest([tenant_id, job_id])}"
        self._put(_once(name, at), self._job(due.model_dump(mode="json")))

    def put_recurring(self, tenant_id: TenantId) -> None:
        """Have the tenant compared every hour and caught up once a day, from now on."""
        for kind, expression in RECURRENCE.items():
            minute = int(_digest([tenant_id, kind]), 16) % MINUTES
            due = {"type": "recurring_due", "tenant_id": tenant_id, "kind": kind, "due_at": SCHEDULED_TIME}
            # An hour that cannot be handed over before the next is made up for by that one.
            latest = LATEST_SECONDS if kind is Recurring.COMPARISON else LATEST_JOB_SECONDS
            timing = _Timing(_recurring_name(tenant_id, kind), expression.format(minute=minute), "UTC")
            self._put(timing, self._target(due, self._jobs, latest))

    def lacking_recurring(self, tenant_ids: Iterable[TenantId]) -> list[TenantId]:
        """Those of the tenants for whom not everything is scheduled that recurs."""
        names = set(self._names())
        return [id for id in tenant_ids if not names.issuperset(_recurring_name(id, kind) for kind in RECURRENCE)]

    def remove(self, tenant_id: TenantId, subscription_id: str) -> None:
        """Stop making a report due."""
        self._delete(_name(tenant_id, subscription_id))

    def remove_all(self, tenant_id: TenantId) -> int:
        """Stop everything of a tenant."""
        names = self._names(_prefix(tenant_id))
        for name in names:
            self._delete(name)
        return len(names)

    def renew(self) -> int:
        """Have schedules put their messages on queues that were made to call a function; returns how many did.

        May be repeated; what is due when stays as it is.
        """
        return sum(self._renewed(name) for name in self._names())

    def _renewed(self, name: str) -> bool:
        with translated():
            try:
                schedule = self._client.get_schedule(GroupName=self._group, Name=name)
            except ClientError as error:
                if code_of(error) != "ResourceNotFoundException":
                    raise
                return False  # A single one has been due meanwhile.
        target = schedule["Target"]
        if ":lambda:" not in target["Arn"]:
            return False
        message: dict[str, Any] = json.loads(target["Input"])
        is_job = "member_id" not in message
        message = {"type": "job_due" if is_job else "report_due", **message}
        timing = _Timing(
            name,
            schedule["ScheduleExpression"],
            schedule["ScheduleExpressionTimezone"],
            schedule.get("ActionAfterCompletion", "NONE"),
        )
        self._put(timing, self._job(message) if is_job else self._report(message))
        return True

    def _names(self, prefix: str | None = None) -> list[str]:
        list_schedules = self._client.get_paginator("list_schedules").paginate
        with translated():
            pages = (
                list_schedules(GroupName=self._group, NamePrefix=prefix)
                if prefix
                else list_schedules(GroupName=self._group)
            )
            return [schedule["Name"] for page in pages for schedule in page["Schedules"]]

    def _report(self, message: dict[str, Any]) -> TargetTypeDef:
        return self._target(message, self._reports, LATEST_SECONDS)

    def _job(self, message: dict[str, Any]) -> TargetTypeDef:
        return self._target(message, self._jobs, LATEST_JOB_SECONDS)

    def _target(self, message: dict[str, Any], destination: Destination, latest_seconds: int) -> TargetTypeDef:
        request = {
            "QueueUrl": destination.queue_url,
            "MessageBody": json.dumps(message),
            "MessageGroupId": message["tenant_id"],
        }
        return self._sending(request, destination.dead_letters_arn, latest_seconds)

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
    window_minutes: int = 0


def _once(name: str, at: datetime) -> _Timing:
    return _Timing(name, f"at({at.astimezone(UTC):%Y-%m-%dT%H:%M:%S})", "UTC", "DELETE")


def _check(subscription: Subscription, time_zone: str) -> None:
    try:
        ZoneInfo(time_zone)
    except (KeyError, ValueError, OSError) as error:  # unknown, malformed, or the name of a folder
        raise InvalidRequest("no such time zone", field="time_zone") from error
    if not 0 <= subscription.hour <= 23:
        raise InvalidRequest("an hour is 0 to 23", field="hour")
    if not 0 <= subscription.minute <= 59:
        raise InvalidRequest("a minute is 0 to 59", field="minute")
    if not subscription.weekdays or not set(subscription.weekdays) <= set(WEEKDAYS):
        raise InvalidRequest("weekdays are MON to SUN, at least one", field="weekdays")


def _name(tenant_id: TenantId, subscription_id: str) -> str:
    kind, _, whose = subscription_id.partition(".")
    return f"{_prefix(tenant_id)}{kind}.{_digest([tenant_id, whose, kind, ''])}"


def _recurring_name(tenant_id: TenantId, kind: Recurring) -> str:
    return f"{_prefix(tenant_id)}{kind}"


def _prefix(tenant_id: TenantId) -> str:
    """Begin the names of a tenant's schedules, and of nobody else's.

    Ids may hold characters that a name may not, and be long; the digest keeps apart what cleaning makes equal.
    """
    return f"{re.sub('[^0-9A-Za-z-]', '-', tenant_id)[:16]}.{_digest([tenant_id])}."


def _digest(parts: list[str]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
