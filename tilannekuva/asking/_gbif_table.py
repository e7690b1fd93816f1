"""The packed table of a download: declared columns become codes and figures."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tilannekuva.errors import SourceError
from tilannekuva.sources import _delimited
from tilannekuva.sources._cube import Column, CubeInfo, Texts, settle
from tilannekuva.sources._cube_time import read_periods
from tilannekuva.sources._plain import plain
from tilannekuva.sources._rows import Rows, check_unique, spread
from tilannekuva.sources._slices import NotANumber, codes, numbers_of

__all__ = ["QUANTITY", "figures_of", "rows_of"]

QUANTITY = "quantity"
"""Name of the dimension of what stands side by side in the table."""
_GAPS = ("", "NULL", "null", "\\N")
_LARGEST = 1 << 30
"""Bytes; a table for a country is a thousandth of it."""


def rows_of(data: bytes, layout: Mapping[str, Any], where: str) -> Rows:
    """The figures of finished years in a packed table.

    Args:
        data: The packed bytes.
        layout: ``time``, ``values``, ``running``, and where there is one ``region`` with ``areas``
            (the service's id → our code; other areas are left out).
        where: For errors.

    Returns:
        One row a row of the table and value. Columns have the names that the layout gives them,
        others those of the table; records without a year or an area are of no row.

    Raises:
        SourceError: The bytes are no whole packed table, lack a column, have no figure, or have a
            figure twice or one that is no number.
    """
    text = plain(_unpacked(data, where), where)
    heads, _ = _delimited.heads(text, "\t", where)
    named = {head.casefold(): n for n, head in enumerate(heads)}
    wanted = [
        layout["time"],
        *layout["values"],
        *([layout["region"]] if "region" in layout else []),
    ]
    places = [named.get(name.casefold()) for name in wanted]
    if None in places or len(named) != len(heads):
        lost = next((w for w, p in zip(wanted, places, strict=True) if p is None), "a single name")
        raise SourceError(f"{where}: the table has no '{lost}', it has {', '.join(heads)}")
    names = dict(zip(places, wanted, strict=True))
    figures = [named[value.casefold()] for value in layout["values"]]
    try:
        table = _delimited.columns(text, len(heads), figures, "\t")
    except pa.ArrowInvalid as error:
        raise SourceError(f"{where}: a row is not of the head's width ({error})") from error
    columns: dict[str, Column] = {
        names.get(n, head): codes(table[n]) for n, head in enumerate(heads) if n not in figures
    }
    values = np.column_stack([_numbers(table[n], heads[n], where) for n in figures])
    columns, values = _kept(columns, values, layout, where)
    check_unique(columns, where)
    long = spread(columns, QUANTITY, list(layout["values"]))
    flat = values.reshape(-1)
    if not np.isfinite(flat).any():
        raise SourceError(f"{where}: the download has no figure of a finished year")
    info = CubeInfo(
        where=where,
        dimensions=tuple(long),
        languages=("und",),
        texts={"und": Texts(source="GBIF")},
        time=layout["time"],
        periods=read_periods(columns[layout["time"]][1]),
        roles={
            "time": (layout["time"],),
            "metric": (QUANTITY,),
            **({"geo": (layout["region"],)} if "region" in layout else {}),
        },
    )
    return Rows(long, flat, settle(flat, {}, "tables", where), info)


def _unpacked(data: bytes, where: str) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            files = [f for f in packed.infolist() if not f.is_dir()]
            if len(files) != 1 or files[0].file_size > _LARGEST:
                raise SourceError(
                    f"{where}: the download should hold one table, it holds "
                    f"{', '.join(f.filename for f in files) or 'nothing'}"
                )
            return packed.read(files[0])
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise SourceError(
            f"{where}: the download is no whole packed file ({error}); run again"
        ) from error


def _numbers(texts: pa.ChunkedArray, head: str, where: str) -> npt.NDArray[np.float64]:
    try:
        return numbers_of(texts, _GAPS)[0]
    except NotANumber as error:
        raise SourceError(
            f"{where}: line {error.row + 2}: '{error.text}' for '{head}' is no number"
        ) from error


def _kept(
    columns: Mapping[str, Column],
    values: npt.NDArray[np.float64],
    layout: Mapping[str, Any],
    where: str,
) -> tuple[dict[str, Column], npt.NDArray[np.float64]]:
    """Rows of finished years and wanted areas, with our codes of these."""
    running = int(layout["running"])
    time, years = columns[layout["time"]]
    for year in years:
        if year not in _GAPS and not year[:4].isdigit():
            raise SourceError(f"{where}: '{year}' in '{layout['time']}' is no period of time")
    keep = np.array([y not in _GAPS and int(y[:4]) < running for y in years], dtype=bool)[time]
    out = dict(columns)
    if "region" in layout:
        spots, ids = columns[layout["region"]]
        areas = layout.get("areas") or {i: i for i in ids if i not in _GAPS}
        keep &= np.array([i in areas for i in ids], dtype=bool)[spots]
        known = list(dict.fromkeys(areas.values()))
        moved = np.array([known.index(areas[i]) if i in areas else 0 for i in ids], dtype=np.int64)
        out[layout["region"]] = (moved[spots], known)
    return {name: _only(column, keep) for name, column in out.items()}, values[keep]


def _only(column: Column, keep: npt.NDArray[np.bool_]) -> Column:
    """The rows that are kept, and of the codes only theirs."""
    places, names = column
    used, back = np.unique(np.asarray(places)[keep], return_inverse=True)
    return back, [names[n] for n in used.tolist()]


def figures_of(rows: Rows) -> list[tuple[Any, ...]]:
    """Codes and numbers in an order that does not hang on that of the table, to be hashed."""
    columns = [[names[p] for p in np.asarray(places)] for places, names in rows.columns.values()]
    texts = [repr(v) for v in rows.values.tolist()]
    return sorted(zip(*columns, texts, strict=True))
