"""The kernel of PxWeb's CSV: texts in quotation marks, then figures without them.

PxWeb writes a text between quotation marks as it stands, so a text with a quotation mark of its own
breaks a CSV reader; here a text ends where a quotation mark and the separator stand together. And
where a table has notes to cells, PxWeb cuts the last character off every mark: ``...`` becomes
``..``, and ``-``, which is zero, becomes nothing. An empty figure is therefore refused.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

import pyarrow as pa

from tilannekuva.errors import SourceError
from tilannekuva.sources import _delimited
from tilannekuva.sources._cube import Column
from tilannekuva.sources._pxweb_json import MARKS, Figures, zeros
from tilannekuva.sources._slices import NotANumber, codes, numbers_of

__all__ = ["CsvAnswer", "read"]


class CsvAnswer(NamedTuple):
    """A PxWeb CSV answer in columns."""

    title: str
    names: list[str]
    """Heads of the columns of texts."""
    texts: list[Column]
    """Texts or codes, as the answer has them; shape (rows,) each."""
    heads: list[str]
    """Heads of the columns of figures."""
    figures: list[Figures]
    """Figures; shape (rows,) each."""


def read(data: bytes, where: str, gaps: Collection[str] = MARKS) -> CsvAnswer:
    r"""Columns of a PxWeb CSV answer.

    Args:
        data: The answer as UTF-8.
        where: Name of the file, for errors.
        gaps: Texts that may stand where a number could.

    Returns:
        Texts and figures in the order of the answer.

    Raises:
        SourceError: Its texts have no quotation marks and cannot be told from figures, or a row is
            not of the head's shape.

    >>> found = read('"Alue","2022","2023*"\n"Kainuu",1,..\n'.encode(), "f.csv")
    >>> found.names, found.heads, [f.values.tolist() for f in found.figures]
    (['Alue'], ['2022', '2023*'], [[1.0], [nan]])
    """
    title, lines = _titled(data.decode().replace("\r\n", "\n").rstrip("\n").split("\n"))
    separator = _separator(lines[0], where)
    head = lines[0].removeprefix(separator).strip()
    if not (len(head) > 1 and head.startswith('"') and head.endswith('"')):
        raise SourceError(f"{where}: a head without quotation marks: '{head[:80]}'; ask again")
    fields = head[1:-1].split(f'"{separator}"')
    rows = [line.removeprefix(separator) for line in lines[1:]]
    stub = len(_split(rows[0], separator)[0]) if rows else len(fields) - 1
    if stub and not data.endswith(b"\n"):
        raise SourceError(f"{where}: the last line does not end, so it may be cut off; ask again")
    if stub >= len(fields):
        raise SourceError(f"{where}: the first row has more columns than the head; ask again")
    columns = _all_at_once(rows, stub, len(fields), separator)
    columns = columns or _one_by_one(rows, stub, len(fields), separator, where)
    texts = [codes(column) for column in columns[:stub]]
    heads = fields[stub:]
    figures = [
        _figures(c, h, gaps, texts, where) for c, h in zip(columns[stub:], heads, strict=True)
    ]
    return CsvAnswer(title, fields[:stub], texts, heads, figures)


def _titled(lines: list[str]) -> tuple[str, list[str]]:
    """The title, if there is one with an empty line below it, and the other lines."""
    if len(lines) > 2 and not lines[1].strip() and lines[0].count('"') == 2:
        return lines[0].strip().strip('"'), lines[2:]
    return "", lines


def _separator(head: str, where: str) -> str:
    """What stands between the heads."""
    found = re.search(r'"([,;\t])"', head) or re.match(r'([,;\t])"', head)
    if found is None:
        raise SourceError(
            f"{where}: no PxWeb answer, its first line is '{head[:80]}'; texts without quotation "
            "marks cannot be told from figures, ask for json-stat2 or json"
        )
    return found[1]


def _split(row: str, separator: str, stub: int | None = None) -> tuple[list[str], list[str]]:
    """Texts and figures of a row; ``stub`` is how many texts there are, if that is known.

    >>> _split('"Hotel "Kajaani", iso","2023",12,..', ",")
    (['Hotel "Kajaani", iso', '2023'], ['12', '..'])
    """
    # The last quotation mark of a row ends its last text: figures have none, but marks may.
    end = row.rfind('"')
    texts = row[1:end].split(f'"{separator}"') if end > 0 else []
    figures = [figure.strip() for figure in row[end + 2 if end > 0 else 0 :].split(separator)]
    if end == len(row) - 1:
        figures = []
    stub = min(len(texts), len(texts) - (not figures) if stub is None else stub)
    return texts[:stub], [*texts[stub:], *figures]


def _all_at_once(
    rows: list[str], stub: int, width: int, separator: str
) -> list[pa.ChunkedArray] | None:
    """The columns from a CSV reader, if no text has a quotation mark of its own."""
    body = "\n".join(rows)
    if not rows or body.count('"') != 2 * stub * len(rows):
        return None
    try:
        figures = range(stub, width)
        return _delimited.columns(body.encode(), width, figures, separator, head=False)
    except pa.ArrowInvalid:
        return None


def _one_by_one(
    rows: list[str], stub: int, width: int, separator: str, where: str
) -> list[pa.Array]:
    found: list[list[str]] = []
    for number, row in enumerate(rows, start=1):
        texts, figures = _split(row, separator, stub)
        if len(texts) != stub or len(texts) + len(figures) != width:
            raise SourceError(
                f"{where}: row {number} has {len(texts)} texts and {len(figures)} figures where "
                f"the head wants {stub} and {width - stub}: '{row[:80]}'; the answer is cut off or "
                "damaged, ask again or ask for json-stat2"
            )
        found.append([*texts, *figures])
    return [pa.array([row[n] for row in found], pa.string()) for n in range(width)]


def _figures(
    column: pa.Array | pa.ChunkedArray,
    head: str,
    gaps: Collection[str],
    texts: list[Column],
    where: str,
) -> Figures:
    try:
        return zeros(numbers_of(column, gaps))
    except NotANumber as error:
        about = ", ".join(known[places[error.row]] for places, known in texts)
        raise SourceError(
            f"{where}: row {error.row + 1} ({about}), '{head}': '{error.text}' is neither a number "
            "nor a known mark; ask for json-stat2, or add the mark to statuses.py"
        ) from error
