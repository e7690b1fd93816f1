"""Colours, sizes and type of every chart, and the matplotlib settings that they are drawn under.

Lengths are CSS pixels of the chart as drawn (:data:`WIDTH` wide); a page scales the whole drawing.
matplotlib is imported inside the functions, so that naming a chart costs nothing.
"""

from __future__ import annotations

import functools
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tilannekuva import typefaces

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

__all__ = [
    "BETTER",
    "BETTER_MUCH",
    "CONTEXT",
    "COUNTRY",
    "FAINT",
    "FAN50",
    "FAN80",
    "FOURTH",
    "GRID",
    "INK",
    "LEVEL",
    "MUTED",
    "REGION",
    "SECOND",
    "SHADE",
    "SMALL",
    "TEXT",
    "THIRD",
    "WIDTH",
    "WORSE",
    "WORSE_MUCH",
    "font",
    "fonts",
    "settings",
    "text_width",
]

WIDTH = 400.0
"""Drawn for a narrow column: readable at 328 on a phone, good at 560 on a desk."""
TEXT = 12.5
SMALL = 11.6

# Contrast on white: 8.4, 5.0, 5.5, 7.1, 10.3, 17.7, 4.8.
REGION = "#0B4F8A"
SECOND = "#B45309"
THIRD = "#0F766E"
FOURTH = "#6D28D9"
COUNTRY = "#374151"
INK = "#111827"
CONTEXT = "#6B7280"
FAINT = "#9DBAD6"
"""Background of our own line: 2.0 on white, so nothing rests on it."""
FAN80, FAN50 = "#DDE9F5", "#B3CDE6"
"""Bands ahead of our own line, told apart by words as well."""
MUTED = "#4B5563"
"""Small print: 7.6 on white, 6.8 on :data:`SHADE`."""
GRID = "#E5E7EB"
"""Decoration only: 1.2 on white, so nothing may rest on it."""
SHADE = "#F3F4F6"

# Diverging blue-orange, light enough that ink stays readable on every class (8 or more).
BETTER_MUCH, BETTER = "#86B6E3", "#CFE3F5"
LEVEL = "#F3F4F6"
WORSE, WORSE_MUCH = "#FCE0C3", "#F2AC6B"

_MEASURED = 100.0
_GROUPS = ("agg", "figure", "font", "hatch", "lines", "patch", "path", "savefig", "svg", "text")


@functools.cache
def font(size: float = TEXT, bold: bool = False) -> FontProperties:
    """The one family, by file, so that a system font of the same name changes no byte."""
    from matplotlib.font_manager import FontProperties

    weight = "bold" if bold else "normal"
    return FontProperties(family="DejaVu Sans", size=size, weight=weight, fname=str(_file(bold)))


def _file(bold: bool) -> Path:
    return typefaces.font_dir() / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")


fonts = "'DejaVu Sans', Verdana, sans-serif"
"""What the SVG asks for: Verdana has the same widths where DejaVu is not installed."""


def text_width(text: str, size: float = TEXT, bold: bool = False) -> float:
    """Width of a line of text in pixels: its letters' own widths, without kerning.

    >>> 40 < text_width("Kainuu") < 50
    True
    """
    return sum(_advance(c, bold) for c in text) * size


@functools.cache
def _advance(letter: str, bold: bool) -> float:
    """Width of a letter in parts of the type size."""
    from matplotlib.font_manager import get_font
    from matplotlib.ft2font import LoadFlags

    face = get_font(str(_file(bold)))
    face.set_size(_MEASURED, 72)
    if not face.get_char_index(ord(letter)):  # what the font does not have is drawn as a box
        return _advance("m", bold)
    glyph = face.load_char(ord(letter), flags=LoadFlags.NO_HINTING)
    return float(glyph.linearHoriAdvance) / (65536 * _MEASURED)


@functools.cache
def _defaults() -> Any:
    import matplotlib

    own = {
        "svg.fonttype": "none",
        "svg.hashsalt": "tilannekuva",
        "text.parse_math": False,
        "text.hinting": "none",  # bitmaps as wide as measured, at every resolution
        "hatch.linewidth": 0.8,
        "path.simplify": False,
    }
    packaged = {k: v for k, v in matplotlib.rcParamsDefault.items() if k.split(".")[0] in _GROUPS}
    return packaged | own


def settings() -> AbstractContextManager[None]:
    """Draw under this: a user's own matplotlib settings change no byte, and are given back."""
    import matplotlib

    return matplotlib.rc_context(_defaults())
