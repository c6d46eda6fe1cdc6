"""Who may log in here, as what, and who has been invited."""

import secrets
from collections.abc import Mapping
from http import HTTPStatus

from pm_assistant.domain.accounts import Role, Scope
from pm_assistant.domain.errors import Conflict, Forbidden, InvalidRequest, ProductError, Throttled
from pm_assistant.presentation.i18n import gettext_noop
from pm_assistant.runtime.http import status_of
from pm_assistant.web.actors import in_words
from pm_assistant.web.html import page, see_other
from pm_assistant.web.listing import Listing
from pm_assistant.web.pages.registration import checked_email
from pm_assistant.web.request import PageRequest, chosen, current_request, needs
from pm_assistant.web.routing import Response, Router
from pm_assistant.workflows.accounts.mail_stops import CalledJunk
from pm_assistant.workflows.accounts.people import HasAccount, LastOwner, cancel, change_role, invite, remove
from pm_assistant.workflows.accounts.seated import seats_lacking
from pm_assistant.workflows.pipeline.deciders import names_of

router = Router()

PAGE = 50
"""Accounts on a page."""
ROLES: Mapping[Role, str] = {
    Role.MEMBER: gettext_noop("Member: reads, answers and runs"),
    Role.ADMIN: gettext_noop("Admin: connects, sets and invites as well"),
    Role.OWNER: gettext_noop("Owner: all of it, and may end the team"),
}


@router.get("/access", **needs(Scope.READ))
def list_access() -> Response[str]:
    """Who may log in, and, for admins, who has been invited."""
    return _page(current_request(router))


@router.post("/access/invitations", **needs(Scope.ADMIN))
def do_invite() -> Response[str]:
    """Invite somebody by a mail that holds the only copy of the link; invited again, only the later one counts.

    A form that is sent twice mails once.
    """
    request = current_request(router)
    try:
        email, role = checked_email(request), _role(request)
        write = request.write_of(role, email)
        invitation = invite(email, role, request.caller, request.unit, origin=request.origin, write=write)
    except (InvalidRequest, Conflict, Forbidden, Throttled) as error:
        is_role = isinstance(error, InvalidRequest) and error.field == "role"
        return _page(request, error, beside="role" if is_role else "email")
    about = {"email": invitation.email, "role": invitation.role.value}
    request.note("account.invited", f"invitation:{invitation.id}", **about)
    return see_other(request, "/access?answered=yes")


@router.post("/access/invitations/<invitation_id>/cancel", **needs(Scope.ADMIN))
def cancel_invitation(invitation_id: str) -> Response[str]:
    """Take an invitation back."""
    request = current_request(router)
    try:
        invitation = cancel(invitation_id, request.caller, request.unit)
    except Forbidden as error:
        return _page(request, error, beside=f"invitation-{invitation_id}")
    request.note("invitation.cancelled", f"invitation:{invitation.id}", email=invitation.email)
    return see_other(request, "/access?answered=yes")


@router.post("/access/<account_id>/role", **needs(Scope.ADMIN))
def give_role(account_id: str) -> Response[str]:
    """Give somebody another role, with which goes what they made beyond it."""
    request = current_request(router)
    try:
        account, ended = change_role(account_id, _role(request), request.caller, request.unit)
    except (InvalidRequest, Conflict, Forbidden) as error:
        return _page(request, error, beside=f"role-{account_id}")
    request.note("role.changed", f"account:{account.id}", role=account.role.value, **ended.noted(account))
    return see_other(request, "/access?answered=yes")


@router.post("/access/<account_id>/remove", **needs(Scope.ADMIN))
def remove_account(account_id: str) -> Response[str]:
    """End somebody's access at once, with the keys and invitations that they made."""
    request = current_request(router)
    try:
        account, ended = remove(account_id, request.caller, request.unit)
    except (Conflict, Forbidden) as error:
        return _page(request, error, beside=f"remove-{account_id}")
    request.note("account.removed", f"account:{account.id}", **ended.noted(account))
    return see_other(request, "/access?answered=yes")


def _page(request: PageRequest, error: ProductError | None = None, *, beside: str = "") -> Response[str]:
    """The page; what is wrong stands beside what it is about, and atop where that is not there to be changed."""
    tenant_id, caller = request.tenant.id, request.caller
    accounts = sorted(request.stores.accounts.all(tenant_id), key=lambda each: each.email)
    is_admin, is_owner = caller.scope.covers(Scope.ADMIN), caller.scope.covers(Scope.OWNER)
    invitations = request.stores.invitations.all(tenant_id, request.now) if is_admin else ()
    invited = {each.email for each in invitations}
    said = _said(error, request) if error else ""
    listing = Listing.of(request, "/access", "q", "role")
    search, role = listing.wanted["q"].casefold(), chosen(listing.wanted["role"], Role)
    fitting = [each for each in accounts if search in each.email.casefold() and role in {None, each.role}]
    shown, listing = listing.part_of(fitting, start=request.start, size=PAGE)
    people = [each.id for each in shown if each.role is not Role.OWNER or is_owner]
    offers = [each.id for each in invitations if each.role is not Role.OWNER or is_owner]
    places = {"email", "role", *(f"invitation-{id}" for id in offers)}
    places |= {f"{what}-{id}" for what in ("role", "remove") for id in people}
    return page(
        request,
        "access.html",
        status=status_of(error) if error else HTTPStatus.OK,
        message="" if beside in places else said,
        errors={beside: said} if beside in places else {},
        email=request.field("email") if beside == "email" else "",
        accounts=shown,
        listing=listing,
        count=len(fitting),
        invitations=sorted(invitations, key=lambda each: each.email),
        seats_lacking=seats_lacking(request.tenant, request.unit, invited=invited) if is_admin else 0,
        inviters=in_words(names_of({each.invited_by for each in invitations}, request.unit), request.texts),
        roles={role.value: request.texts.gettext(label) for role, label in ROLES.items()},
        offered={
            role.value: request.texts.gettext(label)
            for role, label in ROLES.items()
            if role is not Role.OWNER or is_owner
        },
        own_id=caller.id,
        once=secrets.token_hex(16),
        is_admin=is_admin,
        is_owner=is_owner,
    )


def _said(error: ProductError, request: PageRequest) -> str:
    """What is wrong, in the page's language."""
    texts = request.texts
    match error:
        case InvalidRequest(field="role"):
            return texts.gettext("Please choose a role.")
        case CalledJunk():
            return texts.gettext("Who has this address called our mail junk, so nothing is mailed there.")
        case InvalidRequest():
            return texts.gettext("This is no e-mail address.")
        case Throttled():
            return texts.gettext("Too many invitations were sent lately; please try again later.")
        case Forbidden():
            return texts.gettext("Only an owner may do that to an owner.")
        case LastOwner():
            return texts.gettext("A team keeps at least one owner: make somebody else an owner first.")
        case HasAccount():
            return texts.gettext("Who has this address can log in already.")
        case _:
            return texts.gettext("Somebody else changed this at the same moment; please try again.")


def _role(request: PageRequest) -> Role:
    role = chosen(request.field("role"), Role)
    if role is None:
        raise InvalidRequest("there is no such role", field="role")
    return role
