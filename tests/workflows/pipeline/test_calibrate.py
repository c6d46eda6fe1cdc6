"""Confidences are fitted to what people answered: versioned, with their reliability, and compared by policy."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from pm_assistant.domain.autonomy import Fall, TrackRecord
from pm_assistant.domain.calibration import Answered, Fitted
from pm_assistant.domain.jobs import Job, JobKind, Order, Step
from pm_assistant.domain.tenants import ActionKind, TenantId
from pm_assistant.domain.trust import FITTED_EVERY as WEEK
from pm_assistant.domain.trust import Earned
from pm_assistant.workflows.pipeline.calibrate import COUNTS_FOR, calibrate
from tests.builders import ACME, GLOBEX, NOW, a_grade, a_job, a_tenant, a_track_record
from tests.fakes.unit import FakeUnit

MOVES = "move|model-0"


def answered(right: int, wrong: int) -> TrackRecord:
    """So many answers to moves of which what judged was sure."""
    grades = tuple(a_grade(n, right=n < right) for n in range(right + wrong))
    return a_track_record(grades=grades)


@pytest.fixture
def unit() -> FakeUnit:
    """A tenant whose people agreed with 60 of 100, of all of which we were 90 % sure."""
    unit = FakeUnit(at=NOW + timedelta(hours=100))
    unit.stores.tenants.put(a_tenant())
    unit.stores.track_records.replace(ACME, answered(60, 40), before=None)
    return unit


def fitted(unit: FakeUnit, *, dry_run: bool = False) -> Step:
    """Take the one step of the job."""
    job: Job = a_job(order=Order(kind=JobKind.CALIBRATE, dry_run=dry_run))
    return calibrate(job, unit)


def kept(unit: FakeUnit) -> Fitted:
    """What is kept of the only calibration."""
    [only] = unit.stores.calibrations.all(ACME)
    return only


def worth(unit: FakeUnit, confidence: float = 0.9) -> float:
    """What policy takes a confidence for."""
    return unit.stores.tenants.get(ACME).earned.calibrated(MOVES, confidence)


def test_what_policy_compares_is_what_people_agreed_with(unit: FakeUnit) -> None:
    """From the run on; of another kind nothing is known."""
    assert 0.9 == worth(unit)
    step = fitted(unit)
    assert 0.6 == pytest.approx(worth(unit), abs=0.06)
    assert 0.9 == unit.stores.tenants.get(ACME).earned.calibrated("link|model-0", 0.9)
    assert (1, None, 1) == (step.done, step.cursor, len(step.results))


def test_a_dry_run_shows_what_would_come_of_it_and_keeps_nothing(unit: FakeUnit) -> None:
    """Neither for the tenant nor for others."""
    [result] = fitted(unit, dry_run=True).results
    assert (100, 1) == (result["answers"], result["calibration"]["version"])
    assert 0.9 == worth(unit)
    assert [] == unit.stores.calibrations.all(ACME)
    assert {} == unit.stores.calibrations.contributed(but=GLOBEX)


def test_a_calibration_says_how_reliable_confidences_are_and_were(unit: FakeUnit) -> None:
    """With the number of answers of each part, and an interval about its error."""
    fitted(unit)
    report = kept(unit)
    [part] = report.bins
    assert 100 == part.answers
    assert 0.6 == pytest.approx(part.right)
    assert report.error < 0.1 < 0.25 < report.raw_error
    assert report.interval[0] <= report.error <= report.interval[1]
    assert report.following_week is None


def test_the_next_fit_says_how_the_one_before_did_on_answers_it_had_not_seen(unit: FakeUnit) -> None:
    """Only these; where there are none, what was known of before stays known."""
    fitted(unit)
    before = unit.stores.track_records.all(ACME)[0]
    later = [a_grade(n, right=n % 5 < 3) for n in range(101, 121)]
    unit.stores.track_records.replace(
        ACME, before.model_copy(update={"grades": (*before.grades, *later)}), before=before
    )
    unit.at += WEEK
    fitted(unit)
    report, following = kept(unit), kept(unit).following_week
    assert following is not None
    assert (2, 20) == (report.calibration.version, following.answers)
    assert following.log_loss < following.raw_log_loss
    unit.at += WEEK
    fitted(unit)
    assert (3, following) == (kept(unit).calibration.version, kept(unit).following_week)


def test_what_all_tenants_answered_counts_and_a_tenants_own_moves_it(unit: FakeUnit) -> None:
    """Two answers of one's own are few; nothing but numbers comes from others."""
    others: Mapping[str, list[Answered]] = {MOVES: [Answered(0.9, 300, 700)], "move|elsewhere": [Answered(0.9, 1, 1)]}
    unit.stores.calibrations.contribute(GLOBEX, others, until=NOW)
    fitted(unit)
    report = kept(unit)
    assert (1100, 100) == (report.pooled, report.answers)
    assert report.calibration.offset > 0
    assert 0.3 < worth(unit) < 0.6
    assert {MOVES: [Answered(0.9, 60, 40)]} == unit.stores.calibrations.contributed(but=GLOBEX)
    assert {MOVES} == set(unit.stores.tenants.get(ACME).earned.calibrations)


