"""The stores under contract, by their roles: in memory, and on an emulated DynamoDB."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import HealthCheck, Phase, settings

from pm_assistant.domain.tenants import TenantId
from pm_assistant.ports.unit import Stores
from tests.aws.emulated import dynamo
from tests.fakes.stores import FakeStores

IMPLEMENTATIONS = ("fake", "dynamodb")


@contextmanager
def opened(implementation: str) -> Iterator[Stores]:
    """The stores of that implementation, empty."""
    if implementation == "fake":
        yield FakeStores()
        return
    with dynamo() as real:
        yield real


def examples(stores: Stores, *, many: int, few: int) -> settings:
    """How often to try a law: `many` times in memory; on the emulator a `few`, unshrunk, for that takes minutes."""
    emulated = not isinstance(stores, FakeStores)
    return settings(
        max_examples=few if emulated else many,
        phases=(Phase.explicit, Phase.reuse, Phase.generate) if emulated else tuple(Phase),
        suppress_health_check=list(HealthCheck),
    )


def a_new_tenant() -> TenantId:
    """A tenant nobody has used before, so that tests and examples share a store without meeting."""
    return TenantId(uuid.uuid4().hex)
