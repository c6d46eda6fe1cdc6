"""What the payment provider tells comes in here as a hint, and what is true is asked for behind a queue."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pm_assistant import ends_loading
from pm_assistant.domain.errors import NotFound, ProductError
from pm_assistant.domain.messages import BillingMessage
from pm_assistant.runtime import wiring
from pm_assistant.runtime.batch import batch_handler
from pm_assistant.runtime.http import Answer, answer, path_of, problem, webhook_request, with_common_headers
from pm_assistant.runtime.logs import logger
from pm_assistant.runtime.settings import load
from pm_assistant.runtime.settings.bill import BillSettings
from pm_assistant.runtime.unit import AwsApplication
from pm_assistant.workflows.billing.refresh import refresh_billing

settings = cache(lambda: load(BillSettings))


def on_webhook(event: Mapping[str, Any]) -> Answer:
    """Queue whose subscriptions may have changed; the provider is answered at once, and nothing it says is kept."""
    changed = wiring.customer_changed(webhook_request(event), settings())
    if changed is None:
        return answer({"status": "dropped"})
    AwsApplication(settings()).queues.billing.put(changed, group=changed.customer_id)
    return answer({"status": "accepted"})


def on_message(message: BillingMessage) -> None:
    """Make what we believe of one tenant what the provider says."""
    billing = refresh_billing(message.root, AwsApplication(settings()))
    if billing is None:
        logger().info("a customer of nobody's", extra={"type": message.root.type})
        return
    subscription = billing.subscription
    about = {"subscription": subscription and subscription.id, "status": subscription and subscription.status}
    logger().info("billing synced", extra=about)
    for oddity in billing.oddities:
        logger().error("billing is odd", extra={**about, "oddity": oddity})


on_batch = batch_handler(BillingMessage, on_message, settings)


def on_request(event: Mapping[str, Any]) -> Answer:
    """Answer one HTTP API request."""
    path, method = path_of(event), event["requestContext"]["http"]["method"]
    try:
        if (method, path) != ("POST", "/webhooks/stripe"):
            raise NotFound("no such route")
        answered = on_webhook(event)
    except ProductError as error:
        logger().warning("webhook refused", extra={"path": path, "error": type(error).__name__})
        answered = problem(error)
    return with_common_headers(answered)


@ends_loading
def handler(event: Mapping[str, Any], context: object) -> Any:
    """Take what comes in at the door, or off the queue."""
    return on_batch(event, context) if "Records" in event else on_request(event)
