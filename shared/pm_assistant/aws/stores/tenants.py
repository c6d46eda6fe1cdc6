"""Who we work for, on DynamoDB."""

import json
from collections.abc import Sequence

from pm_assistant.aws import tables
from pm_assistant.aws.tables import ConnectionRow, Row
from pm_assistant.domain.errors import NotConnected, NotFound
from pm_assistant.domain.tenants import Connection, Member, Provider, Tenant, TenantId
from pm_assistant.domain.work import Team


class DynamoTenants:
    """The customers (`Tenants`), one row each: `TENANT`."""

    def get(self, tenant_id: TenantId) -> Tenant:
        """Read one."""
        row = Row.find(tenant_id, "TENANT")
        if row is None:
            raise NotFound("no such tenant")
        return Tenant.model_validate_json(row.data)

    def put(self, tenant: Tenant) -> None:
        """Create or replace one."""
        Row(tables.partition(tenant.id), "TENANT", data=tenant.model_dump_json()).put()


class DynamoConnections:
    """Ties to vendors (`Connections`): `CONNECTION#<provider>`, in the index under the outside id."""

    def resolve(self, provider: Provider, external_id: str) -> Connection | None:
        """Find whose an outside id is, in one request.

        Should two tenants claim the same outside id, the first who connected keeps receiving; the index lags behind a
        new connection by a moment.
        """
        rows = ConnectionRow.indexed(_outside(provider, external_id), limit=1)
        return _connection(rows[0]) if rows else None

    def get(self, tenant_id: TenantId, provider: Provider) -> Connection:
        """Read one."""
        row = ConnectionRow.find(tenant_id, f"CONNECTION#{provider}")
        if row is None:
            raise NotConnected(f"{provider} is not connected")
        return _connection(row)

    def put(self, connection: Connection) -> None:
        """Create or replace one."""
        ConnectionRow(
            tables.partition(connection.tenant_id),
            f"CONNECTION#{connection.provider}",
            gsi_pk=_outside(connection.provider, connection.external_id),
            gsi_sk=tables.stamp(connection.connected_at),
            data=connection.model_dump_json(exclude={"sealed_credentials"}),
            sealed=connection.sealed_credentials,
        ).put()


class DynamoDirectory:
    """People and tracker teams (`Directory`): `MEMBER#<id>` and `TEAM#<id>`."""

    def members(self, tenant_id: TenantId) -> Sequence[Member]:
        """All people."""
        return [Member.model_validate_json(row.data) for row in Row.among(tenant_id, Row.sk.startswith("MEMBER#"))]

    def put_members(self, tenant_id: TenantId, members: Sequence[Member]) -> None:
        """Create or replace people."""
        pk = tables.partition(tenant_id)
        Row.put_all(Row(pk, f"MEMBER#{member.id}", data=member.model_dump_json()) for member in members)

    def teams(self, tenant_id: TenantId) -> Sequence[Team]:
        """All teams."""
        return [Team.model_validate_json(row.data) for row in Row.among(tenant_id, Row.sk.startswith("TEAM#"))]

    def put_teams(self, tenant_id: TenantId, teams: Sequence[Team]) -> None:
        """Create or replace teams."""
        pk = tables.partition(tenant_id)
        Row.put_all(Row(pk, f"TEAM#{team.id}", data=team.model_dump_json()) for team in teams)


def _outside(provider: Provider, external_id: str) -> str:
    return f"OUTSIDE#{provider}#{external_id}"


def _connection(row: ConnectionRow) -> Connection:
    return Connection.model_validate(json.loads(row.data) | {"sealed_credentials": row.sealed})
