"""The API's own description, for programs and for people."""

import json
from functools import cache
from pathlib import Path

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from pm_assistant.web.manual import POLICY, manual

router = APIGatewayHttpRouter()

DOCUMENT = Path(__file__).parents[1] / "openapi.json"
KEPT = "public, max-age=300"


@cache
def _document() -> str:
    return DOCUMENT.read_text()


@cache
def _page() -> str:
    return manual(json.loads(_document()))


@router.get("/v1/openapi.json", include_in_schema=False)
def show_document() -> Response[str]:
    """The OpenAPI document, as it was written when the API was built."""
    headers: dict[str, str | list[str]] = {"Cache-Control": KEPT, "X-Content-Type-Options": "nosniff"}
    return Response(200, content_type=content_types.APPLICATION_JSON, body=_document(), headers=headers)


@router.get("/v1/docs", include_in_schema=False)
def show_manual() -> Response[str]:
    """The manual, to be read in a browser."""
    headers: dict[str, str | list[str]] = {
        "Cache-Control": KEPT,
        "Content-Security-Policy": POLICY,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(200, content_type=f"{content_types.TEXT_HTML}; charset=utf-8", body=_page(), headers=headers)
