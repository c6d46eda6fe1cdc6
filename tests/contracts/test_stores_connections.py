"""Ties to vendors, and how they come about: what their stores promise, in memory and on DynamoDB."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from pm_assistant.domain.errors import Conflict, NotConnected
from pm_assistant.domain.tenants import Activity, Availability, Channels, Connection, Provider, Settings
from pm_assistant.ports.unit import Stores
from tests.builders import NOW, a_connection, a_link, an_authorization
from tests.contracts.stores import IMPLEMENTATIONS, a_new_tenant, opened

LATER = NOW + timedelta(minutes=5)
SLACK, LINEAR = Provider.SLACK, Provider.LINEAR


@pytest.fixture(params=IMPLEMENTATIONS, scope="module")
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """The stores, shared by the tests of this module; each test has tenants of its own."""
    with opened(request.param) as opened_stores:
        yield opened_stores


def connected(stores: Stores, provider: Provider = SLACK, **changes: object) -> Connection:
    """A connection of a tenant nobody has used before, stored."""
    connection = a_connection(a_new_tenant(), provider, **changes)
    stores.connections.put(connection)
    return connection


def test_a_connection_is_found_by_its_outside_id_and_by_its_tenant(stores: Stores) -> None:
    """Both reads return all of it, credentials of any bytes included."""
    connection = connected(
        stores,
        sealed_credentials=bytes(range(256)),
        name="Acme",
        enterprise_id="E0ACME",
        scopes=("chat:write", "users:read"),
        channels=Channels(deny=("C0HR",)),
        expires_at=LATER,
        connected_by="account-ada",
        broken_since=NOW,
        broken_reason="token_revoked",
        restored_at=NOW,
    )
    assert connection == stores.connections.get(connection.tenant_id, SLACK)
    assert connection == stores.connections.resolve(SLACK, connection.external_id)


def test_an_outside_id_belongs_to_one_vendor_and_one_tenant(stores: Stores) -> None:
    """The same id at another vendor, or an unknown one, is nobody's; another tenant is not connected by it."""
    connection = connected(stores)
    assert stores.connections.resolve(LINEAR, connection.external_id) is None
    assert stores.connections.resolve(SLACK, "T0UNKNOWN") is None
    with pytest.raises(NotConnected):
        stores.connections.get(a_new_tenant(), SLACK)


def test_a_workspace_that_belongs_to_another_tenant_is_refused(stores: Stores) -> None:
    """The first keeps its connection and its events; the second keeps what it had before."""
    first, second = connected(stores), connected(stores)
    with pytest.raises(Conflict):
        stores.connections.put(second.model_copy(update={"external_id": first.external_id}))
    assert first == stores.connections.resolve(SLACK, first.external_id)
    assert second == stores.connections.get(second.tenant_id, SLACK)
    assert second == stores.connections.resolve(SLACK, second.external_id)


def test_an_outside_id_is_free_again_once_it_was_let_go(stores: Stores) -> None:
    """By disconnecting, and by connecting another workspace instead; reconnecting the same one is no conflict."""
    first, second, third = connected(stores), a_new_tenant(), a_new_tenant()
    stores.connections.put(first.model_copy(update={"connected_at": LATER}))
    moved = first.model_copy(update={"external_id": f"T-{first.tenant_id}"})
    stores.connections.put(moved)
    assert stores.connections.resolve(SLACK, first.external_id) is None
    stores.connections.put(taken := a_connection(second, external_id=first.external_id))
    assert taken == stores.connections.resolve(SLACK, first.external_id)
    stores.connections.remove(moved.tenant_id, SLACK)
    stores.connections.put(taken := a_connection(third, external_id=moved.external_id))
    assert taken == stores.connections.resolve(SLACK, moved.external_id)


def test_a_tenant_lists_and_forgets_its_own_connections(stores: Stores) -> None:
    """One vendor's does not touch another's, nor another tenant's; forgetting twice is fine."""
    slack, other = connected(stores), connected(stores)
    linear = a_connection(slack.tenant_id, LINEAR)
    stores.connections.put(linear)
    assert {slack, linear} == set(stores.connections.all(slack.tenant_id))
    for _ in range(2):
        stores.connections.remove(slack.tenant_id, SLACK)
    assert [linear] == list(stores.connections.all(slack.tenant_id))
    assert stores.connections.resolve(SLACK, slack.external_id) is None
    assert [other] == list(stores.connections.all(other.tenant_id))


