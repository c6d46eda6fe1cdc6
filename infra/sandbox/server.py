"""Puts the sandbox together."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Mount, Route

from infra.sandbox.companies import Companies, Company
from infra.sandbox.controls import Controls
from infra.sandbox.core.config import Config
from infra.sandbox.core.controls import controls
from infra.sandbox.core.delivery import Courier
from infra.sandbox.core.faults import Faults
from infra.sandbox.core.sending import Sender
from infra.sandbox.core.state import Clock, Vendor
from infra.sandbox.core.store import Store
from infra.sandbox.core.tokens import Tokens
from infra.sandbox.github.api import GitHubApi
from infra.sandbox.github.gate import GitHubGate
from infra.sandbox.github.graph import GitHubGraph
from infra.sandbox.github.happenings import Happenings
from infra.sandbox.github.hooks import GitHubHooks
from infra.sandbox.github.installations import GitHubInstallations
from infra.sandbox.github.issues import GitHubIssues
from infra.sandbox.github.limits import GitHubLimits
from infra.sandbox.github.oauth import GitHubOAuth
from infra.sandbox.github.owner_controls import GitHubOwnerControls
from infra.sandbox.github.pages import GitHubPages
from infra.sandbox.github.pulls import GitHubPulls
from infra.sandbox.github.rest import GitHubRest
from infra.sandbox.github.reviews import GitHubReviews
from infra.sandbox.github.signing import SENDER as github_sender
from infra.sandbox.github.webhooks import GitHubWebhooks
from infra.sandbox.github.work_controls import GitHubWorkControls
from infra.sandbox.google.api import GoogleApi
from infra.sandbox.google.controls import GoogleControls
from infra.sandbox.google.oauth import GoogleOAuth
from infra.sandbox.google.pages import GooglePages
from infra.sandbox.linear.api import LinearApi
from infra.sandbox.linear.controls import LinearControls
from infra.sandbox.linear.oauth import LinearOAuth
from infra.sandbox.linear.organization import LinearOrganization
from infra.sandbox.linear.pages import LinearPages
from infra.sandbox.linear.resolvers import Resolvers
from infra.sandbox.linear.signing import SENDER as linear_sender
from infra.sandbox.mail import Mailbox
from infra.sandbox.openai.api import OpenAIApi
from infra.sandbox.openai.responses import Brain
from infra.sandbox.pages import Index
from infra.sandbox.play import Player
from infra.sandbox.seed import DEMO, load_day, load_world
from infra.sandbox.slack.agents import SlackAgents
from infra.sandbox.slack.api import SlackApi
from infra.sandbox.slack.buttons import SlackButtons
from infra.sandbox.slack.commands import SlackCommands
from infra.sandbox.slack.controls import SlackControls
from infra.sandbox.slack.gate import SlackGate
from infra.sandbox.slack.home import SlackHomes
from infra.sandbox.slack.installation import SlackInstallation
from infra.sandbox.slack.oauth import SlackOAuth
from infra.sandbox.slack.pages import SlackPages
from infra.sandbox.slack.signing import SENDER as slack_sender
from infra.sandbox.slack.talking import SlackTalking
from infra.sandbox.slack.unfurls import SlackUnfurls
from infra.sandbox.slack.views import SlackViews
from infra.sandbox.slack.workspace import SlackWorkspace
from infra.sandbox.stripe.api import StripeApi
from infra.sandbox.stripe.billing import StripeBilling
from infra.sandbox.stripe.controls import StripeControls
from infra.sandbox.stripe.pages import StripePages
from infra.sandbox.stripe.selling import StripeSelling
from infra.sandbox.stripe.signing import SENDER as stripe_sender
from infra.sandbox.stripe.webhooks import StripeWebhooks
from infra.sandbox.world import SandboxWorld


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


def create_app(
    directory: Path,
    public_url: str,
    *,
    demo: Path = DEMO,
    settings: dict[str, str] | None = None,
    brain: Brain | None = None,
    clock: Clock = utc_now,
) -> Starlette:
    """Make the server.

    Args:
        directory: where the state is kept.
        public_url: where the server is reached, without a trailing slash; stands in permalinks.
        demo: where the first company's files are; every folder within that has a `team.json` is another company.
        settings: overrides of what `/_sandbox/config` may set; empty ones change nothing.
        brain: what OpenAI's models say; without one there are no models.
        clock: the time.

    Raises:
        SeedInvalid: there is no state yet and the demo's files are wrong.
        StateUnreadable: the state is not of this version's form.
        ValidationError: a setting is not of its form.
    """
    homes = [demo, *sorted(path.parent for path in demo.glob("*/team.json"))]
    overrides = {name: each for name, each in (settings or {}).items() if each}
    stores: list[Store[SandboxWorld]] = []
    for home in homes:
        store = Store(directory / home.relative_to(demo), SandboxWorld, partial(_seeded, home, clock), stores)
        stores.append(store)
        store.world.public_url = public_url
        store.world.config = Config.model_validate(store.world.config.model_dump() | overrides)
    faults = Faults(stores[0])
    companies = [
        Company(store, _company(store, home, faults, brain, clock)) for store, home in zip(stores, homes, strict=True)
    ]

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as running:
            for company in companies:
                await running.enter_async_context(company.app.router.lifespan_context(company.app))
            yield

    return Starlette(routes=[Mount("/", Companies(companies))], lifespan=lifespan)


def _seeded(home: Path, clock: Clock) -> SandboxWorld:
    return load_world(home, clock())


def _company(store: Store[SandboxWorld], demo: Path, faults: Faults, brain: Brain | None, clock: Clock) -> Starlette:
    """One company at all vendors."""
    senders: dict[Vendor, Sender] = {
        "slack": slack_sender,
        "linear": linear_sender,
        "github": github_sender,
        "stripe": stripe_sender,
    }
    courier = Courier(store, senders, clock)
    workspace = SlackWorkspace(store, courier, clock)
    organization = LinearOrganization(store, courier, clock)
    player = Player(store, workspace, lambda: load_day(demo, store.world), clock)
    tokens = Tokens(store, clock)
    installation = SlackInstallation(store, tokens, courier, clock)
    slack_oauth = SlackOAuth(store, tokens, faults, clock)
    views = SlackViews(store, courier, clock)
    commands = SlackCommands(store, courier, clock)
    homes = SlackHomes(store, workspace, clock)
    unfurls, agents = SlackUnfurls(store, workspace, clock), SlackAgents(store, workspace)
    more = {
        **installation.methods(),
        **unfurls.methods(),
        **agents.methods(),
        "views.open": views.open,
        "views.publish": homes.publish,
    }
    slack = SlackApi(store, workspace, SlackGate(store, tokens), faults, clock, more)
    linear_oauth = LinearOAuth(store, tokens, courier, faults, clock)
    linear = LinearApi(store, tokens, Resolvers(store, organization), faults, clock)
    news = GitHubWebhooks(store, courier, clock)
    installations = GitHubInstallations(store, tokens, news, clock)
    github_oauth = GitHubOAuth(store, tokens, faults, clock)
    limits = GitHubLimits(store, clock)
    gate = GitHubGate(store, tokens, faults, limits, clock)
    happenings = Happenings(store, news, clock)
    issues = GitHubIssues(happenings)
    github = [
        *GitHubHooks(gate, news).routes(),
        *GitHubApi(store, tokens, installations, gate, clock).routes(),
        Route("/graphql", GitHubGraph(store, gate, limits, faults, clock).answer, methods=["POST"]),
        *GitHubRest(store, gate, limits).routes(),
    ]
    github_work = GitHubWorkControls(happenings, GitHubPulls(happenings, issues), GitHubReviews(happenings), issues)
    google_oauth = GoogleOAuth(store, tokens, faults, clock)
    google = GoogleApi(store, tokens, faults, clock)
    stripe_news = StripeWebhooks(store, courier, clock)
    billing = StripeBilling(store, stripe_news)
    selling = StripeSelling(store, billing, stripe_news)
    removals: dict[Vendor, Callable[[], int]] = {
        "slack": installation.remove,
        "linear": linear_oauth.remove,
        "github": installations.remove,
    }
    doors = [
        *Controls(store, tokens, faults, courier, player, workspace, removals).routes(),
        *SlackControls(store, workspace, clock).routes(),
        *commands.doors(),
        *LinearControls(store, organization).routes(),
        *GitHubOwnerControls(happenings, installations).routes(),
        *github_work.routes(),
        *GoogleControls(store, google_oauth, clock).routes(),
        *StripeControls(billing).routes(),
    ]

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
    buttons = SlackButtons(store, courier, clock)
    archives = f"/{store.world.workspace.address}/archives"
    return Starlette(
        routes=[
            Route("/slack/oauth/v2/authorize", slack_oauth.authorize, methods=both),
            Route("/slack/api/oauth.v2.access", slack_oauth.access, methods=post),
            Route("/slack/api/{method}", slack.answer, methods=both),
            Route(f"{archives}/{{channel}}/p{{ts}}/press", buttons.press, methods=post),
            Route(f"/{store.world.workspace.address}/home/{{person}}/press", buttons.press_home, methods=post),
            Route("/linear/oauth/authorize", linear_oauth.authorize, methods=both),
            Route("/linear/oauth/token", linear_oauth.token, methods=post),
            Route("/linear/oauth/revoke", linear_oauth.revoke, methods=post),
            Route("/linear/graphql", linear.answer, methods=post),
            Route("/github/login/oauth/authorize", github_oauth.authorize, methods=both),
            Route("/github/login/oauth/access_token", github_oauth.access_token, methods=post),
            Mount("/github/api", routes=github),
            Mount("/github", routes=GitHubPages(store, installations, github_oauth).routes()),
            Route("/google/o/oauth2/v2/auth", google_oauth.authorize, methods=both),
            Route("/google/token", google_oauth.token, methods=post),
            Route("/google/revoke", google_oauth.revoke, methods=post),
            Mount("/google/calendar/v3", routes=google.routes()),
            *GooglePages(store, google_oauth, clock).routes(),
            Mount("/openai/v1", routes=OpenAIApi(store, faults, brain).routes()),
            Mount("/stripe/v1", routes=StripeApi(store, billing, selling, faults).routes()),
            Mount("/stripe", routes=StripePages(store, billing, selling).routes()),
            Mount("/_sandbox", app=controls(doors)),
            *Index(store).routes(),
            *Mailbox(store).routes(),
            *SlackPages(store).routes(),
            *views.routes(),
            *commands.routes(),
            *unfurls.routes(),
            *agents.routes(),
            *SlackTalking(store, workspace).routes(),
            *homes.routes(),
            *LinearPages(store).routes(),
        ],
        lifespan=lifespan,
    )
