"""What people say for their team's report, in memory and on DynamoDB."""

from collections.abc import Iterator
from datetime import date

import pytest

from pm_assistant.domain.questions import ReportAnswer, ReportAnswers
from pm_assistant.ports.reports import ReportAnswersStore
from tests.builders import NOW
from tests.contracts.stores import IMPLEMENTATIONS, a_new_tenant, opened

FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)


def said(text: str, member_id: str = "U0ADA", day: date = FRIDAY) -> ReportAnswers:
    """Something said; nothing if that is empty."""
    answers = (ReportAnswer(text=text),) if text else ()
    return ReportAnswers(member_id=member_id, day=day, answers=answers, at=NOW)


@pytest.fixture(params=IMPLEMENTATIONS, scope="module")
def answers(request: pytest.FixtureRequest) -> Iterator[ReportAnswersStore]:
    """What is said, shared by the tests of this module; each has a tenant of its own."""
    with opened(request.param) as stores:
        yield stores.report_answers


def test_there_is_one_for_each_person_and_day(answers: ReportAnswersStore) -> None:
    """What is said later takes the place of what was said before; they are found by day and person."""
    tenant_id = a_new_tenant()
    for each in (said("one"), said("other"), said("bobs", "U0BOB"), said("mondays", day=MONDAY)):
        answers.put(tenant_id, each, keep_days=9_000)

    wanted = [(MONDAY, "U0ADA"), (FRIDAY, "U0ADA"), (FRIDAY, "U0CARL"), (FRIDAY, "U0ADA")]
    assert ["other", "mondays"] == [each.answers[0].text for each in answers.some(tenant_id, wanted)]
    first, second = answers.page(tenant_id, limit=2)
    assert [said("mondays", day=MONDAY)] == list(answers.page(tenant_id, after=second.key, limit=2))
    assert first.key < second.key


def test_who_takes_all_back_has_said_nothing(answers: ReportAnswersStore) -> None:
    """Also a second time."""
    tenant_id = a_new_tenant()
    for text in ("one", "", ""):
        answers.put(tenant_id, said(text), keep_days=9_000)

    assert [] == list(answers.page(tenant_id, limit=9))
