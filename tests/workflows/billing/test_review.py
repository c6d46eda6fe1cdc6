"""Every hour it is looked what every team pays for, also of a team that has connected nothing and never will."""

from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.billing import Billing, BillingDue
from pm_assistant.domain.due import Due, DueNotice
from pm_assistant.domain.errors import UpstreamUnavailable
from pm_assistant.domain.health import TenantHealth
from pm_assistant.domain.jobs import APP, JobDue
from pm_assistant.domain.tenants import Suspension, Tenant, TenantId, TenantState
from pm_assistant.workflows.billing.notices import announce_due
from pm_assistant.workflows.billing.review import A_PAGE, ASKED_EVERY, BILLING, review_billing
from tests.builders import ACME, GLOBEX, NOW, a_tenant
from tests.fakes.unit import FakeUnit

HOUR = JobDue(tenant_id=APP, job_id=BILLING)
OVER = Billing(trial_ends_at=NOW)


def a_stage(*tenants: Tenant) -> FakeUnit:
    """A deployment with these teams, none of which has connected anything."""
    unit = FakeUnit(APP)
    for tenant in tenants:
        unit.stores.tenants.put(tenant)
        unit.stores.healths.put(TenantHealth.of(tenant, month="2026-06", at=NOW))
    return unit


def asked_about(unit: FakeUnit) -> list[TenantId]:
    """Whose subscriptions are to be asked for."""
    return [each.message.tenant_id for each in unit.queues.billing.puts if isinstance(each.message, BillingDue)]


def told(unit: FakeUnit) -> list[tuple[TenantId, Due]]:
    """Whose admins are to be told what."""
    notices = [each.message for each in unit.queues.reports.puts if isinstance(each.message, DueNotice)]
    return [(notice.tenant_id, notice.what) for notice in notices]


def test_who_is_a_customer_is_asked_about_once_a_day() -> None:
    """What the provider told and nobody heard is made up for; of whoever has bought nothing there is nothing to ask."""
    unit = a_stage(
        a_tenant(id=ACME, billing=Billing(customer_id="cus_1", synced_at=NOW - ASKED_EVERY)),
        a_tenant(id=GLOBEX, billing=Billing(customer_id="cus_2", synced_at=NOW - timedelta(hours=22))),
        a_tenant(id=TenantId("initech"), billing=Billing(customer_id="cus_3")),
        a_tenant(id=TenantId("hooli")),
    )

    assert 0 == review_billing(HOUR, unit)

    assert [ACME, "initech"] == sorted(asked_about(unit))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, [(ACME, Due.TRIAL_OVER)]),
        ({"suspension": Suspension(began_at=NOW, reason="x")}, []),
        ({"state": TenantState.CLOSING}, []),
    ],
    ids=["active", "suspended", "closing"],
)
def test_the_end_of_a_trial_is_told(change: dict[str, Any], expected: list[Any]) -> None:
    """By mail, as there is no chat yet; not to who is suspended or leaves, though they are asked about all the same."""
    tenant = a_tenant(billing=OVER.model_copy(update={"customer_id": "cus_1"})).model_copy(update=change)
    unit = a_stage(tenant)

    review_billing(HOUR, unit)

    assert (expected, [ACME]) == (told(unit), asked_about(unit))


def test_all_are_looked_at_a_page_to_a_message() -> None:
    """The next page is a message of its own: what is interrupted goes on there, and no hour is too short."""
    ids = [TenantId(f"team{number:03}") for number in range(A_PAGE + 1)]
    unit = a_stage(*(a_tenant(id=id, billing=OVER) for id in ids))

    review_billing(HOUR, unit)
    [going_on] = [each.message for each in unit.queues.jobs.puts if isinstance(each.message, JobDue)]
    first = [tenant_id for tenant_id, _ in told(unit)]
    review_billing(going_on, unit)

    assert (A_PAGE, ids) == (len(first), sorted(tenant_id for tenant_id, _ in told(unit)))
    assert 1 == len(unit.queues.jobs.puts)


def test_one_team_that_cannot_be_looked_at_keeps_nobody_else_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is counted, for the log; one that has gone meanwhile is nothing that went wrong."""
    unit = a_stage(a_tenant(id=ACME, billing=OVER), a_tenant(id=GLOBEX, billing=OVER))
    gone = a_tenant(id=TenantId("gone"))
    unit.stores.healths.put(TenantHealth.of(gone, month="2026-06", at=NOW))

    def failing(tenant: Tenant, bound: FakeUnit) -> None:
        if tenant.id == ACME:
            raise UpstreamUnavailable("the queue does not answer")
        announce_due(tenant, bound)

    monkeypatch.setattr("pm_assistant.workflows.billing.review.announce_due", failing)

    assert 1 == review_billing(HOUR, unit)
    assert [(GLOBEX, Due.TRIAL_OVER)] == told(unit)
