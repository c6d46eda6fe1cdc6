"""What the sandbox's brain makes of our questions."""

import json

import pytest

from infra.local.brain import answer
from pm_assistant.integrations.openai.wire import Answer, Question
from pm_assistant.integrations.openai.writer import Facts, Worded, Wording
from tests.builders import ENG, NOW, a_conversation, a_message, a_participant, a_ticket


def a_question(**changes: object) -> str:
    """A question about one message, as it goes over the wire."""
    asked = Question.of(
        a_conversation(a_message(0, "OPS-3 is done, deployed to production")),
        candidates=[a_ticket(1, former_keys=("OPS-3",))],
        teams=[ENG],
        people=[a_participant()],
        now=NOW,
    )
    return json.dumps(asked.model_dump(mode="json") | changes)


def test_a_question_is_answered_in_the_form_of_a_model() -> None:
    """As JSON that the product's own form accepts, about a ticket that is called by a former key, too."""
    proposals = Answer.model_validate_json(answer(a_question())).proposals

    assert "ticket-1" in [proposal.ticket_id for proposal in proposals]


def test_facts_are_worded_as_they_are() -> None:
    """A model that is asked for no judgement is asked for words, and has none of its own."""
    fact = Worded(number=0, text="OPS-3 Deploy it is done")

    assert (fact,) == tuple(
        Wording.model_validate_json(answer(Facts(language="en", facts=[fact]).model_dump_json())).sentences
    )


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ("hello", "Question"),
        ("{}", "teams"),
        (a_question(messages=[]), "there are none to judge"),
        (a_question(urgent=True), "urgent"),
    ],
)
def test_what_is_wrong_with_a_question_is_named(asked: str, problem: str) -> None:
    """So that whoever changes the question finds out here."""
    with pytest.raises(ValueError, match=problem):
        answer(asked)


def test_an_id_that_cannot_be_read_is_refused() -> None:
    """A message is named by channel and timestamp."""
    [message] = json.loads(a_question())["messages"]

    with pytest.raises(ValueError, match="channel:ts"):
        answer(a_question(messages=[message | {"id": "nowhere"}]))
