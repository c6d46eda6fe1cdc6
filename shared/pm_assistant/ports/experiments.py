"""What is tried on a part of a team's conversations."""

from collections.abc import Sequence
from typing import Protocol

from pm_assistant.domain.tenants import TenantId
from pm_assistant.domain.trials import Experiment


class Experiments(Protocol):
    """Experiments, running ones and those that are over; kept as long as the tenant. One at a time writes them."""

    def get(self, tenant_id: TenantId, experiment_id: str) -> Experiment:
        """Read one.

        Raises:
            NotFound: the tenant has no such experiment.
        """
        ...

    def all(self, tenant_id: TenantId) -> Sequence[Experiment]:
        """All of a tenant, in the order of their ids, which is that in which they began."""
        ...

    def put(self, tenant_id: TenantId, experiment: Experiment) -> None:
        """Create or replace one."""
        ...
