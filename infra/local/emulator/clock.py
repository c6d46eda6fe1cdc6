"""Scheduler: fires at local times, and refuses what AWS refuses."""

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from types import ModuleType
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

SEND_MESSAGE = ":::aws-sdk:sqs:sendMessage"
"""How the one universal target ends that the product uses."""

type Record = dict[str, Any]


class Clock:
    """Fires schedules at their own local time.

    What was fired last is kept in the schedule's record, which the emulator saves; `started` keeps the hours in which
    the emulator was off from being made up for.
    """

    def __init__(self, scheduler: ModuleType, eventbridge: ModuleType, sqs: ModuleType, started: float) -> None:
        self._scheduler, self._eventbridge, self._sqs, self._started = scheduler, eventbridge, sqs, started

    def refusal(self, schedule: Mapping[str, Any]) -> str | None:
        """Say why AWS would not take a schedule, or None."""
        expression = schedule.get("ScheduleExpression", "")
        if not self._readable(expression):
            return f"Invalid Schedule Expression {expression}."
        try:
            ZoneInfo(schedule.get("ScheduleExpressionTimezone") or "UTC")
        except (KeyError, OSError, ValueError):
            return f"Invalid timezone {schedule['ScheduleExpressionTimezone']}."
        return None

    def tick(self) -> None:
        """Fire what is due now."""
        now = time.time()
        for key, schedule in list(self._scheduler._schedules._data.items()):
            if schedule["State"] != "ENABLED" or not self._open(schedule, now):
                continue
            if (due := self.due(schedule, now)) is not None:
                schedule["_FiredAt"] = now
                self._fire(key, schedule, due)
                if schedule["ScheduleExpression"].startswith("at(") and schedule["ActionAfterCompletion"] == "DELETE":
                    self._scheduler._schedules._data.pop(key, None)

    def due(self, schedule: Mapping[str, Any], now: float) -> float | None:
        """The moment for which a schedule should fire at `now`, or None."""
        zone = ZoneInfo(schedule["ScheduleExpressionTimezone"])
        expression, fired = schedule["ScheduleExpression"], schedule.get("_FiredAt")
        if expression.startswith("at("):
            moment = datetime.fromisoformat(expression[3:-1]).replace(tzinfo=zone).timestamp()
            return moment if fired is None and moment <= now else None
        since = max(fired or schedule["LastModificationDate"], self._started)
        if interval := self._eventbridge._parse_rate_seconds(expression):
            return since + interval if since + interval <= now else None
        # The emulator's cron arithmetic knows only UTC, so the zone's wall clock is handed to it as if it were.
        wall = datetime.fromtimestamp(since, zone).replace(tzinfo=UTC)
        coming = self._eventbridge._cron_next_fire(self._eventbridge._parse_cron_fields(expression), wall)
        moment = coming.replace(tzinfo=zone).timestamp() if coming else now + 1
        return moment if moment <= now else None

    def _readable(self, expression: str) -> bool:
        if expression.startswith("at("):
            return self._scheduler._at_time_epoch(expression) is not None
        return bool(
            self._eventbridge._parse_rate_seconds(expression) or self._eventbridge._parse_cron_fields(expression)
        )

    def _open(self, schedule: Mapping[str, Any], now: float) -> bool:
        start, end = (self._scheduler._to_epoch(schedule.get(name)) for name in ("StartDate", "EndDate"))
        return (start is None or start <= now) and (end is None or now <= end)

    def _fire(self, key: tuple[str, str, str], schedule: Record, due: float) -> None:
        account, region, _ = key
        self._scheduler.set_request_account_id(account)
        self._scheduler.set_request_region(region)
        context = {
            "schedule-arn": schedule["Arn"],
            "scheduled-time": datetime.fromtimestamp(due, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "execution-id": str(uuid4()),
            "attempt-number": "1",
        }
        target = dict(schedule["Target"])
        for name, value in context.items():
            target["Input"] = target.get("Input", "{}").replace(f"<aws.scheduler.{name}>", value)
        if target["Arn"].endswith(SEND_MESSAGE):
            self._sqs._act_send_message(json.loads(target["Input"]), "")
            self._eventbridge.esm_wake.set()
            return
        event = {
            "EventId": context["execution-id"],
            "Source": "aws.scheduler",
            "DetailType": "Scheduled Event",
            "Detail": "{}",
            "Time": due,
            "Resources": [schedule["Arn"]],
            "Account": account,
            "Region": region,
        }
        self._eventbridge._invoke_target(target, event, schedule)


def refusing(scheduler: ModuleType, name: str, clock: Clock) -> None:
    """Have the scheduler's create or update refuse what AWS refuses."""
    original = getattr(scheduler, name)

    def checked(schedule_name: str, body: Record) -> Any:
        reason = clock.refusal(body)
        return scheduler._error(400, "ValidationException", reason) if reason else original(schedule_name, body)

    setattr(scheduler, name, checked)
