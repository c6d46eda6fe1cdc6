"""Puts the sandbox together."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Mount, Route

from infra.local.sandbox.config import Config
from infra.local.sandbox.controls import Controls
from infra.local.sandbox.delivery import Courier
from infra.local.sandbox.faults import Faults
from infra.local.sandbox.github import GitHubApi
from infra.local.sandbox.github_installations import GitHubInstallations
from infra.local.sandbox.github_oauth import GitHubOAuth
from infra.local.sandbox.github_pages import GitHubPages
from infra.local.sandbox.linear import LinearApi
from infra.local.sandbox.linear_oauth import LinearOAuth
from infra.local.sandbox.linear_resolvers import Resolvers
from infra.local.sandbox.oauth_controls import OAuthControls
from infra.local.sandbox.openai_api import OpenAIApi
from infra.local.sandbox.organization import LinearOrganization
from infra.local.sandbox.pages import Pages
from infra.local.sandbox.play import Player
from infra.local.sandbox.seed import DEMO, load_day, load_world
from infra.local.sandbox.slack import SlackApi
from infra.local.sandbox.slack_buttons import SlackButtons
from infra.local.sandbox.slack_gate import SlackGate
from infra.local.sandbox.slack_installation import SlackInstallation
from infra.local.sandbox.slack_oauth import SlackOAuth
from infra.local.sandbox.store import Store
from infra.local.sandbox.tokens import Tokens
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
        ValidationError: a setting is not of its form.
    """
    store = Store(directory, lambda: load_world(demo, clock()))
    world = store.world
    world.public_url = public_url
    given = {name: each for name, each in (settings or {}).items() if each}
    world.config = Config.model_validate(world.config.model_dump() | given)
    courier = Courier(store, clock)
    faults = Faults(store)
    workspace = SlackWorkspace(store, courier, clock)
    organization = LinearOrganization(store, courier, clock)
    player = Player(store, workspace, lambda: load_day(demo, store.world), clock)
    tokens = Tokens(store, clock)
    installation = SlackInstallation(store, tokens, courier, clock)
    slack_oauth = SlackOAuth(store, tokens, faults, clock)
    slack = SlackApi(store, workspace, SlackGate(store, tokens), faults, clock, installation.methods())
    linear_oauth = LinearOAuth(store, tokens, courier, faults, clock)
    linear = LinearApi(store, tokens, Resolvers(store, organization), faults, clock)
    installations = GitHubInstallations(store, tokens, courier, clock)
    github_oauth = GitHubOAuth(store, tokens, faults, clock)
    github = GitHubApi(store, tokens, installations, faults, clock)
    controls = Controls(store, workspace, organization, faults, courier, player, clock)
    endings = OAuthControls(store, tokens, installation, linear_oauth, installations)

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

    both, post = ["GET", "POST"], ["POST"]
    return Starlette(
        routes=[
            Route("/slack/oauth/v2/authorize", slack_oauth.authorize, methods=both),
            Route("/slack/api/oauth.v2.access", slack_oauth.access, methods=post),
            Route("/slack/api/{method}", slack.answer, methods=both),
            Route("/slack/archives/{channel}/p{ts}/press", SlackButtons(store, courier, clock).press, methods=post),
            Route("/linear/oauth/authorize", linear_oauth.authorize, methods=both),
            Route("/linear/oauth/token", linear_oauth.token, methods=post),
            Route("/linear/oauth/revoke", linear_oauth.revoke, methods=post),
            Route("/linear/graphql", linear.answer, methods=post),
            Route("/github/login/oauth/authorize", github_oauth.authorize, methods=both),
            Route("/github/login/oauth/access_token", github_oauth.access_token, methods=post),
            Mount("/github/api", routes=github.routes()),
            Mount("/github", routes=GitHubPages(store, installations, github_oauth).routes()),
            Route("/openai/v1/responses", OpenAIApi(store, faults).answer, methods=post),
            Mount("/_sandbox", routes=[*controls.routes(), *endings.routes()]),
            *Pages(store).routes(),
        ],
        lifespan=lifespan,
    )
