"""Keys of programs: shown once, stored as a hash, ended at once."""

import re

import pytest

from pm_assistant.domain.accounts import Caller, Scope
from pm_assistant.domain.errors import Forbidden, InvalidRequest, NotFound
from pm_assistant.workflows.accounts.keys import create_key, revoke_key
from tests.builders import ACME, GLOBEX, NOW
from tests.fakes.unit import FakeApplication, FakeUnit

OWNER = Caller(tenant_id=ACME, kind="account", id="user-1", name="ada@acme.test", scope=Scope.OWNER)
PROGRAM = Caller(tenant_id=ACME, kind="key", id="k-1", name="CI", scope=Scope.ADMIN)


def test_a_key_is_shown_once_and_only_its_hash_is_kept() -> None:
    """Not even the hash is in what is printed."""
    unit = FakeUnit(ACME)

    key, secret = create_key("CI", Scope.RUN, OWNER, unit)

    assert re.fullmatch(rf"pma_{ACME}_{key.id}_[0-9a-f]{{64}}", secret)
    stored = unit.stores.api_keys.get(ACME, key.id)
    assert ("CI", Scope.RUN, "account:user-1", NOW, None) == (
        stored.name,
        stored.scope,
        stored.created_by,
        stored.created_at,
        stored.last_used_at,
    )
    assert secret.rpartition("_")[2] not in stored.model_dump_json()
    assert stored.digest not in repr(stored)


def test_no_two_keys_are_alike() -> None:
    """Also of the same name."""
    unit = FakeUnit(ACME)
    secrets = {create_key("CI", Scope.READ, OWNER, unit)[1] for _ in range(20)}

    assert 20 == len(secrets) == len(unit.stores.api_keys.all(ACME))


def test_a_key_is_less_than_an_owner_and_makes_no_keys() -> None:
    """It could outlive its own revocation otherwise."""
    unit = FakeUnit(ACME)
    with pytest.raises(InvalidRequest) as refused:
        create_key("CI", Scope.OWNER, OWNER, unit)
    assert "scope" == refused.value.field
    with pytest.raises(Forbidden):
        create_key("CI", Scope.READ, PROGRAM, unit)

    assert [] == list(unit.stores.api_keys.all(ACME))


def test_a_key_is_revoked_by_its_own_tenant() -> None:
    """To another it is not there."""
    app = FakeApplication()
    acme, globex = app.unit(ACME), app.unit(GLOBEX)
    key, _ = create_key("CI", Scope.RUN, OWNER, acme)
    with pytest.raises(NotFound):
        revoke_key(key.id, globex)
    assert [key] == list(app.stores.api_keys.all(ACME))

    assert key == revoke_key(key.id, acme)

    assert [] == list(app.stores.api_keys.all(ACME))
    with pytest.raises(NotFound):
        revoke_key(key.id, acme)
