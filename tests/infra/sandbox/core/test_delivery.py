"""What reaches the app, and how often."""

import json
import threading
import time
from pathlib import Path

import pytest

from infra.sandbox.linear.signing import signature as linear_signature
from infra.sandbox.slack.signing import signature as slack_signature
from tests.infra.sandbox.running import (
    GENERAL,
    SECRETS,
    Json,
    Receiver,
    Sandbox,
    contract,
    flaws,
    receiving,
    serving,
    wait_until,
)

COMMENT = "mutation Comment($input: CommentCreateInput!) { commentCreate(input: $input) { comment { id } } }"


def say(sandbox: Sandbox, text: str, **more: object) -> str:
    """Let Ana say something and return its ts."""
    return str(sandbox.control("slack/messages", channel="general", user="ana", text=text, **more)["ts"])


def outcomes(sandbox: Sandbox) -> list[tuple[str, int]]:
    """How each delivery ended and after how many attempts."""
    return [(each["outcome"], each["attempts"]) for each in sandbox.state()["deliveries"]]


def test_signatures_follow_the_vendors_schemes() -> None:
    """The known answers of both vendors come out."""
    vectors = json.loads(contract("signature_vectors.json").read_text())
    slack, linear = vectors["slack"]["vector"], vectors["linear"]["vector"]

    assert slack["signature"] == slack_signature(slack["secret"], slack["timestamp"], slack["body"].encode())
    assert linear["signature"] == linear_signature(linear["secret"], linear["body"].encode())


def test_every_delivery_is_signed_over_what_is_sent(sandbox: Sandbox, receiver: Receiver) -> None:
    """The app can verify both vendors' deliveries from headers and raw body."""
    say(sandbox, "Grüße")
    sandbox.control("linear/issues/ENG-1", title="Renamed")
    slack, linear = receiver.wait(1, "slack")[0], receiver.wait(1, "linear")[0]

    timestamp = slack.headers["x-slack-request-timestamp"]
    assert slack_signature(SECRETS["slack_signing_secret"], timestamp, slack.raw) == slack.headers["x-slack-signature"]
    assert linear_signature(SECRETS["linear_webhook_secret"], linear.raw) == linear.headers["linear-signature"]
    assert abs(time.time() - int(timestamp)) < 60
    assert abs(time.time() * 1000 - linear.body["webhookTimestamp"]) < 60_000
    assert "Issue" == linear.headers["linear-event"]


def test_events_have_the_form_slack_documents(sandbox: Sandbox, receiver: Receiver) -> None:
    """Each kind of event satisfies the type Slack publishes for it."""
    types = json.loads(contract("slack/schema/events_and_blocks.types.schema.json").read_text())
    given = json.loads(contract("slack/given/events/message.plain.1.json").read_text())
    root = say(sandbox, "root https://example.com <@U0BEN>")
    reply = say(sandbox, "reply", thread_ts=root)
    say(sandbox, "with a file", files=[{"name": "plan.pdf", "mimetype": "application/pdf"}])
    sandbox.control("slack/react", channel="general", ts=root, name=":eyes:", user="ben")
    sandbox.control("slack/edit", channel="general", ts=reply, text="corrected")
    sandbox.control("slack/delete", channel="general", ts=reply)
    sandbox.slack("chat.postMessage", channel=GENERAL, text="from the app")
    sandbox.slack("chat.postMessage", channel="U0ANA", text="a direct message")
    receiver.wait(9, "slack")

    definitions = {
        "message": "GenericMessageEvent",
        "file_share": "FileShareMessageEvent",
        "message_changed": "MessageChangedEvent",
        "message_deleted": "MessageDeletedEvent",
        "reaction_added": "ReactionAddedEvent",
    }
    nested = ("message", "previous_message")
    found = {
        kind: [
            flaw
            for each in receiver.of("slack", kind)
            for flaw in flaws(types, definition, each.body["event"], ignoring=nested)
        ]
        for kind, definition in definitions.items()
    }
    assert {kind: [] for kind in definitions} == found
    assert [4, 1, 2, 1, 1] == [len(receiver.of("slack", kind)) for kind in definitions]
    reply_event = next(each.body for each in receiver.of("slack", "message") if each.body["event"]["text"] == "reply")
    assert given.keys() == reply_event.keys()
    assert given["event"].keys() == reply_event["event"].keys() - {"thread_ts", "parent_user_id"}


