"""What nine o'clock takes: a team's standups through the product, and those of 100,000 people in simulated time.

uv run python -m tests.bench.standups

The team's are made by the product's own code on stores and a chat in memory, while workers are killed at any call and
the chat's answers get lost. The simulation takes from that only how long a report computes; workers, queue, window and
waiting are those of template.yaml and of `runtime/batch.py`, and so is what becomes of a message whose worker was
killed. Prices are AWS's list prices in us-east-1, as of 2026.
"""

import heapq
import random
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from pm_assistant.aws.schedules import WINDOW_MINUTES
from pm_assistant.domain.errors import ProductError, RateLimited
from pm_assistant.domain.reports import ReportDue
from pm_assistant.runtime.batch import pause_before_anew
from pm_assistant.workflows.reports.report import report
from tests.builders import ACME, DOING, NOW, a_connection, a_member, a_tenant, a_ticket
from tests.fakes.unit import FakeUnit

TEAM = 300
KILLED, LOST = 0.02, 0.02
"""How often a worker is killed at a call, and an answer of the chat gets lost."""
PEOPLE, LARGEST_TEAM = 100_000, 2_000
CONCURRENCY = (10, 50, 200)
"""Of the function that sends reports; template.yaml begins with the first."""
CALLS_SECONDS = 0.35
"""What a report waits for tables and chat, assumed."""
MESSAGES_A_MINUTE, RETRY_AFTER = 200, 30
"""What a workspace takes of us, of Slack's "several hundred", and how long it wants to be left alone then: assumed."""
RESTARTED_AT, COMES_BACK = 600, 360
"""In seconds after nine: all workers are killed, and when what they had in their hands comes again."""
UNITS_READ, UNITS_WRITTEN = 46, 6
"""A report's, as `tests.bench.facts` and `tests.bench.index` print them."""
DOLLARS = {"schedule": 1.00e-6, "SQS request": 0.40e-6, "GB-second": 1.33334e-5, "read": 0.125e-6, "write": 0.625e-6}
GIGABYTES, SQS_REQUESTS = 1.0, 3


class Killed(BaseException):
    """A worker is no more."""


