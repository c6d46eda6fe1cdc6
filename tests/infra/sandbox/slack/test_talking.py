"""People say things, react, share links and talk to the agent on the pages, and the app is told as Slack tells it."""

import json
from typing import Any

import pytest

from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.previews import Fact, Preview
from pm_assistant.domain.reports import CardEntry
from pm_assistant.integrations.slack.client import SlackChat
from pm_assistant.integrations.slack.previews import entity
from tests.infra.sandbox.running import GENERAL, SLACK_TOKEN, Json, Receiver, Sandbox, contract, flaws, wait_until

EVENTS = "slack/schema/events_and_blocks.types.schema.json"
REQUESTS = "slack/schema/webapi.requests.schema.json"
TYPES = {
    "reaction_added": "ReactionAddedEvent",
    "link_shared": "LinkSharedEvent",
    "entity_details_requested": "EntityDetailsRequestedEvent",
    "agent_session_stopped": "AgentSessionStoppedEvent",
}


def preview_of(link: str) -> Preview:
    """What the app shows of a decision."""
    entry = CardEntry(headline="Commented on", link_text="ENG-1 Coupon", detail="90% sure")
    said = Fact(label="Said here", text="Message 1", url="https://acme.slack.com/archives/C1/p1")
    facts = (said, Fact(label="Sure", text="90%"))
    return Preview(decision_id="d-1", url=link, entry=entry, status="Done", facts=facts)


def chat(sandbox: Sandbox) -> SlackChat:
    """The product's own hands."""
    return SlackChat(SLACK_TOKEN, f"{sandbox.url}/slack/api/", timeout=2)


def posted(sandbox: Sandbox, page: str, **fields: str) -> int:
    """Send a form of the pages off."""
    return sandbox.http.post(page, data=fields).status_code


def told(receiver: Receiver, kind: str) -> Json:
    """The last event of a kind, which has the form that Slack documents."""
    event: Json = receiver.wait(1, "slack", kind)[-1].body["event"]
    if kind in TYPES:
        assert [] == flaws(json.loads(contract(EVENTS).read_text()), TYPES[kind], event)
    return event


def said(sandbox: Sandbox, receiver: Receiver, text: str) -> str:
    """Ana says something on a page; where it stands."""
    assert 303 == posted(sandbox, f"/slack/archives/{GENERAL}/say", said=text, person="ana")
    return str(told(receiver, "message")["ts"])


def page_of(ts: str, channel: str = GENERAL) -> str:
    """A message's own."""
    return f"/slack/archives/{channel}/p{ts.replace('.', '')}"


def test_what_is_said_and_replied_on_a_page_is_told(sandbox: Sandbox, receiver: Receiver) -> None:
    """As what is said by the doors for tests."""
    ts = said(sandbox, receiver, "Hello")
    assert 303 == posted(sandbox, f"{page_of(ts)}/say", said="Indeed", person="ben")
    events = [each.body["event"] for each in receiver.wait(2, "slack", "message")]
    [reply] = [event for event in events if event["ts"] != ts]
    assert ("Indeed", ts, "U0BEN") == (reply["text"], reply["thread_ts"], reply["user"])
    assert 404 == posted(sandbox, f"/slack/archives/{GENERAL}/say", said=" ", person="ana")


def test_a_reaction_is_told_and_its_removal_is_not(sandbox: Sandbox, receiver: Receiver) -> None:
    """The app has not asked for that."""
    ts = said(sandbox, receiver, "Hello")
    assert "🎫" in sandbox.http.get(f"{page_of(ts)}/talk").text
    for _ in range(2):
        assert 303 == posted(sandbox, f"{page_of(ts)}/react", name="ticket", person="ben")
    event = told(receiver, "reaction_added")
    assert ("ticket", "U0BEN", GENERAL, ts) == (
        event["reaction"],
        event["user"],
        event["item"]["channel"],
        event["item"]["ts"],
    )
    assert 1 == len(receiver.of("slack", "reaction_added"))


