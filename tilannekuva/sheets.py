"""Sheets that people made → cells: one row a figure, and every fault by its row and column.

The only room that uses pyjanitor.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from tilannekuva import periods, regions
from tilannekuva.errors import CatalogueError, DataError
from tilannekuva.model import Query
from tilannekuva.statuses import read_flag

__all__ = ["COLUMN", "cells", "check"]

COLUMN = "column"
"""The variable that says in which of several declared columns of values a figure stood."""


def cells(frame: pd.DataFrame, layout: Mapping[str, Any], where: str = "the table") -> pd.DataFrame:
    """A parsed sheet as cells: variables, ``time``, ``flag`` and a number.

    Args:
        frame: What ``sources.tables.parse`` gave.
        layout: The declared layout (see there). Of several columns of values each figure is a row,
            and the variable :data:`COLUMN` holds the head it stood under.
        where: Name of the file, for errors.

    Returns:
        Categorical text columns and a float64 ``value``; the index is the row number in the file.
        An empty cell is a row without a value and without a mark: somebody made room for the
        figure, and it is missing. Notes below the table are left out.

    Raises:
        DataError: A cell is no number, mark or period, or a figure stands twice. It names file,
            sheet, row, column and text, and says what to do.
    """
    if layout.get("format", "long-csv") == "long-csv":
        return frame
    time, flag, told = layout.get("time", "time"), layout.get("flag"), layout.get("value", "value")
    heads = [str(c) for c in frame.columns]
    wide = time == "columns"
    values: list[str] = [] if wide else [told] if isinstance(told, str) else list(told)
    others = [*values, *(str(c) for c in (time, flag) if c in heads)]
    variables = [c for c in layout.get("variables", heads) if c not in others]
    values = values or [c for c in heads if c not in variables]
    several = len(values) > 1 or wide
    _check_names(variables, several, where)
    if wide:
        _check_heads(values, f"{where}: {frame.index.name} {layout.get('header', 1)}")
    table = _without_notes(frame, variables, [*values, *others])
    if several:
        table = _long(table, variables if wide else [*variables, time], values)
    text = table["value" if several else values[0]]
    stood = table[COLUMN] if several else pd.Series(values[0], index=table.index)
    value = _numbers(text, layout.get("decimal", "."))
    mark = text.where(value.isna() | (text == "-"), "")
    _refuse(_not(_is_mark, mark), mark, stood, where, functools.partial(_no_number, layout=layout))
    if flag is not None:
        mark = table[flag].where(table[flag] != "", mark)
        _refuse(_not(_is_mark, mark), mark, flag, where, _no_mark)
    period = stood if wide else table[time]
    _refuse(_not(_is_period, period), period, time, where, _no_period)
    out = table[variables].copy()
    if several and not wide:
        out[COLUMN] = stood
    out["time"], out["flag"], out["value"] = period, mark, value
    _refuse_twice(out, where)
    return out.astype({c: "category" for c in out.columns if c != "value"})


def check(found: pd.DataFrame, query: Query, where: str) -> None:
    """Refuse what a query would read as an area and the register does not know.

    Args:
        found: What :func:`cells` gave.
        query: A query of the catalogue that asks this table.
        where: Name of the file, for errors.

    Raises:
        DataError: File, sheet, row, column, the name and the nearest one.
    """
    if query.region not in found:
        return
    asked = np.ones(len(found), dtype=bool)
    for name, codes in query.select.items():
        if name in found:
            asked &= found[name].isin([codes] if isinstance(codes, str) else codes).to_numpy()
    label = found[query.region].astype("str")
    known = {t: _is_area(t, query) for t in label.unique()}
    say = functools.partial(_no_area, query=query)
    _refuse(asked & _not(known.__getitem__, label), label, query.region, where, say)


def _check_names(variables: Sequence[str], several: bool, where: str) -> None:
    """A column must not be lost under one of ours of the same name."""
    taken = ("time", "flag", "value", *([COLUMN] if several else []))
    for name in variables:
        if name in taken:
            raise DataError(
                f"{where}: the column '{name}' is none of those that the layout says are periods, "
                f'values and marks; say which it is (`{name} = "{name}"`), or list in '
                "`variables` the columns that tell what the values are of"
            )


def _check_heads(heads: Sequence[str], place: str) -> None:
    if not heads:
        raise DataError(f"{place}: no column is left for periods; mend `variables` or `time`")
    for head in heads:
        if not _is_period(head):
            raise DataError(
                f"{place}, column '{head}': {_no_period(head, quoted=True)}. If the column says "
                "what the figures are of, or is a remark, name it in `variables`"
            )


def _without_notes(
    frame: pd.DataFrame, variables: Sequence[str], figures: Sequence[str]
) -> pd.DataFrame:
    """The rows of the table: a lone text below them is a note, unless it is a region's name."""
    there = frame[[*variables, *figures]] != ""
    filled = there.sum(axis=1).to_numpy()
    has_figure = there[list(figures)].any(axis=1).to_numpy()
    last = int(np.flatnonzero(has_figure)[-1]) if has_figure.any() else -1
    keep = filled > 0
    for n in range(last + 1, len(frame)):
        if filled[n] == 1:
            lone = frame[variables].iloc[n].max()
            keep[n] = _names_an_area(lone)
    return frame[keep]


