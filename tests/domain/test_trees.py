"""What is closed with what is above or below it, and what is not."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.actions import MOST_CLOSED, CloseTree
from pm_assistant.domain.trees import DEEPEST, MOST_SHOWN, Forest, Tree, still_follows
from pm_assistant.domain.work import StateType, Team, Ticket, TicketState
from tests.builders import BACKLOG, CANCELED, DOING, DONE, ENG, NOW, TODO, a_ticket

HOUR = timedelta(hours=1)
OPS = ENG.model_copy(update={"id": "team-ops", "key": "OPS", "closes_parents": False, "closes_children": False})
STATES = {"open": DOING, "done": DONE, "canceled": CANCELED}


def ticket(number: int, state: TicketState = DONE, below: int | None = None, **changes: Any) -> Ticket:
    """A ticket below another, closed an hour ago if it is."""
    at = NOW - HOUR if state.type.closed else NOW - 9 * HOUR
    completed_at = at if state.type is StateType.COMPLETED else None
    fields = {"state": state, "parent_id": below and f"ticket-{below}", "updated_at": at, "completed_at": completed_at}
    return a_ticket(number, **{**fields, **changes})


def trees(*tickets: Ticket, teams: Sequence[Team] = (ENG,), left_alone: Sequence[int] = ()) -> list[Tree]:
    """What is to be closed among these."""
    alone = frozenset(f"ticket-{number}" for number in left_alone)
    return list(Forest(tickets=tickets, teams={team.id: team for team in teams}, left_alone=alone).trees())


def closed(*tickets: Ticket, **known: Any) -> list[list[tuple[str, str, tuple[str, ...]]]]:
    """The tickets that are to be closed, tree by tree: which, to which state, and what shows it."""
    return [
        [(each.ticket_id, each.to.name, each.because) for each in tree.action.closings]
        for tree in trees(*tickets, **known)
    ]


def numbers(*tickets: Ticket, **known: Any) -> list[list[int]]:
    """Only which, tree by tree."""
    return [[int(id.removeprefix("ticket-")) for id, _, _ in tree] for tree in closed(*tickets, **known)]


def test_a_ticket_is_closed_once_all_below_it_is_and_some_of_it_is_done() -> None:
    """What was given up counts as over, and is named after what was done; its age is that of the last of them."""
    given_up = ticket(2, CANCELED, below=1, updated_at=NOW - HOUR / 2)
    family = [ticket(1, TODO), given_up, ticket(3, DONE, below=1)]
    assert [[("ticket-1", "Done", ("ticket-3", "ticket-2"))]] == closed(*family)
    (tree,) = trees(*family)
    assert (NOW - HOUR / 2, NOW - 9 * HOUR) == (tree.since, tree.changed_at)
    assert not tree.action.downwards


@pytest.mark.parametrize(
    "family",
    [
        [ticket(1, DOING)],
        [ticket(1, DOING), ticket(2, DONE, below=1), ticket(3, DOING, below=1)],
        [ticket(1, DOING), ticket(2, CANCELED, below=1)],
        [ticket(1, DONE), ticket(2, DONE, below=1)],
        [ticket(1, DOING), ticket(2, DONE, below=9)],
        [ticket(1, DOING), ticket(2, DONE, below=1), ticket(3, DOING, below=2, created_at=NOW)],
    ],
)
def test_a_ticket_of_whose_work_some_is_open_or_none_was_done_is_left_alone(family: list[Ticket]) -> None:
    """Also where what is open lies deeper, or all was given up."""
    assert [] == closed(*family)


def test_what_is_closed_may_let_what_is_above_it_be_closed_too() -> None:
    """In one tree, those below first, each with what shows it."""
    family = [ticket(1, DOING), ticket(2, DOING, below=1), ticket(3, DONE, below=2), ticket(4, DONE, below=1)]
    assert [
        [("ticket-2", "Done", ("ticket-3",)), ("ticket-1", "Done", ("ticket-2", "ticket-4"))],
    ] == closed(*family)


def test_trees_that_hang_together_by_what_stays_open_are_two() -> None:
    """Each is asked about for itself."""
    branches = [
        ticket(2, DOING, below=1),
        ticket(3, DONE, below=2),
        ticket(4, DOING, below=1),
        ticket(5, DONE, below=4),
    ]
    assert [[2], [4]] == numbers(ticket(1, DOING), *branches, ticket(6, DOING, below=1))
    assert [[2, 4, 1]] == numbers(ticket(1, DOING), *branches)


def test_a_tree_is_closed_five_levels_at_a_time() -> None:
    """The rest follows when these are closed."""
    levels = [ticket(number, DOING, below=number - 1 or None) for number in range(1, 8)]
    assert [[7, 6, 5, 4, 3]] == numbers(*levels, ticket(8, DONE, below=7))
    assert 5 == DEEPEST


def test_a_tree_is_closed_so_many_tickets_at_a_time() -> None:
    """A person is to look at each of them."""
    branches = [
        each
        for number in range(2, 2 + MOST_CLOSED)
        for each in (ticket(number, DOING, below=1), ticket(number + 100, below=number))
    ]
    assert [[2], [3], [4]] == sorted(numbers(ticket(1, DOING), *branches))[:3]
    (together,) = numbers(ticket(1, DOING), *branches[2:])
    assert MOST_CLOSED == len(together)


def test_of_many_tickets_that_show_it_some_are_named() -> None:
    """The log has to hold them."""
    family = [ticket(1, DOING), *(ticket(number, below=1) for number in range(2, 40))]
    (((_, _, because),),) = closed(*family)
    assert MOST_SHOWN == len(because)
    (tree,) = trees(*family, ticket(40, below=1, completed_at=NOW))
    assert NOW == tree.since


def test_tickets_that_are_above_themselves_end_nothing() -> None:
    """Nobody can say what is below them."""
    assert [] == closed(ticket(1, DOING, below=2), ticket(2, DOING, below=1))
    assert [] == closed(ticket(1, DOING, below=1), ticket(2, DONE, below=1))
    assert [] == closed(ticket(1, DONE, below=2), ticket(2, DONE, below=1))
    assert [[2]] == numbers(ticket(1, DONE, below=2), ticket(2, DOING, below=1))


@pytest.mark.parametrize("state", [DOING, DONE])
def test_what_not_everybody_may_read_is_neither_named_nor_touched(state: TicketState) -> None:
    """But as long as it is open, nothing above it is over."""
    hidden = ticket(3, state, below=1, team_id="team-hr")
    expected = [[("ticket-1", "Done", ("ticket-2",))]] if state is DONE else []
    assert expected == closed(ticket(1, DOING), ticket(2, DONE, below=1), hidden)
    assert [] == closed(ticket(1, DOING), hidden)
    assert [] == closed(ticket(1, DOING, team_id="team-hr"), ticket(2, DONE, below=1))
    assert [] == closed(ticket(1, DOING, team_id="team-hr"), ticket(2, DOING, below=1), hidden, ticket(4, below=2))[1:]


@pytest.mark.parametrize(("setting", "sure"), [(None, False), (False, True), (True, None)])
def test_what_the_tracker_closes_by_itself_is_left_to_it(setting: bool | None, sure: bool | None) -> None:
    """Where it is not known whether it does, a person has to say so."""
    ours = ENG.model_copy(update={"closes_parents": setting})
    family = [ticket(1, DOING), ticket(2, DONE, below=1, team_id=OPS.id)]
    turned = [ticket(1, DOING, team_id=OPS.id), ticket(2, DONE, below=1)]
    for tickets in (family, turned):
        found = trees(*tickets, teams=(ours, OPS))
        assert ([] if sure is None else [sure]) == [tree.action.sure for tree in found]


@pytest.mark.parametrize(("closing", "to"), [(DONE, "Done"), (CANCELED, "Canceled")])
def test_what_was_open_below_a_ticket_when_that_was_closed_is_a_question(closing: TicketState, to: str) -> None:
    """To be closed as that was, those below first, whatever the rules allow."""
    ours = ENG.model_copy(update={"closes_children": False})
    family = [ticket(1, closing), ticket(2, DOING, below=1), ticket(3, BACKLOG, below=2), ticket(4, DONE, below=1)]
    assert [[("ticket-3", to, ("ticket-1",)), ("ticket-2", to, ("ticket-1",))]] == closed(*family, teams=(ours,))
    (tree,) = trees(*family, teams=(ours,))
    assert (True, True, NOW - HOUR) == (tree.action.asks_first, tree.action.downwards, tree.since)


def test_what_is_open_below_closed_tickets_of_one_tree_is_one_question() -> None:
    """Each is closed as what is closed right above it."""
    family = [ticket(1, DONE), ticket(2, CANCELED, below=1), ticket(3, DOING, below=2), ticket(4, DOING, below=1)]
    assert [
        [("ticket-3", "Canceled", ("ticket-2",)), ("ticket-4", "Done", ("ticket-1",))],
    ] == closed(*family)


@pytest.mark.parametrize(
    "changes", [{"created_at": NOW - HOUR / 2}, {"team_id": "team-hr"}, {"state": DONE}, {"parent_id": None}]
)
def test_what_came_later_below_a_closed_ticket_is_meant_so(changes: dict[str, Any]) -> None:
    """And what not everybody may read is nobody's to ask about."""
    family = [ticket(1, DONE), ticket(2, DOING, below=1)]
    assert [[2]] == numbers(*family)
    assert [] == closed(family[0], family[1].model_copy(update=changes))


