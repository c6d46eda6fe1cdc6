"""How Slack describes messages and what happens to them."""

import re
import uuid
from datetime import datetime
from typing import NamedTuple

from starlette.requests import Request

from infra.sandbox.core.state import Json
from infra.sandbox.slack.state import Channel, Message, SlackWorld

_MARKUP = re.compile(r"<([^<>\s][^<>]*)>")
_LINK = re.compile(r"https?://[^\s<>|]+")
SLACKBOT = "USLACKBOT"


def links(text: str) -> list[str]:
    """The addresses a text mentions, each once."""
    return list(dict.fromkeys(_LINK.findall(text)))


def bot_profile(world: SlackWorld) -> Json:
    """Slack's description of the app next to what it posts."""
    bot = world.workspace.bot
    return {
        "id": bot.bot_id,
        "deleted": False,
        "name": bot.name,
        "updated": 1719210000,
        "app_id": bot.app_id,
        "user_id": bot.user_id,
        "icons": {"image_36": "https://a.slack-edge.com/80588/img/plugins/app/bot_36.png"},
        "team_id": world.workspace.team_id,
    }


def message_object(world: SlackWorld, message: Message, *, metadata: bool = False) -> Json:
    """A message as it stands in responses and inside events; metadata only where it was asked for."""
    if message.tombstone:
        body: Json = {"type": "message", "subtype": "tombstone", "user": SLACKBOT, "hidden": True}
        return body | {"text": "This message was deleted.", "ts": message.ts, "thread_ts": message.root_ts}
    body = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}
    body["team"] = world.workspace.team_id
    optional = {
        "client_msg_id": message.client_msg_id,
        "blocks": message.blocks,
        "attachments": message.attachments,
        "files": message.files,
        "thread_ts": message.thread_ts,
        "metadata": message.metadata if metadata else None,
    }
    body |= {name: value for name, value in optional.items() if value}
    if message.files:
        body |= {"upload": False, "display_as_bot": False}
    if message.by_app:
        bot = world.workspace.bot
        body |= {"bot_id": bot.bot_id, "app_id": bot.app_id, "bot_profile": bot_profile(world)}
    if message.edited_ts:
        body["edited"] = {"user": message.user, "ts": message.edited_ts}
    if message.reactions:
        body["reactions"] = [
            {"name": name, "users": users, "count": len(users)} for name, users in message.reactions.items()
        ]
    return body


def posted(world: SlackWorld, channel: Channel, message: Message) -> Json:
    """A new message; what the app posts comes back without a subtype too."""
    event = message_object(world, message, metadata=True)
    if message.files:
        event["subtype"] = "file_share"
    root = find(world, channel.id, message.thread_ts) if message.thread_ts else None
    if root is not None:
        event["parent_user_id"] = root.user
    return _placed(event, channel, message.ts)


def changed(channel: Channel, before: Json, after: Json, ts: str) -> Json:
    """An edit, an unfurled link, or a deleted root of a thread."""
    event: Json = {"type": "message", "subtype": "message_changed", "message": after, "previous_message": before}
    return _placed(event | {"hidden": True, "ts": ts}, channel, ts)


def deleted(channel: Channel, before: Json, ts: str) -> Json:
    """A message that is gone."""
    event: Json = {"type": "message", "subtype": "message_deleted", "previous_message": before}
    return _placed(event | {"hidden": True, "deleted_ts": before["ts"], "ts": ts}, channel, ts)


def reacted(message: Message, user: str, name: str, ts: str) -> Json:
    """An emoji on a message."""
    item = {"type": "message", "channel": message.channel, "ts": message.ts}
    event = {"type": "reaction_added", "user": user, "reaction": name, "item_user": message.user}
    return event | {"item": item, "event_ts": ts}


