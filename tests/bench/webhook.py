"""What `receive` takes to handle a webhook, as a ratio to the least that any handler could do, in one run.

    make up && uv run python -m tests.bench.webhook

The least: check the HMAC, read the JSON, send one SQS message. `receive` also finds the tenant and keeps the message.
Both talk to the local AWS in this process; a bench tenant and a bench queue leave no trace in the demo.
"""

import hashlib
import hmac
import importlib.util
import json
import os
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from pm_assistant.cli.client import open_stack
from pm_assistant.domain.errors import ProductError
from pm_assistant.domain.tenants import Connection, Provider, TenantId
from pm_assistant.runtime import wiring

ROUNDS = 60
TENANT = TenantId("bench")
TEAM = "T0BENCH"


def event(secret: str, number: int) -> dict[str, Any]:
    """An HTTP API event with a signed Slack message; every number is another message."""
    now = f"{time.time():.0f}"
    message = {"type": "message", "channel": "C0BENCH", "channel_type": "channel", "user": "U0BENCH", "text": "x" * 200}
    stamped = {**message, "ts": f"{now}.{number:06d}", "event_ts": f"{now}.{number:06d}"}
    body = json.dumps({"type": "event_callback", "team_id": TEAM, "event_id": f"Ev{number}", "event": stamped})
    signature = hmac.new(secret.encode(), f"v0:{now}:{body}".encode(), hashlib.sha256).hexdigest()
    headers = {"x-slack-request-timestamp": now, "x-slack-signature": f"v0={signature}"}
    http = {"method": "POST", "path": "/webhooks/slack"}
    context = {"http": http, "stage": "$default", "requestId": str(number)}
    raw = {"version": "2.0", "rawPath": "/webhooks/slack", "body": body, "isBase64Encoded": False}
    return {**raw, "headers": headers, "requestContext": context}


def median_ms(handle: Callable[[dict[str, Any]], bool], secret: str, first: int) -> float:
    """Median time of a handler that is warm and says each time that it took the message in.

    Raises:
        SystemExit: it did not; a refusal is quick, and says nothing.
    """
    times = []
    for number in range(ROUNDS + 5):
        given = event(secret, first + number)
        begun = time.perf_counter()
        accepted = handle(given)
        times.append((time.perf_counter() - begun) * 1000)
        if not accepted:
            raise SystemExit("error: a message was not taken in, so there is nothing to measure")
    return statistics.median(times[5:])


def took_in(answer: dict[str, Any]) -> bool:
    """Whether `receive` kept the message, rather than refused or dropped it."""
    return bool(answer["statusCode"] == HTTPStatus.OK and json.loads(answer["body"]) == {"status": "accepted"})


def main() -> None:
    """Print the ratio and both times."""
    client = open_stack(profile=None, stack=None, region=None, tenant=TENANT)
    sqs = wiring.client("sqs")
    secret = wiring.secrets(client.stack.secrets_prefix).get("slack/signing-secret")
    client.stores.connections.put(
        Connection(
            tenant_id=TENANT,
            provider=Provider.SLACK,
            external_id=TEAM,
            app_user_id="U0APP",
            base_url="https://bench.slack.com/",
            sealed_credentials=b"none",
            connected_at=datetime.now(UTC),
        )
    )
    url = sqs.create_queue(QueueName="bench")["QueueUrl"]

    def least(given: dict[str, Any]) -> bool:
        headers, body = given["headers"], given["body"]
        signed = f"v0:{headers['x-slack-request-timestamp']}:{body}".encode()
        expected = "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, headers["x-slack-signature"]):
            return False
        message = json.dumps(json.loads(body)["event"])
        return bool(sqs.send_message(QueueUrl=url, MessageBody=message, MessageGroupId=TENANT)["MessageId"])

    os.environ.update(
        TABLE_NAME=client.stack.table,
        EVENTS_QUEUE_URL=url,
        ACTIONS_QUEUE_URL=url,
        REPORTS_QUEUE_URL=url,
        JOBS_QUEUE_URL=url,
        SECRETS_PREFIX=client.stack.secrets_prefix,
        POWERTOOLS_SERVICE_NAME="receive",
        LOG_LEVEL="WARNING",
    )
    spec = importlib.util.spec_from_file_location("app", "functions/receive/app.py")
    if spec is None or spec.loader is None:
        raise SystemExit("run it from the project's root")
    receive = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(receive)
    try:
        floor = median_ms(least, secret, 0)
        whole = median_ms(lambda given: took_in(receive.handler(given, None)), secret, 1000)
    finally:
        sqs.delete_queue(QueueUrl=url)
    print(f"bare HMAC + json + SQS send   1.00  ({floor:.1f} ms here)")
    print(f"receive                       {whole / floor:.2f}  ({whole:.1f} ms here, with two DynamoDB requests)")


if __name__ == "__main__":
    try:
        main()
    except ProductError as error:
        raise SystemExit(str(error)) from error
