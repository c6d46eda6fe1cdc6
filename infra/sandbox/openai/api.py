"""OpenAI's API: who may ask, and what is answered (`responses.create`, `files`, `fine_tuning.jobs`)."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.sandbox.core.faults import Faults
from infra.sandbox.core.state import Json
from infra.sandbox.core.store import Store
from infra.sandbox.core.tokens import same
from infra.sandbox.core.world import World
from infra.sandbox.openai.responses import Brain, PromptCache, create
from infra.sandbox.openai.training import Training
from infra.sandbox.openai.wire import Refused, incorrect_key, refusal

type Performing = Callable[[], Awaitable[Json]]


class OpenAIApi:
    """The endpoints."""

    def __init__(self, store: Store[World], faults: Faults, brain: Brain | None) -> None:
        self._store = store
        self._faults = faults
        faults.offer("openai", lambda: ["responses", "files", "fine_tuning.jobs"])
        self._brain = brain
        self._training = Training()
        self._cache = PromptCache()

    def routes(self) -> list[Route]:
        """Where they are, below `/v1`."""
        return [
            Route("/responses", self._respond, methods=["POST"]),
            Route("/files", self._upload, methods=["POST"]),
            Route("/files/{id}", self._file, methods=["GET", "DELETE"]),
            Route("/fine_tuning/jobs", self._jobs, methods=["GET", "POST"]),
            Route("/fine_tuning/jobs/{id}", self._job, methods=["GET"]),
            Route("/fine_tuning/jobs/{id}/cancel", self._cancel, methods=["POST"]),
        ]

    async def _respond(self, request: Request) -> Response:
        raw = await request.body()

        async def perform(*, invents: bool = False) -> Json:
            # Judging takes a while.
            return await asyncio.to_thread(create, _json(raw), self._brain, self._cache, invents=invents)

        return await self._answer(request, "responses", perform, invent=partial(perform, invents=True))

    async def _upload(self, request: Request) -> Response:
        raw, content_type = await request.body(), request.headers.get("content-type", "")

        async def perform() -> Json:
            return self._training.upload(content_type, raw)

        return await self._answer(request, "files", perform)

    async def _file(self, request: Request) -> Response:
        async def perform() -> Json:
            do = self._training.delete if request.method == "DELETE" else self._training.file
            return do(request.path_params["id"])

        return await self._answer(request, "files", perform)

    async def _jobs(self, request: Request) -> Response:
        raw = await request.body()

        async def perform() -> Json:
            if request.method == "GET":
                return self._training.listed(request.query_params)
            return self._training.create(_json(raw))

        return await self._answer(request, "fine_tuning.jobs", perform)

    async def _job(self, request: Request) -> Response:
        async def perform() -> Json:
            return self._training.job(request.path_params["id"])

        return await self._answer(request, "fine_tuning.jobs", perform)

    async def _cancel(self, request: Request) -> Response:
        async def perform() -> Json:
            return self._training.cancel(request.path_params["id"])

        return await self._answer(request, "fine_tuning.jobs", perform)

    async def _answer(
        self, request: Request, operation: str, perform: Performing, *, invent: Performing | None = None
    ) -> Response:
        """Answer one request, unless it is none that may be made, or a fault strikes it."""
        self._store.count(f"openai.{operation}")

        async def answer(performing: Performing) -> Response:
            try:
                self._admit(request)
                return JSONResponse(await performing())
            except Refused as refused:
                return refused.answer

        return await self._faults.answer(
            request,
            "openai",
            [operation],
            perform=partial(answer, perform),
            refuse=refusal,
            invent=partial(answer, invent or perform),
        )

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
