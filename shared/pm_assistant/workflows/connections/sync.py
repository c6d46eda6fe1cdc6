"""Bring our own copy of a tenant's people, teams, tickets and messages up to date from the vendors."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from pydantic import Field, ValidationError

from pm_assistant.domain.catch_up import Position
from pm_assistant.domain.decisions import OPERATOR
from pm_assistant.domain.errors import NotFound, RateLimited, UpstreamUnavailable
from pm_assistant.domain.jobs import Job, JobDue, JobKind, JobState, Order, Step
from pm_assistant.domain.model import Model
from pm_assistant.domain.paging import Progress
from pm_assistant.domain.people import Flaw
from pm_assistant.domain.tenants import Connection, Provider, Tenant
from pm_assistant.domain.vendors import Role
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.connections.availability import leave_to_live_work
from pm_assistant.workflows.connections.directory import count_directory, known_directory, read_directory
from pm_assistant.workflows.connections.gaps import read_gaps_again, repair_gaps
from pm_assistant.workflows.connections.leavers import Departed
from pm_assistant.workflows.connections.messages import is_rationed, list_channels, read_channel
from pm_assistant.workflows.connections.resume import resume
from pm_assistant.workflows.connections.schedule import schedule_recurring
from pm_assistant.workflows.connections.tickets import read_tickets, unread, where_reading_stands
from pm_assistant.workflows.jobs import new_job

JUST_NOW = timedelta(minutes=10)
"""What has changed so shortly before a reading was asked for is left to what is told; clocks differ, too."""


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
    CHANNELS = "channels"
    MESSAGES = "messages"
    NOTHING = "nothing"
    """There is no more."""


class Reading(Model):
    """How far a reading has come; the cursor of its job.

    Attributes:
        part: what is read next.
        synced: how much was read so far; its findings stay behind.
        pages: in how many pages, the last ones of people and teams aside.
        position: where a dry run's reading of the tickets or of a channel stands, which is noted nowhere else.
        listing: the chat's cursor in the list of channels.
        listed: how far that list has been read.
        places: ids of the channels that are still to be read; the first is being read.
    """

    part: Part = Part.PEOPLE
    synced: Synced = Field(default_factory=Synced)
    pages: int = 0
    position: Position | None = None
    listing: str | None = None
    listed: Progress = Field(default_factory=Progress)
    places: tuple[str, ...] = ()

    @classmethod
    def of(cls, job: Job) -> "Reading":
        """How far a job has come; one that an earlier version of us has begun begins anew."""
        channel = job.order.channel
        begun = cls() if channel is None else cls(part=Part.MESSAGES, places=(channel,))
        try:
            return job.progress(cls) or begun
        except ValidationError:
            return begun


def sync(job: Job, unit: Unit) -> Step:
    """Take a reading of all vendors one step further and keep it, or in a dry run say how much there is.

    What the team builds is read by a job of its own, which the first step asks for: neither waits for the other. People
    and teams come first, a page of each list in a step; each further step asks for one page: of tickets, of the list of
    channels, then of what was said in one of them. What is read is noted with its source, so another reading goes on
    where this one ends.

    People of the chat and of the tracker are read together, so while one of the two is missing there is nothing to do
    yet: the result names it, and connecting it asks for the next reading. What waited for either goes on first, and
    what was missed is read that could not be. One bad row costs that row, which is named in a result of its own, of the
    step that met it; so is who has left. What was said before there was a reading is kept and nothing more, unless the
    order says that its events are missing.

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
    reading = Reading.of(job)
    asked = {Part.PEOPLE: [chat, tracker], Part.TICKETS: [tracker]}.get(reading.part, [chat])
    leave_to_live_work([connected[provider] for provider in asked], unit)
    reading, findings = _read_further(reading, job, connected, unit)
    over = reading.part is Part.NOTHING
    if over and keep:
        for provider in (chat, tracker) if job.order.channel is None else ():
            unit.stores.connection_states.note(unit.tenant_id, provider, sync_at=unit.now())
        if job.order.judge and job.order.since is not None:
            repair_gaps(chat, job.order.since, unit, channel=job.order.channel)
    # The cursor does not carry what was found: that is said at once, whatever becomes of the reading.
    results = [*([reading.synced] if over else []), *([findings] if findings != Findings() else [])]
    done = 1 + reading.pages
    return Step(
        done=done,
        total=done if over else None,
        cursor=None if over else reading.model_dump_json(exclude_defaults=True),
        results=tuple(part.model_dump(mode="json") for part in results),
    )


