"""Figures that follow from figures: sums over municipalities and formulas over indicators.

Works on a view (one row a key). A derived row has the worst status of its parents, is
``not_computable`` where a parent has no value, and its snapshot id is made of its parents'
snapshots and the formula, so that it can be traced. A published figure is never replaced by a
derived one.
"""

from __future__ import annotations

import graphlib
import itertools
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tilannekuva import analyses, formulas, region_codes, table, tidying
from tilannekuva.columns import FUNCTIONS, Column, Derivation, Ints, Space, Term
from tilannekuva.errors import DataError
from tilannekuva.indicators import Catalogue
from tilannekuva.model import Indicator
from tilannekuva.statuses import severity

__all__ = ["Derivation", "Derived", "derive", "order"]

_NOT_COMPUTABLE = severity("not_computable")


class Derived(NamedTuple):
    """The view with the derived rows in it, and where each derived snapshot is from."""

    rows: pd.DataFrame
    derivations: dict[str, Derivation]


def order(catalogue: Catalogue) -> list[str]:
    """Indicators with a formula, an analysis or an aggregate, parents first.

    Raises:
        DataError: Formulas that stand on each other in a circle.
    """
    graph: dict[str, set[str]] = {}
    for i in catalogue.indicators.values():
        needs = set(formulas.parents_of(i))
        if i.aggregate and i.aggregate.weight:
            needs.add(i.aggregate.weight)
        graph[i.id] = needs - {i.id}
    try:
        sequence = list(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as error:
        raise DataError(f"formulas stand on each other: {' → '.join(error.args[1])}") from error
    return [
        n for n in sequence if catalogue.indicators[n].rule or catalogue.indicators[n].aggregate
    ]


def derive(view: pd.DataFrame, catalogue: Catalogue) -> Derived:
    """Add every sum, formula and analysis that the view carries.

    Args:
        view: Observations, unique by the four-part key.
        catalogue: Formulas, analyses and aggregates.

    Returns:
        The view with derived rows, and the derivation of each derived snapshot.

    Raises:
        DataError: Formulas stand on each other, or name a part that no code list has.

    >>> from tilannekuva.indicators import load
    >>> rows = table.make({"indicator": ["births", "deaths"], "region": ["MK18"] * 2,
    ...     "breakdown": ["total"] * 2, "period": ["2021"] * 2, "value": [521.0, 1083.0],
    ...     "status": ["final"] * 2, "snapshot": ["a", "b"]})
    >>> out = derive(rows, load()).rows
    >>> float(out.loc[out["indicator"] == "natural_increase", "value"].iloc[0])
    -562.0
    """
    space = Space(view, _made_codes(catalogue))
    for name in order(catalogue):
        indicator = catalogue.indicators[name]
        for formula in formulas.of(indicator):
            _check_codes(indicator.id, formula, catalogue)
        if indicator.formula is not None:
            _add_formula(space, indicator)
        if indicator.analysis is not None:
            _add_analysis(space, indicator, catalogue)
        if indicator.aggregate is not None:
            _add_sums(space, indicator)
    return Derived(table.concat([view, space.derived()]), space.derivations())


def _check_codes(name: str, formula: str, catalogue: Catalogue) -> None:
    """A code that no list knows would sum to nothing, and nobody would be told."""
    for parent, code in formulas.codes(formula):
        axes = catalogue.indicators[parent].axes
        parts = code.split(".")
        known = [{row["code"] for row in tidying.read_axis(axis)} | {"T"} for axis in axes]
        if len(parts) != len(axes) or any(p not in k for p, k in zip(parts, known, strict=True)):
            raise DataError(
                f"{name}: '{parent}' has no part '{code}'; its axes are "
                f"{', '.join(axes) or 'none'}, their codes are in axes/*.csv"
            )


def _made_codes(catalogue: Catalogue) -> list[str]:
    """Every breakdown that an analysis may give."""
    made: dict[str, None] = {}
    for indicator in catalogue.indicators.values():
        if indicator.analysis is not None and indicator.axes:
            lists = [[row["code"] for row in tidying.read_axis(a)] for a in indicator.axes]
            made |= dict.fromkeys(".".join(codes) for codes in itertools.product(*lists))
    return list(made)


def _add_formula(space: Space, indicator: Indicator) -> None:
    formula = indicator.formula
    assert formula is not None
    column = _evaluated(space, indicator.id, formula, cells=bool(indicator.axes))
    if column is None:
        return
    # A formula without axes gives totals; one with axes gives cells, whose total means nothing.
    of_total = column.key % len(space.breakdowns) == space.breakdowns["total"]
    column = column.where(~of_total if indicator.axes else of_total)
    gone = np.isnan(column.value)
    column = column._replace(severity=np.where(gone, _NOT_COMPUTABLE, column.severity))
    space.add(indicator.id, column, f"{indicator.id} = {formula}")


def _evaluated(space: Space, name: str, formula: str, *, cells: bool) -> Column | None:
    """What a formula gives; None where a parent has no figure at all."""
    total = space.breakdowns["total"]

    def whole(column: Column) -> Column:
        return column.where(column.key % len(space.breakdowns) == total)._replace(cells=False)

    names: dict[str, Term] = {}
    for parent in formulas.parents(formula):
        column = space.column(parent)
        if not len(column.key):
            return None
        # A formula without axes is about totals; with axes it goes cell by cell.
        keep = cells or (column.cells and _asks_cells(formula, parent))
        names[parent] = Term(space, column if keep else whole(column))
    found = formulas.evaluate(formula, names, FUNCTIONS)
    if not isinstance(found, Term):
        raise DataError(f"{name}: the formula '{formula}' names no indicator")
    return found.column


def _add_analysis(space: Space, indicator: Indicator, catalogue: Catalogue) -> None:
    """The figures of an analysis; shocks do with any of their inputs, all else needs every one."""
    analysis = indicator.analysis
    assert analysis is not None
    cells = analysis.method in analyses.CELLWISE
    inputs = {}
    for name, formula in analysis.of.items():
        column = _evaluated(space, indicator.id, formula, cells=cells)
        if column is not None and len(column.key):
            inputs[name] = column
        elif analysis.method not in analyses.ALTERNATIVES:
            return
    if not inputs:
        return
    parents = formulas.parents_of(indicator)
    breaks = [b for p in parents for b in catalogue.indicators[p].breaks]
    found = analyses.column(space, analysis, inputs, len(indicator.axes), catalogue.shocks, breaks)
    space.add(indicator.id, found, f"{indicator.id} = {analysis}")


def _asks_cells(formula: str, parent: str) -> bool:
    return any(f"{f}({parent}" in formula.replace(" ", "") for f in ("part", "hhi"))


def _add_sums(space: Space, indicator: Indicator) -> None:
    """Regional values from municipalities', only where every municipality has a figure."""
    rule = indicator.aggregate
    assert rule is not None
    column = space.column(indicator.id)
    weight = space.column(rule.weight) if rule.weight else None
    if not len(column.key):
        return
    words = f"{indicator.id} = {rule.method} over municipalities"
    words += f", weight {rule.weight}" if rule.weight else ""
    levels = [*rule.levels, *(["koko_maa"] if rule.country else [])]
    for level in levels:
        found = _summed(space, column, weight, level)
        if found is not None:
            space.add(indicator.id, found, words)


class _Municipalities:
    """The municipalities of a space, by number of the region: what each is today, and where."""

    def __init__(self, space: Space, level: str) -> None:
        of, successor, self.size = region_codes.membership(level)
        self.codes = list(space.regions)
        self.today = sorted(set(successor.values()))
        place = {c: n for n, c in enumerate(self.today)}
        shape = len(self.codes)
        self.number = np.full(shape, -1, dtype=np.int64)
        self.home = np.full(shape, -1, dtype=np.int64)
        self.whole = np.zeros(shape, dtype=bool)
        """True for a municipality as it is today, not for one that has merged or grown since."""
        for code, n in space.regions.items():
            if code in of:
                self.number[n], self.home[n] = place[successor[code]], space.regions[of[code]]
                self.whole[n] = code == successor[code]

    def once(self, group: Ints, place: Ints) -> NDArray[np.bool_]:
        """Rows that count every municipality of today once: as itself, else as all its parts."""
        pair = group * len(self.today) + self.number[place]
        unique, back = np.unique(pair, return_inverse=True)
        itself = np.zeros(len(unique), dtype=bool)
        itself[back[self.whole[place]]] = True
        keep = np.asarray(self.whole[place] | ~itself[back])
        parts = np.flatnonzero(~itself[back])
        parts = parts[np.argsort(back[parts], kind="stable")]
        for rows in np.split(parts, np.flatnonzero(np.diff(back[parts])) + 1):
            areas = [region_codes.atoms(self.codes[c]) for c in place[rows]]
            wanted = [region_codes.atoms(self.today[n]) for n in self.number[place[rows[:1]]]]
            exact = sum(map(len, areas)) == sum(map(len, wanted))
            keep[rows] = exact and frozenset().union(*areas) == frozenset().union(*wanted)
        return keep


def _summed(space: Space, column: Column, weight: Column | None, level: str) -> Column | None:
    p, b = len(space.periods), len(space.breakdowns)
    known = _Municipalities(space, level)
    rows = np.flatnonzero(known.number[column.key // b // p] >= 0)
    if not len(rows):
        return None
    value, grade = column.value[rows].copy(), column.severity[rows].copy()
    origin = column.origin[rows]
    if weight is not None:
        at = np.searchsorted(weight.key, column.key[rows])
        at = np.clip(at, 0, len(weight.key) - 1)
        hit = weight.key[at] == column.key[rows] if len(weight.key) else np.zeros(len(rows), bool)
        rows, at = rows[hit], at[hit]
        value, grade = column.value[rows], np.maximum(column.severity[rows], weight.severity[at])
        heavy = weight.value[at]
        origin = space.pairs(column.origin[rows], weight.origin[at])
    key = column.key[rows]
    place = key // b // p
    group = known.home[place] * p * b + key % (p * b)
    sorting = np.argsort(group, kind="stable")
    sorting = sorting[known.once(group, place)[sorting]]
    group, value, grade = group[sorting], value[sorting], grade[sorting]
    if not len(group):
        return None
    unique, start = np.unique(group, return_index=True)
    who = known.number[place[sorting]]
    there = np.array([len(np.unique(w)) for w in np.split(who, start[1:])], dtype=np.int64)
    needed = np.array([known.size[known.codes[u // (p * b)]] for u in unique], dtype=np.int64)
    if weight is None:
        total = np.add.reduceat(value, start)
    else:
        heavy = heavy[sorting]
        with np.errstate(all="ignore"):  # weights that are all zero have no mean
            total = np.add.reduceat(value * heavy, start) / np.add.reduceat(heavy, start)
    worst = np.maximum.reduceat(grade, start)
    keep = (there == needed) & np.isfinite(total)
    merged = space.union(origin[sorting], start)
    return Column(unique[keep], total[keep], worst[keep], merged[keep], column.cells)