def test_what_is_over_below_a_closed_ticket_is_closed_for_what_is_below_it() -> None:
    """And is no part of the question beside it."""
    family = [ticket(1, CANCELED), ticket(2, DOING, below=1), ticket(3, DONE, below=2), ticket(4, DOING, below=1)]
    assert [
        [("ticket-2", "Done", ("ticket-3",))],
        [("ticket-4", "Canceled", ("ticket-1",))],
    ] == closed(*family)


def test_what_is_left_open_below_two_closed_tickets_is_asked_about_once() -> None:
    """With the topmost of them, whichever was made first."""
    family = [ticket(8, CANCELED), ticket(4, DOING, below=8), ticket(1, CANCELED, below=4), ticket(6, DOING, below=1)]
    assert [[6, 4]] == numbers(*family)


def test_too_much_below_a_closed_ticket_is_not_asked_about() -> None:
    """It is to be looked at there."""
    family = [ticket(number, DOING, below=1) for number in range(2, 3 + MOST_CLOSED)]
    assert [] == closed(ticket(1, DONE), *family)
    assert MOST_CLOSED == len(closed(ticket(1, DONE), *family[1:])[0])


@pytest.mark.parametrize("teams", [(ENG.model_copy(update={"closes_children": True}), OPS), (ENG, OPS)])
def test_what_the_tracker_closes_below_a_closed_ticket_is_left_to_it(teams: tuple[Team, Team]) -> None:
    """Be it for the team of the one above or of the one below."""
    asked = [[2]] if teams[0].closes_children is None else []
    assert asked == numbers(ticket(1, DONE), ticket(2, DOING, below=1, team_id=OPS.id), teams=teams)
    assert asked == numbers(ticket(1, DONE, team_id=OPS.id), ticket(2, DOING, below=1), teams=teams)


