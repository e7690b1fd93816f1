"""Parsed answers → observations: the publisher's codes become ours, and nothing is lost on the way.

A code that was never seen, a variable that vanished or a period that cannot be read is an error
that names table and value.
"""

from __future__ import annotations

import csv
import difflib
import functools
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from tilannekuva import (
    asking,
    matching,
    periods,
    raw,
    region_codes,
    regions,
    sheets,
    table,
    vintages,
)
from tilannekuva.asking._cells import Cells
from tilannekuva.errors import DataError, SourceError, TilannekuvaError
from tilannekuva.indicators import Catalogue, packaged
from tilannekuva.model import Break, Indicator, Query, Snapshot, Text
from tilannekuva.sources import tables
from tilannekuva.statuses import is_break, read_flag, worst

__all__ = ["Tidied", "read_axis", "read_cells", "tidy"]


class Tidied(NamedTuple):
    """Every vintage of every queried figure, and what the publishers' marks said beside it."""

    rows: pd.DataFrame
    """The one table, unique by indicator, region, breakdown, period and snapshot."""
    breaks: tuple[tuple[str, Break, str], ...]
    """(indicator, break, snapshot) from flags."""
    source_rank: dict[tuple[str, str], int]
    """(indicator, snapshot) → place of its query in the catalogue."""


def tidy(
    catalogue: Catalogue,
    store: Path,
    snapshots: Sequence[Snapshot],
    *,
    only: Iterable[str] | None = None,
    tick: Callable[[str], None] = lambda _: None,
) -> Tidied:
    """Turn the raw files of a store into observations.

    Args:
        catalogue: What each indicator asks of which table.
        store: Folder of the raw files.
        snapshots: Its lock.
        only: Ids of the indicators wanted; None for all.
        tick: Called with the name of each table read.

    Returns:
        Rows of every vintage. Formula indicators are not among them; they follow from the view.

    Raises:
        SourceError: A raw file is missing, changed or not of its layout.
        DataError: An unseen code, an unreadable period, a figure that stands twice.
    """
    by_table: dict[tuple[str, str], list[Snapshot]] = {}
    for s in snapshots:
        by_table.setdefault((s.source, s.table), []).append(s)
    wanted = set(catalogue.indicators if only is None else only)
    asked: dict[tuple[str, str], list[tuple[Indicator, int, Query]]] = {}
    for indicator in catalogue.indicators.values():
        if indicator.id in wanted:
            for place, query in enumerate(indicator.query):
                if (query.source, query.table) in by_table:
                    asked.setdefault((query.source, query.table), []).append(
                        (indicator, place, query)
                    )
    parts: list[pd.DataFrame] = []
    breaks: list[tuple[str, Break, str]] = []
    ranks: dict[tuple[str, str], int] = {}
    for (source, name), queries in asked.items():
        tick(f"{source} {name}")
        protocol = catalogue.sources[source].protocol
        needed = {k for _, _, q in queries for k in _KINDS[q.snapshots]}
        read = [(s, read_cells(store, s)) for s in by_table[source, name] if s.kind in needed]
        for indicator, place, query in queries:
            where = f"{source} {name} (indicator {indicator.id})"
            for snapshot, frame, its_query, broken in _vintages(query, read, source, name, where):
                found = _observe(indicator, its_query, snapshot, frame, protocol, broken)
                if found is not None:
                    rows, marks = found
                    parts.append(rows)
                    breaks += [(indicator.id, b, snapshot.id) for b in marks]
                    key = (indicator.id, snapshot.id)
                    ranks[key] = min(place, ranks.get(key, place))
    rows = _join(parts)
    return Tidied(rows, tuple(dict.fromkeys(breaks)), ranks)


