"""A tenant that is gone comes back out of a copy of the table, whole and with what is its own alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import boto3
import pytest

from pm_assistant.aws.backup import Backup
from pm_assistant.aws.stores import DynamoStores
from pm_assistant.domain.errors import Conflict, NotFound
from pm_assistant.domain.tenants import Provider, TenantState
from tests.aws.emulated import copy_of, dynamo
from tests.builders import ACME, GLOBEX, NOW, a_connection, a_member, a_message, a_tenant

SOON = NOW + timedelta(days=1)


@dataclass(frozen=True)
class Accident:
    """The table in use, a copy of it as of before, and what brings back."""

    stores: DynamoStores
    client: Any
    table: str
    copy: str
    backup: Backup

    def rows(self, table: str | None = None) -> list[dict[str, Any]]:
        """All of a table, in the order of its keys."""
        items: list[dict[str, Any]] = self.client.scan(TableName=table or self.table)["Items"]
        return sorted(items, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))


@pytest.fixture
def accident() -> Iterator[Accident]:
    """Two tenants, and Acme has been erased since; one of its messages would have ended meanwhile."""
    with dynamo() as stores:
        client: Any = boto3.client("dynamodb")
        [table] = client.list_tables()["TableNames"]
        for tenant_id in (ACME, GLOBEX):
            stores.tenants.put(a_tenant(tenant_id))
            stores.connections.put(a_connection(tenant_id))
            stores.directory.put_members(tenant_id, [a_member()])
        stores.messages.record(ACME, a_message(ts="1"), keep_days=1)
        copy = copy_of(table)
        stores.partition.erase(ACME)
        yield Accident(stores, client, table, copy, Backup(client, copy=copy, table=table))


def test_a_tenant_that_is_gone_is_as_it_was(accident: Accident) -> None:
    """With its workspaces, which reach it again; what would have ended by now stays away, and what is derived."""
    copied = accident.rows(accident.copy)
    ended = [row for row in copied if row["sk"]["S"].startswith("MESSAGE#")]
    derived = [row for row in copied if row["sk"]["S"].startswith("INDEX#") and row["pk"]["S"] == f"TENANT#{ACME}"]
    assert 1 == len(ended) == len(derived)

    accident.backup.bring_back(ACME, now=NOW + timedelta(days=400))

    assert [row for row in copied if row not in (*ended, *derived)] == accident.rows()
    assert accident.stores.connections.resolve(Provider.SLACK, "slack-acme") is not None


def test_an_end_that_was_announced_when_the_copy_was_made_is_called_off(accident: Accident) -> None:
    """Else it would be erased at once: that moment has passed."""
    accident.stores.tenants.put(a_tenant(state=TenantState.CLOSING, closes_at=NOW))
    closing = accident.client.get_item(
        TableName=accident.table, Key={"pk": {"S": "TENANT#acme"}, "sk": {"S": "TENANT"}}
    )
    accident.client.put_item(TableName=accident.copy, Item=closing["Item"])
    accident.stores.partition.erase(ACME)

    accident.backup.bring_back(ACME, now=SOON)

    assert a_tenant() == accident.stores.tenants.get(ACME)


def test_a_tenant_that_is_there_is_not_touched(accident: Accident) -> None:
    """What people had erased would come back with what was lost."""
    before = accident.rows()
    accident.stores.directory.remove_member(GLOBEX, "U0ADA")
    with pytest.raises(Conflict, match="globex is there"):
        accident.backup.bring_back(GLOBEX, now=SOON)
    assert len(before) - 1 == len(accident.rows())


def test_a_workspace_that_belongs_to_others_by_now_stays_theirs(accident: Accident) -> None:
    """And the tenant stays gone until that is settled; afterwards it is brought back the same way."""
    accident.stores.connections.put(a_connection(GLOBEX, external_id="slack-acme"))
    with pytest.raises(Conflict, match="slack#slack-acme belongs to another tenant"):
        accident.backup.bring_back(ACME, now=SOON)
    with pytest.raises(NotFound):
        accident.stores.tenants.get(ACME)
    accident.stores.connections.remove(GLOBEX, Provider.SLACK)

    assert accident.backup.bring_back(ACME, now=SOON) > 2
    assert a_tenant() == accident.stores.tenants.get(ACME)


def test_a_copy_that_does_not_know_the_tenant_is_said(accident: Accident) -> None:
    """Of an earlier moment, or another stack's."""
    with pytest.raises(NotFound, match="copy has no tenant nobody"):
        accident.backup.bring_back("nobody", now=SOON)  # type: ignore[arg-type]
