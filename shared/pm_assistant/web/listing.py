"""Lists of pages: what of one is wanted, as its address says, and where its next page begins."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from pm_assistant.web.request import PageRequest

LONGEST = 200
"""Characters of a field of a filter."""
MOST_READ = 500
"""Entries that one page looks through at most, however few of them fit; the next page goes on from there."""


@dataclass(frozen=True)
class Listing:
    """A list as an address asks for it.

    Attributes:
        path: of its page.
        wanted: what each field of its filter says; empty where it says nothing.
        is_continued: whether this is not its first page.
        next_page: the address of the next one, with the same filter; empty behind the last.
    """

    path: str
    wanted: dict[str, str] = field(default_factory=dict)
    is_continued: bool = False
    next_page: str = ""

    @classmethod
    def of(cls, request: PageRequest, path: str, *fields: str) -> "Listing":
        """What is asked for of the list of a page, whose filter has these fields."""
        wanted = {name: request.query.get(name, "").strip()[:LONGEST] for name in fields}
        return cls(path, wanted, is_continued=bool(request.before or request.start))

    @property
    def is_narrowed(self) -> bool:
        """Whether less than all of it is wanted, or not from its beginning."""
        return self.is_continued or any(self.wanted.values())

    @property
    def first_page(self) -> str:
        """The address of its beginning, with the same filter."""
        return self._address({})

    def going_on(self, before: str | None) -> "Listing":
        """The same, and its next page begins at this place; None or empty behind the last one."""
        return replace(self, next_page=self._address({"before": before}) if before else "")

    def part_of[T](self, entries: Sequence[T], *, start: int, size: int) -> tuple[Sequence[T], "Listing"]:
        """So many of all entries, beside the list as it goes on behind them."""
        end = start + size
        further = self._address({"from": str(end)}) if len(entries) > end else ""
        return entries[start:end], replace(self, next_page=further)

    def _address(self, place: dict[str, str]) -> str:
        query = urlencode({name: value for name, value in (self.wanted | place).items() if value})
        return f"{self.path}?{query}" if query else self.path
