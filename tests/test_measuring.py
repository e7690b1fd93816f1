"""Metrics: each against a slow reference in plain Python, and never across a break."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import statistics
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tilannekuva import measuring, periods, region_codes, table, words
from tilannekuva.indicators import Catalogue
from tilannekuva.measures.change import trend
from tilannekuva.metric_rows import resolution
from tilannekuva.model import Break, Indicator, Text

Rows = Callable[..., pd.DataFrame]
Make = Callable[..., Indicator]
Cat = Callable[..., Catalogue]

AREAS = [r.code for r in region_codes.regions("maakunta")]
OLD = [region_codes.dated(r, 2015) for r in AREAS]
NOTE = Text(fi="muutos", sv="ändring", en="change")
AS_OF = "2025-03-15"
SPAN_METRICS = ("change_1y", "change_5y", "change_10y")


def measured(
    rows: pd.DataFrame,
    indicator: Indicator,
    make_catalogue: Cat,
    *,
    breaks: list[str] | None = None,
    as_of: str | None = AS_OF,
    level: str = "maakunta",
) -> dict[str, dict[str, measuring.Row]]:
    """Area → metric → row."""
    cuts = [("synthetic", _break(b)) for b in breaks or []]
    made = measuring.measurements(rows, level, make_catalogue(indicator), as_of, cuts)
    return {a: {r.metric: r for r in rows_} for m in made for a, rows_ in m.rows.items()}


def _break(first: str, region: str = "*") -> Break:
    return Break(first_period=first, region=region, kind="definition", note=NOTE)


# --- the reference ------------------------------------------------------------------------------


class Figure(NamedTuple):
    value: float
    status: str


class World(NamedTuple):
    """A random table: area → year → figure, with the country under ``SSS``."""

    figures: dict[str, dict[int, Figure]]
    breaks: list[int]
    unit: str
    direction: str
    decimals: int

    def rows(self, make_rows: Rows) -> pd.DataFrame:
        return make_rows(
            *(
                (a, str(y), f.value, f.status)
                for a, own in self.figures.items()
                for y, f in own.items()
            )
        )


def random_world(seed: int) -> World:
    rng = np.random.default_rng(seed)
    years = list(range(2024 - int(rng.integers(1, 18)), 2025))
    decimals = int(rng.integers(0, 3))
    low = -5 if rng.random() < 0.3 else 1
    whole = rng.random() < 0.5
    figures: dict[str, dict[int, Figure]] = {}
    for area in [*AREAS, "SSS"]:
        drift = rng.normal(0, 1)
        own = {}
        for n, year in enumerate(years):
            if not whole and rng.random() < 0.25:
                continue
            value = round(float(rng.uniform(low, 12) + drift * n), decimals)
            status = rng.choice(["final", "final", "final", "preliminary", "estimated", "forecast"])
            own[year] = Figure(value, "final" if whole else str(status))
        if own:
            figures[area] = own
    if rng.random() < 0.2:
        figures.pop("SSS", None)
    breaks = sorted({int(rng.choice(years)) for _ in range(int(rng.integers(0, 3)))})
    unit = str(rng.choice(["percent", "eur", "persons"]))
    return World(figures, breaks, unit, str(rng.choice(["up", "down", "neither"])), decimals)


class Reference:
    """The metrics of one area, as one would write them down by hand."""

    def __init__(
        self, world: World, area: str, settled: tuple[str, ...] = ("final", "revised")
    ) -> None:
        self.w, self.own = world, world.figures[area]
        self.country = world.figures.get("SSS", {})
        self.settled = settled
        known = [y for y, f in self.own.items() if f.status != "forecast"]
        self.latest = max(known) if known else None
        self.relative = world.unit != "percent"
        self.extensive = world.unit == "persons"
        # A balance has no percentages, wherever its minus stands.
        self.signed = any(
            f.value < 0 for a, own in world.figures.items() if a != "SSS" for f in own.values()
        )

    def unbroken(self, one: int, two: int) -> bool:
        return not any(one < b <= two for b in self.w.breaks)

    def before(self, years: int) -> int | None:
        assert self.latest is not None
        year = self.latest - years
        return year if year in self.own and self.unbroken(year, self.latest) else None

    def metrics(self) -> dict[str, float | None]:
        if self.latest is None:
            return {}
        now = self.own[self.latest].value
        out: dict[str, float | None] = {"latest": now}
        age = dt.date.fromisoformat(AS_OF)
        out["age_months"] = (age.year - self.latest) * 12 + age.month - 12 - 1
        for n in (1, 5, 10):
            year = self.before(n)
            old = None if year is None else self.own[year].value
            out[f"change_{n}y"] = None if old is None else now - old
            if self.relative:
                fits = old is not None and old > 0 and not self.signed
                out[f"change_pct_{n}y"] = 100 * (now / old - 1) if fits else None  # type: ignore[operator]
        out["index"] = self.index(now)
        out |= self.compared(now)
        out |= self.ranked(now)
        out |= self.trend()
        ahead = [y for y, f in self.own.items() if f.status == "forecast"]
        if ahead:
            out["forecast"] = self.own[max(ahead)].value
        return out

    def index(self, now: float) -> float | None:
        assert self.latest is not None
        same = [y for y in self.own if y <= self.latest and self.unbroken(y, self.latest)]
        base = 2015 if 2015 in same and self.latest > 2015 else min(same)
        if base >= self.latest or self.own[base].value <= 0 or self.signed:
            return None
        return 100 * now / self.own[base].value

    def compared(self, now: float) -> dict[str, float | None]:
        assert self.latest is not None
        there = self.latest in self.country
        level = self.country[self.latest].value if there else math.nan
        fits = there and level > 0 and not self.signed
        out: dict[str, float | None] = {}
        if self.extensive:
            out["share_of_country"] = 100 * now / level if fits else None
            out["gap"] = None
        else:
            out["gap"] = now - level if there else None
            out["gap_pct"] = 100 * (now - level) / level if fits else None
            out["gap_index"] = 100 * now / level if fits else None
            for n in (5, 10):
                year = self.before(n)
                both = there and year is not None and year in self.country
                out[f"gap_change_{n}y"] = (
                    (now - level) - (self.own[year].value - self.country[year].value)
                    if both
                    else None  # type: ignore[index]
                )
        if self.relative:
            year = self.before(10)
            both = there and year is not None and year in self.country
            old = self.country[year].value if both else 0  # type: ignore[index]
            out["country_change_pct_10y"] = 100 * (level / old - 1) if both and old > 0 else None
        return out

    def ranked(self, now: float) -> dict[str, float | None]:
        values = [
            f[self.latest].value  # type: ignore[index]
            for a, f in self.w.figures.items()
            if a != "SSS" and self.latest in f and f[self.latest].status != "forecast"
        ]
        out: dict[str, float | None] = dict.fromkeys(("rank", "rank_low", "rank_high", "rank_n"))
        out["regions_n"] = len(values)
        if len(values) < 19 or self.w.direction == "neither" or self.extensive:
            return out
        sign = 1 if self.w.direction == "up" else -1
        step = _step(values, self.w.decimals)
        mine, others = sign * Decimal(repr(now)), [sign * Decimal(repr(v)) for v in values]
        out["rank"] = 1 + sum(v > mine for v in others)
        out["rank_low"] = 1 + sum(v - mine >= step for v in others)
        out["rank_high"] = 19 - sum(mine - v >= step for v in others)
        out["rank_n"] = 19
        return out

    def points(self) -> list[int]:
        assert self.latest is not None
        latest = self.latest
        good = [
            y
            for y, f in sorted(self.own.items())
            if y <= latest and self.unbroken(y, latest) and f.status in self.settled
        ]
        return good[-10:]

    def trend(self) -> dict[str, float | None]:
        names = ("slope", "low", "high", "low80", "high80", "p", "q", "tau", "word", "word_alone")
        out: dict[str, float | None] = {f"trend_{n}": None for n in names}
        used = self.points()
        out["trend_n"] = len(used)
        if len(used) < 6:
            return out
        x = [self.own[y].value for y in used]
        slopes = [
            (b - a) / (u - t)
            for (t, a), (u, b) in itertools.combinations(zip(used, x, strict=True), 2)
        ]
        slope = statistics.median(slopes)
        wide, narrow = (trend(x, used, confidence=c) for c in (0.95, 0.80))
        # Of one indicator one test is looked at: there is nothing to control.
        out |= {"trend_slope": slope, "trend_p": wide.p, "trend_q": wide.p}
        out["trend_tau"] = wide.tau_b
        out |= {"trend_low": wide.slope_low, "trend_high": wide.slope_high}
        out |= {"trend_low80": narrow.slope_low, "trend_high80": narrow.slope_high}
        sign = (slope > 0) - (slope < 0)

        def excludes(low: float | None, high: float | None) -> bool:
            return (low is not None and low > 0) or (high is not None and high < 0)

        clear = excludes(wide.slope_low, wide.slope_high)
        least = 0.03 * abs(x[0]) if self.extensive else 2.0
        if clear and abs(slope) * (used[-1] - used[0]) >= least:
            word = 2 * sign
        else:
            word = sign if excludes(narrow.slope_low, narrow.slope_high) else 0
        out["trend_word_alone"] = word
        assert wide.p is not None
        word = word if wide.p <= 0.05 or abs(word) < 2 else sign
        out["trend_word"] = word if wide.p <= 0.20 else 0
        return out


def _step(values: list[float], decimals: int) -> Decimal:
    exact = [Decimal(repr(v)) for v in values]
    for power in range(6, -5, -1):
        if all(v % Decimal(10) ** power == 0 for v in exact) and any(exact):
            return Decimal(10) ** power
    return Decimal(10) ** -decimals


@settings(max_examples=40)
@given(st.integers(0, 10**9))
def test_every_metric_is_what_one_would_write_down_by_hand(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat, seed: int
) -> None:
    world = random_world(seed)
    indicator = make_indicator(
        unit=world.unit, direction=world.direction, decimals=world.decimals, min_change=2.0
    )
    found = measured(
        world.rows(make_rows), indicator, make_catalogue, breaks=[str(b) for b in world.breaks]
    )
    for area in AREAS:
        expected = Reference(world, area).metrics() if area in world.figures else {}
        got = {m: r for m, r in found.get(area, {}).items() if not m.startswith("fan_")}
        if not expected:
            assert set(got) <= {"forecast"}
            continue
        assert set(got) == set(expected), area
        for name, value in expected.items():
            if value is None:
                assert got[name].value is None, (area, name)
                assert got[name].reason, (area, name)
            else:
                assert got[name].value == pytest.approx(value, rel=1e-9, abs=1e-9), (area, name)
                assert got[name].reason is None, (area, name)


def test_every_metric_that_is_made_is_described() -> None:
    """And the other way round; the reference above would not know of a forgotten one."""
    reference = {
        "latest",
        "forecast",
        "age_months",
        "change_1y",
        "change_5y",
        "change_10y",
        "change_pct_1y",
        "change_pct_5y",
        "change_pct_10y",
        "index",
        "gap",
        "gap_pct",
        "gap_index",
        "gap_change_5y",
        "gap_change_10y",
        "share_of_country",
        "country_change_pct_10y",
        "rank",
        "rank_low",
        "rank_high",
        "rank_n",
        "regions_n",
        "trend_slope",
        "trend_low",
        "trend_high",
        "trend_low80",
        "trend_high80",
        "trend_p",
        "trend_q",
        "trend_tau",
        "trend_n",
        "trend_word",
        "trend_word_alone",
        # tested in test_measuring_certainty.py
        "interval_low",
        "interval_high",
        "events",
        "fan_low80",
        "fan_low50",
        "fan_mid",
        "fan_high50",
        "fan_high80",
        "fan_error",
        "fan_error_naive",
        "target_value",
        "target_distance",
        "pace_required",
        "pace_actual",
        "reach_year",
    }
    assert set(measuring.METRICS) == reference


# --- latest, status, age ------------------------------------------------------------------------


def test_a_forecast_is_never_the_latest(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    rows = make_rows(
        ("MK18", "2022", 5.0), ("MK18", "2030", 4.0, "forecast"), ("MK18", "2040", 3.0, "forecast")
    )
    found = measured(rows, make_indicator(), make_catalogue)["MK18"]
    assert (found["latest"].value, found["latest"].period) == (5.0, "2022")
    assert (found["forecast"].value, found["forecast"].period) == (3.0, "2040")
    only = measured(rows[rows["status"] == "forecast"], make_indicator(), make_catalogue)["MK18"]
    assert set(only) == {"forecast"}


def test_a_row_without_a_value_is_not_the_latest(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    rows = make_rows(("MK18", "2021", 5.0), ("MK18", "2022", None, "confidential"))
    assert measured(rows, make_indicator(), make_catalogue)["MK18"]["latest"].period == "2021"


def test_a_metric_bears_the_worst_status_of_what_it_stands_on(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    rows = make_rows(
        ("MK18", "2021", 5.0, "estimated"),
        ("MK18", "2022", 6.0, "preliminary"),
        ("SSS", "2022", 7.0, "unreliable"),
    )
    found = measured(rows, make_indicator(), make_catalogue)["MK18"]
    assert found["latest"].status == "preliminary"
    assert found["change_1y"].status == "estimated"
    assert found["gap"].status == "unreliable"


def test_ages_need_a_day(make_rows: Rows, make_indicator: Make, make_catalogue: Cat) -> None:
    rows = make_rows(("MK18", "2022", 6.0))
    assert "age_months" not in measured(rows, make_indicator(), make_catalogue, as_of=None)["MK18"]


# --- breaks -------------------------------------------------------------------------------------


@pytest.mark.parametrize("metric", [*SPAN_METRICS, "index", "gap_change_5y", "gap_change_10y"])
def test_no_metric_reaches_across_a_break(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat, metric: str
) -> None:
    rows = make_rows(
        *((r, str(y), float(y - 2000)) for r in ("MK18", "SSS") for y in range(2012, 2023))
    )
    whole = measured(rows, make_indicator(), make_catalogue)["MK18"]
    assert whole[metric].value is not None
    broken = measured(rows, make_indicator(), make_catalogue, breaks=["2022"])["MK18"]
    assert broken[metric].value is None
    assert broken[metric].reason == ("no_earlier_value" if metric == "index" else "break")
    assert broken["trend_n"].value == 1


def test_no_metric_reaches_across_a_change_of_members(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    """Kainuu with Vaala and without are two series; Lapland did not change."""
    rows = make_rows(
        *((r, str(y), float(y)) for r in OLD for y in range(2010, 2016)),
        *((r, str(y), float(y)) for r in AREAS for y in range(2016, 2021)),
    )
    found = measured(rows, make_indicator(), make_catalogue)
    assert found["MK19"]["change_10y"].value == 10
    assert found["MK18"]["change_10y"].value is None
    assert found["MK18"]["change_10y"].reason == "break"
    assert found["MK18"]["change_1y"].value == 1
    assert found["MK18"]["trend_n"].value == 5
    assert found["MK19"]["trend_n"].value == 10


def test_a_break_of_the_country_alone_spoils_only_the_comparison(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    rows = make_rows(*((r, str(y), float(y)) for r in ("MK18", "SSS") for y in range(2010, 2022)))
    made = measuring.measurements(
        rows,
        "maakunta",
        make_catalogue(make_indicator()),
        AS_OF,
        [("synthetic", _break("2021", "SSS"))],
    )
    found = {r.metric: r for r in made[0].rows["MK18"]}
    assert found["change_5y"].value == 5
    assert found["gap"].value == 0
    assert (found["gap_change_5y"].value, found["gap_change_5y"].reason) == (None, "break")


def test_a_country_without_an_earlier_figure_is_no_break(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    rows = make_rows(*(("MK18", str(y), float(y)) for y in range(2010, 2022)), ("SSS", "2021", 1.0))
    found = measured(rows, make_indicator(unit="eur"), make_catalogue)["MK18"]
    assert found["gap_change_5y"].reason == "no_earlier_value"
    assert found["country_change_pct_10y"].reason == "no_earlier_value"


# --- months, quarters, spans --------------------------------------------------------------------


def test_months_are_compared_with_the_same_month(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    rows = make_rows(
        *(
            ("MK18", f"{y}M{m:02d}", y - 2000 + (50.0 if m == 1 else 0.0))
            for y in range(2010, 2024)
            for m in (1, 6, 10)
            if (y, m) != (2023, 10)
        )
    )
    found = measured(rows, make_indicator(), make_catalogue)["MK18"]
    assert (found["latest"].period, found["latest"].value) == ("2023M06", 23.0)
    assert (found["change_1y"].value, found["change_1y"].period) == (1.0, "2022M06/2023M06")
    assert found["change_10y"].period == "2013M06/2023M06"
    assert found["index"].period == "2015M06/2023M06"
    assert (found["trend_slope"].value, found["trend_n"].value) == (1.0, 10)
    assert found["trend_slope"].period == "2014M06/2023M06"


def test_overlapping_spans_are_thinned_so_that_no_year_counts_twice(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    moving = [f"{y}/{y + 2}" for y in range(1990, 2020)]
    rows = make_rows(*(("MK18", p, float(n)) for n, p in enumerate(moving)))
    found = measured(rows, make_indicator(), make_catalogue)["MK18"]
    assert found["trend_n"].value == 10
    assert found["trend_slope"].value == pytest.approx(1.0)  # a year, not a step of three
    assert found["change_5y"].value == 5
    few = make_rows(*(("MK18", p, float(n)) for n, p in enumerate(moving[-15:])))
    assert measured(few, make_indicator(), make_catalogue)["MK18"]["trend_n"].value == 5


@pytest.mark.parametrize("status", ["preliminary", "estimated", "forecast", "unreliable"])
def test_a_figure_that_is_not_settled_is_left_out_of_the_trend(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat, status: str
) -> None:
    settled = [("MK18", str(y), float(y)) for y in range(2010, 2020)]
    rows = make_rows(*settled, ("MK18", "2020", -99.0, status))
    found = measured(rows, make_indicator(), make_catalogue)["MK18"]
    assert found["trend_slope"].value == 1.0
    assert found["trend_slope"].period == "2010/2019"
    assert found["trend_slope"].status == "final"


def test_fewer_than_six_points_get_no_word(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    for n, there in ((5, False), (6, True)):
        rows = make_rows(*(("MK18", str(2010 + k), float(k)) for k in range(n)))
        found = measured(rows, make_indicator(), make_catalogue)["MK18"]
        assert (found["trend_word"].value is not None) == there
        assert found["trend_n"].value == n
        if not there:
            assert found["trend_word"].reason == "too_few_points"


@pytest.mark.parametrize(("min_change", "word"), [(0.0, 2.0), (4.4, 2.0), (4.6, 1.0)])
def test_a_clear_rise_is_large_enough_to_be_worth_a_word(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat, min_change: float, word: float
) -> None:
    rows = make_rows(*(("MK18", str(2010 + k), k / 2) for k in range(10)))
    found = measured(rows, make_indicator(min_change=min_change), make_catalogue)["MK18"]
    assert found["trend_word"].value == word
    falling = make_rows(*(("MK18", str(2010 + k), -k / 2) for k in range(10)))
    found = measured(falling, make_indicator(min_change=min_change), make_catalogue)["MK18"]
    assert found["trend_word"].value == -word


def test_noise_is_cannot_tell(make_rows: Rows, make_indicator: Make, make_catalogue: Cat) -> None:
    rows = make_rows(
        *(("MK18", str(2010 + k), v) for k, v in enumerate([5, 1, 4, 2, 5, 3, 1, 4.0]))
    )
    assert measured(rows, make_indicator(), make_catalogue)["MK18"]["trend_word"].value == 0


# --- comparison ---------------------------------------------------------------------------------


def whole(values: list[float], period: str = "2022") -> list[tuple[str, str, float]]:
    return [(a, period, v) for a, v in zip(AREAS, values, strict=True)]


def test_equal_values_share_the_better_rank_and_the_range_says_so(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    values = [10.0, 9.0, 9.0, 9.0, *(8.0 - k for k in range(15))]
    found = measured(make_rows(*whole(values)), make_indicator(decimals=0), make_catalogue)
    ranks = [
        tuple(found[a][m].value for m in ("rank", "rank_low", "rank_high", "rank_n")) for a in AREAS
    ]
    assert ranks[0] == (1, 1, 1, 19)
    assert ranks[1] == ranks[2] == ranks[3] == (2, 2, 4, 19)
    assert ranks[4] == (5, 5, 5, 19)
    down = measured(
        make_rows(*whole(values)), make_indicator(direction="down", decimals=0), make_catalogue
    )
    assert down[AREAS[0]]["rank"].value == 19
    assert down[AREAS[1]]["rank"].value == 16


def test_figures_computed_here_are_not_told_apart_beyond_the_shown_digit(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    values = [10 + k / 7 for k in range(17)] + [10 + 16 / 7 + 0.03, 10 + 16 / 7 + 0.06]
    found = measured(make_rows(*whole(values)), make_indicator(decimals=1), make_catalogue)
    best = [tuple(found[a][m].value for m in ("rank", "rank_low", "rank_high")) for a in AREAS[-3:]]
    assert best == [(3, 1, 3), (2, 1, 3), (1, 1, 3)]


@pytest.mark.parametrize(
    ("values", "decimals", "step"),
    [
        ([34900.0, 43000.0], 0, 100),
        ([34900.0, 43001.0], 0, 1),
        ([5.3, 5.2], 1, 0.1),
        ([0.1 + 0.2, 0.7], 1, 0.1),
        ([1 / 3, 0.5], 2, 0.01),
        ([0.0, 0.0], 1, 0.1),
        ([float("nan"), 20.0], 1, 10),
    ],
)
def test_the_last_published_digit_is_seen_from_the_figures(
    values: list[float], decimals: int, step: float
) -> None:
    assert float(resolution(np.array(values), decimals)) == pytest.approx(step)


def test_no_rank_where_a_region_is_missing(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    rows = make_rows(*whole([float(k) for k in range(19)])[1:], (AREAS[0], "2021", 5.0))
    found = measured(rows, make_indicator(), make_catalogue)
    assert found["MK18"]["rank"].reason == "regions_missing"
    assert found["MK18"]["regions_n"].value == 18
    assert found[AREAS[0]]["regions_n"].value == 1


@pytest.mark.parametrize(
    ("more", "reason"),
    [({"direction": "neither"}, "no_direction"), ({"unit": "persons"}, "extensive")],
)
def test_no_rank_without_a_better_end_and_none_of_counts(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat, more: dict[str, str], reason: str
) -> None:
    rows = make_rows(*whole([float(k) for k in range(19)]))
    found = measured(rows, make_indicator(**more), make_catalogue)["MK18"]
    assert found["rank"].value is None
    assert found["rank"].reason == reason


def test_counts_have_a_share_of_the_country_and_no_gap(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    rows = make_rows(("MK18", "2022", 70521.0), ("SSS", "2022", 5563970.0))
    found = measured(rows, make_indicator(unit="persons"), make_catalogue)["MK18"]
    assert found["share_of_country"].value == pytest.approx(1.2675, abs=1e-4)
    assert (found["gap"].value, found["gap"].reason) == (None, "extensive")
    assert not {"gap_pct", "gap_index", "gap_change_5y"} & set(found)


def test_without_an_official_figure_there_is_no_gap_and_no_mean_of_regions(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    rows = make_rows(*whole([float(k) for k in range(19)]), ("SSS", "2021", 3.0))
    found = measured(rows, make_indicator(), make_catalogue)["MK18"]
    assert (found["gap"].value, found["gap"].reason) == (None, "no_country")


# --- targets ------------------------------------------------------------------------------------


def aimed(
    make_rows: Rows,
    make_indicator: Make,
    make_catalogue: Cat,
    *targets: dict[str, Any],
    series: dict[int, float] | None = None,
) -> dict[str, measuring.Row]:
    series = series or {y: 60.0 + (y - 2013) for y in range(2013, 2023)}  # 69 in 2022, +1 a year
    rows = make_rows(*(("MK18", str(y), v) for y, v in series.items()))
    told = tuple({"source": "synthetic", **t} for t in targets)
    return measured(rows, make_indicator(targets=told), make_catalogue)["MK18"]


def test_distance_pace_and_the_year_it_is_reached(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    found = aimed(make_rows, make_indicator, make_catalogue, {"period": "2030", "value": 85.0})
    assert found["target_value"].value == 85
    assert found["target_value"].period == "2030"
    assert found["target_distance"].value == 16
    assert found["pace_required"].value == 2.0
    assert found["pace_actual"].value == 1.0
    assert found["reach_year"].value == 2038


def test_a_figure_of_long_ago_gives_no_pace_and_no_year(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    series = {y: 60.0 + (y - 2002) for y in range(2002, 2012)}
    target = {"period": "2030", "value": 85.0}
    found = aimed(make_rows, make_indicator, make_catalogue, target, series=series)
    assert found["target_distance"].value == 16
    for metric in ("pace_required", "pace_actual", "reach_year"):
        assert (found[metric].value, found[metric].reason) == (None, "stale")


def test_a_year_is_promised_by_a_clear_direction_only(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    wobble = [0.0, 3.0, -2.0, 4.0, -1.0, 3.5, -3.0, 4.5, 0.5, 2.0]
    series = {2013 + n: 60.0 + w for n, w in enumerate(wobble)}
    target = {"period": "2030", "value": 85.0}
    found = aimed(make_rows, make_indicator, make_catalogue, target, series=series)
    assert found["trend_word"].value == 0
    assert found["pace_required"].value is not None
    assert found["reach_year"].reason in ("trend_unclear", "not_reached")


def test_the_nearest_target_after_the_day_counts(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    found = aimed(
        make_rows,
        make_indicator,
        make_catalogue,
        {"period": "2035", "value": 99.0},
        {"period": "2024", "value": 70.0},
        {"period": "2030", "value": 85.0},
    )
    assert found["target_value"].period == "2030"
    past = aimed(make_rows, make_indicator, make_catalogue, {"period": "2024", "value": 70.0})
    assert (past["target_value"].value, past["target_value"].reason) == (None, "target_past")


@pytest.mark.parametrize(
    ("bound", "value", "met"),
    [
        ("at_least", 69.0, True),
        ("at_least", 69.1, False),
        ("at_most", 69.0, True),
        ("at_most", 68.9, False),
    ],
)
def test_a_target_that_is_met_needs_no_pace(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat, bound: str, value: float, met: bool
) -> None:
    target = {"period": "2030", "value": value, "bound": bound}
    found = aimed(make_rows, make_indicator, make_catalogue, target)
    assert (found["pace_required"].value is None) == met
    assert found["reach_year"].value is None or not met
    if met:
        assert found["pace_required"].reason == found["reach_year"].reason == "target_met"


@pytest.mark.parametrize(
    ("low", "high", "aim", "met"),
    [(65.0, 70.0, 65.0, True), (75.0, 80.0, 75.0, False), (50.0, 60.0, 60.0, False)],
)
def test_a_range_is_met_inside_and_aims_at_its_nearer_end(
    make_rows: Rows,
    make_indicator: Make,
    make_catalogue: Cat,
    low: float,
    high: float,
    aim: float,
    met: bool,
) -> None:
    target = {"period": "2030", "value": low, "value_high": high, "bound": "between"}
    found = aimed(make_rows, make_indicator, make_catalogue, target)
    assert found["target_value"].value == aim
    assert (found["pace_required"].reason == "target_met") == met
    if not met:
        assert found["pace_required"].value == pytest.approx((aim - 69) / 8)


def test_a_pace_in_the_wrong_direction_never_reaches(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    target = {"period": "2030", "value": 40.0, "bound": "at_most"}
    found = aimed(make_rows, make_indicator, make_catalogue, target)
    assert (found["reach_year"].value, found["reach_year"].reason) == (None, "not_reached")


def test_a_change_target_is_counted_from_its_base(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    target = {
        "period": "2030",
        "value": -50.0,
        "kind": "change",
        "base_period": "2013",
        "bound": "at_most",
    }
    found = aimed(make_rows, make_indicator, make_catalogue, target)
    assert found["target_value"].value == 30
    assert found["target_distance"].value == -39
    gone = aimed(make_rows, make_indicator, make_catalogue, {**target, "base_period": "2005"})
    assert {gone[m].reason for m in ("target_value", "target_distance", "pace_required")} == {
        "no_base_value"
    }


def test_a_base_on_the_other_side_of_a_break_is_no_base(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    target = {
        "period": "2030",
        "value": -50.0,
        "kind": "change",
        "base_period": "2013",
        "source": "x",
    }
    rows = make_rows(*(("MK18", str(y), 60.0) for y in range(2013, 2023)))
    found = measured(rows, make_indicator(targets=(target,)), make_catalogue, breaks=["2018"])[
        "MK18"
    ]
    assert found["target_value"].reason == "no_base_value"


def test_too_few_points_give_no_pace(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    found = aimed(
        make_rows,
        make_indicator,
        make_catalogue,
        {"period": "2030", "value": 85.0},
        series={2021: 60.0, 2022: 69.0},
    )
    assert found["pace_required"].value == 2.0
    assert (found["pace_actual"].value, found["pace_actual"].reason) == (None, "too_few_points")
    assert (found["reach_year"].value, found["reach_year"].reason) == (None, "too_few_points")


# --- the frame ----------------------------------------------------------------------------------


def test_the_frame_is_the_one_table_and_a_metric(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    rows = make_rows(
        *((r, "2012", 5.0, "final", "a" * 16) for r in OLD),
        ("MK18", "2011", 1.0, "final", "b" * 16),
        ("MK18@2015", "2011", 4.0, "preliminary", "b" * 16),
    )
    frame = measuring.measure(rows, catalogue=make_catalogue(make_indicator()), as_of=AS_OF)
    assert tuple(frame.columns) == (*table.COLUMNS, "metric")
    assert set(frame["metric"]) <= set(measuring.METRICS)
    # A metric stands for the very area that its figure was given for.
    assert set(frame["region"]) == set(OLD)
    mine = frame[frame["region"] == "MK18@2015"].set_index("metric")
    assert mine.loc["latest", "snapshot"] == "a" * 16
    assert mine.loc["change_1y", "value"] == 1.0
    assert mine.loc["change_1y", "status"] == "preliminary"
    assert str(mine.loc["change_1y", "snapshot"]).startswith("f-")
    assert np.isnan(mine.loc["gap", "value"])
    assert mine.loc["gap", "status"] == "not_computable"


def test_plain_text_columns_and_selections_do(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    """What a person has after reading a CSV, or after picking rows."""
    rows = make_rows(("MK18", "2021", 1.0), ("MK18", "2022", 2.0), ("KU205", "2022", 9.0))
    catalogue = make_catalogue(make_indicator())
    expected = measuring.measure(rows, catalogue=catalogue)
    plain = rows.astype(dict.fromkeys((*table.KEY, "snapshot", "status"), "str"))
    pd.testing.assert_frame_equal(measuring.measure(plain, catalogue=catalogue), expected)
    nothing = measuring.measure(rows[rows["region"] == "KU205"], catalogue=catalogue)
    assert nothing.empty
    assert tuple(nothing.columns) == (*table.COLUMNS, "metric")


def test_an_indicator_that_the_catalogue_does_not_know_is_left_out(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    rows = make_rows(("MK18", "2021", 1.0))
    assert measuring.measure(rows, catalogue=make_catalogue(make_indicator("other"))).empty


def test_municipalities_are_measured_like_regions(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    rows = make_rows(("KU205", "2021", 1.0), ("KU205", "2022", 3.0), ("SSS", "2022", 2.0))
    found = measured(rows, make_indicator(), make_catalogue, level="kunta")
    assert found["KU205"]["change_1y"].value == 2
    assert found["KU205"]["gap"].value == 1


# --- the real store -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(observed: Any, catalogue: Catalogue) -> list[measuring.Measurement]:
    return measuring.measurements(
        observed.rows, "maakunta", catalogue, observed.as_of, observed.breaks
    )


def test_no_metric_of_the_store_is_infinite_or_a_nan(real: list[measuring.Measurement]) -> None:
    for m in real:
        for area, rows in m.rows.items():
            for r in rows:
                assert r.value is None or math.isfinite(r.value), (m.cube.indicator, area, r)
                assert (r.value is None) == (r.reason is not None), (m.cube.indicator, area, r)


def test_every_reason_can_be_said_in_three_languages(real: list[measuring.Measurement]) -> None:
    reasons = {r.reason for m in real for rows in m.rows.values() for r in rows if r.reason}
    assert len(reasons) >= 8
    for lang in ("fi", "sv", "en"):
        for reason in reasons:
            assert words.has(f"reason.{reason}", lang), reason


def test_every_metric_of_the_store_is_of_the_closed_list(real: list[measuring.Measurement]) -> None:
    assert {r.metric for m in real for rows in m.rows.values() for r in rows} <= set(
        measuring.METRICS
    )


def test_every_span_of_the_store_ends_at_the_latest_or_begins_there(
    real: list[measuring.Measurement],
) -> None:
    for m in real:
        if m.cube.frequency == "span":
            continue
        for rows in m.rows.values():
            latest = next((r.period for r in rows if r.metric == "latest"), None)
            for r in rows:
                if r.metric in SPAN_METRICS and r.value is not None:
                    first, last = r.period.split("/")
                    assert last == latest
                    years = int(r.metric.removeprefix("change_").removesuffix("y"))
                    assert periods.shift(first, years) == last
