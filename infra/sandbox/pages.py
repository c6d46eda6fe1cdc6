"""The index of all vendors' pages, so that every link the product writes leads somewhere."""

from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.sandbox.core.pages import PAGES
from infra.sandbox.core.store import Store
from infra.sandbox.linear.pages import Ticket, ticket
from infra.sandbox.slack.pages import seen
from infra.sandbox.world import SandboxWorld

_SHOWN_FIRST = ("started", "unstarted", "triage", "backlog", "completed", "canceled", "duplicate")


class Index:
    """What there is to look at."""

    def __init__(self, store: Store[SandboxWorld]) -> None:
        self._store = store

    def routes(self) -> list[Route]:
        """Where it is."""
        return [Route("/", self.index), Route(f"/{self._store.world.workspace.address}/", self.index)]

    async def index(self, _: Request) -> Response:
        """Slack's channels, Linear's tickets by state, GitHub's repositories."""
        world = self._store.world
        channels = world.channels.values()
        tickets = [ticket(world, each) for each in world.issues.values() if not each.trashed]
        tickets.sort(key=lambda each: (*_rank(each), -each.issue.updated_at.timestamp()))
        return PAGES.page(
            "index.html",
            title=world.workspace.name,
            home=world.workspace.address,
            channels=[seen(world, each) for each in channels if not each.user],
            direct=[seen(world, each) for each in channels if each.user],
            groups=[list(group) for _, group in groupby(tickets, key=_rank)],
            organization=world.github.organization,
            repositories=[each for each in world.github.repositories if not each.owner],
            open_pulls={each.id: sum(pull.is_open for pull in world.pulls(each)) for each in world.github.repositories},
            others=[each.workspace for each in self._store.other_worlds],
        )


def _rank(shown: Ticket) -> tuple[int, float, str]:
    """What is worked on first, and there what is nearest to its end."""
    kind = shown.state.type
    place = _SHOWN_FIRST.index(kind) if kind in _SHOWN_FIRST else len(_SHOWN_FIRST)
    return place, -shown.state.position, shown.state.name
