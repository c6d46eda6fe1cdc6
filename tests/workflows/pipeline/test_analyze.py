"""Judging: once per content, only when quiet, on the record before anything is done."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.actions import TAKEN_BACK, Comment, CreateTicket, Ignore, MoveTicket, Proposable
from pm_assistant.domain.decisions import ActionRequest, Decision, DecisionState, Evidence, Judgement, Outcome
from pm_assistant.domain.errors import Conflict, UpstreamUnavailable
from pm_assistant.domain.events import ConversationTouched, EventEnvelope, TicketChanged, TicketRemoved
from pm_assistant.domain.orders import GivenOrder
from pm_assistant.domain.planning import Relation, RelationList, RelationType
from pm_assistant.domain.tenants import ActionKind, Activity, Channels, Provider, Settings
from pm_assistant.domain.work import Conversation, Message, MessageId, StateType, TicketState
from pm_assistant.workflows.connections.relations import keep_relations
from pm_assistant.workflows.pipeline.analyze import Analysis
from tests.builders import (
    ACME,
    DONE,
    GLOBEX,
    NOW,
    TODO,
    TRUSTING,
    a_comment,
    a_conversation,
    a_decision,
    a_judgement,
    a_message,
    a_proposal,
    a_tenant,
    a_ticket,
)
from tests.fakes.stores import FakeDecisions, FakeMessages
from tests.fakes.vendors import FakeAnalyst
from tests.workflows.pipeline.unit import AnalyzeUnit

MOVE = MoveTicket(ticket_id="ticket-1", to=DONE)


def test_a_sure_proposal_is_logged_with_its_receipt_and_sent_on() -> None:
    """The decision stands in the log, with the permalink of its evidence, before the action is asked for."""
    message = a_message()
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), message.id)))
    unit.say(message)

    [decision] = unit.touched(message).decisions

    assert decision == unit.stores.decisions.get(ACME, decision.id)
    assert DecisionState.QUEUED == decision.state
    assert [f"https://acme.slack.com/archives/C0ENG/p{message.ts.replace('.', '')}"] == [
        receipt.url for receipt in decision.evidence
    ]
    assert [decision.id] == unit.asked_for


@pytest.mark.parametrize(
    ("ticket_id", "answer", "edited", "told"),
    [
        ("ticket-1", None, None, False),
        ("ticket-2", None, None, True),
        ("ticket-1", "Only on Safari", None, True),
        ("ticket-1", None, "It vanishes on Safari", True),
    ],
)
def test_a_ticket_is_not_told_what_it_was_made_of(
    ticket_id: str, answer: str | None, edited: str | None, told: bool
) -> None:
    """Whoever had it made has said all of that; what is said to it since, or is said otherwise by now, is news."""
    message = a_message(0, "The coupon vanishes")
    shown = message if edited is None else message.model_copy(update={"text": edited, "edited_ts": message.ts})
    reply = [a_message(1, answer, root_ts=message.ts)] if answer else []
    comment = a_proposal(a_comment(ticket_id), message.id, *(each.id for each in reply))
    unit = AnalyzeUnit(a_judgement(comment))
    unit.stores.tickets.put_all(ACME, [a_ticket(1), a_ticket(2)])
    unit.stores.decisions.save(
        a_decision(
            message=message,
            action=CreateTicket(title="The coupon vanishes", description="", priority=0),
            state=DecisionState.DONE,
            performed="r",
            order=GivenOrder(message_id=message.id),
            evidence=(Evidence.of(message, "https://acme.slack.com/"),),
            outcome=Outcome(external_id="ticket-1", url="https://linear.test/ENG-1", inverse="undo"),
        )
    )
    unit.say(shown, *reply)
    unit.touched(shown)

    assert told == any(
        isinstance(d.action, Comment) for d in unit.stores.decisions.since(ACME, NOW - timedelta(days=9))
    )


def test_ten_quick_messages_in_a_thread_are_judged_once() -> None:
    """Every message leaves an event; those that come before it is quiet leave the work to the last one."""
    root = a_message()
    thread = [root, *(a_message(n / 3, f"more {n}", root_ts=root.ts) for n in range(1, 10))]
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), root.id)))
    unit.say(*thread)

    analyses = []
    for message in thread:
        unit.at = message.received_at + timedelta(seconds=5)
        analyses.append(unit.touched(message))

    assert 1 == unit.analyst.calls
    assert 9 == [analysis.skipped for analysis in analyses].count("not quiet yet")
    assert [] == unit.queues.events.puts


def test_what_is_only_acknowledged_is_not_judged_again() -> None:
    """Nothing was added; as soon as somebody says something all of it is judged."""
    root = a_message()
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), root.id)), a_judgement(a_proposal(a_comment(), root.id)))
    answers = [
        a_message(n, said, root_ts=root.ts, author="U0GUS")
        for n, said in enumerate(("ok", ":eyes:", "thanks!", "it is gone since the release"), start=1)
    ]
    unit.say(root, answers[0])
    unit.touched(answers[0])

    for said in answers[1:3]:
        unit.say(said)
        assert Analysis(skipped="already judged") == unit.touched(said)
    assert 1 == unit.analyst.calls

    unit.say(answers[3])
    assert unit.touched(answers[3]).skipped is None
    assert 2 == unit.analyst.calls


def test_a_burst_is_looked_at_again_when_it_may_be_quiet() -> None:
    """By the message that came last: its event goes back with the time that is left, the others' leave it to that."""
    first, second = a_message(0), a_message(3, "and lunch?")
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), first.id)))
    unit.say(first, second)
    unit.at = NOW + timedelta(seconds=5.5)

    assert Analysis(skipped="not quiet yet") == unit.touched(first)
    assert [] == unit.queues.events.puts
    assert Analysis(skipped="not quiet yet") == unit.touched(second)

    [(again, group, delay)] = unit.queues.events.puts
    assert (ACME, 3) == (group, delay)
    unit.at += timedelta(seconds=delay)
    assert isinstance(again, EventEnvelope)
    assert [a_comment()] == [decision.action for decision in unit.handle(again).decisions]


def test_a_message_whose_neighbour_is_answered_is_not_forgotten() -> None:
    """The burst's last message may become a thread before the burst is judged; the first must not depend on it."""
    first, second = a_message(0), a_message(3, "who has release duty?")
    reply = a_message(6, "me", root_ts=second.ts)
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), first.id)))
    unit.say(first, second)
    unit.at = NOW + timedelta(seconds=5)
    unit.touched(first)
    unit.say(reply)
    unit.at = NOW + timedelta(seconds=8)
    unit.touched(reply)
    woken = [put.message for put in unit.queues.events.puts if put.delay_seconds == 0]

    [analysis] = [unit.handle(envelope) for envelope in woken if isinstance(envelope, EventEnvelope)]

    assert [a_comment()] == [decision.action for decision in analysis.decisions]


def test_a_message_beside_one_that_has_been_answered_at_length_is_looked_at() -> None:
    """Who reads a channel has the last of a burst looked at, and may not have read its thread."""
    first, second = a_message(0), a_message(3, "who has release duty?")
    replies = [a_message(6 + n, "me", root_ts=second.ts) for n in range(3)]
    unit = AnalyzeUnit(a_judgement(), a_judgement(a_proposal(a_comment(), first.id)))
    unit.say(first, second, *replies)
    unit.at = NOW + timedelta(seconds=60)
    unit.touched(second)
    [woken] = [put.message for put in unit.queues.events.puts]
    assert isinstance(woken, EventEnvelope)

    assert [a_comment()] == [decision.action for decision in unit.handle(woken).decisions]
    assert [woken] == [put.message for put in unit.queues.events.puts]


