"""What a judgement and a report read: requests and read units, warm and cold, at two sizes of team; and memory.

uv run python -m tests.bench.index

DynamoDB is emulated in this process and does not count units, so they are computed from the sizes of the items as they
are read and written (docs.aws.amazon.com/amazondynamodb, *DynamoDB read and write operations*). Times are ratios. A
judgement is counted from the event on the queue to the decision in the log, a report from the clock to the chat.
"""

import gc
import json
import math
import re
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

from botocore.client import BaseClient

from pm_assistant.aws.stores import DynamoStores
from pm_assistant.aws.stores.index import DynamoIndex
from pm_assistant.domain.actions import Ignore
from pm_assistant.domain.decisions import Judgement
from pm_assistant.domain.events import ConversationTouched, EventEnvelope
from pm_assistant.domain.reports import ReportDue, Subscription
from pm_assistant.domain.surfaces import SurfaceRequest
from pm_assistant.domain.tenants import Provider, TenantId
from pm_assistant.domain.work import Conversation, Message, Ticket
from pm_assistant.integrations.slack.webhook import SlackWebhook
from pm_assistant.workflows.pipeline.analyze import analyze
from pm_assistant.workflows.pipeline.judge import judge
from pm_assistant.workflows.pipeline.receive import receive
from pm_assistant.workflows.reports.report import report
from pm_assistant.workflows.surfaces.answer import answer
from pm_assistant.workflows.surfaces.home import show_home
from tests.aws.emulated import dynamo
from tests.builders import (
    ENG,
    NOW,
    a_connection,
    a_conversation,
    a_judgement,
    a_member,
    a_message,
    a_proposal,
    a_tenant,
    a_ticket,
)
from tests.fakes.stores import FakeStores
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeAnalyst
from tests.integrations.signing import SECRET, slack_form

WORDS = sorted(set(re.findall(r"[a-z]{4,}", str(__doc__).lower())))
SMALL_CACHE = 1_000_000
"""In bytes; enough for a few of the tenants below."""
LOOKED_UP = (
    "INDEX#",
    "SEGMENT#",
    "TICKET#",
    "MEMBER#",
    "TEAM#",
    "TENANT",
    "CONNECTION#",
    "DECISION#",
    "SUBSCRIPTION#",
)
"""The kinds of rows that are looked up: the index, people, states, settings, earlier decisions."""
MOST_READS, MOST_READ_UNITS = 4, 14
"""Of what is looked up, warm, for a judgement."""
OWN_TICKETS = 10
"""Of whoever gets the report, however many the team has."""
MOST_WRITES, MOST_WRITE_UNITS = 7, 12
"""Of a judgement that logs a decision and of a report; a speaker's row of what was heard is 4 units when full."""
HOME, FORM, SECONDS_OF_WORK = "a home that is opened, warm", "a form from the signed request on", 1.0
"""Slack takes a form within three seconds of the press; the queue and the network have what the work leaves. It reads
the likeliest tickets in whole, of which a larger team has more, up to as many as a judgement weighs."""
MOST_OF = {"a report, warm": (9, 18), HOME: (8, 10)}
"""A report looks up the settings, the own tickets and its wish twice; a home of whoever has no ticket the
decisions twice, connections and two subscriptions."""
SETTLED = NOW + timedelta(days=400)
"""When everything that is said here has been quiet for long."""


