"""How OpenAI says no (platform.openai.com, error codes)."""

from starlette.responses import JSONResponse, Response

from infra.sandbox.core.state import Fault


class Refused(Exception):
    """OpenAI says no; the text is its message, `param` what in the request it is about."""

    def __init__(self, status: int, code: str | None, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.param = param

    @property
    def answer(self) -> Response:
        """What the caller gets."""
        kind = "server_error" if self.status >= 500 else _KINDS.get(self.status, "invalid_request_error")
        kind = QUOTA if self.code == QUOTA else kind
        error = {"message": str(self), "type": kind, "param": self.param, "code": self.code}
        return JSONResponse({"error": error}, status_code=self.status)


_KINDS = {429: "requests"}
QUOTA = "insufficient_quota"


def refusal(fault: Fault) -> Response:
    """The answer of a fault."""
    match fault.kind:
        case "rate_limit" if fault.limit == "quota":
            what = "You exceeded your current quota, please check your plan and billing details."
            return Refused(429, QUOTA, what).answer
        case "rate_limit":
            response = Refused(429, "rate_limit_exceeded", "Rate limit reached for requests.").answer
            response.headers["retry-after"] = str(1 if fault.retry_after is None else fault.retry_after)
            return response
        case "revoked":
            return incorrect_key().answer
        case "server_error" | "timeout" | "slow" | "page" | "cut" | "reset" | "hallucinate":
            return Refused(500, None, "The server had an error while processing your request.").answer


def incorrect_key() -> Refused:
    """The key is not one that was handed out."""
    return Refused(401, "invalid_api_key", "Incorrect API key provided.")
