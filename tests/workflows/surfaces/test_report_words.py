"""What people say for their team's report where they read their own: asked, kept once, theirs alone."""

from typing import Any

import pytest

from pm_assistant.domain.answers import Subject
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.forms import Form
from pm_assistant.domain.languages import Language
from pm_assistant.domain.questions import LONGEST_ANSWER, Meaning, ReportQuestion
from pm_assistant.domain.reports import AnswersChanged, ReportDue, Subscription
from pm_assistant.domain.surfaces import Asked, ReportWordsAsked, ReportWordsGiven, SurfaceRequest
from pm_assistant.domain.tenants import Provider, Settings, Standing
from pm_assistant.workflows.reports.answers import questionnaire_for
from pm_assistant.workflows.reports.report import compose
from pm_assistant.workflows.surfaces.answer import answer
from tests.builders import ACME, ENG, NOW, a_connection, a_member, a_tenant
from tests.fakes.unit import FakeUnit

BLOCKERS, PLAN = "What is in your way?", "What comes next?"
PLACE = Subject(channel="D0ADA", root_ts="1794218400.000100")


def a_unit(*questions: str, **changes: Any) -> FakeUnit:
    """Ada, whose team asks these questions."""
    unit = FakeUnit()
    asked = tuple(ReportQuestion(text=question, meaning=Meaning.BLOCKER) for question in questions)
    unit.stores.tenants.put(a_tenant(settings=Settings(report_questions=asked)))
    unit.stores.connections.put(a_connection())
    unit.stores.directory.put_members(ACME, [a_member(**changes)])
    unit.stores.directory.put_teams(ACME, [ENG])
    return unit


def do(unit: FakeUnit, asked: Asked) -> None:
    """Let Ada do something at a surface."""
    answer(SurfaceRequest(tenant_id=ACME, user_id="U0ADA", asked_at=NOW, asked=asked), unit)


def form(unit: FakeUnit, *, place: Subject | None = PLACE) -> Form | None:
    """What she is shown when she presses."""
    unit.chat.forms.clear()
    do(unit, ReportWordsAsked(trigger_id="trigger-1", pressed_in=place))
    return unit.chat.forms.get("trigger-1")


def said(unit: FakeUnit) -> dict[str, str]:
    """What is kept of hers for today, by question."""
    [ada] = unit.stores.directory.some_members(ACME, ["U0ADA"])
    return {answer.question: answer.text for answer in questionnaire_for(ada, unit).answers}


def test_a_person_answers_the_teams_questions_and_adds_a_word() -> None:
    """Opened again, the form has what was said; said again, it is another answer and not a second one."""
    unit = a_unit(BLOCKERS, PLAN)
    shown = form(unit)
    assert shown is not None
    assert [BLOCKERS, PLAN, "Anything else for the team"] == [field.label for field in shown.fields]

    for words in ("The vendor", "Nothing any more"):
        do(unit, ReportWordsGiven(words={BLOCKERS: words, PLAN: "", "": "Out at 4"}, pressed_in=PLACE))

    assert {BLOCKERS: "Nothing any more", "": "Out at 4"} == said(unit)
    changed = AnswersChanged(tenant_id=ACME, member_id="U0ADA", day=NOW.date())
    assert [changed, changed] == [put.message for put in unit.queues.reports.puts]
    again = form(unit)
    assert again is not None
    assert ["Nothing any more", "", "Out at 4"] == [field.value for field in again.fields]


def test_who_said_something_is_told_for_which_day_it_is_kept() -> None:
    """Below their report, or by direct message where they said it on their page; in their language."""
    unit = a_unit(BLOCKERS, language=Language.GERMAN)
    do(unit, ReportWordsGiven(words={BLOCKERS: "Nichts"}, pressed_in=PLACE))
    [(channel, _, user, text)] = unit.chat.whispers
    assert ("D0ADA", "U0ADA", True) == (channel, user, "20. November" in text)

    do(unit, ReportWordsGiven(words={BLOCKERS: "Doch"}))
    [(account, notice)] = unit.chat.notices
    assert ("U0ADA", True) == (account, "20. November" in notice.text)

    unit.chat.fail_next(NotFound("channel_not_found"))
    do(unit, ReportWordsGiven(words={BLOCKERS: "Wohl"}, pressed_in=PLACE))
    assert {BLOCKERS: "Wohl"} == said(unit)


def test_an_answer_to_what_is_asked_no_more_is_handed_back() -> None:
    """The question changed while the form was open: what else was said is kept."""
    unit = a_unit(PLAN)
    do(unit, ReportWordsGiven(words={BLOCKERS: "The vendor", PLAN: "Rest"}, pressed_in=PLACE))

    [(_, _, _, text)] = unit.chat.whispers
    assert {PLAN: "Rest"} == said(unit)
    assert "“The vendor”" in text


def test_what_is_too_long_changes_nothing_and_its_author_is_told() -> None:
    """The form takes no more; whoever sends more did not use it."""
    unit = a_unit(PLAN)
    for words in ("Rest", "x" * (LONGEST_ANSWER + 1)):
        do(unit, ReportWordsGiven(words={PLAN: words}, pressed_in=PLACE))

    assert {PLAN: "Rest"} == said(unit)
    assert str(LONGEST_ANSWER) in unit.chat.whispers[-1][3]


def test_without_questions_there_is_something_to_say_where_a_channel_has_a_report() -> None:
    """Else nobody would read it, which is said instead of asking for it."""
    unit = a_unit()
    assert form(unit) is None
    assert "nobody would read it" in unit.chat.whispers[-1][3]

    unit.stores.subscriptions.put(ACME, Subscription(channel_id="C0TEAM", time_zone="UTC"))
    shown = form(unit)
    assert shown is not None
    assert ["For the team"] == [field.label for field in shown.fields]


@pytest.mark.parametrize("standing", [Standing.GUEST, Standing.OUTSIDER, Standing.LEFT])
def test_only_full_members_are_asked_and_heard(standing: Standing) -> None:
    """No button below a guest's report, no form, no words."""
    unit = a_unit(PLAN, standings={Provider.SLACK: standing})
    do(unit, ReportWordsGiven(words={PLAN: "Rest"}, pressed_in=PLACE))

    assert form(unit) is None
    assert [] == unit.chat.whispers
    assert not unit.stores.report_answers.some(ACME, [(NOW.date(), "U0ADA")])
    [ada] = unit.stores.directory.some_members(ACME, ["U0ADA"])
    assert not compose(ReportDue(tenant_id=ACME, member_id="U0ADA", due_at=NOW), ada, unit).reader_speaks


def test_the_way_to_say_something_stands_below_ones_own_standup_alone() -> None:
    """Not where others read it, nor below a team's."""
    unit = a_unit(PLAN)
    [ada] = unit.stores.directory.some_members(ACME, ["U0ADA"])
    due = ReportDue(tenant_id=ACME, member_id="U0ADA", due_at=NOW)

    speaks = [
        compose(due, ada, unit).reader_speaks,
        compose(due, ada, unit, for_others=True).reader_speaks,
        compose(due.model_copy(update={"team_id": ENG.id}), ada, unit).reader_speaks,
    ]
    assert [True, False, False] == speaks
