"""Charts as inline SVG: a line, bars, a band with its middle, a strip of dots.

A chart is a picture with a sentence that says what it shows, for whoever does not see it; its numbers stand in a table
beneath, which is the page's. There is no style in it and no script: colours and text are the page's own, by class
names, and it grows with its place. The largest value stands at the top and 0 at the bottom.
"""

from collections.abc import Iterable, Sequence
from html import escape

WIDTH, HEIGHT, MARGIN = 320, 120, 8
DOT = 3
GAP = 0.2
"""Of a bar's place that is left empty."""
MOST_POINTS = 400
"""Of one series that are drawn, the last ones."""

type Values = Sequence[float | None]
"""From left to right; None where one is not known."""


def line(values: Values, *, says: str) -> str:
    """A line through the values; where there is none, it is broken.

    Args:
        values: from left to right.
        says: the sentence that tells what the chart shows, unescaped.
    """
    shown = values[-MOST_POINTS:]
    scale = _Scale(len(shown), _largest(shown))
    return _svg("line", says, _path(shown, scale, "chart-line") + _dots(shown, scale))


def bars(values: Sequence[float | None], *, says: str, parts: Sequence[float | None] = ()) -> str:
    """A bar for each value, and in it, from the bottom, the part of it that is told apart."""
    shown, inner = values[-MOST_POINTS:], parts[-MOST_POINTS:]
    scale = _Scale(len(shown), _largest((*shown, *inner)))
    whole = "".join(_bar(number, value, scale, "chart-bar") for number, value in enumerate(shown))
    return _svg("bars", says, whole + "".join(_bar(n, part, scale, "chart-part") for n, part in enumerate(inner)))


def band(lows: Values, middles: Values, highs: Values, *, says: str) -> str:
    """The stretch between the lows and the highs, and a line through the middles; broken where one is not known."""
    rows = list(zip(lows, middles, highs, strict=True))[-MOST_POINTS:]
    scale = _Scale(len(rows), _largest(value for row in rows for value in row))
    areas = "".join(_area(run, scale) for run in _runs([None not in row for row in rows], rows))
    middle = [value if None not in (low, high) else None for low, value, high in rows]
    return _svg("band", says, areas + _path(middle, scale, "chart-line") + _dots(middle, scale))


def strip(values: Sequence[float], *, says: str, mark: float | None = None) -> str:
    """A dot for each value from left to right, those alike above each other; and a mark to compare them with."""
    shown = sorted(max(value, 0) for value in values)[-MOST_POINTS:]
    largest = _largest((*shown, mark))
    across = [_number(MARGIN + (WIDTH - 2 * MARGIN) * value / largest) for value in shown]
    level: dict[str, int] = {}
    dots = []
    for x in across:
        level[x] = level.get(x, -1) + 1
        y = max(HEIGHT - MARGIN - level[x] * 2 * DOT, MARGIN)
        dots.append(f'<circle class="chart-dot" cx="{x}" cy="{_number(y)}" r="{DOT}"/>')
    at = "" if mark is None else _number(MARGIN + (WIDTH - 2 * MARGIN) * max(mark, 0) / largest)
    marked = f'<line class="chart-mark" x1="{at}" x2="{at}" y1="{MARGIN}" y2="{HEIGHT - MARGIN}"/>' if at else ""
    return _svg("strip", says, marked + "".join(dots))


class _Scale:
    """Where a value stands."""

    def __init__(self, count: int, largest: float) -> None:
        self.step = (WIDTH - 2 * MARGIN) / max(count, 1)
        self.largest = largest

    def x(self, number: int) -> float:
        return MARGIN + (number + 0.5) * self.step

    def y(self, value: float) -> float:
        return HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * max(value, 0) / self.largest


def _largest(values: Iterable[float | None]) -> float:
    return max((value for value in values if value is not None and value > 0), default=1.0)


def _runs[T](known: Sequence[bool], rows: Sequence[T]) -> Sequence[Sequence[tuple[int, T]]]:
    """Stretches of neighbours that are known, each with its numbers."""
    found: list[list[tuple[int, T]]] = [[]]
    for number, (is_known, row) in enumerate(zip(known, rows, strict=True)):
        if is_known:
            found[-1].append((number, row))
        elif found[-1]:
            found.append([])
    return [run for run in found if run]


def _path(values: Values, scale: _Scale, name: str) -> str:
    runs = _runs([value is not None for value in values], values)
    drawn = (_points((scale.x(n), scale.y(value or 0)) for n, value in run) for run in runs if len(run) > 1)
    return "".join(f'<polyline class="{name}" fill="none" points="{points}"/>' for points in drawn)


def _dots(values: Values, scale: _Scale) -> str:
    return "".join(
        f'<circle class="chart-dot" cx="{_number(scale.x(n))}" cy="{_number(scale.y(value))}" r="{DOT}"/>'
        for n, value in enumerate(values)
        if value is not None
    )


def _bar(number: int, value: float | None, scale: _Scale, name: str) -> str:
    if value is None:
        return ""
    x, y = scale.x(number) - scale.step * (1 - GAP) / 2, scale.y(value)
    width, height = scale.step * (1 - GAP), HEIGHT - MARGIN - y
    size = f'width="{_number(width)}" height="{_number(height)}"'
    return f'<rect class="{name}" x="{_number(x)}" y="{_number(y)}" {size}/>'


def _area(run: Sequence[tuple[int, tuple[float | None, float | None, float | None]]], scale: _Scale) -> str:
    """The stretch of one run: along its lows and back along its highs."""
    there = [(scale.x(n), scale.y(low or 0)) for n, (low, _, _) in run]
    back = [(scale.x(n), scale.y(high or 0)) for n, (_, _, high) in reversed(run)]
    return f'<polygon class="chart-band" points="{_points([*there, *back])}"/>'


def _points(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _svg(kind: str, says: str, inner: str) -> str:
    said = escape(says)
    return (
        f'<svg class="chart chart-{kind}" role="img" aria-label="{said}" viewBox="0 0 {WIDTH} {HEIGHT}"'
        f' xmlns="http://www.w3.org/2000/svg"><title>{said}</title>{inner}</svg>'
    )
