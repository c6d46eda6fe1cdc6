"""The index of a team's work says at every moment what its rows say, in memory and on DynamoDB."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pm_assistant.aws.stores import index as dynamo_index
from pm_assistant.aws.stores import segments
from pm_assistant.aws.stores.index import DynamoIndex
from pm_assistant.domain.index import TicketHead, TicketIndex
from pm_assistant.domain.tenants import Provider, TenantId
from pm_assistant.domain.work import Ticket
from pm_assistant.language.retrieval import Ranking, entry_of, table_of
from pm_assistant.ports.pipeline import Index
from pm_assistant.ports.unit import Stores
from tests.builders import DOING, ENG, NOW, a_connection, a_conversation, a_member, a_message, a_ticket
from tests.contracts.stores import IMPLEMENTATIONS, a_new_tenant, opened

WORDS = ("checkout drops the coupon", "invoices as csv", "dark theme", "login with Google", "")


@pytest.fixture(params=IMPLEMENTATIONS, scope="module")
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """The stores, shared by the tests of this module; each test has tenants of its own."""
    with opened(request.param) as opened_stores:
        yield opened_stores


@pytest.fixture
def few_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes are folded when there are three, or one on its own; a row holds little."""
    monkeypatch.setattr(dynamo_index, "MOST_CHANGES", 3)
    monkeypatch.setattr(dynamo_index, "LONGEST_TAIL", 5)
    monkeypatch.setattr(segments, "LARGEST_PIECE", 200)


def containers(stores: Stores, count: int) -> list[Index]:
    """As many containers of one version of us; in memory there is nothing that they could have kept for themselves."""
    return [DynamoIndex() if isinstance(stores.index, DynamoIndex) else stores.index for _ in range(count)]


def check(index: TicketIndex, tickets: list[Ticket]) -> None:
    """Hold what an index tells to what is kept."""
    assert {ticket.id: TicketHead.of(ticket) for ticket in tickets} == {head.id: head for head in index}
    assert len(tickets) == len(index)
    for ticket in tickets:
        head = TicketHead.of(ticket)
        assert head == index.get(ticket.id)
        assert head in index.with_key(ticket.key.lower())
        assert not ticket.assignee_id or head in index.of_assignee(ticket.assignee_id)
    anew = TicketIndex(table_of(map(entry_of, tickets)))
    for text in WORDS[:2]:
        ranked = [
            ranking.shortlist(a_conversation(a_message(0, text)))
            for ranking in (Ranking(each, now=NOW, authors={}) for each in (index, anew))
        ]
        assert ranked[0] == ranked[1]


def test_a_change_is_seen_once_it_is_kept(stores: Stores) -> None:
    """A ticket that was put, changed or removed, and people and teams, by containers that have read before."""
    tenant_id, (one, other) = a_new_tenant(), containers(stores, 2)
    assert [] == list(one.read(tenant_id).tickets)
    stores.tickets.put(tenant_id, first := a_ticket(1))
    stores.tickets.put_all(tenant_id, [second := a_ticket(2, assignee_id=None), a_ticket(3)])
    for container in (one, other):
        check(container.read(tenant_id).tickets, [first, second, a_ticket(3)])
    stores.tickets.put(tenant_id, moved := a_ticket(1, key="OPS-1", state=DOING, updated_at=NOW))
    stores.tickets.remove(tenant_id, "ticket-3", at=NOW)
    stores.directory.put_members(tenant_id, [a_member("ada"), a_member("bob")])
    stores.directory.put_teams(tenant_id, [ENG])
    stores.connections.put(a_connection(tenant_id, external_id=tenant_id, base_url="https://acme.slack.com/"))
    for container in (one, other):
        seen = container.read(tenant_id)
        check(seen.tickets, [moved, second])
        assert () == tuple(seen.tickets.with_key("ENG-1"))
        assert {Provider.SLACK: "https://acme.slack.com/"} == seen.base_urls
        assert ({"U0ADA", "U0BOB"}, [ENG]) == ({member.id for member in seen.people}, list(seen.teams))
    renamed = a_member("bob").model_copy(update={"name": "Robert"})
    stores.directory.replace_member(tenant_id, renamed, before=a_member("bob"))
    assert renamed in one.read(tenant_id).people
    stores.directory.remove_member(tenant_id, "U0ADA")
    stores.connections.remove(tenant_id, Provider.SLACK)
    assert (["U0BOB"], {}) == ([member.id for member in one.read(tenant_id).people], one.read(tenant_id).base_urls)


