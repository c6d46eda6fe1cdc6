"""The stores of `ports` on the one DynamoDB table."""

from dataclasses import dataclass, field

from pm_assistant.aws import tables
from pm_assistant.aws.stores.accounts import DynamoAccounts, DynamoApiKeys, DynamoInvitations
from pm_assistant.aws.stores.audit import DynamoAuditTrail
from pm_assistant.aws.stores.cards import DynamoCards
from pm_assistant.aws.stores.connections import DynamoConnections, DynamoConnectionStates
from pm_assistant.aws.stores.conversations import DynamoConversations
from pm_assistant.aws.stores.decisions import DynamoDecisions
from pm_assistant.aws.stores.deliveries import DynamoDeliveries
from pm_assistant.aws.stores.idempotency_keys import DynamoIdempotencyKeys
from pm_assistant.aws.stores.jobs import DynamoJobs
from pm_assistant.aws.stores.leases import DynamoLeases
from pm_assistant.aws.stores.messages import DynamoMessages
from pm_assistant.aws.stores.oauth_states import DynamoOAuthStates
from pm_assistant.aws.stores.outbox import DynamoOutbox
from pm_assistant.aws.stores.partition import DynamoPartition
from pm_assistant.aws.stores.rate_limiter import DynamoRateLimiter
from pm_assistant.aws.stores.subscriptions import DynamoSubscriptions
from pm_assistant.aws.stores.tenants import DynamoDirectory, DynamoTenants
from pm_assistant.aws.stores.tickets import DynamoTickets


@dataclass(frozen=True)
class DynamoStores:
    """All stores; `on` comes first, it names the table for the whole process."""

    tenants: DynamoTenants = field(default_factory=DynamoTenants)
    connections: DynamoConnections = field(default_factory=DynamoConnections)
    connection_states: DynamoConnectionStates = field(default_factory=DynamoConnectionStates)
    leases: DynamoLeases = field(default_factory=DynamoLeases)
    oauth_states: DynamoOAuthStates = field(default_factory=DynamoOAuthStates)
    accounts: DynamoAccounts = field(default_factory=DynamoAccounts)
    invitations: DynamoInvitations = field(default_factory=DynamoInvitations)
    api_keys: DynamoApiKeys = field(default_factory=DynamoApiKeys)
    audit: DynamoAuditTrail = field(default_factory=DynamoAuditTrail)
    rate_limiter: DynamoRateLimiter = field(default_factory=DynamoRateLimiter)
    idempotency_keys: DynamoIdempotencyKeys = field(default_factory=DynamoIdempotencyKeys)
    directory: DynamoDirectory = field(default_factory=DynamoDirectory)
    messages: DynamoMessages = field(default_factory=DynamoMessages)
    conversations: DynamoConversations = field(default_factory=DynamoConversations)
    cards: DynamoCards = field(default_factory=DynamoCards)
    tickets: DynamoTickets = field(default_factory=DynamoTickets)
    decisions: DynamoDecisions = field(default_factory=DynamoDecisions)
    subscriptions: DynamoSubscriptions = field(default_factory=DynamoSubscriptions)
    jobs: DynamoJobs = field(default_factory=DynamoJobs)
    deliveries: DynamoDeliveries = field(default_factory=DynamoDeliveries)
    outbox: DynamoOutbox = field(default_factory=DynamoOutbox)
    partition: DynamoPartition = field(default_factory=DynamoPartition)

    @classmethod
    def on(cls, table_name: str) -> "DynamoStores":
        """The stores on this table; region, endpoint and credentials come from where botocore finds them."""
        tables.bind(table_name)
        return cls()
