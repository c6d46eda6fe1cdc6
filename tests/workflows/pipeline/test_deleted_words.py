"""What people delete goes wherever we brought it, whatever else is decided; what others said stays said."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from pm_assistant.domain.actions import TAKEN_BACK, CreateTicket
from pm_assistant.domain.decisions import ActionRequest, Decision, DecisionState, Judgement
from pm_assistant.domain.errors import UpstreamRejected, UpstreamUnavailable
from pm_assistant.domain.events import EventEnvelope
from pm_assistant.domain.tenants import ActionKind, Channels, Mode, Provider, Rule, Settings, Standing, TenantState
from pm_assistant.domain.work import Message
from pm_assistant.workflows.connections.resume import resume
from pm_assistant.workflows.pipeline.act import act, give_up
from tests.builders import (
    ACME,
    ENG,
    NOW,
    TRUSTING,
    a_comment,
    a_conversation,
    a_judgement,
    a_member,
    a_message,
    a_proposal,
    a_tenant,
    a_ticket,
)
from tests.fakes.vendors import FakeAnalyst, FakeChat, FakeTracker
from tests.workflows.pipeline.unit import AnalyzeUnit

ROOT = a_message(0, "the coupon is gone, says Mrs Jones")
REPLY = a_message(30, "in the basket, too", root_ts=ROOT.ts)
BESIDE = a_message(60, "ENG-1: the basket as well")
BOTH = "Gone, says Mrs Jones, and in the basket."
MORE = "Paid by card."
REST = "Gone in the basket."
SECRET = "Jones"
UNREAD = TRUSTING.model_copy(update={"channels": Channels(deny=(ROOT.channel,))})


def saying(summary: str, *messages: Message) -> Judgement:
    """An analyst's answer: this comment, for these messages."""
    return a_judgement(a_proposal(a_comment(summary=summary), *(message.id for message in messages)))


def a_unit(*answers: Judgement) -> AnalyzeUnit:
    """A tenant with a tracker and an analyst who answers so, one after the other."""
    unit = AnalyzeUnit(*answers)
    unit.tracker = FakeTracker(tickets=[a_ticket()], teams=[ENG])
    unit.chat = FakeChat(members=[a_member(standings={Provider.SLACK: Standing.MEMBER})])
    return unit


def the_comment(unit: AnalyzeUnit) -> Decision:
    """The one decision to comment."""
    decisions = unit.stores.decisions.since(ACME, NOW - timedelta(days=1))
    [decision] = (decision for decision in decisions if decision.action.kind is ActionKind.COMMENT)
    return decision


def acted(unit: AnalyzeUnit) -> Decision:
    """What becomes of it when its request is handled."""
    act(ActionRequest(tenant_id=ACME, decision_id=the_comment(unit).id), unit)
    return the_comment(unit)


def with_comments(mode: Mode) -> Settings:
    """Settings of a team that lets us comment so."""
    return TRUSTING.model_copy(update={"rules": {**TRUSTING.rules, ActionKind.COMMENT: Rule(mode=mode)}})


def delete(unit: AnalyzeUnit, message: Message) -> None:
    """Have somebody delete what they said, and have that looked at."""
    unit.stores.messages.delete(ACME, message.channel, message.root_ts, message.ts, at=unit.at)
    unit.touched(message, force=True)


def texts(unit: AnalyzeUnit) -> list[str]:
    """What of ours stands in the tracker."""
    return [text for comments in unit.tracker.comments.values() for text in comments.values()]


def commented(unit: AnalyzeUnit, *messages: Message) -> Decision:
    """Have it said and written."""
    unit.say(*messages)
    unit.touched(messages[-1], force=True)
    done = acted(unit)
    assert DecisionState.DONE is done.state
    return done


def joined(mode: Mode, *answers: Judgement) -> AnalyzeUnit:
    """One comment, or a question, of a burst of two messages, of which one has become a thread since."""
    unit = a_unit(saying(BOTH, ROOT, BESIDE), saying(MORE, REPLY), saying(REST, BESIDE), *answers)
    unit.stores.tenants.put(a_tenant(settings=with_comments(mode)))
    unit.say(ROOT, BESIDE)
    unit.touched(BESIDE, force=True)
    unit.say(REPLY)
    unit.touched(REPLY, force=True)
    unit.touched(BESIDE, force=True)
    after = acted(unit)
    assert f"{BOTH} {MORE} {REST}" == after.action.words
    assert [ROOT.id, REPLY.id, BESIDE.id] == [receipt.message_id for receipt in after.evidence]
    assert unit.stores.conversations.progress(ACME, a_conversation(BESIDE)).verdict
    return unit