def test_a_channel_that_never_falls_silent_costs_as_much_as_is_said_in_it() -> None:
    """Each message is looked at once, and each quarter hour has one that waits for quiet; nothing is forgotten."""
    messages = [a_message(4 * number, f"message {number}") for number in range(600)]
    unit = AnalyzeUnit(*(a_judgement() for _ in range(10)))
    due = [(message.received_at + timedelta(seconds=5), message) for message in messages]
    looks = 0
    for message in messages:
        unit.say(message)
        while due and due[0][0] <= message.received_at:
            unit.at, touched = due.pop(0)
            unit.touched(touched)
            looks += 1
            for put in unit.queues.events.puts:
                due.append((unit.at + timedelta(seconds=put.delay_seconds), touched))
            unit.queues.events.puts.clear()
            due.sort(key=lambda pair: pair[0])
    while due:
        unit.at, touched = due.pop(0)
        unit.touched(touched)
        looks += 1
        assert [] == unit.queues.events.puts

    assert looks < 2 * len(messages)
    assert 3 <= unit.analyst.calls <= 5


def test_the_same_event_again_changes_nothing() -> None:
    """Content that has been judged is not judged again."""
    message = a_message()
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), message.id)))
    unit.say(message)
    unit.touched(message)

    again = unit.touched(message)

    assert Analysis(skipped="already judged") == again
    assert 1 == len(unit.queues.actions.puts)


def test_a_failing_model_is_asked_again_by_the_retry() -> None:
    """The lease is given back, so the queue's retry starts afresh."""
    message = a_message()
    unit = AnalyzeUnit(UpstreamUnavailable("model is away"), a_judgement(a_proposal(a_comment(), message.id)))
    unit.say(message)

    with pytest.raises(UpstreamUnavailable):
        unit.touched(message)
    [decision] = unit.touched(message).decisions

    assert [decision.id] == unit.asked_for


def test_a_retry_replays_the_judgement_instead_of_asking_again() -> None:
    """A model asked twice may answer twice: what was decided first is finished, nothing is added, nothing is lost."""
    message = a_message()
    move = MoveTicket(ticket_id="ticket-1", to=DONE)
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), message.id), a_proposal(move, message.id)))
    unit.say(message)
    unit.queues.actions.fail_next(UpstreamUnavailable("queue is away"))

    with pytest.raises(UpstreamUnavailable):
        unit.touched(message)
    unit.touched(message)

    assert 1 == unit.analyst.calls
    assert 1 == len(unit.asked_for)
    assert [a_comment(), move] == sorted((d.action for d in unit.stores.decisions.since(ACME, NOW)), key=str)


def test_the_same_work_on_other_evidence_is_the_same_decision() -> None:
    """A burst that grows may be cited differently; new work still gets one ticket."""
    one, two, three = a_message(0, "export dies"), a_message(10, "the CSV one"), a_message(20, "looking")
    create = CreateTicket(title="Export dies", description="CSV")
    unit = AnalyzeUnit(
        a_judgement(a_proposal(create, one.id, two.id)),
        a_judgement(a_proposal(create.model_copy(update={"title": "CSV dies"}), two.id, three.id)),
    )
    unit.say(one, two)
    [before] = unit.touched(two).decisions
    unit.say(three)

    [after] = unit.touched(three).decisions

    assert (before.id, before.subject) == (after.id, after.subject)


def test_a_thread_under_any_message_of_a_burst_finds_what_the_burst_decided() -> None:
    """Not only under the first one cited."""
    one, two = a_message(0, "coupon vanishes"), a_message(10, "with PayPal")
    reply = a_message(60, "thanks!", root_ts=two.ts)
    unit = AnalyzeUnit(
        a_judgement(a_proposal(a_comment(), one.id, two.id)), a_judgement(a_proposal(a_comment(), two.id, reply.id))
    )
    unit.say(one, two)
    [before] = unit.touched(two).decisions
    unit.say(reply)
    unit.touched(reply)

    assert [before.id] == [decision.id for decision in unit.stores.decisions.since(ACME, NOW)]


def test_a_thread_adds_to_what_the_burst_said_and_takes_nothing_away() -> None:
    """One comment for a ticket, with the words and the receipts of both."""
    one, two = a_message(0, "coupon vanishes"), a_message(10, "with PayPal")
    reply = a_message(60, "also with Klarna", root_ts=two.ts)
    unit = AnalyzeUnit(
        a_judgement(a_proposal(a_comment(summary="With PayPal."), one.id, two.id)),
        a_judgement(a_proposal(a_comment(summary="Also Klarna."), two.id, reply.id)),
    )
    unit.say(one, two)
    unit.touched(two)
    unit.say(reply)

    [decision] = unit.touched(reply).decisions

    assert a_comment(summary="With PayPal. Also Klarna.") == decision.action
    assert [one.id, two.id, reply.id] == [receipt.message_id for receipt in decision.evidence]


def test_a_deleted_message_is_taken_back_from_the_ticket_too() -> None:
    """Who deletes what they said does not find it quoted elsewhere."""
    message = a_message()
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), message.id)))
    unit.say(message)
    [decision] = unit.touched(message).decisions
    done = decision.model_copy(update={"state": DecisionState.DONE, "performed": decision.revision})
    done = unit.stores.decisions.replace(done, before=decision)
    unit.stores.messages.delete(ACME, message.channel, message.root_ts, message.ts, at=NOW + timedelta(seconds=30))

    [again] = unit.touched(message).decisions

    assert (decision.id, a_comment(summary=TAKEN_BACK), DecisionState.QUEUED) == (again.id, again.action, again.state)
    assert [decision.id, decision.id] == unit.asked_for


@pytest.mark.parametrize("state", DecisionState)
def test_deleted_words_leave_the_log_and_the_verdict(state: DecisionState) -> None:
    """However far the decision came, the ticket's own text apart; the card in the thread is brought up to date."""
    message = a_message(0, "secret")
    unit = AnalyzeUnit(a_judgement())
    secret = CreateTicket(title="secret", description="secret")
    performed = "digest-1" if state in {DecisionState.DONE, DecisionState.UNDONE} else None
    decision = a_decision(
        action=secret, message=message, reason="secret", remark="secret", state=state, performed=performed
    )
    unit.stores.decisions.save(decision)
    unit.say(message)
    content = a_conversation(message)
    unit.stores.conversations.save_verdict(ACME, content, [decision], at=NOW)
    unit.stores.messages.delete(ACME, message.channel, message.root_ts, message.ts, at=NOW + timedelta(seconds=30))

    unit.touched(message)

    assert "secret" not in unit.stores.decisions.get(ACME, decision.id).model_dump_json()
    assert unit.stores.conversations.progress(ACME, content).verdict is None
    assert decision.id in unit.asked_for


def test_what_people_delete_in_a_channel_that_is_no_longer_read_is_forgotten_too() -> None:
    """Nothing else there is looked at, and no model is asked."""
    one, two = a_message(0, "the coupon"), a_message(30, "lunch?", root_ts=a_message(0).ts)
    unit = AnalyzeUnit()
    theirs = unit.stores.decisions.save(a_decision(message=one, state=DecisionState.PROPOSED))
    other = unit.stores.decisions.save(a_decision(action=MOVE, message=two, state=DecisionState.PROPOSED))
    unit.say(one, two)
    unread = TRUSTING.model_copy(update={"channels": Channels(deny=(one.channel,))})
    unit.stores.tenants.put(a_tenant(settings=unread))
    unit.stores.messages.delete(ACME, one.channel, one.root_ts, one.ts, at=NOW + timedelta(seconds=40))

    unit.touched(two)

    forgotten = unit.stores.decisions.get(ACME, theirs.id)
    assert (DecisionState.DISMISSED, a_comment(summary=TAKEN_BACK)) == (forgotten.state, forgotten.action)
    assert other == unit.stores.decisions.get(ACME, other.id)
    assert ([theirs.id], 0) == (unit.asked_for, unit.analyst.calls)


