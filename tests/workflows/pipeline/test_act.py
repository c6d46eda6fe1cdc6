"""Acting: once, with a card that tells the truth, and repeatable at any point."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pm_assistant.domain.actions import CreateTicket, MoveTicket
from pm_assistant.domain.decisions import (
    ActionRequest,
    Decision,
    DecisionState,
    Evidence,
    Outcome,
    Waiting,
    external_id,
)
from pm_assistant.domain.drafts import Suggestion
from pm_assistant.domain.errors import (
    AccessRevoked,
    Conflict,
    NotConnected,
    NotFound,
    RateLimited,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.domain.planning import Relation, RelationType
from pm_assistant.domain.tenants import Provider, QuietHours
from pm_assistant.workflows.pipeline.act import act
from tests.builders import (
    ACME,
    DOING,
    DONE,
    ENG,
    NOW,
    TRUSTING,
    a_comment,
    a_connection,
    a_decision,
    a_key,
    a_member,
    a_message,
    a_tenant,
    a_ticket,
    an_account,
)
from tests.fakes.stores import FakeDirectory
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FIRST_TS, FakeTracker


class ActUnit(FakeUnit):
    """A unit of a tenant whose tracker holds its ticket, with these decisions in its log."""

    def __init__(self, *decisions: Decision) -> None:
        super().__init__(at=NOW + timedelta(minutes=2))
        self.tracker = FakeTracker(tickets=[a_ticket(1)], teams=[ENG])
        self.stores.tenants.put(a_tenant())
        self.stores.connections.put(a_connection())
        self.stores.tickets.put(ACME, a_ticket(1))
        self.stores.directory.put_teams(ACME, [ENG])
        self.stores.directory.put_members(ACME, [a_member("ada"), a_member("bob")])
        self.stores.accounts.put(an_account(id="7f"))
        self.stores.api_keys.put(a_key(id="k1"))
        self.chat.people = [a_member("ada"), a_member("bob")]
        for decision in decisions:
            self.stores.decisions.save(decision)

    def quiet(self, start: str, end: str, time_zone: str = "UTC") -> None:
        """Give the tenant quiet hours."""
        hours = QuietHours(start=start, end=end, time_zone=time_zone)
        self.stores.tenants.put(a_tenant(settings=TRUSTING.model_copy(update={"quiet_hours": hours})))

    def ask(self, decision: Decision, *, now: datetime | None = None, **answer: Any) -> Decision:
        """Handle an action request on a decision."""
        return self.handle(ActionRequest.model_validate({"tenant_id": ACME, "decision_id": decision.id, **answer}), now)

    def acts(self, decision: Decision, **said: Any) -> None:
        """Handle a request that nothing comes of in the log."""
        assert () == act(ActionRequest.model_validate({"tenant_id": ACME, "decision_id": decision.id, **said}), self)

    @property
    def postponed(self) -> ActionRequest:
        """The last request that waits on the queue."""
        message = self.queues.actions.puts[-1].message
        assert isinstance(message, ActionRequest)
        return message

    def handle(self, request: ActionRequest, now: datetime | None = None) -> Decision:
        """Handle an action request."""
        self.at = now or self.at
        return next(decision for decision in act(request, self) if decision.id == request.decision_id)


def test_a_comment_is_written_with_its_permalink_and_shown_on_a_card() -> None:
    """The ticket gets the receipt, the thread gets one card with a link to the ticket."""
    decision = a_decision()
    unit = ActUnit(decision)

    done = unit.ask(decision)

    [comment] = unit.tracker.comments["ticket-1"].values()
    assert decision.evidence[0].url in comment
    assert DecisionState.DONE == done.state
    assert done.outcome is not None
    [card] = unit.chat.cards.values()
    assert [("Commented on", "ENG-1 Checkout drops the coupon")] == [(e.headline, e.link_text) for e in card.entries]


def test_a_ticket_carries_no_link_but_to_the_tenants_own_workspace() -> None:
    """Neither in what people said, title included, nor in evidence that came from elsewhere."""
    beacon = Evidence(message_id=a_message().id, url="https://evil.test/x.png) ![](https://evil.test/y.png")
    action = CreateTicket(title="Pay at evil.com", description="See evil.com and //evil.test")
    unit = ActUnit(decision := a_decision(action=action, evidence=(beacon,)))

    unit.ask(decision)

    [made] = [ticket for ticket in unit.tracker.tickets.values() if ticket.id != "ticket-1"]
    assert "Said in Slack" in made.description
    assert not re.search(r"evil\.\w|//", f"{made.title} {made.description}")


def test_a_ticket_is_created_as_it_was_filled_in() -> None:
    """In its team, below its parent; whoever was suggested is named, and assigned where a person has said yes."""
    below = Suggestion(id="ticket-1", name="ENG-1", because="It was said.")
    bob = Suggestion(id="lin-bob", name="Bob", because="who said: on it")
    action = CreateTicket(title="Lost", description="", parent=below, suggested_assignee=bob)
    unit = ActUnit(decision := a_decision(action=action, state=DecisionState.PROPOSED))
    unit.tracker.add_member(a_member("bob"))

    unit.ask(decision, answer="approve", answered_by="U0ADA")

    [made] = [ticket for ticket in unit.tracker.tickets.values() if ticket.id != "ticket-1"]
    assert ("ticket-1", "lin-bob") == (made.parent_id, made.assignee_id)
    assert "Bob (who said: on it)" in made.description


def test_a_regression_is_related_to_the_ticket_before() -> None:
    """In the tracker as well, which a person may see there; one that has gone is none."""
    before = Suggestion(id="ticket-1", name="ENG-1", because="it is back")
    action = CreateTicket(title="Lost", description="", regression_of=before)
    unit = ActUnit(decision := a_decision(action=action))

    done = unit.ask(decision)

    [relation] = unit.tracker.relations
    assert done.outcome is not None
    assert (done.outcome.external_id, "ticket-1") == (relation.ticket_id, relation.other_id)

    unit = ActUnit(decision)
    unit.stores.tickets.remove(ACME, "ticket-1", at=NOW)
    assert DecisionState.DONE == unit.ask(decision).state
    assert [] == unit.tracker.relations


def test_a_ticket_is_created_without_what_is_not_there_any_more() -> None:
    """Better without it than not at all; what the tracker refuses altogether is refused."""
    label = Suggestion(id="gone", name="Bug", because="It was named.")
    unit = ActUnit(decision := a_decision(action=CreateTicket(title="Lost", description="", labels=(label,))))

    assert DecisionState.DONE == unit.ask(decision).state
    assert 2 == len(unit.tracker.tickets)

    refused = a_decision(action=CreateTicket(title="Lost", description=""))
    unit = ActUnit(refused)
    unit.tracker.fail_next(UpstreamRejected("no"))
    assert DecisionState.FAILED == unit.ask(refused).state


def test_five_requests_have_one_effect() -> None:
    """A request for what is done only looks after the card."""
    decision = a_decision()
    unit = ActUnit(decision)

    for _ in range(5):
        unit.ask(decision)

    assert 1 == len(unit.tracker.comments["ticket-1"])
    assert 1 == len(unit.chat.cards)


@pytest.mark.parametrize("error", [RateLimited("slow down", retry_after=3), UpstreamUnavailable("away")])
def test_a_tracker_that_is_away_is_asked_again(error: UpstreamUnavailable) -> None:
    """Until then the log says for whom it waits, and that it may have been done already."""
    decision = a_decision()
    unit = ActUnit(decision)
    unit.tracker.fail_next(error)

    with pytest.raises(UpstreamUnavailable):
        unit.ask(decision)
    waiting = unit.stores.decisions.get(ACME, decision.id)
    for_linear = Waiting(provider=Provider.LINEAR, since=unit.at)
    assert (DecisionState.ACTING, for_linear) == (waiting.state, waiting.waiting)
    done = unit.ask(decision)
    assert (DecisionState.DONE, None) == (done.state, done.waiting)

    assert 1 == len(unit.tracker.comments["ticket-1"])


def test_a_lost_answer_does_not_double_the_comment() -> None:
    """The tracker wrote it and the answer never came: the id is ours, so the repeat finds it."""
    decision = a_decision()
    unit = ActUnit(decision)
    unit.tracker.lose_next_answer()

    with pytest.raises(UpstreamUnavailable):
        unit.ask(decision)
    unit.ask(decision)

    assert [external_id(decision.id, "comment")] == list(unit.tracker.comments["ticket-1"])


def test_a_chat_that_fails_after_the_tracker_has_acted_only_repeats_the_card() -> None:
    """What is done in the tracker stays done; the retry finishes the rest."""
    decision = a_decision()
    unit = ActUnit(decision)
    unit.chat.fail_next(RateLimited("slow down", retry_after=1))

    with pytest.raises(RateLimited):
        unit.ask(decision)
    unit.ask(decision)

    assert 1 == len(unit.tracker.comments["ticket-1"])
    assert 1 == len(unit.chat.cards)


def test_a_lost_answer_does_not_double_the_card() -> None:
    """The card carries its id; the repeat finds it in the thread, and brings it up to date."""
    decision = a_decision(state=DecisionState.PROPOSED)
    unit = ActUnit(decision)
    unit.chat.lose_next_answer()

    with pytest.raises(UpstreamUnavailable):
        unit.ask(decision)
    unit.ask(decision, answer="approve", answered_by="U0ADA")

    [card] = unit.chat.cards.values()
    assert ["Commented on"] == [entry.headline for entry in card.entries]
    assert 1 == unit.chat.history_reads
    unit.ask(decision)
    assert 1 == unit.chat.history_reads


def test_showing_a_card_never_asks_what_was_said() -> None:
    """A chat may answer that once a minute: where the card stands is remembered."""
    decision = a_decision(state=DecisionState.PROPOSED)
    unit = ActUnit(decision)
    unit.ask(decision)
    unit.chat.fail_next(RateLimited("slow down", retry_after=1))
    with pytest.raises(RateLimited):
        unit.ask(decision)
    unit.chat.cards.clear()
    unit.chat.fail_next(NotFound("message_not_found"))

    unit.ask(decision)

    assert 1 == len(unit.chat.cards)
    assert 0 == unit.chat.history_reads


def test_a_thread_that_is_gone_does_not_undo_what_was_done() -> None:
    """Whoever deletes a message takes the card's place away, not the comment's."""
    decision = a_decision()
    unit = ActUnit(decision)
    unit.chat.fail_next(NotFound("thread_not_found"))

    assert DecisionState.DONE == unit.ask(decision).state
    assert 1 == len(unit.tracker.comments["ticket-1"])


def test_a_refusal_is_logged_and_a_person_may_have_it_tried_again() -> None:
    """To ask again by itself would only be refused again."""
    decision = a_decision()
    unit = ActUnit(decision)
    unit.tracker.fail_next(UpstreamRejected("issue is locked"))

    failed = unit.ask(decision)
    assert (DecisionState.FAILED, "issue is locked") == (failed.state, failed.error)
    assert failed == unit.ask(decision)

    assert DecisionState.DONE == unit.ask(decision, answer="retry", answered_by="account:7f").state


def test_two_requests_on_one_thread_do_not_race() -> None:
    """Whoever comes second waits its turn by a retry."""
    decision = a_decision()
    unit = ActUnit(decision)
    unit.stores.leases.take(ACME, f"subject|{decision.subject.id}", now=NOW, until=NOW + timedelta(hours=1))

    with pytest.raises(Conflict):
        unit.ask(decision)


def test_a_card_says_what_a_ticket_is_blocked_by_as_far_as_everybody_may_know_it() -> None:
    """By what is open; nobody is kept from anything by that, and outside no ticket is named."""
    decision = a_decision(state=DecisionState.PROPOSED)
    cards: list[str] = []
    for shown in (decision, decision.model_copy(update={"outside": True})):
        unit = ActUnit(shown)
        secret = ENG.model_copy(update={"id": "team-sec", "private": True})
        unit.stores.directory.put_teams(ACME, [ENG, secret])
        changes: dict[int, dict[str, object]] = {3: {"state": DONE}, 4: {"team_id": "team-sec"}}
        for number in range(2, 6):
            unit.stores.tickets.put(ACME, a_ticket(number, **changes.get(number, {})))
            pair = ("ticket-1", "ticket-5") if number == 5 else (f"ticket-{number}", "ticket-1")
            ends = dict(zip(("ticket_id", "other_id"), pair, strict=True))
            unit.stores.planning.relate(ACME, Relation(id=str(number), type=RelationType.BLOCKS, at=NOW, **ends))
        unit.ask(shown)
        cards += [card.entries[0].detail for card in unit.chat.cards.values()]

    assert [True, False] == ["Blocked by ENG-2 · " in detail for detail in cards]
    assert "ENG-" not in cards[1]


def test_comment_and_move_share_one_card() -> None:
    """One editable card per thread, however many things were done."""
    comment, move = a_decision(), a_decision(action=MoveTicket(ticket_id="ticket-1", to=DONE))
    unit = ActUnit(comment, move)

    unit.ask(comment)
    unit.ask(move)

    [card] = unit.chat.cards.values()
    assert {"Commented on", "Moved to Done:"} == {entry.headline for entry in card.entries}
    assert DONE == unit.tracker.tickets["ticket-1"].state


def test_a_new_ticket_is_in_the_index_at_once() -> None:
    """The next conversation about it must find it before the tracker's webhook arrives."""
    decision = a_decision(action=CreateTicket(title="Coupon lost with PayPal", description="Seen twice today"))
    unit = ActUnit(decision)

    unit.ask(decision)

    assert ["Checkout drops the coupon", "Coupon lost with PayPal"] == sorted(
        ticket.title for ticket in unit.stores.tickets.all(ACME)
    )


