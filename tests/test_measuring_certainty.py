"""How sure is it: intervals for chance, pooled years, fans, and trends looked at together."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tilannekuva import indicators, measuring, pictures, region_codes, table
from tilannekuva.errors import CatalogueError
from tilannekuva.indicators import Catalogue
from tilannekuva.measures.certainty import (
    false_discovery,
    proportion_interval,
    rate_interval,
)
from tilannekuva.measures.projection import backtest
from tilannekuva.metric_fans import FAN
from tilannekuva.metric_intervals import pooled
from tilannekuva.model import Break, Counts, Finding, Indicator, Picture, Query, Text

Rows = Callable[..., pd.DataFrame]
Make = Callable[..., Indicator]
Ask = Callable[..., Query]
Cat = Callable[..., Catalogue]
Measured = dict[str, dict[str, measuring.Row]]

AREAS = [r.code for r in region_codes.regions("maakunta")]
KAINUU = [r.code for r in region_codes.regions("kunta") if r.parent == "MK18"] or [
    "KU105", "KU205", "KU290", "KU578", "KU620", "KU697", "KU765", "KU777",
]  # fmt: skip
NOTE = Text(fi="muutos", sv="ändring", en="change")
AS_OF = "2025-03-15"


def measured(
    rows: pd.DataFrame, catalogue: Catalogue, *, breaks: tuple[str, ...] = ()
) -> dict[str, Measured]:
    """Indicator → area → metric → row; of a metric with several periods the last."""
    cuts = [("synthetic", Break(first_period=b, kind="definition", note=NOTE)) for b in breaks]
    made = measuring.measurements(table.make(rows), "maakunta", catalogue, AS_OF, cuts)
    return {
        m.cube.indicator: {a: {r.metric: r for r in found} for a, found in m.rows.items()}
        for m in made
    }


# --- intervals for chance -----------------------------------------------------------------------


def counted(make_rows: Rows, **values: dict[str, float]) -> pd.DataFrame:
    """Indicators' figures of 2022 by area."""
    parts = [
        make_rows(*((a, "2022", v) for a, v in found.items()), indicator=name)
        for name, found in values.items()
    ]
    return pd.concat(parts, ignore_index=True)


