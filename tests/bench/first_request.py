"""One way to answer Slack, in a process of its own: what loading and its first signed request cost, or a further one.

    python tests/bench/first_request.py receive|bolt|clients [--handler]

Knows neither the tests' packages nor the product, but for the subject that it loads: the peers run it in an environment
of their own. AWS answers at once and in this process, behind botocore, so that all that a first request makes ready is
made ready, and no time is spent on waiting. Prints one JSON object; a subject that does not take the message in fails.
"""

import hashlib
import hmac
import importlib
import io
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

SECRET = "signing-secret"
QUEUE = "https://sqs.us-east-1.amazonaws.com/1/events"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_DEFAULT_REGION": "us-east-1",
    "POWERTOOLS_SERVICE_NAME": "receive",
    "LOG_LEVEL": "WARNING",
    "TABLE_NAME": "table",
    "SECRETS_PREFIX": "/bench",
    **dict.fromkeys(("EVENTS_QUEUE_URL", "ACTIONS_QUEUE_URL", "REPORTS_QUEUE_URL", "JOBS_QUEUE_URL"), QUEUE),
}
CONNECTION = {
    "tenant_id": "acme",
    "provider": "slack",
    "external_id": "T0BENCH",
    "app_user_id": "U0APP",
    "base_url": "https://bench.slack.com/",
    "connected_at": "2026-01-01T00:00:00Z",
}
ROW = {
    "pk": {"S": "TENANT#acme"},
    "sk": {"S": "CONNECTION#slack"},
    "gsi_pk": {"S": "OUTSIDE#slack#T0BENCH"},
    "gsi_sk": {"S": "2026-01-01T00:00:00.000000Z"},
    "data": {"S": json.dumps(CONNECTION)},
    "sealed": {"B": "bm9uZQ=="},
}
TOKEN = {"bot_token": "xoxb-1"}
CALLS = 300
"""Of a handler, to tell what one takes."""

type Event = dict[str, Any]
type Handler = Callable[[], Any]


class Context:
    """What Lambda hands a function beside the event, as far as Bolt reads it."""

    function_name = "receive"
    invoked_function_arn = "arn:aws:lambda:us-east-1:1:function:receive"


def load(module: str) -> Any:
    """Load what this subject needs, when it does; which of it is installed depends on where we run."""
    return importlib.import_module(module)


def signed_event() -> Event:
    """An HTTP API event with a message that Slack signed now."""
    now = f"{time.time():.0f}"
    message = {"type": "message", "channel": "C0BENCH", "channel_type": "channel", "user": "U0BENCH", "text": "x" * 200}
    stamped = {**message, "ts": f"{now}.000001", "event_ts": f"{now}.000001"}
    body = json.dumps({"type": "event_callback", "team_id": "T0BENCH", "event_id": "Ev1", "event": stamped})
    signature = hmac.new(SECRET.encode(), f"v0:{now}:{body}".encode(), hashlib.sha256).hexdigest()
    signed = {"x-slack-request-timestamp": now, "x-slack-signature": f"v0={signature}"}
    http = {"method": "POST", "path": "/webhooks/slack", "sourceIp": "192.0.2.1"}
    return {
        "version": "2.0",
        "routeKey": "POST /webhooks/slack",
        "rawPath": "/webhooks/slack",
        "rawQueryString": "",
        "headers": {"content-type": "application/json", **signed},
        "requestContext": {"http": http, "stage": "$default", "requestId": "1"},
        "body": body,
        "isBase64Encoded": False,
    }


