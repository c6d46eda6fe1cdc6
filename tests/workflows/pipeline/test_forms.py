"""What is to be filled in is shown to whoever may answer, at once, and changes nothing."""

from typing import Any

import pytest

from pm_assistant.domain.decisions import Decision, DecisionState, RunnerUp
from pm_assistant.domain.errors import AccessRevoked
from pm_assistant.domain.tenants import Provider
from tests.builders import ACME, a_decision, a_member, a_ticket
from tests.workflows.pipeline.test_act import ActUnit
from tests.workflows.pipeline.test_answers import ADA, proposed, unit_with, whispers


def press(unit: ActUnit, decision: Decision, kind: str, **changes: Any) -> None:
    """Press what opens a form."""
    said = {"opens": kind, "trigger_id": "trigger-1", **ADA, **changes}
    unit.acts(decision, **said)


@pytest.mark.parametrize("kind", ["edit", "relink", "dismiss"])
def test_a_press_shows_what_is_to_be_filled_in(kind: str) -> None:
    """The log stays as it is, and no card is touched."""
    decision = proposed()
    unit = unit_with(decision)

    press(unit, decision, kind)

    assert [kind] == [form.kind for form in unit.chat.forms.values()]
    assert decision == unit.stores.decisions.get(ACME, decision.id)
    assert {} == unit.chat.cards


def test_a_form_is_in_the_language_of_whoever_fills_it_in() -> None:
    """Nobody else sees it."""
    titles = {}
    for language in ("en", "de"):
        decision = proposed()
        unit = unit_with(decision)
        unit.stores.directory.put_members(ACME, [a_member(language=language)])
        press(unit, decision, "dismiss")
        [titles[language]] = [form.title for form in unit.chat.forms.values()]

    assert titles["en"] != titles["de"]


def test_tickets_that_came_next_are_offered_unless_somebody_may_not_read_them() -> None:
    """Likeliest first; never the one that it is about, nor one of a private team, nor one that is gone."""
    runners_up = tuple(RunnerUp(ticket_id=f"ticket-{number}", score=0.3) for number in (3, 4, 2, 1, 9))
    decision = proposed(runners_up=runners_up)
    unit = unit_with(decision)
    unit.stores.tickets.put(ACME, a_ticket(4))

    press(unit, decision, "relink")

    [form] = unit.chat.forms.values()
    assert ["ENG-4", "ENG-2"] == [choice.value for choice in form.fields[0].choices]


def test_who_may_not_answer_is_shown_nothing() -> None:
    """And told so; what a form would show may not be for everybody."""
    decision = proposed()
    unit = unit_with(decision)
    unit.chat.people = []

    press(unit, decision, "relink")

    assert {} == unit.chat.forms
    assert 1 == len(whispers(unit))


@pytest.mark.parametrize(
    ("decision", "why"),
    [
        (proposed(revision="digest-2"), "it has changed since you saw it, so look at it again"),
        (proposed(state=DecisionState.DISMISSED, decided_by="U0BOB"), "somebody has answered it already"),
        (a_decision(state=DecisionState.DONE), "nobody is asked about it any more"),
    ],
)
def test_what_is_not_asked_any_more_has_no_form(decision: Decision, why: str) -> None:
    """Before anybody writes in vain."""
    unit = unit_with(decision)
    press(unit, decision, "edit")
    assert ({}, [f"Nothing was done: {why}."]) == (unit.chat.forms, whispers(unit))


def test_who_has_waited_too_long_is_asked_to_press_again() -> None:
    """A press counts for three seconds, and we may have been asleep."""
    decision = proposed()
    unit = unit_with(decision)
    press(unit, decision, "edit", trigger_id="long-ago")
    assert ["Nothing was done: that took me too long; press it once more."] == whispers(unit)


def test_a_press_that_comes_twice_shows_one_form() -> None:
    """Nobody is told anything."""
    decision = proposed()
    unit = unit_with(decision)
    press(unit, decision, "edit")
    press(unit, decision, "edit")
    assert (1, []) == (len(unit.chat.forms), whispers(unit))


def test_where_there_is_nobody_to_show_it_to_nothing_is_given_up() -> None:
    """The chat may be gone, and so may what was asked."""
    decision = proposed()
    unit = unit_with(decision)
    unit.chat.fail_next(AccessRevoked("gone", provider=Provider.SLACK))
    press(unit, decision, "edit")
    press(unit, decision.model_copy(update={"id": "gone"}), "edit", pressed_in=decision.subject.model_dump())
    assert ["Nothing was done: what was asked here is not kept any more."] == whispers(unit)
