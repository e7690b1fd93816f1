"""Tables of our own workbooks, found again under their headings in any of the languages.

Whoever had a workbook in hand may have moved its sheets, put rows and columns in between or saved
it with another program: what is looked for is words, never places.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from tilannekuva import words
from tilannekuva.errors import SourceError
from tilannekuva.model import LANGUAGES, Language
from tilannekuva.sources import tables

__all__ = ["File", "Table", "content", "is_blank", "letters", "read"]

File = str | PathLike[str] | bytes | BinaryIO
_SEARCHED = 200
"""So many rows from the top the headings are looked for in."""


class Table(NamedTuple):
    """A table as it stands, and what is above it."""

    lang: Language
    where: str
    """The file and its sheet, as errors name them."""
    heads: dict[str, str]
    """Key of a column → its heading."""
    columns: dict[str, int]
    """Key of a column → its number, from 1; optional columns may not be there."""
    above: dict[int, tuple[Any, ...]]
    """Row number → cells, of the rows above the headings."""
    rows: dict[int, dict[str, Any]]
    """Row number → key of a column → what is in the cell; rows without anything are not there."""

    def at(self, row: int, key: str) -> str:
        """The place of a cell, for errors."""
        cell = f"{letters(self.columns[key])}{row}"
        return f"{self.where}, row {row}, column '{self.heads[key]}' ({cell})"


def content(file: File) -> tuple[bytes, str]:
    """The bytes of a file, and its name for errors.

    Args:
        file: A path, bytes, or a file opened for reading bytes.

    Raises:
        SourceError: It cannot be read.
    """
    if isinstance(file, bytes):
        return file, "the workbook"
    if isinstance(file, str | PathLike):
        try:
            return Path(file).read_bytes(), fspath(file)
        except OSError as error:
            raise SourceError(
                f"{fspath(file)}: cannot be read ({error.strerror or error}); name a workbook that "
                "is there"
            ) from error
    return file.read(), str(getattr(file, "name", "the workbook"))


def read(data: bytes, sheet: str, heads: Mapping[str, str], where: str, *,
         optional: Iterable[str] = ()) -> Table:  # fmt: skip
    """Find a table and read it.

    Args:
        data: The workbook.
        sheet: Key of the message that is the name of its sheet.
        heads: Key of a column → key of the message that is its heading.
        where: Name of the file, for errors.
        optional: Keys of columns that need not be there.

    Raises:
        SourceError: Not a workbook, or the sheet or a heading is not there or stands twice.
    """
    names = {lang: words.message(sheet, lang) for lang in LANGUAGES}
    page = tables.page(data, lambda there: _chosen(there, names.values(), where), where)
    lang = next(x for x, name in names.items() if name == page.name.strip())
    wanted = {key: words.message(message, lang) for key, message in heads.items()}
    place = f"{where}: sheet '{page.name}'"
    head = _head(page.rows, wanted.values(), place)
    columns = _columns(page.rows[head], wanted, f"{place}, row {head}", set(optional))
    last = max(n for n, c in enumerate(page.rows[head], 1) if not is_blank(c))
    used = set(columns.values())
    for row, column in page.bare:
        if row > head and column in used:
            raise SourceError(
                f"{place}, row {row}, cell {letters(column)}{row}: the formula has no stored "
                "value; write the value itself"
            )
    rows = {
        n: {k: cells[c - 1] if c <= len(cells) else None for k, c in columns.items()}
        for n, cells in page.rows.items()
        if n > head and not all(map(is_blank, cells[:last]))
    }
    above = {n: cells for n, cells in page.rows.items() if n < head}
    return Table(lang, place, wanted, columns, above, rows)


def is_blank(cell: object) -> bool:
    """Whether there is nothing in a cell, or only spaces.

    >>> is_blank(None), is_blank(" "), is_blank(0)
    (True, True, False)
    """
    return cell is None or (isinstance(cell, str) and not cell.strip())


def letters(column: int) -> str:
    """The letters of a column.

    >>> letters(1), letters(26), letters(27), letters(703)
    ('A', 'Z', 'AA', 'AAA')
    """
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def _chosen(there: Sequence[str], names: Iterable[str], where: str) -> str:
    """The one sheet that has one of some names."""
    names = list(names)
    found = [name for name in there if name.strip() in names]
    if len(found) == 1:
        return found[0]
    listed = " or ".join(f"'{name}'" for name in names)
    if found:
        raise SourceError(
            f"{where}: both '{found[0]}' and '{found[1]}' are in the workbook; keep one of the "
            "sheets"
        )
    raise SourceError(
        f"{where}: no sheet {listed}; it has {', '.join(there)}. Give the sheet its name back, or "
        "take another workbook"
    )


def _head(rows: Mapping[int, Sequence[Any]], heads: Iterable[str], where: str) -> int:
    """Number of the row of the headings: the one with most of them."""
    wanted = set(heads)
    found = {
        n: len(wanted & {_plain(c) for c in cells})
        for n, cells in list(rows.items())[:_SEARCHED]
    }  # fmt: skip
    best = max(found, key=lambda n: found[n], default=0)
    if not best or 2 * found[best] < len(wanted):
        raise SourceError(
            f"{where}: no row has the headings {', '.join(sorted(wanted))}; write them over their "
            "columns again"
        )
    return best


def _columns(
    cells: Sequence[Any], wanted: Mapping[str, str], where: str, optional: set[str]
) -> dict[str, int]:
    """Key → number of its column."""
    texts = [_plain(c) for c in cells]
    columns = {}
    for key, head in wanted.items():
        places = [n for n, text in enumerate(texts, 1) if text == head]
        if len(places) > 1:
            both = " and ".join(map(letters, places[:2]))
            raise SourceError(
                f"{where}: the columns {both} are both called '{head}'; delete or rename one"
            )
        if places:
            columns[key] = places[0]
        elif key not in optional:
            others = [t for t in texts if t and t not in wanted.values()]
            near = difflib.get_close_matches(head, others, 1)
            hint = f" ('{near[0]}' in column {letters(texts.index(near[0]) + 1)}?)" if near else ""
            raise SourceError(f"{where}: no column '{head}'{hint}; give it its heading back")
    return columns


def _plain(cell: object) -> str:
    """A heading without spaces around it and line breaks in it; empty for what is no text."""
    return re.sub(r"\s+", " ", cell).strip() if isinstance(cell, str) else ""
