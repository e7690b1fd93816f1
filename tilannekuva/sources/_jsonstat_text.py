"""The text of a JSON-stat answer → its words as a document, its figures as arrays.

Nearly all of an answer is one long list of numbers. It is cut out of the bytes and read as a
column; what is left is small and read as JSON. Whatever is not spelled so is read as JSON
altogether.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tilannekuva.errors import SourceError
from tilannekuva.sources._numbers import indexed_numbers, indexed_texts, numbers

__all__ = ["Answer", "read_answer", "read_marks", "read_values"]

Values = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

_CUT = "\x00"
"""Stands in the document where figures were cut out; no text of an answer is this."""
_BLANK = b" \t\r\n"
_COMMA = bytes.maketrans(b",", b"\n")
_APART = re.compile(rb"[0-9.eE+-]\s+[0-9.eE+-]")
_LONG = 100_000
"""Bytes of marks from which cutting them out is quicker than reading them as JSON."""


class Answer(NamedTuple):
    """An answer taken apart."""

    dataset: Mapping[str, Any]
    values: Values | tuple[Rows, Values] | None
    """The figures if they were cut out: every cell, or cells and their figures."""
    marks: dict[str, Rows] | None
    """The marks if they were cut out: mark → cells."""


def read_answer(data: bytes, where: str) -> Answer:
    """Take an answer apart.

    Args:
        data: The bytes of the answer.
        where: Name of the file, for errors.

    Raises:
        SourceError: It is no JSON, no JSON-stat, or not exactly one dataset.

    >>> read_answer(b'{"class":"dataset","dimension":{},"value":[1,null]}', "f.json").values
    array([ 1., nan])
    """
    return _quick(data) or Answer(_unwrap(_loads(data, where), where), None, None)


def _quick(data: bytes) -> Answer | None:
    value = _longest(data, b'"value"')
    if value is None:
        return None
    block, cut = data[value[0] + 1 : value[1]], [value]
    dense = data[value[0] : value[0] + 1] == b"["
    values = _dense(block) if dense else _sparse(block)
    if values is None:
        return None
    marks, status = None, _longest(data, b'"status"')
    if status is not None and status[1] - status[0] > _LONG:
        marks = _listed(data[status[0] : status[1] + 1])
        cut += [status] if marks is not None else []
    try:
        dataset = _unwrap(json.loads(_without(data, sorted(cut))), "")
    except (ValueError, SourceError):
        return None
    if dataset.get("value") != _CUT or (marks is not None and dataset.get("status") != _CUT):
        return None
    return Answer(dataset, values, marks)


def _longest(data: bytes, key: bytes) -> tuple[int, int] | None:
    """First and last byte of the longest list or flat object that a key has as its value."""
    found, place = [], data.find(key)
    while place >= 0:
        start = place + len(key)
        while data[start : start + 1] in (b" ", b"\t", b"\r", b"\n", b":"):
            start += 1
        close = {b"[": b"]", b"{": b"}"}.get(data[start : start + 1])
        stop = data.find(close, start) if close else -1
        if stop >= 0:
            found.append((start, stop))
        place = data.find(key, max(start, stop))
    return max(found, key=lambda span: span[1] - span[0], default=None)


def _without(data: bytes, spans: Sequence[tuple[int, int]]) -> bytes:
    """The document with a mark in the place of what was cut out."""
    pieces, place = [], 0
    for start, stop in spans:
        pieces += [data[place:start], json.dumps(_CUT).encode()]
        place = stop + 1
    return b"".join([*pieces, data[place:]])


def _dense(block: bytes) -> Values | None:
    if b'"' in block or _spread(block):
        return None
    if not block.strip():
        return np.empty(0)
    return numbers(block, b",", ["null"], drop=_BLANK if _blank(block) else b"")


def _sparse(block: bytes) -> tuple[Rows, Values] | None:
    if _spread(block):
        return None
    if not block.strip():
        return np.empty(0, dtype=np.intp), np.empty(0)
    lines = block.translate(_COMMA, _BLANK if _blank(block) else b"")
    return None if lines.endswith(b"\n") else indexed_numbers(lines, "null")


def _blank(block: bytes) -> bool:
    return any(blank in block for blank in (b" ", b"\n", b"\t"))


def _spread(block: bytes) -> bool:
    """Whether blanks stand between two figures, where a comma should."""
    return _blank(block) and bool(_APART.search(block))


def _listed(block: bytes) -> dict[str, Rows] | None:
    """Marks by cell, from an object without a blank or an escape in it."""
    if not (block.startswith(b'{"') and block.endswith(b'"}')) or b"\\" in block:
        return None
    return indexed_texts(block[2:-2].replace(b'","', b"\n").replace(b'":"', b":"))


def _loads(data: bytes, where: str) -> Any:
    def refuse(word: str) -> float:
        raise ValueError(f"{word} is no number of JSON")

    try:
        return json.loads(data.removeprefix(b"\xef\xbb\xbf"), parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        page = data.lstrip()[:1] == b"<"
        what = "this is a web page, not an answer" if page else f"not JSON, or cut off ({error})"
        raise SourceError(f"{where}: {what}; fetch it again") from error


# --- one dataset ---------------------------------------------------------------------------------


def _unwrap(document: Any, where: str) -> Mapping[str, Any]:
    """The one dataset of an answer of any version."""
    if not isinstance(document, dict):
        raise SourceError(f"{where}: not JSON-stat: the answer is no object")
    for key, kind in (("error", "an error"), ("warning", "a warning")):
        if key in document and "dimension" not in document:
            raise SourceError(f"{where}: no figures but {kind}: {_said(document[key])}")
    kind = document.get("class", "dataset")
    if kind != "dataset":
        raise SourceError(
            f"{where}: a JSON-stat {kind}, not a dataset; read its datasets one by one"
        )
    if "dimension" in document:
        return document
    members = {k: v for k, v in document.items() if isinstance(v, dict) and "dimension" in v}
    if len(members) > 1:
        raise SourceError(
            f"{where}: a bundle of {len(members)} datasets ({', '.join(members)}); give one of "
            "them as an answer of its own"
        )
    if not members:
        raise SourceError(
            f"{where}: not JSON-stat: no dimensions among {', '.join(map(str, document))[:80]}"
        )
    return next(iter(members.values()))


def _said(error: Any) -> str:
    """The publisher's words about an error, whichever way they are wrapped."""
    if isinstance(error, list):
        return "; ".join(map(_said, error))
    if isinstance(error, dict):
        return str(error.get("label") or error.get("title") or error)
    return str(error)