def test_a_proposal_waits_for_a_person() -> None:
    """Only a card is shown; nothing is written into the tracker."""
    decision = a_decision(state=DecisionState.PROPOSED)
    unit = ActUnit(decision)

    unit.ask(decision)

    assert {} == unit.tracker.comments
    [card] = unit.chat.cards.values()
    assert [f"{decision.id}:{decision.revision}"] == [entry.awaits_answer for entry in card.entries]


def test_an_approval_is_carried_out_once_and_names_who_gave_it() -> None:
    """Two clicks are one approval."""
    decision = a_decision(state=DecisionState.PROPOSED)
    unit = ActUnit(decision)

    unit.ask(decision, answer="approve", answered_by="U0ADA")
    unit.ask(decision, answer="approve", answered_by="U0BOB")

    assert 1 == len(unit.tracker.comments["ticket-1"])
    assert "U0ADA" == unit.stores.decisions.get(ACME, decision.id).decided_by


def test_a_dismissal_is_final() -> None:
    """What a person said no to is not done, and a late approval changes nothing."""
    decision = a_decision(state=DecisionState.PROPOSED)
    unit = ActUnit(decision)

    unit.ask(decision, answer="dismiss", answered_by="U0ADA")
    unit.ask(decision, answer="approve", answered_by="U0BOB")

    assert {} == unit.tracker.comments
    assert DecisionState.DISMISSED == unit.stores.decisions.get(ACME, decision.id).state