def _vintages(
    query: Query, read: Sequence[tuple[Snapshot, Cells]], source: str, name: str, where: str
) -> list[_Asked]:
    """The snapshots that a query is read from, with the query in the codes of each.

    Answers are looked at one by one. An old one may be of a table that had other variables then;
    it is passed over. The newest must fit, unless nobody has seen the query in a live answer: the
    fetch said that it does not fit, and it must not keep the others from being read.
    """
    kinds = _KINDS[query.snapshots]
    cells = {s.id: (s, c) for s, c in read if s.kind in kinds}
    carried = [(s, c) for s, c in cells.values() if s.kind == "carried"]
    found = _fitted(query, carried, where) if carried else []
    done: set[str] = set()
    told = vintages.answers([s for s, _ in cells.values()], source, name)
    for n, answer in enumerate(reversed(told)):
        parts = [cells[p.id] for p in answer.parts]
        try:
            fitted = _fitted(query, parts, where)
        except DataError as error:
            if n == 0 and query.verified:
                raise DataError(
                    f"{error}; if the catalogue is right, fetch the table again"
                ) from error
            continue
        found += [f for f in fitted if f[0].id not in done]
        done.update(answer.ids)
    return found


def _fitted(query: Query, read: Sequence[tuple[Snapshot, Cells]], where: str) -> list[_Asked]:
    """Snapshots that belong together, each with the query in its codes.

    Raises:
        DataError: A variable is not there, or a code is in none of them.
    """
    found = [(s, c.frame, _in_its_codes(query, c, where), c.broken) for s, c in read]
    _check_selection(query, found, where)
    return found


_KINDS = {
    "all": ("carried", "received"),
    "carried": ("carried",),
    "received": ("received",),
}

_Asked = tuple[Snapshot, pd.DataFrame, Query, "np.ndarray | None"]
"""A snapshot, its cells, the query in its codes, the rows that begin a new series."""


def read_cells(store: Path, snapshot: Snapshot) -> Cells:
    """The cells of a raw file, by the reader that its layout names.

    Raises:
        SourceError: The file is missing, changed or not of its layout.
    """
    data, where = raw.read_bytes(store, snapshot), str(store / snapshot.file)
    if "service" in snapshot.layout:
        return asking.read(data, snapshot.layout, where, lambda name: _beside(store, name, where))
    frame = sheets.cells(tables.parse(data, snapshot.layout, where), snapshot.layout, where)
    return Cells(frame, ())


def _beside(store: Path, name: str, where: str) -> bytes:
    """The bytes of the snapshot that another one's layout names."""
    for entry in raw.read_lock(store):
        if entry.id == name:
            return raw.read_bytes(store, entry)
    raise SourceError(
        f"{where}: what stands beside it ({name}) is not in the store; fetch the table again"
    )


def _in_its_codes(query: Query, cells: Cells, where: str) -> Query:
    """The query in the codes of one answer; carried tables have those of the catalogue."""
    return matching.translate(query, cells.variables, where) if cells.variables else query


def _check_selection(query: Query, asked: Sequence[_Asked], where: str) -> None:
    """Every selected code must be in some vintage of the table: a silent loss is not possible."""
    columns = {c for _, f, _, _ in asked for c in f.columns}
    for _, _, its, _ in asked:
        needed = [its.time, *its.select, *_variables(its)]
        needed += [] if its.region.startswith("=") else [its.region]
        for name in needed:
            if name not in columns:
                raise DataError(
                    f"{where}: the table has no variable '{name}'; it has "
                    f"{', '.join(sorted(columns - {'value', 'flag'}))}. Mend the catalogue's query"
                )
    for n, (name, codes) in enumerate(query.select.items()):
        for k, code in enumerate(_listed(codes)):
            there: dict[str, None] = {}
            for _, frame, its, _ in asked:
                its_name, its_codes = list(its.select.items())[n]
                if its_name in frame:
                    categories = frame[its_name].cat.categories
                    if _listed(its_codes)[k] in categories:
                        break
                    there.update(dict.fromkeys(categories))
            else:
                if asked:
                    near = difflib.get_close_matches(code, there, 1)
                    hint = f"did you mean '{near[0]}'?" if near else f"it has {list(there)[:6]}"
                    raise DataError(f"{where}: variable '{name}' has no code '{code}'; {hint}")


def _listed(codes: str | tuple[str, ...]) -> tuple[str, ...]:
    return (codes,) if isinstance(codes, str) else codes


