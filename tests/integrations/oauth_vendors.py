"""The vendors' OAuth endpoints in this process: as strict as the real ones, and as forgetful.

Each is a handler for `httpx.MockTransport`, and has a person who agrees on its page (`consent`), a way to throw the app
out (`end`) and an opinion on tokens (`accepts`).
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from pm_assistant.domain.connections import Callback
from pm_assistant.domain.tenants import Credentials

type Form = Mapping[str, str]

CLIENT_ID, CLIENT_SECRET = "client-1", "shhh"


def query_of(url: str) -> dict[str, str]:
    """The query of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query, strict_parsing=True).items()}


def form_of(request: httpx.Request) -> dict[str, str]:
    """The form in a request."""
    return {name: values[0] for name, values in parse_qs(request.content.decode()).items()}


def bearer_of(request: httpx.Request) -> str:
    """The token a request shows."""
    return str(request.headers.get("authorization", "")).removeprefix("Bearer ")


@dataclass
class Vendor:
    """What the three have in common.

    Attributes:
        answers: given instead of the vendor's own, first things first; a callable gets the request.
        seen: requests that came in.
    """

    clock: Callable[[], datetime]
    answers: list[httpx.Response | httpx.HTTPError] = field(default_factory=list)
    seen: list[httpx.Request] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)
    _live: set[str] = field(default_factory=set)
    _made: int = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        self.seen.append(request)
        if self.answers:
            answer = self.answers.pop(0)
            if isinstance(answer, httpx.HTTPError):
                raise answer
            return answer
        return self.answer(request)

    @property
    def transport(self) -> httpx.MockTransport:
        """The way here."""
        return httpx.MockTransport(self)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer as the vendor does."""
        raise NotImplementedError

    def consent(self, url: str) -> Callback:
        """Agree on the page that this address shows."""
        asked = query_of(url)
        code = self.new("code")
        self._codes[code] = asked
        return Callback(state=asked["state"], code=code)

    def accepts(self, credentials: Credentials) -> bool:
        """Whether these let somebody in."""
        return credentials.access_token.get_secret_value() in self._live

    def end(self) -> None:
        """Throw the app out."""
        self._live.clear()

    def new(self, kind: str) -> str:
        """A fresh code or token."""
        self._made += 1
        return f"{kind}-{self._made}"

    def redeemed(self, form: Form) -> dict[str, str] | None:
        """What was asked for on the page that led to this code; each code is good once, for its own address."""
        asked = self._codes.pop(form.get("code", ""), None)
        if asked is None or asked.get("redirect_uri", form.get("redirect_uri")) != form.get("redirect_uri"):
            return None
        challenge = asked.get("code_challenge", "")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if challenge and challenge != base64.urlsafe_b64encode(digest).rstrip(b"=").decode():
            return None
        return asked


@dataclass
class SlackVendor(Vendor):
    """Slack; `rotation` is a setting of the app, `grid` installs it on the whole organisation."""

    rotation: bool = True
    grid: bool = False
    granted: str | None = None
    bots_may_uninstall: bool = True
    _scope: str = ""

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer a method of the Web API."""
        method, form, token = request.url.path.rpartition("/")[2], form_of(request), bearer_of(request)
        if method == "oauth.v2.access":
            return httpx.Response(200, json=self._access(request, form))
        if token not in self._live:
            return httpx.Response(200, json={"ok": False, "error": "token_revoked"})
        if method == "apps.uninstall":
            if not self.bots_may_uninstall or form != {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}:
                return httpx.Response(200, json={"ok": False, "error": "user_is_bot"})
            self._live.clear()
        if method == "auth.revoke":
            self._live.discard(token)
        team = {"url": "https://acme.slack.com/", "team": "Acme", "team_id": "T0ACME", "user_id": "U0BOT"}
        return httpx.Response(200, json={"ok": True, **team})

    def _access(self, request: httpx.Request, form: Form) -> dict[str, Any]:
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {basic}":
            return {"ok": False, "error": "bad_client_secret"}
        if form.get("grant_type") == "refresh_token":
            if form["refresh_token"] not in self._live:
                return {"ok": False, "error": "invalid_refresh_token"}
            self._live.discard(form["refresh_token"])
            return {"ok": True, "token_type": "bot", "scope": self._scope, **self._tokens()}
        asked = self.redeemed(form)
        if asked is None:
            return {"ok": False, "error": "invalid_code"}
        self._scope = asked["scope"] if self.granted is None else self.granted
        return {
            "ok": True,
            "token_type": "bot",
            "scope": self._scope,
            "bot_user_id": "U0BOT",
            "app_id": "A1",
            "team": None if self.grid else {"id": "T0ACME", "name": "Acme"},
            "enterprise": {"id": "E0ACME", "name": "Acme Group"} if self.grid else {"id": "", "name": ""},
            "is_enterprise_install": self.grid,
            "authed_user": {"id": "U0ADA"},
            **self._tokens(),
        }

    def _tokens(self) -> dict[str, Any]:
        tokens: dict[str, Any] = {"access_token": self.new("xoxe.xoxb")}
        if self.rotation:
            tokens |= {"refresh_token": self.new("xoxe"), "expires_in": 43200}
        self._live |= {value for value in tokens.values() if isinstance(value, str)}
        return tokens


