"""Reports that somebody asked for: shown, or delivered to everybody whom they concern."""

from collections.abc import Mapping, Sequence
from typing import Any

from pm_assistant.domain.errors import Conflict, Misconfigured, NotFound, ProductError, UpstreamError
from pm_assistant.domain.jobs import Job, Step
from pm_assistant.domain.reports import ReportChannel, ReportDue, ReportKind
from pm_assistant.domain.tenants import Member
from pm_assistant.domain.vendors import Role
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.reports.kinds import SENT_BY
from pm_assistant.workflows.reports.report import compose
from pm_assistant.workflows.tenants.address import address_of

PEOPLE_PER_STEP = 20
LONGEST_DELAY = 900
"""In seconds; a queue holds a message back no longer."""


def send_reports(job: Job, unit: Unit) -> Step:
    """Take a job of reports to the next people: show what they would be told, or have them told.

    Raises:
        NotFound: the tenant has no such member.
    """
    kind = SENT_BY[job.order.kind]
    readers = _readers(job, kind, unit)
    ahead = [member for member in readers if member.id > (job.cursor or "")]
    batch, results = ahead[:PEOPLE_PER_STEP], []
    for place, member in enumerate(batch, start=len(readers) - len(ahead)):
        due = ReportDue(
            tenant_id=unit.tenant_id,
            member_id=member.id,
            kind=kind,
            due_at=job.created_at,
            once=job.id,
            since=job.order.since,
        )
        if job.order.dry_run:
            results.append({"member_id": member.id, **_shown(due, member, unit)})
        else:
            # One after the other: a chat takes so many messages a minute from us, whoever they are for.
            unit.queues.reports.put(due, group=unit.tenant_id, delay_seconds=min(place, LONGEST_DELAY))
    left = len(ahead) - len(batch)
    return Step(
        done=len(readers) - left,
        total=len(readers),
        cursor=batch[-1].id if left else None,
        results=tuple(results),
    )


def _shown(due: ReportDue, member: Member, unit: Unit) -> Mapping[str, Any]:
    """What a person would be told; what goes wrong with one person's costs that person's alone."""
    try:
        return compose(due, member, unit, for_others=True).model_dump(mode="json")
    except (UpstreamError, Conflict, Misconfigured):
        raise
    except Exception as error:
        return {"error": str(error) if isinstance(error, ProductError) else "this report could not be made"}


def _readers(job: Job, kind: ReportKind, unit: Unit) -> Sequence[Member]:
    """Whom a job of reports is for, by id: the person named, else all who are in the chat or have subscribed."""
    members = unit.stores.directory.members(unit.tenant_id)
    if job.order.member_id is not None:
        named = [member for member in members if member.id == job.order.member_id]
        if not named:
            raise NotFound(f"no member {job.order.member_id}")
        return named
    subscriptions = unit.stores.subscriptions.all(unit.tenant_id)
    subscribed = {subscription.member_id for subscription in subscriptions if subscription.kind is kind}
    chat = unit.provider(Role.CHAT)
    reachable = [member for member in members if any(address_of(member, channel, unit) for channel in ReportChannel)]
    readers = [member for member in reachable if member.accounts.get(chat) or member.id in subscribed]
    return sorted(readers, key=lambda member: member.id)
