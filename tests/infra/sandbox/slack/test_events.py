"""What Slack tells of people and channels, in the form of its own types, to an app that was granted it."""

import json

import pytest

from tests.infra.sandbox.browsing import press, sent_back
from tests.infra.sandbox.running import GENERAL, PRIVATE, Json, Receiver, Sandbox, contract, flaws
from tests.infra.sandbox.slack.flow import access, callback, consent

READING = "users:read,channels:read,groups:read,channels:history,groups:history"


def told(receiver: Receiver, *kinds: str) -> list[Json]:
    """The next events, which are of these kinds, as far as Slack's own types know them."""
    schema = json.loads(contract("slack/schema/events_and_blocks.types.schema.json").read_text())
    found = [receiver.wait(1, "slack", kind)[0].body for kind in kinds]
    for body in found:
        definition = "".join(part.title() for part in body["event"]["type"].split("_")).replace("IdC", "IDC") + "Event"
        if body["event"]["type"] != "message":
            assert [] == flaws(schema, definition, body["event"], ignoring=("user",))
    return found


def test_somebody_joins_and_changes(sandbox: Sandbox, receiver: Receiver) -> None:
    """With all there is to say of the account, and when that last changed."""
    sandbox.control("people", handle="nia")
    sandbox.control("people", handle="nia", slack="deactivated", name="Nia Q.", time_zone="Asia/Tokyo")

    came, left = (body["event"]["user"] for body in told(receiver, "team_join", "user_change"))
    assert ("U0NIA", False, "nia@newcomers.test") == (came["id"], came["deleted"], came["profile"]["email"])
    assert ("Nia Q.", True, "Asia/Tokyo") == (left["profile"]["real_name"], left["deleted"], left["tz"])
    listed = next(each for each in sandbox.slack("users.list")["members"] if each["id"] == "U0NIA")
    assert left["updated"] == listed["updated"] >= came["updated"] > 1719210000


@pytest.mark.parametrize(("channel", "kind"), [("general", "channel"), ("leads", "group")])
def test_a_channel_is_renamed_archived_and_opened_again(
    sandbox: Sandbox, receiver: Receiver, channel: str, kind: str
) -> None:
    """While it is archived the app cannot write there."""
    id = sandbox.control("slack/channels/change", channel=channel, user="ana", name="all", archived=True)["channel"]
    closed = sandbox.slack("chat.postMessage", channel=id, text="Hi")
    sandbox.control("slack/channels/change", channel="all", user="ana", archived=False)
    opened = sandbox.slack("chat.postMessage", channel=id, text="Hi")

    renamed, *others = told(receiver, f"{kind}_rename", f"{kind}_archive", f"{kind}_unarchive")
    assert (id, "all") == (renamed["event"]["channel"]["id"], renamed["event"]["channel"]["name"])
    assert [id, id] == [body["event"]["channel"] for body in others]
    assert ("is_archived", True) == (closed["error"], opened["ok"])


def test_a_channel_is_closed_shared_and_stands_under_another_id(sandbox: Sandbox, receiver: Receiver) -> None:
    """With all that was said there; from then on other companies are named as listening."""
    sandbox.control("slack/messages", channel="general", user="ana", text="Hi")
    changed = sandbox.control(
        "slack/channels/change", channel="general", user="ana", private=True, id="C0SHARED", shared=True
    )
    sandbox.control("slack/messages", channel="C0SHARED", user="ana", text="Hi all")

    kinds = ("channel_convert_to_private", "channel_id_changed", "channel_shared")
    converted, moved, shared = (body["event"] for body in told(receiver, *kinds))
    assert (GENERAL, "group") == (converted["channel"], converted["channel_type"])
    assert (GENERAL, "C0SHARED") == (moved["old_channel_id"], moved["new_channel_id"])
    assert "C0SHARED" == changed["channel"] == shared["channel"]
    [said] = [e.body for e in receiver.wait(2, "slack", "message") if e.body["event"]["channel"] == "C0SHARED"]
    assert (True, "group") == (said["is_ext_shared_channel"], said["event"]["channel_type"])
    history = sandbox.slack("conversations.history", channel="C0SHARED")["messages"]
    assert ["Hi all", "Hi"] == [message["text"] for message in history]
    assert "channel_not_found" == sandbox.slack("conversations.history", channel=GENERAL)["error"]
    [listed] = [
        c for c in sandbox.slack("conversations.list", types="private_channel")["channels"] if c["id"] != PRIVATE
    ]
    assert ("C0SHARED", True) == (listed["id"], listed["is_ext_shared"])


def test_people_and_the_app_come_into_a_channel(sandbox: Sandbox, receiver: Receiver) -> None:
    """Each is told alike."""
    for who in ("ben", "app"):
        sandbox.control("slack/channels/change", channel="leads", user="ana", joined=who)

    joined = [each.body["event"] for each in receiver.wait(2, "slack", "member_joined_channel")]
    assert [("U0BEN", PRIVATE), ("U0BOT", PRIVATE)] == [(event["user"], event["channel"]) for event in joined]


def test_what_was_left_out_on_the_page_is_neither_granted_nor_told(sandbox: Sandbox, receiver: Receiver) -> None:
    """A message of a kind that may not be read, a person, a channel; the rest goes on."""
    left_out = [("without", scope) for scope in ("users:read", "groups:history", "groups:read")]
    agreed = press(sandbox.http, consent(receiver, scope=READING), more=left_out)
    code = sent_back(agreed, callback(receiver))["code"]
    granted = access(sandbox, code=code, redirect_uri=callback(receiver))
    sandbox.control("people", handle="nia")
    for channel in ("leads", "general"):
        sandbox.control("slack/messages", channel=channel, user="ana", text="Hi")
        sandbox.control("slack/channels/change", channel=channel, user="ana", name=f"{channel}-2")

    assert "channels:read,channels:history" == granted["scope"]
    told(receiver, "channel_rename")
    kinds = [(each.body["event"]["type"], each.body["event"]["channel"]) for each in receiver.of("slack")]
    assert [("message", GENERAL)] == [kind for kind in kinds if kind[0] == "message"]
    assert {"message", "channel_rename"} == {kind for kind, _ in kinds}


def test_the_apps_name_is_a_mention_once_somebody_has_typed_it(sandbox: Sandbox, receiver: Receiver) -> None:
    """As Slack's composer makes one of it; an address that only ends so is none."""
    app = sandbox.slack("auth.test")
    typed = f"@{app['user'].replace('-', ' ').title()} undo, x@{app['user']}"
    sandbox.control("slack/messages", channel="general", user="ana", text=typed)
    [said] = told(receiver, "message")
    assert f"<@{app['user_id']}> undo, x@{app['user']}" == said["event"]["text"]
