"""Pressing buttons of the app's messages and home tabs; Slack tells it in a form (docs.slack.dev, interactivity)."""

import secrets
import uuid
from collections.abc import Iterator, Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from infra.sandbox.core.delivery import Courier
from infra.sandbox.core.pages import missing
from infra.sandbox.core.requests import form_of
from infra.sandbox.core.state import Clock, Delivery, Json, Person
from infra.sandbox.core.store import Store
from infra.sandbox.slack import events
from infra.sandbox.slack.state import Channel, Message, SlackWorld
from infra.sandbox.slack.views import described, installed_on, new_trigger, user

PRESSABLE = frozenset({"button", "static_select", "overflow"})


class SlackButtons:
    """What the pages' forms post to."""

    def __init__(self, store: Store[SlackWorld], courier: Courier, clock: Clock) -> None:
        self._store = store
        self._courier = courier
        self._clock = clock

    async def press(self, request: Request) -> Response:
        """Press a button as somebody, and look at the message again."""
        world, fields = self._store.world, await form_of(request)
        at, person = events.at_page(world, request), world.person(fields.get("person", ""))
        pressed = _pressed(at.message.blocks, fields) if at else None
        if at is None or person is None or pressed is None:
            return missing("button")
        channel, message = at
        path = f"/{world.workspace.address}/archives/{channel.id}/p{request.path_params['ts']}"
        about = f"{channel.id}/{message.ts}"
        self._tell(person, pressed, path, self._on_message(channel, message), line=channel.id, about=about)
        return RedirectResponse(path, 303)

    async def press_home(self, request: Request) -> Response:
        """Press a button of somebody's home tab as that person, and look at it again."""
        world, fields = self._store.world, await form_of(request)
        person = world.person(request.path_params["person"])
        published = world.homes.get(person.slack_id) if person else None
        pressed = _pressed(published.view["blocks"], fields) if published else None
        if person is None or published is None or pressed is None:
            return missing("button")
        path = f"/{world.workspace.address}/home/{person.handle}"
        view = described(world, published.id, published.view) | {"hash": published.hash}
        on_view = {"container": {"type": "view", "view_id": published.id}, "view": view}
        self._tell(person, pressed, path, on_view, line=published.id, about=published.id)
        return RedirectResponse(path, 303)

    def _tell(self, person: Person, pressed: Json, path: str, on: Json, *, line: str, about: str) -> None:
        now, world = self._clock(), self._store.world
        body = {
            "type": "block_actions",
            "user": user(world, person.slack_id),
            "api_app_id": world.workspace.bot.app_id,
            "token": "sandbox",
            "trigger_id": new_trigger(world, person.slack_id, path, self._clock),
            **installed_on(world),
            **on,
            "actions": [pressed | {"action_ts": f"{now.timestamp():.6f}"}],
        }
        self._courier.send(
            Delivery(
                id=str(uuid.uuid4()),
                vendor="slack",
                kind="block_actions",
                line=f"slack/{line}",
                about=about,
                body=body,
                form=True,
                created_at=now,
            )
        )

    def _on_message(self, channel: Channel, message: Message) -> Json:
        """Where it stands, of a button of a message."""
        world = self._store.world
        place = {"message_ts": message.ts, "channel_id": channel.id, "is_ephemeral": False}
        return {
            "container": {"type": "message", **place} | ({"thread_ts": message.thread_ts} if message.thread_ts else {}),
            "channel": {"id": channel.id, "name": "directmessage" if channel.user else channel.name},
            "message": events.message_object(world, message, metadata=True),
            "state": {"values": {}},
            "response_url": f"{world.slack_url}actions/{world.workspace.team_id}/{secrets.token_hex(8)}",
        }


def _pressed(blocks: Sequence[Json], fields: Json) -> Json | None:
    """What was pressed or chosen, as Slack describes it; None if there is nothing like that."""
    place = fields.get("pressed", "")
    pressed = next((each for where, each in buttons(blocks) if where == place), None)
    if pressed is None or "options" not in pressed:
        return pressed
    said = next((each for each in pressed["options"] if each["value"] == fields.get(f"chosen.{place}")), None)
    element = {name: each for name, each in pressed.items() if name != "options"}
    return element | {"selected_option": said} if said else None


def buttons(blocks: Sequence[Json]) -> Iterator[tuple[str, Json]]:
    """What can be pressed or chosen from, each under the place it stands at; links lead away instead."""
    for number, block in enumerate(blocks):
        for position, element in enumerate(block.get("elements", []) if block.get("type") == "actions" else []):
            if element.get("type") in PRESSABLE and not element.get("url"):
                yield f"{number}.{position}", element | {"block_id": block.get("block_id") or f"block{number}"}
