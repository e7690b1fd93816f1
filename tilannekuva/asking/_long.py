"""Texts under heads, one record a row → cells: what exports and services of records give."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from tilannekuva.asking._cells import Cells
from tilannekuva.errors import SourceError
from tilannekuva.matching import Role, Variable
from tilannekuva.sources._cube import Column
from tilannekuva.sources._rows import check_unique, spread

__all__ = ["COLUMN", "Heads", "long_cells", "words"]

COLUMN = "column"
"""The variable that says under which head a figure stood; the same as in files of one's own."""

_BLANK = "[ \u00a0\u2009\u202f]"
_NUMBER = {
    point: re.compile(
        rf"[-+\u2212]?(?:(?:[0-9]{{1,3}}(?:{_BLANK}[0-9]{{3}})+|[0-9]+)(?:{p}[0-9]*)?|{p}[0-9]+)"
        r"(?:[eE][-+]?[0-9]+)?"
    )
    for point, p in ((".", r"\."), (",", ","))
}
"""Decimal mark → a number, with or without blanks between thousands."""
_LIKE_ONE = re.compile(r"[-+\u2212]?[0-9][0-9.,\s'’]*")
_GAPS = {"NA": "not_available", "NULL": "not_available", "NaN": "not_available"}
"""How programs that write tables spell a cell that is empty."""


@dataclass(frozen=True)
class Heads:
    """What stands under which head."""

    keys: tuple[str, ...]
    """Columns that tell what a figure is of, the period and the area among them."""
    values: tuple[str, ...]
    """Columns of figures."""
    roles: Mapping[str, Role]
    flag: str | None = None
    """Column of marks."""


def words(values: Iterable[Any]) -> list[str]:
    """Values of JSON as texts: a whole number without a point, nothing for null.

    >>> words([2023, 2023.0, 1.5, None, True, " a "])
    ['2023', '2023', '1.5', '', 'true', 'a']
    """
    return [_word(v) for v in values]


def _word(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def long_cells(
    frame: pd.DataFrame, heads: Heads, where: str, *, decimal: str = ".", total: bool = False
) -> Cells:
    """The cells of a table of texts.

    Several columns of figures become rows, told apart by the variable :data:`COLUMN`. What is no
    number is the publisher's mark. An empty cell is a figure that is not available, but for a row
    that has an empty key as well: that is a note, or nothing.

    Args:
        frame: Texts, no cell missing; the index is the number of the row for messages.
        heads: What stands in which column.
        where: Name of the answer, for errors.
        decimal: What stands before the decimals.
        total: Add counts up over the rows that have the same keys; a sum that lacks one of its
            parts is not available.

    Returns:
        One row a figure.

    Raises:
        SourceError: A column is missing, a number has another decimal mark, a figure stands twice,
            or what is to be added up are no counts.

    >>> table = pd.DataFrame({"alue": ["Kainuu", "Lappi"], "n": ["1 250,5", "-"]})
    >>> long_cells(table, Heads(("alue",), ("n",), {"alue": "geo"}), "f", decimal=",").frame
         alue column flag   value
    0  Kainuu      n       1250.5
    1   Lappi      n          0.0
    """
    _check(frame, heads, where)
    read = [_figures(frame[v], decimal, where) for v in heads.values]
    values = np.column_stack([number for number, _ in read]).reshape(-1)
    marks = np.column_stack([mark for _, mark in read]).reshape(-1)
    if heads.flag is not None:
        told = np.repeat(frame[heads.flag].to_numpy(dtype=object), len(heads.values))
        marks = np.where(told == "", marks, told)
    columns = spread({n: _coded(frame[n]) for n in heads.keys}, COLUMN, list(heads.values))
    bare = np.zeros(len(values), dtype=bool)
    for places, codes in columns.values():
        bare |= np.array([c == "" for c in codes], dtype=bool)[places]
    kept = np.flatnonzero(~(np.isnan(values) & (marks == "") & bare))
    columns = {n: (places[kept], codes) for n, (places, codes) in columns.items()}
    values, marks = values[kept], marks[kept]
    if total:
        columns, values, marks = _summed(columns, values, where)
    else:
        check_unique(columns, where)
    return _cells(columns, values, marks, heads.roles)


def _check(frame: pd.DataFrame, heads: Heads, where: str) -> None:
    needed = [*heads.keys, *heads.values, *([heads.flag] if heads.flag else [])]
    missing = [n for n in needed if n not in frame]
    if missing:
        raise SourceError(
            f"{where}: no column '{missing[0]}'; it has {', '.join(map(str, frame.columns))}"
        )
    taken = [n for n in heads.keys if n in ("value", "flag", COLUMN)]
    if taken:
        raise SourceError(f"{where}: a variable is called '{taken[0]}', as one of our own columns")
    if not len(frame):
        raise SourceError(f"{where}: the answer has no row; nothing was published under this name")


def _coded(column: pd.Series[Any]) -> Column:
    kind = pd.Categorical(column.to_numpy(dtype=object))
    return np.asarray(kind.codes), [str(c) for c in kind.categories]


def _figures(
    text: pd.Series[Any], decimal: str, where: str
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.object_]]:
    """Numbers, NaN where there is none, and the mark in its place."""
    places, found = pd.factorize(text.to_numpy(dtype=object))
    numbers = np.full(len(found), np.nan)
    marks = np.full(len(found), "", dtype=object)
    for n, cell in enumerate(found):
        if _NUMBER[decimal].fullmatch(cell):
            plain = re.sub(_BLANK, "", cell).replace("\u2212", "-").replace(",", ".")
            numbers[n] = float(plain)
        if np.isinf(numbers[n]) or (np.isnan(numbers[n]) and _LIKE_ONE.fullmatch(cell)):
            row = text.index[int(np.argmax(places == n))]
            raise SourceError(
                f"{where}: row {row}: '{cell}' under '{text.name}' is no number with the decimal "
                f"mark '{decimal}'; say the mark with `decimal`, or ask the publisher"
            )
        if cell == "-":
            # The offices' sign for a magnitude that is exactly nil.
            numbers[n] = 0.0
        elif np.isnan(numbers[n]):
            marks[n] = _GAPS.get(cell, cell)
    return numbers[places], marks[places]


