"""Letting the app see a person's calendar: the consent page, tokens, and the end of it.

developers.google.com/identity/protocols/oauth2/web-server; errors as RFC 6749, section 5.2 has them.
"""

import secrets
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.sandbox.core import consent
from infra.sandbox.core.faults import Faults, Perform
from infra.sandbox.core.grants import Token
from infra.sandbox.core.pages import problem
from infra.sandbox.core.state import Clock, Fault, Json
from infra.sandbox.core.store import Store
from infra.sandbox.core.tokens import CodeUnknown, CodeUsed, Tokens, proves, same
from infra.sandbox.google.state import GoogleWorld

LIFETIME = timedelta(hours=1)
ROOT = "https://www.googleapis.com/auth/"
SCOPES = {
    f"{ROOT}calendar": "See, edit, share and delete all the calendars that you can access",
    f"{ROOT}calendar.readonly": "See any calendar that you can access",
    f"{ROOT}calendar.events.readonly": "See events on all your calendars",
    f"{ROOT}calendar.events.owned.readonly": "See the events on the calendars that you own",
    f"{ROOT}calendar.events.freebusy": "See the availability on calendars that you have access to",
}


class Refused(Exception):
    """Google says no; the text is RFC 6749's error code."""

    def __init__(self, code: str, description: str, status: int = 400) -> None:
        super().__init__(code)
        self.description = description
        self.status = status


class GoogleOAuth:
    """The handlers."""

    def __init__(self, store: Store[GoogleWorld], tokens: Tokens, faults: Faults, clock: Clock) -> None:
        self._store = store
        self._tokens = tokens
        self._faults = faults
        faults.offer("google", lambda: ["token", "revoke"])
        self._clock = clock

    async def authorize(self, request: Request) -> Response:
        """Ask a person, or send the answer back to the app."""
        world = self._store.world
        params = await consent.params_of(request)
        flaw = consent.flaw(params, world.config, "google", world.config.google_client_id) or _flaw(params)
        if flaw:
            return problem("Access blocked: Authorization Error", flaw)
        if request.method == "GET":
            return consent.ask(self._question(params), params, world.config)
        person = world.person(params.get("person", ""))
        if params.get("answer") != "allow" or person is None:
            return consent.back(params, world.config, "google", error="access_denied")
        refused = await consent.left_out(request)
        scopes = [scope for scope in _scopes(params) if scope not in refused]
        code = self._tokens.code(
            "google",
            person=person.handle,
            redirect_uri=params["redirect_uri"],
            # Without being asked for offline access Google gives no refresh token.
            scopes=[*scopes, *(["offline"] if params.get("access_type") == "offline" else [])],
            challenge=params.get("code_challenge", ""),
        )
        return consent.back(params, world.config, "google", code=code, scope=" ".join(scopes))

    async def token(self, request: Request) -> Response:
        """Answer `token`: a code or a refresh token is turned into an access token."""
        params = await consent.params_of(request)

        async def perform() -> Response:
            return JSONResponse(self._granted(params))

        return await self._answer(request, "token", perform)

    async def revoke(self, request: Request) -> Response:
        """`revoke`; whichever token of a person's is named, all that the person granted ends."""
        params = await consent.params_of(request)

        async def perform() -> Response:
            presented = params.get("token", "")
            token = self._tokens.find("google", presented) or self._tokens.of_refresh("google", presented)
            if token is None or token.revoked:
                raise Refused("invalid_token", "Token expired or revoked")
            self._tokens.revoke(*(each for each in self._tokens.all("google") if each.person == token.person))
            self._tokens.tally("google").revocations += 1
            return JSONResponse({})

        return await self._answer(request, "revoke", perform)

    def end(self, person: str) -> int:
        """Let a person take the app's access away in the account's settings; returns how many tokens died."""
        dying = [each for each in self._tokens.all("google") if each.person == person]
        self._tokens.revoke(*dying)
        return len(dying)

    async def _answer(self, request: Request, operation: str, perform: Perform) -> Response:
        self._store.count(f"google.{operation}")

        async def answer() -> Response:
            try:
                return await perform()
            except Refused as refused:
                return _error(refused)

        return await self._faults.answer(request, "google", [operation], perform=answer, refuse=_refusal)

    def _question(self, params: consent.OAuthParams) -> consent.Question:
        world = self._store.world
        return consent.Question(
            template="google/consent.html",
            title="Sign in with Google",
            points=["Know that you use it with this account"],
            refusable={scope: SCOPES[scope] for scope in _scopes(params)},
            people=world.people,
            shown={"app": "PM Assistant"},
            choice="handle",
            place=world.people[0].handle,
            others={each.domain: each.people[0].handle for each in self._store.other_worlds},
            allow="Continue",
        )

    def _granted(self, params: consent.OAuthParams) -> Json:
        config = self._store.world.config
        if not same(params.get("client_id", ""), config.google_client_id):
            raise Refused("invalid_client", "The OAuth client was not found.", 401)
        if not same(params.get("client_secret", ""), config.google_client_secret):
            raise Refused("invalid_client", "Unauthorized", 401)
        match params.get("grant_type"):
            case "authorization_code":
                token = self._exchanged(params)
                return _said(token) | ({"refresh_token": token.refresh} if token.refresh else {})
            case "refresh_token":
                old = self._tokens.refreshable("google", params.get("refresh_token", ""))
                if old is None:
                    raise Refused("invalid_grant", "Token has been expired or revoked.")
                # The refresh token goes on counting, and is not sent again.
                return _said(
                    self._tokens.renew(old, access=_access(), refresh=old.refresh, expires_at=self._clock() + LIFETIME)
                )
            case _:
                raise Refused("unsupported_grant_type", f"Invalid grant_type: {params.get('grant_type', '')}")

    def _exchanged(self, params: consent.OAuthParams) -> Token:
        try:
            code = self._tokens.presented("google", params.get("code", ""))
        except (CodeUnknown, CodeUsed) as gone:
            raise Refused("invalid_grant", "Malformed auth code.") from gone
        if params.get("redirect_uri") != code.redirect_uri:
            raise Refused("redirect_uri_mismatch", "Bad Request")
        if not proves(params.get("code_verifier", ""), code.challenge):
            raise Refused("invalid_grant", "Invalid code verifier.")
        token = Token(
            vendor="google",
            kind="user",
            access=_access(),
            refresh=f"1//{secrets.token_urlsafe(48)}" if "offline" in code.scopes else "",
            person=code.person,
            scopes=[scope for scope in code.scopes if scope != "offline"],
            expires_at=self._clock() + LIFETIME,
        )
        return self._tokens.exchange(code, token)


