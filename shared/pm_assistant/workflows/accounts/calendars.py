"""A person's own calendar: connected, looked at and ended by that person alone, and read before their reports."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date, timedelta

from pm_assistant.domain.absence import days_absent, time_read
from pm_assistant.domain.accounts import Caller
from pm_assistant.domain.calendars import CalendarConnection, UnknownPerson
from pm_assistant.domain.errors import (
    AccessRevoked,
    Forbidden,
    InvalidRequest,
    Misconfigured,
    NotFound,
    ProductError,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.people import KNOWN_TO_NOBODY, known_by
from pm_assistant.domain.tenants import CalendarProvider, Credentials, Member
from pm_assistant.ports.unit import LEASE, Unit
from pm_assistant.presentation import mails
from pm_assistant.workflows.accounts.grants import app_of, open_credentials
from pm_assistant.workflows.accounts.reader import texts_at

FRESH = timedelta(hours=1)
"""A reading counts for so long: reports that are due together ask once."""
MADE_UP_FOR = timedelta(days=2)
"""How many days late a report may still come, which is skipped as it would have been then."""
ALL_OF_IT = "primary"
"""Whichever calendar is the person's own."""


def owner_of(caller: Caller, unit: Unit) -> Member:
    """The person who is calling, whose calendar it would be.

    Raises:
        Forbidden: a program is calling.
        UnknownPerson: the team knows nobody by the address that the caller logs in with: no report would be skipped.
    """
    if caller.kind != "account":
        raise Forbidden("a key has no calendar: people connect their own")
    member = known_by(caller.name, unit.stores.directory.members(unit.tenant_id))
    if member is None:
        raise UnknownPerson(KNOWN_TO_NOBODY)
    return member


def own_calendar(caller: Caller, member: Member | None, unit: Unit) -> CalendarConnection | None:
    """The calendar that the caller has connected as this member of the team; None if there is none."""
    calendar = unit.stores.calendars.get(unit.tenant_id, member.id) if member else None
    return calendar if calendar and calendar.account_id == caller.id else None


def keep_calendar(
    provider: CalendarProvider, credentials: Credentials, caller: Caller, unit: Unit
) -> CalendarConnection:
    """Keep what a person has granted, in the place of what was granted before; it is read before the next report.

    Raises:
        Forbidden: a program is calling.
        UnknownPerson: the team does not know the person.
    """
    calendar = CalendarConnection(
        tenant_id=unit.tenant_id,
        member_id=owner_of(caller, unit).id,
        account_id=caller.id,
        provider=provider,
        sealed_credentials=unit.vault.seal(unit.tenant_id, provider, credentials),
        connected_at=unit.now(),
    )
    unit.stores.calendars.put(calendar)
    return calendar


def end_own_calendar(caller: Caller, unit: Unit, *, force: bool) -> bool:
    """Have the vendor forget us, then forget the caller's calendar with all that was read of it.

    With `force` we forget it even if the vendor cannot be told, whatever the reason; returns whether it was.

    Raises:
        Forbidden: a program is calling.
        UnknownPerson: the team does not know the person.
        NotFound: there is none.
        Misconfigured: our app or our key is not what it was when the calendar was connected.
        UpstreamError: the vendor did not do it; the calendar is kept, so that it can be tried again.
    """
    calendar = own_calendar(caller, owner_of(caller, unit), unit)
    if calendar is None:
        raise NotFound(Translatable("you have no calendar connected"))
    revoked = True
    try:
        _revoke(calendar, unit)
    except ProductError as error:
        if not force:
            raise
        unit.alarm_if_ours(error)
        revoked = False
    unit.stores.calendars.remove(unit.tenant_id, calendar.member_id)
    return revoked


def end_calendars_of(account_id: str, unit: Unit) -> None:
    """Forget what the person of a login has connected, who is no longer there."""
    end_calendars((each for each in unit.stores.calendars.all(unit.tenant_id) if each.account_id == account_id), unit)


def end_calendar_of(member_id: str, unit: Unit) -> None:
    """Forget what a person of the team has connected, who has left it or is erased."""
    calendar = unit.stores.calendars.get(unit.tenant_id, member_id)
    end_calendars([calendar] if calendar else [], unit)


def end_calendars(calendars: Iterable[CalendarConnection], unit: Unit) -> int:
    """Forget calendars, and have their vendor forget us; returns of how many it could be told.

    What has to go goes all the same, as a team's connections do when it ends: what the vendor was not told of ends by
    itself when it is not used. One that does not answer is not asked for each of them.
    """
    told, silent = 0, set[CalendarProvider]()
    for calendar in calendars:
        try:
            if calendar.provider not in silent:
                _revoke(calendar, unit)
                told += 1
        except (UpstreamUnavailable, Misconfigured) as error:
            unit.alarm_if_ours(error)
            silent.add(calendar.provider)
        except UpstreamRejected:  # It has ended there before.
            pass
        unit.stores.calendars.remove(unit.tenant_id, calendar.member_id)
    return told


