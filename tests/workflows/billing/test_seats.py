"""People are counted against the seats by our own rows; nobody loses more by it than reports of their own."""

from datetime import timedelta

import pytest

from pm_assistant.domain.billing import Billing, synced
from pm_assistant.domain.due import Due, DueNotice
from pm_assistant.domain.plans import Plan
from pm_assistant.domain.reports import ReportDue, Skip, Subscription
from pm_assistant.domain.subscriptions import PaidSubscription
from pm_assistant.domain.tenants import Tenant
from pm_assistant.domain.usage import Seating
from pm_assistant.workflows.accounts.seated import people_of
from pm_assistant.workflows.billing.notices import tell_due
from pm_assistant.workflows.billing.seats import count_seats
from pm_assistant.workflows.connections.missed_reports import send_missed_reports
from pm_assistant.workflows.reports.report import report
from tests.builders import ACME, NOW, a_member, a_tenant, an_account
from tests.fakes.unit import FakeUnit

DAY = timedelta(days=1)


def paid(seats: int) -> Billing:
    """The team plan for so many."""
    subscription = PaidSubscription(
        id="sub_1", customer_id="cus_1", status="active", plan=Plan.TEAM, seats=seats, created_at=NOW
    )
    return synced(Billing(trial_ends_at=NOW), [subscription], at=NOW)


class SeatsUnit(FakeUnit):
    """A team with seats for so many: Zoe owns it, and the others get reports."""

    def __init__(self, seats: int, *names: str) -> None:
        super().__init__()
        self.stores.tenants.put(a_tenant(billing=paid(seats)))
        self.stores.accounts.put(an_account(name="zoe"))
        self.stores.directory.put_members(ACME, [a_member(name) for name in ("zoe", *names)])
        for name in names:
            self.want(name)

    @property
    def tenant(self) -> Tenant:
        """The team as it is known."""
        return self.stores.tenants.get(ACME)

    def want(self, name: str) -> None:
        """Somebody has a report come."""
        wish = Subscription(member_id=f"U0{name.upper()}", time_zone="UTC", since=NOW - 30 * DAY)
        self.stores.subscriptions.put(ACME, wish)

    def pay_for(self, seats: int) -> None:
        """The team has so many seats from now on."""
        bought = self.tenant.billing.model_copy(update={"terms": paid(seats).terms})
        self.stores.tenants.put(self.tenant.model_copy(update={"billing": bought}))

    def count(self) -> list[DueNotice]:
        """What an hour's count has told; the queue is empty then."""
        count_seats(self.tenant, self)
        puts, self.queues.reports.puts = self.queues.reports.puts, []
        return [put.message for put in puts if isinstance(put.message, DueNotice)]


def due(name: str, day: int = 0) -> ReportDue:
    """A person's report of a day."""
    return ReportDue(tenant_id=ACME, member_id=f"U0{name.upper()}", due_at=NOW + day * DAY)


def test_accounts_have_their_seats_first() -> None:
    """Whoever founded the team above all; those who only read come after, whatever they are called."""
    unit = SeatsUnit(2, "ada", "bob")
    unit.stores.accounts.put(an_account(name="abe", created_at=NOW))

    assert ["U0ZOE", "account:account-abe", "U0ADA", "U0BOB"] == list(people_of(unit))


def test_who_has_no_seat_gets_no_report_until_there_is_one() -> None:
    """It is kept why none came, nothing sends it again every hour, and the next one says so and has all there is."""
    unit = SeatsUnit(2, "ada", "bob")
    unit.count()

    assert "U0ADA" == report(due("ada"), unit)
    assert report(due("bob"), unit) is None
    assert report(due("bob").model_copy(update={"once": "asked"}), unit) is None

    assert {Skip.SEAT} == {sent.skipped for sent in unit.stores.deliveries.kept(ACME, "U0BOB", limit=9)}
    unit.at = NOW + timedelta(hours=1)
    send_missed_reports(unit, not_before=NOW - timedelta(minutes=45))
    assert "U0BOB" not in {
        put.message.member_id for put in unit.queues.reports.puts if isinstance(put.message, ReportDue)
    }
    unit.pay_for(3)
    unit.at = NOW + DAY
    assert "U0BOB" == report(due("bob", day=1), unit)
    assert ("None came on Friday 20 November, for your team's plan had no seat for you.",) == unit.chat.reports[-1][
        1
    ].notes[:1]


def test_admins_are_told_once_for_each_number_of_seats() -> None:
    """At four fifths and when somebody has none; counted again nothing is told, and nothing written."""
    unit = SeatsUnit(5, "ada", "bob", "cem")
    told = [*unit.count(), *unit.count()]
    for name in ("dan", "eve", "fay"):
        unit.want(name)
        told += unit.count()
    unit.pay_for(6)
    told += unit.count()

    assert [
        (Due.SEATS_NEARLY_USED, "5"),
        (Due.SEATS_EXCEEDED, "5"),
        (Due.SEATS_EXCEEDED, "6"),
    ] == [(notice.what, notice.occasion) for notice in told]
    assert [1, 0] == [min(tell_due(told[0], unit), 1) for _ in range(2)]


def test_how_the_seats_stand_is_noted_with_the_team() -> None:
    """So asking reads nothing; with as many seats as people like nothing is counted, and what was noted goes."""
    unit = SeatsUnit(1, "ada")
    unit.count()
    assert Seating(limit=1, people=2, holders=("U0ZOE",)) == unit.tenant.billing.seating

    unit.stores.tenants.put(a_tenant(billing=Billing(seating=unit.tenant.billing.seating)))
    unit.count()
    assert unit.tenant.billing.seating is None


def test_without_a_bound_nobody_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A trial has a seat for everybody: the hour reads nothing for it."""
    unit = SeatsUnit(1, "ada")
    unit.stores.tenants.put(a_tenant(billing=Billing()))
    monkeypatch.setattr(unit.stores, "accounts", None)

    assert [] == unit.count()
