"""Rows of a version to come, which each page meets while a release takes over and when it is taken back."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from pm_assistant.aws import tables
from pm_assistant.aws.tables import Row
from pm_assistant.domain.tenants import TenantId
from tests.builders import ACME, GLOBEX
from tests.web.browser import WebWorld, a_web_world
from tests.web.pictures import PAGES, browser_of
from tests.web.routes import address
from tests.web.worlds import a_day

pytestmark = pytest.mark.thorough

type Pages = Callable[[], Mapping[str, int]]

NEWER = "of-a-newer-version"
WORD = re.compile(r"[a-z]+(?:[-_][a-z]+)*|[A-Z]{3}")
"""What a value of a closed set looks like."""
LISTED = frozenset(
    {"AUDIT", "CONNECTION", "DECISION", "FLOW", "GAP", "HEALTHDAY", "INVITATION", "KEY", "RUN_LOG", "SENT"}
    | {"SUBSCRIPTION", "TRACK"}
)
"""Kinds of rows that pages list: the others are shown. Work rests on all other kinds, and so waits."""


@pytest.fixture(scope="module")
def team() -> Iterator[tuple[WebWorld, Pages]]:
    """One in the middle of its day, and what opens all of its pages: how each is answered."""
    with a_web_world("dynamodb") as web:
        ids = a_day(web)
        browsers = {viewer: browser_of(viewer, web) for viewer in {each.viewer for each in PAGES.values()} if viewer}

        def pages() -> Mapping[str, int]:
            return {
                name: browsers[picture.viewer].get(address(picture.path, ids)).status
                for name, picture in PAGES.items()
                if picture.viewer
            }

        yield web, pages


def rows_by_kind(tenant_id: TenantId) -> Mapping[str, list[Row]]:
    """A tenant's rows that say something in JSON."""
    found: dict[str, list[Row]] = {}
    for row in Row.each(tenant_id):
        if row.data and row.data.startswith("{"):
            found.setdefault(row.sk.partition("#")[0], []).append(row)
    return found


@contextmanager
def saying(row: Row, data: str) -> Iterator[None]:
    """Have a row say something else for a while."""
    before = row.data
    row.update([Row.data.set(data)])
    yield
    row.update([Row.data.set(before)])


def with_new_words(told: Any) -> Any:
    """The same with another word wherever one of a closed set may stand."""
    match told:
        case str() if WORD.fullmatch(told):
            return NEWER
        case dict():
            return {name: with_new_words(value) for name, value in told.items()}
        case list():
            return [with_new_words(value) for value in told]
        case _:
            return told


def test_a_field_that_is_new_keeps_nobody_from_a_page(team: tuple[WebWorld, Pages]) -> None:
    """Whatever row it is in."""
    _, pages = team
    before = pages()

    for row in [row for tenant_id in (ACME, GLOBEX) for rows in rows_by_kind(tenant_id).values() for row in rows]:
        row.update([Row.data.set(json.dumps(json.loads(row.data) | {"new": {"what": "is"}}))])

    assert before == pages()


def test_a_word_that_is_new_is_no_fault_of_a_page(team: tuple[WebWorld, Pages]) -> None:
    """Where rows are listed the others are; where work rests on one, or nothing else is shown, that is said."""
    _, pages = team
    before, seen = pages(), {}

    for kind, (row, *_) in rows_by_kind(ACME).items():
        with saying(row, json.dumps(with_new_words(json.loads(row.data)))):
            seen[kind] = {name: status for name, status in pages().items() if status != before[name]}

    assert LISTED <= seen.keys()
    own = {name for name, picture in PAGES.items() if "<" in picture.path}
    assert {} == {kind: answered for kind in LISTED if (answered := seen[kind].keys() - own)}
    assert {503} >= {status for answered in seen.values() for status in answered.values()}


def test_a_page_of_a_list_is_full_although_one_of_its_rows_cannot_be_read(team: tuple[WebWorld, Pages]) -> None:
    """So that a short one is the last, and what is behind the odd row is found."""
    web, _ = team
    jobs, decisions = web.api.stores.jobs, web.api.stores.decisions
    told = [job.id for job in jobs.latest(ACME, limit=9)], [place for place, _ in decisions.latest(ACME, limit=9)]
    odd_job = Row.find(ACME, f"RUN_LOG#{told[0][1]}")
    odd_decision = list(Row.indexed(tables.recent(ACME, "DECISION"), last_first=True))[1]

    assert odd_job
    with saying(odd_job, "{}"), saying(odd_decision, "{}"):
        assert [told[0][0], told[0][2]] == [job.id for job in jobs.latest(ACME, limit=2)]
        assert [told[1][0], told[1][2]] == [place for place, _ in decisions.latest(ACME, limit=2)]
