"""The local AWS: ministack, with the gaps bridged that the product would fall into.

Run by path with the emulator environment's interpreter, in place of its `ministack` command. It wraps private functions
of one pinned version, so that a plain `sam deploy` is enough and the product never knows. The gaps of 1.5.33:

- `AWS::Serverless::HttpApi` keeps its routes in the API's `Body`, which is not read: no route would exist.
- A table's TTL, point-in-time recovery and encryption in a template are dropped.
- A template's parameters stay text where AWS reads a number or a truth value, and a text limit stops the poller.
- Scheduler reads every expression as UTC, looks every 10 s, accepts bad zones and expressions, leaves
  `<aws.scheduler.…>` in the input as it is, and fires a finished `at()` again after a restart.
- `ssm:GetParameters` is checked against the resource `*`, so that no policy that names its parameters would do.
- Every worker of a function unpacks the layers for itself: seconds and 90 MB at each cold start.
- A burst of requests starts a worker for each, more than a laptop bears.
"""

import hashlib
import importlib
import json
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

PINNED = "1.5.33"
WORKERS = 4
"""Of one function at a time."""

type Record = dict[str, Any]


def routes(api_id: str, body: Mapping[str, Any], gateway: ModuleType) -> None:
    """Replace an HTTP API's routes by those of an OpenAPI body, each with an integration of its own."""
    gateway._routes[api_id], gateway._integrations[api_id] = {}, {}
    for path, methods in body.get("paths", {}).items():
        for method, operation in methods.items():
            given = operation["x-amazon-apigateway-integration"]
            integration = {
                "integrationType": given["type"].upper(),
                "integrationUri": given["uri"],
                "payloadFormatVersion": given["payloadFormatVersion"],
            }
            made = json.loads(gateway._create_integration(api_id, integration)[2])
            key = path if path == "$default" else f"{'ANY' if method.startswith('x-') else method.upper()} {path}"
            gateway._create_route(api_id, {"routeKey": key, "target": f"integrations/{made['integrationId']}"})


def table_settings(name: str, properties: Mapping[str, Any], dynamodb: ModuleType) -> None:
    """Apply what a template says of a table and the emulator leaves out."""
    if ttl := properties.get("TimeToLiveSpecification"):
        dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": ttl})
    if recovery := properties.get("PointInTimeRecoverySpecification"):
        dynamodb._update_continuous_backups({"TableName": name, "PointInTimeRecoverySpecification": recovery})
    if encryption := properties.get("SSESpecification"):
        description = dynamodb._sse_description_from_spec({**encryption, "Enabled": encryption["SSEEnabled"]})
        dynamodb._tables[name]["SSEDescription"] = description


class Clock:
    """Fires schedules at their own local time.

    What was fired last is kept in the schedule's record, which the emulator saves; `started` keeps the hours in which
    the emulator was off from being made up for.
    """

    def __init__(self, scheduler: ModuleType, eventbridge: ModuleType, started: float) -> None:
        self._scheduler, self._eventbridge, self._started = scheduler, eventbridge, started

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


def typed(properties: Record) -> Record:
    """Template properties with the types that AWS would have read."""
    read: dict[str, Callable[[Any], Any]] = {
        "DeletionProtectionEnabled": lambda given: str(given).lower() == "true",
        "ScalingConfig": lambda given: {"MaximumConcurrency": int(given["MaximumConcurrency"])},
    }
    return {name: read[name](value) if name in read else value for name, value in properties.items()}


def wrap(handlers: Record, what: str, then: Callable[[str, Record], None] | None = None) -> None:
    """Give a CloudFormation resource type typed properties, and have `then(physical id, properties)` follow."""
    create, update = handlers[what]["create"], handlers[what]["update"]

    def created(logical_id: str, properties: Record, stack: str) -> Any:
        made = create(logical_id, typed(properties), stack)
        if then:
            then(made[0], properties)
        return made

    def updated(physical_id: str, old: Record, new: Record, *rest: Any) -> Any:
        made = update(physical_id, typed(old), typed(new), *rest)
        if then:
            then(made[0], new)
        return made

    handlers[what].update(create=created, update=updated)


