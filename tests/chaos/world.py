"""A company, its vendors and our workers in memory, on a clock that only work and waiting move.

Queues are SQS as it is: a message that was received is out of sight for its visibility timeout and comes again unless
it was handled; after six times it is a dead letter. What is delivered goes through the functions' own handlers.
"""

import heapq
import itertools
import json
import random
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from pydantic import BaseModel, SecretStr

from functions.act import app as act_app
from functions.analyze import app as analyze_app
from functions.bill import app as bill_app
from functions.report import app as report_app
from functions.run import app as run_app
from pm_assistant.domain.accounts import Caller, Role, Scope
from pm_assistant.domain.actions import Comment, CreateTicket, MoveTicket
from pm_assistant.domain.answers import Scope as Muted
from pm_assistant.domain.connections import ConnectionNotice
from pm_assistant.domain.decisions import ActionRequest, Answer, Decision, Judgement
from pm_assistant.domain.due import DueNotice
from pm_assistant.domain.errors import (
    Conflict,
    InvalidRequest,
    NotFound,
    ProductError,
    Unauthenticated,
    UpstreamRejected,
)
from pm_assistant.domain.events import Dropped, EventEnvelope
from pm_assistant.domain.jobs import JobDue, JobKind, Order, RecurringDue
from pm_assistant.domain.reports import ReportDue
from pm_assistant.domain.tenants import Connection, Credentials, Grantor, Provider, TenantId
from pm_assistant.domain.vendors import Role as VendorRole
from pm_assistant.domain.webhooks import WebhookRequest
from pm_assistant.domain.work import Conversation, Message, Ticket
from pm_assistant.integrations.github.webhook import GitHubWebhook
from pm_assistant.integrations.linear.webhook import LinearWebhook
from pm_assistant.integrations.slack.webhook import SlackWebhook
from pm_assistant.ports.vendors import WebhookSource
from pm_assistant.runtime import wiring
from pm_assistant.runtime.logs import logger
from pm_assistant.runtime.unit import AwsUnit
from pm_assistant.workflows.jobs import start_job
from pm_assistant.workflows.pipeline.receive import receive
from tests.builders import (
    ACME,
    DOING,
    ENG,
    GLOBEX,
    NOW,
    a_connection,
    a_judgement,
    a_member,
    a_proposal,
    a_tenant,
    a_ticket,
    an_account,
)
from tests.chaos.faults import SETTLED, Bug, Fault, Killed, Kind, Proxy, Run, is_port
from tests.fakes.accounts import FakeSessions
from tests.fakes.aws import FakeSchedules
from tests.fakes.unit import FakeQueues, FakeUnit
from tests.fakes.vendors import FakeAnalyst, FakeChat, FakeOAuthApp, FakeTracker
from tests.integrations.signing import SECRET, github_signed, linear_event, slack_event, slack_form

MOST_RECEIVES = 6
VISIBILITY = {"events": 360, "actions": 360, "reports": 360, "jobs": 1800, "billing": 360}
"""Of the queues in template.yaml, in seconds."""
MOST_BYTES, LONGEST_DELAY = 1_048_576, 900
"""Of a message, and in seconds of its delay, as SQS has it (docs.aws.amazon.com/AWSSimpleQueueService, quotas)."""
MOST_OF_A_CHAIN = 16
"""Invocations of one function in one trace before Lambda stops it (docs.aws.amazon.com, invocation-recursion)."""
TEMPLATE = Path(__file__).parents[2] / "template.yaml"
HANDLERS: Mapping[str, Any] = {
    "events": analyze_app,
    "actions": act_app,
    "reports": report_app,
    "jobs": run_app,
    "billing": bill_app,
}
GOES_TO: Mapping[type[BaseModel], str] = {
    EventEnvelope: "events",
    ActionRequest: "actions",
    ReportDue: "reports",
    ConnectionNotice: "reports",
    DueNotice: "reports",
    JobDue: "jobs",
    RecurringDue: "jobs",
}
"""Which queue a schedule puts a message on."""
SLACK_COMES_AGAIN, LINEAR_COMES_AGAIN = (1, 60, 300), (61, 3_600, 21_600)
GITHUB_COMES_AGAIN = (600, 7_200, 86_400)
"""GitHub does not repeat by itself: somebody presses `Redeliver`."""
PEOPLE_COME_AGAIN = (20, 600, 3_600, 25_200, 90_000)
"""Seconds after which a person whose press or request failed tries again."""
MOST_DELIVERIES = 3_000
CHANNEL = "C0ENG"
ADA = Caller(tenant_id=ACME, kind="account", id="account-ada", name="ada@acme.test", scope=Scope.ADMIN)

