"""Where `pm` goes, and as whom: what is named counts, then the stack that runs here, then where one logged in last."""

from pathlib import Path

import pytest

from pm_assistant.cli.api_target import NOWHERE
from tests.api.conftest import PUBLIC_URL
from tests.builders import ACME
from tests.cli.conftest import StackAndTerminal
from tests.cli.customers import KEY, Customer
from tests.cli.test_api import login


@pytest.mark.parametrize(
    ("address", "where"),
    [(PUBLIC_URL, PUBLIC_URL), (f"{PUBLIC_URL}/", PUBLIC_URL), ("api.pm.test", PUBLIC_URL)],
)
def test_an_address_may_be_given_as_people_write_it(customer: Customer, address: str, where: str) -> None:
    """With a slash, or without its scheme."""
    assert 0 == customer.pm("settings", "--api", address).code


@pytest.mark.parametrize("address", ["http://api.pm.test", "ftp://api.pm.test", "http://localhost.evil.test"])
def test_nothing_secret_travels_unsealed(customer: Customer, address: str) -> None:
    """Over another machine's wires a key or a password would be for everybody to read."""
    answer = customer.pm("settings", "--api", address)

    assert (1, True) == (answer.code, answer.err.startswith("An address begins with https://"))
    assert [] == customer.asked


def test_a_key_that_does_not_count_is_one_clear_line(customer: Customer) -> None:
    """It is not renewed, and nobody is told to log in."""
    answer = customer.pm("settings", "--key", "pma_acme_old")

    assert (1, "Unauthorized\n") == (answer.code, answer.err)
    assert 1 == len(customer.asked)


def test_a_key_counts_instead_of_a_login(customer: Customer) -> None:
    """A program on a person's machine is no person."""
    customer.sessions.put(PUBLIC_URL, login())

    assert 0 == customer.pm("settings").code
    assert [KEY] == customer.shown


def test_without_an_address_it_goes_where_one_logged_in_last(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long others have been known."""
    monkeypatch.delenv("PM_API_URL")
    customer.sessions.put("https://other.test", login())
    assert "https://other.test does not answer" in customer.pm("settings").err

    customer.sessions.put(PUBLIC_URL, login())
    customer.sessions.put("https://other.test", login(email="renewed@x.test"))
    customer.sessions.prefer(PUBLIC_URL)

    assert 0 == customer.pm("settings").code


def test_without_any_it_is_said_where_to_get_one(customer: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line."""
    monkeypatch.delenv("PM_API_URL")

    answer = customer.pm("settings")

    assert (1, f"{NOWHERE}\n") == (answer.code, answer.err)


def test_on_a_stack_that_runs_here_nobody_has_to_log_in(
    customer: Customer, tmp_path: Path, terminal: StackAndTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its description has a key of the tenant that lives there."""
    monkeypatch.delenv("PM_API_URL")
    monkeypatch.delenv("PM_API_KEY")
    terminal.describe(public_url=PUBLIC_URL, demo={"tenant_id": ACME, "token": KEY})

    assert 0 == terminal.pm("settings").code
    assert [KEY] == customer.shown
