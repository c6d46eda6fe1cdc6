"""How a team's work flows: through which phases each ticket went and when, and what that comes to in a week.

It is about work and never about who did it: neither a passage nor a figure names a person. There are no means, and no
figure of fewer than five.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import NamedTuple, TypedDict

from pydantic import AwareDatetime, Field

from pm_assistant.domain.forecast import Forecast, Outlook, Score
from pm_assistant.domain.model import Model
from pm_assistant.domain.spread import FEWEST as FEWEST
from pm_assistant.domain.spread import Spread as Spread
from pm_assistant.domain.spread import spread_of as spread_of
from pm_assistant.domain.talk import Report, Talk
from pm_assistant.domain.work import StateType, Ticket

WEEKS = 13
"""That are told of: those of a quarter, before the current one."""
MOST_STEPS = 40
"""Of one ticket that are kept, the last ones; what is moved oftener tells no more by it."""
MOST_IN_PROGRESS = 20
"""Tickets in progress that are named, those that are longest."""
DAY = timedelta(days=1)
UNEVEN = 0.25
"""By how much work in progress may differ from what its age and the throughput say of it (Little's law)."""


class Step(NamedTuple):
    """That a ticket came into a phase."""

    at: AwareDatetime
    phase: StateType


class Finish(NamedTuple):
    """That a ticket was done; one that is opened again and done again is so twice.

    Attributes:
        started_at: when it was begun first; None where it never was.
        active: of the time since, how much it was in progress and waited for no review.
    """

    at: datetime
    created_at: datetime
    started_at: datetime | None
    active: timedelta
    unplanned: bool

    @property
    def efficiency(self) -> float | None:
        """Which share of the time since it was begun was work; None where no time passed."""
        took = self.at - self.started_at if self.started_at is not None else timedelta()
        return self.active / took if took else None


class Passage(Model):
    """The way of one ticket through the phases: ids and moments, no words and nobody's name.

    Attributes:
        seen_at: when the ticket had been changed last as it was looked at.
        unplanned: it began as talk.
        reported_at: when the first of that was said; None where that is not known any more.
    """

    ticket_id: str
    team_id: str
    created_at: AwareDatetime
    seen_at: AwareDatetime
    steps: tuple[Step, ...] = ()
    unplanned: bool = False
    reported_at: AwareDatetime | None = None

    @classmethod
    def of(
        cls,
        ticket: Ticket,
        before: "Passage | None",
        *,
        unplanned: bool = False,
        reported_at: datetime | None = None,
    ) -> "Passage":
        """What is known of a ticket's way once it is looked at again; looking twice changes nothing.

        Between two looks it may have been begun and done; the tracker says when, as far as it still knows.
        """
        steps = list(before.steps if before is not None else ())
        for step in _since(ticket, steps[-1] if steps else None):
            at = max(step.at, steps[-1].at) if steps else step.at
            steps.append(Step(at, step.phase))
        return cls(
            ticket_id=ticket.id,
            team_id=ticket.team_id,
            created_at=ticket.created_at,
            seen_at=ticket.updated_at,
            steps=tuple(steps[-MOST_STEPS:]),
            unplanned=unplanned or (before is not None and before.unplanned),
            reported_at=reported_at or (before.reported_at if before is not None else None),
        )

    @property
    def phase(self) -> StateType | None:
        """Where it is."""
        return self.steps[-1].phase if self.steps else None

    @property
    def came_as_talk(self) -> bool:
        """Whether it came in unasked and was not put aside."""
        return self.unplanned and self.phase not in {StateType.CANCELED, StateType.DUPLICATE}

    @property
    def report(self) -> Report | None:
        """What became of what was first said of it, where that is known."""
        if self.reported_at is None:
            return None
        return Report(self.reported_at, self.created_at, next((step.at for step in self.steps if _done(step)), None))

    @property
    def started_at(self) -> datetime | None:
        """When it was begun first."""
        return next((step.at for step in self.steps if step.phase is StateType.STARTED), None)

    @property
    def reopened_at(self) -> Sequence[datetime]:
        """When it turned out not to have been done."""
        return [after.at for before, after in pairwise(self.steps) if _done(before) and not after.phase.closed]

    def finishes(self, waits: Sequence[tuple[datetime, datetime]] = ()) -> Iterator[Finish]:
        """Each time that it was done; `waits` are the stretches of time in which it waited for a review."""
        begun = self.started_at
        for number, step in enumerate(self.steps):
            if _done(step) and not (number and _done(self.steps[number - 1])):
                started_at = begun if begun is not None and begun <= step.at else None
                active = _active(self.steps[: number + 1], waits)
                yield Finish(step.at, self.created_at, started_at, active, self.unplanned)

    def in_progress_at(self, moment: datetime) -> bool:
        """Whether it was in progress then."""
        phases = [step.phase for step in self.steps if step.at <= moment]
        return bool(phases) and phases[-1] is StateType.STARTED

    def in_progress_between(self, began: datetime, ended: datetime) -> timedelta:
        """For how long of a stretch of time it was in progress."""
        ends = [*(step.at for step in self.steps[1:]), ended]
        pairs = zip(self.steps, ends, strict=False)
        return sum((_overlap(s.at, end, began, ended) for s, end in pairs if s.phase is StateType.STARTED), timedelta())


class Figures(Model):
    """How long things took; each is none below five."""

    cycle_days: Spread | None = Field(default=None, description="from begun to done")
    lead_days: Spread | None = Field(default=None, description="from created to done")
    efficiency: Spread | None = Field(
        default=None,
        description="of the time from begun to done, the share in which it was in progress and waited for no review",
    )
    review_hours: Spread | None = Field(
        default=None, description="working hours until the first review of a pull request"
    )


class WeekOfFlow(Figures):
    """A team's week, by the clock of the tenant's zone."""

    begins: date = Field(description="a Monday")
    finished: int = Field(description="how often a ticket was done")
    added: int = Field(description="tickets that began as talk and came in that week")
    unplanned: int = Field(description="of those finished, the ones that began as talk")
    reopened: int = Field(description="how often a ticket that was done was opened again")
    in_progress: int = Field(description="tickets in progress as the week ended")


class InProgress(Model):
    """A ticket in progress, and since when."""

    ticket_id: str
    since: AwareDatetime


class TeamFlow(Figures):
    """What is told of one team: complete weeks, oldest first, and what is in progress today."""

    team_id: str
    weeks: tuple[WeekOfFlow, ...]
    finished: int = Field(description="in these weeks")
    in_progress: tuple[InProgress, ...] = Field(description="begun longest ago first, 20 at most")
    in_progress_count: int
    open_items: int = Field(description="begun or planned and not done")
    consistent: bool | None = Field(
        description="whether work in progress agrees with throughput and cycle time; none where there is too little"
    )
    outlook: Outlook | None = Field(default=None, description="when the open items will be done")
    forecasts: tuple[Forecast, ...] = Field(default=(), description="that were made before, one a week")
    score: Score = Field(default_factory=Score)


class _Spreads(TypedDict):
    cycle_days: Spread | None
    lead_days: Spread | None
    efficiency: Spread | None
    review_hours: Spread | None


class DayOfFlow(Model):
    """What one day's look found, by the clock of the zone by which the team's weeks begin."""

    day: date
    time_zone: str
    measured_at: AwareDatetime
    teams: tuple[TeamFlow, ...] = ()
    talk: Talk | None = None


class Review(NamedTuple):
    """The wait for a pull request's first review.

    Attributes:
        hours: working hours of it.
    """

    ticket_ids: Collection[str]
    asked_at: datetime
    given_at: datetime
    hours: int


def flow_of(
    team_id: str, passages: Iterable[Passage], reviews: Sequence[Review], *, zone: tzinfo, now: datetime
) -> TeamFlow:
    """What a team's passages come to.

    Args:
        team_id: whose.
        passages: of the team's tickets but those that others are a part of.
        reviews: of what was built for them.
        zone: by whose clock weeks begin.
        now: until when is told of.
    """
    own = [passage for passage in passages if passage.team_id == team_id]
    waits = _waits(reviews)
    finishes = [finish for passage in own for finish in passage.finishes(waits.get(passage.ticket_id, ()))]
    mondays = _mondays(own, zone=zone, now=now)
    ids = {passage.ticket_id for passage in own}
    given = [review for review in reviews if not ids.isdisjoint(review.ticket_ids)]
    weeks = tuple(_week(monday, own, finishes, given, zone) for monday in mondays)
    began, ended = _stretch(mondays, zone, now)
    told = [finish for finish in finishes if began <= finish.at < ended]
    in_progress = sorted(
        (InProgress(ticket_id=each.ticket_id, since=each.started_at) for each in own if _is_begun(each)),
        key=lambda each: (each.since, each.ticket_id),
    )
    cycles = _days((finish.started_at, finish.at) for finish in told)
    return TeamFlow(
        team_id=team_id,
        weeks=weeks,
        finished=len(told),
        in_progress=tuple(in_progress[:MOST_IN_PROGRESS]),
        in_progress_count=len(in_progress),
        open_items=sum(each.phase in {StateType.STARTED, StateType.UNSTARTED} for each in own),
        consistent=_agrees(own, cycles, began, ended),
        **_spreads(told, [review.hours for review in given if began <= review.given_at < ended]),
    )


def net_by_day(passages: Iterable[Passage], zone: tzinfo) -> Mapping[date, int]:
    """How many more were done than came in as talk, by local day: what a forecast is scored by."""
    net: dict[date, int] = {}
    for passage in passages:
        for finish in passage.finishes():
            net[local_day(finish.at, zone)] = net.get(local_day(finish.at, zone), 0) + 1
        if passage.came_as_talk:
            day = local_day(passage.created_at, zone)
            net[day] = net.get(day, 0) - 1
    return net


def local_day(moment: datetime, zone: tzinfo) -> date:
    """Which day it is there."""
    return moment.astimezone(zone).date()


def _since(ticket: Ticket, last: Step | None) -> Iterator[Step]:
    """The steps that a ticket has taken since the last one that is known."""
    phase, changed_at = ticket.state.type, ticket.updated_at
    done_at = ticket.completed_at or changed_at
    if phase is StateType.COMPLETED and last is not None and _done(last):
        if ticket.completed_at is not None and done_at > last.at:  # opened again and done again meanwhile
            yield from (Step(done_at, StateType.STARTED), Step(done_at, phase))
        return
    begun = ticket.started_at
    is_begun = phase is StateType.STARTED or phase.closed
    if is_begun and begun is not None and (last is None or (begun >= last.at and last.phase is not StateType.STARTED)):
        yield Step(begun, StateType.STARTED)
        last = Step(begun, StateType.STARTED)
    if last is None or phase is not last.phase:
        yield Step(done_at if phase is StateType.COMPLETED else changed_at, phase)


def _done(step: Step) -> bool:
    return step.phase is StateType.COMPLETED


def _is_begun(passage: Passage) -> bool:
    return passage.phase is StateType.STARTED and passage.started_at is not None


def _active(steps: Sequence[Step], waits: Sequence[tuple[datetime, datetime]]) -> timedelta:
    """For how long it was in progress without waiting; stretches of waiting do not overlap."""
    active = timedelta()
    for step, following in pairwise(steps):
        if step.phase is StateType.STARTED:
            active += following.at - step.at
            active -= sum((_overlap(step.at, following.at, *wait) for wait in waits), timedelta())
    return active


def _overlap(begin: datetime, end: datetime, other_begin: datetime, other_end: datetime) -> timedelta:
    return max(min(end, other_end) - max(begin, other_begin), timedelta())


def _waits(reviews: Iterable[Review]) -> Mapping[str, Sequence[tuple[datetime, datetime]]]:
    """By ticket, when a review was waited for; what overlaps is one stretch."""
    found: dict[str, list[tuple[datetime, datetime]]] = {}
    for review in sorted(reviews, key=lambda review: (review.asked_at, review.given_at)):
        for id in review.ticket_ids:
            stretches = found.setdefault(id, [])
            if stretches and review.asked_at <= stretches[-1][1]:
                stretches[-1] = (stretches[-1][0], max(stretches[-1][1], review.given_at))
            else:
                stretches.append((review.asked_at, review.given_at))
    return found


def _days(stretches: Iterable[tuple[datetime | None, datetime]]) -> list[float]:
    return [(end - begin) / DAY for begin, end in stretches if begin is not None]


def _mondays(passages: Sequence[Passage], *, zone: tzinfo, now: datetime) -> Sequence[date]:
    """The weeks that are complete, in order: from the one after the first in which something was begun or done."""
    moments = [step.at for each in passages for step in each.steps if step.phase is StateType.STARTED or _done(step)]
    if not moments:
        return ()
    this, first = (_monday(local_day(moment, zone)) for moment in (now, min(moments)))
    count = min(max((this - first).days // 7 - 1, 0), WEEKS)
    return [this - timedelta(weeks=back) for back in range(count, 0, -1)]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _stretch(mondays: Sequence[date], zone: tzinfo, now: datetime) -> tuple[datetime, datetime]:
    """From when until when is told of."""
    return (_midnight(mondays[0], zone), _midnight(mondays[-1] + timedelta(weeks=1), zone)) if mondays else (now, now)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _spreads(finishes: Sequence[Finish], review_hours: Iterable[int]) -> _Spreads:
    return {
        "cycle_days": spread_of(_days((finish.started_at, finish.at) for finish in finishes)),
        "lead_days": spread_of(_days((finish.created_at, finish.at) for finish in finishes)),
        "efficiency": spread_of(share for finish in finishes if (share := finish.efficiency) is not None),
        "review_hours": spread_of(review_hours),
    }


def _week(
    monday: date, passages: Sequence[Passage], finishes: Sequence[Finish], reviews: Sequence[Review], zone: tzinfo
) -> WeekOfFlow:
    begin, end = _midnight(monday, zone), _midnight(monday + timedelta(weeks=1), zone)
    done = [finish for finish in finishes if begin <= finish.at < end]
    return WeekOfFlow(
        begins=monday,
        finished=len(done),
        added=sum(each.came_as_talk and begin <= each.created_at < end for each in passages),
        unplanned=sum(finish.unplanned for finish in done),
        reopened=sum(begin <= at < end for each in passages for at in each.reopened_at),
        in_progress=sum(each.in_progress_at(end) for each in passages),
        **_spreads(done, [review.hours for review in reviews if begin <= review.given_at < end]),
    )


def _agrees(passages: Iterable[Passage], cycles: Sequence[float], began: datetime, ended: datetime) -> bool | None:
    """Whether what is in progress is as much as throughput and cycle time say: else states or dates are wrong."""
    if len(cycles) < FEWEST:
        return None
    lasted = (ended - began) / DAY
    expected = sum(cycles) / lasted
    seen = sum((each.in_progress_between(began, ended) for each in passages), timedelta()) / DAY / lasted
    return abs(expected - seen) <= UNEVEN * max(expected, seen)
