"""Read what was said, channel by channel and page by page, newest first; each thread after the page that names it.

Where the reading of a channel stands is noted after what a page brought: so what is interrupted asks for one page once
more. Nothing live waits for any of this: what is judged as it happens is what we were told.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, assert_never

from pm_assistant.domain.catch_up import Judging, Pass, Position
from pm_assistant.domain.errors import AccessRevoked, RateLimited, UpstreamRejected, UpstreamUnavailable
from pm_assistant.domain.events import ConversationTouched, EventEnvelope
from pm_assistant.domain.jobs import Job
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.paging import Progress
from pm_assistant.domain.people import Flaw
from pm_assistant.domain.tenants import Connection, Tenant
from pm_assistant.domain.work import Channel, Message, MessagePage, conversations_in
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.connections.deleted import BEGINNING, LATE, take_out_deleted
from pm_assistant.workflows.connections.gaps import note_missed, note_read

THREAD_LOOKBACK = timedelta(days=7)
"""How far behind the beginning of a reading we look for threads that were taken up again: roots go by their own age."""
RATIONED_LOOKBACK = timedelta(days=1)
"""How far back a first reading goes where the chat lets us ask rarely; its threads alone are looked for."""
TURN_SECONDS = 60
"""How often a rationed chat answers each of its methods."""


def list_channels(
    cursor: str | None, chat: Connection, tenant: Tenant, unit: Unit, *, keep: bool
) -> tuple[str | None, Sequence[str]]:
    """Read one page of the channels; returns where the list goes on and which of them are to be read."""
    page = unit.chat.channels(cursor=cursor)
    channels = [channel for channel in page.channels if tenant.settings.channels.reads(channel.id)]
    if keep:
        known = {position.place: position for position in unit.stores.readings.positions(tenant.id, chat.provider)}
        for channel in channels:
            position = known.get(channel.id)
            if position is None or (position.workspace, position.channel) != (chat.external_id, channel):
                unit.stores.readings.put_position(tenant.id, _unread(chat, channel, position))
    return page.cursor, [channel.id for channel in channels]


def is_rationed(chat: Connection, unit: Unit) -> bool:
    """Whether the chat wants to be asked rarely."""
    workspace = unit.stores.readings.position(unit.tenant_id, chat.provider)
    return workspace is not None and workspace.workspace == chat.external_id and workspace.rationed


class Outcome(NamedTuple):
    """What came of a page.

    Attributes:
        position: where the reading of the channel stands.
        messages: how many there were.
        flaws: what could not be read.
    """

    position: Position
    messages: int = 0
    flaws: tuple[Flaw, ...] = ()


def read_channel(position: Position, job: Job, chat: Connection, tenant: Tenant, unit: Unit) -> Outcome:
    """Read one page of a channel further, or of a thread in it.

    With a wish how far back, though no further than the tenant's plan goes, a reading of just that goes on or begins,
    unless it is known since then; without, one that was broken off goes on, then what has been said since is read, and
    judged as far as it is new to us: it was not told. Of a channel that has never been read nothing is: what is said
    from now on is told. What leads nowhere costs its channel.

    Raises:
        RateLimited: the page will be there later.
    """
    keep, rationed = not job.order.dry_run, is_rationed(chat, unit)
    reading = _going_on(position, job, _wish(job, tenant), unit.now(), rationed=rationed)
    if reading is None:
        outcome = Outcome(position.ended(read_to=job.created_at).model_copy(update={"since": job.created_at}))
    else:
        try:
            page = _page(position, reading, unit, rationed=rationed)
        except AccessRevoked:
            raise
        except UpstreamRejected as error:
            outcome = _astray(position, reading, error)
        else:
            if keep and page.rationed and not rationed:
                unit.stores.readings.put_position(tenant.id, _workspace(chat))
            if (rationed or page.rationed) and _is_old(page, reading, job):
                page = page.model_copy(update={"cursor": None})
            outcome = _taken_in(page, position, reading, tenant, unit, keep=keep, rationed=rationed)
    if keep:
        unit.stores.readings.put_position(tenant.id, outcome.position)
    return outcome


def _taken_in(
    page: MessagePage, position: Position, before: Pass, tenant: Tenant, unit: Unit, *, keep: bool, rationed: bool
) -> Outcome:
    if keep:
        since = _since(before) if before.threads else _roots_since(before, rationed=rationed)
        page = take_out_deleted(page, before, position.place, tenant, unit, since=since)
    reading = _kept(page, before, position, tenant, unit) if keep else before
    flaws: tuple[Flaw, ...] = ()
    try:
        after = _after(position, page, reading, unit.vendors[position.source].label)
    except UpstreamUnavailable as error:
        after = position.ended(read_to=position.read_to)
        flaws = (Flaw(id=position.place, problem=str(error), left_out=True),)
    if keep and after.reading is None:
        note_read(reading, unit)
    return Outcome(after, len(page.messages), flaws)


def _workspace(chat: Connection) -> Position:
    return Position(source=chat.provider, workspace=chat.external_id, rationed=True)


def _unread(chat: Connection, channel: Channel, before: Position | None) -> Position:
    if before is None or before.workspace != chat.external_id:
        return Position(source=chat.provider, workspace=chat.external_id, place=channel.id, channel=channel)
    return before.model_copy(update={"channel": channel})


def _wish(job: Job, tenant: Tenant) -> datetime | None:
    """How far back is wished; what we should have been told is read however long ago that was."""
    since = job.order.since
    return since if since is None or job.order.judge else tenant.reaching(since, at=job.created_at)


def _going_on(position: Position, job: Job, wish: datetime | None, now: datetime, *, rationed: bool) -> Pass | None:
    """The reading that is due, by how far back is wished; None if there is nothing to read."""
    pending = position.reading
    is_known = wish is not None and position.since is not None and position.since <= wish
    if wish is None or (is_known and not job.order.judge):
        if pending is not None or position.read_to is None:
            return pending
        since = position.read_to - LATE
        # Not further back than we know the channel: what was said before we came is none of our business.
        return Pass(began_at=now, since=max(since, position.since or since), judging=Judging.NEW)
    judging = Judging.ALL if job.order.judge and not job.order.dry_run else Judging.NONE
    since = max(wish, job.created_at - RATIONED_LOOKBACK) if rationed and not job.order.judge else wish
    if pending is not None and pending.judging is judging and pending.since in {wish, since}:
        return pending
    return Pass(began_at=now, since=since, judging=judging)


def _page(position: Position, reading: Pass, unit: Unit, *, rationed: bool) -> MessagePage:
    channel, since = position.channel or Channel(id=position.place), _since(reading)
    method = "replies" if reading.threads else "history"
    if rationed:
        now = unit.now()
        if unit.stores.rate_limiter.count(f"{method}|{unit.tenant_id}", now=now, window_seconds=TURN_SECONDS) > 1:
            left = TURN_SECONDS - now.timestamp() % TURN_SECONDS
            raise RateLimited(Translatable("the chat answers this once a minute"), retry_after=left)
    if reading.threads:
        page = unit.chat.replies(channel, reading.threads[0], since=since, cursor=reading.thread_cursor)
        # Of what is read from its beginning only what is recent is news.
        recent = (m for m in page.messages if float(m.edited_ts or m.ts) >= _recent(reading).timestamp())
        return page.model_copy(update={"messages": tuple(recent)})
    roots_since = _roots_since(reading, rationed=rationed)
    return unit.chat.history(channel, since=since, roots_since=roots_since, until=reading.until, cursor=reading.cursor)


def _recent(reading: Pass) -> datetime:
    return reading.since or reading.began_at


def _since(reading: Pass) -> datetime:
    """What is read further goes back so far."""
    return BEGINNING if reading.threads and reading.threads[0] in reading.whole else _recent(reading)


def _roots_since(reading: Pass, *, rationed: bool) -> datetime:
    return _recent(reading) if rationed else _recent(reading) - THREAD_LOOKBACK


def _is_old(page: MessagePage, reading: Pass, job: Job) -> bool:
    """Whether a page of a first reading is of a time that we do not go back to where the chat answers rarely.

    That goes by when it was asked for: whatever holds the reading up, it reads as much.
    """
    is_first = reading.judging is Judging.NONE and not reading.threads
    return is_first and page.oldest is not None and page.oldest < job.created_at - RATIONED_LOOKBACK


def _after(position: Position, page: MessagePage, reading: Pass, vendor: str) -> Position:
    """Where the reading stands with a page behind it."""
    following = (
        reading.after_replies(page, vendor=vendor) if reading.threads else reading.after_roots(page, vendor=vendor)
    )
    if following is not None:
        return position.model_copy(update={"reading": following})
    # What lies between an earlier end and the beginning of this reading has not been read.
    since = reading.since or reading.began_at
    if position.read_to is not None and position.read_to < since:
        return position.ended(read_to=position.read_to)
    known_since = min(since, position.since or since)
    return position.ended(read_to=reading.began_at).model_copy(update={"since": known_since})


def _astray(position: Position, reading: Pass, error: UpstreamRejected) -> Outcome:
    """Where to go on if a page is refused: without the cursor that led there, else with the next channel."""
    again: Mapping[str, object] | None = None
    if reading.threads and reading.thread_cursor is not None:
        again = {"thread_cursor": None, "thread_progress": Progress()}
    elif not reading.threads and reading.cursor is not None:
        again = {"cursor": None, "until": reading.reached, "progress": Progress(pages=reading.progress.pages)}
    if again is not None:
        return Outcome(position.model_copy(update={"reading": reading.model_copy(update=again)}))
    flaw = Flaw(id=position.place, problem=str(error), left_out=True)
    return Outcome(position.ended(read_to=position.read_to), flaws=(flaw,))


def _kept(page: MessagePage, reading: Pass, position: Position, tenant: Tenant, unit: Unit) -> Pass:
    """Keep what was said; what is to be judged is asked for, and noted, first: once it is kept it is no news."""
    messages = unit.stores.messages
    match reading.judging:
        case Judging.NONE:
            pass
        case Judging.NEW:
            known = {m.place: m for m in messages.some(tenant.id, {m.place for m in page.messages})}
            news = [m for m in page.messages if _is_news(m, known.get(m.place))]
            _have_judged(news, page.threads, tenant, unit)
            moments = [datetime.fromtimestamp(float(m.edited_ts or m.ts), UTC) for m in news]
            before, reading = reading, reading.missing(position.source, position.place, moments)
            note_missed(position, before, reading, unit)
        case Judging.ALL:
            _have_judged(page.messages, page.threads, tenant, unit)
        case _:
            assert_never(reading.judging)
    for message in page.messages:
        messages.record(tenant.id, message, keep_days=tenant.settings.retention_days)
    return reading


def _is_news(message: Message, known: Message | None) -> bool:
    return known is None or (not known.deleted and float(message.edited_ts or 0) > float(known.edited_ts or 0))


def _have_judged(messages: Sequence[Message], threads: Collection[str], tenant: Tenant, unit: Unit) -> None:
    """Touch each conversation once; of what has not changed it costs a read.

    What was edited is touched by itself: it may be the root of a thread whose replies are not among these messages. So
    are roots of `threads`, which look like parts of a burst here: without them it may fall apart.
    """
    new, edited = ([m for m in messages if bool(m.edited_ts) is is_edited] for is_edited in (False, True))
    latest = [conversation.latest for conversation in conversations_in(new, gap_seconds=unit.burst_gap_seconds)]
    answered = [message for message in new if message.ts in threads]
    for message in {message.place: message for message in (*latest, *answered, *edited)}.values():
        touch = ConversationTouched(channel=message.channel, ts=message.ts, root_ts=message.root_ts)
        envelope = EventEnvelope(tenant_id=tenant.id, event=touch)
        unit.queues.events.put(envelope, group=tenant.id, delay_seconds=tenant.settings.settle_seconds)
