"""The unit of work that functions hand to use cases: real adapters, each made when it is first asked for.

What an adapter needs to know stands in one group of settings; a function has the groups of the adapters it uses.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from pm_assistant.domain import causes
from pm_assistant.domain.errors import AccessRevoked, Misconfigured, NotFound, ProductError
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.workspaces import CalendarProvider, Credentials, Grantor, Provider, TenantId
from pm_assistant.integrations.vendor import Vendor
from pm_assistant.integrations.vendors import VENDORS
from pm_assistant.runtime import wiring
from pm_assistant.runtime.logs import logger
from pm_assistant.runtime.settings import (
    AnalystSettings,
    ArchiveSettings,
    BudgetSettings,
    ConversationSettings,
    IndexSettings,
    MailSettings,
    ModelSettings,
    PaymentSettings,
    PublicSettings,
    QueueSettings,
    ScheduleSettings,
    SecretSettings,
    StoreSettings,
    TokenSettings,
    UserSettings,
    VendorSettings,
    WatchSettings,
    WorkerSettings,
)

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from pm_assistant.aws.schedules import SchedulerSchedules
    from pm_assistant.domain.experiments import Variant
    from pm_assistant.domain.model import Model
    from pm_assistant.domain.workspaces import Connection
    from pm_assistant.ports.accounts import Sessions, Users, Verifier
    from pm_assistant.ports.billing import Payments
    from pm_assistant.ports.connections import Vault
    from pm_assistant.ports.finetuning import FineTuning
    from pm_assistant.ports.health import StageMetrics
    from pm_assistant.ports.platform import Queue
    from pm_assistant.ports.reports import Mailer
    from pm_assistant.ports.tenants import Archives
    from pm_assistant.ports.unit import Stores
    from pm_assistant.ports.vendors import (
        Analyst,
        Calendar,
        Chat,
        CodeHost,
        OAuthApp,
        Redelivery,
        Tracker,
        Watch,
        WebhookSource,
        Writer,
    )


class AwsQueues:
    """The queues whose addresses a function was told (`Queues`)."""

    def __init__(self, settings: QueueSettings) -> None:
        self._settings = settings

    @property
    def events(self) -> "Queue":
        """In front of `analyze`."""
        return wiring.queue(_required(self._settings.events_queue_url, "EVENTS_QUEUE_URL"))

    @property
    def actions(self) -> "Queue":
        """In front of `act`."""
        return self._queue(_required(self._settings.actions_queue_url, "ACTIONS_QUEUE_URL"))

    @property
    def reports(self) -> "Queue":
        """In front of `report`."""
        return wiring.queue(_required(self._settings.reports_queue_url, "REPORTS_QUEUE_URL"))

    @property
    def jobs(self) -> "Queue":
        """In front of `run`."""
        return wiring.queue(_required(self._settings.jobs_queue_url, "JOBS_QUEUE_URL"))

    @property
    def billing(self) -> "Queue":
        """In front of `bill`."""
        return wiring.queue(_required(self._settings.billing_queue_url, "BILLING_QUEUE_URL"))

    def _queue(self, url: str) -> "Queue":
        """A queue; a function's own can hold messages back for long."""
        worker = self._settings
        if isinstance(worker, WorkerSettings) and worker.source_queue_url == url:
            return wiring.source_queue(worker)
        return wiring.queue(url)