def envelope(world: SlackWorld, event: Json, *, shared: bool = False) -> Json:
    """What Slack puts around every event; `shared` of one in a channel in which another company is."""
    workspace, enterprise = world.workspace, world.enterprise
    everywhere = world.config.slack_enterprise == "organization"
    return ({"enterprise_id": enterprise["id"]} if enterprise else {}) | {
        "token": "sandbox",
        "team_id": workspace.team_id,
        "context_team_id": workspace.team_id,
        "context_enterprise_id": enterprise["id"] if enterprise else None,
        "api_app_id": workspace.bot.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": event_id(),
        "event_time": int(float(event["event_ts"])),
        "authorizations": [
            {
                "enterprise_id": enterprise["id"] if enterprise else None,
                "team_id": None if everywhere else workspace.team_id,
                "user_id": workspace.bot.user_id,
                "is_bot": True,
                "is_enterprise_install": everywhere,
            }
        ],
        "is_ext_shared_channel": shared,
        "event_context": f"4-{uuid.uuid4().hex}",
    }


def rate_limited(world: SlackWorld, minute: datetime) -> Json:
    """That events of that minute were dropped; there is nothing around it, and it names no organisation."""
    bot, since = world.workspace.bot, int(minute.timestamp())
    body: Json = {"token": "sandbox", "type": "app_rate_limited", "team_id": world.workspace.team_id}
    return body | {"minute_rate_limited": since, "api_app_id": bot.app_id}


def event_id() -> str:
    """A name for one event."""
    return f"Ev{uuid.uuid4().hex[:10].upper()}"


def find(world: SlackWorld, channel: str, ts: str) -> Message | None:
    """A message by its address."""
    return next((each for each in world.messages.get(channel, []) if each.ts == ts), None)


class At(NamedTuple):
    """A message, and the channel it stands in."""

    channel: Channel
    message: Message


def at_page(world: SlackWorld, request: Request) -> At | None:
    """The message whose page a request is for, `…/archives/{channel}/p{ts}…`; None where there is none."""
    channel, digits = world.channels.get(request.path_params["channel"]), request.path_params["ts"]
    message = find(world, channel.id, f"{digits[:-6]}.{digits[-6:]}") if channel else None
    return At(channel, message) if channel is not None and message is not None else None


def rich_text(text: str) -> list[Json]:
    """The blocks Slack's composer makes of what a person types."""
    elements: list[Json] = []
    at = 0
    for match in _MARKUP.finditer(text):
        elements += _plain(text[at : match.start()])
        elements.append(_element(match.group(1)))
        at = match.end()
    elements += _plain(text[at:])
    section = {"type": "rich_text_section", "elements": elements}
    return [{"type": "rich_text", "block_id": uuid.uuid4().hex[:5], "elements": [section]}]


def composed(text: str, world: SlackWorld) -> str:
    """What Slack's composer makes of the app's name behind an @: it offers whom it knows, in any spelling."""
    bot = world.workspace.bot
    name = r"[\s_-]?".join(map(re.escape, re.split(r"[\s_-]", bot.name)))
    return re.sub(rf"(?<![\w<])@{name}(?!\w)", f"<@{bot.user_id}>", text, flags=re.IGNORECASE)


def file_object(world: SlackWorld, user: str, name: str, *, title: str, mimetype: str, size: int, created: int) -> Json:
    """A file shared with a message."""
    file_id = f"F{uuid.uuid4().hex[:10].upper()}"
    kind = name.rpartition(".")[2].lower()
    return {
        "id": file_id,
        "created": created,
        "timestamp": created,
        "name": name,
        "title": title,
        "mimetype": mimetype,
        "filetype": kind,
        "pretty_type": kind.upper(),
        "user": user,
        "editable": False,
        "size": size,
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": True,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "permalink": f"https://{world.workspace.domain}.slack.com/files/{user}/{file_id}/{name}",
        "channels": [],
        "groups": [],
    }


def _placed(event: Json, channel: Channel, ts: str) -> Json:
    return event | {"channel": channel.id, "event_ts": ts, "channel_type": channel.type}


def _plain(text: str) -> list[Json]:
    readable = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return [{"type": "text", "text": readable}] if text else []


def _element(markup: str) -> Json:
    target, _, label = markup.partition("|")
    if target.startswith("@"):
        return {"type": "user", "user_id": target[1:]}
    if target.startswith("#"):
        return {"type": "channel", "channel_id": target[1:]}
    if target.startswith("!"):
        return {"type": "broadcast", "range": target[1:]}
    return {"type": "link", "url": target} | ({"text": label} if label else {})
