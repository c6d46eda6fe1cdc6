"""Where a model is left unsure between two tickets people are asked which, as the offline analyst has them asked."""

import pytest

from pm_assistant.domain.actions import CreateTicket, MoveTicket
from pm_assistant.domain.decisions import Proposal, RunnerUp
from pm_assistant.integrations.openai.wire import Answer
from tests.builders import DONE, a_comment, a_judgement, a_proposal
from tests.integrations.openai.test_cascade import SAID, STRONG, Models, says


def told_to(ticket_id: str, confidence: float, *next_best: tuple[str, float]) -> Proposal:
    """A comment with the tickets that came next."""
    runners_up = tuple(RunnerUp(ticket_id=id, score=score) for id, score in next_best)
    return a_proposal(a_comment(ticket_id), SAID.id, confidence=confidence, runners_up=runners_up)


def test_of_two_tickets_that_are_hardly_less_likely_than_each_other_people_are_asked_which() -> None:
    """With what else is said of the likelier one; none of it is done unasked."""
    moved = a_proposal(MoveTicket(ticket_id="ticket-1", to=DONE), SAID.id, confidence=0.6)
    models = Models(says(told_to("ticket-1", 0.65, ("ticket-2", 0.6)), moved))

    proposals = models.judge().proposals

    assert ["ticket-1", "ticket-1", "ticket-2"] == [each.action.about_ticket for each in proposals]
    assert {(True, True)} == {(each.exclusive, each.asks_first) for each in proposals}
    of_next = proposals[-1]
    assert (a_comment("ticket-2"), (SAID.id,)) == (of_next.action, of_next.evidence)
    assert of_next.confidence < min(each.confidence for each in proposals[:2])
    assert "It was hard to tell whether this ticket is meant or ENG-1." == of_next.reason


@pytest.mark.parametrize(
    "said",
    [
        [told_to("ticket-1", 0.9, ("ticket-2", 0.85))],
        [told_to("ticket-1", 0.65, ("ticket-2", 0.3))],
        [told_to("ticket-1", 0.65)],
        [told_to("ticket-1", 0.65, ("ticket-99", 0.6))],
        [told_to("ticket-1", 0.65, ("ticket-2", 0.6)), told_to("ticket-2", 0.65)],
        [a_proposal(CreateTicket(title="New", description=""), SAID.id, confidence=0.5)],
    ],
    ids=["sure", "far", "none came next", "not shown", "told to both", "new"],
)
def test_else_nothing_is_asked_beside_what_was_proposed(said: list[Proposal]) -> None:
    """What is sure, or has no other ticket close to it, or is of both, leaves nothing to choose."""
    assert tuple(said) == Models(says(*said)).judge().proposals


def test_a_stronger_model_that_is_sure_leaves_nothing_to_ask() -> None:
    """What the cheap one hesitated over is asked of it first."""
    unsure, sure = told_to("ticket-1", 0.65, ("ticket-2", 0.6)), told_to("ticket-2", 0.95)
    models = Models(says(unsure), says(sure), strong=STRONG)
    assert (sure,) == models.judge().proposals


def test_a_judgement_is_written_down_without_what_is_asked_beside_it() -> None:
    """A model has no other word for that than the tickets that came next."""
    either = [told_to("ticket-1", 0.7, ("ticket-2", 0.5)), told_to("ticket-2", 0.5)]
    beside = a_proposal(CreateTicket(title="New", description=""), SAID.id, confidence=0.4)
    exclusive = [each.model_copy(update={"exclusive": True}) for each in (*either, beside)]
    [written] = Answer.of(a_judgement(*exclusive)).proposals
    assert "ticket-1" == written.ticket_id
