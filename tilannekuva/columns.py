"""Columns of figures that keep value, status and origin together through arithmetic.

The algebra that formulas and sums stand on: no indicator, catalogue or file is known here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tilannekuva import periods, region_codes, table
from tilannekuva.errors import DataError
from tilannekuva.model import ABSENT
from tilannekuva.statuses import STATUSES, severity

__all__ = ["FUNCTIONS", "Column", "Derivation", "Space", "Term"]

_SEVERITY = np.array([severity(s) for s in STATUSES], dtype=np.int64)
_BY_SEVERITY = sorted(STATUSES, key=severity)
_NOT_COMPUTABLE = severity("not_computable")
_GONE = [severity(s) for s in ABSENT]
_WHOLE = 0.005
"""How far the shares of a whole may be from 1 for rounding."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Derivation(NamedTuple):
    """How a derived snapshot came about."""

    parents: tuple[str, ...]
    """Snapshot ids, sorted."""
    formula: str


class Column(NamedTuple):
    """The figures of one indicator: key, value, severity of the status, number of its origin.

    A key is ``(region * P + period) * B + breakdown``, ascending.
    """

    key: Ints
    value: Floats
    severity: Ints
    origin: Ints
    cells: bool
    """True when there are breakdowns beside the total."""

    def where(self, rows: NDArray[np.bool_] | Ints) -> Column:
        """Only some of the rows, by a mask or by their numbers, in that order."""
        key, value, grade, origin, cells = self
        return Column(key[rows], value[rows], grade[rows], origin[rows], cells)


