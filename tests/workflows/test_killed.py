"""Whoever catches up is killed at any call of anything outside: whoever goes on comes to the same end.

Between two calls nothing happens outside. So whoever is killed before a call might as well have been killed after the
last one that changed something, or brought a page; and these are all tried.
"""

from collections import Counter, deque
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from pm_assistant.domain.code import Description, Issue
from pm_assistant.domain.deliveries import Delivery, DeliveryPage
from pm_assistant.domain.errors import Conflict, RateLimited
from pm_assistant.domain.events import ConversationTouched, EventEnvelope
from pm_assistant.domain.jobs import APP, JobDue, JobKind, Order
from pm_assistant.domain.planning import PlanName, Relation, RelationType
from pm_assistant.domain.tenants import Provider, TenantId
from pm_assistant.workflows.code.catch_up import catch_up
from pm_assistant.workflows.code.reconcile import reconcile
from pm_assistant.workflows.connections.redelivery import redeliver
from pm_assistant.workflows.connections.sync import sync
from pm_assistant.workflows.jobs import LEASE, run_step, start_job
from pm_assistant.workflows.pipeline.analyze import analyze
from pm_assistant.workflows.pipeline.conversations import conversation_at
from tests.builders import (
    ACME,
    ENG,
    NOW,
    a_code_comment,
    a_connection,
    a_member,
    a_message,
    a_pull_request,
    a_repository,
    a_review,
    a_tenant,
    a_ticket,
    a_ticket_comment,
    an_attachment,
)
from tests.chaos.faults import Killed, Proxy, is_port
from tests.fakes import vendors
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeChat, FakeTracker
from tests.replay.picture import Picture, covered, differences, known

STEPS = {JobKind.SYNC: sync, JobKind.CATCH_UP: catch_up, JobKind.RECONCILE: reconcile}
LAST_WEEK, A_WHILE = NOW - timedelta(days=7), timedelta(minutes=50)
VENDORS = ("chat.", "tracker.", "code_host.", "redelivery.")