@pytest.mark.parametrize("again", [True, False], ids=["is said without them", "no longer follows"])
def test_of_what_several_people_said_nobodys_deleted_words_stay(again: bool) -> None:
    """Unless the very same follows from what the others said: then it rests on that."""
    one, two = a_message(0, "the coupon"), a_message(10, "yes, the coupon")
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), two.id)) if again else a_judgement())
    evidence = tuple(Evidence(message_id=said.id, url="https://acme.slack.com/") for said in (one, two))
    decision = unit.stores.decisions.save(a_decision(message=one, evidence=evidence, state=DecisionState.QUEUED))
    for said in (one, two):
        unit.say(said)
    unit.stores.messages.delete(ACME, one.channel, one.root_ts, one.ts, at=NOW + timedelta(seconds=30))

    unit.touched(two)

    after = unit.stores.decisions.get(ACME, decision.id)
    assert (a_comment() if again else a_comment(summary=TAKEN_BACK)) == after.action
    assert ([two.id] if again else [one.id, two.id]) == [receipt.message_id for receipt in after.evidence]


def test_text_that_was_changed_back_is_judged_again() -> None:
    """Monday, Friday, Monday: what stands in the ticket must be Monday."""
    message = a_message(0, "ships Monday")

    def edited(seconds: float, text: str) -> Message:
        at = NOW + timedelta(seconds=seconds)
        change = {"text": text, "edited_ts": f"{at.timestamp():.6f}", "received_at": at}
        return message.model_copy(update=change)

    summaries = ("Monday.", "Friday.", "Monday.")
    unit = AnalyzeUnit(*(a_judgement(a_proposal(a_comment(summary=said), message.id)) for said in summaries))
    for version in (message, edited(10, "ships Friday"), edited(20, "ships Monday")):
        unit.say(version)
        unit.touched(version)

    [decision] = unit.stores.decisions.since(ACME, NOW)
    assert a_comment(summary="Monday.") == decision.action
    assert 3 == unit.analyst.calls


def test_talk_that_found_its_ticket_is_no_longer_listed_as_untracked() -> None:
    """What was only logged is taken back, too, when it no longer follows."""
    root = a_message(0, "export is slow")
    reply = a_message(30, "that is ENG-1", root_ts=root.ts)
    unit = AnalyzeUnit(
        a_judgement(a_proposal(Ignore(work=True), root.id)), a_judgement(a_proposal(a_comment(), root.id, reply.id))
    )
    unit.say(root)
    [ignored] = unit.touched(root).decisions
    unit.say(reply)
    unit.touched(reply)

    assert DecisionState.DISMISSED == unit.stores.decisions.get(ACME, ignored.id).state


def test_what_was_asked_and_is_only_logged_now_has_its_card_refreshed() -> None:
    """A question that no longer stands must not keep its buttons."""
    root = a_message()
    reply = a_message(30, "or something else", root_ts=root.ts)
    unit = AnalyzeUnit(
        a_judgement(a_proposal(a_comment(), root.id, confidence=0.7)),
        a_judgement(a_proposal(a_comment(), root.id, confidence=0.3)),
    )
    unit.say(root)
    [asked] = unit.touched(root).decisions
    unit.say(reply)
    [logged] = unit.touched(reply).decisions

    assert (asked.id, DecisionState.LOGGED) == (logged.id, logged.state)
    assert [asked.id, asked.id] == unit.asked_for


def test_what_the_analyst_makes_up_is_dropped() -> None:
    """A ticket that was not among the candidates cannot be named."""
    message = a_message()
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment("ticket-99"), message.id)))
    unit.say(message)

    analysis = unit.touched(message)

    assert ("comment: unknown ticket",) == analysis.unusable
    assert [Ignore()] == [decision.action for decision in analysis.decisions]
    assert [] == unit.queues.actions.puts


def test_a_ticket_is_never_moved_backwards() -> None:
    """Reopening takes a person."""
    message = a_message()
    unit = AnalyzeUnit(a_judgement(a_proposal(MoveTicket(ticket_id="ticket-1", to=TODO), message.id)))
    unit.stores.tickets.put(ACME, a_ticket(1, state=DONE, completed_at=NOW, updated_at=NOW))
    unit.say(message)

    analysis = unit.touched(message)

    assert ("move: does not move the ticket forwards",) == analysis.unusable


def test_a_new_tenant_is_asked_before_anything_is_done() -> None:
    """Tenants start in propose mode, however sure the analyst is."""
    message = a_message()
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), message.id, confidence=1.0)))
    unit.stores.tenants.put(a_tenant(settings=Settings()))
    unit.say(message)

    [decision] = unit.touched(message).decisions

    assert DecisionState.PROPOSED == decision.state


def test_private_talk_is_not_carried_out_without_a_persons_word() -> None:
    """The tracker has a wider audience than a private channel."""
    message = a_message(private=True)
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), message.id, confidence=1.0)))
    unit.say(message)

    [decision] = unit.touched(message).decisions

    assert DecisionState.PROPOSED == decision.state


def test_a_doubtful_proposal_is_only_logged() -> None:
    """Far below the threshold nobody is bothered."""
    message = a_message()
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), message.id, confidence=0.3)))
    unit.say(message)

    [decision] = unit.touched(message).decisions

    assert DecisionState.LOGGED == decision.state
    assert [] == unit.queues.actions.puts


def test_a_thread_below_a_burst_message_is_the_same_subject() -> None:
    """A comment made from a burst is brought up to date by the thread that follows, not written a second time."""
    first, second = a_message(0, "lunch?"), a_message(10, "coupon vanishes")
    reply = a_message(60, "only with PayPal", root_ts=second.ts)
    unit = AnalyzeUnit(
        a_judgement(a_proposal(a_comment(), second.id)),
        a_judgement(a_proposal(a_comment(summary="Only with PayPal."), second.id, reply.id)),
    )
    unit.say(first, second)
    [before] = unit.touched(second).decisions
    unit.say(reply)

    [after] = unit.touched(reply).decisions

    assert before.id == after.id
    assert before.subject.root_ts == second.ts


def test_an_unfurl_or_a_repeat_of_the_text_is_no_new_content() -> None:
    """An edit without a change of text leaves the digest, and so the judgement, as it is."""
    message = a_message()
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), message.id)))
    unit.say(message)
    unit.touched(message)
    unit.say(message.model_copy(update={"edited_ts": "1.0", "received_at": NOW + timedelta(seconds=5)}))

    assert Analysis(skipped="already judged") == unit.touched(message)


def test_a_proposal_that_no_longer_follows_is_withdrawn() -> None:
    """When the conversation moves on, what was only asked is taken back and its card is refreshed."""
    root = a_message()
    reply = a_message(30, "never mind, wrong shop", root_ts=root.ts)
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), root.id, confidence=0.7)), a_judgement())
    unit.say(root)
    [proposed] = unit.touched(root).decisions
    unit.say(reply)
    unit.touched(reply)

    assert DecisionState.DISMISSED == unit.stores.decisions.get(ACME, proposed.id).state
    assert [proposed.id, proposed.id] == unit.asked_for


