"""Doors for people and tests that no vendor owns: look at everything, order misbehaviour, end access, play the day."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Literal

from pydantic import Field
from starlette.requests import Request
from starlette.routing import Route

from infra.sandbox.core.config import Config
from infra.sandbox.core.controls import BadControl, body_of, json_of, parsed, route
from infra.sandbox.core.delivery import Courier
from infra.sandbox.core.faults import Faults
from infra.sandbox.core.state import Fault, Json, Model, Person, Vendor
from infra.sandbox.core.store import Store
from infra.sandbox.core.tokens import Tokens
from infra.sandbox.play import Player
from infra.sandbox.report import report
from infra.sandbox.seed import SeedInvalid
from infra.sandbox.slack.workspace import SlackWorkspace
from infra.sandbox.world import SandboxWorld


class PlayControl(Model):
    """Plays the demo day at `speed` messages a second."""

    speed: float = Field(default=20.0, gt=0)


class PersonControl(Model):
    """Somebody joins, or what they are at the vendors changes; Slack tells it, and has them in all public channels."""

    handle: str = Field(min_length=1, pattern=r"^[a-z][a-z0-9-]*$")
    name: str | None = Field(default=None, min_length=1)
    slack: Literal["member", "guest", "single_channel_guest", "stranger", "deactivated"] | None = None
    linear: Literal["member", "guest", "disabled"] | None = None
    time_zone: str | None = None
    locale: str | None = Field(default=None, pattern=r"^[a-z]{2}-[A-Z]{2}$")
    tz_offset: int | None = None


class AccessControl(Model):
    """Ends the app's access at a vendor."""

    vendor: Literal["slack", "linear", "github"]


class Controls:
    """The handlers; `removals` end the app's access at a vendor and say how many tokens died."""

    def __init__(
        self,
        store: Store[SandboxWorld],
        tokens: Tokens,
        faults: Faults,
        courier: Courier,
        player: Player,
        workspace: SlackWorkspace,
        removals: Mapping[Vendor, Callable[[], int]],
    ) -> None:
        self._store = store
        self._tokens = tokens
        self._faults = faults
        self._courier = courier
        self._player = player
        self._workspace = workspace
        self._removals = removals

    def routes(self) -> list[Route]:
        """Where the doors are, relative to `/_sandbox`."""
        return [
            route("/state", self._state, "GET"),
            route("/faults", self._add_fault),
            route("/faults", self._list_faults, "GET"),
            route("/faults", self._clear_faults, "DELETE"),
            route("/config", self._configure),
            route("/reset", self._reset),
            route("/people", self._person),
            route("/oauth/expire", self._expire),
            route("/oauth/revoke", self._revoke),
            route("/play", self._play),
            route("/play", self._progress, "GET"),
        ]

    async def _state(self, _: Request) -> Json:
        return report(self._store.world)

    async def _add_fault(self, request: Request) -> Json:
        fault = await body_of(request, Fault)
        if not self._faults.fits(fault):
            known = ", ".join(self._faults.fitting(fault.vendor))
            raise BadControl("operation", f"{fault.vendor} has no operation {fault.operation}; there are: {known}")
        self._faults.add(fault)
        return {"ok": True, "faults": self._listed_faults()}

    async def _list_faults(self, _: Request) -> Json:
        return {"ok": True, "faults": self._listed_faults()}

    async def _clear_faults(self, _: Request) -> Json:
        self._faults.clear()
        return {"ok": True, "faults": []}

    async def _configure(self, request: Request) -> Json:
        config = self._store.world.config
        changed = config.model_dump() | await json_of(request)
        self._store.world.config = parsed(changed, Config)
        self._store.changed()
        return {"ok": True, "app_url": self._store.world.config.app_url}

    async def _reset(self, _: Request) -> Json:
        await self._player.stop()
        await self._courier.drop()
        self._store.reset()
        return {"ok": True}

    async def _person(self, request: Request) -> Json:
        wanted = await body_of(request, PersonControl)
        world = self._store.world
        changes = wanted.model_dump(exclude_none=True)
        person = next((each for each in world.people if each.handle == wanted.handle), None)
        known = person is not None
        if person is None:
            person = _newcomer(wanted.handle, len(world.people))
            world.people.append(person)
            for channel in world.channels.values():
                channel.members += [] if channel.private else [person.slack_id]
        kind: Literal["team_join", "user_change"] = "user_change" if known else "team_join"
        for name, value in changes.items():
            setattr(person, name, value)
        self._workspace.tell_of_person(person, kind)
        return {"ok": True, "slack_id": person.slack_id, "linear_id": person.linear_id}

    async def _expire(self, request: Request) -> Json:
        body = await body_of(request, AccessControl)
        return {"ok": True, "tokens": self._tokens.expire_all(body.vendor)}

    async def _revoke(self, request: Request) -> Json:
        body = await body_of(request, AccessControl)
        return {"ok": True, "tokens": self._removals[body.vendor]()}

    async def _play(self, request: Request) -> Json:
        body = await body_of(request, PlayControl)
        with _demo_read():
            return {"ok": True} | self._player.play(body.speed).model_dump()

    async def _progress(self, _: Request) -> Json:
        with _demo_read():
            return {"ok": True} | self._player.progress().model_dump()

    def _listed_faults(self) -> list[Json]:
        return [fault.model_dump() for fault in self._faults.waiting]


def _newcomer(handle: str, number: int) -> Person:
    """Somebody who has just got accounts everywhere."""
    return Person(
        handle=handle,
        name=handle.title(),
        email=f"{handle}@newcomers.test",
        time_zone="Europe/Berlin",
        slack_id=f"U0{handle.upper().replace('-', '')}",
        linear_id=str(uuid.uuid5(uuid.NAMESPACE_DNS, handle)),
        github_id=10_000 + number,
        github_login=f"{handle}-new",
    )


@contextmanager
def _demo_read() -> Iterator[None]:
    """Say as a control does what is wrong with the demo's files."""
    try:
        yield
    except SeedInvalid as invalid:
        raise BadControl("demo", str(invalid)) from invalid
