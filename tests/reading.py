"""All that there is at a chat, read by its own pages, as tests want to look at it."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from pm_assistant.domain.catch_up import Pass
from pm_assistant.domain.paging import Progress
from pm_assistant.domain.work import Channel, MessagePage
from pm_assistant.ports.vendors import Chat

LOOKBACK = timedelta(days=7)


def channels_of(chat: Chat) -> list[Channel]:
    """All channels that we are in, each once."""
    channels: dict[str, Channel] = {}
    cursor, progress = None, Progress()
    while True:
        page = chat.channels(cursor=cursor)
        channels |= {channel.id: channel for channel in page.channels}
        if page.cursor is None:
            return list(channels.values())
        cursor, progress = page.cursor, progress.after(page.cursor, vendor="The chat")


def pages_of(
    chat: Chat, channel: Channel, since: datetime, ask: Callable[[Callable[[], MessagePage]], MessagePage] | None = None
) -> Iterator[MessagePage]:
    """All pages of what was said in a channel since then, each thread's after the page that names it."""
    reading: Pass | None = Pass(began_at=since)
    while reading is not None:
        page = (ask or (lambda read: read()))(_next_page(chat, channel, since, reading))
        yield page
        after = reading.after_replies if reading.threads else reading.after_roots
        reading = after(page, vendor="The chat")


def _next_page(chat: Chat, channel: Channel, since: datetime, reading: Pass) -> Callable[[], MessagePage]:
    if reading.threads:
        return lambda: chat.replies(channel, reading.threads[0], since=since, cursor=reading.thread_cursor)
    return lambda: chat.history(channel, since=since, roots_since=since - LOOKBACK, cursor=reading.cursor)