def _observe(
    indicator: Indicator,
    query: Query,
    snapshot: Snapshot,
    frame: pd.DataFrame,
    protocol: str,
    broken: np.ndarray | None,
) -> tuple[pd.DataFrame, list[Break]] | None:
    where = f"{snapshot.source} {snapshot.table} (indicator {indicator.id}, {snapshot.file})"
    chosen = _select(query, frame)
    if chosen is None:
        return None
    frame = frame.iloc[chosen]
    time, time_codes = _periods(indicator, query, frame, where)
    place, kept = _regions(query, frame, [time[c] for c in time_codes], where)
    kept &= _in_span(query, time, time_codes)
    if not kept.any():
        return None
    frame, time_codes = frame.iloc[kept], time_codes[kept]
    place, chosen = place[kept], chosen[kept]
    value = frame["value"].to_numpy() * query.scale
    flags = frame["flag"].cat.categories
    flag_codes = frame["flag"].cat.codes.to_numpy()
    gone = np.isnan(value)
    status = np.empty(len(frame), dtype=object)
    for code in np.unique(flag_codes):
        for missing in (False, True):
            found = read_flag(flags[code], protocol, not missing)
            if query.status and not missing:
                found = worst(found, query.status)
            status[(flag_codes == code) & (gone == missing)] = found
    rows = pd.DataFrame(
        {
            "indicator": indicator.id,
            "region": place,
            "breakdown": _breakdown(query, indicator, frame, where),
            "period": pd.Categorical.from_codes(time_codes, pd.Index(time))
            if len(set(time)) == len(time)
            else np.array(time, dtype=object)[time_codes],
            "value": value,
            "status": status,
            "snapshot": snapshot.id,
        }
    )
    marked = [n for n, f in enumerate(flags) if is_break(f, protocol)]
    new_series = np.isin(flag_codes, marked)
    if broken is not None:
        new_series |= np.isin(chosen, broken)
    return rows, _flag_breaks(new_series, place, time, time_codes, snapshot)


def _select(query: Query, frame: pd.DataFrame) -> np.ndarray | None:
    if any(c not in frame for c in (query.time, *query.select, *_variables(query))):
        return None
    if not query.region.startswith("=") and query.region not in frame:
        return None
    keep = np.ones(len(frame), dtype=bool)
    for name, codes in query.select.items():
        column = frame[name]
        asked = [codes] if isinstance(codes, str) else list(codes)
        numbers = column.cat.categories.get_indexer(pd.Index(asked))
        keep &= np.isin(column.cat.codes.to_numpy(), numbers[numbers >= 0])
    found = np.flatnonzero(keep)
    return found if len(found) else None


def _periods(
    indicator: Indicator, query: Query, frame: pd.DataFrame, where: str
) -> tuple[list[str], np.ndarray]:
    column = frame[query.time]
    reference = query.reference or indicator.reference
    try:
        time = [periods.canonical(c) for c in column.cat.categories]
    except DataError as error:
        raise DataError(f"{where}: {error}") from error
    if reference == "start":
        # A stock of 1 January is the stock of the last day of the year before.
        time = [periods.shift(t, -1) for t in time]
    return time, column.cat.codes.to_numpy()


def _in_span(query: Query, time: Sequence[str], codes: np.ndarray) -> np.ndarray:
    if not query.periods:
        return np.ones(len(codes), dtype=bool)
    first, last = query.periods[0], query.periods[-1]
    low, high = periods.parse(first).start, periods.parse(last).end
    inside = [low <= periods.parse(t).start and periods.parse(t).end <= high for t in time]
    kept: np.ndarray = np.array(inside, dtype=bool)[codes]
    return kept


