"""Who wants which report when."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pm_assistant.domain.accounts import Role, Scope
from pm_assistant.domain.catch_up import Position
from pm_assistant.domain.reports import ReportChannel, ReportKind, Subscription
from pm_assistant.domain.tenants import Provider, Standing
from pm_assistant.domain.work import Channel
from tests.api.conftest import Client, World
from tests.builders import ACME, ENG, GLOBEX, a_member


@pytest.fixture
def team(world: World) -> World:
    """A world in which Ada is in the chat and has an address, and Lin is only in the tracker, without one."""
    world.stores.directory.put_members(ACME, [a_member("ada"), a_member("lin", slack_id=None, email=None)])
    world.stores.directory.put_members(GLOBEX, [a_member("eve")])
    return world


def ada(team: World) -> Client:
    """Ada, logged in."""
    return team.as_person(Role.MEMBER, email="ada@acme.test")


def clocks(world: World) -> list[tuple[int, int, tuple[str, ...], str]]:
    """What strikes when, and by whose clock."""
    made = world.app.schedules.recurring.values()
    return [(wish.hour, wish.minute, wish.weekdays, zone) for zone, wish in made]


@pytest.mark.parametrize(
    ("kind", "wish", "at", "days"),
    [
        ("standup", {}, (9, 0), ("MON", "TUE", "WED", "THU", "FRI")),
        ("weekly", {"hour": 16}, (16, 0), ("FRI",)),
        ("weekly", {"hour": 7, "minute": 30, "weekdays": ["SUN"]}, (7, 30), ("SUN",)),
    ],
)
def test_a_report_comes_at_the_persons_own_hour(
    team: World, kind: str, wish: dict[str, Any], at: tuple[int, int], days: tuple[str, ...]
) -> None:
    """The wish is kept and the clock is set; another wish replaces it."""
    ada(team).put(f"/v1/subscriptions/U0ADA/{kind}", {"hour": 23})

    answer = ada(team).put(f"/v1/subscriptions/U0ADA/{kind}", wish)

    assert (200, list(days)) == (answer.status, answer.json["weekdays"])
    assert [Subscription.model_validate(answer.json)] == list(team.stores.subscriptions.all(ACME))
    assert [(*at, days, "Europe/Berlin")] == clocks(team)
    assert [answer.json] == team.reader.get("/v1/subscriptions").json["items"]


def test_a_report_can_come_by_mail(team: World) -> None:
    """If there is an address."""
    ada(team).put("/v1/subscriptions/U0ADA/standup", {"delivery": "email"})

    [wish] = team.stores.subscriptions.all(ACME)
    assert (ReportKind.STANDUP, ReportChannel.EMAIL) == (wish.kind, wish.delivery)


@pytest.mark.parametrize("delivery", ["slack", "email"])
def test_whoever_cannot_be_reached_gets_no_report(team: World, delivery: str) -> None:
    """Better now than never to be told."""
    answer = team.admin.put("/v1/subscriptions/U0LIN/standup", {"delivery": delivery})

    assert (400, "delivery") == (answer.status, answer.json["field"])
    assert [] == clocks(team)
    assert [] == list(team.stores.subscriptions.all(ACME))


@pytest.mark.parametrize(
    "wish",
    [
        {"hour": 24},
        {"hour": -1},
        {"minute": 60},
        {"weekdays": []},
        {"weekdays": ["MONDAY"]},
        {"delivery": "pigeon"},
        {"member_id": "U0LIN"},
    ],
)
def test_a_wish_has_to_be_possible(team: World, wish: dict[str, Any]) -> None:
    """Malformed ones leave no trace."""
    assert 422 == ada(team).put("/v1/subscriptions/U0ADA/standup", wish).status
    assert [] == clocks(team)
    assert [] == list(team.stores.subscriptions.all(ACME))


def test_a_report_can_be_ended(team: World) -> None:
    """Once and again, without a word; the other one goes on."""
    ada(team).put("/v1/subscriptions/U0ADA/standup", {})
    ada(team).put("/v1/subscriptions/U0ADA/weekly", {})

    answers = [ada(team).delete("/v1/subscriptions/U0ADA/standup") for _ in range(2)]

    assert [(204, ""), (204, "")] == [(answer.status, answer.text) for answer in answers]
    assert [ReportKind.WEEKLY] == [wish.kind for wish in team.stores.subscriptions.all(ACME)]
    assert 1 == len(clocks(team))


def test_reports_are_for_the_teams_own_people(team: World) -> None:
    """Nobody else's, and nobody's unknown."""
    for member_id in ("U0EVE", "U0NOBODY"):
        assert 404 == team.member.put(f"/v1/subscriptions/{member_id}/standup", {}).status
        assert 404 == team.member.delete(f"/v1/subscriptions/{member_id}/standup").status
    assert 403 == team.reader.put("/v1/subscriptions/U0ADA/standup", {}).status
    assert [] == clocks(team)


def test_reports_are_ones_own_business_or_an_admins(team: World) -> None:
    """Neither a colleague nor a program with the right to run things begins or ends somebody's reports."""
    ada(team).put("/v1/subscriptions/U0ADA/standup", {})

    for somebody_else in (team.member, team.as_program(Scope.RUN)):
        assert 403 == somebody_else.put("/v1/subscriptions/U0ADA/standup", {"hour": 3}).status
        assert 403 == somebody_else.delete("/v1/subscriptions/U0ADA/standup").status
    assert [9] == [wish.hour for wish in team.stores.subscriptions.all(ACME)]

    assert 200 == team.admin.put("/v1/subscriptions/U0ADA/standup", {"hour": 8}).status
    assert 204 == team.as_program(Scope.ADMIN).delete("/v1/subscriptions/U0ADA/standup").status


