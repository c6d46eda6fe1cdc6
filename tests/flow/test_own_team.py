"""A stranger follows README: registers a team of their own, connects it, says something, and sees what comes of it."""

import json
import uuid
from contextlib import ExitStack, closing

import pytest

from infra.local.client import Browser
from infra.local.tools import LocalError
from pm_assistant.domain.tenants import Provider
from tests.flow.conftest import Outside
from tests.flow.teams import SLACK, Teams

pytestmark = pytest.mark.stack

COMPANY = "Larkspur Bikes"


def test_a_team_of_ones_own_comes_in_beside_the_demo(outside: Outside) -> None:
    """From registering to a card answered in the chat; the demo team has none of it, and nobody else gets in there."""
    with ExitStack() as ending:
        teams = Teams(outside, ending)
        team = teams.registered(f"ines-{uuid.uuid4().hex[:8]}@larkspur.example", COMPANY)
        ending.callback(team.disconnect)
        before = outside.rows()

        for page in team.connect(*Provider, company=COMPANY):
            assert COMPANY in page
        team.settled()
        said = outside.say("Extending a rental charges the deposit twice again", channel="counter", user="ravi")
        outside.until(lambda: team.api.get("/v1/decisions", state="proposed")["items"], "a decision")
        outside.until(lambda: "SHOP-4" in json.dumps(cards(outside, said)), "the card")
        with closing(Browser()) as browser:
            channel_page = browser.open(f"{outside.described['sandbox_url']}/larkspur.slack/archives/{said['channel']}")
            browser.press(channel_page, label="Approve")
        outside.until(
            lambda: said["ts"].replace(".", "") in json.dumps(outside.state("larkspur")["linear"]), "the comment"
        )

        assert before == outside.rows()
        assert said["ts"] not in json.dumps(outside.state())
        second = teams.registered("second@comers.example", "Second")
        with pytest.raises(LocalError, match="409"):
            second.connect(SLACK, company=COMPANY)


def cards(outside: Outside, said: dict[str, str]) -> list[object]:
    """What the app said in the thread."""
    messages = outside.state("larkspur")["slack"]["messages"][said["channel"]]
    return [each for each in messages if each.get("bot_id") and each["thread_ts"] == said["ts"]]
