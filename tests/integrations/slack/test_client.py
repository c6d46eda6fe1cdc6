"""Slack's Web API as it behaves on bad days, and what exactly we send it."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest
from jsonschema_rs import Draft7Validator

from pm_assistant.domain import catch_up
from pm_assistant.domain.errors import (
    AccessRevoked,
    NotFound,
    ProductError,
    RateLimited,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.domain.reports import Card, CardEntry, Line, Notice, Report, ReportKind, Section
from pm_assistant.domain.tenants import Provider, Standing
from pm_assistant.domain.work import Message
from pm_assistant.integrations.slack.client import SlackChat
from pm_assistant.runtime.batch import family_of
from tests.builders import NOW
from tests.contracts.vendor_contracts import given, load, needs_contracts
from tests.reading import channels_of, pages_of

CARD = Card(id="card-1", entries=(CardEntry(headline="Commented on", link_text="ENG-1", url="https://x.test/1"),))
REPORT = Report(
    id="run-1",
    kind=ReportKind.STANDUP,
    title="Standup",
    day=date(2026, 11, 20),
    sections=(Section(title="Done", lines=(Line(text="ENG-1", url="https://x.test/1"),)),),
)

type Answer = tuple[int, dict[str, str], bytes]
type Script = Callable[[str, dict[str, Any]], Answer]


def ok(**body: Any) -> Answer:
    """A good answer."""
    return 200, {}, json.dumps({"ok": True, **body}).encode()


def no(code: str, status: int = 200, **more: Any) -> Answer:
    """A refusal; the Web API says no with status 200."""
    headers = more.pop("headers", {})
    return status, headers, json.dumps({"ok": False, "error": code, **more}).encode()


@contextmanager
def slack(script: Script) -> Iterator[tuple[SlackChat, list[tuple[str, dict[str, Any]]]]]:
    """A Slack that answers by a script, and the calls it got."""
    calls: list[tuple[str, dict[str, Any]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            arguments = json.loads(raw) if raw.startswith("{") else _form(raw)
            calls.append((self.path.rpartition("/")[2], arguments))
            status, headers, body = script(*calls[-1])
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield SlackChat("xoxb-1", f"http://127.0.0.1:{server.server_port}/api/", timeout=2), calls
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _form(raw: str) -> dict[str, Any]:
    return dict(parse_qsl(raw))


def said(chat: SlackChat, since: datetime) -> list[Message]:
    """All that people said since then."""
    pages = (page for channel in channels_of(chat) for page in pages_of(chat, channel, since))
    return [message for page in pages for message in page.messages]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        *((no(code), AccessRevoked) for code in ("invalid_auth", "token_revoked", "token_expired", "account_inactive")),
        (no("not_authed"), AccessRevoked),
        (no("ratelimited", 429, headers={"Retry-After": "17"}), RateLimited),
        (no("ratelimited"), RateLimited),
        (no("internal_error"), UpstreamUnavailable),
        (no("fatal_error", 500), UpstreamUnavailable),
        ((503, {}, b"<html>upstream connect error</html>"), UpstreamUnavailable),
        ((200, {}, b"{not json"), UpstreamUnavailable),
        ((200, {}, b'{"ok": false}'), UpstreamUnavailable),
        ((403, {}, b"<html>blocked</html>"), UpstreamUnavailable),
        (no("team_added_to_org"), UpstreamUnavailable),
        (no("org_login_required"), UpstreamUnavailable),
        (no("channel_not_found"), NotFound),
        (no("thread_not_found"), NotFound),
        (no("msg_too_long"), UpstreamRejected),
        (no("missing_scope", needed="chat:write"), UpstreamRejected),
        (ok(), UpstreamUnavailable),
    ],
)
def test_every_failure_becomes_one_of_ours(
    answer: Answer, error: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    """What repeating helps is told apart from what it does not; nobody's log quotes the answer."""
    with slack(lambda method, _: answer) as (chat, _), pytest.raises(error) as caught:
        chat.direct_message("U1", REPORT)

    assert error.__name__ == family_of(caught.value) or "scope" in str(caught.value)
    assert caught.value.__cause__ is None
    assert not caplog.records