def in_channel(team: World, *, outside: bool = False) -> None:
    """Have the product be in a channel."""
    channel = Channel(id="C0ENG", name="eng", outside=outside)
    position = Position(source=Provider.SLACK, workspace="T0ACME", place="C0ENG", channel=channel)
    team.stores.readings.put_position(ACME, position)


@pytest.mark.parametrize(("wish", "zone"), [({}, "UTC"), ({"time_zone": "Asia/Kolkata"}, "Asia/Kolkata")])
def test_an_admin_has_a_report_posted_in_a_channel(team: World, wish: dict[str, Any], zone: str) -> None:
    """By the clock that is named, and no longer when an admin says so."""
    in_channel(team)

    made = team.admin.put("/v1/channels/C0ENG/subscriptions/standup", wish)

    days = ("MON", "TUE", "WED", "THU", "FRI")
    assert [(9, 0, days, zone)] == clocks(team)
    assert ([made.json], "C0ENG") == (team.reader.get("/v1/subscriptions").json["items"], made.json["channel_id"])
    answers = [team.admin.delete("/v1/channels/C0ENG/subscriptions/standup") for _ in range(2)]
    assert [204, 404] == [answer.status for answer in answers]
    assert [] == clocks(team)


def test_whoever_asks_lends_a_channel_their_clock(team: World) -> None:
    """If they are known as a person of the team."""
    in_channel(team)

    team.as_person(Role.ADMIN, email="ada@acme.test").put("/v1/channels/C0ENG/subscriptions/weekly", {})

    assert [(9, 0, ("FRI",), "Europe/Berlin")] == clocks(team)


def test_nothing_is_posted_where_we_are_not_or_others_listen(team: World) -> None:
    """Nor is it for people who are no admins to decide."""
    path = "/v1/channels/C0ENG/subscriptions/standup"
    assert 404 == team.admin.put(path, {}).status
    in_channel(team, outside=True)
    shared = team.admin.put(path, {})
    assert (400, "channel_id") == (shared.status, shared.json["field"])
    in_channel(team)

    for client in (team.member, team.reader, ada(team)):
        assert 403 == client.put(path, {}).status
        assert 403 == client.delete(path).status
    assert [] == list(team.stores.subscriptions.all(ACME))


BOARD = ENG.model_copy(update={"id": "team-board", "private": True})
OF_TEAM = ("/v1/subscriptions/U0ADA/standup", "/v1/channels/C0ENG/subscriptions/standup")


@pytest.mark.parametrize("path", OF_TEAM)
def test_a_teams_report_comes_beside_ones_own(team: World, path: str) -> None:
    """To a person and in a channel; each is ended by itself."""
    in_channel(team)
    team.stores.directory.put_teams(ACME, [ENG])
    own = team.admin.put(path, {})

    of_team = team.admin.put(f"{path}?team_id={ENG.id}", {"hour": 8})

    assert (200, ENG.id, f"{own.json['id']}.team:{ENG.id}") == (
        of_team.status,
        of_team.json["team_id"],
        of_team.json["id"],
    )
    assert [9, 8] == [hour for hour, *_ in clocks(team)]
    assert 204 == team.admin.delete(f"{path}?team_id={ENG.id}").status
    assert [own.json] == team.reader.get("/v1/subscriptions").json["items"]


