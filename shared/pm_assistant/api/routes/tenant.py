"""The tenant and its settings."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import AwareDatetime, Field

from pm_assistant.api.context import current_request, needs
from pm_assistant.domain.accounts import Scope, TeamName
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import Settings, Tenant, TenantState
from pm_assistant.workflows.tenants.settings import change_settings, rename
from pm_assistant.workflows.tenants.usage import Usage, usage

router = APIGatewayHttpRouter()


class TenantSummary(Model):
    """A tenant without its settings, which have a place of their own."""

    id: str
    name: str
    state: TenantState
    created_at: AwareDatetime | None
    closes_at: AwareDatetime | None
    model: str | None = Field(description="the model trained on its answers that judges for it; none for everybody's")
    suspended_since: AwareDatetime | None = Field(
        description="since when those who operate the service have suspended it: nothing is judged, sent or written"
    )
    suspended_because: str | None = Field(description="why, in their words")

    @classmethod
    def of(cls, tenant: Tenant) -> "TenantSummary":
        """What there is to say of a tenant."""
        own = tenant.model_dump(include={"id", "name", "state", "created_at", "closes_at"})
        since, because = (tenant.suspended.began_at, tenant.suspended.reason) if tenant.suspended else (None, None)
        stands = {"model": tenant.own_model, "suspended_since": since, "suspended_because": because}
        return cls.model_validate(own | stands)


class TenantChange(Model):
    """What can be changed about a tenant."""

    name: TeamName


@router.get("/v1/tenant", **needs(Scope.READ, tag="tenant"))
def show_tenant() -> TenantSummary:
    """Show the tenant.

    `closes_at` is set while the tenant is being closed: until then that can be called off.
    """
    request = current_request(router)
    return TenantSummary.of(request.tenant)


@router.patch("/v1/tenant", **needs(Scope.ADMIN, tag="tenant"))
def change_tenant(change: Annotated[TenantChange, Body()]) -> TenantSummary:
    """Rename the tenant."""
    request = current_request(router)
    tenant = rename(change.name, request.unit)
    request.note("tenant.renamed", name=change.name)
    return TenantSummary.of(tenant)


@router.get("/v1/usage", **needs(Scope.READ, tag="tenant"))
def show_usage() -> Usage:
    """Show what the model has cost this month, and what it may.

    Once its budget is used up, or while it does not answer, what is said is judged without it; each decision says so in
    `fallback`. Settings change the budget (`model_budget_dollars`).
    """
    request = current_request(router)
    return usage(request.tenant, request.unit)


@router.get("/v1/settings", **needs(Scope.READ, tag="tenant"))
def show_settings() -> Settings:
    """Show the tenant's settings."""
    request = current_request(router)
    return request.tenant.settings


@router.patch("/v1/settings", **needs(Scope.ADMIN, tag="tenant"))
def change_settings_of_tenant(change: Annotated[Settings, Body()]) -> Settings:
    """Change settings; what the body leaves out stays as it is.

    Rules are merged kind by kind, so `{"rules": {"move": {"mode": "auto"}}}` changes nothing but that. Settle time,
    retention and channels count from the next event on.
    """
    request = current_request(router)
    changed = change_settings(change, request.unit)
    request.note("settings.changed", **changed.changes)
    return changed.settings
