"""Send somebody a report again later, as things stand then."""

from datetime import datetime, time, timedelta
from typing import Literal

from pm_assistant.domain.reports import ReportDue, ReportTarget
from pm_assistant.domain.tenants import Member
from pm_assistant.ports.unit import Unit

type Later = Literal["hour", "tomorrow"]


def send_again(target: ReportTarget, until: Later, reader: Member, unit: Unit, *, asked_at: datetime) -> datetime:
    """Have a report come once more, and say when; it does not count as that day's own, and asked twice it is one.

    Tomorrow means the hour at which the person wants it anyway, on the next day of their own.

    Raises:
        UpstreamUnavailable: the clockwork did not answer; repeat.
    """
    at = _moment(target, until, reader, unit, asked_at)
    due = ReportDue(tenant_id=unit.tenant_id, once=f"snoozed-{asked_at:%Y%m%dT%H%M%S.%f}", **target.model_dump())
    unit.schedules.put_once(due, at)
    return at


def _moment(target: ReportTarget, until: Later, reader: Member, unit: Unit, asked_at: datetime) -> datetime:
    if until == "hour":
        return asked_at + timedelta(hours=1)
    wish = unit.stores.subscriptions.get(unit.tenant_id, target.subscription_id)
    hour, minute = (wish.hour, wish.minute) if wish else (9, 0)
    tomorrow = asked_at.astimezone(reader.zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(hour, minute), reader.zone)
