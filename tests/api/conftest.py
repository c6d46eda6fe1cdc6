"""The API in this process with all that it uses in memory, and callers who use it as API Gateway would."""

import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from pm_assistant.api import context
from pm_assistant.api.app import handler
from pm_assistant.domain.accounts import Account, ApiKey, Role, Scope
from pm_assistant.domain.tenants import TenantId
from pm_assistant.ports.unit import Stores
from pm_assistant.runtime import wiring
from pm_assistant.runtime.settings.api import ApiSettings
from pm_assistant.runtime.unit import AwsApplication
from tests.builders import ACME, GLOBEX, a_tenant
from tests.contracts.stores import IMPLEMENTATIONS, opened
from tests.fakes.accounts import FakeSessions
from tests.fakes.aws import FakeQueue
from tests.fakes.unit import FakeApplication

PUBLIC_URL = "https://api.pm.test"
OPERATOR = "olive@operator.test"

on_dynamodb = pytest.mark.parametrize("world", ["dynamodb"], indirect=True)
"""For tests that look at rows."""
on_all_stores = pytest.mark.parametrize("world", IMPLEMENTATIONS, indirect=True)
"""For the few that show that the real stores do as well."""


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
    """Two tenants, acme and globex, with their people, behind the function's wiring.

    Attributes:
        stores: the function's.
        app: what else it finds.
    """

    stores: Stores
    app: FakeApplication

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
        return Client({**found, "email": account.email})

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
    def operator(self) -> Client:
        """One of those who operate the service, who is a mere member of globex."""
        return self.as_person(Role.MEMBER, GLOBEX, email=OPERATOR)

    @property
    def nobody(self) -> Client:
        """Somebody on the routes that need no caller."""
        return Client()

    def queued(self, name: str) -> list[dict[str, Any]]:
        """What was put on a queue, oldest first, as it is read there."""
        queue: FakeQueue = getattr(self.app.queues, name)
        return [put.message.model_dump(mode="json") for put in queue.puts]


@contextmanager
def a_world(implementation: str = "fake", *, requests_per_minute: int = 600) -> Iterator[World]:
    """A fresh world on stores of that implementation; nothing of an earlier one is kept by the container."""
    with opened(implementation) as stores, pytest.MonkeyPatch.context() as patch:
        app = FakeApplication()
        # The function goes by the real clock, so all that stands beside it has to.
        app.at = datetime.now(UTC)
        app.sessions = FakeSessions(app.users)
        for name, field_info in ApiSettings.model_fields.items():
            if field_info.is_required():
                patch.setenv(name.upper(), name)
        patch.setenv("PUBLIC_URL", PUBLIC_URL)
        patch.setenv("REQUESTS_PER_MINUTE", str(requests_per_minute))
        patch.setenv("OPERATOR_EMAILS", f"Grace@operator.test, {OPERATOR}")
        stand_ins: dict[str, Callable[..., object]] = {
            "stores": lambda *_, **__: stores,
            "queue": lambda url: getattr(app.queues, url.removesuffix("_queue_url")),
            "schedules": lambda *_: app.schedules,
            "archives": lambda _: app.archives,
            "users": lambda *_: app.users,
            "sessions": lambda *_: app.sessions,
            "mailer": lambda *_: app.mailer,
            "vault": lambda _: app.vault,
            "oauth_app": lambda provider, _: app.oauth_app(provider),
            "is_registered": lambda provider, _: app.has_app(provider),
        }
        for name, stand_in in stand_ins.items():
            patch.setattr(wiring, name, stand_in)
        patch.setattr(AwsApplication, "payments", property(lambda _: app.payments))
        for tenant_id in (ACME, GLOBEX):
            stores.tenants.put(a_tenant(tenant_id))
        context.settings.cache_clear()
        yield World(stores, app)
    context.settings.cache_clear()


@pytest.fixture
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """A fresh world for each test, in memory unless the test says where."""
    with a_world(getattr(request, "param", "fake")) as made:
        yield made
