"""Send what the clockwork did not: a report whose message was lost, or whose hour the clocks skipped, comes late."""

from datetime import datetime, timedelta

from pm_assistant.domain.reports import ReportDue
from pm_assistant.domain.timetable import due_times
from pm_assistant.domain.workspaces import zone_named
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.connections.schedule import readers

LOOKS_BACK = timedelta(days=2)
"""Whoever moves from the last time zone to the first is 26 hours ahead at once."""
LONGEST_DELAY = 900
"""In seconds; a queue holds a message back no longer."""


def send_missed_reports(unit: Unit, *, not_before: datetime | None = None) -> int:
    """Have every report sent that was due and is not known to have been; returns how many. May be repeated.

    What is on its way already is sent once all the same: a local day has one delivery. What was due until `not_before`
    is owed to nobody.
    """
    now, owed = unit.now(), dict[str, ReportDue]()
    since = max(filter(None, (now - LOOKS_BACK, not_before)))
    for subscription, member in readers(unit):
        if subscription.channel_id is None and (member is None or member.left):
            continue
        zone = subscription.clock_for(member)
        for day, moment in due_times(subscription, zone_named(zone), after=since, until=now - ReportDue.LATE_AFTER):
            due = ReportDue(
                tenant_id=unit.tenant_id, due_at=moment, time_zone=zone, on=day, **subscription.target_fields
            )
            owed[due.delivery_key(day)] = due
    delivered = unit.stores.deliveries.delivered_among(unit.tenant_id, owed)
    missed = [due for key, due in owed.items() if key not in delivered]
    for place, due in enumerate(missed):
        # One after the other: a chat takes so many messages a minute from us, whoever they are for.
        unit.queues.reports.put(due, group=unit.tenant_id, delay_seconds=min(place, LONGEST_DELAY))
    return len(missed)
