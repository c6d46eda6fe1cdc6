"""Slack's Web API as the sandbox plays it."""

import json

import pytest
from slack_sdk import WebClient

from tests.infra.sandbox.running import GENERAL, PRIVATE, SLACK_TOKEN, Json, Sandbox, contract, flaws


def say(sandbox: Sandbox, text: str, **more: object) -> str:
    """Let Ana say something and return its ts."""
    return str(sandbox.control("slack/messages", channel="general", user="ana", text=text, **more)["ts"])


def test_every_answer_has_the_form_slack_documents(sandbox: Sandbox) -> None:
    """Answers satisfy the response schemas, field types included."""
    schema = json.loads(contract("slack/schema/webapi.responses.schema.json").read_text())
    root = say(sandbox, "see https://example.com", files=["plan.pdf"])
    say(sandbox, "a reply", thread_ts=root)
    sandbox.control("slack/react", channel=GENERAL, ts=root, name="eyes", user="ben")
    metadata = {"event_type": "card", "event_payload": {"id": "d1"}}
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "*Hello*"}}
    calls: dict[str, tuple[str, Json]] = {
        "auth.test": ("AuthTestResponse", {}),
        "users.list": ("UsersListResponse", {}),
        "users.info": ("UsersInfoResponse", {"user": "U0ANA"}),
        "conversations.list": ("ConversationsListResponse", {"types": "public_channel,private_channel,im"}),
        "conversations.info": ("ConversationsInfoResponse", {"channel": GENERAL}),
        "conversations.members": ("ConversationsMembersResponse", {"channel": GENERAL}),
        "conversations.open": ("ConversationsOpenResponse", {"users": "U0ANA"}),
        "conversations.history": ("ConversationsHistoryResponse", {"channel": GENERAL}),
        "conversations.replies": ("ConversationsRepliesResponse", {"channel": GENERAL, "ts": root}),
        "chat.postEphemeral": (
            "ChatPostEphemeralResponse",
            {"channel": GENERAL, "user": "U0BEN", "text": "psst", "thread_ts": root},
        ),
        "chat.getPermalink": ("ChatGetPermalinkResponse", {"channel": GENERAL, "message_ts": root}),
        "chat.postMessage": (
            "ChatPostMessageResponse",
            {"channel": GENERAL, "text": "Hello", "blocks": [section], "metadata": metadata, "thread_ts": root},
        ),
    }
    answers = {method: sandbox.slack(method, **arguments) for method, (_, arguments) in calls.items()}
    ts = answers["chat.postMessage"]["ts"]
    calls["chat.update"] = ("ChatUpdateResponse", {"channel": GENERAL, "ts": ts, "text": "Hello again"})
    answers["chat.update"] = sandbox.slack("chat.update", channel=GENERAL, ts=ts, text="Hello again")
    calls["chat.delete"] = ("ChatDeleteResponse", {})
    answers["chat.delete"] = sandbox.slack("chat.delete", channel=GENERAL, ts=ts)

    assert dict.fromkeys(calls, True) == {method: answer["ok"] for method, answer in answers.items()}
    assert {method: [] for method in calls} == {
        method: flaws(schema, calls[method][0], answer) for method, answer in answers.items()
    }


def test_the_official_client_works_against_it(sandbox: Sandbox) -> None:
    """slack_sdk, which sends forms, queries and JSON, gets what it asks for."""
    client = WebClient(token=SLACK_TOKEN, base_url=f"{sandbox.url}/slack/api/")
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "Hi"}}

    posted = client.chat_postMessage(channel="#general", text="Hi", blocks=[section])
    history = client.conversations_history(channel=GENERAL, limit=1, include_all_metadata=True)

    assert [posted["ts"]] == [message["ts"] for message in history["messages"]]
    assert f"{sandbox.url}/slack/" == client.auth_test()["url"]


