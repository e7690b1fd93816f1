"""Text alternatives of charts, made from the numbers that the charts draw.

Each says what kind of chart it is, what it shows, the first and last or the highest and lowest
figure, and where the region stands; one to three sentences.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tilannekuva import periods, words
from tilannekuva.model import Finding, Picture, Section, Series
from tilannekuva.narrate import analysed, clauses, phrases
from tilannekuva.narrate.phrases import Topic, place
from tilannekuva.narrate.statements import gap_metric, rank_clause

__all__ = [
    "alt_age",
    "alt_bars",
    "alt_heatmap",
    "alt_index",
    "alt_line",
    "alt_map",
    "alt_map_parts",
    "alt_multiples",
    "alt_parts",
    "alt_quotients",
    "alt_strip",
    "alt_target",
]


_NAMED_PEERS = 2


class _Point(NamedTuple):
    area: str
    period: str
    value: float
    status: str


def _points(series: Iterable[Series], *, forecasts: bool = False) -> list[_Point]:
    return [
        _Point(s.region, p, v, status)
        for s in series
        for p, v, status in zip(s.periods, s.values, s.statuses, strict=True)
        if v is not None and (forecasts or status != "forecast")
    ]


def _shown(t: Topic, point: _Point) -> str:
    return words.quantity(point.value, t.indicator.decimals, t.unit, t.lang)


def _when(t: Topic, point: _Point) -> str:
    return words.period(point.period, t.lang)


def _who(t: Topic, point: _Point) -> str:
    return place(point.area, t.lang).name


def _ends(points: list[_Point]) -> tuple[_Point, _Point]:
    """Highest and lowest; of equals the first in order."""
    return max(points, key=lambda p: p.value), min(points, key=lambda p: p.value)


def _say(t: Topic, key: str, **values: object) -> str:
    text = words.message(
        f"alt.{key}", t.lang, name=t.indicator.names[t.lang], region=t.region, **values
    )
    # A unit that ends in a point ("kt CO₂-ekv.") ends the sentence as well.
    return text.replace("..", ".")


def alt_line(finding: Finding, picture: Picture, lang: str) -> str:
    """A line chart of the region's series against the country."""
    t = Topic(finding, picture, lang)
    # First and last are of the newest stretch: across a break they must not be compared.
    able = [s for s in finding.segments if _points([s])]
    points = _points(able[-1:])
    ahead = [p for p in _points(finding.segments, forecasts=True) if p.status == "forecast"]
    future = (
        _say(t, "line_forecast", value=_shown(t, ahead[-1]), period=_when(t, ahead[-1]))
        if ahead
        else ""
    )
    if finding.fan:
        far = finding.fan[-1]
        ends = [
            words.quantity(v, t.indicator.decimals, t.unit, lang) for v in (far.low80, far.high80)
        ]
        future += _say(
            t, "line_fan", low=ends[0], high=ends[1], period=words.period(far.period, lang)
        )
    if not points:
        return _say(t, "empty") + future
    own = points[-1]
    country = next(
        (
            p
            for p in _points([finding.country] if finding.country else [])
            if p.period == own.period
        ),
        None,
    )
    whole = (
        _say(t, "line_country", value=_shown(t, country), period=_when(t, country))
        if country
        else ""
    )
    if len(points) == 1:
        one = _say(t, "one", last=_shown(t, own), last_period=_when(t, own), country=whole)
        return one + (_earlier(t, able[:-1]) if len(able) > 1 else "") + future
    high, low = _ends(points)
    cut = _earlier(t, able[:-1]) if len(able) > 1 else ""
    return (
        _say(
            t,
            "line",
            range=words.period_range(points[0].period, own.period, lang),
            first=_shown(t, points[0]),
            first_period=_when(t, points[0]),
            last=_shown(t, own),
            last_period=_when(t, own),
            high=_shown(t, high),
            high_period=_when(t, high),
            low=_shown(t, low),
            low_period=_when(t, low),
            country=whole,
        )
        + cut
        + future
    )


def _earlier(t: Topic, older: list[Series]) -> str:
    """The stretches before the newest, with the division that they follow."""
    points = _points(older)
    span = words.period_range(points[0].period, points[-1].period, t.lang)
    years = sorted({s.region.split("@")[1] for s in older if "@" in s.region})
    if years:
        return _say(t, "line_division", range=span, year=", ".join(years))
    return _say(t, "line_cut", range=span)


