"""What is paid for: the payment provider, and what has been used of what it allows."""

from collections.abc import Sequence
from typing import Protocol

from pm_assistant.domain.checkout import CheckoutOrder, PortalFlow
from pm_assistant.domain.prices import PricePreview, PriceQuestion
from pm_assistant.domain.subscriptions import PaidSubscription
from pm_assistant.domain.usage import QuotaMonth
from pm_assistant.domain.workspaces import TenantId


class Payments(Protocol):
    """Who takes the money. Everything may be asked again: what was done already is not done twice."""

    def create_customer(self, tenant_id: TenantId, *, name: str, email: str) -> str:
        """The tenant's customer, made if there is none yet; returns its id."""
        ...

    def checkout(self, order: CheckoutOrder) -> str:
        """Where somebody may buy what is ordered; nothing is bought by asking.

        The same order has the same address for as long as nobody has bought by it; every other address that a customer
        could still buy by is ended first, so that no two can be used.

        Raises:
            InvalidRequest: nobody can buy that plan, or so many seats.
        """
        ...

    def portal(
        self, customer_id: str, *, return_url: str, flow: PortalFlow | None = None, subscription_id: str | None = None
    ) -> str:
        """Where a customer sees invoices and changes how it pays, for one visit; `flow` leads to one thing there.

        Raises:
            NotFound: there is no such customer (any more).
        """
        ...

    def preview(self, question: PriceQuestion) -> PricePreview:
        """What something would cost; nothing is bought or changed by asking.

        Raises:
            InvalidRequest: nobody can buy that plan.
            NotFound: there is no such customer or subscription (any more).
        """
        ...

    def subscriptions(self, customer_id: str) -> Sequence[PaidSubscription]:
        """All of a customer, ended ones included, in no order.

        Raises:
            NotFound: there is no such customer (any more).
        """
        ...

    def end(self, customer_id: str) -> None:
        """End at once whatever a customer could still be charged for; nothing else of it changes.

        Raises:
            NotFound: there is no such customer (any more).
        """
        ...


class Quotas(Protocol):
    """What has been used in a calendar month, counted exactly; `month` is such as `2026-11`."""

    def get(self, tenant_id: TenantId, month: str) -> QuotaMonth:
        """How it stands; all zero where nothing was used."""
        ...

    def reserve(self, tenant_id: TenantId, month: str, *, below: int) -> QuotaMonth | None:
        """Count one more if fewer than so many were used, whoever else counts; returns how it stands with that."""
        ...

    def give_back(self, tenant_id: TenantId, month: str) -> None:
        """Count one less: what was reserved came to nothing."""
        ...

    def went_beyond(self, tenant_id: TenantId, month: str) -> QuotaMonth:
        """Count one that did without, as there was nothing left."""
        ...
