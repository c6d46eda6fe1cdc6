"""The people of the team and who they are at each vendor."""

from typing import Any, Literal

import pytest

from pm_assistant.domain.accounts import MailStop, Role, Scope
from pm_assistant.domain.jobs import JobDue, JobKind
from pm_assistant.domain.languages import Language
from pm_assistant.domain.reports import ReportKind, Subscription
from pm_assistant.domain.tenants import Member, Provider
from tests.api.conftest import World
from tests.builders import ACME, GLOBEX, NOW, a_member

ADA = a_member("ada", linear_id=None)
LIN_ADA = a_member("ada", id="lin-ada", slack_id=None, email="ada@home.test", time_zone="UTC")
BOB = a_member("bob")


@pytest.fixture
def team(world: World) -> World:
    """A world in which acme's Ada has an account in the chat and another in the tracker, and Bob one that is both."""
    world.stores.directory.put_members(ACME, [ADA, LIN_ADA, BOB])
    world.stores.directory.put_members(GLOBEX, [a_member("eve")])
    return world


def member(world: World, member_id: str) -> Member | None:
    """A member of acme, as it is kept."""
    return next((member for member in world.stores.directory.members(ACME) if member.id == member_id), None)


def zones(world: World) -> list[str]:
    """The zone of every schedule."""
    return [zone for zone, _ in world.app.schedules.recurring.values()]


def test_members_are_listed_and_found(team: World) -> None:
    """By a part of their name or address, in pages."""
    reader = team.reader

    assert ["U0ADA", "U0BOB", "lin-ada"] == [item["id"] for item in reader.get("/v1/members").json["items"]]
    assert ["lin-ada"] == [item["id"] for item in reader.get("/v1/members", q="HOME").json["items"]]
    first = reader.get("/v1/members", limit=2).json
    assert ["lin-ada"] == [i["id"] for i in reader.get("/v1/members", limit=2, cursor=first["next"]).json["items"]]
    assert BOB.model_dump(mode="json") | {"mail_stop": None} == reader.get("/v1/members/U0BOB").json


def test_who_may_be_one_person_is_only_suggested(team: World) -> None:
    """Nothing is joined before somebody says so."""
    [suggestion] = team.reader.get("/v1/members/suggestions").json["items"]

    assert ("U0ADA", "linear", "lin-ada") == (
        suggestion["member_id"],
        suggestion["provider"],
        suggestion["account"],
    )
    assert [ADA, BOB, LIN_ADA] == sorted(team.stores.directory.members(ACME), key=lambda member: member.id)


def test_a_suggestion_is_confirmed_by_putting_the_account(team: World) -> None:
    """The other becomes this person; its address and its reports go along; it may be said twice."""
    weekly = Subscription(member_id="lin-ada", kind=ReportKind.WEEKLY, weekdays=("FRI",))
    team.admin.put("/v1/subscriptions/lin-ada/weekly", {"delivery": "email"})
    assert [weekly.kind] == [wish.kind for wish in team.stores.subscriptions.all(ACME)]

    for _ in range(2):
        answer = team.admin.put("/v1/members/U0ADA/identities/linear", {"account": "lin-ada"})
        assert 200 == answer.status

    joined = member(team, "U0ADA")
    assert joined is not None
    assert Member.model_validate(answer.json) == joined
    assert ("lin-ada", ("ada@home.test",)) == (joined.linear_id, joined.emails)
    assert {Provider.LINEAR, Provider.SLACK} == set(joined.confirmed)
    assert member(team, "lin-ada") is None
    assert [] == team.reader.get("/v1/members/suggestions").json["items"]
    assert [("U0ADA", ReportKind.WEEKLY)] == [(w.member_id, w.kind) for w in team.stores.subscriptions.all(ACME)]
    assert ["Europe/Berlin"] == zones(team)


