"""Have a report come at a person's own hour, or no longer."""

from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.reports import Delivery, ReportKind, Subscription
from pm_assistant.domain.tenants import TenantId
from pm_assistant.ports.reports import Schedules, Subscriptions
from pm_assistant.ports.tenants import Directory
from pm_assistant.workflows.tenants.members import member_of


def subscribe(
    tenant_id: TenantId,
    wish: Subscription,
    *,
    directory: Directory,
    subscriptions: Subscriptions,
    schedules: Schedules,
) -> Subscription:
    """Set the clock for a report, and note the wish; replaces what the person wished for that kind before.

    First the clock: a wish that is noted and never comes true would be worse than one that comes true unnoted.

    Raises:
        NotFound: the tenant has no such member.
        InvalidRequest: the person cannot be reached that way, or the clock cannot be set so.
    """
    member = member_of(tenant_id, wish.member_id, directory=directory)
    address = {Delivery.SLACK: member.slack_id, Delivery.EMAIL: member.email}[wish.delivery]
    if address is None:
        raise InvalidRequest(f"the member cannot be reached by {wish.delivery}", field="delivery")
    schedules.put(tenant_id, member, wish)
    subscriptions.put(tenant_id, wish)
    return wish


def unsubscribe(
    tenant_id: TenantId,
    member_id: str,
    kind: ReportKind,
    *,
    directory: Directory,
    subscriptions: Subscriptions,
    schedules: Schedules,
) -> None:
    """Stop the clock, and forget the wish; one that is not there is fine.

    Raises:
        NotFound: the tenant has no such member.
    """
    member_of(tenant_id, member_id, directory=directory)
    schedules.remove(tenant_id, member_id, kind)
    subscriptions.remove(tenant_id, member_id, kind)
