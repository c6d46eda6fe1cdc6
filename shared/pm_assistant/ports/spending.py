"""What asking models has cost."""

from datetime import datetime
from typing import Protocol

from pm_assistant.domain.spending import ModelMonth
from pm_assistant.domain.tenants import TenantId


class ModelMonths(Protocol):
    """A count for each tenant and calendar month; `month` is such as `2026-11`."""

    def get(self, tenant_id: TenantId, month: str) -> ModelMonth:
        """How it stands; all zero where the model has not been asked."""
        ...

    def add(self, tenant_id: TenantId, month: str, *, microdollars: int) -> ModelMonth:
        """Count one more judgement and what it cost, whoever else counts; returns how it stands with that.

        The model has answered then, so it is no longer known not to.
        """
        ...

    def unanswered(self, tenant_id: TenantId, month: str, *, at: datetime) -> datetime:
        """Note that the model did not answer; returns since when it has not."""
        ...
