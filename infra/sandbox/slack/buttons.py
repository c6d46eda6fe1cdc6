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
        pressed = next((each for place, each in buttons(message) if place == fields.get("pressed")), None)
        if channel is None or message is None or person is None or pressed is None:
            return missing("button")
        self._tell(channel, message, person, pressed)
        return RedirectResponse(f"/{world.workspace.address}/archives/{channel.id}/p{digits}", 303)

    def _tell(self, channel: Channel, message: Message, person: Person, pressed: Json) -> None:
        now = self._clock()
        self._courier.send(
            Delivery(
                id=str(uuid.uuid4()),
                vendor="slack",
                kind="block_actions",
                line=f"slack/{channel.id}",
                about=f"{channel.id}/{message.ts}",
                body=self._payload(channel, message, person, pressed | {"action_ts": f"{now.timestamp():.6f}"}),
                form=True,
                created_at=now,
            )
        )

    def _payload(self, channel: Channel, message: Message, person: Person, action: Json) -> Json:
        world = self._store.world
        team, everywhere = world.workspace, world.config.slack_enterprise == "organization"
        home = {"id": team.team_id, "domain": team.domain}
        user = {"id": person.slack_id, "username": person.handle, "name": person.handle, "team_id": team.team_id}
        place = {"message_ts": message.ts, "channel_id": channel.id, "is_ephemeral": False}
        return {
            "type": "block_actions",
            "user": user,
            "api_app_id": team.bot.app_id,
            "token": "sandbox",
            "container": {"type": "message", **place} | ({"thread_ts": message.thread_ts} if message.thread_ts else {}),
            "trigger_id": f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}",
            "team": None if everywhere else home,
            "enterprise": world.enterprise,
            "is_enterprise_install": everywhere,
            "channel": {"id": channel.id, "name": "directmessage" if channel.user else channel.name},
            "message": events.message_object(world, message, metadata=True),
            "state": {"values": {}},
            "response_url": f"{world.slack_url}actions/{team.team_id}/{secrets.token_hex(8)}",
            "actions": [action],
        }


def buttons(message: Message | None) -> Iterator[tuple[str, Json]]:
    """What can be pressed in a message, each under the place it stands at; links lead away instead."""
    for number, block in enumerate(message.blocks if message else []):
        for position, element in enumerate(block.get("elements", []) if block.get("type") == "actions" else []):
            if element.get("type") == "button" and not element.get("url"):
                yield f"{number}.{position}", element | {"block_id": block.get("block_id") or f"block{number}"}
