"""Slack's deliveries, recorded and made up."""

import hashlib
import hmac
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from pm_assistant.domain.bounds import LONGEST_TEXT
from pm_assistant.domain.decisions import Answer, Subject
from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.events import (
    AccessLost,
    ButtonPressed,
    Challenge,
    ChannelChanged,
    ChannelOpened,
    Dropped,
    EventsMissed,
    MessageDeleted,
    MessagePosted,
    PersonChanged,
    WebhookEvent,
)
from pm_assistant.domain.reactions import Reaction
from pm_assistant.domain.surfaces import (
    Asked,
    DetailsWanted,
    HomeOpened,
    LinkShared,
    QuestionAsked,
    ReactionAdded,
    ReportSnoozed,
    ReportWordsAsked,
    SessionStopped,
    SurfaceUsed,
    TicketDisowned,
)
from pm_assistant.domain.tenants import Member, Provider, Standing
from pm_assistant.domain.webhooks import WebhookRequest
from pm_assistant.integrations.slack.webhook import SlackWebhook
from tests.builders import NOW
from tests.contracts.vendor_contracts import given, load, needs_contracts
from tests.integrations.signing import SECRET, slack_event, slack_form, slack_signed

EVENTS = given("slack/given/events")


def callback(event: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """An event in its envelope."""
    envelope = {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "authorizations": []}
    return {**envelope, **changes, "event": {"type": "message", "channel": "C1", "channel_type": "channel", **event}}


def accept(payload: Any) -> WebhookEvent | ButtonPressed | SurfaceUsed | Challenge | Dropped:
    """Deliver a JSON payload, signed."""
    return SlackWebhook(SECRET).accept(slack_event(payload, NOW), NOW)


def posted(payload: Any) -> MessagePosted:
    """Deliver a payload that must report a message."""
    answer = accept(payload)
    assert isinstance(answer, WebhookEvent)
    assert isinstance(answer.happening, MessagePosted)
    return answer.happening


def recorded(name: str) -> Any:
    """A recorded event."""
    return load(f"slack/given/events/{name}.json")


def said(**more: Any) -> dict[str, Any]:
    """A plain message."""
    return {"user": "U1", "ts": "1719210664.234089", "event_ts": "1719210664.234089", "text": "hello", **more}


@pytest.mark.parametrize(("repetition", "attempt"), [(None, 1), ("1", 2), ("3", 4), ("", 1), ("-1", 1), ("x", 1)])
def test_a_repeated_delivery_says_the_how_manieth_it_is(repetition: str | None, attempt: int) -> None:
    """What is not a number counts as the first."""
    request = slack_event(callback(said()), NOW)
    if repetition is not None:
        request = replace(request, headers={**request.headers, "x-slack-retry-num": repetition})
    event = SlackWebhook(SECRET).accept(request, NOW)

    assert isinstance(event, WebhookEvent)
    assert attempt == event.attempt


@needs_contracts
def test_the_signature_is_the_published_one() -> None:
    """Slack's own example of secret, timestamp, body and signature is accepted."""
    vector = load("signature_vectors.json")["slack"]["vector"]
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": vector["timestamp"],
        "x-slack-signature": vector["signature"],
    }
    request = WebhookRequest(headers=headers, body=vector["body"].encode())

    answer = SlackWebhook(vector["secret"]).accept(request, datetime.fromtimestamp(int(vector["timestamp"]), UTC))

    assert Dropped(reason="slash command") == answer


@pytest.mark.parametrize(
    "timestamp",
    [
        "",
        "soon",
        "1_0",
        " 1531420618",
        "".join(chr(0xFF10 + int(digit)) for digit in "1531420618"),
        "-1",
        "9" * 400,
        "1e9",
    ],
)
def test_a_junk_timestamp_is_refused_and_not_an_error(timestamp: str) -> None:
    """Even if somebody could sign it, it is no number of seconds."""
    digest = hmac.new(SECRET.encode(), b"v0:" + timestamp.encode() + b":{}", hashlib.sha256).hexdigest()
    headers = {"x-slack-request-timestamp": timestamp, "x-slack-signature": f"v0={digest}"}

    with pytest.raises(Exception, match="Slack timestamp") as caught:
        SlackWebhook(SECRET).accept(WebhookRequest(headers=headers, body=b"{}"), NOW)
    assert "Unauthenticated" == type(caught.value).__name__


def test_a_signed_challenge_is_answered() -> None:
    """Slack proves the address with it."""
    assert Challenge(answer="abc") == accept({"type": "url_verification", "challenge": "abc"})


def test_a_message_is_reported_as_it_was_said() -> None:
    """Author, text with its entities, thread and time of arrival."""
    message = posted(callback(said(text="<@U2> &lt;ok&gt;", thread_ts="1719210600.000100"))).message

    assert ("C1", "1719210664.234089", "1719210600.000100") == (message.channel, message.ts, message.root_ts)
    assert ("U1", "<@U2> &lt;ok&gt;", None, False) == (message.author, message.text, message.edited_ts, message.private)
    assert message.received_at == NOW


