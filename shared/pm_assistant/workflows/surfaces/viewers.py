"""Who stands before a surface, and whether that is somebody of the team: every surface asks before it says a word."""

from collections.abc import Iterable, Sequence

from pm_assistant.domain.accounts import Role as AccountRole
from pm_assistant.domain.people import known_by
from pm_assistant.domain.tenants import Member, Standing
from pm_assistant.domain.vendors import Role
from pm_assistant.ports.unit import Unit

WELCOME = frozenset({Standing.MEMBER, Standing.GUEST})


def viewer_of(account: str, members: Iterable[Member], unit: Unit) -> Member | None:
    """The person behind an account of the chat, as far as the team's workspace is theirs; guests see a part of it.

    None of strangers from other companies, of who has left, and of who was never heard of.

    Args:
        account: in the chat.
        members: the team's people.
        unit: of work.
    """
    chat = unit.provider(Role.CHAT)
    member = next((member for member in members if member.accounts.get(chat) == account), None)
    return member if member is not None and member.standings.get(chat) in WELCOME else None


def is_admin(viewer: Member, people: Sequence[Member], unit: Unit) -> bool:
    """Whether a full member of the workspace is an admin of the team, known by the address that both have proven."""
    if not may_answer(viewer, unit):
        return False
    admins = (each for each in unit.stores.accounts.all(unit.tenant_id) if each.role is not AccountRole.MEMBER)
    return any(known_by(admin.email, people) == viewer for admin in admins)


def may_answer(viewer: Member, unit: Unit) -> bool:
    """Whether a person may answer for the team, by what we know; whoever presses is looked up once more."""
    return viewer.standings.get(unit.provider(Role.CHAT)) is Standing.MEMBER
