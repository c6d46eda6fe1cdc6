"""What a team builds is kept alike in memory and on DynamoDB, and tenants are kept apart."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from pm_assistant.domain.bots import Actor
from pm_assistant.domain.code import (
    CheckResult,
    Checks,
    ChosenLink,
    CodePart,
    Coverage,
    Description,
    Issue,
    PullRequest,
    Repository,
    RepositoryAccess,
    TicketLinks,
)
from pm_assistant.domain.links import LinkKind
from pm_assistant.domain.tenants import TenantId
from pm_assistant.ports.unit import Stores
from tests.builders import (
    NOW,
    a_check,
    a_code_comment,
    a_link_to,
    a_pull_request,
    a_repository,
    a_review,
    a_thread_mention,
)
from tests.contracts.stores import IMPLEMENTATIONS, a_new_tenant, opened

LATER = NOW + timedelta(seconds=1)
PULL_REQUEST = a_pull_request()
ID = PULL_REQUEST.pull_request_id


@pytest.fixture(params=IMPLEMENTATIONS, scope="module")
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """The stores, shared by the tests of this module; each test has tenants of its own."""
    with opened(request.param) as opened_stores:
        yield opened_stores


def record(stores: Stores, tenant_id: TenantId, *parts: CodePart) -> None:
    """Have parts told, one after the other."""
    for part in parts:
        stores.code.record(tenant_id, part, keep_days=30)


def test_a_pull_request_is_what_was_told_of_it_last(stores: Stores) -> None:
    """Its parts come in any order and more than once; others' tenants know nothing of it."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    review, renamed = a_review("1"), a_pull_request(title="Keep it for good", at=LATER)
    record(stores, tenant_id, review, renamed, PULL_REQUEST, review)
    assert PullRequest(id=ID).with_part(renamed).with_part(review) == stores.code.pull_request(tenant_id, ID)
    assert stores.code.pull_request(other, ID) is None


def test_of_two_tellings_of_a_text_the_later_counts(stores: Stores) -> None:
    """Whichever comes first."""
    tenant_id = a_new_tenant()
    assert "" == stores.code.description(tenant_id, ID)
    old, new = (Description(pull_request_id=ID, at=at, text=f"{at}") for at in (NOW, LATER))
    record(stores, tenant_id, new, old)
    assert new.text == stores.code.description(tenant_id, ID)
    read = [Description(pull_request_id=ID, at=LATER, text=text, read=True) for text in ("read", "read again")]
    record(stores, tenant_id, *read, new)
    assert "read again" == stores.code.description(tenant_id, ID)


def test_how_far_a_repository_has_been_read_only_grows(stores: Stores) -> None:
    """By its id, whichever reading is noted last; of what was never read there is nothing."""
    tenant_id = a_new_tenant()
    early, late = (Coverage(repository_id="900", at=at, read=True, read_to=NOW, issue_at=at) for at in (NOW, LATER))
    record(stores, tenant_id, late, early)
    assert {"900": late} == stores.code.coverage(tenant_id)
    assert {} == stores.code.coverage(a_new_tenant())


def test_pull_requests_are_listed_by_whether_they_are_over_changed_last_first(stores: Stores) -> None:
    """Page by page, each with its place; one that is over is not open any more."""
    tenant_id = a_new_tenant()
    opened_ones = [a_pull_request(number, at=NOW + timedelta(minutes=number)) for number in (1, 2, 3)]
    merged = a_pull_request(2, at=NOW + timedelta(hours=1), closed_at=NOW, merged_at=NOW)
    record(stores, tenant_id, *opened_ones, merged, a_review("1", pull_request_id="900:9"))
    ((place, first),) = stores.code.latest_pull_requests(tenant_id, over=False, limit=1)
    rest = stores.code.latest_pull_requests(tenant_id, over=False, before=place, limit=9)
    assert ["900:3", "900:1"] == [first.id, *(pull_request.id for _, pull_request in rest)]
    assert ["900:2"] == [pr.id for _, pr in stores.code.latest_pull_requests(tenant_id, over=True, limit=9)]
    assert [] == list(stores.code.latest_pull_requests(a_new_tenant(), over=False, limit=9))


