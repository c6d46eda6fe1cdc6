"""My account: password, language, calendar, where I am logged in, and the way out of the team."""

from datetime import timedelta
from http import HTTPStatus
from typing import assert_never

from pm_assistant.domain.accounts import Scope, canonical
from pm_assistant.domain.errors import (
    Conflict,
    InvalidRequest,
    NotFound,
    ProductError,
    Throttled,
    Unauthenticated,
    UpstreamError,
)
from pm_assistant.domain.languages import Language, Translatable
from pm_assistant.domain.tenants import CalendarProvider
from pm_assistant.integrations.vendors import record_of
from pm_assistant.presentation.settings import LANGUAGES
from pm_assistant.runtime.http import status_of
from pm_assistant.web.cookies import LANGUAGE, language_cookie, session_cookie
from pm_assistant.web.devices import device_of
from pm_assistant.web.html import page, see_other
from pm_assistant.web.leaving import leaving
from pm_assistant.web.pages.login import logged_in
from pm_assistant.web.pages.registration import WORDS, checked_email, checked_password
from pm_assistant.web.refusals import refusal
from pm_assistant.web.request import PageRequest, chosen, current_request, needs, needs_nobody
from pm_assistant.web.routing import Response, Router
from pm_assistant.workflows.accounts.browser_sessions import (
    LONGEST,
    end_other_sessions,
    end_session_of,
    go_on,
    sessions_of,
)
from pm_assistant.workflows.accounts.calendars import end_own_calendar, own_calendar
from pm_assistant.workflows.accounts.email_change import EmailTaken, ask_for_email, confirm_email
from pm_assistant.workflows.accounts.login import change_password, logout_everywhere
from pm_assistant.workflows.accounts.mail_stops import CalledJunk
from pm_assistant.workflows.accounts.people import LastOwner, leave
from pm_assistant.workflows.tenants.members import person_calling, speak_to

router = Router()

CALENDAR = CalendarProvider.GOOGLE
ALWAYS = needs(Scope.READ, while_closing=True, while_suspended=True)
"""What protects a login can be done whatever becomes of the team."""


@router.get("/account", **ALWAYS)
def show_account() -> Response[str]:
    """My login, my sessions, my calendar and the way out of the team."""
    return _page(current_request(router))


@router.post("/account/password", **ALWAYS)
def set_password() -> Response[str]:
    """Set a new password, which ends all that began with the old one, and be logged in anew."""
    request = current_request(router)
    try:
        password = checked_password(request)
        change_password(request.caller, _current(request), password, request.unit, origin=request.origin)
    except (InvalidRequest, Throttled) as error:
        return _page(request, error)
    try:
        return logged_in(request.caller.name, password, request, wanted="/account?answered=yes")
    except (Throttled, Unauthenticated):
        return see_other(request, "/login")


@router.post("/account/email", **ALWAYS)
def ask_for_new_address() -> Response[str]:
    """Mail a code to the address that I want to log in with."""
    request = current_request(router)
    try:
        ask_for_email(checked_email(request), _current(request), request.caller, request.unit, origin=request.origin)
    except (InvalidRequest, Throttled) as error:
        return _page(request, error, asked="email")
    return see_other(request, "/account/email")


@router.get("/account/email", **ALWAYS)
def show_confirmation() -> Response[str]:
    """Where the code is entered."""
    return _confirmation(current_request(router))


@router.get("/account/email/<code>", **ALWAYS)
def show_filled_confirmation(code: str) -> Response[str]:
    """The same, filled in by the link in the mail: what only opens the links of a mail changes nothing."""
    return _confirmation(current_request(router), code=code)


@router.post("/account/email/confirm", **ALWAYS)
def confirm_new_address() -> Response[str]:
    """Log in with the new address from now on; I stay logged in here alone."""
    request = current_request(router)
    try:
        account = confirm_email(request.field("code"), request.caller, request.unit, origin=request.origin)
    except (EmailTaken, InvalidRequest, Throttled) as error:
        return _confirmation(request, error)
    token = go_on(request.viewer, account, request.app)
    cookie = session_cookie(token, public_url=request.app.public_url, lifetime=LONGEST)
    return see_other(request, "/account?answered=yes", cookies=[cookie])


@router.post("/account/language", **needs(Scope.READ))
def set_language() -> Response[str]:
    """Have pages, and what is written to me, in a language of my choice; one that is none of ours changes nothing."""
    request = current_request(router)
    language = chosen(request.field("language"), Language)
    if language is None and request.field("language"):
        return see_other(request, "/account")
    member = person_calling(request.caller, request.unit)
    if member is not None:
        speak_to(member, language, request.unit)
        request.note("member.changed", member.id, fields="language")
    cookie = language_cookie(language or "", public_url=request.app.public_url)
    return see_other(request, "/account?answered=yes", cookies=[cookie])


@router.post("/account/calendar/connect", **needs(Scope.READ))
def begin_connecting() -> Response[str]:
    """Go to the page on which I let my calendar be read, as connections do."""
    request = current_request(router)
    try:
        return leaving(CALENDAR, "calendar.link_made", request)
    except (Conflict, NotFound) as error:
        return _page(request, error, asked="calendar")


