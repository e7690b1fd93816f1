"""Office Open XML files with the same bytes every time: one helper for every format that is one."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping

from tilannekuva.reports._zipped import pack

__all__ = ["LANGUAGE", "plain", "repack"]

LANGUAGE = {"fi": "fi-FI", "sv": "sv-FI", "en": "en-GB"}
"""Language tags as Office knows them."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TIMES = re.compile(rb"(<dcterms:(created|modified)\b[^>]*>)[^<]*(?=</dcterms:)")


def plain(text: str) -> str:
    r"""A text as XML can hold it: without control characters and halves of letters.

    >>> plain("bell\x07, tab\t, <b>")
    'bell, tab\t, <b>'
    """
    return _CONTROL.sub("", text)


def repack(
    content: bytes,
    as_of: str,
    mend: Callable[[str, bytes], bytes] = lambda _, part: part,
    more: Mapping[str, bytes] | None = None,
) -> bytes:
    """The same package with sorted names, fixed times and fixed core properties.

    Args:
        content: A package as a library saved it, with the clock's time in it.
        as_of: ISO date that stands for when it was created and changed.
        mend: Given the name and bytes of a part, returns what to store in its place.
        more: Parts to add, by name.

    Returns:
        A package that depends on nothing but the arguments.
    """
    return pack(_parts(content, as_of, mend, more or {}))


def _parts(
    content: bytes, as_of: str, mend: Callable[[str, bytes], bytes], added: Mapping[str, bytes]
) -> Iterator[tuple[str, bytes]]:
    stamp = rb"\g<1>" + as_of.encode() + b"T00:00:00Z"
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        for name in sorted({*old.namelist(), *added}):
            part = added[name] if name in added else mend(name, old.read(name))
            yield name, _TIMES.sub(stamp, part) if name == "docProps/core.xml" else part
