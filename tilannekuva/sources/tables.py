"""Tables in files: long or wide CSV and Excel with a declared layout."""

from __future__ import annotations

import datetime as dt
import difflib
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from xml.etree import ElementTree

import pandas as pd

from tilannekuva.errors import SourceError
from tilannekuva.sources import _layout
from tilannekuva.sources._typed_csv import rows_of

__all__ = ["Page", "page", "parse"]


def parse(data: bytes, layout: Mapping[str, Any], where: str) -> pd.DataFrame:
    """Read a table as it stands, every cell but a carried number as text.

    Args:
        data: The file's bytes.
        layout: ``format`` (``long-csv``, ``csv``, ``xlsx``), ``time`` (column of the period, or
            ``columns`` where the periods are the column heads), ``value`` (a column, or a list of
            them), optional ``flag``, ``sheet``, ``header`` (row number of the head, from 1),
            ``decimal``, ``separator``, ``encoding``, ``variables`` (columns to keep; the default
            is all).
        where: Name of the file, for errors.

    Returns:
        For ``long-csv``: one categorical column a variable (text), ``time`` among them, ``flag``
        (categorical, empty where there is no mark), then ``value`` (float64, NaN where there is no
        number). For the others the sheet as text; ``sheets.cells`` makes the same shape of it.
        There the index is the row number as a person sees it, and its name what is counted:
        ``row``, or ``sheet 'Luvut', row``. Rows and columns without any text are not there; hidden
        ones are, since a filter must not change a figure.

    Raises:
        SourceError: The file does not have the declared layout, or a cell only looks empty: a
            formula that was never calculated, a merged head.
    """
    _layout.check(layout, tuple(_READERS), where)
    if not data.strip(b"\xef\xbb\xbf \t\r\n"):
        raise SourceError(f"{where}: the file is empty; save the table in it and bring it in again")
    kind = layout.get("format", "long-csv")
    frame = _READERS[kind](data, layout, where)
    twice = [c for c in dict.fromkeys(frame.columns) if list(frame.columns).count(c) > 1]
    if twice:
        raise SourceError(f"{where}: two columns are called '{twice[0]}'; rename one in the file")
    if kind != "long-csv":
        _check_columns(frame, layout, where)
    return frame


