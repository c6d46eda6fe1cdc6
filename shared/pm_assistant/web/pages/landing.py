"""The first page: what this is, for whoever is not logged in; everybody else goes on to their day."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from pm_assistant.web.html import page, see_other
from pm_assistant.web.request import current_request, needs_nobody

router = APIGatewayHttpRouter()


@router.get("/", **needs_nobody())
def show_landing() -> Response[str]:
    """What the product is, and the two ways in."""
    request = current_request(router)
    return see_other(request, "/today") if request.known_viewer else page(request, "landing.html")
