"""The answer that is a link with which one browser connects something."""

from aws_lambda_powertools.event_handler import Response

from pm_assistant.api.context import RequestContext
from pm_assistant.api.guards import SHOWN_ONCE
from pm_assistant.domain.connections import Link
from pm_assistant.domain.tenants import Grantor
from pm_assistant.web.cookies import Purpose, cookie
from pm_assistant.workflows.connections.connect import make_link


def link_made(provider: Grantor, noted: str, request: RequestContext) -> Response[Link]:
    """Make a link, which is shown once, and have the browser know that it was made in it.

    Args:
        provider: whose page it leads to.
        noted: what the audit trail calls that.
        request: that asks for it.

    Raises:
        Conflict: as of `make_link`.
        Forbidden: as of `make_link`.
        NotFound: as of `make_link`.
    """
    link, secret = make_link(provider, request.caller, request.tenant, request.unit)
    request.note(noted, provider)
    link_cookie = cookie(Purpose.LINK, provider, secret, public_url=request.unit.public_url)
    headers: dict[str, str | list[str]] = {SHOWN_ONCE: "url"}
    return Response(201, content_type="application/json", body=link, headers=headers, cookies=[link_cookie])  # type: ignore[list-item]  # is written as it is
