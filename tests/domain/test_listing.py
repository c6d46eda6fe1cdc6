"""Lists that go back in time are read as far as somebody asks, and looked through page by page."""

from collections.abc import Callable, Sequence
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pm_assistant.domain.listing import MOST_READ, fitting, latest, search


class Log:
    """The numbers below one, the highest first, each at a place of its own; and how many were asked for at once."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.asked: list[int] = []

    def read(self, before: str | None, limit: int) -> Sequence[tuple[str, int]]:
        """So many of them, below a place."""
        self.asked.append(limit)
        below = self._count if before is None else int(before)
        return [(str(number), number) for number in reversed(range(max(0, below - limit), below))]

    def page(
        self, wanted: Callable[[int], bool], *, before: str | None = None, size: int, batch: int | None = None
    ) -> tuple[Sequence[int], str | None]:
        """A page of those that are wanted, and the place behind which the next begins."""
        entries = latest(self.read, batch=batch or size + 1, before=before)
        found, place = search(entries, wanted, before=before, size=size)
        assert [str(number) for _, number in found] == [place for place, _ in found]
        return [number for _, number in found], place


@pytest.mark.parametrize(("count", "requests"), [(0, 1), (3, 1), (4, 2), (9, 3)])
def test_a_list_is_read_to_its_end(count: int, requests: int) -> None:
    """However many are read at once; a batch that is not full is the last."""
    log = Log(count)
    assert [*range(count)][::-1] == [number for _, number in latest(log.read, batch=4)]
    assert [4] * requests == log.asked


def test_no_more_of_a_list_is_read_than_is_asked_for() -> None:
    """Whoever has enough reads no further."""
    log = Log(50)
    assert [49, 48, 47, 46] == [number for _, number in islice(latest(log.read, batch=4), 4)]
    assert [4] == log.asked


@given(
    count=some.integers(0, 40),
    nth=some.integers(1, 9),
    size=some.integers(1, 7),
    batch=some.integers(1, 9),
    most_read=some.integers(1, 12),
)
def test_all_pages_hold_what_is_wanted_once(count: int, nth: int, size: int, batch: int, most_read: int) -> None:
    """The last first, however little of it fits and however much a page looks through."""
    found: list[int] = []
    place: str | None = None
    while True:
        entries = latest(Log(count).read, batch=batch, before=place)
        page, place = search(entries, lambda number: number % nth == 0, before=place, size=size, most_read=most_read)
        assert size >= len(page)
        found += [number for _, number in page]
        if place is None:
            break
    assert [number for number in reversed(range(count)) if number % nth == 0] == found


def test_a_full_page_is_followed_by_another_only_where_the_list_goes_on() -> None:
    """One entry more than fits tells, also where that is not wanted."""
    log = Log(3)
    assert ([2, 1], "1") == log.page(lambda _: True, size=2)
    assert [3] == log.asked
    assert ([2, 1, 0], None) == log.page(lambda _: True, size=3)
    assert ([2, 1], "1") == log.page(lambda number: number > 0, size=2)


def test_a_page_looks_through_so_many_entries_and_the_next_goes_on_there() -> None:
    """However few of them are wanted; where the list ends just there, nothing follows."""
    log = Log(MOST_READ + 1)
    assert ([], "1") == log.page(lambda number: number == 0, size=5, batch=100)
    assert ([0], None) == log.page(lambda number: number == 0, before="1", size=5, batch=100)
    assert ([0], None) == Log(MOST_READ).page(lambda number: number == 0, size=5, batch=100)


@pytest.mark.parametrize(
    ("room", "shown", "following"), [("abc", "abc", "7"), ("ab", "ab", "4"), ("ac", "a", "2"), ("bc", "", "1")]
)
def test_a_page_ends_before_the_first_that_there_is_no_room_for(room: str, shown: str, following: str) -> None:
    """The next one begins with that, whatever lies between it and the one before."""
    page = [("2", "a"), ("4", "b"), ("6", "c")]
    assert ([*shown], following) == fitting(page, lambda entry: entry in room, before="1", following="7")


def test_the_last_page_is_the_last_only_where_all_of_it_fits() -> None:
    """What does not fit follows."""
    assert (["a"], None) == fitting([("2", "a")], lambda _: True, before=None, following=None)
    assert ([], None) == fitting([("2", "a")], lambda _: False, before=None, following=None)
