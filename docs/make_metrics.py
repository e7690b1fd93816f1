"""Make ``docs/metrics/*.md`` from the docstrings of the measures: ``python docs/make_metrics.py``.

One section a measure, with an example worked on Kainuu's figures from the packaged store. A test
says when the pages no longer agree with the docstrings or the figures.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from tilannekuva import (
    indicators,
    measures,
    observing,
    pillars,
    raw,
    region_codes,
    regions,
    row_measures,
    table_measures,
    tidying,
)
from tilannekuva import questions as five_questions
from tilannekuva.indicators import Catalogue
from tilannekuva.measures import (
    certainty,
    change,
    comparison,
    composite,
    decomposition,
    inequality,
    projection,
    resilience,
    structure,
    target,
)
from tilannekuva.observing import Observed

FOLDER = Path(__file__).with_name("metrics")
SECTIONS = ("Question", "Formula", "Reference", "Misleads", "Args", "Returns", "Raises", "Example")
NEEDED = ("Question", "Formula", "Reference", "Misleads", "Example")

KAINUU, COUNTRY, VAALA = "MK18", "SSS", "MK18@2015"

# The five questions of a situation picture: a measure's own where its room has several.
QUESTIONS = {
    "where_are_we": "Where are we?",
    "where_heading": "Where are we heading?",
    "how_we_compare": "How do we compare?",
    "how_far_to_go": "How far is there to go?",
    "how_sure": "How sure are we?",
}
OF_ROOM = {
    "change": "where_heading",
    "comparison": "how_we_compare",
    "target": "how_far_to_go",
    "certainty": "how_sure",
    "structure": "where_are_we",
    "inequality": "where_are_we",
    "resilience": "where_heading",
    "decomposition": "where_heading",
    "composite": "how_we_compare",
    "nature": "where_are_we",
    "projection": "where_heading",
}
OF_ONE = {
    "change.constant_tail": "how_sure",
    "certainty.life_expectancy": "where_are_we",
    "certainty.slope_index": "how_we_compare",
    "certainty.standardised_ratio": "how_we_compare",
    "structure.shift_share": "where_heading",
    "structure.dynamic_shift_share": "where_heading",
    "inequality.sigma_convergence": "where_heading",
    "inequality.beta_convergence": "where_heading",
    "composite.rank_interval": "how_sure",
    "nature.abundance_index": "where_heading",
    "nature.multispecies_index": "where_heading",
    "nature.telfer": "where_heading",
    "nature.extent_account": "where_heading",
    "nature.coverage": "how_sure",
    "projection.backtest": "how_sure",
    "projection.mase": "how_sure",
    "projection.smape": "how_sure",
}


# --- Kainuu's figures ---------------------------------------------------------------------------


class Figures:
    """The store, remembering what an example has used."""

    def __init__(self, observed: Observed, catalogue: Catalogue) -> None:
        rows = observed.rows
        self.parts = {str(k): v for k, v in rows.groupby("indicator", observed=True)}
        self.observed, self.catalogue = observed, catalogue
        self.used: dict[tuple[str, str], set[str]] = {}

    def _rows(
        self, indicator: str, where: str, keep: Callable[[pd.DataFrame], pd.Series]
    ) -> pd.DataFrame:
        rows = self.parts.get(indicator)
        if rows is None:
            raise LookupError(f"the store has no figure of {indicator}")
        found = rows[keep(rows) & rows["value"].notna()]
        if found.empty:
            raise LookupError(f"the store has no figure of {indicator} for {where}")
        years = sorted(set(found["period"].astype(str)))
        when = years[0] if len(years) == 1 else f"{years[0]}–{years[-1]}"
        key = (indicator, f"{where}, {when}")
        self.used.setdefault(key, set()).update(found["snapshot"].astype(str))
        return found

    def one(self, indicator: str, region: str, period: str) -> float:
        """One figure."""
        rows = self._rows(
            indicator,
            name(region),
            lambda r: (
                (r["region"] == region) & (r["period"] == period) & (r["breakdown"] == "total")
            ),
        )
        return float(rows["value"].iloc[0])

    def series(self, indicator: str, region: str, first: int, last: int) -> pd.Series:
        """By year, every year there."""
        years = [str(y) for y in range(first, last + 1)]
        rows = self._rows(
            indicator,
            name(region),
            lambda r: (
                (r["region"] == region) & r["period"].isin(years) & (r["breakdown"] == "total")
            ),
        )
        return pd.Series(
            rows["value"].to_numpy(), index=rows["period"].astype("str").astype(int).to_numpy()
        ).sort_index()

    def areas(self, indicator: str, period: str, inside: str = "") -> pd.Series:
        """By today's code: the regions, or the municipalities of one."""
        level = "kunta" if inside else "maakunta"
        codes = region_codes.children(inside or COUNTRY, level)
        where = f"{len(codes)} municipalities of {name(inside)}" if inside else "the regions"
        rows = self._rows(
            indicator,
            where,
            lambda r: (
                (r["period"] == period)
                & (r["breakdown"] == "total")
                & r["region"].astype(str).map(region_codes.base).isin(codes)
            ),
        )
        return pd.Series(
            rows["value"].to_numpy(), index=rows["region"].astype(str).map(region_codes.base)
        ).sort_index()

    def panel(self, indicator: str, first: int, last: int) -> pd.DataFrame:
        """Regions × years."""
        years = [str(y) for y in range(first, last + 1)]
        rows = self._rows(
            indicator,
            "the regions",
            lambda r: (
                r["period"].isin(years)
                & (r["breakdown"] == "total")
                & (r["region"].astype(str).map(region_codes.level) == "maakunta")
            ),
        )
        wide = rows.astype({"region": "str", "period": "str"}).pivot_table(
            index="region", columns="period", values="value"
        )
        wide.index = wide.index.map(region_codes.base)
        wide.columns = wide.columns.astype(int)
        return wide.sort_index()

    def industries(self, regions_too: bool = True) -> pd.DataFrame:
        """Regions (or Kainuu and the country) × industries, jobs of 2017."""
        rows = self._rows(
            "jobs_by_industry",
            "the regions and the country" if regions_too else "Kainuu and the country",
            lambda r: (
                (r["period"] == "2017")
                & (r["breakdown"] != "total")
                & (
                    (r["region"].astype(str).map(region_codes.level) == "maakunta")
                    if regions_too
                    else r["region"].isin([KAINUU])
                )
                | ((r["region"] == COUNTRY) & (r["period"] == "2017") & (r["breakdown"] != "total"))
            ),
        )
        wide = rows.astype({"region": "str", "breakdown": "str"}).pivot_table(
            index="region", columns="breakdown", values="value"
        )
        wide.index = wide.index.map(region_codes.base)
        return wide

    def sources(self) -> Iterator[str]:
        """What was used, and the publisher's table that it is from."""
        for (indicator, where), snapshots in self.used.items():
            title = self.catalogue.indicators[indicator].names.en
            tables = sorted({t for s in snapshots for t in self._tables(s)})
            yield f"- {title} (`{indicator}`), {where}: {'; '.join(tables)}"
        self.used.clear()

    def _tables(self, snapshot: str) -> Iterator[str]:
        found = self.observed.snapshots[snapshot]
        if found.kind != "derived":
            publisher = self.catalogue.sources[found.source].publisher.en
            yield f"{publisher}, table `{found.table}` ({found.published_on})"
            return
        for parent in found.query["parents"]:
            yield from self._tables(parent)


