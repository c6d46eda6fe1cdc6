"""How the teams' work flows, as everybody of the tenant may see it: from the row of the last day that was measured."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from pydantic import AwareDatetime, Field

from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.flow import DAY, FEWEST, DayOfFlow, Figures, TeamFlow, WeekOfFlow, local_day
from pm_assistant.domain.forecast import MOST_ITEMS, Forecast, Outlook, Score, Week, Why, forecast, share_to_say
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.model import Model
from pm_assistant.domain.work import Team, Ticket
from pm_assistant.domain.workspaces import zone_named
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation.flow import forecast_in_words, remarks_on
from pm_assistant.presentation.i18n import Texts, texts_in
from pm_assistant.workflows.tenants.audience import public_teams


class TicketInProgress(Model):
    """A ticket in progress and how long it has been."""

    key: str = Field(description="as people name it")
    title: str
    url: str
    since: AwareDatetime
    days: float = Field(description="since it was begun first, by the clock")
    late: bool = Field(description="longer than 85 % of what was finished took")


class ForecastView(Model):
    """When so much of a team's work will be done: as a range, and in words."""

    items: int = Field(description="how many are to be done")
    even: date | None = Field(description="half of the runs are done by then; none where no date can be said")
    likely: date | None = Field(description="the promised share of the runs is done by then")
    share: float = Field(description="promised: 0.85, or 0.95 where too few of the last forecasts held")
    weeks: int = Field(description="past weeks that were played again")
    finished: int = Field(description="items finished in these weeks")
    growth: float = Field(description="items a week that come in as talk and have to be done as well")
    why: Why | None = Field(description="why there is no date")
    says: str = Field(description="all of it in a sentence")


class TeamFlowView(Figures):
    """How one team's work flows; no figure is of fewer than five, and none of a person."""

    id: str = Field(description="the tracker's id of the team")
    key: str = Field(description="what its tickets begin with, such as `ENG`")
    name: str
    weeks: tuple[WeekOfFlow, ...] = Field(description="complete weeks, oldest first, 13 at most")
    finished: int = Field(description="in these weeks")
    unplanned_share: float | None = Field(description="of those finished, the share that began as talk")
    reopened_share: float | None = Field(description="how often one was opened again, for each that was finished")
    in_progress: tuple[TicketInProgress, ...] = Field(description="begun longest ago first, 20 at most")
    in_progress_count: int = Field(description="all that are in progress")
    open_items: int = Field(description="begun or planned and not done")
    forecast: ForecastView | None = Field(description="of the open items; none where there are none")
    forecasts: tuple[Forecast, ...] = Field(description="that were made before, one a week, oldest first")
    score: Score = Field(description="how often they held")
    remarks: tuple[str, ...] = Field(description="what is to be known of the figures, a sentence each")

    def of_last(self, count: int) -> "TeamFlowView":
        """The same with so many weeks, and what was counted in them; how long things took is of all."""
        weeks = self.weeks[-count:]
        return self.model_copy(update={"weeks": weeks, **_counts(weeks)})


class FlowView(Model):
    """How the work of the teams flows that everybody may read of."""

    day: date | None = Field(description="that was measured last; none before there is one")
    time_zone: str | None = Field(description="by whose clock weeks begin")
    measured_at: AwareDatetime | None = Field(description="when that was done")
    teams: tuple[TeamFlowView, ...] = Field(description="by name")


def show_flow(unit: Unit, *, team: str | None = None, in_brief: bool = False, texts: Texts | None = None) -> FlowView:
    """What the last day told of all teams, or of the one of that id or key.

    Args:
        unit: of the tenant.
        team: which, if not all.
        in_brief: the tickets in progress are counted and not named.
        texts: of the reader; English if left out.

    Raises:
        NotFound: there is no such team that everybody may read of.
    """
    teams = _named(team, public_teams(unit))
    day = unit.stores.flow.latest_day(unit.tenant_id)
    if day is None:
        return FlowView(day=None, time_zone=None, measured_at=None, teams=())
    found = [flow for flow in day.teams if flow.team_id in teams]
    ids = {each.ticket_id for flow in found for each in flow.in_progress if not in_brief}
    tickets = {ticket.id: ticket for ticket in unit.stores.tickets.some(unit.tenant_id, ids)} if ids else {}
    views = [_view(flow, teams[flow.team_id], tickets, day, unit.now(), texts or texts_in(None)) for flow in found]
    return FlowView(
        day=day.day,
        time_zone=day.time_zone,
        measured_at=day.measured_at,
        teams=tuple(sorted(views, key=lambda view: (view.name, view.id))),
    )