def gone(unit: AnalyzeUnit) -> bool:
    """Whether the deleted words stand in neither the tracker nor the log."""
    return SECRET not in f"{texts(unit)} {the_comment(unit).model_dump_json()}"


def test_what_the_others_said_stays_said() -> None:
    """The comment is written anew without what was deleted."""
    unit = a_unit(saying(BOTH, ROOT, REPLY), saying(REST, REPLY))
    commented(unit, ROOT, REPLY)

    delete(unit, ROOT)

    assert REST == acted(unit).action.words
    assert gone(unit)
    assert not acted(unit).retracting


@pytest.mark.parametrize(
    "settings",
    [with_comments(Mode.OFF), with_comments(Mode.PROPOSE), UNREAD],
    ids=["its rule is off", "its rule asks", "its channel is not read"],
)
def test_deleted_words_go_though_what_is_left_may_not_be_written(settings: Settings) -> None:
    """Whatever the team forbids between the judgement and the deed, words that were taken back do not stay for it."""
    unit = a_unit(saying(BOTH, ROOT, REPLY), saying(REST, REPLY))
    commented(unit, ROOT, REPLY)
    delete(unit, ROOT)
    unit.stores.tenants.put(a_tenant(settings=settings))

    after = acted(unit)

    assert (DecisionState.DONE, a_comment(summary=TAKEN_BACK)) == (after.state, after.action)
    assert gone(unit)


def test_deleted_words_go_though_the_rest_no_longer_follows_either() -> None:
    """It is edited before the tracker was called; nothing is put back."""
    unit = a_unit(saying(BOTH, ROOT, REPLY), saying(REST, REPLY), a_judgement())
    commented(unit, ROOT, REPLY)
    delete(unit, ROOT)
    later = NOW + timedelta(seconds=60)
    edited = REPLY.model_copy(update={"text": "never mind", "edited_ts": f"{later.timestamp():.6f}"})
    unit.say(edited)
    unit.touched(edited, force=True)

    after = acted(unit)

    assert (DecisionState.DONE, True) == (after.state, after.undo_proposed)
    assert gone(unit)


@pytest.mark.parametrize("state", ["approved", "settled"])
def test_deleted_words_go_without_asking_whoever_let_them_in(state: str) -> None:
    """Who approved the comment, or wanted it to stay, is asked about changes, but not about this."""
    unit = a_unit(saying(BOTH, ROOT, REPLY), saying(REST, REPLY))
    done = commented(unit, ROOT, REPLY)
    unit.stores.tenants.put(a_tenant(settings=with_comments(Mode.PROPOSE)))
    word = {"decided_by": "U0ADA", "settled": state == "settled"}
    unit.stores.decisions.replace(done.model_copy(update=word), before=done)

    delete(unit, ROOT)

    assert DecisionState.DONE is acted(unit).state
    assert gone(unit)


@pytest.mark.parametrize("still", [True, False], ids=["its thread says more", "its thread says no more"])
@pytest.mark.parametrize("mode", [Mode.AUTO, Mode.PROPOSE])
def test_what_was_said_in_another_conversation_stays_said_without_the_deleted_words(still: bool, mode: Mode) -> None:
    """It is judged anew, for its words were joined to those; what was noted when they were joined is forgotten."""
    thread = [saying(MORE, REPLY) if still else a_judgement()]
    unit = joined(mode, *thread, saying(REST, BESIDE))

    delete(unit, ROOT)
    acted(unit)
    assert gone(unit)
    [put] = [put for put in unit.queues.events.puts if put.delay_seconds]
    unit.handle(EventEnvelope.model_validate(put.message))

    after = acted(unit)
    words = after.action.words or ""
    assert (True, still) == (REST in words, MORE in words)
    assert BESIDE.id in {receipt.message_id for receipt in after.evidence}
    assert (DecisionState.DONE if mode is Mode.AUTO else DecisionState.PROPOSED) is after.state
    assert all(REST in text for text in texts(unit))
    assert gone(unit)


