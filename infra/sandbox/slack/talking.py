"""Saying something, and reacting to what was said, on the pages."""

import uuid

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from infra.sandbox.core.pages import Pages, missing
from infra.sandbox.core.requests import form_of
from infra.sandbox.core.store import Store
from infra.sandbox.slack import events
from infra.sandbox.slack.state import Message, SlackWorld
from infra.sandbox.slack.workspace import SlackWorkspace

MAX_MESSAGE = 4_000
OFFERED = {"white_check_mark": "✅", "-1": "👎", "ticket": "🎫"}
"""Reactions that are one press away."""


class SlackTalking:
    """What the forms of a channel post to."""

    def __init__(self, store: Store[SlackWorld], workspace: SlackWorkspace) -> None:
        self._store = store
        self._workspace = workspace
        self._pages = Pages()

    def routes(self) -> list[Route]:
        """Where they are."""
        channel = f"/{self._store.world.workspace.address}/archives/{{channel}}"
        return [
            Route(f"{channel}/say", self.say, methods=["POST"]),
            Route(f"{channel}/p{{ts}}/talk", self.offer),
            Route(f"{channel}/p{{ts}}/say", self.say, methods=["POST"]),
            Route(f"{channel}/p{{ts}}/react", self.react, methods=["POST"]),
        ]

    async def offer(self, request: Request) -> Response:
        """What can be said to a message."""
        world = self._store.world
        if (at := events.at_page(world, request)) is None:
            return missing("message")
        channel, message = at
        return self._pages.page(
            "slack/talk.html",
            forms="'self'",
            title="React or reply",
            path=f"/{world.workspace.address}/archives/{channel.id}/p{request.path_params['ts']}",
            text=message.text,
            offered=OFFERED,
            people={each.handle: each.name for each in world.people if each.slack_id in channel.members},
        )

    async def say(self, request: Request) -> Response:
        """Say something in a channel, or below a message of it, as somebody."""
        world, fields = self._store.world, await form_of(request)
        person, said = world.person(fields.get("person", "")), fields.get("said", "").strip()[:MAX_MESSAGE]
        below = "ts" in request.path_params
        root = events.at_page(world, request) if below else None
        channel = world.channels.get(request.path_params["channel"])
        if channel is None or person is None or not said or (below and root is None):
            return missing("message")
        text = events.composed(said, world)
        message = Message(
            ts="",
            channel=channel.id,
            user=person.slack_id,
            text=text,
            thread_ts=root.message.root_ts if root else None,
            client_msg_id=str(uuid.uuid4()),
            blocks=events.rich_text(text),
        )
        self._workspace.post(channel, message)
        return RedirectResponse(f"/{world.workspace.address}/archives/{channel.id}", 303)

    async def react(self, request: Request) -> Response:
        """Put an emoji on a message as somebody, or take it away again."""
        world, fields = self._store.world, await form_of(request)
        at, person, name = (
            events.at_page(world, request),
            world.person(fields.get("person", "")),
            fields.get("name", ""),
        )
        if at is None or person is None or name not in OFFERED:
            return missing("reaction")
        channel, message = at
        if person.slack_id in message.reactions.get(name, []):
            self._workspace.unreact(message, person.slack_id, name)
        else:
            self._workspace.react(channel, message, person.slack_id, name)
        return RedirectResponse(f"/{world.workspace.address}/archives/{channel.id}", 303)
