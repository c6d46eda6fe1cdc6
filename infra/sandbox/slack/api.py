"""Slack's Web API, as far as the product uses it.

Answers follow docs.slack.dev/reference/methods: failures come as HTTP 200 with `ok: false` and a code, except the rate
limit, which is HTTP 429 with Retry-After.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.sandbox.core.faults import Faults
from infra.sandbox.core.requests import arguments_of
from infra.sandbox.core.state import Clock, Json
from infra.sandbox.core.store import Store
from infra.sandbox.slack import blocks as block_kit
from infra.sandbox.slack import events
from infra.sandbox.slack.accounts import accounts, channel_object
from infra.sandbox.slack.gate import SlackGate
from infra.sandbox.slack.limits import HistoryLimit
from infra.sandbox.slack.state import Channel, Message, SlackWorld
from infra.sandbox.slack.wire import Refused, TooOften, limited, page, refusal, structure, true, within
from infra.sandbox.slack.workspace import SlackWorkspace

MAX_TEXT = 40_000


class SlackApi:
    """The methods, by name."""

    def __init__(
        self,
        store: Store[SlackWorld],
        workspace: SlackWorkspace,
        gate: SlackGate,
        faults: Faults,
        clock: Clock,
        more: Mapping[str, Callable[[Json], Json]],
    ) -> None:
        self._store = store
        self._workspace = workspace
        self._gate = gate
        self._faults = faults
        faults.offer("slack", lambda: self._methods)
        self._clock = clock
        self._limit = HistoryLimit(store, clock)
        self._methods: dict[str, Callable[[Json], Json]] = {
            **more,
            "auth.test": self._auth_test,
            "auth.teams.list": self._auth_teams_list,
            "users.list": self._users_list,
            "users.info": self._users_info,
            "conversations.list": self._conversations_list,
            "conversations.info": self._conversations_info,
            "conversations.members": self._conversations_members,
            "conversations.history": self._conversations_history,
            "conversations.replies": self._conversations_replies,
            "conversations.open": self._conversations_open,
            "chat.postMessage": self._chat_post_message,
            "chat.postEphemeral": self._chat_post_ephemeral,
            "chat.update": self._chat_update,
            "chat.delete": self._chat_delete,
            "chat.getPermalink": self._chat_get_permalink,
        }

    async def answer(self, request: Request) -> Response:
        """Answer one call."""
        method = request.path_params["method"]
        arguments = await arguments_of(request)
        self._store.count(f"slack.{method}")

        token = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        if token:
            arguments["token"] = token

        async def perform() -> Response:
            headers = {"x-oauth-scopes": ",".join(self._gate.scopes(arguments))}
            try:
                return JSONResponse(self._call(method, arguments), headers=headers)
            except TooOften as too_often:
                return limited(too_often.seconds)

        return await self._faults.answer(request, "slack", [method], perform=perform, refuse=refusal)

    def _call(self, method: str, arguments: Json) -> Json:
        try:
            self._gate.admit(method, arguments)
            if method not in self._methods:
                raise Refused("unknown_method")
            self._limit.admit(method, arguments)
            answer: Json = {"ok": True} | self._methods[method](arguments)
            self._store.changed()
        except Refused as refused:
            return refused.answer
        return answer

    def _auth_test(self, _: Json) -> Json:
        workspace = self._store.world.workspace
        bot = workspace.bot
        identity: Json = {
            "team": workspace.name,
            "user": bot.name,
            "team_id": workspace.team_id,
            "user_id": bot.user_id,
        }
        enterprise = self._store.world.enterprise
        everywhere = self._store.world.config.slack_enterprise == "organization"
        identity |= {"url": self._store.world.slack_url, "bot_id": bot.bot_id, "is_enterprise_install": everywhere}
        return identity | ({"enterprise_id": enterprise["id"]} if enterprise else {})

    def _auth_teams_list(self, _: Json) -> Json:
        workspace = self._store.world.workspace
        return {"teams": [{"id": workspace.team_id, "name": workspace.name}], "response_metadata": {"next_cursor": ""}}

    def _check_workspace(self, arguments: Json) -> None:
        """Whoever was let in by a whole organisation has to say which of its workspaces is meant."""
        world = self._store.world
        named = arguments.get("team_id")
        if world.config.slack_enterprise == "organization" and not named:
            raise Refused("missing_argument")
        if named and named != world.workspace.team_id:
            raise Refused("team_access_not_granted")

    def _users_list(self, arguments: Json) -> Json:
        self._check_workspace(arguments)
        now = self._clock()
        everybody = self._gate.people(accounts(self._store.world, now), arguments)
        members, cursor = page(everybody, arguments, name=lambda each: str(each["id"]), default=1000)
        return {"members": members, "cache_ts": int(now.timestamp()), "response_metadata": {"next_cursor": cursor}}

    def _users_info(self, arguments: Json) -> Json:
        everybody = self._gate.people(accounts(self._store.world, self._clock()), arguments)
        user = next((each for each in everybody if each["id"] == arguments.get("user")), None)
        if user is None:
            raise Refused("user_not_found")
        return {"user": user}

    def _conversations_list(self, arguments: Json) -> Json:
        names = {"channel": "public_channel", "group": "private_channel", "im": "im"}
        types = {each.strip() for each in str(arguments.get("types") or "public_channel").split(",")}
        if types - {*names.values(), "mpim"}:
            raise Refused("invalid_types")
        self._check_workspace(arguments)
        channels = [each for each in self._store.world.channels.values() if names[each.type] in types]
        chosen, cursor = page(channels, arguments, name=lambda each: each.id, default=100)
        return {"channels": [channel_object(each) for each in chosen], "response_metadata": {"next_cursor": cursor}}

    def _conversations_info(self, arguments: Json) -> Json:
        return {"channel": channel_object(self._channel(arguments))}

    def _conversations_members(self, arguments: Json) -> Json:
        members, cursor = page(self._channel(arguments).members, arguments, name=str, default=100)
        return {"members": members, "response_metadata": {"next_cursor": cursor}}

    def _conversations_history(self, arguments: Json) -> Json:
        channel = self._channel(arguments)
        messages = [each for each in self._store.world.messages[channel.id] if each.root_ts == each.ts]
        newest_first = list(filter(within(arguments), reversed(messages)))
        chosen, cursor = _messages_page(newest_first, arguments, default=100)
        answer = {"messages": self._threaded(channel, chosen, arguments), "has_more": bool(cursor), "pin_count": 0}
        return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})

    def _conversations_replies(self, arguments: Json) -> Json:
        channel = self._channel(arguments)
        root = self._workspace.find(channel.id, str(arguments.get("ts", "")))
        if root is None:
            raise Refused("thread_not_found")
        replies = filter(within(arguments), self._workspace.replies(channel.id, root.ts))
        # Slack gives the root whatever the time limits say.
        chosen, cursor = _messages_page([root, *replies], arguments, default=1000)
        answer = {"messages": self._threaded(channel, chosen, arguments), "has_more": bool(cursor)}
        return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})

    def _conversations_open(self, arguments: Json) -> Json:
        users = [each for each in str(arguments.get("users") or "").split(",") if each]
        people_ids = {person.slack_id for person in self._store.world.people}
        if not users:
            raise Refused("users_list_not_supplied")
        if len(users) > 1:
            raise Refused("method_not_supported_for_channel_type")
        if users[0] not in people_ids:
            raise Refused("user_not_found")
        open_before = any(each.user == users[0] for each in self._store.world.channels.values())
        channel = self._workspace.direct(users[0])
        answer: Json = {"channel": {"id": channel.id}}
        return answer | ({"no_op": True, "already_open": True} if open_before else {})

    def _chat_post_message(self, arguments: Json) -> Json:
        text, blocks, metadata = self._content(arguments)
        channel = self._open_channel(arguments, people=True)
        thread_ts = arguments.get("thread_ts") or None
        if thread_ts and self._workspace.find(channel.id, thread_ts) is None:
            raise Refused("thread_not_found")
        message = Message(
            ts="",
            channel=channel.id,
            user=self._store.world.workspace.bot.user_id,
            text=text,
            thread_ts=thread_ts,
            by_app=True,
            blocks=blocks or [],
            metadata=metadata,
        )
        self._workspace.post(channel, message, unfurl=true(arguments.get("unfurl_links")))
        described = events.message_object(self._store.world, message, metadata=True)
        return {"channel": channel.id, "ts": message.ts, "message": described}

    def _chat_post_ephemeral(self, arguments: Json) -> Json:
        text, _, _ = self._content(arguments)
        channel, user = self._open_channel(arguments), str(arguments.get("user") or "")
        if user not in channel.members:
            raise Refused("user_not_in_channel")
        ts = f"{self._clock().timestamp():.6f}"
        thread_ts = arguments.get("thread_ts") or None
        self._store.world.ephemerals.append(
            Message(ts=ts, channel=channel.id, user=user, text=text, thread_ts=thread_ts, by_app=True)
        )
        return {"message_ts": ts}

    def _chat_update(self, arguments: Json) -> Json:
        text, blocks, metadata = self._content(arguments)
        channel, message = self._own(arguments, "cant_update_message")
        changes: Json = {"text": text, "blocks": blocks or []}
        if metadata is not None:
            changes["metadata"] = metadata or None
        self._workspace.edit(channel, message, **changes)
        described = events.message_object(self._store.world, message, metadata=True)
        return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": described}

    def _chat_delete(self, arguments: Json) -> Json:
        channel, message = self._own(arguments, "cant_delete_message")
        self._workspace.delete(channel, message)
        return {"channel": channel.id, "ts": message.ts}

    def _chat_get_permalink(self, arguments: Json) -> Json:
        channel = self._channel(arguments)
        message = self._workspace.find(channel.id, str(arguments.get("message_ts", "")))
        if message is None:
            raise Refused("message_not_found")
        link = f"{self._store.world.slack_url}archives/{channel.id}/p{message.ts.replace('.', '')}"
        if message.root_ts != message.ts:
            link += f"?thread_ts={message.root_ts}&cid={channel.id}"
        return {"channel": channel.id, "permalink": link}

    def _content(self, arguments: Json) -> tuple[str, list[Json] | None, Json | None]:
        text = str(arguments.get("text") or "")
        blocks = structure(arguments.get("blocks"), "invalid_blocks_format")
        metadata = structure(arguments.get("metadata"), "invalid_metadata_format")
        if not text and not blocks:
            raise Refused("no_text")
        if len(text) > MAX_TEXT:
            raise Refused("msg_too_long")
        flaws = block_kit.flaws(blocks) if blocks else []
        if flaws:
            raise Refused("invalid_blocks", *flaws)
        if metadata and not (isinstance(metadata, dict) and {"event_type", "event_payload"} <= metadata.keys()):
            raise Refused("invalid_metadata_format")
        return text, cast(list[Json] | None, blocks), cast(Json | None, metadata)

    def _channel(self, arguments: Json, *, people: bool = False) -> Channel:
        name = str(arguments.get("channel") or "")
        if people and any(person.slack_id == name for person in self._store.world.people):
            return self._workspace.direct(name)
        channel = self._store.world.channels.get(name) or (self._workspace.channel(name) if people else None)
        if channel is None:
            raise Refused("channel_not_found")
        return channel

    def _open_channel(self, arguments: Json, *, people: bool = False) -> Channel:
        """A channel in which the app may write."""
        channel = self._channel(arguments, people=people)
        if channel.closed:
            raise Refused(channel.closed)
        return channel

    def _own(self, arguments: Json, otherwise: str) -> tuple[Channel, Message]:
        channel = self._open_channel(arguments)
        message = self._workspace.find(channel.id, str(arguments.get("ts", "")))
        if message is None or message.tombstone:
            raise Refused("message_not_found")
        if not message.by_app:
            raise Refused(otherwise)
        return channel, message

    def _threaded(self, channel: Channel, messages: Sequence[Message], arguments: Json) -> list[Json]:
        world = self._store.world
        metadata = true(arguments.get("include_all_metadata"))
        described = []
        for message in messages:
            body = events.message_object(world, message, metadata=metadata)
            replies = self._workspace.replies(channel.id, message.ts)
            if replies:
                users = list(dict.fromkeys(each.user for each in replies))
                body |= {"thread_ts": message.ts, "reply_count": len(replies), "latest_reply": replies[-1].ts}
                body |= {"reply_users": users, "reply_users_count": len(users), "is_locked": False}
            elif message.root_ts != message.ts:
                root = self._workspace.find(channel.id, message.root_ts)
                body |= {"parent_user_id": root.user} if root else {}
            described.append(body)
        return described


def _messages_page(messages: Sequence[Message], arguments: Json, *, default: int) -> tuple[Sequence[Message], str]:
    return page(messages, arguments, name=lambda each: each.ts, default=default)
