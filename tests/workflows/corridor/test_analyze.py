"""Judging: once per content, only when quiet, on the record before anything is done."""

from datetime import timedelta

import pytest

from pm_assistant.domain.decisions import CreateTicket, DecisionState, Ignore, Judgement, MoveTicket
from pm_assistant.domain.errors import UpstreamUnavailable
from pm_assistant.domain.events import ConversationTouched, EventEnvelope, TicketChanged, TicketRemoved
from pm_assistant.domain.tenants import ActionKind, Activity, Channels, Provider, Settings
from pm_assistant.domain.work import Message
from pm_assistant.workflows.corridor.analyze import TAKEN_BACK, Analysis, analyze
from tests.builders import (
    ACME,
    DONE,
    ENG,
    GLOBEX,
    NOW,
    TODO,
    TRUSTING,
    a_comment,
    a_connection,
    a_judgement,
    a_member,
    a_message,
    a_proposal,
    a_tenant,
    a_ticket,
)
from tests.fakes.stores import (
    FakeConnections,
    FakeConnectionStates,
    FakeConversations,
    FakeDecisions,
    FakeDirectory,
    FakeMessages,
    FakeQueue,
    FakeTenants,
    FakeTickets,
)
from tests.fakes.vendors import FakeAnalyst


class Desk:
    """An analyze function with one tenant, its tickets and a scripted analyst."""

    def __init__(self, *answers: Judgement | Exception) -> None:
        self.analyst = FakeAnalyst(*answers)
        self.tenants, self.connections, self.directory = FakeTenants(), FakeConnections(), FakeDirectory()
        self.states = FakeConnectionStates(self.connections)
        self.messages, self.conversations = FakeMessages(), FakeConversations()
        self.tickets, self.decisions = FakeTickets(), FakeDecisions()
        self.events, self.actions = FakeQueue(), FakeQueue()
        self.now = NOW + timedelta(minutes=2)
        for tenant in (ACME, GLOBEX):
            self.tenants.put(a_tenant(tenant))
            self.connections.put(a_connection(tenant, Provider.SLACK))
            self.directory.put_members(tenant, [a_member()])
            self.directory.put_teams(tenant, [ENG])
        self.tickets.put(ACME, a_ticket(1))

    def say(self, *messages: Message) -> None:
        """Put messages into Acme's store, as `receive` would have."""
        for message in messages:
            self.messages.record(ACME, message, keep_days=90)

    def touched(self, message: Message, *, force: bool = False) -> Analysis:
        """Handle the event that a message's arrival put on the queue."""
        event = ConversationTouched(channel=message.channel, ts=message.ts, root_ts=message.root_ts, force=force)
        return self.handle(EventEnvelope(tenant_id=ACME, event=event))

    def handle(self, envelope: EventEnvelope) -> Analysis:
        """Handle any event."""
        return analyze(
            envelope,
            analyst=self.analyst,
            tenants=self.tenants,
            connections=self.connections,
            states=self.states,
            directory=self.directory,
            messages=self.messages,
            conversations=self.conversations,
            tickets=self.tickets,
            decisions=self.decisions,
            events=self.events,
            actions=self.actions,
            burst_gap_seconds=120,
            now=self.now,
        )

    @property
    def asked_for(self) -> list[str]:
        """Ids of the decisions that were sent on to be acted upon."""
        return [message.decision_id for message, _, _ in self.actions.puts]  # type: ignore[attr-defined]


def test_a_sure_proposal_is_logged_with_its_receipt_and_sent_on() -> None:
    """The decision stands in the log, with the permalink of its evidence, before the action is asked for."""
    message = a_message()
    desk = Desk(a_judgement(a_proposal(a_comment(), message.id)))
    desk.say(message)

    [decision] = desk.touched(message).decisions

    assert decision == desk.decisions.get(ACME, decision.id)
    assert DecisionState.QUEUED == decision.state
    assert [f"https://acme.slack.com/archives/C0ENG/p{message.ts.replace('.', '')}"] == [
        receipt.url for receipt in decision.evidence
    ]
    assert [decision.id] == desk.asked_for


