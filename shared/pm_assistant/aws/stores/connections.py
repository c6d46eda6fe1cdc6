"""Ties to vendors, on DynamoDB.

A connection is `CONNECTION#<provider>`, in the index under its outside id. Beside it, outside every tenant, stands the
claim on that id: `OUTSIDE#<provider>#<id>`, which only one tenant can hold. Both are written and deleted in one
transaction, so that neither is ever there without the other.
"""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from pm_assistant.aws import tables
from pm_assistant.aws.rows import ActivityRow, ClaimRow, ConnectionRow, VendorRow
from pm_assistant.aws.stored import readable, stored
from pm_assistant.aws.stores.team import note_team
from pm_assistant.domain import causes
from pm_assistant.domain.errors import Conflict, Contention, NotConnected
from pm_assistant.domain.workspaces import Activity, Availability, Connection, Provider, TenantId

if TYPE_CHECKING:
    from pm_assistant.domain.tenants import Settings

ATTEMPTS = 5
"""How often a write follows a row that changes under it; more writers than that at once do not exist."""

NOTED_EVERY = timedelta(minutes=1)
"""How exactly activity is kept; a busy workspace says something every second."""

_COPIED = ("settle_seconds", "retention_days", "channels")
_APART = {"sealed_credentials", "expires_at", "broken_since", "broken_reason", "restored_at", "availability", *_COPIED}
_FAILING = (ConnectionRow.failures, ConnectionRow.failing_since, ConnectionRow.retry_at)


class DynamoConnections:
    """Ties to vendors (`Connections`)."""

    def resolve(self, provider: Provider, external_id: str) -> Connection | None:
        """Find whose an outside id is, in one request; the index lags behind a new connection by a moment."""
        row = next(ConnectionRow.indexed(_outside(provider, external_id), each=1), None)
        return _connection(row) if row else None

    def get(self, tenant_id: TenantId, provider: Provider) -> Connection:
        """Read one."""
        row = ConnectionRow.find(tenant_id, _sk(provider))
        if row is None:
            raise NotConnected(causes.is_not_connected(provider.label))
        return _connection(row)

    def all(self, tenant_id: TenantId) -> Sequence[Connection]:
        """All of a tenant."""
        rows = ConnectionRow.among(tenant_id, ConnectionRow.sk.startswith("CONNECTION#"))
        return list(readable(_connection, rows))

    def with_activity(self, tenant_id: TenantId) -> Sequence[tuple[Connection, Activity]]:
        """All of a tenant with what was heard of each, in one request."""
        keys = [sk(provider) for provider in Provider for sk in (_sk, _activity_sk)]
        rows = {row.sk: row for row in VendorRow.find_all(tenant_id, keys)}

        def told(provider: Provider) -> tuple[Connection, Activity]:
            return _connection(rows[_sk(provider)]), _activity(rows.get(_activity_sk(provider)))

        return list(readable(told, (provider for provider in Provider if _sk(provider) in rows)))

    def put(self, connection: Connection) -> None:
        """Create or replace one: claim its outside id, and let go of the one it had before."""
        row, tenant_id = _row(connection), connection.tenant_id
        for _ in range(ATTEMPTS):
            before = ConnectionRow.find(tenant_id, row.sk)

            def write(writes: TransactWrite, before: ConnectionRow | None = before) -> None:
                writes.save(_claim(row.gsi_pk, tenant_id), _free_for(tenant_id))
                writes.save(row, _unmoved(before))
                if before and before.gsi_pk != row.gsi_pk:
                    writes.delete(_claim(before.gsi_pk, tenant_id), _free_for(tenant_id))

            if tables.together(write):
                note_team(tenant_id)
                return
            if self._taken(row.gsi_pk, by_others_than=tenant_id):
                raise Conflict(f"this {connection.provider} workspace is connected elsewhere")
        raise Contention("the connection keeps changing")

    def remove(self, tenant_id: TenantId, provider: Provider) -> None:
        """Forget one with its credentials and activity, and let go of its outside id."""
        release(tenant_id, provider)
        note_team(tenant_id)
        _activity_row(tenant_id, provider).drop()

    def everywhere(self) -> Iterator[Connection]:
        """Every tenant's connections, by reading the whole table: for the operator, who changes the key they are under.

        No port has this, and the functions' roles do not allow it.
        """
        kind = ConnectionRow.sk.startswith("CONNECTION#")
        return (_connection(row) for row in ConnectionRow.everywhere(kind))

    def _taken(self, outside: str, *, by_others_than: TenantId) -> bool:
        claim = ClaimRow.at(outside, "OWNER")
        return claim is not None and claim.tenant_id != by_others_than


