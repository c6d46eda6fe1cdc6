"""Our app at Linear: OAuth 2.0 with PKCE, acting as the app and not as the person who let it in.

Forms: linear.app/developers/oauth-2-0-authentication. An access token lives a day; its refresh token works once and
comes back anew. Refusals are those of RFC 6749, section 5.2.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field

from pm_assistant.domain import causes
from pm_assistant.domain.connections import Callback, Grant
from pm_assistant.domain.errors import AccessRevoked, Misconfigured, UpstreamRejected, UpstreamUnavailable
from pm_assistant.domain.tenants import Credentials, Provider
from pm_assistant.integrations.linear.documents import OAUTH_GRANT
from pm_assistant.integrations.linear.vendor import VENDOR
from pm_assistant.integrations.oauth import NO_CODE, TokenAnswer, code_in, page, refresh_token_of, word
from pm_assistant.integrations.transport import Transport

if TYPE_CHECKING:
    import httpx


class Viewer(BaseModel):
    """Who we are."""

    id: str = Field(min_length=1)


class Organization(Viewer):
    """Who let us in; `urlKey` is how its pages' addresses begin."""

    name: str
    urlKey: str = Field(min_length=1)


class Surroundings(BaseModel):
    """What a fresh token sees."""

    viewer: Viewer
    organization: Organization


class GraphQLAnswer(BaseModel):
    """The answer to our one document."""

    data: Surroundings


class LinearOAuthApp:
    """Linear as an `OAuthApp`.

    Args:
        client_id: of the app, as is `client_secret`.
        client_secret: goes into the form.
        url: where people meet Linear, without slash at the end.
        oauth_url: where tokens are to be had, without slash at the end.
        api_url: of the GraphQL endpoint.
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
        api_url: str,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._client = {"client_id": client_id, "client_secret": client_secret}
        self._url = url
        self._oauth_url = oauth_url
        self._api_url = api_url
        self._endpoints = Transport("Linear", transport, clock=clock)
        self._clock = clock

    def authorize_url(self, *, state: str, redirect_uri: str, challenge: str, install: bool = False) -> str:
        """Linear's page, shown every time, for otherwise nobody could choose another workspace than before."""
        return page(
            f"{self._url}/oauth/authorize",
            client_id=self._client["client_id"],
            redirect_uri=redirect_uri,
            response_type="code",
            scope=",".join(VENDOR.scopes),
            state=state,
            actor="app",
            prompt="consent",
            code_challenge=challenge,
            code_challenge_method="S256",
        )

    def exchange(self, callback: Callback, *, redirect_uri: str, verifier: str) -> Grant:
        """Turn a code into tokens, and ask with them who let us in and who we are there."""
        now, code = self._clock(), code_in(callback)
        proof = {"code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
        answer = self._tokens(grant_type="authorization_code", **proof)
        surroundings = self._surroundings(answer.access_token.get_secret_value())
        return Grant(
            external_id=surroundings.organization.id,
            name=surroundings.organization.name,
            app_user_id=surroundings.viewer.id,
            base_url=f"{self._url}/{surroundings.organization.urlKey}/",
            credentials=answer.credentials(now),
            scopes=answer.scopes,
        )

    def refresh(self, external_id: str, credentials: Credentials) -> Credentials:
        """Get the next pair of tokens."""
        now, token = self._clock(), refresh_token_of(credentials, Provider.LINEAR)
        return self._tokens(grant_type="refresh_token", refresh_token=token).credentials(now)

    def revoke(self, external_id: str, credentials: Credentials, *, whole: bool = True) -> None:
        """End both tokens, the refresh token first; they are this grant's alone, so `whole` makes no difference.

        Linear answers 400 to a token it has ended before and 401 to one it does not know (its page on OAuth, "Revoke
        an access token").
        """
        tokens = {"refresh_token": credentials.refresh_token, "access_token": credentials.access_token}
        for hint, token in tokens.items():
            if token is not None:
                form = {**self._client, "token": token.get_secret_value(), "token_type_hint": hint}
                self._post(f"{self._oauth_url}/revoke", fine={400, 401}, data=form)

    def _tokens(self, **proof: str) -> TokenAnswer:
        form = {**self._client, **proof}
        return self._endpoints.parse(TokenAnswer, self._post(f"{self._oauth_url}/token", data=form))

    def _surroundings(self, token: str) -> Surroundings:
        headers = {"Authorization": f"Bearer {token}"}
        answer = self._post(self._api_url, headers=headers, json={"query": OAUTH_GRANT})
        return self._endpoints.parse(GraphQLAnswer, answer).data

    def _post(self, url: str, *, fine: Collection[int] = (), **arguments: Any) -> Mapping[str, Any]:
        """Ask, or raise what a refusal means: the one place where Linear's errors become ours.

        A status without an error of Linear's is whoever stands between us and it, and no verdict.
        """
        response = self._endpoints.send("POST", url, **arguments)
        answer = self._endpoints.read(response)
        if response.status_code < 400 and not answer.get("errors"):
            return answer
        code = word(answer.get("error"))
        if code == "invalid_client":
            raise Misconfigured(causes.refuses_our_app("Linear", "linear/client-id", "linear/client-secret", code))
        if response.status_code in fine:
            return answer
        # Only this says that a grant has ended; the other refusals are about one request.
        if code == "invalid_grant":
            raise AccessRevoked(causes.refuses_grant("Linear", code), provider=Provider.LINEAR)
        if code == NO_CODE and not answer.get("errors"):
            raise UpstreamUnavailable(causes.failed_with("Linear", response.status_code))
        raise UpstreamRejected(causes.refused_with("Linear", response.status_code, code))