def test_webhooks_have_the_form_linear_documents(sandbox: Sandbox, receiver: Receiver) -> None:
    """Tickets and comments satisfy the webhook schema."""
    schema = json.loads(contract("linear/schema/webhooks.schema.json").read_text())
    sandbox.control("linear/issues", team="ENG", title="New", assignee="ben", parent="ENG-1", user="ben")
    sandbox.control("linear/issues/ENG-2", state="Completed")
    sandbox.linear(COMMENT, input={"issueId": "ENG-2", "body": "Shipped"})
    sandbox.linear('mutation { issueDelete(id: "ENG-3") { success } }')
    received = receiver.wait(4, "linear")

    assert [[]] * 4 == [flaws(schema, f"Entity:{each.body['type']}", each.body) for each in received]
    assert {("Issue", "create"), ("Issue", "update"), ("Comment", "create"), ("Issue", "remove")} == {
        (each.body["type"], each.body["action"]) for each in received
    }


def test_an_update_tells_what_was_before_and_who_did_it(sandbox: Sandbox, receiver: Receiver) -> None:
    """`updatedFrom` holds only what changed; the app's own writes name an OAuth client."""
    sandbox.control("linear/issues/ENG-2", state="completed", user="ben")
    sandbox.linear(COMMENT, input={"issueId": "ENG-2", "body": "Shipped"})
    moved = receiver.wait(1, "linear", "Issue")[0].body
    comment = receiver.wait(1, "linear", "Comment")[0].body

    assert {"stateId", "completedAt", "updatedAt"} == moved["updatedFrom"].keys()
    assert ("state-backlog", None) == (moved["updatedFrom"]["stateId"], moved["updatedFrom"]["completedAt"])
    assert [("user", "Ben Cole"), ("oauthClient", "PM Assistant")] == [
        (each["actor"]["type"], each["actor"]["name"]) for each in (moved, comment)
    ]


def test_what_the_app_posts_comes_back_without_a_subtype(sandbox: Sandbox, receiver: Receiver) -> None:
    """The echo names the bot but looks like any message."""
    sandbox.slack("chat.postMessage", channel=GENERAL, text="Done")
    event = receiver.wait(1, "slack")[0].body["event"]

    assert "subtype" not in event
    assert ("U0BOT", "B0BOT", "A0APP") == (event["user"], event["bot_id"], event["app_id"])
    assert "U0BOT" == event["bot_profile"]["user_id"]


def test_an_unfurled_link_changes_the_message_but_not_its_text(sandbox: Sandbox, receiver: Receiver) -> None:
    """Slack reports the preview as an edit that nobody made."""
    say(sandbox, "see <https://example.com/a|this>")
    event = receiver.wait(1, "slack", "message_changed")[0].body["event"]

    assert event["message"]["text"] == event["previous_message"]["text"]
    assert "https://example.com/a" == event["message"]["attachments"][0]["from_url"]
    assert "edited" not in event["message"]


def test_the_deleted_root_of_a_thread_leaves_a_tombstone(sandbox: Sandbox, receiver: Receiver) -> None:
    """Slack reports it as a change; its replies stay."""
    root = say(sandbox, "root")
    say(sandbox, "reply", thread_ts=root)
    sandbox.control("slack/delete", channel="general", ts=root)
    event = receiver.wait(1, "slack", "message_changed")[0].body["event"]

    assert ("tombstone", root) == (event["message"]["subtype"], event["message"]["ts"])
    assert 2 == len(sandbox.slack("conversations.replies", channel=GENERAL, ts=root)["messages"])


@pytest.mark.parametrize(("fresh", "ids"), [(False, 1), (True, 5)])
def test_one_message_can_be_told_many_times(sandbox: Sandbox, receiver: Receiver, fresh: bool, ids: int) -> None:
    """Copies keep the event id, or get one each."""
    say(sandbox, "again", deliveries=5, fresh_event_ids=fresh)
    received = receiver.wait(5, "slack")

    assert ids == len({each.body["event_id"] for each in received})
    assert 1 == len({each.body["event"]["ts"] for each in received})