class DynamoConnectionStates:
    """What changes about a connection while it is in use (`ConnectionStates`).

    Activity is `ACTIVITY#<provider>`: an event then costs one small write now and then, and none in the index.
    """

    def __init__(self) -> None:
        self._noted: dict[tuple[TenantId, Provider, str], datetime] = {}

    def renew(self, connection: Connection, *, before: bytes) -> bool:
        """Store fresh credentials and when they end, in one conditional write; nothing else of the connection."""
        fresh, ends, scopes = connection.sealed_credentials, connection.expires_at, json.dumps(connection.scopes)
        return _bare(connection.tenant_id, connection.provider).change(
            [
                ConnectionRow.sealed.set(fresh),
                ConnectionRow.scopes.set(scopes),
                ConnectionRow.token_ends_at.set(tables.stamp(ends)) if ends else ConnectionRow.token_ends_at.remove(),
            ],
            (ConnectionRow.sealed == before) | (ConnectionRow.sealed == fresh),
        )

    def regrant(self, tenant_id: TenantId, provider: Provider, scopes: Sequence[str], *, at: datetime) -> bool:
        """Note what the vendor lets us do, in one conditional write."""
        moment, granted = tables.stamp(at), json.dumps(tuple(scopes))
        same = (ConnectionRow.granted_at == moment) & (ConnectionRow.scopes == granted)
        news = ConnectionRow.granted_at.does_not_exist() | (ConnectionRow.granted_at < moment) | same
        return _bare(tenant_id, provider).change(
            [ConnectionRow.scopes.set(granted), ConnectionRow.granted_at.set(moment)], ConnectionRow.pk.exists() & news
        )

    def adapt(self, tenant_id: TenantId, settings: "Settings") -> None:
        """Bring the copies of settings up to date, in one conditional write for each connection."""
        copied = settings.model_dump_json(include=set(_COPIED))
        for provider in Provider:
            row = _bare(tenant_id, provider)
            row.change([ConnectionRow.settings.set(copied)], ConnectionRow.pk.exists())

    def mark_broken(
        self, tenant_id: TenantId, provider: Provider, *, reason: str, at: datetime, refused: bytes | None = None
    ) -> bool:
        """Note that our credentials no longer count, in one conditional write."""
        # botocore repeats a write whose answer got lost: a mark of its own keeps the call from losing against itself.
        mark = uuid.uuid4().hex
        expected = ConnectionRow.broken_since.does_not_exist() | (ConnectionRow.broken_mark == mark)
        if refused is not None:
            expected &= ConnectionRow.sealed == refused
        return _bare(tenant_id, provider).change(
            [
                ConnectionRow.broken_since.set(tables.stamp(at)),
                ConnectionRow.broken_reason.set(reason),
                ConnectionRow.broken_mark.set(mark),
            ],
            ConnectionRow.pk.exists() & expected,
        )

    def mend(self, tenant_id: TenantId, provider: Provider, *, at: datetime) -> None:
        """Note since when they count again, in one conditional write."""
        broken = (ConnectionRow.broken_since, ConnectionRow.broken_reason, ConnectionRow.broken_mark)
        moment = tables.stamp(at)
        news = ConnectionRow.restored_at.does_not_exist() | (ConnectionRow.restored_at < moment)
        _bare(tenant_id, provider).change(
            [*(attribute.remove() for attribute in broken), ConnectionRow.restored_at.set(moment)],
            ConnectionRow.pk.exists() & news,
        )

    def note(
        self,
        tenant_id: TenantId,
        provider: Provider,
        *,
        event_at: datetime | None = None,
        sync_at: datetime | None = None,
    ) -> None:
        """Note activity, in one conditional write each that never goes back; from one process once a minute at most."""
        for attribute, at in ((ActivityRow.last_event_at, event_at), (ActivityRow.last_sync_at, sync_at)):
            key = (tenant_id, provider, attribute.attr_name)
            if at is None or (key in self._noted and at - self._noted[key] < NOTED_EVERY):
                continue
            moment = tables.stamp(at)
            earlier = attribute.does_not_exist() | (attribute < moment)
            _activity_row(tenant_id, provider).change([attribute.set(moment)], earlier)
            self._noted[key] = at

    def activity(self, tenant_id: TenantId) -> Mapping[Provider, Activity]:
        """What was noted, in one consistent read."""
        rows = ActivityRow.among(tenant_id, ActivityRow.sk.startswith("ACTIVITY#"))
        by_provider = {row.sk.removeprefix("ACTIVITY#"): row for row in rows}
        return {provider: _activity(by_provider[provider]) for provider in Provider if provider in by_provider}

    def failed(self, tenant_id: TenantId, provider: Provider, *, at: datetime) -> Availability:
        """Note one more call without an answer, in one conditional write that returns all that was noted."""
        row = _bare(tenant_id, provider)
        first = ConnectionRow.failing_since | tables.stamp(at)
        noted = row.change(
            [ConnectionRow.failures.add(1), ConnectionRow.failing_since.set(first)], ConnectionRow.pk.exists()
        )
        return Availability.model_validate(_noted(row) if noted else {})

    def pause(self, tenant_id: TenantId, provider: Provider, *, until: datetime, before: datetime | None) -> bool:
        """Note that the vendor is not asked before then, in one conditional write."""
        noted = ConnectionRow.retry_at
        unmoved = noted == tables.stamp(before) if before else noted.does_not_exist()
        return _bare(tenant_id, provider).change(
            [noted.set(tables.stamp(until))], ConnectionRow.failures.exists() & unmoved
        )

    def answered(self, tenant_id: TenantId, provider: Provider) -> None:
        """Forget what failed, in one conditional write."""
        _bare(tenant_id, provider).change(
            [attribute.remove() for attribute in _FAILING], ConnectionRow.failures.exists()
        )

    def limit(self, tenant_id: TenantId, provider: Provider, *, until: datetime, reserve: bool = False) -> None:
        """Note until when the vendor is left alone, in one conditional write."""
        noted, moment = ConnectionRow.reserved_until if reserve else ConnectionRow.limited_until, tables.stamp(until)
        later = noted.does_not_exist() | (noted < moment)
        _bare(tenant_id, provider).change([noted.set(moment)], ConnectionRow.pk.exists() & later)


