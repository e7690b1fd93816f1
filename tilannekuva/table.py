"""The one table: schema, constructor, view as of a date, checks, parquet.

Columns ``indicator · region · breakdown · period · value · status · snapshot``. In a view the first
four are the key; in the store, which keeps every vintage, the snapshot is the fifth part of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tilannekuva import periods, region_codes
from tilannekuva.errors import DataError
from tilannekuva.model import ABSENT, Snapshot
from tilannekuva.statuses import STATUSES

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "COLUMNS",
    "KEY",
    "at",
    "concat",
    "make",
    "read_parquet",
    "split_breakdown",
    "view",
    "write_parquet",
]

KEY = ("indicator", "region", "breakdown", "period")
COLUMNS = (*KEY, "value", "status", "snapshot")
_TEXT = (*KEY, "snapshot")


def make(
    rows: pd.DataFrame | Mapping[str, Sequence[object]], *, unique: Sequence[str] = KEY
) -> pd.DataFrame:
    """Build the one table from rows and check it.

    Args:
        rows: The seven columns, in any order and of any text type.
        unique: Columns that must be unique together.

    Returns:
        A frame of :data:`COLUMNS`: text columns categorical with sorted categories, ``value``
        float64, ``status`` one of the closed vocabulary; ordered by the key.

    Raises:
        DataError: A column is missing, a status is unknown, a missing value has no reason or a
            present one has a reason for being missing, or a key stands twice.

    >>> make({"indicator": ["births"], "region": ["MK18"], "breakdown": ["total"],
    ...       "period": ["2021"], "value": [521.0], "status": ["final"], "snapshot": ["a"]}).shape
    (1, 7)
    """
    frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(dict(rows))
    missing = [c for c in COLUMNS if c not in frame.columns]
    if missing:
        raise DataError(f"the table lacks the column '{missing[0]}'; it needs {', '.join(COLUMNS)}")
    out = pd.DataFrame({c: _category(frame[c]) for c in _TEXT})
    out["value"] = np.asarray(frame["value"], dtype="float64")
    out["status"] = _status(frame["status"])
    out = out.loc[:, list(COLUMNS)].sort_values([*KEY, "snapshot"], ignore_index=True)
    _check(out, frame, unique)
    return out


def _category(column: pd.Series) -> pd.Categorical[str]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        found = pd.Categorical(column).remove_unused_categories()
        return found.reorder_categories(sorted(found.categories))
    codes, names = pd.factorize(np.asarray(column, dtype=object), sort=True)
    return pd.Categorical.from_codes(codes, pd.Index([str(n) for n in names]))


def _status(column: pd.Series) -> pd.Categorical:
    """The column in the fixed order of the vocabulary; what it does not know becomes missing."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return pd.Categorical(column).set_categories(STATUSES)
    return pd.Categorical(column, categories=STATUSES)


def _check(out: pd.DataFrame, given: pd.DataFrame, unique: Sequence[str]) -> None:
    if out["status"].isna().any():
        unknown = sorted(set(map(str, given["status"])) - set(STATUSES))
        raise DataError(f"unknown status '{unknown[0] if unknown else ''}'; one of {STATUSES}")
    for column in _TEXT:
        if (out[column].cat.codes.to_numpy() < 0).any():
            raise DataError(f"a row has no {column}; every row needs one")
    gone = out["value"].isna().to_numpy()
    reason = out["status"].isin(ABSENT).to_numpy()
    for rows, what in (
        (gone & ~reason, "no value but the status of one"),
        (~gone & reason, "a value but the status of a missing one"),
    ):
        if rows.any():
            raise DataError(f"{_name(out.loc[rows].iloc[0])}: {what}")
    if np.isinf(out["value"].to_numpy()).any():
        raise DataError(
            f"{_name(out.loc[np.isinf(out['value'])].iloc[0])}: infinity is not a figure"
        )
    # Sorted by the key, so equal keys are neighbours: no hashing of a million rows.
    codes = [out[c].cat.codes.to_numpy() for c in unique]
    same = np.ones(max(len(out) - 1, 0), dtype=bool)
    for c in codes:
        same &= c[1:] == c[:-1]
    if same.any():
        raise DataError(
            f"{_name(out.iloc[int(np.argmax(same))])}: the same key stands twice; two queries or "
            "two rows of a source give the same figure"
        )


def _name(row: pd.Series) -> str:
    return (
        f"{row['indicator']}, {row['region']}, {row['breakdown']}, {row['period']} "
        f"(snapshot {row['snapshot']})"
    )


def concat(parts: Iterable[pd.DataFrame], *, unique: Sequence[str] = KEY) -> pd.DataFrame:
    """Put tables together: the categories are rebuilt, so that nothing turns into plain text."""
    parts = [p for p in parts if len(p)]
    if not parts:
        return make({c: [] for c in COLUMNS})
    from pandas.api.types import union_categoricals

    joined: dict[str, pd.Categorical | NDArray[np.float64]] = {
        c: union_categoricals([p[c] for p in parts], sort_categories=True) for c in _TEXT
    }
    joined["value"] = np.concatenate([p["value"].to_numpy() for p in parts])
    joined["status"] = union_categoricals([p["status"] for p in parts])
    return make(pd.DataFrame(joined), unique=unique)


