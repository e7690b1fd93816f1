"""Maps: the regions with a tile map of equal areas beside them, and a region's municipalities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tilannekuva import regions, words
from tilannekuva.charts import axes, classes, said, series, style
from tilannekuva.charts.labels import wrap
from tilannekuva.charts.outlines import Outlines, outlines, widest
from tilannekuva.charts.paper import Box, Drawing, Paper
from tilannekuva.model import Finding, Language, Picture, Series

__all__ = ["draw", "draw_parts", "short_name"]

_MAP = (170.0, 312.0)
_TILES = (217.0, 126.0, 30.5)
"""Left and upper edge of the tile map, and the side of a tile; the legend stands over it."""
_PARTS = (270.0, 300.0)
_EDGE = "#ffffff"
_MANY = 12
"""So many municipalities may all be named on the map."""


def draw(finding: Finding, picture: Picture, lang: Language) -> Drawing:
    """Map and tile map of the regions in the latest period."""
    period = finding.latest.period
    every: list[tuple[str, Series]] = [("region", series.own(finding))]
    every += [("other", s) for s in finding.others]
    found: list[series.Row] = []
    values: dict[str, float] = {}
    statuses: list[str] = []
    for role, s in every:
        p = series.at(s, period)
        if p:
            found += series.rows(role, s, picture, lang, [p])
            values[s.region.split("@")[0]] = p.y
            statuses.append(p.status)
    notes = said.statuses("some", series.unsure(statuses), lang)
    return Drawing(series.frame(found), lambda: _paint(values, notes, finding, picture, lang))


def _paint(
    values: Mapping[str, float],
    status_notes: Sequence[str],
    finding: Finding,
    picture: Picture,
    lang: Language,
) -> Paper:
    grade = classes.grades(values)
    shades = classes.colors(max(grade.values()) + 1)
    tiles = regions.tiles("maakunta")
    shape = outlines("maakunta", tuple(tiles), *_MAP)
    own = finding.region
    texts = [said.say("tiles", lang), *status_notes]
    if year := series.division(s.region for s in (*finding.segments[-1:], *finding.others)):
        texts.append(said.say("division", lang, year=year))
    notes = axes.Notes(texts)
    height = max(shape.height + 22, _TILES[1] + 5 * _TILES[2] + 8)
    paper = Paper(style.WIDTH, height + notes.height)
    fill = {c: shades[grade[c]] if c in grade else None for c in tiles}
    _areas(paper, shape, fill, 0, 4, own)
    _tile_map(paper, tiles, fill, own, picture, lang)
    _legend(
        paper,
        _TILES[0],
        13,
        classes.members(values, grade),
        shades,
        finding,
        picture,
        lang,
        missing=len(values) < len(tiles),
    )
    _callout(paper, shape, own, said.name(picture, own, lang), 4)
    notes.write(paper, height)
    return paper


def _areas(
    paper: Paper, shape: Outlines, fill: Mapping[str, str | None], left: float, top: float, own: str
) -> None:
    """Filled areas with white borders; ours outlined in ink over a white line."""
    offset = np.array([left, top])
    for hatched in (False, True):
        rings, faces = [], []
        for code, parts in shape.rings.items():
            color = fill.get(code)
            if (color is None) == hatched:
                rings += [r + offset for r in parts]
                faces += [color or "#ffffff"] * len(parts)
        edge = style.CONTEXT if hatched else _EDGE
        paper.areas(rings, faces, edge, 0.8, hatch="//////" if hatched else None)
    if own in shape.rings:
        mine = [np.vstack([r, r[:1]]) + offset for r in shape.rings[own]]
        # A thick outline would cover the colour of an area of a few islands.
        small = np.ptp(np.vstack(mine), axis=0).max() < 20
        paper.lines(mine, "#ffffff", 2.0 if small else 4.0)
        paper.lines(mine, style.INK, 0.8 if small else 2.0)


def _callout(paper: Paper, shape: Outlines, own: str, name: str, top: float) -> None:
    """Our name beside the map: east, west or south of it, where there is room."""
    if own not in shape.rings:
        return
    ring = shape.rings[own][0] + np.array([0.0, top])
    (left, high), (right, low) = ring.min(axis=0), ring.max(axis=0)
    y = float(high + low) / 2
    every = np.concatenate([r for rings in shape.rings.values() for r in rings])
    every = every + np.array([0.0, top])
    near = every[np.abs(every[:, 1] - y) < 16]
    east, west = float(near[:, 0].max()), float(near[:, 0].min())
    under = every[(every[:, 0] > left - 30) & (every[:, 0] < right + 30)]
    south = float(under[:, 1].max())
    for lines in ([name], wrap(name, 60, bold=True)):
        wide = max(style.text_width(t, bold=True) for t in lines)
        tall = len(lines) * axes.LINE
        x, mid = east + 8, float(left + right) / 2
        tries = [
            (float(east - right), x, y, ((float(right), y), (x - 3, y))),
            (float(left - west), west - 8 - wide, y, ((west - 5, y), (float(left), y))),
            (
                south - float(low),
                max(mid - wide / 2, 0.0),
                south + 4 + tall / 2,
                ((mid, float(low)), (mid, south + 2)),
            ),
        ]
        for _, x, middle, leader in sorted(tries):
            box = Box(x, middle - tall / 2, x + wide, middle + tall / 2)
            if not paper.free(box, 2):
                continue
            paper.lines([leader], style.INK, 1.0)
            for i, text in enumerate(lines):
                paper.text(x, box.top + 11 + i * axes.LINE, text, bold=True)
            return


def short_name(name: str) -> str:
    """A name in two or three letters: initials of its parts, or its beginning.

    >>> short_name("Pohjois-Karjala"), short_name("Kainuu"), short_name("Mellersta Österbotten")
    ('PK', 'Kai', 'MÖ')
    """
    parts = name.replace("-", " ").split()
    return "".join(p[0].upper() for p in parts) if len(parts) > 1 else name[:3]


def _tile_map(
    paper: Paper,
    tiles: Mapping[str, tuple[int, int]],
    fill: Mapping[str, str | None],
    own: str,
    picture: Picture,
    lang: Language,
) -> None:
    left, top, side = _TILES
    boxes = {}
    for code, (row, column) in tiles.items():
        x, y = left + (column - 1) * side, top + (row - 1) * side
        boxes[code] = Box(x, y, x + side, y + side)
    paper.taken += boxes.values()
    have = [c for c in boxes if fill[c]]
    paper.boxes([boxes[c] for c in have], [str(fill[c]) for c in have], _EDGE, 1.2)
    none = [boxes[c] for c in boxes if not fill[c]]
    paper.boxes(none, "#ffffff", style.CONTEXT, 0.8, hatch="//////")
    mine = boxes[own]
    paper.boxes([mine], "none", "#ffffff", 4.0)
    paper.boxes([mine], "none", style.INK, 2.2)
    for code, box in boxes.items():
        color = fill[code]
        name = short_name(said.name(picture, code, lang))
        if color is None:  # letters would drown in the hatching
            paper.boxes([Box(box.left + 4, box.top + 9, box.right - 4, box.bottom - 9)], "#ffffff")
        paper.text(
            (box.left + box.right) / 2,
            (box.top + box.bottom) / 2 + 4,
            name,
            size=style.SMALL,
            bold=code == own,
            color=classes.ink_on(color) if color else style.INK,
            anchor="middle",
        )


def _legend(
    paper: Paper,
    left: float,
    top: float,
    limits: Sequence[tuple[float, float]],
    shades: Sequence[str],
    finding: Finding,
    picture: Picture,
    lang: Language,
    *,
    missing: bool,
) -> None:
    """Lowest and highest figure of each class beside its colour, the highest class first."""
    unit = said.unit_label(finding, picture, lang)
    paper.text(left, top, unit, size=style.SMALL, color=style.MUTED)
    y = top + 8
    texts = _legend_texts(limits, finding, picture, lang)
    for text, color in zip(reversed(texts), reversed(shades), strict=True):
        paper.boxes([Box(left, y, left + 22, y + 13)], color)
        paper.text(left + 30, y + 11, text)
        y += 17
    if missing:
        paper.boxes(
            [Box(left, y, left + 22, y + 13)], "#ffffff", style.CONTEXT, 0.8, hatch="//////"
        )
        paper.text(left + 30, y + 11, said.say("no_figure", lang))


def _legend_texts(
    limits: Sequence[tuple[float, float]], finding: Finding, picture: Picture, lang: Language
) -> list[str]:
    """Lowest and highest figure of each class, lowest class first."""
    decimals = said.indicator(finding, picture).decimals
    found = []
    for low, high in limits:
        ends = [words.number(v, decimals, lang) for v in (low, high)]
        found.append(ends[0] if ends[0] == ends[1] else " – ".join(ends))
    return found


def draw_parts(finding: Finding, picture: Picture, lang: Language) -> Drawing:
    """Map of the region's municipalities in their latest period."""
    figures = series.part_figures(finding)
    found: list[series.Row] = []
    for s in finding.parts:
        if s.region in figures:
            found += series.rows("part", s, picture, lang, [figures[s.region]])
    values = {c: p.y for c, p in figures.items()}
    notes = said.statuses("some", series.unsure(p.status for p in figures.values()), lang)
    if finding.pooled:
        period = next(iter(figures.values())).period
        notes.append(said.figures_of(finding, period, lang))
    return Drawing(series.frame(found), lambda: _paint_parts(values, notes, finding, picture, lang))


