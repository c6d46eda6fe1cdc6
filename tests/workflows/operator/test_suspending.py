"""A tenant is suspended and resumed: meanwhile nothing is done, and afterwards nothing is missing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.accounts import MailReturned
from pm_assistant.domain.decisions import ActionRequest, DecisionState
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.events import ConversationTouched, EventEnvelope, TicketChanged, TreeTouched
from pm_assistant.domain.jobs import JobDue, JobKind, JobState, Order
from pm_assistant.domain.reports import AnswersChanged, ReportDue
from pm_assistant.domain.tenants import TenantId
from pm_assistant.workflows.jobs import give_up, run_step
from pm_assistant.workflows.operator import suspending
from pm_assistant.workflows.operator.suspending import resume_tenant, send_kept, suspend
from pm_assistant.workflows.tenants.suspension import is_withheld, suspension_of
from tests.builders import ACME, GLOBEX, NOW, a_connection, a_decision, a_job, a_tenant, a_ticket
from tests.fakes.unit import FakeUnit

TOUCH = EventEnvelope(tenant_id=ACME, event=ConversationTouched(channel="C0ENG", ts="1.0", root_ts="1.0"))
TREE = EventEnvelope(tenant_id=ACME, event=TreeTouched(ticket_id="ticket-1"))
TOLD = EventEnvelope(tenant_id=ACME, event=TicketChanged(ticket=a_ticket()))
ANSWER = ActionRequest(tenant_id=ACME, decision_id="decision-1", answer="approve", answered_by="U0ADA")
RETURNED = MailReturned(tenant_id=ACME, email="ada@acme.test", reason="Bounce", at=NOW)
REPORT = ReportDue(tenant_id=ACME, member_id="U0ADA", due_at=NOW)
SAID = AnswersChanged(tenant_id=ACME, member_id="U0ADA", day=NOW.date())
WHY = "the invoice was returned"


def due_of(message: Any) -> JobDue:
    """A message on the jobs queue, however it was put."""
    due = getattr(message, "root", message)
    assert isinstance(due, JobDue)
    return due


class SuspendingUnit(FakeUnit):
    """Work of Acme, beside another tenant."""

    def __init__(self) -> None:
        super().__init__()
        for tenant_id in (ACME, GLOBEX):
            self.stores.tenants.put(a_tenant(tenant_id))

    def job(self, kind: JobKind) -> JobDue:
        """Note a run; its message."""
        job = a_job(order=Order(kind=kind, dry_run=False), id=f"job-{kind}")
        self.stores.jobs.put(job)
        return JobDue(tenant_id=ACME, job_id=job.id)

    def released(self) -> list[Any]:
        """Take the steps of the run that resumes; what is on queues then, beside runs."""
        while steps := [put for put in self.queues.jobs.puts if self._is_resuming(put.message)]:
            self.queues.jobs.puts.remove(steps[0])
            run_step(due_of(steps[0].message), {JobKind.RESUME: send_kept}, self)
        queues = (self.queues.events, self.queues.actions, self.queues.reports)
        return [getattr(put.message, "root", put.message) for queue in queues for put in queue.puts]

    def _is_resuming(self, message: Any) -> bool:
        return self.stores.jobs.get(ACME, due_of(message).job_id).order.kind is JobKind.RESUME

    @property
    def kept(self) -> list[str]:
        """Of which stages something is kept."""
        return [message.stage for message in self.stores.kept_messages.page(ACME, limit=99)]


@pytest.fixture
def unit() -> SuspendingUnit:
    """A unit of its own."""
    return SuspendingUnit()


@pytest.mark.parametrize("message", [TOUCH, TREE, TOLD, ANSWER, RETURNED, SAID, REPORT], ids=lambda each: each.type)
def test_who_is_not_suspended_is_worked_for(unit: SuspendingUnit, message: Any) -> None:
    """Nothing is kept."""
    assert not is_withheld(message, unit)
    assert [] == unit.kept


@pytest.mark.parametrize("message", [TOUCH, TREE, ANSWER, RETURNED, SAID], ids=lambda each: each.type)
def test_what_would_be_done_is_kept_and_done_when_it_is_resumed(unit: SuspendingUnit, message: Any) -> None:
    """Once, however often it was delivered."""
    suspend(WHY, unit)

    assert is_withheld(message, unit)
    assert is_withheld(message, unit)
    assert [] == unit.released()

    resume_tenant(unit)
    assert [message] == unit.released()
    assert [] == unit.kept
    assert not is_withheld(message, unit)


def test_what_vendors_tell_is_noted_all_the_same(unit: SuspendingUnit) -> None:
    """It asks for nothing to be done, and an export has what is so."""
    suspend(WHY, unit)

    assert not is_withheld(TOLD, unit)


def test_a_report_of_these_days_is_not_sent_later(unit: SuspendingUnit) -> None:
    """Nobody reads the standup of last week."""
    suspend(WHY, unit)

    assert is_withheld(REPORT, unit)

    resume_tenant(unit)
    assert [] == unit.released()


@pytest.mark.parametrize(
    ("kind", "goes_on"),
    [(kind, kind in {JobKind.EXPORT, JobKind.DELETE, JobKind.ERASE_PERSON}) for kind in JobKind],
)
def test_only_taking_data_along_and_erasing_it_goes_on(unit: SuspendingUnit, kind: JobKind, goes_on: bool) -> None:
    """Every other run stands still, and goes on when the tenant is resumed."""
    due = unit.job(kind)
    suspend(WHY, unit)

    assert goes_on is not is_withheld(due, unit)

    assert ([] if goes_on else ["jobs"]) == unit.kept


def test_a_run_that_is_gone_is_left_to_whoever_takes_it_up(unit: SuspendingUnit) -> None:
    """Of an erased tenant it is told there."""
    suspend(WHY, unit)

    assert not is_withheld(JobDue(tenant_id=ACME, job_id="none"), unit)


def test_a_tenant_that_is_gone_is_not_suspended(unit: SuspendingUnit) -> None:
    """Nor is the app, in whose name some runs go."""
    unit.tenant_id = TenantId("app")

    assert suspension_of(unit) is None
    assert not is_withheld(TOUCH, unit)
    with pytest.raises(NotFound):
        suspend(WHY, unit)


def test_what_is_kept_while_the_tenant_is_being_resumed_is_not_left_behind(
    unit: SuspendingUnit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever sends on what was kept may have looked by then: so it is worked on at once."""
    suspend(WHY, unit)
    keep: Callable[..., None] = unit.stores.kept_messages.keep

    def resumed_meanwhile(*args: Any, **named: Any) -> None:
        resume_tenant(unit)
        unit.released()
        keep(*args, **named)

    monkeypatch.setattr(unit.stores.kept_messages, "keep", resumed_meanwhile)

    assert not is_withheld(TOUCH, unit)
    assert [] == unit.kept


