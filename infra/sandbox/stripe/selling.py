"""What is sold, and Checkout: a page on which a customer buys (docs.stripe.com/api/checkout/sessions)."""

from infra.sandbox.core.state import Json
from infra.sandbox.core.store import Store
from infra.sandbox.stripe import objects
from infra.sandbox.stripe.billing import DAY, StripeBilling, later
from infra.sandbox.stripe.state import Card, Checkout, Customer, Price, Product, StripeWorld, Subscription
from infra.sandbox.stripe.webhooks import StripeWebhooks
from infra.sandbox.stripe.wire import Refused, checked, expanded, missing_resource, number, page, truth

SHORTEST_SESSION, LONGEST_SESSION = 1800, 24 * 3600
_ON = {"enabled": None}
_CHECKOUT: Json = {
    **dict.fromkeys(("mode", "customer", "success_url", "cancel_url", "client_reference_id", "expires_at", "locale")),
    **dict.fromkeys(("metadata", "allow_promotion_codes", "billing_address_collection", "payment_method_collection")),
    "line_items": [
        {"price": None, "quantity": None, "adjustable_quantity": {"enabled": None, "minimum": None, "maximum": None}}
    ],
    "subscription_data": {
        "metadata": None,
        "trial_period_days": None,
        "trial_settings": {"end_behavior": {"missing_payment_method": None}},
    },
    "automatic_tax": _ON,
    "customer_update": {"address": None, "name": None},
    "tax_id_collection": _ON,
    "managed_payments": _ON,
}
_WITHOUT_MANAGED = ("automatic_tax", "customer_update", "tax_id_collection")
"""What is Stripe's own affair where it is the merchant of record."""


