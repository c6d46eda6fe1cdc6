"""The API in this process on an emulated AWS, and callers who use it as API Gateway would."""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.parse import parse_qsl, quote, urlencode

import boto3
import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from pm_assistant.api import context
from pm_assistant.api.app import handler
from pm_assistant.aws.stores import DynamoStores
from pm_assistant.aws.tables import Row
from pm_assistant.domain.accounts import Account, ApiKey, Role, Scope
from pm_assistant.domain.tenants import TenantId
from pm_assistant.runtime import wiring
from tests.aws.emulated import dynamo
from tests.builders import ACME, GLOBEX, a_tenant

BUCKET, GROUP, SENDER = "archives", "reports", "assistant@pm.test"
ROLE = "arn:aws:iam::123456789012:role/scheduler"
DEAD_LETTERS = "arn:aws:sqs:eu-central-1:123456789012:dead-letters"
PUBLIC_URL = "https://api.pm.test"
SECRETS = (
    "slack/client-id",
    "slack/client-secret",
    "linear/client-id",
    "linear/client-secret",
    "github/app-id",
    "github/app-slug",
    "github/client-id",
    "github/client-secret",
    "github/private-key",
)
"""Of our apps at the vendors, below `/pm-assistant/`."""


@dataclass(frozen=True)
class Answer:
    """What the API answered; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    text: str
    cookies: Sequence[str] = ()

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.text)


@dataclass(frozen=True)
class Client:
    """Somebody who calls the API.

    Attributes:
        authorizer: what `authorize` found out about the caller; None if it was not asked, as on public routes.
        headers: sent with every request.
    """

    authorizer: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def get(self, path: str, **query: object) -> Answer:
        """Read; what is None is left out of the query."""
        given = {name: str(value) for name, value in query.items() if value is not None}
        return self.send("GET", f"{path}?{urlencode(given)}" if given else path)

    def post(self, path: str, body: object = None, **headers: str) -> Answer:
        """Write; underscores in header names stand for hyphens."""
        return self.send("POST", path, body, **headers)

    def put(self, path: str, body: object = None, **headers: str) -> Answer:
        """Write."""
        return self.send("PUT", path, body, **headers)

    def patch(self, path: str, body: object = None, **headers: str) -> Answer:
        """Write."""
        return self.send("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Answer:
        """Remove."""
        return self.send("DELETE", path, **headers)

    def send(self, method: str, target: str, body: object = None, **headers: str) -> Answer:
        """Send anything; a body that is no text goes as JSON."""
        text = body if isinstance(body, str) or body is None else json.dumps(body)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return answer_to(event(method, target, text, headers={**self.headers, **sent}, authorizer=self.authorizer))


def event(
    method: str,
    target: str,
    body: str | None = None,
    *,
    headers: Mapping[str, str] | None = None,
    authorizer: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """An API Gateway event (HTTP API, payload 2.0)."""
    path, _, query = target.partition("?")
    made: dict[str, Any] = {
        "version": "2.0",
        "routeKey": f"{method} /v1/{{proxy+}}",
        "rawPath": path,
        "rawQueryString": query,
        "headers": ({"content-type": "application/json"} if body else {}) | dict(headers or {}),
        "requestContext": {
            "domainName": "abc.execute-api.test",
            "stage": "$default",
            "requestId": uuid.uuid4().hex,
            "http": {"method": method, "path": path, "sourceIp": "192.0.2.1", "userAgent": "tests"},
        },
        "isBase64Encoded": False,
    }
    if query:
        made["queryStringParameters"] = queried(query)
    if body is not None:
        made["body"] = body
    if authorizer is not None:
        made["requestContext"]["authorizer"] = {"lambda": dict(authorizer)}
    return made


def queried(query: str) -> dict[str, str]:
    """A query as API Gateway hands it on: repeated names joined with commas."""
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        found.setdefault(name, []).append(value)
    return {name: ",".join(values) for name, values in found.items()}


def answer_to(asked: dict[str, Any]) -> Answer:
    """Have the function answer an event."""
    given = handler(asked, cast(LambdaContext, None))
    headers = {name.lower(): str(value) for name, value in given["headers"].items()}
    return Answer(given["statusCode"], headers, given.get("body") or "", given.get("cookies", []))


def segment(value: str) -> str:
    """An id as a part of a path."""
    return quote(value, safe="")


@dataclass(frozen=True)
class World:
    """Two tenants, acme and globex, with their people, on stores of their own.

    Attributes:
        actions_url: the queue on which answers to decisions end up.
        runs_url: the queue on which runs end up.
    """

    stores: DynamoStores
    actions_url: str
    runs_url: str

    def as_person(self, role: Role, tenant_id: TenantId = ACME, *, email: str | None = None) -> Client:
        """Somebody who has logged in; there is one account for each role of each tenant, and one for each e-mail."""
        now = datetime.now(UTC)
        account = Account(
            id=f"{tenant_id}-{email or role}",
            tenant_id=tenant_id,
            email=email or f"{role}@{tenant_id}.test",
            role=role,
            created_at=now - timedelta(days=9),
        )
        self.stores.accounts.put(account)
        issued, expires = (str(int((now + timedelta(minutes=minutes)).timestamp())) for minutes in (-5, 55))
        found = {"kind": "account", "id": account.id, "tenant": tenant_id, "issued_at": issued, "expires_at": expires}
        return Client(found)

    def as_program(self, scope: Scope, tenant_id: TenantId = ACME) -> Client:
        """A program with a key of that scope."""
        key = ApiKey(
            id=f"key{scope}",
            tenant_id=tenant_id,
            name=f"{scope} key",
            scope=scope,
            digest="0" * 64,
            created_by="account:owner",
            created_at=datetime.now(UTC),
        )
        self.stores.api_keys.put(key)
        return Client({"kind": "key", "id": key.id, "tenant": tenant_id})

    @property
    def owner(self) -> Client:
        """The owner of acme."""
        return self.as_person(Role.OWNER)

    @property
    def admin(self) -> Client:
        """An admin of acme."""
        return self.as_person(Role.ADMIN)

    @property
    def member(self) -> Client:
        """A member of acme."""
        return self.as_person(Role.MEMBER)

    @property
    def reader(self) -> Client:
        """A program of acme that may only read."""
        return self.as_program(Scope.READ)

    @property
    def stranger(self) -> Client:
        """The owner of globex."""
        return self.as_person(Role.OWNER, GLOBEX)

    @property
    def nobody(self) -> Client:
        """Somebody on the routes that need no caller."""
        return Client()

    def queued(self, url: str) -> list[dict[str, Any]]:
        """Take all messages off a queue."""
        found: list[dict[str, Any]] = []
        while messages := boto3.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                boto3.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                found.append(json.loads(message["Body"]))
        return found


@contextmanager
def a_world(*, requests_per_minute: int = 600) -> Iterator[World]:
    """A fresh world; nothing of an earlier one is kept by the container."""
    with dynamo() as stores, pytest.MonkeyPatch.context() as patch:
        made = World(
            stores,
            boto3.client("sqs").create_queue(QueueName="actions")["QueueUrl"],
            boto3.client("sqs").create_queue(QueueName="runs")["QueueUrl"],
        )
        environment = {
            "TABLE_NAME": Row.Meta.table_name,
            "ACTIONS_QUEUE_URL": made.actions_url,
            "REPORTS_QUEUE_URL": "https://sqs.test/reports",
            "JOBS_QUEUE_URL": made.runs_url,
            "PUBLIC_URL": PUBLIC_URL,
            "REQUESTS_PER_MINUTE": str(requests_per_minute),
            **_other_services(),
        }
        for name, value in environment.items():
            patch.setenv(name, value)
        _forget()
        for tenant_id in (ACME, GLOBEX):
            stores.tenants.put(a_tenant(tenant_id))
        yield made
    _forget()


@pytest.fixture
def world() -> Iterator[World]:
    """A fresh world for each test."""
    with a_world() as made:
        yield made


def _other_services() -> dict[str, str]:
    """What else the function's environment names.

    Schedules and files exist; people's logins, mail and keys are names only, the tests of their routes have fakes.
    """
    boto3.client("scheduler").create_schedule_group(Name=GROUP)
    boto3.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    return {
        "KMS_KEY_ID": "key",
        "SECRETS_PREFIX": "/pm-assistant",
        "USER_POOL_ID": "pool",
        "CLIENT_ID": "client",
        "SCHEDULE_GROUP": GROUP,
        "SCHEDULE_ROLE_ARN": ROLE,
        "REPORTS_DEAD_LETTERS_ARN": DEAD_LETTERS,
        "JOBS_DEAD_LETTERS_ARN": DEAD_LETTERS,
        "ARCHIVES_BUCKET": BUCKET,
        "MAIL_FROM": SENDER,
    }


def _forget() -> None:
    """Let the container forget its settings and clients, which belong to another account now."""
    context.settings.cache_clear()
    for made in vars(wiring).values():
        if hasattr(made, "cache_clear"):
            made.cache_clear()
