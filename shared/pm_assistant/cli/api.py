"""The product's HTTP API, as a person uses it who has logged in, or a program that has a key."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from pm_assistant.cli.sessions import Login
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

EARLY = timedelta(seconds=60)
"""An id token that is about to end is renewed before it is sent."""
MOST_ON_A_PAGE = "200"
REFUSALS: Mapping[int, type[ProductError]] = {
    400: InvalidRequest,
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    422: InvalidRequest,
}

type Json = dict[str, Any]


class Api:
    """One person, or one program, at one address of the API; renews a login by itself."""

    def __init__(
        self,
        url: str,
        login: Login | None = None,
        *,
        key: str | None = None,
        keep: Callable[[Login], None] = lambda login: None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Remember where and who; nothing is sent yet.

        Args:
            url: of the API, without a slash at the end.
            login: a login from before.
            key: a program's, which counts instead of a login.
            keep: told of every new login.
            transport: how requests travel; the network, unless a test says otherwise.
        """
        self.url = url
        self.login = login
        self._key = key
        self._keep = keep
        self._http = httpx.Client(base_url=url, timeout=60, transport=transport)

    def log_in(self, email: str, password: str) -> Login:
        """Log in.

        Raises:
            Unauthenticated: not with these.
        """
        return self._enter(email, self._read(self._send("POST", "/auth/login", {"email": email, "password": password})))

    def log_out(self) -> None:
        """Make the login worthless; nobody logged in is fine."""
        if self.login is not None:
            self._read(self._send("POST", "/auth/logout", {"refresh_token": self.login.refresh_token}))
            self.login = None

    def get(self, path: str, **query: str) -> Json:
        """Read something, such as `/v1/connections`."""
        return self._authorized("GET", path, None, query)

    def items(self, path: str, **query: str) -> Iterator[Json]:
        """Read a list, page after page."""
        page = self.get(path, **query, limit=MOST_ON_A_PAGE)
        yield from page["items"]
        while page["next"]:
            page = self.get(path, **query, limit=MOST_ON_A_PAGE, cursor=page["next"])
            yield from page["items"]

    def post(self, path: str, **body: Any) -> Json:
        """Ask for something."""
        return self._authorized("POST", path, body)

    def put(self, path: str, **body: Any) -> Json:
        """Set something."""
        return self._authorized("PUT", path, body)

    def patch(self, path: str, **body: Any) -> Json:
        """Change something."""
        return self._authorized("PATCH", path, body)

    def delete(self, path: str, **body: Any) -> Json:
        """Take something away; a body confirms what cannot be had back."""
        return self._authorized("DELETE", path, body or None)

    def at_the_door(self, path: str, **body: Any) -> Json:
        """Ask for something that needs no login, such as `/auth/register`."""
        return self._read(self._send("POST", path, body))

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def _authorized(self, method: str, path: str, body: Json | None, query: Mapping[str, str] | None = None) -> Json:
        if self._key is not None:
            return self._read(self._send(method, path, body, query, self._key))
        login = self._current()
        answer = self._send(method, path, body, query, login.id_token)
        if answer.status_code == 401:
            answer = self._send(method, path, body, query, self._renewed(login).id_token)
        return self._read(answer)

    def _current(self) -> Login:
        if self.login is None:
            raise Unauthenticated("Nobody is logged in here. Log in with: pm login")
        ends_soon = self.login.expires_at - datetime.now(UTC) < EARLY
        return self._renewed(self.login) if ends_soon else self.login

    def _renewed(self, login: Login) -> Login:
        answer = self._send("POST", "/auth/refresh", {"refresh_token": login.refresh_token})
        if answer.status_code == 401:
            raise Unauthenticated("The login has ended. Log in again with: pm login")
        return self._enter(login.email, {"refresh_token": login.refresh_token, **_without_nulls(self._read(answer))})

    def _enter(self, email: str, session: Json) -> Login:
        self.login = Login(
            email=email,
            id_token=session["id_token"],
            refresh_token=session["refresh_token"],
            expires_at=datetime.now(UTC) + timedelta(seconds=session["expires_in"]),
        )
        self._keep(self.login)
        return self.login

    def _send(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        query: Mapping[str, str] | None = None,
        bearer: str | None = None,
    ) -> httpx.Response:
        headers = {"authorization": f"Bearer {bearer}"} if bearer else {}
        try:
            return self._http.request(method, path, json=body, params=query or None, headers=headers)
        except httpx.HTTPError as error:
            raise UpstreamUnavailable(f"{self.url} does not answer") from error

    def _read(self, answer: httpx.Response) -> Json:
        if answer.is_success:
            read: Json = answer.json() if answer.content else {}
            return read
        reason = _problem(answer)
        if answer.status_code == 429:
            raise Throttled(reason, retry_after=int(answer.headers.get("retry-after", "60")))
        if answer.status_code >= 500:
            raise UpstreamUnavailable(reason)
        raise REFUSALS.get(answer.status_code, UpstreamRejected)(reason)


def _without_nulls(session: Json) -> Json:
    return {name: value for name, value in session.items() if value is not None}


def _problem(answer: httpx.Response) -> str:
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    reason: str = problem.get("detail") or problem.get("message") or f"The API answered {answer.status_code}"
    return reason
