"""Charts as bitmaps for Office files, made from their SVG and not drawn again.

typst reads the SVG: 40 charts take two seconds, a twentieth of a second each. resvg-py reads its
fonts anew for every chart (30 seconds for the same 40), and drawing again with matplotlib would not
be the same drawing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from tilannekuva.charts import Chart, font_dir
from tilannekuva.errors import ReportError

__all__ = ["Bitmap", "bitmaps", "measured"]

PPI = 240
"""Pixels for an inch of the drawing: a chart printed 12 cm wide has 212 of them to the inch."""
_PNG = b"\x89PNG\r\n\x1a\n"
_TEMPLATE = b"""#set page(width: auto, height: auto, margin: 0pt, fill: white)
#for drawing in json(bytes(sys.inputs.drawings)) { page(image(bytes(drawing), format: "svg")) }
"""
_WORKERS = 2


class Bitmap(NamedTuple):
    """A picture and the size it is drawn for, in points."""

    content: bytes
    width: float
    height: float


def bitmaps(charts: Mapping[tuple[str, str], Chart]) -> dict[tuple[str, str], Bitmap]:
    """Every chart as a PNG on white, without the title that the document prints itself.

    Args:
        charts: ``(subject, kind)`` → chart.

    Returns:
        The same keys; the same charts give the same bytes.

    Raises:
        ReportError: typst is not installed, or cannot read a drawing.
    """
    # A name for screen readers is not seen: the alternative text is the document's.
    drawings = [chart.svg(name="").decode() for chart in charts.values()]
    halves = [part for n in range(_WORKERS) if (part := drawings[n::_WORKERS])]
    with ThreadPoolExecutor(_WORKERS) as pool:
        made = list(pool.map(_render, halves))
    found: list[Bitmap] = [Bitmap(b"", 0, 0)] * len(drawings)
    for n, pictures in enumerate(made):
        found[n::_WORKERS] = map(measured, pictures)
    return dict(zip(charts, found, strict=True))


def measured(content: bytes) -> Bitmap:
    """A PNG of :data:`PPI` with its size, from its head.

    Raises:
        ReportError: It is not a PNG.
    """
    if not content.startswith(_PNG):
        raise ReportError("a chart's bitmap is not a PNG; make it with `bitmaps`")
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    return Bitmap(content, width * 72 / PPI, height * 72 / PPI)


def _render(drawings: Sequence[str]) -> list[bytes]:
    try:
        import typst
    except ImportError:
        raise ReportError(
            "charts in Office files need typst; install it with pip install 'tilannekuva[docx]'"
        ) from None
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(font_dir())]
    )
    try:
        made = typst.Compiler(_TEMPLATE, font_paths=fonts).compile(
            format="png", ppi=PPI, sys_inputs={"drawings": json.dumps(drawings)}
        )
    except typst.TypstError as error:
        raise ReportError(f"a chart's drawing cannot be made a bitmap: {error}") from error
    return list(made) if isinstance(made, list) else [made] if made else []
