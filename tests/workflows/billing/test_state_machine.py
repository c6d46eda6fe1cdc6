"""Whatever happens at the provider, and in whatever order we hear of it, a team has what it pays for.

People click and pay, cards fail and recover, somebody opens a second subscription by hand, messages come twice, late,
out of order or not at all, and time passes; once we have asked, our row is what the provider lists.
"""

from collections import Counter
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pm_assistant.domain.accounts import Role
from pm_assistant.domain.billing import (
    GRACE,
    TRIAL,
    Billing,
    BillingState,
    Feature,
    allows,
    before_purchase,
    standing,
    terms_at,
)
from pm_assistant.domain.errors import Conflict
from pm_assistant.domain.plans import Plan
from pm_assistant.domain.spending import month_of
from pm_assistant.domain.subscriptions import PaidSubscription
from pm_assistant.workflows.billing.purchase import Purchase, begin_checkout
from pm_assistant.workflows.billing.quota import reserve
from pm_assistant.workflows.billing.sync import customer_owner, sync
from tests.builders import ACME, NOW, a_tenant, an_account
from tests.fakes.unit import FakeUnit

CHARGED = {"active", "past_due", "trialing"}
EVERYTHING = {BillingState.TRIAL, BillingState.ACTIVE, BillingState.GRACE}


