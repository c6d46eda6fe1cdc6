"""Slack as a `Chat`.

A message of ours carries its id in Slack's message metadata, so that after a lost answer it is found; Slack itself has
no idempotency key. What was said is read by two methods, `conversations.history` and `conversations.replies`, which
answer an app that is not in Slack's Marketplace once a minute, with 15 messages. So only `history`, `replies` and
the two `find_…` call them. They need the scopes `channels:history`, `im:history` and, for private channels,
`groups:read` and `groups:history`.
"""

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from http import HTTPStatus
from http.client import HTTPException
from socket import gaierror
from ssl import SSLContext, create_default_context
from typing import TYPE_CHECKING, Any, NamedTuple, assert_never
from urllib.error import URLError

from pydantic import BaseModel, ValidationError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse
from slack_sdk.webhook import WebhookClient, WebhookResponse

from pm_assistant.domain import causes
from pm_assistant.domain.errors import (
    AccessRevoked,
    Conflict,
    NotFound,
    ProductError,
    RateLimited,
    UpstreamError,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.domain.forms import Form
from pm_assistant.domain.home import Home as HomePage
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.people import Flaw, Listing
from pm_assistant.domain.previews import Preview
from pm_assistant.domain.replies import Reply
from pm_assistant.domain.reports import Card, Notice, Report
from pm_assistant.domain.surfaces import SessionStatus
from pm_assistant.domain.tenants import Member, Provider
from pm_assistant.domain.work import Channel, ChannelPage, Listed, Message, MessagePage
from pm_assistant.integrations import policy
from pm_assistant.integrations.pages import all_rows, whole
from pm_assistant.integrations.policy import NotSent, Unanswered
from pm_assistant.integrations.rows import readable_rows, rows_that_fit
from pm_assistant.integrations.slack.accounts import Home, User
from pm_assistant.integrations.slack.blocks import (
    card_blocks,
    card_text,
    escape,
    notice_blocks,
    notice_text,
    report_blocks,
    report_text,
)
from pm_assistant.integrations.slack.home import home_view
from pm_assistant.integrations.slack.replies import is_slacks, reply_body
from pm_assistant.integrations.slack.views import form_view
from pm_assistant.integrations.slack.wire import SPEECH, SlackMessage

if TYPE_CHECKING:
    from pm_assistant.ports.vendors import Watch

PAGE = 999
"""What we ask for, the most that each of these methods takes; Slack may give less."""
RATION = 15
"""What it gives those at most whom it also answers once a minute only."""
MAX_SESSION_TITLE = 200
CLOCKS_DIFFER = timedelta(minutes=1)
"""By how much our clocks and Slack's may."""
LANDS_WITHIN = timedelta(minutes=1)
"""How long after an attempt began its message may come to stand."""

CARD, REPORT, NOTICE = "pm_assistant_card", "pm_assistant_report", "pm_assistant_notice"
"""`event_type` of the metadata on our messages."""

_REVOKED = {"invalid_auth", "token_revoked", "token_expired", "account_inactive", "not_authed"}
_GONE = {"thread_not_found", "message_not_found", "channel_not_found", "is_archived", "not_in_channel"}
_GONE |= {"expired_trigger_id", "invalid_trigger_id", "trigger_expired", "entity_metadata_does_not_match_trigger"}
_GONE |= {
    "cannot_unfurl_url",
    "cannot_unfurl_message",
    "cannot_find_message",
    "cannot_find_channel",
    "invalid_unfurl_id",
}
_GONE |= {"user_not_found", "users_not_found", "user_not_visible", "user_not_in_channel", "user_disabled"}
_CLOSED = {
    "cannot_reply_to_message",
    "cant_update_message",
    "channel_is_limited_access",
    "edit_window_closed",
    "ekm_access_denied",
    "messages_tab_disabled",
    "msg_blocked",
    "no_permission",
    "not_enabled",
    "not_allowed_in_channel",
    "team_access_not_granted",
    "thread_locked",
    "user_is_restricted",
}
"""Lasting conditions of a place (docs.slack.dev, reference/methods/chat.postMessage): we may not write there. So is
every code that begins with one of `_CLOSED_FAMILIES`."""
_CLOSED_FAMILIES = ("restricted_action", "slack_connect_")
_PASSING = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
_PASSING |= {"team_added_to_org", "org_login_required"}
"""Troubles of Slack's own, among them a workspace's move into an organisation, which takes its time."""
_ONCE = {"chat.postMessage", "chat.postEphemeral"}
"""What stands there twice if it is asked for twice; what else we ask for ends the same."""

_UNHEARD = logging.Logger("slack_sdk")
_UNHEARD.disabled = True
"""What slack_sdk logs quotes answers, people's words included; what went wrong our own errors say."""


class SlackChat:
    """One workspace, seen with one token.

    Args:
        token: bot or user token of the tenant.
        base_url: of the Web API, with trailing slash.
        timeout: seconds for one request; keep it well below the function's own.
        watch: is told how Slack answers.
    """

    def __init__(
        self, token: str, base_url: str, *, timeout: int = int(policy.READ_SECONDS), watch: "Watch" = policy.UNWATCHED
    ) -> None:
        # The SDK's own retries know neither what may be repeated nor when to stop.
        self._client = _Client(token, base_url, timeout, ssl=_trusted(), retry_handlers=[], logger=_UNHEARD)
        self._client.watch = watch

    def channels(self, *, cursor: str | None = None) -> ChannelPage:
        """A page of the channels that we are in; of private ones as far as we may know of them.

        Where a whole organisation let us in its workspaces come one after the other, and what several have in common
        comes more than once.
        """
        listing = _Listing.model_validate_json(cursor) if cursor else _Listing()
        try:
            listing, page = self._in_each_workspace(listing, self._conversations)
        except MissingScope:
            # Reading private channels is the tenant's choice; without the scope there are none for us.
            if not listing.private:
                raise
            listing = listing.model_copy(update={"private": False})
            page = self._conversations(listing)
        rows = _field(page, "channels") if page is not None else ()
        after = listing.after(_next_cursor(page) if page is not None else None)
        found = tuple(_channel(row) for row in rows if row.get("is_member"))
        return ChannelPage(channels=found, cursor=after.model_dump_json() if after else None)

    def history(
        self,
        channel: Channel,
        *,
        since: datetime,
        roots_since: datetime,
        until: datetime | None = None,
        cursor: str | None = None,
    ) -> MessagePage:
        """A page of what people said or edited since then in a channel, latest first.

        `received_at` is Slack's own time of the text, so that a repeated read yields equal messages.
        """
        oldest = f"{roots_since.timestamp():.6f}"
        ends: dict[str, object] = {"oldest": oldest}
        ends |= {"latest": f"{until.timestamp():.6f}", "inclusive": True} if until is not None else {}
        page = self._page_of(self._client.conversations_history, channel=channel.id, cursor=cursor, **ends)
        threads = tuple(raw.ts for raw in page.raws if raw.ts and _answered(raw, since))
        said = tuple(message for raw in page.raws for message in _said_since(since, channel, raw))
        moments = [datetime.fromtimestamp(float(raw.ts), UTC) for raw in page.raws if raw.ts]
        oldest_root = min(moments, default=None)
        return MessagePage(
            messages=said,
            listed=page.listed,
            threads=threads,
            oldest=oldest_root,
            rationed=page.rationed,
            cursor=page.cursor,
        )

    def replies(self, channel: Channel, root_ts: str, *, since: datetime, cursor: str | None = None) -> MessagePage:
        """A page of what people replied in a thread since then; its root comes with the channel."""
        page = self._page_of(
            self._client.conversations_replies,
            channel=channel.id,
            ts=root_ts,
            oldest=f"{since.timestamp():.6f}",
            inclusive=True,
            cursor=cursor,
        )
        replies = (raw for raw in page.raws if raw.ts != root_ts)
        said = tuple(message for raw in replies for message in _said_since(since, channel, raw))
        return MessagePage(messages=said, listed=page.listed, rationed=page.rationed, cursor=page.cursor)

    def members(self) -> Listing[Member]:
        """The people, those who left among them: Slack goes on listing a deactivated account."""
        people = whole(lambda cursor: self.page_of_members(cursor=cursor), vendor="Slack")
        return Listing({person.id: person for person in people}.values(), people.flaws)

    def page_of_members(self, *, cursor: str | None = None) -> Listing[Member]:
        """A page of them, of one workspace after the other where a whole organisation let us in."""
        listing = _Listing.model_validate_json(cursor) if cursor else _Listing()
        listing, page = self._in_each_workspace(listing, self._users)
        with translated():
            rows = _field(page, "members") if page is not None else ()
            users = rows_that_fit(User, rows) if cursor else readable_rows(User, rows, vendor="Slack")
            following = _next_cursor(page) if page is not None else None
        people = [user for user in users if user.is_person]
        unknown = [
            Flaw(id=user.id, problem=f"time zone: unknown, taken for {user.zone}")
            for user in people
            if user.has_unknown_zone
        ]
        home = listing.home or (self._home() if any(user.team_id for user in people) else None)
        after = listing.model_copy(update={"home": home}).after(following)
        return Listing(
            [user.member(home) for user in people],
            [*users.flaws, *unknown],
            cursor=after.model_dump_json() if after else None,
        )

    def member(self, user_id: str) -> Member:
        """One account as it is now."""
        with translated():
            user = User.model_validate(_field(self._client.users_info(user=user_id, include_locale=True), "user"))
        if not user.is_person:
            raise NotFound(Translatable("this account is no person's"))
        return user.member(self._home() if user.team_id else None)

    def post(self, channel: str, root_ts: str, card: Card) -> str:
        """Put a card into a thread."""
        return self._send(channel, CARD, card.id, card_text(card), card_blocks(card), thread_ts=root_ts)

    def find_card(self, channel: str, root_ts: str, card: Card, *, since: datetime) -> str | None:
        """Look for a card in the thread's messages of that time."""
        return self._find(channel, CARD, card.id, since=since, below=root_ts)

    def update(self, channel: str, ts: str, card: Card) -> None:
        """Replace a card's content."""
        self._update(channel, ts, CARD, card.id, card_text(card), card_blocks(card))

    def open_form(self, trigger_id: str, form: Form) -> None:
        """Open a modal; where it is open already, it stays."""
        with suppress(AlreadyOpen), translated():
            self._client.views_open(trigger_id=trigger_id, view=form_view(form))

    def publish_home(self, user_id: str, home: HomePage, *, over: str | None = None) -> str:
        """Show a person's home tab."""
        version = {"hash": over} if over is not None else {}
        try:
            with translated():
                answer = self._client.views_publish(user_id=user_id, view=home_view(home), **version)
                return str(_field(answer, "view")["hash"])
        except Outdated:
            raise Conflict("another version of the page is shown by now") from None

    def unfurl(self, unfurl_id: str, source: str, previews: Mapping[str, Preview]) -> None:
        """Show previews below links, and as entities that lead to details."""
        from pm_assistant.integrations.slack.previews import entity, unfurls

        entities = [entity(preview, link) for link, preview in previews.items()]
        with translated():
            self._client.chat_unfurl(
                unfurl_id=unfurl_id, source=source, unfurls=unfurls(previews), metadata={"entities": entities}
            )

    def present_details(self, trigger_id: str, details: Preview | None) -> None:
        """Show one person an entity's details, or that it is none of theirs."""
        from pm_assistant.integrations.slack.previews import RESTRICTED, entity

        shown = {"metadata": entity(details)} if details is not None else {"error": RESTRICTED}
        with translated():
            self._client.entity_presentDetails(trigger_id, **shown)

    def show_session(self, channel: str, root_ts: str, status: SessionStatus, *, title: str | None = None) -> None:
        """Set a session's status; Slack shows a stop button while it is `processing`."""
        named = {"title": escape(title, MAX_SESSION_TITLE)} if title else {}
        with translated():
            self._client.agents_sessions_setStatus(channel_id=channel, thread_ts=root_ts, status=status, **named)

    def post_ephemeral(self, channel: str, root_ts: str, user_id: str, text: str) -> None:
        """Say something in a thread that one person alone sees."""
        with translated():
            self._client.chat_postEphemeral(channel=channel, user=user_id, text=escape(text), thread_ts=root_ts)

    def channel(self, channel_id: str) -> Channel:
        """A channel as it is now."""
        with translated():
            return _channel(_field(self._client.conversations_info(channel=channel_id), "channel"))

    def people_in(self, channel_id: str) -> Sequence[str]:
        """The accounts of who is in a channel."""

        def page_at(cursor: str | None) -> tuple[Iterable[str], str | None]:
            with translated():
                page = self._client.conversations_members(channel=channel_id, limit=PAGE, cursor=cursor)
                return _field(page, "members"), _next_cursor(page)

        return list(all_rows(page_at, vendor="Slack"))

    def post_report(self, channel_id: str, report: Report, *, below: str | None = None) -> str:
        """Post in a channel or in a thread of it."""
        return self._send(channel_id, REPORT, report.id, report_text(report), report_blocks(report), thread_ts=below)

    def update_report(self, channel_id: str, ts: str, report: Report) -> None:
        """Replace what a report says."""
        self._update(channel_id, ts, REPORT, report.id, report_text(report), report_blocks(report))

    def find_report(self, channel_id: str, report: Report, *, since: datetime, below: str | None = None) -> str | None:
        """Look for a report among the messages of that time in a channel, or in a thread of it."""
        return self._find(channel_id, REPORT, report.id, since=since, below=below)

    def respond(self, address: str, reply: Reply) -> None:
        """Answer what one person has asked for, five times at most within half an hour."""
        if not is_slacks(address, self._client.base_url):
            raise UpstreamRejected(Translatable("this address is none of Slack's"))
        hook = WebhookClient(address, timeout=self._client.timeout, ssl=_trusted(), retry_handlers=[], logger=_UNHEARD)

        def say() -> None:
            with translated():
                answer = hook.send_dict(reply_body(reply))
            if answer.status_code != HTTPStatus.OK:
                raise _not_taken(answer)

        policy.retried(say, repeatable=False)

    def direct_channel(self, user_id: str) -> str:
        """The conversation with one person; Slack opens it if need be."""
        with translated():
            return str(_field(self._client.conversations_open(users=user_id), "channel")["id"])

    def direct_message(self, user_id: str, report: Report | Notice, *, below: str | None = None) -> str:
        """Send to one person; Slack opens the conversation if need be."""
        match report:
            case Report():
                blocks = report_blocks(report, own=below is None)
                return self._send(user_id, REPORT, report.id, report_text(report), blocks, thread_ts=below)
            case Notice():
                return self._send(user_id, NOTICE, report.id, notice_text(report), notice_blocks(report))
            case _:
                assert_never(report)

    def find_direct_message(
        self, user_id: str, report: Report | Notice, *, since: datetime, below: str | None = None
    ) -> str | None:
        """Look for a message among those of that time in the conversation with that person."""
        channel = self.direct_channel(user_id)
        kind = REPORT if isinstance(report, Report) else NOTICE
        return self._find(channel, kind, report.id, since=since, below=below)

    def _find(self, channel: str, kind: str, id: str, *, since: datetime, below: str | None) -> str | None:
        """Look for a message of ours in a channel, or in a thread of it."""
        asked: dict[str, Any] = {"channel": channel, **_sent_about(since)}
        if below is None:
            return _ours(self._all(self._client.conversations_history, "messages", **asked), kind, id)
        return _ours(self._all(self._client.conversations_replies, "messages", ts=below, **asked), kind, id)

    def _send(
        self, channel: str, kind: str, id: str, text: str, blocks: list[dict[str, object]], thread_ts: str | None = None
    ) -> str:
        with translated():
            answer = self._client.chat_postMessage(
                channel=channel,
                text=text,
                blocks=blocks,
                thread_ts=thread_ts,
                metadata=_metadata(kind, id),
                unfurl_links=False,
                unfurl_media=False,
            )
            return str(_field(answer, "ts"))

    def _update(self, channel: str, ts: str, kind: str, id: str, text: str, blocks: list[dict[str, object]]) -> None:
        with translated():
            self._client.chat_update(channel=channel, ts=ts, text=text, blocks=blocks, metadata=_metadata(kind, id))

    def _home(self) -> Home:
        with translated():
            answer = self._client.auth_test()
            return Home.model_validate(answer.data)

    def _in_each_workspace(
        self, listing: "_Listing", page_of: Callable[["_Listing"], SlackResponse]
    ) -> "tuple[_Listing, SlackResponse | None]":
        """A page of a list; where a whole organisation let us in of its first workspace, None if there is none.

        There Slack wants to be told which (docs.slack.dev, reference/methods/users.list, `team_id`).
        """
        try:
            return listing, page_of(listing)
        except WhichWorkspace:
            teams = tuple(str(team["id"]) for team in self._all(self._client.auth_teams_list, "teams"))
            listing = listing.model_copy(update={"teams": teams})
            return listing, page_of(listing) if teams else None

    def _users(self, listing: "_Listing") -> SlackResponse:
        """A page of the people of a workspace."""
        team_id = listing.teams[0] if listing.teams else None
        with translated():
            return self._client.users_list(limit=PAGE, cursor=listing.cursor, team_id=team_id, include_locale=True)

    def _conversations(self, listing: "_Listing") -> SlackResponse:
        """A page of the channels of a workspace; public and private ones together."""
        types = "public_channel,private_channel" if listing.private else "public_channel"
        team = {"team_id": listing.teams[0]} if listing.teams else {}
        with translated():
            return self._client.conversations_list(
                types=types, exclude_archived=True, limit=PAGE, cursor=listing.cursor, **team
            )

    def _page_of(self, method: Callable[..., SlackResponse], **arguments: object) -> "_RawPage":
        """One page of messages; nothing of what is gone."""
        try:
            with translated():
                page = method(**arguments, limit=PAGE)
                raws, following = [_read(raw) for raw in _field(page, "messages")], _next_cursor(page)
        except NotFound:
            return _RawPage([], None, rationed=False, listed=None)
        listed = tuple(raw.listed for raw in raws if raw.ts)
        return _RawPage(raws, following, rationed=following is not None and len(raws) <= RATION, listed=listed)

    def _all(self, method: Callable[..., SlackResponse], key: str, **arguments: object) -> Iterator[Mapping[str, Any]]:
        def page_at(cursor: str | None) -> tuple[Iterable[Mapping[str, Any]], str | None]:
            with translated():
                page = method(**arguments, limit=PAGE, cursor=cursor)
                return _field(page, key), _next_cursor(page)

        return all_rows(page_at, vendor="Slack")


class _RawPage(NamedTuple):
    """A page of messages as Slack writes them."""

    raws: Sequence[SlackMessage]
    cursor: str | None
    rationed: bool
    listed: tuple[Listed, ...] | None


class _Listing(BaseModel):
    """How far the list of channels, or of people, has been read; our cursor.

    Attributes:
        teams: of an organisation, workspaces that are still to be listed; the first is being listed.
        private: whether private channels are asked for.
        home: who let us in, where that has been asked.
        cursor: Slack's own.
    """

    teams: tuple[str, ...] = ()
    private: bool = True
    home: Home | None = None
    cursor: str | None = None

    def after(self, following: str | None) -> "_Listing | None":
        """The list with one more page behind it; None if that was the last one."""
        teams = self.teams if following else self.teams[1:]
        return self.model_copy(update={"teams": teams, "cursor": following}) if following or teams else None


@cache
def _trusted() -> SSLContext:
    """Who may vouch for Slack; left alone the SDK reads their certificates for each request."""
    return create_default_context()


class _Client(WebClient):
    """The SDK's client, which asks as our policy says.

    What it is told of a limit is of one method, if not of one channel: nobody else has to wait for that.
    """

    watch: "Watch"

    def api_call(self, api_method: str, **arguments: Any) -> SlackResponse:
        """Call a method, and raise the product's own errors."""

        def ask() -> SlackResponse:
            with translated():
                return WebClient.api_call(self, api_method, **arguments)

        try:
            answer = policy.retried(ask, repeatable=api_method not in _ONCE)
        except Unanswered:
            self.watch.failed()
            raise
        except RateLimited:
            raise
        except ProductError:
            self.watch.answered()
            raise
        self.watch.answered()
        return answer


class WhichWorkspace(UpstreamRejected):
    """The token is good for several workspaces, and the method wants to be told which is meant."""


class AlreadyOpen(UpstreamRejected):
    """What lets us show something to somebody has done so before."""


class Outdated(UpstreamRejected):
    """What we would show in another's place is not in its place any more."""


class MissingScope(UpstreamRejected):
    """The tenant has not granted us what the method needs."""


_REFUSED = {"missing_argument": WhichWorkspace, "exchanged_trigger_id": AlreadyOpen, "hash_conflict": Outdated}


@contextmanager
def translated() -> Iterator[None]:
    """Turn whatever slack_sdk raises into the product's own errors.

    The cause is cut off on purpose: Slack's exceptions carry the whole answer, people's words included.
    """
    try:
        yield
    except SlackApiError as error:
        raise _kind(error) from None
    except (OSError, HTTPException) as error:
        reason = error.reason if isinstance(error, URLError) else error
        kind = NotSent if isinstance(reason, (ConnectionRefusedError, gaierror)) else Unanswered
        raise kind(causes.did_not_answer("Slack", error)) from None
    except (SlackClientError, KeyError, TypeError, ValueError) as error:
        raise UpstreamUnavailable(causes.is_of_another_form("Slack", type(error).__name__)) from None


def _field(answer: SlackResponse, name: str) -> Any:
    value = answer.get(name)
    if value is None:
        raise KeyError(name)
    return value


def _kind(error: SlackApiError) -> UpstreamError | NotFound:
    response = error.response
    code = _code(response)
    if response.status_code == 429 or code in {"ratelimited", "rate_limited"}:
        seconds = policy.rest_asked_for(response.headers, now=datetime.now(UTC))
        return RateLimited(causes.asks_to_slow_down("Slack"), retry_after=seconds)
    if response.status_code >= 500 or code in _PASSING or not code:
        return Unanswered(causes.failed_with("Slack", response.status_code))
    if code in _REVOKED:
        return AccessRevoked(causes.refuses_token("Slack", code), provider=Provider.SLACK)
    if code in _GONE:
        return NotFound(Translatable("Slack has no such place any more: {code}", code=code))
    if code in _CLOSED or code.startswith(_CLOSED_FAMILIES):
        return NotFound(Translatable("Slack does not let us write there: {code}", code=code))
    if code == "missing_scope":
        return MissingScope(Translatable("Slack needs the scope {scope}", scope=str(response.get("needed", ""))[:200]))
    refused = _REFUSED.get(code, UpstreamRejected)
    return refused(causes.refused("Slack", code))


def _not_taken(answer: WebhookResponse) -> UpstreamError | NotFound:
    """Why an answer to what somebody has asked for is not taken: its time is over, or it is one too many."""
    status = answer.status_code
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        return NotFound(Translatable("Slack takes no answer there any more"))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        seconds = policy.rest_asked_for(answer.headers, now=datetime.now(UTC))
        return RateLimited(causes.asks_to_slow_down("Slack"), retry_after=seconds)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unanswered(causes.failed_with("Slack", status))
    return UpstreamRejected(causes.refused_with("Slack", status))


def _code(response: SlackResponse) -> str:
    """Slack's word for what went wrong; none where slack_sdk has put there what it could not read."""
    code = str(response.get("error", ""))
    return code if re.fullmatch(r"\w{1,80}", code, re.ASCII) else ""


def _metadata(kind: str, id: str) -> dict[str, Any]:
    return {"event_type": kind, "event_payload": {"id": id}}


def _ours(messages: Iterator[Mapping[str, Any]] | Sequence[Mapping[str, Any]], kind: str, id: str) -> str | None:
    return next((str(m["ts"]) for m in messages if m.get("metadata") == _metadata(kind, id)), None)


def _sent_about(began_at: datetime) -> dict[str, Any]:
    """What asks for the messages that an attempt which began then can have left."""
    first, last = began_at - CLOCKS_DIFFER, began_at + LANDS_WITHIN + CLOCKS_DIFFER
    ends = {"oldest": f"{first.timestamp():.6f}", "latest": f"{last.timestamp():.6f}"}
    return {**ends, "include_all_metadata": True}


def _next_cursor(page: SlackResponse) -> str | None:
    return str((page.get("response_metadata") or {}).get("next_cursor") or "") or None


def _answered(root: SlackMessage, since: datetime) -> bool:
    return float(root.latest_reply or 0) >= since.timestamp()


def _read(raw: Mapping[str, Any]) -> SlackMessage:
    try:
        return SlackMessage.model_validate(raw)
    except ValidationError:
        raise UpstreamUnavailable(causes.is_of_another_form("Slack", "message")) from None


def _said_since(since: datetime, place: Channel, raw: SlackMessage) -> Iterator[Message]:
    if raw.ts is None or raw.user is None or raw.by_bot or raw.subtype not in SPEECH:
        return
    edited_ts = raw.edited.ts if raw.edited else None
    written = datetime.fromtimestamp(float(edited_ts or raw.ts), UTC)
    if written >= since:
        yield raw.to_message(
            channel=place.id,
            ts=raw.ts,
            author=raw.user,
            edited_ts=edited_ts,
            private=place.private,
            outside=place.outside,
            received_at=written,
        )


def _channel(row: Mapping[str, Any]) -> Channel:
    return Channel(
        id=str(row["id"]), name=str(row.get("name") or ""), private=_is_private(row), outside=_is_outside(row)
    )


def _is_private(channel: Mapping[str, Any]) -> bool:
    """Whether not only the workspace listens, or not all of it; a channel about to be shared with a company counts.

    Fields of a conversation: docs.slack.dev, reference/objects/conversation-object.
    """
    return any(channel.get(sign) for sign in ("is_private", "is_mpim")) or _is_outside(channel)


def _is_outside(channel: Mapping[str, Any]) -> bool:
    return any(channel.get(sign) for sign in ("is_ext_shared", "is_pending_ext_shared"))
