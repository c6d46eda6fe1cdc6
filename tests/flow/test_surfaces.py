"""What people open, type and ask in Slack, on the deployed stack: answered where they are, from what is stored."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime
from urllib.parse import urljoin

import httpx
import pytest

from infra.local.client import Browser, Form
from pm_assistant.domain.reports import ReportDue
from tests.flow.conftest import Json, Outside

pytestmark = pytest.mark.stack
MOST_TRIES = 3
"""Of a menu, where the machine is too slow for a modal that has to open within three seconds."""


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Somebody's browser, for the sandbox's pages."""
    with closing(Browser()) as browser:
        yield browser


def page_of(outside: Outside, path: str) -> str:
    """The address of a page of the sandbox's Slack."""
    return f"{outside.described['sandbox_url']}/slack/{path}"


def test_whoever_opens_the_home_finds_their_day_there(outside: Outside, browser: Browser) -> None:
    """And nobody else's is made for it."""
    before = outside.state()["slack"]["homes"]

    browser.press(browser.open(page_of(outside, "home/priya")), label="Open")
    outside.until(lambda: outside.state()["slack"]["homes"] != before, "the home")

    homes = outside.state()["slack"]["homes"]
    [opened] = [user for user in homes if homes[user] != before.get(user)]
    assert "My day" in json.dumps(homes[opened])
    assert "My day" in browser.open(page_of(outside, "home/priya")).text


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("/pm today", "Standup for Priya"),
        ("/pm week", "Weekly report for Priya"),
        ("/pm help", "/pm untracked"),
        ("/pm settings", "by Slack"),
    ],
)
def test_a_command_is_answered_to_whoever_typed_it_alone(
    outside: Outside, browser: Browser, typed: str, answer: str
) -> None:
    """Nothing of it is said in the channel."""
    channel = next(each for each in outside.state()["slack"]["channels"] if each["name"] == "ops")
    said = outside.state()["slack"]["messages"].get(channel["id"], [])

    def answers() -> list[Json]:
        return [each for each in outside.state()["slack"]["ephemerals"] if answer in json.dumps(each)]

    before = len(answers())
    channel_page = browser.open(page_of(outside, f"archives/{channel['id']}"))
    browser.press(channel_page, label="Send", typed=typed, typist="priya")
    outside.until(lambda: len(answers()) > before, "the answer")

    priya = next(user["id"] for user in outside.state()["slack"]["users"] if user["email"].startswith("priya"))
    assert (channel["id"], priya) == (answers()[-1]["channel"], answers()[-1]["user"])
    assert said == outside.state()["slack"]["messages"].get(channel["id"], [])


def test_a_question_is_answered_once_below_it(outside: Outside) -> None:
    """With the ticket, where it stands and a link to it, though Slack tells of it five times."""
    question = outside.say("@PM Assistant what is the state of OPS-19?", channel="ops", user="tobias", deliveries=5)

    outside.until(lambda: outside.cards(question), "the answer")
    outside.quiet()

    [answer] = outside.cards(question)
    assert outside.issue("OPS-19")["title"] in json.dumps(answer)
    assert outside.issue("OPS-19")["url"] in json.dumps(answer)


def channel_page(outside: Outside, channel: str) -> str:
    """The address of a channel's page."""
    return page_of(outside, f"archives/{channel}")


def message_page(outside: Outside, message: Json, *, part: str = "") -> str:
    """The address of a message, or of what can be done with it."""
    return f"{channel_page(outside, message['channel'])}/p{message['ts'].replace('.', '')}{part}"


def channel_id(outside: Outside, name: str) -> str:
    """The id of a channel."""
    return str(next(each["id"] for each in outside.state()["slack"]["channels"] if each["name"] == name))


def fill_in(outside: Outside, page: str, title: str, open_it: Callable[[], object], fields: Mapping[str, str]) -> None:
    """Have a modal opened, fill it in, and send it off; one that comes too late is asked for again, as people do."""
    with closing(Browser()) as browser:

        def links() -> dict[str, str]:
            return Form(browser.open(page).text).links

        for _ in range(MOST_TRIES):
            open_it()
            with suppress(pytest.fail.Exception):
                outside.until(lambda: title in links(), f"the modal {title!r}", patience=10)
                break
        modal = browser.open(urljoin(page, links()[title]))
        browser.press(modal, 0, label="submit", **fields)


