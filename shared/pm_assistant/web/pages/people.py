"""The people of the team: who each is at the vendors, where and when they are reached, and who is probably one."""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import NamedTuple

from pm_assistant.domain.accounts import MailStop, Scope, canonical
from pm_assistant.domain.errors import Conflict, InvalidRequest, ProductError
from pm_assistant.domain.languages import Language, Translatable
from pm_assistant.domain.people import MemberChange, known_by, likely_same, primary_provider
from pm_assistant.domain.tenants import Member, Provider, Standing
from pm_assistant.presentation.i18n import gettext_noop
from pm_assistant.presentation.settings import LANGUAGES
from pm_assistant.runtime.http import status_of
from pm_assistant.web.html import page, see_other
from pm_assistant.web.listing import Listing
from pm_assistant.web.refusals import refusal
from pm_assistant.web.request import PageRequest, chosen, current_request, needs, parsed
from pm_assistant.web.routing import Response, Router
from pm_assistant.workflows.accounts.mail_stops import ask_for_mail
from pm_assistant.workflows.tenants.erasing import ask_to_erase
from pm_assistant.workflows.tenants.members import change_member, disown, identify, member_of, speak_to

router = Router()

PAGE = 50
"""People on a page."""
MOST_SUGGESTIONS = 10
"""Of pairs that may be one person; when some are settled others follow."""
MOST_FREE = 200
"""Accounts that are offered to be somebody's."""
WORDS: Mapping[str, str] = {
    "name": gettext_noop("A name has between 1 and 100 characters."),
    "time_zone": gettext_noop("There is no such time zone."),
    "away_until": gettext_noop("This is no date."),
}
"""What is wrong with a field, where it cannot be used."""
STANDINGS: Mapping[Standing, str] = {
    Standing.MEMBER: gettext_noop("member"),
    Standing.GUEST: gettext_noop("guest"),
    Standing.OUTSIDER: gettext_noop("of another company"),
    Standing.LEFT: gettext_noop("has left"),
}

SIGNS: Sequence[str] = (
    gettext_noop("Both have the same e-mail address."),
    gettext_noop("Both have the same name."),
    gettext_noop("Their e-mail addresses differ only after the @."),
    gettext_noop("Their names are alike."),
)
"""What can speak for two being one person, as `likely_same` says it."""


class VendorAccount(NamedTuple):
    """Who somebody is at a vendor, as far as anybody knows.

    Attributes:
        account: the vendor's id, or the name that people have there; empty where none is known.
        standing: in words; empty where the vendor has not said.
        confirmed: whether a person has said so.
        is_primary: whether the person is known by it, so that it can be nobody else's.
    """

    provider: Provider
    label: str
    account: str
    standing: str
    confirmed: bool
    is_primary: bool


class PersonRow(NamedTuple):
    """A person in the list.

    Attributes:
        called: by name, or else by address or id.
        is_away: today, by the person's own clock.
        mail_stopped: mail to the person comes back.
    """

    member: Member
    called: str
    accounts: Sequence[VendorAccount]
    is_away: bool
    mail_stopped: bool


@router.get("/people", **needs(Scope.READ))
def list_people() -> Response[str]:
    """All that a name or address fits, by name, and who may be one person."""
    return _list(current_request(router))


@router.get("/people/<member_id>", **needs(Scope.READ))
def show_person(member_id: str) -> Response[str]:
    """One person, with what can be set."""
    return _one(member_id, current_request(router))


