"""Charts say what they show, and hold nothing that a page must not."""

from collections.abc import Callable, Sequence
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.presentation.charts import HEIGHT, MARGIN, MOST_POINTS, WIDTH, band, bars, line, strip

SVG = "{http://www.w3.org/2000/svg}"
SHAPES = {"circle", "line", "polygon", "polyline", "rect", "svg", "title"}
ATTRIBUTES = {
    *("class", "role", "aria-label", "viewBox", "fill", "points"),
    *("cx", "cy", "r", "x", "y", "width", "height", "x1", "x2", "y1", "y2"),
}

Values = Sequence[float | None]
DRAWN: Sequence[Callable[[Values, str], str]] = (
    lambda values, says: line(values, says=says),
    lambda values, says: bars(values, says=says, parts=values),
    lambda values, says: band(values, values, values, says=says),
    lambda values, says: strip([value for value in values if value is not None], says=says, mark=3),
)
KINDS = ("line", "bars", "band", "strip")


def parsed(svg: str) -> ET.Element:
    """What a browser makes of it."""
    return ET.fromstring(svg)  # noqa: S314  # our own


def shapes(svg: str, kind: str) -> list[ET.Element]:
    """All of one kind."""
    return parsed(svg).findall(f"{SVG}{kind}")


@pytest.mark.parametrize("draw", DRAWN, ids=KINDS)
@given(
    values=st.lists(st.none() | st.floats(-10, 1e6), max_size=20),
    says=st.text(st.characters(codec="utf-8", exclude_categories=["C"])),
)
def test_a_chart_is_a_picture_with_a_sentence_and_fits_its_frame(
    draw: Callable[[Values, str], str], values: Values, says: str
) -> None:
    """Whatever the numbers and words are: no style, no script, no address, nothing outside the frame."""
    drawn = parsed(draw(values, says))
    assert ("img", says) == (drawn.get("role"), drawn.get("aria-label"))
    assert [says] == [title.text or "" for title in drawn.findall(f"{SVG}title")]
    for shape in drawn.iter():
        assert shape.tag.removeprefix(SVG) in SHAPES
        assert set(shape.keys()) <= ATTRIBUTES
        for x, y in _places(shape):
            assert 0 <= x <= WIDTH
            assert 0 <= y <= HEIGHT


def _places(shape: ET.Element) -> Sequence[tuple[float, float]]:
    points = [tuple(map(float, point.split(","))) for point in shape.get("points", "").split()]
    pairs = [(shape.get(x), shape.get(y)) for x, y in (("cx", "cy"), ("x", "y"), ("x1", "y1"), ("x2", "y2"))]
    return [*((p[0], p[1]) for p in points), *((float(x), float(y)) for x, y in pairs if x and y)]


def test_what_somebody_wrote_is_no_markup() -> None:
    """A name of a team may be anything."""
    assert '<script>"' not in line([1.0], says='<script>"&')
    assert 1 == len(list(parsed(line([1.0], says='<script>"&')))) - 1


def test_the_largest_value_is_at_the_top_and_nothing_at_the_bottom() -> None:
    """So that a chart does not make much of little."""
    low, high = shapes(line([0, 8], says="x"), "circle")
    assert (str(HEIGHT - MARGIN), str(MARGIN)) == (low.get("cy"), high.get("cy"))


def test_a_line_is_broken_where_nothing_is_known() -> None:
    """Nobody is told of a value that there is not; one between two gaps is a dot."""
    drawn = line([1, 2, None, 3, None, 4, 5], says="x")
    assert [2, 2] == [len(each.get("points", "").split()) for each in shapes(drawn, "polyline")]
    assert 5 == len(shapes(drawn, "circle"))


def test_a_bar_has_its_part_in_it() -> None:
    """From the bottom up, as high as its share."""
    whole, part = shapes(bars([8], says="x", parts=[2]), "rect")
    assert ("chart-bar", "chart-part") == (whole.get("class"), part.get("class"))
    assert 4 * float(part.get("height", 0)) == float(whole.get("height", 0))
    assert [] == shapes(bars([None], says="x"), "rect")


def test_a_band_reaches_from_the_lows_to_the_highs_around_its_middle() -> None:
    """Where one of the three is not known there is none."""
    drawn = band([0, None, 0, 0], [1, 1, 1, 1], [2, 2, 2, 2], says="x")
    assert [2, 4] == [len(each.get("points", "").split()) for each in shapes(drawn, "polygon")]
    assert 3 == len(shapes(drawn, "circle"))


def test_dots_that_are_alike_stand_above_each_other_beside_the_mark() -> None:
    """The mark stands among them where it belongs."""
    drawn = strip([5, 5, 10], says="x", mark=10)
    first, second, last = shapes(drawn, "circle")
    assert first.get("cx") == second.get("cx") != last.get("cx")
    assert float(first.get("cy", 0)) > float(second.get("cy", 0))
    [mark] = shapes(drawn, "line")
    assert last.get("cx") == mark.get("x1") == mark.get("x2")
    assert [] == shapes(strip([5], says="x"), "line")


def test_no_chart_is_without_end() -> None:
    """A page has to come over the wire."""
    assert MOST_POINTS == len(shapes(line([1.0] * (MOST_POINTS + 5), says="x"), "circle"))