def test_tickets_are_read_whole_as_the_index_told_or_as_they_are_since(stores: Stores) -> None:
    """What has changed since the index was read reads as it is now, and what is gone is not there."""
    tenant_id = a_new_tenant()
    stores.tickets.put_all(tenant_id, [a_ticket(number) for number in range(3)])
    heads = list(stores.index.read(tenant_id).tickets)
    stores.tickets.put(tenant_id, changed := a_ticket(1, description="Otherwise.", updated_at=NOW))
    stores.tickets.remove(tenant_id, "ticket-2", at=NOW)
    whole = {ticket.id: ticket for ticket in stores.tickets.whole(tenant_id, heads)}
    assert {"ticket-0": a_ticket(0), "ticket-1": changed} == whole
    assert [] == list(stores.tickets.whole(tenant_id, []))


def test_nothing_is_left_of_a_tenant_that_is_gone(stores: Stores) -> None:
    """Neither in the table nor in a container that knew it; reading it leaves nothing there either."""
    tenant_id = a_new_tenant()
    stores.tickets.put_all(tenant_id, [a_ticket(number) for number in range(3)])
    stores.directory.put_members(tenant_id, [a_member("ada")])
    assert stores.index.read(tenant_id).people
    stores.partition.erase(tenant_id)
    read = stores.index.read(tenant_id)
    assert ([], 0) == (list(read.people), len(read.tickets))
    assert 0 == stores.partition.erase(tenant_id)


STEP = st.tuples(st.sampled_from(["put", "put_all", "remove"]), st.integers(0, 7), st.integers(0, 4))
LOOK = st.tuples(st.sampled_from(["read", "rebuild"]), st.integers(0, 2), st.just(0))


def kept(stores: Stores, tenant_id: TenantId, step: tuple[str, int, int], second: int) -> dict[str, Ticket | None]:
    """Take a step at a moment; what is known of tickets from then on."""
    (what, number, variant), at = step, NOW + timedelta(seconds=second)
    changes = {"key": f"ENG-{number + variant}", "title": WORDS[variant], "assignee_id": f"lin-{variant}"}
    tickets = [a_ticket(n, updated_at=at, **changes) for n in range(number, number + (3 if what == "put_all" else 1))]
    if what == "remove":
        stores.tickets.remove(tenant_id, tickets[0].id, at=at)
        return {tickets[0].id: None}
    if what == "put":
        stores.tickets.put(tenant_id, tickets[0])
    else:
        stores.tickets.put_all(tenant_id, tickets)
    return {ticket.id: ticket for ticket in tickets}


@pytest.mark.thorough
@pytest.mark.usefixtures("few_changes")
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEP | LOOK, max_size=30))
def test_the_index_is_a_plain_dict_however_it_is_kept(stores: Stores, steps: list[tuple[str, int, int]]) -> None:
    """Puts, removals, foldings, readings and rebuildings of three containers, in any order."""
    tenant_id, warm = a_new_tenant(), containers(stores, 3)
    known: dict[str, Ticket | None] = {}
    for second, step in enumerate([*steps, *(("read", number, 0) for number in range(3))]):
        match step:
            case ("read", container, _):
                check(warm[container].read(tenant_id).tickets, list(filter(None, known.values())))
            case ("rebuild", container, _):
                warm[container].rebuild(tenant_id)
            case _:
                known |= kept(stores, tenant_id, step, second)
