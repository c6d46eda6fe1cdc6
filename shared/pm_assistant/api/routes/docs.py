"""The API's own description, for programs and for people."""

import json
from functools import cache
from pathlib import Path

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from pm_assistant.api.context import current_request
from pm_assistant.web.manual import POLICY

router = APIGatewayHttpRouter()

DOCUMENT = Path(__file__).parents[1] / "openapi.json"
MANUAL = DOCUMENT.with_name("manual.html")
KEPT = "public, max-age=300"


@cache
def _document(public_url: str) -> str:
    """What was written, for those who reach us there: the paths begin below that address."""
    return json.dumps(json.loads(DOCUMENT.read_text()) | {"servers": [{"url": public_url}]}, ensure_ascii=False)


@cache
def _page() -> str:
    return MANUAL.read_text("utf-8")


@router.get("/v1/openapi.json", include_in_schema=False)
def show_document() -> Response[str]:
    """The OpenAPI document, as it was written when the API was built, and where the API is."""
    document = _document(current_request(router).app.public_url)
    headers: dict[str, str | list[str]] = {"Cache-Control": KEPT, "X-Content-Type-Options": "nosniff"}
    return Response(200, content_type=content_types.APPLICATION_JSON, body=document, headers=headers)


@router.get("/v1/docs", include_in_schema=False)
def show_manual() -> Response[str]:
    """The manual, to be read in a browser; it is written together with the document, not by who serves it."""
    headers: dict[str, str | list[str]] = {
        "Cache-Control": KEPT,
        "Content-Security-Policy": POLICY,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(200, content_type=f"{content_types.TEXT_HTML}; charset=utf-8", body=_page(), headers=headers)
