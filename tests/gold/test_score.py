"""The scorer of told conversations, held to answers whose worth is plain."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.gold.score import Rate, Scores, printed, score

type Row = Mapping[str, Any]


def act(kind: str, ticket: str | None = None, **more: Any) -> Row:
    """Something that would be asked."""
    defaults = {"state": None, "title": None, "confidence": 0.7, "would": "asked", "order": False}
    return {"kind": kind, "ticket": ticket, **defaults, **more}


def scored(expect: Row, *acts: Row) -> Scores:
    """Score one answer."""
    whole = {"tickets": [], "move_to": None, "must_not": [], **expect}
    return score([{"id": "1", "expect": whole}], [{"id": "1", "proposals": acts}])


COMMENT = {"kind": "comment", "tickets": ["K-1"], "must_not": ["create"]}
MOVE = {"kind": "move", "tickets": ["K-1"], "move_to": "Done"}
CHATTER = {"kind": "ignore_chatter"}
DONE: dict[str, Any] = {"would": "done", "order": True, "confidence": 1.0}


def test_a_right_question_counts_for_precision_and_recall() -> None:
    """What is only logged counts for neither."""
    asked, logged = scored(COMMENT, act("comment", "K-1")), scored(COMMENT, act("comment", "K-1", would="logged"))
    assert (Rate(1, 1), Rate(1, 1), Rate(1, 1)) == (
        asked.precision["comment"],
        asked.recall["comment"],
        asked.right_ticket,
    )
    assert (Rate(0, 0), Rate(0, 1)) == (logged.precision["comment"], logged.recall["comment"])


def test_a_question_about_another_ticket_is_wrong_and_sure_only_where_it_is_sure() -> None:
    """From 0.8 upwards, or where it is done."""
    unsure, sure, done = (
        scored(COMMENT, act("comment", "K-2", **more)) for more in ({}, {"confidence": 0.8}, {"would": "done"})
    )
    assert (Rate(0, 1), Rate(0, 1)) == (unsure.precision["comment"], unsure.right_ticket)
    assert [Rate(0, 0), Rate(1, 1), Rate(1, 1)] == [each.sure_and_wrong for each in (unsure, sure, done)]


def test_a_right_ticket_is_among_those_asked_though_another_is_likelier() -> None:
    """The best guess alone is the right ticket; what is only logged is not asked."""
    found = scored(COMMENT, act("comment", "K-2"), act("comment", "K-1", confidence=0.6))
    logged = scored(COMMENT, act("comment", "K-2"), act("comment", "K-1", would="logged"))
    assert (Rate(0, 1), Rate(1, 1), Rate(0, 1)) == (found.right_ticket, found.among_asked, logged.among_asked)


@pytest.mark.parametrize("forbidden", ["create", "comment", "K-1", "move:Done"])
def test_what_must_not_be_is_wrong_whatever_else_it_is(forbidden: str) -> None:
    """A kind, a ticket, or a move to one state."""
    acts = [act("comment", "K-1", would="done"), act("move", "K-1", state="Done", would="done")]
    acts += [act("create", title="x", would="done")]
    found = scored({**MOVE, "must_not": [forbidden]}, *acts)
    assert Rate(1, 1) == found.sure_and_wrong
    assert any("sure and wrong" in flaw for _, flaw in found.mistakes)


def test_a_move_is_found_only_where_its_state_is_right() -> None:
    """The right ticket in another state is no move that was wanted."""
    assert Rate(1, 1) == scored(MOVE, act("move", "K-1", state="Done")).moves
    assert Rate(0, 1) == scored(MOVE, act("move", "K-1", state="In Review")).moves


def test_chatter_is_left_alone_where_nothing_is_done_or_asked() -> None:
    """What is noted bothers nobody."""
    assert Rate(1, 1) == scored(CHATTER, act("ignore", would="logged")).chatter_left_alone
    assert Rate(0, 1) == scored(CHATTER, act("create", title="x")).chatter_left_alone
    assert Rate(0, 1) == scored({"kind": "ignore_work"}, act("comment", "K-1")).work_left_alone


ORDER_MOVE = {"kind": "order", "action": "move", "tickets": ["K-1", "K-2"], "move_to": "Done"}
BOTH = [act("move", key, state="Done", **DONE) for key in ("K-1", "K-2")]


@pytest.mark.parametrize(
    ("expect", "acts", "obeyed"),
    [
        (ORDER_MOVE, BOTH, 1),
        (ORDER_MOVE, BOTH[:1], 0),
        (ORDER_MOVE, [*BOTH, act("comment", "K-1")], 0),
        (ORDER_MOVE, [act("move", key, state="Done") for key in ("K-1", "K-2")], 0),
        ({"kind": "order", "action": "create"}, [act("create", title="x", **DONE)], 1),
        ({"kind": "order", "action": "create"}, [], 0),
        ({"kind": "order", "action": "refuse"}, [act("ignore", would="logged", order=True)], 1),
        ({"kind": "order", "action": "refuse"}, [act("move", "K-1", state="Done", **DONE)], 0),
        ({"kind": "order", "action": "undo", "tickets": ["K-1"]}, [act("ignore", "K-1", **DONE)], 1),
        ({"kind": "order", "action": "undo", "tickets": ["K-1"]}, [act("ignore", "K-2", **DONE)], 0),
        ({"kind": "order", "action": "relink", "tickets": ["K-1"]}, [act("comment", "K-1", **DONE)], 1),
        ({"kind": "order", "action": "relink", "tickets": ["K-1"]}, [act("comment", "K-2", **DONE)], 0),
    ],
)
def test_an_order_counts_only_if_it_is_obeyed_exactly(expect: Row, acts: Sequence[Row], obeyed: int) -> None:
    """All of it, as an order, and nothing beside it."""
    found = scored(expect, *acts)
    assert Rate(obeyed, 1) == found.orders
    assert (1 - obeyed) == any("not obeyed" in flaw for _, flaw in found.mistakes)


def test_figures_and_mistakes_are_printed_a_line_each() -> None:
    """A row that nobody answered proposes nothing."""
    lines = list(printed(score([{"id": "7", "expect": {**COMMENT, "move_to": None}}], [])))
    assert "right_ticket: 0 of 1 (0%)" in lines
    assert "recall: comment 0 of 1 (0%), move 0 of 0, create 0 of 0" in lines
    assert "  7: comment is missed" == lines[-1]
