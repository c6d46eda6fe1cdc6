"""Work that was talked about and has no ticket, each with one press from being asked about."""

from collections.abc import Sequence
from typing import NamedTuple

from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.decisions import Decision
from pm_assistant.web.html import page, see_other
from pm_assistant.web.listing import Listing
from pm_assistant.web.request import PageRequest, current_request, needs
from pm_assistant.web.routing import Response, Router
from pm_assistant.workflows.connections.queries import channel_names
from pm_assistant.workflows.pipeline.decision_views import shown_decisions
from pm_assistant.workflows.pipeline.permissions import NEEDED
from pm_assistant.workflows.pipeline.untracked import LOOKS_BACK, ask_about, drafts_of, untracked_talk

router = Router()

PAGE = 20
"""Conversations on a page."""


class Talk(NamedTuple):
    """A conversation about work, and the ticket that it would become.

    Attributes:
        said_at: where it was said; empty where that is no place of the team's.
    """

    draft: Decision
    talk: Decision
    said_at: str


@router.get("/untracked", **needs(Scope.READ))
def list_untracked() -> Response[str]:
    """What was said in the last week about work without tickets, everywhere or in one channel, latest first."""
    request = current_request(router)
    listing = Listing.of(request, "/untracked", "channel")
    talk = untracked_talk(request.now - LOOKS_BACK, request.tenant, request.unit)
    wanted, names = listing.wanted["channel"], channel_names(request.unit)
    found = [each for each in talk if wanted in {"", each.subject.channel}]
    shown, listing = listing.part_of(found, start=request.start, size=PAGE)
    channels = {each.subject.channel: names.get(each.subject.channel, each.subject.channel) for each in talk}
    return page(
        request,
        "untracked.html",
        talks=_talks(shown, request),
        listing=listing,
        channels=dict(sorted(channels.items(), key=lambda pair: pair[1].casefold())),
        may_ask=request.caller.scope.covers(NEEDED),
    )


@router.post("/untracked/<talk_id>", **needs(NEEDED))
def ask(talk_id: str) -> Response[str]:
    """Have it asked about, and go to where it can be answered at once."""
    request = current_request(router)
    draft = ask_about(talk_id, request.unit.stores.tenants.get(request.tenant.id), request.unit)
    request.note("ticket.suggested", draft.id)
    return see_other(request, f"/decisions/{draft.id}")


def _talks(found: Sequence[Decision], request: PageRequest) -> Sequence[Talk]:
    unit = request.unit
    index = unit.stores.index.read(unit.tenant_id)
    shown = shown_decisions(found, index, unit)
    drafts = {draft.subject.id: draft for draft in drafts_of(found, request.tenant, unit, index)}
    return [
        Talk(drafts[talk.subject.id], talk, shown.said_at.get(talk.id, ""))
        for talk in found
        if talk.subject.id in drafts
    ]
