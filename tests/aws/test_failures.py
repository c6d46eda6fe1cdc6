"""What AWS's clients raise has one meaning for us."""

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError

from pm_assistant.aws.failures import code_of, translate, translated
from pm_assistant.domain.errors import Misconfigured, UpstreamRejected, UpstreamUnavailable

if TYPE_CHECKING:
    from botocore.exceptions import _ResponseMetadataTypeDef as ResponseMetadataTypeDef


def client_error(code: str, status: int = 400) -> ClientError:
    """An answer of AWS that is an error."""
    metadata: ResponseMetadataTypeDef = {
        "RequestId": "r-1",
        "HostId": "",
        "HTTPStatusCode": status,
        "HTTPHeaders": {},
        "RetryAttempts": 0,
    }
    return ClientError({"Error": {"Code": code, "Message": "a secret"}, "ResponseMetadata": metadata}, "PutItem")


@pytest.mark.parametrize("code", ["ThrottlingException", "ProvisionedThroughputExceededException", "SlowDown"])
def test_throttling_is_passing(code: str) -> None:
    """Repeating helps."""
    assert UpstreamUnavailable is type(translate(client_error(code)))


def test_credentials_that_have_run_out_are_passing() -> None:
    """Lambda hands out fresh ones, although the refusal looks like one for good."""
    assert UpstreamUnavailable is type(translate(client_error("ExpiredToken", 403)))


@pytest.mark.parametrize("status", [500, 503])
def test_a_fault_on_their_side_is_passing(status: int) -> None:
    """Whatever its code."""
    assert UpstreamUnavailable is type(translate(client_error("Whatever", status)))


@pytest.mark.parametrize("code", ["ValidationException", "MessageRejected", "AWS.SimpleQueueService.Gone"])
def test_a_refusal_is_final(code: str) -> None:
    """Repeating does not help."""
    assert UpstreamRejected is type(translate(client_error(code)))


@pytest.mark.parametrize(
    "error",
    [
        client_error("AccessDeniedException"),
        client_error("AccessDenied", 403),
        client_error("KMS.AccessDeniedException"),
        client_error("KMS.DisabledException"),
        client_error("ResourceNotFoundException"),
        client_error("AWS.SimpleQueueService.NonExistentQueue"),
        client_error("NoSuchBucket", 404),
        client_error("UnrecognizedClientException"),
        client_error("InvalidAccessKeyId", 403),
        client_error("SignatureDoesNotMatch", 403),
        NoCredentialsError(),
        NoRegionError(),
    ],
    ids=str,
)
def test_a_right_or_a_thing_of_ours_that_is_missing_is_our_own_mistake(error: Exception) -> None:
    """Whoever asked is not to blame, and can go on once the deployment has been mended."""
    assert Misconfigured is type(translate(error))


@pytest.mark.parametrize(
    "error",
    [
        ConnectTimeoutError(endpoint_url="x"),
        ConnectionClosedError(endpoint_url="x"),
        EndpointConnectionError(endpoint_url="x"),
        HTTPClientError(error="x"),
        IncompleteReadError(actual_bytes=1, expected_bytes=2),
        ReadTimeoutError(endpoint_url="x"),
        ResponseParserError("no XML"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_no_answer_is_passing(error: Exception) -> None:
    """The request may have been carried out, or not; so may one whose answer cannot be read."""
    with pytest.raises(UpstreamUnavailable), translated():
        raise error


def test_a_call_that_never_left_is_final() -> None:
    """The client itself refused it."""
    assert UpstreamRejected is type(translate(ParamValidationError(report="a secret")))


@pytest.mark.parametrize(
    "error",
    [client_error("ValidationException"), client_error("AccessDenied"), ParamValidationError(report="a secret")],
)
def test_an_error_never_repeats_what_was_sent(error: Exception) -> None:
    """AWS's own text may quote it."""
    assert "secret" not in str(translate(error))


def test_a_code_is_read_without_the_services_prefix() -> None:
    """SQS's older form has one."""
    assert "NonExistentQueue" == code_of(client_error("AWS.SimpleQueueService.NonExistentQueue"))


def test_only_errors_of_aws_are_translated() -> None:
    """A mistake of ours stays visible as what it is."""
    with pytest.raises(KeyError), translated():
        raise KeyError("ours")
    with pytest.raises(UpstreamRejected), translated():
        raise client_error("ValidationException")
