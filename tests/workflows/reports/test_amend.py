"""A team's post says what people said for it last: changed where it stands, once, and by who may read what by then."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from pm_assistant.domain.errors import AccessRevoked, Conflict, RateLimited, UpstreamUnavailable
from pm_assistant.domain.jobs import JobKind, Order
from pm_assistant.domain.languages import Language
from pm_assistant.domain.questions import ReportAnswer, ReportAnswers
from pm_assistant.domain.reports import AnswersChanged, FactKind, Report, ReportDue, ReportKind, Subscription
from pm_assistant.domain.tenants import Member, Provider, Standing
from pm_assistant.domain.work import Channel
from pm_assistant.workflows.reports.amend import bring_up_to_date
from pm_assistant.workflows.reports.answers import say_for_report
from pm_assistant.workflows.reports.channels import report_to_channel
from pm_assistant.workflows.reports.report import report
from pm_assistant.workflows.tenants.erasing import erase_person
from tests.builders import ACME, DOING, DONE, ENG, NOW, a_job, a_member, a_ticket, an_account
from tests.fakes.killing import Killed
from tests.workflows.reports.test_answers import BLOCKED, a_team
from tests.workflows.reports.test_channels import CHANNEL, DUE, WISH, ChannelUnit, said_under

ADA, BOB = a_member(), a_member("bob")
HOUR = timedelta(hours=1)
OTHER = "C0OTHER"


def say(member: Member, words: str, unit: ChannelUnit, *, after: timedelta = HOUR) -> int:
    """Somebody says something by then, and what follows is done; returns how many posts were changed."""
    unit.at += after
    say_for_report(member, {"": words} if words else {}, unit)
    return settle(unit)


def settle(unit: ChannelUnit) -> int:
    """Work off what is on the queue."""
    changed = [put.message for put in unit.queues.reports.puts]
    unit.queues.reports.puts.clear()
    return sum(bring_up_to_date(each, unit) for each in changed if isinstance(each, AnswersChanged))


def posted(*words: tuple[Member, str]) -> ChannelUnit:
    """A team whose post of the day is out, with these words."""
    unit = a_team()
    for member, text in words:
        say(member, text, unit, after=timedelta(0))
    unit.at += HOUR
    report_to_channel(DUE.model_copy(update={"due_at": unit.at}), unit)
    return unit


def quoted(unit: ChannelUnit) -> list[str]:
    """What people are quoted with in the one post there is."""
    [post] = unit.posted
    return said_under(post, FactKind.SAID)


def tomorrow(unit: ChannelUnit) -> list[str]:
    """What the next day's post quotes."""
    unit.at += timedelta(days=1)
    report_to_channel(DUE.model_copy(update={"due_at": unit.at}), unit)
    return said_under(unit.posted[-1], FactKind.SAID)


def test_an_answer_that_comes_after_the_post_is_put_into_it_and_not_told_again() -> None:
    """In the author's name, as those that were there before; and the post says that it was changed."""
    unit = posted((BOB, "here all day"))

    assert 1 == say(ADA, "late today", unit)

    assert ["Ada: “late today”", "Bob: “here all day”"] == quoted(unit)
    assert ("Brought up to date at 12:30.",) == unit.posted[0].notes
    assert [] == tomorrow(unit)


def test_an_answer_that_is_changed_or_taken_back_is_so_in_the_post() -> None:
    """Where the last is taken back, nobody is quoted any more; what it said of work is taken back with it."""
    unit = posted((ADA, "late today"))

    say(ADA, "on time after all", unit)
    assert ["Ada: “on time after all”"] == quoted(unit)
    unit.at += HOUR
    say_for_report(ADA, {BLOCKED: "ENG-1 waits for keys"}, unit)
    settle(unit)
    assert [f"Ada: {BLOCKED} “ENG-1 waits for keys”"] == quoted(unit)
    assert ["Ada: ENG-1 Build (Ada said that it is blocked)"] == said_under(unit.posted[0], FactKind.BLOCKED)
    say(ADA, "", unit)
    assert [] == quoted(unit)
    assert [] == said_under(unit.posted[0], FactKind.BLOCKED)
    assert [] == tomorrow(unit)


