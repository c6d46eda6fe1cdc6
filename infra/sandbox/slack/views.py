"""Modals: what apps open for whoever has just pressed something, and what Slack tells when people send them off.

docs.slack.dev, reference/methods/views.open, reference/views and reference/interaction-payloads.
"""

import json
import secrets
import uuid
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from infra.sandbox.core.delivery import Courier
from infra.sandbox.core.pages import Pages, missing
from infra.sandbox.core.state import Clock, Delivery, Json
from infra.sandbox.core.store import Store
from infra.sandbox.slack import blocks as block_kit
from infra.sandbox.slack.state import OpenView, SlackWorld, Trigger
from infra.sandbox.slack.wire import Refused, structure

GOOD_FOR = timedelta(seconds=3)
"""How long a press lets an app open a modal."""
FIELDS = {"callback_id": 255, "external_id": 255, "private_metadata": 3_000}


class SlackViews:
    """The open modals of a workspace."""

    def __init__(self, store: Store[SlackWorld], courier: Courier, clock: Clock) -> None:
        self._store = store
        self._courier = courier
        self._clock = clock
        self._pages = Pages()

    def routes(self) -> list[Route]:
        """Where people see and send them off."""
        path = f"/{self._store.world.workspace.address}/views/{{view}}"
        return [Route(path, self.show), Route(path, self.send_off, methods=["POST"])]

    def open(self, arguments: Json) -> Json:
        """The method `views.open`."""
        trigger_id = str(arguments.get("trigger_id") or "")
        view = structure(arguments.get("view"), "invalid_arguments")
        if objections := flaws(view):
            raise Refused("invalid_arguments", *objections)
        trigger = self._store.world.triggers.get(trigger_id)
        if trigger is None:
            raise Refused("invalid_trigger_id")
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        if self._clock() - trigger.issued_at > GOOD_FOR:
            raise Refused("expired_trigger_id")
        trigger.used = True
        opened = OpenView(
            id=f"V{secrets.token_hex(5).upper()}", person=trigger.person, view=view, seen_from=trigger.path
        )
        self._store.world.views[opened.id] = opened
        return {"view": described(self._store.world, opened.id, opened.view)}

    async def show(self, request: Request) -> Response:
        """A modal, to be filled in."""
        opened = self._store.world.views.get(request.path_params["view"])
        if opened is None:
            return missing("modal")
        person = next(each for each in self._store.world.people if each.slack_id == opened.person)
        title = opened.view["title"]["text"]
        return self._pages.page("slack/view.html", forms="'self'", title=title, person=person, view=opened.view)

    async def send_off(self, request: Request) -> Response:
        """Send a modal off, or close it, and look at the message again."""
        opened = self._store.world.views.get(request.path_params["view"])
        if opened is None:
            return missing("modal")
        sent = parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True)
        fields: dict[str, str] = {}
        for name, value in sent:  # of several boxes each comes by itself
            fields[name] = f"{fields[name]},{value}" if name in fields else value.replace("\r\n", "\n")
        if fields.get("do") != "close":
            if lacking := list(_lacking(opened.view, fields)):
                return missing(f"answer to: {', '.join(lacking)}")
            self._tell(opened, fields)
        del self._store.world.views[opened.id]
        self._store.changed()
        return RedirectResponse(opened.seen_from, 303)

    def _tell(self, opened: OpenView, fields: Json) -> None:
        world, state = self._store.world, {"state": {"values": _state(opened.view, fields)}}
        self._courier.send(
            Delivery(
                id=str(uuid.uuid4()),
                vendor="slack",
                kind="view_submission",
                line=f"slack/{opened.id}",
                about=opened.id,
                body={
                    "type": "view_submission",
                    **installed_on(world),
                    "user": user(world, opened.person),
                    "api_app_id": world.workspace.bot.app_id,
                    "token": "sandbox",
                    "trigger_id": _random_trigger(),
                    "view": described(world, opened.id, opened.view) | state,
                    "response_urls": [],
                },
                form=True,
                created_at=self._clock(),
            )
        )


