"""Tables in files: long or wide CSV and Excel with a declared layout."""

from __future__ import annotations

import datetime as dt
import difflib
import io
from collections.abc import Mapping
from typing import Any

import pandas as pd

from tilannekuva.errors import SourceError

__all__ = ["parse"]


def parse(data: bytes, layout: Mapping[str, Any], where: str) -> pd.DataFrame:
    """Read a table as it stands, every cell but a carried number as text.

    Args:
        data: The file's bytes.
        layout: ``format`` (``long-csv``, ``csv``, ``xlsx``), ``time`` (column of the period, or
            ``columns`` where the periods are the column heads), ``value``, optional ``flag``,
            ``sheet``, ``header`` (row number of the head, from 1), ``decimal``, ``separator``,
            ``encoding``, ``variables`` (columns to keep; the default is all).
        where: Name of the file, for errors.

    Returns:
        For ``long-csv``: one categorical column a variable (text), ``time`` among them, ``flag``
        (categorical, empty where there is no mark), then ``value`` (float64, NaN where there is no
        number). For the others the sheet as text; ``tidying.cells`` makes the same shape of it.

    Raises:
        SourceError: The file does not have the declared layout.
    """
    kind = layout.get("format", "long-csv")
    for key in layout:
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(_KEYS)}"
            raise SourceError(f"{where}: the layout has an unknown key '{key}'; {hint}")
    if kind not in _READERS:
        raise SourceError(f"{where}: unknown format '{kind}'; known: {', '.join(_READERS)}")
    frame = _READERS[kind](data, layout, where)
    twice = [c for c in dict.fromkeys(frame.columns) if list(frame.columns).count(c) > 1]
    if twice:
        raise SourceError(f"{where}: two columns are called '{twice[0]}'; rename one in the file")
    if kind != "long-csv":
        _check_columns(frame, layout, where)
    return frame


def _check_columns(frame: pd.DataFrame, layout: Mapping[str, Any], where: str) -> None:
    time, value, flag = layout.get("time", "time"), layout.get("value", "value"), layout.get("flag")
    wanted = list(layout.get("variables", []))
    if time != "columns":
        wanted += [time, value, *([flag] if flag else [])]
    elif not wanted:
        raise SourceError(
            f"{where}: with periods in the heads, name the other columns (`variables`)"
        )
    missing = [c for c in wanted if c not in frame.columns]
    if missing:
        known = ", ".join(map(str, frame.columns))
        raise SourceError(f"{where}: no column '{missing[0]}'; it has {known}. Mend the layout")


def _long_csv(data: bytes, layout: Mapping[str, Any], where: str) -> pd.DataFrame:
    """The carried format, read as columns: everything text but the value."""
    import pyarrow as pa
    from pyarrow import csv

    value = layout.get("value", "value")
    header = data.split(b"\n", 1)[0].decode("utf-8-sig", "replace").rstrip("\r").split(",")
    if value not in header or layout.get("time", "time") not in header:
        raise SourceError(f"{where}: the head {header} has no '{value}' or no time column")
    text = pa.dictionary(pa.int32(), pa.string())
    options = csv.ConvertOptions(
        column_types={c: pa.float64() if c == value else text for c in header},
        null_values=[""],
        strings_can_be_null=False,
    )
    try:
        table = csv.read_csv(io.BytesIO(data), convert_options=options)
    except pa.ArrowInvalid as error:
        raise SourceError(f"{where}: not a table of the declared layout ({error})") from error
    cells = pd.DataFrame({c: table[c].to_pandas() for c in header if c != value})
    cells = cells.rename(
        columns={layout.get("time", "time"): "time", layout.get("flag", "flag"): "flag"}
    )
    if "flag" not in cells:
        cells["flag"] = pd.Categorical.from_codes([0] * len(cells), pd.Index([""]))
    cells["value"] = table[value].to_numpy()
    return cells


def _csv(data: bytes, layout: Mapping[str, Any], where: str) -> pd.DataFrame:
    try:
        return pd.read_csv(
            io.BytesIO(data),
            dtype="str",
            keep_default_na=False,
            sep=layout.get("separator", ","),
            encoding=layout.get("encoding", "utf-8-sig"),
            skiprows=int(layout.get("header", 1)) - 1,
        )
    except (LookupError, ValueError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise SourceError(
            f"{where}: cannot be read as CSV ({error}); check encoding, separator and header"
        ) from error


def _sheet(data: bytes, layout: Mapping[str, Any], where: str) -> pd.DataFrame:
    import zipfile

    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, OSError, ValueError) as error:
        raise SourceError(f"{where}: not an Excel workbook, or a damaged one ({error})") from error
    name = layout.get("sheet") or book.sheetnames[0]
    if name not in book.sheetnames:
        raise SourceError(f"{where}: no sheet '{name}'; it has {', '.join(book.sheetnames)}")
    rows = [list(r) for r in book[name].iter_rows(values_only=True)]
    head = int(layout.get("header", 1)) - 1
    if len(rows) <= head:
        raise SourceError(f"{where}: sheet '{name}' has no row {head + 1} for the head")
    columns = ["" if c is None else _text(c) for c in rows[head]]
    # A column without a head is a remark of whoever made the sheet.
    named = [n for n, c in enumerate(columns) if c]
    body = [
        [_text(r[n]) if n < len(r) else "" for n in named]
        for r in rows[head + 1 :]
        if any(c is not None for c in r)
    ]
    return pd.DataFrame(body, columns=[columns[n] for n in named], dtype="str")


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime | dt.date):
        # Excel keeps "2024-09" as the first of the month; a day that is one stays a day.
        return cell.strftime("%Y-%m" if cell.day == 1 else "%Y-%m-%d")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


_READERS = {"long-csv": _long_csv, "csv": _csv, "xlsx": _sheet}
_KEYS = ("format", "time", "value", "flag", "sheet", "header", "decimal", "separator", "encoding",
         "variables")  # fmt: skip