@needs_contracts
@pytest.mark.parametrize("path", given("slack/given/responses"), ids=lambda path: path.name)
def test_recorded_answers_never_break_the_reading_of_people(path: Any) -> None:
    """Whatever answer came to whatever question, it is read or becomes an error of ours."""
    body = path.read_bytes()
    with slack(lambda *_: (200, {}, body)) as (chat, calls):
        try:
            members = list(zip(range(1), chat.members(), strict=False)) if b"next_cursor" not in body else []
        except ProductError:
            members = []

    assert all(member.slack_id for _, member in members)
    assert len([method for method, _ in calls if method != "auth.test"]) <= 1


def test_the_waiting_time_is_slacks_own() -> None:
    """And it is bounded."""
    waits = []
    for header in ("17", "0", "999999", "soon", ""):
        limited = no("ratelimited", 429, headers={"Retry-After": header})
        with slack(lambda *_, answer=limited: answer) as (chat, _), pytest.raises(RateLimited) as caught:
            chat.members()
        waits.append(caught.value.retry_after)

    assert [17.0, 1.0, 3600.0, 60.0, 60.0] == waits


def test_nobody_there_is_an_outage() -> None:
    """A refused connection may work later."""
    with slack(lambda *_: ok()) as (chat, _):
        pass

    with pytest.raises(UpstreamUnavailable, match="Slack did not answer"):
        chat.members()


@pytest.mark.parametrize(
    "code",
    [
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked",
        "restricted_action_of_next_year",
        "cannot_reply_to_message",
        "msg_blocked",
        "thread_locked",
        "is_archived",
        "not_in_channel",
        "messages_tab_disabled",
        "team_access_not_granted",
        "user_is_restricted",
    ],
)
def test_a_place_where_we_may_not_write_is_no_place_for_us(code: str) -> None:
    """Repeating would not help, and no message of ours is at fault: the caller learns it and decides."""
    with slack(lambda *_: no(code)) as (chat, _):
        with pytest.raises(NotFound, match=code):
            chat.update("C1", "1.1", CARD)
        with pytest.raises(NotFound, match=code):
            chat.post_ephemeral("C1", "1.1", "U1", "x")


def test_errors_never_quote_what_people_said() -> None:
    """Slack's answer may hold messages; ours go to the log."""
    refusal = no("invalid_blocks", message={"text": "secret words"})
    with slack(lambda *_: refusal) as (chat, _), pytest.raises(UpstreamRejected) as caught:
        chat.update("C1", "1.1", CARD)

    assert "Slack refused: invalid_blocks" == str(caught.value)
    assert caught.value.__suppress_context__


@needs_contracts
def test_what_we_send_is_what_slack_documents() -> None:
    """Every call of every method of ours, against the official argument types."""
    schema = load("slack/schema/webapi.requests.schema.json")
    names = {
        "chat.postMessage": "ChatPostMessageArguments",
        "chat.update": "ChatUpdateArguments",
        "conversations.history": "ConversationsHistoryArguments",
        "conversations.list": "ConversationsListArguments",
        "conversations.info": "ConversationsInfoArguments",
        "conversations.members": "ConversationsMembersArguments",
        "conversations.open": "ConversationsOpenArguments",
        "conversations.replies": "ConversationsRepliesArguments",
        "users.list": "UsersListArguments",
        "users.info": "UsersInfoArguments",
        "chat.postEphemeral": "ChatPostEphemeralArguments",
    }

    def script(method: str, _: dict[str, Any]) -> Answer:
        root = {"ts": "1794218400.000100", "user": "U1", "text": "hi", "latest_reply": f"{NOW.timestamp():.6f}"}
        return ok(
            messages=[root],
            channels=[{"id": "C1", "is_member": True}],
            members=[{"id": "U1", "team_id": "T1"}],
            user={"id": "U1"},
            team_id="T1",
            channel={"id": "D1"},
            ts="1794218401.000100",
        )

    with slack(script) as (chat, calls):
        chat.post("C1", "1794218400.000100", CARD)
        chat.update("C1", "1794218401.000100", CARD)
        chat.direct_message("U1", REPORT)
        chat.direct_message("U1", Notice(id="n-1", title="t", text="x", link_text="Open", url="https://pm.test/"))
        chat.find_card("C1", "1794218400.000100", CARD, since=NOW)
        chat.find_direct_message("U1", REPORT, since=NOW)
        chat.find_direct_message("U1", REPORT, since=NOW, below="1794218401.000100")
        chat.channel("C1")
        chat.people_in("C1")
        chat.post_report("C1", REPORT)
        chat.update_report("C1", "1794218401.000100", REPORT)
        chat.find_report("C1", REPORT, since=NOW)
        said(chat, NOW - timedelta(days=1))
        chat.members()
        chat.member("U1")
        chat.post_ephemeral("C1", "1794218400.000100", "U1", "No.")

    assert {*names, "auth.test"} == {method for method, _ in calls}
    for method, sent in calls:
        if method == "auth.test":
            assert {} == sent
            continue
        body = {name: _typed(name, value) for name, value in sent.items()}
        validator = Draft7Validator({**schema, "$ref": f"#/definitions/{names[method]}"})
        assert [] == [f"{method}: {error.message}" for error in validator.iter_errors(body)]
    [posted] = [sent for method, sent in calls if method == "chat.postMessage" and "thread_ts" in sent]
    assert {"event_type": "pm_assistant_card", "event_payload": {"id": "card-1"}} == posted["metadata"]
    assert [False, False] == [posted["unfurl_links"], posted["unfurl_media"]]


