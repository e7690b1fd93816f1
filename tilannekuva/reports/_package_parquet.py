"""The figures of the data package as Parquet: codes as dictionaries, the same bytes every time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tilannekuva.model import Observation, Picture

__all__ = ["figures"]


def figures(picture: Picture, rows: Sequence[Observation]) -> bytes:
    """The rows of ``observations.csv``; a figure that is not there is null, not NaN."""
    columns = dict(zip(Observation._fields, zip(*rows, strict=True), strict=True)) if rows else {}
    made = {
        name: pa.array(columns.get(name, ()), pa.float64())
        if name == "value"
        else _codes(columns.get(name, ()))
        for name in Observation._fields
    }
    # No more is said in the file: no time, and nothing of whoever wrote it but the format.
    about = {"region": picture.region.code, "as_of": picture.as_of}
    buffer = pa.BufferOutputStream()
    pq.write_table(pa.table(made).replace_schema_metadata(about), buffer, compression="zstd")
    content: bytes = buffer.getvalue().to_pybytes()
    return content


def _codes(column: Sequence[str]) -> Any:
    """A column of codes with a sorted dictionary; an empty text is none."""
    names = sorted(set(column) - {""})
    place = {name: n for n, name in enumerate(names)}
    indices = pa.array([place.get(code) for code in column], pa.int32())
    return pa.DictionaryArray.from_arrays(indices, pa.array(names, pa.string()))