def test_a_count_of_events_has_the_interval_of_a_count(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    # Live births in Kainuu in 2022: 429 (Statistics Finland, preliminary population statistics).
    rows = make_rows(("MK18", "2022", 429.0), ("MK21", "2022", 4.0))
    found = measured(rows, make_catalogue(make_indicator(unit="persons", count_noise=True)))
    kainuu, aland = found["synthetic"]["MK18"], found["synthetic"]["MK21"]
    byar, exact = rate_interval(429, 1, per=1), rate_interval(4, 1, per=1, method="exact")
    assert (kainuu["interval_low"].value, kainuu["interval_high"].value) == (byar.low, byar.high)
    assert (round(byar.low or 0), round(byar.high or 0)) == (389, 472)
    assert (aland["interval_low"].value, aland["interval_high"].value) == (exact.low, exact.high)
    assert kainuu["events"].value == 429


@given(
    st.lists(st.integers(0, 4000), min_size=19, max_size=19),
    st.lists(st.integers(50, 9000), min_size=19, max_size=19),
)
def test_a_rate_and_a_share_have_the_interval_of_their_counts(
    make_rows: Rows,
    make_indicator: Make,
    make_catalogue: Cat,
    counts: list[int],
    people: list[int],
) -> None:
    pairs = {a: (min(c, n), n) for a, c, n in zip(AREAS, counts, people, strict=True)}
    for kind, per in (("rate", 1000.0), ("share", 100.0)):
        rows = counted(
            make_rows,
            count={a: c for a, (c, _) in pairs.items()},
            people={a: n for a, (_, n) in pairs.items()},
            synthetic={a: round(per * c / n, 1) for a, (c, n) in pairs.items()},
        )
        rule = Counts(count="count", population="people", per=per, kind=kind)
        catalogue = make_catalogue(
            make_indicator("count", unit="persons", decimals=0),
            make_indicator("people", unit="persons", decimals=0),
            make_indicator(unit="per_1000" if kind == "rate" else "percent", counts=rule),
        )
        found = measured(rows, catalogue)["synthetic"]
        for area, (c, n) in pairs.items():
            if kind == "rate":
                expected = rate_interval(c, n, per=per)
                low, high = expected.low, expected.high
            else:
                share = proportion_interval(c, n)
                low, high = per * (share.low or 0.0), per * (share.high or 0.0)
            assert found[area]["interval_low"].value == pytest.approx(low, abs=1e-9)
            assert found[area]["interval_high"].value == pytest.approx(high, abs=1e-9)
            assert found[area]["events"].value == c
        assert "interval_low" not in measured(rows, catalogue)["people"]["MK18"]


def test_the_population_may_be_of_another_year_or_the_mean_of_two(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    rows = pd.concat(
        [
            make_rows(("MK18", "2022", 30.0), indicator="count"),
            make_rows(
                ("MK18", "2021", 1000.0), ("MK18", "2022", 1200.0), ("MK18", "2019", 700.0),
                indicator="people",
            ),
            make_rows(("MK18", "2022", 30 / 1.1)),
        ]
    )  # fmt: skip
    rest = (make_indicator("count", unit="persons"), make_indicator("people", unit="persons"))
    mean = Counts(count="count", population="people", per=1000, mean=True)
    found = measured(rows, make_catalogue(*rest, make_indicator(unit="per_1000", counts=mean)))
    assert found["synthetic"]["MK18"]["interval_high"].value == pytest.approx(
        rate_interval(30, 1100, per=1000).high
    )
    rows.loc[rows["indicator"] == "synthetic", "value"] = 60.0
    share = Counts(population="people", per=100, kind="share", lag=3)
    found = measured(rows, make_catalogue(*rest, make_indicator(counts=share)))
    row = found["synthetic"]["MK18"]
    assert row["events"].value == 420
    assert row["interval_low"].value == pytest.approx(
        100 * (proportion_interval(420, 700).low or 0)
    )


def test_where_no_count_is_known_nothing_is_invented(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    rule = Counts(count="count", population="people", per=1000)
    rest = (make_indicator("count", unit="persons"), make_indicator("people", unit="persons"))
    catalogue = make_catalogue(*rest, make_indicator(unit="per_1000", counts=rule))
    alone = measured(make_rows(("MK18", "2022", 5.0)), catalogue)["synthetic"]["MK18"]
    assert (alone["interval_low"].value, alone["interval_low"].reason) == (None, "no_counts")
    plain = measured(make_rows(("MK18", "2022", 5.0)), make_catalogue(make_indicator()))
    assert "interval_low" not in plain["synthetic"]["MK18"]
    other = counted(
        make_rows, count={"MK18": 40.0}, people={"MK18": 1000.0}, synthetic={"MK18": 5.0}
    )
    wrong = measured(other, catalogue)["synthetic"]["MK18"]
    assert (wrong["interval_low"].value, wrong["interval_low"].reason) == (None, "counts_differ")


def test_a_count_of_other_members_is_not_that_of_the_figure(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    old = region_codes.dated("MK18", 2015)
    rows = counted(make_rows, count={"MK18": 50.0}, people={"MK18": 1000.0}, synthetic={old: 50.0})
    rule = Counts(count="count", population="people", per=1000)
    rest = (make_indicator("count", unit="persons"), make_indicator("people", unit="persons"))
    found = measured(rows, make_catalogue(*rest, make_indicator(unit="per_1000", counts=rule)))
    assert found["synthetic"]["MK18"]["interval_low"].reason == "no_counts"


@settings(max_examples=30)
@given(st.lists(st.integers(0, 60), min_size=19, max_size=19), st.sampled_from(["up", "down"]))
def test_regions_that_chance_may_part_share_a_rank(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat, counts: list[int], direction: str
) -> None:
    people = {a: 900.0 + 10 * n for n, a in enumerate(AREAS)}
    rows = counted(
        make_rows,
        count=dict(zip(AREAS, map(float, counts), strict=True)),
        people=people,
        synthetic={a: round(1000 * c / people[a], 1) for a, c in zip(AREAS, counts, strict=True)},
    )
    rule = Counts(count="count", population="people", per=1000)
    rest = (make_indicator("count", unit="persons"), make_indicator("people", unit="persons"))
    given_ = {"unit": "per_1000", "direction": direction}
    wide = measured(rows, make_catalogue(*rest, make_indicator(**given_, counts=rule)))["synthetic"]
    plain = measured(rows, make_catalogue(*rest, make_indicator(**given_)))["synthetic"]
    better = operator.gt if direction == "up" else operator.lt
    ends = {
        a: (m["interval_low"].value or 0.0, m["interval_high"].value or 0.0)
        for a, m in wide.items()
    }
    for area, own in wide.items():
        assert own["rank"].value == plain[area]["rank"].value
        # By hand: those whose whole interval is on the better side are surely better.
        good, bad = (0, 1) if direction == "up" else (1, 0)
        surely = sum(better(ends[a][good], ends[area][bad]) for a in AREAS if a != area)
        beaten = sum(better(ends[area][good], ends[a][bad]) for a in AREAS if a != area)
        low, high = plain[area]["rank_low"].value or 0, plain[area]["rank_high"].value or 0
        assert own["rank_low"].value == min(low, 1 + surely)
        assert own["rank_high"].value == max(high, 19 - beaten)


def test_counts_in_the_catalogue_are_checked(tmp_path: Any) -> None:
    text = """
[synthetic]
names = {{ fi = "k", sv = "p", en = "s" }}
unit = "percent"
decimals = 1
direction = "up"
where = {{ fi = "k", sv = "p", en = "s" }}
counts = {{ {counts} }}
"""
    file = tmp_path / "own.toml"
    for counts, said in (
        ('count = "births", population = "nobody"', "unknown indicator 'nobody'"),
        ('count = "gdp_pc_index", population = "pop_total"', "is no count"),
        ('population = "pop_total"', "a rate needs the `count`"),
        ('count = "births", people = "pop_total"', "population"),
    ):
        file.write_text(text.format(counts=counts), encoding="utf-8")
        with pytest.raises(CatalogueError, match=said):
            indicators.load(tmp_path)
    file.write_text(text.format(counts='count = "births", population = "pop_total"'))
    assert indicators.load(tmp_path)["synthetic"].counts == Counts(
        count="births", population="pop_total"
    )


# --- years taken together -----------------------------------------------------------------------


@given(
    st.lists(st.lists(st.integers(0, 40), min_size=5, max_size=5), min_size=1, max_size=8),
    st.booleans(),
)
def test_pooled_years_are_sums_over_sums_and_as_few_as_give_twenty_events(
    make_indicator: Make, figures: list[list[int]], shown: bool
) -> None:
    years = [str(y) for y in range(2018, 2023)]
    codes = KAINUU[: len(figures)]
    events = {
        c: dict(zip(years, map(float, own), strict=True))
        for c, own in zip(codes, figures, strict=True)
    }
    people = {c: {y: 900.0 + 7 * n for n, y in enumerate(years)} for c in codes}
    rule = Counts(count="count", population="people", per=1000)
    rate = make_indicator(unit="per_1000", counts=rule, few_shown=shown)
    plain = make_indicator(unit="persons", count_noise=True, few_shown=shown)
    for indicator, populations in ((rate, people), (plain, {})):
        found = pooled(indicator, events, populations)
        if all(own[-1] >= 20 for own in figures):
            assert found == ()
            continue
        assert [p.region for p in found] == codes
        (n,) = {len(p.periods) for p in found}
        enough = [k for k in (3, 4, 5) if all(sum(own[-k:]) >= 20 for own in figures)]
        assert n == (enough[0] if enough else 5)
        for p, own in zip(found, figures, strict=True):
            assert p.periods == tuple(years[-n:])
            total, base = sum(own[-n:]), sum(people[p.region][y] for y in p.periods)
            if total < 5 and not shown:
                assert (p.events, p.value, p.low, p.high) == (None, None, None, None)
                continue
            expected = (
                rate_interval(total, base, per=1000)
                if populations
                else rate_interval(total, n, per=1)
            )
            assert p.events == total
            assert (p.value, p.low, p.high) == pytest.approx(
                (expected.value, expected.low, expected.high)
            )


def test_only_years_in_a_row_that_all_have_are_taken_together(make_indicator: Make) -> None:
    plain = make_indicator(unit="persons", count_noise=True)
    events = {
        "KU205": {str(y): 30.0 for y in range(2015, 2023)},
        "KU578": {str(y): 3.0 for y in (2015, 2016, 2018, 2019, 2020, 2021)},
    }
    found = pooled(plain, events, {})
    assert {p.periods for p in found} == {("2018", "2019", "2020", "2021")}
    assert pooled(plain, {"KU205": {"2022": 3.0, "2021": 2.0}}, {}) == ()
    assert pooled(plain, {"KU205": {f"2022M{m:02d}": 3.0 for m in range(1, 13)}}, {}) == ()
    assert pooled(plain, {}, {}) == ()


MUNICIPAL = {"KU205": 31, "KU765": 9, "KU578": 1, "KU697": 6, "KU290": 12}
"""Events a year; whole Kainuu has a hundred."""


@pytest.fixture
def rated(
    synthetic_store: Any, make_indicator: Make, make_query: Ask, make_catalogue: Cat
) -> Picture:
    """A picture with a rate of few events in the municipalities; the smallest has one a year."""
    lines = ["what,region,time,value"]
    for year in range(2012, 2023):
        for code, n in {"MK18": 100, **MUNICIPAL}.items():
            here = n + (year % 2 if n > 1 else 0) - (1 if code == "KU578" and year % 3 else 0)
            lines += [f"events,{code},{year},{here}", f"people,{code},{year},{90 * n + 40}"]
            lines.append(f"rate,{code},{year},{round(1000 * here / (90 * n + 40), 1)}")
    synthetic_store.add("\n".join(lines) + "\n", published_on="2023-03-01")
    rule = Counts(count="count", population="people", per=1000)

    def query(what: str) -> Query:
        return make_query(select={"what": what})

    catalogue = make_catalogue(
        make_indicator("count", unit="persons", decimals=0, query=(query("events"),),
                       count_noise=True),
        make_indicator("people", unit="persons", decimals=0, query=(query("people"),)),
        make_indicator(unit="per_1000", query=(query("rate"),), counts=rule),
    )  # fmt: skip
    return pictures.compose("MK18", data=synthetic_store.folder, catalogue=catalogue)


def test_small_municipalities_are_pooled_in_a_picture(rated: Picture) -> None:
    finding = rated.findings["synthetic"]
    found = {p.region: p for p in finding.pooled}
    assert set(found) == set(MUNICIPAL)
    assert {len(p.periods) for p in found.values()} == {5}
    smallest = found["KU578"]
    assert (smallest.events, smallest.value) == (None, None)
    kajaani = found["KU205"]
    assert kajaani.events == 5 * 31 + 2
    assert kajaani.value == pytest.approx(1000 * 157 / (5 * (90 * 31 + 40)))
    assert (kajaani.low or 0) < (kajaani.value or 0) < (kajaani.high or 0)


def test_fewer_than_five_events_of_a_municipality_stand_nowhere(rated: Picture) -> None:
    for name in ("count", "synthetic"):
        (part,) = (s for s in rated.findings[name].parts if s.region == "KU578")
        assert set(part.values) == {None}
        assert set(part.statuses) == {"below_precision"}
        (large,) = (s for s in rated.findings[name].parts if s.region == "KU205")
        assert None not in large.values
    # What they happened among is no secret.
    (people,) = (s for s in rated.findings["people"].parts if s.region == "KU578")
    assert None not in people.values


# --- the past carried on ------------------------------------------------------------------------


def growing(n: int, seed: int = 1, first: int = 2001) -> dict[str, float]:
    rng = np.random.default_rng(seed)
    values = 50 + 2.0 * np.arange(n) + rng.normal(0, 0.8, n).cumsum() * 0.3
    return {str(first + k): round(float(v), 1) for k, v in enumerate(values)}


def fan_of(
    make_rows: Rows,
    catalogue: Catalogue,
    figures: dict[str, float],
    *,
    breaks: tuple[str, ...] = (),
    last_status: str = "final",
) -> tuple[list[measuring.Row], measuring.Row | None]:
    """Rows of the fan of MK18 in order, and the row that says why there is none."""
    end = max(figures)
    rows = make_rows(
        *(("MK18", p, v, last_status if p == end else "final") for p, v in figures.items())
    )
    cuts = [("synthetic", Break(first_period=b, kind="definition", note=NOTE)) for b in breaks]
    (made,) = measuring.measurements(rows, "maakunta", catalogue, AS_OF, cuts)
    found = [r for r in made.rows["MK18"] if r.metric in FAN]
    return [r for r in found if r.value is not None], next(
        (r for r in found if r.value is None), None
    )


def test_a_fan_lies_ahead_of_the_latest_figure_and_widens(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    rows, none = fan_of(make_rows, make_catalogue(make_indicator(unit="eur")), growing(23))
    assert none is None
    years = sorted({r.period for r in rows})
    assert years == ["2024", "2025", "2026", "2027", "2028"]
    assert {r.status for r in rows} == {"forecast"}
    at = {(r.metric, r.period): r.value or 0.0 for r in rows}
    for year in years:
        ordered = [at[name, year] for name in FAN]
        assert ordered == sorted(ordered)
    width = [at["fan_high80", y] - at["fan_low80", y] for y in years]
    assert width == sorted(width)


@pytest.mark.parametrize(("n", "ahead"), [(11, 0), (12, 3), (13, 4), (14, 5), (20, 5)])
def test_a_fan_is_as_long_as_its_trials_allow(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat, n: int, ahead: int
) -> None:
    figures = growing(n, first=2024 - n)
    rows, none = fan_of(make_rows, make_catalogue(make_indicator(unit="eur")), figures)
    assert len(rows) == ahead * len(FAN)
    if not ahead:
        assert none is not None
        assert none.reason == "too_few_points"


def test_a_fan_is_withheld_where_it_would_say_nothing(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    def why(figures: dict[str, float], cuts: tuple[str, ...] = (), **given_: Any) -> str | None:
        indicator = make_indicator(**{"unit": "eur", **given_})
        rows, none = fan_of(make_rows, make_catalogue(indicator), figures, breaks=cuts)
        assert (none is None) == bool(rows)
        return none.reason if none else None

    assert why(growing(20, first=2004)) is None
    assert why(growing(20, first=2004), ("2015",)) == "break"
    assert why(growing(20, first=1990)) == "stale"
    assert why(growing(20, first=2004), trend=False) == "no_trend"
    assert why(growing(20, first=2004), official_projection=True) == "official_projection"
    months = {f"{y}M06": v for y, v in growing(20, first=2004).items()}
    assert why(months) == "not_annual"
    gap = growing(20, first=2004)
    del gap["2015"]
    assert why(gap) == "too_few_points"
    # A coin that is tossed each year: its last side is as good a guess as any.
    noise = np.random.default_rng(3).normal(0, 1, 30).cumsum().round(1)
    walk = {str(1995 + k): 100 + float(v) for k, v in enumerate(noise)}
    rows, none = fan_of(make_rows, make_catalogue(make_indicator(unit="eur")), walk)
    assert (none is not None and none.reason == "fan_no_better") or rows


def test_a_projection_of_somebody_in_the_series_leaves_no_room_for_ours(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    figures = growing(20, first=2004)
    rows = make_rows(
        *(("MK18", p, v) for p, v in figures.items()), ("MK18", "2040", 90.0, "forecast")
    )
    found = measured(rows, make_catalogue(make_indicator(unit="eur")))["synthetic"]["MK18"]
    assert found["fan_mid"].reason == "official_projection"
    assert found["latest"].period == "2023"


def test_a_figure_that_may_still_change_begins_a_fan_and_a_guess_does_not(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    catalogue, figures = make_catalogue(make_indicator(unit="eur")), growing(20, first=2004)
    assert fan_of(make_rows, catalogue, figures, last_status="preliminary")[0]
    assert not fan_of(make_rows, catalogue, figures, last_status="unreliable")[0]


def test_shares_stay_between_none_and_all(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    figures = {str(2004 + k): min(99.5, 70 + 1.6 * k) for k in range(20)}
    rows, _ = fan_of(make_rows, make_catalogue(make_indicator(unit="percent")), figures)
    assert all(0 <= (r.value or 0) <= 100 for r in rows)


def test_fans_of_the_store_are_calibrated_and_beat_the_last_figure(kainuu: Picture) -> None:
    fanned = {n: f for n, f in kainuu.findings.items() if f.fan}
    assert len(fanned) >= 5
    for finding in fanned.values():
        own, naive = (finding.metrics[k].value for k in ("fan_error", "fan_error_naive"))
        assert own is not None
        assert naive is not None
        assert own < naive
        points = [v for v in finding.segments[-1].values if v is not None]
        scores = backtest(points, "naive", len(points) - len(finding.fan) - 4,
                          horizon=len(finding.fan))  # fmt: skip
        if not any(s in ("estimated", "unreliable") for s in finding.segments[-1].statuses):
            assert scores.mase_naive == pytest.approx(naive)


def test_a_fan_is_never_the_latest_nor_a_key_figure(real_pictures: dict[str, Picture]) -> None:
    for picture in real_pictures.values():
        for name, finding in picture.findings.items():
            ahead = {y.period for y in finding.fan}
            shown = {
                p
                for s in finding.segments
                for p, v in zip(s.periods, s.values, strict=True)
                if v is not None
            }
            assert not ahead & shown, name
            assert finding.latest.period not in ahead
            assert not (ahead and picture.indicators[name].official_projection)
            for key in FAN:
                row = finding.metrics.get(key)
                if finding.fan:
                    assert row is not None
                    assert row.value == getattr(finding.fan[-1], key.removeprefix("fan_"))
                    assert row.period == finding.fan[-1].period


# --- trends looked at together ------------------------------------------------------------------


def family(seed: int, size: int) -> dict[str, dict[str, float]]:
    rng = np.random.default_rng(seed)
    return {
        f"i{n}": {
            str(2014 + k): float(v)
            for k, v in enumerate((rng.normal(0, 1, 10) + n / 3 * np.arange(10) / 9).round(3))
        }
        for n in range(size)
    }


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.integers(2, 12))
def test_words_stand_up_to_all_the_tests_of_the_region(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat, seed: int, size: int
) -> None:
    figures = family(seed, size)
    rows = pd.concat(
        [
            make_rows(*(("MK18", p, v) for p, v in own.items()), indicator=name)
            for name, own in figures.items()
        ]
    )
    found = measured(rows, make_catalogue(*(make_indicator(n, decimals=3) for n in figures)))
    rowsets = [found[n]["MK18"] for n in figures]
    q = false_discovery([m["trend_p"].value or 0.0 for m in rowsets])
    for m, controlled in zip(rowsets, q, strict=True):
        assert m["trend_q"].value == pytest.approx(controlled)
        alone, word = (m[k].value for k in ("trend_word_alone", "trend_word"))
        assert alone is not None
        allowed = 2 if controlled <= 0.05 else 1 if controlled <= 0.20 else 0
        assert word == math.copysign(min(abs(alone), allowed), alone) + 0.0


def test_a_trend_that_nobody_is_shown_does_not_count(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    figures = family(5, 3)
    rows = pd.concat(
        [
            make_rows(*((a, p, v) for a in ("MK18", "MK19") for p, v in own.items()), indicator=n)
            for n, own in figures.items()
        ]
    )
    whole = measured(rows, make_catalogue(*(make_indicator(n, decimals=3) for n in figures)))
    p = [whole[n]["MK18"]["trend_p"].value or 0.0 for n in figures]
    silent = [make_indicator(n, decimals=3, trend=n != "i1") for n in figures]
    found = measured(rows, make_catalogue(*silent))
    assert found["i0"]["MK18"]["trend_q"].value == pytest.approx(false_discovery([p[0], p[2]])[0])
    elsewhere = [
        make_indicator(n, decimals=3, regions=("MK19",) if n == "i1" else ()) for n in figures
    ]
    found = measured(rows, make_catalogue(*elsewhere))
    assert found["i0"]["MK18"]["trend_q"].value == pytest.approx(false_discovery([p[0], p[2]])[0])
    assert found["i0"]["MK19"]["trend_q"].value == pytest.approx(false_discovery(p)[0])


def test_the_control_of_a_picture_is_over_its_own_findings(
    real_pictures: dict[str, Picture],
) -> None:
    def value(finding: Finding, key: str) -> float | None:
        row = finding.metrics.get(key)
        return row.value if row else None

    lowered = 0
    for picture in real_pictures.values():
        tested = {n: f for n, f in picture.findings.items() if value(f, "trend_p") is not None}
        assert picture.trends_tested == len(tested)
        q = false_discovery([value(f, "trend_p") or 0.0 for f in tested.values()])
        for f, controlled in zip(tested.values(), q, strict=True):
            assert value(f, "trend_q") == pytest.approx(controlled)
            word = value(f, "trend_word") or 0.0
            assert abs(word) <= abs(value(f, "trend_word_alone") or 0.0)
            assert abs(word) < 2 or controlled <= 0.05
            assert abs(word) < 1 or controlled <= 0.20
        assert picture.trends_lowered == tuple(
            n for n, f in tested.items() if value(f, "trend_word") != value(f, "trend_word_alone")
        )
        lowered += len(picture.trends_lowered)
    assert lowered > 0