def test_a_ticket_leads_to_the_pull_requests_that_name_it_now(stores: Stores) -> None:
    """Or take its work back; one that named it once does not; of two findings on one telling the later counts."""
    tenant_id = a_new_tenant()
    closes = a_link_to("ENG-1", ticket_id="ticket-1")
    numbers = {1: (closes,), 2: (), 3: (closes,)}
    for number, links in numbers.items():
        id = a_pull_request(number).pull_request_id
        found = TicketLinks(pull_request_id=id, at=NOW, read=True, links=links, contradicts=("ticket-2",))
        record(stores, tenant_id, a_pull_request(number, at=NOW + timedelta(minutes=number)), found)
    record(stores, tenant_id, TicketLinks(pull_request_id=a_pull_request(3).pull_request_id, at=NOW, read=True))
    named, taken_back, other = (stores.code.pull_requests_of(tenant_id, f"ticket-{number}") for number in (1, 2, 3))
    assert (["900:1"], ["900:2", "900:1"], []) == tuple([pr.id for pr in each] for each in (named, taken_back, other))
    assert [] == list(stores.code.pull_requests_of(a_new_tenant(), "ticket-1"))
    at_once = stores.code.pull_requests_among(tenant_id, ["ticket-1", "ticket-3", "ticket-2"], most=9)
    assert at_once is not None
    assert {"ticket-1": named, "ticket-3": other, "ticket-2": taken_back} == {**at_once}
    assert stores.code.pull_requests_among(tenant_id, ["ticket-1", "ticket-3"], most=1) is None
    assert {} == stores.code.pull_requests_among(tenant_id, [], most=1)
    assert {"ticket-1": []} == stores.code.pull_requests_among(a_new_tenant(), ["ticket-1"], most=0)


def test_a_key_leads_to_the_pull_requests_that_await_its_ticket(stores: Stores) -> None:
    """Until they are linked to it; who awaits another one does not, be that key the longer one."""
    tenant_id = a_new_tenant()
    for number, keys in {1: ("ENG-3", "ENG-4"), 2: ("ENG-33",)}.items():
        facts = a_pull_request(number)
        found = TicketLinks(pull_request_id=facts.pull_request_id, at=NOW, read=True, awaits=keys)
        record(stores, tenant_id, facts, found)
    awaiting = [[pr.id for pr in stores.code.pull_requests_awaiting(tenant_id, f"ENG-{n}")] for n in (3, 4, 33, 5)]
    assert [["900:1"], ["900:1"], ["900:2"], []] == awaiting
    assert [] == list(stores.code.pull_requests_of(tenant_id, "ENG-3"))
    record(stores, tenant_id, TicketLinks(pull_request_id=a_pull_request(1).pull_request_id, at=NOW, read=True))
    assert [] == list(stores.code.pull_requests_awaiting(tenant_id, "ENG-3"))
    assert [] == list(stores.code.pull_requests_awaiting(a_new_tenant(), "ENG-33"))


def test_a_person_leads_to_the_pull_requests_that_person_has_to_do_with(stores: Stores) -> None:
    """Whoever wrote it, has it, is asked for a review or has given one, by a login in any case; open or just over."""
    tenant_id = a_new_tenant()
    ada = Actor(login="Ada")
    told = (
        a_pull_request(1, author=ada),
        a_pull_request(2, assignees=(ada,), at=NOW + timedelta(minutes=2)),
        a_pull_request(3, requested=("ada",), at=NOW + timedelta(minutes=3)),
        a_pull_request(4, at=NOW + timedelta(minutes=4)),
        a_review("1", author=ada, pull_request_id=a_pull_request(4).pull_request_id),
        a_pull_request(5, at=NOW + timedelta(minutes=5)),
        a_pull_request(1, author=ada, merged_at=NOW, closed_at=NOW, at=NOW + timedelta(minutes=1)),
    )
    for part in told:
        stores.code.record(tenant_id, part, keep_days=90)

    assert ["900:4", "900:3", "900:2", "900:1"] == [pr.id for pr in stores.code.pull_requests_with(tenant_id, "ADA")]
    stores.code.record(tenant_id, a_pull_request(3, at=NOW + timedelta(minutes=9)), keep_days=90)
    assert ["900:4", "900:2", "900:1"] == [pr.id for pr in stores.code.pull_requests_with(tenant_id, "ada")]
    assert [] == list(stores.code.pull_requests_with(a_new_tenant(), "ada"))


def test_a_thread_leads_to_the_pull_requests_that_it_names(stores: Stores) -> None:
    """And so does its channel; not one that it does not name any more, but one of which nothing else is known."""
    tenant_id = a_new_tenant()
    said = [a_thread_mention(number, root_ts=root_ts) for number, root_ts in ((1, "1.0"), (2, "1.0"), (2, "1.01"))]
    record(stores, tenant_id, a_pull_request(1), *said, a_thread_mention(3, channel="C0ENG2", root_ts="1.0"))
    roots = ("1.0", "1.01", "1.02", None)
    found = [stores.code.pull_requests_named_in(tenant_id, "C0ENG", root_ts=root_ts) for root_ts in roots]
    assert [["900:1", "900:2"], ["900:2"], [], ["900:1", "900:2"]] == [[pr.id for pr in each] for each in found]
    assert [1, 2] == [len(pull_request.mentions_in("C0ENG")) for pull_request in found[-1]]
    record(stores, tenant_id, a_thread_mention(1, root_ts="1.0", tickets=()))
    assert ["900:2"] == [pr.id for pr in stores.code.pull_requests_named_in(tenant_id, "C0ENG", root_ts="1.0")]
    assert [] == list(stores.code.pull_requests_named_in(a_new_tenant(), "C0ENG"))