def tickets_of(outside: Outside, said: Json) -> list[Json]:
    """The tickets that point to a message."""
    issues = outside.state()["linear"]["issues"]
    return [issue for issue in issues if f"p{said['ts'].replace('.', '')}" in (issue["description"] or "")]


def tickets_called(outside: Outside, title: str) -> list[Json]:
    """The tickets with these words in their title."""
    return [issue for issue in outside.state()["linear"]["issues"] if title in issue["title"]]


@pytest.fixture
def settings(outside: Outside) -> Iterator[Callable[..., None]]:
    """Changes settings of the team, as its admins do, until the test is over."""
    url = f"{outside.described['api_url']}/v1/settings"
    bearer = {"authorization": f"Bearer {outside.described['demo']['token']}"}
    before = httpx.get(url, headers=bearer, timeout=60).raise_for_status().json()
    changed = dict[str, object]()

    def change(**wanted: object) -> None:
        changed.update({name: before[name] for name in wanted})
        httpx.patch(url, json=wanted, headers=bearer, timeout=60).raise_for_status()

    yield change
    change(**changed)


def test_a_reaction_makes_a_ticket_and_another_takes_it_back(
    outside: Outside, browser: Browser, settings: Callable[..., None]
) -> None:
    """Where the team's settings say that they count; nobody has named us."""
    settings(reactions=["undo", "ticket"])
    said = outside.say("The parrot of the lobby has learned the door code", channel="ops", user="priya")
    talk = browser.open(message_page(outside, said, part="/talk"))
    outside.until(
        lambda: outside.client.stores.messages.at(outside.client.tenant_id, said["channel"], said["ts"]), "it"
    )

    browser.press(talk, label="ticket", person="priya")
    outside.until(lambda: tickets_of(outside, said) and outside.cards(said), "the ticket")
    outside.quiet()

    [card] = outside.cards(said)
    browser.press(browser.open(message_page(outside, card, part="/talk")), label="-1", person="priya")
    outside.until(lambda: "Taken back" in json.dumps(outside.cards(said)), "the card to say so")
    assert all(each["archivedAt"] for each in tickets_of(outside, said))


def test_what_was_said_is_tracked_from_its_menu(outside: Outside, browser: Browser) -> None:
    """The modal opens for whoever used the menu; it is answered in the thread, where nobody is asked about it then."""
    said = outside.say("A pigeon sits in the server room of Lisbon", channel="ops", user="tobias")

    def use_menu() -> None:
        browser.press(browser.open(message_page(outside, said, part="/shortcuts")), label="Track this", person="priya")

    title = "Have the pigeon of Lisbon moved"
    page = message_page(outside, said)
    fill_in(outside, page, "Track this", use_menu, {"what": "create", "words": title})
    outside.until(lambda: tickets_called(outside, title) and outside.cards(said), "the ticket and its card")
    outside.quiet()

    [ticket] = tickets_called(outside, title)
    assert ticket["identifier"] in json.dumps(outside.cards(said))
    assert "decision.approve" not in json.dumps(outside.cards(said))


def test_a_new_ticket_is_made_of_what_somebody_writes(outside: Outside, browser: Browser) -> None:
    """From the menu that is about no message; the answer comes to them alone."""
    page = channel_page(outside, channel_id(outside, "ops"))
    before = outside.state()["slack"]["messages"][channel_id(outside, "ops")]

    def use_menu() -> None:
        browser.press(browser.open(page), label="New from what I say", typist="priya")

    title = "Order a net for the aquarium"
    fill_in(outside, page, "New ticket", use_menu, {"words": title})
    outside.until(lambda: tickets_called(outside, title), "the ticket")
    outside.quiet()

    [ticket] = tickets_called(outside, title)
    [direct] = [each["id"] for each in outside.state()["slack"]["channels"] if each.get("user") == user_id(outside)]
    assert ticket["identifier"] in json.dumps(outside.state()["slack"]["messages"][direct])
    assert before == outside.state()["slack"]["messages"][channel_id(outside, "ops")]


