"""A round of reports that somebody asked for: shown, or delivered to everybody it concerns."""

from collections.abc import Sequence

from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.jobs import Run, Step
from pm_assistant.domain.reports import ReportDue, ReportKind
from pm_assistant.domain.tenants import Member
from pm_assistant.ports.corridor import Decisions, Tickets
from pm_assistant.ports.platform import Queue
from pm_assistant.ports.reports import Runs, Subscriptions
from pm_assistant.ports.tenants import Directory
from pm_assistant.workflows.reports.report import composed

PEOPLE_PER_STEP = 20


def go_round(
    run: Run,
    *,
    directory: Directory,
    tickets: Tickets,
    decisions: Decisions,
    runs: Runs,
    subscriptions: Subscriptions,
    reports: Queue,
) -> Step:
    """Take a run of reports to the next people: show what they would be told, or have them told.

    Raises:
        NotFound: the tenant has no such member.
    """
    kind = ReportKind(run.order.kind.value)
    people = _readers(run, kind, directory, subscriptions)
    ahead = [member for member in people if member.id > (run.cursor or "")]
    step, results = ahead[:PEOPLE_PER_STEP], []
    for member in step:
        due = ReportDue(
            tenant_id=run.tenant_id,
            member_id=member.id,
            kind=kind,
            due_at=run.created_at,
            once=run.id,
            since=run.order.since,
        )
        if run.order.dry_run:
            made = composed(
                due, directory=directory, tickets=tickets, decisions=decisions, runs=runs, now=run.created_at
            )
            results.append({"member_id": member.id, **made.model_dump(mode="json")})
        else:
            reports.put(due, group=run.tenant_id)
    left = len(ahead) - len(step)
    return Step(
        done=len(people) - left,
        total=len(people),
        cursor=step[-1].id if left else None,
        results=tuple(results),
    )


def _readers(run: Run, kind: ReportKind, directory: Directory, subscriptions: Subscriptions) -> Sequence[Member]:
    """Whom a run of reports is for, by id: the person named, else all who are in the chat or have subscribed."""
    people = directory.members(run.tenant_id)
    if run.order.member_id is not None:
        named = [member for member in people if member.id == run.order.member_id]
        if not named:
            raise NotFound(f"no member {run.order.member_id}")
        return named
    subscribed = {wish.member_id for wish in subscriptions.all(run.tenant_id) if wish.kind is kind}
    found = [member for member in people if member.slack_id is not None or member.id in subscribed]
    return sorted(found, key=lambda member: member.id)