def test_an_account_that_was_joined_wrongly_is_corrected(team: World) -> None:
    """It goes from one to the other."""
    answer = team.admin.put("/v1/members/U0ADA/identities/linear", {"account": "lin-bob"})

    assert ("lin-bob", None) == (answer.json["linear_id"], getattr(member(team, "U0BOB"), "linear_id", ""))


def test_an_account_can_be_taken_away(team: World) -> None:
    """Somebody says that it is not Bob's, whatever the addresses say."""
    answer = team.admin.delete("/v1/members/U0BOB/identities/linear")

    assert (200, None, ["linear"]) == (answer.status, answer.json["linear_id"], answer.json["confirmed"])


def test_a_github_login_is_anybodys_word(team: World) -> None:
    """GitHub tells us of nobody; the same login in another case is the same."""
    assert "Ada-L" == team.admin.put("/v1/members/U0ADA/identities/github", {"account": "Ada-L"}).json["github_login"]
    assert 200 == team.admin.put("/v1/members/U0BOB/identities/github", {"account": "ada-l"}).status
    assert (None, "ada-l") == tuple(getattr(member(team, id), "github_login", "") for id in ("U0ADA", "U0BOB"))


@pytest.mark.parametrize(
    ("member_id", "provider", "account", "status"),
    [
        ("U0ADA", "linear", "lin-nobody", 400),
        ("U0ADA", "linear", "lin-eve", 400),
        ("U0ADA", "slack", "U0BOB", 409),
        ("lin-ada", "slack", "U0BOB", 409),
        ("lin-ada", "linear", "lin-bob", 409),
        ("U0NOBODY", "linear", "lin-ada", 404),
        ("U0EVE", "linear", "lin-ada", 404),
        ("U0ADA", "jira", "x", 422),
        ("U0ADA", "github", "no login", 422),
        ("U0ADA", "github", "a" * 40, 400),
    ],
)
def test_what_cannot_be_is_refused(team: World, member_id: str, provider: str, account: str, status: int) -> None:
    """An unknown account, another tenant's, or one that somebody is known by."""
    before = team.stores.directory.members(ACME)

    answer = team.admin.put(f"/v1/members/{member_id}/identities/{provider}", {"account": account})

    assert status == answer.status
    assert list(before) == list(team.stores.directory.members(ACME))


def test_the_account_somebody_is_known_by_stays(team: World) -> None:
    """Everything else refers to it."""
    assert 409 == team.admin.delete("/v1/members/U0BOB/identities/slack").status


def test_a_person_is_changed_by_hand(team: World) -> None:
    """What is set is remembered as set; reports follow to the new zone; the trail names the fields."""
    team.admin.put("/v1/subscriptions/U0ADA/standup", {})
    assert ["Europe/Berlin"] == zones(team)

    answer = team.admin.patch(
        "/v1/members/U0ADA",
        {"time_zone": "Asia/Tokyo", "emails": ["ada@home.test"], "name": "Countess", "language": "fr"},
    )

    changed = ADA.model_copy(
        update={
            "time_zone": "Asia/Tokyo",
            "emails": ("ada@home.test",),
            "name": "Countess",
            "language": Language.FRENCH,
            "by_hand": ("name", "time_zone", "language"),
        }
    )
    assert changed == Member.model_validate(answer.json) == member(team, "U0ADA")
    assert ["Asia/Tokyo"] == zones(team)
    [entry, _] = team.stores.audit.latest(ACME, limit=2)
    assert ("member.changed", "emails, language, name, time_zone") == (entry.action, entry.detail["fields"])


@pytest.mark.parametrize(
    "change",
    [
        {"language": "tlh"},
        {"time_zone": "Mars/Base"},
        {"time_zone": None},
        {"name": ""},
        {"emails": ["nobody"]},
        {"id": "U0X"},
    ],
)
def test_a_person_cannot_be_made_anything(team: World, change: dict[str, Any]) -> None:
    """Malformed values and fields that vendors own are refused."""
    assert 422 == team.admin.patch("/v1/members/U0ADA", change).status
    assert ADA == member(team, "U0ADA")


