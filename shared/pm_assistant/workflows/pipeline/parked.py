"""What could not be judged is told to those who may mend the cause, without what was said."""

from datetime import timedelta

from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.events import ConversationTouched
from pm_assistant.domain.vendors import Role
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.accounts.audit import entry

PARKED_WITHIN = timedelta(hours=6)
"""By then a message that is given up lies among the dead letters: by our hand, or else by SQS's."""


def tell_parked(touch: ConversationTouched, cause: str, unit: Unit) -> None:
    """Have the team's trail say that a conversation was given up, and why; of a private one not which.

    It is said once, however often its message is given up until it is parked. Of a team that is gone nothing is kept.
    """
    try:
        unit.stores.tenants.get(unit.tenant_id)
    except NotFound:
        return
    place = unit.stores.readings.position(unit.tenant_id, unit.provider(Role.CHAT), touch.channel)
    is_open = place is not None and place.channel is not None and not place.channel.private
    target = f"{touch.channel}:{touch.root_ts}" if is_open else ""
    now, once = unit.now(), f"parked|{touch.channel}|{touch.ts}"
    if not unit.stores.leases.take(unit.tenant_id, once, now=now, until=now + PARKED_WITHIN):
        return
    try:
        unit.stores.audit.add(unit.tenant_id, entry("conversation.parked", at=now, target=target, because=cause))
    except Exception:
        unit.stores.leases.give_back(unit.tenant_id, once)
        raise
