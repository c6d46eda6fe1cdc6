"""How the teams' work flows and when it will be done: of work, and never of who did it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from markupsafe import Markup

from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.flow import FEWEST, WEEKS, Spread
from pm_assistant.domain.forecast import MOST_ITEMS
from pm_assistant.domain.jobs import JobKind, Order
from pm_assistant.presentation import charts
from pm_assistant.presentation.i18n import Texts
from pm_assistant.web.beginning import begin
from pm_assistant.web.html import page, see_other
from pm_assistant.web.request import current_request, needs
from pm_assistant.web.routing import Response, Router
from pm_assistant.workflows.flow.show import TeamFlowView, show_flow, show_forecast
from pm_assistant.workflows.flow.talk import show_talk
from pm_assistant.workflows.tenants.audience import public_teams

router = Router()

SPANS = (4, 8, WEEKS)
"""Weeks that can be looked at, the last ones."""


class Chart(NamedTuple):
    """A picture, and below it the same in numbers.

    Attributes:
        top: what stands at its top; at its bottom there is nothing.
    """

    id: str
    title: str
    picture: Markup
    top: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@router.get("/flow", **needs(Scope.READ))
def show() -> Response[str]:
    """All teams at a glance, or one in full, over so many weeks."""
    request = current_request(router)
    texts, query, unit = request.texts, request.query, request.unit
    teams = {team.id: team.name for team in public_teams(unit)}
    wanted = query.get("team", "") or (next(iter(teams)) if len(teams) == 1 else "")
    span = next((span for span in SPANS if str(span) == query.get("weeks")), WEEKS)
    items = query.get("items", "")
    count = int(items) if items.isascii() and items.isdigit() and 1 <= int(items[:4]) <= MOST_ITEMS else None
    flow = show_flow(unit, team=wanted or None, in_brief=not wanted, texts=texts)
    shown = [team.of_last(span) for team in flow.teams]
    chosen = shown[0] if wanted and shown else None
    spreads = (
        (
            (texts.gettext("From begun to done"), chosen.cycle_days, _days),
            (texts.gettext("From created to done"), chosen.lead_days, _days),
            (texts.gettext("Flow efficiency"), chosen.efficiency, _percent),
            (texts.gettext("Wait for the first review"), chosen.review_hours, _hours),
        )
        if chosen
        else ()
    )
    return page(
        request,
        "flow.html",
        flow=flow,
        overview=() if wanted else shown,
        team=chosen,
        charts=tuple(_charts(chosen, texts)) if chosen else (),
        ages=_ages(chosen, texts) if chosen else None,
        figures=tuple(_figures(spreads, texts)),
        asked=show_forecast(unit, team=wanted, items=count, texts=texts) if chosen and count else None,
        items=count or "",
        most_items=MOST_ITEMS,
        wanted=wanted,
        span=str(span),
        teams=dict(sorted(teams.items(), key=lambda team: (team[1], team[0]))),
        spans={str(span): texts.ngettext("{count} week", "{count} weeks", span) for span in SPANS},
        may_measure=request.caller.scope.covers(Scope.RUN),
        date=texts.date,
        decimal=texts.decimal,
        share=lambda share: _percent(share, texts),
    )


@router.get("/flow/conversations", **needs(Scope.READ))
def show_conversations() -> Response[str]:
    """What the talk of the last weeks was about, how long reports took, and what nobody answered."""
    request = current_request(router)
    texts, talk = request.texts, show_talk(request.unit)
    spreads = (
        (texts.gettext("From the first report to its ticket"), talk.ticket_hours, _hours),
        (texts.gettext("From that ticket to done"), talk.work_days, _days),
        (texts.gettext("From the first report to done"), talk.report_days, _days),
    )
    return page(
        request,
        "flow_talk.html",
        talk=talk,
        figures=tuple(_figures(spreads, texts)),
        may_measure=request.caller.scope.covers(Scope.RUN),
    )


@router.post("/flow/measure", **needs(Scope.RUN))
def measure() -> Response[str]:
    """Have it measured now, and go to where that can be followed."""
    request = current_request(router)
    return see_other(request, f"/jobs/{begin(Order(kind=JobKind.FLOW, dry_run=False), request).id}")


def _charts(team: TeamFlowView, texts: Texts) -> Iterator[Chart]:
    """What was measured week by week; of what no week has five there is no picture."""
    finished = [week.finished for week in team.weeks]
    title = texts.gettext("Finished each week, and what of it began as talk")
    picture = charts.bars(
        finished, parts=[week.unplanned for week in team.weeks], says=_says(title, finished, str, texts)
    )
    columns = texts.gettext("Finished"), texts.gettext("Began as talk"), texts.gettext("Opened again")
    counts = [(str(week.finished), str(week.unplanned), str(week.reopened)) for week in team.weeks]
    yield _chart("throughput", title, (picture, str(max(finished, default=0))), columns, counts, team, texts)

    in_progress = [week.in_progress for week in team.weeks]
    title = texts.gettext("In progress as the week ended")
    picture = charts.line(in_progress, says=_says(title, in_progress, str, texts))
    column, rows = texts.gettext("In progress"), [(str(count),) for count in in_progress]
    yield _chart("wip", title, (picture, str(max(in_progress, default=0))), (column,), rows, team, texts)

    for id, title, spreads, write in (
        ("cycle", texts.gettext("From begun to done"), [week.cycle_days for week in team.weeks], _days),
        ("lead", texts.gettext("From created to done"), [week.lead_days for week in team.weeks], _days),
        ("efficiency", texts.gettext("Flow efficiency"), [week.efficiency for week in team.weeks], _percent),
        ("review", texts.gettext("Wait for the first review"), [week.review_hours for week in team.weeks], _hours),
    ):
        if any(spreads):
            yield _spread_chart(id, title, spreads, write, team, texts)


def _spread_chart(
    id: str,
    title: str,
    spreads: Sequence[Spread | None],
    write: Callable[[float, Texts], str],
    team: TeamFlowView,
    texts: Texts,
) -> Chart:
    """The middle, and the stretch up to where 85 % are."""
    halves, mosts = ([getattr(spread, name, None) for spread in spreads] for name in ("half", "most"))
    said = _says(title, [half for half in halves if half is not None], lambda half: write(half, texts), texts)
    columns = texts.gettext("Half up to"), texts.gettext("85 % up to"), texts.gettext("Of")
    fewer = ("\u2013", "\u2013", texts.gettext("fewer than {fewest}", fewest=str(FEWEST)))
    rows = [(write(s.half, texts), write(s.most, texts), str(s.count)) if s else fewer for s in spreads]
    top = write(max(most for most in mosts if most is not None), texts)
    return _chart(id, title, (charts.band(halves, halves, mosts, says=said), top), columns, rows, team, texts)


def _chart(
    id: str,
    title: str,
    drawn: tuple[str, str],
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    team: TeamFlowView,
    texts: Texts,
) -> Chart:
    """With the week in front of each row; `drawn` is the picture, and what stands at its top."""
    picture, top = drawn
    weeks = [texts.date(week.begins) for week in team.weeks]
    dated = [(week, *row) for week, row in zip(weeks, rows, strict=True)]
    return Chart(id, title, Markup(picture), top, (texts.gettext("Week of"), *columns), dated)  # noqa: S704  # escaped there


def _ages(team: TeamFlowView, texts: Texts) -> tuple[Markup, str] | None:
    """How old is what is in progress, with a mark at what 85 % of the finished took; and where it ends."""
    if not team.in_progress:
        return None
    ages = [ticket.days for ticket in team.in_progress]
    said = _says(texts.gettext("Age of what is in progress"), ages, lambda age: _days(age, texts), texts)
    mark = team.cycle_days.most if team.cycle_days else None
    picture = Markup(charts.strip(ages, says=said, mark=mark))  # noqa: S704  # escaped there
    return picture, _days(max([*ages, mark or 0]), texts)


def _says[N: (int, float)](title: str, values: Sequence[N], write: Callable[[N], str], texts: Texts) -> str:
    """What a chart shows, for whoever does not see it."""
    if not values:
        return title
    low, high, last = (write(value) for value in (min(values), max(values), values[-1]))
    return texts.gettext("{title}: from {low} to {high}, the last {last}", title=title, low=low, high=high, last=last)


def _figures(
    spreads: Iterable[tuple[str, Spread | None, Callable[[float, Texts], str]]], texts: Texts
) -> Iterator[tuple[str, str, str, str]]:
    """What was measured, a row each."""
    for name, spread, write in spreads:
        if spread is None:
            yield name, "\u2013", "\u2013", texts.gettext("fewer than {fewest}", fewest=str(FEWEST))
        else:
            yield name, write(spread.half, texts), write(spread.most, texts), str(spread.count)


def _days(days: float, texts: Texts) -> str:
    return texts.gettext("{number} d", number=texts.decimal(round(days, 1)))


def _hours(hours: float, texts: Texts) -> str:
    return texts.gettext("{number} h", number=texts.decimal(round(hours, 1)))


def _percent(share: float, texts: Texts) -> str:
    return texts.gettext("{number} %", number=texts.decimal(round(share * 100)))
