"""What a heat map says: each indicator's gap to the whole country, its change, and the place.

A cell says in words what its colour says: better or worse than the country by the indicator's own
direction. How strong the colour is follows from how far the regions lie from each other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from tilannekuva import narrate, words
from tilannekuva.charts import said, series, style
from tilannekuva.model import Finding, Indicator, Language, Measured, Picture, Section

__all__ = ["ROOM", "Cell", "Row", "comparable", "headline", "rows", "telling"]

ROOM = 76.0
"""Width that the text of a cell may take."""
_MUCH = 0.8
"""Of the regions' standard deviation: from this on a gap is a clear one."""
_FRESH_MONTHS = 60
"""Older figures stand in the rows, but the heading does not count them."""


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
    status: str
    cells: tuple[Cell, Cell, Cell]
    fresh: bool = True
    """Whether the latest figure is at most five years old."""


def comparable(finding: Finding, picture: Picture) -> bool:
    """Whether there is a gap or a place to show; counts have neither."""
    if not finding.segments or finding.latest.value is None:
        return False
    have = (finding.metrics.get(key) for key in ("gap", "rank"))
    return not series.extensive(finding, picture) and any(m and m.value is not None for m in have)


def telling(finding: Finding, picture: Picture) -> bool:
    """Whether a row of it would have a colour: it can be compared, and one end is better."""
    neither = said.indicator(finding, picture).direction == "neither"
    return comparable(finding, picture) and not neither


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
            _place(finding, lang),
        )
        latest = finding.latest
        age = finding.metrics.get("age_months")
        fresh = age is None or age.value is None or age.value <= _FRESH_MONTHS
        found.append(Row(name, words.capital(label), latest.period, latest.status, cells, fresh))
    return found


def headline(found: Sequence[Row], picture: Picture, lang: Language) -> str:
    """In how many of the fresh indicators the region was better off than the country, or worse."""
    grades = [r.cells[0].grade for r in found if r.fresh]
    rated = [g for g in grades if g is not None]
    better, worse = sum(g > 0 for g in rated), sum(g < 0 for g in rated)
    n = len(rated)
    side = {(True, True): "both", (True, False): "better", (False, True): "worse"}
    key = side.get((better > 0, worse > 0), "level" if n else "none")
    key += "_all" if n in (better, worse) and n else ""
    return said.say(
        f"heat_title_{key}",
        lang,
        region=picture.region.names[lang],
        better=better,
        worse=worse,
        n=n,
    )


# ---------------------------------------------------------------- cells


def _spread(finding: Finding) -> float | None:
    """Standard deviation of the regions in the latest period, from at least eight of them."""
    period = finding.latest.period
    all_series = (*finding.others, series.own(finding))
    values = [p.y for s in all_series if (p := series.at(s, period))]
    if len(values) < 8:
        return None
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (len(values) - 1)) or None


def _grade(
    value: float, indicator: Indicator, spread: float | None, shown_zero: bool
) -> int | None:
    """The class of a gap; one that means nothing for the subject is level and has no side."""
    direction = indicator.direction
    if direction == "neither":
        return None
    digit = 10.0**-indicator.decimals
    if shown_zero or abs(value) < max(indicator.min_change, digit * (1 - 1e-9)):
        return 0
    step = 2 if spread and abs(value) / spread >= _MUCH else 1
    return step if (value > 0) == (direction == "up") else -step


def _agreed(gap: int | None, place: int | None) -> int | None:
    """A small gap that says the opposite of the place among the regions is level.

    The country's figure rests on its largest areas, so a region among the first can lie a little
    behind it: neither better nor worse is then a fair word.

    >>> _agreed(-1, 2), _agreed(-2, 2), _agreed(-1, -2)
    (0, -2, -1)
    """
    if gap is not None and place is not None and abs(gap) == 1 and gap * place < 0:
        return 0
    return gap


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
    grade = _agreed(_grade(gap.value, i, spread, shown_zero), _place(finding, lang).grade)
    return Cell("gap", gap.value, text, _word("heat_gap", grade, lang), grade, None)


def _moved(finding: Finding, picture: Picture, lang: Language, spread: float | None) -> Cell:
    i = said.indicator(finding, picture)
    moved = finding.metrics.get("gap_change_5y") or finding.metrics["gap"]
    if moved.value is None or "gap_change_5y" not in finding.metrics:
        return _without("gap_change_5y", moved, lang)
    text = _difference(moved.value, finding, picture, lang)
    shown_zero = words.rounded(moved.value, i.decimals) == 0
    grade = _grade(moved.value, i, spread, shown_zero)
    return Cell("gap_change_5y", moved.value, text, _word("heat_moved", grade, lang), grade, None)


def _place(finding: Finding, lang: Language) -> Cell:
    rank = finding.metrics.get("rank")
    if rank is None or rank.value is None:
        return _without("rank", rank, lang)
    low, high, n = (finding.metrics[k].value for k in ("rank_low", "rank_high", "rank_n"))
    if low is None or high is None or n is None:
        return _without("rank", rank, lang)
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
    return text if style.text_width(text) <= ROOM else plain


def _word(key: str, grade: int | None, lang: Language) -> str:
    """``better``, ``worse`` or ``level``; nothing where no direction is better."""
    if grade is None:
        return ""
    side = "better" if grade > 0 else "worse" if grade < 0 else "level"
    return said.say(f"{key}_{side}", lang)


def _without(metric: str, measured: Measured | None, lang: Language) -> Cell:
    reason = (measured.reason if measured else None) or "no_earlier_value"
    key = f"why_{reason}"
    text = said.say(key if words.has(f"chart.{key}", lang) else "why_other", lang)
    return Cell(metric, None, text, "", None, reason)
