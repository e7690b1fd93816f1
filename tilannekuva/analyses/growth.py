"""Where a gap or a change is from, what the region is specialised in, how its jobs have moved."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd

from tilannekuva.analyses.panels import COUNTRY, Asked, Found, Panel
from tilannekuva.errors import DataError
from tilannekuva.measures import decomposition, structure

__all__ = [
    "ALL",
    "change_parts",
    "gap_parts",
    "location_quotient",
    "share_change",
    "shift_share",
    "variety",
]

ALL = "all"
"""The code of the sum of all parts."""
_WHOLE = 0.005
"""How far the groups together may be from the total for rounding."""


def gap_parts(asked: Asked) -> Iterator[Found]:
    """Split a product's gap to the country among its factors, in per cent of the country's figure.

    Every input is a factor; the parts add up to ``all`` exactly, whatever the order (LMDI).
    """
    panels = asked.panels.values()
    first = asked.first
    for region in first.areas():
        for time in asked.span(first, region):
            if not all(p.has(region, time) and p.has(COUNTRY, time) for p in panels):
                continue
            used = tuple((p, r, time) for p in panels for r in (region, COUNTRY))
            yield from _parts(asked, region, (COUNTRY, time), (region, time), used)


def change_parts(asked: Asked) -> Iterator[Found]:
    """Split a product's change since the first year among its factors, in per cent of that year.

    Never across a break: the first year is that of the stretch that a year belongs to.
    """
    panels = asked.panels.values()
    first = asked.first
    for region in first.regions:
        years = [t for t in asked.span(first, region) if all(p.has(region, t) for p in panels)]
        if asked.analysis.base not in (None, *years[:1]):
            continue
        base = ""
        for before, time in zip(["", *years], years, strict=False):
            if not before or asked.crosses(region, before, time):
                if before and asked.analysis.base:
                    break
                base = time
                continue
            used = tuple((p, region, t) for p in panels for t in (base, time))
            yield from _parts(asked, region, (region, base), (region, time), used)


def _parts(
    asked: Asked,
    region: str,
    start: tuple[str, str],
    end: tuple[str, str],
    used: tuple[tuple[Panel, str, str], ...],
) -> Iterator[Found]:
    before = [p.total(*start) for p in asked.panels.values()]
    found = decomposition.lmdi(before, [p.total(*end) for p in asked.panels.values()])
    whole = math.prod(before)
    codes = [*asked.panels, ALL]
    if found.additive is None or found.delta is None:
        yield from (Found(region, end[1], c, None, used) for c in codes)
        return
    for code, part in zip(codes, [*found.additive, found.delta], strict=True):
        yield Found(region, end[1], code, 100 * part / whole, used)


def location_quotient(asked: Asked) -> Iterator[Found]:
    """How over-represented each industry is; a group of fewer than ``least`` is suppressed.

    Groups that have no figure are left out as one rest, so that the others' shares stay right.
    """
    counts = asked.nation(asked.first)
    for region in counts.areas():
        for time in asked.span(counts, region):
            own, nation = counts.series(region, time), counts.series(COUNTRY, time)
            if own is None or nation is None:
                continue
            used = ((counts, region, time), (counts, COUNTRY, time))
            known = ~np.isnan(own) & ~np.isnan(nation)
            rests = [
                _rest(float(values[known].sum()), counts.total(r, time))
                for r, values in ((region, own), (COUNTRY, nation))
            ]
            if None in rests or (not known.all() and not rests[0]):
                yield from (Found(region, time, c, None, used) for c in counts.groups)
                continue
            names = [*np.array(counts.groups)[known], ""]
            mine, whole = (
                pd.Series([*values[known], rest], index=names)
                for values, rest in zip((own, nation), rests, strict=True)
            )
            quotients = structure.location_quotient(mine.to_frame(region).T, nation=whole)
            found = dict(zip(names, quotients.to_numpy()[0], strict=True))
            for code, jobs in zip(counts.groups, own, strict=True):
                small = asked.analysis.least is not None and jobs < asked.analysis.least
                value = None if small else found.get(code)
                yield Found(region, time, code, value, used, "suppressed" if small else None)


def _rest(known: float, total: float) -> float | None:
    """What the total has beyond the groups that are known; None where they exceed it."""
    rest = total - known
    if math.isnan(rest) or abs(rest) <= _WHOLE * total:
        return 0.0 if known > 0 else None
    return rest if rest > 0 else None


def share_change(asked: Asked) -> Iterator[Found]:
    """Change of each group's share since the first year, in percentage points."""
    counts = asked.nation(asked.first)
    for region in counts.regions:
        years = [t for t in asked.span(counts, region) if counts.whole(region, t) is not None]
        base = ""
        for before, time in zip(["", *years], years, strict=False):
            if not before or asked.crosses(region, before, time):
                if before and asked.analysis.base:
                    break
                base = time
                continue
            start, end = counts.whole(region, base), counts.whole(region, time)
            assert start is not None
            assert end is not None
            used = ((counts, region, base), (counts, region, time))
            with np.errstate(all="ignore"):
                moved = 100 * (end / end.sum() - start / start.sum())
            for code, points in zip(counts.groups, moved, strict=True):
                yield Found(region, time, code, float(points), used)


