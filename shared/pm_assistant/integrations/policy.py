"""How all vendors are asked: how long for an answer, what is asked once more, and what they say of their limits.

An answer that tells us to wait is never waited for here: the error says how long, and the message rests. So does what
took long to fail, which is likely to take as long again.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic, sleep
from typing import NamedTuple

from pm_assistant.domain.errors import UpstreamUnavailable

CONNECT_SECONDS = 3.0
"""Until a vendor takes the line; where it does, it does so within milliseconds."""
READ_SECONDS = 10.0
"""Without a word of an answer; three in a row still fit into the time API Gateway waits."""
ANSWER_SECONDS = 20.0
"""For the whole of one, however slowly it comes."""
MOST_BYTES = 32 * 1024 * 1024
"""Of an answer: hundred pull requests with all that hangs on them are a tenth of it."""
MODEL_SECONDS = 25.0
"""A model thinks before its first word."""

MOST_TRIES = 3
RETRIES_BEGIN_WITHIN = 5.0
"""Seconds since the first try: so a call takes these and one answer's time at most."""
FIRST_PAUSE = 0.25
"""Seconds at most before the second try, doubling; how much of it is left to chance."""

SHORTEST_REST, LONGEST_REST = 1.0, 3600.0
REST = 60.0
"""Where a vendor does not say how long: GitHub asks for a minute then, and the others' limits are of one."""
RESERVE = 0.25
"""Of what a vendor allows so much is left to what happens now; reading what happened before stops there."""

_KINDS = {"limit", "remaining", "reset"}
_NUMBER = re.compile(r"\d{1,15}(\.\d{1,6})?", re.ASCII)
_SPAN = re.compile(r"(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6}(?:\.\d{1,6})?)s)?(?:(\d{1,9})ms)?", re.ASCII)


class Unanswered(UpstreamUnavailable):
    """There was no answer, or one that is about the vendor's own troubles and not about the question."""


class NotSent(Unanswered):
    """The vendor did not take the line: nothing has been asked."""


class Unwatched:
    """Nobody is told how a vendor answers (`Watch`)."""

    def answered(self, *, low_for: float | None = None) -> None:
        """It has answered."""

    def failed(self) -> None:
        """It has not."""

    def limited(self, seconds: float) -> None:
        """It wants to be left alone."""


UNWATCHED = Unwatched()


def retried[T](ask: Callable[[], T], *, repeatable: bool) -> T:
    """Ask, and once more if there was no answer; what is not `repeatable` only if it was not even asked."""
    began, tries = monotonic(), 1
    while True:
        try:
            return ask()
        except Unanswered as error:
            may_repeat = repeatable or isinstance(error, NotSent)
            if not may_repeat or tries == MOST_TRIES or monotonic() - began > RETRIES_BEGIN_WITHIN:
                raise
        sleep(random.uniform(0, FIRST_PAUSE * 2 ** (tries - 1)))  # noqa: S311  # no secret
        tries += 1


class Quota(NamedTuple):
    """One of a vendor's limits, as its headers say; what they do not say is None.

    Attributes:
        name: the vendor's, where it has several.
        resets_in: seconds until there is all of it again.
    """

    name: str
    limit: float | None
    remaining: float | None
    resets_in: float | None


def rest_asked_for(headers: Mapping[str, str], *, now: datetime, otherwise: float = REST) -> float:
    """Seconds that a vendor wants to be left alone: as it says, else until the last used up limit is lifted.

    It says so in seconds or by a date. Its own clock counts where it shows it, else ours.
    """
    named = _lower(headers)
    if "retry-after-ms" in named and (milliseconds := _number(named["retry-after-ms"])) is not None:
        seconds: float | None = milliseconds / 1000
    elif "retry-after" in named:
        seconds = _number(named["retry-after"])
        if seconds is None and (until := _date(named["retry-after"])) is not None:
            seconds = (until - _vendors_time(named, now)).total_seconds()
    else:
        limits = quotas(named, now=now)
        used_up = [limit for limit in limits if limit.remaining == 0]
        silent = [limit for limit in limits if limit.remaining is None]
        seconds = max((limit.resets_in for limit in used_up or silent if limit.resets_in is not None), default=None)
    return min(max(otherwise if seconds is None else seconds, SHORTEST_REST), LONGEST_REST)


def low_for(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Seconds for which what is left is what `RESERVE` keeps for what happens now; None where there is more."""
    low = [
        limit.resets_in
        for limit in quotas(headers, now=now)
        if limit.limit and limit.remaining is not None and limit.remaining < limit.limit * RESERVE
        if limit.resets_in is not None
    ]
    return min(max(*low, SHORTEST_REST), LONGEST_REST) if low else None


def quotas(headers: Mapping[str, str], *, now: datetime) -> list[Quota]:
    """The limits that an answer tells of: GitHub's one, Linear's and OpenAI's by name, whichever word comes first."""
    named = _lower(headers)
    now = _vendors_time(named, now)
    limits: dict[str, dict[str, str]] = {}
    for name, value in named.items():
        if name.startswith("x-ratelimit-"):
            words = name.removeprefix("x-ratelimit-").split("-")
            kind = next((word for word in (words[0], words[-1]) if word in _KINDS), None)
            if kind is not None:
                words.remove(kind)
                limits.setdefault("-".join(words), {})[kind] = value
    return [
        Quota(name, _number(said.get("limit")), _number(said.get("remaining")), _until(said.get("reset"), now))
        for name, said in limits.items()
    ]


def _lower(headers: Mapping[str, str]) -> Mapping[str, str]:
    return {name.lower(): value.strip() for name, value in headers.items()}


def _vendors_time(named: Mapping[str, str], now: datetime) -> datetime:
    return _date(named.get("date", "")) or now


def _date(value: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _number(value: str | None) -> float | None:
    return float(value) if value is not None and _NUMBER.fullmatch(value) else None


def _until(value: str | None, now: datetime) -> float | None:
    """Seconds until a moment, which vendors give as seconds or milliseconds since 1970, or as a span such as 6m0s."""
    moment = _number(value)
    if moment is not None:
        return (moment / 1000 if moment > 1e11 else moment) - now.timestamp()
    span = _SPAN.fullmatch(value) if value else None
    if span is None:
        return None
    hours, minutes, seconds, milliseconds = (float(part or 0) for part in span.groups())
    return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000
