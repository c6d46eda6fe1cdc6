"""What one says for the team's report, by the API."""

from pm_assistant.domain.accounts import Role
from pm_assistant.domain.tenants import Provider, Standing
from tests.api.conftest import World
from tests.builders import ACME, a_member

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
    assert 400 == ada.put("/v1/reports/answers", {"answers": {"And now?": "this"}}).status


def test_nobody_answers_for_somebody_else_and_no_program_does(world: World) -> None:
    """Nor do guests, and who is nobody of the team."""
    guest = a_member("gus", standings={Provider.SLACK: Standing.GUEST})
    world.stores.directory.put_members(ACME, [a_member(), guest])

    assert 403 == world.as_person(Role.MEMBER, email="gus@acme.test").put("/v1/reports/answers", {}).status
    assert 400 == world.as_person(Role.ADMIN, email="zoe@acme.test").put("/v1/reports/answers", {}).status
    assert 400 == world.reader.get("/v1/reports/answers").status


def test_a_team_asks_three_different_questions_at_most(world: World) -> None:
    """Each of one line."""
    for texts in (["a", "b", "c", "d"], ["a", " a"], [" "], ["x" * 76]):
        asked = {"report_questions": [{"text": text} for text in texts]}
        assert 422 == world.admin.patch("/v1/settings", asked).status
