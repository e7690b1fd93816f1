"""Figures that no formula can say: decompositions, quotients, shocks, indices.

An indicator with an ``[analysis]`` names a method and what it stands on. The room lays the inputs
out (``panels``), asks the kernels of ``measures`` and gives back a column of ordinary figures: with
the worst status of all that was used and an origin that can be traced. Methods, each one function:
``growth``, ``resilience``, ``nature``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from tilannekuva.analyses import growth, nature, resilience
from tilannekuva.analyses.panels import Asked, Found, Panel, panel
from tilannekuva.columns import Column, Space
from tilannekuva.model import Analysis, Break, Method, Shock
from tilannekuva.statuses import severity

__all__ = ["ALTERNATIVES", "CELLWISE", "METHODS", "Asked", "Found", "Panel", "column"]

METHODS: dict[Method, Callable[[Asked], Iterable[Found]]] = {
    "gap_parts": growth.gap_parts,
    "change_parts": growth.change_parts,
    "location_quotient": growth.location_quotient,
    "share_change": growth.share_change,
    "shift_share": growth.shift_share,
    "variety": growth.variety,
    "resistance": resilience.resistance,
    "recovery": resilience.recovery,
    "required_cut": nature.required_cut,
    "protected_share": nature.protected_share,
    "extent_account": nature.extent_account,
    "multispecies": nature.multispecies,
    "richness": nature.richness,
    "red_list": nature.red_list,
}

CELLWISE = frozenset(METHODS) - {"gap_parts", "change_parts", "required_cut"}
"""Methods whose inputs keep their groups; the others are about totals."""

ALTERNATIVES = frozenset[Method]({"resistance", "recovery"})
"""Methods that take the first input that will do."""

_LEVEL = "maakunta"
"""Analyses are of regions and the country: municipalities are too small for them."""
_NOT_COMPUTABLE = severity("not_computable")


def column(
    space: Space,
    analysis: Analysis,
    inputs: Mapping[str, Column],
    axes: int,
    shocks: Mapping[str, Shock],
    breaks: Iterable[Break] = (),
) -> Column:
    """What an analysis makes of its inputs.

    Args:
        space: The codes that the inputs share; it has every code that the method may give.
        analysis: The method and its options.
        inputs: A column for each name in ``analysis.of``.
        axes: How many axes the figures have.
        shocks: The crises, by id.
        breaks: Places where the inputs must not be read across.

    Returns:
        The figures, ascending by key. One that cannot be told has no value but a reason.
    """
    panels = {name: panel(space, c, _LEVEL) for name, c in inputs.items()}
    asked = Asked(analysis, panels, shocks, tuple(breaks))
    found = list(METHODS[analysis.method](asked))
    p, b = len(space.periods), len(space.breakdowns)
    rows: dict[int, tuple[float, int, int]] = {}
    for f in found:
        cell = "total" if set(f.cell.split(".")) == {"T"} else f.cell
        part = space.breakdowns[cell]
        key = (space.regions[f.region] * p + space.periods[f.period]) * b + part
        grade, origins = 0, frozenset[str]()
        for of, region, period in f.used:
            worst, sources = of.marks(region, period)
            grade = max(grade, worst)
            origins |= frozenset().union(*(space.origins[s] for s in sources))
        value = np.nan if f.value is None or not np.isfinite(f.value) else float(f.value)
        if np.isnan(value):
            grade = severity(f.status) if f.status else _NOT_COMPUTABLE
        rows[key] = (value, grade, space.origin(origins))
    keys = sorted(rows)
    return Column(
        np.array(keys, dtype=np.int64),
        np.array([rows[k][0] for k in keys], dtype=np.float64),
        np.array([rows[k][1] for k in keys], dtype=np.int64),
        np.array([rows[k][2] for k in keys], dtype=np.int64),
        axes > 0,
    )