def test_another_conversation_is_judged_anew_once_however_many_of_its_messages_are_cited() -> None:
    """Each judgement costs."""
    also = a_message(90, "and the app")
    unit = a_unit(saying(BOTH, ROOT, BESIDE, also), saying(MORE, REPLY), a_judgement())
    unit.say(ROOT, BESIDE, also)
    unit.touched(also, force=True)
    unit.say(REPLY)
    unit.touched(REPLY, force=True)
    unit.queues.events.puts.clear()

    delete(unit, ROOT)

    assert {BESIDE.id, also.id} < {receipt.message_id for receipt in the_comment(unit).evidence} | {ROOT.id}
    assert 1 == len([put for put in unit.queues.events.puts if put.delay_seconds])


def test_what_was_noted_of_another_conversation_is_forgotten_where_nothing_is_read_any_more() -> None:
    """No model is asked there, but deleted words are nowhere kept."""
    unit = joined(Mode.AUTO)
    unit.stores.tenants.put(a_tenant(settings=UNREAD))

    delete(unit, ROOT)

    assert unit.stores.conversations.progress(ACME, a_conversation(BESIDE)).verdict is None
    assert DecisionState.DONE is acted(unit).state
    assert gone(unit)


def test_words_are_taken_out_however_long_the_tracker_was_away() -> None:
    """Other work is given up after some days, and a person is to say whether it is still wanted."""
    unit = a_unit(saying(BOTH, ROOT))
    commented(unit, ROOT)
    delete(unit, ROOT)
    unit.tracker.fail_next(UpstreamUnavailable("away"))
    with pytest.raises(UpstreamUnavailable):
        acted(unit)
    unit.at += timedelta(days=4)
    waiting = the_comment(unit)

    give_up(ActionRequest(tenant_id=ACME, decision_id=waiting.id), "away", unit, waited=True)

    assert unit.stores.decisions.get(ACME, waiting.id).unfinished
    assert 1 == resume(unit)
    assert DecisionState.DONE is acted(unit).state
    assert gone(unit)


def test_what_cannot_be_taken_away_is_logged_as_it_stands() -> None:
    """The answer was lost, then other words were judged, then the tracker refused to have the old ones removed."""
    unit = a_unit(saying(BOTH, ROOT), saying(REST, ROOT))
    unit.say(ROOT)
    unit.touched(ROOT, force=True)
    unit.tracker.lose_next_answer()
    with pytest.raises(UpstreamUnavailable):
        acted(unit)
    unit.stores.tenants.put(a_tenant(settings=with_comments(Mode.OFF)))
    edited = ROOT.model_copy(update={"text": "gone in the basket", "edited_ts": f"{float(ROOT.ts) + 40:.6f}"})
    unit.say(edited)
    unit.touched(edited, force=True)
    unit.tracker.fail_next(UpstreamRejected("locked"))

    after = acted(unit)

    assert (DecisionState.DONE, BOTH) == (after.state, after.action.words)
    assert BOTH in texts(unit)[0]


def now_is(standing: Standing) -> Callable[[AnalyzeUnit], None]:
    """Have the chat say that of whoever answers."""

    def change(unit: AnalyzeUnit) -> None:
        unit.chat = FakeChat(members=[a_member(standings={Provider.SLACK: standing})])

    return change


def leaves(unit: AnalyzeUnit) -> None:
    """Have the team leave."""
    tenant = unit.stores.tenants.get(ACME)
    unit.stores.tenants.put(tenant.model_copy(update={"state": TenantState.CLOSING}))


@pytest.mark.parametrize(
    "lose",
    [now_is(Standing.LEFT), now_is(Standing.GUEST), leaves],
    ids=["deactivated", "a guest by now", "of a team that is leaving"],
)
def test_who_is_no_longer_trusted_has_not_approved_what_still_waits(lose: Callable[[AnalyzeUnit], object]) -> None:
    """The tracker was away for days after their word; somebody else is asked."""
    unit = a_unit(saying(REST, ROOT))
    unit.stores.tenants.put(a_tenant(settings=with_comments(Mode.PROPOSE)))
    unit.say(ROOT)
    [asked] = unit.touched(ROOT, force=True).decisions
    unit.tracker.fail_next(UpstreamUnavailable("away"))
    approval = ActionRequest(tenant_id=ACME, decision_id=asked.id, answer="approve", answered_by="U0ADA")
    with pytest.raises(UpstreamUnavailable):
        act(approval, unit)
    lose(unit)

    after = acted(unit)

    assert after.state in {DecisionState.PROPOSED, DecisionState.LOGGED}
    assert [] == texts(unit)


