"""A card names every ticket that it asks about, and what shows that it is over, to those who may read it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.actions import Action, CreateTicket
from pm_assistant.domain.answers import Subject
from pm_assistant.domain.decisions import NOTHING_TO_UNDO, QUESTION_LASTS, Decision, DecisionState, Outcome
from pm_assistant.domain.drafts import Suggestion
from pm_assistant.domain.reports import Card, CardEntry
from pm_assistant.domain.work import Ticket
from pm_assistant.integrations.slack.blocks import card_blocks
from pm_assistant.presentation import i18n
from pm_assistant.presentation.cards import Deciding, card_of
from tests.builders import NOW, a_comment, a_decision, a_ticket, a_tree
from tests.contracts.vendor_contracts import block_flaws, needs_contracts
from tests.integrations.slack.test_blocks import texts_in

ENGLISH = i18n.texts_in(None)
TICKETS = {ticket.id: ticket for ticket in (a_ticket(1), a_ticket(2, title="The basket"), a_ticket(9))}


def asked(**changes: Any) -> Decision:
    """The question whether a ticket is to be closed with the one below it."""
    return a_decision(action=a_tree(1, 2), state=DecisionState.PROPOSED, reason="All is over", **changes)


def lines(card: Card) -> list[tuple[str, str, str]]:
    """What each entry says."""
    return [(entry.headline, entry.link_text, entry.detail) for entry in card.entries]


def test_each_ticket_of_a_tree_is_named_with_what_shows_it() -> None:
    """Below the one question that is asked about all of them."""
    card = card_of([asked()], TICKETS, ENGLISH)
    assert [
        (
            "Shall I? Close, with 1 below it:",
            "ENG-1 Checkout drops the coupon",
            "90% sure: All is over",
        ),
        ("Done:", "ENG-2 The basket", "Because of ENG-9"),
        ("Done:", "ENG-1 Checkout drops the coupon", "Because of ENG-2"),
    ] == lines(card)
    assert [True, False, False] == [entry.awaits_answer is not None for entry in card.entries]


def test_what_shows_it_is_named_as_far_as_there_is_room() -> None:
    """And the rest counted; with them what is not known any more."""
    tree = a_tree(1)
    closing = tree.closings[0].model_copy(update={"because": tuple(f"ticket-{number}" for number in range(10, 20))})
    action = tree.model_copy(update={"closings": (closing,)})
    tickets = {f"ticket-{number}": a_ticket(number) for number in range(10, 18)}
    decision = a_decision(action=action, state=DecisionState.PROPOSED)
    assert [
        ("Done:", "a ticket of a private team", "Because of ENG-10, ENG-11, ENG-12, ENG-13, ENG-14 and 5 more")
    ] == lines(card_of([decision], tickets, ENGLISH))[1:]


def test_a_tree_of_which_somebody_may_not_read_a_ticket_gives_no_reason() -> None:
    """The reason may bear its words; nor does what others read outside."""
    hidden = card_of(
        [asked()], {id: TICKETS[id] for id in ("ticket-1", "ticket-9")}, ENGLISH, withheld=frozenset({"ticket-2"})
    )
    assert [("a ticket of a private team", "90% sure"), ("a ticket of a private team", "Because of ENG-9")] == [
        (text, detail) for _, text, detail in lines(hidden)
    ][:2]
    outside = card_of([asked(outside=True)], TICKETS, ENGLISH)
    assert [("Shall I? Close, with 1 below it:", "a ticket of the team's", "90% sure")] == lines(outside)


def test_what_stays_of_what_was_taken_back_is_said() -> None:
    """Once some of it was put back."""
    part = Outcome(external_id="ticket-2", url="", inverse='{"operation": "issueUpdate"}')
    whole = Outcome(external_id="ticket-1", url="", inverse=NOTHING_TO_UNDO, parts=(part,))
    undone = asked(outcome=whole, performed="digest-1").model_copy(
        update={"state": DecisionState.UNDONE, "error": "ENG-1 stays"}
    )
    headline, _, detail = lines(card_of([undone], TICKETS, ENGLISH))[0]
    assert ("Taken back. Closed, with 1 below it:", True) == (headline, detail.startswith("ENG-1 stays · "))


def test_a_tree_that_is_open_again_is_asked_to_be_put_back() -> None:
    """Nobody has said anything: a ticket below was opened."""
    part = Outcome(external_id="ticket-2", url="", inverse='{"operation": "issueUpdate"}')
    whole = Outcome(external_id="ticket-1", url="", inverse=NOTHING_TO_UNDO, parts=(part,))
    change = {"state": DecisionState.DONE, "undo_proposed": True, "subject": Subject.below("ticket-1")}
    decision = asked(outcome=whole, performed="digest-1").model_copy(update=change)
    headline, _, _ = lines(card_of([decision], TICKETS, ENGLISH))[0]
    assert "It is not over any more. Shall I take it back? Closed, with 1 below it:" == headline


@needs_contracts
def test_the_largest_tree_fits_into_a_message_of_the_chat() -> None:
    """With all its tickets."""
    numbers = list(range(1, 21))
    tickets = {f"ticket-{number}": a_ticket(number) for number in numbers}
    action = a_tree(*numbers)
    blocks = card_blocks(card_of([a_decision(action=action, state=DecisionState.PROPOSED)], tickets, ENGLISH))
    assert [] == block_flaws(blocks)
    assert all(any(f"ENG-{number} " in text for text in texts_in(blocks)) for number in numbers)


NEW = CreateTicket(title="Basket forgets coupons", description="First line.\nSecond line.", priority=2)
ADA = Deciding(names={"U0ADA": "Ada"}, home_team="Engineering", at=NOW + timedelta(days=1))


def entry_of(decision: Decision, tickets: Mapping[str, Ticket] = TICKETS, **known: Any) -> CardEntry:
    """The one entry of a card about one decision."""
    [entry] = card_of([decision], tickets, ENGLISH, deciding=ADA, **known).entries
    return entry


@pytest.mark.parametrize("action", [NEW, a_comment(summary="It happens with PayPal, too.")])
def test_what_is_to_be_written_is_read_before_yes_is_said_to_it(action: Action) -> None:
    """All of it, word for word; once it is written, the tracker shows it."""
    asked_for = a_decision(action=action, state=DecisionState.PROPOSED)
    assert action.words == entry_of(asked_for).text
    failed = a_decision(action=action, state=DecisionState.FAILED)
    assert action.words == entry_of(failed).text
    assert "" == entry_of(done(action)).text


def test_a_new_ticket_is_asked_about_with_all_that_was_filled_in() -> None:
    """And why somebody is to have it: that is what people say yes to."""

    def suggested(name: str) -> Suggestion:
        return Suggestion(id=name, name=name, because="who said: on it")

    fields = {"team": suggested("Operations"), "parent": suggested("ENG-7"), "labels": (suggested("Bug"),)}
    fields |= {"regression_of": suggested("ENG-3")}
    action = NEW.model_copy(update={**fields, "suggested_assignee": suggested("Bob")})

    [entry] = card_of([a_decision(action=action, state=DecisionState.PROPOSED)], {}, ENGLISH, deciding=ADA).entries

    told = "In Operations, below ENG-7, regression of ENG-3, priority high, label Bug, for Bob, who said: on it"
    assert told == entry.detail.partition(" · ")[0]


def test_a_new_ticket_is_asked_about_with_its_team_and_priority() -> None:
    """Beside title and description."""
    entry = entry_of(a_decision(action=NEW, state=DecisionState.PROPOSED))
    assert "In Engineering, priority high · 90% sure: both speak of coupon and checkout" == entry.detail


def test_words_are_shown_to_nobody_who_may_not_read_what_they_are_about() -> None:
    """Neither where a ticket is private, nor where other companies read."""
    decision = a_decision(state=DecisionState.PROPOSED)
    for entry in (
        entry_of(decision, withheld=frozenset({"ticket-1"})),
        entry_of(decision.model_copy(update={"outside": True})),
    ):
        assert ("", "90% sure") == (entry.text, entry.detail)


def done(action: Action | None = None, **changes: Any) -> Decision:
    """What was done on somebody's word."""
    outcome = Outcome(external_id="ticket-9", url="", inverse='{"operation": "x"}')
    made: dict[str, Any] = {"outcome": outcome, "performed": "digest-1", "decided_by": "U0ADA"}
    return a_decision(action=action, **{"state": DecisionState.DONE, **made, **changes})


