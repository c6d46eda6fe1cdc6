"""The link in a report's mail, as browsers, scanners and mail programs open it."""

from typing import NamedTuple
from urllib.parse import urlsplit

import boto3
import pytest

from pm_assistant.domain.reports import Subscription
from pm_assistant.runtime.unit import AwsUnit
from pm_assistant.web.connect import settings
from pm_assistant.workflows.reports.subscribe import subscribe
from pm_assistant.workflows.reports.unsubscribing import unsubscribe_url
from tests.builders import ACME, a_member
from tests.functions.test_connect import Site, site

__all__ = ["site"]


class Mailed(NamedTuple):
    """Ada's mail: where its link leads, and whether the report still comes."""

    site: Site
    url: str

    @property
    def comes(self) -> tuple[int, int]:
        """How many wishes and how many schedules there are."""
        schedules = boto3.client("scheduler").list_schedules(GroupName="reports")["Schedules"]
        return len(self.site.stores.subscriptions.all(ACME)), len(schedules)


@pytest.fixture
def mailed(site: Site) -> Mailed:
    """Ada gets the standup."""
    boto3.client("scheduler").create_schedule_group(Name="reports")
    unit = AwsUnit(settings(), ACME)
    site.stores.directory.put_members(ACME, [a_member()])
    wish = subscribe(Subscription(member_id="U0ADA"), unit)
    return Mailed(site, unsubscribe_url(wish.id, unit))


def test_opening_the_link_asks_and_pressing_the_button_ends_the_report(mailed: Mailed) -> None:
    """The page loads nothing, and its form posts to its own address."""
    browser = mailed.site.browser()
    page = browser.open(mailed.url)
    assert (200, True) == (page.status, "Standup" in page.body)
    assert (1, 1) == mailed.comes

    done = browser.post(mailed.url, "List-Unsubscribe=One-Click")
    assert (200, True) == (done.status, "It has stopped" in done.body)
    assert (0, 0) == mailed.comes
    assert () == page.cookies + done.cookies
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "no-referrer" == page.headers["referrer-policy"]


def test_a_mail_program_ends_it_with_one_click_and_without_cookies(mailed: Mailed) -> None:
    """RFC 8058, 3.2: one POST, form or multipart, answered without a redirect; a second one changes nothing."""
    for body in ("List-Unsubscribe=One-Click", "--b\r\nContent-Disposition: form-data\r\n\r\n--b--"):
        assert 200 == mailed.site.browser().post(mailed.url, body).status
        assert (0, 0) == mailed.comes


@pytest.mark.parametrize("link", ["", "x", "x.y", "%FF.%FF", "QUNNRXxzdGFuZHVwfFUwQURB.AAAA"])
def test_a_link_that_we_did_not_make_leads_nowhere(mailed: Mailed, link: str) -> None:
    """It says no more than that there is no such page."""
    address = f"{urlsplit(mailed.url)._replace(query='').geturl()}?link={link}"
    browser = mailed.site.browser()
    assert [404, 404] == [browser.open(address).status, browser.post(address, "List-Unsubscribe=One-Click").status]
    assert (1, 1) == mailed.comes
