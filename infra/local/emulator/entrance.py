"""A way into the dashboard without a password: an address that gives a browser the login of the demo's owner, once.

The emulator answers it, beside the API and so under the host whose cookies the dashboard reads. The product has no such
way, so that nothing that is deployed could be left with one.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

PATH = "/_pm/enter/"
"""What the address begins with; its secret follows."""
LASTS_SECONDS = 900
FILE = "entrance.json"
"""Where it is told of the one that is open, in the directory of the stack."""
OVER = "This address opens once and for a quarter of an hour; `make demo` gives another one.\n"

type Answer = tuple[int, dict[str, str], bytes]
type Handle = Callable[..., Awaitable[Answer | None]]


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Entrance:
    """The door; it opens by a file that only the developer can write.

    Args:
        file: says which secret opens it until when, what cookie the browser then gets, and where it is led.
        now: the clock.
    """

    def __init__(self, file: Path, now: Callable[[], float] = time.time) -> None:
        self._file = file
        self._now = now

    def beside(self, original: Handle) -> Handle:
        """Some requests that the emulator answers itself, and this one."""

        async def handle(method: str, path: str, *more: Any) -> Answer | None:
            if method == "GET" and path.startswith(PATH):
                return self.answer(path.removeprefix(PATH))
            return await original(method, path, *more)

        return handle

    def answer(self, secret: str) -> Answer:
        """Let the first browser in that shows the secret in time."""
        try:
            kept = json.loads(self._file.read_text())
            if not hmac.compare_digest(kept["digest"], digest(secret)):
                return _refused()
            self._file.unlink()  # of two browsers one finds it gone
        except FileNotFoundError:
            return _refused()
        if self._now() >= kept["ends_at"]:
            return _refused()
        headers = {"Location": kept["url"], "Set-Cookie": kept["cookie"], "Cache-Control": "no-store"}
        return 303, headers | {"Referrer-Policy": "no-referrer"}, b""


def _refused() -> Answer:
    return 410, {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}, OVER.encode()
