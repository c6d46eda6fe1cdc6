"""How often one may knock at the doors that need no login: counted by e-mail and by network address."""

import ipaddress
from datetime import datetime
from typing import Literal, NamedTuple

from pm_assistant.domain.errors import Throttled
from pm_assistant.ports.accounts import RateLimiter

type Door = Literal["register", "verify", "login", "refresh", "password", "logout"]


class Rate(NamedTuple):
    """How often within so many seconds; None where there is no e-mail to count by."""

    per_email: int | None
    per_address: int
    seconds: int


RATES: dict[Door, Rate] = {
    "register": Rate(5, 20, 3_600),
    "verify": Rate(10, 60, 3_600),
    "login": Rate(10, 30, 300),
    "refresh": Rate(None, 300, 300),
    "password": Rate(5, 20, 3_600),
    "logout": Rate(None, 300, 300),
}


def throttle(door: Door, *, email: str | None = None, address: str, rate_limiter: RateLimiter, now: datetime) -> None:
    """Count an attempt, whoever the address belongs to, and whether it succeeds or not.

    Raises:
        Throttled: there were too many; the same for known and unknown addresses.
    """
    rate = RATES[door]
    counted = [(f"{door}|address|{_network(address)}", rate.per_address)]
    if email is not None and rate.per_email is not None:
        counted.append((f"{door}|email|{email}", rate.per_email))
    over = [rate_limiter.count(who, now=now, window_seconds=rate.seconds) > most for who, most in counted]
    if any(over):
        retry_after = rate.seconds - int(now.timestamp()) % rate.seconds
        raise Throttled("too many attempts; come again later", retry_after=retry_after)


def _network(address: str) -> str:
    """What one customer of a provider has: an IPv4 address, or the first half of an IPv6 one."""
    parsed = ipaddress.ip_address(address)
    return address if parsed.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))