@pytest.mark.parametrize(
    ("channel_type", "channel", "private"),
    [
        ("channel", "C1", False),
        ("group", "C1", True),
        ("mpim", "C1", True),
        ("huddle", "C1", True),
        (None, "G1", True),
        (None, "C1", False),
    ],
)
def test_a_closed_channel_makes_a_message_private(channel_type: str | None, channel: str, private: bool) -> None:
    """Also where the event does not name the kind of channel, or one that we have not heard of."""
    payload = callback(said(channel=channel, channel_type=channel_type))

    assert private == posted(payload).message.private


def test_files_are_named() -> None:
    """A file that was taken back has lost its name and keeps its id."""
    files = [{"id": "F1", "name": "trace.log"}, {"id": "F2", "mode": "tombstone"}]
    payload = callback(said(subtype="file_share", files=files))

    assert ("trace.log", "F2") == posted(payload).message.files


@pytest.mark.parametrize("channel_type", ["im", "app_home", None])
def test_what_is_said_to_the_app_alone_is_a_question_and_no_conversation_of_the_team(channel_type: str | None) -> None:
    """It goes to nothing that keeps it."""
    message = said(channel="D1", channel_type=channel_type)
    used = accept(callback(message))

    asked = QuestionAsked(channel="D1", root_ts=message["ts"], ts=message["ts"], text=message["text"])
    assert isinstance(used, SurfaceUsed)
    assert (message["user"], asked) == (used.user_id, used.asked)


def test_what_is_said_below_a_question_is_asked_in_its_thread() -> None:
    """That is where its answer goes."""
    used = accept(callback(said(channel="D1", channel_type="im", thread_ts="1719210000.000100")))

    assert isinstance(used, SurfaceUsed)
    assert isinstance(used.asked, QuestionAsked)
    assert "1719210000.000100" == used.asked.root_ts


@pytest.mark.parametrize("change", [{"bot_id": "B1"}, {"subtype": "file_share"}, {"text": ""}])
def test_what_asks_nothing_in_a_direct_message_is_dropped(change: dict[str, Any]) -> None:
    """What we say there ourselves above all."""
    assert Dropped(reason="direct message") == accept(callback(said(channel="D1", channel_type="im", **change)))


@pytest.mark.parametrize("mark", [{"bot_id": "B1"}, {"bot_profile": {"id": "B1"}}, {"subtype": "bot_message"}])
def test_what_a_bot_says_changes_or_deletes_is_dropped(mark: dict[str, Any]) -> None:
    """Known by what it is, in every event that can carry it; our own posts come back this way."""
    before, after = said(**mark), said(**mark, text="new")
    changed = {"subtype": "message_changed", "message": after, "previous_message": before, "ts": "1719210665.000100"}
    deleted = {"subtype": "message_deleted", "previous_message": before, "deleted_ts": before["ts"]}

    assert [Dropped(reason="bot")] * 3 == [accept(callback(event)) for event in (before, changed, deleted)]


def test_what_the_app_itself_says_is_dropped() -> None:
    """The authorization names our own user."""
    ours = [{"team_id": "T1", "user_id": "U1", "is_bot": True}]

    assert Dropped(reason="bot") == accept(callback(said(), authorizations=ours))


def test_an_edit_reports_the_new_text_and_its_time() -> None:
    """The event's own ts is not the message's."""
    after = said(text="new", edited={"user": "U1", "ts": "1719210700.000000"})
    event = {"subtype": "message_changed", "message": after, "previous_message": said(), "ts": "1719210701.000100"}

    message = posted(callback(event)).message

    assert ("1719210664.234089", "new", "1719210700.000000") == (message.ts, message.text, message.edited_ts)


def test_an_unfurl_is_dropped() -> None:
    """A preview changes the attachments, not what was said."""
    after = said(attachments=[{"id": 1}])
    event = {"subtype": "message_changed", "message": after, "previous_message": said(), "ts": "1719210701.000100"}

    assert Dropped(reason="unfurl") == accept(callback(event))


def test_what_is_forwarded_is_quoted_below_what_its_author_says() -> None:
    """Others said it, on several lines; a preview of a link is nobody's word."""
    shared = {"is_share": True, "text": "It is <broken>.\n\nSince Monday.", "author_id": "U2"}
    preview = {"from_url": "https://x.test", "text": "A page"}

    message = posted(callback(said(text="fyi", attachments=[shared, preview]))).message

    assert "fyi\n&gt; It is <broken>.\n&gt; Since Monday." == message.text
    assert "&gt; hm" == posted(callback(said(text="", attachments=[shared | {"text": "hm"}]))).message.text
    assert "" == posted(callback(said(text=None, attachments=[preview]))).message.text