class Billed(RuleBasedStateMachine):
    """A team, the provider, and what each has done."""

    def __init__(self) -> None:
        super().__init__()
        self.unit = FakeUnit()
        self.unit.stores.tenants.put(a_tenant(billing=Billing(trial_ends_at=NOW + TRIAL)))
        self.unit.stores.accounts.put(an_account(role=Role.OWNER))
        self.messages: list[str] = []
        self.by_hand = set[str]()
        self.judged = Counter[str]()
        self.heard_at: datetime | None = None
        self.trial_until = NOW + TRIAL

    # What people do

    @rule(
        plan=st.sampled_from([Plan.TEAM, Plan.BUSINESS]),
        seats=st.integers(1, 3),
        pays=st.sampled_from(["", "active", "incomplete"]),
    )
    def click(self, plan: Plan, seats: int, pays: str) -> None:
        """Somebody asks for the page to buy on, in one window or another, and may pay there at once.

        What there is already is looked at first.
        """
        self._end_trial()
        try:
            address = begin_checkout(Purchase(plan=plan, seats=seats), self.unit)
        except Conflict:
            assert any(each.is_open for each in self.listed)
        else:
            if pays:
                self._told(self.unit.payments.pay(address, status=pays, created_at=self.unit.now()))

    @rule(data=st.data(), status=st.sampled_from(["active", "active", "incomplete"]))
    @precondition(lambda self: self.unit.payments.checkouts)
    def pay(self, data: st.DataObject, status: str) -> None:
        """Somebody pays on a page that is still open."""
        address = data.draw(st.sampled_from(sorted(self.unit.payments.checkouts)))
        self._told(self.unit.payments.pay(address, status=status, created_at=self.unit.now()))

    # What happens at the provider

    @rule(
        data=st.data(),
        status=st.sampled_from(["active", "past_due", "past_due", "unpaid", "paused", "canceled", "dreaming"]),
        heard=st.booleans(),
    )
    @precondition(lambda self: any(each.is_open for each in self.own))
    def change(self, data: st.DataObject, status: str, heard: bool) -> None:
        """A card fails or recovers, somebody cancels, or the provider thinks of something new; we may hear of it."""
        before = data.draw(st.sampled_from([each for each in self.own if each.is_open]))
        now = self.unit.now()
        changes: dict[str, object] = {
            "status": status,
            "past_due_since": None,
            "ended_at": None,
            "payment_failed": False,
        }
        if status == "past_due":
            changes["past_due_since"] = before.past_due_since or now
        if status == "canceled":
            changes |= {"ended_at": now, "payment_failed": before.status in {"past_due", "unpaid"}}
        self._told(before.model_copy(update=changes))
        if heard:
            self._sync()

    @rule(status=st.sampled_from(["active", "active", "unpaid", "canceled"]), heard=st.booleans())
    @precondition(lambda self: self.unit.payments.customers)
    def by_hand_at_the_provider(self, status: str, heard: bool) -> None:
        """Somebody opens a second subscription where we do not see it, leaves it unpaid, or ends it."""
        subscription = PaidSubscription(
            id="sub_by_hand",
            customer_id=next(iter(self.unit.payments.customers)),
            status=status,
            plan=Plan.BUSINESS,
            seats=9,
            created_at=self.unit.now(),
            ended_at=self.unit.now() if status == "canceled" else None,
        )
        self.by_hand.add(subscription.id)
        self._told(subscription)
        if heard:
            self._sync()

    # What we hear of it

    @rule(data=st.data(), again=st.booleans())
    @precondition(lambda self: self.messages)
    def hear(self, data: st.DataObject, again: bool) -> None:
        """One of the messages comes, in no order, and perhaps once more later."""
        customer_id = self.messages.pop(data.draw(st.integers(0, len(self.messages) - 1)))
        if again:
            self.messages.append(customer_id)
        assert ACME == customer_owner(customer_id, self.unit)
        self._sync()

    @rule()
    def lose(self) -> None:
        """The messages of a while never come."""
        self.messages.clear()

    @rule()
    def come_back(self) -> None:
        """Somebody opens the page that buyers come back to, and may have bought or not."""
        self._sync()

    @rule(days=st.sampled_from([1, 13, 14, 31]))
    def pass_time(self, days: float) -> None:
        """The clock moves."""
        self.unit.at += timedelta(days=days)

    # What is used

    @rule(answers=st.booleans(), times=st.sampled_from([1, 90, 300]))
    def judge(self, answers: bool, times: int) -> None:
        """The model is asked, and answers or does not."""
        tenant, month = self.unit.stores.tenants.get(ACME), month_of(self.unit.now())
        for _ in range(times):
            if reserve(tenant, self.unit):
                if answers:
                    self.judged[month] += 1
                else:
                    self.unit.stores.quotas.give_back(ACME, month)
            else:
                assert self.judged[month] >= terms_at(tenant.billing, self.unit.now()).hard_stop

    # What is true of it all

    @invariant()
    def the_counters_equal_the_decisions(self) -> None:
        """Whatever was given back, and in each month."""
        for month, count in self.judged.items():
            assert count == self.unit.stores.quotas.get(ACME, month).used

    @invariant()
    def nobody_is_charged_twice_by_us(self) -> None:
        """Of what was bought by our pages one at most is charged, and there is one customer."""
        assert 1 >= sum(each.status in CHARGED for each in self.own)
        assert 1 >= len(self.unit.payments.customers)

    @invariant()
    def once_we_have_asked_the_row_is_what_is_listed(self) -> None:
        """And the team has what the table says, no more and no less."""
        if self.heard_at is None:
            return
        billing, now = self.unit.stores.tenants.get(ACME).billing, self.unit.now()
        counts = billing.subscription
        if self.listed:
            assert counts is None or counts in self.listed
        assert self._expected(now) is standing(billing, now)
        if counts is not None and counts.is_live and standing(billing, now) is not BillingState.LIMITED:
            assert (counts.plan, counts.seats) == (terms_at(billing, now).plan, terms_at(billing, now).seats)
        settled = before_purchase(billing)
        assert (standing(settled, now) in EVERYTHING) is allows(billing, Feature.ACT, at=now)
        assert (sum(each.is_live for each in self.listed) > 1) is billing.doubled

    def teardown(self) -> None:
        """Whatever was lost: a night later it is known."""
        self._sync()
        self.once_we_have_asked_the_row_is_what_is_listed()

    @property
    def listed(self) -> list[PaidSubscription]:
        """All that the provider has of the team."""
        return [each for id in self.unit.payments.customers for each in self.unit.payments.subscriptions(id)]

    @property
    def own(self) -> list[PaidSubscription]:
        """What was bought by our pages."""
        return [each for each in self.listed if each.id not in self.by_hand]

    def _told(self, subscription: PaidSubscription) -> None:
        self.unit.payments.put(subscription)
        self.messages.append(subscription.customer_id)
        self.heard_at = None

    def _sync(self) -> None:
        self.unit.at += timedelta(seconds=1)
        counted = self.unit.stores.tenants.get(ACME).billing.subscription
        after = sync(self.unit).subscription
        if counted is not None and any(each.id == counted.id and each.status == "active" for each in self.listed):
            assert after is not None
            assert counted.id == after.id  # Whatever else is paid beside it.
        self._end_trial()
        self.heard_at = self.unit.now()

    def _end_trial(self) -> None:
        """Whoever is seen to have bought does not try any more."""
        self.trial_until = min([self.trial_until, *(each.created_at for each in self.listed if each.is_live)])

    def _expected(self, at: datetime) -> BillingState:
        """The table, read off what is listed."""
        statuses = {each.status: each for each in self.listed}
        if statuses.keys() & {"active", "dreaming"}:
            return BillingState.ACTIVE
        if (owing := statuses.get("past_due")) is not None and owing.past_due_since is not None:
            return BillingState.GRACE if at < owing.past_due_since + GRACE else BillingState.LIMITED
        if statuses.keys() & {"unpaid", "paused"}:
            return BillingState.LIMITED
        if "incomplete" in statuses:
            return BillingState.PENDING
        if at < self.trial_until:
            return BillingState.TRIAL
        ended = [each for each in self.listed if each.status == "canceled"]
        last = max(ended, key=lambda each: (each.ended_at or each.created_at, each.id), default=None)
        return BillingState.FREE if last is not None and not last.payment_failed else BillingState.LIMITED


TestBilled = Billed.TestCase
TestBilled.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
