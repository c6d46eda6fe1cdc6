"""Tenants, who may act for them, and what we remember of their requests, in memory."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from pm_assistant.domain.accounts import (
    Account,
    ApiKey,
    AuditEntry,
    BrowserSession,
    Invitation,
    MailStop,
    canonical,
)
from pm_assistant.domain.autonomy import TrackRecord, judged_as
from pm_assistant.domain.calibration import Answered, Fitted, grouped
from pm_assistant.domain.catch_up import DirectoryList, DirectoryPage, Gap, Position
from pm_assistant.domain.errors import Conflict, Contention, InvalidRequest, NotFound
from pm_assistant.domain.health import StageHealth, TenantHealth
from pm_assistant.domain.jobs import Job
from pm_assistant.domain.reports import Subscription
from pm_assistant.domain.tenants import Member, Provider, Tenant, TenantId
from pm_assistant.domain.trials import Experiment
from pm_assistant.domain.work import Team
from pm_assistant.ports.accounts import Attempt


class FakeTenants:
    """Customers in a dict."""

    def __init__(self, *tenants: Tenant) -> None:
        self._tenants = {tenant.id: tenant for tenant in tenants}

    def get(self, tenant_id: TenantId) -> Tenant:
        """Read one."""
        if tenant_id not in self._tenants:
            raise NotFound("no such tenant")
        return self._tenants[tenant_id]

    def put(self, tenant: Tenant, *, until: datetime | None = None) -> None:
        """Create or replace one; nothing is forgotten here."""
        self._tenants[tenant.id] = tenant

    def replace(self, tenant: Tenant, *, before: Tenant) -> None:
        """Change one that still reads as `before`."""
        if self._tenants.get(tenant.id) not in (before, tenant):
            raise Contention("the tenant has changed")
        self._tenants[tenant.id] = tenant


class FakeDirectory:
    """People and teams in dicts."""

    def __init__(self) -> None:
        self._members: dict[TenantId, dict[str, Member]] = {}
        self._teams: dict[TenantId, dict[str, Team]] = {}

    def members(self, tenant_id: TenantId) -> Sequence[Member]:
        """All people."""
        return list(self._members.get(tenant_id, {}).values())

    def some_members(self, tenant_id: TenantId, member_ids: Collection[str]) -> Sequence[Member]:
        """The ones that we know."""
        return [member for member in self.members(tenant_id) if member.id in member_ids]

    def replace_member(self, tenant_id: TenantId, member: Member, *, before: Member) -> None:
        """Store what has become of a person."""
        if self._members.get(tenant_id, {}).get(member.id) not in (before, member):
            raise Contention("the person has changed")
        self._members[tenant_id][member.id] = member

    def put_members(self, tenant_id: TenantId, members: Sequence[Member]) -> None:
        """Create or replace people."""
        self._members.setdefault(tenant_id, {}).update({member.id: member for member in members})

    def remove_member(self, tenant_id: TenantId, member_id: str) -> None:
        """Forget a person."""
        self._members.get(tenant_id, {}).pop(member_id, None)

    def teams(self, tenant_id: TenantId) -> Sequence[Team]:
        """All teams."""
        return list(self._teams.get(tenant_id, {}).values())

    def put_teams(self, tenant_id: TenantId, teams: Sequence[Team]) -> None:
        """Create or replace teams."""
        self._teams.setdefault(tenant_id, {}).update({team.id: team for team in teams})


class FakeAccounts:
    """Logins in a dict."""

    def __init__(self, *accounts: Account) -> None:
        self._accounts = {(account.tenant_id, account.id): account for account in accounts}

    def get(self, tenant_id: TenantId, account_id: str) -> Account:
        """Read one."""
        if (tenant_id, account_id) not in self._accounts:
            raise NotFound("no such account")
        return self._accounts[tenant_id, account_id]

    def all(self, tenant_id: TenantId) -> Sequence[Account]:
        """All of a tenant."""
        return [account for (owner, _), account in self._accounts.items() if owner == tenant_id]

    def put(self, account: Account, *, until: datetime | None = None) -> None:
        """Create or replace one; nothing is forgotten here."""
        self._accounts[account.tenant_id, account.id] = account

    def replace(self, account: Account, *, before: Account) -> None:
        """Change one that still reads as `before`."""
        if self._accounts.get((account.tenant_id, account.id)) not in {before, account}:
            raise Contention("the account has changed")
        self._accounts[account.tenant_id, account.id] = account

    def remove(self, tenant_id: TenantId, account_id: str) -> None:
        """Forget one."""
        self._accounts.pop((tenant_id, account_id), None)


class FakeInvitations:
    """Open offers in a dict."""

    def __init__(self) -> None:
        self._invitations: dict[tuple[TenantId, str], Invitation] = {}

    def get(self, tenant_id: TenantId, invitation_id: str, now: datetime) -> Invitation:
        """Read one."""
        invitation = self._invitations.get((tenant_id, invitation_id))
        if invitation is None or invitation.expires_at <= now:
            raise NotFound("no such invitation")
        return invitation

    def all(self, tenant_id: TenantId, now: datetime) -> Sequence[Invitation]:
        """All that can still be taken up."""
        mine = (invitation for (owner, _), invitation in self._invitations.items() if owner == tenant_id)
        return [invitation for invitation in mine if invitation.expires_at > now]

    def put(self, invitation: Invitation) -> None:
        """Create or replace one."""
        self._invitations[invitation.tenant_id, invitation.id] = invitation

    def remove(self, tenant_id: TenantId, invitation_id: str) -> bool:
        """Take one away."""
        return self._invitations.pop((tenant_id, invitation_id), None) is not None


class FakeApiKeys:
    """Keys of programs in a dict."""

    def __init__(self, *keys: ApiKey) -> None:
        self._keys = {(key.tenant_id, key.id): key for key in keys}

    def get(self, tenant_id: TenantId, key_id: str) -> ApiKey:
        """Read one."""
        if (tenant_id, key_id) not in self._keys:
            raise NotFound("no such key")
        return self._keys[tenant_id, key_id]

    def all(self, tenant_id: TenantId) -> Sequence[ApiKey]:
        """All of a tenant."""
        return [key for (owner, _), key in self._keys.items() if owner == tenant_id]

    def put(self, key: ApiKey) -> None:
        """Create or replace one."""
        self._keys[key.tenant_id, key.id] = key

    def used(self, tenant_id: TenantId, key_id: str, at: datetime) -> None:
        """Note a use."""
        key = self._keys.get((tenant_id, key_id))
        if key and (key.last_used_at is None or key.last_used_at < at):
            self._keys[tenant_id, key_id] = key.model_copy(update={"last_used_at": at})

    def remove(self, tenant_id: TenantId, key_id: str) -> None:
        """Revoke one."""
        self._keys.pop((tenant_id, key_id), None)


class FakeBrowserSessions:
    """Logins in browsers in a dict."""

    def __init__(self) -> None:
        self._sessions: dict[tuple[TenantId, str, str], BrowserSession] = {}

    def get(self, tenant_id: TenantId, account_id: str, digest: str) -> BrowserSession:
        """Read one."""
        if (tenant_id, account_id, digest) not in self._sessions:
            raise NotFound("no such session")
        return self._sessions[tenant_id, account_id, digest]

    def of_account(self, tenant_id: TenantId, account_id: str) -> Sequence[BrowserSession]:
        """All of an account."""
        return [session for key, session in self._sessions.items() if key[:2] == (tenant_id, account_id)]

    def put(self, session: BrowserSession) -> None:
        """Keep one."""
        self._sessions[session.tenant_id, session.account_id, session.digest] = session

    def seen(self, session: BrowserSession, at: datetime) -> None:
        """Note a use."""
        key = (session.tenant_id, session.account_id, session.digest)
        kept = self._sessions.get(key)
        if kept and kept.seen_at < at:
            self._sessions[key] = kept.model_copy(update={"seen_at": at})

    def remove(self, tenant_id: TenantId, account_id: str, digest: str) -> None:
        """End one."""
        self._sessions.pop((tenant_id, account_id, digest), None)


class FakeAuditTrail:
    """The trail in a dict."""

    def __init__(self) -> None:
        self._entries: dict[tuple[TenantId, str], AuditEntry] = {}

    def add(self, tenant_id: TenantId, entry: AuditEntry) -> None:
        """Add an entry."""
        if self._entries.setdefault((tenant_id, entry.id), entry) != entry:
            raise Conflict("another entry of the audit trail has that id")

    def redact(self, tenant_id: TenantId, entry: AuditEntry) -> None:
        """Let an entry say less."""
        if (tenant_id, entry.id) in self._entries:
            self._entries[tenant_id, entry.id] = entry

    def latest(self, tenant_id: TenantId, *, before: str | None = None, limit: int) -> Sequence[AuditEntry]:
        """Entries newest first."""
        mine = (entry for (owner, _), entry in self._entries.items() if owner == tenant_id)
        earlier = (entry for entry in mine if before is None or entry.id < before)
        return sorted(earlier, key=lambda entry: entry.id, reverse=True)[:limit]


class FakeRateLimiter:
    """Counters in a dict."""

    def __init__(self) -> None:
        self._counted: dict[tuple[int, int, str], int] = {}

    def count(self, who: str, *, now: datetime, window_seconds: int) -> int:
        """Count one more."""
        window = (window_seconds, int(now.timestamp()) // window_seconds, who)
        self._counted[window] = self._counted.get(window, 0) + 1
        return self._counted[window]

    def counted(self, who: str, *, now: datetime, window_seconds: int) -> int:
        """How many there were."""
        return self._counted.get((window_seconds, int(now.timestamp()) // window_seconds, who), 0)


class FakeTrackRecords:
    """Track records in a dict."""

    def __init__(self) -> None:
        self._records: dict[tuple[TenantId, str], TrackRecord] = {}

    def get(self, tenant_id: TenantId, stream: str) -> TrackRecord | None:
        """Read one."""
        return self._records.get((tenant_id, stream))

    def all(self, tenant_id: TenantId) -> Sequence[TrackRecord]:
        """Read all of them."""
        return [self._records[key] for key in sorted(self._records) if key[0] == tenant_id]

    def replace(self, tenant_id: TenantId, record: TrackRecord, *, before: TrackRecord | None) -> None:
        """Change one that still reads as `before`."""
        if self._records.get((tenant_id, record.stream)) not in (before, record):
            raise Contention("the track record has changed")
        self._records[tenant_id, record.stream] = record

    def remove(self, tenant_id: TenantId, stream: str) -> None:
        """Forget one."""
        self._records.pop((tenant_id, stream), None)


class FakeCalibrations:
    """Calibrations in dicts."""

    def __init__(self) -> None:
        self._fitted: dict[tuple[TenantId, str], Fitted] = {}
        self._contributed: dict[TenantId, Mapping[str, Sequence[Answered]]] = {}

    def all(self, tenant_id: TenantId) -> Sequence[Fitted]:
        """Read all of them."""
        return [self._fitted[key] for key in sorted(self._fitted) if key[0] == tenant_id]

    def put(self, tenant_id: TenantId, fitted: Fitted) -> None:
        """Keep one."""
        self._fitted[tenant_id, judged_as(fitted.kind, fitted.judged_by)] = fitted

    def contribute(self, tenant_id: TenantId, answers: Mapping[str, Sequence[Answered]], *, until: datetime) -> None:
        """Keep what counts for all."""
        self._contributed[tenant_id] = answers

    def contributed(self, *, but: TenantId) -> Mapping[str, Sequence[Answered]]:
        """Add up what others have contributed."""
        pooled: dict[str, list[Answered]] = {}
        for tenant_id, contribution in self._contributed.items():
            for judged, answers in contribution.items() if tenant_id != but else ():
                pooled[judged] = grouped([*pooled.get(judged, ()), *answers])
        return pooled


class FakeReadings:
    """Positions and gaps in dicts."""

    def __init__(self) -> None:
        self._positions: dict[tuple[TenantId, Provider, str], Position] = {}
        self._gaps: dict[tuple[TenantId, datetime, Provider, str], Gap] = {}
        self._listed: dict[tuple[TenantId, DirectoryList, int], DirectoryPage] = {}

    def position(self, tenant_id: TenantId, source: Provider, place: str = "") -> Position | None:
        """How far one place has been read."""
        return self._positions.get((tenant_id, source, place))

    def positions(self, tenant_id: TenantId, source: Provider) -> Sequence[Position]:
        """How far each place of a source has been read."""
        return [self._positions[key] for key in sorted(self._positions) if key[:2] == (tenant_id, source)]

    def sharing(self, source: Provider, place: str) -> Sequence[TenantId]:
        """The tenants that read a shared channel."""
        positions = self._positions.items()
        outside = (key for key, position in positions if position.channel is not None and position.channel.outside)
        return sorted(tenant_id for tenant_id, *rest in outside if rest == [source, place])

    def gaps(self, tenant_id: TenantId, *, limit: int) -> Sequence[Gap]:
        """The gaps that were found last."""
        mine = [key for key in self._gaps if key[0] == tenant_id]
        return [self._gaps[key] for key in sorted(mine, reverse=True)][:limit]

    def put_gap(self, tenant_id: TenantId, gap: Gap) -> None:
        """Note a gap, or what has become of it."""
        self._gaps[tenant_id, gap.found_at, gap.source, gap.place] = gap

    def put_listed(self, tenant_id: TenantId, page: DirectoryPage) -> None:
        """Keep a page."""
        self._listed[tenant_id, page.list, page.number] = page

    def listed(self, tenant_id: TenantId) -> Sequence[DirectoryPage]:
        """The pages that are kept."""
        return [self._listed[key] for key in sorted(self._listed) if key[0] == tenant_id]

    def drop_listed(self, tenant_id: TenantId) -> None:
        """Forget them."""
        self._listed = {key: page for key, page in self._listed.items() if key[0] != tenant_id}

    def put_position(self, tenant_id: TenantId, position: Position) -> None:
        """Note how far a place has been read."""
        self._positions[tenant_id, position.source, position.place] = position


class _Replay(NamedTuple):
    fingerprint: str
    until: datetime
    expires_at: datetime
    began_at: datetime
    answer: str | None = None


class FakeIdempotencyKeys:
    """Answers in a dict."""

    def __init__(self) -> None:
        self._replays: dict[tuple[TenantId, str], _Replay] = {}

    def begin(self, tenant_id: TenantId, key: str, *, fingerprint: str, now: datetime) -> str | Attempt:
        """Take a key."""
        known, until = self._replays.get((tenant_id, key)), now + timedelta(seconds=60)
        if known is None or known.expires_at <= now:
            self._replays[tenant_id, key] = _Replay(fingerprint, until, now + timedelta(hours=24), now)
            return Attempt(now)
        if known.fingerprint != fingerprint:
            raise InvalidRequest("the idempotency key was used for a different request", field="Idempotency-Key")
        if known.answer is not None:
            return known.answer
        if known.until > now:
            raise Conflict("the same request is being done right now")
        self._replays[tenant_id, key] = known._replace(until=until)
        return Attempt(known.began_at, again=True)

    def finish(self, tenant_id: TenantId, key: str, *, answer: str, now: datetime) -> None:
        """Keep an answer for a day."""
        known = self._replays.get((tenant_id, key))
        if known and known.answer is None:
            self._replays[tenant_id, key] = known._replace(expires_at=now + timedelta(hours=24), answer=answer)

    def give_up(self, tenant_id: TenantId, key: str) -> None:
        """Let a request go that has no answer."""
        known = self._replays.get((tenant_id, key))
        if known and known.answer is None:
            self._replays[tenant_id, key] = known._replace(until=known.began_at)


class FakeSubscriptions:
    """Wishes in a dict."""

    def __init__(self) -> None:
        self._wishes: dict[tuple[TenantId, str], Subscription] = {}

    def all(self, tenant_id: TenantId) -> Sequence[Subscription]:
        """All of a tenant."""
        return [wish for (owner, _), wish in self._wishes.items() if owner == tenant_id]

    def get(self, tenant_id: TenantId, subscription_id: str) -> Subscription | None:
        """The one of that id."""
        return self._wishes.get((tenant_id, subscription_id))

    def put(self, tenant_id: TenantId, subscription: Subscription) -> None:
        """Create or replace one."""
        self._wishes[tenant_id, subscription.id] = subscription

    def remove(self, tenant_id: TenantId, subscription_id: str) -> None:
        """Forget one."""
        self._wishes.pop((tenant_id, subscription_id), None)


class FakeMailRecords:
    """Keys and addresses in dicts."""

    def __init__(self) -> None:
        self._keys: dict[TenantId, bytes] = {}
        self._stops: dict[tuple[TenantId, str], MailStop] = {}

    def link_key(self, tenant_id: TenantId) -> bytes | None:
        """What links are signed with."""
        return self._keys.get(tenant_id)

    def make_link_key(self, tenant_id: TenantId) -> bytes:
        """The same, drawn if there is none."""
        return self._keys.setdefault(tenant_id, secrets.token_bytes(32))

    def stop(self, tenant_id: TenantId, stop: MailStop) -> None:
        """Note that an address is sent nothing more."""
        self._stops[tenant_id, canonical(stop.email)] = stop

    def stopped(self, tenant_id: TenantId, email: str) -> MailStop | None:
        """Why an address is sent nothing."""
        return self._stops.get((tenant_id, canonical(email)))

    def stops(self, tenant_id: TenantId) -> Sequence[MailStop]:
        """All that are sent nothing."""
        return [stop for (owner, _), stop in self._stops.items() if owner == tenant_id]

    def resume(self, tenant_id: TenantId, email: str) -> None:
        """Send mail to an address again."""
        self._stops.pop((tenant_id, canonical(email)), None)


class FakeJobs:
    """Runs in a dict."""

    def __init__(self) -> None:
        self._runs: dict[tuple[TenantId, str], Job] = {}

    def get(self, tenant_id: TenantId, job_id: str) -> Job:
        """Read one."""
        if (tenant_id, job_id) not in self._runs:
            raise NotFound("no such run")
        return self._runs[tenant_id, job_id]

    def put(self, job: Job) -> None:
        """Create or replace one."""
        self._runs[job.tenant_id, job.id] = job

    def replace(self, job: Job, *, before: Job) -> None:
        """Change one that still reads as `before`."""
        if self._runs.get((job.tenant_id, job.id)) not in (before, job):
            raise Contention("the run has changed")
        self.put(job)

    def latest(self, tenant_id: TenantId, *, before: str | None = None, limit: int) -> Sequence[Job]:
        """Runs newest first."""
        mine = (job for (owner, _), job in self._runs.items() if owner == tenant_id)
        earlier = (job for job in mine if before is None or job.id < before)
        return sorted(earlier, key=lambda job: job.id, reverse=True)[:limit]


class FakeExperiments:
    """Experiments in a dict."""

    def __init__(self) -> None:
        self._experiments: dict[tuple[TenantId, str], Experiment] = {}

    def get(self, tenant_id: TenantId, experiment_id: str) -> Experiment:
        """Read one."""
        if (tenant_id, experiment_id) not in self._experiments:
            raise NotFound("no such experiment")
        return self._experiments[tenant_id, experiment_id]

    def all(self, tenant_id: TenantId) -> Sequence[Experiment]:
        """All of a tenant."""
        return [self._experiments[key] for key in sorted(self._experiments) if key[0] == tenant_id]

    def put(self, tenant_id: TenantId, experiment: Experiment) -> None:
        """Create or replace one."""
        self._experiments[tenant_id, experiment.id] = experiment


class FakeHealths:
    """How tenants fare, in a dict."""

    def __init__(self) -> None:
        self.kept: dict[TenantId, TenantHealth] = {}
        self._days: dict[tuple[TenantId, date], TenantHealth] = {}
        self._stage: StageHealth | None = None

    def stage(self) -> StageHealth | None:
        """The stage's."""
        return self._stage

    def put_stage(self, health: StageHealth) -> None:
        """Keep the stage's."""
        self._stage = health

    def get(self, tenant_id: TenantId) -> TenantHealth | None:
        """A tenant's."""
        return self.kept.get(tenant_id)

    def put(self, health: TenantHealth) -> None:
        """Keep one."""
        self.kept[health.tenant_id] = self._days[health.tenant_id, health.looked_at.date()] = health

    def days(self, tenant_id: TenantId, *, before: date | None = None, limit: int) -> Sequence[TenantHealth]:
        """A tenant's, day by day."""
        mine = {day: health for (owner, day), health in self._days.items() if owner == tenant_id}
        return [mine[day] for day in sorted(mine, reverse=True) if before is None or day < before][:limit]

    def page(self, *, after: str | None = None, limit: int) -> Sequence[TenantHealth]:
        """The next so many of all tenants."""
        further = [health for health in self.kept.values() if health.place > (after or "")]
        return sorted(further, key=lambda health: health.place)[:limit]