def test_a_deleted_message_is_reported_with_its_thread() -> None:
    """Where it stood is known from what it was."""
    before = said(thread_ts="1719210600.000100")
    event = {"subtype": "message_deleted", "previous_message": before, "deleted_ts": before["ts"]}

    answer = accept(callback(event))

    happening = MessageDeleted(channel="C1", ts="1719210664.234089", root_ts="1719210600.000100")
    assert WebhookEvent(provider=Provider.SLACK, external_id="T1", happening=happening) == answer


def test_a_deleted_thread_root_leaves_a_tombstone() -> None:
    """Slack says "changed" while replies stand below it."""
    gone = {"subtype": "tombstone", "ts": "1719210664.234089", "user": "USLACKBOT", "text": "This message was deleted."}
    event = {"subtype": "message_changed", "message": gone, "previous_message": said(), "ts": "1719210701.000100"}

    answer = accept(callback(event))

    assert isinstance(answer, WebhookEvent)
    assert MessageDeleted(channel="C1", ts="1719210664.234089", root_ts="1719210664.234089") == answer.happening


@pytest.mark.parametrize("subtype", ["channel_join", "channel_topic", "message_replied", "huddle_thread", "new_one"])
def test_notices_are_dropped(subtype: str) -> None:
    """Nobody says anything in them."""
    assert Dropped(reason="notice") == accept(callback(said(subtype=subtype)))


def test_a_message_that_does_not_say_where_it_was_said_is_invalid() -> None:
    """The error says which field."""
    event = {name: value for name, value in callback(said())["event"].items() if name != "channel"}

    with pytest.raises(InvalidRequest) as caught:
        accept({**callback({}), "event": event})
    assert "event.channel" == caught.value.field


@pytest.mark.parametrize(
    ("names", "known_by"),
    [
        ({"authorizations": [{"enterprise_id": "E1", "is_enterprise_install": True}]}, "E1"),
        ({"authorizations": [{"team_id": "T1", "user_id": "U0", "is_bot": True}]}, "T1"),
        ({"context_team_id": "T1"}, "T1"),
    ],
)
def test_any_name_of_the_installation_will_do(names: dict[str, Any], known_by: str) -> None:
    """Slack does not send again what was refused for a name that we can do without; with none it is nobody's."""
    nameless = {**callback({"type": "app_uninstalled"}), "team_id": None}
    found = accept({**nameless, **names})

    assert isinstance(found, WebhookEvent)
    assert known_by == found.external_id
    with pytest.raises(InvalidRequest, match="team_id"):
        accept(nameless)


@pytest.mark.parametrize("subtype", [None, "file_share", "thread_broadcast", "me_message"])
def test_a_message_without_a_time_of_its_own_has_that_of_its_event(subtype: str | None) -> None:
    """Slack's own example of a shared file has no `ts`; the event is about nothing else."""
    assert "1719210664.234089" == posted(callback(said(ts=None, subtype=subtype))).message.ts


@pytest.mark.parametrize("lacking", [{"user": None}, {"ts": None, "event_ts": None}])
def test_a_message_that_nothing_names_is_dropped_and_not_refused(lacking: dict[str, None]) -> None:
    """Sending it again would not help, and Slack stops sending to an address that refuses too much."""
    for subtype in (None, "file_share"):
        assert Dropped(reason="incomplete message") == accept(callback(said(subtype=subtype, **lacking)))


def test_a_shared_channel_belongs_to_the_workspace_that_installed_us() -> None:
    """`team_id` may be the other company's; where there is no authorization, the context says who listens."""
    ours = [{"team_id": "T_OURS", "user_id": "U0", "is_bot": True}]
    shared = accept(callback(said(), authorizations=ours, is_ext_shared_channel=True, context_team_id="T_CTX"))
    unnamed = accept(callback(said(), is_ext_shared_channel=True, context_team_id="T_CTX"))
    alone = accept(callback(said(), authorizations=ours))

    assert ["T_OURS", "T_CTX", "T_OURS"] == [
        a.external_id for a in (shared, unnamed, alone) if isinstance(a, WebhookEvent)
    ]


def test_an_organisation_that_installed_us_as_a_whole_is_who_an_event_is_about() -> None:
    """Its workspaces have no installation of their own."""
    grid = [{"enterprise_id": "E1", "team_id": "T1", "user_id": "U0", "is_bot": True, "is_enterprise_install": True}]
    one = [{"enterprise_id": "E1", "team_id": "T1", "user_id": "U0", "is_bot": True, "is_enterprise_install": False}]
    answers = [accept(callback(said(), authorizations=each)) for each in (grid, one)]

    assert ["E1", "T1"] == [answer.external_id for answer in answers if isinstance(answer, WebhookEvent)]


