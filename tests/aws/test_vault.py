"""The sealed form: read back from earlier versions of us, and under the key before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr

from pm_assistant.aws.vault import KmsVault
from pm_assistant.domain.errors import Forbidden
from pm_assistant.domain.tenants import Credentials, Provider
from tests.aws.emulated import aws
from tests.builders import ACME

if TYPE_CHECKING:
    from mypy_boto3_kms.client import KMSClient

CREDENTIALS = Credentials(access_token=SecretStr("token"))


@pytest.fixture
def kms() -> Iterator[KMSClient]:
    """An account without keys."""
    with aws():
        yield boto3.client("kms")


def a_kms_key(kms: KMSClient) -> str:
    """The id of a new key."""
    return kms.create_key()["KeyMetadata"]["KeyId"]


def test_credentials_sealed_before_tokens_could_be_refreshed_still_open(kms: KMSClient) -> None:
    """The text was an access token alone."""
    key_id, context = a_kms_key(kms), {"tenant": ACME, "provider": "slack"}
    key = kms.generate_data_key(KeyId=key_id, KeySpec="AES_256", EncryptionContext=context)
    head = b"\x01" + len(key["CiphertextBlob"]).to_bytes(2) + key["CiphertextBlob"]
    associated = head + b'{"provider": "slack", "tenant": "acme"}'
    text = AESGCM(key["Plaintext"]).encrypt(b"n" * 12, b'{"access_token": "token"}', associated)
    assert CREDENTIALS == KmsVault(key_id, kms).open(ACME, Provider.SLACK, head + b"n" * 12 + text)


def test_a_key_is_changed_without_anybody_connecting_again(kms: KMSClient) -> None:
    """While both keys are named all opens; once all is resealed the former can go."""
    old, new = a_kms_key(kms), a_kms_key(kms)
    sealed = KmsVault(old, kms).seal(ACME, Provider.SLACK, CREDENTIALS)
    changing = KmsVault(new, kms, former=old)
    assert CREDENTIALS == changing.open(ACME, Provider.SLACK, sealed)
    resealed = changing.reseal(ACME, Provider.SLACK, sealed)
    kms.disable_key(KeyId=old)
    assert CREDENTIALS == KmsVault(new, kms).open(ACME, Provider.SLACK, resealed)


def test_what_a_strangers_key_sealed_does_not_open(kms: KMSClient) -> None:
    """Even one that we could use: only the keys we were told count."""
    strange = KmsVault(a_kms_key(kms), kms).seal(ACME, Provider.SLACK, CREDENTIALS)
    for vault in (KmsVault(a_kms_key(kms), kms), KmsVault(a_kms_key(kms), kms, former=a_kms_key(kms))):
        with pytest.raises(Forbidden):
            vault.open(ACME, Provider.SLACK, strange)


def test_the_same_credentials_are_never_sealed_alike(kms: KMSClient) -> None:
    """Who reads the table cannot tell that a token stayed the same."""
    vault = KmsVault(a_kms_key(kms), kms)
    once, again = (vault.seal(ACME, Provider.SLACK, CREDENTIALS) for _ in range(2))
    assert once != again
    assert again != vault.reseal(ACME, Provider.SLACK, again)
