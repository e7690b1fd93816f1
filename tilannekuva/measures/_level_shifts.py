"""The kernel behind `change.breaks`: the best cuts of a series by dynamic programming."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tilannekuva.measures._arrays import Floats

__all__ = ["best_cuts"]


def best_cuts(x: Floats, shortest: int, most: int) -> tuple[Floats, list[tuple[int, ...]]]:
    """Return the least sum of squares, and the cuts that reach it, for 0, 1, … breaks.

    Args:
        x: (time,) without missing values.
        shortest: Fewest values in a segment.
        most: Most breaks to look for; the answer stops earlier where no more fit.

    Returns:
        RSS by number of breaks, and for each number the ends of the segments before the last
        (so a cut of 5 stands between the fifth and the sixth value).
    """
    n = x.size
    cost = _segment_costs(x, shortest)
    # best[end] = least cost of x[:end] with the number of breaks reached so far.
    best = cost[0]
    rss = [float(best[n])]
    paths: list[tuple[int, ...]] = [()]
    came_from: list[NDArray[np.intp]] = []
    for count in range(1, most + 1):
        if (count + 1) * shortest > n:
            break
        total = best[:, None] + cost
        came_from.append(total.argmin(axis=0))
        best = total.min(axis=0)
        rss.append(float(best[n]))
        paths.append(_walk_back(came_from, n))
    return np.asarray(rss), paths


def _walk_back(came_from: list[NDArray[np.intp]], n: int) -> tuple[int, ...]:
    path: list[int] = []
    end = n
    for pointers in reversed(came_from):
        end = int(pointers[end])
        path.append(end)
    return tuple(reversed(path))


def _segment_costs(x: Floats, shortest: int) -> Floats:
    """Return the sum of squares of x[start:end] around its mean at [start, end].

    Infinite where the segment is too short; a whole series shorter than a segment still counts.
    """
    n = x.size
    cost = np.full((n + 1, n + 1), np.inf)
    least = min(shortest, n)
    for start in range(n - least + 1 if n else 0):
        # Measured from the first value, so a constant segment costs exactly zero.
        off = x[start:] - x[start]
        length = np.arange(1, n - start + 1)
        squares = np.cumsum(off**2) - np.cumsum(off) ** 2 / length
        cost[start, start + least :] = np.maximum(squares, 0)[least - 1 :]
    return cost