def name(region: str) -> str:
    """What a code is called in a sentence."""
    if region == COUNTRY:
        return "Finland"
    known = regions.region(region_codes.base(region)).names.en
    year = region_codes.division(region)
    return known if year is None else f"{known} in the division of {year}"


def number(value: float | None, decimals: int = 0) -> str:
    """As it is read: groups of three, a real minus."""
    if value is None or np.isnan(value):
        return "none"
    return f"{value:,.{decimals}f}".replace(",", " ").replace("-", "−")


def listed(values: Sequence[float] | pd.Series, decimals: int = 0) -> str:
    """Several in a row."""
    return " · ".join(number(v, decimals) for v in values)


Lines = list[str]
EXAMPLES: dict[str, Callable[[Figures], Lines]] = {}


def example(metric: str) -> Callable[[Callable[[Figures], Lines]], Callable[[Figures], Lines]]:
    """Keep a function as the worked example of a measure."""

    def keep(made: Callable[[Figures], Lines]) -> Callable[[Figures], Lines]:
        EXAMPLES[metric] = made
        return made

    return keep


# --- change -------------------------------------------------------------------------------------


@example("change.trend")
def _(f: Figures) -> Lines:
    x = f.series("gdp_pc", KAINUU, 2011, 2020)
    t = change.trend(x, x.index)
    return [
        f"GDP per inhabitant in euros, 2011 to 2020: {listed(x)}.",
        "",
        f"S = {t.s} of 45 pairs, tau-b = {number(t.tau_b, 3)}, p = {number(t.p, 4)} "
        f"({'exact' if t.exact else 'normal approximation, as two years are equal'}). "
        f"Sen slope {number(t.slope)} euros a year, 95 % from {number(t.slope_low)} to "
        f"{number(t.slope_high)}. At current prices: a part of the rise is prices.",
    ]


@example("change.trend_many")
def _(f: Figures) -> Lines:
    x = f.panel("gdp_pc", 2011, 2020)
    t = change.trend_many(x, x.columns)
    at = list(x.index).index(KAINUU)
    steeper = int((t.slope > t.slope[at]).sum())
    return [
        f"GDP per inhabitant, 2011 to 2020, all {len(x)} regions in one call: Kainuu's slope is "
        f"{number(t.slope[at])} euros a year with p = {number(t.p[at], 4)}; {steeper} regions have a "
        f"steeper one and {int((t.p < 0.05).sum())} of {len(x)} have p below 0.05.",
    ]


@example("change.ols_slope")
def _(f: Figures) -> Lines:
    x = f.series("gdp_pc", KAINUU, 2011, 2020)
    return [
        f"GDP per inhabitant in euros, 2011 to 2020: {listed(x)}.",
        "",
        f"The least-squares line rises {number(float(change.ols_slope(x, x.index)))} euros a year; "
        f"the Sen slope of the same figures is {number(change.trend(x, x.index).slope)}.",
    ]


@example("change.rebase")
def _(f: Figures) -> Lines:
    x = f.series("pop_total", KAINUU, 2010, 2022)
    index = change.rebase(x, x.index, 2010)
    return [
        f"Population at the end of the years 2010 to 2022: {listed(x)}.",
        "",
        f"`rebase(values, years, 2010)`: {listed(index, 1)}.",
    ]


@example("change.cagr")
def _(f: Figures) -> Lines:
    one, two = f.one("gdp_pc", KAINUU, "2010"), f.one("gdp_pc", KAINUU, "2020")
    return [
        f"GDP per inhabitant {number(one)} euros in 2010 and {number(two)} in 2020: "
        f"`cagr({one:.0f}, {two:.0f}, 10)` = {number(change.cagr(one, two, 10), 4)}, that is "
        f"{number(100 * change.cagr(one, two, 10), 2)} % a year at current prices.",
    ]


@example("change.breaks")
def _(f: Figures) -> Lines:
    x = f.series("unemp_rate_annual", VAALA, 1991, 2011)
    found = change.breaks(x)
    last = ", ".join(str(x.index[p - 1]) for p in found.positions)
    return [
        f"Unemployment rate in per cent, 1991 to 2011: {listed(x, 1)}.",
        "",
        f"The least BIC has {found.count} of up to five shifts ({listed(found.bic, 1)} for 0 to 5); the "
        f"segments before the final one end in {last or 'no year'}. The rate went up with the "
        "depression of the 1990s and came down slowly, and to this method a slow way down is a shift.",
    ]


@example("change.constant_tail")
def _(f: Figures) -> Lines:
    x = f.series("family_mean_size", KAINUU, 2010, 2021)
    return [
        f"Mean size of families, persons, 2010 to 2021: {listed(x, 2)}.",
        "",
        f"`constant_tail(values)` = {number(float(change.constant_tail(x)))}: two decimals stand "
        "still for a year although the size falls slowly; nothing is carried forward here.",
    ]


