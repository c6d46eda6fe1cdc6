"""Reading the tracker page by page: the newest first, then what has changed, and never from page one again."""

from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest

from pm_assistant.domain.catch_up import PlanningPage, TicketPage
from pm_assistant.domain.errors import RateLimited
from pm_assistant.domain.events import EventEnvelope, PlanningChanged, TicketChanged, TicketRemoved
from pm_assistant.domain.jobs import Job, JobDue, JobKind, JobState, Order
from pm_assistant.domain.planning import PlanningPart
from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.work import Ticket
from pm_assistant.workflows.connections.sync import sync
from pm_assistant.workflows.jobs import run_step, start_job
from tests.builders import ACME, ENG, NOW, a_connection, a_member, a_tenant, a_ticket, a_ticket_comment
from tests.fakes.killing import Killed, Questions
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import TICKETS_PAGE, FakeChat, FakeTracker

STEPS = {JobKind.SYNC: sync}
MINUTE = timedelta(minutes=1)


class Board(FakeTracker):
    """A tracker that notes which pages it is asked for, and at which of these `questions` we may be killed."""

    def __init__(self, tickets: list[Ticket]) -> None:
        super().__init__(tickets=tickets, teams=[ENG], members=[a_member(slack_id=None)])
        self.questions = Questions()

    def read_tickets(
        self, *, since: datetime | None, until: datetime | None = None, cursor: str | None = None
    ) -> TicketPage:
        """Note what is asked for."""
        page = partial(super().read_tickets, since=since, until=until, cursor=cursor)
        return self.questions.put((since, until, cursor), page)

    def read_planning(self, *, since: datetime | None, cursor: str) -> PlanningPage:
        """Note what is asked for."""
        return self.questions.put((since, cursor), partial(super().read_planning, since=since, cursor=cursor))


class Planned(FakeUnit):
    """A tenant with a tracker on which there are ten tickets, changed a minute apart."""

    def __init__(self, *, apart: timedelta = MINUTE, tickets: int = 10) -> None:
        super().__init__()
        self.stores.tenants.put(a_tenant())
        for provider in (Provider.SLACK, Provider.LINEAR):
            self.stores.connections.put(a_connection(ACME, provider))
        self.chat = FakeChat(members=[a_member(linear_id=None)])
        self.board = Board([self.a_ticket(number, NOW - number * apart) for number in range(tickets)])
        self.tracker = self.board

    @staticmethod
    def a_ticket(number: int, at: datetime, **changes: Any) -> Ticket:
        """One that was changed then."""
        return a_ticket(number, created_at=NOW - timedelta(days=9), updated_at=at, **changes)

    def read(self, **order: Any) -> Job:
        """Read to the end, whatever happens on the way."""
        self.at += timedelta(hours=1)
        job = start_job(Order(kind=JobKind.SYNC, dry_run=False, **order), self, asked_by="system")
        for _ in range(100):
            try:
                after = self.step(job)
            except Killed:
                continue
            if after.finished:
                return after
        raise AssertionError("it does not end")

    def step(self, job: Job) -> Job:
        """Take one step."""
        after = run_step(JobDue(tenant_id=ACME, job_id=job.id), STEPS, self)
        assert after is not None
        return after

    @property
    def told(self) -> list[object]:
        """What is to be treated as if the tracker had told it."""
        envelopes = [put.message for put in self.queues.events.puts if isinstance(put.message, EventEnvelope)]
        return [each.event for each in envelopes if isinstance(each.event, TicketChanged | TicketRemoved)]

    @property
    def told_beside(self) -> list[PlanningPart]:
        """What is to be treated so of that which is not a ticket."""
        events = [put.message.event for put in self.queues.events.puts if isinstance(put.message, EventEnvelope)]
        return [part for event in events if isinstance(event, PlanningChanged) for part in event.parts]

    @property
    def known(self) -> list[Ticket]:
        """All tickets that we keep."""
        return sorted(self.stores.tickets.all(ACME), key=lambda ticket: ticket.id)


def test_a_first_reading_brings_the_newest_first_a_page_a_step() -> None:
    """So that what matters most is there soon."""
    unit = Planned()
    job = start_job(Order(kind=JobKind.SYNC, dry_run=False), unit, asked_by="system")
    unit.step(job)
    after = unit.step(job)

    newest = {f"ticket-{number}" for number in range(TICKETS_PAGE)}
    assert (newest, JobState.RUNNING, 2) == ({ticket.id for ticket in unit.known}, after.state, after.done)


def test_a_reading_without_news_takes_one_request() -> None:
    """What was changed shortly before the last one is asked for again: it may have been listed late."""
    unit = Planned()
    unit.read()
    before, first = unit.known, len(unit.board.questions.asked)
    job = unit.read()

    assert ([(NOW + timedelta(minutes=50), None, None)], before) == (unit.board.questions.asked[first:], unit.known)
    assert ([], 0) == (unit.told, job.results[-1]["tickets"])


def test_what_has_changed_is_read_and_what_is_new_or_gone_goes_the_way_of_an_event() -> None:
    """Pull requests may have named it before, and questions about it may be open."""
    unit = Planned()
    unit.read()
    changed, new = unit.a_ticket(3, unit.now(), title="Other"), unit.a_ticket(99, unit.now() + MINUTE)
    unit.board.tickets |= {changed.id: changed, new.id: new}
    gone = [TicketRemoved(ticket_id=id, at=unit.now()) for id in ("ticket-1", "never-known")]
    unit.board.removed += gone
    unit.read()

    assert [changed, new] == [ticket for ticket in unit.known if ticket.id in {changed.id, new.id}]
    assert [TicketChanged(ticket=new, returned=True), gone[0]] == unit.told
    [gap] = unit.stores.readings.gaps(ACME, limit=9)
    assert (changed.updated_at, new.updated_at, unit.at) == (gap.began_at, gap.ended_at, gap.repaired_at)


