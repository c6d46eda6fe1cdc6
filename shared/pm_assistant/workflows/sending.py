"""Send what a vendor would send a second time if it were asked again, and have it there once."""

from collections.abc import Callable
from datetime import datetime

from pm_assistant.domain.errors import Misconfigured, NotConnected, NotFound, RateLimited, UpstreamRejected
from pm_assistant.domain.reports import Notice
from pm_assistant.ports.unit import LEASE, Unit

NOT_SENT = (Misconfigured, NotConnected, NotFound, RateLimited, UpstreamRejected)
"""What sending fails with when the vendor has answered, or was not asked: then nothing was sent."""


def send_once(
    key: str,
    unit: Unit,
    *,
    send: Callable[[], str],
    find: Callable[[datetime], str | None],
    remember: Callable[[str], None],
) -> None:
    """Send one message, and remember what came of it; the caller has a lease, and found nothing remembered.

    The vendor is asked what is there only if an earlier attempt may have been made of which nothing is known, because
    that question may be one that it answers rarely.

    Args:
        key: names the message.
        unit: of work.
        send: makes one attempt, and says by what the vendor knows the message.
        find: says the same of what an attempt that began at that time has left; None if it left nothing.
        remember: keeps that.

    Raises:
        RateLimited: the vendor wants to be asked later, be it to send or to find; repeat.
        UpstreamUnavailable: it is not known whether the message was sent; repeat, and it will be looked for.
    """
    outbox, tenant_id = unit.stores.outbox, unit.tenant_id
    began_at = outbox.pending_since(tenant_id, key)
    sent = find(began_at) if began_at is not None else None
    if sent is None:
        outbox.begin(tenant_id, key, at=unit.now())
        try:
            sent = send()
        except NOT_SENT:
            outbox.settle(tenant_id, key)
            raise
    remember(sent)
    outbox.settle(tenant_id, key)


def message_once(key: str, user_id: str, message: Notice, unit: Unit, *, remember: Callable[[], None]) -> None:
    """Send a person one direct message as `send_once` does."""
    chat = unit.chat
    send_once(
        key,
        unit,
        send=lambda: chat.direct_message(user_id, message),
        find=lambda since: chat.find_direct_message(user_id, message, since=since),
        remember=lambda _: remember(),
    )


def whisper_once(key: str, thread: tuple[str, str], account: str, words: str, unit: Unit) -> None:
    """Say something to one person alone in a thread, at most once: nobody can look whether it was heard.

    Args:
        key: names what is said.
        thread: its channel and root.
        account: of the person, in the chat.
        words: plain text.
        unit: of work.
    """
    outbox, tenant_id = unit.stores.outbox, unit.tenant_id
    with unit.lease(key, lasts=LEASE):
        if outbox.pending_since(tenant_id, key) is not None:
            return
        outbox.begin(tenant_id, key, at=unit.now())
        try:
            unit.chat.post_ephemeral(*thread, account, words)
        except NOT_SENT:
            outbox.settle(tenant_id, key)
            raise
