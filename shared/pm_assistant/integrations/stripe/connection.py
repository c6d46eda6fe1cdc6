"""One connection to Stripe, and what its failures are to us."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from pm_assistant.domain import causes
from pm_assistant.domain.errors import Misconfigured, NotFound, ProductError, RateLimited, UpstreamRejected
from pm_assistant.integrations import policy
from pm_assistant.integrations.policy import Unanswered

if TYPE_CHECKING:
    import stripe
    from stripe._v1_services import V1Services

VERSION = "2026-10-28.endive"
"""Of the API; stripe-python's own would change with the library."""
RETRIES = 1
"""Of the library, under the same key: what was done already is not done again."""


class Connection:
    """The SDK behind one key, made when something is asked.

    Args:
        api_key: of the account that sells.
        base_url: of the API, without a slash at the end.
    """

    def __init__(self, api_key: str, base_url: str) -> None:
        self._api_key, self._base_url = api_key, base_url

    @cached_property
    def v1(self) -> V1Services:
        """The SDK, which takes long to load, and is not needed where nothing is asked."""
        import stripe

        from pm_assistant.integrations.stripe.http import Http

        client = stripe.StripeClient(
            self._api_key,
            stripe_version=VERSION,
            base_addresses={"api": self._base_url},
            http_client=Http(),
            max_network_retries=RETRIES,
        )
        return client.v1


@contextmanager
def translated() -> Iterator[None]:
    """Turn whatever the SDK raises into the product's own errors.

    The cause is cut off on purpose: Stripe's messages quote what was sent, and the key.
    """
    import stripe

    try:
        yield
    except stripe.StripeError as error:
        raise _kind(error) from None


def _kind(error: stripe.StripeError) -> ProductError:
    import stripe

    param = getattr(error, "param", None)
    what = f"status {error.http_status}, {error.code or type(error).__name__}, {param or 'no parameter'}"
    match error:
        case stripe.RateLimitError():
            seconds = policy.rest_asked_for(dict(error.headers or {}), now=datetime.now(UTC))
            return RateLimited(causes.asks_to_slow_down("Stripe"), retry_after=seconds)
        case stripe.AuthenticationError():
            return Misconfigured(f"Stripe does not accept stripe/secret-key: {what}")
        case stripe.PermissionError():
            return Misconfigured(f"Stripe does not let stripe/secret-key do that: {what}")
        case stripe.InvalidRequestError(code="resource_missing") if "price" in str(param):
            return Misconfigured(f"Stripe does not know a price that STRIPE_PRICES names: {what}")
        case stripe.InvalidRequestError(code="resource_missing"):
            return NotFound(f"Stripe does not know it: {what}")
        case stripe.InvalidRequestError() | stripe.IdempotencyError() | stripe.CardError():
            return UpstreamRejected(causes.refused("Stripe", what))
        case _:
            return Unanswered(causes.failed("Stripe", what))
