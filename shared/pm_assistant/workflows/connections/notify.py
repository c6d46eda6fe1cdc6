"""Tell a tenant's owners and admins that a connection broke: once each, by e-mail and, where it works, in the chat."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from pm_assistant.domain.accounts import Account, Role, canonical
from pm_assistant.domain.connections import ConnectionNotice
from pm_assistant.domain.decisions import external_id
from pm_assistant.domain.errors import Conflict, InvalidRequest, NotConnected, NotFound, UpstreamRejected
from pm_assistant.domain.reports import Notice
from pm_assistant.domain.tenants import Member
from pm_assistant.ports.accounts import Accounts
from pm_assistant.ports.connections import Connections
from pm_assistant.ports.reports import Deliveries, Mailer
from pm_assistant.ports.tenants import Directory, Tenants
from pm_assistant.ports.vendors import Chat
from pm_assistant.presentation.mails import connection_broken

HOLD = timedelta(seconds=90)
"""Longer than the function may run, so that a hold never ends under its holder."""

MARKED_WITHIN = timedelta(seconds=30)
"""A notice is put before the connection is marked; one whose mark is not there by then is not true."""

FOR_GOOD = (InvalidRequest, UpstreamRejected)
"""What sending may fail with that repeating it would not help."""

type Send = Callable[[], object]


def notify(
    notice: ConnectionNotice,
    *,
    accounts: Accounts,
    directory: Directory,
    tenants: Tenants,
    connections: Connections,
    deliveries: Deliveries,
    chat: Callable[[], Chat],
    mailer: Mailer,
    public_url: str,
    now: datetime,
) -> int:
    """Deliver a notice and return how many messages that took; a repetition sends only what is still to be sent.

    E-mail goes first: it needs nothing that may just have broken. What one person cannot be told does not keep it from
    the others. A connection that works again by now, or was let go of, is not worth a message.

    Raises:
        Conflict: the same message is being sent right now, or the connection is not marked yet; repeat.
        UpstreamUnavailable: the mail or the chat did not go out; repeat.
        UpstreamRejected: everybody was told but whom the mail will never reach.
    """
    if not _still_broken(notice, connections, now):
        return 0
    team, vendor = tenants.get(notice.tenant_id).name, notice.provider.label
    told = {"team": team, "vendor": vendor, "reason": notice.reason, "public_url": public_url}
    said = _notice(notice, public_url)
    in_charge = [each for each in accounts.all(notice.tenant_id) if each.role in {Role.OWNER, Role.ADMIN}]
    messages: list[tuple[str, Send]] = [
        (f"mail|{each.id}", partial(mailer.send, connection_broken(each.email, since=_utc(notice), **told)))
        for each in in_charge
    ]
    messages += [
        (f"chat|{user_id}", partial(_say, chat, user_id, said))
        for user_id in _in_chat(in_charge, directory.members(notice.tenant_id))
    ]
    sent, failures = 0, list[Exception]()
    for key, send in messages:
        try:
            sent += _once(notice, key, send, deliveries=deliveries, now=now)
        except Exception as error:
            failures.append(error)
    if failures:
        # Where one of them may pass, the notice has to come again.
        raise min(failures, key=lambda error: isinstance(error, FOR_GOOD))
    return sent


def _still_broken(notice: ConnectionNotice, connections: Connections, now: datetime) -> bool:
    try:
        connection = connections.get(notice.tenant_id, notice.provider)
    except NotConnected:
        return False
    if connection.broken_since is None and now - notice.broken_since < MARKED_WITHIN:
        raise Conflict("the connection is not marked as broken yet")
    return connection.broken_since == notice.broken_since


def _notice(notice: ConnectionNotice, public_url: str) -> Notice:
    vendor = notice.provider.label
    return Notice(
        id=external_id(_key(notice), "notice"),
        title=f"{vendor} is no longer connected",
        text=(
            f"PM Assistant lost its access to {vendor} on {_utc(notice):%-d %B %Y, %H:%M} UTC. "
            f"What {vendor} said: {notice.reason}. Until it is connected again nothing new is read or written there."
        ),
        link_text=f"Connect {vendor} again",
        url=f"{public_url}/connect",
    )


def _in_chat(in_charge: Sequence[Account], members: Sequence[Member]) -> Sequence[str]:
    """Who of these people is known in the chat, by any of their addresses."""
    wanted = {canonical(account.email) for account in in_charge}
    return [
        member.slack_id
        for member in members
        if member.slack_id and wanted & {canonical(address) for address in (member.email, *member.emails) if address}
    ]


def _say(chat: Callable[[], Chat], user_id: str, said: Notice) -> None:
    try:
        chat().direct_message(user_id, said)
    except (NotConnected, NotFound, UpstreamRejected):
        # No chat (any more), or not for this person: that is what the e-mail is for.
        return


def _once(notice: ConnectionNotice, message: str, send: Send, *, deliveries: Deliveries, now: datetime) -> int:
    tenant_id, key = notice.tenant_id, f"{_key(notice)}|{message}"
    if not deliveries.hold(tenant_id, key, now=now, until=now + HOLD):
        raise Conflict("this notice is being delivered")
    try:
        if deliveries.delivered(tenant_id, key):
            return 0
        send()
        deliveries.finish(tenant_id, message, notice.notice, key, at=now, once=True)
        return 1
    finally:
        deliveries.let_go(tenant_id, key)


def _key(notice: ConnectionNotice) -> str:
    return f"{notice.notice}|{notice.provider}|{_utc(notice).isoformat()}"


def _utc(notice: ConnectionNotice) -> datetime:
    return notice.broken_since.astimezone(UTC)
