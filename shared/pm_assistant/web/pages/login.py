"""Logging in and out with a browser."""

import re
from datetime import timedelta
from http import HTTPStatus

from pm_assistant.domain.errors import ProductError, Throttled, Unauthenticated
from pm_assistant.runtime.http import header, status_of
from pm_assistant.web.cookies import session_cookie
from pm_assistant.web.html import page, see_other
from pm_assistant.web.request import PageRequest, current_request, needs_nobody
from pm_assistant.web.routing import Response, Router
from pm_assistant.workflows.accounts.browser_sessions import LONGEST, begin_session, end_session
from pm_assistant.workflows.accounts.login import login

router = Router()

FIRST = "/today"
"""Where people go who did not want to go anywhere else."""


@router.get("/login", **needs_nobody())
def show_login() -> Response[str]:
    """The form, or the page that was wanted for whoever is logged in."""
    request = current_request(router)
    wanted = own_path(request.query.get("next", ""))
    if request.known_viewer:
        return see_other(request, wanted)
    return _form(request, wanted, proven="proven" in request.query)


@router.post("/login", **needs_nobody())
def do_login() -> Response[str]:
    """Log in, under a new secret each time, and go on to the page that was wanted."""
    request = current_request(router)
    wanted, email = own_path(request.field("next")), request.field("email")
    password = next(iter(request.form.get("password", ())), "")
    try:
        return logged_in(email, password, request, wanted=wanted)
    except Unauthenticated as error:
        message = request.texts.gettext("That is not the e-mail and password of an account here.")
        return _form(request, wanted, email=email, message=message, error=error)
    except Throttled as error:
        message = request.texts.gettext("Too many attempts; please try again in a few minutes.")
        return _form(request, wanted, email=email, message=message, error=error)


def logged_in(email: str, password: str, request: PageRequest, *, wanted: str = FIRST) -> Response[str]:
    """Log in, under a new secret each time, and go on to a page of ours.

    Raises:
        Throttled: too many attempts.
        Unauthenticated: no such user, wrong password or address not proven; never says which.
    """
    session = login(email, password, request.app, origin=request.origin)
    end_session(request.token, request.app)
    _, token = begin_session(session, request.app, user_agent=header(request.event, "user-agent") or "")
    cookie = session_cookie(token, public_url=request.app.public_url, lifetime=LONGEST)
    return see_other(request, wanted, cookies=[cookie])


@router.post("/logout", **needs_nobody())
def do_logout() -> Response[str]:
    """Log this browser out, whether it was logged in or not."""
    request = current_request(router)
    end_session(request.token, request.app)
    cookie = session_cookie("", public_url=request.app.public_url, lifetime=timedelta())
    return see_other(request, "/login", cookies=[cookie])


def own_path(wanted: str) -> str:
    """The page of ours that somebody wanted; the first one where it is no page of ours, however it is written."""
    return wanted if re.fullmatch(r"/[A-Za-z0-9_-][A-Za-z0-9_/.:-]*", wanted, re.ASCII) else FIRST


def _form(
    request: PageRequest,
    wanted: str,
    *,
    email: str = "",
    message: str = "",
    error: ProductError | None = None,
    proven: bool = False,
) -> Response[str]:
    status = status_of(error) if error else HTTPStatus.OK
    return page(request, "login.html", status=status, wanted=wanted, email=email, message=message, proven=proven)
