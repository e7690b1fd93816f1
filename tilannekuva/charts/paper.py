"""A sheet in pixels: lines, dots, areas and texts on a matplotlib figure, y growing downwards.

The charts compute every place themselves (a linear scale is one multiplication), so a sheet needs
neither Axes nor a layout engine; that is most of why a chart takes a few hundredths of a second. A
sheet remembers the box of each text, so a chart can ask whether a place is free.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tilannekuva.charts import style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

__all__ = ["Anchor", "Box", "Drawing", "Paper", "Points", "text_box"]

Anchor = Literal["start", "middle", "end"]
Points = Sequence[Sequence[float]] | Sequence[tuple[float, float]] | NDArray[np.float64]
_ALIGN = {"start": "left", "middle": "center", "end": "right"}
_ASCENT, _DESCENT = 0.80, 0.24
"""Of a DejaVu line, in parts of its size: from the baseline up and down."""


class Box(NamedTuple):
    """A rectangle: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box, margin: float = 0.0) -> bool:
        """Whether the two overlap or come nearer than the margin.

        >>> Box(0, 0, 10, 10).meets(Box(11, 0, 20, 10)), Box(0, 0, 10, 10).meets(Box(9, 9, 12, 12))
        (False, True)
        """
        return (
            self.left < other.right + margin
            and other.left < self.right + margin
            and self.top < other.bottom + margin
            and other.top < self.bottom + margin
        )


def text_box(
    x: float,
    y: float,
    text: str,
    size: float = style.TEXT,
    bold: bool = False,
    anchor: Anchor = "start",
) -> Box:
    """The box that a line of text with its baseline at ``y`` takes."""
    width = style.text_width(text, size, bold)
    left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
    return Box(left, y - _ASCENT * size, left + width, y + _DESCENT * size)


