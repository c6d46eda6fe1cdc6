"""What the account that sells has been set up with, for whoever asks whether all is in place; nothing is changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from pm_assistant.domain.plans import Plan
from pm_assistant.integrations.stripe.connection import Connection, translated
from pm_assistant.integrations.stripe.webhook import CHANGES
from pm_assistant.integrations.stripe.wire import PLAN, Checked
from pm_assistant.integrations.webhooks import Payload

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 100
"""In one page of a list."""
_KEY = re.compile(r"[sr]k_(test|live)_[A-Za-z0-9_]+")
"""A secret key or a restricted one (docs.stripe.com/keys); one of an organisation is none of an account."""


def mode_of(api_key: str) -> Literal["test", "live"] | None:
    """Whether a key moves real money; None for what is none of an account's secret keys."""
    found = _KEY.fullmatch(api_key)
    if found is None:
        return None
    return "live" if found[1] == "live" else "test"


class Endpoint(Checked):
    """Where Stripe tells what happens (docs.stripe.com/api/webhook_endpoints).

    Attributes:
        api_version: in whose form; None for the account's own, which changes when somebody upgrades it.
    """

    url: str
    status: str
    enabled_events: list[str] = Field(default_factory=list)
    api_version: str | None = None

    @property
    def is_enabled(self) -> bool:
        """Whether anything is told there."""
        return self.status == "enabled"

    @property
    def unheard(self) -> Sequence[str]:
        """The kinds of events that we have to hear of and that are not told there; a star stands for all of them."""
        return () if "*" in self.enabled_events else sorted(CHANGES.difference(self.enabled_events))


class _Product(Payload):
    id: str
    name: str = ""
    active: bool = False
    metadata: dict[str, str] = Field(default_factory=dict)


class _Recurring(Payload):
    interval: str
    interval_count: int = 1


class SoldPrice(Checked):
    """A price, with its product (docs.stripe.com/api/prices)."""

    id: str
    active: bool
    currency: str
    product: _Product
    recurring: _Recurring | None = None
    metadata: dict[str, str] = Field(default_factory=dict)

    @property
    def plan(self) -> Plan | None:
        """What it says itself that it buys, or else its product; None where neither does."""
        named = self.metadata.get(PLAN) or self.product.metadata.get(PLAN)
        return Plan(named) if named in set(Plan) else None

    @property
    def is_monthly(self) -> bool:
        """Whether it is paid each month."""
        return self.recurring is not None and (self.recurring.interval, self.recurring.interval_count) == ("month", 1)


class SellingAccount:
    """The account behind a key.

    Args:
        api_key: of the account.
        base_url: of the API, without a slash at the end.
    """

    def __init__(self, api_key: str, base_url: str) -> None:
        self._connection = Connection(api_key, base_url)

    def endpoints(self) -> Sequence[Endpoint]:
        """All of them.

        Raises:
            Misconfigured: the key is not accepted, or may not read them.
            UpstreamUnavailable: Stripe did not answer.
        """
        with translated():
            pages = self._connection.v1.webhook_endpoints.list({"limit": MOST})
            said = [each.to_dict() for each in pages.auto_paging_iter()]
        return [Endpoint.read(each) for each in said]

    def price(self, price_id: str) -> SoldPrice | None:
        """A price; None where the account has none of that id, in the mode of the key.

        Raises:
            Misconfigured: the key is not accepted, or may not read prices.
            UpstreamUnavailable: Stripe did not answer.
        """
        import stripe

        with translated():
            try:
                said = self._connection.v1.prices.retrieve(price_id, {"expand": ["product"]})
            except stripe.InvalidRequestError as error:
                if error.code != "resource_missing":
                    raise
                return None
        return SoldPrice.read(said.to_dict())
