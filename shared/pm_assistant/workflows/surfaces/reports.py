"""What people press on their reports: again later, and not mine."""

from typing import assert_never

from pm_assistant.domain.reports import ReportKind, ReportTarget
from pm_assistant.domain.surfaces import ReportSnoozed, SurfaceRequest, TicketDisowned
from pm_assistant.domain.vendors import Role
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation.i18n import Texts, texts_in
from pm_assistant.workflows.reports.snooze import send_again
from pm_assistant.workflows.surfaces.replying import whisper
from pm_assistant.workflows.surfaces.viewers import viewer_of

MOST_DISOWNED = 100
"""Of one person; who has more has another tracker in mind, and the oldest word is forgotten."""


def take_press(pressed: ReportSnoozed | TicketDisowned, request: SurfaceRequest, unit: Unit) -> None:
    """Do what somebody wants who has pressed something below a report, and say so to them alone.

    Raises:
        UpstreamUnavailable: the chat did not answer; repeat.
    """
    match pressed:
        case ReportSnoozed():
            snooze(pressed, request, unit)
        case TicketDisowned():
            disown(pressed, request, unit)
        case _:
            assert_never(pressed)


def snooze(snoozed: ReportSnoozed, request: SurfaceRequest, unit: Unit) -> None:
    """Send a report again later, as `send_again` does."""
    viewer = viewer_of(request.user_id, unit.stores.directory.members(unit.tenant_id), unit)
    if viewer is None or snoozed.kind not in list(ReportKind):
        return
    target = ReportTarget(member_id=viewer.id, kind=ReportKind(snoozed.kind), team_id=snoozed.team_id)
    at = send_again(target, snoozed.until, viewer, unit, asked_at=request.asked_at)
    texts, local = texts_in(viewer.language), at.astimezone(viewer.zone)
    said = texts.gettext("You get it again on {day} at {time}.", day=texts.day(local), time=texts.time(local))
    whisper(snoozed.pressed_in, request, said, unit)


def disown(disowned: TicketDisowned, request: SurfaceRequest, unit: Unit) -> None:
    """Note that a ticket is not the person's, so that their reports leave it out until somebody else has had it.

    Only of their own tickets: of others nothing is noted, and nothing is told.
    """
    index = unit.stores.index.read(unit.tenant_id)
    viewer = viewer_of(request.user_id, unit.stores.directory.members(unit.tenant_id), unit)
    ticket = index.tickets.get(disowned.ticket_id)
    account = viewer.accounts.get(unit.provider(Role.TRACKER)) if viewer else None
    if viewer is None or ticket is None or account is None or ticket.assignee_id != account:
        return
    said_before = [id for id in viewer.not_mine if id != ticket.id]
    not_mine = (*said_before, ticket.id)[-MOST_DISOWNED:]
    after = viewer.model_copy(update={"not_mine": not_mine})
    unit.stores.directory.replace_member(unit.tenant_id, after, before=viewer)
    said = _disowned(texts_in(viewer.language), ticket.key)
    whisper(disowned.pressed_in, request, said, unit)


def _disowned(texts: Texts, key: str) -> str:
    return texts.gettext("{key} is left out of your reports until it has been somebody else's.", key=key)
