"""Search before create: an open ticket is updated, a fresh one opened again, an old one has a regression."""

from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.actions import Action, Comment, CreateTicket, Ignore, MoveTicket
from pm_assistant.domain.decisions import Decision, DecisionState, Outcome, Proposal
from pm_assistant.domain.drafts import Suggestion
from pm_assistant.domain.work import Ticket, TicketState
from pm_assistant.workflows.pipeline.judge import judge
from pm_assistant.workflows.pipeline.precedents import FRESH, Precedents
from tests.builders import (
    ACME,
    CANCELED,
    DOING,
    DONE,
    ENG,
    NOW,
    REVIEW,
    TODO,
    TRUSTING,
    a_comment,
    a_connection,
    a_conversation,
    a_decision,
    a_judgement,
    a_member,
    a_message,
    a_proposal,
    a_tenant,
    a_ticket,
)
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeAnalyst

AGAIN = a_message(text="The coupon vanishes again")
LATE = NOW - FRESH - timedelta(minutes=1)
DONE_LATELY = a_ticket(1, state=DONE, completed_at=NOW - timedelta(days=2))
DONE_BEFORE = a_ticket(1, state=DONE, completed_at=LATE)
BACK = Suggestion(id="ticket-1", name="", because="it is back")


def following(action: Any, *tickets: Ticket, said: str = AGAIN.text) -> list[Action]:
    """What follows from a proposal that rests on one message."""
    message = a_message(text=said)
    precedents = Precedents(tickets, [ENG], {"U0ADA": "Ada"}, now=NOW)
    return [each.action for each in precedents.applied(a_proposal(action, message.id), [message])]


def test_what_is_said_of_a_ticket_that_is_open_is_told_it() -> None:
    """Be it back or not."""
    assert [a_comment()] == following(a_comment(), a_ticket(1))


def test_what_was_done_lately_and_fails_again_is_to_be_opened_again() -> None:
    """And told so."""
    reopening = MoveTicket(ticket_id="ticket-1", to=TODO, backwards=True)

    assert [a_comment(), reopening] == following(a_comment(), DONE_LATELY)


@pytest.mark.parametrize(
    "said",
    [
        "The coupon vanishes again. I'm already on it",
        "the coupon vanishes again, I reopen it, already working on it",
        "Der Coupon verschwindet wieder. Ich sitze ab jetzt dran",
        "le coupon disparaît encore, je suis déjà dessus",
        "el cupón se pierde otra vez. Lo reabro y me pongo ahora mismo",
        "o cupom voltou a sumir, já estou a trabalhar nisso",
        "il coupon sparisce di nuovo, ci sto già lavorando",
        "купон снова пропадает, уже занимаюсь",
        "クーポンがまた消えました。今日から対応中に戻して見ます",
        "优惠券又消失了, 我正在处理",
        "쿠폰이 다시 사라져요. 지금 수정 중입니다",
        "कूपन फिर से गायब। इस पर काम कर रहा हूँ",
    ],
)
def test_what_fails_again_and_is_worked_on_goes_where_such_work_is(said: str) -> None:
    """Not to where it waits for somebody; what is reviewed or tried out is further."""
    [_, reopening] = following(a_comment(), DONE_LATELY, said=said)
    assert MoveTicket(ticket_id="ticket-1", to=DOING, backwards=True) == reopening


@pytest.mark.parametrize(
    "said",
    ["The coupon vanishes again, is anybody on it?", "It is back again. I can't work on it now", AGAIN.text],
)
def test_what_nobody_is_at_waits(said: str) -> None:
    """A question is none, nor that somebody cannot."""
    [_, reopening] = following(a_comment(), DONE_LATELY, said=said)
    assert MoveTicket(ticket_id="ticket-1", to=TODO, backwards=True) == reopening


def test_a_regression_that_nobody_proposed_is_never_made_unasked() -> None:
    """How sure a comment was says nothing of a new ticket."""
    message = a_message(text=AGAIN.text)
    precedents = Precedents([DONE_BEFORE], [ENG], {}, now=NOW)

    [proposal] = precedents.applied(a_proposal(a_comment(), message.id), [message])

    assert isinstance(proposal.action, CreateTicket)
    assert proposal.asks_first