@pytest.mark.parametrize(
    ("method", "arguments", "token", "code"),
    [
        ("auth.test", {}, "", "not_authed"),
        ("auth.test", {}, "wrong", "invalid_auth"),
        ("files.upload", {}, SLACK_TOKEN, "unknown_method"),
        ("conversations.history", {"channel": "C0NOWHERE"}, SLACK_TOKEN, "channel_not_found"),
        ("conversations.history", {"channel": GENERAL, "cursor": "?"}, SLACK_TOKEN, "invalid_cursor"),
        ("conversations.history", {"channel": GENERAL, "limit": 0.5}, SLACK_TOKEN, "invalid_limit"),
        ("conversations.history", {"channel": GENERAL, "oldest": "soon"}, SLACK_TOKEN, "invalid_arguments"),
        ("conversations.replies", {"channel": GENERAL, "ts": "1.000000"}, SLACK_TOKEN, "thread_not_found"),
        ("conversations.open", {"users": "U0NOBODY"}, SLACK_TOKEN, "user_not_found"),
        ("chat.postMessage", {"channel": GENERAL}, SLACK_TOKEN, "no_text"),
        ("chat.postMessage", {"channel": GENERAL, "text": "x" * 40_001}, SLACK_TOKEN, "msg_too_long"),
        (
            "chat.postMessage",
            {"channel": GENERAL, "text": "x", "thread_ts": "1.000000"},
            SLACK_TOKEN,
            "thread_not_found",
        ),
        ("chat.update", {"channel": GENERAL, "ts": "1.000000", "text": "x"}, SLACK_TOKEN, "message_not_found"),
    ],
)
def test_a_refusal_is_http_200_with_the_code(
    sandbox: Sandbox, method: str, arguments: Json, token: str, code: str
) -> None:
    """Slack answers failures with `ok: false`."""
    assert {"ok": False, "error": code} == sandbox.slack(method, token, **arguments)


