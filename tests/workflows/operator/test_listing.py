"""Tenants are found among all by trouble and by name, a page at a time."""

import pytest

from pm_assistant.domain.tenants import TenantId
from pm_assistant.workflows.operator import listing
from pm_assistant.workflows.operator.listing import TenantFilter, find_tenants
from tests.builders import a_health
from tests.fakes.stores import FakeStores

TEAMS = [TenantId(f"t{number:02}") for number in range(12)]


@pytest.fixture
def stores() -> FakeStores:
    """Twelve teams, of which the last two are troubled."""
    made = FakeStores()
    for number, tenant_id in enumerate(TEAMS):
        made.healths.put(a_health(tenant_id, name=f"Team {number:02}", failed_runs=int(number >= 10)))
    return made


def walk(wanted: TenantFilter, stores: FakeStores, *, limit: int) -> list[list[str]]:
    """The names on each page, to the end of the list."""
    pages, after = [], None
    while True:
        found, after = find_tenants(wanted, stores, after=after, limit=limit)
        pages.append([health.name for health in found])
        if after is None:
            return pages


@pytest.mark.parametrize("at_once", [1, 3, 200])
def test_a_list_is_whole_however_it_is_read(stores: FakeStores, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each team once, the troubled first."""
    monkeypatch.setattr(listing, "AT_ONCE", at_once)
    monkeypatch.setattr(listing, "MOST_REQUESTS", 2)

    pages = walk(TenantFilter(), stores, limit=5)

    everybody = [f"Team {number:02}" for number in (10, 11, *range(10))]
    assert everybody == [name for page in pages for name in page]
    assert max(len(page) for page in pages) <= 5


def test_only_the_troubled_are_read_where_they_are_wanted(stores: FakeStores) -> None:
    """They come first, so the list ends with the last of them."""
    assert [["Team 10", "Team 11"]] == walk(TenantFilter(troubled=True), stores, limit=5)


@pytest.mark.parametrize(
    ("name", "found"), [("tEAM 07", ["Team 07"]), (" t07 ", ["Team 07"]), ("nobody", []), ("t0", [])]
)
def test_a_team_is_found_by_part_of_its_name_or_by_its_whole_id(
    stores: FakeStores, name: str, found: list[str]
) -> None:
    """In whatever case; a part of an id is none."""
    assert [found] == walk(TenantFilter(name=name), stores, limit=5)


def test_a_rare_name_is_looked_for_a_stretch_at_a_time(stores: FakeStores, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page may be empty, and the list goes on."""
    monkeypatch.setattr(listing, "AT_ONCE", 3)
    monkeypatch.setattr(listing, "MOST_REQUESTS", 2)

    assert [[], ["Team 09"], []] == walk(TenantFilter(name="team 09"), stores, limit=5)