type Script = Generator[Callable[[], object] | timedelta | None]


@dataclass
class Letter:
    """A message on a queue.

    Attributes:
        since: when it began to be tried, if it was sent anew.
        chain: how often each function has run in the trace that it was sent in.
    """

    body: str
    group: str
    visible_at: datetime
    id: str
    sent_at: datetime
    receives: int = 0
    first_received_at: datetime | None = None
    since: datetime | None = None
    chain: Counter[str] = field(default_factory=Counter)


@dataclass
class Hook:
    """What a vendor, or a person, wants us to take in.

    Attributes:
        taken: we have.
        lost: nobody tries any more.
        refused: we took it for a forgery, or could not read it.
    """

    what: str
    taken: bool = False
    lost: bool = False
    refused: bool = False


@dataclass(frozen=True)
class Said:
    """A message in Slack."""

    ts: str
    root_ts: str
    text: str


class SimQueue:
    """One queue with its dead letters; `parked` counts what ever became one, by its error."""

    def __init__(self, name: str, world: "World") -> None:
        self.name = name
        self.letters: list[Letter] = []
        self.dead: list[Letter] = []
        self.parked: Counter[str] = Counter()
        self._world = world
        self._numbers = itertools.count(1)

    def put(self, message: BaseModel, *, group: str, delay_seconds: int = 0) -> None:
        """Enqueue; a function's own queue has schedules for what has to wait long."""
        self.add(message.model_dump_json(), group, delay_seconds)

    def add(self, body: str, group: str, delay_seconds: float = 0) -> Letter:
        """Enqueue what has been written down; what waits for longer than SQS lets it comes by a schedule, untraced."""
        if len(body.encode()) > MOST_BYTES:
            raise UpstreamRejected("AWS answered SendMessage with InvalidParameterValue: the message is too long")
        sender = self._world.at_work[-1] if self._world.at_work else None
        is_scheduled = delay_seconds > LONGEST_DELAY
        if is_scheduled and (sender is None or sender[0] != self.name):
            raise UpstreamRejected("AWS answered SendMessage with InvalidParameterValue: DelaySeconds")
        visible_at = self._world.at + timedelta(seconds=delay_seconds)
        letter = Letter(body, group, visible_at, f"{self.name}-{next(self._numbers)}", self._world.at)
        letter.chain = Counter(sender[1]) if sender is not None and not is_scheduled else Counter()
        self.letters.append(letter)
        self._world.last_letter = (self, letter)
        return letter

    def postpone(self, receipt_handle: str, seconds: int) -> None:
        """Let a message come again later than its visibility timeout, or earlier."""
        for letter in self.letters:
            if letter.id == receipt_handle:
                letter.visible_at = self._world.at + timedelta(seconds=seconds)

    def put_again(self, body: str, *, group: str, since: datetime, after: timedelta) -> None:
        """Enqueue a message anew."""
        self.add(body, group, after.total_seconds()).since = since

    def park(self, body: str, *, group: str, error: str, **_: object) -> None:
        """Put a message to the dead letters."""
        self.dead.append(Letter(body, group, self._world.at, f"{self.name}-dead", self._world.at))
        self.parked[error] += 1


class SimSchedules(FakeSchedules):
    """Clockwork that strikes: whatever it holds once, under whatever name, goes onto its message's queue when due.

    Attributes:
        strikes: how often it strikes each time: Scheduler promises once at least.
        hours: what recurs, each time by itself.
    """

    def __init__(self) -> None:
        super().__init__()
        self.strikes = 1
        self.hours: list[tuple[RecurringDue, datetime]] = []

    def strike(self, now: datetime) -> Iterator[BaseModel]:
        """Take what is due by then."""
        for kept in list(vars(self).values()):
            for entry in list(kept.items() if isinstance(kept, dict) else kept if isinstance(kept, list) else ()):
                message, at = _due(entry)
                if message is not None and at is not None and at <= now:
                    if isinstance(kept, dict):
                        del kept[entry[0]]
                    else:
                        kept.remove(entry)
                    yield from [message] * self.strikes

    @property
    def next_at(self) -> datetime | None:
        """When something is due next."""
        held = [kept for kept in vars(self).values() if isinstance(kept, dict | list)]
        contents = [kept.items() if isinstance(kept, dict) else kept for kept in held]
        times = [at for kept in contents for message, at in map(_due, kept) if message is not None and at is not None]
        return min(times, default=None)


