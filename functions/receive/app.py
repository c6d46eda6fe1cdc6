"""Webhooks of every vendor come in here.

Without the router that the other doors have: there is one route, and a vendor waits for what is loaded.
"""

from functools import cache
from typing import Any, assert_never

from pm_assistant import ends_loading
from pm_assistant.domain.errors import NotFound, ProductError
from pm_assistant.domain.events import Challenge, Dropped
from pm_assistant.domain.workspaces import Provider
from pm_assistant.runtime.http import Answer, answer, nothing, path_of, problem, webhook_request, with_common_headers
from pm_assistant.runtime.logs import logger
from pm_assistant.runtime.settings import load
from pm_assistant.runtime.settings.receive import ReceiveSettings
from pm_assistant.runtime.unit import AwsApplication
from pm_assistant.workflows.pipeline.receive import receive

FORM = "application/x-www-form-urlencoded"
"""What people press and fill in at Slack comes so; what they fill in closes only where nothing is said to it."""

ACCEPTED = answer({"status": "accepted"})
"""What nearly all deliveries are answered with."""

settings = cache(lambda: load(ReceiveSettings))


def on_webhook(vendor: str, event: dict[str, Any]) -> Answer:
    """What a vendor posts: events, button presses, what happens to our app there."""
    if vendor not in Provider:
        raise NotFound("no such vendor")
    request = webhook_request(event)
    outcome = receive(Provider(vendor), request, AwsApplication(settings()))
    match outcome:
        case Challenge(answer=proof):
            return answer({"challenge": proof})
        case Dropped(reason=reason):
            logger().info("webhook dropped", extra={"provider": vendor, "reason": reason})
            return answer({"status": "dropped", "reason": reason})
        case None if request.headers.get("content-type", "").startswith(FORM):
            return nothing()
        case None:
            return {**ACCEPTED}
        case _:
            assert_never(outcome)


@ends_loading
def handler(event: dict[str, Any], context: Any) -> Answer:
    """Answer one HTTP API request; who is refused is told so in the caller's terms."""
    path, method = path_of(event), event["requestContext"]["http"]["method"]
    try:
        if method != "POST" or not path.startswith("/webhooks/"):
            raise NotFound("no such route")
        answered = on_webhook(path.removeprefix("/webhooks/"), event)
    except ProductError as error:
        logger().warning("webhook refused", extra={"path": path, "error": type(error).__name__})
        answered = problem(error)
    return with_common_headers(answered)
