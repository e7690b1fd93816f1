"""A theme at a glance: a row an indicator, with its gap to the country, its change and the place.

What cannot be computed is hatched and says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tilannekuva import narrate
from tilannekuva.charts import axes, said, style
from tilannekuva.charts.heat_rows import ROOM, Cell, Row
from tilannekuva.charts.labels import wrap
from tilannekuva.charts.paper import Anchor, Box, Drawing, Paper
from tilannekuva.model import Language

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["draw"]

_LABEL = 150.0
_WIDTHS = (ROOM + 10, ROOM + 10, ROOM + 2)
_PAD = 5.0
_FACES = {
    -2: style.WORSE_MUCH,
    -1: style.WORSE,
    0: style.LEVEL,
    1: style.BETTER,
    2: style.BETTER_MUCH,
}
_LEGEND = ("heat_worse_much", "heat_worse", "heat_level", "heat_better", "heat_better_much")


def draw(found: Sequence[Row], lang: Language) -> Drawing:
    """Heat map of the rows of a section."""
    return Drawing(_frame(found), lambda: _paint(found, lang))


def _frame(found: Sequence[Row]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        [
            (r.indicator, r.name, r.period, r.status, c.metric, c.value, c.grade, c.reason or "")
            for r in found
            for c in r.cells
        ],
        columns=["indicator", "name", "period", "status", "metric", "value", "class", "reason"],
    ).astype({"class": "Int64"})


def _paint(found: Sequence[Row], lang: Language) -> Paper:
    lefts = [_LABEL + sum(_WIDTHS[:i]) for i in range(3)]
    names = [wrap(f"{r.name}, {_when(r, lang)}", _LABEL - 6, style.SMALL) for r in found]
    texts = [_texts(r) for r in found]
    heights = [
        max(len(n), *(len(t) for t in cells)) * axes.LINE + 9
        for n, cells in zip(names, texts, strict=True)
    ]
    heads = [
        wrap(said.say(k, lang), w - 6)
        for k, w in zip(("heat_gap", "heat_moved", "heat_place"), _WIDTHS, strict=True)
    ]
    top = max(len(h) for h in heads) * axes.LINE + 6
    bottom = top + sum(heights)
    marks = {
        narrate.status_mark(r.status, lang): narrate.status_label(r.status, lang) for r in found
    }
    legend_of_marks = [f"{m} = {marks[m]}." for m in sorted(marks) if m]
    texts_below = [said.say("heat_note", lang), said.say("heat_fresh", lang), *legend_of_marks]
    notes = axes.Notes(texts_below)
    legend = [wrap(said.say(k, lang), style.WIDTH / 5 - 8, style.SMALL) for k in _LEGEND]
    legend_height = 20 + max(len(t) for t in legend) * 13.0 + 6
    paper = Paper(style.WIDTH, bottom + 10 + legend_height + notes.height)
    for head, left, width in zip(heads, lefts, _WIDTHS, strict=True):
        for i, text in enumerate(head):
            y = top - 6 - (len(head) - 1 - i) * axes.LINE
            paper.text(left + width / 2, y, text, color=style.MUTED, anchor="middle")
    _cells(paper, found, lefts, top, heights)
    y = top
    for name, cells, row, height in zip(names, texts, found, heights, strict=True):
        _column(paper, [(t, style.INK) for t in name], 0, y, height, "start", style.SMALL)
        for i, (cell, lines) in enumerate(zip(row.cells, cells, strict=True)):
            width = _WIDTHS[0] + _WIDTHS[1] if i == 0 and _alike(row) else _WIDTHS[i]
            if lines:
                _cell_text(paper, cell, lines, lefts[i] + width / 2, y, height)
        y += height
    _legend(paper, legend, bottom + 10)
    notes.write(paper, bottom + 8 + legend_height)
    return paper


def _when(row: Row, lang: Language) -> str:
    """The period, with the mark of a figure that is not final."""
    return f"{said.short(row.period, lang)} {narrate.status_mark(row.status, lang)}".rstrip()


def _alike(row: Row) -> bool:
    """Whether gap and change are missing for one reason, which is then said once over both."""
    return row.cells[0].reason is not None and row.cells[0].reason == row.cells[1].reason


def _texts(row: Row) -> list[list[str]]:
    if _alike(row):
        both = _lines(row.cells[0], _WIDTHS[0] + _WIDTHS[1])
        return [both, [], _lines(row.cells[2], _WIDTHS[2])]
    return [_lines(c, w) for c, w in zip(row.cells, _WIDTHS, strict=True)]


def _lines(cell: Cell, width: float) -> list[str]:
    if cell.reason:
        return wrap(cell.text, width - 2 * _PAD, style.SMALL)
    first, rest = [cell.text], "\u00a0/\u00a0"
    if style.text_width(cell.text) > width - 4 and rest in cell.text:  # 10th–12th / 19
        first = [cell.text.split(rest)[0], "/\u00a0" + cell.text.split(rest)[1]]
    return first + (wrap(cell.word, width - 4, style.SMALL) if cell.word else [])


def _cells(
    paper: Paper, found: Sequence[Row], lefts: Sequence[float], top: float, heights: Sequence[float]
) -> None:
    plain: list[tuple[Box, str]] = []
    hatched: list[Box] = []
    y = top
    for row, height in zip(found, heights, strict=True):
        for i, cell in enumerate(row.cells):
            width = _WIDTHS[0] + _WIDTHS[1] if i == 0 and _alike(row) else _WIDTHS[i]
            box = Box(lefts[i], y, lefts[i] + width, y + height)
            if i == 1 and _alike(row):
                continue
            if cell.reason:
                hatched.append(box)
            else:
                plain.append((box, "#ffffff" if cell.grade is None else _FACES[cell.grade]))
        y += height
    paper.boxes([b for b, _ in plain], [c for _, c in plain], "#ffffff", 2.0)
    paper.boxes(hatched, "#ffffff", "#D1D5DB", 0.8, hatch="////")
    lines, y = [((0.0, top), (style.WIDTH, top))], top
    for height in heights:
        y += height
        lines.append(((0.0, y), (style.WIDTH, y)))
    paper.lines(lines, "#D1D5DB", 0.8)


def _cell_text(
    paper: Paper, cell: Cell, lines: Sequence[str], x: float, y: float, height: float
) -> None:
    if cell.reason:
        wide = max(style.text_width(t, style.SMALL) for t in lines) / 2 + 3
        tall = len(lines) * axes.LINE / 2 + 1
        middle = y + height / 2
        paper.boxes([Box(x - wide, middle - tall, x + wide, middle + tall)], "#ffffff")
        _column(paper, [(t, style.MUTED) for t in lines], x, y, height, "middle", style.SMALL)
        return
    first, *rest = lines
    texts = [(first, style.INK)] + [(t, style.INK) for t in rest]
    step = axes.LINE
    start = y + height / 2 - len(texts) * step / 2 + 11
    for i, (text, color) in enumerate(texts):
        size = style.TEXT if i == 0 else style.SMALL
        paper.text(x, start + i * step, text, size=size, color=color, anchor="middle")


def _column(
    paper: Paper,
    texts: Sequence[tuple[str, str]],
    x: float,
    y: float,
    height: float,
    anchor: Anchor,
    size: float = style.TEXT,
) -> None:
    start = y + height / 2 - len(texts) * axes.LINE / 2 + 11
    for i, (text, color) in enumerate(texts):
        paper.text(x, start + i * axes.LINE, text, size=size, color=color, anchor=anchor)


def _legend(paper: Paper, texts: Sequence[Sequence[str]], top: float) -> None:
    wide = style.WIDTH / 5
    faces = [_FACES[g] for g in (-2, -1, 0, 1, 2)]
    boxes = [Box(i * wide, top, (i + 1) * wide, top + 14) for i in range(5)]
    paper.boxes(boxes, faces, "#ffffff", 2.0)
    for i, lines in enumerate(texts):
        for j, text in enumerate(lines):
            paper.text(
                (i + 0.5) * wide,
                top + 27 + j * 13,
                text,
                size=style.SMALL,
                color=style.MUTED,
                anchor="middle",
            )
