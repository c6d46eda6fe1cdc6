"""Moments as people write them at a terminal."""

import re
from datetime import UTC, date, datetime, time, timedelta

from pm_assistant.domain.errors import InvalidRequest

_AGO = re.compile(r"(\d{1,6})([smhdw])")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def moment(text: str, now: datetime) -> datetime:
    """Read `30m`, `2h`, `1d` (that long ago) or an ISO date or time; without an offset it is this machine's time.

    Raises:
        InvalidRequest: it is neither, or lies ahead.
    """
    try:
        ago = _AGO.fullmatch(text.strip())
        then = now - timedelta(**{_UNITS[ago[2]]: int(ago[1])}) if ago else datetime.fromisoformat(text.strip())
        then = then.astimezone(now.tzinfo)
    except (ValueError, OverflowError) as error:
        raise InvalidRequest("write a time as 30m, 2h, 1d or 2026-11-20T09:30", field="since") from error
    if then > now:
        raise InvalidRequest("that time lies ahead", field="since")
    return then


def end(text: str) -> datetime:
    """Read an ISO time, or a date, whose end is meant; without an offset it is this machine's time.

    Raises:
        InvalidRequest: it is neither.
    """
    try:
        if _DAY.fullmatch(day := text.strip()):
            return datetime.combine(date.fromisoformat(day) + timedelta(days=1), time()).astimezone(UTC)
        return datetime.fromisoformat(day).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidRequest("write an end as 2026-12-01 or 2026-12-01T09:30", field="until") from error


def age(then: datetime, now: datetime) -> str:
    """Say how long ago something was, in its largest unit."""
    seconds = max(0, int((now - then).total_seconds()))
    for unit, length in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= length:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"
