"""All of a tenant's rows, on DynamoDB."""

from collections.abc import Iterable, Iterator

from pm_assistant.aws.stores.connections import DynamoConnections, DynamoConnectionStates, release
from pm_assistant.aws.stores.decisions import DynamoDecisions
from pm_assistant.aws.stores.messages import DynamoMessages, message_of
from pm_assistant.aws.stores.subscriptions import DynamoSubscriptions
from pm_assistant.aws.stores.tenants import DynamoDirectory, DynamoTenants
from pm_assistant.aws.stores.tickets import DynamoTickets
from pm_assistant.aws.tables import MessageRow, Row
from pm_assistant.domain.accounts import Account, AuditEntry
from pm_assistant.domain.decisions import Decision
from pm_assistant.domain.errors import Conflict, UpstreamUnavailable
from pm_assistant.domain.jobs import Record
from pm_assistant.domain.portability import Thing, packed, told, unpacked
from pm_assistant.domain.reports import Subscription
from pm_assistant.domain.tenants import Member, Provider, Tenant, TenantId
from pm_assistant.domain.work import Message, Team, Ticket

_PLAIN: dict[str, type[Thing]] = {
    "TENANT": Tenant,
    "MEMBER#": Member,
    "TEAM#": Team,
    "TICKET#": Ticket,
    "DECISION#": Decision,
    "SUBSCRIPTION#": Subscription,
}
"""What stands whole in a row's `data`; a row without it is the memory of something that is gone."""


class DynamoPartition:
    """A tenant's partition (`Partition`)."""

    def __init__(self) -> None:
        self._tenants = DynamoTenants()
        self._connections = DynamoConnections()
        self._states = DynamoConnectionStates()
        self._directory = DynamoDirectory()
        self._messages = DynamoMessages()
        self._tickets = DynamoTickets()
        self._decisions = DynamoDecisions()
        self._subscriptions = DynamoSubscriptions()

    def records(self, tenant_id: TenantId) -> Iterator[Record]:
        """Everything a tenant may take along, page by page as it is asked for; the tenant's settings come first."""
        for prefix, kind in _PLAIN.items():
            for row in Row.each(tenant_id, Row.sk.startswith(prefix)):
                if row.data:
                    yield packed(kind.model_validate_json(row.data))
        for said in MessageRow.each(tenant_id, MessageRow.sk.startswith("MESSAGE#")):
            yield packed(message_of(said))
        for row in Row.each(tenant_id, Row.sk.startswith("ACCOUNT#")):
            yield told(Account.model_validate_json(row.data))
        for connection in self._connections.all(tenant_id):
            yield told(connection)
        for row in Row.each(tenant_id, Row.sk.startswith("AUDIT#")):
            yield told(AuditEntry.model_validate_json(row.data))

    def restore(self, tenant_id: TenantId, records: Iterable[Record]) -> int:
        """Keep records, each as its own store would: what is newer stays, what was deleted stays deleted."""
        things = list(unpacked(tenant_id, records))
        tenant = self._tenants.get(tenant_id)
        for thing in things:
            if isinstance(thing, Tenant):
                tenant = self._settle(tenant, thing)
                self._states.adapt(tenant_id, tenant.settings)
        for thing in things:
            self._keep(tenant_id, thing, keep_days=tenant.settings.retention_days)
        return len(things)

    def erase(self, tenant_id: TenantId) -> int:
        """Delete every row; the connections first, so that nothing new comes in meanwhile."""
        released = [release(tenant_id, provider) for provider in Provider]
        return 2 * sum(released) + Row.drop_all(Row.each(tenant_id))

    def _settle(self, tenant: Tenant, brought: Tenant) -> Tenant:
        settled = tenant.model_copy(update={"name": brought.name, "settings": brought.settings})
        try:
            self._tenants.replace(settled, before=tenant)
        except Conflict as error:
            raise UpstreamUnavailable("the tenant was changed at that very moment") from error
        return settled

    def _keep(self, tenant_id: TenantId, thing: Thing, *, keep_days: int) -> None:
        match thing:
            case Member():
                self._directory.put_members(tenant_id, [thing])
            case Team():
                self._directory.put_teams(tenant_id, [thing])
            case Ticket():
                self._tickets.put(tenant_id, thing)
            case Decision():
                self._decisions.save(thing)
            case Subscription():
                self._subscriptions.put(tenant_id, thing)
            case Message(channel=channel, root_ts=root_ts, ts=ts):
                self._messages.record(tenant_id, thing, keep_days=keep_days)
                if thing.deleted:
                    self._messages.delete(tenant_id, channel, root_ts, ts, at=thing.received_at)
