"""Where what people say, plan and build does not agree, each with the question that would settle it."""

from collections.abc import Mapping

from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.disagreements import DisagreementKind
from pm_assistant.presentation.i18n import gettext_noop
from pm_assistant.web.html import page
from pm_assistant.web.listing import Listing
from pm_assistant.web.request import chosen, current_request, needs
from pm_assistant.web.routing import Response, Router
from pm_assistant.workflows.code.picture import list_disagreements
from pm_assistant.workflows.pipeline.overview import questions_waiting
from pm_assistant.workflows.pipeline.permissions import NEEDED

router = Router()

PAGE = 25
"""Disagreements on a page."""
KINDS: Mapping[DisagreementKind, str] = {
    DisagreementKind.MERGED_BUT_OPEN: gettext_noop("Merged, and the ticket is open"),
    DisagreementKind.DONE_BUT_BUILDING: gettext_noop("Done, and a pull request for it is open"),
    DisagreementKind.REVERTED_BUT_DONE: gettext_noop("Taken back, and the ticket is done"),
    DisagreementKind.SAID_DONE_BUT_OPEN: gettext_noop("Said to be done, and the ticket is open"),
    DisagreementKind.CHILDREN_DONE_BUT_OPEN: gettext_noop("All below it is closed, and the ticket is open"),
    DisagreementKind.CLOSED_BUT_CHILDREN_OPEN: gettext_noop("Closed, and tickets below it are open"),
    DisagreementKind.STALLED: gettext_noop("In progress, and nothing happens"),
    DisagreementKind.WORK_WITHOUT_TICKET: gettext_noop("Built without a ticket"),
}
"""What does not agree, in words."""


@router.get("/disagreements", **needs(Scope.READ))
def list_all() -> Response[str]:
    """Those of one kind or of all, what has lasted longest first; with what people are asked about their tickets."""
    request = current_request(router)
    listing = Listing.of(request, "/disagreements", "kind")
    wanted = chosen(listing.wanted["kind"], KINDS)
    unit = request.unit
    index = unit.stores.index.read(unit.tenant_id)
    found = sorted(
        (each for each in list_disagreements(request.tenant, unit, index) if wanted is None or each.kind is wanted),
        key=lambda each: (each.since, each.id),
    )
    shown, listing = listing.part_of(found, start=request.start, size=PAGE)
    waiting = questions_waiting(index, unit, request.texts) if any(each.ticket_id for each in shown) else ()
    questions = {ticket_id: each for each in waiting for ticket_id in each.decision.action.tickets}
    return page(
        request,
        "disagreements.html",
        found=[(each, request.texts.gettext(KINDS[each.kind]), questions.get(each.ticket_id or "")) for each in shown],
        kinds={kind.value: request.texts.gettext(label) for kind, label in KINDS.items()},
        listing=listing,
        answers=request.caller.scope.covers(NEEDED),
    )