def test_what_people_wrote_cannot_become_markup() -> None:
    """A comment carries words, never a link, mention or image of the writer's making."""
    decision = a_decision()
    hostile = "![x](https://evil.test/a.png) @everyone <b>now</b> [click](https://evil.test)"
    decision = decision.model_copy(update={"action": decision.action.model_copy(update={"summary": hostile})})
    unit = ActUnit(decision)

    unit.ask(decision)

    [comment] = unit.tracker.comments["ticket-1"].values()
    said = comment.split("\n\n")[0]
    assert "](" not in said.replace("\\]", "").replace("\\(", "(")
    assert "https://" not in said
    assert "\\@everyone" in said


def test_an_answer_to_what_is_no_longer_asked_is_void() -> None:
    """Whoever pressed the button saw something else; the card is brought up to date and asks again."""
    asked = a_decision(state=DecisionState.PROPOSED)
    unit = ActUnit(asked)
    unit.ask(asked)
    later = {"action": a_comment(summary="Something else."), "revision": "digest-2", "as_of": NOW + timedelta(hours=1)}
    unit.stores.decisions.save(asked.model_copy(update=later))

    unit.ask(asked, answer="approve", answered_by="U0ADA", revision=asked.revision)

    assert {} == unit.tracker.comments
    [card] = unit.chat.cards.values()
    assert [f"{asked.id}:digest-2"] == [entry.awaits_answer for entry in card.entries]


