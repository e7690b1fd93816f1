"""Rows of codes and figures that are no whole cube, as every reader of rows gives them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from tilannekuva.errors import SourceError
from tilannekuva.sources._cube import STATUS_TYPE, Column, CubeInfo, long_frame

__all__ = ["Rows", "check_unique", "mark_preliminary", "spread"]

_ROOM = 8
"""A cube with at most so many cells a row is checked cell by cell, a larger one by hashing."""


@dataclass(frozen=True, eq=False)
class Rows:
    """What a reader of rows found: codes, figures and what stands beside them."""

    columns: Mapping[str, Column]
    """Dimension → places in a list of codes, one a row, and the list."""
    values: npt.NDArray[np.float64]
    """One number a row; NaN where there is none."""
    status: npt.NDArray[np.int8]
    """One place in the categories of ``status`` a row."""
    info: CubeInfo
    more: Mapping[str, Column | npt.NDArray[np.float64]] = field(default_factory=dict)
    """Columns after ``status``: marks as codes, second figures as numbers."""

    def frame(self) -> pd.DataFrame:
        """One categorical column a dimension, then ``value``, ``status`` and what there is more."""
        where = self.info.where
        taken = [name for name in self.more if name in self.columns]
        if taken:
            raise SourceError(
                f"{where}: a dimension is called '{taken[0]}', as one of our own columns"
            )
        frame = long_frame(self.columns, self.values, self.status, where)
        for name, column in self.more.items():
            if isinstance(column, tuple):
                places, codes = column
                kind = pd.CategoricalDtype(pd.Index(list(codes), dtype="str"))
                frame[name] = pd.Categorical.from_codes(places, dtype=kind, validate=False)
            else:
                frame[name] = column
        return frame


def check_unique(columns: Mapping[str, Column], where: str) -> None:
    """Refuse figures that stand twice: nobody could say which of them holds.

    >>> check_unique({"area": (np.array([0, 0]), ["MK18"])}, "f.tsv")
    Traceback (most recent call last):
        ...
    tilannekuva.errors.SourceError: f.tsv: two rows are about area=MK18; ...
    """
    if not columns:
        return
    rows = len(next(iter(columns.values()))[0])
    key = np.zeros(rows, dtype=np.int64)
    size = 1
    for places, codes in columns.values():
        if size * len(codes) > 2**62:
            # Too many combinations for one number: keep those that occur.
            _, key = np.unique(key, return_inverse=True)
            size = rows
        key = key * len(codes) + places
        size *= len(codes)
    if size <= _ROOM * rows:
        seen = np.zeros(size, dtype=bool)
        seen[key] = True
        if np.count_nonzero(seen) == rows:
            return
    twice = np.flatnonzero(pd.Series(key).duplicated().to_numpy())
    if len(twice):
        named = ", ".join(
            f"{n}={codes[places[twice[0]]]}" for n, (places, codes) in columns.items()
        )
        raise SourceError(f"{where}: two rows are about {named}; ask the publisher which holds")


def spread(columns: Mapping[str, Column], name: str, codes: list[str]) -> dict[str, Column]:
    """Turn figures that stand side by side into rows: each row once for each of these codes.

    Args:
        columns: The columns of the rows as they stand.
        name: Name of the new dimension.
        codes: What the figures of a row are, from left to right.

    Returns:
        Columns with ``len(codes)`` times the rows, the new one fastest.

    >>> wide = {"area": (np.array([0, 1], np.int8), ["a", "b"])}
    >>> {n: places.tolist() for n, (places, _) in spread(wide, "year", ["2022", "2023"]).items()}
    {'area': [0, 0, 1, 1], 'year': [0, 1, 0, 1]}
    """
    rows = len(next(iter(columns.values()))[0]) if columns else 1
    long: dict[str, Column] = {n: (np.repeat(p, len(codes)), c) for n, (p, c) in columns.items()}
    own = np.arange(len(codes), dtype=np.min_scalar_type(-max(len(codes), 1)))
    long[name] = (np.tile(own, rows), codes)
    return long


_PRELIMINARY = re.compile(r"(?<!\S)([0-9]{4}(?:[A-Z][0-9]{1,2})?)\s?\*(?!\S)")


def mark_preliminary(
    column: Column, status: npt.NDArray[np.int8]
) -> tuple[Column, npt.NDArray[np.int8]]:
    """Take the asterisk of preliminary periods off their codes and give it to the status.

    Args:
        column: Codes that are periods or have one among their words.
        status: Of every row.

    Returns:
        The column with bare codes, and the status with ``preliminary`` unless it is worse.

    >>> years = np.array([0, 1]), ["2024", "2025*"]
    >>> column, status = mark_preliminary(years, np.zeros(2, np.int8))
    >>> column[1], [STATUS_TYPE.categories[p] for p in status]
    (['2024', '2025'], ['final', 'preliminary'])
    """
    places, codes = column
    bare = [_PRELIMINARY.sub(r"\1", code) for code in codes]
    marked = np.array([b != code for b, code in zip(bare, codes, strict=True)], dtype=bool)
    if not marked.any():
        return column, status
    known = list(dict.fromkeys(bare))
    moved = np.array([known.index(code) for code in bare])
    own = np.int8(list(STATUS_TYPE.categories).index("preliminary"))
    raised = np.where(marked[places], np.maximum(status, own), status).astype(np.int8)
    return (moved[places], known), raised
