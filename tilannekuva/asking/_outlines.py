"""Outlines of areas from GeoJSON, in metres, made simpler without opening gaps between areas."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from tilannekuva.errors import SourceError

__all__ = ["Point", "Ring", "rings_of", "simplified", "size"]

Point = tuple[int, int]
"""Easting and northing in whole metres of ETRS-TM35FIN."""
Ring = list[Point]
"""Closed: the last point is the first one."""

_EAST, _NORTH = (50_000, 760_000), (6_580_000, 7_800_000)
"""Finland and its sea, in metres."""


def rings_of(geometry: Any, where: str) -> list[Ring]:
    """The rings of a polygon or of several: outer ones counter-clockwise, holes clockwise.

    Args:
        geometry: GeoJSON geometry with coordinates in ETRS-TM35FIN (EPSG:3067), metres.
        where: Name of the area, for errors.

    Returns:
        Rings in whole metres, the largest first.

    Raises:
        SourceError: It is no polygon, or its coordinates are not metres of that system.

    >>> land = [[[400000.4, 7100000], [401000, 7100000], [401000, 7101000], [400000.4, 7100000]]]
    >>> rings_of({"type": "Polygon", "coordinates": land}, "x")
    [[(400000, 7100000), (401000, 7100000), (401000, 7101000), (400000, 7100000)]]
    """
    try:
        kind, shape = geometry["type"], geometry["coordinates"]
        polygons = {"Polygon": [shape], "MultiPolygon": shape}[kind]
        found = [
            _turned(_whole(ring, where), hole=n > 0)
            for polygon in polygons
            for n, ring in enumerate(polygon)
        ]
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise SourceError(
            f"{where}: the outline is no polygon that can be read ({error})"
        ) from error
    return sorted((r for r in found if len(r) > 3), key=lambda r: (-abs(size(r)), r))


def size(ring: Sequence[Point]) -> float:
    """Square metres inside a closed ring; negative where it runs clockwise.

    >>> size([(0, 0), (2, 0), (2, 2), (0, 2), (0, 0)])
    4.0
    """
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(ring)) / 2


def _whole(ring: Any, where: str) -> Ring:
    metres = np.asarray(ring, dtype=np.float64)[:, :2]
    low, high = metres.min(axis=0), metres.max(axis=0)
    inside = (_EAST[0] <= low[0]) & (high[0] <= _EAST[1])
    if not (inside and _NORTH[0] <= low[1] and high[1] <= _NORTH[1]):
        raise SourceError(
            f"{where}: the point {low[0]:g}, {low[1]:g} is no easting and northing of EPSG:3067 in "
            "Finland; the service answered in another system than was asked for"
        )
    points: Ring = [(int(x), int(y)) for x, y in np.rint(metres)]
    return [p for n, p in enumerate(points) if n == 0 or p != points[n - 1]]


def _turned(ring: Ring, *, hole: bool) -> Ring:
    return ring if (size(ring) < 0) == hole else ring[::-1]


def simplified(
    areas: Mapping[str, Sequence[Ring]], tolerance: float, islet: float
) -> dict[str, list[Ring]]:
    """Fewer points, borders between two areas staying one and the same line, and fewer islets.

    A point goes when the triangle with its neighbours is small (Visvalingam and Whyatt 1993).

    Args:
        areas: Code → rings as :func:`rings_of` gives them.
        tolerance: In metres; triangles of less than its square go. Zero keeps every point.
        islet: Outer rings of fewer square metres go, but never an area's largest.

    Returns:
        Code → rings, the largest first.
    """
    kept = {
        code: [r for n, r in enumerate(rings) if n == 0 or size(r) < 0 or size(r) >= islet]
        for code, rings in areas.items()
    }
    if tolerance <= 0:
        return kept
    meeting = _meeting(r for rings in kept.values() for r in rings)
    done: dict[tuple[Point, ...], Ring] = {}
    return {
        code: [_simpler(r, meeting, tolerance**2, done) for r in rings]
        for code, rings in kept.items()
    }


def _meeting(every: Iterable[Ring]) -> set[Point]:
    """Points where borders part: not every ring through them has the same neighbours there."""
    neighbours: dict[Point, frozenset[Point]] = {}
    found = set()
    for ring in every:
        for before, point, after in zip([ring[-2], *ring], ring, ring[1:], strict=False):
            pair = frozenset((before, after))
            if neighbours.setdefault(point, pair) != pair:
                found.add(point)
    return found


def _simpler(
    ring: Ring, meeting: set[Point], smallest: float, done: dict[tuple[Point, ...], Ring]
) -> Ring:
    shared = [n for n, p in enumerate(ring[:-1]) if p in meeting]
    # An island begins at its lowest point, so that the result does not hang on the file.
    start = shared[0] if shared else ring.index(min(ring))
    turned = [*ring[start:-1], *ring[: start + 1]]
    # What is a wrinkle on a coast is half of a small island.
    limit = smallest if shared else min(smallest, abs(size(ring)) / 40)
    out = [turned[0]]
    for piece in _pieces(turned, meeting):
        key = min(tuple(piece), tuple(piece[::-1]))
        if key not in done:
            # No ring may fall flat: a closed line needs four points, any other keeps a bend.
            done[key] = _thinned(key, limit, 4 if key[0] == key[-1] else 3)
        out += (done[key] if key == tuple(piece) else done[key][::-1])[1:]
    return out


def _pieces(ring: Ring, meeting: set[Point]) -> Iterator[Ring]:
    """The lines between the points where borders part; the ring begins at one if it has any."""
    piece = [ring[0]]
    for point in ring[1:-1]:
        piece.append(point)
        if point in meeting:
            yield piece
            piece = [point]
    yield [*piece, ring[-1]]


def _thinned(line: Sequence[Point], smallest: float, least: int) -> Ring:
    """A line without the points whose triangles are smallest; both ends stay."""
    last = len(line) - 1
    before, after = list(range(-1, last)), list(range(1, last + 2))

    def triangle(n: int) -> float:
        return abs(size([line[before[n]], line[n], line[after[n]], line[before[n]]]))

    area = {n: triangle(n) for n in range(1, last)}
    queue = [(a, n) for n, a in area.items()]
    heapq.heapify(queue)
    worst = 0.0
    while queue and len(area) + 2 > least:
        own, n = heapq.heappop(queue)
        if area.get(n) != own:
            continue  # its neighbours have changed since
        # A point may not look small only because a larger neighbour went before it.
        worst = max(worst, own)
        if worst >= smallest:
            break
        del area[n]
        after[before[n]], before[after[n]] = after[n], before[n]
        for m in (before[n], after[n]):
            if m in area:
                area[m] = triangle(m)
                heapq.heappush(queue, (area[m], m))
    return [line[0], *(line[n] for n in sorted(area)), line[last]]