def test_people_change_themselves_and_admins_everybody(team: World) -> None:
    """Who one is, is known by the address that was proven."""
    ada = team.as_person(Role.MEMBER, email="Ada@acme.test")

    assert 200 == ada.patch("/v1/members/U0ADA", {"name": "Countess"}).status
    assert 403 == ada.patch("/v1/members/U0BOB", {"name": "Robert"}).status
    assert 403 == ada.put("/v1/members/U0ADA/identities/linear", {"account": "lin-ada"}).status
    assert 403 == ada.delete("/v1/members/U0BOB/identities/linear").status
    assert 403 == team.reader.patch("/v1/members/U0ADA", {"name": "x"}).status
    assert 200 == team.admin.patch("/v1/members/U0BOB", {"name": "Robert"}).status


def test_an_admin_has_a_persons_data_erased(team: World) -> None:
    """It is noted who asked, and where it can be followed; asking again names the same run, and sends it once more."""
    answers = [team.admin.delete("/v1/members/U0ADA/data") for _ in range(2)]

    [run] = {answer.json["id"] for answer in answers}
    assert [(202, f"/v1/runs/{run}")] * 2 == [(answer.status, answer.headers["location"]) for answer in answers]
    order = team.stores.jobs.get(ACME, run).order
    assert (JobKind.ERASE_PERSON, False, "U0ADA") == (order.kind, order.dry_run, order.member_id)
    assert {run} == {put.message.job_id for put in team.app.queues.jobs.puts if isinstance(put.message, JobDue)}
    noted = team.stores.audit.latest(ACME, limit=9)
    assert [("member.erasing", "U0ADA", {"run": run}, "account:acme-admin")] * 2 == [
        (entry.action, entry.target, entry.detail, entry.actor) for entry in noted
    ]


def test_only_admins_have_data_erased_and_only_of_who_is_there(team: World) -> None:
    """A person's own word goes through an admin."""
    assert 403 == team.member.delete("/v1/members/U0ADA/data").status
    assert 404 == team.admin.delete("/v1/members/U0EVE/data").status
    assert [] == list(team.stores.jobs.latest(ACME, limit=9))


@pytest.mark.parametrize(("reason", "status"), [("Bounce", 204), ("Complaint", 400)])
def test_a_stop_of_mail_is_shown_with_the_member_and_an_admin_lifts_it(
    team: World, reason: Literal["Bounce", "Complaint"], status: int
) -> None:
    """But for whoever called our mail junk: they alone may, by a code."""
    stop = MailStop(email="Ada@acme.test", reason=reason, at=NOW)
    team.stores.mail.stop(ACME, stop)
    shown = stop.model_dump(mode="json")
    assert 403 == team.as_program(Scope.RUN).delete("/v1/members/U0ADA/mail-stop").status
    listed = {item["id"]: item["mail_stop"] for item in team.reader.get("/v1/members").json["items"]}
    assert {"U0ADA": shown, "U0BOB": None, "lin-ada": None} == listed
    assert shown == team.reader.get("/v1/members/U0ADA").json["mail_stop"]

    answer = team.admin.delete("/v1/members/U0ADA/mail-stop")

    left = {204: None, 400: shown}[status]
    assert (status, left) == (answer.status, team.reader.get("/v1/members/U0ADA").json["mail_stop"])
    assert status == 204 or "code" in answer.json["detail"]
    assert 204 == team.admin.delete("/v1/members/U0BOB/mail-stop").status


@pytest.mark.parametrize("day", ["soon", "2026-13-45", "2026-12-01T09:30:00Z"])
def test_what_is_no_day_is_told_how_one_is_written(team: World, day: str) -> None:
    """In the same words whatever is wrong with it."""
    answer = team.admin.patch("/v1/members/U0ADA", {"away_until": day})

    assert (422, "body.away_until: a day is spelt out, such as 2026-11-20") == (answer.status, answer.json["detail"])
