"""The pages that people see, in a real browser: registering, connecting, and what goes wrong on the way."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from infra.local.client import CODES
from pm_assistant.domain.tenants import Provider
from pm_assistant.integrations.vendors import VENDORS
from tests.flow.teams import PASSWORD
from tests.flow.visits import Visit, come_in, consent

pytestmark = pytest.mark.stack


def test_a_person_registers_and_connects_everything(visit: Visit) -> None:
    """And disconnects it again."""
    email = f"ada-{uuid.uuid4().hex[:8]}@browsers.example"
    come_in(visit, email, "Ada & <Co>")

    expect(visit.page.get_by_text("Connected", exact=True)).to_have_count(len(Provider))
    visit.shot("three connections")
    for provider in Provider:
        label = VENDORS[provider].label
        section = visit.page.get_by_role("region", name=re.compile(label))
        section.get_by_text("Disconnect…").click()
        section.get_by_role("button", name=f"Disconnect {label}").click()
        expect(visit.page.get_by_role("button", name=f"Connect {label}", exact=True)).to_be_visible()
    visit.press("Log out")
    visit.titled("Log in")


def test_a_person_who_changes_their_mind_is_told_what_came_of_it(visit: Visit) -> None:
    """Nothing was stored, and it says how to go on."""
    logged_in(visit)
    visit.press("Connect Linear")
    consent(visit, "Cancel")

    visit.titled("Linear was not connected")
    visit.forgive("status of 403")
    expect(visit.page.get_by_text("Nothing was granted and nothing was stored.")).to_be_visible()
    visit.press("Go to your connections")
    visit.titled("Connections")
    expect(visit.page.get_by_text("Not connected")).to_have_count(len(Provider))


def test_a_link_that_was_made_elsewhere_is_asked_about_first(visit: Visit) -> None:
    """Such as one from a terminal; the form's redirect to the vendor is one that the page's policy lets through."""
    team = visit.teams.registered("asker@browsers.example", "The askers")
    visit.teams.disconnect_all()
    visit.page.goto(team.link(Provider.LINEAR))
    visit.titled("Do you know this team?")
    expect(visit.page.get_by_text("asker@browsers.example")).to_be_visible()
    visit.press("Continue to Linear")
    consent(visit)

    visit.titled("Linear is connected")
    assert "connected" == team.states()["linear"]
    team.disconnect()


def test_a_workspace_that_is_taken_is_explained(visit: Visit) -> None:
    """Whose it is is not said, but that it is somebody's, and what to do."""
    host = visit.teams.connected_team("host@browsers.example", "The first ones")
    logged_in(visit)
    visit.press("Connect Slack")
    consent(visit)

    visit.titled("This workspace belongs to another team")
    visit.forgive("status of 409")
    assert "The first ones" not in visit.page.content()
    assert "connected" == host.states()["slack"]


def test_addresses_that_lead_nowhere_say_so(visit: Visit) -> None:
    """An old link, a page that was never there, and the way back without having set out."""
    for path, title, status in (
        ("/oauth/slack/start?link=old", "This link no longer opens", 410),
        ("/oauth/jira/start", "There is no such page", 404),
        ("/oauth/linear/callback?code=x", "This page was not opened by Linear", 400),
    ):
        visit.open(path)
        visit.titled(title)
        visit.forgive(f"status of {status}")


def test_the_forms_say_what_is_wrong(visit: Visit) -> None:
    """A wrong password, a wrong code, and a forgotten password that is set anew."""
    email = "lost@browsers.example"
    before = visit.teams.registered(email, "Lost")
    visit.open("/login")
    visit.fill({"E-mail": email, "Password": "not the one at all"})
    visit.press("Log in")
    said = visit.page.get_by_role("alert")
    expect(said).to_contain_text("not the e-mail and password")
    visit.forgive("status of 401")
    visit.shot("wrong password")

    visit.press("I forgot my password")
    visit.titled("I forgot my password")
    visit.fill({"E-mail": email})
    visit.press("Mail me a code")
    visit.titled("Set a new password")
    visit.fill({"E-mail": email, "Code": "000000", "New password": PASSWORD})
    visit.press("Set it")
    expect(visit.page.get_by_text("This code is wrong or too old.")).to_be_visible()
    visit.forgive("status of 400")
    visit.fill({"Code": CODES["forgot"], "New password": PASSWORD})
    visit.press("Set it")
    visit.titled("Today")
    assert 401 == before.send("GET", "/v1/me").status_code
    del visit.teams.by_email[email]


def test_an_owner_sets_what_is_trusted_and_follows_a_job(visit: Visit) -> None:
    """By forms that work without a script as well; the page of a job follows it by itself until it is over."""
    logged_in(visit)
    visit.press("Today")
    visit.titled("Today")
    visit.page.get_by_text("More", exact=True).click()
    visit.press("Automation")
    visit.titled("Automation")
    moves = visit.page.get_by_role("region", name="Moves")
    moves.get_by_label("Confidence in percent").fill("85")
    moves.get_by_role("button", name="Save").click()
    expect(visit.page.get_by_role("alert")).to_have_text("Saved.")
    expect(moves.get_by_label("Confidence in percent")).to_have_value("85")
    visit.page.get_by_text("More", exact=True).click()
    visit.press("Jobs")
    visit.titled("Jobs")
    visit.page.get_by_label("What to do").select_option("untracked")
    visit.press("Begin")
    visit.titled("Look for work without tickets")
    expect(visit.page.get_by_role("status")).to_contain_text("Done")
    visit.shot("a job that is over")
    visit.open("/decisions")
    visit.titled("Decisions")
    expect(visit.page.get_by_text("Nothing was decided yet.")).to_be_visible()
    visit.open("/no-such-page")
    visit.titled("There is no such page")
    visit.forgive("status of 404")


def test_the_manual_of_the_api_can_be_read(visit: Visit) -> None:
    """It loads nothing from elsewhere."""
    visit.open("/v1/docs")
    expect(visit.page.get_by_role("heading", level=1)).to_be_visible()
    visit.shot("manual")


def logged_in(visit: Visit) -> None:
    """Come to the page of one's connections with an account that there is."""
    visit.open("/connections")
    visit.fill({"E-mail": visit.teams.registered("grace@browsers.example", "Grace").email, "Password": PASSWORD})
    visit.press("Log in")
    visit.titled("Connections")
