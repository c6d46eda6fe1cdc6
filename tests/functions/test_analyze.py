"""What the analyze function says of judgements that are not the model's."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from functions.analyze import app
from pm_assistant.domain.events import ConversationTouched, EventEnvelope
from pm_assistant.domain.spending import QUOTA_USED_UP
from pm_assistant.workflows.corridor.analyze import Analysis
from tests.builders import ACME, a_comment, a_decision


@contextmanager
def no_unit(*_: object) -> Iterator[None]:
    """A unit of work that nobody looks into."""
    yield None


@pytest.mark.parametrize(("why", "level"), [(QUOTA_USED_UP, "ERROR"), ("the model refused to answer", "WARNING")])
def test_a_quota_that_is_used_up_raises_an_alarm(
    why: str, level: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A line of level ERROR does, once for an event; other reasons pass, or are the tenant's own."""
    decisions = tuple(a_decision(action=a_comment(f"ticket-{n}"), fallback=why) for n in (1, 2))
    monkeypatch.setattr(app, "settings", lambda: None)
    monkeypatch.setattr(app, "open_unit", no_unit)
    monkeypatch.setattr(app, "analyze", lambda *_: Analysis(decisions=decisions))
    touch = ConversationTouched(channel="C0ENG", ts="1.0", root_ts="1.0")

    app.on_event(EventEnvelope(tenant_id=ACME, event=touch))

    said = [(record.levelname, vars(record)["reason"]) for record in caplog.records if record.msg == "judged offline"]
    assert [(level, why)] == said
