"""What a page takes: its time, its DynamoDB requests and units at two sizes of team, and its bytes over the wire.

    uv run python -m tests.bench.pages

Times are ratios to one consistent read of one row, made in turn with the page, both warm. The table is emulated in this
process, and its emulator reads all of it for every query, as a table does not: what it answered once is given again
after as long as a table takes, so that what is timed is what we ask for, one after the other or at once, and what we
make of it. Units are computed from the sizes of the items, as in `tests.bench.index`. What is timed has to be the page:
it is answered with 200 and shows what it is about. Whatever the routers have is measured.
"""

import gzip
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple
from unittest.mock import patch

from botocore.awsrequest import AWSPreparedRequest
from moto.core.botocore_stubber import BotocoreStubber

from pm_assistant.aws import tables
from pm_assistant.aws.tables import Row
from pm_assistant.domain.accounts import Role
from pm_assistant.runtime import wiring
from tests.bench.index import Bill, billed
from tests.builders import ACME
from tests.web.browser import Browser, a_web_world
from tests.web.pictures import PAGES, Picture, browser_of
from tests.web.routes import address
from tests.web.worlds import a_day

ROUNDS, WARM_UP = 15, 3
SIZES = (50, 5_000)
"""Tickets of a team; all else is as much in both."""
DECISIONS = 60
FLAT = ("/today", "/decisions", "/flow")
"""Pages that cost a large team no more."""
MOST_BYTES = 60_000
MOST_READS = 12
"""A page takes as long as so many consistent reads one after the other, at most."""
TABLE_SECONDS = 0.003
"""A table answers within a few milliseconds; the fewer are assumed, the more weighs what we compute."""
MINUTES = re.compile(r"(\d{4}-\d\d-\d\dT\d\d):[0-9:.]+")
"""What has passed of a moment's hour: who asks for what is newer asks for another moment each time."""
READS = re.compile(r"\.(GetItem|BatchGetItem|Query)$")
SHOWN: Mapping[str, str] = {"/today": "ENG-", "/decisions": "ENG-", "/jobs": "/jobs/", "/reports": "Weekly report"}
"""What a page has to show; any has a heading."""


class Cost(NamedTuple):
    """What one page took.

    Attributes:
        ratio: of its time to that of one consistent read.
    """

    ratio: float
    bill: Bill

    @property
    def asked(self) -> tuple[int, float]:
        """Requests that read, and their units."""
        return self.bill.reads.total(), sum(self.bill.read_units.values())


def opened(browser: Browser, path: str, shown: str) -> None:
    """Open a page once.

    Raises:
        SystemExit: that is not what was to be measured.
    """
    answer = browser.get(path)
    if answer.status != 200 or shown not in answer.html:
        raise SystemExit(f"error: {path} answered {answer.status} without {shown!r}: {answer.text[:300]}")


def seconds(call: Callable[[], object]) -> float:
    """How long it takes once."""
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


@contextmanager
def a_table_that_answers_at_once() -> Iterator[None]:
    """Have what was read once be answered after `TABLE_SECONDS`, whatever the emulator takes and has by then."""
    answers: dict[tuple[str, str], Any] = {}
    emulate = BotocoreStubber.process_request

    def answer(stubber: BotocoreStubber, request: AWSPreparedRequest) -> Any:
        target, body = (_text(part) for part in (request.headers.get("X-Amz-Target"), request.body))
        if READS.search(target) is None:
            return emulate(stubber, request)
        asked = target, MINUTES.sub(r"\1", body)
        if asked not in answers:
            answers[asked] = emulate(stubber, request)
        time.sleep(TABLE_SECONDS)
        return answers[asked]

    with patch.object(BotocoreStubber, "process_request", answer):
        yield


def _text(part: object) -> str:
    return part.decode() if isinstance(part, bytes) else str(part)


def cost(browser: Browser, path: str, shown: str) -> Cost:
    """Measure a page, warm."""
    for _ in range(WARM_UP):
        opened(browser, path, shown)
    with billed() as bill:
        opened(browser, path, shown)
    rounds = [
        (seconds(lambda: opened(browser, path, shown)), seconds(lambda: Row.find(ACME, "TENANT")))
        for _ in range(ROUNDS)
    ]
    # Whatever else the machine does only adds to either, so the shortest of each is nearest to what it takes.
    page, read = (min(times) for times in zip(*rounds, strict=True))
    return Cost(page / read, bill)


def costs(tickets: int, pages: Mapping[str, Picture]) -> Mapping[str, Cost]:
    """Measure all pages of a team with so many tickets."""
    with a_web_world("dynamodb") as web:
        # Asked as the product asks, whose client takes less than boto3's for each request.
        tables.bind(Row.Meta.table_name, wiring.client("dynamodb"))
        ids = a_day(web, tickets=tickets, decisions=DECISIONS)
        if Row.find(ACME, "TENANT") is None:
            raise SystemExit("error: the tenant is not there, so there is nothing to compare with")
        browsers = {viewer: browser_of(viewer, web) for viewer in (Role.OWNER, "operator")}
        with a_table_that_answers_at_once():
            return {
                picture.path: cost(
                    browsers["operator" if picture.viewer == "operator" else Role.OWNER],
                    address(picture.path, ids),
                    SHOWN.get(picture.path, "<h1"),
                )
                for picture in pages.values()
            }


def first_page_bytes() -> int:
    """What a browser that has nothing yet is sent for the first page, packed."""
    with a_web_world():
        html = Browser().get("/").html
        links = re.findall(r'(?:href|src)="(/assets/[^"]+)"', html)
        # Files are sent packed already; what stands in an answer is then base64, which is not sent.
        bodies = [Browser().get(link, accept_encoding="gzip").html for link in links]
    if not (links and all(bodies)):
        raise SystemExit("error: the first page has no files, or they are not there")
    return len(gzip.compress(html.encode())) + sum(len(body) * 3 // 4 for body in bodies)


def main() -> None:
    """Print a line for each page.

    Raises:
        SystemExit: a page asks for more in a larger team or takes too long, or the first one is too large.
    """
    pages = {name: each for name, each in PAGES.items() if each.status == 200}
    small, large = (costs(size, pages) for size in SIZES)
    flaws = []
    for path, (ratio, bill) in small.items():
        more = large[path]
        requests, units = small[path].asked
        more_requests, more_units = more.asked
        print(
            f"{path:34} {ratio:5.1f} and {more.ratio:5.1f} x one consistent read, {requests} and {more_requests} reads "
            f"of {units:g} and {more_units:g} units, {bill.writes} writes at {SIZES[0]} and {SIZES[1]} tickets"
        )
        if path in FLAT and small[path].asked != more.asked:
            flaws.append(f"{path} costs more in a larger team")
        if max(ratio, more.ratio) > MOST_READS:
            flaws.append(f"{path} takes longer than {MOST_READS} reads")
    size = first_page_bytes()
    print(f"the first page with all its files, packed: {size} bytes")
    if size > MOST_BYTES:
        flaws.append(f"the first page is larger than {MOST_BYTES} bytes")
    if flaws:
        raise SystemExit("error: " + "; ".join(flaws))


if __name__ == "__main__":
    main()
