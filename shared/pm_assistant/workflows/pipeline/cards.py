"""Keep the one card of a subject true, in the thread that it belongs to, and the answers to what was ordered there."""

from collections.abc import Sequence
from datetime import datetime

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.answers import Subject
from pm_assistant.domain.decisions import Decision
from pm_assistant.domain.errors import AccessRevoked, Conflict, NotConnected, NotFound
from pm_assistant.domain.reports import Card
from pm_assistant.domain.tenants import Tenant
from pm_assistant.domain.work import MessageId, Team
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation.cards import Deciding, answer_to, card_of, concerned
from pm_assistant.workflows.accounts.reader import texts_of_team
from pm_assistant.workflows.pipeline.conversations import decisions_in
from pm_assistant.workflows.pipeline.deciders import names_of_deciders
from pm_assistant.workflows.pipeline.relations import blockers
from pm_assistant.workflows.sending import send_once
from pm_assistant.workflows.tenants.audience import public_teams


def _noted(decision: Decision, not_shown: str | None, unit: Unit) -> Decision:
    """Note once why a decision's card cannot be shown, and that it can be again: the list of decisions says so."""
    if decision.not_shown == not_shown:
        return decision
    try:
        after = decision.model_copy(update={"not_shown": not_shown})
        return unit.stores.decisions.replace(after, before=decision)
    except Conflict:
        return decision  # Somebody changed it in this very moment, and asks for its card, too.


def show_cards(decisions: Sequence[Decision], unit: Unit, *, answers_only: bool = False) -> Sequence[Decision]:
    """Bring the card of a subject's thread up to date, and the answer to each order that was given there.

    Args:
        decisions: all of the subject.
        unit: of work.
        answers_only: the card is not to be shown now; whoever has ordered something is awake.

    Returns:
        The same, each with why what it is shown on cannot be, if so.
    """
    after: list[Decision] = []
    for message_id in dict.fromkeys(map(_ordered_in, decisions)):
        shown = [decision for decision in decisions if _ordered_in(decision) == message_id]
        if message_id is None and answers_only:
            after += shown
        else:
            not_shown = _show(shown, decisions, message_id, unit)
            after += [_noted(decision, not_shown, unit) for decision in shown]
    return after


def _ordered_in(decision: Decision) -> MessageId | None:
    return decision.order.message_id if decision.order is not None else None


def _show(
    shown: Sequence[Decision], decisions: Sequence[Decision], answers: MessageId | None, unit: Unit
) -> str | None:
    """Bring one card up to date, the thread's or what `answers` an order; says why if there is no showing it."""
    tenant_id, subject, stores = unit.tenant_id, decisions[0].subject, unit.stores
    place = subject.id if answers is None else f"{subject.id}|{answers}"
    thread = next((decision.thread for decision in decisions if decision.thread is not None), None)
    if thread is None:
        return None
    card = _card(shown, decisions, thread, unit)
    ts, key = stores.cards.ts(tenant_id, place), f"card|{place}"

    def found_again(since: datetime) -> str | None:
        found = unit.chat.find_card(thread.channel, thread.root_ts, card, since=since)
        return found if found and _updated(thread, found, card, unit) else None

    try:
        with unit.noticing_loss():
            if ts and _updated(thread, ts, card, unit):
                return None
            if card.entries:
                send_once(
                    key,
                    unit,
                    send=lambda: unit.chat.post(thread.channel, thread.root_ts, card),
                    find=found_again,
                    remember=lambda posted: stores.cards.put_ts(tenant_id, place, posted),
                )
            elif ts is None and (since := stores.outbox.pending_since(tenant_id, key)) is not None:
                # It may stand there since an attempt whose answer was lost, and has nothing to say any more.
                if (found := found_again(since)) is not None:
                    stores.cards.put_ts(tenant_id, place, found)
                stores.outbox.settle(tenant_id, key)
    except (NotConnected, NotFound, AccessRevoked) as error:
        # People deleted the thread, closed the channel to us or disconnected the chat. That is how things are there,
        # and no fault of this message: what was done stands, and what is asked can be answered elsewhere.
        return str(error)
    return None


def _card(shown: Sequence[Decision], decisions: Sequence[Decision], thread: Subject, unit: Unit) -> Card:
    if thread != decisions[0].subject and _others_read(thread, unit):
        decisions = [decision.model_copy(update={"outside": True}) for decision in decisions]
    ticket_ids = {ticket_id for decision in decisions for ticket_id in concerned(decision)}
    tickets, teams = unit.stores.tickets.some(unit.tenant_id, ticket_ids), public_teams(unit)
    team_ids = {team.id for team in teams}
    public = {ticket.id: ticket for ticket in tickets if ticket.team_id in team_ids}
    withheld = {ticket.id for ticket in tickets} - public.keys()
    tenant = unit.stores.tenants.get(unit.tenant_id)
    texts = texts_of_team(tenant)
    deciding = Deciding(names_of_deciders(decisions, unit), _home_team(shown, teams, tenant), unit.now())
    if shown[0].order is not None:
        return answer_to(shown, decisions, public, texts, withheld=withheld, deciding=deciding)
    asked = [decision for decision in decisions if decision.order is None]
    about = {d.action.about_ticket for d in asked if d.awaits_answer} & public.keys()
    blocking = blockers({id for id in about if id is not None}, unit)
    return card_of(asked, public, texts, withheld=withheld, blockers=blocking, deciding=deciding)


def _home_team(shown: Sequence[Decision], teams: Sequence[Team], tenant: Tenant) -> str:
    """The name of the team that gets new tickets, where there is one to be asked about."""
    if not any(isinstance(decision.action, CreateTicket) and decision.performed is None for decision in shown):
        return ""
    home = tenant.settings.home_team_id
    by_key = sorted(teams, key=lambda team: team.key)
    return next((team.name for team in by_key if home in {None, team.id}), "")


def _others_read(thread: Subject, unit: Unit) -> bool:
    """Whether people of other companies read a thread by now in which we ask of what was not said there."""
    return any(decision.outside for decision in decisions_in(thread, unit))


def _updated(thread: Subject, ts: str, card: Card, unit: Unit) -> bool:
    """Bring the card up to date; False if somebody removed it and it has to return because it asks something."""
    try:
        unit.chat.update(thread.channel, ts, card)
    except NotFound:
        return not any(entry.awaits_answer for entry in card.entries)
    return True
