"""What one piece of work carries, so that ports do not travel one by one.

A use case is a function of `(input, unit)`; pure helpers take values, and the domain never sees a unit. Whatever takes
long to make, or may fail to, is made when it is first asked for.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager
    from datetime import datetime

    from pm_assistant.domain.errors import ProductError
    from pm_assistant.domain.experiments import Variant
    from pm_assistant.domain.tenants import CalendarProvider, Credentials, Grantor, Provider, TenantId
    from pm_assistant.domain.vendors import Role, VendorProfile
    from pm_assistant.ports.accounts import (
        Accounts,
        ApiKeys,
        AuditTrail,
        BrowserSessions,
        IdempotencyKeys,
        Invitations,
        RateLimiter,
        Sessions,
        Users,
        Verifier,
    )
    from pm_assistant.ports.autonomy import Calibrations, TrackRecords
    from pm_assistant.ports.billing import Payments, Quotas
    from pm_assistant.ports.code import Code
    from pm_assistant.ports.connections import CalendarConnections, Connections, ConnectionStates, OAuthStates, Vault
    from pm_assistant.ports.experiments import Experiments
    from pm_assistant.ports.finetuning import FineTuning
    from pm_assistant.ports.flow import Flow
    from pm_assistant.ports.health import Healths, StageMetrics
    from pm_assistant.ports.jobs import Jobs
    from pm_assistant.ports.outside_ids import OutsideIds
    from pm_assistant.ports.pipeline import (
        Cards,
        ConversationHistory,
        Conversations,
        Decisions,
        Index,
        Messages,
        Tickets,
    )
    from pm_assistant.ports.planning import Planning
    from pm_assistant.ports.platform import KeptMessages, Leases, Outbox, Queue
    from pm_assistant.ports.readings import Readings
    from pm_assistant.ports.reports import (
        Deliveries,
        Mailer,
        MailRecords,
        ReportAnswersStore,
        Schedules,
        Subscriptions,
    )
    from pm_assistant.ports.spending import ModelMonths
    from pm_assistant.ports.surfaces import Homes
    from pm_assistant.ports.tenants import Archives, Directory, Partition, Tenants
    from pm_assistant.ports.vendors import (
        Analyst,
        Calendar,
        Chat,
        CodeHost,
        OAuthApp,
        Redelivery,
        Tracker,
        WebhookSource,
        Writer,
    )

LEASE = timedelta(seconds=90)
"""How long a lease lasts: longer than a function of a minute may run, so that it never ends under its holder."""


class Stores(Protocol):
    """All of the product's own data, on one table."""

    @property
    def tenants(self) -> Tenants: ...

    @property
    def connections(self) -> Connections: ...

    @property
    def connection_states(self) -> ConnectionStates: ...

    @property
    def calendars(self) -> CalendarConnections: ...

    @property
    def leases(self) -> Leases: ...

    @property
    def oauth_states(self) -> OAuthStates: ...

    @property
    def accounts(self) -> Accounts: ...

    @property
    def invitations(self) -> Invitations: ...

    @property
    def api_keys(self) -> ApiKeys: ...

    @property
    def browser_sessions(self) -> BrowserSessions: ...

    @property
    def audit(self) -> AuditTrail: ...

    @property
    def rate_limiter(self) -> RateLimiter: ...

    @property
    def idempotency_keys(self) -> IdempotencyKeys: ...

    @property
    def directory(self) -> Directory: ...

    @property
    def messages(self) -> Messages: ...

    @property
    def conversations(self) -> Conversations: ...

    @property
    def history(self) -> ConversationHistory: ...

    @property
    def cards(self) -> Cards: ...

    @property
    def homes(self) -> Homes: ...

    @property
    def tickets(self) -> Tickets: ...

    @property
    def code(self) -> Code: ...

    @property
    def planning(self) -> Planning: ...

    @property
    def index(self) -> Index: ...

    @property
    def decisions(self) -> Decisions: ...

    @property
    def track_records(self) -> TrackRecords: ...

    @property
    def calibrations(self) -> Calibrations: ...

    @property
    def subscriptions(self) -> Subscriptions: ...

    @property
    def jobs(self) -> Jobs: ...

    @property
    def healths(self) -> Healths: ...

    @property
    def readings(self) -> Readings: ...

    @property
    def experiments(self) -> Experiments: ...

    @property
    def flow(self) -> Flow: ...

    @property
    def deliveries(self) -> Deliveries: ...

    @property
    def report_answers(self) -> ReportAnswersStore: ...

    @property
    def outbox(self) -> Outbox: ...

    @property
    def kept_messages(self) -> KeptMessages: ...

    @property
    def mail(self) -> MailRecords: ...

    @property
    def model_months(self) -> ModelMonths: ...

    @property
    def quotas(self) -> Quotas: ...

    @property
    def outside_ids(self) -> OutsideIds: ...

    @property
    def partition(self) -> Partition: ...


