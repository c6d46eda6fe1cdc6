"""Decisions from the queue are carried out here."""

from datetime import UTC, datetime
from functools import cache

from pm_assistant.domain.decisions import ActionRequest
from pm_assistant.runtime import wiring
from pm_assistant.runtime.batch import batch_handler
from pm_assistant.runtime.logs import logger
from pm_assistant.runtime.loss import noticing_loss
from pm_assistant.runtime.settings import ActSettings, load
from pm_assistant.workflows.corridor.act import act

settings = cache(lambda: load(ActSettings))


def on_request(request: ActionRequest) -> None:
    """Handle one action request."""
    env = settings()
    stores = wiring.stores(env.table_name)
    with noticing_loss(request.tenant_id, table_name=env.table_name, reports_queue_url=env.reports_queue_url):
        decision = act(
            request,
            decisions=stores.decisions,
            cards=stores.cards,
            tenants=stores.tenants,
            tickets=stores.tickets,
            directory=stores.directory,
            chat=wiring.chat(request.tenant_id, env),
            tracker=wiring.tracker(request.tenant_id, env),
            actions=wiring.queue(env.source_queue_url),
            now=datetime.now(UTC),
        )
    about = {"tenant": decision.tenant_id, "decision": decision.id, "kind": decision.action.kind}
    logger().info("acted", extra={**about, "state": decision.state})


handler = batch_handler(ActionRequest, on_request, settings)
