"""Letting the app into Linear: the consent page, tokens with their rotating refresh tokens, and the end of it.

linear.app/developers/oauth-2-0-authentication; errors as RFC 6749, section 5.2 has them.
"""

import secrets
import uuid
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.sandbox.core import consent
from infra.sandbox.core.delivery import Courier
from infra.sandbox.core.faults import Faults, Perform
from infra.sandbox.core.grants import Token
from infra.sandbox.core.pages import problem
from infra.sandbox.core.state import Clock, Delivery, Fault, Json
from infra.sandbox.core.store import Store
from infra.sandbox.core.tokens import CodeUnknown, CodeUsed, Tokens, proves, same
from infra.sandbox.linear.state import LinearWorld
from infra.sandbox.linear.webhooks import moment

LIFETIME = timedelta(hours=24)
SCOPES = {
    "read": "Read tickets, projects and people of the workspace",
    "write": "Create, change and comment on tickets",
    "issues:create": "Create tickets",
    "comments:create": "Comment on tickets",
    "timeSchedule:write": "Create and change time schedules",
    "app:assignable": "Be assigned tickets",
    "app:mentionable": "Be mentioned",
    "admin": "Do whatever an admin may do",
}


class Refused(Exception):
    """Linear says no; the text is RFC 6749's error code."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(code)
        self.description = description


class LinearOAuth:
    """The handlers, and the organisation's way to throw the app out."""

    def __init__(
        self, store: Store[LinearWorld], tokens: Tokens, courier: Courier, faults: Faults, clock: Clock
    ) -> None:
        self._store = store
        self._tokens = tokens
        self._courier = courier
        self._faults = faults
        faults.offer("linear", lambda: ["oauth/token", "oauth/revoke"])
        self._clock = clock

    async def authorize(self, request: Request) -> Response:
        """Ask a person, or send the answer back to the app."""
        world = self._store.world
        params = await consent.params_of(request)
        flaw = consent.flaw(params, world.config, "linear", world.config.linear_client_id) or _flaw(params)
        if flaw:
            return problem("Linear cannot authorize this app", flaw)
        if request.method == "GET":
            return consent.ask(self._question(params), params, world.config)
        person = world.person(params.get("person", ""))
        if params.get("answer") != "allow" or person is None:
            return consent.back(params, world.config, "linear", error="access_denied")
        refused = await consent.left_out(request) - {"read"}
        code = self._tokens.code(
            "linear",
            person=person.handle,
            redirect_uri=params["redirect_uri"],
            scopes=[scope for scope in _scopes(params) if scope not in refused],
            challenge=params.get("code_challenge", ""),
        )
        return consent.back(params, world.config, "linear", code=code)

    async def token(self, request: Request) -> Response:
        """`oauth/token`."""
        params = await consent.params_of(request)

        async def perform() -> Response:
            return JSONResponse(self._granted(self._token(params)))

        return await self._answer(request, "oauth/token", perform)

    async def revoke(self, request: Request) -> Response:
        """`oauth/revoke`; takes an access or a refresh token."""
        params = await consent.params_of(request)
        named = request.headers.get("authorization", "").removeprefix("Bearer ")
        presented = next(
            (params[name] for name in ("token", "access_token", "refresh_token") if params.get(name)), named
        )

        async def perform() -> Response:
            token = self._tokens.find("linear", presented) or self._tokens.of_refresh("linear", presented)
            if token is None:
                raise Refused("invalid_token", "There is no such token.")
            if token.revoked:
                raise Refused("invalid_request", "The token was revoked before.")
            self._tokens.revoke(token)
            self._tokens.tally("linear").revocations += 1
            return JSONResponse({"success": True})

        return await self._answer(request, "oauth/revoke", perform)

    def remove(self) -> int:
        """Let the organisation's admin throw the app out, and tell it so; returns how many tokens died."""
        world, now = self._store.world, self._clock()
        dying = self._tokens.all("linear")
        self._tokens.revoke(*dying)
        self._tokens.tally("linear").revocations += 1
        body: Json = {
            "action": "revoked",
            "createdAt": moment(now),
            "oauthClientId": world.organization.app.id,
            "organizationId": world.organization.id,
            "type": "OAuthApp",
            "webhookId": world.webhook_id,
            "webhookTimestamp": int(now.timestamp() * 1000),
        }
        self._courier.send_copies(
            Delivery(
                id=str(uuid.uuid4()),
                vendor="linear",
                kind="OAuthApp.revoked",
                line="linear/app",
                about=world.organization.url_key,
                body=body,
                created_at=now,
            )
        )
        return len(dying)

    async def _answer(self, request: Request, operation: str, perform: Perform) -> Response:
        self._store.count(f"linear.{operation}")

        async def answer() -> Response:
            try:
                return await perform()
            except Refused as refused:
                return _error(refused)

        return await self._faults.answer(request, "linear", [operation], perform=answer, refuse=_refusal)

    def _question(self, params: consent.OAuthParams) -> consent.Question:
        organization = self._store.world.organization
        deeds = "What it does will appear under its own name" if params.get("actor") == "app" else "It will act as you"
        return consent.Question(
            template="linear/consent.html",
            title=f"Authorize {organization.app.name}",
            points=[SCOPES["read"], deeds],
            refusable={scope: SCOPES[scope] for scope in _scopes(params) if scope != "read"},
            people=self._store.world.people,
            shown={"app": organization.app.name, "organization": organization.name},
            choice="workspace",
            place=organization.url_key,
            others={each.organization.name: each.organization.url_key for each in self._store.other_worlds},
            allow="Authorize",
        )

    def _token(self, params: consent.OAuthParams) -> Token:
        config = self._store.world.config
        client_known = same(params.get("client_id", ""), config.linear_client_id)
        if not (client_known and same(params.get("client_secret", ""), config.linear_client_secret)):
            raise Refused("invalid_client", "The client id or secret is wrong.")
        match params.get("grant_type"):
            case "authorization_code":
                return self._exchanged(params)
            case "refresh_token":
                old = self._tokens.refreshable("linear", params.get("refresh_token", ""))
                if old is None:
                    raise Refused("invalid_grant", "The refresh token is unknown, was used or is revoked.")
                return self._tokens.renew(
                    old, access=_access(), refresh=_refresh(), expires_at=self._clock() + LIFETIME
                )
            case _:
                raise Refused("unsupported_grant_type", "The grant type is not supported.")

    def _exchanged(self, params: consent.OAuthParams) -> Token:
        try:
            code = self._tokens.presented("linear", params.get("code", ""))
        except (CodeUnknown, CodeUsed) as gone:
            raise Refused("invalid_grant", "The code is unknown, was used or has expired.") from gone
        if params.get("redirect_uri") != code.redirect_uri:
            raise Refused("invalid_grant", "The redirect address is not that of the authorization request.")
        if not proves(params.get("code_verifier", ""), code.challenge):
            raise Refused("invalid_grant", "The code verifier does not fit the code challenge.")
        token = Token(
            vendor="linear",
            access=_access(),
            refresh=_refresh(),
            person=code.person,
            scopes=code.scopes,
            expires_at=self._clock() + LIFETIME,
        )
        return self._tokens.exchange(code, token)

    def _granted(self, token: Token) -> Json:
        return {
            "access_token": token.access,
            "token_type": "Bearer",
            "expires_in": int(LIFETIME.total_seconds()) - 1,
            "scope": " ".join(token.scopes or []),
            "refresh_token": token.refresh,
        }