@dataclass
class Bill:
    """What was asked of DynamoDB.

    Attributes:
        reads: requests that read, by the kind of their rows.
        writes: requests that write.
        read_units: of the rows read, by the kind.
        write_units: of the rows written.
        waited: seconds that the emulation took.
        worked: those beside, where somebody waits for them.
    """

    reads: Counter[str] = field(default_factory=Counter)
    writes: int = 0
    read_units: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    write_units: int = 0
    waited: float = 0.0
    worked: float = 0.0

    def note(self, operation: str, asked: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        """Add a request."""
        if operation in {"Query", "GetItem", "BatchGetItem"}:
            table: Mapping[str, Any] = next(iter(asked.get("RequestItems", {}).values()), {})
            eventual = not (asked.get("ConsistentRead") or table.get("ConsistentRead"))
            found = [row for rows in answer.get("Responses", {}).values() for row in rows]
            found += answer.get("Items", []) + ([answer["Item"]] if "Item" in answer else [])
            sizes = [sum(map(_size, found))] if operation == "Query" else list(map(_size, found))
            units = sum(math.ceil(size / 4096) for size in sizes) or 1  # what finds nothing costs one
            kind = _kind(repr(asked))
            self.reads[kind] += 1
            self.read_units[kind] += units / 2 if eventual else units
        elif operation != "Scan":
            rows = [asked[name] for name in ("Item", "Key") if name in asked]
            rows += [
                change.get("PutRequest", change.get("DeleteRequest", {}))
                for changes in asked.get("RequestItems", {}).values()
                for change in changes
            ]
            self.writes += 1
            self.write_units += sum(math.ceil(_size(row) / 1024) for row in rows)

    def of(self, *kinds: str) -> tuple[int, float]:
        """Requests and units that read rows of these kinds."""
        return sum(self.reads[kind] for kind in kinds), sum(self.read_units[kind] for kind in kinds)

    def __str__(self) -> str:
        requests, units = self.of(*LOOKED_UP)
        return (
            f"{requests} requests, {units:g} units for what is looked up; {self.reads.total()} reads, "
            f"{sum(self.read_units.values()):g} units, {self.writes} writes of {self.write_units} units in all"
            f"{f', {self.worked * 1000:.0f} ms of work' if self.worked else ''}"
        )


def _kind(asked: str) -> str:
    """The kind of the rows that a request names."""
    named = asked.replace("'TENANT#", "").replace("#DECISION'", "'DECISION#")  # as `outside` spells it
    found = [kind for kind in LOOKED_UP if f"'{kind}" in named]
    return found[0] if found else "other"


def _size(value: Any) -> int:
    """Bytes of an item or a value of it, near enough."""
    match value:
        case str():
            return len(value.encode())
        case bytes():
            return len(value)
        case dict():
            return sum((len(key) if len(key) > 1 else 0) + _size(part) for key, part in value.items())
        case list():
            return sum(map(_size, value))
        case _:
            return 1


class ForgetfulAnalyst:
    """Finds nothing to do, and keeps nothing of what it was asked, which would count as the container's memory."""

    def judge(self, conversation: Conversation, **_: object) -> Judgement:
        """Say that it is chatter."""
        return a_judgement(a_proposal(Ignore(), conversation.messages[0].id))


@contextmanager
def billed() -> Iterator[Bill]:
    """Add up what is asked of DynamoDB meanwhile."""
    bill, ask = Bill(), vars(BaseClient)["_make_api_call"]

    def asking(client: BaseClient, operation: str, asked: Any) -> Any:
        begun = time.perf_counter()
        answer = ask(client, operation, asked)
        bill.waited += time.perf_counter() - begun
        bill.note(operation, asked, answer)
        return answer

    with patch.object(BaseClient, "_make_api_call", asking):
        yield bill


def a_ticket_of_many(number: int) -> Ticket:
    """One of many tickets, of about the size of a real one's row."""
    words = [WORDS[(number * step + step) % len(WORDS)] for step in range(1, 120)]
    return a_ticket(
        number,
        id=f"5f0c1d7a-9e2b-4c6d-8f1a-{number:012d}",
        title=" ".join(words[:7]) + f" {number}",
        description=" ".join(words),
        assignee_id="lin-person1" if number < OWN_TICKETS else f"lin-{number % 20}",
        updated_at=NOW - timedelta(minutes=number),
    )


def fill(stores: DynamoStores, tenant_id: TenantId, *, tickets: int, people: int) -> None:
    """Make a tenant with so much of everything."""
    stores.tenants.put(a_tenant(tenant_id))
    stores.connections.put(a_connection(tenant_id, Provider.SLACK, external_id=tenant_id))
    stores.directory.put_members(tenant_id, [a_member(f"person{number}") for number in range(people)])
    stores.directory.put_teams(tenant_id, [ENG])
    for number in range(people):
        stores.subscriptions.put(tenant_id, Subscription(member_id=f"U0PERSON{number}"))
    stores.tickets.put_all(tenant_id, map(a_ticket_of_many, range(tickets)))


def a_unit(stores: DynamoStores, tenant_id: TenantId) -> FakeUnit:
    """Work on the emulated table, with vendors and a model that are not."""
    return FakeUnit(tenant_id, stores=cast("FakeStores", stores), at=SETTLED)


def judge_thread(stores: DynamoStores, tenant_id: TenantId, number: int, *, replies: int = 1) -> Bill:
    """Say something, have it judged as the event that its last message puts on the queue does, and add that up."""
    said = " ".join(WORDS[(number * step) % len(WORDS)] for step in range(1, 12))
    root: Message = a_message(number * 3_600, said, channel=f"C{number}")
    thread = [a_message(number * 3_600 + 30 * n, "same here", channel=root.channel, root_ts=root.ts) for n in (1, 2)]
    for message in (root, *thread[:replies]):
        stores.messages.record(tenant_id, message, keep_days=30)
    unit = a_unit(stores, tenant_id)
    unit.analyst = FakeAnalyst(a_judgement(a_proposal(Ignore(work=True), root.id)))
    touch = ConversationTouched(channel=root.channel, ts=thread[replies - 1].ts, root_ts=root.ts)
    with billed() as bill:
        analysis = analyze(EventEnvelope(tenant_id=tenant_id, event=touch), unit)
    if not analysis.decisions:
        raise SystemExit("error: nothing was decided, so there is nothing to count")
    return bill


def deliver_report(stores: DynamoStores, tenant_id: TenantId, number: int) -> Bill:
    """Have a person told what moved, and add that up."""
    with billed() as bill:
        address = report(ReportDue(tenant_id=tenant_id, member_id=f"U0PERSON{number}"), a_unit(stores, tenant_id))
    if address is None:
        raise SystemExit("error: nobody was told, so there is nothing to count")
    return bill


def open_home(stores: DynamoStores, tenant_id: TenantId, number: int) -> Bill:
    """Have a person open their page in the chat, and add that up."""
    unit = a_unit(stores, tenant_id)
    with in_time() as bill:
        show_home(f"U0PERSON{number}", unit, since=unit.now())
    if not unit.chat.homes:
        raise SystemExit("error: nothing was shown")
    return bill


def open_form(stores: DynamoStores, tenant_id: TenantId, number: int) -> Bill:
    """Have a person use the menu of a message, and add up what is done until the form is asked for."""
    unit, who = a_unit(stores, tenant_id), f"U0PERSON{number}"
    unit.webhook_sources[Provider.SLACK], unit.chat.people = SlackWebhook(SECRET), [a_member(f"person{number}")]
    said = {"type": "message", "user": "U0PERSON1", "ts": "1700000000.000100", "text": " ".join(WORDS[:12])}
    place = {"team": {"id": tenant_id}, "channel": {"id": "C1", "name": "general"}, "user": {"id": who}}
    pressed: dict[str, Any] = {
        "type": "message_action",
        "callback_id": "shortcut.track",
        "trigger_id": "trigger-1",
        "message": said,
    }
    pressed |= {**place, "response_url": "https://hooks.slack.com/app/T1/2/x"}
    request = slack_form({"payload": json.dumps(pressed)}, unit.now())
    with in_time() as bill:
        receive(Provider.SLACK, request, unit)
        [(asked, _, _)] = unit.queues.actions.puts
        answer(cast("SurfaceRequest", asked), unit)
    if not unit.chat.forms:
        raise SystemExit("error: no form was shown")
    return bill


@contextmanager
def in_time() -> Iterator[Bill]:
    """Add up what somebody waits for, which is done within a second of work."""
    begun = time.perf_counter()
    with billed() as bill:
        yield bill
    bill.worked = time.perf_counter() - begun - bill.waited
    if bill.worked > SECONDS_OF_WORK:
        raise SystemExit(f"error: it took {bill.worked:.1f} s of work")


def measured(stores: DynamoStores, tenant_id: TenantId) -> Iterator[tuple[str, Bill]]:
    """What judgements and reports cost."""
    judge_thread(stores, tenant_id, 1)  # whoever comes first makes the index
    stores.index = DynamoIndex()
    yield "a judgement, cold", judge_thread(stores, tenant_id, 2)
    yield "a judgement, warm", judge_thread(stores, tenant_id, 3)
    yield "a judgement of what was judged before, warm", judge_thread(stores, tenant_id, 3, replies=2)
    yield "a report, warm", deliver_report(stores, tenant_id, 1)
    yield HOME, open_home(stores, tenant_id, 2)
    open_form(stores, tenant_id, 3)  # whoever comes first loads what it needs
    yield FORM, open_form(stores, tenant_id, 4)


def check(named: str, bills: Sequence[Bill]) -> None:
    """See to it that size costs nothing.

    Raises:
        SystemExit: it does, or more is asked than may be.
    """
    first = bills[0]
    if any(more > less for bill in bills for more, less in zip(_whole(bill), _whole(first), strict=True)):
        raise SystemExit(f"error: {named} costs more in a larger team")
    requests, units = first.of(*LOOKED_UP)
    most, most_units = MOST_OF.get(named, (MOST_READS, MOST_READ_UNITS))
    if requests > most or units > most_units:
        raise SystemExit(f"error: {named} looks up with more than {most} requests or {most_units} units")
    if first.writes > MOST_WRITES or first.write_units > MOST_WRITE_UNITS:
        raise SystemExit(f"error: {named} takes more than {MOST_WRITES} writes or {MOST_WRITE_UNITS} units")


def _whole(bill: Bill) -> tuple[float, ...]:
    return *bill.of(*bill.reads), bill.writes, bill.write_units


def load(tenant_id: TenantId) -> None:
    """Read an index as a container does that starts."""
    DynamoIndex().read(tenant_id)


def timed(action: Callable[[], object]) -> float:
    """The fastest of three times, in seconds."""
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        action()
        times.append(time.perf_counter() - begun)
    return min(times)


def resident() -> float:
    """Memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def memory(stores: DynamoStores) -> None:
    """How much a container grows by judging for many tenants, of which it may keep a few.

    Nothing is written meanwhile, as in a dry run: what is written lies in this process, too.
    """
    tenants = [TenantId(f"tenant-{number}") for number in range(20)]
    for tenant_id in tenants:
        fill(stores, tenant_id, tickets=60, people=10)
        DynamoIndex().read(tenant_id)
    stores.index, said = DynamoIndex(cache=SMALL_CACHE), a_conversation(a_message(0, " ".join(WORDS)))
    units = [a_unit(stores, tenant_id) for tenant_id in tenants]
    for unit in units:
        unit.analyst = cast("FakeAnalyst", ForgetfulAnalyst())
    gc.collect()
    before = resident()
    for number in range(1_000):
        judge(said, a_tenant(tenants[number % 20]), units[number % 20])
    gc.collect()
    grown, bound = resident() - before, SMALL_CACHE / 1e6
    print(f"memory after 1,000 judgements for 20 tenants: {grown:+.0f} MB, of which {bound:.0f} may be kept")
    if grown > bound + 30:
        raise SystemExit("error: a container keeps more than it may")


def main() -> None:
    """Print requests, units, ratios and memory."""
    bills: defaultdict[str, list[Bill]] = defaultdict(list)
    with dynamo() as stores:
        for tickets, people in ((50, 20), (10_000, 500)):
            tenant_id = TenantId(f"of-{tickets}")
            fill(stores, tenant_id, tickets=tickets, people=people)
            for named, bill in measured(stores, tenant_id):
                bills[named].append(bill)
                ratio = sum(bill.read_units.values())
                print(f"{tickets} tickets, {people} people, {named}: {bill}; {ratio:g} times a bare read")
            loading = timed(partial(load, tenant_id))
            reading = timed(partial(stores.index.read, tenant_id))
            print(f"{tickets} tickets: loading takes {loading / reading:.0f} times as long as reading")
    for named in bills:
        if named.endswith("warm"):
            check(named, bills[named])
    with dynamo() as stores:
        memory(stores)


if __name__ == "__main__":
    main()