def _typed(name: str, value: object) -> object:
    """Undo the form encoding of numbers and flags."""
    flags = {"include_all_metadata", "include_locale", "inclusive", "exclude_archived"}
    return {"1": True, "0": False}[str(value)] if name in flags else int(str(value)) if name == "limit" else value


GRID = {"enterprise_id": "E1", "teams": ["T9", "T1"]}


@pytest.mark.parametrize(
    ("row", "home", "standing"),
    [
        ({}, {}, Standing.MEMBER),
        ({"is_restricted": True}, {}, Standing.GUEST),
        ({"is_restricted": True, "is_ultra_restricted": True}, {}, Standing.GUEST),
        ({"is_ultra_restricted": True}, {}, Standing.GUEST),
        ({"is_stranger": True}, {}, Standing.OUTSIDER),
        ({"team_id": "T9"}, {}, Standing.OUTSIDER),
        ({"team_id": "T9", "is_restricted": True}, {}, Standing.OUTSIDER),
        ({"team_id": "E1", "enterprise_user": GRID}, {"enterprise_id": "E1"}, Standing.MEMBER),
        ({"team_id": "E1", "enterprise_user": {**GRID, "teams": ["T9"]}}, {"enterprise_id": "E1"}, Standing.OUTSIDER),
        (
            {"team_id": "T9", "enterprise_user": {**GRID, "teams": ["T9"]}},
            {"enterprise_id": "E1", "is_enterprise_install": True},
            Standing.MEMBER,
        ),
        ({"deleted": True}, {}, Standing.LEFT),
        ({"deleted": True, "is_restricted": True}, {}, Standing.LEFT),
    ],
)
def test_what_an_account_is_in_the_workspace_is_slacks_to_say(
    row: dict[str, Any], home: dict[str, Any], standing: Standing
) -> None:
    """Guests, people of other workspaces and people who left are known, and told apart from the team."""
    user = {"id": "U1", "team_id": "T1", **row}
    with slack(lambda *_: ok(members=[user], user=user, **{"team_id": "T1", **home})) as (chat, _):
        assert [standing] == [member.standings[Provider.SLACK] for member in chat.members()]
        assert standing is chat.member("U1").standings[Provider.SLACK]


@pytest.mark.parametrize(
    "row",
    [
        {"id": "U2", "profile": "x"},
        {"id": "U2", "tz_offset": "far"},
        {"id": 7},
        {"name": "nobody"},
        "row",
        None,
    ],
)
def test_a_row_that_cannot_be_read_costs_that_row(row: object) -> None:
    """It is left out and named, and the others are read."""
    with slack(lambda *_: ok(members=[{"id": "U1", "name": "ada"}, row, {"id": "U3"}])) as (chat, _):
        members = chat.members()

    assert ["U1", "U3"] == [member.id for member in members]
    [flaw] = members.flaws
    assert ("U2" if isinstance(row, dict) and row.get("id") == "U2" else "", True) == (flaw.id, flaw.left_out)


