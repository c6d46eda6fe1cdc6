"""Standups: facts only, each with its link, once a day in the person's own day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.decisions import CreateTicket, DecisionState, Ignore
from pm_assistant.domain.errors import Conflict, NotFound, UpstreamUnavailable
from pm_assistant.domain.reports import Report, ReportDue
from pm_assistant.workflows.report import LONGEST_SECTION, report, run_key
from tests.builders import ACME, BACKLOG, DOING, DONE, GLOBEX, NOW, a_decision, a_member, a_message, a_ticket
from tests.fakes.stores import FakeDecisions, FakeDirectory, FakeRuns, FakeTickets
from tests.fakes.vendors import FakeChat

DUE = ReportDue(tenant_id=ACME, member_id="U0ADA", due_at=NOW)


class Press:
    """A report function with one person to tell."""

    def __init__(self) -> None:
        self.directory, self.tickets, self.decisions = FakeDirectory(), FakeTickets(), FakeDecisions()
        self.runs, self.chat = FakeRuns(), FakeChat()
        self.directory.put_members(ACME, [a_member(), a_member("bob")])

    def run(self, due: ReportDue = DUE) -> str | None:
        """Deliver what is due."""
        return report(
            due,
            directory=self.directory,
            tickets=self.tickets,
            decisions=self.decisions,
            runs=self.runs,
            chat=self.chat,
            now=NOW,
        )

    @property
    def delivered(self) -> list[Report]:
        """Everything that was sent to Ada."""
        return [sent for user, sent in self.chat.reports if user == "U0ADA"]


def lines(made: Report) -> dict[str, list[str]]:
    """A report's lines by heading."""
    return {section.title: [line.text for line in section.lines] for section in made.sections}


def test_a_standup_sorts_a_persons_tickets_by_what_they_mean_today() -> None:
    """Done since the last report, in progress, to do; other people's work and the backlog stay out."""
    press = Press()
    for ticket in (
        a_ticket(1, title="Ship it", state=DONE, completed_at=NOW - timedelta(hours=3)),
        a_ticket(2, title="Long done", state=DONE, completed_at=NOW - timedelta(days=9)),
        a_ticket(3, title="Build it", state=DOING),
        a_ticket(4, title="Start it"),
        a_ticket(5, title="Some day", state=BACKLOG),
        a_ticket(6, title="Not mine", assignee_id="lin-bob"),
    ):
        press.tickets.put(ACME, ticket)

    press.run()

    [made] = press.delivered
    assert {
        "Done": ["ENG-1 Ship it"],
        "In progress": ["ENG-3 Build it"],
        "To do": ["ENG-4 Start it"],
        "Conversations without a ticket": [],
    } == lines(made)


def test_talk_about_work_without_a_ticket_is_listed_with_its_link() -> None:
    """Open proposals for new tickets and unmatched work show; chatter, private talk and what was created do not."""
    press = Press()
    wanted = CreateTicket(title="Gift cards", description="asked for twice")
    said: list[dict[str, Any]] = [
        {"action": wanted, "state": DecisionState.PROPOSED},
        {"action": Ignore(work=True), "state": DecisionState.LOGGED, "reason": "talk of a slow search"},
        {"action": Ignore(), "state": DecisionState.LOGGED},
        {"action": wanted, "state": DecisionState.PROPOSED, "private": True},
        {"action": wanted, "state": DecisionState.DONE, "performed": "r"},
    ]
    for offset, changes in enumerate(said):
        press.decisions.save(a_decision(message=a_message(offset), **changes))

    press.run()

    [made] = press.delivered
    assert ["Gift cards", "talk of a slow search"] == sorted(lines(made)["Conversations without a ticket"])
    assert all(line.url.startswith("https://") for section in made.sections for line in section.lines)


def test_a_day_has_one_standup() -> None:
    """A doubled schedule or a retry delivers nothing new."""
    press = Press()

    assert press.run() is not None
    assert press.run(DUE.model_copy(update={"due_at": NOW + timedelta(minutes=5)})) is None

    assert 1 == len(press.delivered)


def test_a_lost_answer_does_not_double_the_standup() -> None:
    """The message carries the run's id and is found again."""
    press = Press()
    press.chat.lose_next_answer()

    with pytest.raises(UpstreamUnavailable):
        press.run()
    press.run()

    assert 1 == len(press.delivered)


def test_two_deliveries_at_once_send_one_standup() -> None:
    """Whoever comes second waits, and then finds it delivered."""
    press = Press()
    key = run_key(DUE, a_member(), NOW)
    press.runs.hold(ACME, key, now=NOW, until=NOW + timedelta(seconds=30))

    with pytest.raises(Conflict):
        press.run()
    press.runs.let_go(ACME, key)
    press.run()
    press.run()

    assert 1 == len(press.delivered)


def test_a_report_on_request_leaves_the_daily_one_alone() -> None:
    """Somebody who asks for one now still gets tomorrow's, covering the same time."""
    press = Press()
    press.run(DUE.model_copy(update={"once": "asked-1"}))

    press.run()

    assert 2 == len(press.delivered)


def test_the_next_standup_covers_the_time_since_the_last() -> None:
    """After a long weekend nothing is missing: since the last report, not the last 24 hours."""
    press = Press()
    press.run()
    press.tickets.put(ACME, a_ticket(1, state=DONE, completed_at=NOW + timedelta(hours=1)))

    press.run(DUE.model_copy(update={"due_at": NOW + timedelta(days=3)}))

    assert ["ENG-1 Checkout drops the coupon"] == lines(press.delivered[-1])["Done"]


def test_a_long_section_is_cut_and_says_so() -> None:
    """What is not shown is counted."""
    press = Press()
    for number in range(LONGEST_SECTION + 3):
        press.tickets.put(ACME, a_ticket(number))

    press.run()

    [made] = press.delivered
    assert f"To do ({LONGEST_SECTION} of {LONGEST_SECTION + 3})" in lines(made)


def test_a_member_of_another_tenant_is_not_found() -> None:
    """People are looked up in their own tenant only."""
    with pytest.raises(NotFound):
        Press().run(DUE.model_copy(update={"tenant_id": GLOBEX}))


@given(
    zone=st.sampled_from(sorted(available_timezones())),
    moment=st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
)
def test_the_run_belongs_to_the_persons_own_calendar_day(zone: str, moment: datetime) -> None:
    """In every zone and at every clock change, a run's key names exactly the local date."""
    member = a_member(time_zone=zone)

    key = run_key(ReportDue(tenant_id=ACME, member_id=member.id), member, moment)

    local: date = moment.astimezone(ZoneInfo(zone)).date()
    assert key.endswith(f"|standup|{local.isoformat()}")
