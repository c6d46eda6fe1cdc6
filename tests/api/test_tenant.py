"""The tenant and its settings."""

from typing import Any

import pytest

from pm_assistant.domain.tenants import STORED, Channels, Provider, QuietHours, Settings
from tests.api.conftest import World
from tests.builders import ACME, ENG, GLOBEX, a_connection, a_place, a_tenant


def test_a_tenant_is_shown_and_renamed(world: World) -> None:
    """Its admins rename it, and the trail says who."""
    assert {"id": ACME, "name": "Acme", "state": "active"}.items() <= world.reader.get("/v1/tenant").json.items()

    assert "Acme Ltd" == world.admin.patch("/v1/tenant", {"name": "Acme Ltd"}).json["name"]
    assert "Acme Ltd" == world.stores.tenants.get(ACME).name
    assert "Globex" == world.stores.tenants.get(GLOBEX).name
    [entry] = world.stores.audit.latest(ACME, limit=10)
    assert ("tenant.renamed", "admin@acme.test", {"name": "Acme Ltd"}) == (
        entry.action,
        entry.actor_name,
        entry.detail,
    )


@pytest.mark.parametrize(
    "body", [{}, {"name": ""}, {"name": "x" * 101}, {"name": 7}, {"name": "ok", "id": "globex"}, {"tenant_id": GLOBEX}]
)
def test_nothing_but_the_name_can_be_changed(world: World, body: dict[str, Any]) -> None:
    """Not the id, not the state, and not another tenant's name."""
    answer = world.admin.patch("/v1/tenant", body)

    assert 422 == answer.status
    assert all(flaw["field"].startswith("body.") for flaw in answer.json["errors"])
    assert ("Acme", "Globex") == (world.stores.tenants.get(ACME).name, world.stores.tenants.get(GLOBEX).name)


def test_settings_change_only_where_they_are_named(world: World) -> None:
    """One attribute of one rule, and nothing else."""
    before = world.member.get("/v1/settings").json

    after = world.admin.patch("/v1/settings", {"rules": {"move": {"threshold": 0.95}}}).json

    assert 0.95 == after["rules"]["move"]["threshold"]
    assert after == before | {"rules": before["rules"] | {"move": {"mode": "auto", "threshold": 0.95}}}
    assert after == world.member.get("/v1/settings").json
    [entry] = world.stores.audit.latest(ACME, limit=10)
    assert ("settings.changed", {"rules"}) == (entry.action, set(entry.detail))
    assert "0.95" in entry.detail["rules"]


def test_trust_in_closing_trees_is_a_rule_of_its_own(world: World) -> None:
    """Asked first, as all else, and changed alone."""
    before = world.member.get("/v1/settings").json["rules"]

    after = world.admin.patch("/v1/settings", {"rules": {"close": {"mode": "auto"}}}).json["rules"]

    assert after == before | {"close": {"mode": "auto", "threshold": 0.8}}


def test_every_setting_can_be_changed_and_those_that_may_be_nothing_unset(world: World) -> None:
    """Null is a value: no language of one's own, no quiet hours, no home team."""
    world.stores.directory.put_teams(ACME, [ENG])
    wanted = {
        "ask_from": 0.4,
        "settle_seconds": 30,
        "retention_days": 10,
        "home_team_id": ENG.id,
        "language": "de",
        "quiet_hours": {"start": "20:00", "end": "08:00", "time_zone": "Europe/Berlin"},
        "channels": {"deny": ["C0RANDOM"]},
    }
    changed = world.admin.patch("/v1/settings", wanted).json
    assert wanted | {"channels": {"allow": [], "deny": ["C0RANDOM"]}} == {name: changed[name] for name in wanted}

    unset = {"home_team_id": None, "language": None, "quiet_hours": None}
    assert unset.items() <= world.admin.patch("/v1/settings", unset).json.items()


def test_channels_that_are_read_are_named_by_id_or_as_they_are_called(world: World) -> None:
    """One that we are not in goes by its id, for it is said before we are invited that it is not to be read."""
    world.stores.readings.put_position(ACME, a_place("C0ENG", "engineering"))

    changed = world.admin.patch("/v1/settings", {"channels": {"deny": ["#engineering", "C0LATER", "C0ENG"]}})

    assert ["C0ENG", "C0LATER"] == changed.json["channels"]["deny"]


@pytest.mark.parametrize("which", ["allow", "deny"])
def test_a_channel_of_which_nothing_is_known_is_named(world: World, which: str) -> None:
    """It would be read on, or nothing would be; what stands there from before stays."""
    old = Settings(channels=Channels(deny=("odd",)))
    world.stores.tenants.put(a_tenant(settings=old))

    answer = world.admin.patch("/v1/settings", {"channels": {which: ["odd", "enginering"]}})

    assert (400, f"channels.{which}") == (answer.status, answer.json["field"])
    assert old == world.stores.tenants.get(ACME).settings
    assert 200 == world.admin.patch("/v1/settings", {"channels": {which: ["odd"]}}).status


def test_quiet_hours_keep_what_a_change_leaves_out(world: World) -> None:
    """The zone was told before."""
    world.admin.patch("/v1/settings", {"quiet_hours": {"start": "20:00", "end": "08:00", "time_zone": "Europe/Berlin"}})

    after = world.admin.patch("/v1/settings", {"quiet_hours": {"start": "19:00", "end": "08:00"}}).json

    assert {"start": "19:00", "end": "08:00", "time_zone": "Europe/Berlin"} == after["quiet_hours"]


