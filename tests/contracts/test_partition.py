"""What a tenant can take along, bring back and have deleted."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.code import Issue
from pm_assistant.domain.decisions import Decision, Evidence
from pm_assistant.domain.errors import InvalidRequest, NotFound
from pm_assistant.domain.events import ChannelChanged
from pm_assistant.domain.history import Keeping
from pm_assistant.domain.jobs import Record
from pm_assistant.domain.planning import PlanName
from pm_assistant.domain.reports import Subscription
from pm_assistant.domain.tenants import Channels, Provider, Settings, TenantId
from pm_assistant.ports.unit import Stores
from tests.builders import (
    ENG,
    NOW,
    a_calendar,
    a_check,
    a_code_comment,
    a_connection,
    a_conversation,
    a_decision,
    a_heard_conversation,
    a_job,
    a_key,
    a_member,
    a_message,
    a_pull_request,
    a_repository,
    a_tenant,
    a_ticket,
    a_ticket_comment,
    a_track_record,
    an_account,
    an_attachment,
    an_entry,
    an_invitation,
)
from tests.contracts.stores import IMPLEMENTATIONS, a_new_tenant, opened

pytestmark = pytest.mark.thorough

LATER = NOW + timedelta(minutes=5)
SETTINGS = Settings(retention_days=30, settle_seconds=9, channels=Channels(deny=("C0HR",)))
TAKEN = {"tenant", "member", "team", "ticket", "message", "decision", "subscription"}
TO_READ = {"account", "connection", "audit", "repository", "pull_request", "code_comment", "issue"}
TO_READ |= {"plan_name", "attachment", "ticket_comment", "track_record", "calendar"}
MESSAGE, TICKET, DECISION = (thing.model_dump(mode="json") for thing in (a_message(), a_ticket(), a_decision()))
STATES = [{"id": f"S{number}", "name": "x" * 256, "type": "started"} for number in range(2_000)]
"""More of a team than a row holds."""


@pytest.fixture(params=IMPLEMENTATIONS, scope="module")
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """The stores, shared by the tests of this module; each test has tenants of its own."""
    with opened(request.param) as opened_stores:
        yield opened_stores


def filled(stores: Stores, tenant_id: TenantId) -> None:
    """Put something into every store that is the tenant's."""
    stores.tenants.put(a_tenant(tenant_id, settings=SETTINGS, created_at=NOW))
    stores.connections.put(a_connection(tenant_id))
    stores.calendars.put(a_calendar(tenant_id, sealed_credentials=b"secret"))
    stores.connection_states.note(tenant_id, Provider.SLACK, event_at=NOW)
    stores.leases.take(tenant_id, "refresh|slack", now=NOW, until=LATER)
    stores.accounts.put(an_account(tenant_id))
    stores.invitations.put(an_invitation(tenant_id))
    stores.api_keys.put(a_key(tenant_id, digest="digest-of-a-secret"))
    stores.audit.add(tenant_id, an_entry())
    stores.idempotency_keys.begin(tenant_id, "key", fingerprint="a", now=NOW)
    stores.directory.put_members(tenant_id, [a_member("ada"), a_member("grace")])
    stores.directory.put_teams(tenant_id, [ENG])
    for message in (a_message(0, files=("a.png",)), a_message(60, "regretted")):
        stores.messages.record(tenant_id, message, keep_days=30)
    regretted = a_message(60)
    stores.messages.delete(tenant_id, regretted.channel, regretted.root_ts, regretted.ts, at=LATER)
    stores.conversations.save_verdict(tenant_id, a_conversation(), [a_decision(tenant_id)], at=NOW)
    stores.conversations.mark_judged(tenant_id, a_conversation(), at=NOW)
    stores.history.keep(tenant_id, a_conversation(), [a_heard_conversation()], Keeping(NOW, days=90))
    stores.cards.put_ts(tenant_id, "C1:1.0", "2.0")
    for number in (1, 2):
        stores.tickets.put(tenant_id, a_ticket(number))
    stores.tickets.remove(tenant_id, "ticket-2", at=NOW)
    issue = Issue(repository_id="900", number=2, at=NOW, title="t", url="u", created_at=NOW)
    for planned in (an_attachment(), PlanName(id="p-1", name="Launch", at=NOW)):
        stores.planning.record(tenant_id, planned)
    stores.planning.record_comment(tenant_id, a_ticket_comment(), keep_days=30)
    for part in (a_repository(), a_pull_request(), a_check("lint"), a_code_comment("1"), issue):
        stores.code.record(tenant_id, part, keep_days=30)
    stores.decisions.save(a_decision(tenant_id))
    stores.track_records.replace(tenant_id, a_track_record(), before=None)
    stores.subscriptions.put(tenant_id, Subscription(member_id="U0ADA"))
    stores.jobs.put(a_job(tenant_id))
    stores.deliveries.finish(tenant_id, "U0ADA", "standup", "monday", at=NOW, once=False)
    stores.outbox.begin(tenant_id, "report|tuesday", at=NOW)


