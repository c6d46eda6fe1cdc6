"""Acting: once, with a card that tells the truth, and repeatable at any point."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pm_assistant.domain.decisions import ActionRequest, CreateTicket, Decision, DecisionState, MoveTicket, external_id
from pm_assistant.domain.errors import Conflict, NotFound, RateLimited, UpstreamRejected, UpstreamUnavailable
from pm_assistant.domain.tenants import QuietHours
from pm_assistant.workflows.corridor.act import act
from tests.builders import ACME, DOING, DONE, ENG, NOW, TRUSTING, a_comment, a_decision, a_member, a_tenant, a_ticket
from tests.fakes.stores import FakeCards, FakeDecisions, FakeDirectory, FakeQueue, FakeTenants, FakeTickets
from tests.fakes.vendors import FIRST_TS, FakeChat, FakeTracker


class Bench:
    """An act function with one tenant, a tracker that holds its ticket, and a chat."""

    def __init__(self, *decisions: Decision) -> None:
        self.decisions, self.cards = FakeDecisions(), FakeCards()
        self.tenants, self.tickets, self.directory = FakeTenants(), FakeTickets(), FakeDirectory()
        self.chat, self.tracker = FakeChat(), FakeTracker(tickets=[a_ticket(1)], teams=[ENG])
        self.actions = FakeQueue()
        self.tenants.put(a_tenant())
        self.tickets.put(ACME, a_ticket(1))
        self.directory.put_teams(ACME, [ENG])
        self.directory.put_members(ACME, [a_member("ada"), a_member("bob")])
        for decision in decisions:
            self.decisions.save(decision)

    def quiet(self, start: str, end: str, time_zone: str = "UTC") -> None:
        """Give the tenant quiet hours."""
        hours = QuietHours(start=start, end=end, time_zone=time_zone)
        self.tenants.put(a_tenant(settings=TRUSTING.model_copy(update={"quiet_hours": hours})))

    def ask(self, decision: Decision, *, now: datetime = NOW + timedelta(minutes=2), **answer: str) -> Decision:
        """Handle an action request on a decision."""
        return self.handle(ActionRequest.model_validate({"tenant_id": ACME, "decision_id": decision.id, **answer}), now)

    @property
    def postponed(self) -> ActionRequest:
        """The last request that waits on the queue."""
        message = self.actions.puts[-1].message
        assert isinstance(message, ActionRequest)
        return message

    def handle(self, request: ActionRequest, now: datetime) -> Decision:
        """Handle an action request."""
        return act(
            request,
            decisions=self.decisions,
            cards=self.cards,
            tenants=self.tenants,
            tickets=self.tickets,
            directory=self.directory,
            chat=self.chat,
            tracker=self.tracker,
            actions=self.actions,
            now=now,
        )


def test_a_comment_is_written_with_its_permalink_and_shown_on_a_card() -> None:
    """The ticket gets the receipt, the thread gets one card with a link to the ticket."""
    decision = a_decision()
    bench = Bench(decision)

    done = bench.ask(decision)

    [comment] = bench.tracker.comments["ticket-1"].values()
    assert decision.evidence[0].url in comment
    assert DecisionState.DONE == done.state
    assert done.outcome is not None
    [card] = bench.chat.cards.values()
    assert [("Commented on", "ENG-1 Checkout drops the coupon")] == [(e.headline, e.link_text) for e in card.entries]


def test_five_requests_have_one_effect() -> None:
    """A request for what is done only looks after the card."""
    decision = a_decision()
    bench = Bench(decision)

    for _ in range(5):
        bench.ask(decision)

    assert 1 == len(bench.tracker.comments["ticket-1"])
    assert 1 == len(bench.chat.cards)


@pytest.mark.parametrize("error", [RateLimited("slow down", retry_after=3), UpstreamUnavailable("away")])
def test_a_tracker_that_is_away_is_asked_again(error: UpstreamUnavailable) -> None:
    """The decision stays queued until the tracker has answered."""
    decision = a_decision()
    bench = Bench(decision)
    bench.tracker.fail_next(error)

    with pytest.raises(UpstreamUnavailable):
        bench.ask(decision)
    assert DecisionState.QUEUED == bench.decisions.get(ACME, decision.id).state
    assert DecisionState.DONE == bench.ask(decision).state

    assert 1 == len(bench.tracker.comments["ticket-1"])


def test_a_lost_answer_does_not_double_the_comment() -> None:
    """The tracker wrote it and the answer never came: the id is ours, so the repeat finds it."""
    decision = a_decision()
    bench = Bench(decision)
    bench.tracker.lose_next_answer()

    with pytest.raises(UpstreamUnavailable):
        bench.ask(decision)
    bench.ask(decision)

    assert [external_id(decision.id, "comment")] == list(bench.tracker.comments["ticket-1"])


def test_a_chat_that_fails_after_the_tracker_has_acted_only_repeats_the_card() -> None:
    """What is done in the tracker stays done; the retry finishes the rest."""
    decision = a_decision()
    bench = Bench(decision)
    bench.chat.fail_next(RateLimited("slow down", retry_after=1))

    with pytest.raises(RateLimited):
        bench.ask(decision)
    bench.ask(decision)

    assert 1 == len(bench.tracker.comments["ticket-1"])
    assert 1 == len(bench.chat.cards)


def test_a_lost_answer_does_not_double_the_card() -> None:
    """The card carries its id; the repeat finds it in the thread."""
    decision = a_decision()
    bench = Bench(decision)
    bench.chat.lose_next_answer()

    with pytest.raises(UpstreamUnavailable):
        bench.ask(decision)
    bench.ask(decision)

    assert 1 == len(bench.chat.cards)


def test_a_thread_that_is_gone_does_not_undo_what_was_done() -> None:
    """Whoever deletes a message takes the card's place away, not the comment's."""
    decision = a_decision()
    bench = Bench(decision)
    bench.chat.fail_next(NotFound("thread_not_found"))

    assert DecisionState.DONE == bench.ask(decision).state
    assert 1 == len(bench.tracker.comments["ticket-1"])


def test_a_refusal_is_recorded_shown_and_raised() -> None:
    """A rejected action is parked with its cause; asking again tries again."""
    decision = a_decision()
    bench = Bench(decision)
    bench.tracker.fail_next(UpstreamRejected("issue is locked"))

    with pytest.raises(UpstreamRejected, match="issue is locked"):
        bench.ask(decision)
    failed = bench.decisions.get(ACME, decision.id)
    assert (DecisionState.FAILED, "issue is locked") == (failed.state, failed.error)

    assert DecisionState.DONE == bench.ask(decision).state


def test_two_requests_on_one_thread_do_not_race() -> None:
    """Whoever comes second waits its turn by a retry."""
    decision = a_decision()
    bench = Bench(decision)
    bench.cards.hold(ACME, decision.subject.id, now=NOW, until=NOW + timedelta(hours=1))

    with pytest.raises(Conflict):
        bench.ask(decision)


def test_comment_and_move_share_one_card() -> None:
    """One editable card per thread, however many things were done."""
    comment, move = a_decision(), a_decision(action=MoveTicket(ticket_id="ticket-1", to=DONE))
    bench = Bench(comment, move)

    bench.ask(comment)
    bench.ask(move)

    [card] = bench.chat.cards.values()
    assert {"Commented on", "Moved to Done:"} == {entry.headline for entry in card.entries}
    assert DONE == bench.tracker.tickets["ticket-1"].state


def test_a_new_ticket_is_in_the_index_at_once() -> None:
    """The next conversation about it must find it before the tracker's webhook arrives."""
    decision = a_decision(action=CreateTicket(title="Coupon lost with PayPal", description="Seen twice today"))
    bench = Bench(decision)

    bench.ask(decision)

    assert ["Checkout drops the coupon", "Coupon lost with PayPal"] == sorted(
        ticket.title for ticket in bench.tickets.all(ACME)
    )


