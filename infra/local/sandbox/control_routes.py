"""How the controls answer."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.local.sandbox.control_forms import BadControl
from infra.local.sandbox.organization import Refused
from infra.local.sandbox.seed import SeedInvalid
from infra.local.sandbox.state import Json


def route(path: str, handle: Callable[[Request], Awaitable[Json]], method: str = "POST") -> Route:
    """A control, which answers 400 with the field where it cannot be followed."""

    async def answer(request: Request) -> Response:
        try:
            return JSONResponse(await handle(request))
        except BadControl as bad:
            return _bad(bad.field, str(bad))
        except Refused as refused:
            return _bad("", str(refused))
        except SeedInvalid as invalid:
            return _bad("demo", str(invalid))

    return Route(path, answer, methods=[method])


def _bad(field: str, problem: str) -> Response:
    return JSONResponse({"ok": False, "field": field, "error": problem}, status_code=400)
