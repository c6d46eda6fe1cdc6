"""Answers with words of their own: what is edited is written so, and what is about another ticket is done there."""

from typing import Any

import pytest

from pm_assistant.domain.actions import CreateTicket, LinkPullRequest, MoveTicket
from pm_assistant.domain.answers import Edited
from pm_assistant.domain.decisions import Decision, DecisionState, decision_id, reconcile_with_log
from pm_assistant.domain.drafts import Quote
from pm_assistant.domain.editing import edited_action
from pm_assistant.domain.links import LinkKind
from pm_assistant.workflows.tenants.erasing import Person, _empty_remarks
from tests.builders import ACME, DOING, DONE, ENG, NOW, TODO, a_comment, a_decision, a_member, a_ticket
from tests.workflows.pipeline.test_act import ActUnit

NEW = CreateTicket(title="Coupon vanishes", description="Since Monday.", priority=3)
ADA: dict[str, Any] = {"answered_by": "U0ADA", "revision": "digest-1"}


def proposed(action: Any = None, **changes: Any) -> Decision:
    """What a person is asked about."""
    return a_decision(action=action, **{"state": DecisionState.PROPOSED, **changes})


def unit_with(*decisions: Decision) -> ActUnit:
    """A unit whose team has a second ticket, and one of a private team."""
    unit = ActUnit(*decisions)
    secret = ENG.model_copy(update={"id": "team-hr", "key": "HR", "private": True})
    unit.stores.directory.put_teams(ACME, [ENG, secret])
    for ticket in (a_ticket(2), a_ticket(3, key="HR-3", team_id="team-hr")):
        unit.stores.tickets.put(ACME, ticket)
        unit.tracker.tickets[ticket.id] = ticket
    return unit


def whispers(unit: ActUnit) -> list[str]:
    """What whoever pressed was told."""
    return [text for *_, text in unit.chat.whispers]


def test_what_somebody_has_worded_is_written_so() -> None:
    """The log says that it is that person's, and how it was answered."""
    decision = proposed()
    unit = unit_with(decision)

    done = unit.ask(decision, answer="edit", edited={"text": "In *my* own words."}, **ADA)

    [comment] = unit.tracker.comments["ticket-1"].values()
    assert "In \\*my\\* own words." in comment
    assert (DecisionState.DONE, "U0ADA", "edit", "In *my* own words.") == (
        done.state,
        done.decided_by,
        done.answered_how,
        done.action.words,
    )


def test_a_new_ticket_is_made_as_somebody_has_worded_it() -> None:
    """What is not worded stays as it was proposed."""
    decision = proposed(NEW)
    unit = unit_with(decision)

    unit.ask(decision, answer="edit", edited={"title": "Basket forgets", "priority": 1}, **ADA)

    [made] = [ticket for ticket in unit.tracker.tickets.values() if ticket.title == "Basket forgets"]
    assert 1 == made.priority
    assert made.description.startswith("Since Monday.")


def test_what_is_quoted_stays_and_a_priority_of_ones_own_has_no_reason_of_others() -> None:
    """Quotes are others' words."""
    quoted = NEW.model_copy(
        update={"quotes": (Quote(author="Bob", text="It is gone!"),), "priority_because": "Nobody can pay!"}
    )

    without = {"description": "", "priority": 4, "priority_because": ""}
    assert quoted.model_copy(update=without) == edited_action(quoted, Edited(text="", priority=4))
    assert quoted == edited_action(quoted, Edited(priority=3))


@pytest.mark.parametrize("edited", [{"text": "  "}, {"title": "A comment has none"}, {"priority": 1}])
def test_what_cannot_be_worded_so_is_not_done(edited: dict[str, Any]) -> None:
    """It is asked still, and whoever answered is told why."""
    decision = proposed()
    unit = unit_with(decision)

    assert DecisionState.PROPOSED is unit.ask(decision, answer="edit", edited=edited, **ADA).state
    assert 1 == len(whispers(unit))


