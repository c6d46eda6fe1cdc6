"""Have a model judge as far as the tenant's budget goes and while it answers; else the offline analyst, who says so.

Nothing is lost to a model's failures: what passes is waited for as any vendor is, and then judged without it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Self, Unpack

from pm_assistant.domain.decisions import Judged, Judgement
from pm_assistant.domain.errors import Misconfigured, UpstreamUnavailable
from pm_assistant.domain.spending import QUOTA_USED_UP, budget_of, is_used_up, month_of
from pm_assistant.domain.tenants import Tenant
from pm_assistant.domain.work import Conversation
from pm_assistant.ports.unit import Unit
from pm_assistant.ports.vendors import JudgingContext, ModelAnalyst
from pm_assistant.workflows.billing.quota import BEYOND_PLAN, reserve
from pm_assistant.workflows.tenants.usage import count_cost

PATIENCE = timedelta(hours=1)
"""How long a team waits for a model that does not answer; a card that comes later is of no use to anybody."""
BUDGET_USED_UP = "the month's budget for the model is used up"
NO_ANSWER = "the model has not answered for an hour"


class FallbackAnalyst:
    """A model, and the offline analyst in its place where it cannot be asked (`Analyst`).

    Args:
        model: makes it; is called only where it is to be asked.
        unit: of work; its tenant pays.
        told: in place of what the tenant has it told: as `tuned` names it.
    """

    def __init__(
        self, model: Callable[[], ModelAnalyst], unit: Unit, *, told: Mapping[str, str | None] = MappingProxyType({})
    ) -> None:
        self._model, self._unit, self._told = model, unit, told

    def tuned(self, *, guidance: str | None = None, prompt: str | None = None, model: str | None = None) -> Self:
        """The same with its model told otherwise, within the same budget."""
        told = {"guidance": guidance, "prompt": prompt, "model": model}
        named = {name: value for name, value in told.items() if value is not None}
        return type(self)(self._model, self._unit, told={**self._told, **named})

    def judge(self, conversation: Conversation, **context: Unpack[JudgingContext]) -> Judgement:
        """Judge; a judgement of the offline analyst says why it is one, and what the model cost all the same.

        Raises:
            Misconfigured: the model cannot be reached as it is set up, and may be mended before long.
            UpstreamUnavailable: it does not answer, and may before long.
        """
        unit, now = self._unit, self._unit.now()
        asked = self._asked(conversation, unit.stores.tenants.get(unit.tenant_id), now, context)
        if asked.fallback is None:
            return asked
        offline = unit.offline_analyst.judge(conversation, **context)
        change: dict[str, object] = {name: getattr(asked, name) for name in Judged.model_fields if name != "model"}
        if asked.fallback == BEYOND_PLAN:
            change["proposals"] = tuple(each.model_copy(update={"asks_first": True}) for each in offline.proposals)
        return offline.model_copy(update=change)

    def _asked(self, conversation: Conversation, tenant: Tenant, now: datetime, context: JudgingContext) -> Judgement:
        """What the model says, the tenant's own if it has adopted one, or why there is nothing."""
        unit, month = self._unit, month_of(now)
        budget = budget_of(tenant.settings, otherwise=unit.model_budget_dollars)
        if is_used_up(unit.stores.model_months.get(unit.tenant_id, month), budget):
            return Judgement(proposals=(), model="", fallback=BUDGET_USED_UP)
        if not reserve(tenant, unit):
            return Judgement(proposals=(), model="", fallback=BEYOND_PLAN)
        judgement = None
        try:
            judgement = self._by_model(conversation, tenant, now, context)
        finally:
            if judgement is None or judgement.fallback is not None:
                unit.stores.quotas.give_back(unit.tenant_id, month)
        return judgement

    def _by_model(
        self, conversation: Conversation, tenant: Tenant, now: datetime, context: JudgingContext
    ) -> Judgement:
        unit, month = self._unit, month_of(now)
        try:
            told = {"guidance": tenant.settings.guidance, "model": tenant.own_model, **self._told}
            judgement = self._model().tuned(**told).judge(conversation, **context)
        except (UpstreamUnavailable, Misconfigured) as error:
            if now - unit.stores.model_months.unanswered(unit.tenant_id, month, at=now) < PATIENCE:
                raise
            unit.alarm_if_ours(error)
            return Judgement(proposals=(), model="", fallback=NO_ANSWER)
        if judgement.fallback == QUOTA_USED_UP:
            unit.stores.model_months.unanswered(unit.tenant_id, month, at=now)
            return judgement
        count_cost(judgement.cost_microdollars, tenant, unit)
        return judgement
