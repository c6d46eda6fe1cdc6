"""The dashboard: finds the page that a browser asks for, and answers in any case with a page."""

from collections.abc import Mapping
from http import HTTPStatus
from importlib import import_module
from typing import Any
from urllib.parse import quote

from pm_assistant import ends_loading
from pm_assistant.domain.errors import NotFound, ProductError, Unauthenticated
from pm_assistant.runtime.http import Answer, path_of, status_of
from pm_assistant.runtime.logs import logger
from pm_assistant.web.html import HEADERS, page, see_other
from pm_assistant.web.refusals import refusal
from pm_assistant.web.request import SAFE, PageRequest, check_same_origin, settings
from pm_assistant.web.routing import Response

MODULES: Mapping[str, str] = {
    "": "landing",
    "assets": "static",
    "login": "login",
    "logout": "login",
    "register": "registration",
    "join": "registration",
    "verify": "registration",
    "forgot": "registration",
    "reset": "registration",
    "today": "today",
    "decisions": "decisions",
    "automation": "automation",
    "untracked": "untracked",
    "disagreements": "disagreements",
    "reports": "reports",
    "flow": "flow",
    "people": "people",
    "access": "access",
    "connect": "connections",
    "connections": "connections",
    "jobs": "jobs",
    "settings": "settings",
    "keys": "keys",
    "audit": "audit",
    "billing": "billing",
    "account": "account",
    "data": "data",
    "operator": "operator",
    "privacy": "legal",
    "terms": "legal",
    "subprocessors": "legal",
    "support": "legal",
}
"""Which module of `web/pages` has the pages below the first part of a path."""


@ends_loading
def handler(event: dict[str, Any], context: Any) -> Answer:
    """Answer one request of a browser."""
    event = event | {"rawPath": path_of(event).rstrip("/") or "/"}  # people type addresses with a slash at the end
    request = PageRequest.of(event, settings())
    try:
        return _respond(request).answer()
    except Exception as error:
        return _fault(error, request).answer()


def _respond(request: PageRequest) -> Response[Any]:
    """Answer with the page that was asked for, or one that says why not.

    Raises:
        Exception: whatever keeps us from either.
    """
    try:
        module = _module(request)
        check_same_origin(request.event, request.app.public_url)
        response: Response[Any] | None = import_module(f"pm_assistant.web.pages.{module}").router.respond(request)
        if response is None:
            raise NotFound("there is no such page")
        return response
    except Unauthenticated:
        return _login_first(request)
    except ProductError as error:
        status = status_of(error)
        if status.is_server_error:
            raise
        details = {"path": request.event["rawPath"], "status": status.value, "error": type(error).__name__}
        logger().warning("request refused", extra=details)
        return page(
            request, "refused.html", status=status, status_code=status.value, message=refusal(error, request.texts)
        )


def _module(request: PageRequest) -> str:
    module = MODULES.get(str(request.event["rawPath"]).strip("/").partition("/")[0])
    if module is None:
        raise NotFound("there is no such page")
    return module


def _login_first(request: PageRequest) -> Response[str]:
    """Lead somebody who is not logged in to where that is done, and back to what they wanted to read."""
    path = str(request.event["rawPath"])
    wanted = f"?next={quote(path)}" if request.method in SAFE and path != "/" else ""
    answer = see_other(request, f"/login{wanted}")
    if request.is_partial:
        # A redirect would put the login into the page of somebody who is no longer there.
        answer.status_code = HTTPStatus.UNAUTHORIZED
        answer.headers["HX-Redirect"] = answer.headers.pop("Location")
    return answer


def _fault(error: Exception, request: PageRequest) -> Response[str]:
    """What no viewer can mend: the page needs nothing that may have failed, such as who looks."""
    status = status_of(error) if isinstance(error, ProductError) else HTTPStatus.INTERNAL_SERVER_ERROR
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        logger().error("request failed", exc_info=error)
    else:
        logger().warning("request refused", extra={"status": status.value, "error": type(error).__name__})
    text = request.texts.gettext("Something of ours did not work. It has been logged; please try again in a minute.")
    return Response(status.value, content_type="text/plain; charset=utf-8", body=text, headers={**HEADERS})
