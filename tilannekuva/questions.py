"""The five questions, one function each: observations in, the rows of one question out.

Every function takes the one table and gives its seven columns and ``metric``, with the rows that
:func:`tilannekuva.measure` has for that question and nothing else; what the other questions need is
not computed. :data:`tilannekuva.measuring.METRICS` says what each metric is.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from tilannekuva.indicators import Catalogue
from tilannekuva.measuring import measure
from tilannekuva.model import Break

__all__ = ["how_far_to_go", "how_sure", "how_we_compare", "where_are_we", "where_heading"]

Breaks = Iterable[tuple[str, Break]]


def where_are_we(
    observations: pd.DataFrame,
    *,
    level: str = "maakunta",
    as_of: str | None = None,
    catalogue: Catalogue | None = None,
    breaks: Breaks | None = None,
) -> pd.DataFrame:
    """The newest figure of every indicator and area, and its age.

    Question:
        What is the newest figure, of which period, and how old is it?
    Formula:
        ``latest`` is the value of the newest period that is not a forecast
        ``age_months`` the full months from the end of that period to `as_of`
    Reference:
        Definitions of this package; a period is dated by its last day.
    Misleads:
        Areas may have different newest periods: compare them by ``how_we_compare`` only. A figure
        that was new when it was published can describe a year long past.

    Args:
        observations: A view of the one table.
        level: Level of areas to measure.
        as_of: ISO date the age is reckoned to; without it there is no age.
        catalogue: What the indicators are; the packaged one by default.
        breaks: (indicator or ``*``, break) beyond those of the catalogue.

    Returns:
        The one table's columns and ``metric``. An area without a figure has no row.

    Raises:
        DataError: The table breaks one of its rules.

    Example:
        >>> from tilannekuva.observing import observations
        >>> found = where_are_we(observations("gdp_pc"), as_of="2024-01-01")
        >>> found.loc[found["region"] == "MK18", ["metric", "period", "value"]].values.tolist()
        [['age_months', '2020', 36.0], ['latest', '2020', 34900.0]]
    """
    return _answer("where_are_we", observations, level, as_of, catalogue, breaks)


def where_heading(
    observations: pd.DataFrame,
    *,
    level: str = "maakunta",
    as_of: str | None = None,
    catalogue: Catalogue | None = None,
    breaks: Breaks | None = None,
) -> pd.DataFrame:
    """Change, index, trend and forecast of every indicator and area.

    Question:
        Has it risen or fallen over one, five and ten years, and is there a trend?
    Formula:
        ``change_ny`` = x_t − x_(t−n)
        ``change_pct_ny`` = 100·(x_t/x_(t−n) − 1)
        ``index`` = 100·x_t/x_2015
        ``trend_slope`` the Sen slope and ``trend_tau`` Kendall's tau-b of the last ten annual
          points
        ``fan_mid`` the series carried on by a damped trend, with limits from its own past
        ``trend_word`` ±2 when the 95 % interval of the slope leaves out 0 and the change is large
          enough to matter, ±1 when the 80 % interval does, else 0, and less where the trends of
          the area, looked at together, do not bear it (``trend_q`` of `how_sure`)
    Reference:
        Sen (1968); Mann (1945); Kendall (1975); Gardner & McKenzie (1985) for the damped trend. The
        words are a rule of this package.
    Misleads:
        A change between two points is at the mercy of both; a trend of ten points says nothing of a
        turn in the last two. Nothing is measured across a change of definition or boundary, so an
        absent figure is not an unchanged one.

    Args:
        observations: As in `where_are_we`.
        level: As in `where_are_we`.
        as_of: ISO date; a figure more than five years old by then is not carried on.
        catalogue: As in `where_are_we`.
        breaks: As in `where_are_we`.

    Returns:
        As `where_are_we`; a metric that cannot be had is NaN with the status ``not_computable``.

    Raises:
        DataError: As `where_are_we`.

    Example:
        >>> from tilannekuva.observing import observations
        >>> found = where_heading(observations("gdp_pc"))
        >>> mine = found[found["region"] == "MK18"].set_index("metric")
        >>> mine = mine.loc[["change_1y", "trend_slope", "trend_word"], ["period", "value"]]
        >>> mine.values.tolist()
        [['2019/2020', 1100.0], ['2011/2020', 950.0], ['2011/2020', 2.0]]
    """
    return _answer("where_heading", observations, level, as_of, catalogue, breaks)


def how_we_compare(
    observations: pd.DataFrame,
    *,
    level: str = "maakunta",
    catalogue: Catalogue | None = None,
    breaks: Breaks | None = None,
) -> pd.DataFrame:
    """Gap to the whole country or share of it, and rank among the areas of the level.

    Question:
        How far is each area from the whole country, has the gap closed, and what is its rank?
    Formula:
        ``gap`` = x − x_N
        ``gap_pct`` = 100·(x/x_N − 1)
        ``gap_index`` = 100·x/x_N
        ``gap_change_ny`` = gap_t − gap_(t−n)
        ``share_of_country`` = 100·x/x_N for what adds up
        ``rank`` = 1 + number of areas that are better by the declared direction
    Reference:
        Goldstein & Spiegelhalter (1996) on what a rank can bear.
    Misleads:
        The country contains the area. A rank without ``rank_low`` and ``rank_high`` (`how_sure`)
        makes differences of the last digit look like places won and lost. Counts have no gap: a
        small area is not worse for having fewer of anything.

    Args:
        observations: As in `where_are_we`; the whole country is the region ``SSS``.
        level: As in `where_are_we`.
        catalogue: As in `where_are_we`.
        breaks: As in `where_are_we`.

    Returns:
        As `where_heading`. No rank unless every area of the level has the figure.

    Raises:
        DataError: As `where_are_we`.

    Example:
        >>> from tilannekuva.observing import observations
        >>> found = how_we_compare(observations("gdp_pc"))
        >>> mine = found[found["region"] == "MK18"].set_index("metric")
        >>> mine.loc[["gap", "gap_change_10y", "rank"], ["period", "value"]].values.tolist()
        [['2020', -8100.0], ['2010/2020', 2000.0], ['2020', 15.0]]
    """
    return _answer("how_we_compare", observations, level, None, catalogue, breaks)


def how_far_to_go(
    observations: pd.DataFrame,
    *,
    as_of: str | None = None,
    level: str = "maakunta",
    catalogue: Catalogue | None = None,
    breaks: Breaks | None = None,
) -> pd.DataFrame:
    """Distance to the nearest target ahead, the pace it requires and the pace so far.

    Question:
        How far is the target, how fast would we have to go, and how fast are we going?
    Formula:
        ``target_distance`` = target − x_t
        ``pace_required`` = (target − x_t)/(T − t)
        ``pace_actual`` = Sen slope of the last ten annual points
        ``reach_year`` = ⌈t + (target − x_t)/pace_actual⌉, told only where the trend is clear
    Reference:
        Sen (1968) for the pace; the comparison of paces follows Eurostat (2021), annex.
    Misleads:
        A national target shown for an area is indicative: nobody has set it there. The straight
        line is no forecast, and a distance is not an effort: the last units can cost the most.

    Args:
        observations: As in `where_are_we`.
        as_of: ISO date; the nearest target after it is taken, and a figure more than five years old
            by then has no pace. Without it, the end of the year of the newest figure.
        level: As in `where_are_we`.
        catalogue: As in `where_are_we`; its targets.
        breaks: As in `where_are_we`.

    Returns:
        As `where_heading`; nothing for an indicator without a target.

    Raises:
        DataError: As `where_are_we`.

    Example:
        >>> from tilannekuva.observing import observations
        >>> found = how_far_to_go(observations("rd_gdp"), as_of="2013-01-01")
        >>> mine = found[found["region"] == "MK18@2015"].set_index("metric")["value"]
        >>> mine[["target_value", "target_distance", "pace_required"]].round(3).tolist()
        [4.0, 2.83, 0.149]
    """
    return _answer("how_far_to_go", observations, level, as_of, catalogue, breaks)


def how_sure(
    observations: pd.DataFrame,
    *,
    level: str = "maakunta",
    as_of: str | None = None,
    catalogue: Catalogue | None = None,
    breaks: Breaks | None = None,
) -> pd.DataFrame:
    """Range of ranks, intervals and test of the trend, and how many areas and points stand behind.

    Question:
        How much of the rank and of the trend could be chance or rounding?
    Formula:
        ``rank_low``, ``rank_high`` = the best and worst rank when areas that differ by less than
          the last published digit, or than chance in counted events, change places
        ``interval_low`` … ``interval_high`` = 95 % limits of such a figure
        ``trend_low`` … ``trend_high`` = Gilbert's limits of the Sen slope at 95 % (``…80``: 80 %)
        ``trend_p`` the two-sided p of Mann-Kendall, ``trend_q`` the same when all trends of the
          area are looked at together
        ``fan_error`` = mean error of carrying the past on over the mean yearly step
    Reference:
        Gilbert (1987); Mann (1945); Kendall (1975); Benjamini & Hochberg (1995); Hyndman & Koehler
        (2006); Goldstein & Spiegelhalter (1996).
    Misleads:
        Rounding is the least of the errors: a survey figure is less sure than its digits. Of many
        indicators tested at once some p is small by chance: look at ``trend_q``, which depends on
        the indicators that are in the table.

    Args:
        observations: As in `where_are_we`; ``status`` of each row is the worst of its figures.
        level: As in `where_are_we`.
        as_of: As in `where_heading`.
        catalogue: As in `where_are_we`.
        breaks: As in `where_are_we`.

    Returns:
        As `where_heading`.

    Raises:
        DataError: As `where_are_we`.

    Example:
        >>> from tilannekuva.observing import observations
        >>> found = how_sure(observations("gdp_pc"))
        >>> mine = found[found["region"] == "MK18"].set_index("metric")["value"]
        >>> mine[["rank_low", "rank_high", "trend_low", "trend_high", "trend_p"]].round(4).tolist()
        [15.0, 15.0, 700.0, 1380.0, 0.003]
    """
    return _answer("how_sure", observations, level, as_of, catalogue, breaks)


def _answer(
    question: str,
    observations: pd.DataFrame,
    level: str,
    as_of: str | None,
    catalogue: Catalogue | None,
    breaks: Breaks | None,
) -> pd.DataFrame:
    return measure(
        observations,
        level=level,
        as_of=as_of,
        catalogue=catalogue,
        breaks=breaks,
        questions=(question,),
    )
