"""Letting our app into the sandbox's Linear, step by step."""

import base64
import hashlib
from urllib.parse import urlencode

import httpx

from tests.infra.sandbox.browsing import press, sent_back
from tests.infra.sandbox.running import Json, Receiver, Sandbox

VERIFIER = "a-verifier-that-is-long-enough-to-be-one-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


def callback(receiver: Receiver) -> str:
    """Where our app is registered to be called back."""
    return f"{receiver.url}/oauth/linear/callback"


def consent(receiver: Receiver, **changed: str) -> str:
    """The page our app would send a person to."""
    asked = {
        "client_id": "linear-id",
        "redirect_uri": callback(receiver),
        "response_type": "code",
        "scope": "read,write",
        "actor": "app",
        "state": "s1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return f"/linear/oauth/authorize?{urlencode({name: value for name, value in (asked | changed).items() if value})}"


def code(sandbox: Sandbox, receiver: Receiver, **changed: str) -> str:
    """A code that a person's consent brought."""
    return sent_back(press(sandbox.http, consent(receiver, **changed)), callback(receiver))["code"]


def token(sandbox: Sandbox, **fields: str) -> httpx.Response:
    """Call the token endpoint as our app."""
    form = {"client_id": "linear-id", "client_secret": "linear-secret", "grant_type": "authorization_code"} | fields
    return sandbox.http.post("/linear/oauth/token", data=form)


def right(sandbox: Sandbox, receiver: Receiver, **changed: str) -> dict[str, str]:
    """What an exchange takes."""
    return {
        "code": code(sandbox, receiver, **changed),
        "redirect_uri": callback(receiver),
        "code_verifier": VERIFIER,
    }


def authorize(sandbox: Sandbox, receiver: Receiver, **changed: str) -> Json:
    """Go all the way."""
    answer = token(sandbox, **right(sandbox, receiver, **changed))
    granted: Json = answer.json()
    assert 200 == answer.status_code, granted
    return granted
