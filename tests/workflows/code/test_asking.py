"""What follows from tickets and code alone is asked in the thread where people last spoke of its ticket."""

from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.answers import ActionRequest, Subject
from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.events import ChannelChanged
from pm_assistant.domain.rules import TeamRule
from pm_assistant.domain.tenants import Channels, Provider, Standing
from pm_assistant.workflows.code.reconcile import compare
from pm_assistant.workflows.code.trees import look_at_trees
from pm_assistant.workflows.connections.channels import follow_channel
from pm_assistant.workflows.pipeline.act import act
from tests.builders import (
    ACME,
    DONE,
    NOW,
    TODO,
    a_comment,
    a_connection,
    a_decision,
    a_member,
    a_message,
    a_pull_request,
    a_ticket,
)
from tests.fakes.unit import FakeUnit
from tests.workflows.code.test_linking import parts_of
from tests.workflows.code.test_reconcile import Reconciling
from tests.workflows.code.test_trees import Closing

HOUR = timedelta(hours=1)
SAID = a_message(-3 * 3_600, "Is all of it done by now?")


def spoken(unit: FakeUnit, offset: float = 0, *, ticket: int = 1, **changes: Any) -> Subject:
    """Have a ticket be spoken of in a thread, so many seconds after the first time."""
    said = a_message(-3 * 3_600 + offset, SAID.text, channel=changes.pop("channel", SAID.channel))
    fields = {"state": DecisionState.DONE, "updated_at": NOW - 2 * HOUR, **changes}
    unit.stores.connections.put(a_connection(provider=Provider.SLACK))
    return unit.stores.decisions.save(a_decision(ACME, a_comment(f"ticket-{ticket}"), said, **fields)).subject


def work(unit: FakeUnit) -> None:
    """Do and show what was asked for, when it is due."""
    puts, unit.queues.actions.puts = unit.queues.actions.puts, []
    for put in puts:
        unit.at += timedelta(seconds=put.delay_seconds)
        act(ActionRequest.model_validate(put.message.model_dump()), unit)


def cards(unit: FakeUnit) -> dict[tuple[str, str], list[str]]:
    """What the cards say, by the thread in which they stand."""
    said = {place: [entry.headline for entry in card.entries] for place, card in unit.chat.cards.items()}
    return {(place[0], unit.chat.threads[place]): lines for place, lines in said.items() if lines}


def question(unit: FakeUnit) -> Decision:
    """The one decision that is about no thread."""
    (asked,) = [each for _, each in unit.stores.decisions.page(ACME, limit=99) if not each.subject.in_chat]
    return asked


def test_a_tree_is_asked_about_in_the_thread_that_last_spoke_of_its_topmost_ticket() -> None:
    """Once however often we look, with the buttons that answer it; of another ticket's thread it is none."""
    unit = Closing()
    spoken(unit)
    last = spoken(unit, 60)
    spoken(unit, 120, ticket=3)
    for _ in range(3):
        look_at_trees(unit)
        work(unit)
    expected = ["Shall I? Close, with 1 below it:", "Done:", "Done:"]
    assert {(last.channel, last.root_ts): expected} == cards(unit)
    (card,) = unit.chat.cards.values()
    asked = question(unit)
    assert f"{asked.id}:{asked.revision}" == card.entries[0].awaits_answer


def test_a_move_from_code_is_asked_where_its_ticket_was_last_spoken_of() -> None:
    """As a tree is; and what is not called for any more leaves the card."""
    unit = Reconciling()
    thread = spoken(unit)
    for _ in range(2):
        compare(unit)
        work(unit)
    assert {(thread.channel, thread.root_ts): ["Shall I? Move to Done:"]} == cards(unit)
    unit.record(a_pull_request(at=NOW + HOUR))
    unit.stores.tickets.remove(ACME, "ticket-1", at=NOW)
    compare(unit)
    work(unit)
    assert {} == cards(unit)


def test_an_answer_in_the_thread_is_shown_there_and_a_card_stays_where_it_is() -> None:
    """Though the ticket is spoken of elsewhere since."""
    unit = Closing()
    thread = spoken(unit)
    look_at_trees(unit)
    work(unit)
    spoken(unit, 600)
    unit.chat.people.append(a_member("ada"))
    pressed = ActionRequest(
        tenant_id=ACME, decision_id=question(unit).id, answer="approve", answered_by="U0ADA", pressed_in=thread
    )
    act(pressed, unit)
    assert ["Done", "Done", "Done"] == unit.states()
    assert {(thread.channel, thread.root_ts): ["Closed, with 1 below it:", "Done:", "Done:"]} == cards(unit)
    unit.put(3, TODO, at=NOW)
    look_at_trees(unit)
    work(unit)
    (lines,) = cards(unit).values()
    assert "It is not over any more. Shall I take it back? Closed, with 1 below it:" == lines[0]


def test_what_no_thread_asks_is_asked_once_the_ticket_is_spoken_of() -> None:
    """It may have been found before people's words were judged."""
    unit = Closing()
    look_at_trees(unit)
    work(unit)
    assert {} == cards(unit)
    thread = spoken(unit)
    for _ in range(2):
        look_at_trees(unit)
    work(unit)
    assert [(thread.channel, thread.root_ts)] == list(cards(unit))


