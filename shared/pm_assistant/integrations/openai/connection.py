"""One connection to OpenAI, which whoever asks it shares."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from pm_assistant.integrations import policy

if TYPE_CHECKING:
    import openai


class Connection:
    """The SDK behind one key, made when something is asked.

    Args:
        api_key: of the project that pays.
        base_url: of the API, ending in `/v1`.
        http_client: replaces the network in tests.
    """

    def __init__(self, api_key: str, base_url: str, *, http_client: openai.DefaultHttpxClient | None = None) -> None:
        self._api_key, self._base_url, self._http_client = api_key, base_url, http_client

    @cached_property
    def client(self) -> openai.OpenAI:
        """The SDK, which takes longer to load than all else together, and is not needed where nothing is asked."""
        import openai

        # The SDK's own defaults, 600 s and two retries, outlive any Lambda.
        return openai.OpenAI(
            api_key=self._api_key,
            base_url=self._base_url,
            timeout=policy.MODEL_SECONDS,
            max_retries=0,
            http_client=self._http_client,
        )
