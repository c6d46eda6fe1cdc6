"""The stores under contract, by their roles: in memory, and on an emulated DynamoDB."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

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


def a_new_tenant() -> TenantId:
    """A tenant nobody has used before, so that tests and examples share a store without meeting."""
    return TenantId(uuid.uuid4().hex)
