"""Have a model word a report's facts, where a team wants that and its budget goes so far; its words are verified first.

A report never waits for a model: where that fails, or may cost no more, the facts keep our own words.
"""

from collections.abc import Sequence
from typing import Protocol

from pm_assistant.domain.errors import ProductError
from pm_assistant.domain.facts import Fact
from pm_assistant.domain.phrasing import Phrased, Phrasing, can_be_verified, verified
from pm_assistant.domain.spending import budget_of, is_used_up, month_of
from pm_assistant.domain.tenants import Tenant
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation.facts import sentence
from pm_assistant.presentation.i18n import Texts
from pm_assistant.workflows.tenants.usage import count_cost

MOST_WORDED = 60
"""Facts of one report that a model words; those behind them keep our own words."""


class Phrase(Protocol):
    """Words facts, as `phrased` does."""

    def __call__(self, facts: Sequence[Fact], tenant: Tenant, unit: Unit, *, said_in: Texts) -> Phrased:
        """A sentence for each fact."""
        ...


def phrased(facts: Sequence[Fact], tenant: Tenant, unit: Unit, *, said_in: Texts) -> Phrased:
    """A sentence for each fact, and how many of the model's were dropped; what people said stays theirs alone."""
    mine = [fact for fact in facts if not is_quote(fact)]
    worded = _worded(mine, tenant, unit, said_in=said_in)
    texts = iter(worded.texts)
    return Phrased([sentence(fact, said_in) if is_quote(fact) else next(texts) for fact in facts], worded.dropped)


def is_quote(fact: Fact) -> bool:
    """Whether a fact is in somebody's own words, which have no other proof."""
    return not fact.url


def _worded(facts: Sequence[Fact], tenant: Tenant, unit: Unit, *, said_in: Texts) -> Phrased:
    language, own = said_in.language, [sentence(fact, said_in) for fact in facts]
    wanted = tenant.settings.phrased_reports and bool(own) and can_be_verified(language)
    phrasing = _asked(own[:MOST_WORDED], tenant, unit, language) if wanted else Phrasing()
    return verified(phrasing, own, [fact.name for fact in facts], language=language)


def _asked(own: Sequence[str], tenant: Tenant, unit: Unit, language: str) -> Phrasing:
    budget = budget_of(tenant.settings, otherwise=unit.model_budget_dollars)
    if is_used_up(unit.stores.model_months.get(unit.tenant_id, month_of(unit.now())), budget):
        return Phrasing()
    try:
        writer = unit.writer
        phrasing = writer.phrase(own, language=language) if writer is not None else Phrasing()
    except ProductError as error:
        unit.alarm_if_ours(error)
        return Phrasing()
    if writer is not None:
        count_cost(phrasing.cost_microdollars, tenant, unit)
    return phrasing
