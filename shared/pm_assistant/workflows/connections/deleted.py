"""What was deleted in a chat without our being told: we keep it, and the chat does not list it any more.

It goes as if it had been told just now. Of a channel's page the roots are held against ours, and what is said of their
threads; a thread that has lost replies is read once more as a whole, and held against what we keep of it.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from pm_assistant.domain.catch_up import Pass
from pm_assistant.domain.events import ConversationTouched, EventEnvelope
from pm_assistant.domain.tenants import Tenant
from pm_assistant.domain.work import Listed, Message, MessagePage
from pm_assistant.ports.unit import Unit

LATE = timedelta(minutes=1)
"""What was said may be listed so much later than it says."""
SHOWN_FOR = timedelta(days=60)
"""A chat may not show what is older than ninety days, though nobody has deleted it."""
TICK = timedelta(microseconds=1)
BEGINNING = datetime.fromtimestamp(0, UTC)


def take_out_deleted(
    page: MessagePage, reading: Pass, channel: str, tenant: Tenant, unit: Unit, *, since: datetime
) -> MessagePage:
    """Take out what a page should list and does not; it names the threads of which replies are missing.

    Args:
        page: as read.
        reading: that it belongs to.
        channel: that was read.
        tenant: ours.
        unit: of work.
        since: it lists what was said since then, in the thread or at the top level of the channel.
    """
    stretch = _listed_stretch(page, reading, max(since, reading.began_at - SHOWN_FOR))
    if page.listed is None or stretch is None:
        return page
    first, last = stretch
    listed = {each.ts: each for each in page.listed}
    messages = unit.stores.messages
    if reading.threads:
        below = messages.thread(tenant.id, channel, reading.threads[0])
        replies = [m for m in below if m.is_reply and not m.deleted and first <= m.posted_at <= last]
        _delete((reply for reply in replies if reply.ts not in listed), tenant, unit)
        return page
    threads = messages.between(tenant.id, channel, f"{first.timestamp():.6f}", f"{last.timestamp():.6f}")
    kept = [m for m in threads if not m.deleted and m.posted_at <= reading.began_at - LATE]
    gone = [message for message in kept if _is_gone(message, listed)]
    _delete(gone, tenant, unit)
    left = [message.root_ts for message in kept if message.is_reply and message not in gone]
    whole = tuple(ts for ts, root in listed.items() if left.count(ts) > root.replies)
    return page.model_copy(update={"threads": tuple(dict.fromkeys((*page.threads, *whole))), "whole": whole})


def _listed_stretch(page: MessagePage, reading: Pass, since: datetime) -> tuple[datetime, datetime] | None:
    """From when to when a page lists all that there is; None if that is nothing.

    A channel is listed from its end, a thread from its beginning.
    """
    moments = sorted(datetime.fromtimestamp(float(each.ts), UTC) for each in page.listed or ())
    until = reading.began_at - LATE
    if page.cursor is not None and not moments:
        return None
    if reading.threads:
        first = moments[0] if reading.thread_cursor is not None and moments else since
        last = moments[-1] if page.cursor is not None else until
    else:
        first = moments[0] if page.cursor is not None else since + TICK  # a chat may leave out that moment itself
        last = min(until, reading.until or until, reading.reached - TICK if reading.reached else until)
    first, last = max(first, since), min(last, until)
    return (first, last) if first <= last else None


def _is_gone(message: Message, listed: Mapping[str, Listed]) -> bool:
    """Whether a list of roots shows that a message is not there: itself, its whole thread, or the end of that."""
    root = listed.get(message.root_ts)
    if not message.is_reply:
        return root is None or root.deleted
    return root is None or root.latest_reply is None or float(message.ts) > float(root.latest_reply)


def _delete(messages: Iterable[Message], tenant: Tenant, unit: Unit) -> None:
    for message in messages:
        unit.stores.messages.delete(tenant.id, message.channel, message.root_ts, message.ts, at=unit.now())
        touch = ConversationTouched(channel=message.channel, ts=message.ts, root_ts=message.root_ts)
        unit.queues.events.put(EventEnvelope(tenant_id=tenant.id, event=touch), group=tenant.id)
