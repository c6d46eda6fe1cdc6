"""Visits to the product's pages in a real browser."""

import re
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
from tests.flow.teams import PASSWORD, Team, Teams

MOST_TABS = 120
"""More than there is to press on any page here."""
FOCUSED = """part => {
  const focused = document.activeElement, label = focused.labels && focused.labels[0];
  return [(label || focused).innerText.trim(), getComputedStyle(focused).outlineStyle, part.contains(focused)];
}"""
"""What the element with the focus is called, how it is outlined, and whether it is in a part of the page."""


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
