"""Letting our app into the sandbox's GitHub, step by step."""

import base64
import hashlib
from urllib.parse import urlencode

import httpx

from tests.infra.sandbox.browsing import press, sent_back
from tests.infra.sandbox.running import Receiver, Sandbox

VERIFIER = "a-verifier-that-is-long-enough-to-be-one-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
INSTALL = "/github/apps/pm-assistant/installations/new?state=s2"


def callback(receiver: Receiver) -> str:
    """Where our app is registered to be called back."""
    return f"{receiver.url}/oauth/github/callback"


def consent(receiver: Receiver, **changed: str) -> str:
    """The page our app would send a person to."""
    asked = {
        "client_id": "github-id",
        "redirect_uri": callback(receiver),
        "state": "s1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return f"/github/login/oauth/authorize?{urlencode({n: value for n, value in (asked | changed).items() if value})}"


def token(sandbox: Sandbox, accept: str = "application/json", /, **fields: str) -> httpx.Response:
    """Call the token endpoint as our app."""
    form = {"client_id": "github-id", "client_secret": "github-secret"} | fields
    return sandbox.http.post("/github/login/oauth/access_token", data=form, headers={"accept": accept})


def right(sandbox: Sandbox, receiver: Receiver, person: str = "ana") -> dict[str, str]:
    """What an exchange takes."""
    answer = press(sandbox.http, consent(receiver), more=[("person", person)])
    code = sent_back(answer, callback(receiver))["code"]
    return {"code": code, "redirect_uri": callback(receiver), "code_verifier": VERIFIER}


def user_token(sandbox: Sandbox, receiver: Receiver, person: str = "ana") -> str:
    """Somebody's token."""
    return str(token(sandbox, **right(sandbox, receiver, person)).json()["access_token"])


def who(sandbox: Sandbox, given: str) -> httpx.Response:
    """Ask whose token it is."""
    return sandbox.http.get("/github/api/user", headers={"authorization": f"Bearer {given}"})


def installed(sandbox: Sandbox, receiver: Receiver, *more: tuple[str, str]) -> dict[str, str]:
    """Install the app and come back."""
    return sent_back(press(sandbox.http, INSTALL, more=list(more)), callback(receiver))