class Space:
    """The codes that all columns of one derivation share, and the columns made so far."""

    def __init__(self, view: pd.DataFrame, breakdowns: Iterable[str] = ()) -> None:
        """Number the codes of a view, with more breakdowns that are going to be made."""
        self.regions = _codes(view["region"])
        self.breakdowns = _codes(view["breakdown"], "total", *breakdowns)
        names = set(view["period"].cat.categories)
        # ``previous`` asks for the year before, so every period's neighbours must have a code.
        names |= {periods.shift(p, 1) for p in names}
        self.periods = {p: n for n, p in enumerate(sorted(names))}
        for c in _summable():
            self.regions.setdefault(c, len(self.regions))
        self.origins: list[frozenset[str]] = []
        self._origin: dict[frozenset[str], int] = {}
        self.columns: dict[str, Column] = {}
        self.made: list[tuple[str, Column, str]] = []
        self._snapshots: dict[tuple[int, str], str] = {}
        self._derivations: dict[str, Derivation] = {}
        self._load(view)

    def origin(self, snapshots: frozenset[str]) -> int:
        """The number of a set of snapshots; a set that was not met before gets the next one."""
        if snapshots not in self._origin:
            self._origin[snapshots] = len(self.origins)
            self.origins.append(snapshots)
        return self._origin[snapshots]

    def pairs(self, a: Ints, b: Ints) -> Ints:
        """The origin of each row that stands on two others."""
        size = len(self.origins) + 1
        unique, back = np.unique(a * size + b, return_inverse=True)
        both = [
            self.origin(self.origins[int(u) // size] | self.origins[int(u) % size]) for u in unique
        ]
        return np.array(both, dtype=np.int64)[back] if len(both) else np.zeros(0, dtype=np.int64)

    def union(self, origins: Ints, start: Ints) -> Ints:
        """The origin of each group of rows: everything that its rows stand on."""
        return np.array(
            [
                self.origin(frozenset().union(*(self.origins[o] for o in np.unique(part))))
                for part in np.split(origins, start[1:])
            ],
            dtype=np.int64,
        )

    def _load(self, view: pd.DataFrame) -> None:
        p, b = len(self.periods), len(self.breakdowns)
        place = _recoded(view["region"], self.regions)
        time = _recoded(view["period"], self.periods)
        part = _recoded(view["breakdown"], self.breakdowns)
        key = (place * p + time) * b + part
        value = view["value"].to_numpy()
        grade = _SEVERITY[view["status"].cat.codes.to_numpy()]
        source = np.array(
            [self.origin(frozenset([s])) for s in view["snapshot"].cat.categories], dtype=np.int64
        )[view["snapshot"].cat.codes.to_numpy()]
        total = self.breakdowns["total"]
        which = view["indicator"].cat.codes.to_numpy()
        for n, name in enumerate(view["indicator"].cat.categories):
            rows = np.flatnonzero(which == n)
            rows = rows[np.argsort(key[rows], kind="stable")]
            cells = bool((part[rows] != total).any())
            self.columns[name] = Column(key[rows], value[rows], grade[rows], source[rows], cells)

    def column(self, name: str) -> Column:
        """The figures of an indicator so far, published or made; an empty column where none are."""
        empty = np.zeros(0, dtype=np.int64)
        return self.columns.get(name, Column(empty, empty.astype(np.float64), empty, empty, False))

    def add(self, name: str, column: Column, formula: str = "") -> None:
        """Keep what is not there yet: published figures stay as they are."""
        known = self.column(name)
        fresh = ~np.isin(column.key, known.key)
        new = column.where(fresh)
        if not len(new.key):
            return
        self.made.append((name, new, formula))
        both = Column(
            np.concatenate([known.key, new.key]),
            np.concatenate([known.value, new.value]),
            np.concatenate([known.severity, new.severity]),
            np.concatenate([known.origin, new.origin]),
            known.cells or new.cells,
        )
        self.columns[name] = both.where(np.argsort(both.key, kind="stable"))

    def snapshot(self, origin: int, formula: str) -> str:
        """The id of what a formula makes of some snapshots; the same ones give the same id."""
        if (origin, formula) not in self._snapshots:
            parents = tuple(sorted(self.origins[origin]))
            digest = hashlib.sha256("\n".join((*parents, formula)).encode()).hexdigest()
            name = f"f-{digest[:16]}"
            self._snapshots[origin, formula] = name
            self._derivations[name] = Derivation(parents, formula)
        return self._snapshots[origin, formula]

    def derived(self) -> pd.DataFrame:
        """Everything that was made, as rows of the one table."""
        if not self.made:
            return table.make({c: [] for c in table.COLUMNS})
        p, b = len(self.periods), len(self.breakdowns)
        sizes = [len(c.key) for _, c, _ in self.made]
        key = np.concatenate([c.key for _, c, _ in self.made])
        value = np.concatenate([c.value for _, c, _ in self.made])
        grade = np.concatenate([c.severity for _, c, _ in self.made])
        names = sorted({n for n, _, _ in self.made})
        which = np.repeat([names.index(n) for n, _, _ in self.made], sizes)
        ids: dict[str, int] = {}
        origin = np.concatenate([self._numbers(c, f, ids) for _, c, f in self.made])
        # A value that is gone for a reason of its own keeps it.
        status = np.where(np.isnan(value) & ~np.isin(grade, _GONE), _NOT_COMPUTABLE, grade)
        return table.make(
            pd.DataFrame(
                {
                    "indicator": _named(which, names),
                    "region": _named(key // b // p, self.regions),
                    "breakdown": _named(key % b, self.breakdowns),
                    "period": _named(key // b % p, self.periods),
                    "value": value,
                    "status": _named(status, _BY_SEVERITY),
                    "snapshot": _named(origin, ids),
                }
            )
        )

    def _numbers(self, column: Column, formula: str, ids: dict[str, int]) -> Ints:
        """Each row's derived snapshot, as a place in ``ids``, which grows."""
        unique, back = np.unique(column.origin, return_inverse=True)
        found = [self.snapshot(int(o), formula) for o in unique]
        return np.array([ids.setdefault(f, len(ids)) for f in found], dtype=np.int64)[back]

    def derivations(self) -> dict[str, Derivation]:
        """How each derived snapshot came about, by its id."""
        return dict(sorted(self._derivations.items()))


def _summable() -> list[str]:
    """Regions that a sum over municipalities may give, whether the view has them or not."""
    levels = ("maakunta", "seutukunta", "koko_maa")
    return [r.code for level in levels for r in region_codes.regions(level)]


def _codes(column: pd.Series, *more: str) -> dict[str, int]:
    names = dict.fromkeys([*more, *column.cat.categories])
    return {name: n for n, name in enumerate(names)}


def _named(codes: Ints, names: Iterable[str]) -> pd.Categorical[str]:
    return pd.Categorical.from_codes(codes, pd.Index(list(names)))


def _recoded(column: pd.Series, codes: Mapping[str, int]) -> Ints:
    into = np.array([codes[c] for c in column.cat.categories] or [0], dtype=np.int64)
    return into[column.cat.codes.to_numpy()]


class Term:
    """A column inside an expression. Arithmetic keeps value, status and origin together."""

    def __init__(self, space: Space, column: Column) -> None:
        self.space, self.column = space, column

    def _with(self, other: Term | float, op: str, swapped: bool = False) -> Term:
        if not isinstance(other, Term):
            scaled = _apply(op, self.column.value, np.float64(other), swapped)
            return Term(self.space, self.column._replace(value=scaled))
        left, right, key, cells = _aligned(self, other)
        a, b = self.column, other.column
        value = _apply(op, a.value[left], b.value[right], False)
        grade = np.maximum(a.severity[left], b.severity[right])
        return Term(self.space, Column(key, value, grade, self._merge(a, left, b, right), cells))

    def _merge(self, a: Column, left: Ints, b: Column, right: Ints) -> Ints:
        return self.space.pairs(a.origin[left], b.origin[right])

    def __add__(self, other: Term | float) -> Term:
        return self._with(other, "+")

    __radd__ = __add__

    def __sub__(self, other: Term | float) -> Term:
        return self._with(other, "-")

    def __rsub__(self, other: Term | float) -> Term:
        return self._with(other, "-", swapped=True)

    def __mul__(self, other: Term | float) -> Term:
        return self._with(other, "*")

    __rmul__ = __mul__

    def __truediv__(self, other: Term | float) -> Term:
        return self._with(other, "/")

    def __rtruediv__(self, other: Term | float) -> Term:
        return self._with(other, "/", swapped=True)

    def __pow__(self, other: Term | float) -> Term:
        return self._with(other, "**")

    def __rpow__(self, other: Term | float) -> Term:
        return self._with(other, "**", swapped=True)

    def __neg__(self) -> Term:
        return self._with(-1.0, "*")


_OPERATIONS = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "**": np.power}


def _apply(op: str, a: Floats, b: Floats | np.float64, swapped: bool) -> Floats:
    x, y = (b, a) if swapped else (a, b)
    with np.errstate(all="ignore"):
        out = _OPERATIONS[op](x, y)
    # A division by zero has no answer; infinity is never a figure.
    return np.where(np.isfinite(out), out, np.nan)


def _aligned(one: Term, two: Term) -> tuple[Ints, Ints, Ints, bool]:
    """Rows of both terms that belong together, and their common keys."""
    a, b = one.column, two.column
    size = len(one.space.breakdowns)
    if a.cells == b.cells:
        key, left, right = np.intersect1d(a.key, b.key, assume_unique=True, return_indices=True)
        return left, right, key, a.cells
    wide, flat = (a, b) if a.cells else (b, a)
    there = wide.key // size
    at = np.clip(np.searchsorted(flat.key // size, there), 0, max(len(flat.key) - 1, 0))
    hit = (flat.key // size)[at] == there if len(flat.key) else np.zeros(len(there), dtype=bool)
    rows, other = np.flatnonzero(hit), at[hit]
    left, right = (rows, other) if a.cells else (other, rows)
    return left, right, wide.key[rows], True


def _previous(x: Term) -> Term:
    """The figure of one year earlier, standing at this period."""
    space, column = x.space, x.column
    p, b = len(space.periods), len(space.breakdowns)
    names = list(space.periods)
    later = np.array([space.periods.get(periods.shift(n, 1), -1) for n in names], dtype=np.int64)
    when = later[column.key // b % p]
    keep = when >= 0
    key = ((column.key // b // p) * p + when) * b + column.key % b
    return Term(space, _sorted(column._replace(key=key), keep))


def _country(x: Term) -> Term:
    """The whole country's figure, standing at every region that the space knows."""
    space, column = x.space, x.column
    p, b = len(space.periods), len(space.breakdowns)
    rows = np.flatnonzero(column.key // b // p == space.regions["SSS"])
    size = len(space.regions)
    rest = column.key[rows] % (p * b)
    key = (np.arange(size, dtype=np.int64)[:, None] * p * b + rest[None, :]).ravel()
    take = np.tile(rows, size)
    spread = column.where(take)._replace(key=key)
    return Term(space, _sorted(spread, np.ones(len(key), dtype=bool)))


def _part(x: Term, *codes: str) -> Term:
    """The sum over some codes of a breakdown; every one of them must be there."""
    space = x.space
    b = len(space.breakdowns)
    out: Term | None = None
    for code in codes:
        name = "total" if set(code.split(".")) == {"T"} else code
        number = space.breakdowns.get(name, -1)
        rows = np.flatnonzero(x.column.key % b == number)
        key = x.column.key[rows] // b * b + space.breakdowns["total"]
        one = Term(space, x.column.where(rows)._replace(key=key, cells=False))
        out = one if out is None else out + one
    if out is None:
        raise DataError('part() needs the codes to sum, for example part(pop_age, "Y0-4")')
    return out


def _hhi(x: Term) -> Term:
    """Sum of squared shares over the codes of a one-axis breakdown."""
    space, column = x.space, x.column
    b, total = len(space.breakdowns), space.breakdowns["total"]
    whole = column.key % b == total
    parts = Term(space, column.where(~whole)._replace(cells=True))
    c = (parts / Term(space, column.where(whole)._replace(cells=False))).column
    group, start = np.unique(c.key // b, return_index=True)
    if not len(group):
        return Term(space, Column(group, c.value, group, group, False))
    value = np.add.reduceat(c.value**2, start)
    # Codes that are not there, or that overlap, would make another number without a word.
    value[np.abs(np.add.reduceat(c.value, start) - 1) > _WHOLE] = np.nan
    grade = np.maximum.reduceat(c.severity, start)
    origin = space.union(c.origin, start)
    return Term(space, Column(group * b + total, value, grade, origin, False))


def _sorted(column: Column, keep: NDArray[np.bool_]) -> Column:
    rows = np.flatnonzero(keep)
    rows = rows[np.argsort(column.key[rows], kind="stable")]
    return column.where(rows)


FUNCTIONS = {
    "previous": _previous,
    "mean2": lambda x: (x + _previous(x)) / 2.0,
    "country": _country,
    "part": _part,
    "hhi": _hhi,
}
"""What the functions of a formula do with terms; their names are those of ``formulas``."""
