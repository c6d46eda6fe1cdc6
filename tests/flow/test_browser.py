"""The pages that people see, in a real browser: registering, connecting, and what goes wrong on the way."""

import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from operator import ne
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, expect

from infra.local.client import CODES
from pm_assistant.domain.tenants import Provider
from pm_assistant.integrations.vendors import VENDORS
from tests.chromium import for_tests
from tests.flow.teams import PASSWORD, Team, Teams, an_hour_passes

pytestmark = pytest.mark.stack


MOST_TABS = 120
"""More than there is to press on any page here."""
FOCUSED = """part => {
  const focused = document.activeElement, label = focused.labels && focused.labels[0];
  return [(label || focused).innerText.trim(), getComputedStyle(focused).outlineStyle, part.contains(focused)];
}"""
"""What the element with the focus is called, how it is outlined, and whether it is in a part of the page."""
TALK = "Receipts must show VAT separately for EU studios, the tax office asked Casa Yoga again"
"""About a ticket that there is."""
ABOUT = "ENG-22"


@dataclass
class Visit:
    """One visit to the pages: what is on the screen, and what went wrong behind it."""

    page: Page
    teams: Teams
    shots: Path
    troubles: list[str] = field(default_factory=list)
    by_keyboard: bool = False

    def open(self, path: str) -> None:
        """Go to a page of the product."""
        self.page.goto(f"{self.teams.outside.described['public_url']}{path}")

    def press(self, name: str, within: Locator | None = None) -> None:
        """Press a button or follow a link, of the whole page or of a part of it."""
        if self.by_keyboard:
            self._tab_to(name, within)
            self.page.keyboard.press("Enter")
            return
        part = within or self.page.locator("body")
        part.get_by_role("button", name=name, exact=True).or_(part.get_by_role("link", name=name, exact=True)).click()

    def unfold(self, name: str) -> None:
        """Open what is folded under a few words."""
        if self.by_keyboard:
            self.press(name)
        else:
            self.page.get_by_text(name, exact=True).click()

    def fill(self, fields: Mapping[str, str]) -> None:
        """Fill in the form that is there, by its labels."""
        for label, value in fields.items():
            if self.by_keyboard:
                self._tab_to(label)
                self.page.keyboard.press("ControlOrMeta+A")
                self.page.keyboard.type(value)
                continue
            self.page.locator("form:visible").get_by_label(label, exact=True).fill(value)

    def _tab_to(self, name: str, within: Locator | None = None) -> None:
        """Press the tab key until what is called so has the focus, which is to be seen by its outline."""
        part = within or self.page.locator("body")
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            called, outline, is_inside = part.evaluate(FOCUSED)
            if is_inside and called == name:
                assert outline != "none", f"nobody sees that {name} has the focus"
                return
        pytest.fail(f"{name} is not reached by the tab key on {self.page.url}")

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


@contextmanager
def visiting(teams: Teams, chromium: Browser, shots: Path, *, width: int = 1280) -> Iterator[Visit]:
    """A browser of somebody's own; afterwards its console was empty, and nobody else was asked for anything."""
    context = chromium.new_context(locale="en-GB", timezone_id="UTC", viewport={"width": width, "height": 1020})
    context.set_default_timeout(20_000)
    visit = Visit(context.new_page(), teams, shots)
    visit.page.on("console", lambda message: visit.heard(f"{message.type}: {message.text}"))
    visit.page.on("pageerror", lambda error: visit.heard(str(error)))
    visit.page.on("request", visit.asked)
    yield visit
    context.close()
    assert [] == visit.troubles


@pytest.fixture
def visit(teams: Teams, chromium: Browser, tmp_path: Path) -> Iterator[Visit]:
    """A fresh visit, with the vendors' workspaces free."""
    teams.disconnect_all()
    an_hour_passes()
    with visiting(teams, chromium, tmp_path) as visit:
        yield visit


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


def come_in(visit: Visit, email: str, team_name: str) -> Team:
    """Register, prove the address and connect all three, each step being the one that Today names next."""
    visit.open("/")
    visit.press("Register a team")
    visit.titled("Register a team")
    visit.fill({"Your team": team_name, "E-mail": email, "Password": PASSWORD})
    visit.press("Register")
    visit.titled("Prove your address")
    visit.fill({"Code": CODES["register"], "Password": PASSWORD})
    visit.press("Prove it")
    team = None
    for provider in Provider:
        label = VENDORS[provider].label
        visit.titled("Today")
        team = team or visit.teams.by_email.setdefault(email, visit.teams.logged_in_as(email))
        steps = visit.page.get_by_role("region", name="First steps")
        expect(steps.locator("[aria-current=step]")).to_contain_text(f"Connect {label}")
        visit.press("Connect your tools")
        visit.titled("Connections")
        visit.press(f"Connect {label}")
        consent(visit)
        visit.titled(f"{label} is connected")
        expect(visit.page.get_by_text(f"is connected to your team {team_name}.")).to_be_visible()
        visit.press("Back to your connections")
        expect(visit.page.get_by_role("button", name=f"Reconnect {label}")).to_be_visible()
        if provider is not [*Provider][-1]:
            visit.press("Today")
    assert team is not None
    return team