def _summed(
    columns: Mapping[str, Column], values: npt.NDArray[np.float64], where: str
) -> tuple[dict[str, Column], npt.NDArray[np.float64], npt.NDArray[np.object_]]:
    """One row a combination of the keys."""
    there = ~np.isnan(values)
    odd = np.flatnonzero(there & ((values < 0) | (values != np.floor(values))))
    if len(odd):
        raise SourceError(
            f"{where}: {values[odd[0]]:g} is no count, and only counts add up; leave out `sum` and "
            "choose single rows with `select`"
        )
    keys = pd.DataFrame({n: places for n, (places, _) in columns.items()})
    group = keys.groupby(list(keys), sort=False).ngroup().to_numpy()
    first = np.unique(group, return_index=True)[1]
    sums = np.bincount(group, weights=np.where(there, values, 0.0)).astype(np.float64)
    lost = np.bincount(group, weights=~there) > 0
    sums[lost] = np.nan
    marks = np.where(lost, "not_available", "").astype(object)
    return {n: (places[first], codes) for n, (places, codes) in columns.items()}, sums, marks


def _cells(
    columns: Mapping[str, Column],
    values: npt.NDArray[np.float64],
    marks: npt.NDArray[np.object_],
    roles: Mapping[str, Role],
) -> Cells:
    frame = pd.DataFrame(
        {
            # A code whose rows went as notes must not be read as a period or an area.
            n: pd.Categorical.from_codes(
                p, pd.Index(list(c), dtype="str")
            ).remove_unused_categories()
            for n, (p, c) in columns.items()
        }
    )
    frame["flag"] = pd.Categorical(marks)
    frame["value"] = values
    every: dict[str, Role] = {**roles, COLUMN: "contents"}
    variables = [Variable(n, _codes(frame[n]), role=every.get(n)) for n in columns]
    return Cells(frame, tuple(variables))


def _codes(column: pd.Series[Any]) -> tuple[str, ...]:
    return tuple(str(c) for c in column.cat.categories)
