"""Commands that set something going; what they start goes through the corridor like everything else."""

import getpass
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import typer

from pm_assistant.cli import views
from pm_assistant.cli.corridor import Corridor
from pm_assistant.cli.models import Sent, Would, logged
from pm_assistant.cli.options import AsJson, Since
from pm_assistant.cli.terminal import note, show, show_json, waiting
from pm_assistant.cli.times import moment
from pm_assistant.domain.decisions import OPERATOR, ActionRequest, Decision, DecisionState
from pm_assistant.domain.errors import Conflict, InvalidRequest, NotFound, UpstreamRejected, UpstreamUnavailable
from pm_assistant.domain.reports import Report, ReportDue
from pm_assistant.domain.tenants import Member

DECISION_ID = len(str(uuid.UUID(int=0)))
FINDABLE = timedelta(days=30)
"""How far back a decision is found by the beginning of its id."""
SOON = timedelta(seconds=2)


def sync(
    here: Corridor,
    messages_since: Annotated[str | None, typer.Option("--messages-since", help="Slack's history too: 1d")] = None,
) -> None:
    """Read people, teams and tickets (and what was said) from the vendors into our own copy."""
    from pm_assistant.workflows.connections.sync import sync

    with waiting("Reading Slack and Linear"):
        synced = sync(
            here.tenant,
            chat=here.chat(),
            tracker=here.tracker(),
            directory=here.stores.directory,
            tickets=here.stores.tickets,
            messages=here.stores.messages,
            messages_since=moment(messages_since, datetime.now(UTC)) if messages_since else None,
        )
    typer.echo(", ".join(f"{number} {what}" for what, number in synced))