@router.post("/account/calendar/end", **ALWAYS)
def end_calendar() -> Response[str]:
    """Have my calendar forgotten with all that was read of it."""
    request = current_request(router)
    try:
        revoked = end_own_calendar(request.caller, request.unit, force="force" in request.form)
    except (Conflict, NotFound, UpstreamError) as error:
        return _page(request, error, asked="calendar")
    request.note("calendar.ended", CALENDAR, revoked=str(revoked).lower())
    return see_other(request, "/account?answered=yes")


@router.post("/account/sessions/<session_id>/end", **ALWAYS)
def end_one(session_id: str) -> Response[str]:
    """Log out one of my browsers."""
    request = current_request(router)
    ended = end_session_of(request.viewer, session_id, request.app)
    request.note("session.ended", f"account:{ended.account_id}")
    return see_other(request, "/account?answered=yes")


@router.post("/account/sessions/end-others", **ALWAYS)
def end_others() -> Response[str]:
    """Log out my other browsers."""
    request = current_request(router)
    count = end_other_sessions(request.viewer.session, request.app)
    request.note("session.ended", request.caller.actor, others=str(count))
    return see_other(request, "/account?answered=yes")


@router.post("/account/sessions/end-all", **ALWAYS)
def end_all() -> Response[str]:
    """Log out everywhere, in terminals, too, and here."""
    request = current_request(router)
    logout_everywhere(request.caller, request.unit)
    request.note("sessions.ended")
    return _out(request, "/login")


@router.post("/account/leave", **ALWAYS)
def leave_team() -> Response[str]:
    """Leave the team, with which my login ends; my own address confirms that it is meant."""
    request = current_request(router)
    try:
        if canonical(request.field("confirm")) != canonical(request.caller.name):
            raise InvalidRequest(Translatable("This is not your e-mail address."), field="confirm")
        account, ended = leave(request.caller, request.unit)
    except (Conflict, InvalidRequest) as error:
        return _page(request, error)
    request.note("account.removed", f"account:{account.id}", **ended.noted(account))
    return _out(request, "/account/left")


@router.get("/account/left", **needs_nobody())
def show_left() -> Response[str]:
    """That it is done."""
    return page(current_request(router), "left.html")


def _current(request: PageRequest) -> str:
    """The password that counts so far, as it was typed."""
    return next(iter(request.form.get("current", ())), "")


def _out(request: PageRequest, path: str) -> Response[str]:
    """Lead on somebody whose login has ended."""
    cookie = session_cookie("", public_url=request.app.public_url, lifetime=timedelta())
    return see_other(request, path, cookies=[cookie])


def _confirmation(
    request: PageRequest, error: EmailTaken | InvalidRequest | Throttled | None = None, *, code: str = ""
) -> Response[str]:
    texts = request.texts
    match error:
        case EmailTaken():
            said = texts.gettext("Somebody logs in with this address already.")
        case Throttled():
            said = texts.gettext("Too many attempts; please try again in a few minutes.")
        case InvalidRequest():
            said = texts.gettext(WORDS["code"])
        case None:
            said = ""
        case _:
            assert_never(error)
    return page(
        request,
        "new_address.html",
        status=status_of(error) if error else HTTPStatus.OK,
        errors={"code": said} if said else {},
        code=code,
    )


def _page(request: PageRequest, error: ProductError | None = None, *, asked: str = "") -> Response[str]:
    texts, own = request.texts, request.viewer.session
    sessions = sessions_of(request.viewer, request.app)
    member = person_calling(request.caller, request.unit)
    calendar = own_calendar(request.caller, member, request.unit)
    today = request.now.astimezone(member.zone).date() if member else request.now.date()
    return page(
        request,
        "account.html",
        status=status_of(error) if error else HTTPStatus.OK,
        errors={"calendar": refusal(error, texts)} if error and asked == "calendar" else _errors(error, request),
        asked=asked,
        wanted_email=request.field("email") if asked == "email" else "",
        member=member,
        calendar=calendar,
        calendar_label=record_of(calendar.provider).label if calendar else "",
        calendar_offered=member is not None and _is_offered(request),
        days_out=[texts.day(each) for each in calendar.absent_days if each >= today] if calendar else [],
        languages={language.value: name for language, name in LANGUAGES.items()},
        language_chosen=request.cookies.get(LANGUAGE, ""),
        sessions=[(each, device_of(each.user_agent, texts), each.digest == own.digest) for each in sessions],
    )


def _is_offered(request: PageRequest) -> bool:
    """Whether calendars can be connected here; while that cannot be told, there is no button, and all else is there."""
    try:
        return request.app.has_app(CALENDAR)
    except ProductError as error:
        request.app.alarm_if_ours(error)
        return False


def _errors(error: ProductError | None, request: PageRequest) -> dict[str, str]:
    """What is wrong, by the field that it stands beside."""
    texts = request.texts
    match error:
        case None:
            return {}
        case InvalidRequest(field="current"):
            return {"current": texts.gettext("This is not your password.")}
        case CalledJunk():
            said = texts.gettext("Who has this address called our mail junk; somebody has to be asked there first.")
            return {"email": said}
        case InvalidRequest(field="email"):
            return {"email": texts.gettext("This is no e-mail address, or yours already.")}
        case InvalidRequest(field="password"):
            return {"password": texts.gettext(WORDS["password"])}
        case Throttled():
            return {"current": texts.gettext("Too many attempts; please try again in a few minutes.")}
        case LastOwner():
            return {
                "confirm": texts.gettext("You are the last owner: make somebody else an owner first, or end the team.")
            }
        case _:
            return {"confirm": refusal(error, texts)}