pytestmark = pytest.mark.thorough


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have each list be on several pages."""
    for name, size in (("PEOPLE_PAGE", 2), ("CHANNELS_PAGE", 1), ("HISTORY_PAGE", 3), ("TICKETS_PAGE", 2)):
        monkeypatch.setattr(vendors, name, size)


class Company(FakeUnit):
    """A tenant that has connected a chat, a tracker and a code host, with more in each than a page of everything."""

    def __init__(self, *, every: timedelta = timedelta(0)) -> None:
        super().__init__()
        self.stores.tenants.put(a_tenant())
        for provider in (Provider.SLACK, Provider.LINEAR, Provider.GITHUB):
            self.stores.connections.put(a_connection(ACME, provider))
        names = [f"person{number}" for number in range(3)]
        root = a_message(-500)
        thread = [a_message(-400 + number, root_ts=root.ts) for number in range(4)]
        said = [root, *thread, *(a_message(number - 100, channel="C0OPS") for number in range(4))]
        people = [a_member(name, linear_id=None) for name in names]
        self.chat = FakeChat(messages=said, members=people, history_every=every)
        self.tracker = FakeTracker(
            tickets=[self.a_ticket(number) for number in (1, 2, 3)],
            teams=[ENG],
            members=[a_member(name, id=f"lin-{name}", slack_id=None) for name in names],
        )
        self.tracker.planning += [a_ticket_comment("1"), a_ticket_comment("2"), an_attachment("1"), an_attachment("2")]
        self.tracker.planning.append(PlanName(id="p-1", name="Launch", at=NOW))
        ends = {"ticket_id": "ticket-1", "other_id": "ticket-2"}
        self.tracker.relations.append(Relation(id="r-1", type=RelationType.BLOCKS, at=NOW, **ends))
        for number in (1, 2, 3):
            self.build(number)
        self.code_host.add(a_repository("901", name="acme/quiet"))
        self.code_host.add(a_repository("902", name="acme/empty"))

    @staticmethod
    def a_ticket(number: int, **changes: Any) -> Any:
        """A ticket that was changed so many minutes ago."""
        return a_ticket(number, updated_at=NOW - timedelta(minutes=number)).model_copy(update=changes)

    def build(self, number: int, *, at: Any = NOW) -> None:
        """Have a pull request and an issue be there, with what is said on each."""
        facts = a_pull_request(number, at=at)
        text = Description(pull_request_id=facts.pull_request_id, at=at, text=f"Text {number}")
        review = a_review(f"{number}", pull_request_id=facts.pull_request_id, at=at)
        issue = Issue(repository_id="900", number=number + 10, title="Broken", url="u", at=at, created_at=at)
        said = a_code_comment(f"{number}", number=number, at=at, created_at=at)
        on_issue = a_code_comment(f"{number + 10}", number=number + 10, at=at, created_at=at)
        self.code_host.add(a_repository(), facts, text, review, said, issue, on_issue)


class World:
    """The company, those who work for it one after the other, and where one of them is killed.

    Attributes:
        pages: how often each question was asked of a vendor.
        calls: how often anything outside was called.
        points: the numbers of those calls that changed something, or brought a page, if these `are_noted`.
        killed_at: the number of the call after which whoever made it is killed.
    """

    def __init__(self, company: Company) -> None:
        self.company = company
        self.are_noted = False
        self.begin(killed_at=None)

    def begin(self, *, killed_at: int | None) -> None:
        """Count anew from now on."""
        self.pages, self.calls = Counter[str](), 0
        self.points: list[int] = []
        self.killed_at = killed_at
        self.company.queues.events.puts.clear()
        self._stands = _as_it_stands(vars(self.company)) if self.are_noted else None

    def is_killed_after(self, name: str) -> bool:
        """Count a call that was made, and note what it has changed; whether whoever made it is killed now."""
        if self.are_noted:
            before, self._stands = self._stands, _as_it_stands(vars(self.company))
            self.points += [self.calls] if name.startswith(VENDORS) or before != self._stands else []
        is_end, self.calls = self.calls == self.killed_at, self.calls + 1
        self.killed_at = None if is_end else self.killed_at
        return is_end

    def have_done(self, kind: JobKind = JobKind.SYNC, **order: Any) -> None:
        """Have a job done, and all that it asks for."""
        start_job(Order(kind=kind, dry_run=False, **order), self.company, asked_by="system")
        puts, letters = self.company.queues.jobs.puts, deque[JobDue]()
        while puts or letters:
            letters += [put.message for put in puts if isinstance(put.message, JobDue)]
            puts.clear()
            due = letters.popleft()
            try:
                run_step(due, STEPS, Worker(self))
            except (Killed, Conflict):  # The message comes again when the leases of whoever was killed are over.
                self.company.at += LEASE
                letters.append(due)
            except RateLimited as limited:
                self.company.at += timedelta(seconds=limited.retry_after)
                letters.append(due)

    def have_sent_again(self) -> None:
        """Have the code host send what did not arrive."""
        try:
            redeliver(Provider.GITHUB, Worker(self, APP))
        except Killed:
            self.company.at += LEASE
            redeliver(Provider.GITHUB, Worker(self, APP))

    @property
    def picture(self) -> Picture:
        """What is known in the end and what was missed, what was told on, what is to be judged and was sent again."""
        touched, told, events = set[str](), set[str](), self.company.queues.events.puts
        while events:
            envelope = events.pop(0).message
            assert isinstance(envelope, EventEnvelope)
            if isinstance(envelope.event, ConversationTouched):
                conversation = conversation_at(envelope.event, self.company)
                assert conversation is not None
                touched.add(conversation.id)
            else:
                told.add(f"{envelope.event.type} {getattr(getattr(envelope.event, 'ticket', None), 'id', '')}")
                analyze(envelope, self.company)
        sent = {str(id): True for each in self.company.redeliveries.values() for id in getattr(each, "sent", ())}
        stores = self.company.stores
        gaps = stores.readings.gaps(ACME, limit=99)
        return {
            **known(stores),
            **covered(stores),
            "gaps": {f"{gap.source} {gap.place}": (gap.began_at, gap.ended_at) for gap in gaps},
            "told": dict.fromkeys(told, True),
            "conversations": dict.fromkeys(touched, True),
            "sent again": sent,
        }


def _as_it_stands(thing: object, *holders: int) -> object:
    """All that is kept anywhere, such that it can be compared with what is there later."""
    if isinstance(thing, dict):
        return [(repr(name), _as_it_stands(value, *holders)) for name, value in thing.items()]
    if isinstance(thing, list | tuple | set | frozenset):
        return [_as_it_stands(each, *holders) for each in thing]
    if not is_port(thing) or id(thing) in holders:
        return repr(thing)
    return _as_it_stands(vars(thing), *holders, id(thing))


class Worker(FakeUnit):
    """One invocation, with each port behind a proxy; once it is killed nothing of its own has any effect."""

    def __init__(self, world: World, tenant_id: TenantId = ACME) -> None:
        of_company = vars(world.company)
        proxies = {
            name: self._proxy(name.removeprefix("_"), each) for name, each in of_company.items() if is_port(each)
        }
        vars(self).update({**of_company, **proxies, "tenant_id": tenant_id})
        self._world, self._dead = world, False

    def now(self) -> Any:
        """The time, which goes on for all."""
        return self._world.company.at

    def redelivery(self, provider: Provider) -> Any:
        """What a vendor could not tell us."""
        return self._proxy("redelivery", super().redelivery(provider))

    def call(self, name: str, effect: "partial[Any]") -> Any:
        """Make a call of a port, unless it is over."""
        if self._dead:
            raise Killed
        try:
            answer = effect()
            self._world.pages[f"{name} {effect.args} {effect.keywords}"] += name.startswith(VENDORS)
            return answer
        finally:
            self._dead = self._world.is_killed_after(name)
            if self._dead:
                raise Killed

    def _proxy(self, name: str, port: object) -> Any:
        return Proxy(port, name, self)  # type: ignore[arg-type]


class Failing:
    """A code host some of whose deliveries did not arrive, two on a page."""

    def __init__(self) -> None:
        about = {"at": NOW, "external_id": a_connection(ACME, Provider.GITHUB).external_id}
        self.deliveries = [
            Delivery.model_validate({"id": n, "event_id": f"event-{n}", **about}) for n in range(5, 0, -1)
        ]
        self.sent: list[int] = []

    def failed(self, *, cursor: str | None) -> DeliveryPage:
        """A page, latest first."""
        start = int(cursor or 0)
        more = str(start + 2) if start + 2 < len(self.deliveries) else None
        return DeliveryPage(deliveries=tuple(self.deliveries[start : start + 2]), cursor=more)

    def send_again(self, delivery: Delivery) -> bool:
        """Try once more."""
        self.sent.append(delivery.id)
        return True


type Script = Callable[[World], Callable[[], object]]
"""Prepares a world; what it returns is done by workers who may be killed."""


def a_first_reading(world: World) -> Callable[[], object]:
    """All that there is, of a week."""
    return partial(world.have_done, since=LAST_WEEK)


def a_reading_of_what_was_missed(world: World) -> Callable[[], object]:
    """It is judged, too; and the chat answers once a minute."""
    world.company = Company(every=timedelta(minutes=1))
    return partial(world.have_done, since=LAST_WEEK, judge=True)


def _a_while_later(world: World) -> Company:
    """All of it has been read, and there are other words, tickets and pull requests since."""
    world.have_done(since=LAST_WEEK)
    company = world.company
    company.at += A_WHILE
    seconds = A_WHILE.total_seconds() / 2
    company.chat.messages += [a_message(seconds + n, channel="C0OPS") for n in range(4)]
    company.chat.messages += [a_message(seconds + n, root_ts=a_message(-500).ts) for n in range(4)]
    at = NOW + A_WHILE / 2
    for number in (1, 4, 5):
        company.tracker.tickets[f"ticket-{number}"] = company.a_ticket(number, updated_at=at, title=f"New {number}")
    company.tracker.planning += [a_ticket_comment(str(number), at=at) for number in (3, 4, 5)]
    company.tracker.planning += [an_attachment(str(number), at=at) for number in (3, 4, 5)]
    for number in (1, 4):
        company.build(number, at=at)
    return company


def a_reading_a_while_later(world: World) -> Callable[[], object]:
    """What has changed is read, and what is news is judged."""
    _a_while_later(world)
    return world.have_done


def a_comparison(world: World) -> Callable[[], object]:
    """What was deleted is looked for."""
    company = _a_while_later(world)
    world.have_done()
    company.at += timedelta(hours=1)
    del company.tracker.tickets["ticket-2"]
    company.tracker.planning = [part for part in company.tracker.planning if getattr(part, "id", "") != "3"]
    del company.code_host.issues["900"][11]
    company.code_host.comments["900"] = [each for each in company.code_host.comments["900"] if each.id != "2"]
    return partial(world.have_done, JobKind.RECONCILE)


def what_is_sent_again(world: World) -> Callable[[], object]:
    """Deliveries of the code host that did not arrive."""
    world.company.redeliveries[Provider.GITHUB] = Failing()
    return world.have_sent_again


SCRIPTS: tuple[Script, ...] = (
    a_first_reading,
    a_reading_of_what_was_missed,
    a_reading_a_while_later,
    a_comparison,
    what_is_sent_again,
)


def played(script: Script, *, killed_at: int | None = None) -> World:
    """What has come of a script, where somebody may have been killed after that call."""
    world = World(Company())
    have_done = script(world)
    world.are_noted = killed_at is None
    world.begin(killed_at=killed_at)
    have_done()
    assert world.killed_at is None
    return world


@pytest.mark.parametrize("script", [pytest.param(each, id=each.__name__) for each in SCRIPTS])
def test_whoever_is_killed_leaves_what_comes_to_the_same_end(script: Script) -> None:
    """Of nothing a page is asked for a third time."""
    whole = played(script)
    expected = whole.picture
    assert 1 == max(whole.pages.values())
    for point in whole.points:
        world = played(script, killed_at=point)
        assert [] == [f"killed after call {point}: {each}" for each in differences(expected, world.picture)]
        assert max(world.pages.values()) <= 2
