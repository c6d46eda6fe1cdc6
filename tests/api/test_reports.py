"""Reports: the standup as it would be now, those that came, and what one says in them."""

from datetime import timedelta

from pm_assistant.domain.accounts import Role
from pm_assistant.domain.reports import AnswersChanged, ReportKind, SentReport, Skip
from pm_assistant.domain.tenants import Provider, Standing
from tests.api.conftest import World
from tests.builders import ACME, DOING, ENG, GLOBEX, NOW, TODO, a_member, a_ticket

ASKED = {"report_questions": [{"text": "What keeps you?", "meaning": "blocker"}, {"text": "And else?"}]}


def test_the_teams_questions_are_answered_and_answered_anew(world: World) -> None:
    """The second time takes the place of the first; what the team does not ask is refused."""
    world.stores.directory.put_members(ACME, [a_member()])
    ada = world.as_person(Role.MEMBER, email="ada@acme.test")
    assert 200 == world.admin.patch("/v1/settings", ASKED).status

    ada.put("/v1/reports/answers", {"answers": {"What keeps you?": "keys"}})
    answer = ada.put("/v1/reports/answers", {"answers": {"And else?": "cake"}, "words": "late"})

    said = [("And else?", "free", "cake"), ("", "free", "late")]
    assert said == [tuple(each.values()) for each in answer.json["answers"]]
    assert answer.json == ada.get("/v1/reports/answers").json
    assert [True, True] == [isinstance(put.message, AnswersChanged) for put in world.app.queues.reports.puts]
    assert 400 == ada.put("/v1/reports/answers", {"answers": {"And now?": "this"}}).status


def test_nobody_answers_for_somebody_else_and_no_program_does(world: World) -> None:
    """Nor do guests, and who is nobody of the team."""
    guest = a_member("gus", standings={Provider.SLACK: Standing.GUEST})
    world.stores.directory.put_members(ACME, [a_member(), guest])

    assert 403 == world.as_person(Role.MEMBER, email="gus@acme.test").put("/v1/reports/answers", {}).status
    assert 404 == world.as_person(Role.ADMIN, email="zoe@acme.test").put("/v1/reports/answers", {}).status
    assert 403 == world.reader.get("/v1/reports/answers").status


def test_a_team_asks_three_different_questions_at_most(world: World) -> None:
    """Each of one line."""
    for texts in (["a", "b", "c", "d"], ["a", " a"], [" "], ["x" * 76]):
        asked = {"report_questions": [{"text": text} for text in texts]}
        assert 422 == world.admin.patch("/v1/settings", asked).status


def test_a_standup_is_shown_as_it_would_be_now(world: World) -> None:
    """One's own, or a named person's; nothing is delivered or noted."""
    world.stores.directory.put_members(ACME, [a_member("ada"), a_member("bob")])
    world.stores.directory.put_teams(ACME, [ENG])
    world.stores.tickets.put(ACME, a_ticket(1, state=DOING))
    world.stores.tickets.put(ACME, a_ticket(2, state=TODO))
    ada = world.as_person(Role.MEMBER, email="ada@acme.test")

    own, named = ada.get("/v1/standup"), world.reader.get("/v1/standup", member_id="U0ADA")

    assert own.json["title"].startswith("Standup for Ada")
    assert own.json == named.json
    lines = {section["title"]: [line["text"][:5] for line in section["lines"]] for section in own.json["sections"]}
    assert (["ENG-1"], ["ENG-2"]) == (lines["In progress"], lines["To do"])
    assert world.stores.deliveries.last(ACME, "U0ADA", "standup") is None


def test_a_standup_is_somebodys(world: World) -> None:
    """A program has none of its own, and neither has a person nobody knows of the team."""
    world.stores.directory.put_members(GLOBEX, [a_member("eve")])

    for client in (world.reader, world.member):
        answer = client.get("/v1/standup")
        assert (400, "member_id") == (answer.status, answer.json["field"])
    answers = [world.reader.get("/v1/standup", member_id=member_id) for member_id in ("U0EVE", "U0NOBODY")]
    assert [404, 404] == [answer.status for answer in answers]
    assert 422 == world.reader.get("/v1/standup?member_id=").status
    assert answers[0].json == answers[1].json


def test_reports_that_came_are_listed_to_their_reader_alone(world: World) -> None:
    """The last first, page by page; a program has none, nor has somebody else."""
    world.stores.directory.put_members(ACME, [a_member("ada"), a_member("bob")])
    days = [NOW.date() + timedelta(days=number) for number in range(3)]
    for number, day in enumerate(days):
        at = NOW + timedelta(days=number)
        sent = SentReport(
            kind=ReportKind.STANDUP, subscription_id="standup.U0ADA", day=day, at=at, skipped=Skip.HOLIDAY
        )
        world.stores.deliveries.keep(ACME, sent, keep_days=30)
    ada, bob = (world.as_person(Role.MEMBER, email=f"{name}@acme.test") for name in ("ada", "bob"))

    first = ada.get("/v1/reports", limit="2").json
    rest = ada.get("/v1/reports", limit="2", cursor=first["next"]).json

    assert [f"{day}" for day in reversed(days)] == [sent["day"] for sent in (*first["items"], *rest["items"])]
    assert rest["next"] is None
    assert [[], []] == [client.get("/v1/reports").json["items"] for client in (bob, world.reader)]
