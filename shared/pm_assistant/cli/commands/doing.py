"""Commands that set something going; what they start goes through the corridor like everything else."""

import getpass
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from pm_assistant.cli import views
from pm_assistant.cli.client import StackClient
from pm_assistant.cli.models import DECISION_ID, FINDABLE, Sent, Would, logged, only_one
from pm_assistant.cli.options import AsJson, MemberId, Since
from pm_assistant.cli.terminal import note, show, show_json, waiting
from pm_assistant.cli.times import moment
from pm_assistant.domain.answers import Edited
from pm_assistant.domain.decisions import OPERATOR, ActionRequest, Answer, Decision
from pm_assistant.domain.editing import edited_action
from pm_assistant.domain.errors import Conflict, InvalidRequest, NotFound, UpstreamRejected, UpstreamUnavailable
from pm_assistant.domain.reports import Report, ReportChannel, ReportDue
from pm_assistant.domain.tenants import Member, Tenant

SOON = timedelta(seconds=2)


def sync(
    client: StackClient,
    messages_since: Annotated[str | None, typer.Option("--messages-since", help="Slack's history too: 1d")] = None,
) -> None:
    """Read people, teams and tickets (and what was said) from the vendors into our own copy."""
    from pm_assistant.workflows.connections.sync import sync_tenant

    since = moment(messages_since, datetime.now(UTC)) if messages_since else None
    with waiting("Reading Slack and Linear"):
        synced = sync_tenant(client.tenant, client.unit, messages_since=since)
    typer.echo(", ".join(f"{number} {what}" for what, number in synced))