def test_what_people_want_as_it_is_is_left_alone() -> None:
    """And with it what is above."""
    chain = [ticket(1, DOING), ticket(2, DOING, below=1), ticket(3, DONE, below=2)]
    assert [[2, 1]] == numbers(*chain)
    assert [[2]] == numbers(*chain, left_alone=[1])
    assert [] == numbers(*chain, left_alone=[2])
    assert [] == numbers(ticket(1, DONE), ticket(2, DOING, below=1), left_alone=[2])
    assert [] == numbers(ticket(1, DONE), ticket(2, DOING, below=1), left_alone=[1])


def test_a_team_without_a_state_that_closes_is_left_alone() -> None:
    """There is nowhere to move to."""
    stateless = ENG.model_copy(update={"states": (DOING,)})
    assert [] == closed(ticket(1, DOING), ticket(2, DONE, below=1), teams=(stateless,))
    assert [] == closed(ticket(1, DONE), ticket(2, DOING, below=1), teams=(stateless,))


def test_a_tree_follows_as_long_as_what_shows_it_is_closed() -> None:
    """Or is to be closed with it; of what is not known nothing is said."""
    family = [ticket(1, DOING), ticket(2, DOING, below=1), ticket(3, DONE, below=2)]
    (tree,) = trees(*family)
    known = {each.id: each for each in family}
    assert still_follows(tree.action, known)
    assert still_follows(tree.action, {})
    assert not still_follows(tree.action, known | {"ticket-3": ticket(3, DOING, below=2)})


def apply(action: CloseTree, tickets: list[Ticket], at: datetime) -> list[Ticket]:
    """The tickets after a tree was closed."""
    goals = {closing.ticket_id: closing.to for closing in action.closings}
    change = {"updated_at": at, "completed_at": at}
    return [t.model_copy(update={"state": goals[t.id], **change}) if t.id in goals else t for t in tickets]


@st.composite
def forests(draw: st.DrawFn) -> list[Ticket]:
    """Some tickets, each below an earlier or a later one, or below none; some not for everybody."""
    size = draw(st.integers(1, 14))
    return [
        ticket(
            number,
            STATES[draw(st.sampled_from(sorted(STATES)))],
            below=draw(st.none() | st.integers(1, size)),
            team_id=draw(st.sampled_from([ENG.id, ENG.id, ENG.id, "team-hr"])),
        )
        for number in range(1, size + 1)
    ]


@given(forests())
def test_in_any_forest_trees_are_apart_forwards_bounded_and_come_to_an_end(tickets: list[Ticket]) -> None:
    """Closing what is to be closed, over and over, leaves nothing to be closed, and touches nothing hidden."""
    for _ in range(len(tickets) + 1):
        found = trees(*tickets)
        closings = [closing for tree in found for closing in tree.action.closings]
        by_id = {each.id: each for each in tickets}
        assert len(closings) == len({closing.ticket_id for closing in closings})
        for closing in closings:
            assert ENG.id == by_id[closing.ticket_id].team_id
            assert ENG.forwards(by_id[closing.ticket_id].state, closing.to)
            assert {ENG.id} == {by_id[shown].team_id for shown in closing.because}
        for tree in found:
            assert still_follows(tree.action, by_id)
            assert len(tree.action.closings) <= MOST_CLOSED
            tickets = apply(tree.action, tickets, NOW)
    assert [] == trees(*tickets)
