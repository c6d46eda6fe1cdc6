"""Answers to browsers: whole pages of the one layout, and the way on after something was done."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus

from markupsafe import Markup

from pm_assistant.domain.accounts import Caller, Scope
from pm_assistant.domain.due import due_of
from pm_assistant.presentation.due import words_of
from pm_assistant.presentation.i18n import texts_in
from pm_assistant.presentation.notices import NoticeWords
from pm_assistant.presentation.reasons import reason_in
from pm_assistant.runtime.http import NO_STORE, SECURITY_HEADERS
from pm_assistant.web.assets import asset_url
from pm_assistant.web.navigation import navigation
from pm_assistant.web.rendering import render
from pm_assistant.web.request import PageRequest
from pm_assistant.web.routing import Response

_DIRECTIVES = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
POLICY = "; ".join((*_DIRECTIVES, "form-action 'self'"))
"""Content-Security-Policy of every page: what we serve ourselves, and nothing that stands in the page."""
POLICY_OF_WAYS_OUT = "; ".join(_DIRECTIVES)
"""The same for a page whose form ends at a vendor: Chrome applies `form-action` to where a form is redirected."""
BILLING = "/billing"
"""Where all of it is said at length."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # What is shown depends on whoever looks.
    "Vary": "Cookie, Accept-Language",
    **NO_STORE,
    **SECURITY_HEADERS,
}


def page(
    request: PageRequest,
    template: str,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    cookies: Sequence[str] = (),
    personal: bool = True,
    **values: object,
) -> Response[str]:
    """A whole page; our script takes the part of it that it wants.

    Args:
        request: of the browser.
        template: extends `layout.html`.
        status: of the answer.
        cookies: that the browser is to keep.
        personal: whether it shows who looks and where they may go, which takes reading who that is.
        values: for the template, beside those that every page has.
    """
    viewer = request.known_viewer if personal else None
    caller: Caller | None = viewer.caller if viewer else None
    html = render(
        template,
        gettext=request.texts.gettext,
        ngettext=request.texts.ngettext,
        language=request.language.value,
        link=request.link,
        asset=lambda name: request.link(asset_url(name)),
        moment=lambda at: moment(at, request),
        reason_words=lambda reason: reason_in(reason, request.texts),
        report_words=lambda report: texts_in(report.language),
        viewer=viewer,
        clock=request.zone.key if viewer else "",
        navigation=navigation(caller, request) if caller else (),
        answered="answered" in request.query,
        due=_due(request),
        **values,
    )
    return Response(
        status.value, content_type="text/html; charset=utf-8", body=html, headers={**HEADERS}, cookies=list(cookies)
    )


def _due(request: PageRequest) -> NoticeWords | None:
    """What is to be seen to over money, for whoever can; None where nothing is."""
    viewer = request.known_viewer
    is_there = str(request.event["rawPath"]).startswith(BILLING)
    if viewer is None or not viewer.caller.scope.covers(Scope.ADMIN) or is_there:
        return None
    thing = due_of(viewer.tenant.billing, request.now)
    return words_of(thing.what, request.texts) if thing is not None else None


def moment(at: datetime | None, request: PageRequest) -> Markup:
    """A moment as the viewer's clock shows it, with its year if it is another, and as machines read it."""
    if at is None:
        return Markup()
    local = at.astimezone(request.zone)
    is_of_this_year = local.year == request.now.astimezone(request.zone).year
    day = request.texts.day(local.date()) if is_of_this_year else request.texts.date(local.date())
    said = f"{day}, {request.texts.time(local)}"
    return Markup('<time datetime="{iso}">{said}</time>').format(iso=local.isoformat(timespec="minutes"), said=said)


def see_other(request: PageRequest, path: str, *, cookies: Sequence[str] = ()) -> Response[str]:
    """Lead on to another page after something was done, so that loading it again does nothing twice."""
    headers = {**HEADERS, "Location": request.link(path)}
    return Response(303, content_type="text/plain", body="", headers=headers, cookies=list(cookies))