def test_a_proposal_waits_for_a_person() -> None:
    """Only a card is shown; nothing is written into the tracker."""
    decision = a_decision(state=DecisionState.PROPOSED)
    bench = Bench(decision)

    bench.ask(decision)

    assert {} == bench.tracker.comments
    [card] = bench.chat.cards.values()
    assert [f"{decision.id}:{decision.revision}"] == [entry.awaits_answer for entry in card.entries]


def test_an_approval_is_carried_out_once_and_names_who_gave_it() -> None:
    """Two clicks are one approval."""
    decision = a_decision(state=DecisionState.PROPOSED)
    bench = Bench(decision)

    bench.ask(decision, answer="approve", answered_by="U0ADA")
    bench.ask(decision, answer="approve", answered_by="U0BOB")

    assert 1 == len(bench.tracker.comments["ticket-1"])
    assert "U0ADA" == bench.decisions.get(ACME, decision.id).decided_by


def test_a_dismissal_is_final() -> None:
    """What a person said no to is not done, and a late approval changes nothing."""
    decision = a_decision(state=DecisionState.PROPOSED)
    bench = Bench(decision)

    bench.ask(decision, answer="dismiss", answered_by="U0ADA")
    bench.ask(decision, answer="approve", answered_by="U0BOB")

    assert {} == bench.tracker.comments
    assert DecisionState.DISMISSED == bench.decisions.get(ACME, decision.id).state


