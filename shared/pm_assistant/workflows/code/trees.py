"""Find the tickets that are to be closed because of those above or below them, and propose it once for each tree."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from pm_assistant.domain.actions import CloseTree
from pm_assistant.domain.answers import TREE, Subject
from pm_assistant.domain.decisions import Decision, DecisionState, Evidence, decision_id
from pm_assistant.domain.disagreements import MOMENTS
from pm_assistant.domain.index import Known
from pm_assistant.domain.policy import POLICY_VERSION, ruled
from pm_assistant.domain.tenants import Tenant
from pm_assistant.domain.trees import MOST_SHOWN, Forest, Tree, still_follows
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.work import MessageId
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.code.asking import log_and_ask, replace_and_show
from pm_assistant.workflows.tenants.audience import open_to_all

ASKED_WITHIN = timedelta(days=90)
"""How old what shows it may be; never older than a person's refusal is remembered for."""
CLOCKS_DIFFER = timedelta(minutes=1)
"""By how much the tracker's may be ahead of ours: who looks because of an event does so but once."""
AGREED = "the tree is not as it was"
JUDGED_BY = "rules"
ALL_OVER, LEFT_OPEN = "All that is below is closed: {}", "Closed, with tickets below it that are open: {}"
SURE, UNSURE = 0.9, 0.6
"""That the work on a ticket is over with all that is below it; that what is below a closed one is to be closed, too."""
NAMED = 5


def look_at_trees(unit: Unit) -> Sequence[Decision]:
    """Propose, or have done, what closes each tree; ask no longer for what is not called for any more.

    What people have refused, or was done once, is never asked for again. Where the grounds of what was done are gone,
    people are asked to take it back. As long as the tracker was never read whole nothing is known of what else is below
    a ticket.

    Returns:
        What is called for now, as the log has it.

    Raises:
        Conflict: a decision was changed at that very moment; repeat.
    """
    stores, tenant_id = unit.stores, unit.tenant_id
    tracker = stores.connection_states.activity(tenant_id).get(unit.provider(Role.TRACKER))
    if tracker is None or tracker.last_sync_at is None:
        return ()
    tenant, index = stores.tenants.get(tenant_id), stores.index.read(tenant_id)
    logged = {decision.id: decision for decision in stores.decisions.between(tenant_id, TREE, "", "~")}
    forest = Forest(
        tickets=index.tickets,
        teams={team.id: team for team in open_to_all(index.teams)},
        left_alone={id for decision in logged.values() if not _is_open(decision) for id in decision.action.tickets},
    )
    called_for = log_and_ask(_called_for(forest, logged, tenant, now=unit.now()), logged, unit)
    for id in logged.keys() - {decision.id for decision in called_for}:
        replace_and_show(_not_called_for(logged[id], forest.by_id, at=unit.now()), logged[id], unit)
    return called_for


def _is_open(decision: Decision) -> bool:
    """Whether nobody has answered, and nothing was begun: the tree may be asked about as it is now."""
    withdrawn = decision.state is DecisionState.DISMISSED and decision.decided_by is None
    asked = decision.state in {DecisionState.PROPOSED, DecisionState.LOGGED} or withdrawn
    return asked and decision.performed is None and decision.effect is None


def _called_for(forest: Forest, logged: Mapping[str, Decision], tenant: Tenant, *, now: datetime) -> Iterator[Decision]:
    asked_within = min(ASKED_WITHIN, timedelta(days=tenant.settings.retention_days))
    for tree in forest.trees():
        if MOMENTS - CLOCKS_DIFFER <= now - tree.since < asked_within:
            yield _decision(tree, forest.by_id, logged, tenant, now=now)


def _decision(
    tree: Tree, tickets: Mapping[str, Known], logged: Mapping[str, Decision], tenant: Tenant, *, now: datetime
) -> Decision:
    action = tree.action
    if tree.changed_at > tree.since + MOMENTS:  # Somebody may have left it open on purpose.
        action = action.model_copy(update={"sure": False})
    together = {closing.ticket_id for closing in action.closings}
    because = dict.fromkeys(ticket_id for closing in action.closings for ticket_id in closing.because)
    shown = [tickets[ticket_id] for ticket_id in because if ticket_id not in together]
    named = [tickets[each.ticket_id].key for each in action.closings] if action.downwards else [t.key for t in shown]
    names = ", ".join(named[:NAMED]) + (f" and {len(named) - NAMED} more" if len(named) > NAMED else "")
    subject = Subject.below(action.root_id)
    id = decision_id(tenant.id, subject, action)
    content = f"{action.model_dump_json()}|{tree.since.isoformat()}"
    revision = hashlib.sha256(content.encode()).hexdigest()[:16]
    before = logged.get(id)
    decision = Decision(
        id=id,
        tenant_id=tenant.id,
        subject=subject,
        action=action,
        confidence=UNSURE if action.downwards else SURE,
        reason=(LEFT_OPEN if action.downwards else ALL_OVER).format(names),
        evidence=tuple(Evidence(message_id=MessageId(f"{TREE}:{t.id}"), url=t.url) for t in shown[:MOST_SHOWN]),
        model=JUDGED_BY,
        policy=POLICY_VERSION,
        state=DecisionState.LOGGED,
        revision=revision,
        as_of=before.as_of if before is not None and before.revision == revision else now,
        created_at=now,
        updated_at=now,
        keep_days=tenant.settings.retention_days,
    )
    return ruled(decision, tenant=tenant, private=False)


def _not_called_for(decision: Decision, tickets: Mapping[str, Known], *, at: datetime) -> Decision:
    """What becomes of a decision that the tickets do not call for, or no longer: what was done may stand on nothing."""
    if _is_open(decision):
        is_asked = decision.state is DecisionState.PROPOSED
        return decision.withdrawn(AGREED, at=at) if is_asked else decision
    if decision.state is not DecisionState.DONE or not isinstance(decision.action, CloseTree):
        return decision
    stands = any(
        ticket.state == closing.to
        for closing in decision.action.closings
        if (ticket := tickets.get(closing.ticket_id)) is not None
    )
    if stands and not still_follows(decision.action, tickets):
        return decision if decision.undo_proposed else decision.ungrounded(revision=decision.revision, as_of=at, at=at)
    return decision.unchanged_since_done() if decision.undo_proposed else decision