def test_only_the_tenants_own_people_can_answer() -> None:
    """A guest of another company who sees the card cannot approve; an operator can."""
    decision = a_decision(state=DecisionState.PROPOSED)
    unit = ActUnit(decision)

    unit.ask(decision, answer="approve", answered_by="U0STRANGER")
    assert {} == unit.tracker.comments
    unit.ask(decision, answer="approve", answered_by="pm:root")

    assert 1 == len(unit.tracker.comments["ticket-1"])


def test_a_question_that_was_withdrawn_loses_its_buttons() -> None:
    """The card says that there is nothing to do any more, instead of asking for ever."""
    decision = a_decision(state=DecisionState.PROPOSED)
    unit = ActUnit(decision)
    unit.ask(decision)
    withdrawn = decision.model_copy(update={"state": DecisionState.DISMISSED})
    unit.stores.decisions.replace(withdrawn, before=decision)

    unit.ask(decision)

    [card] = unit.chat.cards.values()
    assert () == card.entries


def test_a_card_that_was_removed_comes_back_only_to_ask() -> None:
    """Somebody deleted it: what was done needs no new card, a new question does."""
    first = a_decision()
    second = a_decision(action=MoveTicket(ticket_id="ticket-1", to=DONE), state=DecisionState.PROPOSED)
    unit = ActUnit(first)
    unit.ask(first)
    unit.chat.cards.clear()

    unit.ask(first)
    assert {} == unit.chat.cards
    unit.stores.decisions.save(second)
    unit.ask(second)

    assert 1 == len(unit.chat.cards)


