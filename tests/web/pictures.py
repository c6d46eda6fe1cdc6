"""What there is to see: every page of the product, and what people see in between.

A page whose router is in the table of pages is looked at by axe in both themes, by a test for phones, and by
`tests.screenshots`, without being listed here.
"""

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from pm_assistant.domain.accounts import Caller, Role, Scope
from pm_assistant.domain.connections import CalendarConnected, ConfirmationRequired, Connected, Reason, Refusal
from pm_assistant.domain.tenants import CalendarProvider, Provider
from pm_assistant.integrations.vendors import VENDORS
from pm_assistant.runtime.settings import StoreSettings
from pm_assistant.web.connect_pages import (
    calendar_connected_page,
    confirmation_page,
    connected_page,
    fault_page,
    refusal_page,
    unsubscribe_page,
    unsubscribed_page,
)
from pm_assistant.web.request import PageRequest
from pm_assistant.web.routing import Response
from tests.api.conftest import event
from tests.builders import ACME, a_connection
from tests.web.browser import Browser, WebWorld
from tests.web.routes import page_routes

type Viewer = Role | Literal["operator"]


class Picture(NamedTuple):
    """A page to look at.

    Attributes:
        path: of it; ids stand in it by their names, as `<job_id>`.
        viewer: the role of who looks, or an operator; None for somebody who is not logged in.
        status: of the answer.
    """

    path: str
    viewer: Viewer | None = Role.OWNER
    status: int = 200


def browser_of(viewer: Viewer, web: WebWorld) -> Browser:
    """A browser in which such a viewer has logged in."""
    return web.operator if viewer == "operator" else web.browser(viewer)


def name_of(path: str) -> str:
    """What a picture of a page is called: its address as the name of a file."""
    return path.strip("/").replace("/", "-").replace("<", "").replace(">", "") or "landing"


SEEN = [route for route in page_routes() if route.method == "GET" and not route.path.endswith("/file")]
"""A download is nothing to look at."""
PUBLIC: Mapping[str, Picture] = {
    **{name_of(route.path): Picture(route.path, None) for route in SEEN if route.scope is None},
    "unknown": Picture("/no-such-page", None, 404),
    "manual": Picture("/v1/docs", None),
}
"""For everybody, and the same in each world."""
PAGES: Mapping[str, Picture] = {
    **{
        name_of(route.path): Picture(route.path, "operator" if route.scope == "operator" else Role.OWNER)
        for route in SEEN
        if route.scope is not None
    },
    "unknown-to-a-team": Picture("/no-such-page", status=404),
}
"""For a team's people, and who operates the service; each is looked at in every world that has what it is about."""
ASKER = Caller(tenant_id=ACME, kind="account", id="a", name="ada@acme.test", scope=Scope.ADMIN)
REQUEST = PageRequest.of(event("GET", "/"), StoreSettings(table_name="t"))
STILLS: Mapping[str, Callable[[], Response[str]]] = {
    "confirmation": lambda: confirmation_page(
        REQUEST, ConfirmationRequired(tenant_name="Acme", asker=ASKER), Provider.SLACK, "a"
    ),
    "connected": lambda: connected_page(
        REQUEST,
        Connected(
            connection=a_connection(name="Acme", scopes=tuple(VENDORS[Provider.SLACK].scopes)[1:]),
            tenant_name="Acme",
            missing=tuple(VENDORS[Provider.SLACK].scopes)[:1],
        ),
    ),
    "own-calendar": lambda: confirmation_page(
        REQUEST, ConfirmationRequired(tenant_name="Acme", asker=ASKER), CalendarProvider.GOOGLE, "a"
    ),
    "own-calendar-connected": lambda: calendar_connected_page(
        REQUEST, CalendarConnected(provider=CalendarProvider.GOOGLE, tenant_name="Acme")
    ),
    "refused": lambda: refusal_page(REQUEST, Refusal(reason=Reason.TAKEN), Provider.SLACK),
    "fault": lambda: fault_page(REQUEST),
    "unsubscribe": lambda: unsubscribe_page(REQUEST, kind="standup", team="Acme"),
    "unsubscribed": lambda: unsubscribed_page(REQUEST, kind="standup", team="Acme"),
}
"""What people see in between, where it takes a vendor's answer or a mail to come there."""