def test_what_people_wrote_cannot_become_markup() -> None:
    """A comment carries words, never a link, mention or image of the writer's making."""
    decision = a_decision()
    hostile = "![x](https://evil.test/a.png) @everyone <b>now</b> [click](https://evil.test)"
    decision = decision.model_copy(update={"action": decision.action.model_copy(update={"summary": hostile})})
    bench = Bench(decision)

    bench.ask(decision)

    [comment] = bench.tracker.comments["ticket-1"].values()
    said = comment.split("\n\n")[0]
    assert "](" not in said.replace("\\]", "").replace("\\(", "(")
    assert "https://" not in said
    assert "\\@everyone" in said


def test_an_answer_to_what_is_no_longer_asked_is_void() -> None:
    """Whoever pressed the button saw something else; the card is brought up to date and asks again."""
    asked = a_decision(state=DecisionState.PROPOSED)
    bench = Bench(asked)
    bench.ask(asked)
    later = {"action": a_comment(summary="Something else."), "revision": "digest-2", "as_of": NOW + timedelta(hours=1)}
    bench.decisions.save(asked.model_copy(update=later))

    bench.ask(asked, answer="approve", answered_by="U0ADA", revision=asked.revision)

    assert {} == bench.tracker.comments
    [card] = bench.chat.cards.values()
    assert [f"{asked.id}:digest-2"] == [entry.awaits_answer for entry in card.entries]


def test_only_the_tenants_own_people_can_answer() -> None:
    """A guest of another company who sees the card cannot approve; an operator can."""
    decision = a_decision(state=DecisionState.PROPOSED)
    bench = Bench(decision)

    bench.ask(decision, answer="approve", answered_by="U0STRANGER")
    assert {} == bench.tracker.comments
    bench.ask(decision, answer="approve", answered_by="pm:root")

    assert 1 == len(bench.tracker.comments["ticket-1"])


def test_a_question_that_was_withdrawn_loses_its_buttons() -> None:
    """The card says that there is nothing to do any more, instead of asking for ever."""
    decision = a_decision(state=DecisionState.PROPOSED)
    bench = Bench(decision)
    bench.ask(decision)
    withdrawn = decision.model_copy(update={"state": DecisionState.DISMISSED})
    bench.decisions.advance(withdrawn, expected=frozenset({DecisionState.PROPOSED}))

    bench.ask(decision)

    [card] = bench.chat.cards.values()
    assert () == card.entries


def test_a_card_that_was_removed_comes_back_only_to_ask() -> None:
    """Somebody deleted it: what was done needs no new card, a new question does."""
    first = a_decision()
    second = a_decision(action=MoveTicket(ticket_id="ticket-1", to=DONE), state=DecisionState.PROPOSED)
    bench = Bench(first)
    bench.ask(first)
    bench.chat.cards.clear()

    bench.ask(first)
    assert {} == bench.chat.cards
    bench.decisions.save(second)
    bench.ask(second)

    assert 1 == len(bench.chat.cards)