def test_fresh_credentials_replace_only_the_ones_they_were_bought_with(stores: Stores) -> None:
    """A refresh that comes late, or for a connection that is gone, changes nothing."""
    old = connected(stores, sealed_credentials=b"first", expires_at=NOW, scopes=("read",))
    fresh = old.model_copy(update={"sealed_credentials": b"second", "expires_at": LATER, "scopes": ("read", "write")})
    late = old.model_copy(update={"sealed_credentials": b"third", "expires_at": None})
    assert stores.connection_states.renew(fresh, before=b"first")
    assert not stores.connection_states.renew(late, before=b"first")
    assert fresh == stores.connections.get(old.tenant_id, SLACK)
    assert not stores.connection_states.renew(a_connection(a_new_tenant()), before=b"first")
    assert stores.connection_states.renew(late, before=b"second")
    assert late == stores.connections.resolve(SLACK, old.external_id)


def test_changes_of_different_kinds_do_not_undo_each_other(stores: Stores) -> None:
    """Who renews, adapts or marks with an old reading in hand changes only what the call is for."""
    read = connected(stores, sealed_credentials=b"first")
    settings = Settings(settle_seconds=7, retention_days=8, channels=Channels(allow=("C1",)))
    stores.connection_states.adapt(read.tenant_id, settings)
    stores.connection_states.mark_broken(read.tenant_id, SLACK, reason="revoked", at=NOW)
    stores.connection_states.renew(read.model_copy(update={"sealed_credentials": b"second"}), before=b"first")
    expected = {
        "sealed_credentials": b"second",
        "settle_seconds": 7,
        "retention_days": 8,
        "channels": settings.channels,
        "broken_since": NOW,
        "broken_reason": "revoked",
    }
    assert read.model_copy(update=expected) == stores.connections.get(read.tenant_id, SLACK)


def test_what_a_vendor_says_it_lets_us_do_counts_unless_it_said_something_else_later(stores: Stores) -> None:
    """Whoever repeats it says nothing new, and what is connected anew begins anew."""
    known, states = connected(stores, scopes=("read",)), stores.connection_states

    def granted(*scopes: str, after: int) -> bool:
        return states.regrant(known.tenant_id, SLACK, scopes, at=NOW + timedelta(minutes=after))

    assert [True, True, False, False] == [
        granted("read", "issues", after=5),
        granted("read", "issues", after=5),
        granted("read", after=5),
        granted("read", after=1),
    ]
    expected = known.model_copy(update={"scopes": ("read", "issues")})
    assert expected == stores.connections.get(known.tenant_id, SLACK)
    assert expected == stores.connections.resolve(SLACK, known.external_id)
    assert not states.regrant(a_new_tenant(), SLACK, ("read",), at=NOW)
    stores.connections.put(known)
    assert known == stores.connections.get(known.tenant_id, SLACK)


def test_settings_reach_all_connections_of_the_tenant_only(stores: Stores) -> None:
    """A vendor that is not connected is not connected by it."""
    slack, other = connected(stores), connected(stores)
    stores.connections.put(a_connection(slack.tenant_id, LINEAR))
    stores.connection_states.adapt(slack.tenant_id, Settings(settle_seconds=7))
    assert [7, 7] == [connection.settle_seconds for connection in stores.connections.all(slack.tenant_id)]
    assert other == stores.connections.get(other.tenant_id, SLACK)


def test_the_first_to_find_a_connection_broken_is_told_so(stores: Stores) -> None:
    """One notice each time it breaks: the second finder, and who finds none, is not first."""
    connection, other, states = connected(stores), connected(stores), stores.connection_states
    tenant_id = connection.tenant_id
    assert states.mark_broken(tenant_id, SLACK, reason="token_revoked", at=NOW)
    assert not states.mark_broken(tenant_id, SLACK, reason="account_inactive", at=LATER)
    assert not states.mark_broken(a_new_tenant(), SLACK, reason="token_revoked", at=NOW)
    broken = connection.model_copy(update={"broken_since": NOW, "broken_reason": "token_revoked"})
    assert broken == stores.connections.resolve(SLACK, connection.external_id)
    states.mend(tenant_id, SLACK, at=LATER)
    states.mend(a_new_tenant(), SLACK, at=LATER)
    assert connection.model_copy(update={"restored_at": LATER}) == stores.connections.get(tenant_id, SLACK)
    assert states.mark_broken(tenant_id, SLACK, reason="token_revoked", at=LATER)
    assert other == stores.connections.get(other.tenant_id, SLACK)


