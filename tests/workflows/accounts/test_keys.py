"""Keys of programs: shown once, stored as a hash, ended at once."""

import re

import pytest

from pm_assistant.domain.accounts import Caller, Scope
from pm_assistant.domain.errors import Forbidden, InvalidRequest, NotFound
from pm_assistant.workflows.accounts.keys import create_key, revoke_key
from tests.builders import ACME, GLOBEX, NOW
from tests.fakes.stores import FakeApiKeys

OWNER = Caller(tenant_id=ACME, kind="account", id="user-1", name="ada@acme.test", scope=Scope.OWNER)
STRANGER = OWNER.model_copy(update={"tenant_id": GLOBEX})
PROGRAM = Caller(tenant_id=ACME, kind="key", id="k-1", name="CI", scope=Scope.ADMIN)


def test_a_key_is_shown_once_and_only_its_hash_is_kept() -> None:
    """Not even the hash is in what is printed."""
    keys = FakeApiKeys()

    made, shown = create_key("CI", Scope.RUN, caller=OWNER, api_keys=keys, now=NOW)

    assert re.fullmatch(rf"pma_{ACME}_{made.id}_[0-9a-f]{{64}}", shown)
    kept = keys.get(ACME, made.id)
    assert ("CI", Scope.RUN, "account:user-1", NOW, None) == (
        kept.name,
        kept.scope,
        kept.created_by,
        kept.created_at,
        kept.last_used_at,
    )
    assert shown.rpartition("_")[2] not in kept.model_dump_json()
    assert kept.digest not in repr(kept)


def test_no_two_keys_are_alike() -> None:
    """Also of the same name."""
    keys = FakeApiKeys()
    shown = {create_key("CI", Scope.READ, caller=OWNER, api_keys=keys, now=NOW)[1] for _ in range(20)}

    assert 20 == len(shown) == len(keys.all(ACME))


def test_a_key_is_less_than_an_owner_and_makes_no_keys() -> None:
    """It could outlive its own revocation otherwise."""
    keys = FakeApiKeys()
    with pytest.raises(InvalidRequest) as refused:
        create_key("CI", Scope.OWNER, caller=OWNER, api_keys=keys, now=NOW)
    assert "scope" == refused.value.field
    with pytest.raises(Forbidden):
        create_key("CI", Scope.READ, caller=PROGRAM, api_keys=keys, now=NOW)

    assert [] == list(keys.all(ACME))


def test_a_key_is_revoked_by_its_own_tenant() -> None:
    """To another it is not there."""
    keys = FakeApiKeys()
    made, _ = create_key("CI", Scope.RUN, caller=OWNER, api_keys=keys, now=NOW)
    with pytest.raises(NotFound):
        revoke_key(made.id, caller=STRANGER, api_keys=keys)
    assert [made] == list(keys.all(ACME))

    assert made == revoke_key(made.id, caller=OWNER, api_keys=keys)

    assert [] == list(keys.all(ACME))
    with pytest.raises(NotFound):
        revoke_key(made.id, caller=OWNER, api_keys=keys)
