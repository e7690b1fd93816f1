"""An answer tried out before it is kept: can it be read, is it whole, is it of the same quantity?

It is read by itself as the tidying will read it, then held against what the store has.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tilannekuva import raw, table, tidying, vintages
from tilannekuva.calls import Ask
from tilannekuva.errors import DataError, SourceError, TilannekuvaError
from tilannekuva.indicators import Catalogue
from tilannekuva.model import Snapshot

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["try_out"]

_ENOUGH = 5
"""So many figures in common tell whether two answers are of the same size."""
_LIKELY = 5.0
"""Times that figures of one quantity may differ between two versions, in the middle."""


def try_out(
    ask: Ask,
    catalogue: Catalogue,
    store: Path,
    entries: Sequence[tuple[Snapshot, bytes]],
) -> tuple[list[str], str]:
    """Read the answer as the tidying will, by itself, before anything is kept.

    Returns:
        The indicators that have figures in it, and one figure with its unit for a person to see.

    Raises:
        TilannekuvaError: It cannot be read, lacks what an indicator needs, has no figure, came in
            another unit than before, or is of another size than what is in the store.
    """
    if not ask.queries:
        return [], ""  # a classification or boundaries: read where they are compared
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        try:
            raw.add(place, entries)
        except OSError as error:
            error.filename = error.filename or folder
            raise
        figures = [s for s, _ in entries if s.table == ask.table]
        rows = tidying.tidy(catalogue, place, [s for s, _ in entries], only=ask.indicators).rows
        units = _units(place, figures)
    if not rows["value"].notna().any():
        raise DataError(f"{ask.where}: no figure that an indicator could use")
    served = sorted(set(rows.loc[rows["value"].notna(), "indicator"].unique()))
    sure = {name for name, query in ask.queries if query.verified} | ask.served
    lost = sure - set(rows["indicator"].unique())
    if lost:
        raise DataError(f"{ask.where}: no row for {', '.join(sorted(lost))}")
    _compare(ask, catalogue, store, rows, units)
    return served, _example(rows, units)


def _compare(
    ask: Ask,
    catalogue: Catalogue,
    store: Path,
    rows: pd.DataFrame,
    units: Mapping[str, str],
) -> None:
    """Hold an answer against what the store has of the same indicators."""
    lock = raw.read_lock(store)
    last = vintages.newest(lock, ask.source.id, ask.table)
    if last is not None:
        with contextlib.suppress(SourceError):  # a damaged file is no measure of anything
            before = _units(store, last.parts)
            for code, unit in units.items():
                if before.get(code, unit) != unit:
                    raise DataError(
                        f"{ask.where}: the unit of '{code}' was '{before[code]}' and is now "
                        f"'{unit}'; look at the publisher's notes, then mend the indicators' unit "
                        "or scale"
                    )
    try:
        old = tidying.tidy(catalogue, store, vintages.current(lock), only=ask.indicators).rows
    except TilannekuvaError:
        return  # what is there cannot be read with today's catalogue
    both = rows.merge(old, on=list(table.KEY), suffixes=("", "_old"))
    both = both[both["value"].notna() & (both["value"] != 0) & both["value_old"].notna()]
    for name, part in both[both["value_old"] != 0].groupby("indicator", observed=True):
        ratio = float((part["value"] / part["value_old"]).abs().median())
        if len(part) >= _ENOUGH and not 1 / _LIKELY <= ratio <= _LIKELY:
            raise DataError(
                f"{ask.where}: the figures of {name} are {ratio:.3g} times those in the store "
                f"(middle of {len(part)}); has the unit changed? Mend `scale` or the query"
            )
    regions = {r.split("@")[0] for r in old["region"].cat.categories}
    kept = {r.split("@")[0] for r in rows["region"].cat.categories}
    gone = sorted(r for r in regions - kept if r == "SSS" or r.startswith("MK"))
    if last is not None and gone and _same_table(old, last.ids, gone):
        raise DataError(f"{ask.where}: {', '.join(gone)} had figures in the table and has none now")


def _same_table(old: pd.DataFrame, ids: frozenset[str], regions: Sequence[str]) -> bool:
    """Whether regions had figures in the last answer of this very table."""
    mine = old[old["snapshot"].isin(ids) & old["value"].notna()]
    return bool({r.split("@")[0] for r in mine["region"].unique()} & set(regions))


def _example(rows: pd.DataFrame, units: Mapping[str, str]) -> str:
    """One figure of an answer that came for the first time."""
    there = rows[rows["value"].notna()]
    kainuu = there[there["region"] == "MK18"]
    row = (kainuu if len(kainuu) else there).iloc[-1]
    unit = next(iter(units.values()), "") if len(set(units.values())) == 1 else ""
    return f"{row['indicator']} {row['region']} {row['period']}: {row['value']:g} {unit}".strip()


def _units(store: Path, snapshots: Sequence[Snapshot]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for s in snapshots:
        found |= tidying.read_cells(store, s).units
    return found
