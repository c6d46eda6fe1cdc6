"""Stripe as the app and a customer's browser use it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from infra.sandbox.stripe.wire import VERSION
from tests.infra.sandbox.browsing import press
from tests.infra.sandbox.running import STRIPE_KEY, Sandbox

type Json = dict[str, Any]
SUCCESS, CANCEL = "https://app.test/billing/done?session={CHECKOUT_SESSION_ID}", "https://app.test/billing"


class Shop:
    """One account at Stripe."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def post(self, path: str, *, key: str | None = None, **fields: str) -> httpx.Response:
        """Ask for something to be done; two underscores stand for the brackets of Stripe's names."""
        return self._ask("POST", path, {"idempotency-key": key} if key else {}, data=_named(fields))

    def get(self, path: str, **fields: str) -> httpx.Response:
        """Read something."""
        return self._ask("GET", path, {}, params=_named(fields))

    def customer(self, **fields: str) -> str:
        """A customer that has just been made."""
        return str(self.post("customers", **fields).json()["id"])

    def checkout(self, customer: str, *, plan: str = "team", **fields: str) -> Json:
        """A page on which that customer can buy."""
        item = {"line_items__0__price": f"price_sandbox_{plan}", "line_items__0__quantity": "3"}
        chosen = {"mode": "subscription", "customer": customer, "success_url": SUCCESS, "cancel_url": CANCEL}
        answer = self.post("checkout/sessions", **{**chosen, **item, **fields})
        assert answer.status_code == 200, answer.text
        session: Json = answer.json()
        return session

    def buy(self, customer: str, *, card: str = "good", plan: str = "team", **fields: str) -> httpx.Response:
        """The customer opens a page and buys."""
        return self.press(self.checkout(customer, plan=plan, **fields)["url"], "pay", card=card)

    def press(self, url: str, button: str, **chosen: str) -> httpx.Response:
        """The customer presses a button on a page of Stripe's."""
        return press(self.sandbox.http, urlsplit(url).path, button, more=list(chosen.items()))

    def portal(self, customer: str) -> str:
        """The address of a portal session."""
        return str(self.post("billing_portal/sessions", customer=customer, return_url=CANCEL).json()["url"])

    def subscriptions(self, customer: str, **fields: str) -> list[Json]:
        """All of a customer's."""
        listed: list[Json] = self.get("subscriptions", customer=customer, **({"status": "all"} | fields)).json()["data"]
        return listed

    def pass_days(self, customer: str, days: float, **more: object) -> None:
        """Let that customer's time pass."""
        self.sandbox.control(f"stripe/customers/{customer}", days=days, **more)

    def _ask(self, method: str, path: str, headers: Mapping[str, str], **sent: Any) -> httpx.Response:
        own = {"authorization": f"Bearer {STRIPE_KEY}", "stripe-version": VERSION}
        return self.sandbox.http.request(method, f"/stripe/v1/{path}", headers={**own, **headers}, **sent)


def _named(fields: Mapping[str, str]) -> dict[str, str]:
    """`line_items__0__price` as `line_items[0][price]`."""
    names = {name: name.split("__") for name in fields}
    return {first + "".join(f"[{part}]" for part in rest): fields[name] for name, (first, *rest) in names.items()}