def test_what_several_workspaces_may_see_is_about_each_of_them() -> None:
    """One delivery for all who share the channel, named once each."""
    names = [{"team_id": "T1"}, {"team_id": "T2"}, {"enterprise_id": "E1", "is_enterprise_install": True}] * 2
    shared = accept(callback(said(), authorizations=names, is_ext_shared_channel=True))

    assert isinstance(shared, WebhookEvent)
    assert ("T1", ("T2", "E1")) == (shared.external_id, shared.also)


@pytest.mark.parametrize("subtype", [None, "message_deleted"])
def test_of_a_shared_channel_it_is_said_that_others_may_be_there(subtype: str | None) -> None:
    """Slack delivers once, whoever of our tenants is in it."""
    event = callback(said(subtype=subtype, deleted_ts="1000000000.000100"), authorizations=[{"team_id": "T1"}])
    answers = [accept(event), accept(event | {"is_ext_shared_channel": True})]

    assert [None, "C1"] == [answer.shared_in for answer in answers if isinstance(answer, WebhookEvent)]


def test_an_organisation_keeps_us_when_one_of_its_workspaces_leaves() -> None:
    """Its access ends with its token, which is told by itself."""
    grid = [{"enterprise_id": "E1", "user_id": "U0", "is_bot": True, "is_enterprise_install": True}]
    left = accept(callback({"type": "app_uninstalled"}, authorizations=grid))
    ended = accept(callback({"type": "tokens_revoked", "tokens": {"bot": ["U0"]}}, authorizations=grid))

    assert Dropped(reason="one workspace of several") == left
    assert isinstance(ended, WebhookEvent)
    assert ("E1", AccessLost(reason="tokens_revoked")) == (ended.external_id, ended.happening)


def account(**changes: Any) -> dict[str, Any]:
    """An account of our workspace, in full."""
    profile = {"display_name": "Ada", "real_name": "Ada King", "email": "ada@acme.test"}
    who = {"id": "U1", "team_id": "T1", "name": "ada", "deleted": False, "tz": "Europe/Berlin", "tz_offset": 3600}
    return {**who, "profile": profile, "updated": 1719210664, **changes}


@pytest.mark.parametrize("kind", ["team_join", "user_change"])
@pytest.mark.parametrize(
    ("changes", "standing"),
    [
        ({}, Standing.MEMBER),
        ({"is_restricted": True}, Standing.GUEST),
        ({"deleted": True}, Standing.LEFT),
        ({"team_id": "T_THEIRS"}, Standing.OUTSIDER),
        ({"is_stranger": True}, Standing.OUTSIDER),
    ],
)
def test_who_comes_or_changes_is_reported_as_the_chat_tells_of_them(
    kind: str, changes: dict[str, Any], standing: Standing
) -> None:
    """With what the account is in the workspace that let us in, and since when Slack says so."""
    found = accept(callback({"type": kind, "user": account(**changes)}, authorizations=[{"team_id": "T1"}]))

    expected = Member(
        id="U1",
        name="Ada King",
        email="ada@acme.test",
        time_zone="Europe/Berlin",
        accounts={Provider.SLACK: "U1"},
        standings={Provider.SLACK: standing},
        changed_at={Provider.SLACK: datetime(2024, 6, 24, 6, 31, 4, tzinfo=UTC)},
    )
    assert isinstance(found, WebhookEvent)
    assert PersonChanged(member=expected) == found.happening


@pytest.mark.parametrize(
    "event",
    [
        {"type": "user_change"},
        {"type": "team_join", "user": {"id": "", "name": "ada"}},
        {"type": "user_change", "user": "U1"},
        {"type": "channel_shared", "channel": None},
        {"type": "channel_id_changed", "old_channel_id": "G1", "new_channel_id": ""},
        {"type": "member_joined_channel", "channel": "C" * 100, "user": "U1"},
    ],
)
def test_what_does_not_say_whom_it_is_about_is_dropped_and_not_refused(event: dict[str, Any]) -> None:
    """Sending it again would not help."""
    assert Dropped(reason="incomplete event") == accept({**callback({}), "event": event})


def test_half_a_character_in_a_name_is_replaced() -> None:
    """JSON can carry it, no queue and no store can."""
    odd = account(profile={"display_name": "Ada \ud83d", "email": "ada\ud83d@acme.test"})
    found = accept(callback({"type": "user_change", "user": odd}))

    assert isinstance(found, WebhookEvent)
    assert isinstance(found.happening, PersonChanged)
    assert ("Ada ?", "ada?@acme.test") == (found.happening.member.name, found.happening.member.email)
    assert found.happening.model_dump_json()


@pytest.mark.parametrize("changes", [{"is_bot": True}, {"id": "USLACKBOT"}, {"is_workflow_bot": True}])
def test_programs_are_nobody(changes: dict[str, Any]) -> None:
    """Slack tells of their accounts, too."""
    assert Dropped(reason="bot") == accept(callback({"type": "user_change", "user": account(**changes)}))


