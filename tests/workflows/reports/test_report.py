"""Reports: facts only, each with its link, once a day in the person's own day, in the way the person wants."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.decisions import (
    NOTHING_TO_UNDO,
    CreateTicket,
    Decision,
    DecisionState,
    Ignore,
    MoveTicket,
    Outcome,
)
from pm_assistant.domain.errors import Conflict, NotConnected, NotFound, UpstreamUnavailable
from pm_assistant.domain.reports import Delivery, Report, ReportDue, ReportKind, Subscription
from pm_assistant.ports.vendors import Chat
from pm_assistant.workflows.reports.report import LONGEST_SECTION, delivery_key, report
from tests.builders import ACME, BACKLOG, DOING, DONE, GLOBEX, NOW, a_comment, a_decision, a_member, a_message, a_ticket
from tests.fakes.accounts import FakeMailer
from tests.fakes.stores import FakeDecisions, FakeDeliveries, FakeDirectory, FakeSubscriptions, FakeTickets
from tests.fakes.vendors import FakeChat

DUE = ReportDue(tenant_id=ACME, member_id="U0ADA", due_at=NOW)
WEEKLY = DUE.model_copy(update={"kind": ReportKind.WEEKLY})


class Press:
    """A report function with one person to tell."""

    def __init__(self) -> None:
        self.directory, self.tickets, self.decisions = FakeDirectory(), FakeTickets(), FakeDecisions()
        self.deliveries, self.chat = FakeDeliveries(), FakeChat()
        self.subscriptions, self.mailer, self.connected = FakeSubscriptions(), FakeMailer(), True
        self.directory.put_members(ACME, [a_member(), a_member("bob")])

    def job(self, due: ReportDue = DUE) -> str | None:
        """Deliver what is due."""
        return report(
            due,
            directory=self.directory,
            tickets=self.tickets,
            decisions=self.decisions,
            deliveries=self.deliveries,
            subscriptions=self.subscriptions,
            chat=self._chat,
            mailer=self.mailer,
            now=NOW,
        )

    def did(self, action: Any, offset: float = 0, *, inverse: str = "undo", url: str = "", **changes: Any) -> Decision:
        """Log something that was done `offset` seconds from now."""
        outcome = Outcome(external_id="ticket-9", url=url or f"https://linear.test/{offset}", inverse=inverse)
        done = {"state": DecisionState.DONE, "performed": "r", "outcome": outcome}
        made = a_decision(action=action, message=a_message(offset), **{**done, **changes})
        return self.decisions.save(made)

    @property
    def delivered(self) -> list[Report]:
        """Everything that was sent to Ada."""
        return [sent for user, sent in self.chat.reports if user == "U0ADA"]

    def _chat(self) -> Chat:
        if not self.connected:
            raise NotConnected("slack is not connected")
        return self.chat


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

    press.job()

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

    press.job()

    [made] = press.delivered
    assert ["Gift cards", "talk of a slow search"] == sorted(lines(made)["Conversations without a ticket"])
    assert all(line.url.startswith("https://") for section in made.sections for line in section.lines)


def test_a_day_has_one_standup() -> None:
    """A doubled schedule or a retry delivers nothing new."""
    press = Press()

    assert press.job() is not None
    assert press.job(DUE.model_copy(update={"due_at": NOW + timedelta(minutes=5)})) is None

    assert 1 == len(press.delivered)


def test_a_lost_answer_does_not_double_the_standup() -> None:
    """The message carries the run's id and is found again."""
    press = Press()
    press.chat.lose_next_answer()

    with pytest.raises(UpstreamUnavailable):
        press.job()
    press.job()

    assert 1 == len(press.delivered)


def test_two_deliveries_at_once_send_one_standup() -> None:
    """Whoever comes second waits, and then finds it delivered."""
    press = Press()
    key = delivery_key(DUE, a_member(), NOW)
    press.deliveries.hold(ACME, key, now=NOW, until=NOW + timedelta(seconds=30))

    with pytest.raises(Conflict):
        press.job()
    press.deliveries.let_go(ACME, key)
    press.job()
    press.job()

    assert 1 == len(press.delivered)


