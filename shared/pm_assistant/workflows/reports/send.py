"""A round of reports that somebody asked for: shown, or delivered to everybody it concerns."""

from collections.abc import Sequence

from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.jobs import Job, Step
from pm_assistant.domain.reports import ReportDue, ReportKind
from pm_assistant.domain.tenants import Member
from pm_assistant.ports.corridor import Decisions, Tickets
from pm_assistant.ports.platform import Queue
from pm_assistant.ports.reports import Deliveries, Subscriptions
from pm_assistant.ports.tenants import Directory
from pm_assistant.workflows.reports.report import composed

PEOPLE_PER_STEP = 20


def go_round(
    job: Job,
    *,
    directory: Directory,
    tickets: Tickets,
    decisions: Decisions,
    deliveries: Deliveries,
    subscriptions: Subscriptions,
    reports: Queue,
) -> Step:
    """Take a run of reports to the next people: show what they would be told, or have them told.

    Raises:
        NotFound: the tenant has no such member.
    """
    kind = ReportKind(job.order.kind.value)
    people = _readers(job, kind, directory, subscriptions)
    ahead = [member for member in people if member.id > (job.cursor or "")]
    step, results = ahead[:PEOPLE_PER_STEP], []
    for member in step:
        due = ReportDue(
            tenant_id=job.tenant_id,
            member_id=member.id,
            kind=kind,
            due_at=job.created_at,
            once=job.id,
            since=job.order.since,
        )
        if job.order.dry_run:
            made = composed(
                due,
                directory=directory,
                tickets=tickets,
                decisions=decisions,
                deliveries=deliveries,
                now=job.created_at,
            )
            results.append({"member_id": member.id, **made.model_dump(mode="json")})
        else:
            reports.put(due, group=job.tenant_id)
    left = len(ahead) - len(step)
    return Step(
        done=len(people) - left,
        total=len(people),
        cursor=step[-1].id if left else None,
        results=tuple(results),
    )


def _readers(job: Job, kind: ReportKind, directory: Directory, subscriptions: Subscriptions) -> Sequence[Member]:
    """Whom a run of reports is for, by id: the person named, else all who are in the chat or have subscribed."""
    people = directory.members(job.tenant_id)
    if job.order.member_id is not None:
        named = [member for member in people if member.id == job.order.member_id]
        if not named:
            raise NotFound(f"no member {job.order.member_id}")
        return named
    subscribed = {wish.member_id for wish in subscriptions.all(job.tenant_id) if wish.kind is kind}
    found = [member for member in people if member.slack_id is not None or member.id in subscribed]
    return sorted(found, key=lambda member: member.id)
