"""What every measure does first: turn an array-like into floats, or say why it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tilannekuva.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Bools",
    "Floats",
    "floats",
    "maybe",
    "normal_quantile",
    "pairs",
    "same_length",
    "vector",
]

if TYPE_CHECKING:
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]


def floats(values: ArrayLike, what: str) -> Floats:
    """Return `values` as a float64 array; NaN (or None) is missing.

    Args:
        values: Anything numpy can read as numbers; `None` becomes NaN.
        what: The name of the argument, for the message.

    Raises:
        DataError: Something is not a number, or is infinite.

    Example:
        >>> floats([1, None, 2.5], "values")
        array([1. , nan, 2.5])
    """
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        msg = f"'{what}' holds something that is not a number ({error}); use NaN for missing."
        raise DataError(msg) from error
    if np.isinf(array).any():
        msg = f"'{what}' holds an infinite number; leave out what cannot be computed as NaN."
        raise DataError(msg)
    return array


def vector(values: ArrayLike, what: str) -> Floats:
    """Return `values` as a one-dimensional float64 array.

    Raises:
        DataError: As `floats`, or the shape is not one-dimensional.
    """
    array = floats(values, what)
    if array.ndim != 1:
        msg = f"'{what}' must be one list of numbers, not an array of shape {array.shape}."
        raise DataError(msg)
    return array


def same_length(**arrays: Floats) -> None:
    """Refuse vectors of different lengths, naming each with its length.

    Raises:
        DataError: The lengths differ.
    """
    if len({array.size for array in arrays.values()}) > 1:
        lengths = ", ".join(f"{name} has {array.size}" for name, array in arrays.items())
        msg = f"The lists must be equally long: {lengths}. Align them by key first."
        raise DataError(msg)


def pairs(values: ArrayLike, weights: ArrayLike | None) -> tuple[Floats, Floats]:
    """Return values and weights where both are present and the weight is positive.

    Weights are one each when left out.

    Raises:
        DataError: The lengths differ or a weight is negative.
    """
    x = vector(values, "values")
    w = np.ones_like(x) if weights is None else vector(weights, "weights")
    same_length(values=x, weights=w)
    if (w < 0).any():
        msg = "A weight or population is negative; check which column is which."
        raise DataError(msg)
    known = ~np.isnan(x) & (w > 0)
    return x[known], w[known]


def maybe(value: float | np.floating) -> float | None:
    """Return a plain float, or None in place of NaN: the scalar form of 'cannot be computed'."""
    return None if np.isnan(value) else float(value)


def normal_quantile(confidence: float) -> float:
    """Return z such that a standard normal lies within ±z with probability `confidence`.

    Raises:
        DataError: `confidence` is not strictly between 0 and 1.

    Example:
        >>> round(normal_quantile(0.95), 6)
        1.959964
    """
    if not 0 < confidence < 1:
        msg = f"confidence is {confidence}; give a share between 0 and 1, for example 0.95."
        raise DataError(msg)
    from scipy.special import ndtri

    return float(ndtri((1 + confidence) / 2))