class AwsApplication:
    """What work of no tenant uses (`Application`).

    Args:
        settings: the function's own.
        public_url: where we are reached, where the settings do not say.
    """

    def __init__(self, settings: StoreSettings, *, public_url: str | None = None) -> None:
        self._settings = settings
        self._public_url = public_url

    @property
    def stores(self) -> "Stores":
        """All stores."""
        index_cache_mb = self._settings.index_cache_mb if isinstance(self._settings, IndexSettings) else None
        return wiring.stores(self._settings.table_name, index_cache_mb=index_cache_mb)

    @cached_property
    def queues(self) -> AwsQueues:
        """The queues."""
        return AwsQueues(self._group(QueueSettings))

    @property
    def schedules(self) -> "SchedulerSchedules":
        """The clockwork."""
        queues = self._group(QueueSettings)
        return wiring.schedules(
            self._group(ScheduleSettings),
            _required(queues.reports_queue_url, "REPORTS_QUEUE_URL"),
            _required(queues.jobs_queue_url, "JOBS_QUEUE_URL"),
        )

    @property
    def archives(self) -> "Archives":
        """Files that come from or go to people."""
        return wiring.archives(self._group(ArchiveSettings).archives_bucket)

    @property
    def stage_metrics(self) -> "StageMetrics":
        """What is measured of queues and functions."""
        settings = self._group(WatchSettings)
        return wiring.stage_metrics(settings.watched_queues, settings.watched_functions)

    @property
    def mailer(self) -> "Mailer":
        """Who sends e-mail."""
        settings = self._group(MailSettings)
        return wiring.mailer(settings.mail_from, settings.mail_set)

    @property
    def users(self) -> "Users":
        """The directory of people who can log in."""
        pool = self._group(UserSettings)
        return wiring.users(pool.user_pool_id, pool.client_id, self._known_url)

    @property
    def sessions(self) -> "Sessions":
        """Logging in and out."""
        pool = self._group(UserSettings)
        return wiring.sessions(pool.user_pool_id, pool.client_id)

    @property
    def verifier(self) -> "Verifier":
        """Who tells genuine id tokens from others."""
        tokens = self._group(TokenSettings)
        return wiring.verifier(tokens.issuer, tokens.jwks_url, tokens.client_id)

    @property
    def vault(self) -> "Vault":
        """The sealer of tenants' credentials."""
        return wiring.vault(self._group(VendorSettings).kms_key_id)

    @property
    def offline_analyst(self) -> "Analyst":
        """Who judges without a model."""
        return wiring.offline_analyst()

    @property
    def fine_tuning(self) -> "FineTuning":
        """Who trains the model that judges."""
        return wiring.fine_tuning(self._group(AnalystSettings))

    @property
    def payments(self) -> "Payments":
        """Who takes the money."""
        if not isinstance(self._settings, PaymentSettings):
            raise NotFound("nothing is sold here")
        return wiring.payments(self._settings)

    @property
    def model_budget_dollars(self) -> float | None:
        """What the model may cost a tenant in a month that has not said otherwise."""
        return self._group(BudgetSettings).model_budget_dollars

    @property
    def vendors(self) -> Mapping[Provider, Vendor]:
        """The vendors there are."""
        return VENDORS

    @property
    def burst_gap_seconds(self) -> float:
        """How long a pause in a channel ends a burst."""
        return self._group(ConversationSettings).burst_gap_seconds

    @property
    def public_url(self) -> str:
        """Where people and vendors reach us."""
        return _required(self._known_url, "PUBLIC_URL")

    @property
    def _known_url(self) -> str | None:
        """The same; None where neither the settings nor a request say."""
        told = self._settings.public_url if isinstance(self._settings, PublicSettings) else None
        return told or self._public_url

    def oauth_app(self, provider: Grantor) -> "OAuthApp":
        """Our app at a vendor; its secrets are looked up each time, so that they can be rotated."""
        return wiring.oauth_app(provider, self._group(VendorSettings))

    def has_app(self, provider: Grantor) -> bool:
        """Whether we have an app at a vendor."""
        return wiring.is_registered(provider, self._group(VendorSettings))

    def alarm_if_ours(self, error: ProductError) -> None:
        """Write what is to be mended into the log, at the level that raises an alarm."""
        if isinstance(error, Misconfigured):
            logger().error("gone on without", extra={"error": type(error).__name__, "cause": str(error)})

    def calendar(self, provider: CalendarProvider, credentials: Credentials) -> "Calendar":
        """The calendar of the person whose credentials these are."""
        token = credentials.access_token.get_secret_value()
        return wiring.calendar(provider, token, self._group(VendorSettings))

    def redelivery(self, provider: Provider) -> "Redelivery":
        """What a vendor could not tell our app."""
        return wiring.redelivery(provider, self._group(VendorSettings))

    def webhook_source(self, provider: Provider) -> "WebhookSource":
        """The reader of a vendor's webhooks; its secret is looked up each time, so that it can be rotated."""
        return wiring.webhook_source(provider, self._group(SecretSettings).secrets_prefix)

    def unit(self, tenant_id: TenantId) -> "AwsUnit":
        """The same for one tenant."""
        return AwsUnit(self._settings, tenant_id, public_url=self._public_url)

    def side_by_side(self) -> "AbstractContextManager[Executor]":
        """Have several reads made at the same time, by the threads that the container keeps for that."""
        from pm_assistant.runtime.reads import side_by_side

        return side_by_side()

    def now(self) -> datetime:
        """The time, in UTC."""
        return datetime.now(UTC)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        time.sleep(seconds)

    def _group[S: Model](self, group: type[S]) -> S:
        if not isinstance(self._settings, group):
            raise TypeError(f"{type(self._settings).__name__} has no {group.__name__}")
        return self._settings


