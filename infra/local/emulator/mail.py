"""SES: a mail that was sent is kept with the headers that it was given."""

import json
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any

type Handle = Callable[..., Awaitable[tuple[int, dict[str, str], bytes]]]


def with_headers(ses: ModuleType) -> Handle:
    """The API's second version, which notes what `Content.Simple.Headers` says."""
    original: Handle = ses.handle_request

    async def handle(
        method: str, path: str, headers: Any, body: bytes, query: Any
    ) -> tuple[int, dict[str, str], bytes]:
        answer = await original(method, path, headers, body, query)
        if method == "POST" and path.endswith("/outbound-emails") and answer[0] < 400:
            sent_id = json.loads(answer[2])["MessageId"]
            given = json.loads(body)["Content"].get("Simple", {}).get("Headers", [])
            for mail in ses._sent_emails_list():
                if mail["MessageId"] == sent_id:
                    mail["Headers"] = given
        return answer

    return handle
