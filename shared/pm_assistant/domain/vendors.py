"""What the product knows of vendors without talking to them; what it does, it does by role and not by vendor."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pm_assistant.domain.workspaces import Provider


class Role(StrEnum):
    """What a tenant uses a vendor for."""

    CHAT = "chat"
    """Where people talk: conversations are read there, cards and reports are shown there."""
    TRACKER = "tracker"
    """Where work is planned: tickets are read, commented on, moved and created there."""
    CODE_HOST = "code_host"
    """Where work is built."""


READ_FOR_PEOPLE = frozenset({Role.CHAT, Role.TRACKER})
"""The roles whose vendors tell us of everybody who is there."""


@dataclass(frozen=True, kw_only=True)
class VendorProfile:
    """What there is to say of a vendor.

    Attributes:
        provider: its name in rows, addresses and the API.
        label: as people write it.
        roles: the parts it can play.
        scopes: what we ask for, in the vendor's words, with what each means to a person; the least that works.
        scopes_to_connect: what only connecting takes, likewise; none that a connection could lack.
        purpose: what it is to a team, as people are told before they connect it.
        next_step: what people are told once it is connected.
        place: the vendor's word for what is connected.
        is_read: whether we take in what happens there; elsewhere we only know whether we may.
        names_ignore_case: whether an account's name is the same however it is spelt.
        channel_id: a pattern of what ids of its channels look like.
        account: a pattern of what names of its accounts look like.
    """

    provider: Provider
    label: str
    roles: frozenset[Role]
    scopes: Mapping[str, str]
    scopes_to_connect: Mapping[str, str] = field(default_factory=dict)
    purpose: str
    next_step: str
    place: str
    is_read: bool = True
    names_ignore_case: bool = False
    channel_id: str = ".+"
    account: str = ".+"

    @property
    def tells_of_everybody(self) -> bool:
        """Whether an account that we have not heard of is none."""
        return bool(self.roles & READ_FOR_PEOPLE)
