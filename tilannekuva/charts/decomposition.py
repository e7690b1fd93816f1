"""What a gap or a change is made of: signed bars from zero with their figures beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tilannekuva import words
from tilannekuva.charts import axes, said, series, style
from tilannekuva.charts.labels import wrap
from tilannekuva.charts.paper import Box, Drawing, Paper
from tilannekuva.charts.scales import Scale
from tilannekuva.model import Finding, Language, Picture, Series
from tilannekuva.narrate import axis_name, group_order, shock_years

__all__ = ["able", "draw"]

_METHODS = frozenset({"gap_parts", "change_parts", "shift_share", "share_change", "variety",
                      "resistance", "recovery"})  # fmt: skip
_BAR, _STEP, _HEAD, _RULE = 7.0, 24.0, 26.0, 8.0
_NAMES = 170.0
"""Width that the names may take before they are wrapped."""


class Bar(NamedTuple):
    """One row; a row without a value is a heading."""

    code: str
    name: str
    value: float | None
    status: str = "final"
    period: str = ""
    beside: float | None = None
    whole: bool = False
    """The sum of all the others, which stands apart from them."""


def able(finding: Finding, picture: Picture) -> bool:
    """Whether the finding is an analysis that bars from zero show."""
    analysis = said.indicator(finding, picture).analysis
    return analysis is not None and analysis.method in _METHODS and len(finding.profile) > 1


def draw(finding: Finding, picture: Picture, lang: Language) -> Drawing:
    """Bars in the order of the analysis, the sum last; groups of a classification by size."""
    bars = _bars(finding, picture, lang)
    found: list[series.Row] = []
    head = ""
    for b in bars:
        if b.value is None:
            head = b.name
            continue
        name = f"{head}: {b.name}" if head else b.name
        found.append(("region", b.code, name, b.period, b.value, b.status))
        if b.beside is not None:
            found.append(("country", b.code, name, b.period, b.beside, b.status))
    return Drawing(series.frame(found), lambda: _paint(bars, finding, picture, lang))


def _bars(finding: Finding, picture: Picture, lang: Language) -> list[Bar]:
    country = {s.region: s for s in finding.country_profile}
    order = group_order(finding, picture, lang)

    def bar(s: Series, name: str, whole: bool = False) -> Bar:
        other = country.get(s.region)
        beside = series.at(other, s.periods[-1]) if other is not None else None
        value = s.values[-1]
        assert value is not None  # profiles hold figures only
        return Bar(
            s.region,
            name,
            value,
            s.statuses[-1],
            s.periods[-1],
            beside.y if beside else None,
            whole,
        )

    axis = said.indicator(finding, picture).axes
    if "shock" in axis:
        made: list[Bar] = []
        for s in order:
            shock, _, part = s.region.partition(".")
            if not made or made[-1].code.partition(".")[0] != shock:
                head = f"{axis_name('shock', shock, lang)} {shock_years(finding, picture, s)}"
                made.append(Bar(shock, head, None))
            made.append(bar(s, axis_name("part", part, lang), part == "difference"))
        return made
    if axis != ("part",):  # groups of a classification: by size
        named = [bar(s, axis_name(axis[-1], s.region, lang)) for s in order]
        return sorted(named, key=lambda b: (-(b.value or 0.0), b.name))
    parts = [bar(s, axis_name("part", s.region, lang), s.region == "all") for s in order]
    return [b for b in parts if not b.whole] + [b for b in parts if b.whole]


def _paint(bars: Sequence[Bar], finding: Finding, picture: Picture, lang: Language) -> Paper:
    decimals = said.indicator(finding, picture).decimals
    values = [v for b in bars for v in (b.value, b.beside) if v is not None]
    names = [wrap(b.name, _NAMES if b.value is not None else style.WIDTH) for b in bars]
    # What is never negative is no difference, and has no sign.
    show = words.signed if said.unit(finding, picture).id != "ratio" else words.number
    texts = ["" if b.value is None else show(b.value, decimals, lang) for b in bars]
    rows = [i for i, b in enumerate(bars) if b.value is not None]
    left = max(style.text_width(t, bold=True) for i in rows for t in names[i]) + 12
    after = max(style.text_width(t, bold=True) for t in texts) + 14
    low, high = axes.limits(values, zero=True)
    across = Scale(
        low,
        high,
        left + (after if low < 0 else 4),
        style.WIDTH - (after if max(values) >= 0 else 6),
    )
    heights = [
        _HEAD
        if b.value is None
        else max(_STEP, len(n) * axes.LINE + 8) + (_RULE if _apart(b) else 0)
        for b, n in zip(bars, names, strict=True)
    ]
    notes = []
    if any(b.beside is not None for b in bars):
        notes.append(said.say("tick_country", lang))
    notes += said.statuses("hollow_bar", series.unsure(b.status for b in bars), lang)
    small = axes.Notes(notes)
    top = axes.LINE + 8
    base = top + sum(heights)
    paper = Paper(style.WIDTH, base + 6 + small.height)
    unit = said.unit_label(finding, picture, lang)
    if said.unit(finding, picture).id != "ratio":
        paper.text(0, 11, unit, size=style.SMALL, color=style.MUTED)
    _rows(paper, bars, names, texts, heights, across, top)
    small.write(paper, base)
    return paper


def _apart(b: Bar) -> bool:
    return b.whole and "." not in b.code


def _rows(
    paper: Paper,
    bars: Sequence[Bar],
    names: Sequence[Sequence[str]],
    texts: Sequence[str],
    heights: Sequence[float],
    across: Scale,
    top: float,
) -> None:
    y, zero = top, across(0)
    boxes: dict[tuple[bool, bool], list[Box]] = {}
    zeros, ticks, rules = [], [], []
    for b, name, text, height in zip(bars, names, texts, heights, strict=True):
        if b.value is None:
            paper.text(0, y + 19, name[0], bold=True)
            y += height
            continue
        lead = _RULE if _apart(b) else 0.0
        if lead:
            rules.append(((0.0, y + lead / 2), (style.WIDTH, y + lead / 2)))
        middle, x = y + lead + (height - lead) / 2, across(b.value)
        for i, line in enumerate(name):
            at = middle + 4.2 + (i - (len(name) - 1) / 2) * axes.LINE
            paper.text(0, at, line, bold=b.whole)
        box = Box(min(x, zero), middle - _BAR, max(x, zero), middle + _BAR)
        boxes.setdefault((b.whole, b.status in series.SURE), []).append(box)
        zeros.append(((zero, y + lead), (zero, y + height)))
        reach = [x, *([across(b.beside)] if b.beside is not None else [])]
        end = min(reach) - 8 if b.value < 0 else max(reach) + 8
        paper.text(end, middle + 4.2, text, bold=b.whole, anchor="end" if b.value < 0 else "start")
        if b.beside is not None:
            ticks.append(((across(b.beside), middle - 10), (across(b.beside), middle + 10)))
        y += height
    for (whole, sure), found in boxes.items():
        color = style.COUNTRY if whole else style.REGION
        paper.boxes(found, color if sure else "white", color, 0.0 if sure else 1.6)
    paper.lines(rules, style.GRID, 1.0)
    paper.lines(zeros, style.CONTEXT, 1.0)
    paper.lines(ticks, "#ffffff", 4.5)
    paper.lines(ticks, style.SECOND, 2.4)
