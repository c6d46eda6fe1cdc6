"""Talk about work that has no ticket: listed with its receipts, and offered in its threads as new tickets.

The log says what it is: what an analyst was too unsure of to ask about, or found too vague. What was said in private is
none of it, for its own people have it in the chat.
"""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime, timedelta

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.decisions import ActionRequest, Decision, DecisionState, decision_id
from pm_assistant.domain.errors import Conflict, NotFound
from pm_assistant.domain.index import TeamIndex
from pm_assistant.domain.jobs import Finding, Job, Step
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.rules import strictest
from pm_assistant.domain.tenants import ActionKind, Mode, Rule, Tenant
from pm_assistant.domain.work import Conversation, Message, Place
from pm_assistant.language import text
from pm_assistant.language.excerpts import excerpt, short_title
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.pipeline.drafting import Drafting

LOOKS_BACK = timedelta(days=7)
MOST_AT_ONCE = 50
"""Conversations that one run lists or offers at most, the latest: people are to look at each."""


def untracked_talk(since: datetime, tenant: Tenant, unit: Unit) -> Sequence[Decision]:
    """What says that work was talked about since then which has no ticket, latest first; one of each thread.

    Once people are asked about a ticket for it, have one, or have said that they want none, it is none any more. What
    is older than the tenant's plan goes back is left out.
    """
    log = unit.stores.decisions.since(tenant.id, tenant.reaching(since, at=unit.now()))
    answered = {d.subject.id for d in log if isinstance(d.action, CreateTicket) and d.state is not DecisionState.LOGGED}
    found: dict[str, Decision] = {}
    for decision in sorted(log, key=lambda decision: isinstance(decision.action, CreateTicket)):
        public = decision.subject.in_chat and not decision.private and not decision.outside
        if public and _is_open(decision) and tenant.settings.channels.reads(decision.subject.channel):
            found[decision.subject.id] = decision
    open_talk = [decision for id, decision in found.items() if id not in answered]
    return sorted(open_talk, key=lambda decision: decision.as_of, reverse=True)[:MOST_AT_ONCE]


def _is_open(decision: Decision) -> bool:
    return decision.untracked and decision.state is DecisionState.LOGGED


def drafts_of(
    talk: Sequence[Decision], tenant: Tenant, unit: Unit, index: TeamIndex | None = None
) -> Sequence[Decision]:
    """Each as a new ticket that people are asked about, filled in by what was said; nothing where that is gone.

    The `index` is read where whoever asks has not done so, and what was said is read of all at once.
    """
    index = index or unit.stores.index.read(tenant.id)
    said = unit.stores.messages.some(tenant.id, {place for decision in talk for place in _cited_places(decision)})
    by_place = {message.place: message for message in said if not message.deleted}
    drafts = (_draft(decision, by_place, tenant, index, unit) for decision in talk)
    return [draft for draft in drafts if draft is not None]


def _draft(
    decision: Decision, said: Mapping[Place, Message], tenant: Tenant, index: TeamIndex, unit: Unit
) -> Decision | None:
    cited = sorted((said[place] for place in _cited_places(decision) if place in said), key=lambda m: float(m.ts))
    if not cited or decision.words_changed(cited):
        return None
    drafting = Drafting(Conversation(channel=cited[0].channel, messages=tuple(cited)), tenant, index, unit)
    lines = [(drafting.names.get(m.author, "Somebody"), text.plain(m.text, drafting.names)) for m in cited]
    lines = [(name, said) for name, said in lines if said]
    action = decision.action
    if not isinstance(action, CreateTicket):
        if not lines:
            return None
        action = drafting.filled(CreateTicket(title=short_title(lines[0][1]), description=excerpt(lines)), cited)
    changes = {"id": decision_id(tenant.id, decision.subject, action), "action": action}
    return decision.model_copy(
        update=changes | {"state": DecisionState.PROPOSED, "held_by": None, "updated_at": unit.now()}
    )


def _cited_places(decision: Decision) -> Set[Place]:
    return {place for receipt in decision.evidence for place in decision.places_of(receipt)}


def offered(talk: Sequence[Decision], drafts: Sequence[Decision], tenant: Tenant, unit: Unit) -> Sequence[Decision]:
    """Ask people in the threads whether they want these tickets; the ones that they are asked about.

    Nobody is asked where the tenant wants no new tickets or has us only watch, nor of what is never to be asked.
    """
    by_subject = {decision.subject.id: decision for decision in talk}
    wanted = [draft for draft in drafts if may_ask(draft, tenant)]
    return [draft for draft in wanted if _offer(draft, by_subject[draft.subject.id], unit)]


def ask_about(talk_id: str, tenant: Tenant, unit: Unit) -> Decision:
    """Have people asked in the thread whether they want a ticket for talk that has none, because somebody wants that.

    Returns:
        The new ticket that they are asked about.

    Raises:
        NotFound: it is no such talk, or not any more, or what was said is gone.
        Conflict: the team wants no new tickets there, or somebody has decided about it meanwhile.
    """
    talk = [each for each in untracked_talk(unit.now() - LOOKS_BACK, tenant, unit) if each.id == talk_id]
    drafts = drafts_of(talk, tenant, unit)
    if not drafts:
        raise NotFound("there is no such talk without a ticket any more")
    asked = offered(talk, drafts, tenant, unit)
    if not asked:
        raise Conflict(Translatable("your team wants no new tickets there, or it was decided meanwhile"))
    return asked[0]


def may_ask(draft: Decision, tenant: Tenant) -> bool:
    """Whether people may be asked about a new ticket: not where the tenant has us only watch, or it is muted."""
    mode = tenant.settings.rules.get(ActionKind.CREATE, Rule()).mode
    rule = strictest(tenant.rules, draft.matter(), at=draft.updated_at)
    muted = rule is not None and rule.effect == "never"
    return mode is not Mode.OFF and not tenant.settings.shadow and not muted


def _offer(draft: Decision, talk: Decision, unit: Unit) -> bool:
    """Ask about one; False if that was decided meanwhile."""
    try:
        if draft.id == talk.id:
            unit.stores.decisions.replace(draft, before=talk)
        elif unit.stores.decisions.save(draft.model_copy(update={"version": 0})).state is not DecisionState.PROPOSED:
            return False
    except Conflict:
        return False
    unit.queues.actions.put(ActionRequest(tenant_id=unit.tenant_id, decision_id=draft.id), group=unit.tenant_id)
    return True


def find_untracked(job: Job, unit: Unit) -> Step:
    """List what a job finds, or have people asked about it."""
    tenant = unit.stores.tenants.get(job.tenant_id)
    talk = untracked_talk(job.order.since or job.created_at - LOOKS_BACK, tenant, unit)
    drafts = drafts_of(talk, tenant, unit)
    if not job.order.dry_run:
        drafts = offered(talk, [draft.of_run(job.id) for draft in drafts], tenant, unit)
    findings = (_finding(draft, asks=may_ask(draft, tenant)) for draft in drafts)
    results = tuple(finding.model_dump(mode="json", exclude_none=True) for finding in findings)
    return Step(done=len(drafts), total=len(drafts), cursor=None, results=results)


def _finding(draft: Decision, *, asks: bool) -> Finding:
    title = draft.action.title if isinstance(draft.action, CreateTicket) else None
    return Finding(
        kind=draft.action.kind,
        would="ask" if asks else "log",
        title=title,
        text=draft.action.words,
        confidence=draft.confidence,
        reason=draft.reason,
        evidence=tuple(receipt.url for receipt in draft.evidence),
    )