def taken(stores: Stores, tenant_id: TenantId) -> list[Record]:
    """A tenant's records in an order of their own."""
    return sorted(stores.partition.records(tenant_id), key=lambda record: record.model_dump_json())


def test_a_tenant_takes_its_work_along_and_no_secret(stores: Stores) -> None:
    """Neither credentials nor keys, and nothing of another tenant's."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    filled(stores, tenant_id)
    filled(stores, other)
    records = taken(stores, tenant_id)
    assert TAKEN | TO_READ == {record.kind for record in records}
    assert 2 + 2 + 5 + 3 + 4 + 3 + 1 + 1 == len(records)
    text = " ".join(record.model_dump_json() for record in records)
    private = ("secret", "absent", "2026-12-24", "regretted", 'grace@acme.test","role')
    assert not any(word in text for word in (*private, other))


def test_a_fresh_tenant_gets_all_of_it_as_its_own(stores: Stores) -> None:
    """What comes out of the new tenant is what went in, under its own name; it stays who it was."""
    tenant_id, fresh = a_new_tenant(), a_new_tenant()
    filled(stores, tenant_id)
    stores.tenants.put(a_tenant(fresh, name="Fresh", created_at=LATER))
    stores.connections.put(a_connection(fresh))
    records = list(stores.partition.records(tenant_id))
    brought = sum(record.kind in TAKEN for record in records)
    assert [brought, brought] == [stores.partition.restore(fresh, records) for _ in range(2)]
    before = [
        record.model_dump_json().replace(tenant_id, fresh)
        for record in taken(stores, tenant_id)
        if record.kind in TAKEN - {"tenant"}
    ]
    after = [record.model_dump_json() for record in taken(stores, fresh) if record.kind in TAKEN - {"tenant"}]
    assert sorted(before) == sorted(after)
    settled = a_tenant(fresh, name=tenant_id.title(), settings=SETTINGS, created_at=LATER)
    assert settled == stores.tenants.get(fresh)
    copied = stores.connections.get(fresh, Provider.SLACK)
    assert (9, 30, SETTINGS.channels) == (copied.settle_seconds, copied.retention_days, copied.channels)
    assert [] == [*stores.accounts.all(fresh), *stores.audit.latest(fresh, limit=9)]


def test_a_decision_that_was_brought_along_is_found_by_its_id(stores: Stores) -> None:
    """And belongs to the tenant that brought it."""
    tenant_id = a_new_tenant()
    stores.tenants.put(a_tenant(tenant_id))
    decision = a_decision(TenantId("elsewhere"))
    stores.partition.restore(tenant_id, [Record(kind="decision", data=decision.model_dump(mode="json"))])
    assert decision.model_copy(update={"tenant_id": tenant_id}) == stores.decisions.get(tenant_id, decision.id)


def test_what_was_deleted_since_stays_deleted(stores: Stores) -> None:
    """An old archive does not bring back what somebody took back, nor a ticket's old title."""
    tenant_id, message = a_new_tenant(), a_message()
    filled(stores, tenant_id)
    records = list(stores.partition.records(tenant_id))
    stores.messages.delete(tenant_id, message.channel, message.root_ts, message.ts, at=LATER)
    stores.tickets.put(tenant_id, renamed := a_ticket(1, title="Renamed", updated_at=LATER))
    stores.partition.restore(tenant_id, records)
    assert {""} == {known.text for known in stores.messages.since(tenant_id, NOW)}
    assert [renamed] == list(stores.tickets.all(tenant_id))


