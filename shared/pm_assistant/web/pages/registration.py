"""The way in: registering a team or joining one, proving the address, and setting a new password."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, unquote

from pydantic import TypeAdapter, ValidationError

from pm_assistant.domain.accounts import Password, Registration, is_email
from pm_assistant.domain.errors import InvalidRequest, ProductError, Throttled, Unauthenticated
from pm_assistant.domain.languages import Translatable
from pm_assistant.presentation.i18n import gettext_noop
from pm_assistant.runtime.http import status_of
from pm_assistant.runtime.logs import logger
from pm_assistant.web.cookies import registration_cookie, registration_cookie_name
from pm_assistant.web.html import page, see_other
from pm_assistant.web.pages.login import logged_in
from pm_assistant.web.refusals import refusal
from pm_assistant.web.request import PageRequest, current_request, needs_nobody, parsed
from pm_assistant.web.routing import Response, Router
from pm_assistant.workflows.accounts.login import forgot, reset
from pm_assistant.workflows.accounts.register import Registered, register, resend, verify

router = Router()

LONGEST_CODE = 200
WORDS: Mapping[str, str] = {
    "email": gettext_noop("This is no e-mail address."),
    "password": gettext_noop("At least 12 characters in one line, with no space at either end."),
    "team_name": gettext_noop("Please say what your team is called, in at most 100 characters."),
    "invitation": gettext_noop("There is no such invitation for this address, or it is over."),
    "code": gettext_noop("This code is wrong or too old."),
}
"""What is wrong with a field, where it cannot be used."""


@router.get("/register", **needs_nobody())
def show_registration() -> Response[str]:
    """The form that founds a team."""
    return _form("register.html", current_request(router))


@router.post("/register", **needs_nobody())
def do_register() -> Response[str]:
    """Found a team, whose owner proves the address next; the same is answered for an address that has an account."""
    request = current_request(router)
    fields = {"email": request.field("email"), "password": _password(request), "team_name": request.field("team_name")}
    try:
        registration_id = _registered(parsed(Registration, fields), request)
    except (InvalidRequest, Throttled) as error:
        return _form("register.html", request, error)
    return see_other(request, "/verify", cookies=[_cookie(registration_id, fields["email"], request)])


@router.get("/join", **needs_nobody())
def show_joining() -> Response[str]:
    """The form that joins a team; the link of the invitation has filled in its code."""
    request = current_request(router)
    return _form("join.html", request, invitation=request.query.get("code", "")[:LONGEST_CODE])


@router.post("/join", **needs_nobody())
def do_join() -> Response[str]:
    """Join a team by an invitation, which proves the address, and be logged in."""
    request = current_request(router)
    fields = {
        "email": request.field("email"),
        "password": _password(request),
        "invitation": request.field("invitation"),
    }
    try:
        _registered(parsed(Registration, fields), request)
        return logged_in(fields["email"], fields["password"], request)
    except (InvalidRequest, Throttled, Unauthenticated) as error:
        return _form("join.html", request, error, invitation=fields["invitation"][:LONGEST_CODE])


@router.get("/verify", **needs_nobody())
def show_verification() -> Response[str]:
    """The form that proves the address, in the browser in which it was registered."""
    return _form("verify.html", current_request(router), sent="sent" in current_request(router).query)


@router.post("/verify", **needs_nobody())
def do_verify() -> Response[str]:
    """Prove the address by the code that was mailed there, and be logged in."""
    request = current_request(router)
    registration_id, email = _begun(request)
    try:
        _check_begun(registration_id)
        verify(email, request.field("code"), registration_id, request.app, origin=request.origin)
        return logged_in(email, _password(request), request)
    except Unauthenticated:
        return see_other(request, "/login?proven=yes")
    except (InvalidRequest, Throttled) as error:
        return _form("verify.html", request, error)


@router.post("/verify/resend", **needs_nobody())
def do_resend() -> Response[str]:
    """Mail the code again, if there is something to prove."""
    request = current_request(router)
    _, email = _begun(request)
    try:
        _check_begun(email)
        resend(email, request.app, origin=request.origin)
    except (InvalidRequest, Throttled) as error:
        return _form("verify.html", request, error)
    return see_other(request, "/verify?sent=yes")


@router.get("/forgot", **needs_nobody())
def show_forgotten() -> Response[str]:
    """The form that has a code mailed to set a new password."""
    return _form("forgot.html", current_request(router))


@router.post("/forgot", **needs_nobody())
def do_forget() -> Response[str]:
    """Mail a code, if there is such an account; nobody is told whether there is."""
    request = current_request(router)
    try:
        email = checked_email(request)
        forgot(email, request.app, origin=request.origin)
    except (InvalidRequest, Throttled) as error:
        return _form("forgot.html", request, error)
    return see_other(request, "/reset?sent=yes")


@router.get("/reset", **needs_nobody())
def show_reset() -> Response[str]:
    """The form that sets a new password by the code of the mail."""
    return _form("reset.html", current_request(router), sent="sent" in current_request(router).query)


@router.post("/reset", **needs_nobody())
def do_reset() -> Response[str]:
    """Set a new password, which ends all that began with the old one, and be logged in."""
    request = current_request(router)
    try:
        email, password = checked_email(request), checked_password(request)
        reset(email, request.field("code"), password, request.app, origin=request.origin)
        return logged_in(email, password, request)
    except (InvalidRequest, Throttled) as error:
        return _form("reset.html", request, error)


def _registered(registration: Registration, request: PageRequest) -> str:
    outcome, registration_id = register(registration, request.app, origin=request.origin)
    log = logger().error if outcome is Registered.KNOWN_NOT_TOLD else logger().info
    log("registration", extra={"outcome": outcome, "request_id": request.request_id})
    return registration_id


def _form(template: str, request: PageRequest, error: ProductError | None = None, **values: Any) -> Response[str]:
    """A form with what was filled in, but for passwords, and what is wrong beside its field."""
    field = error.field.rpartition(".")[2] if isinstance(error, InvalidRequest) else ""
    errors = {field: request.texts.gettext(WORDS[field])} if field in WORDS else {}
    message = "" if errors or error is None else refusal(error, request.texts)
    if isinstance(error, Throttled):
        message = request.texts.gettext("Too many attempts; please try again in a few minutes.")
    filled = {name: request.field(name) for name in ("email", "team_name") if name in request.form}
    return page(
        request,
        template,
        status=status_of(error) if error else HTTPStatus.OK,
        message=message,
        errors=errors,
        filled={"email": _begun(request)[1], "team_name": "", **filled},
        **values,
    )


def _password(request: PageRequest) -> str:
    """As it was typed: a space at an end is somebody's mistake, and is named."""
    return next(iter(request.form.get("password", ())), "")


