"""What becomes of the messages of a tenant that is suspended: noted, kept for later, or of no use later."""

from datetime import timedelta
from enum import Enum
from typing import assert_never

from pm_assistant.domain.accounts import MailReturned
from pm_assistant.domain.answers import ActionRequest
from pm_assistant.domain.connections import ConnectionNotice
from pm_assistant.domain.due import DueNotice
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.events import ChannelOpened, ConversationTouched, DuplicateTouched, EventEnvelope, TreeTouched
from pm_assistant.domain.jobs import JobDue, JobKind
from pm_assistant.domain.reports import AnswersChanged, ReportDue
from pm_assistant.domain.surfaces import SurfaceRequest
from pm_assistant.domain.suspension import KeptMessage, Stage
from pm_assistant.ports.unit import Unit

type Message = (
    EventEnvelope
    | ActionRequest
    | SurfaceRequest
    | ReportDue
    | AnswersChanged
    | ConnectionNotice
    | DueNotice
    | MailReturned
    | JobDue
)

GOES_ON = frozenset({JobKind.EXPORT, JobKind.DELETE, JobKind.ERASE_PERSON})
"""What a tenant has a right to whatever else it may not: to take its data along, and to have it erased."""


class Fate(Enum):
    """What becomes of a message."""

    WORK = "work"
    """It tells what is so, and nothing is judged, sent or written because of it alone."""
    KEEP = "keep"
    DROP = "drop"


def withhold(message: Message, unit: Unit) -> bool:
    """Keep what is of use later; False for what is worked on all the same."""
    fate = _fate(message, unit)
    if fate is Fate.KEEP:
        keep_days = unit.stores.tenants.get(unit.tenant_id).settings.retention_days
        unit.stores.kept_messages.keep(unit.tenant_id, _kept(message), until=unit.now() + timedelta(days=keep_days))
    return fate is not Fate.WORK


def take_back(message: Message, unit: Unit) -> None:
    """Keep a message no longer."""
    unit.stores.kept_messages.drop(unit.tenant_id, _kept(message))


def _fate(message: Message, unit: Unit) -> Fate:
    match message:
        case EventEnvelope(event=ConversationTouched() | TreeTouched() | DuplicateTouched() | ChannelOpened()):
            return Fate.KEEP
        case EventEnvelope():
            return Fate.WORK
        case ReportDue():
            return Fate.DROP
        case JobDue():
            return Fate.WORK if _goes_on(message, unit) else Fate.KEEP
        case ActionRequest() | SurfaceRequest() | AnswersChanged() | ConnectionNotice() | DueNotice() | MailReturned():
            return Fate.KEEP
        case _:
            assert_never(message)


def _goes_on(due: JobDue, unit: Unit) -> bool:
    try:
        return unit.stores.jobs.get(unit.tenant_id, due.job_id).order.kind in GOES_ON
    except NotFound:
        return True  # Whoever takes up what is not there says what becomes of that.


def _kept(message: Message) -> KeptMessage:
    return KeptMessage(stage=_stage(message), body=message.model_dump_json())


def _stage(message: Message) -> Stage:
    match message:
        case EventEnvelope():
            return Stage.EVENTS
        case ActionRequest() | SurfaceRequest():
            return Stage.ACTIONS
        case ReportDue() | AnswersChanged() | ConnectionNotice() | DueNotice() | MailReturned():
            return Stage.REPORTS
        case JobDue():
            return Stage.JOBS
        case _:
            assert_never(message)