def test_a_post_is_changed_once_for_each_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever comes twice, is said again, or is no news to who reads there changes nothing."""
    unit = posted((ADA, "late today"))
    seen, update = list[str](), unit.chat.update_report

    def noting(channel_id: str, ts: str, report: Report) -> None:
        seen.append(ts)
        update(channel_id, ts, report)

    monkeypatch.setattr(unit.chat, "update_report", noting)

    assert 0 == say(ADA, "late today", unit)
    assert 0 == say(a_member("carl"), "not of this channel", unit)
    assert 1 == say(ADA, "on time", unit)
    changed = AnswersChanged(tenant_id=ACME, member_id=ADA.id, day=NOW.date())
    assert [0, 0] == [bring_up_to_date(changed, unit) for _ in range(2)]
    assert 1 == len(seen)


def test_a_post_whose_sending_broke_off_says_what_it_is_noted_to_say() -> None:
    """What was said between the two attempts is in it, though the first has left it without."""
    unit = a_team()
    unit.chat.lose_next_answer()
    with pytest.raises(UpstreamUnavailable):
        report_to_channel(DUE, unit)
    assert 0 == say(ADA, "late today", unit, after=timedelta(minutes=2))
    assert CHANNEL == report_to_channel(DUE, unit)

    assert ["Ada: “late today”"] == quoted(unit)
    assert [] == tomorrow(unit)


def test_what_is_said_between_the_hour_of_a_post_and_the_post_is_in_it() -> None:
    """It may be late, and nobody would put that in afterwards; the next one does not tell it again."""
    unit = a_team()
    assert 0 == say(ADA, "late today", unit)
    unit.at += HOUR
    report_to_channel(DUE, unit)

    assert ["Ada: “late today”"] == quoted(unit)
    assert [] == tomorrow(unit)


def test_what_is_said_by_a_clock_that_is_ahead_is_put_into_the_post() -> None:
    """Functions run on machines whose clocks do not quite agree."""
    unit = posted()
    unit.at += timedelta(milliseconds=20)
    say_for_report(ADA, {"": "late today"}, unit)
    unit.at -= timedelta(milliseconds=20)

    assert 1 == settle(unit)
    assert ["Ada: “late today”"] == quoted(unit)


def test_what_a_post_says_already_costs_no_look_at_the_chat(monkeypatch: pytest.MonkeyPatch) -> None:
    """At nine many answer at once, and the first change brings them all."""
    unit = posted((ADA, "late today"))
    monkeypatch.setattr(unit.chat, "channel", lambda _: pytest.fail("the chat was asked"))

    assert 0 == say(ADA, "late today", unit)


def test_what_it_said_before_the_facts_stays_and_only_the_days_own_post_is_changed() -> None:
    """That it came late; one that somebody asked for between times is as it was."""
    unit = a_team()
    unit.at += HOUR
    report_to_channel(DUE, unit)
    report_to_channel(DUE.model_copy(update={"once": "asked-1", "due_at": unit.at}), unit)
    [late] = unit.posted[0].notes

    assert 1 == say(ADA, "late today", unit)

    first, between = unit.posted
    assert (late, "Brought up to date at 12:30.") == first.notes
    assert ([], ["Ada: “late today”"]) == (said_under(between, FactKind.SAID), said_under(first, FactKind.SAID))


def test_of_several_changes_the_first_that_is_worked_off_brings_all() -> None:
    """However many answer in the same minute."""
    unit = posted()
    for member, text in ((ADA, "late"), (BOB, "later")):
        unit.at += timedelta(seconds=1)
        say_for_report(member, {"": text}, unit)

    assert 1 == settle(unit)
    assert ["Ada: “late”", "Bob: “later”"] == quoted(unit)


@pytest.mark.parametrize("standing", [Standing.GUEST, Standing.OUTSIDER, Standing.LEFT])
def test_whoever_may_not_speak_any_more_is_quoted_no_more(standing: Standing) -> None:
    """The post is made anew by who is who now."""
    unit = posted((ADA, "late today"), (BOB, "here"))
    unit.stores.directory.put_members(ACME, [a_member(standings={Provider.SLACK: standing})])

    say(BOB, "gone", unit)

    assert ["Bob: “gone”"] == quoted(unit)


def test_what_became_private_since_is_not_in_the_post_any_more() -> None:
    """Who reads there may not read of it: also of what others tell."""
    unit = posted((ADA, "late today"))
    assert "ENG-1" in str(unit.posted[0])
    unit.stores.directory.put_teams(ACME, [ENG.model_copy(update={"private": True})])

    say(ADA, "on time", unit)

    assert "ENG-1" not in str(unit.posted[0])


def outside(unit: ChannelUnit) -> None:
    """People of another company are let in."""
    unit.chat.places[CHANNEL] = Channel(id=CHANNEL, name="team", private=True, outside=True)


def unsubscribed(unit: ChannelUnit) -> None:
    """The channel wants no report any more."""
    unit.stores.subscriptions.remove(ACME, WISH.subscription_id)


@pytest.mark.parametrize("closed", [outside, unsubscribed])
def test_where_nothing_may_be_posted_any_more_nothing_is_added(closed: Callable[[ChannelUnit], None]) -> None:
    """What stands there of who changes it goes, with the rest of it."""
    unit = posted((ADA, "late today"))
    closed(unit)

    assert 0 == say(BOB, "here", unit)
    assert ["Ada: “late today”"] == quoted(unit)
    assert 1 == say(ADA, "on time", unit)
    assert () == unit.posted[0].sections
    assert ("What stood here is not for this channel any more.",) == unit.posted[0].notes
    assert 0 == say(ADA, "on time indeed", unit)


def test_a_post_of_a_team_that_is_not_for_everybody_any_more_is_emptied() -> None:
    """As is one in a channel that may not be told."""
    unit = a_team()
    unit.stores.subscriptions.put(ACME, WISH.model_copy(update={"team_id": ENG.id}))
    say(ADA, "late today", unit, after=timedelta(0))
    unit.at += HOUR
    report_to_channel(DUE.model_copy(update={"due_at": unit.at, "team_id": ENG.id}), unit)
    assert ["Ada: “late today”"] == quoted(unit)
    unit.stores.directory.put_teams(ACME, [ENG.model_copy(update={"private": True})])

    assert 1 == say(ADA, "", unit)
    assert () == unit.posted[0].sections


@pytest.mark.parametrize("gone", ["removed", "closed", "archived"])
def test_what_cannot_be_changed_any_more_is_told_in_the_next(gone: str) -> None:
    """Nobody can mend that by repeating: the message or the channel is gone, or may not be edited."""
    unit = posted((BOB, "here"))
    if gone == "removed":
        unit.chat.removed |= {part for post in unit.stores.deliveries.posts(ACME) for part in post.parts}
    elif gone == "closed":
        unit.chat.closed.add(CHANNEL)
    else:
        del unit.chat.places[CHANNEL]

    assert 0 == say(ADA, "late today", unit)

    assert ["Bob: “here”"] == quoted(unit)
    unit.chat.closed.clear()
    unit.chat.places[CHANNEL] = Channel(id=CHANNEL, name="team")
    assert ["Ada: “late today”"] == tomorrow(unit)


def test_a_chat_that_is_not_connected_any_more_is_no_fault() -> None:
    """There is nothing to wait for."""
    unit = posted((ADA, "late today"))
    unit.chat.fail_next(AccessRevoked("token_revoked"))

    assert 0 == say(ADA, "on time", unit)
    assert ["Ada: “late today”"] == quoted(unit)


@pytest.mark.parametrize("failure", [UpstreamUnavailable("away"), RateLimited("slow down", retry_after=1)])
def test_a_chat_that_is_away_is_asked_again(failure: UpstreamUnavailable) -> None:
    """And the other channels are seen to all the same."""
    unit = a_team()
    unit.chat.places[OTHER], unit.chat.listeners[OTHER] = Channel(id=OTHER, name="other"), ["U0ADA"]
    unit.stores.subscriptions.put(ACME, WISH.model_copy(update={"channel_id": OTHER}))
    for place in (CHANNEL, OTHER):
        report_to_channel(DUE.model_copy(update={"channel_id": place}), unit)
    update, failing = unit.chat.update_report, [True]

    def failing_once(channel_id: str, ts: str, report: Report) -> None:
        if failing:
            failing.clear()
            raise failure
        update(channel_id, ts, report)

    unit.chat.update_report = failing_once  # type: ignore[method-assign]
    with pytest.raises(UpstreamUnavailable):
        say(ADA, "late today", unit)
    changed = AnswersChanged(tenant_id=ACME, member_id=ADA.id, day=unit.at.date())
    assert 1 == bring_up_to_date(changed, unit)

    assert 2 == sum("late today" in str(report) for _, report in unit.chat.reports)


def test_what_is_said_while_the_post_is_being_made_is_waited_for() -> None:
    """It may have been composed without."""
    unit = a_team()
    key = DUE.delivery_key(NOW.date())
    with unit.lease(f"report|{key}", lasts=HOUR), pytest.raises(Conflict):
        say(ADA, "late today", unit, after=timedelta(0))


@pytest.mark.parametrize("step", range(1, 6))
def test_whoever_is_killed_on_the_way_leaves_what_comes_to_the_same_end(
    step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At any step of it; who was not told that it is kept says it again, and a message comes again."""
    unit, left = posted((BOB, "here")), [None] * step
    stores, chat = unit.stores, unit.chat

    def ending(do: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            if left and (left.pop(), not left)[1]:
                raise Killed
            return do(*given, **named)

        return call

    steps = ((stores.report_answers, "put"), (unit.queues.reports, "put"), (chat, "update_report"))
    for owner, name in (*steps, (stores.deliveries, "keep_post"), (stores.deliveries, "keep")):
        monkeypatch.setattr(owner, name, ending(getattr(owner, name)))
    with pytest.raises(Killed):
        say(ADA, "late today", unit)
    monkeypatch.undo()
    say(ADA, "late today", unit, after=timedelta(minutes=2))

    assert ["Ada: “late today”", "Bob: “here”"] == quoted(unit)
    [kept] = stores.deliveries.kept(ACME, f"channel:{CHANNEL}", limit=9)
    assert kept.changed_at is not None
    assert [] == tomorrow(unit)


def test_what_it_grows_by_goes_into_its_thread_and_what_it_shrinks_by_goes() -> None:
    """Each part once, however often it changes."""
    unit = a_team()
    people = [a_member(f"p{number}") for number in range(20)]
    unit.stores.directory.put_members(ACME, people)
    unit.chat.listeners[CHANNEL] = [person.accounts[Provider.SLACK] for person in people]
    tickets = [
        a_ticket(100 + number, title="Build what takes long to say " * 5, state=DOING, assignee_id=person.linear_id)
        for number, person in enumerate(people)
    ]
    for ticket in tickets:
        unit.stores.tickets.put(ACME, ticket)
    report_to_channel(DUE, unit)
    before = len(unit.posted)
    for person in people:
        say(person, "so " * 60, unit, after=timedelta(minutes=1))

    grown = len(unit.posted)
    assert grown > before
    said = [line for post in unit.posted for line in said_under(post, FactKind.SAID)]
    assert 20 == len(said) == len(set(said))
    assert [below for below, _ in unit.chat.folded] == [unit.stores.deliveries.posts(ACME)[0].parts[0]] * (grown - 1)
    for person in people:
        say(person, "", unit, after=timedelta(minutes=1))
    assert grown == len(unit.posted)
    assert [] == [line for post in unit.posted for line in said_under(post, FactKind.SAID)]
    assert sum(post.lines for post in unit.posted[1:]) == unit.posted[0].folded


def test_what_was_sent_says_that_it_was_changed_and_keeps_no_words() -> None:
    """The archive is of what stands there."""
    unit = posted((BOB, "here"))
    say(ADA, "the quetzal", unit)

    [kept] = unit.stores.deliveries.kept(ACME, f"channel:{CHANNEL}", limit=9)
    assert unit.at == kept.changed_at
    assert kept.report is not None
    said = kept.report.section(FactKind.SAID)
    assert said is not None
    assert ["", ""] == [line.text for line in said.lines]
    assert "quetzal" not in str(unit.stores.deliveries.posts(ACME))


def test_a_post_of_the_persons_day_is_changed_wherever_the_channels_clock_is() -> None:
    """Of what the post of the day before has quoted that one is; and of a day whose post is to come none."""
    unit = a_team()
    tokyo = a_member(time_zone="Asia/Tokyo")
    unit.stores.directory.put_members(ACME, [tokyo])
    unit.at = NOW.replace(hour=16)  # the 21st in Tokyo
    assert 0 == say(tokyo, "the 21st", unit, after=timedelta(0))
    unit.at += timedelta(minutes=1)
    report_to_channel(DUE.model_copy(update={"due_at": unit.at}), unit)
    assert ["Ada: “the 21st”"] == quoted(unit)

    assert 1 == say(tokyo, "the 21st, later", unit)

    assert ["Ada: “the 21st, later”"] == quoted(unit)
    assert [] == tomorrow(unit)


def test_a_post_that_is_out_takes_no_words_of_the_next_day() -> None:
    """They are for the next, also where that day's post is changed once more behind midnight."""
    unit = posted((ADA, "the 20th"))
    honolulu = a_member("bob", time_zone="Pacific/Honolulu")
    unit.stores.directory.put_members(ACME, [honolulu])
    unit.at = NOW.replace(hour=0) + timedelta(days=1, hours=6)
    assert 0 == say(ADA, "the 21st", unit)

    assert 1 == say(honolulu, "the 20th here", unit)

    assert date(2026, 11, 20) == unit.posted[0].day
    assert ["Ada: “the 20th”", "Bob: “the 20th here”"] == quoted(unit)
    unit.at += HOUR
    report_to_channel(DUE.model_copy(update={"due_at": unit.at}), unit)
    assert ["Ada: “the 21st”"] == said_under(unit.posted[-1], FactKind.SAID)


def test_what_went_to_one_person_stays_as_it_was_sent() -> None:
    """By mail or in the chat: the next one tells them."""
    unit = a_team()
    unit.stores.subscriptions.put(ACME, Subscription(member_id="U0BOB", team_id=ENG.id))
    due = ReportDue(tenant_id=ACME, member_id="U0BOB", team_id=ENG.id, due_at=unit.at)
    report(due, unit)

    assert 0 == say(ADA, "late today", unit)

    assert 1 == len(unit.chat.reports)
    unit.at += timedelta(hours=20)
    report(due.model_copy(update={"due_at": unit.at}), unit)
    assert ["Ada: “late today”"] == said_under(unit.chat.reports[-1][1], FactKind.SAID)


def test_the_weekly_report_quotes_nobody_and_is_never_changed() -> None:
    """Nor is it kept where it stands."""
    unit = a_team()
    unit.stores.subscriptions.put(ACME, WISH.model_copy(update={"kind": ReportKind.WEEKLY}))
    report_to_channel(DUE.model_copy(update={"kind": ReportKind.WEEKLY}), unit)

    assert 0 == say(ADA, "late today", unit)
    assert [] == unit.stores.deliveries.posts(ACME)


def test_what_moved_since_is_told_as_it_is_and_again_in_the_next() -> None:
    """A changed message tells nobody that it changed: who has read it is told of what has been done since."""
    unit = posted((BOB, "here"))
    unit.at += HOUR
    unit.stores.tickets.put(ACME, a_ticket(1, title="Build", state=DONE, assignee_id="lin-ada", completed_at=unit.at))
    say(ADA, "done", unit)

    assert ["Ada: ENG-1 Build"] == said_under(unit.posted[0], FactKind.DONE)
    assert [] == tomorrow(unit)
    assert ["Ada: ENG-1 Build"] == said_under(unit.posted[-1], FactKind.DONE)


def test_it_is_written_in_what_most_of_the_channel_read() -> None:
    """As the post was."""
    unit = a_team()
    french = {"language": Language.FRENCH}
    unit.stores.directory.put_members(ACME, [a_member(**french), a_member("bob", **french)])
    report_to_channel(DUE, unit)

    say(ADA, "en retard", unit)

    assert Language.FRENCH is unit.posted[0].language
    assert ("Mis à jour à 11:30.",) == unit.posted[0].notes


def test_who_is_erased_is_quoted_in_no_post_any_more() -> None:
    """Of the last days, in which it is known where posts stand."""
    unit = posted((ADA, "late today"), (BOB, "here"))
    old = ReportAnswers(
        member_id=ADA.id, day=NOW.date() - timedelta(days=30), answers=(ReportAnswer(text="old"),), at=NOW
    )
    unit.stores.report_answers.put(ACME, old, keep_days=90)
    unit.stores.accounts.put(an_account())
    job = a_job(order=Order(kind=JobKind.ERASE_PERSON, dry_run=False, member_id=ADA.id))
    while (step := erase_person(job, unit)).cursor is not None:
        job = job.model_copy(update={"cursor": step.cursor})

    assert 1 == sum(isinstance(put.message, AnswersChanged) for put in unit.queues.reports.puts)
    assert 1 == settle(unit)
    assert ["Bob: “here”"] == quoted(unit)
