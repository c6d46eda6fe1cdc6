"""The sandbox's Stripe."""

import pytest

from tests.infra.sandbox.running import Sandbox
from tests.infra.sandbox.stripe.shop import Shop


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    """One account at Stripe, as it is opened."""
    return Shop(sandbox)