def test_ten_quick_messages_in_a_thread_are_judged_once() -> None:
    """Every message leaves an event; those that come before it is quiet leave the work to the last one."""
    root = a_message()
    thread = [root, *(a_message(n / 3, f"more {n}", root_ts=root.ts) for n in range(1, 10))]
    desk = Desk(a_judgement(a_proposal(a_comment(), root.id)))
    desk.say(*thread)

    analyses = []
    for message in thread:
        desk.now = message.received_at + timedelta(seconds=5)
        analyses.append(desk.touched(message))

    assert 1 == desk.analyst.calls
    assert 9 == [analysis.skipped for analysis in analyses].count("not quiet yet")
    assert [] == desk.events.puts


def test_a_burst_is_looked_at_again_when_it_may_be_quiet() -> None:
    """The event goes back with the time that is left, not to the message that came last."""
    first, second = a_message(0), a_message(3, "and lunch?")
    desk = Desk(a_judgement(a_proposal(a_comment(), first.id)))
    desk.say(first, second)
    desk.now = NOW + timedelta(seconds=5.5)

    assert Analysis(skipped="not quiet yet") == desk.touched(first)

    [(again, group, delay)] = desk.events.puts
    assert (ACME, 3) == (group, delay)
    desk.now += timedelta(seconds=delay)
    assert isinstance(again, EventEnvelope)
    assert [a_comment()] == [decision.action for decision in desk.handle(again).decisions]


def test_a_message_whose_neighbour_is_answered_is_not_forgotten() -> None:
    """The burst's last message may become a thread before the burst is judged; the first must not depend on it."""
    first, second = a_message(0), a_message(3, "who has release duty?")
    reply = a_message(6, "me", root_ts=second.ts)
    desk = Desk(a_judgement(a_proposal(a_comment(), first.id)))
    desk.say(first, second)
    desk.now = NOW + timedelta(seconds=5)
    desk.touched(first)
    desk.say(reply)
    desk.now = NOW + timedelta(seconds=8)
    [(again, _, _)] = desk.events.puts
    assert isinstance(again, EventEnvelope)

    analysis = desk.handle(again)

    assert [a_comment()] == [decision.action for decision in analysis.decisions]


def test_the_same_event_again_changes_nothing() -> None:
    """Content that has been judged is not judged again."""
    message = a_message()
    desk = Desk(a_judgement(a_proposal(a_comment(), message.id)))
    desk.say(message)
    desk.touched(message)

    again = desk.touched(message)

    assert Analysis(skipped="already judged") == again
    assert 1 == len(desk.actions.puts)


def test_a_failing_model_is_asked_again_by_the_retry() -> None:
    """The claim is given back, so the queue's retry starts afresh."""
    message = a_message()
    desk = Desk(UpstreamUnavailable("model is away"), a_judgement(a_proposal(a_comment(), message.id)))
    desk.say(message)

    with pytest.raises(UpstreamUnavailable):
        desk.touched(message)
    [decision] = desk.touched(message).decisions

    assert [decision.id] == desk.asked_for


def test_a_retry_replays_the_judgement_instead_of_asking_again() -> None:
    """A model asked twice may answer twice: what was decided first is finished, nothing is added, nothing is lost."""
    message = a_message()
    move = MoveTicket(ticket_id="ticket-1", to=DONE)
    desk = Desk(a_judgement(a_proposal(a_comment(), message.id), a_proposal(move, message.id)))
    desk.say(message)
    desk.actions.fail_next(UpstreamUnavailable("queue is away"))

    with pytest.raises(UpstreamUnavailable):
        desk.touched(message)
    desk.touched(message)

    assert 1 == desk.analyst.calls
    assert 2 == len(desk.asked_for)
    assert [a_comment(), move] == sorted((d.action for d in desk.decisions.since(ACME, NOW)), key=str)


def test_the_same_work_on_other_evidence_is_the_same_decision() -> None:
    """A burst that grows may be cited differently; new work still gets one ticket."""
    one, two, three = a_message(0, "export dies"), a_message(10, "the CSV one"), a_message(20, "looking")
    create = CreateTicket(title="Export dies", description="CSV")
    desk = Desk(
        a_judgement(a_proposal(create, one.id, two.id)),
        a_judgement(a_proposal(create.model_copy(update={"title": "CSV dies"}), two.id, three.id)),
    )
    desk.say(one, two)
    [before] = desk.touched(two).decisions
    desk.say(three)

    [after] = desk.touched(three).decisions

    assert (before.id, before.subject) == (after.id, after.subject)


