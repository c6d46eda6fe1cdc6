"""A backtest is asked for over HTTP and looked up as any run."""

import pytest

from pm_assistant.domain.experiments import Variant
from pm_assistant.domain.jobs import Backtest, JobKind, Order
from tests.api.conftest import World
from tests.builders import ACME, GLOBEX


def test_a_backtest_is_asked_for_and_can_be_looked_up(world: World) -> None:
    """What it may cost is part of the order, and so is what today is held against."""
    wish = {"threshold": 0.85, "ask_from": 0.7, "prompt": "v1", "model": "gpt-5.4", "most_dollars": 1.5}

    made = world.member.post("/v1/workflows/backtest", wish)

    shown = world.member.get(made.headers["location"]).json
    variant = Variant(threshold=0.85, ask_from=0.7, prompt="v1", model="gpt-5.4")
    backtest = Backtest(variant=variant, most_microdollars=1_500_000)
    assert (202, "backtest", True) == (made.status, shown["kind"], shown["dry_run"])
    order = world.stores.jobs.get(ACME, made.json["id"]).order
    assert Order(kind=JobKind.BACKTEST, backtest=backtest) == order
    assert [{"type": "job_due", "tenant_id": ACME, "job_id": made.json["id"]}] == world.queued("jobs")


def test_without_a_wish_only_today_is_looked_at(world: World) -> None:
    """By whoever judges today, for five dollars at most."""
    made = world.member.post("/v1/workflows/backtest", {}).json

    assert Backtest(most_microdollars=5_000_000) == world.stores.jobs.get(ACME, made["id"]).order.backtest


@pytest.mark.parametrize(
    ("wish", "status", "field"),
    [
        ({"threshold": 1.2}, 422, "body.threshold"),
        ({"analyst": "openai"}, 422, "body.analyst"),
        ({"model": "a b"}, 422, "body.model"),
        ({"analyst": "offline", "model": "gpt-5.4"}, 400, "analyst"),
        ({"most_dollars": 0}, 422, "body.most_dollars"),
        ({"most_dollars": 5_000}, 422, "body.most_dollars"),
        ({"dry_run": False}, 422, "body.dry_run"),
        ({"tenant_id": GLOBEX}, 422, "body.tenant_id"),
        ({"since": "2999-01-01T00:00:00Z"}, 400, "since"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(world: World, wish: dict[str, object], status: int, field: str) -> None:
    """And nothing is queued."""
    refused = world.member.post("/v1/workflows/backtest", wish)

    named = refused.json["errors"][0]["field"] if status == 422 else refused.json.get("field")
    assert (status, field) == (refused.status, named)
    assert [] == world.queued("jobs")


def test_who_may_only_read_has_nothing_judged(world: World) -> None:
    """It costs money."""
    assert 403 == world.reader.post("/v1/workflows/backtest", {}).status
