"""What could not be judged is told to those who may mend the cause, without what was said."""

from contextlib import suppress
from datetime import datetime

from pm_assistant.domain.errors import Conflict, NotFound
from pm_assistant.domain.events import ConversationTouched
from pm_assistant.domain.vendors import Role
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.accounts.audit import entry


def tell_parked(touch: ConversationTouched, cause: str, unit: Unit, *, at: datetime, once: str) -> None:
    """Have the team's trail say that a conversation was given up, and why; of a private one not which.

    Of a team that is gone nothing is kept.

    Args:
        touch: the conversation.
        cause: why.
        unit: the team's.
        at: when it was first tried.
        once: what is the same, as `at` is, however often it is told of until it is parked: that is one entry.
    """
    try:
        unit.stores.tenants.get(unit.tenant_id)
    except NotFound:
        return
    place = unit.stores.readings.position(unit.tenant_id, unit.provider(Role.CHAT), touch.channel)
    is_open = place is not None and place.channel is not None and not place.channel.private
    target = f"{touch.channel}:{touch.root_ts}" if is_open else ""
    told = entry("conversation.parked", at=at, target=target, once=once, because=cause)
    with suppress(Conflict):  # It may fail otherwise the next time; what was told first stays.
        unit.stores.audit.add(unit.tenant_id, told)