@pytest.mark.parametrize(
    "said",
    [
        "Swiss customers see the wrong sign, I'm reopening it and it's back in progress",
        "mach ich wieder auf, sitze schon dran",
        "zut, la règle a sauté. je rouvre le ticket et je le remets en cours",
        "lo reabro",
        "переоткрываю, задача снова в работе",
        "riapro io",
        "otwieram ponownie",
        "差し戻します",
        "我重新打开了",
        "다시 열었어요",
        "wapas khol diya",
        "The coupon vanishes again. I'm already on it",
    ],
)
def test_what_people_take_up_again_is_opened_again_however_long_ago_it_was_done(said: str) -> None:
    """They say so themselves; nobody has to have said that it fails."""
    for done in (DONE_LATELY, DONE_BEFORE):
        [_, reopening] = following(a_comment(), done, said=said)
        assert MoveTicket(ticket_id="ticket-1", to=DOING, backwards=True) == reopening


@pytest.mark.parametrize(
    "said",
    [
        "Shall we reopen it?",
        "we won't reopen this",
        "not reopening it",
        "não precisa reabrir",
        "nie trzeba otwierać ponownie",
        "再オープンは不要です",
        "不用重新打开",
        "Bob wants to reopen it",
        "reopening the office on Monday",
        "la boutique rouvre lundi",
        "voltou a funcionar",
        "опять заработало",
        "又能用了",
        "다시 잘 됩니다",
        "bin wieder im Büro, schaue es mir an",
    ],
)
def test_who_asks_or_denies_it_opens_nothing_again(said: str) -> None:
    """It is told, and stays closed."""
    assert [a_comment()] == following(a_comment(), DONE_BEFORE, said=said)


def test_what_is_looked_at_or_tried_out_goes_back_to_work_where_they_say_so() -> None:
    """With the sentence as its reason; a person has to let us."""
    said = "blank screen on every phone. I took it back, working on it"
    in_review = a_ticket(1, state=REVIEW)
    message = a_message(text=said)
    precedents = Precedents([in_review], [ENG], {}, now=NOW)

    comment, back = precedents.applied(a_proposal(a_comment(), message.id), [message])

    assert comment.action == a_comment()
    assert back.action == MoveTicket(ticket_id="ticket-1", to=DOING, backwards=True)
    assert back.reason == "Taken back to be worked on: I took it back, working on it"


@pytest.mark.parametrize(
    ("state", "said"),
    [(REVIEW, "blank screen on every phone"), (DOING, "reopening it"), (TODO, "reopening it")],
    ids=["nobody takes it back", "it is worked on", "nobody has begun"],
)
def test_nothing_else_goes_back(state: TicketState, said: str) -> None:
    """What is at work or waits is told it."""
    assert [a_comment()] == following(a_comment(), a_ticket(1, state=state), said=said)


def test_what_was_done_before_that_stays_so_and_has_a_regression() -> None:
    """A new ticket, by its first words, with the sentence which says that it is back."""
    [new] = following(a_comment(), DONE_BEFORE, said="Look. The coupon vanishes again")

    before = Suggestion(id="ticket-1", name="ENG-1", because="The coupon vanishes again")
    assert isinstance(new, CreateTicket)
    assert ("The coupon vanishes again", before) == (new.title, new.regression_of)


@pytest.mark.parametrize(
    ("ticket", "said"),
    [
        (DONE_LATELY, "The coupon works again"),
        (DONE_LATELY, "Who did the coupon?"),
        (a_ticket(1, state=DONE, completed_at=NOW + timedelta(seconds=1)), AGAIN.text),
        (a_ticket(1, state=DONE, completed_at=None), AGAIN.text),
        (a_ticket(1, state=CANCELED, completed_at=None), AGAIN.text),
    ],
    ids=["it works", "nobody says that it fails", "said before it was done", "nobody knows when", "nobody did it"],
)
def test_a_closed_ticket_is_only_told_what_does_not_say_that_it_fails_again(ticket: Ticket, said: str) -> None:
    """It stays closed."""
    assert [a_comment()] == following(a_comment(), ticket, said=said)


def test_a_new_ticket_for_what_an_open_one_is_about_is_an_update_of_that() -> None:
    """Whoever proposed it names the ticket, or gives it the same title."""
    described = "Seen twice."
    for new in (
        CreateTicket(title="Coupons vanish", description=described, regression_of=BACK),
        CreateTicket(title="The checkout drops the coupon", description=described),
    ):
        assert [Comment(ticket_id="ticket-1", summary=described)] == following(new, a_ticket(1))


