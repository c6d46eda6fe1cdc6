"""A model is asked as far as the budget goes and while it answers; else it is judged offline, and said why."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, Self, cast

import pytest

from pm_assistant.domain.billing import Billing, synced
from pm_assistant.domain.decisions import Judgement
from pm_assistant.domain.errors import Misconfigured, RateLimited, UpstreamUnavailable
from pm_assistant.domain.plans import Plan
from pm_assistant.domain.spending import DOLLAR, QUOTA_USED_UP, ModelMonth
from pm_assistant.domain.subscriptions import PaidSubscription
from pm_assistant.domain.tenants import Settings
from pm_assistant.domain.usage import QuotaMonth
from pm_assistant.domain.work import Conversation
from pm_assistant.workflows.billing.quota import BEYOND_PLAN
from pm_assistant.workflows.pipeline.fallback import BUDGET_USED_UP, NO_ANSWER, PATIENCE, FallbackAnalyst
from tests.aws.emulated import dynamo
from tests.builders import ACME, NOW, a_conversation, a_judgement, a_proposal, a_tenant
from tests.fakes.stores import FakeStores
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeAnalyst

MONTH = f"{NOW:%Y-%m}"
ABOUT: dict[str, Any] = {"candidates": [], "teams": [], "people": [], "now": NOW}
BY_MODEL = a_judgement(a_proposal()).model_copy(update={"model": "gpt", "prompt": "v1"})
OFFLINE = Judgement(proposals=(), model="offline")


class FakeModel:
    """A model that answers as it is told to, and remembers how it was tuned."""

    def __init__(self, *answers: Judgement | Exception) -> None:
        self.answers, self.tunings = list(answers), list[dict[str, str | None]]()

    def tuned(self, **options: str | None) -> Self:
        """The same."""
        self.tunings.append(options)
        return self

    def judge(self, conversation: Conversation, **_: Any) -> Judgement:
        """The next answer."""
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Asking(FakeUnit):
    """A tenant whose model gives these answers; each offline judgement is empty."""

    def __init__(self, *answers: Judgement | Exception, **settings: Any) -> None:
        super().__init__()
        self.stores.tenants.put(a_tenant(settings=Settings(**settings)))
        self.model = FakeModel(*answers)
        self.offline_analyst = FakeAnalyst(*[OFFLINE] * 9)

    def judge(self) -> Judgement:
        """Judge something."""
        return FallbackAnalyst(lambda: self.model, self).judge(a_conversation(), **ABOUT)

    @property
    def month(self) -> ModelMonth:
        """How this month stands."""
        return self.stores.model_months.get(ACME, MONTH)

    @property
    def noted(self) -> list[str]:
        """What the audit trail says."""
        return [entry.action for entry in self.stores.audit.latest(ACME, limit=9)]


def costing(dollars: float, **changes: Any) -> Judgement:
    """A judgement for that price."""
    return BY_MODEL.model_copy(update={"cost_microdollars": round(dollars * DOLLAR), **changes})


def test_while_there_is_a_budget_and_an_answer_the_model_judges() -> None:
    """And every judgement is counted with what it cost."""
    unit = Asking(costing(0.5), costing(0.25), model_budget_dollars=10)

    assert [costing(0.5), costing(0.25)] == [unit.judge(), unit.judge()]
    assert ModelMonth(microdollars=750_000, judgements=2) == unit.month


def test_what_the_team_says_of_itself_is_told_to_the_model() -> None:
    """As its administrators have written it."""
    unit = Asking(BY_MODEL, guidance="Releases go out on Fridays.")

    unit.judge()

    assert [{"guidance": "Releases go out on Fridays.", "model": None}] == unit.model.tunings


def test_once_the_budget_is_used_up_it_is_judged_offline_and_said_so() -> None:
    """Until the month is over, by UTC; the model is not even made."""
    unit = Asking(costing(2), costing(1), model_budget_dollars=2)
    unit.judge()

    judgement = unit.judge()

    assert OFFLINE.model_copy(update={"fallback": BUDGET_USED_UP}) == judgement
    assert 1 == len(unit.model.answers)
    unit.at = NOW + timedelta(days=31)
    assert unit.judge().fallback is None


@pytest.mark.parametrize(
    ("own", "deployments", "asked"),
    [(None, None, True), (None, 0, False), (0, None, False), (5, 0, True), (0, 5, False), (None, 5, True)],
)
def test_a_budget_is_the_teams_own_or_else_the_deployments(
    own: float | None, deployments: float | None, asked: bool
) -> None:
    """Where neither says anything nothing limits it; nothing at all is a budget, too."""
    unit = Asking(BY_MODEL, model_budget_dollars=own)
    unit.model_budget_dollars = deployments

    assert asked == (unit.judge().fallback is None)


def test_that_the_budget_comes_to_its_end_is_noted_once() -> None:
    """At four fifths, in the audit trail."""
    unit = Asking(*(costing(0.39) for _ in range(4)), model_budget_dollars=1)

    notes = []
    for _ in range(4):
        unit.judge()
        notes.append(unit.noted)

    once = ["model.budget_nearly_used_up"]
    assert [[], [], once, once] == notes
    [entry] = unit.stores.audit.latest(ACME, limit=9)
    assert (MONTH, {"budget_dollars": "1"}) == (entry.target, entry.detail)


@pytest.mark.parametrize(
    "error", [UpstreamUnavailable("gone"), RateLimited("slow", retry_after=9), Misconfigured("the key is not set")]
)
def test_a_model_that_does_not_answer_is_waited_for_an_hour_and_then_done_without(error: Exception) -> None:
    """Nothing is lost: the event comes again until then. Each is tried all the same, and one answer ends it."""
    unit = Asking(error, error, error, BY_MODEL, error)
    for minutes in (0, 59):
        unit.at = NOW + timedelta(minutes=minutes)
        with pytest.raises(type(error)):
            unit.judge()
    assert NOW == unit.month.unanswered_since

    unit.at = NOW + PATIENCE
    assert NO_ANSWER == unit.judge().fallback
    assert ([str(error)] if isinstance(error, Misconfigured) else []) == unit.alarms
    assert unit.judge().fallback is None
    assert unit.month.unanswered_since is None
    with pytest.raises(type(error)):
        unit.judge()


def test_without_a_quota_nobody_is_kept_waiting() -> None:
    """It takes a person to raise it; until then it can be seen since when."""
    unit = Asking(Judgement(proposals=(), model="gpt", prompt="v1", fallback=QUOTA_USED_UP))

    assert QUOTA_USED_UP == unit.judge().fallback
    assert (NOW, 0) == (unit.month.unanswered_since, unit.month.judgements)


def test_an_answer_of_no_use_is_paid_for_and_judged_offline() -> None:
    """What was asked in vain is on the decision, too."""
    cost = {"tokens_in": 700, "tokens_out": 40, "latency_ms": 900, "fallback": "the model refused to answer"}
    unit = Asking(costing(0.01, proposals=(), **cost))

    judgement = unit.judge()

    expected = OFFLINE.model_copy(update={**cost, "cost_microdollars": 10_000, "prompt": "v1"})
    assert expected == judgement
    assert ModelMonth(microdollars=10_000, judgements=1) == unit.month


def test_a_side_of_an_experiment_has_the_same_budget() -> None:
    """Whatever it tells the model."""
    unit = Asking(costing(3), model_budget_dollars=2)
    side = FallbackAnalyst(lambda: unit.model, unit).tuned(prompt="v2", model="other")

    assert [None, BUDGET_USED_UP] == [side.judge(a_conversation(), **ABOUT).fallback for _ in range(2)]
    assert {"guidance": None, "prompt": "v2", "model": "other"} == unit.model.tunings[0]


def test_a_tenant_is_judged_by_the_model_that_it_has_adopted() -> None:
    """While it lets itself be trained on; a side that names another model is judged by that one."""
    unit = Asking(*[costing(0.01)] * 3, training_consent=True)
    tenant = unit.stores.tenants.get(ACME)
    unit.stores.tenants.put(tenant.model_copy(update={"model": "ft:1"}))

    unit.judge()
    FallbackAnalyst(lambda: unit.model, unit).tuned(model="other").judge(a_conversation(), **ABOUT)
    withdrawn = tenant.settings.model_copy(update={"training_consent": False})
    unit.stores.tenants.put(tenant.model_copy(update={"model": "ft:1", "settings": withdrawn}))
    unit.judge()

    assert ["ft:1", "other", None] == [tuning["model"] for tuning in unit.model.tunings]


# What the team pays for


def paying(seats: int, *answers: Judgement | Exception) -> Asking:
    """A team that pays for so many people: 300 decisions each."""
    unit = Asking(*answers)
    paid = PaidSubscription(
        id="sub_1", customer_id="cus_1", status="active", plan=Plan.TEAM, seats=seats, created_at=NOW
    )
    unit.stores.tenants.put(a_tenant(billing=synced(Billing(), [paid], at=NOW)))
    return unit


def use(unit: Asking, count: int) -> None:
    """Have so many judged before."""
    for _ in range(count):
        unit.stores.quotas.reserve(ACME, MONTH, below=count)


def test_what_the_model_judges_is_counted_and_what_it_does_not_is_not() -> None:
    """A failure gives back what was reserved, and so does an answer that is none."""
    refused = BY_MODEL.model_copy(update={"fallback": "the answer was cut off"})
    unit = paying(1, BY_MODEL, UpstreamUnavailable("gone"), refused, BY_MODEL)

    unit.judge()
    with pytest.raises(UpstreamUnavailable):
        unit.judge()
    unit.judge()
    unit.judge()

    assert QuotaMonth(used=2) == unit.stores.quotas.get(ACME, MONTH)


def test_beyond_what_is_paid_for_it_is_judged_the_cheap_way_and_people_are_asked() -> None:
    """A tenth more is let go, for a limit is soft; then nothing is lost, and what went without is counted."""
    unit = paying(1, BY_MODEL, BY_MODEL)
    unit.offline_analyst = FakeAnalyst(a_judgement(a_proposal()))
    use(unit, 329)

    assert unit.judge().fallback is None
    beyond = unit.judge()

    assert (BEYOND_PLAN, [True]) == (beyond.fallback, [proposal.asks_first for proposal in beyond.proposals])
    assert QuotaMonth(used=330, beyond=1) == unit.stores.quotas.get(ACME, MONTH)
    unit.at = NOW + timedelta(days=31)
    assert unit.judge().fallback is None


def test_where_the_budget_is_used_up_nothing_of_the_plan_is() -> None:
    """The model is not asked, so nothing is counted; what is proposed is held to the rules alone."""
    unit = Asking(model_budget_dollars=0)
    unit.offline_analyst = FakeAnalyst(a_judgement(a_proposal()))

    assert [False] == [proposal.asks_first for proposal in unit.judge().proposals]
    assert QuotaMonth() == unit.stores.quotas.get(ACME, MONTH)


def test_fifty_at_a_time_are_judged_by_the_model_as_far_as_it_is_paid_for_and_none_is_lost() -> None:
    """On the emulated table: the count is exact, and each of the others is judged the cheap way and counted so."""
    with dynamo() as stores:
        unit = paying(1)
        stores.tenants.put(unit.stores.tenants.get(ACME))
        unit.stores = cast("FakeStores", stores)
        unit.model.answers = [BY_MODEL] * 50
        unit.offline_analyst = FakeAnalyst(*[OFFLINE] * 50)
        for _ in range(300):
            stores.quotas.reserve(ACME, MONTH, below=300)

        with ThreadPoolExecutor(10) as pool:
            judged = list(pool.map(lambda _: unit.judge().fallback, range(50)))

        assert (30, 20) == (judged.count(None), judged.count(BEYOND_PLAN))
        assert QuotaMonth(used=330, beyond=20) == stores.quotas.get(ACME, MONTH)
