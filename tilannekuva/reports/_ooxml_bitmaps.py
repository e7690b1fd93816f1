"""Charts as bitmaps, for Office files and as files of their own: their SVG and not drawn again.

typst reads the SVG: 40 charts take two seconds, a twentieth of a second each. resvg-py reads its
fonts anew for every chart (30 seconds for the same 40), and drawing again with matplotlib takes
five seconds and gives files of twice the size.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import NamedTuple

from tilannekuva import typefaces
from tilannekuva.charts import Chart
from tilannekuva.errors import ReportError

__all__ = ["Bitmap", "bitmaps", "files", "measured"]

PPI = 240
"""Pixels for an inch of the drawing: a chart printed 12 cm wide has 212 of them to the inch."""
_FILE_PPI = 192
"""The same for files of their own: two for each pixel that a chart is drawn in."""
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
    made = _rendered([chart.svg(name="").decode() for chart in charts.values()], PPI)
    return dict(zip(charts, map(measured, made), strict=True))


def files(charts: Mapping[tuple[str, str], Chart]) -> dict[tuple[str, str], bytes]:
    """Every chart as a PNG file with title, subtitle and source, named inside as its SVG is.

    Where typst is not installed matplotlib draws them again: the same drawing, in other bytes.

    Args:
        charts: ``(subject, kind)`` → chart.

    Returns:
        The same keys; the same charts give the same bytes.
    """
    if find_spec("typst") is None:
        return {key: chart.png() for key, chart in charts.items()}
    made = _rendered([chart.svg(titled=True).decode() for chart in charts.values()], _FILE_PPI)
    return {
        key: _named(content, chart.title, chart.alt)
        for (key, chart), content in zip(charts.items(), made, strict=True)
    }


def _named(content: bytes, title: str, description: str) -> bytes:
    """A PNG with its size in inches and, for whoever reads them, its title and description."""
    head = len(_PNG) + 25
    metre = round(_FILE_PPI / 0.0254)
    said = [("Title", title), ("Description", description)]
    more = [
        _chunk(b"pHYs", struct.pack(">IIB", metre, metre, 1)),
        *(_chunk(b"iTXt", f"{key}\0\0\0\0\0{text}".encode()) for key, text in said),
    ]
    return content[:head] + b"".join(more) + content[head:]


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def measured(content: bytes) -> Bitmap:
    """A PNG of :data:`PPI` with its size, from its head.

    Raises:
        ReportError: It is not a PNG.
    """
    if not content.startswith(_PNG):
        raise ReportError("a chart's bitmap is not a PNG; make it with `bitmaps`")
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    return Bitmap(content, width * 72 / PPI, height * 72 / PPI)


def _rendered(drawings: Sequence[str], ppi: float) -> list[bytes]:
    """Each drawing as a PNG, some at a time."""
    parts = [part for n in range(_WORKERS) if (part := drawings[n::_WORKERS])]
    with ThreadPoolExecutor(_WORKERS) as pool:
        made = pool.map(lambda part: _render(part, ppi), parts)
        found = [b""] * len(drawings)
        for n, pictures in enumerate(made):
            found[n::_WORKERS] = pictures
    return found


def _render(drawings: Sequence[str], ppi: float) -> list[bytes]:
    try:
        import typst
    except ImportError:
        raise ReportError(
            "charts in Office files need typst; install it with pip install 'tilannekuva[docx]'"
        ) from None
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(typefaces.font_dir())],
    )
    try:
        made = typst.Compiler(_TEMPLATE, font_paths=fonts).compile(
            format="png", ppi=ppi, sys_inputs={"drawings": json.dumps(drawings)}
        )
    except typst.TypstError as error:
        raise ReportError(f"a chart's drawing cannot be made a bitmap: {error}") from error
    return list(made) if isinstance(made, list) else [made] if made else []
