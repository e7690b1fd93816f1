"""Measures that need several areas or several industries at once, on the one table.

Inequality between the areas of a level (`gini`, `theil`, `sigma_convergence`); the structure of an
area on an indicator with an axis of industries (`location_quotient`, `herfindahl`, `entropy`); and
its growth between two periods (`shift_share`). Each takes observations and returns their columns
and ``metric``; a figure that cannot be had is NaN with the status ``not_computable``. The kernels
are those of the same names in ``measures``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tilannekuva import cubes, periods, region_codes, settings, table
from tilannekuva.cubes import FORECAST, Cube
from tilannekuva.errors import DataError
from tilannekuva.indicators import Catalogue, find, load
from tilannekuva.measures import inequality, structure
from tilannekuva.measuring import Line, as_frame, as_published, line
from tilannekuva.metric_rows import Row
from tilannekuva.statuses import STATUSES, worst

__all__ = [
    "entropy",
    "gini",
    "herfindahl",
    "location_quotient",
    "shift_share",
    "sigma_convergence",
    "theil",
]

Floats = NDArray[np.float64]

# Published parts add up to the published whole but for the rounding of each.
_ROUNDING = 0.01


# --- inequality between areas -------------------------------------------------------------------


def gini(
    observations: pd.DataFrame,
    *,
    level: str = "kunta",
    within: str = "SSS",
    weights: str | None = None,
    catalogue: Catalogue | None = None,
) -> pd.DataFrame:
    """Gini coefficient between the areas of a level, for every indicator and period.

    Question:
        How unequally is this spread over the municipalities, and is it getting more equal?
    Formula:
        G = Σ_i Σ_j w_i w_j |x_i − x_j| / (2 (Σw)² x̄), with w = 1 where there are no weights
    Reference:
        Gini (1912); see `tilannekuva.measures.inequality.gini`.
    Misleads:
        Each area is one point: it is the dispersion of means of areas and not inequality between
        people, which can go the other way. Of eight municipalities the range says more.

    Args:
        observations: A view of the one table, with the weights among the rows.
        level: Level of the areas compared.
        within: The area they lie in, by today's members: ``SSS`` or for example ``MK18``.
        weights: Indicator whose figures of the same period weigh the areas, such as ``pop_total``.
        catalogue: What the indicators are; the packaged one by default. Counts are left out: sizes
            of areas are no inequality.

    Returns:
        The one table's columns and ``metric``: ``gini`` and ``areas_n``, the areas that have the
        figure, with `within` as the region. Fewer than two areas have no Gini, nor have negative
        figures. Forecasts are not used.

    Raises:
        DataError: No area of the level lies in `within`, the weights are not in the table, or the
            table breaks one of its rules.

    Example:
        >>> from tilannekuva.observing import observations
        >>> found = gini(observations("crime_rate"), within="MK18").set_index(["period", "metric"])
        >>> found.loc["2020", "value"].round(3).to_dict()
        {'areas_n': 8.0, 'gini': 0.101}
    """
    return _inequality(observations, "gini", level, within, weights, catalogue)


def theil(
    observations: pd.DataFrame,
    *,
    level: str = "kunta",
    within: str = "SSS",
    weights: str | None = None,
    catalogue: Catalogue | None = None,
) -> pd.DataFrame:
    """Theil index T between the areas of a level, for every indicator and period.

    Question:
        How unequal are the areas, by a measure that can be split into groups of them?
    Formula:
        T = Σ (y_i/Y) ln[(y_i/Y)/(p_i/P)] with people p (1 without weights) and y = p·x
    Reference:
        Theil (1967); see `tilannekuva.measures.inequality.theil`.
    Misleads:
        As `gini`: means of areas, not people. It has no upper limit that means anything by itself,
        and weighs the rich end: compare it over time, not with a Gini.

    Args:
        observations: As in `gini`.
        level: As in `gini`.
        within: As in `gini`.
        weights: As in `gini`; the figures are then taken as means over them.
        catalogue: As in `gini`.

    Returns:
        As `gini`, with the metric ``theil``. Zero or negative figures have none.

    Raises:
        DataError: As `gini`.

    Example:
        >>> from tilannekuva.observing import observations
        >>> found = theil(observations("gdp_pc"), level="maakunta").set_index(["period", "metric"])
        >>> found.loc["2020", "value"].round(4).to_dict()
        {'areas_n': 19.0, 'theil': 0.0074}
    """
    return _inequality(observations, "theil", level, within, weights, catalogue)


def sigma_convergence(
    observations: pd.DataFrame,
    *,
    level: str = "maakunta",
    within: str = "SSS",
    catalogue: Catalogue | None = None,
) -> pd.DataFrame:
    """Spread of the logarithms over the areas of a level, for every indicator and period.

    Question:
        Are the regions drawing together or apart?
    Formula:
        σ_t = √(Σ (ln x_it − mean ln x_t)²/n)
    Reference:
        Barro & Sala-i-Martin (1992); see `tilannekuva.measures.inequality.sigma_convergence`.
    Misleads:
        Each area counts once: the smallest region moves it as much as the capital's. Falling σ may
        be the rich falling; look at the levels too. A test of two years against each other is not
        valid, as they are the same areas.

    Args:
        observations: As in `gini`.
        level: As in `gini`.
        within: As in `gini`.
        catalogue: As in `gini`.

    Returns:
        As `gini`, with the metric ``sigma``. The areas are those that have a figure in every period
        that at least half of them have, so that periods can be compared; others have no σ.

    Raises:
        DataError: As `gini`.

    Example:
        >>> from tilannekuva.observing import observations
        >>> found = sigma_convergence(observations("gdp_pc"))
        >>> sigma = found[found["metric"] == "sigma"].set_index("period")["value"].round(3)
        >>> sigma[["2000", "2020"]].tolist()
        [0.192, 0.113]
    """
    return _inequality(observations, "sigma", level, within, None, catalogue)


def _inequality(
    observations: pd.DataFrame,
    metric: Literal["gini", "theil", "sigma"],
    level: str,
    within: str,
    weights: str | None,
    catalogue: Catalogue | None,
) -> pd.DataFrame:
    observations = table.make(observations)
    catalogue = catalogue or load(settings.read().path("catalogue"))
    inside = region_codes.children(within, level)
    if len(inside) < 2:
        raise DataError(
            f"{within} has {len(inside)} areas of the level '{level}'; give two or more"
        )
    ids = [str(s) for s in observations["snapshot"].cat.categories]
    found = _cubes(observations, level, catalogue)
    weighing = None if weights is None else find(catalogue, weights)
    weight = next((c for c in found if (c.indicator, c.breakdown) == (weighing, "total")), None)
    if weighing is not None and weight is None:
        raise DataError(f"the weights '{weighing}' are not in the table; add their rows to it")
    out: list[Line] = []
    for cube in found:
        indicator = catalogue.indicators.get(cube.indicator)
        if cube is weight or (indicator and catalogue.units[indicator.unit].extensive):
            continue
        rows = np.array([cube.areas.index(a) for a in inside], dtype=np.intp)
        value = np.where(cube.status == FORECAST, np.nan, cube.value)[rows]
        if metric == "sigma":
            # A year that hardly anybody has must not leave the others without areas.
            usual = 2 * np.count_nonzero(~np.isnan(value), axis=0) >= len(rows)
            same = ~np.isnan(value[:, usual]).any(axis=1, keepdims=True) & usual
            value = np.where(same, value, np.nan)
        people = np.ones(value.shape) if weight is None else _of_period(weight, cube)[rows]
        there = ~np.isnan(value) & (people > 0)
        for column, period in enumerate(cube.periods):
            seen = there[:, column]
            if not (cube.status[rows, column] >= 0).any():
                continue
            at = rows[seen]
            origins = frozenset(int(s) for s in cube.snapshot[at, column])
            if weight is not None and period in weight.periods:
                when = weight.periods.index(period)
                origins |= {int(s) for s in weight.snapshot[at, when]}
            status = worst(*(STATUSES[s] for s in cube.status[at, column])) if len(at) else "final"
            got = _unequal(metric, value[seen, column], people[seen, column])
            for name, one in ((metric, got), ("areas_n", float(seen.sum()))):
                row = Row(name, one, period, status, None, origins)
                out.append(line(cube.indicator, within, cube.breakdown, row, ids))
    return as_frame(out)


def _unequal(metric: str, value: Floats, people: Floats) -> float | None:
    if len(value) < 2 or (value < 0).any():
        return None
    if metric == "gini":
        return inequality.gini(value, people)
    if metric == "theil":
        return inequality.theil(value * people, people)
    sigma = float(inequality.sigma_convergence(value[:, None]).iloc[0])
    return None if np.isnan(sigma) else sigma


def _of_period(weight: Cube, cube: Cube) -> Floats:
    """The weights laid out as a cube; NaN where there are none for the same area and period."""
    out = np.full(cube.value.shape, np.nan)
    for column, period in enumerate(cube.periods):
        if period in weight.periods:
            when = weight.periods.index(period)
            same = weight.codes[:, when] == cube.codes[:, column]
            out[:, column] = np.where(same, weight.value[:, when], np.nan)
    return out


# --- structure by industry ----------------------------------------------------------------------


def location_quotient(
    observations: pd.DataFrame,
    *,
    axis: str = "industry",
    industries: Sequence[str] | None = None,
    level: str = "maakunta",
    catalogue: Catalogue | None = None,
) -> pd.DataFrame:
    """Location quotient of every industry in every area.

    Question:
        Which industries weigh more here than in the whole country?
    Formula:
        LQ_ir = (e_ir/e_.r)/(e_iN/e_.N) with the whole country N of the table, or the sum of the
          areas where it has none
    Reference:
        Isard (1960); see `tilannekuva.measures.structure.location_quotient`.
    Misleads:
        A high quotient of a dozen jobs is noise: show the jobs beside it. Never compare quotients
        of different classifications or levels of detail.

    Args:
        observations: A view of the one table.
        axis: Name of the axis of industries; indicators without it are left out. Other axes must be
            summed (``T``).
        industries: Codes of the industries, which together must be the whole; all but the total by
            default.
        level: Level of the areas.
        catalogue: What the indicators are; the packaged one by default.

    Returns:
        The one table's columns and ``metric`` = ``location_quotient``, one row an area, industry
        and period. Where an industry of the area or of the country is missing, the quotients are
        not computable: missing is not zero.

    Raises:
        DataError: No indicator of the table has the axis, or the industries overlap, so that
            together they exceed the published whole.

    Example:
        >>> from tilannekuva.observing import observations
        >>> found = location_quotient(observations("jobs_by_industry"))
        >>> mine = found[found["region"] == "MK18"].set_index("breakdown")["value"].round(2)
        >>> mine[["A", "B", "C"]].tolist()  # farming and forestry, mining, manufacturing
        [2.07, 11.65, 0.65]
    """

    def quotients(found: _Industries, column: int) -> Iterable[tuple[int, str, str, float | None]]:
        given = found.table(column)
        if given.empty:
            return
        made = structure.location_quotient(given, nation=found.nation(column))
        for area in made.index:
            for code, one in made.loc[area].items():
                yield int(area), str(code), "location_quotient", _maybe(float(one))

    return _structure(observations, axis, industries, level, catalogue, quotients)


def herfindahl(
    observations: pd.DataFrame,
    *,
    axis: str = "industry",
    industries: Sequence[str] | None = None,
    level: str = "maakunta",
    catalogue: Catalogue | None = None,
) -> pd.DataFrame:
    """Herfindahl index of every area: how far it leans on few industries.

    Question:
        Does the area stand on a few industries or on many?
    Formula:
        HHI = Σ s_i², from 1/n (all alike) to 1 (one alone)
    Reference:
        Herfindahl (1950), Hirschman (1945); see `tilannekuva.measures.structure.herfindahl`.
    Misleads:
        It depends on how finely industries are divided: only changes at one level of detail mean
        anything. A large public sector makes any region look concentrated.

    Args:
        observations: As in `location_quotient`.
        axis: As in `location_quotient`.
        industries: As in `location_quotient`.
        level: As in `location_quotient`.
        catalogue: As in `location_quotient`.

    Returns:
        As `location_quotient`, with the metric ``herfindahl`` and the breakdown ``total``.

    Raises:
        DataError: As `location_quotient`.

    Example:
        >>> from tilannekuva.observing import observations
        >>> found = herfindahl(observations("jobs_by_industry")).set_index("region")["value"]
        >>> found[["MK18", "MK01"]].round(3).tolist()
        [0.09, 0.08]
    """
    return _one_an_area(observations, "herfindahl", axis, industries, level, catalogue)


def entropy(
    observations: pd.DataFrame,
    *,
    axis: str = "industry",
    industries: Sequence[str] | None = None,
    level: str = "maakunta",
    catalogue: Catalogue | None = None,
) -> pd.DataFrame:
    """Entropy of every area's industries, in bits: how varied its structure is.

    Question:
        How varied is what the area lives from?
    Formula:
        H = −Σ s_i log2 s_i with 0 log 0 = 0
        2^H industries of equal size are as varied
    Reference:
        Shannon (1948), Theil (1967); see `tilannekuva.measures.structure.entropy`.
    Misleads:
        As `herfindahl`: it depends on the detail. Variety is not resilience: varied industries can
        depend on the same customer.

    Args:
        observations: As in `location_quotient`.
        axis: As in `location_quotient`.
        industries: As in `location_quotient`.
        level: As in `location_quotient`.
        catalogue: As in `location_quotient`.

    Returns:
        As `location_quotient`, with the metric ``entropy`` and the breakdown ``total``.

    Raises:
        DataError: As `location_quotient`.

    Example:
        >>> from tilannekuva.observing import observations
        >>> found = entropy(observations("jobs_by_industry")).set_index("region")["value"]
        >>> found[["MK18", "MK01"]].round(2).tolist()
        [3.84, 3.86]
    """
    return _one_an_area(observations, "entropy", axis, industries, level, catalogue)


def shift_share(
    observations: pd.DataFrame,
    start: str,
    end: str,
    *,
    axis: str = "industry",
    industries: Sequence[str] | None = None,
    level: str = "maakunta",
    method: Literal["dunn", "esteban_marquillas"] = "dunn",
    catalogue: Catalogue | None = None,
) -> pd.DataFrame:
    """Split the change of every industry in every area between two periods.

    Question:
        Did the area grow because the country did, because of its industries, or by itself?
    Formula:
        national = e_0 (R − 1), mix = e_0 (R_i − R), competitive = e_1 − e_0 R_i, which add up to
          e_1 − e_0
        R and R_i are the growth factors of the country and of industry i in it
    Reference:
        Dunn (1960); Esteban-Marquillas (1972); see `tilannekuva.measures.structure.shift_share`.
    Misleads:
        The competitive part is a remainder and not a cause: one closed mill is in it. The country
        contains the area. End years decide; `measures.structure.dynamic_shift_share` adds up the
        years between.

    Args:
        observations: As in `location_quotient`; the whole country is needed.
        start: First period.
        end: Last period.
        axis: As in `location_quotient`.
        industries: As in `location_quotient`.
        level: As in `location_quotient`.
        method: ``"dunn"`` or ``"esteban_marquillas"``, which splits ``allocation`` from
            ``competitive``.
        catalogue: As in `location_quotient`.

    Returns:
        As `location_quotient`, one row an area, industry and part, and the breakdown ``total`` for
        all industries together; the period is ``start/end``. Nothing for an indicator without both
        periods; an area whose members changed in between is not computable.

    Raises:
        DataError: As `location_quotient`, or the country lacks an industry that an area has.

    Example:
        >>> from tilannekuva import table
        >>> cells = [("SSS", "A", 400, 440), ("SSS", "B", 600, 640),
        ...          ("MK18", "A", 40, 50), ("MK18", "B", 80, 80)]
        >>> rows = table.make(pd.DataFrame([
        ...     ("jobs_by_industry", r, i, p, float(x), "final", "a")
        ...     for r, i, *values in cells for p, x in zip(("2015", "2020"), values)
        ... ], columns=table.COLUMNS))
        >>> found = shift_share(rows, "2015", "2020")
        >>> found.loc[found["breakdown"] == "total", ["metric", "value"]].round(2).values.tolist()
        [['competitive', 0.67], ['mix', -0.27], ['national', 9.6]]
    """
    observations = table.make(observations)
    catalogue = catalogue or load(settings.read().path("catalogue"))
    first, last = periods.canonical(start), periods.canonical(end)
    ids = [str(s) for s in observations["snapshot"].cat.categories]
    out: list[Line] = []
    for found in _by_industry(observations, axis, industries, level, catalogue):
        if not {first, last} <= set(found.periods):
            continue
        one, two = found.periods.index(first), found.periods.index(last)
        wholes = found.nation(one), found.nation(two)
        if wholes[0] is None or wholes[1] is None:
            raise DataError(f"{found.indicator}: the whole country (SSS) is missing; add its rows")
        for area in range(len(found.areas)):
            before, after = found.of_area(area, one), found.of_area(area, two)
            if before is None or after is None:
                continue
            same = found.codes[area, one] == found.codes[area, two]
            made = structure.shift_share(before, after, wholes[0], wholes[1], method=method)
            status, origins = found.used([area], (one, two))
            for code, cells in made.iterrows():
                for metric, value in cells.items():
                    known = _maybe(float(value)) if same else None
                    row = Row(str(metric), known, f"{first}/{last}", status, None, origins)
                    out.append(line(found.indicator, found.codes[area, two], str(code), row, ids))
    return as_frame(out)


_Made = Callable[["_Industries", int], Iterable[tuple[int, str, str, float | None]]]


def _one_an_area(
    observations: pd.DataFrame,
    metric: Literal["herfindahl", "entropy"],
    axis: str,
    industries: Sequence[str] | None,
    level: str,
    catalogue: Catalogue | None,
) -> pd.DataFrame:
    kernel = structure.herfindahl if metric == "herfindahl" else structure.entropy

    def made(found: _Industries, column: int) -> Iterable[tuple[int, str, str, float | None]]:
        given = found.table(column)
        if not given.empty:
            for area, one in kernel(given).items():
                yield int(str(area)), "total", metric, _maybe(float(one))

    return _structure(observations, axis, industries, level, catalogue, made)


def _structure(
    observations: pd.DataFrame,
    axis: str,
    industries: Sequence[str] | None,
    level: str,
    catalogue: Catalogue | None,
    made: _Made,
) -> pd.DataFrame:
    observations = table.make(observations)
    catalogue = catalogue or load(settings.read().path("catalogue"))
    ids = [str(s) for s in observations["snapshot"].cat.categories]
    out: list[Line] = []
    for found in _by_industry(observations, axis, industries, level, catalogue):
        for column, period in enumerate(found.periods):
            for area, breakdown, metric, value in made(found, column):
                status, origins = found.used([area], (column,))
                row = Row(metric, value, period, status, None, origins)
                out.append(line(found.indicator, found.codes[area, column], breakdown, row, ids))
    return as_frame(out)


class _Industries(NamedTuple):
    """An indicator over industries. Shapes (industries, areas, time)."""

    indicator: str
    industries: tuple[str, ...]
    areas: tuple[str, ...]
    periods: tuple[str, ...]
    codes: NDArray[np.object_]
    """(areas, time)."""
    value: Floats
    status: NDArray[np.int64]
    snapshot: NDArray[np.int64]
    country: Floats
    """(industries, time); NaN where there is none."""
    country_snapshot: NDArray[np.int64]

    def table(self, column: int) -> pd.DataFrame:
        """Areas × industries of a period, of the areas that have any row and anything in them."""
        value = self.value[:, :, column]
        there = (self.status[:, :, column] >= 0).any(axis=0) & ~(value == 0).all(axis=0)
        given: pd.DataFrame = pd.DataFrame(value.T, columns=list(self.industries)).loc[there]
        return given

    def nation(self, column: int) -> pd.Series[float] | None:
        """The whole country by industry; None where the table has none of it."""
        whole = self.country[:, column]
        return None if np.isnan(whole).all() else pd.Series(whole, index=list(self.industries))

    def of_area(self, area: int, column: int) -> pd.Series[float] | None:
        """An area by industry; None where the table has none of it."""
        if not (self.status[:, area, column] >= 0).any():
            return None
        return pd.Series(self.value[:, area, column], index=list(self.industries))

    def used(self, areas: Sequence[int], columns: Sequence[int]) -> tuple[str, frozenset[int]]:
        """Worst status and the origins of an area's figures and of the country's."""
        part = np.ix_(range(len(self.industries)), areas, columns)
        grades = [STATUSES[s] for s in np.unique(self.status[part]) if s >= 0]
        origins = {int(s) for s in self.snapshot[part].ravel()}
        origins |= {int(s) for s in self.country_snapshot[:, list(columns)].ravel()}
        return worst(*grades), frozenset(origins)


def _by_industry(
    observations: pd.DataFrame,
    axis: str,
    industries: Sequence[str] | None,
    level: str,
    catalogue: Catalogue,
) -> list[_Industries]:
    known = {i.id: i.axes.index(axis) for i in catalogue.indicators.values() if axis in i.axes}
    grouped: dict[str, dict[str, Cube]] = {}
    for cube in _cubes(observations, level, catalogue):
        if cube.indicator not in known:
            continue
        cells = cube.breakdown.split(".")
        place = known[cube.indicator]
        total = cube.breakdown == "total"
        if total or all(c == "T" for n, c in enumerate(cells) if n != place):
            grouped.setdefault(cube.indicator, {})["T" if total else cells[place]] = cube
    if not grouped:
        raise DataError(f"no indicator of the table has the axis '{axis}'")
    return [_stacked(name, by_code, industries) for name, by_code in grouped.items()]


def _stacked(
    indicator: str, by_code: dict[str, Cube], industries: Sequence[str] | None
) -> _Industries:
    codes = list(industries) if industries is not None else [c for c in by_code if c != "T"]
    missing = [c for c in codes if c not in by_code]
    if missing or not codes:
        raise DataError(
            f"{indicator}: there is no industry {missing[0] if missing else ''!r}; it has "
            f"{', '.join(c for c in by_code if c != 'T')}"
        )
    time = tuple(sorted({p for c in codes for p in by_code[c].periods}, key=_start))
    first = by_code[codes[0]]
    shape = (len(codes), len(first.areas), len(time))
    value, status = np.full(shape, np.nan), np.full(shape, -1, dtype=np.int64)
    snapshot = np.full(shape, -1, dtype=np.int64)
    country, own = np.full((len(codes), len(time)), np.nan), np.full((len(codes), len(time)), -1)
    names = np.full(shape[1:], "", dtype=object)
    for n, code in enumerate(codes):
        cube = by_code[code]
        at = [time.index(p) for p in cube.periods]
        there = cube.status >= 0
        # The first industry with a row says which division stands; another one would not add up.
        here = np.where(there & (names[:, at] == ""), cube.codes, names[:, at])
        names[:, at] = here
        fits = there & (here == cube.codes) & (cube.status != FORECAST)
        value[n][:, at] = np.where(fits, cube.value, np.nan)
        status[n][:, at] = np.where(fits, cube.status, -1)
        snapshot[n][:, at] = np.where(fits, cube.snapshot, -1)
        if cube.country is not None:
            country[n, at], own[n, at] = cube.country.value, cube.country.snapshot
    found = _Industries(
        indicator, tuple(codes), first.areas, time, names, value, status, snapshot, country, own
    )
    if "T" in by_code:
        _check_whole(found, by_code["T"])
    return found


def _check_whole(found: _Industries, total: Cube) -> None:
    for column, period in enumerate(found.periods):
        if period not in total.periods:
            continue
        when = total.periods.index(period)
        same = total.codes[:, when] == found.codes[:, column]
        parts, whole = found.value[:, :, column].sum(axis=0), total.value[:, when]
        over = same & (parts > whole * (1 + _ROUNDING) + len(found.industries))
        if over.any():
            area = found.areas[int(np.argmax(over))]
            raise DataError(
                f"{found.indicator}, {area}, {period}: the industries add up to more than the "
                "published whole, so some contain others; name those that do not overlap"
            )


def _cubes(observations: pd.DataFrame, level: str, catalogue: Catalogue) -> list[Cube]:
    return [
        as_published(c, catalogue.indicators[c.indicator])
        if c.indicator in catalogue.indicators
        else c
        for c in cubes.cubes(observations, level)
    ]


def _start(period: str) -> tuple[int, int]:
    parsed = periods.parse(period)
    return parsed.start, parsed.end


def _maybe(value: float) -> float | None:
    return None if np.isnan(value) else value