@pytest.mark.parametrize("lose", [now_is(Standing.LEFT), leaves], ids=["deactivated", "of a team that is leaving"])
def test_an_approval_that_a_worker_died_over_counts_only_while_whoever_gave_it_is_trusted(
    lose: Callable[[AnalyzeUnit], object],
) -> None:
    """Its message may come out of the dead letters a week later."""
    unit = a_unit(saying(REST, ROOT))
    unit.stores.tenants.put(a_tenant(settings=with_comments(Mode.PROPOSE)))
    unit.say(ROOT)
    [asked] = unit.touched(ROOT, force=True).decisions
    unit.stores.decisions.replace(asked.approved("U0ADA", at=unit.now()), before=asked)
    lose(unit)
    unit.at += timedelta(days=7)

    [after] = act(ActionRequest(tenant_id=ACME, decision_id=asked.id, answer="approve", answered_by="U0ADA"), unit)

    assert after.state in {DecisionState.PROPOSED, DecisionState.LOGGED}
    assert [] == texts(unit)


def test_whoever_is_trusted_still_has_approved_what_waited() -> None:
    """It is done when the tracker is there again."""
    unit = a_unit(saying(REST, ROOT))
    unit.stores.tenants.put(a_tenant(settings=with_comments(Mode.PROPOSE)))
    unit.say(ROOT)
    [asked] = unit.touched(ROOT, force=True).decisions
    unit.tracker.fail_next(UpstreamUnavailable("away"))
    with pytest.raises(UpstreamUnavailable):
        act(ActionRequest(tenant_id=ACME, decision_id=asked.id, answer="approve", answered_by="U0ADA"), unit)

    assert DecisionState.DONE is acted(unit).state


def test_a_team_that_is_leaving_has_nothing_done_unasked() -> None:
    """Until it is called off nobody there may answer, nor do the rules."""
    unit = a_unit(saying(REST, ROOT))
    unit.say(ROOT)
    unit.touched(ROOT, force=True)
    leaves(unit)

    assert (DecisionState.LOGGED, "the team is leaving us") == (acted(unit).state, acted(unit).error)
    assert [] == texts(unit)


@pytest.mark.parametrize("undone", [False, True], ids=["it says that they are gone", "it is taken back"])
def test_the_cards_of_other_threads_name_a_ticket_no_longer_by_deleted_words(undone: bool) -> None:
    """Its title was made of them, and somebody else has spoken of it since."""
    unit = a_unit(a_judgement(a_proposal(CreateTicket(title="Mrs Jones has lost her coupon", description=""), ROOT.id)))
    other = a_message(900, "any news of that?")
    heard(unit, ROOT)
    unit.at += timedelta(days=60)  # the fake tracker's clock is ahead
    [made] = unit.tracker.tickets.keys() - {a_ticket().id}
    unit.analyst = FakeAnalyst(a_judgement(a_proposal(a_comment(made), other.id)), a_judgement())
    unit.stores.tenants.put(a_tenant(settings=with_comments(Mode.PROPOSE)))  # noted there, it would not be taken back
    heard(unit, other)
    assert SECRET in shown(unit, other)

    if undone:
        [decision] = unit.stores.decisions.between(ACME, ROOT.channel, ROOT.ts, ROOT.ts)
        act(ActionRequest(tenant_id=ACME, decision_id=decision.id, answer="undo", answered_by="U0ADA"), unit)
    else:
        delete(unit, ROOT)
    work_off(unit)

    assert SECRET not in shown(unit, other)


def heard(unit: AnalyzeUnit, message: Message) -> None:
    """Have something said, judged and done."""
    unit.say(message)
    unit.touched(message, force=True)
    work_off(unit)


def work_off(unit: AnalyzeUnit) -> None:
    """Handle all that waits in the queue of actions."""
    while unit.queues.actions.puts:
        act(ActionRequest.model_validate(unit.queues.actions.puts.pop(0).message), unit)


def shown(unit: AnalyzeUnit, message: Message) -> str:
    """What the card in a message's thread says."""
    places = [place for place, root in unit.chat.threads.items() if root == message.ts]
    return str([unit.chat.cards[place] for place in places])