def _paint_parts(
    values: Mapping[str, float],
    status_notes: Sequence[str],
    finding: Finding,
    picture: Picture,
    lang: Language,
) -> Paper:
    grade = classes.grades(values, 5 if len(values) >= 10 else 4 if len(values) >= 6 else 3)
    limits = classes.members(values, grade)
    shades = classes.colors(len(limits))
    codes = tuple(sorted(s.region for s in finding.parts))
    missing = len(values) < len(codes)
    texts = _legend_texts(limits, finding, picture, lang)
    labels = [*texts, *([said.say("no_figure", lang)] if missing else [])]
    column = 32 + max(map(style.text_width, labels))
    shape = outlines("kunta", codes, style.WIDTH - 2, _PARTS[1])
    below = shape.height < 0.6 * shape.width  # a wide region takes the whole width
    if not below:
        shape = outlines("kunta", codes, min(_PARTS[0], style.WIDTH - column - 10), _PARTS[1])
    legend = 17.0 * (len(shades) + missing) + 24
    height = shape.height + 8 + legend if below else max(shape.height + 8, legend)
    notes = axes.Notes(status_notes)
    paper = Paper(style.WIDTH, height + notes.height)
    notes.write(paper, height)
    fill = {c: shades[grade[c]] if c in grade else None for c in shape.rings}
    _areas(paper, shape, fill, 1, 4, "")
    _part_names(paper, shape, fill, values, finding, picture, lang)
    left, top = (0.0, shape.height + 22) if below else (style.WIDTH - column, 14.0)
    _legend(paper, left, top, limits, shades, finding, picture, lang, missing=missing)
    return paper


