"""Styles and scripts: the same for everybody, kept by browsers for a year, as their names change with them."""

from pm_assistant.domain.errors import NotFound
from pm_assistant.runtime.http import SECURITY_HEADERS, header
from pm_assistant.web.assets import serve
from pm_assistant.web.request import current_request, needs_nobody
from pm_assistant.web.routing import Response, Router

router = Router()


@router.get("/assets/<name>", **needs_nobody())
def show_asset(name: str) -> Response[bytes]:
    """One file, compressed for whoever takes it so."""
    asset = serve(name, header(current_request(router).event, "accept-encoding") or "")
    if asset is None:
        raise NotFound("there is no such file")
    headers = {**asset.headers, **SECURITY_HEADERS}
    return Response(200, content_type=asset.content_type, body=asset.body, headers=headers)
