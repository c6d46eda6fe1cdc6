"""What people confirmed a thread is about is learnt from, until they take it back or their words end."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.actions import CreateTicket, MoveTicket
from pm_assistant.domain.decisions import ActionRequest, Decision, DecisionState, Outcome
from pm_assistant.domain.events import ChannelChanged
from pm_assistant.domain.history import ConfirmedMatch
from pm_assistant.domain.orders import GivenOrder
from pm_assistant.domain.tenants import Channels
from pm_assistant.domain.work import Message
from pm_assistant.workflows.connections.channels import follow_channel
from pm_assistant.workflows.pipeline.act import act
from pm_assistant.workflows.pipeline.confirming import UNDISPUTED_AFTER, confirm
from pm_assistant.workflows.pipeline.judge import judge
from tests.builders import (
    ACME,
    DONE,
    ENG,
    GLOBEX,
    NOW,
    TRUSTING,
    a_comment,
    a_connection,
    a_conversation,
    a_decision,
    a_judgement,
    a_member,
    a_message,
    a_tenant,
    a_ticket,
)
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeAnalyst, FakeTracker

SAID = a_message(0, "The coupon vanishes in checkout")
MOVE = MoveTicket(ticket_id="ticket-1", to=DONE)
DONE_ALREADY: dict[str, Any] = {"state": DecisionState.DONE, "performed": "revision-1"}
LEFT = Outcome(external_id="ticket-9", url="", inverse='{"some": "call"}')


class ConfirmingUnit(FakeUnit):
    """A unit of a tenant with a ticket, in whose log these decisions are, and whose people said what they rest on."""

    def __init__(self, *decisions: Decision, said: Sequence[Message] = (SAID,)) -> None:
        super().__init__(at=NOW + timedelta(minutes=2))
        self.tracker = FakeTracker(tickets=[a_ticket(1)], teams=[ENG])
        self.chat.people = [a_member()]
        self.stores.tenants.put(a_tenant())
        self.stores.connections.put(a_connection())
        self.stores.tickets.put(ACME, a_ticket(1))
        self.stores.directory.put_teams(ACME, [ENG])
        self.stores.directory.put_members(ACME, [a_member()])
        for message in said:
            self.stores.messages.record(ACME, message, keep_days=90)
        for decision in decisions:
            self.stores.decisions.save(decision)

    def answer(self, decision: Decision, answer: str | None = None) -> None:
        """Have a person's answer carried out, or what is open anyway."""
        request = {"tenant_id": ACME, "decision_id": decision.id, "answer": answer, "answered_by": "U0ADA"}
        act(ActionRequest.model_validate(request), self)

    @property
    def confirmed(self) -> Sequence[ConfirmedMatch]:
        """All that is kept, whether it counts by now or not."""
        return self.stores.history.read(ACME, []).confirmed


def asked(**changes: Any) -> Decision:
    """What people are asked about."""
    return a_decision(message=SAID, **{"state": DecisionState.PROPOSED, **changes})


def test_what_a_person_approves_is_confirmed() -> None:
    """By the telling terms of what it rests on, for as long as these words are kept; another tenant learns nothing."""
    unit = ConfirmingUnit(asked())

    unit.answer(asked(), "approve")

    [match] = unit.confirmed
    assert ("ticket-1", SAID.channel, SAID.ts, False) == (match.ticket_id, match.channel, match.root_ts, match.private)
    assert (("U0ADA",), (SAID.ts,)) == (match.authors, match.cited)
    assert {"coupon", "checkout"} <= match.terms.keys()
    assert (SAID.received_at, SAID.received_at) == (match.at, match.counts_from)
    assert (SAID.received_at + timedelta(days=90)).replace(microsecond=0) == match.ends_at
    assert [] == unit.stores.history.read(GLOBEX, []).confirmed


@pytest.mark.parametrize("answer", ["dismiss", None])
def test_what_a_person_refuses_or_says_nothing_to_is_not_confirmed(answer: str | None) -> None:
    """Of what waits for an answer nobody knows."""
    unit = ConfirmingUnit(asked())
    unit.answer(asked(), answer)
    assert [] == unit.confirmed


@pytest.mark.parametrize("answer", ["undo", "approve"])
def test_what_is_undone_is_confirmed_no_longer(answer: str) -> None:
    """Also by the yes to the question whether to undo it; what stands beside it still is."""
    other = a_decision(message=SAID, id="d2", action=a_comment("ticket-2"), decided_by="U0ADA", **DONE_ALREADY)
    unit = ConfirmingUnit(asked(), other)
    unit.answer(asked(), "approve")
    assert ["ticket-1", "ticket-2"] == sorted(match.ticket_id for match in unit.confirmed)
    done = unit.stores.decisions.get(ACME, asked().id)
    unit.stores.decisions.replace(done.model_copy(update={"undo_proposed": answer == "approve"}), before=done)

    unit.answer(asked(), answer)

    assert ["ticket-2"] == [match.ticket_id for match in unit.confirmed]


