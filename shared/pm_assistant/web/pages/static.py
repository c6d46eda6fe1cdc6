"""Styles and scripts: the same for everybody, kept by browsers for a year, as their names change with them."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from pm_assistant.domain.errors import NotFound
from pm_assistant.runtime.http import SECURITY_HEADERS
from pm_assistant.web.assets import serve
from pm_assistant.web.request import needs_nobody

router = APIGatewayHttpRouter()


@router.get("/assets/<name>", **needs_nobody())
def show_asset(name: str) -> Response[bytes]:
    """One file, compressed for whoever takes it so."""
    asset = serve(name, router.current_event.headers.get("accept-encoding", ""))
    if asset is None:
        raise NotFound("there is no such file")
    headers: dict[str, str | list[str]] = {**asset.headers, **SECURITY_HEADERS}
    return Response(200, content_type=asset.content_type, body=asset.body, headers=headers)
