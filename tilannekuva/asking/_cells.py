"""An answer as cells: what every reader of answers gives to the tidying."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from tilannekuva.matching import Role, Variable, guess_role
from tilannekuva.sources._cube import Cube, CubeInfo
from tilannekuva.sources._rows import Rows

__all__ = ["Beside", "Cells", "cells_of", "make_cells"]

Beside = Callable[[str], bytes]
"""Gives the bytes of a snapshot that an answer's layout names, by its id."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Figures in the publisher's own codes, and what the answer says of its variables."""

    frame: pd.DataFrame
    """One categorical column of text a variable, ``flag`` (category: a status of ours or the
    publisher's mark), ``value`` (float64, NaN where there is none)."""
    variables: tuple[Variable, ...]
    units: Mapping[str, str] = field(default_factory=dict)
    """Code of the contents → unit as printed; ``*`` for the whole table."""
    broken: npt.NDArray[np.intp] | None = None
    """Rows before which the publisher marks a break in the series."""


def cells_of(
    answer: Cube | Rows, *, break_marks: str = "", totals: Mapping[str, str] | None = None
) -> Cells:
    """The cells of what a reader of :mod:`tilannekuva.sources` gave.

    Args:
        answer: A cube or rows.
        break_marks: Letters that mean a break when they stand in a mark (Eurostat's ``b``).
        totals: Variable → the code that stands for all others together, where whoever asked knows
            it. A part of an answer may have one code of a variable that is not its total.

    Returns:
        The cells, periods in our own notation where the answer says which they are.
    """
    frame, info = answer.frame(), answer.info
    if info.time is not None:
        frame[info.time] = _in_our_notation(frame[info.time], info.periods)
    frame = frame.drop(columns=[c for c in ("flag", "absolute") if c in frame])
    frame = frame.rename(columns={"status": "flag"})
    broken = [r for mark, r in info.marks.items() if set(mark) & set(break_marks)]
    return Cells(
        frame,
        tuple(
            _variable(d, frame[d], info, (totals or {}).get(d))
            for d in info.dimensions
            if d in frame
        ),
        info.units,
        np.unique(np.concatenate(broken)) if broken else None,
    )


def make_cells(
    columns: Mapping[str, Sequence[str]],
    values: Sequence[float | None],
    *,
    flags: Sequence[str] | None = None,
    roles: Mapping[str, Role] | None = None,
    names: Mapping[str, frozenset[str]] | None = None,
    units: Mapping[str, str] | None = None,
) -> Cells:
    """Cells of a small answer that is no cube.

    Args:
        columns: Variable → a code a row.
        values: A number a row, None where there is none.
        flags: A status or the publisher's mark a row; empty for none.
        roles: Variable → role.
        names: Variable → what it is called.
        units: As in :class:`Cells`.

    >>> make_cells({"year": ["2024"]}, [3.0], roles={"year": "time"}).frame
       year flag  value
    0  2024         3.0
    """
    frame = pd.DataFrame({n: pd.Categorical(list(c)) for n, c in columns.items()})
    frame["flag"] = pd.Categorical(list(flags) if flags is not None else [""] * len(values))
    frame["value"] = np.array([np.nan if v is None else v for v in values], dtype="float64")
    variables = [
        Variable(
            n,
            tuple(map(str, frame[n].cat.categories)),
            (names or {}).get(n, frozenset()),
            role=(roles or {}).get(n),
        )
        for n in columns
    ]
    return Cells(frame, tuple(variables), units or {})


def _in_our_notation(column: pd.Series[Any], known: Mapping[str, str]) -> pd.Series[Any]:
    """Codes of time as periods; two codes of one period stay two rows of it."""
    names = {str(c): known.get(str(c), str(c)) for c in column.cat.categories}
    if len(set(names.values())) == len(names):
        return column.cat.rename_categories(names)
    return column.astype("str").map(names).astype("category")


def _variable(
    name: str, column: pd.Series[str], info: CubeInfo, total: str | None = None
) -> Variable:
    texts = [info[lang] for lang in info.languages]
    names = frozenset(t.names[name] for t in texts if t.names.get(name))
    codes = tuple(str(c) for c in column.cat.categories)
    labels = {
        c: frozenset(t.labels[name][c] for t in texts if c in t.labels.get(name, {})) for c in codes
    }
    return Variable(name, codes, names, labels, _role(name, names, info), total)


def _role(name: str, names: frozenset[str], info: CubeInfo) -> Role | None:
    said: dict[str, Role] = {"time": "time", "geo": "geo", "metric": "contents"}
    if name == info.time:
        return "time"
    for role, dimensions in info.roles.items():
        if name in dimensions and role in said:
            return said[role]
    return guess_role(name, names)
