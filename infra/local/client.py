"""A person outside the product: has a mailbox, a browser, and clicks through what the product and the vendors show.

The demo, the tests and whoever tries the local stack get in through here, by the doors that everybody uses.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import httpx

from infra.local.tools import SENT_MAIL, LocalError
from pm_assistant.cli.api import Api
from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.tenants import Provider

CODES = {"register": "123456", "forgot": "654321"}
"""The emulated user directory's, which are always the same."""
MOST_PAGES = 6
"""No consent takes more clicks."""

type Json = dict[str, Any]


class Mailbox:
    """What the emulated mail service sent."""

    def __init__(self, aws_url: str) -> None:
        self._url = f"{aws_url}{SENT_MAIL}"

    def to(self, email: str) -> list[Json]:
        """The mails to an address, oldest first."""
        answer = httpx.get(self._url, timeout=10, trust_env=False).raise_for_status().json()
        inbox = [mail for mails in answer["messages"].values() for mail in mails if email in mail.get("To", [])]
        return sorted(inbox, key=lambda mail: mail["Timestamp"])


@dataclass
class _Parts:
    action: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)

    def named(self, button: str) -> list[tuple[str, str]]:
        labelled = zip(self.buttons, self.labels, strict=True)
        return [each for each, label in labelled if button in {label, each[1]}]


class Form(HTMLParser):
    """A form of a page: where it goes, what it sends, what its buttons add to that; and the page's links.

    Args:
        html: the page.
        button: what stands on one of its buttons, or is that button's value; without, it is the first form.
    """

    def __init__(self, html: str, button: str = "") -> None:
        super().__init__()
        self.links: dict[str, str] = {}
        self._link = ""
        self._selecting: str | None = None
        self._forms: list[_Parts] = []
        self._labelling = False
        self.feed(html)
        form = next((each for each in self._forms if not button or each.named(button)), _Parts())
        self.action, self.fields = form.action, form.fields
        self.buttons = form.named(button) if button else form.buttons

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Take what a browser would send: inputs as they are, of a selection the first option."""
        attribute = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._forms.append(_Parts(attribute.get("action", "")))
        if tag == "a":
            self._link = attribute.get("href", "")
        if not self._forms:
            return
        form = self._forms[-1]
        match tag:
            case "input" if attribute.get("type") not in {"radio", "checkbox"} or "checked" in attribute:
                form.fields.setdefault(attribute.get("name", ""), attribute.get("value", ""))
            case "select":
                self._selecting = attribute.get("name", "")
            case "option" if self._selecting is not None:
                form.fields.setdefault(self._selecting, attribute.get("value", ""))
            case "button":
                form.buttons.append((attribute.get("name", ""), attribute.get("value", "")))
                form.labels.append("")
                self._labelling = True

    def handle_data(self, text: str) -> None:
        """Take a link, and a button, by its text."""
        if self._link and text.strip():
            self.links[text.strip()], self._link = self._link, ""
        if self._labelling and text.strip():
            self._forms[-1].labels[-1], self._labelling = text.strip(), False


class Browser:
    """Follows redirects, keeps cookies, and presses buttons."""

    def __init__(self) -> None:
        self._http = httpx.Client(follow_redirects=True, timeout=60, trust_env=False)

    def open(self, url: str) -> httpx.Response:
        """Go to a page."""
        return self._http.get(url)

    def press(self, page: httpx.Response, button: int = 0, *, label: str = "", **chosen: str) -> httpx.Response:
        """Press a button after filling in what is chosen: the one with that label, or that one of the first form."""
        form = Form(page.text, label)
        name, value = form.buttons[button]
        return self._http.post(urljoin(str(page.url), form.action), data={**form.fields, **chosen, name: value})

    def close(self) -> None:
        """Forget the cookies and hang up."""
        self._http.close()


def register(api: Api, *, email: str, password: str, team_name: str) -> None:
    """Register with a team of one's own, prove the address, and log in.

    An address that is registered already gets a new password: its mailbox is ours.
    """
    begun = api.at_the_door("/auth/register", email=email, password=password, team_name=team_name)
    try:
        api.at_the_door("/auth/verify", email=email, code=CODES["register"], registration=begun["registration"])
    except InvalidRequest:
        api.at_the_door("/auth/password/forgot", email=email)
        api.at_the_door("/auth/password/reset", email=email, code=CODES["forgot"], password=password)
    api.log_in(email, password)


def connect(api: Api, provider: Provider, browser: Browser, company: str = "") -> httpx.Response:
    """Get a link, open it, agree to all that is asked, and return the page the product ends with.

    The link is not made in the browser that opens it, so the product asks first whether its person knows the team. At
    the vendor another company is chosen where the page offers it.

    Raises:
        LocalError: it did not end well.
    """
    page = browser.open(api.post(f"/v1/connections/{provider}/link")["url"])
    for _ in range(MOST_PAGES):
        if page.is_error or not Form(page.text).buttons:
            break
        links = Form(page.text).links
        if company in links:
            page = browser.open(urljoin(str(page.url), links[company]))
        page = browser.press(page)
    if not page.is_success or not str(page.url).startswith(api.url):
        raise LocalError(f"connecting {provider} ended with {page.status_code} at {page.url.path}")
    return page
