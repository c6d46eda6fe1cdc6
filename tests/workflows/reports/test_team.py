"""A team's report: what everybody may know of its people, each line with whose it is."""

from datetime import timedelta

import pytest

from pm_assistant.domain.actions import Ignore
from pm_assistant.domain.decisions import DecisionState
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.reports import FactKind, Report, ReportDue, ReportKind
from pm_assistant.domain.tenants import Provider, Standing
from pm_assistant.presentation.facts import VAGUE
from pm_assistant.workflows.reports.report import compose, report
from tests.builders import (
    ACME,
    DOING,
    DONE,
    ENG,
    NOW,
    a_connection,
    a_decision,
    a_member,
    a_tenant,
    a_ticket,
)
from tests.fakes.unit import FakeUnit

OPS = ENG.model_copy(update={"id": "team-ops", "key": "OPS", "name": "Operations"})
OF_ENG = ReportDue(tenant_id=ACME, member_id="U0BOB", team_id=ENG.id, due_at=NOW)
BOARD = ENG.model_copy(update={"id": "team-board", "key": "BRD", "name": "Board", "private": True})


def a_unit() -> FakeUnit:
    """Two people, of whom Ada works for two teams."""
    unit = FakeUnit()
    unit.stores.tenants.put(a_tenant())
    unit.stores.connections.put(a_connection())
    unit.stores.directory.put_members(ACME, [a_member(), a_member("bob")])
    unit.stores.directory.put_teams(ACME, [ENG, OPS, BOARD])
    for ticket in (
        a_ticket(1, title="Ship it", state=DONE, completed_at=NOW - timedelta(hours=3)),
        a_ticket(2, title="Build it", state=DOING, assignee_id="lin-bob"),
        a_ticket(3, title="Fix it", state=DOING, labels=("blocked",)),
        a_ticket(4, title="Watch it", state=DOING, team_id=OPS.id),
        a_ticket(5, title="Hide it", state=DOING, team_id=BOARD.id),
        a_ticket(6, title="Start it"),
    ):
        unit.stores.tickets.put(ACME, ticket)
    return unit


def told(unit: FakeUnit, team_id: str, **changes: object) -> Report:
    """A team's report for Bob."""
    due = ReportDue(tenant_id=ACME, member_id="U0BOB", team_id=team_id, due_at=NOW, kind=ReportKind.STANDUP)
    return compose(due.model_copy(update=changes), a_member("bob"), unit)


def lines(report: Report) -> dict[str, list[str]]:
    """What stands under each heading."""
    return {section.title: [line.text for line in section.lines] for section in report.sections}


def test_a_teams_report_tells_whose_each_line_is_and_first_what_holds_people_up() -> None:
    """Of that team's tickets alone, and nothing that a person is to answer or to begin with."""
    report = told(a_unit(), ENG.id)

    assert report.title.startswith("Standup for Engineering,")
    assert {
        "Blocked": ["Ada: ENG-3 Fix it (labelled blocked)"],
        "Done": ["Ada: ENG-1 Ship it"],
        "In progress": ["Bob: ENG-2 Build it"],
        "Conversations without a ticket": [],
    } == lines(report)
    assert ["Ada: ENG-4 Watch it"] == lines(told(a_unit(), OPS.id))["In progress"]


@pytest.mark.parametrize("team_id", [BOARD.id, "team-nowhere"])
def test_of_a_private_team_there_is_no_report(team_id: str) -> None:
    """Whoever subscribed it: who may read it, only the tracker knows; and it is not told from one that is not there."""
    with pytest.raises(NotFound, match="no such team"):
        told(a_unit(), team_id)


@pytest.mark.parametrize("standing", [Standing.GUEST, Standing.OUTSIDER])
def test_a_teams_report_is_for_full_members(standing: Standing) -> None:
    """Of the chat or of the tracker: guests see a part of what the team may read, and nobody has told us which."""
    with pytest.raises(NotFound, match="no such team"):
        compose(OF_ENG, a_member("bob", standings={Provider.SLACK: standing}), a_unit())


@pytest.mark.parametrize(("vendor", "talk"), [(Provider.SLACK, [VAGUE]), (Provider.LINEAR, [])])
def test_the_teams_talk_is_told_once_and_to_full_members_of_the_chat(vendor: Provider, talk: list[str]) -> None:
    """By what the reader is, and not by what its people are."""
    unit = a_unit()
    unit.stores.decisions.save(a_decision(action=Ignore(work=True), state=DecisionState.LOGGED))
    reader = a_member("bob", standings={vendor: Standing.MEMBER})

    report = compose(OF_ENG, reader, unit)

    section = report.section(FactKind.UNTRACKED)
    assert section is not None
    assert talk == [line.text for line in section.lines]


def test_a_team_that_became_private_is_told_of_no_longer() -> None:
    """Whoever subscribed before gets nothing, and nothing is repeated."""
    unit = a_unit()
    assert report(OF_ENG, unit) is not None

    unit.stores.directory.put_teams(ACME, [ENG.model_copy(update={"private": True}), OPS, BOARD])

    assert report(OF_ENG.model_copy(update={"due_at": NOW + timedelta(days=1)}), unit) is None
    assert 1 == len(unit.chat.reports)


def test_what_is_told_of_a_team_is_not_told_of_oneself() -> None:
    """A person's own report covers the time since their own last one."""
    unit = a_unit()
    for number, team_id in enumerate((ENG.id, OPS.id, None)):
        due = OF_ENG.model_copy(update={"team_id": team_id, "member_id": "U0ADA"})
        report(due.model_copy(update={"due_at": NOW + timedelta(minutes=number)}), unit)

    own = unit.chat.reports[-1][1]
    assert ["ENG-1 Ship it"] == lines(own)["Done"]
