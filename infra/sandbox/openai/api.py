"""OpenAI's Responses API: who may ask, and what is answered (`responses.create`)."""

import asyncio
import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.sandbox.core.faults import Faults
from infra.sandbox.core.store import Store
from infra.sandbox.core.tokens import same
from infra.sandbox.core.world import World
from infra.sandbox.openai.responses import Brain, create
from infra.sandbox.openai.wire import Refused, incorrect_key, refusal


class OpenAIApi:
    """The endpoint."""

    def __init__(self, store: Store[World], faults: Faults, brain: Brain | None) -> None:
        self._store = store
        self._faults = faults
        self._brain = brain

    async def answer(self, request: Request) -> Response:
        """Answer one request for a response."""
        self._store.count("openai.responses")
        raw = await request.body()

        async def perform() -> Response:
            try:
                self._admit(request)
                # Judging takes a while.
                return JSONResponse(await asyncio.to_thread(create, _json(raw), self._brain))
            except Refused as refused:
                return refused.answer

        return await self._faults.answer(request, "openai", ["responses"], perform=perform, refuse=refusal)

    def _admit(self, request: Request) -> None:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not key.strip():
            raise Refused(401, None, "You didn't provide an API key.")
        if not same(key.strip(), self._store.world.config.openai_api_key):
            raise incorrect_key()


def _json(raw: bytes) -> object:
    try:
        return json.loads(raw)
    except ValueError as error:
        raise Refused(400, None, f"The body of the request is not JSON: {error}") from error
