"""How Slack describes accounts and channels."""

from datetime import datetime
from zoneinfo import ZoneInfo

from infra.sandbox.core.state import Json, Person
from infra.sandbox.slack.events import SLACKBOT
from infra.sandbox.slack.state import Channel, SlackWorld

_SINCE = 1719210000
ELSEWHERE = "T0ELSEWHERE"
"""The workspace that strangers are of."""


def accounts(world: SlackWorld, now: datetime) -> list[Json]:
    """The people, the app's bot, and Slack's own bot, which is listed as if it were a person."""
    people = [account(world, person, now) for person in world.people]
    bot = world.workspace.bot
    profile = {"real_name": bot.name, "display_name": bot.name, "bot_id": bot.bot_id, "api_app_id": bot.app_id}
    app = _account(world, bot.user_id, bot.name, bot.name) | {"is_bot": True, "profile": profile}
    slackbot = _account(world, SLACKBOT, "slackbot", "Slackbot") | {"profile": {"real_name": "Slackbot"}}
    return [*people, app, slackbot]


def channel_object(channel: Channel) -> Json:
    """A channel or a direct message channel."""
    body: Json = {
        "id": channel.id,
        "created": _SINCE,
        "is_archived": channel.closed == "is_archived",
        "is_im": channel.type == "im",
    }
    if channel.user:
        return body | {"user": channel.user}
    return body | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.private,
        "is_group": channel.private,
        "is_private": channel.private,
        "is_member": True,
        "is_mpim": False,
        "is_ext_shared": channel.shared,
        "is_general": False,
        "num_members": len(channel.members) + 1,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def account(world: SlackWorld, person: Person, now: datetime) -> Json:
    """A person's account."""
    label, offset = _zone(person, now)
    stranger = person.slack == "stranger"
    home = {"team_id": ELSEWHERE, "is_stranger": True} if stranger else {}
    return _account(world, person.slack_id, person.handle, person.name) | {
        **home,
        "deleted": person.slack == "deactivated",
        "updated": person.slack_updated or _SINCE,
        "is_restricted": person.slack in {"guest", "single_channel_guest"},
        "is_ultra_restricted": person.slack == "single_channel_guest",
        "locale": person.locale,
        "tz": person.time_zone,
        "tz_label": label,
        "tz_offset": offset,
        "profile": {
            "real_name": person.name,
            "display_name": person.handle,
            "email": person.email,
            "title": person.title,
            "team": ELSEWHERE if stranger else world.workspace.team_id,
        },
    }


def _zone(person: Person, now: datetime) -> tuple[str, int]:
    """What Slack says of a person's zone; it may know one that nobody here does."""
    try:
        local = now.astimezone(ZoneInfo(person.time_zone))
    except (KeyError, ValueError, OSError):
        return person.time_zone, person.tz_offset
    offset = local.utcoffset()
    return local.tzname() or person.time_zone, int(offset.total_seconds()) if offset else 0


def _account(world: SlackWorld, user_id: str, name: str, real_name: str) -> Json:
    account = {"id": user_id, "team_id": world.workspace.team_id, "name": name, "real_name": real_name}
    zone = {"tz": "Etc/UTC", "tz_label": "UTC", "tz_offset": 0}
    return account | zone | {"deleted": False, "is_bot": False, "is_app_user": False, "updated": _SINCE}