def alt_index(finding: Finding, picture: Picture, lang: str, base: str | None = None) -> str:
    """A line chart of the region and the country on a common base of 100.

    Args:
        finding: The finding drawn.
        picture: Its picture.
        lang: ``fi``, ``sv`` or ``en``.
        base: The base period as drawn; without it that of the metric ``index``.
    """
    t = Topic(finding, picture, lang)
    row = t.metric("index")
    if row is None or row.value is None:
        return alt_line(finding, picture, lang)
    ends = row.period.split("/")
    half = len(ends) // 2
    base, last = base or "/".join(ends[:half]), "/".join(ends[half:])
    lines = [*finding.segments[-1:], *([finding.country] if finding.country else [])]
    # The lines with a name: the region, the country and the first peers that have the figure.
    peers = [s for s in finding.peers if any(p.period == last for p in _points([s]))]
    shown = []
    for s in [*lines, *peers[:_NAMED_PEERS]]:
        known = {p.period: p.value for p in _points([s])}
        if not known.get(base) or last not in known:
            continue
        value = words.number(100 * known[last] / known[base], 1, lang)
        who = words.message("country", lang) if s is finding.country else place(s.region, lang).name
        shown.append(f"{who} {value}")
    return _say(
        t,
        "index",
        base=words.period(base, lang),
        range=words.period_range(base, last, lang),
        last=words.period(last, lang),
        lines=", ".join(shown),
    )


def _areas(t: Topic) -> list[_Point]:
    """The figures of every region in the period of the latest figure, the region's own first."""
    latest = t.finding.latest.period
    series = [*t.finding.segments[-1:], *t.finding.others]
    return [p for p in _points(series) if p.period == latest]


def _country_value(t: Topic) -> str:
    line = [t.finding.country] if t.finding.country else []
    found = next((p for p in _points(line) if p.period == t.finding.latest.period), None)
    return _shown(t, found) if found else ""


def alt_strip(finding: Finding, picture: Picture, lang: str) -> str:
    """A strip of dots, one for each region."""
    t = Topic(finding, picture, lang)
    points = _areas(t)
    if finding.latest.value is None or not points:
        return _say(t, "empty")
    if len(points) == 1:
        return _alone(t, points[0])
    high, low = _ends(points)
    country = _country_value(t)
    return _say(
        t,
        "strip",
        n=len(points),
        period=words.period(finding.latest.period, lang),
        value=_shown(t, points[0]),
        country=_say(t, "strip_country", value=country) if country else "",
        high=_shown(t, high),
        high_region=_who(t, high),
        low=_shown(t, low),
        low_region=_who(t, low),
        rank=_place(t, points),
    )


def _alone(t: Topic, point: _Point) -> str:
    return _say(t, "no_areas", period=_when(t, point), value=_shown(t, point))


def _place(t: Topic, points: list[_Point]) -> str:
    """The rank where there is one; where neither end is better, the place in order of size."""
    rank = rank_clause(t)
    if rank is not None:
        best = words.message("rank.best", t.lang)
        return _say(t, "strip_rank", rank=rank.text, best=best)
    own = words.rounded(points[0].value, t.indicator.decimals)
    others = [words.rounded(p.value, t.indicator.decimals) for p in points]
    first = 1 + sum(v > own for v in others)
    last = sum(v >= own for v in others)
    text = words.rank_text(first, first, last, len(points), t.lang)
    return _say(t, "strip_order", place=text)


def alt_map(finding: Finding, picture: Picture, lang: str) -> str:
    """A map of the regions by the latest figure."""
    t = Topic(finding, picture, lang)
    points = _areas(t)
    if finding.latest.value is None or not points:
        return _say(t, "empty")
    if len(points) == 1:
        return _alone(t, points[0])
    high, low = _ends(points)
    country = _country_value(t)
    return _say(
        t,
        "map",
        period=words.period(finding.latest.period, lang),
        value=_shown(t, points[0]),
        high=_shown(t, high),
        high_region=_who(t, high),
        low=_shown(t, low),
        low_region=_who(t, low),
        country=_say(t, "map_country", value=country) if country else "",
    )


def _newest(points: list[_Point]) -> list[_Point]:
    """The points of the newest period that any of them has."""
    if not points:
        return []
    last = max(points, key=lambda p: periods.parse(p.period).end).period
    return [p for p in points if p.period == last]


def _municipal(finding: Finding, picture: Picture, lang: str, key: str) -> str:
    t = Topic(finding, picture, lang)
    points = _same_month(_points(finding.parts)) if key == "multiples" else _points(finding.parts)
    newest = _newest(points)
    if not newest:
        return _say(t, "empty")
    taken = [
        _Point(p.region, newest[0].period, p.value, "final")
        for p in finding.pooled
        if p.value is not None
    ]
    newest = taken or newest  # what is drawn of a year with few events
    high, low = _ends(newest)
    when, more = _when(t, newest[0]), ""
    if taken:
        years = finding.pooled[0].periods
        when = words.period_range(years[0], years[-1], lang)
        more = _say(t, "pooled", range=when)
    first = min(points, key=lambda p: periods.parse(p.period).start).period
    return (
        _say(
            t,
            key,
            n=len({p.area for p in points}),
            period=when,
            range=words.period_range(first, newest[0].period, lang),
            high=_shown(t, high),
            high_region=_who(t, high),
            low=_shown(t, low),
            low_region=_who(t, low),
        )
        + more
    )


