"""Tell a tenant's owners and admins that a connection broke: once each, by e-mail and, where it works, in the chat."""

from datetime import UTC, datetime, timedelta

from pm_assistant.domain.connections import ConnectionNotice
from pm_assistant.domain.errors import Conflict, NotConnected
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation.mails import connection_broken, words_of_loss
from pm_assistant.workflows.accounts.admin_notices import tell_admins
from pm_assistant.workflows.connections.health import note_broken

MARKED_WITHIN = timedelta(seconds=30)
"""A notice is put before the connection is marked; one whose mark is not there by then is not true."""


def notify(notice: ConnectionNotice, unit: Unit) -> int:
    """Deliver a notice and return how many messages that took; a repetition sends only what is still to be sent.

    A connection that works again by now, or was disconnected, is not worth a message.

    Raises:
        Conflict: the same message is being sent right now, or the connection is not marked yet; repeat.
        UpstreamUnavailable: the mail or the chat did not go out; repeat.
        UpstreamRejected: everybody was told but whom the mail will never reach.
    """
    if not _still_broken(notice, unit):
        return 0
    # Whoever marked the connection may not have come to note it.
    note_broken(notice, unit)
    team, vendor = unit.stores.tenants.get(unit.tenant_id).name, unit.vendors[notice.provider].label
    return tell_admins(
        _key(notice),
        notice.notice,
        unit,
        mail=lambda to, texts: connection_broken(
            to,
            team=team,
            vendor=vendor,
            since=_utc(notice),
            reason=notice.reason,
            public_url=unit.public_url,
            texts=texts,
        ),
        words=lambda texts: words_of_loss(vendor, _utc(notice), notice.reason, texts),
        url=f"{unit.public_url}/connections",
    )


def _still_broken(notice: ConnectionNotice, unit: Unit) -> bool:
    try:
        connection = unit.stores.connections.get(unit.tenant_id, notice.provider)
    except NotConnected:
        return False
    if connection.broken_since is None and unit.now() - notice.broken_since < MARKED_WITHIN:
        raise Conflict("the connection is not marked as broken yet")
    return connection.broken_since == notice.broken_since


def _key(notice: ConnectionNotice) -> str:
    return f"{notice.notice}|{notice.provider}|{_utc(notice).isoformat()}"


def _utc(notice: ConnectionNotice) -> datetime:
    return notice.broken_since.astimezone(UTC)
