"""Letting the app into Slack: the consent page, and codes and refresh tokens for bot tokens.

docs.slack.dev, pages authentication/installing-with-oauth, authentication/using-token-rotation and
reference/methods/oauth.v2.access. Failures come as HTTP 200 with `ok: false` and a code.
"""

import base64
import binascii
import secrets
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.sandbox.core import consent
from infra.sandbox.core.faults import Faults
from infra.sandbox.core.grants import Token
from infra.sandbox.core.pages import problem
from infra.sandbox.core.requests import arguments_of
from infra.sandbox.core.state import Clock, Fault, Json
from infra.sandbox.core.store import Store
from infra.sandbox.core.tokens import CodeUnknown, CodeUsed, Tokens, same
from infra.sandbox.slack.scopes import SCOPES
from infra.sandbox.slack.state import SlackWorld
from infra.sandbox.slack.wire import Refused, refusal

LIFETIME = timedelta(hours=12)


class SlackOAuth:
    """The handlers."""

    def __init__(self, store: Store[SlackWorld], tokens: Tokens, faults: Faults, clock: Clock) -> None:
        self._store = store
        self._tokens = tokens
        self._faults = faults
        faults.offer("slack", lambda: ["oauth.v2.access"])
        self._clock = clock

    async def authorize(self, request: Request) -> Response:
        """Ask a person, or send the answer back to the app."""
        world = self._store.world
        params = await consent.params_of(request)
        flaw = consent.flaw(params, world.config, "slack", world.config.slack_client_id) or _scope_flaw(params)
        if flaw:
            return problem("Slack cannot install this app", flaw)
        scopes = _scopes(params)
        if request.method == "GET":
            return consent.ask(self._question(scopes), params, world.config)
        person = world.person(params.get("person", ""))
        if params.get("answer") != "allow" or person is None:
            return consent.back(params, world.config, "slack", error="access_denied")
        refused = await consent.left_out(request)
        code = self._tokens.code(
            "slack",
            person=person.handle,
            redirect_uri=params.get("redirect_uri", ""),
            scopes=[scope for scope in scopes if scope not in refused],
        )
        return consent.back(params, world.config, "slack", code=code)

    async def access(self, request: Request) -> Response:
        """`oauth.v2.access`."""
        arguments = await arguments_of(request)
        arguments |= _basic(request.headers.get("authorization", ""))
        self._store.count("slack.oauth.v2.access")

        async def perform() -> Response:
            try:
                return JSONResponse({"ok": True} | self._access(arguments))
            except Refused as refused:
                return JSONResponse(refused.answer)

        return await self._faults.answer(request, "slack", ["oauth.v2.access"], perform=perform, refuse=_refusal)

    def _question(self, scopes: list[str]) -> consent.Question:
        world = self._store.world
        where = f"the {world.workspace.name} workspace"
        if world.enterprise and world.config.slack_enterprise == "organization":
            where = f"all workspaces of {world.enterprise['name']}"
        return consent.Question(
            template="slack/consent.html",
            title=f"Install {world.workspace.bot.name}",
            points=(),
            refusable={scope: SCOPES[scope] for scope in scopes},
            people=world.people,
            shown={"app": world.workspace.bot.name, "where": where},
            choice="team",
            place=world.workspace.team_id,
            others={each.workspace.name: each.workspace.team_id for each in self._store.other_worlds},
        )

    def _access(self, arguments: Json) -> Json:
        config = self._store.world.config
        if not same(str(arguments.get("client_id", "")), config.slack_client_id):
            raise Refused("invalid_client_id")
        if not same(str(arguments.get("client_secret", "")), config.slack_client_secret):
            raise Refused("bad_client_secret")
        match arguments.get("grant_type", "authorization_code"):
            case "authorization_code":
                return self._granted(self._exchanged(arguments))
            case "refresh_token":
                return self._granted(self._refreshed(arguments))
            case _:
                raise Refused("invalid_grant_type")

    def _exchanged(self, arguments: Json) -> Token:
        try:
            code = self._tokens.presented("slack", str(arguments.get("code", "")))
        except CodeUnknown as unknown:
            raise Refused("invalid_code") from unknown
        except CodeUsed as used:
            raise Refused("code_already_used") from used
        if arguments.get("redirect_uri", "") != code.redirect_uri:
            raise Refused("bad_redirect_uri")
        access, refresh, expires_at = self._next()
        lasting = self._lasting() if expires_at is None else None
        token = Token(
            vendor="slack",
            access=lasting.access if lasting else access,
            refresh=refresh,
            person=code.person,
            scopes=list(dict.fromkeys([*(lasting.scopes or [] if lasting else []), *code.scopes])),
            expires_at=expires_at,
        )
        return self._tokens.exchange(code, token)

    def _lasting(self) -> Token | None:
        """The workspace's bot token if it does not end: whoever installs the app again gets the same one."""
        lasting = (each for each in self._tokens.all("slack") if each.scopes is not None and each.expires_at is None)
        return next(lasting, None)

    def _refreshed(self, arguments: Json) -> Token:
        old = self._tokens.refreshable("slack", str(arguments.get("refresh_token", "")))
        access, refresh, expires_at = self._next()
        if old is None or expires_at is None:
            raise Refused("invalid_refresh_token")
        return self._tokens.renew(old, access=access, refresh=refresh, expires_at=expires_at)

    def _next(self) -> tuple[str, str, datetime | None]:
        world = self._store.world
        random = secrets.token_hex(12)
        if not world.config.slack_token_rotation:
            return f"xoxb-{world.workspace.team_id}-{random}", "", None
        return f"xoxe.xoxb-1-{random}", f"xoxe-1-{secrets.token_hex(24)}", self._clock() + LIFETIME

    def _granted(self, token: Token) -> Json:
        world = self._store.world
        team, bot = world.workspace, world.workspace.bot
        everywhere = world.config.slack_enterprise == "organization"
        person = world.person(token.person)
        body: Json = {
            "app_id": bot.app_id,
            "authed_user": {"id": person.slack_id if person else None},
            "scope": ",".join(token.scopes or []),
            "token_type": "bot",
            "access_token": token.access,
            "bot_user_id": bot.user_id,
            "team": None if everywhere else {"id": team.team_id, "name": team.name},
            "enterprise": world.enterprise,
            "is_enterprise_install": everywhere,
        }
        if token.expires_at:
            body |= {"refresh_token": token.refresh, "expires_in": int(LIFETIME.total_seconds())}
        return body


def _scopes(params: consent.OAuthParams) -> list[str]:
    return [each for each in params.get("scope", "").replace(" ", ",").split(",") if each]


def _scope_flaw(params: consent.OAuthParams) -> str:
    unknown = [each for each in _scopes(params) if each not in SCOPES]
    if unknown:
        return f"Invalid permissions requested: {', '.join(unknown)}."
    if not _scopes(params):
        return "The app asks for no bot scopes."
    return "An app that uses PKCE may not ask for bot scopes." if "code_challenge" in params else ""


def _basic(authorization: str) -> Json:
    """Client credentials in the header, which come before those in the body."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        client_id, _, client_secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return {"client_id": "", "client_secret": ""}
    return {"client_id": client_id, "client_secret": client_secret}


def _refusal(fault: Fault) -> Response:
    if fault.kind == "revoked":
        return JSONResponse({"ok": False, "error": "invalid_refresh_token"})
    return refusal(fault)
