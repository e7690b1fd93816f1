"""The kernel of Sotkanet's JSON: a row a figure, every row with the same keys."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tilannekuva.errors import SourceError
from tilannekuva.sources._cube import Column
from tilannekuva.sources._json_rows import Found, adjoin, are_texts, like_template
from tilannekuva.sources._slices import (
    NotANumber,
    Places,
    codes,
    codes_at,
    find,
    numbers,
    numbers_of,
)

__all__ = ["DIMENSIONS", "Cells", "read"]

DIMENSIONS = ("indicator", "region", "year", "gender")
# The second name of each is that of answers before 2017.
_VALUE = ("value", "primary value")
_ABSOLUTE = ("absValue", "absolute value")
_KEYS = (*DIMENSIONS, *_VALUE, *_ABSOLUTE)
_CELL = re.compile(rb':\s*(?:"([^"\\]*)"|([^\s",}]+))\s*(?=[,}])')
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")


class Cells(NamedTuple):
    """The cells of all rows."""

    columns: dict[str, Column]
    """Codes; shape (rows,) each."""
    values: npt.NDArray[np.float64]
    """NaN where a row has none."""
    absolute: npt.NDArray[np.float64] | None
    """The count behind the figure, NaN where a row has none; None if no row has any."""


def read(data: bytes, where: str) -> Cells:
    """Columns of a Sotkanet answer.

    Args:
        data: The answer as UTF-8.
        where: Name of the file, for errors.

    Returns:
        Its cells in the order of the answer.

    Raises:
        SourceError: It is no list of such rows, or a figure is no number.

    >>> row = b'[{"indicator":4,"region":5,"year":2023,"gender":"total","value":1}]'
    >>> read(row, "f.json").values.tolist()
    [1.0]
    """
    return _by_place(data) or _by_parser(data, where)


# --- rows that are all spelled like the first ----------------------------------------------------


def _by_place(data: bytes) -> Cells | None:
    """The cells by their places; None where a row is spelled in a way of its own."""
    if not (data.startswith(b"[{") and data.endswith(b"}]")) or b"\\" in data:
        return None
    array = np.frombuffer(data, np.uint8)
    anchors = find(array, b":}")
    last = np.flatnonzero(array[anchors] == 125)
    first = np.append(0, last[:-1] + 1)
    width = last - first
    whole = np.flatnonzero(width == width.max())
    template = _template(data, int(anchors[last[whole[0]]]) + 1)
    if template is None or len(template.keys) != width.max():
        return None
    found = _find(array, anchors, first, whole, template.literals)
    if found is not None and len(whole) < len(first):
        # Only the last key may be missing, and only if it is the count behind the figure.
        short = np.flatnonzero(width == width.max() - 1)
        if template.keys[-1] not in _ABSOLUTE or len(short) + len(whole) < len(first):
            return None
        without = _find(array, anchors, first, short, template.without_last())
        found = None if without is None else _merged(found, whole, without, short)
    if found is None:
        return None
    between = data[int(found.end[0]) : int(found.begin[1])] if len(first) > 1 else b","
    bounds = (1, len(data) - 1)
    if between.strip() != b"," or not adjoin(array, found.begin, found.end, between, bounds):
        return None
    return _read_cells(data, template, found, whole)


def _find(
    array: npt.NDArray[np.uint8],
    anchors: Places,
    first: npt.NDArray[np.intp],
    rows: npt.NDArray[np.intp],
    literals: Sequence[bytes],
) -> Found | None:
    """Some of the rows by their template; each has an anchor a literal."""
    if len(rows) == len(first):
        return like_template(array, anchors.reshape(len(rows), -1), literals, b":}")
    grid = anchors[first[rows, None] + np.arange(len(literals))]
    return like_template(array, grid, literals, b":}")


def _merged(
    one: Found, rows: npt.NDArray[np.intp], other: Found, others: npt.NDArray[np.intp]
) -> Found:
    """The rows of both; the last cell is there in the rows of the first only."""

    def together(a: Places, b: Places) -> Places:
        out = np.empty(len(rows) + len(others), np.int64)
        out[rows], out[others] = a, b
        return out

    cells = [
        (together(a, c), together(b, d))
        for (a, b), (c, d) in zip(one.cells[:-1], other.cells, strict=True)
    ]
    begin, end = together(one.begin, other.begin), together(one.end, other.end)
    return Found(begin, end, [*cells, one.cells[-1]])


class _Template(NamedTuple):
    keys: list[str]
    quoted: list[bool]
    literals: list[bytes]
    """What stands before the first cell, between the cells and after the last."""

    def without_last(self) -> list[bytes]:
        """The literals of a row that lacks the last key."""
        quote = b'"' if self.quoted[-2] else b""
        return [*self.literals[:-2], quote + self.literals[-1].removeprefix(b'"')]


def _template(data: bytes, end: int) -> _Template | None:
    """What is the same in every row, from the one that ends here."""
    row = data[data.rindex(b"{", 0, end) : end]
    try:
        keys = list(json.loads(row, object_pairs_hook=lambda pairs: [k for k, _ in pairs]))
    except (ValueError, RecursionError):
        return None
    cells = list(_CELL.finditer(row))
    wanted = [set(keys) & set(names) for names in (_VALUE, _ABSOLUTE)]
    known = set(keys) == {*DIMENSIONS, *wanted[0], *wanted[1]} and len(keys) == len(set(keys))
    if len(cells) != len(keys) or not known or [len(w) for w in wanted] not in ([1, 0], [1, 1]):
        return None
    quoted = [cell[1] is not None for cell in cells]
    spans = [cell.span(1 if q else 2) for cell, q in zip(cells, quoted, strict=True)]
    bounds = [0, *(place for span in spans for place in span), len(row)]
    return _Template(
        keys, quoted, [row[a:b] for a, b in zip(bounds[::2], bounds[1::2], strict=True)]
    )


def _read_cells(
    data: bytes, template: _Template, found: Found, whole: npt.NDArray[np.intp]
) -> Cells | None:
    """Codes and figures; ``whole`` are the rows that have the last cell."""
    columns: dict[str, Column] = {}
    figures: dict[str, npt.NDArray[np.float64]] = {}
    for key, quoted, cell in zip(template.keys, template.quoted, found.cells, strict=True):
        if key in DIMENSIONS:
            columns[key] = codes_at(data, *cell)
            known = columns[key][1]
            if not (are_texts(known) if quoted else all(map(_INTEGER.fullmatch, known))):
                return None
            continue
        try:
            figures[key], _ = numbers(data, *cell, ("",) if quoted else ("null",))
        except NotANumber:
            return None
        if len(figures[key]) < len(found.begin):
            some = figures[key]
            figures[key] = np.full(len(found.begin), np.nan)
            figures[key][whole] = some
    return _cells(columns, figures)


def _cells(columns: Mapping[str, Column], figures: Mapping[str, npt.NDArray[np.float64]]) -> Cells:
    ordered = {name: columns[name] for name in DIMENSIONS}
    value = next(figures[key] for key in _VALUE if key in figures)
    return Cells(ordered, value, next((figures[k] for k in _ABSOLUTE if k in figures), None))


# --- rows spelled in any way ---------------------------------------------------------------------


def _by_parser(data: bytes, where: str) -> Cells:
    try:
        rows = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise SourceError(
            f"{where}: not JSON ({error}); the answer is cut off or another format, ask for /json"
        ) from error
    if not isinstance(rows, list):
        raise SourceError(f"{where}: not Sotkanet's rows but {str(rows)[:200]}; ask again")
    for number, row in enumerate(rows, start=1):
        _check_row(row, f"{where}: row {number}")
    columns = {d: codes(pa.array([str(r[d]) for r in rows], pa.string())) for d in DIMENSIONS}
    figures = {}
    for names in (_VALUE, _ABSOLUTE):
        texts = [next((str(r[n]) for n in names if r.get(n) is not None), "") for r in rows]
        try:
            figures[names[0]], _ = numbers_of(pa.array(texts, pa.string()), ("",))
        except NotANumber as error:
            raise SourceError(
                f"{where}: row {error.row + 1}: '{error.text}' for '{names[0]}' is no number; "
                "fetch the answer again"
            ) from error
    if not any(n in row for row in rows for n in _ABSOLUTE):
        del figures[_ABSOLUTE[0]]
    return _cells(columns, figures)


def _check_row(row: Any, where: str) -> None:
    if not isinstance(row, dict):
        raise SourceError(f"{where} is {str(row)[:80]}, not an object; ask for /json")
    unknown = [key for key in row if key not in _KEYS]
    if unknown:
        kind = "is this a list of indicators or regions?" if "id" in row else "add it to the reader"
        raise SourceError(f"{where} has an unknown key '{unknown[0]}'; {kind}")
    for key in DIMENSIONS:
        if not isinstance(row.get(key), (str, int)) or isinstance(row[key], bool):
            raise SourceError(f"{where} has no code for '{key}', only {row.get(key)!r}; ask again")
    if not any(key in row for key in _VALUE):
        raise SourceError(f"{where} has no '{_VALUE[0]}'; ask again")
