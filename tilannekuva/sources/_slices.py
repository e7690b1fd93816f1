"""Text cut out of bytes by position: columns without a copy and without a Python object a cell.

A reader finds where the cells of an answer begin and end; this room makes codes and numbers of
them. The bytes must be valid UTF-8, and a cell must begin and end at a whole character.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = [
    "NotANumber",
    "Places",
    "codes",
    "codes_at",
    "cut",
    "find",
    "numbers",
    "numbers_of",
    "stands",
]

Places = npt.NDArray[np.int64]
"""Places in the bytes."""

_OFFSETS_32 = 2**31 - 1
_BLOCK = 1 << 18
"""Bytes looked at in one go: what fits a processor's cache is read from memory once."""


class NotANumber(ValueError):
    """The cell of ``row`` is neither a number nor a known gap; ``text`` is what it holds."""

    def __init__(self, row: int, text: str) -> None:
        super().__init__(f"row {row}: '{text}'")
        self.row = row
        self.text = text


def find(array: npt.NDArray[np.uint8], wanted: bytes) -> Places:
    """Every place of any of these bytes.

    >>> find(np.frombuffer(b"a,b;c", np.uint8), b",;").tolist()
    [1, 3]
    """
    found = []
    for begin in range(0, len(array), _BLOCK):
        block = array[begin : begin + _BLOCK]
        hit = block == wanted[0]
        for byte in wanted[1:]:
            hit |= block == byte
        found.append(np.flatnonzero(hit) + begin)
    return np.concatenate(found) if found else np.empty(0, np.int64)


def stands(array: npt.NDArray[np.uint8], at: Places, text: bytes) -> bool:
    """Whether the same text stands at each of these places.

    >>> stands(np.frombuffer(b"<a><b>", np.uint8), np.array([0, 3]), b"<")
    True
    """
    if not len(at) or not text:
        return True
    if at.min() < 0 or at.max() + len(text) > len(array):
        return False
    # Eight bytes are compared at once; the last word overlaps the one before it.
    width = max(w for w in (8, 4, 2, 1) if w <= len(text))
    words: npt.NDArray[Any] = np.ndarray(
        len(array) - width + 1, np.dtype(f"=u{width}"), buffer=array, strides=(1,)
    )
    for begin in {*range(0, len(text) - width, width), len(text) - width}:
        word = np.frombuffer(text, words.dtype, count=1, offset=begin)[0]
        if not bool((words[at + begin] == word).all()):
            return False
    return True


def cut(data: bytes | pa.Buffer, starts: Places, ends: Places) -> pa.Array:
    """The texts between these places.

    Args:
        data: The bytes.
        starts: Where each text begins, in rising order; shape (rows,).
        ends: Where each ends, before the next begins; shape (rows,).

    Returns:
        Arrow strings; shape (rows,).

    >>> cut(b"aa,b,,c", np.array([0, 3, 5]), np.array([2, 4, 5])).to_pylist()
    ['aa', 'b', '']
    """
    if not len(starts):
        return pa.array([], pa.string())
    both = _interleaved(data, starts, ends)
    return both.take(pa.array(np.arange(0, len(both), 2, dtype=np.int64)))


def _interleaved(
    data: bytes | pa.Buffer,
    starts: Places,
    ends: Places,
    there: npt.NDArray[np.bool_] | None = None,
) -> pa.Array:
    """Cell, gap, cell, gap …: an array of strings is offsets into bytes, here those we have.

    With ``there`` given, the gaps and the cells that are not there are null.
    """
    rows = len(starts)
    small = len(data) <= _OFFSETS_32
    offsets = np.empty(2 * rows, dtype=np.int32 if small else np.int64)
    offsets[0::2] = starts
    offsets[1::2] = ends
    valid = None
    if there is not None:
        both = np.zeros(2 * rows, dtype=bool)
        both[0::2] = there
        valid = pa.py_buffer(np.packbits(both, bitorder="little"))
    kind = pa.StringArray if small else pa.LargeStringArray
    return kind.from_buffers(max(2 * rows - 1, 0), pa.py_buffer(offsets), pa.py_buffer(data), valid)


