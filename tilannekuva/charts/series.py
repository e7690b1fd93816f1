"""From a finding to what is drawn: runs without gaps, the series that may be named, data tables."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tilannekuva import periods
from tilannekuva.charts import said
from tilannekuva.model import Finding, Picture, Series

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "SURE",
    "Keep",
    "Point",
    "Row",
    "at",
    "cuts",
    "dense",
    "division",
    "every",
    "extensive",
    "frame",
    "index_base",
    "indexed",
    "last",
    "named_peers",
    "own",
    "part_figures",
    "points",
    "rows",
    "runs",
    "same_part",
    "step",
    "unsure",
]

_DENSE = 36

Keep = Callable[[str], bool]
"""Whether a period is drawn."""

SURE = ("final", "revised")
"""Statuses drawn as a full point; any other is hollow."""


class Point(NamedTuple):
    """One figure: where on the axis of years, its value, period and status."""

    x: float
    y: float
    period: str
    status: str


def points(series: Series) -> list[Point]:
    """The figures that are there, in time order.

    >>> points(Series(region="MK18", periods=("2020", "2021"), values=(1.0, None),
    ...               statuses=("final", "suppressed")))
    [Point(x=2020.0, y=1.0, period='2020', status='final')]
    """
    return [
        Point(periods.year(p), v, p, s)
        for p, v, s in zip(series.periods, series.values, series.statuses, strict=True)
        if v is not None
    ]


def last(series: Series | None) -> Point | None:
    """The newest figure that is not a forecast."""
    found = [p for p in points(series) if p.status != "forecast"] if series else []
    return found[-1] if found else None


def own(finding: Finding) -> Series:
    """The region's newest segment that has a figure (the newest, where none has)."""
    able = [s for s in finding.segments if points(s)]
    return (able or list(finding.segments))[-1]


def at(series: Series | None, period: str) -> Point | None:
    """The figure of one period."""
    if series is None or period not in series.periods:
        return None
    i = series.periods.index(period)
    value = series.values[i]
    return None if value is None else Point(periods.year(period), value, period, series.statuses[i])


def step(finding: Finding) -> float:
    """Usual distance between neighbouring figures, in years: the commonest, the least of equals.

    Three distances are needed to call one usual; with fewer it is a year (of dense months and
    quarters theirs), so that two figures years apart are not joined.
    """
    found: Counter[float] = Counter()
    for segment in finding.segments:
        xs = [p.x for p in points(segment)]
        found.update(round(b - a, 4) for a, b in itertools.pairwise(xs) if b > a)
    if found.total() < 3:
        return {"half": 0.5, "quarter": 0.25, "month": 0.0834}.get(finding.frequency, 1.0)
    most = max(found.values())
    return min(d for d, n in found.items() if n == most)


def cuts(finding: Finding, picture: Picture) -> list[float]:
    """Where every area's series must be cut: breaks of definition, source or method."""
    return sorted(
        periods.year(b.first_period)
        for i, b in picture.breaks
        if i in ("*", finding.indicator) and b.kind != "boundary" and b.region == "*"
    )


def runs(found: Sequence[Point], usual: float, cut: Sequence[float] = ()) -> list[list[Point]]:
    """The points in pieces that a line may join: no gap in time and no break inside.

    Args:
        found: Points in time order.
        usual: Usual distance; one and a half of it is a gap.
        cut: Places of breaks.
    """
    pieces: list[list[Point]] = []
    for p in found:
        before = pieces[-1][-1] if pieces else None
        joined = (
            before is not None
            and p.x - before.x <= 1.5 * usual
            and not any(before.x < c <= p.x for c in cut)
            and (p.status == "forecast") == (before.status == "forecast")
        )
        if joined:
            pieces[-1].append(p)
        else:
            pieces.append([p])
    return pieces


def every(_period: str) -> bool:
    """Keeps every period."""
    return True


