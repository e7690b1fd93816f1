"""Where the typefaces of charts and documents lie: those that matplotlib brings with it.

Nothing is imported for it: who sets a finished document needs the files and draws nothing.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

__all__ = ["font_dir"]


def font_dir() -> Path:
    """Folder of the DejaVu fonts that the texts are measured with (typst and Office need it).

    >>> (font_dir() / "DejaVuSans.ttf").is_file()
    True
    """
    found = find_spec("matplotlib")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("matplotlib, which brings the fonts, is not installed")
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"
