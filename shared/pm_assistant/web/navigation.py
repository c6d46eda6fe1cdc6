"""The dashboard's pages as people see them: what each is called, where it is, and who is led there."""

from collections.abc import Sequence
from typing import NamedTuple

from pm_assistant.domain.accounts import Caller, Scope
from pm_assistant.presentation.i18n import gettext_noop
from pm_assistant.web.request import PageRequest


class Destination(NamedTuple):
    """A page that the navigation leads to.

    Attributes:
        path: of the page, below the public address.
        label: as people read it.
        scope: what somebody must be allowed to be led there.
        main: whether it is one of the few that are always in sight.
        for_operators: whether it is for those alone who operate the service.
    """

    path: str
    label: str
    scope: Scope = Scope.READ
    main: bool = True
    for_operators: bool = False


DESTINATIONS: Sequence[Destination] = (
    Destination("/today", gettext_noop("Today")),
    Destination("/decisions", gettext_noop("Decisions")),
    Destination("/untracked", gettext_noop("Work without tickets")),
    Destination("/disagreements", gettext_noop("Disagreements")),
    Destination("/reports", gettext_noop("Reports")),
    Destination("/flow", gettext_noop("Flow")),
    Destination("/automation", gettext_noop("Automation"), main=False),
    Destination("/connections", gettext_noop("Connections"), main=False),
    Destination("/people", gettext_noop("People"), main=False),
    Destination("/access", gettext_noop("Who may log in"), main=False),
    Destination("/billing", gettext_noop("Billing"), main=False),
    Destination("/jobs", gettext_noop("Jobs"), Scope.RUN, main=False),
    Destination("/settings", gettext_noop("Settings"), main=False),
    Destination("/keys", gettext_noop("Keys"), Scope.ADMIN, main=False),
    Destination("/audit", gettext_noop("Who did what"), Scope.ADMIN, main=False),
    Destination("/account", gettext_noop("My account"), main=False),
    Destination("/data", gettext_noop("Export, import, end"), Scope.OWNER, main=False),
    Destination("/operator", gettext_noop("Operation"), main=False, for_operators=True),
)
"""In the order in which they are shown."""


class Link(NamedTuple):
    """One entry of the navigation for one viewer."""

    url: str
    label: str
    current: bool
    main: bool


def navigation(caller: Caller, request: PageRequest) -> Sequence[Link]:
    """Where a viewer is led to: never to what they may not see."""
    path = str(request.event["rawPath"])
    return [
        Link(
            request.link(each.path),
            request.texts.gettext(each.label),
            path == each.path or path.startswith(f"{each.path}/"),
            each.main,
        )
        for each in DESTINATIONS
        if caller.scope.covers(each.scope) and (request.is_operators or not each.for_operators)
    ]
