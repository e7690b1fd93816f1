"""The parts that charts over time share: value axis, years, shock years, end labels, notes."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

from tilannekuva import words
from tilannekuva.charts import said, style
from tilannekuva.charts.labels import spread, wrap
from tilannekuva.charts.paper import Box, Paper
from tilannekuva.charts.scales import Scale, decimals_of, ticks, year_ticks

__all__ = [
    "EndLabel",
    "Notes",
    "end_labels",
    "label_width",
    "limits",
    "shocks",
    "value_axis",
    "value_labels",
    "year_axis",
]

LINE = 14.5
"""From one line of small print to the next."""
_SHOCK_YEARS = 4
_SHOCKS = ((2008, 2009, "shock_crisis"), (2020, 2020, "shock_covid"), (2022, 2022, "shock_war"))


def limits(values: Sequence[float], *, zero: bool = False) -> tuple[float, float]:
    """Lowest and highest value of an axis that shows all the values with a little air.

    Zero is in when asked for, or when it lies near: a line from 3 to 40 starts at 0.

    >>> limits([3, 40]), limits([90, 100])
    ((0.0, 42.0), (89.5, 100.5))
    """
    low, high = float(min(values)), float(max(values))
    if zero or (low > 0 and low < 0.25 * high):
        low = min(low, 0.0)
    if zero or (high < 0 and high > 0.25 * low):
        high = max(high, 0.0)
    air = 0.05 * (high - low) or abs(high) * 0.05 or 1.0
    return (low if low == 0 else low - air), (high if high == 0 else high + air)


def value_labels(low: float, high: float, lang: str, most: int = 6) -> list[tuple[float, str]]:
    """Round values of an axis and how they are written."""
    found = ticks(low, high, most)
    decimals = decimals_of(found)
    return [(v, words.number(v, decimals, lang)) for v in found]


def label_width(labels: Sequence[tuple[float, str]], size: float = style.TEXT) -> float:
    """Width of the widest label."""
    return max((style.text_width(text, size) for _, text in labels), default=0.0)


def value_axis(
    paper: Paper, scale: Scale, labels: Sequence[tuple[float, str]], left: float, right: float
) -> None:
    """Grid lines from left to right, their labels left of them, and a line at zero."""
    lines = [((left, scale(v)), (right, scale(v))) for v, _ in labels if v != 0]
    paper.lines(lines, style.GRID, 1.0)
    if scale.low <= 0 <= scale.high:
        paper.lines([((left, scale(0)), (right, scale(0)))], style.CONTEXT, 1.0)
    for v, text in labels:
        paper.text(left - 6, scale(v) + 4.2, text, color=style.MUTED, anchor="end")


def year_axis(
    paper: Paper,
    scale: Scale,
    first: float,
    last: float,
    base: float,
    *,
    names: Sequence[tuple[float, str]] = (),
) -> None:
    """Years under the plot; ``names`` replaces them (spans have their own).

    Args:
        paper: Sheet.
        scale: Years to pixels.
        first: First figure.
        last: Last figure.
        base: Where the plot ends.
        names: Places on the axis and what is written there, in order.
    """
    if not names:
        room = int((scale(last) - scale(first)) // 38) + 1
        names = [(float(y), str(y)) for y in year_ticks(first, last, room)]
    lows = [scale(max(x, scale.low)) for x, _ in names]
    paper.lines([((x, base), (x, base + 4)) for x in lows], style.CONTEXT, 1.0)
    reach = -1e9
    for i, (x, (_, text)) in enumerate(zip(lows, names, strict=True)):
        half = style.text_width(text) / 2
        # The last year is the one that is read: it is kept, and one before it gives way.
        later = lows[-1] - style.text_width(names[-1][1]) / 2
        if x - half < reach or (i < len(names) - 1 and x + half + 6 > later):
            continue
        x = min(max(x, half), paper.width - half)
        paper.text(x, base + 17, text, color=style.MUTED, anchor="middle")
        reach = x + half + 6


def shocks(
    first: float, last: float, scale: Scale, unit_right: float, *, monthly: bool, lang: str
) -> tuple[list[tuple[float, float]], list[tuple[float, int, str]]]:
    """Shock years on an axis: their bands, and their names with the row each stands in.

    Args:
        first: First figure.
        last: Last figure.
        scale: Years to pixels.
        unit_right: Where the unit label of row 0 ends.
        monthly: A year is then the stretch from January to January, else a point.
        lang: Language.

    Returns:
        (left, right) of each band in pixels, and (middle, row, name) of each name that fits.
    """
    bands: list[tuple[float, float]] = []
    names: list[tuple[float, int, str]] = []
    if last - first < _SHOCK_YEARS:  # the shock would be the whole chart
        return bands, names
    reach = [unit_right + 8, 0.0]
    for start, end, key in _SHOCKS:
        low, high = (start, end + 1) if monthly else (start - 0.5, end + 0.5)
        if end < first or start > last:
            continue
        left = scale(max(low, scale.low))
        right = scale(min(high, scale.high))
        if right - left < 1:
            continue
        bands.append((left, right))
        text = said.say(key, lang)
        half = style.text_width(text, style.SMALL) / 2
        for row in (0, 1):
            middle = max((left + right) / 2, reach[row] + half)
            if middle - half <= right and middle + half <= style.WIDTH:
                names.append((middle, row, text))
                reach[row] = middle + half + 8
                break
    return bands, names


class EndLabel(NamedTuple):
    """What stands beside the end of a line."""

    x: float
    y: float
    lines: tuple[str, ...]
    """The first is the name."""
    color: str
    bold: bool


def end_labels(paper: Paper, labels: Sequence[EndLabel], x: float, low: float, high: float) -> None:
    """Write the labels in one column, apart from each other, with a leader where one has moved."""
    heights = [len(label.lines) * LINE + 3 for label in labels]
    middles = spread([label.y for label in labels], heights, low, high)
    leaders = []
    for label, middle, height in zip(labels, middles, heights, strict=True):
        top = middle - height / 2 + 1.5
        for i, text in enumerate(label.lines):
            paper.text(x, top + 10.5 + i * LINE, text, color=label.color, bold=label.bold)
        if abs(middle - label.y) > 7:
            leaders.append(((label.x + 5, label.y), (x - 3, middle)))
    paper.lines(leaders, style.CONTEXT, 0.7)


class Notes:
    """Small print under a chart: how to read it."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.lines = wrap(" ".join(texts), style.WIDTH, style.SMALL) if texts else []

    @property
    def height(self) -> float:
        """Pixels it takes."""
        return len(self.lines) * LINE + (4 if self.lines else 0)

    def write(self, paper: Paper, top: float) -> None:
        """Write it from ``top`` down."""
        for i, text in enumerate(self.lines):
            paper.text(0, top + 13 + i * LINE, text, size=style.SMALL, color=style.MUTED)


def taken(points: Sequence[tuple[float, float]], reach: float = 3.0) -> list[Box]:
    """Boxes along a polyline, so that no text is put over it."""
    boxes: list[Box] = []
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        n = max(1, int(max(abs(x1 - x0), abs(y1 - y0)) // 8))
        for i in range(n):
            a, b = i / n, (i + 1) / n
            xs = sorted((x0 + a * (x1 - x0), x0 + b * (x1 - x0)))
            ys = sorted((y0 + a * (y1 - y0), y0 + b * (y1 - y0)))
            boxes.append(Box(xs[0] - reach, ys[0] - reach, xs[1] + reach, ys[1] + reach))
    return boxes
