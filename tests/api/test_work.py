"""Tickets and conversations."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pm_assistant.domain.actions import CreateTicket, Ignore
from pm_assistant.domain.decisions import DecisionState
from pm_assistant.domain.planning import PlanName, Relation
from pm_assistant.domain.tenants import Channels, PrivateCode, Provider, Settings
from pm_assistant.domain.work import Message, Project
from tests.api.conftest import World, segment
from tests.builders import (
    ACME,
    DOING,
    ENG,
    GLOBEX,
    NOW,
    a_connection,
    a_decision,
    a_member,
    a_message,
    a_place,
    a_repository,
    a_tenant,
    a_ticket,
    a_ticket_comment,
    an_attachment,
)

START = int((datetime.now(UTC) - timedelta(hours=9) - NOW).total_seconds())
"""When today's talk began, in the seconds that messages are numbered by."""
AGO = NOW + timedelta(seconds=START - 60)


def said(world: World, *messages: Message) -> None:
    """Put messages into acme's store."""
    for message in messages:
        world.stores.messages.record(ACME, message, keep_days=90)


def test_nobody_learns_by_an_id_which_private_channels_we_are_in(world: World) -> None:
    """There is nothing of it to read, whether or not there is such a channel."""
    world.stores.readings.put_position(ACME, a_place("C0HR", "hr", private=True))

    answers = [world.reader.get("/v1/conversations", channel=channel) for channel in ("C0HR", "C0NOT")]

    assert [(200, []), (200, [])] == [(answer.status, answer.json["items"]) for answer in answers]


def test_conversations_of_a_channel_are_listed_by_its_name(world: World) -> None:
    """As by its id; one that we are not in any more goes by that alone."""
    world.stores.readings.put_position(ACME, a_place("C0ENG", "straße"))
    said(world, here := a_message(START), left := a_message(START + 3_600, channel="C0LEFT"))

    for channel, one in (("straße", here), ("#Straße", here), ("C0ENG", here), ("C0LEFT", left)):
        items = world.reader.get("/v1/conversations", since=AGO.isoformat(), channel=channel).json["items"]
        assert [f"{one.channel}:{one.ts}"] == [item["id"] for item in items]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [3, 2, 1]),
        ({"state": "started"}, [2]),
        ({"state": "completed"}, []),
        ({"team": "team-ops"}, [3]),
        ({"member_id": "U0ADA"}, [1]),
        ({"assignee": "U0ADA"}, [1]),
        ({"q": "COUPON eng-2"}, [2]),
        ({"q": "coupon printer"}, []),
        ({"q": "printer", "team": "team-ops"}, [3]),
    ],
)
def test_tickets_are_listed_changed_last_first(world: World, query: dict[str, str], expected: list[int]) -> None:
    """By phase, team, person and words."""
    world.stores.directory.put_members(ACME, [a_member("ada"), a_member("bob")])
    world.stores.directory.put_teams(ACME, [ENG, ENG.model_copy(update={"id": "team-ops"})])
    known: list[dict[str, Any]] = [
        {"assignee_id": "lin-ada"},
        {"state": DOING, "assignee_id": "lin-bob"},
        {"team_id": "team-ops", "title": "Printer is out of paper", "assignee_id": None},
    ]
    for number, changes in enumerate(known, start=1):
        world.stores.tickets.put(ACME, a_ticket(number, updated_at=NOW + timedelta(seconds=number), **changes))
    world.stores.tickets.put(GLOBEX, a_ticket(9))

    items = world.reader.get("/v1/tickets", **query).json["items"]

    assert [f"ticket-{number}" for number in expected] == [item["id"] for item in items]


def test_a_ticket_is_found_by_id_and_by_key(world: World) -> None:
    """In whatever case people write it."""
    world.stores.directory.put_teams(ACME, [ENG])
    world.stores.tickets.put(ACME, a_ticket(12))
    world.stores.tickets.put(GLOBEX, a_ticket(13))
    reader = world.reader

    assert {"ENG-12"} == {reader.get(f"/v1/tickets/{name}").json["key"] for name in ("ticket-12", "ENG-12", "eng-12")}
    assert {404} == {reader.get(f"/v1/tickets/{name}").status for name in ("ticket-13", "ENG-13", "ENG", "é" * 199)}


