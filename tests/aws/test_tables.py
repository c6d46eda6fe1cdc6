"""The table costs what it must, expires what it may, and its failures are ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import boto3
import pytest
from botocore.model import OperationModel

from pm_assistant.aws import tables
from pm_assistant.aws.stores import Stores
from pm_assistant.domain.errors import UpstreamRejected, UpstreamUnavailable
from pm_assistant.domain.tenants import Provider
from tests.aws.emulated import aws, dynamo
from tests.builders import ACME, NOW, a_connection, a_message, a_ticket


@pytest.fixture
def stores() -> Iterator[Stores]:
    """The stores on an empty table."""
    with dynamo() as opened_stores:
        yield opened_stores


@contextmanager
def requests() -> Iterator[list[str]]:
    """Collects the names of the DynamoDB operations that are sent meanwhile."""
    sent: list[str] = []

    def note(model: OperationModel, **_: object) -> None:
        sent.append(model.name)

    events = tables.Row._get_connection().connection.client.meta.events
    events.register("before-call.dynamodb", note)
    yield sent
    events.unregister("before-call.dynamodb", note)


def test_recording_a_message_is_one_request(stores: Stores) -> None:
    """A webhook has no time for more: a new message, a replay of it, and an edit of its words cost one write each."""
    message = a_message()
    edit = a_message(text="other words", edited_ts=f"{NOW.timestamp() + 9:.6f}")
    for delivery in (message, message, edit):
        with requests() as sent:
            stores.messages.record(ACME, delivery, keep_days=30)
        assert ["PutItem"] == sent


def test_resolving_an_outside_id_is_one_request(stores: Stores) -> None:
    """Known or not."""
    stores.connections.put(connection := a_connection())
    for external_id in (connection.external_id, "T0UNKNOWN"):
        with requests() as sent:
            stores.connections.resolve(Provider.SLACK, external_id)
        assert ["Query"] == sent


def test_deleting_claiming_and_advancing_never_read_first(stores: Stores) -> None:
    """One conditional write each, so there is nothing to race between."""
    message = a_message()
    with requests() as sent:
        stores.messages.delete(ACME, message.channel, message.root_ts, message.ts, at=NOW)
        stores.cards.hold(ACME, "C1:1.0", now=NOW, until=NOW + timedelta(minutes=1))
        stores.tickets.put(ACME, a_ticket())
    assert ["UpdateItem", "PutItem", "PutItem"] == sent


def test_messages_expire_with_the_tenants_retention_and_tombstones_too(stores: Stores) -> None:
    """`expires_at` is in seconds since 1970, which is what DynamoDB's TTL reads."""
    kept, unseen = a_message(0), a_message(60)
    stores.messages.record(ACME, kept, keep_days=30)
    for message in (kept, unseen):
        stores.messages.delete(ACME, message.channel, message.root_ts, message.ts, at=NOW)
    items = boto3.client("dynamodb").scan(TableName=tables.Row.Meta.table_name)["Items"]
    days = [(int(item["expires_at"]["N"]) - int(NOW.timestamp())) / 86_400 for item in items]
    assert [30.0, 90.0] == sorted(days)


def test_all_rows_of_a_tenant_are_in_its_partition(stores: Stores) -> None:
    """Export, erasure and isolation follow from the key alone."""
    stores.messages.record(ACME, a_message(), keep_days=30)
    stores.connections.put(a_connection())
    stores.tickets.put(ACME, a_ticket())
    items = boto3.client("dynamodb").scan(TableName=tables.Row.Meta.table_name)["Items"]
    assert {"TENANT#acme"} == {item["pk"]["S"] for item in items}


def test_all_kinds_of_rows_share_one_client(stores: Stores) -> None:
    """Making a client takes longer than most requests."""
    kinds = (tables.ConnectionRow, tables.MessageRow, tables.TicketRow, tables.LeaseRow, tables.DecisionRow)
    assert {id(tables.Row._get_connection())} == {id(kind._get_connection()) for kind in kinds}


def test_a_table_that_is_not_there_is_a_rejection() -> None:
    """Repeating would not help; reads and writes say the same."""
    with aws():
        stores = Stores.on("no-such-table")
        with pytest.raises(UpstreamRejected, match="ResourceNotFoundException"):
            stores.tenants.get(ACME)
        with pytest.raises(UpstreamRejected, match="ResourceNotFoundException"):
            stores.tickets.put(ACME, a_ticket())
        with pytest.raises(UpstreamRejected, match="ResourceNotFoundException"):
            stores.directory.teams(ACME)


def test_the_endpoint_comes_from_the_environment_and_its_absence_is_passing(monkeypatch: pytest.MonkeyPatch) -> None:
    """`AWS_ENDPOINT_URL` is honoured as by every AWS client; nobody listening there is worth a retry."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setattr(tables.Row.Meta, "max_retry_attempts", 0)
    with pytest.raises(UpstreamUnavailable):
        Stores.on("table-elsewhere").tenants.get(ACME)
