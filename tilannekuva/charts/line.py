"""A line over time: the region against the whole country, two named peers and the rest behind.

As levels, or (``indexed``) as an index for counts, whose levels no two areas share.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

from tilannekuva import periods, words
from tilannekuva.charts import axes, fan, said, series, style
from tilannekuva.charts.labels import wrap
from tilannekuva.charts.paper import Box, Drawing, Paper
from tilannekuva.charts.scales import Scale
from tilannekuva.charts.series import Point
from tilannekuva.model import Finding, Language, Picture, Series

__all__ = ["draw"]

_HEIGHT = 190.0
_LABEL = 92.0
"""Widest line of an end label; names break at spaces and hyphens."""


class Line(NamedTuple):
    """One area's pieces and how they are drawn."""

    role: str
    area: Series
    pieces: list[list[Point]]
    color: str
    width: float
    dash: tuple[float, ...] | None = None
    main: Sequence[Sequence[Point]] = ()
    """Of dense months the figures of one month a year, which the other areas are drawn by."""

    @property
    def points(self) -> list[Point]:
        """All its points."""
        return [p for piece in self.pieces for p in piece]


def draw(finding: Finding, picture: Picture, lang: Language, *, indexed: bool = False) -> Drawing:
    """Line chart of a finding.

    Args:
        finding: With at least two figures of its own.
        picture: Where names, units and breaks are.
        lang: Language of labels.
        indexed: Draw every area as an index; the base is that of the metric ``index``.
    """
    lines = _lines(finding, picture, indexed)
    data = series.frame(
        [r for n in lines for r in series.rows(n.role, n.area, picture, lang, n.points)]
        + ([] if indexed else fan.rows(finding, lang))
    )
    return Drawing(data, lambda: _paint(lines, finding, picture, lang, indexed))


def _lines(finding: Finding, picture: Picture, indexed: bool) -> list[Line]:
    """What is drawn, from the back to the front."""
    usual, cut = series.step(finding), series.cuts(finding, picture)
    own = [series.own(finding)] if indexed else [s for s in finding.segments if series.points(s)]
    inside = [p for s in own for p in series.points(s)]
    first, last = min(p.x for p in inside), max(p.x for p in inside)
    thin = series.same_part(finding)
    base = series.index_base(finding) if indexed else ""

    def pieces(s: Series, keep: series.Keep) -> list[list[Point]]:
        found = [p for p in series.points(s) if first <= p.x <= last]
        if indexed:
            found = series.indexed(found, base)
        kept = [p for p in found if keep(p.period)]
        return series.runs(kept, 1.0 if keep is thin and thin is not series.every else usual, cut)

    lines: list[Line] = []
    if indexed or not series.extensive(finding, picture):
        named = series.named_peers(finding)
        codes = {s.region for s in named}
        peers = {s.region for s in finding.peers}
        for s in finding.others:
            if s.region not in codes:
                width = 0.9 if s.region in peers else 0.5
                role = "peer" if s.region in peers else "other"
                lines.append(Line(role, s, pieces(s, thin), style.CONTEXT, width))
        looks = ((style.SECOND, 1.6, (6.0, 2.0, 1.5, 2.0)), (style.THIRD, 1.6, (1.5, 2.0)))
        for s, (color, width, dash) in zip(named, looks, strict=False):
            lines.append(Line("named", s, pieces(s, thin), color, width, dash))
        if finding.country:
            country = pieces(finding.country, thin)
            lines.append(Line("country", finding.country, country, style.COUNTRY, 1.8, (5.0, 3.0)))
    for s in own:
        newest = s is own[-1]
        fine = thin is not series.every
        width = 2.6 if newest else 1.6
        role = "region" if newest else "region_before"
        color, main = style.REGION, pieces(s, thin) if fine else []
        if any(len(piece) > 1 for piece in main):  # the months are only the background then
            color, width = style.FAINT, 0.8
        lines.append(Line(role, s, pieces(s, series.every), color, width, None, main))
    return [n for n in lines if n.pieces]