def test_a_ticket_that_changed_teams_is_found_by_what_it_was_called(world: World) -> None:
    """By name and among the words, unless another ticket is called so by now."""
    world.stores.directory.put_teams(ACME, [ENG])
    world.stores.tickets.put(ACME, a_ticket(12, former_keys=("OPS-7", "OPS-8")))
    world.stores.tickets.put(ACME, a_ticket(13, key="OPS-8"))
    reader = world.reader

    assert ["ENG-12", "OPS-8"] == [reader.get(f"/v1/tickets/{name}").json["key"] for name in ("ops-7", "ops-8")]
    assert ["ENG-12"] == [item["key"] for item in reader.get("/v1/tickets", q="ops-7").json["items"]]


@pytest.mark.parametrize(
    ("private_code", "titles"),
    [
        (PrivateCode.NOTHING, {"design": "The design"}),
        (PrivateCode.LINKS, {"design": "The design", "pull": ""}),
        (PrivateCode.EVERYTHING, {"design": "The design", "pull": "Keep it"}),
    ],
)
def test_what_is_attached_of_a_private_repository_is_shown_as_the_team_allows(
    world: World, private_code: PrivateCode, titles: dict[str, str]
) -> None:
    """However its address is spelt; other pages, and those of repositories that everybody may see, are as they are."""
    world.stores.tenants.put(a_tenant(settings=Settings(private_code=private_code)))
    world.stores.directory.put_teams(ACME, [ENG])
    world.stores.tickets.put(ACME, a_ticket())
    world.stores.code.record(ACME, a_repository(), keep_days=30)
    addresses = {"design": "https://design.test/acme/shop/1", "pull": "https://GitHub.com/Acme/shop/pull/1"}
    for id, title in (("design", "The design"), ("pull", "Keep it")):
        world.stores.planning.record(ACME, an_attachment(id, title=title, url=addresses[id]))
    shown = world.reader.get("/v1/tickets/ENG-1").json["attachments"]
    assert {addresses[id]: title for id, title in titles.items()} == {page["url"]: page["title"] for page in shown}


def test_a_ticket_says_what_is_attached_what_was_said_and_what_its_plans_are_called_now(world: World) -> None:
    """The list, too; a rename is told without the tickets."""
    world.stores.directory.put_teams(ACME, [ENG])
    world.stores.tickets.put(ACME, a_ticket(1, project=Project(id="p-1", name="Launch")))
    world.stores.planning.record(ACME, an_attachment(title="Keep it"))
    world.stores.planning.record(ACME, PlanName(id="p-1", name="Landing", at=NOW))
    for comment in (a_ticket_comment("1", url="#comment-1"), a_ticket_comment("2").erased):
        world.stores.planning.record_comment(ACME, comment, keep_days=30)
    reader = world.reader

    shown = reader.get("/v1/tickets/ENG-1").json

    assert [{"title": "Keep it", "url": an_attachment().url}] == shown["attachments"]
    assert [("comment 1", f"{shown['url']}#comment-1")] == [(each["text"], each["url"]) for each in shown["comments"]]
    assert ["Landing", "Landing"] == [
        shown["project"]["name"],
        reader.get("/v1/tickets").json["items"][0]["project"]["name"],
    ]


def test_a_ticket_shows_what_is_above_and_below_it(world: World) -> None:
    """Directly, and as far as everybody may read it."""
    secret = ENG.model_copy(update={"id": "team-sec", "private": True})
    world.stores.directory.put_teams(ACME, [ENG, secret])
    for number, changes in enumerate(
        ({}, {"parent_id": "ticket-1"}, {"parent_id": "ticket-1", "team_id": "team-sec"}, {"parent_id": "ticket-2"}), 1
    ):
        world.stores.tickets.put(ACME, a_ticket(number, **changes))
    world.stores.tickets.put(ACME, a_ticket(5, parent_id="ticket-3"))
    shown = {number: world.reader.get(f"/v1/tickets/ENG-{number}").json for number in (1, 2, 5)}

    assert {1: ["ENG-2"], 2: ["ENG-4"], 5: []} == {n: [c["key"] for c in each["children"]] for n, each in shown.items()}
    assert {1: None, 2: "ENG-1", 5: None} == {n: (each["parent"] or {}).get("key") for n, each in shown.items()}