def _due(entry: Any) -> tuple[BaseModel | None, datetime | None]:
    """The message and the moment in something that a clockwork holds; a pair of strings names a job."""
    flat = [part for piece in entry for part in (piece if isinstance(piece, tuple) else (piece,))]
    at = next((part for part in flat if isinstance(part, datetime)), None)
    message = next((part for part in flat if type(part) in GOES_TO), None)
    if message is None and at is not None and len(flat) == 3:
        message = JobDue(tenant_id=flat[0], job_id=flat[1])
    return message, at


class ScriptedAnalyst(FakeAnalyst):
    """Does what messages say in braces: `{comment 1}`, `{move 2}`, `{create}`; with `?` it is not so sure.

    `{comment made}` is about the ticket that was made before.
    """

    def judge(self, conversation: Conversation, *, candidates: Sequence[Ticket], **_: Any) -> Judgement:
        """Read the orders."""
        orders: dict[str, list[Message]] = {}
        for message in conversation.undeleted_messages:
            for order in message.text.replace("}", "{").split("{")[1::2]:
                orders.setdefault(order, []).append(message)
        made = next((ticket.id for ticket in candidates if not ticket.id.startswith("ticket-")), "none")
        return a_judgement(*(_proposal(order, messages, made) for order, messages in orders.items()))


def _proposal(order: str, messages: list[Message], made: str) -> Any:
    verb, _, number = order.partition(" ")
    ticket_id = made if number == "made" else f"ticket-{number}"
    words = " ".join(message.text.partition("{")[0].strip() for message in messages)
    actions: dict[str, Comment | MoveTicket | CreateTicket] = {
        "comment": Comment(ticket_id=ticket_id, summary=words),
        "move": MoveTicket(ticket_id=ticket_id, to=DOING),
        "create": CreateTicket(title=words, description=words),
    }
    confidence = 0.7 if verb.endswith("?") else 0.95
    return a_proposal(actions[verb.rstrip("?")], *(m.id for m in messages), confidence=confidence)


class Worker(FakeUnit):
    """The world's ports for the length of one run, each behind a proxy; chat and tracker take credentials as on AWS."""

    noticing_loss: Any = AwsUnit.noticing_loss
    _token: Any = AwsUnit._token

    def __init__(self, run: Run, tenant_id: TenantId = ACME) -> None:
        ports = {name: Proxy(value, name, run) for name, value in vars(run.world.base).items() if is_port(value)}
        vars(self).update({**vars(run.world.base), **ports})
        self.tenant_id = tenant_id
        self.used_connections: dict[Provider, Connection] = {}
        self._run = run
        self._made: dict[str, Any] = {}

    @property  # type: ignore[misc]
    def chat(self) -> Any:
        """Where the tenant talks."""
        return self._bound("chat", VendorRole.CHAT)

    @property  # type: ignore[misc]
    def tracker(self) -> Any:
        """Where the tenant plans."""
        return self._bound("tracker", VendorRole.TRACKER)

    def _bound(self, name: str, role: VendorRole) -> Any:
        if name not in self._made:
            self._token(self.provider(role))
            self._made[name] = Proxy(getattr(self._run.world.base, f"_{name}"), name, self._run)
        return self._made[name]

    def oauth_app(self, provider: Grantor) -> Any:
        """Our app at a vendor."""
        return Proxy(super().oauth_app(provider), f"oauth.{provider}", self._run)

    def webhook_source(self, provider: Provider) -> Any:
        """The reader of a vendor's webhooks."""
        return self._run.call("secrets.webhook", lambda: self._run.world.base.webhook_sources[provider])

    def unit(self, tenant_id: TenantId) -> "Worker":
        """The same for one tenant."""
        return Worker(self._run, tenant_id)

    def now(self) -> datetime:
        """The time, as this worker's clock has it."""
        return self._run.world.at + self._run.skew

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        if self._run.dead:
            raise Killed
        self._run.world.at += timedelta(seconds=seconds)


@dataclass(order=True)
class _Happening:
    at: datetime
    number: int
    happen: Callable[[], object] = field(compare=False)


