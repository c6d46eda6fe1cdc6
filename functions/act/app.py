"""Decisions from the queue are carried out here, and what people do at the chat's surfaces is answered."""

from functools import cache
from typing import assert_never

from pm_assistant.domain.decisions import ActionRequest
from pm_assistant.domain.messages import ActionsMessage
from pm_assistant.domain.surfaces import SurfaceRequest
from pm_assistant.runtime.batch import FailureHandling, QueueMessage, batch_handler, cause_of, handling_of
from pm_assistant.runtime.logs import logger
from pm_assistant.runtime.settings import load
from pm_assistant.runtime.settings.act import ActSettings
from pm_assistant.runtime.unit import AwsUnit, open_unit
from pm_assistant.workflows.pipeline.act import act, give_up
from pm_assistant.workflows.surfaces.answer import answer, give_up_answer
from pm_assistant.workflows.surfaces.refresh import refresh_homes
from pm_assistant.workflows.tenants.suspension import WITHHELD, is_withheld

settings = cache(lambda: load(ActSettings))


def on_message(message: ActionsMessage) -> None:
    """Handle one action request, or what somebody did at a surface."""
    request = message.root
    with open_unit(settings(), request.tenant_id) as unit:
        if is_withheld(request, unit):
            logger().info(WITHHELD, extra={"tenant": request.tenant_id})
            return
        match request:
            case ActionRequest():
                decisions = act(request, unit)
                if decisions:
                    refresh_homes(unit)
            case SurfaceRequest():
                answer(request, unit)
                decisions = ()
                logger().info("answered", extra={"tenant": request.tenant_id, "asked": request.asked.type})
            case _:
                assert_never(request)
    for decision in decisions:
        details = {"tenant": decision.tenant_id, "decision": decision.id, "kind": decision.action.kind}
        logger().info("acted", extra={**details, "state": decision.state, "not_shown": decision.not_shown})


def on_given_up(message: ActionsMessage, error: Exception, _: QueueMessage) -> None:
    """Note that what was to be done has failed; an answer, a card or a surface that is given up fails nothing else."""
    request = message.root
    if isinstance(request, ActionRequest) and not request.only_show and request.answer is None:
        waited = handling_of(error) is FailureHandling.WAIT
        give_up(request, cause_of(error), AwsUnit(settings(), request.tenant_id), waited=waited)
    elif isinstance(request, SurfaceRequest):
        give_up_answer(request, AwsUnit(settings(), request.tenant_id))


handler = batch_handler(ActionsMessage, on_message, settings, on_given_up)
