"""Tables of rows of numbers, half a byte each."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.language.tables import STEPS, Table, packed, place_of, unpacked

WIDTH = 6
ROWS = st.lists(st.lists(st.integers(-STEPS, STEPS), min_size=WIDTH, max_size=WIDTH), min_size=1, max_size=4)


def read(table: Table, place: int, width: int) -> Sequence[float]:
    """A row, in steps."""
    total = [0.0] * width
    table.add(total, [place], 1 / table.step)
    return total


@given(ROWS, st.sampled_from([0.25, 0.5, 2.0]))
def test_rows_are_read_back(rows: list[list[int]], step: float) -> None:
    """Two numbers are kept in a byte."""
    data = packed([[step * value for value in row] for row in rows], step=step)
    assert len(rows) * WIDTH == 2 * len(data)
    table = unpacked(data, width=WIDTH, step=step)
    assert rows == [read(table, place, WIDTH) for place in range(len(rows))]


def test_what_is_greater_than_the_most_steps_is_cut_to_these() -> None:
    """Either way."""
    table = unpacked(packed([[9.0, -9.0, 0.2, -0.3, 0.0, 1.0]], step=0.5), width=WIDTH, step=0.5)
    assert [STEPS, -STEPS, 0, -1, 0, 2] == read(table, 0, WIDTH)


@given(ROWS, st.floats(-2, 2))
def test_a_share_of_each_row_is_added(rows: list[list[int]], share: float) -> None:
    """A place that stands twice counts twice; of no place nothing is added."""
    table = unpacked(packed(rows, step=1.0), width=WIDTH, step=1.0)
    total = [1.0] * WIDTH
    table.add(total, [0, 0], share)
    table.add(total, [], share)
    assert [1 + 2 * share * value for value in rows[0]] == pytest.approx(total)


def test_a_name_always_has_the_same_place() -> None:
    """Weights are kept by it, so it can never be another."""
    assert [2, 8] == [place_of(name, 32) for name in ("word printer", "gram ~pr")]