# --- comparison ---------------------------------------------------------------------------------


@example("comparison.gap")
def _(f: Figures) -> Lines:
    one, two = f.one("gdp_pc", KAINUU, "2020"), f.one("gdp_pc", COUNTRY, "2020")
    g = comparison.gap(one, two)
    return [
        f"GDP per inhabitant in 2020: Kainuu {number(one)} euros, Finland {number(two)}. Gap "
        f"{number(g.absolute)} euros or {number(100 * (g.relative or 0), 1)} %; Finland = 100 makes "
        f"Kainuu {number(g.index, 1)}.",
    ]


@example("comparison.rank")
def _(f: Figures) -> Lines:
    x = f.areas("employment_rate", "2020")
    found = comparison.rank(x, "up", 0.5)
    near = found.sort_values("rank").tail(4)
    rows = [
        f"| {name(str(a))} | {number(r['value'], 1)} | {number(r['rank'])} | {number(r['rank_low'])} | {number(r['rank_high'])} |"
        for a, r in near.iterrows()
    ]
    return [
        "Employment rate of 15 to 64 year olds in 2020, the last four of 19 regions, when half a point "
        "is taken for the least difference that a sample survey can tell:",
        "",
        "| region | per cent | rank | rank_low | rank_high |",
        "|---|---|---|---|---|",
        *rows,
    ]


@example("comparison.rank_many")
def _(f: Figures) -> Lines:
    x = f.panel("gdp_pc", 2016, 2020)
    found = comparison.rank_many(x.to_numpy().T, "up", 100.0)
    at = list(x.index).index(KAINUU)
    ranks = " · ".join(
        f"{number(r)} ({number(a)}–{number(b)})"
        for r, a, b in zip(
            found.rank[:, at], found.rank_low[:, at], found.rank_high[:, at], strict=True
        )
    )
    return [
        f"GDP per inhabitant, published to the nearest hundred euros; Kainuu's rank among {len(x)} "
        f"regions in each year from 2016 to 2020, with the ranks that rounding allows: {ranks}.",
    ]


@example("comparison.average_rank")
def _(f: Figures) -> Lines:
    x = f.areas("gdp_pc", "2020")
    ranks = pd.Series(comparison.average_rank(x, "up"), index=x.index)
    return [
        f"GDP per inhabitant in 2020, {len(x)} regions: Kainuu with {number(x[KAINUU])} euros is "
        f"{number(ranks[KAINUU], 1)}; {int((ranks % 1 != 0).sum())} regions share a place.",
    ]


@example("comparison.zscore")
def _(f: Figures) -> Lines:
    x = f.areas("gdp_pc", "2020")
    z = pd.Series(comparison.zscore(x), index=x.index)
    return [
        f"GDP per inhabitant in 2020: mean of {len(x)} regions {number(x.mean())} euros, standard "
        f"deviation {number(x.std())}. Kainuu with {number(x[KAINUU])} is at {number(z[KAINUU], 2)}, "
        f"{name(str(z.idxmax()))} at {number(z.max(), 2)}.",
    ]


# --- target -------------------------------------------------------------------------------------


@example("target.pace")
def _(f: Figures) -> Lines:
    one, two = f.one("rd_gdp", VAALA, "2000"), f.one("rd_gdp", VAALA, "2011")
    p = target.pace(one, 2000, two, 2011, 4.0, 2030)
    return [
        f"Research and development as per cent of GDP: {number(one, 2)} in 2000, {number(two, 2)} in "
        "2011, the newest figure of the store. If the region were to match the country's aim of 4 per "
        f"cent in 2030: actual pace {number(p.linear_actual, 3)} points a year, required "
        f"{number(p.linear_required, 3)}, ratio {number(p.linear_ratio, 2)}; at this pace it would be "
        f"reached in {(p.reach_year or 0):.0f}. The aim is national; for Kainuu it is indicative only.",
    ]


# --- certainty ----------------------------------------------------------------------------------


@example("certainty.rate_interval")
def _(f: Figures) -> Lines:
    events, people = f.one("births", KAINUU, "2021"), f.one("pop_total", KAINUU, "2021")
    r = certainty.rate_interval(events, people, per=1000)
    return [
        f"{number(events)} births in 2021 and {number(people)} inhabitants at its end: "
        f"{number(r.value, 2)} per thousand, and by chance alone anything from {number(r.low, 2)} to "
        f"{number(r.high, 2)}.",
    ]


@example("certainty.proportion_interval")
def _(f: Figures) -> Lines:
    x, n = f.one("firms_closed", KAINUU, "2020"), f.one("firm_stock", KAINUU, "2020")
    r = certainty.proportion_interval(x, n)
    return [
        f"{number(x)} of {number(n)} enterprises closed in 2020: share {number(r.value, 4)}, from "
        f"{number(r.low, 4)} to {number(r.high, 4)}. Every enterprise is counted, so the interval "
        "says how far chance alone could have moved the figure of one year.",
    ]


@example("certainty.false_discovery")
def _(f: Figures) -> Lines:
    names = ("gdp_pc", "births", "crime_rate", "jobs", "employed_per_pop", "job_selfsuff")
    p = []
    for indicator in names:
        x = f.series(indicator, KAINUU, 2008, 2017)
        p.append(change.trend(x, x.index).p)
    q = certainty.false_discovery(p)
    return [
        "Trends of 2008 to 2017, tested together:",
        "",
        "| indicator | p | q |",
        "|---|---|---|",
        *(
            f"| `{n}` | {number(a, 4)} | {number(b, 4)} |"
            for n, a, b in zip(names, p, q, strict=True)
        ),
    ]


def _municipalities(f: Figures) -> tuple[pd.Series, pd.Series, str]:
    """Employment and population of Kainuu's municipalities, from the lowest median income up."""
    order = f.areas("median_income", "2017", KAINUU).sort_values().index
    y = f.areas("employed_per_pop", "2017", KAINUU)[order]
    people = f.areas("pop_total", "2017", KAINUU)[order]
    text = ", ".join(f"{name(str(a))} {number(v, 1)}" for a, v in y.items())
    return (
        y,
        people,
        f"Employed per hundred inhabitants in 2017, from the lowest median income up: {text}.",
    )