def _read_further(
    reading: Reading, job: Job, connected: Mapping[Provider, Connection], unit: Unit
) -> tuple[Reading, Findings]:
    keep = not job.order.dry_run
    match reading.part:
        case Part.PEOPLE:
            if keep and not job.order.judge and job.cursor is None:
                read_gaps_again(unit)
            return _read_directory(reading, connected, unit, keep=keep)
        case Part.TICKETS:
            return _read_tickets(reading, connected[unit.provider(Role.TRACKER)], job, unit)
        case Part.CHANNELS:
            return _list_channels(reading, connected[unit.provider(Role.CHAT)], job, unit)
        case Part.MESSAGES:
            return _read_messages(reading, connected[unit.provider(Role.CHAT)], job, unit)
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
    order = Order(kind=JobKind.SYNC, dry_run=False, since=messages_since)
    job = new_job(order, tenant_id=tenant.id, asked_by=OPERATOR, now=unit.now())
    connected = {connection.provider: connection for connection in unit.stores.connections.all(tenant.id)}
    readings, chat = unit.stores.readings, unit.provider(Role.CHAT)
    readings.put_position(tenant.id, unread(connected[unit.provider(Role.TRACKER)]))
    for position in readings.positions(tenant.id, chat) if messages_since is not None else ():
        readings.put_position(tenant.id, position.model_copy(update={"since": None, "reading": None}))
    reading, findings = _read_directory(Reading(), connected, unit, keep=True, anew=True)
    while reading.part is not Part.NOTHING:
        try:
            reading, more = _read_further(reading, job, connected, unit)
        except RateLimited as limited:
            unit.wait(limited.retry_after)
            continue
        findings = Findings(flaws=(*findings.flaws, *more.flaws), left=findings.left)
    return reading.synced.model_copy(update={"findings": findings})


def _read_tickets(reading: Reading, tracker: Connection, job: Job, unit: Unit) -> tuple[Reading, Findings]:
    """Read a page of tickets, until all is known that had changed when the reading was asked for."""
    keep = not job.order.dry_run
    before = where_reading_stands(tracker, unit) if keep else reading.position or unread(tracker)
    position, count, flaws = read_tickets(before, unit, keep=keep)
    is_behind = position.is_behind(before, job.created_at - JUST_NOW)
    change = {
        "part": Part.TICKETS if is_behind else Part.CHANNELS,
        "synced": reading.synced.model_copy(update={"tickets": reading.synced.tickets + count}),
        "pages": reading.pages + 1,
        "position": position if is_behind and not keep else None,
    }
    return reading.model_copy(update=change), Findings(flaws=tuple(flaws))


def _list_channels(reading: Reading, chat: Connection, job: Job, unit: Unit) -> tuple[Reading, Findings]:
    """List a page of channels; where the chat answers rarely, what is not wished for is left to what it tells."""
    if job.order.since is None and is_rationed(chat, unit):
        return reading.model_copy(update={"part": Part.NOTHING}), Findings()
    tenant = unit.stores.tenants.get(unit.tenant_id)
    listing, more = list_channels(reading.listing, chat, tenant, unit, keep=not job.order.dry_run)
    places, flaws = tuple(dict.fromkeys((*reading.places, *more))), tuple[Flaw, ...]()
    listed = reading.listed
    if listing is not None:
        try:
            listed = listed.after(listing, vendor=unit.vendors[chat.provider].label)
        except UpstreamUnavailable as error:
            listing, flaws = None, (Flaw(id="", problem=str(error), left_out=True),)
    part = Part.CHANNELS if listing else Part.MESSAGES if places else Part.NOTHING
    change = {"part": part, "listing": listing, "listed": listed, "places": places}
    return reading.model_copy(update=change), Findings(flaws=flaws)


def _read_messages(reading: Reading, chat: Connection, job: Job, unit: Unit) -> tuple[Reading, Findings]:
    """Read a page of the first channel that is left."""
    keep, place = not job.order.dry_run, reading.places[0]
    unread_channel = Position(source=chat.provider, workspace=chat.external_id, place=place)
    noted = unit.stores.readings.position(unit.tenant_id, chat.provider, place) if keep else reading.position
    before = noted or unread_channel
    tenant = unit.stores.tenants.get(unit.tenant_id)
    position, count, flaws = read_channel(before, job, chat, tenant, unit)
    is_behind = position.is_behind(before, job.created_at - JUST_NOW) and (
        position.reading is not None or job.order.since is None
    )
    places = reading.places if is_behind else reading.places[1:]
    change = {
        "part": Part.MESSAGES if places else Part.NOTHING,
        "synced": reading.synced.model_copy(update={"messages": reading.synced.messages + count}),
        "pages": reading.pages + 1,
        "places": places,
        "position": position if is_behind and not keep else None,
    }
    return reading.model_copy(update=change), Findings(flaws=tuple(flaws))


def _read_directory(
    reading: Reading, connected: Mapping[Provider, Connection], unit: Unit, *, keep: bool, anew: bool = False
) -> tuple[Reading, Findings]:
    """Read people and teams a page further, unless that has only just been done."""
    chat, tracker = connected[unit.provider(Role.CHAT)], connected[unit.provider(Role.TRACKER)]
    if keep:
        known = None if anew else known_directory(chat, tracker, unit)
        directory = known or read_directory(chat, tracker, unit, anew=anew)
    else:
        directory = count_directory(unit)
    if directory is None:
        return reading.model_copy(update={"pages": reading.pages + 1}), Findings()
    synced = Synced(members=directory.members, teams=directory.teams)
    change = {"part": Part.TICKETS, "synced": synced}
    return reading.model_copy(update=change), Findings(flaws=directory.flaws, left=directory.left)
