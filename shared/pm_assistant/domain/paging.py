"""Reading a vendor's list page by page, which may lead in a circle."""

from pm_assistant.domain.errors import UpstreamUnavailable
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.model import Model

MOST_PAGES = 1_000
"""Of a list; nobody has a list as long, and a function has no time for a longer one."""


class Progress(Model):
    """How far the reading of one list has come, in few enough words to be stored between two pages.

    One cursor is remembered, a later one each time that as many pages again have been read: a circle of any length
    comes by it (Brent's algorithm).

    Attributes:
        pages: how many have been read.
        mark: the remembered cursor; empty for the first page, which has none.
    """

    pages: int = 0
    mark: str = ""

    def after(self, following: str, *, vendor: str, most: int = MOST_PAGES) -> "Progress":
        """The reading with one more page behind it, which named the following one.

        Raises:
            UpstreamUnavailable: that one has been read, or there are too many.
        """
        pages = self.pages + 1
        if following == self.mark:
            raise UpstreamUnavailable(
                Translatable("{vendor} leads us back to a page that has been read", vendor=vendor)
            )
        if pages >= most:
            raise UpstreamUnavailable(
                Translatable("{vendor}'s list does not end after {most} pages", vendor=vendor, most=str(most))
            )
        return Progress(pages=pages, mark=self.mark if pages & (pages - 1) else following)
