"""What judging a simulated team costs: model calls and tokens of one day, with a small tracker and with a large one.

    uv run python -m tests.bench.cost

Twenty people say a thousand things, among them what programs post. Everything takes the real way from the front door
to the model, in virtual time; only the model is played, and counts. Of the day it is known what of it is to be done.
"""

import heapq
import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from pm_assistant.cli import gold as told
from pm_assistant.domain.decisions import Judgement
from pm_assistant.domain.events import Dropped, EventEnvelope, MessagePosted, WebhookEvent
from pm_assistant.domain.tenants import Mode, Provider, Settings
from pm_assistant.domain.webhooks import WebhookRequest
from pm_assistant.domain.work import Conversation, Message, MessageId, Ticket
from pm_assistant.integrations.guarded import GuardedAnalyst, GuardedModel
from pm_assistant.integrations.offline import OfflineAnalyst
from pm_assistant.integrations.openai.prompts import CURRENT, instructions
from pm_assistant.integrations.openai.wire import Question, worth_showing
from pm_assistant.workflows.pipeline.analyze import analyze
from pm_assistant.workflows.pipeline.fallback import FallbackAnalyst
from pm_assistant.workflows.pipeline.receive import receive
from tests.builders import ACME, DOING, ENG, TODO, a_connection, a_member, a_tenant, a_ticket
from tests.fakes.unit import FakeUnit
from tests.gold.told import ROWS, TEAMS

MORNING = datetime(2026, 11, 20, 8, tzinfo=UTC)
MESSAGES, PEOPLE = 1_000, 20
FROM_PROGRAMS = 0.15
TRACKERS = (500, 5_000)
MOST_CALLS, LEAST_REACHED, MOST_GROWTH, LEAST_SAVED = 150, 0.98, 0.10, 20.0
LEAST_WITH_TICKETS = 0.92
CHARACTERS_PER_TOKEN = 4
ACTS = {"comment", "move", "create"}

PARTS = [
    "checkout",
    "invoice",
    "export",
    "search",
    "login",
    "signup",
    "calendar",
    "report",
    "upload",
    "gallery",
    "inbox",
    "profile",
    "webhook",
    "receipt",
    "voucher",
    "basket",
    "refund",
    "newsletter",
    "timeline",
    "sidebar",
]
THINGS = [
    "button",
    "filter",
    "preview",
    "total",
    "address",
    "deadline",
    "avatar",
    "attachment",
    "reminder",
    "currency",
    "layout",
    "shortcut",
    "password",
    "signature",
    "color",
    "counter",
    "header",
    "language",
    "thumbnail",
    "schedule",
]
FAULTS = ("shows the wrong value", "is empty", "crashes", "is slow", "appears twice", "is cut off", "does not save",
          "loses its order", "times out", "ignores the time zone")  # fmt: skip
CHATTER = (
    ("good morning everyone", "morning!", "hi all :wave:"),
    ("lunch?", "yes please, pizza", "in ten minutes"),
    ("who watched the match last night", "what a game", "I fell asleep"),
    ("happy birthday Kim! :tada:", "thanks :heart:", "congrats!", "cake in the kitchen"),
    ("my train is late, see you at ten", "ok", "safe travels"),
    ("it is snowing", "finally", "no more bike then"),
    ("coffee machine is hungry again", "on my way to the kitchen", "thanks!"),
    ("off to the dentist", "get well", "see you tomorrow"),
    ("have a nice weekend", "you too!", "bye :wave:"),
    ("anyone up for climbing tonight?", "me!", "count me in", "+1"),
)
LOGISTICS = (
    ("standup moves to 9:45 from Monday", "ok"),
    ("thanks for the quick review yesterday", ":+1:"),
    ("what was the naming rule for feature flags again?", "team_thing", "thanks"),
    ("planning is on Thursday at three", "fine with me"),
    ("can somebody restart the staging box?", "done, restarted"),
)
ACKS = ("ok", "thanks!", "+1", "makes sense", ":eyes:", "got it", "cool", "yep")


