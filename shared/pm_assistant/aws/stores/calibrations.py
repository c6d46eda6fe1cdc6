"""What confidences are worth, on DynamoDB."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from pm_assistant.aws import tables
from pm_assistant.aws.stored import stored
from pm_assistant.aws.tables import Row
from pm_assistant.domain.autonomy import judged_as
from pm_assistant.domain.calibration import Answered, Fitted, grouped
from pm_assistant.domain.tenants import TenantId

POOLED = "POOLED"


class DynamoCalibrations:
    """Calibrations (`Calibrations`): `FITTED#<kind>|<what judged>`, and `POOLED`, what a tenant contributes.

    What all contribute stands in the index together; it lags behind by a moment.
    """

    def all(self, tenant_id: TenantId) -> Sequence[Fitted]:
        """Read all of them."""
        rows = Row.among(tenant_id, Row.sk.startswith("FITTED#"))
        return [stored(Fitted, row.data) for row in rows]

    def put(self, tenant_id: TenantId, fitted: Fitted) -> None:
        """Write one."""
        sk = f"FITTED#{judged_as(fitted.kind, fitted.judged_by)}"
        Row(tables.partition(tenant_id), sk, data=fitted.model_dump_json()).put()

    def contribute(self, tenant_id: TenantId, answers: Mapping[str, Sequence[Answered]], *, until: datetime) -> None:
        """Write what counts for all."""
        row = Row(tables.partition(tenant_id), POOLED, data=json.dumps(dict(answers)), expires_at=until)
        row.gsi_pk, row.gsi_sk = POOLED, row.pk
        row.put()

    def contributed(self, *, but: TenantId) -> Mapping[str, Sequence[Answered]]:
        """Add up what others have written."""
        pooled: defaultdict[str, list[Answered]] = defaultdict(list)
        for row in Row.indexed(POOLED):
            if tables.owner(row) != but:
                for judged, answers in json.loads(row.data).items():
                    pooled[judged] = grouped([*pooled[judged], *(Answered(*answer) for answer in answers)])
        return pooled