def test_a_link_to_the_app_unfurls_and_shows_more_to_one_person(sandbox: Sandbox, receiver: Receiver) -> None:
    """Only its own domain is told of; what everybody sees and what one person sees are told apart."""
    link = f"{receiver.url}/decisions/d-1"
    ts = said(sandbox, receiver, f"Look: <{link}> and <https://elsewhere.test/decisions/d-1>")
    event = told(receiver, "link_shared")
    assert ([link], ts) == ([each["url"] for each in event["links"]], event["message_ts"])
    chat(sandbox).unfurl(event["unfurl_id"], event["source"], {link: preview_of(link)})
    page = sandbox.http.get(page_of(ts)).text
    assert "ENG-1 Coupon" in page
    assert "Said here" not in page

    assert 303 == posted(sandbox, f"{page_of(ts)}/details", entity=link, person="ben")
    wanted = told(receiver, "entity_details_requested")
    chat(sandbox).present_details(wanted["trigger_id"], preview_of(link))
    seen = sandbox.http.get(f"/slack/details/{wanted['trigger_id']}").text
    assert "Only visible to Ben" in seen
    assert "Said here" in seen
    chat(sandbox).present_details(wanted["trigger_id"], None)
    assert "nothing here for you" in sandbox.http.get(f"/slack/details/{wanted['trigger_id']}").text


def test_what_lets_the_app_show_something_counts_for_that_alone(sandbox: Sandbox, receiver: Receiver) -> None:
    """For these links, and as long as the message is there."""
    link = f"{receiver.url}/decisions/d-1"
    ts = said(sandbox, receiver, f"<{link}>")
    event = told(receiver, "link_shared")
    other = f"{receiver.url}/decisions/d-2"
    for unfurl_id, shared in (("unknown", link), (event["unfurl_id"], other)):
        with pytest.raises(NotFound):
            chat(sandbox).unfurl(unfurl_id, event["source"], {shared: preview_of(shared)})
    sandbox.control("slack/delete", channel="general", ts=ts)
    with pytest.raises(NotFound):
        chat(sandbox).unfurl(event["unfurl_id"], event["source"], {link: preview_of(link)})
    with pytest.raises(NotFound):
        chat(sandbox).present_details("unknown", None)


@pytest.mark.parametrize("link", [None, "https://pm.test/decisions/d-1"])
def test_our_entities_are_of_slacks_own_form(link: str | None) -> None:
    """With facts and beside a link."""
    shown: Any = entity(preview_of("https://pm.test/decisions/d-1"), link)
    assert [] == flaws(json.loads(contract(REQUESTS).read_text()), "EntityMetadata", shown)


def test_the_agent_is_at_work_until_it_is_stopped(sandbox: Sandbox, receiver: Receiver) -> None:
    """The button stands there only meanwhile, and the app has to say that it has stopped."""
    sandbox.slack("chat.postMessage", channel="U0ANA", text="Hello")
    direct = next(each["id"] for each in sandbox.state()["slack"]["channels"] if each["id"].startswith("D"))
    assert 303 == posted(sandbox, f"/slack/archives/{direct}/say", said="what waits for me?", person="ana")
    wait_until(lambda: any(e.body["event"].get("client_msg_id") for e in receiver.of("slack", "message")))
    asked = receiver.of("slack", "message")[-1].body["event"]
    assert ("im", "what waits for me?") == (asked["channel_type"], asked["text"])
    page = page_of(asked["ts"], direct)
    assert 404 == posted(sandbox, f"{page}/stop", person="ana")
    chat(sandbox).show_session(direct, asked["ts"], "processing", title="what waits for me?")
    assert "At work" in sandbox.http.get(page).text
    assert 303 == posted(sandbox, f"{page}/stop", person="ana")
    assert asked["ts"] == told(receiver, "agent_session_stopped")["thread_ts"]
    chat(sandbox).show_session(direct, asked["ts"], "closed")
    assert "At work" not in sandbox.http.get(page).text
    with pytest.raises(NotFound):
        chat(sandbox).show_session(direct, "1.000000", "processing")
