"""A publisher's cube as a long table: what every reader of cubes shares.

A reader finds the dimensions, the values and the publisher's marks; this room makes the columns of
them. A cube of n dimensions is one row-major array, so a column of codes is a range broadcast over
the others and no text is touched, however many cells there are.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import pandas as pd

from tilannekuva.errors import DataError, SourceError
from tilannekuva.sources._cube_info import CubeInfo, Note, Texts
from tilannekuva.statuses import STATUSES, read_flag, severity

__all__ = [
    "MAX_CELLS",
    "STATUS_TYPE",
    "Cube",
    "CubeInfo",
    "Note",
    "Readable",
    "Texts",
    "check_codes",
    "deliver",
    "load",
    "long_frame",
    "mark_slice",
    "positions",
    "settle",
]

Readable = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO
"""What a public reader takes: a path, the bytes themselves or an open binary file."""

Column = tuple[npt.NDArray[Any], Sequence[str]]
"""Places in a list of codes, one a row, and the list."""

_BY_SEVERITY = tuple(sorted(STATUSES, key=severity))
_PLACE = {status: place for place, status in enumerate(_BY_SEVERITY)}
STATUS_TYPE = pd.CategoricalDtype(list(_BY_SEVERITY))
"""Every frame has the same categories of ``status``, so that concat keeps them."""

MAX_CELLS = 1 << 28
"""More than any service gives at once; a product beyond it is a damaged or hostile head."""


@dataclass(frozen=True, eq=False)
class Cube:
    """Every cell of a cube in row-major order, the last dimension fastest."""

    codes: Mapping[str, Sequence[str]]
    """Dimension → its codes; the order of the keys is the order of the dimensions."""
    values: npt.NDArray[np.float64]
    """One number a cell, NaN where there is none; empty where the file only describes a cube."""
    status: npt.NDArray[np.int8]
    """One place in the categories of :data:`STATUS_TYPE` a cell."""
    info: CubeInfo

    def frame(self) -> pd.DataFrame:
        """One categorical column a dimension, then ``value`` and ``status``; no values, no rows."""
        sizes = [len(codes) for codes in self.codes.values()]
        places = positions(sizes if len(self.values) else [0] * len(sizes))
        columns = {n: (p, c) for (n, c), p in zip(self.codes.items(), places, strict=True)}
        return long_frame(columns, self.values, self.status, self.info.where)


def load(source: Readable) -> tuple[bytes, str]:
    """The bytes of a path, of bytes or of an open binary file, and a name for messages.

    Raises:
        SourceError: There is no such file, it cannot be read, or it was opened as text.

    >>> load(b"abc")
    (b'abc', 'the given bytes')
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source), "the given bytes"
    if isinstance(source, (str, os.PathLike)):
        path = Path(source)
        try:
            return path.read_bytes(), path.name
        except FileNotFoundError as error:
            raise SourceError(f"{path}: there is no such file; check the path") from error
        except OSError as error:
            raise SourceError(f"{path}: cannot be read ({error.strerror or error})") from error
    if not hasattr(source, "read"):
        kind = type(source).__name__
        raise SourceError(f"give a path, bytes or an open binary file to read, not {kind}")
    where = Path(str(getattr(source, "name", "the given file"))).name
    data: object = source.read()
    if not isinstance(data, bytes):
        raise SourceError(
            f"{where}: open the file as binary (mode 'rb'), its encoding is read from it"
        )
    return data, where


def check_codes(name: str, codes: Sequence[str], where: str) -> None:
    """Refuse a dimension whose code stands twice: its rows could not be told apart.

    >>> check_codes("Alue", ["MK18", "MK18"], "f.px")
    Traceback (most recent call last):
        ...
    tilannekuva.errors.SourceError: f.px: the code 'MK18' stands twice in 'Alue'; ...
    """
    if len(set(codes)) == len(codes):
        return
    seen: set[str] = set()
    twice = next(c for c in codes if c in seen or seen.add(c))  # type: ignore[func-returns-value]
    raise SourceError(
        f"{where}: the code '{twice}' stands twice in '{name}'; its rows could not be told apart, "
        "ask the publisher"
    )


def positions(sizes: Sequence[int]) -> list[npt.NDArray[Any]]:
    """Per dimension, the place of its code in every cell of a row-major cube.

    Args:
        sizes: Number of codes of each dimension, slowest first.

    Returns:
        One array of ``prod(sizes)`` small integers a dimension.

    >>> [p.tolist() for p in positions([2, 3])]
    [[0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2]]
    """
    found = []
    for n, size in enumerate(sizes):
        kind = np.int8 if size < 128 else np.int16 if size < 32768 else np.int32
        once = np.repeat(np.arange(size, dtype=kind), prod(sizes[n + 1 :]))
        found.append(_over_and_over(once, prod(sizes)))
    return found


def _over_and_over(once: npt.NDArray[Any], length: int) -> npt.NDArray[Any]:
    """A pattern repeated to a length; what is there is doubled, as memory is copied fastest."""
    if len(once) >= length:
        return once[:length]
    whole = np.empty(length, dtype=once.dtype)
    whole[: len(once)] = once
    done = len(once)
    while done < length:
        more = min(done, length - done)
        whole[done : done + more] = whole[:more]
        done += more
    return whole


