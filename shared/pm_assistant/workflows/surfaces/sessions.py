"""Answer what a person asks in our own conversation with them; meanwhile the chat shows that we are at work.

The answer is what anybody is told who asks (`knowledge.py`): stored facts, each with its link, or that we do not know.
"""

from contextlib import suppress
from datetime import datetime

from pm_assistant.domain.answers import Subject
from pm_assistant.domain.errors import AccessRevoked, NotConnected, NotFound, UpstreamRejected
from pm_assistant.domain.surfaces import QuestionAsked, SessionStatus, SessionStopped
from pm_assistant.language.questions import read_question
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation.replies import CAN_ANSWER, OF_THE_TEAM_ONLY, sentence
from pm_assistant.workflows.accounts.reader import texts_for
from pm_assistant.workflows.pipeline.permissions import reason_to_refuse
from pm_assistant.workflows.surfaces.knowledge import Knowledge
from pm_assistant.workflows.surfaces.replying import reply_once


def answer_in_session(asked: QuestionAsked, account: str, asked_at: datetime, unit: Unit) -> None:
    """Answer a question, once, unless whoever asked it stops us first.

    Raises:
        UpstreamUnavailable: the chat did not answer; repeat.
    """
    thread = Subject(channel=asked.channel, root_ts=asked.root_ts)
    with suppress(NotConnected, AccessRevoked, NotFound), unit.noticing_loss():
        if _stopped_since(thread, asked_at, unit):
            return
        is_refused = reason_to_refuse(account, unit) is not None
        texts = texts_for(account, unit)
        if is_refused:
            reply_once(thread, asked.message_id, [sentence(OF_THE_TEAM_ONLY, texts)], texts, unit)
            return
        _show(thread, "processing", unit, title=asked.text)
        question = read_question(asked.text)
        lines = (
            Knowledge(account, texts, unit).answer(question) if question is not None else [sentence(CAN_ANSWER, texts)]
        )
        if not _stopped_since(thread, asked_at, unit):
            reply_once(thread, asked.message_id, lines, texts, unit)
            _show(thread, "active", unit)


def stop_session(stopped: SessionStopped, unit: Unit) -> None:
    """Say no more about what was asked in a thread until now, and that we are done; what is asked later is answered."""
    thread = Subject(channel=stopped.channel, root_ts=stopped.root_ts)
    unit.stores.outbox.begin(unit.tenant_id, _stop_of(thread), at=unit.now())
    end_session(thread, unit)


def end_session(thread: Subject, unit: Unit) -> None:
    """Have the chat no longer show that we are at work in a thread."""
    with suppress(NotConnected, AccessRevoked, NotFound), unit.noticing_loss():
        _show(thread, "closed", unit)


def _show(thread: Subject, status: SessionStatus, unit: Unit, *, title: str | None = None) -> None:
    """Say how far we are; where the chat does not take that, the answer is worth more."""
    with suppress(UpstreamRejected):
        unit.chat.show_session(thread.channel, thread.root_ts, status, title=title)


def _stopped_since(thread: Subject, asked_at: datetime, unit: Unit) -> bool:
    stopped_at = unit.stores.outbox.pending_since(unit.tenant_id, _stop_of(thread))
    return stopped_at is not None and stopped_at >= asked_at


def _stop_of(thread: Subject) -> str:
    return f"stop|{thread.id}"
