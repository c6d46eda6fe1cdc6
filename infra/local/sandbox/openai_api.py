"""OpenAI's Responses API; what it answers is the offline analyst's judgement (`openai.answer`)."""

import asyncio
import json
from importlib import import_module

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.local.sandbox.faults import Faults
from infra.local.sandbox.state import Fault, Json
from infra.local.sandbox.store import Store


class OpenAIApi:
    """The endpoint."""

    def __init__(self, store: Store, faults: Faults) -> None:
        self._store = store
        self._faults = faults

    async def answer(self, request: Request) -> Response:
        """Answer one request for a response."""
        self._store.count("openai.responses")
        raw = await request.body()

        async def perform() -> Response:
            if not request.headers.get("authorization", "").removeprefix("Bearer ").strip():
                return _error(401, "invalid_api_key", "You didn't provide an API key.")
            return await _answer(raw)

        return await self._faults.answer(request, "openai", ["responses"], perform=perform, refuse=_refusal)


async def _answer(raw: bytes) -> Response:
    try:
        body: Json = json.loads(raw)
        # Judging takes a while, and the analyst is the product's own: it is loaded when the first question comes.
        answer = import_module("infra.local.sandbox.openai").answer
        return JSONResponse(await asyncio.to_thread(answer, body))
    except ValueError as error:
        return _error(400, "invalid_request_error", f"The request cannot be read: {error}")


def _refusal(fault: Fault) -> Response:
    match fault.kind:
        case "rate_limit":
            response = _error(429, "rate_limit_exceeded", "Rate limit reached for requests.")
            response.headers["retry-after"] = str(1 if fault.retry_after is None else fault.retry_after)
            return response
        case "revoked":
            return _error(401, "invalid_api_key", "Incorrect API key provided.")
        case _:
            return _error(500, "server_error", "The server had an error while processing your request.")


def _error(status: int, code: str, message: str) -> Response:
    body = {"error": {"message": message, "type": code, "param": None, "code": code}}
    return JSONResponse(body, status_code=status)