def dense(finding: Finding) -> bool:
    """Whether there are so many months or quarters that their own points would merge."""
    if finding.frequency not in ("month", "quarter", "half"):
        return False
    return max((len(s.periods) for s in finding.segments), default=0) > _DENSE


def same_part(finding: Finding) -> Keep:
    """Keeps every period; where they are dense only those of the latest figure, one a year."""
    if not dense(finding):
        return every
    part = finding.latest.period[4:]
    return lambda period: period[4:] == part


def indexed(found: Sequence[Point], base: str) -> list[Point]:
    """The points with the figure of period ``base`` as 100; none without it."""
    start = next((p.y for p in found if p.period == base), None)
    return [p._replace(y=p.y / start * 100) for p in found] if start else []


_AFTER_BASE = 3
"""With fewer figures after the base, an index says next to nothing of the time since."""


def index_base(finding: Finding) -> str:
    """Base period of an index: the metric's own, or the first that the drawn areas share.

    Where the metric's base lies near the end of the series, the first period for which region,
    country and named peers all have a positive figure takes its place.
    """
    usual = finding.metrics["index"].period.split("/")[0]
    mine = own(finding)
    after = [p for p in points(mine) if p.x > periods.year(usual)]
    if len(after) >= _AFTER_BASE:
        return usual
    drawn = [mine, *([finding.country] if finding.country else []), *named_peers(finding)]
    shared = set.intersection(*({p.period for p in points(s) if p.y > 0} for s in drawn))
    return min(shared, key=lambda p: (periods.year(p), p), default=usual)


def extensive(finding: Finding, picture: Picture) -> bool:
    """Whether the figure is a count that areas add up to, so that levels cannot be compared."""
    return said.unit(finding, picture).extensive


def named_peers(finding: Finding, most: int = 2) -> list[Series]:
    """The first peers that have a figure for the latest period and at least two in all."""
    period = finding.latest.period
    able = [s for s in finding.peers if at(s, period) and len(points(s)) > 1]
    return able[:most]


def unsure(statuses: Iterable[str]) -> list[str]:
    """The statuses among them that are not those of a settled figure, each once, worst last.

    >>> unsure(["final", "estimated", "preliminary", "final"])
    ['preliminary', 'estimated']
    """
    present = set(statuses)
    return [s for s in ("preliminary", "estimated", "forecast", "unreliable") if s in present]


def part_figures(finding: Finding) -> dict[str, Point]:
    """Newest figure of each municipality for the commonest newest period among them.

    Where the events of a year are few, that of the years taken together.
    """
    if finding.pooled:
        return {
            p.region: Point(
                periods.year(p.periods[-1]), p.value, f"{p.periods[0]}/{p.periods[-1]}", "final"
            )
            for p in finding.pooled
            if p.value is not None
        }
    newest = {s.region: p for s in finding.parts if (p := last(s))}
    if not newest:
        return {}
    count: dict[str, int] = {}
    for p in newest.values():
        count[p.period] = count.get(p.period, 0) + 1
    period = max(count, key=lambda k: (count[k], k))
    return {c: p for c, p in newest.items() if p.period == period}


def division(found: Iterable[str]) -> str | None:
    """Year of the oldest division among dated codes (``MK18@2015``); None if all are today's.

    >>> division(["MK18", "MK17@2015"]), division(["MK18"])
    ('2015', None)
    """
    years = sorted(code.split("@")[1] for code in found if "@" in code)
    return years[0] if years else None


Row = tuple[str, str, str, str, float, str]


def rows(
    role: str, series: Series, picture: Picture, lang: str, inside: Iterable[Point]
) -> list[Row]:
    """Rows of the data table of a chart: role, code, name, period, value, status."""
    name = said.country(lang) if role == "country" else said.name(picture, series.region, lang)
    return [(role, series.region, name, p.period, p.y, p.status) for p in inside]


def frame(found: Sequence[Row]) -> pd.DataFrame:
    """The data table of a chart."""
    import pandas as pd

    columns = ["role", "region", "name", "period", "value", "status"]
    return pd.DataFrame(found, columns=columns)
