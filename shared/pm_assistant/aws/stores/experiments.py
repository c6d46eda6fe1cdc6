"""What is tried on a part of a team's conversations, on DynamoDB."""

from collections.abc import Sequence

from pm_assistant.aws import tables
from pm_assistant.aws.stored import listed, stored
from pm_assistant.aws.tables import Row
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.tenants import TenantId
from pm_assistant.domain.trials import Experiment


class DynamoExperiments:
    """Experiments (`Experiments`): `EXPERIMENT#<id>`."""

    def get(self, tenant_id: TenantId, experiment_id: str) -> Experiment:
        """Read one."""
        row = Row.find(tenant_id, f"EXPERIMENT#{experiment_id}")
        if row is None:
            raise NotFound("no such experiment")
        return stored(Experiment, row.data)

    def all(self, tenant_id: TenantId) -> Sequence[Experiment]:
        """All of a tenant."""
        rows = Row.among(tenant_id, Row.sk.startswith("EXPERIMENT#"))
        return listed(Experiment, rows)

    def put(self, tenant_id: TenantId, experiment: Experiment) -> None:
        """Create or replace one."""
        row = Row(tables.partition(tenant_id), f"EXPERIMENT#{experiment.id}", data=experiment.model_dump_json())
        row.put()
