"""How the teams' work flows, as a page: charts with their numbers, forecasts with what became of them."""

import re
from datetime import UTC, date, datetime, timedelta
from html import escape
from typing import Any

import pytest

from pm_assistant.domain.accounts import Role
from pm_assistant.domain.flow import InProgress, Spread, TeamFlow, WeekOfFlow
from pm_assistant.domain.forecast import Forecast, Outlook, Score, Why
from pm_assistant.domain.talk import Talk, Topic
from tests.builders import ACME, DOING, ENG, GLOBEX, a_connection, a_day_of_flow, a_message, a_ticket
from tests.web.browser import PageAnswer, WebWorld

DAY = timedelta(days=1)
NOW = datetime.now(UTC)
TODAY = NOW.date()
EVIL = "<img src=x onerror=alert(1)>"
DATA = ENG.model_copy(update={"id": "team-data", "key": "DAT", "name": "Data"})
SECRET = ENG.model_copy(update={"id": "team-secret", "key": "SEC", "name": "Secret plans", "private": True})


def weeks(count: int = 13, finished: int = 5) -> tuple[WeekOfFlow, ...]:
    """So many weeks, each a bit better than the one before."""
    spread = Spread(count=finished, half=2, most=6)
    return tuple(
        WeekOfFlow(
            begins=date(2026, 8, 31) + timedelta(weeks=n),
            finished=finished,
            added=0,
            unplanned=1,
            reopened=0,
            in_progress=n,
            cycle_days=spread,
        )
        for n in range(count)
    )


def a_flow(**changes: Any) -> TeamFlow:
    """A team that finishes five a week and has ten open items."""
    fields: dict[str, Any] = {
        "team_id": ENG.id,
        "weeks": weeks(),
        "finished": 65,
        "cycle_days": Spread(count=65, half=2, most=6),
        "in_progress": (InProgress(ticket_id="ticket-1", since=NOW - 9 * DAY),),
        "in_progress_count": 1,
        "open_items": 10,
        "consistent": True,
        "outlook": Outlook(items=10, even_days=14, likely_days=20, weeks=12, finished=60, growth=0.5),
    }
    return TeamFlow.model_validate(fields | changes)


def shown(web: WebWorld, *flows: TeamFlow, path: str = "/flow", language: str = "en") -> PageAnswer:
    """The page where these teams were measured today."""
    stores = web.api.stores
    stores.directory.put_teams(ACME, [ENG, DATA, SECRET])
    stores.tickets.put(ACME, a_ticket(1, state=DOING, title=EVIL))
    stores.flow.put_day(ACME, a_day_of_flow(day=TODAY, measured_at=NOW, teams=flows))
    return web.browser(Role.MEMBER).get(path, accept_language=language)


def one(web: WebWorld, **changes: Any) -> PageAnswer:
    """One team in full."""
    return shown(web, a_flow(**changes), path=f"/flow?team={ENG.id}")


def test_the_first_look_is_at_all_teams_and_leads_to_each(web: WebWorld) -> None:
    """A private team is left out, though it was measured before it became one."""
    page = shown(web, a_flow(), a_flow(team_id=DATA.id), a_flow(team_id=SECRET.id))
    assert [f"team={DATA.id}&amp;weeks=13", f"team={ENG.id}&amp;weeks=13"] == re.findall(
        r'href="[^"]*/flow\?([^"]*)"', page.html
    )
    assert SECRET.name not in page.text
    assert "10" in page.text


def test_where_there_is_one_team_it_is_shown_at_once(web: WebWorld) -> None:
    """There is nothing to choose."""
    web.api.stores.directory.put_teams(ACME, [ENG, SECRET])
    web.api.stores.flow.put_day(ACME, a_day_of_flow(day=TODAY, teams=(a_flow(),)))
    page = web.browser().get("/flow").text
    assert "When it will be done" in page
    assert "All teams" not in page


@pytest.mark.parametrize("team", [SECRET.id, SECRET.key, "nobody"])
def test_a_team_that_is_private_is_not_there(web: WebWorld, team: str) -> None:
    """As one that there never was."""
    assert 404 == shown(web, a_flow(), path=f"/flow?team={team}").status


