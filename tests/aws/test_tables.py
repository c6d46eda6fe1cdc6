"""The table costs what it must, expires what it may, and its failures are ours."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, get_args

import boto3
import pytest
from botocore.config import Config
from pynamodb.attributes import BinaryAttribute, ListAttribute, NumberAttribute, TTLAttribute, UnicodeAttribute

from pm_assistant.aws import rows, tables
from pm_assistant.aws.rows import DecisionRow, LeaseRow, ReplayRow
from pm_assistant.aws.stores import DynamoStores
from pm_assistant.domain.accounts import Identity
from pm_assistant.domain.code import RepositoryAccess
from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.errors import Misconfigured, NotFound, UpstreamUnavailable
from pm_assistant.domain.jobs import JobKind, Order
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import Provider
from tests.aws.emulated import aws, dynamo, requests
from tests.builders import (
    ACME,
    GLOBEX,
    NOW,
    a_connection,
    a_conversation,
    a_decision,
    a_job,
    a_link,
    a_member,
    a_message,
    a_repository,
    a_tenant,
    a_ticket,
    an_account,
    an_authorization,
    an_invitation,
)

SAMPLES: dict[type[Any], Any] = {
    UnicodeAttribute: "text",
    NumberAttribute: 3,
    TTLAttribute: NOW,
    BinaryAttribute: b"bytes",
    ListAttribute: ["text"],
}


@pytest.fixture
def stores() -> Iterator[DynamoStores]:
    """The stores on an empty table."""
    with dynamo() as opened_stores:
        yield opened_stores


def test_whoever_calls_is_known_in_one_request(stores: DynamoStores) -> None:
    """Every request of the API asks for its caller and their tenant."""
    stores.tenants.put(a_tenant())
    stores.accounts.put(account := an_account())
    with requests() as sent:
        stores.partition.login(Identity(kind="account", id=account.id, tenant_id=ACME))
    assert ["BatchGetItem"] == sent


def test_the_repositories_that_may_be_read_are_known_in_one_request(stores: DynamoStores) -> None:
    """With what people let us read: every linking and every look at the connections asks."""
    for part in (a_repository("900"), a_repository("901")):
        stores.code.record(ACME, part, keep_days=30)
    stores.code.record(ACME, RepositoryAccess(repository_id="901", at=NOW, granted=False), keep_days=30)
    with requests() as sent:
        assert ["900"] == [repository.id for repository in stores.code.repositories(ACME)]
    assert ["Query"] == sent


def test_recording_a_message_is_one_request(stores: DynamoStores) -> None:
    """A webhook has no time for more: a new message, a replay of it, and an edit of its words cost one write each."""
    message = a_message()
    edit = a_message(text="other words", edited_ts=f"{NOW.timestamp() + 9:.6f}")
    for delivery in (message, message, edit):
        with requests() as sent:
            stores.messages.record(ACME, delivery, keep_days=30)
        assert ["PutItem"] == sent


def test_of_rows_in_the_index_only_what_is_asked_for_comes(stores: DynamoStores) -> None:
    """The table would send as much again of what only its conditions compare; what is asked for is as it was."""
    stores.decisions.save(a_decision())
    log = tables.recent(ACME, "DECISION")

    [whole] = DecisionRow.indexed(log)
    [part] = DecisionRow.indexed(log, only=[DecisionRow.data])

    assert {"data": whole.data} == part.attribute_values


def test_what_has_not_become_of_a_decision_takes_no_room(stores: DynamoStores) -> None:
    """Most of it has not; a row pays by its size, and a report reads a day's."""
    decision = a_decision()
    assert decision.error is None
    stores.decisions.save(decision)

    [row] = DecisionRow.indexed(tables.recent(ACME, "DECISION"))

    assert "null" not in row.data
    assert decision == stores.decisions.get(ACME, decision.id)


def test_a_row_of_the_log_is_taken_apart_once(stores: DynamoStores) -> None:
    """Each person of a team is told of the same day; what became of a decision meanwhile is another row."""
    before = stores.decisions.save(a_decision())
    began = before.updated_at - timedelta(minutes=1)

    [read], [again] = stores.decisions.since(ACME, began), stores.decisions.since(ACME, began)
    after = stores.decisions.replace(before.model_copy(update={"state": DecisionState.DONE}), before=before)

    assert read is again
    assert [after] == stores.decisions.since(ACME, began)


