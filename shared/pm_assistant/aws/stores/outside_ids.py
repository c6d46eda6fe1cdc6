"""Whose an outside id is, on DynamoDB."""

from pynamodb.transactions import TransactWrite

from pm_assistant.aws import tables
from pm_assistant.aws.rows import ClaimRow
from pm_assistant.aws.tables import Row
from pm_assistant.domain.errors import Conflict
from pm_assistant.domain.workspaces import TenantId

KIND = "OUTSIDE#"


class DynamoOutsideIds:
    """Outside ids (`OutsideIds`): `OUTSIDE#<issuer>#<id>` outside every tenant, and of that name in the tenant's own.

    Both are written and deleted in one transaction, so whoever has all of a tenant's rows has all that it claims.
    """

    def claim(self, tenant_id: TenantId, issuer: str, outside_id: str) -> None:
        """Note that an id means this tenant."""
        name = _name(issuer, outside_id)

        def write(writes: TransactWrite) -> None:
            writes.save(ClaimRow(name, "OWNER", tenant_id=tenant_id), tables.absent_or(ClaimRow.tenant_id == tenant_id))
            writes.save(Row(tables.partition(tenant_id), name))

        if not tables.together(write):
            raise Conflict(f"this id of {issuer} is another tenant's")

    def owner(self, issuer: str, outside_id: str) -> TenantId | None:
        """Whom an id means, in one consistent read."""
        claim = ClaimRow.at(_name(issuer, outside_id), "OWNER")
        return TenantId(claim.tenant_id) if claim else None

    def release(self, tenant_id: TenantId, issuer: str, outside_id: str) -> None:
        """Let go of an id."""
        _release(tenant_id, _name(issuer, outside_id))


def release_all(tenant_id: TenantId) -> int:
    """Let go of all that a tenant claims; returns how many rows went."""
    return sum(2 * _release(tenant_id, row.sk) for row in Row.among(tenant_id, Row.sk.startswith(KIND)))


def _release(tenant_id: TenantId, name: str) -> bool:
    def write(writes: TransactWrite) -> None:
        writes.delete(ClaimRow(name, "OWNER", tenant_id=tenant_id), ClaimRow.tenant_id == tenant_id)
        writes.delete(Row(tables.partition(tenant_id), name))

    return tables.together(write)


def _name(issuer: str, outside_id: str) -> str:
    return f"{KIND}{issuer}#{outside_id}"