@dataclass
class LinearVendor(Vendor):
    """Linear."""

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer at the token endpoint, the one that revokes, or the API."""
        match request.url.path:
            case "/oauth/token":
                return self._token(form_of(request))
            case "/oauth/revoke":
                return self._revoke(form_of(request))
        if bearer_of(request) not in self._live:
            return httpx.Response(401, json={"errors": [{"message": "Authentication required"}]})
        organization = {"id": "org-acme", "name": "Acme", "urlKey": "acme"}
        return httpx.Response(200, json={"data": {"viewer": {"id": "app-user"}, "organization": organization}})

    def _token(self, form: Form) -> httpx.Response:
        if (form["client_id"], form["client_secret"]) != (CLIENT_ID, CLIENT_SECRET):
            return httpx.Response(401, json={"error": "invalid_client"})
        scope = "read write"
        if form["grant_type"] == "refresh_token":
            granted = form["refresh_token"] in self._live
            self._live.discard(form["refresh_token"])
        else:
            asked = self.redeemed(form)
            granted = asked is not None
            scope = asked["scope"].replace(",", " ") if asked else ""
        if not granted:
            return httpx.Response(400, json={"error": "invalid_grant", "error_description": "expired or revoked"})
        access, refresh = self.new("access"), self.new("refresh")
        self._live |= {access, refresh}
        tokens = {"access_token": access, "refresh_token": refresh, "expires_in": 86399, "token_type": "Bearer"}
        return httpx.Response(200, json={**tokens, "scope": scope})

    def _revoke(self, form: Form) -> httpx.Response:
        known = form["token"] in self._live
        self._live.discard(form["token"])
        return httpx.Response(200 if known else 400, json={})


@dataclass
class GoogleVendor(Vendor):
    """Google, whose refresh tokens go on counting; one that is revoked ends all that its person granted.

    Attributes:
        offline: whether it gives a refresh token.
        granted: what a person leaves of what is asked for; all, unless said.
    """

    offline: bool = True
    granted: str | None = None
    _scope: str = ""

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer at the token endpoint, or the one that revokes."""
        form = form_of(request)
        if request.url.path == "/revoke":
            known = form["token"] in self._live
            self._live.clear()
            return httpx.Response(200 if known else 400, json={} if known else {"error": "invalid_token"})
        if (form["client_id"], form["client_secret"]) != (CLIENT_ID, CLIENT_SECRET):
            return httpx.Response(401, json={"error": "invalid_client", "error_description": "Unauthorized"})
        if form["grant_type"] == "refresh_token":
            return self._tokens() if form["refresh_token"] in self._live else self._refused()
        asked = self.redeemed(form)
        if asked is None:
            return self._refused()
        self._scope = asked["scope"] if self.granted is None else self.granted
        return self._tokens(**({"refresh_token": self.new("1//refresh")} if self.offline else {}))

    def _tokens(self, **more: str) -> httpx.Response:
        access = self.new("ya29.access")
        self._live |= {access, *more.values()}
        said = {"access_token": access, "expires_in": 3599, "token_type": "Bearer", "scope": self._scope}
        return httpx.Response(200, json={**said, **more})

    def _refused(self) -> httpx.Response:
        said = "Token has been expired or revoked."
        return httpx.Response(400, json={"error": "invalid_grant", "error_description": said})


KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
).decode()


