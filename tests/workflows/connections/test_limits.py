"""What a team pays for holds where it connects something new, and nowhere where it keeps what it has."""

from datetime import timedelta

import pytest

from pm_assistant.domain.accounts import Caller, Scope
from pm_assistant.domain.billing import Billing
from pm_assistant.domain.errors import Conflict
from pm_assistant.domain.subscriptions import PaidSubscription
from pm_assistant.domain.tenants import Provider
from pm_assistant.workflows.connections.connect import make_link
from tests.builders import ACME, NOW, a_connection, a_tenant
from tests.fakes.unit import FakeUnit

ADA = Caller(tenant_id=ACME, kind="account", id="a", name="ada@acme.test", scope=Scope.ADMIN)
OVER = Billing(trial_ends_at=NOW - timedelta(days=1))
ENDED = PaidSubscription(id="sub_1", customer_id="cus_1", status="canceled", created_at=NOW, ended_at=NOW)
FREE = OVER.model_copy(update={"subscription": ENDED})


def a_unit(billing: Billing, *connected: Provider) -> FakeUnit:
    """A team that pays so, and has connected these."""
    unit = FakeUnit()
    unit.stores.tenants.put(a_tenant(billing=billing))
    for provider in connected:
        unit.stores.connections.put(a_connection(ACME, provider))
    return unit


def test_a_team_whose_trial_is_over_connects_nothing_new() -> None:
    """And goes on connecting again what it has: a token that was revoked is mended whatever is due."""
    unit = a_unit(OVER, Provider.SLACK)
    with pytest.raises(Conflict, match="something is due"):
        make_link(Provider.LINEAR, ADA, unit.stores.tenants.get(ACME), unit)
    assert make_link(Provider.SLACK, ADA, unit.stores.tenants.get(ACME), unit)


def test_the_free_plan_connects_two() -> None:
    """A third is refused; what an operator has raised counts."""
    unit = a_unit(FREE, Provider.SLACK)
    assert make_link(Provider.LINEAR, ADA, unit.stores.tenants.get(ACME), unit)
    unit.stores.connections.put(a_connection(ACME, Provider.LINEAR))
    with pytest.raises(Conflict, match="for 2 connections"):
        make_link(Provider.GITHUB, ADA, unit.stores.tenants.get(ACME), unit)

    raised = FREE.model_copy(update={"raises": {"connections": 3}})
    unit.stores.tenants.put(a_tenant(billing=raised))
    assert make_link(Provider.GITHUB, ADA, unit.stores.tenants.get(ACME), unit)


def test_while_it_is_tried_everything_may_be_connected() -> None:
    """However much that is."""
    unit = a_unit(Billing(), Provider.SLACK, Provider.LINEAR)
    assert make_link(Provider.GITHUB, ADA, unit.stores.tenants.get(ACME), unit)
