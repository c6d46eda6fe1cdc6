"""When a vendor is asked at all: not while it does not answer, nor while it wants to be left alone.

What is known of that stands on the connection, which whoever asks a vendor reads anyway: so all functions share it, and
nothing is read for it. It is written only when a call fails, when one succeeds after that, and when a limit is near.
That it cannot be written is no reason for another call to fail.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pm_assistant.domain.errors import CircuitOpen, RateLimited, UpstreamError
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.tenants import Availability, Connection

if TYPE_CHECKING:
    from pm_assistant.ports.unit import Unit

MOST_FAILURES = 5
"""Calls in a row that a vendor does not answer, each tried as often as its kind allows, before it is left alone."""
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=10)
"""Before it is tried again: as long as it has been failing, within these."""


def check_available(connection: Connection, unit: Unit) -> None:
    """Refuse to ask a vendor that would not answer; once its pause is over, let one go and try.

    The one who tries puts the next try off first: should it fail, or never come to ask, all others wait on.

    Raises:
        CircuitOpen: it has not answered for a while.
        RateLimited: it wants to be left alone.
    """
    now, known = unit.now(), connection.availability
    label = unit.vendors[connection.provider].label
    if known.limited_until is not None and known.limited_until > now:
        raise RateLimited(
            Translatable("{vendor} has limited us until {time}", vendor=label, time=_clock(known.limited_until)),
            retry_after=_left(known.limited_until, now),
        )
    if known.retry_at is None:
        return
    until = known.retry_at
    if until <= now:
        until = now + _pause(known, now)
        states = unit.stores.connection_states
        if states.pause(unit.tenant_id, connection.provider, until=until, before=known.retry_at):
            return
    since = known.failing_since or now
    what = Translatable(
        "{vendor} does not answer since {since}; trying again at {until}",
        vendor=label,
        since=_clock(since),
        until=_clock(until),
    )
    raise CircuitOpen(what, retry_after=_left(until, now))


def leave_to_live_work(connections: Iterable[Connection], unit: Unit) -> None:
    """Stop reading what happened before while little is left of a vendor's limits: the rest is for what happens now.

    Raises:
        RateLimited: until there is all of it again.
    """
    now = unit.now()
    for connection in connections:
        until = connection.availability.reserved_until
        if until is not None and until > now:
            label = unit.vendors[connection.provider].label
            what = Translatable(
                "what {vendor} still allows until {time} is for what happens now", vendor=label, time=_clock(until)
            )
            raise RateLimited(what, retry_after=_left(until, now))


class ConnectionWatch:
    """Notes on a connection how its vendor answers (`Watch`).

    Args:
        connection: as it was read.
        unit: of work.
    """

    def __init__(self, connection: Connection, unit: Unit) -> None:
        self._tenant_id, self._provider = connection.tenant_id, connection.provider
        self._known = connection.availability
        self._states, self._now = unit.stores.connection_states, unit.now

    def answered(self, *, low_for: float | None = None) -> None:
        """Close the circuit if calls had failed; leave what is left of a limit to live work if it is little."""
        with suppress(UpstreamError):
            if self._known.failures:
                self._know(failures=0, failing_since=None, retry_at=None)
                self._states.answered(self._tenant_id, self._provider)
            reserved, now = self._known.reserved_until, self._now()
            if low_for is not None and (reserved is None or reserved <= now):
                until = now + timedelta(seconds=low_for)
                self._know(reserved_until=until)
                self._states.limit(self._tenant_id, self._provider, until=until, reserve=True)

    def failed(self) -> None:
        """Count the failure, and open the circuit if it was one too many; a trial that fails changes nothing."""
        if self._known.retry_at is not None:
            return
        with suppress(UpstreamError):
            now = self._now()
            self._known = self._states.failed(self._tenant_id, self._provider, at=now)
            if self._known.failures >= MOST_FAILURES and self._known.retry_at is None:
                until = now + _pause(self._known, now)
                self._states.pause(self._tenant_id, self._provider, until=until, before=None)

    def limited(self, seconds: float) -> None:
        """Have nobody ask before the vendor wants to be asked."""
        with suppress(UpstreamError):
            until = self._now() + timedelta(seconds=seconds)
            self._states.limit(self._tenant_id, self._provider, until=until)

    def _know(self, **changes: object) -> None:
        self._known = self._known.model_copy(update=changes)


def _pause(known: Availability, now: datetime) -> timedelta:
    return min(max(now - (known.failing_since or now), SHORTEST_PAUSE), LONGEST_PAUSE)


def _left(until: datetime, now: datetime) -> float:
    return max((until - now).total_seconds(), 1.0)


def _clock(at: datetime) -> str:
    return f"{at.astimezone(UTC):%H:%M} UTC"