@pytest.mark.parametrize("path", OF_TEAM)
@pytest.mark.parametrize("team_id", [BOARD.id, "team-nowhere"])
def test_there_is_no_report_of_a_team_that_not_everybody_may_read_of(team: World, path: str, team_id: str) -> None:
    """Which is not told from one that there is not."""
    in_channel(team)
    team.stores.directory.put_teams(ACME, [ENG, BOARD])

    answer = team.admin.put(f"{path}?team_id={team_id}", {})

    assert (400, "team_id") == (answer.status, answer.json["field"])
    assert [] == clocks(team)


def test_guests_get_no_teams_report(team: World) -> None:
    """They see a part of what the team may."""
    team.stores.directory.put_teams(ACME, [ENG])
    guest = a_member("ada", standings={Provider.SLACK: Standing.GUEST})
    team.stores.directory.put_members(ACME, [guest])

    answer = team.admin.put(f"/v1/subscriptions/U0ADA/standup?team_id={ENG.id}", {})

    assert (400, "team_id") == (answer.status, answer.json["field"])


OVERVIEW = f"/v1/subscriptions/U0ADA/overview?team_id={ENG.id}"


def test_an_admin_names_who_has_the_overview_of_a_team(team: World) -> None:
    """Whoever is named may say when it comes, read it and end it; then it is an admin's to say once more."""
    team.stores.directory.put_teams(ACME, [ENG])
    now = f"/v1/overview?team_id={ENG.id}"
    assert [403, 403] == [ada(team).put(OVERVIEW, {}).status, ada(team).get(now).status]

    made = team.admin.put(OVERVIEW, {})

    assert (200, ["MON"], ENG.id) == (made.status, made.json["weekdays"], made.json["team_id"])
    assert 200 == ada(team).put(OVERVIEW, {"hour": 7}).status
    assert ("overview", ENG.id) == ((shown := ada(team).get(now).json)["kind"], shown["team_id"])
    assert 204 == ada(team).delete(OVERVIEW).status
    assert [403, 403] == [ada(team).put(OVERVIEW, {}).status, ada(team).get(now).status]


def test_admins_see_the_overview_of_any_team_that_everybody_may_read_of(team: World) -> None:
    """As anybody would who is named; a colleague sees none for them."""
    team.stores.directory.put_teams(ACME, [ENG, BOARD])
    team.admin.put(OVERVIEW, {})
    shown = [
        (client, team_id, client.get(f"/v1/overview?team_id={team_id}&member_id=U0ADA").status)
        for client in (team.admin, team.as_program(Scope.ADMIN), team.member, team.reader)
        for team_id in (ENG.id, BOARD.id)
    ]
    assert [200, 404, 200, 404, 403, 403, 403, 403] == [status for *_, status in shown]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/v1/subscriptions/U0ADA/overview", "team_id"),
        (f"/v1/channels/C0ENG/subscriptions/overview?team_id={ENG.id}", "kind"),
    ],
)
def test_an_overview_is_of_a_team_and_for_a_person(team: World, path: str, field: str) -> None:
    """In a channel it would be read by those whom it is about."""
    in_channel(team)
    team.stores.directory.put_teams(ACME, [ENG])

    answer = team.admin.put(path, {})

    assert (400, field) == (answer.status, answer.json["field"])
    assert [] == clocks(team)
    assert "team_id" == team.admin.get("/v1/overview?member_id=U0ADA").json["field"]


@pytest.mark.parametrize("until", ["hour", "tomorrow"])
def test_a_report_comes_again_when_its_reader_says_so(team: World, until: str) -> None:
    """Their own hour tomorrow; a colleague may not, an admin may, and of a team's it is that team's."""
    path = "/v1/subscriptions/U0ADA/standup/again"
    ada(team).put("/v1/subscriptions/U0ADA/standup", {"hour": 8})

    answer = ada(team).post(path, {"until": until})

    [(due, at)] = team.app.schedules.once
    assert (202, "U0ADA", None) == (answer.status, due.member_id, due.team_id)
    assert datetime.fromisoformat(answer.json["at"]) == at
    assert (
        (at.hour, at.minute) == (8, 0)
        if until == "tomorrow"
        else abs(at - datetime.now(UTC) - timedelta(hours=1)) < timedelta(minutes=1)
    )
    assert 403 == team.member.post(path, {"until": until}).status
    assert 422 == ada(team).post(path, {"until": "never"}).status
    team.admin.post(f"{path}?team_id={ENG.id}", {"until": until})
    assert [None, ENG.id] == [due.team_id for due, _ in team.app.schedules.once]
