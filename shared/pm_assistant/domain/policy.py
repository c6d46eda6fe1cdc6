"""Trust as pure rules: what a tenant's settings make of a proposal, and what an answer may not say at all."""

from collections.abc import Mapping

from pm_assistant.domain.decisions import Comment, CreateTicket, DecisionState, Ignore, MoveTicket, Proposal
from pm_assistant.domain.tenants import Mode, Rule, Settings
from pm_assistant.domain.work import Conversation, Team, Ticket


def flaw(
    proposal: Proposal, *, conversation: Conversation, tickets: Mapping[str, Ticket], teams: Mapping[str, Team]
) -> str | None:
    """Name what makes a proposal unusable, or None: it may speak only of what the analyst was given."""
    said = {message.id for message in conversation.standing}
    if not set(proposal.evidence) <= said:
        return "evidence is not part of the conversation"
    match proposal.action:
        case Comment(ticket_id=ticket_id) if ticket_id not in tickets:
            return "unknown ticket"
        case MoveTicket(ticket_id=ticket_id) if ticket_id not in tickets:
            return "unknown ticket"
        case MoveTicket(ticket_id=ticket_id, to=to):
            ticket = tickets[ticket_id]
            team = teams.get(ticket.team_id)
            if team is None or to not in team.states:
                return "state is not one of the ticket's team"
            if not team.forwards(ticket.state, to):
                return "does not move the ticket forwards"
        case CreateTicket(title=title) if not title.strip():
            return "new ticket has no title"
        case _:
            pass
    return None


def disposition(proposal: Proposal, *, settings: Settings, private: bool) -> DecisionState:
    """Say how far the tenant trusts us with this proposal.

    What was said in a private channel is never carried into the tracker without a person's word.
    """
    if isinstance(proposal.action, Ignore):
        return DecisionState.LOGGED
    rule = settings.rules.get(proposal.action.kind, Rule())
    if rule.mode is Mode.OFF:
        return DecisionState.LOGGED
    if rule.mode is Mode.AUTO and proposal.confidence >= rule.threshold and not private:
        return DecisionState.QUEUED
    return DecisionState.PROPOSED if proposal.confidence >= settings.ask_from else DecisionState.LOGGED
