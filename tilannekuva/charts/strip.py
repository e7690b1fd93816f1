"""The ranked strip: every region a dot on the value axis; shows the distances a rank hides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tilannekuva import words
from tilannekuva.charts import axes, said, series, style
from tilannekuva.charts.paper import Box, Drawing, Paper, text_box
from tilannekuva.charts.scales import Scale
from tilannekuva.model import Finding, Language, Picture

__all__ = ["draw", "swarm"]

_R = 4.6
_OWN = 6.4


Leader = tuple[tuple[float, float], tuple[float, float]]


class Dot(NamedTuple):
    """One region: its code, name, value and status."""

    code: str
    name: str
    value: float
    status: str


def draw(finding: Finding, picture: Picture, lang: Language) -> Drawing:
    """Strip of one finding in its latest period."""
    period = finding.latest.period
    own = series.at(series.own(finding), period)
    dots: list[Dot] = []
    found: list[series.Row] = []
    for role, s, p in [
        *(("other", s, series.at(s, period)) for s in finding.others),
        ("region", series.own(finding), own),
        ("country", finding.country, series.at(finding.country, period)),
    ]:
        if s is None or p is None or (role == "country" and series.extensive(finding, picture)):
            continue
        row = series.rows(role, s, picture, lang, [p])
        found += row
        dots.append(Dot(s.region, row[0][2], p.y, p.status))
    return Drawing(series.frame(found), lambda: _paint(dots, finding, picture, lang))


def swarm(xs: Sequence[float], apart: float, first: int) -> list[float]:
    """How far each dot moves off the axis so that none overlap; dot ``first`` stays on it.

    >>> swarm([0, 1, 100], 10, 0)
    [0.0, 10.0, 0.0]
    """
    moves = [0.0] * len(xs)
    placed: list[tuple[float, float]] = []
    for i in sorted(range(len(xs)), key=lambda i: (i != first, xs[i], i)):
        near = [(x, y) for x, y in placed if abs(x - xs[i]) < apart]
        tries = [0.0] + [s * k * apart / 2 for k in range(2, 40) for s in (1, -1)]
        for y in tries:
            if all((x - xs[i]) ** 2 + (y - v) ** 2 >= apart**2 - 1e-6 for x, v in near):
                moves[i] = y
                break
        placed.append((xs[i], moves[i]))
    return moves


def _paint(dots: Sequence[Dot], finding: Finding, picture: Picture, lang: Language) -> Paper:
    chance = [
        m.value
        for k in ("interval_low", "interval_high")
        if (m := finding.metrics.get(k)) is not None and m.value is not None
    ]
    low, high = axes.limits([*(d.value for d in dots), *chance])
    marks = axes.value_labels(low, high, lang)
    across = Scale(low, high, 8, style.WIDTH - 8)
    areas = [d for d in dots if d.code != "SSS"]
    country = next((d for d in dots if d.code == "SSS"), None)
    own = next(i for i, d in enumerate(areas) if d.code == series.own(finding).region)
    xs = [across(d.value) for d in areas]
    moves = swarm(xs, 2 * _R + 1, own)
    above, below = -min(moves) + _OWN + 4, max(moves) + _OWN + 4
    middle = 2 * axes.LINE + 4 + above
    base = middle + below + 2 * axes.LINE + 6
    told = [said.say("chance_level", lang)] if chance else []
    notes = axes.Notes([*_notes(areas, picture, lang), *told])
    paper = Paper(style.WIDTH, base + 26 + axes.LINE + notes.height)

    zone = (middle - above, middle + below)
    paper.lines([[(across(v), y) for y in zone] for v, _ in marks if v], style.GRID, 1.0)
    paper.lines([[(across(v), y) for y in (base, base + 4)] for v, _ in marks], style.CONTEXT, 1.0)
    if low < 0 < high:
        paper.lines([[(across(0), y) for y in zone]], style.CONTEXT, 1.0)
    paper.lines([((0, base), (style.WIDTH, base))], style.CONTEXT, 1.0)
    if country:
        x = across(country.value)
        paper.lines([[(x, y) for y in zone]], style.COUNTRY, 2.0, dash=(4.0, 2.5))
    places = [(x, middle + y) for x, y in zip(xs, moves, strict=True)]
    if chance:
        y, ends = places[own][1], [across(v) for v in chance]
        caps = [((x, y - 4), (x, y + 4)) for x in ends]
        paper.lines([((ends[0], y), (ends[1], y)), *caps], style.REGION, 1.6)
    _dots(paper, areas, places, own)
    decimals = said.indicator(finding, picture).decimals
    _names(paper, areas, places, own, country, finding, lang, decimals, zone, across)

    reach = -1e9
    for v, text in marks:
        half = style.text_width(text) / 2
        x = min(max(across(v), half), style.WIDTH - half)
        if x - half > reach:
            paper.text(x, base + 18, text, color=style.MUTED, anchor="middle")
            reach = x + half + 8
    _ends(paper, base + 18 + axes.LINE + 2, finding, picture, lang)
    notes.write(paper, base + 24 + axes.LINE)
    return paper


def _dots(
    paper: Paper, areas: Sequence[Dot], places: Sequence[tuple[float, float]], own: int
) -> None:
    rest = [(p, d) for i, (p, d) in enumerate(zip(places, areas, strict=True)) if i != own]
    sure = [p for p, d in rest if d.status in series.SURE]
    unsure = [p for p, d in rest if d.status not in series.SURE]
    paper.dots(sure, _R - 0.5, "#D1D5DB", style.CONTEXT, 1.0)
    paper.dots(unsure, _R - 0.5, "white", style.CONTEXT, 1.0)
    hollow = areas[own].status not in series.SURE
    paper.dots([places[own]], _OWN, "white" if hollow else style.REGION, style.REGION, 2.0)


def _names(
    paper: Paper,
    areas: Sequence[Dot],
    places: Sequence[tuple[float, float]],
    own: int,
    country: Dot | None,
    finding: Finding,
    lang: Language,
    decimals: int,
    zone: tuple[float, float],
    across: Scale,
) -> None:
    """Ours always, the country, then the ends and the peers where there is room."""
    above = (zone[0] - 4, zone[0] - 4 - axes.LINE)
    below = (zone[1] + 12, zone[1] + 12 + axes.LINE)
    leaders: list[Leader] = []

    def text(d: Dot) -> str:
        return f"{d.name} {words.number(d.value, decimals, lang)}"

    x, y = places[own]
    _put(paper, leaders, (x, y - _OWN), text(areas[own]), above[:1], style.REGION, bold=True)
    if country:
        place = (across(country.value), zone[1])
        _put(paper, leaders, place, text(country), below, style.COUNTRY)
    rest = sorted((i for i in range(len(areas)) if i != own), key=lambda i: areas[i].value)
    ends = [*rest[-1:], *rest[:1]]
    peers = [i for s in finding.peers[:3] for i in rest if areas[i].code == s.region]
    for i in dict.fromkeys([*ends, *peers]):
        x, y = places[i]
        label = text(areas[i]) if i in ends else areas[i].name
        if not _put(paper, leaders, (x, y + _R), label, below, style.MUTED):
            _put(paper, leaders, (x, y - _R), label, above, style.MUTED)
    paper.lines(leaders, style.CONTEXT, 0.7)


def _put(
    paper: Paper,
    leaders: list[Leader],
    place: tuple[float, float],
    text: str,
    rows: Sequence[float],
    color: str,
    *,
    bold: bool = False,
) -> bool:
    """Write a label in the first row where it and its leader are clear; whether there was one."""
    x, y = place
    half = style.text_width(text, bold=bold) / 2
    middle = min(max(x, half), style.WIDTH - half)
    for row in rows:
        box = text_box(middle, row, text, bold=bold, anchor="middle")
        end = box.bottom if row < y else box.top
        leader = Box(x - 1, min(y, end), x + 1, max(y, end))
        if paper.free(box, 5) and not any(leader.meets(b, 1) for b, _ in paper.texts):
            paper.text(middle, row, text, color=color, bold=bold, anchor="middle")
            leaders.append(((x, y), (x, end)))
            return True
    return False


def _ends(paper: Paper, y: float, finding: Finding, picture: Picture, lang: Language) -> None:
    """Unit at one end, and where better is at the other, in words."""
    unit = said.unit_label(finding, picture, lang)
    direction = said.indicator(finding, picture).direction
    if direction == "down":
        paper.text(0, y, said.say("better_left", lang), size=style.SMALL, color=style.MUTED)
        paper.text(style.WIDTH, y, unit, size=style.SMALL, color=style.MUTED, anchor="end")
        return
    paper.text(0, y, unit, size=style.SMALL, color=style.MUTED)
    if direction == "up":
        text = said.say("better_right", lang)
        paper.text(style.WIDTH, y, text, size=style.SMALL, color=style.MUTED, anchor="end")


def _notes(areas: Sequence[Dot], picture: Picture, lang: Language) -> list[str]:
    found = []
    if len(areas) < picture.level_count:
        found.append(said.say("regions_shown", lang, n=len(areas), all=picture.level_count))
    found += said.statuses("hollow", series.unsure(d.status for d in areas), lang)
    if year := series.division(d.code for d in areas):
        found.append(said.say("division", lang, year=year))
    return found