class World:
    """Everything, and what time it is.

    Attributes:
        at: the time.
        base: all ports as they are, for setting up and looking.
        calls: what was called so far, in order.
        fired: the faults that have come about, with the calls they befell.
        hooks: what was to be taken in.
        deleted: words of messages that people have deleted.
        crowded: whether all that is visible is taken at once, each message by a worker of its own.
        variant: which order of deliveries a path is to take.
        seen: what a script saw on its way, for its promise.
        notes: what people keep in mind between their steps, such as a link or a session.
        at_work: the functions that run right now, the innermost last, each with the chain of invocations it stands in.
        longest_chain: how often one function has run in one trace.
        jitter: what pauses are drawn from, so that messages that wait together come apart.
        others: what another tenant had at first.
        horizon: when we stop looking.
    """

    def __init__(self, *faults: Fault, seed: int | None = None, variant: int = 0) -> None:
        self.at = NOW
        self.horizon = NOW + timedelta(days=3)
        self.calls: list[str] = []
        self.fired: list[tuple[str, Kind]] = []
        self.hooks: list[Hook] = []
        self.deleted: list[str] = []
        self.crowded = False
        self.variant = variant
        self.seen: set[str] = set()
        self.notes: dict[str, Any] = {}
        self.at_work: list[tuple[str, Counter[str]]] = []
        self.deliveries = 0
        self.longest_chain = 0
        self.last_letter: tuple[SimQueue, Letter] | None = None
        self._faults = {fault.call: fault.kind for fault in faults}
        self._away: dict[str, datetime] = {}
        self._faulty: dict[str, datetime] = {}
        self._limits: dict[str, tuple[float, datetime]] = {}
        self._happenings: list[_Happening] = []
        self._numbers = itertools.count()
        self._random = random.Random(seed) if seed is not None else None  # noqa: S311  # a seed, not a secret
        self._script: Script = iter(())  # type: ignore[assignment]
        self.base = _furnished(self)
        self.others = self.of_others()
        self.jitter = random.Random(8)  # noqa: S311  # has to come out the same each time

    # What faults do

    def next_fault(self, name: str) -> Kind | None:
        """Count a call, and say what is to befall it."""
        self.calls.append(name)
        kind = self._faults.get(len(self.calls))
        if kind is not None:
            self.fired.append((name, kind))
        return kind

    def is_away(self, name: str) -> bool:
        """Whether the port of a call does not answer at the moment."""
        return bool(self._away) and self._away.get(name.split(".")[0], self.at) > self.at

    def take_away(self, port: str, lasts: timedelta) -> None:
        """Have a port not answer for a while."""
        self._away[port] = self.at + lasts

    def is_faulty(self, name: str) -> bool:
        """Whether a call meets a mistake of ours at the moment."""
        return bool(self._faulty) and self._faulty.get(name, self.at) > self.at

    def make_faulty(self, name: str, lasts: timedelta) -> None:
        """Have a call meet a mistake of ours for a while, as after a bad deployment."""
        self._faulty[name] = self.at + lasts

    def limit_of(self, name: str) -> float | None:
        """How long a vendor wants not to be asked, in seconds, where it is limiting us."""
        retry_after, until = self._limits.get(name.split(".")[0], (0.0, self.at))
        return retry_after if until > self.at else None

    def limit(self, port: str, *, retry_after: float, lasts: timedelta) -> None:
        """Have a vendor say for a while that it wants to be asked later."""
        self._limits[port] = (retry_after, self.at + lasts)

    def disturb_last_letter(self, *, doubled: bool) -> None:
        """Deliver what was put last twice, or late."""
        if self.last_letter is not None:
            queue, letter = self.last_letter
            letter.visible_at += timedelta(seconds=0 if doubled else 40)
            if doubled:
                queue.add(letter.body, letter.group, (letter.visible_at - self.at).total_seconds() + 3)

    def end_faults(self) -> None:
        """Have nothing go wrong any more."""
        self._faults.clear()
        self._away.clear()
        self._faulty.clear()
        self._limits.clear()

    def go_on_meanwhile(self) -> None:
        """Have everything go on around a worker that is held up: the next thing people do, and all other workers."""
        self.at += timedelta(milliseconds=1)
        next(self._script, None)
        self.run(before=self.at + SETTLED)

    def after_call(self, name: str) -> None:
        """Where it is crowded, have other workers take all that is visible while one has just begun."""
        if not self.crowded or name != "stores.leases.take":
            return
        self.crowded = False
        for queue in self.all_queues:
            for letter in [letter for letter in queue.letters if letter.visible_at <= self.at]:
                self.deliver(queue, [letter])
        self.crowded = True

    @property
    def befell(self) -> set[Kind]:
        """The kinds of fault that have come about."""
        return {kind for _, kind in self.fired}

    # What people and vendors do

    def later(self, seconds: float, happen: Callable[[], object]) -> None:
        """Have something happen."""
        moment = self.at + timedelta(seconds=seconds)
        heapq.heappush(self._happenings, _Happening(moment, next(self._numbers), happen))

    def say(self, text: str, *, below: Said | None = None) -> Said:
        """Say something in Slack."""
        said = self.spoken(text, below=below)
        self.deliver_said(said)
        return said

    def spoken(self, text: str, *, below: Said | None = None) -> Said:
        """Something said in Slack, of which we have not heard yet."""
        ts = f"{self.at.timestamp():.0f}.{next(self._numbers):06}"
        return Said(ts, below.root_ts if below else ts, text)

    def deliver_said(self, said: Said) -> None:
        """Slack tells of it."""
        self.from_slack("said", {"user": "U0ADA", **_message(said)})

    def edit(self, said: Said, text: str) -> None:
        """Say it otherwise."""
        edited = {"user": "U0ADA", "ts": f"{self.at.timestamp() + 1:.6f}"}
        after = {"user": "U0ADA", **_message(said), "text": text, "edited": edited}
        before = {"user": "U0ADA", **_message(said)}
        self.from_slack("edited", {"subtype": "message_changed", "message": after, "previous_message": before})

    def delete(self, said: Said, *, words: str) -> None:
        """Take it back; its words are not to be found with us any more."""
        before = {"user": "U0ADA", **_message(said)}
        gone = {"subtype": "message_deleted", "deleted_ts": said.ts, "previous_message": before}
        self.from_slack("deleted", gone)
        self.deleted.append(words)

    def from_slack(self, what: str, event: dict[str, Any]) -> None:
        """Have Slack post an event."""
        at = f"{self.at.timestamp():.6f}"
        event = {"type": "message", "channel": CHANNEL, "channel_type": "channel", "event_ts": at, "ts": at, **event}
        payload = {"type": "event_callback", "team_id": "slack-acme", "event_id": f"Ev{at}", "event": event}
        self._post(Provider.SLACK, what, lambda: slack_event(payload, self.at), SLACK_COMES_AGAIN)

    def from_linear(self, what: str, payload: dict[str, Any]) -> None:
        """Have Linear post an event; it repeats byte for byte, the time of its first attempt included."""
        sent = {"organizationId": "linear-acme", "createdAt": self.at.isoformat(), **payload}
        request = linear_event({**sent, "webhookTimestamp": int(self.at.timestamp() * 1000)})
        self._post(Provider.LINEAR, what, lambda: request, LINEAR_COMES_AGAIN)

    def from_github(self, what: str, event: str, payload: dict[str, Any]) -> None:
        """Have GitHub post an event."""
        request = github_signed(json.dumps(payload).encode(), event)
        self._post(Provider.GITHUB, what, lambda: request, GITHUB_COMES_AGAIN)

    def press(self, *, approve: bool, by: str = "U0ADA") -> None:
        """Have somebody press a button of the first card that asks; they come again if it does not work."""
        self.press_button("approve" if approve else "dismiss", lambda: self.questions, by=by)

    def press_button(self, verb: Answer, buttons: Callable[[], Sequence[str]], *, by: str = "U0ADA") -> None:
        """Have somebody press the first of these buttons, as soon as there is one."""
        self._press(lambda value: {"action_id": f"decision.{verb}", "value": value}, buttons, by)

    def mute(self, muted: Muted, *, by: str = "U0ADA") -> None:
        """Have somebody choose on the first card that asks what is not to be asked any more."""
        chosen = {"action_id": "decision.mute", "selected_option": {"value": muted}}
        self._press(lambda value: {**chosen, "block_id": f"decision|{value}"}, lambda: self.questions, by)

    def _press(
        self, element: Callable[[str], Mapping[str, object]], values: Callable[[], Sequence[str]], by: str
    ) -> None:
        def request() -> WebhookRequest:
            if not (there := values()):
                raise NotFound("there is no such button")
            action = element(there[0])
            pressed = {"type": "block_actions", "team": {"id": "slack-acme"}, "user": {"id": by}}
            return slack_form({"payload": json.dumps({**pressed, "actions": [action]})}, self.at)

        self._post(Provider.SLACK, "pressed", request, PEOPLE_COME_AGAIN)

    @property
    def questions(self) -> list[str]:
        """What cards ask, as `decision:revision`."""
        return self.buttons("approve")

    def buttons(self, verb: Answer) -> list[str]:
        """The values of all buttons of a kind on cards."""
        entries = (entry for card in self.chat.cards.values() for entry in card.entries)
        return [entry.awaits_answer for entry in entries if entry.awaits_answer and verb in entry.answers]

    def ask(self, what: str, request: Callable[[Worker], object], tenant_id: TenantId = ACME) -> Hook:
        """Have a person ask something of the API, and again as long as that fails."""
        return self._attempts(what, lambda run: request(Worker(run, tenant_id)), PEOPLE_COME_AGAIN, refusal=())

    def _post(self, provider: Provider, what: str, request: Callable[[], WebhookRequest], again: Sequence[int]) -> None:
        def attempt(run: Run) -> None:
            outcome = receive(provider, request(), Worker(run))
            if isinstance(outcome, Dropped):
                raise UpstreamRejected(outcome.reason)

        self._attempts(what, attempt, again)

    def _attempts(
        self,
        what: str,
        attempt: Callable[[Run], object],
        again: Sequence[int],
        *,
        refusal: tuple[type[ProductError], ...] = (Unauthenticated, InvalidRequest),
    ) -> Hook:
        hook, waits = Hook(what), iter(again)
        self.hooks.append(hook)

        def trying() -> None:
            try:
                self._work(attempt, repeat=lambda: self._work(attempt))
            except Conflict:
                hook.taken = True  # It is so already.
            except (ProductError, Bug, Killed) as error:
                hook.refused = hook.refused or isinstance(error, refusal)
                wait = next(waits, None)
                hook.lost = wait is None and not hook.taken
                if wait is not None:
                    self.later(wait, trying)
            else:
                hook.taken = True

        self.later(0, trying)
        return hook

    def _work(self, attempt: Callable[[Run], object], repeat: Callable[[], object] = bool) -> None:
        run = Run(self, repeat)
        with _active(run):
            attempt(run)

    def reconnect(self) -> None:
        """Have an admin connect again whatever is broken, as connecting does it."""
        connections, order = self.base.stores.connections, Order(kind=JobKind.SYNC, dry_run=False)
        broken = [connection.provider for connection in connections.all(ACME) if connection.broken_since is not None]
        for provider in broken:
            connections.put(a_connection(ACME, provider, sealed_credentials=self.sealed(provider)))
            self.ask("sync", lambda worker: start_job(order, worker, asked_by=ADA.actor))

    def sealed(self, provider: Provider) -> bytes:
        """Acme's credentials at a vendor, as we keep them."""
        return self.base.vault.seal(ACME, provider, Credentials(access_token=SecretStr("token")))

    # How time passes

    def play(self, script: Script) -> None:
        """Go through what people do, each thing when it is to happen, and on until nothing is left to do."""
        self._script = script
        for wait in script:
            match wait:
                case None:
                    self.run()
                case timedelta():
                    self.run(before=self.at + wait)
                case _:
                    self.run(until=wait)
        self.run()

    def redrive(self) -> int:
        """Have an operator send the dead letters again; says how many there were."""
        count = 0
        for queue in self.all_queues:
            dead, queue.dead = queue.dead, []
            count += len(dead)
            for letter in dead:
                queue.add(letter.body, letter.group)
        self.run()
        return count

    def run(self, *, until: Callable[[], object] | None = None, before: datetime | None = None) -> None:
        """Let everything happen that is due, until something is so, or some moment, or there is nothing left."""
        limit = before or self.horizon
        while self.deliveries < MOST_DELIVERIES and not (until and until()):
            moment = self._next_moment()
            if moment is None or moment > limit:
                break
            self.at = max(self.at, moment)
            self._step()
        if before is not None:
            self.at = max(self.at, before)

    def _next_moment(self) -> datetime | None:
        moments = [self._happenings[0].at] if self._happenings else []
        letters = [letter.visible_at for queue in self.all_queues for letter in queue.letters]
        if letters:
            moments.append(max(min(letters), self._away.get("queues", NOW)))
        if (struck := self.base.schedules.next_at) is not None:  # type: ignore[attr-defined]
            moments.append(max(struck, self._away.get("queues", NOW)))
        return min(moments, default=None)

    def _step(self) -> None:
        if self._happenings and self._happenings[0].at <= self.at:
            heapq.heappop(self._happenings).happen()
            return
        for message in list(self.base.schedules.strike(self.at)):  # type: ignore[attr-defined]
            getattr(self.base.queues, GOES_TO[type(message)]).put(message, group=message.tenant_id)
        visible = [(letter, queue) for queue in self.all_queues for letter in queue.letters]
        visible = [(letter, queue) for letter, queue in visible if letter.visible_at <= self.at]
        if not visible:
            return
        size = 1
        if self._random is not None:
            self._random.shuffle(visible)
            size = self._random.randint(1, 3)
        else:
            visible.sort(key=lambda pair: pair[0].visible_at)
        queue = visible[0][1]
        self.deliver(queue, [letter for letter, its in visible if its is queue][:size])

    def deliver(self, queue: SimQueue, letters: Sequence[Letter]) -> None:
        """Hand a batch to the function behind a queue."""
        self.deliveries += 1
        for letter in letters:
            letter.receives += 1
            letter.first_received_at = letter.first_received_at or self.at
            letter.visible_at = self.at + timedelta(seconds=VISIBILITY[queue.name])
        for letter in [letter for letter in letters if letter.receives > MOST_RECEIVES]:
            queue.letters.remove(letter)
            queue.park(letter.body, group=letter.group, error="ReceivedTooOften")
        for letter in letters:
            if letter.chain[queue.name] >= MOST_OF_A_CHAIN and queue.name not in chains_allowed():
                queue.letters.remove(letter)
                queue.park(letter.body, group=letter.group, error="RecursionStopped")
        received = [letter for letter in letters if letter in queue.letters]
        chain = sum((letter.chain for letter in received), Counter([queue.name]))
        self.longest_chain = max(self.longest_chain, chain[queue.name])
        answer: dict[str, list[dict[str, str]]] = {}

        def attempt(run: Run) -> None:
            answer.update(HANDLERS[queue.name].handler({"Records": [_record(letter) for letter in received]}, None))

        def twins() -> None:
            self.deliver(queue, [queue.add(letter.body, letter.group) for letter in received])

        self.at_work.append((queue.name, chain))
        try:
            self._work(attempt, repeat=twins)
        except Killed:
            return
        finally:
            self.at_work.pop()
        failed = {item["itemIdentifier"] for item in answer["batchItemFailures"]}
        queue.letters = [letter for letter in queue.letters if letter not in received or letter.id in failed]

    # What there is to see

    @property
    def all_queues(self) -> Sequence[SimQueue]:
        """All of them."""
        return list(vars(self.base.queues).values())

    def of_others(self) -> Sequence[object]:
        """All that another tenant has."""
        return list(self.base.stores.partition.records(GLOBEX))

    @property
    def chat(self) -> FakeChat:
        """Slack."""
        return self.base.chat

    @property
    def tracker(self) -> FakeTracker:
        """Linear."""
        return self.base.tracker

    @property
    def decisions(self) -> Sequence[Decision]:
        """The log."""
        return self.base.stores.decisions.since(ACME, NOW - timedelta(days=365))

    @property
    def comments(self) -> dict[str, str]:
        """What is written on tickets, by the comment's id."""
        return {id: body for comments in self.tracker.comments.values() for id, body in comments.items()}

    @property
    def made(self) -> dict[str, Ticket]:
        """The tickets that were not there at first, by id."""
        return {id: ticket for id, ticket in self.tracker.tickets.items() if not id.startswith("ticket-")}

    @property
    def parked(self) -> Counter[str]:
        """What ever became a dead letter, by queue and error."""
        return Counter({f"{queue.name}: {error}": n for queue in self.all_queues for error, n in queue.parked.items()})


