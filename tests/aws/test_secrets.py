"""Secrets are read seldom, together, and by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest

from pm_assistant.aws.secrets import FRESH_SECONDS, SsmSecrets
from pm_assistant.domain.errors import NotFound
from tests.aws.emulated import aws

if TYPE_CHECKING:
    from mypy_boto3_ssm.client import SSMClient


class Clock:
    """Seconds that pass when told to."""

    seconds = 0.0

    def __call__(self) -> float:
        """Now."""
        return self.seconds


@pytest.fixture
def ssm() -> Iterator[SSMClient]:
    """A Parameter Store with two secrets."""
    with aws():
        client = boto3.client("ssm")
        for name in ("one", "two/three"):
            client.put_parameter(Name=f"/pm/test/{name}", Value=f"value of {name}", Type="SecureString")
        yield client


def test_secrets_are_read_below_the_prefix_and_decrypted(ssm: SSMClient) -> None:
    """Several in one request."""
    secrets = SsmSecrets("/pm/test/", ssm)
    assert {"one": "value of one", "two/three": "value of two/three"} == secrets.get_all("one", "two/three")
    assert "value of one" == secrets.get("one")


def test_a_secret_is_kept_for_five_minutes_and_then_read_again(ssm: SSMClient) -> None:
    """A rotated secret is taken up without a restart."""
    clock = Clock()
    secrets = SsmSecrets("/pm/test", ssm, clock)
    secrets.get("one")
    ssm.put_parameter(Name="/pm/test/one", Value="rotated", Type="SecureString", Overwrite=True)
    clock.seconds = FRESH_SECONDS - 1
    kept = secrets.get("one")
    clock.seconds = FRESH_SECONDS
    assert ("value of one", "rotated") == (kept, secrets.get("one"))


def test_a_missing_secret_is_named(ssm: SSMClient) -> None:
    """The error says what to set; a value never appears in it."""
    with pytest.raises(NotFound, match="/pm/test/absent") as missing:
        SsmSecrets("/pm/test", ssm).get_all("one", "absent")
    assert "value" not in str(missing.value)