@pytest.mark.parametrize(
    ("event", "happening"),
    [
        (
            {"type": "channel_id_changed", "old_channel_id": "G1", "new_channel_id": "C9"},
            ChannelChanged(channel="G1", now="C9", private=True, outside=True),
        ),
        ({"type": "channel_shared", "channel": "C1"}, ChannelChanged(channel="C1", private=True, outside=True)),
        (said(subtype="channel_convert_to_private", channel_type="group"), ChannelChanged(channel="C1", private=True)),
        ({"type": "channel_unarchive", "channel": "C1", "user": "U2"}, ChannelOpened(channel="C1")),
        ({"type": "group_unarchive", "channel": "G1", "user": "U2"}, ChannelOpened(channel="G1")),
        ({"type": "member_joined_channel", "channel": "C1", "user": "U0"}, ChannelOpened(channel="C1", user="U0")),
    ],
)
def test_what_becomes_of_a_channel_is_reported(event: dict[str, Any], happening: object) -> None:
    """Slack gives a private channel another id when its people begin to share it with another company."""
    found = accept({**callback({}), "event": {"type": "message", "channel": "C1", **event}})

    assert isinstance(found, WebhookEvent)
    assert happening == found.happening


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({"type": "channel_rename", "channel": {"id": "C1", "name": "new"}}, "no names are kept"),
        ({"type": "group_rename", "channel": {"id": "G1", "name": "new"}}, "no names are kept"),
        ({"type": "channel_archive", "channel": "C1", "user": "U1"}, "archived"),
        ({"type": "channel_unshared", "channel": "C1", "is_ext_shared": False}, "no longer shared"),
        (said(channel="C1", channel_type="channel", type="message", subtype="channel_convert_to_public"), "notice"),
        ({"type": "app_mention", "channel": "C1", "user": "U1", "text": "<@U0>"}, "event type"),
        ({"type": ["message"]}, "event type"),
    ],
)
def test_what_leaves_all_that_we_keep_as_it_is_is_dropped(event: dict[str, Any], reason: str) -> None:
    """A channel that more people read than before makes nothing public that was said before."""
    assert Dropped(reason=reason) == accept({**callback({}), "event": event})


def test_an_app_that_was_uninstalled_has_lost_its_access() -> None:
    """Since when Slack says so, to the second."""
    at = datetime.fromtimestamp(1599616881, UTC)
    lost = WebhookEvent(
        provider=Provider.SLACK, external_id="T1", happening=AccessLost(reason="app_uninstalled", at=at)
    )
    assert lost == accept(callback({"type": "app_uninstalled"}, event_time=1599616881))


@pytest.mark.parametrize(
    ("tokens", "answer"),
    [
        ({"oauth": ["U1"], "bot": ["U0"]}, AccessLost(reason="tokens_revoked")),
        ({"bot": ["U0"]}, AccessLost(reason="tokens_revoked")),
        ({"oauth": ["U1"], "bot": []}, Dropped(reason="user token")),
        ({"oauth": ["U1"]}, Dropped(reason="user token")),
    ],
)
def test_only_the_bots_own_token_is_our_access(tokens: dict[str, list[str]], answer: AccessLost | Dropped) -> None:
    """We ask for no person's token."""
    found = accept(callback({"type": "tokens_revoked", "tokens": tokens}))
    assert answer == (found.happening if isinstance(found, WebhookEvent) else found)


@needs_contracts
def test_recorded_ends_of_access_are_what_they_are() -> None:
    """Which recordings end our access, and for whom."""
    names = [path.stem for path in EVENTS if path.stem.startswith(("app_uninstalled", "tokens_revoked"))]
    answers = {name: accept(recorded(name)) for name in names}
    ended = {
        name: (answer.external_id, answer.happening.reason)
        for name, answer in answers.items()
        if isinstance(answer, WebhookEvent) and isinstance(answer.happening, AccessLost)
    }

    assert {
        "app_uninstalled.1": ("T_INSTALLED", "app_uninstalled"),
        "app_uninstalled.3": ("T111", "app_uninstalled"),
        "app_uninstalled.5": ("TXXXXXXXX", "app_uninstalled"),
        "tokens_revoked.1": ("T_INSTALLED", "tokens_revoked"),
        "tokens_revoked.5": ("T111", "tokens_revoked"),
    } == ended
    assert Dropped(reason="user token") == answers["tokens_revoked.3"]


