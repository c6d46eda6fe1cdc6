"""A correction is followed up: what was done because of words that people take back is proposed to be undone."""

from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.actions import MoveTicket
from pm_assistant.domain.decisions import ActionRequest, Decision, DecisionState
from pm_assistant.domain.work import Message
from pm_assistant.workflows.pipeline.act import act
from tests.builders import (
    ACME,
    DOING,
    DONE,
    ENG,
    NOW,
    a_comment,
    a_judgement,
    a_member,
    a_message,
    a_proposal,
    a_ticket,
)
from tests.fakes.vendors import FakeAnalyst, FakeTracker
from tests.workflows.pipeline.unit import AnalyzeUnit

SAID = a_message(text="ENG-1 is fixed and released")
CLOSE = MoveTicket(ticket_id="ticket-1", to=DONE)


class CorrectedUnit(AnalyzeUnit):
    """A team that lets us act; somebody has said that a ticket is done, and what is said later changes no proposal."""

    def __init__(self, action: Any = CLOSE, *, said: Message = SAID) -> None:
        super().__init__()
        self.stores.tickets.put(ACME, a_ticket(2))
        self.tracker = FakeTracker(tickets=[a_ticket(1), a_ticket(2)], teams=[ENG])
        self.chat.people = [a_member("ada")]
        self.proposed = a_judgement(a_proposal(action, said.id))
        self.hears(said)

    def hears(self, message: Message, *, stands: bool = True) -> Decision:
        """Somebody says something; that the analyst goes on to believe the first word, or not."""
        self.analyst = FakeAnalyst(*[self.proposed if stands else a_judgement()] * 3)
        self.say(message)
        self.at = message.received_at + timedelta(minutes=2)
        self.touched(message)
        puts, self.queues.actions.puts = self.queues.actions.puts, []
        for put in puts:
            assert isinstance(put.message, ActionRequest)
            act(put.message, self)
        return self.decision

    @property
    def decision(self) -> Decision:
        """What was decided to be done, or else that nothing was."""
        log = self.stores.decisions.since(ACME, NOW - timedelta(days=1))
        return min(log, key=lambda decision: decision.action.kind == "ignore")

    def answers(self, answer: str) -> Decision:
        """Ada answers."""
        request = {"tenant_id": ACME, "decision_id": self.decision.id, "answer": answer, "answered_by": "U0ADA"}
        act(ActionRequest.model_validate(request), self)
        return self.decision


def reply(text: str, seconds: float = 60, **changes: Any) -> Message:
    """Somebody says something below it."""
    return a_message(seconds, text, root_ts=SAID.root_ts, **changes)


@pytest.mark.parametrize("stands", [True, False], ids=["the analyst believes it still", "it does not"])
def test_what_was_done_is_proposed_to_be_undone_once_it_is_taken_back(stands: bool) -> None:
    """Whatever the analyst makes of it; with a person's yes the ticket is as before."""
    unit = CorrectedUnit()
    assert DONE == unit.tracker.tickets["ticket-1"].state

    asked = unit.hears(reply("no, not done after all, we had to revert it"), stands=stands)
    assert (DecisionState.DONE, True) == (asked.state, asked.undo_proposed)

    assert DecisionState.UNDONE == unit.answers("approve").state
    assert DONE != unit.tracker.tickets["ticket-1"].state


def test_a_person_who_lets_it_stay_is_not_asked_again() -> None:
    """However the talk goes on."""
    unit = CorrectedUnit()
    unit.hears(reply("not done after all"))

    assert unit.answers("dismiss").settled
    assert not unit.hears(reply("reverted, I said", 120)).undo_proposed


def test_what_is_over_again_is_not_asked_about_any_more() -> None:
    """The last word counts."""
    unit = CorrectedUnit()
    assert unit.hears(reply("not done after all")).undo_proposed

    assert not unit.hears(reply("now it is done", 120)).undo_proposed


@pytest.mark.parametrize(
    "said",
    [
        reply("great, thanks"),
        reply("should we revert it?"),
        reply("ENG-2 is not fixed, though"),
        reply("&gt; ENG-2 is fixed\nit is not done"),
        a_message(60, "the lift is not fixed", author="U0BOB"),
    ],
    ids=["thanks", "a question", "another ticket", "another ticket, quoted", "somebody else in the channel"],
)
def test_what_corrects_nothing_changes_nothing(said: Message) -> None:
    """It stays done."""
    assert not CorrectedUnit().hears(said).undo_proposed


def test_in_a_channel_who_said_it_takes_it_back() -> None:
    """Without a thread, soon after."""
    assert CorrectedUnit().hears(a_message(20, "sorry, ENG-1 is not fixed")).undo_proposed


@pytest.mark.parametrize("action", [a_comment(), MoveTicket(ticket_id="ticket-1", to=DOING)])
def test_only_what_closes_a_ticket_is_taken_back_by_its_not_being_over(action: Any) -> None:
    """What was said was said, and what was begun was begun."""
    assert not CorrectedUnit(action).hears(reply("not done after all")).undo_proposed


def test_what_is_taken_back_before_it_is_judged_is_never_done() -> None:
    """Nor asked about."""
    unit = CorrectedUnit(said=SAID.model_copy(update={"text": "ENG-1 is fixed. No, not fixed after all"}))

    assert DONE != unit.tracker.tickets["ticket-1"].state
    assert "ignore" == unit.decision.action.kind
