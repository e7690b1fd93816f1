"""The fan ahead of a line: its bands, what they say in words, and its rows of the data table."""

from __future__ import annotations

from collections.abc import Sequence

from tilannekuva import periods
from tilannekuva.charts import axes, said, series, style
from tilannekuva.charts.paper import Box, Paper
from tilannekuva.charts.scales import Scale
from tilannekuva.charts.series import Point
from tilannekuva.model import FanYear, Finding, Language

__all__ = ["LEGEND", "draw", "end", "legend", "rows", "values"]

LEGEND = axes.LINE + 3.0
"""Height of the words for the bands."""
_SWATCH = 16.0


def values(finding: Finding) -> list[float]:
    """Every value that the fan reaches."""
    return [v for y in finding.fan for v in (y.low80, y.high80)]


def end(finding: Finding) -> float | None:
    """Where it ends on the axis of years; None where there is none."""
    return periods.year(finding.fan[-1].period) if finding.fan else None


def rows(finding: Finding, lang: Language) -> list[series.Row]:
    """A row for each limit of each year, under a name that says what it is."""
    code = series.own(finding).region
    return [
        (f"fan_{key}", code, said.say(f"fan_{key}", lang), y.period, getattr(y, key), "forecast")
        for key in ("low80", "low50", "mid", "high50", "high80")
        for y in finding.fan
    ]


def draw(
    paper: Paper, years: Sequence[FanYear], start: Point, across: Scale, down: Scale, frame: Box
) -> None:
    """The bands from the newest figure on, and the middle as a dotted line."""
    here = (across(start.x), down(start.y))

    def edge(key: str) -> list[tuple[float, float]]:
        return [(across(periods.year(y.period)), down(getattr(y, key))) for y in years]

    for low, high, color in (("low80", "high80", style.FAN80), ("low50", "high50", style.FAN50)):
        paper.areas([[here, *edge(high), *reversed(edge(low))]], color, clip=frame)
    paper.lines([[here, *edge("mid")]], style.REGION, 1.4, dash=(1.6, 2.4), clip=frame)


def legend(paper: Paper, y: float, lang: Language) -> None:
    """The bands as swatches with their words, on one line."""
    x = 0.0
    for key, color in (("fan80", style.FAN80), ("fan50", style.FAN50)):
        paper.boxes([Box(x, y - 8.5, x + _SWATCH, y + 1.5)], color, style.CONTEXT, 0.5)
        text = said.say(key, lang)
        paper.text(x + _SWATCH + 5, y, text, size=style.SMALL, color=style.MUTED)
        x += _SWATCH + 5 + style.text_width(text, style.SMALL) + 14
