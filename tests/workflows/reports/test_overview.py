"""The overview of a team: of each of its people, by name, what moved, is blocked and waits; for whom an admin named."""

from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.actions import MoveTicket
from pm_assistant.domain.decisions import DecisionState, Outcome
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.languages import Language
from pm_assistant.domain.reports import Report, ReportChannel, ReportDue, ReportKind, Subscription
from pm_assistant.domain.tenants import Settings
from pm_assistant.presentation.overview import LONGEST_OF_PERSON
from pm_assistant.workflows.reports.phrasing import phrased
from pm_assistant.workflows.reports.report import compose, report
from tests.builders import (
    ACME,
    BACKLOG,
    DOING,
    DONE,
    ENG,
    NOW,
    a_comment,
    a_connection,
    a_decision,
    a_member,
    a_pull_request,
    a_repository,
    a_tenant,
    a_ticket,
)
from tests.fakes.unit import FakeUnit
from tests.workflows.reports.test_phrasing import FakeWriter

OPS = ENG.model_copy(update={"id": "team-ops", "key": "OPS", "name": "Operations"})
LEAD = a_member("lea", linear_id=None)
WISH = Subscription(member_id=LEAD.id, kind=ReportKind.OVERVIEW, team_id=ENG.id)
DUE = ReportDue(tenant_id=ACME, member_id=LEAD.id, kind=ReportKind.OVERVIEW, team_id=ENG.id, due_at=NOW)
LATELY, LONG_AGO = NOW - timedelta(hours=3), NOW - timedelta(days=30)


def a_unit() -> FakeUnit:
    """Bob and Ada, and Lea who leads them and has no ticket of her own."""
    unit = FakeUnit()
    unit.stores.tenants.put(a_tenant(settings=Settings(phrased_reports=True)))
    unit.stores.connections.put(a_connection())
    people = [a_member("bob", github_login="bob"), a_member("ada", github_login="ada"), LEAD]
    unit.stores.directory.put_members(ACME, people)
    unit.stores.directory.put_teams(ACME, [ENG, OPS])
    unit.stores.subscriptions.put(ACME, WISH)
    return unit


def at_work(unit: FakeUnit) -> FakeUnit:
    """Ada has finished one that was planned and is held up; Bob has finished one that was not, and waits for Ada."""
    yesterday = NOW.date() - timedelta(days=1)
    for ticket in (
        a_ticket(1, title="Ship it", state=DONE, created_at=LONG_AGO, completed_at=LATELY),
        a_ticket(2, title="Mend it", state=DOING, labels=("blocked",), due_date=yesterday),
        a_ticket(3, title="Rescue it", state=DONE, assignee_id="lin-bob", created_at=LATELY, completed_at=LATELY),
        a_ticket(4, title="Build it", state=DOING, assignee_id="lin-bob"),
        a_ticket(5, title="Watch it", state=DONE, team_id=OPS.id, created_at=LATELY, completed_at=LATELY),
        a_ticket(6, title="Dream of it", state=BACKLOG, assignee_id="lin-bob"),
    ):
        unit.stores.tickets.put(ACME, ticket)
    unit.stores.code.record(ACME, a_repository(private=False), keep_days=9)
    asked = a_pull_request(7, title="Look at it", author={"login": "bob"}, requested=("ada",), created_at=LATELY)
    unit.stores.code.record(ACME, asked, keep_days=9)
    unit.stores.decisions.save(a_decision(action=a_comment("ticket-4"), state=DecisionState.PROPOSED))
    return unit


def lines(told: Report) -> dict[str, list[str]]:
    """What stands under each heading."""
    return {section.title: [line.text for line in section.lines] for section in told.sections}


def test_each_person_is_told_of_by_name_with_what_holds_up_first() -> None:
    """Beside the counts; each line is one fact with its link, what waits says for whom, and each waits once."""
    told = compose(DUE, LEAD, at_work(a_unit()), phrase=phrased)

    assert "Overview of Engineering, Friday 20 November" == told.title
    assert {
        "Overdue": ["Ada: ENG-2 Mend it (was due on Thursday 19 November)"],
        "Unplanned: 1 of 2 finished": ["Bob: ENG-3 Rescue it"],
        "Ada · Done: 1 · Blocked: 1 · Overdue: 1": [
            "Blocked: ENG-2 Mend it (labelled blocked; was due on Thursday 19 November)",
            "Done: ENG-1 Ship it",
        ],
        "Bob · Done: 1 · In progress: 1 · Waiting: 1": [
            "Waiting for others: acme/shop#7 Look at it (review awaited for 1 working hour: Ada)",
            "Done: ENG-3 Rescue it",
            "In progress: ENG-4 Build it",
        ],
    } == lines(told)
    assert ("Done: 2 · In progress: 1 · Blocked: 1 · Waiting: 1 · Overdue: 1",) == told.notes
    assert all(line.url and line.awaits_answer is None for section in told.sections for line in section.lines)


