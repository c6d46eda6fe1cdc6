"""Long-lived keys with which programs use what people use."""

import hashlib
import secrets

from pm_assistant.domain.accounts import ApiKey, Caller, Scope
from pm_assistant.domain.errors import Forbidden, InvalidRequest
from pm_assistant.ports.unit import Unit

PREFIX = "pma"
"""What secret scanners know a key by."""


def create_key(name: str, scope: Scope, caller: Caller, unit: Unit, *, write: str | None = None) -> tuple[ApiKey, str]:
    """Make a key and return it with its only copy, `pma_<tenant>_<key id>_<secret>`.

    Made again in the same write, it takes the place of the one whose secret nobody was shown.

    Raises:
        Forbidden: a program may not make keys, it could outlive its own.
        InvalidRequest: `scope` is more than a key may have.
    """
    if caller.kind != "account":
        raise Forbidden("keys are made by people")
    if scope is Scope.OWNER:
        raise InvalidRequest("a key has the scope read, run or admin", field="scope")
    secret = secrets.token_hex(32)
    key = ApiKey(
        id=(write or secrets.token_hex(8))[:16],
        tenant_id=unit.tenant_id,
        name=name,
        scope=scope,
        digest=digest(secret),
        created_by=caller.actor,
        created_at=unit.now(),
    )
    unit.stores.api_keys.put(key)
    return key, f"{PREFIX}_{key.tenant_id}_{key.id}_{secret}"


def revoke_key(key_id: str, unit: Unit) -> ApiKey:
    """End a key at once.

    Raises:
        NotFound: there is no such key.
    """
    key = unit.stores.api_keys.get(unit.tenant_id, key_id)
    unit.stores.api_keys.remove(key.tenant_id, key.id)
    return key


def digest(secret: str) -> str:
    """What is kept of a key; its secret is random enough that a plain hash cannot be searched."""
    return hashlib.sha256(secret.encode()).hexdigest()
