"""Google as far as the sandbox remembers it: what people have entered into their own calendars."""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field

from infra.sandbox.core.state import Model, Person
from infra.sandbox.core.world import World


class Entry(Model):
    """An entry of a calendar; the end is not part of it.

    Attributes:
        whole_days: whether it is on days as such, which begin and end at midnight where the calendar is.
    """

    id: str
    kind: Literal["default", "outOfOffice", "focusTime"] = "outOfOffice"
    title: str = "Out of office"
    start: AwareDatetime
    end: AwareDatetime
    whole_days: bool = False
    created_at: AwareDatetime


class GoogleWorld(World):
    """People's own calendars, by their handles."""

    calendars: dict[str, list[Entry]] = Field(default_factory=dict)

    @property
    def domain(self) -> str:
        """What the company is called at Google."""
        return self.people[0].email.rpartition("@")[2]


def local(at: datetime, person: Person) -> datetime:
    """A moment by the clock of the person's calendar."""
    return at.astimezone(ZoneInfo(person.time_zone))
