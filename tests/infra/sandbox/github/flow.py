"""Letting our app into the sandbox's GitHub, step by step."""

import base64
import hashlib
from collections.abc import Callable
from urllib.parse import urlencode

import httpx

from tests.infra.sandbox.browsing import press, sent_back
from tests.infra.sandbox.running import Json, Receiver, Sandbox

VERIFIER = "a-verifier-that-is-long-enough-to-be-one-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
APP = "/github/api/app"
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


def call(sandbox: Sandbox, path: str, given: str = "", method: str = "GET", **sent: object) -> httpx.Response:
    """Call an operation with a token or an assertion; what is sent goes as JSON."""
    headers = {"authorization": f"Bearer {given}"} if given else {}
    return sandbox.http.request(method, path, headers=headers, json=sent or None)


def install(sandbox: Sandbox, receiver: Receiver, *more: tuple[str, str]) -> str:
    """Install the app on the organisation and return the installation's id."""
    return installed(sandbox, receiver, *more)["installation_id"]


def mint(sandbox: Sandbox, installation: str, proof: str, **asked: object) -> Json:
    """Get an installation's token."""
    answer = call(sandbox, f"{APP}/installations/{installation}/access_tokens", proof, "POST", **asked)
    assert 201 == answer.status_code, answer.text
    minted: Json = answer.json()
    return minted


PERMISSIONS = ("checks", "issues", "members", "metadata", "pull_requests", "statuses")
EVENTS = (
    *("check_suite", "issue_comment", "issues", "pull_request", "pull_request_review", "pull_request_review_comment"),
    *("pull_request_review_thread", "repository", "status"),
)


def asks_for(sandbox: Sandbox, *permissions: str, events: tuple[str, ...] = EVENTS) -> None:
    """Let the app ask for permissions, all of them to read, and for events."""
    sandbox.control("github/app", permissions=dict.fromkeys(permissions, "read"), events=events)


def at_work(sandbox: Sandbox, receiver: Receiver, proof: str, *permissions: str) -> str:
    """Install the app with these permissions, or all it can use, and get a token."""
    asks_for(sandbox, *(permissions or PERMISSIONS))
    given = mint(sandbox, install(sandbox, receiver), proof)["token"]
    receiver.wait(1, "github", "created")
    receiver.received.clear()
    return str(given)


def opened(sandbox: Sandbox, title: str = "ENG-1 Mend the login", **more: object) -> str:
    """Open a pull request in `web` and return the path of its controls."""
    body = {"repository": "web", "user": "ana", "title": title, "head": f"branch-of-{title}"} | more
    pull = sandbox.control("github/pulls", **body)["pull"]
    return f"github/pulls/{body['repository']}/{pull['number']}"


def work_through(sandbox: Sandbox, between: Callable[[], object] = lambda: None) -> None:
    """Let everything happen once that can; `between` is done before each."""

    def happen(path: str, **body: object) -> Json:
        between()
        return sandbox.control(path, **body)

    pull = opened(sandbox, body="Fixes #1", messages=["ENG-1 Begin", "Go on"])
    happen("github/issues", user="ben", repository="api", title="It is slow", body="Really")
    for do, value in (
        *(("draft", ""), ("ready", ""), ("assign", "ben"), ("unassign", "ben"), ("label", "bug"), ("unlabel", "bug")),
        *(("request_review", "ben"), ("remove_request", "ben"), ("request_review", "team/web"), ("enqueue", "")),
        ("dequeue", "CI_FAILURE"),
        *(("close", ""), ("reopen", "")),
    ):
        happen(pull, user="ana", do=do, value=value)
    for change in ({"title": "ENG-1 Mend it"}, {"body": None}, {"base": "release"}, {"base": "main"}):
        happen(f"{pull}/edit", user="ana", **change)
    happen(f"{pull}/push", user="ana", messages=["ENG-1 Another"], force=True)
    lines = {"src/login.py:7": "Why?", "src/login.py:9": "And here?"}
    asked = happen(f"{pull}/review", user="ben", state="changes_requested", lines=lines)
    thread = f"{pull}/threads/{asked['threads'][0]}"
    for do in ("reply", "edit", "resolve", "unresolve", "delete"):
        happen(thread, user="ana", do=do, body="Because")
    happen(f"{pull}/dismiss", user="ben", review_id=asked["review_id"], body="On second thoughts")
    happen(f"{pull}/dismiss", user="ana", review_id=asked["review_id"])
    happen(f"{pull}/review", user="ben", state="approved")
    for where in (pull, "github/issues/api/1"):
        said = happen(f"{where}/comments", user="ben", body="Fine")
        happen(f"{where}/comments", user="ben", body="Good", comment_id=said["id"])
        happen(f"{where}/comments", user="ben", body=None, comment_id=said["id"])
    happen(f"{pull}/checks", conclusion=None)
    happen(f"{pull}/checks", conclusion="failure")
    happen(f"{pull}/status", state="pending")
    happen(pull, user="ben", do="merge")
    happen(pull, user="ben", do="revert")
    issue = "github/issues/api/1"
    for do, value in (("assign", "ben"), ("close", "not_planned"), ("reopen", ""), ("transfer", "jobs")):
        happen(issue, user="ana", do=do, value=value)
    happen("github/issues/jobs/1", user="ana", do="edit", title="It is very slow")
    happen("github/issues/jobs/1", user="ana", do="delete")
    for do, value in (
        *(("rename", "site"), ("archive", ""), ("unarchive", ""), ("publicize", ""), ("privatize", "")),
        ("transfer", "ana-dev"),
    ):
        name = "web" if do == "rename" else "site"
        happen(f"github/repositories/{name}", user="ana", do=do, value=value)
    happen("github/choose", repositories=["api"])
    happen("github/choose", repositories=None)
    happen("github/repositories", user="ana", name="docs")
    happen("github/repositories/docs", user="ana", do="delete")
