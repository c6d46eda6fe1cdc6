"""The scheduler's call becomes a message on the right queue."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from functions.tick import app
from pm_assistant.domain.jobs import JobDue
from pm_assistant.domain.reports import ReportDue
from pm_assistant.runtime import wiring
from tests.builders import ACME, NOW
from tests.fakes.stores import FakeQueue


@pytest.fixture
def queues(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, FakeQueue]]:
    """The queues by their address."""
    made = {"reports": FakeQueue(), "jobs": FakeQueue()}
    for name in made:
        monkeypatch.setenv(f"{name.upper()}_QUEUE_URL", name)
    monkeypatch.setattr(wiring, "queue", lambda url: made[url])
    app.settings.cache_clear()
    yield made
    app.settings.cache_clear()


@pytest.mark.parametrize(
    ("told", "queue", "message"),
    [
        (
            {"tenant_id": "acme", "member_id": "U0ADA", "kind": "weekly", "due_at": NOW.isoformat()},
            "reports",
            ReportDue.model_validate({"tenant_id": ACME, "member_id": "U0ADA", "kind": "weekly", "due_at": NOW}),
        ),
        ({"tenant_id": "acme", "run_id": "run-1"}, "jobs", JobDue(tenant_id=ACME, job_id="run-1")),
    ],
)
def test_what_is_due_waits_in_front_of_its_stage(
    queues: dict[str, FakeQueue], told: dict[str, Any], queue: str, message: ReportDue | JobDue
) -> None:
    """As the schedule said it, and on no other queue."""
    app.handler(told, None)

    assert {name: [message] if name == queue else [] for name in queues} == {
        name: [put.message for put in each.puts] for name, each in queues.items()
    }


def test_what_is_neither_fails_for_lambda_to_park(queues: dict[str, FakeQueue]) -> None:
    """A schedule of ours that we cannot read is a bug that somebody has to see."""
    with pytest.raises(ValidationError):
        app.handler({"tenant_id": "acme"}, None)
