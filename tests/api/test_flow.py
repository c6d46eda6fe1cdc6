"""How the teams' work flows, and when it will be done, over the API."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.flow import InProgress, Spread, TeamFlow, WeekOfFlow
from pm_assistant.domain.forecast import Forecast, Outlook, Score, Why
from pm_assistant.domain.talk import Talk, Topic
from tests.api.conftest import World
from tests.builders import ACME, ENG, GLOBEX, a_connection, a_day_of_flow, a_message, a_ticket

DAY = timedelta(days=1)
SECRET = ENG.model_copy(update={"id": "team-secret", "key": "SEC", "private": True})
NOW = datetime.now(UTC)
"""The function goes by the real clock."""
TODAY = NOW.date()


def weeks(count: int = 8, finished: int = 4) -> tuple[WeekOfFlow, ...]:
    """So many weeks that are all alike."""
    first = date(2026, 9, 7)
    return tuple(
        WeekOfFlow(
            begins=first + timedelta(weeks=n), finished=finished, added=0, unplanned=1, reopened=0, in_progress=2
        )
        for n in range(count)
    )


def a_flow(**changes: Any) -> TeamFlow:
    """A team that finishes four a week and has ten open items."""
    fields = {
        "team_id": ENG.id,
        "weeks": weeks(),
        "finished": 32,
        "cycle_days": Spread(count=32, half=2, most=6),
        "lead_days": None,
        "efficiency": None,
        "review_hours": None,
        "in_progress": (),
        "in_progress_count": 0,
        "open_items": 10,
        "consistent": True,
        "outlook": Outlook(items=10, even_days=18, likely_days=18, weeks=8, finished=32),
    }
    return TeamFlow.model_validate(fields | changes)


@pytest.fixture
def flowing(world: World) -> World:
    """A tenant of which a public and a private team were measured today."""
    world.stores.directory.put_teams(ACME, [ENG, SECRET])
    day = a_day_of_flow(day=TODAY, teams=(a_flow(), a_flow(team_id=SECRET.id), a_flow(team_id="gone")))
    world.stores.flow.put_day(ACME, day)
    return world


def shown(world: World, flow: TeamFlow) -> dict[str, Any]:
    """What the API says of a team that flows so."""
    world.stores.flow.put_day(ACME, a_day_of_flow(day=TODAY, teams=(flow,)))
    [team] = world.reader.get("/v1/flow").json["teams"]
    assert isinstance(team, dict)
    return team


def test_before_anything_was_measured_there_is_no_day(world: World) -> None:
    """Nor another tenant's."""
    world.stores.flow.put_day(GLOBEX, a_day_of_flow())
    assert {"day": None, "time_zone": None, "measured_at": None, "teams": []} == world.reader.get("/v1/flow").json


def test_everybody_sees_the_teams_that_everybody_may_read_of(flowing: World) -> None:
    """A private team is told of to nobody here, also where it became private after it was measured."""
    answer = flowing.reader.get("/v1/flow").json
    assert [(ENG.id, ENG.key, ENG.name)] == [(team["id"], team["key"], team["name"]) for team in answer["teams"]]
    assert (TODAY.isoformat(), "UTC") == (answer["day"], answer["time_zone"])
    flowing.stores.directory.put_teams(ACME, [ENG.model_copy(update={"private": True})])
    assert [] == flowing.reader.get("/v1/flow").json["teams"]


@pytest.mark.parametrize("path", ["/v1/flow", "/v1/flow/forecast"])
def test_a_team_is_named_by_key_or_id_and_a_private_one_is_not_there(flowing: World, path: str) -> None:
    """As one that there never was."""
    for name in (ENG.id, ENG.key.lower()):
        assert 200 == flowing.reader.get(f"{path}?team={name}").status
    for name in (SECRET.id, SECRET.key, "gone", "nobody"):
        assert 404 == flowing.reader.get(f"{path}?team={name}").status


def test_what_is_in_progress_leads_to_its_tickets_and_says_what_takes_longer_than_usual(flowing: World) -> None:
    """Of what is gone, or is another team's by now, nothing is said."""
    flowing.stores.tickets.put_all(ACME, [a_ticket(1), a_ticket(2), a_ticket(3, team_id=SECRET.id)])
    ages = {"ticket-1": 7, "ticket-2": 5, "ticket-3": 4, "ticket-4": 3}
    doing = tuple(InProgress(ticket_id=id, since=NOW - days * DAY) for id, days in ages.items())
    found = shown(flowing, a_flow(in_progress=doing, in_progress_count=4))["in_progress"]
    assert [("ENG-1", 7.0, True), ("ENG-2", 5.0, False)] == [(t["key"], t["days"], t["late"]) for t in found]


