"""JSON-stat 1.x and 2.0, as PxWeb, Eurostat and others answer."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any, Literal, overload

import numpy as np
import pandas as pd

from tilannekuva.errors import SourceError
from tilannekuva.sources._cube import (
    MAX_CELLS,
    Cube,
    CubeInfo,
    Readable,
    deliver,
    load,
    mark_slice,
    settle,
)
from tilannekuva.sources._jsonstat_info import is_eurostat, read_dimensions, read_info
from tilannekuva.sources._jsonstat_text import read_answer, read_marks, read_values

__all__ = ["parse", "read_jsonstat"]


@overload
def read_jsonstat(
    source: Readable, *, info: Literal[False] = False, marks: Mapping[str, str] | None = None
) -> pd.DataFrame: ...
@overload
def read_jsonstat(
    source: Readable, *, info: Literal[True], marks: Mapping[str, str] | None = None
) -> tuple[pd.DataFrame, CubeInfo]: ...
def read_jsonstat(
    source: Readable, *, info: bool = False, marks: Mapping[str, str] | None = None
) -> pd.DataFrame | tuple[pd.DataFrame, CubeInfo]:
    """Read one JSON-stat dataset of any version.

    Args:
        source: Path, bytes or open binary file.
        info: Also return what stands beside the figures.
        marks: Mark → status, for marks that this publisher uses in a way of its own.

    Returns:
        One row a cell, in the answer's order (row-major, the last id fastest): a categorical column
        of codes a dimension, named by its id; ``value`` (float64, NaN where there is none);
        ``status`` (category, see :data:`tilannekuva.statuses.STATUSES`). A value is final unless
        marked; the values of a period with an asterisk are preliminary. A cell that a sparse answer
        leaves out has no value. A description of a table (an empty list of values) has no rows.
        With ``info`` a pair of the frame and a :class:`CubeInfo`, whose ``marks`` has every mark as
        it stands.

    Raises:
        SourceError: The answer cannot be read, is cut off, contradicts itself, is a message of the
            service, or holds several datasets.

    >>> data = b'''{"class": "dataset", "id": ["geo"], "size": [2], "value": {"0": 5.5},
    ...   "dimension": {"geo": {"category": {"index": ["FI1D8", "FI1D7"]}}}}'''
    >>> read_jsonstat(data)
         geo  value         status
    0  FI1D8    5.5          final
    1  FI1D7    NaN  not_available
    """
    data, where = load(source)
    return deliver(parse(data, where, marks), info)


def parse(
    data: bytes, where: str, marks: Mapping[str, str] | None = None, time: str | None = None
) -> Cube:
    """The cube of a JSON-stat answer.

    Args:
        data: The answer's bytes.
        where: Name of the file, for errors.
        marks: Mark → status, for marks that this publisher uses in a way of its own.
        time: The dimension of time, for answers that do not say which it is.

    Raises:
        SourceError: As :func:`read_jsonstat` says.
    """
    answer = read_answer(data, where)
    if time is not None:
        answer = answer._replace(dataset=_with_time(answer.dataset, time))
    dimensions = read_dimensions(answer.dataset, where)
    sizes = [len(d.codes) for d in dimensions]
    cells = prod(sizes)
    if cells > MAX_CELLS:
        raise SourceError(f"{where}: the sizes make {cells} cells; ask for the table in parts")
    values, texts = read_values(answer, cells, where)
    found = read_marks(answer, cells, where) if len(values) else {}
    for text, at in texts.items():
        found[text] = np.union1d(found.get(text, np.empty(0, dtype=np.intp)), at)
    eurostat = is_eurostat(answer.dataset)
    if not eurostat and "-" in found and "-" not in (marks or {}):
        # PxWeb writes a true zero as a mark without a number.
        zero = found["-"][np.isnan(values[found["-"]])]
        values[zero] = 0.0
    protocol = "eurostat" if eurostat else "pxweb"
    status = settle(values, found, protocol, where, marks, remarks=not eurostat)
    for n, dimension in enumerate(dimensions):
        if len(values):
            mark_slice(status, sizes, n, dimension.starred)
    info = read_info(answer.dataset, dimensions, found, where)
    return Cube({d.name: d.codes for d in dimensions}, values, status, info)


def _with_time(dataset: Mapping[str, Any], time: str) -> Mapping[str, Any]:
    """The role of time filled in where the answer has none: preliminary marks stand on it."""
    role = dataset.get("role")
    role = role if isinstance(role, dict) else {}
    if role.get("time") or time not in dataset.get("id", ()):
        return dataset
    return {**dataset, "role": {**role, "time": [time]}}
