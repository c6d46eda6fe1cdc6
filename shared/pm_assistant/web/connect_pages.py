"""Pages that people see in a browser on their way to a vendor and back.

Their addresses hold codes of vendors and links of ours, which no other page is to be told.
"""

from collections.abc import Sequence
from http import HTTPStatus

from pm_assistant.domain.connections import CalendarConnected, ConfirmationRequired, Connected, Refusal
from pm_assistant.domain.tenants import CalendarProvider, Grantor
from pm_assistant.integrations.vendors import VENDORS, record_of
from pm_assistant.presentation.i18n import Texts
from pm_assistant.presentation.settings import NAMES
from pm_assistant.web.html import POLICY_OF_WAYS_OUT, page
from pm_assistant.web.request import PageRequest, chosen
from pm_assistant.web.routing import Response
from pm_assistant.web.wording import AGAIN_FROM_THE_ACCOUNT, OF_CALENDARS, PAGES


def connected_page(request: PageRequest, outcome: Connected, *cookies: str) -> Response[str]:
    """What was granted, and what happens next."""
    connection, vendor = outcome.connection, VENDORS[outcome.connection.provider]
    return _page(
        request,
        "connected.html",
        HTTPStatus.OK,
        cookies,
        vendor=vendor.label,
        workspace=connection.name or connection.external_id,
        team=outcome.tenant_name,
        granted=with_meanings(connection.scopes, request.texts),
        missing=with_meanings(outcome.missing, request.texts),
        next_step=vendor.next_step,
    )


def calendar_connected_page(request: PageRequest, outcome: CalendarConnected, *cookies: str) -> Response[str]:
    """What happens next to whoever has connected their own calendar."""
    label = record_of(outcome.provider).label
    return _page(request, "calendar_connected.html", HTTPStatus.OK, cookies, vendor=label, team=outcome.tenant_name)


def confirmation_page(
    request: PageRequest, confirmation: ConfirmationRequired, provider: Grantor, answer: str, *cookies: str
) -> Response[str]:
    """Whether a person knows whose link they have opened; going on posts `answer` to the address of the page."""
    asker, vendor = confirmation.asker, record_of(provider)
    response = _page(
        request,
        "confirmation.html",
        HTTPStatus.OK,
        cookies,
        vendor=vendor.label,
        place=request.texts.gettext(vendor.place),
        is_calendar=isinstance(provider, CalendarProvider),
        team=confirmation.tenant_name,
        asker=asker.name,
        is_program=asker.kind == "key",
        answer=answer,
    )
    response.headers["Content-Security-Policy"] = POLICY_OF_WAYS_OUT
    return response


def refusal_page(request: PageRequest, refusal: Refusal, provider: Grantor, *cookies: str) -> Response[str]:
    """Why nothing came of it, and what to do."""
    is_calendar = isinstance(provider, CalendarProvider)
    wording = (OF_CALENDARS if is_calendar else PAGES).get(refusal.reason, PAGES[refusal.reason])
    vendor, gettext = record_of(provider), request.texts.gettext
    advice = (AGAIN_FROM_THE_ACCOUNT,) if is_calendar else wording.what
    words = {"vendor": vendor.label, "place": gettext(vendor.place)}
    return _page(
        request,
        "refusal.html",
        wording.status,
        cookies,
        title=gettext(wording.title, **words),
        why=gettext(wording.why, **words),
        what=" ".join(gettext(sentence, **words) for sentence in advice),
        is_calendar=is_calendar,
    )


def unsubscribe_page(request: PageRequest, *, kind: str, team: str) -> Response[str]:
    """Whether a report is to end; the button posts to the address of the page."""
    return _page(request, "unsubscribe.html", HTTPStatus.OK, kind=_called(kind, request), team=team)


def unsubscribed_page(request: PageRequest, *, kind: str, team: str) -> Response[str]:
    """A report has ended."""
    return _page(request, "unsubscribed.html", HTTPStatus.OK, kind=_called(kind, request), team=team)


def _called(kind: str, request: PageRequest) -> str:
    """What a kind of report is called; one that we do not know any more by its name in the link."""
    known = chosen(kind, NAMES)
    return request.texts.gettext(NAMES[known]) if known is not None else kind


def fault_page(request: PageRequest) -> Response[str]:
    """Something of ours did not work."""
    return _page(request, "fault.html", HTTPStatus.SERVICE_UNAVAILABLE)


def unknown_page(request: PageRequest) -> Response[str]:
    """There is no such page."""
    return _page(request, "refused.html", HTTPStatus.NOT_FOUND, status_code=HTTPStatus.NOT_FOUND.value)


def with_meanings(scopes: Sequence[str], texts: Texts) -> Sequence[tuple[str, str]]:
    """Each scope with what it means to a person; with nothing where we do not ask for it."""
    meanings = {
        scope: meaning
        for vendor in VENDORS.values()
        for scope, meaning in (*vendor.scopes.items(), *vendor.scopes_to_connect.items())
    }
    return [(scope, texts.gettext(meanings[scope]) if scope in meanings else "") for scope in scopes]


def _page(
    request: PageRequest, template: str, status: HTTPStatus, cookies: Sequence[str] = (), **values: object
) -> Response[str]:
    response = page(request, template, status=status, cookies=cookies, personal=False, **values)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
