"""Location quotients: industries as dots on a logarithmic line, ranked, with their jobs beside."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from tilannekuva import words
from tilannekuva.charts import axes, said, series, style
from tilannekuva.charts.labels import wrap
from tilannekuva.charts.paper import Drawing, Paper
from tilannekuva.charts.scales import Scale
from tilannekuva.model import Finding, Language, Picture
from tilannekuva.narrate import UNKNOWN_GROUPS, axis_name, inputs

__all__ = ["MOST", "able", "draw"]

MOST = 12
"""Rows of the chart: the industries that differ most from the country; all are in the table."""

_STEP, _NAMES = 21.0, 158.0
_MARKS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)


class Dot(NamedTuple):
    """One industry."""

    code: str
    name: str
    value: float
    status: str
    jobs: float | None


def able(finding: Finding, picture: Picture) -> bool:
    """Whether the finding is of location quotients, with three of them at least."""
    analysis = said.indicator(finding, picture).analysis
    if analysis is None or analysis.method != "location_quotient":
        return False
    return len([s for s in finding.profile if (s.values[-1] or 0.0) > 0]) >= 3


def draw(finding: Finding, picture: Picture, lang: Language) -> Drawing:
    """The most over-represented first; what is no industry, or has nothing, is left out."""
    every = _dots(finding, picture, lang)
    dots = _telling(every)
    period = finding.latest.period
    found: list[series.Row] = []
    for d in dots:
        found.append(("region", d.code, d.name, period, d.value, d.status))
        if d.jobs is not None:
            found.append(("jobs", d.code, d.name, period, d.jobs, d.status))
    return Drawing(series.frame(found), lambda: _paint(dots, len(every), finding, picture, lang))


def _dots(finding: Finding, picture: Picture, lang: Language) -> list[Dot]:
    indicator = said.indicator(finding, picture)
    counts = next((picture.findings[i] for i in inputs(indicator) if i in picture.findings), None)
    jobs = {s.region: s for s in counts.profile} if counts is not None else {}
    made = []
    for s in finding.profile:
        value = s.values[-1]
        if value is None or value <= 0 or s.region in UNKNOWN_GROUPS:
            continue
        of = jobs.get(s.region)
        point = series.at(of, s.periods[-1]) if of is not None else None
        # The first of several things that an industry is; the table has the whole name.
        name = axis_name(indicator.axes[-1], s.region, lang).partition(";")[0]
        made.append(Dot(s.region, name, value, s.statuses[-1], point.y if point else None))
    return sorted(made, key=lambda d: (-d.value, d.name))


def _telling(dots: Sequence[Dot]) -> list[Dot]:
    """Those farthest from the line at one, in their order."""
    far = sorted(dots, key=lambda d: (-abs(math.log(d.value)), d.name))[:MOST]
    return [d for d in dots if d in far]


def _paint(
    dots: Sequence[Dot], count: int, finding: Finding, picture: Picture, lang: Language
) -> Paper:
    indicator = said.indicator(finding, picture)
    names = [wrap(d.name, _NAMES) for d in dots]
    values = [words.number(d.value, indicator.decimals, lang) for d in dots]
    jobs = ["" if d.jobs is None else words.number(d.jobs, 0, lang) for d in dots]
    heads = said.say("quotient", lang), said.say("jobs", lang) if any(jobs) else ""
    left = max(style.text_width(t) for n in names for t in n) + 12
    third = max(style.text_width(heads[1], style.SMALL), *map(style.text_width, jobs))
    second = max(style.text_width(heads[0], style.SMALL), *map(style.text_width, values))
    right = style.WIDTH - third - 10 - second - 12
    low = min([d.value for d in dots] + [0.5]) * 0.9
    high = max([d.value for d in dots] + [2.0]) * 1.1
    across = Scale(math.log(low), math.log(high), left + 6, right)
    heights = [max(_STEP, len(n) * axes.LINE + 7) for n in names]
    notes = [said.say("line_country", lang), said.say("log_axis", lang)]
    if count > len(dots):
        notes.append(said.say("farthest_of", lang, n=len(dots), all=count))
    least = indicator.analysis.least if indicator.analysis else None
    if least:
        notes.append(said.say("small_hidden", lang, n=int(least)))
    notes += said.statuses("hollow", series.unsure(d.status for d in dots), lang)
    small = axes.Notes(notes)
    top = axes.LINE + 10
    base = top + sum(heights)
    paper = Paper(style.WIDTH, base + 20 + small.height)
    paper.text(right + 12 + second, 11, heads[0], size=style.SMALL, color=style.MUTED, anchor="end")
    if heads[1]:
        paper.text(style.WIDTH, 11, heads[1], size=style.SMALL, color=style.MUTED, anchor="end")
    _axis(paper, across, top, base, lang)
    y = top
    stems = []
    full: list[tuple[float, float]] = []
    hollow: list[tuple[float, float]] = []
    one = across(0.0)
    for d, name, value, of, height in zip(dots, names, values, jobs, heights, strict=True):
        middle, x = y + height / 2, across(math.log(d.value))
        for i, line in enumerate(name):
            paper.text(0, middle + 4.2 + (i - (len(name) - 1) / 2) * axes.LINE, line)
        stems.append(((one, middle), (x, middle)))
        (full if d.status in series.SURE else hollow).append((x, middle))
        paper.text(right + 12 + second, middle + 4.2, value, anchor="end")
        paper.text(style.WIDTH, middle + 4.2, of, color=style.MUTED, anchor="end")
        y += height
    paper.lines(stems, style.REGION, 1.6)
    paper.dots(full, 5.0, style.REGION)
    paper.dots(hollow, 5.0, "white", style.REGION, 1.6)
    small.write(paper, base + 18)
    return paper


def _axis(paper: Paper, across: Scale, top: float, base: float, lang: Language) -> None:
    shown = [m for m in _MARKS if across.low <= math.log(m) <= across.high]
    grid = [((across(math.log(m)), top), (across(math.log(m)), base)) for m in shown if m != 1]
    paper.lines(grid, style.GRID, 1.0)
    paper.lines([((across(0.0), top), (across(0.0), base))], style.COUNTRY, 1.6)
    written: list[tuple[float, float]] = []
    # The line at one is written first; the others where there is room.
    for m in sorted(shown, key=lambda m: (m != 1, abs(math.log(m)))):
        text = words.number(m, 0 if m >= 1 else 2 if m == 0.25 else 1, lang)
        half, x = style.text_width(text) / 2, across(math.log(m))
        if all(x - half > right + 5 or x + half < left - 5 for left, right in written):
            paper.text(x, base + 15, text, color=style.MUTED, anchor="middle")
            written.append((x - half, x + half))
