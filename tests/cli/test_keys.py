"""`pm operator rotate-key`: everything lies under the key that counts now, and still opens."""

from typing import Any

import boto3
from pydantic import SecretStr

from pm_assistant.aws.vault import KmsVault
from pm_assistant.domain.tenants import CalendarProvider, Credentials, Provider, TenantId
from tests.builders import ACME, GLOBEX, a_calendar, a_connection
from tests.cli.conftest import StackAndTerminal

CREDENTIALS = Credentials(access_token=SecretStr("a-token"))


def a_vault() -> tuple[str, KmsVault]:
    """A new KMS key, and who seals under it."""
    client = boto3.client("kms")
    key = client.create_key()["KeyMetadata"]["KeyId"]
    return key, KmsVault(key, client)


def keep(terminal: StackAndTerminal, vault: KmsVault, tenant_id: TenantId, **changes: Any) -> bytes:
    """Store a connection with sealed credentials, and return these."""
    sealed = vault.seal(tenant_id, Provider.SLACK, CREDENTIALS)
    terminal.stores.connections.put(a_connection(tenant_id, sealed_credentials=sealed, **changes))
    return sealed


def stored(terminal: StackAndTerminal, tenant_id: TenantId) -> bytes:
    """What the connection to Slack holds."""
    return terminal.stores.connections.get(tenant_id, Provider.SLACK).sealed_credentials


def test_all_tenants_credentials_are_sealed_anew(terminal: StackAndTerminal) -> None:
    """None is left out, and each opens as before."""
    key, vault = a_vault()
    terminal.describe(kms_key_id=key)
    terminal.stores.connections.remove(ACME, Provider.LINEAR)
    before = {ACME: keep(terminal, vault, ACME), GLOBEX: keep(terminal, vault, GLOBEX, external_id="T0GLOBEX")}

    answer = terminal.pm("operator", "rotate-key")

    assert (0, "2 connections sealed anew\n") == (answer.code, answer.out)
    for tenant_id, sealed in before.items():
        assert sealed != stored(terminal, tenant_id)
        assert CREDENTIALS == vault.open(tenant_id, Provider.SLACK, stored(terminal, tenant_id))


def test_peoples_calendars_are_sealed_anew_as_well(terminal: StackAndTerminal) -> None:
    """One that does not open is named by whose it is."""
    key, vault = a_vault()
    _, other = a_vault()
    terminal.describe(kms_key_id=key)
    for connection in terminal.stores.connections.all(ACME):
        terminal.stores.connections.remove(ACME, connection.provider)
    google, calendars = CalendarProvider.GOOGLE, terminal.stores.calendars
    ada = a_calendar(sealed_credentials=vault.seal(ACME, google, CREDENTIALS))
    calendars.put(ada)
    calendars.put(a_calendar(member_id="U0BOB", sealed_credentials=other.seal(ACME, google, CREDENTIALS)))

    answer = terminal.pm("operator", "rotate-key")

    assert (1, "1 connection sealed anew\n") == (answer.code, answer.out)
    assert "These do not open: google of U0BOB of acme\n" == answer.err
    after = calendars.get(ACME, "U0ADA")
    assert after is not None
    assert ada.sealed_credentials != after.sealed_credentials
    assert CREDENTIALS == vault.open(ACME, google, after.sealed_credentials)


def test_what_lies_under_a_former_key_is_brought_under_the_new_one(terminal: StackAndTerminal) -> None:
    """Afterwards the former key can go."""
    (former, old), (key, new) = a_vault(), a_vault()
    terminal.describe(kms_key_id=key)
    terminal.stores.connections.remove(ACME, Provider.LINEAR)
    keep(terminal, old, ACME)

    assert 0 == terminal.pm("operator", "rotate-key", "--former", former).code
    assert CREDENTIALS == new.open(ACME, Provider.SLACK, stored(terminal, ACME))


def test_what_does_not_open_is_named_and_left_alone(terminal: StackAndTerminal) -> None:
    """The others are done all the same."""
    (_, other), (key, vault) = a_vault(), a_vault()
    terminal.describe(kms_key_id=key)
    terminal.stores.connections.remove(ACME, Provider.LINEAR)
    shut = keep(terminal, other, ACME)
    keep(terminal, vault, GLOBEX, external_id="T0GLOBEX")

    answer = terminal.pm("operator", "rotate-key")

    assert (1, "1 connection sealed anew\n") == (answer.code, answer.out)
    assert "These do not open: slack of acme\n" == answer.err
    assert shut == stored(terminal, ACME)


def test_a_former_key_that_is_none_is_refused_before_anything_is_sealed(terminal: StackAndTerminal) -> None:
    """Whoever has misspelt it would be told that all is done."""
    key, vault = a_vault()
    terminal.describe(kms_key_id=key)
    terminal.stores.connections.remove(ACME, Provider.LINEAR)
    before = keep(terminal, vault, ACME)

    answer = terminal.pm("operator", "rotate-key", "--former", "nope")

    assert (1, "", "--former: KMS shows no key nope\n") == (answer.code, answer.out, answer.err)
    assert before == stored(terminal, ACME)
