"""A theme at a glance: each indicator's gap to the whole country, how it has moved, and the place.

Colour says only what the cell also says in words: blue is better than the country, orange worse,
by the indicator's own direction, and how strong it is follows from how far the regions lie from
each other. What cannot be computed is hatched and says why.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from tilannekuva import narrate, words
from tilannekuva.charts import axes, said, series, style
from tilannekuva.charts.labels import wrap
from tilannekuva.charts.paper import Box, Drawing, Paper
from tilannekuva.model import Finding, Language, Measured, Picture, Section

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Cell", "Row", "comparable", "draw", "headline", "rows"]

_LABEL = 150.0
_WIDTHS = (86.0, 86.0, 78.0)
_PAD = 5.0
_MUCH = 0.8
"""Of the regions' standard deviation: from this on a gap is a clear one."""
_FACES = {-2: style.WORSE_MUCH, -1: style.WORSE, 0: style.LEVEL, 1: style.BETTER,
          2: style.BETTER_MUCH}  # fmt: skip


class Cell(NamedTuple):
    """One cell: its figure as text, a word, the class, and the reason where there is no figure."""

    metric: str
    value: float | None
    text: str
    word: str
    grade: int | None
    """-2 much worse … 2 much better; None without a direction or a figure."""
    reason: str | None


class Row(NamedTuple):
    """One indicator of the section."""

    indicator: str
    name: str
    period: str
    cells: tuple[Cell, Cell, Cell]


def comparable(finding: Finding, picture: Picture) -> bool:
    """Whether there is a gap or a place to show; counts have neither."""
    if not finding.segments or finding.latest.value is None:
        return False
    have = (finding.metrics.get(key) for key in ("gap", "rank"))
    return not series.extensive(finding, picture) and any(m and m.value is not None for m in have)


def rows(section: Section, picture: Picture, lang: Language) -> list[Row]:
    """The section's comparable indicators, in its order."""
    found = []
    for name in section.indicators:
        finding = picture.findings.get(name)
        if finding is None or not comparable(finding, picture):
            continue
        spread = _spread(finding)
        label = said.indicator(finding, picture).label[lang]
        cells = (
            _gap(finding, picture, lang, spread),
            _moved(finding, picture, lang, spread),
            _place(finding, picture, lang),
        )
        found.append(Row(name, words.capital(label), finding.latest.period, cells))
    return found


def headline(found: Sequence[Row], picture: Picture, lang: Language) -> str:
    """In how many of the indicators the region is better off than the country, in how many worse."""
    grades = [r.cells[0].grade for r in found]
    rated = [g for g in grades if g is not None]
    better, worse = sum(g > 0 for g in rated), sum(g < 0 for g in rated)
    n = len(rated)
    side = {(True, True): "both", (True, False): "better", (False, True): "worse"}
    key = side.get((better > 0, worse > 0), "none") + ("_all" if n in (better, worse) and n else "")
    return said.say(
        f"heat_title_{key}", lang, region=picture.region.names[lang], better=better, worse=worse,
        n=n, of_n=words.of_n(n, lang),
    )  # fmt: skip


def draw(found: Sequence[Row], lang: Language) -> Drawing:
    """Heat map of the rows of a section."""
    return Drawing(_frame(found), lambda: _paint(found, lang))


def _frame(found: Sequence[Row]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        [
            (r.indicator, r.name, r.period, c.metric, c.value, c.grade, c.reason or "")
            for r in found
            for c in r.cells
        ],
        columns=["indicator", "name", "period", "metric", "value", "class", "reason"],
    ).astype({"class": "Int64"})


# ---------------------------------------------------------------- cells


def _spread(finding: Finding) -> float | None:
    """Standard deviation of the regions in the latest period, from at least eight of them."""
    period = finding.latest.period
    all_series = (*finding.others, finding.segments[-1])
    values = [p.y for s in all_series if (p := series.at(s, period))]
    if len(values) < 8:
        return None
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (len(values) - 1)) or None


def _grade(value: float, direction: str, spread: float | None, shown_zero: bool) -> int | None:
    if direction == "neither":
        return None
    if shown_zero:
        return 0
    step = 2 if spread and abs(value) / spread >= _MUCH else 1
    return step if (value > 0) == (direction == "up") else -step


def _gap(finding: Finding, picture: Picture, lang: Language, spread: float | None) -> Cell:
    i, unit = said.indicator(finding, picture), said.unit(finding, picture)
    gap = finding.metrics["gap"]
    if gap.value is None:
        return _without("gap", gap, lang)
    percent = finding.metrics.get("gap_pct")
    if unit.relative and percent and percent.value is not None:
        places = narrate.decimals("gap_pct", percent.value, i)
        text = words.percent(percent.value, places, lang, sign=True)
        shown_zero = words.rounded(percent.value, places) == 0
    else:
        text = _difference(gap.value, finding, picture, lang)
        shown_zero = words.rounded(gap.value, i.decimals) == 0
    grade = _grade(gap.value, i.direction, spread, shown_zero)
    return Cell("gap", gap.value, text, _word("heat_gap", grade, lang), grade, None)


