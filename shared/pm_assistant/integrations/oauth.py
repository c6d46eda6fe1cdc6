"""What every vendor's OAuth endpoints have in common: one HTTP client, and the faults that need no vendor's words."""

from __future__ import annotations

import re
import weakref
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from pydantic import BaseModel, Field, SecretStr, ValidationError

from pm_assistant.domain.connections import Callback
from pm_assistant.domain.errors import AccessRevoked, InvalidRequest, RateLimited, UpstreamUnavailable
from pm_assistant.domain.tenants import Credentials, Provider

if TYPE_CHECKING:
    import httpx

TIMEOUT_SECONDS = 10.0
"""For one request; three of them in a row still fit into the time API Gateway waits."""


class TokenAnswer(BaseModel):
    """What a token endpoint answers (RFC 6749, section 5.1); without `expires_in` the token does not end."""

    access_token: SecretStr = Field(min_length=1)
    refresh_token: SecretStr | None = None
    expires_in: int | None = None
    scope: str | tuple[str, ...] = ""

    @property
    def scopes(self) -> tuple[str, ...]:
        """What was granted; vendors part it by commas or spaces, whatever they ask for in the request."""
        words = re.split(r"[,\s]+", self.scope) if isinstance(self.scope, str) else self.scope
        return tuple(word for word in words if word)

    def credentials(self, now: datetime) -> Credentials:
        """The same in the product's words."""
        ends = now + timedelta(seconds=self.expires_in) if self.expires_in is not None else None
        return Credentials(
            access_token=self.access_token,
            refresh_token=self.refresh_token,
            expires_at=ends,
            scopes=self.scopes or None,
        )


class Endpoints:
    """One vendor's endpoints.

    Args:
        vendor: as people call it, for error texts.
        transport: replaces the network in tests.
        timeout: for one request, in seconds.

    Attributes:
        out_of_time: what it is called that there was no answer in time, ours or that of the vendor's own gateway.
    """

    out_of_time: type[UpstreamUnavailable] = UpstreamUnavailable

    def __init__(
        self, vendor: str, transport: httpx.BaseTransport | None = None, *, timeout: float = TIMEOUT_SECONDS
    ) -> None:
        import httpx

        self.vendor = vendor
        self._http = httpx.Client(timeout=timeout, transport=transport)
        # An OAuth app lives as long as one request: its connections go with it, without a close() in the port.
        weakref.finalize(self, self._http.close)

    def send(self, method: str, url: str, **arguments: Any) -> httpx.Response:
        """Ask, and return whatever answer is about the question.

        Raises:
            RateLimited: the vendor asks us to slow down.
            UpstreamUnavailable: no answer, or one about the vendor's own troubles.
        """
        import httpx

        try:
            response = self._http.request(method, url, **arguments)
        except httpx.TimeoutException as error:
            raise self.out_of_time(f"{self.vendor} did not answer: {type(error).__name__}") from None
        except httpx.HTTPError as error:
            # The cause is cut off on purpose: it holds the request, secrets included.
            raise UpstreamUnavailable(f"{self.vendor} did not answer: {type(error).__name__}") from None
        if response.status_code == 429:
            raise self.limited(response)
        if response.status_code in {502, 504}:
            raise self.out_of_time(f"{self.vendor} failed with status {response.status_code}")
        if response.status_code >= 500:
            raise UpstreamUnavailable(f"{self.vendor} failed with status {response.status_code}")
        return response

    def limited(self, response: httpx.Response, *, seconds: float = 60.0) -> RateLimited:
        """What an answer means that tells us to slow down: between 1 s and an hour, `seconds` if it does not say."""
        value = response.headers.get("retry-after", "")
        seconds = float(value) if value.isascii() and value.isdigit() else seconds
        return RateLimited(f"{self.vendor} asks us to slow down", retry_after=min(max(seconds, 1.0), 3600.0))

    def read(self, response: httpx.Response) -> Mapping[str, Any]:
        """Read a JSON object; anything else is empty."""
        try:
            payload = response.json()
        except ValueError:
            return {}
        return payload if isinstance(payload, dict) else {}

    def parse[T: BaseModel](self, model: type[T], payload: object) -> T:
        """Check what an answer says against what is documented.

        Raises:
            UpstreamUnavailable: it is of another form; names the field, never its content.
        """
        try:
            return model.model_validate(payload)
        except ValidationError as error:
            where = ".".join(map(str, error.errors(include_input=False)[0]["loc"]))
            raise UpstreamUnavailable(f"{self.vendor}'s answer is not of the documented form: {where}") from None


def page(url: str, **query: str) -> str:
    """The address of a vendor's page."""
    return f"{url}?{urlencode(query)}"


def code_in(callback: Callback) -> str:
    """The code of a callback.

    Raises:
        InvalidRequest: there is none.
    """
    if not callback.code:
        raise InvalidRequest("the vendor sent no code", field="code")
    return callback.code


NO_CODE = "no code given"


def word(value: object) -> str:
    """A vendor's error code as it may be shown and logged: a short word of it, or that it is none."""
    text = value if isinstance(value, str) else ""
    return text if re.fullmatch(r"[a-z0-9_.-]{1,60}", text, re.IGNORECASE) else NO_CODE


def refresh_token_of(credentials: Credentials, provider: Provider) -> str:
    """The token that buys the next one.

    Raises:
        AccessRevoked: there is none, so that what has ended stays ended.
    """
    if credentials.refresh_token is None:
        raise AccessRevoked("the access token has ended and nothing can refresh it", provider=provider)
    return credentials.refresh_token.get_secret_value()
