"""Tables of rows of numbers, a few bits each."""

from collections.abc import Sequence
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.language.tables import CODES, Band, Quantized, Table, packed, place_of, unpacked, width_of

BANDS = (Band(2, 2), Band(3, 1))
WIDTH = width_of(BANDS)
NUMBER = st.integers(-128, 127)


def codebook(of: st.DrawFn, length: int) -> list[tuple[int, ...]]:
    """Some runs, and beyond them zeros."""
    few = of(st.lists(st.tuples(*[NUMBER] * length), min_size=1, max_size=5))
    return [*few, *[(0,) * length] * (CODES - len(few))]


@st.composite
def tables(of: st.DrawFn) -> Quantized:
    """Up to four rows."""
    codes = of(st.lists(st.lists(st.integers(0, 6), min_size=3, max_size=3), min_size=1, max_size=4))
    step = of(st.sampled_from([0.25, 0.5, 2.0]))
    return Quantized(bytes(chain(*codes)), [codebook(of, band.length) for band in BANDS], step)


def read(table: Table, place: int, width: int) -> Sequence[float]:
    """A row, in steps."""
    total = [0.0] * width
    table.add(total, [place], 1 / table.step)
    return total


@given(tables())
def test_rows_are_read_back(rows: Quantized) -> None:
    """A byte stands for each run, by the codebook of its band."""
    table = unpacked(packed(rows), BANDS, step=rows.step)
    short, long = rows.codebooks
    for place in range(len(rows.codes) // 3):
        first, second, third = rows.codes[3 * place : 3 * place + 3]
        assert [*short[first], *short[second], *long[third]] == read(table, place, WIDTH)


@given(tables(), st.floats(-2, 2))
def test_a_share_of_each_row_is_added(rows: Quantized, share: float) -> None:
    """A place that stands twice counts twice; of no place nothing is added."""
    table = unpacked(packed(rows), BANDS, step=rows.step)
    total = [1.0] * WIDTH
    table.add(total, [0, 0], share)
    table.add(total, [], share)
    assert [1 + 2 * share * rows.step * value for value in read(table, 0, WIDTH)] == pytest.approx(total)


def test_a_name_always_has_the_same_place() -> None:
    """Weights are kept by it, so it can never be another."""
    assert [2, 8] == [place_of(name, 32) for name in ("word printer", "gram ~pr")]