def test_whatever_the_tracker_says_of_a_ticket_is_newer_than_what_was_brought(stores: Stores) -> None:
    """Anybody can write into an archive when a ticket was changed last."""
    tenant_id = a_new_tenant()
    stores.tenants.put(a_tenant(tenant_id))
    brought = a_ticket(1, title="Forged", updated_at=LATER)
    for _ in range(2):
        stores.partition.restore(tenant_id, [Record(kind="ticket", data=brought.model_dump(mode="json"))])
    assert [brought] == list(stores.tickets.all(tenant_id))
    stores.tickets.put(tenant_id, told := a_ticket(1, updated_at=NOW))
    assert [told] == list(stores.tickets.all(tenant_id))
    stores.tickets.remove(tenant_id, told.id, at=NOW)
    stores.partition.restore(tenant_id, [Record(kind="ticket", data=brought.model_dump(mode="json"))])
    assert [] == list(stores.tickets.all(tenant_id))


@pytest.mark.parametrize(
    ("kind", "data", "field"),
    [
        ("session", {}, "kind"),
        ("member", {"id": "U1"}, "name"),
        ("member", {"id": "", "name": "Ada"}, "data"),
        ("member", {"id": "x" * 256, "name": "Ada"}, "data"),
        ("member", {"id": "é" * 128, "name": "Ada"}, "data"),
        ("member", {"id": "U1", "name": "Ada", "password": "x"}, "password"),
        ("member", {"id": "U1", "name": "Ada", "time_zone": "Mars/Olympus"}, "time_zone"),
        ("subscription", {"member_id": "U1", "hour": 24}, "hour"),
        ("subscription", {"member_id": "U1", "minute": -1}, "minute"),
        ("subscription", {"member_id": "U1", "weekdays": ["Monday"]}, "weekdays.0"),
        ("subscription", {"member_id": "U1", "weekdays": []}, "weekdays"),
        ("ticket", {**TICKET, "updated_at": "0001-01-01T00:00:00+14:00"}, "updated_at"),
        ("ticket", {**TICKET, "created_at": "9999-12-31T23:59:59-14:00"}, "created_at"),
        ("decision", {**DECISION, "revision": "x" * 256}, "data"),
        ("decision", {**DECISION, "as_of": "1969-12-31T23:59:59Z"}, "as_of"),
        ("message", {**MESSAGE, "edited_ts": "zzz"}, "ts"),
        ("message", {**MESSAGE, "received_at": "9999-01-01T00:00:00Z"}, "received_at"),
        ("tenant", {"name": "Acme\nBcc: everybody"}, "name"),
        ("team", {"id": "T1", "key": "T", "name": "Team", "states": STATES}, "data"),
        ("message", {**MESSAGE, "ts": "yesterday"}, "ts"),
        ("message", {**MESSAGE, "channel": ""}, "data"),
        ("message", {**MESSAGE, "received_at": "yesterday"}, "received_at"),
        ("tenant", {"name": "Acme", "settings": {"retention_days": -1}}, "settings.retention_days"),
    ],
)
def test_one_record_that_is_not_ours_spoils_the_archive(
    stores: Stores, kind: str, data: dict[str, Any], field: str
) -> None:
    """Nothing of it is kept, and the error says which record and what about it."""
    tenant_id = a_new_tenant()
    stores.tenants.put(a_tenant(tenant_id))
    good = Record(kind="member", data=a_member().model_dump(mode="json"))
    with pytest.raises(InvalidRequest, match="record 2") as refused:
        stores.partition.restore(tenant_id, [good, Record(kind=kind, data=data)])
    assert field == refused.value.field
    assert [] == list(stores.directory.members(tenant_id))