def show_forecast(unit: Unit, *, team: str, items: int | None = None, texts: Texts | None = None) -> ForecastView:
    """When so many items of a team will be done; all that are open where no number is given.

    Raises:
        NotFound: there is no such team that everybody may read of, or nothing was measured of it yet.
    """
    [id] = _named(team, public_teams(unit))
    day = unit.stores.flow.latest_day(unit.tenant_id)
    flow = next((flow for flow in day.teams if flow.team_id == id), None) if day is not None else None
    if day is None or flow is None:
        raise NotFound(Translatable("nothing was measured of this team yet"))
    weeks = [Week(week.finished, week.added) for week in flow.weeks]
    count = items if items is not None else min(flow.open_items, MOST_ITEMS)
    outlook = forecast(count, weeks, seed=f"{unit.tenant_id}|{id}|{day.day}", share=share_to_say(flow.score))
    return _forecast(outlook, local_day(unit.now(), zone_named(day.time_zone)), texts or texts_in(None))


def _named(team: str | None, teams: Sequence[Team]) -> Mapping[str, Team]:
    """By id, the one that is meant, or all."""
    if team is None:
        return {each.id: each for each in teams}
    found = next((each for each in teams if team == each.id or team.upper() == each.key.upper()), None)
    if found is None:
        raise NotFound("no such team")
    return {found.id: found}


def _view(
    flow: TeamFlow, team: Team, tickets: Mapping[str, Ticket], day: DayOfFlow, now: datetime, texts: Texts
) -> TeamFlowView:
    usual = flow.cycle_days.most if flow.cycle_days is not None else None
    in_progress = [
        TicketInProgress(
            key=ticket.key,
            title=ticket.title,
            url=ticket.url,
            since=each.since,
            days=round((now - each.since) / DAY, 1),
            late=usual is not None and (now - each.since) / DAY > usual,
        )
        for each in flow.in_progress
        if (ticket := tickets.get(each.ticket_id)) is not None and ticket.team_id == team.id
    ]
    same = {name: getattr(flow, name) for name in TeamFlow.model_fields if name in TeamFlowView.model_fields}
    return TeamFlowView.model_validate(
        same
        | _counts(flow.weeks)
        | {
            "id": team.id,
            "key": team.key,
            "name": team.name,
            "in_progress": in_progress,
            "forecast": _forecast(flow.outlook, day.day, texts) if flow.outlook is not None else None,
            "remarks": tuple(remarks_on(flow, texts)),
        }
    )


def _counts(weeks: Sequence[WeekOfFlow]) -> dict[str, float | None]:
    """What was finished in these weeks, and the shares of it that there is a figure of."""
    finished = sum(week.finished for week in weeks)
    unplanned, reopened = sum(week.unplanned for week in weeks), sum(week.reopened for week in weeks)
    shares = (round(part / finished, 2) if finished >= FEWEST else None for part in (unplanned, reopened))
    return {"finished": finished, **dict(zip(("unplanned_share", "reopened_share"), shares, strict=True))}


def _forecast(outlook: Outlook, today: date, texts: Texts) -> ForecastView:
    """It in dates; where no date can be said, in weeks or not at all."""
    days = (outlook.even_days, outlook.likely_days)
    even, likely = (today + timedelta(days=n) if n is not None and outlook.why is None else None for n in days)
    same = {name: getattr(outlook, name) for name in Outlook.model_fields if name in ForecastView.model_fields}
    return ForecastView.model_validate(
        same | {"even": even, "likely": likely, "says": forecast_in_words(outlook, even, likely, texts)}
    )
