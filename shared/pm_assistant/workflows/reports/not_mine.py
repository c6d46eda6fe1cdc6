"""What people have said not to be theirs: left out of their reports until it has been somebody else's."""

from pm_assistant.domain.tenants import Member
from pm_assistant.domain.vendors import Role
from pm_assistant.ports.unit import Unit


def still_disowned(member: Member, unit: Unit) -> Member:
    """A member without what has been reassigned since; whoever assigns it to them again means it, so that is noted."""
    if not member.not_mine:
        return member
    tickets = unit.stores.index.read(unit.tenant_id).tickets
    account = member.accounts.get(unit.provider(Role.TRACKER))
    still = tuple(id for id in member.not_mine if (head := tickets.get(id)) and head.assignee_id == account)
    if still == member.not_mine:
        return member
    after = member.model_copy(update={"not_mine": still})
    unit.stores.directory.replace_member(unit.tenant_id, after, before=member)
    return after