class Paper:
    """One drawing while it is made. Later marks lie over earlier ones."""

    def __init__(self, width: float, height: float) -> None:
        from matplotlib.figure import Figure
        from matplotlib.transforms import Affine2D

        self.width = round(width, 2)
        self.height = round(height, 2)
        self.texts: list[tuple[Box, str]] = []
        self.taken: list[Box] = []
        self._artists: list[Artist] = []
        self.figure: Figure = Figure(figsize=(self.width / 72, self.height / 72), dpi=72)
        self.figure.patch.set_visible(False)
        # The figure's own scale follows the dpi asked for when it is saved.
        self._place = Affine2D().scale(1 / 72, -1 / 72).translate(0, self.height / 72)
        self._transform = self._place + self.figure.dpi_scale_trans

    def grow(
        self, left: float, top: float, right: float, bottom: float, *, background: str, tag: str
    ) -> None:
        """Add margins around the drawing, whose own coordinates stay as they are."""
        width, height = left + self.width + right, top + self.height + bottom
        self.figure.set_size_inches(width / 72, height / 72)
        self._place.clear().scale(1 / 72, -1 / 72).translate(left / 72, (self.height + bottom) / 72)
        self.figure.patch.set(visible=True, facecolor=background, gid=f"{tag}-background")

    def _add(self, artist: Artist, clip: Box | None = None, tag: str | None = None) -> None:
        from matplotlib.transforms import Bbox, TransformedBbox

        artist.set_zorder(len(self._artists))
        if tag is not None:
            artist.set_gid(f"{tag}-{len(self._artists)}")
        if clip is not None:
            box = Bbox.from_extents(clip.left, clip.top, clip.right, clip.bottom)
            artist.set_clip_box(TransformedBbox(box, self._transform))
        self.figure.add_artist(artist, clip=False)
        self._artists.append(artist)

    def free(self, box: Box, margin: float = 2.0) -> bool:
        """Whether a box lies inside the sheet and clear of texts and of :attr:`taken`."""
        inside = (
            box.left >= 0 and box.top >= 0 and box.right <= self.width and box.bottom <= self.height
        )
        return inside and not any(
            box.meets(b, margin) for b in (*self.taken, *(b for b, _ in self.texts))
        )

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = style.TEXT,
        color: str = style.INK,
        bold: bool = False,
        anchor: Anchor = "start",
        tag: str | None = None,
    ) -> Box:
        """Write one line with its baseline at ``y``; the box that it takes."""
        from tilannekuva.charts.lettering import Lettering

        x, y = round(x, 2), round(y, 2)
        box = text_box(x, y, text, size, bold, anchor)
        letters = Lettering(
            x,
            y,
            text,
            color=color,
            fontproperties=style.font(size, bold),
            va="baseline",
            ha=_ALIGN[anchor],
            transform=self._transform,
            parse_math=False,
        )
        letters.left = box.left
        self._add(letters, tag=tag)
        self.texts.append((box, text))
        return box

    def lines(
        self,
        lines: Iterable[Points],
        color: str | Sequence[str],
        width: float = 1.0,
        *,
        dash: tuple[float, ...] | None = None,
        clip: Box | None = None,
        cap: Literal["butt", "round"] = "butt",
    ) -> None:
        """Draw polylines as one collection; ``dash`` in pixels."""
        from matplotlib.collections import LineCollection

        paths = [np.round(np.asarray(p, dtype=float), 2) for p in lines]
        if not paths:
            return
        # matplotlib multiplies dashes by the line width; ours are in pixels.
        pattern: Any = "solid" if dash is None else (0, tuple(d / width for d in dash))
        self._add(
            LineCollection(
                paths,
                colors=color,
                linewidths=width,
                linestyles=pattern,
                capstyle=cap,
                joinstyle="round",
                transform=self._transform,
            ),
            clip,
        )

    def dots(
        self,
        points: Points,
        radius: float | Sequence[float],
        face: str | Sequence[str],
        edge: str | Sequence[str] | None = None,
        width: float = 1.0,
        *,
        sides: int = 0,
        clip: Box | None = None,
    ) -> None:
        """Draw circles, or with ``sides`` regular polygons standing on a corner (4: diamonds)."""
        from matplotlib.collections import PathCollection
        from matplotlib.path import Path
        from matplotlib.transforms import IdentityTransform

        offsets = np.round(np.asarray(points, dtype=float).reshape(-1, 2), 2)
        if not len(offsets):
            return
        shape = Path.unit_regular_polygon(sides) if sides else Path.unit_circle()
        self._add(
            PathCollection(
                [shape],
                sizes=np.atleast_1d(np.asarray(radius, dtype=float)) ** 2,
                offsets=offsets,
                offset_transform=self._transform,
                facecolors=face,
                edgecolors=face if edge is None else edge,
                linewidths=width,
                transform=IdentityTransform(),
            ),
            clip,
        )

    def areas(
        self,
        rings: Iterable[Points],
        face: str | Sequence[str],
        edge: str = "none",
        width: float = 0.0,
        *,
        hatch: str | None = None,
        clip: Box | None = None,
    ) -> None:
        """Fill closed rings as one collection."""
        from matplotlib.collections import PolyCollection

        paths = [np.round(np.asarray(r, dtype=float), 2) for r in rings]
        if not paths:
            return
        self._add(
            PolyCollection(
                paths,
                facecolors=face,
                edgecolors=edge,
                linewidths=width,
                hatch=hatch,
                joinstyle="round",
                transform=self._transform,
            ),
            clip,
        )

    def boxes(
        self,
        boxes: Iterable[Box],
        face: str | Sequence[str],
        edge: str = "none",
        width: float = 0.0,
        *,
        hatch: str | None = None,
    ) -> None:
        """Fill rectangles as one collection."""
        rings = [
            ((b.left, b.top), (b.right, b.top), (b.right, b.bottom), (b.left, b.bottom))
            for b in boxes
        ]
        self.areas(rings, face, edge, width, hatch=hatch)


class Drawing(NamedTuple):
    """A chart before it has words: the table of what is drawn, and how to draw it."""

    data: pd.DataFrame
    paint: Callable[[], Paper]
