"""What people say for their team's report, and when their own calendars have them away, on the deployed stack."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from infra.local.client import Browser
from pm_assistant.domain.forms import ANSWER
from pm_assistant.domain.reports import ReportDue
from tests.flow.conftest import Json, Outside
from tests.flow.teams import OAuthBrowser, Team, Teams
from tests.flow.test_surfaces import channel_id, fill_in, page_of

pytestmark = pytest.mark.stack

ASKED = "What keeps you from going on?"
BERLIN = ZoneInfo("Europe/Berlin")
"""Where Lena is, who owns the demo team."""
A_TEST_TAKES = timedelta(minutes=5)


@pytest.fixture
def lena(outside: Outside) -> Iterator[Team]:
    """The demo team's owner, whom the chat knows by her address, on a day of hers that does not end meanwhile."""
    now = datetime.now(BERLIN)
    if (now + A_TEST_TAKES).date() != now.date():
        time.sleep(A_TEST_TAKES.total_seconds())
    with ExitStack() as ending:
        demo = outside.described["demo"]
        yield Teams(outside, ending).logged_in_as(demo["email"], demo["password"])


def post_of(outside: Outside, channel: str) -> str:
    """All that the team's report in a channel says; empty where there is none."""
    messages = outside.state()["slack"]["messages"].get(channel, [])
    posts = [json.dumps(each["blocks"], ensure_ascii=False) for each in messages if "team's standup" in each["text"]]
    assert len(posts) <= 1
    return "".join(posts)


@pytest.fixture
def channel(outside: Outside, lena: Team) -> Iterator[str]:
    """A channel that has the team's report, of a team that asks a question; it comes at an hour that is over."""
    channel = channel_id(outside, "ops")
    path = f"/v1/channels/{channel}/subscriptions/standup"
    hour = (datetime.now(BERLIN) - timedelta(hours=2)).hour
    lena.api.put(path, hour=hour, time_zone=str(BERLIN))
    lena.api.patch("/v1/settings", report_questions=[{"text": ASKED}])
    yield channel
    lena.api.patch("/v1/settings", report_questions=[])
    lena.api.delete(path)


def test_what_is_said_in_the_modal_stands_in_the_teams_post_and_changes_there(
    outside: Outside, lena: Team, channel: str
) -> None:
    """After the post as before it, in its author's name; what is said elsewhere instead takes its place."""
    client = outside.client
    due = ReportDue(tenant_id=client.tenant_id, channel_id=channel, due_at=datetime.now(UTC), time_zone=str(BERLIN))
    client.unit.queues.reports.put(due, group=client.tenant_id)
    outside.until(lambda: post_of(outside, channel), "the team's post")
    home = page_of(outside, "home/lena")
    with closing(Browser()) as browser:
        browser.press(browser.open(home), label="Open")
        outside.until(lambda: "Tell the team…" in browser.open(home).text, "the home")

        def ask() -> None:
            browser.press(browser.open(home), label="Tell the team…")

        fill_in(outside, home, "Tell the team", ask, {f"{ANSWER}{ASKED}": "the heron on the roof"})

    outside.until(lambda: f"Lena Brandt: {ASKED} “the heron on the roof”" in post_of(outside, channel), "her answer")
    lena.api.put("/v1/reports/answers", answers={ASKED: "the heron has left"}, words="")
    outside.until(lambda: "the heron has left" in post_of(outside, channel), "the change")
    assert "on the roof" not in post_of(outside, channel)
    lena.api.put("/v1/reports/answers", answers={}, words="")
    outside.until(lambda: "heron" not in post_of(outside, channel), "the end of it")


def test_a_day_out_of_office_in_ones_own_calendar_skips_the_standup_and_is_said(outside: Outside, lena: Team) -> None:
    """Connected by a link of one's own; of the entries no word is anywhere."""
    client, today = outside.client, datetime.now(BERLIN).date()
    me = lena.api.get("/v1/me")["id"]
    outside.control("google/entries", user="lena", title="Surgery", first=today.isoformat(), last=today.isoformat())
    try:
        browser = OAuthBrowser([])
        with browser.http:
            consent = browser.open_link(lena.api.post("/v1/me/calendar/link")["url"])
            assert "Google Calendar" in browser.follow_callback(browser.consent(consent)).text
        assert "connected" == lena.api.get("/v1/me/calendar")["state"]

        due = ReportDue(tenant_id=client.tenant_id, member_id=member_id(outside), due_at=datetime.now(UTC), on=today)
        client.unit.queues.reports.put(due, group=client.tenant_id)
        outside.until(lambda: skipped(lena), "a skipped standup")
        own = lena.api.get("/v1/me/calendar")
        assert [today.isoformat()] == own["absent_days"]

        tomorrow = {"due_at": datetime.now(UTC), "on": today + timedelta(days=1)}
        client.unit.queues.reports.put(due.model_copy(update=tomorrow), group=client.tenant_id)
        outside.until(lambda: "for you were away" in said_to_lena(outside), "what was skipped")
        assert "Surgery" not in said_to_lena(outside) + json.dumps(own)
    finally:
        lena.api.delete("/v1/me/calendar?force=true")
        outside.control("google/entries/clear", user="lena")
    assert "none" == lena.api.get("/v1/me/calendar")["state"]
    assert me == lena.api.get("/v1/me")["id"]


def member_id(outside: Outside) -> str:
    """Lena, as the team knows her."""
    client = outside.client
    return next(each.id for each in client.stores.directory.members(client.tenant_id) if each.name.startswith("Lena"))


def skipped(lena: Team) -> list[Json]:
    """The reports that did not come as she was away."""
    return [each for each in lena.api.get("/v1/reports")["items"] if each["skipped"] == "away"]


def said_to_lena(outside: Outside) -> str:
    """All that she was sent in the chat."""
    slack = outside.state()["slack"]
    lena = next(each["id"] for each in slack["users"] if each["handle"] == "lena")
    return json.dumps(slack["messages"].get(f"D{lena[1:]}", []), ensure_ascii=False)
