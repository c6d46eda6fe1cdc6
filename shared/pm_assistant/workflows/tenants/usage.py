"""What a tenant uses of what costs money."""

from pydantic import AwareDatetime, Field

from pm_assistant.domain.model import Model
from pm_assistant.domain.spending import DOLLAR, budget_of, has_come_near, is_used_up, month_of
from pm_assistant.domain.tenants import Tenant
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.accounts.audit import entry


class Usage(Model):
    """What asking the model has come to in this calendar month."""

    month: str = Field(description="the calendar month, by UTC, such as `2026-11`")
    judgements: int = Field(description="how often the model was asked")
    cost_dollars: float = Field(description="what that cost")
    budget_dollars: float | None = Field(
        description="what it may cost, by the team's settings or else by the deployment; none for no limit"
    )
    budget_used_up: bool = Field(description="whether everything is judged offline until the month is over")
    unanswered_since: AwareDatetime | None = Field(
        description="since when the model does not answer or its quota is used up; none while it answers"
    )


def usage(tenant: Tenant, unit: Unit) -> Usage:
    """Say what this month has come to."""
    month = month_of(unit.now())
    stands = unit.stores.model_months.get(tenant.id, month)
    budget = budget_of(tenant.settings, otherwise=unit.model_budget_dollars)
    return Usage(
        month=month,
        judgements=stands.judgements,
        cost_dollars=stands.microdollars / DOLLAR,
        budget_dollars=budget,
        budget_used_up=is_used_up(stands, budget),
        unanswered_since=stands.unanswered_since,
    )


def count_cost(microdollars: int, tenant: Tenant, unit: Unit) -> None:
    """Count what asking the model once has cost; that the month comes near its budget stands in the audit trail."""
    now = unit.now()
    month, budget = month_of(now), budget_of(tenant.settings, otherwise=unit.model_budget_dollars)
    stands = unit.stores.model_months.add(unit.tenant_id, month, microdollars=microdollars)
    if has_come_near(stands, microdollars, budget):
        noted = entry("model.budget_nearly_used_up", at=now, target=month, budget_dollars=f"{budget:g}")
        unit.stores.audit.add(unit.tenant_id, noted)
