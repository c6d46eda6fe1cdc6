"""Doors for people and tests: how they read what is wanted, and how they answer."""

import json
from collections.abc import Awaitable, Callable

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.sandbox.core.state import Json, Model, Person
from infra.sandbox.core.world import World


class BadControl(Exception):
    """The request cannot be followed; names the field."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(problem)
        self.field = field


def route(path: str, handle: Callable[[Request], Awaitable[Json]], method: str = "POST") -> Route:
    """A control, which answers 400 with the field where it cannot be followed."""

    async def answer(request: Request) -> Response:
        try:
            return JSONResponse(await handle(request))
        except BadControl as bad:
            body = {"ok": False, "field": bad.field, "error": str(bad)}
            return JSONResponse(body, status_code=400)

    return Route(path, answer, methods=[method])


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
