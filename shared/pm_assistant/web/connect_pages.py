"""Pages that people see in a browser on their way to a vendor and back.

Each is whole in itself: its policy lets it load nothing, and its style is the very text that stands in it.
"""

from collections.abc import Sequence
from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.shared.cookies import Cookie

from pm_assistant.domain.connections import ConfirmationRequired, Connected, Refusal
from pm_assistant.domain.tenants import Provider
from pm_assistant.integrations.vendors import VENDORS
from pm_assistant.runtime.http import NO_STORE, SECURITY_HEADERS
from pm_assistant.web.rendering import csp_source, read_asset, render
from pm_assistant.web.wording import PAGES

CONNECT_PAGE = "../../connections"
"""The connections page as seen from a vendor's callback, wherever the API lives."""
FROM_TOP = "connections"
"""The same as seen from a page that lies beside it."""


def connected_page(outcome: Connected, *cookies: Cookie) -> Response[str]:
    """What was granted, and what happens next."""
    connection, vendor = outcome.connection, VENDORS[outcome.connection.provider]
    return _page(
        HTTPStatus.OK,
        "connected.html",
        cookies,
        vendor=vendor.label,
        workspace=connection.name or connection.external_id,
        team=outcome.tenant_name,
        granted=_with_meanings(connection.scopes),
        missing=_with_meanings(outcome.missing),
        next=vendor.next_step,
    )


def confirmation_page(
    confirmation: ConfirmationRequired, provider: Provider, answer: str, *cookies: Cookie
) -> Response[str]:
    """Whether a person knows whose link they have opened; going on posts `answer` to the address of the page."""
    asker = confirmation.asker
    return _page(
        HTTPStatus.OK,
        "confirmation.html",
        cookies,
        posts=True,
        vendor=VENDORS[provider].label,
        place=VENDORS[provider].place,
        team=confirmation.tenant_name,
        asker=asker.name,
        is_program=asker.kind == "key",
        answer=answer,
    )


def refusal_page(refusal: Refusal, provider: Provider, *cookies: Cookie) -> Response[str]:
    """Why nothing came of it, and what to do."""
    wording, vendor = PAGES[refusal.reason], VENDORS[provider]
    words = {"vendor": vendor.label, "place": vendor.place}
    title, why, what = (text.format(**words) for text in (wording.title, wording.why, wording.what))
    return _page(wording.status, "refusal.html", cookies, title=title, why=why, what=what)


def unsubscribe_page(*, kind: str, team: str) -> Response[str]:
    """Whether a report is to end; the button posts to the address of the page."""
    return _page(HTTPStatus.OK, "unsubscribe.html", posts=True, back=FROM_TOP, kind=kind, team=team)


def unsubscribed_page(*, kind: str, team: str) -> Response[str]:
    """A report has ended."""
    return _page(HTTPStatus.OK, "unsubscribed.html", back=FROM_TOP, kind=kind, team=team)


def fault_page() -> Response[str]:
    """Something of ours did not work."""
    return _page(HTTPStatus.SERVICE_UNAVAILABLE, "fault.html")


def unknown_page() -> Response[str]:
    """There is no such page."""
    return _page(HTTPStatus.NOT_FOUND, "unknown.html")


def _with_meanings(scopes: Sequence[str]) -> list[tuple[str, str]]:
    """What each scope means to a person; one that we do not ask for is shown as it is."""
    meanings = {
        scope: meaning
        for vendor in VENDORS.values()
        for scope, meaning in (*vendor.scopes.items(), *vendor.scopes_to_connect.items())
    }
    return [(scope, meanings.get(scope, "")) for scope in scopes]


def _page(
    status: HTTPStatus,
    template: str,
    cookies: Sequence[Cookie] = (),
    *,
    posts: bool = False,
    back: str = CONNECT_PAGE,
    **values: object,
) -> Response[str]:
    style = read_asset("style.css")
    policy = {
        "default-src": "'none'",
        "style-src": csp_source(style),
        "base-uri": "'none'",
        # Chrome applies it to where a posted form is redirected, and vendors redirect to hosts of their own.
        **({} if posts else {"form-action": "'none'"}),
        "frame-ancestors": "'none'",
    }
    headers: dict[str, str | list[str]] = {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Referrer-Policy": "no-referrer",
        **NO_STORE,
        **SECURITY_HEADERS,
    }
    html = render(template, style=style, back=back, **values)
    kind = "text/html; charset=utf-8"
    return Response(status.value, content_type=kind, body=html, headers=headers, cookies=list(cookies))
