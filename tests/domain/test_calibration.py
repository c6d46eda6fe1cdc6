"""What a confidence is worth is learnt from answers, little from few of them, and holds in the week that follows."""

import pytest

from pm_assistant.domain.calibration import Answered, fit, grouped, reliability
from pm_assistant.domain.trust import BANDS, Calibration, Earned, band_of
from tests.bench.autonomy import following_weeks, mean

OVERCONFIDENT = [Answered(0.95, 70, 30), Answered(0.8, 55, 45), Answered(0.6, 40, 60)]


def test_without_answers_a_confidence_is_worth_what_it_says() -> None:
    """Nobody knows better yet."""
    calibration = fit([])
    assert [0.6, 0.95] == pytest.approx([calibration.of(0.6), calibration.of(0.95)])
    assert Earned().calibrated("move|model", 0.7) == 0.7


def test_an_analyst_that_is_surer_than_it_may_be_is_believed_as_far_as_people_agree() -> None:
    """The line passes where the answers are."""
    calibration = fit(OVERCONFIDENT)
    for confidence, right, wrong in OVERCONFIDENT:
        assert right / (right + wrong) == pytest.approx(calibration.of(confidence), abs=0.05)


def test_few_answers_change_little_and_many_change_much() -> None:
    """Three people who disagreed are no law."""
    few, many = fit([Answered(0.9, 0, 3)]).of(0.9), fit([Answered(0.9, 0, 300)]).of(0.9)
    assert many < 0.1 < few < 0.9


def test_surer_is_never_less_likely() -> None:
    """Whatever the answers say: the line never falls."""
    calibration = fit([Answered(0.6, 200, 0), Answered(0.95, 0, 200)])
    assert calibration.of(0.6) < calibration.of(0.95)


def test_a_tenant_moves_the_line_by_its_own_answers_the_less_the_fewer_there_are() -> None:
    """What all tenants answered counts where its own people have said nothing."""
    few, many = [Answered(0.8, 0, 2)], [Answered(0.8, 0, 200)]
    everybody = [Answered(0.8, 800, 200)]
    shared = fit(everybody).of(0.8)
    assert fit(everybody, few).of(0.8) == pytest.approx(shared, abs=0.2)
    assert fit(everybody, many).of(0.8) < 0.1 < fit(everybody, few).of(0.8) < shared


def test_confidences_fit_the_following_week_better_than_they_did() -> None:
    """Simulated: analysts that are surer than they may be, in tenants that differ."""
    weeks = list(following_weeks(20, trials=5, seed=1))
    assert all(fitted.error < 0.1 for _, fitted in weeks)
    raw_error, error = (mean([pair[n].error for pair in weeks]) for n in (0, 1))
    assert error < 0.05 < 0.1 < raw_error
    raw_loss, loss = (mean([pair[n].log_loss or 0 for pair in weeks]) for n in (0, 1))
    assert loss < raw_loss


def test_reliability_says_how_many_answers_each_part_rests_on() -> None:
    """Nothing is drawn through empty parts, and the error has an interval that fewer answers make wider."""
    few, many = reliability(OVERCONFIDENT), reliability(Answered(c, r * 100, w * 100) for c, r, w in OVERCONFIDENT)
    assert [(0.6, 100, 0.6, 0.4), (0.8, 100, 0.8, 0.55), (0.9, 100, pytest.approx(0.95), 0.7)] == list(few.bins)
    assert few.error == pytest.approx((0.2 + 0.25 + 0.25) / 3)
    assert few.interval[0] < many.interval[0] < many.error < many.interval[1] < few.interval[1]
    assert reliability([]).log_loss is None


def test_what_is_sure_and_wrong_surprises_and_does_not_break_anything() -> None:
    """A confidence of 1 that nobody agreed with costs much, not everything."""
    assert 10 < (reliability([Answered(1.0, 0, 1)]).log_loss or 0) < 20


def test_each_confidence_lies_in_one_band() -> None:
    """Their edges belong to the band above."""
    assert [0.0, 0.0, 0.7, 0.7, 0.85, 0.85] == [band_of(c) for c in (0, 0.699, 0.7, 0.849, 0.85, 1)]
    assert BANDS[0] == 0


def test_answers_that_are_pooled_are_as_many_numbers_however_many_there_are() -> None:
    """Nothing but counts leaves a tenant, and they fit as the answers do."""
    answers = [Answered(n / 1000, n % 3 > 0, n % 3 == 0) for n in range(1001)]
    few = grouped(answers)
    assert 51 == len(few)
    assert (sum(a.right for a in answers), sum(a.wrong for a in answers)) == (
        sum(a.right for a in few),
        sum(a.wrong for a in few),
    )
    assert fit(answers).of(0.8) == pytest.approx(fit(few).of(0.8), abs=0.01)


def test_a_calibration_is_a_line_over_log_odds() -> None:
    """The numbers that are kept: slope, intercept and the tenant's own offset."""
    assert Calibration(slope=1, intercept=0).of(0.3) == pytest.approx(0.3)
    assert Calibration(slope=1, intercept=0.5, offset=-0.5).of(0.3) == pytest.approx(0.3)
    assert Calibration(slope=0.5, intercept=0).of(0.9) == pytest.approx(0.75)
