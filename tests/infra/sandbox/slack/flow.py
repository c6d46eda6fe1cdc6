"""Letting our app into the sandbox's Slack, step by step."""

from tests.infra.sandbox.browsing import press, sent_back
from tests.infra.sandbox.running import Json, Receiver, Sandbox

SCOPES = "channels:history,channels:read,chat:write,users:read"


def callback(receiver: Receiver) -> str:
    """Where our app is registered to be called back."""
    return f"{receiver.url}/oauth/slack/callback"


def consent(receiver: Receiver, **changed: str) -> str:
    """The page our app would send a person to."""
    asked = {"client_id": "slack-id", "scope": SCOPES, "redirect_uri": callback(receiver), "state": "s1"} | changed
    return "/slack/oauth/v2/authorize?" + "&".join(f"{name}={value}" for name, value in asked.items() if value)


def code(sandbox: Sandbox, receiver: Receiver, **changed: str) -> str:
    """A code that a person's consent brought."""
    return sent_back(press(sandbox.http, consent(receiver, **changed)), callback(receiver))["code"]


def access(sandbox: Sandbox, **arguments: str) -> Json:
    """Call the token endpoint as our app, with the client's credentials in the form unless given otherwise."""
    form = {"client_id": "slack-id", "client_secret": "slack-secret"} | arguments
    answer = sandbox.http.post("/slack/api/oauth.v2.access", data=form)
    assert 200 == answer.status_code
    parsed: Json = answer.json()
    return parsed


def install(sandbox: Sandbox, receiver: Receiver, **changed: str) -> Json:
    """Go all the way."""
    given = {} if changed.get("redirect_uri") == "" else {"redirect_uri": callback(receiver)}
    return access(sandbox, code=code(sandbox, receiver, **changed), **given)
