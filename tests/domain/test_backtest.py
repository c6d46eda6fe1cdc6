"""What would have been done against what people did: each thing that people wanted counts once."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.actions import Action, Comment, CreateTicket, Ignore, MoveTicket
from pm_assistant.domain.backtest import (
    FEWEST_ANSWERS,
    BacktestReport,
    Label,
    Rates,
    Side,
    SideReport,
    Tally,
    answers,
    compare,
    examples_of,
    under,
    was_wanted,
    why_not_adopt,
)
from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.experiments import Variant
from pm_assistant.domain.orders import GivenOrder
from pm_assistant.domain.tenants import ActionKind, Mode, Rule, Settings
from tests.builders import DOING, DONE, NOW, a_decision, a_message

ACT, ASK, LOG = DecisionState.QUEUED, DecisionState.PROPOSED, DecisionState.LOGGED
ABOUT_1, ABOUT_2 = (Comment(ticket_id=f"ticket-{n}", summary="It vanishes.") for n in (1, 2))
NEW = CreateTicket(title="Keep the coupon", description="It vanishes.")


def would(action: Action, state: DecisionState = ASK, **changes: Any) -> Decision:
    """What a side would decide."""
    return a_decision(action=action, state=state, **changes)


def a_label(action: Action, *, wanted: bool = True) -> Label:
    """What people wanted of the message that decisions rest on, or not."""
    return Label(action, wanted, frozenset({a_message().id}), ("https://acme.slack.com/archives/C0ENG/p1",), NOW)


def tallied(decisions: list[Decision], labels: list[Label], *, by_people: bool = False) -> dict[ActionKind, Tally]:
    """The tallies of one conversation."""
    return dict(compare(decisions, labels, done_by_people=lambda _: by_people).tallies)


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"state": DecisionState.DONE, "decided_by": "U0ADA"}, True),
        ({"state": DecisionState.QUEUED, "decided_by": "U0ADA"}, True),
        ({"state": DecisionState.DISMISSED, "decided_by": "U0ADA"}, False),
        ({"state": DecisionState.UNDONE, "decided_by": "U0ADA"}, False),
        ({"state": DecisionState.ACTING, "decided_by": "U0ADA", "undoing": True}, False),
        ({"state": DecisionState.DONE, "decided_by": "U0ADA", "error": "people have gone on with it"}, False),
        ({"state": DecisionState.DONE}, None),
        ({"state": DecisionState.DISMISSED}, None),
        ({"state": DecisionState.DISMISSED, "decided_by": "U0ADA", "error": "the ticket was taken back"}, None),
        ({"state": DecisionState.FAILED, "decided_by": "U0ADA", "error": "no such state"}, None),
        ({"state": DecisionState.DONE, "decided_by": "U0ADA", "order": GivenOrder(message_id=a_message().id)}, None),
    ],
)
def test_what_people_wanted_is_what_they_answered(change: dict[str, Any], wanted: bool | None) -> None:
    """Not what was done unasked, what came between, or what they ordered in so many words."""
    decision = a_decision(**change)

    assert wanted is was_wanted(decision)
    assert ([] if wanted is None else [wanted]) == [label.wanted for label in answers([decision])]


def test_what_people_made_of_a_proposal_is_what_they_wanted() -> None:
    """Who let it be done about another ticket wanted it there."""
    [label] = answers([a_decision(action=ABOUT_1, performed_action=ABOUT_2, state=DecisionState.DONE, decided_by="U0")])

    assert ABOUT_2 == label.action


@pytest.mark.parametrize(
    ("state", "wanted", "counted"),
    [
        (ACT, True, Tally(acts=1, agreed=1, acts_agreed=1)),
        (ACT, False, Tally(acts=1, disagreed=1, acts_disagreed=1)),
        (ASK, True, Tally(asks=1, agreed=1)),
        (ASK, False, Tally(asks=1, disagreed=1)),
        (LOG, True, Tally(missed=1)),
        (LOG, False, Tally(spared=1)),
    ],
)
def test_each_proposal_is_held_against_what_people_said(state: DecisionState, wanted: bool, counted: Tally) -> None:
    """What is only logged is not proposed."""
    assert {ActionKind.COMMENT: counted} == tallied([would(ABOUT_1, state)], [a_label(ABOUT_1, wanted=wanted)])


def test_what_nobody_spoke_of_is_neither_right_nor_wrong() -> None:
    """Unless people did it themselves."""
    assert {ActionKind.MOVE: Tally(asks=1)} == tallied([would(MoveTicket(ticket_id="ticket-1", to=DONE))], [])
    assert {ActionKind.COMMENT: Tally(asks=1, agreed=1)} == tallied([would(ABOUT_1)], [], by_people=True)


def test_another_ticket_or_state_is_another_thing() -> None:
    """What was wanted is missed, and of what is proposed nobody spoke."""
    moved, done = (MoveTicket(ticket_id="ticket-1", to=to) for to in (DOING, DONE))

    assert {ActionKind.COMMENT: Tally(asks=1, missed=1)} == tallied([would(ABOUT_2)], [a_label(ABOUT_1)])
    assert {ActionKind.MOVE: Tally(asks=1, missed=1)} == tallied([would(moved)], [a_label(done)])


def test_new_tickets_are_the_same_where_they_rest_on_the_same_words() -> None:
    """Titles differ; where people opened one for the whole conversation any new one is meant, and one alone."""
    elsewhere = would(NEW, message=a_message(60))
    for_all = a_label(NEW)._replace(cited=frozenset())

    assert Tally(asks=1, missed=1) == tallied([elsewhere], [a_label(NEW)])[ActionKind.CREATE]
    assert Tally(asks=1, agreed=1) == tallied([elsewhere], [for_all])[ActionKind.CREATE]
    assert Tally(asks=2, agreed=1) == tallied([elsewhere, would(NEW)], [for_all])[ActionKind.CREATE]


def test_orders_and_small_talk_are_no_judgement() -> None:
    """The former are obeyed in any case."""
    ordered = would(ABOUT_1, ACT, order=GivenOrder(message_id=a_message().id))

    assert {} == tallied([ordered, would(Ignore(), LOG)], [])


def test_a_threshold_lets_act_what_is_not_off() -> None:
    """Whatever the rules let happen unasked today."""
    rules = {ActionKind.COMMENT: Rule(), ActionKind.MOVE: Rule(mode=Mode.OFF)}

    varied = under(Settings(rules=rules), Variant(threshold=0.85)).rules

    assert Rule(mode=Mode.AUTO, threshold=0.85) == varied[ActionKind.COMMENT]
    assert Mode.OFF is varied[ActionKind.MOVE].mode
    assert Settings(rules=rules) == under(Settings(rules=rules), Variant())
    assert not under(Settings(shadow=True), Variant()).shadow
    assert Settings(rules=rules, ask_from=0.7) == under(Settings(rules=rules), Variant(ask_from=0.7))


def test_shares_are_of_what_people_spoke_of() -> None:
    """And none where they did not speak."""
    rates = Rates.of(Tally(acts=5, asks=5, agreed=6, disagreed=2, acts_agreed=3, missed=3, spared=1))

    assert (0.75, 0.6667, 1.0, 0.5833) == (rates.precision, rates.recall, rates.acting_precision, rates.agreement)
    assert (None, None) == (Rates.of(Tally(acts=3)).precision, Rates.of(Tally()).agreement)


def test_examples_are_what_is_not_agreed_on() -> None:
    """Between the sides, or between one and people; by links and keys, without words."""
    labels = [a_label(ABOUT_1), a_label(ABOUT_2, wanted=False), a_label(NEW)]
    moved = would(MoveTicket(ticket_id="ticket-1", to=DONE), ACT)
    sides = [
        compare(decisions, labels, done_by_people=lambda _: False)
        for decisions in ([would(ABOUT_1), would(NEW)], [would(ABOUT_1, LOG), would(NEW), moved])
    ]

    found = examples_of(labels, sides, ticket_keys={"ticket-1": "ENG-1"})

    assert [
        ("comment", "ENG-1", "wanted", ("ask", "log")),
        ("move", "ENG-1", None, ("nothing", "act")),
    ] == [(each.kind, each.ticket, each.people, each.would) for each in found]
    assert all(each.evidence for each in found)


STATES = st.sampled_from([ACT, ASK, LOG])
ACTIONS = st.sampled_from([ABOUT_1, ABOUT_2, NEW, MoveTicket(ticket_id="ticket-1", to=DONE)])


@given(st.lists(st.tuples(ACTIONS, STATES), max_size=6), st.lists(st.tuples(ACTIONS, st.booleans()), max_size=6))
def test_every_label_is_counted_once(
    proposed: list[tuple[Action, DecisionState]], said: list[tuple[Action, bool]]
) -> None:
    """Right and missed are all that was wanted, wrong and spared all that was not."""
    labels = [a_label(action, wanted=wanted) for action, wanted in said]
    verdicts = compare([would(a, s) for a, s in proposed], labels, done_by_people=lambda _: False)
    total = SideReport.of(Side().having_judged([], verdicts)).total

    wanted = sum(label.wanted for label in labels)
    assert (wanted, len(labels) - wanted) == (total.agreed + total.missed, total.disagreed + total.spared)
    assert sum(state is not LOG for _, state in proposed) == total.acts + total.asks


def a_comparison(today: Tally, trained: Tally, *, judged: int = 30) -> BacktestReport:
    """A report on thirty conversations with two sides."""
    sides = tuple(SideReport.of(Side(tallies={ActionKind.COMMENT: tally})) for tally in (today, trained))
    return BacktestReport(
        since=NOW, conversations=30, judged=judged, refused=0, microdollars=0, sides=sides, examples=()
    )


@pytest.mark.parametrize(
    ("today", "trained", "judged", "why"),
    [
        (Tally(agreed=15, disagreed=15), Tally(agreed=15, spared=15), 30, None),
        (Tally(agreed=15, disagreed=15), Tally(agreed=15, disagreed=15), 30, "50.0%"),
        (Tally(agreed=20, disagreed=10), Tally(agreed=19, disagreed=11), 30, "63.3%"),
        (Tally(agreed=15, disagreed=15), Tally(agreed=15, spared=15), 29, "only 29 of 30"),
        (Tally(disagreed=FEWEST_ANSWERS - 1), Tally(agreed=FEWEST_ANSWERS - 1), 30, "only 19 answers"),
        (Tally(agreed=15, missed=15), Tally(agreed=25, disagreed=5, acts_disagreed=1), 30, "wrong 1 times"),
    ],
)
def test_a_model_is_adopted_only_if_it_is_better(today: Tally, trained: Tally, judged: int, why: str | None) -> None:
    """On enough answers, on all of them, and without acting wrongly more often."""
    refusal = why_not_adopt(a_comparison(today, trained, judged=judged))

    assert (why is None) is (refusal is None)
    assert (why or "") in (refusal or "")
