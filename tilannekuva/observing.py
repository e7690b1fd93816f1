"""The store as one table: tidied, viewed as of a date, with sums and formulas added."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from tilannekuva import (
    deriving,
    formulas,
    indicators,
    periods,
    raw,
    settings,
    table,
    tidying,
    vintages,
)
from tilannekuva.columns import Derivation
from tilannekuva.indicators import Catalogue
from tilannekuva.model import Break, Snapshot

__all__ = ["Observed", "catalogue", "observations", "observe"]


class Observed(NamedTuple):
    """A view of the store and what is needed to say where its figures are from."""

    rows: pd.DataFrame
    """The one table, unique by its four-part key."""
    breaks: tuple[tuple[str, Break], ...]
    """(indicator, break) that publishers' marks declare."""
    snapshots: dict[str, Snapshot]
    """Every snapshot of the view by id: received, carried and derived."""
    as_of: str
    tidied: tidying.Tidied | None = None
    """Rows of every vintage that the view was taken of, later ones too."""


def observe(
    tidied: tidying.Tidied,
    catalogue: Catalogue,
    lock: Iterable[Snapshot],
    as_of: str | None = None,
) -> Observed:
    """View tidied rows as of a date and add what follows from them.

    Args:
        tidied: Rows of every vintage.
        catalogue: Formulas and sums.
        lock: The store's lock.
        as_of: ISO date; the newest publication in the lock by default.
    """
    lock = tuple(lock)
    day = periods.iso_date(as_of) if as_of else raw.edition_date(lock)
    current = vintages.current(lock, day)
    view = table.view(tidied.rows, current, tidied.source_rank, day)
    speaking = set(view["snapshot"].unique())
    breaks = tuple(dict.fromkeys((n, b) for n, b, s in tidied.breaks if s in speaking))
    rows, derivations = deriving.derive(view, catalogue)
    known = {s.id: s for s in lock}
    for name, derivation in derivations.items():
        _describe(name, derivation, derivations, known)
    return Observed(rows, breaks, known, day, tidied)


def _describe(
    name: str, derivation: Derivation, all_: dict[str, Derivation], known: dict[str, Snapshot]
) -> Snapshot:
    """The lock-like entry of a derived snapshot; parents first."""
    if name in known:
        return known[name]
    parents = [
        known[p] if p in known else _describe(p, all_[p], all_, known) for p in derivation.parents
    ]
    known[name] = Snapshot(
        id=name,
        kind="derived",
        sha256=name.removeprefix("f-"),
        file="",
        bytes=0,
        source="derived",
        table="",
        title=derivation.formula,
        vintage="",
        address="",
        licence="",
        published_on=max((p.published_on for p in parents), default="0001", key=periods.latest_day),
        query={"parents": list(derivation.parents), "formula": derivation.formula},
    )
    return known[name]


def catalogue(own: Path | str | None = None) -> Catalogue:
    """What the figures are: indicators, units, sources, themes and chapters.

    Args:
        own: A folder of one's own, merged over the packaged one; by default the one that
            ``tilannekuva.toml`` names, if any.

    >>> catalogue()["bkt_asukas"].id
    'gdp_pc'
    """
    return indicators.load(own or settings.read().path("catalogue"))


def observations(
    only: str | Iterable[str] | None = None,
    *,
    as_of: str | None = None,
    data: Path | str | None = None,
    catalogue: Catalogue | None = None,
    tick: Callable[[str], None] = lambda _: None,
) -> pd.DataFrame:
    """The figures, as a pandas DataFrame of the seven columns.

    Args:
        only: Id or alias of one indicator, or several; None for all.
        as_of: ISO date: leave out what was published later.
        data: Folder of the store; see ``raw.store_path``.
        catalogue: The packaged one by default, with the user's own merged over it where
            ``tilannekuva.toml`` names a folder.
        tick: Called with the name of each table read.

    Returns:
        ``indicator · region · breakdown · period · value · status · snapshot``, one row a key.

    >>> births = observations("births")
    >>> births.loc[(births["region"] == "MK18") & (births["period"] == "2021"), "value"].tolist()
    [521.0]
    """
    catalogue = catalogue or indicators.load(settings.read().path("catalogue"))
    store = raw.store_path(data)
    lock = raw.read_lock(store)
    asked: set[str] | None = None
    if only is not None:
        asked = {indicators.find(catalogue, n) for n in ([only] if isinstance(only, str) else only)}
    wanted = None if asked is None else _with_parents(catalogue, asked)
    tidied = tidying.tidy(catalogue, store, lock, only=wanted, tick=tick)
    rows = observe(tidied, catalogue, lock, as_of).rows
    if asked is None:
        return rows
    return table.make(rows[rows["indicator"].isin(asked)])


def _with_parents(catalogue: Catalogue, names: set[str]) -> set[str]:
    """The indicators and everything that their formulas and sums stand on."""
    found: set[str] = set()
    queue = list(names)
    while queue:
        indicator = catalogue.indicators[queue.pop()]
        if indicator.id in found:
            continue
        found.add(indicator.id)
        queue += formulas.parents_of(indicator)
        if indicator.aggregate and indicator.aggregate.weight:
            queue.append(indicator.aggregate.weight)
    return found