def test_settings_are_shown_and_changed_though_their_zone_is_not_known_any_more(world: World) -> None:
    """It is named as it was, until somebody names another."""
    gone = QuietHours.model_validate({"start": "20:00", "end": "08:00", "time_zone": "Mars/Base"}, context=STORED)
    world.stores.tenants.put(a_tenant(settings=Settings(quiet_hours=gone)))

    assert "Mars/Base" == world.reader.get("/v1/settings").json["quiet_hours"]["time_zone"]
    assert 30 == world.admin.patch("/v1/settings", {"settle_seconds": 30}).json["settle_seconds"]
    after = world.admin.patch("/v1/settings", {"quiet_hours": {"start": "20:00", "end": "08:00", "time_zone": "UTC"}})
    assert "UTC" == after.json["quiet_hours"]["time_zone"]


def test_connections_follow_the_settings_they_copy(world: World) -> None:
    """Receiving a webhook reads the connection alone; its credentials are left as they are."""
    world.stores.connections.put(a_connection(ACME, Provider.SLACK))
    world.stores.connections.put(a_connection(GLOBEX, Provider.SLACK))

    world.admin.patch("/v1/settings", {"settle_seconds": 90, "retention_days": 7, "channels": {"deny": ["C0RANDOM"]}})

    ours, theirs = (world.stores.connections.get(tenant_id, Provider.SLACK) for tenant_id in (ACME, GLOBEX))
    assert (90, 7, Channels(deny=("C0RANDOM",))) == (ours.settle_seconds, ours.retention_days, ours.channels)
    assert b"sealed" == ours.sealed_credentials
    assert a_connection(GLOBEX, Provider.SLACK) == theirs


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ask_from": 1.5}, "body.ask_from"),
        ({"settle_seconds": -1}, "body.settle_seconds"),
        ({"settle_seconds": None}, "body.settle_seconds"),
        ({"retention_days": 0}, "body.retention_days"),
        ({"language": "German"}, "body.language"),
        ({"rules": {"move": {"mode": "always"}}}, "body.rules.move.mode"),
        ({"rules": {"fly": {"mode": "auto"}}}, "body.rules.fly.[key]"),
        ({"quiet_hours": {"start": "8 pm", "end": "08:00"}}, "body.quiet_hours.start"),
        ({"quiet_hours": {"start": "20:00", "end": "08:00", "time_zone": "Mars/Base"}}, "body.quiet_hours.time_zone"),
        ({"quiet_hours": {"start": "20:00", "end": "08:00", "time_zone": "Europe"}}, "body.quiet_hours.time_zone"),
        ({"channels": {"deny": "C0RANDOM"}}, "body.channels.deny"),
        ({"tenant_id": GLOBEX}, "body.tenant_id"),
    ],
)
def test_a_setting_that_cannot_be_is_named(world: World, change: dict[str, Any], field: str) -> None:
    """And none of the others is changed."""
    before = world.stores.tenants.get(ACME)

    answer = world.admin.patch("/v1/settings", change | {"ask_from": change.get("ask_from", 0.1)})

    assert (422, [field]) == (answer.status, [flaw["field"] for flaw in answer.json["errors"]])
    assert before == world.stores.tenants.get(ACME)


@pytest.mark.parametrize(
    ("change", "field"),
    [({"home_team_id": "team-of-globex"}, "home_team_id"), ({"rules": {"ignore": {}}}, "rules.ignore")],
)
def test_a_setting_that_makes_no_sense_here_is_named(world: World, change: dict[str, Any], field: str) -> None:
    """Another tenant's team is none of ours."""
    world.stores.directory.put_teams(ACME, [ENG])
    world.stores.directory.put_teams(GLOBEX, [ENG.model_copy(update={"id": "team-of-globex"})])

    answer = world.admin.patch("/v1/settings", change)

    assert (400, field) == (answer.status, answer.json["field"])


def test_only_admins_change_the_tenant(world: World) -> None:
    """Members and programs that run things read it."""
    for caller in (world.member, world.reader):
        assert 200 == caller.get("/v1/settings").status
        assert 403 == caller.patch("/v1/settings", {"settle_seconds": 1}).status
        assert 403 == caller.patch("/v1/tenant", {"name": "Ours"}).status


def test_what_the_model_has_cost_is_shown(world: World) -> None:
    """This month's, beside what it may cost; and whether nothing is left."""
    month = f"{world.app.now():%Y-%m}"
    world.stores.model_months.add(ACME, month, microdollars=1_500_000)
    world.stores.model_months.add(GLOBEX, month, microdollars=9)
    expected = {
        "month": month,
        "judgements": 1,
        "cost_dollars": 1.5,
        "budget_dollars": None,
        "budget_used_up": False,
        "unanswered_since": None,
    }

    assert expected == world.reader.get("/v1/usage").json
    world.admin.patch("/v1/settings", {"model_budget_dollars": 1.5})
    assert expected | {"budget_dollars": 1.5, "budget_used_up": True} == world.reader.get("/v1/usage").json