class AwsUnit(AwsApplication):
    """What work of one tenant uses (`Unit`); it holds the tenant's tokens, so it ends with the work.

    Attributes:
        used_connections: of each vendor the connection with whose credentials it was asked last.
    """

    def __init__(self, settings: StoreSettings, tenant_id: TenantId, *, public_url: str | None = None) -> None:
        super().__init__(settings, public_url=public_url)
        self.tenant_id = tenant_id
        self.used_connections: dict[Provider, Connection] = {}
        self._providers: dict[Role, Provider] = {}

    @cached_property
    def analyst(self) -> "Analyst":
        """Who judges: the model within the tenant's budget, or the rules that need no key."""
        settings = self._group(AnalystSettings)
        if settings.analyst == "offline":
            return self.offline_analyst
        from pm_assistant.workflows.pipeline.fallback import FallbackAnalyst

        return FallbackAnalyst(lambda: wiring.model(settings), self)

    @property
    def writer(self) -> "Writer | None":
        """Who words reports, where a model does anything."""
        settings = self._group(ModelSettings)
        return None if settings.analyst == "offline" else wiring.writer(settings)

    def analyst_as(self, variant: "Variant") -> "Analyst":
        """Who judges where a variant names a prompt or a model, which none does where no model judges."""
        from pm_assistant.workflows.pipeline.fallback import FallbackAnalyst

        analyst = self.analyst
        if isinstance(analyst, FallbackAnalyst):
            return analyst.tuned(prompt=variant.prompt, model=variant.model)
        return analyst

    @cached_property
    def chat(self) -> "Chat":
        """Where the tenant talks."""
        provider = self.provider(Role.CHAT)
        return wiring.chat(provider, self._token(provider), self._group(VendorSettings), self._watch(provider))

    @cached_property
    def tracker(self) -> "Tracker":
        """Where the tenant plans."""
        provider = self.provider(Role.TRACKER)
        return wiring.tracker(provider, self._token(provider), self._group(VendorSettings), self._watch(provider))

    @cached_property
    def code_host(self) -> "CodeHost":
        """Where the tenant builds."""
        provider = self.provider(Role.CODE_HOST)
        return wiring.code_host(provider, self._token(provider), self._group(VendorSettings), self._watch(provider))

    @property
    def mailer(self) -> "Mailer":
        """Who sends e-mail in the tenant's name: of what comes back SES says whose it was."""
        settings = self._group(MailSettings)
        return wiring.mailer(settings.mail_from, settings.mail_set).of(self.tenant_id)

    def provider(self, role: Role) -> Provider:
        """The vendor that plays a role for the tenant; read once at most, and not at all where only one can."""
        if role not in self._providers:
            capable = [vendor.provider for vendor in self.vendors.values() if role in vendor.roles]
            if len(capable) > 1:
                connected = {connection.provider for connection in self.stores.connections.all(self.tenant_id)}
                capable.sort(key=lambda provider: provider not in connected)
            self._providers[role] = capable[0]
        return self._providers[role]

    def lease(self, key: str, *, lasts: timedelta) -> AbstractContextManager[None]:
        """Be the only one at work on something of the tenant's."""
        now = self.now()
        return self.stores.leases.hold(self.tenant_id, key, now=now, until=now + lasts)

    @contextmanager
    def noticing_loss(self) -> Iterator[None]:
        """Mark a connection as broken if its vendor refuses the tenant's credentials meanwhile."""
        try:
            yield
        except AccessRevoked as error:
            if error.provider is not None:
                from pm_assistant.workflows.connections.health import mark_broken

                used = self.used_connections.get(error.provider)
                refused_credentials = used.sealed_credentials if used else None
                noticed_first = mark_broken(error.provider, str(error), self, refused=refused_credentials)
                details = {"tenant": self.tenant_id, "provider": error.provider, "noticed_first": noticed_first}
                logger().warning("access lost", extra=details)
            raise

    def _token(self, provider: Provider) -> str:
        """An access token, refreshed first if it is about to end; never to be kept or logged."""
        from pm_assistant.workflows.connections.credentials import get_credentials

        credentials = get_credentials(
            provider, self, on_use=lambda connection: self.used_connections.update({provider: connection})
        )
        return credentials.access_token.get_secret_value()

    def _watch(self, provider: Provider) -> "Watch":
        """Who notes how a vendor answers that is asked with the token."""
        from pm_assistant.workflows.connections.availability import ConnectionWatch

        return ConnectionWatch(self.used_connections[provider], self)


@contextmanager
def open_unit(settings: StoreSettings, tenant_id: TenantId, *, public_url: str | None = None) -> Iterator[AwsUnit]:
    """A unit of work: if a vendor refuses the tenant's credentials in it, the connection is marked as broken.

    The error goes on its way all the same: what was to be done has not been done.

    Raises:
        UpstreamUnavailable: refused was what has been replaced meanwhile; repeat with what there is now.
    """
    unit = AwsUnit(settings, tenant_id, public_url=public_url)
    with unit.noticing_loss():
        yield unit


def _required(value: str | None, name: str) -> str:
    if value is None:
        raise Misconfigured(causes.environment_lacks(name))
    return value
