"""Where the link in a report's mail leads: to a page that asks, and from there to one that says it is done."""

from pm_assistant.domain.errors import NotFound
from pm_assistant.runtime.logs import logger
from pm_assistant.web.connect_pages import unknown_page, unsubscribe_page, unsubscribed_page
from pm_assistant.web.request import PageRequest, current_request
from pm_assistant.web.routing import Response, Router
from pm_assistant.workflows.reports.unsubscribing import linked_report, unsubscribe_by_link

router = Router()


@router.get("/unsubscribe")
def on_question() -> Response[str]:
    """Ask whether the report is to end: whatever only opens the links of a mail ends nothing."""
    request = current_request(router)
    try:
        report = linked_report(_link(request), request.app)
    except NotFound:
        return unknown_page(request)
    return unsubscribe_page(request, kind=report.kind, team=report.team)


@router.post("/unsubscribe")
def on_answer() -> Response[str]:
    """End the report, whoever posts what: the button of our page, or a mail program with one click (RFC 8058, 3.2)."""
    request = current_request(router)
    try:
        report = unsubscribe_by_link(_link(request), request.app, request_id=request.request_id)
    except NotFound:
        return unknown_page(request)
    logger().info("unsubscribed", extra={"tenant": report.tenant_id, "subscription": report.subscription_id})
    return unsubscribed_page(request, kind=report.kind, team=report.team)


def _link(request: PageRequest) -> str:
    return request.query.get("link", "")
