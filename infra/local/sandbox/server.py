"""Puts the sandbox together."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Mount, Route

from infra.local.sandbox.controls import Controls
from infra.local.sandbox.delivery import Courier
from infra.local.sandbox.faults import Faults
from infra.local.sandbox.linear import LinearApi
from infra.local.sandbox.linear_resolvers import Resolvers
from infra.local.sandbox.openai_api import OpenAIApi
from infra.local.sandbox.organization import LinearOrganization
from infra.local.sandbox.pages import Pages
from infra.local.sandbox.play import Player
from infra.local.sandbox.seed import DEMO, load_day, load_world
from infra.local.sandbox.slack import SlackApi
from infra.local.sandbox.store import Store
from infra.local.sandbox.workspace import SlackWorkspace


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


def create_app(
    directory: Path,
    public_url: str,
    *,
    demo: Path = DEMO,
    settings: dict[str, str] | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Starlette:
    """Make the server.

    Args:
        directory: where the state is kept.
        public_url: where the server is reached, without a trailing slash; stands in permalinks.
        demo: where the demo's files are.
        settings: overrides of what `/_sandbox/config` may set; empty ones change nothing.
        clock: the time.

    Raises:
        SeedInvalid: there is no state yet and the demo's files are wrong.
        StateUnreadable: the state is not of this version's form.
    """
    store = Store(directory, lambda: load_world(demo, clock()))
    world = store.world
    world.public_url = public_url
    world.config = world.config.model_copy(update={name: each for name, each in (settings or {}).items() if each})
    courier = Courier(store, clock)
    faults = Faults(store)
    workspace = SlackWorkspace(store, courier, clock)
    organization = LinearOrganization(store, courier, clock)
    player = Player(store, workspace, lambda: load_day(demo, store.world), clock)
    controls = Controls(store, workspace, organization, faults, courier, player, clock)
    slack = SlackApi(store, workspace, faults, clock)
    linear = LinearApi(store, Resolvers(store, organization), faults, clock)
    pages = Pages(store)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        store.changed()
        courier.start()
        saving = asyncio.create_task(store.save_forever())
        yield
        await player.stop()
        await courier.stop()
        saving.cancel()
        with suppress(asyncio.CancelledError):
            await saving

    return Starlette(
        routes=[
            Route("/slack/api/{method}", slack.answer, methods=["GET", "POST"]),
            Route("/linear/graphql", linear.answer, methods=["POST"]),
            Route("/openai/v1/responses", OpenAIApi(store, faults).answer, methods=["POST"]),
            Mount("/_sandbox", routes=controls.routes()),
            *pages.routes(),
        ],
        lifespan=lifespan,
    )
