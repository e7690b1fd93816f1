"""Long columns of numbers in bytes → one array, without a Python object a number.

The quick way takes what is spelled as nearly every file spells it; whatever it does not take is
left to the reader's own careful way, which finds the cell that is wrong and names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from pyarrow import csv

__all__ = ["by_mark", "indexed_numbers", "indexed_texts", "numbers"]

Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]


_PIECE = 1 << 24
"""Bytes read at a time, so that a large file does not stand in memory three times."""


def numbers(
    text: bytes,
    between: bytes,
    gaps: Sequence[str],
    *,
    start: int = 0,
    stop: int | None = None,
    drop: bytes = b"",
    blanks: bool = False,
) -> Numbers | None:
    """Numbers that follow each other in a text.

    Args:
        text: The text.
        between: Bytes that separate two of them.
        gaps: What stands in the place of a number that is not there.
        start: Where the numbers begin.
        stop: Where they end; None for the end of the text.
        drop: Bytes that are passed over.
        blanks: Whether several separators count as one.

    Returns:
        The numbers, NaN at the gaps, in an array of its own; None where anything else is found.

    >>> numbers(b"1,-2.5,null,1e3", b",", ["null"])
    array([   1. ,   -2.5,    nan, 1000. ])
    >>> numbers(b"1,x", b",", ["null"]) is None, numbers(b"1,,2", b",", ["null"]) is None
    (True, True)
    """
    stop = len(text) if stop is None else stop
    lines = bytes.maketrans(between, b"\n" * len(between))
    pieces = []
    cut = start - 1
    while cut < stop:
        start, cut = cut + 1, stop
        if stop - start > _PIECE:
            cut = max(text.rfind(b"%c" % byte, start, start + _PIECE) for byte in between)
            if cut < start:
                return None
        values = _column(text[start:cut].translate(lines, drop), gaps, blanks)
        if values is None:
            return None
        pieces.append(values)
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)


def _column(lines: bytes, gaps: Sequence[str], blanks: bool) -> Numbers | None:
    """Numbers that stand one a line."""
    if not blanks and lines.endswith(b"\n"):
        return None
    try:
        table = csv.read_csv(
            pa.py_buffer(lines),
            read_options=csv.ReadOptions(column_names=["value"]),
            parse_options=csv.ParseOptions(quote_char=False, ignore_empty_lines=blanks),
            convert_options=csv.ConvertOptions(
                column_types={"value": pa.float64()}, null_values=list(gaps)
            ),
        )
    except pa.ArrowInvalid:
        return None
    return _own(table["value"])


def indexed_numbers(lines: bytes, gap: str) -> tuple[Rows, Numbers] | None:
    r"""Numbers after their index, which may be quoted, and a colon, one pair a line.

    >>> indexed_numbers(b'"0":1.5\n"7":2', "null")
    (array([0, 7]), array([1.5, 2. ]))
    """
    table = _pairs(lines, pa.float64(), [gap])
    values = None if table is None else _own(table["value"])
    return None if table is None or values is None else (_index(table), values)


def indexed_texts(lines: bytes) -> dict[str, Rows] | None:
    r"""Texts after their index and a colon, one pair a line, as text → indexes.

    >>> indexed_texts(b"0:p\n7:e\n8:p")
    {'p': array([0, 8]), 'e': array([7])}
    """
    table = _pairs(lines, pa.dictionary(pa.int32(), pa.string()), [])
    if table is None:
        return None
    texts = table["value"].unify_dictionaries().combine_chunks()
    codes, index = texts.indices.to_numpy(), _index(table)
    return {t: index[codes == n] for n, t in enumerate(texts.dictionary.to_pylist())}


def by_mark(marks: Iterable[bytes], rows: Rows, encoding: str = "utf-8") -> dict[str, Rows]:
    """Group rows by the mark of each, in the order of their first appearance.

    >>> import numpy as np
    >>> by_mark([b"..", b".", b".."], np.array([4, 5, 9]))
    {'..': array([4, 9]), '.': array([5])}
    """
    codes, found = pd.factorize(np.array(list(marks), dtype=object))
    return {mark.decode(encoding): rows[codes == n] for n, mark in enumerate(found)}


def _pairs(lines: bytes, kind: pa.DataType, gaps: list[str]) -> pa.Table | None:
    try:
        table = csv.read_csv(
            pa.py_buffer(lines),
            read_options=csv.ReadOptions(column_names=["index", "value"]),
            parse_options=csv.ParseOptions(delimiter=":", quote_char='"', ignore_empty_lines=False),
            convert_options=csv.ConvertOptions(
                column_types={"index": pa.int64(), "value": kind}, null_values=gaps
            ),
        )
    except pa.ArrowInvalid:
        return None
    return None if table["index"].null_count else table


def _index(table: pa.Table) -> Rows:
    return np.asarray(table["index"].to_numpy(), dtype=np.intp)


def _own(column: pa.ChunkedArray) -> Numbers | None:
    """The column as an array of its own; None if a number was spelled as a word."""
    values = np.empty(len(column))
    place = 0
    for chunk in column.iterchunks():
        values[place : place + len(chunk)] = chunk.to_numpy(zero_copy_only=False)
        place += len(chunk)
    # "nan" and "inf" are numbers to the parser, and to no publisher.
    sound = np.count_nonzero(np.isfinite(values)) + column.null_count == len(values)
    return values if sound else None