@example("certainty.slope_index")
def _(f: Figures) -> Lines:
    y, people, text = _municipalities(f)
    s = certainty.slope_index(y, people)
    return [
        text,
        "",
        f"SII = {number(s.sii, 1)} employed per hundred from the one end to the other, RII = "
        f"{number(s.rii, 2)}. Municipalities stand in for people, and employment makes income: the "
        "order is not independent of what is measured.",
    ]


# --- structure ----------------------------------------------------------------------------------

_INDUSTRY = {
    "A": "farming, forestry",
    "B": "mining",
    "C": "manufacturing",
    "Q": "health and social work",
}
_PRIMARY, _SECONDARY = ("A", "B"), ("C", "D", "E", "F")


@example("structure.location_quotient")
def _(f: Figures) -> Lines:
    x = f.industries(regions_too=False)
    q = structure.location_quotient(x.loc[[KAINUU]], nation=x.loc[COUNTRY]).loc[KAINUU]
    return [
        "Jobs by industry in 2017, with the whole country as the reference:",
        "",
        "| industry | jobs in Kainuu | location quotient |",
        "|---|---|---|",
        *(
            f"| {c} {n} | {number(x.loc[KAINUU, c])} | {number(q[c], 2)} |"
            for c, n in _INDUSTRY.items()
        ),
    ]


@example("structure.krugman")
def _(f: Figures) -> Lines:
    x = f.industries()
    k = structure.krugman(x.drop(COUNTRY), nation=x.loc[COUNTRY])
    return [
        f"Jobs in {x.shape[1]} industries in 2017: {number(k[KAINUU], 3)} of Kainuu's jobs would have "
        f"to change industry to match the country; the least is {number(k.min(), 3)} "
        f"({name(str(k.idxmin()))}), the most {number(k.max(), 3)} ({name(str(k.idxmax()))}).",
    ]


@example("structure.herfindahl")
def _(f: Figures) -> Lines:
    x = f.industries()
    h = structure.herfindahl(x)
    return [
        f"Jobs in {x.shape[1]} industries in 2017: Kainuu {number(h[KAINUU], 3)}, equal to "
        f"{number(1 / h[KAINUU], 1)} industries of one size; the country {number(h[COUNTRY], 3)}.",
    ]


@example("structure.entropy")
def _(f: Figures) -> Lines:
    x = f.industries()
    h = structure.entropy(x)
    return [
        f"Jobs in {x.shape[1]} industries in 2017: Kainuu {number(h[KAINUU], 2)} bits, as varied as "
        f"{number(2 ** h[KAINUU], 1)} industries of one size; the country {number(h[COUNTRY], 2)}.",
    ]


@example("structure.variety")
def _(f: Figures) -> Lines:
    x = f.industries()
    groups = [
        "primary" if c in _PRIMARY else "secondary" if c in _SECONDARY else "services" for c in x
    ]
    v = structure.variety(x, groups)
    rows = [
        f"| {name(str(a))} | {number(v.loc[a, 'total'], 2)} | {number(v.loc[a, 'unrelated'], 2)} | "
        f"{number(v.loc[a, 'related'], 2)} |"
        for a in (KAINUU, COUNTRY)
    ]
    return [
        "Jobs of 2017, industries A–B as primary, C–F as secondary, the others as services; bits:",
        "",
        "| | total | unrelated | related |",
        "|---|---|---|---|",
        *rows,
    ]


def _sectors(f: Figures, region: str, first: int, last: int) -> pd.DataFrame:
    """Sectors × years: jobs times the published shares, and the rest."""
    jobs = f.series("jobs", region, first, last)
    parts = {
        sector: jobs * f.series(f"{sector}_jobs_share", region, first, last) / 100
        for sector in ("primary", "processing", "services")
    }
    table = pd.DataFrame(parts).T
    table.loc["unknown"] = jobs - table.sum()
    return table


def _shares(table: pd.DataFrame) -> Lines:
    head = list(table.columns)
    return [
        "| sector | " + " | ".join(head) + " |",
        "|---" * (len(head) + 1) + "|",
        *(
            f"| {s} | " + " | ".join(number(v) for v in row) + " |"
            for s, row in zip(table.index, table.to_numpy(), strict=True)
        ),
    ]


@example("structure.shift_share")
def _(f: Figures) -> Lines:
    mine, whole = _sectors(f, KAINUU, 2007, 2016), _sectors(f, COUNTRY, 2007, 2016)
    made = structure.shift_share(mine[2007], mine[2016], whole[2007], whole[2016])
    return [
        f"Jobs by sector (jobs times the published shares of the sectors): {number(mine[2007].sum())} "
        f"in 2007 and {number(mine[2016].sum())} in 2016, a change of "
        f"{number(mine[2016].sum() - mine[2007].sum())}.",
        "",
        *_shares(made),
    ]


@example("structure.dynamic_shift_share")
def _(f: Figures) -> Lines:
    mine, whole = _sectors(f, KAINUU, 2007, 2016), _sectors(f, COUNTRY, 2007, 2016)
    return [
        "Jobs by sector from 2007 to 2016, year by year (jobs times the published shares):",
        "",
        *_shares(structure.dynamic_shift_share(mine, whole)),
    ]


@example("structure.relatedness")
def _(f: Figures) -> Lines:
    x = f.industries().drop(COUNTRY)
    related = structure.relatedness(x)
    most = related["B"].drop("B").nlargest(3)
    return [
        f"Jobs of {len(x)} regions in {x.shape[1]} industries in 2017. Mining (B), Kainuu's strongest "
        "speciality, goes most often with "
        + ", ".join(f"{c} ({number(v, 2)})" for c, v in most.items())
        + ". Broad industries of few regions: an illustration only.",
    ]


