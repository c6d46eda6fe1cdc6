"""Where the reading of each source stands is kept alike in memory and on DynamoDB."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from pm_assistant.domain.catch_up import (
    DirectoryList,
    DirectoryPage,
    DirectoryReading,
    Gap,
    OpenList,
    Pass,
    Position,
)
from pm_assistant.domain.paging import Progress
from pm_assistant.domain.people import Flaw
from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.work import Channel
from pm_assistant.ports.unit import Stores
from tests.builders import ENG, NOW, a_member
from tests.contracts.stores import IMPLEMENTATIONS, a_new_tenant, opened

SLACK, LINEAR = Provider.SLACK, Provider.LINEAR


@pytest.fixture(params=IMPLEMENTATIONS, scope="module")
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """The stores, shared by the tests of this module; each test has tenants of its own."""
    with opened(request.param) as opened_stores:
        yield opened_stores


def test_a_position_is_what_was_noted_last(stores: Stores) -> None:
    """With all that is under way; of another place, or source, or tenant nothing is known."""
    tenant_id = a_new_tenant()
    reading = Pass(
        began_at=NOW, since=NOW, until=NOW, reached=NOW, cursor="c-1", progress=Progress(pages=3, mark="c-0")
    )
    position = Position(source=SLACK, workspace="T0ACME", place="C0ENG", read_to=NOW, reading=reading)
    for noted in (position.ended(read_to=NOW + timedelta(hours=1)), position):
        stores.readings.put_position(tenant_id, noted)

    assert position == stores.readings.position(tenant_id, SLACK, "C0ENG")
    assert stores.readings.position(tenant_id, SLACK) is None
    assert stores.readings.position(tenant_id, LINEAR, "C0ENG") is None
    assert stores.readings.position(a_new_tenant(), SLACK, "C0ENG") is None


def test_gaps_come_latest_first_as_they_were_noted_last(stores: Stores) -> None:
    """Each is known by where and when it was found."""
    tenant_id, later = a_new_tenant(), NOW + timedelta(hours=1)
    gap = Gap(source=SLACK, place="C0OPS", found_at=NOW, began_at=NOW, ended_at=NOW)
    repaired = gap.model_copy(update={"repaired_at": later})
    others = [
        Gap(source=LINEAR, found_at=NOW, began_at=NOW, ended_at=NOW),
        Gap(source=SLACK, found_at=later, began_at=later, ended_at=later),
    ]
    for each in (gap, *others, repaired):
        stores.readings.put_gap(tenant_id, each)

    assert others[1] == stores.readings.gaps(tenant_id, limit=1)[0]
    assert {repaired, *others} == set(stores.readings.gaps(tenant_id, limit=9))
    assert [] == stores.readings.gaps(a_new_tenant(), limit=9)


def test_the_positions_of_a_source_come_in_the_order_of_their_places(stores: Stores) -> None:
    """And those of no other one."""
    tenant_id = a_new_tenant()
    for source, place in ((SLACK, "C2"), (SLACK, "C1"), (LINEAR, "")):
        stores.readings.put_position(tenant_id, Position(source=source, workspace="w", place=place))

    assert ["C1", "C2"] == [position.place for position in stores.readings.positions(tenant_id, SLACK)]


def test_who_reads_a_shared_channel_is_known_until_it_is_shared_no_more(stores: Stores) -> None:
    """Each tenant by its own position; of another channel, or source, nobody is."""
    ours, theirs, place = a_new_tenant(), a_new_tenant(), f"C{a_new_tenant()}"
    shared = Channel(id=place, outside=True)
    position = Position(source=SLACK, workspace="T0ACME", place=place, channel=shared)
    for tenant_id in (ours, theirs):
        stores.readings.put_position(tenant_id, position)
    stores.readings.put_position(theirs, position.model_copy(update={"place": f"{place}1", "channel": None}))

    assert {ours, theirs} == set(stores.readings.sharing(SLACK, place))
    assert [[], []] == [stores.readings.sharing(LINEAR, place), stores.readings.sharing(SLACK, f"{place}1")]
    alone = shared.model_copy(update={"outside": False})
    stores.readings.put_position(ours, position.model_copy(update={"channel": alone}))
    assert [theirs] == stores.readings.sharing(SLACK, place)


def test_pages_of_people_and_teams_are_kept_until_they_are_dropped(stores: Stores) -> None:
    """As they were read last, each list in its order; no other tenant's."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    people, teams = DirectoryList.CHAT_MEMBERS, DirectoryList.TEAMS
    pages = [DirectoryPage(list=people, number=number, members=(a_member(f"p{number}"),)) for number in range(12)]
    last = DirectoryPage(list=teams, number=0, teams=(ENG,), flaws=(Flaw(id="t", problem="odd", left_out=True),))
    for page in (pages[3].model_copy(update={"members": ()}), last, *reversed(pages)):
        stores.readings.put_listed(tenant_id, page)
    stores.readings.put_listed(other, last)

    assert [*pages, last] == list(stores.readings.listed(tenant_id))
    stores.readings.drop_listed(tenant_id)
    assert ([], [last]) == (list(stores.readings.listed(tenant_id)), list(stores.readings.listed(other)))


def test_a_reading_of_people_and_teams_is_noted_with_its_lists(stores: Stores) -> None:
    """Where each goes on."""
    tenant_id = a_new_tenant()
    going_on = OpenList(list=DirectoryList.TEAMS, cursor="c-2", progress=Progress(pages=2, mark="c-1"), again=True)
    reading = DirectoryReading(began_at=NOW, open=(going_on,))
    position = Position(source=LINEAR, workspace="w", place="directory", directory=reading)
    stores.readings.put_position(tenant_id, position)
    assert position == stores.readings.position(tenant_id, LINEAR, "directory")
    over = position.model_copy(update={"directory": reading.model_copy(update={"open": ()})})
    stores.readings.put_position(tenant_id, over)
    assert over == stores.readings.position(tenant_id, LINEAR, "directory")
