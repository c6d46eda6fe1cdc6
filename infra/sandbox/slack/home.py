"""The app's home tab: what the app publishes for each person, and that somebody has opened it.

docs.slack.dev, reference/methods/views.publish, reference/views and reference/events/app_home_opened.
"""

import json
import secrets

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from infra.sandbox.core.pages import Pages, missing
from infra.sandbox.core.state import Clock, Json, Person
from infra.sandbox.core.store import Store
from infra.sandbox.slack import blocks as block_kit
from infra.sandbox.slack.markup import link_html, mrkdwn_html, text_object_html
from infra.sandbox.slack.state import PublishedHome, SlackWorld
from infra.sandbox.slack.views import FIELDS, described
from infra.sandbox.slack.wire import Refused, structure
from infra.sandbox.slack.workspace import SlackWorkspace

MAX_BYTES = 250_000


class SlackHomes:
    """What is published for whom."""

    def __init__(self, store: Store[SlackWorld], workspace: SlackWorkspace, clock: Clock) -> None:
        self._store = store
        self._workspace = workspace
        self._clock = clock
        self._pages = Pages(
            mrkdwn=mrkdwn_html,
            text_object=text_object_html,
            link=link_html,
            pressable=lambda _: False,  # everything is pressed as whose page it is
            commands=lambda _: [],
        )

    def routes(self) -> list[Route]:
        """Where people see it, and open it."""
        path = f"/{self._store.world.workspace.address}/home"
        return [
            Route(path, self.people),
            Route(f"{path}/{{person}}", self.show),
            Route(f"{path}/{{person}}/open", self.open, methods=["POST"]),
        ]

    def publish(self, arguments: Json) -> Json:
        """The method `views.publish`."""
        world = self._store.world
        view = structure(arguments.get("view"), "invalid_arguments")
        if objections := flaws(view):
            raise Refused("invalid_arguments", *objections)
        person = next((each for each in world.people if each.slack_id == arguments.get("user_id")), None)
        if person is None:
            raise Refused("user_not_found")
        before = world.homes.get(person.slack_id)
        if arguments.get("hash") and (before is None or arguments["hash"] != before.hash):
            raise Refused("hash_conflict")
        stamp = f"{self._clock().timestamp():.0f}.{secrets.token_hex(4)}"
        view_id = before.id if before else f"V{secrets.token_hex(5).upper()}"
        world.homes[person.slack_id] = PublishedHome(id=view_id, hash=stamp, view=view)
        return {"view": self._described(person)}

    async def people(self, _: Request) -> Response:
        """Whose page there is to look at."""
        return self._pages.page("slack/homes.html", title="Home", path=self._path, people=self._store.world.people)

    async def show(self, request: Request) -> Response:
        """Somebody's page as it is published."""
        world = self._store.world
        person = world.person(request.path_params["person"])
        if person is None:
            return missing("person")
        published = world.homes.get(person.slack_id)
        bot = world.workspace.bot
        return self._pages.page(
            "slack/home.html",
            forms="'self'",
            title=bot.name,
            person=person,
            post={
                "message": {"blocks": published.view["blocks"] if published else []},
                "path": f"{self._path}/{person.handle}",
                "pressers": {},
            },
            views=[
                {"path": f"/{world.workspace.address}/views/{each.id}", "title": each.view["title"]["text"]}
                for each in world.views.values()
                if each.seen_from == f"{self._path}/{person.handle}"
            ],
            names={each.slack_id: each.name for each in world.people} | {bot.user_id: bot.name},
        )

    async def open(self, request: Request) -> Response:
        """Open somebody's page, which the app is told, and look at it."""
        person = self._store.world.person(request.path_params["person"])
        if person is None:
            return missing("person")
        self._workspace.tell_of_home(person, "home", self._described(person))
        return RedirectResponse(f"{self._path}/{person.handle}", 303)

    @property
    def _path(self) -> str:
        return f"/{self._store.world.workspace.address}/home"

    def _described(self, person: Person) -> Json | None:
        """What is published for somebody, as Slack describes it."""
        world = self._store.world
        published = world.homes.get(person.slack_id)
        return described(world, published.id, published.view) | {"hash": published.hash} if published else None


def flaws(view: object) -> list[str]:
    """What Slack would object to in a home tab, as it words its `response_metadata.messages`."""
    if not isinstance(view, dict) or view.get("type") != "home":
        return ["[ERROR] unsupported type [json-pointer:/view/type]"]
    objections = [
        f"[ERROR] must be less than {most + 1} characters [json-pointer:/view/{name}]"
        for name, most in FIELDS.items()
        if len(str(view.get(name) or "")) > most
    ]
    if len(json.dumps(view)) > MAX_BYTES:
        objections.append("[ERROR] view is too large [json-pointer:/view]")
    return objections + block_kit.flaws(view.get("blocks"), most=block_kit.MAX_BLOCKS_OF_VIEW)
