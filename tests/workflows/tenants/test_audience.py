"""A private tracker team's words never reach a public place, and a team we do not know counts as private."""

from typing import Any

import pytest

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.decisions import ActionRequest, DecisionState, Outcome
from pm_assistant.domain.jobs import JobKind
from pm_assistant.domain.reports import ReportDue, ReportKind
from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.work import Team, Ticket
from pm_assistant.workflows.pipeline.act import act
from pm_assistant.workflows.pipeline.judge import judge
from pm_assistant.workflows.pipeline.queries import TicketFilter, find_ticket, list_tickets
from pm_assistant.workflows.reports.report import compose
from pm_assistant.workflows.reports.send import send_reports
from pm_assistant.workflows.tenants.audience import public_tickets
from tests.builders import (
    ACME,
    ENG,
    NOW,
    a_comment,
    a_connection,
    a_conversation,
    a_decision,
    a_job,
    a_judgement,
    a_member,
    a_tenant,
    a_ticket,
)
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeAnalyst, FakeChat, FakeTracker

SEC = ENG.model_copy(update={"id": "team-sec", "key": "SEC", "private": True})
SECRET = a_ticket(3, key="SEC-3", title="Severance terms for Lisbon", team_id=SEC.id, url="https://x.test/severance-3")
hidden_teams = pytest.mark.parametrize("teams", [[ENG, SEC], [ENG]], ids=["private", "unknown"])


def given(*teams: Team, tickets: tuple[Ticket, ...] = (SECRET, a_ticket())) -> FakeUnit:
    """A tenant that knows these teams; the secret ticket is Ada's."""
    unit = FakeUnit()
    unit.stores.tenants.put(a_tenant())
    unit.stores.connections.put(a_connection(provider=Provider.SLACK))
    unit.stores.directory.put_members(ACME, [a_member(), a_member("bob")])
    unit.stores.directory.put_teams(ACME, list(teams))
    for ticket in tickets:
        unit.stores.tickets.put(ACME, ticket)
    unit.chat, unit.tracker = FakeChat(), FakeTracker(tickets=tickets, teams=[ENG, SEC])
    return unit


@hidden_teams
def test_tickets_of_a_team_that_not_everybody_sees_are_not_for_everybody(teams: list[Team]) -> None:
    """Private, or not known to be public."""
    unit = given(*teams)

    assert [a_ticket()] == list(public_tickets([SECRET, a_ticket()], unit))
    assert ([a_ticket()], None) == list_tickets(TicketFilter(), unit, before=None, limit=9, fits_page=lambda _: True)
    assert [None, None] == [find_ticket(name, unit) for name in (SECRET.id, SECRET.key)]


@hidden_teams
def test_no_conversation_is_judged_to_be_about_one(teams: list[Team]) -> None:
    """Neither the model nor the card nor a comment elsewhere ever learns its words."""
    unit = given(*teams)
    unit.analyst = FakeAnalyst(a_judgement())
    judge(a_conversation(), a_tenant(), unit)

    assert [[a_ticket().id]] == [[ticket.id for ticket in seen] for seen in unit.analyst.seen_candidates]


@hidden_teams
@pytest.mark.parametrize("state", [DecisionState.PROPOSED, DecisionState.FAILED, DecisionState.DONE])
def test_a_card_about_one_tells_nothing_of_it(teams: list[Team], state: DecisionState) -> None:
    """Such as one from when its team was public still: no title, no reason and no address, which bears the title."""
    unit = given(*teams)
    outcome = Outcome(external_id="c-1", url=f"{SECRET.url}#comment-1", inverse="{}")
    done: dict[str, Any] = {"performed": "digest-1", "outcome": outcome} if state is DecisionState.DONE else {}
    action, reason = a_comment(SECRET.id), "both speak of severance terms"
    decision = unit.stores.decisions.save(a_decision(action=action, reason=reason, state=state, **done))
    act(ActionRequest(tenant_id=ACME, decision_id=decision.id, only_show=True), unit)

    [card] = unit.chat.cards.values()
    [entry] = card.entries
    shown = entry.model_dump_json().casefold()
    assert not [word for word in ("severance", "lisbon", "sec-3") if word in shown]
    assert (state is not DecisionState.DONE) == (entry.awaits_answer is not None)


@pytest.mark.parametrize("state", [DecisionState.PROPOSED, DecisionState.FAILED, DecisionState.DONE])
def test_where_another_company_reads_no_card_names_a_ticket(state: DecisionState) -> None:
    """Nor gives a reason, which may name one, for anything in that thread; what was asked there can be answered."""
    unit = given(ENG)
    ticket = a_ticket()
    unit.stores.decisions.save(a_decision(action=CreateTicket(title="Coupons", description="d"), state=state))
    done: dict[str, Any] = {
        "performed": "digest-1",
        "outcome": Outcome(external_id="c-1", url=f"{ticket.url}#1", inverse="{}"),
    }
    reason = f"both speak of {ticket.title}"
    comment = a_decision(state=state, outside=True, reason=reason, **(done if state is DecisionState.DONE else {}))
    unit.stores.decisions.save(comment)
    act(ActionRequest(tenant_id=ACME, decision_id=comment.id, only_show=True), unit)

    [card] = unit.chat.cards.values()
    shown = card.model_dump_json()
    assert not [word for word in (ticket.title, ticket.key, ticket.url, "both speak") if word in shown]
    assert (state is not DecisionState.DONE) == any(entry.awaits_answer for entry in card.entries)


def test_a_decision_knows_whether_another_company_reads_what_it_rests_on() -> None:
    """One message that reached us from there is enough."""
    unit = given(ENG)
    unit.analyst = FakeAnalyst(a_judgement(), a_judgement())
    talk = a_conversation()
    shared = talk.model_copy(update={"messages": tuple(m.model_copy(update={"outside": True}) for m in talk.messages)})

    assert [False, True] == [judge(each, a_tenant(), unit).decisions[0].outside for each in (talk, shared)]


@hidden_teams
def test_ones_own_report_tells_of_it_and_nobody_elses_does(teams: list[Team]) -> None:
    """Whoever it is assigned to may read it; whoever looks at that person's report may not."""
    unit = given(*teams)
    due = ReportDue(tenant_id=ACME, member_id="U0ADA", due_at=NOW)

    assert "Severance" in compose(due, a_member(), unit).model_dump_json()
    assert "everance" not in compose(due, a_member(), unit, for_others=True).model_dump_json()
    shown = send_reports(a_job(order={"kind": JobKind.STANDUP, "dry_run": True}), unit).results
    assert ["U0ADA", "U0BOB"] == [each["member_id"] for each in shown]
    assert "everance" not in str(shown)


@hidden_teams
def test_a_new_ticket_of_one_is_no_news_for_the_whole_team(teams: list[Team]) -> None:
    """It was created in the open and has moved behind a door since."""
    unit = given(*teams)
    outcome = Outcome(external_id=SECRET.id, url=SECRET.url, inverse="{}")
    action = CreateTicket(title="Lisbon office", description="")
    done: dict[str, Any] = {"state": DecisionState.DONE, "performed": "digest-1", "outcome": outcome}
    unit.stores.decisions.save(a_decision(action=action, **done))
    due = ReportDue(tenant_id=ACME, member_id="U0BOB", kind=ReportKind.WEEKLY, due_at=NOW)
    report = compose(due, a_member("bob"), unit)

    assert "everance" not in report.model_dump_json()
