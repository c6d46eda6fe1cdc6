"""The one table of reports: whole, and unambiguous."""

import pytest

from pm_assistant.api.routes.runs import Workflow
from pm_assistant.domain.jobs import JobKind, Order
from pm_assistant.domain.reports import ReportDue, ReportKind
from pm_assistant.workflows.reports.kinds import REPORTS, SENT_BY
from pm_assistant.workflows.reports.report import compose
from pm_assistant.workflows.reports.send import send_reports
from tests.builders import ACME, a_job, a_member, a_tenant
from tests.fakes.unit import FakeUnit


def test_every_kind_of_report_has_an_entry_and_a_job_of_its_own() -> None:
    """What sends one sends no other, and can be asked for at the API; none shows to everybody what one person leads."""
    assert set(ReportKind) == REPORTS.keys()
    assert set(ReportKind) - {ReportKind.OVERVIEW} == set(SENT_BY.values())
    assert {JobKind(workflow) for workflow in Workflow} >= SENT_BY.keys()


@pytest.mark.parametrize(("workflow", "kind"), SENT_BY.items())
def test_a_job_shows_what_the_clock_would_deliver(workflow: JobKind, kind: ReportKind) -> None:
    """The same report, by whichever way it was asked for."""
    unit = FakeUnit()
    unit.stores.tenants.put(a_tenant())
    member = a_member()
    unit.stores.directory.put_members(ACME, [member])
    job = a_job(order=Order(kind=workflow))

    [shown] = send_reports(job, unit).results

    due = ReportDue(tenant_id=ACME, member_id=member.id, kind=kind, due_at=job.created_at, once=job.id)
    assert {"member_id": member.id, **compose(due, member, unit).model_dump(mode="json")} == shown
    assert REPORTS[kind].title.partition(" for ")[0] in shown["title"]