def _paint(
    lines: Sequence[Line], finding: Finding, picture: Picture, lang: Language, indexed: bool
) -> Paper:
    own = [n for n in lines if n.role.startswith("region")]
    inside = [p for n in own for p in n.points]
    first, last = min(p.x for p in inside), max(p.x for p in inside)
    monthly = finding.frequency in ("month", "quarter", "half")
    ahead = () if indexed else finding.fan
    far = periods.year(ahead[-1].period) if ahead else last
    chance = None if indexed else _chance(finding)
    low, high, outside = _limits(lines, [*(fan.values(finding) if ahead else ()), *(chance or ())])
    if not indexed and _cut_off(lines, finding, picture) and low > 0:
        low -= 0.12 * (high - low)  # the lowest figure of a count must not look like none
    marks = axes.value_labels(low, high, lang)
    labels = _labels(lines, finding, picture, lang, indexed)
    column = max(style.text_width(t, bold=b.bold) for b in labels for t in b.lines)
    left = axes.label_width(marks) + 8
    right = style.WIDTH - column - 9
    across = Scale(first, far, left + 5, right - 5)
    unit = said.say("index_unit", lang) if indexed else said.unit_label(finding, picture, lang)
    unit_right = style.text_width(unit, style.SMALL)
    bands, names = axes.shocks(first, last, across, unit_right, monthly=monthly, lang=lang)
    top = 19.0 + (axes.LINE if any(row for _, row, _ in names) else 0.0)
    base = top + _HEIGHT
    down = Scale(low, high, base, top)
    notes = axes.Notes(_notes(lines, finding, picture, lang, indexed, outside))
    words_of_fan = fan.LEGEND if ahead else 0.0
    paper = Paper(style.WIDTH, base + 22 + words_of_fan + notes.height)
    paper.boxes([Box(a, top, b, base) for a, b in bands], style.SHADE)
    paper.text(0, 11, unit, size=style.SMALL, color=style.MUTED)
    for x, row, text in names:
        y = 11 + row * axes.LINE
        paper.text(x, y, text, size=style.SMALL, color=style.MUTED, anchor="middle")
    axes.value_axis(paper, down, marks, left, right)
    if indexed:
        paper.lines([((left, down(100)), (right, down(100)))], style.CONTEXT, 1.0)
    ticks = _span_ticks(inside, across, lang) if finding.frequency == "span" else ()
    axes.year_axis(paper, across, first, far, base, names=ticks)
    frame = Box(left, top, right, base)
    if ahead:
        fan.draw(paper, ahead, own[-1].points[-1], across, down, frame)
        fan.legend(paper, base + 22 + 13, lang)
    _gaps(paper, own, across, frame)
    _curves(paper, lines, finding, across, down, frame)
    if chance:
        x, ends = across(last), [down(v) for v in chance]
        caps = [((x - 3, y), (x + 3, y)) for y in ends]
        paper.lines([((x, ends[0]), (x, ends[1])), *caps], style.REGION, 1.4)
    if ahead:  # past the fan to the names of the lines
        reach = [((across(b.x) + 6, down(b.y)), (right + 5, down(b.y))) for b in labels]
        paper.lines(reach, style.CONTEXT, 0.7, dash=(1.0, 2.0))
        labels = [b._replace(x=far) for b in labels]
    placed = [
        axes.EndLabel(across(b.x), min(max(down(b.y), top), base), b.lines, b.color, b.bold)
        for b in labels
    ]
    axes.end_labels(paper, placed, right + 9, top - 8, base + 8)
    notes.write(paper, base + 22 + words_of_fan)
    return paper


def _chance(finding: Finding) -> tuple[float, float] | None:
    """Limits of the newest figure's interval, where it has one."""
    low, high = (finding.metrics.get(k) for k in ("interval_low", "interval_high"))
    if low is None or high is None or low.value is None or high.value is None:
        return None
    return low.value, high.value


