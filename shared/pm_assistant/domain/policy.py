"""Trust as pure rules: what a tenant's settings make of a proposal, and what an answer may not say at all."""

from collections.abc import Mapping

from pm_assistant.domain.actions import Ignore
from pm_assistant.domain.decisions import DecisionState, Proposal
from pm_assistant.domain.tenants import Mode, Rule, Settings
from pm_assistant.domain.work import Conversation, Team, Ticket


def flaw(
    proposal: Proposal, *, conversation: Conversation, tickets: Mapping[str, Ticket], teams: Mapping[str, Team]
) -> str | None:
    """Name what makes a proposal unusable, or None: it may speak only of what the analyst was given."""
    undeleted_ids = {message.id for message in conversation.undeleted_messages}
    if not set(proposal.evidence) <= undeleted_ids:
        return "evidence is not part of the conversation"
    return proposal.action.flaw(tickets, teams)


def initial_state(proposal: Proposal, *, settings: Settings, private: bool) -> DecisionState:
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
