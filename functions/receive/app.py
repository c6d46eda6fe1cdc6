"""Webhooks of every vendor come in here."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from pm_assistant.domain.errors import ProductError
from pm_assistant.domain.events import Challenge, Dropped
from pm_assistant.domain.tenants import Provider
from pm_assistant.runtime import wiring
from pm_assistant.runtime.http import problem, webhook_request
from pm_assistant.runtime.logs import logger
from pm_assistant.runtime.settings import ReceiveSettings, load
from pm_assistant.workflows.corridor.receive import receive

app = APIGatewayHttpResolver()
settings = cache(lambda: load(ReceiveSettings))


@app.post("/webhooks/slack")
def on_slack() -> dict[str, str]:
    """Slack events and button presses."""
    return _on_webhook(Provider.SLACK)


@app.post("/webhooks/linear")
def on_linear() -> dict[str, str]:
    """Linear data-change webhooks."""
    return _on_webhook(Provider.LINEAR)


@app.post("/webhooks/github")
def on_github() -> dict[str, str]:
    """What happens to the GitHub App's installations."""
    return _on_webhook(Provider.GITHUB)


def on_error(error: ProductError) -> Response[str]:
    """Refuse in the caller's terms."""
    logger().warning("webhook refused", extra={"path": app.current_event.path, "error": type(error).__name__})
    return problem(error)


app.exception_handler(ProductError)(on_error)


def _on_webhook(provider: Provider) -> dict[str, str]:
    env = settings()
    stores = wiring.stores(env.table_name)
    answer = receive(
        webhook_request(app.current_event.raw_event),
        source=wiring.webhook_source(provider, env.secrets_prefix),
        connections=stores.connections,
        states=stores.connection_states,
        messages=stores.messages,
        audit=stores.audit,
        events=wiring.queue(env.events_queue_url),
        actions=wiring.queue(env.actions_queue_url),
        reports=wiring.queue(env.reports_queue_url),
        now=datetime.now(UTC),
    )
    match answer:
        case Challenge(answer=proof):
            return {"challenge": proof}
        case Dropped(reason=reason):
            logger().info("webhook dropped", extra={"provider": provider, "reason": reason})
            return {"status": "dropped", "reason": reason}
        case None:
            return {"status": "accepted"}


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one HTTP API request."""
    return app.resolve(event, context)