def test_a_ticket_that_was_there_already_is_not_said_to_have_moved() -> None:
    """Somebody else was faster; the card states what is so."""
    decision = a_decision(action=MoveTicket(ticket_id="ticket-1", to=DONE))
    unit = ActUnit(decision)
    unit.tracker.move("ticket-1", DONE)

    unit.ask(decision)

    [card] = unit.chat.cards.values()
    assert ["Was at Done or further already:"] == [entry.headline for entry in card.entries]


@pytest.mark.parametrize("who", ["account:7f", "key:k1"])
def test_an_answer_by_the_api_counts_like_a_persons(who: str) -> None:
    """Whoever may call it with that scope may answer; the log names who did."""
    decision = a_decision(state=DecisionState.PROPOSED)
    unit = ActUnit(decision)

    unit.ask(decision, answer="approve", answered_by=who, revision=decision.revision)

    assert 1 == len(unit.tracker.comments["ticket-1"])
    assert who == unit.stores.decisions.get(ACME, decision.id).decided_by


def test_the_reason_of_a_dismissal_is_kept() -> None:
    """In the person's own words."""
    decision = a_decision(state=DecisionState.PROPOSED)
    unit = ActUnit(decision)

    unit.ask(decision, answer="dismiss", answered_by="account:7f", remark="We talked about another shop")

    assert "We talked about another shop" == unit.stores.decisions.get(ACME, decision.id).remark


ACTIONS = [a_comment(), MoveTicket(ticket_id="ticket-1", to=DONE), CreateTicket(title="Coupon lost", description="")]


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.kind)
def test_what_was_done_can_be_taken_back(action: Any) -> None:
    """The tracker is as it was, the log says who wanted it, and the card says so."""
    decision = a_decision(action=action)
    unit = ActUnit(decision)
    before = dict(unit.tracker.tickets)
    unit.ask(decision)

    later = datetime.fromtimestamp(FIRST_TS + 60, UTC)
    undone = unit.ask(decision, now=later, answer="undo", answered_by="account:7f")

    assert (DecisionState.UNDONE, "account:7f", None) == (undone.state, undone.decided_by, undone.error)
    assert {id: ticket.state for id, ticket in before.items()} == {
        id: ticket.state for id, ticket in unit.tracker.tickets.items()
    }
    assert {} == {id: comments for id, comments in unit.tracker.comments.items() if comments}
    assert ["ticket-1"] == [ticket.id for ticket in unit.stores.tickets.all(ACME)]
    [card] = unit.chat.cards.values()
    assert [True] == [entry.headline.startswith("Taken back.") for entry in card.entries]


def test_taking_back_twice_takes_back_once() -> None:
    """The second request finds it undone."""
    decision = a_decision()
    unit = ActUnit(decision)
    unit.ask(decision)

    for _ in range(2):
        assert DecisionState.UNDONE == unit.ask(decision, answer="undo", answered_by="account:7f").state


def test_a_lost_answer_to_taking_back_is_made_up_for() -> None:
    """What is gone already counts as taken back."""
    decision = a_decision()
    unit = ActUnit(decision)
    unit.ask(decision)
    unit.tracker.lose_next_answer()

    with pytest.raises(UpstreamUnavailable):
        unit.ask(decision, answer="undo", answered_by="account:7f")

    assert DecisionState.UNDONE == unit.ask(decision, answer="undo", answered_by="account:7f").state


