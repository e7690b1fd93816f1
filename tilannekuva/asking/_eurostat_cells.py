"""Eurostat's figures as cells, the same whichever of its two formats they came in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tilannekuva.asking._cells import Cells, cells_of
from tilannekuva.errors import SourceError
from tilannekuva.sources import eurostat, jsonstat
from tilannekuva.sources._plain import plain

__all__ = ["JSON", "TSV", "cells_from"]

JSON, TSV = "json-stat2", "tsv"
_BREAK = "b"


def cells_from(data: bytes, kind: str, where: str) -> Cells:
    r"""The cells of a part, packed or not.

    Args:
        data: Its bytes.
        kind: :data:`JSON` or :data:`TSV`.
        where: Name of the file, for errors.

    Returns:
        The dimensions, and time, called ``time``. Series that the service does not have are no
        rows: JSON-stat spells them as empty cells, TSV leaves them out.

    Raises:
        SourceError: It cannot be read, or is of no known format.

    >>> data = b"freq,geo\\TIME_PERIOD\t2022-Q1 \t2022-Q2 \nQ,FI1D8\t7.5 b\t: @C\n"
    >>> cells_from(data, TSV, "f.tsv").frame
      freq    geo    time  value          flag
    0    Q  FI1D8  2022Q1    7.5         final
    1    Q  FI1D8  2022Q2    NaN  confidential
    """
    if kind == TSV:
        return _call_time(cells_of(eurostat.parse(data, where), break_marks=_BREAK))
    if kind == JSON:
        found = cells_of(jsonstat.parse(plain(data, where), where), break_marks=_BREAK)
        return _without_gaps(_call_time(found))
    raise SourceError(f"{where}: the lock entry has the format '{kind}'; known: {JSON}, {TSV}")


def _call_time(cells: Cells) -> Cells:
    found = next((v for v in cells.variables if v.role == "time"), None)
    if found is None or found.code == "time":
        return cells
    named = replace(found, code="time", names=found.names | {found.code})
    return replace(
        cells,
        frame=cells.frame.rename(columns={found.code: "time"}),
        variables=tuple(named if v is found else v for v in cells.variables),
    )


def _without_gaps(cells: Cells) -> Cells:
    """Without series that have neither a figure nor a mark in any period."""
    frame = cells.frame
    keys = [v.code for v in cells.variables if v.role != "time"]
    if not keys or not len(frame):
        return cells
    said = frame["value"].notna() | (frame["flag"] != "not_available")
    there = said.groupby([frame[k] for k in keys], observed=True).transform("any").to_numpy()
    if there.all():
        return cells
    moved = np.cumsum(there) - 1
    broken = None if cells.broken is None else moved[cells.broken[there[cells.broken]]]
    return replace(cells, frame=frame[there].reset_index(drop=True), broken=broken)
