"""What people say for their team's report: who may, what is kept, where it is quoted, and what it counts as."""

from datetime import timedelta

import pytest

from pm_assistant.domain.errors import Forbidden, InvalidRequest
from pm_assistant.domain.languages import Language
from pm_assistant.domain.questions import Meaning, ReportQuestion
from pm_assistant.domain.reports import FactKind, Report, ReportDue, Subscription
from pm_assistant.domain.tenants import Member, Provider, Settings, Standing
from pm_assistant.workflows.reports.answers import questionnaire_for, say_for_report
from pm_assistant.workflows.reports.channels import compose_for_channel
from pm_assistant.workflows.reports.report import compose, report
from tests.builders import ACME, BACKLOG, ENG, NOW, a_member, a_tenant, a_ticket
from tests.fakes.unit import FakeUnit
from tests.workflows.reports.test_channels import DUE, ChannelUnit, said_under

BLOCKED, NEXT = "What keeps you from going on?", "What comes next?"
QUESTIONS = (
    ReportQuestion(text=BLOCKED, meaning=Meaning.BLOCKER),
    ReportQuestion(text=NEXT, meaning=Meaning.PLAN),
)
ADA = a_member()
LATER = timedelta(hours=2)


def a_team() -> ChannelUnit:
    """A channel with people in it who are asked two questions."""
    unit = ChannelUnit()
    unit.stores.tenants.put(a_tenant(settings=Settings(report_questions=QUESTIONS)))
    return unit


def of(member: Member, unit: FakeUnit, **changes: object) -> Report:
    """A person's own standup."""
    due = ReportDue(tenant_id=ACME, member_id=member.id, due_at=unit.now())
    return compose(due.model_copy(update=changes), member, unit)


def test_what_is_said_is_kept_for_the_day_and_changed_by_saying_it_again() -> None:
    """What is left out of the second time is not said any more; the next day has answers of its own."""
    unit = a_team()
    say_for_report(ADA, {BLOCKED: "no keys", NEXT: " ENG-1 ", "": "late today"}, unit)
    said = say_for_report(ADA, {NEXT: "ENG-1", "": "later today"}, unit)

    assert [(NEXT, "ENG-1"), ("", "later today")] == [(each.question, each.text) for each in said.answers]
    assert said == questionnaire_for(ADA, unit)
    assert QUESTIONS == said.questions
    unit.at = NOW + timedelta(days=1)
    assert () == questionnaire_for(ADA, unit).answers


def test_what_the_team_does_not_ask_is_no_answer() -> None:
    """Nor what is longer than a line of a report."""
    unit = a_team()
    for given in ({"And now?": "this"}, {BLOCKED: "x" * 201}):
        with pytest.raises(InvalidRequest):
            say_for_report(ADA, given, unit)


@pytest.mark.parametrize("standing", [Standing.GUEST, Standing.OUTSIDER, Standing.LEFT])
def test_only_full_members_of_the_workspace_speak(standing: Standing) -> None:
    """Nor are they shown what is asked; and who has left since is not quoted."""
    unit = a_team()
    say_for_report(ADA, {"": "late today"}, unit)
    other = a_member(standings={Provider.SLACK: standing})
    unit.stores.directory.put_members(ACME, [other])

    with pytest.raises(Forbidden):
        questionnaire_for(other, unit)
    with pytest.raises(Forbidden):
        say_for_report(other, {"": "hello"}, unit)
    unit.at = NOW + LATER
    assert "late" not in str(compose_for_channel(DUE.model_copy(update={"due_at": unit.at}), unit).report)
    unit.stores.subscriptions.put(ACME, Subscription(member_id="U0BOB", team_id=ENG.id))
    assert "late" not in str(of(a_member("bob"), unit, team_id=ENG.id))


def test_the_teams_post_quotes_everybody_by_name() -> None:
    """In a channel as in a team's report for a person; what was said before the last one is not said again."""
    unit = a_team()
    say_for_report(ADA, {BLOCKED: "<!channel> the *keys*", "": "late today"}, unit)
    unit.at = NOW + LATER
    due = DUE.model_copy(update={"due_at": unit.at})

    quoted = [f"Ada: {BLOCKED} “<!channel> the *keys*”", "Ada: “late today”"]
    assert quoted == said_under(compose_for_channel(due, unit).report, FactKind.SAID)
    assert quoted == said_under(of(a_member("bob"), unit, team_id=ENG.id), FactKind.SAID)
    unit.stores.deliveries.finish(ACME, DUE.told, DUE.kind, "key", at=NOW + timedelta(hours=1), once=False)
    assert [] == said_under(compose_for_channel(due, unit).report, FactKind.SAID)