def _names_an_area(text: str) -> bool:
    try:
        regions.find(text)
    except CatalogueError:
        return False
    return True


def _long(table: pd.DataFrame, kept: Sequence[str], values: Sequence[str]) -> pd.DataFrame:
    import janitor  # 2.9 s to import: only for sheets with several columns of figures

    found: pd.DataFrame = janitor.pivot_longer(
        table,
        index=list(kept),
        column_names=list(values),
        names_to=COLUMN,
        values_to="value",
        ignore_index=False,
    )
    found.index.name = table.index.name
    return found


# --- what a cell says ---------------------------------------------------------------------------

_BLANK = "[ \u00a0\u2009\u202f]"
_DIGITS = rf"(?:[0-9]{{1,3}}(?:{_BLANK}[0-9]{{3}})+|[0-9]+)"
_NUMBER = {
    point: rf"[-+\u2212]?(?:{_DIGITS}(?:{p}[0-9]*)?|{p}[0-9]+)(?:[eE][-+]?[0-9]+)?"
    for point, p in ((".", r"\."), (",", ","))
}
"""Decimal mark → a number, with or without blanks between thousands."""


def _numbers(text: pd.Series, decimal: str) -> pd.Series:
    """The numbers; NaN where there is none. A hyphen is the publishers' zero."""
    plain = text.where(text.str.fullmatch(_NUMBER[decimal]), "")
    plain = plain.str.replace(_BLANK, "", regex=True).str.replace("\u2212", "-")
    number = pd.to_numeric(plain.str.replace(",", "."), errors="coerce").astype("float64")
    return number.where(np.isfinite(number)).mask(text == "-", 0.0)


@functools.cache
def _is_mark(text: str) -> bool:
    try:
        read_flag(text, "tables", has_value=False)
    except DataError:
        return False
    return True


@functools.cache
def _is_period(text: str) -> bool:
    try:
        periods.canonical(text)
    except DataError:
        return False
    return True


def _not(fits: Callable[[str], bool], text: pd.Series) -> np.ndarray:
    """Where a text does not fit."""
    return np.array([not fits(t) for t in text], dtype=bool)


def _is_area(text: str, query: Query) -> bool:
    # Whether a name is known does not hang on the year; only what it means does.
    division = "current" if query.division == "as-published" else query.division
    try:
        regions.recode([text], scheme=query.scheme, division=division, levels=query.levels)
    except DataError:
        return False
    return True


# --- what is wrong, and what to do --------------------------------------------------------------