def test_another_tenants_flow_is_not_there(web: WebWorld) -> None:
    """Its teams cannot be named here."""
    shown(web, a_flow())
    other = web.browser(tenant_id=GLOBEX)
    assert 404 == other.get(f"/flow?team={ENG.id}").status
    assert ENG.name not in other.get("/flow").text


def test_each_chart_has_its_numbers_beneath_and_no_style_in_it(web: WebWorld) -> None:
    """What the policy of every page forbids would not be shown."""
    page = one(web)
    figures = re.findall(r"<figure class=\"sheet\">.*?</figure>", page.html, re.DOTALL)
    titles = ["Finished each week, and what of it began as talk", "In progress as the week ended", "From begun to done"]
    assert titles == [title for title in titles if any(title in figure for figure in figures)]
    for figure in figures:
        assert "<svg" in figure
        assert 13 == figure.count('data-label="Week of"')
        weeks = re.findall(r'data-label="Week of">([^<]+)<', figure)
        assert f"<span>{weeks[0]}</span> <span>{weeks[-1]}</span>" in figure
        assert re.search(r'top-of-chart">\d', figure)
    assert " style=" not in page.html
    assert "<style" not in page.html


def test_of_what_no_week_has_five_there_is_no_chart(web: WebWorld) -> None:
    """Its row says why there is no figure."""
    page = one(web, cycle_days=None, weeks=tuple(w.model_copy(update={"cycle_days": None}) for w in weeks()))
    assert 'id="cycle"' not in page.html
    assert "fewer than 5" in page.text


@pytest.mark.parametrize(("span", "count", "finished"), [("4", 4, 20), ("8", 8, 40), ("13", 13, 65), ("x", 13, 65)])
def test_a_span_is_looked_at_by_itself(web: WebWorld, span: str, count: int, finished: int) -> None:
    """Weeks, and what was counted in them."""
    page = shown(web, a_flow(), path=f"/flow?team={ENG.id}&weeks={span}")
    [throughput] = re.findall(
        r"<figure class=\"sheet\">(?:(?!</figure>).)*id=\"throughput\".*?</figure>", page.html, re.DOTALL
    )
    assert count == throughput.count('data-label="Week of"')
    assert f"{finished} finished in this span" in page.text


def test_a_forecast_is_a_range_and_the_past_ones_are_scored(web: WebWorld) -> None:
    """Held, not held, not known yet: each as it came."""
    made = [
        Forecast(
            made_on=TODAY - n * 7 * DAY, items=n, even=TODAY, likely=TODAY, held=held, done_on=TODAY if held else None
        )
        for n, held in ((3, True), (2, False), (1, None))
    ]
    page = one(web, forecasts=tuple(made), score=Score(made=2, held=1, even_held=1)).text
    assert re.search(
        r"10 open: 85 % of runs finish by .+ \(50 %: .+\), from 12 weeks, 60 items, growing 0.5 a week\.", page
    )
    assert ["Not known yet", "No", "Yes"] == re.findall(r"^(Not known yet|No|Yes)$", page, re.MULTILINE)
    assert "1 of the last 2 forecasts held; of 100, 85 should" in page


def test_so_many_more_can_be_forecast(web: WebWorld) -> None:
    """What is no such number asks nothing."""
    path = f"/flow?team={ENG.id}&items="
    assert "12 to be done: 85 % of runs finish by" in shown(web, a_flow(), path=f"{path}12").text
    for wrong in ("0", "501", "many", "1" * 90, "²"):
        answer = web.browser().get(f"{path}{wrong}")
        assert (200, False) == (answer.status, "to be done" in answer.text)


def test_below_five_finished_there_are_counts_and_why_there_is_no_forecast(web: WebWorld) -> None:
    """In the words of the page."""
    few = {"outlook": Outlook(items=10, weeks=8, finished=4, why=Why.FEW_FINISHED), "cycle_days": None, "finished": 4}
    page = one(web, weeks=weeks(4, finished=1), **few).text
    assert "10 open: no forecast, from 8 weeks, 4 items: below 5 finished items there is none." in page
    assert "4 items finished: below 5 there are counts and no figures" in page
    assert "began as talk," not in page


