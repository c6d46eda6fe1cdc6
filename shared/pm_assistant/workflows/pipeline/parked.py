"""What could not be judged is told to those who may mend the cause, without what was said."""

from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.events import ConversationTouched
from pm_assistant.domain.vendors import Role
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.accounts.audit import entry


def tell_parked(touch: ConversationTouched, cause: str, unit: Unit) -> None:
    """Have the team's trail say that a conversation was given up, and why; of a private one not which.

    Of a team that is gone nothing is kept.
    """
    try:
        unit.stores.tenants.get(unit.tenant_id)
    except NotFound:
        return
    place = unit.stores.readings.position(unit.tenant_id, unit.provider(Role.CHAT), touch.channel)
    is_open = place is not None and place.channel is not None and not place.channel.private
    target = f"{touch.channel}:{touch.root_ts}" if is_open else ""
    unit.stores.audit.add(unit.tenant_id, entry("conversation.parked", at=unit.now(), target=target, because=cause))