@pytest.mark.parametrize(
    "blocks",
    [
        [{"type": "divider"}] * 51,
        [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}],
        [{"type": "section"}],
        [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
        [{"type": "context", "elements": []}],
        [{"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "x" * 76}}]}],
        [{"type": "nonsense"}],
    ],
)
def test_blocks_beyond_the_limits_are_invalid(sandbox: Sandbox, blocks: list[Json]) -> None:
    """A client that ignores Block Kit's limits is told so."""
    answer = sandbox.slack("chat.postMessage", channel=GENERAL, text="x", blocks=blocks)

    assert (False, "invalid_blocks") == (answer["ok"], answer["error"])
    assert answer["response_metadata"]["messages"]


def test_history_leaves_replies_to_their_threads(sandbox: Sandbox) -> None:
    """Only roots stand in the history, newest first, and say how many replies they have."""
    root = say(sandbox, "root")
    reply = say(sandbox, "reply", thread_ts=root)
    later = say(sandbox, "later")

    history = sandbox.slack("conversations.history", channel=GENERAL)["messages"]
    replies = sandbox.slack("conversations.replies", channel=GENERAL, ts=root)["messages"]

    assert [later, root] == [message["ts"] for message in history]
    assert (1, reply, root) == (history[1]["reply_count"], history[1]["latest_reply"], history[1]["thread_ts"])
    assert [(root, 1), (reply, None)] == [(message["ts"], message.get("reply_count")) for message in replies]
    assert "U0ANA" == replies[1]["parent_user_id"]


def test_pages_follow_each_other_without_gap_or_repeat(sandbox: Sandbox) -> None:
    """The cursor leads through everything even if something is said meanwhile."""
    said = [say(sandbox, str(number)) for number in range(5)]
    seen: list[str] = []
    cursor = ""
    while True:
        page = sandbox.slack("conversations.history", channel=GENERAL, limit=2, cursor=cursor)
        seen += [message["ts"] for message in page["messages"]]
        say(sandbox, "meanwhile")
        if not page["has_more"]:
            break
        cursor = page["response_metadata"]["next_cursor"]

    assert said[::-1] == seen


def test_oldest_and_latest_exclude_themselves_unless_inclusive(sandbox: Sandbox) -> None:
    """The window is open at both ends by default."""
    first, second, third = (say(sandbox, str(number)) for number in range(3))

    def between(**more: object) -> list[str]:
        answer = sandbox.slack("conversations.history", channel=GENERAL, oldest=first, latest=third, **more)
        return [message["ts"] for message in answer["messages"]]

    assert [second] == between()
    assert [third, second, first] == between(inclusive=True)


def test_metadata_is_shown_only_where_asked_for(sandbox: Sandbox) -> None:
    """History hides metadata by default, and an update without it keeps it."""
    metadata = {"event_type": "card", "event_payload": {"id": "d1"}}
    ts = sandbox.slack("chat.postMessage", channel=GENERAL, text="x", metadata=metadata)["ts"]
    sandbox.slack("chat.update", channel=GENERAL, ts=ts, text="y")

    def shown(**more: object) -> Json:
        message: Json = sandbox.slack("conversations.history", channel=GENERAL, **more)["messages"][0]
        return message

    assert "metadata" not in shown()
    assert metadata == shown(include_all_metadata=True)["metadata"]


def test_a_direct_message_is_opened_once(sandbox: Sandbox) -> None:
    """Opening again gives the same channel, and posting to a person lands there."""
    first = sandbox.slack("conversations.open", users="U0ANA")
    again = sandbox.slack("conversations.open", users="U0ANA")
    posted = sandbox.slack("chat.postMessage", channel="U0ANA", text="Good morning")

    assert first["channel"] == again["channel"]
    assert (False, True) == (first.get("already_open", False), again["already_open"])
    assert first["channel"]["id"] == posted["channel"]
    assert ["Good morning"] == [each["text"] for each in sandbox.state()["slack"]["messages"][posted["channel"]]]


def test_the_app_changes_only_its_own_messages(sandbox: Sandbox) -> None:
    """Somebody else's message can be neither updated nor deleted."""
    ts = say(sandbox, "mine")

    assert "cant_update_message" == sandbox.slack("chat.update", channel=GENERAL, ts=ts, text="x")["error"]
    assert "cant_delete_message" == sandbox.slack("chat.delete", channel=GENERAL, ts=ts)["error"]


def test_channels_are_listed_by_kind(sandbox: Sandbox) -> None:
    """Private channels are listed only when asked for."""
    public = sandbox.slack("conversations.list")["channels"]
    private = sandbox.slack("conversations.list", types="private_channel")["channels"]

    assert [GENERAL] == [channel["id"] for channel in public]
    assert [PRIVATE] == [channel["id"] for channel in private]


def test_a_permalink_leads_to_a_page_that_marks_the_message(sandbox: Sandbox) -> None:
    """Links resolve in a browser, and what people wrote is escaped."""
    ts = say(sandbox, "look <script>alert(1)</script>")

    link = sandbox.slack("chat.getPermalink", channel=GENERAL, message_ts=ts)["permalink"]
    page = sandbox.http.get(link)

    assert f"{sandbox.url}/slack/archives/{GENERAL}/p{ts.replace('.', '')}" == link
    assert (200, 1) == (page.status_code, page.text.count("aria-current"))
    assert "<script" not in page.text


@pytest.mark.parametrize(
    ("slack", "flags"),
    [
        ("member", set()),
        ("guest", {"is_restricted"}),
        ("single_channel_guest", {"is_restricted", "is_ultra_restricted"}),
        ("stranger", {"is_stranger"}),
        ("deactivated", {"deleted"}),
    ],
)
def test_somebody_may_join_as_anything_that_slack_knows(sandbox: Sandbox, slack: str, flags: set[str]) -> None:
    """Guests, people of other workspaces, and people who have left are listed as such."""
    id = sandbox.control("people", handle="nia", slack=slack, time_zone="Mars/Olympus", tz_offset=3600)["slack_id"]
    user = sandbox.slack("users.info", user=id)["user"]

    names = ("is_restricted", "is_ultra_restricted", "is_stranger", "deleted")
    assert flags == {name for name in names if user.get(name)}
    assert (slack == "stranger") == (user["team_id"] != "T0TEST")
    assert ("Mars/Olympus", 3600) == (user["tz"], user["tz_offset"])
    assert user in sandbox.slack("users.list")["members"]


@pytest.mark.parametrize("asked", [{"include_locale": True}, {"include_locale": "1"}])
def test_peoples_languages_are_told_where_they_are_asked_for(sandbox: Sandbox, asked: dict[str, object]) -> None:
    """Of one person as of all; the interface is in English unless somebody has chosen another language."""
    id = sandbox.control("people", handle="nia", locale="de-DE")["slack_id"]

    assert "locale" not in sandbox.slack("users.info", user=id)["user"]
    assert "de-DE" == sandbox.slack("users.info", user=id, **asked)["user"]["locale"]
    assert {"de-DE", "en-US"} == {
        each.get("locale", "en-US") for each in sandbox.slack("users.list", **asked)["members"]
    }


def test_what_one_person_alone_is_told_is_in_no_history(sandbox: Sandbox) -> None:
    """And only who is in the channel can be told."""
    root = say(sandbox, "root")
    told = {"channel": PRIVATE, "text": "psst", "thread_ts": root}

    assert sandbox.slack("chat.postEphemeral", user="U0ANA", **told)["ok"]
    assert "user_not_in_channel" == sandbox.slack("chat.postEphemeral", user="U0BEN", **told)["error"]
    assert [] == sandbox.slack("conversations.history", channel=PRIVATE)["messages"]
    assert [("U0ANA", "psst")] == [(each["user"], each["text"]) for each in sandbox.state()["slack"]["ephemerals"]]


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.postEphemeral"])
def test_a_channel_can_be_closed_to_the_app(sandbox: Sandbox, method: str) -> None:
    """With any of Slack's reasons, until it is opened again."""
    sandbox.control("slack/channels", channel="general", closed="restricted_action_read_only_channel")
    post = {"channel": GENERAL, "user": "U0ANA", "text": "x"}

    assert "restricted_action_read_only_channel" == sandbox.slack(method, **post)["error"]
    sandbox.control("slack/channels", channel="general")
    assert sandbox.slack(method, **post)["ok"]