def test_a_forecast_is_a_range_and_says_what_it_rests_on(flowing: World) -> None:
    """Never a single date."""
    forecast = shown(flowing, a_flow(outlook=a_flow().outlook))["forecast"]
    even = (TODAY + 18 * DAY).isoformat()
    assert (10, even, even, None) == tuple(forecast[name] for name in ("items", "even", "likely", "why"))
    said = f"{TODAY + 18 * DAY:%-d %b %Y}"
    assert f"85 % of runs finish by {said} (50 %: {said}), from 8 weeks, 32 items" == forecast["says"]


@pytest.mark.parametrize(
    ("outlook", "says"),
    [
        (
            {"even_days": 18, "likely_days": 30, "weeks": 4, "finished": 16, "why": Why.FEW_WEEKS},
            "about 3 to 5 weeks, from 4 weeks, 16 items: below 6 weeks no date is said",
        ),
        (
            {"weeks": 8, "finished": 4, "why": Why.FEW_FINISHED},
            "no forecast, from 8 weeks, 4 items: below 5 finished items there is none",
        ),
        (
            {"weeks": 8, "finished": 9, "growth": 1.1, "why": Why.NEVER},
            "no end in sight, from 8 weeks, 9 items, growing 1.1 a week: as much comes in as gets done",
        ),
    ],
)
def test_where_there_is_no_date_it_is_said_why(flowing: World, outlook: dict[str, Any], says: str) -> None:
    """And no date stands beside it."""
    forecast = shown(flowing, a_flow(outlook=Outlook(items=10, **outlook)))["forecast"]
    assert (None, None, says) == (forecast["even"], forecast["likely"], forecast["says"])


def test_it_is_said_where_figures_do_not_hold(flowing: World) -> None:
    """Too few, at odds with each other; and how the forecasts of before have done."""
    made = Forecast(made_on=TODAY, items=3, even=TODAY, likely=TODAY, held=True, done_on=TODAY)
    poor = a_flow(finished=4, consistent=False, forecasts=(made,), score=Score(made=20, held=16, even_held=9))
    assert [
        "4 items finished: below 5 there are counts and no figures",
        "work in progress does not fit throughput and cycle time: states or dates in the tracker are wrong",
        "16 of the last 20 forecasts held; of 100, 85 should",
    ] == shown(flowing, poor)["remarks"]
    assert [] == shown(flowing, a_flow())["remarks"]


def test_when_so_many_are_done_can_be_asked_and_the_same_question_has_the_same_answer(flowing: World) -> None:
    """All that are open, where no number is given."""
    path = f"/v1/flow/forecast?team={ENG.key}"
    both = [flowing.reader.get(f"{path}&items=4").json for _ in range(2)]
    assert both[0] == both[1]
    assert ((TODAY + 7 * DAY).isoformat(), 4) == (both[0]["likely"], both[0]["items"])
    assert 10 == flowing.reader.get(path).json["items"]
    for wrong in ("0", "501", "many"):
        assert 422 == flowing.reader.get(f"{path}&items={wrong}").status


def test_what_was_talked_about_is_told_with_links(flowing: World) -> None:
    """Another tenant sees nothing of it."""
    message = a_message(text="does it work?")
    flowing.stores.messages.record(ACME, message, keep_days=90)
    flowing.stores.tickets.put(ACME, a_ticket(1))
    flowing.stores.connections.put(a_connection())
    talk = Talk(
        since=NOW - 28 * DAY,
        conversations=3,
        messages=9,
        topics=(Topic(ticket_id="ticket-1", conversations=2, messages=7),),
        unanswered=(message.place,),
        unanswered_count=1,
    )
    flowing.stores.flow.put_day(ACME, a_day_of_flow(day=TODAY, talk=talk))
    found = flowing.reader.get("/v1/flow/conversations").json
    assert (3, 9, 1) == (found["conversations"], found["messages"], found["unanswered_count"])
    assert [("ENG-1", 2, 7)] == [(each["key"], each["conversations"], each["messages"]) for each in found["topics"]]
    [question] = found["unanswered"]
    assert "does it work?" == question["text"]
    assert question["url"].startswith("https://")
    nothing = flowing.stranger.get("/v1/flow/conversations").json
    assert (None, 0, []) == (nothing["day"], nothing["conversations"], nothing["topics"])


def test_where_a_team_was_not_measured_yet_there_is_no_forecast(world: World) -> None:
    """It is measured once a day, or when somebody says so."""
    world.stores.directory.put_teams(ACME, [ENG])
    assert 404 == world.reader.get(f"/v1/flow/forecast?team={ENG.key}").status
    answer = world.as_program(Scope.RUN).post("/v1/workflows/flow", {"dry_run": False})
    assert (202, "flow") == (answer.status, answer.json["kind"])
