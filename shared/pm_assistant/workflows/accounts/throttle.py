"""How often one may try what needs no login: counted by network, by e-mail and network, and by e-mail for strangers.

Whoever guesses uses up what the own network has. Only what networks do together from which nobody has proven the
address lately is counted by e-mail alone, so that no crowd of them keeps its owner out of a network that has.
"""

import ipaddress
from datetime import timedelta
from typing import Literal, NamedTuple

from pm_assistant.domain.errors import Throttled
from pm_assistant.ports.unit import Application

type Attempt = Literal["register", "verify", "login", "refresh", "password", "logout"]

KNOWN_SECONDS = 90 * 86_400
"""How long at least a network is known to be an address's owner's."""


class Rate(NamedTuple):
    """How often within so many seconds; None where there is no e-mail to count by.

    Attributes:
        per_email: for one e-mail from one network.
        per_address: from one network, whatever it names.
        strangers: for one e-mail from all networks together from which it has not been proven.
    """

    per_email: int | None
    per_address: int
    strangers: int | None
    seconds: int


RATES: dict[Attempt, Rate] = {
    # Each is a mail to somebody who may not have asked for it.
    "register": Rate(5, 20, 5, 3_600),
    "verify": Rate(10, 60, 30, 3_600),
    "login": Rate(10, 30, 60, 300),
    "refresh": Rate(None, 300, None, 300),
    # The directory itself mails so many codes an hour at least.
    "password": Rate(5, 20, 10, 3_600),
    "logout": Rate(None, 300, None, 300),
}


def throttle(attempt: Attempt, app: Application, *, address: str, email: str | None = None) -> None:
    """Count an attempt, whoever the address belongs to, and whether it succeeds or not.

    Raises:
        Throttled: there were too many; the same for known and unknown addresses.
    """
    rate, now, network = RATES[attempt], app.now(), _network(address)
    limits = {f"{attempt}|address|{network}": rate.per_address}
    if email is not None and rate.per_email is not None:
        limits[f"{attempt}|email|{email}|{network}"] = rate.per_email
        if rate.strangers is not None and not _is_known(email, network, app):
            limits[f"{attempt}|strangers|{email}"] = rate.strangers
    # All are counted, also when the first is over already.
    counts = {
        counter: app.stores.rate_limiter.count(counter, now=now, window_seconds=rate.seconds) for counter in limits
    }
    if any(counts[counter] > limit for counter, limit in limits.items()):
        retry_after = rate.seconds - int(now.timestamp()) % rate.seconds
        raise Throttled("too many attempts; come again later", retry_after=retry_after)


def remember(email: str, app: Application, *, address: str) -> None:
    """Note that somebody in this network has just proven to be the address's owner."""
    limiter, who = app.stores.rate_limiter, _known(email, _network(address))
    # In the window of now and in the next, so that it is known for a whole one at least.
    for later in (timedelta(), timedelta(seconds=KNOWN_SECONDS)):
        limiter.count(who, now=app.now() + later, window_seconds=KNOWN_SECONDS)


def _is_known(email: str, network: str, app: Application) -> bool:
    counted = app.stores.rate_limiter.counted(_known(email, network), now=app.now(), window_seconds=KNOWN_SECONDS)
    return counted > 0


def _known(email: str, network: str) -> str:
    return f"known|{email}|{network}"


def _network(address: str) -> str:
    """What one customer of a provider has: an IPv4 address, or the first half of an IPv6 one."""
    ip = ipaddress.ip_address(address)
    return address if ip.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))
