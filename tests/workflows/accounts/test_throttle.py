"""How often one may try what needs no login."""

from datetime import timedelta
from typing import get_args

import pytest

from pm_assistant.domain.errors import Throttled
from pm_assistant.workflows.accounts.throttle import KNOWN_SECONDS, RATES, Attempt, remember, throttle
from tests.fakes.unit import FakeApplication

HOME, ELSEWHERE = "192.0.2.1", "198.51.100.1"
BY_EMAIL = [attempt for attempt, rate in RATES.items() if rate.per_email is not None]


def tries(app: FakeApplication, attempt: Attempt, most: int, *, address: str = HOME, email: str | None = None) -> int:
    """How many attempts of these are let through."""
    for number in range(most):
        try:
            throttle(attempt, app, address=address, email=email)
        except Throttled:
            return number
    return most


def test_every_attempt_has_a_rate() -> None:
    """A new one needs a row."""
    assert set(get_args(Attempt.__value__)) == set(RATES)


@pytest.mark.parametrize("attempt", RATES)
def test_one_network_tries_so_often_and_others_are_not_kept_from_it(attempt: Attempt) -> None:
    """Whatever addresses it names."""
    app, rate = FakeApplication(), RATES[attempt]
    for number in range(rate.per_address):
        throttle(attempt, app, address=HOME, email=f"person-{number}@acme.test")

    with pytest.raises(Throttled):
        throttle(attempt, app, address=HOME, email="one-more@acme.test")

    throttle(attempt, app, address=ELSEWHERE, email="one-more@acme.test")


@pytest.mark.parametrize("attempt", sorted({*BY_EMAIL} - {"register"}))
def test_one_mailbox_is_tried_so_often_from_one_network(attempt: Attempt) -> None:
    """Neither others' mailboxes nor other networks are kept from it."""
    app, rate = FakeApplication(), RATES[attempt]
    assert rate.per_email == tries(app, attempt, 99, email="ada@acme.test")

    throttle(attempt, app, address=ELSEWHERE, email="ada@acme.test")
    throttle(attempt, app, address=HOME, email="grace@acme.test")


@pytest.mark.parametrize("attempt", BY_EMAIL)
def test_strangers_together_try_one_mailbox_so_often(attempt: Attempt) -> None:
    """From however many networks; and none of that counts where the owner has been before, for months."""
    app, rate = FakeApplication(), RATES[attempt]
    remember("ada@acme.test", app, address=HOME)
    app.at += timedelta(seconds=KNOWN_SECONDS - 1)
    assert rate.strangers is not None
    for number in range(rate.strangers):
        throttle(attempt, app, address=f"203.0.113.{number}", email="ada@acme.test")

    with pytest.raises(Throttled):
        throttle(attempt, app, address=ELSEWHERE, email="ada@acme.test")

    assert rate.per_email == tries(app, attempt, 99, email="ada@acme.test")
    throttle(attempt, app, address=ELSEWHERE, email="grace@acme.test")


def test_being_known_is_forgotten_in_the_end() -> None:
    """Networks change hands."""
    app = FakeApplication()
    remember("ada@acme.test", app, address=HOME)
    app.at += timedelta(seconds=2 * KNOWN_SECONDS)
    for number in range(99):
        tries(app, "login", 1, address=f"203.0.113.{number}", email="ada@acme.test")

    with pytest.raises(Throttled):
        throttle("login", app, address=HOME, email="ada@acme.test")


@pytest.mark.parametrize("attempt", sorted(set(RATES) - set(BY_EMAIL)))
def test_what_names_no_mailbox_is_counted_by_network_alone(attempt: Attempt) -> None:
    """An e-mail that is there all the same does not count."""
    app, rate = FakeApplication(), RATES[attempt]

    assert rate.per_address == tries(app, attempt, rate.per_address + 1, email="ada@acme.test")


def test_a_refused_attempt_counts_as_well() -> None:
    """Going on from another network does not help a mailbox that is over, and the network's own count goes on."""
    app, rate = FakeApplication(), RATES["login"]
    assert rate.per_email is not None
    assert rate.per_email == tries(app, "login", rate.per_email + 1, email="ada@acme.test")
    for _ in range(rate.per_address - rate.per_email - 1):
        with pytest.raises(Throttled):
            throttle("login", app, address=HOME, email="ada@acme.test")

    with pytest.raises(Throttled):
        throttle("login", app, address=HOME, email="grace@acme.test")


def test_attempts_of_another_kind_are_counted_apart() -> None:
    """Whoever has tried to log in too often may still ask for a new password."""
    app = FakeApplication()
    tries(app, "login", 100, email="ada@acme.test")

    throttle("password", app, address=HOME, email="ada@acme.test")


@pytest.mark.parametrize("attempt", RATES)
def test_whoever_waits_as_long_as_was_said_may_try_again(attempt: Attempt) -> None:
    """And a second less is too little."""
    app = FakeApplication()
    tries(app, attempt, 1_000, email="ada@acme.test")
    with pytest.raises(Throttled) as refused:
        throttle(attempt, app, address=HOME, email="ada@acme.test")
    assert 0 < refused.value.retry_after <= RATES[attempt].seconds

    app.at += timedelta(seconds=refused.value.retry_after - 1)
    with pytest.raises(Throttled):
        throttle(attempt, app, address=HOME, email="ada@acme.test")

    app.at += timedelta(seconds=1)
    throttle(attempt, app, address=HOME, email="ada@acme.test")


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.1", "192.0.2.2", False),
    ],
)
def test_a_network_is_what_one_customer_of_a_provider_has(first: str, second: str, same: bool) -> None:
    """An address of IPv4, and half of one of IPv6."""
    app, most = FakeApplication(), RATES["refresh"].per_address
    assert most == tries(app, "refresh", most, address=first)

    assert (0 if same else 1) == tries(app, "refresh", 1, address=second)
