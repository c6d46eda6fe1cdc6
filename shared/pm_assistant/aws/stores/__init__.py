"""The stores of `ports.py` on the one DynamoDB table."""

from dataclasses import dataclass, field

from pm_assistant.aws import tables
from pm_assistant.aws.stores.cards import DynamoCards
from pm_assistant.aws.stores.conversations import DynamoConversations
from pm_assistant.aws.stores.decisions import DynamoDecisions
from pm_assistant.aws.stores.messages import DynamoMessages
from pm_assistant.aws.stores.runs import DynamoRuns
from pm_assistant.aws.stores.tenants import DynamoConnections, DynamoDirectory, DynamoTenants
from pm_assistant.aws.stores.tickets import DynamoTickets


@dataclass(frozen=True)
class Stores:
    """All stores; `on` comes first, it names the table for the whole process."""

    tenants: DynamoTenants = field(default_factory=DynamoTenants)
    connections: DynamoConnections = field(default_factory=DynamoConnections)
    directory: DynamoDirectory = field(default_factory=DynamoDirectory)
    messages: DynamoMessages = field(default_factory=DynamoMessages)
    conversations: DynamoConversations = field(default_factory=DynamoConversations)
    cards: DynamoCards = field(default_factory=DynamoCards)
    tickets: DynamoTickets = field(default_factory=DynamoTickets)
    decisions: DynamoDecisions = field(default_factory=DynamoDecisions)
    runs: DynamoRuns = field(default_factory=DynamoRuns)

    @classmethod
    def on(cls, table_name: str) -> "Stores":
        """The stores on this table; region, endpoint and credentials come from where botocore finds them."""
        tables.bind(table_name)
        return cls()