def _refuse(
    wrong: np.ndarray,
    text: pd.Series,
    column: pd.Series | str,
    where: str,
    say: Callable[[str], str],
) -> None:
    """Raise the first wrong cell in the order of the file."""
    places = np.flatnonzero(wrong)
    if not len(places):
        return
    first = places[np.argmin(text.index.to_numpy()[places])]
    found = str(text.iloc[first])
    head = column if isinstance(column, str) else str(column.iloc[first])
    more = f" (and {len(places) - 1} more like it)" if len(places) > 1 else ""
    raise DataError(
        f"{where}: {text.index.name} {text.index[first]}, column '{head}': '{found}' "
        f"{say(found)}{more}"
    )


def _refuse_twice(out: pd.DataFrame, where: str) -> None:
    names = [c for c in out.columns if c not in ("flag", "value")]
    key = out[names].assign(time=out["time"].map(periods.canonical))
    again = key.duplicated().to_numpy()
    if again.any():
        second = int(np.argmax(again))
        same = (key == key.iloc[second]).all(axis=1).to_numpy()
        rows = out.index.to_numpy()[same]
        what = ", ".join(str(key[c].iloc[second]) for c in names)
        raise DataError(
            f"{where}: {out.index.name}s {rows[0]} and {rows[1]} are both of {what}; keep one, or "
            "add to `variables` the column that tells them apart"
        )


_DATE = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
_THOUSANDS = {
    ".": re.compile(r"[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?"),
    ",": re.compile(r"[-+]?[0-9]{1,3}(\.[0-9]{3})+(,[0-9]+)?"),
}


def _no_number(text: str, layout: Mapping[str, Any]) -> str:
    decimal = layout.get("decimal", ".")
    other = {".": ",", ",": "."}[decimal]
    mend = f'write `decimal = "{other}"` under [layout]'
    if re.fullmatch(_NUMBER[other], text) and not re.fullmatch(_NUMBER[decimal], text):
        if _THOUSANDS[decimal].fullmatch(text):
            return (
                f"is not a number when the decimal mark is '{decimal}': if '{other}' stands "
                f"between thousands, leave it out; if it is the decimal mark, {mend}"
            )
        return f"has another decimal mark than '{decimal}': {mend}"
    if _THOUSANDS[decimal].fullmatch(text) or re.fullmatch(r"[0-9]{1,3}(['’.,][0-9]{3})+", text):
        return "is not a number: leave out what stands between the thousands"
    if text.startswith("#"):
        return "is an error of Excel's: mend the formula in the cell"
    if _DATE.fullmatch(text):
        return "is a date that Excel made of it: set the cell's format to number and type it again"
    return (
        "is not a number: write the number alone, a mark (., .., ... or a status such as "
        "suppressed), or leave the cell empty"
    )


def _no_mark(_: str) -> str:
    return (
        "is not a known mark: write one of the publishers' (., .., ..., *, p, e) or a status such "
        "as preliminary or suppressed"
    )


def _no_period(text: str, quoted: bool = False) -> str:
    try:
        periods.canonical(text)
    except DataError as error:
        said = str(error)
        return said if quoted else said.removeprefix(f"'{text.strip()}' ")
    return ""


_TOTALS = re.compile(r"(yhteensä|summa|kaikki|total|totalt|sammanlagt|sum|all)\b.*", re.IGNORECASE)


def _no_area(text: str, query: Query) -> str:
    if not text:
        return "is no region: write one in every row, or leave the row out"
    if _TOTALS.fullmatch(text):
        return (
            "is no region: leave the row of the total out, or call it by what it is the total of "
            "(KOKO MAA for the country)"
        )
    try:
        found = regions.find(text)
    except CatalogueError as error:
        near = str(error).partition("did you mean ")[2].rstrip("?")
        return f"is no region of the register; {f'the nearest is {near}' if near else error}"
    return (
        f"is {found.names.fi} ({found.code}), but the query reads '{query.scheme}' codes: write "
        '`scheme = "auto"` in the catalogue\'s query'
    )
