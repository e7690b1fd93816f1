"""How the region stood a crisis against what the country's development would lead one to expect."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from tilannekuva.analyses.panels import COUNTRY, Asked, Found, Panel
from tilannekuva.columns import Floats
from tilannekuva.measures import resilience

__all__ = ["recovery", "resistance"]

CHANGE, EXPECTED, DIFFERENCE = "change", "expected", "difference"


def resistance(asked: Asked) -> Iterator[Found]:
    """From peak to trough: change, expected change and their difference, in percentage points."""
    for shock in asked.shocks.values():
        yield from _against(asked, shock.id, shock.peak, shock.trough, resilience.resistance)


def recovery(asked: Asked) -> Iterator[Found]:
    """From trough to the end of the upswing: the same three."""
    for shock in asked.shocks.values():
        yield from _against(asked, shock.id, shock.trough, shock.recovered, resilience.recovery)


def _against(
    asked: Asked, shock: str, first: str, last: str, kernel: Callable[..., resilience.Resistance]
) -> Iterator[Found]:
    """The first input that has both years: by industry where it has industries, else the totals.

    Inputs are of one classification each, so that no expectation mixes two of them.
    """
    done: set[str] = set()
    for given in asked.panels.values():
        panel = asked.nation(given)
        for region in panel.areas():
            if region in done or asked.crosses(region, first, last):
                continue
            figures = [_figures(panel, r, t) for r in (region, COUNTRY) for t in (first, last)]
            before, after, nation_before, nation_after = figures
            if before is None or after is None or nation_before is None or nation_after is None:
                continue
            if before.sum() <= 0 or nation_before.sum() <= 0:
                continue
            if ((nation_before == 0) & (before > 0)).any():
                continue  # an industry that the country does not have: no growth to expect
            done.add(region)
            found = kernel(before, after, nation_before, nation_after, by_industry=True)
            used = tuple((panel, r, t) for r in (region, COUNTRY) for t in (first, last))
            change = 100 * float(after.sum() / before.sum() - 1)
            points = found.points
            expected = None if points is None else change - points
            for code, value in ((CHANGE, change), (EXPECTED, expected), (DIFFERENCE, points)):
                yield Found(region, last, f"{shock}.{code}", value, used)


def _figures(panel: Panel, region: str, time: str) -> Floats | None:
    """By industry, or the total as the one industry there is; None where a figure is missing."""
    if panel.groups:
        found = panel.whole(region, time)
        return None if found is None or (found < 0).any() else found
    total = panel.total(region, time)
    return np.array([total]) if total >= 0 else None
