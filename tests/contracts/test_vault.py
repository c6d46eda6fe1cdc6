"""Credentials open for their own tenant and vendor only."""

from collections.abc import Iterator
from datetime import UTC

import boto3
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from pm_assistant.aws.vault import KmsVault
from pm_assistant.domain.errors import Forbidden
from pm_assistant.domain.tenants import CalendarProvider, Credentials, Grantor, Provider, TenantId
from pm_assistant.ports.connections import Vault
from tests.aws.emulated import aws
from tests.builders import ACME, GLOBEX, NOW
from tests.fakes.stores import FakeVault

CREDENTIALS = Credentials(
    access_token=SecretStr("a-token-of-ünusual-form"),
    refresh_token=SecretStr("a-refresh-token"),
    expires_at=NOW,
)
SECRETS = st.builds(SecretStr, st.text(max_size=3_000))
ANY_CREDENTIALS = st.builds(
    Credentials,
    access_token=SECRETS,
    refresh_token=st.none() | SECRETS,
    expires_at=st.none() | st.datetimes(timezones=st.just(UTC)),
)
OWNERS = st.tuples(
    st.sampled_from([ACME, GLOBEX, TenantId("acme|slack"), TenantId("")]),
    st.sampled_from([*Provider, *CalendarProvider]),
)


@pytest.fixture(params=["fake", "kms"], scope="module")
def vault(request: pytest.FixtureRequest) -> Iterator[Vault]:
    """The fake, and the real one on an emulated KMS."""
    if request.param == "fake":
        yield FakeVault()
        return
    with aws():
        client = boto3.client("kms")
        yield KmsVault(client.create_key()["KeyMetadata"]["KeyId"], client)


def test_what_was_sealed_is_not_seen(vault: Vault) -> None:
    """The sealed form shows none of the secrets."""
    sealed = vault.seal(ACME, Provider.SLACK, CREDENTIALS)
    assert b"a-token" not in sealed
    assert b"a-refresh-token" not in sealed


@settings(max_examples=40, deadline=None)
@given(owner=OWNERS, credentials=ANY_CREDENTIALS)
def test_what_was_sealed_opens_for_its_owner(
    vault: Vault, owner: tuple[TenantId, Grantor], credentials: Credentials
) -> None:
    """Opening gives back exactly what was sealed, also after it has been sealed again."""
    sealed = vault.seal(*owner, credentials)
    assert credentials == vault.open(*owner, sealed)
    assert credentials == vault.open(*owner, vault.reseal(*owner, sealed))


@settings(max_examples=60, deadline=None)
@given(owner=OWNERS, thief=OWNERS)
def test_it_opens_for_no_other_tenant_and_no_other_vendor(
    vault: Vault, owner: tuple[TenantId, Grantor], thief: tuple[TenantId, Grantor]
) -> None:
    """A sealed text that is moved to another row is worthless there, and cannot be sealed again for it."""
    assume(owner != thief)
    sealed = vault.seal(*owner, CREDENTIALS)
    with pytest.raises(Forbidden):
        vault.open(*thief, sealed)
    with pytest.raises(Forbidden):
        vault.reseal(*thief, sealed)


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