def codes_at(
    data: bytes | pa.Buffer, starts: Places, ends: Places
) -> tuple[npt.NDArray[Any], Sequence[str]]:
    """The place of each text in the list of texts, and that list, in order of appearance.

    Args:
        data: The bytes.
        starts: Where each text begins, in rising order; shape (rows,).
        ends: Where each ends, before the next begins; shape (rows,).

    Returns:
        Places, shape (rows,), and texts.

    >>> places, texts = codes_at(b"b,a,b", np.array([0, 2, 4]), np.array([1, 3, 5]))
    >>> places.tolist(), texts
    ([0, 1, 0], ['b', 'a'])
    """
    both = _interleaved(data, starts, ends, np.ones(len(starts), dtype=bool)).dictionary_encode()
    texts = both.dictionary.to_pylist()
    places = np.frombuffer(both.indices.buffers()[1] or b"", np.int32)[: len(both) : 2]
    return places.astype(np.min_scalar_type(-max(len(texts), 1))), texts


def codes(strings: pa.Array | pa.ChunkedArray) -> tuple[npt.NDArray[Any], Sequence[str]]:
    """The same for a column of texts, encoded already or not.

    >>> places, texts = codes(pa.array(["b", "a", "b"]))
    >>> places.tolist(), texts
    ([0, 1, 0], ['b', 'a'])
    """
    if isinstance(strings, pa.ChunkedArray):
        strings = strings.unify_dictionaries().combine_chunks()
    if not pa.types.is_dictionary(strings.type):
        strings = strings.dictionary_encode()
    texts = strings.dictionary.to_pylist()
    smallest = np.min_scalar_type(-max(len(texts), 1))
    return strings.indices.to_numpy().astype(smallest), texts


def numbers(
    data: bytes | pa.Buffer, starts: Places, ends: Places, gaps: Collection[str]
) -> tuple[npt.NDArray[np.float64], dict[str, npt.NDArray[np.intp]]]:
    """The numbers that stand between these places, and where a known gap stands instead.

    Args:
        data: The bytes.
        starts: Where each number begins, in rising order; shape (rows,).
        ends: Where each ends; shape (rows,).
        gaps: Texts that say that there is no number; none of them ends with a digit.

    Returns:
        Numbers, NaN in the gaps; and gap → its rows, for the gaps that occur.

    Raises:
        NotANumber: A text is neither.

    >>> starts, ends = np.array([0, 4, 7]), np.array([3, 6, 11])
    >>> values, found = numbers(b"1.5,..,-2e3", starts, ends, [".", ".."])
    >>> values.tolist(), {gap: rows.tolist() for gap, rows in found.items()}
    ([1.5, nan, -2000.0], {'..': [1]})
    """
    rows = len(starts)
    array = np.frombuffer(data, np.uint8)
    # A number ends with a digit; whatever does not ("nan" and "inf" too) is looked at as text.
    ending = array[np.maximum(ends - 1, 0)] if len(array) else np.zeros(rows, np.uint8)
    other = np.flatnonzero((ending - 48 > 9) | (ends == starts))
    places, texts = codes_at(data, starts[other], ends[other])
    for place, text in enumerate(texts):
        if text not in gaps:
            raise NotANumber(int(other[places == place][0]), text)
    found = {text: other[places == place] for place, text in enumerate(texts)}
    there = np.ones(rows, dtype=bool)
    there[other] = False
    try:
        values = _interleaved(data, starts, ends, there).cast(pa.float64())
    except pa.ArrowInvalid:
        raise _first_bad(cut(data, starts, ends), there) from None
    return np.array(values.to_numpy(zero_copy_only=False)[0::2]), found


def numbers_of(
    strings: pa.Array | pa.ChunkedArray, gaps: Collection[str]
) -> tuple[npt.NDArray[np.float64], dict[str, npt.NDArray[np.intp]]]:
    """The same for a column of texts.

    >>> numbers_of(pa.array(["1", "-"]), ["-"])[0].tolist()
    [1.0, nan]
    """
    if isinstance(strings, pa.ChunkedArray):
        strings = (
            pa.concat_arrays(strings.chunks) if strings.num_chunks else pa.array([], pa.string())
        )
    if not len(strings):
        return np.empty(0), {}
    _, offsets, data = strings.buffers()
    bounds = np.frombuffer(offsets, np.int32)[strings.offset : strings.offset + len(strings) + 1]
    places: Places = bounds.astype(np.int64)
    return numbers(data or b"", places[:-1], places[1:], gaps)


def _first_bad(strings: pa.Array, there: npt.NDArray[np.bool_]) -> NotANumber:
    for row in np.flatnonzero(there).tolist():
        try:
            strings[row].cast(pa.float64())
        except pa.ArrowInvalid:
            return NotANumber(row, strings[row].as_py())
    raise AssertionError("every text is a number after all")
