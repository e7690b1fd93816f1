"""Small multiples: each municipality in its own panel, all on the same axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tilannekuva import periods, words
from tilannekuva.charts import axes, said, series, style
from tilannekuva.charts.paper import Box, Drawing, Paper
from tilannekuva.charts.scales import Scale
from tilannekuva.charts.series import Point
from tilannekuva.model import FEW_EVENTS, Finding, Language, Picture, Pooled, Series

__all__ = ["Panel", "Parts", "draw", "parts"]

_PANEL, _HEAD, _GAP = 60.0, 18.0, 14.0
_FEW = 8
"""Up to so many municipalities stand in two columns."""
_MANY, _LOW_PANEL = 12, 42.0
"""More municipalities than this have lower panels, and not the others behind each of them."""


_Line = Sequence[tuple[float, float]]


class Panel(NamedTuple):
    """One municipality: its pieces as drawn, and its newest figure as published."""

    area: Series
    pieces: list[list[Point]]
    latest: Point | None
    pooled: Pooled | None = None
    """Years taken together, where a single one is mostly chance: then they are what is read."""

    @property
    def order(self) -> tuple[bool, float, str]:
        """The largest first; what is not shown comes last."""
        value = self.pieces[-1][-1].y if self.pooled is None else self.pooled.value
        return value is None, -(value or 0.0), self.area.region


class Parts(NamedTuple):
    """The municipalities in the order of the panels, the whole region, and the base of an index."""

    panels: list[Panel]
    whole: list[list[Point]]
    base: str | None


def parts(finding: Finding, picture: Picture) -> Parts:
    """What is drawn: counts as an index, because their levels differ a hundredfold."""
    keep = series.same_part(finding)
    together = {p.region: p for p in finding.pooled}
    able = [
        s
        for s in finding.parts
        if s.region in together or len([p for p in series.points(s) if keep(p.period)]) > 1
    ]
    base = _base(able, keep) if series.extensive(finding, picture) else None
    usual = 1.0 if series.dense(finding) else series.step(finding)
    cut = series.cuts(finding, picture)

    def pieces(s: Series) -> list[list[Point]]:
        found = [p for p in series.points(s) if keep(p.period)]
        if base is not None:
            found = series.indexed(found, base)
        return series.runs(found, usual, cut)

    panels = []
    for s in able:
        newest, drawn = series.last(s), pieces(s)
        if (newest and drawn) or s.region in together:
            panels.append(Panel(s, drawn, newest, together.get(s.region)))
    panels.sort(key=lambda p: p.order)
    xs = [p.x for n in panels for piece in n.pieces for p in piece]
    first, last = min(xs, default=0.0), max(xs, default=0.0)
    whole = [
        inside
        for piece in pieces(series.own(finding))
        if (inside := [p for p in piece if first <= p.x <= last])
    ]
    return Parts(panels, whole, base)


def draw(finding: Finding, picture: Picture, lang: Language) -> Drawing:
    """Municipalities of a finding, the largest value first."""
    panels, whole, base = parts(finding, picture)
    found: list[series.Row] = []
    for n in panels:
        found += series.rows("part", n.area, picture, lang, _flat(n.pieces))
        found += _rows_together(n, picture, lang)
    found += series.rows("region", series.own(finding), picture, lang, _flat(whole))
    return Drawing(series.frame(found), lambda: _paint(panels, whole, finding, picture, lang, base))


def _rows_together(panel: Panel, picture: Picture, lang: Language) -> list[series.Row]:
    """Years taken together as a row of the data table, under the span that they make."""
    pooled = panel.pooled
    if pooled is None or pooled.value is None:
        return []
    span = f"{pooled.periods[0]}/{pooled.periods[-1]}"
    point = Point(periods.year(pooled.periods[-1]), pooled.value, span, "final")
    return series.rows("part_together", panel.area, picture, lang, [point])


def _flat(pieces: Sequence[Sequence[Point]]) -> list[Point]:
    return [p for piece in pieces for p in piece]


def _base(parts: Sequence[Series], keep: series.Keep) -> str | None:
    """The first period that every municipality has a positive figure for."""
    have = [{p.period for p in series.points(s) if p.y > 0 and keep(p.period)} for s in parts]
    common = set.intersection(*have) if have else set()
    return min(common, default=None)


def _paint(
    panels: Sequence[Panel],
    whole: list[list[Point]],
    finding: Finding,
    picture: Picture,
    lang: Language,
    base: str | None,
) -> Paper:
    every = [p for n in panels for p in _flat(n.pieces)]
    first, last = min(p.x for p in every), max(p.x for p in every)
    bands = [v for n in panels if n.pooled for v in (n.pooled.low, n.pooled.high) if v is not None]
    low, high = axes.limits([p.y for p in (*every, *_flat(whole))] + bands)
    marks = axes.value_labels(low, high, lang, 3)
    left = axes.label_width(marks, style.SMALL) + 8
    decimals = said.indicator(finding, picture).decimals
    texts = [(said.name(picture, n.area.region, lang), _value(n, decimals, lang)) for n in panels]
    heads = _heads(texts, left)
    columns, wide = heads.columns, heads.wide
    head = _HEAD + (axes.LINE if heads.stacked else 0.0)
    count = (len(panels) + columns - 1) // columns
    high_panel = _PANEL if len(panels) <= _MANY else _LOW_PANEL
    each = head + high_panel + _GAP
    unit = said.say("index_unit", lang) if base else said.unit_label(finding, picture, lang)
    notes = axes.Notes(_notes(panels, finding, picture, lang, base))
    paper = Paper(style.WIDTH, 18 + count * each + 14 + notes.height)
    paper.text(0, 11, unit, size=style.SMALL, color=style.MUTED)
    marks_of = _Marks([], [], [], [], [], [], [], [], [], [])
    for i, panel in enumerate(panels):
        row, column = divmod(i, columns)
        x = left + column * (wide + _GAP)
        top = 18 + row * each + head
        frame = Box(x, top, x + wide, top + high_panel)
        across, down = Scale(first, last, x + 2, x + wide - 4), Scale(low, high, frame.bottom, top)
        _collect(marks_of, panel, panels if len(panels) <= _MANY else (), whole, across, down)
        marks_of.grid.extend([((x, down(v)), (x + wide, down(v))) for v, _ in marks])
        if low < 0 < high or base:
            level = down(100.0 if base else 0.0)
            marks_of.level.append(((x, level), (x + wide, level)))
        if column == 0:
            for v, text in marks:
                paper.text(
                    x - 6, down(v) + 4, text, size=style.SMALL, color=style.MUTED, anchor="end"
                )
        _header(paper, frame, texts[i], heads, style.MUTED if _few(panel) else style.INK)
        if i + columns >= len(panels):
            _years(paper, frame, first, last)
    _draw(paper, marks_of)
    notes.write(paper, 18 + count * each + 12)
    return paper


class _Heads(NamedTuple):
    """How the panels are headed: columns, width of one, size of names, figures under names."""

    columns: int
    wide: float
    size: float
    stacked: bool


def _heads(texts: Sequence[tuple[str, str]], left: float) -> _Heads:
    """Three columns where every name fits, else two.

    Name and figure are on one line, or on two in every panel if one of them needs it.
    """

    def wide(columns: int) -> float:
        return (style.WIDTH - left - _GAP * (columns - 1)) / columns

    def widest(size: float) -> float:
        return max(style.text_width(name, size, bold=True) for name, _ in texts)

    columns = 3 if len(texts) > _FEW and widest(style.SMALL) <= wide(3) else 2
    size = style.TEXT if widest(style.TEXT) <= wide(columns) else style.SMALL
    both = max(style.text_width(n, size, bold=True) + style.text_width(v) + 8 for n, v in texts)
    return _Heads(columns, wide(columns), size, both > wide(columns))


def _few(panel: Panel) -> bool:
    """Whether a figure is of so few events that it is mostly chance."""
    return panel.pooled is not None and (panel.pooled.events or 0.0) < FEW_EVENTS


def _value(panel: Panel, decimals: int, lang: Language) -> str:
    """The figure over a panel: of the years together where there are such, else the newest."""
    if panel.pooled is not None and panel.pooled.value is None:
        return said.say("few", lang)
    value = panel.pooled.value if panel.pooled else panel.latest.y if panel.latest else None
    return "" if value is None else words.number(value, decimals, lang)


def _header(
    paper: Paper, frame: Box, text: tuple[str, str], heads: _Heads, color: str = style.INK
) -> None:
    name, value = text
    y = frame.top - 5
    top = y - axes.LINE if heads.stacked else y
    paper.text(frame.left, top, name, size=heads.size, bold=True, color=style.REGION)
    if heads.stacked:
        paper.text(frame.left, y, value, color=color)
    else:
        paper.text(frame.right, y, value, anchor="end", color=color)


class _Marks(NamedTuple):
    """Marks of every panel, so that each kind is drawn once."""

    grid: list[_Line]
    level: list[_Line]
    behind: list[_Line]
    whole: list[_Line]
    own: list[_Line]
    full: list[tuple[float, float]]
    hollow: list[tuple[float, float]]
    bands: list[Box]
    yearly: list[_Line]
    together: list[_Line]


def _collect(
    marks: _Marks,
    panel: Panel,
    behind: Sequence[Panel],
    whole: list[list[Point]],
    across: Scale,
    down: Scale,
) -> None:
    def places(found: Sequence[Point]) -> list[tuple[float, float]]:
        return [(across(p.x), down(p.y)) for p in found]

    marks.behind.extend(places(p) for n in behind if n is not panel for p in n.pieces)
    marks.whole.extend(places(p) for p in whole)
    if panel.pooled is not None:
        marks.yearly.extend(places(p) for p in panel.pieces)
        _together(marks, panel.pooled, across, down)
        return
    marks.own.extend(places(p) for p in panel.pieces)
    end = panel.pieces[-1][-1]
    alone = [p[0] for p in panel.pieces[:-1] if len(p) == 1]
    marks.full.extend(places([p for p in (*alone, end) if p.status in series.SURE]))
    marks.hollow.extend(places([p for p in (*alone, end) if p.status not in series.SURE]))


def _together(marks: _Marks, pooled: Pooled, across: Scale, down: Scale) -> None:
    """The years taken together as a line across them, in the band that chance leaves."""
    if pooled.value is None or pooled.low is None or pooled.high is None:
        return
    ends = (periods.year(pooled.periods[0]), periods.year(pooled.periods[-1]))
    left, right = (across(max(x, across.low)) for x in ends)
    marks.bands.append(Box(left, down(pooled.high), right, down(pooled.low)))
    marks.together.append(((left, down(pooled.value)), (right, down(pooled.value))))


def _draw(paper: Paper, marks: _Marks) -> None:
    paper.boxes(marks.bands, style.FAN80)
    paper.lines(marks.grid, style.GRID, 1.0)
    paper.lines(marks.level, style.CONTEXT, 0.8)
    paper.lines(marks.behind, style.CONTEXT, 0.35)
    paper.lines(marks.whole, style.COUNTRY, 1.2, dash=(4.0, 2.5))
    paper.lines(marks.yearly, style.FAINT, 1.2)
    paper.lines(marks.together, style.REGION, 3.0)
    paper.lines(marks.own, style.REGION, 2.0)
    paper.dots(marks.full, 2.6, style.REGION)
    paper.dots(marks.hollow, 2.6, "white", style.REGION, 1.2)


def _years(paper: Paper, frame: Box, first: float, last: float) -> None:
    y = frame.bottom + 13
    size, color = style.SMALL, style.MUTED
    paper.text(frame.left, y, str(int(first)), anchor="start", size=size, color=color)
    paper.text(frame.right, y, str(int(last)), anchor="end", size=size, color=color)


def _notes(
    panels: Sequence[Panel], finding: Finding, picture: Picture, lang: Language, base: str | None
) -> list[str]:
    found = []
    if base:
        found.append(said.say("index_base", lang, base=said.short(base, lang)))
    name = said.name(picture, series.own(finding).region, lang)
    found.append(said.say("dashed_whole", lang, region=name))
    together = next((n.pooled for n in panels if n.pooled), None)
    if together is not None:
        years = f"{together.periods[0]}–{together.periods[-1]}"
        found += [said.say("pooled_in_order", lang), said.say("pooled", lang, years=years)]
        return found + ([said.say("few_grey", lang)] if any(map(_few, panels)) else [])
    found.append(said.say("in_order_index" if base else "in_order", lang))
    shown = (n.latest.status for n in panels if n.latest)
    found += said.statuses("hollow", series.unsure(shown), lang)
    return found