def test_what_was_done_unasked_counts_once_it_has_stood_for_a_week() -> None:
    """What somebody ordered counts at once, and what a person lets stand."""
    alone = a_decision(message=SAID, updated_at=NOW, **DONE_ALREADY)
    order = GivenOrder(message_id=SAID.id)
    for decision, counts_from in (
        (alone, NOW + UNDISPUTED_AFTER),
        (alone.model_copy(update={"order": order}), SAID.received_at),
    ):
        unit = ConfirmingUnit(decision)
        unit.answer(decision)
        assert [counts_from] == [match.counts_from for match in unit.confirmed]
    doubted = alone.model_copy(update={"undo_proposed": True})
    unit = ConfirmingUnit(doubted)
    unit.answer(doubted)
    assert [] == unit.confirmed
    unit.answer(doubted, "dismiss")
    assert [SAID.received_at] == [match.counts_from for match in unit.confirmed]


def test_a_ticket_that_was_made_of_a_thread_is_what_the_thread_is_about() -> None:
    """It is a match like any other; a move says as much as a comment, and both are one."""
    made = a_decision(
        message=SAID, action=CreateTicket(title="t", description="d"), outcome=LEFT, decided_by="U0ADA", **DONE_ALREADY
    )
    unit = ConfirmingUnit(made)
    unit.answer(made)
    assert ["ticket-9"] == [match.ticket_id for match in unit.confirmed]

    noted = a_decision(message=SAID, decided_by="U0ADA", **DONE_ALREADY)
    moved = a_decision(message=SAID, action=MOVE, decided_by="U0ADA", **DONE_ALREADY)
    unit = ConfirmingUnit(noted, moved)
    unit.answer(noted)
    assert ["ticket-1"] == [match.ticket_id for match in unit.confirmed]


def test_words_that_are_gone_or_about_to_go_are_not_kept() -> None:
    """Nor those that would be gone before they count, nor any of a channel that is not read."""
    gone = SAID.model_copy(update={"deleted": True, "text": ""})
    old = SAID.model_copy(update={"received_at": NOW - timedelta(days=61)})
    for said in (gone, old):
        unit = ConfirmingUnit(asked(), said=[said])
        unit.answer(asked(), "approve")
        assert [] == unit.confirmed
    unread = TRUSTING.model_copy(update={"channels": Channels(deny=(SAID.channel,))})
    brief = TRUSTING.model_copy(update={"retention_days": 7})
    alone = a_decision(message=SAID, updated_at=NOW, **DONE_ALREADY)
    for settings in (unread, brief):
        unit = ConfirmingUnit(alone)
        confirm([alone], a_tenant(settings=settings), unit)
        assert [] == unit.confirmed


def test_what_was_said_in_private_is_known_there_alone() -> None:
    """Also once the channel has become private, or has another id."""
    unit = ConfirmingUnit(asked(private=True))
    unit.answer(asked(), "approve")
    assert [True] == [match.private for match in unit.confirmed]

    unit = ConfirmingUnit(asked())
    unit.answer(asked(), "approve")
    follow_channel(ChannelChanged(channel=SAID.channel, now="C0NEW", private=True), unit)
    assert [("C0NEW", True)] == [(match.channel, match.private) for match in unit.confirmed]


def test_a_thread_that_people_confirmed_is_judged_as_being_about_its_ticket() -> None:
    """Whatever is said in it next, and however little that tells."""
    unit = ConfirmingUnit(asked())
    unit.stores.tickets.put(ACME, a_ticket(2, title="Coupon import"))
    later = a_conversation(SAID, a_message(60, "any news?", root_ts=SAID.ts))
    odds: list[float] = []
    for answer in (None, "approve"):
        unit.answer(asked(), answer)
        unit.analyst = FakeAnalyst(a_judgement())
        judge(later, a_tenant(), unit)
        odds.append(unit.analyst.seen_odds[-1]["ticket-1"])

    assert odds[1] > 100 * odds[0]


def test_a_key_in_an_address_of_another_team_names_no_ticket_of_ours() -> None:
    """What retrieval knows of the workspace, it knows where a conversation is judged."""
    odds: list[float] = []
    for workspace in ("acme", "globex"):
        unit = ConfirmingUnit()
        unit.analyst = FakeAnalyst(a_judgement())
        said = a_conversation(a_message(0, f"see <https://linear.app/{workspace}/issue/ENG-1>"))
        judge(said, a_tenant(), unit)
        odds.append(unit.analyst.seen_odds[-1]["ticket-1"])

    assert odds[0] > 100 * odds[1]
