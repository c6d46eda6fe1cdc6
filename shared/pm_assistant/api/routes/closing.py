"""The end of the tenant, and calling it off."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from pm_assistant.api.context import current_request, needs
from pm_assistant.api.routes.tenant import TenantSummary
from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import TenantState
from pm_assistant.workflows.tenants.closing import call_off, close

router = APIGatewayHttpRouter()


class Confirmation(Model):
    """That it is meant."""

    confirm: str


@router.delete("/v1/tenant", **needs(Scope.OWNER, 400, 409, tag="tenant"))
def close_tenant(confirmation: Annotated[Confirmation, Body()]) -> TenantSummary:
    """Have the tenant deleted with everything of it, seven days from now; `confirm` is its exact name.

    Until then it works on, can be read and exported, and the deletion can be called off. Programs cannot ask for it.
    """
    request = current_request(router)
    tenant = close(confirmation.confirm, request.unit, asked_by=request.caller.actor)
    request.note("tenant.closing", closes_at=tenant.closes_at.isoformat() if tenant.closes_at else "")
    return TenantSummary.of(tenant)


@router.post("/v1/tenant/restore", **needs(Scope.OWNER, 409, tag="tenant", while_closing=True, while_suspended=True))
def restore_tenant() -> TenantSummary:
    """Call the tenant's deletion off."""
    request = current_request(router)
    tenant = request.stores.tenants.get(request.tenant_id)
    if not (request.write.again and tenant.state is TenantState.ACTIVE):  # An earlier attempt has called it off.
        tenant = call_off(request.unit)
    request.note("tenant.restored")
    return TenantSummary.of(tenant)