def test_what_is_in_progress_is_named_as_text_and_links_only_to_the_web(web: WebWorld) -> None:
    """Also where somebody has written markup, or an address that would run."""
    page = one(web)
    assert EVIL in page.text
    assert "<img" not in page.html
    assert "longer than usual" in page.text
    web.api.stores.tickets.put(ACME, a_ticket(1, state=DOING, url="javascript:alert(1)", updated_at=NOW))
    assert "javascript:" not in web.browser().get(f"/flow?team={ENG.id}").html


def test_before_anything_is_measured_the_one_next_step_is_offered_to_whoever_may(web: WebWorld) -> None:
    """First a tracker, then a night, or a press."""
    assert "Look at the connections" in web.browser().get("/flow").text
    web.api.stores.directory.put_teams(ACME, [ENG])
    member = web.browser(Role.MEMBER)
    assert "Nothing was measured yet" in member.get("/flow").text
    answer = member.post("/flow/measure")
    [due] = web.api.queued("jobs")
    assert (303, f"/jobs/{due['job_id']}") == (answer.status, answer.headers["location"])
    assert ["run.started"] == [entry.action for entry in web.api.stores.audit.latest(ACME, limit=9)]


def test_conversations_are_shown_as_text_with_links_to_where_it_was_said(web: WebWorld) -> None:
    """Topics, what nobody answered, and how long reports took; nothing where nothing was measured."""
    stores = web.api.stores
    assert "Nothing was measured yet" in web.browser().get("/flow/conversations").text
    message = a_message(text=f"does {escape(EVIL)} work?")
    stores.messages.record(ACME, message, keep_days=90)
    stores.directory.put_teams(ACME, [ENG])
    stores.tickets.put(ACME, a_ticket(1, title=EVIL))
    stores.connections.put(a_connection())
    talk = Talk(
        since=NOW - 28 * DAY,
        conversations=3,
        messages=1900,
        topics=(Topic(ticket_id="ticket-1", conversations=2, messages=7),),
        untracked_conversations=1,
        unanswered=(message.place,),
        unanswered_count=1,
        ticket_hours=Spread(count=5, half=3, most=9.4),
    )
    stores.flow.put_day(ACME, a_day_of_flow(day=TODAY, talk=talk))
    page = web.browser(Role.MEMBER).get("/flow/conversations")
    assert "3 conversations, 1,900 messages." in page.text
    assert "1 was about work that has no ticket." in page.text
    assert ["ENG-1", EVIL] == [line for line in page.text.splitlines() if line in {"ENG-1", EVIL}]
    assert f"does {EVIL} work?" in page.text
    assert "<img" not in page.html
    assert re.search(r'href="https://[^"]*/archives/C0ENG/p\d+"', page.html)
    assert "9.4 h" in page.text
    assert 2 == page.text.count("fewer than 5")
    stores.messages.delete(ACME, message.channel, message.root_ts, message.ts, at=NOW)
    gone = web.browser().get("/flow/conversations").text
    assert EVIL in gone
    assert "work?" not in gone
    assert "somebody spoke after every question" not in gone


def test_a_week_that_is_not_complete_and_a_team_that_is_new_say_so(web: WebWorld) -> None:
    """There is no empty chart."""
    assert "No week is complete yet" in one(web, weeks=(), finished=0).text
    assert "Nothing was measured of it yet" in shown(web, path=f"/flow?team={ENG.id}").text


@pytest.mark.parametrize(("language", "says"), [("de", "von 100"), ("ja", "件"), ("fr", "sur"), ("es", "de")])
def test_the_page_is_in_the_readers_language(web: WebWorld, language: str, says: str) -> None:
    """The forecast's words and the remarks, too."""
    page = shown(web, a_flow(score=Score(made=2, held=1)), path=f"/flow?team={ENG.id}", language=language).text
    assert says in page
    assert "of runs finish" not in page
    assert "forecasts held" not in page
