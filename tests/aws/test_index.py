"""How the index of a team's work lies on DynamoDB: who folds it, who is in whose way, and what it costs."""

import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import EndpointConnectionError

from pm_assistant.aws.backup import Backup
from pm_assistant.aws.rows import IndexRow, TicketRow
from pm_assistant.aws.stores import DynamoStores, segments
from pm_assistant.aws.stores import index as index_module
from pm_assistant.aws.stores.index import DynamoIndex
from pm_assistant.aws.tables import Row
from pm_assistant.domain.errors import UpstreamError
from pm_assistant.domain.index import digest_of
from pm_assistant.domain.tenants import TenantId
from pm_assistant.domain.work import Cycle, Project, Ticket
from pm_assistant.language.retrieval import entry_of
from pm_assistant.runtime import wiring
from tests.aws.emulated import copy_of, dynamo, forget_rows
from tests.builders import ACME, DONE, GLOBEX, NOW, a_member, a_tenant, a_ticket
from tests.contracts.stores import a_new_tenant


@pytest.fixture(scope="module")
def stores() -> Iterator[DynamoStores]:
    """The stores; each test has tenants of its own."""
    with dynamo() as opened:
        yield opened


@pytest.fixture(autouse=True)
def few_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes are folded when there are three, by whoever reads next; a row holds little."""
    monkeypatch.setattr(index_module, "MOST_CHANGES", 3)
    monkeypatch.setattr(segments, "LARGEST_PIECE", 300)
    monkeypatch.setattr("pm_assistant.aws.stores.tickets.LOOKS", 1 << 40)


@contextmanager
def asked(meanwhile: Callable[[int], None] = lambda _: None) -> Iterator[list[tuple[str, Any]]]:
    """What is asked of DynamoDB; before each request something may happen, told its number."""
    requests: list[tuple[str, Any]] = []
    ask: Any = vars(BaseClient)["_make_api_call"]

    def asking(client: BaseClient, operation: str, parameters: Any) -> Any:
        requests.append((operation, parameters))
        meanwhile(len(requests) - 1)
        return ask(client, operation, parameters)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", asking)
        yield requests


def later(number: int, seconds: int, **changes: object) -> Ticket:
    """A ticket as it was changed so many seconds later."""
    return a_ticket(number, updated_at=NOW + timedelta(seconds=seconds), title=f"after {seconds}", **changes)


def told(index: DynamoIndex, tenant_id: TenantId) -> dict[str, str]:
    """Titles by the ids of tickets, as the index has them."""
    return {head.id: head.title for head in index.read(tenant_id).tickets}


def true(stores: DynamoStores, tenant_id: TenantId) -> dict[str, str]:
    """The same as the tickets' rows have them."""
    return {ticket.id: ticket.title for ticket in stores.tickets.all(tenant_id)}


def keys(tenant_id: TenantId, prefix: str) -> list[str]:
    """The sort keys of a tenant's rows that begin so."""
    return [row.sk for row in Row.each(tenant_id, Row.sk.startswith(prefix))]


def head_of(tenant_id: TenantId) -> Any:
    """What the index is made of."""
    row = IndexRow.find(tenant_id, "INDEX#HEAD")
    return json.loads(row.data) if row else None


def ready_to_fold(stores: DynamoStores) -> TenantId:
    """A tenant with an index of five tickets and three changes since."""
    tenant_id = a_new_tenant()
    stores.tickets.put_all(tenant_id, [a_ticket(number) for number in range(5)])
    DynamoIndex().read(tenant_id)
    stores.tickets.put(tenant_id, later(0, 1))
    stores.tickets.put(tenant_id, later(7, 2))
    stores.tickets.remove(tenant_id, "ticket-1", at=NOW)
    return tenant_id


def change_some(stores: DynamoStores, tenant_id: TenantId) -> None:
    """A ticket changes and another goes."""
    stores.tickets.put(tenant_id, later(2, 9))
    stores.tickets.remove(tenant_id, "ticket-7", at=NOW + timedelta(days=1))