def test_a_reading_that_failed_is_taken_up_by_the_next_one() -> None:
    """Where it stands is the source's and not the job's; what changed meanwhile is read after it."""
    unit = Planned()
    job = start_job(Order(kind=JobKind.SYNC, dry_run=False), unit, asked_by="system")
    for _ in range(3):
        unit.step(job)
    unit.stores.jobs.put(unit.stores.jobs.get(ACME, job.id).failed("broke off", at=unit.now()))
    changed = unit.a_ticket(3, unit.now() + MINUTE, title="Other")
    unit.board.tickets[changed.id] = changed
    unit.read()

    assert 10 == len(unit.known)
    assert changed in unit.known
    assert {1} == set(Counter(unit.board.questions.asked).values())


def test_another_workspace_is_read_from_its_beginning() -> None:
    """What was read is of the one before."""
    unit = Planned()
    unit.read()
    unit.stores.connections.put(a_connection(ACME, Provider.LINEAR, external_id="another"))
    unit.read()

    assert 2 == unit.board.questions.asked.count((None, None, None))


@pytest.mark.parametrize("kill", ["kill_before", "kill_after"])
def test_whatever_is_killed_goes_on_to_the_same_end(kill: str) -> None:
    """Before any request or after its answer, once or at every one of them: no page is asked for a third time."""
    whole = Planned()
    whole.read()
    requests = len(whole.board.questions.asked)
    for points in (*({number} for number in range(requests)), set(range(requests))):
        unit = Planned()
        setattr(unit.board.questions, kill, set(points))
        unit.read()
        assert not getattr(unit.board.questions, kill)
        assert whole.known == unit.known
        assert whole.stores.readings.positions(ACME, Provider.LINEAR) == unit.stores.readings.positions(
            ACME, Provider.LINEAR
        )
        assert max(Counter(unit.board.questions.asked).values()) <= 2


def test_thousands_that_were_changed_at_one_moment_are_read_by_the_trackers_own_cursor() -> None:
    """An import gives all that it brings the same moment."""
    unit = Planned(apart=timedelta(0))
    unit.read()

    assert 10 == len(unit.known)
    assert {1} == set(Counter(unit.board.questions.asked).values())


def test_pages_that_do_not_end_end_the_reading_which_is_begun_again_next_time() -> None:
    """What they brought is kept, and the result says so."""
    unit = Planned(tickets=1)
    numbers = count()
    honest = unit.board.read_tickets

    def lead_on(**asked: Any) -> TicketPage:
        return honest(**{**asked, "cursor": None}).model_copy(update={"cursor": f"c-{next(numbers) % 3}"})

    unit.board.read_tickets = lead_on  # type: ignore[method-assign]
    job = unit.read()

    [flaw] = job.results[0]["flaws"]
    assert (JobState.DONE, "Linear leads us back to a page that has been read") == (job.state, flaw["problem"])
    position = unit.stores.readings.position(ACME, Provider.LINEAR)
    assert position is not None
    assert (None, None) == (position.read_to, position.reading)


def test_a_long_rest_that_is_asked_for_is_not_waited_out() -> None:
    """The step ends at once, and is repeated from the page on where it was."""
    unit = Planned()
    job = start_job(Order(kind=JobKind.SYNC, dry_run=False), unit, asked_by="system")
    unit.step(job)
    unit.step(job)
    unit.failing["tracker"] = RateLimited("slow down", retry_after=3_000)
    with pytest.raises(RateLimited):
        unit.step(job)
    unit.failing.clear()
    unit.read()

    assert [] == unit.waits
    assert {1} == set(Counter(unit.board.questions.asked).values())


def test_what_was_changed_beside_the_tickets_goes_the_way_of_an_event_wherever_the_reading_is_killed() -> None:
    """It begins with the first page of the tickets and ends behind their last; each page is asked for twice at most."""
    comments = [a_ticket_comment(str(number), at=NOW) for number in range(3 * TICKETS_PAGE)]
    unit = Planned()
    unit.board.planning = [*comments]
    unit.board.questions.kill_before, unit.board.questions.kill_after = {1, 3, 5}, {0, 2, 4}
    unit.read()

    assert sorted(comments, key=lambda c: c.id) == sorted(set(unit.told_beside), key=lambda c: c.id)
    assert 2 >= max(Counter(unit.board.questions.asked).values())
    assert 2 == len({asked for asked in unit.board.questions.asked if len(asked) == 2})


def test_what_was_changed_beside_the_tickets_since_the_last_reading_takes_no_request_of_its_own() -> None:
    """What nobody told us of is found a day later at the latest."""
    unit = Planned()
    unit.board.planning = [a_ticket_comment("old", at=NOW - timedelta(days=1))]
    unit.read()
    unit.queues.events.puts.clear()
    first = len(unit.board.questions.asked)
    new = a_ticket_comment("new", at=unit.now())
    unit.board.planning.append(new)
    unit.read()

    assert ([new], 1) == (unit.told_beside, len(unit.board.questions.asked) - first)


def test_a_dry_run_tells_nothing_of_what_was_changed_beside_the_tickets() -> None:
    """It only counts."""
    unit = Planned()
    unit.board.planning = [a_ticket_comment(str(number)) for number in range(2 * TICKETS_PAGE)]
    start = start_job(Order(kind=JobKind.SYNC, dry_run=True), unit, asked_by="system")
    while not unit.step(start).finished:
        pass

    assert [] == unit.told_beside