def refusing(scheduler: ModuleType, name: str, clock: Clock) -> None:
    """Have the scheduler's create or update refuse what AWS refuses."""
    original = getattr(scheduler, name)

    def checked(schedule_name: str, body: Record) -> Any:
        reason = clock.refusal(body)
        return scheduler._error(400, "ValidationException", reason) if reason else original(schedule_name, body)

    setattr(scheduler, name, checked)


def named_parameters(actions: ModuleType) -> None:
    """Have a request for several SSM parameters checked against the first one it names."""
    original = actions.extract_resource_arn

    def extract(service: str, method: str, path: str, headers: Any, body: bytes, *rest: Any) -> Any:
        names = json.loads(body).get("Names") if service == "ssm" and body else None
        if names:
            body = json.dumps({"Name": names[0]}).encode()
        return original(service, method, path, headers, body, *rest)

    vars(actions).update(extract_resource_arn=extract)


class SharedZip(zipfile.ZipFile):
    """An archive whose contents are unpacked once and linked to from then on."""

    _unpacking = threading.Lock()

    def extractall(self, path: Any = None, members: Any = None, pwd: Any = None) -> None:
        """Make `path` a link to the unpacked contents; the archive, a copy of the worker's own, goes."""
        archive = Path(str(self.filename))
        shared = Path(tempfile.gettempdir()) / f"shared-{hashlib.sha256(archive.read_bytes()).hexdigest()[:32]}"
        with self._unpacking:
            if not shared.exists():
                draft = tempfile.mkdtemp()
                super().extractall(draft, members, pwd)
                Path(draft).rename(shared)
        Path(path).rmdir()
        Path(path).symlink_to(shared)
        archive.unlink()


def bounded(runtime: ModuleType, *users: ModuleType) -> None:
    """Have a function's workers counted, and further invocations wait for one to be free."""
    original = runtime.acquire_worker

    def acquire(name: str, config: Record, code: bytes, qualifier: str = "$LATEST") -> Any:
        while True:
            worker, reason = original(name, config, code, qualifier, WORKERS)
            if worker is not None:
                return worker, reason
            time.sleep(0.005)

    for module in (runtime, *users):
        vars(module).update(acquire_worker=acquire)


def main() -> None:
    """Bridge the gaps and serve until SIGTERM."""
    if version("ministack") != PINNED:
        sys.exit(f"the bridge is written for ministack {PINNED}, not {version('ministack')}: adapt infra/local/aws.py")
    emulator = importlib.import_module("ministack.app")
    provisioners = importlib.import_module("ministack.services.cloudformation.provisioners")
    gateway, dynamodb, eventbridge, scheduler = (
        importlib.import_module(f"ministack.services.{name}")
        for name in ("apigateway", "dynamodb", "eventbridge", "scheduler")
    )
    handlers = provisioners._RESOURCE_HANDLERS
    wrap(handlers, "AWS::ApiGatewayV2::Api", lambda id_, given: routes(id_, given.get("Body") or {}, gateway))
    wrap(handlers, "AWS::DynamoDB::Table", lambda name, given: table_settings(name, given, dynamodb))
    wrap(handlers, "AWS::Lambda::EventSourceMapping")
    clock = Clock(scheduler, eventbridge, time.time())
    vars(scheduler).update(_tick_schedules=clock.tick, _SCHEDULE_TICK_INTERVAL=1)
    refusing(scheduler, "_create_schedule", clock)
    refusing(scheduler, "_update_schedule", clock)
    named_parameters(importlib.import_module("ministack.core.iam_actions"))
    runtime = importlib.import_module("ministack.core.lambda_runtime")
    bounded(runtime, importlib.import_module("ministack.services.lambda_svc"))
    vars(runtime).update(zipfile=SimpleNamespace(**{**vars(zipfile), "ZipFile": SharedZip}))
    emulator.main()


if __name__ == "__main__":
    main()
