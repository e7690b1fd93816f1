"""The kernel of PxWeb's own JSON: columns, and rows of a key and figures as texts."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tilannekuva.errors import SourceError
from tilannekuva.sources._cube import Column
from tilannekuva.sources._json_rows import adjoin, are_texts, like_template
from tilannekuva.sources._slices import NotANumber, codes, codes_at, find, numbers, numbers_of

__all__ = ["MARKS", "Answer", "Figures", "read", "zeros"]

_ZERO = "-"
MARKS = (".", "..", "...", "....", ".....", "......", _ZERO)
"""Texts that stand where a number could; ``-`` is the number zero, the others are none."""
_DATA, _END = b'"data":[', b'],"metadata":'
_TEXT = re.compile(rb'"([^"\\]*)"')


class Figures(NamedTuple):
    """One column of figures: numbers, and the rows of each mark."""

    values: npt.NDArray[np.float64]
    marks: dict[str, npt.NDArray[np.intp]]


class Answer(NamedTuple):
    """A PxWeb answer in columns."""

    head: Mapping[str, Any]
    """Everything but the data."""
    keys: list[Column]
    """Codes of each variable of the key; shape (rows,) each."""
    figures: list[Figures]
    """Figures of each contents; shape (rows,) each."""


def read(data: bytes, where: str, gaps: Collection[str] = MARKS) -> Answer:
    """Columns of a PxWeb JSON answer.

    Args:
        data: The answer as UTF-8.
        where: Name of the file, for errors.
        gaps: Texts that may stand where a number could; an empty one always may.

    Returns:
        The answer's head and its columns, in the order of the answer.

    Raises:
        SourceError: It is not JSON or not such an answer, or a row is not of the columns' shape.
    """
    gaps = {"", *gaps}
    return _by_place(data, gaps) or _by_parser(data, gaps, where)


def _shape(head: Mapping[str, Any]) -> tuple[int, int]:
    """How many columns are of the key, how many of figures."""
    kinds = [kind for kind, _ in ((c["type"], c["code"]) for c in head["columns"])]
    width = sum(kind != "c" for kind in kinds)
    if any(kind != "c" for kind in kinds[width:]) or width == len(kinds):
        raise ValueError("the contents do not come last")
    return width, len(kinds) - width


def _by_place(data: bytes, gaps: Collection[str]) -> Answer | None:
    """Cells by their places; None where a row is not spelled like the first."""
    begin = data.find(_DATA) + len(_DATA)
    end = data.rfind(_END, begin) if data.find(_END, begin) >= 0 else data.rfind(b"]")
    if begin < len(_DATA) or end <= begin or data.find(b"\\", begin, end) >= 0:
        return None
    try:
        head = json.loads(data[:begin] + data[end:])
        width, contents = _shape(head)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    literals = _literals(data[begin : data.find(b"}", begin) + 1], width, contents)
    array = np.frombuffer(data, np.uint8)
    quotes = find(array[begin:end], b'"') + begin
    each = 2 * (2 + width + contents)
    if literals is None or len(quotes) % each:
        return None
    found = like_template(array, quotes.reshape(-1, each), literals, b'"')
    if found is None:
        return None
    between = data[found.end[0] : found.begin[1]] if len(found.begin) > 1 else b","
    if between.strip() != b"," or not adjoin(array, found.begin, found.end, between, (begin, end)):
        return None
    keys = [codes_at(data, *cell) for cell in found.cells[:width]]
    if not all(are_texts(texts) for _, texts in keys):
        return None
    try:
        return Answer(
            head, keys, [zeros(numbers(data, *cell, gaps)) for cell in found.cells[width:]]
        )
    except NotANumber:
        return None


def _literals(row: bytes, width: int, contents: int) -> list[bytes] | None:
    """What stands before the first cell of a row, between its cells and after the last."""
    try:
        parsed = json.loads(row)
    except (ValueError, RecursionError):
        return None
    texts = list(_TEXT.finditer(row))
    if list(parsed) != ["key", "values"] or len(texts) != 2 + width + contents:
        return None
    if [len(parsed["key"]), len(parsed["values"])] != [width, contents]:
        return None
    cells = [text.span(1) for n, text in enumerate(texts) if n not in (0, 1 + width)]
    bounds = [0, *(place for span in cells for place in span), len(row)]
    return [row[a:b] for a, b in zip(bounds[::2], bounds[1::2], strict=True)]


def zeros(found: tuple[npt.NDArray[np.float64], dict[str, npt.NDArray[np.intp]]]) -> Figures:
    """The figures with zero for ``-``, and the marks that say something."""
    values, marks = found
    if _ZERO in marks:
        values[marks[_ZERO]] = 0.0
    return Figures(values, {mark: rows for mark, rows in marks.items() if mark})


def _by_parser(data: bytes, gaps: Collection[str], where: str) -> Answer:
    """The same from a JSON parser, for answers that are spelled in another way or wrong."""
    try:
        answer = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise SourceError(
            f"{where}: not JSON ({error}); the answer is cut off, ask again"
        ) from error
    if not isinstance(answer, dict) or not isinstance(answer.get("data"), list):
        raise SourceError(f"{where}: {_kind(answer)}")
    try:
        width, contents = _shape(answer)
    except (ValueError, KeyError, TypeError) as error:
        raise SourceError(
            f"{where}: the columns cannot be read ({error}); ask for json-stat2 instead"
        ) from error
    rows = answer["data"]
    for number, row in enumerate(rows, start=1):
        _check_row(row, width, contents, f"{where}: row {number}")
    keys = [codes(pa.array([r["key"][n] for r in rows], pa.string())) for n in range(width)]
    figures = []
    for n in range(contents):
        texts = ["" if r["values"][n] is None else str(r["values"][n]) for r in rows]
        try:
            figures.append(zeros(numbers_of(pa.array(texts, pa.string()), gaps)))
        except NotANumber as error:
            about = ", ".join(rows[error.row]["key"])
            raise SourceError(
                f"{where}: row {error.row + 1} ({about}): '{error.text}' is neither a number nor a "
                "known mark; ask the publisher what it stands for and add it to statuses.py"
            ) from error
    return Answer({k: v for k, v in answer.items() if k != "data"}, keys, figures)


def _check_row(row: Any, width: int, contents: int, where: str) -> None:
    if not isinstance(row, dict) or set(row) != {"key", "values"}:
        raise SourceError(f"{where} is {str(row)[:80]}, not a key and values; ask for json-stat2")
    for name, wanted in (("key", width), ("values", contents)):
        if not isinstance(row[name], list) or len(row[name]) != wanted:
            raise SourceError(
                f"{where} has {row[name]!r} for '{name}' where the columns want {wanted}; the "
                "answer is damaged, ask again"
            )
    if not all(isinstance(code, str) for code in row["key"]):
        raise SourceError(f"{where} has a code that is no text: {row['key']!r}; ask again")
    if any(isinstance(v, (bool, list, dict)) for v in row["values"]):
        raise SourceError(f"{where} has a figure that is none: {row['values']!r}; ask again")


def _kind(answer: Any) -> str:
    """What a JSON answer is instead, and who reads it."""
    if isinstance(answer, dict):
        if "error" in answer:
            return (
                f"the service answers with an error: {str(answer['error'])[:200]}; mend the query"
            )
        if answer.get("class") == "dataset" or "dataset" in answer:
            return "this is JSON-stat; read it with read_jsonstat"
        if "variables" in answer:
            return "this is a table's metadata; ask the same address with POST for its figures"
        if "query" in answer or "queryObj" in answer:
            return "this is a query; send it to the service and read the answer"
    return f"no PxWeb answer with columns and data: {str(answer)[:80]}; ask for json-stat2 or json"