def _said(token: Token) -> Json:
    return {
        "access_token": token.access,
        "expires_in": int(LIFETIME.total_seconds()) - 1,
        "scope": " ".join(token.scopes or []),
        "token_type": "Bearer",
    }


def _access() -> str:
    return f"ya29.{secrets.token_urlsafe(64)}"


def _scopes(params: consent.OAuthParams) -> list[str]:
    return params.get("scope", "").split()


def _flaw(params: consent.OAuthParams) -> str:
    unknown = [each for each in _scopes(params) if each not in SCOPES]
    if unknown or not _scopes(params):
        return f"Error 400: invalid_scope. Some requested scopes were invalid: {unknown}"
    if "redirect_uri" not in params:
        return "Error 400: invalid_request. Missing required parameter: redirect_uri"
    if params.get("response_type") != "code":
        return "Error 400: invalid_request. Invalid response_type."
    if "code_challenge" in params and params.get("code_challenge_method", "plain") != "S256":
        return "Error 400: invalid_request. The sandbox takes S256 alone."
    return ""


def _error(refused: Refused) -> Response:
    return JSONResponse({"error": str(refused), "error_description": refused.description}, status_code=refused.status)


def _refusal(fault: Fault) -> Response:
    match fault.kind:
        case "rate_limit":
            return _error(Refused("rate_limit_exceeded", "Rate Limit Exceeded", 429))
        case "revoked":
            return _error(Refused("invalid_grant", "Token has been expired or revoked."))
        case "server_error" | "timeout" | "slow" | "page" | "cut" | "reset" | "hallucinate":
            return _error(Refused("internal_failure", "Backend Error", 500))
