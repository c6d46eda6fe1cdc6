"""Puts the API together: who is asking, how often, whether for the second time, with what; then the route."""

import base64
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from importlib import import_module
from typing import Any
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.utilities.typing import LambdaContext

from pm_assistant import ends_loading
from pm_assistant.api.context import RequestContext, Write, settings
from pm_assistant.api.guards import SHOWN_ONCE, idempotent, rate_limited
from pm_assistant.api.paging import DAY_SPELT_OUT, SPELT_OUT
from pm_assistant.api.routes import MODULES, group_of
from pm_assistant.domain.errors import InvalidRequest, NotFound, ProductError
from pm_assistant.runtime.http import (
    Answer,
    Flaw,
    accepted_language,
    header,
    invalid_fields,
    our_fault,
    path_of,
    problem,
    public_url,
    query_flaws,
    refusal,
    with_common_headers,
)
from pm_assistant.runtime.logs import logger
from pm_assistant.runtime.unit import AwsApplication
from pm_assistant.workflows.accounts.audit import RequestOrigin
from pm_assistant.workflows.accounts.authorize import caller_in_tenant, identity_in

MANUAL = "/v1/docs"
"""A page: whoever links to it adds what they like to its address."""
PUBLIC = {"/v1/openapi.json", MANUAL}
"""What else than `/auth/…` needs no caller."""


def read_json(body: str) -> dict[str, Any]:
    """Read a request's body.

    Raises:
        InvalidRequest: it is not a JSON object.
    """
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest("the body is not JSON", field="body") from error
    if not isinstance(value, dict):
        raise InvalidRequest("the body is not a JSON object", field="body")
    return value


app = APIGatewayHttpResolver(
    enable_validation=True,
    response_validation_error_http_code=HTTPStatus.INTERNAL_SERVER_ERROR,
    json_body_deserializer=read_json,
)


@cache
def load(module: str) -> None:
    """Add a module's routes to the resolver, once: a container needs few of them before its first answer."""
    app.include_router(import_module(f"pm_assistant.api.routes.{module}").router)


def _said(flaw: Mapping[str, Any]) -> str:
    """What is wrong with a field, in words: a pattern is for programs, and stands in the description."""
    kind = str(flaw["type"])
    if kind == "string_pattern_mismatch":
        return "it is not in the form that it has to have"
    if kind.startswith(("datetime", "timezone")):
        return SPELT_OUT
    if kind.startswith("date"):
        return DAY_SPELT_OUT
    return str(flaw["msg"]).removeprefix("Value error, ")


def on_invalid(error: RequestValidationError) -> Response[str]:
    """Name the fields that cannot be used, without repeating what was in them."""
    return _response(invalid_fields([Flaw(tuple(flaw["loc"]), _said(flaw)) for flaw in error.errors()]))


def on_refused(error: ProductError) -> Response[str]:
    """Refuse in the caller's terms."""
    return _response(problem(error))


def _response(answer: Answer) -> Response[str]:
    """An answer in the form that the router takes."""
    return Response(answer["statusCode"], body=answer["body"], headers=answer["headers"])


app.exception_handler(ProductError)(on_refused)
app.exception_handler(RequestValidationError)(on_invalid)


@ends_loading
def handler(event: dict[str, Any], context: LambdaContext) -> Answer:
    """Answer one HTTP API request."""
    answer = _errors_as_problems(lambda: _respond(event, context))
    answer["headers"]["x-request-id"] = event["requestContext"]["requestId"]
    answer["headers"].pop(SHOWN_ONCE, None)
    answer = with_common_headers(answer)
    if answer["statusCode"] >= HTTPStatus.BAD_REQUEST:
        logger().warning("request refused", extra={"path": event["rawPath"], "status": answer["statusCode"]})
    return answer


