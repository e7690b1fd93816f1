"""CSV that a person saved: rows by their number in the file, and what else the file may be."""

from __future__ import annotations

import codecs
import csv
import io

from tilannekuva.errors import SourceError

__all__ = ["rows_of"]


def rows_of(
    data: bytes, separator: str, head: int, encoding: str, where: str
) -> dict[int, list[str]]:
    r"""The rows from the head on, by their number in the file (from 1), cells without blanks.

    Args:
        data: The file's bytes.
        separator: What is declared to stand between cells.
        head: Row number of the column heads.
        encoding: The declared one.
        where: Name of the file, for errors.

    Raises:
        SourceError: The encoding or the separator is another one, a quotation mark has no pair, or
            a row has more cells than the head.

    >>> rows_of(b"a;b\n1; 2\n", ";", 1, "utf-8", "f.csv")
    {1: ['a', 'b'], 2: ['1', '2']}
    """
    lines = io.StringIO(_decoded(data, encoding, where), newline="")
    for _ in range(head - 1):  # a title above the head need not be a row of cells
        lines.readline()
    rows: dict[int, list[str]] = {}
    reader, at = csv.reader(lines, delimiter=separator, strict=True), head
    try:
        for cells in reader:
            rows[at] = [c.strip() for c in cells]
            at = head + reader.line_num
    except csv.Error as error:
        raise SourceError(
            f"{where}: row {at} is no row of cells ({error}); look for a quotation mark without "
            f"its pair, or mend `separator` (now '{separator}')"
        ) from error
    heads = rows.get(head, [])
    if len(heads) == 1:
        _refuse_separator(heads[0], separator, head, where)
    for n, cells in rows.items():
        if any(cells[len(heads) :]):
            raise SourceError(
                f"{where}: row {n} has {len(cells)} cells and the head has {len(heads)}; a text or "
                f"number with '{separator}' in it must stand in quotation marks"
            )
    return rows


def _refuse_separator(heads: str, separator: str, head: int, where: str) -> None:
    """A table has at least a column that says of what and one that says how much."""
    likely = max(";\t,|", key=heads.count)
    if likely in heads:
        shown = likely.replace("\t", "\\t")
        raise SourceError(
            f"{where}: row {head}, the head, is one cell: '{heads}'. It is separated by '{shown}' "
            f"and not by '{separator}': write `separator = \"{shown}\"` under [layout]"
        )


def _decoded(data: bytes, encoding: str, where: str) -> str:
    """The file's text; where another encoding than the declared one fits, the hint is which."""
    try:
        kind = codecs.lookup(encoding).name
        text = data.decode(encoding)
    except LookupError as error:
        raise SourceError(
            f"{where}: unknown encoding '{encoding}'; the usual ones are utf-8 and windows-1252"
        ) from error
    except UnicodeError as error:
        _refuse_utf16(data, where)
        line = data.count(b"\n", 0, getattr(error, "start", 0)) + 1
        likely = "windows-1252" if kind == "utf-8" else "utf-8"
        raise SourceError(
            f"{where}: row {line} has letters that are not {encoding}; write "
            f'`encoding = "{likely}"` under [layout], or save the file as "CSV UTF-8"'
        ) from error
    if not kind.startswith("utf-16"):
        _refuse_utf16(data, where)
    if "\0" in text:
        raise SourceError(
            f"{where}: the file has zero bytes, so it is no text in {encoding}; save it as "
            '"CSV UTF-8"'
        )
    if kind in _ONE_BYTE and not data.isascii() and _is_utf8(data):
        raise SourceError(
            f"{where}: the file is UTF-8 and not {encoding}; leave `encoding` out of the layout"
        )
    return text.removeprefix("\ufeff")


_ONE_BYTE = ("cp1252", "iso8859-1", "iso8859-15")
"""They read any bytes, UTF-8 as well, and make "Ã¤" of "ä"."""


def _refuse_utf16(data: bytes, where: str) -> None:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise SourceError(
            f'{where}: the file is UTF-16; write `encoding = "utf-16"` under [layout], or save the '
            'file as "CSV UTF-8"'
        )


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
