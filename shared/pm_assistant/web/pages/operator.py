"""For those who operate the service: how all teams fare, one team's days, and its suspension. Nobody's words."""

from collections.abc import Mapping
from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.health import TenantHealth
from pm_assistant.domain.jobs import APP
from pm_assistant.domain.spending import DOLLAR
from pm_assistant.domain.tenants import TenantId, TenantState
from pm_assistant.presentation.i18n import gettext_noop
from pm_assistant.presentation.money import cost
from pm_assistant.presentation.trail import said_of
from pm_assistant.web.html import page, see_other
from pm_assistant.web.listing import Listing
from pm_assistant.web.request import PageRequest, current_request, needs_operator
from pm_assistant.web.routing import Response, Router
from pm_assistant.workflows.accounts.trail import AuditFilter, list_audit
from pm_assistant.workflows.operator.health import look_at_health
from pm_assistant.workflows.operator.listing import TenantFilter, find_tenants
from pm_assistant.workflows.operator.suspending import LONGEST_REASON, resume_tenant, suspend

router = Router()

PAGE = 25
"""Teams, or entries of the trail, on a page."""
DAYS = 30
"""Days of one team on a page."""
STATES: Mapping[TenantState, str] = {
    TenantState.PENDING: gettext_noop("Not opened yet"),
    TenantState.ACTIVE: gettext_noop("Active"),
    TenantState.CLOSING: gettext_noop("Closing"),
}


@router.get("/operator", **needs_operator())
def list_tenants() -> Response[str]:
    """How all teams fare, as was last seen: those first that somebody should look at, a page at a time."""
    request = current_request(router)
    listing = Listing.of(request, "/operator", "q", "troubled")
    wanted = TenantFilter(name=listing.wanted["q"], troubled=bool(listing.wanted["troubled"]))
    found, next_place = find_tenants(wanted, request.stores, after=request.before, limit=PAGE)
    return page(
        request,
        "operator.html",
        stage=request.stores.healths.stage(),
        healths=found,
        listing=listing.going_on(next_place),
        **_words(request),
    )


@router.get("/operator/trail", **needs_operator())
def list_operators_audit() -> Response[str]:
    """What operators looked at and did, everywhere or at one team, newest first, this look included."""
    request = current_request(router)
    listing = Listing.of(request, "/operator/trail", "team")
    criteria = AuditFilter(target=listing.wanted["team"] or None)
    entries, next_place = list_audit(criteria, request.app.unit(APP), before=request.before, limit=PAGE)
    return page(
        request,
        "operator_trail.html",
        entries=[(entry, said_of(entry.action, request.texts)) for entry in entries],
        listing=listing.going_on(next_place),
    )


@router.get("/operator/tenants/<tenant_id>", **needs_operator())
def show_health_of_tenant(tenant_id: str) -> Response[str]:
    """How a team fares, as was last seen, and how it fared day by day."""
    return _page(tenant_id, current_request(router))


@router.post("/operator/tenants/<tenant_id>/look", **needs_operator())
def look_at_tenant(tenant_id: str) -> Response[str]:
    """Look how a team fares right now."""
    request = current_request(router)
    unit = request.app.unit(TenantId(tenant_id))
    look_at_health(unit.stores.tenants.get(unit.tenant_id), unit)
    return see_other(request, f"/operator/tenants/{tenant_id}")


@router.post("/operator/tenants/<tenant_id>/suspend", **needs_operator())
def suspend_tenant(tenant_id: str) -> Response[str]:
    """Suspend a team, for a reason that its people are told, if whoever asks has said that they mean it."""
    request = current_request(router)
    reason = request.field("reason")
    if request.field("sure") != "yes":
        return _page(tenant_id, request, reason=reason, unsure=request.texts.gettext("Please say that you mean it."))
    try:
        suspend(reason, request.app.unit(TenantId(tenant_id)))
    except InvalidRequest:
        flaw = request.texts.gettext(
            "Please say why, in a line of at most {count} characters.", count=str(LONGEST_REASON)
        )
        return _page(tenant_id, request, reason=reason, flaw=flaw)
    request.note_for_operators("tenant.suspended", tenant_id, reason=reason)
    return see_other(request, f"/operator/tenants/{tenant_id}")


@router.post("/operator/tenants/<tenant_id>/resume", **needs_operator())
def resume_suspended_tenant(tenant_id: str) -> Response[str]:
    """Resume a team: what was kept meanwhile is sent on, and its vendors are read anew."""
    request = current_request(router)
    resume_tenant(request.app.unit(TenantId(tenant_id)))
    request.note_for_operators("tenant.resumed", tenant_id)
    return see_other(request, f"/operator/tenants/{tenant_id}")


def _page(tenant_id: str, request: PageRequest, *, reason: str = "", flaw: str = "", unsure: str = "") -> Response[str]:
    unit = request.app.unit(TenantId(tenant_id))
    tenant = unit.stores.tenants.get(unit.tenant_id)
    health = unit.stores.healths.get(unit.tenant_id) or look_at_health(tenant, unit)
    days = unit.stores.healths.days(unit.tenant_id, before=_day(request), limit=DAYS + 1)
    last_shown = days[DAYS - 1].looked_at.date() if len(days) > DAYS else None
    return page(
        request,
        "operator_tenant.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if flaw or unsure else HTTPStatus.OK,
        health=health,
        suspension=tenant.suspended,
        days=days[:DAYS],
        listing=Listing.of(request, f"/operator/tenants/{tenant_id}").going_on(str(last_shown or "")),
        reason=reason,
        flaw=flaw,
        unsure=unsure,
        **_words(request),
    )


def _day(request: PageRequest) -> date | None:
    """The day before which a page of days begins; what is no day is none."""
    try:
        return date.fromisoformat(request.before or "")
    except ValueError:
        return None


def _words(request: PageRequest) -> Mapping[str, Any]:
    """What templates call things by."""
    return {
        "states": {state: request.texts.gettext(name) for state, name in STATES.items()},
        "labels": {provider: vendor.label for provider, vendor in request.unit.vendors.items()},
        "oldest": _oldest,
        "month": lambda month: request.texts.month(date.fromisoformat(f"{month}-01")),
        "cost": lambda dollars: cost(round(dollars * DOLLAR), request.texts),
        "percent": lambda share: request.texts.gettext(
            "{number}%", number=request.texts.decimal(round(share * 100, 1))
        ),
    }


def _oldest(health: TenantHealth) -> datetime | None:
    """Since when the oldest of what is to be carried out or to run waits."""
    return min(filter(None, (health.oldest_action_at, health.oldest_run_at)), default=None)
