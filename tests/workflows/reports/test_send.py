"""Reports on request: shown as they would be, or delivered, to whom they concern, and each person once."""

from datetime import datetime

import pytest

from pm_assistant.domain.errors import Misconfigured, NotFound, ProductError, UpstreamUnavailable
from pm_assistant.domain.jobs import Job, JobKind, Order
from pm_assistant.domain.reports import ReportChannel, ReportDue, ReportKind, Subscription
from pm_assistant.domain.tenants import TenantId
from pm_assistant.workflows.reports.send import PEOPLE_PER_STEP, send_reports
from tests.builders import ACME, ENG, NOW, a_job, a_member, a_tenant, a_ticket
from tests.fakes.stores import FakeDeliveries
from tests.fakes.unit import FakeUnit


class TeamUnit(FakeUnit):
    """Work for a tenant with these people."""

    def __init__(self, *names: str) -> None:
        super().__init__()
        self.stores.tenants.put(a_tenant())
        self.stores.directory.put_members(ACME, [a_member(name) for name in names])
        self.stores.directory.put_teams(ACME, [ENG])

    def run_all(self, job: Job) -> Job:
        """Take all steps."""
        while not job.finished:
            job = job.after(send_reports(job, self), at=NOW)
        return job


def test_a_dry_round_shows_everybodys_report() -> None:
    """Computed as it would be delivered, and delivered to nobody."""
    team = TeamUnit("ada", "bob")
    team.stores.tickets.put(ACME, a_ticket())

    done = team.run_all(a_job(order=Order(kind=JobKind.STANDUP)))

    assert ["U0ADA", "U0BOB"] == [shown["member_id"] for shown in done.results]
    assert [1, 0] == [sum(len(section["lines"]) for section in shown["sections"]) for shown in done.results]
    assert (2, 2) == (done.done, done.total)
    assert [] == team.queues.reports.puts


@pytest.mark.parametrize("kind", [JobKind.STANDUP, JobKind.WEEKLY])
def test_a_real_round_has_each_report_delivered_once_under_the_runs_name(kind: JobKind) -> None:
    """It leaves the day's own report alone; taken again, the name keeps it from arriving twice."""
    team = TeamUnit("ada")
    job = a_job(order=Order(kind=kind, dry_run=False))

    done = team.run_all(job)
    team.run_all(job)

    due = ReportDue(tenant_id=ACME, member_id="U0ADA", kind=ReportKind(kind.value), due_at=job.created_at, once=job.id)
    assert [due, due] == [put.message for put in team.queues.reports.puts]
    assert () == done.results


def test_a_large_team_is_gone_through_in_bounded_steps() -> None:
    """Nobody twice, nobody left out."""
    names = [f"p{number:03}" for number in range(2 * PEOPLE_PER_STEP + 1)]

    done = TeamUnit(*reversed(names)).run_all(a_job(order=Order(kind=JobKind.STANDUP)))

    assert [f"U0{name.upper()}" for name in names] == [shown["member_id"] for shown in done.results]


def test_a_round_is_for_who_is_in_the_chat_or_has_subscribed_to_that_kind() -> None:
    """Whoever is known to the tracker alone did not ask for mail."""
    team = TeamUnit()
    for name in ("ada", "bob", "eve"):
        team.stores.directory.put_members(ACME, [a_member(name, slack_id=None)])
    team.stores.subscriptions.put(ACME, Subscription(member_id="U0BOB", delivery=ReportChannel.EMAIL))
    team.stores.subscriptions.put(ACME, Subscription(member_id="U0EVE", kind=ReportKind.WEEKLY))

    done = team.run_all(a_job(order=Order(kind=JobKind.STANDUP)))

    assert ["U0BOB"] == [shown["member_id"] for shown in done.results]


def test_a_round_can_be_for_one_person() -> None:
    """Whoever that is, in the chat or not."""
    team = TeamUnit("ada", "bob")

    done = team.run_all(a_job(order=Order(kind=JobKind.WEEKLY, member_id="U0BOB")))

    assert ["Weekly report for Bob, Friday 20 November"] == [shown["title"] for shown in done.results]


def test_a_person_who_has_left_meanwhile_is_named() -> None:
    """The run ends with that."""
    with pytest.raises(NotFound, match="U0EVE"):
        TeamUnit("ada").run_all(a_job(order=Order(kind=JobKind.STANDUP, member_id="U0EVE")))


@pytest.mark.parametrize("error", [NotFound("gone"), ValueError("odd"), KeyError("x")])
def test_what_goes_wrong_with_one_persons_report_costs_that_persons_alone(error: Exception) -> None:
    """The round goes on, and says whose could not be made."""

    class Moody(FakeDeliveries):
        def last(self, tenant_id: TenantId, member_id: str, kind: str) -> datetime | None:
            if member_id == "U0BOB":
                raise error
            return super().last(tenant_id, member_id, kind)

    team = TeamUnit("ada", "bob", "cyd")
    team.stores.deliveries = Moody()
    done = team.run_all(a_job(order=Order(kind=JobKind.STANDUP)))

    assert [("U0ADA", False), ("U0BOB", True), ("U0CYD", False)] == [
        (shown["member_id"], "error" in shown) for shown in done.results
    ]


@pytest.mark.parametrize("error", [UpstreamUnavailable("the table is away"), Misconfigured("TABLE_NAME is not set")])
def test_an_outage_or_a_fault_of_ours_is_nobodys_own(error: ProductError) -> None:
    """The round is taken up again when it is over."""

    class Away(FakeDeliveries):
        def last(self, tenant_id: TenantId, member_id: str, kind: str) -> datetime | None:
            raise error

    team = TeamUnit("ada")
    team.stores.deliveries = Away()
    with pytest.raises(type(error)):
        send_reports(a_job(order=Order(kind=JobKind.STANDUP)), team)