def fold(_: DynamoStores, tenant_id: TenantId) -> None:
    """Another container folds what has changed."""
    DynamoIndex().read(tenant_id)


def fold_more(stores: DynamoStores, tenant_id: TenantId) -> None:
    """Another container folds that and what has changed since."""
    change_some(stores, tenant_id)
    DynamoIndex().read(tenant_id)


def rebuild(_: DynamoStores, tenant_id: TenantId) -> None:
    """The index is made anew."""
    DynamoIndex().rebuild(tenant_id)


@pytest.mark.thorough
@pytest.mark.parametrize("event", [change_some, fold, fold_more, rebuild])
def test_whatever_happens_while_changes_are_folded_the_index_says_what_the_rows_say(
    stores: DynamoStores, event: Callable[[DynamoStores, TenantId], None]
) -> None:
    """Before each single request of a reading that folds, cold or warm; nobody's change is lost, none comes back."""
    for is_warm in (False, True):
        cut, taken = 0, 99
        while cut < taken:
            forget_rows()
            tenant_id, container = ready_to_fold(stores), DynamoIndex()
            if is_warm:
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr(index_module, "MOST_CHANGES", 99)
                    container.read(tenant_id)
            done: list[int] = []

            def happen(number: int, cut: int = cut, tenant_id: TenantId = tenant_id, done: list[int] = done) -> None:
                if number == cut and not done:
                    done.append(number)
                    event(stores, tenant_id)

            with asked(happen) as requests:
                container.read(tenant_id)
            cut, taken = cut + 1, len(requests)
            for reader in (container, DynamoIndex()):
                assert true(stores, tenant_id) == told(reader, tenant_id), (is_warm, cut)
        assert cut > 5


@pytest.mark.thorough
def test_whoever_reads_while_a_change_is_written_takes_nothing_from_it(stores: DynamoStores) -> None:
    """Before each request of a put, a removal and people being kept another folds; once it is kept, it is seen."""
    changes: list[Callable[[TenantId], None]] = [
        lambda tenant_id: stores.tickets.put(tenant_id, later(3, 30)),
        lambda tenant_id: stores.tickets.put_all(tenant_id, [later(3, 30), later(8, 30)]),
        lambda tenant_id: stores.tickets.remove(tenant_id, "ticket-3", at=NOW),
        lambda tenant_id: stores.directory.put_members(tenant_id, [a_member("ada")]),
    ]
    for change in changes:
        for cut in range(3):
            forget_rows()
            tenant_id, container = ready_to_fold(stores), DynamoIndex()

            def read(number: int, cut: int = cut, tenant_id: TenantId = tenant_id, by: DynamoIndex = container) -> None:
                if number == cut:
                    by.read(tenant_id)

            with asked(read):
                change(tenant_id)
            for reader in (container, DynamoIndex()):
                assert true(stores, tenant_id) == told(reader, tenant_id)
                assert list(stores.directory.members(tenant_id)) == list(reader.read(tenant_id).people)


@pytest.mark.thorough
def test_a_folding_that_breaks_off_costs_nobody_anything(stores: DynamoStores) -> None:
    """At any request; the reading goes on where it can, and making the index anew drops what was left."""
    cut, taken = 0, 99
    while cut < taken:
        forget_rows()
        tenant_id, container = ready_to_fold(stores), DynamoIndex()

        def fail(number: int, cut: int = cut) -> None:
            if number >= cut:
                raise EndpointConnectionError(endpoint_url="https://dynamodb.test")

        with asked(fail) as requests, suppress(UpstreamError):
            container.read(tenant_id)
        cut, taken = cut + 1, max(cut + 2, len(requests)) if len(requests) > cut else 0
        for reader in (container, DynamoIndex()):
            assert true(stores, tenant_id) == told(reader, tenant_id), cut
        container.rebuild(tenant_id)
        listed = head_of(tenant_id)["segments"]
        assert sum(pieces for _, pieces, _ in listed) == len(keys(tenant_id, "SEGMENT#"))
        assert [] == keys(tenant_id, "INDEX#CHANGE#")
        assert true(stores, tenant_id) == told(DynamoIndex(), tenant_id)
    assert cut > 5