def test_a_deleted_conversation_withdraws_what_was_proposed_and_costs_no_model_call() -> None:
    """Nothing left standing, nothing to judge."""
    message = a_message()
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), message.id, confidence=0.7)))
    unit.say(message)
    [proposed] = unit.touched(message).decisions
    unit.stores.messages.delete(ACME, message.channel, message.root_ts, message.ts, at=NOW + timedelta(seconds=30))

    unit.touched(message)

    assert DecisionState.DISMISSED == unit.stores.decisions.get(ACME, proposed.id).state
    assert 1 == unit.analyst.calls


def test_what_has_been_done_is_not_asked_for_again() -> None:
    """A later, less sure look at the same thread neither repeats nor questions what was done."""
    root = a_message()
    reply = a_message(30, "thanks", root_ts=root.ts)
    create = CreateTicket(title="Coupon vanishes", description="In checkout")
    unit = AnalyzeUnit(
        a_judgement(a_proposal(create, root.id)), a_judgement(a_proposal(create, root.id, reply.id, confidence=0.6))
    )
    unit.say(root)
    [decision] = unit.touched(root).decisions
    done = decision.model_copy(update={"state": DecisionState.DONE, "performed": decision.revision})
    done = unit.stores.decisions.replace(done, before=decision)
    unit.say(reply)

    unit.touched(reply)

    assert done == unit.stores.decisions.get(ACME, decision.id)
    assert 1 == len(unit.queues.actions.puts)


def test_what_people_have_undone_stays_undone() -> None:
    """However sure a later look at the same thread is, also once all that was said has been deleted."""
    root = a_message()
    reply = a_message(30, "and in the app too", root_ts=root.ts)
    again = a_judgement(a_proposal(a_comment(summary="Also in the app"), root.id, reply.id))
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), root.id)), again)
    unit.say(root)
    [decision] = unit.touched(root).decisions
    change = {"state": DecisionState.UNDONE, "performed": decision.revision, "decided_by": "account:7f"}
    undone = decision.model_copy(update=change)
    undone = unit.stores.decisions.replace(undone, before=decision)
    unit.say(reply)

    unit.touched(reply)
    for message in (root, reply):
        unit.stores.messages.delete(ACME, message.channel, message.root_ts, message.ts, at=NOW + timedelta(minutes=1))
    unit.touched(reply)

    assert undone.redacted() == unit.stores.decisions.get(ACME, decision.id).model_copy(update={"version": 1})
    # The first time to be done, the second to have its card say so without the words.
    assert [decision.id, decision.id] == unit.asked_for


def test_ticket_changes_keep_the_index_fresh() -> None:
    """What the tracker reports is what conversations are matched with."""
    unit = AnalyzeUnit()
    renamed = a_ticket(1, title="Coupon and voucher", updated_at=NOW)

    unit.handle(EventEnvelope(tenant_id=ACME, event=TicketChanged(ticket=renamed)))
    assert [renamed] == list(unit.stores.tickets.all(ACME))

    unit.handle(EventEnvelope(tenant_id=ACME, event=TicketRemoved(ticket_id="ticket-1", at=NOW + timedelta(1))))
    assert [] == list(unit.stores.tickets.all(ACME))


def test_nothing_is_asked_any_more_about_a_ticket_that_is_gone() -> None:
    """In whichever thread, neither to do something on it nor to undo it; what stands on it is left alone."""
    unit, made = AnalyzeUnit(), Outcome(external_id="ticket-1", url="", inverse='{"operation": "issueDelete"}')
    on_it, elsewhere, moved = a_comment(), a_comment("ticket-2"), MoveTicket(ticket_id="ticket-1", to=DONE)
    done: dict[str, Any] = {"state": DecisionState.DONE, "performed": "digest-1", "outcome": made}
    decisions = {
        "asked": a_decision(id="asked", state=DecisionState.PROPOSED, action=on_it),
        "in another thread": a_decision(
            id="b",
            message=a_message(900),
            state=DecisionState.PROPOSED,
            action=moved,
        ),
        "to be undone": a_decision(id="c", action=CreateTicket(title="It", description=""), undo_proposed=True, **done),
        "done": a_decision(id="d", message=a_message(300), action=on_it, **done),
        "about another": a_decision(id="e", state=DecisionState.PROPOSED, action=elsewhere),
    }
    for decision in decisions.values():
        unit.stores.decisions.save(decision)
    removed = EventEnvelope(tenant_id=ACME, event=TicketRemoved(ticket_id="ticket-1", at=NOW + timedelta(1)))

    for _ in range(2):
        unit.handle(removed)

    now = {name: unit.stores.decisions.get(ACME, decision.id) for name, decision in decisions.items()}
    gone, over = "the ticket is not there any more", DecisionState.DISMISSED
    assert {"asked": (over, gone), "in another thread": (over, gone), "to be undone": (DecisionState.DONE, gone)} == {
        name: (decision.state, decision.error) for name, decision in now.items() if decision.error
    }
    assert ["about another"] == [name for name, decision in now.items() if decision.awaits_answer]
    assert sorted(now[name].id for name in ("asked", "in another thread", "to be undone")) == sorted(unit.asked_for)


def test_nothing_is_asked_any_more_about_a_ticket_that_is_anothers_duplicate() -> None:
    """Its card says so; a telling from before that, which comes late, ends nothing."""
    unit = AnalyzeUnit()
    unit.stores.decisions.save(a_decision(state=DecisionState.PROPOSED, action=a_comment()))
    duplicate = TicketState(id="s-dup", name="Duplicate", type=StateType.DUPLICATE)

    late = a_ticket(1, state=duplicate, updated_at=NOW - timedelta(days=2))
    unit.handle(EventEnvelope(tenant_id=ACME, event=TicketChanged(ticket=late)))
    assert [] == unit.asked_for
    for _ in range(2):
        merged = a_ticket(1, state=duplicate, updated_at=NOW)
        unit.handle(EventEnvelope(tenant_id=ACME, event=TicketChanged(ticket=merged)))

    ((_, decision),) = unit.stores.decisions.latest(ACME, limit=9)
    assert (DecisionState.DISMISSED, "the ticket is a duplicate of another") == (decision.state, decision.error)
    assert {decision.id} == set(unit.asked_for)


@pytest.mark.parametrize("listed_first", [True, False], ids=["listed, then closed", "closed, then listed"])
def test_what_was_asked_about_a_duplicate_is_asked_about_the_ticket_with_which_people_go_on(listed_first: bool) -> None:
    """Once, by judging what was said anew; the old key leads to it. Nothing is asked about the duplicate."""
    root = a_message(text="ENG-1 is broken again")
    about = [a_judgement(a_proposal(a_comment(f"ticket-{n}"), root.id, confidence=0.7)) for n in (1, 2)]
    unit = AnalyzeUnit(*about)
    unit.stores.tickets.put(ACME, a_ticket(2, title="Another title"))
    unit.say(root)
    unit.touched(root)
    relation = Relation(id="r-1", ticket_id="ticket-1", other_id="ticket-2", type=RelationType.DUPLICATE, at=NOW)
    duplicate = TicketState(id="s-dup", name="Duplicate", type=StateType.DUPLICATE)
    closed = EventEnvelope(tenant_id=ACME, event=TicketChanged(ticket=a_ticket(1, state=duplicate, updated_at=NOW)))
    steps: list[Callable[[], object]] = [
        lambda: keep_relations(RelationList(relations=(relation,)), unit),
        lambda: unit.handle(closed),
    ]
    for step in steps if listed_first else steps[::-1]:
        step()
    unit.handle(closed)
    while unit.queues.events.puts:
        put = unit.queues.events.puts.pop(0)
        assert isinstance(put.message, EventEnvelope)
        unit.handle(put.message)

    decisions = {decision.action.about_ticket: decision for _, decision in unit.stores.decisions.latest(ACME, limit=9)}
    assert {"ticket-1": DecisionState.DISMISSED, "ticket-2": DecisionState.PROPOSED} == {
        id: decision.state for id, decision in decisions.items()
    }
    assert 2 == unit.analyst.calls