def test_it_is_said_who_decided() -> None:
    """By name, as long as that answer stands; to the team alone."""
    assert "Decided by Ada · 90% sure: both speak of coupon and checkout" == entry_of(done()).detail
    assert "Decided by" not in entry_of(done(state=DecisionState.PROPOSED)).detail
    assert "Decided by" not in entry_of(done(outside=True)).detail


def test_a_new_ticket_goes_by_its_key_from_when_it_has_one() -> None:
    """Until it is taken back."""
    assert "ENG-9 Basket forgets coupons" == entry_of(done(NEW)).link_text
    assert "Basket forgets coupons" == entry_of(done(NEW, state=DecisionState.UNDONE)).link_text
    assert "a ticket of a private team" == entry_of(done(NEW), withheld=frozenset({"ticket-9"})).link_text


def test_what_was_done_lately_is_one_press_from_being_taken_back() -> None:
    """For a week; what has left nothing, or is asked about, also in vain, is not."""
    decision = done()
    assert f"{decision.id}:digest-1" == entry_of(decision).undoes
    assert entry_of(done(state=DecisionState.FAILED)).undoes
    nothing = Outcome(external_id="ticket-9", url="", inverse=NOTHING_TO_UNDO)
    for other in (
        done(updated_at=NOW - timedelta(days=6)),
        done(outcome=nothing),
        done(undo_proposed=True),
        done(undo_proposed=True, updated_at=NOW - QUESTION_LASTS).unanswered(at=NOW),
        done(state=DecisionState.UNDONE),
    ):
        assert entry_of(other).undoes is None
