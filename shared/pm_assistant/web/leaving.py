"""The page on the way to a vendor, by a link that only this browser can use."""

from pm_assistant.domain.tenants import Grantor
from pm_assistant.integrations.vendors import record_of
from pm_assistant.web.cookies import Purpose, cookie
from pm_assistant.web.html import page
from pm_assistant.web.request import PageRequest
from pm_assistant.web.routing import Response
from pm_assistant.workflows.connections.connect import make_link


def leaving(provider: Grantor, noted: str, request: PageRequest) -> Response[str]:
    """Go to the vendor's page of consent; `noted` is what the trail calls that.

    By a page of ours: a form may end with us alone, by the policy of whichever page came first, and redirects count.

    Raises:
        Conflict: there is no room for it, or the team does not know whose calendar it would be.
        NotFound: calendars cannot be connected here.
    """
    link, secret = make_link(provider, request.caller, request.tenant, request.unit)
    request.note(noted, provider)
    link_cookie = cookie(Purpose.LINK, provider, secret, public_url=request.app.public_url)
    address = request.link(link.url.removeprefix(request.app.public_url))
    answer = page(request, "leaving.html", cookies=[link_cookie], vendor=record_of(provider).label, address=address)
    answer.headers["Refresh"] = f"0; url={address}"
    return answer