def long_frame(
    columns: Mapping[str, Column],
    values: npt.NDArray[np.float64],
    status: npt.NDArray[np.int8],
    where: str,
) -> pd.DataFrame:
    """The frame that every reader returns, for cubes and for rows that are no whole cube.

    Args:
        columns: Name → places in a list of codes, one a row, and the list.
        values: One number a row, NaN where there is none; shape (rows,).
        status: One place in :data:`STATUS_TYPE` a row, as :func:`settle` gives it; shape (rows,).
        where: Name of the file, for errors.

    Returns:
        One categorical column of text a dimension, ``value`` (float64), ``status`` (category).

    Raises:
        SourceError: A code stands twice, or a dimension has the name of our own columns.
    """
    data: dict[str, Any] = {}
    for name, (places, codes) in columns.items():
        if name in ("value", "status"):
            raise SourceError(f"{where}: a dimension is called '{name}', as one of our own columns")
        check_codes(name, codes, where)
        kind = pd.CategoricalDtype(pd.Index(list(codes), dtype="str"))
        data[name] = pd.Categorical.from_codes(places, dtype=kind, validate=False)
    data["value"] = values
    data["status"] = pd.Categorical.from_codes(status, dtype=STATUS_TYPE, validate=False)
    return pd.DataFrame(data, copy=False)


def settle(
    values: npt.NDArray[np.float64],
    marks: Mapping[str, npt.ArrayLike],
    protocol: str,
    where: str,
    meanings: Mapping[str, str] | None = None,
    *,
    remarks: bool = False,
) -> npt.NDArray[np.int8]:
    """The status of every row, from the presence of its value and the publisher's marks.

    A value that is there is final unless marked; one that is not is ``not_available`` unless the
    mark says more.

    Args:
        values: One number a row, NaN where there is none; shape (rows,).
        marks: The publisher's mark → the rows that have it.
        protocol: Whose marks these are, as :func:`tilannekuva.statuses.read_flag` takes it.
        where: Name of the file, for errors.
        meanings: Mark → status, for marks that a file uses in a way of its own.
        remarks: True where a text beside a number may be a footnote (PxWeb): such a value is final.

    Returns:
        Places in the categories of :data:`STATUS_TYPE`; shape (rows,).

    Raises:
        SourceError: A number that is no number (infinity), or an unknown mark.

    >>> import numpy as np
    >>> places = settle(np.array([1.0, np.nan, np.nan]), {"...": [2]}, "pxweb", "f.px")
    >>> [STATUS_TYPE.categories[p] for p in places]
    ['final', 'not_available', 'confidential']
    """
    gone = np.isnan(values)
    if np.isinf(values).any():
        row = int(np.flatnonzero(np.isinf(values))[0])
        raise SourceError(f"{where}: the value of cell {row + 1} is too large to be a number")
    status = np.full(len(values), _PLACE["final"], dtype=np.int8)
    status[gone] = _PLACE["not_available"]
    for mark, rows in marks.items():
        at = np.asarray(rows, dtype=np.intp)
        flag = (meanings or {}).get(mark, mark)
        for absent in (False, True):
            part = at[gone[at] == absent]
            if len(part) and (found := _read_mark(flag, protocol, absent, remarks)):
                status[part] = _PLACE[found]
            elif len(part):
                raise SourceError(
                    f"{where}: cell {int(part[0]) + 1} of {len(values)} has the mark '{mark}', "
                    f"which no {protocol} source was known to use; say what it means with marks="
                    f"{{'{mark}': …}}, one of {', '.join(STATUSES)}"
                )
    return status


def _read_mark(flag: str, protocol: str, absent: bool, remarks: bool) -> str | None:
    """The status of a mark; None where nobody knows it."""
    try:
        return read_flag(flag, protocol, not absent)
    except DataError:
        return "final" if remarks and not absent else None


def mark_slice(
    status: npt.NDArray[np.int8],
    sizes: Sequence[int],
    dimension: int,
    places: Iterable[int],
    mark: str = "preliminary",
) -> None:
    """Give the values of whole slices a status, unless theirs is worse; changes ``status``.

    Args:
        status: Of every cell of a row-major cube.
        sizes: Number of codes of each dimension, slowest first.
        dimension: Number of the dimension whose codes are marked.
        places: Which of its codes.
        mark: The status that its values get; cells without a value keep their reason.

    >>> import numpy as np
    >>> status = np.zeros(4, dtype=np.int8)
    >>> mark_slice(status, [2, 2], 1, [1])
    >>> [STATUS_TYPE.categories[p] for p in status]
    ['final', 'preliminary', 'final', 'preliminary']
    """
    # Reasons of absence are worse than any mark of a value, so the maximum leaves them alone.
    cube = status.reshape(prod(sizes[:dimension]), sizes[dimension], prod(sizes[dimension + 1 :]))
    for place in places:
        cube[:, place] = np.maximum(cube[:, place], np.int8(_PLACE[mark]))


def deliver(cube: Cube, info: bool) -> pd.DataFrame | tuple[pd.DataFrame, CubeInfo]:
    """The frame, or the frame and what stands beside it."""
    return (cube.frame(), cube.info) if info else cube.frame()
