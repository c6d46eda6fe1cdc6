"""Events from the queue become decisions here."""

from functools import cache

from pm_assistant.domain.events import ConversationTouched, EventEnvelope
from pm_assistant.domain.spending import QUOTA_USED_UP
from pm_assistant.runtime.batch import QueueMessage, batch_handler, cause_of
from pm_assistant.runtime.logs import logger
from pm_assistant.runtime.settings import load
from pm_assistant.runtime.settings.analyze import AnalyzeSettings
from pm_assistant.runtime.unit import AwsUnit, open_unit
from pm_assistant.workflows.pipeline.analyze import analyze
from pm_assistant.workflows.pipeline.parked import tell_parked
from pm_assistant.workflows.tenants.suspension import WITHHELD, is_withheld

settings = cache(lambda: load(AnalyzeSettings))


def on_event(envelope: EventEnvelope) -> None:
    """Handle one event."""
    with open_unit(settings(), envelope.tenant_id) as unit:
        if is_withheld(envelope, unit):
            logger().info(WITHHELD, extra={"tenant": envelope.tenant_id, "event": envelope.event.type})
            return
        analysis = analyze(envelope, unit)
    event_details = {"tenant": envelope.tenant_id, "event": envelope.event.type}
    if analysis.skipped:
        logger().info("event skipped", extra={**event_details, "reason": analysis.skipped})
    for decision in analysis.decisions:
        decision_details = {"decision": decision.id, "kind": decision.action.kind, "state": decision.state}
        logger().info(
            "decided",
            extra={**event_details, **decision_details, "confidence": decision.confidence, "model": decision.model},
        )
    for fallback in {decision.fallback for decision in analysis.decisions if decision.fallback}:
        log = logger().error if fallback == QUOTA_USED_UP else logger().warning
        log("judged offline", extra={**event_details, "reason": fallback})
    for flaw in analysis.unusable:
        logger().warning("proposal dropped", extra={**event_details, "flaw": flaw})


def on_given_up(envelope: EventEnvelope, error: Exception, sent: QueueMessage) -> None:
    """Tell the team of a conversation that is given up; other events are made up for by the next reading."""
    if isinstance(envelope.event, ConversationTouched):
        unit = AwsUnit(settings(), envelope.tenant_id)
        tell_parked(envelope.event, cause_of(error), unit, at=sent.first_received_at, once=sent.id)


handler = batch_handler(EventEnvelope, on_event, settings, on_given_up)
