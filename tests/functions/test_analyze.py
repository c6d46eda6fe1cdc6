"""What the analyze function says of judgements that are not the model's."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta

import pytest

from functions.analyze import app
from pm_assistant.domain.accounts import AuditEntry
from pm_assistant.domain.catch_up import Position
from pm_assistant.domain.errors import UpstreamRejected, UpstreamUnavailable
from pm_assistant.domain.events import ConversationTouched, EventEnvelope, TicketChanged
from pm_assistant.domain.spending import QUOTA_USED_UP
from pm_assistant.domain.tenants import Suspension, TenantId
from pm_assistant.runtime.batch import QueueMessage, RetryPolicy, handle_batch
from pm_assistant.workflows.pipeline.analyze import Analysis
from pm_assistant.workflows.tenants.suspension import WITHHELD
from tests.builders import ACME, NOW, a_comment, a_decision, a_place, a_tenant, a_ticket
from tests.fakes.unit import FakeUnit
from tests.runtime.test_batch import FakeDeadLetters, FakeSourceQueue, record

SENT = QueueMessage("m-1", NOW)


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


@pytest.mark.parametrize(
    ("place", "target"),
    [(a_place("C0ENG", "engineering"), "C0ENG:1.0"), (a_place("C0ENG", "hr", private=True), ""), (None, "")],
)
def test_a_conversation_that_is_given_up_is_told_to_the_teams_admins(
    place: Position | None, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its cause and nobody's words; of a private one, or one of which nothing is known, not which."""
    unit = FakeUnit()
    unit.stores.tenants.put(a_tenant())
    if place is not None:
        unit.stores.readings.put_position(ACME, place)
    monkeypatch.setattr(app, "settings", lambda: None)
    monkeypatch.setattr(app, "AwsUnit", lambda *_: unit)
    touch = ConversationTouched(channel="C0ENG", ts="2.0", root_ts="1.0")

    app.on_given_up(EventEnvelope(tenant_id=ACME, event=touch), UpstreamRejected("the model refused"), SENT)
    app.on_given_up(EventEnvelope(tenant_id=ACME, event=TicketChanged(ticket=a_ticket())), ValueError("x"), SENT)

    [told] = unit.stores.audit.latest(ACME, limit=9)
    assert ("conversation.parked", target, {"because": "the model refused"}) == (
        told.action,
        told.target,
        told.detail,
    )


def test_a_conversation_that_could_not_be_parked_is_told_of_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its message comes again and is given up again, be it for something else; one that was not told is told then."""
    unit = FakeUnit()
    unit.stores.tenants.put(a_tenant())
    monkeypatch.setattr(app, "settings", lambda: None)
    monkeypatch.setattr(app, "AwsUnit", lambda *_: unit)
    add, failing = unit.stores.audit.add, [UpstreamUnavailable("the trail is away")]

    def add_or_fail(tenant_id: TenantId, entry: AuditEntry) -> None:
        if failing:
            raise failing.pop()
        add(tenant_id, entry)

    def refused(_: EventEnvelope) -> None:
        unit.at += timedelta(minutes=6)
        raise UpstreamRejected(f"the model refused at {unit.at}")

    monkeypatch.setattr(unit.stores.audit, "add", add_or_fail)
    touch = EventEnvelope(tenant_id=ACME, event=ConversationTouched(channel="C0ENG", ts="2.0", root_ts="1.0"))
    message, letters = record(touch.model_dump_json()), FakeDeadLetters()
    away = UpstreamUnavailable("the queue is away")
    for letters.error in (None, away, away, None):
        handle_batch(
            [message],
            EventEnvelope,
            refused,
            source=FakeSourceQueue(),
            dead_letters=letters,
            retry=RetryPolicy(2),
            on_given_up=app.on_given_up,
        )

    [told] = unit.stores.audit.latest(ACME, limit=9)
    assert ("conversation.parked", f"the model refused at {NOW + timedelta(minutes=12)}") == (
        told.action,
        told.detail["because"],
    )
    assert 1 == len(letters.parked)


def test_a_conversation_that_is_sent_again_and_given_up_again_is_told_of_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """However soon: that the cause is not mended those who tried have to learn."""
    unit = FakeUnit()
    unit.stores.tenants.put(a_tenant())
    monkeypatch.setattr(app, "settings", lambda: None)
    monkeypatch.setattr(app, "AwsUnit", lambda *_: unit)
    touch = EventEnvelope(tenant_id=ACME, event=ConversationTouched(channel="C0ENG", ts="2.0", root_ts="1.0"))

    for sent in (QueueMessage("m-1", NOW), QueueMessage("m-2", NOW), QueueMessage("m-2", NOW)):
        app.on_given_up(touch, UpstreamRejected("the model refused"), sent)

    assert [NOW, NOW] == [told.at for told in unit.stores.audit.latest(ACME, limit=9)]


def test_of_a_team_that_is_gone_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rows are gone for good."""
    unit = FakeUnit()
    monkeypatch.setattr(app, "settings", lambda: None)
    monkeypatch.setattr(app, "AwsUnit", lambda *_: unit)
    touch = ConversationTouched(channel="C0ENG", ts="2.0", root_ts="1.0")

    app.on_given_up(EventEnvelope(tenant_id=ACME, event=touch), ValueError("x"), SENT)

    assert [] == unit.stores.audit.latest(ACME, limit=9)


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
