"""How often a page asks the table: as often however much there is to show."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import pytest

from pm_assistant.domain.accounts import Role
from tests.aws.emulated import requests
from tests.web.browser import a_web_world
from tests.web.pictures import PAGES, Viewer, browser_of
from tests.web.routes import address
from tests.web.worlds import a_day

SIZES = (12, 60)
"""Tickets, and decisions, of a team."""
REQUESTS: Mapping[str, int] = {
    "/access": 5,
    "/account": 6,
    "/account/email": 2,
    "/account/email/<code>": 2,
    "/audit": 6,
    "/automation": 8,
    "/billing": 7,
    "/billing/done": 8,
    "/connections": 7,
    "/connections/<provider>": 4,
    "/data": 3,
    "/data/imports/<upload_id>": 2,
    "/data/uploads/<upload_id>": 2,
    "/decisions": 6,
    "/decisions/<decision_id>": 11,
    "/disagreements": 9,
    "/flow": 6,
    "/flow/conversations": 9,
    "/jobs": 3,
    "/jobs/<job_id>": 3,
    "/keys": 6,
    "/operator": 5,
    "/operator/tenants/<tenant_id>": 6,
    "/operator/trail": 4,
    "/people": 4,
    "/people/<member_id>": 5,
    "/reports": 5,
    "/reports/preview": 11,
    "/reports/sent": 4,
    "/settings": 5,
    "/today": 6,
    "/untracked": 6,
}
"""With each goes who asks, in two reads; an operator's has one write, which notes the look."""


VIEWERS: Mapping[str, Viewer] = {each.path: each.viewer for each in PAGES.values() if each.viewer}


@pytest.fixture(scope="module", params=SIZES)
def opened(request: pytest.FixtureRequest) -> Iterator[Callable[[str], Sequence[str]]]:
    """What opens a page of a team in the middle of its day, and tells the requests that this took."""
    with a_web_world("dynamodb") as web:
        ids = a_day(web, tickets=request.param, decisions=request.param)
        browsers = {viewer: browser_of(viewer, web) for viewer in sorted({*VIEWERS.values()})}
        browsers[Role.OWNER].get("/today")  # whoever reads the index first tidies it

        def open_page(path: str) -> Sequence[str]:
            with requests() as sent:
                assert 200 == browsers[VIEWERS[path]].get(address(path, ids)).status
            return sent

        yield open_page


def test_of_each_page_it_is_known_how_often_it_asks() -> None:
    """A page that comes is counted, too."""
    assert {each.path for each in PAGES.values() if each.status == 200} == REQUESTS.keys()


@pytest.mark.parametrize("path", REQUESTS)
def test_a_page_asks_as_often_however_much_there_is(opened: Callable[[str], Sequence[str]], path: str) -> None:
    """What a page needs of many rows is read at once, and what it has read is not read again."""
    sent = opened(path)

    assert REQUESTS[path] == len(sent), sent