def test_credentials_that_were_refused_break_only_themselves(stores: Stores) -> None:
    """What was connected or refreshed meanwhile goes on working."""
    connection, states = connected(stores, sealed_credentials=b"second"), stores.connection_states
    assert not states.mark_broken(connection.tenant_id, SLACK, reason="invalid_auth", at=NOW, refused=b"first")
    assert connection == stores.connections.get(connection.tenant_id, SLACK)
    assert states.mark_broken(connection.tenant_id, SLACK, reason="invalid_auth", at=NOW, refused=b"second")


def test_a_restoration_counts_once_and_whether_or_not_its_loss_is_known(stores: Stores) -> None:
    """What is not later than the last one is that one again, and mends nothing that broke since."""
    connection, states = connected(stores), stores.connection_states
    states.mend(connection.tenant_id, SLACK, at=NOW)
    assert connection.model_copy(update={"restored_at": NOW}) == stores.connections.get(connection.tenant_id, SLACK)
    states.mark_broken(connection.tenant_id, SLACK, reason="suspended", at=LATER)
    for again in (NOW, NOW - timedelta(hours=1)):
        states.mend(connection.tenant_id, SLACK, at=again)
    broken = {"restored_at": NOW, "broken_since": LATER, "broken_reason": "suspended"}
    assert connection.model_copy(update=broken) == stores.connections.get(connection.tenant_id, SLACK)
    states.mend(connection.tenant_id, SLACK, at=LATER)
    assert connection.model_copy(update={"restored_at": LATER}) == stores.connections.get(connection.tenant_id, SLACK)


def test_connecting_again_mends(stores: Stores) -> None:
    """What is put counts as it was put, and breaking it is news again."""
    connection = connected(stores)
    stores.connection_states.mark_broken(connection.tenant_id, SLACK, reason="token_revoked", at=NOW)
    stores.connections.put(connection)
    assert connection == stores.connections.get(connection.tenant_id, SLACK)
    assert stores.connection_states.mark_broken(connection.tenant_id, SLACK, reason="token_revoked", at=LATER)


def test_activity_is_the_latest_of_each_kind_by_vendor(stores: Stores) -> None:
    """What comes late never moves it back, tenants do not mix, and disconnecting forgets it."""
    connection, other, states = connected(stores), a_new_tenant(), stores.connection_states
    tenant_id = connection.tenant_id
    assert [(connection, Activity())] == list(stores.connections.with_activity(tenant_id))
    states.note(tenant_id, SLACK, event_at=NOW)
    states.note(tenant_id, SLACK, event_at=LATER)
    states.note(tenant_id, SLACK, event_at=NOW)
    states.note(tenant_id, LINEAR, event_at=NOW, sync_at=LATER)
    states.note(other, SLACK, sync_at=NOW)
    expected = {
        SLACK: Activity(last_event_at=LATER),
        LINEAR: Activity(last_event_at=NOW, last_sync_at=LATER),
    }
    assert expected == states.activity(tenant_id)
    assert {SLACK: Activity(last_sync_at=NOW)} == states.activity(other)
    assert [(connection, expected[SLACK])] == list(stores.connections.with_activity(tenant_id))
    assert [] == list(stores.connections.with_activity(other))
    stores.connections.remove(tenant_id, SLACK)
    assert {LINEAR: expected[LINEAR]} == states.activity(tenant_id)


def test_a_pass_is_redeemed_once_by_its_tenant_in_time(stores: Stores) -> None:
    """Unknown, another tenant's, redeemed before and expired are all the same: nothing."""
    tenant_id, other, oauth_states = a_new_tenant(), a_new_tenant(), stores.oauth_states
    for code in ("code", "slow"):
        oauth_states.put_link(code, a_link(tenant_id))
        oauth_states.put_authorization(code, an_authorization(tenant_id))
    assert oauth_states.take_link(other, "code", NOW) is None
    assert oauth_states.take_authorization(other, "code", NOW) is None
    assert [a_link(tenant_id), None] == [oauth_states.take_link(tenant_id, "code", NOW) for _ in range(2)]
    assert [an_authorization(tenant_id), None] == [
        oauth_states.take_authorization(tenant_id, "code", NOW) for _ in range(2)
    ]
    assert oauth_states.take_link(tenant_id, "slow", LATER) is None
    assert oauth_states.take_authorization(tenant_id, "slow", LATER) is None


