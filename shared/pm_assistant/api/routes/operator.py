"""How all tenants fare, for those who operate the service; see `needs_operator`."""

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from pm_assistant.api.context import current_request, needs_operator
from pm_assistant.api.paging import Cursor, Limit, Page, decode_cursor, paginate
from pm_assistant.domain.accounts import AuditEntry
from pm_assistant.domain.jobs import APP

router = APIGatewayHttpRouter()


@router.get("/v1/operator/audit", **needs_operator(400))
def list_operators_audit(limit: Limit = 50, cursor: Cursor = "") -> Page[AuditEntry]:
    """List what operators looked at and did, newest first, this look included."""
    request = current_request(router)
    entries = request.stores.audit.latest(APP, before=decode_cursor(cursor), limit=limit + 1)
    items, next_cursor = paginate(entries, lambda entry: entry.id, limit=limit)
    return Page[AuditEntry](items=tuple(items), next=next_cursor)