@pytest.mark.parametrize(
    ("person", "width", "by_keyboard"),
    [("chris", 1280, False), ("arjun", 360, False), ("priya", 1280, True)],
    ids=["desk", "phone", "keyboard"],
)
def test_a_new_user_comes_in_and_is_of_use_to_a_colleague(
    person: str, width: int, by_keyboard: bool, visit: Visit, chromium: Browser
) -> None:
    """Connects, approves what it asks, sees that in Linear, takes it back, has a report come, and invites."""
    teams, email = visit.teams, f"{person}@velunda.example"
    with visiting(teams, chromium, visit.shots, width=width) as mine:
        mine.by_keyboard = by_keyboard
        team = come_in(mine, email, "Velunda")
        team.api.patch("/v1/settings", settle_seconds=2)
        team.settled()
        said = teams.outside.say(TALK)
        teams.outside.until(lambda: decided(team, "proposed"), "a question")

        mine.press("Today")
        mine.titled("Today")
        mine.press("Approve", about_it(mine, "Waiting for your answer"))
        expect(mine.page.get_by_role("alert")).to_contain_text("Thank you.")
        teams.outside.until(lambda: teams.outside.comments_about(ABOUT, said["ts"]), "the comment")
        teams.outside.until(lambda: decided(team, "done"), "what was done")
        mine.press("Today")
        done = about_it(mine, "Done since yesterday")
        mine.press(done.get_by_role("link", name=re.compile(f"^{ABOUT} ")).inner_text(), done)
        expect(mine.page.get_by_text(TALK.partition(",")[0]).first).to_be_visible()
        mine.page.go_back()
        mine.titled("Today")
        mine.press("Undo", done)
        expect(mine.page.get_by_role("alert")).to_contain_text("Thank you.")
        teams.outside.until(lambda: not teams.outside.comments_about(ABOUT, said["ts"]), "the undoing")

        mine.press("Reports")
        mine.titled("Reports")
        subscribe(mine)
        expect(mine.page.get_by_role("alert")).to_have_text("Saved.")
        mine.press("What it would say now")
        mine.titled(re.compile("^Standup for "))

        guest = f"guest-{person}@browsers.example"
        mine.unfold("More")
        mine.press("Who may log in")
        mine.titled("Who may log in")
        mine.fill({"E-mail": guest})
        mine.press("Invite")
        expect(mine.page.get_by_role("region", name="Invite somebody")).to_contain_text(guest)
    with visiting(teams, chromium, visit.shots, width=width) as theirs:
        theirs.by_keyboard = by_keyboard
        join(theirs, guest)
    assert guest in {account["email"] for account in team.api.get("/v1/accounts")["items"]}


def decided(team: Team, state: str) -> bool:
    """Whether what was said has come so far; what is built may be asked about as well."""
    return any(each["action"]["kind"] == "comment" for each in team.api.get("/v1/decisions", state=state)["items"])


def about_it(visit: Visit, heading: str) -> Locator:
    """The decision about what was said, below a heading of the day."""
    return visit.page.get_by_role("region", name=heading).get_by_role("article").filter(has_text=ABOUT)


def subscribe(visit: Visit) -> None:
    """Have the first of one's reports come, as it is offered."""
    if visit.by_keyboard:
        visit.press("Save")
    else:
        visit.page.get_by_role("article").first.get_by_role("button", name="Save").click()


def join(visit: Visit, email: str) -> None:
    """Open the link of the mail that invites, in which there is nothing to copy, and be in."""
    [mail] = visit.teams.anonymous(email).mails("invitation code")
    [url] = re.findall(r"https?://\S+/join\?code=\S+", mail["BodyText"])
    visit.page.goto(url)
    visit.titled("Join your team")
    expect(visit.page.get_by_label("Invitation code")).not_to_have_value("")
    visit.fill({"E-mail": email, "Password": PASSWORD})
    visit.press("Join")
    visit.titled("Today")


def consent(visit: Visit, button: str | None = None) -> None:
    """Agree on every page that the vendor shows, or press another button there."""
    vendor = visit.teams.outside.described["sandbox_url"]
    visit.page.wait_for_url(f"{vendor}/**")
    visit.shot(visit.page.title())
    while visit.page.url.startswith(vendor):
        before = visit.page.url
        form = visit.page.locator("form.consent")
        pressed = form.get_by_role("button", name=button) if button else form.get_by_role("button").first
        if visit.by_keyboard:
            visit.press(pressed.inner_text())
        else:
            pressed.click()
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
