"""Who may answer what the product asks in the chat: to be known there is not to be trusted."""

from typing import assert_never

from pm_assistant.domain.decisions import CALLERS, OPERATOR
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.tenants import Member, Standing
from pm_assistant.domain.vendors import Role
from pm_assistant.ports.unit import Unit

UNKNOWN = "you are nobody whom we know of this workspace"


def reason_to_refuse(account: str, unit: Unit) -> str | None:
    """Why an account may not answer, in words for its person; None if it may.

    Callers of the API and operators have shown their rights before. In the chat only full members of the team's own
    workspace answer. Of whom we do not know what they are, the chat is asked on the spot: people join at any time.

    Raises:
        NotConnected: nobody can be asked, for the tenant has no chat (any more).
        UpstreamUnavailable: the chat did not answer; repeat.
    """
    if account.startswith((OPERATOR, *CALLERS)):
        return None
    chat = unit.provider(Role.CHAT)
    member = _known_member(account, unit) or _newcomer(account, unit)
    standing = member.standings.get(chat) if member else None
    match standing:
        case Standing.MEMBER:
            return None
        case Standing.GUEST:
            return "guests of the workspace cannot answer for the team"
        case Standing.OUTSIDER:
            return "only people of the team's own workspace can answer"
        case Standing.LEFT:
            return "your account is deactivated"
        case None:
            return UNKNOWN
        case _:
            assert_never(standing)


def _known_member(account: str, unit: Unit) -> Member | None:
    """The member with that account, if we know what it is in the workspace."""
    chat, members = unit.provider(Role.CHAT), unit.stores.directory.members(unit.tenant_id)
    return next(
        (member for member in members if member.accounts.get(chat) == account and chat in member.standings), None
    )


def _newcomer(account: str, unit: Unit) -> Member | None:
    """Look an account up in the chat, and keep whom we meet of the team's own workspace."""
    chat, directory = unit.provider(Role.CHAT), unit.stores.directory
    try:
        found = unit.chat.member(account)
    except NotFound:
        return None
    known = next((m for m in directory.members(unit.tenant_id) if m.accounts.get(chat) == account), None)
    standing = found.standings.get(chat)
    if known is not None:
        found = known.model_copy(update={"standings": {**known.standings, **found.standings}})
    if known is not None or standing in {Standing.MEMBER, Standing.GUEST}:
        directory.put_members(unit.tenant_id, [found])
    return found
