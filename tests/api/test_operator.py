"""Those who operate the service see how all tenants fare; nobody else does, and every look is in their trail."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from pm_assistant.api import context
from pm_assistant.domain.accounts import Role, Scope
from pm_assistant.domain.jobs import APP
from tests.api.conftest import OPERATOR, Client, World
from tests.api.test_isolation import WRITTEN
from tests.builders import ACME, GLOBEX, NOW, a_health
from tests.fakes.aws import FakeStageMetrics

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
    bodies = {"suspend": {"reason": "x"}, "billing": {"raises": {"decisions": 9}}}
    body = bodies.get(path.rpartition("/")[2])

    answer = OTHERS[who](world).send(method, path.replace("{tenant_id}", GLOBEX), body)

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


def test_a_tenant_is_suspended_and_resumed(world: World) -> None:
    """Its people are told why wherever they may not do more, and by the tenant itself; both trails say so."""
    answer = world.operator.post(f"/v1/operator/tenants/{ACME}/suspend", {"reason": "the invoice was returned"})

    assert (200, "the invoice was returned") == (answer.status, answer.json["suspended_because"])
    refused = world.owner.patch("/v1/settings", {"shadow": True})
    assert 409 == refused.status
    assert "the invoice was returned" in refused.json["detail"]
    shown = world.member.get("/v1/tenant").json
    assert ("active", "the invoice was returned") == (shown["state"], shown["suspended_because"])
    assert 200 == world.stranger.patch("/v1/settings", {"shadow": True}).status

    assert 200 == world.operator.post(f"/v1/operator/tenants/{ACME}/resume").status
    assert 200 == world.owner.patch("/v1/settings", {"shadow": True}).status
    assert world.member.get("/v1/tenant").json["suspended_since"] is None
    theirs = [(entry.action, entry.actor_name) for entry in world.stores.audit.latest(ACME, limit=9)]
    assert [("settings.changed", "owner@acme.test"), ("tenant.resumed", ""), ("tenant.suspended", "")] == theirs
    ours = [(entry.action, entry.target) for entry in world.stores.audit.latest(APP, limit=9)]
    assert {
        ("operator.suspend_tenant", ACME),
        ("tenant.suspended", ACME),
        ("operator.resume_suspended_tenant", ACME),
        ("tenant.resumed", ACME),
    } == set(ours)


def test_a_suspended_team_can_take_its_data_along_and_end(world: World) -> None:
    """And lock people out; the rest is refused, by rule and not by list."""
    world.operator.post(f"/v1/operator/tenants/{ACME}/suspend", {"reason": "x"})

    assert 202 == world.owner.post("/v1/exports").status
    assert 200 == world.owner.post("/v1/me/logout-everywhere").status
    assert 200 == world.admin.delete(f"/v1/keys/{(world.reader.authorizer or {})['id']}").status
    assert (
        200
        == world.as_person(Role.OWNER, email="o2@acme.test").send("DELETE", "/v1/tenant", {"confirm": "Acme"}).status
    )
    assert 200 == world.as_person(Role.OWNER, email="o2@acme.test").post("/v1/tenant/restore").status
    assert 409 == world.admin.post("/v1/keys", {"name": "CI"}).status
    assert 409 == world.member.post("/v1/workflows/sync", {}).status


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201, "two\nlines", None])
def test_a_suspension_has_a_reason_that_can_be_told(world: World, reason: str | None) -> None:
    """In one line."""
    body = {} if reason is None else {"reason": reason}

    assert 422 == world.operator.post(f"/v1/operator/tenants/{ACME}/suspend", body).status
    assert world.stores.tenants.get(ACME).suspended is None


@pytest.mark.parametrize(("deed", "body"), [("suspend", {"reason": "x"}), ("resume", None)])
def test_a_tenant_that_there_is_not_is_not_found(world: World, deed: str, body: dict[str, str] | None) -> None:
    """The attempt is in the trail all the same."""
    assert 404 == world.operator.post(f"/v1/operator/tenants/nowhere/{deed}", body).status
    assert ["nowhere"] == [entry.target for entry in world.stores.audit.latest(APP, limit=9)]


def test_an_operator_can_resume_their_own_team(world: World) -> None:
    """What they are to it does not count here."""
    world.operator.post(f"/v1/operator/tenants/{GLOBEX}/suspend", {"reason": "x"})

    assert 409 == world.stranger.patch("/v1/settings", {"shadow": True}).status
    assert 200 == world.operator.post(f"/v1/operator/tenants/{GLOBEX}/resume").status


def test_how_all_tenants_fare_is_listed_and_one_is_looked_at_anew(world: World) -> None:
    """The list is of what was seen; a look at one is noted with the tenant that it is of."""
    assert [] == world.operator.get("/v1/operator/tenants").json["items"]
    for tenant_id in (ACME, GLOBEX):
        assert tenant_id == world.operator.get(f"/v1/operator/tenants/{tenant_id}").json["tenant_id"]
    world.operator.post(f"/v1/operator/tenants/{GLOBEX}/suspend", {"reason": "unpaid"})

    first = world.operator.get("/v1/operator/tenants", limit=1).json
    second = world.operator.get("/v1/operator/tenants", limit=1, cursor=first["next"]).json

    assert [(GLOBEX, "unpaid"), (ACME, None)] == [
        (item["tenant_id"], item["suspended_because"]) for page in (first, second) for item in page["items"]
    ]
    assert second["next"] is None
    looks = {(entry.action, entry.target) for entry in world.stores.audit.latest(APP, limit=20)}
    assert {("operator.show_health_of_tenant", ACME), ("operator.list_tenants", "")} <= looks


def test_a_tenant_is_seen_day_by_day(world: World) -> None:
    """Latest first, page by page; a cursor that no page gave is refused."""
    for day in range(3):
        world.stores.healths.put(a_health(ACME, failed_runs=day, looked_at=NOW + timedelta(days=day)))
    path = f"/v1/operator/tenants/{ACME}/history"

    first = world.operator.get(path, limit=2).json
    second = world.operator.get(path, limit=2, cursor=first["next"]).json

    assert [[2, 1], [0]] == [[item["failed_runs"] for item in page["items"]] for page in (first, second)]
    assert second["next"] is None
    assert 400 == world.operator.get(path, cursor="eWVzdGVyZGF5").status
    assert [] == world.operator.get(f"/v1/operator/tenants/{GLOBEX}/history").json["items"]


def test_how_the_stage_fares_is_shown_as_it_was_last_seen(world: World) -> None:
    """Every hour; before the first look nobody knows."""
    assert 404 == world.operator.get("/v1/operator/stage").status
    world.stores.healths.put_stage(FakeStageMetrics().read(NOW))

    shown = world.operator.get("/v1/operator/stage").json

    assert ("events", 90) == (shown["queues"][0]["name"], shown["queues"][0]["oldest_seconds"])
    assert (2, 50) == (shown["functions"][0]["errors_of_hour"], shown["functions"][0]["calls_of_hour"])


def test_tenants_are_found_by_trouble_and_by_name(world: World) -> None:
    """As the pages and the terminal find them."""
    for tenant_id in (ACME, GLOBEX):
        world.operator.get(f"/v1/operator/tenants/{tenant_id}")
    world.operator.post(f"/v1/operator/tenants/{GLOBEX}/suspend", {"reason": "unpaid"})

    def found(**wanted: object) -> list[str]:
        return [item["tenant_id"] for item in world.operator.get("/v1/operator/tenants", **wanted).json["items"]]

    assert [GLOBEX] == found(troubled="true")
    assert [ACME] == found(name=ACME)
    assert [] == found(name=ACME, troubled="true")


def test_where_the_stage_names_nobody_there_is_no_operator(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """As by default."""
    monkeypatch.setenv("OPERATOR_EMAILS", "")
    context.settings.cache_clear()

    assert 403 == world.operator.get("/v1/operator/audit").status
