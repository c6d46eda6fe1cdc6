"""Decisions from the queue are carried out here."""

from functools import cache

from pm_assistant.domain.decisions import ActionRequest
from pm_assistant.runtime.batch import FailureHandling, batch_handler, cause_of, handling_of
from pm_assistant.runtime.logs import logger
from pm_assistant.runtime.settings import ActSettings, load
from pm_assistant.runtime.unit import AwsUnit, open_unit
from pm_assistant.workflows.corridor.act import act, give_up

settings = cache(lambda: load(ActSettings))


def on_request(request: ActionRequest) -> None:
    """Handle one action request."""
    with open_unit(settings(), request.tenant_id) as unit:
        decisions = act(request, unit)
    for decision in decisions:
        details = {"tenant": decision.tenant_id, "decision": decision.id, "kind": decision.action.kind}
        logger().info("acted", extra={**details, "state": decision.state, "not_shown": decision.not_shown})


def on_given_up(request: ActionRequest, error: Exception) -> None:
    """Note that what was to be done has failed; an answer or a card that is given up fails nothing else."""
    if not request.only_show and request.answer is None:
        waited = handling_of(error) is FailureHandling.WAIT
        give_up(request, cause_of(error), AwsUnit(settings(), request.tenant_id), waited=waited)


handler = batch_handler(ActionRequest, on_request, settings, on_given_up)
