"""A caller's answer goes the way of a button, if it fits what is asked or done."""

from typing import Literal

import pytest

from pm_assistant.domain.accounts import Caller, Scope
from pm_assistant.domain.decisions import ActionRequest, Decision, DecisionState, Outcome
from pm_assistant.domain.errors import Conflict, Forbidden, NotFound, ProductError
from pm_assistant.domain.languages import Language
from pm_assistant.presentation.i18n import texts_in
from pm_assistant.presentation.previews import ANSWERS, STATUSES
from pm_assistant.workflows.pipeline.answer import Details, answer
from tests.builders import ACME, GLOBEX, NOW, a_decision
from tests.fakes.unit import FakeUnit

CALLER = Caller(tenant_id=ACME, kind="account", id="ada", name="ada@acme.test", scope=Scope.RUN)
OUTCOME = Outcome(external_id="comment-1", url="https://linear.app/c/1", inverse='{"delete": "comment-1"}')


def unit_with(decision: Decision) -> FakeUnit:
    """A unit whose log has one decision."""
    unit = FakeUnit()
    unit.stores.decisions.save(decision)
    return unit


@pytest.mark.parametrize("verb", ["approve", "dismiss"])
def test_an_answer_to_what_is_asked_is_enqueued(verb: Literal["approve", "dismiss"]) -> None:
    """With who gave it and what was seen; nothing changes before it is carried out."""
    decision = a_decision(state=DecisionState.PROPOSED)
    unit = unit_with(decision)

    assert decision == answer(CALLER, decision.id, verb, unit, Details(decision.revision, "as agreed"))

    [put] = unit.queues.actions.puts
    assert put.message == ActionRequest(
        tenant_id=ACME,
        decision_id=decision.id,
        answer=verb,
        answered_by="account:ada",
        answered_at=NOW,
        remark="as agreed",
        revision=decision.revision,
    )
    assert ACME == put.group
    assert decision == unit.stores.decisions.get(ACME, decision.id)


def test_what_was_done_can_be_taken_back_whatever_was_seen_of_it_first() -> None:
    """What is undone is the deed, not a version of the proposal."""
    decision = a_decision(state=DecisionState.DONE, outcome=OUTCOME)
    unit = unit_with(decision)

    answer(CALLER, decision.id, "undo", unit)

    [put] = unit.queues.actions.puts
    request = ActionRequest(
        tenant_id=ACME, decision_id=decision.id, answer="undo", answered_by="account:ada", answered_at=NOW
    )
    assert request == put.message


PROPOSED = a_decision(state=DecisionState.PROPOSED)
REFUSED = {
    "nobody is asked any more": (a_decision(state=DecisionState.DONE, outcome=OUTCOME), "approve", None, Conflict),
    "nobody was ever asked": (a_decision(state=DecisionState.LOGGED), "dismiss", None, Conflict),
    "nothing was done yet": (PROPOSED, "undo", None, Conflict),
    "nothing can be taken back": (a_decision(state=DecisionState.DONE), "undo", None, Conflict),
    "it has changed since": (PROPOSED, "approve", "an older digest", Conflict),
    "it was said in private": (PROPOSED.model_copy(update={"private": True}), "approve", None, Forbidden),
    "another tenant's": (a_decision(GLOBEX, state=DecisionState.PROPOSED), "approve", None, NotFound),
}


@pytest.mark.parametrize(("decision", "verb", "revision", "refusal"), REFUSED.values(), ids=REFUSED)
def test_an_answer_that_does_not_fit_is_refused(
    decision: Decision, verb: Literal["approve", "dismiss", "undo"], revision: str | None, refusal: type[ProductError]
) -> None:
    """And nothing is enqueued."""
    unit = unit_with(decision)

    with pytest.raises(refusal):
        answer(CALLER, decision.id, verb, unit, Details(revision))
    assert [] == unit.queues.actions.puts


def test_what_was_said_in_private_may_be_taken_back_unseen() -> None:
    """To undo it carries nothing into the tracker."""
    done = {"state": DecisionState.DONE, "undo_proposed": True, "private": True, "outcome": OUTCOME}
    decision = PROPOSED.model_copy(update=done)
    unit = unit_with(decision)

    answer(CALLER, decision.id, "approve", unit)

    [request] = [put.message for put in unit.queues.actions.puts if isinstance(put.message, ActionRequest)]
    assert "undo" == request.answer  # so that nothing else can be meant by it, whatever is asked by then


def test_what_was_said_in_private_may_be_dismissed_unseen() -> None:
    """That carries nothing anywhere; the words stay out of the answer."""
    decision = PROPOSED.model_copy(update={"private": True})
    unit = unit_with(decision)

    shown = answer(CALLER, decision.id, "dismiss", unit)

    assert 1 == len(unit.queues.actions.puts)
    assert decision.reason != shown.reason
    assert decision.action.without_words() == shown.action


@pytest.mark.parametrize("state", DecisionState)
def test_what_fits_no_more_is_refused_in_the_words_that_pages_have(state: DecisionState) -> None:
    """For where it stands and for the answer, in the reader's language."""
    decision = a_decision(state=state)
    given = next(answer for answer in ANSWERS if not decision.accepts(answer))
    with pytest.raises(Conflict) as refused:
        answer(CALLER, decision.id, given, unit_with(decision))
    german = texts_in(Language.GERMAN)
    state_in_words, answer_in_words = german.gettext(STATUSES[state]), german.gettext(ANSWERS[given])
    assert f"(Stand: „{state_in_words}“, Antwort: „{answer_in_words}“)" in german.said(refused.value.words)
