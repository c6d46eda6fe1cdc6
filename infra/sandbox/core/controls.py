"""Doors for people and tests: how they read what is wanted, and how they answer."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from infra.sandbox.core.state import Json, Model, Person
from infra.sandbox.core.world import World


class BadControl(Exception):
    """The request cannot be followed; names the field."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(problem)
        self.field = field


def route(path: str, handle: Callable[[Request], Awaitable[Json]], method: str = "POST") -> Route:
    """A control."""

    async def answer(request: Request) -> Response:
        return JSONResponse(await handle(request))

    return Route(path, answer, methods=[method])


def controls(routes: Sequence[BaseRoute]) -> Starlette:
    """All controls; whatever cannot be followed is answered with a problem (RFC 9457), which names the field."""

    def bad(_: Request, error: Exception) -> Response:
        field = error.field if isinstance(error, BadControl) else ""
        return _problem(HTTPStatus.BAD_REQUEST, str(error), field=field)

    def unknown(_: Request, error: Exception) -> Response:
        status = HTTPStatus(error.status_code) if isinstance(error, HTTPException) else HTTPStatus.NOT_FOUND
        headers = error.headers if isinstance(error, HTTPException) else None
        return _problem(status, "there is no such control", headers=headers)

    def failed(_: Request, error: Exception) -> Response:
        return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, f"the sandbox failed: {type(error).__name__}")

    return Starlette(routes=routes, exception_handlers={BadControl: bad, HTTPException: unknown, Exception: failed})


def _problem(status: HTTPStatus, detail: str, *, headers: Mapping[str, str] | None = None, **more: str) -> Response:
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail, **more}
    return JSONResponse(body, status.value, headers=headers, media_type="application/problem+json")


async def json_of(request: Request) -> Json:
    """The body as an object.

    Raises:
        BadControl: it is none.
    """
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError as error:
        raise BadControl("", f"the body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise BadControl("", "the body must be an object")
    return body


async def body_of[T: Model](request: Request, form: type[T]) -> T:
    """The body, read as a form.

    Raises:
        BadControl: it does not fit; names the field.
    """
    return parsed(await json_of(request), form)


def parsed[T: Model](body: Json, form: type[T]) -> T:
    """An object, read as a form.

    Raises:
        BadControl: it does not fit; names the field.
    """
    try:
        return form.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadControl(".".join(str(part) for part in first["loc"]), first["msg"]) from error


def known_person(world: World, name: str) -> Person:
    """Somebody by any name.

    Raises:
        BadControl: nobody is called so.
    """
    person = world.person(name)
    if person is None:
        raise BadControl("user", f"no person {name}")
    return person