def test_one_card_asks_all_that_is_asked_about_a_ticket() -> None:
    """In the thread that asked first, be the ticket spoken of elsewhere before the next question."""
    unit = Reconciling()
    unit.put_ticket(a_ticket(state=TODO, updated_at=NOW - 2 * HOUR))
    unit.record(*parts_of("Fixes ENG-1", number=2, at=NOW - HOUR, created_at=NOW - HOUR))
    thread = spoken(unit)
    compare(unit)
    spoken(unit, 600)
    unit.record(a_pull_request(2, at=NOW, created_at=NOW - HOUR, merged_at=NOW, closed_at=NOW))
    unit.at += HOUR
    compare(unit)
    work(unit)
    assert {(thread.channel, thread.root_ts): ["Shall I? Move to Done:"]} == cards(unit)
    assert [thread, thread] == [decision.asked_in for decision in unit.log if not decision.subject.in_chat]


def test_who_may_not_answer_is_told_so_in_the_thread_that_asks() -> None:
    """Nobody else sees it."""
    unit = Closing()
    thread = spoken(unit)
    look_at_trees(unit)
    unit.chat.people.append(a_member("bo", standings={Provider.SLACK: Standing.GUEST}))
    act(ActionRequest(tenant_id=ACME, decision_id=question(unit).id, answer="approve", answered_by="U0BO"), unit)
    assert [(thread.channel, thread.root_ts, "U0BO")] == [whisper[:3] for whisper in unit.chat.whispers]


@pytest.mark.parametrize(
    ("changes", "settings"),
    [
        ({"private": True}, {}),
        ({"outside": True}, {}),
        ({"state": DecisionState.DISMISSED}, {}),
        ({"state": DecisionState.UNDONE}, {}),
        ({"confidence": 0.5}, {}),
        ({}, {"channels": Channels(deny=(SAID.channel,))}),
        ({"updated_at": NOW - timedelta(days=15)}, {}),
    ],
)
def test_no_thread_asks_in_which_not_just_the_team_reads_or_that_is_not_sure_to_be_about_the_ticket(
    changes: dict[str, Any], settings: dict[str, Any]
) -> None:
    """Private, shared with others, dismissed, doubtful, not read, long ago: it is listed, as without any thread."""
    unit = Closing(**settings)
    spoken(unit, **changes)
    look_at_trees(unit)
    work(unit)
    assert (None, {}) == (question(unit).asked_in, cards(unit))


def test_where_people_of_other_companies_come_to_read_along_the_card_names_no_ticket() -> None:
    """It was asked when they did not."""
    unit = Closing()
    thread = spoken(unit)
    look_at_trees(unit)
    work(unit)
    follow_channel(ChannelChanged(channel=thread.channel, outside=True), unit)
    act(ActionRequest(tenant_id=ACME, decision_id=question(unit).id, only_show=True), unit)
    (card,) = unit.chat.cards.values()
    assert ["a ticket of the team's"] == [entry.link_text for entry in card.entries]


def test_what_is_asked_in_a_channel_that_gets_another_id_is_asked_there() -> None:
    """The vendor knows the old one no more."""
    unit = Closing()
    thread = spoken(unit)
    look_at_trees(unit)
    follow_channel(ChannelChanged(channel=thread.channel, now="C0NEW"), unit)
    assert Subject(channel="C0NEW", root_ts=thread.root_ts) == question(unit).asked_in
    assert [question(unit).id] == [put.message.decision_id for put in unit.queues.actions.puts[-1:]]  # type: ignore[attr-defined]


def test_a_question_whose_showing_was_not_asked_for_is_asked_at_the_next_look() -> None:
    """The queue may be away just then: the log has it only once its card is on its way."""
    unit = Closing()
    thread = spoken(unit)
    unit.queues.actions.fail_next(ConnectionError())
    with pytest.raises(ConnectionError):
        look_at_trees(unit)
    look_at_trees(unit)
    work(unit)
    assert [(thread.channel, thread.root_ts)] == list(cards(unit))


def test_what_was_answered_is_neither_asked_nor_shown_again() -> None:
    """Looks come every hour."""
    unit = Closing()
    spoken(unit)
    look_at_trees(unit)
    work(unit)
    assert DecisionState.DISMISSED is unit.say("dismiss", question(unit)).state
    unit.put(2, DONE, at=NOW)
    unit.at += HOUR
    look_at_trees(unit)
    compare(unit)
    assert [] == unit.queues.actions.puts
    assert ["Dismissed. Close, with 1 below it:", "Done:", "Done:"] == next(iter(cards(unit).values()))


@pytest.mark.parametrize(
    ("about", "asked"),
    [({"channel": SAID.channel}, 0), ({"channel": SAID.channel, "effect": "ask"}, 1), ({"kind": "comment"}, 1)],
)
def test_a_thread_in_which_nothing_is_to_be_asked_is_none_to_ask_in(about: dict[str, Any], asked: int) -> None:
    """A rule about one kind, or that only has us ask first, closes no thread."""
    unit = Closing()
    rule = TeamRule(id="r-1", owner="U0ADA", made_at=NOW, **about)
    tenant = unit.stores.tenants.get(ACME)
    unit.stores.tenants.replace(tenant.model_copy(update={"rules": (rule,)}), before=tenant)
    spoken(unit)
    look_at_trees(unit)
    work(unit)
    assert asked == len(cards(unit))