def test_what_was_asked_about_a_ticket_is_asked_again_once_it_is_back() -> None:
    """By judging what was said anew, each conversation once; what people have answered themselves stays answered."""
    root = a_message()
    reply = a_message(30, "and on mobile", root_ts=root.ts)
    proposals = (a_proposal(a_comment(), root.id, confidence=0.7), a_proposal(MOVE, reply.id, confidence=0.7))
    unit = AnalyzeUnit(a_judgement(*proposals), a_judgement(*proposals))
    unit.say(root, reply)
    unit.touched(reply)
    gone_at = NOW + timedelta(days=1)
    unit.handle(EventEnvelope(tenant_id=ACME, event=TicketRemoved(ticket_id="ticket-1", at=gone_at)))
    unit.queues.events.puts.clear()

    back = TicketChanged(ticket=a_ticket(1, updated_at=gone_at + timedelta(seconds=1)), returned=True)
    unit.handle(EventEnvelope(tenant_id=ACME, event=back))
    for put in unit.queues.events.puts[:]:
        assert isinstance(put.message, EventEnvelope)
        unit.handle(put.message)

    assert 2 == unit.analyst.calls
    states = [decision.state for _, decision in unit.stores.decisions.latest(ACME, limit=9)]
    assert [DecisionState.PROPOSED] * 2 == states


def test_nothing_is_asked_about_a_ticket_that_went_while_it_was_judged() -> None:
    """Whoever told of that has found no question yet."""
    message = a_message()
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), message.id, confidence=0.7)))
    unit.say(message)
    save, stores = unit.stores.decisions.save, unit.stores

    def saved_after_the_ticket_went(decision: Decision, **seen: Any) -> Decision:
        unit.handle(EventEnvelope(tenant_id=ACME, event=TicketRemoved(ticket_id="ticket-1", at=NOW + timedelta(1))))
        return save(decision, **seen)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stores.decisions, "save", saved_after_the_ticket_went)
        [decision] = unit.touched(message).decisions

    assert decision.gone
    assert decision == stores.decisions.get(ACME, decision.id)


def test_another_tenants_tickets_are_never_candidates() -> None:
    """The analyst is shown the tenant's own index and nothing else."""
    message = a_message()
    unit = AnalyzeUnit(a_judgement())
    unit.stores.tickets.put(GLOBEX, a_ticket(7, title="The coupon vanishes in checkout again"))
    unit.say(message)

    unit.touched(message)

    assert ["ticket-1"] == [ticket.id for ticket in unit.analyst.seen_candidates[-1]]


def test_what_was_withdrawn_may_be_proposed_again() -> None:
    """Only a person's no is final; our own taking back is not."""
    root = a_message()
    second, third = a_message(30, "never mind", root_ts=root.ts), a_message(60, "no, it is back", root_ts=root.ts)
    unit = AnalyzeUnit(
        a_judgement(a_proposal(a_comment(), root.id, confidence=0.7)),
        a_judgement(),
        a_judgement(a_proposal(a_comment(), root.id, third.id, confidence=0.7)),
    )
    for message in (root, second, third):
        unit.say(message)
        unit.touched(message)

    [decision] = [d for d in unit.stores.decisions.since(ACME, NOW) if d.action == a_comment()]
    assert DecisionState.PROPOSED == decision.state


def test_an_event_tells_that_its_vendor_is_alive() -> None:
    """When we last heard of it is noted, but not when an operator had something judged."""
    message = a_message()
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), message.id)))
    unit.say(message)

    unit.touched(message, force=True)
    assert {} == unit.stores.connection_states.activity(ACME)
    unit.touched(message)
    unit.handle(EventEnvelope(tenant_id=ACME, event=TicketChanged(ticket=a_ticket(1))))

    heard = Activity(last_event_at=unit.at)
    assert {Provider.SLACK: heard, Provider.LINEAR: heard} == unit.stores.connection_states.activity(ACME)


def test_a_channel_that_is_no_longer_read_is_not_judged() -> None:
    """A message may still have slipped through while the lists changed."""
    message = a_message()
    unit = AnalyzeUnit()
    unit.say(message)
    unread = TRUSTING.model_copy(update={"channels": Channels(deny=(message.channel,))})
    unit.stores.tenants.put(a_tenant(settings=unread))

    assert "channel is not read" == unit.touched(message).skipped
    assert 0 == unit.analyst.calls


@pytest.mark.parametrize("gone", ["channel", "messages"])
def test_what_was_logged_and_never_asked_for_is_asked_for_where_nothing_is_judged_any_more(gone: str) -> None:
    """Whoever carries it out sees what has become of it; without that it would wait for ever."""
    message = a_message()
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), message.id)))
    unit.say(message)
    unit.queues.actions.fail_next(UpstreamUnavailable("SQS does not answer"))
    with pytest.raises(UpstreamUnavailable):
        unit.touched(message)
    if gone == "channel":
        unit.stores.tenants.put(a_tenant(settings=TRUSTING.model_copy(update={"channels": Channels(deny=("C0ENG",))})))
    else:
        unit.stores.messages = FakeMessages()

    unit.touched(message)

    [decision] = unit.stores.decisions.since(ACME, NOW)
    asked = [put.message for put in unit.queues.actions.puts]
    assert [ActionRequest(tenant_id=ACME, decision_id=decision.id)] == asked


def test_what_people_take_back_is_taken_back_in_a_channel_that_is_no_longer_read() -> None:
    """Whatever is read today, their words are no longer quoted."""
    message = a_message()
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), message.id)))
    unit.say(message)
    [decision] = unit.touched(message).decisions
    done = decision.model_copy(update={"state": DecisionState.DONE, "performed": decision.revision})
    unit.stores.decisions.replace(done, before=decision)
    unread = TRUSTING.model_copy(update={"channels": Channels(deny=(message.channel,))})
    unit.stores.tenants.put(a_tenant(settings=unread))

    unit.stores.messages.delete(ACME, message.channel, message.root_ts, message.ts, at=unit.at)
    unit.at += timedelta(minutes=2)
    [redacted] = unit.touched(message).decisions

    assert a_comment(summary=TAKEN_BACK) == redacted.action


def test_the_analyst_is_told_the_tenants_language() -> None:
    """None means that of the conversation."""
    message = a_message()
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), message.id)))
    unit.stores.tenants.put(a_tenant(settings=TRUSTING.model_copy(update={"language": "de"})))
    unit.say(message)

    unit.touched(message)

    assert ["de"] == unit.analyst.seen_languages


def test_moves_alone_can_be_asked_for_and_the_rest_still_comes() -> None:
    """One kind is decided on now; the content is not taken for judged, and is not judged by the model again."""
    message = a_message()
    move = a_proposal(MoveTicket(ticket_id="ticket-1", to=DONE), message.id)
    unit = AnalyzeUnit(a_judgement(move, a_proposal(a_comment(), message.id)))
    unit.say(message)

    touch = ConversationTouched(channel="C0ENG", ts=message.ts, root_ts=message.ts, force=True, only=ActionKind.MOVE)
    only = unit.handle(EventEnvelope(tenant_id=ACME, event=touch))
    rest = unit.touched(message)

    assert ["move"] == [decision.action.kind for decision in only.decisions]
    assert ["move", "comment"] == [decision.action.kind for decision in rest.decisions]
    assert 1 == unit.analyst.calls


