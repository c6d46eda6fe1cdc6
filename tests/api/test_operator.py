"""Those who operate the service see how all tenants fare; nobody else does, and every look is in their trail."""

from collections.abc import Callable

import pytest

from pm_assistant.api import context
from pm_assistant.domain.accounts import Role, Scope
from pm_assistant.domain.jobs import APP
from tests.api.conftest import OPERATOR, Client, World
from tests.api.test_isolation import WRITTEN
from tests.builders import ACME, GLOBEX

OPERATIONS = [
    (method.upper(), path)
    for path, operations in WRITTEN["paths"].items()
    for method in operations
    if path.startswith("/v1/operator/")
]
"""Every route of theirs, by the API's own description."""
OTHERS: dict[str, Callable[[World], Client]] = {
    "owner": lambda world: world.owner,
    "stranger": lambda world: world.stranger,
    "admin's key": lambda world: world.as_program(Scope.ADMIN),
    "unproven": lambda world: without_address(world.operator),
    "alike": lambda world: world.as_person(Role.OWNER, email=f"{OPERATOR}.evil.test"),
}


def without_address(client: Client) -> Client:
    """Somebody whose token does not say that the address is theirs."""
    return Client({name: word for name, word in (client.authorizer or {}).items() if name != "email"})


@pytest.mark.parametrize("who", OTHERS)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_nobody_else_gets_past_the_door(world: World, method: str, path: str, who: str) -> None:
    """Whatever they are to a tenant; and as they saw nothing, there is no look to note."""
    answer = OTHERS[who](world).send(
        method, path.replace("{tenant_id}", GLOBEX), {"reason": "x"} if method == "POST" else None
    )

    assert (403, "this is for those who operate the service") == (answer.status, answer.json["detail"])
    assert [] == list(world.stores.audit.latest(APP, limit=10))


def test_an_operator_is_to_their_own_tenant_what_they_were(world: World) -> None:
    """A mere member stays one."""
    assert 200 == world.operator.get("/v1/operator/audit").status
    assert 403 == world.operator.patch("/v1/tenant", {"name": "Mine"}).status
    assert GLOBEX == world.operator.get("/v1/me").json["tenant_id"]


def test_every_look_is_in_the_operators_trail(world: World) -> None:
    """The look at the trail itself, too; and no tenant finds it in its own."""
    world.operator.get("/v1/operator/audit")

    [entry] = world.operator.get("/v1/operator/audit", limit=1).json["items"]

    assert ("operator.list_operators_audit", OPERATOR) == (entry["action"], entry["actor_name"])
    assert 2 == len(world.stores.audit.latest(APP, limit=10))
    assert [] == list(world.stores.audit.latest(GLOBEX, limit=10))
    assert [] == list(world.stores.audit.latest(ACME, limit=10))


def test_where_the_stage_names_nobody_there_is_no_operator(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """As by default."""
    monkeypatch.setenv("OPERATOR_EMAILS", "")
    context.settings.cache_clear()

    assert 403 == world.operator.get("/v1/operator/audit").status
