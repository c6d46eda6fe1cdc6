"""How the stage fares is looked at every hour and kept, for pages that ask nobody but our own table."""

import pytest

from pm_assistant.domain.errors import UpstreamUnavailable
from pm_assistant.domain.jobs import APP
from pm_assistant.workflows.operator.stage import look_at_stage
from tests.builders import NOW
from tests.fakes.unit import FakeUnit


def test_what_is_measured_is_kept() -> None:
    """As of the moment of the look."""
    unit = FakeUnit(APP)

    health = look_at_stage(unit)

    assert (NOW, True) == (health.looked_at, health.measured)
    assert health == unit.stores.healths.stage()


def test_a_look_that_fails_leaves_what_was_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is older than an hour then, which its moment says."""
    unit = FakeUnit(APP)
    before = look_at_stage(unit)

    def away(_: object) -> None:
        raise UpstreamUnavailable("CloudWatch does not answer")

    monkeypatch.setattr(unit.stage_metrics, "read", away)
    with pytest.raises(UpstreamUnavailable):
        look_at_stage(unit)

    assert before == unit.stores.healths.stage()
