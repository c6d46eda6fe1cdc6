"""What people's answers have earned us, over the API."""

from datetime import timedelta

from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.tenants import ActionKind, Mode, Rule, Settings
from pm_assistant.domain.trust import Earned
from tests.api.conftest import World
from tests.builders import ACME, GLOBEX, NOW, a_fitted, a_grade, a_tenant, a_track_record

RULES = Settings(rules={ActionKind.MOVE: Rule(mode=Mode.EARNED)})


def test_what_was_earned_is_shown_with_the_numbers_that_it_rests_on(world: World) -> None:
    """One's own, by anybody who may read."""
    grades = tuple(a_grade(n) for n in range(61))
    trusted = a_track_record(grades=grades, promoted_at=NOW, promoted_after=40, changed_at=NOW)
    asked = a_track_record(1, band=0.7, grades=(a_grade(1), a_grade(2), a_grade(3, right=False)))
    for record in (asked, trusted):
        world.stores.track_records.replace(ACME, record, before=None)
    world.stores.track_records.replace(GLOBEX, a_track_record(9), before=None)
    world.stores.tenants.put(a_tenant(settings=RULES, earned=Earned(promoted={trusted.stream: NOW})))

    shown = world.reader.get("/v1/autonomy").json

    assert (0.9, 0.95, 0.05) == (shown["bar"], shown["certainty"], shown["still_asked"])
    first, second = shown["streams"]
    numbers = ("kind", "at_least", "below", "judged_by", "answers", "right", "mode", "acts")
    assert ("move", 0.85, 1.0, "model-0", 61 - 1, 61 - 1, "earned", True) == tuple(first[name] for name in numbers)
    assert "promoted after 40 answers; 60 of 60 answers right: at least 92% right with 95% certainty" == first["reason"]
    assert ("move", 0.7, 0.85, "model-1", 3, 2, "earned", False) == tuple(second[name] for name in numbers)
    assert (None, "2 of 3 answers right: at least 4% right with 95% certainty") == (
        second["trusted_since"],
        second["reason"],
    )


def test_what_is_earned_acts_only_where_the_rule_says_so(world: World) -> None:
    """It is shown all the same: an admin sees what would come of it."""
    trusted = a_track_record(promoted_at=NOW, promoted_after=40, changed_at=NOW)
    world.stores.track_records.replace(ACME, trusted, before=None)
    world.stores.tenants.put(a_tenant(settings=Settings()))

    [stream] = world.reader.get("/v1/autonomy").json["streams"]

    assert ("propose", False, True) == (stream["mode"], stream["acts"], stream["trusted_since"] is not None)


def test_what_confidences_are_worth_is_shown_with_its_reliability(world: World) -> None:
    """As it was fitted last."""
    world.stores.calibrations.put(ACME, a_fitted(answers=80, pooled=2_140, at=NOW + timedelta(hours=1)))
    world.stores.calibrations.put(GLOBEX, a_fitted(5))

    [shown] = world.reader.get("/v1/autonomy").json["calibrations"]

    assert ("move", "model-0", 1, 80, 2_140) == tuple(
        shown[name] for name in ("kind", "judged_by", "version", "answers", "pooled")
    )
    assert ([0.0, 0.1], None) == (shown["error_interval"], shown["following_week"])


def test_confidences_are_fitted_when_somebody_asks_for_it(world: World) -> None:
    """By a run, as any other workflow."""
    answer = world.as_program(Scope.RUN).post("/v1/workflows/calibrate", {"dry_run": False})
    assert (202, "calibrate") == (answer.status, answer.json["kind"])


def test_a_rule_may_say_that_trust_is_to_be_earned(world: World) -> None:
    """Like any other mode; only an admin says so."""
    rules = {"rules": {"move": {"mode": "earned"}}}
    assert 403 == world.member.patch("/v1/settings", rules).status
    assert "earned" == world.admin.patch("/v1/settings", rules).json["rules"]["move"]["mode"]
