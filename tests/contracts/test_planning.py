"""What the tracker tells beside its tickets is kept alike in memory and on DynamoDB, and tenants are kept apart."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from pm_assistant.domain.code import pull_request_id
from pm_assistant.domain.planning import PlanName, Relation, RelationType
from pm_assistant.ports.unit import Stores
from tests.builders import NOW, a_ticket_comment, an_attachment
from tests.contracts.stores import IMPLEMENTATIONS, a_new_tenant, opened

LATER = NOW + timedelta(seconds=1)
URL = an_attachment().url
ID = pull_request_id("900", 1)


@pytest.fixture(params=IMPLEMENTATIONS, scope="module")
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """The stores, shared by the tests of this module; each test has tenants of its own."""
    with opened(request.param) as opened_stores:
        yield opened_stores


def test_of_two_names_the_later_counts(stores: Stores) -> None:
    """Whichever is told first; of one moment that it is gone."""
    tenant_id = a_new_tenant()
    old, new = (PlanName(id="p-1", name=name, at=at) for name, at in (("Launch", NOW), ("Landing", LATER)))
    gone = new.model_copy(update={"removed": True})
    for part in (new, old):
        stores.planning.record(tenant_id, part)
    assert {"p-1": new} == stores.planning.names(tenant_id, ["p-1", "p-2"])
    for part in (gone, new):
        stores.planning.record(tenant_id, part)
    assert {"p-1": gone} == stores.planning.names(tenant_id, ["p-1"])
    assert {} == stores.planning.names(tenant_id, []) == stores.planning.names(a_new_tenant(), ["p-1"])


def test_what_is_attached_to_a_ticket_is_there_until_it_is_taken_off(stores: Stores) -> None:
    """The latest first; a late telling does not bring it back."""
    tenant_id = a_new_tenant()
    first, second, third = an_attachment("1"), an_attachment("2", at=LATER), an_attachment("3", ticket_id="ticket-2")
    gone = first.model_copy(update={"removed": True, "at": LATER})
    for part in (first, second, third):
        stores.planning.record(tenant_id, part)
    assert [second, first] == list(stores.planning.attachments(tenant_id, "ticket-1"))
    for part in (gone, first):
        stores.planning.record(tenant_id, part)
    assert [second] == list(stores.planning.attachments(tenant_id, "ticket-1"))
    assert [] == list(stores.planning.attachments(a_new_tenant(), "ticket-1"))


def test_a_pull_request_leads_to_what_attaches_it_by_its_address_or_by_what_it_is(stores: Stores) -> None:
    """Its address may have changed since, and its repository may not have been known then."""
    tenant_id = a_new_tenant()
    by_address, by_both = an_attachment("1", url=f"{URL}/files"), an_attachment("2", url=URL.upper())
    stores.planning.record(tenant_id, by_address)
    stores.planning.record(tenant_id, by_both, pull_request_id=ID)
    stores.planning.record(tenant_id, an_attachment("3", url=f"{URL}1"), pull_request_id=pull_request_id("900", 11))
    elsewhere = "https://github.com/acme/store/pull/1"
    assert [by_address, by_both] == list(stores.planning.attached(tenant_id, pull_request_id("901", 1), URL))[:2]
    assert [by_both] == list(stores.planning.attached(tenant_id, ID, elsewhere))
    gone = by_both.model_copy(update={"removed": True, "at": LATER})
    stores.planning.record(tenant_id, gone)
    assert [by_address, gone] == list(stores.planning.attached(tenant_id, ID, URL))
    assert [] == list(stores.planning.attached(a_new_tenant(), ID, URL))


def test_what_was_said_on_a_ticket_is_read_from_the_end(stores: Stores) -> None:
    """Oldest first; an edit stands where the comment stood, and of what was deleted no word comes back."""
    tenant_id = a_new_tenant()
    first, second = a_ticket_comment("2"), a_ticket_comment("1", created_at=LATER, at=LATER)
    edited = first.model_copy(update={"text": "better", "at": LATER + timedelta(seconds=1)})
    for comment in (second, edited, first, a_ticket_comment("3", ticket_id="ticket-11")):
        stores.planning.record_comment(tenant_id, comment, keep_days=30)
    assert [edited, second] == list(stores.planning.comments(tenant_id, "ticket-1", limit=9))
    assert [second] == list(stores.planning.comments(tenant_id, "ticket-1", limit=1))
    for comment in (second.erased, second):
        stores.planning.record_comment(tenant_id, comment, keep_days=30)
    assert [edited, second.erased] == list(stores.planning.comments(tenant_id, "ticket-1", limit=9))
    assert [] == list(stores.planning.comments(a_new_tenant(), "ticket-1", limit=9))


def test_all_comments_are_read_page_by_page(stores: Stores) -> None:
    """Each once."""
    tenant_id = a_new_tenant()
    comments = [a_ticket_comment(str(id), ticket_id=f"ticket-{id % 2}") for id in range(5)]
    for comment in comments:
        stores.planning.record_comment(tenant_id, comment, keep_days=30)
    found, after = [], None
    while page := stores.planning.comments_page(tenant_id, after=after, limit=2):
        found += [comment for _, comment in page]
        after = page[-1][0]
    assert sorted(comments, key=lambda c: (c.ticket_id, c.id)) == found


def a_relation(id: str, ticket_id: str, other_id: str, *, at: datetime = NOW) -> Relation:
    """One ticket blocks another one."""
    return Relation(id=id, ticket_id=ticket_id, other_id=other_id, type=RelationType.BLOCKS, at=at)


def test_a_relation_is_known_of_both_its_tickets_until_it_is_forgotten(stores: Stores) -> None:
    """In either direction, and only as it is known."""
    planning, tenant_id = stores.planning, a_new_tenant()
    first, second = a_relation("1", "ticket-1", "ticket-2"), a_relation("2", "ticket-3", "ticket-1")
    for relation in (second, first, first):
        planning.relate(tenant_id, relation)
    assert [first, second] == list(planning.relations(tenant_id, "ticket-1", limit=9))
    assert [first] == list(planning.relations(tenant_id, "ticket-1", limit=1))
    assert [[first], [second]] == [list(planning.relations(tenant_id, f"ticket-{n}", limit=9)) for n in (2, 3)]
    for _ in range(2):
        planning.unrelate(tenant_id, first)
    assert [[second], []] == [list(planning.relations(tenant_id, f"ticket-{n}", limit=9)) for n in (1, 2)]
    assert [] == list(planning.relations(a_new_tenant(), "ticket-1", limit=9))


def test_what_hangs_on_several_tickets_is_read_at_once_where_little_else_lies_between(stores: Stores) -> None:
    """As of each alone, tickets of which nothing is known included; nothing where more rows lie there than wanted."""
    planning, tenant_id = stores.planning, a_new_tenant()
    for number in range(1, 5):
        planning.relate(tenant_id, a_relation(str(number), f"ticket-{number}", "ticket-9"))
        for minute in range(2):
            at = NOW + timedelta(minutes=minute)
            comment = a_ticket_comment(f"{number}-{minute}", ticket_id=f"ticket-{number}", created_at=at)
            planning.record_comment(tenant_id, comment, keep_days=30)
    wanted = ["ticket-3", "ticket-1", "ticket-30"]
    for limit in (1, 9):
        related = planning.relations_among(tenant_id, wanted, limit=limit, most=4)
        said = planning.comments_among(tenant_id, wanted, limit=limit, most=6)
        assert related is not None
        assert said is not None
        assert {id: list(planning.relations(tenant_id, id, limit=limit)) for id in wanted} == {
            id: list(each) for id, each in related.items()
        }
        assert {id: list(planning.comments(tenant_id, id, limit=limit)) for id in wanted} == {
            id: list(each) for id, each in said.items()
        }
    assert planning.relations_among(tenant_id, wanted, limit=9, most=2) is None
    assert planning.comments_among(tenant_id, wanted, limit=9, most=5) is None
    assert {} == planning.relations_among(tenant_id, [], limit=9, most=2)
    assert {} == planning.comments_among(tenant_id, [], limit=9, most=2)
    assert {"ticket-1": []} == {
        id: list(each)
        for id, each in (planning.relations_among(a_new_tenant(), ["ticket-1"], limit=9, most=0) or {}).items()
    }


def test_relations_are_listed_by_when_they_were_changed(stores: Stores) -> None:
    """After a moment and by another one; one that was changed stands where it was changed last."""
    planning, tenant_id = stores.planning, a_new_tenant()
    moments = [NOW + timedelta(seconds=number) for number in range(4)]
    relations = [a_relation(f"{n}", f"ticket-{n}", "ticket-9", at=at) for n, at in enumerate(moments)]
    for relation in reversed(relations):
        planning.relate(tenant_id, relation)
    assert relations == list(planning.relations_between(tenant_id))
    assert relations[1:3] == list(planning.relations_between(tenant_id, moments[0], moments[2]))
    assert relations[:3] == list(planning.relations_between(tenant_id, None, moments[2]))
    later = relations[0].model_copy(update={"at": moments[3] + timedelta(seconds=1)})
    planning.relate(tenant_id, later)
    assert [relations[3], later] == list(planning.relations_between(tenant_id, moments[2]))
    assert [] == list(planning.relations_between(a_new_tenant()))


def test_what_hangs_on_a_stretch_of_tickets_is_read_at_once(stores: Stores) -> None:
    """Of each kind so many at most, and only what is there; a ticket's id may be how another one's begins."""
    tenant_id = a_new_tenant()
    attached = [an_attachment(str(number), ticket_id=f"t-{number}") for number in (1, 2, 12, 3)]
    said = [a_ticket_comment(str(number), ticket_id=f"t-{number}") for number in (1, 2, 12, 3)]
    for part in attached:
        stores.planning.record(tenant_id, part)
    for comment in said:
        stores.planning.record_comment(tenant_id, comment, keep_days=30)

    def found(after: str, last: str, *, limit: int = 9) -> list[str]:
        parts = stores.planning.on_tickets(tenant_id, after=after, last=last, limit=limit)
        return [f"{part.kind} {part.id}" for part in parts]

    both = [f"{kind} {id}" for kind in ("attachment", "ticket_comment") for id in ("12", "2")]
    assert both == found("t-1", "t-2")
    assert ["attachment 1", "ticket_comment 1"] == found("", "t-1") == found("", "t-3", limit=1)
    stores.planning.record(tenant_id, attached[1].model_copy(update={"removed": True, "at": LATER}))
    stores.planning.record_comment(tenant_id, said[1].erased.model_copy(update={"at": LATER}), keep_days=30)
    assert ["attachment 12", "ticket_comment 12"] == found("t-1", "t-2")
    assert [] == list(stores.planning.on_tickets(a_new_tenant(), after="", last="t-3", limit=9))
