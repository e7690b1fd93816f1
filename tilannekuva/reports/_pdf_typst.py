"""Values and a template in, a PDF out: tagged, archivable, the same bytes for the same input.

The values go to the template as data and are never read as its language, so no text can do more
than be printed. All files are held in memory; fonts are those of the charts and the typesetter's
own, whatever the system has.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Mapping
from typing import Any

from tilannekuva import typefaces
from tilannekuva.errors import ReportError
from tilannekuva.reports._pdf_words import breakable, clean, printable, template

__all__ = ["STANDARDS", "pages", "typeset"]

STANDARDS = ("a-3a", "ua-1")
"""The typesetter refuses a document that does not conform."""


def typeset(name: str, values: Mapping[str, Any], files: Mapping[str, bytes], where: str) -> bytes:
    """Set a document.

    Args:
        name: The template's file.
        values: What it prints; has ``year``, ``month`` and ``day`` of the document.
        files: Drawings (SVG) and files to attach, by name.
        where: What is set, for an error message.

    Returns:
        The file.

    Raises:
        ReportError: The typesetter is not installed, or it refuses the document: why, and where.
    """
    typst = _typst()
    held = {
        "main.typ": template(name),
        "parts.typ": template("parts.typ"),
        "data.json": json.dumps(_cleaned(values), ensure_ascii=False).encode(),
        **{f: _drawing(x) if f.endswith(".svg") else x for f, x in files.items()},
    }
    day = dt.datetime(values["year"], values["month"], values["day"], tzinfo=dt.UTC)
    try:
        made = typst.compile(
            held, format="pdf", font_paths=_fonts(), ignore_system_fonts=True,
            pdf_standards=list(STANDARDS), timestamp=int(day.timestamp()),
        )  # fmt: skip
    except typst.TypstError as error:
        hints = "; ".join(error.hints)
        raise ReportError(
            f"{where}: the document cannot be set ({error.message}{error.diagnostic}"
            f"{'; ' + hints if hints else ''})"
        ) from error
    return bytes(made)


def pages(content: bytes) -> int:
    """How many pages a PDF says it has in its metadata."""
    _, _, rest = content.partition(b"<xmpTPg:NPages>")
    return int(rest.partition(b"<")[0])


def _typst() -> Any:
    try:
        import typst
    except ImportError as error:
        raise ReportError(
            'a PDF needs the package typst; install it with: pip install "tilannekuva[pdf]"'
        ) from error
    return typst


@functools.cache
def _fonts() -> Any:
    return _typst().Fonts(
        include_system_fonts=False,
        include_embedded_fonts=True,
        font_paths=[str(typefaces.font_dir())],
    )


def _cleaned(value: Any) -> Any:
    """Every text made fit to be set; tuples become lists."""
    if isinstance(value, str):
        return breakable(clean(value))
    if isinstance(value, Mapping):
        return {k: _cleaned(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_cleaned(v) for v in value]
    return value


def _drawing(svg: bytes) -> bytes:
    """A drawing whose texts can be set; its lines stay as they are."""
    text = svg.decode()
    if printable(text.replace("\n", "")):
        return svg
    return "\n".join(map(clean, text.split("\n"))).encode()
