"""What API, pages and terminal show of what a tenant pays for."""

from datetime import datetime

from pydantic import AwareDatetime, Field

from pm_assistant.domain.billing import GRACE, BillingState, Feature, standing, terms_at
from pm_assistant.domain.model import Model
from pm_assistant.domain.plans import Plan
from pm_assistant.domain.spending import month_of
from pm_assistant.domain.tenants import Tenant, TenantState
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.accounts.seated import people_of

OWING = frozenset({BillingState.GRACE, BillingState.LIMITED})
"""What is paid for then was not paid."""


class BillingView(Model):
    """How a tenant stands, what that allows, and what is used and left of it this month."""

    plan: Plan = Field(description="what its limits are those of; while it is tried, of everything")
    state: BillingState = Field(
        description="`trial`, `active`, `grace` (a payment failed lately), `limited` (something is due), `free`, "
        "`pending` (a purchase is under way) or `closed`"
    )
    features: tuple[Feature, ...] = Field(
        description="what that allows: `read`, `report`, `propose`, `act` by itself, `connect` something new"
    )
    trial_ends_at: AwareDatetime | None = Field(description="when trying ends; none once it has been bought, or never")
    period_end: AwareDatetime | None = Field(description="until when it is paid")
    cancel_at: AwareDatetime | None = Field(description="when what is paid ends, if that was said")
    grace_ends_at: AwareDatetime | None = Field(
        description="until when a payment that failed changes nothing; none where none did"
    )
    invoiced_until: AwareDatetime | None = Field(description="until when it is paid by an invoice written by hand")
    seats: int | None = Field(description="people who are paid for; none where nothing is paid by seats")
    people: int = Field(description="people who have an account or get reports of their own")
    people_limit: int | None = Field(description="how many seats there are for them; none for any number")
    people_beyond: int = Field(
        description="people without a seat: what they say is read and judged, and they get no reports of their own"
    )
    month: str = Field(description="the calendar month, by UTC, that decisions are counted in")
    decisions: int = Field(description="conversations that the model has judged")
    decisions_limit: int = Field(description="how many it judges for the team in a month; a tenth more is let go")
    decisions_left: int = Field(description="how many are left")
    decisions_beyond: int = Field(
        description="conversations that were judged without the model, and proposed only, as nothing was left"
    )
    connections_limit: int | None = Field(description="how many vendors may be connected; none for all of them")
    history_days: int | None = Field(description="how far back what was said and decided is shown; none for all of it")
    can_buy: bool = Field(description="whether a plan can be bought now; otherwise the portal changes what is paid")
    can_manage: bool = Field(description="whether there is a portal, with invoices and what is paid")


def billing_of(tenant: Tenant, unit: Unit) -> BillingView:
    """Say how the tenant stands now; what the provider says is what was last heard."""
    now, billing = unit.now(), tenant.billing
    state = standing(billing, now, closing=tenant.state is TenantState.CLOSING)
    terms, month = terms_at(billing, now), month_of(now)
    subscription = billing.subscription if billing.subscription is not None and billing.subscription.is_open else None
    used, people = unit.stores.quotas.get(tenant.id, month), len(people_of(unit))
    owed_since = billing.past_due_since
    return BillingView(
        plan=terms.plan,
        state=state,
        features=tuple(feature for feature in Feature if tenant.may(feature, at=now)),
        trial_ends_at=billing.trial_ends_at if state is BillingState.TRIAL and subscription is None else None,
        period_end=subscription.period_end if subscription is not None and state not in OWING else None,
        cancel_at=subscription.cancel_at if subscription is not None else None,
        grace_ends_at=owed_since + GRACE if owed_since is not None and state is BillingState.GRACE else None,
        invoiced_until=_while(billing.invoiced_until, now),
        seats=terms.seats,
        people=people,
        people_limit=terms.people,
        people_beyond=max(people - terms.people, 0) if terms.people is not None else 0,
        month=month,
        decisions=used.used,
        decisions_limit=terms.decisions,
        decisions_left=max(terms.decisions - used.used, 0),
        decisions_beyond=used.beyond,
        connections_limit=terms.connections,
        history_days=terms.history_days,
        can_buy=subscription is None and not billing.pending,
        can_manage=billing.subscription is not None or billing.pending,
    )


def _while(until: datetime | None, now: datetime) -> datetime | None:
    return until if until is not None and now < until else None