def test_asking_for_moves_withdraws_nothing_of_another_kind() -> None:
    """What was proposed before and is no move is none of its business."""
    message, later = a_message(), a_message(30, root_ts=a_message().ts)
    unsure = a_proposal(a_comment(), message.id, confidence=0.6)
    unit = AnalyzeUnit(a_judgement(unsure), a_judgement(a_proposal(Ignore(), message.id)))
    unit.say(message)
    [proposed] = unit.touched(message).decisions
    unit.say(later)

    touch = ConversationTouched(channel="C0ENG", ts=later.ts, root_ts=later.root_ts, force=True, only=ActionKind.MOVE)
    unit.handle(EventEnvelope(tenant_id=ACME, event=touch))

    assert DecisionState.PROPOSED is unit.stores.decisions.get(ACME, proposed.id).state


def test_content_that_another_is_judging_comes_again() -> None:
    """The other may not get to the end; once it has, there is nothing left to do and no model is asked."""
    message = a_message()
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), message.id)))
    unit.say(message)
    key = f"judging|{a_conversation(message).id}"

    with unit.lease(key, lasts=timedelta(seconds=90)), pytest.raises(Conflict):
        unit.touched(message)
    assert 1 == len(unit.touched(message).decisions)
    assert Analysis(skipped="already judged") == unit.touched(message)
    assert 1 == unit.analyst.calls


DELETABLE = Outcome(external_id="comment-1", url="https://linear.app/c/1", inverse='{"delete": "comment-1"}')
MOVE = MoveTicket(ticket_id="ticket-1", to=DONE)
NOT_DONE_YET = [
    # state                   performed   when it no longer follows   when its words were deleted
    (DecisionState.LOGGED, None, DecisionState.DISMISSED, DecisionState.DISMISSED),
    (DecisionState.PROPOSED, None, DecisionState.DISMISSED, DecisionState.DISMISSED),
    (DecisionState.QUEUED, None, DecisionState.QUEUED, DecisionState.DISMISSED),
    (DecisionState.FAILED, None, DecisionState.FAILED, DecisionState.DISMISSED),
    (DecisionState.DONE, "digest-1", DecisionState.DONE, DecisionState.DONE),
    (DecisionState.PROPOSED, "digest-1", DecisionState.PROPOSED, DecisionState.DONE),
    (DecisionState.QUEUED, "digest-1", DecisionState.QUEUED, DecisionState.DONE),
]


@pytest.mark.parametrize(("state", "performed", "moved_on", "deleted"), NOT_DONE_YET)
def test_what_no_longer_follows_is_withdrawn_unless_it_was_let_through_or_done(
    state: DecisionState, performed: str | None, moved_on: DecisionState, deleted: DecisionState
) -> None:
    """What policy has let through falls only with the words it rests on; what was done is never taken for undone."""
    root = a_message()
    reply = a_message(30, "never mind", root_ts=root.ts)
    unit = AnalyzeUnit(a_judgement(), a_judgement())
    decision = unit.stores.decisions.save(
        a_decision(
            action=MOVE, message=root, state=state, performed=performed, outcome=DELETABLE if performed else None
        )
    )
    unit.say(root, reply)

    unit.touched(reply)
    assert moved_on == unit.stores.decisions.get(ACME, decision.id).state

    unit.stores.decisions.replace(decision, before=unit.stores.decisions.get(ACME, decision.id))
    unit.stores.messages.delete(ACME, root.channel, root.ts, root.ts, at=NOW + timedelta(seconds=40))
    unit.touched(reply)
    after = unit.stores.decisions.get(ACME, decision.id)
    assert (deleted, performed is not None) == (after.state, after.undo_proposed)


def test_what_rests_also_on_messages_elsewhere_is_not_withdrawn() -> None:
    """This conversation alone cannot say that it no longer follows; but what was deleted is not asked about."""
    one, two = a_message(0, "coupon vanishes"), a_message(10, "with PayPal")
    reply = a_message(60, "never mind", root_ts=two.ts)
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), one.id, two.id, confidence=0.7)), a_judgement())
    unit.say(one, two)
    [proposed] = unit.touched(two).decisions
    unit.say(reply)

    unit.touched(reply)
    assert proposed == unit.stores.decisions.get(ACME, proposed.id)

    for message in (two, reply):
        unit.stores.messages.delete(ACME, message.channel, message.root_ts, message.ts, at=NOW + timedelta(seconds=70))
    unit.touched(reply)
    after = unit.stores.decisions.get(ACME, proposed.id)
    assert (DecisionState.DISMISSED, a_comment(summary=TAKEN_BACK)) == (after.state, after.action)


def test_what_is_not_judged_says_why() -> None:
    """In words that the log is searched for."""
    unit = AnalyzeUnit()

    assert Analysis(skipped="no such message") == unit.touched(a_message())
    for event in (TicketChanged(ticket=a_ticket(1)), TicketRemoved(ticket_id="ticket-1", at=NOW)):
        assert Analysis(skipped="index updated") == unit.handle(EventEnvelope(tenant_id=ACME, event=event))


def test_what_is_asked_for_waits_under_the_tenants_own_name() -> None:
    """Nobody waits behind another tenant."""
    message = a_message()
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), message.id)))
    unit.say(message)

    [decision] = unit.touched(message).decisions

    assert [(ActionRequest(tenant_id=ACME, decision_id=decision.id), ACME, 0)] == unit.queues.actions.puts


def test_a_clock_that_is_behind_makes_nobody_wait_for_longer_than_a_queue_can() -> None:
    """A queue holds a message back for fifteen minutes."""
    message = a_message(0)
    unit = AnalyzeUnit()
    unit.stores.tenants.put(a_tenant(settings=TRUSTING.model_copy(update={"settle_seconds": 900})))
    unit.say(message)
    unit.at = NOW - timedelta(seconds=30)

    unit.touched(message)

    assert [900] == [put.delay_seconds for put in unit.queues.events.puts]


# Once


class InterruptedAnalyst(FakeAnalyst):
    """An analyst that takes its time: something else goes on while it thinks."""

    meanwhile: Callable[[], object] = staticmethod(lambda: None)

    def judge(self, conversation: Conversation, **given: Any) -> Judgement:
        """Give the next answer, in a while."""
        self.meanwhile()
        return super().judge(conversation, **given)


def test_while_one_judges_nobody_else_does() -> None:
    """For as long as the function may run, which is a minute."""
    message = a_message()
    unit = AnalyzeUnit()
    unit.analyst = analyst = InterruptedAnalyst(a_judgement(a_proposal(a_comment(), message.id)))
    unit.say(message)
    refused: list[Conflict] = []

    def a_minute_later() -> None:
        unit.at += timedelta(minutes=1)
        with pytest.raises(Conflict) as conflict:
            unit.touched(message)
        refused.append(conflict.value)
        unit.at -= timedelta(minutes=1)

    analyst.meanwhile = a_minute_later

    assert 1 == len(unit.touched(message).decisions)
    assert 1 == len(refused)


def test_who_dies_while_judging_is_succeeded() -> None:
    """A lease ends by itself, and not before."""
    message = a_message()
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), message.id)))
    unit.say(message)
    content = Conversation(channel="C0ENG", messages=(message,))
    unit.stores.leases.take(ACME, f"judging|{content.id}", now=NOW, until=unit.at)

    unit.at -= timedelta(seconds=1)
    with pytest.raises(Conflict):
        unit.touched(message)
    unit.at += timedelta(seconds=1)
    assert 1 == len(unit.touched(message).decisions)