def _resources() -> Any:
    """What template.yaml asks for; what CloudFormation makes of its functions does not matter here."""
    yaml: Any = import_module("yaml")
    loader = type("Loader", (yaml.SafeLoader,), {})
    loader.add_multi_constructor("!", lambda *_: None)  # type: ignore[attr-defined]
    return yaml.load(TEMPLATE.read_text(), loader)["Resources"]


@cache
def chains_allowed() -> frozenset[str]:
    """The queues whose functions are told that chains through them are meant (`RecursiveLoop` in template.yaml)."""
    resources = _resources()
    functions = {name: f"{app.__name__.split('.')[1].title()}Function" for name, app in HANDLERS.items()}
    return frozenset(
        name
        for name, function in functions.items()
        if resources[function]["Properties"].get("RecursiveLoop") == "Allow"
    )


def _message(said: Said) -> dict[str, Any]:
    thread = {"thread_ts": said.root_ts} if said.root_ts != said.ts else {}
    return {"ts": said.ts, "text": said.text, **thread}


def _record(letter: Letter) -> dict[str, Any]:
    first_received_at = letter.first_received_at or letter.sent_at
    attributes = {
        "ApproximateReceiveCount": str(letter.receives),
        "MessageGroupId": letter.group,
        "SentTimestamp": str(int(letter.sent_at.timestamp() * 1000)),
        "ApproximateFirstReceiveTimestamp": str(int(first_received_at.timestamp() * 1000)),
    }
    noted = {"since": {"stringValue": letter.since.isoformat(), "dataType": "String"}} if letter.since else {}
    return {
        "messageId": letter.id,
        "receiptHandle": letter.id,
        "body": letter.body,
        "attributes": attributes,
        "messageAttributes": noted,
    }


