"""The age pyramid: men to the left, women to the right, bars from zero."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from tilannekuva import words
from tilannekuva.charts import axes, said, series, style
from tilannekuva.charts.paper import Box, Drawing, Paper
from tilannekuva.charts.scales import Scale, ticks
from tilannekuva.model import Finding, Language, Picture, Series
from tilannekuva.narrate import axis_name

__all__ = ["able", "draw", "largest"]

_ROW = 13.0
_AGE = re.compile(r"Y_?(?:LT|GE)?(\d+)")


class Group(NamedTuple):
    """One age group: lowest age, its code, and the series of each sex."""

    age: int
    code: str
    men: Series
    women: Series


def able(finding: Finding) -> bool:
    """Whether the profile is by age and sex."""
    return len(_groups(finding)) >= 4


def largest(finding: Finding) -> tuple[str, float] | None:
    """Code of the age group with most people in the latest period, and how many; eldest of equals.

    Groups without an upper end are left out: they span more years than the others.
    """
    groups = [g for g in _groups(finding) if not g.code.endswith("-") and "GE" not in g.code]
    have = [set(s.periods) for g in groups for s in (g.men, g.women)]
    common = set.intersection(*have) if have else set()
    if not common:
        return None
    period = max(common)
    found = []
    for g in groups:
        men, women = series.at(g.men, period), series.at(g.women, period)
        if men and women:
            found.append((men.y + women.y, g.age, g.code))
    return (max(found)[2], max(found)[0]) if found else None


def _groups(finding: Finding) -> list[Group]:
    """Age groups that have both sexes, youngest first."""
    found: dict[str, dict[str, Series]] = {}
    for s in finding.profile:
        codes = s.region.split(".")
        sex = next((c for c in codes if c in ("F", "M")), None)
        age = next((c for c in codes if _AGE.match(c)), None)
        if sex and age:
            found.setdefault(age, {})[sex] = s
    groups = [
        Group(_lowest(age), age, both["M"], both["F"])
        for age, both in found.items()
        if len(both) == 2
    ]
    return sorted(groups)


def _lowest(code: str) -> int:
    found = _AGE.match(code)
    assert found is not None
    return 0 if "LT" in code else int(found[1])


def draw(finding: Finding, picture: Picture, lang: Language) -> Drawing:
    """Pyramid of the latest period, with an outline of the earliest where there is one."""
    groups = _groups(finding)
    have = [set(s.periods) for g in groups for s in (g.men, g.women)]
    common = sorted(set.intersection(*have))
    latest, earliest = common[-1], common[0]
    shown = [latest] if earliest == latest else [earliest, latest]
    found: list[series.Row] = []
    for period in shown:
        for g in groups:
            for sex, s in (("men", g.men), ("women", g.women)):
                p = series.at(s, period)
                if p:
                    text = f"{said.say(sex, lang)} {axis_name('age', g.code, lang)}"
                    found.append((sex, finding.region, text, p.period, p.y, p.status))
    return Drawing(series.frame(found), lambda: _paint(groups, shown, finding, picture, lang))


def _paint(
    groups: Sequence[Group],
    shown: Sequence[str],
    finding: Finding,
    picture: Picture,
    lang: Language,
) -> Paper:
    def value(s: Series, period: str) -> float:
        p = series.at(s, period)
        return p.y if p else 0.0

    most = max(value(s, p) for g in groups for s in (g.men, g.women) for p in shown)
    marks = ticks(0, most * 1.02, 4)
    gap = max(style.text_width(axis_name("age", g.code, lang), style.SMALL) for g in groups) + 12
    middle = style.WIDTH / 2
    edge = max(style.text_width(words.number(marks[-1], 0, lang)) / 2, 4.0)
    reach = (style.WIDTH - gap) / 2 - edge
    men = Scale(0, most * 1.02, middle - gap / 2, middle - gap / 2 - reach)
    women = Scale(0, most * 1.02, middle + gap / 2, middle + gap / 2 + reach)
    top = 20.0
    base = top + _ROW * len(groups)
    notes = axes.Notes(_notes(shown, finding, lang))
    paper = Paper(style.WIDTH, base + 22 + notes.height)
    grid = [((s(v), top), (s(v), base + 3)) for s in (men, women) for v in marks]
    paper.lines(grid, style.GRID, 1.0)
    rows = [(base - _ROW * (i + 1), g) for i, g in enumerate(groups)]
    latest = shown[-1]
    bars = []
    for y, g in rows:
        bars.append(Box(men(value(g.men, latest)), y + 1, men(0), y + _ROW - 1))
        bars.append(Box(women(0), y + 1, women(value(g.women, latest)), y + _ROW - 1))
    paper.boxes(bars, style.REGION)
    if len(shown) > 1:
        for scale, sex in ((men, "men"), (women, "women")):
            outline: list[tuple[float, float]] = []
            for y, g in rows:
                x = scale(value(getattr(g, sex), shown[0]))
                outline += [(x, y + _ROW), (x, y)]
            paper.lines([outline], "white", 3.4)
            paper.lines([outline], style.SECOND, 1.8)
    for y, g in rows:
        label = axis_name("age", g.code, lang)
        paper.text(middle, y + 10.6, label, size=style.SMALL, color=style.MUTED, anchor="middle")
    unit = said.unit_label(finding, picture, lang)
    paper.text(0, 11, unit, size=style.SMALL, color=style.MUTED)
    paper.text(men(0), 11, said.say("men", lang), bold=True, anchor="end")
    paper.text(women(0), 11, said.say("women", lang), bold=True)
    texts = [words.number(v, 0, lang) for v in marks]
    room = abs(women(marks[-1]) - women(0)) / max(len(marks) - 1, 1)
    every = 1 if room >= max(map(style.text_width, texts)) + 8 else 2
    for scale in (men, women):
        for v, text in list(zip(marks, texts, strict=True))[::every]:
            paper.text(scale(v), base + 17, text, color=style.MUTED, anchor="middle")
    notes.write(paper, base + 22)
    return paper


def _notes(shown: Sequence[str], finding: Finding, lang: Language) -> list[str]:
    """Which year is which, and whether the figures are settled."""
    ends = [said.short(p, lang) for p in shown]
    found = [series.at(s, shown[-1]) for s in finding.profile]
    some = said.statuses("some", series.unsure(p.status for p in found if p), lang)
    if len(ends) == 1:
        return [said.say("bars_year", lang, period=ends[0]), *some]
    return [said.say("bars_and_outline", lang, period=ends[1], earlier=ends[0]), *some]
