"""The figures of a PX file: numbers and marks, with or without keys before each row.

Between cells stands white space; the format also allows semicolons and commas, and some write them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from math import prod
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tilannekuva.errors import SourceError
from tilannekuva.sources._numbers import by_mark, numbers
from tilannekuva.sources._px_head import Letters

__all__ = ["NIL", "Figures", "read_figures", "read_keyed"]

NIL = "-"
"""Magnitude nil: a true zero."""
_MARKS = (*("." * n for n in range(1, 7)), NIL)
_MARK_BYTES = {mark.encode() for mark in _MARKS}

_BETWEEN = b" \t\r\n;"
_QUOTE = ord('"')
_QUOTED = re.compile(rb'"([^"]*)"')
_BARE = re.compile(rb"(?<=[\s;=])[-.]+(?=[\s;]|\Z)")
_TOKEN = re.compile(r'"((?:[^"]++|"")*+)"|[^\s",;]+')
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_SYMBOL = re.compile(r"-|\.{1,6}")
_PADDING = b"; \t\r\n\x00\x1a"


class Figures(NamedTuple):
    """Cells in the order of the file."""

    values: npt.NDArray[np.float64]
    """NaN where there is a mark."""
    marks: Mapping[str, npt.NDArray[np.intp]]
    """Mark as it stands in the file → cells."""


def read_figures(
    data: bytes, start: int, sizes: Sequence[int], letters: Letters, where: str
) -> Figures:
    """The figures of a file without keys.

    Args:
        data: The whole file.
        start: Where the figures begin.
        sizes: Number of values of each dimension, slowest first.
        letters: How the bytes of the file are read.
        where: Name of the file, for errors.

    Returns:
        One value a cell.

    Raises:
        SourceError: More or fewer cells than the head promises, or a cell that is no number.

    >>> found = read_figures(b'1 "..";', 0, [2], bytes.decode, "f.px")
    >>> found.values.tolist(), found.marks
    ([1.0, nan], {'..': array([1])})
    """
    stop = _end(data, start, where)
    found = _quick(data, start, stop, prod(sizes))
    # The quick way takes all or nothing; the slow way finds what is wrong, if anything is.
    if found is None:
        found = _slow(letters(data[start:stop]), where)
    if len(found.values) != prod(sizes):
        shape = " × ".join(map(str, sizes))
        what = "is cut off" if len(found.values) < prod(sizes) else "has another head"
        raise SourceError(
            f"{where}: expected {prod(sizes)} cells ({shape}), found {len(found.values)} after "
            f"DATA=; the file {what}, fetch it again"
        )
    return found


def _end(data: bytes, start: int, where: str, *, closed: bool = False) -> int:
    """Where the figures end: before the semicolon and the blanks that close the file.

    Some real files lack the semicolon. Without it the last cell must at least be followed by a
    blank, else it may be the first half of a number.
    """
    stop = len(data)
    while stop > start and data[stop - 1] in _PADDING:
        stop -= 1
    if data.find(b";", stop) < 0 and (closed or stop == len(data)):
        raise SourceError(
            f"{where}: no ';' ends the figures, so the last of them may be half a number or half a "
            "table; the file is cut off, fetch it again"
        )
    return stop


def _quick(data: bytes, start: int, stop: int, cells: int) -> Figures | None:
    values = numbers(data, _BETWEEN, _MARKS, start=start, stop=stop, drop=b'"', blanks=True)
    if values is None or len(values) != cells:
        return None
    gaps = np.flatnonzero(np.isnan(values))
    quotes = np.flatnonzero(np.frombuffer(data, dtype=np.uint8)[start:stop] == _QUOTE) + start
    if len(quotes):
        marks = _QUOTED.findall(data, start, stop)
    else:
        marks = _BARE.findall(data, start, stop) if len(gaps) else []
    # What stands in quotation marks must be a mark, and a cell of its own: else the marks of
    # quotation held or divided something that now looks like numbers.
    if len(marks) != len(gaps) or len(quotes) not in (0, 2 * len(gaps)):
        return None
    if not set(marks) <= _MARK_BYTES or not _stand_alone(data, quotes):
        return None
    return Figures(values, by_mark(marks, gaps))


def _stand_alone(data: bytes, quotes: npt.NDArray[np.intp]) -> bool:
    """Whether something that is no cell stands outside of every pair of quotation marks."""
    codes = np.frombuffer(data, dtype=np.uint8)
    outside = codes[np.concatenate([quotes[::2] - 1, quotes[1::2] + 1])]
    return bool(np.isin(outside, list(_BETWEEN + b"=")).all())


def _slow(text: str, where: str) -> Figures:
    """Cell by cell: what the quick way does not take may still be sound."""
    values: list[float] = []
    marks: dict[str, list[int]] = {}
    for token in _tokens(text, where):
        _take(token, values, marks, where)
    return Figures(np.array(values, dtype=np.float64), _arrays(marks))


def _tokens(text: str, where: str) -> Iterator[re.Match[str]]:
    """Numbers, words and quoted texts; between them there are separators."""
    place = 0
    for token in _TOKEN.finditer(text):
        if token.start() != place:
            _check_between(text, place, token.start(), where)
        place = token.end()
        yield token
    _check_between(text, place, len(text), where)


def _check_between(text: str, begin: int, stop: int, where: str) -> None:
    other = text[begin:stop].strip("; \t\r\n\v\f,")
    if other:
        line = text.count("\n", 0, begin)
        raise SourceError(
            f"{where}: {other[:20]} stands among the figures, {line} lines after DATA=; the file "
            "is damaged there, or something follows its end"
        )


def _take(
    token: re.Match[str], values: list[float], marks: dict[str, list[int]], where: str
) -> None:
    """Add one cell."""
    cell = token[0] if token[1] is None else token[1].replace('""', '"').strip()
    if _NUMBER.fullmatch(cell):
        values.append(float(cell))
    elif token[1] is not None or _SYMBOL.fullmatch(cell):
        marks.setdefault(cell, []).append(len(values))
        values.append(float("nan"))
    else:
        raise SourceError(
            f"{where}: cell {len(values) + 1} is '{cell[:30]}', neither a number nor a mark in "
            "quotation marks; mend it in the file"
        )


def _arrays(marks: Mapping[str, Sequence[int]]) -> dict[str, npt.NDArray[np.intp]]:
    return {mark: np.array(at, dtype=np.intp) for mark, at in marks.items()}


# --- with keys ---------------------------------------------------------------------------------


def read_keyed(
    data: bytes,
    start: int,
    keys: Sequence[Mapping[str, int]],
    sizes: Sequence[int],
    letters: Letters,
    where: str,
) -> Figures:
    """The figures of a file whose rows begin with the keys of the stub.

    Args:
        data: The whole file.
        start: Where the figures begin.
        keys: For each variable of the stub, its keys and their places.
        sizes: Number of values of each dimension, slowest first.
        letters: How the bytes of the file are read.
        where: Name of the file, for errors.

    Returns:
        One value a cell; rows that the file leaves out are zero, as the format has it.

    Raises:
        SourceError: A key that the head does not know, a row given twice or of another length.

    >>> found = read_keyed(b'"b",3 4;', 0, [{"a": 0, "b": 1}], [2, 2], bytes.decode, "f.px")
    >>> found.values.tolist()
    [0.0, 0.0, 3.0, 4.0]
    """
    width = prod(sizes[len(keys) :])
    values = np.zeros(prod(sizes))
    marks: dict[str, list[int]] = {}
    seen: set[int] = set()
    # Rows may be left out, so only the semicolon shows that the rest of them was not cut off.
    stop = _end(data, start, where, closed=True)
    tokens = _tokens(letters(data[start:stop]), where)
    while named := list(islice(tokens, len(keys))):
        row = _row(named, keys, where)
        if row in seen:
            names = ", ".join(token[0] for token in named)
            raise SourceError(f"{where}: the row {names} is given twice; keep the right one")
        seen.add(row)
        cells: list[float] = []
        own: dict[str, list[int]] = {}
        for token in islice(tokens, width):
            _take(token, cells, own, where)
        if len(cells) < width:
            raise SourceError(
                f"{where}: expected {width} cells in the last row, found {len(cells)}; the file is "
                "cut off, fetch it again"
            )
        values[row * width : (row + 1) * width] = cells
        for mark, at in own.items():
            marks.setdefault(mark, []).extend(row * width + n for n in at)
    return Figures(values, _arrays(marks))


def _row(tokens: Sequence[re.Match[str]], keys: Sequence[Mapping[str, int]], where: str) -> int:
    """The number of the row that these keys name."""
    row = 0
    for token, known in zip(tokens, keys, strict=False):
        key = None if token[1] is None else token[1].replace('""', '"')
        if key is None or key not in known:
            raise SourceError(
                f"{where}: {token[0][:40]} stands where a row begins and is no key of the head; "
                "the row before it has too few or too many cells, or the key is misspelled"
            )
        row = row * len(known) + known[key]
    if len(tokens) < len(keys):
        raise SourceError(f"{where}: the last row has no figures; the file is cut off")
    return row
