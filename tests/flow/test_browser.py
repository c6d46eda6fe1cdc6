"""The pages that people see, in a real browser: registering, connecting, and what goes wrong on the way."""

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from operator import ne
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from infra.local.client import CODES
from pm_assistant.domain.tenants import Provider
from pm_assistant.integrations.vendors import VENDORS
from tests.chromium import for_tests
from tests.flow.teams import PASSWORD, Teams, an_hour_passes

pytestmark = pytest.mark.stack


@dataclass
class Visit:
    """One visit to the pages: what is on the screen, and what went wrong behind it."""

    page: Page
    teams: Teams
    shots: Path
    troubles: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to a page of the product."""
        self.page.goto(f"{self.teams.outside.described['public_url']}{path}")

    def press(self, name: str) -> None:
        """Press a button or follow a link."""
        self.page.get_by_role("button", name=name, exact=True).or_(
            self.page.get_by_role("link", name=name, exact=True)
        ).click()

    def fill(self, fields: Mapping[str, str]) -> None:
        """Fill in the form that is there, by its labels."""
        for label, value in fields.items():
            self.page.locator("form:visible").get_by_label(label, exact=True).fill(value)

    def titled(self, title: str | re.Pattern[str]) -> None:
        """Wait for a page with that title, and look at it."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title)
        self.shot(title if isinstance(title, str) else title.pattern)

    def shot(self, name: str) -> None:
        """Keep a picture of the screen, and of how it is on a phone in the dark."""
        file = self.shots / re.sub(r"\W+", "-", name.lower())
        # What hides the caret leaves styles behind that no page of ours may copy.
        self.page.screenshot(path=file.with_suffix(".png"), caret="initial")
        wide = self.page.viewport_size
        assert wide is not None
        self.page.emulate_media(color_scheme="dark")
        self.page.set_viewport_size({"width": 360, "height": 780})
        assert self.page.evaluate("document.documentElement.scrollWidth") <= 360, f"{name} is wider than a phone"
        self.page.screenshot(path=file.with_suffix(".phone.png"), caret="initial")
        self.page.set_viewport_size(wide)
        self.page.emulate_media(color_scheme="light")

    def heard(self, trouble: str) -> None:
        """Note what went wrong behind the screen."""
        self.troubles.append(trouble)

    def forgive(self, trouble: str) -> None:
        """Take a trouble as expected: the browser notes each answer that refuses something."""
        assert [trouble in each for each in self.troubles] == [True], self.troubles
        self.troubles.clear()

    def asked(self, request: Request) -> None:
        """Note a request that leaves the machine."""
        if urlsplit(request.url).hostname not in {"127.0.0.1", None}:
            self.troubles.append(f"a request to {request.url}")


chromium = pytest.fixture(for_tests, scope="module")


@pytest.fixture
def visit(teams: Teams, chromium: Browser, tmp_path: Path) -> Iterator[Visit]:
    """A fresh visit; afterwards there was nothing in the console, and nobody else was asked for anything."""
    teams.disconnect_all()
    an_hour_passes()
    context = chromium.new_context(locale="en-GB", timezone_id="UTC", viewport={"width": 1280, "height": 1020})
    context.set_default_timeout(20_000)
    visit = Visit(context.new_page(), teams, tmp_path)
    visit.page.on("console", lambda message: visit.heard(f"{message.type}: {message.text}"))
    visit.page.on("pageerror", lambda error: visit.heard(str(error)))
    visit.page.on("request", visit.asked)
    yield visit
    context.close()
    assert [] == visit.troubles


def test_a_person_registers_and_connects_everything(visit: Visit) -> None:
    """With nothing but the mouse, the keyboard and the mailbox."""
    email = f"ada-{uuid.uuid4().hex[:8]}@browsers.example"
    visit.open("/")
    visit.press("Register a team")
    visit.titled("Register a team")
    visit.fill({"Your team": "Ada & <Co>", "E-mail": email, "Password": PASSWORD})
    visit.press("Register")
    visit.titled("Prove your address")
    visit.fill({"Code": CODES["register"], "Password": PASSWORD})
    visit.press("Prove it")
    visit.titled("Today")
    visit.press("Connect your tools")
    visit.titled("Connections")
    visit.teams.by_email[email] = visit.teams.logged_in_as(email)

    for provider in Provider:
        visit.press(f"Connect {VENDORS[provider].label}")
        consent(visit)
        visit.titled(f"{VENDORS[provider].label} is connected")
        expect(visit.page.get_by_text("Ada & <Co>")).to_be_visible()
        visit.press("Back to your connections")
        expect(visit.page.get_by_role("button", name=f"Reconnect {VENDORS[provider].label}")).to_be_visible()

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


def consent(visit: Visit, button: str | None = None) -> None:
    """Agree on every page that the vendor shows, or press another button there."""
    vendor = visit.teams.outside.described["sandbox_url"]
    visit.page.wait_for_url(f"{vendor}/**")
    visit.shot(visit.page.title())
    while visit.page.url.startswith(vendor):
        before = visit.page.url
        form = visit.page.locator("form.consent")
        (form.get_by_role("button", name=button) if button else form.get_by_role("button").first).click()
        visit.page.wait_for_url(partial(ne, before))


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
