"""API Gateway: an HTTP API is made of its OpenAPI body, under an id that is known before it exists."""

import json
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

API_ID = "pm-assistant"
"""Of the one HTTP API whose template gives it a body; so its address can be a parameter of the very same template."""
AUTHORIZER = "x-amazon-apigateway-authorizer"
CORS = "x-amazon-apigateway-cors"
INTEGRATION = "x-amazon-apigateway-integration"

type Record = dict[str, Any]


def pinned(properties: Record) -> Record:
    """The properties of an HTTP API, with the tag by which the emulator lets an id be chosen."""
    tags = {**properties.get("Tags", {}), "ms-custom-id": API_ID}
    return {**properties, "Tags": tags} if "Body" in properties else properties


def imported(api_id: str, body: Mapping[str, Any], gateway: ModuleType) -> None:
    """Replace an HTTP API's routes, authorizers and CORS by those of an OpenAPI body."""
    gateway._routes[api_id], gateway._integrations[api_id], gateway._authorizers[api_id] = {}, {}, {}
    if CORS in body:
        gateway._apis[api_id]["corsConfiguration"] = {name: _listed(value) for name, value in body[CORS].items()}
    schemes = body.get("components", {}).get("securitySchemes", {})
    authorizers = {name: _authorizer(api_id, name, scheme[AUTHORIZER], gateway) for name, scheme in schemes.items()}
    for path, methods in body.get("paths", {}).items():
        for method, operation in methods.items():
            key = path if path == "$default" else f"{'ANY' if method.startswith('x-') else method.upper()} {path}"
            gateway._create_route(api_id, _route(api_id, key, operation, authorizers, gateway))


def cookies_apart(execute: Callable[[Record, Any], Any]) -> Callable[[Record, Any], Any]:
    """Have an HTTP API's event (payload 2.0) carry cookies in a list of their own, not among the headers, as on AWS."""

    def executed(function: Record, event: Any) -> Any:
        if isinstance(event, dict) and event.get("version") == "2.0" and "cookie" in event.get("headers", {}):
            headers = {name: value for name, value in event["headers"].items() if name != "cookie"}
            event = {**event, "headers": headers, "cookies": event["headers"]["cookie"].split("; ")}
        return execute(function, event)

    return executed


def _listed(value: Any) -> Any:
    """A list that came as a template's parameter is still one text."""
    return value.split(",") if isinstance(value, str) else value


def _authorizer(api_id: str, name: str, scheme: Mapping[str, Any], gateway: ModuleType) -> str:
    settings = {key: value for key, value in scheme.items() if key != "type"}
    answer = gateway._create_authorizer(api_id, {**settings, "name": name, "authorizerType": scheme["type"].upper()})
    authorizer_id: str = json.loads(answer[2])["authorizerId"]
    return authorizer_id


def _route(
    api_id: str, key: str, operation: Mapping[str, Any], authorizers: Mapping[str, str], gateway: ModuleType
) -> Record:
    described = operation[INTEGRATION]
    integration = {
        "integrationType": described["type"].upper(),
        "integrationUri": described["uri"],
        "payloadFormatVersion": described["payloadFormatVersion"],
    }
    created = json.loads(gateway._create_integration(api_id, integration)[2])
    route = {"routeKey": key, "target": f"integrations/{created['integrationId']}"}
    required = [authorizers[name] for requirement in operation.get("security", []) for name in requirement]
    # A route that a Lambda authorizer guards is CUSTOM, whatever the authorizer itself is called.
    return {**route, "authorizationType": "CUSTOM", "authorizerId": required[0]} if required else route
