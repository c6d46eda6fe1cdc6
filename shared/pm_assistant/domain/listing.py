"""Lists that go back in time, the last first: all of one as it is read, and a page of what is wanted of it."""

from collections.abc import Callable, Iterable, Iterator, Sequence

MOST_READ = 1_000
"""Entries that one page looks through at most, however few of them are wanted; the next page goes on from there."""

type Placed[T] = tuple[str, T]
"""An entry of a list, behind the place that it has there."""


def latest[T](
    read: Callable[[str | None, int], Sequence[Placed[T]]], *, batch: int, before: str | None = None
) -> Iterator[Placed[T]]:
    """All entries from behind a place, or from the beginning; so many are read at once, and as far as asked for."""
    while entries := read(before, batch):
        yield from entries
        if len(entries) < batch:
            return
        before = entries[-1][0]


def search[T](
    entries: Iterable[Placed[T]],
    wanted: Callable[[T], bool],
    *,
    before: str | None,
    size: int,
    most_read: int = MOST_READ,
) -> tuple[Sequence[Placed[T]], str | None]:
    """A page of what is wanted of the entries from behind a place, and the place that the next one begins behind.

    The page ends with the entries, and then nothing follows; or earlier, when it is full or so many have been looked
    through: it may hold fewer than `size` although another follows.
    """
    page: list[Placed[T]] = []
    place = before
    for count, entry in enumerate(entries):
        if count == most_read or len(page) == size:
            return page, place
        if wanted(entry[1]):
            page.append(entry)
        place = entry[0]
    return page, None


def fitting[T](
    page: Iterable[Placed[T]], fits: Callable[[T], bool], *, before: str | None, following: str | None
) -> tuple[Sequence[T], str | None]:
    """The entries of a page up to the first that there is no room for, which the next page begins with.

    `before` and `following` are the places that this page and the next one begin behind.
    """
    shown: list[T] = []
    for place, entry in page:
        if not fits(entry):
            return shown, before
        shown.append(entry)
        before = place
    return shown, following
