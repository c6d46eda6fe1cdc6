"""The API as a person at a terminal uses it: the login renews itself, and refusals become our own errors."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from pm_assistant.cli.api import Api
from pm_assistant.cli.sessions import Login, Sessions, sessions_file
from pm_assistant.domain.errors import (
    Conflict,
    Forbidden,
    InvalidRequest,
    NotFound,
    ProductError,
    Throttled,
    Unauthenticated,
    UpstreamRejected,
    UpstreamUnavailable,
)

URL = "https://api.test"
PROBLEM = {"type": "about:blank", "title": "No", "detail": "that is why"}


class Product:
    """Takes logins `token-<n>`; the newest alone counts."""

    def __init__(self) -> None:
        self.issued = 0
        self.asked: list[tuple[str, str, str]] = []
        self.refreshes = True

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        shown = request.headers.get("authorization", "")
        self.asked.append((request.method, request.url.path, shown))
        match request.url.path:
            case "/auth/login":
                return self._session(refresh_token="r-1")
            case "/auth/refresh" if self.refreshes:
                assert {"refresh_token": "r-1"} == json.loads(request.content)
                return self._session(refresh_token=None)
            case "/auth/refresh":
                return httpx.Response(401, json=PROBLEM)
            case "/auth/logout":
                return httpx.Response(200, json={"status": "done"})
            case _ if shown != f"Bearer token-{self.issued}":
                return httpx.Response(401, json=PROBLEM)
            case _:
                return httpx.Response(200, json={"ok": True})

    def _session(self, refresh_token: str | None) -> httpx.Response:
        self.issued += 1
        tokens = {"id_token": f"token-{self.issued}", "refresh_token": refresh_token, "expires_in": 3600}
        return httpx.Response(200, json=tokens)


def login(**changes: Any) -> Login:
    """A login of an hour ago, good for another."""
    ends = datetime.now(UTC) + timedelta(hours=1)
    return Login(**{"email": "a@x.test", "id_token": "token-0", "refresh_token": "r-1", "expires_at": ends, **changes})


def at(product: Any, known: Login | None = None, kept: list[Login] | None = None) -> Api:
    """The API, in front of a product."""
    keep = kept.append if kept is not None else lambda login: None
    return Api(URL, known, keep=keep, transport=httpx.MockTransport(product))


def test_a_login_is_sent_with_what_is_asked() -> None:
    """Logging in once is enough."""
    product, kept = Product(), list[Login]()
    api = at(product, kept=kept)

    api.log_in("a@x.test", "secret")

    assert {"ok": True} == api.get("/v1/me")
    assert ("GET", "/v1/me", "Bearer token-1") == product.asked[-1]
    assert ["token-1"] == [each.id_token for each in kept]


@pytest.mark.parametrize(
    "known",
    [login(expires_at=datetime.now(UTC) + timedelta(seconds=5)), login(id_token="token-of-another-time")],
)
def test_a_login_that_ends_or_no_longer_counts_is_renewed_once(known: Login) -> None:
    """Before it ends if that is known, else when it is refused; the refresh token stays the same."""
    product, kept = Product(), list[Login]()

    at(product, known, kept).get("/v1/me")

    assert 1 == [path for _, path, _ in product.asked].count("/auth/refresh")
    assert [("token-1", "r-1")] == [(each.id_token, each.refresh_token) for each in kept]


def test_a_login_that_cannot_be_renewed_says_what_to_do() -> None:
    """So does none."""
    product = Product()
    product.refreshes = False

    with pytest.raises(Unauthenticated, match=r"has ended\. Log in again with: pm login"):
        at(product, login(id_token="old")).get("/v1/me")
    with pytest.raises(Unauthenticated, match=r"Nobody is logged in here\. Log in with: pm login"):
        at(product).get("/v1/me")


def test_logging_out_makes_the_login_worthless() -> None:
    """Nobody logged in is fine, and nothing is sent then."""
    product = Product()
    api = at(product, login())

    api.log_out()
    api.log_out()

    assert ["/auth/logout"] == [path for _, path, _ in product.asked]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, InvalidRequest),
        (401, Unauthenticated),
        (403, Forbidden),
        (404, NotFound),
        (409, Conflict),
        (418, UpstreamRejected),
        (422, InvalidRequest),
        (429, Throttled),
        (502, UpstreamUnavailable),
    ],
)
def test_a_refusal_becomes_our_own_error_with_its_reason(status: int, kind: type[ProductError]) -> None:
    """What the API says is what the person reads."""
    with pytest.raises(kind, match="that is why"):
        at(lambda request: httpx.Response(status, json=PROBLEM)).at_the_door("/auth/verify", code="1")


def test_what_is_no_problem_document_is_told_by_its_status() -> None:
    """A proxy's page is not shown."""
    with pytest.raises(UpstreamUnavailable, match="The API answered 503"):
        at(lambda request: httpx.Response(503, text="<html>")).at_the_door("/auth/verify", code="1")


def test_nobody_at_the_address_is_one_clear_line() -> None:
    """No traceback of a client library."""

    def gone(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no")

    with pytest.raises(UpstreamUnavailable, match=r"https://api\.test does not answer"):
        at(gone).at_the_door("/auth/verify", code="1")


def test_logins_are_kept_for_each_address_and_for_their_owner_only(tmp_path: Path) -> None:
    """Two stacks do not share a login, and nobody else on the machine reads one."""
    file = sessions_file({"XDG_CONFIG_HOME": str(tmp_path)})
    sessions, other = Sessions(file), login(email="b@x.test")

    sessions.put(URL, login(email="old@x.test"))
    sessions.put(URL, login())
    sessions.put("https://other.test", other)
    sessions.drop(URL)
    sessions.drop(URL)

    assert (None, other) == (sessions.get(URL), Sessions(file).get("https://other.test"))
    assert (0o600, 0o700) == (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777)
    assert [file] == list(file.parent.iterdir())
