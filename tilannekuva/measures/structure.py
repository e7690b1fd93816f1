"""What the region is made of: specialisation, variety, shift-share, relatedness, complexity.

Tables are regions (rows) by industries (columns) of employment or value added, one period and one
classification level: every figure here depends on how fine the classification is, so compare only
within one. A missing cell makes unknown whatever needs it; it is never taken for zero.

References:
    Isard, W. (1960) Methods of Regional Analysis. Krugman, P. (1991) Geography and Trade. Frenken,
    K., van Oort, F. & Verburg, T. (2007) Regional Studies 41:685-697. For the others see
    `_shift_share` and `_relatedness`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tilannekuva.errors import DataError
from tilannekuva.measures._relatedness import (
    Complexity,
    complexity,
    relatedness,
    relatedness_density,
)
from tilannekuva.measures._shift_share import dynamic_shift_share, shift_share
from tilannekuva.measures._tables import frame, named, not_negative, same_labels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike

    from tilannekuva.measures._arrays import Floats

__all__ = [
    "Complexity",
    "complexity",
    "dynamic_shift_share",
    "entropy",
    "herfindahl",
    "krugman",
    "location_quotient",
    "relatedness",
    "relatedness_density",
    "shift_share",
    "variety",
]


def location_quotient(
    table: pd.DataFrame | ArrayLike, *, nation: pd.Series[float] | ArrayLike | None = None
) -> pd.DataFrame:
    """Return how over-represented each industry is in each region.

    Question:
        Which industries weigh more in the region than in the country?
    Formula:
        LQ_ir = (e_ir/e_.r)/(e_i./e_..); 1 or more counts as specialised
    Reference:
        Isard (1960), Methods of Regional Analysis.
    Misleads:
        A quotient of six from a dozen jobs is noise: show the jobs beside it. It depends on how
        finely industries are divided, and a shrinking region gets high quotients simply by losing
        everything else.

    Args:
        table: Regions × industries.
        nation: (industries,) values of the whole country; the sum of the regions when left out.

    Returns:
        DataFrame shaped as `table`; NaN for an industry that the country does not have, and where a
        missing cell leaves a total unknown.

    Raises:
        DataError: A cell is negative, a region has nothing at all, or `nation` has other
            industries.

    Example:
        >>> location_quotient([[30, 70], [10, 90]])
             0      1
        0  1.5  0.875
        1  0.5  1.125
    """
    checked = _checked(table)
    whole = _nation(checked, nation)
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient = _shares(checked) / np.where(whole > 0, whole / whole.sum(), np.nan)
    return pd.DataFrame(quotient, index=checked.index, columns=checked.columns)


def krugman(
    table: pd.DataFrame | ArrayLike, *, nation: pd.Series[float] | ArrayLike | None = None
) -> pd.Series[float]:
    """Return the share of jobs that would have to change industry to match the country, 0 to 1.

    Other authors give the sum without the half, 0 to 2.

    Question:
        How different is the region's mix of industries from the country's?
    Formula:
        K_r = ½ Σ_i |s_ir − s_iN|, 0 (the same) to 1; the share of jobs that would have to change
          industry
    Reference:
        Krugman (1991), Geography and Trade (who gives the sum without the half).
    Misleads:
        Finer classifications always give larger figures: compare only within one. Being different
        is neither good nor bad, and the country's mix is mostly that of its capital.

    Args:
        table: Regions × industries.
        nation: As in `location_quotient`.

    Raises:
        DataError: As `location_quotient`.

    Example:
        >>> krugman([[30, 70], [10, 90]]).round(3).tolist()
        [0.1, 0.1]
    """
    checked = _checked(table)
    whole = _nation(checked, nation)
    distance = np.abs(_shares(checked) - whole / whole.sum()).sum(axis=1) / 2
    return pd.Series(distance, index=checked.index, name="krugman")


def herfindahl(table: pd.DataFrame | ArrayLike) -> pd.Series[float]:
    """Return the concentration of each region on few industries, Σ s², from 1/n to 1.

    Question:
        Does the region stand on few industries or on many?
    Formula:
        HHI = Σ_i s_i², from 1/n (all alike) to 1 (one alone); 1/HHI is the equivalent number of
          industries
    Reference:
        Hirschman (1945), National Power and the Structure of Foreign Trade; Herfindahl (1950),
        dissertation, Columbia University.
    Misleads:
        It depends on the classification, and a large public sector makes any small region look
        concentrated although it is the steadiest employer of all.

    Args:
        table: Regions × industries.

    Raises:
        DataError: A cell is negative or a region has nothing at all.

    Example:
        >>> herfindahl([[50, 50], [100, 0]]).tolist()
        [0.5, 1.0]
    """
    checked = _checked(table)
    concentration = (_shares(checked) ** 2).sum(axis=1)
    return pd.Series(concentration, index=checked.index, name="herfindahl")


def entropy(table: pd.DataFrame | ArrayLike, base: float = 2) -> pd.Series[float]:
    """Return the diversity of each region, H = −Σ s log s, with 0 log 0 = 0.

    Question:
        How varied is what the region lives from?
    Formula:
        H = −Σ s log s with 0 log 0 = 0; in bits for base 2, and 2^H industries of equal size are as
          varied
    Reference:
        Shannon (1948), Bell System Technical Journal 27; Theil (1967), Economics and Information
        Theory.
    Misleads:
        Variety on paper may hang on one customer. It rises when the classification gets finer and
        when the main industry shrinks: more varied is not more secure.

    Args:
        table: Regions × industries.
        base: Base of the logarithm; 2 gives bits.

    Raises:
        DataError: As `herfindahl`, or `base` is not above 1.

    Example:
        >>> entropy([[25, 25, 25, 25], [100, 0, 0, 0]]).tolist()
        [2.0, 0.0]
    """
    if not base > 1:
        msg = f"base is {base}; a logarithm needs a base above 1."
        raise DataError(msg)
    checked = _checked(table)
    return pd.Series(_information(_shares(checked)) / np.log(base), checked.index, name="entropy")


def variety(
    table: pd.DataFrame | ArrayLike, groups: Mapping[object, object] | Sequence[object]
) -> pd.DataFrame:
    """Split the diversity of each region into that between and that within groups of industries.

    Question:
        Is the region's diversity between unlike fields, or between neighbours within them?
    Formula:
        unrelated = Σ_g P_g log2(1/P_g); related = Σ_g P_g H_g with H_g = Σ_{i∈g} (p_i/P_g)
          log2(P_g/p_i); unrelated + related = total entropy
    Reference:
        Frenken, van Oort & Verburg (2007), Regional Studies 41.
    Misleads:
        Relatedness is read off the code book: industries are neighbours because they share digits,
        not because they share skills. With broad industries there is little inside a group, so the
        related part is small by construction.

    Args:
        table: Regions × industries.
        groups: The group of each industry: a mapping from column labels, or a list in column order.

    Returns:
        DataFrame [total, unrelated, related] in bits, one row for each region.

    Raises:
        DataError: As `herfindahl`, or an industry has no group.

    Example:
        >>> variety([[25, 25, 50, 0]], ["goods", "goods", "services", "services"])
           total  unrelated  related
        0    1.5        1.0      0.5
    """
    checked = _checked(table)
    labels = _groups(checked.columns, groups)
    shares = pd.DataFrame(_shares(checked), index=checked.index, columns=checked.columns)
    # min_count keeps a missing part missing instead of zero.
    by_group = shares.T.groupby(labels, sort=False).sum(min_count=1).T
    unknown = shares.isna().any(axis=1)
    total = _information(shares.to_numpy()) / np.log(2)
    unrelated = np.where(unknown, np.nan, _information(by_group.to_numpy()) / np.log(2))
    return pd.DataFrame(
        {"total": total, "unrelated": unrelated, "related": total - unrelated},
        index=checked.index,
    )


def _checked(table: pd.DataFrame | ArrayLike) -> pd.DataFrame:
    checked = frame(table, "table")
    not_negative(checked, "table")
    empty = (checked.sum(axis=1, skipna=False) == 0).to_numpy()
    if empty.any():
        msg = f"Region {checked.index[empty][0]!r} has nothing in any industry; leave it out."
        raise DataError(msg)
    return checked


def _shares(table: pd.DataFrame) -> Floats:
    values = table.to_numpy()
    return np.asarray(values / values.sum(axis=1, keepdims=True), dtype=np.float64)


def _nation(table: pd.DataFrame, nation: pd.Series[float] | ArrayLike | None) -> Floats:
    if nation is None:
        return np.asarray(table.to_numpy().sum(axis=0), dtype=np.float64)
    whole = named(nation, "nation")
    if isinstance(nation, pd.Series):
        same_labels(table.columns, whole.index, "industries of table and nation")
        whole = whole[table.columns]
    elif len(whole) != table.shape[1]:
        msg = f"'nation' has {len(whole)} industries and 'table' {table.shape[1]}; align them."
        raise DataError(msg)
    if (whole < 0).any() or whole.sum(skipna=False) == 0:
        msg = "'nation' is negative or has nothing at all; give the values of the whole country."
        raise DataError(msg)
    return np.asarray(whole, dtype=np.float64)


def _information(shares: Floats) -> Floats:
    """Return −Σ p ln p over the last axis; NaN where a share is unknown."""
    # ln 1 = 0 stands in for 0 · ln 0.
    log = np.log(np.where(shares == 0, 1.0, shares))
    # Adding zero turns the −0.0 of a single industry into a plain 0.
    return np.asarray(-(shares * log).sum(axis=-1) + 0.0, dtype=np.float64)


def _groups(columns: pd.Index, groups: Mapping[object, object] | Sequence[object]) -> list[object]:
    if isinstance(groups, pd.Series):
        groups = groups.to_dict()
    if hasattr(groups, "keys"):
        missing = [label for label in columns if label not in groups]
        if missing:
            msg = f"Industry {missing[0]!r} has no group; give one for every column."
            raise DataError(msg)
        labels = [groups[label] for label in columns]
    else:
        labels = list(groups)
    if len(labels) != len(columns):
        msg = f"There are {len(columns)} industries and {len(labels)} groups; give one for each."
        raise DataError(msg)
    return labels
