"""Reports: facts only, each with its link, once a day in the person's own day, in the way the person wants."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.accounts import MailStop
from pm_assistant.domain.actions import CreateTicket, Ignore, MoveTicket
from pm_assistant.domain.decisions import NOTHING_TO_UNDO, Decision, DecisionState, Evidence, Outcome, Subject
from pm_assistant.domain.errors import Conflict, NotConnected, NotFound, UpstreamUnavailable
from pm_assistant.domain.languages import Language
from pm_assistant.domain.reports import (
    OWN_REPORTS,
    Audience,
    FactKind,
    Report,
    ReportChannel,
    ReportDue,
    ReportKind,
    Subscription,
)
from pm_assistant.domain.tenants import Channels, Member, Provider, Settings, Standing, Tenant, TenantId
from pm_assistant.ports.unit import LEASE
from pm_assistant.presentation.facts import LONGEST_SECTION, VAGUE
from pm_assistant.presentation.i18n import texts_in
from pm_assistant.workflows.reports.report import compose, day_of, report
from pm_assistant.workflows.reports.subscribe import subscribe
from pm_assistant.workflows.reports.unsubscribing import unsubscribe_url
from tests.builders import (
    ACME,
    BACKLOG,
    DOING,
    DONE,
    ENG,
    GLOBEX,
    NOW,
    a_comment,
    a_connection,
    a_decision,
    a_member,
    a_message,
    a_tenant,
    a_ticket,
    a_tree,
)
from tests.fakes.stores import FakeDeliveries
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeChat

DUE = ReportDue(tenant_id=ACME, member_id="U0ADA", due_at=NOW)
VAGUE_IN_GERMAN = texts_in(Language.GERMAN).gettext(VAGUE)
WEEKLY = DUE.model_copy(update={"kind": ReportKind.WEEKLY})


class PressUnit(FakeUnit):
    """Work for a tenant with two people to tell, of whom one is Ada."""

    def __init__(self) -> None:
        super().__init__()
        self.stores.tenants.put(a_tenant())
        self.stores.connections.put(a_connection())
        self.stores.directory.put_members(ACME, [a_member(), a_member("bob")])
        self.stores.directory.put_teams(ACME, [ENG])

    def did(self, action: Any, offset: float = 0, *, inverse: str = "undo", url: str = "", **changes: Any) -> Decision:
        """Log something that was done `offset` seconds from now."""
        outcome = Outcome(external_id="ticket-9", url=url or f"https://linear.test/{offset}", inverse=inverse)
        done = {"state": DecisionState.DONE, "performed": "r", "outcome": outcome}
        decision = a_decision(action=action, message=a_message(offset), **{**done, **changes})
        return self.stores.decisions.save(decision)

    @property
    def delivered(self) -> list[Report]:
        """Everything that was sent to Ada."""
        return [sent for user, sent in self.chat.reports if user == "U0ADA"]


def lines(report: Report) -> dict[str, list[str]]:
    """A report's lines by heading."""
    return {section.title: [line.text for line in section.lines] for section in report.sections}


def test_a_standup_sorts_a_persons_tickets_by_what_they_mean_today() -> None:
    """Done since the last report, in progress, to do; other people's work and the backlog stay out."""
    unit = PressUnit()
    for ticket in (
        a_ticket(1, title="Ship it", state=DONE, completed_at=NOW - timedelta(hours=3)),
        a_ticket(2, title="Long done", state=DONE, completed_at=NOW - timedelta(days=9)),
        a_ticket(3, title="Build it", state=DOING),
        a_ticket(4, title="Start it"),
        a_ticket(5, title="Some day", state=BACKLOG),
        a_ticket(6, title="Not mine", assignee_id="lin-bob"),
    ):
        unit.stores.tickets.put(ACME, ticket)

    report(DUE, unit)

    [made] = unit.delivered
    assert {
        "Focus today": ["ENG-3 Build it (already begun)"],
        "Done": ["ENG-1 Ship it"],
        "In progress": ["ENG-3 Build it"],
        "To do": ["ENG-4 Start it"],
        "Conversations without a ticket": [],
    } == lines(made)