def test_what_is_left_out_of_a_decision_is_read_as_nothing() -> None:
    """A field that may be None, anywhere in it, is None where it does not stand."""
    left: list[type[Model]] = [Decision]
    known = set(left)
    while left:
        kind = left.pop()
        for name, field in kind.model_fields.items():
            assert field.default is None or not _holds(field.annotation, type(None)), f"{kind.__name__}.{name}"
            inner = {each for each in _parts(field.annotation) if isinstance(each, type) and issubclass(each, Model)}
            left += inner - known
            known |= inner
    assert {"Comment", "Outcome", "Subject"} <= {kind.__name__ for kind in known}


def _parts(annotation: Any) -> Iterator[Any]:
    """What a type is made of, itself included."""
    annotation = getattr(annotation, "__value__", annotation)
    yield annotation
    for each in get_args(annotation):
        yield from _parts(each)


def _holds(annotation: Any, kind: type) -> bool:
    """Whether a type is a union with this one."""
    return kind in get_args(getattr(annotation, "__value__", annotation))


def test_resolving_an_outside_id_is_one_request(stores: DynamoStores) -> None:
    """Known or not."""
    stores.connections.put(connection := a_connection())
    for external_id in (connection.external_id, "T0UNKNOWN"):
        with requests() as sent:
            stores.connections.resolve(Provider.SLACK, external_id)
        assert ["Query"] == sent


def test_deleting_leasing_and_advancing_never_read_first(stores: DynamoStores, monkeypatch: pytest.MonkeyPatch) -> None:
    """One conditional write each, so there is nothing to race between; a ticket is named to the index besides."""
    monkeypatch.setattr("pm_assistant.aws.stores.tickets.LOOKS", 1 << 40)
    message, connection = a_message(), a_connection()
    with requests() as sent:
        stores.connection_states.renew(connection, before=b"sealed")
        stores.connection_states.mark_broken(ACME, Provider.SLACK, reason="revoked", at=NOW)
        stores.rate_limiter.count(ACME, now=NOW, window_seconds=60)
        stores.api_keys.used(ACME, "key-1", NOW)
        stores.idempotency_keys.begin(ACME, "key", fingerprint="a", now=NOW)
        stores.messages.delete(ACME, message.channel, message.root_ts, message.ts, at=NOW)
        stores.leases.take(ACME, "job|1", now=NOW, until=NOW + timedelta(minutes=1))
        stores.leases.give_back(ACME, "job|1")
        stores.tickets.put(ACME, a_ticket())
    assert [*["UpdateItem"] * 4, "PutItem", "UpdateItem", "PutItem", "DeleteItem", "PutItem", "PutItem"] == sent


def test_messages_expire_with_the_tenants_retention_and_tombstones_too(stores: DynamoStores) -> None:
    """`expires_at` is in seconds since 1970, which is what DynamoDB's TTL reads."""
    kept, unseen = a_message(0), a_message(60)
    stores.messages.record(ACME, kept, keep_days=30)
    for message in (kept, unseen):
        stores.messages.delete(ACME, message.channel, message.root_ts, message.ts, at=NOW)
    days = [(int(item["expires_at"]["N"]) - int(NOW.timestamp())) / 86_400 for item in items()]
    assert [30.0, 90.0] == sorted(days)


def test_decisions_and_verdicts_expire_with_the_tenants_retention_too(stores: DynamoStores) -> None:
    """They hold people's words; a verdict is kept no longer than a retry may take either."""
    decision = a_decision(keep_days=7)
    stores.decisions.save(decision)
    stores.conversations.save_verdict(ACME, a_conversation(), [decision, a_decision()], at=NOW)
    ends = {item["sk"]["S"].split("#")[0]: item["expires_at"]["N"] for item in items() if "expires_at" in item}
    week = str(int((NOW + timedelta(days=7)).timestamp()))
    assert {"DECISION": week, "VERDICT": week} == ends
    later = decision.model_copy(update={"state": DecisionState.DONE, "updated_at": NOW + timedelta(days=5)})
    stores.decisions.replace(later, before=decision)
    [row] = [item for item in items() if item["sk"]["S"].startswith("DECISION#")]
    assert str(int((NOW + timedelta(days=12)).timestamp())) == row["expires_at"]["N"]


