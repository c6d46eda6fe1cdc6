"""SES: a mail that was sent is shown with the headers that it was given."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

type Answer = tuple[int, dict[str, str], bytes]
type Handle = Callable[..., Awaitable[Answer | None]]


class Headers:
    """What `Content.Simple.Headers` said of each mail; it ends with the process."""

    def __init__(self) -> None:
        self._by_mail: dict[str, list[Any]] = {}

    def noted(self, original: Handle) -> Handle:
        """SES's API in its second version, which notes them."""

        async def handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Answer | None:
            answer = await original(method, path, headers, body, query)
            if answer and method == "POST" and path.endswith("/outbound-emails") and answer[0] < 400:
                given = json.loads(body)["Content"].get("Simple", {}).get("Headers", [])
                self._by_mail[json.loads(answer[2])["MessageId"]] = given
            return answer

        return handle

    def shown(self, original: Handle) -> Handle:
        """The emulator's list of what was sent, which tells them."""

        async def handle(*request: Any) -> Answer | None:
            answer = await original(*request)
            if not answer or answer[0] >= 400:
                return answer
            status, headers, body = answer
            told = json.loads(body)
            for mail in (mail for account in told["messages"].values() for mail in account):
                mail["Headers"] = self._by_mail.get(mail["MessageId"], [])
            return status, headers, json.dumps(told).encode()

        return handle