def test_talk_about_work_without_a_ticket_is_listed_with_its_link() -> None:
    """Open proposals and unmatched work show; chatter, private talk, what was created or said elsewhere do not."""
    unit = PressUnit()
    wanted = CreateTicket(title="Gift cards", description="asked for twice")
    said: list[dict[str, Any]] = [
        {"action": wanted, "state": DecisionState.PROPOSED},
        {"action": Ignore(work=True), "state": DecisionState.LOGGED, "reason": "Talk of a slow search."},
        {"action": Ignore(), "state": DecisionState.LOGGED},
        {"action": wanted, "state": DecisionState.PROPOSED, "private": True},
        {"action": wanted, "state": DecisionState.DONE, "performed": "r"},
    ]
    for offset, changes in enumerate(said):
        unit.stores.decisions.save(a_decision(message=a_message(offset), **changes))
    elsewhere = Evidence(message_id=a_message(9).id, url="https://evil.test/archives/C0ENG/p1")
    unit.stores.decisions.save(a_decision(message=a_message(9), action=wanted, evidence=(elsewhere,)))

    report(DUE, unit)

    [made] = unit.delivered
    assert ["Gift cards", VAGUE] == sorted(lines(made)["Conversations without a ticket"])
    assert all(line.url.startswith("https://") for section in made.sections for line in section.lines)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "Hm, die Suche von Ada braucht acht Sekunden"),
        ({"deleted": True}, VAGUE_IN_GERMAN),
        ({"private": True}, VAGUE_IN_GERMAN),
        ({"channel": "C0QUIET"}, VAGUE_IN_GERMAN),
    ],
    ids=["said", "deleted", "made private", "in a channel that is not read"],
)
def test_talk_that_is_too_vague_for_a_ticket_is_told_by_what_was_said(changes: dict[str, Any], told: str) -> None:
    """Or in the reader's language where that is not to be told; never by the reason, which is English."""
    unit = PressUnit()
    unit.stores.tenants.put(a_tenant(settings=Settings(channels=Channels(deny=("C0QUIET",)))))
    unit.stores.directory.put_members(ACME, [a_member(language=Language.GERMAN)])
    message = a_message(text="Hm, die Suche von <@U0ADA> braucht acht Sekunden.").model_copy(update=changes)
    unit.stores.messages.record(ACME, message, keep_days=30)
    talk = a_decision(action=Ignore(work=True), message=message, reason="Slow.", state=DecisionState.LOGGED)
    unit.stores.decisions.save(talk)

    report(DUE, unit)

    [made] = unit.delivered
    assert [told] == lines(made)["Gespräche ohne Ticket"]


def test_a_standup_asks_about_a_persons_tickets_what_awaits_an_answer() -> None:
    """To close or move them, or to take that back; a thread that asks, too, is linked; what was answered is none."""
    unit = PressUnit()
    asked: dict[str, Any] = {"state": DecisionState.PROPOSED}
    undo: dict[str, Any] = {"undo_proposed": True, "outcome": Outcome(external_id="ticket-2", url="", inverse="undo")}
    for number, changes in enumerate((asked, undo, {"state": DecisionState.DISMISSED}), 1):
        unit.stores.tickets.put(ACME, a_ticket(number, title="Build it"))
        subject = Subject.below(f"ticket-{number}")
        told: dict[str, Any] = {"subject": subject, "outcome": None, **changes}
        unit.did(a_tree(number), **told)
    unit.stores.tickets.put(ACME, a_ticket(5, assignee_id="lin-bob"))
    unit.did(a_tree(5), subject=Subject.below("ticket-5"), **asked)
    unit.did(a_comment("ticket-1"), **asked)
    unit.did(a_comment("ticket-2"), 9, **asked, private=True)

    report(DUE, unit)

    [made] = unit.delivered
    section = made.section(FactKind.WAITING_FOR_ME)
    assert section is not None
    assert {
        "ENG-1 Build it (shall I close it?)": (),
        "ENG-2 Build it (that has changed: shall I take it back?)": (),
        "ENG-1 Build it (shall I tell it what was said?)": ("https://acme.slack.com/archives/C0ENG/p1",),
    } == {line.text: line.receipts for line in section.lines}


def test_a_line_says_what_it_is_about_and_what_it_asks() -> None:
    """So that a button below it can answer the decision, or open the ticket, whatever the words."""
    unit = PressUnit()
    unit.stores.tickets.put(ACME, a_ticket(1, title="Build it", state=DOING))
    asked = unit.did(a_tree(1), subject=Subject.below("ticket-1"), state=DecisionState.PROPOSED, outcome=None)

    day = day_of(a_member(), unit)

    [question], [building] = (
        section.lines for kind in (FactKind.WAITING_FOR_ME, FactKind.IN_PROGRESS) if (section := day.section(kind))
    )
    assert ("ticket-1", asked.id) == question.about
    assert f"{asked.id}:{asked.revision}" == question.awaits_answer
    assert (("ticket-1",), None) == (building.about, building.awaits_answer)


