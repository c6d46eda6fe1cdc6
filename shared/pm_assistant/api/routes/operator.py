"""How all tenants fare, for those who operate the service; see `needs_operator`."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import StringConstraints

from pm_assistant.api.context import current_request, needs_operator
from pm_assistant.api.paging import Cursor, Limit, Page, decode_cursor, paginate
from pm_assistant.api.routes.tenant import TenantSummary
from pm_assistant.domain.accounts import AuditEntry
from pm_assistant.domain.health import TenantHealth
from pm_assistant.domain.jobs import APP
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import TenantId
from pm_assistant.workflows.operator.health import look_at_health
from pm_assistant.workflows.operator.suspending import resume_tenant, suspend

router = APIGatewayHttpRouter()

AnyTenant = Annotated[str, Path(description="of any tenant", max_length=64)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\n\r]*$")]


class SuspensionWish(Model):
    """Why a tenant is to be suspended."""

    reason: Reason


@router.get("/v1/operator/tenants", **needs_operator(400))
def list_tenants(limit: Limit = 50, cursor: Cursor = "") -> Page[TenantHealth]:
    """List how all tenants fare, those first that somebody should look at.

    Of each it is what was last seen, every hour once a vendor is connected; `GET /v1/operator/tenants/{tenant_id}`
    looks anew. Nothing is shown that people wrote, but what the team calls itself.
    """
    request = current_request(router)
    healths = request.stores.healths.page(after=decode_cursor(cursor), limit=limit + 1)
    items, next_cursor = paginate(healths, lambda health: health.place, limit=limit)
    return Page[TenantHealth](items=tuple(items), next=next_cursor)


@router.get("/v1/operator/tenants/<tenant_id>", **needs_operator(404))
def show_health_of_tenant(tenant_id: AnyTenant) -> TenantHealth:
    """Look how a tenant fares right now."""
    request = current_request(router)
    unit = request.app.unit(TenantId(tenant_id))
    return look_at_health(unit.stores.tenants.get(unit.tenant_id), unit)


@router.get("/v1/operator/audit", **needs_operator(400))
def list_operators_audit(limit: Limit = 50, cursor: Cursor = "") -> Page[AuditEntry]:
    """List what operators looked at and did, newest first, this look included."""
    request = current_request(router)
    entries = request.stores.audit.latest(APP, before=decode_cursor(cursor), limit=limit + 1)
    items, next_cursor = paginate(entries, lambda entry: entry.id, limit=limit)
    return Page[AuditEntry](items=tuple(items), next=next_cursor)


@router.post("/v1/operator/tenants/<tenant_id>/suspend", **needs_operator(404, 409))
def suspend_tenant(tenant_id: AnyTenant, wish: Annotated[SuspensionWish, Body()]) -> TenantSummary:
    """Suspend a tenant: nothing is judged, sent or written at vendors until it is resumed.

    What happens meanwhile is kept, and done when the tenant is resumed; reports of these days are not. Its people can
    read, export, take away access and end the tenant, and are told `reason` wherever they may not do more. A tenant
    that is suspended already stays so since then, for this reason.
    """
    request = current_request(router)
    tenant = suspend(wish.reason, request.app.unit(TenantId(tenant_id)))
    request.note_for_operators("tenant.suspended", tenant_id, reason=wish.reason)
    return TenantSummary.of(tenant)


@router.post("/v1/operator/tenants/<tenant_id>/resume", **needs_operator(404, 409))
def resume_suspended_tenant(tenant_id: AnyTenant) -> TenantSummary:
    """Resume a tenant; a run of its own sends on what was kept, then reads the vendors anew.

    Asked again it changes nothing, but begins that run once more if it failed.
    """
    request = current_request(router)
    tenant = resume_tenant(request.app.unit(TenantId(tenant_id)))
    request.note_for_operators("tenant.resumed", tenant_id)
    return TenantSummary.of(tenant)
