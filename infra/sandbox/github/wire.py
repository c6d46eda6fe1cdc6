"""How GitHub's REST API knows its callers, cuts pages and says no."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.sandbox.core.config import Config, public_key
from infra.sandbox.core.state import Fault, Json

MAX_ASSERTION = timedelta(minutes=10)
CLOCK_DRIFT = timedelta(seconds=30)
MAX_PAGE = 100
MANUAL = "https://docs.github.com/rest"


class Denied(Exception):
    """GitHub says no; the text is its message."""

    def __init__(self, status: int, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    @property
    def answer(self) -> Response:
        """What the caller gets."""
        body = {"message": str(self), "documentation_url": MANUAL, "status": str(self.status)}
        return JSONResponse(body, status_code=self.status, headers=self.headers)


class Moved(Denied):
    """GitHub says where it is by now."""

    def __init__(self, url: str) -> None:
        super().__init__(301, "Moved Permanently", location=url)

    @property
    def answer(self) -> Response:
        """What the caller gets."""
        body = {"message": str(self), "url": self.headers["location"], "documentation_url": MANUAL}
        return JSONResponse(body, status_code=self.status, headers=self.headers)


def bearer(request: Request) -> str:
    """What the caller authenticates with.

    Raises:
        Denied: nothing.
    """
    scheme, _, credential = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() not in {"bearer", "token"} or not credential:
        raise Denied(401, "Requires authentication")
    return credential


def check_assertion(assertion: str, config: Config, now: datetime) -> None:
    """Check the JWT by which an App proves itself ("Generating a JSON Web Token (JWT) for a GitHub App").

    Raises:
        Denied: it proves nothing, or not for this long.
    """
    trusting: Any = {"verify_signature": False}
    checked: Any = {f"verify_{claim}": False for claim in ("exp", "iat", "nbf", "aud", "iss", "sub", "jti")}
    try:
        claims = jwt.decode(assertion, options=trusting)
        if not config.github_app_id or str(claims.get("iss")) not in {config.github_app_id, config.github_client_id}:
            raise Denied(404, "Integration not found")
        claims = jwt.decode(assertion, public_key(config.github_private_key), algorithms=["RS256"], options=checked)
    except (jwt.PyJWTError, ValueError) as error:
        raise Denied(401, "A JSON web token could not be decoded") from error
    issued, ends = claims.get("iat"), claims.get("exp")
    if not isinstance(ends, int | float) or ends <= now.timestamp():
        claim = "'Expiration time' claim ('exp') must be a numeric value representing the future time"
        raise Denied(401, f"{claim} at which the assertion expires")
    if ends > (now + MAX_ASSERTION + CLOCK_DRIFT).timestamp():
        raise Denied(401, "'Expiration time' claim ('exp') is too far in the future")
    if not isinstance(issued, int | float) or issued > (now + CLOCK_DRIFT).timestamp():
        claim = "'Issued at' claim ('iat') must be an Integer representing the time"
        raise Denied(401, f"{claim} that the assertion was issued")


def page[T](request: Request, items: Sequence[T]) -> tuple[Sequence[T], dict[str, str]]:
    """Cut one page, and say in the headers where the others are."""
    size = page_size(request)
    number, last = number_of(request, "page", 1), max(1, -(-len(items) // size))
    chosen = items[size * (number - 1) : size * number]
    others = {"prev": number - 1, "next": number + 1, "last": last, "first": 1}
    if number <= 1:
        others = {name: each for name, each in others.items() if name not in {"prev", "first"}}
    if number >= last:
        others = {name: each for name, each in others.items() if name not in {"next", "last"}}
    links = [f'<{request.url.include_query_params(page=each)}>; rel="{name}"' for name, each in others.items()]
    return chosen, {"link": ", ".join(links)} if links else {}


def page_size(request: Request) -> int:
    """How many are wanted on a page, and may be."""
    return min(number_of(request, "per_page", 30), MAX_PAGE)


def one_of(request: Request, name: str, default: str, *others: str) -> str:
    """An argument that has to be one of a few.

    Raises:
        Denied: it is another.
    """
    value = request.query_params.get(name, default)
    if value not in {default, *others}:
        raise Denied(422, "Validation Failed")
    return value


def since(request: Request) -> datetime | None:
    """From when on things are wanted.

    Raises:
        Denied: that is no time.
    """
    given = request.query_params.get("since", "")
    try:
        return read_time(given) if given else None
    except ValueError as error:
        raise Denied(422, "Validation Failed") from error


def read_time(written: str) -> datetime:
    """A time as somebody wrote it; UTC where that is not said.

    Raises:
        ValueError: it is none.
    """
    at = datetime.fromisoformat(written)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def refusal(fault: Fault, now: datetime) -> Response:
    """The answer of a fault; the secondary rate limit does not always say when to come again, the primary one does."""
    match fault.kind:
        case "rate_limit" if fault.limit == "primary":
            resets_at = now + timedelta(seconds=1 if fault.retry_after is None else fault.retry_after)
            limited = Denied(429, "API rate limit exceeded.", x_ratelimit_remaining="0")
            limited.headers["x-ratelimit-reset"] = str(round(resets_at.timestamp()))
            return limited.answer
        case "rate_limit":
            response = Denied(403, "You have exceeded a secondary rate limit. Please wait before you try again.").answer
            if fault.retry_after is not None:
                response.headers["retry-after"] = str(round(fault.retry_after))
            return response
        case "revoked":
            return Denied(401, "Bad credentials").answer
        case "server_error" | "timeout" | "slow" | "page" | "cut" | "reset" | "hallucinate":
            body: Json = {"message": "Server Error"}
            return JSONResponse(body, status_code=502)


def number_of(request: Request, name: str, default: int) -> int:
    """An argument that counts."""
    number = request.query_params.get(name, "")
    return max(1, int(number)) if number.isdecimal() else default
