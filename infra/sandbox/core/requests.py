"""What comes with a request."""

import json
from urllib.parse import parse_qsl

from starlette.requests import Request

from infra.sandbox.core.state import Json


async def form_of(request: Request) -> dict[str, str]:
    """What a page's form sends, empty fields among it."""
    return dict(parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True))


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