def test_a_ticket_says_what_it_is_to_others_as_far_as_everybody_may_read_them(world: World) -> None:
    """In either direction; those that are not known are left out."""
    secret = ENG.model_copy(update={"id": "team-sec", "private": True})
    world.stores.directory.put_teams(ACME, [ENG, secret])
    for number in range(1, 5):
        world.stores.tickets.put(ACME, a_ticket(number, **({"team_id": "team-sec"} if number == 4 else {})))
    for number, (one, other, type) in enumerate(
        [(2, 1, "blocks"), (1, 3, "duplicate"), (1, 4, "related"), (1, 9, "blocks"), (1, 2, "similar")]
    ):
        relation = {"id": str(number), "ticket_id": f"ticket-{one}", "other_id": f"ticket-{other}", "type": type}
        world.stores.planning.relate(ACME, Relation.model_validate({**relation, "at": NOW}))
    shown = {n: world.reader.get(f"/v1/tickets/ENG-{n}").json["relations"] for n in (1, 2, 3)}

    assert {
        1: [("blocked_by", "ENG-2"), ("duplicate_of", "ENG-3"), ("similar", "ENG-2")],
        2: [("blocks", "ENG-1"), ("similar", "ENG-1")],
        3: [("duplicated_by", "ENG-1")],
    } == {n: [(each["role"], each["ticket"]["key"]) for each in relations] for n, relations in shown.items()}


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.integers(1, 6), at=st.lists(st.integers(0, 3), min_size=1, max_size=8))
def test_pages_of_tickets_put_together_are_the_list(world: World, limit: int, at: list[int]) -> None:
    """Also when several changed in the same moment."""
    world.stores.directory.put_teams(ACME, [ENG])
    for number, seconds in enumerate(at):
        world.stores.tickets.put(ACME, a_ticket(number, updated_at=NOW + timedelta(seconds=seconds)))
    reader = world.reader
    whole = reader.get("/v1/tickets", limit=200).json["items"]

    pages: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        page = reader.get("/v1/tickets", limit=limit, cursor=cursor).json
        assert 1 <= len(page["items"]) <= limit
        pages += page["items"]
        cursor = page["next"]

    assert whole == pages
    assert sorted((item["updated_at"] for item in whole), reverse=True) == [item["updated_at"] for item in whole]


def test_a_conversation_shows_who_said_what_where_and_what_was_decided(world: World) -> None:
    """A thread with its links, in the people's names as far as we know them."""
    root = a_message(START)
    reply = a_message(START + 60, "I am on it", root_ts=root.ts, author="U0STRANGER", edited_ts="1.0")
    said(world, root, reply)
    world.stores.directory.put_members(ACME, [a_member("ada")])
    world.stores.connections.put(a_connection(ACME, Provider.SLACK))
    decision = world.stores.decisions.save(a_decision(message=root, updated_at=AGO))

    [found] = world.reader.get("/v1/conversations", since=AGO.isoformat()).json["items"]

    assert {"id": f"C0ENG:{root.ts}", "channel": "C0ENG", "untracked": False}.items() <= found.items()
    assert [("Ada", False), ("U0STRANGER", True)] == [(each["author"], each["edited"]) for each in found["messages"]]
    assert found["messages"][1]["url"].startswith(f"https://acme.slack.com/archives/C0ENG/p{reply.ts.replace('.', '')}")
    assert [decision.id] == [each["id"] for each in found["decisions"]]
    assert found == world.reader.get(f"/v1/conversations/{segment(found['id'])}").json


def test_conversations_are_filtered(world: World) -> None:
    """By channel, by when, and by whether there is a ticket for the work they are about."""
    talks = [
        a_message(START),
        a_message(START + 3_600),
        a_message(START + 7_200, channel="C0OPS"),
        a_message(START + 10_800),
    ]
    said(world, *talks)
    for message, action, state in (
        (talks[0], Ignore(work=True), DecisionState.LOGGED),
        (talks[1], Ignore(work=False), DecisionState.LOGGED),
        (talks[2], CreateTicket(title="Paper", description=""), DecisionState.PROPOSED),
    ):
        world.stores.decisions.save(a_decision(action=action, message=message, state=state, updated_at=AGO))

    def found(**query: object) -> list[str]:
        since = query.pop("since", AGO.isoformat())
        items = world.reader.get("/v1/conversations", since=since, **query).json["items"]
        return [item["id"] for item in items]

    ids = [f"{message.channel}:{message.ts}" for message in talks]
    assert ids[::-1] == found()
    assert [ids[2], ids[0]] == found(untracked="true")
    assert [ids[3], ids[1]] == found(untracked="false")
    assert [ids[2]] == found(channel="C0OPS")
    assert [ids[3]] == found(since=(NOW + timedelta(seconds=START + 10_000)).isoformat())
    assert [] == world.stranger.get("/v1/conversations", since=AGO.isoformat()).json["items"]


