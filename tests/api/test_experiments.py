"""What would be done if we were let, over the API."""

from datetime import UTC, datetime, timedelta

from pm_assistant.domain.decisions import DecisionState
from pm_assistant.domain.tenants import Settings
from tests.api.conftest import World
from tests.builders import ACME, GLOBEX, NOW, a_decision, a_tenant

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