def test_a_button_of_an_organisation_names_the_organisation() -> None:
    """With or without the workspace in which it was pressed."""
    pressed = {
        "type": "block_actions",
        "enterprise": {"id": "E1", "name": "Acme Group"},
        "is_enterprise_install": True,
        "user": {"id": "U1"},
        "actions": [{"action_id": "decision.approve", "value": "d-1:r-1"}],
    }
    answers = [
        SlackWebhook(SECRET).accept(slack_form({"payload": json.dumps({**pressed, "team": team})}, NOW), NOW)
        for team in (None, {"id": "T1"})
    ]
    assert ["E1", "E1"] == [answer.external_id for answer in answers if isinstance(answer, ButtonPressed)]


@pytest.mark.parametrize("answer", ["approve", "dismiss", "retry"])
def test_a_pressed_button_names_decision_and_person(answer: Answer) -> None:
    """Buttons arrive as a form with a JSON field."""
    payload = {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "actions": [{"action_id": f"decision.{answer}", "value": "d-1"}],
    }
    place = {"type": "message", "message_ts": "1.2", "channel_id": "C1"}

    bare, placed, threaded = (
        SlackWebhook(SECRET).accept(slack_form({"payload": json.dumps({**payload, "container": where})}, NOW), NOW)
        for where in ({"type": "view", "view_id": "V1"}, place, {**place, "thread_ts": "1.1"})
    )

    expected = ButtonPressed(provider=Provider.SLACK, external_id="T1", decision_id="d-1", answer=answer, user_id="U1")
    assert expected == bare
    assert expected.model_copy(update={"pressed_in": Subject(channel="C1", root_ts="1.2")}) == placed
    assert expected.model_copy(update={"pressed_in": Subject(channel="C1", root_ts="1.1")}) == threaded


@pytest.mark.parametrize(
    ("element", "asked"),
    [
        (
            {"action_id": "report.again.hour", "value": "standup"},
            ReportSnoozed(kind="standup", until="hour", pressed_in=Subject(channel="D1", root_ts="1.2")),
        ),
        (
            {"action_id": "report.again.tomorrow", "value": "weekly"},
            ReportSnoozed(kind="weekly", until="tomorrow", pressed_in=Subject(channel="D1", root_ts="1.2")),
        ),
        (
            {"action_id": "report.again.hour", "value": "overview:team-eng"},
            ReportSnoozed(
                kind="overview",
                team_id="team-eng",
                until="hour",
                pressed_in=Subject(channel="D1", root_ts="1.2"),
            ),
        ),
        (
            {"action_id": "report.not_mine", "selected_option": {"value": "ticket-1"}},
            TicketDisowned(ticket_id="ticket-1", pressed_in=Subject(channel="D1", root_ts="1.2")),
        ),
        (
            {"action_id": "report.say"},
            ReportWordsAsked(trigger_id="1.2.t", pressed_in=Subject(channel="D1", root_ts="1.2")),
        ),
    ],
)
def test_what_is_pressed_below_a_report_says_where_it_stands(element: dict[str, Any], asked: Asked) -> None:
    """And by whom."""
    payload = {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "trigger_id": "1.2.t",
        "container": {"type": "message", "message_ts": "1.2", "channel_id": "D1"},
        "actions": [element],
    }

    used = SlackWebhook(SECRET).accept(slack_form({"payload": json.dumps(payload)}, NOW), NOW)

    assert SurfaceUsed(provider=Provider.SLACK, external_id="T1", user_id="U1", asked=asked) == used


@pytest.mark.parametrize("body", [b"payload=%7B", b"payload=%5B%5D", b"payload=%ff", b"no form", b"payload=%7B%7D"])
def test_a_form_that_cannot_be_read_is_invalid(body: bytes) -> None:
    """Authentic, and still no interaction."""
    request = slack_signed(body, NOW, content_type="application/x-www-form-urlencoded; charset=utf-8")

    with pytest.raises(InvalidRequest):
        SlackWebhook(SECRET).accept(request, NOW)


@pytest.mark.parametrize(("minute", "at"), [(1518467820, datetime(2018, 2, 12, 20, 37, tzinfo=UTC)), (None, NOW)])
def test_events_that_slack_dropped_are_reported_as_missed(minute: int | None, at: datetime) -> None:
    """Of a workspace, since a minute; where Slack names none, since now."""
    event = {"type": "app_rate_limited", "team_id": "T1", "minute_rate_limited": minute, "api_app_id": "A1"}

    assert WebhookEvent(provider=Provider.SLACK, external_id="T1", happening=EventsMissed(at=at)) == accept(event)


@pytest.mark.parametrize("changes", [{"team_id": None}, {"team_id": ""}, {"minute_rate_limited": "soon"}])
def test_a_notice_of_dropped_events_that_names_no_workspace_or_time_is_refused(changes: dict[str, Any]) -> None:
    """Nothing could be read by it."""
    event = {"type": "app_rate_limited", "team_id": "T1", "minute_rate_limited": 1518467820}

    with pytest.raises(InvalidRequest):
        accept({**event, **changes})


