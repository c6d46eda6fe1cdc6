"""How Stripe's library asks: by httpx, within our times. Its own client for httpx is deprecated use of it."""

import weakref
from collections.abc import Mapping

import httpx
import stripe

from pm_assistant.integrations import policy

READ_SECONDS = 8.0
"""Twice that and a pause still fit into the time API Gateway waits; the library's own limit is 80 s."""


class Http(stripe.HTTPClient):
    """One pool of connections; what is asked again is asked by the library, under the same key."""

    name = "httpx"

    def __init__(self) -> None:
        super().__init__()
        timeout = httpx.Timeout(READ_SECONDS, connect=policy.CONNECT_SECONDS)
        self._http = httpx.Client(timeout=timeout, follow_redirects=False)
        weakref.finalize(self, self._http.close)

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: object = None, **_: object
    ) -> tuple[str, int, Mapping[str, str]]:
        """Ask once.

        Raises:
            APIConnectionError: there was no answer.
        """
        content = post_data.encode() if isinstance(post_data, str) else None
        try:
            response = self._http.request(method, url, headers=dict(headers or {}), content=content)
        except httpx.HTTPError as error:
            # The cause is cut off on purpose: it holds the request, the key included.
            raise stripe.APIConnectionError(type(error).__name__, should_retry=True) from None
        return response.text, response.status_code, response.headers

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()