def test_what_a_person_has_said_of_a_pull_request_stays_on_it(stores: Stores) -> None:
    """The later word counts, be it said before anything else is known of the pull request."""
    tenant_id = a_new_tenant()
    chosen = ChosenLink(pull_request_id=ID, ticket_id="ticket-1", at=NOW, read=True, link=LinkKind.CONTRIBUTES)
    taken_back = chosen.model_copy(update={"at": LATER, "link": None})
    record(stores, tenant_id, taken_back, chosen, PULL_REQUEST)
    expected = PullRequest(id=ID).with_part(taken_back).with_part(PULL_REQUEST)
    assert expected == stores.code.pull_request(tenant_id, ID)


def test_checks_are_known_by_commit(stores: Stores) -> None:
    """Of the commits that are asked about, those that have any."""
    tenant_id, head = a_new_tenant(), PULL_REQUEST.head
    failed, passed = a_check("lint", result=CheckResult.FAILED), a_check("lint", at=LATER)
    record(stores, tenant_id, passed, failed, a_check("tests"), a_check("tests", commit="other"))
    expected = {("900", head): Checks().with_part(passed).with_part(a_check("tests"))}
    assert expected == dict(stores.code.checks(tenant_id, [("900", head), ("900", "unknown"), ("1", head)]))


def test_comments_are_read_oldest_first_and_what_was_deleted_has_no_words(stores: Stores) -> None:
    """A late copy cannot bring them back; other numbers' comments stay out."""
    tenant_id = a_new_tenant()
    first, second = a_code_comment("2"), a_code_comment("1", created_at=LATER)
    deleted = a_code_comment("3", deleted=True, text="")
    record(stores, tenant_id, second, first, deleted, a_code_comment("3"), a_code_comment("4", number=11))
    assert [first, deleted, second] == list(stores.code.comments(tenant_id, "900", 1))


def test_all_comments_are_paged_through_and_what_was_deleted_is_one_of_them(stores: Stores) -> None:
    """Each with its place, in an order that never changes."""
    tenant_id = a_new_tenant()
    comments = [a_code_comment(str(id), number=id % 2) for id in range(5)]
    deleted = comments[3].model_copy(update={"deleted": True, "text": ""})
    record(stores, tenant_id, *comments, deleted)
    seen, place = [], None
    while page := stores.code.comments_page(tenant_id, after=place, limit=2):
        seen += [comment for _, comment in page]
        place = page[-1][0]
    assert sorted(["0", "1", "2", "4", "3"]) == sorted(comment.id for comment in seen)
    assert deleted in seen


def test_issues_that_are_gone_are_not_there(stores: Stores) -> None:
    """Deleted, or moved elsewhere."""
    tenant_id = a_new_tenant()
    issues = [
        Issue(repository_id="900", number=number, at=NOW, title="t", url="u", created_at=NOW) for number in (1, 2)
    ]
    record(stores, tenant_id, *issues, issues[0].model_copy(update={"gone": True}), issues[0])
    assert [issues[1]] == list(stores.code.issues(tenant_id))
    assert [True, False, False] == [stores.code.is_gone(tenant_id, "900", number) for number in (1, 2, 3)]


def test_repositories_are_there_until_they_are_taken_back(stores: Stores) -> None:
    """What we may not read any more is not listed, whatever else is still told of it; given again, it is."""
    tenant_id, shop, tools = a_new_tenant(), a_repository("900"), a_repository("901", name="acme/tools", private=False)
    taken = RepositoryAccess(repository_id="900", at=NOW, granted=False)
    record(stores, tenant_id, shop, taken, tools, shop.model_copy(update={"at": LATER}))
    assert [tools] == list(stores.code.repositories(tenant_id))
    record(stores, tenant_id, RepositoryAccess(repository_id="900", at=LATER, granted=True), taken)
    assert {"900", "901"} == {repository.id for repository in stores.code.repositories(tenant_id)}


def test_a_repository_that_became_private_and_public_in_one_second_is_private(stores: Stores) -> None:
    """In doubt fewer people may see it."""
    for order in ((True, False), (False, True)):
        tenant_id = a_new_tenant()
        record(stores, tenant_id, *(a_repository("900", private=private) for private in order))
        (repository,) = stores.code.repositories(tenant_id)
        assert isinstance(repository, Repository)
        assert repository.private
