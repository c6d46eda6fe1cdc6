"""Slash commands and shortcuts as Slack has them: what it tells the app, and how long and often that may answer."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.infra.sandbox.browsing import press
from tests.infra.sandbox.running import (
    GENERAL,
    PRIVATE,
    Json,
    Receiver,
    Sandbox,
    SetClock,
    contract,
    receiving,
    serving,
    wait_until,
)

CHANNEL = f"/slack/archives/{GENERAL}"


def typed(sandbox: Sandbox, receiver: Receiver, text: str, channel: str = GENERAL) -> Json:
    """Type a command as Ana, and see what the app is told."""
    page = f"/slack/archives/{channel}"
    answer = press(sandbox.http, page, "type", more=[("typed", text), ("typist", "ana")])
    assert (303, page) == (answer.status_code, answer.headers["location"])
    return receiver.wait(1, "slack", "slash_command")[-1].body


def respond(sandbox: Sandbox, address: str, **said: object) -> httpx.Response:
    """Answer as the app."""
    return sandbox.http.post(address, json=said)


def test_a_command_arrives_as_a_form_of_slacks_shape(sandbox: Sandbox, receiver: Receiver) -> None:
    """Signed as all else; what follows the command is its text."""
    told = typed(sandbox, receiver, "/pm  today please ")
    assert ("/pm", "today please", "U0ANA", GENERAL, "general", "T0TEST", "false") == tuple(
        told[name]
        for name in ("command", "text", "user_id", "channel_id", "channel_name", "team_id", "is_enterprise_install")
    )
    assert "x-slack-signature" in receiver.of("slack", "slash_command")[0].headers
    shape = httpx.Response(200, content=contract("slack/shapes/SlashCommandPayload.json").read_bytes()).json()
    assert {"type"} == told.keys() - shape.keys()
    sandbox.control("config", slack_enterprise="organization")
    receiver.received.clear()
    everywhere = typed(sandbox, receiver, "/pm")
    assert ("E0TEST", "true") == (everywhere["enterprise_id"], everywhere["is_enterprise_install"])


def test_a_private_channel_has_no_name_and_an_unknown_command_no_app(sandbox: Sandbox, receiver: Receiver) -> None:
    """As at Slack."""
    assert "privategroup" == typed(sandbox, receiver, "/pm help", PRIVATE)["channel_name"]
    answer = press(sandbox.http, CHANNEL, "type", more=[("typed", "/other"), ("typist", "ana")])
    assert 404 == answer.status_code


def test_an_answer_is_seen_by_whoever_asked(sandbox: Sandbox, receiver: Receiver) -> None:
    """On the page of the channel, five times at most; what is no answer does not count."""
    address = typed(sandbox, receiver, "/pm help")["response_url"]
    assert [400, 400] == [respond(sandbox, address).status_code, sandbox.http.post(address, content="?").status_code]
    assert 400 == respond(sandbox, address, blocks=[{"type": "new"}]).status_code
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "*Only* for you"}}
    answers = [respond(sandbox, address, text="Only for you", blocks=[block]) for _ in range(6)]
    assert [200] * 5 + [404] == [answer.status_code for answer in answers]
    assert "used_url" == answers[-1].json()["error"]
    page = sandbox.http.get(CHANNEL).text
    assert ("Only visible to Ana Ruiz" in page, "<b>Only</b> for you" in page) == (True, True)
    assert [("U0ANA", GENERAL)] * 5 == [
        (each["user"], each["channel"]) for each in sandbox.state()["slack"]["ephemerals"]
    ]


def test_an_answer_comes_within_half_an_hour_or_not_at_all(tmp_path: Path, demo: Path) -> None:
    """Nor where nobody asked."""
    clock = SetClock()
    with receiving() as receiver, serving(tmp_path, demo, receiver.url, clock=clock) as sandbox:
        address = typed(sandbox, receiver, "/pm help")["response_url"]
        clock.now += timedelta(minutes=30)
        assert 200 == respond(sandbox, address, text="in time").status_code
        clock.now += timedelta(seconds=1)
        late = respond(sandbox, address, text="too late")
        assert (404, "expired_url") == (late.status_code, late.json()["error"])
        assert 404 == respond(sandbox, f"{address}x", text="nobody").status_code


def test_a_shortcut_on_a_message_brings_the_message(sandbox: Sandbox, receiver: Receiver) -> None:
    """In a thread, too, and with what an app may answer by and open a modal with."""
    root = sandbox.control("slack/messages", channel="general", user="ben", text="Broken")
    below = sandbox.control("slack/messages", channel="general", user="ana", text="Since?", thread_ts=root["ts"])
    page = f"{CHANNEL}/p{below['ts'].replace('.', '')}"
    assert f"href='{page}/shortcuts'" in sandbox.http.get(CHANNEL).text
    answer = press(sandbox.http, f"{page}/shortcuts", "shortcut.track", more=[("person", "ben")])
    assert (303, page) == (answer.status_code, answer.headers["location"])
    told = receiver.wait(1, "slack", "message_action")[-1].body
    shape = httpx.Response(200, content=contract("slack/shapes/MessageShortcutPayload.json").read_bytes()).json()
    assert set() == told.keys() - shape.keys()
    assert ("shortcut.track", "U0BEN", GENERAL, "Since?", root["ts"], below["ts"]) == (
        told["callback_id"],
        told["user"]["id"],
        told["channel"]["id"],
        told["message"]["text"],
        told["message"]["thread_ts"],
        told["message_ts"],
    )
    assert respond(sandbox, told["response_url"], text="Seen").is_success
    assert root["ts"] == sandbox.state()["slack"]["ephemerals"][-1]["thread_ts"]
    view = {"type": "modal", "title": {"type": "plain_text", "text": "Hi"}, "blocks": []}
    assert sandbox.slack("views.open", trigger_id=told["trigger_id"], view=view)["ok"]
    assert "A modal is open for Ben Cole" in sandbox.http.get(page).text


def test_a_shortcut_anywhere_brings_no_place(sandbox: Sandbox, receiver: Receiver) -> None:
    """And one that the app does not offer nothing at all."""
    press(sandbox.http, CHANNEL, "shortcut.new", more=[("typist", "ana")])
    told = receiver.wait(1, "slack", "shortcut")[-1].body
    assert ("shortcut.new", "U0ANA", set()) == (
        told["callback_id"],
        told["user"]["id"],
        {"channel", "message", "response_url"} & told.keys(),
    )
    fields = {"shortcut": "shortcut.other", "person": "ana"}
    root = sandbox.control("slack/messages", channel="general", user="ben", text="Broken")
    page = f"{CHANNEL}/p{root['ts'].replace('.', '')}/shortcuts"
    assert 404 == sandbox.http.post(page, data=fields).status_code


@pytest.mark.parametrize("answers", [[lambda: 500], [lambda: 500, lambda: 500]])
def test_what_somebody_asks_is_told_once(sandbox: Sandbox, receiver: Receiver, answers: list[object]) -> None:
    """Whoever asked sees that it failed, and asks again."""
    receiver.answers += answers  # type: ignore[arg-type]
    typed(sandbox, receiver, "/pm help")
    wait_until(lambda: all(each["outcome"] != "pending" for each in sandbox.state()["deliveries"]))
    assert 1 == len(receiver.of("slack", "slash_command"))
