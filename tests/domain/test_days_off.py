"""Days on which nobody works are known by the country, a part of it, and the team's own list."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from pm_assistant.domain.days_off import Holidays
from pm_assistant.domain.tenants import STORED, Settings
from pm_assistant.domain.workspaces import Absence
from tests.builders import NOW, a_member

OWN = {"day": "2026-12-24", "name": "Inventory"}


@pytest.mark.parametrize(
    ("holidays", "day", "name"),
    [
        ({"country": "DE"}, date(2026, 10, 3), "Tag der Deutschen Einheit"),
        ({"country": "DE"}, date(2026, 3, 8), None),
        ({"country": "DE", "subdivision": "BE"}, date(2026, 3, 8), "Frauentag"),
        ({"country": "DE", "days": [OWN]}, date(2026, 12, 24), "Inventory"),
        ({"days": [OWN]}, date(2026, 12, 25), None),
        ({}, date(2026, 12, 25), None),
    ],
)
def test_a_holiday_is_known_by_its_name(holidays: dict[str, Any], day: date, name: str | None) -> None:
    """As the country calls it, or the team."""
    assert name == Holidays.model_validate(holidays).name_of(day)


@pytest.mark.parametrize(
    "holidays",
    [{"country": "XX"}, {"country": "DE", "subdivision": "ZZ"}, {"subdivision": "BE"}, {"country": "de"}],
)
def test_a_country_that_has_none_is_refused(holidays: dict[str, Any]) -> None:
    """Better now than never to notice."""
    with pytest.raises(ValidationError):
        Settings.model_validate({"holidays": holidays})


def test_a_country_that_is_not_known_any_more_costs_nobody_a_report() -> None:
    """What was stored is read, and has no holidays."""
    stored = Holidays.model_validate({"country": "XX"}, context=STORED)

    assert stored.name_of(date(2026, 12, 25)) is None


@pytest.mark.parametrize(
    ("changes", "away"),
    [
        ({}, False),
        ({"away_until": NOW.date()}, False),
        ({"away_until": NOW.date() + timedelta(days=1)}, True),
        ({"absence": Absence()}, True),
        ({"absence": Absence(until=NOW)}, False),
        ({"absence": Absence(until=NOW + timedelta(minutes=1))}, True),
    ],
)
def test_somebody_is_away_until_they_are_back(changes: dict[str, Any], away: bool) -> None:
    """On the day that they say they are back they are; the chat knows the minute."""
    assert away is a_member(**changes).is_away(NOW.date(), NOW)
