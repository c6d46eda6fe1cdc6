"""The audit trail: who did what, and when."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from pm_assistant.domain.accounts import AuditEntry, Scope
from pm_assistant.integrations.vendors import VENDORS
from pm_assistant.presentation.trail import AREAS, said_of
from pm_assistant.web.actors import Actors, told_apart
from pm_assistant.web.html import page
from pm_assistant.web.listing import Listing
from pm_assistant.web.naming import Naming
from pm_assistant.web.request import PageRequest, chosen, current_request, needs
from pm_assistant.web.routing import Response, Router
from pm_assistant.workflows.accounts.trail import AuditFilter, list_audit

router = Router()

PAGE = 50
"""Entries on a page."""
PAGES: Mapping[str, str] = {"decision": "/decisions/", "run": "/jobs/"}
"""Where the targets of actions that begin so have a page."""


@router.get("/audit", **needs(Scope.ADMIN))
def show_audit() -> Response[str]:
    """The entries that fit a filter, newest first, a page at a time; days are those of the viewer's clock."""
    request = current_request(router)
    listing = Listing.of(request, "/audit", "who", "what", "since", "until")
    wanted = listing.wanted
    criteria = AuditFilter(
        actor=wanted["who"] or None,
        action=chosen(wanted["what"], AREAS),
        since=_midnight(wanted["since"], request),
        until=_midnight(wanted["until"], request, days_later=1),
    )
    found, next_place = list_audit(criteria, request.unit, before=request.before, limit=PAGE)
    actors = Actors(request)
    naming = Naming(request, actors.name_of)
    people = {wanted["who"]: actors.name(wanted["who"]), **actors.known} if wanted["who"] else actors.known
    return page(
        request,
        "audit.html",
        entries=[_row(entry, actors, naming, request) for entry in found],
        listing=listing.going_on(next_place),
        people=told_apart(people),
        areas={area: request.texts.gettext(name) for area, name in AREAS.items()},
    )


def _row(entry: AuditEntry, actors: Actors, naming: Naming, request: PageRequest) -> Mapping[str, object]:
    """An entry as people read it."""
    area = entry.action.partition(".")[0]
    place = PAGES.get(area)
    says_itself = entry.target == entry.actor or (area == "rule" and entry.detail)
    return {
        "at": entry.at,
        "who": actors.name(entry.actor, entry.actor_name),
        "only_theirs": f"/audit?{urlencode({'who': entry.actor})}",
        "what": said_of(entry.action, request.texts),
        "target": "" if says_itself else actors.name(entry.target, _bare(entry.target)),
        "page": f"{place}{entry.target}" if place and entry.target else "",
        "detail": naming.all_of(entry.detail, vendor=entry.target if entry.target in VENDORS else ""),
    }


def _bare(target: str) -> str:
    """A target without what its id begins with, as `key:`: what was done says that."""
    return target.partition(":")[2] or target


def _midnight(day: str, request: PageRequest, *, days_later: int = 0) -> datetime | None:
    """When a day begins where the viewer is; what is no day is none."""
    try:
        return datetime.combine(date.fromisoformat(day) + timedelta(days=days_later), time(), request.zone)
    except (ValueError, OverflowError):
        return None