def _scopes(params: consent.OAuthParams) -> list[str]:
    """Reading is always part of it."""
    requested = [each for each in params.get("scope", "").replace(" ", ",").split(",") if each]
    return list(dict.fromkeys(["read", *requested]))


def _flaw(params: consent.OAuthParams) -> str:
    unknown = [each for each in _scopes(params) if each not in SCOPES]
    if unknown:
        return f"Invalid scope: {', '.join(unknown)}."
    if "redirect_uri" not in params:
        return "The request lacks a redirect address."
    if params.get("response_type") != "code":
        return "The response type must be code."
    if params.get("actor", "user") not in {"user", "app"}:
        return f"There is no actor {params['actor']}."
    if "code_challenge" in params and params.get("code_challenge_method") != "S256":
        return "The code challenge must be made by S256."
    return ""


def _access() -> str:
    return f"lin_oauth_{secrets.token_hex(32)}"


def _refresh() -> str:
    return f"lin_refresh_{secrets.token_hex(32)}"


def _error(refused: Refused) -> Response:
    status = 401 if str(refused) in {"invalid_client", "invalid_token"} else 400
    return JSONResponse({"error": str(refused), "error_description": refused.description}, status_code=status)


def _refusal(fault: Fault) -> Response:
    match fault.kind:
        case "rate_limit":
            return JSONResponse({"error": "rate_limit_exceeded"}, status_code=429)
        case "revoked":
            return _error(Refused("invalid_grant", "Access was revoked."))
        case "server_error" | "timeout" | "slow" | "page" | "cut" | "reset" | "hallucinate":
            return JSONResponse({"error": "server_error"}, status_code=503)
