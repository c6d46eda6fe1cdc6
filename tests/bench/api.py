"""What the API's main routes take: handler time, and DynamoDB requests and capacity units, on the local stack.

    make up && uv run python -m tests.bench.api

Times are ratios to one consistent read of one row, which is made before every request of a route: whatever else the
machine is busy with slows both. Both talk to the local AWS from this process. The
emulator counts every read as one half or one unit, whatever its size, so read units are a floor; write units are right.
"""

import importlib.util
import os
import statistics
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from pm_assistant.aws.tables import Row
from pm_assistant.cli.client import StackClient, open_stack
from pm_assistant.domain.errors import ProductError

ROUNDS = 30
WARM_UP = 3

type Event = dict[str, Any]


class Meter:
    """Counts what DynamoDB is asked, by listening to its client."""

    def __init__(self) -> None:
        self.requests = 0
        self.units: Counter[str] = Counter()
        events = Row._get_connection().connection.client.meta.events
        events.register("before-parameter-build.dynamodb", self._asking)
        events.register("after-call.dynamodb", self._answered)

    def _asking(self, params: dict[str, Any], **_: object) -> None:
        params["ReturnConsumedCapacity"] = "TOTAL"

    def _answered(self, parsed: dict[str, Any], model: Any, **_: object) -> None:
        self.requests += 1
        consumed = parsed.get("ConsumedCapacity") or []
        kind = "write" if model.name in {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"} else "read"
        for each in consumed if isinstance(consumed, list) else [consumed]:
            self.units[kind] += each.get("CapacityUnits", 0)


def event(method: str, target: str, caller: dict[str, str]) -> Event:
    """An HTTP API event with what the authorizer said of the caller."""
    parts = urlsplit(target)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if pair)
    http = {"method": method, "path": parts.path, "sourceIp": "127.0.0.1", "protocol": "HTTP/1.1", "userAgent": "bench"}
    context = {"http": http, "stage": "$default", "requestId": "bench", "domainName": "bench.invalid"}
    return {
        "version": "2.0",
        "routeKey": f"{method} {parts.path}",
        "rawPath": parts.path,
        "rawQueryString": parts.query,
        "queryStringParameters": query,
        "headers": {"content-type": "application/json"},
        "requestContext": {**context, "authorizer": {"lambda": caller}},
        "isBase64Encoded": False,
    }


def routes(client: StackClient) -> list[str]:
    """The ten that a dashboard or a program asks most."""
    ticket = client.stores.tickets.all(client.tenant_id)[0]
    ((_, decision),) = client.stores.decisions.latest(client.tenant_id, limit=1)
    member = client.stores.directory.members(client.tenant_id)[0]
    return [
        "/v1/me",
        "/v1/settings",
        "/v1/members",
        "/v1/connections",
        "/v1/tickets?limit=50",
        f"/v1/tickets/{ticket.id}",
        "/v1/conversations?limit=50",
        "/v1/decisions?limit=50",
        f"/v1/decisions/{decision.id}",
        f"/v1/standup?member_id={member.id}",
    ]


def medians_ms(*calls: Callable[[], object]) -> list[float]:
    """Median times of things that are warm, done in turn."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS + WARM_UP):
        for call, taken in zip(calls, times, strict=True):
            begun = time.perf_counter()
            call()
            taken.append((time.perf_counter() - begun) * 1000)
    return [statistics.median(taken[WARM_UP:]) for taken in times]


def answered(handler: Callable[[Event, None], Event], given: Event) -> None:
    """Ask once.

    Raises:
        SystemExit: the answer is a refusal, which is quick, and says nothing.
    """
    answer = handler(given, None)
    if answer["statusCode"] != HTTPStatus.OK:
        target = given["rawPath"]
        raise SystemExit(f"error: {target} answered {answer['statusCode']}: {answer['body'][:300]}")


def main() -> None:
    """Print one line per route."""
    client = open_stack(profile=None, stack=None, region=None, tenant=None)
    os.environ.update(environment(client))
    spec = importlib.util.spec_from_file_location("app", "functions/api/app.py")
    if spec is None or spec.loader is None:
        raise SystemExit("run it from the project's root")
    api = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(api)
    owner = next(account for account in client.stores.accounts.all(client.tenant_id) if account.role == "owner")
    proven = {"issued_at": str(int(time.time())), "expires_at": str(int(time.time()) + 3600)}
    caller = {"kind": "account", "id": owner.id, "tenant": client.tenant_id, **proven}
    asked = routes(client)
    meter = Meter()
    if Row.find(client.tenant_id, "TENANT") is None:
        raise SystemExit("error: the tenant is not there, so there is nothing to compare with")
    for target in asked:
        given = event("GET", target, caller)
        before, meter.units = meter.requests, Counter()
        answered(api.handler, given)
        requests, units = meter.requests - before, Counter(meter.units)
        floor, took = medians_ms(lambda: Row.find(client.tenant_id, "TENANT"), partial(answered, api.handler, given))
        line = f"{took / floor:5.2f} x one consistent read ({took:.1f} ms), {requests} requests"
        print(f"GET {target[:40]:40} {line}, {units['read']:g} read and {units['write']:g} write units")


def environment(client: StackClient) -> dict[str, str]:
    """What the deployed function is told, but for the limit, which a bench would run into."""
    functions = importlib.import_module("pm_assistant.runtime.wiring").client("lambda")
    name = next(
        f["FunctionName"] for f in functions.list_functions()["Functions"] if "ApiFunction" in f["FunctionName"]
    )
    told: dict[str, str] = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    return told | {"REQUESTS_PER_MINUTE": "1000000", "LOG_LEVEL": "ERROR"}


if __name__ == "__main__":
    try:
        main()
    except ProductError as error:
        raise SystemExit(str(error)) from error
