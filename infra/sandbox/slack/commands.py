"""Slash commands and shortcuts: what people ask an app for, and where it answers them alone.

docs.slack.dev, interactivity: implementing-slash-commands, implementing-shortcuts and handling-user-interaction (of a
`response_url`: five answers within thirty minutes).
"""

import json
import secrets
import uuid
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from infra.sandbox.core.controls import BadControl, body_of, known_person, route
from infra.sandbox.core.delivery import Courier
from infra.sandbox.core.pages import Pages, missing
from infra.sandbox.core.requests import form_of
from infra.sandbox.core.state import Clock, Delivery, Json, Model, Person
from infra.sandbox.core.store import Store
from infra.sandbox.slack import blocks as block_kit
from infra.sandbox.slack import events
from infra.sandbox.slack.state import Channel, Message, ResponseUrl, Shortcut, SlackWorld
from infra.sandbox.slack.views import installed_on, new_trigger, user

GOOD_FOR, MOST_USES = timedelta(minutes=30), 5
"""How long, and how often, an app may answer whoever has asked."""


class CommandControl(Model):
    """Somebody types a command."""

    channel: str
    user: str
    command: str = "/pm"
    text: str = ""


class SlackCommands:
    """What the command line and the menus of the pages post to, and where the app answers."""

    def __init__(self, store: Store[SlackWorld], courier: Courier, clock: Clock) -> None:
        self._store = store
        self._courier = courier
        self._clock = clock
        self._pages = Pages()

    def routes(self) -> list[Route]:
        """Where they are."""
        home = f"/{self._store.world.workspace.address}"
        menu = f"{home}/archives/{{channel}}/p{{ts}}/shortcuts"
        post = ["POST"]
        return [
            Route(f"{home}/archives/{{channel}}/command", self.type, methods=post),
            Route(menu, self.menu),
            Route(menu, self.use_on_message, methods=post),
            Route(f"{home}/responses/{{id}}", self.respond, methods=post),
        ]

    def doors(self) -> list[Route]:
        """For tests, relative to `/_sandbox`."""
        return [route("/slack/commands", self._type)]

    async def _type(self, request: Request) -> Json:
        wanted = await body_of(request, CommandControl)
        world = self._store.world
        person = known_person(world, wanted.user)
        channel = next((each for each in world.channels.values() if wanted.channel in {each.id, each.name}), None)
        if channel is None or wanted.command not in world.workspace.bot.commands:
            raise BadControl("channel" if channel is None else "command", "there is none")
        page = f"/{world.workspace.address}/archives/{channel.id}"
        body = self._command(channel, person, wanted.command, wanted.text, page)
        self._tell("slash_command", person, body, channel.id)
        return {"ok": True, "response_url": body["response_url"]}

    async def type(self, request: Request) -> Response:
        """Send what somebody has typed below a channel, or use a shortcut that is about no message."""
        fields = await form_of(request)
        world = self._store.world
        channel, person = world.channels.get(request.path_params["channel"]), world.person(fields.get("typist", ""))
        if channel is None or person is None:
            return missing("channel")
        page = f"/{world.workspace.address}/archives/{channel.id}"
        command, _, text = fields.get("typed", "").strip().partition(" ")
        if (shortcut := self._shortcut("global", fields.get("shortcut", ""))) is not None:
            self._tell(
                "shortcut", person, {"type": "shortcut", **self._used(shortcut, person, page)}, about=person.handle
            )
        elif command in world.workspace.bot.commands:
            self._tell("slash_command", person, self._command(channel, person, command, text.strip(), page), channel.id)
        else:
            return missing(f"command {command}")
        return RedirectResponse(page, 303)

    async def menu(self, request: Request) -> Response:
        """What can be done with a message."""
        found = events.at_page(self._store.world, request)
        if found is None:
            return missing("message")
        channel, message = found
        world = self._store.world
        return self._pages.page(
            "slack/shortcuts.html",
            forms="'self'",
            title="More actions",
            text=message.text,
            shortcuts=[each for each in world.workspace.bot.shortcuts if each.type == "message"],
            people={each.handle: each.name for each in world.people if each.slack_id in channel.members},
        )

    async def use_on_message(self, request: Request) -> Response:
        """Use a shortcut on a message."""
        found, fields = events.at_page(self._store.world, request), await form_of(request)
        person = self._store.world.person(fields.get("person", ""))
        shortcut = self._shortcut("message", fields.get("shortcut", ""))
        if found is None or person is None or shortcut is None:
            return missing("shortcut")
        channel, message = found
        world = self._store.world
        page = f"/{world.workspace.address}/archives/{channel.id}/p{message.ts.replace('.', '')}"
        body = {
            "type": "message_action",
            **self._used(shortcut, person, page),
            "channel": {"id": channel.id, "name": _name(channel)},
            "message": events.message_object(world, message),
            "message_ts": message.ts,
            "response_url": self._response_url(channel, person, message.thread_ts),
        }
        self._tell("message_action", person, body, about=f"{channel.id}/{message.ts}")
        return RedirectResponse(page, 303)

    async def respond(self, request: Request) -> Response:
        """What the app says to whoever has asked; nobody else sees it, unless it says so."""
        address = self._store.world.response_urls.get(request.path_params["id"])
        if address is None:
            return JSONResponse({"ok": False, "error": "invalid_url"}, status_code=404)
        if self._clock() - address.issued_at > GOOD_FOR:
            return JSONResponse({"ok": False, "error": "expired_url"}, status_code=404)
        if address.uses >= MOST_USES:
            return JSONResponse({"ok": False, "error": "used_url"}, status_code=404)
        try:
            said = json.loads(await request.body())
        except ValueError:
            said = None
        if not isinstance(said, dict):
            return PlainTextResponse("invalid_payload", status_code=400)
        blocks = said.get("blocks") or []
        if not (blocks or said.get("text")):
            return PlainTextResponse("no_text", status_code=400)
        if blocks and block_kit.flaws(blocks):
            return PlainTextResponse("invalid_blocks", status_code=400)
        address.uses += 1
        self._store.world.ephemerals.append(
            Message(
                ts=f"{self._clock().timestamp():.6f}",
                channel=address.channel,
                user=address.person,
                text=str(said.get("text") or ""),
                thread_ts=address.thread_ts,
                by_app=True,
                blocks=blocks,
            )
        )
        self._store.changed()
        return PlainTextResponse("ok")

    def _shortcut(self, kind: str, callback_id: str) -> Shortcut | None:
        registered = self._store.world.workspace.bot.shortcuts
        return next((each for each in registered if (each.type, each.callback_id) == (kind, callback_id)), None)

    def _used(self, shortcut: Shortcut, person: Person, page: str) -> Json:
        world = self._store.world
        return {
            "callback_id": shortcut.callback_id,
            "token": "sandbox",
            "action_ts": f"{self._clock().timestamp():.6f}",
            "trigger_id": new_trigger(world, person.slack_id, page, self._clock),
            "user": user(world, person.slack_id),
            **installed_on(world),
        }

    def _command(self, channel: Channel, person: Person, command: str, text: str, page: str) -> Json:
        world = self._store.world
        team, enterprise = world.workspace, world.enterprise
        installation = {"enterprise_id": enterprise["id"], "enterprise_name": enterprise["name"]} if enterprise else {}
        return installation | {
            "token": "sandbox",
            "team_id": team.team_id,
            "team_domain": team.domain,
            "channel_id": channel.id,
            "channel_name": _name(channel),
            "user_id": person.slack_id,
            "user_name": person.handle,
            "command": command,
            "text": text,
            "api_app_id": team.bot.app_id,
            "is_enterprise_install": str(world.config.slack_enterprise == "organization").lower(),
            "response_url": self._response_url(channel, person, None),
            "trigger_id": new_trigger(world, person.slack_id, page, self._clock),
        }

    def _response_url(self, channel: Channel, person: Person, thread_ts: str | None) -> str:
        world, id = self._store.world, secrets.token_hex(12)
        world.response_urls[id] = ResponseUrl(
            channel=channel.id, person=person.slack_id, thread_ts=thread_ts, issued_at=self._clock()
        )
        return f"{world.slack_url}responses/{id}"

    def _tell(self, kind: str, person: Person, body: Json, about: str) -> None:
        delivery = Delivery(
            id=str(uuid.uuid4()),
            vendor="slack",
            kind=kind,
            line=f"slack/{person.slack_id}",
            about=about,
            body=body,
            form=True,
            created_at=self._clock(),
        )
        self._courier.send(delivery)


def _name(channel: Channel) -> str:
    """What a channel is called where an app may not know it: private ones have no name there."""
    if channel.user:
        return "directmessage"
    return "privategroup" if channel.private else channel.name
