"""Messages say their type; those that were put before they did are still understood."""

import pytest
from pydantic import BaseModel, JsonValue, ValidationError

from pm_assistant.domain.connections import ConnectionNotice
from pm_assistant.domain.decisions import ActionRequest
from pm_assistant.domain.events import ConversationTouched, EventEnvelope
from pm_assistant.domain.jobs import JobDue
from pm_assistant.domain.messages import ActionsMessage, ReportsMessage
from pm_assistant.domain.reports import AnswersChanged, ReportDue, ReportKind
from pm_assistant.domain.surfaces import HomeOpened, SurfaceRequest
from pm_assistant.domain.tenants import Provider
from tests.builders import ACME, NOW

REPORT = ReportDue(tenant_id=ACME, member_id="U0ADA", kind=ReportKind.WEEKLY, due_at=NOW)
NOTICE = ConnectionNotice(tenant_id=ACME, provider=Provider.LINEAR, broken_since=NOW, reason="revoked")
CHANGED = AnswersChanged(tenant_id=ACME, member_id="U0ADA", day=NOW.date())
JOB = JobDue(tenant_id=ACME, job_id="run-1")
ACTION = ActionRequest(tenant_id=ACME, decision_id="d-1")
SURFACE = SurfaceRequest(tenant_id=ACME, user_id="U0ADA", asked_at=NOW, asked=HomeOpened())
EVENT = EventEnvelope(tenant_id=ACME, event=ConversationTouched(channel="C0ENG", ts="1.0", root_ts="1.0"))


def untyped(message: BaseModel) -> str:
    """A message as it was put before it said its type; a job was a run then."""
    return message.model_dump_json(exclude={"type"}).replace('"job_id"', '"run_id"')


@pytest.mark.parametrize("message", [REPORT, NOTICE, JOB])
def test_the_reports_queue_is_read_by_type_and_an_old_message_by_what_it_has(message: BaseModel) -> None:
    """What waits in the scheduler is as old as its subscription, and a dead letter up to two weeks."""
    for body in (message.model_dump_json(), untyped(message)):
        assert message == ReportsMessage.model_validate_json(body).root


def test_the_actions_queue_is_read_by_type_and_what_has_none_is_about_a_decision() -> None:
    """What waits when a version is deployed is carried out, and what people do at surfaces goes the same way."""
    bodies = (ACTION.model_dump_json(), untyped(ACTION), SURFACE.model_dump_json())
    assert [ACTION, ACTION, SURFACE] == [ActionsMessage.model_validate_json(body).root for body in bodies]


@pytest.mark.parametrize("message", [JOB, ACTION, EVENT])
def test_the_other_queues_read_their_one_message_with_and_without_its_type(message: BaseModel) -> None:
    """Nothing that waits when a version is deployed is lost."""
    for body in (message.model_dump_json(), untyped(message)):
        assert message == type(message).model_validate_json(body)


@pytest.mark.parametrize("message", [REPORT, NOTICE, CHANGED, JOB, ACTION, SURFACE, EVENT])
def test_each_message_says_its_own_type_and_refuses_another(message: BaseModel) -> None:
    """One that went astray is parked, and not taken for what it is not."""
    assert f'"type":"{message.model_dump()["type"]}"' in message.model_dump_json()
    with pytest.raises(ValidationError):
        type(message).model_validate(message.model_dump() | {"type": "party"})


@pytest.mark.parametrize(
    ("event", "where"),
    [
        ({"type": "conversation_touched", "channel": "C0ENG", "ts": "1.0"}, ("event", "root_ts")),
        ({"type": "conversation_heard", "channel": "C0ENG", "ts": "1.0", "root_ts": "1.0"}, ("event",)),
        ({"type": ["conversation_touched"]}, ("event",)),
        ("conversation_touched", ("event",)),
        (ACTION, ("event",)),
    ],
)
def test_an_envelope_holds_one_of_the_events_that_there_are(
    event: JsonValue | BaseModel, where: tuple[str, ...]
) -> None:
    """Whatever else it holds is parked, and said where it is wrong without a word of it."""
    with pytest.raises(ValidationError) as refused:
        EventEnvelope.model_validate({"tenant_id": ACME, "event": event})

    assert [where] == [error["loc"] for error in refused.value.errors()]
    assert "1.0" not in str(refused.value)