@router.post("/people/<member_id>", **needs(Scope.RUN))
def change_person(member_id: str) -> Response[str]:
    """Set what the form has otherwise than it was: people their own, admins everybody's."""
    request = current_request(router)
    before, wanted = member_of(member_id, request.unit), request.field("language")
    try:
        fields = {name: request.field(name) for name in ("name", "time_zone") if name in request.form}
        fields = {name: value for name, value in fields.items() if value != getattr(before, name)}
        given: dict[str, object] = {**fields, "away_until": request.field("away_until") or None}
        if wanted in Language and wanted != before.language:
            given["language"] = wanted
        change = parsed(MemberChange, given).model_dump(exclude_unset=True)
        after = change_member(request.caller, member_id, change, request.unit)
        if not wanted and "language" in after.by_hand:
            speak_to(after, None, request.unit)
    except InvalidRequest as error:
        return _one(member_id, request, error=error)
    request.note("member.changed", member_id, fields=", ".join(sorted(change)))
    return see_other(request, f"/people/{member_id}?answered=yes")


@router.post("/people/<member_id>/accounts/<provider>", **needs(Scope.ADMIN))
def put_account(member_id: str, provider: str) -> Response[str]:
    """Say that an account at a vendor is this person's."""
    request = current_request(router)
    account = request.field("account") or request.field("free")
    try:
        vendor = _vendor(provider)
        if not account:
            raise InvalidRequest(Translatable("Please say which account it is."), field="account")
        identify(member_id, vendor, account, request.unit)
    except (InvalidRequest, Conflict) as error:
        return _one(member_id, request, error=error)
    request.note("member.identified", member_id, provider=vendor, account=account)
    return see_other(request, _back(request, member_id))


@router.post("/people/<member_id>/accounts/<provider>/none", **needs(Scope.ADMIN))
def remove_account(member_id: str, provider: str) -> Response[str]:
    """Say that this person has no account at a vendor, whatever the addresses say."""
    request = current_request(router)
    try:
        vendor = _vendor(provider)
        disown(member_id, vendor, request.unit)
    except (InvalidRequest, Conflict) as error:
        return _one(member_id, request, error=error)
    request.note("member.disowned", member_id, provider=vendor)
    return see_other(request, _back(request, member_id))


@router.post("/people/<member_id>/mail", **needs(Scope.ADMIN))
def send_mail_again(member_id: str) -> Response[str]:
    """Have mail sent to a person again that was stopped when it bounced."""
    request = current_request(router)
    member = member_of(member_id, request.unit)
    try:
        if member.email:
            ask_for_mail(member.email, request.unit, field="email")
    except InvalidRequest as error:
        return _one(member_id, request, error=error)
    return see_other(request, f"/people/{member_id}?answered=yes")


@router.post("/people/<member_id>/erase", **needs(Scope.ADMIN))
def erase(member_id: str) -> Response[str]:
    """Have what is kept of a person erased, once it was confirmed by the person's name, and show how far that is."""
    request = current_request(router)
    member = member_of(member_id, request.unit)
    if request.field("confirmed").casefold() != _called(member).casefold():
        said = Translatable("Please type the name as it stands above.")
        return _one(member_id, request, error=InvalidRequest(said, field="confirmed"))
    job = ask_to_erase(member_id, request.unit, asked_by=request.caller.actor)
    request.note("member.erasing", member_id, run=job.id)
    return see_other(request, f"/jobs/{job.id}")


def _called(member: Member) -> str:
    """What a person is called here; somebody without a name has an address, or an id."""
    return member.name.strip() or member.email or member.id


def _back(request: PageRequest, member_id: str) -> str:
    """To where it was pressed: among the suggestions, or on the person's own page."""
    return "/people?answered=yes" if request.field("back") == "list" else f"/people/{member_id}?answered=yes"