@pytest.mark.parametrize(("private", "audience"), [(True, Audience.PERSON), (False, Audience.EVERYBODY)])
def test_a_line_says_who_may_read_it(private: bool, audience: Audience) -> None:
    """A private team's ticket is told to its assignee, and whoever hands the line on can see that it is private."""
    unit = PressUnit()
    unit.stores.directory.put_teams(ACME, [ENG.model_copy(update={"private": private})])
    unit.stores.tickets.put(ACME, a_ticket(1, title="Build it", state=DOING))

    building = day_of(a_member(), unit).section(FactKind.IN_PROGRESS)

    assert building is not None
    assert [audience] == [line.audience for line in building.lines]


@pytest.mark.parametrize("kind", OWN_REPORTS)
@pytest.mark.parametrize("standing", [Standing.GUEST, Standing.OUTSIDER, Standing.LEFT, None])
def test_what_the_whole_team_reads_is_told_to_full_members_alone(standing: Standing | None, kind: ReportKind) -> None:
    """A guest sees a part of the channels, and who is not in the chat none; their own tickets are theirs."""
    unit = PressUnit()
    standings = {Provider.SLACK: standing} if standing else {}
    unit.stores.directory.put_members(ACME, [a_member(standings=standings)])
    unit.stores.tickets.put(ACME, a_ticket(1, state=DONE, completed_at=NOW - timedelta(hours=3)))
    unit.stores.tickets.put(ACME, a_ticket(9, title="Gift cards", assignee_id=None))
    unit.did(CreateTicket(title="Gift cards", description="asked for twice"))
    unit.stores.decisions.save(
        a_decision(action=Ignore(work=True), message=a_message(1), state=DecisionState.LOGGED, reason="a slow search")
    )
    told = lines(compose(DUE.model_copy(update={"kind": kind}), a_member(standings=standings), unit))

    assert [] == told["Conversations without a ticket"] + told.get("New tickets from conversations", [])
    assert ["ENG-1 Checkout drops the coupon"] == told["Done"]


def test_a_report_is_written_in_the_readers_language() -> None:
    """Its own words and dates; what people wrote stays as it is."""
    unit, ada = PressUnit(), a_member(language=Language.GERMAN)
    unit.stores.tickets.put(ACME, a_ticket(1, title="Build it", state=DOING))

    made = compose(DUE, ada, unit)

    assert (Language.GERMAN, "Standup für Ada, Freitag, 20. November") == (made.language, made.title)
    assert {"Erledigt", "In Arbeit", "Zu tun"} <= {section.title for section in made.sections}
    assert ["ENG-1 Build it"] == lines(made)["In Arbeit"]


def test_a_zone_that_is_not_known_any_more_costs_nobody_a_report() -> None:
    """Kept before zones were checked, or by another version of us: the day is then UTC's."""
    assert NOW.date() == compose(DUE, a_member(time_zone="Mars/Olympus"), PressUnit()).day


def test_a_day_has_one_standup() -> None:
    """A doubled schedule or a retry delivers nothing new."""
    unit = PressUnit()

    assert report(DUE, unit) is not None
    assert report(DUE.model_copy(update={"due_at": NOW + timedelta(minutes=5)}), unit) is None

    assert 1 == len(unit.delivered)


def test_a_lost_answer_does_not_double_the_standup() -> None:
    """The message carries an id of its own and is found again."""
    unit = PressUnit()
    unit.chat.lose_next_answer()

    with pytest.raises(UpstreamUnavailable):
        report(DUE, unit)
    report(DUE, unit)

    assert 1 == len(unit.delivered)


def test_two_deliveries_at_once_send_one_standup() -> None:
    """Whoever comes second waits, and then finds it delivered."""
    unit = PressUnit()
    key = DUE.delivery_key(NOW.date())

    with unit.lease(f"report|{key}", lasts=LEASE), pytest.raises(Conflict):
        report(DUE, unit)
    report(DUE, unit)
    report(DUE, unit)

    assert 1 == len(unit.delivered)