def _same_month(points: list[_Point]) -> list[_Point]:
    """Of months and quarters those that are drawn: the same one of each year as the newest."""
    newest = _newest(points)
    part = newest[0].period[4:] if newest else ""
    if part[:1] not in ("M", "Q"):
        return points
    return [p for p in points if p.period[4:] == part]


def alt_multiples(finding: Finding, picture: Picture, lang: str) -> str:
    """Small charts of the municipalities on shared axes."""
    return _municipal(finding, picture, lang, "multiples")


def alt_bars(finding: Finding, picture: Picture, lang: str) -> str:
    """Bars of the municipalities in their newest period."""
    return _municipal(finding, picture, lang, "bars")


def alt_map_parts(finding: Finding, picture: Picture, lang: str) -> str:
    """A map of the municipalities in their newest period."""
    return _municipal(finding, picture, lang, "map_parts")


def alt_target(finding: Finding, picture: Picture, lang: str) -> str:
    """A series with its way to a target."""
    t = Topic(finding, picture, lang)
    points, row = _points(finding.segments), t.metric("target_value")
    if not points or row is None or row.value is None:
        return alt_line(finding, picture, lang)
    required, actual = t.value("pace_required"), t.value("pace_actual")
    pace = ""
    if t.reason("pace_required") == "target_met":
        pace = _say(t, "target_met")
    elif t.stale:
        pass  # neither chart nor sentences tell a pace of old figures
    elif required is not None and actual is not None:
        pace = _say(t, "target_pace", required=_pace(t, required), actual=_pace(t, actual))
    elif required is not None:
        pace = _say(t, "target_required", required=_pace(t, required))
    return _say(
        t,
        "target",
        last=_shown(t, points[-1]),
        last_period=_when(t, points[-1]),
        pace=pace,
        target=words.quantity(row.value, phrases.plain_decimals(row.value), t.unit, lang),
        target_period=words.period(row.period, lang),
    )


def _pace(t: Topic, value: float) -> str:
    places = phrases.pace_decimals(value, t.indicator)
    if t.unit.id in ("percent", "percent_change"):
        return words.points(value, places, t.lang)
    return words.quantity(value, places, t.unit, t.lang, sign=True)


def alt_parts(finding: Finding, picture: Picture, lang: str) -> str:
    """What a figure is made of, as bars from zero."""
    return analysed.alt(Topic(finding, picture, lang), "decomposition")


def alt_quotients(finding: Finding, picture: Picture, lang: str) -> str:
    """Industries by how over-represented they are, as dots."""
    return analysed.alt(Topic(finding, picture, lang), "quotients")


def alt_age(finding: Finding, picture: Picture, lang: str) -> str:
    """The figures of the latest period by group: age groups, industries."""
    t = Topic(finding, picture, lang)
    newest = _newest(_points(finding.profile))
    groups = _groups(newest)
    if not groups:
        return _say(t, "empty")
    high, low = _ends(groups)
    known = {p.area: p for p in newest}
    sexes = ""
    if "T.F" in known and "T.M" in known and t.indicator.axes == ("age", "sex"):
        sexes = _say(t, "age_sexes", women=_shown(t, known["T.F"]), men=_shown(t, known["T.M"]))
    return _say(
        t,
        "age" if "age" in t.indicator.axes else "groups",
        period=_when(t, groups[0]),
        n=len(groups),
        high=_shown(t, high),
        low=_shown(t, low),
        sexes=sexes,
        high_group=clauses.group_name(t, high.area),
        low_group=clauses.group_name(t, low.area),
    )


def _groups(points: list[_Point]) -> list[_Point]:
    """The groups of the first axis summed over the others, or else the finest cells there are."""
    cells = [p for p in points if not p.area.startswith("T.")]
    summed = [p for p in cells if set(p.area.split(".")[1:]) <= {"T"}]
    return summed or cells


def alt_heatmap(section: Section, picture: Picture, lang: str) -> str:
    """A heat map of a section's gaps to the whole country."""
    counts = {"better": 0, "worse": 0, "same": 0, "other": 0}
    for name in section.indicators:
        finding = picture.findings.get(name)
        # The rows of the map: what has a gap or a place; counts have neither.
        if finding is None or finding.latest.value is None or not finding.segments:
            continue
        t = Topic(finding, picture, lang)
        if not t.unit.extensive and (t.value("gap") is not None or t.value("rank") is not None):
            counts[_standing(t)] += 1
    return words.message(
        "alt.heatmap",
        lang,
        section=section.names[lang],
        n=sum(counts.values()),
        region=place(picture.region.code, lang),
        **counts,
    )


def _standing(t: Topic) -> str:
    metric = gap_metric(t)
    if metric is None or t.direction == 0:
        return "other"
    return {1: "better", 0: "same", -1: "worse"}[t.sign(metric) * t.direction]