def _list(request: PageRequest) -> Response[str]:
    listing = Listing.of(request, "/people", "q")
    members, search = request.stores.directory.members(request.tenant.id), listing.wanted["q"]
    stopped = {canonical(stop.email) for stop in request.stores.mail.stops(request.tenant.id)}
    found = sorted((each for each in members if _fits(each, search)), key=lambda each: (each.name.casefold(), each.id))
    shown, listing = listing.part_of(found, start=request.start, size=PAGE)
    is_admin = request.caller.scope.covers(Scope.ADMIN)
    return page(
        request,
        "people.html",
        people=[
            PersonRow(
                member,
                _called(member),
                _accounts(member, request),
                _is_away(member, request),
                canonical(member.email or "") in stopped,
            )
            for member in shown
        ],
        count=len(found),
        listing=listing,
        day=request.texts.day,
        suggestions=[
            (likeness, request.unit.vendors[likeness.provider].label)
            for likeness in likely_same(members)[:MOST_SUGGESTIONS]
        ]
        if is_admin
        else [],
        is_admin=is_admin,
    )


def _one(member_id: str, request: PageRequest, *, error: ProductError | None = None) -> Response[str]:
    directory = request.stores.directory
    member, caller = member_of(member_id, request.unit), request.caller
    is_admin = caller.scope.covers(Scope.ADMIN)
    # Only who may change something looks at everybody.
    people = directory.members(request.tenant.id) if is_admin or caller.scope.covers(Scope.RUN) else ()
    stop: MailStop | None = request.stores.mail.stopped(request.tenant.id, member.email) if member.email else None
    refused = error is not None
    return page(
        request,
        "person.html",
        status=status_of(error) if error else HTTPStatus.OK,
        message="" if error is None or _flaw(error, request) else refusal(error, request.texts),
        errors=_flaw(error, request),
        member=member,
        called=_called(member),
        day=request.texts.day,
        filled={
            name: request.field(name) if refused and name in request.form else str(getattr(member, name) or "")
            for name in ("name", "time_zone", "away_until")
        },
        languages={each.value: label for each, label in LANGUAGES.items()},
        own_language=member.language if "language" in member.by_hand else "",
        accounts=_accounts(member, request),
        free={provider: _free(provider, member, people) for provider in request.unit.vendors} if is_admin else {},
        away=_is_away(member, request),
        stop=stop,
        may_change=is_admin or (caller.scope.covers(Scope.RUN) and known_by(caller.name, people) == member),
        is_admin=is_admin,
    )


def _flaw(error: ProductError | None, request: PageRequest) -> Mapping[str, str]:
    """What is wrong, by the field of the page that it is about, if it is about one."""
    if not isinstance(error, InvalidRequest):
        return {}
    if error.field in WORDS:
        return {error.field: request.texts.gettext(WORDS[error.field])}
    return {"confirmed": refusal(error, request.texts)} if error.field == "confirmed" else {}


def _fits(member: Member, search: str) -> bool:
    known_as = (member.name, member.email or "", *member.emails, *member.accounts.values())
    return search.strip().casefold() in "\n".join(known_as).casefold()


def _accounts(member: Member, request: PageRequest) -> Sequence[VendorAccount]:
    texts = request.texts
    return [
        VendorAccount(
            provider,
            vendor.label,
            member.accounts.get(provider, ""),
            texts.gettext(STANDINGS[member.standings[provider]]) if provider in member.standings else "",
            provider in member.confirmed,
            primary_provider(member) is provider,
        )
        for provider, vendor in request.unit.vendors.items()
    ]


def _free(provider: Provider, member: Member, people: Iterable[Member]) -> Mapping[str, str]:
    """Who is nothing but an account at a vendor, and so may be this person: what each is called, by account."""
    lone = [each for each in people if each.id != member.id and set(each.accounts) == {provider}]
    lone.sort(key=lambda each: each.name.casefold())
    return {
        each.accounts[provider]: f"{each.name} ({each.email or each.accounts[provider]})" for each in lone[:MOST_FREE]
    }


def _is_away(member: Member, request: PageRequest) -> bool:
    return member.is_away(request.now.astimezone(member.zone).date(), request.now)


def _vendor(name: str) -> Provider:
    vendor = chosen(name, Provider)
    if vendor is None:
        raise InvalidRequest("there is no such vendor", field="provider")
    return vendor