@pytest.mark.parametrize(
    ("given", "zone"),
    [
        ({"tz": "Mars/Olympus", "tz_offset": 3600}, "Etc/GMT-1"),
        ({"tz": "Mars/Olympus", "tz_offset": -18000}, "Etc/GMT+5"),
        ({"tz": "Mars/Olympus", "tz_offset": 19800}, "UTC"),
        ({"tz": "Mars/Olympus"}, "UTC"),
        ({"tz": "../../etc/passwd", "tz_offset": 0}, "Etc/GMT+0"),
    ],
)
def test_a_zone_that_we_do_not_know_is_taken_by_its_offset_and_said(given: dict[str, Any], zone: str) -> None:
    """Zones are newer or older than our list of them; whole hours have names of their own."""
    with slack(lambda *_: ok(members=[{"id": "U1", **given}])) as (chat, _):
        members = chat.members()

    assert [zone] == [member.time_zone for member in members]
    assert [("U1", False)] == [(flaw.id, flaw.left_out) for flaw in members.flaws]
    assert zone == members[0].zone.key


@pytest.mark.parametrize(
    ("locale", "language"),
    [({"locale": "de-DE"}, "de"), ({"locale": "nl-NL"}, None), ({"locale": None}, None), ({}, None)],
)
def test_slack_is_asked_for_peoples_languages(locale: dict[str, Any], language: str | None) -> None:
    """It tells them only then, of one person as of all; one that we do not write in is none."""

    def answer(method: str, arguments: dict[str, Any]) -> Any:
        said = locale if arguments.get("include_locale") in {"1", "true", "True", True} else {"locale": "fr-FR"}
        user = {"id": "U1", "team_id": None, **said}
        return ok(members=[user]) if method == "users.list" else ok(user=user)

    with slack(answer) as (chat, _):
        assert [language, language] == [chat.members()[0].language, chat.member("U1").language]


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"profile": None, "tz": None, "name": None},
        {"profile": {"real_name": ""}},
        {"profile": {"display_name": " \u2003"}},
    ],
)
def test_somebody_of_whom_little_is_said_is_somebody_all_the_same(row: dict[str, Any]) -> None:
    """Name, address and zone have something in their place."""
    with slack(lambda *_: ok(members=[{"id": "U1", **row}])) as (chat, _):
        [member] = chat.members()

    assert ("U1", None, "UTC") == (member.name, member.email, member.time_zone)


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ({"name": "tkeller", "profile": {"real_name": "Tobias Keller", "display_name": "tobias"}}, "Tobias Keller"),
        ({"name": "tkeller", "profile": {"real_name": " ", "display_name": "tobias"}}, "tobias"),
        ({"name": "tkeller"}, "tkeller"),
    ],
)
def test_people_are_called_by_their_names_and_not_by_their_handles(row: dict[str, Any], name: str) -> None:
    """As the tracker calls them; what else is known stands in where no name is."""
    with slack(lambda *_: ok(members=[{"id": "U1", **row}])) as (chat, _):
        assert [name] == [member.name for member in chat.members()]


def test_an_account_that_is_no_persons_is_nobody() -> None:
    """A bot presses no buttons."""
    with slack(lambda *_: ok(user={"id": "U1", "is_bot": True})) as (chat, _), pytest.raises(NotFound):
        chat.member("U1")


def test_pages_are_read_to_the_end() -> None:
    """The cursor leads; a missing one ends the list."""
    pages = {None: ("U1", "b"), "b": ("U2", "c"), "c": ("U3", "")}

    def script(_: str, arguments: dict[str, Any]) -> Answer:
        id, following = pages[arguments.get("cursor")]
        return ok(members=[{"id": id, "name": id}], response_metadata={"next_cursor": following})

    with slack(script) as (chat, _):
        assert ["U1", "U2", "U3"] == [member.id for member in chat.members()]


PAGED = ("users.list", "conversations.list", "conversations.history", "conversations.replies")


def read_all(chat: SlackChat, method: str) -> None:
    """Have everything read that a method lists."""
    if method == "users.list":
        chat.members()
    else:
        said(chat, NOW - timedelta(days=1))