def release(tenant_id: TenantId, provider: Provider) -> bool:
    """Delete a connection with its claim; False if there is none."""
    for _ in range(ATTEMPTS):
        row = ConnectionRow.find(tenant_id, _sk(provider))
        if row is None:
            return False

        def write(writes: TransactWrite, row: ConnectionRow = row) -> None:
            writes.delete(row, _unmoved(row))
            writes.delete(_claim(row.gsi_pk, tenant_id), _free_for(tenant_id))

        if tables.together(write):
            return True
    raise Contention("the connection keeps changing")


def _sk(provider: Provider) -> str:
    return f"CONNECTION#{provider}"


def _outside(provider: Provider, external_id: str) -> str:
    return f"OUTSIDE#{provider}#{external_id}"


def _bare(tenant_id: TenantId, provider: Provider) -> ConnectionRow:
    return ConnectionRow(tables.partition(tenant_id), _sk(provider))


def _activity_sk(provider: Provider) -> str:
    return f"ACTIVITY#{provider}"


def _activity_row(tenant_id: TenantId, provider: Provider) -> ActivityRow:
    return ActivityRow(tables.partition(tenant_id), _activity_sk(provider))


def _activity(row: ActivityRow | None) -> Activity:
    if row is None:
        return Activity()
    return Activity.model_validate({"last_event_at": row.last_event_at, "last_sync_at": row.last_sync_at})


def _claim(outside: str, tenant_id: TenantId) -> ClaimRow:
    return ClaimRow(outside, "OWNER", tenant_id=tenant_id)


def _free_for(tenant_id: TenantId) -> Condition:
    return tables.absent_or(ClaimRow.tenant_id == tenant_id)


def _unmoved(before: ConnectionRow | None) -> Condition:
    """The row still stands for the outside id it was read with."""
    return ConnectionRow.gsi_pk == before.gsi_pk if before else ConnectionRow.pk.does_not_exist()


def _row(connection: Connection) -> ConnectionRow:
    return ConnectionRow(
        tables.partition(connection.tenant_id),
        _sk(connection.provider),
        gsi_pk=_outside(connection.provider, connection.external_id),
        gsi_sk=tables.stamp(connection.connected_at),
        data=connection.model_dump_json(exclude=_APART),
        sealed=connection.sealed_credentials,
        token_ends_at=tables.stamp(connection.expires_at) if connection.expires_at else None,
        settings=connection.model_dump_json(include=set(_COPIED)),
        broken_since=tables.stamp(connection.broken_since) if connection.broken_since else None,
        broken_reason=connection.broken_reason,
        restored_at=tables.stamp(connection.restored_at) if connection.restored_at else None,
        **_lately(connection.availability),
    )


def _lately(availability: Availability) -> dict[str, Any]:
    """What there is to note of how a vendor has answered."""
    said = availability.model_dump(exclude_defaults=True)
    return {name: tables.stamp(value) if isinstance(value, datetime) else value for name, value in said.items()}


def _noted(row: ConnectionRow) -> dict[str, Any]:
    """What a row says of how the vendor has answered, as `Availability` has it."""
    values = {name: getattr(row, name) for name in Availability.model_fields}
    return {name: value for name, value in values.items() if value is not None}


def _connection(row: ConnectionRow) -> Connection:
    return stored(
        Connection,
        json.loads(row.data)
        | json.loads(row.settings or "{}")
        | {
            "sealed_credentials": row.sealed,
            "expires_at": row.token_ends_at,
            "broken_since": row.broken_since,
            "broken_reason": row.broken_reason,
            "restored_at": row.restored_at,
            "availability": _noted(row),
        }
        | ({"scopes": json.loads(row.scopes)} if row.scopes else {}),
    )
