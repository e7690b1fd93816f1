"""Zip files with the same bytes every time: fixed times, the order that is given."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

__all__ = ["pack"]

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip file can hold."""
_PNG = b"\x89PNG\r\n\x1a\n"
_LEVEL = 4
"""Within a tenth of the smallest file in half the time."""


def pack(parts: Iterable[tuple[str, bytes]]) -> bytes:
    """Files → one zip that depends on nothing but them.

    >>> pack([("a", b"1")]) == pack([("a", b"1")])
    True
    """
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name, part in parts:
            entry = zipfile.ZipInfo(name, _EPOCH)
            packed = part.startswith(_PNG)  # as small as it gets: a second time only takes longer
            entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            entry.create_system = 0  # the same on every system
            package.writestr(entry, part, compresslevel=_LEVEL)
    return file.getvalue()