def test_the_longest_ids_there_may_be_fit_into_a_key(stores: Stores) -> None:
    """Three of them make one."""
    tenant_id, long = a_new_tenant(), "é" * 127
    stores.tenants.put(a_tenant(tenant_id))
    subject = {"channel": long, "root_ts": long}
    record = Record(kind="decision", data={**DECISION, "id": long, "subject": subject, "revision": long})
    assert 1 == stores.partition.restore(tenant_id, [record])
    assert long == stores.decisions.get(tenant_id, long).id


def test_there_is_nothing_to_bring_to_a_tenant_that_is_not_there(stores: Stores) -> None:
    """A tenant is never made by an archive."""
    with pytest.raises(NotFound):
        stores.partition.restore(a_new_tenant(), [])


def test_erasing_leaves_nothing_of_a_tenant_and_all_of_the_others(stores: Stores) -> None:
    """Its workspaces are free for others, and erasing again finds nothing."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    filled(stores, tenant_id)
    filled(stores, other)
    kept = taken(stores, other)
    assert 20 < stores.partition.erase(tenant_id)
    assert 0 == stores.partition.erase(tenant_id)
    assert [] == taken(stores, tenant_id)
    assert [] == [*stores.accounts.all(tenant_id), *stores.audit.latest(tenant_id, limit=9)]
    assert not stores.deliveries.delivered(tenant_id, "monday")
    assert not stores.conversations.progress(tenant_id, a_conversation()).judged
    assert stores.conversations.progress(tenant_id, a_conversation()).verdict is None
    assert stores.leases.take(tenant_id, "refresh|slack", now=NOW, until=LATER)
    assert not stores.leases.take(other, "refresh|slack", now=NOW, until=LATER)
    assert kept == taken(stores, other)
    stores.connections.put(a_connection(other, Provider.LINEAR, external_id=f"linear-{tenant_id}"))
    stores.connections.put(a_connection(other, external_id=f"slack-{tenant_id}"))
    assert [an_account(other)] == list(stores.accounts.all(other))


def spoken(stores: Stores, tenant_id: TenantId, channel: str = "C0ENG") -> Decision:
    """A conversation of two messages, one of them deleted, and all that came of it; returns the decision."""
    said, regretted = a_message(0, channel=channel), a_message(60, channel=channel)
    for message in (said, regretted):
        stores.messages.record(tenant_id, message, keep_days=30)
    stores.messages.delete(tenant_id, channel, regretted.root_ts, regretted.ts, at=LATER)
    url = f"https://acme.slack.com/archives/{channel}/p1?thread_ts=1&cid={channel}"
    receipt = Evidence(message_id=said.id, url=url, root_ts=said.root_ts, text_digest=said.text_digest)
    decision = a_decision(tenant_id, message=said, evidence=(receipt,))
    conversation = a_conversation(said)
    stores.conversations.save_verdict(tenant_id, conversation, [decision], at=NOW)
    stores.conversations.mark_judged(tenant_id, conversation, at=NOW)
    stores.cards.put_ts(tenant_id, decision.subject.id, "2.0")
    stores.outbox.begin(tenant_id, f"card|{decision.subject.id}", at=NOW)
    return stores.decisions.save(decision)


def everything(stores: Stores, tenant_id: TenantId) -> set[str]:
    """All of a tenant's messages and decisions, as they now read."""
    messages = (message for _, message in stores.messages.page(tenant_id, limit=100))
    decisions = (decision for _, decision in stores.decisions.page(tenant_id, limit=100))
    return {each.model_dump_json() for each in (*messages, *decisions)}


