"""Where a person can be reached."""

from typing import assert_never

from pm_assistant.domain.reports import ReportChannel
from pm_assistant.domain.tenants import Member
from pm_assistant.domain.vendors import Role
from pm_assistant.ports.unit import Unit


def address_of(member: Member, channel: ReportChannel, unit: Unit) -> str | None:
    """Where a person is reached that way; None if not at all."""
    match channel:
        case ReportChannel.SLACK:
            return member.accounts.get(unit.provider(Role.CHAT))
        case ReportChannel.EMAIL:
            return member.email
        case _:
            assert_never(channel)
