"""What would be done if we were let, and what is tried: shadow mode."""

from datetime import timedelta
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from pm_assistant.api.context import current_request, needs
from pm_assistant.api.paging import Moment
from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.shadow import ShadowReport

router = APIGatewayHttpRouter()

LOOKS_BACK = timedelta(days=14)


@router.get("/v1/shadow", **needs(Scope.READ, tag="experiments"))
def show_shadow(
    since: Annotated[Moment | None, Query(description="if left out: two weeks ago")] = None,
) -> ShadowReport:
    """Show what would have been asked and done in shadow mode, and how often people did the same themselves.

    The setting `shadow` turns it on and off; what was logged in it is not asked or done afterwards. A ticket counts as
    moved as soon as it is in that state or further; a comment or a ticket that people wrote, within a week.
    """
    from pm_assistant.workflows.corridor.shadow import report_on_shadow  # it reads what titles are about

    unit = current_request(router).unit
    return report_on_shadow(since or unit.now() - LOOKS_BACK, unit)
