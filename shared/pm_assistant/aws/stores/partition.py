"""All of a tenant's rows, on DynamoDB."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from pm_assistant.aws.rows import KeyRow, MessageRow
from pm_assistant.aws.stored import stored
from pm_assistant.aws.stores.accounts import key_of
from pm_assistant.aws.stores.channels import follow_channel
from pm_assistant.aws.stores.connections import DynamoConnections, DynamoConnectionStates, release
from pm_assistant.aws.stores.decisions import DynamoDecisions
from pm_assistant.aws.stores.messages import DynamoMessages, message_of
from pm_assistant.aws.stores.outside_ids import release_all
from pm_assistant.aws.stores.subscriptions import DynamoSubscriptions
from pm_assistant.aws.stores.tenants import DynamoDirectory, DynamoTenants
from pm_assistant.aws.stores.tickets import DynamoTickets
from pm_assistant.aws.tables import Row
from pm_assistant.domain.accounts import Account, ApiKey, AuditEntry, Identity
from pm_assistant.domain.autonomy import TrackRecord
from pm_assistant.domain.calendars import CalendarConnection
from pm_assistant.domain.code import CodeComment, Issue, PullRequest, Repository
from pm_assistant.domain.decisions import Decision
from pm_assistant.domain.errors import Conflict, NotFound, UpstreamUnavailable
from pm_assistant.domain.events import ChannelChanged
from pm_assistant.domain.jobs import Record
from pm_assistant.domain.planning import Attachment, PlanName, TicketComment
from pm_assistant.domain.portability import Portable, from_records, to_export_only_record, to_record
from pm_assistant.domain.questions import ReportAnswers
from pm_assistant.domain.reports import Subscription
from pm_assistant.domain.tenants import Member, Provider, Tenant, TenantId
from pm_assistant.domain.work import Message, Team, Ticket

type ReadFromRow = (
    Account
    | AuditEntry
    | TrackRecord
    | Repository
    | PullRequest
    | Issue
    | CodeComment
    | PlanName
    | Attachment
    | TicketComment
    | ReportAnswers
    | CalendarConnection
)

_PLAIN: dict[str, type[Portable]] = {
    "TENANT": Tenant,
    "MEMBER#": Member,
    "TEAM#": Team,
    "TICKET#": Ticket,
    "DECISION#": Decision,
    "SUBSCRIPTION#": Subscription,
}
"""What stands whole in a row's `data`; a row without it is the memory of something that is gone."""

_TO_READ: dict[str, type[ReadFromRow]] = {
    "ACCOUNT#": Account,
    "REPOSITORY#": Repository,
    "PULL#": PullRequest,
    "ISSUE#": Issue,
    "CODECOMMENT#": CodeComment,
    "PLANNAME#": PlanName,
    "ATTACHMENT#": Attachment,
    "TICKETCOMMENT#": TicketComment,
    "TRACK#": TrackRecord,
    "ANSWERS#": ReportAnswers,
    "CALENDAR#": CalendarConnection,
    "AUDIT#": AuditEntry,
}
"""What an import leaves alone and stands whole in a row's `data`."""


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

    def login(self, identity: Identity) -> tuple[Account | ApiKey, Tenant]:
        """What an identity may log in by, and its tenant, in one request."""
        login_key = f"{'KEY' if identity.kind == 'key' else 'ACCOUNT'}#{identity.id}"
        rows = {row.sk: row for row in KeyRow.find_all(identity.tenant_id, (login_key, "TENANT"))}
        login, tenant = rows.get(login_key), rows.get("TENANT")
        if login is None or tenant is None:
            raise NotFound("no such login")
        return (
            key_of(login) if identity.kind == "key" else stored(Account, login.data),
            stored(Tenant, tenant.data),
        )

    def records(self, tenant_id: TenantId) -> Iterator[Record]:
        """Everything a tenant may take along, page by page as it is asked for; the tenant's settings come first."""
        for prefix, kind in _PLAIN.items():
            for row in Row.each(tenant_id, Row.sk.startswith(prefix)):
                if row.data:
                    yield to_record(stored(kind, row.data))
        for message_row in MessageRow.each(tenant_id, MessageRow.sk.startswith("MESSAGE#")):
            yield to_record(message_of(message_row))
        for connection in self._connections.all(tenant_id):
            yield to_export_only_record(connection)
        for prefix, export_only in _TO_READ.items():
            for row in Row.each(tenant_id, Row.sk.startswith(prefix)):
                yield to_export_only_record(stored(export_only, row.data))

    def restore(self, tenant_id: TenantId, records: Iterable[Record]) -> int:
        """Keep records, each as its own store would: what is newer stays, what was deleted stays deleted."""
        items = list(from_records(tenant_id, records))
        tenant = self._tenants.get(tenant_id)
        for item in items:
            if isinstance(item, Tenant):
                tenant = self._replace_tenant(tenant, item)
                self._states.adapt(tenant_id, tenant.settings)
        for item in items:
            self._store(tenant_id, item, keep_days=tenant.settings.retention_days)
        self._tickets.put_all(tenant_id, (item for item in items if isinstance(item, Ticket)), brought=True)
        return len(items)

    def follow_channel(self, tenant_id: TenantId, change: ChannelChanged, *, limit: int) -> int:
        """Bring a channel's rows up to what it is now, row by row."""
        return follow_channel(tenant_id, change, limit=limit)

    def erase(self, tenant_id: TenantId) -> int:
        """Delete every row; the connections first, so that nothing new comes in meanwhile."""
        released = [release(tenant_id, provider) for provider in Provider]
        return 2 * sum(released) + release_all(tenant_id) + Row.drop_all(Row.each(tenant_id))

    def _replace_tenant(self, before: Tenant, imported: Tenant) -> Tenant:
        after = before.model_copy(update={"name": imported.name, "settings": imported.settings})
        try:
            self._tenants.replace(after, before=before)
        except Conflict as error:
            raise UpstreamUnavailable("the tenant was changed at that very moment") from error
        return after

    def _store(self, tenant_id: TenantId, item: Portable, *, keep_days: int) -> None:
        match item:
            case Tenant() | Ticket():
                pass  # the others rest on the first, so it came before; of the second there are too many for one by one
            case Member():
                self._directory.put_members(tenant_id, [item])
            case Team():
                self._directory.put_teams(tenant_id, [item])
            case Decision():
                self._decisions.save(item)
            case Subscription():
                self._subscriptions.put(tenant_id, item)
            case Message():
                self._store_message(tenant_id, item, keep_days=keep_days)
            case _:
                assert_never(item)

    def _store_message(self, tenant_id: TenantId, message: Message, *, keep_days: int) -> None:
        self._messages.record(tenant_id, message, keep_days=keep_days)
        if message.deleted:
            self._messages.delete(tenant_id, message.channel, message.root_ts, message.ts, at=message.received_at)
