"""What Linear says alike in its webhooks and in its answers."""

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator

from pm_assistant.domain.work import Cycle


def _day(raw: object) -> object:
    """The day a date is on, though a time may follow; what is no date says nothing, and an issue is more than that."""
    try:
        return date.fromisoformat(raw[:10]) if isinstance(raw, str) else raw
    except ValueError:
        return None


Day = Annotated[date | None, BeforeValidator(_day)]
"""A date without a time (`TimelessDate`)."""


class IssueCycle(BaseModel):
    """The cycle of an issue; teams that do not name cycles count them."""

    id: str
    number: float | None = None
    name: str | None = None
    startsAt: AwareDatetime | None = None
    endsAt: AwareDatetime | None = None

    @property
    def cycle(self) -> Cycle:
        """The same in the product's words."""
        counted = f"Cycle {self.number:g}" if self.number is not None else None
        return Cycle(id=self.id, name=self.name or counted, begins_at=self.startsAt, ends_at=self.endsAt)
