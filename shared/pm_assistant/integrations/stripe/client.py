"""Stripe as `Payments`: customers, Checkout, the customer portal, and the list of what was bought."""

from __future__ import annotations

import hashlib
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING

from pm_assistant.domain.checkout import CheckoutOrder, PortalFlow
from pm_assistant.domain.errors import InvalidRequest, NotFound, UpstreamRejected
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.plans import Plan
from pm_assistant.domain.subscriptions import PaidSubscription
from pm_assistant.integrations.stripe.connection import Connection, translated
from pm_assistant.integrations.stripe.wire import InvoicePreview, Subscription

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any, Literal

    from stripe.checkout import Session
    from stripe.params.checkout import SessionCreateParams

    from pm_assistant.domain.prices import PricePreview, PriceQuestion
    from pm_assistant.domain.workspaces import TenantId

    type Tax = Literal["none", "automatic", "managed"]

TENANT, ORDER = "tenant", "order"
"""Under these names what is made for a tenant says so, for whoever looks at it; it decides nothing of whose it is."""
MOST = 100
"""In one page of a list."""
_FLOWS = {
    PortalFlow.PAYMENT_METHOD: "payment_method_update",
    PortalFlow.UPDATE: "subscription_update",
    PortalFlow.CANCEL: "subscription_cancel",
}


