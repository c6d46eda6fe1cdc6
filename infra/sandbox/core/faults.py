"""Misbehaviour on demand: which request meets which fault."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse

from infra.sandbox.core.state import Fault, Vendor
from infra.sandbox.core.store import Store
from infra.sandbox.core.world import World

HANG_SECONDS = 30.0
SLOW_SECONDS = 2.0
PROXYS_PAGE = "<!doctype html><title>Please wait</title><p>Checking your browser before you go on."
"""What stands between a client and a vendor answers 200 as well."""

DOCUMENT = re.compile("[A-Z][A-Za-z0-9_]*")
type Operations = Callable[[], Iterable[str]]
type Refuse = Callable[[Fault], Response]
type Perform = Callable[[], Awaitable[Response]]


class Faults:
    """The faults waiting to happen; each strikes `times` requests, whichever company's, and is gone."""

    def __init__(self, store: Store[World]) -> None:
        self._store = store
        self._offered: dict[Vendor, list[Operations]] = {}
        self._read: set[Vendor] = set()

    @property
    def waiting(self) -> list[Fault]:
        """Those that have not struck often enough."""
        return self._store.world.faults

    def offer(self, vendor: Vendor, operations: Operations, *, documents: bool = False) -> None:
        """Say what a vendor's requests are called; where they are `documents`, those go by names of their own, too."""
        self._offered.setdefault(vendor, []).append(operations)
        if documents:
            self._read.add(vendor)

    def fitting(self, vendor: Vendor) -> list[str]:
        """The operations of a vendor that a fault can strike."""
        return sorted({"*", *(name for names in self._offered.get(vendor, ()) for name in names())})

    def fits(self, fault: Fault) -> bool:
        """Whether a fault can strike anything; a document's own name is its client's choice, and capitalized."""
        if fault.vendor in self._read and DOCUMENT.fullmatch(fault.operation):
            return True
        return fault.operation in self.fitting(fault.vendor)

    def add(self, fault: Fault) -> None:
        """Let a fault happen from now on."""
        self.waiting.append(fault)
        self._store.changed()

    def clear(self) -> None:
        """Call off all faults."""
        self.waiting.clear()
        self._store.changed()

    def take(self, vendor: Vendor, operations: Iterable[str]) -> Fault | None:
        """Use up one strike of the oldest fault that fits the request."""
        names = {*operations, "*"}
        fault = next((each for each in self.waiting if each.vendor == vendor and each.operation in names), None)
        if fault is None:
            return None
        struck = fault.model_copy()
        fault.times -= 1
        if not fault.times:
            self.waiting.remove(fault)
        self._store.changed()
        return struck

    async def answer(
        self,
        request: Request,
        vendor: Vendor,
        operations: Iterable[str],
        *,
        perform: Perform,
        refuse: Refuse,
        invent: Perform | None = None,
    ) -> Response:
        """Perform a request, or let the fault that fits it happen.

        The nasty case is that the effect is there and the client cannot know. So a timeout performs the operation
        (unless `after` is false) and then keeps the client waiting; a page of somebody's proxy stands in the answer's
        place, whole by HTTP's lights; an answer is cut in its midst, or its connection is. A model can `invent`.
        """
        fault = self.take(vendor, operations)
        if fault is None:
            return await perform()
        match fault.kind:
            case "rate_limit" | "server_error" | "revoked":
                return refuse(fault)
            case "slow":
                await asyncio.sleep(SLOW_SECONDS if fault.retry_after is None else fault.retry_after)
                return await perform()
            case "hallucinate":
                return await (invent or perform)()
            case "timeout" | "page" | "cut" | "reset":
                return await _lost(request, fault, await perform() if fault.after else Response())


async def _lost(request: Request, fault: Fault, answer: Response) -> Response:
    """What a client gets to see in place of an answer."""
    match fault.kind:
        case "page":
            return HTMLResponse(PROXYS_PAGE)
        case "cut":
            return Response(_first_half(answer), answer.status_code, media_type=answer.headers.get("content-type"))
        case "reset":
            return _broken_off(answer)
        case _:
            return await _hang(request)


def _first_half(answer: Response) -> bytes:
    return bytes(answer.body[: len(answer.body) // 2])


def _broken_off(answer: Response) -> Response:
    """An answer that promises its whole length, and whose connection ends before."""

    async def half() -> AsyncIterator[bytes]:
        yield _first_half(answer)
        raise ConnectionResetError("a fault that was asked for")

    headers = {"content-type": answer.headers.get("content-type", ""), "content-length": str(len(answer.body))}
    return StreamingResponse(half(), answer.status_code, headers)


async def _hang(request: Request) -> Response:
    loop = asyncio.get_running_loop()
    until = loop.time() + HANG_SECONDS
    while loop.time() < until and not await request.is_disconnected():
        await asyncio.sleep(0.05)
    return Response(status_code=504)