def _regions(
    query: Query, frame: pd.DataFrame, time: Sequence[str], where: str
) -> tuple[np.ndarray, np.ndarray]:
    """Our code of each row's area, and which rows have one of the wanted levels."""
    if query.region.startswith("="):
        code = query.region[1:]
        if not region_codes.exists(code):
            raise DataError(f"{where}: the query's region '{query.region}' is not in the register")
        return np.full(len(frame), code, dtype=object), np.ones(len(frame), dtype=bool)
    column = frame[query.region]
    codes = column.cat.codes.to_numpy().astype(np.int64)
    years = np.array([int(t[:4]) for t in time], dtype=np.int64)
    varies = query.division == "as-published"
    pair = codes * 10_000 + (years if varies else 0)
    unique, back = np.unique(pair, return_inverse=True)
    labels = [str(column.cat.categories[p // 10_000]) for p in unique]
    try:
        found = regions.recode(
            labels,
            scheme=query.scheme,
            division=query.division,
            periods=[int(p % 10_000) for p in unique] if varies else None,
            levels=query.levels,
        )
    except TilannekuvaError as error:
        raise DataError(f"{where}: {error}") from error
    if query.levels:
        found = [f if f and region_codes.level(f) in query.levels else None for f in found]
    place = np.array(found, dtype=object)[back]
    return place, np.array([f is not None for f in found], dtype=bool)[back]


@functools.cache
def read_axis(axis: str, folder: Path | None = None) -> tuple[dict[str, str], ...]:
    """The code list of an axis, in order.

    Returns:
        One mapping a code, with ``code``, ``name_fi``, ``name_sv``, ``name_en`` and what else the
        list has.

    Raises:
        DataError: There is no such list.
    """
    file = (folder or packaged() / "axes") / f"{axis}.csv"
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            return tuple(csv.DictReader(lines))
    except FileNotFoundError as error:
        raise DataError(f"{file}: there is no code list for the axis '{axis}'; add one") from error


@functools.cache
def _axis_codes(axis: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in read_axis(axis):
        for alias in (row["code"], *row.get("aliases", "").split()):
            found[alias] = row["code"]
    return found


def _variables(query: Query) -> list[str]:
    """The publisher's variables that our axes are read from; a fixed code needs none."""
    return [v for v in query.axes.values() if not v.startswith("=")]


def _breakdown(
    query: Query, indicator: Indicator, frame: pd.DataFrame, where: str
) -> np.ndarray | pd.Categorical | str:
    if not indicator.axes:
        return "total"
    out: np.ndarray | None = None
    for axis in indicator.axes:
        if axis not in query.axes:
            part = np.full(len(frame), "T", dtype=object)
        elif query.axes[axis].startswith("="):
            part = np.full(len(frame), query.axes[axis][1:], dtype=object)
        else:
            column = frame[query.axes[axis]]
            known = _axis_codes(axis)
            used = np.unique(column.cat.codes.to_numpy())
            names = np.empty(len(column.cat.categories), dtype=object)
            for code in used:
                label = str(column.cat.categories[code])
                if label not in known:
                    near = difflib.get_close_matches(label, known, 1)
                    hint = f"did you mean '{near[0]}'?" if near else f"add it to axes/{axis}.csv"
                    raise DataError(f"{where}: unseen code '{label}' on the axis '{axis}'; {hint}")
                names[code] = known[label]
            part = names[column.cat.codes.to_numpy()]
        out = part if out is None else out + "." + part
    assert out is not None
    out[out == ".".join(["T"] * len(indicator.axes))] = "total"
    return out


def _flag_breaks(
    rows: np.ndarray,
    place: np.ndarray,
    time: Sequence[str],
    time_codes: np.ndarray,
    snapshot: Snapshot,
) -> list[Break]:
    if not rows.any():
        return []
    note = Text(
        fi="Tilaston laatija on merkinnyt aikasarjaan katkoksen.",
        sv="Statistikproducenten har markerat ett avbrott i tidsserien.",
        en="The publisher marks a break in the series.",
    )
    return [
        Break(
            first_period=time[t],
            region=r,
            kind="method",
            note=note,
            source=f"{snapshot.source} {snapshot.table}",
        )
        for r, t in dict.fromkeys(zip(place[rows], time_codes[rows], strict=True))
    ]


def _join(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    if not parts:
        return table.make({c: [] for c in table.COLUMNS})
    columns = {
        c: np.concatenate([np.asarray(p[c], dtype=object) for p in parts])
        for c in table.COLUMNS
        if c != "value"
    }
    columns["value"] = np.concatenate([p["value"].to_numpy() for p in parts])
    return table.make(pd.DataFrame(columns), unique=(*table.KEY, "snapshot"))
