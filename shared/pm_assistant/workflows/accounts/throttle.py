"""How often one may try what needs no login: counted by e-mail and by network address."""

import ipaddress
from typing import Literal, NamedTuple

from pm_assistant.domain.errors import Throttled
from pm_assistant.ports.unit import Application

type Attempt = Literal["register", "verify", "login", "refresh", "password", "logout"]


class Rate(NamedTuple):
    """How often within so many seconds; None where there is no e-mail to count by."""

    per_email: int | None
    per_address: int
    seconds: int


RATES: dict[Attempt, Rate] = {
    "register": Rate(5, 20, 3_600),
    "verify": Rate(10, 60, 3_600),
    "login": Rate(10, 30, 300),
    "refresh": Rate(None, 300, 300),
    "password": Rate(5, 20, 3_600),
    "logout": Rate(None, 300, 300),
}


def throttle(attempt: Attempt, app: Application, *, address: str, email: str | None = None) -> None:
    """Count an attempt, whoever the address belongs to, and whether it succeeds or not.

    Raises:
        Throttled: there were too many; the same for known and unknown addresses.
    """
    rate, now = RATES[attempt], app.now()
    limits = {f"{attempt}|address|{_network(address)}": rate.per_address}
    if email is not None and rate.per_email is not None:
        limits[f"{attempt}|email|{email}"] = rate.per_email
    # All are counted, also when the first is over already.
    counts = {
        counter: app.stores.rate_limiter.count(counter, now=now, window_seconds=rate.seconds) for counter in limits
    }
    if any(counts[counter] > limit for counter, limit in limits.items()):
        retry_after = rate.seconds - int(now.timestamp()) % rate.seconds
        raise Throttled("too many attempts; come again later", retry_after=retry_after)


def _network(address: str) -> str:
    """What one customer of a provider has: an IPv4 address, or the first half of an IPv6 one."""
    ip = ipaddress.ip_address(address)
    return address if ip.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))
