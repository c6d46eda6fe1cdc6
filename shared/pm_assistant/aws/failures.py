"""The one place where what AWS's clients raise becomes an error of ours."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    CredentialRetrievalError,
    HTTPClientError,
    IncompleteReadError,
)

from pm_assistant.domain.errors import UpstreamError, UpstreamRejected, UpstreamUnavailable

_PASSING = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InternalServerError",
        "InternalError",
        "KMSInternalException",
        "DependencyTimeoutException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "ServiceUnavailable",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflictException",
    }
)
"""Codes that AWS documents as worth repeating, some of which come with status 400."""

_UNANSWERED = (HTTPClientError, ConnectionError, IncompleteReadError, CredentialRetrievalError)


def code_of(error: ClientError) -> str:
    """Read AWS's own name of a failure, without the `Sender` half that SQS may put before it."""
    return error.response.get("Error", {}).get("Code", "Unknown").rpartition(".")[2]


def translate(error: Exception) -> UpstreamError:
    """Say what a failure means for us; its text names operation and code only, never what was sent."""
    if isinstance(error, ClientError):
        code = code_of(error)
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        text = f"AWS answered {error.operation_name} with {code}"
        return UpstreamUnavailable(text) if code in _PASSING or status >= 500 else UpstreamRejected(text)
    if isinstance(error, _UNANSWERED):
        return UpstreamUnavailable(f"AWS did not answer: {type(error).__name__}")
    return UpstreamRejected(f"AWS client refused the call: {type(error).__name__}")


@contextmanager
def translated() -> Iterator[None]:
    """Let errors of a boto3 client leave as ours.

    Raises:
        UpstreamUnavailable: throttled, a fault on AWS's side or no connection; repeating may help.
        UpstreamRejected: anything else; repeating will not help.
    """
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise translate(error) from error