def test_all_rows_of_a_tenant_are_in_its_partition(stores: DynamoStores) -> None:
    """Export, erasure and isolation follow from the key alone; only the claim on an outside id is for all to see."""
    stores.messages.record(ACME, a_message(), keep_days=30)
    stores.connections.put(connection := a_connection())
    stores.tickets.put(ACME, a_ticket())
    assert {"TENANT#acme", f"OUTSIDE#slack#{connection.external_id}"} == {item["pk"]["S"] for item in items()}


def test_a_claim_is_there_exactly_as_long_as_its_connection(stores: DynamoStores) -> None:
    """Connecting another workspace moves it, disconnecting and erasing delete it."""
    stores.connections.put(connection := a_connection())
    stores.connections.put(connection.model_copy(update={"external_id": "T0OTHER"}))
    assert {"TENANT#acme", "OUTSIDE#slack#T0OTHER"} == {item["pk"]["S"] for item in items()}
    stores.connections.remove(ACME, Provider.SLACK)
    assert ["INDEX#TEAM"] == [item["sk"]["S"] for item in items()]  # says that there is another team than before
    stores.connections.put(connection)
    assert 3 == stores.partition.erase(ACME)
    assert [] == items()


def test_erasing_is_as_many_rows_as_there_were(stores: DynamoStores) -> None:
    """More than a batch holds, whatever kind they are of."""
    stores.directory.put_members(ACME, [a_member(f"person{number}") for number in range(60)])
    stores.connections.put(a_connection())
    stores.connection_states.note(ACME, Provider.SLACK, event_at=NOW)
    stores.decisions.save(a_decision())
    assert len(items()) == stores.partition.erase(ACME)
    assert [] == items()


def test_codes_keys_and_addresses_are_not_in_the_table(stores: DynamoStores) -> None:
    """Who reads it can neither redeem a pass nor learn who tried to log in."""
    stores.oauth_states.put_link("the-code", a_link())
    stores.oauth_states.put_authorization("the-state", an_authorization())
    stores.rate_limiter.count("login:ada@acme.test", now=NOW, window_seconds=60)
    assert not any(word in str(items()) for word in ("the-code", "the-state", "ada@acme.test"))


def test_what_is_short_lived_expires_by_itself(stores: DynamoStores) -> None:
    """Passes, invitations, counters, answers, runs, leases and what was judged; nobody has to sweep."""
    at = NOW + timedelta(minutes=10)
    stores.oauth_states.put_link("code", a_link(expires_at=at))
    stores.oauth_states.put_authorization("state", an_authorization(expires_at=at))
    stores.invitations.put(an_invitation(expires_at=at))
    stores.rate_limiter.count(ACME, now=NOW, window_seconds=600)
    stores.idempotency_keys.begin(ACME, "key", fingerprint="a", now=NOW)
    stores.jobs.put(a_job(number=0))
    stores.leases.take(ACME, "job|1", now=NOW, until=at)
    stores.conversations.save_verdict(ACME, a_conversation(), [], at=NOW)
    stores.conversations.mark_judged(ACME, a_conversation(), at=NOW)
    expected = {"LINK": at, "STATE": at, "INVITATION": at, "600": at}
    expected |= {"REPLAY": NOW + timedelta(days=1), "RUN_LOG": NOW + timedelta(days=7)}
    expected |= {
        "LEASE": at + timedelta(days=1),
        "VERDICT": NOW + timedelta(days=21),
        "CLAIM": NOW + timedelta(days=90),
    }
    found = {item["sk"]["S"].split("#")[0]: int(item["expires_at"]["N"]) for item in items()}
    assert {kind: int(moment.timestamp()) for kind, moment in expected.items()} == found


def test_what_was_begun_for_a_run_is_found_for_as_long_as_the_run(stores: DynamoStores) -> None:
    """However long the decision itself is kept."""
    stores.jobs.put(a_job(number=0, order=Order(kind=JobKind.PROCESS, dry_run=False)))
    logged = stores.decisions.save(a_decision(run=a_job(number=0).id))
    stores.decisions.replace(logged.begun(None, at=NOW), before=logged)

    found = {item["sk"]["S"].split("#")[0]: item.get("expires_at") for item in items()}

    assert {found["RUN_LOG"]["N"]} == {found["RUN_ACT"]["N"]}


