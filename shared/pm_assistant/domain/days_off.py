"""Days on which no report comes by itself: a team's holidays, and somebody's absence."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, ValidationInfo, model_validator

from pm_assistant.domain.bounds import Line
from pm_assistant.domain.model import Model
from pm_assistant.domain.workspaces import STORED

MOST_DAYS = 200


class DayOff(Model):
    """One day of a team's own."""

    day: date
    name: Annotated[Line, Field(min_length=1, max_length=100)] = Field(description="what it is called")


class Holidays(Model):
    """Which days a team does not work: the public holidays of a country, or a part of it, and days of its own."""

    country: str | None = Field(
        default=None, pattern=r"^[A-Z]{2}$", description="ISO 3166 code, such as `DE`; none means no public holidays"
    )
    subdivision: str | None = Field(
        default=None, pattern=r"^[A-Z0-9]{1,4}$", description="of the country, by ISO 3166-2, such as `BE` for Berlin"
    )
    days: tuple[DayOff, ...] = Field(default=(), max_length=MOST_DAYS, description="days of the team's own")

    @model_validator(mode="after")
    def _has_holidays(self, info: ValidationInfo) -> Self:
        if self.subdivision is not None and self.country is None:
            raise ValueError("a part of which country?")
        # What was stored may be of a country or part that a later list names otherwise.
        if (
            info.context != STORED
            and self.country is not None
            and _public(self.country, self.subdivision, 2026) is None
        ):
            raise ValueError("no public holidays are known of it")
        return self

    def name_of(self, day: date) -> str | None:
        """What a day is called that is free; None if it is not."""
        for own in self.days:
            if own.day == day:
                return own.name
        public = _public(self.country, self.subdivision, day.year) if self.country else None
        return public.get(day) if public else None


def _public(country: str, subdivision: str | None, year: int) -> dict[date, str] | None:
    """The public holidays of a year, as the country itself calls them; None where none are known."""
    import holidays

    try:
        return dict(holidays.country_holidays(country, subdiv=subdivision, years=year))
    except NotImplementedError:
        return None