@example("structure.relatedness_density")
def _(f: Figures) -> Lines:
    x = f.industries().drop(COUNTRY)
    density = structure.relatedness_density(x, structure.relatedness(x)).loc[KAINUU]
    special = structure.location_quotient(x).loc[KAINUU] >= 1
    new = density[~special].nlargest(3)
    return [
        f"Jobs of {len(x)} regions in {x.shape[1]} industries in 2017. Of the industries in which "
        "Kainuu is not specialised, those with most of their relatives there are "
        + ", ".join(f"{c} ({number(v, 0)})" for c, v in new.items())
        + ".",
    ]


@example("structure.complexity")
def _(f: Figures) -> Lines:
    x = f.industries().drop(COUNTRY)
    found = structure.complexity(x).regions
    return [
        f"Jobs of {len(x)} regions in {x.shape[1]} industries in 2017: Kainuu "
        f"{number(found[KAINUU], 2)} standard deviations from the mean. So few and broad industries "
        "are at the limit of what the measure bears: not for publishing.",
    ]


# --- inequality ---------------------------------------------------------------------------------


@example("inequality.gini")
def _(f: Figures) -> Lines:
    x, w = f.areas("median_income", "2017", KAINUU), f.areas("income_adults", "2017", KAINUU)
    return [
        f"Median incomes of Kainuu's {len(x)} municipalities in 2017, from {number(x.min())} to "
        f"{number(x.max())} euros, weighed by their adults: {number(inequality.gini(x, w), 4)}. So "
        "little, because each municipality is one point: inequality between people is within them.",
    ]


def _incomes(f: Figures) -> tuple[pd.Series, pd.Series]:
    return f.areas("hh_disp_income", "2014"), f.areas("pop_mean", "2014")


@example("inequality.theil")
def _(f: Figures) -> Lines:
    y, p = _incomes(f)
    share = (100 * v[KAINUU] / v.sum() for v in (y, p))
    one, two = share
    return [
        f"Disposable income of households and mean population of {len(y)} regions in 2014: T = "
        f"{number(inequality.theil(y, p), 5)}. Kainuu has {number(one, 2)} % of the income and "
        f"{number(two, 2)} % of the people.",
    ]


@example("inequality.mean_log_deviation")
def _(f: Figures) -> Lines:
    y, p = _incomes(f)
    return [
        f"Disposable income of households and mean population of {len(y)} regions in 2014: L = "
        f"{number(inequality.mean_log_deviation(y, p), 5)}; Kainuu's income per head is "
        f"{number(100 * (y[KAINUU] / p[KAINUU]) / (y.sum() / p.sum()), 1)} % of the mean.",
    ]


@example("inequality.theil_decomposition")
def _(f: Figures) -> Lines:
    y, p = _incomes(f)
    north = region_codes.children("FI1D", "maakunta")
    found = inequality.theil_decomposition(
        y, p, ["FI1D" if a in north else "other" for a in y.index]
    )
    return [
        f"Disposable income of {len(y)} regions in 2014 in two groups, Northern and Eastern Finland "
        f"(FI1D, with Kainuu) and the others: total {number(found.total, 5)}, of it between the two "
        f"{number(found.between, 5)} and within them {number(found.within, 5)}.",
    ]


@example("inequality.williamson")
def _(f: Figures) -> Lines:
    x, p = f.areas("gdp_pc", "2020"), f.areas("pop_total", "2020")
    return [
        f"GDP per inhabitant of {len(x)} regions in 2020, weighed by population: "
        f"{number(inequality.williamson(x, p), 3)}. Kainuu with {number(x[KAINUU])} euros is "
        f"{number(100 * p[KAINUU] / p.sum(), 1)} % of the weight.",
    ]


@example("inequality.atkinson")
def _(f: Figures) -> Lines:
    x, p = f.areas("gdp_pc", "2020"), f.areas("pop_total", "2020")
    found = [inequality.atkinson(x, e, p) for e in (0.5, 1, 2)]
    return [
        f"GDP per inhabitant of {len(x)} regions, with Kainuu, in 2020, weighed by population: "
        f"{listed([v or 0 for v in found], 4)} for ε = 0.5, 1 and 2.",
    ]


@example("inequality.sigma_convergence")
def _(f: Figures) -> Lines:
    x = f.panel("gdp_pc", 2000, 2020)
    sigma = inequality.sigma_convergence(x)
    mine = 100 * x.loc[KAINUU] / x.mean()
    return [
        f"GDP per inhabitant of {len(x)} regions: σ = {listed(sigma[[2000, 2005, 2010, 2015, 2020]], 3)} "
        "in 2000, 2005, 2010, 2015 and 2020. Kainuu stood at "
        f"{number(mine[2000], 0)} % of the mean of the regions in 2000 and at {number(mine[2020], 0)} % in 2020.",
    ]


@example("inequality.beta_convergence")
def _(f: Figures) -> Lines:
    x = f.panel("gdp_pc", 2000, 2020)
    found = inequality.beta_convergence(x[2000], x[2020], 20)
    mine = np.log(x.loc[KAINUU, 2020] / x.loc[KAINUU, 2000]) / 20
    return [
        f"GDP per inhabitant of {len(x)} regions, 2000 to 2020: b = {number(found.b, 4)}, r² = "
        f"{number(found.r2, 2)}, half-life {number(found.half_life, 0)} years. Kainuu grew by "
        f"{number(100 * mine, 2)} % a year, the line says "
        f"{number(100 * ((found.intercept or 0) + (found.b or 0) * np.log(x.loc[KAINUU, 2000])), 2)}.",
    ]


@example("inequality.concentration")
def _(f: Figures) -> Lines:
    y, people, text = _municipalities(f)
    found = inequality.concentration(y, people)
    return [
        text,
        "",
        f"RCI = {number(found.rci, 4)}, ACI = {number(found.aci, 3)}: a little more employment where incomes are higher.",
    ]


@example("inequality.between_group_variance")
def _(f: Figures) -> Lines:
    y, people, text = _municipalities(f)
    found = inequality.between_group_variance(y, people) or 0
    return [
        text,
        "",
        f"Variance between the municipalities {number(found, 2)}; its root is {number(found**0.5, 2)} employed per hundred.",
    ]