class Aws:
    """Answers in AWS's place, whatever client asks."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        load("botocore.httpsession").URLLib3Session.send = lambda _, request: self.send(request)

    def send(self, request: Any) -> Any:
        """What DynamoDB, SQS and SSM say to the requests that a message costs."""
        target, sent = request.headers["X-Amz-Target"], json.loads(request.body)
        operation = (target.decode() if isinstance(target, bytes) else target).rpartition(".")[2]
        self.asked.append(operation)
        digest = hashlib.md5(sent.get("MessageBody", "").encode(), usedforsecurity=False).hexdigest()
        answers = {
            "Query": {"Items": [ROW], "Count": 1, "ScannedCount": 1},
            "PutItem": {},
            "UpdateItem": {"Attributes": {}},
            "SendMessage": {"MessageId": "1", "MD5OfMessageBody": digest},
            "GetParameters": {
                "Parameters": [{"Name": name, "Value": SECRET} for name in sent.get("Names", ())],
                "InvalidParameters": [],
            },
        }
        raw = Raw(json.dumps(answers[operation]).encode())
        return load("botocore.awsrequest").AWSResponse(
            request.url, 200, {"content-type": "application/x-amz-json-1.0"}, raw
        )


class Raw(io.BytesIO):
    """A body as botocore reads it."""

    def stream(self, **_: object) -> Any:
        """All of it."""
        yield self.getvalue()


def clients() -> Handler:
    """The least that any function on DynamoDB and SQS loads; it asks for nothing yet."""
    boto3 = load("boto3")
    boto3.client("dynamodb")
    boto3.client("sqs")
    return lambda: None


def receive() -> Handler:
    """Ours: read the signing secret, find the tenant, keep the message, enqueue, note that Slack was heard of."""
    sys.path.insert(0, "functions/receive")
    app = load("app")
    asked = Aws().asked

    given = signed_event()

    def handle() -> None:
        answer = app.handler(given, None)
        if (answer["statusCode"], answer["body"]) != (200, '{"status": "accepted"}'):
            raise SystemExit(f"error: receive answered {answer}")

    handle()
    if asked != ["GetParameters", "Query", "PutItem", "SendMessage", "UpdateItem"]:
        raise SystemExit(f"error: receive asked AWS for {asked}")
    return handle


def bolt() -> Handler:
    """Slack's own adapter for Lambda, made to do the same: find the tenant, keep the message, enqueue."""
    boto3, slack_bolt = load("boto3"), load("slack_bolt")
    adapter_of, proof = load("slack_bolt.adapter.aws_lambda").SlackRequestHandler, load("slack_bolt.authorization")
    dynamodb, sqs = boto3.client("dynamodb"), boto3.client("sqs")

    def authorize(enterprise_id: str | None, team_id: str) -> Any:
        outside = {":outside": {"S": f"OUTSIDE#slack#{team_id}"}}
        found = {"KeyConditionExpression": "gsi_pk = :outside", "ExpressionAttributeValues": outside}
        if not dynamodb.query(TableName="table", IndexName="outside", Limit=1, **found)["Items"]:
            return None
        return proof.AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_token="xoxb-1", bot_user_id="U0APP"
        )

    app = slack_bolt.App(signing_secret=SECRET, authorize=authorize, process_before_response=True)

    def on_message(event: Event) -> None:
        item = {"pk": {"S": "TENANT#acme"}, "sk": {"S": f"MESSAGE#{event['ts']}"}, "data": {"S": json.dumps(event)}}
        dynamodb.put_item(TableName="table", Item=item, ConditionExpression="attribute_not_exists(pk)")
        sqs.send_message(QueueUrl=QUEUE, MessageBody=json.dumps({"ts": event["ts"]}), MessageGroupId="acme")

    app.event("message")(on_message)
    asked, adapter, given = Aws().asked, adapter_of(app=app), signed_event()

    def handle() -> None:
        answer = adapter.handle(given, Context())
        if answer["statusCode"] != 200:
            raise SystemExit(f"error: Bolt answered {answer}")

    handle()
    if asked != ["Query", "PutItem", "SendMessage"]:
        raise SystemExit(f"error: Bolt asked AWS for {asked}")
    return handle


def receive_alone() -> Handler:
    """Our handler with all that it asks AWS for at hand."""
    handle = receive()
    wiring = load("pm_assistant.runtime.wiring")
    stores = wiring.stores("table")
    connection = stores.connections.resolve("slack", "T0BENCH")
    # Of the kind, not of this one: the handler has stores of its own.
    type(stores.connections).resolve = lambda *_: connection
    type(stores.messages).record = lambda *_, **__: None
    wiring.queue = lambda _: Queue()
    load("botocore.httpsession").URLLib3Session.send = refuse
    return handle


def refuse(_: object, request: Any) -> Any:
    """What is measured without I/O does none."""
    raise SystemExit(f"error: AWS is asked for {request.headers['X-Amz-Target']}")


def bolt_alone() -> Handler:
    """Bolt's, likewise."""
    slack_bolt = load("slack_bolt")
    known = load("slack_bolt.authorization").AuthorizeResult(
        enterprise_id=None, team_id="T0BENCH", bot_token="xoxb-1", bot_user_id="U0APP"
    )
    app = slack_bolt.App(
        signing_secret=SECRET, authorize=lambda enterprise_id, team_id: known, process_before_response=True
    )
    kept = []

    def on_message(event: Event) -> None:
        kept.append(json.dumps(event))

    app.event("message")(on_message)
    adapter = load("slack_bolt.adapter.aws_lambda").SlackRequestHandler(app=app)
    given = signed_event()

    def handle() -> None:
        before = len(kept)
        if adapter.handle(given, Context())["statusCode"] != 200 or len(kept) == before:
            raise SystemExit("error: Bolt did not take the message in")

    handle()
    return handle


class Queue:
    """Takes messages as the real one does."""

    def put(self, message: Any, **_: object) -> None:
        """Make what would be sent."""
        message.model_dump_json()


def main(subject: str, *options: str) -> None:
    """Print what it cost."""
    os.environ.update(ENVIRONMENT)
    if options == ("--handler",):
        handle = {"receive": receive_alone, "bolt": bolt_alone}[subject]()
        begun = time.perf_counter()
        for _ in range(CALLS):
            handle()
        print(json.dumps({"seconds": (time.perf_counter() - begun) / CALLS}))
        return
    begun = time.perf_counter()
    {"clients": clients, "receive": receive, "bolt": bolt}[subject]()
    took = time.perf_counter() - begun
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": took, "megabytes": megabytes, "modules": sorted(sys.modules)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
