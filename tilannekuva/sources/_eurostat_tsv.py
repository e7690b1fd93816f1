"""The kernel of Eurostat's TSV: a row a series, a column a period, flags after the figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tilannekuva.errors import SourceError
from tilannekuva.sources._cube import Column
from tilannekuva.sources._rows import check_unique, spread
from tilannekuva.sources._slices import (
    NotANumber,
    Places,
    codes,
    codes_at,
    cut,
    find,
    numbers,
    stands,
)

__all__ = ["Figures", "looks_like_tsv", "read"]

_CELL = re.compile(
    r"\s*(:|[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)\s*([a-z][a-z ]*(?:@[A-Z])?|@[A-Z])?\s*"
)


class Figures(NamedTuple):
    """Figures and flags, with the codes that say what they are about."""

    columns: dict[str, Column]
    """Dimension → codes; shape (rows,). Time is the last."""
    time: str
    """Which of them is time."""
    values: npt.NDArray[np.float64]
    """NaN where there is ``:``."""
    flags: Column
    """The flags as printed, without blanks; empty for none."""


class _Head(NamedTuple):
    names: list[str]
    time: str
    periods: list[str]


def looks_like_tsv(head: str) -> bool:
    r"""Whether a first line is that of a TSV file.

    >>> looks_like_tsv("unit,geo\\time\t2022 \t2021 ")
    True
    """
    return "\t" in head and "\\" in head.split("\t", 1)[0]


def read(data: bytes, where: str) -> Figures:
    r"""Every cell of a TSV file.

    Args:
        data: The file as UTF-8.
        where: Its name, for errors.

    Returns:
        A row a cell, series by series, periods in the order of the file.

    Raises:
        SourceError: A series has too few or too many cells, or a cell is neither number nor ``:``.

    >>> found = read(b"unit,geo\\time\t2022 \t2021 \nNR,FI1D8\t71255 \t: c\n", "f.tsv")
    >>> found.columns["time"][1], found.values.tolist(), found.flags
    (['2022', '2021'], [71255.0, nan], (array([0, 1], dtype=int8), ['', 'c']))
    """
    head = _read_head(data[: data.index(b"\n")].decode().rstrip("\r"), where)
    series, values, flags = _all_at_once(data, head) or _one_by_one(data, head, where)
    keys = dict(zip(head.names, series, strict=True))
    check_unique(keys, where)
    return Figures(spread(keys, head.time, head.periods), head.time, values, flags)


def _read_head(line: str, where: str) -> _Head:
    first, *heads = line.split("\t")
    names, _, time = first.rpartition("\\")
    head = _Head(names.split(","), time.strip(), [h.strip() for h in heads])
    twice = [n for n in head.names if [*head.names, head.time].count(n) > 1]
    if twice or "" in (*head.names, head.time, *head.periods):
        which = f"names '{twice[0]}' twice" if twice else "has an empty name"
        raise SourceError(f"{where}: the head {which}: '{line[:200]}'; fetch the file again")
    return head


_Parts = tuple[list[Column], npt.NDArray[np.float64], Column]


def _all_at_once(data: bytes, head: _Head) -> _Parts | None:
    """Keys, numbers and flags by their places; None where a line is not spelled the usual way.

    The head is the first line of the grid: it has as many fields as every other.
    """
    array = np.frombuffer(data, np.uint8)
    blanks = np.flatnonzero(array <= 32)
    kinds = array[blanks]
    broken = b"\r\n" if data[: data.index(b"\n") + 1].endswith(b"\r\n") else b"\n"
    last = np.flatnonzero((kinds == 9) | (kinds == broken[0]))
    width = len(head.periods) + 1
    if len(last) % width:
        return None
    grid = last.reshape(-1, width)
    ends = blanks[grid]
    if not stands(array, ends[:, -1], broken) or not _is_even(kinds, grid, len(broken)):
        return None
    series = _keys(data, array, ends[:-1, -1] + len(broken), ends[:, 0], len(head.names))
    if series is None:
        return None
    # What follows a tab first is the blank behind the number, or the end of a cell without one.
    before = grid[1:, :-1]
    starts, middle, ends = blanks[before] + 1, blanks[before + 1], ends[1:, 1:]
    starts, middle, ends = starts.reshape(-1), middle.reshape(-1), ends.reshape(-1)
    try:
        values, _ = numbers(data, starts, middle, (":",))
    except NotANumber:
        return None
    return series, values, _flags(data, middle, ends)


def _is_even(kinds: npt.NDArray[np.uint8], grid: npt.NDArray[np.intp], end: int) -> bool:
    """Whether breaks stand at the ends of lines only, and blanks in cells only."""
    breaks = (kinds == 10) | (kinds == 13)
    odd = (kinds != 9) & (kinds != 32) & ~breaks
    keys = grid[1:, 0] == grid[:-1, -1] + end
    return int(breaks.sum()) == len(grid) * end and not bool(odd.any()) and bool(keys.all())


def _keys(
    data: bytes, array: npt.NDArray[np.uint8], starts: Places, ends: Places, width: int
) -> list[Column] | None:
    """The columns of the key; ``ends`` has the head's too, ``starts`` has not."""
    commas = find(array, b",")
    if len(commas) != len(ends) * (width - 1):
        return None
    inner = commas.reshape(len(ends), width - 1)[1:]
    firsts = np.column_stack((starts, inner + 1))
    lasts = np.column_stack((inner, ends[1:]))
    if (firsts >= lasts).any():
        return None
    return [codes_at(data, firsts[:, n], lasts[:, n]) for n in range(width)]


