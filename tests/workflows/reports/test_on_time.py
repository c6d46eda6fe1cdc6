"""Exactly one report for each scheduled local day, whatever becomes of the messages that make it due."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.days_off import MOST_DAYS, Holidays
from pm_assistant.domain.reports import ReportDue, Subscription
from pm_assistant.domain.tenants import Settings
from pm_assistant.domain.timetable import WEEKDAYS
from pm_assistant.workflows.connections.missed_reports import LOOKS_BACK, send_missed_reports
from pm_assistant.workflows.reports.report import report
from tests.builders import ACME, a_connection, a_member, a_tenant
from tests.fakes.stores import FakeQueue
from tests.fakes.unit import FakeUnit

FIRST, LAST = date(2026, 1, 1), date(2027, 12, 31)
ZONES = sorted(available_timezones() - {"localtime"})
PARTS = 10
LOST, DOUBLED, LATE, OFF = 0.1, 0.1, 0.2, 0.1
"""How many of the messages that make a report due are, and how many days."""


class Move(NamedTuple):
    """From when on a person is in a zone, and the clockwork knows."""

    at: datetime
    zone: str
    known_at: datetime


class Trial:
    """A person who moves about, whose reports are made due by an unreliable clockwork."""

    def __init__(self, moves: Sequence[Move], clock: time, weekdays: Sequence[str], *, last: date, seed: int) -> None:
        self.moves, self.clock, self.random = moves, clock, random.Random(seed)  # noqa: S311
        self.unit = FakeUnit(at=moves[0].at)
        self.unit.stores.tenants.put(a_tenant())
        self.unit.stores.connections.put(a_connection())
        fields = {"hour": clock.hour, "minute": clock.minute, "weekdays": weekdays, "since": moves[0].at}
        self.wish = Subscription.model_validate({"member_id": "U0ADA", **fields})
        self.unit.stores.subscriptions.put(ACME, self.wish)
        lasts = (last - moves[0].at.date()).days
        self.off = {moves[0].at.date() + timedelta(days=n) for n in range(lasts) if self.random.random() < OFF}
        days = [{"day": day, "name": "Inventory"} for day in sorted(self.off)][:MOST_DAYS]
        self.off = {each["day"] for each in days if isinstance(each["day"], date)}
        settings = Settings(holidays=Holidays.model_validate({"days": days}))
        self.unit.stores.tenants.put(a_tenant(settings=settings))
        self.end = datetime.combine(last, time.min, UTC)

    def run(self) -> Counter[date]:
        """How many reports there are for each local day in the end."""
        triggers = [(arrives, 1, due) for due in self._struck() for arrives in self._arrivals(due)]
        moves = [(move.at, 0, move) for move in self.moves]
        looks, at = [], self.moves[0].at
        while at < self.end:
            # An hour's comparison is lost now and then, and so are those of a night.
            at += timedelta(hours=self.random.choice([1, 1, 2, 5, 14]))
            looks.append((at, 2, None))
        for at, _, event in sorted([*triggers, *moves, *looks], key=lambda each: each[:2]):
            self.unit.at = max(self.unit.at, at)
            match event:
                case Move(zone=zone):
                    self.unit.stores.directory.put_members(ACME, [a_member(time_zone=zone)])
                case ReportDue() as due:
                    report(due, self.unit)
                case None:
                    self._look()
        return Counter(sent.day for _, sent in self.unit.chat.reports)

    def _look(self) -> None:
        self.unit.queues.reports = queue = FakeQueue()
        send_missed_reports(self.unit)
        # What is put on a queue comes once at least.
        for put in queue.puts * self.random.choice([1, 1, 2]):
            assert isinstance(put.message, ReportDue)
            report(put.message, self.unit)

    def _struck(self) -> Iterator[ReportDue]:
        """What EventBridge makes due: by the zone that it knows of, not in a gap, and once where a clock goes back."""
        for move, known_until in zip(self.moves, [*(m.known_at for m in self.moves[1:]), self.end], strict=True):
            zone = ZoneInfo(move.zone)
            day = move.known_at.astimezone(zone).date() - timedelta(days=1)
            while datetime.combine(day, time.min, UTC) < known_until + timedelta(days=2):
                wall = datetime.combine(day, self.clock)
                moment = wall.replace(tzinfo=zone).astimezone(UTC)
                is_gap = moment.astimezone(zone).replace(tzinfo=None) != wall
                is_wished = WEEKDAYS[day.weekday()] in self.wish.weekdays
                if is_wished and move.known_at <= moment < known_until and not is_gap:
                    yield ReportDue(tenant_id=ACME, member_id="U0ADA", due_at=moment, time_zone=move.zone)
                day += timedelta(days=1)

    def _arrivals(self, due: ReportDue) -> Iterator[datetime]:
        assert due.due_at is not None
        for _ in range(2 if self.random.random() < DOUBLED else 1):
            if self.random.random() >= LOST:
                late = timedelta(hours=self.random.uniform(0, 60)) if self.random.random() < LATE else timedelta()
                yield due.due_at + timedelta(minutes=self.random.uniform(0, 15)) + late


def a_life(zones: Sequence[str], first: date, last: date, *, seed: int) -> list[Move]:
    """Somebody who lives in these zones, one after the other; the clockwork knows at once, or the next night."""
    by_chance = random.Random(seed)  # noqa: S311
    start = datetime.combine(first, time.min, UTC)
    span = (last - first) / len(zones)
    moves = [Move(start, zones[0], start)]
    for number, zone in enumerate(zones[1:], 1):
        at = start + number * span + timedelta(minutes=by_chance.randrange(1440))
        moves.append(Move(at, zone, at + timedelta(hours=by_chance.choice([0, 0, 24]))))
    return moves


def check(zones: Sequence[str], clock: time, weekdays: Sequence[str], first: date, last: date, seed: int) -> None:
    """Every local day that was scheduled has its report, no other day has any, and a holiday has none."""
    trial = Trial(a_life(zones, first, last, seed=seed), clock, weekdays, last=last, seed=seed)
    told = trial.run()

    margin = LOOKS_BACK + timedelta(days=1)
    inner = [first + margin + timedelta(days=n) for n in range((last - first - 2 * margin).days)]
    scheduled = {day for day in inner if WEEKDAYS[day.weekday()] in weekdays and day not in trial.off}
    assert dict.fromkeys(scheduled, 1) == {day: count for day, count in told.items() if day in set(inner)}
    assert {1} >= set(told.values())
    assert not trial.off & told.keys()


SOME_DAYS = st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=7, unique=True)
CLOCKS = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
SEEDS = st.integers(0, 2**32)


@given(
    zones=st.lists(st.sampled_from(ZONES), min_size=1, max_size=3),
    clock=CLOCKS,
    weekdays=SOME_DAYS,
    week=st.integers(0, 98),
    seed=SEEDS,
)
def test_each_scheduled_local_day_has_one_report(
    zones: list[str], clock: time, weekdays: list[str], week: int, seed: int
) -> None:
    """Messages are lost, doubled, late and out of order, comparisons are lost, and people move between zones."""
    first = FIRST + timedelta(weeks=week)
    check(zones, clock, weekdays, first, first + timedelta(weeks=6), seed)


@cache
def clocks_of_the_world() -> Sequence[str]:
    """A zone for each way in which clocks go in these two years: the others are the same under other names."""
    first = datetime.combine(FIRST, time.min, UTC)
    hours = [first + timedelta(hours=number) for number in range(0, 24 * (LAST - FIRST).days, 6)]
    return list({tuple(at.astimezone(ZoneInfo(zone)).utcoffset() for at in hours): zone for zone in ZONES}.values())


@pytest.mark.thorough
@pytest.mark.parametrize("part", range(PARTS))
def test_each_scheduled_local_day_has_one_report_in_every_zone_for_two_years(part: int) -> None:
    """At a time of its own in each zone, every other one in the hours in which clocks jump."""
    zones = clocks_of_the_world()
    assert len(zones) > 60
    for number, zone in list(enumerate(zones))[part::PARTS]:
        by_chance = random.Random(zone)  # noqa: S311
        clock = time(by_chance.randrange(24 if number % 2 else 4), by_chance.randrange(60))
        lives_in = [zone] if number % 3 else [zone, by_chance.choice(ZONES), zone]
        check(lives_in, clock, WEEKDAYS[: by_chance.randrange(1, 8)], FIRST, LAST, seed=number)
