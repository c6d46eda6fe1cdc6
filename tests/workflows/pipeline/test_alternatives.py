"""Of what cannot all be right a person chooses one: the others are asked beside it, and not any more after that."""

from typing import Any

import pytest

from pm_assistant.domain.actions import Comment, CreateTicket, MoveTicket
from pm_assistant.domain.autonomy import stream_of
from pm_assistant.domain.decisions import Decision, DecisionState, Judgement, Proposal, decision_id
from pm_assistant.domain.tenants import ActionKind
from pm_assistant.domain.trust import band_of
from pm_assistant.presentation.cards import card_of
from pm_assistant.presentation.i18n import texts_in
from tests.builders import ACME, DOING, a_comment, a_message, a_ticket
from tests.workflows.pipeline.test_act import ActUnit
from tests.workflows.pipeline.test_answers import ADA, NEW, proposed, unit_with
from tests.workflows.pipeline.unit import AnalyzeUnit

MOVE = MoveTicket(ticket_id="ticket-1", to=DOING)


def asked_together() -> tuple[ActUnit, Decision, Decision, Decision]:
    """A comment and a move of one ticket, or a new one."""
    comment, move, new = proposed(), proposed(MOVE), proposed(NEW)
    of_ticket = {"alternatives": (new.id,)}
    comment, move = (each.model_copy(update=of_ticket) for each in (comment, move))
    new = new.model_copy(update={"alternatives": (comment.id, move.id)})
    return unit_with(comment, move, new), comment, move, new


def state_of(unit: ActUnit, decision: Decision) -> DecisionState:
    """Where it stands in the log."""
    return unit.stores.decisions.get(ACME, decision.id).state


def test_what_is_not_chosen_is_not_asked_any_more() -> None:
    """Whoever wants a new ticket has said that it is not of the other one; both no's are that person's."""
    unit, comment, move, new = asked_together()

    assert DecisionState.DONE is unit.ask(new, answer="approve", **ADA).state

    for each in (comment, move):
        known = unit.stores.decisions.get(ACME, each.id)
        assert (True, "U0ADA", "dismiss") == (known.not_chosen, known.decided_by, known.answered_how)
    assert {} == unit.tracker.comments


def test_what_agrees_with_what_is_chosen_is_asked_on() -> None:
    """A comment on a ticket and its move can both be right."""
    unit, comment, move, new = asked_together()
    unit.ask(comment, answer="approve", **ADA)
    assert (DecisionState.PROPOSED, DecisionState.DISMISSED) == (state_of(unit, move), state_of(unit, new))


@pytest.mark.parametrize("answer", [{"answer": "edit", "edited": {"text": "So it is."}}, {"answer": "approve"}])
def test_whoever_words_it_has_chosen_too(answer: dict[str, Any]) -> None:
    """To edit is to approve."""
    unit, comment, _, new = asked_together()
    unit.ask(comment, **answer, **ADA)
    assert DecisionState.DISMISSED is state_of(unit, new)


def test_a_ticket_that_nobody_has_thought_of_passes_over_all() -> None:
    """It is neither the one that was asked about nor a new one."""
    unit, comment, _, new = asked_together()
    unit.ask(comment, answer="relink", ticket="ENG-2", **ADA)
    assert DecisionState.DISMISSED is state_of(unit, new)
    assert 1 == len(unit.tracker.comments["ticket-2"])


def test_another_ticket_that_is_asked_about_is_chosen_by_its_key_too() -> None:
    """It is done once, and not passed over for it."""
    unit, _, _, new = asked_together()
    unit.ask(new, answer="relink", ticket="ENG-1", **ADA)
    assert 1 == len(unit.tracker.comments["ticket-1"])


def test_whoever_dismisses_one_is_asked_about_the_others() -> None:
    """That it is none of this ticket leaves open whether it is new."""
    unit, comment, _, new = asked_together()
    unit.ask(comment, answer="dismiss", **ADA)
    assert DecisionState.PROPOSED is state_of(unit, new)


def test_an_answer_that_is_refused_chooses_nothing() -> None:
    """Who may not say yes passes nothing over either."""
    unit, comment, _, new = asked_together()
    unit.ask(comment, answer="approve", answered_by="U0NOBODY", revision="digest-1")
    assert [DecisionState.PROPOSED] * 2 == [state_of(unit, comment), state_of(unit, new)]


def test_what_is_chosen_twice_is_done_once() -> None:
    """Both buttons pressed at once: the first one counts."""
    unit, comment, _, new = asked_together()
    unit.ask(comment, answer="approve", **ADA)
    unit.ask(new, answer="approve", answered_by="U0BOB", revision="digest-1")
    assert 1 == len(unit.tracker.comments["ticket-1"])
    assert {"ticket-1", "ticket-2", "ticket-3"} == {*unit.tracker.tickets}


def test_an_interrupted_choice_is_brought_to_its_end_when_it_comes_again() -> None:
    """What was chosen is in the log, and its alternative not yet passed over."""
    unit, comment, _, new = asked_together()
    unit.ask(comment, answer="approve", **ADA)
    chosen = unit.stores.decisions.get(ACME, new.id)
    unit.stores.decisions.replace(new.model_copy(update={"version": chosen.version}), before=chosen)

    unit.ask(comment, answer="approve", **ADA)

    assert DecisionState.DISMISSED is state_of(unit, new)
    assert 1 == len(unit.tracker.comments["ticket-1"])