def _part_names(
    paper: Paper,
    shape: Outlines,
    fill: Mapping[str, str | None],
    values: Mapping[str, float],
    finding: Finding,
    picture: Picture,
    lang: Language,
) -> None:
    """Name and figure inside each area, or on a white label over it, where there is room."""
    decimals = said.indicator(finding, picture).decimals
    down = np.array([1.0, 4.0])
    rest: list[tuple[Box, str, str]] = []
    for code, parts in shape.rings.items():
        rings = [r + down for r in parts]
        color = fill[code]
        name = said.name(picture, code, lang)
        value = words.number(values[code], decimals, lang) if code in values else ""
        wide = max(style.text_width(t, style.SMALL) for t in (name, value)) + 4
        room = widest(rings, 28.0) if rings else Box(0, 0, 0, 0)
        if color and room.right - room.left >= wide:
            x = (room.left + room.right) / 2
            for i, text in enumerate((name, value)):
                paper.text(
                    x,
                    room.top + 11.5 + i * 13,
                    text,
                    size=style.SMALL,
                    anchor="middle",
                    color=classes.ink_on(color),
                )
        elif rings:
            rest.append((widest(rings, 8.0), f"{name} {value}".strip(), code))
    if len(shape.rings) > _MANY:  # labels would hide the map: only those of the highest and lowest
        order = sorted(values, key=lambda c: (-values[c], c))
        rest = [r for r in rest if r[2] in (*order[:2], *order[-2:])]
    for room, text, _ in rest:
        half = style.text_width(text, style.SMALL) / 2 + 3
        most = min(shape.width + 20, style.WIDTH) - half
        x = min(max((room.left + room.right) / 2, half + 1), most)
        y = (room.top + room.bottom) / 2
        for shift in (0.0, -7.0, 7.0, -13.0, 13.0):
            box = Box(x - half, y + shift - 8, x + half, y + shift + 8)
            if paper.free(box, 1):
                paper.boxes([box], "#ffffff", style.CONTEXT, 0.7)
                paper.text(x, y + shift + 4, text, size=style.SMALL, anchor="middle")
                break