def test_the_tenants_own_trail_says_so_once(unit: SuspendingUnit) -> None:
    """That it was who operates the service, and not who; asked again, nothing is added, and it is so since then."""
    for _ in range(2):
        tenant = suspend(WHY, unit)
        unit.at += timedelta(hours=1)
    assert tenant.suspended is not None
    assert (NOW, WHY) == (tenant.suspended.began_at, tenant.suspended.reason)
    for _ in range(2):
        resumed = resume_tenant(unit)
        unit.at += timedelta(hours=1)

    assert NOW + timedelta(hours=2) == resumed.resumed_at
    entries = unit.stores.audit.latest(ACME, limit=9)
    assert [("tenant.resumed", "operator", {}), ("tenant.suspended", "operator", {"reason": WHY})] == [
        (entry.action, entry.actor, entry.detail) for entry in entries
    ]
    assert [] == list(unit.stores.audit.latest(GLOBEX, limit=9))
    assert suspension_of(unit.unit(GLOBEX)) is None


def test_another_reason_replaces_the_first(unit: SuspendingUnit) -> None:
    """The tenant is suspended since then all the same."""
    suspend("a typo", unit)
    unit.at += timedelta(hours=1)

    tenant = suspend(WHY, unit)

    assert tenant.suspended is not None
    assert (NOW, WHY) == (tenant.suspended.began_at, tenant.suspended.reason)
    assert ["a typo", WHY] == [entry.detail["reason"] for entry in unit.stores.audit.latest(ACME, limit=9)][::-1]


