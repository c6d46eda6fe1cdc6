"""Whoever is at a terminal is told what to pass."""

import re
import string
from inspect import isclass

import botocore.exceptions
import pytest
from botocore.exceptions import BotoCoreError

from pm_assistant.aws import advice as told
from pm_assistant.aws.failures import translated
from pm_assistant.domain.errors import ProductError
from tests.aws.test_failures import client_error

KINDS = {
    name: kind
    for name, kind in vars(botocore.exceptions).items()
    if isclass(kind) and issubclass(kind, BotoCoreError) and kind is not BotoCoreError
}
ABOUT_THE_TERMINAL = re.compile("Region|Credential|Profile|Config|SSO|Login|Token|Proxy|Proxies|Auth|Endpoint|MFA")
OF_OUR_CODE = {
    "UnsupportedS3AccesspointConfigurationError",
    "UnsupportedS3ControlConfigurationError",
    "WaiterConfigError",
}
"""We ask neither of those, and wait as we have written."""
OTHERS = {"ParamValidationError", "UnknownServiceError", "PaginationError", "StubResponseError", "ValidationError"}


def raised(kind: type[BotoCoreError]) -> BotoCoreError:
    """One of the kind, with every blank of its text filled in."""
    blanks = [field for _, field, _, _ in string.Formatter().parse(kind.fmt) if field]
    return kind(**{**dict.fromkeys(blanks, "eu-wst-1"), "error": "eu-wst-1", "error_msg": "eu-wst-1"})


def said(error: Exception) -> str | None:
    """What is said after the error has become one of the product's."""
    with pytest.raises(ProductError) as caught, translated():
        raise error
    return told.advice(caught.value, profile="--profile NAME", region="--region NAME")


def test_whatever_is_wrong_with_the_terminals_own_aws_is_said_with_what_to_do() -> None:
    """Region, profile, credentials, login, configuration: each kind that the client library has."""
    assert told._BY_KIND.keys() <= KINDS.keys()
    silent = {name for name, kind in KINDS.items() if ABOUT_THE_TERMINAL.search(name) and not said(raised(kind))}
    assert OF_OUR_CODE == silent


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_what_our_own_code_did_is_nobodys_to_mend(name: str) -> None:
    """Its text may hold what was sent, and is not shown."""
    assert said(raised(KINDS[name])) is None


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ExpiredToken", "have expired: log in .*--profile NAME"),
        ("ExpiredTokenException", "have expired"),
        ("InvalidClientTokenId", "does not know these credentials: .*--profile NAME"),
        ("UnrecognizedClientException", "does not know these credentials"),
        ("SignatureDoesNotMatch", "does not know these credentials"),
        ("RequestTimeTooSkewed", "set its clock"),
        ("AccessDenied", r"may not do that \(PutItem\): say --profile NAME"),
        ("KMS.AccessDeniedException", "may not do that"),
        ("OptInRequired", "--region NAME"),
    ],
)
def test_whom_aws_does_not_take_is_said_with_what_to_do(code: str, words: str) -> None:
    """By its code, whatever was asked."""
    assert re.search(words, said(client_error(code)) or "")


def test_other_refusals_say_themselves_what_they_are() -> None:
    """So do errors that AWS has no part in."""
    assert said(client_error("ValidationException")) is None
    assert told.advice(ProductError("no such tenant"), profile="", region="") is None
