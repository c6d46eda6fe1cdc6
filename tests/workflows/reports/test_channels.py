"""A team's report in a channel: where it was subscribed to, what all may read, once, and the rest in its thread."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from pm_assistant.domain.actions import Ignore
from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.errors import NotFound, UpstreamUnavailable
from pm_assistant.domain.languages import Language
from pm_assistant.domain.reports import FactKind, Report, ReportDue, ReportKind, Subscription
from pm_assistant.domain.tenants import Provider, Standing, TenantId
from pm_assistant.domain.work import Channel
from pm_assistant.presentation.facts import VAGUE
from pm_assistant.workflows.reports.channels import report_to_channel
from tests.builders import ACME, DOING, DONE, ENG, NOW, a_connection, a_decision, a_member, a_tenant, a_ticket
from tests.fakes.unit import FakeUnit

CHANNEL = "C0TEAM"
WISH = Subscription(channel_id=CHANNEL, time_zone="Europe/Berlin")
DUE = ReportDue(tenant_id=ACME, channel_id=CHANNEL, due_at=NOW, time_zone="Europe/Berlin")


class ChannelUnit(FakeUnit):
    """A channel with Ada, Bob and a guest in it, which has subscribed the standup, and Carl who is not in it."""

    def __init__(self) -> None:
        super().__init__()
        self.stores.tenants.put(a_tenant())
        self.stores.connections.put(a_connection())
        guest = a_member("gus", standings={Provider.SLACK: Standing.GUEST})
        self.stores.directory.put_members(ACME, [a_member(), a_member("bob"), a_member("carl"), guest])
        self.stores.directory.put_teams(ACME, [ENG])
        self.stores.subscriptions.put(ACME, WISH)
        self.chat.places[CHANNEL] = Channel(id=CHANNEL, name="team")
        self.chat.listeners[CHANNEL] = ["U0BOB", "U0ADA", "U0GUS", "U0STRANGER"]
        for number, name in enumerate(("ada", "bob", "carl", "gus"), 1):
            self.stores.tickets.put(ACME, a_ticket(number, title="Build", state=DOING, assignee_id=f"lin-{name}"))

    @property
    def posted(self) -> list[Report]:
        """What stands in the channel, with its threads."""
        return [report for place, report in self.chat.reports if place == CHANNEL]


def told(report: Report) -> list[str]:
    """Its lines."""
    return [line.text for section in report.sections for line in section.lines]


def said_under(report: Report, kind: FactKind) -> list[str]:
    """Its lines under one heading."""
    return [line.text for section in report.sections if section.kind is kind for line in section.lines]


def test_a_channel_is_told_of_the_people_in_it() -> None:
    """By name; not of guests, nor of who is elsewhere."""
    unit = ChannelUnit()

    assert CHANNEL == report_to_channel(DUE, unit)

    [posted] = unit.posted
    assert "The team's standup, Friday 20 November" == posted.title
    assert ["Ada: ENG-1 Build", "Bob: ENG-2 Build"] == told(posted)


def test_talk_without_a_ticket_is_told_once() -> None:
    """It is nobody's own."""
    unit = ChannelUnit()
    unit.stores.decisions.save(a_decision(action=Ignore(work=True), state=DecisionState.LOGGED))

    report_to_channel(DUE, unit)

    assert 1 == told(unit.posted[0]).count(VAGUE)


def test_the_first_report_covers_a_day_whatever_its_people_have_been_told_since() -> None:
    """Their own reports of the same morning are not the channel's."""
    unit = ChannelUnit()
    for name in ("ADA", "BOB"):
        unit.stores.deliveries.finish(ACME, f"U0{name}", "standup", name, at=NOW - timedelta(minutes=5), once=False)
    done = a_ticket(1, title="Build", state=DONE, assignee_id="lin-ada", completed_at=NOW - timedelta(hours=2))
    unit.stores.tickets.put(ACME, done)

    report_to_channel(DUE, unit)

    assert "Ada: ENG-1 Build" in said_under(unit.posted[0], FactKind.DONE)


def test_what_is_the_same_for_everybody_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The log, which is the longest, among it."""
    unit, asked = ChannelUnit(), list[datetime]()
    read = unit.stores.decisions.since

    def counted(tenant_id: TenantId, since: datetime) -> Sequence[Decision]:
        asked.append(since)
        return read(tenant_id, since)

    monkeypatch.setattr(unit.stores.decisions, "since", counted)

    report_to_channel(DUE, unit)

    assert 2 == len(told(unit.posted[0]))
    assert [NOW - timedelta(days=1)] == asked


def test_nothing_is_posted_without_the_channels_own_subscription() -> None:
    """One of another kind, of another channel or of a team for it is none; neither is that of a person in it."""
    unit = ChannelUnit()
    unit.stores.subscriptions.remove(ACME, WISH.subscription_id)
    for other in (
        WISH.model_copy(update={"kind": ReportKind.WEEKLY}),
        WISH.model_copy(update={"channel_id": "C0OTHER"}),
        WISH.model_copy(update={"team_id": ENG.id}),
        Subscription(member_id="U0ADA"),
    ):
        unit.stores.subscriptions.put(ACME, other)

    assert report_to_channel(DUE, unit) is None
    assert report_to_channel(DUE.model_copy(update={"once": "asked-1"}), unit) is None
    assert [] == unit.posted


def test_where_people_of_other_companies_listen_nothing_is_posted() -> None:
    """Whoever has subscribed it, and also if they were let in since."""
    unit = ChannelUnit()
    unit.chat.places[CHANNEL] = Channel(id=CHANNEL, name="team", private=True, outside=True)

    assert report_to_channel(DUE, unit) is None
    assert [] == unit.posted


def test_a_channel_can_be_told_of_a_team_whoever_is_in_it() -> None:
    """By that team's own subscription, and as long as everybody may read of the team."""
    unit, ops = ChannelUnit(), ENG.model_copy(update={"id": "team-ops", "name": "Operations"})
    unit.stores.directory.put_teams(ACME, [ENG, ops])
    unit.stores.tickets.put(ACME, a_ticket(9, title="Watch", state=DOING, assignee_id="lin-carl", team_id=ops.id))
    unit.stores.decisions.save(a_decision(action=Ignore(work=True), state=DecisionState.LOGGED))
    due = DUE.model_copy(update={"team_id": ops.id})
    assert report_to_channel(due, unit) is None
    unit.stores.subscriptions.put(ACME, WISH.model_copy(update={"team_id": ops.id}))

    assert CHANNEL == report_to_channel(due, unit)

    assert "Standup for Operations, Friday 20 November" == unit.posted[0].title
    assert ["Carl: ENG-9 Watch", VAGUE] == told(unit.posted[0])
    unit.stores.directory.put_teams(ACME, [ENG, ops.model_copy(update={"private": True})])
    assert report_to_channel(due.model_copy(update={"once": "again"}), unit) is None


