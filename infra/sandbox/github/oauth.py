"""Finding out at GitHub who is sitting there: the consent page, and a code for a user's token.

docs.github.com, pages "Generating a user access token for a GitHub App" and "Troubleshooting OAuth app access token
request errors": what goes wrong comes as HTTP 200 with `error`, as a form unless the caller accepts JSON.
"""

import secrets
from datetime import timedelta
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.sandbox.core import consent
from infra.sandbox.core.faults import Faults
from infra.sandbox.core.grants import Token
from infra.sandbox.core.pages import problem
from infra.sandbox.core.requests import arguments_of
from infra.sandbox.core.state import Clock, Fault, Json, Person
from infra.sandbox.core.store import Store
from infra.sandbox.core.tokens import CodeUnknown, CodeUsed, Tokens, proves, same
from infra.sandbox.github.state import GitHubWorld

LIFETIME, REFRESH_LIFETIME = timedelta(hours=8), timedelta(days=182)
SESSION = "github_person"
"""The cookie that keeps who is signed in, so that the next page of a flow knows."""

_ERRORS = {
    "incorrect_client_credentials": "The client_id and/or client_secret passed are incorrect.",
    "redirect_uri_mismatch": "The redirect_uri MUST match the registered callback URL for this application.",
    "bad_verification_code": "The code passed is incorrect or expired.",
    "bad_refresh_token": "The refresh token passed is incorrect or expired.",
    "unsupported_grant_type": "The grant type is not supported.",
}


class Refused(Exception):
    """GitHub says no; the text is its error code."""


class GitHubOAuth:
    """The handlers."""

    def __init__(self, store: Store[GitHubWorld], tokens: Tokens, faults: Faults, clock: Clock) -> None:
        self._store = store
        self._tokens = tokens
        self._faults = faults
        faults.offer("github", lambda: ["oauth/access_token"])
        self._clock = clock

    async def authorize(self, request: Request) -> Response:
        """Ask a person, or send the answer back to the app."""
        world = self._store.world
        params = await consent.params_of(request)
        flaw = consent.flaw(params, world.config, "github", world.config.github_client_id)
        if not flaw and "code_challenge" in params and params.get("code_challenge_method") != "S256":
            flaw = "The code challenge must be made by S256."
        if flaw:
            return problem("GitHub cannot authorize this app", flaw)
        if request.method == "GET":
            return consent.ask(self._question(request), params, world.config)
        person = world.person(params.get("person", ""))
        if params.get("answer") != "allow" or person is None:
            said = {"error": "access_denied", "error_description": "The user has denied your application access."}
            return consent.back(params, world.config, "github", **said)
        code = self.code(person, params.get("code_challenge", ""))
        return signed_in(consent.back(params, world.config, "github", code=code), person)

    def code(self, person: Person, challenge: str = "") -> str:
        """A code that stands for a person."""
        redirect_uri = self._store.world.config.callback("github")
        return self._tokens.code("github", person=person.handle, redirect_uri=redirect_uri, challenge=challenge)

    async def access_token(self, request: Request) -> Response:
        """`login/oauth/access_token`."""
        arguments = await arguments_of(request)
        self._store.count("github.oauth/access_token")
        as_json = "json" in request.headers.get("accept", "")

        async def perform() -> Response:
            try:
                return _said(self._granted(self._token(arguments)), as_json=as_json)
            except Refused as refused:
                return _said(_error(str(refused)), as_json=as_json)

        def refuse(fault: Fault) -> Response:
            return _refusal(fault, as_json=as_json)

        return await self._faults.answer(request, "github", ["oauth/access_token"], perform=perform, refuse=refuse)

    def _question(self, request: Request) -> consent.Question:
        world = self._store.world
        return consent.Question(
            template="github/consent.html",
            title=f"Authorize {world.github.app.name}",
            points=["Verify your GitHub identity", "Know which resources you can access", "Act on your behalf"],
            people=people(world.people, request),
            shown={"app": world.github.app.name},
            choice="login",
            place=world.github.owners[0],
            others={each.github.organization.name: each.github.owners[0] for each in self._store.other_worlds},
            allow="Authorize",
        )

    def _token(self, arguments: Json) -> Token:
        config = self._store.world.config
        client_known = same(str(arguments.get("client_id", "")), config.github_client_id)
        if not (client_known and same(str(arguments.get("client_secret", "")), config.github_client_secret)):
            raise Refused("incorrect_client_credentials")
        match arguments.get("grant_type", "authorization_code"):
            case "authorization_code":
                return self._exchanged(arguments)
            case "refresh_token":
                old = self._tokens.refreshable("github", str(arguments.get("refresh_token", "")))
                if old is None:
                    raise Refused("bad_refresh_token")
                return self._tokens.renew(
                    old, access=_access(), refresh=_refresh(), expires_at=self._clock() + LIFETIME
                )
            case _:
                raise Refused("unsupported_grant_type")

    def _exchanged(self, arguments: Json) -> Token:
        try:
            code = self._tokens.presented("github", str(arguments.get("code", "")))
        except (CodeUnknown, CodeUsed) as gone:
            raise Refused("bad_verification_code") from gone
        if arguments.get("redirect_uri", code.redirect_uri) != code.redirect_uri:
            raise Refused("redirect_uri_mismatch")
        if not proves(str(arguments.get("code_verifier", "")), code.challenge):
            raise Refused("bad_verification_code")
        token = Token(
            vendor="github",
            kind="user",
            access=_access(),
            refresh=_refresh(),
            person=code.person,
            expires_at=self._clock() + LIFETIME,
        )
        return self._tokens.exchange(code, token)

    def _granted(self, token: Token) -> Json:
        return {
            "access_token": token.access,
            "expires_in": int(LIFETIME.total_seconds()),
            "refresh_token": token.refresh,
            "refresh_token_expires_in": int(REFRESH_LIFETIME.total_seconds()),
            "scope": "",
            "token_type": "bearer",
        }


def people(everybody: list[Person], request: Request) -> list[Person]:
    """Everybody who could be sitting there, the one who is signed in first."""
    return sorted(everybody, key=lambda each: each.handle != request.cookies.get(SESSION))


def signed_in(response: Response, person: Person) -> Response:
    """Remember who is sitting there."""
    response.set_cookie(SESSION, person.handle, path="/github", httponly=True, samesite="lax")
    return response


def _access() -> str:
    return f"ghu_{secrets.token_hex(24)}"


def _refresh() -> str:
    return f"ghr_{secrets.token_hex(38)}"


def _error(code: str) -> Json:
    manual = "https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token"
    return {"error": code, "error_description": _ERRORS[code], "error_uri": f"{manual}-request-errors/"}


def _said(body: Json, *, as_json: bool) -> Response:
    if as_json:
        return JSONResponse(body)
    return Response(urlencode(body), media_type="application/x-www-form-urlencoded")


def _refusal(fault: Fault, *, as_json: bool) -> Response:
    match fault.kind:
        case "rate_limit":
            seconds = str(round(1 if fault.retry_after is None else fault.retry_after))
            return JSONResponse({"error": "too_many_requests"}, status_code=429, headers={"retry-after": seconds})
        case "revoked":
            return _said(_error("bad_refresh_token"), as_json=as_json)
        case "server_error" | "timeout" | "slow" | "page" | "cut" | "reset" | "hallucinate":
            return Response("Unicorn!", status_code=503)
