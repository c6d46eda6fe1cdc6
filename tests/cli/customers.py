"""A terminal of somebody who has the API's address and nothing else, in front of the API as it is."""

import json
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from pm_assistant.cli import runs
from pm_assistant.cli.app import app
from pm_assistant.cli.commands import account
from pm_assistant.cli.sessions import Sessions, sessions_file
from pm_assistant.domain.jobs import JobState
from tests.api.conftest import PUBLIC_URL, Client, World, a_world
from tests.builders import ACME

KEY = "pma_acme_owner"


@dataclass(frozen=True)
class Answer:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The answer as a program reads it."""
        return json.loads(self.out)


@dataclass
class Customer:
    """Somebody of acme, who comes in by a key, and the world behind the API.

    Attributes:
        callers: who comes in by which key.
        asked: what was asked of the API: method and path with query.
        shown: what was shown with each, to prove who asks.
        results: what every run comes to.
        archives_answer: what whoever puts a file is answered.
    """

    world: World
    callers: dict[str, Client] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    results: Sequence[dict[str, Any]] = ()
    archives_answer: int = 200

    @property
    def sessions(self) -> Sessions:
        """The logins that are kept."""
        return Sessions(sessions_file(os.environ))

    def pm(self, *arguments: str, typed: str | None = None) -> Answer:
        """Run a command, for somebody who types what it asks for."""
        result = CliRunner().invoke(app, list(arguments), input=typed)
        return Answer(result.exit_code, result.stdout, result.stderr)

    def take(self, request: httpx.Request) -> httpx.Response:
        """Hand a request to the API as API Gateway does."""
        if request.url.host == "archives.test":
            self.world.app.archives.put(str(request.url), request.content)
            return httpx.Response(self.archives_answer)
        if f"{request.url.scheme}://{request.url.host}" != PUBLIC_URL:
            raise httpx.ConnectError("nobody is there")
        target = request.url.raw_path.decode()
        self.asked.append(f"{request.method} {target}")
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        self.shown.append(bearer)
        caller = self.callers.get(bearer)
        if caller is None:
            return httpx.Response(401, json={"message": "Unauthorized"})
        answer = caller.send(request.method, target, request.content.decode() or None)
        return httpx.Response(answer.status, headers=dict(answer.headers), content=answer.text.encode())

    def finish(self, *_: object) -> None:
        """Have every run be over."""
        for job in self.world.stores.jobs.latest(ACME, before=None, limit=9):
            over = {"state": JobState.DONE, "results": tuple(self.results)}
            self.world.stores.jobs.put(job.model_copy(update=over))


@contextmanager
def silence() -> Iterator[None]:
    """What the API logs is not what a terminal shows, though both are in this process."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@contextmanager
def a_customer(patch: pytest.MonkeyPatch) -> Iterator[Customer]:
    """Somebody whose terminal knows the address and the key."""
    with a_world() as world, silence():
        customer = Customer(world, {KEY: world.owner})
        patch.setattr(httpx.HTTPTransport, "handle_request", lambda _, request: customer.take(request))
        # Not the sleep of all: a sandbox may run in this process.
        for module in (runs, account):
            patch.setattr(module, "sleep", customer.finish)
        patch.setenv("PM_API_URL", PUBLIC_URL)
        patch.setenv("PM_API_KEY", KEY)
        yield customer