def test_what_a_person_has_worded_stays_whatever_is_said_later() -> None:
    """Before it is written, and after: nobody is asked to write over it."""
    decision = proposed()
    edited = decision.edited("U0ADA", a_comment(summary="Mine"), at=NOW)
    later = proposed(a_comment(summary="Theirs"), revision="digest-2")

    assert edited == reconcile_with_log(edited, later)
    done = unit_with(decision).ask(decision, answer="edit", edited={"text": "Mine"}, **ADA)
    assert ("Mine", DecisionState.DONE) == (
        reconcile_with_log(done, later).action.words,
        reconcile_with_log(done, later).state,
    )


def test_the_same_is_done_on_the_ticket_that_a_person_means() -> None:
    """The one that was proposed is dismissed for it, and both stand in the log and on the card."""
    decision = proposed()
    unit = unit_with(decision)

    wrong = unit.ask(decision, answer="relink", ticket="eng-2", **ADA)

    assert (DecisionState.DISMISSED, "other ticket: ENG-2", "relink") == (wrong.state, wrong.remark, wrong.answered_how)
    right = unit.stores.decisions.get(ACME, decision_id(ACME, decision.subject, a_comment(ticket_id="ticket-2")))
    assert (DecisionState.DONE, "U0ADA", "Ada says that it is about this ticket.") == (
        right.state,
        right.decided_by,
        right.reason,
    )
    assert 1 == len(unit.tracker.comments["ticket-2"])
    assert "ticket-1" not in unit.tracker.comments
    [card] = unit.chat.cards.values()
    assert {"Dismissed. Comment on", "Commented on"} == {entry.headline for entry in card.entries}


def test_what_was_said_among_few_stays_among_them_on_the_ticket_that_a_person_means() -> None:
    """Whatever is done, shown or asked of it from then on goes by that."""
    decision = proposed(private=True, outside=True)
    unit = unit_with(decision)

    unit.ask(decision, answer="relink", ticket="ENG-2", **ADA)

    right = unit.stores.decisions.get(ACME, decision_id(ACME, decision.subject, a_comment(ticket_id="ticket-2")))
    assert (True, True) == (right.private, right.outside)


def test_a_new_ticket_becomes_a_comment_on_the_one_that_there_is() -> None:
    """With its text."""
    decision = proposed(NEW)
    unit = unit_with(decision)
    unit.ask(decision, answer="relink", ticket="ENG-2", **ADA)
    [comment] = unit.tracker.comments["ticket-2"].values()
    assert comment.startswith("Since Monday.")


def test_another_ticket_is_moved_as_far_as_its_own_team_has_it() -> None:
    """And not where that is no step forwards."""
    decision = proposed(MoveTicket(ticket_id="ticket-1", to=DOING))
    unit = unit_with(decision)
    unit.tracker.tickets["ticket-2"] = a_ticket(2, state=TODO)
    unit.stores.tickets.put(ACME, unit.tracker.tickets["ticket-2"])
    unit.ask(decision, answer="relink", ticket="ENG-2", **ADA)
    assert DOING.id == unit.tracker.tickets["ticket-2"].state.id

    over = proposed(MoveTicket(ticket_id="ticket-1", to=DOING))
    unit = unit_with(over)
    unit.stores.tickets.put(ACME, a_ticket(2, state=DONE, updated_at=NOW))
    assert DecisionState.PROPOSED is unit.ask(over, answer="relink", ticket="ENG-2", **ADA).state
    assert 1 == len(whispers(unit))


def test_a_pull_request_is_linked_with_the_ticket_that_is_meant() -> None:
    """It is the same question, answered otherwise."""
    link = LinkPullRequest(pull_request_id="p-1", name="acme/shop#1", ticket_id="ticket-1", link=LinkKind.CONTRIBUTES)
    decision = proposed(link)
    after = unit_with(decision).ask(decision, answer="relink", ticket="ENG-2", **ADA)
    assert ("ticket-2", "relink") == (after.action.about_ticket, after.answered_how)


@pytest.mark.parametrize(
    ("ticket", "why"),
    [
        ("ENG-77", "ENG-77 is no ticket that I know"),
        ("HR-3", "HR-3 is no ticket that I know"),
        ("ENG-1", "ENG-1 is the ticket that it is about"),
        ("", "say which ticket, by its key"),
    ],
)
def test_a_ticket_that_there_is_not_or_not_for_everybody_is_refused(ticket: str, why: str) -> None:
    """A private team's is as good as none, whoever names it."""
    decision = proposed()
    unit = unit_with(decision)

    assert DecisionState.PROPOSED is unit.ask(decision, answer="relink", ticket=ticket, **ADA).state
    assert [f"Nothing was done: {why}."] == whispers(unit)


