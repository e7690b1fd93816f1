"""Pictures: whole, traceable, the same every time, and honest about what they do not know."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tilannekuva import measuring, periods, pictures, region_codes, regions, table
from tilannekuva.errors import CatalogueError, DataError
from tilannekuva.indicators import Catalogue
from tilannekuva.model import Finding, Indicator, Picture, Query, Series, Snapshot
from tilannekuva.observing import Observed

Rows = Callable[..., pd.DataFrame]
Make = Callable[..., Indicator]
Ask = Callable[..., Query]
Cat = Callable[..., Catalogue]
Store = Any  # tests/conftest.py: SyntheticStore

AREAS = [r.code for r in regions.regions("maakunta")]


def every_series(f: Finding) -> Iterator[Series]:
    yield from (*f.segments, *f.others, *f.peers, *f.parts, *f.profile, *f.country_profile)
    if f.country is not None:
        yield f.country


# --- synthetic pictures -------------------------------------------------------------------------


def composed(
    store: Store,
    *found: Indicator,
    make_catalogue: Cat,
    region: str = "MK18",
    as_of: str | None = None,
) -> Picture:
    catalogue = make_catalogue(*found)
    return pictures.compose(region, data=store.folder, catalogue=catalogue, as_of=as_of)


def csv(*rows: tuple[str, str, float | str]) -> str:
    return "region,time,value\n" + "".join(f"{r},{p},{v}\n" for r, p, v in rows)


def test_peers_stand_in_the_order_of_the_file_and_others_by_code(
    synthetic_store: Store, make_indicator: Make, make_query: Ask, make_catalogue: Cat
) -> None:
    synthetic_store.add(csv(*((a, "2020", n) for n, a in enumerate(AREAS))))
    picture = composed(
        synthetic_store, make_indicator(query=(make_query(),)), make_catalogue=make_catalogue
    )
    finding = picture.findings["synthetic"]
    assert [s.region for s in finding.peers] == list(regions.peers("MK18"))
    assert [s.region for s in finding.others] == [a for a in AREAS if a != "MK18"]
    assert set(picture.regions) == {*AREAS, "SSS"}


def test_municipalities_are_the_parts_and_only_where_they_have_figures(
    synthetic_store: Store, make_indicator: Make, make_query: Ask, make_catalogue: Cat
) -> None:
    synthetic_store.add(
        csv(("MK18", "2020", 5), ("KU205", "2020", 3), ("KU205", "2019", 2), ("KU091", "2020", 9))
    )
    picture = composed(
        synthetic_store, make_indicator(query=(make_query(),)), make_catalogue=make_catalogue
    )
    (kajaani,) = picture.findings["synthetic"].parts
    # 2019 is not a period of the region's own cube, so it is not shown beside it.
    assert (kajaani.region, kajaani.periods, kajaani.values) == ("KU205", ("2020",), (3.0,))


def test_own_figures_are_cut_where_the_members_change(
    synthetic_store: Store, make_indicator: Make, make_query: Ask, make_catalogue: Cat
) -> None:
    synthetic_store.add(csv(*(("MK18", str(y), y) for y in range(2013, 2019))))
    query = make_query(division="as-published")
    picture = composed(
        synthetic_store, make_indicator(query=(query,)), make_catalogue=make_catalogue
    )
    old, new = picture.findings["synthetic"].segments
    assert (old.region, old.periods) == ("MK18@2015", ("2013", "2014", "2015"))
    assert (new.region, new.periods) == ("MK18", ("2016", "2017", "2018"))


def test_a_value_that_is_missing_stays_in_the_series_with_its_reason(
    synthetic_store: Store, make_indicator: Make, make_query: Ask, make_catalogue: Cat
) -> None:
    synthetic_store.add("region,time,value,flag\nMK18,2019,1,\nMK18,2020,,...\nMK18,2021,3,\n")
    picture = composed(
        synthetic_store, make_indicator(query=(make_query(),)), make_catalogue=make_catalogue
    )
    (own,) = picture.findings["synthetic"].segments
    assert own.values == (1.0, None, 3.0)
    assert own.statuses == ("final", "confidential", "final")


@pytest.mark.parametrize(
    ("rows", "more", "kinds"),
    [
        # Nothing in the store.
        ([], {}, ["no_figures"]),
        # A figure, but none for Kainuu.
        ([("MK01", "2024", 1)], {}, ["no_figures"]),
        ([(a, "2024", 1) for a in [*AREAS, "SSS"]], {}, []),
        ([(a, "2024", 1) for a in AREAS], {}, ["no_country"]),
        ([("MK18", "2024", 1), ("SSS", "2024", 1)], {}, ["regions_missing"]),
        ([("MK18", "2024", 1), ("SSS", "2024", 1)], {"direction": "neither"}, []),
        ([("MK18", "2024", 1), ("SSS", "2024", 1)], {"unit": "persons"}, []),
        ([(a, "2024", 1) for a in AREAS], {"unit": "persons"}, ["no_country"]),
        ([(a, "2018", 1) for a in [*AREAS, "SSS"]], {}, ["stale"]),
        ([(a, "2019", 1) for a in [*AREAS, "SSS"]], {}, []),
    ],
)
def test_gaps_of_each_kind(
    synthetic_store: Store,
    make_indicator: Make,
    make_query: Ask,
    make_catalogue: Cat,
    rows: list[tuple[str, str, float]],
    more: dict[str, Any],
    kinds: list[str],
) -> None:
    synthetic_store.add(csv(("MK01", "2024", 1.0)), table="another", published_on="2024-12-31")
    if rows:
        synthetic_store.add(csv(*rows), published_on="2024-12-31")
    picture = composed(
        synthetic_store,
        make_indicator(query=(make_query(),), **more),
        make_indicator("another", query=(make_query(table="another"),)),
        make_catalogue=make_catalogue,
    )
    assert picture.as_of == "2024-12-31"
    gaps = [g for g in picture.gaps if g.indicator == "synthetic"]
    assert [g.kind for g in gaps] == kinds
    for gap in gaps:
        assert (gap.source, gap.table) == ("statfin", "t")
        assert (gap.period is None) == (gap.kind == "no_figures")


def test_a_formula_without_figures_names_the_parents_that_are_missing(
    synthetic_store: Store, make_indicator: Make, make_query: Ask, make_catalogue: Cat
) -> None:
    synthetic_store.add(csv(*((a, "2020", 1) for a in [*AREAS, "SSS"])))
    picture = composed(
        synthetic_store,
        make_indicator("there", query=(make_query(),)),
        make_indicator("away"),
        make_indicator("ratio", formula="there / away"),
        make_catalogue=make_catalogue,
    )
    gaps = {g.indicator: g for g in picture.gaps}
    assert set(picture.findings) == {"there"}
    assert (gaps["ratio"].kind, gaps["ratio"].parents) == ("not_computable", ("away",))
    assert gaps["away"].kind == "no_figures"


def test_a_figure_by_breakdown_only_is_a_finding_and_can_be_stale(
    synthetic_store: Store, make_indicator: Make, make_query: Ask, make_catalogue: Cat
) -> None:
    synthetic_store.add(
        "region,sex,time,value\nMK18,F,2014,6\nMK18,M,2014,2\nSSS,F,2014,1\n",
        published_on="2020-12-31",
    )
    indicator = make_indicator(axes=("sex",), query=(make_query(axes={"sex": "sex"}),))
    picture = composed(synthetic_store, indicator, make_catalogue=make_catalogue)
    finding = picture.findings["synthetic"]
    assert finding.latest.value is None
    assert finding.latest.reason == "by_breakdown"
    assert {s.region: s.values for s in finding.profile} == {"F": (6.0,), "M": (2.0,)}
    assert {s.region: s.values for s in finding.country_profile} == {"F": (1.0,)}
    assert [(g.kind, g.period) for g in picture.gaps] == [("stale", "2014")]


def test_a_forecast_alone_is_a_finding_without_a_latest(
    synthetic_store: Store, make_indicator: Make, make_query: Ask, make_catalogue: Cat
) -> None:
    synthetic_store.add("region,time,value,flag\nMK18,2040,60312,forecast\n")
    picture = composed(
        synthetic_store, make_indicator(query=(make_query(),)), make_catalogue=make_catalogue
    )
    finding = picture.findings["synthetic"]
    assert (finding.latest.value, finding.latest.reason) == (None, "forecast_only")
    assert finding.metrics["forecast"].value == 60312


# --- what changed -------------------------------------------------------------------------------


def changes(picture: Picture) -> list[tuple[str, str, float, str | None, float | None]]:
    return [(c.kind, c.period, c.value, c.before_period, c.before_value) for c in picture.changes]


def test_new_and_revised_figures_are_told_apart(
    synthetic_store: Store, make_indicator: Make, make_query: Ask, make_catalogue: Cat
) -> None:
    indicator = make_indicator(query=(make_query(),))
    synthetic_store.add(
        csv(("MK18", "2021", 1.0), ("MK18", "2022", 2.0)), published_on="2023-05-01"
    )
    first = composed(synthetic_store, indicator, make_catalogue=make_catalogue)
    assert (changes(first), first.compared_with) == ([], None)

    # The year after: one figure revised by more than the shown digit, one by less, one new.
    synthetic_store.add(
        csv(("MK18", "2021", 1.04), ("MK18", "2022", 2.5), ("MK18", "2023", 3.0)),
        published_on="2024-05-01",
    )
    second = composed(synthetic_store, indicator, make_catalogue=make_catalogue)
    assert second.compared_with == "2023-05-01"
    assert changes(second) == [
        ("new", "2023", 3.0, "2022", 2.0),
        ("revised", "2022", 2.5, "2022", 2.0),
    ]
    # And seen from the day of the first edition it is the first edition.
    again = composed(synthetic_store, indicator, make_catalogue=make_catalogue, as_of="2023-05-01")
    assert again == first


def test_a_revision_that_nobody_would_see_is_none(
    synthetic_store: Store, make_indicator: Make, make_query: Ask, make_catalogue: Cat
) -> None:
    indicator = make_indicator(decimals=1, query=(make_query(),))
    synthetic_store.add(csv(("MK18", "2021", 1.0)), published_on="2023")
    synthetic_store.add(csv(("MK18", "2021", 1.04)), published_on="2024")
    assert changes(composed(synthetic_store, indicator, make_catalogue=make_catalogue)) == []


def test_the_first_figure_is_first_even_where_another_division_had_some(
    synthetic_store: Store, make_indicator: Make, make_query: Ask, make_catalogue: Cat
) -> None:
    indicator = make_indicator(query=(make_query(division="as-published"),))
    synthetic_store.add(csv(("MK18", "2010", 1.0)), published_on="2012")
    synthetic_store.add(csv(("MK18", "2020", 5.0)), published_on="2024")
    picture = composed(synthetic_store, indicator, make_catalogue=make_catalogue)
    assert changes(picture) == [("first", "2020", 5.0, None, None)]


def test_a_forecast_of_last_year_does_not_hide_this_years_figure(
    synthetic_store: Store, make_indicator: Make, make_query: Ask, make_catalogue: Cat
) -> None:
    indicator = make_indicator(query=(make_query(),))
    synthetic_store.add(
        "region,time,value,flag\nMK18,2022,1,\nMK18,2040,9,forecast\n", published_on="2023"
    )
    synthetic_store.add(csv(("MK18", "2023", 2.0)), published_on="2024")
    picture = composed(synthetic_store, indicator, make_catalogue=make_catalogue)
    assert changes(picture) == [("new", "2023", 2.0, "2022", 1.0)]


@pytest.mark.parametrize(
    ("day", "earlier"),
    [("2024-12-31", "2023-12-31"), ("2024-02-29", "2023-02-28"), ("2025-06-30", "2024-06-30")],
)
def test_a_year_before_is_a_year_before(
    synthetic_store: Store,
    make_indicator: Make,
    make_query: Ask,
    make_catalogue: Cat,
    day: str,
    earlier: str,
) -> None:
    synthetic_store.add(csv(("MK18", "2020", 1.0)), published_on="2020")
    synthetic_store.add(csv(("MK18", "2021", 2.0)), published_on=day)
    picture = composed(
        synthetic_store, make_indicator(query=(make_query(),)), make_catalogue=make_catalogue
    )
    assert (picture.as_of, picture.compared_with) == (day, earlier)


# --- figures handed in --------------------------------------------------------------------------


@pytest.fixture
def two(
    synthetic_store: Store, make_indicator: Make, make_query: Ask, make_catalogue: Cat
) -> tuple[Store, Catalogue, pd.DataFrame]:
    """A synthetic store of two indicators, its catalogue and its view."""
    for name in ("one", "two"):
        synthetic_store.add(
            csv(("MK18", "2019", 1.0), ("MK18", "2020", 2.0)) + "MK01,2020,3\n" * (name == "two"),
            table=name,
        )
    found = [make_indicator(n, query=(make_query(table=n),)) for n in ("one", "two")]
    return synthetic_store, make_catalogue(*found), synthetic_store.observe(*found).rows


def test_figures_handed_in_replace_the_view(two: tuple[Store, Catalogue, pd.DataFrame]) -> None:
    store, catalogue, rows = two
    only = rows[(rows["indicator"] == "two") & (rows["period"] == "2019")]
    picture = pictures.compose("kainuu", observations=only, data=store.folder, catalogue=catalogue)
    assert set(picture.findings) == {"two"}
    assert picture.findings["two"].latest.period == "2019"
    whole = pictures.compose("kainuu", observations=rows, data=store.folder, catalogue=catalogue)
    assert whole == pictures.compose("kainuu", data=store.folder, catalogue=catalogue)


def test_figures_that_cannot_be_traced_are_refused(
    two: tuple[Store, Catalogue, pd.DataFrame],
) -> None:
    store, catalogue, rows = two
    strange = table.make(rows[rows["indicator"] == "one"].assign(snapshot="made-up"))
    with pytest.raises(DataError, match="the snapshot 'made-up' is not in the store"):
        pictures.compose("kainuu", observations=strange, data=store.folder, catalogue=catalogue)
    # Rows that were dropped leave no trace in what was kept.
    both = table.concat([rows[rows["indicator"] == "two"], strange])
    kept = both[both["snapshot"] != "made-up"]
    picture = pictures.compose("kainuu", observations=kept, data=store.folder, catalogue=catalogue)
    assert set(picture.findings) == {"two"}


def test_figures_from_a_csv_do(two: tuple[Store, Catalogue, pd.DataFrame]) -> None:
    """Whoever reads them back has plain text in the columns."""
    store, catalogue, rows = two
    plain = rows.astype({c: "str" for c in rows.columns if c != "value"})
    picture = pictures.compose("kainuu", observations=plain, data=store.folder, catalogue=catalogue)
    assert picture.findings["two"].latest.value == 2.0
    with pytest.raises(DataError, match="lacks the column 'status'"):
        pictures.compose(
            "kainuu",
            observations=plain.drop(columns="status"),
            data=store.folder,
            catalogue=catalogue,
        )


def test_nothing_published_by_the_day_is_an_error_of_ours(
    two: tuple[Store, Catalogue, pd.DataFrame],
) -> None:
    store, catalogue, _ = two
    with pytest.raises(DataError, match="no figure was published by 1990-01-01"):
        pictures.compose("kainuu", data=store.folder, catalogue=catalogue, as_of="1990-01-01")


@pytest.mark.parametrize("name", ["Kajaani", "atlantis", "20", "SSS", "MK20"])
def test_only_regions_of_today_have_pictures(name: str, store: Any) -> None:
    with pytest.raises(CatalogueError) as caught:
        pictures.compose(name, data=store)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["kainuu", "Kajanaland", "MK18", "18", "FI1D8", "Kainuussa"])
def test_a_region_may_be_named_in_many_ways(name: str) -> None:
    assert regions.area_of_pictures(name).code == "MK18"


# --- the real pictures --------------------------------------------------------------------------


def test_all_nineteen_regions_have_a_picture(real_pictures: dict[str, Picture]) -> None:
    assert list(real_pictures) == AREAS
    for code, picture in real_pictures.items():
        assert picture.region.code == code
        assert picture.level_count == 19
        assert len(picture.findings) >= 75, code


def test_the_same_figures_give_the_same_bytes(kainuu: Picture, store: Path, tmp_path: Path) -> None:
    """Alone or with the others; in a process of another hash order, time zone and locale."""
    code = (
        "import sys, tilannekuva as tk\n"
        f"picture = tk.compose('kainuu', data={str(store)!r})\n"
        "sys.stdout.buffer.write(picture.to_json().encode())"
    )
    surroundings = dict(os.environ, PYTHONHASHSEED="4711", TZ="Pacific/Auckland", LC_ALL="C")
    made = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=surroundings,
        capture_output=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    assert made.stdout == kainuu.to_json().encode()


@pytest.mark.parametrize("code", ["MK01", "MK21"])
def test_other_pictures_go_through_json_too(real_pictures: dict[str, Picture], code: str) -> None:
    text = real_pictures[code].to_json()
    assert Picture.from_json(text) == real_pictures[code]
    assert "NaN" not in text
    assert "Infinity" not in text


def test_no_number_of_a_picture_is_infinite_or_a_negative_nothing(
    real_pictures: dict[str, Picture],
) -> None:
    for picture in real_pictures.values():
        for f in picture.findings.values():
            numbers = [m.value for m in f.metrics.values()]
            numbers += [v for s in every_series(f) for v in s.values]
            for x in numbers:
                assert x is None or (math.isfinite(x) and (x != 0 or math.copysign(1, x) > 0)), (
                    f.indicator
                )


def test_divisions_never_mix_within_a_series(real_pictures: dict[str, Picture]) -> None:
    for picture in real_pictures.values():
        for finding in picture.findings.values():
            for one, two in zip(finding.segments, finding.segments[1:], strict=False):
                assert one.periods[-1] != two.periods[0]
            for s in (*finding.others, *finding.peers):
                assert region_codes.level(s.region) == "maakunta"


def test_kainuu_with_vaala_and_without_are_never_one_series(
    kainuu: Picture, observed: Observed
) -> None:
    rows = observed.rows
    known = {
        (i, r, p): v
        for i, r, p, v in zip(
            rows["indicator"], rows["region"], rows["period"], rows["value"], strict=True
        )
        if str(r).startswith("MK18")
    }
    both = [
        f
        for f in kainuu.findings.values()
        if {s.region for s in f.segments} == {"MK18", "MK18@2015"}
    ]
    assert both, "some series of Kainuu have figures of both divisions"
    digits = {
        n: i.decimals if measuring.is_computed(i) else None for n, i in kainuu.indicators.items()
    }
    for finding in kainuu.findings.values():
        for s in finding.segments:
            for p, v in zip(s.periods, s.values, strict=True):
                expected = known[finding.indicator, s.region, p]
                if digits[finding.indicator] is not None:
                    expected = float(
                        measuring.half_up(np.array(expected), digits[finding.indicator])
                    )
                assert v == expected or (v is None and math.isnan(expected)), (finding.indicator, p)


def test_a_change_of_members_is_a_new_segment_with_another_code(
    real_pictures: dict[str, Picture],
) -> None:
    for picture in real_pictures.values():
        for f in picture.findings.values():
            for s in f.segments:
                assert region_codes.base(s.region) == picture.region.code


def test_spans_of_metrics_lie_within_the_newest_segment(real_pictures: dict[str, Picture]) -> None:
    """No change, index or trend reaches into an older segment."""
    names = ("change_1y", "change_5y", "change_10y", "index", "trend_slope", "gap_change_5y",
             "gap_change_10y")  # fmt: skip
    for picture in real_pictures.values():
        for f in picture.findings.values():
            if not f.segments or f.frequency == "span" or f.latest.value is None:
                continue
            own = next(s for s in f.segments if f.latest.period in s.periods)
            for name in names:
                m = f.metrics.get(name)
                if m is not None and m.value is not None:
                    first, last = m.period.split("/")
                    assert first in own.periods, (picture.region.code, f.indicator, name)
                    assert last in own.periods


def test_every_finding_is_traced_to_sources_that_are_in_the_picture(
    real_pictures: dict[str, Picture], lock: tuple[Snapshot, ...]
) -> None:
    raw = {s.id for s in lock}
    for picture in real_pictures.values():
        for f in picture.findings.values():
            assert f.snapshots, f.indicator
            queue, seen = list(f.snapshots), set()
            while queue:
                one = queue.pop()
                seen.add(one)
                queue += [
                    p for p in picture.snapshots[one].query.get("parents", []) if p not in seen
                ]
            assert seen & raw, f.indicator
            for s in seen & raw:
                assert picture.snapshots[s].source in picture.sources


def test_every_area_that_is_named_is_described(real_pictures: dict[str, Picture]) -> None:
    for picture in real_pictures.values():
        for f in picture.findings.values():
            for s in (*f.segments, *f.others, *f.parts):
                assert region_codes.base(s.region) in picture.regions
            for s in every_series(f):
                assert len(s.periods) == len(s.values) == len(s.statuses)
                assert len(set(s.periods)) == len(s.periods)


def test_every_indicator_is_a_finding_or_a_gap(real_pictures: dict[str, Picture]) -> None:
    for picture in real_pictures.values():
        gone = {g.indicator for g in picture.gaps if g.kind in ("no_figures", "not_computable")}
        assert gone | set(picture.findings) == set(picture.indicators)
        assert not gone & set(picture.findings)


def test_what_is_older_than_five_years_is_told(kainuu: Picture) -> None:
    stale = {g.indicator for g in kainuu.gaps if g.kind == "stale"}
    for name, f in kainuu.findings.items():
        age = f.metrics["age_months"].value if "age_months" in f.metrics else None
        assert (age is not None and age > periods.STALE_MONTHS) == (name in stale), name


def test_the_latest_figure_is_the_newest_of_the_newest_segment(kainuu: Picture) -> None:
    for f in kainuu.findings.values():
        if f.latest.value is None:
            continue
        own = {
            p: (v, s)
            for g in f.segments
            for p, v, s in zip(g.periods, g.values, g.statuses, strict=True)
        }
        assert own[f.latest.period] == (f.latest.value, f.latest.status)
        later = [p for p, (v, s) in own.items() if v is not None and s != "forecast"]
        assert later[-1] == f.latest.period


def test_the_picture_knows_no_language(kainuu: Picture) -> None:
    """Names come in three languages at a time; nothing is said in one only."""
    dumped = json.loads(kainuu.to_json())
    for f in dumped["findings"].values():
        for text in (f["indicator"], f["region"], f["frequency"], *f["snapshots"]):
            assert text.isascii()
