"""Smaller and larger samples of the same community: the kernel behind `_diversity`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tilannekuva.errors import DataError
from tilannekuva.measures._arrays import vector

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from tilannekuva.measures._arrays import Floats

__all__ = [
    "Sample",
    "coverage_at",
    "depth_of",
    "diversity_at",
    "hill_number",
    "read_sample",
    "unseen_chance",
    "unseen_species",
]

# Beyond twice the sample an extrapolation says more of its formula than of the species.
_MOST_TIMES = 2
# The tail of a geometric sum below e^-40 of a term no longer shows in a double.
_NEGLIGIBLE = 40.0
# A level this near to the coverage of a depth is that coverage.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Sample:
    """Positive frequencies with n (individuals or units) and their sum u (n itself, or U)."""

    x: Floats
    n: float
    u: float

    @property
    def f1(self) -> float:
        return float(np.count_nonzero(self.x == 1))

    @property
    def f2(self) -> float:
        return float(np.count_nonzero(self.x == 2))


def read_sample(counts: ArrayLike, *, incidence: bool, whole: bool = True) -> Sample | None:
    """Return the sample, None when it is empty or a count is missing.

    Raises:
        DataError: A count is negative, a fraction where whole ones are needed, or a species is in
            more units than there are.
    """
    values = vector(counts, "counts")
    if (values < 0).any():
        msg = "'counts' holds a negative number; a count cannot be negative."
        raise DataError(msg)
    known = values[~np.isnan(values)]
    if whole and (known != np.floor(known)).any():
        msg = "'counts' holds a fraction; this estimate needs whole individuals or units."
        raise DataError(msg)
    if known.size < values.size:
        return None
    if incidence:
        if not values.size:
            return None
        n, x = float(values[0]), values[1:]
        if (x > n).any():
            msg = f"A species is in {x.max():g} of {n:g} units; give the number of units first."
            raise DataError(msg)
    else:
        n, x = float(values.sum()), values
    x = x[x > 0]
    return Sample(x, n, float(x.sum())) if x.size else None


def hill_number(p: Floats, q: float) -> float:
    """Return (Σ p^q)^(1/(1−q)) with its limits at 1 and at infinity."""
    if q == 1:
        return float(np.exp(-(p * np.log(p)).sum()))
    if math.isinf(q):
        return float(1 / p.max())
    return float((p**q).sum() ** (1 / (1 - q)))


def _log_choose(n: Floats | float, k: Floats | float) -> Floats:
    from scipy.special import gammaln

    return np.asarray(gammaln(np.asarray(n) + 1.0) - gammaln(np.asarray(k) + 1.0)) - np.asarray(
        gammaln(np.asarray(n) - k + 1.0)
    )


def unseen_chance(sample: Sample, depth: float) -> Floats:
    """Return C(n − x, m)/C(n, m), the chance that a species is not in a smaller sample."""
    rest = sample.n - sample.x
    possible = rest >= depth
    logs = _log_choose(np.where(possible, rest, depth), depth) - _log_choose(sample.n, depth)
    return np.where(possible, np.exp(logs), 0.0)


def unseen_species(sample: Sample) -> float:
    """Return the Chao estimate of the number of species not in the sample."""
    f1, f2 = sample.f1, sample.f2
    unseen = f1**2 / (2 * f2) if f2 else f1 * (f1 - 1) / 2
    return (sample.n - 1) / sample.n * unseen


def _decay(sample: Sample) -> float:
    """Return the factor by which one more individual shrinks what is not covered."""
    f1, f2, n = sample.f1, sample.f2, sample.n
    singles, doubles = ((n - 1) * f1, 2 * f2) if f2 else ((n - 1) * (f1 - 1), 2.0)
    return max(singles, 0.0) / (max(singles, 0.0) + doubles)


def coverage_at(sample: Sample, depth: float) -> float:
    """Return the coverage of a sample of another size; `depth` is whole up to n."""
    if depth >= sample.n:
        beyond = depth - sample.n
        return float(1 - sample.f1 / sample.u * _decay(sample) ** (beyond + 1))
    # C(n − x, m)/C(n − 1, m) is C(n − x, m)/C(n, m) times n/(n − m).
    missed = unseen_chance(sample, depth) * sample.n / (sample.n - depth)
    return float(1 - (sample.x / sample.u * missed).sum())


def depth_of(sample: Sample, level: float) -> float | None:
    """Return the depth with coverage `level`, None below 1 and above twice the sample."""
    n = int(sample.n)
    if level > coverage_at(sample, n):
        decay = _decay(sample)
        # Without decay everything is covered already, or nothing ever will be.
        if level > coverage_at(sample, _MOST_TIMES * n) + _ROUNDING or decay <= 0:
            return None
        beyond = math.log((1 - level) * sample.u / sample.f1) / math.log(decay) - 1
        return n + beyond
    low, high = 1, n
    if level <= coverage_at(sample, low):
        return low if level > coverage_at(sample, low) - _ROUNDING else None
    while high - low > 1:
        middle = (low + high) // 2
        if coverage_at(sample, middle) <= level:
            low = middle
        else:
            high = middle
    at_low, at_high = coverage_at(sample, low), coverage_at(sample, high)
    return low if at_high == at_low else low + (level - at_low) / (at_high - at_low)


def diversity_at(sample: Sample, depth: float, order: float) -> float:
    """Return the Hill number of order 0, 1 or 2 at a depth; whole up to n, any beyond."""
    if order == 2:
        return _order_two(sample, depth)
    if depth > sample.n:
        extended = _extended_richness if order == 0 else _extended_order_one
        return extended(sample, depth - sample.n)
    if order == 0:
        return float((1 - unseen_chance(sample, depth)).sum())
    return _order_one(sample, int(depth))


def _extended_richness(sample: Sample, beyond: float) -> float:
    unseen = unseen_species(sample)
    if unseen == 0:
        return float(sample.x.size)
    found = 1 - (1 - sample.f1 / (sample.n * unseen + sample.f1)) ** beyond
    return float(sample.x.size + unseen * found)


def _extended_order_one(sample: Sample, beyond: float) -> float:
    n = int(sample.n)
    now, before = _order_one(sample, n), _order_one(sample, n - 1)
    ceiling = _asymptotic_order_one(sample)
    if ceiling <= before:
        return now
    step = (now - before) / (ceiling - before)
    return float(now + (ceiling - now) * (1 - (1 - step) ** beyond))


def _order_two(sample: Sample, depth: float) -> float:
    """Return u_m²/E[Σ k²] with the expected square of the frequency in a sample of m."""
    n, x = sample.n, sample.x
    u = depth * sample.u / n
    pairs = (x * (x - 1)).sum() / (n * (n - 1)) if n > 1 else 0.0
    return float(u**2 / (u + depth * (depth - 1) * pairs))


def _order_one(sample: Sample, depth: int) -> float:
    """Return exp of the expected −Σ (k/u) ln(k/u) over the frequencies k of a sample of m."""
    n, u = sample.n, depth * sample.u / sample.n
    total = 0.0
    for x, species in zip(*np.unique(sample.x, return_counts=True), strict=True):
        k = np.arange(max(1.0, depth - (n - x)), min(x, depth) + 1)
        logs = _log_choose(x, k) + _log_choose(n - x, depth - k) - _log_choose(n, depth)
        total -= species * float((k / u * np.log(k / u) * np.exp(logs)).sum())
    return math.exp(total)


def _asymptotic_order_one(sample: Sample) -> float:
    """Return the Chao-Wang-Jost estimate of the exponential of Shannon's entropy."""
    from scipy.special import digamma

    n, x = sample.n, sample.x
    seen = float((x / n * (digamma(n) - digamma(x))).sum())
    ratio = _decay(sample)
    unseen = 0.0
    if sample.f1 and ratio > 0:
        # f1/n · r^(1−n) · Σ_{k ≥ n} r^k/k, with the powers taken together before they overflow.
        terms = np.arange(1, math.ceil(_NEGLIGIBLE / -math.log(ratio)) + 1)
        unseen = sample.f1 / n * float((ratio**terms / (n - 1 + terms)).sum())
    return math.exp(n / sample.u * (seen + unseen) + math.log(sample.u / n))