def test_answers_of_before_the_retention_are_counted_and_not_fitted(unit: FakeUnit) -> None:
    """Their details go with the run that finds them too old."""
    unit.at = NOW + timedelta(days=90, hours=99.5)
    fitted(unit)
    [record] = unit.stores.track_records.all(ACME)
    assert (0, 100) == (len(record.grades), sum(map(sum, record.earlier.values())))
    assert [] == unit.stores.calibrations.all(ACME)


def test_a_dry_run_forgets_nothing(unit: FakeUnit) -> None:
    """Nor does it change what is trusted."""
    before = unit.stores.track_records.all(ACME)
    unit.at = NOW + timedelta(days=300)
    fitted(unit, dry_run=True)
    assert before == unit.stores.track_records.all(ACME)


def test_what_nobody_has_answered_for_as_long_as_answers_are_kept_is_trusted_no_longer(unit: FakeUnit) -> None:
    """It is earned anew, and the audit trail says why."""
    trusted = a_track_record(5, promoted_at=NOW, promoted_after=40, changed_at=NOW)
    unit.stores.track_records.replace(ACME, trusted, before=None)
    unit.stores.tenants.put(a_tenant(earned=Earned(promoted={trusted.stream: NOW})))
    fitted(unit)
    assert {trusted.stream} == set(unit.stores.tenants.get(ACME).earned.promoted)
    unit.at = NOW + timedelta(days=91)
    fitted(unit)
    assert {} == unit.stores.tenants.get(ACME).earned.promoted
    [lost] = unit.stores.audit.latest(ACME, limit=9)
    assert ("trust.lost", trusted.stream) == (lost.action, lost.target)
    assert Fall.SILENCE in lost.detail["because"]


def test_each_kind_and_what_judged_is_fitted_by_itself(unit: FakeUnit) -> None:
    """Bands of one kind together: the line goes through all of them."""
    low = a_track_record(band=0.7, grades=tuple(a_grade(n, confidence=0.75) for n in range(200, 210)))
    for record in (low, a_track_record(kind=ActionKind.LINK), a_track_record(3)):
        unit.stores.track_records.replace(ACME, record, before=None)
    fitted(unit)
    found = {(each.kind, each.judged_by): each.answers for each in unit.stores.calibrations.all(ACME)}
    link, move = ActionKind.LINK, ActionKind.MOVE
    assert {(move, "model-0"): 110, (link, "model-0"): 2, (move, "model-3"): 2} == found


def test_fitting_is_due_once_a_week(unit: FakeUnit) -> None:
    """Also where there was nothing to fit."""
    assert Earned().is_outdated(at=unit.now())
    unit.stores.track_records.remove(TenantId(ACME), unit.stores.track_records.all(ACME)[0].stream)
    fitted(unit)
    earned = unit.stores.tenants.get(ACME).earned
    assert not earned.is_outdated(at=unit.now() + WEEK - timedelta(seconds=1))
    assert earned.is_outdated(at=unit.now() + WEEK)
    assert COUNTS_FOR > WEEK