# --- resilience ---------------------------------------------------------------------------------


@example("resilience.resistance")
def _(f: Figures) -> Lines:
    e, n = f.series("jobs", KAINUU, 2008, 2009), f.series("jobs", COUNTRY, 2008, 2009)
    r = resilience.resistance(e[2008], e[2009], n[2008], n[2009])
    return [
        f"Jobs from 2008, the country's peak, to 2009: Kainuu {number(e[2008])} → {number(e[2009])}, "
        f"Finland {number(n[2008])} → {number(n[2009])}. Resistance {number(r.points, 2)} percentage "
        f"points, ratio {number(r.ratio, 2)}, sensitivity {number(r.sensitivity, 2)}, against the total "
        "of the country, whatever the industries.",
    ]


@example("resilience.recovery")
def _(f: Figures) -> Lines:
    e, n = f.series("jobs", KAINUU, 2009, 2011), f.series("jobs", COUNTRY, 2009, 2011)
    r = resilience.recovery(e[2009], e[2011], n[2009], n[2011])
    return [
        f"Jobs from 2009, the country's trough, to 2011: Kainuu {number(e[2009])} → {number(e[2011])}, "
        f"Finland {number(n[2009])} → {number(n[2011])}. Recovery {number(r.points, 2)} percentage "
        f"points, sensitivity {number(r.sensitivity, 2)}.",
    ]


@example("resilience.recovery_year")
def _(f: Figures) -> Lines:
    e = f.series("jobs", KAINUU, 2008, 2017)
    return [
        f"Jobs from 2008, the country's peak, to 2017: {listed(e)}. Regained in "
        f"{resilience.recovery_year(e, e.index, 2008)}, and lost again after 2011: to have regained "
        "the peak once is not to have recovered.",
    ]


# --- decomposition ------------------------------------------------------------------------------


@example("decomposition.lmdi")
def _(f: Figures) -> Lines:
    def factors(year: str) -> list[float]:
        gdp, jobs = f.one("gdp", KAINUU, year), f.one("jobs", KAINUU, year)
        people = f.one("pop_total", KAINUU, year)
        able = f.one("share_1564", KAINUU, year) / 100 * people
        return [gdp / jobs, jobs / able, able / people, people]

    found = decomposition.lmdi(factors("2013"), factors("2017"))
    parts = zip(
        (
            "GDP per job",
            "jobs per 15 to 64 year old",
            "their share of the population",
            "population",
        ),
        found.additive or (),
        found.multiplicative or (),
        strict=True,
    )
    return [
        f"GDP rose by {number(found.delta, 1)} million euros (at current prices) from 2013 to 2017. Of "
        "this:",
        "",
        "| factor | million euros | times |",
        "|---|---|---|",
        *(f"| {n} | {number(a, 1)} | {number(m, 3)} |" for n, a, m in parts),
    ]


# --- composite ----------------------------------------------------------------------------------

_DIRECTIONS = {
    "employment_rate": "up",
    "gdp_pc": "up",
    "dep_ratio_old": "down",
    "firm_birth_rate_pct": "up",
}


def _regions(f: Figures) -> pd.DataFrame:
    """Regions × four indicators of 2020."""
    return pd.DataFrame({indicator: f.areas(indicator, "2020") for indicator in _DIRECTIONS})


_FOUR = "Four indicators of 2020 in the 19 regions: " + ", ".join(
    f"`{n}` ({d})" for n, d in _DIRECTIONS.items()
)


@example("composite.normalise")
def _(f: Figures) -> Lines:
    made = composite.normalise(_regions(f), "minmax", _DIRECTIONS)
    return [
        f"{_FOUR}. Kainuu on the scale from 0 (worst) to 100 (best): {listed(made.loc[KAINUU], 1)}."
    ]


@example("composite.aggregate")
def _(f: Figures) -> Lines:
    made = composite.normalise(_regions(f), "minmax", _DIRECTIONS, low=1, high=100)
    one, two = (composite.aggregate(made, method=m) for m in ("arithmetic", "geometric"))
    return [
        f"{_FOUR}, on a scale from 1 to 100. Kainuu: arithmetic mean {number(one[KAINUU], 1)}, "
        f"geometric {number(two[KAINUU], 1)}. An illustration of the arithmetic, not an index of the region.",
    ]


@example("composite.mpi")
def _(f: Figures) -> Lines:
    made = composite.mpi(_regions(f), _DIRECTIONS)
    return [
        f"{_FOUR}. Kainuu {number(made[KAINUU], 1)}, where 100 is the mean of the regions. An illustration, not an index of the region."
    ]


@example("composite.ampi")
def _(f: Figures) -> Lines:
    country = [f.one(indicator, COUNTRY, "2020") for indicator in _DIRECTIONS]
    made = composite.ampi(_regions(f), _DIRECTIONS, country)
    return [
        f"{_FOUR}, with Finland of 2020 as the reference of 100. Kainuu {number(made[KAINUU], 1)}. An illustration, not an index of the region."
    ]


@example("composite.benefit_of_the_doubt")
def _(f: Figures) -> Lines:
    made = composite.normalise(_regions(f), "minmax", _DIRECTIONS)
    one, two = composite.benefit_of_the_doubt(made), composite.benefit_of_the_doubt(made, 0.15)
    return [
        f"{_FOUR}, on a scale from 0 to 100. Kainuu under its own best weights {number(one[KAINUU], 2)}, "
        f"and {number(two[KAINUU], 2)} when each indicator must carry 15 %; {int((one > 0.9999).sum())} "
        "regions reach 1 in the first case.",
    ]


@example("composite.treat")
def _(f: Figures) -> Lines:
    x = f.areas("pop_density", "2020").to_frame("pop_density")
    made, done = composite.treat(x)
    row = done.loc["pop_density"]
    return [
        f"Inhabitants per km² of land in 2020: skewness {number(row.skew_before, 2)}, kurtosis "
        f"{number(row.kurtosis_before, 2)}, so the indicator is treated: {row.treatment}, "
        f"{row.winsorised} values pulled in; skewness after {number(row.skew_after, 2)}. The highest "
        f"{number(x.max().item(), 1)} becomes {number(made.max().item(), 1)}, Kainuu's "
        f"{number(x.loc[KAINUU].item(), 1)} stays {number(made.loc[KAINUU].item(), 1)}.",
    ]


