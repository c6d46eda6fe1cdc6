"""What a tenant's judgements have cost in a month, and whether there is something left for more."""

from datetime import UTC, datetime

from pydantic import AwareDatetime, Field

from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import Settings

DOLLAR = 1_000_000
"""In millionths of one, in which costs are counted."""
NEARLY = 0.8
"""Of a budget: who gets there is told so once."""
QUOTA_USED_UP = "the model's quota is used up"
"""Why it is judged offline where the deployment has not paid for more: an operator has to."""


class ModelMonth(Model):
    """What asking the model has come to in one calendar month, by UTC."""

    microdollars: int = Field(default=0, description="what it cost, in millionths of a dollar")
    judgements: int = Field(default=0, description="how often the model was asked for one")
    unanswered_since: AwareDatetime | None = Field(
        default=None, description="since when the model does not answer; none while it does"
    )


def month_of(moment: datetime) -> str:
    """The calendar month of a moment by UTC, such as `2026-11`."""
    return f"{moment.astimezone(UTC):%Y-%m}"


def budget_of(settings: Settings, *, otherwise: float | None) -> float | None:
    """What the model may cost a tenant in a month, in dollars; `otherwise` where it has not said; None for no limit."""
    own = settings.model_budget_dollars
    return otherwise if own is None else own


def is_used_up(month: ModelMonth, budget_dollars: float | None) -> bool:
    """Whether nothing is left of a budget; of none there always is."""
    return budget_dollars is not None and month.microdollars >= budget_dollars * DOLLAR


def has_come_near(month: ModelMonth, added: int, budget_dollars: float | None) -> bool:
    """Whether it was what was `added` last that brought the month near the end of its budget."""
    if budget_dollars is None:
        return False
    near = NEARLY * budget_dollars * DOLLAR
    return month.microdollars - added < near <= month.microdollars
