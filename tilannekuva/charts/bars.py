"""Rows of bars or dots: a region's municipalities in one period, or a profile by breakdown.

Counts are bars from zero. Levels and rates are dots on a line, which need no zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tilannekuva import words
from tilannekuva.charts import axes, said, series, style
from tilannekuva.charts.labels import wrap
from tilannekuva.charts.paper import Box, Drawing, Paper
from tilannekuva.charts.scales import Scale
from tilannekuva.model import Finding, Language, Picture, Series
from tilannekuva.narrate import axis_name

__all__ = ["MOST", "draw_parts", "draw_profile", "profile"]

MOST = 12
"""Rows of a profile: the largest; the rest stand in the table."""


class Bar(NamedTuple):
    """One row: name, value, its status, and the country's figure beside it."""

    name: str
    value: float
    status: str
    beside: float | None = None


def draw_parts(finding: Finding, picture: Picture, lang: Language) -> Drawing:
    """Municipalities in their latest period, the largest first."""
    figures = series.part_figures(finding)
    found: list[series.Row] = []
    bars = []
    for s in sorted(finding.parts, key=lambda s: s.region):
        p = figures.get(s.region)
        if p:
            found += series.rows("part", s, picture, lang, [p])
            bars.append(Bar(said.name(picture, s.region, lang), p.y, p.status))
    bars.sort(key=lambda b: (-b.value, b.name))
    period = next(iter(figures.values())).period
    whole: list[tuple[str, float, str]] = []
    if not series.extensive(finding, picture):
        for role, area, name, color in (
            ("region", series.own(finding), picture.region.names[lang], style.REGION),
            ("country", finding.country, said.country(lang), style.COUNTRY),
        ):
            p = series.at(area, period)
            if area is not None and p:
                found += series.rows(role, area, picture, lang, [p])
                whole.append((name, p.y, color))
    notes = [said.figures_of(finding, period, lang)]
    return Drawing(series.frame(found), lambda: _paint(bars, whole, notes, finding, picture, lang))


def profile(
    finding: Finding, picture: Picture, lang: Language
) -> list[tuple[str, str, Series, Series | None]]:
    """Breakdowns of the latest period with their names, the largest first."""
    country = {s.region: s for s in finding.country_profile}
    axes_of = said.indicator(finding, picture).axes

    def name(breakdown: str) -> str:
        pairs = zip(axes_of, breakdown.split("."), strict=False)
        return ", ".join(axis_name(a, c, lang) for a, c in pairs if c != "T") or breakdown

    latest = [(s, series.at(s, s.periods[-1])) for s in finding.profile]
    order = sorted((-point.y, s.region, i) for i, (s, point) in enumerate(latest) if point)
    return [(b, name(b), finding.profile[i], country.get(b)) for _, b, i in order]


def draw_profile(finding: Finding, picture: Picture, lang: Language) -> Drawing:
    """Breakdowns of the latest period (industries, for example), with the country's figure."""
    period = finding.latest.period
    found: list[series.Row] = []
    bars = []
    beside = not series.extensive(finding, picture)
    shown = profile(finding, picture, lang)
    for code, name, mine, country in shown[:MOST]:
        p, q = series.at(mine, period), series.at(country, period) if beside else None
        assert p is not None
        found.append(("region", code, name, p.period, p.y, p.status))
        if q:
            found.append(("country", code, name, q.period, q.y, q.status))
        bars.append(Bar(name, p.y, p.status, q.y if q else None))
    notes = [said.say("figures_of", lang, period=said.short(period, lang))]
    if len(shown) > MOST:
        notes.append(said.say("largest_of", lang, n=MOST, all=len(shown)))
    if any(b.beside is not None for b in bars):
        notes.append(said.say("tick_country", lang))
    return Drawing(series.frame(found), lambda: _paint(bars, [], notes, finding, picture, lang))