@example("composite.impute")
def _(f: Figures) -> Lines:
    x = (
        f.areas("perceived_safety", "2009")
        .reindex(region_codes.children(COUNTRY, "maakunta"))
        .to_frame("safe")
    )
    made = composite.impute(x, method="median")["safe"]
    gone = ", ".join(name(str(a)) for a in x.index[x["safe"].isna()])
    return [
        f"Experience of safety, per cent, 2009: {int(x['safe'].notna().sum())} of 19 regions have a "
        f"figure, Kainuu {number(made[KAINUU], 1)}. {gone} would get the median "
        f"{number(float(x['safe'].median()), 1)}, and must be marked as imputed.",
    ]


@example("composite.rank_interval")
def _(f: Figures) -> Lines:
    made = composite.rank_interval(_regions(f), seed=1, runs=500, direction=_DIRECTIONS).loc[KAINUU]
    return [
        f"{_FOUR}. Kainuu's rank is {number(made['nominal'])} by the usual recipe, and from "
        f"{number(made['low'])} to {number(made['high'])} in nine of ten of 500 other defensible ones.",
    ]


@example("composite")
def _(f: Figures) -> Lines:
    names = ["employment_rate", "gdp_pc", "firm_stock_per1000", "share_1564"]
    found = pillars.composite(f.observed.rows, names, catalogue=f.catalogue)
    mine = found[found["region"] == KAINUU].set_index("metric")
    n = int((found["metric"] == "composite").sum())
    value, when = mine["value"], mine["period"]
    for indicator in names:
        f.areas(indicator, str(when[f"part:{indicator}"]))
    ranks = [value[f"composite_rank{end}"] for end in ("", "_low", "_high")]
    return [
        f"Four indicators in the {n} regions, each from 0 (worst region) to 100 (best), with equal "
        "weights; the parts add up to the score:",
        "",
        "| part | period | contribution to the score |",
        "|---|---|---|",
        *(f"| `{i}` | {when[f'part:{i}']} | {number(value[f'part:{i}'], 1)} |" for i in names),
        f"| **score** | {when['composite']} | **{number(value['composite'], 1)}** |",
        "",
        f"Kainuu's rank is {number(ranks[0])}, and from {number(ranks[1])} to {number(ranks[2])} in "
        "nine of ten of 1 000 other defensible recipes. An illustration, not an index of the region.",
    ]


# --- projection ---------------------------------------------------------------------------------


@example("projection.project")
def _(f: Figures) -> Lines:
    x = f.series("gdp_pc", KAINUU, 2000, 2020)
    made = projection.project(x, x.index, 3, bounds=(0, None))
    return [
        f"GDP per inhabitant in euros, 2000 to 2020, ending {listed(x.tail(3))}, carried on by a damped trend:",
        "",
        "| year | value | every second time within | four times of five within |",
        "|---|---|---|---|",
        *(
            f"| {r.period} | {number(r.value)} | {number(r.low50)}–{number(r.high50)} | {number(r.low80)}–{number(r.high80)} |"
            for r in made.itertuples()
        ),
    ]


@example("projection.project_many")
def _(f: Figures) -> Lines:
    x = f.panel("gdp_pc", 2000, 2020)
    made = projection.project_many(x, 3, low=0)
    at = list(x.index).index(KAINUU)
    better = int((made.mase < made.mase_naive).sum())
    return [
        f"GDP per inhabitant of {len(x)} regions, 2000 to 2020, in one call. Kainuu in 2023: "
        f"{number(made.value[at, 2])}, four times of five within {number(made.low80[at, 2])}–"
        f"{number(made.high80[at, 2])}; MASE {number(made.mase[at], 2)} against "
        f"{number(made.mase_naive[at], 2)} of carrying on the last figure. It did better than that in "
        f"{better} of {len(x)} regions.",
    ]


@example("projection.backtest")
def _(f: Figures) -> Lines:
    x = f.series("gdp_pc", KAINUU, 2000, 2020)
    rows = []
    for method in ("damped", "theta", "drift", "naive", "median"):
        s = projection.backtest(x, method, 8)
        rows.append(
            f"| {method} | {number(s.smape, 2)} | {number(s.mase, 2)} | {number(s.coverage80, 2)} |"
        )
    return [
        "GDP per inhabitant, one step ahead from the last eight origins of 2000 to 2020:",
        "",
        "| method | sMAPE, % | MASE | share within the 80 % interval |",
        "|---|---|---|---|",
        *rows,
    ]


def _drift(f: Figures) -> tuple[pd.Series, pd.Series, list[float]]:
    x = f.series("gdp_pc", KAINUU, 2000, 2020)
    past, later = x.loc[:2017], x.loc[2018:]
    made = projection.project(past, past.index, len(later), method="drift")
    return past, later, made["value"].tolist()


@example("projection.smape")
def _(f: Figures) -> Lines:
    _, later, made = _drift(f)
    return [
        f"GDP per inhabitant of 2018 to 2020 was {listed(later)}; the line through 2000 and 2017 carried "
        f"on said {listed(made)}: sMAPE {number(projection.smape(later, made), 2)} %.",
    ]


@example("projection.mase")
def _(f: Figures) -> Lines:
    past, later, made = _drift(f)
    return [
        f"GDP per inhabitant of 2018 to 2020 was {listed(later)}; the line through 2000 and 2017 carried "
        f"on said {listed(made)}, with a mean yearly step of {number(float(past.diff().abs().mean()))} "
        f"before: MASE {number(projection.mase(later, made, past), 2)}.",
    ]


# --- the pages ----------------------------------------------------------------------------------


def functions(room: object) -> dict[str, Callable[..., object]]:
    """The public functions of a room by name, in the order of its ``__all__``."""
    found = {n: getattr(room, n) for n in room.__all__}  # type: ignore[attr-defined]
    return {n: f for n, f in found.items() if inspect.isfunction(f)}


