"""Our app at Google: OAuth 2.0 with PKCE for web servers, in the name of one person.

Forms: developers.google.com/identity/protocols/oauth2/web-server. An access token lives an hour; the refresh token
comes with a person's consent alone and goes on counting. Refusals are those of RFC 6749, section 5.2.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pm_assistant.domain import causes
from pm_assistant.domain.connections import Callback, Grant
from pm_assistant.domain.errors import AccessRevoked, Misconfigured, UpstreamRejected, UpstreamUnavailable
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.tenants import Credentials
from pm_assistant.integrations.google.client import READ_SECONDS
from pm_assistant.integrations.google.vendor import VENDOR
from pm_assistant.integrations.oauth import NO_CODE, TokenAnswer, code_in, page, refresh_token_of, word
from pm_assistant.integrations.transport import Transport

if TYPE_CHECKING:
    import httpx

PRIMARY = "primary"
"""What Google calls a person's own calendar; whose it is it does not say to who may see entries alone."""
_ENDED = frozenset({"invalid_token", "invalid_grant"})
_NOT_OURS = frozenset({"invalid_client", "unauthorized_client", "deleted_client", "disabled_client"})


class GoogleOAuthApp:
    """Google as an `OAuthApp`.

    Args:
        client_id: of the app, as is `client_secret`.
        client_secret: goes into the form.
        url: where people are asked, without slash at the end.
        oauth_url: where tokens are to be had, likewise.
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
        oauth_url: str,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._client = {"client_id": client_id, "client_secret": client_secret}
        self._url = url
        self._oauth_url = oauth_url
        self._endpoints = Transport("Google", transport, clock=clock, timeout=READ_SECONDS)
        self._clock = clock

    def authorize_url(self, *, state: str, redirect_uri: str, challenge: str, install: bool = False) -> str:
        """Google's page, shown every time: without being asked anew it gives no refresh token a second time."""
        return page(
            f"{self._url}/o/oauth2/v2/auth",
            client_id=self._client["client_id"],
            redirect_uri=redirect_uri,
            response_type="code",
            scope=" ".join(VENDOR.scopes),
            state=state,
            access_type="offline",
            prompt="consent",
            code_challenge=challenge,
            code_challenge_method="S256",
        )

    def exchange(self, callback: Callback, *, redirect_uri: str, verifier: str) -> Grant:
        """Turn a code into tokens; of the person nothing is asked."""
        now, code = self._clock(), code_in(callback)
        proof = {"code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
        answer = self._tokens(grant_type="authorization_code", **proof)
        if answer.refresh_token is None:
            raise UpstreamRejected(Translatable("Google gave no refresh token"))
        return Grant(
            external_id=PRIMARY,
            name="",
            app_user_id="",
            base_url="",
            credentials=answer.credentials(now),
            scopes=answer.scopes,
        )

    def refresh(self, external_id: str, credentials: Credentials) -> Credentials:
        """Get the next access token; the refresh token stays what it is unless Google sends another."""
        now, token = self._clock(), refresh_token_of(credentials)
        fresh = self._tokens(grant_type="refresh_token", refresh_token=token).credentials(now)
        return fresh.model_copy(update={"refresh_token": fresh.refresh_token or credentials.refresh_token})

    def revoke(self, external_id: str, credentials: Credentials, *, whole: bool = True) -> None:
        """End all that the person has granted us, if it is `whole`: Google cannot end one grant beside another.

        It answers 400 to a token that it has ended before or does not know, or whose grant has ended.
        """
        if whole:
            token = credentials.refresh_token or credentials.access_token
            self._post(f"{self._oauth_url}/revoke", fine=_ENDED, data={"token": token.get_secret_value()})

    def _tokens(self, **proof: str) -> TokenAnswer:
        form = {**self._client, **proof}
        return self._endpoints.parse(TokenAnswer, self._post(f"{self._oauth_url}/token", data=form))

    def _post(self, url: str, *, fine: Collection[str] = (), **arguments: Any) -> Mapping[str, Any]:
        """Ask, or raise what a refusal means."""
        response = self._endpoints.send("POST", url, **arguments)
        answer = self._endpoints.read(response)
        if response.status_code < 400:
            return answer
        code = word(answer.get("error"))
        if code in fine:
            return answer
        if code in _NOT_OURS:
            raise Misconfigured(causes.refuses_our_app("Google", "google/client-id", "google/client-secret", code))
        if code == "invalid_grant":
            # No connection of the team's is marked for it: it is one person's.
            raise AccessRevoked(causes.refuses_grant("Google", code))
        if code == NO_CODE:
            raise UpstreamUnavailable(causes.failed_with("Google", response.status_code))
        raise UpstreamRejected(causes.refused_with("Google", response.status_code, code))
