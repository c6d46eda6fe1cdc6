"""Bring our own copy of a tenant's people, teams, tickets and messages up to date from the vendors."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from pydantic import Field

from pm_assistant.domain.catch_up import Position
from pm_assistant.domain.errors import NotFound, RateLimited
from pm_assistant.domain.events import ConversationTouched, EventEnvelope
from pm_assistant.domain.jobs import Job, JobDue, JobKind, JobState, Order, Step
from pm_assistant.domain.model import Model
from pm_assistant.domain.people import Flaw
from pm_assistant.domain.tenants import Connection, Tenant
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.work import Message, MessagePage, conversations_in
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.connections.availability import leave_to_live_work
from pm_assistant.workflows.connections.directory import count_directory, read_directory
from pm_assistant.workflows.connections.gaps import read_gaps_again
from pm_assistant.workflows.connections.leavers import Departed
from pm_assistant.workflows.connections.resume import resume
from pm_assistant.workflows.connections.schedule import schedule_recurring
from pm_assistant.workflows.connections.tickets import LATE, read_tickets, unread, where_reading_stands
from pm_assistant.workflows.jobs import new_job

READING = timedelta(seconds=150)
"""No page is asked for later in a step: the function may run for 300 seconds, and Slack may take its time."""


class Findings(Model):
    """What a person should look at after a reading.

    Attributes:
        flaws: rows that were left out, or in which something had to be replaced.
        left: who has left since the reading before.
    """

    flaws: tuple[Flaw, ...] = ()
    left: tuple[Departed, ...] = ()


class Synced(Model):
    """How much was read, and what a person should look at."""

    members: int = 0
    teams: int = 0
    tickets: int = 0
    messages: int = 0
    findings: Findings = Field(default_factory=Findings, exclude=True)


class Part(StrEnum):
    """What is read, one after the other."""

    PEOPLE = "people"
    TICKETS = "tickets"
    MESSAGES = "messages"
    NOTHING = "nothing"
    """There is no more."""


class Reading(Model):
    """How far a reading has come; the cursor of its job.

    Attributes:
        part: what is read next.
        synced: how much was read so far; its findings stay behind.
        pages: in how many pages of tickets and messages.
        tickets: where a dry run's reading of the tickets stands, which is noted nowhere else.
        cursor: the chat's own, of the page that was read last.
    """

    part: Part = Part.MESSAGES
    synced: Synced = Field(default_factory=Synced)
    pages: int = 0
    tickets: Position | None = None
    cursor: str | None = None

    def after(self, page: MessagePage, read: int) -> "Reading":
        """The reading with one more page of messages behind it."""
        synced = self.synced.model_copy(update={"messages": self.synced.messages + read})
        part = Part.NOTHING if page.cursor is None else Part.MESSAGES
        return self.model_copy(update={"part": part, "synced": synced, "pages": self.pages + 1, "cursor": page.cursor})


def sync(job: Job, unit: Unit) -> Step:
    """Take a reading of all vendors one step further and keep it, or in a dry run say how much there is.

    What the team builds is read by a job of its own, which the first step asks for: neither waits for the other. That
    step reads people and teams, each further one a page of tickets, until what had changed when the job was asked for
    is known, then as much of what was said as the chat gives away at once, which may be one page a minute.

    People of the chat and of the tracker are read together, so while one of the two is missing there is nothing to do
    yet: the result names it, and connecting it asks for the next reading. What waited for either goes on first, and
    what was missed is read that could not be. One bad row costs that row, which is named in a result of its own, of the
    step that met it; so is who has left. What was said is kept and nothing more, unless the order says that its events
    are missing.

    Raises:
        AccessRevoked: a vendor no longer accepts our credentials.
        RateLimited: a vendor wants to be asked later, or what it still allows is for what happens now; repeat.
        UpstreamUnavailable: a vendor did not answer; repeat.
    """
    chat, tracker = unit.provider(Role.CHAT), unit.provider(Role.TRACKER)
    connected = {connection.provider: connection for connection in unit.stores.connections.all(unit.tenant_id)}
    keep = not job.order.dry_run
    if job.cursor is None and keep:
        resume(unit)
        schedule_recurring(unit)
        if not job.order.judge and any(Role.CODE_HOST in unit.vendors[provider].roles for provider in connected):
            _have_code_read(job, unit)
    missing = [provider.value for provider in (chat, tracker) if provider not in connected]
    if missing:
        return Step(done=0, total=0, results=({"missing": missing},))
    reading = Reading(part=Part.PEOPLE) if job.cursor is None else Reading.model_validate_json(job.cursor)
    asked = {Part.TICKETS: [tracker], Part.MESSAGES: [chat]}.get(reading.part, [chat, tracker])
    leave_to_live_work([connected[provider] for provider in asked], unit)
    reading, findings = _read_further(reading, job, connected[tracker], unit)
    over = reading.part is Part.NOTHING
    if over and keep:
        for provider in (chat, tracker):
            unit.stores.connection_states.note(unit.tenant_id, provider, sync_at=unit.now())
    # The cursor does not carry what was found: that is said at once, whatever becomes of the reading.
    results = [*([reading.synced] if over else []), *([findings] if findings != Findings() else [])]
    done = 1 + reading.pages
    return Step(
        done=done,
        total=done if over else None,
        cursor=None if over else reading.model_dump_json(exclude_defaults=True),
        results=tuple(part.model_dump(mode="json") for part in results),
    )


def _read_further(reading: Reading, job: Job, tracker: Connection, unit: Unit) -> tuple[Reading, Findings]:
    keep, since = not job.order.dry_run, job.order.since
    match reading.part:
        case Part.PEOPLE:
            if keep and not job.order.judge:
                read_gaps_again(unit)
            return _read_directory(unit, keep=keep)
        case Part.TICKETS:
            reading, findings = _read_tickets(reading, tracker, job.created_at, unit, keep=keep)
            if reading.part is Part.MESSAGES and since is None:
                reading = reading.model_copy(update={"part": Part.NOTHING})
            return reading, findings
        case Part.MESSAGES:
            tenant, judge = unit.stores.tenants.get(unit.tenant_id), keep and job.order.judge
            reading = _read_in_time(reading, since or job.created_at, tenant, unit, keep=keep, judge=judge)
            return reading, Findings()
        case Part.NOTHING:
            return reading, Findings()
        case _:
            assert_never(reading.part)


def _have_code_read(job: Job, unit: Unit) -> None:
    """Ask for the reading of the code host that belongs to this one, until it has begun."""
    order = Order(kind=JobKind.CATCH_UP, dry_run=False)
    code_id = f"{job.id}-code"
    try:
        reading = unit.stores.jobs.get(unit.tenant_id, code_id)
    except NotFound:
        reading = new_job(order, tenant_id=unit.tenant_id, asked_by=job.asked_by, now=unit.now(), job_id=code_id)
        unit.stores.jobs.put(reading)
    if reading.state is JobState.WAITING:
        unit.queues.jobs.put(JobDue(tenant_id=unit.tenant_id, job_id=reading.id), group=unit.tenant_id)


def sync_tenant(tenant: Tenant, unit: Unit, *, messages_since: datetime | None) -> Synced:
    """Read everything once and keep it, waiting as long as the vendors want to be waited for; repeating is harmless.

    With `messages_since` None the chat's history is left alone; so is a channel that the tenant does not read.
    """
    began_at = unit.now()
    tracker = unit.stores.connections.get(tenant.id, unit.provider(Role.TRACKER))
    unit.stores.readings.put_position(tenant.id, unread(tracker))
    reading, findings = _read_directory(unit, keep=True)
    while reading.part is Part.TICKETS:
        try:
            reading, more = _read_tickets(reading, tracker, began_at, unit, keep=True)
        except RateLimited as limited:
            unit.wait(limited.retry_after)
            continue
        findings = Findings(flaws=(*findings.flaws, *more.flaws), left=findings.left)
    while messages_since is not None and reading.part is Part.MESSAGES:
        try:
            reading = _read_page(reading, messages_since, tenant, unit, keep=True)
        except RateLimited as limited:
            unit.wait(limited.retry_after)
    return reading.synced.model_copy(update={"findings": findings})


def _read_tickets(
    reading: Reading, tracker: Connection, asked_at: datetime, unit: Unit, *, keep: bool
) -> tuple[Reading, Findings]:
    """Read a page of tickets; the part is over when all is known that had changed when the reading was asked for."""
    before = where_reading_stands(tracker, unit) if keep else reading.tickets or unread(tracker)
    position, count, flaws = read_tickets(before, unit, keep=keep)
    gets_on = position.reading is not None or position.read_to != before.read_to
    # Clocks differ, and what has just changed is told.
    is_known = position.read_to is not None and position.read_to >= asked_at - LATE
    change = {
        "part": Part.TICKETS if gets_on and not is_known else Part.MESSAGES,
        "synced": reading.synced.model_copy(update={"tickets": reading.synced.tickets + count}),
        "pages": reading.pages + 1,
        "tickets": None if keep else position,
    }
    return reading.model_copy(update=change), Findings(flaws=tuple(flaws))


def _read_directory(unit: Unit, *, keep: bool) -> tuple[Reading, Findings]:
    directory = read_directory(unit) if keep else count_directory(unit)
    synced = Synced(members=directory.members, teams=directory.teams)
    return Reading(part=Part.TICKETS, synced=synced), Findings(flaws=directory.flaws, left=directory.left)


def _read_in_time(reading: Reading, since: datetime, tenant: Tenant, unit: Unit, *, keep: bool, judge: bool) -> Reading:
    """Read page by page until there are no more, the step's time is over or the chat wants to be asked later."""
    until = unit.now() + READING
    reading = _read_page(reading, since, tenant, unit, keep=keep, judge=judge)
    while reading.cursor is not None and unit.now() < until:
        try:
            reading = _read_page(reading, since, tenant, unit, keep=keep, judge=judge)
        except RateLimited:
            break
    return reading