def new_trigger(world: SlackWorld, person: str, path: str, clock: Clock) -> str:
    """What a press lets the app do once: `path` is where the person is."""
    trigger_id = _random_trigger()
    world.triggers[trigger_id] = Trigger(person=person, issued_at=clock(), path=path)
    return trigger_id


def _random_trigger() -> str:
    return f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"


def installed_on(world: SlackWorld) -> Json:
    """Whose installation something is told to."""
    team, everywhere = world.workspace, world.config.slack_enterprise == "organization"
    home = {"id": team.team_id, "domain": team.domain}
    return {"team": None if everywhere else home, "enterprise": world.enterprise, "is_enterprise_install": everywhere}


def user(world: SlackWorld, slack_id: str) -> Json:
    """Who did something, as interactions say it."""
    person = next(each for each in world.people if each.slack_id == slack_id)
    return {
        "id": slack_id,
        "username": person.handle,
        "name": person.handle,
        "team_id": world.workspace.team_id,
    }


def described(world: SlackWorld, id: str, view: Json) -> Json:
    """A view as Slack describes it."""
    bot, team = world.workspace.bot, world.workspace.team_id
    own: Json = {
        "id": id,
        "team_id": team,
        "app_id": bot.app_id,
        "bot_id": bot.bot_id,
        "app_installed_team_id": team,
    }
    own |= {"state": {"values": {}}, "hash": "1.sandbox", "previous_view_id": None, "root_view_id": id}
    unsaid: Json = {"callback_id": "", "external_id": "", "private_metadata": "", "clear_on_close": False}
    return unsaid | {"notify_on_close": False, "close": None, "submit": None} | view | own


def flaws(view: object) -> list[str]:
    """What Slack would object to in a modal, as it words its `response_metadata.messages`."""
    if not isinstance(view, dict) or view.get("type") != "modal":
        return ["[ERROR] unsupported type [json-pointer:/view/type]"]
    objections = block_kit.text_flaws(view.get("title"), 24, "/view/title")
    for name in ("submit", "close"):
        objections += block_kit.text_flaws(view.get(name), 24, f"/view/{name}", needed=False)
    objections += [
        f"[ERROR] must be less than {most + 1} characters [json-pointer:/view/{name}]"
        for name, most in FIELDS.items()
        if len(str(view.get(name) or "")) > most
    ]
    if len(json.dumps(view)) > 250_000:
        objections.append("[ERROR] view is too large [json-pointer:/view]")
    inputs = [block for block in view.get("blocks") or [] if isinstance(block, dict) and block.get("type") == "input"]
    if inputs and not view.get("submit"):
        objections.append("[ERROR] missing required field: submit [json-pointer:/view]")
    return objections + block_kit.flaws(view.get("blocks"), most=block_kit.MAX_BLOCKS_OF_VIEW)


def _inputs(view: Json) -> Iterator[tuple[str, Json]]:
    for number, block in enumerate(view["blocks"]):
        if block.get("type") == "input":
            yield block.get("block_id") or f"block{number}", block


def _lacking(view: Json, fields: Json) -> Iterator[str]:
    """The labels of what has to be filled in and is not, or not as it is to be."""
    for block_id, block in _inputs(view):
        said, element = fields.get(block_id, ""), block["element"]
        too_long = len(said) > element.get("max_length", 3_000)
        several = said.split(",") if element["type"] == "checkboxes" else [said]
        known = "options" not in element or {*several} <= {"", *(option["value"] for option in element["options"])}
        if (not said and not block.get("optional")) or too_long or not known:
            yield str(block["label"]["text"])


def _state(view: Json, fields: Json) -> Json:
    """What was filled in, by block and element."""
    state: Json = {}
    for block_id, block in _inputs(view):
        element, said = block["element"], fields.get(block_id, "")
        filled: Json = {"type": element["type"]}
        if element["type"] == "checkboxes":
            filled["selected_options"] = [each for each in element["options"] if each["value"] in said.split(",")]
        elif "options" in element:
            filled["selected_option"] = next((each for each in element["options"] if each["value"] == said), None)
        else:
            filled["value"] = said or None
        state[block_id] = {element.get("action_id") or "action": filled}
    return state