def process(
    client: StackClient,
    since: Since = "1d",
    execute: Annotated[bool, typer.Option("--execute", help="Have it done.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what the conversations would lead to; --execute sends them down the corridor instead."""
    tenant, start = client.tenant, moment(since, datetime.now(UTC))
    if execute:
        _send(client, start, as_json)
        return
    with waiting("Judging the conversations"):
        previews = tuple(_previews(client, tenant, start))
    show_json(previews) if as_json else show(views.previews(previews))
    note("Dry run: nothing was changed. --execute has it done.")


def _previews(client: StackClient, tenant: Tenant, since: datetime) -> Iterator[Would]:
    from pm_assistant.workflows.corridor.backfill import preview

    tickets = {ticket.id: ticket for ticket in client.stores.tickets.all(tenant.id)}
    for conversation, verdict in preview(tenant, since, client.unit):
        decisions = logged(verdict.decisions, tickets)
        yield Would(conversation=conversation, decisions=decisions, unusable=verdict.unusable)


def _send(client: StackClient, since: datetime, as_json: bool) -> None:
    from pm_assistant.workflows.corridor.backfill import execute

    sent = execute(since, client.unit)
    if as_json:
        show_json(Sent(conversations=sent))
    note(f"Sent {sent} conversations to the events queue; what has been judged already is skipped. Watch with: pm tail")


def standup(
    client: StackClient,
    member_id: MemberId = None,
    send: Annotated[bool, typer.Option("--send", help="Have it delivered to that person.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show standups as they would be now; --send has one delivered through the scheduler."""
    if send and member_id is None:
        raise InvalidRequest("Say who gets it: --member-id NAME", field="member_id")
    people = [client.person(member_id)] if member_id else client.stores.directory.members(client.tenant_id)
    reports = [_standup(client, member) for member in people]
    show_json(reports) if as_json else show(views.reports(reports))
    if send:
        _deliver(client, people[0])


def _standup(client: StackClient, member: Member) -> Report:
    from pm_assistant.workflows.reports.report import day_of

    return day_of(member, client.unit)


def _deliver(client: StackClient, member: Member) -> None:
    from pm_assistant.workflows.reports.report import reach

    due = ReportDue(tenant_id=client.tenant_id, member_id=member.id, once=f"pm-{uuid.uuid4()}")
    reached = reach(due, member, client.unit)
    if reached is None:
        raise InvalidRequest(f"mail to {member.email} does not arrive, and {member.name} is not known in the chat")
    channel, address = reached
    client.unit.schedules.put_once(due, datetime.now(UTC) + SOON)
    where = f"by e-mail to {address}" if channel is ReportChannel.EMAIL else "in Slack"
    note(f"Due in {SOON.seconds} s: EventBridge Scheduler, [reports], report. {member.name} gets it {where}.")


type DecisionArgument = Annotated[str, typer.Argument(help="Of the decision, or how it begins.")]


def approve(
    client: StackClient,
    id: DecisionArgument,
    text: Annotated[str | None, typer.Option("--text", help="The comment or description, as you word it.")] = None,
    title: Annotated[str | None, typer.Option("--title", help="Of a new ticket, as you word it.")] = None,
    priority: Annotated[int | None, typer.Option("--priority", min=0, max=4, help="1 is urgent, 4 low.")] = None,
) -> None:
    """Say yes to a proposed decision, as it is or as you word it."""
    edited = Edited(title=title, text=text, priority=priority)
    if edited == Edited():
        _answer(client, id, "approve")
    else:
        _answer(client, id, "edit", edited=edited)


def dismiss(
    client: StackClient,
    id: DecisionArgument,
    why: Annotated[str | None, typer.Option("--why", help="The reason, in your words.")] = None,
) -> None:
    """Say no to a proposed decision."""
    _answer(client, id, "dismiss", remark=why)


def relink(
    client: StackClient, id: DecisionArgument, ticket: Annotated[str, typer.Argument(help="Its key, such as ENG-14.")]
) -> None:
    """Have what was proposed done on another ticket instead."""
    _answer(client, id, "relink", ticket=ticket)


def retry(client: StackClient, id: DecisionArgument) -> None:
    """Try again what could not be done."""
    _answer(client, id, "retry")


def _answer(
    client: StackClient,
    id: str,
    answer: Answer,
    *,
    remark: str | None = None,
    edited: Edited | None = None,
    ticket: str | None = None,
) -> None:
    decision = _decision(client, id)
    if not decision.accepts(answer):
        raise Conflict(f"Decision {decision.id} is {decision.state}: there is nothing to {answer}")
    if edited is not None:
        edited_action(decision.action, edited)
    request = ActionRequest(
        tenant_id=client.tenant_id,
        decision_id=decision.id,
        answer=answer,
        answered_by=f"{OPERATOR}{getpass.getuser()}",
        remark=remark,
        edited=edited,
        ticket=ticket,
        revision=decision.revision,
    )
    client.unit.queues.actions.put(request, group=client.tenant_id)
    note(f"Sent to the actions queue: {answer} {decision.id} ({views.what(decision.action)}). Watch with: pm tail")


def _decision(client: StackClient, id: str) -> Decision:
    if len(id) == DECISION_ID:
        return client.stores.decisions.get(client.tenant_id, id)
    recent = client.stores.decisions.since(client.tenant_id, datetime.now(UTC) - FINDABLE)
    by_id = {decision.id: decision for decision in recent}
    return by_id[only_one(id, by_id)]


def send(
    client: StackClient,
    text: Annotated[str, typer.Argument(help="What is said.")],
    channel: Annotated[str, typer.Option("--channel", help="Id or name.")],
    user: Annotated[str, typer.Option("--user", help="Slack id, or a person's name.")],
    thread: Annotated[str | None, typer.Option("--thread", help="The ts of the message to reply to.")] = None,
) -> None:
    """Say something in the sandbox's Slack as one of its people; prints the message's ts."""
    import httpx

    if client.stack.sandbox_url is None:
        raise InvalidRequest("This stack has no sandbox: say it in Slack itself")
    posted = {"channel": channel, "user": _slack_id(client, user), "text": text}
    if thread:
        posted["thread_ts"] = thread
    try:
        answer = httpx.post(
            f"{client.stack.sandbox_url}/_sandbox/slack/messages", json=posted, timeout=10, trust_env=False
        )
    except httpx.HTTPError as error:
        raise UpstreamUnavailable(f"The sandbox at {client.stack.sandbox_url} does not answer") from error
    if answer.is_error:
        raise UpstreamRejected(f"The sandbox refused ({answer.status_code}): {answer.text[:300]}")
    typer.echo(answer.json()["ts"])


def _slack_id(client: StackClient, user: str) -> str:
    try:
        return client.person(user).slack_id or user
    except NotFound:
        return user  # The sandbox may know somebody who has not been synced, and says so if it does not.