def _read_page(
    reading: Reading, since: datetime, tenant: Tenant, unit: Unit, *, keep: bool, judge: bool = False
) -> Reading:
    page = unit.chat.read_messages(since, cursor=reading.cursor, reads=tenant.settings.channels.reads)
    if keep:
        for message in page.messages:
            unit.stores.messages.record(tenant.id, message, keep_days=tenant.settings.retention_days)
    if judge:
        _have_judged(page.messages, tenant, unit)
    return reading.after(page, len(page.messages))


def _have_judged(messages: Sequence[Message], tenant: Tenant, unit: Unit) -> None:
    """Touch each conversation once; of what has not changed it costs a read.

    What was edited is touched by itself: it may be the root of a thread whose replies are not among these messages.
    """
    new, edited = ([m for m in messages if bool(m.edited_ts) is is_edited] for is_edited in (False, True))
    conversations = conversations_in(new, gap_seconds=unit.burst_gap_seconds)
    for message in (*(conversation.latest for conversation in conversations), *edited):
        touch = ConversationTouched(channel=message.channel, ts=message.ts, root_ts=message.root_ts)
        envelope = EventEnvelope(tenant_id=tenant.id, event=touch)
        unit.queues.events.put(envelope, group=tenant.id, delay_seconds=tenant.settings.settle_seconds)