def test_who_never_was_suspended_is_not_resumed(unit: SuspendingUnit) -> None:
    """Nothing is changed, begun or noted."""
    assert resume_tenant(unit).suspension is None
    assert [] == unit.queues.jobs.puts
    assert [] == list(unit.stores.audit.latest(ACME, limit=9))


def test_resumed_it_asks_for_what_waits_and_reads_the_vendors_anew(unit: SuspendingUnit) -> None:
    """Though no message of it may be left."""
    unit.stores.connections.put(a_connection())
    waiting = unit.stores.decisions.save(a_decision(state=DecisionState.QUEUED))
    suspend(WHY, unit)
    resume_tenant(unit)

    [request] = unit.released()

    assert waiting.id == request.decision_id
    kinds = [unit.stores.jobs.get(ACME, due_of(put.message).job_id).order.kind for put in unit.queues.jobs.puts]
    assert [JobKind.SYNC] == kinds


def test_sending_on_that_failed_is_begun_again_by_resuming_again(unit: SuspendingUnit) -> None:
    """What was kept is kept until it has been sent."""
    suspend(WHY, unit)
    is_withheld(TOUCH, unit)
    resume_tenant(unit)
    [put] = unit.queues.jobs.puts
    due = due_of(put.message)
    give_up(due, "the queue was away", unit)
    unit.queues.jobs.puts.clear()
    assert JobState.FAILED is unit.stores.jobs.get(ACME, due.job_id).state

    resume_tenant(unit)

    assert [TOUCH] == unit.released()


@given(st.lists(st.sampled_from(["suspend", "resume", "event", "release"]), max_size=12))
def test_whatever_the_order_no_event_is_lost_and_none_is_worked_on_while_suspended(steps: list[str]) -> None:
    """Each is worked on at once, is kept, or is on its way when all is over; and kept is only what came meanwhile."""
    unit, told, worked = SuspendingUnit(), 0, set[str]()
    for step in steps:
        unit.at += timedelta(minutes=1)
        match step:
            case "suspend":
                suspend(WHY, unit)
            case "resume":
                resume_tenant(unit)
            case "release":
                unit.released()
            case _:
                told += 1
                touch = ConversationTouched(channel="C0ENG", ts=f"{told}.0", root_ts=f"{told}.0")
                if not is_withheld(EventEnvelope(tenant_id=ACME, event=touch), unit):
                    assert suspension_of(unit) is None
                    worked.add(touch.ts)
    resume_tenant(unit)
    worked |= {envelope.event.ts for envelope in unit.released()}

    assert {f"{number}.0" for number in range(1, told + 1)} == worked
    assert [] == unit.kept


def test_many_are_sent_on_in_steps(unit: SuspendingUnit, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no step outlasts the function."""
    monkeypatch.setattr(suspending, "PER_STEP", 2)
    suspend(WHY, unit)
    for number in range(5):
        touch = ConversationTouched(channel="C0ENG", ts=f"{number}.0", root_ts=f"{number}.0")
        is_withheld(EventEnvelope(tenant_id=ACME, event=touch), unit)
    resume_tenant(unit)

    assert 5 == len(unit.released())
    [job] = unit.stores.jobs.latest(ACME, limit=9)
    assert (JobState.DONE, 5, ({"sent": 5},)) == (job.state, job.done, job.results)