def test_to_name_another_ticket_twice_does_it_once() -> None:
    """Nor does it do again what has been done there."""
    decision = proposed()
    unit = unit_with(decision)
    for _ in range(2):
        unit.ask(decision, answer="relink", ticket="ENG-2", **ADA)
    assert 1 == len(unit.tracker.comments["ticket-2"])
    assert [] == whispers(unit)

    other = proposed(a_comment(ticket_id="ticket-2"), state=DecisionState.DONE, performed="digest-0")
    unit = unit_with(decision, other)
    unit.ask(decision, answer="relink", ticket="ENG-2", **ADA)
    assert {} == unit.tracker.comments


def test_what_was_not_asked_about_the_other_ticket_or_refused_there_is_done_now() -> None:
    """A person says so."""
    decision = proposed()
    other = proposed(a_comment(ticket_id="ticket-2"), state=DecisionState.DISMISSED, decided_by="U0BOB")
    unit = unit_with(decision, other)
    unit.ask(decision, answer="relink", ticket="ENG-2", **ADA)
    assert 1 == len(unit.tracker.comments["ticket-2"])


@pytest.mark.parametrize(
    ("decision", "answer", "why"),
    [
        (proposed(revision="digest-2"), "approve", "it has changed since you saw it, so look at it again"),
        (proposed(state=DecisionState.DISMISSED, decided_by="U0BOB"), "edit", "somebody has answered it already"),
        (proposed(state=DecisionState.DISMISSED), "relink", "nobody is asked about it any more"),
    ],
)
def test_an_answer_to_what_is_not_asked_is_refused_with_words(decision: Decision, answer: str, why: str) -> None:
    """Whoever pressed sees why nothing happens."""
    unit = unit_with(decision)
    assert decision.state is unit.ask(decision, answer=answer, edited={"text": "x"}, ticket="ENG-2", **ADA).state
    assert [f"Nothing was done: {why}."] == whispers(unit)


def test_to_answer_the_same_twice_is_no_mistake() -> None:
    """A press that comes twice is one."""
    decision = proposed()
    unit = unit_with(decision)
    for _ in range(2):
        unit.ask(decision, answer="edit", edited={"text": "Mine"}, **ADA)
    assert 1 == len(unit.tracker.comments["ticket-1"])
    assert [] == whispers(unit)


def test_only_who_may_answer_may_edit_or_name_another_ticket() -> None:
    """As with every other answer."""
    decision = proposed()
    unit = unit_with(decision)
    unit.chat.people = []
    answers: list[dict[str, Any]] = [
        {"answer": "edit", "edited": {"text": "x"}},
        {"answer": "relink", "ticket": "ENG-2"},
    ]
    for said in answers:
        assert DecisionState.PROPOSED is unit.ask(decision, **said, **ADA).state
    assert 2 == len(whispers(unit))
    assert {} == unit.tracker.comments


def test_a_persons_own_wording_is_erased_with_the_rest_of_that_person() -> None:
    """From the log; what was not written yet is not any more."""
    decision, waiting = proposed(), proposed(a_comment(ticket_id="ticket-2"))
    unit = unit_with(decision, waiting)
    unit.ask(decision, answer="edit", edited={"text": "Mine alone"}, **ADA)
    edited = waiting.edited("U0ADA", a_comment(ticket_id="ticket-2", summary="Mine alone"), at=NOW)
    edited = edited.model_copy(update={"answered_how": "edit"})
    unit.stores.decisions.replace(edited, before=unit.stores.decisions.get(ACME, waiting.id))
    person = Person("U0ADA", "U0ADA", None, None, frozenset({"U0ADA"}), frozenset())

    assert 2 == _empty_remarks(person, None, unit).erased
    assert 0 == _empty_remarks(person, None, unit).erased

    log = [unit.stores.decisions.get(ACME, id) for id in (decision.id, waiting.id)]
    assert [DecisionState.DONE, DecisionState.DISMISSED] == [each.state for each in log]
    assert not [each for each in log if "Mine" in each.model_dump_json()]
    assert a_member("ada").id == log[0].decided_by