def shift_share(asked: Asked) -> Iterator[Found]:
    """Growth by national pull, industry mix and own performance, year by year and added up.

    In per cent of the first year; only for the newest year. Years of one classification: a group
    that is missing in any of them, or a break between them, leaves nothing to tell.
    """
    counts = asked.nation(asked.first)
    for region in counts.areas():
        years = [
            t
            for t in asked.span(counts, region)
            if counts.whole(region, t) is not None and counts.whole(COUNTRY, t) is not None
        ]
        cuts = [n for n, (a, b) in enumerate(pairwise(years), 1) if asked.crosses(region, a, b)]
        if cuts:
            years = years[: cuts[0]] if asked.analysis.base else years[cuts[-1] :]
        if len(years) < 2:
            continue
        own, nation = (
            pd.DataFrame({t: counts.whole(r, t) for t in years}, index=list(counts.groups))
            for r in (region, COUNTRY)
        )
        used = tuple((counts, r, t) for t in years for r in (region, COUNTRY))
        try:
            found = structure.dynamic_shift_share(own, nation).to_dict("index")["total"]
        except DataError:  # an industry of the region is not in the country
            yield from (Found(region, years[-1], c, None, used) for c in (*_SHIFT, ALL))
            continue
        start = float(own[years[0]].sum())
        parts = {c: 100 * float(found[c]) / start for c in _SHIFT} if start > 0 else {}
        for code in _SHIFT:
            yield Found(region, years[-1], code, parts.get(code), used)
        change = 100 * float(own[years[-1]].sum() - start) / start if start > 0 else None
        yield Found(region, years[-1], ALL, change, used)


_SHIFT = ("national", "mix", "competitive")


def variety(asked: Asked) -> Iterator[Found]:
    """Diversity between wide groups (unrelated) and inside them (related), in bits."""
    counts = asked.first
    groups: dict[object, object] = {c: asked.analysis.groups.get(c, c) for c in counts.groups}
    for region in counts.regions:
        for time in asked.span(counts, region):
            own = counts.whole(region, time)
            used = ((counts, region, time),)
            if own is None or not (own >= 0).all() or float(own.sum()) <= 0:
                yield from (Found(region, time, c, None, used) for c in _VARIETY)
                continue
            table = pd.DataFrame([own], index=[region], columns=list(counts.groups))
            found = structure.variety(table, groups).to_dict("index")[region]
            for code, name in _VARIETY.items():
                yield Found(region, time, code, float(found[name]), used)


_VARIETY = {"unrelated": "unrelated", "related": "related", ALL: "total"}