def test_a_ticket_that_was_there_already_is_not_said_to_have_moved() -> None:
    """Somebody else was faster; the card states what is so."""
    decision = a_decision(action=MoveTicket(ticket_id="ticket-1", to=DONE))
    bench = Bench(decision)
    bench.tracker.move("ticket-1", DONE)

    bench.ask(decision)

    [card] = bench.chat.cards.values()
    assert ["Was at Done or further already:"] == [entry.headline for entry in card.entries]


@pytest.mark.parametrize("who", ["account:7f", "key:k1"])
def test_an_answer_by_the_api_counts_like_a_persons(who: str) -> None:
    """Whoever may call it with that scope may answer; the log names who did."""
    decision = a_decision(state=DecisionState.PROPOSED)
    bench = Bench(decision)

    bench.ask(decision, answer="approve", answered_by=who, revision=decision.revision)

    assert 1 == len(bench.tracker.comments["ticket-1"])
    assert who == bench.decisions.get(ACME, decision.id).decided_by


def test_the_reason_of_a_dismissal_is_kept() -> None:
    """In the person's own words."""
    decision = a_decision(state=DecisionState.PROPOSED)
    bench = Bench(decision)

    bench.ask(decision, answer="dismiss", answered_by="account:7f", remark="We talked about another shop")

    assert "We talked about another shop" == bench.decisions.get(ACME, decision.id).remark


ACTIONS = [a_comment(), MoveTicket(ticket_id="ticket-1", to=DONE), CreateTicket(title="Coupon lost", description="")]


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.kind)
def test_what_was_done_can_be_taken_back(action: Any) -> None:
    """The tracker is as it was, the log says who wanted it, and the card says so."""
    decision = a_decision(action=action)
    bench = Bench(decision)
    before = dict(bench.tracker.tickets)
    bench.ask(decision)

    later = datetime.fromtimestamp(FIRST_TS + 60, UTC)
    undone = bench.ask(decision, now=later, answer="undo", answered_by="account:7f")

    assert (DecisionState.UNDONE, "account:7f", None) == (undone.state, undone.decided_by, undone.error)
    assert {id: ticket.state for id, ticket in before.items()} == {
        id: ticket.state for id, ticket in bench.tracker.tickets.items()
    }
    assert {} == {id: comments for id, comments in bench.tracker.comments.items() if comments}
    assert ["ticket-1"] == [ticket.id for ticket in bench.tickets.all(ACME)]
    [card] = bench.chat.cards.values()
    assert [True] == [entry.headline.startswith("Taken back.") for entry in card.entries]


def test_taking_back_twice_takes_back_once() -> None:
    """The second request finds it undone."""
    decision = a_decision()
    bench = Bench(decision)
    bench.ask(decision)

    for _ in range(2):
        assert DecisionState.UNDONE == bench.ask(decision, answer="undo", answered_by="account:7f").state


def test_a_lost_answer_to_taking_back_is_made_up_for() -> None:
    """What is gone already counts as taken back."""
    decision = a_decision()
    bench = Bench(decision)
    bench.ask(decision)
    bench.tracker.lose_next_answer()

    with pytest.raises(UpstreamUnavailable):
        bench.ask(decision, answer="undo", answered_by="account:7f")

    assert DecisionState.UNDONE == bench.ask(decision, answer="undo", answered_by="account:7f").state


def test_what_people_have_gone_on_with_stays_and_the_log_says_why() -> None:
    """Their change is the later word."""
    decision = a_decision(action=MoveTicket(ticket_id="ticket-1", to=DOING))
    bench = Bench(decision)
    bench.ask(decision)
    bench.tracker.move("ticket-1", DONE)

    kept = bench.ask(decision, answer="undo", answered_by="account:7f")

    assert (DecisionState.DONE, DONE) == (kept.state, bench.tracker.tickets["ticket-1"].state)
    assert kept.error is not None
    assert "people have changed it" in kept.error