def _respond(event: dict[str, Any], context: LambdaContext) -> Answer:
    request = _request_context(event)

    def take() -> Answer:
        decoded = _decoded(event)

        def resolve(asked: RequestContext) -> Answer:
            app.append_context(request=asked)
            return _without_null_body(app.resolve(decoded, context))

        if refused := _refused_unread(decoded):
            return refused
        return resolve(request) if request.known_caller is None else idempotent(event, request, resolve)

    return take() if request.known_caller is None else rate_limited(request, lambda: _errors_as_problems(take))


def _errors_as_problems(respond: Callable[[], Answer]) -> Answer:
    """Answer in any case: what went wrong becomes a problem, and what nobody foresaw is told to the log alone."""
    try:
        return respond()
    except ProductError as error:
        return problem(error)
    except Exception as error:
        return our_fault(error)


def _request_context(event: dict[str, Any]) -> RequestContext:
    env, now = settings(), datetime.now(UTC)
    request = RequestContext(
        env=env,
        app=AwsApplication(env, public_url=public_url(event)),
        now=now,
        write=Write(id=secrets.token_hex(16), began_at=now),
        origin=RequestOrigin(
            address=event["requestContext"]["http"]["sourceIp"],
            request_id=event["requestContext"]["requestId"],
            language=accepted_language(event),
        ),
    )
    path = event["rawPath"]
    if path in PUBLIC or path.startswith("/auth/"):
        return request
    identity = identity_in(event["requestContext"].get("authorizer", {}).get("lambda"))
    caller, tenant = caller_in_tenant(identity, request.app)
    by_operator = identity.is_operator(env.operator_emails)
    return replace(request, known_caller=caller, known_tenant=tenant, by_operator=by_operator)


def _decoded(event: dict[str, Any]) -> dict[str, Any]:
    """The event with its path and body in plain text, as routes expect them.

    Raises:
        InvalidRequest: the body is not JSON in UTF-8, by its own word or in fact.
    """
    body = event.get("body") or ""
    if body and (header(event, "content-type") or "").partition(";")[0].strip().lower() != "application/json":
        raise InvalidRequest("a body has to be application/json", field="Content-Type")
    if event.get("isBase64Encoded"):
        try:
            body = base64.b64decode(body).decode()
        except UnicodeDecodeError as error:
            raise InvalidRequest("the body is not in UTF-8", field="body") from error
    # Without the type, which has been looked at: the resolver would read some more forms, and knows one spelling.
    headers = {name: value for name, value in event["headers"].items() if name.lower() != "content-type"}
    # An HTTP API has decoded everything in the path but `%25`.
    decoded = {"rawPath": unquote(event["rawPath"]), "headers": headers, "body": body, "isBase64Encoded": False}
    return event | decoded


def _refused_unread(event: dict[str, Any]) -> Answer | None:
    """The answer to a request that no route takes as it is: not its path, its method, or all that it carries.

    What a route would not read is no addition but a mistake, such as a filter that filters nothing.
    """
    path, method = path_of(event), event["requestContext"]["http"]["method"]
    for module in MODULES.get(group_of(path), ()):
        load(module)
    routes = (*app._static_routes, *app._dynamic_routes)  # in the order in which the resolver looks through them
    by_method = {route.method: route for route in reversed(routes) if route.rule.match(path)}
    if not by_method:
        return problem(NotFound("no such route"))
    if method not in by_method:
        allowed = ", ".join(sorted(by_method))
        return refusal(HTTPStatus.METHOD_NOT_ALLOWED, f"there is only {allowed} here", headers={"Allow": allowed})
    taken = by_method[method].dependant
    known = {parameter.alias for parameter in taken.query_params}
    flaws = query_flaws(event, known) if path != MANUAL else []
    if event["body"] and not taken.body_params:
        flaws += [Flaw(("body", name), "no body is read here") for name in read_json(event["body"])]
    return invalid_fields(flaws) if flaws else None


def _without_null_body(answer: Answer) -> Answer:
    """A 204 has no content, not the word `null`."""
    if answer["statusCode"] == HTTPStatus.NO_CONTENT:
        answer["body"] = ""
        answer["headers"].pop("Content-Type", None)
    return answer
