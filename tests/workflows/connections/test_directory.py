"""People and teams are read a page at a time: however many there are, and wherever the reading is cut off."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.catch_up import DirectoryPage
from pm_assistant.domain.errors import AccessRevoked, Conflict, ProductError, UpstreamRejected, UpstreamUnavailable
from pm_assistant.domain.jobs import JobDue, JobKind, JobState, Order
from pm_assistant.domain.people import Flaw, Listing
from pm_assistant.domain.reports import ReportChannel, Subscription
from pm_assistant.domain.tenants import Member, Provider, Standing
from pm_assistant.domain.work import Team
from pm_assistant.ports.unit import LEASE
from pm_assistant.workflows.connections.directory import Directory, known_directory, read_directory
from pm_assistant.workflows.connections.sync import sync
from pm_assistant.workflows.jobs import run_step, start_job
from tests.builders import ACME, ENG, NOW, a_connection, a_member, a_tenant
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import PEOPLE_PAGE, FakeChat, FakeTracker

CHAT, TRACKER = a_connection(ACME, Provider.SLACK), a_connection(ACME, Provider.LINEAR)
SOME = 2 * PEOPLE_PAGE + 1
"""People on three pages."""
STALE = UpstreamRejected("invalid_cursor")


class Killed(Exception):
    """The function ends here."""


class Asked:
    """What the vendors were asked for, and at which questions something happens.

    Attributes:
        pages: how often each was asked for.
        before: what happens once before a question of that number, `after` what happens behind it.
        instead: what a page is in the place of what it would be.
    """

    def __init__(self) -> None:
        self.pages: Counter[tuple[str, str | None]] = Counter()
        self.before: dict[int, Exception] = {}
        self.after: dict[int, Exception] = {}
        self.instead: dict[tuple[str, str | None], ProductError | str] = {}

    def ask[T](self, name: str, cursor: str | None, page_at: Callable[[], Listing[T]]) -> Listing[T]:
        """Note the question, and let happen what is to happen."""
        number = len(self.pages.keys() - {(name, cursor)})
        if number in self.before:
            raise self.before.pop(number)
        self.pages[name, cursor] += 1
        instead = self.instead.get((name, cursor))
        if isinstance(instead, ProductError):
            raise instead
        page = page_at()
        if number in self.after:
            raise self.after.pop(number)
        return Listing(page, page.flaws, cursor=instead) if instead else page


class Chat(FakeChat):
    """A chat that notes which pages of people it is asked for."""

    asked: Asked

    def page_of_members(self, *, cursor: str | None = None) -> Listing[Member]:
        """Note it."""
        page = super().page_of_members
        return self.asked.ask("chat", cursor, lambda: page(cursor=cursor))


class Tracker(FakeTracker):
    """A tracker that does."""

    asked: Asked

    def page_of_members(self, *, cursor: str | None = None) -> Listing[Member]:
        """Note it."""
        page = super().page_of_members
        return self.asked.ask("tracker", cursor, lambda: page(cursor=cursor))

    def page_of_teams(self, *, cursor: str | None = None) -> Listing[Team]:
        """Note it."""
        page = super().page_of_teams
        return self.asked.ask("teams", cursor, lambda: page(cursor=cursor))


class Company(FakeUnit):
    """A tenant with so many people, each of whom is in the chat and in the tracker."""

    def __init__(self, people: int) -> None:
        super().__init__()
        names = [f"person{number}" for number in range(people)]
        self.asked = Asked()
        self.stores.tenants.put(a_tenant())
        self.chat = Chat(members=[a_member(name, linear_id=None) for name in names])
        self.tracker = Tracker(teams=[ENG], members=[a_member(name, id=f"lin-{name}", slack_id=None) for name in names])
        for vendor in (self.chat, self.tracker):
            vendor.asked = self.asked

    def read(self, **options: Any) -> Directory:
        """Read to the end, and again wherever we are killed."""
        for _ in range(100):
            try:
                directory = read_directory(CHAT, TRACKER, self, **options)
            except Killed:
                continue
            if directory is not None:
                return directory
            options = {}
        raise AssertionError("it does not end")

    @property
    def known(self) -> dict[str, Member]:
        """All people that we keep, by their names."""
        return {member.name: member for member in self.stores.directory.members(ACME)}

    @property
    def left(self) -> set[str]:
        """The names of those who have left."""
        return {name for name, member in self.known.items() if member.left}


@pytest.mark.thorough
def test_a_large_company_is_read_page_by_page_each_once() -> None:
    """A page of each list in a step; who is in the chat and in the tracker is one person."""
    unit, steps = Company(2_500), 1
    while (directory := read_directory(CHAT, TRACKER, unit)) is None:
        assert {} == unit.known
        steps += 1

    pages = -(-2_500 // PEOPLE_PAGE)
    assert (pages, {1}, 2 * pages + 1) == (steps, {*unit.asked.pages.values()}, len(unit.asked.pages))
    assert Directory(members=2_500, teams=1) == directory
    assert {(f"U0{name.upper()}", f"lin-{name.lower()}") for name in unit.known} == {
        (member.accounts[Provider.SLACK], member.accounts[Provider.LINEAR]) for member in unit.known.values()
    }
    assert [ENG] == list(unit.stores.directory.teams(ACME))
    assert [] == unit.stores.readings.listed(ACME)
    assert known_directory(CHAT, TRACKER, unit) == directory


@pytest.mark.thorough
@pytest.mark.parametrize("when", ["before", "after"])
def test_whatever_is_killed_comes_to_the_same_end(when: str) -> None:
    """Before or after any question: no page is asked for more than twice."""
    whole = Company(SOME)
    whole.read()
    for number in range(len(whole.asked.pages)):
        unit = Company(SOME)
        getattr(unit.asked, when)[number] = Killed()

        unit.read()

        assert (whole.known, whole.asked.pages.keys()) == (unit.known, unit.asked.pages.keys())
        assert (max(unit.asked.pages.values()), sum(unit.asked.pages.values())) in {
            (1, len(unit.asked.pages)),
            (2, len(unit.asked.pages) + 1),
        }


def test_a_reading_under_way_is_taken_up_whoever_began_it() -> None:
    """A job that failed leaves where it stood; what was read an hour ago and is being read again is not known."""
    unit = Company(SOME)
    unit.read()
    unit.at += timedelta(hours=2)
    assert read_directory(CHAT, TRACKER, unit) is None
    unit.asked.pages.clear()

    assert known_directory(CHAT, TRACKER, unit) is None
    assert SOME == unit.read().members
    assert ("chat", None) not in unit.asked.pages


@pytest.mark.parametrize(("pause", "options"), [(timedelta(days=1, hours=1), {}), (timedelta(0), {"anew": True})])
def test_what_was_listed_long_ago_is_listed_anew(pause: timedelta, options: dict[str, bool]) -> None:
    """As is everything where somebody wishes it."""
    unit = Company(SOME)
    assert read_directory(CHAT, TRACKER, unit) is None
    unit.at += pause
    unit.chat.people = unit.chat.people[-1:]

    unit.read(**options)

    assert 2 == unit.asked.pages["chat", None]
    assert {"Person400"} == {name for name, member in unit.known.items() if Provider.SLACK in member.accounts}


def test_other_workspaces_are_read_from_the_beginning() -> None:
    """Where the chat or the tracker is another one than before."""
    unit = Company(SOME)
    assert read_directory(CHAT, TRACKER, unit) is None
    other = TRACKER.model_copy(update={"external_id": "another"})
    assert read_directory(CHAT, other, unit) is None
    assert 2 == unit.asked.pages["chat", None]


def test_who_is_on_no_page_has_left() -> None:
    """Found out when all pages are there."""
    unit = Company(SOME)
    unit.read()
    unit.tracker._members.pop(250)
    unit.chat.people.pop(250)

    unit.read()

    assert {"Person250"} == unit.left


def test_what_we_were_told_since_a_page_was_read_counts() -> None:
    """Names, and who has left; what was told before that page does not."""
    unit = Company(SOME)
    listed = {Provider.SLACK: NOW}
    unit.chat.people = [person.model_copy(update={"changed_at": listed}) for person in unit.chat.people]
    unit.read()
    assert read_directory(CHAT, TRACKER, unit) is None
    since, before = ({Provider.SLACK: NOW + timedelta(minutes=minutes)} for minutes in (1, -1))
    told: dict[str, dict[str, Any]] = {
        "Person1": {"name": "Renamed", "changed_at": since},
        "Person2": {"standings": {Provider.SLACK: Standing.LEFT}, "changed_at": since},
        "Person3": {"name": "Formerly", "changed_at": before},
    }
    changed = [unit.known[name].model_copy(update=change) for name, change in told.items()]
    unit.stores.directory.put_members(ACME, changed)

    unit.read()

    assert {"Renamed", "Person3"} <= unit.known.keys()
    assert Standing.LEFT is unit.known["Person2"].standings[Provider.SLACK]


def test_who_has_left_the_chat_alone_is_one_person_still() -> None:
    """Known by one row, and reached by mail; another workspace's people are who the tracker says they are."""
    unit = Company(1)
    unit.read()
    [before] = unit.stores.directory.members(ACME)
    wish = Subscription(member_id=before.id, delivery=ReportChannel.EMAIL)
    unit.stores.subscriptions.put(ACME, wish)
    unit.chat.people = [a_member("other", linear_id=None)]
    unit.read()

    members = {member.id: member for member in unit.stores.directory.members(ACME)}
    assert {before.id, "U0OTHER"} == members.keys()
    assert {Provider.SLACK: Standing.LEFT}.items() <= members[before.id].standings.items()
    assert "lin-person0" == members[before.id].linear_id
    unit.chat.people = [a_member("moved", email=before.email, linear_id=None)]
    unit.read()

    accounts = {member.id: dict(member.accounts) for member in unit.stores.directory.members(ACME)}
    assert {Provider.SLACK: "U0MOVED", Provider.LINEAR: "lin-person0"} == accounts["U0MOVED"]
    assert {Provider.SLACK: before.slack_id} == accounts[before.id]
    assert ["U0MOVED"] == [each.member_id for each in unit.stores.subscriptions.all(ACME)]


