"""Which industries go together, and what that says of regions (public names in `structure`).

Relatedness is a prompt for discussion and not a forecast; complexity of fewer than about 15 regions
or industries jumps from year to year and is not for publishing.

References:
    Hidalgo, C. A. et al. (2007) Science 317:482-487. Hidalgo, C. A. & Hausmann, R. (2009) PNAS
    106:10570-10575. Boschma, R., Balland, P.-A. & Kogler, D. F. (2015) Industrial and Corporate
    Change 24:223-250. van Eck, N. J. & Waltman, L. (2009) JASIST 60:1635-1651.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from tilannekuva.errors import DataError
from tilannekuva.measures._tables import complete, frame, not_negative, same_labels

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from tilannekuva.measures._arrays import Floats

__all__ = ["Complexity", "complexity", "relatedness", "relatedness_density"]

Method = Literal["proximity", "association", "probability", "cosine", "jaccard"]
# Closer than this, two eigenvalues are one and their vectors arbitrary.
_SAME_EIGENVALUE = 1e-9


@dataclass(frozen=True, slots=True)
class Complexity:
    """Economic complexity, standardised to mean 0 and population standard deviation 1.

    Attributes:
        regions: ECI, positive where diverse regions are; NaN for a region with nothing.
        industries: PCI, the mean ECI of the regions specialised in it, standardised.
    """

    regions: pd.Series[float]
    industries: pd.Series[float]


def relatedness(table: pd.DataFrame | ArrayLike, method: Method = "proximity") -> pd.DataFrame:
    """Return how often two industries are specialities of the same region.

    Question:
        Which industries tend to be strong in the same regions?
    Formula:
        M_ri = [LQ_ri ≥ 1], C = MᵀM without its diagonal, S = column sums of C, T = ΣC
        proximity C_ij/max(ubiquity_i, ubiquity_j); association (C_ij/T)/((S_i/T)(S_j/T))
        probability C_ij/{[S_i/T · S_j/(T − S_i) + S_j/T · S_i/(T − S_j)]·T/2}
        cosine C_ij/√(S_i S_j); jaccard C_ij/(S_i + S_j − C_ij)
    Reference:
        Hidalgo et al. (2007), Science 317 (proximity); van Eck & Waltman (2009), JASIST 60
        (association and probability).
    Misleads:
        Two industries may meet because both are in towns, both are on the coast, or both are
        public. Nineteen regions and twenty broad industries give few meetings: a prompt for
        discussion, not a finding.

    Args:
        table: Regions × industries.
        method: One of the five above.

    Returns:
        DataFrame industries × industries; 0 for industries that never meet. The diagonal is 1 for
        proximity (an industry with itself), 0 for the others.

    Raises:
        DataError: A cell is negative or missing, or `method` is unknown.

    Example:
        >>> relatedness([[9, 9, 1], [8, 9, 1], [1, 1, 9]]).round(2)
             0    1    2
        0  1.0  1.0  0.0
        1  1.0  1.0  0.0
        2  0.0  0.0  1.0
    """
    if method not in ("proximity", "association", "probability", "cosine", "jaccard"):
        msg = (
            f"method is {method!r}; give 'proximity', 'association', 'probability', 'cosine' or "
            "'jaccard'."
        )
        raise DataError(msg)
    checked = _checked(table)
    special = _specialised(checked)
    together = special.T @ special
    ubiquity = together.diagonal().copy()
    np.fill_diagonal(together, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        related = _normalised(together, ubiquity, method)
    # Industries that never meet another have nothing to divide by: unrelated.
    related = np.where(together > 0, related, 0.0)
    if method == "proximity":
        np.fill_diagonal(related, (ubiquity > 0).astype(np.float64))
    return pd.DataFrame(related, index=checked.columns, columns=checked.columns)


def relatedness_density(
    table: pd.DataFrame | ArrayLike, relatedness: pd.DataFrame | ArrayLike
) -> pd.DataFrame:
    """Return how much of what is related to an industry a region is specialised in, 0 to 100.

    Question:
        How much of what goes together with an industry does the region already have?
    Formula:
        RD_ri = 100·Σ_j M_rj φ_ij/Σ_j φ_ij over the other industries j
    Reference:
        Boschma, Balland & Kogler (2015), Industrial and Corporate Change 24.
    Misleads:
        It favours what is common where the region already is, so it never suggests anything bold,
        and it says nothing of demand, land or people. A list to talk about, not a forecast.

    Args:
        table: Regions × industries.
        relatedness: Industries × industries φ; its diagonal is not used.

    Returns:
        DataFrame regions × industries; NaN for an industry related to no other.

    Raises:
        DataError: A cell of either is negative or missing, or the industries differ.

    Example:
        >>> table = [[9, 9, 1], [8, 9, 1], [1, 1, 9]]
        >>> relatedness_density(table, relatedness(table))
               0      1   2
        0  100.0  100.0 NaN
        1  100.0  100.0 NaN
        2    0.0    0.0 NaN
    """
    checked, related = _checked(table), frame(relatedness, "relatedness")
    same_labels(checked.columns, related.index, "industries of table and relatedness")
    same_labels(checked.columns, related.columns, "industries of table and relatedness")
    not_negative(related, "relatedness")
    complete(related, "relatedness")
    phi = related.loc[checked.columns, checked.columns].to_numpy(copy=True)
    np.fill_diagonal(phi, 0)
    with np.errstate(invalid="ignore"):
        density = 100 * (_specialised(checked) @ phi.T) / phi.sum(axis=1)
    return pd.DataFrame(density, index=checked.index, columns=checked.columns)


def complexity(table: pd.DataFrame | ArrayLike) -> Complexity:
    """Return the complexity of regions and industries (exact eigenvector, no iteration).

    Question:
        Which regions have many specialities that few others have?
    Formula:
        ECI = second eigenvector of D⁻¹MU⁻¹Mᵀ, D diversity and U ubiquity, standardised, with the
          sign that makes it rise with diversity; PCI_i = mean ECI of the regions specialised in i,
          standardised
    Reference:
        Hidalgo & Hausmann (2009), PNAS 106; the exact eigenvector, without iteration.
    Misleads:
        An eigenvector of a small matrix: order and sign may jump from year to year. Not for
        publishing below about 15 regions or industries, and never as a score of how advanced a
        region is.

    Args:
        table: Regions × industries.

    Raises:
        DataError: A cell is negative or missing, there are fewer than three regions or industries
            with anything in them, or the second eigenvalue is not single (the regions fall into
            separate worlds, or the order is arbitrary).

    Example:
        >>> found = complexity([[9, 5, 1, 1], [8, 9, 1, 3], [1, 5, 4, 2], [2, 1, 9, 8]])
        >>> found.regions.round(2).tolist(), found.industries.round(2).tolist()
        ([-0.89, -0.89, 0.24, 1.54], [-1.15, -0.77, 0.64, 1.29])
    """
    checked = _checked(table)
    special = _specialised(checked)
    rows, columns = np.flatnonzero(special.any(axis=1)), np.flatnonzero(special.any(axis=0))
    m = special[np.ix_(rows, columns)].astype(np.float64)
    if min(m.shape) < 3:
        msg = f"Complexity needs three regions and industries at least; here are {m.shape}."
        raise DataError(msg)
    diversity, ubiquity = m.sum(axis=1), m.sum(axis=0)
    # The same eigenvalues in symmetric form, which is exact and has real vectors.
    half = m / np.sqrt(np.outer(diversity, ubiquity))
    values, vectors = np.linalg.eigh(half @ half.T)
    first, second, third = values[-1], values[-2], values[-3]
    if first - second < _SAME_EIGENVALUE or second - third < _SAME_EIGENVALUE:
        msg = (
            "The second eigenvalue is not single, so the order of regions is arbitrary; use "
            "relatedness instead, or a finer classification."
        )
        raise DataError(msg)
    eci = _standardised(vectors[:, -2] / np.sqrt(diversity))
    if eci @ (diversity - diversity.mean()) < 0:
        eci = -eci
    pci = _standardised(m.T @ eci / ubiquity)
    return Complexity(
        pd.Series(eci, index=checked.index[rows], name="eci").reindex(checked.index),
        pd.Series(pci, index=checked.columns[columns], name="pci").reindex(checked.columns),
    )


def _checked(table: pd.DataFrame | ArrayLike) -> pd.DataFrame:
    checked = frame(table, "table")
    not_negative(checked, "table")
    complete(checked, "table")
    return checked


def _specialised(table: pd.DataFrame) -> Floats:
    """Return 1 where LQ ≥ 1, without a division, so that exactly 1 counts."""
    values = table.to_numpy()
    of_region, of_industry = values.sum(axis=1, keepdims=True), values.sum(axis=0)
    special = values * values.sum() >= of_region * of_industry
    return np.asarray(special & (of_region > 0) & (of_industry > 0), dtype=np.float64)


def _normalised(together: Floats, ubiquity: Floats, method: Method) -> Floats:
    if method == "proximity":
        return np.asarray(together / np.maximum.outer(ubiquity, ubiquity))
    sums = together.sum(axis=0)
    one, other, total = sums[:, None], sums[None, :], sums.sum()
    if method == "association":
        return np.asarray(together * total / (one * other))
    if method == "cosine":
        return np.asarray(together / np.sqrt(one * other))
    if method == "jaccard":
        return np.asarray(together / (one + other - together))
    meet = one / total * other / (total - one) + other / total * one / (total - other)
    return np.asarray(together / (meet * total / 2))


def _standardised(values: Floats) -> Floats:
    return np.asarray((values - values.mean()) / values.std())
