"""What is due over money is told to owners and admins, once for each occasion and by whatever way works."""

from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.accounts import Role
from pm_assistant.domain.billing import Billing, synced
from pm_assistant.domain.due import Due, DueNotice
from pm_assistant.domain.errors import UpstreamUnavailable
from pm_assistant.domain.plans import Plan
from pm_assistant.domain.subscriptions import PaidSubscription
from pm_assistant.domain.usage import QuotaWarning
from pm_assistant.workflows.billing.notices import announce_due, tell_due
from pm_assistant.workflows.billing.quota import reserve
from pm_assistant.workflows.update import update_tenant
from tests.builders import ACME, NOW, a_member, a_tenant, an_account
from tests.fakes.unit import FakeUnit

OVER = Billing(trial_ends_at=NOW)
MONTH = "2026-11"


class NoticeUnit(FakeUnit):
    """Ada the owner is in Slack, Bob the admin is not; Cem is a member."""

    def __init__(self, billing: Billing = OVER) -> None:
        super().__init__()
        self.stores.tenants.put(a_tenant(billing=billing))
        for name, role in (("ada", Role.OWNER), ("bob", Role.ADMIN), ("cem", Role.MEMBER)):
            self.stores.accounts.put(an_account(name=name, role=role))
        self.stores.directory.put_members(ACME, [a_member("ada"), a_member("bob", slack_id=None), a_member("cem")])

    def hour(self) -> list[DueNotice]:
        """What an hour's look puts on the queue, which is empty then."""
        announce_due(self.stores.tenants.get(ACME), self)
        return self.told()

    def told(self) -> list[DueNotice]:
        """What is on the queue, which is empty then."""
        puts, self.queues.reports.puts = self.queues.reports.puts, []
        return [put.message for put in puts if isinstance(put.message, DueNotice)]

    def judge(self, times: int = 1) -> None:
        """Have so many conversations judged."""
        for _ in range(times):
            reserve(self.stores.tenants.get(ACME), self)


def stands(unit: FakeUnit, **changes: Any) -> None:
    """The tenant's billing is so from now on."""

    def changed(tenant: Any) -> Any:
        return tenant.model_copy(update={"billing": tenant.billing.model_copy(update=changes)})

    update_tenant(ACME, changed, unit.stores.tenants)


def test_admins_are_told_by_mail_and_in_the_chat_what_is_due_and_where() -> None:
    """Members are not: they cannot see to it."""
    unit = NoticeUnit()
    [notice] = unit.hour()

    assert 3 == tell_due(notice, unit)

    assert ["ada@acme.test", "bob@acme.test"] == [mail.to for mail in unit.mailer.sent]
    assert {"Your trial is over (PM Assistant)"} == {mail.subject for mail in unit.mailer.sent}
    [(account, said)] = unit.chat.notices
    assert ("U0ADA", "Your trial is over", "https://api.pm.test/billing") == (account, said.title, said.url)


def test_they_are_told_once_however_often_it_is_looked() -> None:
    """And however often the message comes; another occasion is another."""
    unit = NoticeUnit()
    [first], [again] = unit.hour(), unit.hour()
    assert first == again

    assert [3, 0] == [tell_due(notice, unit) for notice in (first, again)]
    assert [] == unit.hour()
    stands(unit, trial_ends_at=NOW - timedelta(days=1))
    assert 1 == len(unit.hour())


def test_what_could_not_be_sent_is_sent_when_it_comes_again() -> None:
    """To those alone who were not told."""
    unit = NoticeUnit()
    [notice] = unit.hour()
    unit.mailer.fail_next(UpstreamUnavailable("away"))

    with pytest.raises(UpstreamUnavailable):
        tell_due(notice, unit)
    assert 1 == len(unit.hour())
    assert 1 == tell_due(notice, unit)
    assert 2 == len(unit.mailer.sent)


def test_what_is_not_due_any_more_is_not_told() -> None:
    """It was seen to before the message came; or the team is gone."""
    paid = PaidSubscription(id="sub_1", customer_id="cus_1", status="active", plan=Plan.TEAM, created_at=NOW)
    unit = NoticeUnit()
    [notice] = unit.hour()
    stands(unit, **dict(synced(OVER, [paid], at=NOW)))

    assert 0 == tell_due(notice, unit)
    assert [] == unit.hour()
    assert 0 == tell_due(notice, FakeUnit())


def test_where_nothing_is_due_nothing_is_said() -> None:
    """Nothing is put anywhere."""
    assert [] == NoticeUnit(Billing()).hour()


def test_who_comes_near_the_end_of_a_months_decisions_is_told_once_each() -> None:
    """At four fifths, at the end and never again until the next month."""
    unit = NoticeUnit()
    said: list[tuple[int, Due]] = []
    for count in range(1, 231):
        unit.judge()
        said += [(count, notice.what) for notice in unit.told()]

    assert [(160, Due.QUOTA_NEARLY_USED), (200, Due.QUOTA_USED)] == said
    assert QuotaWarning(month=MONTH, percent=100, decisions=200) == unit.stores.tenants.get(ACME).billing.warned
    unit.at = NOW + timedelta(days=31)
    unit.judge(160)
    assert [Due.QUOTA_NEARLY_USED] == [notice.what for notice in unit.told()]


def test_who_buys_more_in_a_month_is_told_again_when_that_is_used() -> None:
    """Each number of decisions once, and of a bigger one not before it is nearly used."""
    unit = NoticeUnit()
    unit.judge(200)
    seat = PaidSubscription(id="sub_1", customer_id="cus_1", status="active", plan=Plan.TEAM, created_at=NOW)
    unit.told()
    stands(unit, **dict(synced(unit.stores.tenants.get(ACME).billing, [seat], at=NOW)))
    unit.judge(39)
    assert [] == unit.told()
    assert [] == unit.hour()

    unit.judge(2)

    [nearly] = unit.told()
    assert Due.QUOTA_NEARLY_USED is nearly.what
    assert 3 == tell_due(nearly, unit)


def test_that_the_months_decisions_are_used_is_told_whatever_else_is_due() -> None:
    """The trial is over as well; each is told for itself."""
    unit = NoticeUnit()
    unit.judge(200)

    nearly, used_up = unit.told()

    assert [3, 3] == [tell_due(notice, unit) for notice in (nearly, used_up)]
    assert [Due.TRIAL_OVER] == [notice.what for notice in unit.hour()]


def test_whoever_dies_before_the_warning_is_noted_warns_again_and_it_is_told_once() -> None:
    """Both messages are one."""
    unit = NoticeUnit()
    unit.judge(160)
    stands(unit, warned=None)
    unit.judge()

    first, again = unit.told()

    assert [3, 0] == [tell_due(notice, unit) for notice in (first, again)]