def test_only_the_last_day_is_listed_unless_more_is_asked_for(world: World) -> None:
    """Whatever is kept longer."""
    today = datetime.now(UTC)
    recent, old = ((today - timedelta(hours=hours) - NOW).total_seconds() for hours in (23, 25))
    said(world, a_message(recent), a_message(old))

    assert 1 == len(world.reader.get("/v1/conversations").json["items"])
    assert 2 == len(world.reader.get("/v1/conversations", since=(today - timedelta(days=2)).isoformat()).json["items"])


def test_no_more_than_a_month_is_listed(world: World) -> None:
    """All that was said since has to be read for it."""
    asked = [(datetime.now(UTC) - timedelta(days=days)).isoformat() for days in (30, 32)]

    reached, refused = (world.reader.get("/v1/conversations", since=since) for since in asked)

    assert 200 == reached.status
    assert (400, "since") == (refused.status, refused.json["field"])


@pytest.mark.parametrize(
    "since",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "1969-12-31T23:59:59Z",
        "1795167000",
        "2026",
        "2026-11-20T09:30:00",
    ],
)
def test_a_moment_that_cannot_be_reckoned_with_is_refused(world: World, since: str) -> None:
    """Beyond either end of the calendar, or not spelt out."""
    answers = [world.reader.get(f"/v1/{of}", since=since) for of in ("conversations", "decisions")]
    answers.append(world.member.post("/v1/workflows/process", {"since": since}))

    assert [422] * 3 == [answer.status for answer in answers]


def test_private_talk_is_for_its_own_people(world: World) -> None:
    """Nobody else learns of it here, whatever the role."""
    secret = a_message(START, "we let Bob go", channel="G0HR", private=True)
    said(world, secret)
    world.stores.decisions.save(a_decision(message=secret, action=Ignore(work=True), private=True, updated_at=AGO))

    for client in (world.owner, world.reader):
        assert [] == client.get("/v1/conversations", since=AGO.isoformat()).json["items"]
        assert 404 == client.get(f"/v1/conversations/{segment(f'G0HR:{secret.ts}')}").status


def test_a_channel_that_is_no_longer_read_is_no_longer_shown(world: World) -> None:
    """What we keep of it is as if it were not there, until the tenant has it read again."""
    said(world, there := a_message(START, channel="C0HR"), here := a_message(START + 3_600))
    tenant = world.stores.tenants.get(ACME)
    settings = tenant.settings.model_copy(update={"channels": Channels(deny=("C0HR",))})
    world.stores.tenants.put(tenant.model_copy(update={"settings": settings}))

    items = world.reader.get("/v1/conversations", since=AGO.isoformat()).json["items"]

    assert [f"C0ENG:{here.ts}"] == [item["id"] for item in items]
    assert 404 == world.reader.get(f"/v1/conversations/{segment(f'C0HR:{there.ts}')}").status


def test_what_was_deleted_is_not_shown(world: World) -> None:
    """Neither the message nor a conversation of nothing else."""
    gone, root = a_message(START), a_message(START + 3_600)
    reply = a_message(START + 3_660, "never mind", root_ts=root.ts)
    said(world, gone, root, reply)
    for message in (gone, reply):
        world.stores.messages.delete(ACME, message.channel, message.root_ts, message.ts, at=NOW)

    [found] = world.reader.get("/v1/conversations", since=AGO.isoformat()).json["items"]

    assert [root.id] == [each["id"] for each in found["messages"]]
    assert 404 == world.reader.get(f"/v1/conversations/{segment(f'C0ENG:{gone.ts}')}").status


@pytest.mark.parametrize("name", ["C0ENG", "C0ENG:", ":", "C0ENG:soon", "C0ENG#x:1", "C0ENG:1795167000.000000:x"])
def test_a_conversation_that_never_was_is_not_found(world: World, name: str) -> None:
    """Whatever its name looks like."""
    said(world, a_message(START))

    assert 404 == world.reader.get(f"/v1/conversations/{segment(name)}").status


def test_a_conversation_without_slack_has_no_links(world: World) -> None:
    """It was disconnected; what was said is still there."""
    said(world, a_message(START))

    [found] = world.reader.get("/v1/conversations", since=AGO.isoformat()).json["items"]

    assert [None] == [each["url"] for each in found["messages"]]
