"""Events from the queue become decisions here."""

from datetime import UTC, datetime
from functools import cache

from pm_assistant.domain.events import EventEnvelope
from pm_assistant.runtime import wiring
from pm_assistant.runtime.batch import batch_handler
from pm_assistant.runtime.logs import logger
from pm_assistant.runtime.settings import AnalyzeSettings, load
from pm_assistant.workflows.corridor.analyze import analyze

settings = cache(lambda: load(AnalyzeSettings))


def on_event(envelope: EventEnvelope) -> None:
    """Handle one event."""
    env = settings()
    stores = wiring.stores(env.table_name)
    analysis = analyze(
        envelope,
        analyst=wiring.analyst(env),
        tenants=stores.tenants,
        connections=stores.connections,
        states=stores.connection_states,
        directory=stores.directory,
        messages=stores.messages,
        conversations=stores.conversations,
        tickets=stores.tickets,
        decisions=stores.decisions,
        events=wiring.queue(env.source_queue_url),
        actions=wiring.queue(env.actions_queue_url),
        burst_gap_seconds=env.burst_gap_seconds,
        now=datetime.now(UTC),
    )
    about = {"tenant": envelope.tenant_id, "event": envelope.event.type}
    if analysis.skipped:
        logger().info("event skipped", extra={**about, "reason": analysis.skipped})
    for decision in analysis.decisions:
        made = {"decision": decision.id, "kind": decision.action.kind, "state": decision.state}
        logger().info("decided", extra={**about, **made, "confidence": decision.confidence, "model": decision.model})
    for flaw in analysis.unusable:
        logger().warning("proposal dropped", extra={**about, "flaw": flaw})


handler = batch_handler(EventEnvelope, on_event, settings)