def _furnished(world: World) -> FakeUnit:
    """Acme with six tickets and two people in Slack and Linear, beside another tenant that has next to nothing."""
    base = FakeUnit(ACME)
    base.queues = FakeQueues(**{name: SimQueue(name, world) for name in VISIBILITY})  # type: ignore[arg-type]
    base.schedules, base.analyst = SimSchedules(), ScriptedAnalyst()
    readers: Mapping[Provider, Callable[[str], WebhookSource]] = {
        Provider.SLACK: SlackWebhook,
        Provider.LINEAR: LinearWebhook,
        Provider.GITHUB: GitHubWebhook,
    }
    base.webhook_sources = {provider: reader(SECRET) for provider, reader in readers.items()}
    tickets = [a_ticket(number, title=f"Thing {number}") for number in range(1, 7)]
    people = [a_member("ada"), a_member("bob")]
    base.chat, base.tracker = FakeChat(members=people), FakeTracker(tickets=tickets, teams=[ENG], members=people)
    base.chat.clock = base.tracker.clock = lambda: world.at
    stores = base.stores
    for tenant_id in (ACME, GLOBEX):
        stores.tenants.put(a_tenant(tenant_id))
        stores.accounts.put(an_account(tenant_id, role=Role.OWNER))
        stores.directory.put_teams(tenant_id, [ENG])
    stores.directory.put_members(ACME, people)
    for ticket in tickets:
        stores.tickets.put(ACME, ticket)
    base.sessions = FakeSessions(base.users, lambda: world.at)
    for provider in Provider:
        base.oauth_apps[provider] = FakeOAuthApp(
            provider, external_id=f"{provider}-acme", lifetime=timedelta(days=30), clock=lambda: world.at
        )
    for provider in (Provider.SLACK, Provider.LINEAR):
        sealed = base.vault.seal(ACME, provider, Credentials(access_token=SecretStr("token")))
        stores.connections.put(a_connection(ACME, provider, sealed_credentials=sealed))
    return base


