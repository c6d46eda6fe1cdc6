"""Our product at the company: its own workflows and adapters, on stores in memory and queues in virtual time."""

import heapq
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from functions.run.app import STEPS
from infra.sandbox.core.state import Delivery
from pm_assistant.domain.decisions import ActionRequest
from pm_assistant.domain.errors import Conflict, RateLimited, UpstreamUnavailable
from pm_assistant.domain.events import EventEnvelope
from pm_assistant.domain.jobs import Job, JobDue, JobKind, JobState, Order
from pm_assistant.domain.tenants import Provider, TenantId
from pm_assistant.integrations.github.client import GitHubCodeHost
from pm_assistant.integrations.github.webhook import GitHubWebhook
from pm_assistant.integrations.linear.client import LinearTracker
from pm_assistant.integrations.linear.webhook import LinearWebhook
from pm_assistant.integrations.offline.analyst import OfflineAnalyst
from pm_assistant.integrations.slack.client import SlackChat
from pm_assistant.integrations.slack.webhook import SlackWebhook
from pm_assistant.workflows.jobs import run_step, start_job
from pm_assistant.workflows.pipeline.act import act
from pm_assistant.workflows.pipeline.analyze import analyze
from pm_assistant.workflows.pipeline.receive import receive
from tests.builders import ACME, TRUSTING, a_connection, a_tenant
from tests.fakes.unit import FakeUnit
from tests.infra.sandbox.running import SECRETS
from tests.replay.company import APP_USER, INSTALLATION, LINEAR_ORGANIZATION, SLACK_TEAM, TOKENS
from tests.replay.vendors import URL, Vendors

SETTLE = 60
MOST_RECEIVES = 6
AGAIN = timedelta(seconds=30)
NAMES = {
    Provider.SLACK: SLACK_TEAM,
    Provider.LINEAR: LINEAR_ORGANIZATION,
    Provider.GITHUB: str(INSTALLATION),
}
"""By what each vendor knows the company."""
_PASSING = (Conflict, RateLimited, UpstreamUnavailable)


@dataclass(order=True)
class _Letter:
    due_at: datetime
    number: int
    queue: str = field(compare=False)
    form: type[BaseModel] = field(compare=False)
    body: str = field(compare=False)
    receives: int = field(default=0, compare=False)