def test_words_that_nobody_asked_for_are_quoted_by_a_team_that_asks_nothing() -> None:
    """In its post as in a person's report of it; in a person's own report they are told of nobody's work."""
    unit = a_team()
    unit.stores.tenants.put(a_tenant())
    say_for_report(ADA, {"": "late today"}, unit)
    unit.at = NOW + LATER

    assert ["Ada: “late today”"] == said_under(
        compose_for_channel(DUE.model_copy(update={"due_at": unit.at}), unit).report, FactKind.SAID
    )
    assert ["Ada: “late today”"] == said_under(of(a_member("bob"), unit, team_id=ENG.id), FactKind.SAID)
    assert "late" not in str(of(ADA, unit))


def test_what_is_not_asked_any_more_counts_no_more() -> None:
    """The team has taken the question back, and with it what its answers mean."""
    unit = a_team()
    say_for_report(ADA, {BLOCKED: "ENG-1 waits for the keys"}, unit)

    unit.stores.tenants.put(a_tenant(settings=Settings(report_questions=[ReportQuestion(text="Mood?")])))

    assert [] == said_under(of(ADA, unit), FactKind.BLOCKED)


def test_what_was_said_is_not_kept_with_what_was_sent() -> None:
    """Who has it erased has it erased."""
    unit = a_team()
    say_for_report(ADA, {BLOCKED: "the quetzal"}, unit)
    unit.at = NOW + LATER
    unit.stores.subscriptions.put(ACME, Subscription(member_id="U0BOB", team_id=ENG.id))
    for member_id, team_id in (("U0ADA", None), ("U0BOB", ENG.id)):
        due = ReportDue(tenant_id=ACME, member_id=member_id, team_id=team_id, due_at=unit.at)
        assert report(due, unit) is not None
        [kept] = unit.stores.deliveries.kept(ACME, due.subscription_id.partition(".")[2], limit=9)
        assert "quetzal" in str(unit.chat.reports)
        assert "quetzal" not in str(kept)


def test_a_ticket_that_is_said_to_be_blocked_is_blocked_that_day() -> None:
    """Of one's own; another's word, or yesterday's, blocks nothing. What is no ticket is quoted to oneself alone."""
    unit = a_team()
    say_for_report(ADA, {BLOCKED: "eng-1 waits for the keys, as does ENG-2"}, unit)
    say_for_report(a_member("bob"), {BLOCKED: "no desk"}, unit)

    assert ["ENG-1 Build (Ada said that it is blocked)"] == said_under(of(ADA, unit), FactKind.BLOCKED)
    assert ["“no desk” (said to be blocked)"] == said_under(of(a_member("bob"), unit), FactKind.BLOCKED)
    assert ["Bob: ENG-2 Build"] == said_under(compose_for_channel(DUE, unit).report, FactKind.IN_PROGRESS)
    assert ["Ada: ENG-1 Build (Ada said that it is blocked)"] == said_under(
        compose_for_channel(DUE, unit).report, FactKind.BLOCKED
    )
    unit.at = NOW + timedelta(days=1)
    assert [] == said_under(of(ADA, unit), FactKind.BLOCKED)


@pytest.mark.parametrize("nothing", ["no", "None.", "nothing so far", "-", "Nein", "nada", "rien", "特になし"])
def test_who_is_kept_by_nothing_is_not_blocked(nothing: str) -> None:
    """People answer anyway."""
    unit = a_team()
    say_for_report(ADA, {BLOCKED: nothing}, unit)

    assert [] == said_under(of(ADA, unit), FactKind.BLOCKED)


def test_what_was_planned_comes_next_the_day_after() -> None:
    """First, also out of the backlog, and over a weekend; until something else is planned."""
    unit = a_team()
    unit.stores.tickets.put(ACME, a_ticket(5, title="Plan", state=BACKLOG, assignee_id="lin-ada"))
    say_for_report(ADA, {NEXT: "ENG-5, and lunch"}, unit)
    say_for_report(a_member("bob"), {NEXT: "lunch"}, unit)
    assert [] == said_under(of(ADA, unit), FactKind.NEXT)

    unit.at = NOW + timedelta(days=3)
    assert ["ENG-5 Plan (planned, as Ada said)"] == said_under(of(ADA, unit), FactKind.NEXT)
    assert ["“lunch” (planned, as you said)"] == said_under(of(a_member("bob"), unit), FactKind.NEXT)
    german = ADA.model_copy(update={"language": Language.GERMAN})
    assert ["ENG-5 Plan (geplant, wie Ada gesagt hat)"] == said_under(of(german, unit), FactKind.NEXT)