def test_what_is_not_chosen_was_not_right() -> None:
    """Trust follows both answers."""
    unit, comment, _, new = asked_together()
    unit.ask(comment, answer="approve", **ADA)
    records = unit.stores.track_records
    stream = stream_of(new.action.kind, band_of(new.judged_confidence), new.judged_by)
    record = records.get(ACME, stream)
    assert record is not None
    assert [False] == [grade.right for grade in record.grades]


def test_the_card_asks_which() -> None:
    """The likeliest first, and below it the others as such, and what was not chosen is not told of."""
    unit, comment, move, new = asked_together()
    less_likely = new.model_copy(update={"confidence": 0.6})
    card = card_of([less_likely, comment, move], {"ticket-1": a_ticket(1)}, texts_in(None))
    assert ["Shall I? Comment on", "Shall I? Move to In Progress:", "Or shall I? Create a ticket:"] == [
        entry.headline for entry in card.entries
    ]

    unit.ask(new, answer="approve", **ADA)

    [shown] = unit.chat.cards.values()
    assert ["Created"] == [entry.headline.split()[0] for entry in shown.entries]


def test_of_what_may_be_of_a_ticket_nobody_says_that_it_has_none() -> None:
    """No report calls it untracked while people are asked, or where nobody is."""
    _, _, _, new = asked_together()
    for state in (DecisionState.PROPOSED, DecisionState.LOGGED):
        undecided = new.model_copy(update={"state": state})
        assert (False, True) == (undecided.untracked, undecided.model_copy(update={"alternatives": ()}).untracked)


def test_what_is_judged_to_be_one_of_several_names_the_others() -> None:
    """Of those that cite the same words, what is about another ticket or a new one; and none is done unasked."""
    unit = AnalyzeUnit(
        Judgement(
            proposals=tuple(
                Proposal(
                    action=action,
                    confidence=0.97,
                    reason="It may be.",
                    evidence=(a_message().id,),
                    exclusive=True,
                    asks_first=True,
                )
                for action in (a_comment(), MOVE, CreateTicket(title="Coupon vanishes", description=""))
            ),
            model="scripted",
            latency_ms=1,
        )
    )
    message = a_message()
    unit.say(message)

    decisions = {d.action.kind: d for d in unit.touched(message).decisions}

    comment, move, new = (decisions[kind] for kind in (ActionKind.COMMENT, ActionKind.MOVE, ActionKind.CREATE))
    assert ((new.id,), (new.id,)) == (comment.alternatives, move.alternatives)
    assert {comment.id, move.id} == {*new.alternatives}
    assert {DecisionState.PROPOSED} == {each.state for each in decisions.values()}
    assert isinstance(comment.action, Comment)
    assert decision_id(ACME, comment.subject, comment.action) == comment.id


def judged_as(*proposals: Proposal) -> Judgement:
    """An analyst's answer."""
    return Judgement(proposals=proposals, model="scripted", latency_ms=1)


def test_what_people_have_answered_is_not_asked_beside_it_later() -> None:
    """They had it noted on a ticket: that more is said makes it no new work, nor a question of that."""
    first, second = a_message(0), a_message(1, "and on mobile")
    comment = Proposal(action=a_comment(), confidence=0.7, reason="It may be.", evidence=(first.id,))
    both = (first.id, second.id)
    which = [
        Proposal(action=action, confidence=0.6, reason="It may be.", evidence=both, exclusive=True, asks_first=True)
        for action in (a_comment(), CreateTicket(title="Coupon vanishes", description=""))
    ]
    unit = AnalyzeUnit(judged_as(comment), judged_as(*which))
    unit.say(first)
    [asked] = unit.touched(first).decisions
    done = {"state": DecisionState.DONE, "decided_by": "U0ADA", "performed": asked.revision}
    unit.stores.decisions.replace(asked.model_copy(update=done), before=asked)

    unit.say(second)

    assert [] == [d for d in unit.touched(second, force=True).decisions if isinstance(d.action, CreateTicket)]


def test_what_is_said_in_other_words_is_no_alternative() -> None:
    """Of two things in one burst each may be what it is."""
    first, second = a_message(0), a_message(1, "the export is slow")
    which = [
        Proposal(action=action, confidence=0.6, reason="It may be.", evidence=cited, exclusive=True, asks_first=True)
        for action, cited in (
            (a_comment(), (first.id,)),
            (CreateTicket(title="Coupon vanishes", description=""), (first.id,)),
            (a_comment(ticket_id="ticket-2"), (second.id,)),
            (CreateTicket(title="The export is slow", description=""), (second.id,)),
        )
    ]
    unit = AnalyzeUnit(judged_as(*which))
    unit.stores.tickets.put(ACME, a_ticket(2, title="Slow export of invoices"))
    unit.say(first, second)

    decisions = unit.touched(second).decisions

    cited = {d.id: {receipt.message_id for receipt in d.evidence} for d in decisions}
    assert 4 == len(decisions)
    assert all([cited[d.id]] == [cited[id] for id in d.alternatives] for d in decisions)


def test_what_joins_a_decision_of_before_is_named_by_its_id() -> None:
    """Whoever chooses passes over what the log has."""
    _, comment, _, new = asked_together()
    assert ("known",) == new.naming_alternatives({comment.id: "known"}).alternatives[:1]
    assert comment == comment.naming_alternatives({})


def test_a_decision_without_alternatives_is_written_as_before() -> None:
    """An older version of us, which still runs while a release takes over, refuses a field that it lacks."""
    _, comment, _, _ = asked_together()
    assert "alternatives" in comment.model_dump()
    assert "alternatives" not in proposed().model_dump()
    assert comment == Decision.model_validate_json(comment.model_dump_json())