def test_duplicates_can_be_the_rule(sandbox: Sandbox, receiver: Receiver) -> None:
    """With `duplicates` every event of both vendors comes more than once."""
    sandbox.control("config", duplicates=1)
    say(sandbox, "twice")
    sandbox.control("linear/issues/ENG-1", title="Twice")

    assert 1 == len({each.body["event_id"] for each in receiver.wait(2, "slack")})
    assert 1 == len({each.headers["linear-delivery"] for each in receiver.wait(2, "linear")})


def test_what_is_not_acknowledged_is_repeated(sandbox: Sandbox, receiver: Receiver) -> None:
    """A repeat is the same event with the number and the reason in its headers."""
    again = threading.Event()

    def dawdle() -> int:
        again.wait(30)
        return 200

    def answer() -> int:
        again.set()
        return 200

    sandbox.control("config", ack_seconds=1)
    receiver.answers += [lambda: 500, dawdle, answer]
    say(sandbox, "hello")
    received = receiver.wait(3, "slack")[:3]
    wait_until(lambda: [outcome for outcome, _ in outcomes(sandbox)] == ["delivered"])

    marks = [(each.headers.get("x-slack-retry-num"), each.headers.get("x-slack-retry-reason")) for each in received]
    assert [(None, None), ("1", "http_error"), ("2", "http_timeout")] == marks
    assert 1 == len({each.body["event_id"] for each in received})


@pytest.mark.thorough
@pytest.mark.parametrize("vendor", ["slack", "linear"])
def test_a_repeat_is_what_was_sent_before(sandbox: Sandbox, receiver: Receiver, vendor: str) -> None:
    """Byte for byte; Slack alone signs it with the time of the repeat, Linear's time stands inside what it repeats."""
    sandbox.control("config", retry_delays=[1.1])
    receiver.answers.append(lambda: 500)
    if vendor == "slack":
        say(sandbox, "hello")
    else:
        sandbox.control("linear/issues/ENG-1", title="Renamed")
    first, second = receiver.wait(2, vendor)

    assert first.raw == second.raw
    signatures = {each.headers[f"{'x-' if vendor == 'slack' else ''}{vendor}-signature"] for each in (first, second)}
    assert (2 if vendor == "slack" else 1) == len(signatures)


@pytest.mark.thorough
def test_a_delivery_that_never_succeeds_is_recorded(sandbox: Sandbox, receiver: Receiver) -> None:
    """After the last repeat the state names the failure; later messages were not held up."""
    sandbox.control("config", retry_delays=[1, 0.05, 0.05])  # time to say how the repeats are answered
    receiver.answers += [lambda: 500, lambda: 200]
    say(sandbox, "fails first")
    say(sandbox, "goes through")
    receiver.wait(2, "slack")
    receiver.answers += [lambda: 503] * 3
    wait_until(lambda: sorted(outcomes(sandbox)) == [("delivered", 1), ("failed", 4)])

    failed = next(each for each in sandbox.state()["deliveries"] if each["outcome"] == "failed")
    assert ("slack", "message", 503, "http_error") == (
        failed["vendor"],
        failed["kind"],
        failed["status"],
        failed["error"],
    )


def test_messages_of_a_channel_arrive_in_order(sandbox: Sandbox, receiver: Receiver) -> None:
    """Ten quick messages keep their order."""
    said = [say(sandbox, str(number)) for number in range(10)]

    assert said == [each.body["event"]["ts"] for each in receiver.wait(10, "slack")]


def test_nothing_is_lost_while_the_app_is_not_there(tmp_path: Path, demo: Path) -> None:
    """What could not be delivered survives a restart and arrives once the app is known."""
    with serving(tmp_path / "state", demo) as sandbox:
        ts = say(sandbox, "early")
    with receiving() as receiver, serving(tmp_path / "state", demo) as sandbox:
        sandbox.control("config", app_url=receiver.url)
        event: Json = receiver.wait(1, "slack")[0].body["event"]

        assert ts == event["ts"]
        assert [ts] == [each["ts"] for each in sandbox.state()["slack"]["messages"][GENERAL]]
