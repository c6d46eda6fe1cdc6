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
    NoCredentialsError,
    NoRegionError,
)
from botocore.parsers import ResponseParserError

from pm_assistant.domain import causes
from pm_assistant.domain.errors import Misconfigured, UpstreamError, UpstreamRejected, UpstreamUnavailable
from pm_assistant.domain.languages import Translatable

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

_OURS = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AccountSuspendedException",
        "DisabledException",
        "InvalidClientTokenId",
        "InvalidEmailRoleAccessPolicyException",
        "KMSInvalidStateException",
        "KmsAccessDenied",
        "KmsDisabled",
        "KmsInvalidState",
        "KmsNotFound",
        "MailFromDomainNotVerifiedException",
        "NoSuchBucket",
        "NonExistentQueue",
        "NotFoundException",
        "QueueDoesNotExist",
        "ResourceNotFoundException",
        "SendingPausedException",
        "UnrecognizedClientException",
    }
)
"""Codes for a right that we lack, or for something of the stack's own that is not there or switched off.

Whatever else comes with status 403 is about our rights or our credentials, too. Where one of them has another meaning,
as for a schedule that is gone, the adapter reads it before.
"""

_UNANSWERED = (HTTPClientError, ConnectionError, IncompleteReadError, CredentialRetrievalError, ResponseParserError)


def code_of(error: ClientError) -> str:
    """Read AWS's own name of a failure, without the `Sender` half that SQS may put before it."""
    return error.response.get("Error", {}).get("Code", "Unknown").rpartition(".")[2]


def translate(error: Exception) -> Misconfigured | UpstreamError:
    """Say what a failure means for us; its text names operation and code only, never what was sent."""
    if isinstance(error, ClientError):
        code = code_of(error)
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        text = Translatable("AWS answered {operation} with {code}", operation=error.operation_name, code=code)
        if code in _PASSING or status >= 500:
            return UpstreamUnavailable(text)
        return Misconfigured(text) if code in _OURS or status == 403 else UpstreamRejected(text)
    if isinstance(error, _UNANSWERED):
        return UpstreamUnavailable(causes.did_not_answer("AWS", error))
    if isinstance(error, NoCredentialsError | NoRegionError):
        return Misconfigured(Translatable("AWS client refused the call: {what}", what=type(error).__name__))
    return UpstreamRejected(causes.refused("AWS", type(error).__name__))


@contextmanager
def translated() -> Iterator[None]:
    """Let errors of a boto3 client leave as ours.

    Raises:
        Misconfigured: we lack the right, or what we ask for is not there.
        UpstreamUnavailable: throttled, a fault on AWS's side or no connection; repeating may help.
        UpstreamRejected: anything else; repeating will not help.
    """
    try:
        yield
    except (ClientError, BotoCoreError, ResponseParserError) as error:
        raise translate(error) from error
