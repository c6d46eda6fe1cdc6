"""What every vendor's OAuth endpoints have in common."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from urllib.parse import urlencode

from pydantic import BaseModel, Field, SecretStr

from pm_assistant.domain.connections import Callback
from pm_assistant.domain.errors import AccessRevoked, InvalidRequest
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.tenants import Credentials, Provider


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


def refresh_token_of(credentials: Credentials, provider: Provider | None = None) -> str:
    """The token that buys the next one; `provider` where a connection of the team's depends on it.

    Raises:
        AccessRevoked: there is none, so that what has ended stays ended.
    """
    if credentials.refresh_token is None:
        raise AccessRevoked(Translatable("the access token has ended and nothing can refresh it"), provider=provider)
    return credentials.refresh_token.get_secret_value()
