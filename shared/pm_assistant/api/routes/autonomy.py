"""What people's answers have earned us."""

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from pm_assistant.api.context import current_request, needs
from pm_assistant.domain.accounts import Scope
from pm_assistant.workflows.pipeline.trust import Autonomy, show_autonomy

router = APIGatewayHttpRouter()


@router.get("/v1/autonomy", **needs(Scope.READ, tag="decisions"))
def show_autonomy_of_tenant() -> Autonomy:
    """Show how right people have found what was decided, by kind, band of confidence and what judged.

    Where a rule says `earned`, what is trusted here is done unasked. Promotions and falls stand in the audit trail.
    """
    request = current_request(router)
    return show_autonomy(request.tenant, request.unit)