@needs_contracts
@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.name)
def test_every_recorded_delivery_is_read_or_dropped(path: Path) -> None:
    """Real payloads; some recordings were stripped of the very fields that name a message."""
    body, content_type = path.read_bytes(), "application/json"
    form = path.suffix == ".form" or json.loads(body).get("type") not in {
        "event_callback",
        "url_verification",
        "app_rate_limited",
    }
    if form:
        content_type = "application/x-www-form-urlencoded"
        body = body.strip() if path.suffix == ".form" else urlencode({"payload": body.decode()}).encode()
    request = slack_signed(body, NOW, content_type=content_type)

    assert isinstance(SlackWebhook(SECRET).accept(request, NOW), WebhookEvent | SurfaceUsed | Dropped | Challenge)


@needs_contracts
def test_recorded_messages_are_what_they_are() -> None:
    """Which recordings report something, and which are none of our business."""
    names = [path.stem for path in EVENTS if path.name.startswith("message.") and "file_share.3" not in path.name]
    answers = {name: accept(recorded(name)) for name in names}
    reported = {name for name, answer in answers.items() if isinstance(answer, WebhookEvent)}

    assert {
        *(f"message.plain.{n}" for n in (1, 3, 5, 7)),
        "message.thread_reply.1",
        "message.thread_broadcast.1",
        "message.file_share.1",
        "message.message_changed.1",
        "message.message_changed.3",
        "message.message_deleted.1",
    } == reported
    assert {"bot": 5, "notice": 2, "unfurl": 1} == Counter(
        answer.reason for answer in answers.values() if isinstance(answer, Dropped)
    )


def test_half_a_character_is_replaced_and_an_endless_text_is_cut() -> None:
    """JSON can carry a lone surrogate, no store can keep it; the message is kept all the same."""
    assert "a?b" == posted(callback(said(text="a\ud83db"))).message.text
    assert LONGEST_TEXT == len(posted(callback(said(text="x" * 999_999))).message.text)


@pytest.mark.parametrize(
    ("change", "field"),
    [({"channel": "C" * 3_000}, "event.channel"), ({"ts": "99999999999.999999"}, "event.ts")],
)
def test_what_no_key_can_hold_is_refused_by_name(change: dict[str, str], field: str) -> None:
    """A request that cannot be stored is the sender's mistake, not a fault of ours."""
    with pytest.raises(InvalidRequest) as refused:
        accept(callback(said(**change)))

    assert field == refused.value.field


def test_an_edit_that_does_not_say_where_it_was_made_counts_as_private() -> None:
    """Its row may be a private channel's, and must not lose that by an edit."""
    edit = {
        "subtype": "message_changed",
        "channel_type": None,
        "ts": "1719210665.000100",
        "message": said(text="hello again", edited={"user": "U1", "ts": "1719210665.000000"}),
        "previous_message": said(),
    }

    assert posted(callback(edit)).message.private


def test_a_channel_shared_with_another_company_counts_as_private() -> None:
    """What is said among companies is not carried into one company's tracker without a person's word."""
    message = posted(callback(said(), is_ext_shared_channel=True)).message
    assert (True, True) == (message.private, message.outside)
    assert not posted(callback(said(), is_ext_shared_channel=False)).message.outside


def test_a_press_names_the_revision_that_was_shown() -> None:
    """The answer is to what the person saw."""
    press = {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "actions": [{"action_id": "decision.approve", "value": "d-1:digest-1"}],
    }

    answer = SlackWebhook(SECRET).accept(slack_form({"payload": json.dumps(press)}, NOW), NOW)

    assert isinstance(answer, ButtonPressed)
    assert ("d-1", "digest-1") == (answer.decision_id, answer.revision)


@pytest.mark.parametrize("scope", ["thread", "kind", "ticket", "channel"])
def test_what_is_muted_is_chosen_from_a_menu(scope: str) -> None:
    """It is about the decision of its block, as it was seen."""
    chosen = {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "actions": [
            {"action_id": "decision.mute", "block_id": "decision|d-1:digest-1", "selected_option": {"value": scope}}
        ],
    }

    answer = SlackWebhook(SECRET).accept(slack_form({"payload": json.dumps(chosen)}, NOW), NOW)

    assert isinstance(answer, ButtonPressed)
    assert ("d-1", "digest-1", scope, None) == (answer.decision_id, answer.revision, answer.mutes, answer.answer)


@pytest.mark.parametrize("view", [{}, {"view": None}, {"view": {"id": "V1", "type": "home", "hash": "156.1"}}])
def test_somebody_who_opens_the_home_tab_is_read_with_the_version_that_they_see(view: dict[str, Any]) -> None:
    """The first time there is none."""
    opened = {"type": "app_home_opened", "user": "U0ADA", "channel": "D0ADA", "tab": "home", **view}
    shown = (view.get("view") or {}).get("hash")

    assert SurfaceUsed(
        provider=Provider.SLACK, external_id="T0ACME", user_id="U0ADA", asked=HomeOpened(shown=shown)
    ) == accept({"type": "event_callback", "team_id": "T0ACME", "event": opened})


