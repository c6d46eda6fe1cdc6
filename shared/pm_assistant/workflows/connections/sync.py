"""Bring our own copy of a tenant's people, teams, tickets and messages up to date from the vendors."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import Field

from pm_assistant.domain.errors import NotFound, RateLimited
from pm_assistant.domain.events import ConversationTouched, EventEnvelope
from pm_assistant.domain.index import digest_of
from pm_assistant.domain.jobs import Job, JobDue, JobKind, JobState, Order, Step
from pm_assistant.domain.model import Model
from pm_assistant.domain.people import Flaw, VendorPeople, matched
from pm_assistant.domain.tenants import Member, Standing, Tenant
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.work import Message, MessagePage, conversations_in
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.connections.availability import leave_to_live_work
from pm_assistant.workflows.connections.gaps import read_gaps_again
from pm_assistant.workflows.connections.leavers import Departed, departed, follow_clocks, part_with
from pm_assistant.workflows.connections.resume import resume
from pm_assistant.workflows.connections.schedule import schedule_recurring
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

    members: int
    teams: int
    tickets: int
    messages: int
    findings: Findings = Field(default_factory=Findings, exclude=True)


class Reading(Model):
    """How far a reading of what was said has come; the cursor of its job.

    Attributes:
        synced: how much was read so far; its findings stay behind.
        pages: in how many pages of messages.
        cursor: the chat's own, of the page that was read last.
    """

    synced: Synced
    pages: int = 0
    cursor: str | None = None

    def after(self, page: MessagePage, read: int) -> "Reading":
        """The reading with one more page behind it."""
        synced = self.synced.model_copy(update={"messages": self.synced.messages + read})
        return Reading(synced=synced, pages=self.pages + 1, cursor=page.cursor)


def sync(job: Job, unit: Unit) -> Step:
    """Take a reading of all vendors one step further and keep it, or in a dry run say how much there is.

    What the team builds is read by a job of its own, which the first step asks for: neither waits for the other. That
    step reads people, teams and tickets. Each further one reads as much of what was said as the chat gives
    away at once, which may be one page a minute.

    People of the chat and of the tracker are read together, so while one of the two is missing there is nothing to do
    yet: the result names it, and connecting it asks for the next reading. What waited for either goes on first, and
    what was missed is read that could not be. One bad row costs that row, which is named in a result of its own, of the
    first step; so is who has left. What was said is kept and nothing more, unless the order says that its events are
    missing.

    Raises:
        AccessRevoked: a vendor no longer accepts our credentials.
        RateLimited: a vendor wants to be asked later, or what it still allows is for what happens now; repeat.
        UpstreamUnavailable: a vendor did not answer; repeat.
    """
    providers = [unit.provider(role) for role in (Role.CHAT, Role.TRACKER)]
    connected = {connection.provider: connection for connection in unit.stores.connections.all(unit.tenant_id)}
    if job.cursor is None and not job.order.dry_run:
        resume(unit)
        schedule_recurring(unit)
        if not job.order.judge and any(Role.CODE_HOST in unit.vendors[provider].roles for provider in connected):
            _have_code_read(job, unit)
    missing = [provider.value for provider in providers if provider not in connected]
    if missing:
        return Step(done=0, total=0, results=({"missing": missing},))
    asked = providers if job.cursor is None else providers[:1]
    leave_to_live_work([connected[provider] for provider in asked], unit)
    if job.cursor is None and not job.order.dry_run and not job.order.judge:
        read_gaps_again(unit)
    tenant, keep, since = unit.stores.tenants.get(unit.tenant_id), not job.order.dry_run, job.order.since
    if job.cursor is None:
        reading = Reading(synced=_sync_directory(tenant, unit) if keep else _count(unit))
        if keep:
            for provider in providers:
                unit.stores.connection_states.note(unit.tenant_id, provider, sync_at=unit.now())
        over = since is None
    else:
        reading = Reading.model_validate_json(job.cursor)
        judge = keep and job.order.judge
        reading = _read_in_time(reading, since or job.created_at, tenant, unit, keep=keep, judge=judge)
        over = reading.cursor is None
    synced, done = reading.synced, 1 + reading.pages
    # The cursor does not carry what was found: that is said at once, whatever becomes of the reading.
    results = [*([synced] if over else []), *([synced.findings] if synced.findings != Findings() else [])]
    return Step(
        done=done,
        total=done if over else None,
        cursor=None if over else reading.model_dump_json(),
        results=tuple(part.model_dump(mode="json") for part in results),
    )


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
    """Read everything once and keep it, waiting as long as the chat wants to be waited for; repeating changes nothing.

    With `messages_since` None the chat's history is left alone; so is a channel that the tenant does not read.
    """
    reading = Reading(synced=_sync_directory(tenant, unit))
    while messages_since is not None:
        try:
            reading = _read_page(reading, messages_since, tenant, unit, keep=True)
        except RateLimited as limited:
            unit.wait(limited.retry_after)
            continue
        if reading.cursor is None:
            break
    return reading.synced


def _sync_directory(tenant: Tenant, unit: Unit) -> Synced:
    """Read people, teams and tickets.

    A person of the chat and one of the tracker are taken for the same when a person has said so or their e-mail
    addresses are; what people have set by hand stays.
    """
    stores = unit.stores
    before = stores.directory.members(tenant.id)
    people = _People(unit)
    members = people.matched(before)
    gone = departed(before, members, [people.chat, people.tracker], people.unread, unit)
    stores.directory.put_members(tenant.id, members)
    follow_clocks(before, members, unit)
    left = part_with(gone, before, members, unit)
    teams = unit.tracker.teams()
    stores.directory.put_teams(tenant.id, teams)
    tickets = unit.tracker.tickets_since(None)
    known = stores.index.read(tenant.id).tickets
    # A reading that ran out of time goes on where it was when it is repeated.
    stores.tickets.put_all(
        tenant.id,
        (t for t in tickets if (head := known.get(t.id)) is None or head.digest != digest_of(t)),
    )
    return Synced(
        members=len(members),
        teams=len(teams),
        tickets=len(tickets),
        messages=0,
        findings=Findings(flaws=(*people.flaws, *teams.flaws, *tickets.flaws), left=tuple(left)),
    )


def _count(unit: Unit) -> Synced:
    people, teams, tickets = _People(unit), unit.tracker.teams(), unit.tracker.tickets_since(None)
    return Synced(
        members=len(people.matched(unit.stores.directory.members(unit.tenant_id))),
        teams=len(teams),
        tickets=len(tickets),
        messages=0,
        findings=Findings(flaws=(*people.flaws, *teams.flaws, *tickets.flaws)),
    )


class _People:
    """Everybody of whom the chat and the tracker tell."""

    def __init__(self, unit: Unit) -> None:
        listings = {role: unit.chat.members() if role is Role.CHAT else unit.tracker.members() for role in _ROLES}
        self.chat, self.tracker = (VendorPeople(unit.provider(role), listings[role]) for role in _ROLES)
        self.flaws = tuple(flaw for listing in listings.values() for flaw in listing.flaws)
        self.unread = frozenset(flaw.id for flaw in self.flaws if flaw.left_out)

    def matched(self, before: Sequence[Member]) -> Sequence[Member]:
        """Who is there, as one person each; an account that was left is none."""
        return matched(_present(self.chat), _present(self.tracker), before)


_ROLES = (Role.CHAT, Role.TRACKER)


def _present(people: VendorPeople) -> VendorPeople:
    present = [m for m in people.members if m.standings.get(people.provider) is not Standing.LEFT]
    return VendorPeople(people.provider, present)


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
