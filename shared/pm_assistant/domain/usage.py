"""What a tenant has used of what it pays for, as it was counted last."""

from pm_assistant.domain.model import Model

WARNED_AT = (80, 100)
"""In percent of a month's decisions, and of the seats: who gets there is told so, once each."""


class QuotaWarning(Model):
    """That a tenant has been told how much of a month's decisions is used.

    Attributes:
        decisions: what the month had then; who has another number since was not told of that one.
    """

    month: str
    percent: int
    decisions: int = 0

    @property
    def occasion(self) -> str:
        """What it was about: another month, or another number, is another occasion."""
        return f"{self.month}|{self.decisions}"

    def includes(self, other: "QuotaWarning") -> bool:
        """Whether who was told this needs not be told the other."""
        return self.occasion == other.occasion and self.percent >= other.percent


class QuotaMonth(Model):
    """What a tenant has used in a calendar month, by UTC.

    Attributes:
        used: conversations that were judged with all there is.
        beyond: those that were judged the cheap way, as there was nothing left.
    """

    used: int = 0
    beyond: int = 0


class Seating(Model):
    """How the seats of a plan were found when they were counted last.

    Attributes:
        limit: how many there were.
        people: how many people there were for them.
        holders: who has one; empty while there is one for each.
    """

    limit: int
    people: int
    holders: tuple[str, ...] = ()

    @property
    def beyond(self) -> int:
        """How many people have none."""
        return max(self.people - self.limit, 0)
