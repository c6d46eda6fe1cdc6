"""Webhooks of every vendor come in here."""

from functools import cache
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from pm_assistant.domain.errors import NotFound, ProductError
from pm_assistant.domain.events import Challenge, Dropped
from pm_assistant.domain.tenants import Provider
from pm_assistant.runtime.http import problem, webhook_request, with_common_headers
from pm_assistant.runtime.logs import logger
from pm_assistant.runtime.settings import ReceiveSettings, load
from pm_assistant.runtime.unit import AwsApplication
from pm_assistant.workflows.corridor.receive import receive

app = APIGatewayHttpResolver()
settings = cache(lambda: load(ReceiveSettings))


@app.post("/webhooks/<vendor>")
def on_webhook(vendor: str) -> dict[str, str] | Response[str]:
    """What a vendor posts: events, button presses, what happens to our app there."""
    if vendor not in Provider:
        return problem(NotFound("no such vendor"))
    request = webhook_request(app.current_event.raw_event)
    outcome = receive(Provider(vendor), request, AwsApplication(settings()))
    match outcome:
        case Challenge(answer=proof):
            return {"challenge": proof}
        case Dropped(reason=reason):
            logger().info("webhook dropped", extra={"provider": vendor, "reason": reason})
            return {"status": "dropped", "reason": reason}
        case None:
            return {"status": "accepted"}


def on_error(error: ProductError) -> Response[str]:
    """Refuse in the caller's terms."""
    logger().warning("webhook refused", extra={"path": app.current_event.path, "error": type(error).__name__})
    return problem(error)


app.exception_handler(ProductError)(on_error)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one HTTP API request."""
    return with_common_headers(app.resolve(event, context))
