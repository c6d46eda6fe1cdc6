"""What the team builds, as the API shows it."""

from datetime import UTC, datetime, timedelta

import pytest

from pm_assistant.domain.bots import Actor
from pm_assistant.domain.code import CheckResult, CodePart, RepositoryAccess, ReviewState, TicketLinks
from pm_assistant.domain.tenants import PrivateCode, Provider, Settings
from tests.api.conftest import World, segment
from tests.builders import (
    ACME,
    DOING,
    ENG,
    GLOBEX,
    NOW,
    a_check,
    a_link_to,
    a_member,
    a_pull_request,
    a_repository,
    a_review,
    a_tenant,
    a_ticket,
)

PEOPLE = [a_member(name, accounts={Provider.GITHUB: name.title()}) for name in ("ada", "grace")]
ADA, GRACE = (member.id for member in PEOPLE)


def record(world: World, *parts: CodePart) -> None:
    """Have the code host tell acme's."""
    world.stores.directory.put_members(ACME, PEOPLE)
    repositories = (a_repository(private=False), a_repository("901", name="acme/tools", private=False))
    for part in (*repositories, *parts):
        world.stores.code.record(ACME, part, keep_days=30)


def test_a_pull_request_is_shown_as_the_team_knows_it(world: World) -> None:
    """People by their names, checks of the last commit, how far it is; others' tenants see nothing."""
    record(
        world,
        a_pull_request(requested=("ada", "Reviewers"), labels=("bug",)),
        a_review("1", state=ReviewState.CHANGES_REQUESTED),
        a_check("lint", result=CheckResult.FAILED),
    )
    shown = world.reader.get("/v1/pull-requests/900:1").json
    assert {
        "repository": "acme/shop",
        "private": False,
        "number": 1,
        "author": PEOPLE[1].name,
        "author_kind": "human",
        "stage": "changes_requested",
        "checks": "failed",
        "requested": [PEOPLE[0].name, "Reviewers"],
        "labels": ["bug"],
        "additions": None,
    }.items() <= shown.items()
    assert [(PEOPLE[0].name, "changes_requested")] == [(r["reviewer"], r["state"]) for r in shown["reviews"]]
    assert [shown] == world.reader.get("/v1/pull-requests").json["items"]
    world.stores.code.record(GLOBEX, RepositoryAccess(repository_id="900", at=NOW, granted=False), keep_days=1)
    assert 404 == world.stranger.get("/v1/pull-requests/900:1").status


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [4, 2, 1]),
        ({"over": "true"}, [3]),
        ({"stage": "draft"}, [2]),
        ({"stage": "merged"}, [3]),
        ({"repository": "ACME/tools"}, [4]),
        ({"repository": "900"}, [2, 1]),
        ({"author": ADA}, [2]),
        ({"reviewer": ADA}, [1]),
    ],
)
def test_pull_requests_are_listed_changed_last_first(world: World, query: dict[str, str], expected: list[int]) -> None:
    """By how far they are, where they are, whose they are and who is awaited."""
    record(
        world,
        a_pull_request(1, at=NOW + timedelta(1), requested=("ada",)),
        a_pull_request(2, at=NOW + timedelta(2), draft=True, author=Actor(login="ADA")),
        a_pull_request(3, at=NOW + timedelta(3), closed_at=NOW, merged_at=NOW),
        a_pull_request(4, at=NOW + timedelta(4), repository_id="901", author=None),
    )
    items = world.reader.get("/v1/pull-requests", **query).json["items"]
    assert expected == [item["number"] for item in items]


