"""State of nature: diversity, indices of species, the Red List Index, areas.

Records of an observation portal measure effort as well as nature: publish records, visits and
observers beside every figure. A Red List Index and a regional abundance index are national
measures; a region shows its own monitoring or the number of threatened species with recent records.

References:
    Butchart, S. H. M. et al. (2007) PLoS ONE 2(1):e140 (Red List Index). United Nations (2021)
    System of Environmental-Economic Accounting, Ecosystem Accounting, ch. 4. For the others see
    `_diversity` and `_abundance`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

import numpy as np
import pandas as pd

from tilannekuva.errors import DataError
from tilannekuva.measures._abundance import abundance_index, multispecies_index, telfer
from tilannekuva.measures._arrays import floats, maybe
from tilannekuva.measures._diversity import chao1, coverage, estimate_at_coverage, hill, rarefy
from tilannekuva.measures._tables import complete, frame, named, not_negative, same_labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import ArrayLike

    from tilannekuva.measures._arrays import Floats

__all__ = [
    "abundance_index",
    "chao1",
    "coverage",
    "estimate_at_coverage",
    "extent_account",
    "hill",
    "multispecies_index",
    "protected_share",
    "rarefy",
    "red_list_index",
    "telfer",
]

_RED_LIST_WEIGHTS = {
    "LC": 0, "NT": 1, "VU": 2, "EN": 3, "CR": 4,
    "CR(PE)": 5, "CR(PEW)": 5, "RE": 5, "EW": 5, "EX": 5,
}  # fmt: skip
# Not assessed, or assessed without an answer: outside the index, never safe by default.
_NOT_COUNTED = {"DD", "NE", "NA"}
_EXTINCT = 5


def red_list_index(categories: Iterable[str]) -> float | None:
    """Return the Red List Index, from 1 (all least concern) to 0 (all extinct).

    Question:
        How close is a group of species to extinction as a whole, and is it getting closer?
    Formula:
        RLI = 1 − Σ_s W_s/(5N) with LC 0, NT 1, VU 2, EN 3, CR 4 and 5 for extinct in any sense (RE,
          EW, EX, CR(PE), CR(PEW)); DD, NE and NA are left out of N
    Reference:
        Butchart et al. (2007), PLoS ONE 2(1):e140.
    Misleads:
        Status is national, so a regional index is not valid: give the number of threatened species
        with recent records instead. New knowledge changes categories without anything happening in
        nature; for a trend take genuine changes only and the same species in every assessment.

    Args:
        categories: One category code for each species.

    Returns:
        None when no species is left.

    Raises:
        DataError: A code is unknown.

    Example:
        >>> red_list_index(["LC", "LC", "VU", "CR", "DD"])
        0.7
    """
    weights = []
    for code in categories:
        if code in _RED_LIST_WEIGHTS:
            weights.append(_RED_LIST_WEIGHTS[code])
        elif code not in _NOT_COUNTED:
            known = ", ".join([*_RED_LIST_WEIGHTS, *sorted(_NOT_COUNTED)])
            msg = f"Red List category {code!r} is unknown; the codes are {known}."
            raise DataError(msg)
    return 1 - sum(weights) / (_EXTINCT * len(weights)) if weights else None


def extent_account(
    opening: pd.Series[float] | ArrayLike, changes: pd.DataFrame | ArrayLike
) -> pd.DataFrame:
    """Return the extent account of ecosystem types: what each gained from and lost to others.

    Question:
        What did each ecosystem type gain from the others, and what did it lose to them?
    Formula:
        closing = opening + additions − reductions; net = additions − reductions; turnover =
          (additions + reductions)/opening
    Reference:
        United Nations (2021), System of Environmental-Economic Accounting, Ecosystem Accounting,
        ch. 4.
    Misleads:
        Two maps made differently show changes that never were. Area is not condition: a drained
        mire may still be mapped as mire, and a stand of one year counts as forest.

    Args:
        opening: (types,) area at the start.
        changes: Types × types, area that went from the row to the column; the diagonal (what
            stayed) is not used.

    Returns:
        DataFrame [opening, additions, reductions, closing, net, turnover] by type and a last row
        ``total``; turnover = (additions + reductions)/opening as a share, for the total additions
        over the opening area; NaN for a type that starts from nothing.

    Raises:
        DataError: An area is negative or missing, the types differ, or a type loses more than it
            has.

    Example:
        >>> extent_account([80.0, 20.0], [[0, 5], [1, 0]])["closing"].tolist()
        [76.0, 24.0, 100.0]
    """
    start, flows = named(opening, "opening"), frame(changes, "changes")
    for labels in (flows.index, flows.columns):
        same_labels(start.index, labels, "ecosystem types")
    flows = flows.loc[start.index, start.index]
    complete(start.to_frame("opening"), "opening")
    not_negative(start.to_frame("opening"), "opening")
    complete(flows, "changes")
    not_negative(flows, "changes")
    moved = flows.to_numpy(copy=True)
    np.fill_diagonal(moved, 0)
    account = pd.DataFrame({"opening": start})
    account["additions"] = moved.sum(axis=0)
    account["reductions"] = moved.sum(axis=1)
    account["closing"] = account["opening"] + account["additions"] - account["reductions"]
    # A hair of rounding is not a loss of more than there was.
    short = account["closing"] < -1e-9 * max(float(start.sum()), 1.0)
    if short.any():
        label = account.index[short.to_numpy()][0]
        msg = f"{label!r} loses more area than it has; check that both maps use the same types."
        raise DataError(msg)
    account["net"] = account["additions"] - account["reductions"]
    with np.errstate(divide="ignore", invalid="ignore"):
        turnover = (account["additions"] + account["reductions"]) / account["opening"]
    account["turnover"] = turnover.where(account["opening"] > 0)
    total = account.sum()
    # An area that changes type is one change, though it stands in two rows.
    total["turnover"] = total["additions"] / total["opening"] if total["opening"] > 0 else np.nan
    account.loc["total"] = total
    return account


@overload
def protected_share(protected_area: float, area: float) -> float | None: ...
@overload
def protected_share(protected_area: Floats | Sequence[float], area: ArrayLike) -> Floats: ...
def protected_share(protected_area: ArrayLike, area: ArrayLike) -> float | Floats | None:
    """Return the protected share of an area, from 0 to 1.

    Question:
        What share of the land, or of an ecosystem type, is protected?
    Formula:
        area of the union of protected sites within the region/area of the region, 0 to 1
    Reference:
        Standard arithmetic; the aims of 30 % and 10 % are those of the EU biodiversity strategy for
        2030.
    Misleads:
        Area is not representativeness: unproductive mires and fells are protected first. Sites that
        overlap must be counted once, land and water kept apart, and the aims are those of the Union
        and not of a region.

    Args:
        protected_area: Area of the union of protected sites within the region (overlaps counted
            once), one number or an array by ecosystem type.
        area: Area of the region or type, of the same extent (land, or land and inland water).

    Returns:
        None (NaN in arrays) where something is missing or the area is zero.

    Raises:
        DataError: An area is negative, or more is protected than there is.

    Example:
        >>> protected_share(1_500.0, 20_000.0)
        0.075
    """
    part, whole = floats(protected_area, "protected_area"), floats(area, "area")
    if (part < 0).any() or (whole < 0).any():
        msg = "An area is negative; check the units and the sign."
        raise DataError(msg)
    if (part > whole).any():
        msg = (
            "More is protected than there is area. Sites that overlap are counted twice, or the "
            "two areas differ in extent (water); take the union within the region."
        )
        raise DataError(msg)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(whole > 0, part / whole, np.nan)
    return maybe(float(share)) if share.ndim == 0 else share
