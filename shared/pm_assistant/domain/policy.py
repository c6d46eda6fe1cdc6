"""Trust as pure rules: what a tenant's settings make of a proposal, and what an answer may not say at all."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, assert_never

from pm_assistant.domain.actions import TAKEN_BACK, Ignore
from pm_assistant.domain.autonomy import is_still_asked, judged_as, stream_of
from pm_assistant.domain.billing import Feature
from pm_assistant.domain.decisions import MOVED_ON, Decision, DecisionState, Proposal
from pm_assistant.domain.rules import strictest
from pm_assistant.domain.tenants import Mode, Rule, Settings, Tenant, TenantState
from pm_assistant.domain.trust import Earned, band_of
from pm_assistant.domain.work import Conversation, Message, Team, Ticket

POLICY_VERSION = "10"
"""Of these rules; every decision names it, so a change of them that changes what is decided is a new one."""


def flaw(
    proposal: Proposal, *, conversation: Conversation, tickets: Mapping[str, Ticket], teams: Mapping[str, Team]
) -> str | None:
    """Name what makes a proposal unusable, or None: it may speak only of what the analyst was given."""
    undeleted_ids = {message.id for message in conversation.undeleted_messages}
    if not set(proposal.evidence) <= undeleted_ids:
        return "evidence is not part of the conversation"
    return proposal.action.flaw(tickets, teams)


def enrolled(decision: Decision, conversation_id: str, tenant: Tenant, *, at: datetime) -> Decision:
    """A decision with the side that its conversation is on in the experiment about its kind, if one is running.

    Which conversation that was is noted on all that came of it: sides are compared by how many there were, too.
    """
    running = [design for design in tenant.experiments if design.runs(at)]
    if not running:
        return decision
    change: dict[str, object] = {"conversation_id": conversation_id}
    for design in running:
        if design.kind is decision.action.kind:
            change |= {"experiment": design.id, "variant": design.arm(conversation_id)}
    return decision.model_copy(update=change)


def settings_for(decision: Decision, tenant: Tenant) -> Settings:
    """The settings that a decision is held to: the tenant's, as its side has them while its experiment is running."""
    for design in tenant.experiments:
        if design.id == decision.experiment and decision.variant is not None:
            return tenant.settings.varied(design.variant(decision.variant), {design.kind})
    return tenant.settings


def initial_state(
    decision: Decision, *, tenant: Tenant, private: bool, labels: Collection[str] = (), at: datetime | None = None
) -> DecisionState:
    """Say how far the tenant trusts us with this decision, what its people have decided once for all, and what it pays.

    Args:
        decision: was made, or is about to be carried out.
        tenant: as it is now.
        private: nothing of it is done unasked, whatever the rules say.
        labels: of the ticket that it is about.
        at: when it is asked; None for when the decision was last changed.
    """
    state = _trusted(decision, tenant=tenant, private=private)
    at = at or decision.updated_at
    if state is DecisionState.QUEUED and not tenant.may(Feature.ACT, at=at):
        state = DecisionState.PROPOSED
    if state is DecisionState.PROPOSED and not tenant.may(Feature.PROPOSE, at=at):
        state = DecisionState.LOGGED
    rule = strictest(tenant.rules, decision.matter(labels), at=decision.updated_at)
    if rule is None:
        return state
    most = DecisionState.PROPOSED if rule.effect == "ask" else DecisionState.LOGGED
    return most if state is DecisionState.QUEUED or most is DecisionState.LOGGED else state


def _trusted(decision: Decision, *, tenant: Tenant, private: bool) -> DecisionState:
    """Say how far the tenant trusts us with this decision.

    What was said in a private channel is never done without a person's word; nor is what asks first. Where calibration
    alone says that a confidence is too low to ask about, some are asked all the same: nothing else corrects it.
    """
    if isinstance(decision.action, Ignore):
        return DecisionState.LOGGED
    settings = settings_for(decision, tenant)
    rule = settings.rules.get(decision.action.kind, Rule())
    if rule.mode is Mode.OFF:
        return DecisionState.LOGGED
    asks = private or decision.asks_first or decision.action.asks_first
    if _acts(decision, rule, tenant.earned) and not asks:
        return DecisionState.QUEUED
    explored = decision.judged_confidence >= settings.ask_from and is_still_asked(decision.id)
    asked = decision.confidence >= settings.ask_from or explored
    return DecisionState.PROPOSED if asked else DecisionState.LOGGED


def _acts(decision: Decision, rule: Rule, earned: Earned) -> bool:
    """Whether a rule lets it be done unasked: a matter of how sure we are, and of how right we have been."""
    if decision.confidence < rule.threshold:
        return False
    match rule.mode:
        case Mode.AUTO:
            return True
        case Mode.EARNED:
            stream = stream_of(decision.action.kind, band_of(decision.judged_confidence), decision.judged_by)
            return stream in earned.promoted and not is_still_asked(decision.id)
        case Mode.OFF | Mode.PROPOSE:
            return False
        case _:
            assert_never(rule.mode)


def ruled(decision: Decision, *, tenant: Tenant, private: bool, labels: Collection[str] = ()) -> Decision:
    """A decision with what its confidence is worth, in the state that the tenant's rules give it.

    In shadow mode it is logged, with what it would be.

    Args:
        decision: was just made.
        tenant: whose rules they are, and whose people have answered what was like it.
        private: nothing of it is done unasked, whatever the rules say.
        labels: of the ticket that it is about.
    """
    judged, said = judged_as(decision.action.kind, decision.judged_by), decision.confidence
    weighed = decision.model_copy(update={"confidence": tenant.earned.calibrated(judged, said), "raw_confidence": said})
    state, shadow = initial_state(weighed, tenant=tenant, private=private, labels=labels), None
    rule = strictest(tenant.rules, weighed.matter(labels), at=weighed.updated_at)
    if rule is not None and state is not _trusted(weighed, tenant=tenant, private=private):
        weighed = weighed.held(rule)
    if tenant.settings.shadow and state is not DecisionState.LOGGED:
        state, shadow = DecisionState.LOGGED, state
    return weighed.model_copy(update={"state": state, "shadow": shadow})


class Objection(NamedTuple):
    """Why something that was to be done must not be, and what becomes of it."""

    reason: str
    into: DecisionState = DecisionState.DISMISSED


def objection(
    decision: Decision,
    *,
    tenant: Tenant,
    cited: Sequence[Message],
    at: datetime,
    labels: Collection[str] = (),
) -> Objection | None:
    """Say what has come between a decision and its deed; None if nothing has.

    Much may have happened since it was made: a vendor may have been away for days. To take people's words out of the
    tracker, or a change of what stood there before, is never objected to.

    Args:
        decision: is about to be carried out.
        tenant: as it is now.
        cited: the messages it rests on, as they read now; one that is no longer kept is no objection.
        at: now.
        labels: of the ticket that it is about, as it now is.
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
    trust = initial_state(decision, tenant=tenant, private=decision.private, labels=labels, at=at)
    if by_person or (trust is DecisionState.QUEUED and decision.order is None):
        return None
    is_paid = tenant.may(Feature.ACT, at=at)
    return Objection(
        f"the team's {'rules no longer allow it unasked' if is_paid else 'plan has people asked first'}", trust
    )