def test_the_tab_with_our_messages_is_none_of_our_pages() -> None:
    """Slack tells of it by the same event."""
    opened = {"type": "app_home_opened", "user": "U0ADA", "channel": "D0ADA", "tab": "messages"}

    assert Dropped(reason="another tab") == accept({"type": "event_callback", "team_id": "T0ACME", "event": opened})


def reacted(name: str, item: Any) -> Any:
    """What comes of a reaction of Ada's."""
    event = {"type": "reaction_added", "user": "U0ADA", "reaction": name, "item": item, "item_user": "U0BEN"}
    return accept({"type": "event_callback", "team_id": "T0ACME", "event": event})


@pytest.mark.parametrize(
    ("name", "means"),
    [
        ("white_check_mark", Reaction.APPROVE),
        ("heavy_check_mark", Reaction.APPROVE),
        ("thumbsdown", Reaction.UNDO),
        ("-1", Reaction.UNDO),
        ("-1::skin-tone-5", Reaction.UNDO),
        ("thumbsdown::skin-tone-2", Reaction.UNDO),
        ("ticket", Reaction.TICKET),
        ("admission_tickets", Reaction.TICKET),
    ],
)
def test_a_reaction_means_the_same_by_each_of_its_names_and_in_each_skin(name: str, means: Reaction) -> None:
    """Slack names some emoji twice, and the tone of a hand behind its name."""
    used = reacted(name, {"type": "message", "channel": "C0ENG", "ts": "1763631000.000100"})

    asked = ReactionAdded(means=means, channel="C0ENG", ts="1763631000.000100")
    assert SurfaceUsed(provider=Provider.SLACK, external_id="T0ACME", user_id="U0ADA", asked=asked) == used


@pytest.mark.parametrize(
    ("name", "item"),
    [
        ("tada", {"type": "message", "channel": "C0ENG", "ts": "1763631000.000100"}),
        ("thumbsup", {"type": "message", "channel": "C0ENG", "ts": "1763631000.000100"}),
        ("ticket", {"type": "file", "file": "F1"}),
    ],
)
def test_reactions_that_mean_nothing_to_us_are_dropped(name: str, item: Any) -> None:
    """Most of them do not, and nothing waits for them."""
    assert Dropped(reason="reaction") == reacted(name, item)


def test_taking_a_reaction_away_takes_nothing_back() -> None:
    """Nor does Slack tell us, for it is not asked to."""
    event = {"type": "reaction_removed", "user": "U0ADA", "reaction": "ticket", "item": {"type": "message"}}
    assert isinstance(accept({"type": "event_callback", "team_id": "T0ACME", "event": event}), Dropped)


def at_surface(event: dict[str, Any], **envelope: Any) -> Any:
    """What comes of an event of Ada's at a surface."""
    return accept({"type": "event_callback", "team_id": "T0ACME", "event": {"user": "U0ADA", **event}, **envelope})


SHARED = {
    "type": "link_shared",
    "channel": "C0ENG",
    "message_ts": "1763631000.000100",
    "links": [{"domain": "pm.test", "url": "https://pm.test/decisions/d-1"}],
    "unfurl_id": "C0ENG.1.2",
    "source": "conversations_history",
}


@pytest.mark.parametrize("outside", [False, True])
def test_a_link_to_our_pages_is_read_with_who_else_reads_it(outside: bool) -> None:
    """Whatever has no id by which it can be unfurled is dropped."""
    used = at_surface(SHARED, is_ext_shared_channel=outside)

    shared = LinkShared(
        channel="C0ENG",
        outside=outside,
        unfurl_id="C0ENG.1.2",
        source="conversations_history",
        links=("https://pm.test/decisions/d-1",),
    )
    assert isinstance(used, SurfaceUsed)
    assert shared == used.asked
    assert Dropped(reason="incomplete event") == at_surface({**SHARED, "unfurl_id": None})


def test_who_wants_to_see_more_of_a_link_is_read() -> None:
    """With what lets us show it to that person."""
    link = "https://pm.test/decisions/d-1"
    used = at_surface({"type": "entity_details_requested", "trigger_id": "1.2", "entity_url": link, "link": {}})

    assert DetailsWanted(trigger_id="1.2", link=link) == used.asked


def test_a_press_of_the_stop_button_is_read() -> None:
    """With the thread in which we are to stop."""
    stopped = {"type": "agent_session_stopped", "channel": "D1", "thread_ts": "1763631000.000100"}

    assert SessionStopped(channel="D1", root_ts="1763631000.000100") == at_surface(stopped).asked
