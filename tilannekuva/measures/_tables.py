"""What measures over tables do first: a checked frame of numbers, with names kept for messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tilannekuva.errors import DataError
from tilannekuva.measures._arrays import floats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["complete", "frame", "named", "not_negative", "same_labels"]


def frame(table: pd.DataFrame | ArrayLike, what: str) -> pd.DataFrame:
    """Return `table` as a DataFrame of floats; labels are kept where there are any.

    Raises:
        DataError: It is not two-dimensional, holds something that is not a number, or repeats a
            row or column label.
    """
    array = floats(table, what)
    if array.ndim != 2:
        msg = f"'{what}' must be a table of rows and columns, not of shape {array.shape}."
        raise DataError(msg)
    if not isinstance(table, pd.DataFrame):
        return pd.DataFrame(array)
    for labels in (table.index, table.columns):
        if not labels.is_unique:
            msg = f"'{what}' has {labels[labels.duplicated()][0]!r} twice; keep one of each."
            raise DataError(msg)
    return pd.DataFrame(array, index=table.index, columns=table.columns)


def named(values: pd.Series[float] | ArrayLike, what: str) -> pd.Series[float]:
    """Return `values` as a Series of floats; labels are kept where there are any.

    Raises:
        DataError: As `frame`.
    """
    array = floats(values, what)
    if array.ndim != 1:
        msg = f"'{what}' must be one list of numbers, not an array of shape {array.shape}."
        raise DataError(msg)
    if not isinstance(values, pd.Series):
        return pd.Series(array)
    if not values.index.is_unique:
        label = values.index[values.index.duplicated()][0]
        msg = f"'{what}' has {label!r} twice; keep one of each."
        raise DataError(msg)
    return pd.Series(array, index=values.index)


def same_labels(first: pd.Index, second: pd.Index, what: str) -> None:
    """Refuse two classifications that are not the same; order may differ.

    Raises:
        DataError: A label is in one and not in the other.
    """
    odd = first.symmetric_difference(second)
    if len(first) != len(second) or len(odd):
        example = f", for example {odd[0]!r}" if len(odd) else ""
        msg = (
            f"The {what} differ: {len(first)} against {len(second)}{example}. Bring both to the "
            "same classification; a change of classification cannot be computed across."
        )
        raise DataError(msg)


def not_negative(table: pd.DataFrame, what: str) -> None:
    """Refuse negative cells, of which no shares can be made.

    Raises:
        DataError: A cell is negative; the message names the first one.
    """
    negative = table.to_numpy() < 0
    if negative.any():
        row, column = np.argwhere(negative)[0]
        msg = (
            f"'{what}' is negative in row {table.index[row]!r}, column {table.columns[column]!r}; "
            "shares need counts or values of zero or more."
        )
        raise DataError(msg)


def complete(table: pd.DataFrame, what: str) -> None:
    """Refuse missing cells, where the measure would have to take them for zero.

    Raises:
        DataError: A cell is missing; the message names the first one and their number.
    """
    missing = np.isnan(table.to_numpy())
    if missing.any():
        row, column = np.argwhere(missing)[0]
        msg = (
            f"'{what}' has {missing.sum()} missing cells, the first in row {table.index[row]!r}, "
            f"column {table.columns[column]!r}. Missing is not zero: leave out that row or column, "
            "or use a coarser classification."
        )
        raise DataError(msg)
