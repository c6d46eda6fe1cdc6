"""Reports that are due are written and delivered here."""

from datetime import UTC, datetime
from functools import cache

from pm_assistant.domain.reports import ReportDue
from pm_assistant.runtime import wiring
from pm_assistant.runtime.batch import batch_handler
from pm_assistant.runtime.logs import logger
from pm_assistant.runtime.settings import ReportSettings, load
from pm_assistant.workflows.report import report

settings = cache(lambda: load(ReportSettings))


def on_due(due: ReportDue) -> None:
    """Deliver one report."""
    env = settings()
    stores = wiring.stores(env.table_name)
    url = report(
        due,
        directory=stores.directory,
        tickets=stores.tickets,
        decisions=stores.decisions,
        runs=stores.runs,
        now=datetime.now(UTC),
        chat=wiring.chat(due.tenant_id, table_name=env.table_name, kms_key_id=env.kms_key_id, url=env.slack_api_url),
    )
    about = {"tenant": due.tenant_id, "member": due.member_id, "kind": due.kind}
    logger().info("reported" if url else "report was delivered before", extra=about)


handler = batch_handler(ReportDue, on_due, settings)