class StripePayments:
    """The account that sells our plans; every POST has a key of ours, which says for whom, what, and which time.

    Args:
        api_key: of the account.
        base_url: of the API, without a slash at the end.
        prices: of each plan that can be bought.
        tax: whether Stripe works out the tax, or sells in its own name (Managed Payments).
    """

    def __init__(self, api_key: str, base_url: str, prices: Mapping[Plan, str], *, tax: Tax = "none") -> None:
        self._connection = Connection(api_key, base_url)
        self._prices = prices
        self._plans = {price: plan for plan, price in prices.items()}
        self._tax = tax

    def create_customer(self, tenant_id: TenantId, *, name: str, email: str) -> str:
        """The tenant's customer; Stripe forgets keys after a day, so one with that address is looked for first."""
        with translated():
            with_address = self._connection.v1.customers.list({"email": email, "limit": MOST})
            known = next((each for each in with_address.auto_paging_iter() if _said(each, TENANT) == tenant_id), None)
            if known is not None:
                return known.id
            made = self._connection.v1.customers.create(
                {"name": name, "email": email, "metadata": {TENANT: tenant_id}},
                {"idempotency_key": f"{tenant_id}:customer:{_digest(name, email)}"},
            )
        return made.id

    def checkout(self, order: CheckoutOrder) -> str:
        """A page on which the order can be bought; all others that the customer could still use are closed first."""
        if order.plan not in self._prices:
            raise InvalidRequest("nobody can buy that plan", field="plan")
        sessions = self._sessions(order.customer_id)
        same = [each for each in sessions if _said(each, ORDER) == order.key]
        still_open = next((each for each in same if each.status == "open"), None)
        self._close(each for each in sessions if each is not still_open)
        if still_open is None:
            # A page that was used or closed would come again under its key: this is the one after it.
            version = same[0].id if same else "first"
            with translated():
                still_open = self._connection.v1.checkout.sessions.create(
                    self._session(order), {"idempotency_key": f"{order.tenant_id}:checkout:{order.key}:{version}"}
                )
        if still_open.url is None:
            raise UpstreamRejected(Translatable("Stripe's page to buy on has no address"))
        return still_open.url

    def portal(
        self, customer_id: str, *, return_url: str, flow: PortalFlow | None = None, subscription_id: str | None = None
    ) -> str:
        """A session of the portal; each click has one of its own."""
        asked: dict[str, Any] = {"customer": customer_id, "return_url": return_url}
        if flow is not None:
            about = {} if flow is PortalFlow.PAYMENT_METHOD else {_FLOWS[flow]: {"subscription": subscription_id}}
            after = {"type": "redirect", "redirect": {"return_url": return_url}}
            asked["flow_data"] = {"type": _FLOWS[flow], "after_completion": after, **about}
        with translated():
            made = self._connection.v1.billing_portal.sessions.create(
                asked,  # type: ignore[arg-type]  # what a flow is about stands under its own name
                {"idempotency_key": f"{customer_id}:portal:{uuid.uuid4()}"},
            )
        return made.url

    def preview(self, question: PriceQuestion) -> PricePreview:
        """The next invoice as it would be; what a change is charged or credited for the period that runs is on it."""
        if question.plan not in self._prices:
            raise InvalidRequest("nobody can buy that plan", field="plan")
        item: dict[str, Any] = {"price": self._prices[question.plan], "quantity": question.seats}
        asked: dict[str, Any] = {"subscription_details": {"items": [item]}}
        with translated():
            if question.customer_id is not None:
                asked["customer"] = question.customer_id
            if question.subscription_id is not None:
                known = self._connection.v1.subscriptions.retrieve(question.subscription_id).to_dict()
                # Named by its id the one item is changed; otherwise there would be two.
                item["id"] = Subscription.read(known).item_id
                asked["subscription"] = question.subscription_id
            said = self._connection.v1.invoices.create_preview(
                asked,  # type: ignore[arg-type]  # put together by what is known
                {"idempotency_key": f"{question.customer_id or 'nobody'}:preview:{uuid.uuid4()}"},
            )
        return InvoicePreview.read(said.to_dict()).domain()

    def subscriptions(self, customer_id: str) -> Sequence[PaidSubscription]:
        """All of a customer, each with its newest invoice, which says since when something is owed."""
        with translated():
            pages = self._connection.v1.subscriptions.list(
                {"customer": customer_id, "status": "all", "limit": MOST, "expand": ["data.latest_invoice"]}
            )
            said = [each.to_dict() for each in pages.auto_paging_iter()]
        return [Subscription.read(each).domain(self._plans) for each in said]

    def end(self, customer_id: str) -> None:
        """Cancel at once whatever goes on, and close what could still be bought on."""
        for each in self.subscriptions(customer_id):
            if each.is_open:
                with suppress(NotFound), translated():  # ended meanwhile
                    self._connection.v1.subscriptions.cancel(each.id)
        self._close(self._sessions(customer_id))

    def _sessions(self, customer_id: str) -> Sequence[Session]:
        """Those of a customer, newest first."""
        with translated():
            pages = self._connection.v1.checkout.sessions.list({"customer": customer_id, "limit": MOST})
            return list(pages.auto_paging_iter())

    def _close(self, sessions: Iterable[Session]) -> None:
        for each in sessions:
            if each.status == "open":
                with suppress(UpstreamRejected), translated():  # bought on meanwhile
                    self._connection.v1.checkout.sessions.expire(
                        each.id, None, {"idempotency_key": f"{each.id}:expire"}
                    )

    def _session(self, order: CheckoutOrder) -> SessionCreateParams:
        named = {TENANT: str(order.tenant_id)}
        asked: SessionCreateParams = {
            "mode": "subscription",
            "customer": order.customer_id,
            "client_reference_id": order.tenant_id,
            "line_items": [{"price": self._prices[order.plan], "quantity": order.seats}],
            "metadata": {**named, ORDER: order.key},
            "subscription_data": {"metadata": named},
            "success_url": order.success_url,
            "cancel_url": order.cancel_url,
        }
        match self._tax:
            case "automatic":
                asked["automatic_tax"] = {"enabled": True}
                asked["tax_id_collection"] = {"enabled": True}
                asked["customer_update"] = {"address": "auto", "name": "auto"}
            case "managed":
                asked["managed_payments"] = {"enabled": True}
            case "none":
                pass
        return asked


def _said(thing: Any, name: str) -> str | None:
    """What one of Stripe's objects says in its metadata."""
    metadata = thing.metadata.to_dict() if thing.metadata is not None else {}
    return metadata.get(name)


def _digest(*words: str) -> str:
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]
