"""`pm operator dlq`: what could not be done, and another chance for it."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import BaseModel, TypeAdapter, ValidationError

from pm_assistant.cli import operator_views, terminal
from pm_assistant.cli.client import StackClient
from pm_assistant.cli.models import Parked, ParkedInFull
from pm_assistant.cli.options import AsJson
from pm_assistant.cli.stack import STAGES, Stage
from pm_assistant.domain.connections import ConnectionNotice
from pm_assistant.domain.decisions import ActionRequest
from pm_assistant.domain.due import DueNotice
from pm_assistant.domain.errors import InvalidRequest, NotFound
from pm_assistant.domain.events import (
    ChannelChanged,
    ChannelOpened,
    CodeChanged,
    ConversationTouched,
    DuplicateTouched,
    EventEnvelope,
    PersonChanged,
    PlanningChanged,
    QueuedEvent,
    TicketChanged,
    TicketChangedInPart,
    TicketRemoved,
    TreeTouched,
)
from pm_assistant.domain.jobs import JobDue, RecurringDue
from pm_assistant.domain.messages import ActionsMessage, BillingMessage, JobsMessage, ReportsMessage
from pm_assistant.domain.reports import ReportDue
from pm_assistant.domain.surfaces import SurfaceRequest

if TYPE_CHECKING:
    from pm_assistant.aws.queues import DeadLetter

MESSAGES: dict[Stage, Any] = {
    "events": EventEnvelope,
    "actions": ActionsMessage,
    "reports": ReportsMessage,
    "runs": JobsMessage,
    "billing": BillingMessage,
}
"""What each queue carries."""
OneQueue = Annotated[Stage | None, typer.Option("--queue", help="Only this one's.")]


def list_all(client: StackClient, queue: OneQueue = None, as_json: AsJson = False) -> None:
    """What could not be done, and why; oldest first. Shows nothing that people wrote."""
    letters = [_parked(stage, letter) for stage, letter in _letters(client, queue)]
    letters.sort(key=lambda letter: letter.parked_at)
    terminal.show_json(letters) if as_json else terminal.show(operator_views.parked(letters, datetime.now(UTC)))


def show(
    client: StackClient,
    id: Annotated[str, typer.Argument(help="Of the dead letter, or how it begins.")],
    queue: OneQueue = None,
    as_json: AsJson = False,
) -> None:
    """One dead letter with its whole body."""
    [(stage, letter)] = _chosen(_letters(client, queue), [id])
    parked = ParkedInFull(**dict(_parked(stage, letter)), body=letter.body)
    terminal.show_json(parked) if as_json else terminal.show(operator_views.parked_in_full(parked, datetime.now(UTC)))


def redrive(
    client: StackClient,
    ids: Annotated[list[str] | None, typer.Argument(help="Of dead letters, or how they begin.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All of them; so is naming none.")] = False,
    queue: OneQueue = None,
) -> None:
    """Send dead letters to their queue again: those named, or all of them."""
    if ids and everything:
        raise InvalidRequest("Say which: ids, or --all")
    chosen = _chosen(_letters(client, queue), ids) if ids else None
    for stage in _stages(queue):
        letter_ids = None if chosen is None else {letter.id for of, letter in chosen if of == stage}
        if letter_ids is not None and not letter_ids:
            continue
        sent = client.dead_letters(stage).redrive(client.stack.queues.of(stage), letter_ids)
        typer.echo(f"{stage}: {len(sent)} sent again")


def _stages(queue: Stage | None) -> tuple[Stage, ...]:
    return (queue,) if queue else STAGES


def _letters(client: StackClient, queue: Stage | None) -> list[tuple[Stage, "DeadLetter"]]:
    queues = {stage: client.dead_letters(stage) for stage in _stages(queue)}
    with ThreadPoolExecutor(len(queues)) as readers:  # a queue takes a second, however little is in it
        listed = readers.map(lambda stage: queues[stage].list(), queues)
        return [(stage, letter) for stage, letters in zip(queues, listed, strict=True) for letter in letters]


def _chosen(letters: list[tuple[Stage, "DeadLetter"]], ids: Iterable[str]) -> list[tuple[Stage, "DeadLetter"]]:
    chosen = []
    for id in ids:
        matches = [(stage, letter) for stage, letter in letters if letter.id.startswith(id)]
        if len(matches) != 1:
            raise NotFound(f"{len(matches) or 'No'} dead letters begin with {id}")
        chosen += matches
    return chosen


def _parked(stage: Stage, letter: "DeadLetter") -> Parked:
    return Parked(
        id=letter.id,
        queue=stage,
        error=letter.error,
        cause=letter.cause,
        attempts=letter.attempts,
        parked_at=letter.parked_at,
        about=_about(stage, letter.body),
    )


def _about(stage: Stage, body: str) -> str:
    try:
        message = TypeAdapter(MESSAGES[stage]).validate_json(body)
    except ValidationError:
        return f"unreadable, {len(body)} characters"
    return _event(message.event) if isinstance(message, EventEnvelope) else _message(message.root)


def _message(message: BaseModel) -> str:
    match message:
        case ActionRequest(decision_id=decision_id, answer=answer):
            return f"{answer or 'carry out'} decision {decision_id}"
        case SurfaceRequest(asked=asked):
            return f"answer to {asked.type}"
        case ReportDue(kind=kind, member_id=member_id):
            return f"{kind} for {member_id}"
        case ConnectionNotice(provider=provider):
            return f"notice that {provider} broke"
        case DueNotice(what=what):
            return f"notice of {what}"
        case JobDue(job_id=job_id):
            return f"run {job_id}"
        case RecurringDue(kind=kind, due_at=due_at):
            return f"{kind} of {due_at:%F %H:%M}"
        case _:
            return ""


def _event(event: QueuedEvent) -> str:
    match event:
        case ConversationTouched(channel=channel, ts=ts):
            return f"conversation {channel}:{ts}"
        case TicketChanged(ticket=ticket):
            return f"change of ticket {ticket.key}"
        case (
            TicketChangedInPart(ticket_id=ticket_id)
            | TreeTouched(ticket_id=ticket_id)
            | DuplicateTouched(ticket_id=ticket_id)
        ):
            return f"change of ticket {ticket_id}"
        case TicketRemoved(ticket_id=ticket_id):
            return f"removal of ticket {ticket_id}"
        case CodeChanged(parts=parts) | PlanningChanged(parts=parts):
            return f"change of {parts[-1].kind.replace('_', ' ')}" if parts else "no change"
        case PersonChanged(member=member):
            return f"change of person {member.id}"
        case ChannelChanged(channel=channel) | ChannelOpened(channel=channel):
            return f"change of channel {channel}"
