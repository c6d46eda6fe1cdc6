"""What Slack lets an app do, and which scope each method needs (docs.slack.dev/reference/scopes)."""

from infra.sandbox.core.state import Json
from infra.sandbox.slack.state import Channel, SlackWorld

SCOPES = {
    "app_mentions:read": "See messages that mention it in conversations it is in",
    "assistant:write": "Act as an agent",
    "channels:history": "See messages in public channels it is in",
    "channels:join": "Join public channels",
    "channels:read": "See basic information about public channels",
    "chat:write": "Send messages under its own name",
    "chat:write.public": "Send messages to channels it is not in",
    "commands": "Add shortcuts and slash commands",
    "emoji:read": "See custom emoji",
    "files:read": "See files shared in conversations it is in",
    "groups:history": "See messages in private channels it is in",
    "groups:read": "See basic information about private channels it is in",
    "im:history": "See direct messages with it",
    "im:read": "See basic information about direct messages with it",
    "im:write": "Start direct messages with people",
    "links:read": "See addresses in messages",
    "links:write": "Show previews of addresses in messages",
    "mpim:history": "See messages in group direct messages it is in",
    "mpim:read": "See basic information about group direct messages it is in",
    "reactions:read": "See emoji reactions in conversations it is in",
    "reactions:write": "Add and remove emoji reactions",
    "team:read": "See the name, domain and icon of the workspace",
    "users:read": "See people in the workspace",
    "users:read.email": "See e-mail addresses of people in the workspace",
    "usergroups:read": "See user groups in the workspace",
}
_METHODS = {
    "users.list": "users:read",
    "users.info": "users:read",
    "conversations.open": "im:write",
    "chat.postMessage": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "chat.unfurl": "links:write",
    "agents.sessions.setStatus": "chat:write",
}
_HISTORY = {"channel": "channels:history", "group": "groups:history", "im": "im:history"}
_LISTED = {
    "public_channel": "channels:read",
    "private_channel": "groups:read",
    "mpim": "mpim:read",
    "im": "im:read",
}


_CHANNEL_EVENTS = ("channel_", "group_", "member_joined_channel")
_EVENTS = {"team_join": "users:read", "user_change": "users:read", "reaction_added": "reactions:read"}
_EVENTS |= {"link_shared": "links:read"}


def tells(world: SlackWorld, kind: str, channel: Channel | None = None) -> bool:
    """Whether the app was granted what an event of that type takes (docs.slack.dev/reference/events).

    Where nobody has let it in yet, the seeded tokens' word counts, which may do all there is to do.
    """
    if kind == "message" and channel is not None:
        scope = _HISTORY[channel.type]
    elif channel is not None and kind.startswith(_CHANNEL_EVENTS):
        scope = "groups:read" if channel.private else "channels:read"
    else:
        scope = _EVENTS.get(kind, "")
    return not scope or granted(world, scope)


def granted(world: SlackWorld, scope: str) -> bool:
    """Whether anybody has granted a scope that counts still."""
    tokens = [each for each in world.tokens.values() if each.vendor == "slack" and not each.revoked]
    chosen = [each.scopes for each in tokens if each.scopes is not None]
    return not chosen or any(scope in scopes for scopes in chosen)


def needed(world: SlackWorld, method: str, arguments: Json) -> set[str]:
    """The scopes a call takes."""
    match method:
        case "conversations.history" | "conversations.replies":
            channel = world.channels.get(str(arguments.get("channel")))
            return {_HISTORY[channel.type]} if channel else set()
        case "conversations.info" | "conversations.members":
            channel = world.channels.get(str(arguments.get("channel")))
            return {_LISTED["private_channel" if channel.private else "public_channel"]} if channel else set()
        case "conversations.list":
            types = {each.strip() for each in str(arguments.get("types") or "public_channel").split(",")}
            return {_LISTED[each] for each in types if each in _LISTED}
        case _:
            return {_METHODS[method]} if method in _METHODS else set()