def _cut_off(lines: Sequence[Line], finding: Finding, picture: Picture) -> bool:
    """Whether a count is drawn on an axis that does not reach down to zero."""
    return series.extensive(finding, picture) and _limits(lines)[0] > 0


def _limits(lines: Sequence[Line], more: Sequence[float] = ()) -> tuple[float, float, bool]:
    """Value range, and whether context lines run out of it because they would flatten ours.

    ``more`` are values beside the lines that must be in the range: of a fan, of an interval.
    """
    main = [p.y for n in lines if n.role not in ("other", "peer") for p in n.points] + [*more]
    every = [p.y for n in lines for p in n.points] + [*more]
    low, high = axes.limits(main)
    wide_low, wide_high = axes.limits(every)
    if high - low >= 0.4 * (wide_high - wide_low):
        return wide_low, wide_high, False
    spare = 0.6 * (high - low)
    low, high = max(wide_low, low - spare), min(wide_high, high + spare)
    return low, high, min(every) < low or max(every) > high


def _labels(
    lines: Sequence[Line], finding: Finding, picture: Picture, lang: Language, indexed: bool
) -> list[axes.EndLabel]:
    """End labels in data coordinates: region and country with their value, peers by name."""
    decimals = 0 if indexed else said.indicator(finding, picture).decimals
    found = []
    for n in lines:
        if n.role not in ("region", "country", "named"):
            continue
        end = n.points[-1]
        name = (
            said.country(lang) if n.role == "country" else said.name(picture, n.area.region, lang)
        )
        bold = n.role == "region"
        text = wrap(name, _LABEL, bold=bold)
        if n.role != "named":
            value = words.number(end.y, decimals, lang)
            dated = finding.fan and not indexed  # the name stands where the fan ends, years later
            text.append(f"{said.short(end.period, lang)}: {value}" if dated else value)
        color = style.REGION if bold else n.color
        found.append(axes.EndLabel(end.x, end.y, tuple(text), color, bold))
    return found


