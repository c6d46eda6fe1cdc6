"""What a new ticket is drafted with beside its title and text: quotes, and what its fields may be, each with why."""

from typing import NamedTuple

from pm_assistant.domain.bounds import Name, Wording
from pm_assistant.domain.model import Model

PRIORITIES = ("none", "urgent", "high", "medium", "low")
"""What people call the tracker's numbers."""
MOST_QUOTES = 5
MOST_LABELS = 3


class Quote(Model):
    """What somebody said, word for word, as the chat shows it."""

    author: Name
    text: Wording


class Suggestion(Model):
    """What a field of a new ticket may be.

    Attributes:
        id: in the tracker.
        name: for people.
        because: what speaks for it, in words for people.
    """

    id: str
    name: Name
    because: Wording


class TicketDetails(NamedTuple):
    """What a new ticket has beside its team, text and priority, by the tracker's ids.

    Attributes:
        regression_of: a ticket that it is related to.
    """

    assignee_id: str | None = None
    label_ids: tuple[str, ...] = ()
    parent_id: str | None = None
    regression_of: str | None = None


NO_DETAILS = TicketDetails()
