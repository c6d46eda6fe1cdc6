"""Decisions from the queue are carried out here."""

from functools import cache

from pm_assistant.domain.decisions import ActionRequest
from pm_assistant.runtime.batch import batch_handler
from pm_assistant.runtime.logs import logger
from pm_assistant.runtime.settings import ActSettings, load
from pm_assistant.runtime.unit import open_unit
from pm_assistant.workflows.corridor.act import act

settings = cache(lambda: load(ActSettings))


def on_request(request: ActionRequest) -> None:
    """Handle one action request."""
    with open_unit(settings(), request.tenant_id) as unit:
        decision = act(request, unit)
    details = {"tenant": decision.tenant_id, "decision": decision.id, "kind": decision.action.kind}
    logger().info("acted", extra={**details, "state": decision.state, "not_shown": decision.not_shown})


handler = batch_handler(ActionRequest, on_request, settings)
