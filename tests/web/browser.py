"""The dashboard in this process, and browsers that ask for its pages as API Gateway would hand that over."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from pm_assistant.domain.accounts import Account, Role
from pm_assistant.domain.tenants import TenantId
from pm_assistant.runtime.settings.web import WebSettings
from pm_assistant.web import request as web_request
from pm_assistant.web.app import handler
from tests.api.conftest import OPERATOR, PUBLIC_URL, World, a_world, event
from tests.builders import ACME, GLOBEX

PASSWORD = "correct horse battery"
HOST = urlsplit(PUBLIC_URL).netloc


@dataclass(frozen=True)
class PageAnswer:
    """What a browser was answered; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    html: str

    @property
    def text(self) -> str:
        """What a person reads, one line for each piece."""
        reader = _Reader()
        reader.feed(self.html)
        return "\n".join(reader.pieces)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        """Keep what is not empty."""
        if data.strip():
            self.pieces.append(" ".join(data.split()))


@dataclass
class Browser:
    """Keeps cookies, follows no redirects, and says where what it posts comes from, as browsers do.

    Attributes:
        headers: sent with every request, beside those.
    """

    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> PageAnswer:
        """Open a page."""
        return self.send("GET", path, headers=headers)

    def post(self, path: str, fields: Mapping[str, object] | None = None, **headers: str) -> PageAnswer:
        """Send a form from a page of the dashboard; underscores in header names stand for hyphens."""
        own = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
        return self.send("POST", path, urlencode(fields or {}, doseq=True), headers=own | headers)

    def send(
        self, method: str, path: str, form: str | None = None, *, headers: Mapping[str, str] | None = None
    ) -> PageAnswer:
        """Send anything."""
        sent = {name.replace("_", "-"): value for name, value in (self.headers | dict(headers or {})).items()}
        asked = event(method, path, form, headers={name: value for name, value in sent.items() if value})
        asked["requestContext"]["domainName"] = HOST
        asked["cookies"] = [f"{name}={value}" for name, value in self.cookies.items()]
        answer = handler(asked, cast(LambdaContext, None))
        self._keep(answer)
        answered = {name.lower(): str(value) for name, value in answer["headers"].items()}
        return PageAnswer(answer["statusCode"], answered, answer.get("body") or "")

    def _keep(self, answer: Mapping[str, Any]) -> None:
        for cookie in answer.get("cookies") or ():
            pair, *attributes = (part.strip() for part in str(cookie).split(";"))
            name, _, value = pair.partition("=")
            if "max-age=0" in (each.lower() for each in attributes):
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value


@dataclass(frozen=True)
class WebWorld:
    """The API's world, whose people have passwords.

    Attributes:
        api: the same stores and queues, as programs reach them.
    """

    api: World

    def browser(self, role: Role = Role.OWNER, tenant_id: TenantId = ACME, **headers: str) -> Browser:
        """A browser in which somebody of that role has logged in."""
        browser = Browser(headers)
        account = self.account(role, tenant_id)
        answer = browser.post("/login", {"email": account.email, "password": PASSWORD})
        assert 303 == answer.status, answer.text
        return browser

    def admitted(self, email: str, role: Role = Role.MEMBER, tenant_id: TenantId = GLOBEX) -> Browser:
        """A browser in which somebody of that address has logged in."""
        app, browser = self.api.app, Browser()
        if app.users.find(email) is None:
            account_id = app.users.enroll(email, PASSWORD, tenant_id=tenant_id)
            app.users.admit(account_id, PASSWORD)
            now = datetime.now(UTC) - timedelta(days=1)
            self.api.stores.accounts.put(
                Account(id=account_id, tenant_id=tenant_id, email=email, role=role, created_at=now)
            )
        assert 303 == browser.post("/login", {"email": email, "password": PASSWORD}).status
        return browser

    @property
    def operator(self) -> Browser:
        """A browser of one of those who operate the service, a mere member of Globex."""
        return self.admitted(OPERATOR)

    def account(self, role: Role = Role.OWNER, tenant_id: TenantId = ACME) -> Account:
        """Somebody of that role, whom the directory knows; always the same."""
        email, app = f"{role}@{tenant_id}.test", self.api.app
        known = app.users.find(email)
        account_id = known.id if known else app.users.enroll(email, PASSWORD, tenant_id=tenant_id)
        if known is None:
            app.users.admit(account_id, PASSWORD)
            self.api.as_person(role, tenant_id, email=email)
            account = self.api.stores.accounts.get(tenant_id, f"{tenant_id}-{email}")
            self.api.stores.accounts.put(account.model_copy(update={"id": account_id}))
        return self.api.stores.accounts.get(tenant_id, account_id)


@contextmanager
def a_web_world(implementation: str = "fake") -> Iterator[WebWorld]:
    """A fresh world; the function goes by the real clock."""
    with a_world(implementation) as api, pytest.MonkeyPatch.context() as patch:
        for name, info in WebSettings.model_fields.items():
            if info.is_required():
                patch.setenv(name.upper(), name)
        web_request.settings.cache_clear()
        yield WebWorld(api)
    web_request.settings.cache_clear()
