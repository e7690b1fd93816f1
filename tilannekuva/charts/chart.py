"""A chart: what it says, what it is drawn from, and the drawing as SVG, PNG, figure and CSV."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING

from tilannekuva.charts import markup, style
from tilannekuva.charts.labels import wrap
from tilannekuva.charts.paper import Paper
from tilannekuva.model import Language

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["Chart"]

_PAD = 14.0
_TITLE, _SUBTITLE, _SOURCE = 15.0, style.TEXT, 10.5


@dataclass(frozen=True)
class Chart:
    """One drawing of one finding (or, for a heat map, of one section) in one language.

    ``title``, ``subtitle`` and ``source`` are written into the saved file (``titled``) and left to
    the page where the page prints them itself.
    """

    indicator: str
    """Id of the indicator, or of the section for a heat map."""
    kind: str
    lang: Language
    title: str
    subtitle: str
    source: str
    alt: str
    """What is seen, in numbers; also the ``<desc>`` of the SVG."""
    data: pd.DataFrame = field(repr=False, compare=False)
    """Exactly what is drawn: one row a mark."""
    paint: Callable[[], Paper] = field(repr=False, compare=False)
    """Draws the chart on a fresh sheet."""

    @property
    def name(self) -> str:
        """Stem of the file name: ``<indicator>.<kind>``."""
        return f"{self.indicator}.{self.kind}"

    def figure(self, titled: bool = False) -> Figure:
        """A new matplotlib figure of the chart."""
        return self._paper(titled).figure

    def svg(
        self, titled: bool = False, prefix: str | None = None, name: str | None = None
    ) -> bytes:
        """The chart as an ``<svg>`` element (UTF-8), the same bytes every time.

        Args:
            titled: Write title, subtitle and source into the picture, on white, as for a file.
            prefix: Begins every id; by default indicator, kind and language. Give another where
                the same chart stands twice in a page.
            name: Accessible name where a heading beside it says the title already.
        """
        raw, page, whole = self._drawn
        text = markup.finish(
            raw,
            whole if titled else page,
            framed=titled,
            prefix=f"{self.indicator}-{self.kind}-{self.lang}-" if prefix is None else prefix,
            title=self.title if name is None else name,
            description=self.alt,
            lang=self.lang,
        )
        return (('<?xml version="1.0" encoding="utf-8"?>\n' if titled else "") + text).encode()

    def png(self, dpi: float = 192, titled: bool = True) -> bytes:
        """The chart as a bitmap on white; 96 dpi is the size it is drawn for."""
        buffer = io.BytesIO()
        with style.settings():
            figure = self._paper(titled).figure
            figure.patch.set_visible(True)
            figure.savefig(
                buffer,
                format="png",
                dpi=dpi * 72 / 96,
                facecolor="white",
                metadata={"Software": None, "Title": self.title, "Description": self.alt},
            )
        return buffer.getvalue()

    def csv(self) -> bytes:
        """The figures drawn: UTF-8, comma, decimal point, one header line."""
        return self.data.to_csv(index=False, lineterminator="\n").encode()

    def _repr_html_(self) -> str:
        return (
            f'<figure lang="{self.lang}" style="max-width:560px"><figcaption><strong>'
            f"{escape(self.title)}</strong><br>{escape(self.subtitle)}</figcaption>"
            f"{self.svg().decode()}<p><small>{escape(self.source)}</small></p></figure>"
        )

    def _paper(self, titled: bool) -> Paper:
        with style.settings():
            paper = self.paint()
            if titled:
                _frame(paper, self.title, self.subtitle, self.source)
        return paper

    @cached_property
    def _drawn(self) -> tuple[str, markup.View, markup.View]:
        """The framed drawing, the view of the page version and that of the whole."""
        buffer = io.BytesIO()
        with style.settings():
            paper = self.paint()
            width, height = paper.width, paper.height
            left, top = _frame(paper, self.title, self.subtitle, self.source)
            paper.figure.savefig(
                buffer, format="svg", metadata={"Date": None, "Creator": None, "Type": None}
            )
        whole = markup.View(0, 0, *(round(72 * v, 2) for v in paper.figure.get_size_inches()))
        return buffer.getvalue().decode(), markup.View(left, top, width, height), whole


def _frame(paper: Paper, title: str, subtitle: str, source: str) -> tuple[float, float]:
    """Put title and subtitle over the drawing and the source under it, on white.

    Returns:
        Where the drawing's left upper corner has moved to.
    """
    lines = [
        *((t, _TITLE, True, style.INK) for t in wrap(title, paper.width, _TITLE, bold=True)),
        *((t, _SUBTITLE, False, style.MUTED) for t in wrap(subtitle, paper.width, _SUBTITLE)),
    ]
    small = wrap(source, paper.width, _SOURCE)
    heights = [size * 1.3 for _, size, _, _ in lines]
    head = sum(heights) + 8
    foot = len(small) * _SOURCE * 1.3 + 6 if small else 0.0
    paper.grow(_PAD, _PAD + head, _PAD, _PAD + foot, background="white", tag=markup.FRAME)
    y = -head
    for (text, size, bold, color), step in zip(lines, heights, strict=True):
        paper.text(0, y + size, text, size=size, bold=bold, color=color, tag=markup.FRAME)
        y += step
    y = paper.height + 6
    for text in small:
        paper.text(0, y + _SOURCE, text, size=_SOURCE, color=style.MUTED, tag=markup.FRAME)
        y += _SOURCE * 1.3
    return _PAD, _PAD + head
