"""How all tenants fare, for those who operate the service; see `needs_operator`."""

from datetime import date
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import StringConstraints

from pm_assistant.api.context import current_request, needs_operator
from pm_assistant.api.paging import Cursor, Limit, Page, decode_cursor, encode_cursor, paginate
from pm_assistant.api.routes.tenant import TenantSummary
from pm_assistant.domain.accounts import AuditEntry
from pm_assistant.domain.errors import InvalidRequest, NotFound
from pm_assistant.domain.health import StageHealth, TenantHealth
from pm_assistant.domain.jobs import APP
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import TenantId
from pm_assistant.workflows.billing.queries import BillingView, billing_of
from pm_assistant.workflows.operator.granting import BillingGrant, details_of, grant
from pm_assistant.workflows.operator.health import look_at_health
from pm_assistant.workflows.operator.listing import TenantFilter, find_tenants
from pm_assistant.workflows.operator.suspending import LONGEST_REASON, resume_tenant, suspend

router = APIGatewayHttpRouter()

AnyTenant = Annotated[str, Path(description="of any tenant", max_length=64)]
Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_REASON, pattern=r"^[^\n\r]*$")
]
Troubled = Annotated[bool, Query(description="only those that somebody should look at")]
Name = Annotated[str, Query(max_length=200, description="part of what the team calls itself, or a tenant's id")]


class SuspensionRequest(Model):
    """Why a tenant is to be suspended."""

    reason: Reason


@router.get("/v1/operator/tenants", **needs_operator(400))
def list_tenants(
    troubled: Troubled = False, name: Name = "", limit: Limit = 50, cursor: Cursor = ""
) -> Page[TenantHealth]:
    """List how all tenants fare, those first that somebody should look at.

    Of each it is what was last seen, every hour once a vendor is connected; `GET /v1/operator/tenants/{tenant_id}`
    looks anew. Nothing is shown that people wrote, but what the team calls itself. Where few of many tenants have a
    name, a page may hold less than it could, and the list goes on all the same.
    """
    request, wanted = current_request(router), TenantFilter(troubled=troubled, name=name)
    found, next_place = find_tenants(wanted, request.stores, after=decode_cursor(cursor), limit=limit)
    return Page[TenantHealth](items=tuple(found), next=encode_cursor(next_place))


@router.get("/v1/operator/tenants/<tenant_id>", **needs_operator(404))
def show_health_of_tenant(tenant_id: AnyTenant) -> TenantHealth:
    """Look how a tenant fares right now."""
    request = current_request(router)
    unit = request.app.unit(TenantId(tenant_id))
    return look_at_health(unit.stores.tenants.get(unit.tenant_id), unit)


@router.get("/v1/operator/tenants/<tenant_id>/history", **needs_operator(400))
def list_health_of_tenant(tenant_id: AnyTenant, limit: Limit = 30, cursor: Cursor = "") -> Page[TenantHealth]:
    """List how a tenant fared at the end of each day on which it was looked at, latest first, for 90 days."""
    request = current_request(router)
    days = request.stores.healths.days(TenantId(tenant_id), before=_day(cursor), limit=limit + 1)
    items, next_cursor = paginate(days, lambda health: health.looked_at.date().isoformat(), limit=limit)
    return Page[TenantHealth](items=tuple(items), next=next_cursor)


@router.get("/v1/operator/stage", **needs_operator(404))
def show_health_of_stage() -> StageHealth:
    """Show how long messages wait, what is parked and how often functions fail, whoever's work it is.

    It is what was last seen, every hour.
    """
    health = current_request(router).stores.healths.stage()
    if health is None:
        raise NotFound("nobody has looked at the stage yet: it is looked at every hour")
    return health


@router.get("/v1/operator/audit", **needs_operator(400))
def list_operators_audit(limit: Limit = 50, cursor: Cursor = "") -> Page[AuditEntry]:
    """List what operators looked at and did, newest first, this look included."""
    request = current_request(router)
    entries = request.stores.audit.latest(APP, before=decode_cursor(cursor), limit=limit + 1)
    items, next_cursor = paginate(entries, lambda entry: entry.id, limit=limit)
    return Page[AuditEntry](items=tuple(items), next=next_cursor)


@router.post("/v1/operator/tenants/<tenant_id>/suspend", **needs_operator(404, 409))
def suspend_tenant(tenant_id: AnyTenant, requested: Annotated[SuspensionRequest, Body()]) -> TenantSummary:
    """Suspend a tenant: nothing is judged, sent or written at vendors until it is resumed.

    What happens meanwhile is kept, and done when the tenant is resumed; reports of these days are not. Its people can
    read, export, take away access and end the tenant, and are told `reason` wherever they may not do more. A tenant
    that is suspended already stays so since then, for this reason.
    """
    request = current_request(router)
    tenant = suspend(requested.reason, request.app.unit(TenantId(tenant_id)))
    request.note_for_operators("tenant.suspended", tenant_id, reason=requested.reason)
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


def _day(cursor: str) -> date | None:
    """Where a page of days begins."""
    place = decode_cursor(cursor)
    try:
        return date.fromisoformat(place) if place else None
    except ValueError as error:
        raise InvalidRequest("cursor is not one that a page gave", field="cursor") from error


@router.patch("/v1/operator/tenants/<tenant_id>/billing", **needs_operator(404, 409))
def grant_to_tenant(tenant_id: AnyTenant, requested: Annotated[BillingGrant, Body()]) -> BillingView:
    """Grant a tenant what it has not bought: more time to try, a limit raised, or a plan that is invoiced by hand.

    What the body leaves out stays as it is; the tenant's own trail says what was granted.
    """
    request = current_request(router)
    unit = request.app.unit(TenantId(tenant_id))
    tenant = grant(requested, unit)
    request.note_for_operators("billing.granted", tenant_id, **details_of(requested))
    return billing_of(tenant, unit)