class Lines:
    """The queues in front of all stages, as one: what is due first is handed over first."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.letters: list[_Letter] = []
        self._numbers = itertools.count()

    def add(self, queue: str, message: BaseModel, delay: timedelta) -> None:
        """Enqueue, written down as it would be."""
        due_at = self.now() + delay
        letter = _Letter(due_at, next(self._numbers), queue, type(message), message.model_dump_json())
        heapq.heappush(self.letters, letter)


@dataclass
class Line:
    """The queue in front of one stage."""

    name: str
    lines: Lines

    def put(self, message: BaseModel, *, group: str, delay_seconds: int = 0) -> None:
        """Enqueue."""
        self.lines.add(self.name, message, timedelta(seconds=delay_seconds))


class Product(FakeUnit):
    """A tenant that has connected all three vendors, and trusts us with everything.

    Args:
        vendors: of the company.
    """

    def __init__(self, vendors: Vendors) -> None:
        super().__init__()
        self._vendors = vendors
        self.lines = Lines(self.now)
        self.queues = _Queues(self.lines)  # type: ignore[assignment]
        self.analyst = OfflineAnalyst()  # type: ignore[assignment]
        self.webhook_sources = {
            Provider.SLACK: SlackWebhook(SECRETS["slack_signing_secret"]),
            Provider.LINEAR: LinearWebhook(SECRETS["linear_webhook_secret"]),
            Provider.GITHUB: GitHubWebhook(SECRETS["github_webhook_secret"]),
        }
        self._slack = SlackChat(TOKENS[Provider.SLACK], f"{URL}/slack/api/")
        self._linear = LinearTracker(TOKENS[Provider.LINEAR], f"{URL}/linear/graphql", transport=vendors)
        self._github = GitHubCodeHost(
            TOKENS[Provider.GITHUB], f"{URL}/github/api", transport=vendors, clock=vendors.clock
        )

    def now(self) -> datetime:
        """The time, which is the vendors'."""
        return self._vendors.clock()

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self._vendors.clock.pass_by(seconds=seconds)

    def unit(self, tenant_id: TenantId) -> "Product":
        """There is one tenant."""
        assert tenant_id == ACME
        return self

    @property  # type: ignore[misc]
    def chat(self) -> Any:
        """Slack."""
        return self._slack

    @property  # type: ignore[misc]
    def tracker(self) -> Any:
        """Linear."""
        return self._linear

    @property  # type: ignore[misc]
    def code_host(self) -> Any:
        """GitHub."""
        return self._github

    def connect(self) -> None:
        """Connect all vendors and read them for the first time."""
        settings = TRUSTING.model_copy(update={"settle_seconds": SETTLE})
        self.stores.tenants.put(a_tenant(settings=settings))
        for provider, name in NAMES.items():
            us = self._vendors.world.organization.app.id if provider is Provider.LINEAR else APP_USER
            connection = a_connection(provider=provider, external_id=name, app_user_id=us)
            base_url = f"{URL}/{provider}/"
            self.stores.connections.put(connection.model_copy(update={"base_url": base_url, "settle_seconds": SETTLE}))
        self.run(Order(kind=JobKind.SYNC, dry_run=False))

    def receive(self, delivery: Delivery) -> None:
        """Take in what a vendor sends; whatever it may be, it is taken or dropped."""
        provider, request = self._vendors.signed(delivery)
        receive(provider, request, self)

    def run(self, *orders: Order) -> list[Job]:
        """Have jobs done, and what comes of them at once."""
        jobs = [start_job(order, self, asked_by="account:ana") for order in orders]
        self.work()
        after = [self.stores.jobs.get(ACME, job.id) for job in jobs]
        assert all(job.state is JobState.DONE for job in after), after
        return after

    def work(self, *, until: datetime | None = None) -> None:
        """Handle what is due by then, or all that there is, letting time pass."""
        letters, clock = self.lines.letters, self._vendors.clock
        with self._vendors.on_the_line():
            while letters and (until is None or letters[0].due_at <= until):
                letter = heapq.heappop(letters)
                clock.now = max(clock.now, letter.due_at)
                self._handle(letter)
        if until is not None:
            clock.now = max(clock.now, until)

    def _handle(self, letter: _Letter) -> None:
        letter.receives += 1
        try:
            _HANDLERS[letter.queue](letter.form.model_validate_json(letter.body), self)
        except _PASSING as error:
            if letter.receives == MOST_RECEIVES:
                raise
            after = timedelta(seconds=error.retry_after) if isinstance(error, RateLimited) else AGAIN
            letter.due_at = self.now() + after
            heapq.heappush(self.lines.letters, letter)


class _Queues:
    def __init__(self, lines: Lines) -> None:
        self.events, self.actions, self.reports, self.jobs = (Line(name, lines) for name in _HANDLERS)


def _events(message: BaseModel, product: Product) -> None:
    assert isinstance(message, EventEnvelope)
    analyze(message, product)


def _actions(message: BaseModel, product: Product) -> None:
    assert isinstance(message, ActionRequest)
    act(message, product)


def _reports(message: BaseModel, product: Product) -> None:
    """Nobody has asked for any."""


def _jobs(message: BaseModel, product: Product) -> None:
    assert isinstance(message, JobDue)
    run_step(message, STEPS, product)


_HANDLERS: Mapping[str, Callable[[BaseModel, Product], None]] = {
    "events": _events,
    "actions": _actions,
    "reports": _reports,
    "jobs": _jobs,
}
