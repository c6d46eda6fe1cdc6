"""Keep which ticket people have said a thread is about: what later judgements may learn from."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import assert_never

from pm_assistant.domain.actions import (
    ChangeTicket,
    CloseTree,
    Comment,
    CreateTicket,
    Ignore,
    LinkPullRequest,
    MoveTicket,
)
from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.history import ConfirmedMatch, Keeping
from pm_assistant.domain.tenants import Tenant
from pm_assistant.domain.work import Message
from pm_assistant.language.key_terms import key_terms
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.pipeline.conversations import cited_messages

UNDISPUTED_AFTER = timedelta(days=7)
"""What was done unasked and not taken back for so long, nobody minds."""
_WANTED = frozenset({DecisionState.QUEUED, DecisionState.ACTING, DecisionState.DONE})


def confirm(decisions: Sequence[Decision], tenant: Tenant, unit: Unit) -> None:
    """Keep what a thread is about by the decisions on it, in place of all that was kept of it before.

    Whatever was refused or taken back since is thereby forgotten.

    Args:
        decisions: all of the thread.
        tenant: whose.
        unit: of work.

    Raises:
        Conflict: others kept changing what is kept beside it; repeat.
    """
    thread = decisions[0].subject
    if not thread.in_chat:
        return
    keeping = Keeping(unit.now(), tenant.settings.retention_days)
    confirming: dict[str, list[Decision]] = {}
    if tenant.settings.channels.reads(thread.channel):
        for decision in decisions:
            if (ticket_id := _confirmed_ticket(decision)) is not None:
                confirming.setdefault(ticket_id, []).append(decision)
    matches = [_match(ticket_id, those, keeping, unit) for ticket_id, those in confirming.items()]
    kept = [match for match in matches if match is not None and match.counts_from < match.ends_at]
    unit.stores.history.confirm(tenant.id, thread, kept, keeping)


def _confirmed_ticket(decision: Decision) -> str | None:
    """The ticket that a decision has the thread be about, if nobody wants it taken back."""
    if decision.state not in _WANTED or decision.undoing or decision.undo_proposed:
        return None
    match decision.action:
        case Comment() | MoveTicket():
            return decision.action.ticket_id
        case CreateTicket():
            return decision.outcome.external_id if decision.outcome else None
        case ChangeTicket() | CloseTree() | LinkPullRequest() | Ignore():
            return None
        case _:
            assert_never(decision.action)


def _match(ticket_id: str, decisions: Sequence[Decision], keeping: Keeping, unit: Unit) -> ConfirmedMatch | None:
    said = {message.id: message for decision in decisions for message in _cited(decision, keeping, unit)}
    messages = sorted(said.values(), key=lambda message: float(message.ts))
    terms = key_terms(messages)
    if not terms:
        return None
    at = max(message.received_at for message in messages)
    asked = any(decision.decided_by or decision.order for decision in decisions)
    ends_at = keeping.end_of(min(message.received_at for message in messages))
    return ConfirmedMatch(
        ticket_id=ticket_id,
        channel=decisions[0].subject.channel,
        root_ts=decisions[0].subject.root_ts,
        private=any(d.private for d in decisions) or any(m.private for m in messages),
        authors=tuple(dict.fromkeys(message.author for message in messages)),
        cited=tuple(message.ts for message in messages),
        at=at,
        counts_from=at if asked else min(decision.updated_at for decision in decisions) + UNDISPUTED_AFTER,
        ends_at=ends_at.replace(microsecond=0),
        terms=terms,
    )


def _cited(decision: Decision, keeping: Keeping, unit: Unit) -> Iterable[Message]:
    """Those that are there still, and not about to go."""
    return [m for m in cited_messages(decision, unit) if not m.deleted and m.received_at > keeping.since]
