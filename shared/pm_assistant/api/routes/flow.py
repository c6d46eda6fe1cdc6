"""How the teams' work flows, when it will be done, and what was talked about."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from pm_assistant.api.context import current_request, needs
from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.forecast import MOST_ITEMS
from pm_assistant.workflows.flow.show import FlowView, ForecastView, show_flow, show_forecast
from pm_assistant.workflows.flow.talk import TalkView, show_talk

router = APIGatewayHttpRouter()

TEAM = "id or key of the tracker's team"


@router.get("/v1/flow", **needs(Scope.READ, 404, tag="work"))
def show_flow_of_teams(
    team: Annotated[str | None, Query(min_length=1, max_length=200, description=TEAM)] = None,
) -> FlowView:
    """Show how the teams' work flows: weeks, how long things take, what is in progress, and when what is open is done.

    Measured once a day. It is about work and never about who did it; private teams are left out.
    """
    return show_flow(current_request(router).unit, team=team)


@router.get("/v1/flow/forecast", **needs(Scope.READ, 404, tag="work"))
def forecast_work(
    team: Annotated[str, Query(min_length=1, max_length=200, description=TEAM)],
    items: Annotated[
        int | None, Query(ge=1, le=MOST_ITEMS, description="how many are to be done; all that are open if left out")
    ] = None,
) -> ForecastView:
    """Say when so many items of a team will be done, as a range: its past weeks are played again 1,000 times.

    Below five finished items there is no forecast, below six weeks no date.
    """
    return show_forecast(current_request(router).unit, team=team, items=items)


@router.get("/v1/flow/conversations", **needs(Scope.READ, tag="work"))
def show_flow_of_talk() -> TalkView:
    """Show what the talk of the last four weeks came to: the tickets that cost the most of it, what nobody answered.

    And how long it took from the first report to its ticket to done. Measured once a day, of what everybody could hear.
    """
    return show_talk(current_request(router).unit)