@pytest.mark.parametrize("gone", ["removed", "closed"])
def test_a_channel_that_is_gone_or_closed_to_us_is_no_fault(gone: str) -> None:
    """Nobody can mend that by repeating."""
    unit = ChannelUnit()
    if gone == "removed":
        del unit.chat.places[CHANNEL]
    else:
        unit.chat.closed.add(CHANNEL)

    assert report_to_channel(DUE, unit) is None


def test_a_channel_has_one_report_a_day() -> None:
    """A doubled clock and a lost answer leave one; tomorrow has another."""
    unit = ChannelUnit()
    unit.chat.lose_next_answer()

    with pytest.raises(UpstreamUnavailable):
        report_to_channel(DUE, unit)
    assert CHANNEL == report_to_channel(DUE, unit)
    assert report_to_channel(DUE, unit) is None
    assert 1 == len(unit.posted)

    report_to_channel(DUE.model_copy(update={"due_at": NOW + timedelta(days=1)}), unit)
    assert 2 == len(unit.posted)


def test_what_has_no_room_is_in_the_thread_and_each_part_once() -> None:
    """Whoever comes back after a part was lost goes on with the rest."""
    unit = ChannelUnit()
    unit.chat.listeners[CHANNEL] = [f"U0P{number}" for number in range(40)]
    people = [a_member(f"p{number}") for number in range(40)]
    unit.stores.directory.put_members(ACME, people)
    for number, person in enumerate(people, 100):
        for half in (0, 1000):
            title = "Build something that takes long to say " * 5
            ticket = a_ticket(number + half, title=title, state=DOING, assignee_id=person.linear_id)
            unit.stores.tickets.put(ACME, ticket)
    send, sent = unit.chat.post_report, 0

    def losing(channel_id: str, report: Report, *, below: str | None = None) -> str:
        nonlocal sent
        sent += 1
        if sent in {2, 4}:
            unit.chat.lose_next_answer()
        return send(channel_id, report, below=below)

    unit.chat.post_report = losing  # type: ignore[method-assign]
    for _ in range(2):
        with pytest.raises(UpstreamUnavailable):
            report_to_channel(DUE, unit)
        unit.wait(120)
    assert CHANNEL == report_to_channel(DUE, unit)

    first, *rest = unit.posted
    assert 80 == first.lines + sum(part.lines for part in rest) == first.lines + first.folded
    assert len(rest) == len({part.id for part in rest}) == len(unit.chat.folded) > 1
    assert 1 == len({below for below, _ in unit.chat.folded})


def test_a_channel_is_written_to_in_what_most_of_its_people_read() -> None:
    """English where as many read that, and where nobody is there."""
    unit = ChannelUnit()
    unit.stores.directory.put_members(ACME, [a_member(language=Language.FRENCH), a_member("bob")])
    report_to_channel(DUE.model_copy(update={"once": "a"}), unit)
    unit.stores.directory.put_members(ACME, [a_member("bob", language=Language.FRENCH)])
    report_to_channel(DUE.model_copy(update={"once": "b"}), unit)
    unit.chat.listeners[CHANNEL] = []
    report_to_channel(DUE.model_copy(update={"once": "c"}), unit)

    assert ["en", "fr", "en"] == [report.language for report in unit.posted]
    assert unit.posted[1].title.endswith(", vendredi 20 novembre")


def test_what_the_channel_was_told_last_time_is_not_told_again() -> None:
    """It covers the time since then, not since each person's own report."""
    unit = ChannelUnit()
    for name in ("ada", "bob"):
        unit.stores.deliveries.finish(ACME, f"U0{name.upper()}", ReportKind.STANDUP, f"own-{name}", at=NOW, once=False)
    unit.stores.tickets.put(
        ACME,
        a_ticket(9, title="Ship", state=ENG.states[4], completed_at=NOW - timedelta(hours=30)),
    )
    unit.stores.deliveries.finish(
        ACME, CHANNEL, ReportKind.STANDUP, "yesterday", at=NOW - timedelta(hours=40), once=False
    )

    report_to_channel(DUE, unit)

    assert "Ada: ENG-9 Ship" in told(unit.posted[0])


def test_a_channel_that_is_not_there_is_named() -> None:
    """To whoever asks the chat."""
    with pytest.raises(NotFound):
        ChannelUnit().chat.channel("C0NONE")