class StripeSelling:
    """Products, prices and sessions of Checkout."""

    def __init__(self, store: Store[StripeWorld], billing: StripeBilling, news: StripeWebhooks) -> None:
        self._store = store
        self._billing = billing
        self._news = news

    def create_product(self, asked: Json) -> Json:
        """`POST /v1/products`."""
        checked(asked, dict.fromkeys(("id", "name", "description", "metadata", "tax_code")), ["name"])
        account = self._billing.account
        if asked.get("id") in account.products:
            raise Refused(400, "Product already exists.", code="resource_already_exists", param="id")
        made = Product.model_validate({"id": account.id("prod"), "created": self._billing.now(), **asked})
        account.products[made.id] = made
        self._store.changed()
        return objects.product(made)

    def product(self, asked: Json) -> Json:
        """`GET /v1/products/{id}`."""
        found = self._billing.account.products.get(asked["id"])
        if found is None:
            raise missing_resource("product", asked["id"])
        return objects.product(found)

    def change_product(self, asked: Json) -> Json:
        """`POST /v1/products/{id}`; of what is kept in its metadata, what is named is changed."""
        checked(asked, dict.fromkeys(("id", "name", "description", "active", "metadata")))
        self.product(asked)
        products = self._billing.account.products
        products[asked["id"]] = _changed(products[asked["id"]], asked)
        self._store.changed()
        return objects.product(products[asked["id"]])

    def create_price(self, asked: Json) -> Json:
        """`POST /v1/prices`; a lookup key is one price's at a time."""
        known = {
            **dict.fromkeys(("product", "unit_amount", "currency", "lookup_key", "transfer_lookup_key", "metadata")),
            "recurring": {"interval": None},
            "tax_behavior": None,
        }
        checked(asked, known, ["currency", "product", "unit_amount", "recurring"])
        account, key = self._billing.account, asked.get("lookup_key")
        if asked["product"] not in account.products:
            raise missing_resource("product", asked["product"], "product", status=400)
        holder = next((each for each in account.prices.values() if key and each.lookup_key == key), None)
        if holder is not None and asked.get("transfer_lookup_key") != "true":
            message = f"A price (`{holder.id}`) already uses that lookup key."
            raise Refused(400, message, code="resource_already_exists", param="lookup_key")
        if holder is not None:
            holder.lookup_key = None
        made = Price(
            id=account.id("price"),
            product=asked["product"],
            unit_amount=number(asked["unit_amount"], "unit_amount"),
            currency=asked["currency"],
            interval=asked["recurring"]["interval"],
            lookup_key=key,
            tax_behavior=asked.get("tax_behavior", "unspecified"),
            metadata=asked.get("metadata", {}),
            created=self._billing.now(),
        )
        account.prices[made.id] = made
        self._store.changed()
        return objects.price(made)

    def prices(self, asked: Json) -> Json:
        """`GET /v1/prices`."""
        checked(asked, dict.fromkeys(("lookup_keys", "active", "product", "limit", "starting_after")))
        keys, active = asked.get("lookup_keys"), asked.get("active")
        found = [
            objects.price(each)
            for each in reversed(self._billing.account.prices.values())
            if (keys is None or each.lookup_key in keys)
            and active in {None, str(each.active).lower()}
            and asked.get("product") in {None, each.product}
        ]
        return page(asked, found, "/v1/prices")

    def price(self, asked: Json) -> Json:
        """`GET /v1/prices/{id}`."""
        checked(asked, dict.fromkeys(("id", "expand")))
        price = self._price(asked["id"], "price", status=404)
        whole = expanded(asked, {"product"})
        return objects.price(price, whole_product=self._billing.account.products[price.product] if whole else None)

    def change_price(self, asked: Json) -> Json:
        """`POST /v1/prices/{id}`: whether it can be bought, and its metadata; an amount or a currency never changes."""
        checked(asked, dict.fromkeys(("id", "active", "metadata")))
        self._price(asked["id"], "price", status=404)
        prices = self._billing.account.prices
        prices[asked["id"]] = _changed(prices[asked["id"]], asked)
        self._store.changed()
        return objects.price(prices[asked["id"]])

    def customer(self, asked: Json) -> Customer:
        """The customer that a parameter names."""
        customer = self._billing.account.customers.get(asked["customer"])
        if customer is None or customer.deleted:
            raise missing_resource("customer", asked["customer"], "customer", status=400)
        return customer

    def create(self, asked: Json) -> Json:
        """`POST /v1/checkout/sessions`."""
        checked(asked, _CHECKOUT, ["mode", "success_url", "line_items"])
        if asked["mode"] != "subscription" or "customer" not in asked:
            raise Refused(400, "The sandbox plays subscriptions of known customers alone.", param="mode")
        customer = self.customer(asked)
        [item, *others] = asked["line_items"]
        if others:
            raise Refused(400, "The sandbox plays one line item.", param="line_items")
        price = self._price(item.get("price", ""), "line_items[0][price]")
        data, now = asked.get("subscription_data", {}), self._billing.now()
        managed = truth(asked.get("managed_payments", {}).get("enabled", "false"), "managed_payments[enabled]")
        if managed and (given := next((name for name in _WITHOUT_MANAGED if name in asked), None)):
            raise Refused(400, f"You cannot use `{given}` with Managed Payments.", param=given)
        expires_at = number(asked.get("expires_at", now + LONGEST_SESSION), "expires_at")
        if not now + SHORTEST_SESSION <= expires_at <= now + LONGEST_SESSION:
            message = (
                "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation."
            )
            raise Refused(400, message, param="expires_at")
        account = self._billing.account
        session = Checkout(
            id=account.id("cs_test"),
            customer=customer.id,
            price=price.id,
            quantity=number(item.get("quantity", "1"), "line_items[0][quantity]", least=1),
            adjustable=truth(
                item.get("adjustable_quantity", {}).get("enabled", "false"), "adjustable_quantity[enabled]"
            ),
            success_url=asked["success_url"],
            cancel_url=asked.get("cancel_url"),
            client_reference_id=asked.get("client_reference_id"),
            metadata=asked.get("metadata", {}),
            subscription_metadata=data.get("metadata", {}),
            trial_days=number(data.get("trial_period_days", 0), "subscription_data[trial_period_days]"),
            missing_card=data.get("trial_settings", {})
            .get("end_behavior", {})
            .get("missing_payment_method", "create_invoice"),
            card_required=asked.get("payment_method_collection", "always") == "always",
            automatic_tax=managed or self._taxed(asked, customer),
            created=now,
            expires_at=expires_at,
        )
        account.checkouts[session.id] = session
        self._store.changed()
        return self._object(session)

    def sessions(self, asked: Json) -> Json:
        """`GET /v1/checkout/sessions`."""
        checked(asked, dict.fromkeys(("customer", "status", "limit", "starting_after")))
        known = [self.known(session_id) for session_id in reversed(list(self._billing.account.checkouts))]
        found = [
            self._object(each)
            for each in known
            if all(getattr(each, name) == asked[name] for name in ("customer", "status") if name in asked)
        ]
        return page(asked, found, "/v1/checkout/sessions")

    def retrieve(self, asked: Json) -> Json:
        """`GET /v1/checkout/sessions/{id}`."""
        return self._object(self.known(asked["id"]))

    def expire(self, asked: Json) -> Json:
        """`POST /v1/checkout/sessions/{id}/expire`."""
        session = self.known(asked["id"])
        if session.status != "open":
            raise Refused(400, f"This Session is {session.status}: only open ones can be expired.")
        self._expire(session)
        return self._object(session)

    def known(self, session_id: str) -> Checkout:
        """A session, whose time may be over."""
        session = self._billing.account.checkouts.get(session_id)
        if session is None:
            raise missing_resource("checkout.session", session_id)
        if session.status == "open" and session.expires_at <= self._billing.now():
            self._expire(session)
        return session

    def buy(self, session: Checkout, card: Card, quantity: int) -> bool:
        """Somebody fills the page in; False if the card is declined, and the page stays open.

        Two open pages of one customer can both be bought on: Stripe makes two subscriptions of that.
        """
        customer, account = self._billing.account.customers[session.customer], self._billing.account
        trial = session.trial_days * DAY
        if card == "none" and (session.card_required or not trial):
            return False
        customer.card, now = card if card != "none" else customer.card, self._billing.now(customer)
        end = now + trial if trial else later(now, 12 if account.prices[session.price].interval == "year" else 1)
        subscription = Subscription(
            id=account.id("sub"),
            item=account.id("si"),
            customer=customer.id,
            price=session.price,
            quantity=quantity if session.adjustable else session.quantity,
            status="trialing" if trial else "incomplete",
            metadata=session.subscription_metadata,
            period_start=now,
            period_end=end,
            trial_start=now if trial else None,
            trial_end=end if trial else None,
            missing_card=session.missing_card,
            automatic_tax=session.automatic_tax,
            created=now,
        )
        # The card of the first payment is good, or the page would have said so; the failing one fails from then on.
        customer.card = "good" if card == "failing" else customer.card
        self._billing.subscribe(subscription, customer)
        customer.card = "failing" if card == "failing" else customer.card
        session.status, session.subscription, session.quantity = "complete", subscription.id, subscription.quantity
        session.payment_status = "no_payment_required" if trial else "paid"
        self._news.tell("checkout.session.completed", self._object(session), now)
        self._store.changed()
        return True

    def _expire(self, session: Checkout) -> None:
        session.status = "expired"
        self._news.tell("checkout.session.expired", self._object(session), self._billing.now())
        self._store.changed()

    def _taxed(self, asked: Json, customer: Customer) -> bool:
        taxed = truth(asked.get("automatic_tax", {}).get("enabled", "false"), "automatic_tax[enabled]")
        if taxed and customer.address is None and asked.get("customer_update", {}).get("address") != "auto":
            message = "Automatic tax calculation in Checkout requires a valid address on the Customer. "
            message += "Add a valid address to the Customer or set either `customer_update[address]` to 'auto'."
            raise Refused(400, message, code="customer_tax_location_invalid")
        return taxed

    def _price(self, price_id: str, param: str, *, status: int = 400) -> Price:
        price = self._billing.account.prices.get(price_id)
        if price is None:
            raise missing_resource("price", price_id, param, status=status)
        if not price.active and status == 400:
            raise Refused(400, f"The price specified is inactive: {price_id}", param=param)
        return price

    def _object(self, session: Checkout) -> Json:
        return objects.checkout(self._billing.account, session, self._store.world.public_url)


def _changed[T: (Product, Price)](thing: T, asked: Json) -> T:
    """A thing as its owner wants it; a name in the metadata without a value is taken out."""
    changes = {name: asked[name] for name in ("name", "description") if name in asked}
    if "active" in asked:
        changes["active"] = truth(asked["active"], "active")
    metadata = {**thing.metadata, **asked.get("metadata", {})}
    changes["metadata"] = {name: value for name, value in metadata.items() if value}
    return thing.model_copy(update=changes)
