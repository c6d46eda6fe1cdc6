"""Receipts on generated teams of which the truth is known: nothing is left out, nothing invented, every link proves."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.reports import FactKind, Report, ReportDue
from pm_assistant.workflows.reports import facts
from pm_assistant.workflows.reports.report import compose
from tests.builders import ACME, NOW
from tests.workflows.reports.worlds import SCENARIOS, World, a_world, each_person

TOLD_OF = tuple(kind for kind in FactKind if kind not in {FactKind.FOCUS, FactKind.NEXT})


def reports(world: World) -> dict[str, Report]:
    """Everybody's standup, a day after the last."""
    since = NOW - timedelta(days=1)
    return {
        name: compose(ReportDue(tenant_id=ACME, member_id=member.id, due_at=NOW, since=since), member, world.unit)
        for name, member in each_person(world)
    }


def told(report: Report, kind: FactKind) -> set[str]:
    """Ids of what is told under a heading."""
    section = report.section(kind)
    return {line.about[0] for line in section.lines} if section else set()


@given(st.integers(min_value=0, max_value=2**32))
def test_all_that_is_true_is_told_under_its_heading_and_nothing_else(seed: int) -> None:
    """Done, in progress, blocked, waiting, untracked: what belongs there, once, and no more."""
    world = a_world(seed)

    for name, report in reports(world).items():
        expected = {kind: world.truth[name, kind] for kind in TOLD_OF}
        assert expected == {kind: told(report, kind) for kind in TOLD_OF}


@pytest.mark.parametrize("seed", range(5))
def test_a_report_says_the_same_whether_much_hangs_on_other_tickets_or_little(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What hangs on the person's is read at once, or of each ticket by itself where there is too much besides."""
    at_once = reports(a_world(seed))
    monkeypatch.setattr(facts, "MOST_AMONG", -1)
    assert at_once == reports(a_world(seed))


@given(st.integers(min_value=0, max_value=2**32))
def test_every_line_has_links_that_prove_it(seed: int) -> None:
    """Each leads to what the line is about, or to what was said, built or decided about just that."""
    world = a_world(seed)

    for report in reports(world).values():
        for line in (line for section in report.sections for line in section.lines):
            assert {line.url, *line.receipts} <= world.proofs[line.about[0]]
            assert world.proofs[line.about[0]]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_each_piece_of_work_alone_is_told_as_it_is(scenario: object) -> None:
    """Whichever it is; so that a failure names what it is about."""
    world = a_world(1, size=0)
    for name in ("ada", "bob"):
        scenario(world, name)  # type: ignore[operator]

    for name, report in reports(world).items():
        assert {kind: world.truth[name, kind] for kind in TOLD_OF} == {kind: told(report, kind) for kind in TOLD_OF}