def test_nobody_is_written_while_the_directory_is_changed_elsewhere() -> None:
    """The step is repeated, and what is written then is what is true then."""
    unit = Company(1)
    with unit.lease("directory", lasts=LEASE), pytest.raises(Conflict):
        unit.read()

    assert [] == unit.stores.directory.members(ACME)
    assert Directory(members=1, teams=1) == unit.read()


def test_a_cursor_that_is_not_taken_any_more_is_left_for_the_beginning_of_its_list() -> None:
    """The other lists go on."""
    unit = Company(SOME)
    assert read_directory(CHAT, TRACKER, unit) is None
    unit.asked.instead["chat", str(PEOPLE_PAGE)] = STALE
    assert read_directory(CHAT, TRACKER, unit) is None
    unit.asked.instead.clear()

    assert Directory(members=SOME, teams=1) == unit.read()
    assert (2, 1) == (unit.asked.pages["chat", None], unit.asked.pages["tracker", None])


@pytest.mark.parametrize("instead", [STALE, str(PEOPLE_PAGE)])
def test_a_list_that_cannot_be_read_to_its_end_proves_nobody_absent(instead: ProductError | str) -> None:
    """Whether its pages lead in a circle or are refused again and again: what could be read is kept, and it is said."""
    unit = Company(SOME)
    unit.read()
    unit.chat.people.pop(250)
    unit.asked.instead["chat", str(PEOPLE_PAGE)] = instead

    directory = unit.read()

    assert (set(), SOME) == (unit.left, len(unit.stores.directory.members(ACME)))
    assert [("", True)] == [(flaw.id, flaw.left_out) for flaw in directory.flaws]