_ACTIVE: list[Run] = []


@contextmanager
def _active(run: Run) -> Iterator[None]:
    """Have the functions' wiring lead to the ports of a run."""
    _ACTIVE.append(run)
    try:
        yield
    finally:
        _ACTIVE.pop()


@contextmanager
def _opened(_: object, tenant_id: TenantId, **__: object) -> Iterator[Worker]:
    worker = Worker(_ACTIVE[-1], tenant_id)
    with worker.noticing_loss():
        yield worker


def _settings(name: str) -> SimpleNamespace:
    urls = {f"{queue}_queue_url": queue for queue in VISIBILITY}
    return SimpleNamespace(source_queue_url=name, dead_letters_queue_url=name, retry_base_seconds=30, **urls)


@contextmanager
def wired() -> Iterator[None]:
    """Have the functions find a world behind their wiring, and say nothing."""

    def queue(asked: Any) -> Proxy:
        run, url = _ACTIVE[-1], asked if isinstance(asked, str) else asked.source_queue_url
        return Proxy(getattr(run.world.base.queues, url), f"queues.{url}", run)

    def schedules(*_: object) -> Proxy:
        return Proxy(_ACTIVE[-1].world.base.schedules, "schedules", _ACTIVE[-1])

    level = logger().log_level
    with ExitStack() as stack:
        for name, app in HANDLERS.items():
            app.settings.cache_clear()
            stack.callback(app.settings.cache_clear)
            stack.enter_context(patch.object(app, "load", lambda _, name=name: _settings(name)))
            for opener, stand_in in (("open_unit", _opened), ("AwsUnit", lambda _, id: Worker(_ACTIVE[-1], id))):
                if hasattr(app, opener):
                    stack.enter_context(patch.object(app, opener, stand_in))
        for name in ("source_queue", "dead_letters", "queue"):
            stack.enter_context(patch.object(wiring, name, queue))
        stack.enter_context(patch.object(wiring, "schedules", schedules))
        stack.enter_context(patch.object(wiring, "now", lambda: _ACTIVE[-1].world.at))
        stack.enter_context(
            patch.object(random, "uniform", lambda low, high: _ACTIVE[-1].world.jitter.uniform(low, high))
        )
        logger().setLevel("CRITICAL")
        yield
    logger().setLevel(level)
