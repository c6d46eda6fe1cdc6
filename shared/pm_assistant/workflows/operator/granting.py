"""What whoever operates the service grants a tenant beyond what it buys: more time, more of something, an invoice."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from pm_assistant.domain.billing import Billing
from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.model import Model
from pm_assistant.domain.plans import LimitName, Plan, Terms, limits_of
from pm_assistant.domain.tenants import Tenant
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.operator.suspending import note_once
from pm_assistant.workflows.update import update_tenant


class Invoicing(Model):
    """What is paid by an invoice that is written by hand."""

    plan: Plan = Field(description="`team` or `business`")
    seats: int = Field(ge=1, description="people who are paid for")
    until: AwareDatetime = Field(description="when it ends; a moment that is past ends it now")


class BillingGrant(Model):
    """What is granted; what is left out stays as it is."""

    trial_ends_at: AwareDatetime | None = Field(default=None, description="until when everything can be tried")
    raises: dict[LimitName, Annotated[int, Field(ge=0)]] = Field(
        default_factory=dict,
        description="limits that are at least so high from now on, whatever is bought; 0 for what the plan says",
    )
    invoiced: Invoicing | None = Field(default=None, description="what is paid by an invoice that is written by hand")


def grant(wish: BillingGrant, unit: Unit) -> Tenant:
    """Grant a tenant something; its own trail says so, and granted already it changes nothing.

    Raises:
        InvalidRequest: nothing is granted, a trial that is over, or the free plan is to be invoiced.
        NotFound: there is no such tenant.
        Conflict: others kept changing it.
    """
    if wish == BillingGrant():
        raise InvalidRequest("say what is granted")
    if wish.invoiced is not None and wish.invoiced.plan is Plan.FREE:
        raise InvalidRequest("the free plan costs nothing", field="invoiced.plan")
    if wish.trial_ends_at is not None and wish.trial_ends_at <= unit.now():
        raise InvalidRequest("a trial ends later than now", field="trial_ends_at")

    def granted(tenant: Tenant) -> Tenant:
        return tenant.model_copy(update={"billing": _with(wish, tenant.billing)})

    before, after = update_tenant(unit.tenant_id, granted, unit.stores.tenants)
    if before != after:
        note_once("billing.granted", unit, at=unit.now(), **details_of(wish))
    return after


def details_of(wish: BillingGrant) -> dict[str, str]:
    """What was granted, for the trails."""
    said: dict[str, str] = {}
    if wish.trial_ends_at is not None:
        said["trial_ends_at"] = wish.trial_ends_at.isoformat()
    for name, number in wish.raises.items():
        said[name] = str(number)
    if wish.invoiced is not None:
        said["invoiced"] = f"{wish.invoiced.plan}, {wish.invoiced.seats} seats, until {wish.invoiced.until.isoformat()}"
    return said


def _with(wish: BillingGrant, billing: Billing) -> Billing:
    raises = {**billing.raises, **wish.raises}
    change: dict[str, object] = {"raises": {name: number for name, number in raises.items() if number > 0}}
    if wish.trial_ends_at is not None:
        change["trial_ends_at"] = wish.trial_ends_at
    if wish.invoiced is not None:
        plan, seats = wish.invoiced.plan, wish.invoiced.seats
        change["invoiced"] = Terms(plan=plan, limits=limits_of(plan), seats=seats)
        change["invoiced_until"] = wish.invoiced.until
    return billing.model_copy(update=change)
