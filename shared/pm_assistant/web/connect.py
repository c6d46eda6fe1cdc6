"""The way out to a vendor and the way back, on which people connect it."""

import hmac
import re
from datetime import timedelta
from functools import cache
from typing import Any, assert_never
from urllib.parse import parse_qs

from pm_assistant import ends_loading
from pm_assistant.domain.connections import (
    CalendarConnected,
    Callback,
    ConfirmationRequired,
    Connected,
    Redirect,
    Refusal,
)
from pm_assistant.domain.errors import ProductError
from pm_assistant.domain.tenants import CalendarProvider, Grantor, Provider
from pm_assistant.runtime.http import NO_STORE, SECURITY_HEADERS, Answer, body, path_of
from pm_assistant.runtime.logs import logger
from pm_assistant.runtime.settings import load
from pm_assistant.runtime.settings.connect import ConnectSettings
from pm_assistant.web import unsubscribe
from pm_assistant.web.connect_pages import (
    calendar_connected_page,
    confirmation_page,
    connected_page,
    fault_page,
    refusal_page,
    unknown_page,
)
from pm_assistant.web.cookies import Purpose, cookie, cookie_name
from pm_assistant.web.request import PageRequest, chosen, current_request
from pm_assistant.web.routing import Response, Router
from pm_assistant.workflows.connections.connect import finish, start
from pm_assistant.workflows.connections.oauth_state import new_browser_secret

settings = cache(lambda: load(ConnectSettings))

router = Router()

GRANTORS: tuple[Grantor, ...] = (*Provider, *CalendarProvider)


@router.get("/oauth/<vendor>/start")
@router.post("/oauth/<vendor>/start")
def on_start(vendor: str) -> Response[str]:
    """Send a browser that has a link to the vendor; where it was not made, a person is asked, who posts the answer.

    What else stands in the address is passed over: mail and chat programs add to links that people follow.
    """
    request = current_request(router)
    provider = chosen(vendor, GRANTORS)
    if provider is None:
        return unknown_page(request)
    outcome = start(
        provider,
        request.query.get("link", ""),
        request.app,
        browser=_secret(Purpose.LINK, provider, request),
        confirmed=_is_confirmed(_secret(Purpose.QUESTION, provider, request), request),
        request_id=request.request_id,
    )
    match outcome:
        case Redirect():
            return _redirected(outcome, provider, request)
        case ConfirmationRequired():
            answer, _ = new_browser_secret()
            question_cookie = cookie(Purpose.QUESTION, provider, answer, public_url=request.app.public_url)
            return confirmation_page(request, outcome, provider, answer, question_cookie)
        case Refusal():
            return _refused(outcome, provider, request)
        case _:
            assert_never(outcome)


@router.get("/oauth/<vendor>/callback")
def on_callback(vendor: str) -> Response[str]:
    """Take a browser that the vendor sent back; its secret has then served its purpose.

    Of what the vendor adds to the address, we read what we know (RFC 6749, 4.1.2: the rest is to be ignored).
    """
    request = current_request(router)
    provider = chosen(vendor, GRANTORS)
    if provider is None:
        return unknown_page(request)
    expired_cookie = cookie(Purpose.CONNECT, provider, "", public_url=request.app.public_url, lifetime=timedelta())
    browser = _secret(Purpose.CONNECT, provider, request)
    outcome = finish(provider, _callback(request), request.app, browser=browser, request_id=request.request_id)
    match outcome:
        case Connected(connection=connection):
            logger().info("connected", extra={"tenant": connection.tenant_id, "provider": provider})
            return connected_page(request, outcome, expired_cookie)
        case CalendarConnected():
            return calendar_connected_page(request, outcome, expired_cookie)
        case Redirect():
            return _redirected(outcome, provider, request)
        case Refusal():
            return _refused(outcome, provider, request, expired_cookie)
        case _:
            assert_never(outcome)


def _callback(request: PageRequest) -> Callback:
    query = request.query
    error = query.get("error")
    return Callback(
        state=query.get("state"),
        code=query.get("code"),
        # It goes into the log and the trail, and anybody can write it.
        error=error if error is None or re.fullmatch(r"[a-z_]{1,60}", error, re.ASCII) else "unreadable",
        installation_id=query.get("installation_id"),
        pending=query.get("setup_action") == "request",
    )


def _is_confirmed(expected: str | None, request: PageRequest) -> bool:
    """Whether a person pressed the button of our question: what another site posts comes without the cookie."""
    if not expected:
        return False
    form = parse_qs(body(request.event).decode(errors="replace"))
    answer = form.get("answer", [""])[0]
    return hmac.compare_digest(expected.encode(), answer.encode())


def _secret(purpose: Purpose, provider: Grantor, request: PageRequest) -> str | None:
    """The secret of ours that the browser keeps."""
    return request.cookies.get(cookie_name(purpose, provider, public_url=request.app.public_url))


def _redirected(redirect: Redirect, provider: Grantor, request: PageRequest) -> Response[str]:
    headers = {
        "Location": redirect.url,
        "Referrer-Policy": "no-referrer",
        **NO_STORE,
        **SECURITY_HEADERS,
    }
    secret = redirect.browser
    cookies = [cookie(Purpose.CONNECT, provider, secret, public_url=request.app.public_url)] if secret else []
    return Response(302, content_type="text/plain", body="", headers=headers, cookies=cookies)


def _refused(refusal: Refusal, provider: Grantor, request: PageRequest, *cookies: str) -> Response[str]:
    details = {"tenant": refusal.tenant_id, "provider": provider, "reason": refusal.reason, "detail": refusal.detail}
    logger().warning("connecting refused", extra=details)
    return refusal_page(request, refusal, provider, *cookies)


@ends_loading
def handler(event: dict[str, Any], context: Any) -> Answer:
    """Answer one HTTP API request."""
    request = PageRequest.of(event, settings())
    try:
        response = router.respond(request) or unsubscribe.router.respond(request) or unknown_page(request)
    except ProductError as error:
        # Something of ours does not answer.
        details = {"path": path_of(event), "error": type(error).__name__, "cause": str(error)}
        logger().error("connecting failed", extra=details)
        response = fault_page(request)
    return response.answer()