def test_a_thread_under_any_message_of_a_burst_finds_what_the_burst_decided() -> None:
    """Not only under the first one cited."""
    one, two = a_message(0, "coupon vanishes"), a_message(10, "with PayPal")
    reply = a_message(60, "thanks!", root_ts=two.ts)
    desk = Desk(
        a_judgement(a_proposal(a_comment(), one.id, two.id)), a_judgement(a_proposal(a_comment(), two.id, reply.id))
    )
    desk.say(one, two)
    [before] = desk.touched(two).decisions
    desk.say(reply)
    desk.touched(reply)

    assert [before.id] == [decision.id for decision in desk.decisions.since(ACME, NOW)]


def test_a_thread_adds_to_what_the_burst_said_and_takes_nothing_away() -> None:
    """One comment for a ticket, with the words and the receipts of both."""
    one, two = a_message(0, "coupon vanishes"), a_message(10, "with PayPal")
    reply = a_message(60, "also with Klarna", root_ts=two.ts)
    desk = Desk(
        a_judgement(a_proposal(a_comment(summary="With PayPal."), one.id, two.id)),
        a_judgement(a_proposal(a_comment(summary="Also Klarna."), two.id, reply.id)),
    )
    desk.say(one, two)
    desk.touched(two)
    desk.say(reply)

    [decision] = desk.touched(reply).decisions

    assert a_comment(summary="With PayPal. Also Klarna.") == decision.action
    assert [one.id, two.id, reply.id] == [receipt.message_id for receipt in decision.evidence]


def test_a_deleted_message_is_taken_back_from_the_ticket_too() -> None:
    """Who deletes what they said does not find it quoted elsewhere."""
    message = a_message()
    desk = Desk(a_judgement(a_proposal(a_comment(), message.id)))
    desk.say(message)
    [decision] = desk.touched(message).decisions
    done = decision.model_copy(update={"state": DecisionState.DONE, "performed": decision.revision})
    desk.decisions.advance(done, expected=frozenset({DecisionState.QUEUED}))
    desk.messages.delete(ACME, message.channel, message.root_ts, message.ts, at=NOW + timedelta(seconds=30))

    [again] = desk.touched(message).decisions

    assert (decision.id, a_comment(summary=TAKEN_BACK), DecisionState.QUEUED) == (again.id, again.action, again.state)
    assert [decision.id, decision.id] == desk.asked_for


def test_text_that_was_changed_back_is_judged_again() -> None:
    """Monday, Friday, Monday: what stands in the ticket must be Monday."""
    message = a_message(0, "ships Monday")

    def edited(seconds: float, text: str) -> Message:
        at = NOW + timedelta(seconds=seconds)
        change = {"text": text, "edited_ts": f"{at.timestamp():.6f}", "received_at": at}
        return message.model_copy(update=change)

    summaries = ("Monday.", "Friday.", "Monday.")
    desk = Desk(*(a_judgement(a_proposal(a_comment(summary=said), message.id)) for said in summaries))
    for version in (message, edited(10, "ships Friday"), edited(20, "ships Monday")):
        desk.say(version)
        desk.touched(version)

    [decision] = desk.decisions.since(ACME, NOW)
    assert a_comment(summary="Monday.") == decision.action
    assert 3 == desk.analyst.calls


def test_talk_that_found_its_ticket_is_no_longer_listed_as_untracked() -> None:
    """What was only logged is taken back, too, when it no longer follows."""
    root = a_message(0, "export is slow")
    reply = a_message(30, "that is ENG-1", root_ts=root.ts)
    desk = Desk(
        a_judgement(a_proposal(Ignore(work=True), root.id)), a_judgement(a_proposal(a_comment(), root.id, reply.id))
    )
    desk.say(root)
    [ignored] = desk.touched(root).decisions
    desk.say(reply)
    desk.touched(reply)

    assert DecisionState.DISMISSED == desk.decisions.get(ACME, ignored.id).state


