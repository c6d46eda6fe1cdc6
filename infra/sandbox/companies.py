"""Which company a request is about.

Each of the sandbox's companies is a world of its own: people, workspace, organisation, tokens and events. The vendors'
addresses are the same for all of them, as they are at the vendors, and so what a request names decides: whose token it
is, which workspace was chosen on the consent page, who acts. Nothing but that company's world is then within reach.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from infra.sandbox.core.requests import arguments_of
from infra.sandbox.core.store import Store
from infra.sandbox.world import SandboxWorld

_NAMES = (
    *("company", "token", "access_token", "code", "refresh_token"),
    *("team", "workspace", "target_id", "login", "person", "user", "handle"),
    *("channel", "parent", "installation_id"),
)
"""The arguments that name somebody or something of a company, what weighs most first: credentials before wishes."""
_FOR_ALL = {"/_sandbox/config", "/_sandbox/reset"}
"""Controls that concern the sandbox as a whole."""
_OF_THE_FIRST = ("/stripe/", "/_sandbox/stripe/")
"""Whoever pays pays us: our account at Stripe is no company's, and kept with the first."""


@dataclass(frozen=True)
class Company:
    """A company at all vendors."""

    store: Store[SandboxWorld]
    app: Starlette


class Companies:
    """Hands each request (ASGI) to the company that it is about; to the first where that is not said."""

    def __init__(self, companies: Sequence[Company]) -> None:
        self._companies = companies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        body = await request.body()
        of_the_first = scope["path"].startswith(_OF_THE_FIRST)
        chosen = None if of_the_first else self._named(await _names(request))
        if chosen is None and scope["path"] in _FOR_ALL:
            for other in self._companies[1:]:
                await other.app(dict(scope), _again(body, receive), _unheard)
        await (chosen or self._companies[0]).app(scope, _again(body, receive), send)

    def _named(self, names: Sequence[str]) -> Company | None:
        knowing = (each for name in names for each in self._companies if each.store.world.knows(name))
        return next(knowing, None)


async def _names(request: Request) -> list[str]:
    """What is named, what weighs most first: the token, arguments, the parts of the address, and who is signed in."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    arguments = await arguments_of(request)
    named = [str(arguments[name]) for name in _NAMES if arguments.get(name)]
    bearer = [token.strip()] if scheme.lower() in {"bearer", "token"} else []
    return [*bearer, *named, *request.url.path.strip("/").split("/"), *request.cookies.values()]


def _again(body: bytes, receive: Receive) -> Receive:
    """A body that was read already, then whatever else comes."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def received() -> Message:
        return waiting.pop() if waiting else await receive()

    return received


async def _unheard(_: Message) -> None:
    """Where an answer goes that nobody waits for."""