class Perilous:
    """Does what another does, and may be killed before or after."""

    def __init__(self, other: Any, chance: random.Random) -> None:
        self._other, self._chance = other, chance

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._other, name)
        return self._dying(found) if callable(found) else found

    def _dying(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def dying(*arguments: Any, **named: Any) -> Any:
            if self._chance.random() < KILLED / 2:
                raise Killed
            answer = call(*arguments, **named)
            if self._chance.random() < KILLED / 2:
                raise Killed
            return answer

        return dying


def a_team() -> FakeUnit:
    """A tenant whose people have a ticket each."""
    unit = FakeUnit()
    unit.stores.tenants.put(a_tenant())
    unit.stores.connections.put(a_connection())
    names = [f"p{number}" for number in range(TEAM)]
    unit.stores.directory.put_members(ACME, [a_member(name) for name in names])
    for number, name in enumerate(names):
        unit.stores.tickets.put(ACME, a_ticket(number + 1, state=DOING, assignee_id=f"lin-{name}"))
    return unit


def deliver_perilously() -> tuple[float, Counter[str]]:
    """Deliver a team's standups; returns the seconds that one computes, and what happened how often.

    Raises:
        SystemExit: somebody got none, or two.
    """
    unit, chance, happened = a_team(), random.Random(7), Counter[str]()  # noqa: S311  # no secret
    chat = unit.chat
    perilous: Any = unit
    perilous.chat, perilous.stores.deliveries = Perilous(chat, chance), Perilous(unit.stores.deliveries, chance)
    waiting = [
        ReportDue(tenant_id=ACME, member_id=member.id, due_at=NOW) for member in unit.stores.directory.members(ACME)
    ]
    waiting += waiting  # every schedule fires twice
    chance.shuffle(waiting)
    took: list[float] = []
    while waiting:
        due = waiting.pop()
        if chance.random() < LOST:
            chat.lose_next_answer()
        began = time.perf_counter()
        try:
            sent = report(due, unit)
        except (Killed, ProductError) as error:
            happened[type(error).__name__] += 1
            waiting.insert(0, due)
            unit.at += timedelta(seconds=COMES_BACK)
        else:
            happened["sent" if sent else "was there"] += 1
            took += [time.perf_counter() - began] if sent else []
    check(Counter(user_id for user_id, _ in chat.reports), people=TEAM)
    return statistics.median(took), happened


def check(heard: Counter[str], *, people: int) -> None:
    """Insist that everybody got one report, by how many each got.

    Raises:
        SystemExit: somebody got none, or two.
    """
    if len(heard) != people or set(heard.values()) != {1}:
        raise SystemExit(f"error: of {people} people {len(heard)} got {Counter(heard.values())}")


def teams_of(people: int, chance: random.Random) -> list[int]:
    """Sizes of teams, few large and many small, that come to so many people."""
    sizes: list[int] = []
    while sum(sizes) < people:
        sizes.append(min(LARGEST_TEAM, int(5 * chance.paretovariate(0.9)), people - sum(sizes)))
    return sizes


def drained(workers: int, seconds: float) -> tuple[list[float], int]:
    """Simulate a morning; returns when each report was there, in seconds after nine, and how often one was begun."""
    chance = random.Random(9)  # noqa: S311  # no secret
    random.seed(9)
    due = [
        (chance.uniform(0, WINDOW_MINUTES * 60), number, team)
        for number, team in enumerate(team for team, size in enumerate(teams_of(PEOPLE, chance)) for _ in range(size))
    ]
    heapq.heapify(due)
    since = {number: at for at, number, _ in due}
    free = [0.0] * workers
    minute: defaultdict[tuple[int, int], int] = defaultdict(int)
    there: dict[int, float] = {}
    begun = 0
    while due:
        at, number, team = heapq.heappop(due)
        at = max(at, heapq.heappop(free))
        begun += 1
        if minute[team, int(at // 60)] >= MESSAGES_A_MINUTE:
            heapq.heappush(free, at + CALLS_SECONDS)
            limited = RateLimited("ratelimited", retry_after=RETRY_AFTER)
            pause = pause_before_anew(limited, timedelta(seconds=at - since[number]), base_seconds=2)
            heapq.heappush(due, (at + pause.total_seconds(), number, team))
            continue
        over = at + seconds
        heapq.heappush(free, over)
        if at < RESTARTED_AT <= over:
            # Had it been sent and not noted, it is found when the message comes back, and not sent again: as above.
            heapq.heappush(due, (at + COMES_BACK, number, team))
            continue
        minute[team, int(at // 60)] += 1
        there[number] = over
    return sorted(there.values()), begun


def main() -> None:
    """Print what came of both."""
    seconds, happened = deliver_perilously()
    print(f"a team of {TEAM}, each due twice: {dict(happened)}; everybody got one. A report computes {seconds:.4f} s")
    for workers in CONCURRENCY:
        arrivals, begun = drained(workers, seconds + CALLS_SECONDS)
        if len(arrivals) != PEOPLE:
            raise SystemExit(f"error: {len(arrivals)} of {PEOPLE} got one")
        half, most, last = (arrivals[int(len(arrivals) * part) - 1] / 60 for part in (0.5, 0.99, 1))
        computed = begun * (seconds + CALLS_SECONDS) * GIGABYTES
        dollars = {
            "Lambda": computed * DOLLARS["GB-second"],
            "DynamoDB": PEOPLE * (UNITS_READ * DOLLARS["read"] + UNITS_WRITTEN * DOLLARS["write"]),
            "SQS and Scheduler": begun * SQS_REQUESTS * DOLLARS["SQS request"] + PEOPLE * DOLLARS["schedule"],
        }
        costs = ", ".join(f"{name} {cost:.2f}" for name, cost in dollars.items())
        print(
            f"{PEOPLE} people, {workers} workers: half within {half:.0f} min, 99 % within {most:.0f}, all within "
            f"{last:.0f}; begun {begun / PEOPLE:.2f} times each; {sum(dollars.values()):.2f} dollars ({costs})"
        )


if __name__ == "__main__":
    main()
