"""Shift-share: growth by national pull, industry mix and own performance (public in `structure`).

References:
    Dunn, E. S. (1960) Papers of the Regional Science Association 6:97-112. Esteban-Marquillas,
    J. M. (1972) Regional and Urban Economics 2:249-261. Barff, R. A. & Knight, P. L. (1988) Growth
    and Change 19(2):1-10.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from tilannekuva.errors import DataError
from tilannekuva.measures._tables import frame, named, same_labels

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from tilannekuva.measures._arrays import Floats

__all__ = ["dynamic_shift_share", "shift_share"]

Method = Literal["dunn", "esteban_marquillas"]
TOTAL = "total"


def shift_share(
    start: pd.Series[float] | ArrayLike,
    end: pd.Series[float] | ArrayLike,
    national_start: pd.Series[float] | ArrayLike,
    national_end: pd.Series[float] | ArrayLike,
    *,
    method: Method = "dunn",
) -> pd.DataFrame:
    """Split the change of each industry between two years.

    Question:
        Did jobs change because the country grew, because of the region's industries, or by its own
        doing?
    Formula:
        R = growth factor of the country, R_i of industry i in it, r_i of industry i in the region
        national = e_0 (R − 1); mix = e_0 (R_i − R); competitive = e_1 − e_0 R_i; together e_1 − e_0
        Esteban-Marquillas: h_i = e_.0·e_iN0/e_N0, competitive = h_i (r_i − R_i), allocation = (e_0
          − h_i)(r_i − R_i)
    Reference:
        Dunn (1960), Papers of the Regional Science Association 6; Esteban-Marquillas (1972),
        Regional and Urban Economics 2.
    Misleads:
        The competitive part is what is left over and no cause: one closed mill is all of it. It
        depends on the end years and on how finely industries are divided, and never holds across a
        change of classification.

    Args:
        start: (industries,) of the region in the first year; negative value added is allowed.
        end: The same in the last year.
        national_start: The same industries of the country in the first year.
        national_end: The same in the last year.
        method: ``"dunn"`` or ``"esteban_marquillas"``.

    Returns:
        DataFrame [national, mix, competitive], and allocation for Esteban-Marquillas, one row for
        each industry and a last row ``total``. An industry missing in the region makes its row and
        the total NaN. An industry new to the region has no growth factor: Dunn counts it as
        competitive, Esteban-Marquillas gives NaN.

    Raises:
        DataError: The four do not have the same industries, the country misses an industry that
            the region has, or the national total is not positive.

    Example:
        >>> shift_share([40, 80], [50, 80], [400, 600], [440, 640]).round(2)
               national   mix  competitive
        0           3.2  0.80         6.00
        1           6.4 -1.07        -5.33
        total       9.6 -0.27         0.67
    """
    if method not in ("dunn", "esteban_marquillas"):
        msg = f"method is {method!r}; give 'dunn' or 'esteban_marquillas'."
        raise DataError(msg)
    names = ("start", "end", "national_start", "national_end")
    series = [
        named(values, name)
        for values, name in zip((start, end, national_start, national_end), names, strict=True)
    ]
    industries = series[0].index
    for other in series[1:]:
        same_labels(industries, other.index, "industries")
    region0, region1, nation0, nation1 = (
        np.asarray(part[industries], dtype=np.float64) for part in series
    )
    parts = _components(region0, region1, nation0, nation1, industries, method)
    table = pd.DataFrame(parts, index=industries)
    table.loc[TOTAL] = table.sum(skipna=False)
    return table


def dynamic_shift_share(
    panel: pd.DataFrame, national_panel: pd.DataFrame, *, method: Method = "dunn"
) -> pd.DataFrame:
    """Run `shift_share` for each pair of consecutive years and add up (Barff & Knight 1988).

    Preferred to one comparison of the end years: the structure that growth rates are applied to is
    then never more than a year old.

    Question:
        The same as `shift_share`, with the structure of every year instead of only the first.
    Formula:
        Sum of the parts of `shift_share` over each pair of consecutive years
    Reference:
        Barff & Knight (1988), Growth and Change 19(2).
    Misleads:
        As `shift_share`. The parts differ from those of the end years although their total is the
        same: say which of the two is shown. Years between two breaks of the statistic must not be
        joined.

    Args:
        panel: Industries × years of the region, years rising from left to right.
        national_panel: The same industries and years of the country.
        method: As in `shift_share`.

    Returns:
        DataFrame as from `shift_share`, summed over the years.

    Raises:
        DataError: As `shift_share`, or fewer than two years, or years that differ or do not rise.

    Example:
        >>> region = pd.DataFrame({2020: [40, 60], 2021: [45, 60], 2022: [50, 60]})
        >>> nation = pd.DataFrame({2020: [400, 600], 2021: [420, 620], 2022: [440, 640]})
        >>> dynamic_shift_share(region, nation).loc["total"].round(2).tolist()
        [8.04, 0.04, 1.92]
    """
    region, nation = frame(panel, "panel"), frame(national_panel, "national_panel")
    same_labels(region.columns, nation.columns, "years")
    years = region.columns
    if len(years) < 2:
        msg = f"'panel' has {len(years)} year; growth needs two or more."
        raise DataError(msg)
    if not years.is_monotonic_increasing:
        msg = f"The years must rise from left to right; they are {list(years)}."
        raise DataError(msg)
    if method not in ("dunn", "esteban_marquillas"):
        msg = f"method is {method!r}; give 'dunn' or 'esteban_marquillas'."
        raise DataError(msg)
    same_labels(region.index, nation.index, "industries")
    ours, theirs = region.to_numpy(), nation.loc[region.index].to_numpy()
    parts = [
        _components(ours[:, a], ours[:, b], theirs[:, a], theirs[:, b], region.index, method)
        for a, b in pairwise(range(len(years)))
    ]
    total = pd.DataFrame({k: sum(p[k] for p in parts) for k in parts[0]}, index=region.index)
    total.loc[TOTAL] = total.sum(skipna=False)
    return total


def _components(
    region0: Floats,
    region1: Floats,
    nation0: Floats,
    nation1: Floats,
    industries: pd.Index,
    method: Method,
) -> dict[str, Floats]:
    has_industry = ~((region0 == 0) & (region1 == 0))
    unknown = has_industry & (np.isnan(nation0) | np.isnan(nation1))
    impossible = (nation0 == 0) & (region0 != 0) & ~np.isnan(region0)
    if (unknown | impossible).any():
        label = industries[unknown | impossible][0]
        msg = (
            f"Industry {label!r} is in the region but not in the country; take both from the "
            "same source, or use a coarser classification."
        )
        raise DataError(msg)
    # An industry that neither has may be missing from the national list altogether.
    nation0, nation1 = (
        np.where(has_industry, part, np.nan_to_num(part)) for part in (nation0, nation1)
    )
    before = nation0.sum()
    if not before > 0:
        msg = f"The national total is {before:g} at the start; growth needs a positive one."
        raise DataError(msg)
    growth = nation1.sum() / before
    with np.errstate(divide="ignore", invalid="ignore"):
        # Where the region had nothing at the start it could not have grown with the industry.
        expected = np.where(region0 == 0, 0.0, region0 * nation1 / nation0)
        parts = {
            "national": region0 * (growth - 1),
            "mix": expected - region0 * growth,
            "competitive": region1 - expected,
        }
        if method == "esteban_marquillas":
            alike = region0.sum() * nation0 / before
            # NaN for a new industry (0 → something), 0 for one that never was there.
            faster = np.where(has_industry, parts["competitive"] / region0, 0.0)
            faster = np.where(has_industry & (region0 == 0), np.nan, faster)
            parts["competitive"] = alike * faster
            parts["allocation"] = (region0 - alike) * faster
    return parts