def test_what_people_have_gone_on_with_stays_and_the_log_says_why() -> None:
    """Their change is the later word."""
    decision = a_decision(action=MoveTicket(ticket_id="ticket-1", to=DOING))
    unit = ActUnit(decision)
    unit.ask(decision)
    unit.tracker.move("ticket-1", DONE)

    kept = unit.ask(decision, answer="undo", answered_by="account:7f")

    assert (DecisionState.DONE, DONE) == (kept.state, unit.tracker.tickets["ticket-1"].state)
    assert kept.error is not None
    assert "people have changed it" in kept.error
    assert unit.now() == kept.updated_at


def test_a_refusal_to_take_back_is_logged() -> None:
    """It stays done; asking again tries again."""
    decision = a_decision()
    unit = ActUnit(decision)
    unit.ask(decision)
    unit.tracker.fail_next(UpstreamRejected("issue is locked"))

    kept = unit.ask(decision, answer="undo", answered_by="account:7f")
    assert (DecisionState.DONE, "issue is locked") == (kept.state, kept.error)

    assert DecisionState.UNDONE == unit.ask(decision, answer="undo", answered_by="account:7f").state


def test_strangers_take_nothing_back() -> None:
    """Only whoever may answer."""
    decision = a_decision()
    unit = ActUnit(decision)
    unit.ask(decision)

    assert DecisionState.DONE == unit.ask(decision, answer="undo", answered_by="U0STRANGER").state


def test_what_was_taken_back_stays_so_whatever_is_said_later() -> None:
    """Like a dismissal: the same thing is neither done nor asked again."""
    decision = a_decision()
    unit = ActUnit(decision)
    unit.ask(decision)
    unit.ask(decision, answer="undo", answered_by="account:7f")

    later = {"revision": "digest-2", "as_of": NOW + timedelta(hours=1), "action": a_comment(summary="Again.")}
    assert DecisionState.UNDONE == unit.stores.decisions.save(decision.model_copy(update=later)).state
    unit.ask(decision)

    assert {} == unit.tracker.comments["ticket-1"]


def test_a_move_that_found_its_work_done_has_nothing_to_take_back() -> None:
    """It was not ours to begin with."""
    decision = a_decision(action=MoveTicket(ticket_id="ticket-1", to=DONE))
    unit = ActUnit(decision)
    unit.tracker.move("ticket-1", DONE)
    unit.ask(decision)

    assert DecisionState.DONE == unit.ask(decision, answer="undo", answered_by="account:7f").state
    assert DONE == unit.tracker.tickets["ticket-1"].state


def test_in_quiet_hours_things_are_done_and_nobody_is_told_before_they_are_over() -> None:
    """The card waits on the queue until then."""
    decision = a_decision()
    unit = ActUnit(decision)
    unit.quiet("22:00", "10:00", "Europe/Berlin")
    night, morning = (datetime(2026, 11, 20, hour, 45, tzinfo=UTC) for hour in (1, 8))

    done = unit.ask(decision, now=night)

    assert (DecisionState.DONE, {}) == (done.state, unit.chat.cards)
    assert 1 == len(unit.tracker.comments["ticket-1"])
    waits = [unit.queues.actions.puts[0].delay_seconds]
    unit.handle(unit.postponed, morning)
    waits.append(unit.queues.actions.puts[1].delay_seconds)
    assert [26_100, 900] == waits
    assert {} == unit.chat.cards

    unit.handle(unit.postponed, morning + timedelta(minutes=15))

    assert 1 == len(unit.chat.cards)
    assert 2 == len(unit.queues.actions.puts)


def test_in_quiet_hours_nobody_is_asked_and_a_late_card_asks_what_then_stands() -> None:
    """What was answered meanwhile is not asked any more."""
    decision = a_decision(state=DecisionState.PROPOSED)
    unit = ActUnit(decision)
    unit.quiet("00:00", "23:59")
    unit.ask(decision)
    assert {} == unit.chat.cards

    unit.ask(decision, answer="dismiss", answered_by="U0ADA")

    [card] = unit.chat.cards.values()
    assert [None] == [entry.awaits_answer for entry in card.entries]


