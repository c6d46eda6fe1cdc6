"""What would be done if we were let, and what is tried, over the API."""

from datetime import UTC, datetime, timedelta

from pm_assistant.domain.decisions import DecisionState
from pm_assistant.domain.tenants import Settings
from pm_assistant.domain.trials import ExperimentState
from tests.api.conftest import World
from tests.builders import ACME, GLOBEX, NOW, a_decision, a_tenant, an_experiment

LOGGED, PROPOSED = DecisionState.LOGGED, DecisionState.PROPOSED


def test_what_shadow_mode_came_to_is_shown(world: World) -> None:
    """One's own, since when one asks for; by anybody who may read."""
    for tenant_id in (ACME, GLOBEX):
        world.stores.decisions.save(a_decision(tenant_id, state=LOGGED, shadow=PROPOSED))
    world.stores.decisions.save(a_decision(GLOBEX, id="more", state=LOGGED, shadow=PROPOSED))
    world.stores.tenants.put(a_tenant(settings=Settings(shadow=True)))

    shown = world.reader.get("/v1/shadow", since=(NOW - timedelta(days=1)).isoformat()).json

    assert shown["on"]
    assert [("comment", 1, 0)] == [(kind["kind"], kind["asked"], kind["done"]) for kind in shown["kinds"]]
    later = world.reader.get("/v1/shadow", since=(NOW + timedelta(seconds=1)).isoformat()).json
    assert ([], None) == (later["kinds"], later["began_at"])


def test_shadow_mode_looks_back_two_weeks_unless_one_says_otherwise(world: World) -> None:
    """It is off until somebody turns it on."""
    shown = world.reader.get("/v1/shadow").json

    assert not shown["on"]
    looked_back = datetime.now(UTC) - datetime.fromisoformat(shown["since"])
    assert timedelta(days=14) <= looked_back < timedelta(days=14, minutes=5)


def test_shadow_mode_is_a_setting(world: World) -> None:
    """An admin's to change; new tenants are asked."""
    assert not world.member.get("/v1/settings").json["shadow"]
    assert world.admin.patch("/v1/settings", {"shadow": True}).json["shadow"]


WISH = {"kind": "move", "b": {"ask_from": 0.7}, "days": 14, "guards": {"undone": 0.05}}


def test_an_experiment_is_begun_listed_and_ended(world: World) -> None:
    """By an admin; who did so stands in the audit trail."""
    begun = world.admin.post("/v1/experiments", WISH).json

    assert {"kind": "move", "state": "running", "share": 0.5, "winner": None, "p_value": 1.0}.items() <= begun.items()
    assert (0.05, 0.15) == (begun["guards"]["undone"], begun["guards"]["wrong_ticket"])
    lasts = datetime.fromisoformat(begun["ends_at"]) - datetime.fromisoformat(begun["began_at"])
    assert timedelta(days=14) == lasts
    assert [begun] == world.reader.get("/v1/experiments").json["items"]
    assert [begun["id"]] == [design.id for design in world.stores.tenants.get(ACME).experiments]

    stopped = world.admin.post(f"/v1/experiments/{begun['id']}/stop").json

    assert ("stopped", "a person ended it") == (stopped["state"], stopped["because"])
    assert stopped == world.admin.post(f"/v1/experiments/{begun['id']}/stop").json
    entries = world.admin.get("/v1/audit").json["items"]
    assert {"experiment.started", "experiment.stopped"} <= {each["action"] for each in entries}
    assert {begun["id"]} == {each["target"] for each in entries if each["action"].startswith("experiment.")}


def test_the_same_request_once_more_begins_no_other_experiment(world: World) -> None:
    """Its answer may have got lost."""
    first, again = (world.admin.post("/v1/experiments", WISH, Idempotency_Key="k-1") for _ in range(2))

    assert (201, first.json) == (again.status, again.json)
    assert 1 == len(world.stores.experiments.all(ACME))


def test_an_experiment_that_cannot_be_is_refused_with_its_field(world: World) -> None:
    """As is a second one about the same kind."""
    refused = world.admin.post("/v1/experiments", {**WISH, "kind": "close"})
    assert (400, "kind") == (refused.status, refused.json["field"])
    assert 422 == world.admin.post("/v1/experiments", {**WISH, "share": 0.99}).status
    assert 201 == world.admin.post("/v1/experiments", WISH).status
    assert 409 == world.admin.post("/v1/experiments", WISH).status


def test_only_admins_try_something(world: World) -> None:
    """Whoever may read sees what is tried."""
    world.stores.experiments.put(ACME, an_experiment())
    for caller in (world.member, world.reader):
        assert 403 == caller.post("/v1/experiments", WISH).status
        assert 403 == caller.post(f"/v1/experiments/{an_experiment().id}/stop").status
        assert 1 == len(caller.get("/v1/experiments").json["items"])
    assert ExperimentState.RUNNING is world.stores.experiments.get(ACME, an_experiment().id).state


def test_experiments_come_page_by_page(world: World) -> None:
    """In the order in which they began."""
    for number in (1, 2, 3):
        world.stores.experiments.put(ACME, an_experiment(number))
    first = world.reader.get("/v1/experiments", limit=2).json
    second = world.reader.get("/v1/experiments", limit=2, cursor=first["next"]).json

    assert [an_experiment(number).id for number in (1, 2, 3)] == [
        each["id"] for page in (first, second) for each in page["items"]
    ]
    assert second["next"] is None