def test_a_new_ticket_with_the_title_of_a_closed_one_is_new() -> None:
    """Nobody said that it is the same."""
    new = CreateTicket(title="Checkout drops the coupon", description="")
    assert [new] == following(new, DONE_BEFORE)
    assert [new] == following(new, a_ticket(1, title="Checkout drops the basket"))


def test_a_new_ticket_for_what_is_closed_is_its_regression_or_opens_it_again() -> None:
    """As for whatever is said of it; what was canceled is not opened again."""
    new = CreateTicket(title="Coupons vanish", description="", regression_of=BACK)
    known = new.model_copy(update={"regression_of": BACK.model_copy(update={"name": "ENG-1"})})

    assert [known] == following(new, DONE_BEFORE)
    assert [known] == following(new, a_ticket(1, state=CANCELED))
    assert ["comment", "move"] == [action.kind for action in following(new, DONE_LATELY)]


def test_in_a_team_that_begins_nowhere_nothing_is_opened_again() -> None:
    """There is no state for it."""
    team = ENG.model_copy(update={"states": (DONE,)})
    precedents = Precedents([DONE_LATELY], [team], {}, now=NOW)

    [proposal] = precedents.applied(a_proposal(a_comment(), AGAIN.id), [AGAIN])

    assert isinstance(proposal.action, CreateTicket)


@pytest.mark.parametrize("action", [MoveTicket(ticket_id="ticket-1", to=DONE), Ignore(work=True)])
def test_of_all_else_nothing_is_searched(action: Any) -> None:
    """It is what it is."""
    assert [action] == following(action, DONE_LATELY)


def judged(action: Any, ticket: Ticket, known: Decision | None = None, **changes: Any) -> list[Decision]:
    """What is decided where the rules allow everything unasked."""
    unit = FakeUnit(at=NOW + timedelta(minutes=2))
    if known is not None:
        unit.stores.decisions.save(known)
    said = AGAIN.model_copy(update=changes)
    proposal: Proposal = a_proposal(action, said.id, confidence=0.99)
    unit.analyst = FakeAnalyst(a_judgement(proposal))
    unit.stores.connections.put(a_connection())
    unit.stores.directory.put_members(ACME, [a_member()])
    unit.stores.directory.put_teams(ACME, [ENG])
    unit.stores.tickets.put(ACME, ticket)
    return list(judge(a_conversation(said), a_tenant(settings=TRUSTING), unit).decisions)


def test_a_ticket_that_a_thread_has_led_to_is_no_precedent_of_itself() -> None:
    """Judged again, the thread leads to that one ticket and to no comment on it, unless no ticket was made."""
    new = CreateTicket(title="Checkout drops the coupon", description="")
    outcome = Outcome(
        external_id="ticket-1", url="https://tracker.test/issue/ENG-1", inverse='{"operation": "issueDelete"}'
    )
    made = a_decision(action=new, message=AGAIN, state=DecisionState.DONE, outcome=outcome)
    refused = a_decision(action=new, message=AGAIN, state=DecisionState.DISMISSED)

    assert [made.id] == [decision.id for decision in judged(new, a_ticket(1), made)]
    assert ["comment"] == [decision.action.kind for decision in judged(new, a_ticket(1), refused)]


def test_a_ticket_is_never_opened_again_unasked() -> None:
    """That is a person's to say, whatever the rules allow; the comment goes on."""
    comment, reopening = judged(a_comment(), DONE_LATELY)

    assert (DecisionState.QUEUED, DecisionState.PROPOSED) == (comment.state, reopening.state)


def test_a_regression_is_filled_in_like_any_new_ticket() -> None:
    """With what was said, and the closed one's team; said in private, not even why it is one is told."""
    [decision] = judged(a_comment(), DONE_BEFORE)
    assert isinstance(decision.action, CreateTicket)
    assert ("The coupon vanishes again", "team-eng") == (
        decision.action.quotes[0].text,
        decision.action.team and decision.action.team.id,
    )

    [private] = judged(a_comment(), DONE_BEFORE, private=True)
    assert isinstance(private.action, CreateTicket)
    assert private.action.regression_of is not None
    assert "vanishes" not in private.action.regression_of.because


def test_a_regression_of_a_ticket_that_was_not_shown_is_made_up() -> None:
    """It is not usable."""
    unknown = CreateTicket(title="T", description="", regression_of=BACK.model_copy(update={"id": "ticket-7"}))

    [decision] = judged(unknown, a_ticket(1))

    assert isinstance(decision.action, Ignore)
