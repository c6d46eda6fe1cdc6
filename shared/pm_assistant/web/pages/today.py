"""The day: what waits for an answer, what was done and why, what was only noted, and what is broken."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple

from pm_assistant.domain.accounts import Scope
from pm_assistant.presentation.home import connection_state
from pm_assistant.presentation.i18n import gettext_noop
from pm_assistant.web.html import page
from pm_assistant.web.request import PageRequest, current_request, needs
from pm_assistant.web.routing import Response, Router
from pm_assistant.workflows.pipeline.overview import overview
from pm_assistant.workflows.pipeline.permissions import NEEDED
from pm_assistant.workflows.tenants.first_steps import Deed, Step, first_steps

router = Router()

MOST = 20
"""Decisions that each part of the day shows; the log has all."""


class Words(NamedTuple):
    """What is said of a step: what it is called, how it is done, and where, by which button."""

    said: str
    hint: str
    path: str = ""
    action: str = ""


STEPS: Mapping[Deed, Words] = {
    Deed.CONNECT: Words(gettext_noop("Connect {vendor}"), "", "/connections", gettext_noop("Connect your tools")),
    Deed.INVITE: Words(
        gettext_noop("Invite PM Assistant into a channel"),
        gettext_noop(
            "In {vendor}, type /invite @PM Assistant where your team talks about its work. I read what is said there "
            "from then on."
        ),
    ),
    Deed.REPORT: Words(
        gettext_noop("Get your first report"),
        gettext_noop("Choose when your standup comes, and look at what it would say now."),
        "/reports",
        gettext_noop("Choose your reports"),
    ),
    Deed.IDENTIFY: Words(
        gettext_noop("Say who is who at {vendor}"),
        gettext_noop(
            "I do not know everybody's account at {vendor}, so I cannot tell whose pull requests these are. Say on "
            "each person's page which account is theirs, or that they have none."
        ),
        "/people",
        gettext_noop("Say who is who"),
    ),
}


class ShownStep(NamedTuple):
    """A step as the page shows it.

    Attributes:
        current: whether it is the next one to do; only then it is said how.
    """

    said: str
    done: bool
    current: bool = False
    hint: str = ""
    path: str = ""
    action: str = ""
    helpers: Sequence[str] = ()


@router.get("/today", **needs(Scope.READ))
def show_today() -> Response[str]:
    """The day since yesterday's morning, by the viewer's clock."""
    request = current_request(router)
    day = overview(request.unit, request.texts, since=_yesterday(request))
    texts, vendors = request.texts, request.unit.vendors
    connected = {connection.provider for connection, _ in day.connections}
    steps = first_steps(request.tenant, request.caller, request.unit, connected=connected)
    return page(
        request,
        "today.html",
        day=day,
        most=MOST,
        steps=[*_shown(steps, request)],
        connections=[
            (vendors[each.provider].label, connection_state(each, activity, request.now, texts), each.broken_since)
            for each, activity in sorted(day.connections, key=lambda pair: pair[0].broken_since is None)
        ],
        answers=request.caller.scope.covers(NEEDED),
    )


def _shown(steps: Sequence[Step], request: PageRequest) -> Iterator[ShownStep]:
    """The steps in words, after the one that everybody has done who is here."""
    gettext = request.texts.gettext
    current = next((step for step in steps if not step.done), None)
    if current is not None:
        yield ShownStep(gettext("Register your team"), done=True)
    for step in steps:
        words, vendor = STEPS[step.deed], request.unit.vendors.get(step.provider) if step.provider else None
        values = {"vendor": vendor.label} if vendor else {}
        yield ShownStep(
            gettext(words.said, **values),
            step.done,
            step is current,
            gettext(words.hint or (vendor.purpose if vendor else ""), **values),
            words.path,
            gettext(words.action) if words.action else "",
            step.helpers,
        )


def _yesterday(request: PageRequest) -> datetime:
    """When yesterday began where the viewer is."""
    today = request.now.astimezone(request.zone).date()
    return datetime.combine(today - timedelta(days=1), time(), request.zone)