@dataclass(frozen=True)
class Line:
    """Something that is said in an episode, so many seconds after what was said before it there."""

    text: str
    after: float
    reply: bool
    wanted: bool = False


@dataclass
class Day:
    """A day of a team, by a seed: what is said when, and which messages something is to be done about."""

    tickets: Sequence[Ticket]
    messages: list[Message] = field(default_factory=list)
    wanted: set[MessageId] = field(default_factory=set)
    programs: int = 0

    @classmethod
    def of(cls, tickets: Sequence[Ticket], *, seed: int = 1) -> Self:
        """The same day for the same seed and tickets."""
        chance, day = random.Random(seed), cls(tickets)  # noqa: S311
        day.programs = round(MESSAGES * FROM_PROGRAMS)
        at, stop = 0.0, MESSAGES - day.programs
        while len(day.messages) < stop:
            at += chance.expovariate(1 / 110)
            day._add(list(_episode(chance, tickets)), at, chance)
        del day.messages[stop:]
        day.messages.sort(key=lambda message: float(message.ts))
        kept = {message.id for message in day.messages}
        day.wanted &= kept
        return day

    def _add(self, lines: Sequence[Line], at: float, chance: random.Random) -> None:
        channel = f"C0ROOM{chance.randrange(8)}"
        root_ts: str | None = None
        for line in lines:
            at += line.after
            said = MORNING + timedelta(seconds=at)
            ts = f"{said.timestamp():.6f}"
            root_ts = root_ts if line.reply and root_ts else ts
            author = f"U0P{chance.randrange(PEOPLE)}"
            message = Message(
                channel=channel, ts=ts, root_ts=root_ts, author=author, text=line.text, received_at=said
            )  # fmt: skip
            self.messages.append(message)
            if line.wanted:
                self.wanted.add(message.id)


def _episode(chance: random.Random, tickets: Sequence[Ticket]) -> Iterator[Line]:
    """What people say to each other about one thing; a third of the episodes are about work that is planned."""
    kind = chance.choices(("chatter", "logistics", "status", "report", "new"), (45, 20, 12, 14, 9))[0]
    match kind:
        case "chatter" | "logistics":
            lines = list(chance.choice(CHATTER if kind == "chatter" else LOGISTICS))
            threaded = chance.random() < 0.5
            for place, text in enumerate(lines + chance.sample(ACKS, chance.randrange(3))):
                yield Line(text, _pause(chance) if place else 0.0, reply=threaded and place > 0)
        case "status":
            ticket = chance.choice(tickets)
            said = chance.choice(("{} is done, deployed to production", "starting on {} now", "{} is up for review"))
            name = ticket.key if chance.random() < 0.5 else ticket.title
            yield Line(said.format(name), 0.0, reply=False, wanted=True)
            yield from _acknowledged(chance)
        case "report":
            ticket = chance.choice(tickets)
            yield Line(f"a customer says that the {ticket.title.lower()}, once more", 0.0, reply=False, wanted=True)
            yield from _acknowledged(chance)
        case _:
            part, thing = chance.choice(PARTS), chance.choice(THINGS)
            yield Line(f"bug: the {thing} of the brand new {part} {chance.choice(FAULTS)} on my tablet, nobody has a "
                       "ticket for it", 0.0, reply=False, wanted=True)  # fmt: skip
            yield from _acknowledged(chance)


def _acknowledged(chance: random.Random) -> Iterator[Line]:
    for text in chance.sample(ACKS, chance.randrange(1, 5)):
        yield Line(text, _pause(chance), reply=True)


def _pause(chance: random.Random) -> float:
    """Most answers come within the time in which a conversation settles."""
    return chance.uniform(5, 50) if chance.random() < 0.8 else chance.uniform(90, 900)