@pytest.mark.parametrize("error", [AccessRevoked("revoked"), STALE, UpstreamUnavailable("away")])
def test_what_the_vendor_cannot_answer_at_all_ends_the_step(error: ProductError) -> None:
    """The reading stays where it stood."""
    unit = Company(SOME)
    unit.asked.instead["teams", None] = error
    with pytest.raises(type(error)):
        read_directory(CHAT, TRACKER, unit)
    unit.asked.instead.clear()

    assert SOME == unit.read().members
    assert 1 == unit.asked.pages["chat", None]


def test_flaws_of_all_pages_are_named() -> None:
    """Also of those before the last."""
    unit = Company(SOME)
    unit.chat.flaws = [Flaw(id="U0ODD", problem="name: missing", left_out=True)]
    assert tuple(unit.chat.flaws) == unit.read().flaws


def test_pages_that_nobody_reads_any_more_are_none_of_the_next_reading() -> None:
    """As of a reading that was given up."""
    unit = Company(1)
    ghost = DirectoryPage.model_validate({"list": "chat-members", "number": 9, "members": [a_member("ghost")]})
    unit.stores.readings.put_listed(ACME, ghost)
    assert 1 == unit.read().members


def test_a_job_reads_people_and_teams_a_page_a_step_before_anything_else() -> None:
    """Its steps are counted, and what belongs to its beginning is done once."""
    unit = Company(SOME)
    unit.stores.tenants.put(a_tenant())
    for connection in (CHAT, TRACKER):
        unit.stores.connections.put(connection)
    job = start_job(Order(kind=JobKind.SYNC, dry_run=False), unit, asked_by="system")

    steps = []
    while job.state in {JobState.WAITING, JobState.RUNNING}:
        after = run_step(JobDue(tenant_id=ACME, job_id=job.id), {JobKind.SYNC: sync}, unit)
        assert after is not None
        job = after
        steps.append((job.done, len(unit.known)))

    assert [(2, 0), (3, 0), (3, SOME)] == steps[:3]
    assert (JobState.DONE, SOME, 1) == (job.state, job.results[-1]["members"], job.results[-1]["teams"])