def _check_columns(frame: pd.DataFrame, layout: Mapping[str, Any], where: str) -> None:
    wanted = _layout.used(layout)
    if layout.get("time") == "columns" and not wanted:
        raise SourceError(
            f"{where}: with periods in the heads, name the other columns (`variables`)"
        )
    missing = [c for c in wanted if c not in frame.columns]
    if missing:
        near = difflib.get_close_matches(missing[0], list(frame.columns), 1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        known = ", ".join(frame.columns)
        raise SourceError(
            f"{where}: no column '{missing[0]}'; it has {known}{hint}. Mend the layout"
        )


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
    if data.startswith((_ZIP, _OLE)):
        raise SourceError(
            f"{where}: this is an Excel file, not CSV; give it its own ending, or save it as CSV"
        )
    separator, head = layout.get("separator", ","), layout.get("header", 1)
    rows = rows_of(data, separator, head, layout.get("encoding", "utf-8"), where)
    return _frame(rows, layout, "row", where)


def _sheet(data: bytes, layout: Mapping[str, Any], where: str) -> pd.DataFrame:
    def choose(names: Sequence[str]) -> str:
        name: str = layout.get("sheet") or next(iter(names), "")
        if name not in names:
            raise SourceError(f"{where}: no sheet '{name}'; it has {', '.join(names)}")
        return name

    comma = layout.get("decimal") == ","
    found = page(data, choose, where, lambda c: _text(c, comma))
    _check_cells(found, layout, f"{where}: sheet '{found.name}'")
    return _frame(found.rows, layout, f"sheet '{found.name}', row", where)


class Page(NamedTuple):
    """A sheet of a workbook as it stands."""

    name: str
    rows: dict[int, tuple[Any, ...]]
    """Row number as a person sees it → its cells."""
    bare: list[tuple[int, int]]
    """(row, column) of formulas that no program has calculated: their cells look empty."""
    merged: list[str]
    """Ranges of merged cells: all but the first look empty."""


def page(
    data: bytes,
    choose: Callable[[Sequence[str]], str],
    where: str,
    convert: Callable[[Any], Any] = lambda cell: cell.value,
) -> Page:
    """Read one sheet of a workbook, hidden rows and columns too.

    Args:
        data: The file's bytes.
        choose: Given the names of the sheets, returns the one to read, or raises.
        where: Name of the file, for errors.
        convert: A cell → what is kept of it; by default a text, number, date, truth value or None.

    Raises:
        SourceError: Not a workbook, or a damaged one.
    """
    from openpyxl import load_workbook

    if not data.startswith(_ZIP):
        raise SourceError(f"{where}: {_no_workbook(data)}")
    try:
        with warnings.catch_warnings(), zipfile.ZipFile(io.BytesIO(data)) as packed:
            # What openpyxl warns of (styles, drop-down lists) is no part of the figures.
            warnings.simplefilter("ignore", UserWarning)
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            sheets: dict[str, Any] = {sheet.title: sheet for sheet in book.worksheets}
            sheet = sheets[choose(tuple(sheets))]
            # How far the sheet reaches by its own word can be wrong, and would cut the table.
            sheet.reset_dimensions()
            rows = {n: tuple(map(convert, row)) for n, row in enumerate(sheet.rows, 1)}
            bare, merged = _unsound(packed.read(sheet._worksheet_path))
    # A damaged workbook fails wherever the damage is; a parser of XML raises a SyntaxError.
    except (zipfile.BadZipFile, zlib.error, SyntaxError, LookupError, OSError, EOFError,
            TypeError, AttributeError, ValueError) as error:  # fmt: skip
        raise SourceError(
            f"{where}: not an Excel workbook, or a damaged one ({error}); open it in Excel and "
            "save it as .xlsx"
        ) from error
    return Page(sheet.title, rows, bare, merged)


def _no_workbook(data: bytes) -> str:
    if not data.startswith(_OLE):
        return "not an Excel workbook; if it is a text file, give it the ending .csv"
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "the workbook is locked with a password; save a copy without one"
    return "not an Excel workbook of today but an old .xls; open it in Excel and save it as .xlsx"


def _unsound(xml: bytes) -> tuple[list[tuple[int, int]], list[str]]:
    """(row, column) of formulas that no program has calculated, and the ranges of merged cells.

    openpyxl reads such a formula as an empty cell, and says nothing of merging while it streams.
    """
    from openpyxl.utils.cell import coordinate_to_tuple

    bare: list[tuple[int, int]] = []
    merged: list[str] = []
    row = column = 0
    if not _DOUBTFUL.search(xml):
        return bare, merged
    for event, element in ElementTree.iterparse(io.BytesIO(xml), ("start", "end")):
        tag = element.tag.rpartition("}")[2]
        if event == "start" and tag == "row":
            row, column = int(element.get("r", row + 1)), 0
        elif event == "start" and tag == "c":
            place = element.get("r")
            row, column = coordinate_to_tuple(place) if place else (row, column + 1)
        elif event == "end" and tag == "c":
            inside = {kid.tag.rpartition("}")[2]: kid.text for kid in element}
            # A stored text may be empty: that formula was calculated, and gave nothing.
            if "f" in inside and not inside.get("v") and element.get("t") != "str":
                bare.append((row, column))
            element.clear()
        elif event == "end" and tag == "mergeCell":
            merged.append(element.get("ref", "A1"))
    return bare, merged


def _check_cells(found: Page, layout: Mapping[str, Any], where: str) -> None:
    """No cell of the table may look empty without being so."""
    from openpyxl.utils.cell import get_column_letter, range_boundaries

    rows, head = found.rows, layout.get("header", 1)
    every = layout.get("time") == "columns" or "variables" not in layout
    heads = {n: c for n, c in enumerate(rows.get(head, ()), 1) if c}
    used = {n for n, c in heads.items() if every or c in _layout.used(layout)}
    for row, column in found.bare:
        if row == head or (row > head and column in used):
            raise SourceError(
                f"{where}, cell {get_column_letter(column)}{row}: the formula has no stored value; "
                "open the file in Excel and save it, or write the number itself"
            )
    for area in found.merged:
        left, first, _, last = (n or 0 for n in range_boundaries(area))
        crossed = first <= head <= last and left <= max(heads, default=0)
        body = [rows.get(n, ()) for n in range(max(first, head + 1), last + 1)]
        # A note may be as wide as it likes: it has nothing beside it.
        beside = any(sum(bool(c) for n, c in enumerate(r, 1) if n in used) > 1 for r in body)
        if crossed or beside:
            raise SourceError(
                f"{where}, cells {area}: merged cells in the {'head' if crossed else 'table'}, and "
                "only the first of them has a content; unmerge them and write each"
            )


def _text(cell: Any, comma: bool) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, dt.datetime | dt.date):
        # Excel keeps "2024-09" as the first of the month; a day that is one stays a day.
        shown = set(str(cell.number_format).lower()) & set("ymd")
        if (value.month, value.day, shown) == (1, 1, {"y"}):
            return str(value.year)
        return value.strftime("%Y-%m" if value.day == 1 else "%Y-%m-%d")
    if isinstance(value, float):
        text = str(int(value)) if value.is_integer() else str(value)
        # As a sheet of that language shows it, so that numbers and texts are read in one way.
        return text.replace(".", ",") if comma else text
    return str(value).strip()


def _frame(
    rows: Mapping[int, Sequence[str]], layout: Mapping[str, Any], place: str, where: str
) -> pd.DataFrame:
    """Rows by their number → a table under its head."""
    head = layout.get("header", 1)
    columns = rows.get(head, ())
    # A column without a head is a remark of whoever made the sheet ...
    named = [n for n, c in enumerate(columns) if c]
    if not named:
        raise SourceError(f"{where}: {place} {head} has no column heads; mend `header`")
    body = {n: r for n, r in rows.items() if n > head}
    for number, row in body.items() if layout.get("time") == "columns" else ():
        for n, cell in enumerate(row):
            # ... but where the heads are periods, a number without one is a figure without one.
            if _NUMBER.fullmatch(cell) and (n >= len(columns) or not columns[n]):
                raise SourceError(
                    f"{where}: {place} {number}: '{cell}' stands in a column without a head; write "
                    "its period in the head, or delete the column"
                )
    texts = {n: [r[c] if c < len(r) else "" for c in named] for n, r in body.items()}
    kept = {n: r for n, r in texts.items() if any(r)}
    return pd.DataFrame(
        list(kept.values()),
        index=pd.Index(list(kept), name=place, dtype="int64"),
        columns=[columns[n] for n in named],
        dtype="str",
    )


_DOUBTFUL = re.compile(rb"<(?:\w+:)?(?:f|mergeCell)\b")
"""A formula or a merged range; most sheets have none, and need not be looked through."""
_NUMBER = re.compile(r"[-+−]?[0-9][0-9.,\s]*")
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What files begin with that Excel made: since 2007, and before or with a password."""


_READERS = {"long-csv": _long_csv, "csv": _csv, "xlsx": _sheet}