@pytest.mark.parametrize(("held_until", "judged"), [(tables.stamp(NOW), False), ("for good", True)])
def test_rows_from_when_judging_was_claimed_still_count(stores: DynamoStores, held_until: str, judged: bool) -> None:
    """Content used to be claimed before it was judged, on one row: a claim that ended is no judgement."""
    conversation = a_conversation()
    sk = f"CLAIM#{conversation.id}#{conversation.content_id}"
    pk = tables.partition(ACME)
    LeaseRow(pk, sk, held_until=held_until, holder="x", expires_at=NOW + timedelta(days=90)).put()
    assert judged is stores.conversations.progress(ACME, conversation).judged


def test_activity_of_a_busy_workspace_is_written_once_a_minute(stores: DynamoStores) -> None:
    """Each kind for itself, and what is older than the last note costs nothing."""
    busy = [NOW + timedelta(seconds=seconds) for seconds in (0, 1, 59, 60, 61, -30)]
    with requests() as sent:
        for at in busy:
            stores.connection_states.note(ACME, Provider.SLACK, event_at=at)
        stores.connection_states.note(ACME, Provider.SLACK, sync_at=NOW)
        stores.connection_states.note(ACME, Provider.LINEAR, event_at=NOW)
    assert ["UpdateItem"] * 4 == sent


def test_the_operator_finds_every_connection(stores: DynamoStores) -> None:
    """Of all tenants, pages of other rows between them."""
    connections = [a_connection(ACME), a_connection(GLOBEX), a_connection(GLOBEX, Provider.LINEAR)]
    for connection in connections:
        stores.connections.put(connection)
    stores.tickets.put(ACME, a_ticket())
    assert {c.external_id for c in connections} == {c.external_id for c in stores.connections.everywhere()}


def test_a_key_that_is_too_long_is_nobodys(stores: DynamoStores) -> None:
    """DynamoDB would call it malformed; an id from outside that is not there is not there. No request is made."""
    with requests() as sent, pytest.raises(NotFound):
        stores.jobs.get(ACME, "ü" * 600)
    assert [] == sent


def items() -> list[Any]:
    """All there is."""
    return boto3.client("dynamodb").scan(TableName=tables.Row.Meta.table_name)["Items"]


def test_all_kinds_of_rows_share_one_client(stores: DynamoStores) -> None:
    """Making a client takes longer than most requests; it is the one that the stores were given."""
    kinds = [kind for kind in vars(rows).values() if isinstance(kind, type) and issubclass(kind, tables.Row)]
    assert len(kinds) > 5
    assert {id(tables.Row._get_connection())} == {id(kind._get_connection()) for kind in kinds}

    client = boto3.client("dynamodb")
    DynamoStores.on(tables.Row.Meta.table_name, client)

    assert {id(client)} == {id(kind._get_connection().connection.client) for kind in kinds}


@pytest.mark.parametrize("kind", [tables.Row, *tables.Row.__subclasses__(), ReplayRow])
def test_rows_are_read_as_pynamodb_reads_them(kind: type[tables.Row]) -> None:
    """Whatever a row has, and whatever it lacks or says is nothing."""
    whole = {
        name: {attribute.attr_type: attribute.serialize(SAMPLES[type(attribute)])}
        for name, attribute in kind.get_attributes().items()
    }
    part = {name: {"NULL": True} if name == "data" else value for name, value in whole.items() if "gsi" not in name}
    for item in (whole, part | {"told by a newer version": {"S": "x"}}):
        theirs = super(tables.Row, kind).from_raw_data(item)
        assert theirs.attribute_values == kind.from_raw_data(item).attribute_values


def test_a_table_that_is_not_there_is_our_own_mistake() -> None:
    """Nobody who asks is to blame; reads and writes say the same."""
    with aws():
        stores = DynamoStores.on("no-such-table", boto3.client("dynamodb"))
        with pytest.raises(Misconfigured, match="ResourceNotFoundException"):
            stores.tenants.get(ACME)
        with pytest.raises(Misconfigured, match="ResourceNotFoundException"):
            stores.tickets.put(ACME, a_ticket())
        with pytest.raises(Misconfigured, match="ResourceNotFoundException"):
            stores.directory.teams(ACME)


def test_the_endpoint_comes_from_the_environment_and_its_absence_is_passing(monkeypatch: pytest.MonkeyPatch) -> None:
    """`AWS_ENDPOINT_URL` is honoured as by every AWS client; nobody listening there is worth a retry."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    client = boto3.client("dynamodb", config=Config(retries={"total_max_attempts": 1}))
    with pytest.raises(UpstreamUnavailable):
        DynamoStores.on("table-elsewhere", client).tenants.get(ACME)
