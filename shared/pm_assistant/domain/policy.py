"""Trust as pure rules: what a tenant's settings make of a proposal, and what an answer may not say at all."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pm_assistant.domain.actions import TAKEN_BACK, Ignore
from pm_assistant.domain.decisions import MOVED_ON, Decision, DecisionState, Proposal
from pm_assistant.domain.tenants import Mode, Rule, Settings, Tenant, TenantState
from pm_assistant.domain.work import Conversation, Message, Team, Ticket

POLICY_VERSION = "3"
"""Of these rules; every decision names it, so a change of them that changes what is decided is a new one."""


def flaw(
    proposal: Proposal, *, conversation: Conversation, tickets: Mapping[str, Ticket], teams: Mapping[str, Team]
) -> str | None:
    """Name what makes a proposal unusable, or None: it may speak only of what the analyst was given."""
    undeleted_ids = {message.id for message in conversation.undeleted_messages}
    if not set(proposal.evidence) <= undeleted_ids:
        return "evidence is not part of the conversation"
    return proposal.action.flaw(tickets, teams)


def initial_state(proposal: Proposal | Decision, *, settings: Settings, private: bool) -> DecisionState:
    """Say how far the tenant trusts us with this proposal.

    What was said in a private channel is never done without a person's word; nor is what asks first.
    """
    if isinstance(proposal.action, Ignore):
        return DecisionState.LOGGED
    rule = settings.rules.get(proposal.action.kind, Rule())
    if rule.mode is Mode.OFF:
        return DecisionState.LOGGED
    asks = private or proposal.action.asks_first
    if rule.mode is Mode.AUTO and proposal.confidence >= rule.threshold and not asks:
        return DecisionState.QUEUED
    return DecisionState.PROPOSED if proposal.confidence >= settings.ask_from else DecisionState.LOGGED


def ruled(decision: Decision, *, settings: Settings, private: bool) -> Decision:
    """A decision in the state that the tenant's rules give it; in shadow mode it is logged, with what it would be.

    Args:
        decision: was just made.
        settings: the tenant's.
        private: nothing of it is done unasked, whatever the rules say.
    """
    state, shadow = initial_state(decision, settings=settings, private=private), None
    if settings.shadow and state is not DecisionState.LOGGED:
        state, shadow = DecisionState.LOGGED, state
    return decision.model_copy(update={"state": state, "shadow": shadow})


class Objection(NamedTuple):
    """Why something that was to be done must not be, and what becomes of it."""

    reason: str
    into: DecisionState = DecisionState.DISMISSED


def objection(decision: Decision, *, tenant: Tenant, cited: Sequence[Message]) -> Objection | None:
    """Say what has come between a decision and its deed; None if nothing has.

    Much may have happened since it was made: a vendor may have been away for days. To take people's words out of the
    tracker, or a change of what stood there before, is never objected to.

    Args:
        decision: is about to be carried out.
        tenant: as it is now.
        cited: the messages it rests on, as they read now; one that is no longer kept is no objection.
    """
    removal = decision.action == decision.action.without_words(TAKEN_BACK)
    if decision.performed and (removal or decision.action == decision.performed_action):
        return None
    by_person = decision.decided_by is not None
    if decision.words_deleted(cited) or (not by_person and decision.words_changed(cited)):
        return Objection(MOVED_ON)
    if tenant.state is TenantState.CLOSING and not by_person:
        return Objection("the team is leaving us", DecisionState.LOGGED)
    settings = tenant.settings
    if settings.shadow and not by_person:
        return Objection("the team has us watch and do nothing", DecisionState.LOGGED)
    if decision.subject.in_chat and not settings.channels.reads(decision.subject.channel):
        return Objection("the team no longer lets us read that channel", DecisionState.LOGGED)
    if settings.rules.get(decision.action.kind, Rule()).mode is Mode.OFF:
        return Objection("the team's rules no longer allow it", DecisionState.LOGGED)
    trusted = initial_state(decision, settings=settings, private=decision.private)
    if not by_person and (trusted is not DecisionState.QUEUED or decision.order is not None):
        return Objection("the team's rules no longer allow it unasked", trusted)
    return None
