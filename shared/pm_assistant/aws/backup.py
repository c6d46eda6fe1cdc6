"""A copy of the table as of some moment, which DynamoDB restored under another name (point-in-time recovery)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from pm_assistant.aws import tables
from pm_assistant.aws.failures import code_of, translated
from pm_assistant.domain.errors import Conflict, NotFound
from pm_assistant.domain.tenants import STORED, Tenant, TenantState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from mypy_boto3_dynamodb.client import DynamoDBClient

    from pm_assistant.domain.tenants import TenantId

type Item = dict[str, Any]

NO_TABLE = frozenset({"ResourceNotFoundException", "ValidationException"})
"""How DynamoDB answers the name of no table, and what can be no name."""


class Backup:
    """Brings tenants back out of a copy.

    Args:
        client: of DynamoDB.
        copy: the table that was restored.
        table: the one in use.
    """

    def __init__(self, client: DynamoDBClient, *, copy: str, table: str) -> None:
        self._client = client
        self._copy = copy
        self._table = table

    def bring_back(self, tenant_id: TenantId, *, now: datetime) -> int:
        """Write all rows of a tenant that is gone, but those that have ended since or are derived; returns how many.

        The tenant's own row comes last: what broke off before can be repeated, and meanwhile nobody acts for it. An end
        that was announced then is called off. A tenant that is there is not touched: rows may be missing from it
        because people wanted them gone.

        Raises:
            Conflict: the tenant is there, or another has connected one of its workspaces meanwhile.
            NotFound: the copy does not know it either, or there is no copy.
        """
        with translated():
            own = self._kept(tenant_id)
            if own is None:
                raise NotFound(f"{self._copy} has no tenant {tenant_id}")
            if self._item(self._table, tables.partition(tenant_id), "TENANT") is not None:
                raise Conflict(f"{tenant_id} is there; only a tenant that is gone is brought back")
            rows = [row for row in self._rows(tenant_id) if row["sk"] != own["sk"] and not _left_behind(row, now)]
            for row in [*rows, own | {"data": {"S": _going_on(own["data"]["S"])}}]:
                self._put(row, tenant_id)
        return len(rows) + 1

    def _kept(self, tenant_id: TenantId) -> Item | None:
        try:
            return self._item(self._copy, tables.partition(tenant_id), "TENANT")
        except ClientError as error:
            if code_of(error) not in NO_TABLE:
                raise
            raise NotFound(f"There is no table {self._copy}") from error

    def _rows(self, tenant_id: TenantId) -> Iterator[Item]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._copy,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": tables.partition(tenant_id)}},
        )
        return (dict(row) for page in pages for row in page["Items"])

    def _put(self, row: Item, tenant_id: TenantId) -> None:
        """Write a row, and with a connection the claim on the workspace that belongs to it."""
        outside = row.get("gsi_pk", {}).get("S", "")
        claim = self._item(self._copy, outside, "OWNER") if outside.startswith("OUTSIDE#") else None
        writes: list[Any] = [{"Put": {"TableName": self._table, "Item": row}}]
        if claim is not None:
            ours = {
                "ConditionExpression": "attribute_not_exists(pk) OR tenant_id = :us",
                "ExpressionAttributeValues": {":us": {"S": tenant_id}},
            }
            writes.append({"Put": {"TableName": self._table, "Item": claim, **ours}})
        try:
            self._client.transact_write_items(TransactItems=writes)
        except ClientError as error:
            if code_of(error) != "TransactionCanceledException" or claim is None:
                raise
            raise Conflict(f"{outside.removeprefix('OUTSIDE#')} belongs to another tenant by now") from error

    def _item(self, table: str, pk: str, sk: str) -> Item | None:
        key = {"pk": {"S": pk}, "sk": {"S": sk}}
        found = self._client.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")
        return dict(found) if found else None


def _going_on(data: str) -> str:
    tenant = Tenant.model_validate_json(data, context=STORED)
    return tenant.model_copy(update={"state": TenantState.ACTIVE, "closes_at": None}).model_dump_json()


def _left_behind(row: Item, now: datetime) -> bool:
    """Whether DynamoDB would have removed it, which a copy does no more, or it is made anew from the others."""
    over = "expires_at" in row and int(row["expires_at"]["N"]) <= now.timestamp()
    return over or row["sk"]["S"].startswith(("INDEX#", "SEGMENT#"))