def test_a_card_that_waited_repeats_nothing_in_the_tracker() -> None:
    """What was refused for good is shown in the morning, not tried again all night."""
    decision = a_decision()
    unit = ActUnit(decision)
    unit.quiet("00:00", "23:59")
    unit.tracker.fail_next(UpstreamRejected("issue is locked"))
    unit.ask(decision)

    shown = unit.handle(unit.postponed, NOW.replace(hour=23, minute=59))

    assert DecisionState.FAILED == shown.state
    assert {} == unit.tracker.comments
    [card] = unit.chat.cards.values()
    assert ["Could not be done. Comment on"] == [entry.headline for entry in card.entries]


def test_a_tenant_without_a_chat_has_its_tracker_kept_all_the_same() -> None:
    """One vendor's absence does not block another's effect: the comment is written, only the card is missing."""
    decision = a_decision()
    unit = ActUnit(decision)
    unit.failing["chat"] = NotConnected("no chat")

    assert DecisionState.DONE == unit.ask(decision).state
    assert 1 == len(unit.tracker.comments["ticket-1"])


def test_a_chat_that_no_longer_lets_us_in_costs_nothing_but_the_card() -> None:
    """The connection is marked as broken; what was done stays done, and the log says why no card says so."""
    decision = a_decision()
    unit = ActUnit(decision)
    unit.failing["chat"] = AccessRevoked("revoked", provider=Provider.SLACK)

    done = unit.ask(decision)

    assert (DecisionState.DONE, "revoked") == (done.state, done.not_shown)


APP = ENG.model_copy(update={"id": "team-app", "key": "APP", "name": "Apps"})
NEW = CreateTicket(title="Coupon lost with PayPal", description="Seen twice today")


@pytest.mark.parametrize(("chosen", "home"), [(None, APP.id), (ENG.id, ENG.id), (APP.id, APP.id)])
def test_a_new_ticket_goes_to_the_team_that_the_tenant_chose(chosen: str | None, home: str) -> None:
    """Else to the first by its key, in whatever order the tracker lists them."""
    decision = a_decision(action=NEW)
    unit = ActUnit(decision)
    unit.tracker = FakeTracker(teams=[ENG, APP])
    unit.stores.directory.put_teams(ACME, [ENG, APP])
    unit.stores.tenants.put(a_tenant(settings=TRUSTING.model_copy(update={"home_team_id": chosen})))

    unit.ask(decision)

    assert [home] == [ticket.team_id for ticket in unit.tracker.tickets.values()]


def test_the_chosen_team_need_not_be_in_the_directory() -> None:
    """It may have been made since the last sync."""
    decision = a_decision(action=NEW)
    unit = ActUnit(decision)
    unit.stores.directory = FakeDirectory()
    unit.stores.tenants.put(a_tenant(settings=TRUSTING.model_copy(update={"home_team_id": ENG.id})))

    assert DecisionState.DONE == unit.ask(decision).state


def test_without_any_team_it_is_said_that_there_is_none() -> None:
    """Nothing is created, and the card says why; once there is a team, a person may have it tried again."""
    decision = a_decision(action=NEW)
    unit = ActUnit(decision)
    unit.stores.directory = FakeDirectory()

    failed = unit.ask(decision)

    reason = "the tenant has no tracker team to create tickets in"
    assert (DecisionState.FAILED, reason) == (failed.state, failed.error)
    assert ["ticket-1"] == list(unit.tracker.tickets)
    [card] = unit.chat.cards.values()
    assert [("retry",)] == [entry.answers for entry in card.entries if entry.detail.startswith(reason)]