def view(
    store: pd.DataFrame,
    snapshots: Iterable[Snapshot],
    source_rank: Mapping[tuple[str, str], int],
    as_of: str | None = None,
) -> pd.DataFrame:
    """The table as it stood on a day: one row a key.

    Args:
        store: Rows of every vintage.
        snapshots: The lock.
        source_rank: (indicator, snapshot id) → place of its query in the catalogue, 0 first.
        as_of: ISO date; what was published later is left out (of a date known only to the year
            the first day counts). None keeps everything.

    Returns:
        Per key the row of the best-ranked source and, within a table, of the newest publication
        (ties: ``received_at``, then sha256), whether it has a value or not.
    """
    snapshots = tuple(snapshots)
    order = sorted(
        snapshots,
        key=lambda s: (periods.latest_day(s.published_on), s.received_at or "", s.sha256),
    )
    limit = dt.date.fromisoformat(periods.iso_date(as_of)) if as_of else dt.date.max
    age = {s.id: n for n, s in enumerate(order) if periods.first_day(s.published_on) <= limit}
    newest = np.array([age.get(c, -1) for c in store["snapshot"].cat.categories], dtype=np.int64)
    when = newest[store["snapshot"].cat.codes]
    keep = when >= 0
    empty = store["value"].isna().to_numpy().astype(np.int64)
    rank = _ranks(store, source_rank)
    codes = [store[c].cat.codes.to_numpy() for c in KEY]
    tables = {s.id: (s.source, s.table) for s in snapshots}
    numbers = {t: n for n, t in enumerate(dict.fromkeys(tables.values()))}
    of = [numbers.get(tables.get(c, ("", "")), -1) for c in store["snapshot"].cat.categories]
    group = np.array(of, dtype=np.int64)[store["snapshot"].cat.codes]
    # Within one table the newest publication speaks, also where it says that there is no figure any
    # more; between tables a row without a value never hides another one's figure.
    own = _first(np.lexsort((-when, rank, group, *reversed(codes))), keep, [*codes, group])
    kept = np.zeros(len(store), dtype=bool)
    kept[own] = True
    chosen = _first(np.lexsort((-when, rank, empty, *reversed(codes))), kept, codes)
    return make(store.iloc[chosen])


def _first(
    sorting: NDArray[np.intp], keep: NDArray[np.bool_], codes: Sequence[NDArray[Any]]
) -> NDArray[np.intp]:
    """The first kept row of each combination of codes, rows taken in a sorted order."""
    sorting = sorting[keep[sorting]]
    first = np.ones(len(sorting), dtype=bool)
    if len(sorting) > 1:
        same = np.ones(len(sorting) - 1, dtype=bool)
        for c in codes:
            ordered = c[sorting]
            same &= ordered[1:] == ordered[:-1]
        first[1:] = ~same
    return sorting[first]


def _ranks(store: pd.DataFrame, source_rank: Mapping[tuple[str, str], int]) -> NDArray[np.int64]:
    indicators = list(store["indicator"].cat.categories)
    snapshots = list(store["snapshot"].cat.categories)
    pair = (
        store["indicator"].cat.codes.to_numpy().astype(np.int64) * len(snapshots)
        + store["snapshot"].cat.codes.to_numpy()
    )
    unique, back = np.unique(pair, return_inverse=True)
    ranks = [
        source_rank.get((indicators[p // len(snapshots)], snapshots[p % len(snapshots)]), 99)
        for p in unique
    ]
    return np.array(ranks, dtype=np.int64)[back] if len(unique) else np.zeros(0, dtype=np.int64)


def at(table: pd.DataFrame, level: str) -> pd.DataFrame:
    """The rows of exactly one level of regions, so that a sum or a rank cannot mix levels.

    Args:
        table: Observations or metrics.
        level: ``koko_maa``, ``maakunta``, ``seutukunta``, ``kunta``, …

    Raises:
        DataError: No region of the table is of that level.
    """
    found = [c for c in table["region"].cat.categories if region_codes.level(c) == level]
    if not found:
        raise DataError(f"the table has no region of the level '{level}'")
    return table[table["region"].isin(found)].reset_index(drop=True)


def split_breakdown(table: pd.DataFrame, axes: Sequence[str]) -> pd.DataFrame:
    """The table with one column an axis in place of ``breakdown`` (``T`` is the summed axis).

    >>> rows = make({"indicator": ["pop_age"], "region": ["MK18"], "breakdown": ["Y15-19.F"],
    ...              "period": ["2021"], "value": [1.0], "status": ["final"], "snapshot": ["a"]})
    >>> split_breakdown(rows, ["age", "sex"])[["age", "sex"]].iloc[0].tolist()
    ['Y15-19', 'F']
    """
    names = list(table["breakdown"].cat.categories)
    cells = [["T"] * len(axes) if n == "total" else n.split(".") for n in names]
    wrong = next((n for n, c in zip(names, cells, strict=True) if len(c) != len(axes)), None)
    if wrong is not None:
        raise DataError(f"the breakdown '{wrong}' does not have the {len(axes)} axes {list(axes)}")
    codes = table["breakdown"].cat.codes.to_numpy()
    out = table.drop(columns="breakdown")
    for n, axis in enumerate(axes):
        column = np.array([c[n] for c in cells], dtype=object)[codes]
        out.insert(2 + n, axis, pd.Series(pd.Categorical(column), index=out.index))
    return out


def write_parquet(table: pd.DataFrame, file: Path) -> None:
    """Write the table whole or not at all."""
    import io

    from tilannekuva import raw

    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    raw.write_atomically(file, buffer.getvalue())


def read_parquet(file: Path, *, unique: Sequence[str] = KEY) -> pd.DataFrame:
    """Read a table that :func:`write_parquet` wrote, and check it."""
    return make(pd.read_parquet(file), unique=unique)
