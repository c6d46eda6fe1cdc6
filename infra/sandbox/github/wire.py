"""How GitHub's REST API knows its callers, cuts pages and says no."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import jwt
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.sandbox.core.config import Config, public_key
from infra.sandbox.core.state import Fault, Json

MAX_ASSERTION = timedelta(minutes=10)
CLOCK_DRIFT = timedelta(seconds=30)
MAX_PAGE = 100


class Denied(Exception):
    """GitHub says no; the text is its message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status

    @property
    def answer(self) -> Response:
        """What the caller gets."""
        manual = "https://docs.github.com/rest"
        body = {"message": str(self), "documentation_url": manual, "status": str(self.status)}
        return JSONResponse(body, status_code=self.status)


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
    """Cut one page, and say in the headers where the next one is."""
    size = min(_number(request, "per_page", 30), MAX_PAGE)
    number = _number(request, "page", 1)
    chosen = items[size * (number - 1) : size * number]
    following = request.url.include_query_params(page=number + 1)
    return chosen, {"link": f'<{following}>; rel="next"'} if size * number < len(items) else {}


def refusal(fault: Fault) -> Response:
    """The answer of a fault; the rate limit is the secondary one, which does not always say when to come again."""
    match fault.kind:
        case "rate_limit":
            response = Denied(403, "You have exceeded a secondary rate limit. Please wait before you try again.").answer
            if fault.retry_after is not None:
                response.headers["retry-after"] = str(round(fault.retry_after))
            return response
        case "revoked":
            return Denied(401, "Bad credentials").answer
        case "server_error" | "timeout" | "slow":
            body: Json = {"message": "Server Error"}
            return JSONResponse(body, status_code=502)


def _number(request: Request, name: str, default: int) -> int:
    number = request.query_params.get(name, "")
    return max(1, int(number)) if number.isdecimal() else default
