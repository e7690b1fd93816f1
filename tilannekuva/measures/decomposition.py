"""What a change is made of: factors of a product, and growth set against pressure.

References:
    Ang, B. W. (2005) Energy Policy 33:867-871; (2015) Energy Policy 86:233-238 (LMDI-I). Tapio, P.
    (2005) Transport Policy 12:137-151. OECD (2002) Indicators to Measure Decoupling.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tilannekuva.errors import DataError
from tilannekuva.measures._arrays import floats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from tilannekuva.measures._arrays import Floats

__all__ = ["Decoupling", "Lmdi", "decoupling", "lmdi"]

# Growth smaller than a thousandth is no ground to divide by.
_LEAST_GROWTH = 0.001
# 0.08/0.1 is a little less than 0.8 in binary; the ties are decided as if exact.
_TIE = 1e-9


@dataclass(frozen=True, slots=True)
class Lmdi:
    """Split of a change into its factors, in the order given; None where there is no logarithm.

    Attributes:
        additive: Parts of the change, in the unit of the quantity; their sum is `delta`.
        multiplicative: Factors of the ratio end/start; their product is that ratio.
        delta: End minus start; None when a figure is missing.
    """

    additive: tuple[float, ...] | None
    multiplicative: tuple[float, ...] | None
    delta: float | None


@dataclass(frozen=True, slots=True)
class Decoupling:
    """Pressure against growth; show both growth rates beside, the label flips with end years.

    Attributes:
        elasticity: Relative change of the pressure over that of the economy.
        state: One of Tapio's eight states.
        factor: OECD decoupling factor, 1 − ratio of intensities; positive = decoupled.
    """

    elasticity: float | None
    state: str | None
    factor: float | None


def lmdi(factors_start: Sequence[ArrayLike], factors_end: Sequence[ArrayLike]) -> Lmdi:
    """Split the change of a product of factors with logarithmic mean weights (LMDI-I).

    Question:
        How much of the change came from each factor: more people, more output each, less energy
        each?
    Formula:
        part_k = Σ_s L(E_s1, E_s0) ln(f_ks1/f_ks0) with L(a, b) = (a − b)/(ln a − ln b), L(a, a) =
          a; the parts add up to the change exactly, in any order of the factors
        factor_k = exp of the same sum with weights L(E_s1, E_s0)/L(E_1, E_0); the factors multiply
          to the ratio
    Reference:
        Ang (2005), Energy Policy 33; Ang (2015), Energy Policy 86 (LMDI-I).
    Misleads:
        An identity, not a cause: it says which factor moved, never why. Factors that share a figure
        move against each other by construction. Jobs by workplace and people by residence do not
        belong into one chain.

    Args:
        factors_start: Factors whose product is the quantity: numbers, or arrays (sectors,) that
            broadcast, where the quantity is the sum of the products.
        factors_end: The same factors at the end.

    Returns:
        Parts None where a factor is zero or negative; all None where one is missing.

    Raises:
        DataError: The two do not have the same factors, or their shapes do not fit.

    Example:
        >>> found = lmdi([100.0, 2.0], [110.0, 1.8])
        >>> [round(part, 3) for part in found.additive], round(found.delta, 3)
        ([18.967, -20.967], -2.0)
    """
    if len(factors_start) != len(factors_end) or not len(factors_start):
        msg = f"There are {len(factors_start)} factors at the start, {len(factors_end)} at the end."
        raise DataError(msg)
    try:
        start, end = (
            np.stack(np.broadcast_arrays(*(np.atleast_1d(floats(f, "factor")) for f in factors)))
            for factors in (factors_start, factors_end)
        )
        start, end = np.broadcast_arrays(start, end)
    except ValueError as error:
        msg = "The factors have sectors that do not fit; give each a number or the same sectors."
        raise DataError(msg) from error
    before, after = start.prod(axis=0), end.prod(axis=0)
    delta = float(after.sum() - before.sum())
    if math.isnan(delta):
        return Lmdi(None, None, None)
    if (start <= 0).any() or (end <= 0).any():
        return Lmdi(None, None, delta)
    weight = _log_mean(after, before)
    parts = weight * np.log(end / start)
    whole = _log_mean(after.sum(keepdims=True), before.sum(keepdims=True))
    summed = parts.reshape(len(parts), -1).sum(axis=1)
    return Lmdi(
        additive=tuple(float(part) for part in summed),
        multiplicative=tuple(float(factor) for factor in np.exp(summed / whole.ravel()[0])),
        delta=delta,
    )


def decoupling(e0: float, e1: float, g0: float, g1: float) -> Decoupling:
    """Set the change of a pressure (emissions) against that of the economy (real value added).

    With growth: below 0 strong decoupling, to 0.8 weak decoupling, to 1.2 expansive coupling, above
    expansive negative decoupling. With decline: below 0 strong negative decoupling, to 0.8 weak
    negative decoupling, to 1.2 recessive coupling, above recessive decoupling. Exactly 0.8 and 1.2
    are coupling; exactly 0 is weak.

    Question:
        Did emissions follow the economy, or come apart from it?
    Formula:
        elasticity = (e_1/e_0 − 1)/(g_1/g_0 − 1); factor = 1 − (e_1/g_1)/(e_0/g_0)
    Reference:
        Tapio (2005), Transport Policy 12 (states); OECD (2002), Indicators to Measure Decoupling
        (factor).
    Misleads:
        The limits 0.8 and 1.2 are conventions. With growth near zero the elasticity flies about and
        the label flips with the end years: take means of five years and show both growth rates.
        Emissions moved abroad count as decoupled.

    Args:
        e0: Pressure at the start; means of five years are steadier than single ones.
        e1: Pressure at the end.
        g0: Economy at the start, at constant prices.
        g1: Economy at the end.

    Returns:
        Elasticity and state None when the economy changed by less than a thousandth; all None when
        a figure is missing, zero or negative.

    Example:
        >>> decoupling(100, 104, 100, 110).state
        'weak decoupling'
    """
    if not all(value > 0 for value in (e0, e1, g0, g1)):
        return Decoupling(None, None, None)
    pressure, growth = e1 / e0 - 1, g1 / g0 - 1
    factor = 1 - (e1 / g1) / (e0 / g0)
    if abs(growth) < _LEAST_GROWTH:
        return Decoupling(None, None, factor)
    elasticity = pressure / growth
    return Decoupling(elasticity, _state(elasticity, growing=growth > 0), factor)


def _state(elasticity: float, *, growing: bool) -> str:
    if elasticity < -_TIE:
        return "strong decoupling" if growing else "strong negative decoupling"
    if elasticity < 0.8 - _TIE:
        return "weak decoupling" if growing else "weak negative decoupling"
    if elasticity <= 1.2 + _TIE:
        return "expansive coupling" if growing else "recessive coupling"
    return "expansive negative decoupling" if growing else "recessive decoupling"


def _log_mean(a: Floats, b: Floats) -> Floats:
    """Return (a − b)/ln(a/b), which tends to a as b nears it."""
    step = (a - b) / b
    # log1p keeps the digits that ln(a/b) loses for close a and b, and loses them near −1 itself.
    near = np.abs(step) < 0.5
    logs = np.where(near, np.log1p(np.where(near, step, 0.0)), np.log(a) - np.log(b))
    return np.divide(a - b, logs, out=b.copy(), where=step != 0)