@pytest.mark.thorough
def test_a_change_is_written_again_a_few_times_only(stores: DynamoStores) -> None:
    """A folding rewrites no more than is about as large as itself, and few segments are to be read."""
    tenant_id, container = a_new_tenant(), DynamoIndex()
    stores.tickets.put_all(tenant_id, [a_ticket(number) for number in range(100)])
    container.read(tenant_id)
    with asked() as requests:
        for number in range(45):
            stores.tickets.put(tenant_id, later(number, number))
            container.read(tenant_id)
    for number in range(60, 63):
        stores.tickets.remove(tenant_id, f"ticket-{number}", at=NOW)
    container.read(tenant_id)
    assert 1 < len(head_of(tenant_id)["segments"])
    written = [p["Item"] for operation, p in requests if operation == "PutItem" and "packed" in p["Item"]]
    whole = sum(len(row.packed) for row in IndexRow.each(tenant_id, IndexRow.sk.startswith("SEGMENT#")))
    assert (
        sum(len(row["packed"]["B"]) for row in written) < 8 * whole
    )  # every folding of all would write 20 times as much
    assert len(head_of(tenant_id)["segments"]) <= 5
    assert true(stores, tenant_id) == told(container, tenant_id) == told(DynamoIndex(), tenant_id)


def test_what_tickets_said_before_is_nowhere_after_a_week(
    stores: DynamoStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies below a change is written over with the next one that comes after that time."""
    tenant_id, container = a_new_tenant(), DynamoIndex()
    stores.tickets.put_all(tenant_id, [a_ticket(0, title="Quetzals"), *(a_ticket(n) for n in range(1, 30))])
    container.read(tenant_id)
    for number in range(3):
        stores.tickets.put(tenant_id, later(number, 1))
    container.read(tenant_id)
    assert "quetzal" in packed_words(tenant_id)
    monkeypatch.setattr(index_module, "_now", lambda: (datetime.now(UTC) + timedelta(days=8)).timestamp())
    stores.tickets.put(tenant_id, later(9, 9))
    for reader in (container, DynamoIndex(), container):
        assert true(stores, tenant_id) == told(reader, tenant_id)
    assert "quetzal" not in packed_words(tenant_id)


def packed_words(tenant_id: TenantId) -> set[str]:
    """All words in a tenant's segments."""
    pieces: dict[str, list[bytes]] = {}
    for row in IndexRow.each(tenant_id, IndexRow.sk.startswith("SEGMENT#")):
        pieces.setdefault(row.sk.split("#")[1], []).append(row.packed)
    entries = (entry for each in pieces.values() for _, entry in segments.unpack(each) if entry)
    return {word for entry in entries for word, _ in entry.words.items()}


def test_where_nobody_reads_writers_fold(stores: DynamoStores, monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes do not pile up without end."""
    tenant_id = a_new_tenant()
    monkeypatch.setattr("pm_assistant.aws.stores.tickets.LOOKS", 1)
    for number in range(20):
        stores.tickets.put(tenant_id, a_ticket(number))
    assert len(keys(tenant_id, "INDEX#CHANGE#")) < 3
    assert true(stores, tenant_id) == told(DynamoIndex(), tenant_id)


@contextmanager
def version(number: int) -> Iterator[None]:
    """Act as a version of us with this form of the index."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segments, "FORMAT", number)
        yield


def test_versions_of_another_form_read_what_is_true_and_do_not_fight(stores: DynamoStores) -> None:
    """The newer one takes over at once; an older one leaves it alone, unless nobody folds changes any more."""
    tenant_id, old, new = ready_to_fold(stores), DynamoIndex(), DynamoIndex()
    assert true(stores, tenant_id) == told(old, tenant_id)
    with version(segments.FORMAT + 1):
        assert true(stores, tenant_id) == told(new, tenant_id)
    head = head_of(tenant_id)
    for seconds in range(10, 13):
        stores.tickets.put(tenant_id, later(seconds, seconds))
        assert true(stores, tenant_id) == told(old, tenant_id) == told(DynamoIndex(), tenant_id)
    assert head == head_of(tenant_id)
    for seconds in range(20, 26):
        stores.tickets.put(tenant_id, later(seconds, seconds))
        assert true(stores, tenant_id) == told(old, tenant_id)
    assert segments.FORMAT == head_of(tenant_id)["format"]
    with version(segments.FORMAT + 1):
        assert true(stores, tenant_id) == told(new, tenant_id) == told(DynamoIndex(), tenant_id)


def test_an_older_version_reads_all_rows_once_and_not_each_time(stores: DynamoStores) -> None:
    """While a new version takes a part of the work, the old one's containers stay warm."""
    tenant_id, old = ready_to_fold(stores), DynamoIndex()
    with version(segments.FORMAT + 1):
        DynamoIndex().read(tenant_id)
    old.read(tenant_id)
    stores.tickets.put(tenant_id, later(3, 30))
    with asked() as requests:
        read = told(old, tenant_id)
    assert true(stores, tenant_id) == read
    assert ["Query", "BatchGetItem", *["Query"] * 3] == [operation for operation, _ in requests]


FORM = {
    "format": 8,
    "digest": 17919820876910370659,
    "words": {
        "checkout": 9,
        "drop": 1,
        "coupon": 1,
        "voucher": 8,
        "vanish": 8,
        "check": 8,
        "see": 8,
        "eng12": 8,
        "eng": 8,
        "12": 8,
        "画面": 8,
        "लॉगिन": 8,
        "ecran": 8,
    },
}


def test_what_is_packed_changes_its_form_by_a_new_number_only() -> None:
    """Another field of a ticket, other words of a text, another way to pack: containers of before would misread it."""
    ticket = a_ticket(
        1, description="Vouchers vanish at the check-out, see ENG-12. 画面の लॉगिन, l'écran", labels=("bug",)
    )
    entry = entry_of(ticket)
    assert FORM == {"format": segments.FORMAT, "digest": digest_of(ticket), "words": dict(entry.words.items())}
    ((id, read),) = segments.unpack(segments.pack({ticket.id: entry}))
    assert read
    assert (ticket.id, entry.head, dict(entry.words.items())) == (id, read.head, dict(read.words.items()))


def test_a_head_is_read_as_it_was_packed() -> None:
    """With all that a ticket can have, and beside tickets that have none or some of it in common."""
    cycle = Cycle(id="cycle-1", name="Cycle 1", begins_at=NOW, ends_at=NOW + timedelta(days=14))
    planned: dict[str, Any] = {"project": Project(id="project-1", name="Checkout"), "cycle": cycle, "estimate": 2.5}
    dated = {"due_date": NOW.date(), "started_at": NOW, "completed_at": NOW + timedelta(microseconds=1)}
    named = {"assignee_name": "Ada", "creator_id": "lin-ada", "parent_id": "ticket-1", "former_keys": ("OLD-7",)}
    tickets = [
        a_ticket(1),
        a_ticket(2, **planned, **dated, **named, labels=("bug",)),
        a_ticket(3, **planned, state=DONE),
        a_ticket(4, project=Project(id="project-2")),
    ]
    entries = {ticket.id: entry_of(ticket) for ticket in tickets}

    read = dict(segments.unpack(segments.pack(entries)))

    assert {id: entry.head for id, entry in entries.items()} == {id: each and each.head for id, each in read.items()}
    assert len(read) == len(tickets)


def test_rows_of_before_are_found_by_whoever_reads_first(stores: DynamoStores) -> None:
    """Tickets that were kept without an index have one from then on; what was kept beside one is found by a new one."""
    tenant_id, container = a_new_tenant(), DynamoIndex()
    stores.tickets.put_all(tenant_id, [a_ticket(number) for number in range(4)])
    for row in Row.each(tenant_id, Row.sk.startswith("INDEX#")):
        row.drop()
    assert true(stores, tenant_id) == told(container, tenant_id)
    old_way = TicketRow(f"TENANT#{tenant_id}", "TICKET#ticket-9", version="1", data=a_ticket(9).model_dump_json())
    old_way.put()
    container.rebuild(tenant_id)
    assert true(stores, tenant_id) == told(container, tenant_id) == told(DynamoIndex(), tenant_id)


def test_a_lost_segment_is_made_anew(stores: DynamoStores) -> None:
    """Everything here can be made of the tickets' rows."""
    tenant_id = ready_to_fold(stores)
    for row in Row.each(tenant_id, Row.sk.startswith("SEGMENT#")):
        row.drop()
    assert true(stores, tenant_id) == told(DynamoIndex(), tenant_id) == told(DynamoIndex(), tenant_id)


def test_a_tenant_that_is_brought_back_has_the_index_of_its_rows(stores: DynamoStores) -> None:
    """A container that knew it before forgets what is not there any more."""
    tenant_id, container, table = a_new_tenant(), DynamoIndex(), Row.Meta.table_name
    stores.tenants.put(a_tenant(tenant_id))
    stores.tickets.put_all(tenant_id, [a_ticket(number) for number in range(4)])
    container.read(tenant_id)
    copy = copy_of(table)
    stores.tickets.put(tenant_id, later(1, 5))
    container.read(tenant_id)
    stores.partition.erase(tenant_id)
    Backup(wiring.client("dynamodb"), copy=copy, table=table).bring_back(tenant_id, now=NOW)
    assert "after 5" not in told(container, tenant_id).values()
    assert true(stores, tenant_id) == told(container, tenant_id)


def test_a_container_keeps_what_there_is_room_for(stores: DynamoStores) -> None:
    """Those asked for last stay warm, each its own; what is larger than all the room is not kept."""
    for tenant_id in (ACME, GLOBEX):
        stores.tickets.put_all(tenant_id, [a_ticket(n, title=f"{tenant_id} {n}") for n in range(30)])
        stores.directory.put_members(tenant_id, [a_member("ada")])
        DynamoIndex().read(tenant_id)
    size = DynamoIndex()
    size.read(ACME)
    one = size._cache._kept[ACME].size
    for room, asked_last, warm in ((one // 2, ACME, False), (one * 3 // 2, ACME, True), (one * 3, GLOBEX, True)):
        container = DynamoIndex(cache=room)
        for tenant_id in (GLOBEX, ACME):
            assert true(stores, tenant_id) == told(container, tenant_id)
        with asked() as requests:
            assert told(container, asked_last).keys() == true(stores, asked_last).keys()
        assert warm == ("BatchGetItem" not in [operation for operation, _ in requests])


def test_reads_side_by_side_do_not_take_from_each_other_what_is_kept(stores: DynamoStores) -> None:
    """Where there is no room, what one has just kept is what another drops."""
    tenant_id, container = ready_to_fold(stores), DynamoIndex()
    container.read(tenant_id)
    warm, crowded = container._cache._kept[tenant_id], DynamoIndex(cache=0)._cache
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as threads:
            kept = [threads.submit(crowded.put, TenantId(f"team-{n % 3}"), warm) for n in range(4_000)]
    finally:
        sys.setswitchinterval(before)

    assert [] == [error for each in kept if (error := each.exception())]
