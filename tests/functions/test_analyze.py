"""What the analyze function says of judgements that are not the model's."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import pytest

from functions.analyze import app
from pm_assistant.domain.events import ConversationTouched, EventEnvelope
from pm_assistant.domain.spending import QUOTA_USED_UP
from pm_assistant.domain.tenants import Suspension
from pm_assistant.workflows.corridor.analyze import Analysis
from pm_assistant.workflows.tenants.suspension import WITHHELD
from tests.builders import ACME, NOW, a_comment, a_decision, a_tenant
from tests.fakes.unit import FakeUnit


@contextmanager
def no_unit(*_: object) -> Iterator[FakeUnit]:
    """A unit of work that nobody looks into."""
    yield FakeUnit()


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


def test_of_a_tenant_that_is_suspended_nothing_is_judged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The event is kept for later, and the log says so."""
    unit = FakeUnit()
    unit.stores.tenants.put(a_tenant(suspension=Suspension(began_at=NOW, reason="x")))
    monkeypatch.setattr(app, "settings", lambda: None)
    monkeypatch.setattr(app, "open_unit", lambda *_: nullcontext(unit))
    monkeypatch.setattr(app, "analyze", lambda *_: pytest.fail("it was judged"))
    caplog.set_level("INFO")

    app.on_event(EventEnvelope(tenant_id=ACME, event=ConversationTouched(channel="C0ENG", ts="1.0", root_ts="1.0")))

    assert 1 == len(unit.stores.kept_messages.page(ACME, limit=9))
    assert WITHHELD in caplog.messages
