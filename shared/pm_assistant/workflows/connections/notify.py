"""Tell a tenant's owners and admins that a connection broke: once each, by e-mail and, where it works, in the chat."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from pm_assistant.domain.accounts import Account, Role
from pm_assistant.domain.connections import ConnectionNotice
from pm_assistant.domain.decisions import external_id
from pm_assistant.domain.errors import Conflict, InvalidRequest, NotConnected, NotFound, UpstreamRejected
from pm_assistant.domain.people import known_by
from pm_assistant.domain.reports import Notice
from pm_assistant.domain.vendors import Role as VendorRole
from pm_assistant.ports.unit import LEASE, Unit
from pm_assistant.presentation.mails import connection_broken
from pm_assistant.workflows.connections.health import note_broken
from pm_assistant.workflows.sending import message_once

MARKED_WITHIN = timedelta(seconds=30)
"""A notice is put before the connection is marked; one whose mark is not there by then is not true."""

FOR_GOOD = (InvalidRequest, UpstreamRejected)
"""What sending may fail with that repeating it would not help."""

type Note = Callable[[], None]
"""Notes that a message was sent."""
type Send = Callable[[Note], None]
"""Sends a message, and notes it."""


def notify(notice: ConnectionNotice, unit: Unit) -> int:
    """Deliver a notice and return how many messages that took; a repetition sends only what is still to be sent.

    E-mail goes first: it needs nothing that may just have broken. What one person cannot be told does not keep it from
    the others. A connection that works again by now, or was disconnected, is not worth a message.

    Raises:
        Conflict: the same message is being sent right now, or the connection is not marked yet; repeat.
        UpstreamUnavailable: the mail or the chat did not go out; repeat.
        UpstreamRejected: everybody was told but whom the mail will never reach.
    """
    if not _still_broken(notice, unit):
        return 0
    # Whoever marked the connection may not have come to note it.
    note_broken(notice, unit)
    count, failures = 0, list[Exception]()
    for key, send in _messages(notice, unit):
        try:
            count += _send_once(notice, key, send, unit)
        except Exception as error:
            failures.append(error)
    if failures:
        # Where one of them may pass, the notice has to come again.
        raise min(failures, key=lambda error: isinstance(error, FOR_GOOD))
    return count


def _still_broken(notice: ConnectionNotice, unit: Unit) -> bool:
    try:
        connection = unit.stores.connections.get(unit.tenant_id, notice.provider)
    except NotConnected:
        return False
    if connection.broken_since is None and unit.now() - notice.broken_since < MARKED_WITHIN:
        raise Conflict("the connection is not marked as broken yet")
    return connection.broken_since == notice.broken_since


def _messages(notice: ConnectionNotice, unit: Unit) -> list[tuple[str, Send]]:
    """All messages that the notice takes, each with what it is known by."""
    stores, tenant_id = unit.stores, unit.tenant_id
    team = stores.tenants.get(tenant_id).name
    admins = [account for account in stores.accounts.all(tenant_id) if account.role in {Role.OWNER, Role.ADMIN}]
    mailed = [account for account in admins if not stores.mail.stopped(tenant_id, account.email)]

    def mail(account: Account, note: Note) -> None:
        unit.mailer.send(
            connection_broken(
                account.email,
                team=team,
                vendor=unit.vendors[notice.provider].label,
                since=_utc(notice),
                reason=notice.reason,
                public_url=unit.public_url,
            )
        )
        note()

    return [
        *((f"mail|{account.id}", partial(mail, account)) for account in mailed),
        *(
            (f"chat|{user_id}", partial(_tell_in_chat, user_id, notice, unit))
            for user_id in _chat_accounts(admins, unit)
        ),
    ]


def _chat_accounts(admins: Sequence[Account], unit: Unit) -> Sequence[str]:
    """Who of these people is known in the chat, by the addresses that they have proven."""
    chat, members = unit.provider(VendorRole.CHAT), unit.stores.directory.members(unit.tenant_id)
    people = (known_by(account.email, members) for account in admins)
    return list(dict.fromkeys(person.accounts[chat] for person in people if person and chat in person.accounts))


def _tell_in_chat(user_id: str, notice: ConnectionNotice, unit: Unit, note: Note) -> None:
    try:
        message_once(f"notice|{_key(notice)}|{user_id}", user_id, _chat_notice(notice, unit), unit, remember=note)
    except (NotConnected, NotFound, UpstreamRejected):
        # No chat (any more), or not for this person: that is what the e-mail is for.
        note()


def _chat_notice(notice: ConnectionNotice, unit: Unit) -> Notice:
    vendor = unit.vendors[notice.provider].label
    return Notice(
        id=external_id(_key(notice), "notice"),
        title=f"{vendor} is no longer connected",
        text=(
            f"PM Assistant lost its access to {vendor} on {_utc(notice):%-d %B %Y, %H:%M} UTC. "
            f"What {vendor} said: {notice.reason}. Until it is connected again nothing new is read or written there."
        ),
        link_text=f"Connect {vendor} again",
        url=f"{unit.public_url}/connections",
    )


def _send_once(notice: ConnectionNotice, message: str, send: Send, unit: Unit) -> int:
    key = f"{_key(notice)}|{message}"
    with unit.lease(f"notice|{key}", lasts=LEASE):
        if unit.stores.deliveries.delivered(unit.tenant_id, key):
            return 0
        send(
            lambda: unit.stores.deliveries.finish(unit.tenant_id, message, notice.notice, key, at=unit.now(), once=True)
        )
        return 1


def _key(notice: ConnectionNotice) -> str:
    return f"{notice.notice}|{notice.provider}|{_utc(notice).isoformat()}"


def _utc(notice: ConnectionNotice) -> datetime:
    return notice.broken_since.astimezone(UTC)
