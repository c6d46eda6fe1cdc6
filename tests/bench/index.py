"""What looking up a team's work costs: requests and read units of a judgement, cold loads, memory.

uv run python -m tests.bench.index

DynamoDB is emulated in this process and does not count units, so they are computed from the sizes of the items as they
are read and written (docs.aws.amazon.com/amazondynamodb, *DynamoDB read and write operations*). Times are ratios.
"""

import gc
import math
import re
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

from botocore.client import BaseClient

from pm_assistant.aws.stores import DynamoStores
from pm_assistant.aws.stores.index import DynamoIndex
from pm_assistant.domain.events import ConversationTouched, EventEnvelope
from pm_assistant.domain.tenants import Provider, TenantId
from pm_assistant.domain.work import Message, Ticket
from pm_assistant.language.retrieval import Ranking
from pm_assistant.workflows.corridor.analyze import analyze
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

WORDS = sorted(set(re.findall(r"[a-z]{4,}", str(__doc__).lower())))
SMALL_CACHE = 1_000_000
"""In bytes; enough for a few of the tenants below."""
LOOKED_UP = ("INDEX#", "SEGMENT#", "TICKET#", "MEMBER#", "TEAM#", "TENANT", "CONNECTION#", "DECISION#")
"""The kinds of rows that the criterion counts: the index, people, states, settings, earlier decisions."""


@dataclass
class Bill:
    """What was asked of DynamoDB.

    Attributes:
        reads: requests that read, by the kind of their rows.
        writes: requests that write.
        read_units: of the rows read, by the kind.
        write_units: of the rows written.
    """

    reads: Counter[str] = field(default_factory=Counter)
    writes: int = 0
    read_units: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    write_units: int = 0

    def note(self, operation: str, asked: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        """Add a request."""
        if operation in {"Query", "GetItem", "BatchGetItem"}:
            table: Mapping[str, Any] = next(iter(asked.get("RequestItems", {}).values()), {})
            eventual = not (asked.get("ConsistentRead") or table.get("ConsistentRead"))
            found = [row for rows in answer.get("Responses", {}).values() for row in rows]
            found += answer.get("Items", []) + ([answer["Item"]] if "Item" in answer else [])
            sizes = [sum(map(_size, found))] if operation == "Query" else list(map(_size, found))
            units = sum(math.ceil(size / 4096) for size in sizes) or 1  # what finds nothing costs one
            # What is read in order to write it, such as a decision that is logged, belongs to the writing.
            kind = "other" if operation == "GetItem" and "'DECISION#" in repr(asked) else _kind(repr(asked))
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
        )


def _kind(asked: str) -> str:
    """The kind of the rows that a request names."""
    found = [kind for kind in LOOKED_UP if f"'{kind}" in asked.replace("'TENANT#", "")]
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


@contextmanager
def billed() -> Iterator[Bill]:
    """Add up what is asked of DynamoDB meanwhile."""
    bill, ask = Bill(), vars(BaseClient)["_make_api_call"]

    def asking(client: BaseClient, operation: str, asked: Any) -> Any:
        answer = ask(client, operation, asked)
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
        assignee_id=f"lin-{number % 20}",
        updated_at=NOW - timedelta(minutes=number),
    )


def fill(stores: DynamoStores, tenant_id: TenantId, *, tickets: int, people: int) -> None:
    """Make a tenant with so much of everything."""
    stores.tenants.put(a_tenant(tenant_id))
    stores.connections.put(a_connection(tenant_id, Provider.SLACK, external_id=tenant_id))
    stores.directory.put_members(tenant_id, [a_member(f"person{number}") for number in range(people)])
    stores.directory.put_teams(tenant_id, [ENG])
    stores.tickets.put_all(tenant_id, map(a_ticket_of_many, range(tickets)))


def judge(stores: DynamoStores, tenant_id: TenantId, number: int) -> None:
    """Have a thread judged, as the event that its first message puts on the queue does."""
    said = " ".join(WORDS[(number * step) % len(WORDS)] for step in range(1, 12))
    root: Message = a_message(number * 3_600, said, channel=f"C{number}")
    reply = a_message(number * 3_600 + 30, "same here", channel=f"C{number}", root_ts=root.ts)
    for message in (root, reply):
        stores.messages.record(tenant_id, message, keep_days=30)
    unit = FakeUnit(tenant_id, stores=cast("FakeStores", stores), at=NOW + timedelta(days=400))
    unit.analyst = FakeAnalyst(a_judgement(a_proposal(None, root.id)))
    touch = ConversationTouched(channel=root.channel, ts=reply.ts, root_ts=root.ts)
    analyze(EventEnvelope(tenant_id=tenant_id, event=touch), unit)


def measured(stores: DynamoStores, tenant_id: TenantId) -> tuple[Bill, Bill, float]:
    """What a cold judgement costs and a warm one, and how long loading the index takes beside reading it warm."""
    judge(stores, tenant_id, 1)  # whoever comes first makes the index
    stores.index = DynamoIndex()
    with billed() as cold:
        judge(stores, tenant_id, 2)
    with billed() as warm:
        judge(stores, tenant_id, 3)
    loading, reading = timed(lambda: DynamoIndex().read(tenant_id)), timed(lambda: stores.index.read(tenant_id))
    return cold, warm, loading / reading


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
    """How much a container grows by looking things up for many tenants, of which it may keep a few."""
    tenants = [TenantId(f"tenant-{number}") for number in range(20)]
    for tenant_id in tenants:
        fill(stores, tenant_id, tickets=150, people=10)
        DynamoIndex().read(tenant_id)
    container, said = DynamoIndex(cache=SMALL_CACHE), a_conversation(a_message(0, " ".join(WORDS)))
    gc.collect()
    before = resident()
    for number in range(1_000):
        index = container.read(tenants[number % 20])
        Ranking(index.tickets, now=NOW, authors={}).candidates(said)
    gc.collect()
    grown, bound = resident() - before, SMALL_CACHE / 1e6
    print(f"memory after 1,000 rankings for 20 tenants: {grown:+.0f} MB, of which {bound:.0f} may be kept")
    if grown > bound + 30:
        raise SystemExit("error: a container keeps more than it may")


def main() -> None:
    """Print requests, units, ratios and memory."""
    with dynamo() as stores:
        warm_bills = []
        for tickets, people in ((50, 20), (10_000, 500)):
            tenant_id = TenantId(f"of-{tickets}")
            fill(stores, tenant_id, tickets=tickets, people=people)
            cold, warm, ratio = measured(stores, tenant_id)
            warm_bills.append(warm.of(*LOOKED_UP))
            print(f"{tickets} tickets, {people} people, warm: {warm}")
            print(
                f"{tickets} tickets, {people} people, cold: {cold}; loading takes {ratio:.0f} times as long as reading"
            )
        for requests, units in warm_bills:
            if requests > 4 or units > 10:
                raise SystemExit("error: a warm judgement reads more than 4 requests or 10 units")
    with dynamo() as stores:
        memory(stores)


if __name__ == "__main__":
    main()
