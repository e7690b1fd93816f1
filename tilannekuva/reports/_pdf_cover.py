"""The map on the cover: all areas of the level, ours filled. Decoration, so it has no words."""

from __future__ import annotations

from tilannekuva import regions
from tilannekuva.charts.outlines import outlines
from tilannekuva.errors import CatalogueError
from tilannekuva.model import Picture

__all__ = ["cover_map"]

_WIDTH, _HEIGHT = 300.0, 560.0
_SMALL = 24.0
"""An area smaller than this is ringed, or nobody would see it."""


def cover_map(picture: Picture) -> bytes | None:
    """An SVG for a dark ground, or None where there are no outlines of the level."""
    try:
        shapes = regions.shapes(picture.region.level)
    except CatalogueError:
        return None
    if picture.region.code not in shapes:
        return None
    drawn = outlines(picture.region.level, tuple(shapes), _WIDTH, _HEIGHT)
    parts = []
    for code, rings in drawn.rings.items():
        fill = "#ffffff" if code == picture.region.code else "#2f6fa6"
        path = "".join(
            "M" + "L".join(f"{x:g} {y:g}" for x, y in ring.tolist()) + "Z" for ring in rings
        )
        parts.append(f'<path d="{path}" fill="{fill}" stroke="#0b4f8a" stroke-width="1.2"/>')
    own = [xy for ring in drawn.rings[picture.region.code] for xy in ring.tolist()]
    xs, ys = [x for x, _ in own], [y for _, y in own]
    if max(max(xs) - min(xs), max(ys) - min(ys)) < _SMALL:
        middle = f'cx="{(max(xs) + min(xs)) / 2:g}" cy="{(max(ys) + min(ys)) / 2:g}"'
        parts.append(f'<circle {middle} r="22" fill="none" stroke="#ffffff" stroke-width="3"/>')
    pad = 26.0
    view = f"{-pad:g} {-pad:g} {drawn.width + 2 * pad:g} {drawn.height + 2 * pad:g}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}">{"".join(parts)}</svg>'
    ).encode()
