"""A place where we may not write costs nothing but the card: what was decided is done, noted and answered elsewhere."""

from collections.abc import Mapping
from typing import Any

import pytest

from pm_assistant.domain.decisions import ActionRequest, Decision, DecisionState
from pm_assistant.domain.errors import NotConnected, NotFound, ProductError
from pm_assistant.workflows.pipeline.act import act
from tests.builders import ACME, ENG, a_decision, a_member, a_tenant, a_ticket, an_account
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeChat, FakeTracker

CLOSED = NotFound("Slack does not let us write there: restricted_action_read_only_channel")


def acted(unit: FakeUnit, refusal: ProductError | None = None, **request: Any) -> Decision:
    """Act on the one decision there is, in a place that refuses the card."""
    if refusal is not None:
        unit.chat.fail_next(refusal)
    [decision] = unit.stores.decisions.between(ACME, "C0ENG", "0", "9999999999")
    [after] = act(ActionRequest.model_validate({"tenant_id": ACME, "decision_id": decision.id, **request}), unit)
    return after


def given(**decision: Any) -> FakeUnit:
    """A tenant with one decision."""
    unit = FakeUnit()
    unit.stores.tenants.put(a_tenant())
    unit.stores.accounts.put(an_account())
    unit.stores.directory.put_members(ACME, [a_member()])
    unit.stores.directory.put_teams(ACME, [ENG])
    unit.stores.tickets.put(ACME, a_ticket())
    unit.chat, unit.tracker = FakeChat(), FakeTracker(tickets=[a_ticket()], teams=[ENG])
    unit.stores.decisions.save(a_decision(**decision))
    return unit


@pytest.mark.parametrize(
    ("decision", "state"),
    [({}, DecisionState.DONE), ({"state": DecisionState.PROPOSED}, DecisionState.PROPOSED)],
    ids=["done", "asked"],
)
def test_what_was_decided_stands_and_says_that_nobody_sees_its_card(
    decision: Mapping[str, Any], state: DecisionState
) -> None:
    """Nothing fails and nothing is repeated: the list of decisions is where it is seen."""
    unit = given(**decision)
    after = acted(unit, CLOSED)

    assert (state, str(CLOSED)) == (after.state, after.not_shown)
    assert after == unit.stores.decisions.get(ACME, after.id)
    assert (state is DecisionState.DONE) == bool(unit.tracker.comments)


def test_it_is_noted_once() -> None:
    """However often the card is asked for."""
    unit = given(state=DecisionState.PROPOSED)
    first = acted(unit, CLOSED)

    assert first == acted(unit, CLOSED, only_show=True)


def test_once_the_place_is_open_again_the_card_is_there() -> None:
    """And nothing is said of it any more."""
    unit = given(state=DecisionState.PROPOSED)
    acted(unit, CLOSED)

    assert acted(unit, only_show=True).not_shown is None
    assert 1 == len(unit.chat.cards)


def test_a_question_that_nobody_sees_can_be_answered_elsewhere() -> None:
    """By the API, which shows it."""
    unit = given(state=DecisionState.PROPOSED)
    acted(unit, CLOSED)

    assert DecisionState.DONE is acted(unit, CLOSED, answer="approve", answered_by="account:account-ada").state


def test_a_tenant_without_a_chat_learns_why_there_are_no_cards() -> None:
    """The same way."""
    unit = given(state=DecisionState.PROPOSED)
    unit.failing["chat"] = NotConnected("slack is not connected")

    assert "slack is not connected" == acted(unit).not_shown
