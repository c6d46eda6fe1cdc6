"""What a team that has just registered has yet to do before we are of use to it, told from what is stored."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from pm_assistant.domain.accounts import SCOPE_OF, Caller, Scope
from pm_assistant.domain.people import known_by
from pm_assistant.domain.tenants import Provider, Tenant
from pm_assistant.domain.vendors import Role
from pm_assistant.ports.unit import Unit

NEW_FOR = timedelta(days=30)
"""How long a team is led; one that does without a vendor by then wants it so."""


class Deed(StrEnum):
    """What there is to do."""

    CONNECT = "connect"
    INVITE = "invite"
    REPORT = "report"
    IDENTIFY = "identify"


FOR_ADMINS = frozenset({Deed.CONNECT, Deed.IDENTIFY})
"""What not everybody may do."""


class Step(NamedTuple):
    """One thing to do.

    Attributes:
        provider: the vendor that it is about; None where it is about none.
        helpers: who may do it, where the caller may not.
    """

    deed: Deed
    done: bool
    provider: Provider | None = None
    helpers: Sequence[str] = ()


def first_steps(tenant: Tenant, caller: Caller, unit: Unit, *, connected: Collection[Provider]) -> Sequence[Step]:
    """Tell what is done and what is next; empty once all is done, or the team has been there for a while.

    Args:
        tenant: whose steps they are.
        caller: who is led.
        unit: of the tenant.
        connected: the vendors that are connected.
    """
    if tenant.created_at is None or unit.now() - tenant.created_at > NEW_FOR:
        return ()
    chat = next(provider for provider, vendor in unit.vendors.items() if Role.CHAT in vendor.roles)
    hosts = [each for each, vendor in unit.vendors.items() if Role.CODE_HOST in vendor.roles and each in connected]
    with unit.side_by_side() as reads:
        found_wishes = reads.submit(unit.stores.subscriptions.all, tenant.id)
        found_places = reads.submit(unit.stores.readings.positions, tenant.id, chat)
    invited = any(place.channel is not None for place in found_places.result())
    steps = [
        *(Step(Deed.CONNECT, provider in connected, provider) for provider in unit.vendors),
        Step(Deed.INVITE, invited, chat),
        Step(Deed.REPORT, bool(found_wishes.result())),
        *(Step(Deed.IDENTIFY, _is_known(chat, host, unit), host) for host in hosts),
    ]
    if all(step.done for step in steps):
        return ()
    if caller.scope.covers(Scope.ADMIN):
        return steps
    admins = _admins(unit)
    return [step._replace(helpers=admins) if step.deed in FOR_ADMINS else step for step in steps]


def _is_known(chat: Provider, host: Provider, unit: Unit) -> bool:
    """Whether it is said of everybody in the chat who they are at the code host, or that they are nobody there.

    Code hosts tell hardly anybody's address, so we find few by ourselves.
    """
    people = (each for each in unit.stores.directory.members(unit.tenant_id) if chat in each.accounts and not each.left)
    return all(host in {*each.accounts, *each.confirmed} for each in people)


def _admins(unit: Unit) -> Sequence[str]:
    """Who may do that, as people call them where we know that."""
    members = unit.stores.directory.members(unit.tenant_id)
    admins = [each for each in unit.stores.accounts.all(unit.tenant_id) if SCOPE_OF[each.role].covers(Scope.ADMIN)]
    people = ((account.email, known_by(account.email, members)) for account in admins)
    return sorted({member.name if member else email for email, member in people})