def _moved(finding: Finding, picture: Picture, lang: Language, spread: float | None) -> Cell:
    i = said.indicator(finding, picture)
    moved = finding.metrics.get("gap_change_5y") or finding.metrics["gap"]
    if moved.value is None or "gap_change_5y" not in finding.metrics:
        return _without("gap_change_5y", moved, lang)
    text = _difference(moved.value, finding, picture, lang)
    shown_zero = words.rounded(moved.value, i.decimals) == 0
    grade = _grade(moved.value, i.direction, spread, shown_zero)
    return Cell("gap_change_5y", moved.value, text, _word("heat_moved", grade, lang), grade, None)


def _place(finding: Finding, picture: Picture, lang: Language) -> Cell:
    rank = finding.metrics.get("rank")
    if rank is None or rank.value is None:
        return _without("rank", rank, lang)
    low, high, n = (finding.metrics[k].value for k in ("rank_low", "rank_high", "rank_n"))
    assert low is not None and high is not None and n is not None
    text = words.rank_text(int(rank.value), int(low), int(high), int(n), lang)
    # Thirds of the order: a place in the middle third is neither good nor bad.
    part = (rank.value - 1) / max(n - 1, 1)
    grade = 2 if part <= 0.15 else 1 if part < 0.4 else 0 if part <= 0.6 else -1
    grade = -2 if part >= 0.85 else grade
    return Cell("rank", rank.value, text, "", grade, None)


def _difference(value: float, finding: Finding, picture: Picture, lang: Language) -> str:
    i, unit = said.indicator(finding, picture), said.unit(finding, picture)
    if unit.id in ("percent", "percent_change"):
        text = words.signed(value, i.decimals, lang)
        return words.message("quantity.percentage_points", lang, value=text)
    plain = words.signed(value, i.decimals, lang)
    sign = "" if plain[0].isdigit() else plain[0]
    text = sign + words.quantity(abs(value), i.decimals, unit, lang)
    return text if style.text_width(text) <= _WIDTHS[0] - 2 * _PAD else plain


def _word(key: str, grade: int | None, lang: Language) -> str:
    """``better``, ``worse``, ``level``, or that there is no better direction."""
    if grade is None:
        return said.say("no_direction", lang)
    side = "better" if grade > 0 else "worse" if grade < 0 else "level"
    return said.say(f"{key}_{side}", lang)


def _without(metric: str, measured: Measured | None, lang: Language) -> Cell:
    reason = (measured.reason if measured else None) or "no_earlier_value"
    key = f"why_{reason}"
    text = said.say(key if words.has(f"chart.{key}", lang) else "why_other", lang)
    return Cell(metric, None, text, "", None, reason)


# ---------------------------------------------------------------- drawing


def _paint(found: Sequence[Row], lang: Language) -> Paper:
    lefts = [_LABEL + sum(_WIDTHS[:i]) for i in range(3)]
    names = [
        wrap(f"{r.name}, {said.short(r.period, lang)}", _LABEL - 6, style.SMALL) for r in found
    ]
    texts = [_texts(r) for r in found]
    heights = [
        max(len(n), *(len(t) for t in cells)) * axes.LINE + 9
        for n, cells in zip(names, texts, strict=True)
    ]
    heads = [wrap(said.say(k, lang), w - 6) for k, w in
             zip(("heat_gap", "heat_moved", "heat_place"), _WIDTHS, strict=True)]  # fmt: skip
    top = max(len(h) for h in heads) * axes.LINE + 6
    bottom = top + sum(heights)
    notes = axes.Notes([said.say("heat_note", lang)])
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


_LEGEND = ("heat_worse_much", "heat_worse", "heat_level", "heat_better", "heat_better_much")


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
    first, rest = [cell.text], " / "
    if style.text_width(cell.text) > width - 4 and rest in cell.text:  # 10th–12th / 19
        first = [cell.text.split(rest)[0], "/ " + cell.text.split(rest)[1]]
    return first + (wrap(cell.word, width - 4, style.SMALL) if cell.word else [])


def _cells(
    paper: Paper, found: Sequence[Row], lefts: Sequence[float], top: float,
    heights: Sequence[float],
) -> None:  # fmt: skip
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
    paper: Paper, texts: Sequence[tuple[str, str]], x: float, y: float, height: float,
    anchor: str, size: float = style.TEXT,
) -> None:  # fmt: skip
    start = y + height / 2 - len(texts) * axes.LINE / 2 + 11
    for i, (text, color) in enumerate(texts):
        paper.text(x, start + i * axes.LINE, text, size=size, color=color, anchor=anchor)  # type: ignore[arg-type]


def _legend(paper: Paper, texts: Sequence[Sequence[str]], top: float) -> None:
    wide = style.WIDTH / 5
    faces = [_FACES[g] for g in (-2, -1, 0, 1, 2)]
    boxes = [Box(i * wide, top, (i + 1) * wide, top + 14) for i in range(5)]
    paper.boxes(boxes, faces, "#ffffff", 2.0)
    for i, lines in enumerate(texts):
        for j, text in enumerate(lines):
            paper.text(
                (i + 0.5) * wide, top + 27 + j * 13, text, size=style.SMALL, color=style.MUTED,
                anchor="middle",
            )  # fmt: skip