@pytest.mark.parametrize("circle", [1, 2, 3, 7])
@pytest.mark.parametrize("endless", PAGED)
def test_pages_that_lead_in_a_circle_end_in_an_error(endless: str, circle: int) -> None:
    """However long it is, and also where each page is read by another process that knows how far we are alone."""
    ts, read = f"{NOW.timestamp():.6f}", list[str]()

    def script(method: str, arguments: dict[str, Any]) -> Answer:
        page: dict[str, Any] = {
            "members": [{"id": "U1", "name": "Ada"}],
            "channels": [{"id": "C1", "is_member": True}],
            "messages": [{"ts": ts, "user": "U1", "text": "hi", "latest_reply": ts}],
        }
        if method == endless:
            read.append(method)
            page["response_metadata"] = {"next_cursor": f"page-{len(read) % circle}"}
        return ok(**page)

    with slack(script) as (chat, _), pytest.raises(UpstreamUnavailable, match="back to a page that has been read"):
        read_all(chat, endless)

    assert len(read) <= 4 * circle + 2


@pytest.mark.thorough
@pytest.mark.parametrize("endless", ["users.list", "conversations.history"])
def test_pages_that_never_end_end_in_an_error(endless: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is another one."""
    monkeypatch.setattr(catch_up, "MOST_PAGES_OF_A_PLACE", 1_100)
    numbers = iter(range(2_000))

    def script(method: str, arguments: dict[str, Any]) -> Answer:
        following = {"next_cursor": f"page-{next(numbers)}"} if method == endless else {}
        return ok(members=[], channels=[{"id": "C1", "is_member": True}], messages=[], response_metadata=following)

    with slack(script) as (chat, calls), pytest.raises(UpstreamUnavailable, match="does not end"):
        read_all(chat, endless)

    assert 1_000 <= len(calls) <= 1_102


@pytest.mark.parametrize("answer", [no("internal_error"), no("fatal_error", 500), (503, {}, b"")])
def test_what_is_said_may_have_been_said_however_slack_fails_and_is_not_said_again(answer: Answer) -> None:
    """Whoever reads it would read it twice; what ends the same is asked for once more."""
    with slack(lambda method, arguments: answer) as (chat, calls):
        for say in (
            lambda: chat.post("C1", "1.0", CARD),
            lambda: chat.post_ephemeral("C1", "1.0", "U1", "no"),
            lambda: chat.update("C1", "2.0", CARD),
        ):
            with pytest.raises(UpstreamUnavailable):
                say()
    assert {"chat.postMessage": 1, "chat.postEphemeral": 1, "chat.update": 3} == Counter(method for method, _ in calls)


def test_what_several_workspaces_of_an_organisation_have_in_common_is_listed_once() -> None:
    """People and channels belong to as many of them as they like."""
    people = {"T1": ["U1", "U2"], "T2": ["U2", "U3"]}

    def script(method: str, arguments: dict[str, Any]) -> Answer:
        if method == "auth.teams.list":
            return ok(teams=[{"id": id, "name": id} for id in people])
        if "team_id" not in arguments:
            return no("missing_argument")
        return ok(members=[{"id": id, "name": id} for id in people[arguments["team_id"]]])

    with slack(script) as (chat, calls):
        assert ["U1", "U2", "U3"] == [member.id for member in chat.members()]
    assert [None, "T1", "T2"] == [arguments.get("team_id") for method, arguments in calls if method == "users.list"]


def test_without_the_private_scope_public_channels_are_read() -> None:
    """Letting us into private channels is the tenant's choice."""

    def script(method: str, arguments: dict[str, Any]) -> Answer:
        if "private_channel" in arguments.get("types", ""):
            return no("missing_scope", needed="groups:read")
        said = {"ts": f"{NOW.timestamp():.6f}", "user": "U1", "text": "hi"}
        return ok(channels=[{"id": "C1", "is_member": True}, {"id": "C2"}], messages=[said])

    with slack(script) as (chat, _):
        assert ["C1"] == [message.channel for message in said(chat, NOW - timedelta(seconds=1))]


def test_an_edited_message_counts_by_its_edit() -> None:
    """It was said earlier and reads differently now; bots and notices are left out."""
    old = {
        "ts": "1794000000.000100",
        "user": "U1",
        "text": "new",
        "edited": {"user": "U1", "ts": f"{NOW.timestamp():.6f}"},
    }
    others = [
        {"ts": f"{NOW.timestamp():.6f}", "user": "U1", "text": "x", "bot_id": "B1"},
        {"ts": f"{NOW.timestamp():.6f}", "user": "U1", "text": "x", "subtype": "channel_join"},
        {"ts": "1794000000.000200", "user": "U1", "text": "long ago"},
    ]

    def script(method: str, arguments: dict[str, Any]) -> Answer:
        return ok(channels=[{"id": "G1", "is_member": True, "is_private": True}], messages=[old, *others])

    with slack(script) as (chat, _):
        [message] = said(chat, NOW - timedelta(seconds=1))

    assert ("new", f"{NOW.timestamp():.6f}", True, NOW) == (
        message.text,
        message.edited_ts,
        message.private,
        message.received_at,
    )


@pytest.mark.parametrize(
    ("channel", "private"),
    [
        ({}, False),
        ({"is_shared": True, "is_org_shared": True}, False),
        ({"is_shared": True, "is_ext_shared": True}, True),
        ({"is_pending_ext_shared": True, "pending_shared": ["T0OTHER"]}, True),
        ({"is_mpim": True}, True),
    ],
)
def test_a_channel_that_another_company_reads_is_not_the_workspaces_own(channel: dict[str, Any], private: bool) -> None:
    """Shared through Slack Connect, or about to be; a channel of several workspaces of one company is its own."""

    def script(method: str, arguments: dict[str, Any]) -> Answer:
        said = {"ts": f"{NOW.timestamp():.6f}", "user": "U1", "text": "hi"}
        return ok(channels=[{"id": "C1", "is_member": True, **channel}], messages=[said])

    with slack(script) as (chat, _):
        [message] = said(chat, NOW - timedelta(seconds=1))

    assert private == message.private
    assert any("ext_shared" in sign for sign in channel) == message.outside


@needs_contracts
def test_what_tells_who_reads_a_channel_is_in_slacks_own_list() -> None:
    """Under the names by which we ask."""
    [listed, *_] = load("slack/shapes/conversations.list.json")["channels"]
    assert {"is_private", "is_mpim", "is_ext_shared", "is_pending_ext_shared"} <= set(listed)


def test_a_place_that_is_gone_when_its_turn_comes_is_passed_over() -> None:
    """A reading may take hours, and meanwhile channels are left and threads are deleted."""

    def script(method: str, arguments: dict[str, Any]) -> Answer:
        if method == "conversations.list":
            return ok(channels=[{"id": id, "is_member": True} for id in ("C1", "C2")])
        if arguments["channel"] == "C1":
            return no("not_in_channel")
        if method == "conversations.replies":
            return no("thread_not_found")
        ts = f"{NOW.timestamp():.6f}"
        return ok(messages=[{"ts": ts, "user": "U1", "text": "hi", "latest_reply": ts}])

    with slack(script) as (chat, _):
        assert ["C2"] == [message.channel for message in said(chat, NOW - timedelta(seconds=1))]


def test_a_reading_goes_on_where_it_was_told_to_wait() -> None:
    """What has been read is not asked for again, and the channels are listed once."""
    ts = f"{NOW.timestamp():.6f}"

    def script(method: str, arguments: dict[str, Any]) -> Answer:
        if method == "conversations.list":
            return ok(channels=[{"id": "C1", "is_member": True}])
        if method == "conversations.replies" and len(calls) < 4:
            return no("ratelimited", 429, headers={"Retry-After": "60"})
        if method == "conversations.replies":
            return ok(messages=[{"ts": f"{NOW.timestamp() + 1:.6f}", "thread_ts": ts, "user": "U1", "text": "ho"}])
        return ok(messages=[{"ts": ts, "user": "U1", "text": "hi", "latest_reply": ts}])

    since = NOW - timedelta(days=1)
    with slack(script) as (chat, calls):
        [channel] = channels_of(chat)
        first = chat.history(channel, since=since, roots_since=since)
        with pytest.raises(RateLimited):
            chat.replies(channel, first.threads[0], since=since)
        second = chat.replies(channel, first.threads[0], since=since)

    assert ["hi", "ho"] == [message.text for page in (first, second) for message in page.messages]
    methods = ["list", "history", "replies", "replies"]
    assert [f"conversations.{method}" for method in methods] == [method for method, _ in calls]