def test_a_person_goes_on_from_their_report_to_their_own_page() -> None:
    """In the chat as by mail; nobody keeps that with what was sent."""
    unit = PressUnit()
    report(DUE, unit)

    assert [f"{unit.public_url}/"] == [sent.page for _, sent in unit.chat.reports]
    assert unit.public_url not in str(unit.stores.deliveries.kept(ACME, "U0ADA", limit=1)[0].model_dump_json())


def test_a_report_on_request_leaves_the_daily_one_alone() -> None:
    """Somebody who asks for one now still gets tomorrow's, covering the same time."""
    unit = PressUnit()
    report(DUE.model_copy(update={"once": "asked-1"}), unit)

    report(DUE, unit)

    assert 2 == len(unit.delivered)


def test_the_next_standup_covers_the_time_since_the_last() -> None:
    """After a long weekend nothing is missing: since the last report, not the last 24 hours."""
    unit = PressUnit()
    report(DUE, unit)
    unit.stores.tickets.put(ACME, a_ticket(1, state=DONE, completed_at=NOW + timedelta(hours=1)))

    report(DUE.model_copy(update={"due_at": NOW + timedelta(days=3)}), unit)

    assert ["ENG-1 Checkout drops the coupon"] == lines(unit.delivered[-1])["Done"]


@pytest.mark.parametrize(
    ("tickets", "heading", "shown"),
    [
        (LONGEST_SECTION, "In progress", LONGEST_SECTION),
        (LONGEST_SECTION + 1, "In progress (12 of 13)", LONGEST_SECTION),
        (LONGEST_SECTION + 3, "In progress (12 of 15)", LONGEST_SECTION),
    ],
)
def test_a_long_section_is_cut_and_says_so(tickets: int, heading: str, shown: int) -> None:
    """What is not shown is counted; what just fits is shown whole."""
    unit = PressUnit()
    for number in range(tickets):
        unit.stores.tickets.put(ACME, a_ticket(number, state=DOING))

    report(DUE, unit)

    [made] = unit.delivered
    assert shown == len(lines(made)[heading])
    assert [tickets - shown] == [section.hidden for section in made.sections if section.kind is FactKind.IN_PROGRESS]


def test_the_team_is_read_once_for_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever in its making asks how the team wants things."""
    unit, asked = PressUnit(), list[str]()
    get = unit.stores.tenants.get

    def counted(tenant_id: TenantId) -> Tenant:
        asked.append(tenant_id)
        return get(tenant_id)

    monkeypatch.setattr(unit.stores.tenants, "get", counted)
    report(DUE, unit)
    assert ([ACME], 1) == (asked, len(unit.delivered))


def test_a_member_of_another_tenant_is_not_found() -> None:
    """People are looked up in their own tenant only."""
    with pytest.raises(NotFound):
        report(DUE.model_copy(update={"tenant_id": GLOBEX}), PressUnit().unit(GLOBEX))


def test_a_weekly_report_tells_what_was_accomplished() -> None:
    """The person's own tickets that were done, or went on, new ones of the team, and what still has none."""
    unit = PressUnit()
    unit.stores.tickets.put(ACME, a_ticket(1, title="Ship it", state=DONE, completed_at=NOW - timedelta(days=6)))
    unit.stores.tickets.put(ACME, a_ticket(2, title="Build it", state=DOING))
    unit.stores.tickets.put(ACME, a_ticket(3, title="Bob's", assignee_id="lin-bob"))
    unit.stores.tickets.put(ACME, a_ticket(9, title="Gift cards", assignee_id=None))
    unit.did(MoveTicket(ticket_id="ticket-2", to=DOING), 1)
    unit.did(a_comment("ticket-2"), 2)
    unit.did(a_comment("ticket-3"), 3)
    unit.did(CreateTicket(title="Gift cards!", description="asked for twice"), 4)
    unit.stores.decisions.save(a_decision(action=Ignore(work=True), state=DecisionState.LOGGED, reason="a slow search"))

    report(WEEKLY, unit)

    [made] = unit.delivered
    assert "Weekly report for Ada, Friday 20 November" == made.title
    assert {
        "Done": ["ENG-1 Ship it"],
        "In progress": ["ENG-2 Build it (moved to In Progress; told what was said)"],
        "To do": [],
        "New tickets from conversations": ["ENG-9 Gift cards"],
        "Conversations without a ticket": [VAGUE],
    } == lines(made)
    assert all(line.url.startswith("https://") for section in made.sections for line in section.lines)


