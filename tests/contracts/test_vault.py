"""Credentials open for their own tenant and vendor only."""

from collections.abc import Iterator

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from pm_assistant.aws.vault import KmsVault
from pm_assistant.domain.errors import Forbidden
from pm_assistant.domain.tenants import Credentials, Provider
from pm_assistant.ports import Vault
from tests.aws.emulated import aws
from tests.builders import ACME, GLOBEX
from tests.fakes.stores import FakeVault

CREDENTIALS = Credentials(access_token=SecretStr("a-token-of-ünusual-form"))


@pytest.fixture(params=["fake", "kms"], scope="module")
def vault(request: pytest.FixtureRequest) -> Iterator[Vault]:
    """The fake, and the real one on an emulated KMS."""
    if request.param == "fake":
        yield FakeVault()
        return
    with aws():
        client = boto3.client("kms")
        yield KmsVault(client.create_key()["KeyMetadata"]["KeyId"], client)


def test_what_was_sealed_opens_for_its_owner(vault: Vault) -> None:
    """Opening gives back exactly what was sealed, and the sealed form does not show it."""
    sealed = vault.seal(ACME, Provider.SLACK, CREDENTIALS)
    assert CREDENTIALS == vault.open(ACME, Provider.SLACK, sealed)
    assert CREDENTIALS.access_token.get_secret_value().encode() not in sealed


def test_it_opens_for_no_other_tenant_and_no_other_vendor(vault: Vault) -> None:
    """A sealed text copied to another row is worthless there."""
    sealed = vault.seal(ACME, Provider.SLACK, CREDENTIALS)
    for tenant_id, provider in ((GLOBEX, Provider.SLACK), (ACME, Provider.LINEAR)):
        with pytest.raises(Forbidden):
            vault.open(tenant_id, provider, sealed)


@settings(max_examples=40, deadline=None)
@given(position=st.integers(min_value=0), bit=st.integers(0, 7))
def test_one_changed_bit_keeps_it_shut(vault: Vault, position: int, bit: int) -> None:
    """Every byte of the sealed form is under the seal."""
    tampered = bytearray(vault.seal(ACME, Provider.SLACK, CREDENTIALS))
    tampered[position % len(tampered)] ^= 1 << bit
    with pytest.raises(Forbidden):
        vault.open(ACME, Provider.SLACK, bytes(tampered))


@settings(max_examples=40, deadline=None)
@given(junk=st.binary(max_size=80))
def test_what_was_never_sealed_does_not_open(vault: Vault, junk: bytes) -> None:
    """Junk and cut-off texts are refused, not misread."""
    sealed = vault.seal(ACME, Provider.SLACK, CREDENTIALS)
    for text in (junk, sealed[: len(junk)]):
        with pytest.raises(Forbidden):
            vault.open(ACME, Provider.SLACK, text)