def test_a_refusal_to_take_back_is_logged_and_raised() -> None:
    """It stays done; asking again tries again."""
    decision = a_decision()
    bench = Bench(decision)
    bench.ask(decision)
    bench.tracker.fail_next(UpstreamRejected("issue is locked"))

    with pytest.raises(UpstreamRejected):
        bench.ask(decision, answer="undo", answered_by="account:7f")
    kept = bench.decisions.get(ACME, decision.id)
    assert (DecisionState.DONE, "issue is locked") == (kept.state, kept.error)

    assert DecisionState.UNDONE == bench.ask(decision, answer="undo", answered_by="account:7f").state


def test_strangers_take_nothing_back() -> None:
    """Only whoever may answer."""
    decision = a_decision()
    bench = Bench(decision)
    bench.ask(decision)

    assert DecisionState.DONE == bench.ask(decision, answer="undo", answered_by="U0STRANGER").state


def test_what_was_taken_back_stays_so_whatever_is_said_later() -> None:
    """Like a dismissal: the same thing is neither done nor asked again."""
    decision = a_decision()
    bench = Bench(decision)
    bench.ask(decision)
    bench.ask(decision, answer="undo", answered_by="account:7f")

    later = {"revision": "digest-2", "as_of": NOW + timedelta(hours=1), "action": a_comment(summary="Again.")}
    assert DecisionState.UNDONE == bench.decisions.save(decision.model_copy(update=later)).state
    bench.ask(decision)

    assert {} == bench.tracker.comments["ticket-1"]


def test_a_move_that_found_its_work_done_has_nothing_to_take_back() -> None:
    """It was not ours to begin with."""
    decision = a_decision(action=MoveTicket(ticket_id="ticket-1", to=DONE))
    bench = Bench(decision)
    bench.tracker.move("ticket-1", DONE)
    bench.ask(decision)

    assert DecisionState.DONE == bench.ask(decision, answer="undo", answered_by="account:7f").state
    assert DONE == bench.tracker.tickets["ticket-1"].state


def test_in_quiet_hours_things_are_done_and_nobody_is_told_before_they_are_over() -> None:
    """The card waits on the queue, at most fifteen minutes at a time."""
    decision = a_decision()
    bench = Bench(decision)
    bench.quiet("22:00", "10:00", "Europe/Berlin")
    night, morning = (datetime(2026, 11, 20, hour, 45, tzinfo=UTC) for hour in (1, 8))

    done = bench.ask(decision, now=night)

    assert (DecisionState.DONE, {}) == (done.state, bench.chat.cards)
    assert 1 == len(bench.tracker.comments["ticket-1"])
    waits = [bench.actions.puts[0].delay_seconds]
    bench.handle(bench.postponed, morning)
    waits.append(bench.actions.puts[1].delay_seconds)
    assert [900, 900] == waits
    assert {} == bench.chat.cards

    bench.handle(bench.postponed, morning + timedelta(minutes=15))

    assert 1 == len(bench.chat.cards)
    assert 2 == len(bench.actions.puts)


def test_in_quiet_hours_nobody_is_asked_and_a_late_card_asks_what_then_stands() -> None:
    """What was answered meanwhile is not asked any more."""
    decision = a_decision(state=DecisionState.PROPOSED)
    bench = Bench(decision)
    bench.quiet("00:00", "23:59")
    bench.ask(decision)
    assert {} == bench.chat.cards

    bench.ask(decision, answer="dismiss", answered_by="U0ADA")

    [card] = bench.chat.cards.values()
    assert [None] == [entry.awaits_answer for entry in card.entries]


def test_a_card_that_waited_repeats_nothing_in_the_tracker() -> None:
    """What was refused for good is shown in the morning, not tried again all night."""
    decision = a_decision()
    bench = Bench(decision)
    bench.quiet("00:00", "23:59")
    bench.tracker.fail_next(UpstreamRejected("issue is locked"))
    with pytest.raises(UpstreamRejected):
        bench.ask(decision)

    shown = bench.handle(bench.postponed, NOW.replace(hour=23, minute=59))

    assert DecisionState.FAILED == shown.state
    assert {} == bench.tracker.comments
    [card] = bench.chat.cards.values()
    assert ["Could not be done. Comment on"] == [entry.headline for entry in card.entries]