def test_what_was_asked_and_is_only_logged_now_has_its_card_refreshed() -> None:
    """A question that no longer stands must not keep its buttons."""
    root = a_message()
    reply = a_message(30, "or something else", root_ts=root.ts)
    desk = Desk(
        a_judgement(a_proposal(a_comment(), root.id, confidence=0.7)),
        a_judgement(a_proposal(a_comment(), root.id, confidence=0.3)),
    )
    desk.say(root)
    [asked] = desk.touched(root).decisions
    desk.say(reply)
    [logged] = desk.touched(reply).decisions

    assert (asked.id, DecisionState.LOGGED) == (logged.id, logged.state)
    assert [asked.id, asked.id] == desk.asked_for


def test_what_the_analyst_makes_up_is_dropped() -> None:
    """A ticket that was not among the candidates cannot be named."""
    message = a_message()
    desk = Desk(a_judgement(a_proposal(a_comment("ticket-99"), message.id)))
    desk.say(message)

    analysis = desk.touched(message)

    assert ("comment: unknown ticket",) == analysis.unusable
    assert [Ignore()] == [decision.action for decision in analysis.decisions]
    assert [] == desk.actions.puts


def test_a_ticket_is_never_moved_backwards() -> None:
    """Reopening takes a person."""
    message = a_message()
    desk = Desk(a_judgement(a_proposal(MoveTicket(ticket_id="ticket-1", to=TODO), message.id)))
    desk.tickets.put(ACME, a_ticket(1, state=DONE, completed_at=NOW, updated_at=NOW))
    desk.say(message)

    analysis = desk.touched(message)

    assert ("move: does not move the ticket forwards",) == analysis.unusable


def test_a_new_tenant_is_asked_before_anything_is_done() -> None:
    """Tenants start in propose mode, however sure the analyst is."""
    message = a_message()
    desk = Desk(a_judgement(a_proposal(a_comment(), message.id, confidence=1.0)))
    desk.tenants.put(a_tenant(settings=Settings()))
    desk.say(message)

    [decision] = desk.touched(message).decisions

    assert DecisionState.PROPOSED == decision.state


def test_private_talk_is_not_carried_out_without_a_persons_word() -> None:
    """The tracker has a wider audience than a private channel."""
    message = a_message(private=True)
    desk = Desk(a_judgement(a_proposal(a_comment(), message.id, confidence=1.0)))
    desk.say(message)

    [decision] = desk.touched(message).decisions

    assert DecisionState.PROPOSED == decision.state


def test_a_doubtful_proposal_is_only_logged() -> None:
    """Far below the threshold nobody is bothered."""
    message = a_message()
    desk = Desk(a_judgement(a_proposal(a_comment(), message.id, confidence=0.3)))
    desk.say(message)

    [decision] = desk.touched(message).decisions

    assert DecisionState.LOGGED == decision.state
    assert [] == desk.actions.puts


def test_a_thread_below_a_burst_message_is_the_same_subject() -> None:
    """A comment made from a burst is brought up to date by the thread that follows, not written a second time."""
    first, second = a_message(0, "lunch?"), a_message(10, "coupon vanishes")
    reply = a_message(60, "only with PayPal", root_ts=second.ts)
    desk = Desk(
        a_judgement(a_proposal(a_comment(), second.id)),
        a_judgement(a_proposal(a_comment(summary="Only with PayPal."), second.id, reply.id)),
    )
    desk.say(first, second)
    [before] = desk.touched(second).decisions
    desk.say(reply)

    [after] = desk.touched(reply).decisions

    assert before.id == after.id
    assert before.subject.root_ts == second.ts


def test_an_unfurl_or_a_repeat_of_the_text_is_no_new_content() -> None:
    """An edit without a change of text leaves the digest, and so the judgement, as it is."""
    message = a_message()
    desk = Desk(a_judgement(a_proposal(a_comment(), message.id)))
    desk.say(message)
    desk.touched(message)
    desk.say(message.model_copy(update={"edited_ts": "1.0", "received_at": NOW + timedelta(seconds=5)}))

    assert Analysis(skipped="already judged") == desk.touched(message)


def test_a_proposal_that_no_longer_follows_is_withdrawn() -> None:
    """When the conversation moves on, what was only asked is taken back and its card is refreshed."""
    root = a_message()
    reply = a_message(30, "never mind, wrong shop", root_ts=root.ts)
    desk = Desk(a_judgement(a_proposal(a_comment(), root.id, confidence=0.7)), a_judgement())
    desk.say(root)
    [proposed] = desk.touched(root).decisions
    desk.say(reply)
    desk.touched(reply)

    assert DecisionState.DISMISSED == desk.decisions.get(ACME, proposed.id).state
    assert [proposed.id, proposed.id] == desk.asked_for


