"""Several indicators of one theme in one figure, only where that is asked for.

The picture never holds such a figure: its default is a dashboard. `composite` gives a score only
together with its rank, the ranks that other defensible recipes would have given, and the parts that
the score is made of. The kernels are those of ``measures.composite``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tilannekuva import cubes, periods, settings, table
from tilannekuva.cubes import FORECAST, Cube
from tilannekuva.errors import DataError
from tilannekuva.indicators import Catalogue, find, load
from tilannekuva.measures import comparison
from tilannekuva.measures import composite as kernels
from tilannekuva.measuring import Line, as_frame, as_published, line
from tilannekuva.metric_rows import Row
from tilannekuva.model import ABSENT, Indicator
from tilannekuva.statuses import STATUSES, worst

__all__ = ["COMPOSITE", "IMBALANCE", "PART", "RANKS", "composite"]

COMPOSITE = "composite"
"""The indicator of the rows: what is made of several has no entry in the catalogue."""
PART = "part:"
"""What the metric of a part begins with; the indicator's id follows."""
IMBALANCE = "imbalance"
"""What the method takes off for unevenness between the parts."""
RANKS = ("composite_rank", "composite_rank_low", "composite_rank_high")
"""The rank, and the best and worst one of the other recipes."""

Method = Literal["arithmetic", "geometric", "mpi"]
Scale = Literal["minmax", "zscore"]
Filling = Literal["mean", "median"]
Floats = NDArray[np.float64]

_LEAST_PARTS, _LEAST_AREAS = 3, 5
# Of a region's parts and of an indicator's regions, before anything is filled in.
_LEAST_KNOWN = 2 / 3
# Sums in another order differ in the last bit: that must not make or break a tie.
_DIGITS = 9


