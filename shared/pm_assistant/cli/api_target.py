"""Where people reach the product: the address of its API, and who is logged in there."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pm_assistant.cli.sessions import Sessions, sessions_file
from pm_assistant.cli.stack import Stack, check_running, read, stack_file
from pm_assistant.domain.errors import InvalidRequest, NotFound

if TYPE_CHECKING:
    from pm_assistant.cli.api import Api

HERE = frozenset({"localhost", "127.0.0.1", "::1"})
NOWHERE = "Say where the API is: pm login --api ADDRESS (as whoever invited you, or PM Assistant's pages, name it)"


@dataclass(frozen=True)
class ApiTarget:
    """An address of the API.

    Attributes:
        key: a program's key, which counts instead of a login.
        local: the stack that runs here, if the address is its own.
    """

    url: str
    sessions: Sessions
    key: str | None = None
    local: Stack | None = None

    @contextmanager
    def api(self) -> Iterator["Api"]:
        """The API for who has a key or is logged in; what a login becomes later is kept.

        On a stack of one's own machine nobody has to log in: its description has a key.
        """
        import httpx

        from pm_assistant.cli.api import Api

        login, demo = self.sessions.get(self.url), self.local.demo if self.local else None
        key = self.key or (demo.token.get_secret_value() if login is None and demo and demo.token else None)
        past_proxies = httpx.HTTPTransport() if self.local else None
        keep = partial(self.sessions.put, self.url)
        with closing(Api(self.url, login, key=key, keep=keep, transport=past_proxies)) as api:
            yield api


def resolve_target(*, api: str | None, key: str | None) -> ApiTarget:
    """Find the API: at that address, of the stack that runs here, or where somebody logged in last.

    Raises:
        NotFound: none of these is known, or the stack that was here does not run.
        InvalidRequest: the address is none that a password may be sent to, or the key cannot be one.
    """
    sessions = Sessions(sessions_file(os.environ))
    if key and not (key.isascii() and key.isprintable()):
        raise InvalidRequest("--key takes a key of the API, which begins with pma_: that is none", field="key")
    if api:
        return ApiTarget(_address(api), sessions, key)
    try:
        file = stack_file(Path.cwd(), os.environ)
    except NotFound:
        if (latest := sessions.latest) is None:
            raise NotFound(NOWHERE) from None
        return ApiTarget(latest, sessions, key)
    local = read(file)
    check_running(local)
    return ApiTarget(local.public_url, sessions, key, local)


def _address(api: str) -> str:
    """The address as it is asked; unsealed only on this machine."""
    import httpx

    address = api.rstrip("/") if "://" in api else f"https://{api.rstrip('/')}"
    try:
        parts = urlsplit(str(httpx.URL(address)))
    except (httpx.InvalidURL, ValueError) as error:
        raise InvalidRequest(
            "--api takes an address, such as https://pm.example.com: that is none", field="api"
        ) from error
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in HERE):
        raise InvalidRequest("An address begins with https://, or a password would travel for everybody to read")
    return address
