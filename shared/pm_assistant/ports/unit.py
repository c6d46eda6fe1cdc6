"""What one piece of work carries: all stores, by their roles."""

from typing import Protocol

from pm_assistant.ports.accounts import Accounts, ApiKeys, AuditTrail, IdempotencyKeys, Invitations, RateLimiter
from pm_assistant.ports.connections import Connections, ConnectionStates, OAuthStates, RefreshLeases
from pm_assistant.ports.corridor import Cards, Conversations, Decisions, Messages, Tickets
from pm_assistant.ports.jobs import Jobs
from pm_assistant.ports.reports import Deliveries, Subscriptions
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
    def oauth_states(self) -> OAuthStates: ...  # noqa: D102

    @property
    def accounts(self) -> Accounts: ...  # noqa: D102

    @property
    def invitations(self) -> Invitations: ...  # noqa: D102

    @property
    def api_keys(self) -> ApiKeys: ...  # noqa: D102

    @property
    def audit(self) -> AuditTrail: ...  # noqa: D102

    @property
    def rate_limiter(self) -> RateLimiter: ...  # noqa: D102

    @property
    def idempotency_keys(self) -> IdempotencyKeys: ...  # noqa: D102

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
    def jobs(self) -> Jobs: ...  # noqa: D102

    @property
    def deliveries(self) -> Deliveries: ...  # noqa: D102

    @property
    def partition(self) -> Partition: ...  # noqa: D102