def composite(
    observations: pd.DataFrame,
    indicators: Sequence[str],
    *,
    period: str | Mapping[str, str] | None = None,
    level: str = "maakunta",
    weights: Mapping[str, float] | None = None,
    method: Method = "arithmetic",
    scale: Scale | None = None,
    impute: Filling | None = None,
    seed: int = 1,
    runs: int = 1000,
    catalogue: Catalogue | None = None,
) -> pd.DataFrame:
    """One figure of a theme for every region, with its rank interval and its parts.

    Question:
        Where does the region stand in a theme as a whole, how sure is that, and what is it made of?
    Formula:
        z = the indicator from 0 (worst region) to 100 (best); 1 to 100 for ``geometric``; with
          ``zscore`` 100 ± 10(x − x̄)/s
        arithmetic: Σ w z; geometric: exp(Σ w ln z), with weights that sum to one
        mpi: M − S²/M of z = 100 ± 10(x − x̄)/σ, mean M and deviation S over the region's indicators
        part = w z, and the parts together with ``imbalance`` (0 in the arithmetic mean) are the
          score
        interval: 5 % and 95 % quantile of the rank over `runs` recipes with another scale, another
          mean, weights within ±25 % and none or one indicator left out, widened to hold the rank
    Reference:
        OECD & JRC (2008), Handbook on Constructing Composite Indicators; Saisana, Saltelli &
        Tarantola (2005) for the interval; De Muro, Mazziotta & Pareto (2011) for ``mpi``.
    Misleads:
        It hides trade-offs, and the choice of indicators and weights is politics: regions whose
        intervals meet cannot be told apart, and the interval holds neither the errors of the
        figures nor another choice of indicators. The scale is that of these regions in these
        periods, so scores of two years cannot be compared. Parts may be of different years. With
        ``mpi`` or ``zscore`` a better part can lower the rank; with the others it cannot.

    Args:
        observations: A view of the one table.
        indicators: Three or more, by id or alias, each with a better end; counts are refused, as
            they would measure the region's size.
        period: Period of every indicator, or of those that a mapping names; for the others the
            newest in which every region has a figure, or else the newest of those that most have.
        level: Level of the regions; five or more must have every part.
        weights: Weight of each indicator, above zero; equal ones by default.
        method: ``"arithmetic"``, ``"geometric"`` or ``"mpi"`` (equal weights, scale of its own).
        scale: ``"minmax"`` by default, or ``"zscore"``; none with ``mpi``.
        impute: ``"mean"`` or ``"median"`` of the other regions in place of a missing part, in
            regions that have two thirds of the parts; nothing is filled in otherwise.
        seed: Of the drawn recipes: the same seed gives the same table.
        runs: Number of recipes drawn.
        catalogue: What the indicators are; the packaged one by default.

    Returns:
        The one table's columns and ``metric``, with the indicator ``composite``: for every region
        ``composite``, ``composite_rank`` (1 = best), ``composite_rank_low``,
        ``composite_rank_high``, a row ``part:<indicator>`` a part with its own period, and
        ``imbalance`` where the method has it. A region that lacks a part has no score; the row of
        the part says why. A part that was filled in is ``estimated``, and so is all made of it.

    Raises:
        DataError: Fewer than three indicators or five regions, an indicator without direction, a
            count, no figures, regions of different divisions, or weights that do not fit.

    Example:
        >>> from tilannekuva.observing import observations
        >>> names = ["gdp_pc", "employment_rate", "firm_stock_per1000", "share_1564"]
        >>> found = composite(observations(names), names, runs=200)
        >>> mine = found[found["region"] == "MK18"].set_index("metric")["value"].round(1)
        >>> mine[["composite", *(f"part:{n}" for n in names)]].tolist()
        [5.2, 2.0, 0.0, 0.0, 3.2]
        >>> mine[["composite_rank", "composite_rank_low", "composite_rank_high"]].tolist()
        [19.0, 18.0, 19.0]
    """
    observations = table.make(observations)
    catalogue = catalogue or load(settings.read().path("catalogue"))
    asked = _asked(indicators, catalogue)
    share = _shares(asked, weights, method, catalogue)
    parts = _parts(observations, asked, level, _periods(period, asked, catalogue))
    given = pd.DataFrame({p.indicator.id: p.value for p in parts})
    filled = _filled(given, impute)
    whole = filled.dropna()
    if len(whole) < _LEAST_AREAS:
        raise DataError(
            f"{len(whole)} regions have every part; a composite needs {_LEAST_AREAS}. Take fewer "
            "indicators, other periods, or `impute`"
        )
    rows = _built(whole, asked, share, method, scale)
    rows = rows.join(_ranked(whole, rows[COMPOSITE], asked, share, seed, runs))
    ids = [str(s) for s in observations["snapshot"].cat.categories]
    return as_frame(_lines(parts, given.isna().to_numpy() & filled.notna().to_numpy(), rows, ids))


# --- what is asked ------------------------------------------------------------------------------


def _asked(names: Sequence[str], catalogue: Catalogue) -> list[Indicator]:
    """The indicators in an order of their own, so that nothing hangs on the order of asking."""
    known = sorted({find(catalogue, n) for n in names})
    if len(known) < _LEAST_PARTS:
        raise DataError(
            f"{len(known)} indicators make no composite: give {_LEAST_PARTS} or more different ones"
        )
    found = [catalogue.indicators[n] for n in known]
    without = [i.id for i in found if i.direction == "neither"]
    if without:
        raise DataError(
            f"without a better end nothing can be added up: leave out {', '.join(without)}"
        )
    counts = [i.id for i in found if catalogue.units[i.unit].extensive]
    if counts:
        raise DataError(
            f"counts would measure the size of the region: take a rate or a share in place of "
            f"{', '.join(counts)}"
        )
    return found


def _shares(
    asked: Sequence[Indicator],
    weights: Mapping[str, float] | None,
    method: Method,
    catalogue: Catalogue,
) -> Floats:
    if method not in ("arithmetic", "geometric", "mpi"):
        raise DataError(f"method is '{method}'; give 'arithmetic', 'geometric' or 'mpi'")
    if weights is None:
        return np.full(len(asked), 1 / len(asked))
    if method == "mpi":
        raise DataError("the index 'mpi' has equal weights; give none, or another method")
    given = {find(catalogue, n): float(w) for n, w in weights.items()}
    ids = [i.id for i in asked]
    if set(given) != set(ids) or not all(0 < w < np.inf for w in given.values()):
        raise DataError(f"give one weight above zero for each of {', '.join(ids)}")
    found = np.array([given[n] for n in ids], dtype=np.float64)
    return np.asarray(found / found.sum())


