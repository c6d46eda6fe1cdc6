"""What people open, type and ask in Slack, on the deployed stack: answered where they are, from what is stored."""

import json
from collections.abc import Iterator
from contextlib import closing

import pytest

from infra.local.client import Browser
from tests.flow.conftest import Json, Outside

pytestmark = pytest.mark.stack


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
