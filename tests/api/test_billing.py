"""What the team pays for is shown to all of it, and changed by its admins on the provider's pages."""

from datetime import timedelta

import pytest

from pm_assistant.domain.billing import Billing
from pm_assistant.domain.jobs import APP
from tests.api.conftest import PUBLIC_URL, World
from tests.builders import ACME, GLOBEX, NOW
from tests.fakes.billing import FakePayments

TEAM = {"plan": "team", "seats": 3}


def payments(world: World) -> FakePayments:
    """Who takes the money."""
    return world.app.payments


def test_everybody_sees_what_is_used_and_left(world: World) -> None:
    """Of their own team; a program as well."""
    world.stores.quotas.reserve(GLOBEX, f"{world.app.now():%Y-%m}", below=1)

    for caller in (world.member, world.reader):
        seen = caller.get("/v1/billing").json
        assert ("trial", 0, 5_000) == (seen["state"], seen["decisions"], seen["decisions_left"])
    assert 1 == world.stranger.get("/v1/billing").json["decisions"]


def test_an_admin_sees_what_a_plan_or_a_change_would_cost(world: World) -> None:
    """As the provider reckons it; nothing is bought by asking, and nobody else asks."""
    three, five = (f"/v1/billing/preview?plan=team&seats={seats}" for seats in (3, 5))

    new = world.admin.get(three)
    payments(world).pay(world.admin.post("/v1/billing/checkout", TEAM).json["url"])
    world.admin.post("/v1/billing/portal", {})
    changed = world.admin.get(five)

    assert [("eur", 3_000, 0, None), ("eur", 6_000, 1_000, False)] == [
        (each["currency"], each["total"], each["prorated"], each["due_at"] and False)
        for each in (new.json, changed.json)
    ]
    assert {403} == {caller.get(three).status for caller in (world.member, world.reader)}
    assert {400, 422} >= {
        world.admin.get(f"/v1/billing/preview?{asked}").status
        for asked in ("plan=free&seats=3", "plan=team&seats=0", "seats=3")
    }


def test_an_admin_is_led_to_where_a_plan_is_bought(world: World) -> None:
    """It is noted who asked; nothing is bought by asking, and nobody else's tenant is."""
    answer = world.admin.post("/v1/billing/checkout", TEAM)

    assert 200 == answer.status
    order = payments(world).checkouts[answer.json["url"]]
    assert (ACME, "team", 3) == (order.tenant_id, order.plan, order.seats)
    assert f"{PUBLIC_URL}/billing/done" == order.success_url
    assert "trial" == world.reader.get("/v1/billing").json["state"]
    assert "billing.checkout_begun" == world.stores.audit.latest(ACME, limit=1)[0].action


def test_where_something_is_paid_the_portal_is_the_place(world: World) -> None:
    """Also while the team is closing, or suspended: who is charged can always end that."""
    payments(world).pay(world.admin.post("/v1/billing/checkout", TEAM).json["url"])

    refused = world.admin.post("/v1/billing/checkout", TEAM)
    assert (409, "the team has a subscription: change it in the portal") == (refused.status, refused.json["detail"])
    world.operator.post(f"/v1/operator/tenants/{ACME}/suspend", {"reason": "x"})
    world.owner.send("DELETE", "/v1/tenant", {"confirm": "Acme"})
    led = world.owner.post("/v1/billing/portal", {"flow": "cancel"})
    assert (200, "cancel") == (led.status, payments(world).portals[led.json["url"]][1])


def test_there_is_no_portal_before_anything_was_bought(world: World) -> None:
    """It says so."""
    assert 409 == world.admin.post("/v1/billing/portal", {}).status


@pytest.mark.parametrize("path", ["checkout", "portal"])
def test_members_and_programs_that_read_change_nothing(world: World, path: str) -> None:
    """They are led nowhere."""
    for caller in (world.member, world.reader):
        assert 403 == caller.post(f"/v1/billing/{path}", TEAM if path == "checkout" else {}).status


@pytest.mark.parametrize(
    "wish", [{"plan": "free", "seats": 1}, {"plan": "team", "seats": 0}, {"plan": "gold", "seats": 1}]
)
def test_what_cannot_be_bought_is_refused(world: World, wish: dict[str, object]) -> None:
    """And named."""
    assert world.admin.post("/v1/billing/checkout", wish).status in {400, 422}
    assert {} == payments(world).checkouts


def test_an_operator_grants_what_was_not_bought(world: World) -> None:
    """Both trails say what it was."""
    tenant = world.stores.tenants.get(ACME)
    over = Billing(trial_ends_at=NOW - timedelta(days=1))
    world.stores.tenants.replace(tenant.model_copy(update={"billing": over}), before=tenant)
    assert "limited" == world.reader.get("/v1/billing").json["state"]

    wish = {"raises": {"decisions": 1_000}, "trial_ends_at": "2099-01-01T00:00:00Z"}
    answer = world.operator.patch(f"/v1/operator/tenants/{ACME}/billing", wish)

    assert (200, "trial", 5_000) == (answer.status, answer.json["state"], answer.json["decisions_limit"])
    said = {"decisions": "1000", "trial_ends_at": "2099-01-01T00:00:00+00:00"}
    for trail in (ACME, APP):
        assert ("billing.granted", said) in [
            (entry.action, entry.detail) for entry in world.stores.audit.latest(trail, limit=9)
        ]
    assert 404 == world.operator.patch("/v1/operator/tenants/nowhere/billing", wish).status
    for nothing in ({}, {"trial_ends_at": "2020-01-01T00:00:00Z"}):
        assert 400 == world.operator.patch(f"/v1/operator/tenants/{ACME}/billing", nothing).status
