"""A unit of work in memory: what use cases are given in tests."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pm_assistant.domain.errors import AccessRevoked, Misconfigured, NotFound, ProductError
from pm_assistant.domain.experiments import Variant
from pm_assistant.domain.tenants import CalendarProvider, Credentials, Grantor, Provider, TenantId
from pm_assistant.domain.vendors import Role, VendorProfile
from pm_assistant.integrations.vendors import VENDORS
from pm_assistant.ports.vendors import OAuthApp, Redelivery, WebhookSource, Writer
from tests.builders import ACME, NOW
from tests.fakes.accounts import FakeMailer, FakeSessions, FakeUsers, FakeVerifier
from tests.fakes.aws import FakeArchives, FakeQueue, FakeSchedules, FakeStageMetrics, FakeVault
from tests.fakes.billing import FakePayments
from tests.fakes.calendars import FakeCalendar
from tests.fakes.code_host import FakeCodeHost
from tests.fakes.finetuning import FakeFineTuning
from tests.fakes.stores import FakeStores
from tests.fakes.vendors import FakeAnalyst, FakeChat, FakeTracker


@dataclass
class FakeQueues:
    """One in front of each stage."""

    events: FakeQueue = field(default_factory=FakeQueue)
    actions: FakeQueue = field(default_factory=FakeQueue)
    reports: FakeQueue = field(default_factory=FakeQueue)
    jobs: FakeQueue = field(default_factory=FakeQueue)
    billing: FakeQueue = field(default_factory=FakeQueue)


class OneByOne(Executor):
    """Does at once what it is given."""

    def submit[**P, T](self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Do it."""
        done: Future[T] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:
            done.set_exception(error)
        return done


class FakeApplication:
    """One of each; time stands still until somebody waits or sets `at`.

    Attributes:
        at: what time it is.
        waits: how long was waited, in seconds, each time.
        webhook_sources: who reads which vendor's webhooks.
        oauth_apps: our apps at vendors, or why there is none.
        own_calendar: what everybody has entered who has connected one.
        redeliveries: what vendors could not tell us, of those that do not try again.
        alarms: what operators were told to mend.
        variants: who judges where an experiment's side names a model or a prompt, by that name.
    """

    def __init__(self, *, stores: FakeStores | None = None, at: datetime = NOW) -> None:
        self.at = at
        self.waits: list[float] = []
        self.stores = stores or FakeStores()
        self.queues = FakeQueues()
        self.schedules = FakeSchedules()
        self.archives = FakeArchives()
        self.stage_metrics = FakeStageMetrics()
        self.mailer = FakeMailer()
        self.users = FakeUsers()
        self.sessions = FakeSessions(self.users, self.now)
        self.verifier = FakeVerifier()
        self.vault = FakeVault()
        self.analyst, self.offline_analyst = FakeAnalyst(), FakeAnalyst()
        self.writer: Writer | None = None
        self.variants: dict[str, FakeAnalyst] = {}
        self.fine_tuning = FakeFineTuning()
        self.payments = FakePayments()
        self.webhook_sources: dict[Provider, WebhookSource] = {}
        self.oauth_apps: dict[Grantor, OAuthApp | ProductError] = {}
        self.own_calendar = FakeCalendar()
        self.redeliveries: dict[Provider, Redelivery] = {}
        self.vendors: Mapping[Provider, VendorProfile] = VENDORS
        self.burst_gap_seconds = 120.0
        self.model_budget_dollars: float | None = None
        self.public_url = "https://api.pm.test"
        self.alarms: list[str] = []

    def analyst_as(self, variant: Variant) -> FakeAnalyst:
        """Whoever is known by the name of the variant's model or prompt."""
        return self.variants.get(variant.model or variant.prompt or "", self.analyst)

    def has_app(self, provider: Grantor) -> bool:
        """Whether we have an app at a vendor."""
        return not isinstance(self.oauth_apps.get(provider, NotFound("none")), NotFound)

    def alarm_if_ours(self, error: ProductError) -> None:
        """Note what is to be mended."""
        if isinstance(error, Misconfigured):
            self.alarms.append(str(error))

    def calendar(self, provider: CalendarProvider, credentials: Credentials) -> FakeCalendar:
        """The one calendar that there is, for whom its vendor lets in."""
        return self.own_calendar

    def oauth_app(self, provider: Grantor) -> OAuthApp:
        """Our app at a vendor."""
        app = self.oauth_apps.get(provider, NotFound(f"no {provider} app"))
        if isinstance(app, ProductError):
            raise app
        return app

    def redelivery(self, provider: Provider) -> Redelivery:
        """What a vendor could not tell us."""
        if provider not in self.redeliveries:
            raise NotFound(f"{provider} sends again by itself")
        return self.redeliveries[provider]

    def webhook_source(self, provider: Provider) -> WebhookSource:
        """The reader of a vendor's webhooks."""
        return self.webhook_sources[provider]

    def unit(self, tenant_id: TenantId) -> "FakeUnit":
        """The same for one tenant."""
        bound = FakeUnit(tenant_id)
        vars(bound).update(vars(self))
        bound.tenant_id = tenant_id
        return bound

    def side_by_side(self) -> AbstractContextManager[Executor]:
        """One after the other."""
        return OneByOne()

    def now(self) -> datetime:
        """The time."""
        return self.at

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.waits.append(seconds)
        self.at += timedelta(seconds=seconds)


class FakeUnit(FakeApplication):
    """The same for one tenant, which has a chat, a tracker and a code host; `failing` says why one is not there.

    Attributes:
        losses: the errors that a connection would have been marked for.
    """

    def __init__(self, tenant_id: TenantId = ACME, *, stores: FakeStores | None = None, at: datetime = NOW) -> None:
        super().__init__(stores=stores, at=at)
        self.tenant_id = tenant_id
        self.failing: dict[str, ProductError] = {}
        self.losses: list[AccessRevoked] = []
        self._chat, self._tracker = FakeChat(clock=self.now), FakeTracker()
        self._code_host = FakeCodeHost(clock=self.now)

    @property
    def chat(self) -> FakeChat:
        """Where the tenant talks."""
        if "chat" in self.failing:
            raise self.failing["chat"]
        return self._chat

    @chat.setter
    def chat(self, chat: FakeChat) -> None:
        chat.clock = self.now
        self._chat = chat

    @property
    def tracker(self) -> FakeTracker:
        """Where the tenant plans."""
        if "tracker" in self.failing:
            raise self.failing["tracker"]
        return self._tracker

    @tracker.setter
    def tracker(self, tracker: FakeTracker) -> None:
        self._tracker = tracker

    @property
    def code_host(self) -> FakeCodeHost:
        """Where the tenant builds."""
        if "code_host" in self.failing:
            raise self.failing["code_host"]
        return self._code_host

    @code_host.setter
    def code_host(self, code_host: FakeCodeHost) -> None:
        code_host.clock = self.now
        self._code_host = code_host

    def provider(self, role: Role) -> Provider:
        """The vendor that plays a role."""
        return next(vendor.provider for vendor in self.vendors.values() if role in vendor.roles)

    def lease(self, key: str, *, lasts: timedelta) -> AbstractContextManager[None]:
        """Be the only one at work on something."""
        return self.stores.leases.hold(self.tenant_id, key, now=self.now(), until=self.now() + lasts)

    @contextmanager
    def noticing_loss(self) -> Iterator[None]:
        """Note a loss of access."""
        try:
            yield
        except AccessRevoked as error:
            self.losses.append(error)
            raise