def test_a_report_on_request_leaves_the_daily_one_alone() -> None:
    """Somebody who asks for one now still gets tomorrow's, covering the same time."""
    press = Press()
    press.job(DUE.model_copy(update={"once": "asked-1"}))

    press.job()

    assert 2 == len(press.delivered)


def test_the_next_standup_covers_the_time_since_the_last() -> None:
    """After a long weekend nothing is missing: since the last report, not the last 24 hours."""
    press = Press()
    press.job()
    press.tickets.put(ACME, a_ticket(1, state=DONE, completed_at=NOW + timedelta(hours=1)))

    press.job(DUE.model_copy(update={"due_at": NOW + timedelta(days=3)}))

    assert ["ENG-1 Checkout drops the coupon"] == lines(press.delivered[-1])["Done"]


def test_a_long_section_is_cut_and_says_so() -> None:
    """What is not shown is counted."""
    press = Press()
    for number in range(LONGEST_SECTION + 3):
        press.tickets.put(ACME, a_ticket(number))

    press.job()

    [made] = press.delivered
    assert f"To do ({LONGEST_SECTION} of {LONGEST_SECTION + 3})" in lines(made)


def test_a_member_of_another_tenant_is_not_found() -> None:
    """People are looked up in their own tenant only."""
    with pytest.raises(NotFound):
        Press().job(DUE.model_copy(update={"tenant_id": GLOBEX}))


def test_a_weekly_report_tells_what_was_accomplished() -> None:
    """The person's own tickets that were done, moved or commented on, new ones of the team, and what still has none."""
    press = Press()
    press.tickets.put(ACME, a_ticket(1, title="Ship it", state=DONE, completed_at=NOW - timedelta(days=6)))
    press.tickets.put(ACME, a_ticket(2, title="Build it", state=DOING))
    press.tickets.put(ACME, a_ticket(3, title="Bob's", assignee_id="lin-bob"))
    press.tickets.put(ACME, a_ticket(9, title="Gift cards", assignee_id=None))
    press.did(MoveTicket(ticket_id="ticket-2", to=DOING), 1)
    press.did(a_comment("ticket-2"), 2)
    press.did(a_comment("ticket-3"), 3)
    press.did(CreateTicket(title="Gift cards!", description="asked for twice"), 4)
    press.decisions.save(a_decision(action=Ignore(work=True), state=DecisionState.LOGGED, reason="a slow search"))

    press.job(WEEKLY)

    [made] = press.delivered
    assert "Weekly report for Ada, Friday 20 November" == made.title
    assert {
        "Done": ["ENG-1 Ship it"],
        "Moved": ["ENG-2 Build it: In Progress"],
        "Commented on": ["ENG-2 Build it"],
        "New tickets from conversations": ["ENG-9 Gift cards"],
        "Conversations without a ticket": ["a slow search"],
    } == lines(made)
    assert all(line.url.startswith("https://") for section in made.sections for line in section.lines)


@pytest.mark.parametrize(
    "changes",
    [
        {"inverse": NOTHING_TO_UNDO},
        {"state": DecisionState.UNDONE},
        {"state": DecisionState.FAILED, "performed": None, "outcome": None},
        {"updated_at": NOW - timedelta(days=8)},
    ],
)
def test_what_changed_nothing_is_no_accomplishment(changes: dict[str, Any]) -> None:
    """Done already, taken back, failed, or of another week."""
    press = Press()
    press.tickets.put(ACME, a_ticket(2))
    press.did(MoveTicket(ticket_id="ticket-2", to=DOING), **changes)

    press.job(WEEKLY)

    assert 0 == press.delivered[0].lines


def test_a_weekly_report_covers_the_time_since_the_last_and_no_more_than_a_week() -> None:
    """After a month away nobody wants a month."""
    press = Press()
    press.job(WEEKLY.model_copy(update={"due_at": NOW - timedelta(days=3)}))
    for number, days in ((1, 1), (2, 4), (3, 8)):
        press.tickets.put(ACME, a_ticket(number, state=DONE, completed_at=NOW - timedelta(days=days)))

    press.job(WEEKLY)
    press.deliveries = FakeDeliveries()
    press.job(WEEKLY.model_copy(update={"once": "after a long time away"}))

    of_three_days, of_a_week = press.delivered[1:]
    assert [1, 2] == [len(lines(made)["Done"]) for made in (of_three_days, of_a_week)]