def _span_ticks(inside: Sequence[Point], across: Scale, lang: Language) -> list[tuple[float, str]]:
    """First and last span in full, those between where they fit."""
    ends = [inside[0], *inside[1:-1], inside[-1]]
    room = max(2, int((across(ends[-1].x) - across(ends[0].x)) // 84) + 1)
    pick = sorted({round(i * (len(ends) - 1) / (room - 1)) for i in range(room)})
    return [(ends[i].x, said.short(ends[i].period, lang)) for i in pick]


def _gaps(paper: Paper, own: Sequence[Line], across: Scale, frame: Box) -> None:
    """A bracket on the axis where figures are missing, a dashed upright at a break."""
    brackets, uprights = [], []
    for a, b in _neighbours(own):
        x0, x1 = across(a[-1].x) + 4, across(b[0].x) - 4
        y = frame.bottom - 5
        if _is_break(a, b):
            x = (x0 + x1) / 2
            uprights.append(((x, frame.top), (x, frame.bottom)))
        else:
            brackets.append(((x0, y - 3), (x0, y), (x1, y), (x1, y - 3)))
    paper.lines(brackets, style.CONTEXT, 1.0)
    paper.lines(uprights, style.CONTEXT, 1.0, dash=(2.0, 3.0))


def _neighbours(own: Sequence[Line]) -> list[tuple[list[Point], list[Point]]]:
    pieces = [piece for n in own for piece in n.pieces]
    return list(itertools.pairwise(pieces))


def _is_break(a: Sequence[Point], b: Sequence[Point]) -> bool:
    """Whether two pieces are parted by a break and not by missing figures."""
    return b[0].x - a[-1].x <= 1.01 or b[0].status == "forecast"


def _curves(
    paper: Paper, lines: Sequence[Line], finding: Finding, across: Scale, down: Scale, frame: Box
) -> None:
    def places(found: Sequence[Point]) -> list[tuple[float, float]]:
        return [(across(p.x), down(p.y)) for p in found]

    for width in (0.5, 0.9):  # the context in two collections, not twenty
        behind = [
            places(piece)
            for n in lines
            if n.role in ("other", "peer") and n.width == width
            for piece in n.pieces
        ]
        paper.lines(behind, style.CONTEXT, width, clip=frame)
    same = series.same_part(finding)
    for n in lines:
        if n.role in ("other", "peer"):
            continue
        for ahead in (False, True):
            pieces = [places(p) for p in n.pieces if (p[0].status == "forecast") == ahead]
            paper.lines(pieces, n.color, n.width, dash=(1.5, 2.5) if ahead else n.dash, clip=frame)
        paper.lines([places(p) for p in n.main if len(p) > 1], style.REGION, 2.4, clip=frame)
        marked = [p for p in n.points if same(p.period)]
        radius = {"region": 2.6, "region_before": 2.0}.get(n.role, 0.0)
        sure = [p for p in marked if p.status in series.SURE]
        if n.role.startswith("region") and len(marked) <= 40:
            paper.dots(places(sure), radius, style.REGION)
        alone = [p[0] for p in n.pieces if len(p) == 1 and p[0].status in series.SURE]
        if not n.role.startswith("region"):
            paper.dots(places(alone), 2.0, n.color)
        unsure = [p for p in marked if p.status not in series.SURE]
        edge = style.REGION if n.main else n.color
        paper.dots(places(unsure), max(radius, 2.2), "white", edge, 1.3)
    end = next(n for n in reversed(lines) if n.role == "region").points[-1]
    hollow = end.status not in series.SURE
    paper.dots(places([end]), 4.2, "white" if hollow else style.REGION, style.REGION, 1.8)


def _notes(
    lines: Sequence[Line],
    finding: Finding,
    picture: Picture,
    lang: Language,
    indexed: bool,
    outside: bool,
) -> list[str]:
    """How to read what is not plain from the lines themselves."""
    own = [n for n in lines if n.role.startswith("region")]
    found: list[str] = []
    if indexed:
        base = series.index_base(finding)
        found.append(said.say("index_base", lang, base=said.short(base, lang)))
    elif _cut_off(lines, finding, picture):
        found.append(said.say("no_zero", lang))
    if series.dense(finding) and finding.frequency == "month":
        when = words.period(finding.latest.period, lang).rsplit(" ", 1)[0]
        found.append(said.say("same_month", lang, month=when))
    missing = [
        said.span(round(a[-1].x) + 1, round(b[0].x) - 1)
        for a, b in _neighbours(own)
        if not _is_break(a, b) and finding.frequency == "year"
    ]
    if missing:
        found.append(said.say("no_figures", lang, years=", ".join(missing)))
    for before, after in itertools.pairwise(own):
        found.append(_break_note(before, after, finding, picture, lang))
    if "@" in own[-1].area.region:
        year = own[-1].area.region.split("@")[1]
        found.append(said.say("division", lang, year=year))
    shown = (p.status for n in lines if n.role in ("region", "country") for p in n.points)
    found += said.statuses("hollow", series.unsure(shown), lang)
    if any(n.role == "other" for n in lines):
        found.append(said.say("thin_lines", lang))
    if outside:
        found.append(said.say("outside", lang))
    if not indexed and _chance(finding):
        found.append(said.say("chance_upright", lang))
    if not indexed and finding.fan:
        found.append(said.say("fan_note", lang))
    return found


def _break_note(
    before: Line, after: Line, finding: Finding, picture: Picture, lang: Language
) -> str:
    """What changed between two segments, in a few words."""
    start = after.points[0]
    kinds = [
        b.kind
        for i, b in picture.breaks
        if i in ("*", finding.indicator)
        and before.points[-1].x < periods.year(b.first_period) <= start.x
    ]
    old, new = before.area.region, after.area.region
    if "@" in old and old != new:
        return said.say("break_division", lang, year=old.split("@")[1])
    kind = kinds[0] if kinds else "definition"
    return said.say(f"break_{kind}", lang, period=said.short(start.period, lang))