def test_a_deleted_conversation_withdraws_what_was_proposed_and_costs_no_model_call() -> None:
    """Nothing left standing, nothing to judge."""
    message = a_message()
    desk = Desk(a_judgement(a_proposal(a_comment(), message.id, confidence=0.7)))
    desk.say(message)
    [proposed] = desk.touched(message).decisions
    desk.messages.delete(ACME, message.channel, message.root_ts, message.ts, at=NOW + timedelta(seconds=30))

    desk.touched(message)

    assert DecisionState.DISMISSED == desk.decisions.get(ACME, proposed.id).state
    assert 1 == desk.analyst.calls


def test_what_has_been_done_is_not_asked_for_again() -> None:
    """A later, less sure look at the same thread neither repeats nor questions what was done."""
    root = a_message()
    reply = a_message(30, "thanks", root_ts=root.ts)
    create = CreateTicket(title="Coupon vanishes", description="In checkout")
    desk = Desk(
        a_judgement(a_proposal(create, root.id)), a_judgement(a_proposal(create, root.id, reply.id, confidence=0.6))
    )
    desk.say(root)
    [decision] = desk.touched(root).decisions
    done = decision.model_copy(update={"state": DecisionState.DONE, "performed": decision.revision})
    desk.decisions.advance(done, expected=frozenset({DecisionState.QUEUED}))
    desk.say(reply)

    desk.touched(reply)

    assert done == desk.decisions.get(ACME, decision.id)
    assert 1 == len(desk.actions.puts)


def test_what_people_have_undone_stays_undone() -> None:
    """However sure a later look at the same thread is, also once all that was said has been deleted."""
    root = a_message()
    reply = a_message(30, "and in the app too", root_ts=root.ts)
    again = a_judgement(a_proposal(a_comment(summary="Also in the app"), root.id, reply.id))
    desk = Desk(a_judgement(a_proposal(a_comment(), root.id)), again)
    desk.say(root)
    [decision] = desk.touched(root).decisions
    change = {"state": DecisionState.UNDONE, "performed": decision.revision, "decided_by": "account:7f"}
    undone = decision.model_copy(update=change)
    desk.decisions.advance(undone, expected=frozenset({DecisionState.QUEUED}))
    desk.say(reply)

    desk.touched(reply)
    for message in (root, reply):
        desk.messages.delete(ACME, message.channel, message.root_ts, message.ts, at=NOW + timedelta(minutes=1))
    desk.touched(reply)

    assert undone == desk.decisions.get(ACME, decision.id)
    assert [decision.id] == desk.asked_for


def test_ticket_changes_keep_the_index_fresh() -> None:
    """What the tracker reports is what conversations are matched with."""
    desk = Desk()
    renamed = a_ticket(1, title="Coupon and voucher", updated_at=NOW)

    desk.handle(EventEnvelope(tenant_id=ACME, event=TicketChanged(ticket=renamed)))
    assert [renamed] == list(desk.tickets.all(ACME))

    desk.handle(EventEnvelope(tenant_id=ACME, event=TicketRemoved(ticket_id="ticket-1", at=NOW + timedelta(1))))
    assert [] == list(desk.tickets.all(ACME))


def test_another_tenants_tickets_are_never_candidates() -> None:
    """The analyst is shown the tenant's own index and nothing else."""
    message = a_message()
    desk = Desk(a_judgement())
    desk.tickets.put(GLOBEX, a_ticket(7, title="The coupon vanishes in checkout again"))
    desk.say(message)

    desk.touched(message)

    assert ["ticket-1"] == [ticket.id for ticket in desk.analyst.seen_candidates[-1]]


def test_what_was_withdrawn_may_be_proposed_again() -> None:
    """Only a person's no is final; our own taking back is not."""
    root = a_message()
    second, third = a_message(30, "never mind", root_ts=root.ts), a_message(60, "no, it is back", root_ts=root.ts)
    desk = Desk(
        a_judgement(a_proposal(a_comment(), root.id, confidence=0.7)),
        a_judgement(),
        a_judgement(a_proposal(a_comment(), root.id, third.id, confidence=0.7)),
    )
    for message in (root, second, third):
        desk.say(message)
        desk.touched(message)

    [decision] = [d for d in desk.decisions.since(ACME, NOW) if d.action == a_comment()]
    assert DecisionState.PROPOSED == decision.state