def tickets_of(count: int) -> list[Ticket]:
    """So many different tickets, the first of them the same however many there are."""
    named = itertools.cycle(itertools.product(PARTS, THINGS, FAULTS))
    return [
        a_ticket(n, title=f"{thing.title()} of the {part} {fault}", state=DOING if n % 3 else TODO, assignee_id=None,
                 description=f"Seen by customer {n} in the {part} since release {n % 90}.")
        for n, (part, thing, fault) in zip(range(1, count + 1), _scattered(named), strict=False)
    ]  # fmt: skip


def _scattered(named: Iterator[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    everything = list(itertools.islice(named, len(PARTS) * len(THINGS) * len(FAULTS)))
    random.Random(7).shuffle(everything)  # noqa: S311
    return itertools.cycle(everything)


class Counting:
    """A model that proposes nothing and counts what it is asked (`ports.ModelAnalyst`)."""

    def __init__(self) -> None:
        self.seen: set[MessageId] = set()
        self.shown: set[str] = set()
        self.tokens: list[int] = []

    def tuned(self, **_: object) -> Self:
        """The same."""
        return self

    def judge(self, conversation: Conversation, **about: Any) -> Judgement:
        """Count."""
        shown = worth_showing(about.pop("candidates"), about.pop("odds"))
        self.tokens.append(tokens_of(conversation, shown, **about))
        self.seen |= {message.id for message in conversation.undeleted_messages}
        self.shown |= {ticket.key for ticket in shown}
        return Judgement(proposals=(), model="counting")


def tokens_of(conversation: Conversation, candidates: Sequence[Ticket], **about: Any) -> int:
    """What a question about a conversation takes, roughly."""
    question = Question.of(conversation, candidates=candidates, **about)
    return (len(instructions(CURRENT, None)) + len(question.model_dump_json())) // CHARACTERS_PER_TOKEN


class Room(FakeUnit):
    """A team on a day; the queue of events hands out what is due, in the order in which it is."""

    def __init__(self, tickets: Sequence[Ticket]) -> None:
        super().__init__(at=MORNING)
        self.model = Counting()
        self.stores.tenants.put(a_tenant(settings=Settings()))
        self.stores.connections.put(a_connection(settle_seconds=Settings().settle_seconds))
        people = [a_member(f"p{n}") for n in range(PEOPLE)]
        self.stores.directory.put_members(ACME, people)
        self.stores.directory.put_teams(ACME, [ENG])
        self.stores.tickets.put_all(ACME, list(tickets))
        self.chat.people = people
        self.analyst = FallbackAnalyst(lambda: GuardedModel(self.model), self)  # type: ignore[assignment]
        self.offline_analyst = GuardedAnalyst(OfflineAnalyst())  # type: ignore[assignment]
        self.webhook_sources[Provider.SLACK] = self
        self._due: list[tuple[datetime, int, EventEnvelope]] = []
        self._order = itertools.count()
        self._posted: WebhookEvent | Dropped = Dropped(reason="a program's")

    def accept(self, request: WebhookRequest, now: datetime) -> WebhookEvent | Dropped:
        """What was posted."""
        return self._posted

    def live(self, day: Day) -> None:
        """Have a day go by."""
        nothing = WebhookRequest(body=b"", headers={})
        for _ in range(day.programs):
            receive(Provider.SLACK, nothing, self)
        for message in day.messages:
            self._until(message.received_at)
            external_id = a_connection().external_id
            self._posted = WebhookEvent(
                provider=Provider.SLACK, external_id=external_id, happening=MessagePosted(message=message)
            )
            receive(Provider.SLACK, nothing, self)
            self._take()
        self._until(self.at + timedelta(hours=2))

    def _take(self) -> None:
        puts, self.queues.events.puts = self.queues.events.puts, []
        for put in puts:
            assert isinstance(put.message, EventEnvelope)
            due = self.at + timedelta(seconds=put.delay_seconds)
            heapq.heappush(self._due, (due, next(self._order), put.message))

    def _until(self, moment: datetime) -> None:
        while self._due and self._due[0][0] <= moment:
            self.at, _, envelope = heapq.heappop(self._due)
            analyze(envelope, self.unit(ACME))
            self.queues.actions.puts.clear()
            self._take()
        self.at = moment


@dataclass(frozen=True)
class Cost:
    """What a day took.

    Attributes:
        calls: of the model.
        reached: of what is to be done, the share that a model was shown.
        tokens: of one call, on average.
        saved: how often the day would fit into asking about every message with every ticket.
    """

    calls: int
    reached: float
    tokens: float
    saved: float

    @classmethod
    def of(cls, count: int) -> Self:
        """With so many tickets."""
        tickets = tickets_of(count)
        day, room = Day.of(tickets[: TRACKERS[0]]), Room(tickets)
        room.live(day)
        model, first = room.model, day.messages[0]
        about: dict[str, Any] = {"teams": [ENG], "people": (), "now": MORNING}
        whole = tokens_of(Conversation(channel=first.channel, messages=(first,)), tickets, **about)
        total = sum(model.tokens)
        return cls(
            calls=len(model.tokens),
            reached=len(day.wanted & model.seen) / len(day.wanted),
            tokens=total / len(model.tokens),
            saved=whole * len(day.messages) / total,
        )


def gold_reached() -> tuple[int, int, int]:
    """Of the acts that the gold set wants and nobody orders, how many a model is shown, and with their tickets."""
    teams = {team["id"]: told.ToldTeam.model_validate(team) for team in TEAMS}
    wanted = [row for row in ROWS if row["expect"]["kind"] in ACTS]
    reached = with_tickets = 0
    for row in wanted:
        model = Counting()
        conversation = told.ToldConversation.model_validate(row)
        told.answer(conversation, teams[row["team"]], mode=Mode.PROPOSE, analyst=GuardedModel(model))
        reached += bool(model.tokens)
        with_tickets += bool(model.tokens) and model.shown.issuperset(row["expect"]["tickets"])
    return reached, with_tickets, len(wanted)


def main() -> None:
    """Print it, and fail where it is more than it may be."""
    small, large = (Cost.of(count) for count in TRACKERS)
    for count, cost in zip(TRACKERS, (small, large), strict=True):
        print(
            f"{count:5} tickets: {cost.calls} calls for {MESSAGES} messages, {cost.reached:.1%} of what is to be done "
            f"reaches the model, {cost.tokens:.0f} tokens a call, 1/{cost.saved:.0f} of every message with every ticket"
        )
    reached, with_tickets, wanted = gold_reached()
    print(
        f"the gold set: {reached} of {wanted} wanted acts reach the model ({reached / wanted:.1%}), "
        f"{with_tickets} with the tickets that they are about ({with_tickets / wanted:.1%})"
    )
    growth = large.tokens / small.tokens - 1
    print(f"tokens a call from {TRACKERS[0]} to {TRACKERS[1]} tickets: {growth:+.1%}")
    flaws = [
        *(f"{cost.calls} calls" for cost in (small, large) if cost.calls > MOST_CALLS),
        *(f"{cost.reached:.1%} reached" for cost in (small, large) if cost.reached < LEAST_REACHED),
        *([f"{growth:+.1%} tokens"] if abs(growth) > MOST_GROWTH else []),
        *([f"{reached} of {wanted} of the gold set"] if reached < LEAST_REACHED * wanted else []),
        *([f"{with_tickets} of {wanted} with their tickets"] if with_tickets < LEAST_WITH_TICKETS * wanted else []),
        *(f"1/{cost.saved:.0f} of everything" for cost in (small, large) if cost.saved < LEAST_SAVED),
    ]
    if flaws:
        raise SystemExit(f"error: {', '.join(flaws)}")


if __name__ == "__main__":
    main()
