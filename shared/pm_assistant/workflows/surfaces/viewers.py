"""Who stands before a surface, and whether that is somebody of the team: every surface asks before it says a word."""

from collections.abc import Iterable

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


def may_answer(viewer: Member, unit: Unit) -> bool:
    """Whether a person may answer for the team, by what we know; whoever presses is looked up once more."""
    return viewer.standings.get(unit.provider(Role.CHAT)) is Standing.MEMBER
