"""What `receive` takes to handle a webhook, beside the same three requests to AWS made bare, in one run.

    make up && uv run python -m tests.bench.webhook

Bare: check the HMAC, read the JSON, find the connection, keep the message, send one SQS message, through the same
clients. Both talk to the local AWS in this process and take turns; a bench tenant and a bench queue leave no trace in
the demo.
"""

import hashlib
import hmac
import importlib.util
import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from statistics import median
from typing import Any

from pm_assistant.cli.client import open_stack
from pm_assistant.domain.errors import ProductError
from pm_assistant.domain.tenants import Connection, Provider, TenantId
from pm_assistant.runtime import wiring

ROUNDS = 60
WARM_UP = 5
TENANT = TenantId("bench")
TEAM = "T0BENCH"

type Event = dict[str, Any]


def event(secret: str, number: int) -> Event:
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


class Bare:
    """What any handler that keeps messages and queues them would have to ask for."""

    def __init__(self, secret: str, table: str, queue: str) -> None:
        self._secret, self._table, self._queue = secret, table, queue
        self._dynamodb, self._sqs = wiring.client("dynamodb"), wiring.client("sqs")

    def __call__(self, given: Event) -> bool:
        """Take a message in."""
        headers, body = given["headers"], given["body"]
        signed = f"v0:{headers['x-slack-request-timestamp']}:{body}".encode()
        expected = "v0=" + hmac.new(self._secret.encode(), signed, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, headers["x-slack-signature"]):
            return False
        payload = json.loads(body)
        outside = {":outside": {"S": f"OUTSIDE#slack#{payload['team_id']}"}}
        found = self._dynamodb.query(
            TableName=self._table,
            IndexName="outside",
            Limit=1,
            KeyConditionExpression="gsi_pk = :outside",
            ExpressionAttributeValues=outside,
        )
        item = {
            "pk": found["Items"][0]["pk"],
            "sk": {"S": f"BARE#{payload['event']['ts']}"},
            "data": {"S": json.dumps(payload["event"])},
            "expires_at": {"N": f"{(datetime.now(UTC) + timedelta(days=1)).timestamp():.0f}"},
        }
        self._dynamodb.put_item(TableName=self._table, Item=item, ConditionExpression="attribute_not_exists(pk)")
        sent = self._sqs.send_message(QueueUrl=self._queue, MessageBody=item["data"]["S"], MessageGroupId=TENANT)
        return bool(sent["MessageId"])


def seconds(handle: Callable[[Event], bool], given: Event) -> float:
    """What one call takes.

    Raises:
        SystemExit: it did not take the message in; a refusal is quick, and says nothing.
    """
    begun = time.perf_counter()
    accepted = handle(given)
    took = time.perf_counter() - begun
    if not accepted:
        raise SystemExit("error: a message was not taken in, so there is nothing to measure")
    return took


def took_in(answer: dict[str, Any]) -> bool:
    """Whether `receive` kept the message, rather than refused or dropped it."""
    return bool(answer["statusCode"] == HTTPStatus.OK and json.loads(answer["body"]) == {"status": "accepted"})


def compare(bare: Callable[[Event], bool], ours: Callable[[Event], bool], secret: str) -> tuple[float, float, float]:
    """The median of what `receive` takes to what is taken beside it, and both in milliseconds."""
    pairs = [
        (seconds(bare, event(secret, number)), seconds(ours, event(secret, 1000 + number)))
        for number in range(ROUNDS + WARM_UP)
    ][WARM_UP:]
    floor, whole = (median(times) * 1000 for times in zip(*pairs, strict=True))
    return median(own / least for least, own in pairs), floor, whole


def main() -> None:
    """Print the ratio and both times."""
    client = open_stack(profile=None, stack=None, region=None, tenant=TENANT)
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
    sqs = wiring.client("sqs")
    url = sqs.create_queue(QueueName="bench")["QueueUrl"]
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
        bare = Bare(secret, client.stack.table, url)
        ratio, floor, whole = compare(bare, lambda given: took_in(receive.handler(given, None)), secret)
    finally:
        sqs.delete_queue(QueueUrl=url)
        client.stores.partition.erase(TENANT)
    print(f"{'three requests to AWS, made bare':46} 1.00  ({floor:.1f} ms here)")
    print(f"{'receive, handler with I/O':46} {ratio:.2f}  ({whole:.1f} ms here)")


if __name__ == "__main__":
    try:
        main()
    except ProductError as error:
        raise SystemExit(str(error)) from error