def checked_password(request: PageRequest) -> str:
    """The new password of a form, as it was typed.

    Raises:
        InvalidRequest: it does not meet the policy.
    """
    try:
        return TypeAdapter(Password).validate_python(_password(request)).get_secret_value()
    except ValidationError as error:
        raise InvalidRequest(Translatable("the password does not meet the policy"), field="password") from error


def checked_email(request: PageRequest) -> str:
    """The address of a form.

    Raises:
        InvalidRequest: it is none.
    """
    if not is_email(email := request.field("email")):
        raise InvalidRequest(Translatable("this is no e-mail address"), field="email")
    return email


def _begun(request: PageRequest) -> tuple[str, str]:
    """The registration that this browser has begun, and its address; both empty where none has been."""
    kept = request.cookies.get(registration_cookie_name(request.app.public_url), "")
    registration_id, _, email = kept.partition(".")
    return registration_id, unquote(email)


def _check_begun(begun: str) -> None:
    """Make sure that something was registered in this browser, which alone knows what a code is for.

    Raises:
        InvalidRequest: nothing was.
    """
    if not begun:
        raise InvalidRequest(Translatable("Please enter the code in the browser in which you registered."))


def _cookie(registration_id: str, email: str, request: PageRequest) -> str:
    return registration_cookie(f"{registration_id}.{quote(email)}", public_url=request.app.public_url)
