"""What is paid for, in memory."""

import threading
from collections.abc import Sequence

from pm_assistant.domain.checkout import CheckoutOrder, PortalFlow
from pm_assistant.domain.errors import Conflict, InvalidRequest, NotFound
from pm_assistant.domain.plans import Plan
from pm_assistant.domain.prices import PricePreview, PriceQuestion
from pm_assistant.domain.subscriptions import PaidSubscription
from pm_assistant.domain.tenants import TenantId
from pm_assistant.domain.usage import QuotaMonth
from tests.builders import NOW


class FakePayments:
    """A provider that charges nobody.

    Attributes:
        customers: whose each is.
        checkouts: what can still be bought, by the address that leads there.
        portals: what was asked for, by the address that leads there.
    """

    def __init__(self) -> None:
        self.customers: dict[str, TenantId] = {}
        self.checkouts: dict[str, CheckoutOrder] = {}
        self.portals: dict[str, tuple[str, PortalFlow | None]] = {}
        self._subscriptions: dict[str, PaidSubscription] = {}
        self._made = 0

    def create_customer(self, tenant_id: TenantId, *, name: str, email: str) -> str:
        """The tenant's customer."""
        customer_id = f"cus_{tenant_id}"
        self.customers[customer_id] = tenant_id
        return customer_id

    def checkout(self, order: CheckoutOrder) -> str:
        """Where somebody may buy."""
        if order.plan is Plan.FREE:
            raise InvalidRequest("nobody has to buy that plan", field="plan")
        self._check(order.customer_id)
        address = f"https://pay.test/checkout/{order.key}"
        others = [url for url, each in self.checkouts.items() if each.customer_id == order.customer_id]
        for url in others:
            del self.checkouts[url]
        self.checkouts[address] = order
        return address

    def portal(
        self, customer_id: str, *, return_url: str, flow: PortalFlow | None = None, subscription_id: str | None = None
    ) -> str:
        """Where a customer changes how it pays; each visit has an address of its own."""
        self._check(customer_id)
        address = f"https://pay.test/portal/{len(self.portals)}"
        self.portals[address] = customer_id, flow
        return address

    def preview(self, question: PriceQuestion) -> PricePreview:
        """A seat costs ten a month; a change is charged for half a period."""
        if question.plan is Plan.FREE:
            raise InvalidRequest("nobody has to buy that plan", field="plan")
        if question.customer_id is not None:
            self._check(question.customer_id)
        each_period, prorated = 1_000 * question.seats, 0
        if question.subscription_id is not None:
            if question.subscription_id not in self._subscriptions:
                raise NotFound("no such subscription")
            prorated = 500 * (question.seats - self._subscriptions[question.subscription_id].seats)
        return PricePreview(
            currency="eur",
            total=each_period + prorated,
            each_period=each_period,
            prorated=prorated,
            tax=0,
            due_at=NOW if question.subscription_id is not None else None,
        )

    def subscriptions(self, customer_id: str) -> Sequence[PaidSubscription]:
        """All of a customer."""
        self._check(customer_id)
        return [each for each in self._subscriptions.values() if each.customer_id == customer_id]

    def end(self, customer_id: str) -> None:
        """End everything of a customer."""
        for each in self.subscriptions(customer_id):
            if each.is_open:
                self.put(each.model_copy(update={"status": "canceled", "ended_at": NOW}))
        self.checkouts = {url: each for url, each in self.checkouts.items() if each.customer_id != customer_id}

    def pay(self, address: str, **changes: object) -> PaidSubscription:
        """Somebody buys what an address leads to, which leads nowhere then."""
        order = self.checkouts.pop(address)
        self._made += 1
        bought = PaidSubscription(
            id=f"sub_{self._made}",
            customer_id=order.customer_id,
            status="active",
            plan=order.plan,
            seats=order.seats,
            created_at=NOW,
        )
        self.put(bought.model_copy(update=changes))
        return self._subscriptions[bought.id]

    def put(self, subscription: PaidSubscription) -> None:
        """Have a subscription be so from now on."""
        self._subscriptions[subscription.id] = subscription

    def _check(self, customer_id: str) -> None:
        if customer_id not in self.customers:
            raise NotFound("no such customer")


class FakeQuotas:
    """Counts in a dict; of several threads one at a time counts."""

    def __init__(self) -> None:
        self._months: dict[tuple[TenantId, str], QuotaMonth] = {}
        self._lock = threading.Lock()

    def get(self, tenant_id: TenantId, month: str) -> QuotaMonth:
        """How it stands."""
        return self._months.get((tenant_id, month), QuotaMonth())

    def reserve(self, tenant_id: TenantId, month: str, *, below: int) -> QuotaMonth | None:
        """Count one more if there is one left."""
        with self._lock:
            return self._add(tenant_id, month, used=1) if self.get(tenant_id, month).used < below else None

    def give_back(self, tenant_id: TenantId, month: str) -> None:
        """Count one less."""
        with self._lock:
            if self.get(tenant_id, month).used > 0:
                self._add(tenant_id, month, used=-1)

    def went_beyond(self, tenant_id: TenantId, month: str) -> QuotaMonth:
        """Count one that did without."""
        with self._lock:
            return self._add(tenant_id, month, beyond=1)

    def _add(self, tenant_id: TenantId, month: str, *, used: int = 0, beyond: int = 0) -> QuotaMonth:
        before = self.get(tenant_id, month)
        after = before.model_copy(update={"used": before.used + used, "beyond": before.beyond + beyond})
        self._months[tenant_id, month] = after
        return after


class FakeOutsideIds:
    """Owners in a dict."""

    def __init__(self) -> None:
        self._claims: dict[tuple[TenantId, str], str] = {}

    def claim(self, tenant_id: TenantId, issuer: str, outside_id: str) -> None:
        """Note whom an id means."""
        if self.owner(issuer, outside_id) not in {None, tenant_id}:
            raise Conflict("the id is another tenant's")
        self._claims[tenant_id, f"{issuer}#{outside_id}"] = outside_id

    def owner(self, issuer: str, outside_id: str) -> TenantId | None:
        """Whom an id means."""
        return next((owner for owner, name in self._claims if name == f"{issuer}#{outside_id}"), None)

    def release(self, tenant_id: TenantId, issuer: str, outside_id: str) -> None:
        """Let go of an id."""
        self._claims.pop((tenant_id, f"{issuer}#{outside_id}"), None)
