"""A person's page in the chat, made from what is stored: what waits for an answer, and what was done lately."""

from collections.abc import Sequence
from contextlib import suppress

from pm_assistant.domain.decisions import Decision
from pm_assistant.domain.errors import AccessRevoked, Conflict, NotConnected, NotFound
from pm_assistant.domain.home import Home
from pm_assistant.domain.tenants import Member
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation.cards import Deciding, concerned
from pm_assistant.presentation.home import home_of, stranger_home
from pm_assistant.workflows.corridor.deciders import names_of_deciders
from pm_assistant.workflows.surfaces.viewers import may_answer, viewer_of
from pm_assistant.workflows.tenants.audience import open_to_all

LATEST = 200
"""Decisions that are looked through, changed last first."""


def show_home(account: str, unit: Unit, *, over: str | None = None) -> None:
    """Show somebody their page as things stand, in place of the version that they see.

    Where another has been shown meanwhile, it is made once more: the later is never covered by the earlier.

    Raises:
        UpstreamUnavailable: the chat did not answer; repeat.
    """
    # Where nobody can look at it any more, nothing is to be shown.
    with suppress(NotConnected, AccessRevoked, NotFound), unit.noticing_loss():
        try:
            unit.chat.publish_home(account, compose_home(account, unit), over=over)
        except Conflict:
            unit.chat.publish_home(account, compose_home(account, unit))


def compose_home(account: str, unit: Unit) -> Home:
    """The page as things stand; a stranger is told no more than whose page it is."""
    index = unit.stores.index.read(unit.tenant_id)
    viewer = viewer_of(account, index.people, unit)
    if viewer is None:
        return stranger_home()
    decisions = _open_to(viewer, unit)
    wanted = {ticket_id for decision in decisions for ticket_id in concerned(decision)}
    teams = {team.id for team in open_to_all(index.teams)}
    found = unit.stores.tickets.some(unit.tenant_id, wanted)
    public = {ticket.id: ticket for ticket in found if ticket.team_id in teams}
    deciding = Deciding(names_of_deciders(decisions, unit), at=unit.now())
    withheld = {ticket.id for ticket in found} - public.keys()
    return home_of(decisions, public, withheld=withheld, deciding=deciding, answers=may_answer(viewer, unit))


def _open_to(viewer: Member, unit: Unit) -> Sequence[Decision]:
    """The latest decisions that a person may read of: what was said in private stays with those who heard it."""
    if not may_answer(viewer, unit):
        return ()
    latest = unit.stores.decisions.latest(unit.tenant_id, limit=LATEST)
    return [decision for _, decision in latest if not decision.private]