def test_people_stand_in_the_order_of_their_names_however_much_they_have_done() -> None:
    """Nobody is ranked; and who has nothing to tell of is there as well."""
    unit = a_unit()
    unit.stores.tickets.put(ACME, a_ticket(1, state=BACKLOG))
    for number in range(2, 5):
        done = a_ticket(number, state=DONE, assignee_id="lin-bob", created_at=LONG_AGO, completed_at=LATELY)
        unit.stores.tickets.put(ACME, done)

    titles = [section.title for section in compose(DUE, LEAD, unit).sections]

    assert ["Ada", "Bob · Done: 3"] == titles


def test_only_so_much_is_told_of_a_person() -> None:
    """What has moved comes before what has not; the rest is counted."""
    unit = a_unit()
    for number in range(1, LONGEST_OF_PERSON + 3):
        unit.stores.tickets.put(ACME, a_ticket(number, title="Build it", state=DOING))
    outcome = Outcome(external_id="ticket-8", url="https://linear.app/acme/issue/ENG-8", inverse="undo")
    moved: dict[str, Any] = {"state": DecisionState.DONE, "performed": "r", "outcome": outcome, "updated_at": LATELY}
    unit.stores.decisions.save(a_decision(action=MoveTicket(ticket_id="ticket-8", to=DOING), **moved))

    [section] = compose(DUE, LEAD, unit).sections

    assert (LONGEST_OF_PERSON, 2) == (len(section.lines), section.hidden)
    assert "In progress: ENG-8 Build it (moved to In Progress)" == section.lines[0].text


def test_it_is_sent_in_the_leads_own_words_by_either_way() -> None:
    """In their language, with the totals before anything else."""
    unit = at_work(a_unit())
    unit.stores.directory.put_members(ACME, [LEAD.model_copy(update={"language": Language.GERMAN})])

    report(DUE, unit)
    unit.stores.subscriptions.put(ACME, WISH.model_copy(update={"delivery": ReportChannel.EMAIL}))
    report(DUE.model_copy(update={"once": "again"}), unit)

    [(_, told)], [mail] = unit.chat.reports, unit.mailer.sent
    assert "Überblick über Engineering, Freitag, 20. November" == told.title == mail.subject
    assert "Erledigt: 2 · In Arbeit: 1 · Blockiert: 1 · Wartet: 1 · Überfällig: 1" == told.notes[0]
    assert "Erledigt: 0 · In Arbeit: 1 · Blockiert: 1" in mail.text


def test_no_model_words_it() -> None:
    """Whatever a team wants for its other reports: who says a word of people can prove it."""
    unit, writer = at_work(a_unit()), FakeWriter(lambda _, fact: fact)
    unit.writer = writer

    report(DUE, unit)

    assert [] == writer.asked


def test_whom_nobody_names_any_more_gets_none() -> None:
    """The subscription is the right itself, so one that comes again later ends with it."""
    unit = at_work(a_unit())
    unit.stores.subscriptions.remove(ACME, WISH.id)

    assert report(DUE.model_copy(update={"once": "snoozed"}), unit) is None
    assert [] == unit.chat.reports


def test_there_is_none_of_no_team() -> None:
    """It is of people who work together."""
    with pytest.raises(NotFound, match="of a team"):
        compose(DUE.model_copy(update={"team_id": None}), LEAD, a_unit())


def test_of_a_private_repository_it_has_no_words() -> None:
    """Though the person whose it is reads them."""
    unit = a_unit()
    unit.stores.tickets.put(ACME, a_ticket(1, state=BACKLOG))
    unit.stores.code.record(ACME, a_repository(private=True), keep_days=9)
    asked = a_pull_request(7, title="Secret plans", author={"login": "ada"}, requested=("bob",), created_at=LATELY)
    unit.stores.code.record(ACME, asked, keep_days=9)

    [section] = compose(DUE, LEAD, unit).sections

    said = "Waiting for others: acme/shop#7 (review awaited for 1 working hour: Bob)"
    assert [said] == [line.text for line in section.lines]
