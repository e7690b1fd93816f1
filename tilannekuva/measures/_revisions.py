"""How far first figures move afterwards (public names in `certainty`).

References:
    McKenzie, R. & Gamba, M. (2008) Interpreting the results of revision analyses: recommended
    summary statistics. OECD/Eurostat Task Force on Performing Revisions Analysis.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tilannekuva.measures._arrays import same_length, vector

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["Revisions", "revisions"]


@dataclass(frozen=True, slots=True)
class Revisions:
    """Sizes of the revisions of some figures; None where there is no pair to tell from.

    Attributes:
        n: Pairs used.
        median: Middle size, whatever its sign.
        large: The size that nine of ten do not exceed.
        mean: Mean with its sign: above zero where first figures are too low.
        upward: Share revised upwards, 0 to 1.
    """

    n: int
    median: float | None
    large: float | None
    mean: float | None
    upward: float | None


def revisions(first: ArrayLike, latest: ArrayLike, *, relative: bool = True) -> Revisions:
    """Return how far figures have moved from their first publication to the latest.

    Question:
        How much does a first figure of this publisher usually change afterwards, and which way?
    Formula:
        r = 100·(latest − first)/|first|, or latest − first where `relative` is false
        median and nine-tenths quantile of |r|, mean of r, share of r > 0
    Reference:
        McKenzie & Gamba (2008), Interpreting the results of revision analyses, OECD/Eurostat. The
        middle size stands here in place of their mean absolute revision, because a few large
        revisions of small regions would carry a mean.
    Misleads:
        Regions of one publication are revised together, so that many pairs of few publications
        tell less than their number says. The latest figure may change again. A new base year,
        definition or division is no revision: take such pairs out first.

    Args:
        first: (pairs,) figures as they were first published.
        latest: (pairs,) the same figures as they are known now.
        relative: In per cent of the first figure, for amounts; else in the unit of the figures.

    Returns:
        Pairs with a missing figure are left out, and of relative ones those that were first zero
        and are not any more: zero has no per cents. All None where no pair is left.

    Raises:
        DataError: The lists are not equally long or hold something that is no number.

    Example:
        >>> found = revisions([100, 200, 50, 80], [102, 199, 50, 84])
        >>> found.n, found.median, found.large, found.mean, found.upward
        (4, 1.25, 5.0, 1.625, 0.5)
    """
    before, after = vector(first, "first"), vector(latest, "latest")
    same_length(first=before, latest=after)
    moved = after - before
    if relative:
        # What has not moved has been revised by nothing, also where it is zero.
        moved = np.divide(
            100 * moved, np.abs(before), out=np.where(moved == 0, 0.0, np.nan), where=before != 0
        )
    moved = moved[~np.isnan(moved)]
    if not moved.size:
        return Revisions(0, None, None, None, None)
    sizes = np.abs(moved)
    return Revisions(
        n=int(moved.size),
        median=float(np.median(sizes)),
        large=float(np.quantile(sizes, 0.9, method="inverted_cdf")),
        mean=float(moved.mean()),
        upward=float((moved > 0).mean()),
    )