@dataclass
class GitHubVendor(Vendor):
    """GitHub, where Ada (a person) is an owner of Acme and Globex (organisations).

    Attributes:
        installations: where the app is installed: id and account.
        reachable: the ids of those Ada can reach.
        memberships: what Ada is in organisations: state and role.
        secretive: whether the app may not read members.
    """

    installations: dict[int, str] = field(default_factory=lambda: {11: "ada"})
    reachable: list[int] = field(default_factory=list)
    memberships: dict[str, tuple[str, str]] = field(
        default_factory=lambda: {"acme": ("active", "admin"), "globex": ("active", "admin")}
    )
    secretive: bool = False
    suspended: bool = False

    def consent(self, url: str) -> Callback:
        """Agree, on the page for installing to have the app on Acme."""
        callback = super().consent(url)
        if "/installations/new" not in url:
            return callback
        self.installations[22], self.reachable = "acme", [22]
        return callback.model_copy(update={"installation_id": "22"})

    def end(self) -> None:
        """Uninstall the app everywhere."""
        super().end()
        self.installations.clear()
        self.reachable.clear()

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer at the token endpoint or the API."""
        path = request.url.path
        if path == "/login/oauth/access_token":
            return self._token(form_of(request))
        if path.startswith(("/app/", "/users/")):
            return self._to_app(request.method, path) if self._proven(request) else httpx.Response(401, json={})
        if bearer_of(request) not in self._live:
            return httpx.Response(401, json={"message": "Bad credentials"})
        if path == "/user":
            return httpx.Response(200, json={"login": "ada", "id": 1})
        if path.startswith("/user/memberships/orgs/"):
            return self._membership(path.rpartition("/")[2])
        if path == "/installation/token":
            self._live.discard(bearer_of(request))
            return httpx.Response(204)
        size, number = int(request.url.params["per_page"]), int(request.url.params["page"])
        shown = self.reachable[size * (number - 1) : size * number]
        found = [{"id": id, "account": {"login": self.installations.get(id, "other")}} for id in shown]
        return httpx.Response(200, json={"total_count": len(self.reachable), "installations": found})

    def _token(self, form: Form) -> httpx.Response:
        if (form["client_id"], form["client_secret"]) != (CLIENT_ID, CLIENT_SECRET):
            return httpx.Response(200, json={"error": "incorrect_client_credentials"})
        if self.redeemed(form) is None:
            return httpx.Response(200, json={"error": "bad_verification_code"})
        token = self.new("ghu")
        self._live.add(token)
        return httpx.Response(200, json={"access_token": token, "token_type": "bearer", "scope": ""})

    def _membership(self, organization: str) -> httpx.Response:
        if self.secretive:
            return httpx.Response(403, json={"message": "Resource not accessible by integration"})
        if organization not in self.memberships:
            return httpx.Response(404, json={"message": "Not Found"})
        state, role = self.memberships[organization]
        return httpx.Response(200, json={"state": state, "role": role, "organization": {"login": organization}})

    def _proven(self, request: httpx.Request) -> bool:
        now = self.clock()
        try:
            claims = jwt.decode(
                bearer_of(request), KEY.public_key(), algorithms=["RS256"], options={"verify_exp": False}
            )
        except jwt.InvalidTokenError:
            return False
        lives = timedelta(seconds=claims["exp"] - now.timestamp())
        return (
            claims["iss"] == "4711"
            and claims["iat"] <= now.timestamp()
            and timedelta() < lives <= timedelta(minutes=10)
        )

    def _to_app(self, method: str, path: str) -> httpx.Response:
        if path.startswith("/users/"):
            login = path.split("/")[2]
            own = [id for id, account in self.installations.items() if account == login]
            found = {"id": own[0], "account": {"login": login}} if own else {"message": "Not Found"}
            return httpx.Response(200 if own else 404, json=found)
        id = int(path.split("/")[3])
        if id not in self.installations:
            return httpx.Response(404, json={"message": "Not Found"})
        if method == "DELETE":
            self.end()
            return httpx.Response(204)
        if method == "GET":
            suspended_at = self.clock().isoformat() if self.suspended else None
            account = {"login": self.installations[id]}
            return httpx.Response(200, json={"id": id, "account": account, "suspended_at": suspended_at})
        if self.suspended:
            return httpx.Response(403, json={"message": "This installation has been suspended"})
        token, ends = self.new("ghs_" + "x" * 400), self.clock() + timedelta(hours=1)
        self._live.add(token)
        rights = {"checks": "read", "issues": "read", "metadata": "read", "pull_requests": "write", "statuses": "read"}
        return httpx.Response(201, json={"token": token, "expires_at": ends.isoformat(), "permissions": rights})
