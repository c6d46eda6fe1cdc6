"""What people say for their team's report, on DynamoDB."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from pm_assistant.aws import tables
from pm_assistant.aws.stored import stored
from pm_assistant.aws.tables import Row
from pm_assistant.domain.questions import ReportAnswers
from pm_assistant.domain.workspaces import TenantId


class DynamoReportAnswers:
    """Answers (`ReportAnswersStore`): `ANSWERS#<day>#<member>`."""

    def put(self, tenant_id: TenantId, said: ReportAnswers, *, keep_days: int) -> None:
        """Keep what a person said on a day in one row; none where that is nothing."""
        row = Row(tables.partition(tenant_id), f"ANSWERS#{said.key}", data=said.model_dump_json())
        if said.answers and said.at is not None:
            row.expires_at = said.at + timedelta(days=keep_days)
            row.put()
        else:
            row.drop()

    def some(self, tenant_id: TenantId, wanted: Iterable[tuple[date, str]]) -> Sequence[ReportAnswers]:
        """What these people said on these days, a hundred in each request."""
        keys = {f"ANSWERS#{ReportAnswers(day=day, member_id=member_id).key}" for day, member_id in wanted}
        rows = Row.find_all(tenant_id, sorted(keys))
        return [stored(ReportAnswers, row.data) for row in sorted(rows, key=lambda row: row.sk)]

    def page(self, tenant_id: TenantId, *, after: str | None = None, limit: int) -> Sequence[ReportAnswers]:
        """The next so many."""
        rows = Row.page(tenant_id, "ANSWERS", after=after, limit=limit)
        return [stored(ReportAnswers, row.data) for row in rows]