@pytest.mark.parametrize("batch", [1, 5, 6])
def test_pages_lead_through_all_of_them(world: World, monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    """Each once, however many are read at once."""
    monkeypatch.setattr("pm_assistant.workflows.code.queries.BATCH", batch)
    record(world, *(a_pull_request(number, at=NOW + timedelta(minutes=number)) for number in range(1, 6)))
    seen, cursor = [], ""
    while True:
        page = world.reader.get("/v1/pull-requests", limit="2", cursor=cursor).json
        seen += [item["number"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert [5, 4, 3, 2, 1] == seen


def test_of_a_repository_that_was_taken_back_nothing_is_shown(world: World) -> None:
    """Whatever we still know of it."""
    record(world, a_pull_request(), RepositoryAccess(repository_id="900", at=NOW, granted=False))
    assert [] == world.reader.get("/v1/pull-requests").json["items"]
    assert 404 == world.reader.get("/v1/pull-requests/900:1").status


WRITTEN = {"title": "Keep the coupon", "branch": "keep-the-coupon", "base": "main", "labels": ["bug"]}
KEPT_BACK = {"title": "", "branch": "", "base": "", "labels": []}


@pytest.mark.parametrize(
    ("private_code", "private", "public"),
    [
        (None, KEPT_BACK, WRITTEN),
        (PrivateCode.LINKS, KEPT_BACK, WRITTEN),
        (PrivateCode.EVERYTHING, WRITTEN, WRITTEN),
        (PrivateCode.NOTHING, None, WRITTEN),
    ],
)
def test_of_a_private_repository_as_much_is_shown_as_the_team_allows(
    world: World, private_code: PrivateCode | None, private: dict[str, object] | None, public: dict[str, object]
) -> None:
    """Wherever pull requests are shown; unless it says otherwise the words stay where not everybody may read them."""
    repositories = (a_repository(), a_repository("901", name="acme/site", private=False))
    for repository, number in zip(repositories, (1, 2), strict=True):
        facts = a_pull_request(number, repository_id=repository.id, labels=("bug",))
        links = TicketLinks(
            pull_request_id=facts.pull_request_id, at=NOW, links=(a_link_to("ENG-1", ticket_id="ticket-1"),)
        )
        for part in (repository, facts, links):
            world.stores.code.record(ACME, part, keep_days=30)
    world.stores.directory.put_teams(ACME, [ENG])
    world.stores.tickets.put(ACME, a_ticket())
    if private_code:
        world.admin.patch("/v1/settings", {"private_code": private_code})

    expected = {id: parts for id, parts in (("900:1", private), ("901:2", public)) if parts is not None}
    for path in ("/v1/pull-requests", "/v1/tickets/ticket-1/pull-requests"):
        items = world.reader.get(path).json["items"]
        assert expected == {item["id"]: {name: item[name] for name in WRITTEN} for item in items}
        words = {item["id"]: [ticket["words"] for ticket in item["tickets"]] for item in items}
        assert {id: [""] if parts is KEPT_BACK else ["Fixes ENG-1"] for id, parts in expected.items()} == words
    assert (200 if private else 404) == world.reader.get("/v1/pull-requests/900:1").status


@pytest.mark.parametrize("id", ["900", "900:", ":1", "900:x", "900:99999999999999999999", "901:7"])
def test_what_is_not_there_is_not_found(world: World, id: str) -> None:
    """Whether or not it could be a pull request's name."""
    record(world, a_pull_request())
    assert 404 == world.reader.get(f"/v1/pull-requests/{segment(id)}").status


def test_what_does_not_agree_is_listed_longest_first(world: World) -> None:
    """With all that it rests on; of private teams and of what was taken back there is nothing."""
    now = datetime.now(UTC)
    world.stores.directory.put_teams(ACME, [ENG, ENG.model_copy(update={"id": "team-secret", "private": True})])
    tickets = (a_ticket(1, state=DOING), a_ticket(2, state=DOING, team_id="team-secret"), a_ticket(3, state=DOING))
    for ticket in tickets:
        world.stores.tickets.put(ACME, ticket.model_copy(update={"updated_at": now}))
    for number, (days, repository_id) in enumerate(((2, "900"), (3, "900"), (1, "902")), start=1):
        merged_at = now - timedelta(days=days)
        times = {"at": merged_at, "closed_at": merged_at, "merged_at": merged_at}
        facts = a_pull_request(number, repository_id=repository_id, **times)
        link = a_link_to(f"ENG-{number}", ticket_id=f"ticket-{number}")
        record(world, facts, TicketLinks(pull_request_id=facts.pull_request_id, at=merged_at, links=(link,)))
    old = a_pull_request(9, at=now, created_at=now - timedelta(days=5))
    record(world, old, TicketLinks(pull_request_id=old.pull_request_id, at=now))
    items = world.reader.get("/v1/disagreements").json["items"]
    assert [("work_without_ticket", None), ("merged_but_open", "ticket-1")] == [
        (item["kind"], item["ticket_id"]) for item in items
    ]
    assert ["ENG-1 Checkout drops the coupon", "acme/shop#1 Keep the coupon"] == [
        receipt["text"] for receipt in items[1]["receipts"]
    ]
    assert items[1:] == world.reader.get("/v1/disagreements", kind="merged_but_open").json["items"]
    first = world.reader.get("/v1/disagreements", limit="1").json
    assert items[1:] == world.reader.get("/v1/disagreements", limit="1", cursor=first["next"]).json["items"]
    assert [] == world.stranger.get("/v1/disagreements").json["items"]


def test_a_ticket_lists_its_pull_requests(world: World) -> None:
    """Named by its key or its id, each with what it does for it in whose words."""
    world.stores.directory.put_teams(ACME, [ENG])
    world.stores.tickets.put(ACME, a_ticket())
    link = a_link_to("ENG-1", ticket_id="ticket-1")
    record(world, a_pull_request(), TicketLinks(pull_request_id=a_review("1").pull_request_id, at=NOW, links=(link,)))
    (shown,) = world.reader.get("/v1/tickets/eng-1/pull-requests").json["items"]
    assert [("ENG-1", "closes", "Fixes ENG-1")] == [(t["key"], t["kind"], t["words"]) for t in shown["tickets"]]
    assert [shown] == world.reader.get("/v1/tickets/ticket-1/pull-requests").json["items"]
    assert 404 == world.reader.get("/v1/tickets/ENG-9/pull-requests").status


def test_a_team_says_which_accounts_are_programs(world: World) -> None:
    """Beside those that are known everywhere."""
    record(world, a_pull_request(), a_pull_request(2, author=Actor(login="renovate[bot]", bot=True)))
    settings = Settings.model_validate({"bots": {"coding_agents": ["Grace"]}})
    world.stores.tenants.put(a_tenant(settings=settings))
    items = world.reader.get("/v1/pull-requests").json["items"]
    assert {1: "coding_agent", 2: "dependency_bot"} == {item["number"]: item["author_kind"] for item in items}