def test_a_report_can_be_asked_to_look_further_back() -> None:
    """Whoever asks says from when on."""
    press = Press()
    press.tickets.put(ACME, a_ticket(1, state=DONE, completed_at=NOW - timedelta(days=30)))

    for due in (DUE, WEEKLY):
        press.job(due.model_copy(update={"once": "asked-1", "since": NOW - timedelta(days=31)}))

    assert [["ENG-1 Checkout drops the coupon"]] * 2 == [lines(made)["Done"] for made in press.delivered]


def test_each_kind_of_report_has_a_day_of_its_own() -> None:
    """A Friday has a standup and a weekly report."""
    press = Press()

    assert press.job() is not None
    assert press.job(WEEKLY) is not None
    assert press.job(WEEKLY) is None


def test_a_person_is_told_in_the_way_that_was_wished_for() -> None:
    """By e-mail, to the person's own address; the chat need not even be connected."""
    press = Press()
    press.connected = False
    press.subscriptions.put(ACME, Subscription(member_id="U0ADA", delivery=Delivery.EMAIL))

    assert press.job() == "ada@acme.test"
    assert press.job() is None

    [mail] = press.mailer.sent
    assert ("ada@acme.test", "Standup for Ada, Friday 20 November") == (mail.to, mail.subject)
    assert [] == press.delivered


def test_a_wish_for_one_kind_of_report_says_nothing_about_another() -> None:
    """The weekly one by e-mail, the standup still in the chat."""
    press = Press()
    wish = Subscription(member_id="U0ADA", kind=ReportKind.WEEKLY, delivery=Delivery.EMAIL)
    press.subscriptions.put(ACME, wish)

    press.job()

    assert (1, 0) == (len(press.delivered), len(press.mailer.sent))


@pytest.mark.parametrize(
    ("wished", "slack_id", "email", "way"),
    [
        (Delivery.SLACK, None, "ada@acme.test", "mail"),
        (Delivery.EMAIL, "U0ADA", None, "chat"),
        (Delivery.EMAIL, "U0ADA", "ada@acme.test", "mail"),
    ],
)
def test_who_cannot_be_told_as_wished_is_told_otherwise(
    wished: Delivery, slack_id: str | None, email: str | None, way: str
) -> None:
    """People of the tracker alone have no chat, and some of the chat hide their address."""
    press = Press()
    press.directory.put_members(ACME, [a_member(slack_id=slack_id, email=email)])
    press.subscriptions.put(ACME, Subscription(member_id="U0ADA", delivery=wished))

    press.job()

    assert {"chat": (1, 0), "mail": (0, 1)}[way] == (len(press.chat.reports), len(press.mailer.sent))


def test_somebody_who_cannot_be_reached_at_all_is_named() -> None:
    """An operator finds out who."""
    press = Press()
    press.directory.put_members(ACME, [a_member(slack_id=None, email=None)])

    with pytest.raises(NotFound, match="U0ADA"):
        press.job()


def test_a_mail_that_did_not_go_out_is_sent_by_the_retry() -> None:
    """Nothing is noted before it has been taken."""
    press = Press()
    press.subscriptions.put(ACME, Subscription(member_id="U0ADA", delivery=Delivery.EMAIL))
    press.mailer.fail_next(UpstreamUnavailable("throttled"))

    with pytest.raises(UpstreamUnavailable):
        press.job()
    press.job()

    assert 1 == len(press.mailer.sent)


@given(
    zone=st.sampled_from(sorted(available_timezones())),
    moment=st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
)
def test_the_run_belongs_to_the_persons_own_calendar_day(zone: str, moment: datetime) -> None:
    """In every zone and at every clock change, a run's key names exactly the local date."""
    member = a_member(time_zone=zone)

    key = delivery_key(ReportDue(tenant_id=ACME, member_id=member.id), member, moment)

    local: date = moment.astimezone(ZoneInfo(zone)).date()
    assert key.endswith(f"|standup|{local.isoformat()}")