def test_what_was_judged_is_never_judged_again() -> None:
    """Not a day later either, when every lease has ended."""
    message = a_message()
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), message.id)))
    unit.say(message)
    unit.touched(message)

    unit.at += timedelta(days=1)

    assert Analysis(skipped="already judged") == unit.touched(message)


def test_the_same_words_in_two_tenants_are_judged_for_each() -> None:
    """Also at the same time in a channel of the same id."""
    message = a_message()
    unit = AnalyzeUnit(*(a_judgement(a_proposal(Ignore(work=True), message.id)) for _ in range(2)))
    for tenant_id in (ACME, GLOBEX):
        unit.say(message, tenant_id=tenant_id)

    decided = [unit.touched(message, tenant_id=tenant_id).decisions for tenant_id in (ACME, GLOBEX)]

    assert [ACME, GLOBEX] == [decision.tenant_id for [decision] in decided]


def test_a_retry_does_not_cite_what_it_joined_twice() -> None:
    """What was noted has been joined with what a burst decided; doing so again would double its receipts."""
    one, two = a_message(0, "coupon vanishes"), a_message(10, "with PayPal")
    reply = a_message(60, "also with Klarna", root_ts=two.ts)
    unit = AnalyzeUnit(
        a_judgement(a_proposal(a_comment(), one.id, two.id)),
        a_judgement(a_proposal(a_comment(summary="Also Klarna."), two.id, reply.id)),
    )
    unit.say(one, two)
    unit.touched(two)
    unit.say(reply)
    unit.queues.actions.fail_next(UpstreamUnavailable("queue is away"))
    with pytest.raises(UpstreamUnavailable):
        unit.touched(reply)

    [decision] = unit.touched(reply).decisions

    assert [one.id, two.id, reply.id] == [receipt.message_id for receipt in decision.evidence]


def test_two_conversations_about_one_ticket_are_two_decisions() -> None:
    """However near to each other; neither joins the other nor withdraws it."""
    one, two = a_message(0, "coupon vanishes"), a_message(300, "coupon again")
    unit = AnalyzeUnit(
        a_judgement(a_proposal(a_comment(), one.id, confidence=0.7)),
        a_judgement(a_proposal(a_comment(summary="Again."), two.id, confidence=0.7)),
        a_judgement(),
    )
    unit.at = NOW + timedelta(minutes=10)
    unit.say(one, two)

    [first] = unit.touched(one).decisions
    [second] = unit.touched(two).decisions

    assert first.id != second.id
    assert [two.id] == [receipt.message_id for receipt in second.evidence]
    assert first == unit.stores.decisions.get(ACME, first.id)


# What has been done


def done_before(unit: AnalyzeUnit, action: Proposable, root: Message, **changes: Any) -> Decision:
    """Log a decision on a message as done."""
    done = {"state": DecisionState.DONE, "performed": "digest-1", "as_of": NOW - timedelta(hours=1), **changes}
    return unit.stores.decisions.save(a_decision(action=action, message=root, **done))


SAID, OTHER_WORDS = a_comment(), a_comment(summary="Only with PayPal.")
NEW, OTHER_TITLE = (CreateTicket(title=title, description="") for title in ("Coupon lost", "Coupon lost with PayPal"))
SURE, UNSURE, WILD = 0.9, 0.7, 0.3
REDONE = [
    # done      judged       how sure   approved   what then stands in the log
    (SAID, SAID, SURE, False, DecisionState.DONE),
    (SAID, SAID, UNSURE, False, DecisionState.DONE),
    (SAID, SAID, SURE, True, DecisionState.DONE),
    (SAID, SAID, UNSURE, True, DecisionState.DONE),
    (SAID, OTHER_WORDS, SURE, False, DecisionState.QUEUED),
    (SAID, OTHER_WORDS, SURE, True, DecisionState.QUEUED),
    (SAID, OTHER_WORDS, UNSURE, False, DecisionState.DONE),
    (SAID, OTHER_WORDS, UNSURE, True, DecisionState.PROPOSED),
    (SAID, OTHER_WORDS, WILD, False, DecisionState.DONE),
    (SAID, OTHER_WORDS, WILD, True, DecisionState.DONE),
    (NEW, OTHER_TITLE, SURE, False, DecisionState.DONE),
    (NEW, OTHER_TITLE, SURE, True, DecisionState.DONE),
    (NEW, OTHER_TITLE, UNSURE, True, DecisionState.DONE),
]


@pytest.mark.parametrize(("done", "judged", "confidence", "approved", "state"), REDONE)
def test_what_was_done_is_redone_only_to_say_something_else(
    done: Proposable, judged: Proposable, confidence: float, approved: bool, state: DecisionState
) -> None:
    """Where policy lets it; asked again is only who was asked before. A ticket is opened once, whatever its title."""
    root = a_message()
    reply = a_message(30, "only with PayPal", root_ts=root.ts)
    unit = AnalyzeUnit(a_judgement(a_proposal(judged, root.id, reply.id, confidence=confidence)))
    before = done_before(unit, done, root, decided_by="U0ADA" if approved else None)
    unit.say(root, reply)

    unit.touched(reply)

    after = unit.stores.decisions.get(ACME, before.id)
    redone = state is not DecisionState.DONE
    assert state is after.state
    assert (judged if redone else done) == after.action
    assert ([before.id] if redone else []) == unit.asked_for


def test_a_quote_that_is_taken_back_is_dated_by_the_deletion() -> None:
    """It counts as new content, so that nothing of what was judged before comes over it."""
    message = a_message()
    unit = AnalyzeUnit()
    before = done_before(unit, a_comment(), message)
    unit.say(message)
    deleted_at = NOW + timedelta(seconds=30)
    unit.stores.messages.delete(ACME, message.channel, message.root_ts, message.ts, at=deleted_at)
    [erased] = unit.stores.messages.thread(ACME, message.channel, message.root_ts)

    [redacted] = unit.touched(message).decisions

    change = {
        "action": a_comment(summary=TAKEN_BACK),
        "state": DecisionState.QUEUED,
        "revision": Conversation(channel="C0ENG", messages=(erased,)).digest,
        "as_of": deleted_at,
        "updated_at": unit.at,
        "version": before.version + 1,
    }
    assert before.redacted().model_copy(update=change) == redacted


def test_a_withdrawal_says_why_and_when() -> None:
    """Nobody decided it."""
    root = a_message()
    unit = AnalyzeUnit(a_judgement())
    before = unit.stores.decisions.save(a_decision(action=MOVE, message=root, state=DecisionState.PROPOSED))
    unit.say(root)

    unit.touched(root)

    after = unit.stores.decisions.get(ACME, before.id)
    assert (DecisionState.DISMISSED, "the conversation moved on") == (after.state, after.error)
    assert (unit.at, None) == (after.updated_at, after.decided_by)


def test_moves_alone_may_be_withdrawn_when_moves_alone_are_asked_for() -> None:
    """One that no longer follows is their business."""
    message = a_message()
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), message.id)))
    before = unit.stores.decisions.save(a_decision(action=MOVE, message=message, state=DecisionState.PROPOSED))
    unit.say(message)

    unit.touched(message, force=True, only=ActionKind.MOVE)

    assert DecisionState.DISMISSED is unit.stores.decisions.get(ACME, before.id).state


class AnsweredDecisions(FakeDecisions):
    """A log in which a person answers in the very moment in which some decisions are to be withdrawn."""

    answered: frozenset[str] = frozenset()

    def replace(self, decision: Decision, *, before: Decision) -> Decision:
        """Let a person be faster."""
        if decision.id in self.answered:
            self.answered -= {decision.id}
            super().replace(before.approved("U0ADA", at=NOW), before=before)
        return super().replace(decision, before=before)


