"""The sandbox's vendors in this process: no server, no sockets, and time stands still unless it is set."""

import asyncio
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.client import HTTPMessage
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.request import Request

import httpx

from infra.sandbox.companies import Companies
from infra.sandbox.core.grants import Token
from infra.sandbox.core.sending import Sender
from infra.sandbox.core.state import Delivery
from infra.sandbox.core.store import Store
from infra.sandbox.github.signing import SENDER as github_sender
from infra.sandbox.github.state import Installation
from infra.sandbox.linear.signing import SENDER as linear_sender
from infra.sandbox.server import create_app
from infra.sandbox.slack.signing import SENDER as slack_sender
from infra.sandbox.world import SandboxWorld
from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.webhooks import WebhookRequest
from tests.infra.sandbox.running import SECRETS, SetClock
from tests.replay.company import INSTALLATION, TOKENS, write_company

URL = "https://vendors.test"
SENDERS: dict[str, Sender] = {"slack": slack_sender, "linear": linear_sender, "github": github_sender}


class Vendors(httpx.BaseTransport):
    """Slack, Linear and GitHub of one company; what they send waits in `pending` until somebody brings it.

    Attributes:
        clock: tells them the time.
        calls: what was asked of them by the product, in order.
    """

    def __init__(self, directory: Path) -> None:
        self.clock = SetClock()
        self.calls: list[str] = []
        self._loop = asyncio.new_event_loop()
        app = create_app(
            directory / "state", URL, demo=write_company(directory), settings=SECRETS, clock=lambda: self.clock()
        )
        self._asgi = httpx.ASGITransport(app)
        companies = app.routes[0].app  # type: ignore[attr-defined]
        assert isinstance(companies, Companies)
        self._store: Store[SandboxWorld] = companies._companies[0].store
        self.world.config.slack_history_limit = False
        self._let_in_at_github()
        self._first = self.snapshot()

    @property
    def world(self) -> SandboxWorld:
        """All that there is at the vendors."""
        return self._store.world

    def snapshot(self) -> SandboxWorld:
        """All of it as it is now."""
        return self.world.model_copy(deep=True)

    def restore(self, world: SandboxWorld | None = None, *, at: datetime | None = None, unlisted: bool = False) -> None:
        """Have all be as it was then, or as it was in the beginning; from then on it is that late."""
        self._store._world = (world or self._first).model_copy(deep=True)
        self.world.config.slack_history_limit = unlisted
        self.clock.now = at or SetClock().now

    def control(self, path: str, **body: object) -> Any:
        """Let somebody do something.

        Raises:
            Refused: the vendor would not let anybody do that.
        """
        answer = self._answer(httpx.Request("POST", f"{URL}/_sandbox/{path}", json=body))
        content = answer.json()
        if answer.status_code != 200:
            raise Refused(f"{path}: {content}")
        return content

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer what the product asks (httpx)."""
        self.calls.append(f"{request.method} {request.url.path} {request.content[:200]!r}")
        return self._answer(request)

    @contextmanager
    def on_the_line(self) -> Iterator[None]:
        """Have slack-sdk, which takes no transport, ask here as well."""

        def urlopen(request: Request, **_: object) -> Any:
            content = request.data if isinstance(request.data, bytes) else b""
            answer = self.handle_request(
                httpx.Request(
                    request.get_method(), request.full_url, headers=dict(request.header_items()), content=content
                )
            )
            response: Any = io.BytesIO(answer.content)
            response.code, response.headers = answer.status_code, HTTPMessage()
            for name, value in answer.headers.items():
                response.headers[name] = value
            return response

        with patch("slack_sdk.web.base_client.urlopen", urlopen):
            yield

    def pending(self) -> list[Delivery]:
        """What has not been brought yet, in the order in which it happened."""
        return [each for each in self.world.deliveries if each.outcome == "pending"]

    def signed(self, delivery: Delivery) -> tuple[Provider, WebhookRequest]:
        """A delivery as it is sent now."""
        headers, body = SENDERS[delivery.vendor].signed(delivery, self.world.config, self.clock())
        return Provider(delivery.vendor), WebhookRequest(headers=headers, body=body)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        async def answered() -> httpx.Response:
            response = await self._asgi.handle_async_request(request)
            content = await response.aread()
            for courier in asyncio.all_tasks() - {asyncio.current_task()}:
                courier.cancel()  # What is sent is brought by whoever asks for it.
            return httpx.Response(response.status_code, headers=response.headers, content=content, request=request)

        return self._loop.run_until_complete(answered())

    def _let_in_at_github(self) -> None:
        """The seed has tokens for the others."""
        at, github = self.clock(), self.world.github
        login = github.organization.login
        github.installations[INSTALLATION] = Installation(
            id=INSTALLATION, account=login, selected=None, created_at=at, updated_at=at
        )
        token = TOKENS[Provider.GITHUB]
        self.world.tokens[token] = Token(
            vendor="github", kind="installation", access=token, installation_id=INSTALLATION
        )


class Refused(Exception):
    """A vendor would not let anybody do that."""
