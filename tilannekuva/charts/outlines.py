"""Outlines of areas in pixels, thinned to what can be seen, and places for their names."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tilannekuva import regions
from tilannekuva.charts.paper import Box

__all__ = ["Outlines", "outlines", "widest"]

Ring = NDArray[np.float64]


class Outlines(NamedTuple):
    """Rings of each area in pixels from the left upper corner, and the size of them all."""

    rings: Mapping[str, tuple[Ring, ...]]
    width: float
    height: float


@functools.lru_cache(maxsize=8)
def _shapes(level: str) -> dict[str, list[Ring]]:
    return {
        code: [np.asarray(r, dtype=float) for r in rings]
        for code, rings in regions.shapes(level).items()
    }


@functools.lru_cache(maxsize=64)
def outlines(level: str, codes: tuple[str, ...], width: float, height: float) -> Outlines:
    """The areas scaled to fit into ``width`` times ``height`` pixels, north up.

    Points are rounded to half a pixel and islands under two square pixels left out: both borders
    of a common boundary are made of the same points, so they stay together.
    """
    found = {c: _shapes(level)[c] for c in codes if c in _shapes(level)}
    points = np.concatenate([r for rings in found.values() for r in rings])
    (left, bottom), (right, top) = points.min(axis=0), points.max(axis=0)
    scale = min(width / (right - left), height / (top - bottom))
    out: dict[str, tuple[Ring, ...]] = {}
    for code, rings in found.items():
        kept: list[Ring] = []
        for ring in rings:
            xy = np.column_stack([(ring[:, 0] - left) * scale, (top - ring[:, 1]) * scale])
            xy = np.round(xy * 2) / 2
            xy = xy[np.append(True, np.any(np.diff(xy, axis=0) != 0, axis=1))]
            if (len(xy) > 3 and abs(_area(xy)) >= 2) or (not kept and len(xy) > 2):
                kept.append(xy)
        out[code] = tuple(kept)
    return Outlines(out, (right - left) * scale, (top - bottom) * scale)


def _area(ring: Ring) -> float:
    x, y = ring[:, 0], ring[:, 1]
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


def widest(rings: Sequence[Ring], height: float) -> Box:
    """The widest box of the given height that lies inside the first ring; it may be empty.

    Scan lines a quarter of the height apart are crossed with the ring; the box is as wide as what
    the lines through it have in common.
    """
    ring = rings[0]
    step = height / 4
    top, bottom = float(ring[:, 1].min()), float(ring[:, 1].max())
    rows = np.arange(top + step / 2, bottom, step)
    spans = [_spans(ring, y) for y in rows]
    best = Box(
        float(ring[:, 0].mean()), (top + bottom) / 2, float(ring[:, 0].mean()), (top + bottom) / 2
    )
    for i in range(len(rows) - 4):
        for left, right in spans[i]:
            for below in spans[i + 1 : i + 5]:
                both = [(max(left, a), min(right, b)) for a, b in below]
                left, right = max(both, key=lambda s: s[1] - s[0], default=(0.0, 0.0))
            if right - left > best.right - best.left:
                best = Box(left, float(rows[i]), right, float(rows[i]) + height)
    return best


def _spans(ring: Ring, y: float) -> list[tuple[float, float]]:
    """Stretches of a horizontal line that lie inside a ring."""
    a, b = ring, np.roll(ring, -1, axis=0)
    crossing = (a[:, 1] > y) != (b[:, 1] > y)
    a, b = a[crossing], b[crossing]
    xs = np.sort(a[:, 0] + (y - a[:, 1]) / (b[:, 1] - a[:, 1]) * (b[:, 0] - a[:, 0]))
    return [(float(p), float(q)) for p, q in zip(xs[::2], xs[1::2], strict=False)]