def _flags(data: bytes, middle: Places, ends: Places) -> Column:
    """What stands after the blank, in the few cells that have more than the blank."""
    flagged = np.flatnonzero(ends - middle > 1)
    printed = pc.replace_substring(cut(data, middle[flagged], ends[flagged]), " ", "")
    places, texts = codes(printed if len(flagged) else pa.array([], pa.string()))
    return _with_none(places, texts, flagged, len(middle))


def _with_none(
    places: npt.NDArray[Any], texts: Sequence[str], rows: npt.NDArray[np.intp], size: int
) -> Column:
    known = ["", *(t for t in texts if t)]
    moved = np.array([known.index(t) for t in texts], dtype=np.min_scalar_type(-len(known)))
    out = np.zeros(size, dtype=moved.dtype)
    out[rows] = moved[places]
    return out, known


def _one_by_one(data: bytes, head: _Head, where: str) -> _Parts:
    """The same cell by cell, for lines that are spelled in another way or not at all."""
    lines = data.decode().rstrip("\r\n").replace("\r\n", "\n").split("\n")[1:]
    keys: list[list[str]] = []
    values: list[float] = []
    flags: list[str] = []
    for number, line in enumerate(lines, start=2):
        key, *cells = line.split("\t")
        parts = key.split(",")
        if len(parts) != len(head.names) or not all(p and p == "".join(p.split()) for p in parts):
            raise SourceError(
                f"{where}: line {number} names '{key[:80]}', not a code for each of "
                f"{', '.join(head.names)}; the file is damaged, fetch it again"
            )
        if len(cells) != len(head.periods):
            raise SourceError(
                f"{where}: line {number} ('{key}') has {len(cells)} cells for {len(head.periods)} "
                "periods; the file is cut off or damaged, fetch it again"
            )
        keys.append(parts)
        for period, cell in zip(head.periods, cells, strict=True):
            value, flag = _cell(cell, f"{where}: line {number} ('{key}'), {period}")
            values.append(value)
            flags.append(flag)
    series = [codes(pa.array([k[n] for k in keys], pa.string())) for n in range(len(head.names))]
    places, texts = codes(pa.array(flags, pa.string()))
    return series, np.array(values), _with_none(places, texts, np.arange(len(flags)), len(flags))


def _cell(cell: str, where: str) -> tuple[float, str]:
    found = _CELL.fullmatch(cell)
    if found is None:
        raise SourceError(
            f"{where}: '{cell.strip()}' is neither a number nor ':'; ask the publisher, or add the "
            "spelling to the reader"
        )
    value = float("nan") if found[1] == ":" else float(found[1])
    return value, (found[2] or "").replace(" ", "")
