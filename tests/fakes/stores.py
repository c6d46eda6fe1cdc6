"""All stores in memory, and the other stand-ins for AWS; the contract suites hold them to what the AWS ones do."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any, assert_never

from pm_assistant.domain.accounts import Account, ApiKey, Identity
from pm_assistant.domain.decisions import Decision
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.events import ChannelChanged
from pm_assistant.domain.history import followed
from pm_assistant.domain.jobs import Record
from pm_assistant.domain.portability import Portable, from_records, to_export_only_record, to_record
from pm_assistant.domain.reports import Subscription
from pm_assistant.domain.tenants import Member, Tenant, TenantId
from pm_assistant.domain.work import Message, Team, Ticket
from tests.fakes.aws import FakeArchives, FakeLeases, FakeQueue, FakeSchedules, FakeVault
from tests.fakes.billing import FakeOutsideIds, FakeQuotas
from tests.fakes.calendars import FakeCalendars
from tests.fakes.code import FakeCode
from tests.fakes.connections import FakeConnections, FakeConnectionStates, FakeOAuthStates
from tests.fakes.flow import FakeFlow
from tests.fakes.planning import FakePlanning
from tests.fakes.tenancy import (
    FakeAccounts,
    FakeApiKeys,
    FakeAuditTrail,
    FakeBrowserSessions,
    FakeCalibrations,
    FakeDirectory,
    FakeExperiments,
    FakeHealths,
    FakeIdempotencyKeys,
    FakeInvitations,
    FakeJobs,
    FakeMailRecords,
    FakeRateLimiter,
    FakeReadings,
    FakeSubscriptions,
    FakeTenants,
    FakeTrackRecords,
)
from tests.fakes.work import (
    FakeCards,
    FakeConversationHistory,
    FakeConversations,
    FakeDecisions,
    FakeDeliveries,
    FakeHomes,
    FakeIndex,
    FakeKeptMessages,
    FakeMessages,
    FakeModelMonths,
    FakeOutbox,
    FakeReportAnswers,
    FakeTickets,
)

__all__ = [
    "FakeAccounts",
    "FakeApiKeys",
    "FakeArchives",
    "FakeAuditTrail",
    "FakeBrowserSessions",
    "FakeCalibrations",
    "FakeCards",
    "FakeCode",
    "FakeConnectionStates",
    "FakeConnections",
    "FakeConversationHistory",
    "FakeConversations",
    "FakeDecisions",
    "FakeDeliveries",
    "FakeDirectory",
    "FakeExperiments",
    "FakeHealths",
    "FakeHomes",
    "FakeIdempotencyKeys",
    "FakeIndex",
    "FakeInvitations",
    "FakeJobs",
    "FakeKeptMessages",
    "FakeLeases",
    "FakeMailRecords",
    "FakeMessages",
    "FakeModelMonths",
    "FakeOAuthStates",
    "FakeOutbox",
    "FakeOutsideIds",
    "FakePartition",
    "FakePlanning",
    "FakeQueue",
    "FakeQuotas",
    "FakeRateLimiter",
    "FakeReadings",
    "FakeReportAnswers",
    "FakeSchedules",
    "FakeStores",
    "FakeSubscriptions",
    "FakeTenants",
    "FakeTickets",
    "FakeTrackRecords",
    "FakeVault",
]


EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class FakeStores:
    """One of each, named as in `Stores`; those that look at others' data look at their neighbours'."""

    tenants: FakeTenants = field(default_factory=FakeTenants)
    connections: FakeConnections = field(default_factory=FakeConnections)
    calendars: FakeCalendars = field(default_factory=FakeCalendars)
    leases: FakeLeases = field(default_factory=FakeLeases)
    oauth_states: FakeOAuthStates = field(default_factory=FakeOAuthStates)
    accounts: FakeAccounts = field(default_factory=FakeAccounts)
    invitations: FakeInvitations = field(default_factory=FakeInvitations)
    api_keys: FakeApiKeys = field(default_factory=FakeApiKeys)
    browser_sessions: FakeBrowserSessions = field(default_factory=FakeBrowserSessions)
    audit: FakeAuditTrail = field(default_factory=FakeAuditTrail)
    rate_limiter: FakeRateLimiter = field(default_factory=FakeRateLimiter)
    idempotency_keys: FakeIdempotencyKeys = field(default_factory=FakeIdempotencyKeys)
    directory: FakeDirectory = field(default_factory=FakeDirectory)
    messages: FakeMessages = field(default_factory=FakeMessages)
    conversations: FakeConversations = field(default_factory=FakeConversations)
    history: FakeConversationHistory = field(default_factory=FakeConversationHistory)
    cards: FakeCards = field(default_factory=FakeCards)
    homes: FakeHomes = field(default_factory=FakeHomes)
    tickets: FakeTickets = field(default_factory=FakeTickets)
    code: FakeCode = field(default_factory=FakeCode)
    planning: FakePlanning = field(default_factory=FakePlanning)
    decisions: FakeDecisions = field(default_factory=FakeDecisions)
    track_records: FakeTrackRecords = field(default_factory=FakeTrackRecords)
    calibrations: FakeCalibrations = field(default_factory=FakeCalibrations)
    subscriptions: FakeSubscriptions = field(default_factory=FakeSubscriptions)
    jobs: FakeJobs = field(default_factory=FakeJobs)
    healths: FakeHealths = field(default_factory=FakeHealths)
    readings: FakeReadings = field(default_factory=FakeReadings)
    experiments: FakeExperiments = field(default_factory=FakeExperiments)
    flow: FakeFlow = field(default_factory=FakeFlow)
    deliveries: FakeDeliveries = field(default_factory=FakeDeliveries)
    outbox: FakeOutbox = field(default_factory=FakeOutbox)
    report_answers: FakeReportAnswers = field(default_factory=FakeReportAnswers)
    kept_messages: FakeKeptMessages = field(default_factory=FakeKeptMessages)
    mail: FakeMailRecords = field(default_factory=FakeMailRecords)
    model_months: FakeModelMonths = field(default_factory=FakeModelMonths)
    quotas: FakeQuotas = field(default_factory=FakeQuotas)
    outside_ids: FakeOutsideIds = field(default_factory=FakeOutsideIds)
    connection_states: FakeConnectionStates = field(init=False)
    index: FakeIndex = field(init=False)
    partition: "FakePartition" = field(init=False)

    def __post_init__(self) -> None:
        """Tie those together that share data."""
        self.connection_states = FakeConnectionStates(self.connections)
        self.index = FakeIndex(self)
        self.partition = FakePartition(self)


class FakePartition:
    """Everything of a tenant in all the stores it is given."""

    def __init__(self, stores: FakeStores) -> None:
        self._stores = stores

    def login(self, identity: Identity) -> tuple[Account | ApiKey, Tenant]:
        """What an identity may log in by, and its tenant."""
        logins = self._stores.api_keys if identity.kind == "key" else self._stores.accounts
        return logins.get(identity.tenant_id, identity.id), self._stores.tenants.get(identity.tenant_id)

    def records(self, tenant_id: TenantId) -> Iterator[Record]:
        """Everything a tenant may take along."""
        stores = self._stores
        with suppress(NotFound):
            yield to_record(stores.tenants.get(tenant_id))
        yield from map(to_record, stores.directory.members(tenant_id))
        yield from map(to_record, stores.directory.teams(tenant_id))
        yield from map(to_record, stores.tickets.all(tenant_id))
        yield from map(to_record, stores.decisions.since(tenant_id, EVER))
        yield from map(to_record, stores.subscriptions.all(tenant_id))
        yield from map(to_record, stores.messages.since(tenant_id, EVER))
        yield from map(to_export_only_record, stores.accounts.all(tenant_id))
        yield from map(to_export_only_record, stores.connections.all(tenant_id))
        yield from map(to_export_only_record, stores.calendars.all(tenant_id))
        yield from map(to_export_only_record, stores.code.everything(tenant_id))
        yield from map(to_export_only_record, stores.planning.everything(tenant_id))
        yield from map(to_export_only_record, stores.track_records.all(tenant_id))
        yield from map(to_export_only_record, stores.audit.latest(tenant_id, limit=1_000)[::-1])

    def restore(self, tenant_id: TenantId, records: Iterable[Record]) -> int:
        """Keep records as this tenant's."""
        items = list(from_records(tenant_id, records))
        self._stores.tenants.get(tenant_id)
        for item in items:
            self._store(tenant_id, item)
        return len(items)

    def follow_channel(self, tenant_id: TenantId, change: ChannelChanged, *, limit: int) -> int:
        """Bring everything of a channel up to what it is now, in one go unless there is too much of it."""
        rows = chain(
            self._followed_decisions(tenant_id, change),
            self._followed_judgements(tenant_id, change),
            self._followed_history(tenant_id, change),
            self._followed_messages(tenant_id, change),
        )
        return sum(1 for _ in islice(rows, limit))

    def _in_channel(self, decision: Decision, change: ChannelChanged) -> Decision:
        cited = {receipt.ts for receipt in decision.evidence}
        channels = {change.channel, change.now}
        said = self._stores.messages.since(decision.tenant_id, EVER)
        return decision.in_channel(change, [m for m in said if m.channel in channels and m.ts in cited])

    def _followed_decisions(self, tenant_id: TenantId, change: ChannelChanged) -> Iterator[None]:
        decisions = self._stores.decisions._decisions
        for key, before in list(decisions.items()):
            mine = (before.tenant_id, before.subject.channel) == (tenant_id, change.channel)
            if mine and (after := self._in_channel(before, change)) != before:
                decisions[key] = after.model_copy(update={"version": before.version + 1})
                yield

    def _followed_judgements(self, tenant_id: TenantId, change: ChannelChanged) -> Iterator[None]:
        stores = self._stores
        before, now = f"{change.channel}:", f"{change.now or change.channel}:"
        verdicts = stores.conversations._verdicts
        for key, verdict in list(verdicts.items()):
            if key[0] == tenant_id and key[1].startswith(before):
                del verdicts[key]
                followed = [self._in_channel(decision, change) for decision in verdict]
                verdicts[tenant_id, key[1].replace(before, now, 1), key[2]] = followed
                if change.now or followed != verdict:
                    yield
        if change.now is None:
            return
        moved = {key for key in stores.conversations._judged if key[0] == tenant_id and key[1].startswith(before)}
        stores.conversations._judged -= moved
        stores.conversations._judged |= {(tenant_id, key[1].replace(before, now, 1), key[2]) for key in moved}
        kept: tuple[tuple[dict[Any, Any], str], ...] = ((stores.cards._ts, ""), (stores.outbox._began, "card|"))
        for rows, prefix in kept:
            for owner, name in [key for key in rows if key[0] == tenant_id and key[1].startswith(prefix + before)]:
                rows.setdefault((owner, name.replace(before, now, 1)), rows.pop((owner, name)))
                yield

    def _followed_history(self, tenant_id: TenantId, change: ChannelChanged) -> Iterator[None]:
        heard = self._stores.history._heard
        for key, known in list(heard.items()):
            if key[0] == tenant_id and (after := followed(known, change)) != known:
                heard[key] = after
                yield
        confirmed = self._stores.history._confirmed
        if (matches := followed(confirmed.get(tenant_id, []), change)) != confirmed.get(tenant_id, []):
            confirmed[tenant_id] = matches
            yield

    def _followed_messages(self, tenant_id: TenantId, change: ChannelChanged) -> Iterator[None]:
        messages = self._stores.messages._messages
        for key, before in list(messages.items()):
            if key[:2] == (tenant_id, change.channel):
                now = change.now or change.channel
                after = before.in_channel(now, private=change.private, outside=change.outside)
                if after != before:
                    del messages[key]
                    messages.setdefault((tenant_id, now, *key[2:]), after)
                    yield

    def erase(self, tenant_id: TenantId) -> int:
        """Delete everything; a connection counts twice, for its claim, as does an outside id."""
        outside_ids = sum(key[0] == tenant_id for key in self._stores.outside_ids._claims)
        claims = len(self._stores.connections.all(tenant_id)) + outside_ids
        stores = (getattr(self._stores, store.name) for store in fields(self._stores))
        kept = (content for store in stores for content in vars(store).values() if isinstance(content, dict | set))
        return claims + sum(_erased(content, tenant_id) for content in kept)

    def _store(self, tenant_id: TenantId, item: Portable) -> None:
        stores = self._stores
        match item:
            case Tenant(name=name, settings=settings):
                tenant = stores.tenants.get(tenant_id)
                stores.tenants.replace(tenant.model_copy(update={"name": name, "settings": settings}), before=tenant)
                stores.connection_states.adapt(tenant_id, settings)
            case Member():
                stores.directory.put_members(tenant_id, [item])
            case Team():
                stores.directory.put_teams(tenant_id, [item])
            case Ticket():
                stores.tickets.put(tenant_id, item, brought=True)
            case Message():
                stores.messages.record(tenant_id, item, keep_days=1)
            case Decision():
                stores.decisions.save(item)
            case Subscription():
                stores.subscriptions.put(tenant_id, item)
            case _:
                assert_never(item)


def _erased(content: dict[Any, Any] | set[Any], tenant_id: TenantId) -> int:
    """Forget what stands under the tenant, whose id comes first in every key."""
    mine = [key for key in content if tenant_id in {key, key[0]}]
    for key in mine:
        if isinstance(content, dict):
            del content[key]
        else:
            content.remove(key)
    return len(mine)
