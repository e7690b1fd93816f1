"""Which charts a finding can carry: what is needed for each kind, in the order of worth."""

from __future__ import annotations

from tilannekuva import periods, regions
from tilannekuva.charts import age, decomposition, heat_rows, quotients, series
from tilannekuva.model import Finding, Picture, Section

__all__ = ["KINDS", "choose", "choose_section"]

KINDS = ("line", "index", "strip", "map", "map_parts", "multiples", "parts", "target", "age",
         "bars", "decomposition", "quotients", "heatmap")  # fmt: skip
"""Every kind: ``parts`` are municipalities as bars or dots, ``bars`` a profile by breakdown."""

_MAIN, _STRIP, _MAP, _PARTS = 6, 8, 15, 3
_BASE = 5.0


def choose(finding: Finding, picture: Picture) -> tuple[str, ...]:
    """The kinds that suit a finding, the most telling first; empty where a chart would say nothing.

    A line needs two figures, and six to come first; an index is for counts; a strip needs eight
    regions and a map fifteen, both a quantity that areas of any size can be compared by; charts of
    municipalities need three of them, with two figures each for small multiples; a target tracker
    needs a target ahead. A single figure without comparison gets no chart.
    """
    if not finding.segments or finding.latest.value is None:
        return _analysed(finding, picture) or _without_level(finding)
    if age.able(finding):
        return ("age", *_over_time(finding, picture))
    time = _over_time(finding, picture)
    areas = _between_areas(finding, picture)
    parts = _inside(finding, picture)
    long = max((len(series.points(s)) for s in finding.segments), default=0) >= _MAIN
    target = ("target",) if _target(finding) else ()
    first = (time[:1], target, time[1:]) if long else (target,)
    rest = () if long else time
    kinds = [k for group in (*first, areas, rest, parts) for k in group]
    if finding.profile:
        kinds.append("bars")
    return tuple(kinds)


def choose_section(section: Section, picture: Picture) -> tuple[str, ...]:
    """``heatmap`` where two indicators of a section can be compared, one of them with a side."""
    findings = [picture.findings[i] for i in section.indicators if i in picture.findings]
    able = [f for f in findings if heat_rows.comparable(f, picture)]
    sided = any(heat_rows.telling(f, picture) for f in able)
    return ("heatmap",) if len(able) >= 2 and sided else ()


def _analysed(finding: Finding, picture: Picture) -> tuple[str, ...]:
    """What an analysis is drawn as; nothing for other findings."""
    if quotients.able(finding, picture):
        return ("quotients",)
    return ("decomposition",) if decomposition.able(finding, picture) else ()


def _without_level(finding: Finding) -> tuple[str, ...]:
    """A forecast alone, or a profile alone."""
    if len(finding.profile) > 1:
        return ("bars",)
    enough = any(len(series.points(s)) > 1 for s in finding.segments)
    return ("line",) if enough else ()


def _over_time(finding: Finding, picture: Picture) -> tuple[str, ...]:
    newest = len(series.points(series.own(finding)))
    if all(len(series.points(s)) < 2 for s in finding.segments):
        return ()
    able = series.extensive(finding, picture) and newest >= _MAIN and _indexable(finding)
    return ("line", "index") if able and (finding.country or finding.others) else ("line",)


def _indexable(finding: Finding) -> bool:
    """Whether there is an index whose base is large enough to mean something."""
    index = finding.metrics.get("index")
    if index is None or index.value is None:
        return False
    base = series.at(series.own(finding), series.index_base(finding))
    return base is not None and base.y >= _BASE


def _between_areas(finding: Finding, picture: Picture) -> tuple[str, ...]:
    if series.extensive(finding, picture):
        return ()
    period = finding.latest.period
    if series.at(series.own(finding), period) is None:
        return ()
    n = 1 + sum(series.at(s, period) is not None for s in finding.others)
    return (("strip",) if n >= _STRIP else ()) + (("map",) if n >= _MAP else ())


def _inside(finding: Finding, picture: Picture) -> tuple[str, ...]:
    """Charts of the region's municipalities."""
    figures = series.part_figures(finding)
    if len(figures) < _PARTS:
        return ()
    keep = series.same_part(finding)
    counts = series.extensive(finding, picture)
    moving = [s for s in finding.parts if sum(keep(p.period) for p in series.points(s)) >= 2]
    if counts and finding.pooled:  # an index of a handful of events would be noise
        return ("parts",)
    if counts:  # an index needs a common positive base
        moving = [s for s in moving if all(p.y > 0 for p in series.points(s))]
    kinds: tuple[str, ...] = ("multiples",) if len(moving) >= _PARTS else ()
    if not counts and set(figures) <= set(regions.shapes("kunta")):
        kinds += ("map_parts",)
    return kinds if kinds and not counts else (*kinds, "parts")


def _target(finding: Finding) -> bool:
    goal, latest = finding.metrics.get("target_value"), finding.latest
    if goal is None or goal.value is None or latest.value is None:
        return False
    if len(series.points(series.own(finding))) < 2:
        return False
    return periods.parse(goal.period).end > periods.parse(latest.period).end