def test_what_was_done_is_linked_on_its_tickets_own_site() -> None:
    """The log may have come with an archive, and an archive from anybody."""
    unit = PressUnit()
    ticket = a_ticket(2, title="Build it", state=DOING)
    unit.stores.tickets.put(ACME, ticket)
    elsewhere = Outcome(external_id="ticket-2", url="https://linear.app.evil.test/acme/issue/ENG-2", inverse="{}")
    for number, outcome in enumerate((elsewhere, elsewhere.model_copy(update={"url": f"{ticket.url}#comment-1"}))):
        done = {"state": DecisionState.DONE, "performed": "digest-1", "outcome": outcome}
        unit.stores.decisions.save(a_decision(ACME, a_comment("ticket-2"), a_message(number), **done))

    report(WEEKLY, unit)

    [told] = [line for section in unit.delivered[0].sections for line in section.lines if "ENG-2" in line.text]
    assert (ticket.url, (f"{ticket.url}#comment-1",)) == (told.url, told.receipts)


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
    unit = PressUnit()
    unit.stores.tickets.put(ACME, a_ticket(2, state=DOING))
    unit.did(MoveTicket(ticket_id="ticket-2", to=DOING), **changes)

    report(WEEKLY, unit)

    assert 0 == unit.delivered[0].lines


def test_a_weekly_report_covers_the_time_since_the_last_and_no_more_than_a_week() -> None:
    """After a month away nobody wants a month."""
    unit = PressUnit()
    report(WEEKLY.model_copy(update={"due_at": NOW - timedelta(days=3)}), unit)
    for number, days in ((1, 1), (2, 4), (3, 8)):
        unit.stores.tickets.put(ACME, a_ticket(number, state=DONE, completed_at=NOW - timedelta(days=days)))

    report(WEEKLY, unit)
    unit.stores.deliveries = FakeDeliveries()
    report(WEEKLY.model_copy(update={"once": "after a long time away"}), unit)

    of_three_days, of_a_week = unit.delivered[1:]
    assert [1, 2] == [len(lines(made)["Done"]) for made in (of_three_days, of_a_week)]


def test_a_report_can_be_asked_to_look_further_back() -> None:
    """Whoever asks says from when on."""
    unit = PressUnit()
    unit.stores.tickets.put(ACME, a_ticket(1, state=DONE, completed_at=NOW - timedelta(days=30)))

    for due in (DUE, WEEKLY):
        report(due.model_copy(update={"once": "asked-1", "since": NOW - timedelta(days=31)}), unit)

    assert [["ENG-1 Checkout drops the coupon"]] * 2 == [lines(made)["Done"] for made in unit.delivered]


def test_each_kind_of_report_has_a_day_of_its_own() -> None:
    """A Friday has a standup and a weekly report."""
    unit = PressUnit()

    assert report(DUE, unit) is not None
    assert report(WEEKLY, unit) is not None
    assert report(WEEKLY, unit) is None


def test_a_person_is_told_in_the_way_that_was_wished_for() -> None:
    """By e-mail, to the person's own address; the chat need not even be connected."""
    unit = PressUnit()
    unit.failing["chat"] = NotConnected("slack is not connected")
    unit.stores.subscriptions.put(ACME, Subscription(member_id="U0ADA", delivery=ReportChannel.EMAIL))

    assert report(DUE, unit) == "ada@acme.test"
    assert report(DUE, unit) is None

    unit.failing.clear()
    [mail] = unit.mailer.sent
    assert ("ada@acme.test", "Standup for Ada, Friday 20 November") == (mail.to, mail.subject)
    assert unsubscribe_url(DUE.subscription_id, unit) == mail.unsubscribe_url
    assert [] == unit.delivered


def test_a_report_whose_mail_came_back_comes_in_the_chat_and_says_why() -> None:
    """Until it is asked for by e-mail again; nothing is sent to the address meanwhile."""
    unit = PressUnit()
    wish = subscribe(Subscription(member_id="U0ADA", delivery=ReportChannel.EMAIL), unit)
    unit.stores.mail.stop(ACME, MailStop(email="Ada@acme.test", reason="Bounce", at=NOW))

    report(DUE, unit)
    assert [] == unit.mailer.sent
    assert ("Mail to ada@acme.test does not arrive, so this comes here.",) == unit.delivered[0].notes

    subscribe(wish, unit)
    report(DUE.model_copy(update={"due_at": NOW + timedelta(days=1)}), unit)
    assert ["ada@acme.test"] == [mail.to for mail in unit.mailer.sent]