def _paint(
    bars: Sequence[Bar],
    whole: Sequence[tuple[str, float, str]],
    notes: Sequence[str],
    finding: Finding,
    picture: Picture,
    lang: Language,
) -> Paper:
    solid = series.extensive(finding, picture) or not whole
    decimals = said.indicator(finding, picture).decimals
    names = [wrap(b.name, 150) for b in bars]
    texts = [words.number(b.value, decimals, lang) for b in bars]
    left = max(style.text_width(t) for n in names for t in n) + 10
    after = max(style.text_width(t) for t in texts) + 14
    key = "hollow_bar" if solid else "hollow"
    notes = [*notes, *said.statuses(key, series.unsure(b.status for b in bars), lang)]
    values = [b.value for b in bars] + [v for _, v, _ in whole]
    values += [b.beside for b in bars if b.beside is not None]
    low, high = axes.limits(values, zero=solid)
    across = Scale(low, high, left + (after if low < 0 else 4), style.WIDTH - after)
    heights = [max(20.0, len(n) * axes.LINE + 6) for n in names]
    head = axes.LINE * (2 if whole else 1) + 6
    base = head + sum(heights)
    print_notes = axes.Notes(notes)
    paper = Paper(style.WIDTH, base + 20 + print_notes.height)
    paper.text(0, 11, said.unit_label(finding, picture, lang), size=style.SMALL, color=style.MUTED)
    marks = axes.value_labels(low, high, lang, 4)
    grid = [((across(v), head), (across(v), base)) for v, _ in marks]
    paper.lines(grid, style.GRID, 1.0)
    if low <= 0 <= high:
        paper.lines([((across(0), head), (across(0), base))], style.CONTEXT, 1.0)
    _references(paper, whole, across, head, base, decimals, lang)
    _rows(paper, bars, names, texts, heights, across, head, solid)
    reach = -1e9
    for v, text in marks:
        half = style.text_width(text) / 2
        x = min(max(across(v), half), style.WIDTH - half)
        if x - half > reach:
            paper.text(x, base + 15, text, color=style.MUTED, anchor="middle")
            reach = x + half + 8
    print_notes.write(paper, base + 18)
    return paper


def _references(
    paper: Paper,
    whole: Sequence[tuple[str, float, str]],
    across: Scale,
    head: float,
    base: float,
    decimals: int,
    lang: Language,
) -> None:
    """Uprights of the region and the country; their names meet between the two."""
    placed = sorted(whole, key=lambda w: w[1])
    texts = [f"{name} {words.number(v, decimals, lang)}" for name, v, _ in placed]
    bolds = [color == style.REGION for _, _, color in placed]
    wides = [style.text_width(t, bold=b) for t, b in zip(texts, bolds, strict=True)]
    xs = [across(v) for _, v, _ in placed]
    if len(placed) == 2:
        between = sum(xs) / 2
        starts = [
            min(xs[0] - wides[0] / 2, between - 5 - wides[0]),
            max(xs[1] - wides[1] / 2, between + 5),
        ]
    else:
        starts = [x - w / 2 for x, w in zip(xs, wides, strict=True)]
    if starts and starts[0] < 0:
        starts = [s - starts[0] if i == 0 else max(s, wides[0] + 10) for i, s in enumerate(starts)]
    over = starts[-1] + wides[-1] - style.WIDTH if starts else 0.0
    if over > 0:
        starts = [
            s - over
            if s is starts[-1] or len(starts) == 1
            else min(s, starts[-1] - over - 10 - wides[0])
            for s in starts
        ]
    for (_, _, color), text, bold, x, start in zip(placed, texts, bolds, xs, starts, strict=True):
        paper.text(start, head - 7, text, color=color, bold=bold)
        dash = None if color == style.REGION else (4.0, 2.5)
        paper.lines([((x, head - 3), (x, base))], color, 1.6, dash=dash)


def _rows(
    paper: Paper,
    bars: Sequence[Bar],
    names: Sequence[Sequence[str]],
    texts: Sequence[str],
    heights: Sequence[float],
    across: Scale,
    head: float,
    solid: bool,
) -> None:
    y = head
    boxes: dict[bool, list[Box]] = {True: [], False: []}
    dots: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    stems, ticks = [], []
    for bar, name, text, height in zip(bars, names, texts, heights, strict=True):
        middle = y + height / 2
        x = across(bar.value)
        sure = bar.status in series.SURE
        for i, line in enumerate(name):
            paper.text(0, middle + 4.2 + (i - (len(name) - 1) / 2) * axes.LINE, line)
        if solid:
            zero = across(0)
            boxes[sure].append(Box(min(x, zero), middle - 6.5, max(x, zero), middle + 6.5))
        else:
            stems.append(((across.start, middle), (across.end, middle)))
            dots[sure].append((x, middle))
        if not solid:  # in a column, clear of the uprights
            paper.text(style.WIDTH, middle + 4.2, text, anchor="end")
        else:
            end = x - 8 if bar.value < 0 else x + 8
            paper.text(end, middle + 4.2, text, anchor="end" if end < x else "start")
        if bar.beside is not None:
            ticks.append(((across(bar.beside), middle - 9), (across(bar.beside), middle + 9)))
        y += height
    paper.boxes(boxes[True], style.REGION)
    paper.boxes(boxes[False], "white", style.REGION, 1.6)
    paper.lines(stems, style.GRID, 1.0)
    paper.dots(dots[True], 5.0, style.REGION)
    paper.dots(dots[False], 5.0, "white", style.REGION, 1.6)
    paper.lines(ticks, "#ffffff", 4.5)
    paper.lines(ticks, style.SECOND, 2.4)
