"""Nature and climate: shares of area, accounts, indices of species, and the cut that is needed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from tilannekuva.analyses.growth import ALL
from tilannekuva.analyses.panels import COUNTRY, Asked, Found
from tilannekuva.errors import DataError
from tilannekuva.measures import nature

__all__ = [
    "extent_account",
    "multispecies",
    "protected_share",
    "red_list",
    "required_cut",
    "richness",
]

_DRAWS, _SEED = 1000, 20250101
_PLACES = 90.0
"""Per cent of the draws that the interval of an index holds."""


def required_cut(asked: Asked) -> Iterator[Found]:
    """Yearly cut in per cent that leads from a year's level to ``level`` in the year ``last``."""
    levels, goal, end = asked.first, asked.analysis.level, asked.analysis.last
    assert goal is not None  # the catalogue asks for both
    assert end is not None
    for region in levels.regions:
        for time in asked.span(levels, region):
            now, years = levels.total(region, time), int(end) - int(time)
            if years < 1:
                continue
            able = now > 0 and goal > 0
            cut = 100 * (1 - (goal / now) ** (1 / years)) if able else None
            # A level that is below the goal already needs no cut.
            cut = max(cut, 0.0) if cut is not None else None
            yield Found(region, time, "T", cut, ((levels, region, time),))


def protected_share(asked: Asked) -> Iterator[Found]:
    """Protected area of each type in per cent of its area; refused where more is protected."""
    protected, area = asked.panels.values()
    for region in protected.regions:
        for time in asked.span(protected, region):
            part, whole = protected.series(region, time), area.series(region, time)
            if part is None or whole is None:
                continue
            used = ((protected, region, time), (area, region, time))
            areas = dict(zip(area.groups, whole, strict=True))
            for code, size in zip(protected.groups, part, strict=True):
                if np.isnan(size):
                    continue
                try:
                    share = nature.protected_share(float(size), float(areas.get(code, np.nan)))
                except DataError:
                    share = None
                yield Found(region, time, code, None if share is None else 100 * share, used)


def extent_account(asked: Asked) -> Iterator[Found]:
    """Opening, additions, reductions and closing area of each type.

    Inputs: the opening area by type, and the changes by type from and type to.
    """
    opening, changes = asked.panels.values()
    for region in opening.regions:
        for time in asked.span(opening, region):
            start, moved = opening.whole(region, time), changes.series(region, time)
            if start is None or moved is None:
                continue
            used = ((opening, region, time), (changes, region, time))
            codes = list(opening.groups)
            flows = pd.DataFrame(0.0, index=codes, columns=codes)
            for pair, area in zip(changes.groups, moved, strict=True):
                one, other = pair.split(".")
                if one in codes and other in codes and not np.isnan(area):
                    flows.loc[one, other] = area
            try:
                named = pd.Series(start, index=codes)
                account = nature.extent_account(named, flows).drop(index="total")
            except DataError:  # a type loses more than it has: the maps do not fit together
                account = pd.DataFrame(np.nan, index=codes, columns=list(_ACCOUNT))
            for code in codes:
                for part in _ACCOUNT:
                    value = float(account[part][code])
                    yield Found(region, time, f"{code}.{part}", value, used)


_ACCOUNT = ("opening", "additions", "reductions", "closing")


def multispecies(asked: Asked) -> Iterator[Found]:
    """Geometric mean of species' indices, first year 100, with an interval over the species.

    The interval is the middle 90 per cent of a thousand draws of species with replacement: it says
    how far the index hangs on which species are followed.
    """
    counts = asked.first
    for region in counts.regions:
        years = asked.span(counts, region)
        rows = {t: counts.series(region, t) for t in years}
        known = {t: r for t, r in rows.items() if r is not None}
        table = pd.DataFrame(known, index=list(counts.groups))
        if table.shape[1] < 2:
            continue
        base = table.columns[0]
        used = tuple((counts, region, t) for t in table.columns)
        try:
            index = nature.multispecies_index(table, base)
        except DataError:  # no species has a figure above zero to begin from
            yield Found(region, str(table.columns[-1]), ALL, None, used)
            continue
        draws = _draws(table, str(base))
        tail = (100 - _PLACES) / 2
        for time in table.columns:
            ends: list[float | None] = [None, None]
            if draws:
                ends = [
                    float(np.percentile([d[time] for d in draws], q)) for q in (tail, 100 - tail)
                ]
            for code, value in ((ALL, float(index[time])), ("low", ends[0]), ("high", ends[1])):
                yield Found(region, str(time), code, value, used)


def _draws(table: pd.DataFrame, base: str) -> list[pd.Series[float]]:
    """The index of species drawn with replacement; nothing of a single species."""
    rng = np.random.default_rng(_SEED)
    made = []
    for _ in range(_DRAWS if len(table) > 1 else 0):
        drawn = table.iloc[rng.integers(0, len(table), len(table))].reset_index(drop=True)
        if (drawn[base] > 0).any():
            made.append(nature.multispecies_index(drawn, base))
    return made


def richness(asked: Asked) -> Iterator[Found]:
    """Number of species at the same completeness of sampling, never as counted.

    Inputs: how many sampling units there are, and in how many of them each species was found.
    Without ``level`` the completeness is the lowest that any region has.
    """
    units, found = asked.panels.values()
    for time in found.times:
        lists: dict[str, list[float]] = {}
        for region in found.areas():
            rows, n = found.series(region, time), units.total(region, time)
            if rows is not None and n > 1:
                lists[region] = [n, *(float(x) for x in rows if x > 0)]
        covered = {r: nature.coverage(x, incidence=True) for r, x in lists.items()}
        known = [c for c in covered.values() if c]
        if not known:
            continue
        level = asked.analysis.level or min(known)
        for region, x in lists.items():
            used = ((units, region, time), (found, region, time))
            value = nature.estimate_at_coverage(x, level, 0, incidence=True)
            yield Found(region, time, "T", value, used)


def red_list(asked: Asked) -> Iterator[Found]:
    """The Red List Index of the country; a region has none, as the categories are the country's."""
    species = asked.first
    for time in asked.span(species, COUNTRY) if COUNTRY in species.regions else []:
        rows = species.series(COUNTRY, time)
        if rows is None:
            continue
        counts = zip(species.groups, np.nan_to_num(rows), strict=True)
        value = nature.red_list_index(c for c, n in counts for _ in range(round(n)))
        yield Found(COUNTRY, time, "T", value, ((species, COUNTRY, time),))
