"""The day: what waits for an answer, what was done and why, what was only noted, and what is broken."""

from datetime import datetime, time, timedelta

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from pm_assistant.domain.accounts import Scope
from pm_assistant.presentation.home import connection_state
from pm_assistant.web.html import page
from pm_assistant.web.request import PageRequest, current_request, needs
from pm_assistant.workflows.corridor.answering import NEEDED
from pm_assistant.workflows.corridor.overview import overview

router = APIGatewayHttpRouter()


@router.get("/today", **needs(Scope.READ))
def show_today() -> Response[str]:
    """The day since yesterday's morning, by the viewer's clock."""
    request = current_request(router)
    day = overview(request.unit, since=_yesterday(request))
    texts, vendors = request.texts, request.unit.vendors
    return page(
        request,
        "today.html",
        day=day,
        connections=[
            (vendors[each.provider].label, connection_state(each, activity, request.now, texts), each.broken_since)
            for each, activity in sorted(day.connections, key=lambda pair: pair[0].broken_since is None)
        ],
        answers=request.caller.scope.covers(NEEDED),
    )


def _yesterday(request: PageRequest) -> datetime:
    """When yesterday began where the viewer is."""
    today = request.now.astimezone(request.zone).date()
    return datetime.combine(today - timedelta(days=1), time(), request.zone)
