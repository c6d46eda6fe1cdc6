"""Where a person can be reached."""

from typing import assert_never

from pm_assistant.domain.reports import ReportChannel
from pm_assistant.domain.tenants import Member, Standing
from pm_assistant.domain.vendors import Role
from pm_assistant.ports.unit import Unit


def address_of(member: Member, channel: ReportChannel, unit: Unit) -> str | None:
    """Where a person is reached that way; None if not at all: people who left, or are of elsewhere, are not."""
    chat = unit.provider(Role.CHAT)
    in_chat = member.standings.get(chat)
    if member.left or in_chat is Standing.OUTSIDER:
        return None
    match channel:
        case ReportChannel.SLACK:
            return member.accounts.get(chat) if in_chat is not Standing.LEFT else None
        case ReportChannel.EMAIL:
            return member.email
        case _:
            assert_never(channel)