def test_who_is_reached_nowhere_but_by_mail_that_comes_back_is_not_told() -> None:
    """That fails nothing: it would every morning."""
    unit = PressUnit()
    unit.stores.directory.put_members(ACME, [a_member().model_copy(update={"accounts": {}})])
    unit.stores.mail.stop(ACME, MailStop(email="ada@acme.test", reason="Complaint", at=NOW))

    assert report(DUE, unit) is None
    assert ([], []) == (unit.mailer.sent, unit.delivered)


def test_a_wish_for_one_kind_of_report_says_nothing_about_another() -> None:
    """The weekly one by e-mail, the standup still in the chat."""
    unit = PressUnit()
    wish = Subscription(member_id="U0ADA", kind=ReportKind.WEEKLY, delivery=ReportChannel.EMAIL)
    unit.stores.subscriptions.put(ACME, wish)

    report(DUE, unit)

    assert (1, 0) == (len(unit.delivered), len(unit.mailer.sent))


@pytest.mark.parametrize(
    ("wished", "slack_id", "email", "way"),
    [
        (ReportChannel.SLACK, None, "ada@acme.test", "mail"),
        (ReportChannel.EMAIL, "U0ADA", None, "chat"),
        (ReportChannel.EMAIL, "U0ADA", "ada@acme.test", "mail"),
    ],
)
def test_who_cannot_be_told_as_wished_is_told_otherwise(
    wished: ReportChannel, slack_id: str | None, email: str | None, way: str
) -> None:
    """People of the tracker alone have no chat, and some of the chat hide their address."""
    unit = PressUnit()
    unit.stores.directory.put_members(ACME, [a_member(slack_id=slack_id, email=email)])
    unit.stores.subscriptions.put(ACME, Subscription(member_id="U0ADA", delivery=wished))

    report(DUE, unit)

    assert {"chat": (1, 0), "mail": (0, 1)}[way] == (len(unit.chat.reports), len(unit.mailer.sent))


def test_somebody_who_cannot_be_reached_at_all_is_named() -> None:
    """An operator finds out who."""
    unit = PressUnit()
    unit.stores.directory.put_members(ACME, [a_member(slack_id=None, email=None)])

    with pytest.raises(NotFound, match="U0ADA"):
        report(DUE, unit)


@pytest.mark.parametrize("chat", [(), (a_member(standings={Provider.SLACK: Standing.LEFT}),)], ids=["gone", "left"])
def test_who_left_since_the_last_reading_is_no_fault(chat: tuple[Member, ...]) -> None:
    """The chat no longer takes a message for them; no operator can mend that."""
    unit = PressUnit()
    unit.chat = FakeChat(members=chat)
    unit.chat.fail_next(NotFound("user_disabled"))

    assert report(DUE, unit) is None


def test_who_is_there_and_takes_no_messages_is_named() -> None:
    """Somebody may open the way again."""
    unit = PressUnit()
    unit.chat = FakeChat(members=[a_member()])
    unit.chat.fail_next(NotFound("messages_tab_disabled"))

    with pytest.raises(NotFound, match="messages_tab_disabled"):
        report(DUE, unit)


def test_a_mail_that_did_not_go_out_is_sent_by_the_retry() -> None:
    """Nothing is noted before it has been taken."""
    unit = PressUnit()
    unit.stores.subscriptions.put(ACME, Subscription(member_id="U0ADA", delivery=ReportChannel.EMAIL))
    unit.mailer.fail_next(UpstreamUnavailable("throttled"))

    with pytest.raises(UpstreamUnavailable):
        report(DUE, unit)
    report(DUE, unit)

    assert 1 == len(unit.mailer.sent)


@given(
    zone=st.sampled_from(sorted(available_timezones())),
    moment=st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
)
def test_the_run_belongs_to_the_persons_own_calendar_day(zone: str, moment: datetime) -> None:
    """In every zone and at every clock change, a run's key names exactly the local date."""
    member = a_member(time_zone=zone)

    due = ReportDue(tenant_id=ACME, member_id=member.id)
    key = due.delivery_key(due.day(moment, member))

    local: date = moment.astimezone(ZoneInfo(zone)).date()
    assert key.endswith(f"|standup|{local.isoformat()}")
