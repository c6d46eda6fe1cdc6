"""What a schedule hands over goes onto the queue it belongs on."""

from pm_assistant.domain.jobs import JobDue
from pm_assistant.domain.reports import ReportDue
from pm_assistant.workflows.tick import tick
from tests.builders import ACME, NOW
from tests.fakes.stores import FakeQueue


def test_a_report_is_stamped_with_the_moment_it_became_due() -> None:
    """One that was stamped already keeps its moment: it may come late."""
    reports, jobs = FakeQueue(), FakeQueue()
    due = ReportDue(tenant_id=ACME, member_id="U0ADA")
    late = due.model_copy(update={"due_at": NOW.replace(hour=1)})

    for each in (due, late):
        tick(each, reports=reports, jobs=jobs, now=NOW)

    assert [due.model_copy(update={"due_at": NOW}), late] == [put.message for put in reports.puts]
    assert [ACME, ACME] == [put.group for put in reports.puts]
    assert [] == jobs.puts


def test_a_run_goes_onto_its_own_queue() -> None:
    """A deletion whose day has come is one."""
    reports, jobs = FakeQueue(), FakeQueue()
    due = JobDue(tenant_id=ACME, job_id="run-1")

    tick(due, reports=reports, jobs=jobs, now=NOW)

    assert [(due, ACME, 0)] == [tuple(put) for put in jobs.puts]
    assert [] == reports.puts