@pytest.mark.parametrize("at_once", [1, 100])
def test_all_that_is_kept_of_a_channel_follows_it_to_its_new_id(stores: Stores, at_once: int) -> None:
    """However often it is broken off: nothing is left behind or lost, and what was said still says the same."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    decision, _ = spoken(stores, tenant_id), spoken(stores, other)
    beside = spoken(stores, tenant_id, "C0ENG2")
    elsewhere = everything(stores, other)
    change = ChannelChanged(channel="C0ENG", now="C0SHARED", private=True, outside=True)

    for _ in range(20):
        if stores.partition.follow_channel(tenant_id, change, limit=at_once) < at_once:
            break

    assert 0 == stores.partition.follow_channel(tenant_id, change, limit=at_once)
    seen: dict[str, Any] = {"channel": "C0SHARED", "private": True, "outside": True}
    messages = [a_message(0, **seen), a_message(60, **seen, text="", deleted=True, received_at=LATER)]
    assert messages == [m for _, m in stores.messages.page(tenant_id, limit=9) if m.channel != "C0ENG2"]
    assert messages[:1] == [m for m in stores.messages.since(tenant_id, NOW) if m.channel == "C0SHARED"][:1]
    after = stores.decisions.get(tenant_id, decision.id)
    assert [after] == list(stores.decisions.between(tenant_id, "C0SHARED", "0", "9"))
    assert [] == list(stores.decisions.between(tenant_id, "C0ENG", "0", "9"))
    assert (True, True, messages[0].id) == (after.private, after.outside, after.evidence[0].message_id)
    assert "https://acme.slack.com/archives/C0SHARED/p1?thread_ts=1&cid=C0SHARED" == after.evidence[0].url
    assert not after.words_changed(messages[:1])
    assert after.words_changed([messages[0].model_copy(update={"text": "something else"})])
    conversation = a_conversation(messages[0])
    assert stores.conversations.progress(tenant_id, conversation).judged
    assert [after.subject] == [
        each.subject for each in stores.conversations.progress(tenant_id, conversation).verdict or ()
    ]
    assert "2.0" == stores.cards.ts(tenant_id, after.subject.id)
    assert NOW == stores.outbox.pending_since(tenant_id, f"card|{after.subject.id}")
    assert stores.cards.ts(tenant_id, decision.subject.id) is None
    assert beside == stores.decisions.get(tenant_id, beside.id)
    assert elsewhere == everything(stores, other)


def test_what_comes_late_under_the_old_id_follows_and_takes_nothing_back(stores: Stores) -> None:
    """A reply that was still on its way is there afterwards; an edit under the new id outlives the text before it."""
    tenant_id, change = a_new_tenant(), ChannelChanged(channel="C0ENG", now="C0SHARED")
    edited = a_message(0, "As edited", channel="C0SHARED", edited_ts="1900000000.000000")
    late = a_message(30, "On its way", root_ts=edited.root_ts)
    stores.messages.record(tenant_id, a_message(0), keep_days=30)
    stores.messages.record(tenant_id, edited, keep_days=30)
    stores.partition.follow_channel(tenant_id, change, limit=9)
    stores.messages.record(tenant_id, late, keep_days=30)
    stores.partition.follow_channel(tenant_id, change, limit=9)

    thread = stores.messages.thread(tenant_id, "C0SHARED", edited.root_ts)
    assert ["As edited", "On its way"] == [message.text for message in thread]
    assert [] == list(stores.messages.thread(tenant_id, "C0ENG", edited.root_ts))


@pytest.mark.parametrize("seen", [{"private": True}, {"private": True, "outside": True}])
def test_what_was_said_in_a_channel_is_kept_from_more_people_than_read_it_now(
    stores: Stores, seen: dict[str, bool]
) -> None:
    """In place, verdicts that wait to be logged included; a second time there is nothing to change."""
    tenant_id = a_new_tenant()
    decision = spoken(stores, tenant_id)
    change = ChannelChanged(channel="C0ENG", **seen)

    assert [4, 0] == [stores.partition.follow_channel(tenant_id, change, limit=9) for _ in range(2)]

    after = stores.decisions.get(tenant_id, decision.id)
    assert decision.model_copy(update={**seen, "version": after.version}) == after
    messages = [message for _, message in stores.messages.page(tenant_id, limit=9)]
    assert [(True, seen.get("outside", False))] * 2 == [(each.private, each.outside) for each in messages]
    [waiting] = stores.conversations.progress(tenant_id, a_conversation(a_message())).verdict or ()
    assert (True, seen.get("outside", False)) == (waiting.private, waiting.outside)