def _revoke(calendar: CalendarConnection, unit: Unit) -> None:
    app_of(calendar, unit).revoke(ALL_OF_IT, open_credentials(calendar, unit))


def move_calendar(before: Member, after: Member, unit: Unit) -> None:
    """Let a person's calendar be that of the member whom the person has become; one that is there already counts."""
    calendars = unit.stores.calendars
    calendar = calendars.get(unit.tenant_id, before.id)
    if calendar is None:
        return
    if calendars.get(unit.tenant_id, after.id) is None:
        calendars.put(calendar.model_copy(update={"member_id": after.id}))
    calendars.remove(unit.tenant_id, before.id)


def days_out(member: Member, unit: Unit) -> Sequence[date]:
    """The days around today on which a person's own calendar says that they are not at work; none without one.

    Whatever keeps it from being read, the last reading counts: no report waits for it. Where the person has ended our
    access, they are told, once, and nothing counts any more.
    """
    calendar = unit.stores.calendars.get(unit.tenant_id, member.id)
    if calendar is None or calendar.broken_since is not None:
        return ()
    if calendar.read_at is not None and unit.now() - calendar.read_at < FRESH:
        return calendar.absent_days
    try:
        # Two reports that are due at once may both read: that costs two requests, and a lease would hold one up.
        calendar, credentials = _refreshed(calendar, unit)
        return _read(calendar, credentials, member, unit)
    except AccessRevoked:
        _say_broken(calendar, unit)
        return ()
    except ProductError as error:
        unit.alarm_if_ours(error)
        if calendar.unread_since is None:
            noted = calendar.model_copy(update={"unread_since": unit.now()})
            unit.stores.calendars.replace(noted, before=calendar)
        return calendar.absent_days


def _read(calendar: CalendarConnection, credentials: Credentials, member: Member, unit: Unit) -> Sequence[date]:
    now = unit.now()
    first = now.astimezone(member.zone).date() - MADE_UP_FOR
    entries = unit.calendar(calendar.provider, credentials).out_of_office(*time_read(first, member.zone))
    days = days_absent(entries, first, member.zone)
    read = calendar.model_copy(update={"absent_days": days, "read_at": now, "unread_since": None})
    # Where it was disconnected meanwhile it stays so.
    unit.stores.calendars.replace(read, before=calendar)
    return days


def _refreshed(calendar: CalendarConnection, unit: Unit) -> tuple[CalendarConnection, Credentials]:
    """Credentials that count; a refresh token that has taken the place of the one before is kept at once."""
    before = open_credentials(calendar, unit)
    fresh = app_of(calendar, unit).refresh(ALL_OF_IT, before)
    if fresh.refresh_token == before.refresh_token:
        return calendar, fresh
    sealed = unit.vault.seal(unit.tenant_id, calendar.provider, fresh)
    renewed = calendar.model_copy(update={"sealed_credentials": sealed})
    unit.stores.calendars.replace(renewed, before=calendar)
    return renewed, fresh


def _say_broken(calendar: CalendarConnection, unit: Unit) -> None:
    """Tell the person first: whoever is interrupted between the two says it again rather than never."""
    tenant_id, calendars = unit.tenant_id, unit.stores.calendars
    try:
        with unit.lease(f"calendar|{calendar.member_id}", lasts=LEASE):
            if calendars.get(tenant_id, calendar.member_id) != calendar:
                return  # it was said, ended, or connected anew meanwhile
            _mail_broken(calendar, unit)
            broken = {"broken_since": unit.now(), "absent_days": (), "unread_since": None}
            calendars.replace(calendar.model_copy(update=broken), before=calendar)
    except ProductError as error:
        unit.alarm_if_ours(error)
        return  # another is saying it, or the mail did not leave: the next report finds it as it is


def _mail_broken(calendar: CalendarConnection, unit: Unit) -> None:
    """Write to the address of the login; where there is none, or it takes no mail, nobody is left to be told."""
    with suppress(NotFound, InvalidRequest, UpstreamRejected):
        email = unit.stores.accounts.get(unit.tenant_id, calendar.account_id).email
        if unit.stores.mail.stopped(unit.tenant_id, email) is None:
            texts = texts_at(email, unit.stores.directory.members(unit.tenant_id))
            unit.mailer.send(mails.calendar_broken(email, public_url=unit.public_url, texts=texts))