def rooms() -> dict[str, object]:
    """The public rooms of measures by name."""
    names = sorted(m.name for m in pkgutil.iter_modules(measures.__path__) if m.name[0] != "_")
    return {n: importlib.import_module(f"tilannekuva.measures.{n}") for n in names}


def parts(function: Callable[..., object]) -> dict[str, str]:
    """The sections of a docstring, and its summary under an empty name."""
    text = inspect.getdoc(function) or ""
    pieces = re.split(rf"^({'|'.join(SECTIONS)}):\n", text, flags=re.MULTILINE)
    found = {"": pieces[0].strip()}
    for section, body in zip(pieces[1::2], pieces[2::2], strict=True):
        found[section] = textwrap.dedent(body).strip("\n")
    return found


def signature(function: Callable[..., object]) -> str:
    """How it is called, without types."""
    given = inspect.signature(function)
    bare = [p.replace(annotation=inspect.Parameter.empty) for p in given.parameters.values()]
    shown = given.replace(parameters=bare, return_annotation=inspect.Signature.empty)
    return f"{function.__name__}{shown}".replace("'", '"')


def prose(text: str) -> str:
    """Paragraphs in one line each, with the names in backquotes as they are."""
    paragraphs = re.split(r"\n\s*\n", text)
    flat = (" ".join(p.split()) if not p.lstrip().startswith("- ") else p for p in paragraphs)
    return "\n\n".join(flat).replace("``", "`")


def formulas(text: str) -> str:
    """One formula a line, as it was written: a line that hangs belongs to the one before."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith("  ") and lines:
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line.strip())
    return "\n".join(
        textwrap.fill(
            x, 96, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
        )
        for x in lines
    )


def section(metric: str, function: Callable[..., object], figures: Figures) -> str:
    """One measure."""
    found = parts(function)
    lines = [f"\n## {function.__name__}\n", prose(found["Question"]), ""]
    lines += ["```python", signature(function), "```", "", prose(found[""]), ""]
    lines += ["```text", formulas(found["Formula"]).replace("``", ""), "```", ""]
    lines += [f"*Reference.* {prose(found['Reference'])}", ""]
    lines += [f"*When it misleads.* {prose(found['Misleads'])}", ""]
    if "Returns" in found:
        lines += [f"*Edge cases.* {prose(found['Returns'])}", ""]
    if "Raises" in found:
        lines += [f"*Refused.* {prose(found['Raises'].removeprefix('DataError: '))}", ""]
    made = EXAMPLES.get(metric)
    if made is not None:
        lines += ["*Worked example: Kainuu.*", "", *made(figures), "", *figures.sources()]
    else:
        why = (
            "From the packaged store"
            if "observations(" in found["Example"]
            else (
                "The store has no figures of Kainuu for this one; a small case with invented figures"
            )
        )
        lines += [f"*Example.* {why}:", "", "```python", found["Example"], "```"]
    return "\n".join(lines) + "\n"


def pages(observed: Observed, catalogue: Catalogue) -> dict[str, str]:
    """Every page by file name."""
    figures = Figures(observed, catalogue)
    made, index = {}, {question: [] for question in QUESTIONS}  # type: ignore[var-annotated]
    for room, module in rooms().items():
        head = (module.__doc__ or "").split("\n\nReferences:")[0].strip()
        text = f"# `measures.{room}`\n\n{_MADE}\n\n{prose(head)}\n"
        for short, function in functions(module).items():
            metric = f"{room}.{short}"
            text += section(metric, function, figures)
            question = OF_ONE.get(metric, OF_ROOM[room])
            index[question].append((f"{room}.md", metric, function))
        made[f"{room}.md"] = text
    table = f"# On the one table\n\n{_MADE}\n\n{_TABLE}\n"
    for module in (five_questions, row_measures, table_measures, pillars):
        for short, function in functions(module).items():
            table += section(short, function, figures)
    made["table.md"] = table
    made["README.md"] = _readme(index)
    return made


_MADE = "Made from the docstrings by `python docs/make_metrics.py`; do not edit."
_TABLE = (
    "Functions of `tilannekuva` that take the one table (`tilannekuva.observations()`) and give its "
    "columns and `metric`; `measure_rows` gives a column a measure beside every row."
)


def _readme(index: dict[str, list[tuple[str, str, Callable[..., object]]]]) -> str:
    lines = [
        "# Metrics",
        "",
        _MADE,
        "",
        "What each measure answers, how it is reckoned, who thought of it and when it misleads, with an "
        "example from Kainuu where the packaged store has the figures. By the five questions of a "
        "situation picture; [On the one table](table.md) has the functions that answer a question for "
        "every indicator and area at once.",
    ]
    for question, title in QUESTIONS.items():
        lines += [
            "",
            f"## {title}",
            "",
            f"On the one table: [`{question}`](table.md#{question})",
            "",
        ]
        lines += ["| measure | what it answers |", "|---|---|"]
        for file, metric, function in index[question]:
            lines.append(
                f"| [`{metric}`]({file}#{function.__name__}) | {prose(parts(function)['Question'])} |"
            )
    lines += ["", "## Across areas and industries, for every period, and of a theme when asked", ""]
    lines += ["| on the one table | what it answers |", "|---|---|"]
    for module in (table_measures, row_measures, pillars):
        for short, function in functions(module).items():
            lines.append(
                f"| [`{short}`](table.md#{function.__name__}) | {prose(parts(function)['Question'])} |"
            )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    about = indicators.load()
    store = raw.packaged_store()
    lock = raw.read_lock(store)
    seen = observing.observe(tidying.tidy(about, store, lock), about, lock)
    texts = pages(seen, about)
    if "--check" in sys.argv:
        same = {p.name: p.read_text(encoding="utf-8") for p in FOLDER.glob("*.md")} == texts
        sys.exit(0 if same else 1)
    FOLDER.mkdir(exist_ok=True)
    for file in FOLDER.glob("*.md"):
        if file.name not in texts:
            file.unlink()
    for file_name, content in texts.items():
        (FOLDER / file_name).write_text(content, encoding="utf-8")
