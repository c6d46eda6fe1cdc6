"""Who we work for, on DynamoDB."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from pm_assistant.aws import tables
from pm_assistant.aws.stored import stored
from pm_assistant.aws.stores.team import note_team
from pm_assistant.aws.tables import Row
from pm_assistant.domain.errors import Contention, NotFound
from pm_assistant.domain.tenants import Member, Tenant, TenantId
from pm_assistant.domain.work import Team


class DynamoTenants:
    """The customers (`Tenants`), one row each: `TENANT`."""

    def get(self, tenant_id: TenantId) -> Tenant:
        """Read one."""
        row = Row.find(tenant_id, "TENANT")
        if row is None:
            raise NotFound("no such tenant")
        return stored(Tenant, row.data)

    def everywhere(self) -> Iterator[Tenant]:
        """Every tenant, by reading the whole table: for the operator, as with connections."""
        rows = Row.everywhere(Row.sk == "TENANT")
        return (stored(Tenant, row.data) for row in rows if row.data)

    def put(self, tenant: Tenant, *, until: datetime | None = None) -> None:
        """Create or replace one, which DynamoDB removes some time after `until`."""
        Row(tables.partition(tenant.id), "TENANT", data=tenant.model_dump_json(), expires_at=until).put()

    def replace(self, tenant: Tenant, *, before: Tenant) -> None:
        """Change one that still reads as `before`; compared as it lies there, whichever version of us wrote it."""
        row = Row.find(tenant.id, "TENANT")
        if row is None or stored(Tenant, row.data) not in (before, tenant):
            raise Contention("the tenant has changed")
        changed = Row(row.pk, row.sk, data=tenant.model_dump_json())
        if not changed.put_over(row):
            raise Contention("the tenant has changed")


class DynamoDirectory:
    """People and tracker teams (`Directory`): `MEMBER#<id>` and `TEAM#<id>`; `INDEX#TEAM` says that any has changed."""

    def members(self, tenant_id: TenantId) -> Sequence[Member]:
        """All people."""
        return [stored(Member, row.data) for row in Row.among(tenant_id, Row.sk.startswith("MEMBER#"))]

    def some_members(self, tenant_id: TenantId, member_ids: Collection[str]) -> Sequence[Member]:
        """The ones that we know, in one request."""
        rows = Row.find_all(tenant_id, (f"MEMBER#{id}" for id in member_ids))
        return [stored(Member, row.data) for row in rows]

    def replace_member(self, tenant_id: TenantId, member: Member, *, before: Member) -> None:
        """Store what has become of a person: read, then write on condition that nobody wrote in between."""
        known = Row.find(tenant_id, f"MEMBER#{member.id}")
        if known is None or stored(Member, known.data) not in (before, member):
            raise Contention("the person has changed")
        if not Row(known.pk, known.sk, data=member.model_dump_json()).put_over(known):
            raise Contention("the person has changed")
        note_team(tenant_id)

    def put_members(self, tenant_id: TenantId, members: Sequence[Member]) -> None:
        """Create or replace people."""
        pk = tables.partition(tenant_id)
        Row.put_all(Row(pk, f"MEMBER#{member.id}", data=member.model_dump_json()) for member in members)
        note_team(tenant_id)

    def remove_member(self, tenant_id: TenantId, member_id: str) -> None:
        """Forget a person."""
        Row(tables.partition(tenant_id), f"MEMBER#{member_id}").drop()
        note_team(tenant_id)

    def teams(self, tenant_id: TenantId) -> Sequence[Team]:
        """All teams."""
        return [stored(Team, row.data) for row in Row.among(tenant_id, Row.sk.startswith("TEAM#"))]

    def put_teams(self, tenant_id: TenantId, teams: Sequence[Team]) -> None:
        """Create or replace teams."""
        pk = tables.partition(tenant_id)
        Row.put_all(Row(pk, f"TEAM#{team.id}", data=team.model_dump_json()) for team in teams)
        note_team(tenant_id)
