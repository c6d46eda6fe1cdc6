"""Fit confidences to what people answered: every week, and whenever somebody asks for it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from pm_assistant.domain.autonomy import Grade, TrackRecord, judged_as
from pm_assistant.domain.calibration import Answered, Fitted, FollowingWeek, fit, grouped, reliability
from pm_assistant.domain.errors import Conflict
from pm_assistant.domain.jobs import Job, Step
from pm_assistant.domain.tenants import ActionKind, Tenant
from pm_assistant.domain.trust import Calibration
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.pipeline.grading import follow
from pm_assistant.workflows.update import update_tenant

COUNTS_FOR = timedelta(days=90)
"""How long the answers of a tenant count for others that does not contribute any more."""


def calibrate(job: Job, unit: Unit) -> Step:
    """Fit what each kind's confidences are worth, by what judged; a dry run shows it and keeps nothing.

    Answers of before the tenant's retention are kept as counts from then on, and say nothing about confidences; where
    no others are left of a stream, it is trusted no longer.

    Raises:
        Conflict: others kept changing the tenant; repeat.
    """
    tenant, now = unit.stores.tenants.get(unit.tenant_id), unit.now()
    records = unit.stores.track_records.all(unit.tenant_id)
    if not job.order.dry_run:
        records = [_within_retention(record, tenant, unit) for record in records]
        for record in records:
            follow(record, tenant, unit)
    grades = _by_what_judged(records)
    own = {judged_as(*key): grouped(map(_answered, given)) for key, given in grades.items()}
    others = unit.stores.calibrations.contributed(but=unit.tenant_id)
    before = {judged_as(each.kind, each.judged_by): each for each in unit.stores.calibrations.all(unit.tenant_id)}
    fitted = [_fitted(*key, given, others, before.get(judged_as(*key)), at=now) for key, given in grades.items()]
    if not job.order.dry_run:
        unit.stores.calibrations.contribute(unit.tenant_id, own, until=now + COUNTS_FOR)
        for each in fitted:
            unit.stores.calibrations.put(unit.tenant_id, each)
        _keep({judged_as(each.kind, each.judged_by): each.calibration for each in fitted}, unit, at=now)
    results = tuple(each.model_dump(mode="json") for each in fitted)
    return Step(done=len(fitted), total=len(fitted), results=results)


def _within_retention(record: TrackRecord, tenant: Tenant, unit: Unit) -> TrackRecord:
    """The record without details that are kept no longer; whoever changes it in this moment forgets them as well."""
    now = unit.now()
    after = record.forgetting(before=now - timedelta(days=tenant.settings.retention_days)).silent(at=now)
    if after != record:
        with suppress(Conflict):
            unit.stores.track_records.replace(unit.tenant_id, after, before=record)
    return after


def _by_what_judged(records: Sequence[TrackRecord]) -> Mapping[tuple[ActionKind, str], Sequence[Grade]]:
    found: defaultdict[tuple[ActionKind, str], list[Grade]] = defaultdict(list)
    for record in records:
        if record.grades:
            found[record.kind, record.judged_by] += record.grades
    return found


def _answered(grade: Grade) -> Answered:
    return Answered(grade.confidence, int(grade.right), int(not grade.right))


def _fitted(
    kind: ActionKind,
    judged_by: str,
    grades: Sequence[Grade],
    others: Mapping[str, Sequence[Answered]],
    before: Fitted | None,
    *,
    at: datetime,
) -> Fitted:
    own = grouped(map(_answered, grades))
    pooled = [*own, *others.get(judged_as(kind, judged_by), ())]
    calibration = fit(pooled, own, version=before.calibration.version + 1 if before is not None else 1)
    now, raw = reliability(own, calibration), reliability(own)
    return Fitted(
        kind=kind,
        judged_by=judged_by,
        calibration=calibration,
        at=at,
        answers=len(grades),
        pooled=sum(answer.right + answer.wrong for answer in pooled),
        bins=now.bins,
        error=now.error,
        interval=now.interval,
        raw_error=raw.error,
        following_week=_following_week(before, grades) if before is not None else None,
    )


def _following_week(before: Fitted, grades: Sequence[Grade]) -> FollowingWeek | None:
    """How the calibration of before has done since, which these answers had no part in."""
    later = [_answered(grade) for grade in grades if grade.at > before.at]
    loss, raw_loss = reliability(later, before.calibration).log_loss, reliability(later).log_loss
    if loss is None or raw_loss is None:
        return before.following_week
    return FollowingWeek(answers=len(later), log_loss=loss, raw_log_loss=raw_loss)


def _keep(calibrations: Mapping[str, Calibration], unit: Unit, *, at: datetime) -> None:
    """Have policy compare what confidences are worth by now."""

    def calibrated(tenant: Tenant) -> Tenant:
        change = {"calibrations": dict(calibrations), "fitted_at": at}
        return tenant.model_copy(update={"earned": tenant.earned.model_copy(update=change)})

    update_tenant(unit.tenant_id, calibrated, unit.stores.tenants)
