"""API Gateway asks here who is calling, before it calls `api`."""

from functools import cache
from typing import Any

from pm_assistant import ends_loading
from pm_assistant.runtime.logs import logger
from pm_assistant.runtime.settings import load
from pm_assistant.runtime.settings.authorize import AuthorizeSettings
from pm_assistant.runtime.unit import AwsApplication
from pm_assistant.workflows.accounts.authorize import authorize

settings = cache(lambda: load(AuthorizeSettings))


@ends_loading
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Name the caller, or why there is none; it is `api` that refuses, in the form of its other refusals.

    A failure leaves as it is: the gateway then answers 500 and keeps nothing, so the next request asks again
    (docs.aws.amazon.com/apigateway, http-api-lambda-authorizer: payload 2.0 with simple responses).
    """
    outcome = authorize(event["headers"].get("authorization"), AwsApplication(settings()))
    if "refused" in outcome:
        request = event["requestContext"]
        logger().warning(
            "caller refused",
            extra={
                "reason": outcome["refused"],
                "route": event["routeKey"],
                "request_id": request["requestId"],
                "address": request["http"]["sourceIp"],
            },
        )
    return {"isAuthorized": True, "context": outcome}
