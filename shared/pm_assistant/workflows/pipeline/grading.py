"""Learn from what people answer how right we are, and have trust follow at once."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import assert_never

from pm_assistant.domain.answers import ActionRequest
from pm_assistant.domain.autonomy import (
    COUNTS_AS_FAILURE,
    LEAST_READING,
    Grade,
    TrackRecord,
    stream_of,
    succeeding,
)
from pm_assistant.domain.decisions import OPERATOR, Decision
from pm_assistant.domain.errors import Conflict, Contention, NotFound
from pm_assistant.domain.people import known_by
from pm_assistant.domain.tenants import Tenant
from pm_assistant.domain.trust import band_of
from pm_assistant.domain.vendors import Role
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.accounts.audit import entry
from pm_assistant.workflows.update import update_tenant

ACCOUNT, PROGRAMS = "account:", ("key:", OPERATOR)
"""How people who answer by the API sign, and what is no person of the team."""
BEGINS_ANEW = "model, prompt or rules have changed; it begins with a part of what is known"
ATTEMPTS = 8
"""How often a record that changes meanwhile is looked at again; as many answers at once do not come."""


def learn(decision: Decision, request: ActionRequest, unit: Unit) -> None:
    """Take an answer for what it says of us, before it is carried out; safe to repeat.

    Raises:
        Conflict: others kept answering the like of it; repeat.
    """
    grade = _grade(decision, request, unit)
    if grade is None:
        return
    tenant = unit.stores.tenants.get(unit.tenant_id)
    kept_since = unit.now() - timedelta(days=tenant.settings.retention_days)
    for _ in range(ATTEMPTS):
        known, before = _record(decision, unit)
        after = before.forgetting(before=kept_since).graded(grade, at=grade.at)
        if known is None:
            _note_beginning(before, tenant, unit, at=grade.at)
        try:
            unit.stores.track_records.replace(unit.tenant_id, after, before=known)
        except Conflict:
            continue
        follow(after, tenant, unit)
        return
    raise Contention("a track record keeps changing")


def _record(decision: Decision, unit: Unit) -> tuple[TrackRecord | None, TrackRecord]:
    """The record of a decision's stream as it is kept, and as it is: one that is not kept yet knows of others."""
    kind, band, judged_by = decision.action.kind, band_of(decision.judged_confidence), decision.judged_by
    known = unit.stores.track_records.get(unit.tenant_id, stream_of(kind, band, judged_by))
    return known, known or succeeding(kind, band, judged_by, unit.stores.track_records.all(unit.tenant_id))


def _note_beginning(record: TrackRecord, tenant: Tenant, unit: Unit, *, at: datetime) -> None:
    """Say in the audit trail that what was trusted is earned anew, where something else judges by now."""
    if any((kind, band) == (record.kind, f"{record.band:g}") for kind, band, _ in map(_parts, tenant.earned.promoted)):
        _note("trust.begins_anew", record, unit, at=at, because=BEGINS_ANEW)


def _parts(stream: str) -> tuple[str, str, str]:
    kind, band, judged_by = stream.split("|", 2)
    return kind, band, judged_by


def _note(action: str, record: TrackRecord, unit: Unit, *, at: datetime, because: str) -> None:
    """Add to the audit trail; the very same entry, should this be interrupted and done again."""
    digest = hashlib.sha256(f"{action}|{record.stream}".encode()).hexdigest()[:16]
    id = f"{at.astimezone(UTC):%Y%m%dT%H%M%S.%f}-{digest}"
    said = entry(action, at=at, target=record.stream, because=because)
    unit.stores.audit.add(unit.tenant_id, said.model_copy(update={"id": id}))


def follow(record: TrackRecord, tenant: Tenant, unit: Unit) -> None:
    """Have policy trust a stream as its record says, and say so in the audit trail; safe to repeat."""
    if tenant.earned.promoted.get(record.stream) == record.promoted_at or record.changed_at is None:
        return
    action = "trust.lost" if record.promoted_at is None else "trust.earned"
    _note(action, record, unit, at=record.changed_at, because=record.reason)

    def following(tenant: Tenant) -> Tenant:
        earned = tenant.earned.trusting(record.stream, since=record.promoted_at)
        return tenant.model_copy(update={"earned": earned})

    update_tenant(unit.tenant_id, following, unit.stores.tenants)


def _grade(decision: Decision, request: ActionRequest, unit: Unit) -> Grade | None:
    at, shown_at = request.answered_at or unit.now(), _shown_at(decision, request, unit)
    right = _was_right(decision, request, at, shown_at)
    if right is None:
        return None
    return Grade(
        decision_id=decision.id,
        conversation=decision.subject.id,
        revision=decision.revision,
        right=right,
        by=_person(request.answered_by or "", unit),
        confidence=decision.judged_confidence,
        runner_up=decision.runners_up[0].score if decision.runners_up else None,
        evidence=len(decision.evidence),
        shown_at=shown_at,
        at=at,
        undone=request.answer == "undo",
    )


def _was_right(decision: Decision, request: ActionRequest, at: datetime, shown_at: datetime | None) -> bool | None:
    """Whether an answer says that we were right; None where it says nothing.

    What was ordered, or done on another ticket, was not our idea; where we propose to undo something, people have moved
    on. A yes counts where somebody can have read what was asked: of a program nobody knows, and of people not within
    two seconds. A no always counts.
    """
    if decision.order is not None or decision.undo_proposed or decision.answered_how == "relink":
        return None
    match request.answer:
        case "approve" | "edit":
            unread = shown_at is not None and at - shown_at < LEAST_READING
            return None if unread or (request.answered_by or OPERATOR).startswith(PROGRAMS) else True
        case "dismiss" | "relink":
            return False
        case "undo":
            return False if at - decision.updated_at <= COUNTS_AS_FAILURE else None
        case "retry" | None:
            return None
        case _:
            assert_never(request.answer)


def _shown_at(decision: Decision, request: ActionRequest, unit: Unit) -> datetime | None:
    """When a card that was pressed can first have shown it: once it was judged, and the card posted."""
    if request.pressed_in is None:
        return None
    posted = unit.stores.cards.ts(unit.tenant_id, decision.subject.id)
    return max(decision.updated_at, datetime.fromtimestamp(float(posted or 0), UTC))


def _person(actor: str, unit: Unit) -> str:
    """Who answered, by the account in the chat if there is one: the same person may answer by the API, too."""
    if not actor.startswith(ACCOUNT):
        return actor
    try:
        email = unit.stores.accounts.get(unit.tenant_id, actor.removeprefix(ACCOUNT)).email
    except NotFound:
        return actor
    member = known_by(email, unit.stores.directory.members(unit.tenant_id))
    return member.accounts.get(unit.provider(Role.CHAT), actor) if member is not None else actor
