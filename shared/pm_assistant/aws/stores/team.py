"""That a team has changed (`INDEX#TEAM`), for whoever keeps a copy of it."""

import uuid

from pm_assistant.aws import tables
from pm_assistant.aws.tables import Row
from pm_assistant.domain.workspaces import TenantId

TEAM = "INDEX#TEAM"
"""The row that is another whenever people, teams or connections are."""


def note_team(tenant_id: TenantId) -> None:
    """Say that people, teams or connections have changed, once their rows are written."""
    Row(tables.partition(tenant_id), TEAM, data=uuid.uuid4().hex).put()
