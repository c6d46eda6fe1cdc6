"""What one piece of work carries: all stores, by their roles."""

from typing import Protocol

from pm_assistant.ports.accounts import Accounts, ApiKeys, AuditTrail, Invitations, Limits, Replays
from pm_assistant.ports.connections import Connections, ConnectionStates, Errands, RefreshLeases
from pm_assistant.ports.corridor import Cards, Conversations, Decisions, Messages, Tickets
from pm_assistant.ports.jobs import RunLog
from pm_assistant.ports.reports import Runs, Subscriptions
from pm_assistant.ports.tenants import Directory, Partition, Tenants


class Stores(Protocol):
    """All of the product's own data, on one table."""

    @property
    def tenants(self) -> Tenants: ...  # noqa: D102

    @property
    def connections(self) -> Connections: ...  # noqa: D102

    @property
    def connection_states(self) -> ConnectionStates: ...  # noqa: D102

    @property
    def refresh_leases(self) -> RefreshLeases: ...  # noqa: D102

    @property
    def errands(self) -> Errands: ...  # noqa: D102

    @property
    def accounts(self) -> Accounts: ...  # noqa: D102

    @property
    def invitations(self) -> Invitations: ...  # noqa: D102

    @property
    def api_keys(self) -> ApiKeys: ...  # noqa: D102

    @property
    def audit(self) -> AuditTrail: ...  # noqa: D102

    @property
    def limits(self) -> Limits: ...  # noqa: D102

    @property
    def replays(self) -> Replays: ...  # noqa: D102

    @property
    def directory(self) -> Directory: ...  # noqa: D102

    @property
    def messages(self) -> Messages: ...  # noqa: D102

    @property
    def conversations(self) -> Conversations: ...  # noqa: D102

    @property
    def cards(self) -> Cards: ...  # noqa: D102

    @property
    def tickets(self) -> Tickets: ...  # noqa: D102

    @property
    def decisions(self) -> Decisions: ...  # noqa: D102

    @property
    def subscriptions(self) -> Subscriptions: ...  # noqa: D102

    @property
    def run_log(self) -> RunLog: ...  # noqa: D102

    @property
    def runs(self) -> Runs: ...  # noqa: D102

    @property
    def partition(self) -> Partition: ...  # noqa: D102
