"""Pressing a button of the app's messages; Slack tells the app in a form (docs.slack.dev, interactivity)."""

import secrets
import uuid
from collections.abc import Iterator
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from infra.sandbox.core.delivery import Courier
from infra.sandbox.core.pages import missing
from infra.sandbox.core.state import Clock, Delivery, Json, Person
from infra.sandbox.core.store import Store
from infra.sandbox.slack import events
from infra.sandbox.slack.state import Channel, Message, SlackWorld
from infra.sandbox.slack.views import installed_on, new_trigger, user

PRESSABLE = frozenset({"button", "static_select", "overflow"})


class SlackButtons:
    """What the pages' forms post to."""

    def __init__(self, store: Store[SlackWorld], courier: Courier, clock: Clock) -> None:
        self._store = store
        self._courier = courier
        self._clock = clock

    async def press(self, request: Request) -> Response:
        """Press a button as somebody, and look at the message again."""
        fields = dict(parse_qsl((await request.body()).decode(errors="replace")))
        world = self._store.world
        digits = request.path_params["ts"]
        channel = world.channels.get(request.path_params["channel"])
        message = events.find(world, channel.id, f"{digits[:-6]}.{digits[-6:]}") if channel else None
        person = world.person(fields.get("person", ""))
        place = fields.get("pressed", "")
        pressed = next((each for where, each in buttons(message) if where == place), None)
        if channel is None or message is None or person is None or pressed is None:
            return missing("button")
        if "options" in pressed:
            said = next((each for each in pressed["options"] if each["value"] == fields.get(f"chosen.{place}")), None)
            if said is None:
                return missing("choice")
            pressed = {name: each for name, each in pressed.items() if name != "options"} | {"selected_option": said}
        path = f"/{world.workspace.address}/archives/{channel.id}/p{digits}"
        self._tell(channel, message, person, pressed, path)
        return RedirectResponse(path, 303)

    def _tell(self, channel: Channel, message: Message, person: Person, pressed: Json, path: str) -> None:
        now = self._clock()
        trigger_id = new_trigger(self._store.world, person.slack_id, path, self._clock)
        action = pressed | {"action_ts": f"{now.timestamp():.6f}"}
        self._courier.send(
            Delivery(
                id=str(uuid.uuid4()),
                vendor="slack",
                kind="block_actions",
                line=f"slack/{channel.id}",
                about=f"{channel.id}/{message.ts}",
                body=self._payload(channel, message, person, action) | {"trigger_id": trigger_id},
                form=True,
                created_at=now,
            )
        )

    def _payload(self, channel: Channel, message: Message, person: Person, action: Json) -> Json:
        world = self._store.world
        team = world.workspace
        place = {"message_ts": message.ts, "channel_id": channel.id, "is_ephemeral": False}
        return {
            "type": "block_actions",
            "user": user(world, person.slack_id),
            "api_app_id": team.bot.app_id,
            "token": "sandbox",
            "container": {"type": "message", **place} | ({"thread_ts": message.thread_ts} if message.thread_ts else {}),
            **installed_on(world),
            "channel": {"id": channel.id, "name": "directmessage" if channel.user else channel.name},
            "message": events.message_object(world, message, metadata=True),
            "state": {"values": {}},
            "response_url": f"{world.slack_url}actions/{team.team_id}/{secrets.token_hex(8)}",
            "actions": [action],
        }


def buttons(message: Message | None) -> Iterator[tuple[str, Json]]:
    """What can be pressed or chosen from, each under the place it stands at; links lead away instead."""
    for number, block in enumerate(message.blocks if message else []):
        for position, element in enumerate(block.get("elements", []) if block.get("type") == "actions" else []):
            if element.get("type") in PRESSABLE and not element.get("url"):
                yield f"{number}.{position}", element | {"block_id": block.get("block_id") or f"block{number}"}