def test_an_answer_in_the_very_moment_stands_and_keeps_nothing_else_from_being_withdrawn() -> None:
    """Nor does what is to stay; wherever it comes among the others."""
    root = a_message()
    unit = AnalyzeUnit(a_judgement())
    unit.stores.decisions = log = AnsweredDecisions()
    states = [DecisionState.PROPOSED, DecisionState.QUEUED, DecisionState.PROPOSED, DecisionState.PROPOSED]
    known = [
        log.save(
            a_decision(
                action=a_comment(f"ticket-{number}"),
                message=root,
                state=state,
                created_at=NOW + timedelta(seconds=number),
            )
        )
        for number, state in enumerate(states)
    ]
    log.answered = frozenset({known[0].id, known[2].id})
    unit.say(root)

    unit.touched(root)

    assert [DecisionState.QUEUED, DecisionState.QUEUED, DecisionState.QUEUED, DecisionState.DISMISSED] == [
        log.get(ACME, decision.id).state for decision in known
    ]


@pytest.mark.parametrize("change", ["edited", "deleted", "answered"])
def test_what_changed_while_it_was_judged_is_judged_anew_and_not_logged(change: str) -> None:
    """By an event of its own, or by the same one again: a sync that changes something leaves none."""
    message = a_message()
    unit = AnalyzeUnit()
    unit.analyst = analyst = InterruptedAnalyst(a_judgement(a_proposal(a_comment(), message.id)), a_judgement())
    unit.say(message)
    changes: dict[str, Callable[[], object]] = {
        "edited": lambda: unit.say(message.model_copy(update={"text": "Never mind", "edited_ts": "1795167060.000000"})),
        "deleted": lambda: unit.stores.messages.delete(ACME, message.channel, message.ts, message.ts, at=unit.at),
        "answered": lambda: unit.say(a_message(30, "solved", root_ts=message.ts)),
    }
    analyst.meanwhile = changes[change]

    assert Analysis(skipped="changed while it was judged") == unit.touched(message)
    [again] = [put.message for put in unit.queues.events.puts]
    assert isinstance(again, EventEnvelope)
    assert isinstance(again.event, ConversationTouched)
    assert message.ts == again.event.ts

    analyst.meanwhile = lambda: None
    assert [] == unit.stores.decisions.since(ACME, NOW - timedelta(days=1))
    assert unit.touched(message, force=True).skipped is None


def test_what_a_person_has_made_a_ticket_of_while_it_was_judged_is_not_asked_about() -> None:
    """It is that ticket's, as if it had been ordered before."""
    message = a_message()
    unit = AnalyzeUnit()
    new = CreateTicket(title="Coupon", description="")
    unit.analyst = analyst = InterruptedAnalyst(a_judgement(a_proposal(new, message.id)))
    unit.say(message)
    ordered = a_decision(
        id="ordered-1",
        action=new,
        message=message,
        state=DecisionState.QUEUED,
        order=GivenOrder(message_id=MessageId("form:V1")),
        decided_by="U0ADA",
    )
    analyst.meanwhile = lambda: unit.stores.decisions.save(ordered)

    assert unit.touched(message).skipped is None

    assert [ordered.id] == [decision.id for decision in unit.stores.decisions.since(ACME, NOW - timedelta(days=1))]


def test_a_judgement_that_is_repeated_asks_again_for_all_that_is_to_be_done_or_shown() -> None:
    """The attempt before may have died between the log and the queue; where it did not, asking twice does no harm."""
    message = a_message()
    unit = AnalyzeUnit(a_judgement())
    asked = unit.stores.decisions.save(a_decision(action=MOVE, message=message, state=DecisionState.PROPOSED))
    unit.say(message)
    unit.queues.actions.fail_next(UpstreamUnavailable("queue is away"))
    with pytest.raises(UpstreamUnavailable):
        unit.touched(message)
    assert DecisionState.DISMISSED is unit.stores.decisions.get(ACME, asked.id).state

    unit.touched(message)

    assert [asked.id] == unit.asked_for


def test_a_judgement_asks_once_for_each_thread() -> None:
    """However many things are to be done there."""
    message = a_message()
    unit = AnalyzeUnit(a_judgement(*(a_proposal(a_comment(f"ticket-{n}"), message.id) for n in range(1, 6))))
    for number in range(2, 6):
        unit.stores.tickets.put(ACME, a_ticket(number))
    unit.say(message)

    assert 5 == len(unit.touched(message).decisions)
    assert 1 == len(unit.asked_for)


def test_a_question_is_withdrawn_only_on_what_the_analyst_was_shown() -> None:
    """Of a very long thread that is its beginning and its end: what was asked in between still stands."""
    root = a_message()
    chatter = [a_message(number, f"more {number}", root_ts=root.ts) for number in range(1, 120)]
    unit = AnalyzeUnit(a_judgement())
    at_first, between, at_last = (
        unit.stores.decisions.save(
            a_decision(action=a_comment(f"ticket-{n}"), message=message, state=DecisionState.PROPOSED)
        )
        for n, message in enumerate((root, chatter[5], chatter[-1]))
    )
    unit.say(root, *chatter)
    unit.at = NOW + timedelta(minutes=10)

    unit.touched(chatter[-1])

    states = [unit.stores.decisions.get(ACME, decision.id).state for decision in (at_first, between, at_last)]
    assert [DecisionState.DISMISSED, DecisionState.PROPOSED, DecisionState.DISMISSED] == states


def test_a_decision_cites_no_more_messages_than_can_be_kept() -> None:
    """How it began, and the latest."""
    root = a_message()
    thread = [root, *(a_message(number, f"more {number}", root_ts=root.ts) for number in range(1, 60))]
    unit = AnalyzeUnit(a_judgement(a_proposal(a_comment(), *(message.id for message in thread))))
    unit.say(*thread)

    [decision] = unit.touched(thread[-1], force=True).decisions

    cited = [receipt.message_id for receipt in decision.evidence]
    assert [root.id, *(message.id for message in thread[-19:])] == cited


def test_what_was_done_and_no_longer_follows_is_proposed_to_be_undone() -> None:
    """Once for the same words, and no longer if it follows again."""
    message = a_message()
    unit = AnalyzeUnit(
        a_judgement(a_proposal(a_comment(), message.id)),
        a_judgement(),
        a_judgement(),
        a_judgement(a_proposal(a_comment(), message.id)),
    )
    unit.say(message)
    [decision] = unit.touched(message).decisions
    done = decision.model_copy(
        update={"state": DecisionState.DONE, "performed": decision.revision, "outcome": DELETABLE}
    )
    unit.stores.decisions.replace(done, before=decision)
    for seconds, text in ((30, "Never mind"), (60, "Never mind!")):
        edited_ts = f"{float(message.ts) + seconds:.6f}"
        edit = {"text": text, "edited_ts": edited_ts, "received_at": NOW + timedelta(seconds=seconds)}
        unit.say(message.model_copy(update=edit))
        unit.touched(message, force=True)
        now = unit.stores.decisions.get(ACME, decision.id)
        assert (DecisionState.DONE, True) == (now.state, now.undo_proposed)
    assert decision.id == unit.asked_for[-1]
    edit = {
        "text": message.text,
        "edited_ts": f"{float(message.ts) + 90:.6f}",
        "received_at": NOW + timedelta(seconds=90),
    }

    unit.say(message.model_copy(update=edit))
    unit.touched(message, force=True)

    assert not unit.stores.decisions.get(ACME, decision.id).undo_proposed