def _periods(
    period: str | Mapping[str, str] | None, asked: Sequence[Indicator], catalogue: Catalogue
) -> dict[str, str]:
    if period is None:
        return {}
    if isinstance(period, str):
        return {i.id: periods.canonical(period) for i in asked}
    found = {find(catalogue, n): periods.canonical(p) for n, p in period.items()}
    odd = sorted(set(found) - {i.id for i in asked})
    if odd:
        raise DataError(f"a period is given for {odd[0]}, which is not among the indicators")
    return found


# --- the figures --------------------------------------------------------------------------------


class _Part(NamedTuple):
    """One indicator in one period. Shapes (areas,)."""

    indicator: Indicator
    period: str
    codes: NDArray[np.object_]
    value: Floats
    status: NDArray[np.int64]
    snapshot: NDArray[np.int64]

    @property
    def origins(self) -> frozenset[int]:
        """The scale of a part rests on the figures of all regions."""
        return frozenset(int(s) for s in self.snapshot if s >= 0)

    def grade(self, area: int, filled: bool) -> str:
        """Status of an area's figure, or the reason why there is none."""
        if filled:
            return "estimated"
        found = int(self.status[area])
        # A forecast of the period that was chosen is no figure.
        nothing = found < 0 or found == FORECAST
        return "not_available" if nothing else STATUSES[found]


def _parts(
    observations: pd.DataFrame,
    asked: Sequence[Indicator],
    level: str,
    wanted: Mapping[str, str],
) -> list[_Part]:
    rows = table.make(observations[observations["indicator"].isin([i.id for i in asked])])
    made = {c.indicator: c for c in cubes.cubes(rows, level) if c.breakdown == "total"}
    parts = [_part(i, made.get(i.id), level, wanted.get(i.id)) for i in asked]
    first = parts[0]
    for part in parts[1:]:
        differs = part.codes != first.codes
        if differs.any():
            codes = (str(p.codes[int(np.argmax(differs))]) for p in (first, part))
            raise DataError(
                f"{first.indicator.id} {first.period} and {part.indicator.id} {part.period} are of "
                f"different divisions of regions ({' and '.join(codes)}), so they are not of the "
                "same regions; take other periods or indicators"
            )
    return parts


def _part(indicator: Indicator, cube: Cube | None, level: str, wanted: str | None) -> _Part:
    if cube is not None:
        cube = as_published(cube, indicator)
        value = np.where(cube.status == FORECAST, np.nan, cube.value)
        known = np.count_nonzero(~np.isnan(value), axis=0)
        if wanted is None and known.any():
            at = int(np.flatnonzero(known == known.max())[-1])
        else:
            at = cube.periods.index(wanted) if wanted in cube.periods else -1
        if at >= 0 and known[at]:
            return _Part(
                indicator,
                cube.periods[at],
                cube.codes[:, at],
                value[:, at],
                cube.status[:, at],
                cube.snapshot[:, at],
            )
    when = "" if wanted is None else f" of {wanted}"
    raise DataError(f"{indicator.id}: the table has no figures{when} of the level '{level}'")


def _filled(given: pd.DataFrame, how: Filling | None) -> pd.DataFrame:
    """The table with its gaps filled where that is asked for and enough is known."""
    if how is None:
        return given
    if how not in ("mean", "median"):
        raise DataError(f"impute is '{how}'; give 'mean' or 'median'")
    there = given.notna()
    few = [str(c) for c in given.columns[there.mean() < _LEAST_KNOWN]]
    if few:
        raise DataError(
            f"under two thirds of the regions have a figure of {', '.join(few)}: too few to fill "
            "in the others"
        )
    enough = there.mean(axis=1) >= _LEAST_KNOWN
    return kernels.impute(given, method=how).where(enough, given, axis=0)


# --- the score, its parts and its ranks ---------------------------------------------------------


