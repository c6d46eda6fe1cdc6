"""The stores under contract, by their roles: in memory, and on an emulated DynamoDB."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pm_assistant import ports
from pm_assistant.domain.tenants import TenantId
from tests.aws.emulated import dynamo
from tests.fakes import stores as fakes


@dataclass(frozen=True)
class StoreSet:
    """One implementation of every store."""

    tenants: ports.Tenants
    connections: ports.Connections
    directory: ports.Directory
    messages: ports.Messages
    conversations: ports.Conversations
    cards: ports.Cards
    tickets: ports.Tickets
    decisions: ports.Decisions
    runs: ports.Runs


IMPLEMENTATIONS = ("fake", "dynamodb")


@contextmanager
def opened(implementation: str) -> Iterator[StoreSet]:
    """The stores of that implementation, empty."""
    if implementation == "fake":
        yield StoreSet(
            fakes.FakeTenants(),
            fakes.FakeConnections(),
            fakes.FakeDirectory(),
            fakes.FakeMessages(),
            fakes.FakeConversations(),
            fakes.FakeCards(),
            fakes.FakeTickets(),
            fakes.FakeDecisions(),
            fakes.FakeRuns(),
        )
        return
    with dynamo() as real:
        yield StoreSet(
            real.tenants,
            real.connections,
            real.directory,
            real.messages,
            real.conversations,
            real.cards,
            real.tickets,
            real.decisions,
            real.runs,
        )


def a_new_tenant() -> TenantId:
    """A tenant nobody has used before, so that tests and examples share a store without meeting."""
    return TenantId(uuid.uuid4().hex)
