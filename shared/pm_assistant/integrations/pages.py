"""What vendors list page by page.

Which page comes next is the vendor's word, and nothing of ours would stop a reading that it leads in a circle or on and
on: so each reading minds where it has been.
"""

from collections.abc import Callable, Iterable, Iterator

from pm_assistant.domain.paging import MOST_PAGES, Progress
from pm_assistant.domain.people import Flaw, Listing


def all_rows[T](
    page_at: Callable[[str | None], tuple[Iterable[T], str | None]], *, vendor: str, most: int = MOST_PAGES
) -> Iterator[T]:
    """Read a list to its end.

    Args:
        page_at: reads the page at a cursor, None for the first; answers with its rows and the following cursor, if any.
        vendor: whose list it is, for the error.
        most: how many pages are taken.

    Raises:
        UpstreamUnavailable: the pages lead in a circle, or there are too many.
    """
    rows, cursor = page_at(None)
    yield from rows
    progress = Progress()
    while cursor is not None:
        progress = progress.after(cursor, vendor=vendor, most=most)
        rows, cursor = page_at(cursor)
        yield from rows


def whole[T](page_at: Callable[[str | None], Listing[T]], *, vendor: str) -> Listing[T]:
    """A list of all that is on its pages.

    Raises:
        UpstreamUnavailable: the pages lead in a circle, or there are too many.
    """
    flaws: list[Flaw] = []

    def rows_at(cursor: str | None) -> tuple[Listing[T], str | None]:
        page = page_at(cursor)
        flaws.extend(page.flaws)
        return page, page.cursor

    return Listing(all_rows(rows_at, vendor=vendor), flaws)