class InterruptedTracker(FakeTracker):
    """A tracker in which something else goes on while it writes a comment."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__(tickets=[a_ticket(1)], teams=[ENG])
        self.meanwhile = meanwhile

    def comment(self, ticket_id: str, *, id: str, body: str) -> Outcome:
        """Write a comment, in a while."""
        self.meanwhile()
        return super().comment(ticket_id, id=id, body=body)


def test_a_subject_is_held_for_as_long_as_somebody_may_work_on_it() -> None:
    """The function may run for a minute; until then nobody else begins, and then nobody has to wait."""
    decision = a_decision()
    unit = ActUnit(decision)
    refused: list[str] = []

    def meanwhile() -> None:
        with pytest.raises(Conflict) as conflict:
            unit.ask(decision, now=NOW + timedelta(minutes=3))
        refused.append(str(conflict.value))

    unit.tracker = InterruptedTracker(meanwhile)

    assert DecisionState.DONE == unit.ask(decision, now=NOW + timedelta(minutes=2)).state
    assert 1 == len(refused)
    assert DecisionState.DONE == unit.ask(decision, now=NOW + timedelta(minutes=2)).state


@pytest.mark.parametrize(
    ("before", "answer", "after"),
    [
        (DecisionState.QUEUED, None, DecisionState.DONE),
        (DecisionState.PROPOSED, "approve", DecisionState.DONE),
        (DecisionState.PROPOSED, "dismiss", DecisionState.DISMISSED),
        (DecisionState.DONE, "undo", DecisionState.UNDONE),
    ],
)
def test_every_step_is_stamped_with_when_it_was_taken(
    before: DecisionState, answer: str | None, after: DecisionState
) -> None:
    """What was wrong before is no longer said."""
    inverse = '{"operation": "commentDelete", "variables": {"id": "c-1"}}'
    outcome = Outcome(external_id="c-1", url="https://linear.app/c-1", inverse=inverse)
    decision = a_decision(state=before, outcome=outcome)
    unit = ActUnit(decision)
    later = NOW + timedelta(hours=3)

    unit.ask(decision, now=later, **({"answer": answer, "answered_by": "U0ADA"} if answer else {}))

    taken = unit.stores.decisions.get(ACME, decision.id)
    assert (after, later) == (taken.state, taken.updated_at)


@pytest.mark.parametrize("answer", [{}, {"answer": "undo", "answered_by": "U0ADA"}], ids=["done", "taken back"])
def test_what_was_refused_once_and_then_went_well_has_no_error(answer: dict[str, str]) -> None:
    """The log says what is so."""
    decision, now = a_decision(), NOW + timedelta(minutes=2)
    unit = ActUnit(decision)
    if answer:
        unit.ask(decision)
    unit.tracker.fail_next(UpstreamRejected("issue is locked"))
    refused = unit.ask(decision, now=now, **answer)
    assert ("issue is locked", now) == (refused.error, refused.updated_at)

    again = answer or {"answer": "retry", "answered_by": "account:7f"}
    assert unit.ask(decision, now=now, **again).error is None


def test_who_gives_no_answer_has_answered_nothing() -> None:
    """Being named is not enough."""
    decision = a_decision(state=DecisionState.PROPOSED)
    unit = ActUnit(decision)

    assert DecisionState.PROPOSED == unit.ask(decision, answered_by="U0ADA").state


def test_the_last_second_of_quiet_hours_is_quiet() -> None:
    """The card waits for it to be over, in its tenant's own group."""
    decision = a_decision()
    unit = ActUnit(decision)
    unit.quiet("22:00", "10:00")
    end = datetime(2026, 11, 20, 10, tzinfo=UTC)

    unit.ask(decision, now=end - timedelta(seconds=1))
    later = ActionRequest(tenant_id=ACME, decision_id=decision.id, only_show=True)
    assert {} == unit.chat.cards
    assert [(later, ACME, 1)] == unit.queues.actions.puts

    unit.handle(later, end)
    assert 1 == len(unit.chat.cards)
    assert 1 == len(unit.queues.actions.puts)


def test_a_lost_answer_does_not_double_a_new_ticket() -> None:
    """Its id is ours, and no other decision's."""
    decision = a_decision(action=NEW)
    unit = ActUnit(decision)
    unit.tracker.lose_next_answer()

    with pytest.raises(UpstreamUnavailable):
        unit.ask(decision)
    unit.ask(decision)

    assert {"ticket-1", external_id(decision.id, "ticket")} == unit.tracker.tickets.keys()


def test_the_card_stands_in_the_thread_it_is_about() -> None:
    """One that was lost between posting and noting is looked for there; one that is known is not posted again."""
    decision = a_decision()
    unit = ActUnit(decision)

    for _ in range(2):
        unit.ask(decision)

    assert [decision.subject.root_ts] == list(unit.chat.threads.values())
    assert [decision.subject.channel] == [channel for channel, _ in unit.chat.threads]


def test_a_card_that_is_there_is_brought_up_to_date_and_not_posted_again() -> None:
    """Looking for it in the thread costs a call and finds nothing once the thread is long."""
    decision = a_decision()
    unit = ActUnit(decision)
    unit.ask(decision)
    unit.chat.threads.clear()  # nothing that is looked for is found

    unit.ask(decision)

    assert {} == unit.chat.threads
    assert 1 == len(unit.chat.cards)