def user_id(outside: Outside, handle: str = "priya") -> str:
    """Who somebody is in Slack."""
    return str(next(each["id"] for each in outside.state()["slack"]["users"] if each["handle"] == handle))


def test_a_decisions_link_shows_what_the_channel_may_see_and_more_to_who_looks(
    outside: Outside, browser: Browser
) -> None:
    """Below the message; looking closer is for one person alone."""
    asked = outside.say("@PM Assistant create a ticket: Polish the brass bell", channel="ops", user="tobias")
    outside.until(lambda: outside.cards(asked), "the answer")
    [decision] = outside.client.stores.decisions.between(
        outside.client.tenant_id, asked["channel"], asked["ts"], asked["ts"]
    )
    link = f"{outside.described['public_url']}/decisions/{decision.id}"
    shared = outside.say(f"See {link}", channel="ops", user="tobias")

    outside.until(lambda: "Polish the brass bell" in preview(outside, shared), "the preview")
    seen = browser.press(browser.open(message_page(outside, shared)), label="Details", person="priya")
    outside.until(lambda: "Waiting for the app" not in browser.open(str(seen.url)).text, "the details")

    assert "Polish the brass bell" in browser.open(str(seen.url)).text
    assert "Only visible to Priya" in browser.open(str(seen.url)).text


def preview(outside: Outside, shared: Json) -> str:
    """What stands below a message's links."""
    messages = outside.state()["slack"]["messages"][shared["channel"]]
    [message] = [each for each in messages if each["ts"] == shared["ts"]]
    return json.dumps(message.get("attachments", []))


def test_the_agent_answers_in_our_conversation_and_stops_when_told_to(outside: Outside, browser: Browser) -> None:
    """While it is at work the thread has a stop button; what was asked before is not answered after that."""
    first = outside.say("What is the state of OPS-19?", channel="@priya", user="priya")
    outside.until(lambda: outside.cards(first), "the answer")
    assert outside.issue("OPS-19")["title"] in json.dumps(outside.cards(first))

    outside.break_vendor("slack", "agents.sessions.setStatus", "timeout", times=1)
    page = browser.open(channel_page(outside, first["channel"]))
    browser.press(page, label="Say", said="What is the state of OPS-21?", person="priya")
    outside.until(lambda: "At work…" in browser.open(str(page.url)).text, "work on an answer")
    browser.press(browser.open(str(page.url)), label="Stop", person="priya")
    outside.until(lambda: "At work…" not in browser.open(str(page.url)).text, "the end of it")
    outside.quiet()

    messages = outside.state()["slack"]["messages"][first["channel"]]
    [second] = [each for each in messages if "OPS-21" in each["text"] and not each.get("bot_id")]
    assert [] == outside.cards(second)


def test_what_a_model_makes_up_reaches_nobody(outside: Outside, settings: Callable[..., None]) -> None:
    """A report that a lying model words has no id, number or name that our own words do not have."""
    settings(phrased_reports=True)
    outside.break_vendor("openai", "responses", "hallucinate", times=5)
    client = outside.client
    member = next(each for each in client.stores.directory.members(client.tenant_id) if each.name.startswith("Priya"))
    asked = outside.state()["requests"].get("openai.responses", 0)
    due = ReportDue(tenant_id=client.tenant_id, member_id=member.id, once="lies", since=datetime.fromtimestamp(0, UTC))

    client.unit.queues.reports.put(due, group=client.tenant_id)
    direct = f"D{user_id(outside)[1:]}"
    # There may be an earlier one of hers already.
    outside.until(lambda: outside.state()["requests"].get("openai.responses", 0) > asked, "asking the model")
    outside.quiet()
    outside.until(lambda: "Standup for Priya" in json.dumps(outside.state()["slack"]["messages"].get(direct)), "it")

    delivered = json.dumps([each for each in outside.state()["slack"]["messages"][direct] if each.get("bot_id")])
    assert "ENG-" in delivered
    assert not re.search("Mallory|99999|41 times|forty|evil", delivered)
