"""Reports: due by the clock, in rounds, and to people who leave meanwhile."""

from collections.abc import Iterator
from functools import partial

from pm_assistant.domain.reports import ReportChannel, ReportDue, ReportKind, Subscription
from tests.builders import (
    ACME,
)
from tests.chaos.paths.path import Path
from tests.chaos.world import Script, World


def reported(world: World, delivery: ReportChannel) -> Script:
    """A standup is due, and its schedule strikes twice."""
    world.base.stores.subscriptions.put(ACME, Subscription(member_id="U0ADA", delivery=delivery))
    due = ReportDue(tenant_id=ACME, member_id="U0ADA", kind=ReportKind.STANDUP, due_at=world.at)
    world.base.queues.reports.put(due, group=ACME)
    world.base.queues.reports.put(due, group=ACME, delay_seconds=2)
    yield None


def is_told(world: World, delivery: ReportChannel) -> Iterator[str]:
    """The report came, the way it was wished."""
    told = [user for user, _ in world.chat.reports] + [mail.to for mail in world.base.mailer.sent]
    if {"U0ADA" if delivery is ReportChannel.SLACK else "ada@acme.test"} != set(told):
        yield f"told: {told}"


def _report(channel: ReportChannel) -> Path:
    return Path(partial(reported, delivery=channel), partial(is_told, delivery=channel))


PATHS: dict[str, Path] = {
    "report-chat": _report(ReportChannel.SLACK),
    "report-mail": _report(ReportChannel.EMAIL),
}