def test_a_link_can_be_read_and_is_there_still(stores: Stores) -> None:
    """By its tenant and in time; once it is redeemed there is nothing to read."""
    tenant_id, other, oauth_states = a_new_tenant(), a_new_tenant(), stores.oauth_states
    oauth_states.put_link("code", a_link(tenant_id))
    assert [a_link(tenant_id)] * 2 == [oauth_states.get_link(tenant_id, "code", NOW) for _ in range(2)]
    assert [None, None] == [oauth_states.get_link(tenant_id, "other", NOW), oauth_states.get_link(other, "code", NOW)]
    assert oauth_states.get_link(tenant_id, "code", LATER) is None
    assert a_link(tenant_id) == oauth_states.take_link(tenant_id, "code", NOW)
    assert oauth_states.get_link(tenant_id, "code", NOW) is None


def test_a_link_is_no_state(stores: Stores) -> None:
    """Neither opens the other's door."""
    tenant_id, oauth_states = a_new_tenant(), stores.oauth_states
    oauth_states.put_link("link", a_link(tenant_id))
    oauth_states.put_authorization("state", an_authorization(tenant_id))
    assert oauth_states.take_authorization(tenant_id, "link", NOW) is None
    assert oauth_states.get_link(tenant_id, "state", NOW) is None
    assert oauth_states.take_link(tenant_id, "state", NOW) is None


def test_calls_that_were_not_answered_are_counted_until_one_is(stores: Stores) -> None:
    """All that is noted comes back with each, and stands on the connection beside all else; an answer ends it."""
    known, states = connected(stores, name="Acme"), stores.connection_states
    other = connected(stores)

    counted = [states.failed(known.tenant_id, SLACK, at=NOW + timedelta(minutes=after)) for after in range(3)]

    assert [(1, NOW), (2, NOW), (3, NOW)] == [(each.failures, each.failing_since) for each in counted]
    states.mark_broken(known.tenant_id, SLACK, reason="revoked", at=LATER)
    now = stores.connections.get(known.tenant_id, SLACK)
    assert (counted[-1], "Acme", LATER) == (now.availability, now.name, now.broken_since)
    assert other == stores.connections.get(other.tenant_id, SLACK)
    for _ in range(2):
        states.answered(known.tenant_id, SLACK)
    assert Availability() == stores.connections.get(known.tenant_id, SLACK).availability


def test_of_those_who_would_put_a_trial_off_one_does(stores: Stores) -> None:
    """By the moment that they have read; where nothing failed, or an answer came meanwhile, there is none."""
    known, states = connected(stores), stores.connection_states

    def pause(*, minutes: int, before: int | None) -> bool:
        until, noted = NOW + timedelta(minutes=minutes), None if before is None else NOW + timedelta(minutes=before)
        return states.pause(known.tenant_id, SLACK, until=until, before=noted)

    assert not pause(minutes=1, before=None)
    states.failed(known.tenant_id, SLACK, at=NOW)
    assert [True, False, True, False] == [
        pause(minutes=1, before=None),
        pause(minutes=2, before=None),
        pause(minutes=3, before=1),
        pause(minutes=4, before=1),
    ]
    assert NOW + timedelta(minutes=3) == stores.connections.get(known.tenant_id, SLACK).availability.retry_at
    states.answered(known.tenant_id, SLACK)
    assert not pause(minutes=5, before=3)


def test_a_limit_holds_until_the_latest_moment_that_was_noted(stores: Stores) -> None:
    """The two kinds apart from each other, and from failures; an answer to one call lifts neither."""
    known, states = connected(stores), stores.connection_states
    for minutes in (5, 9, 7):
        states.limit(known.tenant_id, SLACK, until=NOW + timedelta(minutes=minutes))
        states.limit(known.tenant_id, SLACK, until=NOW + timedelta(minutes=2 * minutes), reserve=True)
    states.failed(known.tenant_id, SLACK, at=NOW)
    states.answered(known.tenant_id, SLACK)

    noted = stores.connections.get(known.tenant_id, SLACK).availability

    expected = Availability(limited_until=NOW + timedelta(minutes=9), reserved_until=NOW + timedelta(minutes=18))
    assert expected == noted


def test_nothing_is_noted_of_a_vendor_that_is_not_connected_and_what_connects_anew_begins_anew(stores: Stores) -> None:
    """No row comes to be by a call that failed."""
    nobody, known, states = a_new_tenant(), connected(stores), stores.connection_states
    assert Availability() == states.failed(nobody, SLACK, at=NOW)
    assert not states.pause(nobody, SLACK, until=LATER, before=None)
    states.answered(nobody, SLACK)
    states.limit(nobody, SLACK, until=LATER)
    assert [] == list(stores.connections.all(nobody))
    states.failed(known.tenant_id, SLACK, at=NOW)
    states.limit(known.tenant_id, SLACK, until=LATER)
    stores.connections.put(known)
    assert known == stores.connections.get(known.tenant_id, SLACK)