def process(
    here: Corridor,
    since: Since = "1d",
    execute: Annotated[bool, typer.Option("--execute", help="Have it done.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what the conversations would lead to; --execute sends them down the corridor instead."""
    start = moment(since, datetime.now(UTC))
    if execute:
        _send(here, start, as_json)
        return
    with waiting("Judging the conversations"):
        found = tuple(_previews(here, start))
    show_json(found) if as_json else show(views.previews(found))
    note("Dry run: nothing was changed. --execute has it done.")


def _previews(here: Corridor, since: datetime) -> Iterator[Would]:
    from pm_assistant.workflows.corridor.backfill import preview

    stores = here.stores
    tickets = {ticket.id: ticket for ticket in stores.tickets.all(here.tenant_id)}
    judged = preview(
        here.tenant,
        since=since,
        messages=stores.messages,
        analyst=here.analyst(),
        tickets=stores.tickets,
        directory=stores.directory,
        connections=stores.connections,
        burst_gap_seconds=here.stack.burst_gap_seconds,
        now=datetime.now(UTC),
    )
    for conversation, verdict in judged:
        decisions = logged(verdict.decisions, tickets)
        yield Would(conversation=conversation, decisions=decisions, unusable=verdict.unusable)


def _send(here: Corridor, since: datetime, as_json: bool) -> None:
    from pm_assistant.workflows.corridor.backfill import execute

    sent = execute(
        here.tenant.id,
        since=since,
        messages=here.stores.messages,
        events=here.queue("events"),
        burst_gap_seconds=here.stack.burst_gap_seconds,
    )
    if as_json:
        show_json(Sent(conversations=sent))
    note(f"Sent {sent} conversations to the events queue; what has been judged already is skipped. Watch with: pm tail")


def standup(
    here: Corridor,
    person: Annotated[str | None, typer.Option("--person", help="Whose; everybody's if left out.")] = None,
    send: Annotated[bool, typer.Option("--send", help="Have it delivered to that person.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show standups as they would be now; --send has one delivered through the scheduler."""
    if send and person is None:
        raise InvalidRequest("Say who gets it: --person NAME", field="person")
    people = [here.person(person)] if person else here.stores.directory.members(here.tenant_id)
    now = datetime.now(UTC)
    found = [_standup(here, member, now) for member in people]
    show_json(found) if as_json else show(views.reports(found))
    if send:
        _deliver(here, people[0], now)


def _standup(here: Corridor, member: Member, now: datetime) -> Report:
    from pm_assistant.workflows.reports.report import standup

    stores = here.stores
    return standup(
        ReportDue(tenant_id=here.tenant_id, member_id=member.id),
        directory=stores.directory,
        tickets=stores.tickets,
        decisions=stores.decisions,
        deliveries=stores.deliveries,
        now=now,
    )


def _deliver(here: Corridor, member: Member, now: datetime) -> None:
    if member.slack_id is None:
        raise NotFound(f"{member.name} is not known in Slack")
    due = ReportDue(tenant_id=here.tenant_id, member_id=member.id, once=f"pm-{uuid.uuid4()}")
    here.schedules().put_once(due, now + SOON)
    note(f"Due in {SOON.seconds} s: EventBridge Scheduler, tick, [reports], report. {member.name} gets it in Slack.")


def approve(here: Corridor, id: Annotated[str, typer.Argument(help="Of the decision, or how it begins.")]) -> None:
    """Say yes to a proposed decision."""
    _answer(here, id, "approve")


def dismiss(here: Corridor, id: Annotated[str, typer.Argument(help="Of the decision, or how it begins.")]) -> None:
    """Say no to a proposed decision."""
    _answer(here, id, "dismiss")


def _answer(here: Corridor, id: str, answer: Literal["approve", "dismiss"]) -> None:
    decision = _decision(here, id)
    if decision.state is not DecisionState.PROPOSED:
        raise Conflict(f"Decision {decision.id} is {decision.state}: there is nothing to {answer}")
    request = ActionRequest(
        tenant_id=here.tenant_id,
        decision_id=decision.id,
        answer=answer,
        answered_by=f"{OPERATOR}{getpass.getuser()}",
        revision=decision.revision,
    )
    here.queue("actions").put(request, group=here.tenant_id)
    note(f"Sent to the actions queue: {answer} {decision.id} ({views.what(decision.action)}). Watch with: pm tail")


def _decision(here: Corridor, id: str) -> Decision:
    if len(id) == DECISION_ID:
        return here.stores.decisions.get(here.tenant_id, id)
    recent = here.stores.decisions.since(here.tenant_id, datetime.now(UTC) - FINDABLE)
    found = [decision for decision in recent if decision.id.startswith(id)]
    if len(found) != 1:
        raise NotFound(f"{len(found) or 'No'} decisions of the last {FINDABLE.days} days begin with {id}")
    return found[0]


def send(
    here: Corridor,
    text: Annotated[str, typer.Argument(help="What is said.")],
    channel: Annotated[str, typer.Option("--channel", help="Id or name.")],
    user: Annotated[str, typer.Option("--user", help="Slack id, or a person's name.")],
    thread: Annotated[str | None, typer.Option("--thread", help="The ts of the message to reply to.")] = None,
) -> None:
    """Say something in the sandbox's Slack as one of its people; prints the message's ts."""
    import httpx

    if here.stack.sandbox_url is None:
        raise InvalidRequest("This stack has no sandbox: say it in Slack itself")
    posted = {"channel": channel, "user": _slack_id(here, user), "text": text}
    if thread:
        posted["thread_ts"] = thread
    try:
        answer = httpx.post(
            f"{here.stack.sandbox_url}/_sandbox/slack/messages", json=posted, timeout=10, trust_env=False
        )
    except httpx.HTTPError as error:
        raise UpstreamUnavailable(f"The sandbox at {here.stack.sandbox_url} does not answer") from error
    if answer.is_error:
        raise UpstreamRejected(f"The sandbox refused ({answer.status_code}): {answer.text[:300]}")
    typer.echo(answer.json()["ts"])


def _slack_id(here: Corridor, user: str) -> str:
    try:
        return here.person(user).slack_id or user
    except NotFound:
        return user  # The sandbox may know somebody who has not been synced, and says so if it does not.