def test_an_event_tells_that_its_vendor_is_alive() -> None:
    """When we last heard of it is noted, but not when an operator had something judged."""
    message = a_message()
    desk = Desk(a_judgement(a_proposal(a_comment(), message.id)))
    desk.say(message)

    desk.touched(message, force=True)
    assert {} == desk.states.activity(ACME)
    desk.touched(message)
    desk.handle(EventEnvelope(tenant_id=ACME, event=TicketChanged(ticket=a_ticket(1))))

    heard = Activity(last_event_at=desk.now)
    assert {Provider.SLACK: heard, Provider.LINEAR: heard} == desk.states.activity(ACME)


def test_a_channel_that_is_no_longer_read_is_not_judged() -> None:
    """A message may still have slipped through while the lists changed."""
    message = a_message()
    desk = Desk()
    desk.say(message)
    unread = TRUSTING.model_copy(update={"channels": Channels(deny=(message.channel,))})
    desk.tenants.put(a_tenant(settings=unread))

    assert "channel is not read" == desk.touched(message).skipped
    assert 0 == desk.analyst.calls


def test_what_people_take_back_is_taken_back_in_a_channel_that_is_no_longer_read() -> None:
    """Whatever is read today, their words are no longer quoted."""
    message = a_message()
    desk = Desk(a_judgement(a_proposal(a_comment(), message.id)))
    desk.say(message)
    [decision] = desk.touched(message).decisions
    desk.decisions.advance(
        decision.model_copy(update={"state": DecisionState.DONE, "performed": decision.revision}),
        expected=frozenset({DecisionState.QUEUED}),
    )
    unread = TRUSTING.model_copy(update={"channels": Channels(deny=(message.channel,))})
    desk.tenants.put(a_tenant(settings=unread))

    desk.messages.delete(ACME, message.channel, message.root_ts, message.ts, at=desk.now)
    desk.now += timedelta(minutes=2)
    [redacted] = desk.touched(message).decisions

    assert a_comment(summary=TAKEN_BACK) == redacted.action


def test_the_analyst_is_told_the_tenants_language() -> None:
    """None means that of the conversation."""
    message = a_message()
    desk = Desk(a_judgement(a_proposal(a_comment(), message.id)))
    desk.tenants.put(a_tenant(settings=TRUSTING.model_copy(update={"language": "de"})))
    desk.say(message)

    desk.touched(message)

    assert ["de"] == desk.analyst.seen_languages


def test_moves_alone_can_be_asked_for_and_the_rest_still_comes() -> None:
    """One kind is decided on now; the content is not taken for judged, and is not judged by the model again."""
    message = a_message()
    move = a_proposal(MoveTicket(ticket_id="ticket-1", to=DONE), message.id)
    desk = Desk(a_judgement(move, a_proposal(a_comment(), message.id)))
    desk.say(message)

    touch = ConversationTouched(channel="C0ENG", ts=message.ts, root_ts=message.ts, force=True, only=ActionKind.MOVE)
    only = desk.handle(EventEnvelope(tenant_id=ACME, event=touch))
    rest = desk.touched(message)

    assert ["move"] == [decision.action.kind for decision in only.decisions]
    assert ["move", "comment"] == [decision.action.kind for decision in rest.decisions]
    assert 1 == desk.analyst.calls


def test_asking_for_moves_withdraws_nothing_of_another_kind() -> None:
    """What was proposed before and is no move is none of its business."""
    message, later = a_message(), a_message(30, root_ts=a_message().ts)
    unsure = a_proposal(a_comment(), message.id, confidence=0.6)
    desk = Desk(a_judgement(unsure), a_judgement(a_proposal(Ignore(), message.id)))
    desk.say(message)
    [proposed] = desk.touched(message).decisions
    desk.say(later)

    touch = ConversationTouched(channel="C0ENG", ts=later.ts, root_ts=later.root_ts, force=True, only=ActionKind.MOVE)
    desk.handle(EventEnvelope(tenant_id=ACME, event=touch))

    assert DecisionState.PROPOSED is desk.decisions.get(ACME, proposed.id).state
