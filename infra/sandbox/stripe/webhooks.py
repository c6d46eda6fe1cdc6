"""Stripe's events: at least once, in no order, each a snapshot of what it is about."""

import random

from infra.sandbox.core.delivery import Courier
from infra.sandbox.core.state import Clock, Delivery, Json
from infra.sandbox.core.store import Store
from infra.sandbox.stripe.state import Customer, StripeWorld
from infra.sandbox.stripe.wire import VERSION


class StripeWebhooks:
    """Tells the app what happens; which of it is lost, or late, can be ordered."""

    def __init__(self, store: Store[StripeWorld], courier: Courier, clock: Clock) -> None:
        self._store = store
        self._courier = courier
        self._clock = clock

    def now(self, customer: Customer | None = None) -> int:
        """The time, by a customer's clock if one is named."""
        return int(self._clock().timestamp()) + (customer.ahead if customer else 0)

    def tell(self, kind: str, thing: Json, at: int) -> None:
        """Send an event of something as it is now, if the app's endpoint is to hear of its kind."""
        account, config = self._store.world.stripe, self._store.world.config
        heard = next((each for each in account.endpoints.values() if not each.url and each.hears(kind)), None)
        if heard is None:
            return
        event_id = account.id("evt")
        event = {
            "id": event_id,
            "object": "event",
            "api_version": heard.api_version or VERSION,
            "created": at,
            "data": {"object": thing},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        }
        lost = config.stripe_lost_events > 0
        if lost:
            config.stripe_lost_events -= 1
        # A line of its own: nothing that Stripe sends waits for what it has sent before.
        delivery = Delivery(
            id=event_id,
            vendor="stripe",
            kind=kind,
            line=event_id,
            about=str(thing.get("customer") or thing["id"]),
            body=event,
            outcome="failed" if lost else "pending",
            error="lost" if lost else "",
            created_at=self._clock(),
            delay=random.uniform(0, config.stripe_late_seconds),  # noqa: S311  # no secret
        )
        self._courier.send_copies(delivery)
