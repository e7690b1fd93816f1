"""A Word document being written: its body, its charts, and what its parts must know."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE

from tilannekuva import words
from tilannekuva.charts import Chart
from tilannekuva.model import Language, Picture
from tilannekuva.reports import _annex, _chapters
from tilannekuva.reports import _docx_xml as xml
from tilannekuva.reports._docx_xml import Writer
from tilannekuva.reports._ooxml_bitmaps import Bitmap
from tilannekuva.storyboard import Drawing

__all__ = ["Bitmaps", "Book", "Charts"]

WIDE, TALL = 9.4, 16.0
"""Most centimetres that a chart may take: three with their texts go on a page, or a tall one and
the texts of its chapter."""
POINT = 72 / 2.54
"""Points in a centimetre."""

Charts = Mapping[tuple[str, str], Chart]
Bitmaps = Mapping[tuple[str, str], Bitmap]


class Book:
    """A document being written: the body, and what its parts must know."""

    def __init__(
        self, document: Document, picture: Picture, lang: Language, charts: Charts,
        bitmaps: Bitmaps,
    ) -> None:  # fmt: skip
        self.document, self.picture, self.lang = document, picture, lang
        self.charts, self.bitmaps = charts, bitmaps
        self.writer = Writer(lang)
        self.page = _annex.sayer(lang)
        self._keys = {_chapters.chart_id(Drawing(*key)): key for key in charts}

    def say(self, key: str, **values: object) -> str:
        """A message of the ``[office]`` table."""
        return words.message(f"office.{key}", self.lang, **values)

    def address(self, text: str, address: str) -> str:
        """A text, behind a link where there is an address that is safe to follow."""
        if not text or not address:
            return xml.run(text)
        relation = self.document.part.relate_to(
            address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True
        )
        return xml.linked(xml.run(text, "Hyperlink"), relation=relation)

    def titled(self, caption: str) -> None:
        """The caption of a table, over it."""
        self.writer.caption("table", self.say("table"), _sentence(caption), keep=True)

    def key(self, figure: Mapping[str, Any]) -> tuple[str, str]:
        """Subject and kind of the chart of a figure."""
        return self._keys[figure["id"]]

    def chart(
        self, key: tuple[str, str], *, wide: float = WIDE, tall: float = TALL, brief: bool = False
    ) -> None:
        """The bitmap with its alternative text, the caption and the source.

        A chart without a bitmap keeps its caption and says what it shows in words.
        """
        chart = self.charts[key]
        bitmap = self.bitmaps.get(key)
        if bitmap is None:
            self.writer.text(chart.alt)
        else:
            relation, _ = self.document.part.get_or_add_image(io.BytesIO(bitmap.content))
            size = min(wide * POINT / bitmap.width, tall * POINT / bitmap.height)
            self.writer.picture(
                relation, chart.name, chart.alt, bitmap.width * size, bitmap.height * size
            )
        text = _sentence(chart.subtitle) + (f" {_sentence(chart.source)}" if brief else "")
        self.writer.caption("figure", self.say("figure"), text, keep=not brief)
        if not brief:
            self.writer.text(chart.source, "SourceLine")


def _sentence(text: str) -> str:
    """The text with a full stop after it."""
    return text if text.endswith((".", "!", "?")) else f"{text}."