class Queues(Protocol):
    """The queue in front of each stage."""

    @property
    def events(self) -> Queue: ...

    @property
    def actions(self) -> Queue: ...

    @property
    def reports(self) -> Queue: ...

    @property
    def jobs(self) -> Queue: ...

    @property
    def billing(self) -> Queue: ...


class Application(Protocol):
    """What work needs that is not a tenant's yet, such as registering, or coming back from a vendor."""

    @property
    def stores(self) -> Stores: ...

    @property
    def queues(self) -> Queues: ...

    @property
    def schedules(self) -> Schedules: ...

    @property
    def archives(self) -> Archives: ...

    @property
    def stage_metrics(self) -> StageMetrics: ...

    @property
    def mailer(self) -> Mailer: ...

    @property
    def users(self) -> Users: ...

    @property
    def sessions(self) -> Sessions: ...

    @property
    def verifier(self) -> Verifier: ...

    @property
    def vault(self) -> Vault: ...

    @property
    def offline_analyst(self) -> Analyst:
        """Who judges without a model, whoever else does."""
        ...

    @property
    def fine_tuning(self) -> FineTuning:
        """Who trains the model that judges.

        Raises:
            NotFound: no model judges here.
        """
        ...

    @property
    def payments(self) -> Payments:
        """Who takes the money.

        Raises:
            NotFound: nothing is sold here.
        """
        ...

    @property
    def model_budget_dollars(self) -> float | None:
        """What the model may cost a tenant in a month that has not said otherwise; None where nothing limits it."""
        ...

    @property
    def vendors(self) -> Mapping[Provider, VendorProfile]:
        """What there is to know of each vendor."""
        ...

    @property
    def burst_gap_seconds(self) -> float:
        """How long a pause in a channel ends a burst."""
        ...

    @property
    def public_url(self) -> str:
        """Where people and vendors reach us, without a trailing slash."""
        ...

    def oauth_app(self, provider: Grantor) -> OAuthApp:
        """Our app at a vendor.

        Raises:
            NotFound: we have none there.
        """
        ...

    def has_app(self, provider: Grantor) -> bool:
        """Whether we have an app at a vendor."""
        ...

    def calendar(self, provider: CalendarProvider, credentials: Credentials) -> Calendar:
        """The calendar of the person whose credentials these are."""
        ...

    def redelivery(self, provider: Provider) -> Redelivery:
        """What a vendor could not tell our app.

        Raises:
            NotFound: we have no app there, or it tries again by itself.
        """
        ...

    def webhook_source(self, provider: Provider) -> WebhookSource:
        """The reader of a vendor's webhooks."""
        ...

    def unit(self, tenant_id: TenantId) -> Unit:
        """The same for one tenant."""
        ...

    def alarm_if_ours(self, error: ProductError) -> None:
        """Let whoever operates the service know of an error that work goes on without, where it is our own fault."""
        ...

    def side_by_side(self) -> AbstractContextManager[Executor]:
        """Have several reads made at the same time that do not wait for each other; none goes on behind the block."""
        ...

    def now(self) -> datetime:
        """The time, with a zone."""
        ...

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        ...


class Unit(Application, Protocol):
    """One piece of work for one tenant."""

    @property
    def tenant_id(self) -> TenantId: ...

    @property
    def analyst(self) -> Analyst:
        """Who judges."""
        ...

    @property
    def writer(self) -> Writer | None:
        """Who words reports; None where no model does.

        Raises:
            Misconfigured: the model's key is not set.
        """
        ...

    def analyst_as(self, variant: Variant) -> Analyst:
        """Who judges where a variant names a prompt or a model; else whoever judges anyway."""
        ...

    @property
    def chat(self) -> Chat:
        """Where the tenant talks.

        Raises:
            NotConnected: the tenant has not connected one.
            AccessRevoked: the connection is broken.
        """
        ...

    @property
    def tracker(self) -> Tracker:
        """Where the tenant plans.

        Raises:
            NotConnected: the tenant has not connected one.
            AccessRevoked: the connection is broken.
        """
        ...

    @property
    def code_host(self) -> CodeHost:
        """Where the tenant builds.

        Raises:
            NotConnected: the tenant has not connected one.
            AccessRevoked: the connection is broken.
        """
        ...

    def provider(self, role: Role) -> Provider:
        """The vendor that plays a role for the tenant; while none that can is connected, the one that would."""
        ...

    def lease(self, key: str, *, lasts: timedelta) -> AbstractContextManager[None]:
        """Be the only one at work on something of the tenant's; `lasts` is longer than the work may take.

        Raises:
            Contention: another is at work on it; repeat.
        """
        ...

    def noticing_loss(self) -> AbstractContextManager[None]:
        """Mark a connection as broken if its vendor refuses the tenant's credentials meanwhile.

        The error goes on its way all the same. A unit is opened in such a block; another is for whoever would catch the
        error inside it.

        Raises:
            UpstreamUnavailable: refused was what has been replaced meanwhile; repeat with what there is now.
        """
        ...
