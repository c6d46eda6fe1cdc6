"""Our app at Slack: OAuth v2 with a bot token.

Forms: docs.slack.dev, authentication/installing-with-oauth, reference/methods/oauth.v2.access, auth.test, auth.revoke
and apps.uninstall, authentication/using-token-rotation. A failure comes with status 200 and `ok` false. No PKCE: an app
that has it counts as public (docs.slack.dev, changelog of 30 March 2026).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, Field

from pm_assistant.domain import causes
from pm_assistant.domain.connections import Callback, Grant
from pm_assistant.domain.errors import (
    AccessRevoked,
    Misconfigured,
    UpstreamError,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.tenants import Credentials, Provider
from pm_assistant.integrations.oauth import NO_CODE, TokenAnswer, code_in, page, refresh_token_of, word
from pm_assistant.integrations.slack.vendor import VENDOR
from pm_assistant.integrations.transport import Transport

if TYPE_CHECKING:
    import httpx

_ENDED = {"account_inactive", "invalid_auth", "invalid_refresh_token", "not_authed", "token_expired", "token_revoked"}
_OURS = {"bad_client_secret", "invalid_client_id"}
_PASSING = {"fatal_error", "internal_error", "request_timeout", "service_unavailable"}


class Named(BaseModel):
    """A workspace, or the organisation it belongs to; Slack's own examples have both with empty ids."""

    id: str = ""
    name: str = ""


class Refreshed(TokenAnswer):
    """The answer to a refresh token."""

    token_type: Literal["bot"]


class Installed(Refreshed):
    """The answer to a code; a whole organisation has no `team`."""

    bot_user_id: str = Field(min_length=1)
    team: Named | None = None
    enterprise: Named | None = None
    is_enterprise_install: bool = False

    @property
    def place(self) -> Named:
        """What the app was installed on."""
        return (self.enterprise if self.is_enterprise_install else self.team) or Named()


class Tested(BaseModel):
    """The answer of `auth.test`."""

    url: str = Field(pattern=r"^https?://")


class SlackOAuthApp:
    """Slack as an `OAuthApp`.

    Args:
        client_id: of the app, as is `client_secret`.
        client_secret: goes into an `Authorization` header, as Slack prefers.
        url: where people meet Slack, without slash at the end.
        api_url: of the Web API, with trailing slash.
        transport: replaces the network in tests.
        clock: tells the time from which a token's lifetime counts.
    """

    scopes: Sequence[str] = tuple(VENDOR.scopes)

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        *,
        url: str,
        api_url: str,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._client = (client_id, client_secret)
        self._url = url
        self._api_url = api_url
        self._endpoints = Transport("Slack", transport, clock=clock)
        self._clock = clock

    def authorize_url(self, *, state: str, redirect_uri: str, challenge: str, install: bool = False) -> str:
        """Slack's page, on which a person also chooses the workspace; `challenge` is left out."""
        query = {
            "client_id": self._client[0],
            "scope": ",".join(VENDOR.scopes),
            "redirect_uri": redirect_uri,
            "state": state,
        }
        return page(f"{self._url}/oauth/v2/authorize", **query)

    def exchange(self, callback: Callback, *, redirect_uri: str, verifier: str) -> Grant:
        """Turn a code into a bot token, and ask with it where the workspace's pages live."""
        form = {"code": code_in(callback), "redirect_uri": redirect_uri}
        now = self._clock()
        installed = self._endpoints.parse(Installed, self._as_app("oauth.v2.access", form))
        if not installed.place.id:
            raise UpstreamUnavailable(Translatable("Slack does not say what the app was installed on"))
        token = installed.access_token.get_secret_value()
        tested = self._endpoints.parse(Tested, self._call("auth.test", headers={"Authorization": f"Bearer {token}"}))
        return Grant(
            external_id=installed.place.id,
            name=installed.place.name,
            app_user_id=installed.bot_user_id,
            base_url=tested.url.rstrip("/") + "/",
            credentials=installed.credentials(now),
            scopes=installed.scopes,
            enterprise_id=(installed.enterprise.id or None) if installed.enterprise else None,
        )

    def refresh(self, external_id: str, credentials: Credentials) -> Credentials:
        """Get the next pair of tokens."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token_of(credentials, Provider.SLACK)}
        now = self._clock()
        return self._endpoints.parse(Refreshed, self._as_app("oauth.v2.access", form)).credentials(now)

    def revoke(self, external_id: str, credentials: Credentials, *, whole: bool = True) -> None:
        """Uninstall the app, which ends all its tokens in the workspace; where Slack does not let a bot, end this one.

        With `whole` False only a token that rotates is ended: the others are the same for everyone who installs the
        app on a workspace, so ending ours would end theirs.
        """
        token = credentials.access_token.get_secret_value()
        try:
            if whole:
                self._uninstall(token)
            elif credentials.refresh_token is not None:
                self._call("auth.revoke", headers={"Authorization": f"Bearer {token}"})
        except AccessRevoked:
            return

    def _uninstall(self, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        client_id, client_secret = self._client
        try:
            self._call("apps.uninstall", headers=headers, data={"client_id": client_id, "client_secret": client_secret})
        except AccessRevoked:
            raise
        except UpstreamRejected:
            self._call("auth.revoke", headers=headers)

    def _as_app(self, method: str, arguments: Mapping[str, str]) -> Mapping[str, Any]:
        return self._call(method, auth=self._client, data=arguments)

    def _call(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        response = self._endpoints.send("POST", f"{self._api_url}{method}", **arguments)
        answer = self._endpoints.read(response)
        if answer.get("ok") is not True:
            raise self._meaning(response, answer)
        return answer

    def _meaning(self, response: httpx.Response, answer: Mapping[str, Any]) -> Misconfigured | UpstreamError:
        """What a refusal means: the one place where Slack's errors become ours; without a code it is doubt."""
        code = word(answer.get("error"))
        if code in {"ratelimited", "rate_limited"}:
            return self._endpoints.limited(response)
        if code in _PASSING or code == NO_CODE:
            return UpstreamUnavailable(causes.failed("Slack", code))
        if code in _OURS:
            return Misconfigured(causes.refuses_our_app("Slack", "slack/client-id", "slack/client-secret", code))
        if code in _ENDED:
            return AccessRevoked(causes.refuses_token("Slack", code), provider=Provider.SLACK)
        return UpstreamRejected(causes.refused("Slack", code))
