"""The target tracker: the series, the target, and the pace needed beside the pace so far."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

from tilannekuva import narrate, periods, words
from tilannekuva.charts import axes, said, series, style
from tilannekuva.charts.labels import wrap
from tilannekuva.charts.paper import Anchor, Box, Drawing, Paper, text_box
from tilannekuva.charts.scales import Scale, decimals_of
from tilannekuva.charts.series import Point
from tilannekuva.model import Finding, Language, Picture

__all__ = ["draw"]

_HEIGHT = 180.0
_TINT = "#DBE7F3"
_STALE_MONTHS = 60


class Ahead(NamedTuple):
    """Where the series goes: the target, and where its pace so far would take it by then."""

    year: float
    period: str
    target: float
    at_pace: float | None
    low: float | None
    high: float | None


def draw(finding: Finding, picture: Picture, lang: Language) -> Drawing:
    """Target tracker of a finding that has ``target_value``."""
    own = series.own(finding)
    drawn = series.runs(series.points(own), series.step(finding), series.cuts(finding, picture))
    start = series.last(own)
    assert start is not None  # `choose` offers no target without a figure
    ahead = _ahead(finding, start)
    found = series.rows("region", own, picture, lang, series.points(own))
    name = said.say("target", lang, period=said.short(ahead.period, lang))
    found.append(("target", own.region, name, ahead.period, ahead.target, "final"))
    if ahead.at_pace is not None:
        text = said.say("at_pace", lang)
        found.append(("at_pace", own.region, text, ahead.period, ahead.at_pace, "forecast"))
    return Drawing(series.frame(found), lambda: _paint(drawn, start, ahead, finding, picture, lang))


def _metric(finding: Finding, key: str) -> float | None:
    measured = finding.metrics.get(key)
    return measured.value if measured else None


def _stale(finding: Finding) -> bool:
    """Whether the newest figure is over five years old."""
    return (_metric(finding, "age_months") or 0.0) > _STALE_MONTHS


def _ahead(finding: Finding, start: Point) -> Ahead:
    goal = finding.metrics["target_value"]
    assert goal.value is not None
    year = periods.year(goal.period)

    def reach(key: str) -> float | None:
        # A pace that ended years ago says nothing of the years to come.
        slope = None if _stale(finding) else _metric(finding, key)
        return None if slope is None else start.y + slope * (year - start.x)

    return Ahead(
        year, goal.period, goal.value, reach("pace_actual"), reach("trend_low"), reach("trend_high")
    )


def _paint(
    drawn: list[list[Point]],
    start: Point,
    ahead: Ahead,
    finding: Finding,
    picture: Picture,
    lang: Language,
) -> Paper:
    inside = [p for piece in drawn for p in piece]
    decimals = said.indicator(finding, picture).decimals
    goal = (said.say("target", lang, period=said.short(ahead.period, lang)), ahead.target)
    ends = [goal] + (
        [(said.say("at_pace", lang), ahead.at_pace)] if ahead.at_pace is not None else []
    )
    places = [decimals_of([ahead.target]), decimals]  # a target as it was set: 4, not 4,00
    labels = [
        (*wrap(name, 96), words.number(value, n, lang))
        for (name, value), n in zip(ends, places, strict=False)
    ]
    values = [p.y for p in inside] + [v for _, v in ends]
    low, high = axes.limits(values + [v for v in (ahead.low, ahead.high) if v is not None])
    marks = axes.value_labels(low, high, lang)
    left = axes.label_width(marks) + 8
    right = (
        style.WIDTH
        - 9
        - max(style.text_width(t, bold=not i) for i, b in enumerate(labels) for t in b)
    )
    first = min(p.x for p in inside)
    across = Scale(first, ahead.year, left + 5, right - 5)
    top = 19.0
    base = top + _HEIGHT
    down = Scale(low, high, base, top)
    hollow = said.statuses("hollow", series.unsure(p.status for p in inside), lang)
    notes = axes.Notes(_notes(finding, picture, lang) + hollow)
    paper = Paper(style.WIDTH, base + 22 + notes.height)
    paper.text(0, 11, said.unit_label(finding, picture, lang), size=style.SMALL, color=style.MUTED)
    axes.value_axis(paper, down, marks, left, right)
    axes.year_axis(paper, across, first, ahead.year, base)
    here = (across(start.x), down(start.y))
    there = across(ahead.year)
    frame = Box(left, top, right, base)
    if ahead.low is not None and ahead.high is not None:
        fan = (here, (there, down(ahead.low)), (there, down(ahead.high)))
        paper.areas([fan], _TINT, clip=frame)
    if ahead.at_pace is not None:
        way = [here, (there, down(ahead.at_pace))]
        paper.lines([way], style.REGION, 1.8, dash=(1.8, 2.6))
    if not _stale(finding):
        paper.lines([[here, (there, down(ahead.target))]], style.SECOND, 1.8, dash=(6.0, 3.0))
    paper.lines([[(across(p.x), down(p.y)) for p in piece] for piece in drawn], style.REGION, 2.6)
    sure = [p for p in inside if p.status in series.SURE]
    paper.dots([(across(p.x), down(p.y)) for p in sure], 2.4, style.REGION)
    unsure = [p for p in inside if p.status not in series.SURE]
    paper.dots([(across(p.x), down(p.y)) for p in unsure], 2.4, "white", style.REGION, 1.3)
    paper.dots([(there, down(ahead.target))], 6.0, "white", style.SECOND, 2.2, sides=4)
    curve = [(across(p.x), down(p.y)) for piece in drawn for p in piece]
    ways = [[here, (there, down(v))] for _, v in ends]
    _start_label(
        paper, here, words.number(start.y, decimals, lang), start, lang, curve, ways, frame
    )
    placed = [
        axes.EndLabel(there, down(v), text, color, bold)
        for (_, v), text, (color, bold) in zip(
            ends, labels, ((style.SECOND, True), (style.REGION, False)), strict=False
        )
    ]
    axes.end_labels(paper, placed, right + 9, top - 8, base + 8)
    notes.write(paper, base + 22)
    return paper


def _start_label(
    paper: Paper,
    here: tuple[float, float],
    value: str,
    start: Point,
    lang: Language,
    curve: Sequence[tuple[float, float]],
    ways: Sequence[Sequence[tuple[float, float]]],
    frame: Box,
) -> None:
    """The newest figure near its point, at the first place that no line crosses."""
    hollow = start.status not in series.SURE
    paper.dots([here], 4.2, "white" if hollow else style.REGION, style.REGION, 1.8)
    text = f"{said.short(start.period, lang)}: {value}"
    paper.taken += axes.taken(curve) + [b for way in ways for b in axes.taken(way)]
    x, y = here
    sides: tuple[tuple[float, Anchor], ...] = ((0.0, "middle"), (-8.0, "end"), (8.0, "start"))
    heights = (-9.0, 18.0, -24.0, 32.0, -40.0, 48.0, -60.0, 64.0)
    for dy, (dx, anchor) in itertools.product(heights, sides):
        tx, ty = x + dx, y + dy
        box = text_box(tx, ty, text, bold=True, anchor=anchor)
        if box.left >= frame.left and box.right <= frame.right and paper.free(box, 1):
            paper.text(tx, ty, text, bold=True, color=style.REGION, anchor=anchor)
            return


def _notes(finding: Finding, picture: Picture, lang: Language) -> list[str]:
    """The two paces in figures, and whose target it is."""
    required, actual = _metric(finding, "pace_required"), _metric(finding, "pace_actual")

    def pace(key: str, value: float) -> str:
        places = narrate.decimals(key, value, said.indicator(finding, picture))
        return words.signed(value, places, lang)

    if _stale(finding):
        return [said.say("stale_target", lang)]
    if required is None:
        return []
    needed = pace("pace_required", required)
    if actual is None:
        return [said.say("pace_needed", lang, required=needed)]
    text = said.say("paces", lang, required=needed, actual=pace("pace_actual", actual))
    fan = [] if _metric(finding, "trend_low") is None else [said.say("fan", lang)]
    return [text, *fan]
