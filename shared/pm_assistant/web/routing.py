"""Pages by their paths, and what is answered.

Without the router of the API: a browser waits for what is loaded, and of all that one can do pages need nothing (ADR
77).
"""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from pm_assistant.runtime.http import Answer, path_of

if TYPE_CHECKING:
    from pm_assistant.web.request import PageRequest

_ID = re.compile(r"[\w.~!$&'()*+,;:@=%^|<>{}\[\] -]+")
"""What may stand in a path for an id: nothing that parts paths, addresses or the keys of our rows."""


@dataclass
class Response[Body: (str, bytes)]:
    """What a browser is answered.

    Attributes:
        headers: beside the type of what is answered.
        cookies: that the browser is to keep, as `Set-Cookie` has them.
    """

    status_code: int
    content_type: str
    body: Body
    headers: dict[str, str] = field(default_factory=dict)
    cookies: Sequence[str] = ()

    def answer(self) -> Answer:
        """The same as API Gateway takes it."""
        return {
            "statusCode": self.status_code,
            "headers": {**self.headers, "Content-Type": self.content_type},
            "cookies": list(self.cookies),
            "body": self.body if isinstance(self.body, str) else base64.b64encode(self.body).decode(),
            "isBase64Encoded": not isinstance(self.body, str),
        }


class Check(Protocol):
    """Whether a page may be shown."""

    def __call__(self, request: "PageRequest", route: "Route", ids: Mapping[str, str], /) -> None:
        """Refuse whoever may not see it.

        Raises:
            ProductError: they may not.
        """
        ...


@dataclass(frozen=True)
class Route:
    """A page, or what a form of one is posted to.

    Attributes:
        path: ids stand in it as `<name>`.
        show: answers; takes the ids by their names.
        scope: what the viewer must be allowed, or `operator`; None where nobody has to be logged in.
        check: what is asked before it is shown.
    """

    method: str
    path: str
    show: Callable[..., Response[Any]]
    scope: str | None
    check: Check | None

    def ids_in(self, path: str) -> Mapping[str, str] | None:
        """The ids in a path; None if it is another page's."""
        names, values = self.path.split("/"), path.split("/")
        if len(names) != len(values):
            return None
        ids: dict[str, str] = {}
        for name, value in zip(names, values, strict=True):
            if name.startswith("<") and _ID.fullmatch(value):
                ids[name[1:-1]] = value
            elif name != value:
                return None
        return ids


class Router:
    """The pages of one module.

    Attributes:
        routes: all of them.
        request: which one of them is answering.
    """

    def __init__(self) -> None:
        """Begin with no pages."""
        self.routes: list[Route] = []
        self.request: PageRequest | None = None

    def get[F: Callable[..., Response[Any]]](
        self, path: str, *, scope: str | None = None, check: Check | None = None
    ) -> Callable[[F], F]:
        """Have a function show a page; see `Route`."""
        return self._add("GET", path, scope, check)

    def post[F: Callable[..., Response[Any]]](
        self, path: str, *, scope: str | None = None, check: Check | None = None
    ) -> Callable[[F], F]:
        """Have a function take a form; see `Route`."""
        return self._add("POST", path, scope, check)

    def respond(self, request: "PageRequest") -> Response[Any] | None:
        """Answer a request; None if there is no such page. A path without ids goes before one that has some.

        Raises:
            Exception: whatever the page raises.
        """
        path = path_of(request.event)
        routes = (route for route in self.routes if route.method == request.method)
        found = [(route, ids) for route in routes if (ids := route.ids_in(path)) is not None]
        if not found:
            return None
        route, ids = min(found, key=lambda each: len(each[1]))
        if route.check:
            route.check(request, route, ids)
        self.request = request
        try:
            return route.show(**ids)
        finally:
            self.request = None

    def _add[F: Callable[..., Response[Any]]](
        self, method: str, path: str, scope: str | None, check: Check | None
    ) -> Callable[[F], F]:
        def add(show: F) -> F:
            self.routes.append(Route(method, path, show, scope, check))
            return show

        return add
