"""What an app sends with a request."""

import json
from urllib.parse import parse_qsl

from starlette.requests import Request

from infra.sandbox.core.state import Json


async def arguments_of(request: Request) -> Json:
    """The arguments, wherever they stand: query, form or JSON."""
    arguments: Json = dict(request.query_params)
    raw = await request.body()
    if "json" not in request.headers.get("content-type", ""):
        return arguments | dict(parse_qsl(raw.decode(errors="replace")))
    try:
        body = json.loads(raw or b"{}")
    except ValueError:
        body = {}
    return arguments | (body if isinstance(body, dict) else {})
