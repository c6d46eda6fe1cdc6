"""The stores under contract, by their roles: in memory, and on an emulated DynamoDB."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pm_assistant import ports
from pm_assistant.aws.stores import Stores
from pm_assistant.domain.tenants import TenantId
from tests.aws.emulated import dynamo
from tests.fakes.stores import FakeStores


@dataclass(frozen=True)
class StoreSet:
    """One implementation of every store."""

    tenants: ports.Tenants
    connections: ports.Connections
    connection_states: ports.ConnectionStates
    refresh_leases: ports.RefreshLeases
    errands: ports.Errands
    accounts: ports.Accounts
    invitations: ports.Invitations
    api_keys: ports.ApiKeys
    audit: ports.AuditTrail
    limits: ports.Limits
    replays: ports.Replays
    directory: ports.Directory
    messages: ports.Messages
    conversations: ports.Conversations
    cards: ports.Cards
    tickets: ports.Tickets
    decisions: ports.Decisions
    subscriptions: ports.Subscriptions
    run_log: ports.RunLog
    runs: ports.Runs
    partition: ports.Partition

    @classmethod
    def of(cls, stores: FakeStores | Stores) -> "StoreSet":
        """The same stores, of which no more is known than their roles."""
        return cls(
            tenants=stores.tenants,
            connections=stores.connections,
            connection_states=stores.connection_states,
            refresh_leases=stores.refresh_leases,
            errands=stores.errands,
            accounts=stores.accounts,
            invitations=stores.invitations,
            api_keys=stores.api_keys,
            audit=stores.audit,
            limits=stores.limits,
            replays=stores.replays,
            directory=stores.directory,
            messages=stores.messages,
            conversations=stores.conversations,
            cards=stores.cards,
            tickets=stores.tickets,
            decisions=stores.decisions,
            subscriptions=stores.subscriptions,
            run_log=stores.run_log,
            runs=stores.runs,
            partition=stores.partition,
        )


IMPLEMENTATIONS = ("fake", "dynamodb")


@contextmanager
def opened(implementation: str) -> Iterator[StoreSet]:
    """The stores of that implementation, empty."""
    if implementation == "fake":
        yield StoreSet.of(FakeStores())
        return
    with dynamo() as real:
        yield StoreSet.of(real)


def a_new_tenant() -> TenantId:
    """A tenant nobody has used before, so that tests and examples share a store without meeting."""
    return TenantId(uuid.uuid4().hex)