# --- figures and marks ---------------------------------------------------------------------------


def read_values(answer: Answer, cells: int, where: str) -> tuple[Values, dict[str, list[int]]]:
    """The figure of every cell, and texts that stand in the place of a figure.

    Args:
        answer: The answer taken apart.
        cells: How many cells its dimensions make.
        where: Name of the file, for errors.

    Returns:
        One number a cell, NaN where there is none, or no numbers at all where a list is empty (a
        description of a table); and text → cells.

    Raises:
        SourceError: No figures, more or fewer than cells, a cell that is not there, no number.
    """
    given, texts = answer.values, dict[str, list[int]]()
    if given is None:
        listed = answer.dataset.get("value")
        if isinstance(listed, list):
            given = np.array([_number(v, n, texts, where) for n, v in enumerate(listed)], float)
        elif isinstance(listed, dict):
            at = np.array([_cell(key, where) for key in listed], dtype=np.intp)
            pairs = zip(at.tolist(), listed.values(), strict=True)
            given = at, np.array([_number(v, n, texts, where) for n, v in pairs], float)
        else:
            raise SourceError(f"{where}: the dataset has no 'value'; there are no figures to read")
    if isinstance(given, tuple):
        return _spread_out(*given, cells, where), texts
    if len(given) not in (0, cells):
        raise SourceError(
            f"{where}: expected {cells} cells by the sizes of the dimensions, found {len(given)} "
            "in 'value'; the answer is damaged, fetch it again"
        )
    return given, texts


def _spread_out(at: Rows, given: Values, cells: int, where: str) -> Values:
    values = np.full(cells, np.nan)
    _check_cells(at, cells, "value", where)
    if len(at) > 1 and not (np.diff(at) > 0).all() and len(np.unique(at)) < len(at):
        raise SourceError(f"{where}: a cell is given twice in 'value'; fetch the answer again")
    values[at] = given
    return values


def _number(value: Any, cell: int, texts: dict[str, list[int]], where: str) -> float:
    if value is None:
        return float("nan")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, str):
        raise SourceError(f"{where}: cell {cell + 1} is {str(value)[:30]}, which is no number")
    if re.fullmatch(r"\s*[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?\s*", value):
        return float(value)
    texts.setdefault(value.strip(), []).append(cell)
    return float("nan")


def _cell(key: str, where: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", key):
        raise SourceError(
            f"{where}: '{key[:30]}' is not the number of a cell; the answer is damaged"
        )
    return int(key)


def _check_cells(at: Rows, cells: int, key: str, where: str) -> None:
    if len(at) and not 0 <= int(at.min()) <= int(at.max()) < cells:
        worst = int(at.max()) if int(at.max()) >= cells else int(at.min())
        raise SourceError(
            f"{where}: '{key}' has a cell {worst}, but the sizes of the dimensions make {cells} "
            "cells, numbered from 0; the answer is damaged, fetch it again"
        )


def read_marks(answer: Answer, cells: int, where: str) -> dict[str, Rows]:
    """The publisher's mark → the cells that have it.

    Args:
        answer: The answer taken apart.
        cells: How many cells there are.
        where: Name of the file, for errors.

    Raises:
        SourceError: Marks of cells that are not there, or not as many as cells.
    """
    marks = answer.marks
    if marks is None:
        found: dict[str, list[int]] = {}
        for cell, mark in _each_mark(answer.dataset.get("status"), cells, where):
            found.setdefault(str(mark).strip(), []).append(cell)
        marks = {mark: np.array(at, dtype=np.intp) for mark, at in found.items()}
    marks.pop("", None)
    for at in marks.values():
        _check_cells(at, cells, "status", where)
    return marks


def _each_mark(status: Any, cells: int, where: str) -> Iterator[tuple[int, Any]]:
    if isinstance(status, dict):
        pairs = [(_cell(key, where), mark) for key, mark in status.items()]
    elif isinstance(status, list) and len(status) in (0, 1, cells):
        pairs = list(enumerate(status * cells if len(status) == 1 else status))
    elif isinstance(status, str):
        pairs = [(cell, status) for cell in range(cells)]
    elif status is None:
        pairs = []
    else:
        raise SourceError(f"{where}: 'status' has neither one mark, nor {cells}, nor one a cell")
    return ((cell, mark) for cell, mark in pairs if mark is not None)