def _directions(asked: Sequence[Indicator]) -> list[kernels.Direction]:
    return ["down" if i.direction == "down" else "up" for i in asked]


def _built(
    whole: pd.DataFrame,
    asked: Sequence[Indicator],
    share: Floats,
    method: Method,
    scale: Scale | None,
) -> pd.DataFrame:
    """The score and what it is made of: the columns beside the score add up to it."""
    directions = _directions(asked)
    if scale not in (None, "minmax", "zscore"):
        raise DataError(f"scale is '{scale}'; give 'minmax' or 'zscore'")
    if method == "mpi":
        if scale is not None:
            raise DataError("the index 'mpi' has a scale of its own; give none")
        # It is defined with the deviation of a whole population.
        spread = 10 * np.sqrt(len(whole) / (len(whole) - 1))
        scaled = kernels.normalise(whole, "zscore", directions, mean=100, sd=spread)
        score = kernels.mpi(whole, directions)
    else:
        if scale == "zscore":
            scaled = kernels.normalise(whole, "zscore", directions, mean=100, sd=10)
        else:
            least = 0 if method == "arithmetic" else 1
            scaled = kernels.normalise(whole, "minmax", directions, low=least, high=100)
        score = kernels.aggregate(scaled, share, method)
    parts = (scaled * share).add_prefix(PART)
    made = parts.assign(**{COMPOSITE: score})
    if method != "arithmetic":
        made[IMBALANCE] = score - parts.sum(axis=1)
    return made


def _ranked(
    whole: pd.DataFrame,
    score: pd.Series[float],
    asked: Sequence[Indicator],
    share: Floats,
    seed: int,
    runs: int,
) -> pd.DataFrame:
    own = comparison.rank(score.round(_DIGITS), "up")["rank"]
    drawn = kernels.rank_interval(
        whole, seed=seed, runs=runs, direction=_directions(asked), weights=share
    ).round(_DIGITS)
    # The recipes drawn need not be near the one that was asked for.
    low = np.minimum(np.floor(drawn["low"]), own)
    high = np.maximum(np.ceil(drawn["high"]), own)
    return pd.DataFrame(dict(zip(RANKS, (own, low, high), strict=True)))


# --- rows ---------------------------------------------------------------------------------------


def _lines(
    parts: Sequence[_Part], filled: NDArray[np.bool_], rows: pd.DataFrame, ids: Sequence[str]
) -> Iterator[Line]:
    """Every metric of every region; ``filled`` says which parts were filled in (areas, parts)."""
    origins = frozenset[int]().union(*(p.origins for p in parts))
    when = _span(parts)
    cells = dict(zip(rows.index.tolist(), rows.to_dict("records"), strict=True))
    grades = {
        area: [p.grade(area, bool(filled[area, k])) for k, p in enumerate(parts)]
        for area in range(len(filled))
    }
    overall = worst(*(g for area in cells for g in grades[area]))
    names = [COMPOSITE, *RANKS, *([IMBALANCE] if IMBALANCE in rows else [])]
    for area, code in enumerate(parts[0].codes):
        found = cells.get(area, {})
        own = worst(*grades[area])
        for name in names:
            status = overall if name in RANKS else own
            row = Row(name, found.get(name), when, status, None, origins)
            yield line(COMPOSITE, str(code), "total", row, ids)
        for part, grade in zip(parts, grades[area], strict=True):
            name = f"{PART}{part.indicator.id}"
            row = Row(name, found.get(name), part.period, grade, None, part.origins)
            made = line(COMPOSITE, str(code), "total", row, ids)
            # Why a part is missing stands on its own row.
            yield (*made[:5], grade, *made[6:]) if grade in ABSENT else made


def _span(parts: Sequence[_Part]) -> str:
    """The period that all parts are of, or the span from the first to the last of them."""
    known = {p.period for p in parts}
    if len(known) == 1:
        return known.pop()
    first = min(known, key=lambda p: periods.parse(p).start).split("/")[0]
    last = max(known, key=lambda p: periods.parse(p).end).split("/")[-1]
    return periods.canonical(f"{first}/{last}")
