"""Sotkanet: the rows of figures that REST 1.1 answers as JSON.

A row is ``{"indicator":4,"region":231,"year":2012,"gender":"total","value":3.4,"absValue":9}``;
``absValue``, the count behind a rate, may be missing. Regions are Sotkanet's own ids. Suppressed
cells are rows that are not there, and stay so: only who knows what was asked can tell that they are
missing.
"""

from __future__ import annotations

from typing import Literal, overload

import pandas as pd

from tilannekuva.sources import _sotkanet_rows
from tilannekuva.sources._cube import CubeInfo, Readable, Texts, load, settle
from tilannekuva.sources._cube_time import read_periods
from tilannekuva.sources._plain import plain
from tilannekuva.sources._rows import Rows, check_unique

__all__ = ["parse", "read_sotkanet"]


@overload
def read_sotkanet(source: Readable, *, info: Literal[False] = False) -> pd.DataFrame: ...
@overload
def read_sotkanet(source: Readable, *, info: Literal[True]) -> tuple[pd.DataFrame, CubeInfo]: ...
def read_sotkanet(
    source: Readable, *, info: bool = False
) -> pd.DataFrame | tuple[pd.DataFrame, CubeInfo]:
    """Read the figures of a Sotkanet answer (``/rest/1.1/json?indicator=…``).

    Args:
        source: A path, the bytes, or an open binary file.
        info: Give also what stands beside the figures.

    Returns:
        A row a row of the answer: the codes ``indicator``, ``region`` (Sotkanet's own id), ``year``
        and ``gender``, ``value`` (float64), ``status`` (category), and ``absolute`` (float64, NaN
        where the row has none) if any row has it. Rows that are not there are not invented.

    Raises:
        SourceError: It is no such answer, a row lacks a key or has an unknown one, a figure is no
            number, or a figure stands twice.

    >>> row = b'[{"indicator":4,"region":504,"year":2023,"gender":"total","value":3.4}]'
    >>> read_sotkanet(row)
      indicator region  year gender  value status
    0         4    504  2023  total    3.4  final
    """
    rows = parse(*load(source))
    return (rows.frame(), rows.info) if info else rows.frame()


def parse(data: bytes, where: str) -> Rows:
    """The figures of an answer, as :func:`read_sotkanet` describes them.

    Args:
        data: The bytes as received.
        where: Name of the file, for errors.

    Returns:
        Rows in the order of the answer.

    Raises:
        SourceError: As :func:`read_sotkanet`.
    """
    data = plain(data, where).strip()
    cells = _sotkanet_rows.read(data, where)
    check_unique(cells.columns, where)
    status = settle(cells.values, {}, "sotkanet", where)
    info = CubeInfo(
        where=where,
        dimensions=_sotkanet_rows.DIMENSIONS,
        languages=("und",),
        texts={"und": Texts(source="THL, Sotkanet")},
        time="year",
        periods=read_periods(cells.columns["year"][1]),
        roles={"time": ("year",), "geo": ("region",), "metric": ("indicator",)},
    )
    more = {} if cells.absolute is None else {"absolute": cells.absolute}
    return Rows(cells.columns, cells.values, status, info, more)
