"""`pm billing` shows what the API says, and prints the pages where it is changed; operators grant by `pm operator`."""

import pytest

from pm_assistant.domain.billing import BillingState, standing, terms_at
from pm_assistant.domain.jobs import APP
from tests.builders import ACME, GLOBEX, NOW, a_tenant
from tests.cli.conftest import StackAndTerminal
from tests.cli.customers import Customer


def test_the_plan_is_shown_as_the_api_tells_it(customer: Customer) -> None:
    """A line for each fact, or all of it for programs."""
    lines = {line.split()[0]: line.split(maxsplit=1)[1] for line in customer.pm("billing").out.splitlines()}

    assert ("trial", "5000") == (lines["state"].strip(), lines["decisions_left"].strip())
    assert "trial" == customer.pm("billing", "--json").json["state"]


def test_the_pages_where_it_is_changed_are_printed_alone(customer: Customer) -> None:
    """So that a program can open them."""
    payments = customer.world.app.payments

    bought = customer.pm("billing", "--buy", "team", "--seats", "3")

    order = payments.checkouts[bought.out.strip()]
    assert ("team", 3) == (order.plan, order.seats)
    for arguments, flow in ((("--portal",), None), (("--for", "payment_method"), "payment_method")):
        assert flow == payments.portals[customer.pm("billing", *arguments).out.strip()][1]


def test_what_a_plan_would_cost_is_shown_before_it_is_bought(customer: Customer) -> None:
    """In words, or as the API tells it for programs."""
    asked = ("billing", "--preview", "team", "--seats", "3")
    lines = {line.split()[0]: line.split(maxsplit=1)[1].strip() for line in customer.pm(*asked).out.splitlines()}

    assert ("€30.00", "€0.00") == (lines["total"], lines["prorated"])
    assert 3_000 == customer.pm(*asked, "--json").json["total"]
    assert {} == customer.world.app.payments.checkouts


def test_an_operator_grants_what_was_not_bought(terminal: StackAndTerminal) -> None:
    """All at once or one by one; both trails say so."""
    terminal.stores.tenants.put(a_tenant(GLOBEX))
    granted = ("--trial-until", "2099-12-24", "--raise", "people=9", "--invoice", "team:20:2099-01-01")

    answer = terminal.pm("operator", "grant", GLOBEX, *granted)

    assert 0 == answer.code, answer.err
    billing = terminal.stores.tenants.get(GLOBEX).billing
    assert (BillingState.ACTIVE, 6_000, 20) == (
        standing(billing, NOW),
        terms_at(billing, NOW).decisions,
        terms_at(billing, NOW).people,
    )
    assert {"people": 9} == billing.raises
    assert ["billing.granted", "operator.grant_to_tenant"] == [
        entry.action for entry in terminal.stores.audit.latest(APP, limit=2)
    ]
    assert ["billing.granted"] == [entry.action for entry in terminal.stores.audit.latest(GLOBEX, limit=2)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--trial-until, --raise or --invoice"),
        (("--raise", "seats=9"), "--raise takes a limit and a number, such as decisions=1000; there is people, "),
        (("--raise", "people=many"), "--raise takes a limit and a number"),
        (("--raise", "people=-3"), "--raise takes a limit and a number"),
        (("--invoice", "gold:1:2027-01-01"), "--invoice takes a plan, its seats and a day"),
        (("--invoice", "free:1:2027-01-01"), "--invoice takes a plan, its seats and a day"),
        (("--invoice", "team:1:soon"), "--invoice takes a plan, its seats and a day"),
        (("--trial-until", "2020-01-01"), "--trial-until takes a day that is yet to come"),
    ],
)
def test_what_cannot_be_granted_is_said_before_anything_is_done(
    terminal: StackAndTerminal, arguments: tuple[str, ...], said: str
) -> None:
    """In the words of the option, and nothing of it is."""
    before = terminal.stores.tenants.get(ACME)

    answer = terminal.pm("operator", "grant", ACME, *arguments)

    assert (1, True) == (answer.code, said in answer.err), answer.err
    assert before == terminal.stores.tenants.get(ACME)
