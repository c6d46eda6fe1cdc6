"""What happens between our read and our write, or between DynamoDB's write and its answer, costs nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import cast

import pytest

from pm_assistant.aws import tables
from pm_assistant.aws.rows import DecisionRow
from pm_assistant.aws.stores import DynamoStores
from pm_assistant.domain.accounts import Role
from pm_assistant.domain.connections import ConnectLink
from pm_assistant.domain.decisions import DecisionState, Outcome
from pm_assistant.domain.errors import Conflict, NotFound, UpstreamUnavailable
from pm_assistant.domain.jobs import Record
from pm_assistant.domain.tenants import Provider, Settings, TenantState
from pm_assistant.ports.accounts import Attempt
from tests.aws.emulated import dynamo
from tests.builders import (
    ACME,
    GLOBEX,
    NOW,
    a_connection,
    a_decision,
    a_job,
    a_key,
    a_link,
    a_message,
    a_tenant,
    an_account,
    an_entry,
)

LATER = NOW + timedelta(minutes=5)
QUEUED = frozenset({DecisionState.QUEUED})
OUTCOME = Outcome(external_id="comment-1", url="https://linear.app/acme/issue/ENG-1#c", inverse="{}")


@pytest.fixture
def stores() -> Iterator[DynamoStores]:
    """The stores on an empty table."""
    with dynamo() as opened_stores:
        yield opened_stores


@contextmanager
def answers_lost() -> Iterator[None]:
    """Every write is carried out twice, as when its first answer is lost and botocore repeats it."""
    repeated: set[int] = set()

    def repeat(request_dict: dict[str, object], **_: object) -> int | None:
        if id(request_dict) in repeated:
            return None
        repeated.add(id(request_dict))
        return 0

    events = tables.Row._get_connection().connection.client.meta.events
    handler = cast(Callable[..., None], repeat)  # the stubs do not know that this event's handlers answer
    for operation in ("PutItem", "UpdateItem"):
        events.register_first(f"needs-retry.dynamodb.{operation}", handler)
    yield
    for operation in ("PutItem", "UpdateItem"):
        events.unregister(f"needs-retry.dynamodb.{operation}", handler)
    assert repeated


def test_an_action_performed_while_we_judge_again_is_not_forgotten(stores: DynamoStores) -> None:
    """`save` notices that the row changed after it was read, and starts over."""
    decision = stores.decisions.save(a_decision(revision="1"))
    done = decision.model_copy(update={"state": DecisionState.DONE, "performed": "1", "outcome": OUTCOME})
    judged_again = decision.model_copy(update={"revision": "2", "as_of": LATER, "updated_at": LATER})
    waiting = [done]

    def perform(**_: object) -> None:
        if waiting:
            stores.decisions.replace(waiting.pop(), before=decision)

    events = tables.Row._get_connection().connection.client.meta.events
    events.register("before-call.dynamodb.PutItem", perform)
    saved = stores.decisions.save(judged_again)
    events.unregister("before-call.dynamodb.PutItem", perform)
    assert ("1", OUTCOME, DecisionState.DONE) == (saved.performed, saved.outcome, saved.state)
    assert saved == stores.decisions.get(ACME, decision.id)


def test_a_decision_that_never_rests_is_a_conflict(stores: DynamoStores) -> None:
    """`save` gives up after a few rounds, and the queue brings the work again."""
    decision = stores.decisions.save(a_decision())
    moments = iter(range(1, 100))

    def change(**_: object) -> None:
        at = NOW + timedelta(seconds=next(moments))
        row = DecisionRow.find(ACME, f"DECISION#{decision.subject.id}#{decision.id}")
        assert row is not None
        data = decision.model_copy(update={"updated_at": at}).model_dump_json()
        row.change([DecisionRow.data.set(data), DecisionRow.version.set(at.second + 1)])

    events = tables.Row._get_connection().connection.client.meta.events
    events.register("before-call.dynamodb.PutItem", change)
    with pytest.raises(Conflict):
        stores.decisions.save(decision.model_copy(update={"revision": "2", "as_of": LATER}))
    events.unregister("before-call.dynamodb.PutItem", change)


def test_a_lost_answer_does_not_take_a_lease_from_its_holder(stores: DynamoStores) -> None:
    """The repeated write meets its own first one and still counts as taken; others are still shut out."""
    with answers_lost():
        assert stores.leases.take(ACME, "job|1", now=NOW, until=LATER)
        assert not stores.leases.take(ACME, "job|1", now=NOW, until=LATER)
    stores.leases.give_back(ACME, "job|1")
    assert stores.leases.take(ACME, "job|1", now=NOW, until=LATER)


def test_a_lost_answer_does_not_make_a_change_of_a_decision_a_conflict(stores: DynamoStores) -> None:
    """Nor a first save, nor a message."""
    message = a_message()
    with answers_lost():
        decision = stores.decisions.save(a_decision())
        done = decision.model_copy(update={"state": DecisionState.DONE})
        after = stores.decisions.replace(done, before=decision)
        assert after == stores.decisions.get(ACME, decision.id)
        stores.messages.record(ACME, message, keep_days=30)
    assert [message] == list(stores.messages.thread(ACME, message.channel, message.ts))


def test_a_lost_answer_does_not_make_a_change_of_a_tenant_or_a_job_a_conflict(stores: DynamoStores) -> None:
    """Here, too, the repeated write meets its own first one; whoever changes what was read before still gets one."""
    tenant, job = a_tenant(), a_job()
    renamed, further = tenant.model_copy(update={"name": "Other"}), a_job(done=3)
    stores.tenants.put(tenant)
    stores.jobs.put(job)
    with answers_lost():
        stores.tenants.replace(renamed, before=tenant)
        stores.jobs.replace(further, before=job)
    assert (renamed, further) == (stores.tenants.get(ACME), stores.jobs.get(ACME, job.id))
    with pytest.raises(Conflict):
        stores.tenants.replace(tenant.model_copy(update={"name": "Late"}), before=tenant)
    with pytest.raises(Conflict):
        stores.jobs.replace(a_job(done=1), before=job)


def test_a_lost_answer_does_not_cost_the_notice_of_a_broken_connection(stores: DynamoStores) -> None:
    """Nor fresh credentials, nor a request its key, nor an entry of the audit trail; the second is still second."""
    stores.connections.put(a_connection())
    fresh, states = a_connection(sealed_credentials=b"fresh"), stores.connection_states
    with answers_lost():
        assert states.renew(fresh, before=b"sealed")
        assert states.mark_broken(ACME, Provider.SLACK, reason="revoked", at=NOW, refused=b"fresh")
        assert not states.mark_broken(ACME, Provider.SLACK, reason="revoked", at=NOW)
        assert Attempt(NOW) == stores.idempotency_keys.begin(ACME, "key", fingerprint="a", now=NOW)
        with pytest.raises(Conflict):
            stores.idempotency_keys.begin(ACME, "key", fingerprint="a", now=NOW)
        stores.audit.add(ACME, an_entry())
    assert [an_entry()] == list(stores.audit.latest(ACME, limit=9))


@contextmanager
def meanwhile(operation: str, change: Callable[[], object]) -> Iterator[None]:
    """The change happens once, just before a request of that operation is sent."""
    waiting = [change]

    def make(**_: object) -> None:
        if waiting:
            waiting.pop()()

    events = tables.Row._get_connection().connection.client.meta.events
    events.register(f"before-call.dynamodb.{operation}", make)
    yield
    events.unregister(f"before-call.dynamodb.{operation}", make)
    assert not waiting


def test_of_two_who_redeem_a_pass_at_once_one_has_it(stores: DynamoStores) -> None:
    """The one whose delete comes second has read it and still gets nothing."""
    link = a_link()
    stores.oauth_states.put_link("code", link)
    won: list[ConnectLink | None] = []
    with meanwhile("DeleteItem", lambda: won.append(stores.oauth_states.take_link(ACME, "code", NOW))):
        lost = stores.oauth_states.take_link(ACME, "code", NOW)
    assert ([link], None) == (won, lost)


def test_of_two_who_connect_a_workspace_at_once_one_does(stores: DynamoStores) -> None:
    """Both have looked and found nothing; the second is refused, and has no connection at all."""
    mine, theirs = a_connection(ACME, external_id="T0SAME"), a_connection(GLOBEX, external_id="T0SAME")
    with meanwhile("TransactWriteItems", lambda: stores.connections.put(theirs)), pytest.raises(Conflict):
        stores.connections.put(mine)
    assert theirs == stores.connections.resolve(Provider.SLACK, "T0SAME")
    assert [] == list(stores.connections.all(ACME))


def test_a_connection_that_moves_while_it_is_put_or_removed_leaves_no_claim_behind(stores: DynamoStores) -> None:
    """The second look finds where it went; what nobody holds any more others can have."""
    first, second, third = (a_connection(ACME, external_id=f"T{number}") for number in range(3))
    stores.connections.put(first)
    with meanwhile("TransactWriteItems", lambda: stores.connections.put(second)):
        stores.connections.put(third)
    assert [third] == list(stores.connections.all(ACME))
    with meanwhile("TransactWriteItems", lambda: stores.connections.put(second)):
        stores.connections.remove(ACME, Provider.SLACK)
    for number in range(3):
        stores.connections.put(a_connection(GLOBEX, external_id=f"T{number}"))


def test_two_transactions_in_each_others_way_are_no_conflict_of_ours(stores: DynamoStores) -> None:
    """DynamoDB lets neither wait: the same again succeeds."""
    reasons = [{"Code": "TransactionConflict"}, {"Code": "None"}]
    answer = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
    events = tables.Row._get_connection().connection.client.meta.events
    refuse = cast(Callable[..., None], lambda **_: (SimpleNamespace(status_code=400), answer))
    events.register("before-call.dynamodb.TransactWriteItems", refuse)
    with pytest.raises(UpstreamUnavailable):
        stores.connections.put(a_connection())
    events.unregister("before-call.dynamodb.TransactWriteItems", refuse)
    stores.connections.put(a_connection())


def test_settings_and_credentials_that_change_at_once_are_both_kept(stores: DynamoStores) -> None:
    """Neither writes what it has not been given."""
    stores.connections.put(connection := a_connection())
    fresh = connection.model_copy(update={"sealed_credentials": b"fresh"})
    states = stores.connection_states
    with meanwhile("UpdateItem", lambda: states.renew(fresh, before=b"sealed")):
        states.adapt(ACME, Settings(settle_seconds=7))
    expected = fresh.model_copy(update={"settle_seconds": 7, "retention_days": 90})
    assert expected == stores.connections.get(ACME, Provider.SLACK)


def test_a_tenant_that_changes_while_it_ends_neither_opens_again_nor_comes_back(stores: DynamoStores) -> None:
    """Nor does an import undo its end; the row is written only if it still reads as it was read."""
    tenant = a_tenant()
    closing = tenant.model_copy(update={"state": TenantState.CLOSING, "closes_at": LATER})
    brought = Record(kind="tenant", data=a_tenant(name="Brought").model_dump(mode="json"))
    stores.tenants.put(tenant)
    with meanwhile("PutItem", lambda: stores.tenants.put(closing)), pytest.raises(UpstreamUnavailable):
        stores.partition.restore(ACME, [brought])
    assert closing == stores.tenants.get(ACME)
    with meanwhile("PutItem", lambda: stores.partition.erase(ACME)), pytest.raises(Conflict):
        stores.tenants.replace(a_tenant(name="New"), before=closing)
    with pytest.raises(NotFound):
        stores.tenants.get(ACME)


def test_a_use_that_is_noted_late_does_not_bring_a_revoked_key_back(stores: DynamoStores) -> None:
    """Nor does an account come back that is changed while it is removed."""
    stores.api_keys.put(key := a_key())
    stores.accounts.put(account := an_account())
    with meanwhile("UpdateItem", lambda: stores.api_keys.remove(ACME, key.id)):
        stores.api_keys.used(ACME, key.id, NOW)
    with meanwhile("PutItem", lambda: stores.accounts.remove(ACME, account.id)), pytest.raises(Conflict):
        stores.accounts.replace(account.model_copy(update={"role": Role.OWNER}), before=account)
    assert [] == [*stores.api_keys.all(ACME), *stores.accounts.all(ACME)]


def test_who_answers_too_late_does_not_touch_the_answer_of_whoever_took_over(stores: DynamoStores) -> None:
    """Neither by finishing nor by giving up."""
    slow, late, quick = (
        DynamoStores().idempotency_keys,
        DynamoStores().idempotency_keys,
        DynamoStores().idempotency_keys,
    )
    minute = timedelta(minutes=1)
    for number, each in enumerate((slow, late, quick)):
        at = NOW + number * minute
        assert Attempt(NOW, again=number > 0) == each.begin(ACME, "key", fingerprint="a", now=at)
    slow.finish(ACME, "key", answer="slow", now=NOW + 2 * minute)
    late.give_up(ACME, "key")
    with pytest.raises(Conflict):
        late.begin(ACME, "key", fingerprint="a", now=NOW + 2 * minute)
    quick.finish(ACME, "key", answer="quick", now=NOW + 2 * minute)
    assert "quick" == slow.begin(ACME, "key", fingerprint="a", now=NOW + 3 * minute)


def test_who_overslept_does_not_give_back_what_another_has_taken(stores: DynamoStores) -> None:
    """A lease that ran out belongs to whoever took it since."""
    slow, quick, third = (DynamoStores().leases for _ in range(3))
    assert slow.take(ACME, "job|1", now=NOW, until=NOW + timedelta(minutes=1))
    assert quick.take(ACME, "job|1", now=NOW + timedelta(minutes=2), until=LATER)
    slow.give_back(ACME, "job|1")
    assert not third.take(ACME, "job|1", now=NOW + timedelta(minutes=3), until=LATER)
